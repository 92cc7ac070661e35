//! Interned keys: equal keys of one tree have the same symbol, so a lookup compares numbers.

use crate::text::Span;
use hashbrown::HashTable;
use std::hash::Hasher;

/// A key of one tree. Symbols of different trees must not be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(pub(super) u32);

impl Symbol {
    /// Its number among the keys of its tree, counted from zero.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Where the text of a symbol lies.
#[derive(Clone, Copy, Debug)]
enum Text {
    Source(Span),
    Owned(u32),
}

#[derive(Clone, Debug, Default)]
pub(super) struct Symbols {
    table: HashTable<u32>,
    texts: Vec<Text>,
    owned: Vec<Box<str>>,
    /// While reading: short keys seen lately, by their bytes.
    recent: Vec<Recent>,
}

/// A key of up to sixteen bytes as two words, and its symbol.
#[derive(Clone, Copy, Debug, Default)]
struct Recent {
    words: (u64, u64),
    length: u32,
    symbol: u32,
}

const RECENT: usize = 512;
const FACTOR: u64 = 0xf135_7aea_2e62_a9c5;

/// A key of 4 to 16 bytes as two words; together with its length they tell it from every other key.
#[inline]
fn words(key: &[u8]) -> Option<(u64, u64)> {
    let half = |chunk: Option<&[u8; 4]>| chunk.map(|bytes| u64::from(u32::from_le_bytes(*bytes)));
    match key.len() {
        8..=16 => {
            let (first, last) = (key.first_chunk::<8>()?, key.last_chunk::<8>()?);
            Some((u64::from_le_bytes(*first), u64::from_le_bytes(*last)))
        }
        4..=7 => Some((half(key.first_chunk())?, half(key.last_chunk())?)),
        _ => None,
    }
}

fn hash(key: &str) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(key.as_bytes());
    hasher.finish()
}

impl Symbols {
    /// The symbol of the key at `span` of `source`.
    #[inline]
    pub(super) fn intern_span(&mut self, source: &str, span: Span) -> Symbol {
        let Some(key) = source.get(span.range()) else { return self.intern(source, "", None) };
        let Some(words) = words(key.as_bytes()) else { return self.intern(source, key, Some(span)) };
        if self.recent.is_empty() {
            self.recent.resize(RECENT, Recent::default());
        }
        let length = key.len() as u32;
        let mixed = (words.0 ^ words.1.rotate_left(29) ^ u64::from(length)).wrapping_mul(FACTOR);
        let slot = (mixed >> 55) as usize & (RECENT - 1);
        let recent = self.recent[slot];
        if recent.length == length && recent.words == words {
            return Symbol(recent.symbol);
        }
        let symbol = self.intern(source, key, Some(span));
        self.recent[slot] = Recent { words, length, symbol: symbol.0 };
        symbol
    }

    /// The symbol of a key whose text is not a slice of the source.
    pub(super) fn intern_text(&mut self, source: &str, key: &str) -> Symbol {
        self.intern(source, key, None)
    }

    /// Gives back what only the reading needs.
    pub(super) fn finish(mut self) -> Self {
        self.recent = Vec::new();
        self.texts.shrink_to_fit();
        self
    }

    /// Bytes of memory held.
    pub(super) fn memory(&self) -> usize {
        self.table.allocation_size()
            + self.texts.capacity() * size_of::<Text>()
            + self.owned.iter().map(|text| text.len() + size_of::<Box<str>>()).sum::<usize>()
    }

    fn intern(&mut self, source: &str, key: &str, span: Option<Span>) -> Symbol {
        let hashed = hash(key);
        let (texts, owned) = (&self.texts, &self.owned);
        if let Some(&id) = self.table.find(hashed, |&id| resolve(texts, owned, source, id) == key) {
            return Symbol(id);
        }
        let id = self.texts.len() as u32;
        let text = span.map_or_else(
            || {
                self.owned.push(key.into());
                Text::Owned(self.owned.len() as u32 - 1)
            },
            Text::Source,
        );
        self.texts.push(text);
        let (texts, owned) = (&self.texts, &self.owned);
        self.table.insert_unique(hashed, id, |&id| hash(resolve(texts, owned, source, id)));
        Symbol(id)
    }

    /// The symbol of `key`, if any key of the tree is equal to it.
    pub(super) fn find(&self, source: &str, key: &str) -> Option<Symbol> {
        self.table.find(hash(key), |&id| resolve(&self.texts, &self.owned, source, id) == key).map(|&id| Symbol(id))
    }

    pub(super) fn text<'t>(&'t self, source: &'t str, symbol: Symbol) -> &'t str {
        resolve(&self.texts, &self.owned, source, symbol.0)
    }

    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }
}

fn resolve<'t>(texts: &[Text], owned: &'t [Box<str>], source: &'t str, id: u32) -> &'t str {
    match texts[id as usize] {
        Text::Source(span) => &source[span.range()],
        Text::Owned(at) => &owned[at as usize],
    }
}
