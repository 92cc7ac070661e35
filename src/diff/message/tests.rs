use crate::diagnostic::{Diagnostic, EvidenceStatus, Impact};
use crate::diff::{Options, compare};
use crate::openapi::Api;
use crate::workspace::Workspace;
use serde_json::Value;

fn changes(base: &str, revision: &str) -> Vec<Diagnostic> {
    let left = Workspace::from_text("base.yaml", base);
    let right = Workspace::from_text("revision.yaml", revision);
    compare(Api::open(&left).unwrap(), Api::open(&right).unwrap(), &Options::default()).changes
}

/// The message of the one breaking finding with this id.
fn message(base: &str, revision: &str, id: &str) -> (Value, String) {
    shown(base, revision, id, (Impact::Breaking, EvidenceStatus::Confirmed))
}

/// The message of the one finding with this id.
fn shown(base: &str, revision: &str, id: &str, (impact, status): (Impact, EvidenceStatus)) -> (Value, String) {
    let all = changes(base, revision);
    let found = all.iter().find(|change| change.rule == id).unwrap_or_else(|| {
        panic!("no {id} among {:?}", all.iter().map(|change| change.rule.to_string()).collect::<Vec<_>>())
    });
    assert_eq!(found.impact, impact, "{}", found.message);
    let evidence = found.evidence.clone().unwrap_or_else(|| panic!("no evidence: {}", found.message));
    assert_eq!(evidence.status, status);
    (evidence.value, evidence.reason)
}

const BASE: &str = "
openapi: 3.0.3
info: {title: t, version: 1.0.0}
servers: [{url: 'https://a.test/v1'}]
security: [{oauth: [read]}]
paths:
  /accounts/{id}/payments:
    post:
      parameters:
        - {name: id, in: path, required: true, schema: {type: string, format: uuid}}
        - {name: dry, in: query, schema: {type: boolean}}
        - {name: X-Request-Id, in: header, required: true, schema: {type: string, minLength: 3}}
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [amount]
              properties:
                amount: {type: integer, minimum: 1}
                note: {type: string, maxLength: 80}
                tags: {type: array, items: {type: string}}
          application/xml: {schema: {type: object}}
      responses:
        '201':
          description: made
          headers: {Location: {required: true, schema: {type: string}}}
          content:
            application/json:
              schema: {type: object, required: [id], properties: {id: {type: string}}}
            application/pdf: {}
        '202': {description: later}
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: all}}
components:
  securitySchemes:
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: 'https://a.test/t', scopes: {read: r, write: w}}}}
";

fn edited(from: &str, to: &str) -> String {
    assert!(BASE.contains(from), "{from}");
    BASE.replacen(from, to, 1)
}

#[test]
fn a_request_that_finds_no_operation_is_whole() {
    let revision = edited(
        "    get:\n      parameters: [{name: id, in: path, required: true, schema: {type: string}}]\n      responses: {'200': {description: all}}\n",
        "",
    );
    let (message, reason) = message(BASE, &revision, "api-removed-without-deprecation");
    assert_eq!(message["method"], "GET");
    let path = message["path"].as_str().unwrap();
    assert!(path.starts_with("/accounts/") && path.ends_with("/payments") && !path.contains('{'), "{path}");
    assert!(reason.contains("does not offer `GET`"), "{reason}");
}

#[test]
fn a_value_deep_in_a_body_is_shown_with_all_that_the_request_needs() {
    let revision = edited("maxLength: 80", "maxLength: 5");
    let (message, reason) = message(BASE, &revision, "request-property-max-length-decreased");
    assert!(message["body"]["note"].as_str().unwrap().len() > 5);
    assert!(message["body"]["amount"].as_i64().unwrap() >= 1);
    assert!(message["headers"]["X-Request-Id"].as_str().unwrap().len() >= 3);
    assert_eq!(message["content-type"], "application/json");
    assert!(reason.contains("/note"), "{reason}");
}

