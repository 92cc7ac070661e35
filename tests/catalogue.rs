//! Folders of contracts and several files as one API, through the command.

#[path = "common/git.rs"]
mod repositories;

use repositories::git;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

fn contract(title: &str, paths: &str) -> String {
    format!("openapi: 3.0.3\ninfo: {{title: {title}, version: 1.0.0}}\npaths:\n{paths}")
}

fn path(name: &str) -> String {
    format!(
        "  {name}:\n    get: {{operationId: get{}, responses: {{'200': {{description: fine}}}}}}\n",
        name.replace('/', "_")
    )
}

fn write(folder: &Path, name: &str, text: &str) {
    let file = folder.join(name);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_covenant"));
    let output = command.current_dir(folder).args(arguments).args(["--no-config", "-f", "json"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let report = serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code().unwrap(), report)
}

fn ids(report: &Value) -> Vec<&str> {
    report["diagnostics"].as_array().unwrap().iter().map(|finding| finding["rule"].as_str().unwrap()).collect()
}

fn two_folders(folder: &Path) {
    write(folder, "old/a.yaml", &contract("A", &path("/a")));
    write(folder, "old/sub/gone.yaml", &contract("Gone", &path("/gone")));
    write(folder, "new/a.yaml", &contract("A", &format!("{}{}", path("/a"), path("/b"))));
    write(folder, "new/fresh.yaml", &contract("Fresh", &path("/fresh")));
}

#[test]
fn folders_are_paired_by_path_and_tell_what_came_and_went() {
    let folder = tempfile::tempdir().unwrap();
    two_folders(folder.path());
    let (code, report) = run(folder.path(), &["diff", "old", "new"]);
    let mut found = ids(&report);
    found.sort_unstable();
    assert_eq!(found, ["api-added", "api-removed", "endpoint-added"]);
    assert_eq!(code, 1);
    let gone = report["diagnostics"].as_array().unwrap().iter().find(|d| d["rule"] == "api-removed").unwrap();
    assert_eq!(gone["impact"], "breaking");
    assert_eq!(gone["operations"][0], "GET /gone");
}

#[test]
fn a_renamed_file_is_the_contract_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["/a", "/b", "/c"].map(path).concat();
    write(folder.path(), "old/sim_swap.yaml", &contract("Sim Swap", &paths));
    write(folder.path(), "old/other.yaml", &contract("Other", &path("/x")));
    write(folder.path(), "new/v1/sim-swap.yaml", &contract("Sim Swap", &paths));
    let (code, report) = run(folder.path(), &["diff", "old", "new"]);
    assert_eq!(ids(&report), ["api-removed"]);
    assert!(report["diagnostics"][0]["operations"].as_array().unwrap().contains(&"GET /x".into()), "{report}");
    assert_eq!(code, 1);
    // Of another title with a few operations in common it is another API.
    let few = [path("/a"), path("/y"), path("/z")].concat();
    write(folder.path(), "new/v1/sim-swap.yaml", &contract("Sim Swap", &few));
    let (_, report) = run(folder.path(), &["diff", "old", "new"]);
    let mut found = ids(&report);
    found.sort_unstable();
    assert_eq!(found, ["api-added", "api-removed", "api-removed"]);
}

#[test]
fn every_format_writes_a_catalogue() {
    let folder = tempfile::tempdir().unwrap();
    two_folders(folder.path());
    for format in ["text", "json", "sarif", "github", "markdown", "html", "junit", "checkstyle", "gitlab", "teamcity"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_covenant"));
        command.current_dir(folder.path()).args(["diff", "old", "new", "--no-config", "-f", format]);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{format}");
        assert!(String::from_utf8_lossy(&output.stdout).contains("is gone"), "{format}");
    }
}

#[test]
fn check_compares_folders_and_reports_contracts_that_are_gone() {
    let folder = tempfile::tempdir().unwrap();
    two_folders(folder.path());
    let (_, report) = run(folder.path(), &["check", "new", "--base", "old"]);
    let found = ids(&report);
    for id in ["api-added", "api-removed", "endpoint-added"] {
        assert!(found.contains(&id), "{id} among {found:?}");
    }
}

#[test]
fn a_folder_is_compared_with_a_git_revision() {
    let folder = tempfile::tempdir().unwrap();
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(folder.path()).args(["-c", "user.name=a", "-c", "user.email=a@a.test"]).args(arguments);
        assert!(command.output().unwrap().status.success(), "{arguments:?}");
    };
    git(&["init", "-q"]);
    write(folder.path(), "apis/a.yaml", &contract("A", &path("/a")));
    write(
        folder.path(),
        "apis/gone.json",
        "{\"swagger\": \"2.0\", \"info\": {\"title\": \"G\", \"version\": \"1\"}, \"paths\": {\"/g\": {\"get\": {\"responses\": {}}}}}",
    );
    write(folder.path(), "apis/data.json", "{\"not\": \"a contract\"}");
    git(&["add", "."]);
    git(&["commit", "-qm", "one"]);
    std::fs::remove_file(folder.path().join("apis/gone.json")).unwrap();
    std::fs::remove_file(folder.path().join("apis/data.json")).unwrap();
    write(folder.path(), "apis/a.yaml", &contract("A", &path("/b")));
    let (_, report) = run(folder.path(), &["diff", "HEAD", "apis"]);
    let found = ids(&report);
    assert!(found.contains(&"api-removed") && found.contains(&"api-path-removed-without-deprecation"), "{found:?}");
    assert_eq!(found.iter().filter(|id| **id == "api-removed").count(), 1);
}

