//! What takes over: it must exist, live longer, and be reachable; and clients need a guide to it.

use super::{Facts, Sink, finding, milder, name};
use crate::diagnostic::Severity;
use crate::openapi::{Audience, Element, ElementKind, LifecycleKeys, Operation, Replacement, replacement};
use crate::workspace::Place;

const RULE: &str = "lc-replacement-resolves";

pub(super) fn check(facts: &Facts<'_, '_>, sink: &mut Sink) {
    for element in facts.elements.iter().filter(|element| element.keys.deprecated) {
        match element.keys.replaced_by {
            Some(at) => resolves(facts, element, at, sink),
            None => missing(element, sink),
        }
        guide(facts, element, sink);
    }
}

fn missing(element: &Element<'_>, sink: &mut Sink) {
    let named = matches!(element.kind, ElementKind::Operation | ElementKind::Webhook);
    let planned = element.keys.sunset.is_some() || element.keys.deprecated_at.is_some();
    let around = element.operation.is_some_and(|operation| {
        operation.place != element.place && LifecycleKeys::read(operation.place).replaced_by.is_some()
    });
    if (named || planned) && !around && element.kind != ElementKind::Api {
        let at = element.keys.deprecated_place.unwrap_or(element.place);
        let message = format!("{} is deprecated, but nothing says what to use instead", name(element));
        sink.add(milder(Severity::Warn, RULE, at.location(), message));
    }
}

fn resolves(facts: &Facts<'_, '_>, element: &Element<'_>, at: Place<'_>, sink: &mut Sink) {
    let shown = crate::text::escape::shortened(&crate::text::escape::line(at.text()), 80);
    let what = name(element);
    let target = match replacement(element, at) {
        Replacement::External => return,
        Replacement::None => {
            let reasons = ["x-replaced-by-reason", "x-deprecated-reason", "x-sunset-reason"];
            if !reasons.iter().any(|key| element.place.get(key).is_some()) {
                let message = format!("nothing replaces {what}, but no reason is given");
                sink.add(milder(Severity::Warn, RULE, at.location(), message));
            }
            return;
        }
        Replacement::Missing => {
            let message = format!("`{shown}` is to replace {what}, but there is nothing of that name");
            sink.add(finding(RULE, at.location(), message));
            return;
        }
        Replacement::Operation(operation) => (operation.place, Some(*operation)),
        Replacement::Place(place) => (place, None),
    };
    let (place, operation) = target;
    let keys = LifecycleKeys::read(place);
    let mut say =
        |message: String| sink.add(finding(RULE, at.location(), message).label(place.location(), "the replacement"));
    if place == element.place || circle(element, operation) {
        say(format!("{what} is replaced by itself, over `{shown}`"));
        return;
    }
    if keys.deprecated {
        say(format!("`{shown}` replaces {what}, but is deprecated itself"));
    }
    let (ends, own) = (keys.sunset.and_then(|at| at.date), element.keys.sunset.and_then(|at| at.date));
    if let (Some(ends), Some(own)) = (ends, own)
        && ends <= own
    {
        say(format!("`{shown}` replaces {what}, but ends on {ends}, not after {own}"));
    }
    if let (Some(level), Some(old)) = (keys.level(), element.level())
        && keys.stability.is_some()
        && level < old
    {
        say(format!("`{shown}` replaces {what}, which is {}, but is only {}", old.name(), level.name()));
    }
    let narrow = Audience::declared(place);
    if narrow.is_some_and(|narrow| narrow < facts.audience(element)) {
        say(format!("`{shown}` replaces {what}, but not everyone who uses that may use it"));
    }
}

/// Whether following the replacements of operations comes back to this element.
fn circle<'w>(element: &Element<'w>, first: Option<Operation<'w>>) -> bool {
    let mut at = first;
    for _ in 0..16 {
        let Some(operation) = at else { return false };
        if operation.place == element.place {
            return true;
        }
        let keys = LifecycleKeys::read(operation.place);
        let Some(next) = keys.replaced_by else { return false };
        let here = Element { place: operation.place, operation: Some(operation), keys, ..element.clone() };
        at = match replacement(&here, next) {
            Replacement::Operation(operation) => Some(*operation),
            _ => None,
        };
    }
    true
}

fn guide(facts: &Facts<'_, '_>, element: &Element<'_>, sink: &mut Sink) {
    let rule = "lc-migration-guide";
    let external = element.audience().is_some_and(|audience| audience > Audience::Internal);
    if !external || !matches!(element.kind, ElementKind::Operation | ElementKind::Webhook | ElementKind::SecurityScheme)
    {
        return;
    }
    let docs = element.place.get("externalDocs").and_then(|docs| docs.get("url"));
    let Some(at) = element.guide().or(docs) else {
        let at = element.keys.deprecated_place.unwrap_or(element.place);
        let message = format!(
            "{} is deprecated for {} clients without a migration guide",
            name(element),
            facts.audience(element).name()
        );
        sink.add(milder(Severity::Warn, rule, at.location(), message));
        return;
    };
    let url = at.text();
    let rest = url.strip_prefix("https://").unwrap_or_default();
    let shown = crate::text::escape::shortened(&crate::text::escape::line(url), 80);
    if rest.is_empty() {
        let message = format!("the migration guide `{shown}` is not an `https` address");
        sink.add(milder(Severity::Warn, rule, at.location(), message));
    } else if rest.split_once('/').is_none_or(|(_, path)| path.is_empty()) {
        let message = format!("`{shown}` is the front page of a site, not a migration guide");
        sink.add(milder(Severity::Warn, rule, at.location(), message));
    }
}
