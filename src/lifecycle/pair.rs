//! Rules over two versions of a contract: what was promised in the base must hold in the revision.
//!
//! Takes both contracts, the changes between them, the policy and the day; gives findings of the rules
//! `lc-removed-before-sunset`, `lc-sunset-moved`, `lc-stability-transition`, `lc-regulatory-notice`,
//! `lc-error-contract-changed`, `lc-consent-scope-changed`, from `service` `lc-service-level-weakened`, from
//! `identifiers` `lc-identifier-format-changed`, and those of `protection`.

use super::{identifiers, protection, service};
use crate::diagnostic::{Assurance, Category, Diagnostic, Impact, Severity, finish};
use crate::openapi::{Api, Audience, Element, ElementKind, Operation, elements, parse_date};
use crate::promise::{Policy, State, days_between, state_of};
use crate::workspace::Place;
use jiff::civil::Date;
use rustc_hash::FxHashMap;

/// The findings of the lifecycle rules over a pair, sorted, with fingerprints.
pub fn pair_findings(
    base: Api<'_>,
    revision: Api<'_>,
    changes: &[Diagnostic],
    policy: &Policy,
    as_of: Date,
) -> Vec<Diagnostic> {
    let (old, new) = (elements(base), elements(revision));
    let mut after: FxHashMap<(ElementKind, &str), &Element<'_>> = FxHashMap::default();
    for element in &new {
        after.insert((element.kind, &element.label), element);
    }
    let mut out = Vec::new();
    for element in &old {
        let next = after.remove(&(element.kind, element.label.as_str()));
        match next {
            Some(next) => {
                out.extend(moved(element, Some(next), next.place));
                out.extend(transition(element.kind, &element.label, Some(element), Some(next), next.place, as_of));
            }
            None => match counterpart(element, revision) {
                Some(place) => {
                    out.extend(moved(element, None, place));
                    out.extend(transition(element.kind, &element.label, Some(element), None, place, as_of));
                }
                None => out.extend(removed(element, as_of)),
            },
        }
    }
    // What has keys only now was stable before, if it was there.
    let mut fresh: Vec<&Element<'_>> = after.into_values().collect();
    fresh.sort_by_key(|element| element.place.id());
    for element in fresh.into_iter().filter(|element| counterpart(element, base).is_some()) {
        out.extend(transition(element.kind, &element.label, None, Some(element), element.place, as_of));
    }
    out.extend(regulated(revision, changes, policy));
    out.extend(service::weakened(base, revision, policy));
    out.extend(protection::weakened(base, revision));
    errors(base, revision, &mut out);
    identifiers::changed(revision, changes, &mut out);
    if policy.min_notice_days.regulated_interface_floor > 0 {
        scopes(base, revision, &mut out);
    }
    finish(&mut out);
    out
}

/// The place in `other` of what `element` is, whether or not it has life keys there.
fn counterpart<'w>(element: &Element<'_>, other: Api<'w>) -> Option<Place<'w>> {
    let same = |operation: &Operation<'_>| operation.label() == element.label;
    match element.kind {
        ElementKind::Operation | ElementKind::Webhook => {
            other.all_operations().into_iter().find(|operation| same(operation)).map(|operation| operation.place)
        }
        ElementKind::Parameter => {
            let name = element.place.get_str("name")?;
            let label = element.operation.map(|operation| operation.label());
            let operations = other.all_operations().into_iter();
            let mut among =
                operations.filter(|operation| label.as_ref().is_none_or(|label| operation.label() == *label));
            among.find_map(|operation| {
                let found = operation.all_parameters().into_iter().find(|parameter| {
                    parameter.name == name && parameter.place.get_str("in") == element.place.get_str("in")
                });
                found.map(|parameter| parameter.place)
            })
        }
        ElementKind::Tag => {
            let name = element.place.get_str("name")?;
            other.tags().into_iter().find(|(tag, _)| *tag == name).map(|(_, place)| place)
        }
        ElementKind::EnumValue => {
            let path = element.place.path();
            let [schema @ .., _, value] = path.as_slice() else { return None };
            let tokens: Vec<&str> = schema.iter().map(String::as_str).collect();
            other.root().descend(&tokens)?.get("enum")?.elements().find(|known| known.text() == value)
        }
        _ => {
            let path = element.place.path();
            let tokens: Vec<&str> = path.iter().map(String::as_str).collect();
            other.root().descend(&tokens)
        }
    }
}

fn finding(
    rule: &'static str,
    severity: Severity,
    message: String,
    at: Place<'_>,
    before: Option<Place<'_>>,
) -> Diagnostic {
    let mut out = Diagnostic::new(rule, severity, message, at.location());
    out.base_location = before.map(Place::location);
    out
}

