//! Writes messages: the smallest request or response of an operation, with what is asked for.
//!
//! Takes an operation of one side, the same operation of the other where there is one, and a [`Fill`]; gives the message
//! in values and as it travels, or nothing where a value cannot be found. What nothing is asked of fits both sides.

use super::credentials::sufficient;
use super::dress::dressed;
use super::wire::{Message, Unsendable};
use super::{Side, header_schema, schema_of, source};
use crate::diff::paths;
use crate::openapi::{MediaType, Operation, Parameter, ParameterIn, Response, SchemaRef, StatusKey, Surface};
use crate::schema::{Answer, Dialect, Direction, Engine, Travel, Wish};
use crate::workspace::{Place, PlaceId};
use rustc_hash::FxHashMap;
use serde_json::{Map, Value, json};

/// What becomes of the body of a request.
#[derive(Clone, Debug, Default)]
pub(super) enum Content {
    /// One where it is required.
    #[default]
    AsNeeded,
    /// None.
    Absent,
    /// One, whatever it holds; of this media type where one is named, and of this type of its range.
    Any(Option<String>, Option<String>),
    /// This one, of this media type.
    Given(String, Value),
}

/// What a request is filled with besides what it needs.
#[derive(Clone, Debug, Default)]
pub(super) struct Fill {
    /// A parameter with its value; `None` for any value.
    pub(super) parameter: Option<(ParameterIn, String, Option<Value>)>,
    /// A parameter that is left out although the other side asks for it.
    pub(super) without: Option<(ParameterIn, String)>,
    /// The body.
    pub(super) content: Content,
    /// Credentials as the wire shows them, with their scopes; without, those that suffice on both sides.
    pub(super) credentials: Option<Value>,
    /// The address that it is sent to.
    pub(super) server: Option<String>,
    /// The path that it is sent to, where that is but a part of the operation's.
    pub(super) path: Option<String>,
}

/// A message: its values, and how it travels.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) value: Value,
    pub(super) wire: Result<Message, Unsendable>,
}

/// An operation of the sender, and the same of the other side.
pub(super) type Pairing<'o, 'w> = (&'o Operation<'w>, Option<&'o Operation<'w>>);

/// Where a value stands, which decides what can travel there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Room {
    Path,
    /// Query, header, cookie.
    Text,
    Form,
    Json,
}

/// The places of a schema on the sender's side and on the other, with where and by whom values are sent.
type SampleKey = (PlaceId, Option<PlaceId>, Direction, Room);

/// Writes messages of one side and remembers values.
pub(super) struct Writer {
    /// The sender's and the other's.
    dialects: (Dialect, Dialect),
    samples: FxHashMap<SampleKey, Option<Value>>,
}

impl Writer {
    pub(super) fn new(side: Side, dialects: (Dialect, Dialect)) -> Self {
        Writer { dialects: (side.of(dialects), side.other().of(dialects)), samples: FxHashMap::default() }
    }

