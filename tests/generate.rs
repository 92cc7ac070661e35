//! Contracts that a command emits: what is judged, what runs, and what a hostile pull request makes of it. The framework of
//! these tests is a script of our own, installed below `node_modules`.
#![cfg(unix)]

#[path = "common/git.rs"]
mod repositories;

use repositories::git;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn commit(folder: &Path) {
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-q", "--allow-empty", "-m", "a"]);
}

/// A framework that makes a contract of `model`: a line is a component, its property, its type, and whether it is required.
const FRAMEWORK: &str = r##"
component=$(cut -d' ' -f1 model | head -1)
required=$(awk '$4 == "required" { printf "%s\"%s\"", sep, $2; sep = "," }' model)
properties=$(awk '{ printf "%s\"%s\": {\"type\": \"%s\"EXTRA}", sep, $2, $3; sep = "," }' model)
printf '{"openapi":"3.0.3","info":{"title":"Pay","version":"1.0.0"},"paths":{"/payments":{"post":{"operationId":"createPayment",'
printf '"requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/%s"}}}},' "$component"
printf '"responses":{"201":{"description":"made"}}}}},"components":{"schemas":{"%s":{"type":"object","required":[%s],"properties":{%s}}}}}\n' \
  "$component" "$required" "$properties"
"##;

/// The version of the framework that puts a limit on every string.
fn upgraded() -> String {
    FRAMEWORK.replace("EXTRA", r#", \"maxLength\": 50"#)
}

const MODEL: &str = "Payment amount string required\nPayment note string optional\n";

/// A repository with a base commit whose contract is emitted.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "-q", "-b", "main"]);
    write(
        folder.path(),
        "covenant.yaml",
        "version: 1\napis:\n  - file: openapi.json\n    generate: sh node_modules/fw/emit.sh\n",
    );
    write(folder.path(), ".gitignore", "node_modules\nopenapi.json\n");
    write(folder.path(), "package.json", "{\"dependencies\": {\"fw\": \"1\"}}\n");
    write(folder.path(), "model", MODEL);
    write(folder.path(), "node_modules/fw/emit.sh", &FRAMEWORK.replace("EXTRA", ""));
    commit(folder.path());
    git(folder.path(), &["switch", "-q", "-c", "change"]);
    folder
}

/// The same with the command in a script that git tracks.
fn scripted(script: &str) -> tempfile::TempDir {
    let folder = repository();
    git(folder.path(), &["switch", "-q", "main"]);
    write(folder.path(), "covenant.yaml", "version: 1\napis:\n  - file: openapi.json\n    generate: sh emit.sh\n");
    write(folder.path(), "emit.sh", script);
    commit(folder.path());
    git(folder.path(), &["switch", "-q", "-C", "change"]);
    folder
}

#[derive(Debug)]
struct Run {
    code: i32,
    report: Value,
    error: String,
}

impl Run {
    fn change(&self) -> &str {
        self.report["verdict"]["change"].as_str().unwrap_or("unknown")
    }

    fn rules(&self) -> Vec<&str> {
        self.report["diagnostics"].as_array().into_iter().flatten().filter_map(|found| found["rule"].as_str()).collect()
    }

    fn is_incomplete(&self, words: &str) -> bool {
        self.code == 2 && (self.report["limitations"].to_string().contains(words) || self.error.contains(words))
    }
}

