//! What the operations of a contract use: every place that a chain of references leads to from a path or webhook.
//!
//! Takes a contract and its families; says of a component whether any operation can reach it, or a part of it. References
//! of unknown keywords and of examples count: that nothing uses a component is said only where it is sure.

use super::family::Family;
use crate::openapi::Api;
use crate::syntax::NodeId;
use crate::workspace::{DocumentId, Place, PlaceId, Workspace};
use rustc_hash::{FxHashMap, FxHashSet};

/// Where operations are described.
const ROOTS: [&str; 3] = ["paths", "webhooks", "x-webhooks"];

/// The places that operations lead to.
#[derive(Debug, Default)]
pub(super) struct Used(FxHashMap<DocumentId, Vec<NodeId>>);

impl Used {
    pub(super) fn new(api: Api<'_>, family: &Family) -> Self {
        let workspace = api.root().workspace();
        let mut open: Vec<PlaceId> = ROOTS.iter().filter_map(|key| api.root().get(key)).map(Place::id).collect();
        let mut links: FxHashMap<DocumentId, Vec<(NodeId, PlaceId)>> = FxHashMap::default();
        for (id, document) in workspace.documents() {
            let mut all: Vec<_> = document.targets().collect();
            all.sort_unstable_by_key(|(node, _)| *node);
            links.insert(id, all);
        }
        let mut seen: FxHashSet<PlaceId> = open.iter().copied().collect();
        let mut reached = Used::default();
        while let Some(at) = open.pop() {
            reached.0.entry(at.document).or_default().push(at.node);
            let range = range(workspace, at);
            let within = |node: NodeId| range.0 <= node && node < range.1;
            let all = links.get(&at.document).map(Vec::as_slice).unwrap_or_default();
            let from = all.partition_point(|(node, _)| *node < range.0);
            let linked = all[from..].iter().take_while(|(node, _)| within(*node)).map(|(_, target)| *target);
            let children = family.parents().filter(|(parent, _)| parent.document == at.document && within(parent.node));
            let children = children.flat_map(|(_, children)| children.iter().map(|(_, child)| *child));
            let tree = workspace.document(at.document).tree();
            let aliases = (range.0.0..range.1.0).map(|node| tree.node(NodeId(node))).filter(|node| node.is_alias());
            let aliased = aliases.map(|node| PlaceId { document: at.document, node: node.followed().id() });
            open.extend(linked.chain(children).chain(aliased).filter(|place| seen.insert(*place)));
        }
        reached.0.values_mut().for_each(|nodes| nodes.sort_unstable());
        reached
    }

    /// Whether an operation uses a component or a part of it.
    pub(super) fn has(&self, component: Place<'_>) -> bool {
        let (start, end) = range(component.workspace(), component.id());
        let nodes = self.0.get(&component.document_id()).map(Vec::as_slice).unwrap_or_default();
        let at = nodes.partition_point(|node| *node < start);
        nodes.get(at).is_some_and(|node| *node < end)
    }
}

/// The nodes of a place, the end not among them.
fn range(workspace: &Workspace, place: PlaceId) -> (NodeId, NodeId) {
    (place.node, workspace.document(place.document).tree().node(place.node).end_id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_are_used_through_any_chain_that_begins_at_an_operation() {
        let text = "
openapi: 3.1.0
info: {title: t, version: 1.0.0}
paths:
  /a:
    get:
      responses:
        '200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}
components:
  schemas:
    A: {properties: {b: {$ref: '#/components/schemas/B/properties/c'}, p: {$ref: '#/components/schemas/Parent'}}}
    B: {properties: {c: {type: string}}}
    Parent: {discriminator: {propertyName: k, mapping: {m: '#/components/schemas/Mapped'}}}
    Child: {allOf: [{$ref: '#/components/schemas/Parent'}, {$ref: '#/components/schemas/Part'}]}
    Part: {type: object}
    Mapped: {type: object}
    Lone: {properties: {self: {$ref: '#/components/schemas/Lone'}, other: {$ref: '#/components/schemas/Only'}}}
    Only: {type: string}
";
        let workspace = Workspace::from_text("a.yaml", text);
        let used = Used::new(Api::open(&workspace).unwrap(), &Family::new(&workspace));
        let is_used = |name: &str| used.has(workspace.root().descend(&["components", "schemas", name]).unwrap());
        for name in ["A", "B", "Parent", "Child", "Part", "Mapped"] {
            assert!(is_used(name), "{name}");
        }
        assert!(!is_used("Lone") && !is_used("Only"));
    }
}
