//! Which branch of a list is which on the other side: equal ones, those of one name, those whose tag is the same, and at
//! last those that have most in common.
//!
//! A tag is a property that every branch of a list pins to a value of its own (`const`, or an `enum` of one): readers tell
//! branches apart by it, so branches with different tags are never a pair, however much else they share.

use super::view::{NULL, STRING, TypeSet, View};
use super::walk::Walk;
use crate::openapi::{SchemaRef, Version};
use crate::syntax::Kind;
use crate::workspace::Place;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// Pairs of branches that are weighed against each other, at most; beyond, the first that is alike is taken.
const MAX_WEIGHED: usize = 20_000;

/// What was paired, and what is left on each side.
pub(super) struct Branches<'w> {
    pub(super) pairs: Vec<(Place<'w>, Place<'w>)>,
    pub(super) removed: Vec<Place<'w>>,
    pub(super) added: Vec<Place<'w>>,
}

impl<'w> Walk<'w, '_> {
    /// Pairs the branches of two lists.
    pub(super) fn pair_branches(&mut self, old: &[Place<'w>], new: &[Place<'w>]) -> Branches<'w> {
        let mut state = State { partner: vec![None; old.len()], taken: vec![false; new.len()] };
        state.round(old, new, |left, right| {
            self.same.alike(left, right) || self.same.same(left.resolved(), right.resolved())
        });
        state.round(old, new, names_match);
        if state.is_open() {
            let sides = (views(old, self.base.version()), views(new, self.revision.version()));
            let tags = Tags::new(&sides.0, &sides.1);
            state.numbered(|left, right| tags.agree(left, right) == Some(true));
            state.numbered(|left, right| titles_match(old[left], new[right]) && tags.agree(left, right) != Some(false));
            self.weigh(&mut state, &sides, &tags);
            state.last(old, new, &tags);
        }
        let State { partner, taken } = state;
        Branches {
            pairs: partner.iter().enumerate().filter_map(|(at, other)| Some((old[at], new[(*other)?]))).collect(),
            removed: (0..old.len()).filter(|at| partner[*at].is_none()).map(|at| old[at]).collect(),
            added: (0..new.len()).filter(|at| !taken[*at]).map(|at| new[at]).collect(),
        }
    }

    /// Pairs what is left by what the branches have in common, the closest first.
    fn weigh(&mut self, state: &mut State, (old, new): &(Vec<View<'w>>, Vec<View<'w>>), tags: &Tags) {
        let (left, right) = (state.left(), state.right());
        let mut weighed = Vec::new();
        let few = left.len() * right.len() <= MAX_WEIGHED;
        for &one in &left {
            for &other in &right {
                if tags.agree(one, other) != Some(false) && similar(&old[one], &new[other]) {
                    let weight = if few { self.common(&old[one], &new[other]) } else { 0 };
                    weighed.push((std::cmp::Reverse(weight), one, other));
                    if !few {
                        break;
                    }
                }
            }
        }
        weighed.sort_unstable();
        for (_, one, other) in weighed {
            state.take(one, other);
        }
    }

    /// How much two branches have in common: keywords and properties, those that are written alike twice.
    fn common(&mut self, old: &View<'w>, new: &View<'w>) -> usize {
        let mut weight = 0;
        for keyword in old.keywords() {
            if let (Some(left), Some(right)) = (old.get(keyword), new.get(keyword)) {
                weight += usize::from(self.same.alike(left, right));
            }
        }
        let properties: FxHashMap<&str, SchemaRef<'w>> = new.properties().into_iter().collect();
        for (name, schema) in old.properties() {
            let Some(other) = properties.get(name) else { continue };
            let alike = matches!((schema.place(), other.place()), (Some(l), Some(r)) if self.same.alike(l, r));
            weight += if alike { 4 } else { 2 };
        }
        weight
    }
}

/// Partners found so far.
struct State {
    partner: Vec<Option<usize>>,
    taken: Vec<bool>,
}

impl State {
    fn is_open(&self) -> bool {
        self.partner.contains(&None) && self.taken.contains(&false)
    }

    fn left(&self) -> Vec<usize> {
        (0..self.partner.len()).filter(|at| self.partner[*at].is_none()).collect()
    }

    fn right(&self) -> Vec<usize> {
        (0..self.taken.len()).filter(|at| !self.taken[*at]).collect()
    }

    fn take(&mut self, left: usize, right: usize) {
        if self.partner[left].is_none() && !self.taken[right] {
            self.partner[left] = Some(right);
            self.taken[right] = true;
        }
    }

    fn round<'w>(&mut self, old: &[Place<'w>], new: &[Place<'w>], mut test: impl FnMut(Place<'w>, Place<'w>) -> bool) {
        self.numbered(|left, right| test(old[left], new[right]));
    }

    fn numbered(&mut self, mut test: impl FnMut(usize, usize) -> bool) {
        for left in self.left() {
            if let Some(right) = (0..self.taken.len()).find(|at| !self.taken[*at] && test(left, *at)) {
                self.take(left, right);
            }
        }
    }

    /// One inline branch left on each side of lists that are equally long is the same branch.
    fn last(&mut self, old: &[Place<'_>], new: &[Place<'_>], tags: &Tags) {
        if let ([left], [right]) = (&self.left()[..], &self.right()[..])
            && old[*left].reference().is_none()
            && new[*right].reference().is_none()
            && old.len() == new.len()
            && tags.agree(*left, *right) != Some(false)
        {
            self.take(*left, *right);
        }
    }
}