fn run_with(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_covenant"))
        .current_dir(folder)
        .args(["check", "-f", "json"])
        .args(arguments)
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    Run {
        code: output.status.code().unwrap(),
        report: serde_json::from_slice(&output.stdout).unwrap_or_default(),
        error: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn run(folder: &Path, arguments: &[&str]) -> Run {
    run_with(folder, arguments, &[])
}

/// Compares with the branch `main`.
fn judged(folder: &Path, more: &[&str]) -> Run {
    let mut arguments = vec!["--base", "main", "--allow-generate", "--same-generator"];
    arguments.extend(more);
    run(folder, &arguments)
}

#[test]
fn a_renamed_class_is_no_change() {
    let repository = repository();
    let folder = repository.path();
    let same = judged(folder, &[]);
    assert_eq!((same.code, same.change()), (0, "none"), "{same:?}");
    write(folder, "model", &MODEL.replace("Payment ", "PaymentRequest "));
    let renamed = judged(folder, &[]);
    assert_eq!((renamed.code, renamed.change()), (0, "none"), "{renamed:?}");
    assert_eq!(renamed.report["contracts"], 1);
    // Nothing was left in the work tree.
    assert_eq!(git(folder, &["status", "--porcelain", "--ignored"]), "M model\n!! node_modules/");
}

#[test]
fn a_new_required_field_breaks_with_a_proof_and_the_operation_is_named() {
    let repository = repository();
    write(repository.path(), "model", &format!("{MODEL}Payment iban string required\n"));
    let run = judged(repository.path(), &[]);
    assert_eq!((run.code, run.change()), (1, "breaking"), "{run:?}");
    let finding = &run.report["diagnostics"][0];
    assert_eq!(finding["operations"][0], "POST /payments");
    assert!(finding["message"].as_str().unwrap().contains("iban"), "{finding}");
    assert!(finding["evidence"].is_object(), "{finding}");
    assert_eq!(finding["location"]["file"], "openapi.json");
}

#[test]
fn code_that_follows_its_own_place_stays_on_its_side() {
    // The framework reads the model beside the folder that it is installed in, or where it is told that it runs.
    for (place, from) in [("$(cd -P -- \"$(dirname -- \"$0\")\" && pwd -P)/../..", "itself"), ("$TOLD", "a variable")] {
        let repository = repository();
        let folder = repository.path();
        let script = FRAMEWORK.replace("EXTRA", "").replace(" model)", &format!(" \"{place}/model\")"));
        write(folder, "node_modules/fw/emit.sh", &script);
        write(folder, "model", &format!("{MODEL}Payment iban string required\n"));
        let top = folder.canonicalize().unwrap();
        let told = [("TOLD", top.to_str().unwrap())];
        let run = run_with(folder, &["--base", "main", "--allow-generate", "--same-generator"], &told);
        assert_eq!((run.code, run.change()), (1, "breaking"), "{from}: {run:?}");
    }
}

#[test]
fn every_way_to_name_what_is_emitted_runs_it_or_says_that_it_does_not() {
    let repository = repository();
    let folder = repository.path();
    write(folder, "model", &format!("{MODEL}Payment iban string required\n"));
    for name in ["openapi.json", "*.json", "."] {
        let run = judged(folder, &[name]);
        assert_eq!((run.code, run.change()), (1, "breaking"), "{name}: {run:?}");
        assert!(run_with(folder, &["--base", "main", name], &[]).is_incomplete("--allow-generate"), "{name}");
    }
    // The configuration of a folder further in is told where the run does not start there.
    git(folder, &["switch", "-q", "-f", "main"]);
    write(folder, "pay/covenant.yaml", "version: 1\napis:\n  - file: openapi.json\n    generate: sh emit.sh\n");
    write(folder, "covenant.yaml", "version: 1\n");
    commit(folder);
    git(folder, &["switch", "-q", "-C", "further"]);
    let told = "`pay/covenant.yaml` says that contracts are emitted";
    let told = [("", told), ("pay", "--allow-generate"), ("pay/*.json", "--allow-generate")];
    for (argument, what) in told {
        let arguments = ["--base", "main", argument];
        let run = run(folder, &arguments[..if argument.is_empty() { 2 } else { 3 }]);
        assert!(run.is_incomplete(what), "{argument}: {run:?}");
    }
}

#[test]
fn packages_that_are_lent_emit_nothing_for_another_pull_request() {
    let repository = repository();
    let folder = repository.path();
    write(folder, "model", &format!("{MODEL}Payment iban string required\n"));
    let cache = tempfile::tempdir().unwrap();
    let kept = ["--cache", cache.path().to_str().unwrap()];
    let honest = std::fs::read_to_string(folder.join("node_modules/fw/emit.sh")).unwrap();
    write(folder, "node_modules/fw/emit.sh", &honest.replace("model)", "model; echo Payment iban string required)"));
    assert_eq!(judged(folder, &kept).change(), judged(folder, &[]).change());
    write(folder, "node_modules/fw/emit.sh", &honest);
    let run = judged(folder, &kept);
    assert_eq!((run.code, run.change()), (1, "breaking"), "{run:?}");
}

#[test]
fn an_upgrade_of_the_framework_is_no_change_where_the_base_is_lent_the_dependencies() {
    let repository = repository();
    let folder = repository.path();
    write(folder, "node_modules/fw/emit.sh", &upgraded());
    write(folder, "package.json", "{\"dependencies\": {\"fw\": \"2\"}}\n");
    let upgraded = judged(folder, &[]);
    assert_eq!((upgraded.code, upgraded.change()), (0, "none"), "{upgraded:?}");
    // Without them the command has no framework in the base, and says so.
    let alone = run(folder, &["--base", "main", "--allow-generate"]);
    assert!(alone.is_incomplete("--same-generator lends the base"), "{alone:?}");
    assert!(alone.is_incomplete("exit code"), "{alone:?}");
}

#[test]
fn nothing_runs_unless_the_caller_allows_it() {
    let mark = tempfile::tempdir().unwrap();
    let mark = mark.path().join("ran");
    let repository = scripted(&format!("touch '{}'\n{}", mark.display(), FRAMEWORK.replace("EXTRA", "")));
    for arguments in
        [&["--base", "main"][..], &["--base", "main", "--generate", "sh emit.sh"], &["--generate", "sh emit.sh"]]
    {
        let run = run(repository.path(), arguments);
        assert!(run.is_incomplete("--allow-generate"), "{run:?}");
        assert!(!mark.exists(), "{arguments:?}");
    }
    assert_eq!(judged(repository.path(), &[]).code, 0);
    assert!(mark.exists());
}

#[test]
fn the_head_chooses_no_command() {
    let mark = tempfile::tempdir().unwrap();
    let mark = mark.path().join("ran");
    let repository = scripted(&FRAMEWORK.replace("EXTRA", ""));
    let folder = repository.path();
    write(folder, "evil.sh", &format!("touch '{}'\n", mark.display()));
    let own = "version: 1\napis:\n  - file: openapi.json\n    generate: sh evil.sh\n";
    write(folder, "covenant.yaml", own);
    write(folder, "model", &format!("{MODEL}Payment iban string required\n"));
    commit(folder);
    for more in [&[][..], &["--policy-from", "head"], &["openapi.json"]] {
        let run = judged(folder, more);
        assert_eq!((run.code, run.change()), (1, "breaking"), "{run:?}");
    }
    // A base that is a file has no configuration, and that of the work tree is the head's.
    write(
        folder,
        "base/openapi.json",
        "{\"openapi\": \"3.0.3\", \"info\": {\"title\": \"Pay\", \"version\": \"1\"}, \"paths\": {}}",
    );
    for base in ["base/openapi.json", "./base"] {
        let of_file = run(folder, &["--base", base, "--allow-generate"]);
        assert!(of_file.is_incomplete("counts once the target has it"), "{of_file:?}");
    }
    assert!(run(folder, &["--allow-generate"]).is_incomplete("counts once the target has it"));
    assert!(!mark.exists(), "a command of the head ran");
}

#[test]
fn a_contract_that_the_head_lists_no_more_is_judged_all_the_same() {
    let repository = scripted(&FRAMEWORK.replace("EXTRA", ""));
    let folder = repository.path();
    write(folder, "model", &format!("{MODEL}Payment iban string required\n"));
    for own in ["version: 1\n", "version: 1\napis: []\n"] {
        write(folder, "covenant.yaml", own);
        let run = judged(folder, &[]);
        assert_eq!((run.code, run.change()), (1, "breaking"), "{run:?}");
    }
    std::fs::remove_file(folder.join("covenant.yaml")).unwrap();
    assert_eq!(judged(folder, &[]).change(), "breaking");
    // Without its command it cannot be emitted, which is no pass.
    std::fs::remove_file(folder.join("emit.sh")).unwrap();
    assert_eq!(judged(folder, &[]).code, 2);
}

#[test]
fn what_a_command_does_not_emit_is_never_passed_over() {
    let emit = FRAMEWORK.replace("EXTRA", "");
    for (script, words) in [
        ("echo 'no module named app' >&2; exit 3", "failed (exit code 3): no module named app"),
        ("true", "emitted nothing"),
        ("echo '   '", "emitted nothing"),
        ("printf '\\377\\376\\000'", "emitted no text"),
        ("yes", "printed more than 20000 bytes"),
        ("sleep 600 & sleep 600", "was ended after 2 seconds"),
        ("kill -9 $$", "ended by a signal"),
    ] {
        let repository = scripted(&emit);
        let folder = repository.path();
        write(folder, "emit.sh", script);
        let limits = ["--generate-timeout", "2", "--max-file-size", "20000"];
        let head = judged(folder, &limits);
        assert!(head.is_incomplete(words), "{script}: {head:?}");
        // And the other way round.
        commit(folder);
        git(folder, &["branch", "-f", "main"]);
        write(folder, "emit.sh", &emit);
        let base = judged(folder, &limits);
        assert!(base.is_incomplete(words) && base.is_incomplete("in the base `main`"), "{script}: {base:?}");
    }
}

#[test]
fn what_is_emitted_but_is_no_contract_makes_the_run_incomplete() {
    let repository = scripted(&FRAMEWORK.replace("EXTRA", ""));
    write(repository.path(), "emit.sh", "echo 'Listening on port 3000'");
    let run = judged(repository.path(), &[]);
    assert_eq!(run.code, 2, "{run:?}");
}

#[test]
fn the_base_is_written_without_filters_hooks_and_links_that_lead_out() {
    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), "secret", "Secret key string required\n");
    let mark = outside.path().join("ran");
    let repository = scripted(&FRAMEWORK.replace("EXTRA", ""));
    let folder = repository.path();
    // In the base, the model is a link out of the repository and an attribute names a filter.
    std::fs::remove_file(folder.join("model")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret"), folder.join("model")).unwrap();
    std::os::unix::fs::symlink("/", folder.join("root")).unwrap();
    write(folder, ".gitattributes", "* filter=evil\n");
    write(
        folder,
        "emit.sh",
        &format!("ls root/etc >&2; cat model > /dev/null || exit 7; {}", FRAMEWORK.replace("EXTRA", "")),
    );
    commit(folder);
    git(folder, &["branch", "-f", "main"]);
    let evil = format!("sh -c 'touch {}; cat'", mark.display());
    for key in ["filter.evil.smudge", "filter.evil.clean", "filter.evil.process", "core.fsmonitor"] {
        git(folder, &["config", key, &evil]);
    }
    for hook in ["post-checkout", "pre-commit", "post-index-change"] {
        write(folder, &format!(".git/hooks/{hook}"), &format!("#!/bin/sh\ntouch '{}'\n", mark.display()));
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder.join(".git/hooks").join(hook), mode).unwrap();
    }
    std::fs::remove_file(folder.join("model")).unwrap();
    write(folder, "model", MODEL);
    let run = run(folder, &["--base", "main", "--base-exact", "--allow-generate"]);
    assert!(!mark.exists(), "a filter or hook ran: {run:?}");
    assert!(run.is_incomplete("exit code 7"), "{run:?}");
    for missing in ["root/etc", "model: No such file"] {
        assert!(run.error.contains(missing), "{}", run.error);
    }
    assert!(!run.report.to_string().contains("Secret"), "{run:?}");
}

