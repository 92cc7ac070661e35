//! Revisions and repositories: what a base is read from, and what can neither forge nor hide it.
#![cfg(unix)]

#[path = "common/git.rs"]
mod repositories;

use repositories::git;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// A contract with an operation for each path.
fn contract(paths: &[&str]) -> String {
    let operations: String = paths
        .iter()
        .map(|path| {
            format!("  {path}: {{get: {{operationId: o{}, responses: {{'200': {{description: ok}}}}}}}}\n", path.len())
        })
        .collect();
    format!("openapi: 3.0.3\ninfo: {{title: T, version: 1.0.0}}\npaths:\n{operations}")
}

fn commit(folder: &Path, message: &str) -> String {
    git(folder, &["add", "-A", "-f"]);
    git(folder, &["commit", "-q", "-m", message]);
    git(folder, &["rev-parse", "HEAD"])
}

/// A repository whose first commit has `/a` and `/bb` in `api/p.yaml`, and whose work tree lost `/bb`.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "-q", "-b", "main"]);
    write(folder.path(), "api/p.yaml", &contract(&["/a", "/bb"]));
    commit(folder.path(), "first");
    write(folder.path(), "api/p.yaml", &contract(&["/a"]));
    folder
}

/// What a run ended with.
#[derive(Debug)]
struct Run {
    code: i32,
    report: Value,
    error: String,
}

impl Run {
    fn has(&self, rule: &str) -> bool {
        self.report["diagnostics"].as_array().is_some_and(|all| all.iter().any(|finding| finding["rule"] == rule))
    }

    fn is_breaking(&self) -> bool {
        self.code == 1 && self.report["verdict"]["change"] == "breaking"
    }

    /// Incomplete, for a reason with these words.
    fn is_incomplete(&self, words: &str) -> bool {
        self.code == 2 && (self.report["limitations"].to_string().contains(words) || self.error.contains(words))
    }
}

fn run_with(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_covenant"))
        .current_dir(folder)
        .args(arguments)
        .args(["-f", "json"])
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let report = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    Run { code: output.status.code().unwrap(), report, error }
}

fn run(folder: &Path, arguments: &[&str]) -> Run {
    run_with(folder, arguments, &[])
}

/// Commits files beside the contract that are a bare repository with this configuration.
fn embed(folder: &Path, config: &str) {
    write(folder, "api/HEAD", "ref: refs/heads/main\n");
    write(folder, "api/config", config);
    for keep in ["api/refs/heads/.keep", "api/objects/info/.keep", "api/objects/pack/.keep"] {
        write(folder, keep, "");
    }
}

#[cfg(unix)]
#[test]
fn links_of_the_head_choose_no_other_base() {
    let folder = repository();
    let top = folder.path();
    // Another contract of the base that has not changed.
    git(top, &["stash", "-q"]);
    write(top, "old/p.yaml", &contract(&["/a"]));
    commit(top, "second");
    for target in ["old", ".api"] {
        git(top, &["checkout", "-q", "-f", "-B", "pr", "main"]);
        std::fs::rename(top.join("api"), top.join(".api")).unwrap();
        write(top, ".api/p.yaml", &contract(&["/a"]));
        std::os::unix::fs::symlink(target, top.join("api")).unwrap();
        commit(top, "the folder is a link now");
        for arguments in [&["check", "--base", "main"][..], &["check", "--base", "main", "api/p.yaml"]] {
            let run = run(top, arguments);
            assert!(run.has("api-path-removed-without-deprecation"), "{target}, {arguments:?}: {run:?}");
        }
        git(top, &["checkout", "-q", "-f", "main"]);
        git(top, &["clean", "-q", "-f", "-d"]);
    }
}

