//! Shapes: schemas in normal form, hash-consed, so that equal shapes have equal ids.
//!
//! A shape denotes a set of JSON values. Assertions about one type hold for all values of other types, as in JSON
//! Schema. Recursion goes through [`Node::Ref`]. Stands on values and languages.

mod negation;
mod strings;

use super::lang::{ANY, Lang, Langs, NONE};
use super::value::{Rational, Value};
use num_traits::One;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A shape in its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Id(pub(super) u32);

/// Every value.
pub(super) const TOP: Id = Id(0);
/// No value.
pub(super) const BOTTOM: Id = Id(1);

/// Sets of types; the booleans are types of one value each.
pub(super) mod types {
    pub(in crate::schema) const NULL: u8 = 1;
    pub(in crate::schema) const FALSE: u8 = 2;
    pub(in crate::schema) const TRUE: u8 = 4;
    pub(in crate::schema) const NUM: u8 = 8;
    pub(in crate::schema) const STR: u8 = 16;
    pub(in crate::schema) const ARR: u8 = 32;
    pub(in crate::schema) const OBJ: u8 = 64;
    pub(in crate::schema) const ALL: u8 = 127;
}
use types::{ALL, ARR, FALSE, NULL, NUM, OBJ, STR, TRUE};

/// What a shape is. Lists are shared: nodes are cloned on every step of the search.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Node {
    /// Values of these types.
    Type(u8),
    And(Arc<[Id]>),
    Or(Arc<[Id]>),
    /// Exactly one of them holds.
    One(Arc<[Id]>),
    Not(Id),
    /// The body of a definition.
    Ref(u32),
    /// One of these values, sorted: numbers, strings, arrays, objects.
    In(Arc<[Value]>),
    /// At least (above, if the flag is set).
    Min(Rational, bool),
    /// At most (below, if the flag is set).
    Max(Rational, bool),
    Multiple(Rational),
    NotMultiple(Rational),
    /// Strings of this language.
    Str(Lang),
    /// Item at an index, if it is there.
    At(u32, Id),
    /// All items from an index on.
    From(u32, Id),
    HasAt(u32, Id),
    HasFrom(u32, Id),
    /// Number of items that match.
    Count(Id, u64, Option<u64>),
    Len(u64, Option<u64>),
    Unique,
    Repeats,
    /// Values of all members whose name is in the language.
    Each(Lang, Id),
    /// Some member with a name in the language has such a value.
    Some(Lang, Id),
    Size(u64, Option<u64>),
    /// Not understood; equal texts mean the same.
    Opaque(Arc<str>),
}

/// The type of a value, as a bit.
pub(super) fn type_of(value: &Value) -> u8 {
    match value {
        Value::Null => NULL,
        Value::Bool(false) => FALSE,
        Value::Bool(true) => TRUE,
        Value::Num(_) => NUM,
        Value::Str(_) => STR,
        Value::Arr(_) => ARR,
        Value::Obj(_) => OBJ,
    }
}

/// The store of shapes, definitions and languages.
pub(super) struct Store {
    nodes: Vec<Node>,
    /// Types on which it may hold; types on which it always holds.
    reach: Vec<(u8, u8)>,
    ids: FxHashMap<Node, Id>,
    /// Bodies of definitions.
    pub(super) defs: Vec<Id>,
    pub(super) langs: Langs,
    /// Entries of all lists in shapes.
    listed: usize,
}

/// What a shape takes besides its list: itself twice, its reach, its entry in the index.
const SHAPE_BYTES: usize = 2 * size_of::<Node>() + 32;

impl Default for Store {
    fn default() -> Self {
        let mut store = Store {
            nodes: Vec::new(),
            reach: Vec::new(),
            ids: FxHashMap::default(),
            defs: Vec::new(),
            langs: Langs::default(),
            listed: 0,
        };
        store.intern(Node::Type(ALL));
        store.intern(Node::Type(0));
        store
    }
}

impl Store {
    pub(super) fn node(&self, id: Id) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// Types on which it may hold.
    pub(super) fn may(&self, id: Id) -> u8 {
        self.reach[id.0 as usize].0
    }

    /// Types of which it holds every value.
    pub(super) fn full(&self, id: Id) -> u8 {
        self.reach[id.0 as usize].1
    }

    /// Bytes that the shapes made so far take, roughly.
    pub(super) fn bytes(&self) -> usize {
        self.nodes.len() * SHAPE_BYTES + self.listed * 8
    }

