//! Properties that do not count in a direction: `readOnly` in requests, `writeOnly` in responses.

use super::super::resolve::{Docs, Site};
use super::{Context, Lowering};
use crate::syntax::NodeRef;
use rustc_hash::FxHashSet;
use std::collections::VecDeque;
use std::rc::Rc;

/// Schemas that together describe one property, looked at for an annotation.
const MAX_PARTS: usize = 32;

impl Lowering<'_> {
    /// Whether the property schema at `site` says that it does not count in this direction, by itself or in a part of `allOf`.
    pub(in crate::schema) fn is_hidden(&mut self, site: Site, context: &Context) -> bool {
        let Some(hidden) = context.hidden.filter(|hidden| context.dialect.reads(hidden.key)) else { return false };
        let (mut todo, mut seen) = (vec![site], 0);
        while let Some(at) = todo.pop() {
            let node = self.docs.node(at);
            let uri = node.get("$ref").and_then(NodeRef::as_str);
            let alone = uri.is_some() && context.dialect.ref_stands_alone();
            if !alone && node.get(hidden.key).and_then(NodeRef::as_bool) == Some(true) {
                return true;
            }
            seen += 1;
            if seen > MAX_PARTS {
                return false;
            }
            todo.extend(uri.and_then(|uri| self.docs.resolve(at, "$ref", uri)));
            if !alone {
                let parts = node.get("allOf").into_iter().flat_map(NodeRef::elements);
                todo.extend(parts.map(|part| Docs::at(at, part)));
            }
        }
        false
    }

    /// Names that `required` must not ask for: hidden here, in the parts of `allOf`, or around.
    pub(in crate::schema) fn hidden_names(&mut self, site: Site, context: &Context) -> Vec<String> {
        let Some(hidden) = context.hidden else { return Vec::new() };
        if !self.docs.has_key(site, hidden.key) {
            return Vec::new();
        }
        let key = (site, context.dialect, hidden);
        let own = match self.hidden.get(&key) {
            Some(known) => known.clone(),
            None => {
                let own: Rc<[String]> = self.declared_hidden(site, context).into();
                self.hidden.insert(key, own.clone());
                own
            }
        };
        let mut names: Vec<String> = context.around.iter().chain(own.iter()).cloned().collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The hidden properties that a schema declares, with what it refers to and the parts of its `allOf`; each schema is
    /// looked at once.
    fn declared_hidden(&mut self, site: Site, context: &Context) -> Vec<String> {
        let mut names = Vec::new();
        let mut todo = VecDeque::from([(site, 0)]);
        let mut seen = FxHashSet::default();
        while let Some((site, depth)) = todo.pop_front() {
            let node = self.docs.node(site);
            if depth > 8 || names.len() > 5_000 || !seen.insert(site) {
                continue;
            }
            if let Some(target) =
                node.get("$ref").and_then(NodeRef::as_str).and_then(|uri| self.docs.resolve(site, "$ref", uri))
            {
                todo.push_back((target, depth + 1));
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
                todo.push_back((Docs::at(site, part), depth + 1));
            }
        }
        names.sort_unstable();
        names.dedup();
        names
    }
}
