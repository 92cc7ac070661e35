//! Broken texts: the first message names the cause, the rest is kept, and hostile texts end in bounded time.

mod common;

use common::Random;
use covenant::syntax::{Format, Limits, Parsed, parse};
use covenant::text::SourceText;
use std::sync::Arc;

fn read(text: &str, format: Format) -> Parsed {
    parse(Arc::new(SourceText::new("a", text)), Some(format), &Limits::default())
}

/// Line and message of the first problem.
fn first(text: &str) -> (u32, String) {
    let parsed = read(text, Format::Yaml);
    let problem = parsed.problems.first().unwrap_or_else(|| panic!("no problem in {text:?}"));
    (parsed.tree.source().position(problem.span.start).line, problem.message.clone())
}

#[test]
fn the_first_message_points_at_the_cause() {
    for (text, line, words) in [
        ("a: 1\nb: \"open\nc: \"x\"\nd: 2\n", 2, "quote"),
        ("a: 1\nb: 'open\nc: 2\n", 2, "quote"),
        ("a:\n  b: 1\n\tc: 2\n", 3, "tab"),
        ("a:\n    b: 1\n  c: 2\n", 3, "indentation"),
        ("a: 1\nb:2\nc: 3\n", 2, "space"),
        ("a: 1\nb: [x, y\nc: 3\nd: 4\n", 2, "not closed"),
        ("a: 1\nb: {x: 1\nc: 3\nd: 4\n", 2, "not closed"),
        ("a: 1\nb: c: d\ne: 1\n", 2, "key: value"),
        ("a: 1\nb: @x\ne: 1\n", 2, "cannot start"),
        ("a: 1\nb\nc: 1\n", 2, "colon"),
        ("a: \"\\q\"\n", 1, "escape"),
        ("a: *b\n", 1, "alias"),
        ("a: !mine b\n", 1, "tag"),
        ("a: b]\nc: ]\n", 2, "closes nothing"),
    ] {
        let (at, message) = first(text);
        assert!(at == line && message.contains(words), "{text:?}: line {at}, {message}");
    }
}

#[test]
fn the_rest_of_a_text_is_read_after_a_fault() {
    for text in [
        "a: 1\nb: \"open\nc: 3\nd: {e: 5}\n",
        "a: 1\nb: [x, y\nc: 3\nd: {e: 5}\n",
        "a: 1\nb: @x\nc: 3\nd: {e: 5}\n",
        "a: 1\nb\nc: 3\nd: {e: 5}\n",
        "a: 1\nb:2\nc: 3\nd: {e: 5}\n",
        "a: 1\nb: 'x' y\nc: 3\nd: {e: 5}\n",
    ] {
        let parsed = read(text, Format::Yaml);
        assert!(!parsed.problems.is_empty(), "{text:?}");
        for (pointer, value) in [("/a", 1), ("/c", 3), ("/d/e", 5)] {
            let found = parsed.tree.at_pointer(pointer).and_then(covenant::syntax::NodeRef::as_i64);
            assert_eq!(found, Some(value), "{pointer} of {text:?}: {}", parsed.tree.root().to_json());
        }
    }
}

