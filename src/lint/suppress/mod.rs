//! Suppression in the contract: `x-covenant-ignore` on a node or on one that holds it, and comments
//! (`# covenant-ignore`, see [`comments`]).
//!
//! ```yaml
//! x-covenant-ignore:
//!   - rule: oas3-unused-component
//!     reason: Used by the batch interface.
//! ```
//!
//! A list of ids, a map of id to reason, and a single id are accepted too. A suppression that hides nothing is a
//! finding, and so is one of an unknown form.

mod comments;

use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::syntax::{NodeId, NodeRef};
use crate::workspace::{Place, PlaceId, Workspace};
use std::collections::BTreeMap;

/// The key.
const KEY: &str = "x-covenant-ignore";

/// One id that is ignored.
struct Ignore<'w> {
    rule: &'w str,
    scope: Scope<'w>,
    /// What names the rule.
    at: Location,
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

/// Removes the findings that the contract says to ignore, and reports what was ignored in vain. Findings about the
/// suppressions themselves have the rule `unused-suppression`.
pub fn suppress(workspace: &Workspace, diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
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
    let mut kept: Vec<Diagnostic> = diagnostics.into_iter().filter(|found| !hidden(&mut ignores, found)).collect();
    for ignore in ignores.values().flatten().filter(|ignore| !ignore.used) {
        let words = format!("`{}` is ignored here but is not found here", ignore.rule);
        let finding = Diagnostic::new("unused-suppression", Severity::Warn, words, ignore.at.clone());
        out.push(finding.help("remove it, so that it does not hide a finding to come"));
    }
    kept.extend(out);
    kept
}

fn hidden(ignores: &mut BTreeMap<&str, Vec<Ignore<'_>>>, found: &Diagnostic) -> bool {
    let mut hidden = false;
    for ignore in ignores.get_mut(found.location.file()).into_iter().flatten() {
        if ignore.rule == found.rule && ignore.scope.holds(&found.location) {
            ignore.used = true;
            hidden = true;
        }
    }
    hidden
}

fn read<'w>(value: Place<'w>, holder: NodeRef<'w>, list: &mut Vec<Ignore<'w>>, out: &mut Vec<Diagnostic>) {
    let mut add = |rule: &'w str, at: Place<'w>| {
        list.push(Ignore { rule, scope: Scope::Node(holder), at: at.location(), used: false });
    };
    let entries: Vec<Place<'w>> = if value.is_seq() { value.elements().collect() } else { vec![value] };
    for entry in entries {
        if let Some(rule) = entry.as_str() {
            add(rule, entry);
        } else if let Some(rule) = entry.get("rule") {
            match rule.as_str() {
                Some(id) => add(id, rule),
                None => out.push(malformed(rule)),
            }
        } else if entry.is_map() && !value.is_seq() {
            for member in entry.members() {
                add(member.name, member.value);
            }
        } else {
            out.push(malformed(entry));
        }
    }
}

fn malformed(place: Place<'_>) -> Diagnostic {
    let words = format!("`{KEY}` names rules by their ids: a list of `rule` and `reason`, or a map of ids to reasons");
    Diagnostic::new("unused-suppression", Severity::Warn, words, place.location())
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
        let left = suppress(&workspace, vec![at(&["a", "b", "c"]), at(&["d"])]);
        let rules: Vec<_> = left.iter().map(|found| (&*found.rule, found.location.start().line)).collect();
        assert_eq!(rules, [("r", 4), ("unused-suppression", 2)]);
    }
}
