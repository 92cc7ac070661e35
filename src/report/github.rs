//! GitHub: workflow annotations, and the outputs of a step.

use super::escape::{cell, shortened, workflow, workflow_property};
use super::{counted, limits};
use crate::diagnostic::{Diagnostic, EvidenceStatus, Impact, Severity};
use crate::gate::{Report, Suppression};

/// Characters of an annotation.
const MAX_TEXT: usize = 4_000;
/// Characters of a title or of the name of a file.
const MAX_PROPERTY: usize = 1_000;

/// Annotations of a kind that GitHub shows of one step.
const MAX_SHOWN: usize = 10;

/// One workflow command per finding, as many as GitHub shows of each kind: what could not be examined and what fails the run
/// first, breaking changes before other errors. The verdict and how many more there are stand in the log.
pub(super) fn annotations(report: &Report) -> String {
    let mut commands: Vec<(&str, String)> = Vec::new();
    for (limitation, severity) in limits(report) {
        let file = limitation.file.as_ref().map(|file| format!(" file={},", property(file))).unwrap_or_default();
        let title = if file.is_empty() { " title=not examined" } else { "title=not examined" };
        let kind = word(severity);
        commands.push((kind, format!("::{kind}{file}{title}::{}\n", text(&limitation.what))));
    }
    let mut findings = report.ranked();
    findings.sort_by_key(|finding| {
        let breaks = finding.impact == Impact::Breaking || finding.weakens;
        std::cmp::Reverse((report.fails(finding), breaks))
    });
    for diagnostic in findings {
        let kind = word(diagnostic.severity);
        commands.push((kind, annotation(kind, diagnostic, &content(diagnostic))));
    }
    for suppressed in report.suppressed.iter().filter(|suppressed| suppressed.kind.in_source()) {
        let words = format!("suppressed here ({}): {}", suppressed.by, suppressed.diagnostic.message);
        commands.push(("notice", annotation("notice", &suppressed.diagnostic, &words)));
    }
    let mut out = String::new();
    let mut more = Vec::new();
    for kind in ["error", "warning", "notice"] {
        let of_kind = || commands.iter().filter(|(own, _)| *own == kind);
        out.extend(of_kind().take(MAX_SHOWN).map(|(_, command)| command.as_str()));
        let left = of_kind().count().saturating_sub(MAX_SHOWN);
        if left > 0 {
            more.push(counted(left, kind));
        }
    }
    if !more.is_empty() {
        out.push_str(&format!("{} more without an annotation; the summary has them all\n", more.join(", ")));
    }
    for line in super::text::verdict(report).lines() {
        out.push_str(&format!("covenant: {}\n", workflow(line)));
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
        out.push_str(&format!(
            "\nProof: {} ({})",
            cell(&super::message::lines(evidence).join(" ")),
            cell(&super::message::brief(&evidence.reason))
        ));
    }
    if let Some(help) = &diagnostic.help {
        out.push_str(&format!("\nHelp: {}", cell(help)));
    }
    out
}

fn annotation(command: &str, diagnostic: &Diagnostic, content: &str) -> String {
    let title = property(&diagnostic.rule);
    let Some(location) = diagnostic.in_revision() else {
        // The file is not there, so there is no line to mark.
        let words = format!("{}: {content}", cell(diagnostic.location.path()));
        return format!("::{command} title={title}::{}\n", text(&words));
    };
    let (start, end) = (location.start(), location.end());
    // GitHub takes columns only for places within one line.
    let columns = if start.line == end.line {
        format!(",col={},endColumn={}", start.column, end.column.max(start.column))
    } else {
        String::new()
    };
    format!(
        "::{command} file={},line={},endLine={}{columns},title={title}::{}\n",
        property(location.path()),
        start.line,
        end.line,
        text(content),
    )
}

/// `name=value` lines for `$GITHUB_OUTPUT`.
pub(super) fn outputs(report: &Report) -> String {
    let verdict = &report.verdict;
    format!(
        "verdict={}\nchange={}\nrequired-bump={}\nbreaking-count={}\nerror-count={}\nwarning-count={}\nsuppressed-count={}\nexisting-count={}\nfixed-count={}\nnew-findings={}\napproved={}\n",
        verdict.gate.name(),
        verdict.change,
        verdict.required_bump,
        report.verdict.breaking_count(report.breaking_count()),
        report.count(Severity::Error),
        report.count(Severity::Warn),
        report.suppressed.len(),
        report.existing.len(),
        report.fixed.len(),
        report.diagnostics.len(),
        report.suppressed.iter().filter(|one| one.kind == Suppression::Approval).count(),
    )
}