#[test]
fn a_file_that_a_command_writes_is_never_an_old_one() {
    let repository = scripted(&format!("{} > out/openapi.json", FRAMEWORK.replace("EXTRA", "").trim()));
    let folder = repository.path();
    git(folder, &["switch", "-q", "main"]);
    let emit =
        format!("mkdir -p out\n({}) > out/openapi.json\necho building >&2; echo done", FRAMEWORK.replace("EXTRA", ""));
    write(folder, "emit.sh", &emit);
    let list = "version: 1\napis:\n  - file: out/openapi.json\n    generate: {command: sh emit.sh, output: file}\n";
    write(folder, "covenant.yaml", list);
    commit(folder);
    git(folder, &["switch", "-q", "-C", "change"]);
    write(folder, "model", &format!("{MODEL}Payment iban string required\n"));
    let broken = judged(folder, &[]);
    assert_eq!((broken.code, broken.change()), (1, "breaking"), "{broken:?}");
    // A command that writes nothing leaves what was there, and it is not judged.
    let before = std::fs::read_to_string(folder.join("out/openapi.json")).unwrap();
    for script in ["true", "exit 1"] {
        write(folder, "emit.sh", script);
        let stale = judged(folder, &[]);
        assert_eq!(stale.code, 2, "{stale:?}");
        assert_eq!(std::fs::read_to_string(folder.join("out/openapi.json")).unwrap(), before);
    }
    // Nor one that leads elsewhere.
    write(folder, "emit.sh", "ln -s /etc/passwd out/openapi.json");
    assert!(judged(folder, &[]).is_incomplete("lies outside"));
}

