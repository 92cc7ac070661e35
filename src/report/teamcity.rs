//! TeamCity service messages: an inspection type per rule, an inspection per finding. What was not examined is a build
//! problem, which fails the build.

use super::escape::{cell, teamcity};
use super::{NOT_EXAMINED, limits, sentence};
use crate::diagnostic::{Diagnostic, Severity};
use crate::gate::{Report, digest};
use std::collections::BTreeSet;

/// The report as service messages.
pub(super) fn render(report: &Report) -> String {
    let hidden = || report.suppressed.iter().filter(|suppressed| suppressed.kind.in_source());
    let all = report.diagnostics.iter().chain(hidden().map(|suppressed| &suppressed.diagnostic));
    let rules: BTreeSet<&str> = all.map(|diagnostic| &*diagnostic.rule).collect();
    let mut out = String::new();
    for (limitation, severity) in limits(report) {
        let file = limitation.file.as_ref().map(|file| format!("{file}: ")).unwrap_or_default();
        let words = teamcity(&cell(&format!("{file}{}", sentence(limitation))));
        out.push_str(&if severity == Severity::Error {
            let identity: String = digest(&words).chars().take(16).collect();
            format!("##teamcity[buildProblem description='{words}' identity='{NOT_EXAMINED}-{identity}']\n")
        } else {
            format!("##teamcity[message text='{words}' status='WARNING']\n")
        });
    }
    for rule in rules {
        let id = teamcity(&cell(rule));
        out.push_str(&format!(
            "##teamcity[inspectionType category='openapi' id='{id}' name='{id}' description='{id}']\n"
        ));
    }
    for diagnostic in report.ranked() {
        let severity = match diagnostic.severity {
            Severity::Error => "ERROR",
            Severity::Warn => "WARNING",
            Severity::Info => "INFO",
            Severity::Hint => "WEAK WARNING",
        };
        inspection(&mut out, diagnostic, &diagnostic.message, severity);
    }
    for suppressed in hidden() {
        let message = format!("suppressed here ({}): {}", suppressed.by, suppressed.diagnostic.message);
        inspection(&mut out, &suppressed.diagnostic, &message, "INFO");
    }
    out
}

fn inspection(out: &mut String, diagnostic: &Diagnostic, message: &str, severity: &str) {
    out.push_str(&format!(
        "##teamcity[inspection typeId='{}' message='{}' file='{}' line='{}' SEVERITY='{severity}']\n",
        teamcity(&cell(&diagnostic.rule)),
        teamcity(&cell(message)),
        teamcity(diagnostic.location.path()),
        diagnostic.location.start().line,
    ));
}
