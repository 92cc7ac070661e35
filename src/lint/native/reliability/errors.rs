//! Errors that are described, and described in one way.

use super::super::facts::{Facts, is_json, is_oauth_endpoint};
use super::super::finding::fold;
use super::super::schema_walk::is_error;
use super::super::{Finding, Options, schema, words};
use crate::diagnostic::Severity;
use crate::openapi::{SchemaRef, StatusKey};
use crate::workspace::Place;
use rustc_hash::{FxHashMap, FxHashSet};

/// `rel-server-errors-documented`: operations say what clients get when the server fails.
pub(super) fn server_errors(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let (mut found, mut candidates) = (Vec::new(), 0);
    let mut seen = FxHashSet::default();
    for operation in facts.operations() {
        let responses = operation.responses();
        if responses.is_empty() {
            continue;
        }
        candidates += 1;
        if !responses.iter().any(|response| response.key.class() == Some(5) || response.key == StatusKey::Default) {
            let message = format!("{} describes no server error (`500`, `5XX` or `default`)", operation.label());
            found
                .push(Finding::key(operation.place.get("responses").unwrap_or(operation.place), message).of(operation));
        }
        for response in responses.iter().filter(|response| response.status == "503") {
            let told = response.headers().iter().any(|header| header.name.eq_ignore_ascii_case("retry-after"));
            if !told && seen.insert(response.place.id()) {
                let message =
                    "the `503` response has no `Retry-After` header, so clients cannot tell when to try again";
                out.push(Finding::key(response.at, message).of(operation));
            }
        }
    }
    let summary = |count| {
        format!(
            "{count} of {candidates} operations describe no server error; add one response component for `5XX` or `default` and refer to it"
        )
    };
    fold(facts.api, found, candidates, summary, out);
}

/// What tells error models apart: the names of the members at the top, followed into an array of errors or `error`.
fn signature(body: Place<'_>) -> Vec<String> {
    let mut names: Vec<String> = schema::properties(body).into_iter().map(|(name, _)| name.to_owned()).collect();
    names.sort();
    names
}

/// Whether one model only adds members to another.
fn is_specialised(a: &[String], b: &[String]) -> bool {
    a.iter().all(|name| b.contains(name)) || b.iter().all(|name| a.contains(name))
}

/// Whether the words of any member say what it is, at most two objects deep.
fn tells(body: Place<'_>, terms: &[&str], depth: usize) -> bool {
    schema::properties_within(body, depth).iter().any(|(name, _)| words::any(&words::words(name), terms))
}

/// What an error model lacks, and what to do about it.
fn lacking(body: Place<'_>) -> Option<(&'static str, &'static str)> {
    let code = tells(body, &["code", "type", "error", "errors", "status", "reason", "name", "issue"], 2);
    let told = ["message", "description", "detail", "details", "title", "text", "error", "errors", "reason"];
    match (code, tells(body, &told, 2)) {
        (true, true) => None,
        (true, false) => Some(("a code, but no message for people", "Add a property such as `message`")),
        (false, true) => Some(("a message, but no code for programs", "Add a property such as `code`")),
        (false, false) => Some((
            "neither a code for programs nor a message for people",
            "Add properties such as `code` and `message`",
        )),
    }
}

/// `rel-error-model-consistent`: all errors look the same, and can be told apart by machines and read by people.
pub(super) fn consistent(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    // Per model: the schema, the operations, and one place.
    let mut models: Vec<(Vec<String>, Place<'_>, usize, Finding)> = Vec::new();
    let mut known: FxHashMap<_, usize> = FxHashMap::default();
    let mut judged = FxHashSet::default();
    for operation in facts.operations().filter(|operation| !is_oauth_endpoint(operation)) {
        for response in operation.responses().into_iter().filter(is_error) {
            if matches!(response.key, StatusKey::Exact(429 | 502..=504)) {
                continue;
            }
            let Some(media) = response.media_types().into_iter().find(|media| is_json(media.name)) else { continue };
            let Some(body) = media.schema.as_ref().and_then(SchemaRef::place) else { continue };
            let id = body.resolved().id();
            if let Some(at) = known.get(&id) {
                models[*at].2 += 1;
                continue;
            }
            let names = signature(body);
            if names.is_empty() {
                continue;
            }
            if judged.insert(id)
                && let Some((what, help)) = lacking(body)
            {
                let message = format!("the error `{}` of {} has {what}", response.status, operation.label());
                out.push(Finding::key(body, message).help(help).of(operation).at_most(Severity::Info));
            }
            let at = models.iter().position(|(other, ..)| is_specialised(other, &names)).unwrap_or_else(|| {
                let finding =
                    Finding::key(media.schema.as_ref().and_then(SchemaRef::place).unwrap_or(response.place), "")
                        .of(operation);
                models.push((names, body, 0, finding));
                models.len() - 1
            });
            models[at].2 += 1;
            known.insert(id, at);
        }
    }
    let Some(main) = (0..models.len()).max_by_key(|at| (models[*at].2, std::cmp::Reverse(*at))) else { return };
    let usual = name_of(models[main].1);
    for (at, (_, body, count, mut finding)) in models.into_iter().enumerate() {
        if at != main {
            finding.message = format!(
                "this error is described by {}, but most errors of this contract by {usual}; use one model (seen {count} times)",
                name_of(body)
            );
            out.push(finding);
        }
    }
}

/// How people name a schema: the last part of its reference, or its members.
fn name_of(body: Place<'_>) -> String {
    match body.reference().and_then(|reference| reference.rsplit('/').next()) {
        Some(name) => format!("`{name}`"),
        None => {
            let names: Vec<String> = signature(body).into_iter().take(3).collect();
            format!("an object of `{}`", names.join("`, `"))
        }
    }
}