#[test]
fn a_repository_embedded_beside_the_contract_runs_nothing_and_hides_nothing() {
    let folder = repository();
    let marker = folder.path().join("pwned");
    embed(
        folder.path(),
        &format!(
            "[core]\n\tbare = false\n\tworktree = .\n\tfsmonitor = touch {0}\n\trepositoryformatversion = 1\n[extensions]\n\tpartialClone = evil\n\
             [remote \"evil\"]\n\turl = \"ext::sh -c touch% {0}\"\n\tpromisor = true\n[protocol \"ext\"]\n\tallow = always\n\
             [log]\n\tshowSignature = true\n[gpg]\n\tprogram = touch {0}\n",
            marker.display()
        ),
    );
    let base = git(folder.path(), &["rev-parse", "HEAD"]);
    commit(folder.path(), "the change");
    for (at, arguments) in [
        (folder.path().to_owned(), vec!["check", "--base", &base]),
        (folder.path().to_owned(), vec!["check", "--base", &base, "api/p.yaml"]),
        (folder.path().join("api"), vec!["check", "--base", &base]),
        (folder.path().join("api"), vec!["diff", "HEAD~1:api/p.yaml", "p.yaml"]),
    ] {
        let run = run_with(&at, &arguments, &[("CI", "true")]);
        assert!(run.is_breaking(), "{arguments:?}: {run:?}");
        assert!(!marker.exists(), "{arguments:?}");
    }
}

#[test]
fn an_object_replaced_in_a_repository_does_not_replace_the_base() {
    let folder = repository();
    let base = git(folder.path(), &["rev-parse", "HEAD"]);
    let change = commit(folder.path(), "the change");
    // In the repository itself, and in one that is embedded.
    git(folder.path(), &["replace", &base, &change]);
    let run = run(folder.path(), &["check", "--base", &base]);
    assert!(run.is_breaking(), "{run:?}");
    let copy = folder.path().join("api");
    for part in ["objects", "refs", "HEAD"] {
        let status =
            Command::new("cp").args(["-r", &format!(".git/{part}")]).arg(&copy).current_dir(folder.path()).status();
        assert!(status.unwrap().success());
    }
    write(folder.path(), "api/config", "[core]\n\tbare = false\n\tworktree = .\n");
    let run = run_with(&copy, &["check", "--base", &base], &[]);
    assert!(run.is_breaking(), "{run:?}");
}

#[test]
fn variables_of_git_that_the_caller_has_set_do_not_count() {
    let (folder, other) = (repository(), tempfile::tempdir().unwrap());
    git(other.path(), &["init", "-q", "-b", "main"]);
    write(other.path(), "api/p.yaml", &contract(&["/a"]));
    commit(other.path(), "forged");
    let git_dir = other.path().join(".git");
    let git_dir = git_dir.to_str().unwrap();
    let variables = [
        ("GIT_DIR", git_dir),
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", "core.worktree"),
        ("GIT_CONFIG_VALUE_0", "/"),
    ];
    let run = run_with(folder.path(), &["check", "--base", "main"], &variables);
    assert!(run.is_breaking(), "{run:?}");
}

