//! Discriminators: the property that tells the kind of an object, and what its values stand for.
//!
//! A parent without a list of branches has children by `mapping`, and all that name it in their `allOf` (OpenAPI, section
//! "Discriminator Object"). Validation of the parent does not look into them, but whoever reads its values does: they
//! are compared as schemas of their own.

use super::change::Event;
use super::effect::Effect;
use super::family::is_parent;
use super::pair::Pair;
use super::view::View;
use super::walk::Walk;
use crate::openapi::SchemaRef;
use crate::workspace::Place;

const SAYS_ITSELF: &str = "a branch without the entry allows this value alone, so its kind can be told all the same";

impl<'w> Walk<'w, '_> {
    /// `discriminator`, which in 2.0 is a string.
    pub(super) fn discriminator(&mut self, pair: &Pair<'w>) {
        self.children(pair);
        let (old, new) = (pair.old.get("discriminator"), pair.new.get("discriminator"));
        let (Some(old), Some(new)) = (old, new) else {
            match (old, new) {
                (Some(_), None) => self.push(pair.edit(Event::DiscriminatorRemoved, old, new)),
                (None, Some(_)) => self.push(pair.edit(Event::DiscriminatorAdded, old, new)),
                _ => {}
            }
            return;
        };
        let name = |place: Place<'w>| place.as_str().or_else(|| place.get_str("propertyName"));
        if name(old) != name(new) {
            let edit = pair.edit(Event::DiscriminatorPropertyNameChanged, Some(old), Some(new));
            self.push(edit.values(name(old).unwrap_or_default(), name(new).unwrap_or_default()));
        }
        let (before, after) = (old.get("mapping"), new.get("mapping"));
        for member in before.into_iter().flat_map(Place::members) {
            match after.and_then(|after| after.get(member.name)) {
                None => {
                    let mut edit =
                        pair.edit(Event::DiscriminatorMappingDeleted, Some(member.value), after.or(Some(new)));
                    if is_implicit(member.name, member.value) {
                        edit.effect = Some(Effect::None);
                    } else if says_itself(&pair.new, name(new), member.name) {
                        edit = edit.harmless(SAYS_ITSELF);
                    }
                    self.push(edit.name(member.name));
                }
                Some(value) if value.text() != member.value.text() => {
                    let edit = pair.edit(Event::DiscriminatorMappingChanged, Some(member.value), Some(value));
                    self.push(edit.name(member.name));
                }
                Some(value) if [&pair.old, &pair.new].iter().any(|view| !view.at().is_some_and(is_parent)) => {
                    // The mapped schemas are reached through the mapping too, not only through a list of branches.
                    if let (Some(Ok(left)), Some(Ok(right))) = (member.value.follow_uri(), value.follow_uri()) {
                        let mut context = pair.context;
                        context.in_branch = true;
                        self.schema(pair.scope, &SchemaRef::At(left), &SchemaRef::At(right), context);
                    }
                }
                Some(_) => {}
            }
        }
        for member in after.into_iter().flat_map(Place::members) {
            if before.is_none_or(|before| before.get(member.name).is_none()) {
                let mut edit = pair.edit(Event::DiscriminatorMappingAdded, before.or(Some(old)), Some(member.value));
                if is_implicit(member.name, member.value) {
                    edit.effect = Some(Effect::None);
                } else if says_itself(&pair.old, name(old), member.name) {
                    edit = edit.harmless(SAYS_ITSELF);
                }
                self.push(edit.name(member.name));
            }
        }
        if old.is_map() && new.is_map() {
            self.rest(pair.scope, old, new, &["propertyName", "mapping"]);
        }
    }

    /// Compares the children of both parents, paired by their names.
    fn children(&mut self, pair: &Pair<'w>) {
        let parent = |view: &View<'w>| view.chain.iter().copied().find(|place| is_parent(*place));
        let (Some(old), Some(new)) = (parent(&pair.old), parent(&pair.new)) else { return };
        let mut context = pair.context;
        context.in_branch = false;
        // Nothing around makes up for what changed in a child.
        context.anchor = None;
        for (left, right) in self.same.children(old, new) {
            self.schema(pair.scope, &SchemaRef::At(left), &SchemaRef::At(right), context);
        }
    }
}

/// Whether a mapping says what holds without it: the name of a schema stands for that schema.
fn is_implicit(name: &str, target: Place<'_>) -> bool {
    target.as_str().is_some_and(|target| target.rsplit('/').next() == Some(name))
}

/// Whether one branch alone allows this value of the discriminator, so that an entry says nothing new.
fn says_itself(view: &View<'_>, property: Option<&str>, value: &str) -> bool {
    let Some(property) = property else { return false };
    let pinned = |branch: Place<'_>| {
        let Some(schema) = branch.resolved().get("properties").and_then(|all| all.get(property)) else { return false };
        let schema = schema.resolved();
        let only = schema.get("enum").map(|list| list.elements().collect::<Vec<_>>());
        schema.get_str("const") == Some(value) || only.is_some_and(|list| list.len() == 1 && list[0].text() == value)
    };
    ["oneOf", "anyOf"].iter().any(|list| view.branches(list).into_iter().filter(|branch| pinned(*branch)).count() == 1)
}
