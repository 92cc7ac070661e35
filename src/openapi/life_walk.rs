//! The way through a contract to every element that carries life keys.
//!
//! Takes an [`Api`]; gives [`Element`]s in the order they are met. A shared component is listed once, circles end.

use super::life::{Element, ElementKind};
use super::{Api, LifecycleKeys, MediaType, Operation, SchemaRef, Surface, Version};
use crate::workspace::{Place, PlaceId};
use rustc_hash::FxHashSet;

/// All elements of a contract that carry life keys, in the order they are met: `info`, tags, operations with their
/// parts, components, security schemes.
pub fn elements(api: Api<'_>) -> Vec<Element<'_>> {
    let mut walk = Walk { api, seen: FxHashSet::default(), schemas: FxHashSet::default(), out: Vec::new() };
    if let Some(info) = api.info() {
        walk.add(ElementKind::Api, info, None, || api.title().to_owned());
    }
    for (name, place) in api.tags() {
        walk.add(ElementKind::Tag, place, None, || format!("tag {name}"));
    }
    for operation in api.all_operations() {
        walk.operation(operation);
    }
    for component in api.components("parameters") {
        let name = component.name;
        walk.add(ElementKind::Parameter, component.place.resolved(), None, || format!("parameter {name}"));
    }
    for component in api.components("headers") {
        let name = component.name;
        walk.add(ElementKind::Header, component.place.resolved(), None, || format!("header {name}"));
    }
    for component in api.components("schemas") {
        walk.schema(component.place, None);
    }
    for scheme in api.security_schemes() {
        walk.add(ElementKind::SecurityScheme, scheme.place, None, || format!("security scheme {}", scheme.name));
    }
    walk.out
}

/// Dates that an element may have although nothing ends.
const DATES: [&str; 4] = ["x-beta-since", "x-effective-date", "x-support-ends", "x-brownouts"];

struct Walk<'w> {
    api: Api<'w>,
    seen: FxHashSet<PlaceId>,
    schemas: FxHashSet<PlaceId>,
    out: Vec<Element<'w>>,
}

impl<'w> Walk<'w> {
    fn add(
        &mut self,
        kind: ElementKind,
        place: Place<'w>,
        operation: Option<Operation<'w>>,
        label: impl FnOnce() -> String,
    ) {
        let keys = LifecycleKeys::read(place);
        let dated = || DATES.iter().any(|key| place.get(key).is_some());
        if (!keys.is_blank() || dated()) && self.seen.insert(place.id()) {
            self.out.push(Element { api: self.api, kind, label: label(), place, operation, keys });
        }
    }

    fn operation(&mut self, operation: Operation<'w>) {
        let kind =
            if operation.path.surface == Surface::Webhook { ElementKind::Webhook } else { ElementKind::Operation };
        let own = Some(operation);
        self.add(kind, operation.place, own, || operation.label());
        for parameter in operation.all_parameters() {
            // A shared parameter belongs to no operation.
            let owner = if parameter.at == parameter.place { own } else { None };
            let label = || {
                let place = parameter.place.get_str("in").unwrap_or_default();
                let of = owner.map(|operation| format!(" of {}", operation.label())).unwrap_or_default();
                format!("{place} parameter {}{of}", parameter.name)
            };
            self.add(ElementKind::Parameter, parameter.place, owner, label);
            self.schema_ref(parameter.schema(), owner);
            self.media(&parameter.content(), owner, || operation.label());
        }
        if let Some(body) = operation.body() {
            let owner = if body.at == body.place { own } else { None };
            self.media(&body.media_types, owner, || format!("{} request", operation.label()));
        }
        for response in operation.responses() {
            let owner = if response.at == response.place { own } else { None };
            let label = || format!("{} {}", operation.label(), response.status);
            self.media(&response.media_types(), owner, label);
            for header in response.headers() {
                let owner = if header.at == header.place { owner } else { None };
                let of = || owner.map(|_| format!(" of {}", label())).unwrap_or_default();
                self.add(ElementKind::Header, header.place, owner, || format!("header {}{}", header.name, of()));
                self.schema_ref(header.schema(), owner);
            }
        }
    }

