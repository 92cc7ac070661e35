//! Reads a message as the side that receives it would: is there such an operation, are credentials, parameters, media
//! type and body as described?
//!
//! Takes a contract and a message as it travels; gives every fault of the message. Values are read back from the bytes by
//! the rules of the reading contract, and judged by a JSON Schema validator. It shares nothing with the code that compares
//! contracts or writes messages.

use super::notation::{Captures, capture, takes, trimmed, variables, wires};
use super::wire::{Index, Message, Source, header_of, read_content, read_header, read_items, read_parameter};
use super::{header_schema, schema_of, source};
use crate::openapi::{
    Api, MediaType, Operation, Parameter, ParameterIn, Response, SchemaRef, Scheme, Server, StatusKey, Surface,
};
use crate::schema::{Dialect, Direction, Engine, Rejection};
use crate::workspace::Place;
use rustc_hash::FxHashSet;
use serde_json::Value;

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

impl About {
    /// Whether a fault about something else is one about this: an operation that does not take its path is none for it.
    pub(in crate::diff) fn covers(&self, other: &About) -> bool {
        self == other || (*self == About::Operation && matches!(other, About::Parameter("path", _)))
    }
}

/// Why a message is refused.
#[derive(Clone, Debug)]
pub(in crate::diff) struct Fault<'w> {
    pub(in crate::diff) about: About,
    /// Why, in one sentence; of a value what comes before the words of the validator, if anything.
    pub(in crate::diff) reason: String,
    /// Why the schema refuses a value.
    pub(in crate::diff) rejection: Option<Rejection<'w>>,
    /// It is not described, or not understood by convention: no section of the standard makes a reader refuse it.
    pub(in crate::diff) soft: bool,
}

impl<'w> Fault<'w> {
    /// Why, in one sentence, with the reason of the keyword that fits best by `weight`.
    pub(in crate::diff) fn sentence(&self, weight: &dyn Fn(&Rejection<'w>) -> u8) -> String {
        match &self.rejection {
            Some(rejection) if self.reason.is_empty() => rejection.leaf(weight).message.clone(),
            Some(rejection) => format!("{}: {}", self.reason, rejection.leaf(weight).message),
            None => self.reason.clone(),
        }
    }

    /// How well it fits by `weight`, branches included.
    pub(in crate::diff) fn weight(&self, weight: &dyn Fn(&Rejection<'w>) -> u8) -> u8 {
        self.rejection.as_ref().map_or(0, |rejection| weight(rejection).max(weight(rejection.leaf(weight))))
    }
}

/// Why a value is refused; `None` when it cannot be told.
type Verdict<'w> = Option<Vec<Rejection<'w>>>;

/// What reading a message gave.
#[derive(Debug, Default)]
pub(in crate::diff) struct Reading<'w> {
    pub(in crate::diff) faults: Vec<Fault<'w>>,
    /// A part could not be judged.
    pub(in crate::diff) unclear: bool,
}

impl<'w> Reading<'w> {
    fn fault(&mut self, about: About, reason: impl Into<String>) {
        self.faults.push(Fault { about, reason: reason.into(), rejection: None, soft: false });
    }

    /// What the contract does not describe, which is not what a reader refuses.
    fn undescribed(&mut self, about: About, reason: impl Into<String>) {
        self.faults.push(Fault { about, reason: reason.into(), rejection: None, soft: true });
    }

    /// Whether a reader refuses the message.
    pub(in crate::diff) fn refuses(&self) -> bool {
        self.faults.iter().any(|fault| !fault.soft)
    }

