//! TeamCity service messages: an inspection type per rule, an inspection per finding.

use super::escape::teamcity;
use crate::diagnostic::Severity;
use crate::gate::Report;
use std::collections::BTreeSet;

/// The report as service messages.
pub(super) fn render(report: &Report) -> String {
    let rules: BTreeSet<&str> = report.diagnostics.iter().map(|diagnostic| &*diagnostic.rule).collect();
    let mut out = String::new();
    for rule in rules {
        let id = teamcity(rule);
        out.push_str(&format!(
            "##teamcity[inspectionType category='openapi' id='{id}' name='{id}' description='{id}']\n"
        ));
    }
    for diagnostic in &report.diagnostics {
        let severity = match diagnostic.severity {
            Severity::Error => "ERROR",
            Severity::Warn => "WARNING",
            Severity::Info => "INFO",
            Severity::Hint => "WEAK WARNING",
        };
        out.push_str(&format!(
            "##teamcity[inspection typeId='{}' message='{}' file='{}' line='{}' SEVERITY='{severity}']\n",
            teamcity(&diagnostic.rule),
            teamcity(&diagnostic.message),
            teamcity(diagnostic.location.path()),
            diagnostic.location.start().line,
        ));
    }
    out
}
