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
    let severity = |name: &str| ruleset.rules[name].severity.unwrap();
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

#[test]
fn a_rule_that_is_off_stays_silent_until_a_severity_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("a.yaml", "formats: [oas3]\nrules:\n  r: {given: $, then: {field: x, function: truthy}}\n");
    write("b.yaml", "extends: a.yaml\nrules: {r: off}\n");
    let enabled = |text: &str| {
        write("c.yaml", text);
        let ruleset = Ruleset::load("c.yaml", folder.path()).unwrap();
        ruleset.enabled().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(enabled("extends: b.yaml\nrules: {r: true}\n"), [""; 0]);
    assert_eq!(enabled("extends: b.yaml\nrules: {r: {given: $.info, then: {function: truthy}}}\n"), [""; 0]);
    assert_eq!(enabled("extends: b.yaml\nrules: {r: hint}\n"), ["r"]);
    // What is defined anew keeps the formats of the ruleset that it comes from.
    let ruleset = Ruleset::load("c.yaml", folder.path()).unwrap();
    assert!(ruleset.rules["r"].formats.is_some());
}

#[test]
fn rulesets_of_a_wrong_shape_are_refused_at_their_place() {
    let rule = |key: &str| faults(&format!("rules:\n  a:\n    given: $\n    then: {{function: truthy}}\n    {key}\n"));
    for (key, words) in [
        ("documentationUrl: nowhere", "must be an address"),
        ("description: 3", "must be a text"),
        ("resolved: x", "must be true or false"),
        ("type: other", "`style` or `validation`"),
        ("tags: a", "must be a list of texts"),
        ("formats: [OAS3]", "there is no format"),
        ("severity: 4", "is not a severity"),
    ] {
        let found = rule(key);
        assert!(found.len() == 1 && found[0].starts_with("5: ") && found[0].contains(words), "{found:?}");
    }
    for (text, words) in [
        ("extends: spectral:oas\nrules: {info-contact: 1}\n", "2: the rule `info-contact` must be an object"),
        (
            "extends: spectral:oas\nrules: {info-contact: {severity: error}}\n",
            "2: the rule `info-contact` is defined anew",
        ),
        ("rules: {}\naliases: {A: $.info}\n", "2: the alias `A` must be a list"),
        ("rules: {}\naliases: {1A: [$.info]}\n", "2: the name of the alias `1A`"),
        ("rules: {}\naliases: {A: ['#B']}\n", "2: the alias `B` does not exist"),
        ("rules: {}\nparserOptions: {duplicates: off}\n", "2: `parserOptions` has no key `duplicates`"),
        ("rules: {}\noverrides: [{files: ['*'], aliases: {}}]\n", "2: an override needs `rules` or `extends`"),
        ("rules: {}\noverrides: [{files: ['*#/a'], rules: {}, formats: []}]\n", "2: an override of places can only"),
        (
            "rules: {}\noverrides: [{files: ['*'], rules: {r: {given: x, then: {function: truthy}}}}]\n",
            "2: the path `x`",
        ),
    ] {
        let found = faults(text);
        assert!(found[0].starts_with(words), "{text}: {found:?}");
    }
}

#[test]
fn overrides_are_laid_over_the_ruleset_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "more.yaml",
        "rules:\n  r: {given: $, severity: error, then: {function: truthy}}\n  s: {given: $, then: {function: truthy}}\n",
    );
    write(
        "rules.yaml",
        concat!(
            "parserOptions: {duplicateKeys: hint}\n",
            "rules:\n  r: {given: $, severity: info, then: {function: truthy}}\n  t: {given: $, severity: off, then: {function: truthy}}\n",
            "overrides:\n",
            "- {files: ['v1/**'], extends: more.yaml, rules: {}, parserOptions: {incompatibleValues: warn}}\n",
            "- {files: ['v2/**'], extends: more.yaml}\n",
            "- {files: ['*#/info'], rules: {t: error, unknown: warn}}\n",
        ),
    );
    let ruleset = Ruleset::load("rules.yaml", folder.path()).unwrap();
    let at = |name: &str| ruleset.for_document(&folder.path().join(name)).unwrap();
    let severity = |ruleset: &Ruleset, name: &str| ruleset.rules.get(name).and_then(|rule| rule.severity);
    assert_eq!(severity(&at("a.yaml"), "r"), Some(Severity::Info));
    // The rules of the ruleset come after what its overrides extend.
    let first = at("v1/a.yaml");
    assert_eq!((severity(&first, "r"), severity(&first, "s")), (Some(Severity::Info), Some(Severity::Warn)));
    assert_eq!((first.duplicate_keys, first.incompatible_values), (Some(Severity::Error), Some(Severity::Warn)));
    let second = at("v2/a.yaml");
    assert_eq!((severity(&second, "r"), second.duplicate_keys), (Some(Severity::Info), Some(Severity::Hint)));
    assert!(second.enabled().any(|name| name == "t"));
    let t = &second.rules["t"];
    assert_eq!((severity_at(t, "/info/title"), severity_at(t, "/paths")), (Some(Severity::Error), None));
}

#[test]
fn a_document_has_the_formats_that_the_ruleset_speaks_of() {
    let text = concat!(
        "aliases: {A: {targets: [{formats: [oas3], given: [$.info]}]}}\n",
        "rules:\n  r: {given: '#A', then: {field: x, function: truthy}}\n",
    );
    let workspace = crate::workspace::Workspace::from_text("a.yaml", "openapi: 3.0.3\ninfo: {}\n");
    assert_eq!(crate::lint::run(&workspace, &load(text).unwrap()).len(), 0);
    let text = format!("formats: [oas3, oas2]\n{text}");
    assert_eq!(crate::lint::run(&workspace, &load(&text).unwrap()).len(), 1);
    let other = crate::workspace::Workspace::from_text("a.yaml", "a: 1\n");
    let found = crate::lint::document_findings(&other, &load(&text).unwrap());
    assert!(found[0].message.ends_with("[OpenAPI 3.x, OpenAPI 2.0 (Swagger)]"), "{}", found[0].message);
}
