//! Edits of random schemas, and what OpenAPI 3.0 makes of them.

use super::dice::Dice;
use serde_json::{Value, json};

impl Dice {
    /// A schema with one to three edits: keywords that came, went or changed, at any depth.
    pub(crate) fn edited(&mut self, schema: &Value) -> Value {
        let mut out = schema.clone();
        for _ in 0..=self.roll(3) {
            let mut places = Vec::new();
            schemas(&out, String::new(), &mut places);
            if places.is_empty() {
                return self.schema(2);
            }
            let place = places[self.roll(places.len())].clone();
            let (fresh, depth) = (self.roll(3) > 0, usize::from(place.matches('/').count() < 4));
            let (key, value) = self.keyword(depth);
            let Some(Value::Object(map)) = out.pointer_mut(&place) else { continue };
            if fresh || map.is_empty() {
                map.insert(key.to_owned(), value);
            } else {
                let names: Vec<String> = map.keys().cloned().collect();
                map.remove(&names[self.roll(names.len())]);
            }
        }
        out
    }

    /// A scalar that a parameter can carry as text.
    pub(crate) fn word(&mut self) -> Value {
        match self.roll(4) {
            0 => Value::Bool(self.roll(2) == 0),
            1 | 2 => self.number(),
            _ => json!(self.pick(&["a", "b", "ab", "aa", "abc", "1", "12", "true", "-1", "0.5", "00"])),
        }
    }
}

/// The schema objects in a schema, as pointers.
fn schemas(value: &Value, at: String, out: &mut Vec<String>) {
    let Value::Object(map) = value else { return };
    for (key, value) in map {
        let escaped = key.replace('~', "~0").replace('/', "~1");
        let inner = format!("{at}/{escaped}");
        match key.as_str() {
            "properties" | "patternProperties" | "dependentSchemas" => {
                for (name, value) in value.as_object().into_iter().flatten() {
                    let name = name.replace('~', "~0").replace('/', "~1");
                    schemas(value, format!("{inner}/{name}"), out);
                }
            }
            "allOf" | "anyOf" | "oneOf" | "prefixItems" => {
                for (number, value) in value.as_array().into_iter().flatten().enumerate() {
                    schemas(value, format!("{inner}/{number}"), out);
                }
            }
            "additionalProperties"
            | "propertyNames"
            | "items"
            | "contains"
            | "not"
            | "if"
            | "then"
            | "else"
            | "unevaluatedProperties"
            | "unevaluatedItems" => schemas(value, inner, out),
            _ => {}
        }
    }
    out.push(at);
}

/// A schema in the words of OpenAPI 3.0: what they cannot say is left out.
pub(crate) fn in_openapi_30(schema: &Value) -> Value {
    let Value::Object(map) = schema else {
        return if schema == &json!(false) { json!({"not": {}}) } else { json!({}) };
    };
    let mut out = serde_json::Map::new();
    for (key, value) in map {
        let each = |value: &Value| value.as_array().into_iter().flatten().map(in_openapi_30).collect::<Value>();
        match key.as_str() {
            "type" => {
                let names: Vec<&str> = match value {
                    Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
                    other => other.as_str().into_iter().collect(),
                };
                if let Some(name) = names.iter().find(|name| **name != "null") {
                    out.insert("type".into(), json!(name));
                    if names.contains(&"null") {
                        out.insert("nullable".into(), json!(true));
                    }
                }
            }
            "const" => drop(out.insert("enum".into(), json!([value]))),
            "exclusiveMinimum" => {
                out.insert("minimum".into(), value.clone());
                out.insert("exclusiveMinimum".into(), json!(true));
            }
            "minimum" if map.contains_key("exclusiveMinimum") => {}
            "enum" if map.contains_key("const") => {}
            "properties" => {
                let members = value.as_object().into_iter().flatten();
                let members = members.map(|(name, value)| (name.clone(), in_openapi_30(value)));
                out.insert(key.clone(), Value::Object(members.collect()));
            }
            "allOf" | "anyOf" | "oneOf" => drop(out.insert(key.clone(), each(value))),
            "items" | "not" | "additionalProperties" => drop(out.insert(key.clone(), in_openapi_30(value))),
            "enum" | "maximum" | "multipleOf" | "minLength" | "maxLength" | "pattern" | "minItems" | "maxItems"
            | "uniqueItems" | "minProperties" | "maxProperties" | "required" => {
                drop(out.insert(key.clone(), value.clone()));
            }
            _ => {}
        }
    }
    // 3.0 asks for `items` beside arrays.
    if out.get("type") == Some(&json!("array")) && !out.contains_key("items") {
        out.insert("items".into(), json!({}));
    }
    Value::Object(out)
}

/// What a schema of OpenAPI 3.0 says, in the words of JSON Schema.
pub(crate) fn from_openapi_30(schema: &Value) -> Value {
    let Value::Object(map) = schema else { return schema.clone() };
    let mut out = serde_json::Map::new();
    for (key, value) in map {
        let value = match key.as_str() {
            "nullable" => continue,
            "type" if map.get("nullable") == Some(&json!(true)) => json!([value, "null"]),
            "minimum" if map.contains_key("exclusiveMinimum") => continue,
            "exclusiveMinimum" => map["minimum"].clone(),
            "properties" => {
                let members = value.as_object().into_iter().flatten();
                members
                    .map(|(name, value)| (name.clone(), from_openapi_30(value)))
                    .collect::<serde_json::Map<_, _>>()
                    .into()
            }
            "allOf" | "anyOf" | "oneOf" => value.as_array().into_iter().flatten().map(from_openapi_30).collect(),
            "items" | "not" | "additionalProperties" => from_openapi_30(value),
            _ => value.clone(),
        };
        out.insert(key.clone(), value);
    }
    Value::Object(out)
}
