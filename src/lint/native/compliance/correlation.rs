//! One id that follows a request through all logs.

use super::super::facts::Facts;
use super::super::finding::fold;
use super::super::{Finding, Options, schema_walk};
use crate::openapi::{Operation, ParameterIn, Response};
use rustc_hash::FxHashSet;

/// Names of headers that carry such an id.
const NAMES: [&str; 8] = [
    "traceparent",
    "x-correlation-id",
    "x-request-id",
    "x-fapi-interaction-id",
    "correlation-id",
    "request-id",
    "x-trace-id",
    "correlationid",
];

/// `cmp-correlation-id`: requests and responses carry an id for tracing, errors too.
pub(super) fn correlation_id(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let own = options.list("headers");
    let names: Vec<&str> = if own.is_empty() { NAMES.to_vec() } else { own };
    let known = |name: &str| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    let in_request = |operation: &Operation<'_>| {
        operation.parameters().iter().any(|p| p.location == Some(ParameterIn::Header) && known(p.name))
    };
    let in_response = |response: &Response<'_>| response.headers().iter().any(|header| known(header.name));
    let operations: Vec<&Operation<'_>> = facts.operations().collect();
    let mut any = false;
    let mut candidates = 0;
    let mut seen = FxHashSet::default();
    let mut found = Vec::new();
    for operation in &operations {
        any |= in_request(operation);
        let responses = operation.responses();
        let (errors, successes): (Vec<_>, Vec<_>) =
            responses.iter().partition(|response| schema_walk::is_error(response));
        any |= errors.iter().any(in_response);
        if !successes.iter().any(in_response) {
            continue;
        }
        any = true;
        for response in errors {
            if !seen.insert(response.place.id()) {
                continue;
            }
            candidates += 1;
            if !in_response(&response) {
                let message = format!(
                    "`{}` has no correlation header, though successful responses of {} do; errors need it most",
                    response.status,
                    operation.label()
                );
                found.push(Finding::key(response.at, message).of(operation));
            }
        }
    }
    if !any && !operations.is_empty() {
        let root = facts.api.root();
        let place = root.get("paths").unwrap_or(root);
        let list = names.iter().take(4).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let one_of = if names.len() > 1 { "one of " } else { "" };
        let message = format!(
            "no operation has a header that correlates requests with logs; add {one_of}{list} to requests and responses"
        );
        out.push(Finding::key(place, message));
        return;
    }
    fold(
        facts.api,
        found,
        candidates,
        |count| format!("{count} error responses lack the correlation header that successful ones have"),
        out,
    );
}
