//! How much work it is to hold a value against a schema, told before it is done. The validator forgets what it has seen:
//! sub-schemas that are reached on several ways are applied on each, and `anyOf` of `anyOf` doubles at every level.
//!
//! What is counted here is remembered, so that telling takes no longer than schema times value.

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

/// Applications of schemas to values that are always made.
const FREE: u64 = 200_000;
/// Above that, how often each pair of schema and value may be met on average.
const REPEATED: u64 = 50;
/// Pairs that are remembered.
const PAIRS: usize = 2_000_000;
/// Nesting that is followed.
const DEEPEST: usize = 400;

/// Keywords with one schema for the same value.
const SINGLE: [&str; 4] = ["not", "if", "then", "else"];
/// Keywords with a list of schemas for the same value.
const LISTS: [&str; 3] = ["allOf", "anyOf", "oneOf"];
/// Keywords with schemas for the same value by name.
const NAMED: [&str; 2] = ["dependentSchemas", "dependencies"];

/// The schemas that are applied to the same value as `schema`.
fn beside<'s>(root: &'s Value, schema: &'s Value) -> Vec<&'s Value> {
    let Some(map) = schema.as_object() else { return Vec::new() };
    let mut out: Vec<&Value> = SINGLE.iter().filter_map(|key| map.get(*key)).collect();
    out.extend(LISTS.iter().filter_map(|key| map.get(*key)?.as_array()).flatten());
    out.extend(NAMED.iter().filter_map(|key| map.get(*key)?.as_object()).flat_map(|all| all.values()));
    for key in ["$ref", "$dynamicRef", "$recursiveRef"] {
        let target = map.get(key).and_then(Value::as_str).and_then(|text| text.strip_prefix('#'));
        out.extend(target.and_then(|pointer| root.pointer(&decoded(pointer))));
    }
    out
}

fn decoded(pointer: &str) -> String {
    crate::syntax::pointer::percent_decode(pointer).map_or_else(|| pointer.to_owned(), std::borrow::Cow::into_owned)
}

/// Returns whether a part of the schema is applied more than once to the same value.
pub(super) fn repeats(root: &Value) -> bool {
    let mut steps = 0_usize;
    let mut open = vec![root];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(list) => open.extend(list),
            Value::Object(map) => {
                open.extend(map.values());
                let mut seen = FxHashSet::default();
                let mut way = beside(root, value);
                while let Some(next) = way.pop() {
                    steps += 1;
                    if next.is_object() && !seen.insert(std::ptr::from_ref(next)) || steps > 1_000_000 {
                        return true;
                    }
                    way.extend(beside(root, next));
                }
            }
            _ => {}
        }
    }
    false
}

/// Returns whether holding `value` against `root`, a schema that [`repeats`], is more work than its size warrants.
pub(super) fn is_excessive(root: &Value, value: &Value) -> bool {
    let mut count = Count { root, known: FxHashMap::default(), depth: 0 };
    let cost = count.of(root, value);
    cost > FREE && cost > REPEATED.saturating_mul(count.known.len() as u64)
}

/// Stands for the name of a property.
static NAME: Value = Value::Null;

struct Count<'s> {
    root: &'s Value,
    known: FxHashMap<(*const Value, *const Value), u64>,
    depth: usize,
}

impl<'s> Count<'s> {
    fn of(&mut self, schema: &'s Value, value: &Value) -> u64 {
        let Some(map) = schema.as_object() else { return 1 };
        let pair = (std::ptr::from_ref(schema), std::ptr::from_ref(value));
        if let Some(known) = self.known.get(&pair) {
            return *known;
        }
        if self.depth > DEEPEST || self.known.len() > PAIRS {
            return u64::MAX;
        }
        // A schema that comes back to itself at the same value is refused elsewhere.
        self.known.insert(pair, 0);
        self.depth += 1;
        let mut cost = 1_u64;
        for other in beside(self.root, schema) {
            cost = cost.saturating_add(self.of(other, value));
        }
        // What was evaluated is found out by evaluating again.
        if map.contains_key("unevaluatedProperties") || map.contains_key("unevaluatedItems") {
            cost = cost.saturating_mul(2);
        }
        match value {
            Value::Object(members) => {
                let named = map.get("properties").and_then(Value::as_object);
                for (name, member) in members {
                    if let Some(schema) = named.and_then(|named| named.get(name)) {
                        cost = cost.saturating_add(self.of(schema, member));
                    }
                    let patterns = map.get("patternProperties").and_then(Value::as_object);
                    let others = patterns.into_iter().flat_map(|all| all.values());
                    let others = others.chain(map.get("additionalProperties")).chain(map.get("unevaluatedProperties"));
                    for schema in others {
                        cost = cost.saturating_add(self.of(schema, member));
                    }
                }
                if let Some(schema) = map.get("propertyNames") {
                    let each = self.of(schema, &NAME);
                    cost = cost.saturating_add(each.saturating_mul(members.len() as u64));
                }
            }
            Value::Array(elements) => {
                for (at, element) in elements.iter().enumerate() {
                    let listed = ["items", "prefixItems"].iter().filter_map(|key| map.get(*key)?.as_array()?.get(at));
                    let all = ["items", "additionalItems", "contains", "unevaluatedItems"];
                    let all = all.iter().filter_map(|key| map.get(*key)).filter(|schema| !schema.is_array());
                    for schema in listed.chain(all) {
                        cost = cost.saturating_add(self.of(schema, element));
                    }
                }
            }
            _ => {}
        }
        self.depth -= 1;
        self.known.insert(pair, cost);
        cost
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// `levels` schemas, each an `anyOf` of the next one, twice.
    fn doubled(levels: usize) -> Value {
        let mut all = serde_json::Map::new();
        for level in 0..levels {
            let next = json!({ "$ref": format!("#/definitions/d{}", level + 1) });
            all.insert(format!("d{level}"), json!({ "anyOf": [next.clone(), next] }));
        }
        all.insert(format!("d{levels}"), json!({"type": "string"}));
        json!({"definitions": all, "$ref": "#/definitions/d0"})
    }

    #[test]
    fn alternatives_that_double_are_too_much_and_few_are_not() {
        assert!(repeats(&doubled(3)) && !is_excessive(&doubled(3), &json!(1)));
        assert!(is_excessive(&doubled(40), &json!(1)));
    }

    #[test]
    fn a_chain_of_values_doubles_as_well() {
        let node = json!({"$ref": "#"});
        let schema = json!({"properties": {"next": {"anyOf": [node.clone(), node]}}});
        let chain = (0..60).fold(json!({}), |inner, _| json!({ "next": inner }));
        assert!(repeats(&schema) && is_excessive(&schema, &chain));
        assert!(!is_excessive(&schema, &json!({"next": {"next": {}}})));
    }

    #[test]
    fn what_is_large_but_straight_is_checked() {
        let schema = json!({"items": {"allOf": [{"$ref": "#/definitions/a"}, {"$ref": "#/definitions/a"}]},
            "definitions": {"a": {"type": "integer"}}});
        let many: Value = (0..100_000).collect::<Vec<_>>().into();
        assert!(repeats(&schema) && !is_excessive(&schema, &many));
        assert!(!repeats(&json!({"properties": {"a": {"$ref": "#"}, "b": {"$ref": "#"}}})));
    }
}