#[test]
fn an_argument_that_is_a_path_and_a_revision_is_refused_with_both_spellings() {
    let folder = repository();
    let at = folder.path();
    commit(at, "the change");
    git(at, &["branch", "published", "HEAD~1"]);
    git(at, &["update-ref", "refs/remotes/origin/main", "HEAD~1"]);
    for name in ["published", "origin/main"] {
        write(at, &format!("{name}/api/p.yaml"), &contract(&["/a"]));
        write(at, &format!("{name}:api/p.yaml"), &contract(&["/a"]));
    }
    let file = "published:api/p.yaml";
    for arguments in [
        &["check", "--base", "published"][..],
        &["check", "--base", "origin/main", "api/p.yaml"],
        &["check", "--base", "origin/main", "api"],
        &["diff", "published", "api"],
        &["diff", file, "api/p.yaml"],
        &["check", "--base", file, "api/p.yaml"],
        &["bump", file, "api/p.yaml"],
        &["changelog", file, "api/p.yaml"],
        &["lint", file],
    ] {
        let run = run(at, arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {run:?}");
        assert!(run.error.contains("`git:") && run.error.contains("`./"), "{arguments:?}: {run:?}");
    }
    for arguments in [
        &["check", "--base", "git:published", "api/p.yaml"][..],
        &["check", "--base", "git:origin/main", "api/p.yaml"],
        &["diff", "git:published:api/p.yaml", "api/p.yaml"],
    ] {
        assert!(run(at, arguments).is_breaking(), "{arguments:?}");
    }
    let run = run(at, &["diff", "./published:api/p.yaml", "api/p.yaml"]);
    assert_eq!(run.report["verdict"]["change"], "none", "{run:?}");
}

#[test]
fn a_tracked_folder_does_not_stand_in_for_a_revision_that_was_not_fetched() {
    let folder = repository();
    let at = folder.path();
    write(at, "origin/main/api/p.yaml", &contract(&["/a"]));
    commit(at, "the change");
    assert!(run(at, &["check", "--base", "origin/main", "api"]).is_incomplete("could also be a revision"));
    // Through a link, too.
    std::fs::remove_dir_all(at.join("origin")).unwrap();
    write(at, "data/main/api/p.yaml", &contract(&["/a"]));
    std::os::unix::fs::symlink("data", at.join("origin")).unwrap();
    commit(at, "a link");
    assert!(run(at, &["check", "--base", "origin/main", "api"]).is_incomplete("could also be a revision"));
    assert!(run(at, &["check", "--base", "nowhere", "api"]).is_incomplete("neither a file or folder nor a revision"));
    // What was only laid there, as by a download, is a folder.
    write(at, "downloaded/p.yaml", &contract(&["/a", "/bb"]));
    assert!(run(at, &["check", "--base", "downloaded", "api"]).is_breaking());
}

#[test]
fn objects_that_are_missing_or_damaged_are_no_absence() {
    let folder = tempfile::tempdir().unwrap();
    let origin = folder.path().join("origin");
    std::fs::create_dir(&origin).unwrap();
    git(&origin, &["init", "-q", "-b", "main"]);
    git(&origin, &["config", "uploadpack.allowFilter", "true"]);
    write(&origin, "api/p.yaml", &contract(&["/a", "/bb"]));
    write(&origin, "api/gone.yaml", &contract(&["/g"]));
    commit(&origin, "first");
    write(&origin, "api/p.yaml", &contract(&["/a"]));
    std::fs::remove_file(origin.join("api/gone.yaml")).unwrap();
    commit(&origin, "second");
    let commands: [&[&str]; 4] = [
        &["check", "--base", "HEAD~1"],
        &["check", "--base", "HEAD~1", "api/p.yaml"],
        &["check", "--base", "HEAD~1", "api/gone.yaml"],
        &["diff", "HEAD~1", "api"],
    ];
    for arguments in commands {
        assert!(run(&origin, arguments).is_breaking(), "{arguments:?}");
    }
    for filter in ["blob:none", "tree:0"] {
        let work = folder.path().join(filter.replace(':', "-"));
        git(
            folder.path(),
            &[
                "clone",
                "-q",
                &format!("--filter={filter}"),
                &format!("file://{}", origin.display()),
                work.to_str().unwrap(),
            ],
        );
        // The remote could still be reached.
        for arguments in commands {
            let run = run(&work, arguments);
            assert!(run.is_incomplete("missing or damaged"), "{filter} {arguments:?}: {run:?}");
            assert_eq!(
                run.report["diagnostics"]
                    .as_array()
                    .map_or(0, |all| all.iter().filter(|d| d["rule"] == "api-added").count()),
                0
            );
        }
    }
    for damage in [None, Some("junk")] {
        let work = folder.path().join(format!("damaged-{}", damage.is_some()));
        git(folder.path(), &["clone", "-q", "--no-local", origin.to_str().unwrap(), work.to_str().unwrap()]);
        unpack(&work);
        for path in ["api/p.yaml", "api/gone.yaml"] {
            let id = git(&work, &["rev-parse", &format!("HEAD~1:{path}")]);
            let object = work.join(".git/objects").join(&id[..2]).join(&id[2..]);
            std::fs::remove_file(&object).unwrap();
            if let Some(text) = damage {
                std::fs::write(object, text).unwrap();
            }
        }
        for arguments in commands {
            let run = run(&work, arguments);
            assert!(run.is_incomplete("missing or damaged"), "{damage:?} {arguments:?}: {run:?}");
        }
    }
}

/// Makes a file of every object of a clone.
fn unpack(work: &Path) {
    let packs = work.join(".git/objects/pack");
    let aside = work.join(".git/aside");
    std::fs::rename(&packs, &aside).unwrap();
    for entry in std::fs::read_dir(&aside).unwrap().map(Result::unwrap) {
        if entry.path().extension().is_some_and(|ending| ending == "pack") {
            let pack = std::fs::File::open(entry.path()).unwrap();
            let status = Command::new("git").args(["unpack-objects", "-q"]).current_dir(work).stdin(pack).status();
            assert!(status.unwrap().success());
        }
    }
}

#[test]
fn a_file_that_the_base_refers_to_and_git_cannot_give_makes_the_run_incomplete() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    git(at, &["init", "-q", "-b", "main"]);
    let text = contract(&["/a"]) + "components: {schemas: {S: {$ref: 'shared.yaml#/S'}}}\n";
    write(at, "p.yaml", &text);
    write(at, "shared.yaml", "S: {type: string}\n");
    commit(at, "first");
    let id = git(at, &["rev-parse", "HEAD:shared.yaml"]);
    std::fs::remove_file(at.join(".git/objects").join(&id[..2]).join(&id[2..])).unwrap();
    write(at, "p.yaml", &text.replace("title: T", "title: U"));
    let run = run(at, &["check", "--base", "HEAD", "p.yaml"]);
    assert!(run.is_incomplete("`shared.yaml` in revision `HEAD` cannot be read"), "{run:?}");
}

