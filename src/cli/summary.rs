//! `--summary`: the findings of a run by rule, the heaviest and most frequent first.

use crate::diagnostic::{Diagnostic, Severity};
use crate::gate::{Gate, Report};
use crate::lint::page;
use std::collections::{BTreeMap, BTreeSet};

/// What one rule found.
#[derive(Default)]
struct Line<'d> {
    severity: Option<Severity>,
    count: usize,
    files: BTreeSet<&'d str>,
}

/// One line per rule: severity, findings, files, id and what the rule asks for; the verdict first and last.
pub(super) fn by_rule(report: &Report) -> String {
    let mut rules: BTreeMap<&str, Line<'_>> = BTreeMap::new();
    for Diagnostic { rule, severity, location, .. } in &report.diagnostics {
        let line = rules.entry(rule).or_default();
        line.severity = line.severity.max(Some(*severity));
        line.count += 1;
        line.files.insert(location.file());
    }
    let mut lines: Vec<(&str, Line<'_>)> = rules.into_iter().collect();
    lines.sort_by(|(left, a), (right, b)| {
        (b.severity, b.count).cmp(&(a.severity, a.count)).then_with(|| left.cmp(right))
    });
    let noun = |number: usize, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
    let gate = match report.verdict.gate {
        Gate::Pass => "pass",
        Gate::Fail => "fail",
        Gate::Incomplete => "incomplete",
    };
    let findings = noun(report.diagnostics.len(), "finding");
    let verdict =
        format!("{gate}: {findings} of {} in {}\n", noun(lines.len(), "rule"), noun(report.contracts, "contract"));
    let mut out = verdict.clone();
    for (rule, line) in &lines {
        let severity = line.severity.map_or("", Severity::name);
        let title = page(rule).map_or("", |page| page.description);
        out.push_str(&format!(
            "{severity:<7} {:>6} in {:<10} {rule:<36} {title}\n",
            line.count,
            noun(line.files.len(), "file")
        ));
    }
    for limitation in &report.limitations {
        let file = limitation.file.as_deref().map_or_else(String::new, |file| format!("{file}: "));
        out.push_str(&format!("not examined: {file}{}\n", limitation.what));
    }
    if !lines.is_empty() {
        out.push_str(&verdict);
    }
    out
}
