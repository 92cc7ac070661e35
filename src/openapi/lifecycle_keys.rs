//! What a contract says about the life of one of its elements, as data: `deprecated`, sunset dates, stability.
//!
//! Reads the keys of an operation, parameter, property, tag or `info`, with the aliases that publishers use instead.
//! It judges nothing. The comparison and the lifecycle floor both stand on it.

use crate::workspace::Place;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A date as written, and what it says.
#[derive(Clone, Copy, Debug)]
pub struct Dated<'w> {
    /// The value in the contract.
    pub place: Place<'w>,
    /// The day, where the text is a full date or an RFC 3339 date-time (its date part).
    pub date: Option<Date>,
}

/// How settled an element is. Ordered: `Draft < Alpha < Beta < Stable`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stability {
    /// An idea; may vanish.
    Draft,
    /// Early; may change without notice.
    Alpha,
    /// Nearly settled.
    Beta,
    /// Settled. What says nothing is stable.
    Stable,
}

impl Stability {
    /// Reads a level; other common words for the four levels are understood.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        Some(match text.as_str() {
            "draft" | "development" | "planned" => Stability::Draft,
            "alpha" | "experimental" => Stability::Alpha,
            "beta" | "preview" => Stability::Beta,
            "stable" | "ga" | "general-availability" => Stability::Stable,
            _ => return None,
        })
    }

    /// The name used in contracts and configuration.
    pub fn name(self) -> &'static str {
        match self {
            Stability::Draft => "draft",
            Stability::Alpha => "alpha",
            Stability::Beta => "beta",
            Stability::Stable => "stable",
        }
    }
}

/// The life keys of one element.
#[derive(Clone, Copy, Debug, Default)]
pub struct LifecycleKeys<'w> {
    /// `deprecated: true`, or an extension object that says so.
    pub deprecated: bool,
    /// Where `deprecated` is written.
    pub deprecated_place: Option<Place<'w>>,
    /// When the deprecation was announced.
    pub deprecated_at: Option<Dated<'w>>,
    /// The last day of service.
    pub sunset: Option<Dated<'w>>,
    /// The level as written; `None` when the element says nothing.
    pub stability: Option<Place<'w>>,
    /// What replaces it.
    pub replaced_by: Option<Place<'w>>,
}

/// A full date, or the date part of an RFC 3339 date-time.
pub fn parse_date(text: &str) -> Option<Date> {
    let (day, rest) = text.split_at_checked(10)?;
    let whole = rest.is_empty() || (rest.len() >= 6 && rest.starts_with(['T', 't', ' ']));
    if whole { day.parse().ok() } else { None }
}

fn first<'w>(place: Place<'w>, keys: &[&[&str]]) -> Option<Place<'w>> {
    keys.iter().find_map(|path| place.descend(path))
}

/// Whether a key may be one of those that [`LifecycleKeys::read`] looks for.
fn may_tell_life(name: &str) -> bool {
    name.starts_with("x-") || matches!(name, "deprecated" | "deprecationDate" | "sunsetDate" | "replacementOperationId")
}

fn dated(place: Place<'_>) -> Dated<'_> {
    Dated { place, date: parse_date(place.text()) }
}

impl<'w> LifecycleKeys<'w> {
    /// The keys of `place`, the canonical key before its aliases.
    pub fn read(place: Place<'w>) -> Self {
        // Most elements say nothing, and a contract has many of them.
        if !place.members().any(|member| may_tell_life(member.name)) {
            return LifecycleKeys::default();
        }
        let deprecated_place = place.get("deprecated");
        let object = first(place, &[&["x-deprecation"], &["x-ms-deprecation"]]);
        // Objects without a `deprecated` field in their version use an extension of the same meaning.
        let flag = first(place, &[&["deprecated"], &["x-deprecated"], &["x-oai-deprecated"]]);
        let deprecated = flag.and_then(Place::as_bool).unwrap_or(object.is_some_and(Place::is_map));
        let at = first(
            place,
            &[
                &["x-deprecated-at"],
                &["x-deprecation", "deprecationDate"],
                &["deprecationDate"],
                &["x-ms-deprecation", "date"],
            ],
        );
        let sunset = first(
            place,
            &[
                &["x-sunset"],
                &["x-deprecation", "retirementDate"],
                &["x-ms-deprecation", "removalDate"],
                &["x-deprecated-sunset"],
                &["sunsetDate"],
            ],
        );
        let stability = first(place, &[&["x-stability-level"], &["x-stability"], &["x-release-status"]])
            .or_else(|| first(place, &[&["x-beta"], &["x-ms-preview"]]).filter(|flag| flag.as_bool() == Some(true)));
        let replaced_by =
            first(place, &[&["x-replaced-by"], &["x-deprecation", "replacedBy"], &["replacementOperationId"]]);
        LifecycleKeys {
            deprecated,
            deprecated_place,
            deprecated_at: at.map(dated),
            sunset: sunset.map(dated),
            stability,
            replaced_by,
        }
    }

    /// The keys of one value under `x-enum-lifecycle`, which are written without `x-`.
    pub fn read_enum_value(place: Place<'w>) -> Self {
        let deprecated_at = first(place, &[&["deprecated_at"], &["x-deprecated-at"]]);
        let sunset = first(place, &[&["sunset"], &["x-sunset"]]);
        LifecycleKeys {
            deprecated: place.get_bool("deprecated").unwrap_or(deprecated_at.is_some() || sunset.is_some()),
            deprecated_place: place.get("deprecated"),
            deprecated_at: deprecated_at.map(dated),
            sunset: sunset.map(dated),
            stability: first(place, &[&["stability"], &["x-stability-level"]]),
            replaced_by: first(place, &[&["replaced_by"], &["x-replaced-by"]]),
        }
    }

    /// Whether the element says nothing about its life.
    pub fn is_blank(&self) -> bool {
        !self.deprecated
            && self.deprecated_at.is_none()
            && self.sunset.is_none()
            && self.stability.is_none()
            && self.replaced_by.is_none()
    }

    /// The level; stable when nothing is said, `None` when the word is unknown.
    pub fn level(&self) -> Option<Stability> {
        match self.stability {
            None => Some(Stability::Stable),
            Some(flag) if flag.as_bool() == Some(true) => Some(Stability::Beta),
            Some(place) => Stability::parse(place.as_str()?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Workspace;

    #[test]
    fn dates_are_read_with_and_without_a_time() {
        for (text, good) in [
            ("2027-01-15", true),
            ("2027-01-15T00:00:00Z", true),
            ("2027-13-15", false),
            ("15 January 2027", false),
            ("TBD", false),
            ("2027-01-15x", false),
        ] {
            assert_eq!(parse_date(text).is_some(), good, "{text}");
        }
    }

    #[test]
    fn aliases_are_read_like_the_canonical_keys() {
        let workspace = Workspace::from_text(
            "a.yaml",
            "a: {deprecated: true, x-sunset: 2027-01-15, x-stability-level: beta}\n\
             b: {x-deprecation: {retirementDate: 2027-01-15}, x-beta: true}\nc: {}\n",
        );
        let read = |name| LifecycleKeys::read(workspace.root().get(name).unwrap());
        for name in ["a", "b"] {
            let keys = read(name);
            assert!(keys.deprecated);
            assert_eq!(keys.sunset.unwrap().date, parse_date("2027-01-15"));
            assert_eq!(keys.level(), Some(Stability::Beta));
        }
        assert!(!read("c").deprecated);
        assert_eq!(read("c").level(), Some(Stability::Stable));
    }
}
