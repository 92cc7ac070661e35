//! What Spectral tells about a document beside its rules.

use super::ruleset::{Formats, Ruleset};
use crate::diagnostic::{Diagnostic, Severity};
use crate::syntax::{Code, Kind, NodeId};
use crate::workspace::{DocumentId, PlaceId, Workspace};
use rustc_hash::FxHashSet;
use std::borrow::Cow;

/// The id of the finding about a document of a format that no rule is for.
pub const UNRECOGNIZED_FORMAT: &str = "unrecognized-format";

/// What Spectral tells about a document beside its rules: faults of its text (`parser`), references that lead nowhere
/// (`invalid-ref`), and a document of a format that no rule is for (`unrecognized-format`).
pub fn document_findings(workspace: &Workspace, ruleset: &Ruleset) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for (code, mut problem) in workspace.faults() {
        if code == Code::DuplicateKey {
            let Some(severity) = ruleset.duplicate_keys else { continue };
            problem.severity = severity;
            let key = problem.location.pointer.rsplit('/').next().map(crate::syntax::pointer::unescape);
            problem.message = format!("Duplicate key: {}", key.unwrap_or_default());
        }
        problem.rule = Cow::Borrowed("parser");
        out.push(problem);
    }
    let root = workspace.root();
    if let Some(severity) = ruleset.incompatible_values {
        out.extend(incompatible_keys(workspace, severity));
    }
    let mut said = FxHashSet::default();
    for (id, document) in workspace.documents() {
        let tree = document.tree();
        let Some(symbol) = tree.symbol("$ref") else { continue };
        for node in (0..tree.len() as u32).map(NodeId) {
            if tree.node(node).key_symbol() != Some(symbol) {
                continue;
            }
            let value = workspace.place(PlaceId { document: id, node: NodeId(node.0 + 1) });
            if let Some(Err(error)) = value.follow_uri()
                && said.insert(error.to_string())
            {
                let location = value.location();
                out.push(Diagnostic::new("invalid-ref", Severity::Error, error.to_string(), location));
            }
        }
    }
    if !ruleset.formats.is_empty() && ruleset.formats.of_document(root).0 == Formats::default() {
        let titles = ruleset.formats.titles().join(", ");
        let message = format!("The provided document does not match any of the registered formats [{titles}]");
        out.push(Diagnostic::new(UNRECOGNIZED_FORMAT, Severity::Warn, message, root.location()));
    }
    out
}

/// Keys of the document that YAML reads as numbers, booleans or null, where JSON has only texts.
fn incompatible_keys(workspace: &Workspace, severity: Severity) -> Vec<Diagnostic> {
    let (id, root) = (DocumentId(0), workspace.document(DocumentId(0)).tree());
    let keys = (0..root.len() as u32).map(|node| root.node(NodeId(node))).filter(|node| node.key_symbol().is_some());
    let incompatible = keys.filter_map(|key| {
        let kind = match key.core_kind() {
            Kind::Int | Kind::Float => "number",
            Kind::Bool => "boolean",
            Kind::Null => "null",
            _ => return None,
        };
        let message = format!("Mapping key must be a string scalar rather than {kind}");
        let place = workspace.place(PlaceId { document: id, node: NodeId(key.id().0 + 1) });
        Some(Diagnostic::new("parser", severity, message, place.key_location()))
    });
    incompatible.collect()
}
