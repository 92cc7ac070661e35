//! Updates of the tool and the git diff driver: what a team sees before and beside its pull requests.

use crate::repository::{Repository, contract};
use serde_json::{Value, json};
use std::process::Command;

#[test]
fn a_profile_with_a_version_keeps_its_rules_and_another_version_is_refused() {
    let repository =
        Repository::new(&[("a.yaml", &contract(&["/one"])), ("covenant.yaml", "profile: strict@2026.11\n")]);
    let ids = |profile: &str| {
        let output = repository.covenant(&["rules", "-f", "json", "--profile", profile]);
        let list: Value = serde_json::from_slice(&output.stdout).unwrap();
        list.as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let frozen: serde_yaml::Value = serde_yaml::from_str(include_str!("../../rules/versions/2026.11.yaml")).unwrap();
    let runs =
        |id: &String| frozen[id.as_str()].get("strict").is_some() || frozen[id.as_str()].get("recommended").is_some();
    assert!(ids("strict@2026.11").iter().all(runs) && !ids("strict@2026.11").is_empty());
    let run = repository.check(&[]);
    assert_eq!(run.report["policy"].to_string().matches("strict@2026.11").count(), 1, "{run:?}");
    assert!(run.report["tool"]["rules"].is_string());
    for unknown in ["strict@2020.01", "strict@", "nothing@2026.11"] {
        let output = repository.covenant(&["lint", "a.yaml", "--profile", unknown]);
        assert_eq!(output.status.code(), Some(2), "{unknown}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("known "), "{output:?}");
    }
}

#[test]
fn a_difference_of_profiles_names_the_rules_that_would_come() {
    let repository = Repository::new(&[]);
    let output = repository.covenant(&["rules", "--profile-diff", "recommended", "strict", "-f", "json"]);
    let list: Value = serde_json::from_slice(&output.stdout).unwrap();
    let list = list.as_array().unwrap();
    assert!(list.iter().any(|rule| rule["old"].is_null() && rule["new"].is_string()), "{list:?}");
    assert!(list.iter().all(|rule| rule["old"] != rule["new"]));
    let same = repository.covenant(&["rules", "--profile-diff", "strict@2026.11", "strict@2026.11"]);
    assert!(String::from_utf8_lossy(&same.stdout).starts_with("0 of "), "{same:?}");
    assert_eq!(repository.covenant(&["rules", "--profile-diff", "strict", "no"]).status.code(), Some(2));
}

#[test]
fn two_runs_are_compared_finding_by_finding() {
    let repository = Repository::new(&[("a.yaml", &contract(&["/open/one"]))]);
    let lint = |name: &str, more: &[&str]| {
        let target = format!("json={name}");
        repository.covenant(&[&["lint", "a.yaml", "-q", "-o", &target], more].concat())
    };
    lint("old/x/a.json", &[]);
    lint("same/x/a.json", &[]);
    repository.write("covenant.yaml", "rules: {sec-operation-authenticated: warning, doc-operation-id: off}\n");
    lint("new/x/a.json", &[]);
    let compare = |arguments: &[&str]| {
        let output = repository.covenant(&[&["compare-reports"], arguments].concat());
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, text) = compare(&["old", "same"]);
    assert!(
        code == 0 && text.contains("1 report compared") && text.contains("0 new findings, 0 changed, 0 gone"),
        "{text}"
    );
    let (code, text) = compare(&["old", "new"]);
    assert!(code == 0 && text.contains("x/a.json: fail -> pass"), "{text}");
    assert!(text.contains("changed  error -> warning  a.yaml:") && text.contains("policies differ"), "{text}");
    let (code, text) = compare(&["new/x/a.json", "old/x/a.json", "-f", "json"]);
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, &report["worse"], &report["reports"][0]["gate"]), (1, &json!(true), &json!(["pass", "fail"])));
    // A report that one side lacks is no agreement.
    lint("old/b.json", &[]);
    let (code, text) = compare(&["old", "new"]);
    assert!(code == 2 && text.contains("b.json: there is no new report"), "{text}");
    repository.write("new/b.json", "{\n  \"schema\": \"covenant-report/1\"}");
    let output = repository.covenant(&["compare-reports", "old", "new"]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(2) && error.contains("b.json:1:1: the report has the format"), "{error}");
}

#[test]
fn git_shows_what_an_edit_means() {
    let repository = Repository::new(&[
        ("api/a.yaml", &contract(&["/one", "/two"])),
        ("notes.yaml", "a: 1\n"),
        (".gitattributes", "*.yaml diff=covenant\n"),
    ]);
    let driver = format!("'{}' git-diff", env!("CARGO_BIN_EXE_covenant"));
    repository.git(&["config", "diff.covenant.command", &driver]);
    repository.write("api/a.yaml", &contract(&["/one"]));
    repository.write("notes.yaml", "a: 2\n");
    let shown = repository.git(&["diff"]);
    assert!(shown.contains("covenant diff api/a.yaml") && shown.contains("`/two` was removed"), "{shown}");
    assert!(shown.contains("covenant diff notes.yaml\nnot a contract on both sides"), "{shown}");
    repository.git(&["mv", "api/a.yaml", "api/b c.yaml"]);
    repository.commit("a rename with an edit");
    repository.write("api/b c.yaml", "paths: [\n");
    repository.commit("what cannot be read");
    repository.git(&["rm", "-q", "api/b c.yaml"]);
    repository.commit("gone");
    // The history is shown to its end, whatever stands in it, from any folder.
    std::fs::create_dir_all(repository.path().join("sub")).unwrap();
    let output = Command::new("git")
        .args(["log", "-p", "--ext-diff", "--format=%s"])
        .current_dir(repository.path().join("sub"))
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{output:?}");
    for words in
        ["`/two` was removed", "not a contract on both sides", "removed", "added", "what cannot be read", "base"]
    {
        assert!(log.contains(words), "{words}: {log}");
    }
}
