//! How the parts of a multipart or form body are written: Encoding Objects, defaults filled in.

use super::body::Side;
use super::change::Event;
use super::edit::{MakeEdit, ScopeId};
use super::effect::{Effect, Polarity};
use super::media::Name;
use super::message::{self, field_split, is_json_field};
use super::pair::{Field, Fields, FieldsId};
use super::view::{ARRAY, OBJECT, STRING, View};
use super::walk::Walk;
use crate::openapi::model::{Around, Meaning, meaning};
use crate::openapi::{Bytes, MediaType, SchemaRef, Version};
use crate::schema::Split;
use crate::workspace::{Place, PlaceMember};

impl<'w> Walk<'w, '_> {
    /// Compares the encodings of two media types, part by part.
    pub(super) fn encoding(
        &mut self,
        (old, new): (&MediaType<'w>, &MediaType<'w>),
        side: Side,
        scope: ScopeId,
        edit: &MakeEdit<'w, '_>,
    ) {
        let around = |media: &MediaType<'w>| Around {
            media: Some(media.name),
            body: Some(if side == Side::Request { "request" } else { "response" }),
            method: None,
        };
        let reading = (
            Reading { version: self.base.version(), around: around(old) },
            Reading { version: self.revision.version(), around: around(new) },
        );
        let means = |media: &MediaType<'w>, key: &str, reading: &Reading<'w>| {
            let meaning = meaning("MediaType", media.place, key, reading.version, reading.around);
            media.place.get(key).filter(|_| meaning == Meaning::Bears)
        };
        let pair = |key: &str| (means(old, key, &reading.0), means(new, key, &reading.1));
        for key in ["encoding", "prefixEncoding", "itemEncoding"] {
            // What means nothing on either side is no change of how parts are written.
            if let (None, None) = pair(key) {
                self.field(scope, key, old.place.get(key), new.place.get(key), (old.place, new.place));
            }
        }
        let (before, after) = pair("encoding");
        let names = before.into_iter().flat_map(Place::members).map(|member| member.name);
        let fresh = after.into_iter().flat_map(Place::members).map(|member| member.name);
        let fresh = fresh.filter(|name| before.is_none_or(|before| before.get(name).is_none()));
        for name in names.chain(fresh) {
            let sides = (before.and_then(|b| b.get(name)), after.and_then(|a| a.get(name)));
            let parts = (part(old, name, self.base.version()), part(new, name, self.revision.version()));
            let gone = (old.schema.is_some() && parts.0.is_none()) || (new.schema.is_some() && parts.1.is_none());
            self.part_encoding(name, (sides, &reading), (before, after), parts, gone, edit);
        }
        // 3.2: the parts of a list, by position and for all that follow.
        let lists = pair("prefixEncoding");
        let count = |list: Option<Place<'w>>| list.map_or(0, Place::len);
        for at in 0..count(lists.0).max(count(lists.1)) {
            let sides = (lists.0.and_then(|list| list.at(at)), lists.1.and_then(|list| list.at(at)));
            let parts = (position(old, at, self.base.version()), position(new, at, self.revision.version()));
            self.part_encoding(&format!("[{at}]"), (sides, &reading), lists, parts, false, edit);
        }
        let sides = pair("itemEncoding");
        let item = |media: &MediaType<'w>, version| {
            let items = media.item_schema.clone().or_else(|| View::new(media.schema.as_ref()?, version).sub("items"));
            items.map(|items| View::new(&items, version))
        };
        let parts = (item(old, self.base.version()), item(new, self.revision.version()));
        self.part_encoding("[]", (sides, &reading), (None, None), parts, false, edit);
    }

    /// How the fields of a form are written and read, where it is not by default.
    pub(super) fn fields(&mut self, (old, new): (&MediaType<'w>, &MediaType<'w>), polarity: Polarity) -> FieldsId {
        let reader = message::Side::refusing(polarity).of((old, new));
        let mut names: Vec<&'w str> = Vec::new();
        for media in [old, new] {
            names.extend(media.place.get("encoding").into_iter().flat_map(Place::members).map(|member| member.name));
        }
        if let Some(SchemaRef::Form(fields)) = &reader.schema {
            names.extend(fields.iter().map(|field| field.name));
        }
        names.sort_unstable();
        names.dedup();
        let field = |name: &str| {
            if is_json_field(old, name) && is_json_field(new, name) {
                return Field::Json;
            }
            Field::Text(field_split(reader, name))
        };
        let fields = names.into_iter().map(|name| (name, field(name)));
        let fields = fields.filter(|(_, field)| *field != Field::Text(Split::Never));
        let fields = Fields(fields.collect());
        self.intern_fields(fields)
    }

    /// How lists in forms are written where a parameter of 2.0 says it.
    pub(super) fn form_fields(
        &mut self,
        (old, new): (&MediaType<'w>, &MediaType<'w>),
        polarity: Polarity,
        edit: &MakeEdit<'w, '_>,
    ) {
        let form = |media: &MediaType<'w>| matches!(media.schema, Some(SchemaRef::Form(_)));
        if !form(old) && !form(new) {
            return;
        }
        let described = |media: &MediaType<'w>, version| {
            media.schema.as_ref().map(|schema| View::new(schema, version).members()).unwrap_or_default()
        };
        let versions = (self.base.version(), self.revision.version());
        let (before, after) = (described(old, versions.0), described(new, versions.1));
        for left in &before {
            let Some(right) = after.iter().find(|right| right.name == left.name) else { continue };
            let (sender, version) =
                message::Side::refusing(polarity).other().of(((left, versions.0), (right, versions.1)));
            let single = sender.view(version).is_some_and(|part| is_single(&part));
            if single || field_split(old, left.name) == field_split(new, left.name) {
                continue;
            }
            let mut edit = edit(Event::EncodingChanged, left.place(), right.place()).name(left.name);
            edit.effect = Some(Effect::Incomparable);
            if !(form(old) && form(new)) {
                edit = edit.undefined("tools that convert 2.0 differ in what becomes of `collectionFormat`");
            }
            self.push(edit);
        }
    }

    /// How one part is written.
    fn part_encoding(
        &mut self,
        name: &str,
        ((left, right), reading): (Sides<'w>, &(Reading<'w>, Reading<'w>)),
        (before, after): (Option<Place<'w>>, Option<Place<'w>>),
        parts: (Option<View<'w>>, Option<View<'w>>),
        gone: bool,
        edit: &MakeEdit<'w, '_>,
    ) {
        match (left, right) {
            (None, None) => return,
            (Some(left), Some(right)) if self.same.same(left, right) => return,
            _ => {}
        }
        let text = |side: Option<Place<'w>>, reading: &Reading<'w>, key: &str| {
            side.and_then(|side| reading.get(side, key)).map_or(default_encoding(key), Place::text)
        };
        let differs = |key: &str| text(left, &reading.0, key) != text(right, &reading.1, key);
        let mut edit = edit(Event::EncodingChanged, left.or(before), right.or(after)).name(name);
        // A single value is written the same in every style; what its reader makes of the text is a question of the schemas.
        let sent = message::Side::refusing(edit.polarity).other().of((&parts.0, &parts.1));
        let single = sent.as_ref().is_some_and(is_single);
        let written = differs("allowReserved") || (!single && (differs("style") || differs("explode")));
        let types =
            (content_types(left, &reading.0, parts.0.as_ref()), content_types(right, &reading.1, parts.1.as_ref()));
        let pairs = headers(left, &reading.0, right, &reading.1);
        let headers = pairs.into_iter().fold(Effect::None, |all, pair| all.and(self.header_effect(pair)));
        edit.effect = Some(match (written, types_effect(types.0, types.1)) {
            // That a part came or went is told apart.
            _ if gone => Effect::None,
            (true, _) => Effect::Incomparable,
            (false, types) => types.and(headers),
        });
        self.push(edit);
    }

    /// What becomes of the parts that are allowed with a header that is described by either side.
    fn header_effect(&mut self, pair: Sides<'w>) -> Effect {
        let required = |header: Place<'w>| header.resolved().get_bool("required") == Some(true);
        match pair {
            (None, Some(new)) if required(new) => Effect::Narrows,
            (Some(old), None) if required(old) => Effect::Widens,
            (None, _) | (_, None) => Effect::None,
            (Some(old), Some(new)) => match (required(old), required(new)) {
                (false, true) => Effect::Narrows,
                (true, false) => Effect::Widens,
                _ if self.same.same(old, new) => Effect::None,
                _ => Effect::Unknown,
            },
        }
    }
}

