//! The GitHub Action, run as GitHub would: a throw-away repository with a pull request, the variables of a runner, the script.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

const BASE: &str = "openapi: 3.1.1\ninfo: {title: Payees, version: 1.0.0}\npaths:\n  /payees:\n    get:\n      operationId: listPayees\n      responses:\n        '200': {description: The payees.}\n    delete:\n      operationId: removePayees\n      responses:\n        '204': {description: Gone.}\n";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=Test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A repository whose branch `feature` removes an operation, while `main` went on with a change of its own.
struct PullRequest {
    folder: tempfile::TempDir,
    origin: PathBuf,
}

impl PullRequest {
    fn new(revision: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let origin = folder.path().join("origin");
        std::fs::create_dir(&origin).unwrap();
        git(&origin, &["init", "-q", "-b", "main"]);
        git(&origin, &["config", "uploadpack.allowAnySHA1InWant", "true"]);
        let commit = |text: &str, message: &str| {
            std::fs::write(origin.join("payees.yaml"), text).unwrap();
            git(&origin, &["add", "-A"]);
            git(&origin, &["commit", "-q", "--allow-empty", "-m", message]);
        };
        commit(BASE, "Payees");
        git(&origin, &["checkout", "-q", "-b", "feature"]);
        commit(revision, "The change");
        for step in 0..20 {
            commit(revision, &format!("Step {step}"));
        }
        git(&origin, &["checkout", "-q", "main"]);
        // Compared with the tip of main instead of the merge base, this operation would seem removed by the branch.
        commit(
            &BASE
                .replace("    delete:", "    head:\n      responses:\n        '200': {description: Yes.}\n    delete:"),
            "Main goes on",
        );
        Self { folder, origin }
    }

    fn clone(&self, shallow: bool) -> PathBuf {
        let work = self.folder.path().join("work");
        let url = format!("file://{}", self.origin.display());
        let mut arguments = vec!["clone", "-q", "-b", "feature"];
        if shallow {
            arguments.push("--depth=1");
        }
        arguments.extend([url.as_str(), "work"]);
        git(self.folder.path(), &arguments);
        work
    }

