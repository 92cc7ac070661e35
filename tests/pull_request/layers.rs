//! One policy for many repositories: layers, locks, digests, and what happens where one of them is missing.

use crate::repository::{Repository, Run, contract};
use serde_json::Value;

/// The policy of an organisation, as a package of npm.
const PACKAGE: [(&str, &str); 3] = [
    (
        "covenant.yaml",
        "profile: bank\nprofiles: {bank: {rules: {sec-operation-authenticated: error}}}\nrulesets: [own.spectral.yaml]\n\
         allow-breaking: {internal: when-version-says-so}\nlocked: ['sec-*', allow-breaking.public]\n",
    ),
    (
        "own.spectral.yaml",
        "rules:\n  bank-contact:\n    given: $.info\n    severity: error\n    message: a contact is missing\n    then: {field: contact, function: truthy}\n",
    ),
    ("package.json", "{\"version\": \"1.4.0\"}"),
];

const EXTENDS: &str = "extends: package:@bank/api-policy\n";

/// Installs the package: git does not track it.
fn install(repository: &Repository, folder: &str) {
    for (name, text) in PACKAGE {
        repository.write(&format!("{folder}/@bank/api-policy/{name}"), text);
    }
}

/// A repository that takes the package on, with a lock on `main`.
fn taken_on(config: &str, files: &[(&str, &str)]) -> Repository {
    let mut all = vec![(".gitignore", "node_modules\n"), ("covenant.yaml", config)];
    all.extend(files);
    let repository = Repository::new(&all);
    install(&repository, "node_modules");
    assert!(repository.covenant(&["config", "--lock"]).status.success());
    repository.commit("lock");
    repository.git(&["branch", "-f", "main"]);
    repository
}

