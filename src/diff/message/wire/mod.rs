//! Messages as they travel: method, target, header fields and body bytes.
//!
//! `Message::write` serializes the values of a message by the rules of the contract that sends it; what has no form on the wire
//! is [`Unsendable`]. `style` writes and reads parameters and header fields, `content` bodies. The readers of both
//! sides see nothing but the result.

mod content;
mod index;
mod style;
mod typed;
mod xml;

pub(super) use content::is_json;
pub(super) use content::{Content, media_of_part, read as read_content, read_items};
pub(in crate::diff) use content::{field_split, is_form, is_json_field};
pub(super) use index::Index;
pub(super) use style::{Source, read as read_parameter, read_header};
pub(in crate::diff) use style::{header_split, parameter_split};

use crate::openapi::{Operation, Parameter, ParameterIn, Response};
use content::Body;
use serde_json::{Map, Value, json};

/// Why a value has no form on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::diff) enum Unsendable {
    Null,
    Nested,
    Empty,
    EmptyString,
    Blanks,
    Delimiter,
    Control,
    Slash,
    NotAscii,
    /// The media type carries something that its schema does not describe byte by byte.
    Decoded,
    /// A form or set of parts holds something else than an object.
    NotAForm,
}

impl Unsendable {
    /// Whether a reader may meet such a value all the same: rules and tools differ.
    pub(in crate::diff) fn may_be_met(self) -> bool {
        matches!(self, Unsendable::EmptyString | Unsendable::Nested)
    }

    /// Why, as a clause.
    pub(in crate::diff) fn reason(self) -> &'static str {
        match self {
            Unsendable::Null => "`null` has no form in parameters, headers and forms",
            Unsendable::Nested => "objects and arrays inside of others have no defined form there",
            Unsendable::Empty => "an empty array or object is not sent at all",
            Unsendable::EmptyString => "an empty string is not sent where it is not explicitly allowed",
            Unsendable::Blanks => "blanks at the ends of a header field are cut",
            Unsendable::Delimiter => "the value contains the delimiter of its style",
            Unsendable::Control => "control characters cannot be sent there",
            Unsendable::Slash => "a path segment cannot hold this value",
            Unsendable::NotAscii => "header fields and cookies are ASCII",
            Unsendable::Decoded => "the media type carries an encoded form of the value",
            Unsendable::NotAForm => "a form is an object",
        }
    }
}

/// A request or response on the wire.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::diff) struct Message {
    pub(super) method: String,
    /// Path, encoded; of webhooks and callbacks their name.
    pub(super) path: String,
    pub(super) surface: crate::openapi::Surface,
    pub(super) server: Option<String>,
    /// Pairs, encoded.
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) cookies: Vec<(String, String)>,
    /// What proves who calls, by scheme; `None` where that is not asked.
    pub(super) credentials: Option<Map<String, Value>>,
    pub(super) status: Option<String>,
    pub(super) body: Option<Body>,
}

impl Message {
    /// Serializes a message in values, as the composer makes it, for an operation; of an answer with its response.
    pub(super) fn write(
        value: &Value,
        operation: &Operation<'_>,
        response: Option<&Response<'_>>,
        path: String,
    ) -> Result<Message, Unsendable> {
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let group = |key: &str| value.get(key).and_then(Value::as_object).into_iter().flatten();
        let mut message = Message {
            method: text("method").unwrap_or_default(),
            path,
            surface: operation.path.surface,
            server: text("server"),
            query: Vec::new(),
            headers: Vec::new(),
            cookies: Vec::new(),
            credentials: value.get("credentials").and_then(Value::as_object).cloned(),
            status: text("status"),
            body: None,
        };
        let known = operation.parameters();
        let find = |place: ParameterIn, name: &str| {
            known.iter().find(|parameter| {
                parameter.location == Some(place)
                    && if place == ParameterIn::Header {
                        parameter.name.eq_ignore_ascii_case(name)
                    } else {
                        parameter.name == name
                    }
            })
        };
        if response.is_none() {
            for (name, value) in group("query") {
                message.query.extend(style::query(find(ParameterIn::Query, name), name, value)?);
            }
            for (name, value) in group("querystring") {
                message.query.extend(style::whole(find(ParameterIn::QueryString, name), value)?);
            }
            for (name, value) in group("cookies") {
                message.cookies.extend(style::cookie(find(ParameterIn::Cookie, name), name, value)?);
            }
        }
        for (name, value) in group("headers") {
            let text = match response {
                None => style::header(find(ParameterIn::Header, name), value)?,
                Some(response) => {
                    let header = response.headers().into_iter().find(|header| header.name.eq_ignore_ascii_case(name));
                    style::response_header(header.as_ref(), value)?
                }
            };
            message.headers.push((name.clone(), text));
        }
        if let Some(body) = value.get("body") {
            let media = text("content-type").unwrap_or_default();
            let described = match response {
                Some(response) => response.media_types(),
                None => operation.body().map(|body| body.media_types).unwrap_or_default(),
            };
            message.body = Some(Body::write(&media, &described, body)?);
        }
        Ok(message)
    }

