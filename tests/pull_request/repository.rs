//! A throw-away repository: a branch `main` with contracts, and a branch `feature` that is checked out.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

pub(crate) struct Repository {
    folder: tempfile::TempDir,
}

/// What a run ended with.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) report: Value,
    #[allow(dead_code, reason = "shown when a test fails")]
    pub(crate) error: String,
}

impl Run {
    pub(crate) fn findings(&self) -> impl Iterator<Item = &Value> {
        self.report["diagnostics"].as_array().unwrap_or_else(|| panic!("{self:?}")).iter()
    }

    /// The ids of the findings, each once.
    pub(crate) fn rules(&self) -> Vec<&str> {
        let mut rules: Vec<&str> = self.findings().filter_map(|finding| finding["rule"].as_str()).collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }

    pub(crate) fn has(&self, rule: &str) -> bool {
        self.rules().contains(&rule)
    }

    /// The findings of a rule.
    pub(crate) fn of(&self, rule: &str) -> Vec<&Value> {
        self.findings().filter(|finding| finding["rule"] == rule).collect()
    }

    /// How many errors the base has as well.
    pub(crate) fn existing_errors(&self) -> u64 {
        self.report["existing"]["error"].as_u64().unwrap_or_default()
    }
}

impl Repository {
    /// A repository whose first commit on `main` holds these files; `feature` begins there.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let repository = Repository { folder: tempfile::tempdir().unwrap() };
        repository.git(&["init", "-q", "-b", "main"]);
        for (name, text) in files {
            repository.write(name, text);
        }
        repository.commit("base");
        repository.git(&["checkout", "-q", "-b", "feature"]);
        repository
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        crate::repositories::git(self.path(), arguments)
    }

    pub(crate) fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Changes `main`, as others do meanwhile.
    pub(crate) fn on_main(&self, files: &[(&str, &str)]) {
        self.git(&["checkout", "-q", "main"]);
        for (name, text) in files {
            self.write(name, text);
        }
        self.commit("main goes on");
        self.git(&["checkout", "-q", "feature"]);
    }

    pub(crate) fn covenant(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_covenant")).current_dir(self.path()).args(arguments).output().unwrap()
    }

    /// Commits what was written and checks it against `main`.
    pub(crate) fn check(&self, more: &[&str]) -> Run {
        self.commit("the change");
        let output = self.covenant(&[&["check", "--base", "main", "-f", "json"], more].concat());
        let report = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        Run { code: output.status.code().unwrap(), report, error }
    }
}

/// A contract of operations `GET path`; those that begin with `/open` ask for no authentication, which is an error.
pub(crate) fn contract(paths: &[&str]) -> String {
    let operations: String = paths
        .iter()
        .map(|path| {
            let security = if path.starts_with("/open") { "security: []" } else { "security: [{key: []}]" };
            let id = path.trim_matches('/').replace('/', "-");
            format!(
                "  {path}:\n    get:\n      operationId: {id}\n      {security}\n      responses:\n        '200': {{description: The {id}}}\n"
            )
        })
        .collect();
    format!(
        "openapi: 3.0.3\ninfo:\n  title: Accounts\n  version: 1.0.0\n  description: The accounts.\npaths:\n{operations}components:\n  securitySchemes:\n    key: {{type: http, scheme: bearer}}\n"
    )
}