    /// A request.
    pub(super) fn request<'w>(
        &mut self,
        engine: &mut Engine<'w>,
        (operation, other): Pairing<'_, 'w>,
        fill: &Fill,
    ) -> Option<Draft> {
        let direction = if operation.path.surface == Surface::Path { Direction::Request } else { Direction::Response };
        let mut message = Map::new();
        message.insert("method".into(), operation.method.to_ascii_uppercase().into());
        let mut groups: [(&str, ParameterIn, Map<String, Value>); 4] = [
            ("query", ParameterIn::Query, Map::new()),
            ("headers", ParameterIn::Header, Map::new()),
            ("cookies", ParameterIn::Cookie, Map::new()),
            ("querystring", ParameterIn::QueryString, Map::new()),
        ];
        let own = operation.parameters();
        let theirs = other.map(Operation::parameters).unwrap_or_default();
        let left_out =
            |p: &Parameter<'w>| fill.without.as_ref().is_some_and(|(place, name)| is_at(p, Some(*place), name));
        let template = narrowed_template(operation, fill.path.as_deref(), other);
        let mut in_path = Vec::new();
        for parameter in &own {
            if parameter.location == Some(ParameterIn::Path) && !Message::names(&template, parameter) {
                continue;
            }
            let twin = theirs.iter().find(|other| is_at(other, parameter.location, parameter.name));
            let asked = fill.parameter.as_ref().filter(|(place, name, _)| is_at(parameter, Some(*place), name));
            let needed = parameter.required() || twin.is_some_and(Parameter::required);
            if asked.is_none() && (!needed || (left_out(parameter) && !parameter.required())) {
                continue;
            }
            let value = match asked.and_then(|(_, _, value)| value.clone()) {
                Some(value) => value,
                None => self.parameter(engine, direction, parameter, twin)?,
            };
            if parameter.location == Some(ParameterIn::Path) {
                in_path.push((parameter.name.to_owned(), value));
            } else if let Some((_, _, map)) = groups.iter_mut().find(|(_, p, _)| Some(*p) == parameter.location) {
                map.insert(parameter.name.to_owned(), value);
            }
        }
        // What the other side asks for besides shall not be why it refuses the message.
        for parameter in theirs.iter().filter(|parameter| parameter.required() && !left_out(parameter)) {
            if own.iter().any(|known| is_at(known, parameter.location, parameter.name)) {
                continue;
            }
            let group = groups.iter_mut().find(|(_, place, _)| Some(*place) == parameter.location);
            if let Some((_, _, map)) = group
                && let Some(value) = self.foreign(engine, direction, parameter)
            {
                map.insert(parameter.name.to_owned(), value);
            }
        }
        let path = Message::path(operation, &template, |parameter| {
            in_path.iter().find(|(name, _)| name == parameter.name).map(|(_, value)| value.clone())
        })?;
        let shown = path.clone().unwrap_or_else(|_| operation.path.template.to_owned());
        address(&mut message, operation, &shown);
        if let Some(server) = &fill.server {
            message.insert("server".into(), server.clone().into());
        }
        let needed = || sufficient(operation, other).filter(|all| all.as_object().is_some_and(|all| !all.is_empty()));
        if let Some(credentials) = fill.credentials.clone().or_else(needed) {
            message.insert("credentials".into(), credentials);
        }
        for (group, _, map) in groups {
            if !map.is_empty() {
                message.insert(group.into(), map.into());
            }
        }
        let (body, twin) = (operation.body(), other.and_then(Operation::body));
        let required = body.as_ref().is_some_and(|body| body.required)
            || (body.is_some() && twin.as_ref().is_some_and(|body| body.required));
        let described = body.as_ref().map(|body| &body.media_types[..]).unwrap_or_default();
        let twins = twin.as_ref().map(|body| &body.media_types[..]).unwrap_or_default();
        match &fill.content {
            Content::Absent => {}
            Content::Given(media, value) => put(&mut message, media, value.clone()),
            Content::AsNeeded if !required => {}
            Content::AsNeeded => self.body(engine, direction, (described, twins), None, &mut message)?,
            Content::Any(media, concrete) => {
                self.body(engine, direction, (described, twins), media.as_deref(), &mut message)?;
                if let Some(concrete) = concrete {
                    message.insert("content-type".into(), concrete.clone().into());
                }
            }
        }
        let value = Value::from(message);
        let wire = path.and_then(|path| Message::write(&value, operation, None, name_of(operation, &path)));
        Some(Draft { value, wire })
    }

    /// A response with this status, as described; with a body given, or one of this media type.
    pub(super) fn answer<'w>(
        &mut self,
        engine: &mut Engine<'w>,
        (response, other): (&Response<'w>, Option<&Operation<'w>>),
        content: &Content,
        header: Option<(&str, Value)>,
    ) -> Option<Draft> {
        let operation = &response.operation;
        let direction = if operation.path.surface == Surface::Path { Direction::Response } else { Direction::Request };
        let mut message = Map::new();
        message.insert("method".into(), operation.method.to_ascii_uppercase().into());
        let sent = if direction == Direction::Response { Direction::Request } else { Direction::Response };
        let theirs = other.map(Operation::parameters).unwrap_or_default();
        let template = narrowed_template(operation, None, other);
        let path = Message::path(operation, &template, |parameter| {
            let twin = theirs.iter().find(|other| is_at(other, parameter.location, parameter.name));
            self.parameter(engine, sent, parameter, twin)
        })?;
        let shown = path.clone().unwrap_or_else(|_| operation.path.template.to_owned());
        address(&mut message, operation, &shown);
        let status = concrete(response);
        message.insert("status".into(), status.clone().into());
        let answers = other.map(Operation::responses).unwrap_or_default();
        let twin = StatusKey::narrowest(answers.iter(), |response| response.key, StatusKey::parse(&status));
        let wanted = twin.map(Response::headers).unwrap_or_default();
        let mut headers = Map::new();
        for described in response.headers() {
            let twin = wanted.iter().find(|other| other.name.eq_ignore_ascii_case(described.name));
            if let Some((_, value)) = header.as_ref().filter(|(name, _)| name.eq_ignore_ascii_case(described.name)) {
                headers.insert(described.name.to_owned(), value.clone());
            } else if described.required() {
                let schemas = (header_schema(&described), twin.and_then(header_schema));
                headers.insert(
                    described.name.to_owned(),
                    self.sample(engine, direction, (schemas.0.as_ref(), schemas.1.as_ref()), Room::Text)?,
                );
            }
        }
        if !headers.is_empty() {
            message.insert("headers".into(), headers.into());
        }
        let described = response.media_types();
        let twins = twin.map(Response::media_types).unwrap_or_default();
        match content {
            Content::Given(media, value) => put(&mut message, media, value.clone()),
            Content::Any(media, _) => {
                self.body(engine, direction, (&described, &twins), media.as_deref(), &mut message)?;
            }
            Content::AsNeeded if !described.is_empty() && has_content(operation, &status) => {
                // A response may be shown without its body where no body can be written.
                let _ = self.body(engine, direction, (&described, &twins), None, &mut message);
            }
            _ => {}
        }
        let mut value = Value::from(message);
        let write = |value: &Value| {
            path.clone().and_then(|path| Message::write(value, operation, Some(response), name_of(operation, &path)))
        };
        let mut wire = write(&value);
        if wire.is_err() && matches!(content, Content::AsNeeded) && value.get("body").is_some() {
            if let Some(members) = value.as_object_mut() {
                members.shift_remove("body");
                members.shift_remove("content-type");
            }
            wire = write(&value);
        }
        Some(Draft { value, wire })
    }

    fn body<'w>(
        &mut self,
        engine: &mut Engine<'w>,
        direction: Direction,
        (described, twins): (&[MediaType<'w>], &[MediaType<'w>]),
        wanted: Option<&str>,
        message: &mut Map<String, Value>,
    ) -> Option<()> {
        let twin_of = |media: &MediaType<'w>| {
            let same = twins.iter().find(|twin| twin.name.eq_ignore_ascii_case(media.name));
            same.or_else(|| twins.iter().find(|twin| super::notation::takes(twin.name, media.name)))
        };
        let json = |media: &&MediaType<'w>| super::wire::is_json(media.name);
        let media = match wanted {
            Some(name) => described.iter().find(|media| media.name == name)?,
            // Best is what both sides know, of that JSON.
            None => described
                .iter()
                .filter(|media| twin_of(media).is_some())
                .find(json)
                .or_else(|| described.iter().find(|media| twin_of(media).is_some()))
                .or_else(|| described.iter().find(json))
                .or_else(|| described.first())?,
        };
        let room = match super::wire::Content::of(media.name) {
            super::wire::Content::Form | super::wire::Content::Parts => Room::Form,
            _ => Room::Json,
        };
        let twin = twin_of(media).and_then(|twin| twin.schema.as_ref());
        let value = self.sample(engine, direction, (media.schema.as_ref(), twin), room)?;
        put(message, media.name, value);
        Some(())
    }

    fn parameter<'w>(
        &mut self,
        engine: &mut Engine<'w>,
        direction: Direction,
        parameter: &Parameter<'w>,
        twin: Option<&Parameter<'w>>,
    ) -> Option<Value> {
        let (own, other) = (schema_of(parameter), twin.and_then(schema_of));
        let room = if parameter.location == Some(ParameterIn::Path) { Room::Path } else { Room::Text };
        if let Some(schema) = &own {
            let examples = [parameter.place.get("example"), schema.place().and_then(|place| place.get("example"))];
            for example in examples.into_iter().flatten() {
                let value = example.to_json();
                let travels = match &value {
                    Value::String(text) => {
                        !text.is_empty()
                            && text.len() <= 60
                            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:+@ ".contains(&byte))
                            && text.trim() == text
                            && matches!(crate::text::secret::mask(text), std::borrow::Cow::Borrowed(_))
                    }
                    other => other.is_number() || other.is_boolean(),
                };
                let fits = |engine: &mut Engine<'w>, schema: &SchemaRef<'w>, dialect: Dialect| {
                    matches!(engine.check(&source(schema, dialect), direction, &value), Some(Ok(())))
                };
                if travels
                    && fits(engine, schema, self.dialects.0)
                    && other.as_ref().is_none_or(|other| fits(engine, other, self.dialects.1))
                {
                    return Some(value);
                }
            }
        }
        self.sample(engine, direction, (own.as_ref(), other.as_ref()), room)
    }

    /// An array of two items or an object, as one side sends it in a parameter.
    pub(super) fn several<'w>(&mut self, engine: &mut Engine<'w>, schema: &SchemaRef<'w>) -> Option<Value> {
        let own = source(schema, self.dialects.0);
        let Answer::Found(value, _) =
            engine.ask(&own, None, Direction::Request, &[Wish::Travels(Travel::Plain), Wish::Several])
        else {
            return None;
        };
        Some(value)
    }

    /// A value for a parameter that only the other side describes.
    fn foreign<'w>(
        &mut self,
        engine: &mut Engine<'w>,
        direction: Direction,
        parameter: &Parameter<'w>,
    ) -> Option<Value> {
        let dialects = self.dialects;
        self.dialects = (dialects.1, dialects.0);
        let value = self.parameter(engine, direction, parameter, None);
        self.dialects = dialects;
        value
    }

    /// A small value of a schema that the other side's accepts as well, where there is one; without a schema, a string.
    fn sample<'w>(
        &mut self,
        engine: &mut Engine<'w>,
        direction: Direction,
        (schema, twin): (Option<&SchemaRef<'w>>, Option<&SchemaRef<'w>>),
        room: Room,
    ) -> Option<Value> {
        let Some(schema) = schema else { return Some(json!("a")) };
        let twin = twin.filter(|twin| twin.place().is_some());
        let key = (schema.place()?.id(), twin.and_then(SchemaRef::place).map(Place::id), direction, room);
        if let Some(known) = self.samples.get(&key) {
            return known.clone();
        }
        let own = source(schema, self.dialects.0);
        let other = twin.map(|twin| source(twin, self.dialects.1));
        // Best what reads as nothing else, then what travels, then what is not empty.
        let wishes: &[&[Wish<'w>]] = match room {
            Room::Path => &[
                &[Wish::Segment, Wish::Travels(Travel::Plain)],
                &[Wish::Segment],
                &[Wish::Travels(Travel::Text)],
                &[Wish::Filled],
            ],
            Room::Text => &[&[Wish::Travels(Travel::Plain)], &[Wish::Travels(Travel::Text)], &[]],
            Room::Form => &[&[Wish::Fields], &[]],
            Room::Json => &[&[]],
        };
        let mut value = other
            .as_ref()
            .and_then(|other| wishes.iter().find_map(|wishes| engine.common(&own, other, direction, wishes)));
        let common = value.is_some();
        value = value.or_else(|| {
            wishes.iter().find_map(|wishes| match engine.ask(&own, None, direction, wishes) {
                Answer::Found(value, _) => Some(value),
                _ => None,
            })
        });
        let value = value.map(|value| {
            let mut sources = vec![&own];
            sources.extend(other.as_ref().filter(|_| common));
            dressed(&value, &sources, |value| {
                travels_as(value, room)
                    && sources.iter().all(|one| matches!(engine.check(one, direction, value), Some(Ok(()))))
            })
        });
        self.samples.insert(key, value.clone());
        value
    }
}

