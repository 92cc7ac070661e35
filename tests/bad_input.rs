//! Bad input gets a clear message with position and exit code, never a panic, and costs nothing of the other files.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn covenant(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_covenant")).args(arguments).current_dir(folder).env_remove("CI").output().unwrap()
}

/// A folder with these files, and the sound contract `good.yaml`, which has one finding: an unknown field.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let good = "openapi: 3.0.3\ninfo: {title: Good, version: 1.0.0, titel: x}\npaths: {}\n";
    std::fs::write(folder.path().join("good.yaml"), good).unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

/// Lints `name` beside the good contract: exit code, what was said about `name`, and that nothing of the other is lost.
fn judged(name: &str, bytes: &[u8]) -> (i32, Vec<(String, u64, String)>) {
    let folder = folder(&[(name, bytes)]);
    let output = covenant(folder.path(), &["lint", "--no-config", "-f", "json", name, "good.yaml"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!stderr.contains("panicked"), "{stderr}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no report: {stderr}"));
    let mut said = Vec::new();
    let mut good = 0;
    for diagnostic in report["diagnostics"].as_array().unwrap() {
        let place = &diagnostic["location"];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        if place["file"] == "good.yaml" {
            good += usize::from(diagnostic["message"].as_str().unwrap().contains("titel"));
        } else {
            said.push((text(&diagnostic["rule"]), place["line"].as_u64().unwrap(), text(&diagnostic["message"])));
        }
    }
    assert_eq!(good, 1, "the findings of the good contract are lost");
    for limitation in report["limitations"].as_array().unwrap() {
        said.push(("not-examined".to_owned(), 0, limitation["what"].as_str().unwrap().to_owned()));
    }
    (output.status.code().unwrap(), said)
}

fn says(name: &str, bytes: &[u8], code: i32, rule: &str, line: u64, words: &str) {
    let (found, said) = judged(name, bytes);
    assert_eq!(found, code, "{said:?}");
    let hit = said.iter().any(|(r, l, message)| r == rule && *l == line && message.contains(words));
    assert!(hit, "{rule} at line {line} with `{words}` expected, but: {said:?}");
}

#[test]
fn a_missing_file_is_named() {
    let folder = folder(&[]);
    let output = covenant(folder.path(), &["lint", "--no-config", "nope.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stdout).contains("there is no file `nope.yaml`"));
}

#[test]
fn a_folder_without_contracts_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("notes.yaml"), "a: 1\n").unwrap();
    let output = covenant(folder.path(), &["lint", "--no-config", "."]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stdout).contains("no OpenAPI contract in the folder"));
}

#[test]
fn an_empty_file_is_said_to_be_empty() {
    says("a.yaml", b"", 2, "empty-document", 1, "empty");
    says("a.json", b"", 2, "empty-document", 1, "empty");
    says("a.yaml", b"# nothing but a comment\n", 2, "empty-document", 1, "empty");
}

#[test]
fn binary_files_and_other_encodings_are_named() {
    says("a.yaml", b"PK\x03\x04\x00\x00", 2, "not-examined", 0, "binary");
    says("a.yaml", b"\xff\xfeo\x00p\x00", 2, "not-examined", 0, "UTF-16");
    says("a.yaml", b"openapi: 3.0.0\ninfo: {title: caf\xe9}\n", 2, "not-examined", 0, "line 2");
}

#[test]
fn truncated_texts_are_reported_where_they_end_or_open() {
    says("a.json", b"{\"openapi\": \"3.0.0\",\n \"info\": {\"title\": \"x\"", 1, "syntax-json", 2, "the file ends");
    let (code, said) = judged("a.yaml", b"openapi: 3.0.0\ninfo:\n  title: \"x\n");
    assert_eq!(code, 1);
    assert!(said.iter().any(|(rule, line, _)| rule == "syntax-yaml" && (2..=4).contains(line)), "{said:?}");
}

#[test]
fn deep_nesting_is_refused_and_what_is_before_it_is_read() {
    let deep = "[".repeat(10_000);
    let text = format!("openapi: 3.0.0\ninfo: {{title: x, version: '1'}}\npaths: {{}}\nx-deep: {deep}\n");
    says("a.yaml", text.as_bytes(), 2, "limit-depth", 4, "256 levels");
    let text = format!("{{\"openapi\": \"3.0.0\",\n\"x-deep\": {deep}");
    says("a.json", text.as_bytes(), 2, "limit-depth", 2, "256 levels");
}

