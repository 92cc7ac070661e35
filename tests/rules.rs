//! Every rule page explains and proves itself: its good contracts are clean, its bad ones are found at the marked lines.

use covenant::diagnostic::{Diagnostic, Impact};
use covenant::lifecycle::{Policy, broken_promises, pair_findings, timeline, timeline_findings};
use covenant::lint::repair::{Texts, Tools, repair};
use covenant::lint::{Example, Page, Scope, Selection, lint, pages, rules_of_change};
use covenant::openapi::Api;
use covenant::release::{bump, verify};
use covenant::workspace::Workspace;

/// 1-based lines at which the rule of `page` finds something.
fn lines(page: &'static Page, example: &Example<'_>) -> Vec<u32> {
    let workspace = Workspace::from_text(&format!("example.{}", example.language), example.text);
    let unread = workspace.problems().into_iter().find(|problem| problem.rule != page.id);
    assert!(unread.is_none(), "{}: an example cannot be read: {unread:?}", page.id);
    let api = Api::open(&workspace).unwrap_or_else(|error| panic!("{}: {}", page.id, error.message));
    let as_of = Some("2026-06-30".parse().unwrap());
    lint(api, &Selection::only(page), as_of).iter().map(|finding| finding.location.start().line).collect()
}

/// An example: one contract, or base and revision.
fn examples(page: &'static Page, heading: &str) -> Vec<Vec<Example<'static>>> {
    let all = page.examples(heading);
    if page.scope != Scope::Pair {
        return all.into_iter().map(|example| vec![example]).collect();
    }
    let pairs: Vec<Vec<_>> = all.chunks(2).map(<[_]>::to_vec).collect();
    for pair in &pairs {
        let roles: Vec<_> = pair.iter().map(|example| example.role).collect();
        assert_eq!(roles, ["base", "revision"], "{}", page.id);
    }
    pairs
}

/// Where the rule of a page over two versions, or over time, finds something: number of the contract and line.
fn places(page: &'static Page, example: &[Example<'_>]) -> Vec<(usize, u32)> {
    let name = |at: usize| format!("{at}.yaml");
    let workspaces: Vec<Workspace> =
        example.iter().enumerate().map(|(at, example)| Workspace::from_text(&name(at), example.text)).collect();
    let apis: Vec<Api<'_>> = workspaces.iter().map(|workspace| Api::open(workspace).unwrap()).collect();
    let (base, revision) = (apis[0], apis[apis.len() - 1]);
    let policy = Policy::from_value(page.options().get("policy")).unwrap();
    let as_of = "2026-06-30".parse().unwrap();
    let mut found: Vec<Diagnostic> = Vec::new();
    if page.scope == Scope::Pair {
        let changes = covenant::diff::compare(base, revision, &covenant::diff::Options::default()).changes;
        found.extend(pair_findings(base, revision, &changes, &policy, as_of));
        found.extend(bump::findings(&bump::verdict(base, revision, &changes, &policy), base, revision));
        found.extend(verify("", &changes));
        // Rules that the comparison judges: the changes they are about.
        found.extend(
            changes
                .into_iter()
                .filter(|change| rules_of_change(&change.rule).any(|rule| rule.id == page.id))
                .filter(|change| change.impact >= Impact::Risky || !change.assurance.is_empty())
                .map(|change| Diagnostic { rule: page.id.into(), ..change }),
        );
    } else {
        let timeline = timeline(revision, &policy, as_of);
        found.extend(timeline_findings(&timeline, revision, &policy));
        found.extend(broken_promises(&timeline, revision, &policy));
    }
    let file = |found: &Diagnostic| usize::from(found.location.file() == "1.yaml");
    let own: Vec<_> = found.iter().filter(|found| found.rule == page.id).collect();
    let heavier = own.iter().any(|found| found.severity > page.severity);
    assert!(!heavier, "{}: a finding is heavier than its page says", page.id);
    let mut places: Vec<_> = own.iter().map(|found| (file(found), found.location.start().line)).collect();
    places.sort_unstable();
    places.dedup();
    places
}

#[test]
fn examples_over_versions_and_time_are_found_where_they_say() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for page in pages().iter().filter(|page| page.scope != Scope::Document) {
        seen += 1;
        for example in examples(page, "Good") {
            let found = places(page, &example);
            if !found.is_empty() {
                wrong.push(format!("{}: a good example has findings at {found:?}", page.id));
            }
        }
        let bad = examples(page, "Bad");
        assert!(!bad.is_empty(), "{}", page.id);
        for example in bad {
            let marked: Vec<(usize, u32)> = example
                .iter()
                .enumerate()
                .flat_map(|(at, example)| example.expected.iter().map(move |line| (at, *line)))
                .collect();
            let found = places(page, &example);
            if marked.is_empty() || found != marked {
                wrong.push(format!("{}: findings at {found:?}, expected {marked:?}", page.id));
            }
        }
    }
    assert!(seen >= 16, "{seen}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn good_examples_are_clean_and_bad_ones_are_found_where_they_say() {
    let mut wrong = Vec::new();
    for page in pages().iter().filter(|page| page.scope == Scope::Document) {
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

/// The example after all repairs of the page's rule.
fn repaired(page: &'static Page, example: &Example<'_>) -> String {
    let name = format!("example.{}", example.language);
    let text = example.text.replace(" # expect", "");
    let load = |texts: &Texts| Some(Workspace::from_text(&name, texts.get(&name).unwrap_or(&text)));
    // All rules watch, so that a repair that breaks another rule is not made.
    let mut selection = Selection::of_profile("strict,spectral-oas", &std::collections::BTreeMap::default()).unwrap();
    selection.rules.extend(Selection::only(page).rules);
    selection.rules.sort_by_key(|active| active.page.id);
    selection.rules.dedup_by_key(|active| active.page.id);
    let find = |workspace: &Workspace| {
        let mut found = workspace.problems();
        found.extend(Api::open(workspace).map(|api| lint(api, &selection, None)).unwrap_or_default());
        found
    };
    let wanted = |finding: &covenant::diagnostic::Diagnostic| finding.rule == page.id;
    let outcome = repair(&Tools { load: &load, lint: &find, wanted: &wanted }, Texts::new()).unwrap();
    outcome.texts.get(&name).unwrap_or(&text).clone()
}

#[test]
fn a_rule_with_a_repair_shows_a_bad_example_repaired() {
    let mut wrong = Vec::new();
    for page in pages() {
        let shown = page.examples("Repaired");
        if page.repair.is_empty() != shown.is_empty() {
            wrong.push(format!("{}: `repair` and `## Repaired` go together", page.id));
        }
        if page.repair.is_empty() {
            continue;
        }
        let made: Vec<String> = page.examples("Bad").iter().map(|example| repaired(page, example)).collect();
        for example in shown {
            if !made.iter().any(|text| text == example.text) {
                wrong.push(format!("{}: no bad example becomes\n{}but\n{}", page.id, example.text, made.join("\n")));
            }
            if !lines(page, &example).is_empty() {
                wrong.push(format!("{}: the repaired example still has findings", page.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
