//! Rule pages as an ordinary Spectral ruleset.

use crate::lint::page::Page;
use serde_json::{Map, Value};

/// The pages that are made of `given` and `then`, as a ruleset; and the ids of those that need our functions.
pub fn to_spectral<'p>(pages: impl IntoIterator<Item = &'p Page>) -> (Value, Vec<&'p str>) {
    let mut rules = Map::new();
    let mut left = Vec::new();
    let public = |function: &str| crate::lint::functions::NAMES.contains(&function) && function != "typedEnum";
    for page in pages {
        let functions_are_public = |definition: &Map<String, Value>| match definition.get("then") {
            Some(Value::Array(list)) => {
                list.iter().all(|then| then.get("function").and_then(Value::as_str).is_some_and(public))
            }
            Some(then) => then.get("function").and_then(Value::as_str).is_some_and(public),
            None => false,
        };
        match page.definition() {
            Some(definition) if functions_are_public(definition) => {
                rules.insert(page.id.to_owned(), Value::Object(definition.clone()));
            }
            _ => left.push(page.id),
        }
    }
    (serde_json::json!({ "aliases": super::built_in::aliases(), "rules": rules }), left)
}
