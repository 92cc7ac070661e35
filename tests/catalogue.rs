//! Folders of contracts and several files as one API, through the command.

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
