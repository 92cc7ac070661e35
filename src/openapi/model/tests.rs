//! The table is sound, and each kind of fault is found at the right place with a message that helps.

use super::*;
use crate::diagnostic::Diagnostic;
use crate::openapi::Version;
use crate::workspace::Workspace;

fn check(text: &str) -> Vec<Diagnostic> {
    let workspace = Workspace::from_text("api.yaml", text);
    assert!(workspace.problems().is_empty(), "{:?}", workspace.problems());
    let version = Version::detect(workspace.root()).unwrap();
    let mut out = validate(workspace.root(), version);
    crate::diagnostic::finish(&mut out);
    out
}

/// Rule, line and column of each finding.
fn found(text: &str) -> Vec<(String, u32, u32)> {
    let place = |d: &Diagnostic| (d.rule.to_string(), d.location.start().line, d.location.start().column);
    check(text).iter().map(place).collect()
}

fn one(text: &str) -> Diagnostic {
    let mut all = check(text);
    assert_eq!(all.len(), 1, "{:#?}", all.iter().map(|d| (&d.rule, &d.message)).collect::<Vec<_>>());
    all.remove(0)
}

#[test]
fn the_table_is_read_and_each_version_has_its_root() {
    let model = model();
    for version in Version::ALL {
        let root = model.object(model.root(version).unwrap());
        assert!(root.versions.contains(version));
        assert!(model.objects_in(version).count() > 15);
    }
}

#[test]
fn every_name_in_the_table_means_something() {
    let model = model();
    for object in &model.objects {
        // What begins with `@` stands around the object.
        let known = |name: &String| object.fields.contains_key(name) || name.starts_with('@');
        for group in &object.groups {
            assert!(group.fields.iter().all(known), "{} {group:?}", object.name);
        }
        for rule in &object.rules {
            let tests = rule.when.iter().chain(&rule.unless).map(|(name, _)| name);
            let names = tests.chain(&rule.require).chain(&rule.forbid).chain(&rule.ignored).chain(&rule.undefined);
            let names = names.chain(rule.values.iter().map(|(name, _)| name));
            assert!(names.chain(rule.matches.iter().map(|(name, _)| name)).all(known), "{} {rule:?}", object.name);
        }
        for (name, forms) in &object.fields {
            for version in object.versions.iter() {
                let count = forms.iter().filter(|field| field.versions.contains(version)).count();
                assert!(count < 2, "{}.{name} is there twice in {version}", object.name);
            }
            for form in forms {
                let mut objects = form.ty.objects().into_iter().map(|id| model.object(id));
                assert!(
                    objects.all(|inner| !inner.versions.intersection(form.versions).is_empty()),
                    "{}.{name} holds an object that does not exist then",
                    object.name
                );
            }
        }
    }
}

#[test]
fn patterns_compile() {
    for pattern in &model().patterns {
        assert!(regex::Regex::new(&pattern.source).is_ok(), "{}", pattern.name);
    }
}

#[test]
fn the_model_answers_by_object_field_version_and_pointer() {
    let model = model();
    let schema = model.find("Schema", Version::V3_0).unwrap();
    assert!(schema.field("nullable", Version::V3_0).is_some());
    assert!(schema.field("nullable", Version::V3_1).is_none());
    assert_eq!(schema.versions_of("const").to_string(), "3.1 and later");
    assert!(model.find("Components", Version::V2_0).is_none());
    let at = |pointer: &[&str]| model.type_at(Version::V3_0, pointer.iter().copied());
    let operation = model.id("Operation").unwrap();
    assert_eq!(at(&["paths", "/a", "get"]), Some(FieldType::Object(operation)));
    assert_eq!(at(&["paths", "/a", "get", "responses", "200", "description"]), Some(FieldType::String(Text::Plain)));
    assert_eq!(at(&["paths", "a"]), None);
    assert_eq!(model.id("PathItem").map(|id| model.object(id).title.as_str()), Some("Path Item Object"));
}

const HEAD: &str = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\n";

#[test]
fn a_sound_contract_has_no_finding() {
    assert!(found(&format!("{HEAD}paths: {{}}\n")).is_empty());
}

#[test]
fn a_slip_is_reported_at_its_key_with_the_name_meant_and_not_as_missing_too() {
    let d = one("openapi: 3.0.3\ninfo:\n  titel: T\n  version: '1'\npaths: {}\n");
    assert_eq!((&*d.rule, d.location.start().line, d.location.start().column), ("struct-unknown-field", 3, 3));
    assert_eq!(d.message, "unknown field `titel` in the Info Object; did you mean `title`?");
    assert_eq!(d.help.as_deref(), Some("Rename `titel` to `title`"));
}