#[test]
fn what_git_does_not_track_and_the_base_lacks_is_not_compared() {
    let folder = repository();
    let at = folder.path();
    write(at, ".gitignore", "emitted.yaml\n");
    write(at, "emitted.yaml", &contract(&["/a"]));
    write(at, "api/new.yaml", &contract(&["/n"]));
    for file in ["emitted.yaml", "api/new.yaml"] {
        let run = run(at, &["check", file, "--base", "main"]);
        assert!(run.is_incomplete("`git add`") && !run.has("api-added"), "{file}: {run:?}");
    }
    assert!(run(at, &["diff", "main", "api"]).is_incomplete("`git add`"));
    git(at, &["add", "api/new.yaml"]);
    let staged = run(at, &["check", "api/new.yaml", "--base", "main", "--fail-on", "never"]);
    assert!(staged.code == 0 && staged.has("api-added"), "{staged:?}");
    assert!(run(at, &["check", "api", "--base", "main"]).has("api-added"));
}

#[test]
fn a_named_contract_that_is_gone_is_a_removal() {
    let folder = repository();
    std::fs::remove_file(folder.path().join("api/p.yaml")).unwrap();
    for arguments in [
        &["check", "api/p.yaml", "--base", "main"][..],
        &["check", "--base", "main"],
        &["check", "api", "--base", "main"],
    ] {
        let run = run(folder.path(), arguments);
        assert!(run.is_breaking() && run.has("api-removed"), "{arguments:?}: {run:?}");
    }
    let run = run(folder.path(), &["check", "api/other.yaml", "--base", "main"]);
    assert!(run.is_incomplete("there is no file"), "{run:?}");
}

#[test]
fn a_file_is_compared_with_the_one_that_the_base_folder_holds() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, "old/openapi.yaml", &contract(&["/a", "/bb"]));
    write(at, "old/api/pay.yaml", &contract(&["/a", "/bb"]));
    for file in ["openapi.yaml", "api/pay.yaml", "api/openapi.yaml"] {
        write(at, file, &contract(&["/a"]));
    }
    for files in [
        &["openapi.yaml"][..],
        &["./openapi.yaml"],
        &["api/pay.yaml"],
        &["api/openapi.yaml"],
        &["openapi.yaml", "api/pay.yaml"],
    ] {
        for base in ["old", "old/", "./old"] {
            let run = run(at, &[&["check", "--base", base], files].concat());
            assert!(run.is_breaking() && !run.has("api-added"), "{files:?} {base}: {run:?}");
        }
    }
    write(at, "fresh.yaml", &contract(&["/f"]));
    assert!(run(at, &["check", "fresh.yaml", "--base", "old"]).has("api-added"));
    std::fs::create_dir(at.join("empty")).unwrap();
    assert!(run(at, &["check", "fresh.yaml", "--base", "empty"]).is_incomplete("no contract in the folder"));
}

