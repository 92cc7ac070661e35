//! Keywords of arrays.

use super::super::dialect::Dialect;
use super::super::resolve::Site;
use super::super::shape::{Id, Node, Store};
use super::{Context, Lowering, size};
use crate::syntax::NodeRef;

impl<'w> Lowering<'w> {
    pub(super) fn arrays(
        &mut self,
        store: &mut Store,
        site: Site,
        node: NodeRef<'w>,
        context: &Context,
        depth: u32,
        parts: &mut Vec<Id>,
    ) {
        if !context.outline {
            let window = (size(node, "minItems").unwrap_or(0), size(node, "maxItems"));
            parts.push(store.len_window(window.0, None));
            parts.push(store.len_window(0, window.1));
            if node.get("uniqueItems").and_then(NodeRef::as_bool) == Some(true) {
                parts.push(store.intern(Node::Unique));
            }
        }
        let modern = context.dialect == Dialect::Draft202012;
        let (prefix, rest) = match (modern, node.get("items")) {
            (true, items) => (node.get("prefixItems").filter(|list| list.is_seq()), items),
            (false, Some(items)) if items.is_seq() => (Some(items), node.get("additionalItems")),
            (false, items) => (None, items),
        };
        let mut from = 0;
        if let Some(prefix) = prefix {
            for (index, item) in prefix.elements().enumerate() {
                let item = self.child(store, site, item, context, depth);
                let at = store.item_at(index as u32, item);
                parts.push(at);
                from = index as u32 + 1;
            }
        }
        if let Some(rest) = rest.filter(|rest| !rest.is_seq()) {
            let rest = self.child(store, site, rest, context, depth);
            parts.push(store.items_from(from, rest));
        }
        if context.dialect >= Dialect::Draft06
            && !context.outline
            && let Some(contains) = node.get("contains")
        {
            let item = self.child(store, site, contains, &context.opened(), depth);
            let counted = context.dialect >= Dialect::Draft201909;
            let low = size(node, "minContains").filter(|_| counted).unwrap_or(1);
            let high = size(node, "maxContains").filter(|_| counted);
            parts.push(store.count(item, low, None));
            if high.is_some() {
                parts.push(store.count(item, 0, high));
            }
        }
    }
}
