//! Questions with their answers, by kind of schema.

use super::*;

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
    assert_eq!(witness(r#"{"type":"number"}"#, r#"{"type":"integer"}"#), "0.1");
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
    assert_eq!(witness(&wide, &narrow), r#"{"v":0.1}"#);
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
    let settings = Settings { formats: vec!["idn-hostname".into()], ..Settings::default() };
    for (name, valid) in [("실례.테스트", true), ("l·l", true), ("l·a", false), ("-hello", false)] {
        let verdict =
            compare_texts(&format!(r#"{{"const":"{name}"}}"#), r#"{"format":"idn-hostname"}"#, settings.clone());
        assert_eq!(matches!(verdict, Verdict::Contained), valid, "{name}: {verdict:?}");
        assert_eq!(matches!(verdict, Verdict::NotContained(_)), !valid, "{name}: {verdict:?}");
    }
}
