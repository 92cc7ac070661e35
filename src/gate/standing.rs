//! Which findings of a revision the base has as well: only what is new fails a pull request.
//!
//! Takes the findings of the same rules over both sides of a contract; marks those of the revision that the base has too
//! ([`Diagnostic::existing`]) and gives those that are fixed. A finding is the same when rule, file and place are; one
//! whose place moved (a renamed path, a schema in another file) is the same when the old place is gone, the new one was not
//! there, and the text at both is equal. Each finding of the base stands for one of the revision.
//!
//! A finding that stands for many places is compared place by place: where some are new, those are reported one by one.
//!
//! What the author of the revision hides in the contract counts as hidden only where the base hides it as well.

use crate::config::InlineIgnores;
use crate::diagnostic::{Diagnostic, Hider};
use crate::text::SourceText;
use crate::workspace::{Document, DocumentId, PlaceId, Workspace};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::sync::Arc;

/// The findings about one side of a contract.
pub struct Side<'w> {
    workspace: &'w Workspace,
    files: FxHashMap<*const SourceText, (DocumentId, String)>,
    by_name: FxHashMap<String, DocumentId>,
}

impl<'w> Side<'w> {
    /// Makes the side of a contract with the files that it refers to.
    pub fn new(workspace: &'w Workspace) -> Self {
        let contract = workspace.document(DocumentId(0)).path();
        let name = |document: &Document| beside(contract, document.path());
        let files = workspace
            .documents()
            .map(|(id, document)| (Arc::as_ptr(document.tree().source()), (id, name(document))))
            .collect();
        let by_name = workspace.documents().map(|(id, document)| (name(document), id)).collect();
        Side { workspace, files, by_name }
    }

    fn file(&self, finding: &Diagnostic) -> Option<&(DocumentId, String)> {
        self.files.get(&Arc::as_ptr(&finding.location.source))
    }

    fn has(&self, file: &str, pointer: &str) -> bool {
        let document = self.by_name.get(file).map(|id| self.workspace.document(*id));
        document.is_some_and(|document| document.tree().at_pointer(pointer).is_some())
    }

    /// The text at the place of a finding, without indentation.
    fn text(&self, finding: &Diagnostic) -> Option<String> {
        let (id, _) = self.file(finding)?;
        let node = self.workspace.document(*id).tree().at_pointer(&finding.location.pointer)?;
        let text = self.workspace.place(PlaceId { document: *id, node: node.id() });
        let text = finding.location.source.slice(text.extent());
        Some(text.lines().map(str::trim).collect::<Vec<_>>().join("\n"))
    }
}

/// The path of a file as seen from the folder of the contract, which is itself the empty path: a contract that moved with
/// its files has the same ones.
fn beside(contract: &str, path: &str) -> String {
    if path == contract {
        return String::new();
    }
    if path.contains("://") {
        return path.to_owned();
    }
    let folders: Vec<&str> = contract.split('/').collect();
    let parts: Vec<&str> = path.split('/').collect();
    let folders = &folders[..folders.len() - 1];
    let common = folders.iter().zip(&parts).take_while(|(left, right)| left == right).count();
    let up = std::iter::repeat_n("..", folders.len() - common);
    up.chain(parts[common..].iter().copied()).collect::<Vec<_>>().join("/")
}

/// Finds, for findings whose place is in the base alone, the nearest place around it that the revision still has.
pub fn anchor(findings: &mut [Diagnostic], before: &Workspace, after: &Workspace) {
    let (base, revision) = (Side::new(before), Side::new(after));
    for finding in findings {
        if revision.file(finding).is_some() {
            continue;
        }
        let Some((_, name)) = base.file(finding) else { continue };
        let id = revision.by_name.get(name).copied().unwrap_or(DocumentId(0));
        let tree = after.document(id).tree();
        let mut pointer = finding.location.pointer.as_str();
        let node = loop {
            match tree.at_pointer(pointer) {
                Some(node) => break node,
                None => pointer = pointer.rsplit_once('/').map_or("", |(above, _)| above),
            }
        };
        finding.nearest = Some(after.place(PlaceId { document: id, node: node.id() }).key_location());
    }
}

