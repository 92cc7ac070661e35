//! Checkstyle XML, which many code review tools read. What was not examined is an error, what was suppressed has the
//! severity `ignore`.

use super::escape::{cell, xml};
use super::{NOT_EXAMINED, file_of, limits, sentence};
use crate::diagnostic::{Diagnostic, Severity};
use crate::gate::Report;
use std::collections::BTreeMap;

/// Lines of the entries of each file.
type Files<'r> = BTreeMap<&'r str, Vec<String>>;

/// The report as Checkstyle XML.
pub(super) fn render(report: &Report) -> String {
    let mut files = Files::new();
    for (limitation, severity) in limits(report) {
        let entry = error(1, 1, word(severity), &sentence(limitation), NOT_EXAMINED);
        files.entry(file_of(limitation)).or_default().push(entry);
    }
    for diagnostic in report.ranked() {
        add(&mut files, diagnostic, word(diagnostic.severity), &diagnostic.message);
    }
    for suppressed in &report.suppressed {
        let message =
            format!("{} (suppressed by {}: {})", suppressed.diagnostic.message, suppressed.kind.name(), suppressed.by);
        add(&mut files, &suppressed.diagnostic, "ignore", &message);
    }
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"8.0\">\n");
    for (file, entries) in files {
        out.push_str(&format!("  <file name=\"{}\">\n", xml(file)));
        out.extend(entries);
        out.push_str("  </file>\n");
    }
    out.push_str("</checkstyle>\n");
    out
}

fn add<'r>(files: &mut Files<'r>, diagnostic: &'r Diagnostic, severity: &str, message: &str) {
    let start = diagnostic.location.start();
    let entry = error(start.line, start.column, severity, message, &diagnostic.rule);
    files.entry(diagnostic.location.path()).or_default().push(entry);
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warn => "warning",
        Severity::Info | Severity::Hint => "info",
    }
}

fn error(line: u32, column: u32, severity: &str, message: &str, source: &str) -> String {
    format!(
        "    <error line=\"{line}\" column=\"{column}\" severity=\"{severity}\" message=\"{}\" source=\"{}\"/>\n",
        xml(&cell(message)),
        xml(&cell(source)),
    )
}
