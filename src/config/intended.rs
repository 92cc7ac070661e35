//! Intended breaks: when a breaking change passes, and who may approve one.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// When a breaking change passes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AllowBreaking {
    /// Never.
    #[default]
    Never,
    /// When the version of the contract moved as far as the changes require.
    WhenVersionSaysSo,
    /// When somebody who may has approved it.
    WhenApproved,
}

impl AllowBreaking {
    /// Reads the name used in configuration and on the command line.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "never" => AllowBreaking::Never,
            "when-version-says-so" => AllowBreaking::WhenVersionSaysSo,
            "when-approved" => AllowBreaking::WhenApproved,
            _ => return None,
        })
    }
}

/// When breaking changes pass, for everybody or by audience.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum AllowBreakingBy {
    /// The same for every contract.
    All(AllowBreaking),
    /// By the audience that the base declares.
    Audience(ByAudience),
}

/// One answer for each audience.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct ByAudience {
    /// The provider's own teams.
    pub internal: AllowBreaking,
    /// Named partners.
    pub partner: AllowBreaking,
    /// Everyone.
    pub public: AllowBreaking,
}

/// Who may approve what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct ApprovalPolicy {
    /// People (`alice`) and teams (`@bank/api-owners`) that may approve; without any, everybody who may write to the
    /// repository.
    pub approvers: Vec<String>,
    /// The label that approves; none does when absent.
    pub label: Option<String>,
    /// Who approves the findings of some rules, instead of the common approvers.
    pub roles: BTreeMap<String, Role>,
    /// Rules and changes that nobody can approve or waive; ids may hold `*`.
    pub never: Vec<String>,
    /// Whether two people have to approve.
    pub four_eyes: bool,
    /// Who confirms a break-glass waiver, two of them; without any, the common approvers.
    pub break_glass: Vec<String>,
    /// Whether a `Covenant-Approve:` trailer approves, on a commit that the target has.
    pub trailers: bool,
}

/// Who approves the findings of some rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Role {
    /// People and teams.
    pub approvers: Vec<String>,
    /// Rules and changes; ids may hold `*`.
    pub rules: Vec<String>,
}