#[test]
fn a_field_of_another_version_names_that_version() {
    let d = one("openapi: 3.0.3\ninfo: {title: T, version: '1', summary: S}\npaths: {}\n");
    assert_eq!(d.message, "`summary` is not a field of the Info Object in OpenAPI 3.0, only in OpenAPI 3.1 and later");
}

#[test]
fn a_field_of_an_inner_or_outer_object_is_misplaced() {
    let d = one(&format!(
        "{HEAD}paths:\n  /a:\n    get:\n      responses:\n        '200': {{description: d, schema: {{type: string}}}}\n"
    ));
    assert_eq!((&*d.rule, d.location.start().line), ("struct-unknown-field", 7));
    assert_eq!(d.help.as_deref(), Some("Move it below a media type: `content: {application/json: {schema: …}}`"));
    let d = one(&format!(
        "{HEAD}paths:\n  /a:\n    get:\n      parameters:\n      - {{name: q, in: query, schema: {{}}, operationId: x}}\n      responses: {{'200': {{description: d}}}}\n"
    ));
    assert_eq!(&*d.rule, "struct-misplaced-field");
    assert!(d.message.contains("Operation Object around it"), "{}", d.message);
}

#[test]
fn a_schema_that_stands_too_deep_is_told_from_properties_that_lack_their_key() {
    let of = |schema: &str| one(&format!("{HEAD}paths: {{}}\ncomponents: {{schemas: {{A: {schema}}}}}\n"));
    let d = of("{type: string, owner: {type: object}}");
    assert!(d.message.ends_with("`type: string` has no properties"), "{}", d.message);
    let d = of("{type: object, owner: {type: object}}");
    assert!(d.message.ends_with("`properties` is missing around it"), "{}", d.message);
    // Many objects have a name; that `xml` is one of them says nothing.
    let d = of("{type: string, name: Owner}");
    assert_eq!(&*d.rule, "struct-unknown-field");
}

#[test]
fn a_missing_field_is_reported_at_the_key_of_its_object() {
    let d = one(&format!("{HEAD}paths:\n  /a:\n    get:\n      summary: s\n"));
    assert_eq!((&*d.rule, d.location.start().line, d.location.start().column), ("struct-missing-field", 5, 5));
    assert_eq!(d.message, "`responses` is missing in the Operation Object");
}

#[test]
fn a_mistyped_value_says_what_is_expected_and_what_would_help() {
    let d = one("openapi: 3.0.3\ninfo: {title: T, version: 1.0}\npaths: {}\n");
    assert_eq!(d.message, "`version` must be a string, but is a number (`1.0`)");
    assert_eq!(d.help.as_deref(), Some("Put the value in quotes: `\"1.0\"`"));
    let d = one(&format!(
        "{HEAD}paths: {{}}\ncomponents:\n  schemas:\n    A:\n      properties:\n        a: {{}}\n        required: [a]\n"
    ));
    assert_eq!(
        d.help.as_deref(),
        Some("Move `required` up into the Schema Object around it, if it is indented too deep")
    );
    let d = one(
        "openapi: 3.1.0\ninfo: {title: T, version: '1'}\ncomponents: {schemas: {A: {minimum: 1, exclusiveMinimum: true}}}\n",
    );
    assert_eq!(
        d.message,
        "`exclusiveMinimum` must be a number, but is a boolean (`true`); that is the form of OpenAPI 2.0 and 3.0"
    );
    assert_eq!(d.help.as_deref(), Some("Write the limit as a number: `exclusiveMinimum` instead of `minimum`"));
}

#[test]
fn conditions_name_what_they_depend_on() {
    let parameter = |text: &str| one(&format!("{HEAD}paths: {{}}\ncomponents: {{parameters: {{P: {text}}}}}\n"));
    let d = parameter("{name: a, in: path, schema: {}}");
    assert_eq!(d.message, "`required` is missing in the Parameter Object with `in: path`");
    let d = parameter("{name: a, in: header, schema: {}, style: form}");
    assert_eq!(d.message, "`style` must be `simple` with `in: header`, not `form`");
    let d = parameter("{name: a, in: Query, schema: {}}");
    assert_eq!(d.help.as_deref(), Some("Write `query`"));
    let d = parameter("{name: a, in: query, schema: {}, example: 1, examples: {}}");
    assert_eq!(&*d.rule, "struct-exclusive-fields");
    let d = parameter("{name: a, in: query}");
    assert_eq!(d.message, "`schema` or `content` is missing in the Parameter Object");
    let d = one(&format!(
        "{HEAD}paths: {{}}\ncomponents: {{securitySchemes: {{S: {{type: http, scheme: basic, bearerFormat: JWT}}}}}}\n"
    ));
    assert_eq!(
        d.message,
        "`bearerFormat` is not allowed in the Security Scheme Object with `type: http` and `scheme: basic`"
    );
}

