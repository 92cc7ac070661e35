//! A summary for pull requests: verdict, breaking changes with their proofs, then the rest by rule.

use super::escape::{code, line, markdown, shortened};
use super::{as_far_as_known, counted};
use crate::diagnostic::{Diagnostic, EvidenceStatus, Impact, Severity};
use crate::gate::{Gate, Report};
use std::collections::BTreeMap;

/// Findings listed one by one per section; more are counted.
const MAX_LISTED: usize = 50;

/// The report as GitHub-flavoured Markdown.
pub(super) fn render(report: &Report) -> String {
    let verdict = &report.verdict;
    let title = match verdict.gate {
        Gate::Pass => "passed",
        Gate::Fail => "failed",
        Gate::Incomplete => "incomplete",
    };
    let mut out = format!("## Covenant: {title}\n\n");
    out.push_str("| contracts | errors | warnings | change | required bump |\n|---|---|---|---|---|\n");
    out.push_str(&format!(
        "| {} | {} | {} | {} | {} |\n\n",
        report.contracts,
        report.count(Severity::Error),
        report.count(Severity::Warn),
        as_far_as_known(report, verdict.change.name()),
        as_far_as_known(report, verdict.required_bump.name()),
    ));
    for limitation in &report.limitations {
        let file = limitation.file.as_deref().map(code).unwrap_or_default();
        out.push_str(&format!("- **Not examined** {file}: {}\n", markdown(&limitation.what)));
    }
    let (breaking, rest): (Vec<_>, Vec<_>) = report.diagnostics.iter().partition(|d| d.impact == Impact::Breaking);
    let (changes, findings): (Vec<_>, Vec<_>) =
        rest.into_iter().partition(|d| d.category.is_some() || d.impact != Impact::None);
    section(&mut out, "Breaking changes", &breaking, true);
    let (risky, other): (Vec<_>, Vec<_>) = changes.into_iter().partition(|d| d.impact == Impact::Risky);
    section(&mut out, "Risky changes", &risky, true);
    section(&mut out, "Other changes", &other, false);
    section(&mut out, "Findings", &findings, false);
    if !report.suppressed.is_empty() {
        out.push_str(&format!("\n{} accepted by waiver or baseline.\n", counted(report.suppressed.len(), "finding")));
    }
    out
}

fn section(out: &mut String, title: &str, findings: &[&Diagnostic], detailed: bool) {
    if findings.is_empty() {
        return;
    }
    out.push_str(&format!("\n### {title} ({})\n\n", findings.len()));
    if !detailed {
        out.push_str("<details><summary>by rule</summary>\n\n");
    }
    for diagnostic in findings.iter().take(MAX_LISTED) {
        let place = format!("{}:{}", line(diagnostic.location.file()), diagnostic.location.start().line);
        out.push_str(&format!(
            "- **{}** {} ({}, {})\n",
            code(&diagnostic.rule),
            markdown(&diagnostic.message),
            diagnostic.severity,
            code(&place)
        ));
        if detailed {
            details(out, diagnostic);
        }
    }
    if findings.len() > MAX_LISTED {
        let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
        for diagnostic in &findings[MAX_LISTED..] {
            *rules.entry(&diagnostic.rule).or_default() += 1;
        }
        let rules: Vec<String> = rules.iter().map(|(rule, count)| format!("{} {count}", code(rule))).collect();
        out.push_str(&format!("- and {} more: {}\n", findings.len() - MAX_LISTED, rules.join(", ")));
    }
    if !detailed {
        out.push_str("\n</details>\n");
    }
}

fn details(out: &mut String, diagnostic: &Diagnostic) {
    if let Some(evidence) = &diagnostic.evidence {
        let value = code(&shortened(&evidence.value.to_string(), 400));
        let text = match evidence.status {
            EvidenceStatus::Confirmed => format!(
                "proof: {value} is accepted by the {} and rejected by the {}: {}",
                evidence.accepted_by,
                evidence.rejected_by,
                markdown(&evidence.reason)
            ),
            EvidenceStatus::Undecided => format!("not decided: {}", markdown(&evidence.reason)),
            EvidenceStatus::None => markdown(&evidence.reason),
        };
        out.push_str(&format!("  - {text}\n"));
    }
    if !diagnostic.operations.is_empty() {
        let listed: Vec<_> = diagnostic.operations.iter().take(10).map(|label| code(label)).collect();
        let more = diagnostic.operations.len() - listed.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        out.push_str(&format!("  - affects {}{more}\n", listed.join(", ")));
    }
    if let Some(help) = &diagnostic.help {
        out.push_str(&format!("  - {}\n", markdown(help)));
    }
}