#[test]
fn no_shell_reads_the_command() {
    let repository = scripted(&FRAMEWORK.replace("EXTRA", ""));
    let folder = repository.path();
    for command in [
        "sh emit.sh; touch ran",
        "sh emit.sh && touch ran",
        "sh emit.sh > x",
        "sh emit.sh $(touch ran)",
        "sh emit.sh `touch ran`",
    ] {
        let run = run(folder, &["--base", "main", "--allow-generate", "--generate", command]);
        assert!(run.code == 2 && run.error.contains("no shell is used"), "{command}: {run:?}");
    }
    let quoted = ["--base", "main", "--allow-generate", "--generate", "sh emit.sh '; touch ran' '$(touch ran)'"];
    assert_eq!(run(folder, &quoted).code, 0);
    write(folder, "covenant.yaml", "version: 1\napis:\n  - file: openapi.json\n    generate: sh emit.sh | cat\n");
    let run = run(folder, &["--base", "main", "--allow-generate"]);
    assert!(
        run.code == 2 && run.error.contains("covenant.yaml:4") && run.error.contains("no shell is used"),
        "{run:?}"
    );
    assert!(!folder.join("ran").exists());
}

#[test]
fn a_command_of_the_command_line_emits_what_is_compared_with_a_file_or_folder() {
    let repository = scripted(&FRAMEWORK.replace("EXTRA", ""));
    let folder = repository.path();
    let first = Command::new("sh").arg("emit.sh").current_dir(folder).output().unwrap().stdout;
    write(folder, "last/openapi.json", &String::from_utf8(first).unwrap());
    write(folder, "model", &format!("{MODEL}Payment iban string required\n"));
    // What a release stored may have another name.
    write(folder, "released/pay-1.2.json", &std::fs::read_to_string(folder.join("last/openapi.json")).unwrap());
    write(
        folder,
        "released/other.json",
        "{\"openapi\": \"3.0.3\", \"info\": {\"title\": \"Other\", \"version\": \"1\"}, \"paths\": {}}",
    );
    for base in ["last/openapi.json", "./last", "./released"] {
        let run = run(folder, &["openapi.json", "--base", base, "--allow-generate", "--generate", "sh emit.sh"]);
        assert_eq!((run.code, run.change()), (1, "breaking"), "{base}: {run:?}");
    }
}

