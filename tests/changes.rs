//! The catalogue of changes: one named test for each event in each subject, and the whole findings as snapshots.
//!
//! The example of an entry is compared with the whole catalogue active. All that it gives must be what
//! `tests/snapshots/changes/<event>.md` says under the id; `COVENANT_UPDATE=1 cargo test --test changes` writes these
//! files anew, for a person to read the difference.

#[path = "common/snapshots.rs"]
#[allow(unreachable_pub, reason = "several tests use it")]
mod snapshots;

use covenant::diagnostic::Category;
use covenant::diff::{self, Action, ChangeId, Event, Options, Page};
use covenant::openapi::{Api, parse_date};
use covenant::workspace::Workspace;
use libtest_mimic::{Arguments, Failed, Trial};
use snapshots::{Snapshots, of_finding};
use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::sync::Arc;

/// The options that a page asks for: `as_of=2026-01-01 notice_days=90`.
fn options(page: &Page) -> Options {
    let mut options = Options::default();
    for part in page.options().split_whitespace() {
        match part.split_once('=').expect("an option has a value") {
            ("as_of", date) => options.as_of = Some(parse_date(date).expect("a date")),
            ("notice_days", days) => options.notice_days_stable = days.parse().expect("a number"),
            other => panic!("{}: unknown option {other:?}", page.id),
        }
    }
    options
}

/// Returns whether a change is one of a folder of contracts; `tests/catalogue.rs` shows these.
fn is_between_contracts(page: &Page) -> bool {
    matches!(page.change.event, Event::ContractAdded | Event::ContractRemoved)
}

/// Returns all that the example of an entry gives: the verdict, and each finding.
fn found(page: &Page) -> Result<String, Failed> {
    let base = Workspace::from_text("base.yaml", &page.base());
    let revision = Workspace::from_text("revision.yaml", &page.revision());
    for workspace in [&base, &revision] {
        if let Some(problem) = workspace.problems().into_iter().next() {
            return Err(format!("the example cannot be read: {}", problem.message).into());
        }
    }
    let (base, revision) = (Api::open(&base), Api::open(&revision));
    let (base, revision) = (base.map_err(|e| e.message)?, revision.map_err(|e| e.message)?);
    let usual = diff::compare(base, revision, &options(page));
    let strict = Options { keep: Category::Contract, ..options(page) };
    let comparison = diff::compare(base, revision, &strict);
    if !comparison.changes.iter().any(|change| change.rule == page.id) {
        return Err(format!("the example does not give its own id, but {:?}", comparison.changes).into());
    }
    if let Some(empty) = comparison.changes.iter().find(|change| change.message.trim().is_empty()) {
        return Err(format!("the message of `{}` is empty", empty.rule).into());
    }
    let findings: String = comparison.changes.iter().map(of_finding).collect();
    let mut verdict = comparison.impact().to_string();
    if usual.impact() != comparison.impact() {
        verdict += &format!(" under `contract`, {} under `default`", usual.impact());
    }
    Ok(format!("{verdict}\n\n{findings}"))
}

/// Returns the name of the page of an event.
fn slug(event: Event) -> String {
    let mut out = String::new();
    for letter in format!("{event:?}").chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

fn ids_are_parsed_back_and_unique() -> Result<(), Failed> {
    let mut seen = BTreeSet::new();
    for id in ChangeId::all() {
        let text = id.to_string();
        if text.parse() != Ok(id) || id.name() != text || diff::page(&text).is_none_or(|page| page.change != id) {
            return Err(format!("{id:?} is not what `{text}` says").into());
        }
        if !seen.insert(text.clone()) {
            return Err(format!("`{text}` is the id of two changes").into());
        }
    }
    let unknown = "no-such-id".parse::<ChangeId>();
    (seen.len() > 1000 && unknown.is_err()).then_some(()).ok_or_else(|| "the catalogue is too small".into())
}

fn pages_are_sorted_and_name_what_they_are_about() -> Result<(), Failed> {
    let sorted = diff::pages().windows(2).all(|pair| pair[0].id < pair[1].id);
    sorted.then_some(()).ok_or("not sorted")?;
    for page in diff::pages() {
        let texts = [page.meaning(), page.reason(), page.message().to_owned()];
        if texts.iter().any(|text| text.trim().is_empty() || text.contains("{subject}") || text.contains("{detail}")) {
            return Err(format!("{}: {texts:?}", page.id).into());
        }
        // What loosens or tightens a constraint does so on the set of values as well.
        let effect = page.effect();
        let fits = match page.change.event.action() {
            Action::Loosens => effect != Some(diff::Effect::Narrows),
            Action::Tightens => effect != Some(diff::Effect::Widens),
            _ => true,
        };
        if !fits {
            return Err(format!("{}: {:?} but {effect:?}", page.id, page.change.event.action()).into());
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut events: BTreeMap<String, Vec<&'static Page>> = BTreeMap::new();
    for page in diff::pages().iter().filter(|page| !is_between_contracts(page)) {
        events.entry(slug(page.change.event)).or_default().push(page);
    }
    let snapshots = Arc::new(Snapshots::new("changes"));
    let mut trials = vec![
        Trial::test("ids are parsed back and unique", ids_are_parsed_back_and_unique),
        Trial::test("pages are sorted and name what they are about", pages_are_sorted_and_name_what_they_are_about),
    ];
    for (event, pages) in events {
        for page in pages {
            let (snapshots, event) = (snapshots.clone(), event.clone());
            trials.push(Trial::test(page.id, move || Ok(snapshots.check(&event, page.id, &found(page)?)?)));
        }
    }
    let whole = arguments.filter.is_none() && arguments.skip.is_empty() && !arguments.list;
    let conclusion = libtest_mimic::run(&arguments, trials);
    match snapshots.finish(whole) {
        Ok(()) => conclusion.exit_code(),
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}