#[test]
fn references_are_followed_and_their_targets_judged_by_kind() {
    let refer = |to: &str| {
        format!(
            "{HEAD}paths:\n  /a:\n    get:\n      parameters:\n      - $ref: '{to}'\n      responses: {{'200': {{description: d}}}}\n\
             components:\n  schemas: {{S: {{type: string}}}}\n  parameters:\n    P: {{name: a, in: query, schema: {{}}}}\n\
             \x20   Q: {{$ref: '#/components/parameters/R'}}\n    R: {{$ref: '#/components/parameters/Q'}}\nx-more: {{X: {{name: a, in: query}}}}\n"
        )
    };
    let circle = |text: &str| {
        let mut all = check(text);
        all.retain(|d| d.rule != "ref-circle");
        all.into_iter().map(|d| (d.rule.to_string(), d.message)).collect::<Vec<_>>()
    };
    assert!(circle(&refer("#/components/parameters/P")).is_empty());
    assert_eq!(check(&refer("#/components/parameters/P")).len(), 2, "the circle, at both ends");
    let wrong = circle(&refer("#/components/schemas/S"));
    assert_eq!(wrong[0].0, "ref-wrong-kind");
    assert_eq!(wrong[0].1, "`#/components/schemas/S` leads to a Schema Object, but a Parameter Object is expected");
    assert_eq!(circle(&refer("#/components/parameters"))[0].0, "ref-wrong-kind");
    assert_eq!(circle(&refer("#/components/parameters/p"))[0].0, "ref-unresolved");
    assert_eq!(circle(&refer("#/x-more/X"))[0].0, "struct-missing-field", "a fragment is checked as what refers to it");
}

#[test]
fn a_reference_may_stand_only_where_the_table_allows_it() {
    let d = one(&format!(
        "{HEAD}paths:\n  /a:\n    get:\n      responses:\n        $ref: '#/x-r'\nx-r: {{'200': {{description: d}}}}\n"
    ));
    assert_eq!((&*d.rule, d.location.start().line), ("ref-not-allowed", 7));
    let d = one(&format!("{HEAD}paths: {{$ref: '#/x-paths'}}\nx-paths: {{}}\n"));
    assert_eq!(&*d.rule, "ref-not-allowed");
    let d = one(&format!("{HEAD}paths: {{}}\ncomponents: {{schemas: {{$ref: '#/x-s'}}}}\nx-s: {{}}\n"));
    assert_eq!(&*d.rule, "ref-not-allowed");
}

#[test]
fn a_property_named_ref_is_no_reference() {
    let text =
        format!("{HEAD}paths: {{}}\ncomponents: {{schemas: {{S: {{properties: {{$ref: {{type: string}}}}}}}}}}\n");
    assert!(found(&text).is_empty());
}

#[test]
fn names_of_paths_responses_and_components_follow_their_patterns() {
    let d = one(&format!("{HEAD}paths: {{pets: {{}}}}\n"));
    assert_eq!((&*d.rule, d.help.as_deref()), ("struct-path-key", Some("Write `/pets`")));
    let d = one(&format!("{HEAD}paths: {{/a: {{get: {{responses: {{4xx: {{description: d}}}}}}}}}}\n"));
    assert_eq!((&*d.rule, d.help.as_deref()), ("struct-status-code", Some("Write `4XX`")));
    let d = one(&format!("{HEAD}paths: {{}}\ncomponents: {{schemas: {{'a b': {{}}}}}}\n"));
    assert_eq!(&*d.rule, "struct-component-name");
}

#[test]
fn parameters_and_operation_ids_are_there_once() {
    let text = format!(
        "{HEAD}paths:\n  /a:\n    get:\n      operationId: x\n      parameters:\n      - {{name: h, in: header, schema: {{}}}}\n\
         \x20     - {{name: H, in: header, schema: {{}}}}\n      responses: {{'200': {{description: d}}}}\n    put:\n      operationId: x\n\
         \x20     responses: {{'200': {{description: d}}}}\n"
    );
    let rules: Vec<_> = found(&text).into_iter().map(|(rule, line, _)| (rule, line)).collect();
    let expected = [("struct-duplicate-parameter".to_owned(), 9), ("struct-duplicate-operation-id".to_owned(), 12)];
    assert_eq!(rules, expected);
}

