//! Suppression in the contract: `x-covenant-ignore` on a node or on one that holds it, and comments
//! (`# covenant-ignore`, see [`comments`]).
//!
//! ```yaml
//! x-covenant-ignore:
//!   - rule: oas3-unused-component
//!     reason: Used by the batch interface.
//! ```
//!
//! A list of ids, a map of id to reason, and a single id are accepted too. `expires` ends a suppression after that day.
//! A suppression that hides nothing is a finding, and so is one that has ended or has an unknown form.

mod comments;

use crate::diagnostic::{Diagnostic, Hidden, Hider, Location, Severity};
use crate::syntax::{NodeId, NodeRef};
use crate::workspace::{Place, PlaceId, Workspace};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// The key.
const KEY: &str = "x-covenant-ignore";
/// The id of a finding about a suppression that hides nothing.
pub const UNUSED_SUPPRESSION: &str = "unused-suppression";

/// What a run knows of a rule that is to be ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It ran.
    Ran,
    /// There is such a rule, but this run does not have it: what it would hide cannot be seen.
    Rests,
    /// It is about several versions or about time; a contract cannot ignore it.
    Elsewhere,
    /// There is none.
    Unknown,
}

/// The run whose findings are hidden.
pub struct Judged<'r> {
    /// What is known of a rule.
    pub known: &'r dyn Fn(&str) -> Known,
    /// The day that ends suppressions; none ends without one.
    pub as_of: Option<Date>,
    /// Whether a suppression without a reason hides nothing.
    pub strict: bool,
}

/// One id that is ignored.
struct Ignore<'w> {
    rule: &'w str,
    scope: Scope<'w>,
    /// What names the rule.
    at: Location,
    /// Why it is ignored.
    reason: Option<String>,
    /// Its last day.
    expires: Option<Date>,
    used: bool,
}

/// Where it is ignored.
#[derive(Clone, Copy)]
enum Scope<'w> {
    /// At this node and below.
    Node(NodeRef<'w>),
    File,
}

impl Scope<'_> {
    /// Whether a finding of the same file is inside.
    fn holds(self, location: &Location) -> bool {
        let Scope::Node(node) = self else { return true };
        let (inside, at) = (node.span(), location.span);
        let below = location.pointer.strip_prefix(node.pointer().as_str());
        below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            || (inside.start <= at.start && at.end <= inside.end)
    }
}

/// Marks the findings that the contract says to ignore as hidden, and reports what was ignored in vain or without a
/// reason. Findings about the suppressions themselves have the rules `unused-suppression` and
/// `suppression-without-reason`. What a suppression hid until it ended comes back with
/// a word about it.
pub fn suppress(workspace: &Workspace, diagnostics: Vec<Diagnostic>, judged: &Judged<'_>) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let mut ignores: BTreeMap<&str, Vec<Ignore<'_>>> = BTreeMap::new();
    for (id, document) in workspace.documents() {
        let tree = document.tree();
        comments::read(tree, ignores.entry(document.name()).or_default(), &mut out);
        let Some(symbol) = tree.symbol(KEY) else { continue };
        let mut open: Vec<NodeId> = Vec::new();
        for node in (0..tree.len() as u32).map(NodeId) {
            while open.last().is_some_and(|&map| tree.node(map).end_id() <= node) {
                open.pop();
            }
            if tree.node(node).key_symbol() == Some(symbol) {
                let value = workspace.place(PlaceId { document: id, node: NodeId(node.0 + 1) });
                if let Some(&holder) = open.last() {
                    let list = ignores.entry(document.name()).or_default();
                    read(value, tree.node(holder), list, &mut out);
                }
            } else if tree.node(node).is_map() && !tree.node(node).is_alias() {
                open.push(node);
            }
        }
    }
    if ignores.values().all(Vec::is_empty) && out.is_empty() {
        return diagnostics;
    }
    let mut kept = Vec::new();
    for mut found in diagnostics {
        match ignored(&mut ignores, &found, judged) {
            Ignored::Yes(why) => {
                found.hidden = Some(Hidden { by: Hider::Contract, why });
                kept.push(found);
            }
            Ignored::No => kept.push(found),
            Ignored::Until(day) => {
                let note = format!("it was ignored until {day}");
                found.dated = true;
                found.help =
                    Some(found.help.map_or(note.clone(), |help| format!("{}; {note}", help.trim_end_matches('.'))));
                kept.push(found);
            }
        }
    }
    out.extend(ignores.values().flatten().filter_map(|ignore| idle(ignore, judged)));
    out.extend(ignores.values().flatten().filter_map(unexplained));
    kept.extend(out);
    kept
}

