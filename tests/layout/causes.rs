//! One cause is one finding, at the line that changed, and true of what it names; who sends a value decides what an edit of
//! it does, whatever the surface.

use super::{changes, contract, worst, wrappers};
use covenant::diagnostic::{Diagnostic, Impact};
use serde_json::{Value, json};

fn ids(changes: &[Diagnostic]) -> Vec<&str> {
    changes.iter().map(|change| &*change.rule).collect()
}

#[test]
fn an_edit_that_requests_and_responses_share_is_one_finding_with_both_effects() {
    let body = json!({"$ref": "#/components/schemas/Order"});
    let order = |length: u32| json!({"Order": {"type": "object", "properties": {"note": {"type": "string", "maxLength": length}}}});
    let side = |length| contract("3.1.0", Some(&body), Some(&body), &order(length));
    let found = changes(&side(20), &side(10));
    assert_eq!(ids(&found), ["request-property-max-length-decreased"]);
    assert_eq!(found[0].impact, Impact::Breaking);
    assert!(found[0].message.ends_with("in responses it is compatible"), "{}", found[0].message);
    let found = changes(&side(10), &side(20));
    assert_eq!(ids(&found), ["response-property-max-length-increased"]);
    assert!(found[0].message.ends_with("in requests it is compatible"), "{}", found[0].message);
}

#[test]
fn a_reference_that_leads_elsewhere_is_one_finding_at_the_reference() {
    let body = json!({"$ref": "#/components/schemas/Job"});
    let schemas = |name: &str| {
        json!({
            "Job": {"type": "object", "properties": {"problem": {"$ref": format!("#/components/schemas/{name}")}}},
            "Problem": {"type": "object", "properties": {"code": {"type": "string"}, "text": {"type": "string"}}},
            "Fault": {"type": "object", "properties": {"text": {"type": "integer"}, "hint": {"type": "string"}}},
            "Uses": {"allOf": [{"$ref": "#/components/schemas/Problem"}, {"$ref": "#/components/schemas/Fault"}]},
        })
    };
    let found = changes(
        &contract("3.1.0", None, Some(&body), &schemas("Problem")),
        &contract("3.1.0", None, Some(&body), &schemas("Fault")),
    );
    assert_eq!(found.len(), 1, "{found:#?}");
    let finding = &found[0];
    assert_eq!(finding.impact, Impact::Breaking);
    assert_eq!(finding.location.pointer, "/components/schemas/Job/properties/problem");
    let texts = std::iter::once(&finding.message).chain(finding.related.iter().map(|label| &label.message));
    for text in texts {
        assert!(!text.contains("of schema `Fault`") && !text.contains("of schema `Problem`"), "{text}");
    }
    assert!(finding.message.contains("`problem.text` of schema `Job`"), "{}", finding.message);
    assert!(finding.message.contains("described by `Fault` instead of `Problem`"), "{}", finding.message);
}

#[test]
fn a_schema_in_use_is_not_called_unused() {
    let body = json!({"oneOf": [{"$ref": "#/components/schemas/Line"}, {"type": "null"}]});
    let schemas = |words: &str| {
        json!({
            "Line": {"allOf": [{"$ref": "#/components/schemas/Base"}], "properties": {"a": {"type": "string"}}},
            "Base": {"type": "object", "description": words, "properties": {"b": {"type": "string", "description": words}}},
        })
    };
    let side = |words: &str| contract("3.1.0", None, Some(&body), &schemas(words));
    let found = changes(&side("one"), &side("other"));
    assert!(!ids(&found).contains(&"component-changed"), "{:?}", ids(&found));
    assert!(found.iter().all(|change| change.operations == ["POST /a"]), "{found:#?}");
}

#[test]
fn equal_edits_of_many_schemas_are_one_finding_with_its_places() {
    let names = ["A", "B", "C", "D"];
    let body = json!({"allOf": names.map(|name| json!({"type": "object", "properties": {name: {"$ref": format!("#/components/schemas/{name}")}}}))});
    let schemas = |required: Value| -> Value {
        let one = |name: &str| {
            (name.to_owned(), json!({"type": "object", "required": required, "properties": {"id": {"type": "string"}}}))
        };
        Value::Object(names.iter().map(|name| one(name)).collect())
    };
    let side = |required| contract("3.1.0", Some(&body), None, &schemas(required));
    let found = changes(&side(json!(["id"])), &side(json!([])));
    assert_eq!(ids(&found), ["request-property-became-optional"]);
    assert!(found[0].message.ends_with("likewise in 3 other places"), "{}", found[0].message);
    assert_eq!(found[0].related.len(), 3);
    // What breaks clients keeps the fingerprint of each place, so that each can be accepted by itself.
    let broken = changes(&side(json!([])), &side(json!(["id"])));
    assert_eq!((ids(&broken), broken[0].impact), (vec!["request-property-became-required"], Impact::Breaking));
    let mut prints: Vec<&str> = broken[0].others.iter().map(|part| &*part.fingerprint).collect();
    prints.push(&broken[0].fingerprint);
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), 4);
}

#[test]
fn webhooks_and_callbacks_are_paths_turned_round() {
    let webhook = |schema: &Value, response: bool| {
        let mut whole = contract("3.1.0", (!response).then_some(schema), response.then_some(schema), &json!({}));
        let item = whole["paths"]["/a"].take();
        whole["paths"] = json!({});
        whole["webhooks"] = json!({"happened": item});
        whole
    };
    let path = |schema: &Value, response: bool| {
        contract("3.1.0", (!response).then_some(schema), response.then_some(schema), &json!({}))
    };
    for (name, old, new) in wrappers::edits() {
        for (old, new) in [(&old, &new), (&new, &old)] {
            for response in [false, true] {
                let sent = worst(&changes(&path(old, response), &path(new, response)));
                let turned = worst(&changes(&webhook(old, !response), &webhook(new, !response)));
                assert_eq!(sent, turned, "{name}, response: {response}");
            }
        }
    }
}

#[test]
fn security_and_media_types_of_webhooks_are_what_the_provider_sends() {
    let side = |operation: Value| {
        json!({
            "openapi": "3.1.0", "info": {"title": "t", "version": "1.0.0"}, "webhooks": {"happened": {"post": operation}},
            "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
        })
    };
    let response = json!({"204": {"description": "d"}});
    let plain = side(json!({"responses": response}));
    let secured = side(json!({"security": [{"key": []}], "responses": response}));
    assert_eq!(worst(&changes(&plain, &secured)), Impact::Compatible);
    assert_eq!(worst(&changes(&secured, &plain)), Impact::Breaking);
    let content = |types: &[&str]| Value::Object(types.iter().map(|name| ((*name).to_owned(), json!({}))).collect());
    let body = |types: &[&str]| side(json!({"requestBody": {"content": content(types)}, "responses": response}));
    let (one, two) = (body(&["application/json"]), body(&["application/json", "application/xml"]));
    assert_eq!(worst(&changes(&two, &one)), Impact::Compatible);
    assert_eq!(worst(&changes(&one, &two)), Impact::Breaking);
    let answer = |types: &[&str]| side(json!({"responses": {"200": {"description": "d", "content": content(types)}}}));
    let (one, two) = (answer(&["application/json"]), answer(&["application/json", "application/xml"]));
    assert_eq!(worst(&changes(&two, &one)), Impact::Breaking);
    assert_eq!(worst(&changes(&one, &two)), Impact::Compatible);
}
