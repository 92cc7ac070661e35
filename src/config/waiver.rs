//! Waivers: findings that someone accepted, for a reason and a time.

use crate::diagnostic::Diagnostic;
use crate::text::SourceText;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One accepted finding, or a group of them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    expecting = "a mapping with `rule`, `owner`, `reason` and `expires`"
)]
pub struct Waiver {
    /// The rule or change id, `*` as wildcard: `sec-*`.
    pub rule: String,
    /// Only findings in files that match this glob.
    #[serde(default)]
    pub file: Option<String>,
    /// Only findings at or below this JSON pointer, `*` for one token.
    #[serde(default)]
    pub pointer: Option<String>,
    /// Only findings that reach this operation: `GET /accounts/{id}`, `*` as wildcard.
    #[serde(default)]
    pub operation: Option<String>,
    /// Only the finding with this fingerprint.
    #[serde(default)]
    pub fingerprint: Option<String>,
    /// Who answers for it.
    pub owner: String,
    /// Why it is accepted.
    pub reason: String,
    /// The ticket that tracks it.
    #[serde(default)]
    pub ticket: Option<String>,
    /// Who approved it.
    #[serde(default)]
    pub approver: Option<String>,
    /// Last day on which it holds.
    pub expires: Date,
}

/// Reads a file with a list of waivers.
///
/// # Errors
/// A diagnostic `config` at the line and column of the fault.
pub fn parse(source: &Arc<SourceText>) -> Result<Vec<Waiver>, Box<Diagnostic>> {
    if source.text().trim().is_empty() {
        return Ok(Vec::new());
    }
    super::from_yaml(source)
}
