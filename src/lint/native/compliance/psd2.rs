//! PSD2: what the customer confirms, and the headers that tell whether the customer is there.

use super::super::facts::{Facts, path_words};
use super::super::finding::fold;
use super::super::kinds::{is_consent, moves_money, touches_customers};
use super::super::{Finding, Options, schema, words};
use super::message::{body, request_header};
use crate::lexicon::{Class, Lexicon, is_payee};
use crate::openapi::Operation;
use crate::workspace::Place;
use rustc_hash::FxHashSet;

/// `cmp-customer-context-headers`: headers of the standard that tell whether the customer is there. Options: `optional`,
/// which every operation on customers' data defines and none requires, and `payments`, which payments require.
pub(super) fn context(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let (optional, payments) = (options.list("optional"), options.list("payments"));
    let mut seen = FxHashSet::default();
    let (mut found, mut candidates) = (Vec::new(), 0);
    for operation in facts.operations() {
        let security = operation.security();
        let bound = touches_customers(operation, options) && !security.allows_anonymous();
        let pays = operation.method == "post"
            && words::any(&path_words(operation), &["payment", "payments"])
            && !is_consent(operation);
        if !bound {
            continue;
        }
        candidates += 1;
        let mut lacks: Vec<String> = Vec::new();
        for name in &optional {
            match request_header(operation, name) {
                None => lacks.push(format!("`{name}`")),
                Some(header) if header.required() && seen.insert(header.place.id()) => {
                    let message =
                        format!("`{name}` must not be required, because it is only sent while the customer is there");
                    out.push(Finding::at(header.place.get("name").unwrap_or(header.place), message).of(operation));
                }
                Some(_) => {}
            }
        }
        for name in payments.iter().filter(|_| pays) {
            if request_header(operation, name).is_none() {
                lacks.push(format!("`{name}`"));
            }
        }
        if !lacks.is_empty() {
            let message = format!(
                "{} lacks the headers {}, which tell whether the customer is there",
                operation.label(),
                lacks.join(", ")
            );
            found.push(Finding::key(operation.place, message).of(operation));
        }
    }
    let summary =
        |count| format!("{count} of {candidates} operations lack headers that tell whether the customer is there");
    fold(facts.api, found, candidates, summary, out);
}

/// How a part of a payment is given below a schema.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Given {
    No,
    Optional,
    Required,
}

/// Whether a member of this kind stands below the schema, and whether it must.
fn given(schema: Place<'_>, wanted: &dyn Fn(&str) -> bool, depth: usize, must: bool) -> Given {
    let required = |name: &str| {
        fn listed(schema: Place<'_>, name: &str, depth: usize) -> bool {
            let schema = schema.resolved();
            let own =
                schema.get("required").into_iter().flat_map(Place::elements).any(|one| one.as_str() == Some(name));
            own || (depth > 0
                && schema.get("allOf").into_iter().flat_map(Place::elements).any(|one| listed(one, name, depth - 1)))
        }
        listed(schema, name, 4)
    };
    let mut best = Given::No;
    for (name, place) in schema::properties(schema) {
        let must = must && required(name);
        let own = if wanted(name) {
            if must { Given::Required } else { Given::Optional }
        } else if depth > 0 {
            given(schema::keyword(place, "items").unwrap_or(place), wanted, depth - 1, must)
        } else {
            Given::No
        };
        best = best.max(own);
    }
    let alternatives = ["oneOf", "anyOf"].iter().filter_map(|key| schema.resolved().get(key)).flat_map(Place::elements);
    if depth > 0 {
        for branch in alternatives {
            best = best.max(given(branch, wanted, depth - 1, must));
        }
    }
    best
}

/// Words of payments that are confirmed by limits or by a total, and of what is done to a payment that was confirmed.
const OTHERS: [&str; 26] = [
    "bulk",
    "file",
    "batch",
    "vrp",
    "vrps",
    "recurring",
    "periodic",
    "standing",
    "refund",
    "refunds",
    "automatic",
    "cancellation",
    "cancellations",
    "cancel",
    "cancels",
    "capture",
    "captures",
    "return",
    "returns",
    "reversal",
    "reversals",
    "reverse",
    "stop",
    "void",
    "voids",
    "execute",
];

fn is_amount(name: &str) -> bool {
    Lexicon::built_in().is_named(name, &[Class::Money]) || words::any(&words::words(name), &["amount"])
}

/// `cmp-dynamic-linking`: the customer confirms this amount to this payee.
pub(super) fn linking(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    for operation in
        facts.operations().filter(|operation| operation.method == "post" && is_initiation(operation, facts))
    {
        let Some(body) = body(operation)
            .filter(|body| !schema::properties(*body).is_empty() || body.resolved().get("oneOf").is_some())
        else {
            continue;
        };
        let bound = given(body, &|name| words::contains(&words::words(name), "consent id"), 1, true) > Given::No;
        let (amount, payee) = (given(body, &is_amount, 4, true), given(body, &is_payee, 4, true));
        // What was confirmed with the consent, or with the payment that the path names, need not be repeated.
        let bound = bound || operation.label().contains('{');
        if bound && (amount, payee) == (Given::No, Given::No) {
            continue;
        }
        let say = |what: &str, how: Given| match how {
            Given::No => Some(format!("no {what}")),
            Given::Optional => Some(format!("an optional {what}")),
            Given::Required => None,
        };
        let lacks: Vec<String> = [say("amount", amount), say("payee", payee)].into_iter().flatten().collect();
        if !lacks.is_empty() {
            let message = format!(
                "{} has {}; what the customer confirms must name amount and payee, so require both",
                operation.label(),
                lacks.join(" and ")
            );
            let place = operation.place.get("requestBody").unwrap_or(operation.place);
            out.push(Finding::key(place, message).of(operation));
        }
    }
}

fn is_initiation<'w>(operation: &Operation<'w>, facts: &Facts<'w>) -> bool {
    let path = path_words(operation);
    let last = path.last().map_or("", String::as_str);
    let consent = words::any(&path, &["payment", "payments"]) && matches!(last, "consents" | "consent");
    // A `POST` may undo as well; then the name of the operation says so.
    let undoes =
        operation.id().is_some_and(|id| words::any(&words::words(id), &["delete", "remove", "cancel", "void"]));
    (moves_money(operation, facts) || consent) && !undoes && !words::any(&path, &OTHERS)
}