#[test]
fn an_alias_bomb_is_refused() {
    let mut text = String::from("openapi: 3.0.0\nx-0: &x0 [a, a, a, a, a, a, a, a, a, a]\n");
    for n in 1..15 {
        let aliases = vec![format!("*x{}", n - 1); 10].join(", ");
        text.push_str(&format!("x-{n}: &x{n} [{aliases}]\n"));
    }
    says("a.yaml", text.as_bytes(), 2, "limit-aliases", 16, "expand");
}

#[test]
fn references_in_circles_and_to_nowhere_are_findings() {
    let text = "openapi: 3.0.3\ninfo: {title: x, version: '1'}\npaths:\n  /a:\n    get:\n      responses:\n        '200':\n\
                \x20         description: ok\n          content:\n            application/json:\n              schema: {$ref: '#/components/schemas/A'}\n\
                components:\n  schemas:\n    A: {$ref: '#/components/schemas/B'}\n    B: {$ref: '#/components/schemas/A'}\n\
                \x20   C: {$ref: '#/components/schemas/Nowhere'}\n";
    says("a.yaml", text.as_bytes(), 1, "ref-unresolved", 16, "Nowhere");
    let (_, said) = judged("a.yaml", text.as_bytes());
    assert!(said.iter().any(|(_, _, message)| message.contains("itself")), "{said:?}");
}

#[test]
fn references_out_of_the_root_and_to_the_network_are_refused() {
    let text = "openapi: 3.0.3\ninfo: {title: x, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n\
                \x20   A: {$ref: '../../../../../../../../etc/passwd'}\n    B: {$ref: 'https://example.com/b.yaml'}\n";
    says("a.yaml", text.as_bytes(), 1, "ref-unresolved", 6, "--root");
    says("a.yaml", text.as_bytes(), 1, "ref-unresolved", 7, "--map");
}

#[test]
fn an_unknown_version_names_what_was_found() {
    says("a.yaml", b"openapi: 4.1.0\ninfo: {}\n", 2, "unknown-version", 1, "`4.1.0`");
    says("a.yaml", b"swagger: '1.2'\n", 2, "unknown-version", 1, "`1.2`");
    says("a.yaml", b"title: x\n", 2, "unknown-version", 1, "does not say which OpenAPI");
    says("a.yaml", b"- openapi: 3.0.0\n", 2, "unknown-version", 1, "must be an object");
}

#[test]
fn a_wrong_type_where_an_object_belongs_is_a_finding() {
    let text = "openapi: 3.0.3\ninfo: [title]\npaths:\n  /a: nothing\n";
    says("a.yaml", text.as_bytes(), 1, "struct-type", 2, "info");
    says("a.yaml", text.as_bytes(), 1, "struct-type", 4, "/a");
}

#[test]
fn duplicate_keys_are_errors_with_both_places() {
    says(
        "a.yaml",
        b"openapi: 3.0.3\ninfo: {title: x, version: '1'}\npaths: {}\npaths: {}\n",
        1,
        "duplicate-key",
        4,
        "`paths`",
    );
}

#[test]
fn a_comparison_of_a_text_that_was_read_in_part_is_incomplete() {
    let folder = folder(&[(
        "cut.json",
        b"{\"openapi\": \"3.0.0\", \"info\": {\"title\": \"x\", \"version\": \"1\"}, \"paths\": {",
    )]);
    let output = covenant(folder.path(), &["diff", "--no-config", "good.yaml", "cut.json"]);
    assert_eq!(output.status.code(), Some(2));
    let output = covenant(folder.path(), &["diff", "--no-config", "cut.json", "good.yaml"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn faults_in_the_configuration_stop_the_run_with_their_place() {
    let folder = folder(&[("covenant.yaml", b"version: 1\nfial-on: error\n")]);
    let output = covenant(folder.path(), &["lint", "good.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("covenant.yaml:2:1") && stderr.contains("fial-on"), "{stderr}");
}

#[test]
fn misuse_of_the_command_line_is_exit_code_2() {
    let folder = folder(&[]);
    for arguments in
        [&["lint", "--no-such-flag"][..], &["diff", "good.yaml"], &["lint", "-f", "pdf", "good.yaml"], &["nope"]]
    {
        assert_eq!(covenant(folder.path(), arguments).status.code(), Some(2), "{arguments:?}");
    }
}
