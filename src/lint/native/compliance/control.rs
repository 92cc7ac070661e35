//! Two pairs of eyes before what cannot be taken back, and traces of who changed what.

use super::super::facts::{Facts, path_words};
use super::super::finding::fold;
use super::super::{Finding, Options, schema, words};
use super::message::bodies;
use crate::openapi::Operation;
use crate::workspace::Place;
use rustc_hash::FxHashSet;
use std::cell::LazyCell;

/// What makes an operation one that two people should decide, in words that follow `it`.
fn weighty(operation: &Operation<'_>) -> Option<&'static str> {
    match operation.place.get_bool("x-high-value") {
        Some(true) => return Some("is marked as `x-high-value`"),
        Some(false) => return None,
        None => {}
    }
    let all = path_words(operation);
    let last = all.last().map_or("", String::as_str);
    let changes = matches!(operation.method, "post" | "put" | "patch");
    let pays = words::any(&all, &["payment", "payments", "transfer", "transfers"]);
    if operation.method == "post"
        && pays
        && words::any(&all, &["bulk", "batch", "batches", "file"])
        && !operation.path.template.ends_with('}')
    {
        Some("pays many at once")
    } else if changes && matches!(last, "signatories" | "signatory" | "mandates") {
        Some("changes who may sign")
    } else {
        None
    }
}

/// Whether some text of the contract shows a second step.
fn approves(text: &str) -> bool {
    let split = words::words(text);
    words::any(
        &split,
        &[
            "approve",
            "approval",
            "approvals",
            "authorise",
            "authorize",
            "authorisations",
            "authorizations",
            "countersign",
        ],
    ) || words::contains(&split, "further authorisation")
        || words::contains(&split, "multi authorisation")
}

/// `cmp-dual-control-declared`: what pays many or changes who may sign is decided by two.
pub(super) fn dual_control(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    if facts.governance("x-approval-flow").is_some() {
        return;
    }
    // Looked for only where an operation needs it.
    let second = LazyCell::new(|| {
        facts.operations().any(|operation| approves(operation.path.template))
            || facts.success().iter().any(|element| {
                approves(element.name)
                    || schema::keyword(element.at, "enum")
                        .is_some_and(|list| list.elements().any(|value| value.as_str().is_some_and(waits)))
            })
    });
    for operation in facts.operations() {
        let Some(what) = weighty(operation) else { continue };
        match operation.place.get("x-approval-flow") {
            Some(flow) if flow.get_bool("maker_cannot_approve") == Some(false) => {
                let message = format!("{} lets whoever made it approve it as well", operation.label());
                out.push(Finding::key(flow, message).of(operation));
            }
            Some(_) => {}
            None if *second => {}
            None => {
                let message = format!(
                    "{} {what}, but nothing shows that a second person approves it; describe that step, or add `x-approval-flow`",
                    operation.label()
                );
                out.push(Finding::key(operation.place, message).of(operation));
            }
        }
    }
}

/// A state of waiting for a second person.
fn waits(value: &str) -> bool {
    let split = words::words(value);
    words::any(&split, &["pending", "awaiting"]) && words::any(&split, &["approval", "authorisation", "authorization"])
}

/// Words of days and times at which something was made or changed.
const MADE: [&str; 10] = [
    "created",
    "creation",
    "create",
    "opened",
    "issued",
    "registered",
    "inserted",
    "received",
    "submitted",
    "recorded",
];
const CHANGED: [&str; 8] = ["updated", "update", "modified", "modification", "changed", "change", "last", "edited"];
const WHEN: [&str; 7] = ["at", "date", "time", "on", "timestamp", "utc", "datetime"];

/// `cmp-record-audit-fields`: what can be changed tells when it was made and changed.
pub(super) fn audit_fields(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    let (mut found, mut candidates) = (Vec::new(), 0);
    for operation in
        facts.operations().filter(|operation| operation.method == "get" && operation.path.template.ends_with('}'))
    {
        let changed =
            operation.path.operations().iter().any(|other| matches!(other.method, "put" | "patch" | "delete"));
        let responses = operation.responses();
        let success = responses.iter().find(|response| response.is_success());
        let Some(body) = success.filter(|_| changed).and_then(|response| bodies(response).first().copied()) else {
            continue;
        };
        // An envelope around the resource is looked through.
        let names: Vec<(&str, Place<'_>)> = schema::properties(body)
            .into_iter()
            .flat_map(|(name, place)| std::iter::once((name, place)).chain(schema::properties(place)))
            .collect();
        if names.len() < 4 || !seen.insert(body.resolved().id()) {
            continue;
        }
        candidates += 1;
        let tells = |verbs: &[&str]| {
            names.iter().any(|(name, place)| {
                let split = words::words(name);
                let time = words::any(&split, &WHEN)
                    || schema::text(*place, "format").is_some_and(|format| format.starts_with("date"));
                time && words::any(&split, verbs)
            })
        };
        let lacks = match (tells(&MADE), tells(&CHANGED)) {
            (true, true) => continue,
            (false, true) => "made",
            (true, false) => "changed last",
            (false, false) => "made and changed last",
        };
        let message = format!(
            "{} returns what can be changed, but does not tell when it was {lacks}; add fields such as `createdAt` and `updatedAt`",
            operation.label()
        );
        found.push(Finding::key(operation.place, message).of(operation));
    }
    let summary = |count| {
        format!("{count} of {candidates} resources that can be changed do not tell when they were made or changed")
    };
    fold(facts.api, found, candidates, summary, out);
}
