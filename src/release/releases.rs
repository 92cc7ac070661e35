//! Changelogs of all releases of a contract, and their place in a changelog file.
//!
//! Takes the releases in order; gives a [`ReleaseLog`] for each version, oldest first: what changed since the version
//! before. Releases that carry one version after the other are one entry, as it stood at last.

use super::changelog::{Changelog, Options, changelog};
use super::history::Step;
use super::insert::insert_after;
use crate::diagnostic::Diagnostic;
use crate::diff;
use crate::openapi::Api;
use rayon::prelude::*;

/// A version and what it changed.
#[derive(Debug)]
pub struct ReleaseLog {
    /// Its part of the changelog.
    pub log: Changelog,
    /// The changes that it was made of.
    pub changes: Vec<Diagnostic>,
}

/// The changelogs of all versions but the first, oldest first. Version and date of `options` are those of each release.
pub fn changelogs(steps: &[Step], options: &Options, judgement: &diff::Options) -> Vec<ReleaseLog> {
    let versions = versions(steps);
    let pairs: Vec<(&Step, &Step)> = versions.windows(2).map(|pair| (pair[0], pair[1])).collect();
    let made = |(before, step): &(&Step, &Step)| {
        let (base, revision) = (Api::open(&before.workspace).ok()?, Api::open(&step.workspace).ok()?);
        let judgement = diff::Options { as_of: step.date.or(judgement.as_of), ..judgement.clone() };
        let changes = diff::compare(base, revision, &judgement).changes;
        let own = revision.info_version().trim();
        let name = if own.is_empty() { step.label.clone() } else { own.to_owned() };
        let options = Options { version: step.released.then_some(name), date: step.date, ..options.clone() };
        Some(ReleaseLog { log: changelog(base, revision, &changes, &options), changes })
    };
    pairs.par_iter().filter_map(made).collect()
}

/// The last of each run of releases with the same version; what is not released stands alone.
fn versions(steps: &[Step]) -> Vec<&Step> {
    let mut out: Vec<(&Step, String)> = Vec::new();
    for step in steps {
        let Ok(api) = Api::open(&step.workspace) else { continue };
        let version = api.info_version().to_owned();
        match out.last_mut() {
            Some(last) if last.1 == version && step.released && !version.is_empty() => last.0 = step,
            _ => out.push((step, version)),
        }
    }
    out.into_iter().map(|(step, _)| step).collect()
}

/// A whole changelog file: the newest release first.
pub fn whole_file(logs: &[ReleaseLog]) -> String {
    let Some(newest) = logs.last() else { return String::new() };
    let mut out = newest.log.preamble();
    for release in logs.iter().rev() {
        out.push('\n');
        out.push_str(&release.log.to_markdown());
    }
    out
}

