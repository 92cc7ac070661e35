//! Rules over all versions of an API, as its timeline knows them: `lc-max-supported-majors`, `lc-overlap-minimum`,
//! `lc-calendar-consistent`, `lc-release-cadence`, `lc-zombie-deprecation`, `lc-sunset-calendar-risk`.

use super::timeline::{MilestoneKind, Status, Timeline, VersionRow};
use crate::diagnostic::{Diagnostic, Severity, finish};
use crate::openapi::{Api, Audience, ReleaseVersion, parse_date};
use crate::promise::{Policy, State, days_between};
use crate::workspace::Place;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// The findings about a contract whose timeline (with what was kept from before) is given, sorted, with fingerprints.
pub fn timeline_findings(timeline: &Timeline, api: Api<'_>, policy: &Policy) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let audience = timeline.api.audience.unwrap_or(policy.default_audience);
    let info = api.info().unwrap_or_else(|| api.root());
    let calendar = info.get("x-version-calendar").or_else(|| api.root().get("x-version-calendar"));
    if let Some(at) = calendar {
        majors(timeline, at, audience, policy, &mut out);
        cadence(timeline, at, policy, &mut out);
        consistent(timeline, at, info, &mut out);
    }
    overlap(timeline, api, policy, &mut out);
    zombies(timeline, api, policy, &mut out);
    risky_days(timeline, api, &mut out);
    finish(&mut out);
    out
}

fn majors(timeline: &Timeline, at: Place<'_>, audience: Audience, policy: &Policy, out: &mut Vec<Diagnostic>) {
    let read = |row: &VersionRow| {
        ReleaseVersion::parse(&row.version, policy.version_scheme(), policy.version_pattern.as_deref()).ok()
    };
    let alive = timeline
        .versions
        .iter()
        .filter(|row| matches!(row.state, Some(State::Stable | State::Beta | State::Deprecated | State::Sunset)));
    let majors: BTreeSet<u64> =
        alive.filter_map(read).filter(|version| version.date.is_none()).map(|v| v.major()).collect();
    let most = policy.max_majors.of(audience);
    if majors.len() > most as usize {
        let names: Vec<String> = majors.iter().map(u64::to_string).collect();
        let message = format!(
            "{} major versions are alive ({}), but {most} are supported for {} clients",
            majors.len(),
            names.join(", "),
            audience.name()
        );
        let mut found = Diagnostic::new("lc-max-supported-majors", Severity::Warn, message, at.location());
        found.policy = Some(format!("lifecycle.max-majors.{}: {most}", audience.name()));
        out.push(found);
    }
}

/// Majors that follow each other too fast, or too many within a year.
fn cadence(timeline: &Timeline, at: Place<'_>, policy: &Policy, out: &mut Vec<Diagnostic>) {
    let rule = "lc-release-cadence";
    let mut firsts: BTreeMap<u64, (Date, usize)> = BTreeMap::new();
    for (number, row) in timeline.versions.iter().enumerate() {
        let read = ReleaseVersion::parse(&row.version, policy.version_scheme(), policy.version_pattern.as_deref());
        let (Ok(version), Some(day)) = (read, row.introduced) else { continue };
        if version.date.is_some() {
            continue;
        }
        let first = firsts.entry(version.major()).or_insert((day, number));
        if day < first.0 {
            *first = (day, number);
        }
    }
    let mut days: Vec<(Date, usize, u64)> =
        firsts.into_iter().map(|(major, (day, number))| (day, number, major)).collect();
    days.sort_unstable();
    for pair in days.windows(2) {
        let (between, least) = (days_between(pair[0].0, pair[1].0), policy.min_days_between_majors);
        if between < i64::from(least) {
            let message = format!(
                "major {} comes {between} days after major {}, but {least} days lie between majors",
                pair[1].2, pair[0].2
            );
            let place = at.at(pair[1].1).unwrap_or(at);
            let mut found = Diagnostic::new(rule, Severity::Warn, message, place.location());
            found.policy = Some(format!("lifecycle.min-days-between-majors: {least}"));
            out.push(found);
        }
    }
    let most = policy.max_forced_migrations_per_year as usize;
    // The first major forces nobody to move.
    let moves = days.get(1..).unwrap_or_default();
    let crowded = moves.windows(most + 1).find(|run| days_between(run[0].0, run[most].0) < 365);
    if let Some(run) = crowded {
        let message = format!(
            "clients must move {} times between {} and {}, but at most {most} times a year",
            run.len(),
            run[0].0,
            run[most].0
        );
        let mut found = Diagnostic::new(rule, Severity::Warn, message, at.at(run[most].1).unwrap_or(at).location());
        found.policy = Some(format!("lifecycle.max-forced-migrations-per-year: {most}"));
        out.push(found);
    }
}

