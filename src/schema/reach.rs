//! What of a schema a value can come to.
//!
//! Takes values; tells which subschemas can never be asked about one, whatever a validator does: those of properties whose
//! names occur nowhere in the value, and those of items where no list in it has any. A validator compiled for a value
//! leaves them out, with all that only they refer to.

use rustc_hash::FxHashSet;
use serde_json::Value as Json;

/// The parts that a value has, at any depth.
#[derive(Clone, Debug, Default)]
pub(super) struct Reach {
    names: FxHashSet<String>,
    items: bool,
}

impl Reach {
    /// What a value reaches.
    pub(super) fn of(value: &Json) -> Reach {
        let mut reach = Reach::default();
        let mut todo = vec![value];
        while let Some(value) = todo.pop() {
            match value {
                Json::Array(items) => {
                    reach.items |= !items.is_empty();
                    todo.extend(items);
                }
                Json::Object(members) => {
                    for (name, value) in members {
                        if !reach.names.contains(name) {
                            reach.names.insert(name.clone());
                        }
                        todo.push(value);
                    }
                }
                _ => {}
            }
        }
        reach
    }

    /// Whether all that the other reaches is reached here.
    pub(super) fn covers(&self, other: &Reach) -> bool {
        (self.items || !other.items) && other.names.iter().all(|name| self.names.contains(name))
    }

    /// Whether the entry of a map under a keyword can be asked about a part of the value. `properties` and what depends
    /// on a property go by name; a pattern needs any name.
    pub(super) fn entry(&self, keyword: &str, name: &str) -> bool {
        match keyword {
            "properties" | "dependentSchemas" | "dependencies" => self.names.contains(name),
            _ => !self.names.is_empty(),
        }
    }

    /// Whether the schema under a keyword can be asked about a part of the value.
    pub(super) fn keyword(&self, keyword: &str) -> bool {
        match keyword {
            "additionalProperties" | "unevaluatedProperties" | "propertyNames" => !self.names.is_empty(),
            "items" | "prefixItems" | "additionalItems" | "unevaluatedItems" => self.items,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_count_at_any_depth_and_items_where_there_are_any() {
        let reach = Reach::of(&json!({"a": [], "b": {"c": 1}}));
        assert!(reach.entry("properties", "c") && !reach.entry("properties", "d"));
        assert!(reach.entry("patternProperties", "^d") && reach.keyword("propertyNames"));
        assert!(!reach.keyword("items") && Reach::of(&json!([1])).keyword("items"));
        assert!(!Reach::of(&json!("a")).keyword("additionalProperties") && reach.keyword("not"));
    }

    #[test]
    fn more_parts_cover_fewer() {
        let (more, fewer) = (Reach::of(&json!({"a": [1], "b": 1})), Reach::of(&json!({"a": []})));
        assert!(more.covers(&fewer) && !fewer.covers(&more) && fewer.covers(&fewer));
    }
}
