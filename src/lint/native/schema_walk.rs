//! The schemas that travel in each direction: every schema reachable from requests, from successful responses, and
//! from error responses, each once.
//!
//! What the provider sends of its own accord (webhooks, callbacks) counts as a response, and what it gets back as a
//! request. `readOnly` properties are not in requests, `writeOnly` ones not in responses. Cycles end, because a schema
//! is entered once per side.

use crate::openapi::{MediaType, Operation, ParameterIn, Response, SchemaRef, StatusKey, Surface};
use crate::workspace::{Place, PlaceId};
use rustc_hash::FxHashSet;

/// How a schema is used where it was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Of a parameter.
    Parameter(ParameterIn),
    /// Of a response header.
    Header,
    /// Of a whole body.
    Body,
    /// Of a property, or a 2.0 form field.
    Property,
    /// Of the elements of an array.
    Item,
    /// Of an alternative, or of further properties.
    Other,
}

/// A schema where it is used.
#[derive(Clone, Copy, Debug)]
pub struct Element<'w> {
    /// How it is used.
    pub role: Role,
    /// Name of the parameter, header or property that it describes, maybe from further out; empty for bodies.
    pub name: &'w str,
    /// As written, maybe a reference.
    pub at: Place<'w>,
    /// The schema.
    pub schema: Place<'w>,
    /// The object schema whose property it is.
    pub holder: Option<Place<'w>>,
    /// The first operation that reaches it.
    pub operation: Operation<'w>,
}

/// The schemas of a contract by direction.
#[derive(Debug, Default)]
pub(super) struct Sides<'w> {
    /// What clients send.
    pub request: Vec<Element<'w>>,
    /// What they get when all is well, webhooks and callbacks included.
    pub success: Vec<Element<'w>>,
    /// What they get when it is not: 4xx, 5xx and `default`.
    pub error: Vec<Element<'w>>,
}

/// Nesting that is followed.
const DEPTH: usize = 48;

struct Walk<'w> {
    out: Vec<Element<'w>>,
    seen: FxHashSet<PlaceId>,
    hidden: &'static str,
}

impl<'w> Sides<'w> {
    /// Walks all operations.
    pub(super) fn of(operations: &[Operation<'w>]) -> Self {
        let walk = |hidden| Walk { out: Vec::new(), seen: FxHashSet::default(), hidden };
        let (mut request, mut success, mut error) = (walk("readOnly"), walk("writeOnly"), walk("writeOnly"));
        for operation in operations {
            let provider = operation.path.surface == Surface::Path;
            let (to, from) = if provider { (&mut request, &mut success) } else { (&mut success, &mut request) };
            to.request(operation);
            for response in operation.responses() {
                if provider && is_error(&response) {
                    error.response(operation, &response);
                } else {
                    from.response(operation, &response);
                }
            }
        }
        Sides { request: request.out, success: success.out, error: error.out }
    }
}

/// Whether a response stands for an error: `4XX`, a code from 400, or `default` beside a success.
pub(super) fn is_error(response: &Response<'_>) -> bool {
    response.key.is_error()
        || (response.key == StatusKey::Default && response.operation.responses().iter().any(Response::is_success))
}

impl<'w> Walk<'w> {
    fn request(&mut self, operation: &Operation<'w>) {
        for parameter in operation.parameters() {
            let Some(location) = parameter.location else { continue };
            match parameter.schema() {
                Some(schema) => self.reference(Role::Parameter(location), parameter.name, &schema, operation),
                None => self.media(parameter.name, &parameter.content(), operation),
            }
        }
        if let Some(body) = operation.body() {
            self.media("", &body.media_types, operation);
        }
    }

    fn response(&mut self, operation: &Operation<'w>, response: &Response<'w>) {
        for header in response.headers() {
            if let Some(schema) = header.schema() {
                self.reference(Role::Header, header.name, &schema, operation);
            }
        }
        self.media("", &response.media_types(), operation);
    }

    fn media(&mut self, name: &'w str, types: &[MediaType<'w>], operation: &Operation<'w>) {
        for media in types {
            for schema in [&media.schema, &media.item_schema].into_iter().flatten() {
                self.reference(Role::Body, name, schema, operation);
            }
        }
    }

    fn reference(&mut self, role: Role, name: &'w str, schema: &SchemaRef<'w>, operation: &Operation<'w>) {
        match schema {
            SchemaRef::At(place) | SchemaRef::Inline(place) => self.enter(role, name, *place, None, operation, DEPTH),
            SchemaRef::Form(fields) => {
                for field in fields {
                    self.enter(Role::Property, field.name, field.place, None, operation, DEPTH);
                }
            }
        }
    }

    fn enter(
        &mut self,
        role: Role,
        name: &'w str,
        at: Place<'w>,
        holder: Option<Place<'w>>,
        operation: &Operation<'w>,
        depth: usize,
    ) {
        let schema = at.resolved();
        self.out.push(Element { role, name, at, schema, holder, operation: *operation });
        self.inside(name, schema, operation, depth);
    }

    fn inside(&mut self, name: &'w str, schema: Place<'w>, operation: &Operation<'w>, depth: usize) {
        if depth == 0 || !schema.is_map() || !self.seen.insert(schema.id()) {
            return;
        }
        let depth = depth - 1;
        for member in schema.get("properties").into_iter().flat_map(Place::members) {
            let hidden = |place: Place<'w>| place.get_bool(self.hidden).unwrap_or(false);
            if !hidden(member.value) && !hidden(member.value.resolved()) {
                self.enter(Role::Property, member.name, member.value, Some(schema), operation, depth);
            }
        }
        for key in ["items", "additionalProperties", "unevaluatedProperties"] {
            if let Some(inner) = schema.get(key).filter(|inner| inner.is_map()) {
                let role = if key == "items" { Role::Item } else { Role::Other };
                self.enter(role, name, inner, None, operation, depth);
            }
        }
        for key in ["prefixItems", "oneOf", "anyOf"] {
            let role = if key == "prefixItems" { Role::Item } else { Role::Other };
            for inner in schema.get(key).into_iter().flat_map(Place::elements) {
                self.enter(role, name, inner, None, operation, depth);
            }
        }
        // A branch is judged together with the schema it belongs to.
        for branch in schema.get("allOf").into_iter().flat_map(Place::elements) {
            self.inside(name, branch.resolved(), operation, depth);
        }
    }
}

impl Element<'_> {
    /// Whether the name belongs to this very schema: a parameter, header or property, not part of one.
    pub fn is_named(&self) -> bool {
        matches!(self.role, Role::Parameter(_) | Role::Header | Role::Property)
    }

    /// How people name it: ``property `iban` ``.
    pub fn label(&self) -> String {
        let name = self.name;
        match self.role {
            Role::Parameter(location) => format!("{} parameter `{name}`", location.name()),
            Role::Header => format!("header `{name}`"),
            Role::Property => format!("property `{name}`"),
            Role::Item if name.is_empty() => "the array's items".to_owned(),
            Role::Item => format!("an item of `{name}`"),
            Role::Body | Role::Other if name.is_empty() => "the body".to_owned(),
            Role::Body | Role::Other => format!("`{name}`"),
        }
    }
}
