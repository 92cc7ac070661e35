//! The two notations, case by case: sound texts with the value they stand for, texts that must be refused, and texts
//! outside the profile of YAML that can be written as JSON. `suites.rs` has the public suites.

use covenant::syntax::{Format, Limits, Parsed, parse};
use covenant::text::SourceText;
use serde_json::{Value, json};
use std::sync::Arc;

fn read(text: &str, format: Format) -> Parsed {
    parse(Arc::new(SourceText::new("a", text)), Some(format), &Limits::default())
}

fn sound(text: &str, value: Value) {
    let parsed = read(text, Format::Yaml);
    assert!(parsed.problems.is_empty(), "{text:?}: {:?}", parsed.problems);
    assert_eq!(parsed.tree.root().to_json(), value, "{text:?}");
}

/// Code and 0-based offset of the first problem.
fn first(text: &str, format: Format) -> (&'static str, u32) {
    let parsed = read(text, format);
    let problem = parsed.problems.first().unwrap_or_else(|| panic!("{text:?} is not refused"));
    (problem.code.id(), problem.span.start)
}

#[test]
fn block_collections_hang_on_their_columns() {
    sound("a:\n- b\n-\n  - c\n-   d: 1\n    e:\n", json!({"a": ["b", ["c"], {"d": 1, "e": null}]}));
    sound("- - - x\n    - y\n  - z\n", json!([[["x", "y"], "z"]]));
    sound("? a\n: b\n? c\n", json!({"a": "b", "c": null}));
    sound("a: # note\n  b: 1\n\n# note\n  # note\n  c: 2\n", json!({"a": {"b": 1, "c": 2}}));
    sound(": a\n", json!({"": "a"}));
    sound("a:\n  - &x\n  - b\n  - !!str\n", json!({"a": [null, "b", ""]}));
    sound("-\n  &x : a\n  b: &y\n-\n  !!null : c\n", json!([{"": "a", "b": null}, {"": "c"}]));
}

#[test]
fn flow_collections_may_span_lines() {
    sound("{a: 1, \"b\":2, c, d: , ? e : f,}\n", json!({"a": 1, "b": 2, "c": null, "d": null, "e": "f"}));
    sound("[a, b: c, \"d\" :e, [], {},]\n", json!(["a", {"b": "c"}, {"d": "e"}, [], {}]));
    sound("{\"a\"\n  :b, 'c' # note\n  :d}\n", json!({"a": "b", "c": "d"}));
    sound("a: [\n  b\n]\nc: {\n  d: e\n}\n", json!({"a": ["b"], "c": {"d": "e"}}));
    sound("[http://a.b/c#d, a:b, -1, - 1x]".replace("- 1x", "-x").as_str(), json!(["http://a.b/c#d", "a:b", -1, "-x"]));
    sound("[one\n two, three]\n", json!(["one two", "three"]));
}

#[test]
fn scalars_have_the_text_they_stand_for() {
    sound("a: 'it''s'\nb: \"\\u00e9\\x41\\n\\\n  c\"\n", json!({"a": "it's", "b": "\u{e9}A\nc"}));
    sound("a: \"b\n\n  c  \n  d\"\n", json!({"a": "b\nc d"}));
    sound("a: b\n  c\n\n  d # note\ne: f#g\n", json!({"a": "b c\nd", "e": "f#g"}));
    sound("a: |\n  b\n   c\n\n  d\n\n", json!({"a": "b\n c\n\nd\n"}));
    sound(
        "a: |-\n  b\n\nc: |+\n  d\n\ne: >\n  f\n  g\n\n  h\n   i\n  j\n",
        json!({"a": "b", "c": "d\n\n", "e": "f g\nh\n i\nj\n"}),
    );
    sound("a: |2\n   b\n  c\n", json!({"a": " b\nc\n"}));
    sound("- |+\n   ", json!(["\n"]));
    sound("a: >1\n b\n", json!({"a": "b\n"}));
    sound("foo: |-\n \tbar", json!({"foo": "\tbar"}));
    sound("[0o17, 0x1f, +1, .5, 1e3, ~, True, no, 1_000]", json!([15, 31, 1, 0.5, 1000.0, null, true, "no", "1_000"]));
}

