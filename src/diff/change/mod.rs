//! What a change is: an [`Event`] that happened to a [`Subject`], and the [`ChangeId`] that both make.
//!
//! Takes nothing and stands on nothing: `build.rs` compiles the same files to expand the pages of the catalogue. Everything
//! that depends on what changed asks [`Event`] and [`Subject`]; nothing reads an id as text but the parser of ids.

mod bound;
mod event;
mod events;
pub(crate) mod lists;
mod subject;

pub use bound::{Bound, Edge, Motion};
pub use event::{Action, Effect, Group};
pub use events::Event;
pub use subject::{Role, Subject};

/// The id of a change: what happened to what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChangeId {
    /// What it happened to.
    pub subject: Subject,
    /// What happened.
    pub event: Event,
}

impl ChangeId {
    /// Makes the id of an event that happened to a subject.
    pub const fn new(subject: Subject, event: Event) -> Self {
        ChangeId { subject, event }
    }

    /// Lists all ids, by event and subject.
    pub fn all() -> impl Iterator<Item = Self> {
        Event::ALL.iter().flat_map(|event| event.subjects().map(|subject| ChangeId::new(subject, *event)))
    }
}

impl std::fmt::Display for ChangeId {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A pair that the catalogue does not know still has a name that says what it is.
        let pattern = self.event.pattern(self.subject).unwrap_or("*");
        match pattern.strip_prefix('*') {
            None => out.write_str(pattern),
            Some("") => write!(out, "{}-{:?}", self.subject.name(), self.event),
            Some(rest) => write!(out, "{}{rest}", self.subject.name()),
        }
    }
}

impl From<Event> for ChangeId {
    /// Gives the id of an event that can happen to one subject alone.
    fn from(event: Event) -> Self {
        debug_assert_eq!(event.subjects().count(), 1, "{event:?} needs its subject");
        ChangeId::new(event.subjects().next().unwrap_or(Subject::Document), event)
    }
}
