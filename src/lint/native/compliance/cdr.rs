//! Consumer Data Standards, Australia: versions in headers, envelopes, names.

use super::super::facts::{Facts, is_oauth_endpoint, path_words};
use super::super::finding::fold;
use super::super::schema_walk::{Role, is_error};
use super::super::{Finding, Options, schema, words};
use super::message::{bodies, describes, member, request_header, response_header};
use crate::lexicon::Class;
use crate::openapi::{Operation, ParameterIn};
use crate::workspace::Place;
use rustc_hash::FxHashSet;

/// Endpoints without a version in a header: registration and security.
fn is_versioned(operation: &Operation<'_>) -> bool {
    let words = path_words(operation);
    !is_oauth_endpoint(operation) && !words::any(&words, &["register", "userinfo", "arrangements", "jwks", "openid"])
}

/// `cmp-cdr-version-headers`: clients ask for a version, and learn which one they got.
pub(super) fn versions(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let (mut found, mut candidates) = (Vec::new(), 0);
    for operation in facts.operations().filter(|operation| is_versioned(operation)) {
        candidates += 1;
        let mut lacks = Vec::new();
        if request_header(operation, "x-v").is_none_or(|header| !header.required()) {
            lacks.push("the required request header `x-v`");
        }
        if request_header(operation, "x-min-v").is_none() {
            lacks.push("the request header `x-min-v`");
        }
        let responses = operation.responses();
        let mut successes = responses.iter().filter(|response| response.is_success());
        if successes.any(|response| !response_header(response, "x-v")) {
            lacks.push("the response header `x-v`");
        }
        if !describes(operation, 406) {
            lacks.push("`406` for versions that it does not know");
        }
        if !lacks.is_empty() {
            let message = format!("{} lacks {}", operation.label(), lacks.join(", "));
            found.push(Finding::key(operation.place, message).of(operation));
        }
        if let Some(version) =
            operation.place.get("x-version").filter(|version| version.text().parse::<u32>().map_or(true, |n| n == 0))
        {
            let message = format!("`{}` is no version of an endpoint; use an integer from 1 on", version.text());
            out.push(Finding::at(version, message).of(operation));
        }
    }
    let summary =
        |count| format!("{count} of {candidates} operations lack version headers (`x-v`, `x-min-v`), or `406`");
    fold(facts.api, found, candidates, summary, out);
}

/// `cmp-cdr-envelope-and-names`: bodies have the envelope of the standard, and its names.
pub(super) fn envelope(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    let (mut bare, mut answers) = (Vec::new(), 0);
    let (mut odd, mut errors) = (Vec::new(), 0);
    for operation in facts.operations().filter(|operation| is_versioned(operation)) {
        for response in operation.responses().into_iter().filter(|response| seen.insert(response.place.id())) {
            let all = bodies(&response);
            let Some(body) = all.first().copied().filter(|body| !schema::properties(*body).is_empty()) else {
                continue;
            };
            let (status, label) = (&response.status, operation.label());
            if is_error(&response) {
                errors += 1;
                if !is_error_list(body) {
                    let message =
                        format!("`{status}` of {label} is not of the form `errors` with `code`, `title` and `detail`");
                    odd.push(Finding::key(response.at, message).of(operation));
                }
                continue;
            }
            answers += 1;
            let lacks: Vec<&str> = ["data", "links"].into_iter().filter(|name| member(body, name).is_none()).collect();
            if !lacks.is_empty() {
                let message = format!("`{status}` of {label} lacks `{}` in its envelope", lacks.join("` and `"));
                bare.push(Finding::key(response.at, message).of(operation));
            } else if let Some(message) = pages(operation, body) {
                out.push(Finding::key(response.at, message).of(operation));
            }
        }
        page_size(operation, &mut seen, out);
    }
    let summary = |count| format!("{count} of {answers} answers lack `data` and `links`, the envelope of the standard");
    fold(facts.api, bare, answers, summary, out);
    let summary =
        |count| format!("{count} of {errors} errors are not of the form `errors` with `code`, `title` and `detail`");
    fold(facts.api, odd, errors, summary, out);
    names(facts, out);
}

/// What an answer in pages lacks.
fn pages(operation: &Operation<'_>, body: Place<'_>) -> Option<String> {
    if !operation.parameters().iter().any(|parameter| parameter.name == "page-size") {
        return None;
    }
    let has = |part: &str, names: &[&str]| {
        member(body, part).is_some_and(|part| names.iter().all(|name| member(part, name).is_some()))
    };
    let whole = has("meta", &["totalRecords", "totalPages"]) && has("links", &["first", "prev", "next", "last"]);
    let label = operation.label();
    (!whole).then(|| {
        format!(
            "the pages of {label} lack `totalRecords`, `totalPages`, or links to `first`, `prev`, `next` and `last`"
        )
    })
}

fn is_error_list(body: Place<'_>) -> bool {
    let Some(item) = member(body, "errors").and_then(|errors| schema::keyword(errors, "items")) else { return false };
    ["code", "title", "detail"].iter().all(|name| member(item, name).is_some())
}

fn page_size(operation: &Operation<'_>, seen: &mut FxHashSet<crate::workspace::PlaceId>, out: &mut Vec<Finding>) {
    let parameters = operation.parameters();
    let Some(size) = parameters.iter().find(|p| p.location == Some(ParameterIn::Query) && p.name == "page-size") else {
        return;
    };
    let Some(schema) = size.schema().and_then(|schema| schema.place()) else { return };
    let value = |key: &str| schema::keyword(schema, key).and_then(Place::as_u64);
    // The standard gives a default of 25 and lets no provider go beyond 1000.
    let wrong =
        value("default").is_some_and(|default| default != 25) || value("maximum").is_some_and(|most| most > 1000);
    if (wrong || value("default").is_none()) && seen.insert(size.place.id()) {
        let place = size.place.get("name").unwrap_or(size.place);
        out.push(
            Finding::at(place, "`page-size` must have the default 25 and allow at most 1000".to_owned()).of(operation),
        );
    }
}

fn names(facts: &Facts<'_>, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    let (mut ids, mut numbers, mut amounts) = (Vec::new(), Vec::new(), 0);
    for element in facts.success().iter().filter(|element| element.role == Role::Property) {
        if !seen.insert(element.at.id()) {
            continue;
        }
        if element.name == "id" {
            let message = "a property is called `id`; the standard names it after its resource, such as `accountId`";
            ids.push(Finding::key(element.at, message).of(&element.operation));
        }
        let kind = schema::text(element.at, "x-cds-type").unwrap_or_default();
        if facts.holds(element, &[Class::Money]).is_some() {
            amounts += 1;
            if kind.is_empty() && schema::is_numeric(element.at) {
                let message = format!(
                    "the amount of {} is a number; use a string with `x-cds-type: AmountString`",
                    element.label()
                );
                numbers.push(Finding::key(element.at, message).of(&element.operation));
            }
        }
    }
    let summary = |count| {
        format!("{count} properties are called `id`; the standard names them after their resource, such as `accountId`")
    };
    let candidates = ids.len();
    fold(facts.api, ids, candidates, summary, out);
    let summary =
        |count| format!("{count} of {amounts} amounts are numbers; use strings with `x-cds-type: AmountString`");
    fold(facts.api, numbers, amounts, summary, out);
}
