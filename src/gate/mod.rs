//! The gate: findings and policy in, one verdict out.
//!
//! Takes the diagnostics of lint, diff and lifecycle, the configuration's severities, waivers and baseline; gives a
//! [`Report`] with verdict and exit code. Fails closed: what could not be examined makes the verdict `incomplete`.
//! Stands on `release`.

mod approvals;
mod baseline;
mod decided;
mod ignores;
mod links;
mod merge;
mod policy;
mod record;
mod standing;
mod suppressed;
mod trailers;
mod undecided;
mod verdict;
mod waivers;

pub use approvals::{APPROVALS_SCHEMA, Approvals, approval_key, approval_key_of_part, is_approvable};
pub use baseline::Baseline;
pub use decided::{Base, Decided, OfBase, Origin, POLICY_CHANGED, POLICY_WEAKENED, Role};
pub use ignores::Ignores;
pub use links::Links;
use merge::settle;
pub use merge::{Shard, merge};
pub use policy::{Observed, Policy};
pub use record::{Damaged, Record, Restored, Source, digest};
pub use standing::{Side, all_existing, anchor, compare as compare_sides};
pub use suppressed::{Suppressed, Suppression};
pub use trailers::{APPROVAL_REQUESTED, TRAILER, Trailer};
pub use undecided::Undecided;
pub use verdict::{Command, Figure, Gate, Verdict};
pub use waivers::{WAIVER_PROPOSED, WAIVER_REFUSED, WAIVER_STALE, WaiverState, WaiverUse};
pub use waivers::{proposed as proposed_waiver, refused as refused_waiver};

use crate::config::{FailOn, RuleLevel};
use crate::diagnostic::{self, Diagnostic, Hidden, Hider, Impact, Severity, gather};
use crate::openapi::Facts;
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
    /// Whose policy decided, where contracts were compared with a base.
    pub origin: Option<Origin>,
    /// The verdict.
    pub verdict: Verdict,
    /// Findings that count, sorted by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// Number of findings that count and are not among them, because only those that fail the run were asked for.
    pub left_out: usize,
    /// What would have failed, where nothing fails yet.
    pub observed: Option<Observed>,
    /// Findings that the base has as well, which do not count.
    pub existing: Vec<Diagnostic>,
    /// Findings of the base that the revision has no more.
    pub fixed: Vec<Diagnostic>,
    /// Findings that were accepted.
    pub suppressed: Vec<Suppressed>,
    /// The waivers of the policy, with what they covered.
    pub waivers: Vec<WaiverUse>,
    /// What the contracts say of themselves; of those that the base has, as they are there.
    pub apis: Vec<Facts>,
    /// What was not examined, each once.
    pub limitations: Vec<Limitation>,
    /// The failing severity.
    pub fail_on: FailOn,
    /// Number of contracts examined.
    pub contracts: usize,
    /// What rulesets say about their rules, by id.
    pub about: BTreeMap<String, String>,
    /// How places are found on the web.
    pub links: Option<Links>,
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
        diagnostic.fails.unwrap_or_else(|| self.fail_on.includes(diagnostic.severity))
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
        let (failing, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.diagnostics).into_iter().partition(|diagnostic| self.fails(diagnostic));
        self.left_out += others.len();
        self.diagnostics = failing;
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
    diagnostics: Vec<Diagnostic>,
    limitations: Vec<Limitation>,
    contracts: usize,
    policy: &Policy,
) -> Report {
    judge_parts(command, vec![(diagnostics, policy)], limitations, contracts)
}

/// What a policy makes of findings.
#[derive(Default)]
struct Settled {
    kept: Vec<Diagnostic>,
    existing: Vec<Diagnostic>,
    suppressed: Vec<Suppressed>,
    waivers: Vec<WaiverUse>,
    would_fail: usize,
}

