//! What decided about a run besides the contracts and the day: files and profiles, each with a digest, so that a report can be
//! held against them later.

use serde::{Deserialize, Serialize};

/// The id of findings about a policy that is not the target's: no waiver, baseline or level of it applies to them.
pub const POLICY_CHANGED: &str = "policy-changed";

/// The id of the finding about a policy under which something would not fail that fails.
pub const POLICY_WEAKENED: &str = "policy-weakened";

/// Whose policy decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "kebab-case")]
pub enum Origin {
    /// That of the revision that the change is to be merged into.
    Target {
        /// Its name.
        name: String,
        /// The id of its commit.
        commit: String,
    },
    /// That of the judged side, as the command line asks for.
    Head,
    /// That of the work tree: the base is no revision.
    WorkTree,
}

impl Origin {
    /// Says whose it is, for people.
    pub fn sentence(&self) -> String {
        match self {
            Origin::Target { name, commit } => format!("policy of {name} ({})", commit.get(..12).unwrap_or(commit)),
            Origin::Head => "policy of the revision (--policy-from head)".to_owned(),
            Origin::WorkTree => "policy of the work tree".to_owned(),
        }
    }
}

/// What a file decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Everything else.
    Configuration,
    /// Covenant's own rules that run.
    Profile,
    /// A ruleset, and what it extends or imports.
    Ruleset,
    /// A layer that the configuration extends.
    Layer,
    /// The digests of layers.
    Lock,
    /// Findings that are accepted.
    Waivers,
    /// Findings that are known.
    Baseline,
    /// Severities of changes.
    SeverityLevels,
    /// Changes that are ignored.
    IgnoreFile,
}

impl Role {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Role::Configuration => "configuration",
            Role::Profile => "profile",
            Role::Ruleset => "ruleset",
            Role::Layer => "layer",
            Role::Lock => "lock",
            Role::Waivers => "waivers",
            Role::Baseline => "baseline",
            Role::SeverityLevels => "severity-levels",
            Role::IgnoreFile => "ignore-file",
        }
    }
}

/// How a file stands to that of the base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OfBase {
    /// The base has the same.
    Same,
    /// The base has another one.
    Differs,
    /// The base has none of its path.
    New,
}

/// The revision that contracts were compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// The name by which it was asked for.
    pub name: String,
    /// The id of the commit that was compared with.
    pub commit: String,
    /// Whether it is the merge base of HEAD and what the name stands for.
    pub merge_base: bool,
}

impl Base {
    /// Says which commit it was, for people.
    pub fn sentence(&self) -> String {
        let id = self.commit.get(..12).unwrap_or(&self.commit);
        let how = if self.merge_base { "merge base " } else { "" };
        format!("{} ({how}{id})", self.name)
    }
}

/// Something that decided about a run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Decided {
    /// What it decides.
    pub role: Role,
    /// The name of a profile, or the path of a file from the top of the repository.
    pub name: String,
    /// SHA-256 in hexadecimal: of the bytes of a file, or of the rules of a profile with their severities and options.
    pub digest: String,
    /// How it stands to the base, where there is one to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<OfBase>,
}
