//! Responses that clients need when they are refused, and what responses must not tell.

use super::super::facts::{Facts, is_json, is_oauth_endpoint};
use super::super::finding::fold;
use super::super::{Finding, Options, schema, words};
use crate::openapi::{Operation, Response, SchemaRef, StatusKey, Version};
use crate::workspace::Place;
use rustc_hash::FxHashSet;

fn find<'a, 'w>(responses: &'a [Response<'w>], status: &str) -> Option<&'a Response<'w>> {
    responses.iter().find(|response| response.status == status)
}

/// Whether `4XX` or `default` speaks for a status that is not listed.
fn is_covered(responses: &[Response<'_>]) -> bool {
    responses.iter().any(|response| response.key.is_wider_than(StatusKey::Exact(400)))
}

fn has_header(response: &Response<'_>, names: &[&str]) -> bool {
    response.headers().iter().any(|header| names.iter().any(|name| header.name.eq_ignore_ascii_case(name)))
}

fn is_scoped(operation: &Operation<'_>) -> bool {
    operation.security().alternatives.iter().flat_map(|one| &one.schemes).any(|used| !used.scopes.is_empty())
}

/// `sec-401-403-documented`: secured operations say how they refuse.
pub(super) fn refusals(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    for status in ["401", "403"] {
        let (mut found, mut candidates) = (Vec::new(), 0);
        for operation in facts.operations() {
            let secured = !operation.security().allows_anonymous() && !is_oauth_endpoint(operation);
            let asked = status == "401" || is_scoped(operation) || operation.path.template.contains('{');
            let responses = operation.responses();
            if !secured || !asked || responses.is_empty() {
                continue;
            }
            candidates += 1;
            // A range or `default` describes the status as well.
            if find(&responses, status).is_some() || is_covered(&responses) {
                continue;
            }
            let why = if status == "401" { "when the caller is not known" } else { "when the caller may not do this" };
            let message = format!("{} does not describe `{status}`, the answer {why}", operation.label());
            let place = operation.place.get("responses").unwrap_or(operation.place);
            let finding = Finding::key(place, message).of(operation);
            found.push(finding);
        }
        let summary = |count| {
            format!(
                "{count} of {candidates} secured operations do not describe `{status}`; add one response component and refer to it"
            )
        };
        fold(facts.api, found, candidates, summary, out);
    }
}

/// `sec-429-retry-after`: clients learn that they are too fast, and when to come back.
pub(super) fn too_many_requests(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let (mut missing, mut candidates) = (Vec::new(), 0);
    let mut seen = FxHashSet::default();
    let mut silent = Vec::new();
    for operation in facts.operations() {
        let responses = operation.responses();
        if responses.is_empty() {
            continue;
        }
        candidates += 1;
        match find(&responses, "429") {
            None if is_covered(&responses) => {}
            None => {
                let message = format!(
                    "{} does not describe `429`, so clients cannot prepare for being slowed down",
                    operation.label()
                );
                let place = operation.place.get("responses").unwrap_or(operation.place);
                let finding = Finding::key(place, message).of(operation);
                missing.push(finding);
            }
            Some(response) if !has_header(response, &["retry-after"]) && seen.insert(response.place.id()) => {
                let body = response.media_types().into_iter().filter_map(|media| media.schema?.place());
                let told = body
                    .flat_map(schema::properties)
                    .any(|(name, _)| words::contains(&words::words(name), "retry after"));
                if !told {
                    let message =
                        "the `429` response has no `Retry-After` header, so clients cannot tell when to try again";
                    silent.push(Finding::key(response.at, message).of(operation));
                }
            }
            Some(_) => {}
        }
    }
    let summary = |count| {
        format!(
            "{count} of {candidates} operations do not describe `429`; add one response component with `Retry-After` and refer to it"
        )
    };
    fold(facts.api, missing, candidates, summary, out);
    let count = silent.len();
    fold(facts.api, silent, count, |count| format!("{count} `429` responses have no `Retry-After` header"), out);
}

/// `sec-response-schema-defined`: what a JSON response holds is described.
pub(super) fn schema_defined(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    let (mut found, mut candidates) = (Vec::new(), 0);
    for operation in facts.operations().filter(|operation| operation.method != "head") {
        for response in operation.responses() {
            if matches!(response.key, StatusKey::Exact(204 | 205))
                || matches!(response.key.class(), Some(1 | 3))
                || !seen.insert(response.place.id())
            {
                continue;
            }
            if response.place.get_bool("x-opaque") == Some(true) {
                continue;
            }
            for media in response.media_types().into_iter().filter(|media| is_json(media.name)) {
                candidates += 1;
                let schema = media.schema.as_ref().or(media.item_schema.as_ref());
                let place = schema.and_then(SchemaRef::place);
                let what = match place {
                    None => "no schema",
                    Some(schema) if says_nothing(schema) => "a schema that allows anything",
                    Some(_) => continue,
                };
                let status = response.status;
                let message = format!(
                    "`{status}` of {} has {what}, so nobody can check what it gives away; describe its properties",
                    operation.label()
                );
                found.push(Finding::key(place.unwrap_or(media.place), message).of(operation));
                break;
            }
        }
    }
    fold(
        facts.api,
        found,
        candidates,
        |count| format!("{count} of {candidates} JSON responses have no schema that says anything"),
        out,
    );
}

/// Whether a schema is empty, or an object without any property.
fn says_nothing(place: Place<'_>) -> bool {
    let place = place.resolved();
    if place.as_bool() == Some(true) {
        return true;
    }
    if !place.is_map() {
        return false;
    }
    let mut keys = place.members().map(|member| member.name).filter(|name| {
        !matches!(
            *name,
            "description"
                | "title"
                | "example"
                | "examples"
                | "default"
                | "nullable"
                | "xml"
                | "externalDocs"
                | "deprecated"
        ) && !name.starts_with("x-")
    });
    let object = place.get_str("type") == Some("object");
    let open = place.get("additionalProperties").is_none_or(|further| further.as_bool() == Some(true));
    let named = |key: &str| {
        matches!(key, "type" | "additionalProperties")
            || (key == "properties" && place.get("properties").is_some_and(Place::is_empty))
    };
    if object { open && keys.all(named) } else { keys.next().is_none() }
}

/// Names of members that show the inside of a service.
const INTERNALS: [&str; 11] = [
    "stack trace",
    "stacktrace",
    "call stack",
    "exception class",
    "exception type",
    "sql",
    "sql statement",
    "sql state",
    "inner exception",
    "inner error",
    "debug",
];

/// `sec-error-no-internals`: errors do not show how the service is built.
pub(super) fn no_internals(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    for element in facts.error().iter().filter(|element| element.is_named()) {
        let split = words::words(element.name);
        let name = split.join(" ");
        if INTERNALS.contains(&name.as_str()) && seen.insert(element.at.id()) {
            let message = format!(
                "the {} in an error shows the inside of the service; log it, and give clients an id to quote",
                element.label()
            );
            out.push(Finding::key(element.at, message).of(&element.operation));
        }
    }
    let skip = if facts.api.version() == Version::V2_0 { "examples" } else { "example" };
    let mut seen = FxHashSet::default();
    for operation in facts.operations() {
        for response in operation.responses().into_iter().filter(|r| super::super::schema_walk::is_error(r)) {
            let media = response
                .media_types()
                .into_iter()
                .flat_map(|media| [media.place.get("example"), media.place.get("examples")]);
            for example in media.chain([response.place.get(skip)]).flatten() {
                if seen.insert(example.id())
                    && let Some((text, what)) = leak(example, 8)
                {
                    out.push(
                        Finding::at(
                            text,
                            format!(
                                "this error example shows {what}; errors must not reveal the inside of the service"
                            ),
                        )
                        .of(operation),
                    );
                }
            }
        }
    }
}

/// The first text below an example that shows code, and what it shows.
fn leak(place: Place<'_>, depth: usize) -> Option<(Place<'_>, &'static str)> {
    if let Some(text) = place.as_str() {
        let traces = [
            "\tat ",
            " at com.",
            " at org.",
            " at java.",
            "Traceback (most recent call last)",
            "Exception in thread",
            "NullPointerException",
        ];
        if traces.iter().any(|trace| text.contains(trace))
            || (text.contains(" at System.") && text.contains(".cs:line"))
        {
            return Some((place, "a stack trace"));
        }
        if text.contains("jdbc:")
            || text.contains("ORA-0")
            || text.contains("SQLSTATE[")
            || text.contains("SELECT * FROM")
        {
            return Some((place, "a database statement or address"));
        }
        return None;
    }
    if depth == 0 {
        return None;
    }
    place.members().map(|member| member.value).chain(place.elements()).find_map(|inner| leak(inner, depth - 1))
}