    pub(super) fn intern(&mut self, node: Node) -> Id {
        if let Some(&id) = self.ids.get(&node) {
            return id;
        }
        let reach = self.reach_of(&node);
        if reach.1 == ALL && !self.nodes.is_empty() {
            return TOP;
        }
        if reach.0 == 0 && self.nodes.len() > 1 {
            return BOTTOM;
        }
        let id = Id(self.nodes.len() as u32);
        self.listed += match &node {
            Node::And(parts) | Node::Or(parts) | Node::One(parts) => parts.len(),
            Node::In(values) => values.len() * 4,
            _ => 0,
        };
        self.nodes.push(node.clone());
        self.reach.push(reach);
        self.ids.insert(node, id);
        id
    }

    fn reach_of(&self, node: &Node) -> (u8, u8) {
        match node {
            Node::Type(mask) => (*mask, *mask),
            Node::And(parts) => {
                parts.iter().fold((ALL, ALL), |all, id| (all.0 & self.may(*id), all.1 & self.full(*id)))
            }
            Node::Or(parts) => parts.iter().fold((0, 0), |all, id| (all.0 | self.may(*id), all.1 | self.full(*id))),
            Node::One(parts) => (parts.iter().fold(0, |all, id| all | self.may(*id)), 0),
            Node::Not(inner) => (!self.full(*inner) & ALL, !self.may(*inner) & ALL),
            Node::Ref(_) | Node::Opaque(_) => (ALL, 0),
            Node::In(values) => (values.iter().fold(0, |all, value| all | type_of(value)), 0),
            Node::Min(..) | Node::Max(..) | Node::Multiple(_) | Node::NotMultiple(_) => (ALL, ALL & !NUM),
            Node::Str(_) => (ALL, ALL & !STR),
            Node::At(..) | Node::From(..) | Node::HasAt(..) | Node::HasFrom(..) => (ALL, ALL & !ARR),
            Node::Count(..) | Node::Len(..) | Node::Unique | Node::Repeats => (ALL, ALL & !ARR),
            Node::Each(..) | Node::Some(..) | Node::Size(..) => (ALL, ALL & !OBJ),
        }
    }

    pub(super) fn types(&mut self, mask: u8) -> Id {
        self.intern(Node::Type(mask & ALL))
    }

    pub(super) fn and(&mut self, parts: impl IntoIterator<Item = Id>) -> Id {
        let mut mask = ALL;
        let mut list = Vec::new();
        let mut values: Option<Vec<Value>> = None;
        let mut todo: Vec<Id> = parts.into_iter().collect();
        while let Some(id) = todo.pop() {
            match self.node(id) {
                Node::Type(types) => mask &= types,
                Node::And(inner) => todo.extend(inner.iter().copied()),
                Node::In(set) => {
                    values = Some(match values {
                        None => set.to_vec(),
                        Some(before) => before.into_iter().filter(|value| set.binary_search(value).is_ok()).collect(),
                    });
                }
                _ => list.push(id),
            }
        }
        if let Some(values) = values {
            let kept = values.into_iter().filter(|value| mask & type_of(value) != 0);
            let set = self.values(kept);
            if set == BOTTOM {
                return BOTTOM;
            }
            list.push(set);
        } else if mask != ALL {
            let types = self.types(mask);
            list.push(types);
        }
        list.sort_unstable();
        list.dedup();
        list.retain(|id| *id != TOP);
        if list.contains(&BOTTOM) || self.contradictory(&list) {
            return BOTTOM;
        }
        match list.len() {
            0 => TOP,
            1 => list[0],
            _ => self.intern(Node::And(list.into())),
        }
    }

    pub(super) fn or(&mut self, parts: impl IntoIterator<Item = Id>) -> Id {
        let mut mask = 0;
        let mut list = Vec::new();
        let mut values: Vec<Value> = Vec::new();
        let mut todo: Vec<Id> = parts.into_iter().collect();
        while let Some(id) = todo.pop() {
            match self.node(id) {
                Node::Type(types) => mask |= types,
                Node::Or(inner) => todo.extend(inner.iter().copied()),
                Node::In(set) => values.extend(set.iter().cloned()),
                _ => list.push(id),
            }
        }
        values.retain(|value| mask & type_of(value) == 0);
        let set = self.values(values);
        list.push(set);
        let types = self.types(mask);
        list.push(types);
        list.sort_unstable();
        list.dedup();
        list.retain(|id| *id != BOTTOM);
        if list.contains(&TOP) || self.contradictory(&list) {
            return TOP;
        }
        match list.len() {
            0 => BOTTOM,
            1 => list[0],
            _ => self.intern(Node::Or(list.into())),
        }
    }

