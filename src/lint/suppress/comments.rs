//! Suppression by comments in YAML:
//!
//! ```yaml
//! # covenant-ignore-file doc-operation-id: The partner names the operations.
//! get: # covenant-ignore sec-429-retry-after, operation-tags: Behind the gateway.
//!   # covenant-ignore des-money-not-float: Kept until version 3.
//!   amount: {type: number}
//! ```
//!
//! At the end of a line it is about what begins on that line, on a line of its own about what follows; each with all
//! that is below. Ids are separated by commas, and the reason stands after a colon and a space.

use super::{Ignore, Scope};
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::syntax::{NodeId, NodeRef, Style, Tree};
use crate::text::Cut;
use crate::text::{Span, line_begin};

/// The word that begins a directive.
const WORD: &str = "covenant-ignore";

/// Reads the directives of a text into `list`; those that name nothing are findings.
pub(super) fn read<'w>(tree: &'w Tree, list: &mut Vec<Ignore<'w>>, out: &mut Vec<Diagnostic>) {
    let source = tree.source();
    for &span in tree.comments() {
        let Some(rest) = source.slice(span).trim_start_matches('#').trim_start().strip_prefix(WORD) else { continue };
        let (rest, whole) = match rest.strip_prefix("-file") {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        if !rest.is_empty() && !rest.starts_with([' ', '\t']) {
            continue;
        }
        let at = Location::new(source, span, "");
        let rules: Vec<&str> = ids(rest).collect();
        let scope = if whole { Some(Scope::File) } else { target(tree, span).map(Scope::Node) };
        match scope {
            Some(scope) if !rules.is_empty() => {
                list.extend(rules.iter().map(|rule| Ignore {
                    rule,
                    scope,
                    at: at.clone(),
                    reason: reason(rest),
                    expires: None,
                    used: false,
                }));
            }
            Some(_) => out.push(fault(format!("`{WORD}` names no rule; write `# {WORD} RULE: reason`"), at)),
            None => out.push(fault(format!("`{WORD}` is about nothing: nothing begins on its line or after it"), at)),
        }
    }
}

fn fault(words: String, at: Location) -> Diagnostic {
    Diagnostic::new(super::UNUSED_SUPPRESSION, Severity::Warn, words, at)
}

/// The ids before the reason. Ids may hold colons themselves.
fn ids(text: &str) -> impl Iterator<Item = &str> {
    let text = text.trim();
    let end = text.find(": ").unwrap_or(text.len());
    text.cut(..end).trim_end_matches(':').split(',').map(str::trim).filter(|id| !id.is_empty())
}

/// What stands after the ids.
fn reason(text: &str) -> Option<String> {
    let (_, reason) = text.split_once(": ")?;
    let reason = reason.trim();
    (!reason.is_empty()).then(|| reason.to_owned())
}

/// What a directive at `span` is about.
fn target(tree: &Tree, span: Span) -> Option<NodeRef<'_>> {
    let text = tree.source().text();
    let line = line_begin(text, span.start as usize);
    let alone = text.cut(line..span.start as usize).trim().is_empty();
    let node = first_from(tree, if alone { span.end } else { line as u32 })?;
    (alone || node.span().start < span.start).then(|| entry(tree, node))
}

/// The first node that begins at or after an offset: nodes are in the order of the text.
fn first_from(tree: &Tree, offset: u32) -> Option<NodeRef<'_>> {
    let (mut low, mut high) = (0, tree.len() as u32);
    while low < high {
        let middle = u32::midpoint(low, high);
        if tree.node(NodeId(middle)).span().start < offset { low = middle + 1 } else { high = middle }
    }
    (low < tree.len() as u32).then(|| tree.node(NodeId(low)))
}

/// The entry or element that begins where `node` does: of a block collection that is no element itself, the first one.
fn entry<'t>(tree: &'t Tree, node: NodeRef<'t>) -> NodeRef<'t> {
    let next = |by: u32| tree.node(NodeId((node.id().0 + by).min(tree.len() as u32 - 1)));
    if node.key_symbol().is_some() {
        return next(1);
    }
    let text = tree.source().text();
    let start = node.span().start as usize;
    let before = text.cut(line_begin(text, start)..start);
    if before.trim_end().ends_with('-') || node.style() != Style::Block || node.is_empty() {
        return node;
    }
    if node.is_map() { next(2) } else { next(1) }
}

#[cfg(test)]
mod tests {
    use super::super::{Judged, Known, suppress};
    use super::*;
    use crate::workspace::Workspace;

    /// Rule and line of what is left of one finding `r` at every pointer.
    fn left(text: &str, pointers: &[&str]) -> Vec<(String, u32)> {
        let workspace = Workspace::from_text("a.yaml", text);
        let at = |pointer: &&str| {
            let node = workspace.root().node().tree().at_pointer(pointer).unwrap().id();
            let document = crate::workspace::DocumentId(0);
            let place = workspace.place(crate::workspace::PlaceId { document, node });
            Diagnostic::new("r", Severity::Warn, "m", place.key_location())
        };
        let judged = Judged { known: &|_| Known::Ran, as_of: None, strict: false };
        let left = suppress(&workspace, pointers.iter().map(at).collect(), &judged);
        let shown = left.iter().filter(|found| found.hidden.is_none() && found.rule != "suppression-without-reason");
        shown.map(|found| (found.rule.to_string(), found.location.start().line)).collect()
    }

    #[test]
    fn a_comment_hides_findings_at_what_it_is_about_and_below() {
        let text = "a: # covenant-ignore r: known\n  b: 1\n# covenant-ignore r\nc:\n  d: 1\ne: 1\n";
        assert_eq!(left(text, &["/a", "/a/b", "/c/d", "/e"]), [("r".to_owned(), 6)]);
    }

    #[test]
    fn a_comment_is_about_one_entry_not_about_its_neighbours() {
        let text = "a:\n  # covenant-ignore r, x:y:z: two ids\n  b: 1\n  c: 1\nl:\n  # covenant-ignore r\n  - n: 1\n    m: 2\n  - n: 2 # covenant-ignore r: all of it\n    m: 3\n  - n: 4\n";
        let found = left(text, &["/a/b", "/a/c", "/l/0/m", "/l/1/m", "/l/2/n"]);
        let vain = ("unused-suppression".to_owned(), 2);
        assert_eq!(found, [("r".to_owned(), 4), ("r".to_owned(), 11), vain]);
    }

    #[test]
    fn a_file_may_be_spared_and_what_names_nothing_is_told() {
        let text = "# covenant-ignore-file r: generated\na: 1\nb: {c: 1} # covenant-ignore\n# covenant-ignored is no directive\n";
        assert_eq!(left(text, &["/a", "/b/c"]), [("unused-suppression".to_owned(), 3)]);
        assert_eq!(left("a: 1\n# covenant-ignore r: late\n", &["/a"]).len(), 2);
    }
}
