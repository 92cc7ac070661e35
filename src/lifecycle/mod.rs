//! When something of a contract begins and ends, and whether clients were told in time.
//!
//! Takes an [`crate::openapi::Api`], a [`Policy`] and the day to judge at; gives a [`Timeline`], its documents, and
//! findings. Stands on `diff` and everything below. It reads no clock: `as_of` is always given.
//!
//! What to call, in the order of a command:
//! - [`Policy::from_value`] with `config.lifecycle`;
//! - [`timeline`] for one contract, [`Timeline::merge`] with the one kept from before ([`Timeline::from_json`]),
//!   [`Timeline::for_audience`] to leave out what is internal;
//! - [`broken_promises`] for the days that passed, moved or came too soon, [`timeline_findings`] for the rules over
//!   versions, [`pair_findings`] for those over base and revision;
//! - [`Format::find`] and [`render`] to write one or many timelines in any format.

mod build;
mod identifiers;
mod kept;
mod over_time;
mod pair;
mod protection;
pub(crate) mod render;
mod service;
mod timeline;

pub use crate::promise::{PROFILES, Policy, State, days_between};
pub use build::{timeline, timeline_named};
pub use kept::broken_promises;
pub use over_time::timeline_findings;
pub use pair::pair_findings;
pub use render::{Format, render};
pub use timeline::{
    ApiHead, ElementName, Entry, Milestone, MilestoneKind, Moved, Notice, SCHEMA, Source, Status, Successor, Timeline,
    VersionRow,
};

/// The rule about last days that moved.
pub const SUNSET_MOVED: &str = "lc-sunset-moved";
/// The rule about removals before the announced day.
pub const REMOVED_BEFORE_SUNSET: &str = "lc-removed-before-sunset";

#[cfg(test)]
mod pair_tests;