#[test]
fn what_the_base_emits_is_kept_by_commit() {
    let log = tempfile::tempdir().unwrap();
    let log = log.path().join("runs");
    let repository = scripted(&format!("pwd >> '{}'\n{}", log.display(), FRAMEWORK.replace("EXTRA", "")));
    let folder = repository.path();
    let cache = tempfile::tempdir().unwrap();
    let cache = cache.path().join("kept");
    let arguments = ["--base", "main", "--allow-generate", "--cache", cache.to_str().unwrap()];
    let runs = || {
        let text = std::fs::read_to_string(&log).unwrap();
        let top = folder.canonicalize().unwrap();
        let here = text.lines().filter(|line| Path::new(line) == top).count();
        (here, text.lines().count() - here)
    };
    for (expected, change) in [((1, 1), "none"), ((2, 1), "none"), ((3, 1), "breaking")] {
        if change == "breaking" {
            write(folder, "model", &format!("{MODEL}Payment iban string required\n"));
        }
        let run = run(folder, &arguments);
        assert_eq!((run.change(), runs()), (change, expected), "{run:?}");
    }
    // Another version of a dependency, another commit: emitted anew.
    write(folder, "package.json", "{\"dependencies\": {\"fw\": \"2\"}}\n");
    run(folder, &arguments);
    assert_eq!(runs(), (4, 2));
}

