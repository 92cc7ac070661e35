//! The GitHub Action, run as GitHub would: throw-away repositories with a pull request, the variables of a runner, the script.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

const BASE: &str = "openapi: 3.1.1
info: {title: Payees, version: 1.0.0}
paths:
  /payees:
    get:
      operationId: listPayees
      responses:
        '200': {description: The payees.}
    delete:
      operationId: removePayees
      responses:
        '204': {description: Gone.}
";

/// Commits of the branch: more than the first step of deepening brings.
const BRANCH_LENGTH: usize = 60;

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

/// What the step left behind.
struct Step {
    code: i32,
    log: String,
    outputs: String,
    summary: String,
}

impl Step {
    /// The last value of an output, as GitHub takes it.
    fn output(&self, name: &str) -> Option<&str> {
        let values = self.outputs.lines().filter_map(|line| line.split_once('='));
        values.filter(|(found, _)| *found == name).map(|(_, value)| value).next_back()
    }

    fn report(&self) -> serde_json::Value {
        serde_json::from_str(&std::fs::read_to_string(self.output("report").unwrap()).unwrap()).unwrap()
    }
}

/// A bare `origin` whose branch `feature` edits `payees.yaml`, while `main` went on with a change of its own.
struct PullRequest {
    folder: tempfile::TempDir,
    main: String,
}

impl PullRequest {
    fn new(revision: &str) -> Self {
        Self::with_file("payees.yaml", Some(BASE), revision)
    }

    fn with_file(name: &str, base: Option<&str>, revision: &str) -> Self {
        Self::with_files(name, base, revision, |_| {})
    }

    /// As [`Self::with_file`]; `more` writes further files of the branch.
    fn with_files(name: &str, base: Option<&str>, revision: &str, more: impl Fn(&Path)) -> Self {
        Self::with_all(name, (base, revision), |_| {}, more)
    }

    /// As [`Self::with_files`]; `first` writes further files of the base.
    fn with_all(
        name: &str,
        (base, revision): (Option<&str>, &str),
        first: impl Fn(&Path),
        more: impl Fn(&Path),
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let seed = folder.path().join("seed");
        std::fs::create_dir(&seed).unwrap();
        git(&seed, &["init", "-q", "-b", "main"]);
        let commit = |text: Option<&str>, message: &str| {
            if let Some(text) = text {
                std::fs::create_dir_all(seed.join(name).parent().unwrap()).unwrap();
                std::fs::write(seed.join(name), text).unwrap();
            }
            git(&seed, &["add", "-A", "-f"]);
            git(&seed, &["commit", "-q", "--allow-empty", "-m", message]);
        };
        first(&seed);
        commit(base, "Begin");
        git(&seed, &["checkout", "-q", "-b", "feature"]);
        more(&seed);
        commit(Some(revision), "The change");
        for step in 1..BRANCH_LENGTH {
            commit(None, &format!("Step {step}"));
        }
        git(&seed, &["checkout", "-q", "main"]);
        // Compared with the tip of main instead of the merge base, this operation would seem removed by the branch.
        let banks = "paths:\n  /banks:\n    get:\n      responses:\n        '200': {description: The banks.}\n";
        commit(base.map(|base| base.replace("paths:\n", banks)).as_deref(), "Main goes on");
        let main = git(&seed, &["rev-parse", "HEAD"]);
        git(&seed, &["checkout", "-q", "--detach"]);
        git(&seed, &["merge", "-q", "--no-ff", "-m", "Merge", "feature"]);
        git(&seed, &["update-ref", "refs/pull/1/merge", "HEAD"]);
        git(folder.path(), &["clone", "-q", "--mirror", "seed", "origin"]);
        for setting in ["uploadpack.allowAnySHA1InWant", "uploadpack.allowFilter"] {
            git(&folder.path().join("origin"), &["config", setting, "true"]);
        }
        Self { folder, main }
    }

