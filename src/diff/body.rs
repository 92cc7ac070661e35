//! Bodies, and the media types that describe them; `media` says which applies to what.

use super::change::{ChangeId, Event, Subject};
use super::edit::{Edit, ScopeId, show};
use super::effect::{Effect, Polarity};
use super::media::{Match, matches};
use super::message::Part;
use super::schema::is_open;
use super::view::{OBJECT, View};
use super::walk::{Travel, Walk};
use crate::openapi::model::{Around, Meaning, meaning};
use crate::openapi::{Bytes, MediaKind, MediaType, Operation, SchemaRef, Version};
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
        // Whether servers look at a body of this method is not for the contract to say.
        let idle = |operation: &Operation<'w>| {
            let around = Around { method: Some(operation.method), ..Around::default() };
            let version = operation.api().version();
            // 2.0 has its own way to say it.
            version != Version::V2_0
                && meaning("Operation", operation.place, "requestBody", version, around) != Meaning::Bears
        };
        let why = |operation: &Operation<'w>| {
            let (version, method) = (operation.api().version(), operation.method.to_ascii_uppercase());
            format!("OpenAPI {version} has the body of `{method}` ignored, but servers may read it")
        };
        let doubtful = |edit: Edit<'w>, operation: &Operation<'w>| {
            if idle(operation) { edit.undefined(why(operation)) } else { edit }
        };
        match (old.body(), new.body()) {
            (None, None) => {}
            (None, Some(body)) => {
                let event = if body.required { Event::RequiredBodyAdded } else { Event::OptionalBodyAdded };
                let mut edit = edit(event, None, Some(body.at));
                if polarity == Polarity::ToClient {
                    edit.effect = Some(Effect::None);
                }
                self.push(doubtful(edit, new));
            }
            (Some(body), None) => {
                let mut edit = edit(Event::BodyRemoved, Some(body.at), None);
                if polarity == Polarity::ToClient {
                    edit.effect = Some(Effect::Widens);
                }
                self.push(doubtful(edit, old));
            }
            (Some(before), Some(after)) => {
                let mut scope = scope;
                if let Some(operation) = [new, old].into_iter().find(|operation| idle(operation)) {
                    let within = self.scope();
                    self.scopes[scope].children.push(within);
                    self.ignored.insert(within, why(operation));
                    scope = within;
                }
                let edit = |event, base, revision| Edit { scope, ..edit(event, base, revision) };
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
        let roots = (self.base.root(), self.revision.root());
        let lists = self.base.version() == Version::V2_0 && self.revision.version() == Version::V2_0;
        let edit = |event: Event, base: Option<&MediaType<'w>>, revision: Option<&MediaType<'w>>| {
            let name = base.or(revision).map(|media| media.name).unwrap_or_default();
            let edit = Edit::new(event, scope, polarity).name(name);
            // Where one side has no such lists, each description has media types of its own.
            let entry = |media: Option<&MediaType<'w>>| media.and_then(|media| media.listed).filter(|_| lists);
            let written = entry(base).or(entry(revision));
            let Some(written) = written else {
                return edit.at(base.map(|media| media.place), revision.map(|media| media.place)).location(label);
            };
            // A list of 2.0 is one place, however many bodies it is for.
            let line = |list: &[MediaType<'w>], root: Place<'w>| {
                list.first().and_then(|media| media.listed).or_else(|| root.get("swagger").or(root.get("openapi")))
            };
            let left = entry(base).or_else(|| line(old, roots.0));
            let right = entry(revision).or_else(|| line(new, roots.1));
            edit.at(left, right).location(listed_for(written))
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
        let kinds = (MediaKind::of(old.name), MediaKind::of(new.name));
        let kind = super::kind::MEDIA + side as u32 + if kinds.1.is_text() { 8 } else { 0 } + quiet;
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
        // Of bytes, every notation says the same.
        let bytes = |schema: &SchemaRef<'w>| match schema {
            SchemaRef::At(place) => Bytes::at(*place) != Bytes::Value,
            SchemaRef::Inline(_) | SchemaRef::Form(_) => false,
        };
        let raw = |kind: MediaKind| matches!(kind, MediaKind::Bytes | MediaKind::Vendor);
        let opaque = raw(kinds.0) && raw(kinds.1);
        for (before, after, added, removed) in [
            (&old.schema, &new.schema, Event::MediaTypeSchemaAdded, Event::MediaTypeSchemaRemoved),
            (&old.item_schema, &new.item_schema, Event::ItemSchemaAdded, Event::ItemSchemaRemoved),
        ] {
            match (before, after) {
                (Some(before), Some(after)) if opaque && bytes(before) && bytes(after) => {
                    self.field(scope, "schema", before.place(), after.place(), (old.place, new.place));
                }
                (Some(before), Some(after)) => {
                    let part = part.unwrap_or(Part::Body((old.name, new.name)));
                    // Who describes an object means its properties, whatever the media type makes of them.
                    let object = |schema: &SchemaRef<'w>, version| {
                        let view = View::new(schema, version);
                        view.types().is_some_and(|types| types & OBJECT != 0) || !view.members().is_empty()
                    };
                    let described = object(before, self.base.version()) || object(after, self.revision.version());
                    let travel = match kinds {
                        (MediaKind::Bytes, MediaKind::Bytes) if !described => Travel::Bytes,
                        kinds => Travel::Media(kinds.0, kinds.1, self.fields((old, new), polarity)),
                    };
                    self.schema_root(scope, (before, after), side.subject(), polarity, travel, part);
                }
                (None, Some(schema)) | (Some(schema), None)
                    if schema.place().is_some_and(|place| is_open(place.resolved())) || (opaque && bytes(schema)) =>
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
        if !self.quiet {
            self.form_fields((old, new), polarity, &edit);
        }
        if self.quiet || self.base.version() == Version::V2_0 || self.revision.version() == Version::V2_0 {
            return;
        }
        self.encoding((old, new), side, scope, &edit);
        self.rest(scope, old.place, new.place, &HANDLED);
        for key in ["example", "examples"] {
            self.field(scope, key, old.place.get(key), new.place.get(key), (old.place, new.place));
        }
    }
}

/// Whom a list of media types of 2.0 is for, by the entry's place: the operation that has it, else all.
fn listed_for(entry: Place<'_>) -> String {
    match &entry.path()[..] {
        [paths, path, method, ..] if paths == "paths" => format!("{} {path}", method.to_ascii_uppercase()),
        _ => "the API".to_owned(),
    }
}