/// The values that branches pin properties to, of the properties that tell the branches of both lists apart.
struct Tags {
    old: Vec<BTreeMap<String, String>>,
    new: Vec<BTreeMap<String, String>>,
    telling: Vec<String>,
}

impl Tags {
    fn new(old: &[View<'_>], new: &[View<'_>]) -> Self {
        let (old, new): (Vec<_>, Vec<_>) = (old.iter().map(pinned).collect(), new.iter().map(pinned).collect());
        let tells = |side: &[BTreeMap<String, String>], name: &String| {
            let values: FxHashSet<&String> = side.iter().filter_map(|tags| tags.get(name)).collect();
            values.len() == side.len()
        };
        let names = old.first().map(BTreeMap::keys).into_iter().flatten();
        let telling = names.filter(|name| tells(&old, name) && tells(&new, name)).cloned().collect();
        Tags { old, new, telling }
    }

    /// Whether two branches have the same tag; `None` where there is none.
    fn agree(&self, left: usize, right: usize) -> Option<bool> {
        let mut agree = None;
        for name in &self.telling {
            if self.old[left].get(name) == self.new[right].get(name) {
                return Some(true);
            }
            agree = Some(false);
        }
        agree
    }
}

/// The properties that a schema pins to one value.
fn pinned(view: &View<'_>) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for (name, schema) in view.properties() {
        let view = View::new(&schema, view.version);
        let constant = view.get("const").filter(|_| view.version.has_json_schema());
        let single = || match view.get("enum").map(|list| list.elements().collect::<Vec<_>>()).as_deref() {
            Some([value]) => Some(*value),
            _ => None,
        };
        if let Some(value) = constant.or_else(single) {
            out.insert(name.to_owned(), value.to_json().to_string());
        }
    }
    out
}

/// How people call a branch: by its reference, its title, its tag, or the kind of value that it describes.
pub(super) fn branch_name(branch: Place<'_>) -> String {
    if let Some(reference) = branch.reference() {
        return last_token(reference).to_owned();
    }
    if let Some(title) = branch.get_str("title") {
        return title.to_owned();
    }
    for member in branch.get("properties").into_iter().flat_map(Place::members) {
        let schema = member.value.resolved();
        let only = schema.get("enum").filter(|list| list.len() == 1).and_then(|list| list.at(0));
        if let Some(value) = schema.get("const").or(only) {
            return format!("{}: {}", member.name, super::edit::show(Some(value)));
        }
    }
    super::describe::kind_of_value(branch)
}

/// The branches as they are read, those of `allOf` inside included where that can be said in one object.
fn views<'w>(branches: &[Place<'w>], version: Version) -> Vec<View<'w>> {
    let view = |branch: &Place<'w>| {
        let mut view = View::new(&SchemaRef::At(*branch), version);
        view.flatten();
        view
    };
    branches.iter().map(view).collect()
}

fn names_match(left: Place<'_>, right: Place<'_>) -> bool {
    match (left.reference(), right.reference()) {
        (Some(left), Some(right)) => last_token(left) == last_token(right),
        _ => false,
    }
}

fn titles_match(left: Place<'_>, right: Place<'_>) -> bool {
    let title = |place: Place<'_>| place.resolved().get_str("title").map(str::to_owned);
    title(left).is_some() && title(left) == title(right)
}

fn last_token(reference: &str) -> &str {
    reference.rsplit(['/', '#']).next().unwrap_or(reference)
}

/// The types of a schema but `null`, said or implied by its values or keywords.
fn kinds(view: &View<'_>) -> Option<TypeSet> {
    if let Some(types) = view.types() {
        return Some(types & !NULL);
    }
    let values = view.enumeration().or_else(|| view.get("const").map(|value| vec![value]));
    if let Some(values) = values {
        let texts = values.iter().all(|value| value.kind() == Kind::Str);
        return texts.then_some(STRING);
    }
    ["pattern", "minLength", "maxLength"].iter().any(|keyword| view.get(keyword).is_some()).then_some(STRING)
}

/// Whether two schemas describe the same kind of thing: same types, and for objects at least half of the properties.
pub(super) fn similar(left: &View<'_>, right: &View<'_>) -> bool {
    let kinds = (kinds(left), kinds(right));
    if kinds.0 != kinds.1 {
        return false;
    }
    let (old, new) = (left.properties(), right.properties());
    if old.is_empty() && new.is_empty() {
        let values = |view: &View<'_>| {
            let list = view.enumeration().or_else(|| view.get("const").map(|value| vec![value]));
            list.map(|list| list.into_iter().map(|v| v.text().to_owned()).collect::<Vec<_>>())
        };
        return match (values(left), values(right)) {
            (None, None) => kinds.0.is_some(),
            (Some(old), Some(new)) => old.iter().any(|value| new.contains(value)),
            _ => false,
        };
    }
    let common = old.iter().filter(|(name, _)| new.iter().any(|(other, _)| other == name)).count();
    common * 2 >= old.len().max(new.len()) && common > 0
}