#[test]
fn anchors_tags_and_merge_keys_are_written_out() {
    sound("a: &x {b: 1}\nc: *x\nd:\n  <<: *x\n  e: 2\n", json!({"a": {"b": 1}, "c": {"b": 1}, "d": {"e": 2, "b": 1}}));
    sound("&a k: &b v\n*b : *a\n", json!({"k": "v", "v": "k"}));
    sound("[!!str 1, !!int 2, !!float 3, ! 4, !<tag:yaml.org,2002:str> 5]", json!(["1", 2, 3, "4", "5"]));
}

#[test]
fn a_document_may_have_directives_and_marks() {
    sound("%YAML 1.2\n# note\n--- a\n...\n# note\n", json!("a"));
    sound("\u{feff}---\na: 1\n...\n", json!({"a": 1}));
    sound("...\n...\na: 1\n", json!({"a": 1}));
    sound("--- |\n  %text\n", json!("%text\n"));
    sound("--- \"a\n...x\nb\"\n", json!("a ...x b"));
    sound("a: 1\r\nb:\r\n  - c\r\n", json!({"a": 1, "b": ["c"]}));
    sound("a: 1\rb: 2\r", json!({"a": 1, "b": 2}));
}

#[test]
fn broken_yaml_is_refused_at_its_fault() {
    for (text, at) in [
        ("a: b: c\n", 4),
        ("a:\n  b: 1\n c: 2\n", 11),
        ("a:\n\t- b\n", 3),
        ("- a\nb\n", 4),
        ("a\nb: c\n", 2),
        ("[a, b\n", 0),
        ("[a]]\n", 3),
        ("[a, , b]\n", 4),
        ("[,]\n", 1),
        ("[a, b,#c\n]\n", 6),
        ("{a: b c: d}\n", 7),
        ("{a b\n  c: d: e}\n", 11),
        ("a: 'b\n", 3),
        ("a: \"\\q\"\n", 4),
        ("a: \"b\" c\n", 7),
        ("a: @b\n", 3),
        ("a: `b\n", 3),
        ("a: %b\n", 3),
        ("a: - b\n", 3),
        ("a: |x\n  b\n", 4),
        ("a: |\n   \n  b\n", 3),
        ("a: *b\n", 3),
        ("a: &b *c\n", 6),
        ("k: &a v\n&b *a : c\n", 8),
        ("a: &b &c d\n", 6),
        ("a: !!str !!int b\n", 9),
        ("%YAML 1.2\n%YAML 1.2\n---\na\n", 10),
        ("%YAML 1.2\na\n", 0),
        ("%YAML 1.x\n---\na\n", 0),
        ("a: 1\n... b\n", 9),
        ("--- \"a\n... b\n\"\n", 4),
        ("a: \"b\nc: \"d\"\n", 3),
        ("\"a\nb\": c\n", 0),
    ] {
        let (code, start) = first(text, Format::Yaml);
        assert!(["syntax-yaml", "alias-unknown"].contains(&code) && start == at, "{text:?}: {code} at {start}");
    }
}

#[test]
fn values_that_continue_too_far_left_are_named_and_read() {
    for (text, value) in [
        ("a: \"b\nc\"\n", json!({"a": "b c"})),
        ("a: \"b\n\tc\"\n", json!({"a": "b c"})),
        ("a: [b,\nc]\n", json!({"a": ["b", "c"]})),
        ("a: {\nb\n:\nc\n}\n", json!({"a": {"b": "c"}})),
        ("-\n  - {a\n: b,---\n c}\n", json!([[{"a": "b", "--- c": null}]])),
        ("-\n  - {a, b\nc: d}\n", json!([[{"a": null, "b c": "d"}]])),
    ] {
        let parsed = read(text, Format::Yaml);
        assert!(parsed.problems.len() == 1 && parsed.problems[0].code.id() == "syntax-indent", "{text:?}");
        assert!(parsed.problems[0].is_harmless());
        assert_eq!(parsed.tree.root().to_json(), value, "{text:?}");
    }
}

#[test]
fn yaml_that_json_cannot_write_is_named() {
    for (text, code) in [
        ("a: 1\n---\nb: 2\n", "multiple-documents"),
        ("? [a]\n: b\n", "key-not-scalar"),
        ("{[a]: b}\n", "key-not-scalar"),
        ("&x\n&y [a]: b\n", "key-not-scalar"),
        ("a: !mine b\n", "tag-unknown"),
        ("a: !!set {b}\n", "tag-unknown"),
        ("a: !!int b\n", "tag-unknown"),
        ("a: &x [*x]\n", "alias-unknown"),
        ("a: 1\na: 2\n", "duplicate-key"),
        ("", "empty-document"),
        ("# note\n", "empty-document"),
    ] {
        assert_eq!(first(text, Format::Yaml).0, code, "{text:?}");
    }
}

