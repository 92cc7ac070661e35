//! Header parameters that OpenAPI tells every tool to ignore.

use super::super::facts::Facts;
use super::super::finding::fold;
use super::super::{Finding, Options};
use crate::openapi::{Operation, Version};
use crate::workspace::Place;
use rustc_hash::FxHashSet;

/// What says the same in a place that counts.
fn instead(name: &str) -> Option<&'static str> {
    match name.to_ascii_lowercase().as_str() {
        "authorization" => Some("describe it with a security scheme and `security`"),
        "accept" => Some("list the media types of the responses"),
        "content-type" => Some("list the media types of the request body"),
        _ => None,
    }
}

/// `sec-no-reserved-header-parameter`: what must be ignored is described where it counts (OpenAPI 3.0.4, §4.7.12.1).
pub(super) fn reserved(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    if facts.api.version() == Version::V2_0 {
        return;
    }
    let mut seen = FxHashSet::default();
    let (mut found, mut candidates) = (Vec::new(), 0);
    for operation in facts.operations() {
        for (parameter, name) in headers(operation) {
            let Some(instead) = instead(name) else { continue };
            let open = name.eq_ignore_ascii_case("authorization") && operation.security().allows_anonymous();
            candidates += 1;
            // A shared parameter is told once, and again where it stands for the protection itself.
            if !seen.insert((parameter.id(), open)) {
                continue;
            }
            let label = operation.label();
            let message = if open {
                format!(
                    "tools ignore the header parameter `{name}`, and {label} asks for nothing else: for them it is open; {instead}"
                )
            } else {
                format!("tools ignore the header parameter `{name}`; {instead}")
            };
            found.push(Finding::at(parameter.get("name").unwrap_or(parameter), message).of(operation));
        }
    }
    let summary = |count| {
        format!(
            "{count} header parameters called `Authorization`, `Accept` or `Content-Type` are ignored by tools; use security schemes and media types"
        )
    };
    fold(facts.api, found, candidates.max(21), summary, out);
}

fn headers<'w>(operation: &Operation<'w>) -> impl Iterator<Item = (Place<'w>, &'w str)> {
    let lists = [operation.place, operation.path.place].into_iter().filter_map(|holder| holder.get("parameters"));
    lists.flat_map(Place::elements).filter_map(|parameter| {
        let parameter = parameter.resolved();
        let header = parameter.get_str("in") == Some("header");
        header.then(|| parameter.get_str("name")).flatten().map(|name| (parameter, name))
    })
}
