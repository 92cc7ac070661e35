//! Commands over the past of a contract: a git repository with a tag for each release of the bank's payments.

use std::path::Path;
use std::process::{Command, Output};

const RELEASES: [(&str, &str); 6] = [
    ("1.0.0", "2024-11-12"),
    ("1.1.0", "2025-03-04"),
    ("1.2.0", "2025-09-16"),
    ("1.3.0", "2026-02-17"),
    ("1.4.0", "2026-06-09"),
    ("2.0.0", "2026-11-03"),
];

fn bank(version: &str) -> String {
    let file = format!("{}/fixtures/bank/payments/{version}.yaml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(file).unwrap()
}

fn git(folder: &Path, day: &str, arguments: &[&str]) {
    let day = format!("{day}T10:00:00Z");
    let done = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=a", "-c", "user.email=a@x.test", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .env("GIT_COMMITTER_DATE", &day)
        .env("GIT_AUTHOR_DATE", &day)
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// A repository with the first `count` releases, a commit and a tag each.
fn repository(count: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), "2024-11-01", &["init", "-q"]);
    for (version, day) in &RELEASES[..count] {
        std::fs::write(folder.path().join("payments.yaml"), bank(version)).unwrap();
        git(folder.path(), day, &["add", "-A"]);
        git(folder.path(), day, &["commit", "-q", "-m", version]);
        git(folder.path(), day, &["tag", &format!("v{version}")]);
    }
    folder
}

fn covenant(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_covenant"));
    command.current_dir(folder).args(arguments).args(["--as-of", "2026-11-25", "--no-config"]);
    command.env_remove("CI").output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_timeline_with_its_past_shows_moved_days_and_what_went_early() {
    let folder = repository(6);
    for arguments in [&["--history"][..], &["--tags", "v*"], &["--from", "v1.2.0", "--to", "v2.0.0"]] {
        let output = covenant(folder.path(), &[&["timeline", "payments.yaml", "--check"], arguments].concat());
        assert_eq!(output.status.code(), Some(1), "{}", err(&output));
        assert!(out(&output).contains("moved-earlier, was 2027-06-30"), "{}", out(&output));
        let found = err(&output);
        assert!(found.contains("error[lc-sunset-moved]: the last day of `POST /batches` moved"), "{found}");
        assert!(found.contains("error[lc-removed-before-sunset]: `GET /payments/{paymentId}/receipt`"), "{found}");
        assert!(found.contains("payments.yaml:344:"), "findings stand at the day itself: {found}");
    }
    // Without its past, the last contract breaks no promise.
    let alone = covenant(folder.path(), &["timeline", "payments.yaml", "--check"]);
    assert_eq!(alone.status.code(), Some(0), "{}", err(&alone));
}

#[test]
fn the_present_file_comes_after_the_last_release() {
    let folder = repository(6);
    let file = folder.path().join("payments.yaml");
    std::fs::write(&file, bank("2.0.0").replace("2027-01-31", "2026-12-24")).unwrap();
    let report = folder.path().join("found.json");
    let target = format!("json={}", report.display());
    let output = covenant(folder.path(), &["timeline", "payments.yaml", "--history", "--check", "--report", &target]);
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("to 2026-12-24, 38 days earlier"), "{}", err(&output));
    let report: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(report).unwrap()).unwrap();
    assert!(report.to_string().contains("lc-sunset-moved"), "{report}");
    // Up to a tag, the work tree does not matter.
    let tagged = covenant(folder.path(), &["timeline", "payments.yaml", "--to", "v2.0.0"]);
    assert!(!out(&tagged).contains("2026-12-24"), "{}", out(&tagged));
}

#[test]
fn a_kept_timeline_grows_and_forgets_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let keep = folder.path().join("timeline.json");
    let kept = keep.display().to_string();
    let contract = folder.path().join("payments.yaml");
    let mut dates: Vec<String> = Vec::new();
    for (version, day) in RELEASES {
        std::fs::write(&contract, bank(version)).unwrap();
        for _ in 0..2 {
            let output = Command::new(env!("CARGO_BIN_EXE_covenant"))
                .current_dir(folder.path())
                .args(["timeline", "payments.yaml", "--keep", &kept, "--as-of", day, "--no-config"])
                .output()
                .unwrap();
            assert!(output.status.success(), "{}", err(&output));
        }
        let timeline: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&keep).unwrap()).unwrap();
        let text = timeline["milestones"].to_string();
        assert!(dates.iter().all(|date| text.contains(date)), "{version} forgot one of {dates:?}");
        for milestone in timeline["milestones"].as_array().unwrap() {
            dates.push(milestone["date"].as_str().unwrap().to_owned());
        }
    }
    let timeline: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&keep).unwrap()).unwrap();
    let moved: Vec<_> = timeline["milestones"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|milestone| milestone["history"].as_array().unwrap())
        .collect();
    assert_eq!(moved.len(), 1, "{moved:?}");
    assert_eq!((&moved[0]["date"], &moved[0]["recorded"]), (&"2027-06-30".into(), &"2025-09-16".into()));
}

#[test]
fn a_kept_timeline_of_another_contract_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let contract =
        |id: &str| format!("openapi: 3.0.3\ninfo: {{title: T, version: 1.0.0, x-api-id: {id}}}\npaths: {{}}\n");
    let file = folder.path().join("a.yaml");
    std::fs::write(&file, contract("one")).unwrap();
    assert!(covenant(folder.path(), &["timeline", "a.yaml", "--keep", "t.json"]).status.success());
    std::fs::write(&file, contract("two")).unwrap();
    let output = covenant(folder.path(), &["timeline", "a.yaml", "--keep", "t.json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("the timeline of `one`, not of `two`"), "{}", err(&output));
}

#[test]
fn misuse_of_a_history_is_explained() {
    let folder = repository(2);
    for (arguments, expected) in [
        (&["timeline", "payments.yaml", "--from", "v9"][..], "there is no tag `v9`"),
        (&["timeline", "payments.yaml", "--history", "--rev", "nowhere"], "git knows no revision `nowhere`"),
        (&["timeline", "gone.yaml", "--history"], "there is no file `gone.yaml`"),
        (&["timeline", "--history"], "name one contract"),
        (&["history", "payments.yaml", "--tags", "x*"], "there is no release"),
        (&["history", "payments.yaml", "--releases", "list.yaml"], "leave the others out"),
    ] {
        let output = covenant(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(err(&output).contains(expected), "{arguments:?}: {}", err(&output));
    }
}
