//! Profiles: named selections of rules with severities and options, `rules/profiles/<name>.yaml`.
//!
//! Which rules a profile has, and how severe they are, stands on their pages; the file says what the profile is for,
//! and what it sets beyond the pages.

use crate::diagnostic::{Category, Severity};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// `(name, JSON)` of every profile, sorted by name; written by `build.rs`.
static TEXTS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/profiles.rs"));

static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
    let read = |&(name, text): &(&'static str, &'static str)| {
        let profile = serde_json::from_str(text);
        Profile {
            name,
            ..profile.unwrap_or_else(|fault| unreachable!("rules/profiles/{name}.yaml, compiled in: {fault}"))
        }
    };
    TEXTS.iter().map(read).collect()
});

/// A profile.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The file name.
    #[serde(skip)]
    pub name: &'static str,
    /// What it is called.
    pub title: String,
    /// Whom it is for and what it asks for.
    pub description: String,
    /// Whether it runs without `recommended`: it stands for a ruleset that users know as it is.
    #[serde(default)]
    pub alone: bool,
    /// The promise that contracts under it keep, where no other is chosen.
    #[serde(default)]
    pub keep: Option<Category>,
    /// What it sets for single rules beyond their pages.
    #[serde(default)]
    pub rules: BTreeMap<String, Setting>,
}

/// What a profile sets for a rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// Its severity; absent: that of the page.
    pub severity: Option<Severity>,
    /// Its options, laid over those of the page.
    #[serde(default)]
    pub options: serde_json::Map<String, serde_json::Value>,
}

/// The profiles that have a file, sorted by name.
pub fn profiles() -> &'static [Profile] {
    &PROFILES
}

/// The profile with this name, where it has a file.
pub fn profile(name: &str) -> Option<&'static Profile> {
    PROFILES.iter().find(|profile| profile.name == name)
}

#[cfg(test)]
mod tests {
    use super::super::page::page;
    use super::*;

    #[test]
    fn every_profile_reads_and_names_rules_that_exist() {
        for profile in profiles() {
            assert!(!profile.title.is_empty() && !profile.description.is_empty(), "{}", profile.name);
            assert!(profile.keep.is_none_or(|keep| keep > Category::Docs), "{}", profile.name);
            for rule in profile.rules.keys() {
                assert!(page(rule).is_some(), "{}: there is no rule `{rule}`", profile.name);
            }
        }
        assert!(TEXTS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
