//! `covenant.yaml`: what a team decides once, for every run.
//!
//! Takes the text of the file; gives [`Config`], plain data that the floors above interpret. It is found upward from
//! the contract. Unknown keys are errors, so that a misspelled key never passes silently. Stands on `diagnostic`.

mod enforce;
mod find;
mod generate;
mod intended;
mod keys;
mod layer;
mod lock;
mod locks;
mod merge;
mod waiver;

pub use enforce::Enforce;
pub use find::{Loaded, find, load};
pub use generate::{Emits, Generate, Words};
pub use intended::{AllowBreaking, AllowBreakingBy, ApprovalPolicy, ByAudience, Role};
#[cfg(test)]
pub(crate) use keys::leaves;
pub use keys::{is_key, names_key, near_key};
pub use layer::{Extends, LayerAbout, OwnProfile};
pub use lock::{LOCK_NAME, LockFile, LockedLayer};
pub use locks::{Catalogue, Lock};
pub use merge::{Merged, Refused, Source, merge, overlap};
pub use waiver::parse as parse_waivers;
pub use waiver::{Placed, Waiver, WaiverLimits};

use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::text::{SourceText, Span, near};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The file names looked for, in this order.
pub const FILE_NAMES: [&str; 3] = ["covenant.yaml", "covenant.yml", ".covenant.yaml"];

/// The content of `covenant.yaml`. Every key may be left out.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case", expecting = "a mapping of settings")]
pub struct Config {
    /// Version of this file's format; 1.
    pub version: Option<u32>,
    /// Layers that this configuration refines, first to last: files, folders with a `covenant.yaml`, `package:NAME`.
    pub extends: Extends,
    /// What this file is called where others extend it.
    pub layer: Option<LayerAbout>,
    /// What those that extend this file leave alone: keys (`fail-on`, `diff.keep`), and ids of rules and changes (`sec-*`).
    pub locked: Vec<String>,
    /// Profiles of our own, by name.
    pub profiles: BTreeMap<String, OwnProfile>,
    /// The contracts of this repository. Commands without file arguments work on these.
    pub apis: Vec<ApiEntry>,
    /// Files that are no contracts of this repository, as globs relative to this file.
    pub exclude: Vec<String>,
    /// Rulesets to run: `covenant:<profile>`, `spectral:oas`, `covenant:owasp`, or files relative to this one.
    pub rulesets: Vec<String>,
    /// The profile of Covenant's own rules: `recommended` when absent.
    pub profile: Option<String>,
    /// Severity per lint rule: `error`, `warn`, `info`, `hint` or `off`.
    pub rules: BTreeMap<String, RuleLevel>,
    /// When findings of a rule fail that the base has as well: `new` (never), `always`, or `from DATE`. Ids may hold `*`.
    pub enforce: BTreeMap<String, Enforce>,
    /// Whether an ignore in a contract counts that the base lacks: `of-base` (no) or `accept`.
    pub inline_ignores: Option<InlineIgnores>,
    /// A run fails at this severity and above; `error` when absent.
    pub fail_on: Option<FailOn>,
    /// Until this day nothing fails: everything is judged and shown as it would be.
    pub observe_until: Option<jiff::civil::Date>,
    /// When breaking changes pass: `never`, `when-version-says-so` or `when-approved`, also by audience; `never` when absent.
    pub allow_breaking: Option<AllowBreakingBy>,
    /// Who may approve breaking changes.
    pub approvals: ApprovalPolicy,
    /// How changes are judged.
    pub diff: DiffConfig,
    /// Notice periods and the rest of the lifecycle policy.
    pub lifecycle: Option<serde_json::Value>,
    /// Findings accepted for a while.
    pub waivers: Vec<Waiver>,
    /// What waivers must not be.
    pub waiver_limits: WaiverLimits,
    /// A file with waivers, relative to this one.
    pub waivers_file: Option<String>,
    /// A file with findings that are known and not counted, relative to this one.
    pub baseline: Option<String>,
    /// No file outside this folder is read, relative to this file.
    pub root: Option<String>,
    /// Copies of remote files: URL or its beginning, and a file or folder relative to this one.
    pub map: BTreeMap<String, String>,
}

