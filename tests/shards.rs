//! A run split into parts and merged prints the same bytes as the run in one, in every format.

mod collection;

use covenant::report::Format;
use std::path::Path;
use std::process::Command;

const SHARED: &str = "components:\n  schemas:\n    Money:\n      type: object\n      properties:\n        amount: {type: number, example: x}\n        iban: {type: string}\n";

/// Contracts that share a file, one that cannot be read, waivers of which one is stale and one expired, a baseline.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("shared.yaml", SHARED);
    for (number, name) in ["a", "b", "c", "d", "e"].iter().enumerate() {
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: {name} ü𝄞, version: 1.0.0}}\npaths:\n  /{name}:\n    get:\n      summary: {}\n      responses:\n        '200':\n          description: ok\n          content:\n            application/json:\n              schema: {{$ref: 'shared.yaml#/components/schemas/Money'}}\n",
            "x".repeat(number)
        );
        write(&format!("{name}.yaml"), &text);
    }
    write("f.yaml", "openapi: [3.0\n");
    write(
        "covenant.yaml",
        "version: 1\nrules: {doc-info-contact: error}\nbaseline: known.json\nwaivers:\n- {rule: oas-*, file: b.yaml, owner: me, reason: known since last year, expires: 2026-06-30}\n- {rule: doc-*, file: c.yaml, owner: me, reason: known since last year, expires: 2020-01-01}\n- {rule: no-such, owner: me, reason: known since last year, expires: 2026-06-30}\n",
    );
    write("known.json", r#"{"schema": "covenant-baseline/1", "findings": {}}"#);
    let written = covenant(folder.path(), &["lint", "d.yaml", "--no-config", "--write-baseline", "known.json"]);
    assert!(written.2.contains("known findings"), "{}", written.2);
    folder
}

/// Standard output, exit code and standard error.
fn covenant(folder: &Path, arguments: &[&str]) -> (String, i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_covenant"));
    let command = command.current_dir(folder).args(arguments);
    if arguments[0] == "lint" {
        command.args(["--as-of", "2025-11-25"]);
    }
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), output.status.code().unwrap(), text(output.stderr))
}

/// Writes the parts and gives the names of their reports.
fn parts(folder: &Path, count: usize, options: &[&str]) -> Vec<String> {
    let part = |number: usize| {
        let (file, shard) = (format!("part-{number}.txt"), format!("{number}/{count}"));
        let output = format!("json={file}");
        let arguments = [&["lint", ".", "--quiet", "--output", &output, "--shard", &shard], options].concat();
        let (text, code, errors) = covenant(folder, &arguments);
        let only_told = errors.lines().all(|line| line.is_empty() || line.starts_with("not examined: "));
        assert!(text.is_empty() && code <= 2 && only_told, "{text} {errors}");
        file
    };
    (1..=count).map(part).collect()
}

#[test]
fn the_merged_report_is_the_report_of_the_whole_run_in_every_format() {
    let folder = folder();
    for count in [1, 3, 9] {
        let mut reports = parts(folder.path(), count, &[]);
        reports.reverse();
        for format in Format::ALL {
            let options = ["--format", format.name, "--show", "hint"];
            let whole = covenant(folder.path(), &[&["lint", "."], &options[..]].concat());
            let files: Vec<&str> = reports.iter().map(String::as_str).collect();
            let merged = covenant(folder.path(), &[&["merge"], &files[..], &options[..]].concat());
            assert_eq!(merged, whole, "{} in {count} parts", format.name);
            // These hold no findings of rules.
            let bare = matches!(format.name, "github-output" | "curl" | "hurl");
            assert!(bare || whole.0.contains("waiver-stale"), "{}", whole.0);
        }
    }
}