    fn value(&mut self, about: &About, what: &str, verdict: Verdict<'w>) {
        self.unclear |= verdict.is_none();
        for rejection in verdict.into_iter().flatten() {
            let fault =
                Fault { about: about.clone(), reason: what.to_owned(), rejection: Some(rejection), soft: false };
            self.faults.push(fault);
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
    pub(in crate::diff) fn read(&self, engine: &mut Engine<'w>, message: &Message) -> Reading<'w> {
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
        message: &Message,
        (written_for, operation): (&Operation<'w>, &Operation<'w>),
    ) -> Reading<'w> {
        let mut reading = Reading::default();
        let given = capture(written_for.path.template, &message.path).unwrap_or_default();
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

    /// The values that a parameter of a message may have for this side.
    pub(in crate::diff) fn readings(&self, message: &Message, place: ParameterIn, name: &str) -> Vec<Value> {
        let mut reading = Reading::default();
        let Some((operation, captures)) = self.find(message, &mut reading) else { return Vec::new() };
        let known = operation.parameters();
        let found = known.iter().find(|parameter| parameter.location == Some(place) && parameter.name == name);
        let Some(parameter) = found else { return Vec::new() };
        let schema = schema_of(parameter);
        let index = Index::of(message);
        let source = match captures.iter().find(|(known, _)| known == name) {
            Some((_, text)) if place == ParameterIn::Path => Source::Path(text),
            _ => Source::Message(&index),
        };
        read_parameter(parameter, schema.as_ref(), &source, &known)
    }

    /// Judges all parts of a message for an operation.
    fn parts(
        &self,
        engine: &mut Engine<'w>,
        operation: &Operation<'w>,
        captures: &[(String, String)],
        message: &Message,
        reading: &mut Reading<'w>,
    ) {
        let answer = message.status.is_some();
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
    fn find(&self, message: &Message, reading: &mut Reading<'w>) -> Option<(Operation<'w>, Captures)> {
        let (method, surface, name) = (&message.method, message.surface, &message.path);
        let server = message.server.as_deref();
        // The path decides before the method: one without variables is matched before its templated counterparts (OpenAPI
        // 3.1.1, section 4.8.8), whatever it offers.
        let mut nearest = usize::MAX;
        let mut best: Option<(Operation<'w>, Captures)> = None;
        for operation in self.operations.iter().filter(|operation| operation.path.surface == surface) {
            let captures = match (surface, server) {
                (Surface::Path, None) => capture(operation.path.template, name),
                (Surface::Path, Some(server)) => {
                    let whole = format!("{}{name}", trimmed(server));
                    let urls = operation.servers().iter().flat_map(Server::urls).collect::<Vec<_>>();
                    urls.iter().find_map(|url| {
                        let rest = whole.strip_prefix(&trimmed(url))?;
                        capture(operation.path.template, rest)
                    })
                }
                _ => (operation.path.template == *name).then(Vec::new),
            };
            let Some(captures) = captures else { continue };
            if captures.len() < nearest {
                (nearest, best) = (captures.len(), None);
            }
            let offered = captures.len() == nearest && operation.method.eq_ignore_ascii_case(method);
            if offered && best.is_none() {
                best = Some((*operation, captures));
            }
        }
        if best.is_none() {
            let reason = match (surface, server) {
                (Surface::Path, Some(server)) => format!("no operation is offered at `{}{name}`", trimmed(server)),
                (Surface::Path, None) if nearest < usize::MAX => format!("`{name}` does not offer `{method}`"),
                (Surface::Path, None) => format!("there is no path for `{name}`"),
                (Surface::Webhook, _) => format!("there is no webhook `{name}` with `{method}`"),
                (Surface::Callback, _) => format!("there is no callback `{name}` with `{method}`"),
            };
            reading.fault(About::Operation, reason);
        }
        best
    }

    fn credentials(&self, operation: &Operation<'w>, message: &Message, reading: &mut Reading<'w>) {
        let nothing = serde_json::Map::new();
        let given = message.credentials.as_ref().unwrap_or(&nothing);
        let security = operation.security();
        let enough =
            security.alternatives.iter().any(|way| {
                way.schemes.iter().all(|used| {
                    let scheme = self.schemes.iter().find(|scheme| scheme.name == used.name);
                    let wires = scheme.map_or_else(|| vec![used.name.to_owned()], wires);
                    wires.iter().filter_map(|wire| given.get(wire)?.as_array()).any(|scopes| {
                        used.scopes.iter().all(|scope| scopes.iter().any(|own| own.as_str() == Some(scope)))
                    }) || wires.iter().any(|wire| used.scopes.is_empty() && carried_elsewhere(message, wire))
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
        message: &Message,
        reading: &mut Reading<'w>,
    ) {
        let (known, index) = (operation.parameters(), Index::of(message));
        for parameter in known.iter().filter(|parameter| parameter.location != Some(ParameterIn::Path)) {
            let Some(place) = parameter.location else { continue };
            let schema = schema_of(parameter);
            let values = read_parameter(parameter, schema.as_ref(), &Source::Message(&index), &known);
            let about = About::Parameter(place.name(), parameter.name.to_owned());
            // A parameter that may stand without a value has none to judge.
            if parameter.allow_empty_value() && values.iter().all(|value| value == "") && !values.is_empty() {
                continue;
            }
            if values.is_empty() {
                if parameter.required() {
                    reading.fault(about, format!("the {} is required and missing", parameter.label()));
                }
                continue;
            }
            self.any(engine, direction, schema.as_ref(), &values, (&about, &parameter.label()), reading);
        }
        self.undescribed(operation, &known, message, reading);
        for (name, text) in captures {
            let found = known.iter().find(|p| p.location == Some(ParameterIn::Path) && p.name == name);
            let Some(parameter) = found else { continue };
            let schema = schema_of(parameter);
            let values = read_parameter(parameter, schema.as_ref(), &Source::Path(text), &[]);
            let about = About::Parameter("path", name.clone());
            self.any(engine, direction, schema.as_ref(), &values, (&about, &parameter.label()), reading);
        }
    }

    /// Judges what may be one value or another: it is refused where none is accepted.
    fn any(
        &self,
        engine: &mut Engine<'w>,
        direction: Direction,
        schema: Option<&SchemaRef<'w>>,
        values: &[Value],
        (about, what): (&About, &str),
        reading: &mut Reading<'w>,
    ) {
        let mut first = None;
        for value in values {
            let verdict = self.judge(engine, direction, schema, value);
            if verdict.as_ref().is_some_and(Vec::is_empty) {
                return;
            }
            first.get_or_insert(verdict);
        }
        if let Some(verdict) = first {
            reading.value(about, what, verdict);
        }
    }

    /// Notes what a message carries and the operation does not describe.
    fn undescribed(
        &self,
        operation: &Operation<'w>,
        known: &[Parameter<'w>],
        message: &Message,
        reading: &mut Reading<'w>,
    ) {
        let at = |place: ParameterIn| known.iter().filter(move |parameter| parameter.location == Some(place));
        let schemes: Vec<String> = self.schemes.iter().flat_map(wires).collect();
        let is_key = |place: &str, name: &str| {
            schemes.iter().any(|wire| wire.eq_ignore_ascii_case(&format!("apiKey {place} {name}")))
        };
        let open = |place: ParameterIn| {
            at(place).any(|parameter| parameter.place.get("content").is_none() && may_be_object(parameter))
        };
        let names = |place: ParameterIn| at(place).map(|parameter| parameter.name).collect::<FxHashSet<&str>>();
        for (place, pairs) in [(ParameterIn::Query, &message.query), (ParameterIn::Cookie, &message.cookies)] {
            // An exploded object takes whatever name.
            if open(place) || at(ParameterIn::QueryString).next().is_some() {
                continue;
            }
            let described = names(place);
            for (key, _) in pairs {
                let name = super::notation::decoded(key);
                if !described.contains(name.as_str()) && !is_key(place.name(), &name) {
                    let about = About::Parameter(place.name(), name.clone());
                    reading.undescribed(about, format!("no {} parameter `{name}` is described", place.name()));
                }
            }
        }
        let described: FxHashSet<String> = at(ParameterIn::Header).map(|one| one.name.to_ascii_lowercase()).collect();
        for (name, _) in &message.headers {
            if !described.contains(&name.to_ascii_lowercase()) && !is_key("header", name) {
                let about = About::Parameter("header", name.clone());
                let reason = format!("`{}` describes no header parameter `{name}`", operation.label());
                reading.undescribed(about, reason);
            }
        }
    }

    fn judge(
        &self,
        engine: &mut Engine<'w>,
        direction: Direction,
        schema: Option<&SchemaRef<'w>>,
        value: &Value,
    ) -> Verdict<'w> {
        let Some(schema) = schema else { return Some(Vec::new()) };
        engine.faults(&source(schema, self.dialect), direction, value)
    }

    fn request_body(
        &self,
        engine: &mut Engine<'w>,
        direction: Direction,
        operation: &Operation<'w>,
        message: &Message,
        reading: &mut Reading<'w>,
    ) {
        match (operation.body(), &message.body) {
            (None, Some(_)) => reading.undescribed(About::Body, "no request body is described"),
            (Some(body), None) if body.required => {
                reading.fault(About::Body, "the request body is required and missing");
            }
            (Some(body), Some(_)) => self.body(engine, direction, &body.media_types, message, reading),
            _ => {}
        }
    }

    fn body(
        &self,
        engine: &mut Engine<'w>,
        direction: Direction,
        described: &[MediaType<'w>],
        message: &Message,
        reading: &mut Reading<'w>,
    ) {
        let Some(body) = &message.body else { return };
        let sent = body.media.split("; boundary=").next().unwrap_or_default();
        let exact = described.iter().find(|media| media.name.eq_ignore_ascii_case(sent));
        let Some(media) = exact.or_else(|| described.iter().find(|media| takes(media.name, sent))) else {
            reading.fault(About::Media, format!("the media type `{sent}` is not described"));
            return;
        };
        if let Some(item) = &media.item_schema {
            let Some(items) = read_items(body) else {
                reading.unclear = true;
                return;
            };
            for value in &items {
                let verdict = self.judge(engine, direction, Some(item), value);
                reading.value(&About::Body, "an item of the body", verdict);
            }
            if media.schema.is_none() {
                return;
            }
        }
        let values = read_content(body, media);
        if values.is_empty() {
            reading.fault(About::Body, format!("the body is not `{}`", media.name));
        }
        self.any(engine, direction, media.schema.as_ref(), &values, (&About::Body, "the body"), reading);
    }

    fn answer(
        &self,
        engine: &mut Engine<'w>,
        direction: Direction,
        operation: &Operation<'w>,
        message: &Message,
        reading: &mut Reading<'w>,
    ) {
        let status = message.status.as_deref().unwrap_or_default();
        let all = operation.responses();
        let key = StatusKey::parse(status);
        let found = StatusKey::narrowest(all.iter(), |response| response.key, key);
        let Some(response) = found else {
            reading.fault(About::Status, format!("no response with the status code `{status}` is described"));
            return;
        };
        // By habit `default` stands for failures where successes are described by themselves; by the standard it describes
        // every status code that has no response of its own.
        if response.key == StatusKey::Default && key.is_success() && all.iter().any(Response::is_success) {
            let mut inner = Reading::default();
            self.parts_of_answer(engine, direction, response, message, &mut inner);
            reading.unclear |= inner.unclear;
            let words = format!("`{status}` falls under `default`");
            match inner.faults.into_iter().next() {
                Some(fault) => {
                    let why = fault.sentence(&|_| 0);
                    reading.fault(About::Status, format!("{words}, which does not allow it: {why}"));
                }
                None => reading.undescribed(About::Status, words),
            }
            return;
        }
        self.parts_of_answer(engine, direction, response, message, reading);
    }

    fn parts_of_answer(
        &self,
        engine: &mut Engine<'w>,
        direction: Direction,
        response: &Response<'w>,
        message: &Message,
        reading: &mut Reading<'w>,
    ) {
        for header in response.headers() {
            let about = About::Header(header.name.to_ascii_lowercase());
            match header_of(message, header.name) {
                Some(text) => {
                    let schema = header_schema(&header);
                    let values = read_header(&header, schema.as_ref(), text);
                    let what = format!("header `{}`", header.name);
                    self.any(engine, direction, schema.as_ref(), &values, (&about, &what), reading);
                }
                None if header.required() => {
                    reading.fault(about, format!("the header `{}` is always sent, but missing here", header.name));
                }
                None => {}
            }
        }
        if message.body.is_some() {
            self.body(engine, direction, &response.media_types(), message, reading);
        }
    }
}

/// Whether a parameter may be an object whose properties stand by themselves.
fn may_be_object(parameter: &Parameter<'_>) -> bool {
    let schema = schema_of(parameter).and_then(|schema| schema.place()).map(Place::resolved);
    schema.is_some_and(|schema| schema.get("type").is_none_or(|of| of.to_json().to_string().contains("object")))
}

/// Whether what a scheme asks for is in the message as a parameter.
fn carried_elsewhere(message: &Message, wire: &str) -> bool {
    let mut words = wire.splitn(3, ' ');
    let (Some("apiKey"), Some(place), Some(name)) = (words.next(), words.next(), words.next()) else { return false };
    match place {
        "header" => header_of(message, name).is_some(),
        "query" => message.query.iter().any(|(key, _)| super::notation::decoded(key) == name),
        _ => message.cookies.iter().any(|(key, _)| key == name),
    }
}
