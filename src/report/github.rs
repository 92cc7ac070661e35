//! GitHub: workflow annotations, and the outputs of a step.

use super::escape::{line, workflow, workflow_property};
use crate::diagnostic::{EvidenceStatus, Severity};
use crate::gate::Report;

/// One workflow command per finding.
pub(super) fn annotations(report: &Report) -> String {
    let mut out = String::new();
    for diagnostic in &report.diagnostics {
        let command = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warn => "warning",
            Severity::Info | Severity::Hint => "notice",
        };
        let (start, end) = (diagnostic.location.start(), diagnostic.location.end());
        let mut text = diagnostic.message.clone();
        if let Some(evidence) = diagnostic.evidence.as_ref().filter(|e| e.status == EvidenceStatus::Confirmed) {
            text.push_str(&format!("\nProof: {} ({})", evidence.value, evidence.reason));
        }
        if let Some(help) = &diagnostic.help {
            text.push_str(&format!("\nHelp: {help}"));
        }
        // GitHub takes columns only for places within one line.
        let columns = if start.line == end.line {
            format!(",col={},endColumn={}", start.column, end.column.max(start.column))
        } else {
            String::new()
        };
        out.push_str(&format!(
            "::{command} file={},line={},endLine={}{columns},title={}::{}\n",
            workflow_property(diagnostic.location.path()),
            start.line,
            end.line,
            workflow_property(&diagnostic.rule),
            workflow(&text),
        ));
    }
    for limitation in report.limitations.iter().filter(|limitation| limitation.incomplete) {
        out.push_str(&format!("::error title=not examined::{}\n", workflow(&limitation.what)));
    }
    out
}

/// `name=value` lines for `$GITHUB_OUTPUT`.
pub(super) fn outputs(report: &Report) -> String {
    let verdict = &report.verdict;
    format!(
        "verdict={}\nchange={}\nrequired-bump={}\nbreaking-count={}\nerror-count={}\nwarning-count={}\n",
        line(verdict.gate.name()),
        verdict.change,
        verdict.required_bump,
        report.breaking_count(),
        report.count(Severity::Error),
        report.count(Severity::Warn),
    )
}
