//! When payments are processed that wait for a batch or a cut-off time, and what became of each part of a bulk.

use super::super::facts::{Facts, path_words};
use super::super::finding::fold;
use super::super::kinds::says;
use super::super::schema_walk::Role;
use super::super::{Finding, Options, schema, words};
use crate::openapi::{Operation, Response};
use crate::workspace::{Place, PlaceId};
use rustc_hash::FxHashSet;

/// Rails that process in batches or close in the evening, as words of paths and as values of `x-rail`.
const TIMED: [&str; 14] = [
    "ach", "nacha", "bacs", "chaps", "fedwire", "wire", "wires", "sepa", "sct", "swift", "target2", "becs", "eft",
    "neft",
];
/// Rails that settle at any time.
const INSTANT: [&str; 10] = ["instant", "pix", "fps", "sct-inst", "rtp", "fednow", "npp", "upi", "faster", "imps"];

/// What binds the operation to certain hours, in words that follow `it`.
fn bound(operation: &Operation<'_>) -> Option<String> {
    let own = |key: &str| operation.place.get_str(key).or_else(|| operation.path.field(key).and_then(Place::as_str));
    let path = path_words(operation);
    if own("x-rail").is_some_and(|rail| INSTANT.contains(&&*rail.to_ascii_lowercase())) || words::any(&path, &INSTANT) {
        return None;
    }
    if own("x-backed-by") == Some("batch") {
        return Some("is backed by a batch".to_owned());
    }
    if operation.method != "post" {
        return None;
    }
    if let Some(rail) = own("x-rail").filter(|rail| TIMED.contains(&&*rail.to_ascii_lowercase())) {
        return Some(format!("pays by `{rail}`"));
    }
    let pays = words::any(&path, &["payment", "payments", "transfer", "transfers", "payout", "payouts"]);
    // The last segment is the one that is made: `/wire-transfers/{id}/cancel` is not a payment.
    let last = operation.path.template.rsplit('/').next().map(words::words).unwrap_or_default();
    let made = words::any(&last, &["payment", "payments", "transfer", "transfers", "payout", "payouts"])
        || words::any(&last, &TIMED);
    let rail = TIMED.iter().find(|rail| path.iter().any(|word| word == *rail)).filter(|_| pays && made)?;
    Some(format!("pays by `{rail}`"))
}

/// Texts that tell when a payment is processed.
const TOLD: [&str; 14] = [
    "cut-off",
    "cutoff",
    "cut off",
    "business day",
    "working day",
    "banking day",
    "value date",
    "settlement date",
    "effective date",
    "execution date",
    "processing window",
    "same day",
    "same-day",
    "next day",
];
/// Names of fields that do.
const FIELDS: [&str; 11] = [
    "value date",
    "settlement date",
    "effective date",
    "execution date",
    "effective entry date",
    "processing date",
    "cut off",
    "cutoff",
    "cut off time",
    "delivery date",
    "clearing date",
];

fn tells_when(operation: &Operation<'_>, facts: &Facts<'_>, fields: &FxHashSet<PlaceId>) -> bool {
    let tags = operation.tags();
    let tagged = facts.api.tags().into_iter().filter(|(name, _)| tags.contains(name)).map(|(_, place)| place);
    let around: Vec<Place<'_>> = tagged.chain(facts.api.info()).collect();
    let declared = |place: &Place<'_>| place.get("x-availability").is_some();
    let described = |place: Place<'_>| {
        ["summary", "description"].iter().filter_map(|key| place.get(key)).any(|text| says(text, &TOLD, 0))
    };
    declared(&operation.place)
        || operation.path.field("x-availability").is_some()
        || declared(&facts.api.root())
        || around.iter().any(declared)
        || described(operation.place)
        || around.into_iter().any(described)
        || fields.contains(&operation.place.id())
}

/// Operations with a field that tells when the payment is processed. A schema is met once, so what other operations share
/// is looked for in the bodies of each.
fn with_fields(facts: &Facts<'_>, operations: &[&Operation<'_>]) -> FxHashSet<PlaceId> {
    let timed: FxHashSet<PlaceId> = facts
        .everywhere()
        .filter(|element| element.role == Role::Property)
        .filter(|element| FIELDS.iter().any(|term| words::contains(&words::words(element.name), term)))
        .filter_map(|element| element.holder.map(Place::id))
        .collect();
    operations.iter().filter(|operation| reaches(operation, &timed)).map(|operation| operation.place.id()).collect()
}

