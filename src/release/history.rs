//! The releases of a contract, one after the other: what each changed, whether its version said so, and which promises
//! were kept.
//!
//! Takes loaded versions in order ([`Step`]s, from files or from git); gives a [`History`], plain data. Two neighbours
//! are compared at a time, side by side with the others.

use super::bump::{self, Outcome};
use crate::diagnostic::{Bump, Category, Diagnostic, Impact};
use crate::diff::{self, ChangeId};
use crate::lifecycle::{REMOVED_BEFORE_SUNSET, SUNSET_MOVED, pair_findings, timeline};
use crate::openapi::{Api, Stability};
use crate::promise::{Policy, days_between};
use crate::workspace::Workspace;
use jiff::civil::Date;
use rayon::prelude::*;
use serde::Serialize;

/// The `schema` field of histories of this version.
pub const SCHEMA: &str = "covenant-history/1";

/// The rules whose errors are broken promises.
const BROKEN: [&str; 2] = [REMOVED_BEFORE_SUNSET, SUNSET_MOVED];

/// One version of the contract, loaded.
#[derive(Debug)]
pub struct Step {
    /// Tag, short commit id, or file name.
    pub label: String,
    /// The day of its release.
    pub date: Option<Date>,
    /// Whether it was released; the present state of a work tree was not.
    pub released: bool,
    /// The files.
    pub workspace: Workspace,
}

/// All releases.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct History {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// `info.title` of the newest release.
    pub title: String,
    /// The releases, oldest first.
    pub releases: Vec<Release>,
    /// Sums over all releases.
    pub totals: Totals,
}

/// One release, compared with the one before.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Release {
    /// Tag, short commit id, or file name.
    pub label: String,
    /// Its day.
    pub date: Option<Date>,
    /// `info.version`.
    pub version: String,
    /// The worst impact on clients; none for the first release.
    pub verdict: Impact,
    /// Number of breaking changes.
    pub breaking: usize,
    /// Number of risky changes.
    pub risky: usize,
    /// Number of compatible changes.
    pub compatible: usize,
    /// Number of changes of documentation and other things no client notices.
    pub other: usize,
    /// The part of the version that had to move.
    pub required: Bump,
    /// The part that moved.
    pub declared: Bump,
    /// How the two compare; none for the first release.
    pub version_outcome: Option<Outcome>,
    /// Promises that this release kept, one sentence each.
    pub kept: Vec<String>,
    /// Promises that it broke, one sentence each.
    pub broken: Vec<String>,
    /// The changes with the largest impact, their messages; at most five.
    pub worst: Vec<String>,
}

/// Sums over all releases.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Totals {
    /// Releases compared with one before.
    pub compared: usize,
    /// Releases that broke clients.
    pub breaking_releases: usize,
    /// Releases whose version moved far enough.
    pub right_versions: usize,
    /// Promises kept.
    pub kept: usize,
    /// Promises broken.
    pub broken: usize,
}

/// The history of these versions. Dates are judged at the day of each release.
pub fn history(steps: &[Step], policy: &Policy, options: &diff::Options) -> History {
    let compared = |at: usize| {
        let before = at.checked_sub(1).map(|before| &steps[before]);
        release(before, &steps[at], policy, options)
    };
    let mut releases: Vec<Release> = (0..steps.len()).into_par_iter().map(compared).collect();
    cadence(&mut releases, policy);
    let mut totals = Totals::default();
    for release in releases.iter().filter(|release| release.version_outcome.is_some()) {
        totals.compared += 1;
        totals.breaking_releases += usize::from(release.verdict == Impact::Breaking);
        let enough = !matches!(
            release.version_outcome,
            Some(Outcome::TooSmall | Outcome::NotMoved | Outcome::Decreased | Outcome::Unreadable)
        );
        totals.right_versions += usize::from(enough);
        totals.kept += release.kept.len();
        totals.broken += release.broken.len();
    }
    let newest = steps.last().and_then(|step| Api::open(&step.workspace).ok());
    let title = newest.map(|api| brief(api.title())).unwrap_or_default();
    History { schema: SCHEMA, title, releases, totals }
}

