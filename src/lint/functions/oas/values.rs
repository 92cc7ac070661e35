//! Enums, discriminators, tags, references and components.

use super::super::core::Core;
use super::super::json::print_value;
use super::super::{Call, Found, Target};
use crate::openapi::{Version, model};
use crate::syntax::Kind;
use crate::workspace::Place;
use serde_json::Value;
use std::collections::BTreeSet;

/// Enum values are of the declared type.
pub(super) fn typed_enum<'w>(call: &Call<'_, 'w>, _: &Value, out: &mut Vec<Found<'w>>) {
    let Some(schema) = call.target.map() else { return };
    let (Some(values), Some(ty)) = (call.view.get(schema, "enum"), schema.get("type")) else { return };
    let mut types: Vec<&str> = match ty.kind() {
        Kind::Str => vec![ty.text()],
        Kind::Seq if ty.elements().all(|ty| ty.as_str().is_some()) => ty.elements().map(Place::text).collect(),
        _ => return,
    };
    if !values.is_seq() {
        return;
    }
    let nullable = |key: &str, format: &str| schema.get_bool(key) == Some(true) && call.view.formats.has(format);
    if nullable("nullable", "oas3_0") || nullable("x-nullable", "oas2") {
        types.push("null");
    }
    for (index, element) in values.elements().enumerate() {
        let value = call.view.follow(element);
        let name = match value.kind() {
            Kind::Int | Kind::Float => {
                let whole = value.as_f64().is_some_and(|number| number.fract() == 0.0);
                if whole && types.contains(&"integer") { "integer" } else { "number" }
            }
            kind => kind.name(),
        };
        if !types.contains(&name) {
            let shown = print_value(&value.to_json());
            let path = vec!["enum".to_owned(), index.to_string()];
            out.push(Found::below(path, format!("Enum value {shown} must be \"{}\".", types.join(","))));
        }
    }
}

/// A 2.0 discriminator is a required property.
pub(super) fn discriminator<'w>(call: &Call<'_, 'w>, _: &Value, out: &mut Vec<Found<'w>>) {
    let Some(schema) = call.target.map() else { return };
    let Some(name) = schema.get_str("discriminator") else { return };
    let below = |name: &str| vec![name.to_owned()];
    if call.view.get(schema, "properties").is_none_or(|properties| properties.get(name).is_none()) {
        let words = "The discriminator property must be defined in this schema.";
        out.push(Found::below(below("properties"), words));
    }
    let required = call.view.get(schema, "required").filter(|required| required.is_seq());
    if !required.is_some_and(|required| required.elements().any(|element| element.as_str() == Some(name))) {
        let words = "The discriminator property must be in the required property list.";
        out.push(Found::below(below("required"), words));
    }
}

/// Names of root tags are unique.
pub(super) fn unique_tags<'w>(call: &Call<'_, 'w>, _: &Value, out: &mut Vec<Found<'w>>) {
    let Some(tags) = call.target.seq() else { return };
    let mut seen = BTreeSet::new();
    for (index, tag) in tags.elements().enumerate() {
        let Some(name) = call.view.follow(tag).get("name").map(Place::text) else { continue };
        if !seen.insert(name) {
            let words = format!("\"tags\" object contains duplicate tag name \"{name}\".");
            out.push(Found::below(vec![index.to_string(), "name".to_owned()], words));
        }
    }
}

/// Nothing stands beside `$ref`.
pub(super) fn ref_siblings<'w>(call: &Call<'_, 'w>, _: &Value, out: &mut Vec<Found<'w>>) {
    let holder = match call.way.len() {
        0 => return,
        1 => call.view.root,
        more => call.way[more - 2].place,
    };
    for member in holder.members().filter(|member| member.name != "$ref") {
        out.push(Found::place(member.value, "$ref must not be placed next to any other properties"));
    }
}

/// Components nobody refers to.
pub(super) fn unused_components<'w>(call: &Call<'_, 'w>, _: &Value, out: &mut Vec<Found<'w>>) {
    let Some(components) = call.target.map().and_then(|root| root.get("components")) else { return };
    let kinds = ["schemas", "responses", "parameters", "examples", "requestBodies", "headers", "links", "callbacks"];
    for kind in kinds {
        if let Some(map) = components.get(kind).filter(|map| map.is_map()) {
            let check = Core::Unreferenced { location: format!("#/components/{kind}") };
            check.call(&Call { target: Target::Node(map), ..*call }, out);
        }
    }
}

/// The document by the object model of its version.
pub(super) fn document<'w>(call: &Call<'_, 'w>, _: &Value, out: &mut Vec<Found<'w>>) {
    let root = call.view.root;
    let Ok(version) = Version::detect(root) else { return };
    for diagnostic in model::validate(root, version) {
        let check = model::Check::parse(&diagnostic.rule);
        let structural =
            check.is_some_and(model::Check::is_in_schema) && diagnostic.location.file() == root.document().name();
        let place = root.document().tree().at_pointer(&diagnostic.location.pointer);
        if structural && place.is_some() {
            let path = crate::syntax::pointer::tokens(&diagnostic.location.pointer).unwrap_or_default();
            let message = diagnostic.message.trim_end_matches('.').to_owned();
            out.push(Found::below(path.into_iter().map(std::borrow::Cow::into_owned).collect(), message));
        }
    }
}
