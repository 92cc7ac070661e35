//! What readers of a pull request get: annotations that fit, SARIF that code scanning keeps, a comment of bounded size.

use crate::repository::{Repository, contract};
use serde_json::Value;

fn text(repository: &Repository, format: &str) -> String {
    repository.commit("the change");
    String::from_utf8(repository.covenant(&["check", "--base", "main", "-f", format]).stdout).unwrap()
}

/// A pull request with many breaks and many errors.
fn noisy() -> Repository {
    let paths = |name: &str, count: usize| (0..count).map(|at| format!("{name}{at}")).collect::<Vec<_>>();
    let text = |all: &[String]| contract(&all.iter().map(String::as_str).collect::<Vec<_>>());
    let repository = Repository::new(&[("a.yaml", &text(&paths("/gone", 30)))]);
    repository.write("a.yaml", &text(&paths("/open/new", 15)));
    repository
}

#[test]
fn annotations_are_as_many_as_github_shows_breaks_first_and_the_verdict_is_in_the_log() {
    let log = text(&noisy(), "github");
    for kind in ["error", "warning", "notice"] {
        assert!(log.lines().filter(|line| line.starts_with(&format!("::{kind} "))).count() <= 10, "{log}");
    }
    let first = log.lines().find(|line| line.starts_with("::error")).unwrap();
    assert!(first.contains("title=api-") && first.contains("removed"), "{first}");
    assert!(log.contains("more without an annotation") && log.contains("covenant: failed: "), "{log}");
    assert!(log.lines().last().unwrap().starts_with("covenant: "), "{log}");
}

#[test]
fn what_is_gone_is_marked_at_the_nearest_place_that_is_left() {
    let repository = Repository::new(&[("api/a.yaml", &contract(&["/one", "/two"]))]);
    repository.write("api/a.yaml", &contract(&["/one"]));
    let line = contract(&["/one"]).lines().position(|line| line == "paths:").unwrap() + 1;
    let log = text(&repository, "github");
    let gone = log.lines().find(|line| line.contains("title=api-path-removed")).unwrap();
    assert!(gone.contains(&format!("file=api/a.yaml,line={line},")), "{gone}");
    let sarif: Value = serde_json::from_str(&text(&repository, "sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let gone =
        results.iter().find(|result| result["ruleId"].as_str().unwrap().starts_with("api-path-removed")).unwrap();
    let place = &gone["locations"][0]["physicalLocation"];
    assert_eq!(
        (place["region"]["startLine"].as_u64(), gone["baselineState"].as_str()),
        (Some(line as u64), Some("new"))
    );
    assert!(gone["relatedLocations"][0]["message"]["text"] == "the base", "{gone}");
    // Of a file that is gone there is no line.
    let repository = Repository::new(&[("api/a.yaml", &contract(&["/one"])), ("api/b.yaml", &contract(&["/b"]))]);
    std::fs::remove_file(repository.path().join("api/b.yaml")).unwrap();
    let log = text(&repository, "github");
    let gone = log.lines().find(|line| line.contains("title=api-removed")).unwrap();
    assert!(gone.starts_with("::error title=") && gone.contains("api/b.yaml"), "{gone}");
}

#[test]
fn a_comment_has_a_bounded_size_and_closes_its_folds() {
    let paths: Vec<String> = (0..600).map(|at| format!("/gone/{}/{at}", "x".repeat(120))).collect();
    let all: Vec<&str> = paths.iter().map(String::as_str).collect();
    let repository = Repository::new(&[("a.yaml", &contract(&all))]);
    repository.write("a.yaml", &contract(&all[..1]));
    let body = text(&repository, "comment");
    assert!(body.chars().count() <= 65_536, "{}", body.chars().count());
    assert_eq!(body.matches("<details>").count(), body.matches("</details>").count());
    let first: String = body.lines().take(6).collect();
    assert!(first.contains("failed with 599 breaking changes") || first.contains("breaking change"), "{first}");
}
