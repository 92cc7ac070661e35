//! What decides besides the findings: severities, waivers, baseline, since when a rule is enforced.

use super::{Base, Baseline, Decided, Ignores, Origin, Undecided, waivers};
use crate::config::{Enforce, FailOn, RuleLevel, Waiver, WaiverLimits};
use crate::diagnostic::Diagnostic;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What decides besides the findings.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Policy {
    /// The failing severity.
    pub fail_on: FailOn,
    /// Severity per rule or change id, from the configuration.
    pub levels: BTreeMap<String, RuleLevel>,
    /// When findings fail that the base has as well, by rule; ids may hold `*`.
    #[serde(default)]
    pub enforce: BTreeMap<String, Enforce>,
    /// Accepted findings.
    pub waivers: Vec<Waiver>,
    /// The folder of the configuration from the top of the repository, where the files start that waivers name.
    #[serde(default)]
    pub folder: String,
    /// What waivers must not be.
    #[serde(default)]
    pub waiver_limits: WaiverLimits,
    /// Rules and changes that nobody waives; ids may hold `*`.
    #[serde(default)]
    pub never: Vec<String>,
    /// Until this day nothing fails.
    #[serde(default)]
    pub observe_until: Option<Date>,
    /// Known findings.
    pub baseline: Option<Baseline>,
    /// Findings named in ignore files of oasdiff; they are about changes, so parts of a lint have none.
    #[serde(skip)]
    pub ignores: Vec<Ignores>,
    /// Findings about the policy itself.
    #[serde(skip)]
    pub notes: Vec<Diagnostic>,
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
    /// Whose policy this is.
    #[serde(skip)]
    pub origin: Option<Origin>,
}

impl Policy {
    /// The day until which nothing fails, if it has not passed.
    pub(super) fn observed(&self) -> Option<Date> {
        self.observe_until.filter(|until| self.as_of.is_some_and(|today| today <= *until))
    }

    /// Whether the revision that is judged does not decide.
    pub(super) fn of_target(&self) -> bool {
        matches!(self.origin, Some(Origin::Target { .. }))
    }

    /// Whether a finding does not count because the base has it: neither a date nor a line of policy enforces it.
    pub(super) fn passes_over(&self, finding: &Diagnostic) -> bool {
        if !finding.existing || finding.dated {
            return false;
        }
        let own = self.enforce.get(&*finding.rule);
        let enforce = own.or_else(|| {
            let fits = |(pattern, _): &(&String, &Enforce)| waivers::wildcard(pattern, &finding.rule);
            self.enforce.iter().find(fits).map(|(_, enforce)| enforce)
        });
        !enforce.is_some_and(|enforce| enforce.is_due(self.as_of))
    }
}

/// A time in which nothing fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Observed {
    /// Its last day.
    pub until: Date,
    /// How many findings would have failed the run.
    pub would_fail: usize,
}

impl Observed {
    /// Says what would have happened.
    pub fn sentence(&self) -> String {
        match self.would_fail {
            0 => format!("observed until {}: would have passed", self.until),
            1 => format!("observed until {}: would have failed with 1 finding", self.until),
            count => format!("observed until {}: would have failed with {count} findings", self.until),
        }
    }
}
