//! In which order ajv comes upon the errors of a value.
//!
//! Takes the path of keywords and the path in the value of an error; gives a list of numbers that sorts errors as ajv
//! meets them: keywords of one schema in ajv's own order, properties as the schema lists them, elements and other keys as
//! the value does.

use serde_json::Value;

/// Order of keywords within one schema.
const KEYWORDS: [&str; 36] = [
    "type",
    "maximum",
    "minimum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "multipleOf",
    "maxLength",
    "minLength",
    "pattern",
    "format",
    "$ref",
    "const",
    "enum",
    "not",
    "anyOf",
    "oneOf",
    "allOf",
    "if",
    "then",
    "else",
    "maxItems",
    "minItems",
    "uniqueItems",
    "prefixItems",
    "additionalItems",
    "items",
    "contains",
    "maxProperties",
    "minProperties",
    "required",
    "dependencies",
    "dependentRequired",
    "propertyNames",
    "additionalProperties",
    "properties",
    "patternProperties",
];

fn rank(keyword: &str) -> u32 {
    KEYWORDS.iter().position(|known| *known == keyword).map_or(0, |at| at as u32 + 1)
}

/// The numbers of an error. `schema` is the whole schema, where it is known, and `value` the whole value.
pub(super) fn order(schema: Option<&Value>, value: &Value, schema_path: &str, value_path: &str) -> Vec<u32> {
    let tokens = |path| crate::syntax::pointer::tokens(path).unwrap_or_default().into_iter();
    let (mut keywords, mut steps) = (tokens(schema_path), tokens(value_path));
    let (mut at, mut value) = (schema, Some(value));
    let mut out = Vec::new();
    while let Some(keyword) = keywords.next() {
        out.push(rank(&keyword));
        at = match (&*keyword, at) {
            ("$ref", Some(holder)) => {
                let pointer = holder.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'));
                schema.zip(pointer).and_then(|(schema, pointer)| schema.pointer(pointer))
            }
            (_, at) => at.and_then(|schema| schema.get(&*keyword)),
        };
        let tuple = matches!(&*keyword, "prefixItems") || (keyword == "items" && at.is_some_and(Value::is_array));
        let named = matches!(
            &*keyword,
            "properties" | "patternProperties" | "dependencies" | "dependentSchemas" | "definitions" | "$defs"
        );
        if named || tuple || matches!(&*keyword, "allOf" | "anyOf" | "oneOf") {
            let Some(name) = keywords.next() else { break };
            out.push(at.map_or(0, |list| position(list, &name)));
            at = at.and_then(|list| child(list, &name));
        }
        let goes_down = tuple
            || matches!(
                &*keyword,
                "properties"
                    | "patternProperties"
                    | "additionalProperties"
                    | "unevaluatedProperties"
                    | "items"
                    | "additionalItems"
                    | "unevaluatedItems"
                    | "contains"
            );
        if goes_down && let Some(step) = steps.next() {
            // Properties come as the schema lists them.
            if keyword != "properties" {
                out.push(value.map_or(0, |value| position(value, &step)));
            }
            value = value.and_then(|value| child(value, &step));
        }
    }
    out
}

fn child<'v>(value: &'v Value, token: &str) -> Option<&'v Value> {
    match value {
        Value::Array(list) => list.get(token.parse::<usize>().ok()?),
        _ => value.get(token),
    }
}

fn position(value: &Value, token: &str) -> u32 {
    match value {
        Value::Object(map) => map.keys().position(|key| key == token).unwrap_or(0) as u32,
        _ => token.parse().unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn errors_come_by_keyword_then_by_place() {
        let schema = json!({
            "properties": {"type": {"$ref": "#/definitions/t"}, "a": {"items": {"type": "string", "minLength": 2}}},
            "definitions": {"t": {"properties": {"x": {"type": "string"}}}},
        });
        let value = json!({"a": ["b", 1], "type": {"x": 1}, "c": 1});
        let of = |schema_path, value_path| order(Some(&schema), &value, schema_path, value_path);
        let deep = of("/properties/type/$ref/properties/x/type", "/type/x");
        let first = of("/properties/a/items/minLength", "/a/0");
        let second = of("/properties/a/items/type", "/a/1");
        assert!(deep < first, "a property that the schema lists first comes first, however deep its error is");
        assert!(first < second, "elements come one after the other");
        assert!(of("/required", "") < deep);
        assert!(of("/additionalProperties", "") < deep);
    }
}