    /// Checks out as `actions/checkout` does: one reference, of a history as deep as asked.
    fn check_out(&self, reference: &str, shallow: bool) -> PathBuf {
        let work = self.folder.path().join("work");
        std::fs::create_dir(&work).unwrap();
        git(&work, &["init", "-q", "-b", "unused"]);
        git(&work, &["remote", "add", "origin", &format!("file://{}/origin", self.folder.path().display())]);
        let mut fetch = vec!["fetch", "-q", "--no-tags", "origin", reference];
        if shallow {
            fetch.push("--depth=1");
        } else {
            fetch.push("+refs/heads/*:refs/remotes/origin/*");
        }
        git(&work, &fetch);
        let commit = git(&self.folder.path().join("origin"), &["rev-parse", reference]);
        git(&work, &["checkout", "-q", "--detach", &commit]);
        work
    }

    /// Runs the script with the variables of a pull request; later ones replace, empty ones are as if unset.
    fn run(&self, work: &Path, variables: &[(&str, &str)]) -> Step {
        let temp = self.folder.path().join("runner");
        std::fs::create_dir_all(&temp).unwrap();
        let (outputs, summary) = (temp.join("outputs"), temp.join("summary"));
        for file in [&outputs, &summary] {
            std::fs::write(file, "").unwrap();
        }
        let output = Command::new("bash")
            .arg(root().join("action/run.sh"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.folder.path())
            .env("CI", "true")
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_EVENT_NAME", "pull_request")
            .env("GITHUB_BASE_REF", "main")
            .env("GITHUB_HEAD_REF", "feature")
            .env("GITHUB_REF", "refs/pull/1/merge")
            .env("GITHUB_SHA", git(&self.folder.path().join("origin"), &["rev-parse", "refs/pull/1/merge"]))
            .env("GITHUB_WORKSPACE", work)
            .env("GITHUB_ACTION_PATH", root())
            .env("GITHUB_OUTPUT", &outputs)
            .env("GITHUB_STEP_SUMMARY", &summary)
            .env("RUNNER_TEMP", &temp)
            .env("BASE_SHA", &self.main)
            .env("INPUT_BINARY", env!("CARGO_BIN_EXE_covenant"))
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let log = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let read = |path: &Path| std::fs::read_to_string(path).unwrap();
        Step { code: output.status.code().unwrap(), log, outputs: read(&outputs), summary: read(&summary) }
    }
}

const FEATURE: &str = "refs/heads/feature";
const MERGE: &str = "refs/pull/1/merge";
const PUSH: [(&str, &str); 4] =
    [("GITHUB_EVENT_NAME", "push"), ("GITHUB_BASE_REF", ""), ("GITHUB_REF", "refs/heads/feature"), ("BASE_SHA", "")];

fn without_delete() -> String {
    BASE[..BASE.find("    delete:").unwrap()].to_owned()
}

fn with_post() -> String {
    format!("{BASE}    post:\n      operationId: addPayee\n      responses:\n        '201': {{description: Added.}}\n")
}

/// The one removed operation is found, and nothing of what main did meanwhile.
fn assert_breaking(step: &Step) {
    assert_eq!(step.code, 1, "{}", step.log);
    let gone = step.log.lines().find(|line| line.contains("title=api-removed-without-deprecation::"));
    assert!(gone.unwrap_or_default().starts_with("::error file=payees.yaml,line="), "{}", step.log);
    for (name, value) in
        [("verdict", "fail"), ("change", "breaking"), ("required-bump", "major"), ("breaking-count", "1")]
    {
        assert_eq!(step.output(name), Some(value), "{name} in {}\n{}", step.outputs, step.log);
    }
    assert!(step.summary.starts_with("## Covenant"), "{}", step.summary);
    assert_eq!(step.report()["verdict"]["change"], "breaking");
}

#[test]
fn a_breaking_pull_request_fails_with_annotations_outputs_and_summary() {
    let request = PullRequest::new(&without_delete());
    let step = request.run(&request.check_out(FEATURE, false), &[]);
    assert_breaking(&step);
    let report = step.output("report").unwrap();
    assert!(report.ends_with("/runner/covenant-report.json"), "{report}");
}

#[test]
fn a_shallow_clone_of_the_branch_is_deepened_to_the_merge_base() {
    let request = PullRequest::new(&without_delete());
    let work = request.check_out(FEATURE, true);
    assert_eq!(git(&work, &["rev-list", "--count", "HEAD"]), "1");
    assert_breaking(&request.run(&work, &[]));
}

#[test]
fn without_the_commit_of_the_event_the_base_branch_is_asked() {
    let request = PullRequest::new(&without_delete());
    assert_breaking(&request.run(&request.check_out(FEATURE, true), &[("BASE_SHA", "")]));
}

#[test]
fn of_a_merge_commit_only_its_first_parent_is_fetched() {
    let request = PullRequest::new(&without_delete());
    let work = request.check_out(MERGE, true);
    assert_breaking(&request.run(&work, &[]));
    assert_eq!(git(&work, &["rev-list", "--count", &request.main]), "1");
    assert_eq!(git(&work, &["rev-list", "--count", "HEAD"]), "1");
}

#[test]
fn a_complete_clone_of_the_merge_commit_stays_complete() {
    let request = PullRequest::new(&without_delete());
    let work = request.check_out(MERGE, false);
    assert_breaking(&request.run(&work, &[]));
    assert_eq!(git(&work, &["rev-parse", "--is-shallow-repository"]), "false");
}

#[test]
fn a_harmless_pull_request_passes() {
    let request = PullRequest::new(&with_post());
    let step = request.run(&request.check_out(FEATURE, true), &[("INPUT_ARGS", "--no-config\n  --keep wire")]);
    assert_eq!(step.output("breaking-count"), Some("0"), "{}", step.log);
    assert_eq!(step.output("required-bump"), Some("minor"), "{}", step.log);
    // The contract of these tests is too small to please the rules; its changes are what is judged here.
    let step = request.run(&request.folder.path().join("work"), &[("INPUT_FAIL_ON", "never")]);
    assert_eq!((step.code, step.output("verdict")), (0, Some("pass")), "{}", step.log);
}

#[test]
fn fail_on_never_passes_and_still_counts() {
    let request = PullRequest::new(&without_delete());
    let step = request.run(&request.check_out(MERGE, true), &[("INPUT_FAIL_ON", "never")]);
    assert_eq!((step.code, step.output("breaking-count")), (0, Some("1")), "{}", step.log);
}

#[test]
fn a_contract_that_is_new_in_the_pull_request_is_linted_and_breaks_nothing() {
    let request = PullRequest::with_file("payees.yaml", None, BASE);
    let step = request.run(&request.check_out(FEATURE, true), &[("INPUT_FAIL_ON", "never")]);
    assert_eq!((step.code, step.output("breaking-count")), (0, Some("0")), "{}", step.log);
    assert!(step.report().to_string().contains("the contract is new"), "{}", step.log);
}

#[test]
fn a_push_is_compared_with_the_commit_before_it() {
    let request = PullRequest::new(&without_delete());
    let work = request.check_out(FEATURE, true);
    let before = git(&request.folder.path().join("origin"), &["merge-base", "main", "feature"]);
    let variables = |before| [PUSH.as_slice(), &[("BEFORE_SHA", before)]].concat();
    assert_breaking(&request.run(&work, &variables(&before)));
    let step = request.run(&work, &variables("0000000000000000000000000000000000000000"));
    assert_eq!(step.output("change"), Some("not-compared"), "a new branch has no commit before: {}", step.log);
    let step = request.run(&work, &variables("1234567890123456789012345678901234567890"));
    assert_eq!(step.output("change"), Some("not-compared"), "{}", step.log);
    assert!(step.log.contains("::warning title=Covenant::The commit before the push is gone"), "{}", step.log);
}

#[test]
fn the_sarif_report_and_the_json_report_go_where_the_inputs_say() {
    let request = PullRequest::new(&without_delete());
    let work = request.check_out(MERGE, true);
    let step = request.run(&work, &[("INPUT_SARIF", "out/covenant.sarif"), ("INPUT_REPORT", "out/report.json")]);
    assert_breaking_report_at(&step, &work);
    assert!(std::fs::read_to_string(work.join("out/covenant.sarif")).unwrap().contains("\"2.1.0\""));
}

fn assert_breaking_report_at(step: &Step, work: &Path) {
    assert_eq!((step.code, step.output("report")), (1, Some("out/report.json")), "{}", step.log);
    let report = std::fs::read_to_string(work.join("out/report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["verdict"]["change"], "breaking");
}

#[test]
fn what_cannot_be_found_out_fails_with_a_message() {
    let request = PullRequest::new(&without_delete());
    let work = request.check_out(FEATURE, true);
    let elsewhere = request.folder.path().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    let head = git(&work, &["rev-parse", "HEAD"]);
    let tree = git(&work, &["write-tree"]);
    let unrelated = git(&work, &["commit-tree", &tree, "-m", "Unrelated"]);
    git(&work, &["push", "-q", "origin", &format!("{unrelated}:refs/heads/unrelated")]);
    for (variables, message) in [
        (vec![("BASE_SHA", "1234567890123456789012345678901234567890")], "The base commit could not be fetched"),
        (vec![("BASE_SHA", "$(touch pwned)")], "The base of the event is no commit id"),
        (vec![("BASE_SHA", ""), ("GITHUB_BASE_REF", "")], "The event names no base"),
        (vec![("BASE_SHA", &head)], "The base itself is checked out"),
        (vec![("BASE_SHA", &unrelated)], "have no common commit"),
        (vec![("GITHUB_WORKSPACE", elsewhere.to_str().unwrap())], "The workspace is no git repository"),
        (vec![("INPUT_BINARY", "missing/covenant")], "The input 'binary' names no executable file"),
    ] {
        let step = request.run(&work, &variables);
        assert_eq!((step.code, step.output("verdict")), (2, Some("incomplete")), "{variables:?}: {}", step.log);
        let error = step.log.lines().find(|line| line.starts_with("::error title=Covenant::")).unwrap_or_default();
        assert!(error.contains(message), "{variables:?}: {}", step.log);
    }
    assert!(!work.join("pwned").exists());
}

#[test]
fn commands_that_emit_contracts_run_only_for_code_of_the_repository_itself() {
    let covenant = "version: 1\napis:\n  - file: emitted.yaml\n    generate: cat payees.yaml\n";
    let configured = |seed: &Path| std::fs::write(seed.join("covenant.yaml"), covenant).unwrap();
    let request = PullRequest::with_all("payees.yaml", (Some(BASE), &without_delete()), configured, |_| {});
    let work = request.check_out(FEATURE, false);
    let event = request.folder.path().join("event.json");
    let run = |allow: &str, name: &str, payload: &str, arguments: &str| {
        std::fs::write(&event, payload).unwrap();
        let file = event.to_str().unwrap();
        let variables = [("INPUT_ALLOW_GENERATE", allow), ("GITHUB_EVENT_NAME", name), ("GITHUB_EVENT_PATH", file)];
        request
            .run(&work, &[variables.as_slice(), &[("INPUT_ARGS", arguments), ("INPUT_FILES", "emitted.yaml")]].concat())
    };
    let own = r#"{"pull_request": {"head": {"repo": {"full_name": "o/r"}}, "base": {"repo": {"full_name": "o/r"}}}}"#;
    let fork = own.replacen("o/r", "stranger/r", 1);
    let gone = own.replacen(r#"{"full_name": "o/r"}"#, "null", 1);
    let allowed = run("true", "pull_request", own, "");
    assert_eq!((allowed.code, allowed.output("change")), (1, Some("breaking")), "{}", allowed.log);
    for (allow, event, payload) in [
        ("false", "pull_request", own),
        ("", "pull_request", own),
        ("true", "pull_request", &fork),
        ("true", "pull_request", &gone),
        ("true", "pull_request", "{}"),
        ("true", "pull_request", "nonsense"),
        ("true", "pull_request_target", own),
        ("true", "issue_comment", own),
    ] {
        let step = run(allow, event, payload, "");
        assert_eq!((step.code, step.output("verdict")), (2, Some("incomplete")), "{event}: {}", step.log);
        assert!(step.log.contains("runs only with --allow-generate"), "{event}: {}", step.log);
    }
    for (allow, arguments) in [("false", "--allow-generate"), ("yes", ""), ("true", "--allow-generate")] {
        let step = run(allow, "pull_request", &fork, arguments);
        assert!(step.code == 2 && step.log.contains("allow-generate"), "{}", step.log);
        assert_eq!(step.output("report"), None, "nothing was judged: {}", step.log);
    }
}

#[test]
fn hostile_inputs_are_never_run_as_shell_text() {
    let request = PullRequest::new(BASE);
    let work = request.check_out(FEATURE, false);
    let hostile = "$(touch pwned); `touch pwned`; *.yaml";
    for name in ["FILES", "ARGS", "BASE", "CONFIG", "FAIL_ON", "PROFILE", "BINARY"] {
        let step = request.run(&work, &[(&format!("INPUT_{name}"), hostile)]);
        assert_eq!((step.code, step.output("verdict")), (2, Some("incomplete")), "{name}: {}", step.log);
        assert!(!work.join("pwned").exists(), "{name}");
    }
}

#[test]
fn a_hostile_file_name_is_only_a_name() {
    let name = "two words $(touch pwned) ;touch pwned; payees.yaml";
    let request = PullRequest::with_file(name, Some(BASE), &without_delete());
    let work = request.check_out(MERGE, true);
    for files in [name, ""] {
        let step = request.run(&work, &[("INPUT_FILES", files)]);
        assert_eq!((step.code, step.output("breaking-count")), (1, Some("1")), "{}", step.log);
        assert!(!work.join("pwned").exists());
    }
}

#[test]
fn a_file_with_the_name_of_the_base_commit_is_not_taken_for_the_base() {
    let request = PullRequest::new(&without_delete());
    let work = request.check_out(MERGE, true);
    std::fs::write(work.join(&request.main), without_delete()).unwrap();
    for base in ["", &request.main] {
        assert_breaking(&request.run(&work, &[("INPUT_BASE", base), ("INPUT_FILES", "payees.yaml")]));
    }
}

fn names(text: &str, wanted: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| wanted(word)).map(str::to_owned).collect()
}

#[test]
fn every_variable_of_the_script_comes_from_action_yml_and_none_is_pasted_into_shell_text() {
    let action: serde_yaml::Value =
        serde_yaml::from_str(&std::fs::read_to_string(root().join("action.yml")).unwrap()).unwrap();
    let read = |name: &str| std::fs::read_to_string(root().join("action").join(name)).unwrap();
    let script = format!("{}\n{}", read("run.sh"), read("api.sh"));
    let inputs: BTreeSet<&str> =
        action["inputs"].as_mapping().unwrap().keys().map(|key| key.as_str().unwrap()).collect();
    let mut passed = BTreeSet::new();
    let mut used = BTreeSet::new();
    for step in action["runs"]["steps"].as_sequence().unwrap() {
        assert!(!step["run"].as_str().unwrap().contains("${{"), "an expression is pasted into shell text");
        for (name, value) in step["env"].as_mapping().unwrap() {
            let (name, value) = (name.as_str().unwrap(), value.as_str().unwrap());
            let expression = value.strip_prefix("${{").unwrap().strip_suffix("}}").unwrap().trim();
            if let Some(input) = expression.strip_prefix("inputs.") {
                assert_eq!(name, format!("INPUT_{}", input.to_uppercase().replace('-', "_")));
                assert!(inputs.contains(input), "`{input}` is not declared");
                used.insert(input);
            } else {
                assert!(expression.starts_with("github.event."), "{name}: {expression}");
            }
            passed.insert(name.to_owned());
        }
    }
    assert_eq!(used, inputs, "every input is passed to the script");
    let read = names(&script, |word| word.starts_with("INPUT_") || word.ends_with("_SHA") && word != "GITHUB_SHA");
    let read: BTreeSet<String> = read.into_iter().filter(|name| name != "INPUT_").collect();
    assert_eq!(read, passed, "what the script reads is what it is given");
    // Whatever else is upper case is the runner's, git's, or the shell's.
    let others = names(&script, |word| word.len() > 3 && word.contains('_') && word == word.to_uppercase());
    let known = |name: &str| {
        name.starts_with("GITHUB_")
            || ["RUNNER_TEMP", "XDG_CONFIG_HOME", "BASH_SOURCE", "BASH_REMATCH", "FETCH_HEAD", "CHANGES_REQUESTED"]
                .contains(&name)
            || name.starts_with("GIT_")
    };
    let strange: Vec<_> =
        others.iter().filter(|name| !passed.contains(*name) && !known(name) && *name != "INPUT_").collect();
    assert!(strange.is_empty(), "{strange:?}");
    for (name, output) in action["outputs"].as_mapping().unwrap() {
        let name = name.as_str().unwrap();
        assert_eq!(output["value"].as_str(), Some(format!("${{{{ steps.check.outputs.{name} }}}}").as_str()));
    }
}

/// Writes a bare repository into a folder of the branch: this configuration, and what `fill` puts beside it.
fn embedded(folder: &Path, config: &str, fill: impl Fn(&Path)) {
    for name in ["refs/heads", "objects/info", "objects/pack"] {
        std::fs::create_dir_all(folder.join(name)).unwrap();
        std::fs::write(folder.join(name).join(".keep"), "").unwrap();
    }
    std::fs::write(folder.join("HEAD"), "ref: refs/heads/main\n").unwrap();
    std::fs::write(folder.join("config"), config).unwrap();
    fill(folder);
}

#[test]
fn a_repository_that_the_pull_request_embeds_runs_nothing() {
    let marker = tempfile::tempdir().unwrap();
    let marker = marker.path().join("pwned");
    let config = format!(
        "[core]\n\trepositoryformatversion = 1\n\tbare = false\n\tworktree = .\n\tfsmonitor = touch {0}\n[extensions]\n\tpartialClone = evil\n\
         [remote \"evil\"]\n\turl = \"ext::sh -c touch% {0}\"\n\tpromisor = true\n[protocol \"ext\"]\n\tallow = always\n",
        marker.display()
    );
    for place in ["api", "."] {
        let request = PullRequest::with_files("payees.yaml", Some(BASE), &without_delete(), |seed| {
            embedded(&seed.join(place), &config, |_| {});
        });
        assert_breaking(&request.run(&request.check_out(MERGE, true), &[]));
        assert!(!marker.exists(), "{place}");
    }
}

#[test]
fn a_base_that_the_pull_request_replaces_is_not_believed() {
    let request = PullRequest::with_files("api/payees.yaml", Some(BASE), &without_delete(), |seed| {
        // An embedded repository in which the base commit is replaced by one without the operation.
        let forged = seed.join("../forged");
        std::fs::create_dir(&forged).unwrap();
        git(&forged, &["init", "-q", "-b", "main"]);
        std::fs::write(forged.join("payees.yaml"), without_delete()).unwrap();
        git(&forged, &["add", "-A"]);
        git(&forged, &["commit", "-q", "-m", "Forged"]);
        let base = git(seed, &["rev-parse", "main"]);
        let copy = Command::new("sh")
            .args([
                "-c",
                &format!("git cat-file commit {base} | git -C ../forged hash-object -t commit -w --stdin --literally"),
            ])
            .current_dir(seed)
            .status();
        assert!(copy.unwrap().success());
        git(&forged, &["update-ref", &format!("refs/replace/{base}"), "HEAD"]);
        embedded(&seed.join("api"), "[core]\n\tbare = false\n\tworktree = .\n", |api| {
            let status = Command::new("cp")
                .arg("-r")
                .args([forged.join(".git/objects"), forged.join(".git/refs")])
                .arg(api)
                .status();
            assert!(status.unwrap().success());
        });
    });
    let step = request.run(&request.check_out(MERGE, true), &[]);
    assert_eq!((step.code, step.output("change")), (1, Some("breaking")), "{}", step.log);
    // The same reference in the clone itself.
    let work = request.folder.path().join("work");
    git(&work, &["replace", &request.main, "HEAD"]);
    let step = request.run(&work, &[]);
    assert_eq!((step.code, step.output("change")), (1, Some("breaking")), "{}", step.log);
}

#[test]
fn a_partial_clone_is_completed_or_the_run_is_incomplete() {
    let request = PullRequest::new(&without_delete());
    let origin = format!("file://{}/origin", request.folder.path().display());
    let clone = |name: &str| {
        let work = request.folder.path().join(name);
        std::fs::create_dir(&work).unwrap();
        git(&work, &["init", "-q", "-b", "unused"]);
        git(&work, &["remote", "add", "origin", &origin]);
        git(
            &work,
            &["fetch", "-q", "--no-tags", "--filter=blob:none", "origin", MERGE, "+refs/heads/*:refs/remotes/origin/*"],
        );
        let commit = git(&request.folder.path().join("origin"), &["rev-parse", MERGE]);
        git(&work, &["checkout", "-q", "--detach", &commit]);
        work
    };
    assert_breaking(&request.run(&clone("with-credentials"), &[]));
    let work = clone("without-credentials");
    git(&work, &["remote", "set-url", "origin", "file:///nowhere"]);
    let step = request.run(&work, &[]);
    assert_eq!((step.code, step.output("verdict")), (2, Some("incomplete")), "{}", step.log);
    assert!(step.log.contains("missing or damaged") && !step.log.contains("is new"), "{}", step.log);
}

#[test]
fn a_folder_named_like_the_base_is_not_the_base() {
    let request = PullRequest::with_files("payees.yaml", Some(BASE), &without_delete(), |seed| {
        for name in ["main", "origin/main"] {
            std::fs::create_dir_all(seed.join(name)).unwrap();
            std::fs::write(seed.join(name).join("payees.yaml"), without_delete()).unwrap();
        }
    });
    let work = request.check_out(MERGE, false);
    for base in ["", "origin/main"] {
        let step = request.run(&work, &[("INPUT_BASE", base)]);
        assert_eq!((step.code, step.output("change")), (1, Some("breaking")), "{base}: {}", step.log);
    }
    // A branch that was not fetched must not become the folder.
    git(&work, &["update-ref", "-d", "refs/remotes/origin/main"]);
    for base in ["main", "origin/main"] {
        let step = request.run(&work, &[("INPUT_BASE", base)]);
        assert_eq!((step.code, step.output("verdict")), (2, Some("incomplete")), "{base}: {}", step.log);
    }
}

#[test]
fn a_run_without_a_report_is_never_green() {
    let request = PullRequest::new(&without_delete());
    let work = request.check_out(MERGE, true);
    for arguments in ["--help", "--version"] {
        let step = request.run(&work, &[("INPUT_ARGS", arguments)]);
        assert_eq!((step.code, step.output("verdict")), (2, Some("incomplete")), "{arguments}: {}", step.log);
    }
    let stand_in = request.folder.path().join("covenant");
    std::fs::write(&stand_in, "#!/bin/sh\nexit 0\n").unwrap();
    let mode = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o755);
    std::fs::set_permissions(&stand_in, mode).unwrap();
    let step = request.run(&work, &[("INPUT_BINARY", stand_in.to_str().unwrap())]);
    assert_eq!((step.code, step.output("verdict")), (2, Some("incomplete")), "{}", step.log);
    std::fs::copy(&stand_in, work.join("covenant")).unwrap();
    git(&work, &["add", "covenant"]);
    let step = request.run(&work, &[("INPUT_BINARY", "covenant")]);
    assert!(step.code == 2 && step.log.contains("a file that git tracks"), "{}", step.log);
}