impl Settled {
    /// Applies a policy. Where it is not that of the run, each finding remembers whether it fails.
    fn of(mut diagnostics: Vec<Diagnostic>, policy: &Policy, run: &Policy) -> Self {
        diagnostic::finish(&mut diagnostics);
        // No policy accepts that it was changed.
        let (changed, mut diagnostics): (Vec<_>, Vec<_>) =
            diagnostics.into_iter().partition(|found| [POLICY_CHANGED, POLICY_WEAKENED].contains(&&*found.rule));
        apply_levels(&mut diagnostics, &policy.levels);
        let mut suppressed = hidden(&mut diagnostics);
        let (mut kept, waived, uses) = waivers::apply(diagnostics, policy);
        suppressed.extend(waived);
        if let Some(baseline) = &policy.baseline {
            let (known, new): (Vec<_>, Vec<_>) = kept.into_iter().partition(|d| baseline.holds(d));
            kept = new;
            let by = || "known since the baseline was written".to_owned();
            let suppress = |diagnostic| Suppressed { diagnostic, kind: Suppression::Baseline, by: by() };
            suppressed.extend(known.into_iter().map(suppress));
        }
        for list in &policy.ignores {
            let (found, unused) = list.apply(&mut kept);
            suppressed.extend(found);
            kept.extend(unused);
        }
        kept.extend(policy.notes.iter().cloned());
        let (existing, mut kept): (Vec<_>, Vec<_>) = kept.into_iter().partition(|finding| policy.passes_over(finding));
        kept.splice(0..0, changed);
        if policy.fail_on != run.fail_on {
            for finding in &mut kept {
                finding.fails.get_or_insert(policy.fail_on.includes(finding.severity));
            }
        }
        let mut would_fail = 0;
        if policy.observed().is_some() {
            for finding in &mut kept {
                let fails = finding.fails.unwrap_or_else(|| policy.fail_on.includes(finding.severity));
                would_fail += usize::from(fails);
                finding.fails = Some(false);
            }
        }
        Settled { kept, existing, suppressed, waivers: uses, would_fail }
    }
}

/// Applies to each part its own policy and reaches one verdict; the first policy is that of the run.
pub fn judge_parts(
    command: Command,
    parts: Vec<(Vec<Diagnostic>, &Policy)>,
    mut limitations: Vec<Limitation>,
    contracts: usize,
) -> Report {
    let by_default = Policy::default();
    let policy = parts.first().map_or(&by_default, |(_, policy)| policy);
    let count = parts.len();
    // What decided about any of the contracts.
    let mut decided: Vec<Decided> = parts.iter().flat_map(|(_, own)| own.decided.iter().cloned()).collect();
    decided.sort();
    decided.dedup();
    let Settled { mut kept, mut existing, mut suppressed, waivers: mut uses, mut would_fail } = Settled::default();
    let mut observed: Option<Date> = None;
    for (diagnostics, own) in parts {
        let part = Settled::of(diagnostics, own, policy);
        limitations.extend(own.undecided.limitations(&part.kept));
        kept.extend(part.kept);
        existing.extend(part.existing);
        suppressed.extend(part.suppressed);
        uses.extend(part.waivers);
        would_fail += part.would_fail;
        observed = observed.max(own.observed());
    }
    if count > 1 {
        diagnostic::sort(&mut kept);
    }
    limitations.iter_mut().for_each(Limitation::mask);
    settle(&mut limitations);
    let fails = |finding: &Diagnostic| finding.fails.unwrap_or_else(|| policy.fail_on.includes(finding.severity));
    let gate = if limitations.iter().any(|limitation| limitation.incomplete) {
        Gate::Incomplete
    } else if kept.iter().any(fails) {
        Gate::Fail
    } else {
        Gate::Pass
    };
    // An accepted finding still is a change: impact and bump count it.
    let all = || kept.iter().chain(suppressed.iter().map(|s| &s.diagnostic));
    let change = all().map(|diagnostic| diagnostic.impact).max().unwrap_or_default();
    let bump = all().map(|diagnostic| diagnostic.required_bump).max().unwrap_or_default();
    let verdict = Verdict::of(command, gate, change, bump);
    Report {
        command,
        as_of: policy.as_of,
        decided,
        base: policy.base.clone(),
        origin: policy.origin.clone(),
        verdict,
        diagnostics: gather(kept),
        left_out: 0,
        observed: observed.map(|until| Observed { until, would_fail }),
        existing: gather(existing),
        fixed: Vec::new(),
        suppressed: suppressed::gathered(suppressed),
        waivers: uses,
        apis: Vec::new(),
        limitations,
        fail_on: policy.fail_on,
        contracts,
        about: BTreeMap::new(),
        links: None,
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
            Some(Hidden { by, why }) => {
                let kind = match by {
                    Hider::Contract => Suppression::Contract,
                    Hider::Policy => Suppression::Policy,
                    Hider::Version => Suppression::Version,
                    Hider::Approval => Suppression::Approval,
                };
                out.push(Suppressed { diagnostic, kind, by: why });
            }
        }
    }
    out
}

#[cfg(test)]
mod tests;
