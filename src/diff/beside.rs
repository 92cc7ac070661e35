//! What objects say beside their listed properties: schemas for the others, for names by pattern, and for what depends on
//! a property.

use super::change::Event;
use super::effect::Effect;
use super::pair::{Mark, Pair};
use super::schema::is_open;
use super::view::View;
use super::walk::Walk;
use crate::openapi::SchemaRef;
use crate::pattern::Pattern;
use crate::workspace::Place;

/// What can happen to a keyword that is absent (open), true, false or a schema.
pub(super) struct Beside {
    pub(super) forbidden: Event,
    pub(super) allowed: Event,
    pub(super) schema_added: Event,
    pub(super) schema_removed: Event,
}

impl<'w> Walk<'w, '_> {
    pub(super) fn additional(&mut self, pair: &Pair<'w>) {
        let additional = Beside {
            forbidden: Event::AdditionalPropertiesForbidden,
            allowed: Event::AdditionalPropertiesAllowed,
            schema_added: Event::AdditionalPropertiesSchemaAdded,
            schema_removed: Event::AdditionalPropertiesSchemaRemoved,
        };
        let unevaluated = Beside {
            forbidden: Event::UnevaluatedPropertiesForbidden,
            allowed: Event::UnevaluatedPropertiesAllowed,
            schema_added: Event::UnevaluatedPropertiesSchemaAdded,
            schema_removed: Event::UnevaluatedPropertiesSchemaRemoved,
        };
        for (keyword, events) in [("additionalProperties", additional), ("unevaluatedProperties", unevaluated)] {
            self.beside(pair, keyword, events, |walk, old, new| {
                let mut context = walk.property_context(pair, None);
                context.told = false;
                context.subject = context.subject.property();
                context.in_branch = false;
                context.step = Mark::AnyMember;
                walk.schema(pair.scope, &SchemaRef::At(old), &SchemaRef::At(new), context);
            });
        }
    }

    /// A keyword that is absent (open), true, false or a schema.
    pub(super) fn beside(
        &mut self,
        pair: &Pair<'w>,
        keyword: &str,
        events: Beside,
        both: impl FnOnce(&mut Self, Place<'w>, Place<'w>),
    ) {
        let (old, new) = (pair.old.get(keyword), pair.new.get(keyword));
        let open = |place: Option<Place<'w>>| place.is_none_or(is_open);
        let closed = |place: Option<Place<'w>>| place.and_then(Place::as_bool) == Some(false);
        let event = match (old, new) {
            _ if open(old) && open(new) || closed(old) && closed(new) => return,
            _ if closed(new) => events.forbidden,
            _ if closed(old) => events.allowed,
            (Some(old), Some(new)) if !is_open(old) && !is_open(new) => return both(self, old, new),
            _ if open(old) => events.schema_added,
            _ => events.schema_removed,
        };
        self.push(pair.edit(event, old, new));
    }

    /// Maps from names to sub-schemas; the events when one comes and goes.
    pub(super) fn named_parts(&mut self, pair: &Pair<'w>, keyword: &str, (added, removed): (Event, Event)) {
        let (old, new) = (pair.old.get(keyword), pair.new.get(keyword));
        for member in old.into_iter().flat_map(Place::members) {
            match new.and_then(|new| new.get(member.name)) {
                Some(value) => {
                    let mut context = pair.context;
                    if keyword == "patternProperties" {
                        context = self.property_context(pair, None);
                        context.subject = context.subject.property();
                        context.elsewhere = true;
                        context.step = Mark::AnyMember;
                    }
                    context.told = false;
                    context.in_branch = true;
                    self.schema(pair.scope, &SchemaRef::At(member.value), &SchemaRef::At(value), context);
                }
                None => {
                    let mut edit = pair.edit(removed, Some(member.value), new);
                    if keyword == "patternProperties" && is_closed(&pair.new) {
                        edit.effect = Some(Effect::Narrows);
                        edit = edit.note("no other properties are allowed there, so they are refused");
                    }
                    self.push(edit.name(member.name));
                }
            }
        }
        for member in new.into_iter().flat_map(Place::members) {
            if old.is_none_or(|old| old.get(member.name).is_none()) {
                let mut edit = pair.edit(added, old, Some(member.value)).name(member.name);
                if keyword == "patternProperties" && is_closed(&pair.old) {
                    edit.effect = Some(Effect::Widens);
                }
                self.push(edit);
            }
        }
    }

    pub(super) fn dependent_required(&mut self, pair: &Pair<'w>) {
        const KEY: &str = "dependentRequired";
        let (old, new) = (pair.old.get(KEY), pair.new.get(KEY));
        let names = |place: Place<'w>| place.elements().filter_map(Place::as_str).collect::<Vec<_>>();
        for member in old.into_iter().flat_map(Place::members) {
            match new.and_then(|new| new.get(member.name)) {
                None => {
                    self.push(pair.edit(Event::DependentRequiredRemoved, Some(member.value), new).name(member.name));
                }
                Some(value) => {
                    let (before, after) = (names(member.value), names(value));
                    let gone = before.iter().any(|name| !after.contains(name));
                    let fresh = after.iter().any(|name| !before.contains(name));
                    if gone || fresh {
                        let mut edit = pair.edit(Event::DependentRequiredChanged, Some(member.value), Some(value));
                        edit.effect = edit.effect.or(Some(match (gone, fresh) {
                            (true, false) => Effect::Widens,
                            (false, true) => Effect::Narrows,
                            _ => Effect::Incomparable,
                        }));
                        self.push(edit.name(member.name));
                    }
                }
            }
        }
        for member in new.into_iter().flat_map(Place::members) {
            if old.is_none_or(|old| old.get(member.name).is_none()) {
                self.push(pair.edit(Event::DependentRequiredAdded, old, Some(member.value)).name(member.name));
            }
        }
    }
}

/// The schema of a property that is not listed, where one asks something of it, and whether its name is why: it stands
/// for the property that is listed on the other side alone.
pub(super) fn rest<'w>(view: &View<'w>, name: &str) -> Option<(SchemaRef<'w>, bool)> {
    let patterns = view.get("patternProperties").into_iter().flat_map(Place::members);
    if let Some(found) = patterns.filter(|member| Pattern::read(member.name).matches(name) == Some(true)).last() {
        return Some((SchemaRef::At(found.value), true));
    }
    let place = view.get("additionalProperties")?;
    (place.is_map() && !is_open(place)).then_some((SchemaRef::At(place), false))
}

/// Whether undeclared properties are forbidden.
pub(super) fn is_closed(view: &View<'_>) -> bool {
    ["additionalProperties", "unevaluatedProperties"]
        .iter()
        .any(|keyword| view.get(keyword).and_then(Place::as_bool) == Some(false))
}
