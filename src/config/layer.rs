//! What a configuration says of layers: which it extends, and what it is called itself; and the profiles that it brings.

use super::{Config, RuleLevel};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The layers that a configuration extends: one, or a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(from = "OneOrMore")]
pub struct Extends(pub Vec<String>);

#[derive(Deserialize)]
#[serde(untagged, expecting = "a file, a folder or `package:NAME`, or a list of them")]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl From<OneOrMore> for Extends {
    fn from(read: OneOrMore) -> Self {
        match read {
            OneOrMore::One(name) => Extends(vec![name]),
            OneOrMore::More(names) => Extends(names),
        }
    }
}

/// What a layer is called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct LayerAbout {
    /// Its name, for people.
    pub name: Option<String>,
    /// Its version, where no package has one.
    pub version: Option<String>,
}

/// A profile made of others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, expecting = "a mapping with `extends` and `rules`")]
pub struct OwnProfile {
    /// The profiles that it is made of, as `profile` names them; `recommended` when absent.
    pub extends: Option<String>,
    /// Severities that it sets.
    pub rules: BTreeMap<String, RuleLevel>,
}

/// How deep profiles may be made of each other.
const DEEPEST: usize = 8;

impl Config {
    /// Resolves profiles of our own: gives the names of Covenant's profiles that they are made of, and the severities that they
    /// set; `rules` of the configuration stand above these.
    ///
    /// # Errors
    /// A sentence when a profile is made of itself.
    pub fn resolved(&self, names: &str) -> Result<(String, BTreeMap<String, RuleLevel>), String> {
        let mut levels = BTreeMap::new();
        let names = self.resolve(names, 0, &mut levels)?;
        levels.extend(self.rules.clone());
        Ok((names, levels))
    }

    /// Resolves the profile of the configuration as its profiles alone have it, without `rules`.
    ///
    /// # Errors
    /// As [`Self::resolved`].
    pub fn resolved_profile(&self) -> Result<(String, BTreeMap<String, RuleLevel>), String> {
        let mut levels = BTreeMap::new();
        let names = self.resolve(self.profile.as_deref().unwrap_or("recommended"), 0, &mut levels)?;
        Ok((names, levels))
    }

    fn resolve(&self, names: &str, depth: usize, levels: &mut BTreeMap<String, RuleLevel>) -> Result<String, String> {
        if depth > DEEPEST {
            return Err(format!("the profile `{names}` is made of itself, or of more than {DEEPEST} others"));
        }
        let mut out = Vec::new();
        for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            match self.profiles.get(name) {
                Some(own) => {
                    out.push(self.resolve(own.extends.as_deref().unwrap_or("recommended"), depth + 1, levels)?);
                    levels.extend(own.rules.clone());
                }
                None => out.push(name.to_owned()),
            }
        }
        Ok(out.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_of_our_own_are_made_of_others() {
        let text = "profiles:\n  bank: {extends: 'strict,gdpr@2026.11', rules: {a-b: error, c-d: off}}\n  card: {extends: bank, rules: {c-d: hint}}\n  loop: {extends: loop}\nrules: {a-b: warning}\n";
        let config: Config = serde_yaml::from_str(text).unwrap();
        let (names, levels) = config.resolved("card,dora").unwrap();
        assert_eq!(
            (names.as_str(), levels["a-b"], levels["c-d"]),
            ("strict,gdpr@2026.11,dora", RuleLevel::Warn, RuleLevel::Hint)
        );
        assert!(config.resolved("loop").unwrap_err().contains("itself"));
        assert_eq!(config.resolved("strict").unwrap().0, "strict");
    }

    #[test]
    fn one_layer_needs_no_list() {
        let read = |text: &str| serde_yaml::from_str::<Config>(text).map(|config| config.extends.0);
        assert_eq!(read("extends: a.yaml").unwrap(), ["a.yaml"]);
        assert_eq!(read("extends: [a.yaml, package:b]").unwrap().len(), 2);
        assert!(read("extends: {a: b}").is_err());
    }
}
