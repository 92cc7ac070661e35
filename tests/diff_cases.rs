//! Judges the comparison by shared cases: probes with a known truth, pairs of another tool with the ids it expects,
//! real contracts against themselves, controls that change no contract, and real pairs.
//!
//! Needs the folder named by `COVENANT_SHARED`, or `../shared` beside the package; without it each test says so and
//! passes. `COVENANT_FULL=1` runs every file instead of a sample.

use covenant::diagnostic::{Category, EvidenceStatus, Impact, Severity};
use covenant::diff::{self, Comparison, Options};
use covenant::openapi::{Api, parse_date};
use covenant::workspace::{self, Input, Workspace};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Ids of oasdiff and ours for the same change, where they differ. The first part is matched at the end of the id, so
/// one line stands for all subjects.
const EQUIVALENT: &[(&str, &[&str])] = &[
    // One keyword, one id: a format is not a type.
    (
        "type-changed",
        &[
            "type-generalized",
            "type-specialized",
            "list-of-types-widened",
            "list-of-types-narrowed",
            "format-changed",
            "format-added",
            "format-removed",
            "unwrapped-from-one-of",
            "unwrapped-from-any-of",
            "wrapped-in-one-of",
            "wrapped-in-any-of",
        ],
    ),
    ("type-specialized", &["type-changed", "format-added", "format-changed", "list-of-types-narrowed"]),
    ("type-generalized", &["format-removed", "format-changed", "type-compatible", "list-of-types-widened"]),
    ("type-compatible", &["type-generalized", "format-changed"]),
    // What may stand beside named properties or items.
    ("unevaluated-items-added", &["unevaluated-items-forbidden", "unevaluated-items-schema-added"]),
    ("unevaluated-items-removed", &["unevaluated-items-allowed", "unevaluated-items-schema-removed"]),
    ("unevaluated-properties-added", &["unevaluated-properties-forbidden", "unevaluated-properties-schema-added"]),
    ("unevaluated-properties-removed", &["unevaluated-properties-allowed", "unevaluated-properties-schema-removed"]),
    // The role of a schema is that of its place, not of the walk that reached it.
    ("response-mediatype-enum-value-removed", &["response-body-enum-value-removed"]),
    (
        "request-header-property-became-enum",
        &["request-parameter-became-enum", "request-parameter-property-became-enum"],
    ),
    ("request-header-property-became-required", &["request-parameter-property-became-required"]),
    ("new-required-request-header-property", &["new-required-request-parameter-property"]),
    // A moved parameter or path is one change.
    ("request-parameter-removed", &["request-parameter-location-changed"]),
    ("new-required-request-parameter", &["request-parameter-location-changed"]),
    ("api-path-removed-without-deprecation", &["endpoint-path-changed"]),
    ("endpoint-added", &["endpoint-path-changed"]),
    // A list taken away whole.
    ("enum-value-removed", &["became-not-enum"]),
    ("one-of-added", &["wrapped-in-one-of", "any-of-became-one-of"]),
    ("one-of-removed", &["unwrapped-from-one-of", "one-of-became-any-of"]),
    ("any-of-added", &["wrapped-in-any-of", "one-of-became-any-of"]),
    ("any-of-removed", &["unwrapped-from-any-of", "any-of-became-one-of"]),
    // A wider choice written as a list of branches is one edit.
    ("list-of-types-widened", &["wrapped-in-one-of", "wrapped-in-any-of"]),
    ("enum-value-removed", &["wrapped-in-one-of", "wrapped-in-any-of"]),
    // `.*` is no pattern.
    ("pattern-removed", &["pattern-generalized"]),
    ("pattern-added", &["pattern-changed"]),
    ("api-path-sunset-parse", &["api-deprecated-sunset-parse"]),
    // A branch that only documents is read with the schema it stands in.
    ("request-body-all-of-added-annotation-only", &["description-changed", "title-changed"]),
];

