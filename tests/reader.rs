//! The YAML reader against another parser: the same structure, texts, styles and places, or both refuse.
//!
//! `COVENANT_MUTATIONS` sets the number of mutations (3,000 by default). Every difference must have a reason in [`explained`].

mod collection;
mod common;

use common::{Random, Reading, is_harmless, ours, strictly_refused, theirs};
use regex::Regex;

/// Why a text is refused by one of us only and that is meant; `None` when it is not.
fn explained(text: &str, ours: &Reading, theirs: &Reading) -> Option<&'static str> {
    let only = |code: &str| ours.problems.iter().all(|(found, _)| found == code || is_harmless(found));
    if ours.refused() && !theirs.refused() {
        if only("multiple-documents") && theirs.documents > 1 {
            return Some("a second document is outside the profile");
        }
        if theirs.has_complex_keys() && ours.problems.iter().any(|(code, _)| code == "key-not-scalar") {
            return Some("keys that are not scalars are outside the profile");
        }
        if ours.problems.iter().any(|(_, message)| message.contains("inside its own anchor")) {
            return Some("an alias inside its own anchor cannot be written as JSON");
        }
    }
    // `&a{b: c}`: properties and content are separated by white space (production 161).
    if ours.refused() && !theirs.refused() {
        let glued = Regex::new(r"&[^\s\[\]{},]+[\[{]").unwrap();
        let apart = glued.replace_all(text, |found: &regex::Captures<'_>| {
            let (anchor, bracket) = found[0].split_at(found[0].len() - 1);
            format!("{anchor} {bracket}")
        });
        if apart != text && difference(&apart).is_none() {
            return Some("an anchor is followed by white space");
        }
    }
    // Lines of a flow collection in a block are indented (production 69). One that is not is reported as `syntax-indent`,
    // and read; so does the other parser, unless there is a key on it. Moved to the right, both must read the same.
    if !ours.refused()
        && theirs.refused()
        && let Some(line) = shallow_line(text, ours)
    {
        let moved = format!("{}{:80}{}", &text[..line], "", &text[line..]);
        if difference(&moved).is_none() {
            return Some("a key may stand left of the block's indentation");
        }
    }
    // A text with such a character counts as the same text without it.
    for (meant, stand_in, reason) in [
        (control as fn(char) -> bool, ' ', "control characters are refused everywhere, in comments as well"),
        (unprintable, 'x', "characters that JSON allows are allowed, as a contract must be writable as JSON"),
    ] {
        if text.contains(meant) && difference(&text.replace(meant, &stand_in.to_string())).is_none() {
            return Some(reason);
        }
    }
    None
}

/// Where the first line starts that we say is not indented enough.
fn shallow_line(text: &str, ours: &Reading) -> Option<usize> {
    let (_, message) = ours.problems.iter().find(|(code, _)| code == "syntax-indent")?;
    let place: usize = message.rsplit_once(" at ")?.1.parse().ok()?;
    Some(text.get(..place)?.rfind('\n')? + 1)
}

fn control(c: char) -> bool {
    c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r')
}

fn unprintable(c: char) -> bool {
    ('\u{80}'..='\u{9f}').contains(&c) || ('\u{fffe}'..='\u{ffff}').contains(&c)
}

/// A text both read: what we say of its indentation against the other parser being strict. We let a bracket close at
/// the column of its key, as many contracts do, and a line in quotes that is blank hold a tab; the other parser is asked
/// with such brackets moved to the right, and such lines emptied.
fn indentation(text: &str, ours: &Reading) -> Option<String> {
    let said = ours.problems.iter().any(|(code, _)| code == "syntax-indent");
    let moved = |line: &str| {
        if line.trim_start_matches([' ', '\t']).starts_with([']', '}']) {
            format!("{}{line}", " ".repeat(80))
        } else if line.trim().is_empty() {
            line.trim_start_matches([' ', '\t']).to_owned()
        } else {
            line.to_owned()
        }
    };
    let strict = strictly_refused(text)
        && (said || strictly_refused(&text.split_inclusive(['\n', '\r']).map(moved).collect::<String>()));
    (said != strict).then(|| format!("indentation: we say {said}, they {strict}"))
}

/// The first difference of two readings that matters.
fn difference(text: &str) -> Option<String> {
    let (ours, theirs) = (ours(text), theirs(text));
    let found = match (ours.refused(), theirs.refused()) {
        (true, true) => None,
        (false, false) => return ours.first_difference(&theirs).or_else(|| indentation(text, &ours)),
        (true, false) => Some(format!("only we refuse: {:?}", ours.problems.first())),
        (false, true) => Some(format!("only they refuse: {:?}", theirs.problems.first())),
    };
    found.filter(|_| explained(text, &ours, &theirs).is_none())
}

#[test]
#[ignore = "needs the collection"]
fn every_corpus_file_is_read_as_by_another_parser() {
    let files = collection::contracts(&["yaml", "yml"]);
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
            Some(difference) => different.push(format!("mutation {number}: {difference}\n{text:?}")),
            None if ours(&text).refused() => refused += 1,
            None => same += 1,
        }
    }
    println!("{wanted} mutations: {same} read alike, {refused} refused, {} different", different.len());
    let shown = different.iter().take(12).cloned().collect::<Vec<_>>().join("\n");
    assert!(different.is_empty(), "{} of {wanted} mutations:\n{shown}", different.len());
}
