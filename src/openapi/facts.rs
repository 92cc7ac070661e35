//! What a contract says of itself that policy and reports ask for: whose it is, for whom, and how much depends on it.

use super::{Api, Audience};
use crate::text::secret;
use crate::workspace::Place;
use serde::{Deserialize, Serialize};

/// What a contract says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The path of the contract, as reports name it.
    pub file: String,
    /// Its title.
    #[serde(default)]
    pub title: String,
    /// Its version.
    #[serde(default)]
    pub version: String,
    /// The team that owns it: `x-owner`, else `info.contact.name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Whom it is for: `internal`, `partner` or `public`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// How much depends on it: `x-criticality`, or its `tier`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criticality: Option<String>,
    /// The class of its data: `x-data-classification`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_class: Option<String>,
}

/// Characters of a fact.
const LONGEST: usize = 200;

impl Facts {
    /// Reads what a contract says of itself, in `info` or at its top.
    pub fn of(api: Api<'_>) -> Self {
        let places: Vec<Place<'_>> = [api.info(), Some(api.root())].into_iter().flatten().collect();
        let said = |read: &dyn Fn(Place<'_>) -> Option<String>| places.iter().find_map(|place| read(*place));
        let text = |key: &'static str| move |place: Place<'_>| place.get_str(key).map(kept);
        let owner = said(&text("x-owner"))
            .or_else(|| api.info()?.get("contact")?.get_str("name").map(kept))
            .filter(|owner| !owner.trim().is_empty());
        let criticality = said(&|place| {
            let found = place.get("x-criticality")?;
            found.as_str().or_else(|| found.get_str("tier")).map(kept)
        });
        let audience = places.iter().filter_map(|place| Audience::declared(*place)).min();
        Facts {
            file: api.root().location().path().to_owned(),
            title: kept(api.title()),
            version: kept(api.info_version()),
            owner,
            audience: audience.map(|audience| audience.name().to_owned()),
            criticality,
            data_class: said(&text("x-data-classification")),
        }
    }
}

/// A text as reports may hold it: short, and without secrets.
fn kept(text: &str) -> String {
    secret::mask(text).chars().take(LONGEST).collect()
}
