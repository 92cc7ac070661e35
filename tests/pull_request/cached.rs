//! `check --cache`: what is as the base has it is not examined again, and nothing else is taken from an earlier run.

use crate::repository::{Repository, contract};

const SHARED: &str = "openapi: 3.0.3\ninfo: {title: B, version: 1.0.0}\npaths:\n  /b:\n    get:\n      operationId: b\n      security: [{key: []}]\n      responses:\n        '200':\n          description: The b\n          content: {application/json: {schema: {$ref: parts/b.yaml}}}\ncomponents:\n  securitySchemes:\n    key: {type: http, scheme: bearer}\n";

fn repository() -> Repository {
    Repository::new(&[
        ("api/a.yaml", &contract(&["/open/one", "/two"])),
        ("api/b.yaml", SHARED),
        ("api/parts/b.yaml", "type: object\nproperties: {x: {type: string, maxLength: 9}}\n"),
    ])
}

/// What a run prints, without and with a cache that is outside the work tree.
fn both(repository: &Repository, more: &[&str]) -> (String, Option<i32>) {
    let run = |cache: &[&str]| {
        let fixed = ["check", "--base", "main", "--as-of", "2026-06-01", "-f", "json"];
        let output = repository.covenant(&[&fixed[..], more, cache].concat());
        (String::from_utf8(output.stdout).unwrap(), output.status.code())
    };
    let plain = run(&[]);
    let cached = run(&["--cache", ".git/cache"]);
    let warm = run(&["--cache", ".git/cache"]);
    assert_eq!((&cached, &warm), (&plain, &plain), "{more:?}");
    plain
}

fn entries(repository: &Repository) -> Vec<std::path::PathBuf> {
    let folders = std::fs::read_dir(repository.path().join(".git/cache/covenant-1")).unwrap();
    let folders = folders.map(|folder| folder.unwrap().path()).filter(|folder| folder.is_dir());
    let mut all: Vec<_> =
        folders.flat_map(|folder| std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path())).collect();
    all.sort();
    all
}

#[test]
fn a_warm_cache_prints_what_none_prints_whatever_changed_meanwhile() {
    let repository = repository();
    for more in [&[][..], &["--lint", "all"], &["--profile", "strict"]] {
        both(&repository, more);
    }
    let kept = entries(&repository).len();
    assert!(kept >= 4, "both contracts are kept under two sets of rules: {kept}");
    // The file that a contract refers to, then the contract, then the base.
    repository.write("api/parts/b.yaml", "type: object\nproperties: {x: {type: string, maxLength: 8}}\n");
    repository.commit("a part");
    let (text, code) = both(&repository, &["--keep", "contract"]);
    assert!(code == Some(1) || text.contains("max-length"), "{text}");
    repository.write("api/a.yaml", &contract(&["/open/one"]));
    repository.commit("a break");
    assert_eq!(both(&repository, &[]).1, Some(1));
    // The head goes back to what the cache knows, while the base went on: the same bytes are a change now.
    repository.git(&["checkout", "-q", "main"]);
    repository.write("api/a.yaml", &contract(&["/open/one", "/two", "/three"]));
    repository.commit("main goes on");
    repository.git(&["checkout", "-q", "-B", "feature"]);
    repository.write("api/a.yaml", &contract(&["/open/one", "/two"]));
    repository.commit("back");
    let (text, code) = both(&repository, &[]);
    assert!(code == Some(1) && text.contains("`/three` was removed"), "{text}");
    // Another policy of the target.
    repository
        .on_main(&[("covenant.yaml", "rules: {sec-operation-authenticated: warning}\nenforce: {'sec-*': always}\n")]);
    both(&repository, &["--base-exact"]);
}

#[test]
fn an_entry_that_is_damaged_or_of_another_contract_is_ignored() {
    let repository = repository();
    let (expected, _) = both(&repository, &[]);
    let all = entries(&repository);
    let texts: Vec<String> = all.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    std::fs::write(&all[0], &texts[0][..texts[0].len() / 2]).unwrap();
    assert_eq!(both(&repository, &[]).0, expected);
    // An entry in the place of another: its files are not those that the base has there.
    std::fs::write(&all[0], &texts[1]).unwrap();
    std::fs::write(&all[1], &texts[0]).unwrap();
    assert_eq!(both(&repository, &[]).0, expected);
}
