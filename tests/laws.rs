//! What must hold between commands, whatever the contracts: one pair has one required bump, and its changes have one id and
//! one fingerprint, in every command and from every folder.

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

const RELEASES: [&str; 6] = ["1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0", "2.0.0"];

fn bank(version: &str) -> String {
    let file = format!("{}/fixtures/bank/payments/{version}.yaml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(file).unwrap()
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_covenant"));
    let output =
        command.current_dir(folder).args(arguments).args(["-f", "json", "--as-of", "2026-11-25"]).output().unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr)))
}

/// Id, fingerprint and bump of every change.
fn changes(report: &Value) -> BTreeSet<(String, String, String)> {
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    report["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| !finding["category"].is_null())
        .map(|finding| (text(finding, "rule"), text(finding, "fingerprint"), text(finding, "required_bump")))
        .collect()
}

/// Every pair of releases, as they are and as versions before 1.0.0.
fn pairs() -> Vec<(String, String)> {
    let young = |text: &str, version: &str, minor: usize| {
        text.replacen(&format!("version: {version}"), &format!("version: 0.{minor}.0"), 1)
    };
    let mut pairs = Vec::new();
    for at in 1..RELEASES.len() {
        let (old, new) = (bank(RELEASES[at - 1]), bank(RELEASES[at]));
        pairs.push((young(&old, RELEASES[at - 1], at), young(&new, RELEASES[at], at + 1)));
        pairs.push((old, new));
    }
    pairs
}

#[test]
fn one_pair_has_one_bump_and_its_changes_one_identity_in_every_command_and_folder() {
    for (old, new) in pairs() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let done = Command::new("git").args(["init", "-q"]).current_dir(at).status();
        assert!(done.unwrap().success());
        std::fs::create_dir_all(at.join("api/v")).unwrap();
        std::fs::write(at.join("api/old.yaml"), old).unwrap();
        std::fs::write(at.join("api/v/new.yaml"), new).unwrap();
        let diff = json(at, &["diff", "api/old.yaml", "api/v/new.yaml"]);
        let check = json(at, &["check", "api/v/new.yaml", "--base", "api/old.yaml"]);
        let bump = json(at, &["bump", "api/old.yaml", "api/v/new.yaml"]);
        let bumps = [&diff["verdict"]["required_bump"], &check["verdict"]["required_bump"], &bump["required"]];
        assert!(bumps.iter().all(|bump| *bump == bumps[0]), "{bumps:?}");
        let told = changes(&diff);
        assert!(!told.is_empty());
        let missing: Vec<_> = told.difference(&changes(&check)).cloned().collect();
        assert!(missing.is_empty(), "not in check: {missing:?}");
        for (from, base, revision) in [("api", "old.yaml", "v/new.yaml"), ("api/v", "../old.yaml", "new.yaml")] {
            assert_eq!(changes(&json(&at.join(from), &["diff", base, revision])), told, "{from}");
            let again = changes(&json(&at.join(from), &["check", revision, "--base", base]));
            assert_eq!(again, changes(&check), "{from}");
        }
        let lint = |from: &str, file: &str| {
            let report = json(&at.join(from), &["lint", file]);
            let all = report["diagnostics"].as_array().unwrap().clone();
            all.iter().map(|finding| finding["fingerprint"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(lint(".", "api/v/new.yaml"), lint("api/v", "new.yaml"));
    }
}
