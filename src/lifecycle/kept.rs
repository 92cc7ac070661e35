//! Whether the promises of a timeline are kept: no last day has passed with the element still here, none moved earlier
//! or vanished, none is short of the notice owed.
//!
//! Takes a timeline, merged with what was known before if anything was, and the contract it ends with; gives findings
//! of the rules `lc-sunset-proximity`, `lc-notice-period`, `lc-sunset-moved` and `lc-removed-before-sunset`, placed in
//! that contract. A broken promise stays broken: it is measured from the release that broke it, and reported on every
//! day after.

use super::timeline::{Milestone, MilestoneKind, Source, Status, Timeline};
use crate::diagnostic::{Diagnostic, Severity, finish};
use crate::openapi::Api;
use crate::promise::{Policy, days_between};
use crate::text::escape::{line, shortened};
use crate::workspace::{Place, PlaceId};

/// The findings about promises that are not kept on the day of the timeline, sorted, with fingerprints.
pub fn broken_promises(timeline: &Timeline, api: Api<'_>, policy: &Policy) -> Vec<Diagnostic> {
    let sunsets = timeline.milestones.iter().filter(|milestone| milestone.kind == MilestoneKind::Sunset);
    let mut out: Vec<Diagnostic> = sunsets.flat_map(|milestone| broken(timeline, milestone, api, policy)).collect();
    finish(&mut out);
    out
}

/// The place of `source` in the contract, if it is still there.
pub(super) fn place_of<'w>(api: Api<'w>, source: &Source) -> Option<Place<'w>> {
    let workspace = api.root().workspace();
    let (document, content) = workspace.documents().find(|(_, document)| document.name() == source.file)?;
    let node = content.tree().at_pointer(&source.pointer)?.id();
    Some(workspace.place(PlaceId { document, node }))
}

fn broken(timeline: &Timeline, milestone: &Milestone, api: Api<'_>, policy: &Policy) -> Vec<Diagnostic> {
    let (date, label) = (milestone.date, shortened(&line(&milestone.element.label), 120));
    let here = place_of(api, &milestone.source);
    let say = |rule: &'static str, severity, message: String, help: &str| {
        let at = here.or_else(|| api.info()).unwrap_or_else(|| api.root());
        Diagnostic::new(rule, severity, message, at.location()).help(help)
    };
    let flagged = |flag: &str| milestone.flags.iter().any(|known| known == flag);
    let mut out = Vec::new();
    if milestone.status == Status::Withdrawn {
        // Nothing ends any more: nobody has to leave.
        let Some((rule, message, help)) = gone(timeline, milestone, api, &label) else { return out };
        out.push(say(rule, Severity::Error, message, help));
    }
    if milestone.status == Status::Overdue {
        let late = -milestone.days > i64::from(policy.sunset.grace_days);
        let severity = if late { Severity::Error } else { Severity::Warn };
        let message = format!("`{label}` is still here although its last day was {date}, {} days ago", -milestone.days);
        out.push(say("lc-sunset-proximity", severity, message, "remove it, or move the last day and tell its clients"));
    }
    if let Some(before) = milestone.broken_by_move() {
        let days = days_between(date, before.date);
        let since = before.by.as_ref().map(|by| format!(" by `{}`", shortened(&line(by), 60))).unwrap_or_default();
        let message = format!(
            "the last day of `{label}` moved from {} (promised{since} on {}) to {date}, {days} days earlier",
            before.date, before.recorded
        );
        let help = "a promise can be extended, not shortened: restore the day or move it later";
        out.push(say(super::SUNSET_MOVED, Severity::Error, message, help));
    }
    let ahead = milestone.source.line != 0 && milestone.status == Status::Planned;
    let later = milestone.flags.iter().find_map(|flag| flag.strip_prefix("extended-")?.parse::<u32>().ok());
    if let Some(times) = later.filter(|times| ahead && *times > policy.extensions_before_warning) {
        let message = format!(
            "the last day of `{label}` was moved later {times} times, now to {date}; clients no longer believe it"
        );
        let help = "settle a day that can be kept, or take the deprecation back";
        let mut found = say(super::SUNSET_MOVED, Severity::Warn, message, help);
        found.policy = Some(format!("lifecycle.extensions-before-warning: {}", policy.extensions_before_warning));
        out.push(found);
    }
    if out.is_empty()
        && flagged("short-notice")
        && let Some(notice) = &milestone.notice
    {
        let message = format!(
            "`{label}` gets {} days of notice (announced {}, last day {date}), but {} clients are owed {}",
            notice.days,
            notice.published,
            milestone.audience.name(),
            notice.required
        );
        let help = "move the last day, or record the emergency in `x-emergency-change`";
        let mut found = say("lc-notice-period", Severity::Error, message, help);
        found.policy = Some(format!("lifecycle.{}", notice.policy));
        out.push(found);
    }
    out
}

