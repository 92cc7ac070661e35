//! What the rules about standards ask of one message: headers of requests and responses, members of bodies.

use super::super::facts::is_json;
use super::super::schema;
use crate::openapi::{Operation, Parameter, ParameterIn, Response, SchemaRef, StatusKey};
use crate::workspace::Place;

/// The request header of this name.
pub(super) fn request_header<'w>(operation: &Operation<'w>, name: &str) -> Option<Parameter<'w>> {
    let mut headers = operation.parameters().into_iter().filter(|p| p.location == Some(ParameterIn::Header));
    headers.find(|header| header.name.eq_ignore_ascii_case(name))
}

/// Whether a response has a header of this name.
pub(super) fn response_header(response: &Response<'_>, name: &str) -> bool {
    response.headers().iter().any(|header| header.name.eq_ignore_ascii_case(name))
}

/// The schemas of the JSON bodies of a response (tokens that carry JSON included).
pub(super) fn bodies<'w>(response: &Response<'w>) -> Vec<Place<'w>> {
    let media = response.media_types().into_iter();
    media
        .filter(|media| is_json(media.name) || media.name.contains("jwt"))
        .filter_map(|media| media.schema?.place())
        .collect()
}

/// The schema of the body of a request.
pub(super) fn body<'w>(operation: &Operation<'w>) -> Option<Place<'w>> {
    operation.body()?.media_types.iter().find_map(|media| media.schema.as_ref().and_then(SchemaRef::place))
}

/// A property of a schema, `allOf` branches included.
pub(super) fn member<'w>(schema: Place<'w>, name: &str) -> Option<Place<'w>> {
    schema::properties(schema).into_iter().find(|(found, _)| *found == name).map(|(_, place)| place)
}

/// Returns whether the operation describes the status code, by itself, in a range or by `default`.
pub(super) fn describes(operation: &Operation<'_>, status: u16) -> bool {
    operation.responses().iter().any(|response| response.key.covers(StatusKey::Exact(status)))
}

/// The value of a numeric keyword of a parameter.
pub(super) fn keyword(parameter: &Parameter<'_>, name: &str) -> Option<u64> {
    schema::keyword(parameter.schema()?.place()?, name)?.as_u64()
}
