//! Judges the comparison by shared cases: probes with a known truth, pairs of another tool with the ids it expects,
//! real contracts against themselves, controls that change no contract, and real pairs.
//!
//! `COVENANT_FULL=1` runs every file instead of a sample.

mod claims;
#[path = "../collection/mod.rs"]
mod collection;
mod listed;
mod oasdiff;

use covenant::diagnostic::{Category, EvidenceStatus, Impact};
use covenant::diff::{self, Comparison, EnumAdditions, Options};
use covenant::openapi::Api;
use covenant::workspace::{self, Input, Workspace};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

fn full() -> bool {
    std::env::var_os("COVENANT_FULL").is_some()
}

fn load(path: &Path) -> Option<Workspace> {
    let root = path.parent().map(Path::to_path_buf);
    let options = workspace::Options { root, ..workspace::Options::default() };
    Workspace::load(&Input::File(path.to_path_buf()), &options).ok()
}

fn compare(base: &Path, revision: &Path, options: &Options) -> Option<Comparison> {
    let (base, revision) = (load(base)?, load(revision)?);
    Some(diff::compare(Api::open(&base).ok()?, Api::open(&revision).ok()?, options))
}

/// The options under which the verdicts were written.
fn contract() -> Options {
    Options { keep: Category::Contract, ..Options::default() }
}

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(path).expect("the table can be read");
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    lines.map(|line| head.iter().map(ToString::to_string).zip(line.split('\t').map(str::to_owned)).collect()).collect()
}

/// The worst finding for a client on the wire; documentation is nothing.
fn verdict(comparison: &Comparison) -> Impact {
    comparison.impact().max(Impact::Compatible)
}

#[test]
#[ignore = "needs the collection"]
fn probes_are_judged_as_their_truth_says() {
    let shared = collection::part("");
    let (mut right, mut by_policy, mut false_alarms, mut missed) = (0, Vec::new(), Vec::new(), Vec::new());
    for folder in ["pairs", "oas"] {
        let folder = shared.join("cases/probes").join(folder);
        for row in rows(&folder.join("truth.tsv")) {
            let id = &row["id"];
            let file = |side: &str| folder.join(format!("{id}.{side}.json"));
            let judge = |options: &Options| {
                let comparison = compare(&file("base"), &file("revision"), options).expect("a probe loads");
                let ids: Vec<_> = comparison.changes.iter().map(|change| change.rule.clone()).collect();
                (verdict(&comparison), ids)
            };
            let accepted = &row["accept"];
            let accepts = |verdict: Impact| accepted == "any" || accepted.split('|').any(|name| name == verdict.name());
            let (verdict, ids) = judge(&contract());
            let strict = Options { response_enum_additions: Some(EnumAdditions::Breaking), ..contract() };
            if accepts(verdict) {
                right += 1;
            } else if accepts(judge(&strict).0) {
                by_policy
                    .push(format!("{id}: {verdict} {ids:?}, right where new values in answers are to be breaking"));
            } else if verdict > Impact::Compatible && row["truth"] == "compatible" {
                false_alarms.push(format!("{id}: {verdict} {ids:?}"));
            } else {
                missed.push(format!("{id}: {verdict} {ids:?}"));
            }
        }
    }
    println!("probes: {right} right, {} false alarms, {} missed", false_alarms.len(), missed.len());
    println!("a matter of policy:\n{}\n{}\n{}", by_policy.join("\n"), false_alarms.join("\n"), missed.join("\n"));
    assert!(false_alarms.is_empty() && missed.is_empty() && by_policy.len() == 1);
}

fn contracts(folder: &Path) -> Vec<PathBuf> {
    let walk = walkdir::WalkDir::new(folder).sort_by_file_name();
    walk.into_iter()
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|e| e == "yaml" || e == "yml" || e == "json"))
        .collect()
}

#[test]
#[ignore = "needs the collection"]
fn a_contract_against_itself_has_no_change() {
    let shared = collection::part("");
    let files = contracts(&shared.join("corpus/specs"));
    let limit = if full() { u64::MAX } else { 600_000 };
    let (mut count, mut failed) = (0, Vec::new());
    for path in files {
        if path.metadata().map_or(0, |meta| meta.len()) > limit {
            continue;
        }
        let Some(workspace) = load(&path) else { continue };
        let Ok(api) = Api::open(&workspace) else { continue };
        // The copy is walked part by part: equality of the whole would answer at once.
        let comparison = diff::compare_thoroughly(api, api, &Options::default());
        count += 1;
        if !comparison.changes.is_empty() {
            failed.push(format!("{}: {} {}", path.display(), comparison.changes.len(), comparison.changes[0].rule));
        }
    }
    println!("against themselves: {count} contracts, {} with changes\n{}", failed.len(), failed.join("\n"));
    assert!(failed.is_empty());
}

/// The roots of the pairs under a folder.
fn pairs(folder: &Path) -> Vec<(String, PathBuf, PathBuf)> {
    let mut out = Vec::new();
    let sources = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut folders: Vec<PathBuf> = sources.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    let table = rows(&folder.join("SOURCES.tsv"));
    for folder in folders {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let side = |side: &str, column: &str| {
            let row = table.iter().find(|row| row.values().any(|value| *value == name));
            let named = row.and_then(|row| row.get(column)).map(|file| folder.join(file)).filter(|path| path.is_file());
            let direct = ["yaml", "yml", "json"].iter().map(|end| folder.join(format!("{side}.{end}")));
            named.or_else(|| direct.into_iter().find(|path| path.is_file()))
        };
        if let (Some(base), Some(revision)) = (side("base", "base_file"), side("revision", "rev_file")) {
            out.push((name, base, revision));
        } else {
            println!("no root found: {name}");
        }
    }
    out
}

