//! The gate: findings and policy in, one verdict out.
//!
//! Takes the diagnostics of lint, diff and lifecycle, the configuration's severities, waivers and baseline; gives a
//! [`Report`] with verdict and exit code. Fails closed: what could not be examined makes the verdict `incomplete`.
//! Stands on `release`.

mod baseline;
mod decided;
mod ignores;
mod merge;
mod record;
mod suppressed;
mod undecided;
mod verdict;
mod waivers;

pub use baseline::Baseline;
pub use decided::{Base, Decided, OfBase, POLICY_CHANGED, Role};
pub use ignores::Ignores;
use merge::settle;
pub use merge::{Shard, merge};
pub use record::{Damaged, Record, Restored, Source, digest};
pub use suppressed::{Suppressed, Suppression};
pub use undecided::Undecided;
pub use verdict::{Command, Figure, Gate, Verdict};

use crate::config::{FailOn, RuleLevel, Waiver};
use crate::diagnostic::{self, Diagnostic, Hidden, Hider, Impact, Severity};
use crate::text::secret;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

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

impl Limitation {
    /// Masks the secrets in what was said.
    fn mask(&mut self) {
        if let Cow::Owned(masked) = secret::mask(&self.what) {
            self.what = masked;
        }
    }
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
    /// What a change that could not be decided does to the run; a lint compares nothing.
    #[serde(skip)]
    pub undecided: Undecided,
    /// The day on which waivers are judged.
    pub as_of: Option<Date>,
    /// The files and profiles that all this, and the rules of the run, come from.
    #[serde(default)]
    pub decided: Vec<Decided>,
    /// The revision compared with; a lint has none.
    #[serde(skip)]
    pub base: Option<Base>,
}

/// The result of a run, ready to be rendered.
#[derive(Clone, Debug)]
pub struct Report {
    /// What the run was asked to do.
    pub command: Command,
    /// The day that date rules used.
    pub as_of: Option<Date>,
    /// What decided besides contracts and day.
    pub decided: Vec<Decided>,
    /// The revision compared with.
    pub base: Option<Base>,
    /// The verdict.
    pub verdict: Verdict,
    /// Findings that count, sorted by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// Number of findings that count and are not among them, because only those that fail the run were asked for.
    pub left_out: usize,
    /// Findings that were accepted.
    pub suppressed: Vec<Suppressed>,
    /// What was not examined, each once.
    pub limitations: Vec<Limitation>,
    /// The failing severity.
    pub fail_on: FailOn,
    /// Number of contracts examined.
    pub contracts: usize,
    /// What rulesets say about their rules, by id.
    pub about: BTreeMap<String, String>,
    /// Of a part of the contracts: what the merge needs beside the findings.
    pub shard: Option<Box<Shard>>,
}

impl Report {
    /// Returns the exit code of the verdict.
    pub fn exit_code(&self) -> u8 {
        self.verdict.gate.exit_code()
    }

    /// Returns whether a finding fails the run.
    pub fn fails(&self, diagnostic: &Diagnostic) -> bool {
        self.fail_on.includes(diagnostic.severity)
    }

    /// Returns the findings that count, the heaviest first: by severity, then impact, then file and place.
    pub fn ranked(&self) -> Vec<&Diagnostic> {
        let mut all: Vec<&Diagnostic> = self.diagnostics.iter().collect();
        all.sort_by_key(|finding| std::cmp::Reverse((finding.severity, finding.impact)));
        all
    }

    /// Returns the limitations that make the run incomplete.
    pub fn not_examined(&self) -> impl Iterator<Item = &Limitation> {
        self.limitations.iter().filter(|limitation| limitation.incomplete)
    }

