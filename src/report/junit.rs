//! JUnit XML: a test suite per file, a test case per finding. What fails the run is a failure, what was not examined an
//! error, what was suppressed is skipped; everything else passes, with its sentence as output.

use super::escape::{cell, xml};
use super::{file_of, limits, sentence};
use crate::diagnostic::{Diagnostic, Severity};
use crate::gate::Report;
use std::collections::BTreeMap;

/// Test cases of one file.
#[derive(Default)]
struct Suite {
    cases: String,
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Suite {
    fn case(&mut self, file: &str, name: &str, outcome: &str) {
        self.tests += 1;
        let (file, name) = (xml(file), xml(&cell(name)));
        self.cases.push_str(&format!("    <testcase name=\"{name}\" classname=\"{file}\">\n"));
        self.cases.push_str(&format!("      {outcome}\n    </testcase>\n"));
    }

    fn counts(&self) -> String {
        format!(
            "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"",
            self.tests, self.failures, self.errors, self.skipped
        )
    }
}

/// The report as JUnit XML.
pub(super) fn render(report: &Report) -> String {
    let mut suites: BTreeMap<&str, Suite> = BTreeMap::new();
    for (limitation, severity) in limits(report) {
        let suite = suites.entry(file_of(limitation)).or_default();
        let message = xml(&cell(&sentence(limitation)));
        if severity == Severity::Error {
            suite.errors += 1;
            suite.case(
                file_of(limitation),
                "not examined",
                &format!("<error message=\"{message}\" type=\"incomplete\"/>"),
            );
        } else {
            suite.case(file_of(limitation), "limitation", &format!("<system-out>{message}</system-out>"));
        }
    }
    for diagnostic in report.ranked() {
        let suite = suites.entry(diagnostic.location.path()).or_default();
        let detail = xml(&detail(diagnostic));
        if report.fails(diagnostic) {
            suite.failures += 1;
            let message = xml(&cell(&diagnostic.message));
            let failure = format!("<failure message=\"{message}\" type=\"{}\">{detail}</failure>", diagnostic.severity);
            suite.case(diagnostic.location.path(), &name(diagnostic), &failure);
        } else {
            let output = format!("<system-out>{}: {detail}</system-out>", diagnostic.severity);
            suite.case(diagnostic.location.path(), &name(diagnostic), &output);
        }
    }
    for suppressed in &report.suppressed {
        let diagnostic = &suppressed.diagnostic;
        let suite = suites.entry(diagnostic.location.path()).or_default();
        suite.skipped += 1;
        let why = cell(&format!("suppressed by {}: {}; {}", suppressed.kind.name(), suppressed.by, detail(diagnostic)));
        suite.case(diagnostic.location.path(), &name(diagnostic), &format!("<skipped message=\"{}\"/>", xml(&why)));
    }
    if suites.is_empty() {
        let mut suite = Suite { tests: 1, ..Suite::default() };
        suite.cases.push_str("    <testcase name=\"no findings\" classname=\"covenant\"/>\n");
        suites.insert("covenant", suite);
    }
    let sum = |of: fn(&Suite) -> usize| suites.values().map(of).sum();
    let all = Suite {
        cases: String::new(),
        tests: sum(|suite| suite.tests),
        failures: sum(|suite| suite.failures),
        errors: sum(|suite| suite.errors),
        skipped: sum(|suite| suite.skipped),
    };
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str(&format!("<testsuites name=\"covenant\" {}>\n", all.counts()));
    for (file, suite) in suites {
        out.push_str(&format!("  <testsuite name=\"{}\" {}>\n", xml(file), suite.counts()));
        out.push_str(&suite.cases);
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn name(diagnostic: &Diagnostic) -> String {
    format!("{} #{}", diagnostic.rule, diagnostic.location.pointer)
}

fn detail(diagnostic: &Diagnostic) -> String {
    let start = diagnostic.location.start();
    format!("line {}, column {}: {}", start.line, start.column, cell(&diagnostic.message))
}
