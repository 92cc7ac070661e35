//! Schemas that no value matches.

use super::super::Sink;
use super::Asker;
use crate::diagnostic::Diagnostic;
use crate::syntax::compare_numbers;
use crate::workspace::{Place, PlaceId};
use rustc_hash::FxHashSet;
use std::cmp::Ordering;

/// Pairs of keywords that bound the same: the least first.
const BOUNDS: [(&str, &str); 4] =
    [("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems"), ("minProperties", "maxProperties")];

/// `schema-unsatisfiable`: reports the innermost schemas without values; gives all of them.
pub(super) fn check<'w>(asker: &mut Asker<'w>, schemas: &[Place<'w>], sink: &mut Sink) -> FxHashSet<PlaceId> {
    let asked = schemas.iter().copied().filter(|schema| may_be_empty(*schema));
    let empty: Vec<Place<'w>> = asked.filter(|schema| asker.meets(*schema, *schema) == Some(false)).collect();
    let all: FxHashSet<PlaceId> = empty.iter().map(|schema| schema.id()).collect();
    for schema in empty {
        if !holds_another(schema, &all) {
            report(schema, sink);
        }
    }
    all
}

/// Whether keywords of a schema may exclude each other. Asking about every schema would cost too much.
fn may_be_empty(schema: Place<'_>) -> bool {
    let has = |key: &str| schema.get(key).is_some();
    // What is forbidden on purpose.
    if schema.get("not").is_some_and(|not| not.as_bool() == Some(true) || (not.is_map() && not.is_empty())) {
        return false;
    }
    let bounded = BOUNDS.iter().any(|(least, most)| has(least) && has(most));
    let exclusive = has("exclusiveMinimum") || has("exclusiveMaximum");
    let listed = (has("enum") || has("const")) && schema.len() > 2;
    let text = has("pattern") && (has("minLength") || has("maxLength"));
    let closed = has("required")
        && (schema.get("additionalProperties").is_some_and(|p| p.as_bool() == Some(false)) || has("allOf"));
    let composed = schema.get("allOf").is_some_and(|all| all.len() + schema.len() > 2) || has("not");
    let alternatives =
        (has("oneOf") || has("anyOf")) && (has("type") || has("properties") || has("allOf") || has("oneOf"));
    bounded || exclusive || listed || text || closed || composed || alternatives
}

/// Whether the engine reads the alternatives of a schema more strictly than people mean them: a discriminator chooses one of
/// them, or formats, which are notes to the engine, tell them apart.
pub(super) fn chosen_otherwise(schema: Place<'_>) -> bool {
    let formatted = |key: &str| {
        let mut branches = schema.get(key).into_iter().flat_map(Place::elements);
        branches.any(|branch| branch.resolved().get("format").is_some())
    };
    (schema.get("oneOf").is_some() && schema.get("discriminator").is_some()) || formatted("oneOf")
}

