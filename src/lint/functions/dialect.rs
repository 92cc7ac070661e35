//! Schemas as ajv reads them, made ready for the validator that runs here.
//!
//! Takes a schema and its draft; changes it so that drafts 4 to 7 have the keywords that ajv knows in all of them:
//! keywords beside `$ref` count, `nullable` adds a type, `exclusiveMinimum: true` of draft 4 becomes a number.

use crate::pattern::Pattern as Regex;
use jsonschema::{Draft, Keyword, ValidationError};
use serde_json::{Map, Value};

/// The keyword `pattern`, with patterns of JavaScript.
pub(super) struct Pattern {
    source: String,
    regex: Regex,
}

type Made<'a> = Result<Box<dyn for<'i> Keyword<'i>>, ValidationError<'a>>;

impl Pattern {
    /// The keyword with this value.
    pub(super) fn keyword<'a>(_: &'a Map<String, Value>, value: &'a Value, _: jsonschema::paths::Location) -> Made<'a> {
        let source = value.as_str().unwrap_or_default().to_owned();
        let regex = Regex::with_flags(&source, "").map_err(ValidationError::custom)?;
        Ok(Box::new(Pattern { source, regex }))
    }
}

impl<'i> Keyword<'i> for Pattern {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        if self.is_valid(instance) {
            return Ok(());
        }
        Err(ValidationError::custom(format!("must match pattern \"{}\"", self.source)))
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        instance.as_str().is_none_or(|text| self.regex.is_match(text))
    }
}

/// Property names that are wanted where another is present: `dependencies` and `dependentRequired`.
pub(super) struct Dependencies(Vec<(String, Vec<String>)>);

impl Dependencies {
    /// The keyword with this value.
    pub(super) fn keyword<'a>(_: &'a Map<String, Value>, value: &'a Value, _: jsonschema::paths::Location) -> Made<'a> {
        let texts = |list: &Vec<Value>| list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        let all = value.as_object().into_iter().flatten();
        let all = all.filter_map(|(name, list)| Some((name.clone(), texts(list.as_array()?))));
        Ok(Box::new(Dependencies(all.collect())))
    }

    /// What is missing, and for the sake of which property.
    fn missing(&self, instance: &Value) -> Option<(&str, Vec<&str>)> {
        let map = instance.as_object()?;
        self.0.iter().filter(|(name, _)| map.contains_key(name)).find_map(|(name, wanted)| {
            let whole = wanted.iter().map(String::as_str);
            wanted.iter().any(|wanted| !map.contains_key(wanted)).then(|| (name.as_str(), whole.collect()))
        })
    }
}

impl<'i> Keyword<'i> for Dependencies {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        let Some((name, wanted)) = self.missing(instance) else { return Ok(()) };
        let word = if wanted.len() == 1 { "property" } else { "properties" };
        let wanted = wanted.join(", ");
        Err(ValidationError::custom(format!("must have {word} {wanted} when property {name} is present")))
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        self.missing(instance).is_none()
    }
}

/// The keyword `multipleOf`, by a division as JavaScript does it.
pub(super) struct MultipleOf(f64);

impl MultipleOf {
    /// The keyword with this value.
    pub(super) fn keyword<'a>(_: &'a Map<String, Value>, value: &'a Value, _: jsonschema::paths::Location) -> Made<'a> {
        Ok(Box::new(MultipleOf(value.as_f64().unwrap_or(1.0))))
    }
}

impl<'i> Keyword<'i> for MultipleOf {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        if self.is_valid(instance) {
            return Ok(());
        }
        let number = crate::lint::path::number_text(self.0);
        Err(ValidationError::custom(format!("must be multiple of {number}")))
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        instance.as_f64().is_none_or(|number| {
            let times = number / self.0;
            times.fract() == 0.0 && times.abs() < 1e21
        })
    }
}

/// A keyword that is not checked.
pub(super) struct Nothing;

impl Nothing {
    /// The keyword with any value.
    pub(super) fn keyword<'a>(_: &'a Map<String, Value>, _: &'a Value, _: jsonschema::paths::Location) -> Made<'a> {
        Ok(Box::new(Nothing))
    }
}

