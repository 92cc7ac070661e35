//! Rules over texts that could not be read to their end: what such a text lacks nobody knows, and what was read before the
//! fault holds. Structural rules judge that themselves.

use crate::diagnostic::Diagnostic;
use crate::openapi::model::Check;
use crate::syntax::{Code, NodeRef};
use crate::workspace::{Document, Workspace};
use std::sync::Arc;

/// Removes the findings about what is not wholly in front of the first fault of its text.
pub(super) fn discard(workspace: &Workspace, findings: &mut Vec<Diagnostic>) {
    let gaps: Vec<(&Document, u32)> =
        workspace.documents().filter_map(|(_, document)| Some((document, document.first_gap()?))).collect();
    if !gaps.is_empty() {
        findings.retain(|finding| is_known(finding, &gaps));
    }
}

fn is_known(finding: &Diagnostic, gaps: &[(&Document, u32)]) -> bool {
    if Check::parse(&finding.rule).is_some() || Code::parse(&finding.rule).is_some() {
        return true;
    }
    let location = &finding.location;
    let broken = gaps.iter().find(|(document, _)| Arc::ptr_eq(document.tree().source(), &location.source));
    let read = broken.is_none_or(|(document, gap)| {
        // The line of the version stands for the whole contract.
        let whole = ["/openapi", "/swagger"].contains(&&*location.pointer);
        !whole && document.tree().at_pointer(&location.pointer).is_some_and(|node| is_closed(node, *gap))
    });
    // What is counted over a contract counts what was not read.
    read && finding.parts.is_empty()
}

/// Whether something else begins behind a value and in front of the fault, so that the value is known to its end.
fn is_closed(node: NodeRef<'_>, gap: u32) -> bool {
    let (tree, next) = (node.tree(), node.end_id());
    (next.0 as usize) < tree.len() && tree.node(next).span().start < gap
}

#[cfg(test)]
mod tests {
    use crate::lint::{Selection, lint};
    use crate::openapi::Api;
    use crate::workspace::Workspace;

    #[test]
    fn what_a_text_lacks_is_not_told_where_it_was_not_read_to_its_end() {
        let found = |text: &str| {
            let workspace = Workspace::from_text("api.yaml", text);
            let api = Api::open(&workspace).unwrap();
            let selection = Selection::of_profile("recommended", &std::collections::BTreeMap::default()).unwrap();
            let mut found: Vec<String> =
                lint(api, &selection, None).into_iter().map(|d| format!("{} {}", d.rule, d.location.pointer)).collect();
            found.sort();
            found
        };
        let head = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get:\n      operationId: a\n";
        let end = "      responses: {'200': {description: d}}\n  /b:\n    get:\n";
        let whole = format!("{head}{end}      operationId: b\n      responses: {{'200': {{description: d}}}}\n");
        let cut = format!("{head}{end}<<<<<<< ours\n      summary: x\n=======\n      summary: y\n>>>>>>> theirs\n");
        let (whole, cut) = (found(&whole), found(&cut));
        let described = |path: &str| format!("doc-operation-described {path}");
        assert!(
            whole.contains(&described("/paths/~1a/get")) && whole.contains(&described("/paths/~1b/get")),
            "{whole:?}"
        );
        assert!(cut.contains(&described("/paths/~1a/get")), "what was read whole is judged: {cut:?}");
        assert!(!cut.iter().any(|id| id.contains("~1b") || id.contains(" /openapi")), "{cut:?}");
        // What is read whole has no gaps, whatever else is wrong with the text.
        let text = format!("{head}{end}      operationId: b\n      responses: {{'200': {{description: d}}}}\n");
        for whole in [text.replace("title: T", "title: !x T"), format!("{text}---\na: b\n")] {
            assert!(found(&whole).contains(&described("/paths/~1b/get")), "{whole}");
        }
    }
}
