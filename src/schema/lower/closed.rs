//! What a sender writes who knows one description alone: the properties that it describes and no others.
//!
//! An object that lists properties and says nothing of others allows them, and yet nobody who reads it sends any: a
//! property that is new and optional breaks no request. So where messages are asked for, and not all values, objects that
//! list properties hold these alone. All schemas of one value list them together.

use super::super::resolve::{Docs, Site};
use super::super::shape::{BOTTOM, Id, Store};
use super::{Context, Lowering};
use crate::syntax::NodeRef;
use rustc_hash::FxHashSet;

/// Schemas of one value that are looked at.
const MAX_SCHEMAS: usize = 1_000;

/// Keywords that say themselves which other properties there are, or list whole values.
const OPEN: [&str; 8] = [
    "additionalProperties",
    "unevaluatedProperties",
    "patternProperties",
    "propertyNames",
    "enum",
    "const",
    "$dynamicRef",
    "$recursiveRef",
];

impl<'w> Lowering<'w> {
    /// The shape that closes the objects of a schema; `None` where they are open by intention, or list nothing.
    pub(super) fn closing(&mut self, store: &mut Store, site: Site, context: &Context) -> Option<Id> {
        let names = self.listed_names(site, context)?;
        let known: Vec<_> = names.into_iter().map(|name| store.langs.word(name)).collect();
        let known = store.langs.or(known);
        let others = store.langs.not(known);
        Some(store.each(others, BOTTOM))
    }

    /// The properties that all schemas of one value list together.
    fn listed_names(&mut self, site: Site, context: &Context) -> Option<Vec<&'w str>> {
        let mut names = Vec::new();
        let mut described = false;
        let mut todo = vec![site];
        let mut seen = FxHashSet::default();
        while let Some(site) = todo.pop() {
            if !seen.insert(site) {
                continue;
            }
            if seen.len() > MAX_SCHEMAS {
                return None;
            }
            self.visits += 1;
            let node = self.docs.node(site);
            if let Some(uri) = node.get("$ref").and_then(NodeRef::as_str) {
                todo.push(self.docs.resolve(site, "$ref", uri)?);
                if context.dialect.ref_stands_alone() {
                    continue;
                }
            }
            if OPEN.iter().any(|keyword| node.get(keyword).is_some()) {
                return None;
            }
            for member in node.get("properties").into_iter().flat_map(NodeRef::members) {
                described = true;
                names.push(member.name);
            }
            let required = node.get("required").into_iter().flat_map(NodeRef::elements);
            names.extend(required.filter_map(NodeRef::as_str));
            names.extend(node.get("discriminator").and_then(|of| of.get("propertyName")).and_then(NodeRef::as_str));
            for key in ["dependentRequired", "dependencies"] {
                for member in node.get(key).into_iter().flat_map(NodeRef::members) {
                    names.extend(member.value.elements().filter_map(NodeRef::as_str));
                }
            }
            for key in ["allOf", "anyOf", "oneOf"] {
                todo.extend(node.get(key).into_iter().flat_map(NodeRef::elements).map(|part| Docs::at(site, part)));
            }
            for key in ["if", "then", "else"] {
                todo.extend(node.get(key).map(|part| Docs::at(site, part)));
            }
            for key in ["dependentSchemas", "dependencies"] {
                let parts = node.get(key).into_iter().flat_map(NodeRef::members);
                todo.extend(parts.filter(|part| part.value.is_map()).map(|part| Docs::at(site, part.value)));
            }
        }
        described.then_some(names)
    }
}