/// Whether the reason is told at another schema, within this one or where one of its references leads.
fn holds_another(schema: Place<'_>, empty: &FxHashSet<PlaceId>) -> bool {
    let mut open: Vec<(Place<'_>, usize)> = vec![(schema, 0)];
    let mut seen = FxHashSet::default();
    while let Some((place, depth)) = open.pop() {
        let target = place.resolved();
        if depth > 0 && empty.contains(&target.id()) && target.id() != schema.id() || chosen_otherwise(target) {
            return true;
        }
        if depth > 12 || !seen.insert(target.id()) {
            continue;
        }
        for key in ["properties", "patternProperties", "$defs"] {
            open.extend(target.get(key).into_iter().flat_map(Place::members).map(|member| (member.value, depth + 1)));
        }
        for key in ["items", "additionalProperties", "contains", "propertyNames"] {
            open.extend(target.get(key).filter(|place| place.is_map()).map(|place| (place, depth + 1)));
        }
        for key in ["allOf", "oneOf", "anyOf", "prefixItems"] {
            open.extend(target.get(key).into_iter().flat_map(Place::elements).map(|place| (place, depth + 1)));
        }
    }
    false
}

fn report(schema: Place<'_>, sink: &mut Sink) {
    let mut tell = |at: Place<'_>, message: String, help: String| {
        let mut finding =
            Diagnostic::new("schema-unsatisfiable", crate::diagnostic::Severity::Error, message, at.key_location());
        finding.help = Some(help);
        sink.add(finding);
    };
    for (least, most) in BOUNDS {
        if let (Some(low), Some(high)) = (schema.get(least), schema.get(most))
            && compare_numbers(low.text(), high.text()) == Some(Ordering::Greater)
        {
            let message = format!("no value matches: `{least}` is {}, but `{most}` is {}", low.text(), high.text());
            return tell(low, message, format!("Raise `{most}`, or lower `{least}`"));
        }
    }
    if let Some(name) = forbidden(schema)
        && let Some(required) = schema.get("required")
    {
        let message = format!("no value matches: `{name}` is required, but the schema forbids it");
        return tell(required, message, format!("Add `{name}` to `properties`, or remove it from `required`"));
    }
    let bound = ["minLength", "maxLength"].into_iter().find(|key| schema.get(key).is_some());
    if let (Some(pattern), Some(bound)) = (schema.get("pattern"), bound) {
        let message =
            format!("no value matches: no string that matches the pattern has the length that `{bound}` allows");
        return tell(pattern, message, format!("Correct `{bound}` or `pattern`"));
    }
    if let Some(list) = schema.get("enum") {
        let message = "no value matches: the rest of the schema excludes every value in `enum`".to_owned();
        return tell(list, message, "Correct the values, or the keyword that excludes them".to_owned());
    }
    if let Some((closed, name)) = closed_part(schema) {
        let message = format!("no value matches: this part of `allOf` forbids `{name}`, which another part requires");
        let help = "Remove `additionalProperties: false` from the part; from OpenAPI 3.1 on, close the whole with `unevaluatedProperties: false`";
        return tell(closed, message, help.to_owned());
    }
    if let Some(all) = schema.get("allOf") {
        let message = "no value matches: the parts of `allOf` exclude each other".to_owned();
        return tell(all, message, "Correct the part that contradicts the others".to_owned());
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(all) = schema.get(key) {
            let message = format!("no value matches: none of the alternatives of `{key}` can match");
            return tell(all, message, "Correct the alternatives, or what stands beside them".to_owned());
        }
    }
    let message = "no value matches this schema".to_owned();
    tell(schema, message, "Correct the keyword that excludes all values".to_owned());
}

/// A part of `allOf` that allows only its own properties, and a name that another part requires.
fn closed_part(schema: Place<'_>) -> Option<(Place<'_>, String)> {
    let parts: Vec<Place<'_>> = schema.get("allOf")?.elements().chain(std::iter::once(schema)).collect();
    let required = |part: Place<'_>| -> Vec<String> {
        let names = part.resolved().get("required").into_iter().flat_map(Place::elements);
        names.filter_map(Place::as_str).map(str::to_owned).collect()
    };
    for (at, part) in parts.iter().enumerate() {
        let target = part.resolved();
        let closed = target.get("additionalProperties").is_some_and(|further| further.as_bool() == Some(false))
            && target.get("patternProperties").is_none();
        if !closed {
            continue;
        }
        let others = parts.iter().enumerate().filter(|(other, _)| *other != at).flat_map(|(_, part)| required(*part));
        let mut lost = others.filter(|name| target.get("properties").is_none_or(|all| all.get(name).is_none()));
        if let Some(name) = lost.next() {
            return Some((*part, name));
        }
    }
    None
}

/// A name that is required although the schema has no such property and allows no other.
fn forbidden(schema: Place<'_>) -> Option<&str> {
    let properties = schema.get("properties");
    let closed = schema.get("additionalProperties").is_some_and(|further| further.as_bool() == Some(false))
        && schema.get("patternProperties").is_none();
    let names = schema.get("required").into_iter().flat_map(Place::elements).filter_map(Place::as_str);
    let mut lost = names.filter(|name| match properties.and_then(|all| all.get(name)) {
        Some(property) => property.as_bool() == Some(false),
        None => closed,
    });
    lost.next()
}
