//! GitLab code quality: a subset of Code Climate's JSON. The format knows issues alone, so what was not examined is one,
//! and so is what a contract suppresses itself.

use super::escape::cell;
use super::{NOT_EXAMINED, file_of, limits, sentence};
use crate::diagnostic::{Diagnostic, Severity};
use crate::gate::{Report, digest};
use serde_json::{Value, json};

/// The report as a Code Climate array.
pub(super) fn render(report: &Report) -> String {
    let mut issues: Vec<Value> = limits(report)
        .map(|(limitation, severity)| {
            let sentence = sentence(limitation);
            let fingerprint = digest(&format!("{NOT_EXAMINED}\n{}\n{sentence}", file_of(limitation)));
            issue(NOT_EXAMINED, &sentence, word(severity), &fingerprint, file_of(limitation), (1, 1))
        })
        .collect();
    issues.extend(report.ranked().into_iter().map(|d| of(d, &d.message, word(d.severity))));
    issues.extend(report.suppressed.iter().filter(|suppressed| suppressed.kind.in_source()).map(|suppressed| {
        let message = format!("suppressed here ({}): {}", suppressed.by, suppressed.diagnostic.message);
        of(&suppressed.diagnostic, &message, "info")
    }));
    serde_json::to_string_pretty(&issues).unwrap_or_default() + "\n"
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warn => "major",
        Severity::Info => "minor",
        Severity::Hint => "info",
    }
}

fn of(diagnostic: &Diagnostic, message: &str, severity: &str) -> Value {
    let lines = diagnostic.in_revision().map_or((1, 1), |place| (place.start().line, place.end().line));
    let path = diagnostic.in_revision().unwrap_or(&diagnostic.location).path();
    issue(&diagnostic.rule, message, severity, &diagnostic.fingerprint, path, lines)
}

fn issue(rule: &str, message: &str, severity: &str, fingerprint: &str, path: &str, lines: (u32, u32)) -> Value {
    json!({
        "type": "issue",
        "check_name": cell(rule),
        "description": cell(message),
        "severity": severity,
        "fingerprint": fingerprint,
        "location": {"path": path, "lines": {"begin": lines.0, "end": lines.1}},
    })
}