#[test]
fn each_edit_of_a_body_has_the_message_that_shows_it() {
    let revision = edited("maxLength: 80", "maxLength: 5")
        .replace("tags: {type: array,", "tags: {type: array, maxItems: 1,")
        .replace("required: [amount]", "required: [amount, note]");
    let (note, _) = message(BASE, &revision, "request-property-max-length-decreased");
    assert!(note["body"]["note"].as_str().unwrap().len() > 5);
    let (tags, _) = message(BASE, &revision, "request-property-max-items-set");
    assert!(tags["body"]["tags"].as_array().unwrap().len() > 1);
    let (missing, _) = message(BASE, &revision, "request-property-became-required");
    assert!(missing["body"].get("note").is_none());
}

#[test]
fn an_edit_that_refuses_nothing_by_itself_is_harmless() {
    let base = BASE.replace("note: {type: string, maxLength: 80}", "note: {type: string, enum: [a, b]}");
    let revision = base.replace("enum: [a, b]", "enum: [a], maxLength: 9");
    let found = changes(&base, &revision);
    let of = |id: &str| found.iter().find(|change| change.rule == id).unwrap().impact;
    assert_eq!(of("request-property-enum-value-removed"), Impact::Breaking);
    assert_eq!(of("request-property-max-length-set"), Impact::Compatible);
}

#[test]
fn a_request_lacks_the_parameter_that_became_required() {
    let revision = edited("{name: dry, in: query, schema", "{name: dry, in: query, required: true, schema");
    let (lacking, reason) = message(BASE, &revision, "request-parameter-became-required");
    assert!(lacking.get("query").is_none() && reason.contains("`dry`"), "{lacking} {reason}");
}

#[test]
fn answers_name_status_media_type_and_headers() {
    let revision = edited("        '202': {description: later}\n", "");
    let (answer, reason) = message(BASE, &revision, "response-success-status-removed");
    assert!(answer["status"] == "202" && reason.contains("`202`"), "{answer}");
    let revision = edited("            application/pdf: {}\n", "");
    let (answer, _) = message(BASE, &revision, "response-media-type-removed");
    assert_eq!((&answer["content-type"], &answer["status"]), (&Value::from("application/pdf"), &Value::from("201")));
    let revision = edited("Location: {required: true, schema", "Location: {schema");
    let (answer, reason) = message(BASE, &revision, "response-header-became-optional");
    assert!(answer.get("headers").is_none() && reason.contains("`Location`"), "{answer} {reason}");
    let revision = edited("schema: {type: object, required: [id], properties", "schema: {type: object, properties");
    let (answer, reason) = message(BASE, &revision, "response-property-became-optional");
    assert!(answer["body"].get("id").is_none() && answer["headers"]["Location"].is_string(), "{answer}");
    assert!(reason.contains("id"), "{reason}");
}

#[test]
fn bodies_media_types_credentials_and_addresses_are_shown() {
    let revision = edited("          application/xml: {schema: {type: object}}\n", "");
    let (request, _) = message(BASE, &revision, "request-body-media-type-removed");
    assert_eq!(request["content-type"], "application/xml");
    let revision = edited("security: [{oauth: [read]}]", "security: [{oauth: [read, write]}]");
    let (request, reason) = message(BASE, &revision, "api-global-security-scope-added");
    assert_eq!(request["credentials"]["oauth2 clientCredentials"], serde_json::json!(["read"]));
    assert!(reason.contains("`write`"), "{reason}");
    let revision = edited("https://a.test/v1", "https://b.test/v1");
    let (request, reason) = message(BASE, &revision, "server-url-changed");
    assert_eq!(request["server"], "https://a.test/v1");
    assert!(reason.contains("a.test"), "{reason}");
}

#[test]
fn formats_are_shown_by_a_value_of_another() {
    let revision = edited("note: {type: string, maxLength: 80}", "note: {type: string, maxLength: 80, format: uuid}");
    let (request, reason) = message(BASE, &revision, "request-property-format-added");
    assert!(request["body"]["note"].is_string() && reason.contains("uuid"), "{request} {reason}");
}

