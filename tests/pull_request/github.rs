//! The Action beside an API of GitHub that is played on this machine: one comment, approvals, and what can go wrong.

use crate::repository::{Repository, contract};
use crate::server::serve;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};

const BOT: &str = "github-actions[bot]";

/// What the API knows.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) comments: Vec<Value>,
    /// The open pull requests.
    pub(crate) pulls: Value,
    reviews: Value,
    events: Value,
    labels: Value,
    commits: Value,
    runs: Value,
    /// Requests that are answered with a status instead.
    pub(crate) refused: Vec<(&'static str, u16)>,
    pub(crate) log: Vec<String>,
    /// Files that can be downloaded.
    files: BTreeMap<String, Vec<u8>>,
}

/// A run of a workflow for the head, when a branch had it.
fn seen(branch: &str, event: &str, at: &str) -> Value {
    json!({"event": event, "head_branch": branch, "head_repository": {"full_name": "bank/api"}, "created_at": at})
}

pub(crate) struct Api {
    pub(crate) address: String,
    state: Arc<Mutex<State>>,
}

impl Api {
    pub(crate) fn start() -> Self {
        let state = Arc::new(Mutex::new(State {
            pulls: json!([]),
            reviews: json!([]),
            events: json!([]),
            labels: json!([]),
            commits: json!([{"author": {"login": "ann"}, "committer": {"login": "web-flow"}}]),
            runs: json!([seen("change", "pull_request", "2026-06-01T10:00:00Z")]),
            ..State::default()
        }));
        let shared = Arc::clone(&state);
        let address = serve(move |request, body| {
            let path = request.split(' ').nth(1).unwrap_or_default();
            let mut state = shared.lock().unwrap();
            if let Some(bytes) = state.files.get(path).cloned() {
                return (200, bytes);
            }
            let (status, answer) = state.answer(request, body);
            (status, if status == 204 { Vec::new() } else { answer.to_string().into_bytes() })
        });
        Api { address, state }
    }

    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap())
    }

    /// What was written: the requests that change something.
    pub(crate) fn writes(&self) -> Vec<String> {
        self.with(|state| state.log.iter().filter(|line| !line.starts_with("GET ")).cloned().collect())
    }

    pub(crate) fn comment(&self) -> String {
        self.with(|state| {
            assert_eq!(state.comments.len(), 1, "{:?}", state.comments);
            state.comments[0]["body"].as_str().unwrap().to_owned()
        })
    }
}

impl State {
    fn answer(&mut self, request: &str, body: &[u8]) -> (u16, Value) {
        self.log.push(request.to_owned());
        if let Some((_, status)) = self.refused.iter().find(|(part, _)| request.contains(part)) {
            return (*status, json!({"message": "no"}));
        }
        let (method, path) = request.split_once(' ').unwrap();
        let path = path.split('?').next().unwrap();
        let text = || serde_json::from_slice::<Value>(body).unwrap()["body"].clone();
        let page = |all: &Value| {
            let number: usize = request.rsplit("page=").next().unwrap().parse().unwrap_or(1);
            let all = all.as_array().unwrap();
            Value::from(all.iter().skip((number - 1) * 100).take(100).cloned().collect::<Vec<_>>())
        };
        match (method, path) {
            ("GET", "/repos/bank/api/pulls/7") => {
                let head = json!({"ref": "change", "repo": {"full_name": "bank/api"}});
                (200, json!({"user": {"login": "ann"}, "labels": self.labels, "head": head}))
            }
            ("GET", "/repos/bank/api/pulls") => (200, page(&self.pulls)),
            ("GET", "/repos/bank/api/pulls/7/reviews") => (200, page(&self.reviews)),
            ("GET", "/repos/bank/api/pulls/7/commits") => (200, page(&self.commits)),
            ("GET", "/repos/bank/api/issues/7/events") => (200, page(&self.events)),
            ("GET", "/repos/bank/api/actions/runs") => (200, json!({"workflow_runs": self.runs})),
            ("GET", "/repos/bank/api/issues/7/comments") => (200, page(&Value::from(self.comments.clone()))),
            ("GET", path) if path.contains("/collaborators/") => {
                let may = if path.contains("/reader/") { "read" } else { "write" };
                (200, json!({"permission": may}))
            }
            ("POST", "/repos/bank/api/issues/7/comments") => {
                let id = 100 + self.comments.len();
                let comment = json!({"id": id, "user": {"login": BOT}, "body": text()});
                self.comments.push(comment.clone());
                (201, comment)
            }
            ("PATCH", path) => {
                let id: u64 = path.rsplit('/').next().unwrap().parse().unwrap();
                match self.comments.iter_mut().find(|comment| comment["id"] == id) {
                    Some(comment) => {
                        comment["body"] = text();
                        (200, comment.clone())
                    }
                    None => (404, json!({})),
                }
            }
            ("DELETE", path) => {
                let id: u64 = path.rsplit('/').next().unwrap().parse().unwrap();
                self.comments.retain(|comment| comment["id"] != id);
                (204, Value::Null)
            }
            _ => (404, json!({})),
        }
    }
}

