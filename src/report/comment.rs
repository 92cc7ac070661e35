//! The comment on a pull request: the verdict, then one line for each cause that a reader must decide about, with what to do;
//! everything else is folded. It is updated in place: a hidden marker names it.
//!
//! GitHub refuses comments of more than 65,536 characters; what finds no room is counted.

use super::escape::{code, markdown, shortened};
use super::{counted, fixed, uncounted};
use crate::diagnostic::{Bump, Category, Diagnostic, EvidenceStatus, Impact, Severity};
use crate::gate::{Figure, Gate, Report, digest};
use std::collections::BTreeMap;

/// What the marker of a comment begins with.
const MARKER: &str = "<!-- covenant-comment/1 ";
/// Characters of the whole comment, with room for what the platform adds.
const MAX: usize = 64_000;
/// Causes that are open; more are folded.
const OPEN: usize = 5;
/// Findings of one section.
const MAX_LISTED: usize = 40;
/// Characters of a text.
const MAX_TEXT: usize = 400;
/// Characters of a proof.
const MAX_PROOF: usize = 1_500;

/// The comment, with its marker in the first line.
pub(super) fn render(report: &Report) -> String {
    let quiet = is_quiet(report);
    let body = if quiet { resolved(report) } else { told(report) };
    let body = fitted(body);
    format!("{}\n{body}", marker(&body, quiet))
}

/// Whether there is nothing that a reader must know.
fn is_quiet(report: &Report) -> bool {
    // That a description changed asks for a patch version at most, which is no news for a reviewer.
    let is_docs =
        |finding: &Diagnostic| finding.category == Some(Category::Docs) && finding.required_bump <= Bump::Patch;
    let matters = |finding: &Diagnostic| {
        finding.impact != Impact::None
            || report.fails(finding)
            || (finding.severity >= Severity::Warn && !is_docs(finding))
    };
    report.verdict.gate == Gate::Pass
        && !report.diagnostics.iter().any(matters)
        && !report.suppressed.iter().any(|one| one.diagnostic.impact == Impact::Breaking)
}

fn resolved(report: &Report) -> String {
    let contracts = counted(report.contracts, "contract");
    format!("**API contract: nothing to report** in {contracts}{}.\n{}", against(report), hidden(report))
}

/// What the contracts hide themselves, in a fold.
fn hidden(report: &Report) -> String {
    let hidden: Vec<_> = report.suppressed.iter().filter(|suppressed| suppressed.kind.in_source()).collect();
    if hidden.is_empty() {
        return String::new();
    }
    let count = counted(hidden.len(), "finding");
    let mut out = format!("\n<details><summary>{count} ignored in the contracts</summary>\n\n");
    for suppressed in hidden.iter().take(MAX_LISTED) {
        let found = &suppressed.diagnostic;
        out.push_str(&format!("- {} ({}): {}\n", text(&found.message), place(report, found), text(&suppressed.by)));
    }
    if hidden.len() > MAX_LISTED {
        out.push_str(&format!("- and {} more\n", hidden.len() - MAX_LISTED));
    }
    out.push_str("\n</details>\n");
    out
}

/// What was compared with what, as the end of a sentence.
fn against(report: &Report) -> String {
    let base = report.base.as_ref().map(|base| format!(", compared with {}", markdown(&base.sentence())));
    // Nothing was compared: no reader must take that for no change.
    let none = || if report.command.speaks_of_changes() { ", not-compared with a base" } else { "" }.to_owned();
    base.unwrap_or_else(none)
}

fn told(report: &Report) -> String {
    let all: Vec<&Diagnostic> = report.diagnostics.iter().collect();
    let (failing, passing): (Vec<_>, Vec<_>) = all.into_iter().partition(|finding| report.fails(finding));
    let is_change = |finding: &&Diagnostic| finding.category.is_some() || finding.impact != Impact::None;
    let (breaks, errors): (Vec<_>, Vec<_>) = failing
        .into_iter()
        .partition(|finding| is_change(finding) && (finding.impact == Impact::Breaking || finding.weakens));
    let (changes, lint): (Vec<_>, Vec<_>) = passing.into_iter().partition(is_change);
    let (accepted, changes): (Vec<_>, Vec<_>) = changes.into_iter().partition(|f| f.impact == Impact::Breaking);
    let (risky, harmless): (Vec<_>, Vec<_>) = changes.into_iter().partition(|f| f.impact == Impact::Risky);
    let mut out = headline(report, breaks.len(), errors.len());
    for limitation in report.not_examined().take(10) {
        let file =
            limitation.file.as_deref().map(|file| format!(" {}", code(&shortened(file, 120)))).unwrap_or_default();
        out.push_str(&format!("- **Not examined**{file}: {}\n", text(&limitation.what)));
    }
    let section = |title: &str, findings: Vec<&Diagnostic>, open: usize| section(report, title, findings, open);
    out.push_str(&section("Breaking changes", breaks, OPEN));
    out.push_str(&section("Errors that this change brings", errors, OPEN));
    out.push_str(&section("Breaking changes that do not fail the run", accepted, OPEN));
    out.push_str(&section("Risky changes", risky, 3));
    out.push_str(&section("New lint findings", lint, 0));
    out.push_str(&section("Harmless changes", harmless, 0));
    out.push_str(&hidden(report));
    out.push_str(&accepting(report));
    let notes: Vec<String> = fixed(report).into_iter().chain(uncounted(report)).collect();
    if !notes.is_empty() {
        out.push_str(&format!("\n<sub>{}.</sub>\n", notes.join("; ")));
    }
    out
}