/// Marks every finding about the files of a contract that did not change as one that the base has.
pub fn all_existing(side: &Side<'_>, findings: &mut [Diagnostic]) {
    for finding in findings {
        finding.existing = side.file(finding).is_some();
    }
}

/// Marks the findings of the revision that the base has, and gives those of the base that the revision has no more.
pub fn compare(
    (base, before): (&Side<'_>, Vec<Diagnostic>),
    (revision, after): (&Side<'_>, Vec<Diagnostic>),
    ignores: InlineIgnores,
) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
    let old = units(&before);
    let new = units(&after);
    let partners = pair((base, &old), (revision, &new));
    let mut gone = vec![true; before.len()];
    let mut known: FxHashMap<(usize, usize), bool> = FxHashMap::default();
    for (unit, partner) in new.iter().zip(&partners) {
        if let Some(partner) = partner {
            gone[old[*partner].whole] = false;
            known.insert((unit.whole, unit.part), old[*partner].finding.hidden.is_some());
        }
    }
    let mut out = Vec::with_capacity(after.len());
    for (whole, mut finding) in after.into_iter().enumerate() {
        if revision.file(&finding).is_none() {
            out.push(finding);
            continue;
        }
        if finding.parts.is_empty() {
            settle(&mut finding, known.get(&(whole, 0)).copied(), ignores);
            out.push(finding);
            continue;
        }
        let parts = std::mem::take(&mut finding.parts);
        let count = parts.len();
        let (hidden, policy) = (finding.hidden.clone(), finding.policy.clone());
        let fresh: Vec<Diagnostic> = parts
            .into_iter()
            .enumerate()
            .filter(|(part, _)| !known.contains_key(&(whole, *part)))
            .map(|(_, part)| Diagnostic { hidden: hidden.clone(), policy: policy.clone(), ..part })
            .collect();
        if fresh.len() < count {
            // Those that are left are the base's.
            let of_base = (0..count).find_map(|part| known.get(&(whole, part)).copied());
            settle(&mut finding, of_base, ignores);
            out.push(finding);
            for mut part in fresh {
                settle(&mut part, None, ignores);
                out.push(part);
            }
        } else {
            settle(&mut finding, None, ignores);
            out.push(finding);
        }
    }
    let fixed = before.into_iter().zip(gone).filter(|(finding, gone)| {
        *gone
            && finding.hidden.is_none()
            && base.file(finding).is_some()
            && finding.rule != crate::lint::UNUSED_SUPPRESSION
    });
    (out, fixed.map(|(finding, _)| finding).collect())
}

/// Marks a finding as the base has it: `Some(hidden)` when it does.
fn settle(finding: &mut Diagnostic, of_base: Option<bool>, ignores: InlineIgnores) {
    finding.existing = of_base.is_some();
    let by_contract = finding.hidden.as_ref().is_some_and(|hidden| hidden.by == Hider::Contract);
    if !by_contract || of_base == Some(true) || ignores == InlineIgnores::Accept {
        return;
    }
    finding.hidden = None;
    if of_base.is_none() {
        let note = "the contract ignores it, but the base does not yet: an ignore counts once it is merged";
        let help = finding.help.take();
        finding.help =
            Some(help.map_or(note.to_owned(), |help| format!("{}; {note}", help.trim_end_matches(['.', ';']))));
    }
}

/// A finding, or one of those that it stands for.
struct Unit<'d> {
    whole: usize,
    part: usize,
    finding: &'d Diagnostic,
}

