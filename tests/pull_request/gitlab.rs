//! The job of GitLab beside an API that is played on this machine: one note, approvals that the project makes sure of.

use crate::repository::{Repository, contract};
use crate::server::serve;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};

struct State {
    notes: Vec<Value>,
    approved_by: Value,
    settings: Value,
    sha: String,
    refused: Option<(&'static str, u16)>,
    log: Vec<String>,
}

impl State {
    fn answer(&mut self, request: &str, body: &[u8]) -> (u16, Value) {
        self.log.push(request.to_owned());
        if let Some((_, status)) = self.refused.filter(|(part, _)| request.contains(part)) {
            return (status, json!({}));
        }
        let (method, path) = request.split_once(' ').unwrap();
        let path = path.split('?').next().unwrap();
        let text = || serde_json::from_slice::<Value>(body).unwrap()["body"].clone();
        match (method, path) {
            ("GET", "/user") => (200, json!({"id": 42})),
            ("GET", "/projects/3/approvals") => (200, self.settings.clone()),
            ("GET", "/projects/3/merge_requests/7") => (200, json!({"sha": self.sha, "author": {"username": "ann"}})),
            ("GET", "/projects/3/merge_requests/7/approvals") => (200, json!({"approved_by": self.approved_by})),
            ("GET", "/projects/3/members/all/5") => (200, json!({"access_level": 40})),
            ("GET", "/projects/3/members/all/42") => (200, json!({"access_level": 40})),
            ("GET", "/projects/3/members/all/6") => (200, json!({"access_level": 20})),
            ("GET", "/projects/3/merge_requests/7/notes") => (200, Value::from(self.notes.clone())),
            ("POST", "/projects/3/merge_requests/7/notes") => {
                let note = json!({"id": 100 + self.notes.len(), "author": {"id": 42}, "system": false, "body": text()});
                self.notes.push(note.clone());
                (201, note)
            }
            ("PUT", path) => {
                let id: u64 = path.rsplit('/').next().unwrap().parse().unwrap();
                let note = self.notes.iter_mut().find(|note| note["id"] == id).unwrap();
                note["body"] = text();
                (200, note.clone())
            }
            _ => (404, json!({})),
        }
    }
}

struct Project {
    repository: Repository,
    _origin: tempfile::TempDir,
    address: String,
    state: Arc<Mutex<State>>,
}

impl Project {
    fn new(policy: &str) -> Self {
        let repository = Repository::new(&[("a.yaml", &contract(&["/one", "/two"])), ("covenant.yaml", policy)]);
        let origin = tempfile::tempdir().unwrap();
        let bare = origin.path().join("origin").to_str().unwrap().to_owned();
        repository.git(&["clone", "-q", "--mirror", ".", &bare]);
        repository.git(&["remote", "add", "origin", &bare]);
        let settings = json!({
            "reset_approvals_on_push": true, "merge_requests_author_approval": false,
            "merge_requests_disable_committers_approval": true,
        });
        let (notes, log, sha) = (Vec::new(), Vec::new(), String::new());
        let state = State { notes, approved_by: json!([]), settings, sha, refused: None, log };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        let address = serve(move |request, body| {
            let (status, answer) = shared.lock().unwrap().answer(request, body);
            (status, answer.to_string().into_bytes())
        });
        Project { repository, _origin: origin, address, state }
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap())
    }

    /// Commits and runs the job: the exit code, and what it printed.
    fn run(&self, more: &[(&str, &str)]) -> (i32, String) {
        let head = self.repository.commit("the change");
        self.with(|state| state.sha.clone_from(&head));
        let binary = PathBuf::from(env!("CARGO_BIN_EXE_covenant"));
        let path = format!("{}:{}", binary.parent().unwrap().display(), std::env::var("PATH").unwrap());
        let output = Command::new("bash")
            .arg(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("action/gitlab.sh"))
            .current_dir(self.repository.path())
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.repository.path().join(".git"))
            .env("CI_API_V4_URL", &self.address)
            .env("CI_PROJECT_ID", "3")
            .env("CI_PROJECT_URL", "https://gitlab.test/bank/api")
            .env("CI_MERGE_REQUEST_IID", "7")
            .env("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main")
            .env("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", &head)
            .env("COVENANT_TOKEN", "secret-token")
            .envs(more.iter().copied())
            .output()
            .unwrap();
        let log = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(!log.contains("secret-token"), "{log}");
        // What the job leaves is no part of the next commit.
        for file in ["covenant.json", "covenant.xml", "gl-code-quality-report.json"] {
            let left = std::fs::remove_file(self.repository.path().join(file));
            assert_eq!(left.is_ok(), output.status.code() != Some(2), "{file}: {log}");
        }
        (output.status.code().unwrap(), log)
    }

    fn writes(&self) -> usize {
        self.with(|state| state.log.iter().filter(|line| !line.starts_with("GET ")).count())
    }
}