/// Whether a value can stand in a room without being taken for something else.
fn travels_as(value: &Value, room: Room) -> bool {
    match (room, value) {
        (Room::Path, Value::String(text)) => !text.contains('/') && !matches!(text.as_str(), "." | ".."),
        (Room::Path | Room::Text, Value::Array(items)) => {
            items.iter().all(|item| item.as_str().is_none_or(|text| !text.contains([',', ';', '|', ' '])))
        }
        _ => true,
    }
}

/// The template that a message is sent to: of the operation, with the words of a path in it that takes a part of its addresses.
fn narrowed_template(operation: &Operation<'_>, path: Option<&str>, other: Option<&Operation<'_>>) -> String {
    let own = operation.path.template;
    let narrow = path.or(other.map(|other| other.path.template));
    narrow.map_or_else(|| own.to_owned(), |narrow| paths::narrowed(own, narrow))
}

/// Whether a parameter has this place and name.
fn is_at(parameter: &Parameter<'_>, place: Option<ParameterIn>, name: &str) -> bool {
    parameter.location == place
        && if place == Some(ParameterIn::Header) {
            parameter.name.eq_ignore_ascii_case(name)
        } else {
            parameter.name == name
        }
}

/// Path, webhook or callback.
fn address(message: &mut Map<String, Value>, operation: &Operation<'_>, path: &str) {
    let key = match operation.path.surface {
        Surface::Path => "path",
        Surface::Webhook => "webhook",
        Surface::Callback => "callback",
    };
    message.insert(key.into(), name_of(operation, path).into());
}

