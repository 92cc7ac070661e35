//! Rulesets: which rules run, how severe each is, in the format of Spectral.
//!
//! Takes a ruleset file or the name of a built-in one; gives a [`Ruleset`] whose functions are compiled, or diagnostics
//! that say what is wrong with it and where.

mod aliases;
mod built_in;
mod define;
mod field;
mod formats;
mod glob;
mod identity;
mod load;
mod merge;
mod overrides;
mod print;
mod shape;

pub(super) use formats::{FormatList, Registered};

pub use formats::Formats;
pub use print::to_spectral;

#[cfg(feature = "js")]
pub(super) use built_in::built_in_oas;
pub(super) use overrides::severity_at;

use super::functions::Function;
use super::js::Functions;
use crate::diagnostic::{Diagnostic, Severity};
use crate::files::Fence;
use aliases::Aliases;
use indexmap::IndexMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A loaded ruleset.
#[derive(Clone, Debug, Default)]
pub struct Ruleset {
    pub(super) rules: IndexMap<String, Rule>,
    /// Things in the ruleset that work, but not as their author may think.
    pub notices: Vec<Diagnostic>,
    /// Formats that the ruleset speaks of.
    pub(super) formats: Registered,
    pub(super) overrides: Vec<overrides::Override>,
    pub(super) folder: PathBuf,
    /// Severity of duplicate keys; `None` is off.
    pub(super) duplicate_keys: Option<Severity>,
    /// Severity of keys that YAML does not read as text; `None`: not told.
    pub(super) incompatible_values: Option<Severity>,
    /// Whether a built-in ruleset about other documents was left out.
    leaves_out: bool,
    loaded: Option<Arc<load::File>>,
    /// The files that its overrides may name.
    fence: Option<Fence>,
    functions: Functions,
}

/// One rule of a ruleset.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) definition: Arc<serde_json::Map<String, serde_json::Value>>,
    /// `None`: it may run, and tells nothing.
    pub(super) severity: Option<Severity>,
    pub(super) enabled: bool,
    pub(super) recommended: bool,
    pub(super) description: Option<String>,
    pub(super) message: Option<String>,
    pub(super) url: Option<String>,
    pub(super) formats: Option<FormatList>,
    pub(super) resolved: bool,
    pub(super) given: Vec<String>,
    pub(super) then: Vec<Then>,
    pub(super) aliases: Arc<Aliases>,
    /// Whether functions of the built-in rules may be named.
    pub(super) private: bool,
    /// Severity by glob of the file and pointer.
    pub(super) by_pointer: Vec<overrides::ByPointer>,
}

impl Rule {
    /// Whether the rule can tell anything.
    pub(super) fn runs(&self) -> bool {
        self.enabled && (self.severity.is_some() || !self.by_pointer.is_empty())
    }
}

/// One check of a rule.
#[derive(Clone, Debug)]
pub(super) struct Then {
    pub(super) field: Option<Field>,
    pub(super) function: Function,
}

/// What of a target is checked.
#[derive(Clone, Debug)]
pub(super) enum Field {
    /// Every key.
    Keys,
    /// What a path expression selects.
    Query(super::path::Query),
    /// The value at a path: as it is written, and its parts.
    Path { whole: String, parts: Vec<String> },
}

/// The path expressions that one of a rule stands for in a document of these formats.
pub(super) fn aliases_of(rule: &Rule, path: &str, formats: Formats) -> Vec<String> {
    aliases::expand(&rule.aliases, path, Some(formats)).unwrap_or_default()
}

impl Ruleset {
    /// An empty ruleset, for which faults of the text are errors.
    fn strict() -> Self {
        let severity = Some(Severity::Error);
        Ruleset { duplicate_keys: severity, incompatible_values: severity, ..Ruleset::default() }
    }

    /// Sets how severe faults of the text are, as `parserOptions` says.
    fn set_parser_options(&mut self, options: Option<&serde_json::Value>) {
        let level = |name: &str| {
            let level = options.and_then(|options| options.get(name)).and_then(merge::severity);
            level.unwrap_or(Some(Severity::Error))
        };
        (self.duplicate_keys, self.incompatible_values) = (level("duplicateKeys"), level("incompatibleValues"));
    }

    /// Loads a ruleset by name: `spectral:oas`, `covenant:<profile or pack>`, or a file. `folder` is where relative
    /// names start. The files that it names must lie in the repository around it.
    ///
    /// # Errors
    /// Everything that is wrong with it, each at its place.
    pub fn load(name: &str, folder: &Path) -> Result<Self, Vec<Diagnostic>> {
        let file = folder.join(name);
        let fence = Fence::around(if file.is_file() { &file } else { folder });
        load::load(name, folder, fence)
    }

    /// As [`Self::load`], of files that `fence` holds.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn load_within(name: &str, folder: &Path, fence: &Fence) -> Result<Self, Vec<Diagnostic>> {
        load::load(name, folder, fence.clone())
    }

    /// A ruleset from its text, as if it stood in `file`.
    ///
    /// # Errors
    /// As [`Ruleset::load`].
    pub fn from_text(file: &Path, text: &str) -> Result<Self, Vec<Diagnostic>> {
        load::from_text(file, text)
    }

    /// Rule pages made of `given` and `then`, with their severities.
    pub fn of_pages(pages: &[(&super::Page, Severity)]) -> Self {
        let wanted = |page: &super::Page| pages.iter().any(|(known, _)| known.id == page.id);
        let mut ruleset = built_in::built_in("pages", wanted).unwrap_or_default();
        for (page, severity) in pages {
            if let Some(rule) = ruleset.rules.get_mut(page.id) {
                rule.enabled = true;
                rule.severity = Some(*severity);
            }
        }
        ruleset
    }

    /// The names of the rules that run.
    pub fn enabled(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().filter(|(_, rule)| rule.runs()).map(|(name, _)| name.as_str())
    }

    /// The names of all rules.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.rules.keys().map(String::as_str)
    }

    /// What the ruleset says about its rules: name and description.
    pub fn descriptions(&self) -> impl Iterator<Item = (&str, &str)> {
        self.rules.iter().filter_map(|(name, rule)| Some((name.as_str(), rule.description.as_deref()?)))
    }

    /// Leaves one rule running and no other. `false` when there is no such rule.
    pub fn only(&mut self, name: &str) -> bool {
        self.rules.iter_mut().for_each(|(known, rule)| rule.enabled = known == name);
        self.rules.contains_key(name)
    }

    /// The ruleset as it is for one document: overrides whose globs fit its path are applied.
    ///
    /// # Errors
    /// What is wrong with an override.
    pub fn for_document(&self, path: &Path) -> Result<Self, Vec<Diagnostic>> {
        overrides::apply(self, path)
    }
}

#[cfg(test)]
mod tests;
