//! The second workflow, for pull requests of forks: it finds the pull request by its commit and uses nothing of the first run.

use crate::github::{Api, Step, step_with};
use crate::repository::{Repository, contract};
use serde_json::{Value, json};

/// A repository whose remote has a pull request of a fork as number 7; the target is checked out, as for `workflow_run`.
struct Fork {
    repository: Repository,
    /// Where the remote is.
    _origin: tempfile::TempDir,
    head: String,
    api: Api,
}

impl Fork {
    /// `files` are what the fork changes.
    fn new(files: &[(&str, &str)]) -> Self {
        let repository =
            Repository::new(&[("a.yaml", &contract(&["/one", "/two"])), ("covenant.yaml", "fail-on: error\n")]);
        for (name, text) in files {
            repository.write(name, text);
        }
        let head = repository.commit("the change");
        repository.git(&["update-ref", "refs/pull/7/head", &head]);
        let origin = tempfile::tempdir().unwrap();
        let bare = origin.path().join("origin").to_str().unwrap().to_owned();
        repository.git(&["clone", "-q", "--mirror", ".", &bare]);
        repository.git(&["-C", &bare, "config", "uploadpack.allowAnySHA1InWant", "true"]);
        repository.git(&["remote", "add", "origin", &format!("file://{bare}")]);
        repository.git(&["checkout", "-q", "main"]);
        repository.git(&["branch", "-q", "-D", "feature"]);
        repository.git(&["update-ref", "-d", "refs/pull/7/head"]);
        let api = Api::start();
        api.with(|state| state.pulls = json!([pull(7, &head, "main")]));
        Fork { repository, _origin: origin, head, api }
    }

    fn run(&self, event: &Value) -> Step {
        let more = [
            ("GITHUB_EVENT_NAME", "workflow_run"),
            ("GITHUB_BASE_REF", ""),
            ("BASE_SHA", ""),
            ("GITHUB_REF", "refs/heads/main"),
        ];
        step_with(&self.repository, &self.api, &event.to_string(), &more)
    }
}

fn pull(number: u64, head: &str, base: &str) -> Value {
    json!({"number": number, "head": {"sha": head}, "base": {"ref": base}})
}

fn event(head: &str) -> Value {
    json!({"workflow_run": {
        "event": "pull_request", "head_sha": head, "head_branch": "it's & $(touch pwned)",
        "conclusion": "success", "head_repository": {"owner": {"login": "mallory"}, "full_name": "mallory/api"},
    }})
}

#[test]
fn a_fork_gets_its_comment_from_a_run_that_trusts_nothing_of_the_first() {
    let fork = Fork::new(&[
        ("evil.js", "throw new Error()"),
        ("a.yaml", &contract(&["/one"])),
        ("covenant.yaml", "fail-on: never\nrulesets: [evil.js]\n"),
    ]);
    let step = fork.run(&event(&fork.head));
    // The first run has failed the pull request.
    assert_eq!(step.code, 0, "{}", step.log);
    let body = fork.api.comment();
    assert!(body.contains("failed with 1 breaking change") && body.contains("`/two` was removed"), "{body}");
    assert!(step.outputs.contains("breaking-count=1") && !step.log.contains("::error"), "{}", step.log);
    // The branch reaches the API as one parameter, and nothing of it a shell.
    let asked = fork.api.with(|state| state.log.iter().find(|line| line.contains("/pulls?")).cloned().unwrap());
    let query = asked.split("head=").nth(1).unwrap();
    assert!(query.starts_with("mallory%3Ait") && query.contains("%20%26%20%24") && !query.contains(' '), "{asked}");
    assert!(!fork.repository.path().join("pwned").exists());
    // The work tree is the target's as before.
    assert_eq!(fork.repository.git(&["status", "--porcelain"]), "");
    assert!(fork.repository.git(&["show", "HEAD:a.yaml"]).contains("/two"));
}

#[test]
fn no_filter_of_the_fork_touches_its_files() {
    let fork = Fork::new(&[
        ("a.yaml", &contract(&["/one"])),
        (".gitattributes", "*.yaml filter=lfs\n*.yaml filter=evil\n"),
        (".lfsconfig", "[lfs]\n\turl = http://127.0.0.1:1/x\n"),
    ]);
    for (key, value) in [("filter.lfs.smudge", "touch pwned"), ("filter.lfs.process", "touch pwned")] {
        fork.repository.git(&["config", key, value]);
    }
    let step = fork.run(&event(&fork.head));
    assert_eq!(step.code, 0, "{}", step.log);
    assert!(fork.api.comment().contains("`/two` was removed"));
    assert!(!fork.repository.path().join("pwned").exists());
}

#[test]
fn a_run_whose_pull_request_is_gone_or_moved_on_says_nothing() {
    let fork = Fork::new(&[("a.yaml", &contract(&["/one"]))]);
    fork.api.with(|state| state.pulls = json!([pull(8, &"1".repeat(40), "main")]));
    let gone = fork.run(&event(&fork.head));
    assert_eq!((gone.code, fork.api.writes()), (0, Vec::new()), "{}", gone.log);
    // The API still names the old head, and the reference is a newer one.
    let old = fork.repository.git(&["rev-parse", "main"]);
    fork.api.with(|state| state.pulls = json!([pull(7, &old, "main")]));
    let moved = fork.run(&event(&old));
    assert_eq!((moved.code, fork.api.writes()), (0, Vec::new()), "{}", moved.log);
    assert!(moved.log.contains("moved on"), "{}", moved.log);
}

#[test]
fn what_cannot_be_found_out_ends_the_second_run_without_a_comment() {
    let fork = Fork::new(&[("a.yaml", &contract(&["/one"]))]);
    let twice = json!([pull(7, &fork.head, "main"), pull(8, &fork.head, "main")]);
    let forged = [
        json!({}),
        json!({"workflow_run": {"event": "push", "head_sha": fork.head}}),
        json!({"workflow_run": {"event": "pull_request", "head_sha": "$(id)"}}),
        json!([1]),
    ];
    for event in &forged {
        assert_eq!(fork.run(event).code, 2, "{event}");
    }
    for pulls in [twice, json!([pull(7, &fork.head, "gone")]), json!([{"number": "x", "head": {"sha": fork.head}}])] {
        fork.api.with(|state| state.pulls = pulls.clone());
        let step = fork.run(&event(&fork.head));
        assert_eq!(step.code, 2, "{pulls}: {}", step.log);
    }
    for status in [403, 404, 429, 500] {
        fork.api.with(|state| state.refused = vec![("/pulls?", status)]);
        assert_eq!(fork.run(&event(&fork.head)).code, 2, "{status}");
    }
    assert_eq!(fork.api.writes(), Vec::<String>::new());
}