/// A last day that was ahead when the contract stopped naming it: rule, message, help. Nothing when the end was taken back.
fn gone(
    timeline: &Timeline,
    milestone: &Milestone,
    api: Api<'_>,
    label: &str,
) -> Option<(&'static str, String, &'static str)> {
    let date = milestone.date;
    let entry = timeline.elements.iter().find(|entry| entry.element == milestone.element);
    if let Some(entry) = entry {
        let open = entry.sunset.is_none() && entry.state == crate::promise::State::Deprecated;
        let message = format!("`{label}` is still deprecated, but its last day {date} was deleted");
        return open.then_some((super::SUNSET_MOVED, message, "restore the day, or take the deprecation back"));
    }
    // The object that carried the day: the element itself, or a part of it such as `x-deprecation`.
    let (parent, key) = milestone.source.pointer.rsplit_once('/')?;
    let holder = if key == "x-sunset" { parent } else { parent.rsplit_once("/x-").map_or(parent, |(above, _)| above) };
    let source = Source { pointer: holder.to_owned(), ..milestone.source.clone() };
    if place_of(api, &source).is_some() {
        return None;
    }
    let went = milestone.gone.as_ref()?;
    let by = went.by.as_ref().map(|by| format!(" by `{}`", shortened(&line(by), 60))).unwrap_or_default();
    let days = days_between(went.date, date) + 1;
    let message = format!("`{label}` was promised until {date}, but removed{by} on {}, {days} days early", went.date);
    Some((super::REMOVED_BEFORE_SUNSET, message, "keep it until the announced day has passed"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::timeline;
    use crate::workspace::Workspace;
    use jiff::civil::date;

    const GET: &str = "get: {deprecated: true, x-deprecated-at: 2025-01-01, x-sunset: 2027-01-31, responses: {}}";

    fn contract(operation: &str) -> Workspace {
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: T, version: 1.0.0, x-audience: partner}}\npaths: {{/a: {{{operation}}}, /b: {{get: {{responses: {{}}}}}}}}\n"
        );
        Workspace::from_text("a.yaml", &text)
    }

    /// What is found in the second contract, judged on 25 November 2026 by what the first promised a year before.
    fn found(before: &str, after: &str) -> Vec<String> {
        let (old, new) = (contract(before), contract(after));
        let (old, new) = (Api::open(&old).unwrap(), Api::open(&new).unwrap());
        let policy = Policy::default();
        let earlier = timeline(old, &policy, date(2025, 11, 25));
        let merged = timeline(new, &policy, date(2026, 11, 25)).merge(&earlier);
        // Told again, the same timeline gives the same findings.
        let again = timeline(new, &policy, date(2026, 11, 25)).merge(&merged);
        let say = |timeline| broken_promises(timeline, new, &policy);
        assert_eq!(say(&merged).len(), say(&again).len());
        say(&merged).iter().map(|found| format!("{} {}", found.rule, found.message)).collect()
    }

    #[test]
    fn a_kept_promise_is_silent() {
        assert!(found(GET, GET).is_empty());
        assert!(found(GET, &GET.replace("2027-01-31", "2027-06-30")).is_empty());
        // Over before the contract lost it.
        assert!(found(&GET.replace("2027-01-31", "2026-10-31"), "head: {responses: {}}").is_empty());
        // Taken back.
        assert!(found(GET, "get: {responses: {}}").is_empty());
    }

    #[test]
    fn every_way_to_break_one_is_found() {
        let earlier = found(GET, &GET.replace("2027-01-31", "2026-12-31"));
        assert!(earlier[0].starts_with("lc-sunset-moved") && earlier[0].contains("31 days earlier"), "{earlier:?}");
        let deleted = found(GET, &GET.replace("x-sunset: 2027-01-31, ", ""));
        assert!(deleted[0].starts_with("lc-sunset-moved") && deleted[0].contains("was deleted"), "{deleted:?}");
        let gone = found(GET, "head: {responses: {}}");
        assert!(gone[0].starts_with("lc-removed-before-sunset") && gone[0].contains("68 days early"), "{gone:?}");
        let passed = found("head: {responses: {}}", &GET.replace("2027-01-31", "2026-10-31"));
        assert!(passed[0].starts_with("lc-sunset-proximity") && passed[0].contains("25 days ago"), "{passed:?}");
        let short = found("head: {responses: {}}", &GET.replace("2025-01-01", "2026-11-01"));
        assert!(short[0].starts_with("lc-notice-period") && short[0].contains("91 days of notice"), "{short:?}");
        let urgent = GET
            .replace("2025-01-01", "2026-11-01")
            .replace("responses", "x-emergency-change: {reason: r, approver: a, reevaluate_on: 2027-02-10}, responses");
        assert!(found("head: {responses: {}}", &urgent).is_empty());
    }

    #[test]
    fn a_broken_promise_stays_broken() {
        let (old, shorter) = (contract(GET), contract(&GET.replace("2027-01-31", "2026-12-31")));
        let gone = contract("head: {responses: {}}");
        let policy = Policy::default();
        for (broken, rule, distance) in
            [(&gone, "lc-removed-before-sunset", "237 days early"), (&shorter, "lc-sunset-moved", "31 days earlier")]
        {
            let (old, new) = (Api::open(&old).unwrap(), Api::open(broken).unwrap());
            let mut kept = timeline(new, &policy, date(2026, 6, 9)).merge(&timeline(old, &policy, date(2025, 11, 25)));
            for day in [date(2026, 6, 9), date(2026, 11, 25), date(2027, 1, 25), date(2027, 2, 15), date(2030, 1, 1)] {
                kept = timeline(new, &policy, day).merge(&kept);
                let found = broken_promises(&kept, new, &policy);
                let told = found.iter().filter(|found| found.rule == rule && found.message.contains(distance)).count();
                assert_eq!(told, 1, "{day}: {found:?}");
            }
            // Nor does the removal of what was ended too early mend it.
            let nothing = Api::open(&gone).unwrap();
            kept = timeline(nothing, &policy, date(2031, 1, 1)).merge(&kept);
            assert!(broken_promises(&kept, nothing, &policy).iter().any(|found| found.rule == rule));
        }
    }

    #[test]
    fn a_day_that_moved_too_often_is_no_longer_believed() {
        let policy = Policy::default();
        let mut merged = None;
        let days = ["2026-03-31", "2026-06-30", "2026-09-30", "2026-12-31"];
        for (at, day) in days.iter().enumerate() {
            let workspace = contract(&GET.replace("2027-01-31", day));
            let api = Api::open(&workspace).unwrap();
            let now = timeline(api, &policy, date(2025, 1 + at as i8, 1));
            let now = merged.take().map_or(now.clone(), |before| now.merge(&before));
            let found = broken_promises(&now, api, &policy);
            assert_eq!(found.len(), usize::from(at == 3), "{day}: {found:?}");
            assert!(found.iter().all(|found| found.severity == Severity::Warn && found.message.contains("3 times")));
            merged = Some(now);
        }
    }

    #[test]
    fn findings_stand_at_the_day_in_question() {
        let workspace = contract(&GET.replace("2027-01-31", "2026-10-31"));
        let api = Api::open(&workspace).unwrap();
        let policy = Policy::default();
        let found = broken_promises(&timeline(api, &policy, date(2026, 11, 25)), api, &policy);
        assert!(found[0].location.pointer.ends_with("/x-sunset"), "{}", found[0].location.pointer);
        assert_eq!(found[0].location.start().line, 3);
    }
}
