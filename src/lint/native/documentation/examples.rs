//! Examples: there are some, and they are right.

use super::super::facts::{Facts, is_json};
use super::super::finding::fold;
use super::super::{Finding, Options, schema};
use crate::openapi::{MediaType, Response, SchemaRef, Version};
use crate::workspace::{Place, PlaceId};
use rustc_hash::{FxHashMap, FxHashSet};

/// What was found out about schemas, each with the nesting that was looked into.
type Made = FxHashMap<(PlaceId, usize), bool>;

/// Whether tools can make an example from the schema alone.
fn can_be_made(place: Place<'_>, depth: usize, known: &mut Made) -> bool {
    if depth == 0 {
        return true;
    }
    // What stands beside a reference may tell more than its target.
    let id = if place.len() == 1 { place.resolved().id() } else { place.id() };
    if let Some(made) = known.get(&(id, depth)) {
        return *made;
    }
    let made = is_made(place, depth, known);
    known.insert((id, depth), made);
    made
}

fn is_made(place: Place<'_>, depth: usize, known: &mut Made) -> bool {
    let given = ["example", "examples", "default", "enum", "const", "format"].iter().any(|key| schema::has(place, key));
    if given || schema::has_type(place, "boolean") || schema::is_numeric(place) {
        return true;
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(branch) = schema::keyword(place, key).and_then(|list| list.at(0)) {
            return can_be_made(branch, depth - 1, known);
        }
    }
    if let Some(items) = schema::keyword(place, "items") {
        return can_be_made(items, depth - 1, known);
    }
    let properties = schema::properties(place);
    if properties.is_empty() {
        return !schema::has_type(place, "string") || schema::has(place, "maxLength");
    }
    let required: FxHashSet<&str> =
        schema::keyword(place, "required").into_iter().flat_map(Place::elements).filter_map(Place::as_str).collect();
    properties
        .into_iter()
        .filter(|(name, _)| required.is_empty() || required.contains(name))
        .all(|(_, inner)| can_be_made(inner, depth - 1, known))
}

fn has_example(media: &MediaType<'_>) -> bool {
    ["example", "examples"].iter().any(|key| media.place.get(key).is_some())
}

/// `doc-success-example`: JSON bodies have an example, or a schema from which one can be made.
pub(super) fn success(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let (mut found, mut candidates) = (Vec::new(), 0);
    let mut seen = FxHashSet::default();
    // Many bodies have the same schema.
    let mut known = Made::default();
    for operation in facts.operations() {
        let mut look = |media: &MediaType<'_>, what: String, found: &mut Vec<Finding>| {
            if !is_json(media.name) || media.schema.is_none() || !seen.insert(media.place.id()) {
                return;
            }
            candidates += 1;
            let schema = media.schema.as_ref().and_then(SchemaRef::place);
            let mut makes = |place: Place<'_>| {
                let place = if place.len() == 1 { place.resolved() } else { place };
                can_be_made(place, 6, &mut known)
            };
            if !has_example(media) && !schema.is_none_or(&mut makes) {
                let place = schema.unwrap_or(media.place);
                let message =
                    format!("{what} has no example, and its schema is not enough to make one; add an `example`");
                found.push(Finding::key(place, message).of(operation));
            }
        };
        if let Some(body) = operation.body() {
            body.media_types
                .iter()
                .take(1)
                .for_each(|media| look(media, format!("the request body of {}", operation.label()), &mut found));
        }
        for response in operation.responses().into_iter().filter(Response::is_success) {
            if response.place.get("examples").is_some() && facts.api.version() == Version::V2_0 {
                continue;
            }
            response
                .media_types()
                .iter()
                .take(1)
                .for_each(|media| look(media, format!("`{}` of {}", response.status, operation.label()), &mut found));
        }
    }
    fold(
        facts.api,
        found,
        candidates,
        |count| {
            format!("{count} of {candidates} JSON bodies have no example, and schemas that are not enough to make one")
        },
        out,
    );
}
