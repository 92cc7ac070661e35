//! Bodies on the wire, by media type: JSON, lines of JSON, forms, parts, XML, plain text.
//!
//! Other media types carry what their schema does not describe byte by byte, such as signed tokens and event streams: only
//! a string is a body there.

use super::typed::{Kinds, object, scalars};
use super::{Unsendable, style, xml};
use crate::diff::message::notation::{decoded, takes};
use crate::openapi::{MediaKind, MediaType, Parameter, SchemaRef};
use crate::schema::Split;
use crate::workspace::Place;
use serde_json::Value;

/// Between the parts of a multipart body.
const BOUNDARY: &str = "covenant-part";

/// A body with its media type.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::diff::message) struct Body {
    pub(in crate::diff::message) media: String,
    content: Sent,
}

#[derive(Clone, Debug, PartialEq)]
enum Sent {
    /// JSON, written when it is shown.
    Json(Value),
    Text(String),
}

impl Body {
    /// How many values it has; of a text how many they could be.
    pub(super) fn values(&self) -> usize {
        fn values(value: &Value) -> usize {
            1 + match value {
                Value::Array(items) => items.iter().map(values).sum(),
                Value::Object(members) => members.values().map(values).sum(),
                _ => 0,
            }
        }
        match &self.content {
            Sent::Json(value) => values(value),
            Sent::Text(text) => 1 + text.len() / 16,
        }
    }
}

/// How a media type writes values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::diff::message) enum Content {
    Json,
    Lines,
    Form,
    Parts,
    Xml,
    Plain,
    /// Only strings, as they are.
    Other,
}

impl Content {
    pub(in crate::diff::message) fn of(media: &str) -> Self {
        let essence = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "*" | "*/*" | "application/*" | "" => Content::Json,
            "application/x-ndjson"
            | "application/ndjson"
            | "application/jsonl"
            | "application/x-jsonlines"
            | "application/json-lines"
            | "application/json-seq" => Content::Lines,
            "application/x-www-form-urlencoded" => Content::Form,
            json if json.ends_with("/json") || json.ends_with("+json") => Content::Json,
            xml if xml.ends_with("/xml") || xml.ends_with("+xml") => Content::Xml,
            parts if parts.starts_with("multipart/") => Content::Parts,
            "text/event-stream" => Content::Other,
            text if text.starts_with("text/") => Content::Plain,
            _ => Content::Other,
        }
    }
}

/// Whether bodies of a media type are JSON values, or may be.
pub(in crate::diff) fn is_json(media: &str) -> bool {
    Content::of(media) == Content::Json
}

/// Whether bodies of either media type are forms.
pub(in crate::diff) fn is_form(names: (&str, &str)) -> bool {
    [names.0, names.1].iter().any(|name| matches!(Content::of(name), Content::Form | Content::Parts))
}

impl Body {
    /// Serializes a value; `described` are the media types of the sender.
    pub(super) fn write(media: &str, described: &[MediaType<'_>], value: &Value) -> Result<Self, Unsendable> {
        let own = described.iter().find(|own| own.name.eq_ignore_ascii_case(media));
        let own = own.or_else(|| described.iter().find(|own| takes(own.name, media)));
        let content = match Content::of(media) {
            Content::Json => Sent::Json(value.clone()),
            Content::Lines => Sent::Text(format!("{value}\n")),
            Content::Form => Sent::Text(form(own, value)?),
            Content::Parts => Sent::Text(parts(own, value)?),
            Content::Xml => Sent::Text(xml::write(own, value)?),
            Content::Plain => match value {
                Value::String(text) => Sent::Text(text.clone()),
                Value::Number(number) => Sent::Text(style::digits(number)),
                Value::Bool(_) => Sent::Text(value.to_string()),
                _ => return Err(Unsendable::Decoded),
            },
            Content::Other => match value {
                Value::String(text) => Sent::Text(text.clone()),
                _ => return Err(Unsendable::Decoded),
            },
        };
        let media = if Content::of(media) == Content::Parts {
            format!("{media}; boundary={BOUNDARY}")
        } else {
            media.to_owned()
        };
        if matches!(&content, Sent::Text(text) if text.is_empty()) {
            return Err(Unsendable::Empty);
        }
        Ok(Body { media, content })
    }

    /// The value of the header field.
    pub(super) fn content_type(&self) -> String {
        self.media.clone()
    }

    /// The bytes, as text.
    pub(super) fn text(&self) -> String {
        match &self.content {
            Sent::Json(value) => value.to_string(),
            Sent::Text(text) => text.clone(),
        }
    }
}

/// Readings of a multipart body, at most.
const MAX_READINGS: usize = 64;

fn encoding<'w>(media: Option<&MediaType<'w>>, name: &str) -> Option<Place<'w>> {
    media?.encoding(name)
}