impl<'i> Keyword<'i> for Nothing {
    fn validate(&self, _: &'i Value) -> Result<(), ValidationError<'i>> {
        Ok(())
    }

    fn is_valid(&self, _: &'i Value) -> bool {
        true
    }
}

/// Keywords whose value is a schema, a list of schemas, a map of schemas.
const ONE: [&str; 12] = [
    "additionalItems",
    "items",
    "contains",
    "additionalProperties",
    "propertyNames",
    "not",
    "if",
    "then",
    "else",
    "unevaluatedProperties",
    "unevaluatedItems",
    "contentSchema",
];
const LIST: [&str; 5] = ["items", "prefixItems", "allOf", "anyOf", "oneOf"];
const MAP: [&str; 6] = ["properties", "patternProperties", "dependencies", "dependentSchemas", "definitions", "$defs"];

/// Calls `each` with every schema directly in a schema, and with its keyword.
fn inside<'s>(map: &'s Map<String, Value>, each: &mut impl FnMut(&'s str, &'s Value)) {
    for (key, value) in map {
        match value {
            Value::Object(_) if ONE.contains(&key.as_str()) => each(key, value),
            Value::Array(list) if LIST.contains(&key.as_str()) => list.iter().for_each(|schema| each(key, schema)),
            Value::Object(inner) if MAP.contains(&key.as_str()) => {
                inner.values().for_each(|schema| each(key, schema));
            }
            _ => {}
        }
    }
}

/// What stands twice in `enum` or `required`, which drafts 4 and 6 forbid: where, in the words of ajv.
fn twice(schema: &Value, path: &str) -> Option<String> {
    let map = schema.as_object()?;
    for keyword in ["enum", "required"] {
        let list = map.get(keyword).and_then(Value::as_array).map_or(&[] as &[Value], Vec::as_slice);
        for later in (1..list.len()).rev() {
            if let Some(earlier) = (0..later).rev().find(|&earlier| super::json::same(&list[earlier], &list[later])) {
                let (a, b) = if keyword == "enum" { (earlier, later) } else { (later, earlier) };
                let words = format!("must NOT have duplicate items (items ## {a} and {b} are identical)");
                return Some(format!("schema is invalid: data{path}/{keyword} {words}"));
            }
        }
    }
    map.iter().find_map(|(key, value)| {
        let known = key.as_str();
        match value {
            Value::Object(inner) if MAP.contains(&known) => {
                inner.iter().find_map(|(name, schema)| twice(schema, &format!("{path}/{key}/{name}")))
            }
            Value::Object(_) if ONE.contains(&known) => twice(value, &format!("{path}/{key}")),
            Value::Array(list) if LIST.contains(&known) => {
                let mut list = list.iter().enumerate();
                list.find_map(|(at, schema)| twice(schema, &format!("{path}/{key}/{at}")))
            }
            _ => None,
        }
    })
}

/// Refuses what ajv refuses beyond the meta-schema: `nullable` without `type` in a schema that is used, and in old drafts
/// what stands twice in a list.
///
/// # Errors
/// The text of ajv.
pub(super) fn check(schema: &Value, draft: Draft) -> Result<(), String> {
    if matches!(draft, Draft::Draft4 | Draft::Draft6)
        && let Some(error) = twice(schema, "")
    {
        return Err(error);
    }
    let mut seen: Vec<&str> = Vec::new();
    let mut open = vec![schema];
    while let Some(at) = open.pop() {
        let Some(map) = at.as_object() else { continue };
        let has_type = map.get("type").is_some_and(|ty| !ty.as_array().is_some_and(Vec::is_empty));
        if map.contains_key("nullable") && !has_type {
            return Err("\"nullable\" cannot be used without \"type\"".to_owned());
        }
        inside(map, &mut |key, inner| {
            let idle = match key {
                "definitions" | "$defs" | "contentSchema" => true,
                // Where one branch takes everything, ajv looks at none.
                "anyOf" => {
                    is_old(draft)
                        && map.get("anyOf").and_then(Value::as_array).is_some_and(|all| {
                            all.iter()
                                .any(|one| one == &Value::Bool(true) || one.as_object().is_some_and(Map::is_empty))
                        })
                }
                "prefixItems" => draft != Draft::Draft202012,
                "dependentSchemas" | "unevaluatedProperties" | "unevaluatedItems" => is_old(draft),
                "if" => !map.contains_key("then") && !map.contains_key("else"),
                "then" | "else" => !map.contains_key("if"),
                "additionalItems" => !map.get("items").is_some_and(Value::is_array),
                _ => false,
            };
            if !idle {
                open.push(inner);
            }
        });
        if let Some(reference) = map.get("$ref").and_then(Value::as_str)
            && !seen.contains(&reference)
        {
            seen.push(reference);
            open.extend(reference.strip_prefix('#').and_then(|pointer| schema.pointer(pointer)));
        }
    }
    Ok(())
}

fn is_old(draft: Draft) -> bool {
    matches!(draft, Draft::Draft4 | Draft::Draft6 | Draft::Draft7)
}

