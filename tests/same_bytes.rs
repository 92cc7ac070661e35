//! The same contracts give the same bytes: ten runs, on one thread and on two, in every format.
//!
//! The pair of the bank is always there; the largest pair of the shared corpus, two folders and `check` are compared in
//! the same way where they are.

mod collection;

use covenant::report::Format;
use std::path::Path;
use std::process::Command;

/// The reports of one run in all formats.
fn reports(arguments: &[&str], threads: &str) -> Vec<(String, Vec<u8>)> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_covenant"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env("RAYON_NUM_THREADS", threads).env_remove("GITHUB_OUTPUT");
    command.args(arguments).args(["--no-config", "--as-of", "2026-11-01", "--quiet"]);
    let file = |format: &str| folder.path().join(format);
    for format in Format::ALL.map(|format| format.name) {
        command.arg("--output").arg(format!("{format}={}", file(format).display()));
    }
    let output = command.output().unwrap();
    let code = output.status.code();
    assert!(matches!(code, Some(0 | 1)), "{code:?}: {}", String::from_utf8_lossy(&output.stderr));
    Format::ALL.map(|format| (format.name.to_owned(), std::fs::read(file(format.name)).unwrap())).into()
}

/// Ten runs, five on one thread and five on two, must not differ in a byte.
fn compare(arguments: &[&str]) {
    let first = reports(arguments, "1");
    let findings = first.iter().find(|(format, _)| format == "json").map_or(0, |(_, bytes)| bytes.len());
    assert!(findings > 1000, "there is something to compare");
    for run in 1..10 {
        let threads = if run % 2 == 0 { "1" } else { "2" };
        for ((format, before), (_, after)) in first.iter().zip(reports(arguments, threads)) {
            assert!(*before == after, "{arguments:?}: {format} differs in run {run} on {threads} threads");
        }
    }
}

#[test]
fn a_comparison_of_the_bank_gives_the_same_bytes_in_every_format() {
    let versions = ["fixtures/bank/payments/1.3.0.yaml", "fixtures/bank/payments/1.4.0.yaml"];
    compare(&["diff", versions[0], versions[1]]);
    compare(&["diff", versions[0], versions[1], "--expand"]);
    compare(&["check", versions[1], "--base", versions[0]]);
}

#[test]
fn folders_give_the_same_bytes_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    for (side, version) in [("old", "1.3.0"), ("new", "1.4.0")] {
        for name in ["a", "b", "c", "d"] {
            let target = folder.path().join(side).join(format!("{name}.yaml"));
            std::fs::create_dir_all(target.parent().unwrap()).unwrap();
            let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/bank/payments/{version}.yaml"));
            std::fs::copy(source, target).unwrap();
        }
    }
    let side = |side: &str| folder.path().join(side).display().to_string();
    compare(&["diff", &side("old"), &side("new")]);
    compare(&["check", &side("new"), "--base", &side("old")]);
}

#[test]
#[ignore = "needs the collection"]
fn the_largest_pair_gives_the_same_bytes_in_every_format() {
    let pair = collection::part("corpus/pairs/171-stripe-2020-08-27-2022-08-01-large");
    let side = |side: &str| pair.join(side).display().to_string();
    compare(&["diff", &side("base.yaml"), &side("revision.yaml")]);
}

#[test]
#[ignore = "needs the collection"]
fn the_pair_with_the_most_findings_gives_the_same_bytes_in_every_format() {
    let pair = collection::part("corpus/pairs/245-tmf622");
    let mut files: Vec<String> =
        std::fs::read_dir(&pair).unwrap().map(|entry| entry.unwrap().path().display().to_string()).collect();
    files.sort();
    compare(&["diff", &files[0], &files[1]]);
}
