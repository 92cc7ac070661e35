//! The outline of a schema: what a reader relies on who does not validate.
//!
//! It keeps types and the members that are always there, and leaves out which values of a type there are and what else an
//! object may hold: such a reader takes them as they come. The branches of a union are told apart by their tag, where they
//! have one: a value with a known tag is read by its branch, one with a new tag by what all branches have in common.

use super::super::resolve::{Docs, Site};
use super::super::shape::{Id, Store, TOP, type_of, types};
use super::super::value::Value;
use super::{Context, Lowering};
use crate::syntax::{Kind, NodeRef};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;
use std::rc::Rc;

/// Schemas that one branch is made of, at most.
const MAX_PARTS: usize = 500;

/// What the objects of a branch always hold, and what is said of their members.
#[derive(Default)]
struct Members<'w> {
    /// In the order in which they are written.
    names: Vec<&'w str>,
    described: FxHashMap<&'w str, Vec<Site>>,
    required: FxHashSet<&'w str>,
}

/// A property that tells the branches of a union apart, with its values in each; `None` for what is no object.
struct Tag {
    property: String,
    values: Vec<Option<Vec<Value>>>,
}

impl<'w> Lowering<'w> {
    /// The types that an enumeration or a constant implies.
    pub(super) fn implied_types(store: &mut Store, node: NodeRef<'w>, context: &Context, parts: &mut Vec<Id>) {
        let listed = node.get("enum").filter(|list| list.is_seq()).into_iter().flat_map(NodeRef::elements);
        if node.get("enum").is_some_and(NodeRef::is_seq) {
            parts.push(Self::types_of(store, listed));
        }
        if context.dialect >= super::Dialect::Draft06
            && let Some(only) = node.get("const")
        {
            parts.push(Self::types_of(store, [only]));
        }
    }

    fn types_of(store: &mut Store, values: impl IntoIterator<Item = NodeRef<'w>>) -> Id {
        let mut mask = 0;
        for value in values {
            mask |= match Value::of(value).as_ref().map(type_of) {
                Some(of) if of & (types::TRUE | types::FALSE) != 0 => types::TRUE | types::FALSE,
                Some(of) => of,
                // A number that nobody can hold exactly.
                None => types::NUM,
            };
        }
        store.types(mask)
    }

    /// The values of a union as its reader tells them apart.
    pub(super) fn told_apart(
        &mut self,
        store: &mut Store,
        site: Site,
        list: NodeRef<'w>,
        context: &Context,
        depth: u32,
    ) -> Id {
        let parts: Vec<NodeRef<'w>> = list.elements().collect();
        let ways: Vec<Id> = parts.iter().map(|part| self.branch(store, site, *part, context, depth)).collect();
        let objects: Vec<bool> = ways.iter().map(|way| store.may(*way) & types::OBJ != 0).collect();
        let members: Vec<Members<'w>> =
            parts.iter().map(|part| self.members_of(Docs::at(site, *part), context)).collect();
        let Some(Tag { property, values }) = self.tag(site, &parts, &objects, &members, context) else {
            return store.or(ways);
        };
        let word = store.langs.word(&property);
        let mut known = Vec::new();
        let mut out = Vec::with_capacity(ways.len() + 1);
        for (way, values) in ways.into_iter().zip(values) {
            let Some(values) = values else {
                out.push(way);
                continue;
            };
            known.extend(values.iter().cloned());
            let own = store.values(values);
            let tagged = store.each(word, own);
            out.push(store.and([way, tagged]));
        }
        // One with a new tag.
        let of_tag = known.iter().fold(0, |mask, value| mask | type_of(value));
        let known = store.values(known);
        let (other, alike, object) = (store.not(known), store.types(of_tag), store.types(types::OBJ));
        let fresh = store.and([alike, other]);
        let mut common = vec![object, store.has(word, TOP), store.each(word, fresh)];
        common.extend(self.shared(store, &property, &objects, &members, context, depth));
        out.push(store.and(common));
        store.or(out)
    }

