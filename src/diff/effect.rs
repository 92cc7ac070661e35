//! What an edit does to the set of messages a contract allows, and what follows for clients (severity is derived, not
//! listed).

pub(super) use super::change::Effect;
use crate::diagnostic::Impact;

/// Who sends what is described. Callbacks and webhooks turn it round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Polarity {
    /// The client sends it, the server must go on accepting.
    ToServer,
    /// The server sends it, the client must go on understanding.
    ToClient,
}

impl Polarity {
    /// The other one.
    pub fn inverted(self) -> Self {
        match self {
            Polarity::ToServer => Polarity::ToClient,
            Polarity::ToClient => Polarity::ToServer,
        }
    }
}

impl Effect {
    /// The effect on the whole when the part stands under a negation.
    pub fn negated(self) -> Self {
        match self {
            Effect::Widens => Effect::Narrows,
            Effect::Narrows => Effect::Widens,
            other => other,
        }
    }

    /// Both effects at once.
    pub fn and(self, other: Effect) -> Self {
        match (self, other) {
            (Effect::None, effect) | (effect, Effect::None) => effect,
            (a, b) if a == b => a,
            (Effect::Unknown, _) | (_, Effect::Unknown) => Effect::Unknown,
            _ => Effect::Incomparable,
        }
    }

    /// The effect of a comparison of two ordered limits: `allowed` grows with the limit when `upper`.
    #[allow(clippy::float_cmp, reason = "limits are equal or they are not")]
    pub fn of_limit(old: Option<f64>, new: Option<f64>, upper: bool) -> Self {
        let grows = match (old, new) {
            (None, None) => return Effect::None,
            (Some(_), None) => return Effect::Widens,
            (None, Some(_)) => return Effect::Narrows,
            (Some(old), Some(new)) if old == new => return Effect::None,
            (Some(old), Some(new)) => new > old,
        };
        if grows == upper { Effect::Widens } else { Effect::Narrows }
    }

    /// What clients feel.
    pub fn impact(self, polarity: Polarity) -> Impact {
        match (self, polarity) {
            (Effect::None, _) => Impact::Compatible,
            (Effect::Widens, Polarity::ToServer) | (Effect::Narrows, Polarity::ToClient) => Impact::Compatible,
            (Effect::Unknown, _) => Impact::Risky,
            _ => Impact::Breaking,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_may_grow_and_responses_may_shrink() {
        assert_eq!(Effect::Widens.impact(Polarity::ToServer), Impact::Compatible);
        assert_eq!(Effect::Widens.impact(Polarity::ToClient), Impact::Breaking);
        assert_eq!(Effect::Narrows.impact(Polarity::ToServer), Impact::Breaking);
        assert_eq!(Effect::Narrows.impact(Polarity::ToClient), Impact::Compatible);
    }

    #[test]
    fn limits_widen_upwards_or_downwards() {
        assert_eq!(Effect::of_limit(Some(5.0), Some(9.0), true), Effect::Widens);
        assert_eq!(Effect::of_limit(Some(5.0), Some(9.0), false), Effect::Narrows);
        assert_eq!(Effect::of_limit(None, Some(9.0), true), Effect::Narrows);
        assert_eq!(Effect::of_limit(Some(9.0), None, false), Effect::Widens);
    }
}
