//! The YAML reader against another parser: the same structure, texts, styles and places, or both refuse.
//!
//! The corpus is looked for in `COVENANT_SHARED` or `../shared` and skipped when absent. `COVENANT_MUTATIONS` sets the
//! number of mutations (3,000 by default). Every difference must have a reason in [`explained`].

mod common;

use common::{Random, Reading, corpus, ours, theirs};

/// Why a difference is meant; `None` for one that is not.
fn explained(text: &str, ours: &Reading, theirs: &Reading) -> Option<&'static str> {
    let has = |code: &str| ours.problems.iter().any(|(found, _)| found == code);
    if ours.refused() && !theirs.refused() {
        if has("multiple-documents") || has("key-not-scalar") {
            return Some("several documents and keys that are not scalars are outside the profile");
        }
        if has("alias-unknown") {
            return Some("an alias inside its own anchor cannot be written as JSON");
        }
        if text.bytes().any(|c| c < 0x20 && !matches!(c, b'\t' | b'\n' | b'\r') || c == 0x7f) {
            return Some("control characters are refused everywhere, in comments as well");
        }
    }
    if !ours.refused() && theirs.refused() {
        if text.chars().any(|c| ('\u{80}'..='\u{9f}').contains(&c) || ('\u{fffe}'..='\u{ffff}').contains(&c)) {
            return Some("characters that JSON allows are allowed, as a contract must be writable as JSON");
        }
        if text.chars().skip(1).any(|c| c == '\u{feff}') {
            return Some("a byte order mark inside the text is content");
        }
        if longest_line(text) > 1024 {
            return Some("keys may be longer than 1024 characters");
        }
    }
    None
}

fn longest_line(text: &str) -> usize {
    text.lines().map(str::len).max().unwrap_or(0)
}

/// The first difference of two readings that matters.
fn difference(text: &str) -> Option<String> {
    let (ours, theirs) = (ours(text), theirs(text));
    let found = match (ours.refused(), theirs.refused()) {
        (true, true) => None,
        (false, false) => ours.first_difference(&theirs),
        (true, false) => Some(format!("only we refuse: {:?}", ours.problems.first())),
        (false, true) => Some(format!("only they refuse: {:?}", theirs.problems.first())),
    };
    found.filter(|_| explained(text, &ours, &theirs).is_none())
}

#[test]
fn every_corpus_file_is_read_as_by_another_parser() {
    let files = corpus(&["yaml", "yml"]);
    let mut different = Vec::new();
    for (name, text) in &files {
        if let Some(difference) = difference(text) {
            different.push(format!("{name}: {difference}"));
        }
    }
    println!("{} files compared", files.len());
    assert!(different.is_empty(), "{} of {} files:\n{}", different.len(), files.len(), different.join("\n"));
}

#[test]
fn mutations_are_read_as_by_another_parser_or_refused_by_both() {
    let wanted: usize = std::env::var("COVENANT_MUTATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(3_000);
    let seeds = common::seeds();
    let mut random = Random::new(20_261_125);
    let mut different = Vec::new();
    let (mut same, mut refused) = (0, 0);
    for number in 0..wanted {
        let text = random.mutate(&seeds);
        match difference(&text) {
            Some(difference) => different.push(format!("mutation {number}: {difference}\n---8<---\n{text}\n---8<---")),
            None if ours(&text).refused() => refused += 1,
            None => same += 1,
        }
    }
    println!("{wanted} mutations: {same} read alike, {refused} refused, {} different", different.len());
    let shown = different.iter().take(12).cloned().collect::<Vec<_>>().join("\n");
    assert!(different.is_empty(), "{} of {wanted} mutations:\n{shown}", different.len());
}