#[test]
fn no_contract_on_either_side_is_no_pass_when_paths_were_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for side in ["old", "new"] {
        std::fs::create_dir(at.join(side)).unwrap();
    }
    assert!(run(at, &["diff", "old", "new"]).is_incomplete("no OpenAPI contract in the folder `old`"));
    assert!(run(at, &["check", "new", "--base", "old"]).is_incomplete("no OpenAPI contract"));
    // Contracts that git ignores, as those that a build writes, are no empty folder.
    git(at, &["init", "-q"]);
    write(at, ".gitignore", "openapi.json\n");
    for side in ["old", "new"] {
        write(at, &format!("{side}/openapi.json"), "{\"openapi\": \"3.0.3\"}");
    }
    assert!(run(at, &["diff", "old/", "new"]).is_incomplete("git ignores the contracts in the folder `old/` (1)"));
    // Nothing named, nothing there.
    let empty = tempfile::tempdir().unwrap();
    git(empty.path(), &["init", "-q", "-b", "main"]);
    write(empty.path(), "README", "x");
    commit(empty.path(), "first");
    let run = run(empty.path(), &["check", "--base", "main"]);
    assert_eq!((run.code, &run.report["contracts"]), (0, &Value::from(0)), "{run:?}");
}

#[test]
fn a_broken_contract_of_the_base_that_is_gone_makes_the_run_incomplete() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    git(at, &["init", "-q", "-b", "main"]);
    write(at, "p.yaml", &contract(&["/a"]));
    write(at, "q.yaml", "openapi: 3.0.3\npaths: {\n");
    write(at, "data.json", "[1, 2");
    commit(at, "first");
    std::fs::remove_file(at.join("q.yaml")).unwrap();
    std::fs::remove_file(at.join("data.json")).unwrap();
    let run = run(at, &["check", "--base", "main"]);
    assert!(run.is_incomplete("only a part of the file"), "{run:?}");
    assert!(!run.report["limitations"].to_string().contains("data.json"), "{run:?}");
}

#[test]
fn a_bare_repository_is_read_when_it_is_named() {
    let folder = repository();
    commit(folder.path(), "the change");
    let bare = tempfile::tempdir().unwrap();
    git(bare.path(), &["clone", "-q", "--bare", folder.path().to_str().unwrap(), "mirror.git"]);
    let mirror = bare.path().join("mirror.git");
    let pair = ["diff", "main~1:api/p.yaml", "main:api/p.yaml"];
    assert!(run(&mirror, &pair).is_incomplete("not inside a git repository"));
    assert!(run(&mirror, &[&pair[..], &["--git-dir", "."]].concat()).is_breaking());
    assert!(run(bare.path(), &[&pair[..], &["--git-dir", "mirror.git"]].concat()).is_breaking());
    write(bare.path(), "api/p.yaml", &contract(&["/a"]));
    assert!(run(bare.path(), &["check", "api/p.yaml", "--base", "main~1", "--git-dir", "mirror.git"]).is_breaking());
}

#[test]
fn linked_work_trees_have_the_revisions_of_their_repository() {
    let folder = repository();
    commit(folder.path(), "the change");
    let tree = folder.path().join("trees/feature");
    git(folder.path(), &["worktree", "add", "-q", tree.to_str().unwrap(), "-b", "feature"]);
    assert!(run(&tree, &["check", "--base", "main~1"]).is_breaking());
    // A `.git` file that leads to a repository which knows nothing of this folder.
    let stray = folder.path().join("stray");
    write(&stray, "api/p.yaml", &contract(&["/a"]));
    write(&stray, ".git", &format!("gitdir: {}\n", folder.path().join(".git").display()));
    assert!(run(&stray, &["check", "--base", "main~1"]).is_incomplete("does not name this folder"));
    write(&stray, ".git", "gitdir: ../.git/worktrees/feature\n");
    assert!(run(&stray, &["check", "--base", "main~1"]).is_incomplete("does not name this folder"));
}