/// A part of both sides, where each has it.
type Sides<'w> = (Option<Place<'w>>, Option<Place<'w>>);

/// What stands around the encodings of one side.
struct Reading<'w> {
    version: Version,
    around: Around<'w>,
}

impl<'w> Reading<'w> {
    /// A field of an Encoding Object, where it means something.
    fn get(&self, encoding: Place<'w>, key: &str) -> Option<Place<'w>> {
        let meaning = meaning("Encoding", encoding, key, self.version, self.around);
        encoding.get(key).filter(|_| meaning == Meaning::Bears)
    }
}

/// The headers of a part on both sides by name; `Content-Type` is described elsewhere, and ignored here (3.0.4 and 3.1.1,
/// section 4.8.15.1).
fn headers<'w>(
    left: Option<Place<'w>>,
    before: &Reading<'w>,
    right: Option<Place<'w>>,
    after: &Reading<'w>,
) -> Vec<Sides<'w>> {
    let of = |side: Option<Place<'w>>, reading: &Reading<'w>| {
        let all = side.and_then(|side| reading.get(side, "headers")).into_iter().flat_map(Place::members);
        all.filter(|header| !header.name.eq_ignore_ascii_case("content-type")).collect::<Vec<_>>()
    };
    let (old, new) = (of(left, before), of(right, after));
    let find = |list: &[PlaceMember<'w>], name: &str| {
        list.iter().find(|other| other.name.eq_ignore_ascii_case(name)).map(|other| other.value)
    };
    let mut out: Vec<_> = old.iter().map(|header| (Some(header.value), find(&new, header.name))).collect();
    let fresh = new.iter().filter(|header| find(&old, header.name).is_none());
    out.extend(fresh.map(|header| (None, Some(header.value))));
    out
}

