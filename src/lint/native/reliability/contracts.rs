//! What clients must know to go on: how long a key is kept, where an accepted job is, how errors look, which status codes
//! mean something, and how notifications are delivered.

use super::super::facts::{Facts, is_json};
use super::super::finding::fold;
use super::super::kinds::{body_names, says};
use super::super::schema_walk::is_error;
use super::super::{Finding, Options, schema, words};
use crate::diagnostic::Severity;
use crate::openapi::{Operation, ParameterIn, Response, StatusKey};
use crate::pattern::Pattern;
use crate::workspace::Place;
use rustc_hash::FxHashSet;

fn is_key(name: &str) -> bool {
    words::any(&words::words(name), &["idempotency", "idempotent"])
}

/// Words by which a description tells how long a key is remembered.
const KEPT: [&str; 11] =
    ["hour", "day", "minute", "expire", "retain", "retention", "stored for", "valid for", "kept", "remember", "ttl"];

/// `rel-idempotency-contract`: clients know how to use the key of a payment.
pub(super) fn idempotency(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let most = options.number("max-length", 255);
    let stated = options.text("retention").is_some() || facts.governance("x-idempotency").is_some();
    let mut seen = FxHashSet::default();
    let (mut silent, mut candidates) = (Vec::new(), 0);
    for operation in facts.operations() {
        let headers = operation.parameters().into_iter().filter(|p| p.location == Some(ParameterIn::Header));
        for header in headers.filter(|header| is_key(header.name)) {
            let name = header.place.get("name").unwrap_or(header.place);
            // A read that needs it and names no other resource looks something up by it.
            let selects = header.place.get_bool("required") == Some(true) && !operation.path.template.ends_with('}');
            if matches!(operation.method, "get" | "head") && selects {
                continue;
            }
            if matches!(operation.method, "get" | "head" | "delete") {
                let message = format!(
                    "{} has the idempotency key `{}`, but repeating it does no harm; leave the key out",
                    operation.label(),
                    header.name
                );
                out.push(Finding::key(operation.place, message).of(operation));
                continue;
            }
            candidates += 1;
            let documented = operation
                .responses()
                .iter()
                .any(|response| [400, 409, 422].iter().any(|status| response.key.covers(StatusKey::Exact(*status))));
            if !documented {
                let message = format!(
                    "{} has an idempotency key, but does not say how it refuses one (`409` while the first request runs, `422` with another body)",
                    operation.label()
                );
                silent.push(
                    Finding::key(operation.place.get("responses").unwrap_or(operation.place), message).of(operation),
                );
            }
            if !seen.insert(header.place.id()) {
                continue;
            }
            if let Some(schema) = header.schema().and_then(|schema| schema.place()) {
                let length = schema::keyword(schema, "maxLength").and_then(Place::as_u64);
                let bounded = schema::text(schema, "format") == Some("uuid")
                    || schema::text(schema, "pattern").is_some_and(|text| Pattern::read(text).is_bounded());
                if !schema::has_type(schema, "string") {
                    out.push(
                        Finding::at(name, format!("the idempotency key `{}` should be a string", header.name))
                            .of(operation),
                    );
                } else if length.is_none() && !bounded {
                    let message =
                        format!("the idempotency key `{}` may be of any length; set `maxLength`", header.name);
                    out.push(Finding::at(name, message).of(operation));
                } else if let Some(length) = length.filter(|length| *length > most) {
                    let message = format!(
                        "the idempotency key `{}` may have {length} characters; servers commonly keep no more than {most}",
                        header.name
                    );
                    out.push(Finding::at(name, message).of(operation));
                }
            }
            let told = [header.place, operation.place]
                .iter()
                .filter_map(|place| place.get("description"))
                .any(|text| says(text, &KEPT, 0));
            let own = operation.place.get("x-idempotency").or_else(|| header.place.get("x-idempotency"));
            if !stated && !told && own.is_none() {
                let message = format!(
                    "nothing says how long the key `{}` is remembered; say it in the description, or with `x-idempotency: {{retention: PT24H}}`",
                    header.name
                );
                out.push(Finding::at(name, message).at_most(Severity::Info).of(operation));
            }
        }
    }
    let summary = |count| {
        format!(
            "{count} of {candidates} operations with an idempotency key do not say how they refuse one (`409`, `422`)"
        )
    };
    fold(facts.api, silent, candidates.max(21), summary, out);
}

