//! The family of structural rules: what the specification does not allow.

use super::design::foreign;
use super::{Context, Sink};
use crate::diagnostic::{Diagnostic, Severity};
use crate::openapi::model;
use crate::pattern::Pattern;
use crate::syntax::{Code, NodeRef};
use crate::workspace::Workspace;
use std::sync::Arc;

/// All findings of the structural check, under their own ids.
pub(super) fn check(context: &Context<'_, '_>, sink: &mut Sink) {
    let workspace = context.api.root().workspace();
    for mut finding in model::validate(context.api.root(), context.api.version()) {
        if model::Check::parse(&finding.rule) == Some(model::Check::Pattern) && finding.severity == Severity::Error {
            portability(workspace, &mut finding);
        }
        sink.add(finding);
    }
}

/// What engines of JavaScript take without the flag `u` is valid (ECMA-262, Annex B), though not everywhere.
fn portability(workspace: &Workspace, finding: &mut Diagnostic) {
    let place = &finding.location;
    let mut trees = workspace.documents().map(|(_, document)| document.tree());
    let tree = trees.find(|tree| Arc::ptr_eq(tree.source(), &place.source));
    let Some(pattern) = tree.and_then(|tree| tree.at_pointer(&place.pointer)).and_then(NodeRef::as_str) else {
        return;
    };
    // The syntax of another language has a name.
    if let Some((what, instead)) = foreign(pattern) {
        let shown: String = pattern.chars().take(60).collect();
        finding.message = format!("the pattern `{shown}` {what}");
        finding.help = Some(capital(instead));
    }
    if Pattern::read(pattern).error().is_some() {
        return;
    }
    finding.severity = Severity::Warn;
    let shown: String = pattern.chars().take(60).collect();
    finding.message = format!("the pattern `{shown}` is valid only for engines that do not set the flag `u`");
    finding.help = Some(advice(pattern).to_owned());
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What usually makes a pattern invalid with the flag.
fn advice(pattern: &str) -> &'static str {
    let loose_hyphen = ["\\w-", "\\d-", "\\s-", "-\\w", "-\\d", "-\\s"].iter().any(|part| pattern.contains(part));
    if loose_hyphen {
        "Put the hyphen at the end of the class, or write `\\-`"
    } else if pattern.contains("{,") {
        "Write the least number of repetitions as well: `{0,9}`"
    } else if pattern.contains('{') || pattern.contains('}') {
        "Write braces that stand for themselves as `\\{` and `\\}`"
    } else {
        "Remove backslashes before characters that have no meaning of their own"
    }
}

/// Keys that appear twice in one object, as the reader found them.
pub(super) fn duplicate_keys(context: &Context<'_, '_>, sink: &mut Sink) {
    let faults = context.api.root().workspace().faults();
    faults.into_iter().filter(|(code, _)| *code == Code::DuplicateKey).for_each(|(_, finding)| sink.add(finding));
}