/// A base that is emitted from the code of the work tree would never show a change.
#[test]
fn the_base_is_emitted_from_its_own_code_whatever_is_installed() {
    let repository = scripted(
        "d=$PWD; for p in \"$CARGO_TARGET_DIR\" \"${PYTHONPATH%%:*}\" \"${NODE_PATH%%:*}\"; do echo \"$p\" >> seen; done\n\
         cp seen \"$LOG.$(basename \"$d\")\"; pwd >> \"$LOG.$(basename \"$d\")\"\n\
         cd node_modules/@own/model && sh \"$d/node_modules/fw/emit.sh\"",
    );
    let folder = repository.path().canonicalize().unwrap();
    let folder = folder.as_path();
    write(folder, "packages/model/model", MODEL);
    write(folder, "src/app.py", "");
    commit(folder);
    git(folder, &["branch", "-f", "main"]);
    // A workspace: the package is a link to the folder of the repository.
    std::fs::create_dir_all(folder.join("node_modules/@own")).unwrap();
    std::os::unix::fs::symlink("../../packages/model", folder.join("node_modules/@own/model")).unwrap();
    write(folder, "packages/model/model", &format!("{MODEL}Payment iban string required\n"));
    let log = tempfile::tempdir().unwrap();
    let (target, src) = (folder.join("target"), folder.join("src"));
    let log_file = log.path().join("log");
    let variables = [
        ("LOG", log_file.to_str().unwrap()),
        ("CARGO_TARGET_DIR", target.to_str().unwrap()),
        ("PYTHONPATH", src.to_str().unwrap()),
        ("NODE_PATH", src.to_str().unwrap()),
    ];
    let run = run_with(folder, &["--base", "main", "--allow-generate", "--same-generator"], &variables);
    assert_eq!((run.code, run.change()), (1, "breaking"), "{run:?}");
    let logs: Vec<String> = std::fs::read_dir(log.path())
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    assert_eq!(logs.len(), 2, "{logs:?}");
    for seen in logs {
        let lines: Vec<&str> = seen.lines().collect();
        let here = lines[3];
        for line in &lines[..3] {
            assert!(line.starts_with(here), "in {here}: {line}");
        }
    }
}

#[test]
fn a_command_gets_no_secrets_and_what_it_complains_of_is_masked_and_bounded() {
    let repository =
        scripted("env >&2; echo \"key ghp_q7Zm2xLw9Tv4Kp8RbNsY3cD6hJ1gA5eWuXo0\" >&2; echo '::error::x' >&2; exit 1");
    let variables = [("GITHUB_TOKEN", "t0p"), ("MY_SECRET", "t0p"), ("GITHUB_OUTPUT", "t0p"), ("KEPT_VALUE", "seen")];
    let run = run_with(repository.path(), &["--base", "main", "--allow-generate"], &variables);
    let said = format!("{}{}", run.error, run.report);
    assert!(!said.contains("t0p"), "{said}");
    assert!(!said.contains("ghp_q7Zm2xLw9Tv4"), "{said}");
    assert!(!run.error.lines().any(|line| line.trim_start().starts_with("::")), "{said}");
    assert!(run.error.lines().count() < 60, "{said}");
}

#[test]
fn a_command_that_writes_into_the_work_tree_changes_no_policy_and_no_base() {
    let repository = scripted(&FRAMEWORK.replace("EXTRA", ""));
    let folder = repository.path();
    write(folder, "model", &format!("{MODEL}Payment iban string required\n"));
    let relax = "printf 'fail-on: never\\nwaivers: []\\n' > covenant.yaml; printf 'x' > model.base\n";
    write(folder, "emit.sh", &format!("{relax}{}", FRAMEWORK.replace("EXTRA", "")));
    commit(folder);
    let run = judged(folder, &[]);
    assert_eq!((run.code, run.change()), (1, "breaking"), "{run:?}");
    assert!(run.rules().iter().any(|rule| rule.contains("required")), "{run:?}");
}
