//! A wrapper of one branch says what the branch says: edits behind wrappers are told as they are told without them.

use super::{changes, contract, worst};
use serde_json::{Value, json};

/// What stands behind the wrapper: a name, the base, the revision.
pub(crate) fn edits() -> Vec<(&'static str, Value, Value)> {
    let object =
        |properties: Value, required: Value| json!({"type": "object", "properties": properties, "required": required});
    let a = json!({"id": {"type": "string"}, "code": {"type": "string"}});
    let edited = [
        (
            "a new required property",
            object(
                json!({"id": {"type": "string"}, "code": {"type": "string"}, "n": {"type": "string"}}),
                json!(["n"]),
            ),
        ),
        ("another type", object(json!({"id": {"type": "string"}, "code": {"type": "integer"}}), json!([]))),
        ("a property removed", object(json!({"id": {"type": "string"}}), json!([]))),
        (
            "a shorter text",
            object(json!({"id": {"type": "string"}, "code": {"type": "string", "maxLength": 3}}), json!([])),
        ),
        (
            "deprecated",
            object(json!({"id": {"type": "string"}, "code": {"type": "string", "deprecated": true}}), json!([])),
        ),
        (
            "a description",
            object(json!({"id": {"type": "string", "description": "d"}, "code": {"type": "string"}}), json!([])),
        ),
    ];
    edited.into_iter().map(|(name, revision)| (name, object(a.clone(), json!([])), revision)).collect()
}

/// Ways to put the schema behind a list of its own, which the wrapper must not hide.
fn inner(schema: &Value, form: &str) -> Value {
    let other = json!({"type": "object", "required": ["other"], "properties": {"other": {"type": "integer"}}});
    match form {
        "plain" => schema.clone(),
        "allOf" => json!({"allOf": [schema, other]}),
        list => {
            // Branches that exclude each other.
            let mut schema = schema.clone();
            schema["properties"]["kind"] = json!({"type": "string", "enum": ["a"]});
            let mut required = schema["required"].as_array().cloned().unwrap_or_default();
            required.push(json!("kind"));
            schema["required"] = json!(required);
            let second = json!({"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string", "enum": ["b"]}}});
            json!({list: [schema, second]})
        }
    }
}

/// Wrappers of one branch around a reference.
fn wrapped(kind: &str) -> Value {
    let it = json!({"$ref": "#/components/schemas/X"});
    let nothing = json!({"type": "null"});
    match kind {
        "reference" => it,
        "allOf" => json!({"allOf": [it]}),
        "allOf with words" => json!({"description": "d", "allOf": [it]}),
        "allOf beside properties" => json!({"allOf": [it], "properties": {"more": {"type": "string"}}}),
        "oneOf" => json!({"oneOf": [it]}),
        "anyOf" => json!({"anyOf": [it]}),
        "oneOf null" => json!({"oneOf": [it, nothing]}),
        "anyOf null" => json!({"anyOf": [it, nothing]}),
        "null first" => json!({"anyOf": [nothing, it]}),
        "allOf twice" => json!({"allOf": [{"description": "d", "allOf": [it]}]}),
        "allOf in anyOf null" => json!({"anyOf": [{"allOf": [it]}, nothing]}),
        "anyOf null in allOf" => json!({"allOf": [{"anyOf": [it, nothing]}]}),
        "forty of them" => (0..40).fold(it, |inner, _| json!({"allOf": [inner]})),
        other => unreachable!("{other}"),
    }
}

const WRAPPERS: [&str; 12] = [
    "allOf",
    "allOf with words",
    "allOf beside properties",
    "oneOf",
    "anyOf",
    "oneOf null",
    "anyOf null",
    "null first",
    "allOf twice",
    "allOf in anyOf null",
    "anyOf null in allOf",
    "forty of them",
];

/// Where the wrapped schema stands.
fn placed(schema: Value, place: &str) -> Value {
    match place {
        "body" => schema,
        "property" => json!({"type": "object", "properties": {"p": schema}}),
        "items" => json!({"type": "object", "properties": {"p": {"type": "array", "items": schema}}}),
        _ => json!({"type": "object", "additionalProperties": schema}),
    }
}

#[test]
fn a_wrapper_of_one_branch_hides_no_edit() {
    let mut wrong = Vec::new();
    for (edit, old, new) in edits() {
        for form in ["plain", "allOf", "oneOf", "anyOf"] {
            let schemas = |schema: &Value| json!({"X": inner(schema, form)});
            for (place, request) in
                [("body", true), ("property", true), ("items", false), ("map", true), ("body", false)]
            {
                let told = |kind: &str| {
                    let schema = placed(wrapped(kind), place);
                    let side = |schemas: Value| {
                        let (request, response) = if request { (Some(&schema), None) } else { (None, Some(&schema)) };
                        contract("3.1.0", request, response, &schemas)
                    };
                    changes(&side(schemas(&old)), &side(schemas(&new)))
                };
                let right = told("reference");
                for kind in WRAPPERS {
                    let found = told(kind);
                    let reached = found.iter().all(|change| change.operations == ["POST /a"]);
                    if worst(&found) != worst(&right) || found.is_empty() || !reached {
                        let ids: Vec<&str> = found.iter().map(|change| &*change.rule).collect();
                        wrong.push(format!(
                            "{edit}, {form} in {kind} as {place}: {} not {}: {ids:?}",
                            worst(&found),
                            worst(&right)
                        ));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
