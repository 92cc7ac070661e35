use super::history::{History, Release, Step, history};
use super::walk::{Releases, walk};
use super::{HistoryFormat, render_history};
use crate::diagnostic::Impact;
use crate::diff;
use crate::promise::Policy;
use crate::workspace::{Options, Repositories, Workspace};
use jiff::civil::date;
use std::path::Path;
use std::process::Command;

fn contract(version: &str, paths: &str) -> String {
    format!(
        "openapi: 3.0.3\ninfo: {{title: Payments, version: {version}, x-audience: external-partner}}\npaths: {{{paths}}}\n"
    )
}

const A: &str = "/a: {get: {responses: {'200': {description: ok}}}}";
const OLD: &str = "/b: {get: {deprecated: true, x-deprecated-at: 2026-01-01, x-sunset: 2026-12-31, responses: {'200': {description: ok}}}}";

fn made(last: jiff::civil::Date) -> History {
    let steps = [
        (
            "v1",
            date(2025, 6, 1),
            contract(
                "1.0.0",
                &format!(
                    "{A}, {}",
                    OLD.replace("deprecated: true, x-deprecated-at: 2026-01-01, x-sunset: 2026-12-31, ", "")
                ),
            ),
        ),
        ("v2", date(2026, 1, 1), contract("1.1.0", &format!("{A}, {OLD}"))),
        ("v3", last, contract("2.0.0", A)),
    ];
    let steps: Vec<Step> = steps
        .into_iter()
        .map(|(label, date, text)| Step {
            label: label.into(),
            date: Some(date),
            released: true,
            workspace: Workspace::from_text("a.yaml", &text),
        })
        .collect();
    history(&steps, &Policy::default(), &diff::Options::default())
}

#[test]
fn promises_kept_and_broken_are_told_apart() {
    let kept = made(date(2027, 2, 1));
    assert_eq!(kept.totals.compared, 2);
    assert!(kept.releases[2].kept[0].contains("stayed until its last day"), "{:?}", kept.releases[2]);
    assert!(kept.releases[1].kept[0].contains("364 days of notice, 180 owed"), "{:?}", kept.releases[1]);
    let early = made(date(2026, 10, 1));
    assert!(
        early.releases[2].broken.iter().any(|broken| broken.contains("promised until 2026-12-31")),
        "{:?}",
        early.releases[2]
    );
    assert!(early.releases[2].verdict >= Impact::Compatible);
}

#[test]
fn majors_that_come_too_fast_break_a_promise() {
    let step = |version: &str, month: i8, path: &str| Step {
        label: version.into(),
        date: Some(date(2026, month, 1)),
        released: true,
        workspace: Workspace::from_text("a.yaml", &contract(version, &A.replace("/a", path))),
    };
    let steps = [step("1.0.0", 1, "/a"), step("2.0.0", 2, "/b"), step("3.0.0", 4, "/c"), step("4.0.0", 12, "/d")];
    let made = history(&steps, &Policy::default(), &diff::Options::default());
    let told = |at: usize, list: fn(&Release) -> &Vec<String>| {
        list(&made.releases[at]).iter().any(|sentence| sentence.contains("days lie between majors"))
    };
    assert!(!told(1, |release| &release.broken) && told(2, |release| &release.broken));
    assert!(told(3, |release| &release.kept) && made.totals.broken >= 1);
    let patient = Policy { min_days_between_majors: 30, ..Policy::default() };
    let made = history(&steps, &patient, &diff::Options::default());
    assert!(made.releases[2].broken.iter().all(|sentence| !sentence.contains("between majors")));
}

#[test]
fn every_format_names_every_release() {
    let history = made(date(2026, 10, 1));
    for (name, format) in HistoryFormat::ALL {
        let text = render_history(&history, format);
        for release in ["v1", "v2", "v3", "2026-10-01"] {
            assert!(text.contains(release), "{name} does not name {release}");
        }
    }
}

#[test]
fn hostile_labels_are_escaped() {
    let word = "x|`<script>alert(1)</script>\r\n::error::y".to_owned() + &"long ".repeat(2000);
    let text =
        serde_json::json!({"openapi": "3.0.0", "info": {"title": word, "version": word}, "paths": {}}).to_string();
    let step = |label: &str| {
        let workspace = Workspace::from_text("a.json", &text);
        Step { label: label.to_owned(), date: None, released: true, workspace }
    };
    let history = history(&[step(&word), step("b")], &Policy::default(), &diff::Options::default());
    for (name, format) in HistoryFormat::ALL {
        let text = render_history(&history, format);
        assert!(!text.lines().any(|line| line.starts_with("::")), "{name}");
        assert!(matches!(format, HistoryFormat::Json | HistoryFormat::Text) || !text.contains("<script>"), "{name}");
    }
}

fn git(folder: &Path, arguments: &[&str]) {
    let day = "2026-01-01T00:00:00Z";
    let done = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=a", "-c", "user.email=a@x.test", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .env("GIT_COMMITTER_DATE", day)
        .env("GIT_AUTHOR_DATE", day)
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn git_commits_and_tags_are_walked_and_repetitions_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    git(at, &["init", "-q"]);
    let shared = "components: {schemas: {S: {type: string}}}\n";
    let root = "openapi: 3.0.3\ninfo: {title: T, version: 1.0.0}\npaths: {/a: {get: {responses: {'200': {description: ok, content: {application/json: {schema: {$ref: 'shared.yaml#/components/schemas/S'}}}}}}}}\n";
    let commits = [
        ("v1", root.to_owned(), shared.to_owned()),
        ("v2", root.replace("1.0.0", "1.1.0"), shared.to_owned()),
        // Only the file that the contract refers to changes.
        ("v3", root.replace("1.0.0", "1.1.0"), shared.replace("string", "integer")),
        ("v4", root.replace("1.0.0", "1.1.0"), shared.replace("string", "integer")),
    ];
    for (tag, root, shared) in &commits {
        std::fs::create_dir_all(at.join("api")).unwrap();
        std::fs::write(at.join("api/a.yaml"), root).unwrap();
        std::fs::write(at.join("api/shared.yaml"), shared).unwrap();
        std::fs::write(at.join("other.txt"), tag).unwrap();
        git(at, &["add", "-A"]);
        git(at, &["commit", "-q", "-m", tag]);
        git(at, &["tag", tag]);
    }
    let repository = Repositories::default().around(at).unwrap();
    let options = Options::default();
    let tags =
        walk(&repository, "api/a.yaml", &Releases::Tags { pattern: "v*".into(), from: None, to: None }, &options)
            .unwrap();
    let labels: Vec<_> = tags.steps.iter().map(|step| step.label.as_str()).collect();
    assert_eq!(labels, ["v1", "v2", "v3"]);
    let commits = walk(&repository, "api/a.yaml", &Releases::Commits("HEAD".into()), &options).unwrap();
    assert_eq!(commits.steps.len(), 3);
    assert_eq!(commits.steps[0].date, Some(date(2026, 1, 1)));
    assert!(commits.limitations.is_empty(), "{:?}", commits.limitations);
    assert!(walk(&repository, "api/a.yaml", &Releases::Commits("--all".into()), &options).is_err());
}