fn with_operation(mut diagnostic: Diagnostic, element: &Element<'_>) -> Diagnostic {
    diagnostic.operations = element.operation.iter().map(Operation::label).collect();
    diagnostic
}

/// The announced element is gone: its last day must have passed.
fn removed(element: &Element<'_>, as_of: Date) -> Option<Diagnostic> {
    let keys = &element.keys;
    if !keys.deprecated && keys.sunset.is_none() {
        return None;
    }
    let label = &element.label;
    let message = match keys.sunset.and_then(|at| at.date) {
        Some(end) if end < as_of => return None,
        Some(end) => {
            format!(
                "`{label}` was promised until {end}, but removed on {as_of}, {} days early",
                days_between(as_of, end) + 1
            )
        }
        None => format!("`{label}` was deprecated without a last day and is gone; clients could not know when"),
    };
    let at = keys.sunset.map_or(element.place, |at| at.place);
    let mut out = finding("lc-removed-before-sunset", Severity::Error, message, at, Some(at));
    out.help = Some("keep it until the announced day has passed, or announce the day first".to_owned());
    Some(with_operation(out, element))
}

/// The last day moved.
fn moved(old: &Element<'_>, new: Option<&Element<'_>>, place: Place<'_>) -> Option<Diagnostic> {
    let before = old.keys.sunset?;
    let was = before.date?;
    let now = new.and_then(|element| element.keys.sunset);
    let still = new.is_some_and(|element| element.keys.deprecated);
    let label = &old.label;
    let (severity, message) = match now.and_then(|at| at.date) {
        Some(date) if date < was => {
            let days = days_between(date, was);
            (
                Severity::Error,
                format!("the last day of `{label}` moved from {was} to {date}, {days} days earlier than promised"),
            )
        }
        Some(date) if date > was => {
            let days = days_between(was, date);
            (
                Severity::Info,
                format!(
                    "the last day of `{label}` moved from {was} to {date}, {days} days later; tell those who were told"
                ),
            )
        }
        Some(_) => return None,
        None if still => {
            (Severity::Error, format!("`{label}` is still deprecated, but its last day {was} was deleted"))
        }
        // Taking the whole announcement back is a transition of states.
        None => return None,
    };
    let at = now.map_or(place, |at| at.place);
    let mut out = finding("lc-sunset-moved", severity, message, at, Some(before.place));
    if severity == Severity::Error {
        out.help = Some("a promise can be extended, not shortened: restore the day or move it later".to_owned());
    }
    Some(with_operation(out, old))
}

fn transition(
    kind: ElementKind,
    label: &str,
    old: Option<&Element<'_>>,
    new: Option<&Element<'_>>,
    place: Place<'_>,
    as_of: Date,
) -> Option<Diagnostic> {
    let from = old.map_or(State::Stable, |element| state_of(element, as_of));
    let to = new.map_or(State::Stable, |element| state_of(element, as_of));
    let date_alone = to == State::Sunset && from == State::Stable;
    if from.may_become(to) || date_alone {
        return None;
    }
    let record = place.get("x-reinstated");
    if record.is_some_and(|record| record.get("reason").is_some() && record.get("approver").is_some()) {
        return None;
    }
    let what = if kind == ElementKind::Api { "this API".to_owned() } else { format!("`{label}`") };
    let message = format!("{what} went from {} back to {}, without a reason", from.name(), to.name());
    let mut out = finding("lc-stability-transition", Severity::Error, message, place, old.map(|element| element.place));
    out.help = Some("write `x-reinstated` with `reason` and `approver`, or keep the state".to_owned());
    Some(out)
}

/// A change of a regulated interface carries its dates, or its emergency.
fn regulated(revision: Api<'_>, changes: &[Diagnostic], policy: &Policy) -> Option<Diagnostic> {
    let floor = policy.min_notice_days.regulated_interface_floor;
    let technical = |change: &&Diagnostic| change.category != Some(Category::Docs);
    let count = changes.iter().filter(technical).count();
    if floor == 0 || count == 0 {
        return None;
    }
    let rule = "lc-regulatory-notice";
    let info = revision.info()?;
    let policy_line = format!("lifecycle.min-notice-days.regulated-interface-floor: {floor}");
    let say = |message: String, at: Place<'_>| {
        let mut out = finding(rule, Severity::Error, message, at, None);
        out.policy = Some(policy_line.clone());
        Some(out)
    };
    let Some(record) = info.get("x-change") else {
        return say(
            format!("the technical specification changed ({count} changes), but `info.x-change` gives no dates"),
            info,
        );
    };
    let date = |key: &str| record.get(key).map(Place::text).and_then(parse_date);
    let (Some(published), Some(effective)) = (date("published"), date("effective")) else {
        return say("`x-change` needs real dates `published` and `effective`".to_owned(), record);
    };
    let lead = days_between(published, effective);
    if lead >= i64::from(floor) {
        return None;
    }
    let kind = record.get_str("kind").unwrap_or_default();
    if !policy.emergency.allows(kind) {
        return say(
            format!("the change takes effect {lead} days after it was published, but {floor} are owed"),
            record,
        );
    }
    let fault = policy.emergency.fault(record, Some(effective), &[])?;
    say(format!("the emergency change ({kind}) {fault}"), record)
}