    fn media(&mut self, media_types: &[MediaType<'w>], operation: Option<Operation<'w>>, label: impl Fn() -> String) {
        for media in media_types {
            if self.api.version() != Version::V2_0 {
                self.add(ElementKind::MediaType, media.place, operation, || format!("{} {}", label(), media.name));
            }
            self.schema_ref(media.schema.clone(), operation);
            self.schema_ref(media.item_schema.clone(), operation);
        }
    }

    fn schema_ref(&mut self, schema: Option<SchemaRef<'w>>, operation: Option<Operation<'w>>) {
        match schema {
            Some(SchemaRef::At(place)) => self.schema(place, operation),
            Some(SchemaRef::Inline(place)) => self.enum_values(place, operation),
            Some(SchemaRef::Form(_)) | None => {}
        }
    }

    /// A schema and all below it; each place once, so circles end.
    fn schema(&mut self, root: Place<'w>, operation: Option<Operation<'w>>) {
        let mut stack = vec![(root, operation, false)];
        while let Some((place, operation, is_property)) = stack.pop() {
            if !place.is_map() || !self.schemas.insert(place.id()) {
                continue;
            }
            let kind = if is_property { ElementKind::Property } else { ElementKind::Schema };
            self.add(kind, place, operation, || schema_label(place));
            self.enum_values(place, operation);
            if let Some(Ok(target)) = place.target() {
                stack.push((target, None, false));
            }
            let mark = stack.len();
            for member in place.members() {
                match member.name {
                    "properties" | "patternProperties" => {
                        stack.extend(member.value.members().map(|property| (property.value, operation, true)));
                    }
                    "allOf" | "oneOf" | "anyOf" | "prefixItems" => {
                        stack.extend(member.value.elements().map(|part| (part, operation, false)));
                    }
                    "items"
                    | "additionalProperties"
                    | "not"
                    | "if"
                    | "then"
                    | "else"
                    | "contains"
                    | "propertyNames"
                    | "unevaluatedProperties"
                    | "unevaluatedItems" => {
                        stack.push((member.value, operation, false));
                    }
                    "$defs" | "definitions" | "dependentSchemas" => {
                        stack.extend(member.value.members().map(|part| (part.value, operation, false)));
                    }
                    _ => {}
                }
            }
            stack[mark..].reverse();
        }
    }

    fn enum_values(&mut self, schema: Place<'w>, operation: Option<Operation<'w>>) {
        for member in schema.get("x-enum-lifecycle").into_iter().flat_map(Place::members) {
            let keys = LifecycleKeys::read_enum_value(member.value);
            if self.seen.insert(member.value.id()) {
                let label = format!("{} value {}", schema_label(schema), member.name);
                let (api, kind, place) = (self.api, ElementKind::EnumValue, member.value);
                self.out.push(Element { api, kind, label, place, operation, keys });
            }
        }
    }
}

/// The name of a schema, from where it is written: `Payment.amount`, `POST /payments request .amount`.
pub fn schema_label(place: Place<'_>) -> String {
    let path = place.path();
    let tokens: Vec<&str> = path.iter().map(String::as_str).collect();
    let (mut label, rest) = match tokens.as_slice() {
        ["components", "schemas", name, rest @ ..] | ["definitions", name, rest @ ..] => ((*name).to_owned(), rest),
        ["components", kind, name, rest @ ..] => (format!("{} {name} ", kind.trim_end_matches('s')), rest),
        [surface @ ("paths" | "webhooks"), template, method, rest @ ..] => {
            let webhook = if *surface == "webhooks" { "webhook " } else { "" };
            (format!("{} {webhook}{template} ", method.to_ascii_uppercase()), rest)
        }
        rest => {
            let name = place.document().name();
            let file = name.rsplit('/').next().unwrap_or(name);
            (format!("{} ", file.split('.').next().unwrap_or(file)), rest)
        }
    };
    let mut rest = rest.iter();
    while let Some(token) = rest.next() {
        match *token {
            "properties" | "patternProperties" => {
                if let Some(name) = rest.next() {
                    label.push('.');
                    label.push_str(name);
                }
            }
            "items" => label.push_str("[]"),
            "additionalProperties" => label.push_str(".*"),
            "requestBody" => label.push_str("request "),
            "responses" => {
                if let Some(status) = rest.next() {
                    label.push_str(status);
                    label.push(' ');
                }
            }
            "parameters" => {
                label.push_str("parameter ");
                rest.next();
            }
            "content" | "allOf" | "oneOf" | "anyOf" | "prefixItems" => {
                rest.next();
            }
            "schema" => {}
            "headers" => {
                label.push_str("header ");
                label.push_str(rest.next().unwrap_or(&""));
                label.push(' ');
            }
            other => {
                if !label.ends_with([' ', '.']) {
                    label.push('.');
                }
                label.push_str(other);
            }
        }
    }
    label.trim().to_owned()
}