fn shared() -> Option<PathBuf> {
    let folder = std::env::var_os("COVENANT_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: the shared cases are not there ({})", folder.display());
    None
}

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
fn probes_are_judged_as_their_truth_says() {
    let Some(shared) = shared() else { return };
    let (mut right, mut false_alarms, mut missed) = (0, Vec::new(), Vec::new());
    for folder in ["pairs", "oas"] {
        let folder = shared.join("cases/probes").join(folder);
        for row in rows(&folder.join("truth.tsv")) {
            let id = &row["id"];
            let file = |side: &str| folder.join(format!("{id}.{side}.json"));
            let comparison = compare(&file("base"), &file("revision"), &Options::default()).expect("a probe loads");
            let verdict = verdict(&comparison);
            let accepted = &row["accept"];
            let ids: Vec<_> = comparison.changes.iter().map(|change| &*change.rule).collect();
            if accepted == "any" || accepted.split('|').any(|name| name == verdict.name()) {
                right += 1;
            } else if verdict > Impact::Compatible && row["truth"] == "compatible" {
                false_alarms.push(format!("{id}: {verdict} {ids:?}"));
            } else {
                missed.push(format!("{id}: {verdict} {ids:?}"));
            }
        }
    }
    println!("probes: {right} right, {} false alarms, {} missed", false_alarms.len(), missed.len());
    println!("{}\n{}", false_alarms.join("\n"), missed.join("\n"));
    assert!(false_alarms.len() == FALSE_ALARMS && missed.len() <= MISSED);
}

/// New values of response enumerations are risky by policy; one probe holds them to be breaking.
const FALSE_ALARMS: usize = 0;
const MISSED: usize = 1;

/// Whether `ours` covers the id `theirs`.
fn covers(theirs: &str, ours: &str) -> bool {
    if theirs == ours {
        return true;
    }
    EQUIVALENT.iter().any(|(end, others)| {
        let Some(subject) = theirs.strip_suffix(end) else { return false };
        others.iter().any(|other| ours.strip_prefix(subject) == Some(other))
    })
}

#[test]
fn pairs_of_oasdiff_are_covered() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("cases/oasdiff");
    let options = Options { as_of: parse_date("2026-08-08"), ..Options::default() };
    let (mut covered, mut missing, mut forbidden) = (0, Vec::new(), Vec::new());
    let mut areas: BTreeMap<String, (usize, usize, usize)> = BTreeMap::new();
    let area = |id: &str| id.split('-').take(2).collect::<Vec<_>>().join("-");
    for row in rows(&folder.join("pairs.tsv")) {
        let file = |side: &str| folder.join("pairs").join(&row[side]);
        let Some(comparison) = compare(&file("base"), &file("revision"), &options) else {
            println!("cannot be loaded: {}", row["base"]);
            continue;
        };
        for id in row["must_contain"].split_whitespace() {
            let entry = areas.entry(area(id)).or_default();
            if comparison.changes.iter().any(|change| covers(id, &change.rule)) {
                covered += 1;
                entry.0 += 1;
            } else {
                entry.1 += 1;
                let ids: Vec<_> = comparison.changes.iter().map(|change| &*change.rule).collect();
                missing.push(format!("{} > {}: {id}; ours {ids:?}", row["base"], row["revision"]));
            }
        }
        for entry in row["must_not_contain"].split_whitespace() {
            let (id, level) = entry.split_once('@').unwrap_or((entry, ""));
            let least = if level.starts_with("WARN") { Severity::Warn } else { Severity::Hint };
            for change in comparison.changes.iter().filter(|change| change.rule == id && change.severity >= least) {
                areas.entry(area(id)).or_default().2 += 1;
                forbidden.push(format!("{} > {}: {entry}: {}", row["base"], row["revision"], change.message));
            }
        }
    }
    println!("oasdiff: {covered} covered, {} missing, {} forbidden", missing.len(), forbidden.len());
    for (area, (covered, missing, forbidden)) in areas {
        println!("  {area}: {covered} covered, {missing} missing, {forbidden} forbidden");
    }
    println!("missing:\n{}\nforbidden:\n{}", missing.join("\n"), forbidden.join("\n"));
    assert!(missing.len() <= MISSING && forbidden.len() <= FORBIDDEN);
}

/// What is missing and forbidden, with the reasons: `docs/changes.md`.
const MISSING: usize = 1;
const FORBIDDEN: usize = 3;

