//! The tree of tags (OpenAPI 3.2, Tag Object): a parent is a tag of the contract, and nobody's own descendant.

use super::super::{Check, words};
use super::Checker;
use crate::workspace::Place;
use rustc_hash::{FxHashMap, FxHashSet};

impl<'w> Checker<'w> {
    /// Checks the `parent` of every tag.
    pub(super) fn tags(&mut self, root: Place<'w>) {
        let named = |tag: Place<'w>| Some((tag.get_str("name")?, tag));
        let tags: Vec<(&str, Place<'w>)> =
            root.get("tags").into_iter().flat_map(Place::elements).filter_map(named).collect();
        let parents: FxHashMap<&str, Option<&str>> =
            tags.iter().map(|(name, tag)| (*name, tag.get_str("parent"))).collect();
        let circles = circles(&tags, &parents);
        for (name, tag) in &tags {
            let Some(place) = tag.get("parent") else { continue };
            let Some(parent) = place.as_str() else { continue };
            if !parents.contains_key(parent) {
                let near = self.guesses.nearest(parent, tags.iter().map(|(name, _)| *name));
                let message = format!("the parent {} is not a tag of this contract", words::quote(parent));
                let finding = self.report(Check::Value, message, place.location());
                finding.help = Some(match near {
                    Some(near) => format!("Write {}", words::quote(near)),
                    None => format!("Add a tag with the name {} to `tags`", words::quote(parent)),
                });
            } else if circles.contains(name) {
                let message = format!("the tag {} is its own parent, directly or through others", words::quote(name));
                self.report(Check::Value, message, place.location()).help =
                    Some("Remove `parent` from one tag of the circle".to_owned());
            }
        }
    }
}

/// The tags that are their own ancestors. Every chain of parents is followed once.
fn circles<'w>(tags: &[(&'w str, Place<'w>)], parents: &FxHashMap<&'w str, Option<&'w str>>) -> FxHashSet<&'w str> {
    let (mut done, mut out) = (FxHashSet::default(), FxHashSet::default());
    for (name, _) in tags {
        let (mut chain, mut places) = (Vec::new(), FxHashMap::default());
        let mut at = Some(*name);
        while let Some(tag) = at.filter(|tag| !done.contains(tag)) {
            if let Some(first) = places.insert(tag, chain.len()) {
                out.extend(chain[first..].iter().copied());
                break;
            }
            chain.push(tag);
            at = parents.get(tag).copied().flatten();
        }
        done.extend(chain);
    }
    out
}
