//! What bodies are made of: JSON, forms, text, XML, or plain bytes; and which schemas describe bytes.
//!
//! The comparison and the linter ask here, so that a file is one thing in every notation.

use crate::workspace::Place;

/// What a media type says about its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaKind {
    /// JSON, or what has its data model: YAML, CBOR, streams of JSON, the claims of a JWT.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    FormData,
    /// Other `multipart` types.
    Multipart,
    /// XML.
    Xml,
    /// Text.
    Text,
    /// A type of a vendor that does not say what it is made of.
    Vendor,
    /// Bytes of another kind, such as images and archives: no JSON type describes them.
    Bytes,
    /// A range that covers several kinds.
    Any,
}

impl MediaKind {
    /// Reads the name of a media type or range.
    pub fn of(name: &str) -> MediaKind {
        let essence = name.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let Some((kind, subtype)) = essence.split_once('/') else { return MediaKind::Any };
        let suffix = subtype.rsplit_once('+').map_or(subtype, |(_, suffix)| suffix);
        match (kind, suffix) {
            ("*", _) | ("application", "*") => MediaKind::Any,
            ("application", "x-www-form-urlencoded") => MediaKind::Form,
            ("multipart", "form-data") => MediaKind::FormData,
            ("multipart", _) => MediaKind::Multipart,
            (_, "xml") => MediaKind::Xml,
            (
                _,
                "json" | "json-seq" | "x-ndjson" | "ndjson" | "jsonl" | "x-jsonlines" | "jsonlines" | "json5" | "yaml"
                | "x-yaml" | "cbor" | "cbor-seq" | "msgpack" | "x-msgpack" | "bson" | "jwt" | "jose",
            ) => MediaKind::Json,
            ("text", _) => MediaKind::Text,
            ("application", name) if name.starts_with("vnd.") || name.starts_with("x-") || name.starts_with("prs.") => {
                MediaKind::Vendor
            }
            _ => MediaKind::Bytes,
        }
    }

    /// Returns the name that the object model has for it.
    pub fn name(self) -> &'static str {
        match self {
            MediaKind::Json => "json",
            MediaKind::Form => "form",
            MediaKind::FormData => "form-data",
            MediaKind::Multipart => "multipart",
            MediaKind::Xml => "xml",
            MediaKind::Text => "text",
            MediaKind::Vendor => "vendor",
            MediaKind::Bytes => "bytes",
            MediaKind::Any => "any",
        }
    }

    /// Returns whether values are written as text without types.
    pub fn is_text(self) -> bool {
        matches!(self, MediaKind::Xml | MediaKind::Text | MediaKind::Form | MediaKind::FormData)
    }

    /// Returns whether bodies are JSON values, or may be.
    pub fn is_json(self) -> bool {
        matches!(self, MediaKind::Json | MediaKind::Any)
    }

    /// Returns whether bodies have parts, each with a media type of its own.
    pub fn is_multipart(self) -> bool {
        matches!(self, MediaKind::FormData | MediaKind::Multipart)
    }
}

/// What a schema says about the bytes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bytes {
    /// It describes a file: 2.0 `type: file`, `format: binary`, or the media type of content that is not encoded.
    File,
    /// It says nothing about values: a file, where bytes are what is sent by default.
    Open,
    /// It describes something else.
    Value,
}

impl Bytes {
    /// Reads a schema by its keywords. `keywords` are those that are written, `get` gives their values.
    pub fn of<'k, 'w>(keywords: impl IntoIterator<Item = &'k str>, get: impl Fn(&str) -> Option<Place<'w>>) -> Bytes {
        let text = |key: &str| get(key).and_then(Place::as_str);
        // Of a file, `type` says no more than that it is no JSON: `string`, with `null` beside it where it may be absent.
        let plain = get("type").is_none_or(|place| {
            let list = place.is_seq() && place.elements().all(|element| matches!(element.text(), "string" | "null"));
            list || matches!(place.as_str(), Some("string" | "file"))
        });
        let encoded = text("contentEncoding").is_some_and(|name| !matches!(name, "" | "binary" | "8bit" | "7bit"));
        if !plain || encoded {
            return Bytes::Value;
        }
        let media = text("contentMediaType").map(MediaKind::of);
        if text("type") == Some("file")
            || text("format") == Some("binary")
            || media.is_some_and(|kind| matches!(kind, MediaKind::Bytes | MediaKind::Vendor | MediaKind::Any))
        {
            return Bytes::File;
        }
        if keywords.into_iter().all(is_annotation) { Bytes::Open } else { Bytes::Value }
    }

    /// Reads the schema at a place, references followed.
    pub fn at(schema: Place<'_>) -> Bytes {
        let target = schema.resolved();
        match target.as_bool() {
            Some(true) => Bytes::Open,
            Some(false) => Bytes::Value,
            None if target.is_map() => Bytes::of(target.members().map(|member| member.name), |key| target.get(key)),
            None => Bytes::Value,
        }
    }
}

/// Returns whether a keyword says nothing about which values are valid.
pub fn is_annotation(keyword: &str) -> bool {
    ANNOTATIONS.contains(&keyword) || keyword.starts_with("x-")
}

/// Keywords that say nothing about values.
const ANNOTATIONS: [&str; 11] = [
    "title",
    "description",
    "example",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "externalDocs",
    "$comment",
    "$id",
    "xml",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Workspace;

    #[test]
    fn media_types_say_what_they_are_made_of() {
        for (name, kind) in [
            ("application/json; charset=utf-8", MediaKind::Json),
            ("application/problem+json", MediaKind::Json),
            ("application/x-ndjson", MediaKind::Json),
            ("application/yaml", MediaKind::Json),
            ("application/jwt", MediaKind::Json),
            ("text/xml", MediaKind::Xml),
            ("application/soap+xml", MediaKind::Xml),
            ("text/csv", MediaKind::Text),
            ("multipart/form-data; boundary=x", MediaKind::FormData),
            ("multipart/mixed", MediaKind::Multipart),
            ("application/x-www-form-urlencoded", MediaKind::Form),
            ("application/octet-stream", MediaKind::Bytes),
            ("image/png", MediaKind::Bytes),
            ("image/svg+xml", MediaKind::Xml),
            ("application/vnd.acme.v1", MediaKind::Vendor),
            ("*/*", MediaKind::Any),
            ("application/*", MediaKind::Any),
        ] {
            assert_eq!(MediaKind::of(name), kind, "{name}");
        }
    }

    #[test]
    fn a_file_is_bytes_in_every_notation() {
        let read = |text: &str| Bytes::at(Workspace::from_text("a.yaml", text).root());
        for text in [
            "{type: file}",
            "{type: string, format: binary}",
            "{format: binary}",
            "{type: string, contentMediaType: application/octet-stream}",
            "{contentMediaType: image/png}",
            "{type: [string, 'null'], format: binary}",
        ] {
            assert_eq!(read(text), Bytes::File, "{text}");
        }
        for text in ["{}", "{description: d}", "true"] {
            assert_eq!(read(text), Bytes::Open, "{text}");
        }
        for text in [
            "{type: string}",
            "{type: string, contentMediaType: application/json}",
            "{type: string, contentMediaType: image/png, contentEncoding: base64}",
            "{type: object, format: binary}",
            "false",
        ] {
            assert_eq!(read(text), Bytes::Value, "{text}");
        }
    }
}
