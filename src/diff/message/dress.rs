//! Dresses a value for a real reader: fields that the search filled with any value get one of their format, or the
//! example of the contract.
//!
//! Takes a value and the schemas that describe it on both sides; gives the value with what it shows unchanged. By the
//! letter a format is an annotation in most dialects, so the search leaves it out; servers do not.

use super::formats::{is_of, sample, sample_of_length};
use crate::schema::SchemaSource;
use crate::text::secret;
use crate::workspace::{Place, PlaceId};
use serde_json::Value;

/// Fields of one value that are dressed, at most.
const MAX_FIELDS: usize = 200;
/// Schema objects that describe one value, at most.
const MAX_SCHEMAS: usize = 40;
/// Values that are tried for all fields together.
const MAX_TRIES: usize = 160;
/// Characters of an example that is taken over.
const MAX_EXAMPLE: usize = 60;

/// A field of a value with what could stand there instead, the best first.
#[derive(Debug)]
struct Field {
    /// JSON pointer.
    at: String,
    choices: Vec<Value>,
    /// Whether the present value is none that a reader of its format takes.
    wrong: bool,
}

/// The value with fields that real readers take, as far as `holds` says of the whole value that it still shows the same.
pub(in crate::diff) fn dressed(
    value: &Value,
    sources: &[&SchemaSource<'_>],
    mut holds: impl FnMut(&Value) -> bool,
) -> Value {
    let mut fields = Vec::new();
    let mut schemas = Vec::new();
    for source in sources {
        match source {
            SchemaSource::At { place, .. } => spread(*place, &mut schemas),
            SchemaSource::Object { members, .. } => {
                for member in members {
                    if let Some(part) = value.get(&member.name) {
                        let mut inner = Vec::new();
                        spread(member.schema, &mut inner);
                        collect(part, &inner, format!("/{}", escaped(&member.name)), &mut fields);
                    }
                }
            }
        }
    }
    collect(value, &schemas, String::new(), &mut fields);
    fields.dedup_by(|later, first| {
        let same = later.at == first.at;
        if same {
            first.choices.append(&mut later.choices);
            first.wrong |= later.wrong;
        }
        same
    });
    fields.retain(|field| !field.choices.is_empty());
    if fields.is_empty() {
        return value.clone();
    }
    let mut tries = 0;
    let mut attempt = |candidate: &Value| {
        tries += 1;
        tries <= MAX_TRIES && holds(candidate)
    };
    // Mostly all fit at once.
    let mut all = value.clone();
    for field in &fields {
        put(&mut all, &field.at, &field.choices[0]);
    }
    if attempt(&all) {
        return all;
    }
    let mut best = value.clone();
    let wrong: Vec<&Field> = fields.iter().filter(|field| field.wrong).collect();
    let mut formats = value.clone();
    for field in &wrong {
        put(&mut formats, &field.at, &field.choices[0]);
    }
    let together = wrong.len() < fields.len() && !wrong.is_empty() && attempt(&formats);
    if together {
        return formats;
    }
    for field in wrong {
        for choice in &field.choices {
            let mut candidate = best.clone();
            put(&mut candidate, &field.at, choice);
            if attempt(&candidate) {
                best = candidate;
                break;
            }
        }
    }
    best
}

fn put(value: &mut Value, at: &str, choice: &Value) {
    if let Some(field) = value.pointer_mut(at) {
        field.clone_from(choice);
    }
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Adds a schema with all that describe the same value: targets of references, parts and branches.
pub(in crate::diff) fn spread<'w>(place: Place<'w>, out: &mut Vec<Place<'w>>) {
    let mut todo = vec![place];
    let mut seen: Vec<PlaceId> = out.iter().map(|place| place.id()).collect();
    while let Some(place) = todo.pop() {
        if out.len() >= MAX_SCHEMAS || seen.contains(&place.id()) {
            continue;
        }
        seen.push(place.id());
        let target = place.resolved();
        if target.id() != place.id() {
            todo.push(target);
        }
        out.push(place);
        // What stands first is looked at first.
        for list in ["oneOf", "anyOf", "allOf"] {
            let mut parts: Vec<Place<'w>> = place.get(list).into_iter().flat_map(Place::elements).collect();
            parts.reverse();
            todo.extend(parts);
        }
        todo.extend(["then", "else"].iter().filter_map(|key| place.get(key)));
    }
}

/// Notes the fields of a value that could hold a better one.
fn collect(value: &Value, schemas: &[Place<'_>], at: String, fields: &mut Vec<Field>) {
    if fields.len() >= MAX_FIELDS || schemas.is_empty() {
        return;
    }
    match value {
        Value::Object(members) => {
            for (name, part) in members {
                let mut inner = Vec::new();
                for schema in schemas {
                    let declared = schema.get("properties").and_then(|all| all.get(name));
                    let other = || schema.get("additionalProperties").filter(|rest| rest.is_map());
                    if let Some(found) = declared.or_else(other) {
                        spread(found, &mut inner);
                    }
                }
                collect(part, &inner, format!("{at}/{}", escaped(name)), fields);
            }
        }
        Value::Array(items) => {
            for (index, part) in items.iter().enumerate() {
                let mut inner = Vec::new();
                for schema in schemas {
                    let prefix = schema.get("prefixItems").and_then(|list| list.at(index));
                    if let Some(found) = prefix.or_else(|| schema.get("items").filter(|items| items.is_map())) {
                        spread(found, &mut inner);
                    }
                }
                collect(part, &inner, format!("{at}/{index}"), fields);
            }
        }
        Value::String(text) => field(value, Some(text), schemas, at, fields),
        Value::Number(_) => field(value, None, schemas, at, fields),
        Value::Bool(_) | Value::Null => {}
    }
}

fn field(value: &Value, text: Option<&str>, schemas: &[Place<'_>], at: String, fields: &mut Vec<Field>) {
    let formats: Vec<&str> = schemas.iter().filter_map(|schema| schema.get_str("format")).collect();
    let fits = |value: &Value| formats.iter().all(|format| is_of(format, value));
    let wrong = !fits(value);
    let filler = text.is_none_or(|text| text.chars().all(|c| c.is_ascii_alphanumeric()) && text.len() < 4);
    let mut choices = Vec::new();
    if wrong || (filler && text.is_some()) {
        for schema in schemas {
            let listed = schema.get("examples").into_iter().flat_map(Place::elements);
            for example in schema.get("example").into_iter().chain(listed).chain(schema.get("default")).take(4) {
                let example = example.to_json();
                if is_fit_to_show(&example) && fits(&example) && example != *value {
                    choices.push(example);
                }
            }
        }
    }
    if wrong && let Some(text) = text {
        let length = text.chars().count();
        for format in &formats {
            choices.extend(sample(format).map(Value::from));
            choices.extend(sample_of_length(format, length).map(Value::from));
        }
    }
    choices.dedup();
    choices.truncate(6);
    fields.push(Field { at, choices, wrong });
}

/// Whether an example can stand in a report: a short scalar that looks like no secret and travels everywhere.
fn is_fit_to_show(example: &Value) -> bool {
    match example {
        Value::String(text) => {
            !text.is_empty()
                && text.chars().count() <= MAX_EXAMPLE
                && text.trim() == text
                && !text.chars().any(char::is_control)
                && matches!(secret::mask(text), std::borrow::Cow::Borrowed(_))
        }
        Value::Number(_) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Dialect;
    use crate::workspace::Workspace;
    use serde_json::json;

    fn dress(schema: &str, value: Value, holds: impl FnMut(&Value) -> bool) -> Value {
        let workspace = Workspace::from_text("a.yaml", schema);
        let source = SchemaSource::At { place: workspace.root(), dialect: Dialect::OpenApi30 };
        dressed(&value, &[&source], holds)
    }

    const SCHEMA: &str = "
properties:
  at: {type: string, format: date-time}
  id: {allOf: [{$ref: '#/properties/key'}]}
  key: {type: string, format: uuid}
  currency: {type: string, example: EUR}
  token: {type: string, example: 'sk_live_4eC39HqLyjWDarjtT1zdp7dc'}
  many: {type: array, items: {type: string, format: uri}}
";

    #[test]
    fn fields_get_values_of_their_format_and_examples_of_the_contract() {
        let value = json!({"at": "a", "id": "a", "currency": "a", "token": "a", "many": ["a"]});
        let dressed = dress(SCHEMA, value, |_| true);
        assert_eq!(dressed["at"], "2026-01-31T12:00:00Z");
        assert_eq!(dressed["id"], sample("uuid").unwrap());
        assert_eq!(dressed["currency"], "EUR");
        assert_eq!(dressed["token"], "a");
        assert_eq!(dressed["many"][0], "https://example.com/");
    }

    #[test]
    fn what_the_value_shows_stays() {
        let long = "a".repeat(71);
        let value = json!({"at": "a", "currency": long, "many": [long]});
        let dressed = dress(SCHEMA, value, |value| {
            value["currency"].as_str().unwrap().len() == 71 && value["many"][0].as_str().unwrap().len() == 71
        });
        assert_eq!(dressed["at"], "2026-01-31T12:00:00Z");
        assert_eq!(dressed["currency"].as_str().unwrap().len(), 71);
        assert!(dressed["many"][0].as_str().unwrap().starts_with("https://example.com/a"));
    }

    #[test]
    fn a_value_without_formats_is_kept_as_it_is() {
        assert_eq!(dress("{type: string}", json!("a"), |_| panic!("nothing to try")), json!("a"));
    }
}
