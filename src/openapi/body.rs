//! What travels in bodies and headers: request bodies, responses, media types, headers, links.

use super::{Api, Operation, SchemaRef, StatusKey, Style, Version};
use crate::workspace::Place;

/// A request body.
#[derive(Clone, Debug)]
pub struct Body<'w> {
    /// As written, maybe a reference; 2.0: the body parameter or the first form parameter.
    pub at: Place<'w>,
    /// The Request Body Object, or the 2.0 parameter.
    pub place: Place<'w>,
    /// Whether a request must have one.
    pub required: bool,
    /// Its media types in document order.
    pub media_types: Vec<MediaType<'w>>,
}

/// A media type of a body, response, parameter or header.
#[derive(Clone, Debug)]
pub struct MediaType<'w> {
    /// The key, e.g. `application/json` or `text/*`.
    pub name: &'w str,
    /// The Media Type Object; 2.0: what holds the schema.
    pub place: Place<'w>,
    /// The schema, if any.
    pub schema: Option<SchemaRef<'w>>,
    /// The schema of the items of a stream (3.2 `itemSchema`).
    pub item_schema: Option<SchemaRef<'w>>,
    /// 2.0: its entry in `consumes` or `produces`, where one is written.
    pub listed: Option<Place<'w>>,
}

/// A response of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Response<'w> {
    /// The operation.
    pub operation: Operation<'w>,
    /// The key as written: `200`, `4XX` or `default`.
    pub status: &'w str,
    /// The status codes that the key stands for.
    pub key: StatusKey<'w>,
    /// As written, maybe a reference.
    pub at: Place<'w>,
    /// The Response Object.
    pub place: Place<'w>,
}

/// A header of a response or of a part of a multipart body.
#[derive(Clone, Copy, Debug)]
pub struct Header<'w> {
    /// The contract.
    pub api: Api<'w>,
    /// Its name as written.
    pub name: &'w str,
    /// As written, maybe a reference.
    pub at: Place<'w>,
    /// The Header Object.
    pub place: Place<'w>,
}

/// A link of a response (3.x).
#[derive(Clone, Copy, Debug)]
pub struct Link<'w> {
    /// Its name.
    pub name: &'w str,
    /// As written, maybe a reference.
    pub at: Place<'w>,
    /// The Link Object.
    pub place: Place<'w>,
}

/// The media types under `content` of a place.
pub(super) fn content<'w>(api: Api<'w>, holder: Place<'w>) -> Vec<MediaType<'w>> {
    let members = holder.get_resolved("content").into_iter().flat_map(Place::members);
    members
        .filter(|member| !member.name.starts_with("x-"))
        .map(|member| media_type(api, member.name, member.value))
        .collect()
}

fn media_type<'w>(api: Api<'w>, name: &'w str, at: Place<'w>) -> MediaType<'w> {
    // 3.2 allows references to `components.mediaTypes` here.
    let place = at.resolved();
    let item_schema = if api.version() >= Version::V3_2 { place.get("itemSchema").map(SchemaRef::At) } else { None };
    MediaType { name, place, schema: place.get("schema").map(SchemaRef::At), item_schema, listed: None }
}

/// The body of a 3.x operation.
pub(super) fn of_request<'w>(api: Api<'w>, at: Place<'w>) -> Option<Body<'w>> {
    let place = at.resolve().ok()?;
    let required = place.get_bool("required").unwrap_or(false);
    Some(Body { at, place, required, media_types: content(api, place) })
}

