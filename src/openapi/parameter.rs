//! Parameter Objects and how their values are written into a request.

use super::model::{Around, Meaning, meaning};
use super::{Api, MediaType, SchemaRef, Version, body, operation};
use crate::workspace::Place;
use std::borrow::Cow;

/// Where a parameter stands in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParameterIn {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// The whole query (3.2).
    QueryString,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
}

impl ParameterIn {
    /// The value of `in`.
    pub fn name(self) -> &'static str {
        match self {
            ParameterIn::Path => "path",
            ParameterIn::Query => "query",
            ParameterIn::QueryString => "querystring",
            ParameterIn::Header => "header",
            ParameterIn::Cookie => "cookie",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "path" => ParameterIn::Path,
            "query" => ParameterIn::Query,
            "querystring" => ParameterIn::QueryString,
            "header" => ParameterIn::Header,
            "cookie" => ParameterIn::Cookie,
            _ => return None,
        })
    }
}

/// How arrays and objects are written (OpenAPI 3.x `style` with `explode`; 2.0 `collectionFormat`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style<'w> {
    /// `form`, `simple`, `spaceDelimited`, `tabDelimited` (2.0 `tsv`), …
    pub name: &'w str,
    /// Whether each value gets a name or place of its own.
    pub explode: bool,
    /// Whether reserved characters are sent unescaped.
    pub allow_reserved: bool,
}

impl<'w> Style<'w> {
    /// Reads `collectionFormat` (2.0) of a parameter or header; lists with commas are of the `usual` style.
    pub(super) fn of_collection(place: Place<'w>, usual: &'w str) -> Self {
        let (name, explode) = match place.get_str("collectionFormat") {
            Some("multi") => ("form", true),
            Some("ssv") => ("spaceDelimited", false),
            Some("tsv") => ("tabDelimited", false),
            Some("pipes") => ("pipeDelimited", false),
            _ => (usual, false),
        };
        Style { name, explode, allow_reserved: false }
    }
}

/// A parameter of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Parameter<'w> {
    /// The contract.
    pub api: Api<'w>,
    /// Its name.
    pub name: &'w str,
    /// Its place in the request; `None` for 2.0 `body` and `formData`.
    pub location: Option<ParameterIn>,
    /// As written, maybe a reference.
    pub at: Place<'w>,
    /// The Parameter Object.
    pub place: Place<'w>,
}

impl<'w> Parameter<'w> {
    /// Reads an element of `parameters`. `None` when it has no `name`, no valid `in`, or leads nowhere.
    pub fn new(api: Api<'w>, at: Place<'w>) -> Option<Self> {
        let place = at.resolve().ok()?;
        let name = place.get_str("name")?;
        let text = place.get_str("in")?;
        let location = ParameterIn::parse(text);
        let swagger = api.version() == Version::V2_0 && matches!(text, "body" | "formData");
        (location.is_some() || swagger).then_some(Parameter { api, name, location, at, place })
    }

    /// What tells parameters of an operation apart: the place, and the name as the place reads it.
    pub(super) fn identity(&self) -> (Option<ParameterIn>, Option<&'w str>, Cow<'w, str>) {
        let name = match self.location {
            Some(ParameterIn::Header) => Cow::Owned(self.name.to_ascii_lowercase()),
            _ => Cow::Borrowed(self.name),
        };
        let place = self.place.get_str("in").filter(|_| self.location.is_none());
        (self.location, place, name)
    }

    pub(super) fn is_ignored(&self) -> bool {
        operation::ignored_header(self, self.api.version())
    }

    /// Whether a version has it ignored: what the header says is described elsewhere.
    pub fn is_ignored_in(&self, version: Version) -> bool {
        operation::ignored_header(self, version)
    }

    /// Whether a request must have it. Path parameters always must.
    pub fn required(&self) -> bool {
        self.location == Some(ParameterIn::Path) || self.place.get_bool("required").unwrap_or(false)
    }

    /// `deprecated`.
    pub fn deprecated(&self) -> bool {
        self.place.get_bool("deprecated").unwrap_or(false)
    }

    /// What a field of it means where it stands.
    pub fn meaning(&self, field: &str) -> Meaning {
        meaning("Parameter", self.place, field, self.api.version(), Around::default())
    }

    /// `allowEmptyValue`, where it means something.
    pub fn allow_empty_value(&self) -> bool {
        self.flag("allowEmptyValue").unwrap_or(false)
    }

    fn flag(&self, field: &str) -> Option<bool> {
        self.place.get_bool(field).filter(|_| self.meaning(field) != Meaning::Nothing)
    }

    /// Its schema: `schema`; 2.0: the parameter itself, or the `schema` of a body.
    pub fn schema(&self) -> Option<SchemaRef<'w>> {
        match self.place.get("schema") {
            Some(schema) => Some(SchemaRef::At(schema)),
            None if self.api.version() == Version::V2_0 => Some(SchemaRef::Inline(self.place)),
            None => None,
        }
    }

    /// The media types of `content` (3.x), which stands instead of `schema`.
    pub fn content(&self) -> Vec<MediaType<'w>> {
        body::content(self.api, self.place)
    }

    /// Its effective style, defaults filled in.
    pub fn style(&self) -> Style<'w> {
        if self.api.version() == Version::V2_0 {
            let query = matches!(self.place.get_str("in"), Some("query" | "formData"));
            return Style::of_collection(self.place, if query { "form" } else { "simple" });
        }
        let style = self.place.get_str("style").filter(|_| self.meaning("style") != Meaning::Nothing);
        let name = style.unwrap_or(match self.location {
            Some(ParameterIn::Path | ParameterIn::Header) => "simple",
            _ => "form",
        });
        let explode = self.flag("explode").unwrap_or(matches!(name, "form" | "cookie"));
        let allow_reserved = self.flag("allowReserved").unwrap_or(false);
        Style { name, explode, allow_reserved }
    }

    /// How people name it: `query parameter limit`.
    pub fn label(&self) -> String {
        let place = self.location.map_or("form", ParameterIn::name);
        format!("{place} parameter `{}`", self.name)
    }
}