/// Error answers that clients handle were exchanged for others.
fn errors(base: Api<'_>, revision: Api<'_>, out: &mut Vec<Diagnostic>) {
    let rule = "lc-error-contract-changed";
    let after: FxHashMap<String, Operation<'_>> =
        revision.all_operations().into_iter().map(|operation| (operation.label(), operation)).collect();
    for old in base.all_operations() {
        let label = old.label();
        let Some(new) = after.get(&label) else { continue };
        let (before, now) = (old.responses(), new.responses());
        let gone: Vec<_> = before
            .iter()
            .filter(|response| response.key.is_error() && !now.iter().any(|other| other.key.covers(response.key)))
            .collect();
        let fresh: Vec<_> = now
            .iter()
            .filter(|response| response.key.is_error() && !before.iter().any(|other| other.key.covers(response.key)))
            .collect();
        if let (Some(first), false) = (fresh.first(), gone.is_empty()) {
            let list = |all: &[&crate::openapi::Response<'_>]| {
                all.iter().map(|response| format!("`{}`", response.status)).collect::<Vec<_>>().join(", ")
            };
            let message = format!("`{label}` answers errors with {} instead of {}", list(&fresh), list(&gone));
            let mut found = finding(rule, Severity::Warn, message, first.at, Some(gone[0].at));
            found.operations = vec![label.clone()];
            out.push(found);
        }
        for response in before.iter().filter(|response| response.key.is_error()) {
            let Some(next) = now.iter().find(|other| other.key == response.key) else { continue };
            let has = |response: &crate::openapi::Response<'_>, name: &str| {
                response.media_types().iter().any(|media| media.name.eq_ignore_ascii_case(name))
            };
            let (plain, problem) = ("application/json", "application/problem+json");
            if has(response, plain) && !has(next, plain) && has(next, problem) && !has(response, problem) {
                let message =
                    format!("`{label}` sends its `{}` errors as `{problem}` instead of `{plain}`", response.status);
                let mut found = finding(rule, Severity::Warn, message, next.at, Some(response.at));
                found.operations = vec![label.clone()];
                out.push(found);
            }
        }
    }
}

/// Scopes that consents were given for are gone or mean something else.
fn scopes(base: Api<'_>, revision: Api<'_>, out: &mut Vec<Diagnostic>) {
    let migration = revision.info().and_then(|info| info.get("x-consent-migration"));
    if migration.is_some_and(|plan| plan.get("strategy").is_some() && plan.get("re_consent").is_some()) {
        return;
    }
    let listed = |api| -> Vec<(String, String, Place<'_>)> {
        let api: Api<'_> = api;
        let mut all = Vec::new();
        for scheme in api.security_schemes() {
            for (_, flow) in scheme.flows() {
                for scope in flow.get("scopes").into_iter().flat_map(Place::members) {
                    all.push((format!("{}/{}", scheme.name, scope.name), scope.value.text().to_owned(), scope.value));
                }
            }
        }
        all
    };
    let new = listed(revision);
    let mut told: Vec<String> = Vec::new();
    for (name, meaning, place) in listed(base) {
        if told.contains(&name) {
            continue;
        }
        let shown = crate::text::escape::shortened(name.rsplit('/').next().unwrap_or(&name), 80);
        let (severity, message, at) = match new.iter().find(|(other, _, _)| *other == name) {
            None => (
                Severity::Error,
                format!("the scope `{shown}` is gone; consents that name it lose their meaning"),
                place,
            ),
            Some((_, text, at)) if *text != meaning => (
                Severity::Warn,
                format!("the scope `{shown}` is described differently; consents given before may not cover it"),
                *at,
            ),
            Some(_) => continue,
        };
        told.push(name);
        let mut found = finding("lc-consent-scope-changed", severity, message, at, Some(place));
        found.assurance = vec![Assurance::Consent];
        found.impact = if severity == Severity::Error { Impact::Breaking } else { Impact::Risky };
        found.help = Some(
            "describe the way of existing consents in `info.x-consent-migration` (`strategy`, `re_consent`)".to_owned(),
        );
        out.push(found);
    }
}

/// The audience of the whole contract.
pub(super) fn audience(api: Api<'_>, policy: &Policy) -> Audience {
    api.info().and_then(Audience::declared).unwrap_or(policy.default_audience)
}
