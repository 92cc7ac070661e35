//! Reads a message as the side that receives it would: is there such an operation, are credentials, parameters, media
//! type and body as described?
//!
//! Takes a contract and a message in JSON; gives every fault of the message. It shares nothing with the code that
//! compares contracts or writes messages; values are judged by a JSON Schema validator.

use super::notation::{Captures, capture, member, readings, takes, trimmed, variables, wires};
use super::source;
use crate::openapi::{
    Api, MediaType, Operation, Parameter, ParameterIn, Response, SchemaRef, Scheme, Server, StatusKey, Surface,
};
use crate::schema::{Dialect, Direction, Engine};
use crate::workspace::{Place, PlaceId};
use serde_json::{Map, Value};

/// What a fault is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::diff) enum About {
    Operation,
    Credentials,
    /// Place and name of a parameter.
    Parameter(&'static str, String),
    Media,
    Body,
    Status,
    Header(String),
}

/// Why a message is refused.
#[derive(Clone, Debug)]
pub(in crate::diff) struct Fault {
    pub(in crate::diff) about: About,
    pub(in crate::diff) reason: String,
    /// The keyword that refuses a value.
    pub(in crate::diff) place: Option<PlaceId>,
}

/// Why a value is refused: sentences with the keywords; `None` when it cannot be told.
type Verdict = Option<Vec<(String, Option<PlaceId>)>>;

/// What reading a message gave.
#[derive(Debug, Default)]
pub(in crate::diff) struct Reading {
    pub(in crate::diff) faults: Vec<Fault>,
    /// A part could not be judged.
    pub(in crate::diff) unclear: bool,
}

impl Reading {
    fn fault(&mut self, about: About, reason: impl Into<String>) {
        self.faults.push(Fault { about, reason: reason.into(), place: None });
    }

    fn value(&mut self, about: &About, what: &str, verdict: Verdict) {
        self.unclear |= verdict.is_none();
        for (reason, place) in verdict.into_iter().flatten() {
            self.faults.push(Fault { about: about.clone(), reason: format!("{what}: {reason}"), place });
        }
    }
}

/// The reader of one contract.
pub(in crate::diff) struct Reader<'w> {
    operations: Vec<Operation<'w>>,
    schemes: Vec<Scheme<'w>>,
    dialect: Dialect,
}

impl<'w> Reader<'w> {
    pub(in crate::diff) fn new(api: Api<'w>, dialect: Dialect) -> Self {
        Reader { operations: api.all_operations(), schemes: api.security_schemes(), dialect }
    }

    /// All faults of a message.
    pub(in crate::diff) fn read(&self, engine: &mut Engine<'w>, message: &Value) -> Reading {
        let mut reading = Reading::default();
        if let Some((operation, captures)) = self.find(message, &mut reading) {
            self.parts(engine, &operation, &captures, message, &mut reading);
        }
        reading
    }

    /// The faults of a message that was written for an operation elsewhere, as if it were sent to this one.
    pub(in crate::diff) fn read_moved(
        &self,
        engine: &mut Engine<'w>,
        message: &Value,
        (written_for, operation): (&Operation<'w>, &Operation<'w>),
    ) -> Reading {
        let mut reading = Reading::default();
        let path = message.get("path").and_then(Value::as_str).unwrap_or_default();
        let given = capture(written_for.path.template, path).unwrap_or_default();
        // Variables keep their values by name, else by their number.
        let names = variables(operation.path.template);
        let text = |(at, name): (usize, &String)| {
            let same = given.iter().find(|(own, _)| own == name);
            let free = || given.get(at).filter(|(own, _)| given.len() == names.len() && !names.contains(own));
            same.or_else(free).map(|(_, text)| (name.clone(), text.clone()))
        };
        let captures: Captures = names.iter().enumerate().filter_map(text).collect();
        for parameter in operation.parameters().iter().filter(|p| p.location == Some(ParameterIn::Path)) {
            if !captures.iter().any(|(name, _)| name == parameter.name) {
                let about = About::Parameter("path", parameter.name.to_owned());
                reading.fault(about, format!("the {} is required and missing", parameter.label()));
            }
        }
        self.parts(engine, operation, &captures, message, &mut reading);
        reading
    }

    /// Judges all parts of a message for an operation.
    fn parts(
        &self,
        engine: &mut Engine<'w>,
        operation: &Operation<'w>,
        captures: &[(String, String)],
        message: &Value,
        reading: &mut Reading,
    ) {
        let answer = message.get("status").is_some();
        let from_client = (operation.path.surface == Surface::Path) != answer;
        let direction = if from_client { Direction::Request } else { Direction::Response };
        if answer {
            self.answer(engine, direction, operation, message, reading);
        } else {
            self.credentials(operation, message, reading);
            self.parameters(engine, direction, operation, captures, message, reading);
            self.request_body(engine, direction, operation, message, reading);
        }
    }