    fn contradictory(&self, sorted: &[Id]) -> bool {
        sorted.iter().any(|id| matches!(self.node(*id), Node::Not(inner) if sorted.binary_search(inner).is_ok()))
    }

    pub(super) fn not(&mut self, id: Id) -> Id {
        match self.node(id) {
            Node::Type(mask) => {
                let mask = !mask & ALL;
                self.types(mask)
            }
            Node::Not(inner) => *inner,
            _ => self.intern(Node::Not(id)),
        }
    }

    /// Exactly one of `parts`.
    pub(super) fn one(&mut self, parts: Vec<Id>) -> Id {
        let mut parts: Vec<Id> = parts.into_iter().filter(|id| *id != BOTTOM).collect();
        parts.sort_unstable();
        // Shapes on different types, or of different values, cannot hold together.
        let mut seen = 0;
        let mut values: Vec<&Value> = Vec::new();
        let mut apart = true;
        for id in &parts {
            match self.node(*id) {
                Node::In(set) if !values.iter().any(|value| set.contains(value)) && seen & self.may(*id) == 0 => {
                    values.extend(set.iter());
                }
                _ if seen & self.may(*id) == 0 && !values.iter().any(|value| type_of(value) & self.may(*id) != 0) => {
                    seen |= self.may(*id);
                }
                _ => {
                    apart = false;
                    break;
                }
            }
        }
        if apart { self.or(parts) } else { self.intern(Node::One(parts.into())) }
    }

    /// One of these values.
    pub(super) fn values(&mut self, values: impl IntoIterator<Item = Value>) -> Id {
        let mut mask = 0;
        let mut rest = Vec::new();
        for value in values {
            match type_of(&value) {
                bit if bit & (NULL | FALSE | TRUE) != 0 => mask |= bit,
                _ => rest.push(value),
            }
        }
        rest.sort_unstable();
        rest.dedup();
        let types = self.types(mask);
        if rest.is_empty() {
            return types;
        }
        let set = self.intern(Node::In(rest.into()));
        if types == BOTTOM { set } else { self.intern_or(types, set) }
    }

    fn intern_or(&mut self, left: Id, right: Id) -> Id {
        let mut list = [left, right];
        list.sort_unstable();
        self.intern(Node::Or(list.into()))
    }

    pub(super) fn each(&mut self, lang: Lang, id: Id) -> Id {
        if lang == NONE || id == TOP { TOP } else { self.intern(Node::Each(lang, id)) }
    }

    pub(super) fn has(&mut self, lang: Lang, id: Id) -> Id {
        self.intern(Node::Some(lang, id))
    }

    pub(super) fn string(&mut self, lang: Lang) -> Id {
        if lang == ANY { TOP } else { self.intern(Node::Str(lang)) }
    }

    pub(super) fn size(&mut self, low: u64, high: Option<u64>) -> Id {
        if (low, high) == (0, None) { TOP } else { self.intern(Node::Size(low, high)) }
    }

    pub(super) fn len_window(&mut self, low: u64, high: Option<u64>) -> Id {
        if (low, high) == (0, None) { TOP } else { self.intern(Node::Len(low, high)) }
    }

    pub(super) fn count(&mut self, id: Id, low: u64, high: Option<u64>) -> Id {
        match (low, high) {
            (0, None) => TOP,
            (low, high) if id == TOP => self.len_window(low, high),
            (0, Some(0)) => {
                let not = self.not(id);
                self.items_from(0, not)
            }
            (1, None) => self.intern(Node::HasFrom(0, id)),
            _ => self.intern(Node::Count(id, low, high)),
        }
    }

    pub(super) fn item_at(&mut self, index: u32, id: Id) -> Id {
        if id == TOP { TOP } else { self.intern(Node::At(index, id)) }
    }

    pub(super) fn items_from(&mut self, index: u32, id: Id) -> Id {
        match id {
            TOP => TOP,
            BOTTOM => self.len_window(0, Some(index.into())),
            _ => self.intern(Node::From(index, id)),
        }
    }

    pub(super) fn integer(&mut self) -> Id {
        self.intern(Node::Multiple(Rational::one()))
    }
}