/// Names of members that lead to what was accepted.
fn leads_on(name: &str) -> bool {
    let split = words::words(name);
    let last = split.last().map_or("", String::as_str);
    matches!(
        last,
        "url"
            | "uri"
            | "href"
            | "link"
            | "links"
            | "id"
            | "identifier"
            | "reference"
            | "location"
            | "token"
            | "uuid"
            | "self"
    )
}

const ENDS: [&str; 22] = [
    "success",
    "succeeded",
    "successful",
    "completed",
    "complete",
    "done",
    "finished",
    "failed",
    "failure",
    "error",
    "cancelled",
    "canceled",
    "expired",
    "rejected",
    "settled",
    "paid",
    "accepted",
    "processed",
    "executed",
    "booked",
    "acsc",
    "rjct",
];

/// `rel-async-acceptance-contract`: whoever gets `202` can find out what became of it.
pub(super) fn acceptance(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    for operation in facts.operations() {
        if operation.place.get_str("x-async") == Some("fire-and-forget") {
            continue;
        }
        let Some(response) = operation.responses().into_iter().find(|response| response.status == "202") else {
            continue;
        };
        // Who takes a message of somebody else only says that it came.
        if operation.method == "post" && takes_messages(operation.path.template) {
            continue;
        }
        let header = |name: &str| {
            let name = name.to_ascii_lowercase();
            ["location", "link", "retry-after"].contains(&name.as_str()) || name.ends_with("-location")
        };
        let reads = operation.path.operations().iter().any(|other| other.method == "get");
        let bodies: Vec<Place<'_>> =
            response.media_types().into_iter().filter_map(|media| media.schema?.place()).collect();
        let names: Vec<(&str, Place<'_>)> = bodies
            .iter()
            .flat_map(|body| schema::properties(*body))
            .flat_map(|(name, place)| std::iter::once((name, place)).chain(schema::properties(place)))
            .collect();
        let open = bodies.iter().any(|body| schema::properties(*body).is_empty());
        let known = response.headers().iter().any(|found| header(found.name))
            || !response.links().is_empty()
            || !operation.callbacks().is_empty()
            || names.iter().any(|(name, _)| leads_on(name))
            || open
            || reads
            || asked_by_own_id(facts, operation)
            || operation.place.get("x-async").is_some()
            || facts.notifications().next().is_some();
        if !known {
            let message = format!(
                "{} accepts with `202`, but nothing leads to the result; add a `Location`, an id to ask for, or a callback",
                operation.label()
            );
            out.push(Finding::key(response.at, message).of(operation));
            continue;
        }
        let status = names.iter().find(|(name, place)| {
            matches!(&*words::words(name).join(" "), "status" | "state") && schema::has(*place, "enum")
        });
        if let Some((name, place)) = status {
            let values = schema::keyword(*place, "enum").into_iter().flat_map(Place::elements);
            let ends = values.into_iter().any(|value| words::any(&words::words(&value.text().to_lowercase()), &ENDS));
            if !ends {
                let message =
                    format!("`{name}` of an accepted job has no value for its end; add those for success and failure");
                out.push(Finding::key(*place, message).at_most(Severity::Info).of(operation));
            }
        }
    }
}

/// Whether messages are sent to a path: it ends with what they are called. `/events/{id}` is one of them, and `/events-export`
/// something else.
fn takes_messages(template: &str) -> bool {
    let last = template.rsplit('/').find(|segment| !segment.is_empty()).filter(|segment| !segment.contains('{'));
    let last = last.and_then(|segment| words::words(segment).pop());
    last.is_some_and(|word| {
        ["webhook", "callback", "notification", "event"].contains(&word.strip_suffix('s').unwrap_or(&word))
    })
}

/// Whether the request carries an id, and a `GET` below the path takes one: the client asks by the id that it gave.
fn asked_by_own_id(facts: &Facts<'_>, operation: &Operation<'_>) -> bool {
    let schemas = operation.body().into_iter().flat_map(|body| body.media_types);
    let bodies = schemas.filter_map(|media| media.schema?.place());
    let own = bodies.flat_map(schema::properties).any(|(name, _)| words::ends_with(&words::words(name), "id"));
    let below = |path: &str| {
        let rest =
            path.strip_prefix(operation.path.template.trim_end_matches('/')).and_then(|rest| rest.strip_prefix('/'));
        rest.is_some_and(|rest| rest.starts_with('{') && rest.ends_with('}') && !rest.contains('/'))
    };
    own && facts.operations().any(|other| other.method == "get" && below(other.path.template))
}

/// Whether a schema has members of RFC 9457 with the right types.
fn is_problem(schema: Place<'_>) -> Result<(), &'static str> {
    let of =
        |name: &str| schema::properties(schema).into_iter().find(|(found, _)| *found == name).map(|(_, place)| place);
    let known = ["type", "title", "status", "detail", "instance"].iter().filter(|name| of(name).is_some()).count();
    let text =
        |name: &str| of(name).is_none_or(|place| schema::has_type(place, "string") || !schema::has(place, "type"));
    let status = of("status").is_none_or(|place| schema::is_numeric(place) || !schema::has(place, "type"));
    match (known, status, text("type") && text("title") && text("detail")) {
        (0, ..) => Err("has none of the members of a problem (`type`, `title`, `status`, `detail`)"),
        (_, false, _) => Err("has a `status` that is no number"),
        (_, _, false) => Err("has a `type`, `title` or `detail` that is no text"),
        _ => Ok(()),
    }
}

/// `rel-problem-details`: errors are problems (RFC 9457), or what the standard of the contract has instead. Option
/// `model`: the members by which that is known.
pub(super) fn problem(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let model = options.list("model");
    let mut seen = FxHashSet::default();
    let (mut found, mut candidates) = (Vec::new(), 0);
    let mut outdated = false;
    for operation in facts.operations() {
        for response in operation.responses().into_iter().filter(is_error) {
            if !seen.insert(response.place.id()) {
                continue;
            }
            if !outdated
                && response.place.get("description").is_some_and(|text| says(text, &["rfc 7807", "rfc7807"], 0))
            {
                outdated = true;
                let message = "RFC 9457 has replaced RFC 7807; refer to that";
                out.push(Finding::key(response.at, message).at_most(Severity::Hint).of(operation));
            }
            let media = response.media_types();
            let Some(json) = media.iter().find(|media| is_json(media.name)) else { continue };
            candidates += 1;
            let body = json.schema.as_ref().and_then(crate::openapi::SchemaRef::place);
            let names: Vec<&str> =
                body.map(schema::properties).unwrap_or_default().into_iter().map(|(name, _)| name).collect();
            if !model.is_empty() {
                let fits = model.iter().all(|name| names.contains(name))
                    || media.iter().any(|media| media.name.starts_with("application/problem+"));
                if !fits {
                    let list = model.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                    let message = format!(
                        "`{}` of {} is not the error model of the standard ({list})",
                        response.status,
                        operation.label()
                    );
                    found.push(Finding::key(json.place, message).of(operation));
                }
                continue;
            }
            match media.iter().find(|media| media.name.starts_with("application/problem+json")) {
                Some(problem) => {
                    let fault = problem.schema.as_ref().and_then(crate::openapi::SchemaRef::place).map(is_problem);
                    if let Some(Err(what)) = fault {
                        let message = format!("`application/problem+json` of {} {what}", operation.label());
                        found.push(Finding::key(problem.place, message).of(operation));
                    }
                }
                None => {
                    let message = format!(
                        "`{}` of {} is no problem document; use `application/problem+json` (RFC 9457)",
                        response.status,
                        operation.label()
                    );
                    found.push(Finding::key(json.place, message).of(operation));
                }
            }
        }
    }
    let own = !model.is_empty();
    let summary = |count| {
        let what = if own {
            "do not have the error model of the standard"
        } else {
            "are no problem documents (`application/problem+json`, RFC 9457)"
        };
        format!("{count} of {candidates} error bodies {what}")
    };
    fold(facts.api, found, candidates, summary, out);
}

/// The IANA registry "HTTP Status Codes", as of 2026-01.
const REGISTERED: [u16; 63] = [
    100, 101, 102, 103, 104, 200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 307, 308,
    400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 423, 424, 425,
    426, 428, 429, 431, 451, 500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511, 306,
];

/// `rel-status-code-registered`: status codes mean something to clients. Option `allow`: codes of a scheme.
pub(super) fn status_codes(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let allowed = options.list("allow");
    let mut seen = FxHashSet::default();
    let mut told: Vec<(&str, usize)> = Vec::new();
    for operation in facts.operations().chain(facts.notifications()) {
        for response in operation.responses() {
            let status = response.status;
            let Some(code) = status.parse::<u16>().ok().filter(|_| status.len() == 3) else { continue };
            if !REGISTERED.contains(&code) && !allowed.contains(&status) {
                if let Some((_, at)) = told.iter().find(|(known, _)| *known == status) {
                    out[*at].operations.push(operation.label());
                    continue;
                }
                let near = match code / 100 {
                    4 => "a registered one such as `400` or `422`",
                    5 => "a registered one such as `500` or `503`",
                    _ => "a registered one",
                };
                told.push((status, out.len()));
                let message = format!(
                    "`{status}` is no registered status code, so clients and gateways do not know it; use {near}"
                );
                out.push(Finding::key(response.at, message).of(operation));
            } else if matches!(code, 204 | 205 | 304) && has_body(&response) && seen.insert(response.place.id()) {
                let message = format!("a `{status}` response has no body, but {} describes one", operation.label());
                let help = if code == 304 { "Remove its content" } else { "Remove its content, or respond with `200`" };
                out.push(Finding::key(response.at, message).help(help).of(operation));
            }
        }
    }
}

fn has_body(response: &Response<'_>) -> bool {
    response.place.get("content").is_some_and(|content| !content.is_empty()) || response.place.get("schema").is_some()
}

/// `rel-webhook-delivery-policy`: receivers of notifications know what to expect.
pub(super) fn delivery(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let stated = facts.governance("x-webhook-delivery").is_some();
    let mut seen = FxHashSet::default();
    let (mut found, mut candidates) = (Vec::new(), 0);
    for operation in facts.notifications().filter(|operation| operation.method != "get") {
        if !seen.insert(operation.place.id()) {
            continue;
        }
        candidates += 1;
        let lacks = lacking(operation, stated);
        if !lacks.is_empty() {
            let message = format!("receivers of {} do not learn {}", operation.label(), lacks.join(", "));
            found.push(Finding::key(operation.place, message).of(operation));
        }
    }
    let summary = |count| {
        format!(
            "receivers of {count} of {candidates} notifications do not learn all they need; state repeats and order once with `x-webhook-delivery`"
        )
    };
    fold(facts.api, found, candidates, summary, out);
}

fn lacking(operation: &Operation<'_>, stated: bool) -> Vec<&'static str> {
    let headers: Vec<&str> = operation.parameters().iter().map(|parameter| parameter.name).collect();
    let names: Vec<Vec<String>> = body_names(operation).into_iter().chain(headers).map(words::words).collect();
    let ends =
        |terms: &[&str]| names.iter().any(|split| split.last().is_some_and(|word| terms.contains(&word.as_str())));
    let own = ["x-webhook-delivery"]
        .iter()
        .any(|key| operation.place.get(key).is_some() || operation.path.field(key).is_some());
    let media = operation.body().map(|body| body.media_types).unwrap_or_default();
    let shown = media.iter().any(|media| {
        let schema = media.schema.as_ref().and_then(crate::openapi::SchemaRef::place);
        ["example", "examples"]
            .iter()
            .any(|key| media.place.get(key).is_some() || schema.is_some_and(|schema| schema::has(schema, key)))
    });
    let checks = [
        (ends(&["id", "identifier", "uuid", "reference", "jti"]), "which event it is (an id)"),
        (ends(&["time", "timestamp", "at", "date", "created", "iat", "toe"]), "when it happened (a time)"),
        (ends(&["type", "event", "topic", "kind", "code", "name", "version", "events"]), "what happened (a type)"),
        (operation.responses().iter().any(Response::is_success), "how to acknowledge it (a `2XX` response)"),
        (stated || own, "whether it is repeated (`x-webhook-delivery`)"),
        (shown || media.is_empty(), "how it looks (an example)"),
    ];
    checks.into_iter().filter(|(fine, _)| !fine).map(|(_, what)| what).collect()
}
