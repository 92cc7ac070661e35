//! What users of an earlier build keep still holds: waivers, baseline and fingerprints, each made with that build.

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

const DAY: &str = "2026-11-01";

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The folder in which the earlier build ran, outside of any repository.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&fixture("upgrade"), folder.path());
    copy(&fixture("bank"), &folder.path().join("bank"));
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_covenant"));
    command.current_dir(folder).args(arguments).args(["--as-of", DAY, "--format", "json"]);
    let output = command.output().unwrap();
    let report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{arguments:?}: {error}\n{}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code().unwrap(), report)
}

/// Rule and fingerprint of everything a report lists, parts of findings and accepted ones among them.
fn found(report: &Value) -> BTreeSet<(String, String)> {
    let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let one = |value: &Value| (text(value, "rule"), text(value, "fingerprint"));
    let lists = [&report["diagnostics"], &report["suppressed"]];
    let findings = lists.into_iter().filter_map(Value::as_array).flatten();
    let each = |finding: &Value| {
        let parts = finding["parts"].as_array().into_iter().flatten().map(one);
        std::iter::once(one(finding)).chain(parts).collect::<Vec<_>>()
    };
    findings.flat_map(each).collect()
}

#[test]
fn waivers_and_baseline_of_an_earlier_build_accept_what_they_accepted() {
    let folder = folder();
    let (code, report) = run(folder.path(), &["check", "api.yaml", "--base", "base.yaml"]);
    let told: Vec<&Value> = report["diagnostics"].as_array().unwrap().iter().collect();
    let failing = |finding: &&&Value| matches!(finding["severity"].as_str(), Some("error" | "warning"));
    let failing: Vec<String> =
        told.iter().filter(failing).map(|finding| format!("{}: {}", finding["rule"], finding["message"])).collect();
    assert!(code == 0 && failing.is_empty(), "{code}: {failing:#?}");
    // Accepted, it still is a change.
    assert_eq!(
        (&report["verdict"]["change"], &report["verdict"]["required_bump"]),
        (&"breaking".into(), &"major".into())
    );
}

#[test]
fn a_finding_of_several_places_counts_until_each_is_accepted() {
    let folder = folder();
    let policy = std::fs::read_to_string(folder.path().join("covenant.yaml")).unwrap();
    let without = |rule: &str| {
        let lines: Vec<&str> = policy.lines().filter(|line| !line.contains(&format!("rule: {rule},"))).collect();
        std::fs::write(folder.path().join("covenant.yaml"), lines.join("\n")).unwrap();
        let (code, report) = run(folder.path(), &["check", "api.yaml", "--base", "base.yaml", "--show", "hint"]);
        let told = report["diagnostics"].as_array().unwrap().iter();
        let told = told.filter(|finding| finding["rule"].as_str().is_some_and(|id| id.contains("pattern-changed")));
        let told: Vec<String> = told.map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect();
        (code, told)
    };
    assert_eq!(without("request-property-pattern-changed"), (1, vec!["request-property-pattern-changed".to_owned()]));
    // What is left harms nobody.
    assert_eq!(without("response-property-pattern-changed"), (0, vec!["response-property-pattern-changed".to_owned()]));
}

#[test]
fn fingerprints_of_an_earlier_build_stay() {
    let folder = folder();
    let list = std::fs::read_to_string(fixture("upgrade/fingerprints.tsv")).unwrap();
    let rows: Vec<Vec<&str>> = list.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    let pairs: BTreeSet<(&str, &str)> = rows.iter().map(|row| (row[0], row[1])).collect();
    let mut gone = Vec::new();
    for (base, revision) in pairs {
        let (_, report) = run(folder.path(), &["diff", base, revision, "--no-config"]);
        let now = found(&report);
        let known = rows.iter().filter(|row| (row[0], row[1]) == (base, revision));
        let lost = known.filter(|row| !now.contains(&(row[2].to_owned(), row[3].to_owned())));
        gone.extend(lost.map(|row| row[2..].join(" ")));
    }
    let expected: BTreeSet<String> = MOVED.iter().map(|(finding, _)| (*finding).to_owned()).collect();
    assert_eq!(gone.into_iter().collect::<BTreeSet<_>>(), expected);
    assert!(rows.len() > 300 && MOVED.len() * 50 < rows.len());
}

/// Findings that have another place or name since, and why.
const MOVED: &[(&str, &str)] = &[];
