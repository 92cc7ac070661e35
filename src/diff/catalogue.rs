//! The change catalogue: every change id with its page, compiled in from `rules/changes`.

use super::change::{ChangeId, Event, Subject};
use super::effect::Effect;
use crate::diagnostic::{Assurance, Category};
use std::borrow::Cow;
use std::str::FromStr;

/// One page of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// What it explains.
    pub change: ChangeId,
    /// The change id.
    pub id: &'static str,
    /// What it is about: `request-property`, `security`, …
    pub subject: &'static str,
    /// The weakest promise that it can break.
    pub category: &'static str,
    /// `request`, `response` or `none`.
    pub direction: &'static str,
    /// The assurances it touches, separated by commas.
    pub assurance: &'static str,
    /// The message, with `{where}`, `{name}`, `{old}` and `{new}`; `{one|many}` agrees with how many names there are.
    pub message: &'static str,
    /// The whole page.
    pub text: &'static str,
}

impl Page {
    #[allow(clippy::too_many_arguments, reason = "called by the generated table alone")]
    const fn new(
        change: ChangeId,
        id: &'static str,
        subject: &'static str,
        category: &'static str,
        direction: &'static str,
        assurance: &'static str,
        message: &'static str,
        text: &'static str,
    ) -> Self {
        Page { change, id, subject, category, direction, assurance, message, text }
    }

    /// The category; pages without one are documentation.
    pub fn category(&self) -> Category {
        match self.category {
            "wire" => Category::Wire,
            "contract" => Category::Contract,
            "sdk" => Category::Sdk,
            _ => Category::Docs,
        }
    }

    /// The effect, where the event fixes it.
    pub fn effect(&self) -> Option<Effect> {
        self.change.event.effect()
    }

    /// Returns whether such a change takes protection away, unless the edit knows better: it fails the run until it is
    /// waived, whatever clients notice.
    pub fn weakens(&self) -> bool {
        let front = self.text.split("\n---\n").next().unwrap_or_default();
        front.lines().any(|line| line == "weakens: true")
    }

    /// The assurances.
    pub fn assurance(&self) -> Vec<Assurance> {
        let parse = |name: &str| match name.trim() {
            "security" => Some(Assurance::Security),
            "privacy" => Some(Assurance::Privacy),
            "service-level" => Some(Assurance::ServiceLevel),
            "consent" => Some(Assurance::Consent),
            _ => None,
        };
        self.assurance.split(',').filter_map(parse).collect()
    }

    /// The text under a heading (`What it means`, `Why it matters`, …), empty when there is none.
    pub fn section(&self, heading: &str) -> &'static str {
        let marker = format!("\n## {heading}\n");
        let Some(start) = self.text.find(&marker) else { return "" };
        let rest = &self.text[start + marker.len()..];
        rest.find("\n## ").map_or(rest, |end| &rest[..end]).trim()
    }

    /// The content of the fenced block under a heading.
    pub fn fenced(&self, heading: &str) -> Option<&'static str> {
        let section = self.section(heading);
        let start = section.find("```")?;
        let body = &section[start..];
        let body = &body[body.find('\n')? + 1..];
        Some(&body[..body.find("```")?])
    }
}

static PAGES: &[Page] = include!(concat!(env!("OUT_DIR"), "/change_pages.rs"));

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
        let number = INDEX[self.event as usize][self.subject as usize];
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
