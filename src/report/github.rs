//! GitHub: workflow annotations, and the outputs of a step.

use super::escape::{cell, shortened, workflow, workflow_property};
use super::{limits, uncounted};
use crate::diagnostic::{Diagnostic, EvidenceStatus, Severity};
use crate::gate::Report;

/// Characters of an annotation.
const MAX_TEXT: usize = 4_000;
/// Characters of a title or of the name of a file.
const MAX_PROPERTY: usize = 1_000;

/// One workflow command per finding: what fails the run first, for GitHub shows ten of each kind.
pub(super) fn annotations(report: &Report) -> String {
    let mut out = String::new();
    for (limitation, severity) in limits(report) {
        let file = limitation.file.as_ref().map(|file| format!(" file={},", property(file))).unwrap_or_default();
        let title = if file.is_empty() { " title=not examined" } else { "title=not examined" };
        out.push_str(&format!("::{}{file}{title}::{}\n", word(severity), text(&limitation.what)));
    }
    for diagnostic in report.ranked() {
        out.push_str(&annotation(word(diagnostic.severity), diagnostic, &content(diagnostic)));
    }
    for suppressed in report.suppressed.iter().filter(|suppressed| suppressed.kind.in_source()) {
        let words = format!("suppressed here ({}): {}", suppressed.by, suppressed.diagnostic.message);
        out.push_str(&annotation("notice", &suppressed.diagnostic, &words));
    }
    for words in uncounted(report) {
        out.push_str(&format!("::notice title=not counted::{}\n", text(&words)));
    }
    out
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warn => "warning",
        Severity::Info | Severity::Hint => "notice",
    }
}

fn text(text: &str) -> String {
    workflow(&shortened(text, MAX_TEXT))
}

fn property(text: &str) -> String {
    workflow_property(&shortened(text, MAX_PROPERTY))
}

/// What an annotation says of a finding.
fn content(diagnostic: &Diagnostic) -> String {
    let mut out = cell(&diagnostic.message);
    if let Some(evidence) = diagnostic.evidence.as_ref().filter(|e| e.status == EvidenceStatus::Confirmed) {
        out.push_str(&format!("\nProof: {} ({})", cell(&evidence.value.to_string()), cell(&evidence.reason)));
    }
    if let Some(help) = &diagnostic.help {
        out.push_str(&format!("\nHelp: {}", cell(help)));
    }
    out
}

fn annotation(command: &str, diagnostic: &Diagnostic, content: &str) -> String {
    let (start, end) = (diagnostic.location.start(), diagnostic.location.end());
    // GitHub takes columns only for places within one line.
    let columns = if start.line == end.line {
        format!(",col={},endColumn={}", start.column, end.column.max(start.column))
    } else {
        String::new()
    };
    format!(
        "::{command} file={},line={},endLine={}{columns},title={}::{}\n",
        property(diagnostic.location.path()),
        start.line,
        end.line,
        property(&diagnostic.rule),
        text(content),
    )
}

/// `name=value` lines for `$GITHUB_OUTPUT`.
pub(super) fn outputs(report: &Report) -> String {
    let verdict = &report.verdict;
    format!(
        "verdict={}\nchange={}\nrequired-bump={}\nbreaking-count={}\nerror-count={}\nwarning-count={}\nsuppressed-count={}\n",
        verdict.gate.name(),
        verdict.change,
        verdict.required_bump,
        report.verdict.breaking_count(report.breaking_count()),
        report.count(Severity::Error),
        report.count(Severity::Warn),
        report.suppressed.len(),
    )
}
