//! Security requirements name schemes and scopes that exist.

use super::super::{Call, Found};
use super::operations;
use crate::workspace::Place;
use serde_json::Value;

/// Every name and scope of one Security Requirement Object.
pub(super) fn defined<'w>(call: &Call<'_, 'w>, options: &Value, out: &mut Vec<Found<'w>>) {
    let Some(requirement) = call.target.map() else { return };
    let texts = |scopes: Place<'w>| scopes.is_seq() && scopes.elements().all(|scope| scope.as_str().is_some());
    if !requirement.members().all(|member| texts(call.view.follow(member.value))) {
        return;
    }
    let version_2 = options.get("oasVersion").and_then(Value::as_u64) == Some(2);
    let root = call.view.root;
    let schemes = if version_2 {
        root.get("securityDefinitions")
    } else {
        root.get("components").and_then(|components| components.get("securitySchemes"))
    };
    for member in requirement.members() {
        let Some(scheme) = schemes.and_then(|schemes| schemes.get(member.name)) else {
            let object = if call.way.len() == 2 { "API" } else { "Operation" };
            let location = if version_2 { "securityDefinitions" } else { "components.securitySchemes" };
            let words =
                format!("{object} \"security\" values must match a scheme defined in the \"{location}\" object.");
            out.push(Found::below(vec![member.name.to_owned()], words));
            continue;
        };
        for (index, scope) in call.view.follow(member.value).elements().enumerate() {
            if !has_scope(version_2, scheme, scope.text()) {
                let path = vec![member.name.to_owned(), index.to_string()];
                out.push(Found::below(path, format!("\"{}\" must be listed among scopes.", scope.text())));
            }
        }
    }
}

fn has_scope(version_2: bool, scheme: Place<'_>, scope: &str) -> bool {
    if version_2 {
        return scheme.get("scopes").is_some_and(|scopes| scopes.get(scope).is_some());
    }
    let flows = scheme.get("flows").into_iter().flat_map(Place::members);
    flows.filter_map(|flow| flow.value.get("scopes")).any(|scopes| scopes.get(scope).is_some())
}

/// Operations of some methods have security of their own or from the root.
pub(super) fn required<'w>(call: &Call<'_, 'w>, options: &Value, out: &mut Vec<Found<'w>>) {
    let Some(root) = call.target.map() else { return };
    let methods = options.get("methods").and_then(Value::as_array);
    let wanted =
        |method: &str| methods.is_none_or(|methods| methods.iter().any(|known| known.as_str() == Some(method)));
    let Some(paths) = call.view.get(root, "paths") else { return };
    for (path, method, operation) in operations(call.view, paths) {
        if !wanted(method) {
            continue;
        }
        let own = operation.get("security");
        if own.or_else(|| root.get("security")).is_none_or(Place::is_empty) {
            let words = format!("The operation `{} {path}` requires no security scheme", method.to_ascii_uppercase());
            out.push(Found::place(own.unwrap_or(operation), words));
        }
    }
}

/// What administration requires, nothing else requires.
pub(super) fn admin<'w>(call: &Call<'_, 'w>, options: &Value, out: &mut Vec<Found<'w>>) {
    let Some(root) = call.target.map() else { return };
    let part = options.get("adminUrl").and_then(Value::as_str).unwrap_or("/admin");
    let Some(paths) = call.view.get(root, "paths") else { return };
    let (mut of_admin, mut of_others) = (Vec::new(), Vec::new());
    for (path, _, operation) in operations(call.view, paths) {
        for requirement in operation.get("security").into_iter().flat_map(Place::elements) {
            if path.contains(part) {
                of_admin.push((path, requirement));
            } else {
                of_others.push(requirement.to_json());
            }
        }
    }
    for (path, requirement) in of_admin {
        if of_others.contains(&requirement.to_json()) {
            let words = format!("The administration at `{path}` requires the same security as other operations.");
            out.push(Found::place(requirement, words));
        }
    }
}
