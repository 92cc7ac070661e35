//! Conversion of a 3.0 contract to the types of the `openapiv3` crate, for programs that build on them.
//!
//! Takes an [`Api`]; gives an [`openapiv3::OpenAPI`], references as written. The crate reads with serde and knows no
//! places; where it refuses a contract, the smallest part that it refuses is searched for.

use super::model::{FieldType, model};
use super::{Api, Version};
use crate::diagnostic::{Diagnostic, Severity};
use crate::workspace::Place;
use openapiv3::{
    Callback, Example, Header, Link, Operation, Parameter, PathItem, ReferenceOr, RequestBody, Response, Schema,
    SecurityScheme,
};
use serde::de::DeserializeOwned;

/// The contract as the `openapiv3` crate sees it.
///
/// # Errors
/// A diagnostic `convert-openapiv3` when the contract is not OpenAPI 3.0, or when the crate refuses it: at the smallest
/// path item, operation or component that it refuses, with the crate's words.
pub fn to_openapiv3(api: &Api<'_>) -> Result<openapiv3::OpenAPI, Box<Diagnostic>> {
    let root = api.root();
    if api.version() != Version::V3_0 {
        let place = root.get("openapi").or_else(|| root.get("swagger")).unwrap_or(root);
        let message = format!("only OpenAPI 3.0 can be converted; this contract is OpenAPI {}", api.version());
        return Err(fault(place, message));
    }
    serde_json::from_value(root.to_json()).map_err(|error| {
        let (place, reason) = refused(root).unwrap_or((root, error.to_string()));
        fault(place, format!("this cannot be read as OpenAPI 3.0 by the `openapiv3` crate: {reason}"))
    })
}

fn fault(place: Place<'_>, message: String) -> Box<Diagnostic> {
    Box::new(Diagnostic::new("convert-openapiv3", Severity::Error, message, place.location()))
}

/// A part that the crate refuses, and why.
type Refused<'w> = Option<(Place<'w>, String)>;

/// The first part of the contract that the crate refuses.
fn refused(root: Place<'_>) -> Refused<'_> {
    let paths = root.get("paths").into_iter().flat_map(Place::members);
    let in_paths = paths.filter(|member| member.name.starts_with('/')).find_map(|member| path_item(member.value));
    in_paths.or_else(|| root.get("components").and_then(components))
}

fn path_item(place: Place<'_>) -> Refused<'_> {
    let whole = try_as::<ReferenceOr<PathItem>>(place)?;
    let item = model().find("PathItem", Version::V3_0)?;
    let operation = model().id("Operation").map(FieldType::Object);
    let is_operation = |name| item.field(name, Version::V3_0).map(|field| &field.ty) == operation.as_ref();
    let mut operations = place.members().filter(|member| is_operation(member.name));
    operations.find_map(|member| try_as::<Operation>(member.value)).or(Some(whole))
}

fn components(place: Place<'_>) -> Refused<'_> {
    place.members().find_map(|kind| {
        let check: fn(Place<'_>) -> Refused<'_> = match kind.name {
            "schemas" => try_as::<ReferenceOr<Schema>>,
            "responses" => try_as::<ReferenceOr<Response>>,
            "parameters" => try_as::<ReferenceOr<Parameter>>,
            "examples" => try_as::<ReferenceOr<Example>>,
            "requestBodies" => try_as::<ReferenceOr<RequestBody>>,
            "headers" => try_as::<ReferenceOr<Header>>,
            "securitySchemes" => try_as::<ReferenceOr<SecurityScheme>>,
            "links" => try_as::<ReferenceOr<Link>>,
            "callbacks" => try_as::<ReferenceOr<Callback>>,
            _ => return None,
        };
        kind.value.members().find_map(|member| check(member.value))
    })
}

/// The place and the reason, if it cannot be read as a `T`.
fn try_as<T: DeserializeOwned>(place: Place<'_>) -> Refused<'_> {
    serde_json::from_value::<T>(place.to_json()).err().map(|error| (place, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Workspace;

    const HEAD: &str = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\n";

    #[test]
    fn a_contract_is_converted_with_its_references_as_written() {
        let text = format!(
            "{HEAD}paths:\n  /a/{{id}}:\n    get:\n      operationId: getA\n      parameters:\n      - {{$ref: '#/components/parameters/Id'}}\n\
             \x20     responses: {{'200': {{description: d}}}}\ncomponents:\n  parameters:\n    Id: {{name: id, in: path, required: true, schema: {{type: string}}}}\n"
        );
        let workspace = Workspace::from_text("api.yaml", &text);
        let openapi = to_openapiv3(&Api::open(&workspace).unwrap()).unwrap();
        let (path, method, operation) = openapi.operations().next().unwrap();
        assert_eq!((path, method, operation.operation_id.as_deref()), ("/a/{id}", "get", Some("getA")));
        assert_eq!(operation.parameters, [ReferenceOr::ref_("#/components/parameters/Id")]);
    }

    #[test]
    fn a_refused_contract_names_the_part_that_is_refused() {
        let text = format!(
            "{HEAD}paths:\n  /a:\n    get:\n      responses: {{'200': {{description: d}}}}\n    put:\n      summary: no responses\n"
        );
        let workspace = Workspace::from_text("api.yaml", &text);
        let fault = to_openapiv3(&Api::open(&workspace).unwrap()).unwrap_err();
        assert_eq!((fault.location.pointer.as_str(), fault.location.start().line), ("/paths/~1a/put", 7));
    }

    #[test]
    fn other_versions_are_refused() {
        let workspace = Workspace::from_text("api.yaml", "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\n");
        let fault = to_openapiv3(&Api::open(&workspace).unwrap()).unwrap_err();
        assert!(fault.message.contains("this contract is OpenAPI 3.1"));
    }
}
