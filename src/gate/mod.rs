//! The gate: findings and policy in, one verdict out.
//!
//! Takes the diagnostics of lint, diff and lifecycle, the configuration's severities, waivers and baseline; gives a
//! [`Report`] with verdict and exit code. Fails closed: what could not be examined makes the verdict `incomplete`.
//! Stands on `release`.

mod baseline;
mod ignores;
mod merge;
mod record;
mod waivers;

pub use baseline::Baseline;
pub use ignores::Ignores;
pub use merge::{Shard, merge, settle};
pub use record::{Damaged, Record, Restored, Source, digest};

use crate::config::{FailOn, RuleLevel, Waiver};
use crate::diagnostic::{self, Bump, Diagnostic, Impact, Severity};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whether the run passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// No finding at or above the failing severity.
    Pass,
    /// At least one.
    Fail,
    /// Something could not be examined.
    Incomplete,
}

impl Gate {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Gate::Pass => "pass",
            Gate::Fail => "fail",
            Gate::Incomplete => "incomplete",
        }
    }
}

/// What the run comes down to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it passes.
    pub gate: Gate,
    /// The heaviest client impact of any change.
    pub change: Impact,
    /// The largest bump any change requires.
    pub required_bump: Bump,
}

/// Something that could not be examined, or only in part.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Limitation {
    /// The file concerned, if any.
    pub file: Option<String>,
    /// What was not done, in one sentence.
    pub what: String,
    /// Whether the verdict cannot be trusted without it.
    pub incomplete: bool,
}

/// A finding that a waiver or the baseline covers.
#[derive(Clone, Debug)]
pub struct Suppressed {
    /// The finding.
    pub diagnostic: Diagnostic,
    /// What covers it: `baseline`, or owner and reason of the waiver.
    pub by: String,
}

/// What decides besides the findings.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Policy {
    /// The failing severity.
    pub fail_on: FailOn,
    /// Severity per rule or change id, from the configuration.
    pub levels: BTreeMap<String, RuleLevel>,
    /// Accepted findings.
    pub waivers: Vec<Waiver>,
    /// Known findings.
    pub baseline: Option<Baseline>,
    /// Findings named in ignore files of oasdiff; they are about changes, so parts of a lint have none.
    #[serde(skip)]
    pub ignores: Vec<Ignores>,
    /// The day on which waivers are judged.
    pub as_of: Option<Date>,
}

/// The result of a run, ready to be rendered.
#[derive(Clone, Debug)]
pub struct Report {
    /// The command: `lint`, `diff` or `check`.
    pub command: &'static str,
    /// The day that date rules used.
    pub as_of: Option<Date>,
    /// The verdict.
    pub verdict: Verdict,
    /// Findings that count, sorted by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// Findings that were accepted.
    pub suppressed: Vec<Suppressed>,
    /// What was not examined.
    pub limitations: Vec<Limitation>,
    /// Number of contracts examined.
    pub contracts: usize,
    /// Of a part of the contracts: what the merge needs beside the findings.
    pub shard: Option<Box<Shard>>,
}

impl Report {
    /// Exit code: 0 passed, 1 findings at or above the failing severity, 2 could not complete.
    pub fn exit_code(&self) -> u8 {
        match self.verdict.gate {
            Gate::Pass => 0,
            Gate::Fail => 1,
            Gate::Incomplete => 2,
        }
    }

    /// Number of findings with this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }

    /// Number of breaking changes.
    pub fn breaking_count(&self) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.impact == Impact::Breaking).count()
    }
}

/// Applies `policy` to `diagnostics` and reaches the verdict.
pub fn judge(
    command: &'static str,
    mut diagnostics: Vec<Diagnostic>,
    limitations: Vec<Limitation>,
    contracts: usize,
    policy: &Policy,
) -> Report {
    apply_levels(&mut diagnostics, &policy.levels);
    diagnostic::finish(&mut diagnostics);
    let (mut kept, mut suppressed) = waivers::apply(diagnostics, &policy.waivers, policy.as_of);
    if let Some(baseline) = &policy.baseline {
        let (known, new): (Vec<_>, Vec<_>) = kept.into_iter().partition(|d| baseline.holds(d));
        kept = new;
        suppressed.extend(known.into_iter().map(|diagnostic| Suppressed { diagnostic, by: "baseline".to_owned() }));
    }
    for list in &policy.ignores {
        let (found, unused) = list.apply(&mut kept);
        suppressed.extend(found);
        kept.extend(unused);
    }
    let failing = kept.iter().any(|diagnostic| policy.fail_on.includes(diagnostic.severity));
    let gate = if limitations.iter().any(|limitation| limitation.incomplete) {
        Gate::Incomplete
    } else if failing {
        Gate::Fail
    } else {
        Gate::Pass
    };
    // An accepted finding still is a change: impact and bump count it.
    let all = || kept.iter().chain(suppressed.iter().map(|s| &s.diagnostic));
    let change = all().map(|diagnostic| diagnostic.impact).max().unwrap_or_default();
    let required_bump = all().map(|diagnostic| diagnostic.required_bump).max().unwrap_or_default();
    let verdict = Verdict { gate, change, required_bump };
    Report { command, as_of: policy.as_of, verdict, diagnostics: kept, suppressed, limitations, contracts, shard: None }
}

/// Sets the severities that the configuration names; findings of rules that are `off` are dropped.
fn apply_levels(diagnostics: &mut Vec<Diagnostic>, levels: &BTreeMap<String, RuleLevel>) {
    if levels.is_empty() {
        return;
    }
    diagnostics.retain_mut(|diagnostic| {
        let Some(level) = levels.get(&*diagnostic.rule) else { return true };
        let Some(severity) = level.severity() else { return false };
        if severity != diagnostic.severity {
            diagnostic.policy = Some(format!("configuration: `{}` is `{severity}`", diagnostic.rule));
            diagnostic.severity = severity;
        }
        true
    });
}

#[cfg(test)]
mod tests;
