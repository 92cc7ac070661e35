//! Waivers: findings that someone accepted, for a reason and a time.

use crate::diagnostic::{Diagnostic, Location};
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
    /// Only findings in files that match this glob, from the folder of the configuration or from the top of the repository.
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
    /// Whether it lets something through in an emergency: two people confirm it, and it is a debt, due on its last day.
    #[serde(default)]
    pub break_glass: bool,
    /// Last day on which it holds.
    pub expires: Date,
    /// Rules that it does not reach, `*` as wildcard: a finding that carries one of them beside `rule` is not covered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
    /// Where it stands.
    #[serde(skip)]
    pub place: Placed,
}

/// Where a waiver stands, which is no part of what it says.
#[derive(Clone, Debug, Default)]
pub struct Placed(pub Option<Location>);

impl PartialEq for Placed {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
impl Eq for Placed {}

/// What a waiver must not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct WaiverLimits {
    /// Characters that a reason has at least.
    pub min_reason: usize,
    /// Days that it may still hold.
    pub max_days: u32,
    /// Days in which a break-glass debt is due.
    pub break_glass_days: u32,
    /// Whether one may cover every rule (`*`) everywhere.
    pub any_rule: bool,
}

impl Default for WaiverLimits {
    fn default() -> Self {
        WaiverLimits { min_reason: 15, max_days: 366, break_glass_days: 14, any_rule: false }
    }
}

impl WaiverLimits {
    /// Says why a waiver does not count on a day, if it does not.
    pub fn refuse(&self, waiver: &Waiver, on: Option<Date>) -> Option<String> {
        let everywhere = [&waiver.file, &waiver.pointer, &waiver.operation, &waiver.fingerprint]
            .iter()
            .all(|part| part.as_deref().is_none_or(|part| part.chars().all(|character| "*/".contains(character))));
        let days = if waiver.break_glass { self.break_glass_days.min(self.max_days) } else { self.max_days };
        if !self.any_rule && everywhere && waiver.rule.chars().all(|character| character == '*') {
            return Some(
                "it covers every rule; name the rule, or narrow it with `file`, `pointer` or `operation`".into(),
            );
        }
        self.short_reason(&waiver.reason).or_else(|| {
            let longer = ends_after(waiver.expires, days, on);
            longer.then(|| {
                format!(
                    "it expires on {}, more than {days} days from now; renew it when the time comes",
                    waiver.expires
                )
            })
        })
    }

    /// Says why the words of a waiver or of a request are no reason, if they are not.
    pub fn short_reason(&self, reason: &str) -> Option<String> {
        let length = reason.trim().chars().count();
        let least = self.min_reason;
        (length < least).then(|| format!("its reason has {length} characters; say why in at least {least}"))
    }

    /// Whether what ends on a day ends later than anything may that is accepted today (`on`).
    pub fn is_too_long(&self, until: Date, on: Option<Date>) -> bool {
        ends_after(until, self.max_days, on)
    }
}

fn ends_after(until: Date, days: u32, on: Option<Date>) -> bool {
    let last = on.and_then(|on| on.checked_add(jiff::Span::new().days(i64::from(days))).ok());
    last.is_some_and(|last| until > last)
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