#[test]
fn the_first_message_about_json_points_at_the_cause() {
    for (text, line, words) in [
        ("{\n \"a\": \"open,\n \"b\": 2\n}", 2, "not closed"),
        ("{\n \"a\": \"open, \"b\": 2\n}", 2, "not closed"),
        ("{\n \"a: 1,\n \"b\": 2\n}", 2, "not closed"),
        ("{\n \"a\": open\",\n \"b\": 2\n}", 2, "no opening quote"),
        ("{\n \"a\": \"say \"hi\" to\",\n \"b\": 2\n}", 2, "not escaped"),
        ("{\n \"a\": \"one\n  two\",\n \"b\": 2\n}", 2, "line end"),
        ("{\n \"a\": {\n  \"x\": 1,\n \"b\": 2\n}", 2, "`{` is not closed"),
        ("{\n \"a\": {\n  \"x\": 1\n \"b\": 2\n}", 2, "`{` is not closed"),
        ("{\n \"a\": [\n  1,\n \"b\": 2\n}", 2, "`[` is not closed"),
        ("{\n \"a\": [1, 2,\n \"b\": 2\n}", 3, "belongs"),
        ("{\n \"a\": {\n  \"x\": [1, 2\n },\n \"b\": 2\n}", 3, "`[` is not closed"),
        ("{\n \"a\": {\n  \"x\": 1\n }},\n \"b\": 2\n}", 4, "closes nothing"),
        ("{\n \"a\": {\n  \"x\": 1\n },\n },\n \"b\": 2\n}", 5, "closes nothing"),
        ("{\n \"a\": {\n  \"x\": 1\n ],\n \"b\": 2\n}", 4, "not `]`"),
        ("{\n \"a\" 1,\n \"b\": 2\n}", 2, "`:` belongs"),
        ("{\n \"a\" = 1,\n \"b\": 2\n}", 2, "`:` belongs"),
        ("{\n \"a\",\n \"b\": 2\n}", 2, "value is missing"),
        ("{\n \"a\": ,\n \"b\": 2\n}", 2, "value is missing"),
        ("{\n \"a\": 1\n \"b\": 2\n}", 3, "`,`"),
        ("{\n \"a\": 1,,\n \"b\": 2\n}", 2, "entry is missing"),
        ("{\n \"a\": 1;\n \"b\": 2\n}", 2, "`;`"),
        ("{\n \"b\": 2,\n}", 2, "trailing comma"),
        ("{\n // note\n \"b\": 2\n}", 2, "no comments"),
        ("{\n # note\n \"b\": 2\n}", 2, "no comments"),
        ("{\n /* note\n \"b\": 2\n}", 2, "not closed"),
        ("{\n 'a': 'x',\n \"b\": 2\n}", 2, "double quotes"),
        ("{\n a: 1,\n \"b\": 2\n}", 2, "double quotes"),
        ("{\n \"a\": True,\n \"b\": 2\n}", 2, "`True`"),
        ("{\n \"a\": 007,\n \"b\": 2\n}", 2, "start with 0"),
        ("{\n \"a\": 2020-01-01,\n \"b\": 2\n}", 2, "not a JSON value"),
        ("{\n \"a\": \"\\d\",\n \"b\": 2\n}", 2, "escape"),
        ("{\n \"a\": \"x\ty\",\n \"b\": 2\n}", 2, "control"),
        ("{\n \"a\": \u{a0}1,\n \"b\": 2\n}", 2, "U+00A0"),
    ] {
        let parsed = read(text, Format::Json);
        let problem = parsed.problems.first().unwrap_or_else(|| panic!("no problem in {text:?}"));
        let at = parsed.tree.source().position(problem.span.start).line;
        assert!(at == line && problem.message.contains(words), "{text:?}: {:?}", parsed.problems);
        assert!(problem.help.is_some(), "{text:?} is not told what to do");
        let after = parsed.tree.at_pointer("/b").and_then(covenant::syntax::NodeRef::as_i64);
        let unsure = text.contains("[1, 2,") || text.contains("/* note");
        assert!(unsure || after == Some(2), "{text:?}: {}", parsed.tree.root().to_json());
    }
}

