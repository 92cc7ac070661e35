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
    assert_eq!(parsed.problems[0].code, "limit-depth");
    assert_eq!(parsed.tree.at_pointer("/last").and_then(covenant::syntax::NodeRef::as_i64), Some(1));
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
                assert!(node.span().end as usize <= text.len() && node.end_id().0 <= parsed.tree.len() as u32);
                let _ = node.text();
            }
            let _ = parsed.tree.root().to_json();
        }
    }
}
