//! Questions with their answers, by kind of schema.

use super::*;
use crate::openapi::Format;

fn ask(sub: &str, sup: &str) -> Verdict<'static> {
    compare_texts(sub, sup, Settings::default())
}

fn contained(sub: &str, sup: &str) {
    let verdict = ask(sub, sup);
    assert!(matches!(verdict, Verdict::Contained), "{sub} in {sup}: {verdict:?}");
}

fn witness(sub: &str, sup: &str) -> String {
    match ask(sub, sup) {
        Verdict::NotContained(witness) => witness.value.to_string(),
        other => panic!("{sub} in {sup}: {other:?}"),
    }
}

#[test]
fn simple_types_and_bounds() {
    contained(r#"{"type":"integer"}"#, r#"{"type":"number"}"#);
    assert_eq!(witness(r#"{"type":"number"}"#, r#"{"type":"integer"}"#), "0.5");
    contained(r#"{"minimum":5}"#, r#"{"exclusiveMinimum":4}"#);
    assert_eq!(witness(r#"{"type":"string"}"#, r#"{"maxLength":2}"#), "\"aaa\"");
    contained(r#"{"type":"string","pattern":"^[0-9]{3}$"}"#, r#"{"pattern":"^\\d\\d\\d$"}"#);
    contained(r#"{"multipleOf":6}"#, r#"{"multipleOf":3}"#);
}

#[test]
fn objects() {
    let closed = r#"{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}"#;
    let open = r#"{"type":"object","properties":{"a":{"type":"string"}}}"#;
    contained(closed, open);
    assert_eq!(witness(open, closed), r#"{"b":"a"}"#);
    assert_eq!(witness(open, r#"{"required":["a"]}"#), "{}");
    contained(r#"{"patternProperties":{"^a":{"type":"string"}}}"#, r#"{"properties":{"ab":{"type":"string"}}}"#);
    contained(r#"{"minProperties":2,"propertyNames":{"enum":["a","b"]},"type":"object"}"#, r#"{"required":["a","b"]}"#);
}

#[test]
fn arrays() {
    contained(r#"{"type":"array","items":{"type":"boolean"},"uniqueItems":true}"#, r#"{"maxItems":2}"#);
    assert_eq!(witness(r#"{"type":"array"}"#, r#"{"uniqueItems":true}"#), "[0,0]");
    contained(r#"{"type":"array","items":{"type":"integer"},"minItems":1}"#, r#"{"contains":{"type":"number"}}"#);
    assert_eq!(witness(r#"{"type":"array","minItems":1}"#, r#"{"items":{"type":"string"}}"#), "[0]");
}

#[test]
fn recursion_is_coinductive() {
    let tree = |leaf: &str| {
        format!(
            r##"{{"$ref":"#/$defs/t","$defs":{{"t":{{"type":"object","properties":{{"v":{leaf},"n":{{"$ref":"#/$defs/t"}}}}}}}}}}"##
        )
    };
    let narrow = tree(r#"{"type":"integer"}"#);
    let wide = tree(r#"{"type":"number"}"#);
    contained(&narrow, &wide);
    assert_eq!(witness(&wide, &narrow), r#"{"v":0.5}"#);
}

#[test]
fn one_of_with_disjoint_branches_is_any_of() {
    let branches = r#"[{"type":"object","required":["k"],"properties":{"k":{"const":"a"}}},{"type":"object","required":["k"],"properties":{"k":{"const":"b"}}}]"#;
    contained(&format!(r#"{{"anyOf":{branches}}}"#), &format!(r#"{{"oneOf":{branches}}}"#));
}

#[test]
fn a_rejection_says_where_and_why() {
    let Verdict::NotContained(found) = ask("{}", r#"{"type":"string"}"#) else { panic!() };
    assert_eq!(found.rejection.keyword, "type");
    assert!(found.rejection.message.starts_with("`type` rejects the value"));
}

#[test]
fn equal_items_meet_the_same_demands() {
    let repeats = r#"{"type":"array","maxItems":2,"contains":{"const":6},"not":{"uniqueItems":true}}"#;
    assert_eq!(witness(repeats, "false"), "[6,6]");
}

#[test]
fn international_host_names_are_judged_when_the_format_is_asserted() {
    let settings = Settings { formats: Formats::Named(vec!["idn-hostname".into()]), ..Settings::default() };
    for (name, valid) in [("실례.테스트", true), ("l·l", true), ("l·a", false), ("-hello", false)] {
        let verdict =
            compare_texts(&format!(r#"{{"const":"{name}"}}"#), r#"{"format":"idn-hostname"}"#, settings.clone());
        assert_eq!(matches!(verdict, Verdict::Contained), valid, "{name}: {verdict:?}");
        assert_eq!(matches!(verdict, Verdict::NotContained(_)), !valid, "{name}: {verdict:?}");
    }
}

/// Asks about two schemas named `S` in the components of two 3.1 contracts.
fn contracts(base: &str, revision: &str, direction: Direction) -> Verdict<'static> {
    let load = |schemas: &str| {
        let text = format!(r#"{{"openapi":"3.1.0","info":{{}},"components":{{"schemas":{schemas}}}}}"#);
        Box::leak(Box::new(crate::workspace::Workspace::from_text("a.json", &text)))
    };
    let source = |schemas: &str| {
        let root = load(schemas).root();
        let place = root.get("components").unwrap().get("schemas").unwrap().get("S").unwrap();
        SchemaSource::At { place, dialect: Dialect::Draft202012 }
    };
    Engine::new(Settings::default()).compare(&source(base), &source(revision), direction)
}

#[test]
fn a_mapping_binds_the_property_to_its_branch() {
    let pets = |mapping: &str, tag: &str| {
        format!(
            r##"{{"S":{{"oneOf":[{{"$ref":"#/components/schemas/Cat"}},{{"$ref":"#/components/schemas/Dog"}}],
            "discriminator":{{"propertyName":"t"{mapping}}}}},
            "Cat":{{"type":"object","required":["t"],"properties":{{"t":{tag}}}}},
            "Dog":{{"type":"object","required":["t","b"],"properties":{{"t":{{"type":"string"}},"b":{{"type":"string"}}}}}}}}"##
        )
    };
    let cat = r##","mapping":{"cat":"#/components/schemas/Cat","dog":"#/components/schemas/Dog"}"##;
    let kitty = r#","mapping":{"kitty":"Cat","dog":"Dog"}"#;
    let word = r#"{"type":"string"}"#;
    let verdict = contracts(&pets(cat, word), &pets(kitty, word), Direction::Request);
    let Verdict::NotContained(found) = verdict else { panic!("{verdict:?}") };
    assert_eq!(found.value["t"], "cat");
    assert_eq!(found.rejection.keyword, "discriminator");
    assert!(found.rejection.place.unwrap().pointer().ends_with("/S/discriminator"));
    // Without a mapping the discriminator is a hint.
    assert!(matches!(contracts(&pets(cat, word), &pets("", word), Direction::Request), Verdict::Contained));
    assert!(matches!(contracts(&pets("", word), &pets("", word), Direction::Request), Verdict::Contained));
    // A mapping that contradicts its branch does not bind: nothing would be left of the branch.
    let other = r#"{"type":"string","enum":["CAT"]}"#;
    let verdict = contracts(&pets(cat, other), &pets(cat, r#"{"const":"FELINE"}"#), Direction::Request);
    let Verdict::NotContained(found) = verdict else { panic!("{verdict:?}") };
    assert_eq!(found.value["t"], "CAT");
}

#[test]
fn an_extensible_enumeration_is_closed_in_requests_alone() {
    let list = |values: &str| format!(r#"{{"S":{{"type":"string","x-extensible-enum":{values}}}}}"#);
    let (more, fewer) = (list(r#"["a","b"]"#), list(r#"["a"]"#));
    let Verdict::NotContained(found) = contracts(&more, &fewer, Direction::Request) else { panic!() };
    assert_eq!(found.value.to_string(), "\"b\"");
    assert_eq!(found.rejection.keyword, "x-extensible-enum");
    assert!(matches!(contracts(&fewer, &more, Direction::Request), Verdict::Contained));
    assert!(matches!(contracts(&more, &fewer, Direction::Response), Verdict::Contained));
}

#[test]
fn a_schema_of_a_contract_may_name_its_dialect() {
    let schema = |uri: &str, rest: &str| format!(r#"{{"S":{{"$schema":"{uri}",{rest}}}}}"#);
    let draft04 = "http://json-schema.org/draft-04/schema#";
    let modern = "https://json-schema.org/draft/2020-12/schema";
    let ask = |uri: &str, sub: &str, sup: &str| contracts(&schema(uri, sub), &schema(uri, sup), Direction::Neither);
    let five = r#""minimum":5"#;
    let above = r#""minimum":5,"exclusiveMinimum":true"#;
    let verdict = ask(draft04, five, above);
    let Verdict::NotContained(found) = verdict else { panic!("{verdict:?}") };
    assert_eq!(found.value.to_string(), "5");
    let tuple = r#""items":[{"type":"string"}],"additionalItems":false"#;
    for uri in [
        draft04,
        "http://json-schema.org/draft-06/schema#",
        "http://json-schema.org/draft-07/schema#",
        "https://json-schema.org/draft/2019-09/schema",
    ] {
        assert!(matches!(ask(uri, tuple, r#""maxItems":1"#), Verdict::Contained), "{uri}");
    }
    // `if` is of draft-07, `const` of draft-06, `dependentRequired` of 2019-09; `$ref` stands alone before that.
    let condition = r#""if":{"type":"string"},"then":false"#;
    assert!(matches!(
        ask("http://json-schema.org/draft-07/schema#", condition, r#""not":{"type":"string"}"#),
        Verdict::Contained
    ));
    assert!(matches!(
        ask("http://json-schema.org/draft-06/schema#", condition, r#""not":{"type":"string"}"#),
        Verdict::NotContained(_)
    ));
    assert!(matches!(ask(draft04, r#""const":1"#, five), Verdict::NotContained(_)));
    assert!(matches!(ask(modern, r#""const":1"#, r#""maximum":1"#), Verdict::Contained));
    // Two dialects in one question.
    let verdict = contracts(&schema(draft04, above), &schema(modern, r#""exclusiveMinimum":5"#), Direction::Neither);
    assert!(matches!(verdict, Verdict::Contained), "{verdict:?}");
}

#[test]
fn dynamic_references_of_contracts_are_followed_and_confirmed() {
    let page = |item: &str| {
        format!(
            r##"{{"S":{{"$id":"urn:pets","$ref":"urn:page","$defs":{{"item":{{"$dynamicAnchor":"item","type":"{item}"}}}}}},
            "Page":{{"$id":"urn:page","type":"array","items":{{"$dynamicRef":"#item"}},
            "$defs":{{"item":{{"$dynamicAnchor":"item"}}}}}}}}"##
        )
    };
    assert!(matches!(contracts(&page("integer"), &page("number"), Direction::Neither), Verdict::Contained));
    let verdict = contracts(&page("number"), &page("integer"), Direction::Neither);
    let Verdict::NotContained(found) = verdict else { panic!("{verdict:?}") };
    assert_eq!(found.value.to_string(), "[0.5]");
}

#[test]
fn a_tag_that_becomes_required_in_many_closed_branches_is_decided() {
    let union = |required: bool| {
        let branch = |at: usize| {
            let tag = if required { r#","tag""# } else { "" };
            format!(
                r#"{{"type":"object","required":["number","code{at}"{tag}],"additionalProperties":false,"properties":{{
                "tag":{{"enum":["kind{at}"]}},"number":{{"type":"string","minLength":{at}}},"code{at}":{{"type":"string","maxLength":9}}}}}}"#
            )
        };
        format!(
            r#"{{"type":"object","properties":{{"account":{{"oneOf":[{}]}}}}}}"#,
            (1..13).map(branch).collect::<Vec<_>>().join(",")
        )
    };
    let value = witness(&union(false), &union(true));
    assert!(!value.contains("tag"), "{value}");
    contained(&union(true), &union(false));
}

#[test]
fn known_formats_are_sets_of_strings_that_are_compared_like_any_other() {
    let names: Vec<&str> = Format::all().iter().filter(|format| format.binds_strings()).map(|f| f.name).collect();
    let one = |name: &&str| format!("{name}: {{type: string, format: {name}}}");
    let text = names.iter().map(one).collect::<Vec<_>>().join("\n");
    let workspace = crate::workspace::Workspace::from_text("a.yaml", &text);
    let mut engine = Engine::new(Settings { formats: Formats::Known, ..Settings::default() });
    let source = |name: &str| {
        let place = workspace.root().get(name).unwrap();
        SchemaSource::At { place, dialect: Dialect::Draft202012 }
    };
    let (mut undecided, mut contained) = (Vec::new(), Vec::new());
    for sub in &names {
        for sup in &names {
            let allows = |name: &str, word: &str| format_allows(name, word) == Some(true);
            match engine.compare(&source(sub), &source(sup), Direction::Neither) {
                Verdict::Contained => {
                    for word in Format::all().iter().map(|format| format.example) {
                        assert!(!allows(sub, word) || allows(sup, word), "{word}: {sub} in {sup}");
                    }
                    if sub != sup {
                        contained.push((*sub, *sup));
                    }
                }
                Verdict::NotContained(witness) => {
                    let word = witness.value.as_str().unwrap();
                    assert!(allows(sub, word) && !allows(sup, word), "{word}: {sub} not in {sup}");
                }
                Verdict::Undecided(_) => undecided.push((*sub, *sup)),
            }
        }
    }
    for pair in
        [("uri", "uri-reference"), ("uri", "iri"), ("email", "idn-email"), ("ipv4", "hostname"), ("byte", "base64")]
    {
        assert!(contained.contains(&pair), "{pair:?} of {contained:?}");
    }
    // These are judged by the validator, word by word: no automaton describes them.
    let beyond = |name: &str| matches!(name, "regex" | "idn-hostname" | "time");
    assert!(undecided.iter().all(|(sub, sup)| beyond(sub) || beyond(sup)), "{undecided:?}");
}
