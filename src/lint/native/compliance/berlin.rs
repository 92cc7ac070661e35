//! Berlin Group, NextGenPSD2 1.3: headers, bodies of initiations, errors, amounts.

use super::super::facts::{Facts, path_words};
use super::super::finding::fold;
use super::super::schema_walk::{Role, is_error};
use super::super::{Finding, Options, schema, words};
use super::message::{bodies, member, request_header, response_header};
use crate::openapi::{Operation, Response};
use rustc_hash::FxHashSet;

const RESOURCES: [&str; 7] =
    ["consents", "accounts", "card-accounts", "payments", "bulk-payments", "periodic-payments", "funds-confirmations"];

fn is_service(operation: &Operation<'_>) -> bool {
    let template = operation.path.template;
    let mut segments = template.split('/').filter(|segment| !segment.is_empty());
    segments.any(|segment| RESOURCES.contains(&segment) || matches!(segment, "signing-baskets" | "{payment-service}"))
}

/// Whether this begins a payment: `POST /payments/{payment-product}`, or with the service as a parameter.
fn initiates(operation: &Operation<'_>) -> bool {
    let template = operation.path.template;
    operation.method == "post" && template.ends_with("product}") && (template.contains("payment"))
}

/// `cmp-berlin-group-headers`: what NextGenPSD2 demands of messages.
pub(super) fn headers(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    let (mut asked, mut candidates, mut silent, mut responses, mut errors) = (Vec::new(), 0, Vec::new(), 0, Vec::new());
    for operation in facts.operations().filter(|operation| is_service(operation)) {
        candidates += 1;
        let label = operation.label();
        match request_header(operation, "X-Request-ID") {
            Some(header) if header.required() => {}
            Some(header) => {
                if seen.insert(header.place.id()) {
                    let place = header.place.get("name").unwrap_or(header.place);
                    asked.push(Finding::at(place, "`X-Request-ID` must be required".to_owned()).of(operation));
                }
            }
            None => {
                asked.push(
                    Finding::key(operation.place, format!("{label} lacks the header `X-Request-ID`")).of(operation),
                );
            }
        }
        request(operation, out);
        for response in operation.responses() {
            if !seen.insert(response.place.id()) {
                continue;
            }
            responses += 1;
            if !response_header(&response, "X-Request-ID") {
                let message = format!("`{}` of {label} lacks the header `X-Request-ID`", response.status);
                silent.push(Finding::key(response.at, message).of(operation));
            }
            if is_error(&response) && !is_told(&response) {
                let message =
                    format!("`{}` of {label} has neither `tppMessages` nor the form of a problem", response.status);
                errors.push(Finding::key(response.at, message).of(operation));
            }
        }
        begun(operation, out);
    }
    fold(
        facts.api,
        asked,
        candidates,
        |count| format!("{count} of {candidates} operations do not require `X-Request-ID`"),
        out,
    );
    fold(
        facts.api,
        silent,
        responses,
        |count| format!("{count} of {responses} responses lack the header `X-Request-ID`"),
        out,
    );
    let count = errors.len();
    fold(
        facts.api,
        errors,
        count,
        |count| format!("{count} errors have neither `tppMessages` nor the form of a problem"),
        out,
    );
    amounts(facts, out);
}

fn request(operation: &Operation<'_>, out: &mut Vec<Finding>) {
    let label = operation.label();
    if initiates(operation) && request_header(operation, "PSU-IP-Address").is_none_or(|header| !header.required()) {
        let message = format!("{label} initiates a payment, and must require `PSU-IP-Address`");
        out.push(Finding::key(operation.place, message).of(operation));
    }
    let words = path_words(operation);
    let account = operation.method == "get" && words::any(&words, &["accounts"]) && !words::any(&words, &["consents"]);
    if account && request_header(operation, "Consent-ID").is_none() {
        let message = format!("{label} reads accounts, and must have the header `Consent-ID`");
        out.push(Finding::key(operation.place, message).of(operation));
    }
}

fn is_told(response: &Response<'_>) -> bool {
    let media = response.media_types();
    let all = bodies(response);
    media.is_empty()
        || media.iter().any(|media| media.name.starts_with("application/problem+"))
        || all.is_empty()
        || all.iter().any(|body| member(*body, "tppMessages").is_some() || schema::properties(*body).is_empty())
}

/// What `201` of an initiation or consent tells about the customer's authentication.
fn begun(operation: &Operation<'_>, out: &mut Vec<Finding>) {
    let consent = operation.method == "post" && operation.path.template.ends_with("/consents");
    if !(consent || initiates(operation)) {
        return;
    }
    for response in operation.responses().into_iter().filter(|response| response.status == "201") {
        let told = response_header(&response, "ASPSP-SCA-Approach")
            || bodies(&response).into_iter().any(|body| {
                let names = ["scaStatus", "_links", "scaMethods", "chosenScaMethod"];
                schema::properties(body).is_empty() || names.iter().any(|name| member(body, name).is_some())
            });
        if !told {
            let message = format!(
                "`201` of {} does not tell how the customer authenticates; add the header `ASPSP-SCA-Approach`, or `scaStatus` and `_links`",
                operation.label()
            );
            out.push(Finding::key(response.at, message).of(operation));
        }
    }
}

/// Amounts are `{currency, amount}`, the amount a text.
fn amounts(facts: &Facts<'_>, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    for element in facts.everywhere().filter(|element| element.role == Role::Property) {
        let named = element.name.ends_with("Amount") || element.name == "instructedAmount";
        let Some(amount) = member(element.schema, "amount").filter(|_| named) else { continue };
        if !seen.insert(element.schema.id()) {
            continue;
        }
        if member(element.schema, "currency").is_none() || schema::is_numeric(amount) {
            let message = format!("the {} is not of the form `currency` with `amount` as a text", element.label());
            out.push(Finding::key(element.schema, message).of(&element.operation));
        }
    }
}
