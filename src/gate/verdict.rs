//! What a run comes down to: whether it passes, and what the comparison found, as far as it is known.
//!
//! A figure that was not asked for, or that an incomplete run cannot know, is a value of its own, so that no format can
//! print it as `none`.

use crate::diagnostic::{Bump, Impact};

/// What a run was asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Rules over contracts.
    Lint,
    /// Rules over contracts, without a base.
    Check,
    /// Rules over contracts, and a comparison with a base.
    CheckAgainstBase,
    /// A comparison.
    Diff,
    /// Rules over the dates of a contract.
    Timeline,
}

impl Command {
    /// Returns the name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Command::Lint => "lint",
            Command::Check | Command::CheckAgainstBase => "check",
            Command::Diff => "diff",
            Command::Timeline => "timeline",
        }
    }

    /// Returns whether the run was asked to compare.
    pub fn compares(self) -> bool {
        matches!(self, Command::CheckAgainstBase | Command::Diff)
    }

    /// Returns whether a reader expects to hear of a comparison: `check` says that there was none.
    pub fn speaks_of_changes(self) -> bool {
        self.compares() || self == Command::Check
    }
}

/// Whether the run passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// No finding at or above the failing severity.
    Pass,
    /// At least one.
    Fail,
    /// Something could not be examined, whatever else was found.
    Incomplete,
}

impl Gate {
    /// Returns the name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Gate::Pass => "pass",
            Gate::Fail => "fail",
            Gate::Incomplete => "incomplete",
        }
    }

    /// Returns the word that begins a sentence about the run.
    pub fn word(self) -> &'static str {
        match self {
            Gate::Pass => "passed",
            Gate::Fail => "failed",
            Gate::Incomplete => "incomplete",
        }
    }

    /// Returns the exit code: 0 passed, 1 findings at or above the failing severity, 2 could not complete.
    pub fn exit_code(self) -> u8 {
        match self {
            Gate::Pass => 0,
            Gate::Fail => 1,
            Gate::Incomplete => 2,
        }
    }
}

/// A figure of a comparison, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure<T> {
    /// Nothing was compared, because nobody asked for it.
    NotCompared,
    /// The run is incomplete and what was examined does not settle it.
    Unknown,
    /// It is this.
    Known(T),
}

impl<T: Copy + PartialOrd> Figure<T> {
    /// What is known of a figure of which `found` was seen; from `settled` on, what was not examined cannot change it.
    fn of(command: Command, gate: Gate, found: T, settled: T) -> Self {
        match gate {
            _ if !command.compares() => Figure::NotCompared,
            Gate::Incomplete if found < settled => Figure::Unknown,
            _ => Figure::Known(found),
        }
    }
}

impl<T> Figure<T> {
    /// Returns the figure if it is known.
    pub fn known(self) -> Option<T> {
        match self {
            Figure::Known(value) => Some(value),
            Figure::NotCompared | Figure::Unknown => None,
        }
    }
}

impl<T: std::fmt::Display> std::fmt::Display for Figure<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Figure::NotCompared => f.pad("not-compared"),
            Figure::Unknown => f.pad("unknown"),
            Figure::Known(value) => value.fmt(f),
        }
    }
}

impl<T: std::fmt::Display> serde::Serialize for Figure<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What the run comes down to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it passes.
    pub gate: Gate,
    /// The heaviest client impact of any change shown.
    pub change: Figure<Impact>,
    /// The largest bump that any change shown requires.
    pub required_bump: Figure<Bump>,
}

impl Verdict {
    /// The verdict of a run in which `change` and `bump` were the heaviest found.
    pub(super) fn of(command: Command, gate: Gate, change: Impact, bump: Bump) -> Self {
        Verdict {
            gate,
            change: Figure::of(command, gate, change, Impact::Breaking),
            required_bump: Figure::of(command, gate, bump, Bump::Major),
        }
    }

    /// Returns the number of breaking changes as far as it is known, of which `found` were found.
    pub fn breaking_count(&self, found: usize) -> Figure<usize> {
        match (self.change, found) {
            (Figure::NotCompared, _) => Figure::NotCompared,
            (Figure::Unknown, 0) => Figure::Unknown,
            _ => Figure::Known(found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_a_break_an_incomplete_run_knows_nothing() {
        let of = |gate, change, bump| {
            let verdict = Verdict::of(Command::Diff, gate, change, bump);
            (verdict.change.to_string(), verdict.required_bump.to_string())
        };
        let words = |change: &str, bump: &str| (change.to_owned(), bump.to_owned());
        assert_eq!(of(Gate::Incomplete, Impact::None, Bump::None), words("unknown", "unknown"));
        assert_eq!(of(Gate::Incomplete, Impact::Risky, Bump::Minor), words("unknown", "unknown"));
        assert_eq!(of(Gate::Incomplete, Impact::Breaking, Bump::Minor), words("breaking", "unknown"));
        assert_eq!(of(Gate::Incomplete, Impact::Breaking, Bump::Major), words("breaking", "major"));
        assert_eq!(of(Gate::Pass, Impact::None, Bump::None), words("none", "none"));
    }

    #[test]
    fn what_nobody_compared_is_not_none() {
        for command in [Command::Lint, Command::Check, Command::Timeline] {
            for gate in [Gate::Pass, Gate::Fail, Gate::Incomplete] {
                let verdict = Verdict::of(command, gate, Impact::None, Bump::None);
                assert_eq!(verdict.change, Figure::NotCompared);
                assert_eq!(verdict.breaking_count(0).to_string(), "not-compared");
            }
        }
    }
}
