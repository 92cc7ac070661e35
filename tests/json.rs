//! The JSON reader against serde_json: the same values, or both refuse; and what is kept after a fault.

mod collection;
mod common;

use common::Random;
use covenant::syntax::{Format, Limits, Parsed, parse};
use covenant::text::SourceText;
use serde_json::Value;
use std::sync::Arc;

fn read(text: &str) -> Parsed {
    parse(Arc::new(SourceText::new("a.json", text)), Some(Format::Json), &Limits::default())
}

fn refused(parsed: &Parsed) -> bool {
    parsed.problems.iter().any(|problem| !problem.is_harmless())
}

#[test]
#[ignore = "needs the collection"]
fn every_corpus_file_has_the_values_that_serde_json_reads() {
    let files = collection::contracts(&["json"]);
    for (name, text) in &files {
        let parsed = read(text);
        match serde_json::from_str::<Value>(text) {
            Ok(value) if parsed.problems.is_empty() => assert!(parsed.tree.root().to_json() == value, "{name}"),
            Ok(_) => assert!(!refused(&parsed), "{name}: {:?}", parsed.problems.first()),
            Err(error) => assert!(!parsed.problems.is_empty(), "{name}: only serde_json refuses: {error}"),
        }
    }
    println!("{} files compared", files.len());
}

#[test]
fn mutations_are_read_as_by_serde_json_or_refused_by_both() {
    const SEEDS: &[&str] = &[
        "{\"a\": [1, -2.5e+3, true, null, \"x\\u00e9\\n\"], \"b\": {\"c\": {}, \"d\": []}, \"e\": \"f\"}",
        "[\n  {\"name\": \"limit\", \"in\": \"query\", \"schema\": {\"type\": \"integer\", \"maximum\": 0.5}},\n  \"\\ud83d\\ude00 \\\"q\\\"\"\n]\n",
    ];
    let seeds: Vec<String> = SEEDS.iter().map(|text| (*text).to_owned()).collect();
    let mut random = Random::new(5);
    for number in 0..20_000 {
        let text = random.mutate(&seeds);
        let parsed = read(&text);
        match serde_json::from_str::<Value>(&text) {
            Ok(value) if parsed.problems.is_empty() => {
                assert_eq!(parsed.tree.root().to_json(), value, "{number}: {text:?}");
            }
            Ok(_) => assert!(!refused(&parsed), "{number}: only we refuse {text:?}: {:?}", parsed.problems),
            // A lone surrogate and a number beyond f64 are JSON by its grammar; serde_json cannot hold them.
            Err(error)
                if error.to_string().contains("surrogate")
                    || error.to_string().contains("out of range")
                    || error.to_string().contains("hex escape") => {}
            Err(error) => assert!(!parsed.problems.is_empty(), "{number}: only serde_json refuses {text:?}: {error}"),
        }
    }
}

#[test]
fn the_rest_is_read_after_a_wrong_word_or_a_missing_comma() {
    let parsed = read("{\"a\": yes, \"b\": [1 2, {\"c\": 3} {\"d\": 4}] \"e\": 5}");
    assert_eq!(parsed.problems.len(), 4);
    assert_eq!(parsed.tree.root().to_json(), serde_json::json!({"a": null, "b": [1, 2, {"c": 3}, {"d": 4}], "e": 5}));
}