#[test]
fn several_files_are_one_api_so_operations_may_move_between_them() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "old/a.yaml", &contract("A", &format!("{}{}", path("/a"), path("/moved"))));
    write(folder.path(), "old/b.yaml", &contract("B", &path("/b")));
    write(folder.path(), "new/a.yaml", &contract("A", &path("/a")));
    write(folder.path(), "new/b.yaml", &contract("B", &format!("{}{}", path("/b"), path("/moved"))));
    let arguments = ["diff", "--base", "old/a.yaml", "old/b.yaml", "--revision", "new/*.yaml"];
    let (code, report) = run(folder.path(), &arguments);
    assert_eq!((code, ids(&report)), (0, vec![]), "{report}");
    write(folder.path(), "new/b.yaml", &contract("B", &path("/b")));
    let (code, report) = run(folder.path(), &arguments);
    assert_eq!((code, ids(&report)), (1, vec!["api-path-removed-without-deprecation"]));
    assert!(report["diagnostics"][0]["location"]["file"].as_str().unwrap().contains("old/a.yaml"), "{report}");
}

#[test]
fn files_whose_roots_disagree_make_the_run_incomplete() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.yaml", &format!("{}security: [{{k: []}}]\n", contract("A", &path("/a"))));
    write(folder.path(), "b.yaml", &contract("B", &path("/b")));
    let (code, report) = run(folder.path(), &["diff", "--base", "a.yaml", "b.yaml", "--revision", "a.yaml", "b.yaml"]);
    assert_eq!(code, 2);
    assert!(report["limitations"].to_string().contains("`security` differs"), "{report}");
}

#[test]
fn check_without_arguments_reports_contracts_that_left_this_folder() {
    let folder = tempfile::tempdir().unwrap();
    two_folders(folder.path());
    let (_, report) = run(&folder.path().join("new"), &["check", "--base", "../old"]);
    let found = ids(&report);
    for id in ["api-added", "api-removed", "endpoint-added"] {
        assert_eq!(found.iter().filter(|known| **known == id).count(), 1, "{id} among {found:?}");
    }
    // The same against a git revision.
    let work = folder.path().join("work");
    write(&work, "a.yaml", &contract("A", &path("/a")));
    write(&work, "sub/gone.yaml", &contract("Gone", &path("/gone")));
    git(&work, &["init", "-q"]);
    git(&work, &["add", "-A"]);
    git(&work, &["commit", "-qm", "first"]);
    std::fs::remove_file(work.join("sub/gone.yaml")).unwrap();
    write(&work, "fresh.yaml", &contract("Fresh", &path("/fresh")));
    git(&work, &["add", "fresh.yaml"]);
    let (code, report) = run(&work, &["check", "--base", "HEAD"]);
    let found = ids(&report);
    assert!(found.contains(&"api-added") && found.contains(&"api-removed"), "{found:?}");
    assert_eq!(code, 1);
}

#[test]
fn check_counts_the_contracts_that_the_configuration_of_the_base_listed() {
    let folder = tempfile::tempdir().unwrap();
    let work = folder.path();
    write(work, "covenant.yaml", "version: 1\napis:\n- {name: a, file: a.yaml}\n- {name: gone, file: ./gone.yaml}\n");
    write(work, "a.yaml", &contract("A", &path("/a")));
    write(work, "gone.yaml", &contract("Gone", &path("/gone")));
    write(work, "draft.yaml", &contract("Draft", &path("/draft")));
    git(work, &["init", "-q"]);
    git(work, &["add", "-A"]);
    git(work, &["commit", "-qm", "first"]);
    std::fs::remove_file(work.join("gone.yaml")).unwrap();
    std::fs::remove_file(work.join("draft.yaml")).unwrap();
    write(work, "covenant.yaml", "version: 1\napis:\n- {name: a, file: a.yaml}\n");
    let mut command = Command::new(env!("CARGO_BIN_EXE_covenant"));
    let output = command.current_dir(work).args(["check", "--base", "HEAD", "-f", "json"]).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let gone: Vec<&Value> =
        report["diagnostics"].as_array().unwrap().iter().filter(|d| d["rule"] == "api-removed").collect();
    assert_eq!(gone.len(), 1, "{gone:?}");
    assert!(gone[0]["message"].as_str().unwrap().contains("`Gone`"), "{gone:?}");
}

#[test]
fn check_compares_several_files_as_one_api() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "old/a.yaml", &contract("A", &format!("{}{}", path("/a"), path("/moved"))));
    write(folder.path(), "old/b.yaml", &contract("B", &format!("{}{}", path("/b"), path("/lost"))));
    write(folder.path(), "new/a.yaml", &contract("A", &path("/a")));
    write(folder.path(), "new/b.yaml", &contract("B", &format!("{}{}", path("/b"), path("/moved"))));
    let arguments = ["check", "new/a.yaml", "new/b.yaml", "--base", "old/a.yaml", "--base", "old/b.yaml"];
    let (code, report) = run(folder.path(), &arguments);
    let all = report["diagnostics"].as_array().unwrap();
    let changes: Vec<&Value> = all.iter().filter(|finding| finding["impact"] == "breaking").collect();
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert!(changes[0]["message"].as_str().unwrap().contains("/lost"));
    assert!(all.iter().any(|finding| finding["rule"].as_str().unwrap().starts_with("doc-")), "lint runs as well");
    assert_eq!((code, &report["contracts"]), (1, &Value::from(2)));
}
