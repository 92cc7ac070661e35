//! Runs every page of the change catalogue: its base against its revision gives exactly the ids and the verdict that it
//! expects, with the whole catalogue active.

use covenant::diff::{self, Options, Page};
use covenant::openapi::{Api, parse_date};
use covenant::workspace::Workspace;
use std::collections::BTreeSet;

/// The options that a page asks for: `options: as_of=2026-01-01 notice_days=90`.
fn options(page: &Page) -> Options {
    let mut options = Options::default();
    let line = page.text.lines().find_map(|line| line.strip_prefix("options: ")).unwrap_or_default();
    for part in line.split_whitespace() {
        match part.split_once('=').expect("an option has a value") {
            ("as_of", date) => options.as_of = Some(parse_date(date).expect("a date")),
            ("notice_days", days) => options.notice_days_stable = days.parse().expect("a number"),
            other => panic!("{}: unknown option {other:?}", page.id),
        }
    }
    options
}

/// Whether a change is one of a folder of contracts; `tests/catalogue.rs` shows these.
fn between_contracts(page: &Page) -> bool {
    page.text.lines().any(|line| line == "options: catalogue")
}

/// `verdict: `id`, `id``, ids sorted.
fn found(page: &Page) -> String {
    let block = |heading| page.fenced(heading).unwrap_or_else(|| panic!("{}: no block under {heading}", page.id));
    let base = Workspace::from_text("base.yaml", block("Base"));
    let revision = Workspace::from_text("revision.yaml", block("Revision"));
    for workspace in [&base, &revision] {
        assert!(workspace.problems().is_empty(), "{}: {:?}", page.id, workspace.problems()[0].message);
    }
    let comparison =
        diff::compare(Api::open(&base).expect("a contract"), Api::open(&revision).expect("a contract"), &options(page));
    let ids: BTreeSet<&str> = comparison.changes.iter().map(|change| &*change.rule).collect();
    let ids: Vec<String> = ids.into_iter().map(|id| format!("`{id}`")).collect();
    format!("{}: {}", comparison.impact(), ids.join(", "))
}

#[test]
fn every_page_says_what_happens() {
    let print = std::env::var_os("COVENANT_PRINT").is_some();
    let mut wrong = Vec::new();
    for page in diff::pages().iter().filter(|page| !between_contracts(page)) {
        let found = found(page);
        if print {
            println!("@{}@{found}", page.id);
        } else if found.split_whitespace().ne(page.section("Expected").split_whitespace()) {
            wrong.push(format!("{}: expected {}, found {found}", page.id, page.section("Expected")));
        }
    }
    assert!(wrong.is_empty(), "{} of {} pages:\n{}", wrong.len(), diff::pages().len(), wrong.join("\n"));
}

#[test]
fn every_page_expects_its_own_id() {
    for page in diff::pages().iter().filter(|page| !between_contracts(page)) {
        assert!(page.section("Expected").contains(&format!("`{}`", page.id)), "{}", page.id);
    }
}

#[test]
fn every_page_is_complete() {
    for page in diff::pages() {
        for heading in ["What it means", "Why it matters", "What to do instead"] {
            assert!(!page.section(heading).is_empty(), "{}: nothing under {heading}", page.id);
        }
        assert!(matches!(page.category, "wire" | "contract" | "sdk" | "docs"), "{}", page.id);
        assert!(matches!(page.direction, "request" | "response" | "none"), "{}", page.id);
    }
}

#[test]
fn the_catalogue_is_sorted_and_covers_more_than_a_thousand_changes() {
    assert!(diff::pages().windows(2).all(|pair| pair[0].id < pair[1].id));
    assert!(diff::pages().len() > 1000, "{}", diff::pages().len());
    assert!(diff::page("endpoint-added").is_some() && diff::page("no-such-id").is_none());
}
