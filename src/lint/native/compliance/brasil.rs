//! Open Finance Brasil: headers, limits, and members of responses.

use super::super::facts::{Facts, is_oauth_endpoint, path_words};
use super::super::finding::fold;
use super::super::{Finding, Options, schema, words};
use super::message::{bodies, describes, keyword, member, request_header, response_header};
use crate::openapi::{Operation, ParameterIn};
use crate::workspace::Place;
use rustc_hash::FxHashSet;

/// `cmp-ofb-headers-and-limits`: what Open Finance Brasil demands of messages.
pub(super) fn headers(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    let (mut asked, mut candidates, mut silent, mut responses, mut open) = (Vec::new(), 0, Vec::new(), 0, Vec::new());
    for operation in facts.operations().filter(|operation| !is_oauth_endpoint(operation)) {
        // Open data have no customer, and no interaction id.
        if operation.security().alternatives.is_empty() {
            continue;
        }
        candidates += 1;
        let label = operation.label();
        match request_header(operation, "x-fapi-interaction-id") {
            Some(header) if header.required() => {}
            Some(header) if seen.insert(header.place.id()) => {
                let place = header.place.get("name").unwrap_or(header.place);
                asked.push(Finding::at(place, "`x-fapi-interaction-id` must be required".to_owned()).of(operation));
            }
            Some(_) => {}
            None => {
                let message = format!("{label} lacks the header `x-fapi-interaction-id`");
                asked.push(Finding::key(operation.place, message).of(operation));
            }
        }
        for response in operation.responses().into_iter().filter(|response| seen.insert(response.place.id())) {
            responses += 1;
            if !response_header(&response, "x-fapi-interaction-id") {
                let message = format!("`{}` of {label} lacks the header `x-fapi-interaction-id`", response.status);
                silent.push(Finding::key(response.at, message).of(operation));
            }
            if response.is_success() {
                for body in bodies(&response).into_iter().filter(|body| member(*body, "data").is_some()).take(1) {
                    let dated = member(body, "meta").is_some_and(|meta| member(meta, "requestDateTime").is_some());
                    if !dated {
                        let message = format!("`{}` of {label} lacks `meta.requestDateTime`", response.status);
                        out.push(Finding::key(response.at, message).of(operation));
                    }
                }
            }
        }
        let lacks: Vec<String> = [423, 429, 504, 529]
            .iter()
            .filter(|status| !describes(operation, **status))
            .map(|status| format!("`{status}`"))
            .collect();
        if !lacks.is_empty() {
            let message = format!("{label} does not describe {}", lacks.join(", "));
            open.push(Finding::key(operation.place.get("responses").unwrap_or(operation.place), message).of(operation));
        }
        payment(operation, out);
        page_size(operation, &mut seen, out);
    }
    let summary = |count| format!("{count} of {candidates} operations do not require `x-fapi-interaction-id`");
    fold(facts.api, asked, candidates, summary, out);
    let summary = |count| format!("{count} of {responses} responses lack the header `x-fapi-interaction-id`");
    fold(facts.api, silent, responses, summary, out);
    let summary =
        |count| format!("{count} of {candidates} operations do not describe all of `423`, `429`, `504` and `529`");
    fold(facts.api, open, candidates, summary, out);
}

fn payment(operation: &Operation<'_>, out: &mut Vec<Finding>) {
    let payment = words::any(&path_words(operation), &["payment", "payments"]);
    if operation.method != "post" || !payment {
        return;
    }
    let key = request_header(operation, "x-idempotency-key");
    let limited = key.is_some_and(|key| {
        let pattern = key.schema().and_then(|schema| schema.place()).and_then(|schema| schema::text(schema, "pattern"));
        keyword(&key, "maxLength") == Some(40) || pattern.is_some_and(|text| text.contains("40"))
    });
    if !limited {
        let message = format!("{} needs the header `x-idempotency-key` with at most 40 characters", operation.label());
        out.push(Finding::key(operation.place, message).of(operation));
    }
    let signed = operation
        .body()
        .is_none_or(|body| body.media_types.iter().any(|media| media.name.starts_with("application/jwt")));
    if !signed {
        let message = format!("the body of {} must be sent as `application/jwt`", operation.label());
        out.push(Finding::key(operation.place.get("requestBody").unwrap_or(operation.place), message).of(operation));
    }
}

fn page_size(operation: &Operation<'_>, seen: &mut FxHashSet<crate::workspace::PlaceId>, out: &mut Vec<Finding>) {
    let parameters = operation.parameters();
    let Some(size) = parameters.iter().find(|p| p.location == Some(ParameterIn::Query) && p.name == "page-size") else {
        return;
    };
    let most = size.schema().and_then(|schema| schema.place()).and_then(|schema| schema::keyword(schema, "maximum"));
    if most.and_then(Place::as_u64) != Some(1000) && seen.insert(size.place.id()) {
        let place = most.unwrap_or_else(|| size.place.get("name").unwrap_or(size.place));
        out.push(Finding::at(place, "`page-size` must have the `maximum` 1000".to_owned()).of(operation));
    }
}
