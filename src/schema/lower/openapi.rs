//! What a contract says about values beside JSON Schema: `discriminator` with `mapping`, and `x-extensible-enum`.
//!
//! A mapping says which value of the property goes with which branch, so a value that goes with none is no message of the
//! contract. It is read so only where it is written out, every branch is a reference, and no branch declares the property
//! otherwise: by itself a discriminator is a hint that validates nothing (OpenAPI 3.1.1, section 4.8.25).
//!
//! An extensible enumeration is closed for who sends a request, who may send what is listed, and open in responses, whose
//! readers must be ready for more.

use super::super::dialect::Dialect;
use super::super::resolve::{Docs, Site};
use super::super::shape::{BOTTOM, Id, Store, types};
use super::super::value::Value;
use super::{Context, Lowering};
use crate::syntax::{Kind, NodeRef};
use rustc_hash::FxHashSet;

/// Schemas that one branch is made of, looked at for its tag.
const MAX_PARTS: usize = 500;

/// A discriminator that binds.
pub(in crate::schema) struct Mapping<'w> {
    /// Name of the property.
    pub(in crate::schema) property: &'w str,
    /// The branches with the values that lead to them.
    pub(in crate::schema) branches: Vec<(Vec<String>, NodeRef<'w>)>,
    /// Values that lead to other schemas.
    pub(in crate::schema) others: Vec<String>,
}

impl<'w> Lowering<'w> {
    /// The discriminator at `site`, where it binds.
    pub(in crate::schema) fn mapping(&mut self, site: Site, context: &Context) -> Option<Mapping<'w>> {
        let node = self.docs.node(site);
        let discriminator = node.get("discriminator")?;
        let openapi = context.dialect == Dialect::OpenApi30
            || self.docs.place(site).is_some_and(|place| place.workspace().root().get("openapi").is_some());
        let property = discriminator.get("propertyName").and_then(NodeRef::as_str)?;
        let mapping = discriminator.get("mapping").filter(|map| openapi && map.is_map())?;
        let at = Docs::at(site, mapping);
        let mut keys: Vec<(&str, Option<Site>, &str)> = Vec::new();
        for member in mapping.members() {
            let uri = member.value.as_str()?;
            keys.push((member.name, self.docs.resolve(at, member.name, uri), uri));
        }
        let list = ["oneOf", "anyOf"].into_iter().find_map(|key| node.get(key)).filter(|list| list.is_seq())?;
        let mut branches = Vec::new();
        for branch in list.elements() {
            let uri = branch.get("$ref").and_then(NodeRef::as_str)?;
            let target = self.docs.resolve(Docs::at(site, branch), "$ref", uri)?;
            let implicit = uri.split_once('#').and_then(|(_, pointer)| pointer.rsplit('/').next())?;
            let mut names = Vec::new();
            keys.retain(|(key, place, uri)| {
                let same = *place == Some(target) || *uri == implicit;
                if same {
                    names.push((*key).to_owned());
                }
                !same
            });
            if names.is_empty() {
                names.push(implicit.to_owned());
            }
            if self.declares_otherwise(target, property, &names) {
                return None;
            }
            branches.push((names, branch));
        }
        let others = keys.into_iter().map(|(key, ..)| key.to_owned()).collect();
        (!branches.is_empty()).then_some(Mapping { property, branches, others })
    }

    /// Whether the schema at `site` says that the property has none of these values.
    fn declares_otherwise(&mut self, site: Site, property: &str, names: &[String]) -> bool {
        let mut todo = vec![site];
        let mut seen = FxHashSet::default();
        while let Some(site) = todo.pop() {
            if seen.len() > MAX_PARTS || !seen.insert(site) {
                continue;
            }
            self.visits += 1;
            let node = self.docs.node(site);
            let target = node.get("$ref").and_then(NodeRef::as_str);
            todo.extend(target.and_then(|uri| self.docs.resolve(site, "$ref", uri)));
            if let Some(own) = node.get("properties").and_then(|map| map.get(property))
                && self.excludes(Docs::at(site, own), names, 0)
            {
                return true;
            }
            todo.extend(node.get("allOf").into_iter().flat_map(NodeRef::elements).map(|part| Docs::at(site, part)));
        }
        false
    }

    /// Whether the schema at `site` holds none of these words, at a glance.
    fn excludes(&mut self, site: Site, names: &[String], depth: u32) -> bool {
        let node = self.docs.node(site);
        let known = |value: NodeRef<'_>| value.as_str().is_some_and(|word| names.iter().any(|name| name == word));
        let no_string = node.get("type").is_some_and(|of| match of.kind() {
            Kind::Seq => of.elements().all(|of| of.text() != "string"),
            _ => of.text() != "string",
        });
        if no_string
            || node.get("const").is_some_and(|only| !known(only))
            || node.get("enum").is_some_and(|list| !list.elements().any(known))
        {
            return true;
        }
        let target = node.get("$ref").and_then(NodeRef::as_str).and_then(|uri| self.docs.resolve(site, "$ref", uri));
        target.is_some_and(|target| depth < 8 && self.excludes(target, names, depth + 1))
    }

    pub(super) fn openapi(
        &mut self,
        store: &mut Store,
        site: Site,
        node: NodeRef<'w>,
        context: &Context,
        depth: u32,
        parts: &mut Vec<Id>,
    ) {
        if let Some(Mapping { property, branches, others }) = self.mapping(site, context) {
            let word = store.langs.word(property);
            let only = |store: &mut Store, names: Vec<String>| {
                let values = store.values(names.into_iter().map(|name| Value::Str(name.into())));
                store.each(word, values)
            };
            let mut ways = vec![store.types(types::ALL & !types::OBJ), store.each(word, BOTTOM), only(store, others)];
            for (names, branch) in branches {
                let tagged = only(store, names);
                let branch = self.branch(store, site, branch, context, depth);
                ways.push(store.and([tagged, branch]));
            }
            parts.push(store.or(ways));
        }
        if let Some(list) = Self::listed(node, context) {
            match list.elements().map(Value::of).collect::<Option<Vec<_>>>() {
                Some(values) => parts.push(store.values(values.into_iter().chain([Value::Null]))),
                None => parts.push(Self::opaque(store, &format!("x-extensible-enum {}", list.to_json()))),
            }
        }
    }

    /// The extensible enumeration that closes a schema.
    pub(in crate::schema) fn listed(node: NodeRef<'w>, context: &Context) -> Option<NodeRef<'w>> {
        let list = node.get("x-extensible-enum").filter(|list| context.listed && list.is_seq() && !list.is_empty())?;
        node.get("enum").is_none().then_some(list)
    }
}