fn stderr(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn layers(run: &Run) -> Vec<&Value> {
    run.report["policy"].as_array().unwrap().iter().filter(|file| file["role"] == "layer").collect()
}

#[test]
fn a_repository_is_judged_by_the_policy_of_its_organisation_which_the_report_names() {
    let repository = taken_on(EXTENDS, &[("a.yaml", &contract(&["/one"]))]);
    repository.write("a.yaml", &contract(&["/one", "/open/two"]).replace("title: Accounts", "title: All accounts"));
    let run = repository.check(&[]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.has("sec-operation-authenticated"), "its profile: {run:?}");
    assert_eq!(run.existing_errors(), 1, "its own rule, which the base breaks as well: {run:?}");
    let layer = layers(&run)[0];
    assert_eq!(layer["name"], "package:@bank/api-policy@1.4.0");
    assert_eq!(layer["digest"].as_str().unwrap().len(), 64);
    assert!(run.report["policy"].to_string().contains("covenant.lock"));
    // The same from a folder below, and by `lint`.
    repository.write("sub/readme.md", "");
    let from = |folder: &str, file: &str| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_covenant"))
            .current_dir(repository.path().join(folder))
            .args(["lint", file, "-f", "json"])
            .output()
            .unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        report["diagnostics"].as_array().unwrap().iter().map(|one| one["fingerprint"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(from(".", "a.yaml"), from("sub", "../a.yaml"));
}

#[test]
fn what_is_locked_cannot_be_relaxed_from_below() {
    let attacks = "extends: package:@bank/api-policy\nrules: {sec-operation-authenticated: off}\nenforce: {'*': new}\n\
                   allow-breaking: never\nprofiles: {bank: {rules: {sec-operation-authenticated: hint}}}\n";
    let repository = taken_on(EXTENDS, &[("a.yaml", &contract(&["/one"]))]);
    repository.write("a.yaml", &contract(&["/one", "/open/two"]));
    repository.write("covenant.yaml", attacks);
    let run = repository.check(&[]);
    let locked = run.of("policy-locked");
    assert_eq!((run.code, locked.len()), (1, 4), "{run:?}");
    assert!(locked.iter().all(|one| one["severity"] == "error" && one["location"]["file"] == "covenant.yaml"));
    assert_eq!(
        (&locked[0]["location"]["line"], &locked[0]["location"]["column"]),
        (&2.into(), &9.into()),
        "{:?}",
        locked[0]
    );
    assert!(run.of("sec-operation-authenticated")[0]["severity"] == "error" && run.has("policy-changed"), "{run:?}");
    // Where the target has it, it is told without failing others, and does not count all the same.
    let repository = taken_on(attacks, &[("a.yaml", &contract(&["/one"]))]);
    repository.write("a.yaml", &contract(&["/one"]).replace("The accounts.", "All accounts."));
    assert_eq!(repository.check(&[]).code, 0);
    repository.write("a.yaml", &contract(&["/one", "/open/two"]));
    assert_eq!(repository.check(&[]).of("sec-operation-authenticated")[0]["severity"], "error");
    // By hand it is an error.
    let output = repository.covenant(&["lint", "a.yaml", "-f", "json"]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("policy-locked") && output.status.code() == Some(1));
}

#[test]
fn a_layer_counts_only_with_the_digest_of_the_targets_lock() {
    let repository = taken_on(EXTENDS, &[("a.yaml", &contract(&["/one"]))]);
    repository.write("a.yaml", &contract(&["/one"]).replace("The accounts.", "All accounts."));
    assert_eq!(repository.check(&[]).code, 0, "{:?}", repository.check(&[]));
    let bad = |what: &str| {
        let run = repository.check(&[]);
        assert_eq!((run.code, run.report["verdict"]["gate"].as_str()), (2, Some("incomplete")), "{what}: {run:?}");
        run.error
    };
    // Another file of the package, a new one, none at all.
    let file = "node_modules/@bank/api-policy/own.spectral.yaml";
    repository.write(file, "rules: {}\n");
    let error = bad("changed");
    assert!(error.contains("covenant.yaml:1:10: the layer `package:@bank/api-policy` has the digest"), "{error}");
    assert!(error.contains("but `covenant.lock` has "), "{error}");
    install(&repository, "node_modules");
    repository.write("node_modules/@bank/api-policy/more.js", "");
    bad("more");
    std::fs::remove_dir_all(repository.path().join("node_modules")).unwrap();
    assert!(bad("gone").contains("the package `@bank/api-policy` is not installed"));
    // A lock that the pull request brings decides nothing.
    install(&repository, "node_modules");
    repository.write(file, "rules: {}\n");
    assert!(repository.covenant(&["config", "--lock"]).status.success());
    bad("lock of the head");
    // With the package of the target in a folder that the caller names, the change can be judged.
    install(&repository, ".git/target");
    let folder = repository.path().join(".git/target");
    let run = repository.check(&["--layers", folder.to_str().unwrap()]);
    assert!(run.code == 2, "the head names another digest: {run:?}");
    repository.git(&["checkout", "-q", "main", "--", "covenant.lock"]);
    assert_eq!(repository.check(&["--layers", folder.to_str().unwrap()]).code, 0);
}

#[test]
fn without_a_lock_of_the_target_no_layer_counts() {
    let repository = Repository::new(&[
        ("a.yaml", &contract(&["/one"])),
        ("covenant.yaml", "extends: policy\n"),
        ("policy/covenant.yaml", "fail-on: never\n"),
    ]);
    repository.write("a.yaml", &contract(&["/one"]).replace("The accounts.", "All accounts."));
    let run = repository.check(&[]);
    assert!(run.code == 2 && run.error.contains("`main` has no `covenant.lock`"), "{run:?}");
    assert!(run.error.contains("help: Run `covenant config --lock`"), "{}", run.error);
    // Alone, without a target, the folder is there and counts.
    assert_eq!(repository.covenant(&["lint", "a.yaml"]).status.code(), Some(0));
}

#[test]
fn a_layer_in_the_repository_is_the_targets_and_not_the_one_of_the_change() {
    let repository = Repository::new(&[
        ("a.yaml", &contract(&["/one"])),
        ("covenant.yaml", "extends: [policy, extra.yaml]\n"),
        ("policy/covenant.yaml", "rules: {sec-operation-authenticated: error}\n"),
        ("extra.yaml", "fail-on: error\n"),
    ]);
    assert!(repository.covenant(&["config", "--lock"]).status.success());
    repository.commit("lock");
    repository.git(&["branch", "-f", "main"]);
    repository.write("a.yaml", &contract(&["/one", "/open/two"]));
    repository.write("policy/covenant.yaml", "rules: {sec-operation-authenticated: off}\n");
    assert!(repository.covenant(&["config", "--lock"]).status.success());
    let run = repository.check(&[]);
    assert!(run.code == 1 && run.has("sec-operation-authenticated") && run.has("policy-weakened"), "{run:?}");
    let changed: Vec<_> = run.of("policy-changed").iter().map(|one| one["location"]["file"].clone()).collect();
    assert_eq!(changed, ["covenant.lock", "policy/covenant.yaml"], "{run:?}");
    assert_eq!(layers(&run).len(), 2);
}

#[test]
fn a_monorepo_with_nested_configurations_is_judged_alike_from_everywhere() {
    let repository = taken_on(
        EXTENDS,
        &[
            ("cards/covenant.yaml", "extends: ../covenant.yaml\nrules: {doc-operation-id: error}\n"),
            ("cards/c.yaml", &contract(&["/cards"])),
            ("loans/l.yaml", &contract(&["/loans"])),
        ],
    );
    // The nested configuration has a lock of its own.
    assert!(repository.covenant(&["config", "cards", "--lock"]).status.success());
    repository.commit("lock");
    repository.git(&["branch", "-f", "main"]);
    for (file, path) in [("cards/c.yaml", "/cards"), ("loans/l.yaml", "/loans")] {
        repository.write(file, &contract(&[path, "/open/two"]).replace("operationId: open-two", "x-none: 1"));
    }
    repository.commit("the change");
    let run = |folder: &str, file: &str| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_covenant"))
            .current_dir(repository.path().join(folder))
            .args(["check", file, "--base", "main", "-f", "json"])
            .output()
            .unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let of = |one: &Value| (one["fingerprint"].clone(), one["severity"].clone(), one["rule"].clone());
        let list = report["diagnostics"].as_array().unwrap_or_else(|| panic!("{output:?}"));
        let mut list: Vec<_> = list.iter().map(of).filter(|one| one.2 != "unlisted-contract").collect();
        list.sort_by_key(|one| format!("{one:?}"));
        (output.status.code(), list)
    };
    let (mut both, root) = (Vec::new(), run(".", "."));
    for (folder, file) in [("cards", "c.yaml"), ("loans", "l.yaml")] {
        let (code, list) = run(folder, file);
        assert_eq!((code, &list), (Some(1), &run(".", &format!("{folder}/{file}")).1), "{folder}");
        both.extend(list);
    }
    both.sort_by_key(|one| format!("{one:?}"));
    assert_eq!((root.0, root.1), (Some(1), both));
}

#[test]
fn a_nested_configuration_does_not_leave_the_locks_above_it() {
    let nested =
        "rules: {sec-operation-authenticated: off, doc-operation-id: error}\nprofile: strict\nfail-on: error\n";
    for (extends, own) in [("", None), ("extends: empty.yaml\n", Some(("cards/empty.yaml", "fail-on: error\n")))] {
        let text = format!("{extends}{nested}");
        let cards = contract(&["/cards"]);
        let mut files = vec![("cards/covenant.yaml", text.as_str()), ("cards/c.yaml", cards.as_str())];
        files.extend(own);
        let repository = taken_on(EXTENDS, &files);
        if own.is_some() {
            assert!(repository.covenant(&["config", "cards", "--lock"]).status.success());
            repository.commit("lock");
            repository.git(&["branch", "-f", "main"]);
        }
        let lint = repository.covenant(&["lint", "cards/c.yaml", "-f", "json"]);
        let report: Value = serde_json::from_slice(&lint.stdout).unwrap();
        assert!(report["diagnostics"].to_string().contains("policy-locked"), "{report}");
        repository
            .write("cards/c.yaml", &contract(&["/cards", "/open/two"]).replace("operationId: open-two", "x-none: 1"));
        let run = repository.check(&[]);
        // What is locked stays, what is not is its own.
        assert_eq!(run.code, 1, "{run:?}");
        assert_eq!(run.of("sec-operation-authenticated")[0]["severity"], "error");
        assert_eq!(run.of("doc-operation-id")[0]["severity"], "error");
        let names: Vec<_> = layers(&run).iter().map(|layer| layer["name"].as_str().unwrap()).collect();
        assert!(names.contains(&"package:@bank/api-policy@1.4.0") && names.contains(&"covenant.yaml"), "{names:?}");
        // One that the command line names is the caller's own.
        let output = repository.covenant(&["config", "--config", "cards/covenant.yaml", "--explain", "rules"]);
        assert!(!String::from_utf8_lossy(&output.stdout).contains("does not count"), "{output:?}");
    }
}

#[test]
fn no_way_around_a_lock_weakens_the_run() {
    let bank = "rules: {sec-operation-authenticated: error}\ndiff: {keep: contract}\nfail-on: error\n\
                locked: ['sec-*', diff.keep, waivers, fail-on]\n";
    let waiver =
        "- {rule: sec-operation-authenticated, owner: me, reason: because I want it so, expires: 2026-12-31}\n";
    for (name, own, files) in [
        ("waivers-file", "waivers-file: w.yaml\n", vec![("w.yaml", waiver)]),
        ("profile", "profile: spectral-oas\n", vec![]),
        ("own profile", "profile: mine\nprofiles: {mine: {extends: spectral-oas}}\n", vec![]),
        ("of one contract", "apis: [{file: a.yaml, keep: default}]\n", vec![]),
        ("observing", "observe-until: 2099-01-01\n", vec![]),
        ("a layer before", "", vec![("mine.yaml", "fail-on: never\nrules: {sec-operation-authenticated: off}\n")]),
        ("an empty key", "rules:\n", vec![]),
    ] {
        let extends =
            if name == "a layer before" { "extends: [mine.yaml, bank.yaml]\n" } else { "extends: bank.yaml\n" };
        let config = format!("{extends}{own}");
        let (contract_text, config) = (contract(&["/one"]), config.as_str());
        let mut all = vec![("a.yaml", &*contract_text), ("bank.yaml", bank), ("covenant.yaml", config)];
        all.extend(files);
        let repository = Repository::new(&all);
        assert!(repository.covenant(&["config", "--lock"]).status.success());
        repository.commit("lock");
        repository.git(&["branch", "-f", "main"]);
        repository.write("a.yaml", &contract(&["/one", "/open/two"]));
        let run = repository.check(&[]);
        assert_eq!(run.code, 1, "{name}: {run:?}");
        assert_eq!(run.of("sec-operation-authenticated")[0]["severity"], "error", "{name}");
        // The target has it already, so only a run without one counts it.
        let lint = repository.covenant(&["lint", "a.yaml", "-f", "json"]);
        let is_told = String::from_utf8_lossy(&lint.stdout).contains("policy-locked");
        assert_eq!(is_told, name != "an empty key", "{name}: {lint:?}");
    }
    // Two layers beside each other that lock the same and say different things.
    let repository = Repository::new(&[
        ("a.yaml", &contract(&["/one"])),
        ("bank.yaml", bank),
        ("mine.yaml", "fail-on: never\nlocked: [fail-on]\n"),
        ("covenant.yaml", "extends: [mine.yaml, bank.yaml]\n"),
    ]);
    let output = repository.covenant(&["lint", "a.yaml"]);
    let words = "mine.yaml:1:1: `fail-on` is locked by the layers `mine.yaml` and `bank.yaml`";
    assert!(output.status.code() == Some(2) && stderr(&output).contains(words), "{}", stderr(&output));
}

#[test]
fn a_git_submodule_is_a_layer_with_the_digest_of_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let policy = Repository::new(&[
        ("covenant.yaml", "rulesets: [own.spectral.yaml]\nfail-on: warning\nlocked: [fail-on]\n"),
        ("own.spectral.yaml", PACKAGE[1].1),
    ]);
    let library = folder.path().join("policy");
    std::fs::rename(policy.path(), &library).unwrap();
    let repository =
        Repository::new(&[("a.yaml", &contract(&["/one"])), ("covenant.yaml", "extends: vendor/policy\n")]);
    let add =
        ["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library.to_str().unwrap(), "vendor/policy"];
    repository.git(&add);
    assert!(repository.covenant(&["config", "--lock"]).status.success());
    repository.commit("with the policy");
    repository.git(&["branch", "-f", "main"]);
    let lock = std::fs::read_to_string(repository.path().join("covenant.lock")).unwrap();
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert!(lock.contains("vendor/policy") && !lock.contains(empty), "{lock}");
    repository.write("a.yaml", &contract(&["/one"]).replace("title: Accounts", "title: All accounts"));
    let run = repository.check(&[]);
    assert_eq!((run.code, run.existing_errors()), (0, 1), "its ruleset runs, of the commit that main records: {run:?}");
    // Another file in the submodule is another layer.
    repository.write("vendor/policy/covenant.yaml", "fail-on: never\n");
    let output = repository.covenant(&["lint", "a.yaml"]);
    assert!(output.status.code() == Some(2) && stderr(&output).contains("has the digest"), "{}", stderr(&output));
}

#[test]
fn what_is_wrong_with_a_layer_is_told_at_the_line_that_names_it() {
    let deep: Vec<(String, String)> =
        (0..12).map(|number| (format!("l{number}.yaml"), format!("extends: l{}.yaml\n", number + 1))).collect();
    let repository = Repository::new(&[("a.yaml", &contract(&["/one"]))]);
    for (name, text) in &deep {
        repository.write(name, text);
    }
    repository.write("broken.yaml", "fail-on: error\nrulez: {}\n");
    repository.write("self.yaml", "fail-on: error\nextends: [self.yaml]\n");
    repository.write("locks.yaml", "fail-on: error\nlocked:\n  - allow-braking\n");
    repository.write("empty/readme.md", "");
    repository.write("empty.yaml", "");
    std::os::unix::fs::symlink("/etc/hostname", repository.path().join("empty/link")).unwrap();
    for (config, words) in [
        ("extends: nowhere.yaml\n", "covenant.yaml:1:10: there is no layer `nowhere.yaml`"),
        ("extends: [a, empty]\n", "covenant.yaml:1:11: there is no layer `a`"),
        ("extends: empty\n", "covenant.yaml:1:10: there is no layer `empty`"),
        ("extends: package:none\n", "covenant.yaml:1:10: the package `none` is not installed"),
        ("extends: package:../../etc\n", "is no name of a package"),
        ("extends: ../../../../../../etc/hostname\n", "covenant.yaml:1:10: "),
        ("extends: broken.yaml\n", "broken.yaml:2:1: the configuration cannot be read: unknown field `rulez`"),
        ("extends: self.yaml\n", "self.yaml:2:11: the layer `self.yaml` extends itself"),
        ("extends: l0.yaml\n", "there are more than 8 layers"),
        ("extends: locks.yaml\n", "locks.yaml:3:5: `allow-braking` locks nothing"),
        ("extends: empty.yaml\nlocked: [fail-om]\n", "covenant.yaml:2:10: `fail-om` locks nothing"),
        ("extends: empty.yaml\nlocked: [diff.kep]\n", "covenant.yaml:2:10: `diff.kep` locks nothing"),
        ("extends: empty.yaml\nlocked: [lifecycle.notice]\n", "covenant.yaml:2:10: `lifecycle.notice` locks nothing"),
        ("extends: empty.yaml\nlocked: [extends]\n", "covenant.yaml:2:10: `extends` locks nothing"),
        ("locked: [x-nothing-like-that]\n", "covenant.yaml:1:10: `x-nothing-like-that` locks nothing"),
    ] {
        repository.write("covenant.yaml", config);
        let output = repository.covenant(&["lint", "a.yaml"]);
        assert!(output.status.code() == Some(2) && stderr(&output).contains(words), "{config}: {}", stderr(&output));
    }
    // A folder with a link in it has no digest.
    repository.write("empty/covenant.yaml", "fail-on: error\n");
    repository.write("covenant.yaml", "extends: empty\n");
    let output = repository.covenant(&["lint", "a.yaml"]);
    assert!(output.status.code() == Some(2) && stderr(&output).contains("symbolic link `link`"), "{output:?}");
    // A lock that is none, or of another format.
    std::fs::remove_file(repository.path().join("empty/link")).unwrap();
    repository.write("covenant.lock", "version: 1\nlayers: [{name: x}]\n");
    let output = repository.covenant(&["lint", "a.yaml"]);
    assert!(output.status.code() == Some(2) && stderr(&output).contains("covenant.lock:2:10"), "{output:?}");
    repository.write("covenant.lock", "version: 7\nlayers: []\n");
    let output = repository.covenant(&["lint", "a.yaml"]);
    let words = "covenant.lock:1:1: this file has version 7, but this Covenant reads version 1";
    assert!(output.status.code() == Some(2) && stderr(&output).contains(words), "{}", stderr(&output));
}

#[test]
fn the_guide_for_organisations_is_true() {
    let guide = include_str!("../../docs/organisation.md");
    let repository = Repository::new(&[("a.yaml", &contract(&["/one"]))]);
    for part in guide.split("\nFile `").skip(1) {
        let (name, rest) = part.split_once('`').unwrap();
        let text = rest.split("```").nth(1).unwrap().split_once('\n').unwrap().1;
        repository.write(name, text);
    }
    let mut commands = 0;
    for block in guide.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap();
        for part in block.split("$ covenant ").skip(1) {
            let (command, expected) = part.split_once('\n').unwrap();
            let output = repository.covenant(&command.split(' ').collect::<Vec<_>>());
            assert!(output.status.success(), "{command}: {output:?}");
            assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{command}");
            commands += 1;
        }
    }
    assert_eq!(commands, 4);
    let output = repository.covenant(&["lint", "a.yaml", "-f", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rules = report["diagnostics"].to_string();
    assert!(rules.contains("bank-contact") && rules.contains("policy-locked"), "{rules}");
}

#[test]
fn a_repository_joins_its_organisation_with_one_command_that_changes_nothing_the_second_time() {
    let files =
        [(".gitignore", "node_modules\n"), ("a.yaml", &*contract(&["/open/one"])), ("b/b.yaml", &contract(&["/one"]))];
    let repository = Repository::new(&files);
    // Without the package nothing is written.
    let output = repository.covenant(&["init", "--org", "@bank/api-policy"]);
    assert!(output.status.code() == Some(2) && stderr(&output).contains("is not installed"), "{output:?}");
    assert!(!repository.path().join("covenant.yaml").exists());
    install(&repository, "node_modules");
    let output = repository.covenant(&["init", "--org", "@bank/api-policy"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("known findings; let it shrink to none by "), "{output:?}");
    let read = |name: &str| std::fs::read_to_string(repository.path().join(name)).unwrap();
    assert_eq!(read("covenant.yaml").lines().count(), 5, "{}", read("covenant.yaml"));
    assert!(read("covenant.lock").contains("version: 1.4.0"), "{}", read("covenant.lock"));
    // What is there today passes, and what is new fails.
    assert_eq!(repository.covenant(&["lint"]).status.code(), Some(0));
    repository.commit("join");
    repository.git(&["branch", "-f", "main"]);
    repository.write("a.yaml", &contract(&["/open/one", "/open/two"]));
    assert_eq!(repository.check(&[]).code, 1);
    let before = repository.git(&["status", "--porcelain", "--untracked-files=all"]);
    let output = repository.covenant(&["init", "--org", "@bank/api-policy"]);
    assert!(output.status.success() && !String::from_utf8_lossy(&output.stdout).contains("written"), "{output:?}");
    assert_eq!(repository.git(&["status", "--porcelain", "--untracked-files=all"]), before);
    // A folder of the repository is a policy as well.
    let vendored = Repository::new(&[("a.yaml", &contract(&["/one"])), ("policy/covenant.yaml", "fail-on: error\n")]);
    assert!(vendored.covenant(&["init", "--org", "policy", "--ci", "none"]).status.success());
    assert!(std::fs::read_to_string(vendored.path().join("covenant.yaml")).unwrap().contains("extends: \"policy\""));
}
