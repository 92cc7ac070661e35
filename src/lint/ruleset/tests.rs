use super::*;

fn load(text: &str) -> Result<Ruleset, Vec<Diagnostic>> {
    Ruleset::from_text(Path::new("rules.yaml"), text)
}

fn faults(text: &str) -> Vec<String> {
    load(text).unwrap_err().iter().map(|fault| format!("{}: {}", fault.location.start().line, fault.message)).collect()
}

#[test]
fn a_misspelled_key_is_reported_at_its_place_with_the_near_miss() {
    let found = faults("rules:\n  a:\n    givn: $\n    given: $\n    then: {function: truthy}\n");
    assert_eq!(found, ["3: the rule `a` has no key `givn`; did you mean `given`?"]);
    let found = faults("rules:\n  a:\n    given: $\n    then: {function: thruthy}\n");
    assert!(found[0].contains("did you mean `truthy`?"), "{found:?}");
}

#[test]
fn severities_are_read_in_every_form() {
    let ruleset = load(concat!(
        "rules:\n",
        "  a: {given: $, severity: hint, then: {function: truthy}}\n",
        "  b: {given: $, severity: 0, then: {function: truthy}}\n",
        "  c: {given: $, severity: off, then: {function: truthy}}\n",
        "  d: {given: $, then: {function: truthy}}\n",
    ))
    .unwrap();
    let severity = |name: &str| ruleset.rules[name].severity;
    assert_eq!((severity("a"), severity("b"), severity("d")), (Severity::Hint, Severity::Error, Severity::Warn));
    assert_eq!(ruleset.enabled().collect::<Vec<_>>(), ["a", "b", "d"]);
}

#[test]
fn circular_aliases_are_refused() {
    let found = faults("aliases: {A: ['#B'], B: ['#A.x']}\nrules:\n  a: {given: '#A', then: {function: truthy}}\n");
    assert!(found[0].contains("leads back to itself"), "{found:?}");
}

#[test]
fn a_rule_that_nobody_defines_cannot_be_changed() {
    assert!(faults("rules: {unknown: off}\n")[0].contains("cannot be changed"));
}

#[test]
fn a_ruleset_for_several_kinds_of_documents_runs_for_contracts() {
    let ruleset = load(concat!(
        "extends: [[spectral:oas, off], spectral:asyncapi, [spectral:arazzo, all]]\n",
        "rules:\n",
        "  asyncapi-tags: off\n",
        "  asyncapi-payload: {severity: warn}\n",
        "  info-contact: error\n",
    ))
    .unwrap();
    assert_eq!(ruleset.enabled().collect::<Vec<_>>(), ["info-contact"]);
    assert_eq!(ruleset.notices.len(), 2);
    let words = "`spectral:asyncapi` is left out: its rules are not about OpenAPI contracts";
    assert_eq!(ruleset.notices[0].message, words);
    assert!(faults("extends: spectral:oas\nrules: {asyncapi-tags: off}\n")[0].contains("cannot be changed"));
}

#[test]
fn keys_that_are_no_texts_are_told_with_the_severity_of_the_ruleset() {
    let text = "openapi: 3.0.3\npaths:\n  /a:\n    get:\n      responses:\n        200: {description: fine}\n        '201': {description: fine}\n";
    let workspace = crate::workspace::Workspace::from_text("a.yaml", text);
    let told = |options: &str| {
        let ruleset = format!("rules: {{}}\n{options}");
        let ruleset = Ruleset::from_text(std::path::Path::new("r.yaml"), &ruleset).unwrap();
        let found = crate::lint::document_findings(&workspace, &ruleset);
        found.iter().map(|d| (d.severity, d.message.clone(), d.location.pointer.clone())).collect::<Vec<_>>()
    };
    let message = "Mapping key must be a string scalar rather than number".to_owned();
    let place = "/paths/~1a/get/responses/200".to_owned();
    assert_eq!(told(""), [(Severity::Error, message.clone(), place.clone())]);
    assert_eq!(told("parserOptions: {incompatibleValues: hint}\n"), [(Severity::Hint, message, place)]);
    assert_eq!(told("parserOptions: {incompatibleValues: off}\n"), []);
}

#[test]
fn fields_are_split_as_property_paths() {
    let workspace = crate::workspace::Workspace::from_text(
        "a.json",
        r#"{"a": {"b": "xy", "c.d": 1, "e": {}, "f": [1, 2]}, "g": {"": 1}}"#,
    );
    let told = |field: &str| {
        let text = format!(
            r#"{{"rules": {{"r": {{"given": "$.a", "then": {{"field": {field:?}, "function": "undefined"}}}}}}}}"#
        );
        let found = crate::lint::run(&workspace, &Ruleset::from_text(Path::new("r.json"), &text).unwrap());
        found.iter().map(|found| format!("{} {}", found.location.pointer, found.message)).collect::<Vec<_>>()
    };
    assert_eq!(told("b[1]"), ["/a/b \"b[1]\" property must be undefined"]);
    assert_eq!(told("f.length"), ["/a/f/length \"length\" property must be undefined"]);
    assert_eq!(told("c.d"), ["/a \"a.c.d\" property must be undefined"]);
    assert_eq!(told("['e']"), ["/a/e \"e\" property must be undefined"]);
    assert_eq!(told("e..x"), [""; 0]);
}

fn of_openapi(rule: &str, text: &str) -> Vec<String> {
    let mut ruleset = Ruleset::load("spectral:oas", Path::new(".")).unwrap();
    assert!(ruleset.only(rule));
    let found = crate::lint::run(&crate::workspace::Workspace::from_text("a.json", text), &ruleset);
    found.iter().map(|found| format!("{} {}", found.location.pointer, found.message)).collect()
}

#[test]
fn examples_of_a_schema_that_is_invalid_say_so_once() {
    let text = r#"{"openapi": "3.0.3", "components": {"responses": {"a": {"content": {"x": {
        "schema": {"type": "string", "minLength": "2", "x": 1},
        "examples": {"b": {"value": 1}, "c": {"value": "d"}}}}}}}}"#;
    assert_eq!(
        of_openapi("oas3-valid-media-example", text),
        ["/components/responses/a/content/x/examples/b/value schema is invalid: data/minLength must be integer"]
    );
    let text = text.replace(r#""minLength": "2""#, r#""enum": ["d", "d"]"#);
    assert!(of_openapi("oas3-valid-media-example", &text)[0].contains("must NOT have duplicate items"));
}

#[test]
fn a_finding_at_a_reference_that_leads_nowhere_is_told_as_near_to_its_end_as_there_is_something() {
    let text = r##"{"openapi": "3.0.3", "components": {"examples": {}, "responses": {"a": {"content": {"x": {
        "schema": {"type": "string"}, "examples": {"b": {"$ref": "#/components/examples/gone"}}}}}}}}"##;
    assert_eq!(of_openapi("oas3-valid-media-example", text), ["/components/examples \"examples\" property must exist"]);
}
