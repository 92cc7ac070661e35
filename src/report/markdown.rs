//! A summary for pull requests: verdict, what was not examined, what fails the run, breaking changes with their proofs,
//! then the rest by rule.
//!
//! GitHub refuses comments of more than 65,536 characters and summaries of more than 1 MiB, so the document as a whole
//! has a bound: what comes first matters most, what finds no room is counted.

use super::escape::{cell, code, markdown, shortened};
use super::{counted, fixed, message, uncounted};
use crate::diagnostic::{Diagnostic, EvidenceStatus, Impact, Severity};
use crate::gate::{Command, Report};
use std::collections::BTreeMap;

/// Findings listed one by one per section; more are counted.
const MAX_LISTED: usize = 50;
/// Bytes of the findings that are listed.
const MAX_BYTES: usize = 48_000;
/// Limitations, suppressed findings and rules listed one by one.
const MAX_LINES: usize = 20;
/// Characters of one text.
const MAX_TEXT: usize = 500;
/// Characters of a name: of a file, an operation, a rule.
const MAX_NAME: usize = 120;

/// The report as GitHub-flavoured Markdown.
pub(super) fn render(report: &Report) -> String {
    let verdict = &report.verdict;
    let mut out = format!("## Covenant: {}\n\n", verdict.gate.word());
    let mut cells = vec![
        ("contracts", report.contracts.to_string()),
        ("errors", report.count(Severity::Error).to_string()),
        ("warnings", report.count(Severity::Warn).to_string()),
    ];
    if report.command != Command::Lint {
        cells.push(("change", verdict.change.to_string()));
        cells.push(("required bump", verdict.required_bump.to_string()));
    }
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    out.push_str(&row(cells.iter().map(|(name, _)| (*name).to_owned()).collect()));
    out.push_str(&format!("|{}\n", "---|".repeat(cells.len())));
    out.push_str(&row(cells.into_iter().map(|(_, value)| value).collect()));
    out.push('\n');
    out.extend(report.observed.map(|observed| format!("**{}**\n\n", capital(&observed.sentence()))));
    for limitation in report.limitations.iter().take(MAX_LINES) {
        let file = limitation.file.as_deref().map(name).unwrap_or_default();
        let mark = if limitation.incomplete { "Not examined" } else { "Limitation" };
        out.push_str(&format!("- **{mark}** {file}: {}\n", text(&limitation.what)));
    }
    more(&mut out, report.limitations.len(), "limitation");
    let (failing, passing): (Vec<_>, Vec<_>) = report.ranked().into_iter().partition(|d| report.fails(d));
    let (breaking, rest): (Vec<_>, Vec<_>) = passing.into_iter().partition(|d| d.impact == Impact::Breaking);
    let (changes, findings): (Vec<_>, Vec<_>) =
        rest.into_iter().partition(|d| d.category.is_some() || d.impact != Impact::None);
    let (risky, other): (Vec<_>, Vec<_>) = changes.into_iter().partition(|d| d.impact == Impact::Risky);
    let mut room = MAX_BYTES;
    for (title, findings, open) in [
        ("What fails the run", failing, true),
        ("Breaking changes that do not fail the run", breaking, true),
        ("Risky changes", risky, true),
        ("Other changes", other, false),
        ("Other findings", findings, false),
    ] {
        section(&mut out, &mut room, title, &findings, open);
    }
    suppressed(&mut out, report);
    out.extend(fixed(report).map(|words| format!("\n{}.\n", capital(&words))));
    out
}

