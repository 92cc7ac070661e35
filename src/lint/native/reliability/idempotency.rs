//! Payments that are repeated must not be made twice.

use super::super::facts::Facts;
use super::super::{Finding, Options, schema, words};
use crate::diagnostic::Severity;
use crate::lexicon::{Act, Certainty};
use crate::openapi::ParameterIn;
use crate::workspace::Place;
use rustc_hash::FxHashSet;

/// `rel-idempotency-key-on-money-movement`: the same payment sent twice is made once.
pub(super) fn key_on_money_movement(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let own = options.list("headers");
    let mut seen = FxHashSet::default();
    for operation in facts.operations() {
        let Act::Pay(certainty) = facts.act(operation) else { continue };
        let is_key = |name: &str| {
            let split = words::words(name);
            words::any(&split, &["idempotency", "idempotent"])
                || own.iter().any(|known| known.eq_ignore_ascii_case(name))
        };
        let told = |place: Place<'_>| place.get_str("description").is_some_and(is_told);
        let mut headers = operation.parameters().into_iter().filter(|p| p.location == Some(ParameterIn::Header));
        if let Some(header) = headers.find(|header| is_key(header.name) || told(header.place)) {
            if !header.required() && seen.insert(header.place.id()) {
                let message = format!(
                    "the idempotency key `{}` is optional where money moves, so a repeated request may pay twice; require it",
                    header.name
                );
                let place = header.place.get("name").unwrap_or(header.place);
                out.push(Finding::at(place, message).at_most(Severity::Info).of(operation));
            }
            continue;
        }
        if operation.place.get("x-idempotency").is_some() || operation.path.field("x-idempotency").is_some() {
            continue;
        }
        let media = operation.body().map(|body| body.media_types).unwrap_or_default();
        let properties: Vec<(&str, Place<'_>)> = media
            .iter()
            .filter_map(|media| media.schema.as_ref()?.place())
            .flat_map(|place| schema::properties_within(place, 3))
            .collect();
        if properties
            .iter()
            .any(|(name, place)| is_key(name) || schema::text(*place, "description").is_some_and(is_told))
        {
            continue;
        }
        let message = format!(
            "{} moves money, but has no idempotency key, so a repeated request may pay twice; require the header `Idempotency-Key`",
            operation.label()
        );
        let finding = Finding::key(operation.place, message).of(operation);
        let reference = properties.iter().any(|(name, _)| is_reference(name));
        let ceiling = match (reference, certainty) {
            (true, _) => Some(Severity::Info),
            (false, Certainty::Shaped) => Some(Severity::Warn),
            (false, Certainty::Named) => None,
        };
        out.push(ceiling.map_or(finding.clone(), |ceiling| finding.at_most(ceiling)));
    }
}

/// What descriptions say of a key that makes a repeated request harmless.
const TOLD: [&str; 10] = [
    "idempoten",
    "stores keys",
    "safely retry",
    "safely retried",
    "safe to retry",
    "deduplic",
    "duplicate request",
    "duplicate payment",
    "same request twice",
    "prevent duplicate",
];

fn is_told(description: &str) -> bool {
    let text = description.to_ascii_lowercase();
    TOLD.iter().any(|told| text.contains(told))
}

/// Whether a name is that of an id which the client gives to what it asks for, so that a repetition can be told.
fn is_reference(name: &str) -> bool {
    let split = words::words(name);
    let (Some(last), true) = (split.last(), split.len() > 1) else { return false };
    matches!(last.as_str(), "id" | "reference" | "ref" | "identification" | "uuid" | "identifier")
        && words::any(&split, &GIVEN)
}

/// Words of ids that clients give.
const GIVEN: [&str; 17] = [
    "end",
    "transfer",
    "client",
    "request",
    "unique",
    "external",
    "transaction",
    "payment",
    "instruction",
    "merchant",
    "correlation",
    "reference",
    "order",
    "payout",
    "refund",
    "batch",
    "message",
];
