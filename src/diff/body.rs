//! Bodies and media types. A media type is found by its name, its parameters in any order, or a range that covers it.

use super::change::{ChangeId, Event, Subject};
use super::edit::{Edit, ScopeId, show};
use super::effect::{Effect, Polarity};
use super::message::Part;
use super::walk::Walk;
use crate::openapi::{MediaType, Operation, Version};
use crate::workspace::Place;

/// What a list of media types describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Request,
    Response,
    Parameter,
    Header,
}

impl Side {
    fn subject(self) -> Subject {
        match self {
            Side::Request => Subject::RequestBody,
            Side::Response => Subject::ResponseBody,
            Side::Parameter => Subject::RequestParameter,
            Side::Header => Subject::ResponseHeader,
        }
    }

    /// What can happen to its media types.
    fn events(self) -> MediaTypeEvents {
        match self {
            Side::Response | Side::Header => MediaTypeEvents {
                added: Event::ResponseMediaTypeAdded,
                removed: Event::ResponseMediaTypeRemoved,
                generalized: Event::ResponseMediaTypeNameGeneralized,
                specialized: Event::ResponseMediaTypeNameSpecialized,
            },
            Side::Request | Side::Parameter => MediaTypeEvents {
                added: Event::RequestMediaTypeAdded,
                removed: Event::RequestMediaTypeRemoved,
                generalized: Event::RequestMediaTypeNameGeneralized,
                specialized: Event::RequestMediaTypeNameSpecialized,
            },
        }
    }
}

struct MediaTypeEvents {
    added: Event,
    removed: Event,
    generalized: Event,
    specialized: Event,
}

const HANDLED: [&str; 5] = ["schema", "itemSchema", "encoding", "example", "examples"];