fn units(findings: &[Diagnostic]) -> Vec<Unit<'_>> {
    let mut out = Vec::with_capacity(findings.len());
    for (whole, finding) in findings.iter().enumerate() {
        if finding.parts.is_empty() {
            out.push(Unit { whole, part: 0, finding });
        }
        out.extend(finding.parts.iter().enumerate().map(|(part, one)| Unit { whole, part, finding: one }));
    }
    out
}

/// For each finding of the revision the one of the base that is the same.
fn pair((base, old): (&Side<'_>, &[Unit<'_>]), (revision, new): (&Side<'_>, &[Unit<'_>])) -> Vec<Option<usize>> {
    let mut partners = vec![None; new.len()];
    let mut free = vec![true; old.len()];
    let place = |side: &Side<'_>, finding: &Diagnostic| {
        let (_, file) = side.file(finding)?;
        Some([&*finding.rule, file, &finding.location.identity].join("\u{1f}"))
    };
    let exact =
        |side: &Side<'_>, finding: &Diagnostic| Some(format!("{}\u{1f}{}", place(side, finding)?, finding.message));
    let moved = |side: &Side<'_>, other: &Side<'_>, finding: &Diagnostic| {
        let (_, file) = side.file(finding)?;
        let pointer = &finding.location.pointer;
        if pointer.is_empty() || other.has(file, pointer) {
            return None;
        }
        let last = pointer.rsplit('/').next().unwrap_or_default();
        Some([&*finding.rule, last, &side.text(finding)?].join("\u{1f}"))
    };
    type Key<'k> = &'k dyn Fn(&Diagnostic) -> Option<String>;
    let stages: [(Key<'_>, Key<'_>); 3] = [
        (&|finding| exact(base, finding), &|finding| exact(revision, finding)),
        (&|finding| place(base, finding), &|finding| place(revision, finding)),
        (&|finding| moved(base, revision, finding), &|finding| moved(revision, base, finding)),
    ];
    for (of_old, of_new) in stages {
        if partners.iter().all(Option::is_some) || !free.contains(&true) {
            break;
        }
        let mut known: FxHashMap<String, VecDeque<usize>> = FxHashMap::default();
        for (at, unit) in old.iter().enumerate().filter(|(at, _)| free[*at]) {
            if let Some(key) = of_old(unit.finding) {
                known.entry(key).or_default().push_back(at);
            }
        }
        for (at, unit) in new.iter().enumerate() {
            if partners[at].is_some() || known.is_empty() {
                continue;
            }
            let found = of_new(unit.finding).and_then(|key| known.get_mut(&key)?.pop_front());
            if let Some(found) = found {
                partners[at] = Some(found);
                free[found] = false;
            }
        }
    }
    partners
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Hidden, Severity};
    use crate::openapi::Api;

    fn at(workspace: &Workspace, pointer: &str) -> Diagnostic {
        let tokens: Vec<String> =
            crate::syntax::pointer::tokens(pointer).unwrap().into_iter().map(std::borrow::Cow::into_owned).collect();
        let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
        let place = Api::open(workspace).unwrap().root().descend(&tokens).unwrap();
        Diagnostic::new("r", Severity::Error, "m", place.location())
    }

    fn contract(paths: &str) -> Workspace {
        Workspace::from_text("a.yaml", &format!("openapi: 3.0.3\ninfo: {{title: A, version: '1'}}\npaths:\n{paths}"))
    }

    fn new(before: (&Workspace, &[&str]), after: (&Workspace, &[&str])) -> (Vec<bool>, usize) {
        let findings = |(workspace, pointers): (&Workspace, &[&str])| -> Vec<Diagnostic> {
            pointers.iter().map(|pointer| at(workspace, pointer)).collect()
        };
        let (base, revision) = (Side::new(before.0), Side::new(after.0));
        let (out, fixed) = compare((&base, findings(before)), (&revision, findings(after)), InlineIgnores::OfBase);
        (out.iter().map(|finding| !finding.existing).collect(), fixed.len())
    }

    #[test]
    fn a_finding_at_a_renamed_place_is_the_same_and_a_copy_of_it_is_new() {
        let old = contract("  /a: {get: {summary: x}}\n");
        let renamed = contract("  /b: {get: {summary: x}}\n");
        let copied = contract("  /a: {get: {summary: x}}\n  /b: {get: {summary: x}}\n");
        let other = contract("  /b: {get: {summary: y}}\n");
        assert_eq!(new((&old, &["/paths/~1a/get"]), (&renamed, &["/paths/~1b/get"])), (vec![false], 0));
        assert_eq!(new((&old, &["/paths/~1a/get"]), (&other, &["/paths/~1b/get"])), (vec![true], 1));
        let both = new((&old, &["/paths/~1a/get"]), (&copied, &["/paths/~1a/get", "/paths/~1b/get"]));
        assert_eq!(both, (vec![false, true], 0));
    }

    #[test]
    fn of_a_finding_about_many_places_only_the_new_ones_are_new() {
        let old = contract("  /a: {get: {}}\n  /b: {get: {}}\n");
        let revised = contract("  /a: {get: {}}\n  /b: {get: {}}\n  /c: {get: {}}\n");
        let whole = |workspace: &Workspace, pointers: &[&str]| {
            let mut whole = at(workspace, "/openapi");
            whole.parts = pointers.iter().map(|pointer| at(workspace, pointer)).collect();
            whole
        };
        let (base, revision) = (Side::new(&old), Side::new(&revised));
        let before = whole(&old, &["/paths/~1a/get", "/paths/~1b/get"]);
        let after = whole(&revised, &["/paths/~1a/get", "/paths/~1b/get", "/paths/~1c/get"]);
        let (out, fixed) = compare((&base, vec![before]), (&revision, vec![after]), InlineIgnores::OfBase);
        let told: Vec<_> = out.iter().map(|finding| (finding.existing, finding.location.pointer.as_str())).collect();
        assert_eq!((told, fixed.len()), (vec![(true, "/openapi"), (false, "/paths/~1c/get")], 0));
    }

    #[test]
    fn an_ignore_that_the_base_lacks_hides_nothing_unless_it_is_accepted() {
        let old = contract("  /a: {get: {}}\n");
        let revised = contract("  /a: {get: {}}\n  /b: {get: {}}\n");
        let hidden = |workspace: &Workspace, pointer: &str| {
            let mut finding = at(workspace, pointer);
            finding.hidden = Some(Hidden { by: Hider::Contract, why: "line 1: no".to_owned() });
            finding
        };
        let (base, revision) = (Side::new(&old), Side::new(&revised));
        let run = |before: Vec<Diagnostic>, after: Diagnostic, ignores| {
            let (out, _) = compare((&base, before), (&revision, vec![after]), ignores);
            (out[0].existing, out[0].hidden.is_some())
        };
        let (a, b) = ("/paths/~1a/get", "/paths/~1b/get");
        let fresh = || hidden(&revised, b);
        assert_eq!(run(Vec::new(), fresh(), InlineIgnores::OfBase), (false, false));
        assert_eq!(run(Vec::new(), fresh(), InlineIgnores::Accept), (false, true));
        assert_eq!(run(vec![hidden(&old, a)], hidden(&revised, a), InlineIgnores::OfBase), (true, true));
        assert_eq!(run(vec![at(&old, a)], hidden(&revised, a), InlineIgnores::OfBase), (true, false));
    }

    #[test]
    fn files_are_named_from_the_contract() {
        assert_eq!(beside("api/p.yaml", "api/p.yaml"), "");
        assert_eq!(beside("api/p.yaml", "api/common/x.yaml"), "common/x.yaml");
        assert_eq!(beside("api/v1/p.yaml", "common/x.yaml"), "../../common/x.yaml");
        assert_eq!(beside("p.yaml", "common/x.yaml"), "common/x.yaml");
    }
}