#[test]
fn the_base_of_a_contract_in_a_submodule_is_the_commit_that_the_outer_base_records() {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("library");
    std::fs::create_dir(&library).unwrap();
    git(&library, &["init", "-q", "-b", "main"]);
    write(&library, "p.yaml", &contract(&["/a", "/bb"]));
    commit(&library, "first");
    let outer = folder.path().join("outer");
    std::fs::create_dir(&outer).unwrap();
    git(&outer, &["init", "-q", "-b", "main"]);
    git(&outer, &["submodule", "--quiet", "add", library.to_str().unwrap(), "sub"]);
    commit(&outer, "with the library");
    let sub = outer.join("sub");
    write(&sub, "p.yaml", &contract(&["/a"]));
    commit(&sub, "second");
    // To the submodule, its own HEAD is the base; to the repository around it, the commit that it recorded.
    assert_eq!(run(&sub, &["diff", "HEAD:p.yaml", "p.yaml"]).report["verdict"]["change"], "none");
    assert!(run(&outer, &["check", "sub/p.yaml", "--base", "HEAD"]).is_breaking());
    git(&outer, &["add", "sub"]);
    git(&outer, &["commit", "-q", "-m", "newer library"]);
    assert!(run(&outer, &["check", "sub/p.yaml", "--base", "HEAD~1"]).is_breaking());
    assert_eq!(run(&outer, &["check", "sub/p.yaml", "--base", "HEAD"]).report["verdict"]["change"], "none");
}

#[test]
fn a_repository_inside_another_one_answers_only_from_inside() {
    let folder = repository();
    let at = folder.path();
    let inner = at.join("inner");
    write(&inner, "p.yaml", &contract(&["/a"]));
    git(&inner, &["init", "-q", "-b", "main"]);
    commit(&inner, "forged");
    assert!(run(at, &["check", "inner/p.yaml", "--base", "main"]).is_incomplete("repository of its own"));
    assert_eq!(run(&inner, &["check", "p.yaml", "--base", "main"]).report["verdict"]["change"], "none");
    // A `.git` in a folder whose files the repository around it tracks.
    let api = at.join("api");
    git(&api, &["init", "-q", "-b", "main"]);
    commit(&api, "forged");
    for (from, file) in [(at, "api/p.yaml"), (api.as_path(), "p.yaml")] {
        let run = run(from, &["check", file, "--base", "main"]);
        assert!(run.is_incomplete("the repository around it tracks files there"), "{file}: {run:?}");
    }
}

#[test]
fn links_inside_the_repository_are_followed_in_revisions() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    git(at, &["init", "-q", "-b", "main"]);
    write(at, "shared/v1/s.yaml", "S: {type: string}\n");
    std::fs::create_dir(at.join("api")).unwrap();
    std::os::unix::fs::symlink("../shared/v1", at.join("api/shared")).unwrap();
    std::os::unix::fs::symlink("/etc", at.join("api/out")).unwrap();
    let text = contract(&["/a"]).replace(
        "description: ok",
        "description: ok, content: {application/json: {schema: {$ref: 'shared/s.yaml#/S'}}}",
    );
    write(at, "api/p.yaml", &text);
    commit(at, "first");
    write(at, "shared/v1/s.yaml", "S: {type: integer}\n");
    assert!(run(at, &["check", "api/p.yaml", "--base", "main"]).is_breaking());
    let out = run(at, &["lint", "main:api/out/passwd"]);
    assert!(out.is_incomplete("is not a file in revision"), "{out:?}");
}

/// A git that counts how often it is started.
fn counting(folder: &Path) -> (PathBuf, String) {
    let real = String::from_utf8(Command::new("sh").args(["-c", "command -v git"]).output().unwrap().stdout).unwrap();
    let log = folder.join("calls");
    let wrapper = format!("#!/bin/sh\necho \"$*\" >> '{}'\nexec {} \"$@\"\n", log.display(), real.trim());
    write(folder, "bin/git", &wrapper);
    let mode = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o755);
    std::fs::set_permissions(folder.join("bin/git"), mode).unwrap();
    let path = format!("{}:{}", folder.join("bin").display(), std::env::var("PATH").unwrap());
    (log, path)
}

#[test]
fn a_run_over_many_contracts_starts_git_a_few_times() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("work");
    std::fs::create_dir(&at).unwrap();
    git(&at, &["init", "-q", "-b", "main"]);
    for number in 0..40 {
        write(&at, &format!("apis/{number}.yaml"), &contract(&["/a", "/bb"]));
    }
    commit(&at, "first");
    write(&at, "apis/7.yaml", &contract(&["/a"]));
    write(&at, "apis/new.yaml", &contract(&["/a"]));
    git(&at, &["add", "apis/new.yaml"]);
    let (log, path) = counting(folder.path());
    let run = run_with(&at, &["check", "--base", "main"], &[("PATH", &path)]);
    assert!(run.is_breaking() && run.has("api-added"), "{run:?}");
    let calls = std::fs::read_to_string(log).unwrap();
    assert!(calls.lines().count() <= 6, "{calls}");
}