/// What there is to say about a suppression that hides something and does not say why.
fn unexplained(ignore: &Ignore<'_>) -> Option<Diagnostic> {
    if !ignore.used || ignore.reason.is_some() {
        return None;
    }
    let message = format!("`{}` is ignored here without a reason", ignore.rule);
    let finding = Diagnostic::new("suppression-without-reason", Severity::Warn, message, ignore.at.clone());
    Some(finding.help(
        "Say why the finding does not count: `reason` in `x-covenant-ignore`, or text after the colon of the comment",
    ))
}

/// What there is to say about a suppression that hides nothing.
fn idle(ignore: &Ignore<'_>, judged: &Judged<'_>) -> Option<Diagnostic> {
    let rule = ignore.rule;
    let (words, help) = match ((judged.known)(rule), ended(ignore, judged.as_of)) {
        _ if ignore.used => return None,
        (Known::Unknown, _) => (
            format!("`{rule}` is ignored here, but there is no such rule"),
            "correct the id, or remove it; findings show their ids in brackets",
        ),
        (Known::Elsewhere, _) => (
            format!("`{rule}` is about versions or about time; a contract cannot ignore it"),
            "accept such findings under `waivers` in covenant.yaml",
        ),
        // `cmp-waiver-stale` says the same.
        (_, Some(_)) if (judged.known)("cmp-waiver-stale") == Known::Ran => return None,
        (_, Some(day)) => (
            format!("`{rule}` was ignored here until {day}; its findings count again"),
            "mend what it hid and remove it, or have it renewed",
        ),
        (Known::Rests, None) => return None,
        (Known::Ran, None) => (
            format!("`{rule}` is ignored here but is not found here"),
            "remove it, so that it does not hide a finding to come",
        ),
    };
    Some(Diagnostic::new(UNUSED_SUPPRESSION, Severity::Warn, words, ignore.at.clone()).help(help))
}

/// The last day of a suppression that has ended.
fn ended(ignore: &Ignore<'_>, as_of: Option<Date>) -> Option<Date> {
    ignore.expires.filter(|&day| as_of.is_some_and(|today| today > day))
}

enum Ignored {
    /// With the reason given.
    Yes(String),
    No,
    /// It was, until this day.
    Until(Date),
}

fn ignored(ignores: &mut BTreeMap<&str, Vec<Ignore<'_>>>, found: &Diagnostic, judged: &Judged<'_>) -> Ignored {
    let mut out = Ignored::No;
    for ignore in ignores.get_mut(found.location.file()).into_iter().flatten() {
        if ignore.rule == found.rule && ignore.scope.holds(&found.location) {
            match (ended(ignore, judged.as_of), &out) {
                (None, _) if judged.strict && ignore.reason.is_none() => ignore.used = true,
                (None, _) => {
                    ignore.used = true;
                    let reason = ignore.reason.as_deref().unwrap_or("no reason is given");
                    out = Ignored::Yes(format!("line {}: {reason}", ignore.at.start().line));
                }
                (Some(day), Ignored::No) => out = Ignored::Until(day),
                (Some(_), _) => {}
            }
        }
    }
    out
}

fn read<'w>(value: Place<'w>, holder: NodeRef<'w>, list: &mut Vec<Ignore<'w>>, out: &mut Vec<Diagnostic>) {
    let mut add =
        |rule: &'w str, at: Place<'w>, details: Place<'w>, reason: Option<&str>, out: &mut Vec<Diagnostic>| {
            let end = details.get("expires");
            let expires = end.and_then(|end| end.text().parse().ok());
            if let Some(end) = end.filter(|_| expires.is_none()) {
                // Nobody knows when it ends, so it does not begin.
                let words = format!("`{}` is no date, so `{rule}` is not ignored; write YYYY-MM-DD", end.text());
                out.push(Diagnostic::new(UNUSED_SUPPRESSION, Severity::Warn, words, end.location()));
                return;
            }
            let reason =
                reason.or_else(|| details.get_str("reason")).map(str::trim).filter(|reason| !reason.is_empty());
            let reason = reason.map(str::to_owned);
            list.push(Ignore { rule, scope: Scope::Node(holder), at: at.location(), reason, expires, used: false });
        };
    let entries: Vec<Place<'w>> = if value.is_seq() { value.elements().collect() } else { vec![value] };
    for entry in entries {
        if let Some(rule) = entry.as_str() {
            add(rule, entry, entry, None, out);
        } else if let Some(rule) = entry.get("rule") {
            match rule.as_str() {
                Some(id) => add(id, rule, entry, None, out),
                None => out.push(malformed(rule)),
            }
        } else if entry.is_map() && !value.is_seq() {
            for member in entry.members() {
                add(member.name, member.value, member.value, member.value.as_str(), out);
            }
        } else {
            out.push(malformed(entry));
        }
    }
}

