//! No edit is silent: each field of one contract that uses them all is taken away, put in, and given another value, and
//! the comparison must say something each time.

use covenant::diff::{self, Options};
use covenant::openapi::Api;
use covenant::workspace::Workspace;
use serde_json::Value;

const CONTRACT: &str = include_str!("../fixtures/changes/every-field.yaml");

fn contract() -> Value {
    serde_yaml::from_str(CONTRACT).expect("the contract is YAML")
}

fn workspace(value: &Value) -> Workspace {
    Workspace::from_text("contract.json", &value.to_string())
}

fn says_something(base: &Workspace, revision: &Workspace) -> bool {
    let (Ok(base), Ok(revision)) = (Api::open(base), Api::open(revision)) else { return true };
    let found = diff::compare(base, revision, &Options::default());
    // What cannot be judged makes the run incomplete, so it is not silent.
    !found.changes.is_empty() || !found.gaps(true).is_empty()
}

fn pointers(value: &Value, at: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let next = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                out.push(next.clone());
                pointers(value, &next, out);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                let next = format!("{at}/{index}");
                out.push(next.clone());
                pointers(value, &next, out);
            }
        }
        _ => {}
    }
}

/// The contract without the value at a pointer.
fn without(pointer: &str) -> Option<Value> {
    let mut value = contract();
    let (parent, token) = pointer.rsplit_once('/')?;
    let token = token.replace("~1", "/").replace("~0", "~");
    match value.pointer_mut(parent)? {
        Value::Object(map) => {
            map.shift_remove(&token)?;
        }
        Value::Array(list) => {
            list.remove(token.parse().ok()?);
        }
        _ => return None,
    }
    Some(value)
}

/// The contract with another scalar at a pointer.
fn changed(pointer: &str) -> Option<Value> {
    let mut value = contract();
    let place = value.pointer_mut(pointer)?;
    *place = match place {
        Value::Bool(flag) => Value::Bool(!*flag),
        Value::Number(number) => serde_json::json!(number.as_f64()? + 1.0),
        Value::String(text) => Value::String(format!("{text}Z")),
        _ => return None,
    };
    Some(value)
}

#[test]
fn no_field_comes_goes_or_changes_silently() {
    let whole = contract();
    let base = workspace(&whole);
    assert!(base.problems().is_empty());
    let mut all = Vec::new();
    pointers(&whole, "", &mut all);
    let (mut edits, mut silent) = (0, Vec::new());
    for pointer in &all {
        for (what, other) in [("without", without(pointer)), ("with another value at", changed(pointer))] {
            let Some(other) = other else { continue };
            let other = workspace(&other);
            for (from, to, way) in [(&base, &other, "to"), (&other, &base, "from")] {
                edits += 1;
                if !says_something(from, to) {
                    silent.push(format!("{way} the contract {what} {pointer}"));
                }
            }
        }
    }
    println!("{edits} edits, {} silent\n{}", silent.len(), silent.join("\n"));
    assert!(silent.is_empty(), "{} of {edits} edits are silent", silent.len());
}

#[test]
fn the_contract_uses_every_field_of_the_object_model() {
    let model: Value = serde_yaml::from_str(include_str!("../rules/model/openapi.yaml")).expect("the table is YAML");
    let mut missing = Vec::new();
    for (name, object) in model["objects"].as_object().expect("objects") {
        if name == "Swagger" || object["in"].as_str().is_some_and(|versions| versions.starts_with("2.0")) {
            continue;
        }
        for (field, rule) in object["fields"].as_object().into_iter().flatten() {
            let rules = rule.as_array().cloned().unwrap_or_else(|| vec![rule.clone()]);
            let now = |rule: &Value| {
                rule["in"].as_str().is_none_or(|versions| versions.ends_with('+') || versions.ends_with("3.2"))
            };
            let known = format!("{field}:");
            if rules.iter().any(now) && !CONTRACT.contains(&known) {
                missing.push(format!("{name}.{field}"));
            }
        }
    }
    println!("fields without an example: {}", missing.join(", "));
    assert!(missing.iter().all(|field| UNUSED.contains(&field.as_str())), "{missing:?}");
}

/// Fields that stand for many: entries named by a pattern.
const UNUSED: &[&str] = &["Parameter.<<", "Header.<<"];