    /// The operation that a message is for, and the texts that stand for the variables of its path.
    fn find(&self, message: &Value, reading: &mut Reading) -> Option<(Operation<'w>, Captures)> {
        let text = |key: &str| message.get(key).and_then(Value::as_str);
        let method = text("method").unwrap_or_default();
        let (surface, name) = if let Some(name) = text("webhook") {
            (Surface::Webhook, name)
        } else if let Some(name) = text("callback") {
            (Surface::Callback, name)
        } else {
            (Surface::Path, text("path").unwrap_or_default())
        };
        let mut best: Option<(Operation<'w>, Captures)> = None;
        let mut other_method = false;
        for operation in self.operations.iter().filter(|operation| operation.path.surface == surface) {
            let captures = match (surface, text("server")) {
                (Surface::Path, None) => capture(operation.path.template, name),
                (Surface::Path, Some(server)) => {
                    let whole = format!("{}{name}", trimmed(server));
                    let urls = operation.servers().iter().flat_map(Server::urls).collect::<Vec<_>>();
                    urls.iter().find_map(|url| {
                        let rest = whole.strip_prefix(&trimmed(url))?;
                        capture(operation.path.template, rest)
                    })
                }
                _ => (operation.path.template == name).then(Vec::new),
            };
            let Some(captures) = captures else { continue };
            if !operation.method.eq_ignore_ascii_case(method) {
                other_method = true;
                continue;
            }
            if best.as_ref().is_none_or(|(_, other)| captures.len() < other.len()) {
                best = Some((*operation, captures));
            }
        }
        if best.is_none() {
            let reason = match (surface, text("server")) {
                (Surface::Path, Some(server)) => format!("no operation is offered at `{}{name}`", trimmed(server)),
                (Surface::Path, None) if other_method => format!("`{name}` does not offer `{method}`"),
                (Surface::Path, None) => format!("there is no path for `{name}`"),
                (Surface::Webhook, _) => format!("there is no webhook `{name}` with `{method}`"),
                (Surface::Callback, _) => format!("there is no callback `{name}` with `{method}`"),
            };
            reading.fault(About::Operation, reason);
        }
        best
    }

    fn credentials(&self, operation: &Operation<'w>, message: &Value, reading: &mut Reading) {
        let Some(given) = message.get("credentials").and_then(Value::as_object) else { return };
        let security = operation.security();
        let enough = security.alternatives.iter().any(|way| {
            way.schemes.iter().all(|used| {
                let scheme = self.schemes.iter().find(|scheme| scheme.name == used.name);
                let wires = scheme.map_or_else(|| vec![used.name.to_owned()], wires);
                wires
                    .iter()
                    .filter_map(|wire| given.get(wire)?.as_array())
                    .any(|scopes| used.scopes.iter().all(|scope| scopes.iter().any(|own| own.as_str() == Some(scope))))
            })
        });
        if !enough && !security.allows_anonymous() {
            let one = |used: &crate::openapi::SchemeUse<'_>| {
                if used.scopes.is_empty() {
                    format!("`{}`", used.name)
                } else {
                    format!("`{}` with `{}`", used.name, used.scopes.join("`, `"))
                }
            };
            let ways = security.alternatives.iter();
            let ways: Vec<_> = ways.map(|way| way.schemes.iter().map(one).collect::<Vec<_>>().join(" and ")).collect();
            reading.fault(About::Credentials, format!("the operation asks for {}", ways.join(", or for ")));
        }
    }