/// The text of a changelog file with the entries of all releases, each under its own heading; missing headings are
/// added between their neighbours. Doing it twice changes nothing.
pub fn insert_all(text: &str, logs: &[ReleaseLog]) -> String {
    let mut out = text.to_owned();
    let mut before: Option<&Changelog> = None;
    for release in logs {
        out = insert_after(&out, &release.log, before);
        before = Some(&release.log);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::{render_template, verify};
    use super::*;
    use crate::workspace::Workspace;
    use jiff::civil::date;

    fn step(version: &str, month: i8, paths: &[&str]) -> Step {
        let paths: Vec<String> = paths
            .iter()
            .map(|path| format!("{path}: {{get: {{responses: {{'200': {{description: ok}}}}}}}}"))
            .collect();
        let text = format!("openapi: 3.0.3\ninfo: {{title: T, version: {version}}}\npaths: {{{}}}\n", paths.join(", "));
        let workspace = Workspace::from_text("a.yaml", &text);
        Step { label: format!("c{month}"), date: Some(date(2026, month, 1)), released: true, workspace }
    }

    fn steps() -> Vec<Step> {
        vec![
            step("1.0.0", 1, &["/a"]),
            step("1.1.0", 2, &["/a", "/b"]),
            // The same version again: one entry with both.
            step("1.1.0", 3, &["/a", "/b", "/c"]),
            step("2.0.0", 4, &["/b", "/c"]),
            // What 2.0.0 removed is back, and goes once more.
            step("2.1.0", 5, &["/a", "/b", "/c"]),
            step("3.0.0", 6, &["/b", "/c"]),
            Step { date: None, released: false, ..step("3.0.0", 7, &["/b", "/c", "/d"]) },
        ]
    }

    fn logs() -> Vec<ReleaseLog> {
        changelogs(&steps(), &Options::default(), &diff::Options::default())
    }

    fn headings(text: &str) -> Vec<&str> {
        text.lines().filter(|line| line.starts_with("## ")).collect()
    }

    const HEADINGS: [&str; 5] = [
        "## [Unreleased]",
        "## [3.0.0] - 2026-06-01",
        "## [2.1.0] - 2026-05-01",
        "## [2.0.0] - 2026-04-01",
        "## [1.1.0] - 2026-03-01",
    ];

    #[test]
    fn every_version_has_an_entry_the_newest_first() {
        let logs = logs();
        let text = whole_file(&logs);
        assert_eq!(headings(&text), HEADINGS);
        assert!(text.starts_with("# Changelog\n"), "{text}");
        assert!(logs[0].log.entries.len() == 2, "both steps of 1.1.0: {:?}", logs[0].log.entries);
        assert!(logs.iter().all(|release| verify(&text, &release.changes).is_empty()), "{text}");
    }

    #[test]
    fn inserting_all_gives_the_same_releases_and_twice_changes_nothing() {
        let logs = logs();
        let once = insert_all("", &logs);
        assert_eq!(headings(&once), HEADINGS);
        assert_eq!(insert_all(&once, &logs), once);
        // The second removal has an entry of its own, although its change has the same id.
        assert_eq!(
            once.matches("`GET /a` was removed").count() + once.matches("`/a` was removed").count(),
            2,
            "{once}"
        );
    }

    #[test]
    fn a_release_that_a_file_lacks_goes_between_its_neighbours() {
        let logs = logs();
        let kept = "# Changelog\n\nOurs.\n\n## [Unreleased]\n\n## [3.0.0] - 2026-06-01\n\nBig.\n\n## [1.1.0] - 2026-03-01\n\n### Added\n\n- By hand.\n\n## [1.0.0]\n";
        let text = insert_all(kept, &logs);
        let mut expected = HEADINGS.to_vec();
        expected.push("## [1.0.0]");
        assert_eq!(headings(&text), expected, "{text}");
        assert!(text.contains("Ours.") && text.contains("Big.") && text.contains("- By hand."), "{text}");
        assert_eq!(insert_all(&text, &logs), text);
    }

    #[test]
    fn entries_that_waited_under_unreleased_are_not_written_again_on_release() {
        let logs = logs();
        let newest = &logs[logs.len() - 1].log;
        let waiting = insert_all("", &logs[logs.len() - 1..]);
        let released = Changelog { version: "3.1.0".to_owned(), date: Some(date(2026, 8, 1)), ..newest.clone() };
        assert_eq!(insert_after(&waiting, &released, None), waiting);
        let renamed = waiting.replace("[Unreleased]", "[3.1.0] - 2026-08-01");
        assert_eq!(insert_after(&renamed, &released, None), renamed);
        assert_eq!(insert_after(&renamed, newest, None), renamed, "still the same changes under Unreleased");
    }

    #[test]
    fn a_template_is_filled_for_each_release() {
        let texts: Vec<String> =
            logs().iter().map(|release| render_template("a.md", "{{ version }};", &release.log).unwrap()).collect();
        assert_eq!(texts.concat(), "1.1.0;2.0.0;2.1.0;3.0.0;Unreleased;");
    }
}
