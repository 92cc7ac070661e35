//! How far a JSON Schema looks into a value.
//!
//! Takes a schema; says which parts of a value can decide anything, so that the rest need not be copied: `required`
//! over the responses of an operation asks for their names, not for everything below them.

use serde_json::Value;

/// What a schema looks at in a value.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Reach {
    /// Everything below.
    whole: bool,
    /// Below these keys.
    keys: Vec<(String, Reach)>,
    /// Below every key and in every element.
    every: Option<Box<Reach>>,
}

impl Reach {
    /// What a schema looks at.
    pub(super) fn of(schema: &Value) -> Self {
        let mut reach = Reach::default();
        reach.add(schema);
        reach
    }

    fn add(&mut self, schema: &Value) {
        let Some(schema) = schema.as_object() else { return };
        for (keyword, value) in schema {
            match keyword.as_str() {
                // A value is compared, or what is behind the reference is not known here.
                "const"
                | "enum"
                | "uniqueItems"
                | "$ref"
                | "$dynamicRef"
                | "$recursiveRef"
                | "unevaluatedProperties"
                | "unevaluatedItems" => self.whole = true,
                "properties" => {
                    for (name, schema) in value.as_object().into_iter().flatten() {
                        let at = self.keys.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
                            self.keys.push((name.clone(), Reach::default()));
                            self.keys.len() - 1
                        });
                        self.keys[at].1.add(schema);
                    }
                }
                "patternProperties" => {
                    value.as_object().into_iter().flatten().for_each(|(_, schema)| self.every(schema));
                }
                "additionalProperties" | "additionalItems" | "contains" => self.every(value),
                "items" | "prefixItems" => match value {
                    Value::Array(list) => list.iter().for_each(|schema| self.every(schema)),
                    schema => self.every(schema),
                },
                "allOf" | "anyOf" | "oneOf" => {
                    value.as_array().into_iter().flatten().for_each(|schema| self.add(schema));
                }
                "not" | "if" | "then" | "else" => self.add(value),
                "dependencies" | "dependentSchemas" => {
                    value.as_object().into_iter().flatten().for_each(|(_, schema)| self.add(schema));
                }
                // The rest asks for the value itself, its keys or its size, or says nothing.
                _ => {}
            }
        }
    }

    fn every(&mut self, schema: &Value) {
        if schema.is_object() {
            self.every.get_or_insert_default().add(schema);
        }
    }

    /// Whether everything below counts.
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    /// What is looked at below a key, or in an element; none: only whether it is there, and of what kind.
    pub(super) fn below(&self, key: Option<&str>) -> impl Iterator<Item = &Reach> {
        let named = self.keys.iter().filter(move |(known, _)| Some(known.as_str()) == key).map(|(_, reach)| reach);
        named.chain(self.every.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_schema_reaches_as_far_as_its_keywords_do() {
        let reach = Reach::of(&json!({"required": ["a"], "anyOf": [{"properties": {"a": {"required": ["b"]}}}]}));
        assert!(!reach.is_whole());
        assert_eq!(reach.below(Some("a")).count(), 1);
        assert_eq!(reach.below(Some("b")).count(), 0);
        let reach = Reach::of(&json!({"items": {"enum": [1]}, "properties": {"a": {"type": "string"}}}));
        assert!(reach.below(None).all(Reach::is_whole));
        assert_eq!(reach.below(Some("a")).filter(|reach| reach.is_whole()).count(), 1);
        assert!(Reach::of(&json!({"not": {"$ref": "#/definitions/a"}})).is_whole());
        assert_eq!(Reach::of(&json!({"additionalProperties": false, "minProperties": 1})), Reach::default());
    }
}
