//! Checkstyle XML, which many code review tools read.

use super::escape::xml;
use crate::diagnostic::Severity;
use crate::gate::Report;

/// The report as Checkstyle XML.
pub(super) fn render(report: &Report) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"8.0\">\n");
    let mut open: Option<&str> = None;
    for diagnostic in &report.diagnostics {
        let file = diagnostic.location.path();
        if open != Some(file) {
            if open.is_some() {
                out.push_str("  </file>\n");
            }
            out.push_str(&format!("  <file name=\"{}\">\n", xml(file)));
            open = Some(file);
        }
        let severity = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warn => "warning",
            Severity::Info | Severity::Hint => "info",
        };
        let start = diagnostic.location.start();
        out.push_str(&format!(
            "    <error line=\"{}\" column=\"{}\" severity=\"{severity}\" message=\"{}\" source=\"{}\"/>\n",
            start.line,
            start.column,
            xml(&diagnostic.message),
            xml(&diagnostic.rule),
        ));
    }
    if open.is_some() {
        out.push_str("  </file>\n");
    }
    out.push_str("</checkstyle>\n");
    out
}
