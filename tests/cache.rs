//! `--cache` never changes a result: cold, warm, damaged and outdated caches print the same bytes.

use covenant::report::Format;
use std::path::{Path, PathBuf};
use std::process::Command;

const MONEY: &str = "type: object\nproperties:\n  amount: {type: number, example: x}\n";

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}

/// Contracts with a shared file, a missing one, a refused one, and a fault of the text.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, reference) in
        [("a", "money.yaml"), ("b", "missing.yaml"), ("c", "../outside.yaml"), ("d", "'#/nowhere'")]
    {
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: {name} ü𝄞, version: 1.0.0}}\npaths:\n  /{name}:\n    get:\n      responses:\n        '200':\n          description: ok\n          content:\n            application/json:\n              schema: {{$ref: {reference}}}\n"
        );
        write(folder.path(), &format!("{name}.yaml"), &text);
    }
    write(folder.path(), "money.yaml", MONEY);
    write(folder.path(), "e.yaml", "openapi: [3.0\ninfo: {}\n");
    write(
        folder.path(),
        "rules.yaml",
        "extends: [[spectral:oas, all]]\noverrides:\n- {files: [a.yaml], rules: {info-contact: off}}\n",
    );
    folder
}

/// Standard output, exit code and standard error of a run over the folder.
fn lint(folder: &Path, options: &[&str]) -> (String, i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_covenant"));
    let command = command.current_dir(folder);
    let files = ["lint", "a.yaml", "b.yaml", "c.yaml", "d.yaml", "e.yaml", "--show", "hint", "--as-of", "2025-11-25"];
    let output = command.args(files).args(options).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), output.status.code().unwrap(), text(output.stderr))
}

fn entries(cache: &Path) -> Vec<PathBuf> {
    let folders = std::fs::read_dir(cache.join("covenant-1")).unwrap().map(|folder| folder.unwrap().path());
    let folders = folders.filter(|folder| folder.is_dir());
    let mut all: Vec<_> =
        folders.flat_map(|folder| std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path())).collect();
    all.sort();
    all
}

#[test]
fn a_warm_cache_prints_what_a_cold_one_and_none_print() {
    let folder = folder();
    for options in [vec!["--format", "text"], vec!["--format", "json"], vec!["-r", "rules.yaml"], vec!["-p", "strict"]]
    {
        let plain = lint(folder.path(), &options);
        let cached: Vec<&str> = options.iter().copied().chain(["--cache", "cache"]).collect();
        let before = if folder.path().join("cache").exists() { entries(&folder.path().join("cache")).len() } else { 0 };
        assert_eq!(lint(folder.path(), &cached), plain, "cold, {options:?}");
        let written = entries(&folder.path().join("cache"));
        assert!(written.len() > before || options == ["--format", "json"], "nothing was kept: {options:?}");
        let times =
            |files: &[PathBuf]| files.iter().map(|f| f.metadata().unwrap().modified().unwrap()).collect::<Vec<_>>();
        let first = times(&written);
        assert_eq!(lint(folder.path(), &cached), plain, "warm, {options:?}");
        assert_eq!(times(&entries(&folder.path().join("cache"))), first, "something was examined again: {options:?}");
    }
}

#[test]
fn every_format_is_the_same_from_a_warm_cache() {
    let folder = folder();
    let formats = Format::ALL.map(|format| format.name);
    for ruleset in [vec![], vec!["-r", "rules.yaml"]] {
        for format in formats {
            let plain: Vec<&str> = ruleset.iter().copied().chain(["--format", format]).collect();
            let cached: Vec<&str> = plain.iter().copied().chain(["--cache", "cache"]).collect();
            let expected = lint(folder.path(), &plain);
            assert_eq!(lint(folder.path(), &cached), expected, "{cached:?}");
            assert_eq!(lint(folder.path(), &cached), expected, "{cached:?}, again");
        }
    }
}

#[test]
fn damaged_entries_are_ignored_and_replaced() {
    let folder = folder();
    let plain = lint(folder.path(), &[]);
    let cached = ["--cache", "cache"];
    lint(folder.path(), &cached);
    let cache = folder.path().join("cache");
    let sound: Vec<_> = entries(&cache).iter().map(|file| std::fs::read(file).unwrap()).collect();
    assert!(sound.len() >= 4);
    type Damage = fn(&mut Vec<u8>);
    let damages: [Damage; 4] = [
        |bytes| bytes.clear(),
        |bytes| bytes.truncate(bytes.len() / 2),
        |bytes| {
            let at = bytes.len() - 60;
            bytes[at] ^= 1;
        },
        |bytes| *bytes = vec![0xff; 300],
    ];
    for damage in damages {
        for file in entries(&cache) {
            let mut bytes = std::fs::read(&file).unwrap();
            damage(&mut bytes);
            std::fs::write(&file, bytes).unwrap();
        }
        assert_eq!(lint(folder.path(), &cached), plain);
        let now: Vec<_> = entries(&cache).iter().map(|file| std::fs::read(file).unwrap()).collect();
        assert!(now == sound, "the entries were not replaced");
    }
    std::fs::remove_dir_all(&cache).unwrap();
    std::fs::create_dir(&cache).unwrap();
    assert_eq!(lint(folder.path(), &cached), plain);
}

#[test]
fn what_a_result_depends_on_is_looked_at_again() {
    let folder = folder();
    let cached = ["--cache", "cache"];
    let check = |what: &str| {
        let plain = lint(folder.path(), &[]);
        assert_eq!(lint(folder.path(), &cached), plain, "{what}");
        plain
    };
    let first = check("first");
    write(folder.path(), "money.yaml", &MONEY.replace("example: x", "exclusiveMinimum: x"));
    let second = check("a file it refers to has changed");
    assert_ne!(first, second);
    write(folder.path(), "missing.yaml", MONEY);
    let third = check("a missing file is there");
    assert_ne!(second, third);
    std::fs::remove_file(folder.path().join("money.yaml")).unwrap();
    check("a file is gone");
    write(folder.path(), "covenant.yaml", "version: 1\nprofile: strict\n");
    assert_ne!(check("another profile"), third);
}

#[test]
fn no_absolute_path_is_kept() {
    let folder = folder();
    lint(folder.path(), &["--cache", "cache"]);
    let root = folder.path().canonicalize().unwrap();
    for file in entries(&folder.path().join("cache")) {
        let text = std::fs::read_to_string(file).unwrap();
        assert!(!text.contains(root.to_str().unwrap()), "{text}");
    }
}