#[test]
fn a_fault_costs_few_nodes_of_a_large_json_text() {
    let value: serde_json::Value = (0..400)
        .map(|n| {
            let schema = serde_json::json!({
                "type": "object", "required": ["id", "name"], "description": format!("some, \"quoted\" text {n}"),
                "properties": {"id": {"type": "string", "maxLength": n}, "name": {"enum": ["a", "b", n]}}
            });
            (format!("schema {n}"), schema)
        })
        .collect::<serde_json::Map<_, _>>()
        .into();
    let mut random = Random::new(11);
    for (name, text) in [("lines", serde_json::to_string_pretty(&value).unwrap()), ("minified", value.to_string())] {
        let sound = read(&text, Format::Json);
        let places = paths(&sound);
        let (mut kept, mut nodes, mut worst, mut trials, mut told) = (0.0, 0.0, 1.0_f64, 0, 0);
        for fault in [
            "-\"", "-{", "-}", "-[", "-]", "-:", "-,", "+\"", "+{", "+}", "+[", "+]", "+:", "+,", "+x", "+'", "+// x\n",
        ] {
            let (add, piece) = (fault.starts_with('+'), &fault[1..]);
            for _ in 0..15 {
                let mut broken = text.clone();
                let start = random.below(text.len());
                if add {
                    broken.insert_str(start, piece);
                } else if let Some(at) = text[start..].find(piece) {
                    broken.remove(start + at);
                }
                let parsed = read(&broken, Format::Json);
                if parsed.problems.is_empty() {
                    continue;
                }
                let now = paths(&parsed);
                let share = places.iter().filter(|place| now.contains(*place)).count() as f64 / places.len() as f64;
                kept += share;
                nodes += (parsed.tree.len() as f64 / sound.tree.len() as f64).min(1.0);
                worst = worst.min(share);
                trials += 1;
                let first = parsed.problems.iter().map(|problem| problem.span.start as usize).min().unwrap_or(0);
                told += usize::from(first.abs_diff(start) < 200);
            }
        }
        println!(
            "{name}: {trials} faults, {:.3} % of the nodes kept, {:.3} % in their place, {:.3} % at worst; {told} named near by",
            100.0 * nodes / f64::from(trials),
            100.0 * kept / f64::from(trials),
            100.0 * worst
        );
        // Where no lines show what belongs together, a lost bracket moves all that follows.
        let in_place = if name == "lines" { 0.99 } else { 0.9 };
        assert!(nodes / f64::from(trials) > 0.99 && kept / f64::from(trials) > in_place, "{name}");
    }
}

/// The pointers of all values.
fn paths(parsed: &Parsed) -> std::collections::HashSet<String> {
    let mut out = std::collections::HashSet::new();
    let mut todo = vec![(String::new(), parsed.tree.root())];
    while let Some((path, node)) = todo.pop() {
        todo.extend(node.members().map(|member| (format!("{path}/{}", member.name), member.value)));
        todo.extend(node.elements().enumerate().map(|(at, value)| (format!("{path}/{at}"), value)));
        out.insert(path);
    }
    out
}

#[test]
fn a_fault_costs_few_nodes_of_a_large_text() {
    let mut random = Random::new(7);
    let lines: Vec<String> = (0..400)
        .flat_map(|n| {
            [
                format!("p{n}:"),
                "  type: object".into(),
                "  properties:".into(),
                format!("    id{n}: {{type: string}}"),
                format!("    name{n}:"),
                "      description: \"some text\"".into(),
                "  required:".into(),
                "  - id".into(),
            ]
        })
        .collect();
    let whole = read(&lines.join("\n"), Format::Yaml).tree.len();
    let (mut kept, mut worst, mut trials) = (0.0, 1.0_f64, 0);
    for fault in ["\"open", "'open", "[open", "{open", "@bad", "a: b: c", "\tx: 1", "nocolon"] {
        for _ in 0..25 {
            let mut broken = lines.clone();
            let at = random.below(broken.len() - 2) + 1;
            let key = broken[at].find(':').map_or(broken[at].len(), |at| at + 1);
            broken[at] =
                if fault.starts_with('\t') { fault.to_owned() } else { format!("{} {fault}", &broken[at][..key]) };
            let parsed = read(&broken.join("\n"), Format::Yaml);
            let share = parsed.tree.len() as f64 / whole as f64;
            kept += share.min(1.0);
            worst = worst.min(share);
            trials += 1;
        }
    }
    println!(
        "{trials} faults: {:.3} % of the nodes kept, {:.3} % at worst",
        100.0 * kept / f64::from(trials),
        100.0 * worst
    );
    assert!(kept / f64::from(trials) > 0.99);
}

#[test]
fn hostile_texts_end_with_a_problem() {
    for unit in
        ["[", "{", "- ", "a: [\n", "? ", "a: {b: [", "\"", "'\n", "&a ", "!", "*", "a: \"\n", "\t", "- [\n", ": "]
    {
        let text = unit.repeat(20_000);
        let parsed = read(&text, Format::Yaml);
        assert!(parsed.tree.len() < 2_000_000, "{unit:?}");
        read(&text, Format::Json);
    }
    let nested: String = (0..400).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    let parsed = read(&format!("{nested}last: 1\n"), Format::Yaml);
    assert_eq!(parsed.problems[0].code.id(), "limit-depth");
    assert_eq!(parsed.tree.at_pointer("/last").and_then(covenant::syntax::NodeRef::as_i64), Some(1));
}

