//! Dates: real ones, in order, far enough away, and not passed.

use super::{Facts, Sink, by_audience, finding, milder, name, values_under};
use crate::diagnostic::Severity;
use crate::openapi::{Element, ElementKind, Replacement, Stability, parse_date, replacement};
use crate::promise::days_between;
use crate::workspace::Place;
use jiff::civil::Date;

/// Keys whose value is a date.
const DATES: [&str; 8] = [
    "x-sunset",
    "x-deprecated-at",
    "x-effective-date",
    "x-beta-since",
    "x-support-ends",
    "x-deprecated-sunset",
    "x-sunset-date",
    "x-reviewed",
];

/// Keys whose value holds dates, and under which names.
const HOLDERS: [(&str, &[&str]); 5] = [
    ("x-deprecation", &["deprecationDate", "retirementDate"]),
    ("x-ms-deprecation", &["date", "removalDate"]),
    ("x-change", &["published", "effective", "test_facility_from", "documented_at", "reevaluate_on"]),
    ("x-version-calendar", &["introduced", "binding", "deprecated", "retired", "sunset"]),
    ("x-enum-lifecycle", &["deprecated_at", "sunset"]),
];

pub(super) fn check(facts: &Facts<'_, '_>, sink: &mut Sink) {
    valid(facts, sink);
    for element in &facts.elements {
        ordered(facts, element, sink);
        has_sunset(facts, element, sink);
        proximity(facts, element, sink);
        notice(facts, element, sink);
    }
}

fn valid(facts: &Facts<'_, '_>, sink: &mut Sink) {
    let holders = HOLDERS.map(|(key, _)| key);
    let keys: Vec<&'static str> = DATES.into_iter().chain(holders).collect();
    for (key, place) in values_under(facts.api, &keys) {
        let Some((_, names)) = HOLDERS.iter().find(|(holder, _)| *holder == key) else {
            date(key, place, sink);
            continue;
        };
        let rows = [place].into_iter().chain(place.elements()).chain(place.members().map(|member| member.value));
        for row in rows.filter(|row| row.is_map()) {
            for name in *names {
                if let Some(value) = row.get(name) {
                    date(name, value, sink);
                }
            }
        }
    }
}

fn date(key: &str, place: Place<'_>, sink: &mut Sink) {
    // A map here is a schema or an example that happens to have such a property.
    if place.is_map() || place.is_seq() {
        return;
    }
    let text = place.text();
    let open = matches!(text.to_ascii_lowercase().as_str(), "none" | "n/a" | "") && key != "x-sunset-date";
    if is_date(text) || (open && !(text.is_empty() && place.as_str().is_some())) || month_of_a_draft(place, text) {
        return;
    }
    let shown = crate::text::escape::shortened(&crate::text::escape::line(text), 60);
    let reason = match impossible(text) {
        Some(reason) => reason,
        None => "it must be a calendar date such as `2027-06-30`".to_owned(),
    };
    sink.add(finding("lc-date-valid", place.location(), format!("`{key}` is `{shown}`: {reason}")));
}

/// A full date with four digits, two and two, or an RFC 3339 date-time.
fn is_date(text: &str) -> bool {
    let shape = text.len() >= 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
    shape && parse_date(text).is_some()
}

/// Why a text that looks like a date is none.
fn impossible(text: &str) -> Option<String> {
    let mut parts = text.get(..10)?.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let whole = year.len() == 4 && month.len() == 2 && day.len() == 2;
    let (year, month, day): (i16, i8, i8) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    if !whole {
        return None;
    }
    if !(1..=12).contains(&month) {
        return Some(format!("there is no month {month}"));
    }
    let days = Date::new(year, month, 1).ok()?.days_in_month();
    (!(1..=days).contains(&day)).then(|| format!("this month has {days} days"))
}

/// `2027-06` with `x-sunset-precision: month` beside it, in a draft.
fn month_of_a_draft(place: Place<'_>, text: &str) -> bool {
    let mut path = place.path();
    path.pop();
    let tokens: Vec<&str> = path.iter().map(String::as_str).collect();
    let parent = place.workspace().document_root(place.document_id()).descend(&tokens);
    let month = text.len() == 7 && parse_date(&format!("{text}-01")).is_some();
    month && parent.and_then(|parent| parent.get_str("x-sunset-precision")) == Some("month")
}