/// How a form writes a field that holds several values: what its encoding says, or the parameter of 2.0 that it is.
fn field_style<'w>(media: &MediaType<'w>, name: &str) -> Option<(&'w str, bool)> {
    if let Some(SchemaRef::Form(fields)) = &media.schema {
        let style = fields.iter().find(|field| field.name == name)?.style();
        return Some((style.name, style.explode));
    }
    let encoding = media.encoding(name)?;
    let given = ["style", "explode", "allowReserved"].iter().any(|key| encoding.get(key).is_some());
    let style = encoding.get_str("style").unwrap_or("form");
    given.then(|| (style, encoding.get_bool("explode").unwrap_or(style == "form")))
}

/// Whether a form writes a field as JSON whatever its type: its encoding says so, and no style beside it, which would
/// decide where fields are pairs of a query (OpenAPI 3.1.1, section 4.8.15.1).
pub(in crate::diff) fn is_json_field(media: &MediaType<'_>, name: &str) -> bool {
    let pairs = Content::of(media.name) == Content::Form;
    let asked = media.encoding(name).and_then(|encoding| encoding.get_str("contentType"));
    asked.is_some_and(|types| types.split(',').all(|kind| MediaKind::of(kind.trim()) == MediaKind::Json))
        && !(pairs && field_style(media, name).is_some())
}

/// How the reader of a form takes the text of a field apart.
pub(in crate::diff) fn field_split(media: &MediaType<'_>, name: &str) -> Split {
    match field_style(media, name) {
        None => Split::Never,
        Some(("form", true)) => Split::Never,
        // Tools differ in whether parts have styles.
        Some(_) if Content::of(media.name) == Content::Parts && !matches!(media.schema, Some(SchemaRef::Form(_))) => {
            Split::Unclear
        }
        Some((style, explode)) => style::split(style, explode),
    }
}

fn form(media: Option<&MediaType<'_>>, value: &Value) -> Result<String, Unsendable> {
    let Value::Object(members) = value else { return Err(Unsendable::NotAForm) };
    if members.is_empty() {
        return Err(Unsendable::Empty);
    }
    let mut pairs = Vec::new();
    for (name, value) in members {
        let style = media.and_then(|media| field_style(media, name));
        let json = media.is_some_and(|media| is_json_field(media, name));
        match value {
            Value::Array(items) if json && items.is_empty() => return Err(Unsendable::Empty),
            // Each item is a pair of its own, as it is a part of its own.
            Value::Array(items) if json => {
                pairs.extend(items.iter().map(|item| (style::encoded(name), style::encoded(&item.to_string()))));
            }
            _ if json => pairs.push((style::encoded(name), style::encoded(&value.to_string()))),
            // Versions and tools differ in how an object is written that has neither a style nor a content type.
            Value::Object(_) if style.is_none() => return Err(Unsendable::Nested),
            _ => pairs.extend(style::field(name, value, style)?),
        }
    }
    let pairs: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    Ok(pairs.join("&"))
}

fn parts(media: Option<&MediaType<'_>>, value: &Value) -> Result<String, Unsendable> {
    let Value::Object(members) = value else { return Err(Unsendable::NotAForm) };
    if members.is_empty() {
        return Err(Unsendable::Empty);
    }
    let mut out = String::new();
    for (name, value) in members {
        let asked = encoding(media, name).and_then(|encoding| encoding.get_str("contentType"));
        let asked = asked.map(|all| all.split(',').next().unwrap_or_default().trim().to_owned());
        let items = match value {
            Value::Array(items) if items.is_empty() => return Err(Unsendable::Empty),
            Value::Array(items) => items.iter().collect(),
            other => vec![other],
        };
        for item in items {
            let (usual, text) = match item {
                Value::Null => return Err(Unsendable::Null),
                Value::String(text) => ("text/plain", text.clone()),
                Value::Number(number) => ("text/plain", style::digits(number)),
                Value::Object(_) | Value::Array(_) => ("application/json", item.to_string()),
                Value::Bool(_) => ("text/plain", item.to_string()),
            };
            let kind = asked.as_deref().filter(|kind| !kind.contains('*')).unwrap_or(usual);
            // A string is written with its quotation marks where a part is JSON.
            let text = if is_json(kind) { item.to_string() } else { text };
            if text.contains(BOUNDARY) {
                return Err(Unsendable::Delimiter);
            }
            let safe = name.replace('%', "%25").replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
            out.push_str(&format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{safe}\"\r\n"));
            if kind != "text/plain" {
                out.push_str(&format!("Content-Type: {kind}\r\n"));
            }
            out.push_str(&format!("\r\n{text}\r\n"));
        }
    }
    out.push_str(&format!("--{BOUNDARY}--\r\n"));
    Ok(out)
}

/// The media type of a part: what its encoding says, else the usual one of its value.
pub(in crate::diff::message) fn media_of_part(media: &MediaType<'_>, name: &str, value: &Value) -> Option<String> {
    if let Some(asked) = encoding(Some(media), name).and_then(|encoding| encoding.get_str("contentType")) {
        return Some(asked.to_owned());
    }
    let usual = match value.get(name)? {
        Value::Object(_) | Value::Array(_) => "application/json",
        _ => "text/plain",
    };
    Some(usual.to_owned())
}

/// Parts of a multipart body by name.
type Named<T> = Vec<(String, T)>;