fn contracts(folder: &Path) -> Vec<PathBuf> {
    let walk = walkdir::WalkDir::new(folder).sort_by_file_name();
    walk.into_iter()
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|e| e == "yaml" || e == "yml" || e == "json"))
        .collect()
}

#[test]
fn a_contract_against_itself_has_no_change() {
    let Some(shared) = shared() else { return };
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
fn controls_change_no_contract() {
    let Some(shared) = shared() else { return };
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
    let subject = diff::page(id).map_or("", |page| page.subject);
    let values =
        ["request-body", "request-property", "request-parameter-property", "response-body", "response-property"];
    let message =
        ["media-type", "encoding", "request-body-added", "request-body-removed", "request-body-became-required"];
    // Formats and discriminators say what values mean, not which there are.
    let meaning = ["format-", "discriminator-", "content-", "removed-before"];
    values.contains(&subject) && !message.iter().chain(&meaning).any(|part| id.contains(part))
}

#[test]
fn every_run_finds_the_same() {
    let Some(shared) = shared() else { return };
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

#[test]
fn real_pairs_end() {
    let Some(shared) = shared() else { return };
    let limit = if full() { u64::MAX } else { 400_000 };
    let (mut count, mut counts, mut slowest) = (0, Vec::new(), (0.0, String::new()));
    let (mut schema, mut confirmed, mut undecided, mut all) = (0, 0, 0, 0);
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
            if change.impact == Impact::Breaking && about_values(&change.rule) {
                schema += 1;
                confirmed += usize::from(status == Some(EvidenceStatus::Confirmed));
            }
        }
        if full() {
            println!("{name}\t{}\t{}\t{seconds:.3}", comparison.changes.len(), comparison.impact());
        }
    }
    counts.sort_unstable();
    println!(
        "pairs: {count}, findings median {} maximum {}, slowest {:.3} s {}; breaking schema findings {schema}, confirmed {confirmed}; undecided {undecided} of {all}",
        counts.get(counts.len() / 2).copied().unwrap_or_default(),
        counts.last().copied().unwrap_or_default(),
        slowest.0,
        slowest.1,
    );
    for (reason, count) in reasons {
        println!("  undecided {count}: {reason}");
    }
    assert!(count > 0 && confirmed * 100 >= schema * 95);
}

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

#[test]
fn what_publishers_claim_stands_beside_the_verdict_with_a_reason() {
    let Some(shared) = shared() else { return };
    let corpus = shared.join("corpus");
    let (mut same, mut stricter, mut milder, mut unproved) = (0, Vec::new(), Vec::new(), Vec::new());
    for row in rows(&corpus.join("pairs/TRUTH.tsv")) {
        let (name, claim) = (&row["pair"], &row["claim"]);
        let Some((base, revision)) = claimed(&corpus, name) else {
            println!("no files: {name}");
            continue;
        };
        let Some(comparison) = compare(&base, &revision, &Options::default()) else {
            println!("cannot be loaded: {name}");
            continue;
        };
        let ours = comparison.impact();
        let breaks = claim.starts_with("breaking");
        let worst = comparison.changes.iter().filter(|change| change.impact == ours);
        let count = worst.clone().count();
        let first = worst.clone().next().map_or(String::new(), |change| format!("{}: {}", change.rule, change.message));
        let line = format!("{name}\n    claim {claim}: {}\n    ours  {ours}, {count} findings; {first}", row["quote"]);
        match (breaks, ours == Impact::Breaking) {
            (true, true) | (false, false) => same += 1,
            (false, true) => {
                let proof = worst.filter_map(|change| change.evidence.as_ref());
                match proof.clone().find(|evidence| evidence.status == EvidenceStatus::Confirmed) {
                    Some(proof) => stricter.push(format!("{line}\n    because {}: {}", proof.reason, proof.value)),
                    None => unproved.push(line),
                }
            }
            (true, false) => milder.push(line),
        }
    }
    println!("claims: {same} alike, {} where ours is stricter, {} where it is milder", stricter.len(), milder.len());
    println!("stricter, each with a message that fails:\n{}", stricter.join("\n"));
    println!("milder, with the gravest finding:\n{}", milder.join("\n"));
    assert!(unproved.is_empty(), "stricter without a proof:\n{}", unproved.join("\n"));
}