pub(crate) struct Step {
    pub(crate) code: i32,
    pub(crate) log: String,
    pub(crate) outputs: String,
}

/// Commits the change and runs the step for it, as for an event of a pull request.
fn step(repository: &Repository, api: &Api, more: &[(&str, &str)]) -> Step {
    let head = repository.commit("the change");
    let event = json!({"pull_request": {"number": 7, "head": {"sha": head}}});
    step_with(repository, api, &event.to_string(), more)
}

pub(crate) fn step_with(repository: &Repository, api: &Api, event: &str, more: &[(&str, &str)]) -> Step {
    let temp = tempfile::tempdir().unwrap();
    let (outputs, file) = (temp.path().join("outputs"), temp.path().join("event.json"));
    std::fs::write(&outputs, "").unwrap();
    std::fs::write(&file, event).unwrap();
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new("bash")
        .arg(root.join("action/run.sh"))
        .current_dir(repository.path())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", temp.path())
        .env("GITHUB_EVENT_NAME", "pull_request")
        .env("GITHUB_BASE_REF", "main")
        .env("GITHUB_REF", "refs/heads/feature")
        .env("GITHUB_REPOSITORY", "bank/api")
        .env("GITHUB_API_URL", &api.address)
        .env("GITHUB_EVENT_PATH", &file)
        .env("GITHUB_WORKSPACE", repository.path())
        .env("GITHUB_OUTPUT", &outputs)
        .env("RUNNER_TEMP", temp.path())
        .env("BASE_SHA", repository.git(&["rev-parse", "main"]))
        .env("INPUT_BINARY", env!("CARGO_BIN_EXE_covenant"))
        .env("INPUT_TOKEN", "secret-token")
        .envs(more.iter().copied())
        .output()
        .unwrap();
    let log = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!log.contains("secret-token"), "{log}");
    Step { code: output.status.code().unwrap(), log, outputs: std::fs::read_to_string(outputs).unwrap() }
}

/// A pull request that breaks a client, with the version that it needs.
fn breaking(policy: &str) -> Repository {
    let repository = Repository::new(&[("a.yaml", &contract(&["/one", "/two"])), ("covenant.yaml", policy)]);
    repository.write("a.yaml", &contract(&["/one"]).replace("version: 1.0.0", "version: 2.0.0"));
    repository
}

#[test]
fn a_break_is_one_comment_that_is_updated_in_place_and_resolved() {
    let (repository, api) = (breaking("fail-on: error\n"), Api::start());
    let first = step(&repository, &api, &[]);
    assert_eq!((first.code, api.writes().len()), (1, 1), "{}", first.log);
    let body = api.comment();
    assert!(body.starts_with("<!-- covenant-comment/1 told "), "{body}");
    let screen: String = body.lines().take(8).collect::<Vec<_>>().join("\n");
    for words in ["failed with 1 breaking change", "Required version bump: major", "`/two` was removed", "/blob/"] {
        assert!(screen.contains(words), "{words}: {body}");
    }
    assert!(first.outputs.contains("comment-id=100"), "{}", first.outputs);
    // The same again writes nothing; the mended change is one line.
    let head = repository.git(&["rev-parse", "HEAD"]);
    let event = json!({"pull_request": {"number": 7, "head": {"sha": head}}}).to_string();
    step_with(&repository, &api, &event, &[]);
    assert_eq!(api.writes().len(), 1, "{:?}", api.writes());
    repository.write("a.yaml", &contract(&["/one", "/two"]));
    assert_eq!(step(&repository, &api, &[]).code, 0);
    let body = api.comment();
    assert!(body.contains("nothing to report") && body.lines().count() <= 3, "{body}");
}

