//! Repairs of findings: what `--fix` does. A rule page names its repair (`repair: quote`); a repair is one function that
//! gives edits of the text ([`Edit`]), so comments and layout stay.
//!
//! Takes a way to load a contract with some texts replaced, a way to lint it, and which findings are wanted; gives the
//! new texts. Nothing is written here.

mod edit;
mod rounds;
mod rules;

pub use edit::Edit;
pub use rounds::{Repaired, Texts, Tools, repair};

use super::page::page;
use crate::diagnostic::Diagnostic;
use crate::syntax::Code;
use crate::workspace::{DocumentId, PlaceId, Workspace};
use std::sync::Arc;

/// Edits that repair one finding, all in one file.
struct Plan {
    document: DocumentId,
    edits: Vec<Edit>,
}

/// What would repair a finding; `None` when its rule has no repair, or this case is not mechanical.
fn plan(workspace: &Workspace, finding: &Diagnostic) -> Option<Plan> {
    let repair = rules::find(page(&finding.rule)?.repair)?;
    let source = &finding.location.source;
    let (document, found) =
        workspace.documents().find(|(_, document)| Arc::ptr_eq(document.tree().source(), source))?;
    // Spans of a text that was read in part may be those of something else.
    if found.problems().iter().any(|problem| problem.code != Code::DuplicateKey) {
        return None;
    }
    let node = found.tree().at_pointer(&finding.location.pointer)?.id();
    let place = workspace.place(PlaceId { document, node });
    let edits = edit::merged(repair(&rules::Subject { place, finding })?)?;
    let changes = edits.iter().any(|edit| source.slice(edit.span) != edit.text);
    changes.then_some(Plan { document, edits })
}