#[test]
fn a_git_that_stands_in_the_work_tree_is_not_run() {
    let folder = repository();
    write(folder.path(), "git", "#!/bin/sh\ntouch pwned\n");
    let mode = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o755);
    std::fs::set_permissions(folder.path().join("git"), mode).unwrap();
    let path = format!(":.:{}", std::env::var("PATH").unwrap());
    assert!(run_with(folder.path(), &["check", "--base", "main"], &[("PATH", &path)]).is_breaking());
    assert!(!folder.path().join("pwned").exists());
}

#[test]
fn the_day_is_that_of_the_clock_whatever_commits_and_variables_say() {
    let folder = repository();
    write(
        folder.path(),
        "covenant.yaml",
        "waivers: [{rule: 'api-*', owner: me, reason: until the move is done, expires: 2025-06-30}]\n",
    );
    git(folder.path(), &["add", "-A"]);
    let day = "2025-01-01T00:00:00Z";
    let done = Command::new("git")
        .current_dir(folder.path())
        .args(["-c", "user.name=t", "-c", "user.email=t@t.test", "commit", "-qm", "long ago"])
        .env("GIT_COMMITTER_DATE", day)
        .env("GIT_AUTHOR_DATE", day)
        .status();
    assert!(done.unwrap().success());
    let run =
        run_with(folder.path(), &["check", "--base", "HEAD~1"], &[("CI", "true"), ("SOURCE_DATE_EPOCH", "1735689600")]);
    assert!(run.is_breaking(), "{run:?}");
    let today = jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date().to_string();
    assert_eq!(run.report["as_of"], Value::from(today));
}

#[test]
fn a_cache_that_git_tracks_is_refused() {
    let folder = repository();
    let cache = ["lint", "api/p.yaml", "--cache", "results"];
    assert_ne!(run(folder.path(), &cache).code, 2);
    assert_ne!(run(folder.path(), &cache).code, 2, "it is there, but git does not track it");
    commit(folder.path(), "with results");
    assert!(run(folder.path(), &cache).is_incomplete("git tracks this folder"));
    std::os::unix::fs::symlink("/tmp", folder.path().join("link")).unwrap();
    git(folder.path(), &["add", "link"]);
    assert!(run(folder.path(), &["lint", "api/p.yaml", "--cache", "link"]).is_incomplete("git tracks this folder"));
}

/// A branch that adds `/ccc`, while main went on and added `/dddd`.
fn stale_branch() -> tempfile::TempDir {
    let folder = repository();
    let at = folder.path();
    git(at, &["checkout", "-q", "--", "api/p.yaml"]);
    git(at, &["checkout", "-q", "-b", "feature"]);
    write(at, "api/p.yaml", &contract(&["/a", "/bb", "/ccc"]));
    commit(at, "the change");
    git(at, &["checkout", "-q", "main"]);
    write(at, "api/p.yaml", &contract(&["/a", "/bb", "/dddd"]));
    commit(at, "main goes on");
    git(at, &["tag", "released"]);
    git(at, &["update-ref", "refs/remotes/origin/main", "main"]);
    git(at, &["checkout", "-q", "feature"]);
    folder
}

#[test]
fn a_branch_is_compared_at_its_merge_base_and_a_tag_or_commit_as_it_is() {
    let folder = stale_branch();
    let at = folder.path();
    let (tip, common) = (git(at, &["rev-parse", "main"]), git(at, &["merge-base", "main", "HEAD"]));
    let cases: [(&[&str], bool); 9] = [
        (&["main"], true),
        (&["git:main"], true),
        (&["refs/heads/main"], true),
        (&["origin/main"], true),
        (&["released", "--merge-base"], true),
        (&["main", "--base-exact"], false),
        (&["released"], false),
        (&["main~0"], false),
        (&[&tip], false),
    ];
    for (base, merged) in cases {
        let run = run(at, &[&["check", "--fail-on", "never", "--base"], base].concat());
        let told = &run.report["base"];
        assert_eq!(told["merge_base"], merged, "{base:?}: {run:?}");
        assert_eq!(told["commit"].as_str(), Some(if merged { common.as_str() } else { tip.as_str() }), "{base:?}");
        let change = if merged { "compatible" } else { "breaking" };
        assert_eq!(run.report["verdict"]["change"], change, "{base:?}: {run:?}");
    }
}