/// One contract of the repository.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    expecting = "a mapping with `file`, and `name`, `keep` and `generate` where they are needed"
)]
pub struct ApiEntry {
    /// A short name for reports; the file name when absent.
    #[serde(default)]
    pub name: Option<String>,
    /// The contract, relative to this file.
    pub file: String,
    /// The promise that this contract keeps, instead of the common one.
    #[serde(default)]
    pub keep: Option<crate::diagnostic::Category>,
    /// The command that emits the contract, where no file is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generate: Option<Generate>,
}

/// Whether an ignore in the contract counts that the base does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum InlineIgnores {
    /// Its finding fails as if it were not there.
    #[default]
    OfBase,
    /// It hides the finding.
    Accept,
}

/// Severity of a rule in configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleLevel {
    /// Must be fixed.
    Error,
    /// Should be fixed.
    #[serde(rename = "warning", alias = "warn")]
    Warn,
    /// Worth knowing.
    #[serde(alias = "note")]
    Info,
    /// A suggestion.
    Hint,
    /// Not run.
    Off,
}

impl RuleLevel {
    /// The severity, `None` for `off`.
    pub fn severity(self) -> Option<Severity> {
        Some(match self {
            RuleLevel::Error => Severity::Error,
            RuleLevel::Warn => Severity::Warn,
            RuleLevel::Info => Severity::Info,
            RuleLevel::Hint => Severity::Hint,
            RuleLevel::Off => return None,
        })
    }
}

/// The severity that fails a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    /// Errors.
    #[default]
    Error,
    /// Warnings and errors.
    #[serde(rename = "warning", alias = "warn")]
    Warn,
    /// Everything but hints.
    #[serde(alias = "note")]
    Info,
    /// Everything.
    Hint,
    /// Nothing.
    Never,
}

impl FailOn {
    /// Reads the name used in configuration and on the command line.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match Severity::parse(text) {
            Some(Severity::Error) => FailOn::Error,
            Some(Severity::Warn) => FailOn::Warn,
            Some(Severity::Info) => FailOn::Info,
            Some(Severity::Hint) => FailOn::Hint,
            None if text == "never" => FailOn::Never,
            None => return None,
        })
    }

    /// Returns the mildest severity that fails the run, if any does.
    pub fn severity(self) -> Option<Severity> {
        Some(match self {
            FailOn::Error => Severity::Error,
            FailOn::Warn => Severity::Warn,
            FailOn::Info => Severity::Info,
            FailOn::Hint => Severity::Hint,
            FailOn::Never => return None,
        })
    }

    /// Returns how much fails the run, to compare two of them.
    pub fn strictness(self) -> u8 {
        match self {
            FailOn::Never => 0,
            FailOn::Error => 1,
            FailOn::Warn => 2,
            FailOn::Info => 3,
            FailOn::Hint => 4,
        }
    }

    /// Whether a finding of this severity fails the run.
    pub fn includes(self, severity: Severity) -> bool {
        self.severity().is_some_and(|failing| severity >= failing)
    }
}

/// How changes are judged.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case", expecting = "a mapping of settings for changes")]
pub struct DiffConfig {
    /// The promise to keep: `default`, `contract` or `sdk`; absent: that of the profile, else `default`.
    pub keep: Option<crate::diagnostic::Category>,
    /// The promise to keep towards an audience, by the word under `x-audience` of the contract.
    pub keep_by_audience: BTreeMap<String, crate::diagnostic::Category>,
    /// What values are that are new for readers, of a type that they know: `breaking`, `risky` or `compatible`.
    pub new_for_readers: Option<String>,
    /// What a new enum value in a response is: `breaking`, `risky`, `compatible` or `extensible-only`.
    pub response_enum_added: Option<String>,
    /// Changes below this stability level never break: `draft`, `alpha`, `beta` or `stable`; `beta` when absent.
    pub stability: Option<String>,
    /// What a breaking change of something that is beta is: `breaking` or `risky`; `breaking` when absent.
    pub beta: Option<String>,
    /// How `format` is read: `known` (known formats bind) or `annotations` (none binds); `known` when absent.
    pub formats: Option<String>,
    /// Whether servers are compared: `compare` or `ignore`; `compare` when absent.
    pub servers: Option<String>,
    /// Severity per change id.
    pub severity: BTreeMap<String, RuleLevel>,
    /// Lines that move severity or category of some changes; the last that matches wins.
    pub policy: Vec<ChangeRule>,
    /// Days between announcement and end that operations owe their clients, per stability level.
    pub notice_days: NoticeDays,
    /// Whether changes of what is deprecated may break: `never`, `after-sunset` or `always`; `never` when absent.
    pub exempt_deprecated: Option<String>,
    /// A file of `id level` lines as oasdiff reads it (ERR, WARN, INFO, NONE), relative to this file.
    pub severity_levels: Option<String>,
    /// A file of oasdiff with errors to ignore, relative to this file.
    pub err_ignore: Option<String>,
    /// A file of oasdiff with warnings to ignore, relative to this file.
    pub warn_ignore: Option<String>,
}

