//! Shapes told by the structure of a value, and languages told by shapes.

use super::super::lang::{ANY, Lang, NONE};
use super::super::value::Value;
use super::types::STR;
use super::{Id, Node, Store, type_of};
use rustc_hash::FxHashMap;

impl Store {
    /// The set of one value, told by its structure.
    pub(in crate::schema) fn structure(&mut self, value: &Value) -> Id {
        let mut parts = vec![self.types(type_of(value))];
        match value {
            Value::Arr(items) => {
                let length = items.len() as u64;
                parts.push(self.len_window(length, Some(length)));
                for (index, item) in items.iter().enumerate() {
                    let item = self.values([item.clone()]);
                    parts.push(self.item_at(index as u32, item));
                }
            }
            Value::Obj(members) => {
                let size = members.len() as u64;
                parts.push(self.size(size, Some(size)));
                for (name, value) in members.iter() {
                    let name = self.langs.word(name);
                    let value = self.values([value.clone()]);
                    parts.push(self.has(name, value));
                }
            }
            _ => return self.values([value.clone()]),
        }
        self.and(parts)
    }

    /// The strings among the values of a shape, as a language; `None` where a part is not understood.
    pub(in crate::schema) fn names(&mut self, id: Id) -> Option<Lang> {
        self.names_within(id, 0, &mut FxHashMap::default())
    }

    /// Each part is told once, however many lead to it.
    fn names_within(&mut self, id: Id, depth: u32, told: &mut FxHashMap<Id, Option<Lang>>) -> Option<Lang> {
        if self.full(id) & STR != 0 {
            return Some(ANY);
        }
        if self.may(id) & STR == 0 {
            return Some(NONE);
        }
        if depth > 60 {
            return None;
        }
        if let Some(known) = told.get(&id) {
            return *known;
        }
        // A shape that leads back to itself tells nothing by that.
        told.insert(id, None);
        let names = self.names_of(id, depth + 1, told);
        told.insert(id, names);
        names
    }

    fn names_of(&mut self, id: Id, depth: u32, told: &mut FxHashMap<Id, Option<Lang>>) -> Option<Lang> {
        Some(match self.node(id).clone() {
            Node::Str(lang) => lang,
            Node::In(values) => {
                let words = values.iter().filter_map(|value| match value {
                    Value::Str(word) => Some(word.clone()),
                    _ => None,
                });
                self.langs.words(words.collect::<Vec<_>>())
            }
            Node::And(parts) => {
                let parts =
                    parts.iter().map(|part| self.names_within(*part, depth, told)).collect::<Option<Vec<_>>>()?;
                self.langs.and(parts)
            }
            Node::Or(parts) => {
                let parts =
                    parts.iter().map(|part| self.names_within(*part, depth, told)).collect::<Option<Vec<_>>>()?;
                self.langs.or(parts)
            }
            Node::Not(inner) => {
                let inner = self.names_within(inner, depth, told)?;
                self.langs.not(inner)
            }
            Node::Ref(def) => self.names_within(self.defs[def as usize], depth, told)?,
            Node::One(parts) => {
                let parts =
                    parts.iter().map(|part| self.names_within(*part, depth, told)).collect::<Option<Vec<_>>>()?;
                let mut ways = Vec::new();
                for at in 0..parts.len() {
                    let others: Vec<_> =
                        (0..parts.len()).filter(|other| *other != at).map(|other| parts[other]).collect();
                    let others = self.langs.or(others);
                    let others = self.langs.not(others);
                    ways.push(self.langs.and([parts[at], others]));
                }
                self.langs.or(ways)
            }
            _ => return None,
        })
    }
}
