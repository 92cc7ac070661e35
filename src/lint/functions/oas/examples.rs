//! Examples and defaults against their schemas.

use super::super::json::Json;
use super::super::schema::{Checker, Excess, build, by_uri, found, validate};
use super::super::{At, Call, Found, Target, View};
use crate::lint::path::Key;
use crate::workspace::Place;
use jsonschema::Draft;
use serde_json::Value;
use std::sync::Arc;

/// The dialect of schemas in this document.
fn draft(view: &View<'_>) -> Draft {
    if view.formats.has("oas3_1") || view.formats.has("oas3_2") {
        let named = view.root.get_str("jsonSchemaDialect").and_then(by_uri);
        return named.unwrap_or(Draft::Draft202012);
    }
    Draft::Draft4
}

/// A value against the schema in the options, in the dialect of the document.
pub(super) fn schema<'w>(call: &Call<'_, 'w>, options: &Value, out: &mut Vec<Found<'w>>) {
    let Target::Node(place) = call.target else {
        if matches!(call.target, Target::Missing) {
            out.push(Found::here("#{{print(\"property\")}}must exist"));
        }
        return;
    };
    let Some(schema) = options.get("schema") else { return };
    let Some(value) = Json::new(call.view).of(place) else { return };
    let name = call.field.last().cloned();
    if let Ok(validator) = compiled(call.view, schema.clone()) {
        match validate(&validator, &value, false) {
            Ok(faults) => out.extend(found(faults, &value, name.as_deref())),
            Err(Excess) => out.push(Excess::failure()),
        }
    }
}

fn compiled(view: &View<'_>, schema: Value) -> Result<Arc<Checker>, String> {
    let key = schema.to_string();
    if let Some(known) = view.schemas.borrow().get(&key) {
        return known.clone();
    }
    let built = build(&schema, draft(view)).map(Arc::new);
    view.schemas.borrow_mut().insert(key, built.clone());
    built
}

/// Examples of a media type, or of a schema itself.
pub(super) fn example<'w>(call: &Call<'_, 'w>, options: &Value, out: &mut Vec<Found<'w>>) {
    let Some(holder) = call.target.map() else { return };
    let field = options.get("schemaField").and_then(Value::as_str).unwrap_or("$");
    let version_2 = options.get("oasVersion").and_then(Value::as_u64) == Some(2);
    let of_media = options.get("type").and_then(Value::as_str) == Some("media");
    let schema = if field == "$" { Some(holder) } else { call.view.get(holder, field) };
    let Some(schema) = schema.filter(|schema| schema.is_map()) else { return };
    let items = if of_media { media_items(call, holder, version_2) } else { schema_items(holder, version_2) };
    if items.is_empty() || is_plainly_right(schema, &items) {
        return;
    }
    let direction = if of_media { direction(call, version_2) } else { (false, false) };
    let validator = validator(call.view, schema, version_2, direction);
    let mut told_invalid = false;
    for (path, value) in items {
        let Some(value) = value else {
            out.push(Found::below(path, "#{{print(\"property\")}}must exist"));
            continue;
        };
        let validator = match &validator {
            None => continue,
            Some(Ok(validator)) => validator,
            Some(Err(error)) => {
                // That a schema is invalid is told once; a type that there is not keeps it from being used at all.
                if told_invalid && error.starts_with("schema is invalid") && !error.contains("/type must be equal") {
                    continue;
                }
                told_invalid = true;
                out.push(Found::below(path, error.clone()));
                continue;
            }
        };
        let Some(value) = Json::new(call.view).of(value) else { continue };
        let name = path.last().cloned();
        let faults = match validate(validator, &value, false) {
            Ok(faults) => faults,
            Err(Excess) => {
                out.push(Excess::failure());
                continue;
            }
        };
        for fault in found(faults, &value, name.as_deref()) {
            let At::Below(inner) = fault.at else { continue };
            out.push(Found::below(path.iter().cloned().chain(inner).collect(), fault.message));
        }
    }
}

/// A schema of the contract, compiled once for each direction; what is wrong with it when it is no schema; `None` when
/// it is circular or too large.
fn validator<'w>(
    view: &View<'w>,
    schema: Place<'w>,
    version_2: bool,
    (request, response): (bool, bool),
) -> Option<Result<Arc<Checker>, String>> {
    let key = (schema.id(), request, response);
    if let Some(known) = view.compiled.borrow().get(&key) {
        return known.clone();
    }
    let make = || {
        // Writing out what leads back to itself takes long, and nothing comes of it.
        if view.is_circular(schema) {
            return None;
        }
        let mut json = Json::new(view);
        let mut value = json.of(schema).filter(|_| !json.circular)?;
        if version_2 && value.get("required").is_some_and(Value::is_boolean) {
            value.as_object_mut().map(|map| map.remove("required"));
        }
        clean(&mut value, &Cleaning { version_2, request, response, old: draft(view) == Draft::Draft4 }, false);
        // A schema whose reference leads nowhere says nothing.
        Some(compiled(view, value)).filter(|built| !built.as_ref().is_err_and(String::is_empty))
    };
    let made = make();
    view.compiled.borrow_mut().insert(key, made.clone());
    made
}

type Item<'w> = (Vec<String>, Option<Place<'w>>);