fn ordered(facts: &Facts<'_, '_>, element: &Element<'_>, sink: &mut Sink) {
    let rule = "lc-dates-ordered";
    let keys = &element.keys;
    let what = name(element);
    let announced = keys.deprecated_at.and_then(|at| at.date);
    let sunset = keys.sunset.and_then(|at| at.date);
    if let (Some(at), Some(end), Some(from)) = (&keys.sunset, sunset, announced)
        && end < from
    {
        let message = format!("{what} ends on {end}, before its end is announced on {from}");
        sink.add(finding(rule, at.place.location(), message));
    }
    let written = keys.stability.is_some_and(|place| matches!(place.text(), "deprecated" | "sunset" | "retired"));
    let planned = announced.is_some_and(|date| facts.as_of.is_some_and(|today| date > today));
    if !keys.deprecated && !written && !planned {
        if let Some(at) = keys.sunset.filter(|at| at.date.is_some() && element.kind != ElementKind::Api) {
            let message =
                format!("{what} has a last day but is not marked `deprecated: true`, so tools do not show it");
            sink.add(finding(rule, at.place.location(), message));
        } else if let Some(at) = keys.deprecated_at.filter(|at| at.date.is_some()) {
            let message = format!("the end of {what} is announced, but it is not marked `deprecated: true`");
            sink.add(finding(rule, at.place.location(), message));
        }
    }
    for (first, aliases) in [
        (
            keys.sunset,
            [
                &["x-deprecation", "retirementDate"][..],
                &["x-ms-deprecation", "removalDate"],
                &["x-deprecated-sunset"],
                &["sunsetDate"],
            ],
        ),
        (
            keys.deprecated_at,
            [&["x-deprecation", "deprecationDate"][..], &["deprecationDate"], &["x-ms-deprecation", "date"], &[]],
        ),
    ] {
        let Some(first) = first else { continue };
        let others = aliases.iter().filter(|path| !path.is_empty()).filter_map(|path| element.place.descend(path));
        for other in others.filter(|other| *other != first.place && other.text() != first.place.text()) {
            let message = format!(
                "{what} says `{}` here and `{}` under another key of the same meaning",
                crate::text::escape::shortened(other.text(), 40),
                crate::text::escape::shortened(first.place.text(), 40)
            );
            sink.add(finding(rule, other.location(), message).label(first.place.location(), "the other one"));
        }
    }
    if let (Some(end), Some(by)) = (sunset, keys.replaced_by)
        && let Replacement::Operation(target) = replacement(element, by)
        && let Some(at) = target.place.get("x-effective-date")
        && let Some(begins) = parse_date(at.text())
        && begins > end
    {
        let message = format!("{what} ends on {end}, but `{}` replaces it only from {begins}", target.label());
        sink.add(finding(rule, by.location(), message).label(at.location(), "begins here"));
    }
}

fn has_sunset(facts: &Facts<'_, '_>, element: &Element<'_>, sink: &mut Sink) {
    if !element.keys.deprecated {
        return;
    }
    let own = element.keys.sunset.map(|at| at.place);
    let at = element.keys.deprecated_place.unwrap_or(element.place);
    match own {
        Some(place) if place.text().eq_ignore_ascii_case("none") => {
            if element.place.get("x-sunset-reason").is_none() {
                let message =
                    format!("{} is deprecated for good (`none`), but `x-sunset-reason` is missing", name(element));
                sink.add(milder(Severity::Warn, "lc-deprecated-has-sunset", place.location(), message));
            }
        }
        Some(_) => {}
        // What ends with the operation or version around it needs no date of its own.
        None if element.inherited(&[&["x-sunset"], &["x-deprecation", "retirementDate"]]).is_some() => {}
        None => {
            let message = format!("{} is deprecated, but nobody can tell when it ends", name(element));
            let severity = by_audience(facts.audience(element));
            sink.add(milder(severity, "lc-deprecated-has-sunset", at.location(), message));
        }
    }
}

fn proximity(facts: &Facts<'_, '_>, element: &Element<'_>, sink: &mut Sink) {
    let (Some(today), Some(at)) = (facts.as_of, element.keys.sunset) else { return };
    let Some(end) = at.date else { return };
    let left = days_between(today, end);
    let limits = &facts.policy.sunset;
    let what = name(element);
    let (severity, message) = if left < 0 {
        let late = left < -i64::from(limits.grace_days);
        let severity = if late { Severity::Error } else { Severity::Warn };
        (severity, format!("{what} is still here although its last day was {end}, {} days ago", -left))
    } else if left <= i64::from(limits.warn_days) {
        (Severity::Warn, format!("{what} ends on {end}, in {left} days"))
    } else if left <= i64::from(limits.info_days) {
        (Severity::Info, format!("{what} ends on {end}, in {left} days"))
    } else {
        return;
    };
    sink.add(milder(severity, "lc-sunset-proximity", at.place.location(), message));
}

fn notice(facts: &Facts<'_, '_>, element: &Element<'_>, sink: &mut Sink) {
    let (Some(from), Some(at)) = (element.keys.deprecated_at.and_then(|at| at.date), element.keys.sunset) else {
        return;
    };
    let Some(end) = at.date else { return };
    let audience = facts.audience(element);
    let owed = facts.policy.notice(audience, element.kind, element.level().unwrap_or(Stability::Stable));
    let given = days_between(from, end);
    if given < 0 || given >= i64::from(owed.days) {
        return;
    }
    if facts.policy.emergency.covers(element.place, facts.api.info(), end) {
        return;
    }
    let message = format!(
        "{} gets {given} days of notice (announced {from}, last day {end}), but {} clients are owed {}",
        name(element),
        audience.name(),
        owed.days
    );
    let mut found = finding("lc-notice-period", at.place.location(), message);
    found.policy = Some(format!("lifecycle.{}", owed.line));
    sink.add(found);
}
