//! Parameters and header fields on the wire, by `style` and `explode` (OpenAPI, Style Values; RFC 6570, 6265, 9110).
//!
//! Writing refuses what would not arrive as it was meant. Reading gives every value that a text may stand for, since a
//! text has no type; the schema of the reader chooses.

use super::typed::{Kinds, list, object, scalars};
use super::{Index, Unsendable, content};
use crate::diff::message::notation::decoded;
use crate::openapi::{Header, Parameter, ParameterIn, SchemaRef, Style};
use crate::schema::Split;
use rustc_hash::FxHashSet;
use serde_json::Value;

/// How the parts of a parameter are put together.
#[derive(Clone, Copy, Debug)]
struct Form<'a> {
    style: &'a str,
    explode: bool,
    reserved: bool,
}

impl<'a> Form<'a> {
    fn of(parameter: Option<&Parameter<'a>>, usual: &'a str) -> Self {
        match parameter.map(Parameter::style) {
            Some(style) => style.into(),
            None => Form { style: usual, explode: usual == "form", reserved: false },
        }
    }

    /// What stands between the parts of one text.
    fn delimiter(self) -> (&'static str, char) {
        match self.style {
            "spaceDelimited" => ("%20", ' '),
            "pipeDelimited" => ("%7C", '|'),
            "tabDelimited" => ("%09", '\t'),
            "label" if self.explode => (".", '.'),
            _ => (",", ','),
        }
    }
}

impl<'a> From<Style<'a>> for Form<'a> {
    fn from(style: Style<'a>) -> Self {
        Form { style: style.name, explode: style.explode, reserved: style.allow_reserved }
    }
}

/// How a reader takes a text of this style apart.
pub(super) fn split(style: &str, explode: bool) -> Split {
    let form = Form { style, explode, reserved: false };
    match (style, explode) {
        // Each item has a pair of its own.
        ("form" | "cookie", true) => Split::Never,
        ("matrix", true) => Split::At(';'),
        ("form" | "cookie" | "simple" | "label" | "matrix", _) => Split::At(form.delimiter().1),
        ("spaceDelimited" | "pipeDelimited" | "tabDelimited", false) => Split::At(form.delimiter().1),
        _ => Split::Unclear,
    }
}

/// How the reader of a parameter takes its text apart.
pub(in crate::diff) fn parameter_split(parameter: &Parameter<'_>) -> Split {
    let style = parameter.style();
    split(style.name, style.explode)
}

/// How the reader of a header of a response takes its text apart.
pub(in crate::diff) fn header_split(header: &Header<'_>) -> Split {
    let style = header.style();
    split(style.name, style.explode)
}

/// A scalar as text.
fn scalar(value: &Value) -> Result<String, Unsendable> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(digits(number)),
        Value::Bool(_) => Ok(value.to_string()),
        Value::Null => Err(Unsendable::Null),
        Value::Array(_) | Value::Object(_) => Err(Unsendable::Nested),
    }
}

/// A number as text: integers in digits, since readers of parameters know no exponent there.
pub(super) fn digits(number: &serde_json::Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 1e30 => format!("{float:.0}"),
        _ => number.to_string(),
    }
}

/// A part of a value that holds several: neither empty nor torn apart at the delimiter.
fn part(value: &Value, delimiters: &[char]) -> Result<String, Unsendable> {
    let text = scalar(value)?;
    if text.is_empty() {
        return Err(Unsendable::EmptyString);
    }
    if text.contains(delimiters) { Err(Unsendable::Delimiter) } else { Ok(text) }
}

/// Percent-encodes everything but unreserved characters (RFC 3986 2.3).
pub(super) fn encoded(text: &str) -> String {
    escape(text, b"-._~")
}

