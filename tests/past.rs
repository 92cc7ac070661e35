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
    assert!(err(&output).contains("to 2026-12-24, 188 days earlier"), "{}", err(&output));
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

fn headings(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.starts_with("## ")).collect()
}

#[test]
fn a_changelog_of_all_releases_is_written_kept_and_verified() {
    let folder = repository(5);
    let at = folder.path();
    let whole = out(&covenant(at, &["changelog", "payments.yaml", "--tags", "v*"]));
    assert_eq!(
        headings(&whole),
        ["## [1.4.0] - 2026-06-09", "## [1.3.0] - 2026-02-17", "## [1.2.0] - 2025-09-16", "## [1.1.0] - 2025-03-04",]
    );
    // By commits, the releases are the same ones.
    assert_eq!(out(&covenant(at, &["changelog", "payments.yaml", "--history"])), whole);
    let range = out(&covenant(at, &["changelog", "payments.yaml", "--from", "v1.2.0", "--to", "v1.4.0"]));
    assert_eq!(headings(&range), ["## [1.4.0] - 2026-06-09", "## [1.3.0] - 2026-02-17"]);

    let file = at.join("CHANGELOG.md");
    let into = ["changelog", "payments.yaml", "--tags", "v*", "--into", "CHANGELOG.md"];
    assert!(covenant(at, &into).status.success());
    let once = std::fs::read_to_string(&file).unwrap();
    assert_eq!(headings(&once), headings(&whole));
    assert!(covenant(at, &into).status.success());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), once);

    let verified = ["changelog", "payments.yaml", "--tags", "v*", "--verify", "CHANGELOG.md"];
    assert_eq!(covenant(at, &verified).status.code(), Some(0));
    let line = once.lines().find(|line| line.contains("**BREAKING**")).unwrap();
    std::fs::write(&file, once.replace(line, "")).unwrap();
    let missing = covenant(at, &verified);
    assert_eq!(missing.status.code(), Some(1));
    let id = line.split("<!-- ").nth(1).unwrap().trim_end_matches(" -->");
    assert!(out(&missing).contains(id) && out(&missing).contains("[lc-changelog-entry]"), "{}", out(&missing));
    assert_eq!(out(&missing).matches("[lc-changelog-entry]").count(), 1, "{}", out(&missing));
}

#[test]
fn every_entry_names_a_change_that_the_comparison_knows() {
    let folder = repository(6);
    let log: serde_json::Value = serde_json::from_str(&out(&covenant(
        folder.path(),
        &["changelog", "v1.3.0:payments.yaml", "v1.4.0:payments.yaml", "--format", "json"],
    )))
    .unwrap();
    let changes = out(&covenant(
        folder.path(),
        &["diff", "v1.3.0:payments.yaml", "v1.4.0:payments.yaml", "--format", "json", "--fail-on", "never"],
    ));
    let entries = log["entries"].as_array().unwrap();
    assert!(entries.len() > 5);
    for entry in entries {
        let id = entry["id"].as_str().unwrap().trim_start_matches("chg:");
        assert!(changes.contains(id), "{id} is no change");
        assert!(changes.contains(entry["rule"].as_str().unwrap()));
    }
}

#[test]
fn what_is_not_released_yet_stands_on_top_in_both_editions() {
    let folder = repository(4);
    let at = folder.path();
    std::fs::write(at.join("payments.yaml"), bank("1.4.0")).unwrap();
    for (edition, mark) in [("1.1", "**BREAKING** "), ("2.0", "**Breaking:** ")] {
        let text = out(&covenant(at, &["changelog", "payments.yaml", "--tags", "v*", "--edition", edition]));
        assert_eq!(headings(&text)[..2], ["## [Unreleased]", "## [1.3.0] - 2026-02-17"]);
        assert!(text.contains(mark) && text.contains(&format!("keepachangelog.com/en/{edition}.0/")), "{text}");
        assert!(text.contains("Semantic Versioning"), "{text}");
        std::fs::remove_file(at.join("CHANGELOG.md")).ok();
        let into = ["changelog", "payments.yaml", "--from", "v1.3.0", "--edition", edition, "--into", "CHANGELOG.md"];
        covenant(at, &into);
        let once = std::fs::read_to_string(at.join("CHANGELOG.md")).unwrap();
        covenant(at, &into);
        assert_eq!(std::fs::read_to_string(at.join("CHANGELOG.md")).unwrap(), once);
        assert!(once.contains(mark), "{once}");
    }
}

#[test]
fn a_partner_reads_nothing_internal_and_a_template_is_filled_for_each_release() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let contract = |version: &str, secret: &str, paths: &str| {
        format!(
            "openapi: 3.0.3\ninfo: {{title: T, version: {version}}}\npaths: {{{paths}}}\ncomponents: {{schemas: {{S: {{type: object, properties: {{cost: {{type: {secret}, x-internal: true}}}}}}}}}}\n"
        )
    };
    let ok = "responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/S'}}}}}";
    let open = format!("/a: {{get: {{{ok}}}}}");
    let closed = format!("{open}, /staff: {{get: {{x-internal: true, {ok}}}}}, /b: {{get: {{{ok}}}}}");
    std::fs::write(at.join("1.yaml"), contract("1.0.0", "string", &open)).unwrap();
    std::fs::write(at.join("2.yaml"), contract("2.0.0", "integer", &closed)).unwrap();
    let own = out(&covenant(at, &["changelog", "1.yaml", "2.yaml"]));
    assert!(own.contains("/staff") && own.contains("cost") && own.contains("GET /b"), "{own}");
    let partner = out(&covenant(at, &["changelog", "1.yaml", "2.yaml", "--audience", "partner"]));
    assert!(!partner.contains("/staff") && !partner.contains("cost") && partner.contains("GET /b"), "{partner}");
    // A changelog for partners is not asked for what they must not see.
    std::fs::write(at.join("PARTNERS.md"), &partner).unwrap();
    let verify = ["changelog", "1.yaml", "2.yaml", "--verify", "PARTNERS.md"];
    assert_eq!(covenant(at, &verify).status.code(), Some(1));
    assert_eq!(covenant(at, &[&verify[..], &["--audience", "partner"]].concat()).status.code(), Some(0));
    std::fs::write(at.join("t.md"), "{{ version }} has {{ entries | length }} entries\n").unwrap();
    let filled = out(&covenant(at, &["changelog", "1.yaml", "2.yaml", "1.yaml", "--history", "--template", "t.md"]));
    assert_eq!(filled.lines().count(), 2, "{filled}");
    assert!(filled.starts_with("1.0.0 has "), "{filled}");
}
