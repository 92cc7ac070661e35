//! Containment read off two shapes: part by part, keyword by keyword, coinductive through references.
//!
//! Takes two shapes, answers whether every value of the first is one of the second; `false` means that it was not seen,
//! and the search decides. Most edits are decided here, because one side has a keyword more or less than the other.
//! Nothing is split and nothing is built but languages, so the cost is bounded by pairs of shapes. Stands on shapes.

use super::eval::holds;
use super::lang::{Lang, NONE};
use super::shape::{BOTTOM, Id, Node, Store, TOP};
use rustc_hash::{FxHashMap, FxHashSet};

/// Pairs looked at for one question.
const MAX_PAIRS: u64 = 100_000;
/// Nesting of shapes.
const MAX_DEPTH: usize = 200;
/// Values of one list that are tried one by one.
const MAX_VALUES: usize = 2_000;

/// Nesting of a shape that is looked through for references.
const SHALLOW: usize = 4;

/// Exactly one of more than these is left to the search.
const MANY_BRANCHES: usize = 64;

/// Remembers pairs that were proved.
#[derive(Default)]
pub(super) struct Structural {
    proved: FxHashSet<(Id, Id)>,
    /// Pairs of languages by whether the first is a part of the second.
    sublanguages: FxHashMap<(Lang, Lang), bool>,
}

impl Structural {
    /// Returns whether every value of `left` is seen to be a value of `right`, and how many pairs of shapes were looked
    /// at, of which there may be `most`.
    pub(super) fn within(&mut self, store: &mut Store, left: Id, right: Id, most: u64) -> (bool, u64) {
        let most = most.min(MAX_PAIRS);
        let mut proof = Proof {
            store,
            proved: &mut self.proved,
            sublanguages: &mut self.sublanguages,
            assumed: FxHashMap::default(),
            found: Vec::new(),
            missed: FxHashSet::default(),
            shallow: FxHashMap::default(),
            unsure: 0,
            pairs: most,
            members: 0,
        };
        let within = proof.within(left, right, 0);
        let (looks, found) = (most - proof.pairs, std::mem::take(&mut proof.found));
        // All that was assumed was shown on the way.
        if within {
            self.proved.extend(found);
        }
        (within, looks)
    }
}

struct Proof<'s> {
    store: &'s mut Store,
    proved: &'s mut FxHashSet<(Id, Id)>,
    sublanguages: &'s mut FxHashMap<(Lang, Lang), bool>,
    /// Pairs whose proof is under way, with the number of members and items that were entered before.
    assumed: FxHashMap<(Id, Id), usize>,
    found: Vec<(Id, Id)>,
    /// Pairs that were not seen to hold. What a pair that is under way would add, it would add when asked from here, too.
    missed: FxHashSet<(Id, Id)>,
    /// Shapes by whether they are shown without following a reference.
    shallow: FxHashMap<Id, bool>,
    /// How often a limit or a reference to itself, and not the shapes, was why a pair was not seen.
    unsure: usize,
    pairs: u64,
    members: usize,
}

