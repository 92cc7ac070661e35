//! The timeline of a contract with its whole past: every release adds what it promised, and moved days stay visible.
//!
//! Takes the releases in order; gives one [`Timeline`]. A notice counts from the release in which clients could first
//! read it, whatever `x-deprecated-at` says.

use super::history::Step;
use crate::lifecycle::{MilestoneKind, Timeline, timeline_named};
use crate::openapi::Api;
use crate::promise::{Policy, days_between};
use jiff::civil::Date;
use rayon::prelude::*;

/// The timeline of the newest of `steps`, seen from `as_of`, with the memory of those before. `None` without steps that
/// can be read as contracts.
pub fn timeline_of(steps: &[Step], policy: &Policy, as_of: Date) -> Option<Timeline> {
    let readable: Vec<&Step> = steps.iter().filter(|step| Api::open(&step.workspace).is_ok()).collect();
    let newest = readable.last()?;
    // One name for all, so that a new title does not make all elements new ones.
    let id = Api::open(&newest.workspace).ok().map(|api| timeline_named(api, policy, as_of, None).api.id);
    let made = |(at, step): (usize, &&Step)| {
        let day = if at + 1 == readable.len() { as_of } else { step.date.unwrap_or(as_of) };
        let api = Api::open(&step.workspace).ok()?;
        let mut timeline = timeline_named(api, policy, day, id.as_deref());
        timeline.release = Some(step.label.clone());
        timeline.released = step.date;
        Some((timeline, step.date))
    };
    let all: Vec<(Timeline, Option<Date>)> = readable.par_iter().enumerate().filter_map(made).collect();
    all.into_iter().fold(None, |before: Option<Timeline>, (mut now, released)| {
        let Some(before) = before else { return Some(now) };
        from_release(&mut now, &before, released);
        Some(now.merge(&before))
    })
}

/// Counts the notice of what is announced for the first time from the day of its release.
fn from_release(now: &mut Timeline, before: &Timeline, released: Option<Date>) {
    for milestone in now.milestones.iter_mut().filter(|milestone| milestone.kind == MilestoneKind::Sunset) {
        let known = before.milestones.iter().find(|other| other.id == milestone.id);
        let from = match known {
            Some(known) => known.notice.as_ref().map(|notice| notice.published),
            None => released,
        };
        let (Some(from), Some(notice)) = (from, milestone.notice.as_mut()) else { continue };
        if from <= notice.published {
            continue;
        }
        notice.published = from;
        notice.days = days_between(from, milestone.date);
        let short = notice.days < i64::from(notice.required);
        let told = milestone.flags.iter().any(|flag| flag == "short-notice" || flag == "emergency");
        if short && !told {
            milestone.flags.push("short-notice".to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::broken_promises;
    use crate::workspace::Workspace;
    use jiff::civil::date;

    fn step(label: &str, day: Date, title: &str, keys: &str) -> Step {
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: {title}, version: 1.0.0, x-audience: partner}}\npaths: {{/a: {{get: {{{keys} responses: {{}}}}}}}}\n"
        );
        let workspace = Workspace::from_text("a.yaml", &text);
        Step { label: label.to_owned(), date: Some(day), released: true, workspace }
    }

    #[test]
    fn moved_days_are_kept_with_the_releases_that_held_them() {
        let ends = |day: &str| format!("deprecated: true, x-deprecated-at: 2026-01-01, x-sunset: {day},");
        let steps = [
            step("v1", date(2025, 6, 1), "Old name", ""),
            step("v2", date(2026, 1, 1), "Old name", &ends("2026-09-30")),
            step("v3", date(2026, 3, 1), "New name", &ends("2026-12-31")),
            step("v4", date(2026, 5, 1), "New name", &ends("2026-10-31")),
        ];
        let policy = Policy::default();
        let timeline = timeline_of(&steps, &policy, date(2026, 6, 1)).unwrap();
        let sunset = timeline.milestones.iter().find(|milestone| milestone.kind == MilestoneKind::Sunset).unwrap();
        let told: Vec<_> = sunset.history.iter().map(|m| (m.date, m.recorded, m.by.as_deref().unwrap())).collect();
        assert_eq!(told, [(date(2026, 9, 30), date(2026, 1, 1), "v2"), (date(2026, 12, 31), date(2026, 3, 1), "v3")]);
        assert_eq!(sunset.date, date(2026, 10, 31));
        let api = Api::open(&steps[3].workspace).unwrap();
        let found = broken_promises(&timeline, api, &policy);
        assert!(found[0].message.contains("promised by `v3` on 2026-03-01"), "{}", found[0].message);
        assert_eq!(timeline_of(&steps, &policy, date(2026, 6, 1)).unwrap().to_json(), timeline.to_json());
    }

    #[test]
    fn a_notice_dated_back_counts_from_its_release() {
        let back = "deprecated: true, x-deprecated-at: 2025-01-01, x-sunset: 2026-09-30,";
        let steps = [
            step("v1", date(2025, 6, 1), "T", ""),
            step("v2", date(2026, 6, 1), "T", back),
            step("v3", date(2026, 7, 1), "T", back),
        ];
        let timeline = timeline_of(&steps, &Policy::default(), date(2026, 7, 1)).unwrap();
        let sunset = timeline.milestones.iter().find(|milestone| milestone.kind == MilestoneKind::Sunset).unwrap();
        let notice = sunset.notice.as_ref().unwrap();
        assert_eq!((notice.published, notice.days), (date(2026, 6, 1), 121));
        assert_eq!(sunset.flags, ["short-notice"]);
        // What the first known release already says is taken at its word.
        let first = timeline_of(&steps[1..], &Policy::default(), date(2026, 7, 1)).unwrap();
        let sunset = first.milestones.iter().find(|milestone| milestone.kind == MilestoneKind::Sunset).unwrap();
        assert!(sunset.flags.is_empty(), "{sunset:?}");
    }

    #[test]
    fn nothing_has_no_timeline() {
        assert!(timeline_of(&[], &Policy::default(), date(2026, 7, 1)).is_none());
    }
}