fn escape(text: &str, kept: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn has_content(parameter: Option<&Parameter<'_>>) -> bool {
    parameter.is_some_and(|parameter| parameter.place.get("content").is_some())
}

/// The pairs of a query parameter, encoded.
pub(super) fn query(
    parameter: Option<&Parameter<'_>>,
    name: &str,
    value: &Value,
) -> Result<Vec<(String, String)>, Unsendable> {
    if has_content(parameter) {
        return Ok(vec![(encoded(name), encoded(&value.to_string()))]);
    }
    let form = Form::of(parameter, "form");
    let empty = parameter.is_some_and(Parameter::allow_empty_value);
    pairs(name, value, form, empty)
}

fn pairs(name: &str, value: &Value, form: Form<'_>, empty: bool) -> Result<Vec<(String, String)>, Unsendable> {
    let text = |text: &str| if form.reserved { escape(text, b"-._~:/?@!$'()*,;") } else { encoded(text) };
    let (joint, delimiter) = form.delimiter();
    match value {
        Value::Array(items) if items.is_empty() => Err(Unsendable::Empty),
        Value::Object(members) if members.is_empty() => Err(Unsendable::Empty),
        Value::Array(items) if form.explode && form.style == "form" => {
            items.iter().map(|item| Ok((encoded(name), text(&part(item, &[])?)))).collect()
        }
        Value::Array(items) => {
            let parts = items.iter().map(|item| Ok(text(&part(item, &[delimiter])?)));
            Ok(vec![(encoded(name), parts.collect::<Result<Vec<_>, _>>()?.join(joint))])
        }
        Value::Object(members) if form.style == "deepObject" => {
            let one = |(key, value): (&String, &Value)| {
                let key =
                    format!("{}%5B{}%5D", encoded(name), encoded(&part(&Value::from(key.as_str()), &['[', ']'])?));
                Ok((key, text(&part(value, &[])?)))
            };
            members.iter().map(one).collect()
        }
        Value::Object(members) if form.explode => {
            let one = |(key, value): (&String, &Value)| {
                Ok((encoded(&part(&Value::from(key.as_str()), &[])?), text(&part(value, &[])?)))
            };
            members.iter().map(one).collect()
        }
        Value::Object(members) => {
            let parts = members
                .iter()
                .flat_map(|(key, value)| [part(&Value::from(key.as_str()), &[delimiter]), part(value, &[delimiter])]);
            let parts = parts.map(|part| part.map(|part| text(&part))).collect::<Result<Vec<_>, _>>()?;
            Ok(vec![(encoded(name), parts.join(joint))])
        }
        _ => {
            let written = scalar(value)?;
            if written.is_empty() && !empty {
                return Err(Unsendable::EmptyString);
            }
            // A text that the reader would split is read as several.
            Ok(vec![(encoded(name), text(&written))])
        }
    }
}

/// The pairs of a field in a form.
pub(super) fn field(
    name: &str,
    value: &Value,
    style: Option<(&str, bool)>,
) -> Result<Vec<(String, String)>, Unsendable> {
    let (style, explode) = style.unwrap_or(("form", true));
    pairs(name, value, Form { style, explode, reserved: false }, true)
}

/// A whole query string (`in: querystring`, 3.2).
pub(super) fn whole(parameter: Option<&Parameter<'_>>, value: &Value) -> Result<Vec<(String, String)>, Unsendable> {
    let media = parameter.and_then(|parameter| parameter.content().into_iter().next());
    if media.is_some_and(|media| media.name.contains("json")) {
        return Ok(vec![(String::new(), encoded(&value.to_string()))]);
    }
    let Value::Object(members) = value else { return Err(Unsendable::NotAForm) };
    if members.is_empty() {
        return Err(Unsendable::Empty);
    }
    let all = members.iter().map(|(name, value)| field(name, value, None)).collect::<Result<Vec<_>, _>>()?;
    Ok(all.into_iter().flatten().collect())
}

/// The text of a header parameter.
pub(super) fn header(parameter: Option<&Parameter<'_>>, value: &Value) -> Result<String, Unsendable> {
    let explode = parameter.is_some_and(|parameter| parameter.style().explode);
    let delimiter = Form::of(parameter, "simple").delimiter().1;
    line(value, has_content(parameter), (explode, delimiter))
}

/// The text of a header of a response.
pub(super) fn response_header(header: Option<&Header<'_>>, value: &Value) -> Result<String, Unsendable> {
    let content = header.is_some_and(|header| header.place.get("content").is_some());
    let form =
        header.map_or(Form { style: "simple", explode: false, reserved: false }, |header| Form::from(header.style()));
    line(value, content, (form.explode, form.delimiter().1))
}

fn line(value: &Value, content: bool, form: (bool, char)) -> Result<String, Unsendable> {
    let text = if content { value.to_string() } else { simple(value, form)? };
    if text.chars().any(char::is_control) {
        return Err(Unsendable::Control);
    }
    if !text.is_ascii() {
        return Err(Unsendable::NotAscii);
    }
    if text.is_empty() {
        return Err(Unsendable::EmptyString);
    }
    if text.trim() == text { Ok(text) } else { Err(Unsendable::Blanks) }
}

/// Style `simple`, with the delimiter of its lists.
fn simple(value: &Value, (explode, delimiter): (bool, char)) -> Result<String, Unsendable> {
    let trimmed = |value: &Value, delimiters: &[char]| {
        let text = part(value, delimiters)?;
        if text.trim() == text { Ok(text) } else { Err(Unsendable::Blanks) }
    };
    let parts: Result<Vec<String>, Unsendable> = match value {
        Value::Array(items) if items.is_empty() => return Err(Unsendable::Empty),
        Value::Object(members) if members.is_empty() => return Err(Unsendable::Empty),
        Value::Array(items) => {
            let parts = items.iter().map(|item| trimmed(item, &[delimiter])).collect::<Result<Vec<_>, _>>()?;
            return Ok(parts.join(delimiter.encode_utf8(&mut [0; 4])));
        }
        Value::Object(members) => {
            let one = |(key, value): (&String, &Value)| {
                let (key, value) = (trimmed(&Value::from(key.as_str()), &[',', '='])?, trimmed(value, &[',', '='])?);
                Ok(if explode { format!("{key}={value}") } else { format!("{key},{value}") })
            };
            members.iter().map(one).collect()
        }
        _ => return scalar(value),
    };
    Ok(parts?.join(","))
}

/// The pairs of a cookie parameter.
pub(super) fn cookie(
    parameter: Option<&Parameter<'_>>,
    name: &str,
    value: &Value,
) -> Result<Vec<(String, String)>, Unsendable> {
    let form = Form::of(parameter, "form");
    let raw = if has_content(parameter) {
        vec![(name.to_owned(), encoded(&value.to_string()))]
    } else {
        // An exploded object or list is several cookies.
        let all = match value {
            Value::Object(members) if form.explode && !members.is_empty() => members
                .iter()
                .map(|(key, value)| Ok((key.clone(), part(value, &[])?)))
                .collect::<Result<Vec<_>, Unsendable>>()?,
            Value::Array(items) if form.explode && items.len() > 1 => return Err(Unsendable::Nested),
            Value::Array(_) | Value::Object(_) => vec![(name.to_owned(), simple(value, (false, ','))?)],
            _ => vec![(name.to_owned(), part(value, &[])?)],
        };
        // RFC 6265 4.1.1, `cookie-octet`.
        if all.iter().any(|(_, text)| text.contains([';', '"', '\\', ' '])) {
            return Err(Unsendable::Delimiter);
        }
        all
    };
    for (_, text) in &raw {
        if text.chars().any(char::is_control) {
            return Err(Unsendable::Control);
        }
        if !text.is_ascii() {
            return Err(Unsendable::NotAscii);
        }
    }
    Ok(raw)
}

/// The text of a path parameter, encoded.
pub(super) fn path(parameter: &Parameter<'_>, value: &Value) -> Result<String, Unsendable> {
    let form = Form::of(Some(parameter), "simple");
    let name = parameter.name;
    let text = |text: String| escape(&text, b"-._~:@");
    let plain = |value: &Value, delimiters: &[char]| {
        let written = part(value, delimiters)?;
        if written.contains('/') { Err(Unsendable::Slash) } else { Ok(text(written)) }
    };
    let joint = match (form.style, form.explode) {
        ("label", true) => ".",
        ("matrix", true) => ";",
        _ => ",",
    };
    let marks: &[char] = if form.style == "simple" { &[','] } else { &[',', '.', ';', '='] };
    let body = match value {
        Value::Array(items) if items.is_empty() => return Err(Unsendable::Empty),
        Value::Object(members) if members.is_empty() => return Err(Unsendable::Empty),
        Value::Array(items) => {
            let parts = items.iter().map(|item| {
                let text = plain(item, marks)?;
                Ok(if form.style == "matrix" && form.explode { format!("{name}={text}") } else { text })
            });
            parts.collect::<Result<Vec<_>, _>>()?.join(joint)
        }
        Value::Object(members) => {
            let parts = members.iter().map(|(key, value)| {
                let (key, value) = (plain(&Value::from(key.as_str()), marks)?, plain(value, marks)?);
                Ok(if form.explode { format!("{key}={value}") } else { format!("{key},{value}") })
            });
            parts.collect::<Result<Vec<_>, _>>()?.join(joint)
        }
        _ => plain(value, if form.style == "label" { &['.'] } else { &[] })?,
    };
    let whole =
        match (form.style, form.explode && !matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_))) {
            ("label", _) => format!(".{body}"),
            ("matrix", true) => format!(";{body}"),
            ("matrix", false) => format!(";{name}={body}"),
            _ => body,
        };
    // Dots alone lead elsewhere (RFC 3986 5.2.4).
    if matches!(whole.as_str(), "." | "..") { Err(Unsendable::Slash) } else { Ok(whole) }
}

