//! Every rule page explains and proves itself: its good contracts are clean, its bad ones are found at the marked lines.

use covenant::lint::{Example, Page, Selection, lint, pages};
use covenant::openapi::Api;
use covenant::workspace::Workspace;

/// 1-based lines at which the rule of `page` finds something.
fn lines(page: &'static Page, example: &Example<'_>) -> Vec<u32> {
    let workspace = Workspace::from_text(&format!("example.{}", example.language), example.text);
    assert_eq!(workspace.problems().len(), 0, "{}: an example cannot be read", page.id);
    let api = Api::open(&workspace).unwrap_or_else(|error| panic!("{}: {}", page.id, error.message));
    let as_of = Some("2026-06-30".parse().unwrap());
    lint(api, &Selection::only(page), as_of).iter().map(|finding| finding.location.start().line).collect()
}

#[test]
fn good_examples_are_clean_and_bad_ones_are_found_where_they_say() {
    let mut wrong = Vec::new();
    for page in pages() {
        for example in page.examples("Good") {
            let found = lines(page, &example);
            if !found.is_empty() {
                wrong.push(format!("{}: a good example has findings at lines {found:?}", page.id));
            }
        }
        let bad = page.examples("Bad");
        if bad.is_empty() {
            wrong.push(format!("{}: no bad example", page.id));
        }
        for example in bad {
            let mut found = lines(page, &example);
            found.dedup();
            if example.expected.is_empty() || found != example.expected {
                wrong.push(format!("{}: findings at lines {found:?}, expected {:?}", page.id, example.expected));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