#[test]
fn webhooks_are_sent_by_the_provider() {
    let base = "
openapi: 3.1.0
info: {title: t, version: 1.0.0}
paths: {}
webhooks:
  settled:
    post:
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, required: [id], properties: {id: {type: string}}}}}
      responses: {'200': {description: taken}}
";
    let revision = base.replace("required: [id], ", "");
    let (request, _) = message(base, &revision, "request-property-became-optional");
    assert_eq!(request["webhook"], "settled");
    assert!(request["body"].get("id").is_none());
}

#[test]
fn a_refactor_into_branches_with_a_new_optional_property_breaks_nothing() {
    let base = BASE.replace(
        "              type: object
              required: [amount]",
        "              type: object
              title: payment
              required: [amount]",
    );
    let start = base.find("              type: object\n              title").unwrap();
    let end = base.find("          application/xml").unwrap();
    let branches = "              allOf:
                - {type: object, required: [amount], properties: {amount: {type: integer, minimum: 1}}}
                - type: object
                  properties:
                    amount: {type: integer}
                    note: {type: string, maxLength: 80}
                    tags: {type: array, items: {type: string}}
                    fresh: {type: string}
";
    let revision = format!("{}{branches}{}", &base[..start], &base[end..]);
    let worst = changes(&base, &revision).into_iter().filter(|change| change.rule.contains("all-of")).map(|c| c.impact);
    assert_eq!(worst.max(), Some(Impact::Compatible));
    let stricter =
        revision.replace("fresh: {type: string}", "note2: {type: string}").replace("maxLength: 80", "maxLength: 8");
    let worst = changes(&base, &stricter).into_iter().map(|change| change.impact).max();
    assert_eq!(worst, Some(Impact::Breaking));
}

#[test]
fn an_operation_with_very_many_breaks_gets_messages_for_the_first_and_a_reason_for_the_rest() {
    let contract = |required: bool| {
        let one =
            |at| format!("        - {{name: p{at}, in: query, required: {required}, schema: {{type: string}}}}\n");
        let parameters: String = (0..400).map(one).collect();
        format!(
            "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n  /a:\n    get:\n      parameters:\n{parameters}      \
             responses: {{'200': {{description: d}}}}\n"
        )
    };
    let (base, revision) = (contract(false), contract(true));
    let (left, right) = (Workspace::from_text("base.yaml", &base), Workspace::from_text("revision.yaml", &revision));
    let all = compare(Api::open(&left).unwrap(), Api::open(&right).unwrap(), &Options::default()).findings;
    let of =
        |status| all.iter().filter(|one| one.evidence.as_ref().is_some_and(|shown| shown.status == status)).count();
    assert!(all.len() == 400 && all.iter().all(|change| change.impact == Impact::Breaking));
    // The work has a bound, whatever the contract: the square of its parameters would be 400 messages.
    assert!((20..400).contains(&of(EvidenceStatus::Confirmed)), "{}", of(EvidenceStatus::Confirmed));
    let told = |one: &&Diagnostic| one.evidence.as_ref().is_some_and(|shown| shown.reason.contains("more breaks than"));
    assert_eq!(of(EvidenceStatus::Confirmed) + all.iter().filter(told).count(), 400);
}

#[test]
fn a_message_for_an_operation_that_moved_is_read_where_it_is_now() {
    let base = BASE.replace("    post:\n", "    post:\n      operationId: pay\n");
    let revision = base
        .replace("/accounts/{id}/payments", "/v2/accounts/{account}/payments")
        .replace("name: id, in: path", "name: account, in: path")
        .replace("security: [{oauth: [read]}]", "security: [{oauth: [read, write]}]")
        .replace("{name: dry, in: query, schema", "{name: dry, in: query, required: true, schema")
        .replace("maxLength: 80", "maxLength: 8");
    let (request, reason) = message(&base, &revision, "api-global-security-scope-added");
    assert!(request["path"].as_str().unwrap().starts_with("/accounts/"), "{request}");
    assert!(reason.contains("where the operation is: the operation asks for"), "{reason}");
    let (request, reason) = message(&base, &revision, "request-parameter-became-required");
    assert!(request.get("query").is_none() && reason.contains("`dry`"), "{request} {reason}");
    let (request, reason) = message(&base, &revision, "request-property-max-length-decreased");
    assert!(request["body"]["note"].is_string() && reason.contains("/note"), "{request} {reason}");
}