/// The schema of a part by its position.
fn position<'w>(media: &MediaType<'w>, at: usize, version: Version) -> Option<View<'w>> {
    let whole = View::new(media.schema.as_ref()?, version);
    let part =
        whole.get("prefixItems").and_then(|list| list.at(at)).map(SchemaRef::At).or_else(|| whole.sub("items"))?;
    Some(View::new(&part, version))
}

/// The schema of a part.
fn part<'w>(media: &MediaType<'w>, name: &str, version: Version) -> Option<View<'w>> {
    let whole = View::new(media.schema.as_ref()?, version);
    let (_, part) = whole.properties().into_iter().find(|(own, _)| *own == name)?;
    Some(View::new(&part, version))
}

fn is_single(part: &View<'_>) -> bool {
    part.types().is_some_and(|types| types & (ARRAY | OBJECT) == 0)
}

/// The media types that a part may have; `None` when that cannot be told.
fn content_types<'w>(
    encoding: Option<Place<'w>>,
    reading: &Reading<'w>,
    part: Option<&View<'w>>,
) -> Option<Vec<String>> {
    let written = encoding.and_then(|encoding| reading.get(encoding, "contentType"));
    if let Some(written) = written.and_then(Place::as_str) {
        return Some(written.split(',').map(|part| part.trim().to_ascii_lowercase()).collect());
    }
    Some(vec![default_type(part?)?.to_owned()])
}

/// The media type of a part without `contentType` (OpenAPI 3.0.4 and 3.1.1, section 4.8.15.1.1).
fn default_type(part: &View<'_>) -> Option<&'static str> {
    let mut view = part.clone();
    if view.types() == Some(ARRAY) {
        view = View::new(&view.sub("items")?, view.version);
    }
    if view.bytes() != Bytes::Value {
        return Some("application/octet-stream");
    }
    let types = view.types()?;
    let binary = view.get("contentEncoding").is_some();
    match types {
        OBJECT => Some("application/json"),
        ARRAY => None,
        STRING if binary => Some("application/octet-stream"),
        types if types & (ARRAY | OBJECT) == 0 => Some("text/plain"),
        _ => None,
    }
}

fn types_effect(old: Option<Vec<String>>, new: Option<Vec<String>>) -> Effect {
    let (Some(old), Some(new)) = (old, new) else { return Effect::Unknown };
    let covers = |wide: &[String], narrow: &[String]| {
        narrow.iter().all(|type_| wide.iter().any(|other| Name::new(other).covers(&Name::new(type_))))
    };
    match (covers(&new, &old), covers(&old, &new)) {
        (true, true) => Effect::None,
        (true, false) => Effect::Widens,
        (false, true) => Effect::Narrows,
        (false, false) => Effect::Incomparable,
    }
}

fn default_encoding(key: &str) -> &'static str {
    match key {
        "style" => "form",
        "explode" => "true",
        _ => "false",
    }
}
