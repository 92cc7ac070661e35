//! Every rule page explains and proves itself, one named test a rule: its good contracts are clean, its bad ones are found
//! at the marked lines, and what is said of them is what `tests/snapshots/rules/<rule>.md` says.
//!
//! `COVENANT_UPDATE=1 cargo test --test rules [RULE]` writes these files anew, for a person to read the difference.

#[path = "common/snapshots.rs"]
#[allow(unreachable_pub, reason = "several tests use it")]
mod snapshots;

use covenant::diagnostic::{Diagnostic, Impact, Severity};
use covenant::lifecycle::{Policy, broken_promises, pair_findings, timeline, timeline_findings};
use covenant::lint::repair::{Texts, Tools, repair};
use covenant::lint::{Example, Page, Scope, Selection, lint, lint_each, pages, rules_of_change};
use covenant::openapi::Api;
use covenant::release::{bump, verify};
use covenant::workspace::Workspace;
use libtest_mimic::{Arguments, Failed, Trial};
use snapshots::{Snapshots, of_finding};
use std::process::ExitCode;
use std::sync::Arc;

/// Returns what the rule of a page finds in a contract.
fn in_contract(page: &'static Page, example: &Example<'_>) -> Result<Vec<Diagnostic>, Failed> {
    let workspace = Workspace::from_text(&format!("example.{}", example.language), example.text);
    if let Some(unread) = workspace.problems().into_iter().find(|problem| problem.rule != page.id) {
        return Err(format!("an example cannot be read: {}", unread.message).into());
    }
    let api = Api::open(&workspace).map_err(|error| error.message)?;
    let as_of = Some("2026-06-30".parse().expect("a date"));
    Ok(lint(api, &Selection::only(page), as_of))
}

/// Checks that an example has no error of the structure or of its schemas, whatever rule it is for.
fn sound(page: &'static Page, example: &[Example<'_>]) -> Result<(), Failed> {
    let all = pages().iter().filter(|page| {
        let families = ["struct-", "ref-", "schema-", "duplicate-key"];
        page.scope == Scope::Document && families.iter().any(|family| page.id.starts_with(family))
    });
    let rules = all.flat_map(|page| Selection::only(page).rules).collect();
    let selection = Selection { rules, ..Selection::only(page) };
    for example in example {
        let workspace = Workspace::from_text(&format!("example.{}", example.language), example.text);
        let api = Api::open(&workspace).map_err(|error| error.message)?;
        let mut found = lint(api, &selection, None);
        found.retain(|finding| finding.severity == Severity::Error);
        if let Some(first) = found.first() {
            let place = first.location.start().line;
            return Err(format!("a good example is in error: line {place}: {} {}", first.rule, first.message).into());
        }
    }
    Ok(())
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

/// Returns what the rule of a page over two versions, or over time, finds.
fn over_time(page: &'static Page, example: &[Example<'_>]) -> Vec<Diagnostic> {
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
    found.retain(|found| found.rule == page.id);
    found.sort_by_key(|found| (found.location.file().to_owned(), found.location.start().line, found.message.clone()));
    found
}

/// Returns what a rule finds in an example: one contract, or base and revision.
fn found(page: &'static Page, example: &[Example<'_>]) -> Result<Vec<Diagnostic>, Failed> {
    match (page.scope, example) {
        (Scope::Document, [example]) => in_contract(page, example),
        _ => Ok(over_time(page, example)),
    }
}

/// Returns where findings are: number of the contract and line, each once.
fn places(found: &[Diagnostic]) -> Vec<(usize, u32)> {
    let file = |found: &Diagnostic| usize::from(found.location.file() == "1.yaml");
    let mut places: Vec<_> = found.iter().map(|found| (file(found), found.location.start().line)).collect();
    places.sort_unstable();
    places.dedup();
    places
}

/// Checks a page: good examples, bad ones, repaired ones.
fn check(page: &'static Page, snapshots: &Snapshots) -> Result<(), Failed> {
    for example in examples(page, "Good") {
        let found = found(page, &example)?;
        if !found.is_empty() {
            return Err(format!("a good example has findings at {:?}", places(&found)).into());
        }
        sound(page, &example)?;
    }
    let bad = examples(page, "Bad");
    if bad.is_empty() {
        return Err("there is no bad example".into());
    }
    for (number, example) in (1..).zip(&bad) {
        let found = found(page, example)?;
        let marked: Vec<(usize, u32)> = example
            .iter()
            .enumerate()
            .flat_map(|(at, example)| example.expected.iter().map(move |line| (at, *line)))
            .collect();
        if marked.is_empty() || places(&found) != marked {
            return Err(format!("findings at {:?}, expected {marked:?}", places(&found)).into());
        }
        for finding in &found {
            if finding.message.trim().is_empty() || finding.help.as_ref().is_some_and(|help| help.trim().is_empty()) {
                return Err(format!("a message or help is empty: {finding:?}").into());
            }
            if page.scope != Scope::Document && finding.severity > page.severity {
                return Err("a finding is heavier than its page says".into());
            }
        }
        let text: String = found.iter().map(of_finding).collect();
        snapshots.check(&page.id.replace(':', "_"), &format!("Bad {number}"), &text)?;
    }
    check_repair(page)
}

/// Checks that a rule with a repair shows a bad example repaired.
fn check_repair(page: &'static Page) -> Result<(), Failed> {
    let shown = page.examples("Repaired");
    if page.repair.is_empty() != shown.is_empty() {
        return Err("`repair` and `## Repaired` go together".into());
    }
    if shown.is_empty() {
        return Ok(());
    }
    let made: Vec<String> = page.examples("Bad").iter().map(|example| repaired(page, example)).collect();
    for example in shown {
        if !made.iter().any(|text| text == example.text) {
            return Err(format!("no bad example becomes\n{}but\n{}", example.text, made.join("\n")).into());
        }
        if !in_contract(page, &example)?.is_empty() {
            return Err("the repaired example still has findings".into());
        }
    }
    Ok(())
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
        found.extend(Api::open(workspace).map(|api| lint_each(api, &selection, None)).unwrap_or_default());
        found
    };
    let wanted = |finding: &covenant::diagnostic::Diagnostic| finding.rule == page.id;
    let outcome = repair(&Tools { load: &load, lint: &find, wanted: &wanted }, Texts::new()).unwrap();
    outcome.texts.get(&name).unwrap_or(&text).clone()
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let snapshots = Arc::new(Snapshots::new("rules"));
    let trial = |page: &'static Page| {
        let snapshots = snapshots.clone();
        Trial::test(page.id, move || check(page, &snapshots))
    };
    let whole = arguments.filter.is_none() && arguments.skip.is_empty() && !arguments.list;
    let conclusion = libtest_mimic::run(&arguments, pages().iter().map(trial).collect());
    match snapshots.finish(whole) {
        Ok(()) => conclusion.exit_code(),
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}
