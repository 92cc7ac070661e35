//! Stability levels: known words, no contradictions, nothing unripe before outsiders.

use super::{Facts, Sink, finding, name, values_under};
use crate::openapi::{
    Audience, Element, ElementKind, LifecycleKeys, ReleaseVersion, Stability, VersionScheme, parse_date,
};
use crate::promise::{State, days_between};
use crate::workspace::Place;

pub(super) fn check(facts: &Facts<'_, '_>, sink: &mut Sink) {
    known(facts, sink);
    for element in &facts.elements {
        contradictions(element, sink);
        unripe(facts, element, sink);
    }
}

fn known(facts: &Facts<'_, '_>, sink: &mut Sink) {
    for (key, place) in values_under(facts.api, &["x-stability-level", "x-stability"]) {
        let scalar = !place.is_map() && !place.is_seq();
        if scalar && place.as_str().and_then(State::parse).is_none() {
            let shown = crate::text::escape::shortened(&crate::text::escape::line(place.text()), 60);
            let message = format!(
                "`{key}` is `{shown}`; it must be `draft`, `alpha`, `beta`, `stable`, `deprecated`, `sunset` or `retired`"
            );
            sink.add(finding("lc-stability-valid", place.location(), message));
        }
    }
}

fn contradictions(element: &Element<'_>, sink: &mut Sink) {
    let Some(at) = element.keys.stability else { return };
    let Some(state) = at.as_str().and_then(State::parse) else { return };
    let what = name(element);
    let mut say = |message: String| sink.add(finding("lc-stability-valid", at.location(), message));
    if element.keys.deprecated && state < State::Stable {
        say(format!(
            "{what} is `{}` and deprecated at once: what was never stable is withdrawn, not deprecated",
            state.name()
        ));
    }
    if matches!(state, State::Deprecated | State::Sunset)
        && !element.keys.deprecated
        && element.kind != ElementKind::Api
    {
        say(format!("{what} is `{}`, but not marked `deprecated: true`, so tools do not show it", state.name()));
    }
    if element.kind == ElementKind::Api && state == State::Stable {
        let text = element.api.info_version();
        let version = ReleaseVersion::parse(text, VersionScheme::Semver, None).ok();
        if version.is_some_and(|version| version.major() == 0 || version.is_prerelease()) {
            say(format!(
                "this API is `stable`, but its version `{}` says that it is not",
                crate::text::escape::shortened(text, 40)
            ));
        }
    }
}

fn unripe(facts: &Facts<'_, '_>, element: &Element<'_>, sink: &mut Sink) {
    let rule = "lc-unstable-in-external-contract";
    let Some(audience) = element.audience().filter(|audience| *audience > Audience::Internal) else { return };
    let Some(at) = element.keys.stability else { return };
    let what = name(element);
    let level = element.keys.level();
    let whole = facts.api.info().map(LifecycleKeys::read).and_then(|keys| keys.stability.and(keys.level()));
    match level {
        Some(Stability::Draft | Stability::Alpha) if element.kind != ElementKind::Api => {
            let level = level.map_or("", Stability::name);
            let message = format!("{what} is {level}, but {} clients can see it", audience.name());
            sink.add(finding(rule, at.location(), message));
        }
        Some(Stability::Beta) => {
            let preview = whole == Some(Stability::Beta);
            if !preview && element.inherited(&[&["x-beta-terms"]]).is_none() {
                let message = format!(
                    "{what} is beta for {} clients, but `x-beta-terms` does not say on what terms",
                    audience.name()
                );
                sink.add(finding(rule, at.location(), message));
            }
            let since = element.inherited(&[&["x-beta-since"]]).map(Place::text).and_then(parse_date);
            if let (Some(since), Some(today)) = (since, facts.as_of)
                && days_between(since, today) > i64::from(facts.policy.beta_max_days)
                && element.keys.sunset.is_none()
            {
                let message = format!(
                    "{what} has been beta since {since}, {} days, with no end in sight",
                    days_between(since, today)
                );
                let mut found = finding(rule, at.location(), message);
                found.policy = Some(format!("lifecycle.beta-max-days: {}", facts.policy.beta_max_days));
                sink.add(found);
            }
        }
        _ => {}
    }
}
