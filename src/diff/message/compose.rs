//! Writes messages: the smallest request or answer of an operation, with what is asked for.
//!
//! Takes an operation of one side and a [`Fill`]; gives the message in JSON, or nothing where a value cannot be found.

use super::notation::wires;
use super::source;
use crate::openapi::{MediaType, Operation, Parameter, ParameterIn, Response, SchemaRef, StatusKey, Surface};
use crate::schema::{Answer, Dialect, Direction, Engine, Wish};
use crate::workspace::PlaceId;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value, json};

/// Combinations of credentials of one alternative, at most.
const MAX_CREDENTIALS: usize = 8;

/// What becomes of the body of a request.
#[derive(Clone, Debug, Default)]
pub(super) enum Content {
    /// One where it is required.
    #[default]
    AsNeeded,
    /// None.
    Absent,
    /// One, whatever it holds; of this media type where one is named.
    Any(Option<String>),
    /// This one, of this media type.
    Given(String, Value),
}

/// What a request is filled with besides what it needs.
#[derive(Clone, Debug, Default)]
pub(super) struct Fill {
    /// A parameter with its value; `None` for any value.
    pub(super) parameter: Option<(ParameterIn, String, Option<Value>)>,
    /// The body.
    pub(super) content: Content,
    /// Credentials as the wire shows them, with their scopes.
    pub(super) credentials: Option<Value>,
    /// The address that it is sent to.
    pub(super) server: Option<String>,
}

/// Writes messages of one side and remembers values.
pub(super) struct Writer {
    dialect: Dialect,
    samples: FxHashMap<(PlaceId, Direction, bool), Option<Value>>,
}

impl Writer {
    pub(super) fn new(dialect: Dialect) -> Self {
        Writer { dialect, samples: FxHashMap::default() }
    }

