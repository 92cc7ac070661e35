//! Properties that do not count in a direction: `readOnly` in requests, `writeOnly` in responses.

use super::super::resolve::{Docs, Site};
use super::{Context, Lowering};
use crate::syntax::NodeRef;

impl Lowering<'_> {
    /// Whether the property schema at `site` says that it does not count in this direction.
    pub(in crate::schema) fn is_hidden(&mut self, site: Site, context: &Context) -> bool {
        let Some(hidden) = context.hidden else { return false };
        let mut at = site;
        for _ in 0..8 {
            let node = self.docs.node(at);
            let uri = node.get("$ref").and_then(NodeRef::as_str);
            if (uri.is_none() || !context.dialect.ref_stands_alone())
                && node.get(hidden.key).and_then(NodeRef::as_bool) == Some(true)
            {
                return true;
            }
            let Some(next) = uri.and_then(|uri| self.docs.resolve(at, "$ref", uri)) else { return false };
            at = next;
        }
        false
    }

    /// Names that `required` must not ask for: hidden here, in the parts of `allOf`, or around.
    pub(in crate::schema) fn hidden_names(&mut self, site: Site, context: &Context) -> Vec<String> {
        let Some(hidden) = context.hidden else { return Vec::new() };
        if !self.docs.has_key(site, hidden.key) {
            return Vec::new();
        }
        let mut names = context.around.to_vec();
        let mut todo = vec![(site, 0)];
        while let Some((site, depth)) = todo.pop() {
            let node = self.docs.node(site);
            if depth > 8 || names.len() > 5_000 {
                continue;
            }
            if let Some(target) =
                node.get("$ref").and_then(NodeRef::as_str).and_then(|uri| self.docs.resolve(site, "$ref", uri))
            {
                todo.push((target, depth + 1));
                if context.dialect.ref_stands_alone() {
                    continue;
                }
            }
            for member in node.get("properties").into_iter().flat_map(NodeRef::members) {
                if self.is_hidden(Docs::at(site, member.value), context) {
                    names.push(member.name.to_owned());
                }
            }
            for part in node.get("allOf").into_iter().flat_map(NodeRef::elements) {
                todo.push((Docs::at(site, part), depth + 1));
            }
        }
        names.sort_unstable();
        names.dedup();
        names
    }
}
