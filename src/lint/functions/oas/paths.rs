//! Paths, operations and their parameters.

use super::super::{Call, Found};
use super::operations;
use crate::lint::path::text_number;
use crate::text::Cut;
use crate::workspace::Place;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A response of class 2 or 3.
pub(super) fn success_response<'w>(call: &Call<'_, 'w>, _: &Value, out: &mut Vec<Found<'w>>) {
    let Some(responses) = call.target.map() else { return };
    let version_3 = call.view.formats.has("oas3");
    let success =
        |name: &str| (version_3 && matches!(name, "2XX" | "3XX")) || (200.0..400.0).contains(&text_number(name));
    if !responses.members().any(|member| success(member.name)) {
        out.push(Found::here("Operation must define at least a single 2xx or 3xx response"));
    }
}

/// `formData` needs a media type for forms.
pub(super) fn form_data_consumes<'w>(call: &Call<'_, 'w>, _: &Value, out: &mut Vec<Found<'w>>) {
    let Some(operation) = call.target.map() else { return };
    let list = |name: &str| call.view.get(operation, name).filter(|place| place.is_seq());
    let (Some(parameters), Some(consumes)) = (list("parameters"), list("consumes")) else { return };
    let form = |place: Place<'w>| call.view.follow(place).get_str("in") == Some("formData");
    let fits = |place: Place<'w>| {
        let name = place.text();
        name.contains("application/x-www-form-urlencoded") || name.contains("multipart/form-data")
    };
    if parameters.elements().any(form) && !consumes.elements().any(fits) {
        out.push(Found::here(
            "Consumes must include urlencoded, multipart, or form-data media type when using formData parameter.",
        ));
    }
}

/// Every `operationId` once.
pub(super) fn ids_unique<'w>(call: &Call<'_, 'w>, _: &Value, out: &mut Vec<Found<'w>>) {
    let Some(paths) = call.target.map() else { return };
    let mut seen = BTreeSet::new();
    for (_, _, operation) in operations(call.view, paths) {
        if let Some(id) = operation.get("operationId")
            && !seen.insert((id.kind().name(), id.text()))
        {
            out.push(Found::place(id, "operationId must be unique."));
        }
    }
}

/// Parameters of one operation: unique, and no `body` beside `formData`.
pub(super) fn parameters<'w>(call: &Call<'_, 'w>, _: &Value, out: &mut Vec<Found<'w>>) {
    let Some(list) = call.target.seq().filter(|list| list.len() >= 2) else { return };
    let (mut bodies, mut forms) = (Vec::new(), 0);
    let mut seen = BTreeSet::new();
    for (index, element) in list.elements().enumerate() {
        let parameter = call.view.follow(element);
        if !parameter.is_map() || parameter.get("$ref").is_some() {
            continue;
        }
        let text = |name: &str| parameter.get(name).map_or("undefined", Place::text);
        if !seen.insert((text("in"), text("name"))) {
            out.push(Found::below(
                vec![index.to_string()],
                "A parameter in this operation already exposes the same combination of \"name\" and \"in\" values.",
            ));
        }
        match parameter.get_str("in") {
            Some("body") => bodies.push(index),
            Some("formData") => forms += 1,
            _ => {}
        }
    }
    if !bodies.is_empty() && forms > 0 {
        out.push(Found::here("Operation must not have both \"in:body\" and \"in:formData\" parameters."));
    }
    for index in bodies.iter().skip(1) {
        out.push(Found::below(
            vec![index.to_string()],
            "Operation must not have more than a single instance of the \"in:body\" parameter.",
        ));
    }
}

/// Tags of operations are among those of the root.
pub(super) fn tags_defined<'w>(call: &Call<'_, 'w>, _: &Value, out: &mut Vec<Found<'w>>) {
    let Some(root) = call.target.map() else { return };
    let tags = call.view.get(root, "tags");
    let known: BTreeSet<&str> =
        tags.into_iter().flat_map(Place::elements).filter_map(|tag| call.view.follow(tag).get_str("name")).collect();
    let Some(paths) = call.view.get(root, "paths") else { return };
    for (_, _, operation) in operations(call.view, paths) {
        for tag in call.view.get(operation, "tags").into_iter().flat_map(Place::elements) {
            if !tag.as_str().is_some_and(|name| known.contains(name)) {
                out.push(Found::place(tag, "Operation tags must be defined in global tags."));
            }
        }
    }
}