    /// The report with the findings that fail the run alone; the others are counted.
    #[must_use]
    pub fn failures(mut self) -> Self {
        let before = self.diagnostics.len();
        let fail_on = self.fail_on;
        self.diagnostics.retain(|diagnostic| fail_on.includes(diagnostic.severity));
        self.left_out += before - self.diagnostics.len();
        self
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
    command: Command,
    mut diagnostics: Vec<Diagnostic>,
    mut limitations: Vec<Limitation>,
    contracts: usize,
    policy: &Policy,
) -> Report {
    diagnostic::finish(&mut diagnostics);
    // No policy accepts that it was changed.
    let (changed, mut diagnostics): (Vec<_>, Vec<_>) =
        diagnostics.into_iter().partition(|diagnostic| diagnostic.rule == POLICY_CHANGED);
    apply_levels(&mut diagnostics, &policy.levels);
    let mut suppressed = hidden(&mut diagnostics);
    let (mut kept, waived) = waivers::apply(diagnostics, &policy.waivers, policy.as_of);
    suppressed.extend(waived);
    if let Some(baseline) = &policy.baseline {
        let (known, new): (Vec<_>, Vec<_>) = kept.into_iter().partition(|d| baseline.holds(d));
        kept = new;
        let by = || "known since the baseline was written".to_owned();
        suppressed.extend(known.into_iter().map(|diagnostic| Suppressed {
            diagnostic,
            kind: Suppression::Baseline,
            by: by(),
        }));
    }
    for list in &policy.ignores {
        let (found, unused) = list.apply(&mut kept);
        suppressed.extend(found);
        kept.extend(unused);
    }
    kept.splice(0..0, changed);
    limitations.extend(policy.undecided.limitations(&kept));
    limitations.iter_mut().for_each(Limitation::mask);
    settle(&mut limitations);
    let gate = if limitations.iter().any(|limitation| limitation.incomplete) {
        Gate::Incomplete
    } else if kept.iter().any(|diagnostic| policy.fail_on.includes(diagnostic.severity)) {
        Gate::Fail
    } else {
        Gate::Pass
    };
    // An accepted finding still is a change: impact and bump count it.
    let all = || kept.iter().chain(suppressed.iter().map(|s| &s.diagnostic));
    let change = all().map(|diagnostic| diagnostic.impact).max().unwrap_or_default();
    let bump = all().map(|diagnostic| diagnostic.required_bump).max().unwrap_or_default();
    Report {
        command,
        as_of: policy.as_of,
        decided: policy.decided.clone(),
        base: policy.base.clone(),
        verdict: Verdict::of(command, gate, change, bump),
        diagnostics: kept,
        left_out: 0,
        suppressed,
        limitations,
        fail_on: policy.fail_on,
        contracts,
        about: BTreeMap::new(),
        shard: None,
    }
}

/// Sets the severities that the configuration names, and marks the changes that it switches off. Findings of rules that
/// are off are dropped: such a rule does not run. Whatever takes protection away stays an error until it is waived.
fn apply_levels(diagnostics: &mut Vec<Diagnostic>, levels: &BTreeMap<String, RuleLevel>) {
    if levels.is_empty() {
        return;
    }
    diagnostics.retain_mut(|diagnostic| {
        let Some(level) = levels.get(&*diagnostic.rule).filter(|_| !diagnostic.weakens) else { return true };
        match level.severity() {
            Some(severity) if severity != diagnostic.severity => {
                diagnostic.policy = Some(format!("configuration: `{}` is `{severity}`", diagnostic.rule));
                diagnostic.severity = severity;
            }
            Some(_) => {}
            None if diagnostic.impact == Impact::None => return false,
            None => {
                let why = format!("configuration: rules.{}: off", diagnostic.rule);
                diagnostic.hidden = Some(Hidden { by: Hider::Policy, why });
            }
        }
        true
    });
}

/// Takes out the findings that the contract or policy says not to count.
fn hidden(diagnostics: &mut Vec<Diagnostic>) -> Vec<Suppressed> {
    let mut out = Vec::new();
    for diagnostic in std::mem::take(diagnostics) {
        match diagnostic.hidden.clone() {
            None => diagnostics.push(diagnostic),
            Some(Hidden { by: Hider::Contract, why }) => {
                out.push(Suppressed { diagnostic, kind: Suppression::Contract, by: why });
            }
            Some(Hidden { by: Hider::Policy, why }) => {
                out.push(Suppressed { diagnostic, kind: Suppression::Policy, by: why });
            }
        }
    }
    out
}

#[cfg(test)]
mod tests;
