//! In which order ajv comes upon the errors of a value.
//!
//! Takes the path of keywords and the path in the value of an error; gives a list of numbers that sorts errors as ajv
//! meets them: keywords of one schema in ajv's own order, properties as the schema lists them, elements and other keys as
//! the value does.

use crate::text::Cut;
use serde_json::Value;

/// Keywords in the order in which those of one schema are met: for all values first, then by the type of the value.
const KEYWORDS: [&str; 42] = [
    "$ref",
    "const",
    "enum",
    "not",
    "anyOf",
    "oneOf",
    "allOf",
    "if",
    "maximum",
    "minimum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "multipleOf",
    "maxLength",
    "minLength",
    "pattern",
    "format",
    "maxItems",
    "minItems",
    "prefixItems",
    "additionalItems",
    "items",
    "contains",
    "uniqueItems",
    "maxProperties",
    "minProperties",
    "required",
    "propertyNames",
    "additionalProperties",
    "dependentRequired",
    "dependencies",
    "properties",
    "patternProperties",
    "dependentSchemas",
    "unevaluatedProperties",
    "unevaluatedItems",
    "then",
    "else",
    "minContains",
    "maxContains",
    "definitions",
    "$defs",
];

/// The keywords for one type, as the first and the one behind the last of [`KEYWORDS`].
fn group(ty: &str) -> Option<std::ops::Range<usize>> {
    Some(match ty {
        "number" => 8..13,
        "string" => 13..17,
        "array" => 17..24,
        "object" => 24..36,
        _ => return None,
    })
}

/// The rank of a keyword in its schema.
fn rank(schema: Option<&Value>, keyword: &str) -> u32 {
    let keyword = match keyword {
        "then" | "else" => "if",
        "minContains" | "maxContains" => "contains",
        // A type is checked first, or where the keywords for it are met.
        "type" => {
            let types = schema.and_then(|schema| schema.get("type"));
            let single = match types {
                Some(Value::Array(list)) if list.len() == 1 => list[0].as_str(),
                types => types.and_then(Value::as_str),
            };
            let range = single.and_then(group).filter(|range| {
                KEYWORDS[range.clone()].iter().any(|known| schema.is_some_and(|schema| schema.get(known).is_some()))
            });
            return range.map_or(0, |range| range.start as u32 + 1);
        }
        keyword => keyword,
    };
    KEYWORDS.iter().position(|known| *known == keyword).map_or(0, |at| at as u32 + 1)
}

/// The numbers of an error. `schema` is the whole schema, where it is known, and `value` the whole value.
pub(super) fn order(schema: Option<&Value>, value: &Value, schema_path: &str, value_path: &str) -> Vec<u32> {
    let tokens = |path| crate::syntax::pointer::tokens(path).unwrap_or_default().into_iter();
    let (mut keywords, mut steps) = (tokens(schema_path), tokens(value_path));
    let (mut at, mut value) = (schema, Some(value));
    let mut out = Vec::new();
    while let Some(keyword) = keywords.next() {
        out.push(rank(at, &keyword));
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

/// How many steps into the value a path of keywords takes.
pub(super) fn steps(schema_path: &str) -> usize {
    let mut count = 0;
    let mut tokens = crate::syntax::pointer::tokens(schema_path).unwrap_or_default().into_iter().peekable();
    while let Some(keyword) = tokens.next() {
        match &*keyword {
            "properties" | "patternProperties" | "prefixItems" => {
                tokens.next();
                count += 1;
            }
            "dependentSchemas" | "dependencies" | "definitions" | "$defs" | "allOf" | "anyOf" | "oneOf" => {
                tokens.next();
            }
            "items"
            | "additionalItems"
            | "contains"
            | "additionalProperties"
            | "unevaluatedProperties"
            | "unevaluatedItems" => {
                // The number of one of several schemas.
                tokens.next_if(|token| keyword == "items" && token.bytes().all(|b| b.is_ascii_digit()));
                count += 1;
            }
            _ => {}
        }
    }
    count
}

/// Every `then` and `else` on a path of keywords, outermost first: the path to it, and what follows.
pub(super) fn conditions(schema_path: &str) -> Vec<(&str, &str, &'static str)> {
    let mut out = Vec::new();
    let mut names = false;
    let mut at = 0;
    while let Some(start) = schema_path.cut(at..).find('/').map(|offset| at + offset + 1) {
        let end = schema_path.cut(start..).find('/').map_or(schema_path.len(), |offset| start + offset);
        let token = schema_path.cut(start..end);
        if !names && (token == "then" || token == "else") {
            let word = if token == "then" { "then" } else { "else" };
            out.push((schema_path.cut(..start - 1), schema_path.cut(end..), word));
        }
        names = !names
            && ["properties", "patternProperties", "dependencies", "dependentSchemas", "definitions", "$defs"]
                .contains(&token);
        at = end;
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

    #[test]
    fn conditions_on_a_path_are_found_but_not_properties_of_their_name() {
        assert_eq!(
            conditions("/allOf/0/then/properties/then/else/type"),
            [("/allOf/0", "/properties/then/else/type", "then"), ("/allOf/0/then/properties/then", "/type", "else")]
        );
        assert_eq!(steps("/properties/then/items/0/minLength"), 2);
    }

    #[test]
    fn a_type_is_met_with_the_keywords_for_it() {
        let schema = json!({"type": "string", "minLength": 2, "enum": ["abc"]});
        let value = json!(1);
        let of = |keyword| order(Some(&schema), &value, keyword, "");
        assert!(of("/enum") < of("/type"));
        let schema = json!({"type": "string", "enum": ["abc"]});
        let of = |keyword| order(Some(&schema), &value, keyword, "");
        assert!(of("/type") < of("/enum"));
    }
}
