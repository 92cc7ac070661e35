//! Operations are one for clients when their methods and addresses are, however contracts write these down.

use super::{changes, worst};
use covenant::diagnostic::Impact;
use serde_json::{Value, json};

fn contract(paths: Value) -> Value {
    json!({"openapi": "3.1.0", "info": {"title": "t", "version": "1.0.0"}, "paths": paths})
}

fn operation(id: &str, parameters: &[(&str, &str)]) -> Value {
    let parameter =
        |(name, kind): &(&str, &str)| json!({"name": name, "in": "path", "required": true, "schema": {"type": kind}});
    let parameters: Vec<Value> = parameters.iter().map(parameter).collect();
    json!({"operationId": id, "parameters": parameters, "responses": {"204": {"description": "d"}}})
}

fn quiet(base: Value, revision: Value) {
    for (base, revision) in [(&base, &revision), (&revision, &base)] {
        let found = changes(&contract(base.clone()), &contract(revision.clone()));
        let ids: Vec<&str> = found.iter().map(|change| &*change.rule).collect();
        assert!(worst(&found) <= Impact::Compatible, "{ids:?}");
        assert!(ids.iter().all(|id| *id == "request-path-parameter-renamed"), "{ids:?}");
    }
}

#[test]
fn a_path_parameter_renamed_in_one_method_alone_removes_nothing() {
    let get = |name: &str| operation("getPayment", &[(name, "string")]);
    let delete = operation("deletePayment", &[("payment_id", "string")]);
    quiet(
        json!({"/payments/{payment_id}": {"get": get("payment_id"), "delete": delete}}),
        json!({"/payments/{id}": {"get": get("id")}, "/payments/{payment_id}": {"delete": delete}}),
    );
}

#[test]
fn percent_encoding_writes_the_same_address() {
    let get = operation("get", &[]);
    quiet(json!({"/caf\u{e9}/~user": {"get": get}}), json!({"/caf%C3%A9/%7Euser": {"get": get}}));
}

#[test]
fn templates_of_one_shape_are_told_apart_by_id_and_type_before_position() {
    let text = |name: &str| operation("byName", &[(name, "string")]);
    let number = |name: &str| operation("byNumber", &[(name, "integer")]);
    quiet(
        json!({"/pet/{number}": {"get": number("number")}, "/pet/{name}": {"get": text("name")}}),
        json!({"/pet/{petName}": {"get": text("petName")}, "/pet/{petNumber}": {"get": number("petNumber")}}),
    );
    let without = |mut operation: Value| {
        operation.as_object_mut().expect("an object").remove("operationId");
        operation
    };
    quiet(
        json!({"/pet/{number}": {"get": without(number("number"))}, "/pet/{name}": {"get": without(text("name"))}}),
        json!({"/pet/{a}": {"get": without(text("a"))}, "/pet/{b}": {"get": without(number("b"))}}),
    );
}

#[test]
fn a_method_that_is_gone_is_told_though_its_template_was_renamed() {
    let get = |name: &str| operation("getPayment", &[(name, "string")]);
    let delete = operation("deletePayment", &[("payment_id", "string")]);
    let base = json!({"/payments/{payment_id}": {"get": get("payment_id"), "delete": delete}});
    let found = changes(&contract(base), &contract(json!({"/payments/{id}": {"get": get("id")}})));
    let ids: Vec<&str> = found.iter().map(|change| &*change.rule).collect();
    assert_eq!(ids, ["api-removed-without-deprecation", "request-path-parameter-renamed"]);
}

#[test]
fn callbacks_are_known_by_the_expression_they_are_sent_to() {
    let event = |kind: &str| json!({"post": {"requestBody": {"content": {"application/json": {"schema": {"type": kind}}}}, "responses": {"204": {"description": "d"}}}});
    let paths = |callbacks: Value| {
        let mut operation = operation("subscribe", &[]);
        operation["callbacks"] = callbacks;
        contract(json!({"/subscriptions": {"post": operation}}))
    };
    let (paid, failed) = ("{$request.body#/paid}", "{$request.body#/failed}");
    let base = paths(json!({"onPaid": {paid: event("object")}, "onFailed": {failed: event("string")}}));
    let renamed = paths(json!({"paid": {paid: event("object")}, "failed": {failed: event("string")}}));
    assert!(worst(&changes(&base, &renamed)) <= Impact::Compatible);
    let one = "{$request.body#/url}";
    let base = paths(json!({"onPaid": {one: event("object")}, "onFailed": {one: event("string")}}));
    let reordered = paths(json!({"onFailed": {one: event("string")}, "onPaid": {one: event("object")}}));
    assert!(changes(&base, &reordered).is_empty());
    let moved =
        paths(json!({"onPaid": {"{$request.body#/other}": event("object")}, "onFailed": {one: event("string")}}));
    let found = changes(&base, &moved);
    let ids: Vec<&str> = found.iter().map(|change| &*change.rule).collect();
    assert_eq!(ids, ["callback-url-changed"]);
}