#[test]
#[ignore = "needs the collection"]
fn real_contracts_in_parts_give_the_bytes_of_the_whole_run() {
    let corpus = collection::part("corpus/specs");
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let outputs = |kind: &str| -> Vec<String> {
        Format::ALL
            .iter()
            .flat_map(|f| ["--output".to_owned(), format!("{}={}", f.name, at(&format!("{kind}-{}", f.name)))])
            .collect()
    };
    let run = |arguments: Vec<String>| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let (_, code, errors) = covenant(&corpus, &arguments);
        assert!(code <= 2 && errors.is_empty(), "{errors}");
        code
    };
    let options = ["--no-config", "--quiet"].map(str::to_owned);
    let whole = run([vec!["lint".to_owned(), ".".to_owned()], options.to_vec(), outputs("whole")].concat());
    let parts: Vec<String> = (1..=4).map(|number| at(&format!("part-{number}"))).collect();
    for (number, part) in parts.iter().enumerate() {
        let shard = ["--shard".to_owned(), format!("{}/4", number + 1), "--output".to_owned(), format!("json={part}")];
        run([vec!["lint".to_owned(), ".".to_owned()], options.to_vec(), shard.to_vec()].concat());
    }
    let merged = run([vec!["merge".to_owned()], parts, vec!["--quiet".to_owned()], outputs("merged")].concat());
    assert_eq!(merged, whole);
    for format in Format::ALL {
        let read = |kind: &str| std::fs::read(at(&format!("{kind}-{}", format.name))).unwrap();
        assert!(read("merged") == read("whole"), "{} differs", format.name);
        assert!(!read("whole").is_empty(), "{}", format.name);
    }
}

#[test]
fn parts_keep_the_default_format_and_the_failing_severity() {
    let folder = folder();
    let options = ["--no-config", "--ruleset", "spectral:oas", "--fail-on", "warn"];
    let whole = covenant(folder.path(), &[&["lint", "a.yaml", "b.yaml"], &options[..]].concat());
    let reports: Vec<String> = (1..=2)
        .map(|number| {
            let shard = format!("{number}/2");
            let arguments = ["lint", "b.yaml", "a.yaml", "--shard", &shard, "--format", "json"];
            let file = format!("part-{number}.txt");
            let (text, ..) = covenant(folder.path(), &[&arguments[..], &options[..]].concat());
            std::fs::write(folder.path().join(&file), text).unwrap();
            file
        })
        .collect();
    assert_eq!(covenant(folder.path(), &["merge", &reports[0], &reports[1]]), whole);
    assert_eq!(whole.1, 1);
    assert_eq!(covenant(folder.path(), &["merge", &reports[0], &reports[1], "--fail-on", "never"]).1, 0);
}

#[test]
fn without_the_contracts_every_place_is_still_right() {
    let folder = folder();
    let reports = parts(folder.path(), 2, &[]);
    let elsewhere = tempfile::tempdir().unwrap();
    let files: Vec<String> = reports.iter().map(|file| folder.path().join(file).to_str().unwrap().to_owned()).collect();
    for format in ["json", "sarif", "checkstyle", "junit", "gitlab", "github", "markdown", "spectral-json", "stylish"] {
        let whole = covenant(folder.path(), &["lint", ".", "--format", format]);
        let merged = covenant(elsewhere.path(), &["merge", &files[0], &files[1], "--format", format]);
        assert_eq!((merged.0, merged.1), (whole.0, whole.1), "{format}");
        assert!(merged.2.contains("have no excerpts"), "{}", merged.2);
    }
    let text = covenant(elsewhere.path(), &["merge", &files[0], &files[1], "--show", "hint"]).0;
    assert!(text.contains("a.yaml:5:5:") && !text.contains('│') && !text.contains('\u{1}'), "{text}");
}

#[test]
fn parts_of_no_run_are_refused() {
    let folder = folder();
    let reports = parts(folder.path(), 2, &[]);
    let fails = |arguments: &[&str]| {
        let (text, code, errors) = covenant(folder.path(), &[&["merge"], arguments].concat());
        assert_eq!((text.as_str(), code), ("", 2), "{errors}");
        errors
    };
    assert!(fails(&[&reports[0]]).contains("part 2 of 2 is missing"));
    assert!(fails(&[&reports[0], &reports[0]]).contains("twice"));
    assert!(fails(&["a.yaml"]).contains("no JSON report"));
    assert!(fails(&["nowhere.json"]).contains("there is no file"));
    let whole = covenant(folder.path(), &["lint", ".", "--format", "json"]).0;
    std::fs::write(folder.path().join("whole.txt"), &whole).unwrap();
    assert!(fails(&["whole.txt"]).contains("whole run"));
    std::fs::write(folder.path().join("g.yaml"), "openapi: 3.0.3\n").unwrap();
    let later = parts(folder.path(), 2, &[]);
    std::fs::copy(folder.path().join(&later[1]), folder.path().join("later.txt")).unwrap();
    std::fs::remove_file(folder.path().join("g.yaml")).unwrap();
    let earlier = parts(folder.path(), 2, &[]);
    assert!(fails(&[&earlier[0], "later.txt"]).contains("different lists"));
}
