//! GitLab code quality: a subset of Code Climate's JSON.

use crate::diagnostic::Severity;
use crate::gate::Report;
use serde_json::{Value, json};

/// The report as a Code Climate array.
pub(super) fn render(report: &Report) -> String {
    let issues: Vec<Value> = report
        .diagnostics
        .iter()
        .map(|diagnostic| {
            let (start, end) = (diagnostic.location.start(), diagnostic.location.end());
            json!({
                "type": "issue",
                "check_name": diagnostic.rule,
                "description": diagnostic.message,
                "severity": match diagnostic.severity {
                    Severity::Error => "critical",
                    Severity::Warn => "major",
                    Severity::Info => "minor",
                    Severity::Hint => "info",
                },
                "fingerprint": diagnostic.fingerprint,
                "location": {
                    "path": diagnostic.location.path(),
                    "lines": {"begin": start.line, "end": end.line},
                },
            })
        })
        .collect();
    serde_json::to_string_pretty(&issues).unwrap_or_default() + "\n"
}
