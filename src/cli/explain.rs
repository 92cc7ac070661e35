//! `covenant explain`: the page of a rule or change.

use super::others;
use super::output::print;
use super::session::Failure;
use crate::diff;
use crate::lint::{self, Page};
use clap::Args;

/// Explain a rule or a kind of change: what, why, how to fix, with examples.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The id, as findings show it in brackets.
    id: String,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let text = match (lint::page(&arguments.id), diff::page(&arguments.id)) {
        (Some(page), _) => rule(page),
        (None, Some(page)) => change(page),
        (None, None) => others::page(&arguments.id).ok_or_else(|| Failure::new(unknown(&arguments.id)))?,
    };
    print(&text);
    Ok(0)
}

fn unknown(id: &str) -> String {
    let known = lint::pages().iter().map(|page| page.id).chain(diff::pages().iter().map(|page| page.id));
    let known = known.chain(others::ids());
    let near = known.map(|known| (similarity(id, known), known)).max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)));
    let hint = near.filter(|(ratio, _)| *ratio > 0.6).map(|(_, known)| format!("; did you mean `{known}`?"));
    format!(
        "there is no rule or change `{id}`{}",
        hint.unwrap_or_else(|| "; `covenant rules` and `covenant rules --changes` list them".to_owned())
    )
}

pub(super) fn similarity(a: &str, b: &str) -> f32 {
    similar::TextDiff::from_chars(a, b).ratio()
}

fn rule(page: &Page) -> String {
    let mut out = format!("# {}\n\n{}\n\n", page.id, page.description);
    let profiles = if page.profiles.is_empty() { "all".to_owned() } else { page.profiles.join(", ") };
    out.push_str(&format!("- pack: {}\n- severity: {}\n- profiles: {profiles}\n", page.pack, page.severity));
    if page.scope != lint::Scope::Document {
        out.push_str(&format!(
            "- looks at: {}\n",
            match page.scope {
                lint::Scope::Pair => "two versions of a contract (`check`, `bump`, `changelog --verify`)",
                _ => "the dates of a contract and its past (`check`, `timeline --check`)",
            }
        ));
    }
    for (profile, severity) in page.profile_severity {
        out.push_str(&format!("- severity in {profile}: {severity}\n"));
    }
    if !page.versions.is_empty() {
        out.push_str(&format!("- OpenAPI versions: {}\n", page.versions.join(", ")));
    }
    if !page.repair.is_empty() {
        let how = if page.repair_on_request { format!("--fix-rule {}", page.id) } else { String::new() };
        out.push_str(format!("- repaired by: covenant lint --fix {how}").trim_end());
        out.push('\n');
    }
    if !page.sources.is_empty() {
        out.push_str(&format!("- sources: {}\n", page.sources.join("; ")));
    }
    for (framework, ids) in page.controls {
        out.push_str(&format!("- supports {framework}: {}\n", ids.join(", ")));
    }
    if !page.changes.is_empty() {
        out.push_str(&format!("- changes: {}\n", page.changes.join(", ")));
    }
    out.push('\n');
    out.push_str(page.body.trim());
    out.push('\n');
    out
}

/// The page of a change.
fn change(page: &diff::Page) -> String {
    let mut out =
        format!("# {}\n\n- about: {}\n- promise it can break: {}\n", page.id, page.subject(), page.category());
    if page.direction() != "none" {
        out.push_str(&format!("- direction: {}\n", page.direction()));
    }
    let assurance: Vec<String> = page.assurance().iter().map(ToString::to_string).collect();
    if !assurance.is_empty() {
        out.push_str(&format!("- assurance: {}\n", assurance.join(", ")));
    }
    for rule in lint::rules_of_change(page.id) {
        out.push_str(&format!("- rule about it: {}\n", rule.id));
    }
    let nothing = "Nothing needs to be done. Mention it in the changelog if clients can profit from it.";
    for (heading, text) in [
        ("What it means", page.meaning()),
        ("Why it matters", page.reason()),
        ("What to do instead", page.author().unwrap_or(nothing).to_owned()),
        ("Base", format!("```yaml\n{}```", page.base())),
        ("Revision", format!("```yaml\n{}```", page.revision())),
    ] {
        out.push_str(&format!("\n## {heading}\n\n{text}\n"));
    }
    out
}