    /// Whether a template has the variable of a parameter.
    pub(super) fn names(template: &str, parameter: &Parameter<'_>) -> bool {
        template.contains(&format!("{{{}}}", parameter.name))
    }

    /// The path of this template with the values of its parameters; `None` where one has none.
    pub(super) fn path<'w>(
        operation: &Operation<'w>,
        template: &str,
        mut value: impl FnMut(&Parameter<'w>) -> Option<Value>,
    ) -> Option<Result<String, Unsendable>> {
        let mut path = template.to_owned();
        let known = operation.parameters();
        let in_path = known.iter().filter(|p| p.location == Some(ParameterIn::Path));
        for parameter in in_path.filter(|parameter| Self::names(template, parameter)) {
            match style::path(parameter, &value(parameter)?) {
                Ok(text) => path = path.replace(&format!("{{{}}}", parameter.name), &text),
                Err(reason) => return Some(Err(reason)),
            }
        }
        Some(Ok(path))
    }

    /// How many parts it has: itself, parameters and header fields, values of the body.
    pub(super) fn parts(&self) -> usize {
        1 + 4 * (self.query.len() + self.headers.len() + self.cookies.len())
            + self.body.as_ref().map_or(0, Body::values)
    }

    /// The request target: path and query.
    pub(in crate::diff) fn target(&self) -> String {
        let pairs: Vec<String> = self.query.iter().map(|(name, value)| pair(name, value)).collect();
        if pairs.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, pairs.join("&")) }
    }

    /// The message as reports hold it: what is sent, byte by byte.
    pub(in crate::diff) fn to_json(&self) -> Value {
        let mut out = Map::new();
        out.insert("kind".into(), if self.status.is_some() { "response" } else { "request" }.into());
        out.insert("method".into(), self.method.clone().into());
        match self.surface {
            crate::openapi::Surface::Path => out.insert("target".into(), self.target().into()),
            crate::openapi::Surface::Webhook => out.insert("webhook".into(), self.path.clone().into()),
            crate::openapi::Surface::Callback => out.insert("callback".into(), self.path.clone().into()),
        };
        if let Some(server) = &self.server {
            out.insert("server".into(), server.clone().into());
        }
        if let Some(status) = &self.status {
            out.insert("status".into(), status.clone().into());
        }
        let mut headers = self.headers.clone();
        let mut query = Vec::new();
        let mut cookies = self.cookies.clone();
        if self.status.is_none() {
            place_credentials(self.credentials.as_ref(), &mut headers, &mut query, &mut cookies);
        }
        if !query.is_empty() && self.surface == crate::openapi::Surface::Path {
            let with = Message { query: self.query.iter().cloned().chain(query).collect(), ..self.clone() };
            out.insert("target".into(), with.target().into());
        }
        if !cookies.is_empty() {
            let all: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            headers.push(("Cookie".into(), all.join("; ")));
        }
        if let Some(body) = &self.body {
            headers.push(("Content-Type".into(), body.content_type()));
        }
        if !headers.is_empty() {
            let headers: Vec<Value> = headers.into_iter().map(|(name, value)| json!([name, value])).collect();
            out.insert("headers".into(), headers.into());
        }
        if let Some(body) = &self.body {
            out.insert("body".into(), body.text().into());
        }
        out.into()
    }
}

fn pair(name: &str, value: &str) -> String {
    if name.is_empty() { value.to_owned() } else { format!("{name}={value}") }
}

/// Puts placeholders where credentials of each scheme travel.
fn place_credentials(
    credentials: Option<&Map<String, Value>>,
    headers: &mut Vec<(String, String)>,
    query: &mut Vec<(String, String)>,
    cookies: &mut Vec<(String, String)>,
) {
    for wire in credentials.into_iter().flat_map(Map::keys) {
        let words: Vec<&str> = wire.splitn(3, ' ').collect();
        let authorization = match words[..] {
            ["apiKey", place, name] => {
                let entry = (name.to_owned(), "<api-key>".to_owned());
                match place {
                    "query" => query.push((style::encoded(name), "%3Capi-key%3E".to_owned())),
                    "cookie" => cookies.push(entry),
                    _ if member_of(headers, name) => {}
                    _ => headers.push(entry),
                }
                continue;
            }
            ["http", "basic", ..] => "Basic <credentials>".to_owned(),
            ["http", "bearer", ..] | ["oauth2" | "openIdConnect", ..] => "Bearer <token>".to_owned(),
            ["http", scheme, ..] => format!("{scheme} <credentials>"),
            // Certificates are no part of the message.
            _ => continue,
        };
        if !member_of(headers, "Authorization") {
            headers.push(("Authorization".to_owned(), authorization));
        }
    }
}

fn member_of(headers: &[(String, String)], name: &str) -> bool {
    headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
}

/// A header of a message, by name.
pub(super) fn header_of<'m>(message: &'m Message, name: &str) -> Option<&'m str> {
    message.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}
