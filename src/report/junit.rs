//! JUnit XML: a test suite per file, a test case per finding; errors and warnings fail.

use super::escape::xml;
use crate::diagnostic::{Diagnostic, Severity};
use crate::gate::Report;
use std::collections::BTreeMap;

/// The report as JUnit XML.
pub(super) fn render(report: &Report) -> String {
    let mut files: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
    for diagnostic in &report.diagnostics {
        files.entry(diagnostic.location.path()).or_default().push(diagnostic);
    }
    let total: usize = report.diagnostics.len();
    let failures = report.count(Severity::Error) + report.count(Severity::Warn);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str(&format!("<testsuites name=\"covenant\" tests=\"{}\" failures=\"{failures}\">\n", total.max(1)));
    if files.is_empty() {
        out.push_str("  <testsuite name=\"covenant\" tests=\"1\" failures=\"0\">\n    <testcase name=\"no findings\" classname=\"covenant\"/>\n  </testsuite>\n");
    }
    for (file, diagnostics) in files {
        let failing = diagnostics.iter().filter(|d| d.severity >= Severity::Warn).count();
        let name = xml(file);
        out.push_str(&format!(
            "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{failing}\">\n",
            diagnostics.len()
        ));
        for diagnostic in diagnostics {
            let start = diagnostic.location.start();
            let case = xml(&format!("{} #{}", diagnostic.rule, diagnostic.location.pointer));
            out.push_str(&format!("    <testcase name=\"{case}\" classname=\"{name}\">\n"));
            let message = xml(&diagnostic.message);
            let detail = xml(&format!("line {}, column {}: {}", start.line, start.column, diagnostic.message));
            if diagnostic.severity >= Severity::Warn {
                out.push_str(&format!(
                    "      <failure message=\"{message}\" type=\"{}\">{detail}</failure>\n",
                    diagnostic.severity
                ));
            } else {
                out.push_str(&format!("      <system-out>{detail}</system-out>\n"));
            }
            out.push_str("    </testcase>\n");
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}