#[test]
fn without_a_merge_base_the_run_is_incomplete_and_says_what_helps() {
    let folder = stale_branch();
    let at = folder.path();
    git(at, &["checkout", "-q", "--orphan", "other"]);
    commit(at, "unrelated");
    assert!(run(at, &["check", "--base", "main"]).is_incomplete("no common commit"));
    assert_eq!(run(at, &["check", "--base", "main", "--base-exact"]).report["base"]["merge_base"], false);
    let clone = tempfile::tempdir().unwrap();
    let origin = format!("file://{}", at.display());
    git(clone.path(), &["clone", "-q", "--depth=1", "--no-single-branch", "--branch", "feature", &origin, "work"]);
    let work = clone.path().join("work");
    assert!(run(&work, &["check", "--base", "origin/main"]).is_incomplete("git fetch --unshallow"));
}

#[test]
fn of_several_merge_bases_all_must_hold_the_same() {
    for same in [true, false] {
        let folder = repository();
        let at = folder.path();
        git(at, &["checkout", "-q", "--", "api/p.yaml"]);
        // Two branches that merged each other's first commit.
        for branch in ["left", "right"] {
            git(at, &["checkout", "-q", "-b", branch, "main"]);
            write(at, &format!("{branch}.txt"), branch);
            if !same {
                write(at, &format!("{branch}.yaml"), &contract(&["/x"]));
            }
            commit(at, branch);
            git(at, &["tag", &format!("{branch}-first")]);
        }
        git(at, &["merge", "-q", "-m", "left into right", "left-first"]);
        git(at, &["checkout", "-q", "left"]);
        git(at, &["merge", "-q", "-m", "right into left", "right-first"]);
        let run = run(at, &["check", "--base", "right", "--fail-on", "never"]);
        if same {
            assert_eq!((run.code, &run.report["base"]["merge_base"]), (0, &Value::from(true)), "{run:?}");
        } else {
            assert!(run.is_incomplete("several merge bases with different contracts"), "{run:?}");
        }
    }
}

#[test]
fn a_contract_that_the_head_lists_or_finds_no_more_is_still_compared() {
    let list = |file: &str| format!("apis: [{{file: {file}}}]\n");
    for base in [Some(list("api/p.yaml")), Some("fail-on: error\n".to_owned()), None] {
        let folder = repository();
        let at = folder.path();
        git(at, &["checkout", "-q", "--", "api/p.yaml"]);
        write(at, "api/x.yaml", &contract(&["/x"]));
        if let Some(text) = &base {
            write(at, "covenant.yaml", text);
        }
        commit(at, "base");
        write(at, "api/p.yaml", &contract(&["/a"]));
        write(at, "covenant.yaml", &list("api/x.yaml"));
        let hidden = run(at, &["check", "--base", "HEAD"]);
        assert!(hidden.is_breaking() && !hidden.has("api-removed"), "{base:?}: {hidden:?}");
        std::fs::remove_file(at.join("api/p.yaml")).unwrap();
        let gone = run(at, &["check", "--base", "HEAD"]);
        assert!(gone.is_breaking() && gone.has("api-removed"), "{base:?}: {gone:?}");
    }
    let folder = repository();
    write(folder.path(), ".gitignore", "api/p.yaml\n");
    for arguments in [&["check", "--base", "main"][..], &["check", "api", "--base", "main"], &["diff", "main", "api"]] {
        let run = run(folder.path(), arguments);
        // That git ignores the whole folder makes the run incomplete; what broke is told all the same.
        assert_eq!(run.report["verdict"]["change"], "breaking", "{arguments:?}: {run:?}");
        assert!(run.code != 0 && !run.has("api-removed"), "{arguments:?}: {run:?}");
    }
}
