//! Keywords of objects.

use super::super::dialect::Dialect;
use super::super::resolve::{Docs, Site};
use super::super::shape::{BOTTOM, Id, Store, TOP};
use super::{Context, Hidden, Lowering, size};
use crate::syntax::NodeRef;

impl<'w> Lowering<'w> {
    pub(super) fn objects(
        &mut self,
        store: &mut Store,
        site: Site,
        node: NodeRef<'w>,
        context: &Context,
        depth: u32,
        parts: &mut Vec<Id>,
    ) {
        if !context.outline {
            parts.push(store.size(size(node, "minProperties").unwrap_or(0), None));
            parts.push(store.size(0, size(node, "maxProperties")));
        }
        let hidden = self.hidden_names(site, context);
        let mut evaluated = Vec::new();
        if let Some(properties) = node.get("properties").filter(|map| map.is_map()) {
            for member in properties.members() {
                let word = store.langs.word(member.name);
                let own = Docs::at(site, member.value);
                let value = match context.hidden.filter(|_| self.is_hidden(own, context)) {
                    Some(Hidden { absent: true, .. }) => BOTTOM,
                    Some(_) => TOP,
                    None => self.child(store, site, member.value, context, depth),
                };
                parts.push(store.each(word, value));
                evaluated.push(word);
            }
        }
        let patterns = node.get("patternProperties").filter(|_| context.dialect.reads("patternProperties"));
        if let Some(patterns) = patterns.filter(|map| map.is_map()) {
            for member in patterns.members() {
                let lang = store.langs.pattern(member.name);
                let value = self.child(store, site, member.value, context, depth);
                parts.push(store.each(lang, value));
                evaluated.push(lang);
            }
        }
        if let Some(additional) = node.get("additionalProperties") {
            let value = self.child(store, site, additional, context, depth);
            let known = store.langs.or(evaluated);
            let others = store.langs.not(known);
            parts.push(store.each(others, value));
        }
        if context.dialect >= Dialect::Draft06
            && !context.outline
            && let Some(names) = node.get("propertyNames")
        {
            let names = self.child(store, site, names, context, depth);
            match store.names(names) {
                Some(lang) => {
                    let others = store.langs.not(lang);
                    parts.push(store.each(others, BOTTOM));
                }
                None => parts.push(Self::opaque(store, &format!("propertyNames {}", names.0))),
            }
        }
        if let Some(required) = node.get("required").filter(|list| list.is_seq()) {
            for name in required.elements().filter_map(NodeRef::as_str) {
                if !hidden.iter().any(|known| known == name) {
                    let word = store.langs.word(name);
                    parts.push(store.has(word, TOP));
                }
            }
        }
        if context.outline {
            return;
        }
        // Validators read the old keyword in the new drafts, too.
        for key in ["dependencies", "dependentRequired", "dependentSchemas"] {
            if (key != "dependencies" && context.dialect < Dialect::Draft201909) || !context.dialect.reads(key) {
                continue;
            }
            let Some(map) = node.get(key).filter(|map| map.is_map()) else { continue };
            for member in map.members() {
                let then = if member.value.is_seq() {
                    let mut all = Vec::new();
                    for name in member.value.elements().filter_map(NodeRef::as_str) {
                        let word = store.langs.word(name);
                        all.push(store.has(word, TOP));
                    }
                    store.and(all)
                } else {
                    self.branch(store, site, member.value, context, depth)
                };
                let without = Self::absent(store, member.name);
                parts.push(store.or([without, then]));
            }
        }
    }

    /// Values without a member of this name.
    pub(super) fn absent(store: &mut Store, name: &str) -> Id {
        let word = store.langs.word(name);
        store.each(word, BOTTOM)
    }
}