/// The names between braces, and the template with each replaced by `%`.
fn template(path: &str) -> (Vec<String>, String) {
    let (mut names, mut normal, mut rest) = (Vec::new(), String::new(), path);
    while let Some(start) = rest.find('{') {
        normal.push_str(rest.cut(..start));
        let inside = rest.cut(start + 1..);
        let name = inside.find('}').map(|end| inside.cut(..end));
        let core = name.map(|name| name.strip_prefix(';').unwrap_or(name)).map(|name| {
            let name = name.strip_prefix('?').unwrap_or(name);
            name.strip_suffix('*').unwrap_or(name)
        });
        let is_name = |core: &str| {
            !core.is_empty() && core.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
        };
        match (name, core) {
            (Some(name), Some(core)) if is_name(core) => {
                names.push(core.to_owned());
                normal.push('%');
                rest = inside.cut(name.len() + 1..);
            }
            _ => {
                normal.push('{');
                rest = inside;
            }
        }
    }
    normal.push_str(rest);
    (names, normal)
}

/// The path parameters of a list by name, each with its place.
type Parameters<'w> = Vec<(String, Place<'w>)>;

/// Template and path parameters agree.
pub(super) fn path_parameters<'w>(call: &Call<'_, 'w>, _: &Value, out: &mut Vec<Found<'w>>) {
    let Some(paths) = call.target.map() else { return };
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for path in paths.members() {
        let item = call.view.follow(path.value);
        if !item.is_map() {
            continue;
        }
        let (names, normal) = template(path.name);
        match seen.get(&normal) {
            Some(other) => {
                let words = format!("Paths \"{other}\" and \"{}\" must not be equivalent.", path.name);
                out.push(Found::place(item, words));
            }
            None => {
                seen.insert(normal, path.name);
            }
        }
        let mut expected: Vec<String> = Vec::new();
        for name in names {
            if expected.contains(&name) {
                let words = format!("Path \"{}\" must not use parameter \"{{{name}}}\" multiple times.", path.name);
                out.push(Found::place(item, words));
            } else {
                expected.push(name);
            }
        }
        let shared = defined(call, item, out);
        for method in item.members().filter(|member| super::METHODS.contains(&member.name)) {
            let operation = call.view.follow(method.value);
            if !operation.is_map() {
                continue;
            }
            let own = defined(call, operation, out);
            let mut all: Parameters<'w> = shared.clone();
            for (name, place) in own {
                match all.iter_mut().find(|(known, _)| *known == name) {
                    Some(entry) => entry.1 = place,
                    None => all.push((name, place)),
                }
            }
            for (name, place) in all.iter().filter(|(name, _)| !expected.contains(name)) {
                out.push(Found::place(*place, format!("Parameter \"{name}\" must be used in path \"{}\".", path.name)));
            }
            for name in expected.iter().filter(|name| !all.iter().any(|(known, _)| known == *name)) {
                let words =
                    format!("Operation must define parameter \"{{{name}}}\" as expected by path \"{}\".", path.name);
                out.push(Found::place(operation, words));
            }
        }
    }
}

fn defined<'w>(call: &Call<'_, 'w>, holder: Place<'w>, out: &mut Vec<Found<'w>>) -> Parameters<'w> {
    let mut all: Parameters<'w> = Vec::new();
    let list = call.view.get(holder, "parameters").filter(|list| list.is_seq());
    for element in list.into_iter().flat_map(Place::elements) {
        let parameter = call.view.follow(element);
        let Some(name) = parameter.get("name").filter(|_| parameter.get_str("in") == Some("path")) else { continue };
        let name = name.text().to_owned();
        if parameter.get_bool("required") != Some(true) {
            let words = format!("Path parameter \"{name}\" must have \"required\" property that is set to \"true\".");
            out.push(Found::place(parameter, words));
        }
        if all.iter().any(|(known, _)| *known == name) {
            out.push(Found::place(parameter, format!("Path parameter \"{name}\" must not be defined multiple times.")));
        } else {
            all.push((name, parameter));
        }
    }
    all
}
