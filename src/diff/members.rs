//! What a schema says about its properties as a whole: its own, those of references, and those of every branch of `allOf`,
//! however deep. Which object says it is layout: a property that moves between branches, or to a parent, is still there.

use super::view::View;
use crate::openapi::{SchemaRef, Version};
use crate::workspace::{Place, PlaceId};
use rustc_hash::{FxHashMap, FxHashSet};

/// Objects that together describe one schema, at most.
const MAX_OBJECTS: usize = 400;

/// A property of a schema.
#[derive(Clone, Debug)]
pub(super) struct Member<'w> {
    pub(super) name: &'w str,
    /// Its descriptions; all of them bind. Empty where it is required alone.
    pub(super) declared: Vec<SchemaRef<'w>>,
    /// Where it is required.
    pub(super) required: Option<Place<'w>>,
}

impl<'w> Member<'w> {
    /// The property as it is read.
    pub(super) fn view(&self, version: Version) -> Option<View<'w>> {
        let (first, rest) = self.declared.split_first()?;
        let mut view = View::new(first, version);
        view.join(rest.iter().filter_map(SchemaRef::place));
        Some(view)
    }

    /// Where it is described first.
    pub(super) fn place(&self) -> Option<Place<'w>> {
        self.declared.first().and_then(SchemaRef::place)
    }
}

impl<'w> View<'w> {
    /// All objects that bind every value of the schema, the nearest first.
    pub(super) fn whole(&self) -> Vec<Place<'w>> {
        let mut out = self.chain.clone();
        let mut pending: Vec<Place<'w>> = self.branches("allOf");
        pending.extend(&self.outer);
        if pending.is_empty() {
            return out;
        }
        let mut seen: FxHashSet<PlaceId> = out.iter().map(|place| place.id()).collect();
        pending.reverse();
        while let Some(branch) = pending.pop() {
            if out.len() >= MAX_OBJECTS {
                break;
            }
            let view = View::new(&SchemaRef::At(branch), self.version);
            let known = out.len();
            out.extend(view.chain.iter().filter(|place| seen.insert(place.id())));
            // What was met on another way has been taken apart there: a diamond of branches costs its schemas, not its ways.
            if out.len() > known {
                pending.extend(view.branches("allOf").into_iter().rev());
            }
        }
        out
    }

    /// The properties of the schema as a whole, those that are required without a description included.
    pub(super) fn members(&self) -> Vec<Member<'w>> {
        let mut out: Vec<Member<'w>> = Vec::new();
        let mut index: FxHashMap<&'w str, usize> = FxHashMap::default();
        let mut at = |out: &mut Vec<Member<'w>>, name: &'w str| {
            *index.entry(name).or_insert_with(|| {
                out.push(Member { name, declared: Vec::new(), required: None });
                out.len() - 1
            })
        };
        for field in &self.fields {
            let number = at(&mut out, field.name);
            out[number].declared.extend(field.schema());
            out[number].required = field.required().then_some(field.at);
        }
        if !self.fields.is_empty() {
            return out;
        }
        let whole = self.whole();
        for place in &whole {
            for member in place.get("properties").into_iter().flat_map(Place::members) {
                let number = at(&mut out, member.name);
                out[number].declared.push(SchemaRef::At(member.value));
            }
        }
        for place in &whole {
            for element in place.get("required").into_iter().flat_map(Place::elements) {
                let Some(name) = element.as_str() else { continue };
                let number = at(&mut out, name);
                out[number].required = out[number].required.or(Some(element));
            }
        }
        out
    }

    /// Whether every branch of a list has this property, so that every value has it described.
    pub(super) fn every_branch_describes(&self, name: &str) -> bool {
        ["oneOf", "anyOf"].iter().any(|keyword| {
            let branches = self.branches(keyword);
            let describes = |branch: &Place<'w>| {
                let view = View::new(&SchemaRef::At(*branch), self.version);
                view.whole().iter().any(|place| place.get("properties").is_some_and(|all| all.get(name).is_some()))
            };
            !branches.is_empty() && branches.iter().all(describes)
        })
    }
}
