//! Which operations send data of a certain kind: whether a schema reaches such a field, each schema judged once.

use crate::workspace::{Place, PlaceId};
use rustc_hash::{FxHashMap, FxHashSet};

/// Nesting that is followed.
const DEPTH: usize = 48;

/// Answers whether schemas reach a field that `is_wanted` by its name and schema. Takes the places of schemas; what was
/// found about one is kept for the next.
pub(super) struct Reach<F> {
    is_wanted: F,
    known: FxHashMap<PlaceId, bool>,
    open: FxHashSet<PlaceId>,
    cut: bool,
}

impl<F: Fn(&str, Place<'_>) -> bool> Reach<F> {
    /// Nothing is known yet.
    pub(super) fn new(is_wanted: F) -> Self {
        Reach { is_wanted, known: FxHashMap::default(), open: FxHashSet::default(), cut: false }
    }

    /// Whether the schema reaches such a field that responses show (`writeOnly` ones are not followed).
    pub(super) fn holds(&mut self, schema: Place<'_>) -> bool {
        self.cut = false;
        self.below(schema, DEPTH)
    }

    fn below(&mut self, at: Place<'_>, depth: usize) -> bool {
        let schema = at.resolved();
        if let Some(&known) = self.known.get(&schema.id()) {
            return known;
        }
        if depth == 0 || !schema.is_map() || !self.open.insert(schema.id()) {
            self.cut |= depth == 0 || schema.is_map();
            return false;
        }
        let found = self.members(schema, depth - 1);
        self.open.remove(&schema.id());
        // Below a cycle that was cut, "no" holds only for the schema where the walk began.
        if found || !self.cut {
            self.known.insert(schema.id(), found);
        }
        found
    }

    fn members(&mut self, schema: Place<'_>, depth: usize) -> bool {
        for member in schema.get("properties").into_iter().flat_map(Place::members) {
            if member.value.resolved().get_bool("writeOnly") == Some(true) {
                continue;
            }
            if (self.is_wanted)(member.name, member.value) || self.below(member.value, depth) {
                return true;
            }
        }
        parts(schema).any(|inner| self.below(inner, depth))
    }
}

/// The schemas right below one, but for its properties.
fn parts(schema: Place<'_>) -> impl Iterator<Item = Place<'_>> {
    let single = ["items", "additionalProperties"].iter().filter_map(move |key| schema.get(key));
    let several = ["allOf", "oneOf", "anyOf", "prefixItems"].iter().filter_map(move |key| schema.get(key));
    single.chain(several.flat_map(Place::elements))
}

/// The properties that responses of these schemas show, by name and the schema that is meant; each schema is read once.
pub(super) fn shown<'w>(schemas: impl Iterator<Item = Place<'w>>) -> FxHashSet<(&'w str, PlaceId)> {
    let mut open: Vec<Place<'w>> = schemas.map(Place::resolved).collect();
    let mut seen: FxHashSet<PlaceId> = FxHashSet::default();
    let mut out = FxHashSet::default();
    while let Some(schema) = open.pop() {
        if !schema.is_map() || !seen.insert(schema.id()) {
            continue;
        }
        for member in schema.get("properties").into_iter().flat_map(Place::members) {
            let property = member.value.resolved();
            if property.get_bool("writeOnly") != Some(true) {
                out.insert((member.name, property.id()));
                open.push(property);
            }
        }
        open.extend(parts(schema).map(Place::resolved));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Workspace;

    #[test]
    fn cycles_end_and_hide_nothing() {
        let text = "a: {properties: {b: {$ref: '#/b'}, iban: {type: string}}}\nb: {properties: {a: {$ref: '#/a'}}}\n\
                    c: {properties: {c: {$ref: '#/c'}}}\n";
        let workspace = Workspace::from_text("a.yaml", text);
        let mut reach = Reach::new(|name, _| name == "iban");
        let mut holds = |name: &str| reach.holds(workspace.root().get(name).unwrap());
        assert!(holds("a") && holds("b") && !holds("c"));
    }
}
