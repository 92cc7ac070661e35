//! Versions of the profiles, `rules/versions/<version>.yaml`: which rules each had, and how severe they were. `strict@2026.11`
//! goes on running those of November 2026, so that an update of the tool brings no new failures.
//!
//! The rules as they are now have the version [`CURRENT`]; its file is written when it is released
//! (`cargo run --example freeze`), and nothing of it changes afterwards.

use super::page::{Page, pages};
use super::profile::profile;
use super::select::{Selection, severity_in};
use crate::diagnostic::Severity;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The version of the rules as they are now.
pub const CURRENT: &str = "2026.12";

/// `(version, JSON)` of every version that was released, oldest first; written by `build.rs`.
static TEXTS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rule_versions.rs"));

/// Severities by rule and profile.
type Frozen = BTreeMap<String, BTreeMap<String, Severity>>;

static FROZEN: LazyLock<Vec<(&'static str, Frozen)>> = LazyLock::new(|| {
    let read = |&(name, text): &(&'static str, &'static str)| {
        let frozen = serde_json::from_str(text);
        (name, frozen.unwrap_or_else(|fault| unreachable!("rules/versions/{name}.yaml, compiled in: {fault}")))
    };
    TEXTS.iter().map(read).collect()
});

/// A profile as an argument or a configuration names it: `strict`, or `strict@2026.11`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProfileName<'n> {
    /// The profile.
    pub name: &'n str,
    /// The version of it; absent: as it is now.
    pub version: Option<&'n str>,
}

impl<'n> ProfileName<'n> {
    /// Reads a list of names separated by commas.
    pub fn list(names: &'n str) -> impl Iterator<Item = Self> {
        names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(|name| match name.split_once('@') {
            Some((name, version)) => ProfileName { name, version: Some(version) },
            None => ProfileName { name, version: None },
        })
    }

    /// Finds the rules of this version of the profile.
    ///
    /// # Errors
    /// A sentence when there is no such profile or version.
    pub fn find(self) -> Result<Chosen<'n>, String> {
        let known = Selection::profiles();
        if !known.contains(self.name) {
            let names: Vec<_> = known.into_iter().collect();
            return Err(format!("there is no profile `{}`; known profiles: {}", self.name, names.join(", ")));
        }
        let Some(version) = self.version.filter(|version| *version != CURRENT) else {
            return Ok(Chosen { name: self.name, frozen: None });
        };
        let frozen = FROZEN.iter().find(|(name, _)| *name == version);
        let Some((_, frozen)) = frozen else {
            return Err(format!(
                "there is no version `{version}` of the profiles; known versions: {}",
                versions().join(", ")
            ));
        };
        if !frozen.values().any(|profiles| profiles.contains_key(self.name)) {
            return Err(format!("the profile `{}` did not exist in version `{version}`", self.name));
        }
        Ok(Chosen { name: self.name, frozen: Some(frozen) })
    }
}

/// A profile in one of its versions.
#[derive(Clone, Copy, Debug)]
pub struct Chosen<'n> {
    /// The name without the version.
    pub name: &'n str,
    /// Its rules then; absent: as they are now.
    frozen: Option<&'static Frozen>,
}

impl Chosen<'_> {
    /// Returns the severity of a rule in it, if the rule runs.
    pub fn severity(self, page: &Page) -> Option<Severity> {
        match self.frozen {
            None => severity_in(page, self.name),
            Some(frozen) => frozen.get(page.id)?.get(self.name).copied(),
        }
    }

    /// Returns whether it runs without `recommended`.
    pub fn is_alone(self) -> bool {
        profile(self.name).is_some_and(|profile| profile.alone)
    }
}

/// Lists the versions that profiles can be asked for in, oldest first.
pub fn versions() -> Vec<&'static str> {
    let released = FROZEN.iter().map(|(name, _)| *name).filter(|name| *name != CURRENT);
    released.chain([CURRENT]).collect()
}

/// Writes the rules as they are now as the file of a version.
pub fn freeze() -> String {
    let mut out = String::from(
        "# Which rules each profile had in this version, and how severe they were. Written by `cargo run --example freeze`; never\n\
         # edited afterwards.\n",
    );
    for page in pages() {
        let in_profile = |name: &&'static str| Some(format!("{name}: {}", severity_in(page, name)?));
        let severities: Vec<String> = Selection::profiles().iter().filter_map(in_profile).collect();
        if !severities.is_empty() {
            out.push_str(&format!("{}: {{{}}}\n", page.id, severities.join(", ")));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_reads_and_the_current_one_is_the_newest() {
        assert!(!FROZEN.is_empty());
        assert!(FROZEN.iter().all(|(name, frozen)| *name <= CURRENT && !frozen.is_empty()));
        assert_eq!(versions().last(), Some(&CURRENT));
    }

    #[test]
    fn a_version_that_was_released_does_not_change() {
        if let Some((_, released)) = FROZEN.iter().find(|(name, _)| *name == CURRENT) {
            let now: Frozen = serde_yaml::from_str(&freeze()).unwrap();
            assert_eq!(released, &now, "{CURRENT} is released: give `CURRENT` the next version");
        }
        let now: Frozen = serde_yaml::from_str(&freeze()).unwrap();
        assert!(now["sec-server-https-only"].contains_key("recommended"));
    }

    #[test]
    fn names_are_read_with_their_versions() {
        let list: Vec<_> = ProfileName::list(" strict@2026.11, gdpr,").collect();
        let named = |name, version| ProfileName { name, version };
        assert_eq!(list, [named("strict", Some("2026.11")), named("gdpr", None)]);
        assert!(named("strict", Some("2026.11")).find().is_ok() && named("strict", Some(CURRENT)).find().is_ok());
        let unknown = named("strict", Some("2031.01")).find().unwrap_err();
        assert!(unknown.ends_with(&format!("known versions: 2026.11, {CURRENT}")), "{unknown}");
        assert!(named("nothing", None).find().unwrap_err().contains("known profiles: "));
    }
}