    /// Runs the script: exit code, log, outputs, summary.
    fn run(&self, work: &Path, inputs: &[(&str, &str)]) -> (i32, String, String, String) {
        let temp = self.folder.path().join("runner");
        std::fs::create_dir_all(&temp).unwrap();
        let (outputs, summary) = (temp.join("outputs"), temp.join("summary"));
        for file in [&outputs, &summary] {
            std::fs::write(file, "").unwrap();
        }
        let output = Command::new(root().join("action/run.sh"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.folder.path())
            .env("CI", "true")
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_EVENT_NAME", "pull_request")
            .env("GITHUB_BASE_REF", "main")
            .env("GITHUB_HEAD_REF", "feature")
            .env("GITHUB_SHA", git(work, &["rev-parse", "HEAD"]))
            .env("GITHUB_WORKSPACE", work)
            .env("GITHUB_ACTION_PATH", root())
            .env("GITHUB_OUTPUT", &outputs)
            .env("GITHUB_STEP_SUMMARY", &summary)
            .env("RUNNER_TEMP", &temp)
            .env("BASE_SHA", git(&self.origin, &["rev-parse", "main"]))
            .env("HEAD_SHA", git(&self.origin, &["rev-parse", "feature"]))
            .env("INPUT_BINARY", env!("CARGO_BIN_EXE_covenant"))
            .env("INPUT_SPEC", "payees.yaml")
            .envs(inputs.iter().copied())
            .output()
            .unwrap();
        let log = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let read = |path: &Path| std::fs::read_to_string(path).unwrap();
        (output.status.code().unwrap(), log, read(&outputs), read(&summary))
    }
}

fn without_delete() -> String {
    BASE[..BASE.find("    delete:").unwrap()].to_owned()
}

fn a_breaking_pull_request(shallow: bool) {
    let request = PullRequest::new(&without_delete());
    let work = request.clone(shallow);
    let (code, log, outputs, summary) = request.run(&work, &[]);
    assert_eq!(code, 1, "{log}");
    assert!(log.contains("::error"), "{log}");
    for line in ["verdict=fail", "required-bump=major", "breaking-count=1"] {
        assert!(outputs.lines().any(|found| found == line), "{line} in {outputs}\n{log}");
    }
    assert!(!summary.is_empty());
    let report = outputs.lines().find_map(|line| line.strip_prefix("report=")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(report).unwrap()).unwrap();
    assert_eq!(report["verdict"]["change"], "breaking");
    let sarif = outputs.lines().find_map(|line| line.strip_prefix("sarif=")).unwrap();
    assert!(std::fs::read_to_string(sarif).unwrap().contains("\"2.1.0\""));
}

#[test]
fn a_breaking_pull_request_fails_with_outputs_and_summary() {
    a_breaking_pull_request(false);
}

#[test]
fn a_shallow_clone_is_deepened_to_the_merge_base() {
    a_breaking_pull_request(true);
}

#[test]
fn fail_on_never_passes_and_still_counts() {
    let request = PullRequest::new(&without_delete());
    let work = request.clone(false);
    let (code, log, outputs, _) = request.run(&work, &[("INPUT_FAIL_ON", "never")]);
    assert_eq!(code, 0, "{log}");
    assert!(outputs.contains("breaking-count=1"), "{outputs}");
}

#[test]
fn an_untouched_contract_has_no_breaking_change() {
    let request = PullRequest::new(BASE);
    let work = request.clone(true);
    let (code, log, outputs, _) = request.run(&work, &[("INPUT_FAIL_ON", "never")]);
    assert_eq!(code, 0, "{log}");
    assert!(outputs.contains("breaking-count=0") && outputs.contains("required-bump=none"), "{outputs}");
}

#[test]
fn hostile_inputs_are_never_run_as_shell_text() {
    let request = PullRequest::new(BASE);
    let work = request.clone(false);
    let hostile = "$(touch pwned); `touch pwned`; payees.yaml";
    for name in ["INPUT_SPEC", "INPUT_ARGS", "INPUT_BASE", "INPUT_CONFIG", "INPUT_FAIL_ON", "INPUT_FORMAT"] {
        let (code, log, outputs, _) = request.run(&work, &[(name, hostile)]);
        assert_eq!(code, 2, "{name}: {log}");
        assert!(outputs.contains("verdict=incomplete"), "{name}: {outputs}");
        assert!(!work.join("pwned").exists(), "{name}");
    }
}

#[test]
fn every_input_of_the_script_is_declared_and_none_is_pasted_into_shell_text() {
    let action: serde_yaml::Value =
        serde_yaml::from_str(&std::fs::read_to_string(root().join("action.yml")).unwrap()).unwrap();
    let script = std::fs::read_to_string(root().join("action/run.sh")).unwrap();
    let variables = |text: &str| -> BTreeSet<String> {
        let parts = text.split("INPUT_").skip(1);
        parts.map(|part| part.chars().take_while(|c| c.is_ascii_uppercase() || *c == '_').collect()).collect()
    };
    let declared = action["inputs"].as_mapping().unwrap();
    let declared: BTreeSet<String> =
        declared.keys().map(|key| key.as_str().unwrap().to_uppercase().replace('-', "_")).collect();
    assert_eq!(variables(&script), declared);
    for step in action["runs"]["steps"].as_sequence().unwrap() {
        assert!(!step["run"].as_str().unwrap().contains("${{"), "an expression is pasted into shell text");
        let passed = step["env"].as_mapping().unwrap();
        let passed: BTreeSet<String> =
            passed.keys().filter_map(|key| key.as_str().unwrap().strip_prefix("INPUT_")).map(str::to_owned).collect();
        assert_eq!(passed, declared, "every input is passed to the script");
    }
}