#[test]
#[ignore = "needs the collection"]
fn controls_change_no_contract() {
    let shared = collection::part("");
    let (mut quiet, mut loud) = (0, Vec::new());
    for (name, base, revision) in pairs(&shared.join("corpus/controls")) {
        let Some(comparison) = compare(&base, &revision, &Options::default()) else {
            println!("cannot be loaded: {name}");
            continue;
        };
        let changes: Vec<_> = comparison
            .changes
            .iter()
            .filter(|change| change.category != Some(Category::Docs) && change.impact > Impact::Compatible)
            .collect();
        if changes.is_empty() {
            quiet += 1;
            let contract: Vec<_> = comparison.changes.iter().filter(|c| c.category != Some(Category::Docs)).collect();
            if let Some(first) = contract.first() {
                println!("{name}: {} compatible: {} {}", contract.len(), first.rule, first.message);
            }
        } else {
            loud.push(format!("{name}: {} {}: {}", changes.len(), changes[0].rule, changes[0].message));
        }
    }
    println!("controls: {quiet} quiet, {} loud\n{}", loud.len(), loud.join("\n"));
    assert!(loud.is_empty());
}

/// Whether a change is one of the set of values of a schema.
fn about_values(id: &str) -> bool {
    let subject = diff::page(id).map_or("", diff::Page::subject);
    let values =
        ["request-body", "request-property", "request-parameter-property", "response-body", "response-property"];
    let message =
        ["media-type", "encoding", "request-body-added", "request-body-removed", "request-body-became-required"];
    // Formats and discriminators say what values mean, not which there are.
    let meaning = ["format-", "discriminator-", "content-", "removed-before"];
    values.contains(&subject) && !message.iter().chain(&meaning).any(|part| id.contains(part))
}

#[test]
#[ignore = "needs the collection"]
fn every_run_finds_the_same() {
    let shared = collection::part("");
    let mut count = 0;
    for (name, base, revision) in pairs(&shared.join("corpus/pairs")) {
        if base.metadata().map_or(0, |meta| meta.len()) > 60_000 {
            continue;
        }
        let run = || {
            let comparison = compare(&base, &revision, &Options::default())?;
            let line = |change: &covenant::diagnostic::Diagnostic| {
                format!(
                    "{} {} {:?} {:?} {}",
                    change.rule, change.message, change.operations, change.evidence, change.fingerprint
                )
            };
            Some(comparison.changes.iter().map(line).collect::<Vec<_>>())
        };
        assert_eq!(run(), run(), "{name}");
        count += 1;
    }
    println!("the same twice: {count} pairs");
    assert!(count > 0);
}

/// Whether evidence holds a confirmed message, or names the promise that is broken.
fn is_shown(status: EvidenceStatus) -> bool {
    matches!(status, EvidenceStatus::Confirmed | EvidenceStatus::Decoded | EvidenceStatus::Promise)
}

#[test]
#[ignore = "needs the collection"]
fn real_pairs_end() {
    let shared = collection::part("");
    let limit = if full() { u64::MAX } else { 400_000 };
    let (mut count, mut counts, mut slowest) = (0, Vec::new(), (0.0, String::new()));
    let (mut schema, mut confirmed, mut undecided, mut all) = (0, 0, 0, 0);
    let (mut breaking, mut shown) = (0, 0);
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for (name, base, revision) in pairs(&shared.join("corpus/pairs")) {
        if base.metadata().map_or(0, |meta| meta.len()) > limit {
            continue;
        }
        let (Some(left), Some(right)) = (load(&base), load(&revision)) else {
            println!("cannot be loaded: {name}");
            continue;
        };
        let (Ok(left), Ok(right)) = (Api::open(&left), Api::open(&right)) else { continue };
        let start = Instant::now();
        let comparison = diff::compare(left, right, &Options::default());
        let seconds = start.elapsed().as_secs_f64();
        if seconds > slowest.0 {
            slowest = (seconds, name.clone());
        }
        count += 1;
        counts.push(comparison.changes.len());
        for change in &comparison.changes {
            all += 1;
            let status = change.evidence.as_ref().map(|evidence| evidence.status);
            if status == Some(EvidenceStatus::Undecided) {
                undecided += 1;
                let reason = change.evidence.as_ref().map(|evidence| evidence.reason.clone()).unwrap_or_default();
                let reason: String = reason.chars().take(80).collect();
                *reasons.entry(reason).or_insert(0_usize) += 1;
            }
            if change.impact == Impact::Breaking {
                breaking += 1;
                shown += usize::from(status.is_some_and(is_shown));
            }
            if change.impact == Impact::Breaking && about_values(&change.rule) {
                schema += 1;
                confirmed += usize::from(status.is_some_and(is_shown));
            }
        }
        if full() {
            println!("{name}\t{}\t{}\t{seconds:.3}", comparison.changes.len(), comparison.impact());
        }
    }
    counts.sort_unstable();
    println!(
        "pairs: {count}, findings median {} maximum {}, slowest {:.3} s {}; breaking findings {breaking}, with a message or the promise {shown}; of these about schemas {schema}, shown {confirmed}; undecided {undecided} of {all}",
        counts.get(counts.len() / 2).copied().unwrap_or_default(),
        counts.last().copied().unwrap_or_default(),
        slowest.0,
        slowest.1,
    );
    for (reason, count) in reasons {
        println!("  undecided {count}: {reason}");
    }
    assert!(count > 0 && confirmed * 100 >= schema * 95 && shown * 100 >= breaking * 98 && undecided * 100 < all * 2);
}
