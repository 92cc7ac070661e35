//! What a hostile repository cannot make the program do: read files outside, write through its links, or never end.
#![cfg(unix)]

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

const CONTRACT: &str = "openapi: 3.0.3\ninfo: {title: T, version: 1.0.0}\ntags: []\npaths:\n  /a/:\n    get:\n      operationId: a\n      \
                        tags: [x]\n      responses: {'200': {description: ok}}\n";

/// A folder that holds the repository `repo` and the file `secret` beside it.
fn place() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("repo/.git")).unwrap();
    std::fs::create_dir_all(folder.path().join("repo/api")).unwrap();
    std::fs::write(folder.path().join("secret"), "password: hunter2-SECRET\n\"unterminated\n").unwrap();
    std::fs::write(folder.path().join("repo/api/a.yaml"), CONTRACT).unwrap();
    folder
}

fn covenant(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_covenant")).args(arguments).current_dir(folder).env_remove("CI").output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn write(repo: &Path, name: &str, text: &str) {
    std::fs::create_dir_all(repo.join(name).parent().unwrap()).unwrap();
    std::fs::write(repo.join(name), text).unwrap();
}

#[test]
fn no_output_goes_through_a_link_of_the_repository() {
    let folder = place();
    let repo = folder.path().join("repo");
    write(&repo, "b.yaml", &CONTRACT.replace("/a/", "/b/"));
    let before = std::fs::read_to_string(folder.path().join("secret")).unwrap();
    symlink("../secret", repo.join("out")).unwrap();
    symlink("..", repo.join("up")).unwrap();
    for arguments in [
        &["lint", "--no-config", "-q", "-o", "sarif=out", "b.yaml"][..],
        &["lint", "--no-config", "-q", "-o", "json=up/secret", "b.yaml"],
        &["lint", "--no-config", "-q", "-o", "github-output=out", "b.yaml"],
        &["lint", "--no-config", "-q", "-o", "json=../new", "b.yaml"],
        &["lint", "--no-config", "--write-baseline", "out", "b.yaml"],
        &["lint", "--no-config", "-q", "--cache", "up/cache", "b.yaml"],
        &["changelog", "--no-config", "api/a.yaml", "b.yaml", "--into", "out"],
        &["timeline", "--no-config", "b.yaml", "-o", "out"],
        &["notices", "--no-config", "b.yaml", "-o", "out"],
    ] {
        let output = covenant(&repo, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", said(&output));
    }
    assert_eq!(std::fs::read_to_string(folder.path().join("secret")).unwrap(), before);
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    // Named absolutely, a file elsewhere is the caller's wish.
    let elsewhere = format!("json={}", folder.path().join("new").display());
    covenant(&repo, &["lint", "--no-config", "-q", "-o", &elsewhere, "b.yaml"]);
    assert!(folder.path().join("new").is_file());
}

#[test]
fn names_of_temporary_files_cannot_be_taken_beforehand() {
    let folder = place();
    let repo = folder.path().join("repo");
    for name in ["a.yaml", "out.json"] {
        symlink("../../secret", repo.join("api").join(format!("{name}.covenant-tmp"))).unwrap();
    }
    let before = std::fs::read_to_string(folder.path().join("secret")).unwrap();
    covenant(&repo, &["lint", "--no-config", "-q", "-o", "json=api/out.json", "api/a.yaml"]);
    covenant(&repo, &["lint", "--no-config", "-q", "--fix", "--fix-rule", "path-keys-no-trailing-slash", "api/a.yaml"]);
    assert_eq!(std::fs::read_to_string(folder.path().join("secret")).unwrap(), before);
    assert!(repo.join("api/out.json").is_file());
}

#[test]
fn a_contract_that_is_a_link_out_of_the_repository_is_refused_and_not_shown() {
    let folder = place();
    let repo = folder.path().join("repo");
    symlink("../../secret", repo.join("api/link.yaml")).unwrap();
    write(&repo, "listed/covenant.yaml", "apis: [{file: ../api/link.yaml}]\n");
    for (at, arguments) in [
        (&repo, &["lint", "--no-config", "api/link.yaml", "-f", "html"][..]),
        (&repo, &["diff", "--no-config", "api/a.yaml", "api/link.yaml"]),
        (&repo, &["check", "--no-config", "--base", "api/link.yaml", "api/a.yaml"]),
        (&repo.join("listed"), &["lint"]),
    ] {
        let output = covenant(at, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", said(&output));
        assert!(!said(&output).contains("SECRET"), "{}", said(&output));
    }
    // The root that the caller names may be larger.
    let root = folder.path().display().to_string();
    let output = covenant(&repo, &["lint", "--no-config", "--root", &root, "api/link.yaml"]);
    assert!(!said(&output).contains("symbolic link"), "{}", said(&output));
}

#[test]
fn a_configuration_names_no_file_outside_the_repository() {
    let folder = place();
    let repo = folder.path().join("repo");
    for text in [
        "root: ../\n",
        "root: /\n",
        "map: {'https://x/': '/etc/'}\n",
        "map: {'https://x/': '../'}\n",
        "baseline: ../secret\n",
        "baseline: /dev/zero\n",
        "waivers-file: ../secret\n",
        "waivers-file: /dev/zero\n",
        "diff: {severity-levels: ../secret}\n",
        "diff: {err-ignore: /dev/zero}\n",
        "rulesets: [../secret.yaml]\n",
        "apis: [{file: ../secret}]\n",
    ] {
        write(&repo, "covenant.yaml", text);
        let started = Instant::now();
        let output = covenant(&repo, &["check"]);
        assert_eq!(output.status.code(), Some(2), "{text}: {}", said(&output));
        assert!(!said(&output).contains("SECRET") && started.elapsed() < Duration::from_secs(20), "{text}");
    }
    write(folder.path(), "baseline.json", "{\"version\": 1, \"findings\": []}");
    write(&repo, "covenant.yaml", "baseline: ../baseline.json\n");
    assert!(said(&covenant(&repo, &["check"])).contains("--allow-outside"));
    assert!(!said(&covenant(&repo, &["check", "--allow-outside"])).contains("outside the repository"));
}

#[test]
fn a_ruleset_names_no_file_outside_the_repository() {
    let folder = place();
    let repo = folder.path().join("repo");
    write(folder.path(), "outer.yaml", "rules: {}\n");
    write(folder.path(), "node_modules/evil/index.js", "module.exports = { c: 'SECRET' };\n");
    write(&repo, "functions/f.js", "const s = require('evil'); module.exports = () => [{ message: s.c }];\n");
    symlink("/dev/zero", repo.join("zero.yaml")).unwrap();
    for text in [
        "extends: [../outer.yaml]\n",
        "extends: [/dev/zero]\n",
        "extends: [./zero.yaml]\n",
        "extends: [evil]\n",
        "functions: [f]\nrules: {r: {given: $, then: {function: f}}}\n",
    ] {
        write(&repo, "rules.yaml", text);
        let output = covenant(&repo, &["lint", "-r", "rules.yaml", "api/a.yaml"]);
        assert_eq!(output.status.code(), Some(2), "{text}: {}", said(&output));
        assert!(!said(&output).contains("SECRET"), "{}", said(&output));
    }
}

#[test]
fn one_file_behind_many_links_is_read_once() {
    let folder = place();
    let repo = folder.path().join("repo");
    let mut paths = String::new();
    for number in 0..40 {
        symlink("shared.yaml", repo.join(format!("api/l{number}.yaml"))).unwrap();
        paths.push_str(&format!("  /p{number}: {{get: {{responses: {{'200': {{$ref: 'l{number}.yaml#/r'}}}}}}}}\n"));
    }
    write(&repo, "api/shared.yaml", &format!("r: {{description: ok}}\nx: {}\n", "y".repeat(1 << 20)));
    write(&repo, "api/many.yaml", &format!("openapi: 3.0.3\ninfo: {{title: T, version: 1.0.0}}\npaths:\n{paths}"));
    let limits = ["lint", "--no-config", "--max-file-size", "2000000", "api/many.yaml"];
    let output = covenant(&repo, &limits);
    assert!(!said(&output).contains("is not followed"), "{}", said(&output));
    // Forty files are more than four times the largest that is allowed.
    for number in 0..40 {
        std::fs::remove_file(repo.join(format!("api/l{number}.yaml"))).unwrap();
        std::fs::copy(repo.join("api/shared.yaml"), repo.join(format!("api/l{number}.yaml"))).unwrap();
    }
    let output = covenant(&repo, &limits);
    assert!(said(&output).contains("bytes together"), "{}", said(&output));
}

#[test]
fn rulesets_that_extend_each_other_again_and_again_end() {
    let folder = place();
    let repo = folder.path().join("repo");
    for number in 0..40 {
        write(
            &repo,
            &format!("e{number}.json"),
            &format!("{{\"extends\": [\"./e{0}.json\", \"./e{0}.json\"]}}", number + 1),
        );
    }
    write(&repo, "e40.json", "{\"rules\": {}}");
    let started = Instant::now();
    let output = covenant(&repo, &["lint", "-r", "e0.json", "api/a.yaml"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[cfg(feature = "js")]
#[test]
fn scripts_that_work_natively_for_ever_are_stopped_and_the_run_goes_on() {
    let folder = place();
    let repo = folder.path().join("repo");
    for (name, code) in [
        ("search", "export default () => { const s = 'a'.repeat(3e7); for (let i = 0; i < 1e9; i++) s.indexOf('b'); }"),
        ("fill", "export default () => { const a = new Array(1e6); for (let i = 0; i < 1e9; i++) a.fill(i); }"),
        ("long", "export default () => [{ message: 'x'.repeat(2 ** 28) }]"),
        (
            "many",
            "export default () => { const a = []; for (let i = 0; i < 9e5; i++) a.push({ message: 'm' + i }); return a; }",
        ),
        ("caught", "export default () => { for (;;) { try { 'a'.repeat(1e7).split(''); } catch {} } }"),
    ] {
        write(&repo, &format!("functions/{name}.js"), code);
        let ruleset = format!("{{functions: [{name}], rules: {{r: {{given: $, then: {{function: {name}}}}}}}}}");
        write(&repo, "rules.yaml", &ruleset);
        let started = Instant::now();
        let output = covenant(&repo, &["lint", "-r", "rules.yaml", "api/a.yaml", "-f", "json"]);
        assert_eq!(output.status.code(), Some(2), "{name}: {}", said(&output));
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(report["limitations"][0]["what"].as_str().unwrap().contains("failed"), "{name}: {report}");
        assert!(started.elapsed() < Duration::from_secs(40), "{name}: {:?}", started.elapsed());
    }
}