impl<'w> Walk<'w, '_> {
    /// The request bodies of a pair of operations.
    pub(super) fn body(&mut self, scope: ScopeId, old: &Operation<'w>, new: &Operation<'w>, polarity: Polarity) {
        let edit = |event: Event, base: Option<Place<'w>>, revision: Option<Place<'w>>| {
            Edit::new(ChangeId::new(Subject::RequestBody, event), scope, polarity)
                .at(base, revision)
                .location(new.label())
        };
        match (old.body(), new.body()) {
            (None, None) => {}
            (None, Some(body)) => {
                let event = if body.required { Event::RequiredBodyAdded } else { Event::OptionalBodyAdded };
                let mut edit = edit(event, None, Some(body.at));
                if polarity == Polarity::ToClient {
                    edit.effect = Some(Effect::None);
                }
                self.push(edit);
            }
            (Some(body), None) => {
                let mut edit = edit(Event::BodyRemoved, Some(body.at), None);
                if polarity == Polarity::ToClient {
                    edit.effect = Some(Effect::Widens);
                }
                self.push(edit);
            }
            (Some(before), Some(after)) => {
                self.touch(before.place, after.place);
                let key = |place: Place<'w>| place.get("required").or(Some(place));
                match (before.required, after.required) {
                    (false, true) => {
                        self.push(edit(Event::BodyBecameRequired, key(before.place), key(after.place)));
                    }
                    (true, false) => {
                        self.push(edit(Event::BodyBecameOptional, key(before.place), key(after.place)));
                    }
                    _ => {}
                }
                let media = (&before.media_types[..], &after.media_types[..]);
                self.media_types(scope, media, Side::Request, polarity, &new.label(), None);
                let swagger = self.base.version() == Version::V2_0 || self.revision.version() == Version::V2_0;
                if !swagger {
                    self.rest(scope, before.place, after.place, &["content", "required", "$ref"]);
                } else if before.place.get("in").is_some() && after.place.get("in").is_some() {
                    for name in ["description", "x-examples"] {
                        let values = (before.place.get(name), after.place.get(name));
                        self.field(scope, name, values.0, values.1, (before.place, after.place));
                    }
                }
            }
        }
    }

    /// Two lists of media types, of a body or of the `part` that they describe.
    pub(super) fn media_types(
        &mut self,
        scope: ScopeId,
        (old, new): (&[MediaType<'w>], &[MediaType<'w>]),
        side: Side,
        polarity: Polarity,
        label: &str,
        part: Option<Part<'w>>,
    ) {
        let events = side.events();
        let mut taken = vec![false; new.len()];
        let mut left = Vec::new();
        for media in old {
            let exact = new.iter().position(|other| other.name == media.name);
            let found = exact.or_else(|| new.iter().position(|other| canonical(other.name) == canonical(media.name)));
            match found {
                Some(at) => {
                    taken[at] = true;
                    self.media_type(scope, (media, &new[at]), side, polarity, part);
                }
                None => left.push(media),
            }
        }
        for media in left {
            let general = new.iter().position(|other| covers(other.name, media.name));
            let special = new.iter().position(|other| covers(media.name, other.name));
            let Some((at, event, effect)) = general
                .map(|at| (at, events.generalized, Effect::Widens))
                .or(special.map(|at| (at, events.specialized, Effect::Narrows)))
            else {
                let mut edit = Edit::new(events.removed, scope, polarity)
                    .at(Some(media.place), None)
                    .name(media.name)
                    .location(label);
                if polarity == Polarity::ToClient && side == Side::Request {
                    edit.effect = Some(Effect::Widens);
                }
                self.push(edit);
                continue;
            };
            taken[at] = true;
            let effect = if side == Side::Response && effect == Effect::Widens { Effect::Unknown } else { effect };
            self.push(
                Edit::new(event, scope, polarity)
                    .at(Some(media.place), Some(new[at].place))
                    .name(media.name)
                    .location(label)
                    .values(media.name, new[at].name)
                    .effect(effect),
            );
            self.media_type(scope, (media, &new[at]), side, polarity, part);
        }
        for (media, _) in new.iter().zip(&taken).filter(|(_, taken)| !**taken) {
            let mut edit =
                Edit::new(events.added, scope, polarity).at(None, Some(media.place)).name(media.name).location(label);
            if side == Side::Response && polarity == Polarity::ToServer && old.is_empty() {
                // Clients that answer without a body may be expected to write one.
                edit.effect = Some(Effect::Unknown);
            }
            self.push(edit);
        }
    }

    /// The media types that two lists have in common.
    pub(super) fn common_media_types(
        &mut self,
        scope: ScopeId,
        old: &[MediaType<'w>],
        new: &[MediaType<'w>],
        side: Side,
        polarity: Polarity,
    ) {
        for media in old {
            if let Some(other) = new.iter().find(|other| canonical(other.name) == canonical(media.name)) {
                self.media_type(scope, (media, other), side, polarity, None);
            }
        }
    }

    fn media_type(
        &mut self,
        scope: ScopeId,
        (old, new): (&MediaType<'w>, &MediaType<'w>),
        side: Side,
        polarity: Polarity,
        part: Option<Part<'w>>,
    ) {
        let quiet = if self.quiet { 16 } else { 0 };
        let kind = super::kind::MEDIA + side as u16 + if is_text(new.name) { 8 } else { 0 } + quiet;
        let (scope, fresh) = self.shared(scope, old.place, new.place, polarity, kind);
        if !fresh || (self.same.same(old.place, new.place) && old.schema.is_some() == new.schema.is_some()) {
            let form = matches!(
                (&old.schema, &new.schema),
                (Some(crate::openapi::SchemaRef::Form(_)), _) | (_, Some(crate::openapi::SchemaRef::Form(_)))
            );
            if !fresh || !form {
                return;
            }
        }
        let edit = |event: Event, base: Option<Place<'w>>, revision: Option<Place<'w>>| {
            Edit::new(ChangeId::new(side.subject(), event), scope, polarity)
                .at(base.or(Some(old.place)), revision.or(Some(new.place)))
                .location(new.name)
                .name(new.name)
                .values(show(base), show(revision))
        };
        let text = is_text(old.name) && is_text(new.name);
        for (before, after, added, removed) in [
            (&old.schema, &new.schema, Event::MediaTypeSchemaAdded, Event::MediaTypeSchemaRemoved),
            (&old.item_schema, &new.item_schema, Event::ItemSchemaAdded, Event::ItemSchemaRemoved),
        ] {
            match (before, after) {
                (Some(before), Some(after)) => {
                    let part = part.unwrap_or(Part::Body((old.name, new.name)));
                    self.schema_root(scope, (before, after), side.subject(), polarity, text, part);
                }
                (None, Some(schema)) => self.push(edit(added, None, schema.place())),
                (Some(schema), None) => self.push(edit(removed, schema.place(), None)),
                (None, None) => {}
            }
        }
        if self.quiet || self.base.version() == Version::V2_0 || self.revision.version() == Version::V2_0 {
            return;
        }
        self.encoding(old, new, &edit);
        self.rest(scope, old.place, new.place, &HANDLED);
        for key in ["example", "examples"] {
            self.field(scope, key, old.place.get(key), new.place.get(key), (old.place, new.place));
        }
    }
}

/// Whether values of a media type are written as text without types, as in XML and forms.
fn is_text(name: &str) -> bool {
    let name = canonical(name);
    let essence = name.split(';').next().unwrap_or_default();
    essence.ends_with("/xml")
        || essence.ends_with("+xml")
        || essence.starts_with("text/")
        || matches!(essence, "application/x-www-form-urlencoded" | "multipart/form-data")
}

/// A media type in lower case, parameters sorted.
fn canonical(name: &str) -> String {
    let mut parts = name.split(';').map(|part| part.trim().to_ascii_lowercase());
    let essence = parts.next().unwrap_or_default();
    let mut parameters: Vec<String> = parts.filter(|part| !part.is_empty() && part != "charset=utf-8").collect();
    parameters.sort();
    parameters.insert(0, essence);
    parameters.join(";")
}

/// Whether every message of `narrow` is one of `wide`.
pub(super) fn covers(wide: &str, narrow: &str) -> bool {
    let (wide, narrow) = (canonical(wide), canonical(narrow));
    let (wide, extra) = wide.split_once(';').map_or((wide.as_str(), ""), |(essence, rest)| (essence, rest));
    let narrow_essence = narrow.split(';').next().unwrap_or_default();
    if wide == "*/*" || wide == "*" {
        return true;
    }
    if let Some(kind) = wide.strip_suffix("/*") {
        return narrow_essence.split('/').next() == Some(kind);
    }
    // A type without parameters stands for the same type with any.
    extra.is_empty() && wide == narrow_essence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_are_compared_as_a_server_would() {
        assert_eq!(canonical("Application/JSON; charset=UTF-8"), "application/json");
        assert_eq!(canonical("a/b;y=1;x=2"), canonical("a/b; x=2; y=1"));
        assert!(covers("*/*", "application/json") && covers("text/*", "text/plain"));
        assert!(covers("application/json", "application/json; version=1"));
        assert!(!covers("text/*", "application/json") && !covers("application/json", "*/*"));
    }
}
