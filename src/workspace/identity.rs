//! Pointers that survive insertions: elements of arrays are named by what they are, not by their index.

use crate::syntax::{Kind, NodeRef, PathStep, pointer};

/// Keys that name an object among its siblings, tried in this order.
const NAMES: [&str; 6] = ["$ref", "name", "operationId", "url", "id", "title"];

/// The identity of the node at the end of `steps`: its pointer with stable names for array elements.
pub(super) fn of(steps: &[PathStep<'_>]) -> String {
    let mut out = String::with_capacity(64);
    for step in steps {
        match step.name {
            Some(name) => pointer::push(&mut out, name),
            None => pointer::push(&mut out, &name(step.value, &step.token())),
        }
    }
    out
}

fn name(element: NodeRef<'_>, index: &str) -> String {
    match element.kind() {
        Kind::Map => {
            let Some(name) = NAMES.iter().find_map(|key| element.get(key)?.as_str()) else { return index.to_owned() };
            match element.get("in").and_then(NodeRef::as_str) {
                Some(place) => format!("[{place} {name}]"),
                None => format!("[{name}]"),
            }
        }
        Kind::Seq => index.to_owned(),
        _ => format!("[{}]", element.text()),
    }
}