#[test]
fn a_pull_request_without_anything_to_say_gets_no_comment() {
    let (repository, api) = (Repository::new(&[("a.yaml", &contract(&["/open/one"]))]), Api::start());
    repository.write("a.yaml", &contract(&["/open/one"]).replace("The accounts.", "All accounts."));
    let quiet = step(&repository, &api, &[]);
    assert_eq!((quiet.code, api.writes()), (0, Vec::new()), "{}", quiet.log);
    repository.write("readme.md", "text");
    assert_eq!((step(&repository, &api, &[]).code, api.writes()), (0, Vec::new()));
}

#[test]
fn comments_of_others_are_left_alone_and_of_two_of_ours_the_first_stays() {
    let (repository, api) = (breaking("fail-on: error\n"), Api::start());
    let fake = "<!-- covenant-comment/1 told 0 -->\nall is well";
    api.with(|state| {
        let others = (0..150).map(|number| json!({"id": number, "user": {"login": "mallory"}, "body": fake}));
        state.comments = others.collect();
    });
    step(&repository, &api, &[]);
    let bodies: Vec<Value> = api.with(|state| state.comments.clone());
    assert_eq!(bodies.len(), 151, "found beyond the first page and not taken for ours");
    assert!(bodies[..150].iter().all(|comment| comment["body"] == fake));
    step(&repository, &api, &[]);
    assert_eq!(api.with(|state| state.comments.len()), 151);
    // Another run was faster.
    let api = Api::start();
    api.with(|state| state.comments = vec![json!({"id": 5, "user": {"login": BOT}, "body": fake})]);
    step(&repository, &api, &[]);
    assert!(api.comment().contains("breaking change"));
}

#[test]
fn an_api_that_refuses_costs_the_comment_and_never_the_verdict() {
    for (part, status) in [("POST", 403), ("POST", 500), ("/comments", 404), ("/pulls/7", 404), ("GET", 401)] {
        let (repository, api) = (breaking("allow-breaking: when-approved\n"), Api::start());
        api.with(|state| state.refused.push((part, status)));
        let step = step(&repository, &api, &[]);
        assert_eq!(step.code, 1, "{part} {status}: {}", step.log);
        assert!(step.log.contains("::notice title=Covenant::"), "{part} {status}: {}", step.log);
    }
}

#[test]
fn an_event_that_is_none_asks_nothing() {
    let (repository, api) = (breaking("fail-on: error\n"), Api::start());
    repository.commit("the change");
    let forged = [
        "",
        "[]",
        "{\"pull_request\": {\"number\": \"7/../8\", \"head\": {\"sha\": \"x\"}}}",
        "{\"pull_request\": {\"number\": 7, \"head\": {\"sha\": \"$(touch pwned)\"}}}",
    ];
    for event in forged {
        assert_eq!(step_with(&repository, &api, event, &[]).code, 1, "{event}");
    }
    let event = json!({"pull_request": {"number": 7, "head": {"sha": "0".repeat(40)}}, "pad": "x".repeat(11 << 20)});
    assert_eq!(step_with(&repository, &api, &event.to_string(), &[]).code, 1);
    assert!(api.with(|state| state.log.is_empty()));
    let gone = [("GITHUB_EVENT_PATH", "/nowhere"), ("GITHUB_REPOSITORY", "bank/api/../x")];
    for variable in gone {
        let head = repository.git(&["rev-parse", "HEAD"]);
        let event = json!({"pull_request": {"number": 7, "head": {"sha": head}}}).to_string();
        assert_eq!(step_with(&repository, &api, &event, &[variable]).code, 1);
    }
    assert!(api.with(|state| state.log.is_empty()) && !repository.path().join("pwned").exists());
}