    fn parameters(
        &self,
        engine: &mut Engine<'w>,
        direction: Direction,
        operation: &Operation<'w>,
        captures: &[(String, String)],
        message: &Value,
        reading: &mut Reading,
    ) {
        let known = operation.parameters();
        for (group, place) in [
            ("query", ParameterIn::Query),
            ("headers", ParameterIn::Header),
            ("cookies", ParameterIn::Cookie),
            ("querystring", ParameterIn::QueryString),
        ] {
            let given = message.get(group).and_then(Value::as_object);
            let here = |parameter: &&Parameter<'w>| parameter.location == Some(place);
            for parameter in known.iter().filter(here) {
                let about = About::Parameter(place.name(), parameter.name.to_owned());
                match given.and_then(|given| member(given, parameter.name, place == ParameterIn::Header)) {
                    Some(value) => {
                        let verdict = self.parameter(engine, direction, parameter, value);
                        reading.value(&about, &parameter.label(), verdict);
                    }
                    None if parameter.required() => {
                        reading.fault(about, format!("the {} is required and missing", parameter.label()));
                    }
                    None => {}
                }
            }
            for name in given.into_iter().flat_map(Map::keys) {
                let same = |parameter: &Parameter<'w>| {
                    if place == ParameterIn::Header {
                        parameter.name.eq_ignore_ascii_case(name)
                    } else {
                        parameter.name == name
                    }
                };
                if !known.iter().filter(here).any(same) {
                    let about = About::Parameter(place.name(), name.clone());
                    reading.fault(about, format!("no {} parameter `{name}` is described", place.name()));
                }
            }
        }
        for (name, text) in captures {
            let found = known.iter().find(|p| p.location == Some(ParameterIn::Path) && p.name == name);
            let Some(parameter) = found else { continue };
            let mut first = None;
            let accepted = readings(text).into_iter().any(|value| {
                let verdict = self.parameter(engine, direction, parameter, &value);
                let accepted = verdict.as_ref().is_some_and(Vec::is_empty);
                first.get_or_insert(verdict);
                accepted
            });
            if let Some(verdict) = first.filter(|_| !accepted) {
                let about = About::Parameter("path", name.clone());
                reading.value(&about, &parameter.label(), verdict);
            }
        }
    }

    fn parameter(
        &self,
        engine: &mut Engine<'w>,
        direction: Direction,
        parameter: &Parameter<'w>,
        value: &Value,
    ) -> Verdict {
        let schema = parameter.schema().or_else(|| parameter.content().into_iter().find_map(|media| media.schema));
        self.judge(engine, direction, schema.as_ref(), value)
    }

    fn judge(
        &self,
        engine: &mut Engine<'w>,
        direction: Direction,
        schema: Option<&SchemaRef<'w>>,
        value: &Value,
    ) -> Verdict {
        let Some(schema) = schema else { return Some(Vec::new()) };
        let faults = engine.faults(&source(schema, self.dialect), direction, value)?;
        Some(faults.into_iter().map(|fault| (fault.message, fault.place.map(Place::id))).collect())
    }

    fn request_body(
        &self,
        engine: &mut Engine<'w>,
        direction: Direction,
        operation: &Operation<'w>,
        message: &Value,
        reading: &mut Reading,
    ) {
        match (operation.body(), message.get("body")) {
            (None, Some(_)) => reading.fault(About::Body, "no request body is described"),
            (Some(body), None) if body.required => {
                reading.fault(About::Body, "the request body is required and missing");
            }
            (Some(body), Some(value)) => self.body(engine, direction, &body.media_types, value, message, reading),
            _ => {}
        }
    }

    fn body(
        &self,
        engine: &mut Engine<'w>,
        direction: Direction,
        described: &[MediaType<'w>],
        value: &Value,
        message: &Value,
        reading: &mut Reading,
    ) {
        let sent = message.get("content-type").and_then(Value::as_str).unwrap_or_default();
        let exact = described.iter().find(|media| media.name.eq_ignore_ascii_case(sent));
        let Some(media) = exact.or_else(|| described.iter().find(|media| takes(media.name, sent))) else {
            reading.fault(About::Media, format!("the media type `{sent}` is not described"));
            return;
        };
        if media.item_schema.is_some() {
            reading.unclear = true;
        }
        let verdict = self.judge(engine, direction, media.schema.as_ref(), value);
        reading.value(&About::Body, "the body", verdict);
    }

    fn answer(
        &self,
        engine: &mut Engine<'w>,
        direction: Direction,
        operation: &Operation<'w>,
        message: &Value,
        reading: &mut Reading,
    ) {
        let status = message.get("status").and_then(Value::as_str).unwrap_or_default();
        let all = operation.responses();
        let key = StatusKey::parse(status);
        // `default` stands for failures where successes are described by themselves.
        let failures_only = key.is_success() && all.iter().any(Response::is_success);
        let described = all.iter().filter(|response| response.key != StatusKey::Default || !failures_only);
        let found = StatusKey::narrowest(described, |response| response.key, key);
        let Some(response) = found else {
            reading.fault(About::Status, format!("no answer with the status `{status}` is described"));
            return;
        };
        let given = message.get("headers").and_then(Value::as_object);
        for header in response.headers() {
            let about = About::Header(header.name.to_ascii_lowercase());
            match given.and_then(|given| member(given, header.name, true)) {
                Some(value) => {
                    let schema = header.schema().or_else(|| header.content().into_iter().find_map(|m| m.schema));
                    let verdict = self.judge(engine, direction, schema.as_ref(), value);
                    reading.value(&about, &format!("header `{}`", header.name), verdict);
                }
                None if header.required() => {
                    reading.fault(about, format!("the header `{}` is always sent, but missing here", header.name));
                }
                None => {}
            }
        }
        if let Some(value) = message.get("body") {
            let described = response.media_types();
            self.body(engine, direction, &described, value, message, reading);
        }
    }
}