/// Texts on which a reader that searches anew for each part would take minutes: the cost is that of one pass.
#[test]
fn many_of_one_thing_cost_no_more_than_their_size() {
    let count = 100_000;
    let each = |unit: &dyn Fn(usize) -> String| (0..count).map(unit).collect::<String>();
    let pairs = each(&|n| format!("k{n}: 1\n"));
    let twice = read(&format!("{pairs}{pairs}"), Format::Yaml);
    assert_eq!(twice.problems.len(), count);
    let last = &twice.problems[count - 1];
    let (again, first) = (last.span, last.related[0].0);
    let (offset, key) = (pairs.len() as u32, format!("k{}", count - 1));
    assert_eq!((first.start + offset, &pairs[first.range()]), (again.start, key.as_str()));

    let keys = read(&format!("x: {{{}}}\n", each(&|n| format!("&a{n} [x{n}]: 1, "))), Format::Yaml);
    assert!(keys.problems.iter().all(|problem| problem.code.id() == "key-not-scalar"));
    assert_eq!(keys.tree.at_pointer("/x").map(covenant::syntax::NodeRef::len), Some(count));
    let keys = read(&each(&|n| format!("? &a{n} [x]\n: 1\n")), Format::Yaml);
    assert_eq!(keys.tree.root().len(), count);

    // Faults give anchors back, so they are spread over many.
    let faults = each(&|n| if n % 100 == 0 { format!("k{n}: a: b\n") } else { format!("k{n}: &a{n} x\n") });
    assert!(read(&faults, Format::Yaml).tree.root().len() > count * 9 / 10);

    let aliases = read(&format!("a: &a [x, y]\nb: [{}]\n", "*a, ".repeat(count)), Format::Yaml);
    assert!(
        aliases.problems.is_empty() && aliases.tree.root().get("b").map(covenant::syntax::NodeRef::len) == Some(count)
    );
    for format in [Format::Yaml, Format::Json] {
        let digits = "9".repeat(3_000_000);
        let number = read(&format!("{{\"x\": {digits}}}"), format);
        assert_eq!(number.tree.at_pointer("/x").map(covenant::syntax::NodeRef::text), Some(digits.as_str()));
        let line = read(&format!("{{{}\"z\": 1}}", each(&|n| format!("\"k{n}\": [{{}}, \"\\u0041\"], "))), format);
        assert!(line.problems.is_empty() && line.tree.root().len() == count + 1);
    }
}

#[test]
fn an_anchor_that_is_taken_back_gives_its_name_back() {
    let parsed = read("a: &x one\nb: {[&x two]: 3, c: *x}\n", Format::Yaml);
    assert_eq!(parsed.tree.at_pointer("/b/c").map(covenant::syntax::NodeRef::text), Some("one"));
    assert_eq!(parsed.problems.iter().map(|problem| problem.code.id()).collect::<Vec<_>>(), ["key-not-scalar"]);
}

#[test]
fn random_bytes_neither_panic_nor_hang() {
    const BYTES: &[u8] = b"  \n\n\t:-?#'\"[]{},&*!|>%@`\\abc01~<\r\0\xc3\xa9.=+";
    let mut random = Random::new(99);
    for _ in 0..20_000 {
        let length = random.below(120);
        let bytes: Vec<u8> = (0..length).map(|_| BYTES[random.below(BYTES.len())]).collect();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        for format in [Format::Yaml, Format::Json] {
            let parsed = read(&text, format);
            for id in 0..parsed.tree.len() as u32 {
                let node = parsed.tree.node(covenant::syntax::NodeId(id));
                let range = node.span().range();
                assert!(text.get(range.clone()).is_some(), "{range:?} in {text:?}");
                assert!(node.end_id().0 <= parsed.tree.len() as u32);
                let _ = node.text();
            }
            for problem in &parsed.problems {
                assert!(text.get(problem.span.range()).is_some(), "{:?} in {text:?}", problem.span);
            }
            let _ = parsed.tree.root().to_json();
        }
    }
}
