//! Rules that are code. A page names its function; the function takes a place in the contract and its options and
//! gives findings. It never prints, never exits, never reads the clock.

mod compliance;
mod design;
mod documentation;
mod facts;
mod finding;
mod instance;
mod kinds;
mod lifecycle;
mod meaning;
mod options;
mod reach;
mod reliability;
mod schema_walk;
mod security;
mod structure;
mod url;

use crate::lexicon::words;
use crate::openapi::keyword as schema;

pub use facts::Facts;
pub use finding::Finding;
pub use options::Options;
pub use schema_walk::{Element, Role};

use super::select::Active;
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::openapi::Api;
use crate::promise::Policy;
use jiff::civil::Date;

/// What a function gets.
pub struct Context<'w, 'o> {
    /// The contract.
    pub api: Api<'w>,
    /// `options` of the page; null when there are none.
    pub options: &'o serde_json::Value,
    /// What was promised about notice and versions.
    pub policy: &'o Policy,
    /// The day for rules about dates.
    pub as_of: Option<Date>,
    /// The rules that the function serves in this run.
    pub rules: &'o [&'o Active],
}

impl Context<'_, '_> {
    /// Returns how severe a rule is in this run.
    pub(super) fn severity(&self, rule: &str) -> Option<Severity> {
        self.rules.iter().find(|active| active.page.id == rule).map(|active| active.severity)
    }
}

/// Where a function puts its findings.
pub struct Sink {
    rule: &'static str,
    findings: Vec<Diagnostic>,
}

impl Sink {
    pub(super) fn new(rule: &'static str) -> Self {
        Sink { rule, findings: Vec::new() }
    }

    /// Reports a finding with the severity of the rule. Its help is the page's `## Fix` unless set here.
    pub fn report(&mut self, location: Location, message: impl Into<String>) -> &mut Diagnostic {
        let at = self.findings.len();
        self.findings.push(Diagnostic::new(self.rule, Severity::Error, message, location));
        &mut self.findings[at]
    }

    /// Reports a finding that is at most this severe, for the milder half of a rule.
    pub fn report_at_most(
        &mut self,
        severity: Severity,
        location: Location,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let finding = self.report(location, message);
        finding.severity = severity;
        finding
    }

    /// Adds a finding made elsewhere, under its own rule id (a family of rules).
    pub fn add(&mut self, finding: Diagnostic) {
        self.findings.push(finding);
    }

    pub(super) fn into_findings(self) -> Vec<Diagnostic> {
        self.findings
    }
}

/// A function that pages name.
pub struct Native {
    /// The name in the front matter.
    pub name: &'static str,
    /// Whether it serves several rules at once and reports under their ids.
    pub family: bool,
    /// The function.
    pub check: Check,
}

/// The two forms of functions.
pub enum Check {
    /// Reports diagnostics itself.
    Direct(fn(&Context<'_, '_>, &mut Sink)),
    /// Asks [`Facts`], which all rules of a run share, and collects findings.
    Collect(fn(&Facts<'_>, &Options, &mut Vec<Finding>)),
}

impl Native {
    /// Runs the function.
    pub fn run<'w>(&self, context: &Context<'w, '_>, facts: &Facts<'w>, sink: &mut Sink) {
        match self.check {
            Check::Direct(check) => check(context, sink),
            Check::Collect(check) => {
                let mut found = Vec::new();
                check(facts, &Options::new(context.options.clone()), &mut found);
                let rule = sink.rule;
                sink.findings.extend(found.into_iter().map(|finding| finding.into_diagnostic(rule)));
            }
        }
    }
}

/// A function of one rule, or of each rule that names it.
pub(crate) const fn rule(name: &'static str, check: fn(&Facts<'_>, &Options, &mut Vec<Finding>)) -> Native {
    Native { name, family: false, check: Check::Collect(check) }
}

/// A function that serves several rules in one run.
pub(crate) const fn family(name: &'static str, check: fn(&Context<'_, '_>, &mut Sink)) -> Native {
    Native { name, family: true, check: Check::Direct(check) }
}

/// The functions by pack; a pack adds its list here.
const PACKS: [&[Native]; 8] = [
    &[family("structure", structure::check), family("duplicate-key", structure::duplicate_keys)],
    security::RULES,
    documentation::RULES,
    compliance::RULES,
    reliability::RULES,
    design::RULES,
    lifecycle::RULES,
    meaning::RULES,
];

/// The function with this name.
pub fn find(name: &str) -> Option<&'static Native> {
    PACKS.iter().flat_map(|pack| pack.iter()).find(|native| native.name == name)
}