#[test]
fn approvals_come_from_the_api_and_die_with_their_commit() {
    let policy = "allow-breaking: when-approved\napprovals: {label: intended}\n";
    let (repository, api) = (breaking(policy), Api::start());
    let head = repository.commit("the change");
    let review =
        |by: &str, state: &str, commit: &str| json!({"user": {"login": by}, "state": state, "commit_id": commit});
    let run = |reviews: Value| {
        api.with(|state| state.reviews = reviews);
        let event = json!({"pull_request": {"number": 7, "head": {"sha": head}}}).to_string();
        step_with(&repository, &api, &event, &[])
    };
    let approved = run(json!([review("bob", "APPROVED", &head)]));
    assert_eq!(approved.code, 0, "{}", approved.log);
    assert!(approved.outputs.contains("approved=1"), "{}", approved.outputs);
    for (by, state, commit) in [
        ("ann", "APPROVED", head.as_str()),
        ("reader", "APPROVED", &head),
        ("bob", "DISMISSED", &head),
        ("bob", "COMMENTED", &head),
        ("bob", "APPROVED", "0000000000000000000000000000000000000000"),
    ] {
        assert_eq!(run(json!([review(by, state, commit)])).code, 1, "{by} {state} {commit}");
    }
    // A label counts by whoever set it last, if it was set for this commit.
    let label = |by: &str, at: &str| json!({"event": "labeled", "actor": {"login": by}, "label": {"name": "intended"}, "created_at": at});
    let labelled = |events: Value, set: bool| {
        api.with(|state| {
            state.events = events;
            state.labels = if set { json!([{"name": "intended"}]) } else { json!([]) };
        });
        run(json!([])).code
    };
    assert_eq!(labelled(json!([label("bob", "2026-06-01T11:00:00Z")]), true), 0);
    assert_eq!(labelled(json!([label("bob", "2026-06-01T11:00:00Z")]), false), 1, "it was taken away");
    assert_eq!(labelled(json!([label("bob", "2026-06-01T09:00:00Z")]), true), 1, "it was set before this commit");
    let both = json!([label("bob", "2026-06-01T11:00:00Z"), label("ann", "2026-06-01T12:00:00Z")]);
    assert_eq!(labelled(both, true), 1, "the author set it last");
    let forced = json!({"event": "head_ref_force_pushed", "created_at": "2026-06-01T10:30:00Z"});
    let away_and_back = json!([forced, label("bob", "2026-06-01T11:00:00Z")]);
    assert_eq!(labelled(away_and_back, true), 1, "another commit may have been the head");
    let runs =
        [seen("elsewhere", "pull_request", "2026-06-01T10:00:00Z"), seen("change", "push", "2026-06-01T10:00:00Z")];
    api.with(|state| state.runs = json!(runs));
    assert_eq!(labelled(json!([label("bob", "2026-06-01T11:00:00Z")]), true), 1, "the branch had another head");
    let mut flood = vec![review("bob", "APPROVED", &head)];
    flood.resize(3_001, review("ann", "COMMENTED", &head));
    assert_eq!(run(json!(flood)).code, 1, "what is missing might decide");
    // A new commit: the review of the old one is worth nothing.
    api.with(|state| (state.reviews, state.events) = (json!([review("bob", "APPROVED", &head)]), json!([])));
    repository.write("a.yaml", &contract(&["/three"]).replace("version: 1.0.0", "version: 2.0.0"));
    assert_eq!(step(&repository, &api, &[]).code, 1);
}

#[test]
fn hostile_names_and_texts_stay_names_and_texts() {
    let name = "api/$(touch pwned) `x` [a](b)\n::error::x.yaml";
    let hostile =
        contract(&["/one", "/two"]).replace("title: Accounts", "title: \"--><script>::error::@org/team</script>\"");
    let repository = Repository::new(&[(name, &hostile)]);
    let broken = contract(&["/one"]).replace("title: Accounts", "title: \"::error::--> <img src=x>\"");
    repository.write(name, &broken);
    let api = Api::start();
    let step = step(&repository, &api, &[("INPUT_COMMENT_AUTHOR", "\") | halt_error")]);
    assert_eq!(step.code, 1, "{}", step.log);
    let body = api.with(|state| state.comments[0]["body"].as_str().unwrap().to_owned());
    // What stands in code is shown as it is.
    let prose: String = body.split('`').step_by(2).collect::<Vec<_>>().join(" ");
    for markup in ["<script", "<img", "@org"] {
        assert!(!prose.contains(markup), "{markup}: {body}");
    }
    assert_eq!(prose.matches("-->").count(), 1, "{body}");
    assert!(!repository.path().join("pwned").exists() && !repository.path().join("api/pwned").exists());
}

