//! Texts that could not be read to their end: what is found behind the fault, or missing because of it, is no finding.

use super::super::Check;
use crate::diagnostic::Diagnostic;
use crate::text::Span;
use crate::workspace::Workspace;
use std::sync::Arc;

/// Removes the findings that come from the rest of a text not being read.
pub(super) fn discard(workspace: &Workspace, findings: &mut Vec<Diagnostic>) {
    let broken: Vec<_> = workspace
        .documents()
        .filter_map(|(_, document)| Some((document.tree().source(), document.first_gap()?)))
        .collect();
    if broken.is_empty() {
        return;
    }
    findings.retain(|finding| {
        let place = &finding.location;
        let fault = broken.iter().find(|(source, _)| Arc::ptr_eq(source, &place.source)).map(|(_, fault)| *fault);
        fault.is_none_or(|fault| {
            let check = Check::parse(&finding.rule);
            // A value that was cut off is empty, which is no mistake of its own; it is named by its key.
            let between = place.source.slice(Span { start: place.span.end.min(fault), end: fault });
            let cut = check == Some(Check::Type) && between.bytes().all(|b| b == b':' || b.is_ascii_whitespace());
            place.span.start < fault && !cut && !check.is_some_and(Check::is_absence)
        })
    });
}
