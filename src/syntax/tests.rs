use super::*;

fn yaml(text: &str) -> Parsed {
    parse(Arc::new(SourceText::new("a.yaml", text)), None, &Limits::default())
}

fn json(text: &str) -> Parsed {
    parse(Arc::new(SourceText::new("a.json", text)), None, &Limits::default())
}

fn codes(parsed: &Parsed) -> Vec<&'static str> {
    parsed.problems.iter().map(|problem| problem.code.id()).collect()
}

#[test]
fn yaml_and_json_give_the_same_values() {
    let y = yaml("a: 1\nb:\n  - x\n  - 'it''s'\n  - \"\\u00e9\"\nc: {d: null, e: true}\nf: |\n  one\n  two\n");
    let j = json(r#"{"a":1,"b":["x","it's","\u00e9"],"c":{"d":null,"e":true},"f":"one\ntwo\n"}"#);
    assert_eq!(codes(&y), Vec::<&str>::new());
    assert_eq!(codes(&j), Vec::<&str>::new());
    assert_eq!(y.tree.root().to_json(), j.tree.root().to_json());
}

#[test]
fn pointers_lead_to_nodes_and_back() {
    let parsed = yaml("paths:\n  /a/{b}:\n    get:\n      responses:\n        200: {description: ok}\n");
    let node = parsed.tree.at_pointer("/paths/~1a~1{b}/get/responses/200/description").unwrap();
    assert_eq!(node.as_str(), Some("ok"));
    assert_eq!(node.pointer(), "/paths/~1a~1{b}/get/responses/200/description");
    let key = parsed.tree.at_pointer("/paths").unwrap().members().next().unwrap().key;
    assert_eq!(key.pointer(), "/paths/~1a~1{b}");
}

#[test]
fn a_block_collection_ends_where_its_last_value_ends() {
    let parsed = yaml("a:\n  b: 1\n\n# note\nc: 2\n");
    let span = parsed.tree.at_pointer("/a").unwrap().span();
    assert_eq!(parsed.tree.source().slice(span), "b: 1");
    assert_eq!(parsed.tree.comments().len(), 1);
}

#[test]
fn merge_keys_add_what_is_not_there() {
    let parsed = yaml("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\n");
    let node = parsed.tree.at_pointer("/use").unwrap();
    assert_eq!(node.to_json(), serde_json::json!({"y": 3, "x": 1}));
    assert_eq!(node.get("x").unwrap().as_i64(), Some(1));
    assert_eq!(node.len(), 2);
}

#[test]
fn duplicate_keys_name_both_places() {
    let parsed = yaml("a: 1\nb: 2\na: 3\n");
    assert_eq!(codes(&parsed), ["duplicate-key"]);
    let problem = &parsed.problems[0];
    assert_eq!((problem.span.start, problem.related[0].0.start), (10, 0));
    assert_eq!(codes(&json(r#"{"a":1,"a":2}"#)), ["duplicate-key"]);
}

#[test]
fn an_alias_bomb_is_refused_without_being_expanded() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for i in 1..12 {
        let refs = vec![format!("*a{}", i - 1); 10].join(", ");
        text.push_str(&format!("a{i}: &a{i} [{refs}]\n"));
    }
    let parsed = yaml(&text);
    assert_eq!(codes(&parsed), ["limit-aliases"]);
    assert!(parsed.tree.at_pointer("/a11/0").unwrap().is_null());
}

#[test]
fn an_alias_inside_its_own_anchor_is_refused() {
    assert_eq!(codes(&yaml("a: &x\n  b: *x\n")), ["alias-unknown"]);
}

#[test]
fn deep_nesting_is_refused_and_the_rest_kept() {
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let parsed = json(&format!("{{\"ok\": 1, \"deep\": {deep}}}"));
    assert_eq!(codes(&parsed), ["limit-depth"]);
    assert_eq!(parsed.tree.at_pointer("/ok").unwrap().as_i64(), Some(1));
    let parsed = yaml(&format!("ok: 1\ndeep: {deep}"));
    assert_eq!(codes(&parsed), ["limit-depth"]);
}

#[test]
fn a_second_document_is_refused() {
    let parsed = yaml("a: 1\n---\nb: 2\n");
    assert_eq!(codes(&parsed), ["multiple-documents"]);
    assert_eq!(parsed.tree.at_pointer("/a").unwrap().as_i64(), Some(1));
}

#[test]
fn broken_texts_have_a_problem_and_a_partial_tree() {
    for text in
        ["", "   ", "{\"a\": 1,", "{\"a\"", "{'a': 1}", "{\"a\": tru}", "[1 2]", "{\"a\": \"x\n\"}", "01", "{\"a\":1}x"]
    {
        assert!(!json(text).problems.is_empty(), "{text:?}");
    }
    let parsed = json("{\"a\": {\"b\": 1, \"c\": ");
    assert_eq!(parsed.tree.root().to_json(), serde_json::json!({"a": {"b": 1, "c": null}}));
    for text in ["", "# only a comment\n", "a: 'x\n", "a: b: c\n", "a: [1,\n", "a:\n\tb: 1\n"] {
        assert!(!yaml(text).problems.is_empty(), "{text:?}");
    }
}

#[test]
fn json_comments_and_trailing_commas_are_reported_and_skipped() {
    let parsed = json("{\"a\": [1, 2,], // note\n \"b\": 1,}");
    assert_eq!(codes(&parsed), ["syntax-json"; 3]);
    assert_eq!(parsed.tree.root().to_json(), serde_json::json!({"a": [1, 2], "b": 1}));
}

#[test]
fn a_tree_of_a_large_map_finds_its_members() {
    let text: String = (0..100).map(|i| format!("k{i}: {i}\n")).collect();
    let parsed = yaml(&text);
    assert_eq!(parsed.tree.root().get("k73").unwrap().as_i64(), Some(73));
    assert!(parsed.tree.root().get("k100").is_none());
}

#[test]
fn every_node_of_wide_collections_is_found_by_its_pointer() {
    let map: String = (0..40).map(|number| format!("  k{number}: {{a: {number}}}\n")).collect();
    let list: String = (0..40).map(|number| format!("- [x, {number}]\n")).collect();
    let text = format!("map:\n{map}list:\n{list}last: 1\n");
    let source = Arc::new(SourceText::new("a.yaml", text));
    let tree = parse(source, Some(Format::Yaml), &Limits::default()).tree;
    let mut seen = 0;
    for id in (0..tree.len() as u32).map(NodeId).filter(|id| tree.node(*id).key_symbol().is_none()) {
        assert_eq!(tree.at_pointer(&tree.pointer(id)).map(NodeRef::id), Some(id), "{}", tree.pointer(id));
        seen += 1;
    }
    assert!(seen > 160, "{seen}");
}