/// Whether a body of the operation holds one of these objects, up to four objects further in.
fn reaches(operation: &Operation<'_>, wanted: &FxHashSet<PlaceId>) -> bool {
    let sent = operation.body().map(|body| body.media_types).unwrap_or_default();
    let received = operation.responses().into_iter().filter(Response::is_success).flat_map(|one| one.media_types());
    let mut level: Vec<Place<'_>> =
        sent.into_iter().chain(received).filter_map(|media| media.schema.as_ref()?.place()).collect();
    let mut seen = FxHashSet::default();
    for _ in 0..5 {
        let mut next = Vec::new();
        for place in level.into_iter().map(Place::resolved).filter(|place| seen.insert(place.id())) {
            if wanted.contains(&place.id()) {
                return true;
            }
            next.extend(place.get("properties").into_iter().flat_map(Place::members).map(|member| member.value));
            next.extend(place.get("items"));
            for key in ["allOf", "oneOf", "anyOf"] {
                next.extend(place.get(key).into_iter().flat_map(Place::elements));
            }
        }
        level = next;
    }
    false
}

/// Whether an operation takes many things at once.
fn is_bulk(operation: &Operation<'_>) -> bool {
    let last = operation.path.template.rsplit('/').next().map(words::words).unwrap_or_default();
    operation.method == "post" && words::any(&last, &["bulk", "batch", "batches"])
}

/// Whether an array in the answer tells of each part how it went.
fn lists_results(body: Place<'_>) -> bool {
    let inner = schema::properties_within(body, 2).into_iter().map(|(_, place)| place);
    let arrays = std::iter::once(body).chain(inner).filter_map(|place| schema::keyword(place, "items"));
    let mut seen = FxHashSet::default();
    arrays.filter(|items| seen.insert(items.resolved().id())).any(|items| {
        ["oneOf", "anyOf"].iter().any(|key| schema::has(items, key))
            || schema::properties(items).iter().any(|(name, _)| words::any(&words::words(name), &RESULTS))
    })
}

/// Words of fields that tell how something went.
const RESULTS: [&str; 9] = ["status", "state", "result", "outcome", "success", "succeeded", "error", "errors", "code"];

/// Whether an operation on a bulk says, now or later, what became of its parts.
fn tells_each(operation: &Operation<'_>, facts: &Facts<'_>) -> bool {
    let responses = operation.responses();
    let mut answers = responses.iter().filter(|response| response.is_success()).peekable();
    // All or nothing needs no list, and neither does an answer that is not described at all.
    let whole = [operation.place.get("summary"), operation.place.get("description")]
        .into_iter()
        .flatten()
        .any(|text| says(text, &["all or nothing", "all-or-nothing", "atomic", "all succeed or"], 0));
    let later = |other: &Operation<'_>| {
        let below = other.path.template.strip_prefix(operation.path.template);
        other.method == "get" && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    whole
        || responses.iter().any(|response| matches!(response.status, "207" | "202"))
        || answers.peek().is_none()
        || answers.any(|response| {
            let bodies: Vec<Place<'_>> =
                response.media_types().into_iter().filter_map(|media| media.schema.as_ref()?.place()).collect();
            bodies.is_empty() || bodies.into_iter().any(lists_results)
        })
        || facts.operations().any(later)
}

/// `rel-batch-and-cutoff-windows`: what waits for a batch says when it is processed, and a bulk what became of its parts.
pub(super) fn windows(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let timed: Vec<(&Operation<'_>, String)> =
        facts.operations().filter_map(|operation| Some((operation, bound(operation)?))).collect();
    let operations: Vec<&Operation<'_>> = timed.iter().map(|(operation, _)| *operation).collect();
    let fields = if timed.is_empty() { FxHashSet::default() } else { with_fields(facts, &operations) };
    let candidates = timed.len();
    let mut found = Vec::new();
    for (operation, why) in timed {
        if !tells_when(operation, facts, &fields) {
            let message = format!(
                "{} {why}, but does not say until when a payment goes out on the same day; describe the cut-off time, or add `x-availability`",
                operation.label()
            );
            found.push(Finding::key(operation.place, message).of(operation));
        }
    }
    let summary = |count| {
        format!("{count} operations pay in batches or until a cut-off time, and do not say when; add `x-availability`")
    };
    fold(facts.api, found, candidates.max(21), summary, out);
    for operation in facts.operations().filter(|operation| is_bulk(operation)) {
        if !tells_each(operation, facts) {
            let message = format!(
                "{} takes many at once, but its answer does not tell which of them failed; return a list with a status and error for each, or `207`",
                operation.label()
            );
            out.push(Finding::key(operation.place, message).of(operation));
        }
    }
}
