//! Deprecated elements that clients cannot stop using.

use super::{Facts, Sink, finding, milder, name};
use crate::diagnostic::Severity;
use crate::openapi::{Api, ElementKind, ParameterIn, SchemaRef};
use crate::workspace::{Place, PlaceId};
use rustc_hash::FxHashSet;

const RULE: &str = "lc-deprecated-element-coherent";

pub(super) fn check(facts: &Facts<'_, '_>, sink: &mut Sink) {
    let properties = facts.elements.iter().any(|e| e.keys.deprecated && e.kind == ElementKind::Property);
    let requests = if properties { request_schemas(facts.api) } else { FxHashSet::default() };
    for element in facts.elements.iter().filter(|element| element.keys.deprecated) {
        match element.kind {
            ElementKind::Parameter => {
                let in_path = element.place.get_str("in") == Some(ParameterIn::Path.name());
                if let Some(at) = element.place.get("required").filter(|at| at.as_bool() == Some(true) && !in_path) {
                    let message = format!("{} is deprecated, but every request must have it", name(element));
                    sink.add(finding(RULE, at.location(), message));
                }
            }
            ElementKind::Property => required_property(element.place, &name(element), &requests, sink),
            _ => {}
        }
    }
    only_scheme(facts, sink);
}

fn required_property(place: Place<'_>, what: &str, requests: &FxHashSet<PlaceId>, sink: &mut Sink) {
    let path = place.path();
    let [around @ .., holder, property] = path.as_slice() else { return };
    if holder != "properties" {
        return;
    }
    let tokens: Vec<&str> = around.iter().map(String::as_str).collect();
    let Some(schema) = place.workspace().document_root(place.document_id()).descend(&tokens) else { return };
    let listed = schema.get("required").into_iter().flat_map(Place::elements).find(|name| name.text() == property);
    let Some(at) = listed else { return };
    if requests.contains(&schema.id()) {
        let message = format!("{what} is deprecated, but every request must have it");
        sink.add(finding(RULE, at.location(), message));
    } else {
        let message = format!("{what} is deprecated, but required in responses, so clients may still rely on it");
        let mut hint = milder(Severity::Hint, RULE, at.location(), message);
        // What responses promise stays until it is removed.
        hint.help = Some(
            "Keep returning it until its sunset; making it optional before breaks clients as removal does".to_owned(),
        );
        sink.add(hint);
    }
}

/// The schemas that requests are made of.
fn request_schemas(api: Api<'_>) -> FxHashSet<PlaceId> {
    let mut seen = FxHashSet::default();
    let mut stack: Vec<Place<'_>> = Vec::new();
    for operation in api.operations() {
        let bodies = operation.body().into_iter().flat_map(|body| body.media_types);
        stack.extend(bodies.filter_map(|media| match media.schema {
            Some(SchemaRef::At(place)) => Some(place),
            _ => None,
        }));
    }
    while let Some(place) = stack.pop() {
        if !seen.insert(place.id()) {
            continue;
        }
        if let Some(Ok(target)) = place.target() {
            stack.push(target);
        }
        // Whatever is an object below a schema may be a schema; nothing is lost by looking at more.
        stack.extend(place.members().map(|member| member.value).filter(|value| value.is_map() || value.is_seq()));
        stack.extend(place.elements().filter(|value| value.is_map()));
    }
    seen
}

/// An operation that can only be called with a deprecated security scheme.
fn only_scheme(facts: &Facts<'_, '_>, sink: &mut Sink) {
    let ending: Vec<&str> = facts
        .elements
        .iter()
        .filter(|element| element.kind == ElementKind::SecurityScheme && element.keys.deprecated)
        .filter_map(|element| element.label.strip_prefix("security scheme "))
        .collect();
    if ending.is_empty() {
        return;
    }
    let mut told = FxHashSet::default();
    for operation in facts.api.operations() {
        let security = operation.security();
        let Some(at) = security.place else { continue };
        let only = !security.alternatives.is_empty()
            && security.alternatives.iter().all(|way| way.schemes.iter().any(|used| ending.contains(&used.name)));
        if only && told.insert(at.id()) {
            let of = if security.inherited { "operations".to_owned() } else { format!("`{}`", operation.label()) };
            let message = format!("{of} can only be called with a deprecated security scheme");
            sink.add(finding(RULE, at.location(), message));
        }
    }
}
