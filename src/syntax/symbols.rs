//! Interned keys: equal keys of one tree have the same symbol, so a lookup compares numbers.

use crate::text::Cut;
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

/// What tells a key from others: all bytes of a short key, a hash and the end of a long one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Print {
    first: u64,
    last: u64,
    length: u32,
}

/// Keys of up to so many bytes are equal when their prints are.
const SHORT: usize = 16;

impl Print {
    /// The print of a key; of a literal it is a constant.
    #[inline]
    pub(super) fn of(key: &str) -> Self {
        let bytes = key.as_bytes();
        let half = |chunk: Option<&[u8; 4]>| chunk.map_or(0, |bytes| u64::from(u32::from_le_bytes(*bytes)));
        let whole = |chunk: Option<&[u8; 8]>| chunk.map_or(0, |bytes| u64::from_le_bytes(*bytes));
        let (first, last) = match bytes {
            [] => (0, 0),
            [a] => (u64::from(*a), 0),
            [a, b] => (u64::from(*a) | u64::from(*b) << 8, 0),
            [a, b, c] => (u64::from(*a) | u64::from(*b) << 8 | u64::from(*c) << 16, 0),
            _ if bytes.len() < 8 => (half(bytes.first_chunk()), half(bytes.last_chunk())),
            _ if bytes.len() <= SHORT => (whole(bytes.first_chunk()), whole(bytes.last_chunk())),
            _ => (long(key), whole(bytes.last_chunk())),
        };
        Print { first, last, length: bytes.len() as u32 }
    }

    #[inline]
    fn is_short(self) -> bool {
        self.length as usize <= SHORT
    }

    /// A hash whose bits all depend on all bits of the print.
    #[inline]
    fn hash(self) -> u64 {
        let (a, b) = (self.first ^ SEEDS.0, self.last ^ SEEDS.1 ^ u64::from(self.length));
        let product = u128::from(a) * u128::from(b);
        (product as u64) ^ ((product >> 64) as u64)
    }
}

/// Digits of pi, so that keys of zeros do not meet.
const SEEDS: (u64, u64) = (0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344);

fn long(key: &str) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(key.as_bytes());
    hasher.finish()
}

#[derive(Clone, Debug, Default)]
pub(super) struct Symbols {
    table: HashTable<u32>,
    prints: Vec<Print>,
    texts: Vec<Text>,
    owned: Vec<Box<str>>,
    /// While reading: short keys seen lately.
    recent: Vec<(Print, u32)>,
}

const RECENT: usize = 512;
const FACTOR: u64 = 0xf135_7aea_2e62_a9c5;

impl Symbols {
    /// The symbol of the key at `span` of `source`.
    #[inline]
    pub(super) fn intern_span(&mut self, source: &str, span: Span) -> Symbol {
        let Some(key) = source.get(span.range()) else { return self.intern_text(source, "") };
        let print = Print::of(key);
        if key.len() < 4 || !print.is_short() {
            return self.intern(source, key, print, Some(span));
        }
        if self.recent.is_empty() {
            self.recent.resize(RECENT, (Print::default(), 0));
        }
        let mixed = (print.first ^ print.last.rotate_left(29) ^ u64::from(print.length)).wrapping_mul(FACTOR);
        let slot = (mixed >> 55) as usize & (RECENT - 1);
        let (known, symbol) = self.recent[slot];
        if known == print {
            return Symbol(symbol);
        }
        let symbol = self.intern(source, key, print, Some(span));
        self.recent[slot] = (print, symbol.0);
        symbol
    }

    /// The symbol of a key whose text is not a slice of the source.
    pub(super) fn intern_text(&mut self, source: &str, key: &str) -> Symbol {
        self.intern(source, key, Print::of(key), None)
    }

    /// Gives back what only the reading needs.
    pub(super) fn finish(mut self) -> Self {
        self.recent = Vec::new();
        self.texts.shrink_to_fit();
        self.prints.shrink_to_fit();
        self
    }

    /// Bytes of memory held.
    pub(super) fn memory(&self) -> usize {
        self.table.allocation_size()
            + self.texts.capacity() * size_of::<Text>()
            + self.prints.capacity() * size_of::<Print>()
            + self.owned.iter().map(|text| text.len() + size_of::<Box<str>>()).sum::<usize>()
    }

    fn intern(&mut self, source: &str, key: &str, print: Print, span: Option<Span>) -> Symbol {
        if let Some(symbol) = self.find(source, key, print) {
            return symbol;
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
        self.prints.push(print);
        let prints = &self.prints;
        self.table.insert_unique(print.hash(), id, |&id| prints[id as usize].hash());
        Symbol(id)
    }

    /// The symbol of `key`, if any key of the tree is equal to it; `print` is the print of `key`.
    pub(super) fn find(&self, source: &str, key: &str, print: Print) -> Option<Symbol> {
        let same =
            |&id: &u32| self.prints[id as usize] == print && (print.is_short() || self.text(source, Symbol(id)) == key);
        self.table.find(print.hash(), same).map(|&id| Symbol(id))
    }

    pub(super) fn text<'t>(&'t self, source: &'t str, symbol: Symbol) -> &'t str {
        match self.texts[symbol.index()] {
            Text::Source(span) => source.cut(span.range()),
            Text::Owned(at) => &self.owned[at as usize],
        }
    }

    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }
}