fn malformed(place: Place<'_>) -> Diagnostic {
    let words = format!("`{KEY}` names rules by their ids: a list of `rule` and `reason`, or a map of ids to reasons");
    Diagnostic::new(UNUSED_SUPPRESSION, Severity::Warn, words, place.location())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_below_the_key_is_hidden_and_a_vain_suppression_is_told() {
        let text = "a:\n  x-covenant-ignore: [{rule: r, reason: known}, other]\n  b: {c: 1}\nd: 2\n";
        let workspace = Workspace::from_text("a.yaml", text);
        let at = |path: &[&str]| {
            let place = workspace.root().descend(path).unwrap();
            Diagnostic::new("r", Severity::Warn, "m", place.location())
        };
        let judged = Judged { known: &|_| Known::Ran, as_of: None, strict: false };
        let left = suppress(&workspace, vec![at(&["a", "b", "c"]), at(&["d"])], &judged);
        let hidden = left.iter().find_map(|found| found.hidden.as_ref());
        assert_eq!(hidden.map(|hidden| hidden.why.as_str()), Some("line 2: known"));
        let rules: Vec<_> = left
            .iter()
            .filter(|found| found.hidden.is_none())
            .map(|found| (&*found.rule, found.location.start().line))
            .collect();
        assert_eq!(rules, [("r", 4), ("unused-suppression", 2)]);
    }

    /// Rules, lines and helps of what is left of one finding `r` at `/a/b`.
    fn left(text: &str, day: &str, known: Known) -> Vec<(String, u32, String)> {
        let workspace = Workspace::from_text("a.yaml", text);
        let place = workspace.root().descend(&["a", "b"]).unwrap();
        let found = Diagnostic::new("r", Severity::Warn, "m", place.location());
        let judged = Judged { known: &|_| known, as_of: day.parse().ok(), strict: false };
        let left = suppress(&workspace, vec![found], &judged);
        let shown = left.into_iter().filter(|found| found.hidden.is_none());
        shown.map(|d| (d.rule.to_string(), d.location.start().line, d.help.unwrap_or(d.message))).collect()
    }

    #[test]
    fn a_suppression_ends_after_its_last_day_and_says_so() {
        for form in ["[{rule: r, reason: known, expires: 2026-06-30}]", "{r: {reason: known, expires: 2026-06-30}}"] {
            let text = format!("a:\n  x-covenant-ignore: {form}\n  b: 1\n");
            assert_eq!(left(&text, "2026-06-30", Known::Rests), []);
            let after = left(&text, "2026-07-01", Known::Rests);
            assert_eq!(after.len(), 2, "{after:?}");
            assert_eq!(after[0].2, "it was ignored until 2026-06-30");
            assert_eq!((after[1].0.as_str(), after[1].1), ("unused-suppression", 2));
            // `cmp-waiver-stale`, where it ran, has said so.
            assert_eq!(left(&text, "2026-07-01", Known::Ran).len(), 1);
        }
        let text = "a:\n  x-covenant-ignore: {rule: r, expires: soon}\n  b: 1\n";
        let after = left(text, "2026-07-01", Known::Ran);
        assert_eq!(after.len(), 2);
        assert!(after[1].2.contains("`soon` is no date"), "{after:?}");
    }

    #[test]
    fn a_suppression_without_a_reason_is_told_and_refused_where_it_is_strict() {
        let run = |form: &str, strict: bool| {
            let workspace = Workspace::from_text("a.yaml", &format!("a:\n  x-covenant-ignore: {form}\n  b: 1\n"));
            let place = workspace.root().descend(&["a", "b"]).unwrap();
            let found = Diagnostic::new("r", Severity::Warn, "m", place.location());
            let judged = Judged { known: &|_| Known::Ran, as_of: None, strict };
            let left = suppress(&workspace, vec![found], &judged);
            (
                left.iter().filter(|d| d.hidden.is_some()).count(),
                left.iter().any(|d| d.rule == "suppression-without-reason"),
            )
        };
        for form in ["[r]", "r", "{r: ''}", "[{rule: r}]", "{r: {expires: 2099-01-01}}"] {
            assert_eq!(run(form, false), (1, true), "{form}");
            assert_eq!(run(form, true), (0, true), "{form}");
        }
        for form in ["{r: known}", "[{rule: r, reason: known}]", "{r: {reason: known}}"] {
            assert_eq!(run(form, false), (1, false), "{form}");
            assert_eq!(run(form, true), (1, false), "{form}");
        }
    }

    #[test]
    fn only_a_rule_that_ran_is_ignored_in_vain() {
        let text = "a:\n  x-covenant-ignore: [other]\n  b: 1\n";
        assert_eq!(left(text, "2026-07-01", Known::Rests).len(), 1);
        assert_eq!(left(text, "2026-07-01", Known::Ran).len(), 2);
        assert!(left(text, "2026-07-01", Known::Elsewhere)[1].2.contains("waivers"));
        assert!(left(text, "2026-07-01", Known::Unknown)[1].2.contains("correct the id"));
    }
}
