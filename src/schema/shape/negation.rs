//! Negation, one level at a time.

use super::types::{ARR, NUM, OBJ, STR};
use super::{Id, Node, Store};

impl Store {
    /// One level of `not id`, pushed inwards; `None` where the negation is a literal of its own.
    pub(in crate::schema) fn negated(&mut self, id: Id) -> Option<Id> {
        let node = self.node(id).clone();
        let (of, dual) = match node {
            Node::And(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| self.not(*part)).collect();
                return Some(self.or(parts));
            }
            Node::Or(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| self.not(*part)).collect();
                return Some(self.and(parts));
            }
            Node::One(parts) => {
                let none: Vec<_> = parts.iter().map(|part| self.not(*part)).collect();
                let mut ways = vec![self.and(none)];
                for (at, left) in parts.iter().enumerate() {
                    for right in &parts[at + 1..] {
                        let both = self.and([*left, *right]);
                        ways.push(both);
                    }
                }
                return Some(self.or(ways));
            }
            Node::Ref(def) => {
                let body = self.defs[def as usize];
                return Some(self.not(body));
            }
            Node::Type(_) | Node::Not(_) | Node::In(_) | Node::Opaque(_) => return None,
            Node::Min(bound, open) => (NUM, self.intern(Node::Max(bound, !open))),
            Node::Max(bound, open) => (NUM, self.intern(Node::Min(bound, !open))),
            Node::Multiple(of) => (NUM, self.intern(Node::NotMultiple(of))),
            Node::NotMultiple(of) => (NUM, self.intern(Node::Multiple(of))),
            Node::Str(lang) => {
                let lang = self.langs.not(lang);
                (STR, self.string(lang))
            }
            Node::At(index, id) => {
                let id = self.not(id);
                (ARR, self.intern(Node::HasAt(index, id)))
            }
            Node::From(index, id) => {
                let id = self.not(id);
                (ARR, self.intern(Node::HasFrom(index, id)))
            }
            Node::HasAt(index, id) => {
                let id = self.not(id);
                (ARR, self.item_at(index, id))
            }
            Node::HasFrom(index, id) => {
                let id = self.not(id);
                (ARR, self.items_from(index, id))
            }
            Node::Count(id, low, high) => {
                let ways = outside(low, high).map(|window| window.map(|(low, high)| self.count(id, low, high)));
                let ways: Vec<_> = ways.into_iter().flatten().collect();
                (ARR, self.or(ways))
            }
            Node::Len(low, high) => {
                let ways = outside(low, high).map(|window| window.map(|(low, high)| self.len_window(low, high)));
                let ways: Vec<_> = ways.into_iter().flatten().collect();
                (ARR, self.or(ways))
            }
            Node::Unique => (ARR, self.intern(Node::Repeats)),
            Node::Repeats => (ARR, self.intern(Node::Unique)),
            Node::Each(lang, id) => {
                let id = self.not(id);
                (OBJ, self.has(lang, id))
            }
            Node::Some(lang, id) => {
                let id = self.not(id);
                (OBJ, self.each(lang, id))
            }
            Node::Size(low, high) => {
                let ways = outside(low, high).map(|window| window.map(|(low, high)| self.size(low, high)));
                let ways: Vec<_> = ways.into_iter().flatten().collect();
                (OBJ, self.or(ways))
            }
        };
        let of = self.types(of);
        Some(self.and([of, dual]))
    }
}

/// The windows beside `low..=high`.
fn outside(low: u64, high: Option<u64>) -> [Option<(u64, Option<u64>)>; 2] {
    [low.checked_sub(1).map(|below| (0, Some(below))), high.map(|high| (high.saturating_add(1), None))]
}
