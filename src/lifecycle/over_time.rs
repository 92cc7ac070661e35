//! Rules over all versions of an API, as its timeline knows them: `lc-max-supported-majors`, `lc-overlap-minimum`,
//! `lc-calendar-consistent`.

use super::timeline::{MilestoneKind, Status, Timeline, VersionRow};
use crate::diagnostic::{Diagnostic, Severity, finish};
use crate::openapi::{Api, Audience, ReleaseVersion};
use crate::promise::{Policy, State, days_between};
use crate::workspace::Place;
use std::collections::{BTreeMap, BTreeSet};

/// The findings about a contract whose timeline (with what was kept from before) is given, sorted, with fingerprints.
pub fn timeline_findings(timeline: &Timeline, api: Api<'_>, policy: &Policy) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let audience = timeline.api.audience.unwrap_or(policy.default_audience);
    let info = api.info().unwrap_or_else(|| api.root());
    let calendar = info.get("x-version-calendar").or_else(|| api.root().get("x-version-calendar"));
    if let Some(at) = calendar {
        majors(timeline, at, audience, policy, &mut out);
        consistent(timeline, at, info, &mut out);
    }
    overlap(timeline, api, policy, &mut out);
    finish(&mut out);
    out
}

fn majors(timeline: &Timeline, at: Place<'_>, audience: Audience, policy: &Policy, out: &mut Vec<Diagnostic>) {
    let read = |row: &VersionRow| {
        ReleaseVersion::parse(&row.version, policy.version_scheme, policy.version_pattern.as_deref()).ok()
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
        let mut found = Diagnostic::new("lc-overlap-minimum", Severity::Warn, message, place.location());
        found.policy = Some(format!("lifecycle.min-overlap-days.{}: {owed}", milestone.audience.name()));
        out.push(found);
    }
}