/// Changes a schema of this draft, and what is in it, to what the validator takes.
pub(super) fn prepare(schema: &mut Value, draft: Draft) {
    let Some(map) = schema.as_object_mut() else { return };
    for (key, value) in map.iter_mut() {
        match value {
            Value::Object(_) if ONE.contains(&key.as_str()) => prepare(value, draft),
            Value::Array(list) if LIST.contains(&key.as_str()) => {
                for schema in list.iter_mut() {
                    prepare(schema, draft);
                }
            }
            Value::Object(inner) if MAP.contains(&key.as_str()) => {
                for schema in inner.values_mut() {
                    prepare(schema, draft);
                }
            }
            _ => {}
        }
    }
    if map.get("nullable") == Some(&Value::Bool(true)) {
        match map.get_mut("type") {
            Some(Value::String(ty)) if ty != "null" => {
                let types = vec![Value::String(ty.clone()), Value::String("null".to_owned())];
                map.insert("type".to_owned(), Value::Array(types));
            }
            Some(Value::Array(types)) if !types.iter().any(|ty| ty == "null") => {
                types.push(Value::String("null".to_owned()));
            }
            _ => {}
        }
    }
    if draft == Draft::Draft4 {
        for unknown in ["id", "$id"] {
            map.remove(unknown);
        }
        for (exclusive, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
            if map.get(exclusive) == Some(&Value::Bool(true))
                && let Some(limit) = map.remove(bound)
            {
                map.insert(exclusive.to_owned(), limit);
            } else if map.get(exclusive).is_some_and(Value::is_boolean) {
                map.remove(exclusive);
            }
        }
    }
    let old = is_old(draft);
    if old {
        // Keywords that mean nothing in old drafts must not make the schema a wrong one.
        let notes = ["readOnly", "writeOnly", "examples", "$comment"];
        for unknown in ["dependentRequired", "minContains", "maxContains"].iter().chain(&notes) {
            map.remove(*unknown);
        }
    }
    if let Some(Value::Object(all)) = map.get_mut("dependencies") {
        let names: Vec<String> =
            all.iter().filter(|(_, value)| value.is_array()).map(|(name, _)| name.clone()).collect();
        let lists: Map<String, Value> =
            names.iter().filter_map(|name| Some((name.clone(), all.shift_remove(name)?))).collect();
        if !lists.is_empty() {
            map.entry("dependentRequired").or_insert_with(|| Value::Object(Map::new()));
            if let Some(Value::Object(known)) = map.get_mut("dependentRequired") {
                known.extend(lists);
            }
        }
    }
    let harmless = ["$ref", "definitions", "$defs", "description", "title", "default", "examples", "$comment"];
    if old
        && map.contains_key("$ref")
        && map.keys().any(|key| !harmless.contains(&key.as_str()))
        && let Some(reference) = map.remove("$ref")
    {
        let reference = serde_json::json!({ "$ref": reference });
        match map.get_mut("allOf") {
            Some(Value::Array(all)) => all.push(reference),
            _ => {
                map.insert("allOf".to_owned(), Value::Array(vec![reference]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nullable_adds_a_type_and_needs_one() {
        let mut schema = json!({"properties": {"a": {"type": "string", "nullable": true}}});
        prepare(&mut schema, Draft::Draft7);
        assert_eq!(schema["properties"]["a"]["type"], json!(["string", "null"]));
        assert!(check(&json!({"items": {"nullable": true}}), Draft::Draft7).is_err());
        assert!(
            check(&json!({"$ref": "#/definitions/a", "definitions": {"a": {"nullable": true}}}), Draft::Draft7)
                .is_err()
        );
        assert!(check(&json!({"definitions": {"a": {"nullable": true}}}), Draft::Draft7).is_ok());
        assert!(check(&json!({"then": {"nullable": true}}), Draft::Draft7).is_ok());
        let twice = json!({"properties": {"a": {"enum": [1, 2, 1]}}});
        let words =
            "schema is invalid: data/properties/a/enum must NOT have duplicate items (items ## 0 and 2 are identical)";
        assert_eq!(check(&twice, Draft::Draft4), Err(words.to_owned()));
        assert!(check(&twice, Draft::Draft7).is_ok());
    }

    #[test]
    fn old_drafts_are_read_with_the_keywords_of_draft_7() {
        let mut schema = json!({"minimum": 3, "exclusiveMinimum": true, "maximum": 4, "exclusiveMaximum": false});
        prepare(&mut schema, Draft::Draft4);
        assert_eq!(schema, json!({"exclusiveMinimum": 3, "maximum": 4}));
        let mut schema = json!({"$ref": "#/definitions/x", "type": "string", "definitions": {"x": {}}});
        prepare(&mut schema, Draft::Draft7);
        assert_eq!(schema["allOf"], json!([{"$ref": "#/definitions/x"}]));
        assert_eq!(schema.get("$ref"), None);
    }
}
