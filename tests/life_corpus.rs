//! Lifecycle and release over real contracts: every history from its first release to its last, and the dates that
//! contracts carry. Prints figures.

mod collection;

use covenant::diff;
use covenant::lifecycle::{Format, Policy, render};
use covenant::lint::{Selection, lint, page};
use covenant::openapi::{Api, elements};
use covenant::release::history::{Step, history};
use covenant::release::{HistoryFormat, bump, changelogs, insert_all, render_history, timeline_of, verify, whole_file};
use covenant::workspace::{Input, Options, Workspace};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn day_in(name: &str) -> Option<jiff::civil::Date> {
    (0..name.len()).find_map(|at| name.get(at..at + 10)?.parse().ok())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn steps(folder: &Path) -> Vec<Step> {
    files(folder)
        .iter()
        .map(|file| {
            let label = file.file_stem().unwrap().to_string_lossy().into_owned();
            let workspace = Workspace::load(&Input::File(file.clone()), &Options::default()).unwrap();
            Step { date: day_in(&label), label, released: true, workspace }
        })
        .collect()
}

#[test]
#[ignore = "needs the collection"]
fn every_history_has_a_changelog_a_timeline_and_a_version_verdict_for_each_step() {
    let shared = collection::part("");
    let (policy, options) = (Policy::default(), diff::Options::default());
    let as_of = "2026-11-25".parse().unwrap();
    let folders = files(&shared.join("corpus/histories"));
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let steps = steps(folder);
        let history = history(&steps, &policy, &options);
        assert_eq!(history.releases.len(), steps.len(), "{name}");
        assert!(history.releases[1..].iter().all(|release| release.version_outcome.is_some()), "{name}");
        for (_, format) in HistoryFormat::ALL {
            let text = render_history(&history, format);
            assert!(history.releases.iter().all(|release| text.contains(&release.label)), "{name}");
        }
        let logs = changelogs(&steps, &covenant::release::changelog::Options::default(), &options);
        let text = whole_file(&logs);
        assert!(logs.iter().all(|release| verify(&text, &release.changes).is_empty()), "{name}: a break is not told");
        let kept = insert_all("", &logs);
        assert_eq!(insert_all(&kept, &logs), kept, "{name}");
        let timeline = timeline_of(&steps, &policy, as_of).unwrap();
        for (_, format) in Format::ALL {
            assert!(!render(std::slice::from_ref(&timeline), format).is_empty());
        }
        // Each step alone says the same as the history.
        for (at, pair) in steps.windows(2).enumerate() {
            let (before, after) = (Api::open(&pair[0].workspace).unwrap(), Api::open(&pair[1].workspace).unwrap());
            let judged = diff::Options { as_of: pair[1].date, ..options.clone() };
            let verdict = bump::verdict(before, after, &diff::compare(before, after, &judged).changes, &policy);
            let release = &history.releases[at + 1];
            assert_eq!((verdict.required, Some(verdict.outcome)), (release.required, release.version_outcome));
            assert!(!verdict.reason.is_empty(), "{name}");
        }
        let entries: usize = logs.iter().map(|release| release.log.entries.len()).sum();
        println!(
            "{name}: {} releases, {} broke clients, {} of {} versions said enough, {} changelog entries under {} versions, {} dates",
            steps.len(),
            history.totals.breaking_releases,
            history.totals.right_versions,
            history.totals.compared,
            entries,
            logs.len(),
            timeline.milestones.len()
        );
    }
}

#[test]
#[ignore = "needs the collection"]
fn dates_aliases_and_impossible_days_of_all_contracts_are_found() {
    let shared = collection::part("");
    let rule = page("lc-date-valid").unwrap();
    let as_of = Some("2026-11-25".parse().unwrap());
    let (mut contracts, mut carriers, mut deprecated, mut dates, mut impossible) = (0, 0, 0, 0, 0);
    let mut keys: BTreeMap<String, usize> = BTreeMap::new();
    for (name, text) in collection::contracts(&["yaml", "yml", "json"]) {
        if !name.starts_with(&shared.join("corpus/specs").display().to_string()) {
            continue;
        }
        let workspace = Workspace::from_text(&name, &text);
        let Ok(api) = Api::open(&workspace) else { continue };
        contracts += 1;
        let found = elements(api);
        carriers += usize::from(!found.is_empty());
        for element in &found {
            deprecated += usize::from(element.keys.deprecated);
            let key = |pointer: String| {
                let parts: Vec<&str> = pointer.rsplit('/').take(2).collect();
                match parts.as_slice() {
                    [last, holder, ..] if holder.starts_with("x-") => format!("{holder}.{last}"),
                    [last, ..] => (*last).to_owned(),
                    [] => String::new(),
                }
            };
            for dated in [element.keys.deprecated_at, element.keys.sunset].into_iter().flatten() {
                dates += usize::from(dated.date.is_some());
                *keys.entry(key(dated.place.pointer())).or_default() += 1;
            }
            for place in [element.keys.stability, element.keys.replaced_by].into_iter().flatten() {
                *keys.entry(key(place.pointer())).or_default() += 1;
            }
        }
        impossible += lint(api, &Selection::only(rule), as_of).len();
    }
    println!(
        "{contracts} contracts: {carriers} with life keys, {deprecated} elements deprecated, {dates} dates, {impossible} impossible"
    );
    for (key, count) in &keys {
        println!("  {key}: {count}");
    }
    assert!(contracts > 50 && deprecated > 100, "{contracts} contracts, {deprecated} deprecated");
    // None of these contracts says when anything ends; four say by an alias that they are beta.
    assert!(keys.contains_key("x-beta") && carriers > 10, "{keys:?}");
    assert!(dates > 0 || impossible == 0, "an impossible day without a day: {keys:?}");
}