/// A line of `diff.policy`. Every part that is given must match.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(
    deny_unknown_fields,
    default,
    rename_all = "kebab-case",
    expecting = "a mapping with the parts that a change must match, and `severity` or `category`"
)]
pub struct ChangeRule {
    /// Change id; `*` stands for any characters.
    pub change: Option<String>,
    /// Path template of an operation reached; `*` stands for any characters but `/`, `**` for any.
    pub path: Option<String>,
    /// Tag of an operation reached.
    pub tag: Option<String>,
    /// Stability level of all operations reached: `draft`, `alpha`, `beta` or `stable`.
    pub stability: Option<String>,
    /// The severity; `off` drops the finding.
    pub severity: Option<RuleLevel>,
    /// The weakest promise that it breaks, instead of the one in the catalogue.
    pub category: Option<crate::diagnostic::Category>,
}

/// Days of notice per stability level; 0 asks for none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(
    deny_unknown_fields,
    default,
    rename_all = "kebab-case",
    expecting = "a mapping with days for `stable` and `beta`"
)]
pub struct NoticeDays {
    /// Of stable operations.
    pub stable: u32,
    /// Of beta operations.
    pub beta: u32,
}

/// Reads the text of a configuration file.
///
/// # Errors
/// A diagnostic `config` at the line and column of the fault.
pub fn parse(source: &Arc<SourceText>) -> Result<Config, Box<Diagnostic>> {
    let text = source.text();
    if text.trim().is_empty() {
        return Ok(Config::default());
    }
    let config: Config = from_yaml(source)?;
    if let Some(version) = config.version.filter(|version| *version != 1) {
        let message = format!("this configuration has version {version}, but this Covenant reads version 1");
        let diagnostic = Diagnostic::new("config", Severity::Error, message, Location::new(source, Span::at(0), ""));
        return Err(Box::new(diagnostic.help("update Covenant, or write `version: 1`")));
    }
    Ok(config)
}

/// Brackets and braces that may be open at once. The YAML reader refuses fewer, but takes a time that grows with their
/// square until it does.
const DEEPEST: usize = 1_000;

/// Reads YAML into a type.
fn from_yaml<T: DeserializeOwned>(source: &Arc<SourceText>) -> Result<T, Box<Diagnostic>> {
    let mut open = 0_usize;
    for (at, byte) in source.text().bytes().enumerate() {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        if open > DEEPEST {
            let location = Location::new(source, Span::at(at), "");
            let message = format!("more than {DEEPEST} brackets are open here");
            return Err(Box::new(Diagnostic::new("config", Severity::Error, message, location)));
        }
    }
    serde_yaml::from_str(source.text()).map_err(|error| fault(source, &error))
}

/// The fault of a YAML reader as a finding.
fn fault(source: &Arc<SourceText>, error: &serde_yaml::Error) -> Box<Diagnostic> {
    let offset = error.location().map_or(0, |location| location.index()).min(source.text().len());
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or(&message);
    let location = Location::new(source, Span::at(offset), "");
    let help = "see `docs/configuration.md` for every key; `covenant init` writes an example";
    let message = format!("the configuration cannot be read: {message}{}", meant(message));
    Box::new(Diagnostic::new("config", Severity::Error, message, location).help(help))
}

/// The known name next to the unknown one of a reader's message: the first name in backticks is the unknown one.
fn meant(message: &str) -> String {
    let mut names = message.split('`').skip(1).step_by(2);
    let unknown = names.next().filter(|_| message.contains("unknown field") || message.contains("unknown variant"));
    unknown.map_or_else(String::new, |unknown| near::hint(unknown, names))
}

#[cfg(test)]
mod tests;