/// The path that a message is sent to, complete; of webhooks and callbacks the name that the contract has for them.
fn name_of(operation: &Operation<'_>, path: &str) -> String {
    match operation.path.surface {
        Surface::Path => fill_rest(path),
        Surface::Webhook | Surface::Callback => operation.path.template.to_owned(),
    }
}

/// Whether a response with this status, to a request with this method, has content at all (RFC 9110 15.3.5, 15.3.6, 15.4.5,
/// 9.3.2).
fn has_content(operation: &Operation<'_>, status: &str) -> bool {
    !operation.method.eq_ignore_ascii_case("head") && !matches!(status, "204" | "205" | "304")
}

fn put(message: &mut Map<String, Value>, media: &str, value: Value) {
    // A range is no type that could be sent.
    let name = match media.split_once('/') {
        Some((kind, "*")) if !matches!(kind, "*" | "application") => format!("{kind}/plain"),
        Some((_, "*")) | None => "application/json".to_owned(),
        Some(_) => media.to_owned(),
    };
    message.insert("content-type".into(), name.into());
    message.insert("body".into(), value);
}

/// A status that a response stands for, and no other response of the operation describes by itself.
fn concrete(response: &Response<'_>) -> String {
    let all = response.operation.responses();
    let candidates: Vec<u16> = match response.key {
        StatusKey::Default => vec![500, 400, 503, 418, 599],
        StatusKey::Range(class) => [0, 1, 2, 22, 99].iter().map(|rest| u16::from(class) * 100 + rest).collect(),
        StatusKey::Exact(_) | StatusKey::Other(_) => return response.status.to_owned(),
    };
    let taken = |status: u16| all.iter().any(|other| other.key == StatusKey::Exact(status));
    let free = candidates.iter().find(|status| !taken(**status)).or(candidates.first());
    free.map_or_else(|| response.status.to_owned(), |status| format!("{status:03}"))
}

/// Variables that no parameter describes are filled with a letter.
fn fill_rest(path: &str) -> String {
    let mut out = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}') {
            Some((_, tail)) => {
                out.push('a');
                rest = tail;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}