/// The first screen: verdict, required bump, and what it rests on.
fn headline(report: &Report, breaks: usize, errors: usize) -> String {
    let verdict = &report.verdict;
    let mut why = Vec::new();
    if breaks > 0 {
        why.push(counted(breaks, "breaking change"));
    }
    if errors > 0 {
        why.push(counted(errors, "new error"));
    }
    let title = match verdict.gate {
        Gate::Pass => "API contract: passed".to_owned(),
        Gate::Fail if why.is_empty() => "API contract: failed".to_owned(),
        Gate::Fail => format!("API contract: failed with {}", why.join(" and ")),
        Gate::Incomplete => "API contract: incomplete, not everything could be judged".to_owned(),
    };
    let mut out = format!("## {title}\n\n");
    let mut facts = Vec::new();
    match verdict.required_bump {
        Figure::Known(Bump::None) | Figure::NotCompared => {}
        Figure::Known(bump) => facts.push(format!("**Required version bump: {bump}**")),
        Figure::Unknown => facts.push("**Required version bump: unknown**".to_owned()),
    }
    facts.push(format!("change: {}", verdict.change));
    facts.push(format!("{}{}", counted(report.contracts, "contract"), against(report)));
    facts.extend(report.observed.map(|observed| format!("**{}**", observed.sentence())));
    facts.extend(report.origin.as_ref().map(|origin| markdown(&origin.sentence())));
    out.push_str(&facts.join(" · "));
    out.push('\n');
    out
}

fn section(report: &Report, title: &str, mut findings: Vec<&Diagnostic>, open: usize) -> String {
    if findings.is_empty() {
        return String::new();
    }
    findings.sort_by_key(|finding| std::cmp::Reverse((report.fails(finding), finding.severity, finding.impact)));
    let mut out = format!("\n### {title} ({})\n\n", findings.len());
    let detailed = open > 0;
    for finding in findings.iter().take(open) {
        out.push_str(&item(report, finding, detailed));
    }
    let rest = &findings[open.min(findings.len())..];
    if rest.is_empty() {
        return out;
    }
    let more =
        if open > 0 { format!("{} more", rest.len()) } else { format!("Show {}", counted(rest.len(), "finding")) };
    out.push_str(&format!("\n<details><summary>{more}</summary>\n\n"));
    for finding in rest.iter().take(MAX_LISTED) {
        out.push_str(&item(report, finding, false));
    }
    if rest.len() > MAX_LISTED {
        let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in &rest[MAX_LISTED..] {
            *rules.entry(&finding.rule).or_default() += 1;
        }
        let rules: Vec<String> =
            rules.iter().take(20).map(|(rule, count)| format!("{} {count}", code(&shortened(rule, 80)))).collect();
        out.push_str(&format!("- and {} more: {}\n", rest.len() - MAX_LISTED, rules.join(", ")));
    }
    out.push_str("\n</details>\n");
    out
}

fn item(report: &Report, finding: &Diagnostic, detailed: bool) -> String {
    let mark = match (finding.impact, finding.severity) {
        (Impact::Breaking, _) => "**Breaking**",
        _ if finding.weakens => "**Weaker protection**",
        (_, Severity::Error) => "**Error**",
        (Impact::Risky, _) => "**Risky**",
        (_, Severity::Warn) => "Warning",
        (Impact::Compatible, _) => "Compatible",
        _ => "Note",
    };
    let mut out = format!("- {mark}: {} ({})\n", text(&finding.message), place(report, finding));
    if !detailed {
        return out;
    }
    if !finding.operations.is_empty() {
        let shown: Vec<String> = finding.operations.iter().take(5).map(|label| code(&shortened(label, 120))).collect();
        let more = finding.operations.len() - shown.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        out.push_str(&format!("  - Affects {}{more}\n", shown.join(", ")));
    }
    if let Some(client) = finding.client.as_ref().filter(|_| finding.impact >= Impact::Risky) {
        out.push_str(&format!("  - Clients: {}\n", text(client)));
    }
    if let Some(help) = &finding.help {
        out.push_str(&format!("  - Fix: {}\n", text(help)));
    }
    out.push_str(&proof(finding));
    out
}