#[test]
fn tokens_of_another_flow_are_other_credentials() {
    let flows = "flows: {clientCredentials: {tokenUrl: 'https://a.test/t', scopes: {read: r, write: w}}}}";
    let code = "flows: {authorizationCode: {authorizationUrl: 'https://a.test/a', tokenUrl: 'https://a.test/t', scopes: {read: r}}}}";
    let both = format!("{flows}\n    user: {{type: oauth2, {code}");
    let base = BASE.replace(flows, &both);
    let revision = base.replace("security: [{oauth: [read]}]", "security: [{user: [read]}]");
    let (request, reason) = message(&base, &revision, "api-global-security-removed");
    assert!(request["credentials"]["oauth2 clientCredentials"].is_array(), "{request}");
    assert!(reason.contains("`user`"), "{reason}");
}

#[test]
fn numbers_within_the_limits_of_a_format_cannot_break_it() {
    let amount =
        |limits: &str| edited("amount: {type: integer, minimum: 1}", &format!("amount: {{type: integer, {limits}}}"));
    let of = |base: &str, revision: &str| {
        let found = changes(base, revision);
        found.into_iter().find(|change| change.rule == "request-property-format-added").unwrap()
    };
    let (base, revision) = (amount("minimum: 1, maximum: 9"), amount("minimum: 1, maximum: 9, format: int32"));
    assert_eq!(of(&base, &revision).impact, Impact::Compatible);
    let (base, revision) = (amount("minimum: 1"), amount("minimum: 1, format: int32"));
    assert_eq!(of(&base, &revision).impact, Impact::Breaking);
    let (request, reason) = message(&base, &revision, "request-property-format-added");
    assert!(request["body"]["amount"] == 2_147_483_648_i64 && reason.contains("int32"), "{request} {reason}");
}

#[test]
fn no_empty_text_stands_in_a_path() {
    let id =
        |schema: &str| edited("schema: {type: string, format: uuid}", &format!("schema: {{type: string{schema}}}"));
    let found = changes(&id(""), &id(", minLength: 1"));
    assert!(found.iter().all(|change| change.impact <= Impact::Compatible), "{found:?}");
    let (request, _) = message(&id(""), &id(", minLength: 3"), "request-parameter-min-length-set");
    let part = request["path"].as_str().unwrap().split('/').nth(2).unwrap();
    assert!(!part.is_empty() && part.len() < 3, "{request}");
}

const KINDS: &str = "
openapi: 3.0.3
info: {title: t, version: 1.0.0}
paths:
  /pets:
    post:
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}
      responses: {'204': {description: made}}
components:
  schemas:
    Pet:
      type: object
      required: [kind]
      properties: {kind: {type: string}, sort: {type: string}}
      discriminator: {propertyName: kind, mapping: {cat: '#/components/schemas/Cat', dog: '#/components/schemas/Dog'}}
    Cat: {allOf: [{$ref: '#/components/schemas/Pet'}, {properties: {lives: {type: integer}}}]}
    Dog: {allOf: [{$ref: '#/components/schemas/Pet'}, {properties: {size: {type: integer}}}]}
";

#[test]
fn a_kind_that_nothing_stands_for_breaks_a_promise_and_no_validation() {
    let promise = (Impact::Risky, EvidenceStatus::Promise);
    let kept = (Impact::Breaking, EvidenceStatus::Promise);
    let revision = KINDS.replace("cat: '#/components/schemas/Cat', ", "");
    let (request, reason) = shown(KINDS, &revision, "request-body-discriminator-mapping-deleted", promise);
    assert!(request["body"]["kind"] == "cat" && reason.contains("knows no `cat`"), "{request} {reason}");
    let revision = KINDS.replace("propertyName: kind", "propertyName: sort");
    let (request, reason) = shown(KINDS, &revision, "request-body-discriminator-property-name-changed", kept);
    assert!(request["body"].get("sort").is_none() && reason.contains("lacks `sort`"), "{request} {reason}");
}

