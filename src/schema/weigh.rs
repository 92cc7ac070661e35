//! How much work a validator would have with a value.
//!
//! A validator evaluates a schema anew wherever it is referred to. Schemas that refer to each other several times on every
//! level make it evaluate exponentially many, so the work is told before it is asked: every pair of a definition and a
//! part of the value is weighed once. Takes what [`super::emit`] wrote; stands on nothing.

use rustc_hash::FxHashMap;
use serde_json::{Map, Value as Json};

/// Pairs of a definition and a part of a value that are weighed; beyond, the work counts as unbounded.
const MAX_PAIRS: usize = 60_000;
/// References that are followed into each other; beyond, the work counts as unbounded: a validator follows them on its stack.
const DEEPEST: usize = 200;

/// The work of validating `value`, in evaluated schemas; saturates.
pub(super) fn weight(schema: &Json, value: &Json) -> u64 {
    let empty = Map::new();
    let defs = schema.get("$defs").and_then(Json::as_object).unwrap_or(&empty);
    let mut scale = Scale { defs, known: FxHashMap::default(), depth: 0 };
    scale.schema(schema, value)
}

struct Scale<'s> {
    defs: &'s Map<String, Json>,
    /// By the addresses of a definition and of a part of the value; `None` while it is being weighed.
    known: FxHashMap<(*const Json, *const Json), Option<u64>>,
    depth: usize,
}

impl Scale<'_> {
    fn schema(&mut self, schema: &Json, value: &Json) -> u64 {
        let Json::Object(keywords) = schema else { return 1 };
        let mut sum = 1_u64;
        let mut again = false;
        for (keyword, of) in keywords {
            let more = match (keyword.as_str(), of) {
                ("$ref", Json::String(uri)) => self.reference(uri, value),
                ("allOf" | "anyOf" | "oneOf", Json::Array(list)) => self.all(list.iter(), value),
                ("not" | "if" | "then" | "else", of) => self.schema(of, value),
                ("dependentSchemas" | "dependencies", Json::Object(map)) => self.all(map.values(), value),
                ("properties", Json::Object(map)) => match value {
                    Json::Object(members) => {
                        sum_of(members.iter().filter_map(|(name, value)| Some(self.schema(map.get(name)?, value))))
                    }
                    _ => 0,
                },
                ("patternProperties", Json::Object(map)) => {
                    sum_of(map.values().map(|of| self.parts(of, value).saturating_add(1)))
                }
                ("unevaluatedProperties" | "unevaluatedItems", of) => {
                    again = true;
                    self.parts(of, value)
                }
                ("additionalProperties" | "propertyNames" | "contains" | "additionalItems", of) => {
                    self.parts(of, value)
                }
                ("items" | "prefixItems", Json::Array(list)) => match value {
                    Json::Array(items) => sum_of(list.iter().zip(items).map(|(of, item)| self.schema(of, item))),
                    _ => 0,
                },
                ("items", of) => self.parts(of, value),
                _ => 1,
            };
            sum = sum.saturating_add(more);
        }
        // What is unevaluated is found by evaluating the rest once more.
        if again { sum.saturating_mul(2) } else { sum }
    }

    fn all<'j>(&mut self, list: impl Iterator<Item = &'j Json>, value: &Json) -> u64 {
        sum_of(list.map(|of| self.schema(of, value)))
    }

    /// The same schema for every member or item.
    fn parts(&mut self, of: &Json, value: &Json) -> u64 {
        match value {
            Json::Object(members) => sum_of(members.values().map(|value| self.schema(of, value))),
            Json::Array(items) => sum_of(items.iter().map(|item| self.schema(of, item))),
            _ => 0,
        }
    }

    fn reference(&mut self, uri: &str, value: &Json) -> u64 {
        let target = uri.strip_prefix("#/$defs/").and_then(|name| self.defs.get(name));
        // Meta-schemas are bounded.
        let Some(target) = target else { return 200 };
        let key = (std::ptr::from_ref(target), std::ptr::from_ref(value));
        match self.known.get(&key) {
            Some(Some(known)) => return *known,
            // A circle is evaluated once.
            Some(None) => return 1,
            None => {}
        }
        if self.known.len() >= MAX_PAIRS || self.depth >= DEEPEST {
            return u64::MAX;
        }
        self.known.insert(key, None);
        self.depth += 1;
        let weight = self.schema(target, value);
        self.depth -= 1;
        self.known.insert(key, Some(weight));
        weight
    }
}

fn sum_of(weights: impl Iterator<Item = u64>) -> u64 {
    weights.fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Levels that refer to the one below as often as `times`.
    fn levels(keyword: &str, times: usize, count: usize) -> Json {
        let mut defs = Map::new();
        defs.insert("d0".to_owned(), json!({"type": "string"}));
        for level in 1..=count {
            let below = json!({"$ref": format!("#/$defs/d{}", level - 1)});
            defs.insert(format!("d{level}"), json!({keyword: vec![below; times]}));
        }
        json!({"$ref": format!("#/$defs/d{count}"), "$defs": defs})
    }

    #[test]
    fn levels_that_double_are_told_before_they_are_evaluated() {
        assert!(weight(&levels("oneOf", 2, 40), &json!("a")) > 1 << 40);
        assert!(weight(&levels("oneOf", 1, 40), &json!("a")) < 200);
        assert_eq!(weight(&levels("anyOf", 4, 80), &json!("a")), u64::MAX);
    }

    #[test]
    fn a_chain_that_is_longer_than_a_stack_is_told_before_it_is_followed() {
        for keyword in ["allOf", "oneOf"] {
            assert!(weight(&levels(keyword, 1, 150), &json!("a")) < 1_000);
            assert_eq!(weight(&levels(keyword, 1, 100_000), &json!("a")), u64::MAX);
        }
    }

    #[test]
    fn a_value_is_weighed_by_its_parts() {
        let list = json!({"items": {"properties": {"a": {"type": "string"}, "b": {"type": "string"}}}});
        let (short, long) = (json!([{"a": "x"}]), json!(vec![json!({"a": "x"}); 50]));
        assert!(weight(&list, &long) > 20 * weight(&list, &short));
        assert_eq!(weight(&list, &json!([{"c": 1}])), weight(&list, &json!([{}])));
    }

    #[test]
    fn circles_have_an_end() {
        let schema = json!({"$ref": "#/$defs/d0", "$defs": {"d0": {"allOf": [{"$ref": "#/$defs/d0"}, {"type": "object"}],
            "properties": {"a": {"$ref": "#/$defs/d0"}}}}});
        assert!(weight(&schema, &json!({"a": {"a": {}}})) < 100);
    }
}
