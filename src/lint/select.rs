//! Which rules run, and how severe each is: profile, then configuration.

use super::page::{Page, pages};
use crate::config::RuleLevel;
use crate::diagnostic::Severity;
use crate::promise::Policy;
use std::collections::{BTreeMap, BTreeSet};

/// A rule that runs.
#[derive(Clone, Copy, Debug)]
pub struct Active {
    /// Its page.
    pub page: &'static Page,
    /// Its severity here.
    pub severity: Severity,
}

/// The rules of a run.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Sorted by id.
    pub rules: Vec<Active>,
    /// What was promised about notice and versions; lifecycle rules judge by it.
    pub policy: Policy,
}

impl Selection {
    /// The rules of a profile, with the severities that the configuration sets. A rule named there runs even when the
    /// profile leaves it out.
    ///
    /// # Errors
    /// A sentence when no rule knows the profile, or a name in `levels` is no rule of ours; the latter names the
    /// nearest one.
    pub fn of_profile(profile: &str, levels: &BTreeMap<String, RuleLevel>) -> Result<Self, String> {
        let known = Selection::profiles();
        if !known.contains(profile) {
            let names: Vec<_> = known.into_iter().collect();
            return Err(format!("there is no profile `{profile}`; known profiles: {}", names.join(", ")));
        }
        let rules = pages().iter().filter_map(|page| {
            let severity = match levels.get(page.id) {
                Some(level) => level.severity(),
                None => page.severity_in(profile),
            };
            severity.map(|severity| Active { page, severity })
        });
        Ok(Selection { rules: rules.collect(), policy: Policy::default() })
    }

    /// One rule alone, as in its own examples.
    pub fn only(page: &'static Page) -> Self {
        Selection { rules: vec![Active { page, severity: page.severity }], policy: Policy::default() }
    }

    /// The names of all profiles.
    pub fn profiles() -> BTreeSet<&'static str> {
        let named = pages().iter().flat_map(|page| page.profiles.iter().map(String::as_str));
        named.chain(["recommended", "strict"]).collect()
    }
}