/// The sentence with a capital letter.
fn capital(words: &str) -> String {
    let mut rest = words.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// A text of a contract, as much of it as a summary shows.
fn text(text: &str) -> String {
    markdown(&shortened(text, MAX_TEXT))
}

/// A name as code.
fn name(text: &str) -> String {
    code(&shortened(text, MAX_NAME))
}

/// Says how many lines were left out of a list.
fn more(out: &mut String, count: usize, noun: &str) {
    if count > MAX_LINES {
        out.push_str(&format!("- and {}\n", counted(count - MAX_LINES, &format!("more {noun}"))));
    }
}

fn section(out: &mut String, room: &mut usize, title: &str, findings: &[&Diagnostic], open: bool) {
    if findings.is_empty() {
        return;
    }
    out.push_str(&format!("\n### {title} ({})\n\n", findings.len()));
    if !open {
        out.push_str(&format!("<details><summary>{}</summary>\n\n", counted(findings.len(), "finding")));
    }
    let mut listed = 0;
    for diagnostic in findings.iter().take(MAX_LISTED) {
        let item = item(diagnostic, open);
        let Some(left) = room.checked_sub(item.len()) else { break };
        *room = left;
        out.push_str(&item);
        listed += 1;
    }
    if findings.len() > listed {
        let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
        for diagnostic in &findings[listed..] {
            *rules.entry(&diagnostic.rule).or_default() += 1;
        }
        let mut words: Vec<String> =
            rules.iter().take(MAX_LINES).map(|(rule, count)| format!("{} {count}", name(rule))).collect();
        if rules.len() > MAX_LINES {
            words.push(counted(rules.len() - MAX_LINES, "other rule"));
        }
        out.push_str(&format!("- and {} more: {}\n", findings.len() - listed, words.join(", ")));
    }
    if !open {
        out.push_str("\n</details>\n");
    }
}

/// A finding as an item of a list.
fn item(diagnostic: &Diagnostic, detailed: bool) -> String {
    let place = super::dense::named(&shortened(diagnostic.location.file(), MAX_NAME), &diagnostic.location);
    let mut out = format!(
        "- **{}** {} ({}, {})\n",
        name(&diagnostic.rule),
        text(&diagnostic.message),
        diagnostic.severity,
        code(&place)
    );
    if detailed {
        details(&mut out, diagnostic);
    }
    out
}

fn details(out: &mut String, diagnostic: &Diagnostic) {
    if let Some(evidence) = &diagnostic.evidence {
        let value = code(&shortened(&message::lines(evidence).join(" ⏎ "), 400));
        let reason = text(&message::brief(&evidence.reason));
        let text = match evidence.status {
            EvidenceStatus::Confirmed => format!(
                "proof: {value} is accepted by the {} and rejected by the {}: {}",
                evidence.accepted_by, evidence.rejected_by, reason
            ),
            EvidenceStatus::Promise if evidence.value.is_null() => reason,
            EvidenceStatus::Promise => format!("example: {value}: {reason}"),
            EvidenceStatus::Decoded => format!(
                "proof (decoded): {value} is accepted by the {} and rejected by the {}: {}",
                evidence.accepted_by, evidence.rejected_by, reason
            ),
            EvidenceStatus::Undecided => format!("not decided: {reason}"),
            EvidenceStatus::None if evidence.message.is_some() => format!("example: {value}: {reason}"),
            EvidenceStatus::None => reason,
        };
        out.push_str(&format!("  - {text}\n"));
    }
    if !diagnostic.operations.is_empty() {
        let listed: Vec<_> = diagnostic.operations.iter().take(10).map(|label| name(label)).collect();
        let more = diagnostic.operations.len() - listed.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        out.push_str(&format!("  - affects {}{more}\n", listed.join(", ")));
    }
    if let Some(help) = &diagnostic.help {
        out.push_str(&format!("  - {}\n", text(help)));
    }
}

/// What does not count, and why: what the contract hides itself comes first.
fn suppressed(out: &mut String, report: &Report) {
    let words = uncounted(report);
    if words.is_empty() {
        return;
    }
    let mut all: Vec<_> = report.suppressed.iter().collect();
    all.sort_by_key(|suppressed| !suppressed.kind.in_source());
    if !all.is_empty() {
        out.push_str(&format!("\n### Suppressed ({})\n\n", all.len()));
        out.push_str(&format!("<details><summary>{}</summary>\n\n", counted(all.len(), "finding")));
        for suppressed in all.iter().take(MAX_LINES) {
            let item = item(&suppressed.diagnostic, false);
            let by = markdown(&shortened(&cell(&suppressed.by), MAX_TEXT));
            out.push_str(&format!("{item}  - by {}: {by}\n", suppressed.kind.name()));
        }
        more(out, all.len(), "finding");
        out.push_str("\n</details>\n");
    }
    out.push_str(&format!("\nNot counted: {}.\n", words.join("; ")));
}
