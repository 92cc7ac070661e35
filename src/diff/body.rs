//! Bodies, and the media types that describe them; `media` says which applies to what.

use super::change::{ChangeId, Event, Subject};
use super::edit::{Edit, ScopeId, show};
use super::effect::{Effect, Polarity};
use super::media::{Match, matches};
use super::message::Part;
use super::schema::is_open;
use super::walk::Walk;
use crate::openapi::{MediaType, Operation, SchemaRef, Version};
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

const HANDLED: [&str; 7] =
    ["schema", "itemSchema", "encoding", "prefixEncoding", "itemEncoding", "example", "examples"];

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
        let names = |list: &[MediaType<'w>]| list.iter().map(|media| media.name).collect::<Vec<_>>();
        let found = matches(&names(old), &names(new));
        let events = side.events();
        let edit = |event: Event, base: Option<&MediaType<'w>>, revision: Option<&MediaType<'w>>| {
            let name = base.or(revision).map(|media| media.name).unwrap_or_default();
            Edit::new(event, scope, polarity)
                .at(base.map(|media| media.place), revision.map(|media| media.place))
                .name(name)
                .location(label)
        };
        // What is sent to somebody else than its page speaks of is turned round.
        let turned =
            matches!((side, polarity), (Side::Request, Polarity::ToClient) | (Side::Response, Polarity::ToServer));
        let mut told = Vec::new();
        for (at, other, kind) in found.pairs {
            let (before, after) = (&old[at], &new[other]);
            let (event, effect) = match kind {
                Match::Equal => {
                    self.media_type(scope, (before, after), side, polarity, part);
                    continue;
                }
                Match::Generalized if side == Side::Response => (events.generalized, Effect::Unknown),
                Match::Generalized => (events.generalized, Effect::Widens),
                Match::Specialized => (events.specialized, Effect::Narrows),
                Match::SplitOut => (events.added, Effect::None),
            };
            let edit = match kind {
                Match::SplitOut => {
                    edit(event, None, Some(after)).note(format!("until now `{}` described it", before.name))
                }
                _ => edit(event, Some(before), Some(after)).values(before.name, after.name),
            };
            // One finding for a range that several types stand for now.
            if kind != Match::Specialized || !told.contains(&at) {
                told.push(at);
                self.push(edit.effect(effect));
            }
            self.media_type(scope, (before, after), side, polarity, part);
        }
        for (at, other) in found.narrowed {
            let (before, after) = (&old[at], &new[other]);
            let edit = edit(events.specialized, Some(before), Some(after)).values(before.name, after.name);
            self.push(edit.effect(Effect::Narrows));
        }
        for at in found.removed {
            let edit = edit(events.removed, Some(&old[at]), None);
            self.push(if turned { edit.effect(Effect::Narrows) } else { edit });
        }
        for other in found.added {
            let mut edit = edit(events.added, None, Some(&new[other]));
            if turned {
                edit.effect = Some(Effect::Widens);
            }
            if side == Side::Response && polarity == Polarity::ToServer && old.is_empty() {
                // Clients that answer without a body may be expected to write one.
                edit.effect = Some(Effect::Unknown);
            }
            self.push(edit);
        }
    }

    /// The schemas of media types that apply to the same messages.
    pub(super) fn common_media_types(
        &mut self,
        scope: ScopeId,
        old: &[MediaType<'w>],
        new: &[MediaType<'w>],
        side: Side,
        polarity: Polarity,
    ) {
        let names = |list: &[MediaType<'w>]| list.iter().map(|media| media.name).collect::<Vec<_>>();
        for (at, other, _) in matches(&names(old), &names(new)).pairs {
            self.media_type(scope, (&old[at], &new[other]), side, polarity, None);
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
                (None, Some(schema)) | (Some(schema), None)
                    if schema.place().is_some_and(|place| is_open(place.resolved())) =>
                {
                    let event = if before.is_none() { added } else { removed };
                    let places =
                        (before.as_ref().and_then(SchemaRef::place), after.as_ref().and_then(SchemaRef::place));
                    self.push(edit(event, places.0, places.1).effect(Effect::None));
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
    let name = name.to_ascii_lowercase();
    let essence = name.split(';').next().unwrap_or_default().trim();
    essence.ends_with("/xml")
        || essence.ends_with("+xml")
        || essence.starts_with("text/")
        || matches!(essence, "application/x-www-form-urlencoded" | "multipart/form-data")
}