fn schema_items(holder: Place<'_>, version_2: bool) -> Vec<Item<'_>> {
    let fields: &[&str] = if version_2 { &["example", "x-example", "default"] } else { &["example", "default"] };
    fields.iter().filter_map(|field| holder.get(field).map(|value| (vec![(*field).to_owned()], Some(value)))).collect()
}

fn media_items<'w>(call: &Call<'_, 'w>, holder: Place<'w>, version_2: bool) -> Vec<Item<'w>> {
    if !version_2 && let Some(value) = holder.get("example") {
        return vec![(vec!["example".to_owned()], Some(value))];
    }
    let mut out = Vec::new();
    let Some(examples) = call.view.get(holder, "examples") else { return out };
    let entries: Vec<(String, Place<'w>)> = if examples.is_seq() {
        examples.elements().enumerate().map(|(index, element)| (index.to_string(), element)).collect()
    } else {
        examples.members().map(|member| (member.name.to_owned(), member.value)).collect()
    };
    for (name, entry) in entries {
        let entry = call.view.follow(entry);
        let mut path = vec!["examples".to_owned(), name];
        if version_2 {
            out.push((path, Some(entry)));
        } else if (entry.is_map() || entry.is_seq()) && entry.get("externalValue").is_none() {
            path.push("value".to_owned());
            out.push((path, entry.get("value").map(|value| call.view.follow(value))));
        }
    }
    out
}

/// Whether the call is inside a request, inside a response.
fn direction(call: &Call<'_, '_>, version_2: bool) -> (bool, bool) {
    let name = |at: usize| match call.way.get(at).map(|step| step.key) {
        Some(Key::Name(name)) => name,
        _ => "",
    };
    let part = |what: &str, component: &str| {
        (name(0) == "components" && name(1) == component) || (name(0) == "paths" && name(3) == what)
    };
    if version_2 {
        return (false, name(0) == "responses" || part("responses", ""));
    }
    (part("requestBody", "requestBodies"), part("responses", "responses"))
}

struct Cleaning {
    version_2: bool,
    request: bool,
    response: bool,
    /// Draft 4 with `nullable`.
    old: bool,
}

/// Keywords whose value is a schema, a list of schemas, a map of schemas.
const ONE: [&str; 9] =
    ["additionalItems", "items", "contains", "additionalProperties", "propertyNames", "not", "if", "then", "else"];
const LIST: [&str; 4] = ["items", "allOf", "anyOf", "oneOf"];
const MAP: [&str; 5] = ["$defs", "definitions", "properties", "patternProperties", "dependencies"];

/// Makes a schema of a contract one that a validator can read, in the direction of the message.
fn clean(schema: &mut Value, how: &Cleaning, in_not: bool) {
    let Some(map) = schema.as_object_mut() else { return };
    if !in_not && (how.request || how.response) {
        let hidden: Vec<String> = map
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .filter(|(_, property)| {
                let is = |key: &str| property.get(key) == Some(&Value::Bool(true));
                (how.request && is("readOnly")) || (how.response && is("writeOnly"))
            })
            .map(|(name, _)| name.clone())
            .collect();
        if let Some(Value::Array(required)) = map.get_mut("required") {
            required.retain(|name| !hidden.iter().any(|hidden| Some(hidden.as_str()) == name.as_str()));
            if required.is_empty() {
                map.remove("required");
            }
        }
    }
    // Names of examples and of foreign keywords must not become identifiers of schemas.
    for key in ["example", "examples", "default", "x-example", "id"] {
        map.remove(key);
    }
    if how.version_2 && map.get("x-nullable") == Some(&Value::Bool(true)) {
        map.insert("nullable".to_owned(), Value::Bool(true));
    }
    if how.old
        && map.get("nullable") == Some(&Value::Bool(true))
        && let Some(Value::String(ty)) = map.get("type").cloned()
    {
        map.insert("type".to_owned(), serde_json::json!([ty, "null"]));
    }
    for (key, value) in map.iter_mut() {
        let key = key.as_str();
        let in_not = in_not || key == "not";
        match value {
            Value::Object(_) if ONE.contains(&key) => clean(value, how, in_not),
            Value::Array(list) if LIST.contains(&key) => list.iter_mut().for_each(|schema| clean(schema, how, in_not)),
            Value::Object(inner) if MAP.contains(&key) => {
                inner.values_mut().for_each(|schema| clean(schema, how, in_not));
            }
            _ => {}
        }
    }
}

/// The commonest case without a validator: a text for a schema that only says `string`, and the like.
fn is_plainly_right(schema: Place<'_>, items: &[Item<'_>]) -> bool {
    use crate::syntax::Kind;
    let Some(ty) = schema.get_str("type") else { return false };
    let harmless = |name: &str| {
        name.starts_with("x-")
            || [
                "type",
                "description",
                "title",
                "example",
                "default",
                "deprecated",
                "readOnly",
                "writeOnly",
                "xml",
                "nullable",
            ]
            .contains(&name)
    };
    schema.members().all(|member| harmless(member.name))
        && items.iter().all(|(_, value)| {
            value.is_some_and(|value| match (ty, value.kind()) {
                ("string", Kind::Str) | ("boolean", Kind::Bool) | ("integer" | "number", Kind::Int) => true,
                ("number", Kind::Float) => value.as_f64().is_some_and(f64::is_finite),
                _ => false,
            })
        })
}