/// The parts of a multipart body: those that are JSON, and the texts of the others.
fn read_parts(text: &str) -> (Named<Value>, Named<String>) {
    let (mut json, mut texts) = (Vec::new(), Vec::new());
    for part in text.split(&format!("--{BOUNDARY}")) {
        let Some((head, rest)) = part.split_once("\r\n\r\n") else { continue };
        let Some((_, name)) = head.split_once("name=\"") else { continue };
        let Some((name, head)) = name.split_once('"') else { continue };
        let (name, text) = (decoded(name), rest.strip_suffix("\r\n").unwrap_or(rest));
        let kind = head.split_once("Content-Type: ").map(|(_, kind)| kind.trim());
        match serde_json::from_str(text) {
            Ok(value) if kind.is_some_and(is_json) => json.push((name, value)),
            _ => texts.push((name, text.to_owned())),
        }
    }
    (json, texts)
}

/// The values of a multipart body: what is JSON has its types, what is text has not.
fn from_parts(text: &str, kinds: &Kinds<'_>) -> Vec<Value> {
    let (json, texts) = read_parts(text);
    from_named(&json, &texts, kinds)
}

/// The values of a form: fields that are JSON have their types for a reader who describes them so, others have not.
fn from_pairs(text: &str, media: &MediaType<'_>, kinds: &Kinds<'_>) -> Vec<Value> {
    let (mut json, mut texts) = (Vec::new(), Vec::new());
    for (name, text) in read_pairs(text) {
        match serde_json::from_str(&text) {
            Ok(value) if is_json_field(media, &name) => json.push((name, value)),
            _ => {
                let inner = kinds.member(&name);
                let whole = !inner.array() || inner.scalar();
                let split = if whole { Split::Never } else { field_split(media, &name) };
                let parts = split.items(&text).swap_remove(0);
                texts.extend(parts.into_iter().map(|part| (name.clone(), part.to_owned())));
            }
        }
    }
    from_named(&json, &texts, kinds)
}

/// The values of fields by name, of which some are JSON.
fn from_named(json: &[(String, Value)], texts: &[(String, String)], kinds: &Kinds<'_>) -> Vec<Value> {
    let mut all = object(texts, kinds);
    let mut names: Vec<&String> = Vec::new();
    for (name, _) in json {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    for name in names {
        let values: Vec<&Value> = json.iter().filter(|(other, _)| other == name).map(|(_, value)| value).collect();
        // Each item of an array is a part of its own; one part alone is its only item where the schema names arrays.
        let list = Value::Array(values.iter().map(|value| (*value).clone()).collect());
        let inner = kinds.member(name);
        let ways = match values[..] {
            [only] if inner.object() && inner.scalar() => vec![only.clone()],
            [only] if inner.array() => vec![only.clone(), list],
            [only] => vec![only.clone()],
            _ => vec![list],
        };
        let with = |known: &Value, way: &Value| {
            let mut known = known.clone();
            if let Value::Object(members) = &mut known {
                members.insert(name.clone(), way.clone());
            }
            known
        };
        all = all.iter().flat_map(|known| ways.iter().map(|way| with(known, way))).take(MAX_READINGS).collect();
    }
    all
}

fn read_pairs(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

/// The values that a body may have for a reader who describes it so; none where it cannot be read.
pub(in crate::diff::message) fn read(body: &Body, media: &MediaType<'_>) -> Vec<Value> {
    let text = match &body.content {
        Sent::Json(value) => return vec![value.clone()],
        Sent::Text(text) => text,
    };
    let kinds = Kinds::of(media.schema.as_ref());
    match Content::of(&body.media) {
        Content::Json => serde_json::from_str(text).into_iter().collect(),
        Content::Lines => serde_json::from_str(text.trim_end()).into_iter().collect(),
        Content::Form => from_pairs(text, media, &kinds),
        Content::Parts => from_parts(text, &kinds),
        Content::Xml => xml::read(text, media).into_iter().collect(),
        Content::Plain => scalars(text, &kinds),
        Content::Other => vec![Value::from(text.as_str())],
    }
}

/// The items of a stream of JSON lines; `None` where the body is another stream, or cannot be read.
pub(in crate::diff::message) fn read_items(body: &Body) -> Option<Vec<Value>> {
    match (&body.content, Content::of(&body.media)) {
        (Sent::Text(text), Content::Lines) => text.lines().map(|line| serde_json::from_str(line).ok()).collect(),
        _ => None,
    }
}

/// The values of a whole query string.
pub(super) fn read_query(parameter: &Parameter<'_>, pairs: &[(String, String)], kinds: &Kinds<'_>) -> Vec<Value> {
    if pairs.is_empty() {
        return Vec::new();
    }
    let media = parameter.content().into_iter().next();
    if let [(name, text)] = pairs
        && name.is_empty()
    {
        return serde_json::from_str(&decoded(text)).into_iter().collect();
    }
    let pairs: Vec<(String, String)> = pairs.iter().map(|(name, value)| (decoded(name), decoded(value))).collect();
    match media {
        Some(media) => object(&pairs, &Kinds::of(media.schema.as_ref())),
        None => object(&pairs, kinds),
    }
}
