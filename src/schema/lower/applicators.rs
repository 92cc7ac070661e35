//! Keywords that combine schemas: `allOf`, `anyOf`, `oneOf`, `not`, `if`.

use super::super::dialect::Dialect;
use super::super::resolve::{Docs, Site};
use super::super::shape::{Id, Store};
use super::{Context, Lowering};
use crate::syntax::NodeRef;
use std::rc::Rc;

impl<'w> Lowering<'w> {
    pub(super) fn applicators(
        &mut self,
        store: &mut Store,
        site: Site,
        node: NodeRef<'w>,
        context: &Context,
        depth: u32,
        parts: &mut Vec<Id>,
    ) {
        if let Some(list) = node.get("allOf").filter(|list| list.is_seq()) {
            let around = self.hidden_names(site, context);
            let inner = if around.is_empty() {
                context.clone()
            } else {
                Context { around: Rc::new(around), ..context.clone() }
            };
            for part in list.elements() {
                let part = Docs::at(site, part);
                parts.push(self.schema(store, part, &inner, depth + 1));
            }
        }
        for key in ["anyOf", "oneOf"] {
            let Some(list) = node.get(key).filter(|list| list.is_seq() && !list.is_empty()) else { continue };
            let ways: Vec<Id> = list.elements().map(|part| self.child(store, site, part, context, depth)).collect();
            parts.push(if key == "anyOf" { store.or(ways) } else { store.one(ways) });
        }
        if let Some(not) = node.get("not") {
            let inner = self.child(store, site, not, context, depth);
            parts.push(store.not(inner));
        }
        if context.dialect >= Dialect::Draft07
            && let Some(condition) = node.get("if")
        {
            let yes = self.child(store, site, condition, context, depth);
            let no = store.not(yes);
            for (key, unless) in [("then", no), ("else", yes)] {
                if let Some(branch) = node.get(key) {
                    let branch = self.child(store, site, branch, context, depth);
                    parts.push(store.or([unless, branch]));
                }
            }
        }
    }
}
