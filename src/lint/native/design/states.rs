//! How payments tell where they stand, and which way money went.

use super::super::facts::{Facts, path_words};
use super::super::finding::fold;
use super::super::kinds::is_consent;
use super::super::schema_walk::{Element, Role};
use super::super::{Finding, Options, schema, words};
use crate::lexicon::Class;
use crate::pattern::Pattern;
use crate::workspace::Place;
use rustc_hash::FxHashSet;

/// Ends of a payment that went well, and of one that did not, as words and as codes of ISO 20022.
const DONE: [&str; 17] = [
    "completed",
    "complete",
    "settled",
    "executed",
    "succeeded",
    "success",
    "successful",
    "booked",
    "paid",
    "processed",
    "done",
    "sent",
    "acsc",
    "accc",
    "accp",
    "acwp",
    "acsp",
];
const REFUSED: [&str; 14] = [
    "rejected",
    "failed",
    "failure",
    "cancelled",
    "canceled",
    "declined",
    "error",
    "returned",
    "expired",
    "refused",
    "denied",
    "voided",
    "rjct",
    "canc",
];

/// Whether a property is the state of a payment or transfer, and not a reason or a part of it.
fn is_payment_status(element: &Element<'_>) -> bool {
    // Names are split into words only where it may matter.
    if element.role != Role::Property || !["tatus", "TATUS"].iter().any(|end| element.name.ends_with(end)) {
        return false;
    }
    let name = words::words(element.name);
    let of_payment = || {
        let path = path_words(&element.operation);
        words::any(&path, &["payment", "payments", "transfer", "transfers"])
            && !words::any(&path, &["method", "methods", "instrument", "instruments"])
            && !is_consent(&element.operation)
    };
    let own = matches!(&*name.join(" "), "payment status" | "transfer status" | "transaction status");
    own || (name.len() == 1 && name[0] == "status" && of_payment())
}

/// `des-payment-status-model`: the states of a payment are listed, and some of them are final.
pub(super) fn status(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    let (mut found, mut candidates) = (Vec::new(), 0);
    for element in facts.success().iter().filter(|element| is_payment_status(element)) {
        if !schema::has_type(element.at, "string") || !seen.insert(element.at.resolved().id()) {
            continue;
        }
        candidates += 1;
        let listed = ["enum", "x-extensible-enum"].iter().find_map(|key| schema::keyword(element.at, key));
        let Some(list) = listed else {
            let told = ["const", "pattern", "oneOf", "anyOf", "x-enum", "x-external-codes"];
            if !told.iter().any(|key| schema::has(element.at, key)) {
                let message = format!(
                    "the {} of {} may be any text, so clients cannot tell when it has ended; list the values (`enum`, `x-extensible-enum`)",
                    element.label(),
                    element.operation.label()
                );
                found.push(Finding::key(element.at, message).of(&element.operation));
            }
            continue;
        };
        let values: Vec<Vec<String>> = list.elements().map(|value| words::words(value.text())).collect();
        let ends = |terms: &[&str]| values.iter().any(|value| words::any(value, terms));
        let lacks = match (ends(&DONE), ends(&REFUSED)) {
            // Two values or fewer are a switch rather than a course; none that is known is a vocabulary of its own.
            _ if values.len() < 3 => continue,
            (true, true) | (false, false) => continue,
            (false, true) => "went well",
            (true, false) => "failed",
        };
        let message = format!("{} has no value for the end of a payment that {lacks}; add one", element.label());
        found.push(Finding::key(list, message).of(&element.operation));
    }
    let summary = |count| format!("{count} states of payments are any text, or lack a final value");
    fold(facts.api, found, candidates.max(21), summary, out);
}

/// Whether a name tells which way money went.
fn is_direction(name: &str) -> bool {
    let may =
        ["irection", "ndicator", "ebit", "redit", "DIRECTION", "INDICATOR"].iter().any(|part| name.contains(part));
    if !may {
        return false;
    }
    let joined = words::words(name).join(" ");
    [
        "credit debit indicator",
        "credit debit code",
        "credit debit",
        "debit credit",
        "debit credit indicator",
        "direction",
        "cash flow direction",
    ]
    .contains(&&*joined)
}

/// Whether an amount may carry a sign by what is written about it.
fn is_signed(amount: Place<'_>) -> bool {
    let least = schema::keyword(amount, "minimum").and_then(Place::as_f64);
    let pattern = schema::text(amount, "pattern").map(Pattern::read);
    least.is_some_and(|least| least < 0.0)
        || pattern.is_some_and(|pattern| {
            let signed = ["-1.00", "-10.00", "-1", "-1.0000"];
            signed.iter().any(|text| pattern.matches_whole(text) == Some(true))
        })
}

/// `des-money-sign-unambiguous`: a sign or a direction, not both.
pub(super) fn sign(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    for element in facts.everywhere().filter(|element| element.role == Role::Property && is_direction(element.name)) {
        let Some(holder) = element.holder.filter(|holder| seen.insert(holder.id())) else { continue };
        // The amount stands beside the direction, or in an object beside it.
        let beside = schema::properties(holder);
        let inner = beside.iter().flat_map(|(_, place)| schema::properties(*place));
        let amounts = beside.iter().copied().chain(inner.collect::<Vec<_>>());
        for (name, amount) in amounts.filter(|(name, _)| facts.lexicon.is_named(name, &[Class::Money])) {
            let marked = schema::text(amount, "x-sign") == Some("signed");
            if !marked && is_signed(amount) && seen.insert(amount.resolved().id()) {
                let message = format!(
                    "`{name}` may be negative, though `{}` says the direction, so `-5` could mean either; allow no sign, or say `x-sign: signed`",
                    element.name
                );
                out.push(Finding::key(amount, message).of(&element.operation));
            }
        }
    }
}
