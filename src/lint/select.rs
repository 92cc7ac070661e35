//! Which rules run, and how severe each is: profile, then configuration.

use super::page::{Page, pages};
use super::profile::{profile, profiles};
use super::versions::{Chosen, ProfileName};
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
    /// Options that the profiles lay over those of the pages, by rule.
    pub options: BTreeMap<&'static str, serde_json::Value>,
    /// What was promised about notice and versions; lifecycle rules judge by it.
    pub policy: Policy,
}

impl Selection {
    /// The rules of one or more profiles (`strict`, `pci-dss@2026.11,gdpr`), with the severities that the configuration sets.
    /// `recommended` runs as well, unless every profile named stands alone, in the newest version that is named where all
    /// have one; of several severities the highest counts. A rule named in `levels` runs even when no profile has it.
    ///
    /// # Errors
    /// A sentence when no rule knows a profile, or there is no such version of it.
    pub fn of_profile(names: &str, levels: &BTreeMap<String, RuleLevel>) -> Result<Self, String> {
        let named: Vec<ProfileName<'_>> = ProfileName::list(names).collect();
        let mut chosen = named.iter().map(|name| name.find()).collect::<Result<Vec<Chosen<'_>>, _>>()?;
        if chosen.is_empty() || !chosen.iter().all(|profile| profile.is_alone()) {
            let all: Option<Vec<&str>> = named.iter().map(|name| name.version).collect();
            let version = all.and_then(|versions| versions.into_iter().max());
            chosen.insert(0, ProfileName { name: "recommended", version }.find()?);
        }
        let rules = pages().iter().filter_map(|page| {
            let severity = match levels.get(page.id) {
                Some(level) => level.severity(),
                None => chosen.iter().filter_map(|profile| profile.severity(page)).max(),
            };
            severity.map(|severity| Active { page, severity })
        });
        let chosen: Vec<&str> = chosen.iter().map(|profile| profile.name).collect();
        let rules: Vec<Active> = rules.collect();
        let options = rules.iter().filter_map(|rule| Some((rule.page.id, options(rule.page, &chosen)?))).collect();
        Ok(Selection { rules, options, policy: Policy::default() })
    }

    /// Returns the rules of this selection that the other does not run.
    #[must_use]
    pub fn without(&self, other: Option<&Selection>) -> Self {
        let runs = |rule: &Active| other.is_some_and(|other| other.rules.iter().any(|own| own.page.id == rule.page.id));
        let rules = self.rules.iter().filter(|rule| !runs(rule)).copied().collect();
        Selection { rules, ..self.clone() }
    }

    /// One rule alone, as in its own examples.
    pub fn only(page: &'static Page) -> Self {
        Selection { rules: vec![Active { page, severity: page.severity }], ..Selection::default() }
    }

    /// Everything that decides what the rules find, as text.
    pub fn identity(&self) -> String {
        let rules: Vec<_> = self.rules.iter().map(|rule| (rule.page.id, rule.severity)).collect();
        let policy = serde_json::to_string(&self.policy).unwrap_or_default();
        let options: Vec<_> = self.options.iter().map(|(rule, options)| (rule, options.to_string())).collect();
        format!("{rules:?} {options:?} {policy}")
    }

    /// The names of all profiles.
    pub fn profiles() -> BTreeSet<&'static str> {
        let named = pages().iter().flat_map(|page| page.profiles.iter().copied());
        named.chain(profiles().iter().map(|profile| profile.name)).collect()
    }
}

/// The severity of a rule in a profile; what the profile's own file sets comes first.
pub(super) fn severity_in(page: &Page, name: &str) -> Option<Severity> {
    let profile = profile(name);
    // Pages without profiles are in all, but not in those that stand for rulesets of others.
    if page.profiles.is_empty() && profile.is_some_and(|profile| profile.alone) {
        return None;
    }
    profile.and_then(|profile| profile.rules.get(page.id)?.severity).or_else(|| page.severity_in(name))
}

/// The options of a page with those of the profiles laid over them, in their order; `None` when no profile sets any.
fn options(page: &Page, chosen: &[&str]) -> Option<serde_json::Value> {
    let set = chosen.iter().filter_map(|name| profile(name)?.rules.get(page.id)).filter(|set| !set.options.is_empty());
    let mut merged = page.options().as_object().cloned().unwrap_or_default();
    let mut any = false;
    for setting in set {
        any = true;
        merged.extend(setting.options.clone());
    }
    any.then(|| merged.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn severity(profiles: &str, rule: &str) -> Option<Severity> {
        let selection = Selection::of_profile(profiles, &BTreeMap::new()).unwrap();
        selection.rules.iter().find(|active| active.page.id == rule).map(|active| active.severity)
    }

    #[test]
    fn of_several_profiles_the_highest_severity_counts() {
        assert_eq!(severity("recommended", "sec-no-http-basic"), Some(Severity::Warn));
        assert_eq!(severity("pci-dss,fapi", "sec-no-http-basic"), Some(Severity::Error));
        assert_eq!(severity("dora", "sec-oauth-no-implicit"), Some(Severity::Error));
        assert_eq!(severity("recommended", "cmp-residency-allowed"), None);
        assert_eq!(severity("fapi@2026.11", "sec-no-http-basic"), Some(Severity::Error));
        assert!(Selection::of_profile("fapi@2020.01", &BTreeMap::new()).is_err());
        assert!(Selection::of_profile("unknown", &BTreeMap::new()).unwrap_err().contains("recommended"));
    }

    #[test]
    fn a_profile_that_stands_for_a_ruleset_of_others_runs_alone() {
        let packs = |names: &str| {
            let selection = Selection::of_profile(names, &BTreeMap::new()).unwrap();
            selection.rules.iter().map(|rule| rule.page.pack).collect::<BTreeSet<_>>()
        };
        assert_eq!(packs("spectral-oas"), BTreeSet::from(["oas"]));
        assert_eq!(packs("spectral-oas,owasp-api-2023"), BTreeSet::from(["oas", "owasp"]));
        assert!(packs("recommended,spectral-oas").is_superset(&BTreeSet::from(["oas", "security"])));
        assert!(packs("").contains("security"));
    }

    #[test]
    fn a_profile_lays_its_options_over_those_of_the_page() {
        let selection = Selection::of_profile("berlin-group", &BTreeMap::new()).unwrap();
        assert_eq!(selection.options["cmp-correlation-id"]["headers"][0], "X-Request-ID");
    }
}
