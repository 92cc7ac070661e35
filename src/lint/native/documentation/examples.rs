//! Examples: there are some, and they are right.

use super::super::facts::{Facts, is_json};
use super::super::finding::fold;
use super::super::{Finding, Options, instance, schema};
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

/// A value written in the contract, the schema it stands beside, and the properties that need not be in it.
type Pair<'w> = (Place<'w>, Place<'w>, &'static [&'static str]);

const IN_REQUESTS: &[&str] = &["readOnly"];
const IN_RESPONSES: &[&str] = &["writeOnly"];
/// The example of a schema may be for either direction.
const IN_SCHEMAS: &[&str] = &["readOnly", "writeOnly"];

/// `doc-example-validates`: examples fit the schemas they stand beside.
pub(super) fn validates(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut pairs: Vec<Pair<'_>> = Vec::new();
    let version = facts.api.version();
    for place in facts.everywhere().map(|element| element.schema) {
        if place.get_bool("x-expect-invalid") == Some(true) {
            continue;
        }
        let mut values: Vec<Place<'_>> = ["example", "default"].iter().filter_map(|key| place.get(key)).collect();
        if version >= Version::V3_1 {
            values.extend(place.get("examples").into_iter().flat_map(Place::elements));
        }
        pairs.extend(values.into_iter().map(|value| (value, place, IN_SCHEMAS)));
    }
    for operation in facts.operations().filter(|_| version != Version::V2_0) {
        if let Some(body) = operation.body() {
            of_media(&body.media_types, IN_REQUESTS, &mut pairs);
        }
        for parameter in operation.parameters() {
            let schema = parameter.schema().and_then(|schema| schema.place());
            if let (Some(value), Some(place)) = (parameter.place.get("example"), schema) {
                pairs.push((value, place, IN_REQUESTS));
            }
        }
        for response in operation.responses() {
            of_media(&response.media_types(), IN_RESPONSES, &mut pairs);
        }
    }
    let mut seen = FxHashSet::default();
    let checker = instance::Checker::default();
    for (value, place, hidden) in pairs {
        // A text stands for what it is written as: a whole message, or an array as it looks in a URL.
        let as_written = value.as_str().is_some()
            && !schema::has_type(place, "string")
            && !schema::is_numeric(place)
            && !schema::has_type(place, "boolean");
        if as_written || !seen.insert((value.id(), place.id())) {
            continue;
        }
        if let Err(fault) = checker.check(value, place, hidden) {
            let what = if Some(value.id()) == place.get("default").map(Place::id) { "default" } else { "example" };
            out.push(Finding::at(fault.at, format!("this {what} does not fit its schema: {}", fault.what)));
        }
    }
}

fn of_media<'w>(list: &[MediaType<'w>], hidden: &'static [&'static str], pairs: &mut Vec<Pair<'w>>) {
    for media in list.iter().filter(|media| is_json(media.name)) {
        let Some(place) = media.schema.as_ref().and_then(SchemaRef::place) else { continue };
        pairs.extend(media.place.get("example").map(|value| (value, place, hidden)));
        for member in media.place.get("examples").into_iter().flat_map(Place::members) {
            let example = member.value.resolved();
            if example.get_bool("x-expect-invalid") != Some(true) {
                pairs.extend(example.get("value").map(|value| (value, place, hidden)));
            }
        }
    }
}
