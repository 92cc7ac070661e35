//! Twins: schemas that are written alike, in one document or two, references included.
//!
//! The cheapest proof of containment, and the one that most schemas of two versions need. Cycles are followed by
//! taking a pair under comparison to be equal. Documentation keywords do not count.

use super::resolve::{Docs, Site};
use crate::syntax::{Kind, NodeRef};
use rustc_hash::FxHashSet;

/// Keywords that say nothing about values.
const SILENT: [&str; 11] = [
    "description",
    "title",
    "example",
    "examples",
    "default",
    "deprecated",
    "externalDocs",
    "xml",
    "$comment",
    "summary",
    "discriminator",
];

/// Nodes compared per question beyond this are given up.
const MAX_WORK: usize = 400_000;

/// Remembers what was compared.
#[derive(Default)]
pub(super) struct Twins {
    same: FxHashSet<(Site, Site)>,
    different: FxHashSet<(Site, Site)>,
    assumed: Vec<(Site, Site)>,
}

impl Twins {
    /// Whether both sites hold schemas that are written alike.
    pub(super) fn same(&mut self, docs: &mut Docs<'_>, left: Site, right: Site) -> bool {
        // Where a dynamic reference leads depends on the whole way to it: only whole documents are compared then.
        let dynamic =
            ["$dynamicRef", "$recursiveRef"].iter().any(|key| docs.has_key(left, key) || docs.has_key(right, key));
        if dynamic && (left.node.0 != 0 || right.node.0 != 0) {
            return false;
        }
        let mut work = MAX_WORK;
        self.assumed.clear();
        let mut todo = vec![(left, right)];
        while let Some((left, right)) = todo.pop() {
            if left == right || self.same.contains(&(left, right)) {
                continue;
            }
            if self.different.contains(&(left, right)) {
                self.undo();
                return false;
            }
            // Taken to be equal while the rest is compared.
            self.same.insert((left, right));
            self.assumed.push((left, right));
            let (one, other) = (docs.node(left), docs.node(right));
            // What is written alike may be read otherwise.
            if docs.dialect(left) != docs.dialect(right)
                || !alike(docs, left, one, right, other, &mut todo, &mut work, 0)
            {
                self.different.insert((left, right));
                self.undo();
                return false;
            }
        }
        true
    }

    fn undo(&mut self) {
        for pair in self.assumed.drain(..) {
            self.same.remove(&pair);
        }
    }
}

#[allow(clippy::too_many_arguments)]
fn alike<'w>(
    docs: &mut Docs<'w>,
    left: Site,
    one: NodeRef<'w>,
    right: Site,
    other: NodeRef<'w>,
    todo: &mut Vec<(Site, Site)>,
    work: &mut usize,
    depth: usize,
) -> bool {
    let Some(rest) = work.checked_sub(1) else { return false };
    *work = rest;
    if one.kind() != other.kind() || depth > 200 {
        return false;
    }
    match one.kind() {
        Kind::Map => {
            let counts = |node: NodeRef<'w>| node.members().filter(|member| !SILENT.contains(&member.name)).count();
            // Where such a name is a property it is compared all the same when both have it; counts of all must agree.
            if counts(one) != counts(other) {
                return false;
            }
            for member in one.members() {
                let Some(value) = other.get(member.name) else {
                    if SILENT.contains(&member.name) && !member.value.is_map() {
                        continue;
                    }
                    return false;
                };
                if SILENT.contains(&member.name) && !member.value.is_map() && !value.is_map() {
                    continue;
                }
                if matches!(member.name, "$ref" | "$dynamicRef" | "$recursiveRef")
                    && let (Some(uri), Some(to)) = (member.value.as_str(), value.as_str())
                {
                    let here = Docs::at(left, one);
                    let there = Docs::at(right, other);
                    match (docs.resolve(here, member.name, uri), docs.resolve(there, member.name, to)) {
                        (Some(target), Some(same)) if member.name == "$ref" || uri == to => todo.push((target, same)),
                        (None, None) if uri == to => {}
                        _ => return false,
                    }
                    // Anchors on the way decide where dynamic references lead.
                    continue;
                }
                if !alike(docs, left, member.value, right, value, todo, work, depth + 1) {
                    return false;
                }
            }
            other.members().all(|member| {
                one.get(member.name).is_some() || (SILENT.contains(&member.name) && !member.value.is_map())
            })
        }
        Kind::Seq => {
            let (items, others): (Vec<_>, Vec<_>) = (one.elements().collect(), other.elements().collect());
            items.len() == others.len()
                && items
                    .into_iter()
                    .zip(others)
                    .all(|(item, other)| alike(docs, left, item, right, other, todo, work, depth + 1))
        }
        _ => one.text() == other.text(),
    }
}
