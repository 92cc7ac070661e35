//! Findings that do not count, with what covers them: never invisible, whatever hides them.

use crate::diagnostic::{Diagnostic, gather};

/// What covers a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Suppression {
    /// A waiver of the configuration, in force.
    Waiver,
    /// The baseline, which holds it.
    Baseline,
    /// A line of an ignore file of oasdiff.
    IgnoreFile,
    /// The contract itself: a comment, or `x-covenant-ignore`.
    Contract,
    /// A line of policy that switches changes off.
    Policy,
    /// The version of the contract, which moved as far as the changes require.
    Version,
    /// Somebody who may approve an intended break.
    Approval,
}

impl Suppression {
    /// Returns the name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Suppression::Waiver => "waiver",
            Suppression::Baseline => "baseline",
            Suppression::IgnoreFile => "ignore-file",
            Suppression::Contract => "contract",
            Suppression::Policy => "policy",
            Suppression::Version => "version",
            Suppression::Approval => "approval",
        }
    }

    /// Returns whether it stands in the text that it covers, whose author may have written it to hide a finding.
    pub fn in_source(self) -> bool {
        self == Suppression::Contract
    }
}

/// A finding that something covers.
#[derive(Clone, Debug)]
pub struct Suppressed {
    /// The finding.
    pub diagnostic: Diagnostic,
    /// What covers it.
    pub kind: Suppression,
    /// Who and why, in words: owner and reason of a waiver, the reason in the contract, the line of policy.
    pub by: String,
}

/// Puts the findings of one cause together that the same thing covers, at the place of the first.
pub(super) fn gathered(all: Vec<Suppressed>) -> Vec<Suppressed> {
    if all.iter().all(|one| one.diagnostic.cause.is_none()) {
        return all;
    }
    let mut out: Vec<(Suppression, String, Vec<Diagnostic>)> = Vec::new();
    for one in all {
        match out.iter_mut().find(|(kind, by, _)| *kind == one.kind && *by == one.by) {
            Some((_, _, findings)) => findings.push(one.diagnostic),
            None => out.push((one.kind, one.by, vec![one.diagnostic])),
        }
    }
    let each = |(kind, by, findings): (Suppression, String, Vec<Diagnostic>)| {
        gather(findings).into_iter().map(move |diagnostic| Suppressed { diagnostic, kind, by: by.clone() })
    };
    out.into_iter().flat_map(each).collect()
}
