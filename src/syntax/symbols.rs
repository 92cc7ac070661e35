//! Interned keys: equal keys of one tree have the same symbol, so a lookup compares numbers.

use crate::text::Span;
use hashbrown::HashTable;
use std::hash::Hasher;

/// A key of one tree. Symbols of different trees must not be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(pub(super) u32);

/// Where the text of a symbol lies.
#[derive(Clone, Copy, Debug)]
enum Text {
    Source(Span),
    Owned(u32),
}

#[derive(Debug, Default)]
pub(super) struct Symbols {
    table: HashTable<u32>,
    texts: Vec<Text>,
    owned: Vec<Box<str>>,
}

fn hash(key: &str) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(key.as_bytes());
    hasher.finish()
}

impl Symbols {
    /// The symbol of the key at `span` of `source`.
    pub(super) fn intern_span(&mut self, source: &str, span: Span) -> Symbol {
        self.intern(source, &source[span.range()], Some(span))
    }

    /// The symbol of a key whose text is not a slice of the source.
    pub(super) fn intern_text(&mut self, source: &str, key: &str) -> Symbol {
        self.intern(source, key, None)
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