/// The proof in a fold, as JSON.
fn proof(finding: &Diagnostic) -> String {
    let Some(evidence) = finding.evidence.as_ref().filter(|e| e.status == EvidenceStatus::Confirmed) else {
        return String::new();
    };
    let pretty = serde_json::to_string_pretty(&evidence.value).unwrap_or_default();
    let value = if pretty.chars().count() > MAX_PROOF { evidence.value.to_string() } else { pretty };
    let value = shortened(&super::escape::plain(&value), MAX_PROOF);
    let fence = "`".repeat(3.max(longest_run(&value) + 1));
    let body: String = value.lines().map(|line| format!("  {line}\n")).collect();
    // Beside the list of what to do, not in it: blank lines in a list would pull its lines apart.
    format!(
        "\n  <details><summary>Proof: accepted by the {}, rejected by the {}</summary>\n\n  {}\n\n  {fence}json\n{body}  {fence}\n\n  </details>\n\n",
        markdown(&evidence.accepted_by),
        markdown(&evidence.rejected_by),
        text(&evidence.reason)
    )
}

/// The longest run of backticks in a text.
fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or_default()
}

/// Where a finding is, with a link where there is an address.
fn place(report: &Report, finding: &Diagnostic) -> String {
    let location = &finding.location;
    let name = code(&shortened(&super::dense::named(location.path(), location), 160));
    let linked = report.links.as_ref().and_then(|links| links.to(report.base.as_ref(), location));
    let linked = linked.map_or(name.clone(), |address| format!("[{name}]({address})"));
    let base = if location.source.revision().is_some() { ", in the base" } else { "" };
    format!("{linked}{base}, {}", code(&shortened(&finding.rule, 80)))
}

/// How a break that is meant is let through: a waiver to copy, for the findings that fail.
fn accepting(report: &Report) -> String {
    let failing: Vec<&Diagnostic> =
        report.diagnostics.iter().filter(|finding| report.fails(finding) && finding.category.is_some()).collect();
    if failing.is_empty() {
        return String::new();
    }
    let until = report.as_of.and_then(|day| day.checked_add(jiff::Span::new().days(90)).ok());
    let until = until.map_or_else(|| "2027-12-31".to_owned(), |day| day.to_string());
    let quoted = |text: &str| serde_json::to_string(&super::escape::line(text)).unwrap_or_default();
    let mut yaml = "waivers:\n".to_owned();
    for finding in failing.iter().take(OPEN) {
        yaml.push_str(&format!(
            "  - rule: {}\n    fingerprint: {}\n    owner: \"who answers for it\"\n    reason: \"why no client is hurt\"\n    expires: {until}\n",
            quoted(&finding.rule),
            quoted(&finding.fingerprint),
        ));
    }
    let fence = "`".repeat(3.max(longest_run(&yaml) + 1));
    format!(
        "\n<details><summary>If this is meant</summary>\n\n\
         Where the policy of the target allows it, raise the version or have the change approved. Otherwise add a waiver \
         to the configuration of the target:\n\n{fence}yaml\n{yaml}{fence}\n\n</details>\n"
    )
}

fn text(text: &str) -> String {
    markdown(&shortened(text, MAX_TEXT))
}

/// The marker, by which the comment is found again: whether there is anything to say, and a digest of what is said.
fn marker(body: &str, quiet: bool) -> String {
    format!("{MARKER}{} {} -->", if quiet { "quiet" } else { "told" }, digest(body))
}

/// The text cut at a line where it is too long; folds that are open are closed.
fn fitted(body: String) -> String {
    if body.chars().count() <= MAX {
        return body;
    }
    let cut: String = body.chars().take(MAX - 500).collect();
    let mut out = cut.rsplit_once("\n- ").map_or(cut.clone(), |(whole, _)| whole.to_owned());
    let open = out.matches("<details>").count().saturating_sub(out.matches("</details>").count());
    out.push('\n');
    out.push_str(&"\n</details>\n".repeat(open));
    out.push_str("\nThe rest does not fit into a comment; the report of the run has it all.\n");
    out
}