/// Where the text of a parameter is taken from.
pub(in crate::diff::message) enum Source<'a> {
    /// The message.
    Message(&'a Index<'a>),
    /// The text that stands for a variable of the path, decoded.
    Path(&'a str),
}

/// The values that a parameter of a message may have for its reader; none where it is not there.
pub(in crate::diff::message) fn read(
    parameter: &Parameter<'_>,
    schema: Option<&SchemaRef<'_>>,
    source: &Source<'_>,
    known: &[Parameter<'_>],
) -> Vec<Value> {
    let usual = match parameter.location {
        Some(ParameterIn::Path | ParameterIn::Header) => "simple",
        _ => "form",
    };
    let form = Form::of(Some(parameter), usual);
    let kinds = Kinds::of(schema);
    let name = parameter.name;
    let found: Vec<String> = match source {
        // Decoded already.
        Source::Path(text) => vec![text.replace('%', "%25")],
        Source::Message(index) => match parameter.location {
            Some(ParameterIn::QueryString) => return content::read_query(parameter, &index.message.query, &kinds),
            Some(location) => index.texts(location, name),
            None => Vec::new(),
        },
    };
    if has_content(Some(parameter)) {
        return found.iter().filter_map(|text| serde_json::from_str(&decoded(text)).ok()).collect();
    }
    // What stands under its name is meant before what may be a property of it.
    let mut out = if found.is_empty() { Vec::new() } else { texts(&found, form, name, &kinds) };
    if kinds.object()
        && let Source::Message(Index { message, .. }) = source
    {
        let pairs = match parameter.location {
            Some(ParameterIn::Query) => &message.query,
            Some(ParameterIn::Cookie) => &message.cookies,
            _ => &Vec::new(),
        };
        let members: Vec<(String, String)> = if form.style == "deepObject" {
            let inner =
                |key: &str| Some(decoded(key).strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')?.to_owned());
            pairs.iter().filter_map(|(key, value)| Some((inner(key)?, decoded(value)))).collect()
        } else if form.explode {
            let own = pairs.iter().map(|(key, value)| (decoded(key), decoded(value)));
            // Names of other parameters are no properties of this one.
            let beside = known.iter().filter(|other| other.location == parameter.location && other.name != name);
            let beside: FxHashSet<&str> = beside.map(|other| other.name).collect();
            own.filter(|(key, _)| !beside.contains(key.as_str())).collect()
        } else {
            Vec::new()
        };
        if !members.is_empty() {
            out.extend(object(&members, &kinds));
        }
    }
    out
}

/// What the texts under one name may stand for.
fn texts(found: &[String], form: Form<'_>, name: &str, kinds: &Kinds<'_>) -> Vec<Value> {
    let (_, delimiter) = form.delimiter();
    let bare: Vec<String> = found
        .iter()
        .map(|text| match form.style {
            "label" => text.strip_prefix('.').unwrap_or(text).to_owned(),
            "matrix" => text.strip_prefix(';').unwrap_or(text).to_owned(),
            _ => decoded(text),
        })
        .collect();
    let last = bare.last().cloned().unwrap_or_default();
    let valued =
        |text: &str| text.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')).unwrap_or(text).to_owned();
    let last = if form.style == "matrix" && !(form.explode && kinds.object()) { valued(&last) } else { last };
    let mut out = Vec::new();
    // Several values under one name are no scalar.
    if kinds.scalar() && bare.len() == 1 {
        out.extend(scalars(&last, kinds));
    }
    if kinds.array() {
        let items: Vec<String> = match (form.style, form.explode) {
            ("form" | "cookie", true) => bare.clone(),
            ("matrix", true) => bare.iter().flat_map(|text| text.split(';')).map(valued).collect(),
            _ => last.split(delimiter).map(str::to_owned).collect(),
        };
        out.extend(list(&items, kinds));
    }
    if kinds.object() {
        let members = match (form.style, form.explode) {
            ("simple" | "label" | "matrix", true) => {
                let between = if form.style == "matrix" { ';' } else { delimiter };
                last.split(between)
                    .filter_map(|part| part.split_once('='))
                    .map(|(k, v)| (k.to_owned(), v.to_owned()))
                    .collect()
            }
            ("form", true) | ("deepObject", _) => Vec::new(),
            _ => {
                let parts: Vec<&str> = last.split(delimiter).collect();
                parts.chunks_exact(2).map(|pair| (pair[0].to_owned(), pair[1].to_owned())).collect::<Vec<_>>()
            }
        };
        if !members.is_empty() {
            out.extend(object(&members, kinds));
        }
    }
    if out.is_empty() {
        out.push(if bare.len() > 1 { Value::from(bare) } else { Value::from(last) });
    }
    out
}

/// The values that a header of a response may have for its reader.
pub(in crate::diff::message) fn read_header(
    header: &Header<'_>,
    schema: Option<&SchemaRef<'_>>,
    text: &str,
) -> Vec<Value> {
    if header.place.get("content").is_some() {
        return serde_json::from_str(text).into_iter().collect();
    }
    let form = Form::from(header.style());
    // A header field is not percent-encoded.
    let kinds = Kinds::of(schema);
    texts(&[text.replace('%', "%25")], form, header.name, &kinds)
}
