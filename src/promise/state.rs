//! The states of an element and the steps between them.

use crate::openapi::{Element, LifecycleKeys, Stability};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Where an element stands in its life. In the order of life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Written, not offered.
    Draft,
    /// Offered to pilots; may change any time.
    Alpha,
    /// Offered under beta terms.
    Beta,
    /// Promised.
    Stable,
    /// Its end is announced.
    Deprecated,
    /// Its last day has passed.
    Sunset,
    /// Gone.
    Retired,
}

impl State {
    /// The name used in contracts and timelines.
    pub fn name(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Alpha => "alpha",
            State::Beta => "beta",
            State::Stable => "stable",
            State::Deprecated => "deprecated",
            State::Sunset => "sunset",
            State::Retired => "retired",
        }
    }

    /// Reads a value of `x-stability-level`: the levels and the three states after them.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text.to_ascii_lowercase().as_str() {
            "deprecated" => State::Deprecated,
            "sunset" => State::Sunset,
            "retired" => State::Retired,
            other => match Stability::parse(other)? {
                Stability::Draft => State::Draft,
                Stability::Alpha => State::Alpha,
                Stability::Beta => State::Beta,
                Stability::Stable => State::Stable,
            },
        })
    }

    /// Whether going from `self` to `next` needs no reason. Staying is always allowed.
    pub fn may_become(self, next: State) -> bool {
        match (self, next) {
            (from, to) if from == to => true,
            (State::Retired, _) => false,
            // Whatever ends is announced first; what was never promised may go at once.
            (State::Draft | State::Alpha, State::Retired) => true,
            (State::Stable, State::Sunset | State::Retired) => false,
            (from, to) => to > from,
        }
    }
}

/// The state of an element on `as_of`.
pub fn state_of(element: &Element<'_>, as_of: Date) -> State {
    state(&element.keys, element.level().unwrap_or(Stability::Stable), as_of)
}

/// The state that `keys` describe on `as_of`, for an element of this level.
pub fn state(keys: &LifecycleKeys<'_>, level: Stability, as_of: Date) -> State {
    let written = keys.stability.and_then(|place| State::parse(place.text()));
    if let Some(state @ (State::Sunset | State::Retired)) = written {
        return state;
    }
    let announced = keys.deprecated || written == Some(State::Deprecated);
    let from = keys.deprecated_at.as_ref().and_then(|dated| dated.date);
    let sunset = keys.sunset.as_ref().and_then(|dated| dated.date);
    if announced || from.is_some() {
        if sunset.is_some_and(|last| last < as_of) {
            return State::Sunset;
        }
        // An announcement in the future is a plan.
        if from.is_none_or(|day| day <= as_of) {
            return State::Deprecated;
        }
    }
    match level {
        Stability::Draft => State::Draft,
        Stability::Alpha => State::Alpha,
        Stability::Beta => State::Beta,
        Stability::Stable => State::Stable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::{Api, elements};
    use crate::workspace::Workspace;
    use jiff::civil::date;

    #[test]
    fn the_state_follows_from_flags_and_dates() {
        for (keys, expected) in [
            ("deprecated: true", State::Deprecated),
            ("deprecated: true, x-sunset: 2027-01-01", State::Deprecated),
            ("deprecated: true, x-sunset: 2026-11-24", State::Sunset),
            ("deprecated: true, x-sunset: 2026-11-25", State::Deprecated),
            ("x-deprecated-at: 2027-01-01", State::Stable),
            ("x-stability-level: beta", State::Beta),
            ("x-stability-level: retired", State::Retired),
            ("x-beta: true", State::Beta),
            ("deprecated: true, x-sunset: 2026-02-30", State::Deprecated),
        ] {
            let text =
                format!("openapi: 3.0.0\ninfo: {{title: T, version: '1'}}\npaths: {{/a: {{get: {{{keys}}}}}}}\n");
            let workspace = Workspace::from_text("a.yaml", &text);
            let found = elements(Api::open(&workspace).unwrap());
            assert_eq!(state_of(&found[0], date(2026, 11, 25)), expected, "{keys}");
        }
    }

    #[test]
    fn steps_back_need_a_reason() {
        assert!(State::Beta.may_become(State::Stable) && State::Alpha.may_become(State::Retired));
        assert!(State::Draft.may_become(State::Stable) && State::Deprecated.may_become(State::Retired));
        assert!(!State::Stable.may_become(State::Beta) && !State::Deprecated.may_become(State::Stable));
        assert!(!State::Retired.may_become(State::Stable) && !State::Stable.may_become(State::Retired));
    }
}