    /// A request.
    pub(super) fn request<'w>(
        &mut self,
        engine: &mut Engine<'w>,
        operation: &Operation<'w>,
        fill: &Fill,
    ) -> Option<Value> {
        let direction = if operation.path.surface == Surface::Path { Direction::Request } else { Direction::Response };
        let mut message = Map::new();
        message.insert("method".into(), operation.method.to_ascii_uppercase().into());
        let mut path = operation.path.template.to_owned();
        let mut groups: [(&str, ParameterIn, Map<String, Value>); 4] = [
            ("query", ParameterIn::Query, Map::new()),
            ("headers", ParameterIn::Header, Map::new()),
            ("cookies", ParameterIn::Cookie, Map::new()),
            ("querystring", ParameterIn::QueryString, Map::new()),
        ];
        for parameter in operation.parameters() {
            let asked = fill
                .parameter
                .as_ref()
                .filter(|(place, name, _)| Some(*place) == parameter.location && name == parameter.name);
            if asked.is_none() && !parameter.required() {
                continue;
            }
            let value = match asked.and_then(|(_, _, value)| value.clone()) {
                Some(value) => value,
                None => self.parameter(engine, direction, &parameter)?,
            };
            if parameter.location == Some(ParameterIn::Path) {
                path = path.replace(&format!("{{{}}}", parameter.name), &segment(&value)?);
            } else if let Some((_, _, map)) = groups.iter_mut().find(|(_, p, _)| Some(*p) == parameter.location) {
                map.insert(parameter.name.to_owned(), value);
            }
        }
        self.address(&mut message, operation, path);
        if let Some(server) = &fill.server {
            message.insert("server".into(), server.clone().into());
        }
        if let Some(credentials) = &fill.credentials {
            message.insert("credentials".into(), credentials.clone());
        }
        for (group, _, map) in groups {
            if !map.is_empty() {
                message.insert(group.into(), map.into());
            }
        }
        let body = operation.body();
        let described = body.as_ref().map(|body| &body.media_types[..]).unwrap_or_default();
        match &fill.content {
            Content::Absent => {}
            Content::Given(media, value) => put(&mut message, media, value.clone()),
            Content::AsNeeded if body.as_ref().is_none_or(|body| !body.required) => {}
            Content::AsNeeded => self.body(engine, direction, described, None, &mut message)?,
            Content::Any(media) => self.body(engine, direction, described, media.as_deref(), &mut message)?,
        }
        Some(message.into())
    }

    /// An answer with this status, as described; with a body given, or one of this media type.
    pub(super) fn answer<'w>(
        &mut self,
        engine: &mut Engine<'w>,
        response: &Response<'w>,
        content: &Content,
        header: Option<(&str, Value)>,
    ) -> Option<Value> {
        let operation = &response.operation;
        let direction = if operation.path.surface == Surface::Path { Direction::Response } else { Direction::Request };
        let mut message = Map::new();
        message.insert("method".into(), operation.method.to_ascii_uppercase().into());
        let mut path = operation.path.template.to_owned();
        let sent = if direction == Direction::Response { Direction::Request } else { Direction::Response };
        for parameter in operation.parameters().iter().filter(|p| p.location == Some(ParameterIn::Path)) {
            let value = self.parameter(engine, sent, parameter)?;
            path = path.replace(&format!("{{{}}}", parameter.name), &segment(&value)?);
        }
        self.address(&mut message, operation, path);
        message.insert("status".into(), concrete(response).into());
        let mut headers = Map::new();
        for described in response.headers() {
            if let Some((_, value)) = header.as_ref().filter(|(name, _)| name.eq_ignore_ascii_case(described.name)) {
                headers.insert(described.name.to_owned(), value.clone());
            } else if described.required() {
                let schema = described.schema().or_else(|| described.content().into_iter().find_map(|m| m.schema));
                headers.insert(described.name.to_owned(), self.sample(engine, direction, schema.as_ref(), false)?);
            }
        }
        if !headers.is_empty() {
            message.insert("headers".into(), headers.into());
        }
        let described = response.media_types();
        match content {
            Content::Given(media, value) => put(&mut message, media, value.clone()),
            Content::Any(media) => self.body(engine, direction, &described, media.as_deref(), &mut message)?,
            Content::AsNeeded if !described.is_empty() => {
                // An answer may be shown without its body where no body can be written.
                let _ = self.body(engine, direction, &described, None, &mut message);
            }
            _ => {}
        }
        Some(message.into())
    }

    /// Path, webhook or callback.
    #[allow(clippy::unused_self, reason = "reads like its siblings")]
    fn address(&self, message: &mut Map<String, Value>, operation: &Operation<'_>, path: String) {
        match operation.path.surface {
            Surface::Path => {
                let path = fill_rest(&path);
                message.insert("path".into(), path.into());
            }
            Surface::Webhook => {
                message.insert("webhook".into(), operation.path.template.into());
            }
            Surface::Callback => {
                message.insert("callback".into(), operation.path.template.into());
            }
        }
    }

    fn body<'w>(
        &mut self,
        engine: &mut Engine<'w>,
        direction: Direction,
        described: &[MediaType<'w>],
        wanted: Option<&str>,
        message: &mut Map<String, Value>,
    ) -> Option<()> {
        let media = match wanted {
            Some(name) => described.iter().find(|media| media.name == name)?,
            None => described.iter().find(|media| media.name.contains("json")).or_else(|| described.first())?,
        };
        let value = self.sample(engine, direction, media.schema.as_ref(), false)?;
        put(message, media.name, value);
        Some(())
    }

    fn parameter<'w>(
        &mut self,
        engine: &mut Engine<'w>,
        direction: Direction,
        parameter: &Parameter<'w>,
    ) -> Option<Value> {
        let schema = parameter.schema().or_else(|| parameter.content().into_iter().find_map(|media| media.schema));
        let in_path = parameter.location == Some(ParameterIn::Path);
        if let Some(schema) = &schema {
            let own = [parameter.place.get("example"), schema.place().and_then(|place| place.get("example"))];
            for example in own.into_iter().flatten() {
                let value = example.to_json();
                let plain = !in_path || segment(&value).is_some_and(|text| !text.is_empty());
                if plain && matches!(engine.check(&source(schema, self.dialect), direction, &value), Some(Ok(()))) {
                    return Some(value);
                }
            }
        }
        self.sample(engine, direction, schema.as_ref(), in_path)
    }

    /// A small value of a schema; without a schema, a text.
    fn sample<'w>(
        &mut self,
        engine: &mut Engine<'w>,
        direction: Direction,
        schema: Option<&SchemaRef<'w>>,
        in_path: bool,
    ) -> Option<Value> {
        let Some(schema) = schema else { return Some(json!("a")) };
        let key = (schema.place()?.id(), direction, in_path);
        if let Some(known) = self.samples.get(&key) {
            return known.clone();
        }
        let source = source(schema, self.dialect);
        // In a path best what needs no escapes there, else what is not empty.
        let wishes: &[&[Wish<'w>]] = if in_path { &[&[Wish::Segment], &[Wish::Filled]] } else { &[&[]] };
        let value = wishes.iter().find_map(|wishes| match engine.ask(&source, None, direction, wishes) {
            Answer::Found(value, _) => Some(value),
            _ => None,
        });
        self.samples.insert(key, value.clone());
        value
    }
}

/// The credentials that an operation takes, by what the wire shows: of each alternative, and of each way to get a token.
pub(super) fn credentials(operation: &Operation<'_>) -> Vec<Value> {
    let schemes = operation.api().security_schemes();
    let security = operation.security();
    let mut out = Vec::new();
    for way in &security.alternatives {
        let mut all = vec![Map::new()];
        for used in &way.schemes {
            let scheme = schemes.iter().find(|scheme| scheme.name == used.name);
            let wires = scheme.map_or_else(|| vec![used.name.to_owned()], wires);
            let with = |wire: &String| {
                let mut all = all.clone();
                for one in &mut all {
                    one.insert(wire.clone(), json!(used.scopes));
                }
                all
            };
            all = wires.iter().flat_map(with).take(MAX_CREDENTIALS).collect();
        }
        out.extend(all.into_iter().map(Value::from));
    }
    if security.alternatives.is_empty() {
        out.push(json!({}));
    }
    out
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

/// A value as a part of a path, escaped; `None` for what has no text.
fn segment(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Array(items) => {
            let items: Option<Vec<String>> = items.iter().map(segment).collect();
            return items.map(|items| items.join(","));
        }
        _ => return None,
    };
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:@".contains(&byte) {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    (!out.is_empty()).then_some(out)
}