/// The body of a 2.0 operation.
pub(super) fn of_swagger<'w>(operation: &Operation<'w>) -> Option<Body<'w>> {
    let mut names = operation.swagger_media("consumes");
    let mut parameters = operation.all_parameters();
    parameters.retain(|parameter| parameter.location.is_none());
    let is_body = |parameter: &&super::Parameter<'w>| parameter.place.get_str("in") == Some("body");
    if let Some(body) = parameters.iter().find(is_body) {
        if names.is_empty() {
            names.push(("application/json", None));
        }
        let schema = body.place.get("schema").map(SchemaRef::At);
        let media =
            |(name, listed)| MediaType { name, place: body.place, schema: schema.clone(), item_schema: None, listed };
        let media_types = names.into_iter().map(media).collect();
        return Some(Body { at: body.at, place: body.place, required: body.required(), media_types });
    }
    let fields = parameters;
    let first = *fields.first()?;
    let is_form = |(name, _): &(&str, Option<Place<'w>>)| {
        name.starts_with("multipart/") || *name == "application/x-www-form-urlencoded"
    };
    names.retain(is_form);
    if names.is_empty() {
        let file = fields.iter().any(|field| field.place.get_str("type") == Some("file"));
        names.push((if file { "multipart/form-data" } else { "application/x-www-form-urlencoded" }, None));
    }
    let required = fields.iter().any(super::Parameter::required);
    let schema = SchemaRef::Form(fields);
    let media = |(name, listed)| MediaType {
        name,
        place: first.place,
        schema: Some(schema.clone()),
        item_schema: None,
        listed,
    };
    let media_types = names.into_iter().map(media).collect();
    Some(Body { at: first.at, place: first.place, required, media_types })
}

impl<'w> Response<'w> {
    pub(super) fn new(operation: Operation<'w>, status: &'w str, at: Place<'w>) -> Self {
        Response { operation, status, key: StatusKey::parse(status), at, place: at.resolved() }
    }

    /// Returns whether it stands for success: `2XX` or a status code of 200 to 299.
    pub fn is_success(&self) -> bool {
        self.key.is_success()
    }

    /// Its media types; 2.0: the `schema` under each type of `produces` (`*/*` when there is none).
    pub fn media_types(&self) -> Vec<MediaType<'w>> {
        let api = self.operation.api();
        if api.version() != Version::V2_0 {
            return content(api, self.place);
        }
        let Some(schema) = self.place.get("schema") else { return Vec::new() };
        let mut names = self.operation.swagger_media("produces");
        if names.is_empty() {
            names.push(("*/*", None));
        }
        let schema = Some(SchemaRef::At(schema));
        let media =
            |(name, listed)| MediaType { name, place: self.place, schema: schema.clone(), item_schema: None, listed };
        names.into_iter().map(media).collect()
    }

    /// Its headers; `Content-Type` describes nothing and is left out (OpenAPI 3.x, section Response Object).
    pub fn headers(&self) -> Vec<Header<'w>> {
        headers(self.operation.api(), self.place)
    }

    /// Its links.
    pub fn links(&self) -> Vec<Link<'w>> {
        let members = self.place.get_resolved("links").into_iter().flat_map(Place::members);
        members.map(|member| Link { name: member.name, at: member.value, place: member.value.resolved() }).collect()
    }
}

/// The headers under `headers` of a place.
pub(super) fn headers<'w>(api: Api<'w>, holder: Place<'w>) -> Vec<Header<'w>> {
    let members = holder.get_resolved("headers").into_iter().flat_map(Place::members);
    members
        .filter(|member| !member.name.eq_ignore_ascii_case("content-type") && !member.name.starts_with("x-ms-"))
        .map(|member| Header { api, name: member.name, at: member.value, place: member.value.resolved() })
        .collect()
}

impl<'w> Header<'w> {
    /// Whether it is always sent.
    pub fn required(&self) -> bool {
        self.place.get_bool("required").unwrap_or(false)
    }

    /// `deprecated`.
    pub fn deprecated(&self) -> bool {
        self.place.get_bool("deprecated").unwrap_or(false)
    }

    /// Its schema; 2.0: the header itself.
    pub fn schema(&self) -> Option<SchemaRef<'w>> {
        match self.place.get("schema") {
            Some(schema) => Some(SchemaRef::At(schema)),
            None if self.api.version() == Version::V2_0 => Some(SchemaRef::Inline(self.place)),
            None => None,
        }
    }

    /// How its values are written: always in `simple` style, but for the lists of 2.0.
    pub fn style(&self) -> Style<'w> {
        if self.api.version() == Version::V2_0 {
            return Style::of_collection(self.place, "simple");
        }
        Style { name: "simple", explode: self.place.get_bool("explode") == Some(true), allow_reserved: false }
    }

    /// The media types of `content`, which stands instead of `schema`.
    pub fn content(&self) -> Vec<MediaType<'w>> {
        content(self.api, self.place)
    }
}

impl<'w> MediaType<'w> {
    /// The Encoding Object of a property, if any.
    pub fn encoding(&self, property: &str) -> Option<Place<'w>> {
        self.place.get("encoding")?.get(property)
    }
}