/// Time between majors is a promise too.
fn cadence(releases: &mut [Release], policy: &Policy) {
    let mut last: Option<(Date, String)> = None;
    for release in
        releases.iter_mut().filter(|release| release.declared == Bump::Major && release.verdict >= Impact::Risky)
    {
        let Some(day) = release.date else { continue };
        if let Some((before, version)) = &last {
            let (days, least) = (days_between(*before, day), i64::from(policy.min_days_between_majors));
            let sentence = format!(
                "{} came {days} days after {version}; {least} days lie between majors",
                if release.version.is_empty() { &release.label } else { &release.version }
            );
            if days >= least { release.kept.push(sentence) } else { release.broken.push(sentence) }
        }
        last = Some((day, release.version.clone()));
    }
}

fn brief(text: &str) -> String {
    crate::text::escape::shortened(&crate::text::escape::line(text), 240)
}

fn release(before: Option<&Step>, step: &Step, policy: &Policy, options: &diff::Options) -> Release {
    let mut out = Release { label: brief(&step.label), date: step.date, ..Release::default() };
    let Ok(revision) = Api::open(&step.workspace) else { return out };
    out.version = brief(revision.info_version());
    let Some(base) = before.and_then(|before| Api::open(&before.workspace).ok()) else { return out };
    let options = diff::Options { as_of: step.date.or(options.as_of), ..options.clone() };
    let changes = diff::compare(base, revision, &options).changes;
    for change in &changes {
        let documentation = change.category == Some(Category::Docs) && change.impact <= Impact::Compatible;
        match change.impact {
            Impact::Breaking => out.breaking += 1,
            Impact::Risky => out.risky += 1,
            Impact::Compatible if !documentation => out.compatible += 1,
            Impact::Compatible | Impact::None => out.other += 1,
        }
    }
    out.verdict = changes.iter().map(|change| change.impact).max().unwrap_or_default();
    let mut worst: Vec<&Diagnostic> = changes.iter().filter(|change| change.impact >= Impact::Risky).collect();
    worst.sort_by_key(|change| std::cmp::Reverse(change.impact));
    out.worst = worst.iter().take(5).map(|change| brief(&change.message)).collect();
    let verdict = bump::verdict(base, revision, &changes, policy);
    (out.required, out.declared, out.version_outcome) = (verdict.required, verdict.declared, Some(verdict.outcome));
    promises(&mut out, base, revision, &changes, policy);
    out
}

/// What this release did about announcements: removals after their day, notice of new ones.
fn promises(out: &mut Release, base: Api<'_>, revision: Api<'_>, changes: &[Diagnostic], policy: &Policy) {
    let Some(day) = out.date else { return };
    let (before, after) = (timeline(base, policy, day), timeline(revision, policy, day));
    let same = |a: &crate::lifecycle::Entry, b: &crate::lifecycle::Entry| a.element == b.element;
    let findings = pair_findings(base, revision, changes, policy, day);
    let broken = findings
        .iter()
        .filter(|finding| finding.severity == crate::diagnostic::Severity::Error && BROKEN.contains(&&*finding.rule));
    out.broken.extend(broken.map(|finding| brief(&finding.message)));
    for change in changes.iter().filter(|change| change.impact == Impact::Breaking) {
        if change.rule.parse::<ChangeId>().is_ok_and(|id| id.event.is_sudden_removal()) {
            out.broken.push(brief(&change.message));
        }
    }
    let gone = |entry: &&crate::lifecycle::Entry| !after.elements.iter().any(|other| same(entry, other));
    for entry in before.elements.iter().filter(gone) {
        if let Some(end) = entry.sunset.filter(|end| *end < day)
            && !out.broken.iter().any(|broken| broken.contains(&entry.element.label))
        {
            out.kept.push(format!("{} stayed until its last day, {end}", entry.element.label));
        }
    }
    for entry in &after.elements {
        let announced = before.elements.iter().any(|other| same(entry, other) && other.sunset.is_some());
        let Some(end) = entry.sunset.filter(|_| !announced) else { continue };
        // Clients learn of it with this release at the earliest.
        let from = entry.deprecated_at.map_or(day, |date| date.max(day));
        let level = if entry.level < Stability::Stable { entry.level } else { Stability::Stable };
        let owed = policy.notice(entry.audience, entry.element.kind, level);
        let given = days_between(from, end);
        let sentence = format!("{} ends on {end}: {given} days of notice, {} owed", entry.element.label, owed.days);
        if given >= i64::from(owed.days) { out.kept.push(sentence) } else { out.broken.push(sentence) }
    }
}