#[test]
fn json_is_accepted() {
    for text in [
        "[]",
        "{}",
        "0",
        "-0",
        "-1",
        "1.5",
        "1e5",
        "1E+5",
        "0.1e-2",
        "true",
        "false",
        "null",
        "\"\"",
        " [ ] ",
        "\t{\r\n}\n",
        "[[[[]]]]",
        "{\"a\":{\"b\":[1,2]}}",
        "\"\\u00e9\\n\\\"\\\\\\/\\b\\f\\r\\t\"",
        "\"\\ud83d\\ude00\"",
        "\"\u{7f}\u{2028}\"",
        "\"\u{10ffff}\"",
        "{\"\":0}",
        "[123456789012345678901234567890]",
        "[1e-400]",
        "\"//x /* y */\"",
        "{\"a\":1,\"a\":2}",
    ] {
        let parsed = read(text, Format::Json);
        assert!(parsed.problems.iter().all(covenant::syntax::Problem::is_harmless), "{text:?}: {:?}", parsed.problems);
        let value: Value = serde_json::from_str(text).expect("JSON");
        assert!(text.contains(",\"a\":2") || parsed.tree.root().to_json() == value, "{text:?}");
    }
}

#[test]
fn half_of_a_surrogate_pair_is_told_and_read_as_a_replacement_character() {
    let text = r#"{"a": ["\ud800", "\ud83d\ude00", "x\udc00y"], "\ud8001": "\ud800\n"}"#;
    let parsed = read(text, Format::Json);
    let value = serde_json::json!({"a": ["\u{fffd}", "\u{1f600}", "x\u{fffd}y"], "\u{fffd}1": "\u{fffd}\n"});
    assert_eq!(parsed.tree.root().to_json(), value);
    let places: Vec<(&str, &str)> =
        parsed.problems.iter().map(|problem| (problem.code.id(), &text[problem.span.range()])).collect();
    let told = [r"\ud800", r"\udc00", r"\ud800", r"\ud800"].map(|escape| ("lone-surrogate", escape));
    assert_eq!(places, told);
}

#[test]
fn what_is_not_json_is_refused() {
    for text in [
        "",
        " ",
        "[",
        "]",
        "{",
        "}",
        "[}",
        "{]",
        "[1",
        "[1,",
        "[,",
        "[,1]",
        "[1,]",
        "[1,,2]",
        "[1 2]",
        "[1}",
        "[1:2]",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":}",
        "{\"a\":1",
        "{\"a\":1,",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{\"a\",1}",
        "{\"a\":1 \"b\":2}",
        "{:1}",
        "{a:1}",
        "{'a':1}",
        "{1:1}",
        "{\"a\":1}}",
        "[]]",
        "1 2",
        "'a'",
        "nul",
        "nulll",
        "True",
        "TRUE",
        "truefalse",
        "NaN",
        "Infinity",
        "-Infinity",
        "-",
        "+1",
        "01",
        "-01",
        "00",
        "1.",
        ".5",
        "-.5",
        "1.e3",
        "1e",
        "1e+",
        "0x10",
        "1_000",
        "1a",
        "2.e",
        "\"",
        "\"a",
        "\"\\",
        "\"\\\"",
        "\"\\q\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\ud800\\u\"",
        "\"\\x41\"",
        "\"a\nb\"",
        "\"a\tb\"",
        "\"\0\"",
        "[\u{a0}]",
        "\u{2060}[]",
        "[\u{c}1]",
        "// x\n1",
        "1 // x",
        "/* x */ 1",
        "[1 /* x */]",
        "# x\n1",
        "/",
        "*",
        "\\u0022a\"",
        "{\"a\":\"b\",c\"}",
        "[\"a\",\n\"b]",
        "\"a\"]",
        "--1",
        "1-",
        "é",
        "\0",
        "[1]\0",
    ] {
        let parsed = read(text, Format::Json);
        assert!(!parsed.problems.iter().all(covenant::syntax::Problem::is_harmless), "{text:?} is accepted");
    }
}
