//! References that cannot be read: nobody knows what stands there, so nobody knows whether it changed.
//!
//! One that both sides have at the same place, written alike, is taken as unchanged. One that the revision has and the base
//! lacks hides a change. One of the base that the revision can read, or has replaced, is a change that nobody can judge.

use super::change::Event;
use super::edit::{Edit, shorten};
use super::effect::Polarity;
use super::walk::Walk;
use crate::openapi::{Api, model};
use crate::workspace::{DocumentId, Place};
use std::collections::{BTreeMap, BTreeSet};

/// A reference that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// The file that holds it.
    pub file: String,
    /// Its line.
    pub line: u32,
    /// What is wrong with it.
    pub what: String,
    /// Whether the base has it as well, so that it is taken as unchanged.
    pub standing: bool,
}

/// Where a reference stands and what it says: the file (the contracts themselves may have different names), the place in
/// it, and the reference as written.
type Key = (String, String, String);

/// The references of one side that cannot be read, with the reason.
fn unreadable(api: Api<'_>) -> BTreeMap<Key, (Place<'_>, String)> {
    let root = api.root();
    if !root.workspace().has_unreadable() {
        return BTreeMap::new();
    }
    let mut out = BTreeMap::new();
    for (place, error) in model::unreadable(root, api.version()) {
        let document = place.document_id();
        let file = if document == DocumentId(0) { String::new() } else { place.document().path().to_owned() };
        out.insert((file, place.location().identity, place.text().to_owned()), (place, error.to_string()));
    }
    out
}

/// The references of the revision that cannot be read, in order.
pub(super) fn find(base: Api<'_>, revision: Api<'_>) -> Vec<Unread> {
    let known = unreadable(base);
    let all = unreadable(revision).into_iter().map(|(key, (place, what))| {
        let location = place.location();
        let standing = known.contains_key(&key);
        Unread { file: location.path().to_owned(), line: location.start().line, what, standing }
    });
    // One that many places have is told once.
    all.collect::<BTreeSet<_>>().into_iter().collect()
}

impl<'w> Walk<'w, '_> {
    /// Reports what the base could not read and the revision has in another way: what it was is not known.
    pub(super) fn readable_again(&mut self) {
        let before = unreadable(self.base);
        if before.is_empty() {
            return;
        }
        let after = unreadable(self.revision);
        for (key, (uri, _)) in before.iter().filter(|(key, _)| !after.contains_key(*key)) {
            let document = if key.0.is_empty() {
                Some(DocumentId(0))
            } else {
                let mut documents = self.revision.root().workspace().documents();
                documents.find(|(_, document)| document.path() == key.0).map(|(id, _)| id)
            };
            let path = uri.path();
            // What a discriminator or a link names is compared as such.
            let Some((_, holder)) = path.split_last().filter(|(key, _)| *key == "$ref") else { continue };
            let tokens: Vec<&str> = holder.iter().map(String::as_str).collect();
            let root = document.map(|document| self.revision.root().workspace().document_root(document));
            let Some(now) = root.and_then(|root| root.descend(&tokens)) else { continue };
            // Another reference that cannot be read is told as one.
            if now.resolve().is_err() {
                continue;
            }
            let edit = Edit::new(Event::ReferenceReadable, 0, Polarity::ToServer).at(Some(*uri), Some(now));
            self.push(edit.name(shorten(uri.text())));
        }
    }

    /// Whether a schema is a reference that cannot be read, and nothing else.
    pub(super) fn is_unread(place: Place<'w>) -> bool {
        place.len() == 1 && place.reference().is_some() && place.resolve().is_err()
    }
}
