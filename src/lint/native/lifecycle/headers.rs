//! The headers that tell clients at run time: `Deprecation` (RFC 9745), `Sunset` (RFC 8594), `Link`.

use super::{Facts, Sink, finding, milder, name};
use crate::diagnostic::Severity;
use crate::openapi::{Audience, Element, ElementKind, Header, SchemaRef, StatusKey};
use crate::promise::{State, state_of};
use crate::syntax::Kind;
use crate::workspace::{Place, PlaceId};
use jiff::civil::{Date, Weekday};
use std::collections::BTreeSet;

pub(super) fn check(facts: &Facts<'_, '_>, sink: &mut Sink) {
    let root = facts.api.root();
    let by_gateway = root.get("x-deprecation-headers").or_else(|| facts.api.info()?.get("x-deprecation-headers"));
    for element in &facts.elements {
        if element.kind == ElementKind::Operation && element.keys.deprecated && by_gateway.is_none() {
            documented(facts, element, sink);
        }
    }
    let mut seen: BTreeSet<PlaceId> = BTreeSet::new();
    for operation in facts.api.all_operations() {
        for header in operation.responses().iter().flat_map(crate::openapi::Response::headers) {
            if seen.insert(header.place.id()) {
                syntax(&header, sink);
            }
        }
    }
}

fn documented(facts: &Facts<'_, '_>, element: &Element<'_>, sink: &mut Sink) {
    let rule = "lc-deprecation-headers";
    let Some(operation) = element.operation else { return };
    let responses = operation.responses();
    let at = element.keys.deprecated_place.unwrap_or(element.place);
    let severity = if facts.audience(element) == Audience::Internal { Severity::Hint } else { Severity::Warn };
    if facts.as_of.is_some_and(|today| state_of(element, today) >= State::Sunset) {
        if !responses.iter().any(|response| response.status == "410") {
            let message = format!("{} has ended, but does not document the answer `410 Gone`", name(element));
            sink.add(milder(severity, rule, at.location(), message));
        }
        return;
    }
    let has = |wanted: &str| {
        responses
            .iter()
            .filter(|response| response.is_success() || response.key == StatusKey::Default)
            .any(|response| response.headers().iter().any(|header| header.name.eq_ignore_ascii_case(wanted)))
    };
    let mut wanted = vec!["Deprecation"];
    if element.keys.sunset.is_some_and(|at| at.date.is_some()) {
        wanted.push("Sunset");
    }
    if element.guide().is_some() || element.keys.replaced_by.is_some_and(|by| !by.text().eq_ignore_ascii_case("none")) {
        wanted.push("Link");
    }
    let missing: Vec<String> = wanted.into_iter().filter(|name| !has(name)).map(|name| format!("`{name}`")).collect();
    if !missing.is_empty() && !responses.is_empty() {
        let message =
            format!("{} is deprecated, but its responses do not document {}", name(element), missing.join(", "));
        sink.add(milder(severity, rule, at.location(), message));
    }
}

fn syntax(header: &Header<'_>, sink: &mut Sink) {
    let rule = "lc-deprecation-header-syntax";
    let deprecation = header.name.eq_ignore_ascii_case("deprecation");
    if !deprecation && !header.name.eq_ignore_ascii_case("sunset") {
        return;
    }
    let schema = match header.schema() {
        Some(SchemaRef::At(place) | SchemaRef::Inline(place)) => Some(place.resolved()),
        _ => None,
    };
    let kind = schema.and_then(|schema| schema.get("type"));
    if let Some(kind) = kind.filter(|kind| matches!(kind.as_str(), Some("boolean" | "integer" | "number"))) {
        let message = if deprecation {
            format!("`Deprecation` is a date such as `@1799971200` (RFC 9745), not a {}", kind.text())
        } else {
            format!("`Sunset` is an HTTP date (RFC 8594), not a {}", kind.text())
        };
        sink.add(finding(rule, kind.location(), message));
        return;
    }
    for example in examples(header.place).into_iter().chain(schema.into_iter().flat_map(examples)) {
        let text = example.text();
        let shown = crate::text::escape::shortened(&crate::text::escape::line(text), 60);
        if deprecation {
            let good = text.strip_prefix('@').is_some_and(|seconds| seconds.parse::<i64>().is_ok());
            if !good {
                let message = format!(
                    "`Deprecation: {shown}` is the form of a draft; RFC 9745 wants a date such as `@1799971200`"
                );
                sink.add(finding(rule, example.location(), message));
            }
        } else if let Err(reason) = http_date(text) {
            let message = format!("`Sunset: {shown}` {reason}");
            sink.add(finding(rule, example.location(), message));
        }
    }
}

/// The example values of a header or schema; scalars only.
fn examples(place: Place<'_>) -> Vec<Place<'_>> {
    let named = place.get("examples").into_iter().flat_map(|examples| {
        let values = examples.members().filter_map(|member| member.value.resolved().get("value"));
        values.chain(examples.elements()).collect::<Vec<_>>()
    });
    let all = place.get("example").into_iter().chain(named);
    all.filter(|value| !matches!(value.kind(), Kind::Map | Kind::Seq | Kind::Null)).collect()
}

/// Checks an IMF-fixdate (RFC 9110, section 5.6.7), weekday included.
fn http_date(text: &str) -> Result<(), String> {
    let shape = || "is not an HTTP date such as `Sat, 15 Jan 2028 00:00:00 GMT`".to_owned();
    let words: Vec<&str> = text.split(' ').collect();
    let [weekday, day, month, year, time, "GMT"] = words.as_slice() else { return Err(shape()) };
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = months.iter().position(|name| name == month).ok_or_else(shape)? as i8 + 1;
    if day.len() != 2 || year.len() != 4 || time.len() != 8 {
        return Err(shape());
    }
    let (day, year): (i8, i16) = (day.parse().map_err(|_| shape())?, year.parse().map_err(|_| shape())?);
    let clock: Vec<Option<u8>> = time.split(':').map(|part| part.parse().ok()).collect();
    if !matches!(clock.as_slice(), [Some(0..=23), Some(0..=59), Some(0..=60)]) {
        return Err(shape());
    }
    let date = Date::new(year, month, day).map_err(|_| "is no real date".to_owned())?;
    let real = match date.weekday() {
        Weekday::Monday => "Mon",
        Weekday::Tuesday => "Tue",
        Weekday::Wednesday => "Wed",
        Weekday::Thursday => "Thu",
        Weekday::Friday => "Fri",
        Weekday::Saturday => "Sat",
        Weekday::Sunday => "Sun",
    };
    if weekday.strip_suffix(',') == Some(real) {
        Ok(())
    } else {
        Err(format!("names the wrong weekday; that day is a {real}"))
    }
}