    /// What all branches say of the members that each of them describes or requires.
    fn shared(
        &mut self,
        store: &mut Store,
        tag: &str,
        objects: &[bool],
        members: &[Members<'w>],
        context: &Context,
        depth: u32,
    ) -> Vec<Id> {
        let branches: Vec<&Members<'w>> =
            objects.iter().zip(members).filter_map(|(object, members)| object.then_some(members)).collect();
        let Some(first) = branches.first() else { return Vec::new() };
        let mut out = Vec::new();
        for name in first.required.iter().filter(|name| branches.iter().all(|branch| branch.required.contains(*name))) {
            let word = store.langs.word(name);
            out.push(store.has(word, TOP));
        }
        let plain = Context { around: Rc::default(), beside: false, ..context.clone() };
        for name in first.names.iter().filter(|name| **name != tag) {
            let Some(all) = branches.iter().map(|branch| branch.described.get(name)).collect::<Option<Vec<_>>>() else {
                continue;
            };
            let mut ways = Vec::new();
            for sites in all {
                let mut parts = Vec::new();
                for site in sites {
                    let hidden = self.is_hidden(*site, context);
                    // Many unions look at one property: it is lowered once.
                    parts.push(if hidden { TOP } else { self.target(store, *site, &plain, depth + 1) });
                }
                ways.push(store.and(parts));
            }
            let word = store.langs.word(name);
            let any = store.or(ways);
            out.push(store.each(word, any));
        }
        // The order of a set is none.
        out.sort_unstable();
        out
    }

    /// The property that tells the branches of a union apart.
    fn tag(
        &mut self,
        site: Site,
        parts: &[NodeRef<'w>],
        objects: &[bool],
        members: &[Members<'w>],
        context: &Context,
    ) -> Option<Tag> {
        if !objects.contains(&true) {
            return None;
        }
        let node = self.docs.node(site);
        if let Some(mapping) = self.mapping(site, context)
            && mapping.branches.len() == parts.len()
        {
            let word = |name: String| Value::Str(name.into());
            let values = mapping.branches.into_iter().map(|(names, _)| Some(names.into_iter().map(word).collect()));
            let values = values.collect();
            return Some(Tag { property: mapping.property.to_owned(), values });
        }
        let first = objects.iter().zip(members).find_map(|(object, members)| object.then_some(members))?;
        for name in &first.names {
            let mut seen = BTreeSet::new();
            let values = objects.iter().zip(members).map(|(object, members)| {
                if !object {
                    return Some(None);
                }
                let sites = members.described.get(name)?;
                let pinned = sites.iter().filter_map(|site| self.pinned(*site, context)).min_by_key(Vec::len)?;
                pinned.iter().all(|value| seen.insert(value.clone())).then_some(Some(pinned))
            });
            if let Some(values) = values.collect::<Option<Vec<_>>>() {
                return Some(Tag { property: (*name).to_owned(), values });
            }
        }
        // By the names of the branches.
        let property = node.get("discriminator")?.get("propertyName").and_then(NodeRef::as_str)?;
        let named = parts.iter().map(|part| {
            let name = part.get("$ref").and_then(NodeRef::as_str)?.rsplit('/').next()?;
            Some(Some(vec![Value::Str(name.into())]))
        });
        Some(Tag { property: property.to_owned(), values: named.collect::<Option<Vec<_>>>()? })
    }

    /// The strings, numbers or booleans that a property is pinned to.
    fn pinned(&mut self, site: Site, context: &Context) -> Option<Vec<Value>> {
        let scalar = |value: NodeRef<'w>| match value.kind() {
            Kind::Map | Kind::Seq | Kind::Null => None,
            _ => Value::of(value),
        };
        let mut at = site;
        for _ in 0..8 {
            let node = self.docs.node(at);
            if let Some(only) = node.get("const") {
                return Some(vec![scalar(only)?]);
            }
            if let Some(list) = node.get("enum").filter(|list| list.is_seq() && !list.is_empty()) {
                return list.elements().map(scalar).collect();
            }
            let uri = node.get("$ref").and_then(NodeRef::as_str)?;
            at = self.follow(at, "$ref", uri, context)?.0;
        }
        None
    }

    /// The members of a schema with what it refers to and the parts of its `allOf`.
    fn members_of(&mut self, site: Site, context: &Context) -> Members<'w> {
        let mut out = Members::default();
        let mut todo = vec![site];
        let mut seen = FxHashSet::default();
        let hidden = self.hidden_names(site, context);
        while let Some(site) = todo.pop() {
            if seen.len() >= MAX_PARTS || !seen.insert(site) {
                continue;
            }
            self.visits += 1;
            let node = self.docs.node(site);
            if let Some(uri) = node.get("$ref").and_then(NodeRef::as_str) {
                todo.extend(self.docs.resolve(site, "$ref", uri));
                if context.dialect.ref_stands_alone() {
                    continue;
                }
            }
            for member in node.get("properties").into_iter().flat_map(NodeRef::members) {
                let sites = out.described.entry(member.name).or_default();
                if sites.is_empty() {
                    out.names.push(member.name);
                }
                sites.push(Docs::at(site, member.value));
            }
            let required = node.get("required").into_iter().flat_map(NodeRef::elements).filter_map(NodeRef::as_str);
            out.required.extend(required.filter(|name| !hidden.iter().any(|known| known == name)));
            let parts: Vec<Site> =
                node.get("allOf").into_iter().flat_map(NodeRef::elements).map(|part| Docs::at(site, part)).collect();
            todo.extend(parts.into_iter().rev());
        }
        out
    }
}