#[test]
fn a_merge_request_gets_one_note_that_is_updated_and_others_are_left_alone() {
    let project = Project::new("fail-on: error\n");
    let fake = "<!-- covenant-comment/1 told 0 -->\nall is well";
    project.with(|state| state.notes.push(json!({"id": 1, "author": {"id": 9}, "system": false, "body": fake})));
    project.repository.write("a.yaml", &contract(&["/one", "/two"]).replace("The accounts.", "All accounts."));
    let (code, log) = project.run(&[]);
    assert_eq!((code, project.writes()), (0, 0), "{log}");
    project.repository.write("a.yaml", &contract(&["/one"]));
    let (code, log) = project.run(&[]);
    assert_eq!((code, project.writes()), (1, 1), "{log}");
    let body = |at: usize| project.with(|state| state.notes[at]["body"].as_str().unwrap().to_owned());
    assert!(
        body(1).contains("`/two` was removed") && body(1).contains("https://gitlab.test/bank/api/-/blob/"),
        "{}",
        body(1)
    );
    project.repository.write("a.yaml", &contract(&["/one", "/two"]));
    assert_eq!((project.run(&[]).0, project.writes()), (0, 2));
    assert!(body(1).contains("nothing to report") && body(0) == fake);
    assert_eq!(project.with(|state| state.notes.len()), 2);
}

#[test]
fn approvals_count_where_the_project_makes_sure_of_commit_and_people() {
    let project = Project::new("allow-breaking: when-approved\n");
    project.repository.write("a.yaml", &contract(&["/one"]));
    let by = |id: u64, name: &str| json!([{"user": {"id": id, "username": name}}]);
    let run = |approved_by: Value| {
        project.with(|state| state.approved_by = approved_by);
        project.run(&[]).0
    };
    // The version says nothing of the break, which is approved as well.
    assert_eq!(run(by(5, "bob")), 0);
    // The user of the token is whoever edited the job.
    for (id, name) in [(5, "ann"), (6, "reader"), (8, "stranger"), (42, "project_bot")] {
        assert_eq!(run(by(id, name)), 1, "{name}");
    }
    assert_eq!(run(json!([])), 1);
    for setting in
        ["reset_approvals_on_push", "merge_requests_disable_committers_approval", "merge_requests_author_approval"]
    {
        let before = project.with(|state| std::mem::take(&mut state.settings[setting]));
        assert_eq!(run(by(5, "bob")), 1, "{setting}");
        project.with(|state| state.settings[setting] = before);
    }
    project.with(|state| state.refused = Some(("/approvals", 403)));
    assert_eq!(run(by(5, "bob")), 1);
}

#[test]
fn an_api_that_refuses_costs_the_note_and_never_the_verdict() {
    let project = Project::new("fail-on: error\n");
    project.repository.write("a.yaml", &contract(&["/one"]));
    for (part, status) in [("/notes", 403), ("/user", 404), ("POST", 500)] {
        project.with(|state| state.refused = Some((part, status)));
        let (code, log) = project.run(&[]);
        assert!(code == 1 && log.contains("the note could not be written"), "{part}: {log}");
    }
    assert_eq!(project.run(&[("COVENANT_TOKEN", "")]).0, 1);
    for (variable, value) in
        [("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "gone"), ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "")]
    {
        assert_eq!(project.run(&[(variable, value)]).0, 2, "{variable}={value}");
    }
}

#[test]
fn the_component_and_what_init_writes_have_the_same_script() {
    let script = include_str!("../../action/gitlab.sh");
    let mut documents = serde_yaml::Deserializer::from_str(include_str!("../../templates/covenant.yml"));
    let spec: Value = serde::Deserialize::deserialize(documents.next().unwrap()).unwrap();
    let jobs: Value = serde::Deserialize::deserialize(documents.next().unwrap()).unwrap();
    assert!(spec["spec"]["inputs"]["image"].is_object());
    let text = jobs["covenant"]["script"][0].as_str().unwrap();
    let inner = text.split("<<'END_OF_SCRIPT'\n").nth(1).unwrap().split("END_OF_SCRIPT\n").next().unwrap();
    assert_eq!(inner, script);
    let repository = Repository::new(&[("a.yaml", &contract(&["/one"]))]);
    assert!(repository.covenant(&["init", "--ci", "gitlab"]).status.success());
    assert_eq!(std::fs::read_to_string(repository.path().join(".covenant/gitlab.sh")).unwrap(), script);
}
