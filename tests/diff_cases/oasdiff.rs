//! Pairs of oasdiff with the ids and levels that its tests expect. Every difference stands with its reason in
//! `docs/oasdiff-differences.md`: other names, other levels, what is not reported here, what is reported here alone.

use super::collection;
use super::listed::Listed;
use super::{compare, rows};
use covenant::diagnostic::{Diagnostic, Severity};
use covenant::diff::Options;
use covenant::openapi::parse_date;
use std::collections::BTreeMap;

/// Whether `name` is `pattern`, in which one `*` stands for any characters; gives what it stands for.
fn fits<'a>(pattern: &str, name: &'a str) -> Option<&'a str> {
    match pattern.split_once('*') {
        Some((start, end)) => name.strip_prefix(start)?.strip_suffix(end),
        None => (pattern == name).then_some(""),
    }
}

/// Whether a row of the names says that `theirs` is called `ours` here; `*` is the same part in both.
fn renamed(row: &[String], theirs: &str, ours: &str) -> bool {
    let [kind, from, to, ..] = row else { return false };
    let Some(part) = (kind == "name").then(|| fits(from, theirs)).flatten() else { return false };
    to.split(", ").any(|to| to.replace('*', part) == ours)
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "ERR",
        Severity::Warn => "WARN",
        _ => "INFO",
    }
}

/// What the comparison proved: the whole allows what the edit alone would not.
fn proved(change: &Diagnostic) -> bool {
    change.message.contains("as a whole the schemas allow what is needed")
}

#[test]
#[ignore = "needs the collection"]
fn every_difference_from_oasdiff_has_its_reason() {
    let shared = collection::part("");
    let folder = shared.join("cases/oasdiff");
    let levels: BTreeMap<String, String> = rows(&shared.join("reference/oasdiff-checks.tsv"))
        .into_iter()
        .map(|mut row| (row.remove("id").unwrap_or_default(), row.remove("level").unwrap_or_default()))
        .collect();
    let options = Options { as_of: parse_date("2026-08-08"), ..super::contract() };
    let mut listed = Listed::read("oasdiff-differences.md");
    let (mut pairs, mut whole, mut same, mut other, mut missing, mut forbidden) = (0, 0, 0, 0, 0, 0);
    let mut levels_alike = 0;
    for row in rows(&folder.join("pairs.tsv")) {
        let file = |side: &str| folder.join("pairs").join(&row[side]);
        let comparison = compare(&file("base"), &file("revision"), &options).expect("a pair loads");
        let changes = &comparison.changes;
        let name = format!("{} > {}", row["base"], row["revision"]);
        pairs += 1;
        let before = missing;
        for id in row["must_contain"].split_whitespace() {
            let Some(change) = changes.iter().filter(|change| change.rule == id).max_by_key(|change| change.severity)
            else {
                let found = changes.iter().any(|change| listed_name(&listed, id, &change.rule));
                if found {
                    other += 1;
                } else {
                    missing += 1;
                }
                let ours: Vec<_> = changes.iter().map(|change| &*change.rule).collect();
                listed.explain(&format!("{name}: {id}; here {ours:?}"), |row| {
                    changes.iter().any(|change| renamed(row, id, &change.rule))
                        || (!found && row[0] == "missing" && row[1] == id)
                });
                continue;
            };
            same += 1;
            let (theirs, ours) = (levels.get(id).map_or("INFO", String::as_str), level(change.severity));
            if theirs == ours {
                levels_alike += 1;
                continue;
            }
            let proof = if proved(change) { " by proof" } else { "" };
            listed.explain(&format!("{name}: {id} {theirs}, here {ours}{proof}: {}", change.message), |row| {
                let [kind, id_and_level, here, ..] = row else { return false };
                let Some((pattern, level)) = id_and_level.rsplit_once(' ') else { return false };
                let wanted = here.strip_suffix(" by proof");
                kind == "level"
                    && level.split('/').any(|level| level == theirs)
                    && fits(pattern, id).is_some()
                    && wanted.unwrap_or(here) == ours
                    && (wanted.is_none() || proved(change))
            });
        }
        whole += usize::from(before == missing);
        for entry in row["must_not_contain"].split_whitespace() {
            let (id, level) = entry.split_once('@').unwrap_or((entry, ""));
            let least = if level.starts_with("WARN") { Severity::Warn } else { Severity::Hint };
            for change in changes.iter().filter(|change| change.rule == id && change.severity >= least) {
                forbidden += 1;
                let fits = |row: &[String]| row[0] == "unwanted" && fits(&row[1], id).is_some();
                listed.explain(&format!("{name}: {entry}: {}", change.message), fits);
            }
        }
        // Where its test lists all findings of a level, what is found beyond them.
        let Some((least, ids)) = row["exact_full_run"].strip_prefix(">=").and_then(|run| run.split_once(": ")) else {
            continue;
        };
        let ids: Vec<&str> = ids.split_whitespace().map(|id| id.split('*').next().unwrap_or(id)).collect();
        let least = match least {
            "ERR" => Severity::Error,
            "WARN" => Severity::Warn,
            _ => Severity::Info,
        };
        for change in changes.iter().filter(|change| change.severity >= least) {
            if ids.iter().any(|id| *id == change.rule || listed_name(&listed, id, &change.rule)) {
                continue;
            }
            listed.explain(&format!("{name}: only here: {} {}", change.rule, change.message), |row| {
                row[0] == "only here" && fits(&row[2], &change.rule).is_some()
            });
        }
    }
    let line = format!(
        "{pairs} pairs, {whole} with all ids expected; {} ids: {same} by the same name, {other} by another, {missing} not; \
         {levels_alike} of {same} at the same level; {forbidden} unwanted",
        same + other + missing
    );
    println!("oasdiff: {line}");
    listed.finish();
    assert!(listed.text.contains(&line), "the document says other figures than: {line}");
}

fn listed_name(listed: &Listed, theirs: &str, ours: &str) -> bool {
    listed.any(|row| renamed(row, theirs, ours))
}