impl Proof<'_> {
    fn within(&mut self, left: Id, right: Id, depth: usize) -> bool {
        if left == right || right == TOP || left == BOTTOM {
            return true;
        }
        let (may, full) = (self.store.may(left), self.store.full(right));
        if may & !full == 0 || self.proved.contains(&(left, right)) {
            return true;
        }
        if let Some(&before) = self.assumed.get(&(left, right)) {
            // The values compared now are parts of those it was assumed for, hence smaller.
            self.unsure += usize::from(self.members <= before);
            return self.members > before;
        }
        if self.missed.contains(&(left, right)) {
            return false;
        }
        if depth > MAX_DEPTH || self.pairs == 0 {
            self.unsure += 1;
            return false;
        }
        if matches!(self.store.node(left), Node::And(parts) if parts.binary_search(&right).is_ok()) {
            return true;
        }
        self.pairs -= 1;
        let (before, unsure) = (self.found.len(), self.unsure);
        self.assumed.insert((left, right), self.members);
        let proved = self.split(left, right, depth + 1);
        self.assumed.remove(&(left, right));
        if proved {
            self.found.push((left, right));
        } else {
            // What was shown below may rest on this pair.
            self.found.truncate(before);
            if self.unsure == unsure {
                self.missed.insert((left, right));
            }
        }
        proved
    }

    /// The same of parts: the values of members or items.
    fn inside(&mut self, left: Id, right: Id, depth: usize) -> bool {
        self.members += 1;
        let within = self.within(left, right, depth);
        self.members -= 1;
        within
    }

    fn split(&mut self, left: Id, right: Id, depth: usize) -> bool {
        let (one, other) = (self.store.node(left).clone(), self.store.node(right).clone());
        match (&one, &other) {
            // What needs no reference first: a tag tells branches apart before their contents are compared.
            (_, Node::And(parts)) => {
                let (near, far): (Vec<Id>, Vec<Id>) = parts.iter().partition(|part| self.is_shallow(**part, 0));
                return near.into_iter().chain(far).all(|part| self.within(left, part, depth));
            }
            (Node::Or(parts) | Node::One(parts), _) if !matches!(other, Node::One(_)) => {
                return parts.iter().all(|part| self.within(*part, right, depth));
            }
            (Node::In(values), _) if values.len() <= MAX_VALUES => {
                let mut steps = 20_000;
                return values.iter().all(|value| holds(self.store, value, right, &mut steps) == Some(true));
            }
            (Node::Ref(def), _) => {
                let body = self.store.defs[*def as usize];
                if self.within(body, right, depth) {
                    return true;
                }
            }
            _ => {}
        }
        let seen = match &other {
            Node::Ref(def) => {
                let body = self.store.defs[*def as usize];
                self.within(left, body, depth)
            }
            Node::Or(parts) => parts.iter().any(|part| self.within(left, *part, depth)),
            Node::Not(excluded) => match &one {
                Node::Not(inner) => self.within(*excluded, *inner, depth),
                _ => match self.pushed(*excluded) {
                    Some(pushed) if pushed != right => self.within(left, pushed, depth),
                    _ => false,
                },
            },
            _ => self.atom(&one, &other, depth),
        };
        seen || match &one {
            Node::And(parts) => parts.iter().any(|part| self.within(*part, right, depth)),
            Node::Not(excluded) => match self.pushed(*excluded) {
                Some(pushed) if pushed != left => self.within(pushed, right, depth),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether a shape refers to none, at least not near its surface.
    fn is_shallow(&mut self, id: Id, depth: usize) -> bool {
        if let Some(&known) = self.shallow.get(&id) {
            return known;
        }
        let shallow = depth <= SHALLOW
            && match self.store.node(id).clone() {
                Node::Ref(_) => false,
                Node::And(parts) | Node::Or(parts) | Node::One(parts) => {
                    parts.iter().all(|part| self.is_shallow(*part, depth + 1))
                }
                Node::Not(inner)
                | Node::Each(_, inner)
                | Node::Some(_, inner)
                | Node::At(_, inner)
                | Node::HasAt(_, inner)
                | Node::From(_, inner)
                | Node::HasFrom(_, inner)
                | Node::Count(inner, ..) => self.is_shallow(inner, depth + 1),
                _ => true,
            };
        if depth == 0 {
            self.shallow.insert(id, shallow);
        }
        shallow
    }

    /// A negation pushed inwards, where that does not make a pair of every two of many branches.
    fn pushed(&mut self, excluded: Id) -> Option<Id> {
        match self.store.node(excluded) {
            Node::One(parts) if parts.len() > MANY_BRANCHES => None,
            _ => self.store.negated(excluded),
        }
    }

    /// One assertion beside another of the same kind.
    fn atom(&mut self, one: &Node, other: &Node, depth: usize) -> bool {
        match (one, other) {
            (Node::Min(low, above), Node::Min(least, open)) => low > least || (low == least && (*above || !*open)),
            (Node::Max(high, below), Node::Max(most, open)) => high < most || (high == most && (*below || !*open)),
            (Node::Multiple(of), Node::Multiple(wanted)) => (of / wanted).is_integer(),
            (Node::Str(lang), Node::Str(wanted)) => self.sublanguage(*lang, *wanted),
            (Node::Len(low, high), Node::Len(least, most)) | (Node::Size(low, high), Node::Size(least, most)) => {
                window((*low, *high), (*least, *most))
            }
            (Node::At(at, item), Node::At(place, wanted)) | (Node::HasAt(at, item), Node::HasAt(place, wanted)) => {
                at == place && self.inside(*item, *wanted, depth)
            }
            (Node::From(at, item), Node::From(place, wanted) | Node::At(place, wanted)) => {
                at <= place && self.inside(*item, *wanted, depth)
            }
            (Node::HasFrom(at, item) | Node::HasAt(at, item), Node::HasFrom(place, wanted)) => {
                at >= place && self.inside(*item, *wanted, depth)
            }
            (Node::Count(item, low, high), Node::Count(wanted, least, most)) => {
                item == wanted && window((*low, *high), (*least, *most))
            }
            (Node::Each(names, value), Node::Each(wanted, allowed)) => {
                self.sublanguage(*wanted, *names) && self.inside(*value, *allowed, depth)
            }
            (Node::Some(names, value), Node::Some(wanted, allowed)) => {
                self.sublanguage(*names, *wanted) && self.inside(*value, *allowed, depth)
            }
            _ => false,
        }
    }

    /// Whether the first language is seen to be a part of the second.
    fn sublanguage(&mut self, left: Lang, right: Lang) -> bool {
        if left == right {
            return true;
        }
        let langs = &mut self.store.langs;
        *self.sublanguages.entry((left, right)).or_insert_with(|| {
            let outside = langs.not(right);
            langs.and([left, outside]) == NONE
        })
    }
}

/// Whether a window of numbers lies in another.
fn window((low, high): (u64, Option<u64>), (least, most): (u64, Option<u64>)) -> bool {
    low >= least && most.is_none_or(|most| high.is_some_and(|high| high <= most))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proved(store: &mut Store, left: Id, right: Id) -> bool {
        Structural::default().within(store, left, right, MAX_PAIRS).0
    }

    fn recursive(store: &mut Store, body: impl Fn(&mut Store, Id) -> Id) -> Id {
        let def = store.defs.len() as u32;
        store.defs.push(TOP);
        let own = store.intern(Node::Ref(def));
        let body = body(store, own);
        store.defs[def as usize] = body;
        own
    }

    #[test]
    fn recursion_is_assumed_for_parts_alone() {
        let mut store = Store::default();
        let (number, integer) = (store.types(super::super::shape::types::NUM), store.integer());
        let list = |store: &mut Store, item: Id| {
            recursive(store, |store, own| {
                let tail = store.items_from(1, own);
                let head = store.item_at(0, item);
                store.and([head, tail])
            })
        };
        let whole = store.and([number, integer]);
        let (narrow, wide) = (list(&mut store, whole), list(&mut store, number));
        assert!(proved(&mut store, narrow, wide));
        assert!(!proved(&mut store, wide, narrow));
        // A definition that is itself and nothing else promises nothing.
        let own = recursive(&mut store, |_, own| own);
        assert!(!proved(&mut store, own, number));
    }

    #[test]
    fn what_rests_on_a_failed_assumption_is_forgotten() {
        let mut store = Store::default();
        let number = store.types(super::super::shape::types::NUM);
        let string = store.types(super::super::shape::types::STR);
        // `left` is not within `right`: the first items differ. What was shown of the rest on the way rested on it.
        let pair = |store: &mut Store, first: Id| {
            recursive(store, |store, own| {
                let (first, rest) = (store.item_at(0, first), store.items_from(1, own));
                store.and([first, rest])
            })
        };
        let (left, right) = (pair(&mut store, number), pair(&mut store, string));
        let (one, other) = (store.items_from(1, left), store.items_from(1, right));
        let mut structural = Structural::default();
        assert!(!structural.within(&mut store, left, right, MAX_PAIRS).0);
        assert!(!structural.within(&mut store, one, other, MAX_PAIRS).0);
    }
}
