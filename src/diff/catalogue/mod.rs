//! The change catalogue: an entry for every change id, with the texts that the page of its event has for its subject.
//!
//! `build.rs` checks the pages of `rules/changes` and makes the tables; here they are looked up and put together. `example`
//! puts the snippet of a page into a whole contract.

mod example;
mod oasdiff;

pub use oasdiff::{Foreign, oasdiff};

use super::change::{Bound, ChangeId, Effect, Event, Motion, Role, Subject};
use crate::diagnostic::{Assurance, Category};
use std::borrow::Cow;
use std::str::FromStr;

/// What the snippets of a page are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Snippet {
    /// Whole contracts.
    Whole,
    /// The schema of the subject.
    Schema,
    /// The schema of the object that has the subject as a property.
    Object,
    /// Fields of the subject, beside those it needs.
    Element,
}

/// The entry of one change id.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// What it explains.
    pub change: ChangeId,
    /// The change id.
    pub id: &'static str,
    snippet: Snippet,
    /// Numbers of texts, in the order of the fields in `build/changes.rs`.
    texts: [u16; 12],
}

impl Page {
    const fn new(change: ChangeId, id: &'static str, snippet: Snippet, texts: [u16; 12]) -> Self {
        Page { change, id, snippet, texts }
    }

    fn text(&self, field: usize) -> &'static str {
        TEXTS[usize::from(self.texts[field])]
    }

    /// Returns what it is about: `request-property`, `security`, …
    pub fn subject(&self) -> &'static str {
        self.change.subject.name()
    }

    /// Returns `request`, `response` or `none`.
    pub fn direction(&self) -> &'static str {
        match self.change.subject.role() {
            Role::Request | Role::Parameter => "request",
            Role::Response | Role::Header => "response",
            Role::Contract => "none",
        }
    }

    /// Returns the message, with `{where}`, `{name}`, `{old}` and `{new}`; `{one|many}` agrees with how many names there
    /// are.
    pub fn message(&self) -> &'static str {
        self.text(0)
    }

    /// Returns the weakest promise that it can break.
    pub fn category(&self) -> Category {
        match self.text(1) {
            "default" => Category::Default,
            "contract" => Category::Contract,
            "sdk" => Category::Sdk,
            _ => Category::Docs,
        }
    }

    /// Returns the assurances it touches.
    pub fn assurance(&self) -> Vec<Assurance> {
        let parse = |name: &str| match name {
            "security" => Some(Assurance::Security),
            "privacy" => Some(Assurance::Privacy),
            "service-level" => Some(Assurance::ServiceLevel),
            "consent" => Some(Assurance::Consent),
            _ => None,
        };
        self.text(2).split(", ").filter_map(parse).collect()
    }

    /// Returns whether such a change takes protection away, unless the edit knows better: it fails the run until it is
    /// waived, whatever clients notice.
    pub fn weakens(&self) -> bool {
        self.text(11) == "true"
    }

    /// Returns the options that its example needs, as `as_of=2026-01-01 notice_days=90`.
    pub fn options(&self) -> &'static str {
        self.text(3)
    }

    /// Returns the effect, where the event fixes it.
    pub fn effect(&self) -> Option<Effect> {
        self.change.event.effect()
    }

    /// Returns what it means.
    pub fn meaning(&self) -> String {
        let noun = self.change.subject.noun();
        let mut letters = noun.chars();
        let capital: String =
            letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect();
        self.text(5).replace("{subject}", noun).replace("{Subject}", &capital)
    }

    /// Returns why it matters.
    pub fn reason(&self) -> String {
        self.text(6).replace("{detail}", self.text(4))
    }

    /// Returns how the provider can avoid or soften it; `None` where nothing needs to be done.
    pub fn author(&self) -> Option<&'static str> {
        Some(self.text(7)).filter(|text| !text.is_empty())
    }

    /// Returns what a client must do to keep working; `None` where nothing needs to be done.
    pub fn client(&self) -> Option<&'static str> {
        Some(self.text(8)).filter(|text| !text.is_empty())
    }

    /// Returns the example as it was.
    pub fn base(&self) -> String {
        example::document(self.change.subject, self.snippet, self.text(9))
    }

    /// Returns the example as it became.
    pub fn revision(&self) -> String {
        example::document(self.change.subject, self.snippet, self.text(10))
    }
}

static PAGES: &[Page] = include!(concat!(env!("OUT_DIR"), "/change_pages.rs"));

/// Every text once.
static TEXTS: &[&str] = include!(concat!(env!("OUT_DIR"), "/change_texts.rs"));

/// Keywords of schemas whose change as a whole is an event, as the pages name them.
pub(super) static KEYWORDS: &[(&str, Event)] = include!(concat!(env!("OUT_DIR"), "/change_keywords.rs"));

/// Where in `PAGES` the page of each pair of event and subject stands, from 1.
static INDEX: [[u16; Subject::ALL.len()]; Event::ALL.len()] = include!(concat!(env!("OUT_DIR"), "/change_index.rs"));

/// All pages, sorted by id.
pub fn pages() -> &'static [Page] {
    PAGES
}

/// The page of a change id.
pub fn page(id: &str) -> Option<&'static Page> {
    PAGES.binary_search_by(|page| page.id.cmp(id)).ok().map(|at| &PAGES[at])
}

impl ChangeId {
    /// Returns its page; `None` for an event that cannot happen to the subject.
    pub fn page(self) -> Option<&'static Page> {
        let number = INDEX[self.event.index()][self.subject as usize];
        PAGES.get(usize::from(number).checked_sub(1)?)
    }

    /// Returns the id as findings carry it.
    pub fn name(self) -> Cow<'static, str> {
        self.page().map_or_else(|| self.to_string().into(), |page| page.id.into())
    }
}

/// The text is no id of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the id of a change")]
pub struct UnknownChange;

impl FromStr for ChangeId {
    type Err = UnknownChange;

    fn from_str(text: &str) -> Result<Self, UnknownChange> {
        page(text).map(|page| page.change).ok_or(UnknownChange)
    }
}