#[test]
fn an_entry_for_a_branch_that_says_its_kind_itself_is_harmless() {
    let base = KINDS
        .replace(
            "type: object\n      required: [kind]\n      properties: {kind: {type: string}, sort: {type: string}}",
            "oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]",
        )
        .replace(
            "{allOf: [{$ref: '#/components/schemas/Pet'}, {properties: {lives: {type: integer}}}]}",
            "{type: object, required: [kind], properties: {kind: {type: string, enum: [cat]}}}",
        )
        .replace(
            "{allOf: [{$ref: '#/components/schemas/Pet'}, {properties: {size: {type: integer}}}]}",
            "{type: object, required: [kind], properties: {kind: {type: string, enum: [dog]}}}",
        );
    let revision = base.replace("cat: '#/components/schemas/Cat', ", "");
    let found = changes(&base, &revision);
    assert_eq!(found.iter().map(|change| change.impact).max(), Some(Impact::Compatible), "{found:?}");
}

#[test]
fn a_status_code_that_falls_under_default_is_not_refused() {
    let base = BASE.replace(
        "        '202': {description: later}\n",
        "        '202': {description: later}\n        default: {description: failed}\n",
    );
    let revision = base.replace("        '202': {description: later}\n", "");
    let found = changes(&base, &revision);
    assert!(found.iter().all(|one| one.impact <= Impact::Risky), "{found:?}");
    let confirmed =
        |one: &Diagnostic| one.evidence.as_ref().is_some_and(|evidence| evidence.status == EvidenceStatus::Confirmed);
    assert!(!found.iter().any(confirmed), "{found:?}");
}

#[test]
fn what_a_message_is_not_about_fits_both_sides() {
    let base = BASE.replace("required: [amount]", "required: [amount, note]");
    let revision = base
        .replace("note: {type: string, maxLength: 80}", "note: {type: string, maxLength: 80, pattern: '^[A-Z]+$'}")
        .replace("amount: {type: integer, minimum: 1}", "amount: {type: integer, minimum: 10}");
    for (id, good) in [("request-property-min-increased", true), ("request-property-pattern-added", false)] {
        let (request, reason) = message(&base, &revision, id);
        let note = request["body"]["note"].as_str().unwrap();
        assert_eq!(note.chars().all(|c| c.is_ascii_uppercase()), good, "{request}");
        assert_eq!(request["body"]["amount"].as_i64().unwrap() < 10, good, "{request} {reason}");
    }
}

#[test]
fn limits_beyond_what_is_built_are_decided_by_their_numbers() {
    for (old, new) in [(5_000_000, 4_000_000), (700, 600)] {
        let base = edited("maxLength: 80", &format!("maxLength: {old}"));
        let revision = edited("maxLength: 80", &format!("maxLength: {new}"));
        let found = changes(&base, &revision);
        let found = found.iter().find(|one| one.rule == "request-property-max-length-decreased").unwrap();
        assert_eq!(found.impact, Impact::Breaking);
        let evidence = found.evidence.as_ref().unwrap();
        assert!(evidence.status == EvidenceStatus::None && evidence.reason.contains("limits"), "{evidence:?}");
        let back = changes(&revision, &base);
        assert!(back.iter().all(|one| one.impact <= Impact::Compatible), "{back:?}");
    }
}

#[test]
fn reasons_are_those_of_the_keyword_that_fails_at_last() {
    let with = |pattern: &str| {
        edited(
            "note: {type: string, maxLength: 80}",
            &format!("note: {{anyOf: [{{type: string, pattern: '{pattern}'}}, {{type: integer}}]}}"),
        )
    };
    let (request, reason) = message(&with("^[a-z]+$"), &with("^[a-m]+$"), "request-property-pattern-changed");
    assert!(reason.contains("`pattern` rejects"), "{request} {reason}");
}
