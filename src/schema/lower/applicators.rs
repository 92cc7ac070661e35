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
            let list = node.get(key).filter(|list| list.is_seq() && !list.is_empty() && context.dialect.reads(key));
            let Some(list) = list else { continue };
            if context.outline {
                let any = self.told_apart(store, site, list, context, depth);
                parts.push(any);
                continue;
            }
            let ways: Vec<Id> = list.elements().map(|part| self.branch(store, site, part, context, depth)).collect();
            if key == "anyOf" {
                parts.push(store.or(ways));
            } else if context.closed {
                // A branch that is not met must not be met with further properties either.
                let open = context.opened();
                let all = list.elements().map(|part| self.branch(store, site, part, &open, depth)).collect();
                parts.push(store.one(all));
                parts.push(store.or(ways));
            } else {
                parts.push(store.one(ways));
            }
        }
        if context.outline {
            return;
        }
        if let Some(not) = node.get("not").filter(|_| context.dialect.reads("not")) {
            let inner = self.branch(store, site, not, &context.opened(), depth);
            parts.push(store.not(inner));
        }
        if context.dialect >= Dialect::Draft07
            && let Some(condition) = node.get("if")
        {
            let yes = self.branch(store, site, condition, &context.opened(), depth);
            let no = store.not(yes);
            for (key, unless) in [("then", no), ("else", yes)] {
                if let Some(branch) = node.get(key) {
                    let branch = self.branch(store, site, branch, context, depth);
                    parts.push(store.or([unless, branch]));
                }
            }
        }
    }
}