#[test]
fn a_released_binary_is_downloaded_and_runs_only_with_its_checksum() {
    let (repository, api) = (breaking("fail-on: error\n"), Api::start());
    let folder = tempfile::tempdir().unwrap();
    let script = format!("#!/bin/sh\necho released\nexec {} \"$@\"\n", env!("CARGO_BIN_EXE_covenant"));
    std::fs::write(folder.path().join("covenant"), script).unwrap();
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    run("chmod", &["+x", "covenant"]);
    run("tar", &["-czf", "covenant.tar.gz", "covenant"]);
    let sum = run("sha256sum", &["covenant.tar.gz"])[..64].to_owned();
    let bytes = std::fs::read(folder.path().join("covenant.tar.gz")).unwrap();
    let arch = if cfg!(target_arch = "aarch64") { "aarch64" } else { "x86_64" };
    api.with(|state| state.files.insert(format!("/v9.8.7/covenant-9.8.7-linux-{arch}.tar.gz"), bytes));
    let wrong = "0".repeat(64);
    let given = |version, checksum| {
        let more = [
            ("INPUT_BINARY", ""),
            ("INPUT_VERSION", version),
            ("INPUT_CHECKSUM", checksum),
            ("INPUT_DOWNLOAD_URL", api.address.as_str()),
        ];
        step(&repository, &api, &more)
    };
    let good = given("9.8.7", &sum);
    assert!(good.code == 1 && good.log.contains("released"), "{}", good.log);
    for (version, checksum) in [
        ("9.8.7", wrong.as_str()),
        ("9.8.7", ""),
        ("9.9.9", &sum),
        ("latest", &sum),
        ("1.0.0/../../x", &sum),
        ("$(id)", &sum),
    ] {
        let bad = given(version, checksum);
        assert!(bad.code == 2 && !bad.log.contains("released"), "{version} {checksum}: {}", bad.log);
        assert!(bad.outputs.contains("verdict=incomplete"), "{}", bad.outputs);
    }
}

#[test]
fn of_runs_that_race_one_comment_stays() {
    let (repository, api) = (breaking("fail-on: error\n"), Api::start());
    let head = repository.commit("the change");
    let event = json!({"pull_request": {"number": 7, "head": {"sha": head}}}).to_string();
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| step_with(&repository, &api, &event, &[]))).collect();
        for run in runs {
            let step = run.join().unwrap();
            assert_eq!(step.code, 1, "{}", step.log);
        }
    });
    assert!(api.comment().contains("failed with 1 breaking change"));
}

#[test]
fn a_merge_queue_has_a_verdict_and_no_pull_request_to_comment_on() {
    let (repository, api) = (breaking("fail-on: error\n"), Api::start());
    repository.commit("the change");
    let event = json!({"merge_group": {"base_sha": repository.git(&["rev-parse", "main"])}}).to_string();
    let more = [("GITHUB_EVENT_NAME", "merge_group"), ("GITHUB_BASE_REF", "")];
    let step = step_with(&repository, &api, &event, &more);
    assert_eq!((step.code, api.with(|state| state.log.len())), (1, 0), "{}", step.log);
    assert!(step.outputs.contains("breaking-count=1"), "{}", step.outputs);
    // Without a base, and without the objects of it, there is no pass.
    for base in ["", "0000000000000000000000000000000000000001"] {
        let more = [more[0], more[1], ("BASE_SHA", base)];
        assert_eq!(step_with(&repository, &api, &event, &more).code, 2, "{base}");
    }
}

#[test]
fn an_api_that_is_too_busy_or_answers_nonsense_costs_the_comment_alone() {
    let (repository, api) = (breaking("fail-on: error\n"), Api::start());
    api.with(|state| state.refused.push(("/issues/7/comments", 429)));
    let busy = step(&repository, &api, &[]);
    assert!(busy.code == 1 && busy.log.contains("the comments could not be listed"), "{}", busy.log);
    let nonsense = serve(|_, _| (200, b"<html>".to_vec()));
    let head = repository.git(&["rev-parse", "HEAD"]);
    let event = json!({"pull_request": {"number": 7, "head": {"sha": head}}}).to_string();
    let step = step_with(&repository, &api, &event, &[("GITHUB_API_URL", &nonsense)]);
    assert!(step.code == 1 && step.log.contains("::notice title=Covenant::"), "{}", step.log);
}
