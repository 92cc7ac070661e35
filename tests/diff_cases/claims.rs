//! What publishers said of their own changes, beside the verdict. Where the two differ, the reason stands in
//! `docs/publishers.md`, and a stricter verdict carries a message that proves it.

use super::collection;
use super::listed::Listed;
use super::{compare, pairs, rows};
use covenant::diagnostic::{EvidenceStatus, Impact};
use covenant::diff::Options;
use std::path::{Path, PathBuf};

/// Files of a row of the table of claims: a pair, a control, or two versions of a history.
fn claimed(corpus: &Path, name: &str) -> Option<(PathBuf, PathBuf)> {
    if let Some(rest) = name.strip_prefix("histories/") {
        let (left, right) = rest.split_once(" -> ")?;
        return Some((corpus.join("histories").join(left), corpus.join("histories").join(right)));
    }
    let (kind, name) = name.split_once('/').unwrap_or(("pairs", name));
    let found = pairs(&corpus.join(kind)).into_iter().find(|(pair, ..)| pair == name)?;
    Some((found.1, found.2))
}

/// The name of a pair for readers: without its number and folder.
fn title(name: &str) -> String {
    if let Some(rest) = name.strip_prefix("histories/") {
        let version = |name: &str| name.rsplit_once('/').map_or(name, |(_, file)| file).get(3..13).map(str::to_owned);
        let (left, right) = rest.split_once(" -> ").unwrap_or((rest, rest));
        let api = left.split('/').next().unwrap_or(left);
        return format!("{api} {} → {}", version(left).unwrap_or_default(), version(right).unwrap_or_default());
    }
    name.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '-').to_owned()
}

#[test]
#[ignore = "needs the collection"]
fn what_publishers_claim_stands_beside_the_verdict_with_a_reason() {
    let shared = collection::part("");
    let corpus = shared.join("corpus");
    let mut listed = Listed::read("publishers.md");
    let (mut all, mut alike, mut stricter, mut milder, mut unproved) = (0, 0, 0, 0, Vec::new());
    for row in rows(&corpus.join("pairs/TRUTH.tsv")) {
        let (name, claim) = (&row["pair"], &row["claim"]);
        let (base, revision) = claimed(&corpus, name).unwrap_or_else(|| panic!("{name}: no files"));
        let comparison = compare(&base, &revision, &Options::default()).unwrap_or_else(|| panic!("{name}: not loaded"));
        let ours = comparison.impact();
        all += 1;
        let (title, breaks) = (title(name), claim.starts_with("breaking"));
        if breaks == (ours == Impact::Breaking) {
            println!("  {title}: {claim}, here {ours}");
            alike += 1;
            continue;
        }
        let worst: Vec<_> = comparison.changes.iter().filter(|change| change.impact == ours).collect();
        let proof = worst.iter().filter_map(|change| change.evidence.as_ref()).find(|evidence| {
            matches!(evidence.status, EvidenceStatus::Confirmed | EvidenceStatus::Promise | EvidenceStatus::Decoded)
        });
        match (breaks, proof) {
            (true, _) => milder += 1,
            (false, Some(_)) => stricter += 1,
            (false, None) => unproved.push(title.clone()),
        }
        let first = worst.first().map_or("", |change| &*change.message);
        let difference = format!("{title}: {claim}, here {ours}, {} findings, first: {first}", worst.len());
        listed.explain(&difference, |row| row.len() == 4 && row[0] == title && row[2] == ours.name());
    }
    let line = format!(
        "{all} claims: {alike} alike, {stricter} stricter here, each with a message that fails, {milder} milder"
    );
    println!("{line}");
    assert!(unproved.is_empty(), "stricter without a proof:\n{}", unproved.join("\n"));
    listed.finish();
    assert!(listed.text.contains(&line), "the document says other figures than: {line}");
}