/// What has been deprecated for longer than the policy allows, and still nobody can tell when it ends.
fn zombies(timeline: &Timeline, api: Api<'_>, policy: &Policy, out: &mut Vec<Diagnostic>) {
    for entry in timeline.elements.iter().filter(|entry| entry.state == State::Deprecated && entry.sunset.is_none()) {
        let Some(since) = entry.deprecated_at else { continue };
        let days = days_between(since, timeline.as_of);
        if days <= i64::from(policy.max_deprecated_days) {
            continue;
        }
        let place = super::kept::place_of(api, &entry.source);
        // Kept for good, and looked at within the year.
        let reviewed = place.and_then(|place| parse_date(place.get("x-reviewed")?.text()));
        if reviewed.is_some_and(|day| days_between(day, timeline.as_of) <= 366) {
            continue;
        }
        let message = format!(
            "`{}` has been deprecated for {days} days (since {since}) and has no last day",
            crate::text::escape::shortened(&entry.element.label, 120)
        );
        let at = place.unwrap_or_else(|| api.root());
        let mut found = Diagnostic::new("lc-zombie-deprecation", Severity::Info, message, at.location());
        found.policy = Some(format!("lifecycle.max-deprecated-days: {}", policy.max_deprecated_days));
        found.help =
            Some("name a last day, take the deprecation back, or note the last review in `x-reviewed`".to_owned());
        out.push(found);
    }
}

/// Ends and beginnings on days that the policy wants to be quiet.
fn risky_days(timeline: &Timeline, api: Api<'_>, out: &mut Vec<Diagnostic>) {
    let quiet = ["weekend", "holiday", "TARGET", "Fed", "freeze"];
    let ahead = timeline.milestones.iter().filter(|milestone| {
        milestone.status == Status::Planned
            && matches!(milestone.kind, MilestoneKind::Sunset | MilestoneKind::Effective | MilestoneKind::Introduced)
    });
    for milestone in ahead {
        let against: Vec<&str> = milestone
            .flags
            .iter()
            .map(String::as_str)
            .filter(|flag| quiet.iter().any(|start| flag.starts_with(start)))
            .collect();
        let Some(at) = super::kept::place_of(api, &milestone.source).filter(|_| !against.is_empty()) else { continue };
        let message = format!(
            "{} of `{}` falls on {}: {}",
            if milestone.kind == MilestoneKind::Sunset { "the last day" } else { "the first day" },
            crate::text::escape::shortened(&milestone.element.label, 120),
            milestone.date,
            against.join(", ")
        );
        let mut found = Diagnostic::new("lc-sunset-calendar-risk", Severity::Hint, message, at.location());
        found.policy = Some("lifecycle.calendars".to_owned());
        out.push(found);
    }
}

fn consistent(timeline: &Timeline, at: Place<'_>, info: Place<'_>, out: &mut Vec<Diagnostic>) {
    let rule = "lc-calendar-consistent";
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, row) in timeline.versions.iter().enumerate() {
        let place = at.at(number).unwrap_or(at);
        if let Some(first) = seen.insert(&row.version, number) {
            let message = format!("version `{}` stands twice in the calendar", row.version);
            let found = Diagnostic::new(rule, Severity::Error, message, place.location());
            out.push(found.label(at.at(first).unwrap_or(at).location(), "the first one"));
        }
        let steps = [
            ("introduced", row.introduced),
            ("binding", row.binding),
            ("deprecated", row.deprecated),
            ("retired", row.sunset),
        ];
        let known: Vec<_> = steps.into_iter().filter_map(|(name, date)| Some((name, date?))).collect();
        for pair in known.windows(2).filter(|pair| pair[1].1 < pair[0].1) {
            let message = format!(
                "version `{}` is {} on {}, before it is {} on {}",
                row.version, pair[1].0, pair[1].1, pair[0].0, pair[0].1
            );
            out.push(Diagnostic::new(rule, Severity::Error, message, place.location()));
        }
        let own = crate::openapi::LifecycleKeys::read(info).sunset;
        if row.version == timeline.api.version
            && let Some(sunset) = own
            && let (Some(date), Some(end)) = (sunset.date, row.sunset)
            && date != end
        {
            let message =
                format!("the calendar retires version `{}` on {end}, but `x-sunset` says {date}", row.version);
            let found = Diagnostic::new(rule, Severity::Error, message, place.location());
            out.push(found.label(sunset.place.location(), "the other date"));
        }
    }
}

fn overlap(timeline: &Timeline, api: Api<'_>, policy: &Policy, out: &mut Vec<Diagnostic>) {
    for milestone in &timeline.milestones {
        let Some(successor) = &milestone.replacement else { continue };
        let (Some(available), Some(days)) = (successor.available, successor.overlap_days) else { continue };
        if milestone.kind != MilestoneKind::Sunset || milestone.status == Status::Withdrawn {
            continue;
        }
        let owed = policy.min_overlap_days.of(milestone.audience);
        let announced = milestone.notice.as_ref().map(|notice| notice.published);
        let late = announced.filter(|announced| available > *announced);
        let message = if days < i64::from(owed) {
            format!(
                "`{}` and `{}` both work for {days} days (from {available} to {}), but {owed} are owed",
                milestone.element.label, successor.label, milestone.date
            )
        } else if let Some(announced) = late {
            let days = days_between(announced, available);
            format!(
                "`{}` was deprecated on {announced}, {days} days before `{}` was there to move to",
                milestone.element.label, successor.label
            )
        } else {
            continue;
        };
        let place = super::kept::place_of(api, &milestone.source).unwrap_or_else(|| api.root());
        let mut found = Diagnostic::new("lc-overlap-minimum", Severity::Error, message, place.location());
        found.policy = Some(format!("lifecycle.min-overlap-days.{}: {owed}", milestone.audience.name()));
        out.push(found);
    }
}