#[test]
fn schemas_of_3_1_may_have_any_keyword_and_be_booleans() {
    let head = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n";
    assert!(
        found(&format!("{head}components: {{schemas: {{A: {{foo: 1, type: [string, 'null']}}, B: true}}}}\n"))
            .is_empty()
    );
    let d = one(&format!("{head}components: {{schemas: {{A: {{type: [strin]}}}}}}\n"));
    assert_eq!(d.help.as_deref(), Some("Write `string`"));
    let foreign = "$schema: 'http://json-schema.org/draft-04/schema#', exclusiveMinimum: true";
    assert!(found(&format!("{head}components: {{schemas: {{A: {{{foreign}}}}}}}\n")).is_empty());
}

#[test]
fn parameters_of_2_0_depend_on_where_they_are() {
    let parameter = |text: &str| {
        one(&format!("swagger: '2.0'\ninfo: {{title: T, version: '1'}}\npaths: {{}}\nparameters: {{P: {text}}}\n"))
    };
    assert_eq!(&*parameter("{name: a, in: body}").rule, "struct-missing-field");
    assert_eq!(&*parameter("{name: a, in: query, type: file}").rule, "struct-value");
    assert_eq!(&*parameter("{name: a, in: query, type: string, schema: {}}").rule, "struct-exclusive-fields");
    assert_eq!(&*parameter("{name: a, in: query, type: string, example: 1}").rule, "struct-unknown-field");
}

#[test]
fn hostile_shapes_end_with_findings() {
    for text in ["openapi: 3.0.0\ninfo: []\npaths: 7\n", "openapi: 3.1.0\n", "swagger: '2.0'\npaths: {/a: null}\n"] {
        assert!(!check(text).is_empty(), "{text}");
    }
    let deep =
        format!("{HEAD}paths: {{}}\ncomponents: {{schemas: {{A: {}{{}}{}}}}}\n", "{not: ".repeat(120), "}".repeat(120));
    assert!(check(&deep).is_empty());
}

#[test]
fn the_same_dead_reference_is_one_finding_with_all_its_places() {
    let use_it = "{'404': {$ref: '#/components/responses/Gone'}}";
    let text = format!("{HEAD}paths:\n  /a:\n    get: {{responses: {use_it}}}\n    put: {{responses: {use_it}}}\n");
    let d = one(&text);
    assert_eq!((&*d.rule, d.location.start().line, d.related.len()), ("ref-unresolved", 5, 1));
    assert!(d.message.ends_with("(2 references)"), "{}", d.message);
}

#[test]
fn a_text_that_breaks_off_is_judged_only_up_to_the_break() {
    let text = format!(
        "{HEAD}paths:\n  /a:\n    get:\n      sumary: s\n      responses: {{'404': {{$ref: '#/components/responses/Gone'}}}}\nx-end: [\n"
    );
    let workspace = Workspace::from_text("api.yaml", &text);
    assert!(!workspace.problems().is_empty());
    let found = validate(workspace.root(), Version::V3_0);
    assert_eq!(found.iter().map(|d| &*d.rule).collect::<Vec<_>>(), ["struct-unknown-field"]);
}

#[test]
fn fragments_of_other_files_are_checked_as_what_refers_to_them() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "api.yaml",
        &format!(
            "{HEAD}paths:\n  /a:\n    get:\n      parameters:\n      - $ref: 'parts.yaml#/Page'\n      - $ref: 'other.yaml#/components/schemas/S'\n\
             \x20     responses: {{'200': {{description: d}}}}\n"
        ),
    );
    write("parts.yaml", "Page:\n  name: page\n  in: query\n  shema: {type: string}\n");
    write("other.yaml", &format!("{HEAD}paths: {{}}\ncomponents: {{schemas: {{S: {{type: string}}}}}}\n"));
    let input = crate::workspace::Input::File(folder.path().join("api.yaml"));
    let workspace = Workspace::load(&input, &crate::workspace::Options::default()).unwrap();
    let found = validate(workspace.root(), Version::V3_0);
    let places: Vec<_> = found
        .iter()
        .map(|d| (&*d.rule, d.location.file().rsplit('/').next().unwrap(), d.location.start().line))
        .collect();
    let expected = [("struct-unknown-field", "parts.yaml", 4), ("ref-wrong-kind", "api.yaml", 8)];
    assert_eq!(places, expected, "{found:#?}");
}
