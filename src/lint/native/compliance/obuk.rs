//! Open Banking UK, Read/Write Data API profile: paths, versions, headers, statuses.

use super::super::facts::{Facts, is_oauth_endpoint, path_words};
use super::super::finding::fold;
use super::super::{Finding, Options, url::Url, words};
use super::message::{bodies, describes, keyword, member, request_header, response_header};
use crate::openapi::Operation;
use regex::Regex;
use rustc_hash::FxHashSet;
use std::sync::LazyLock;

/// `[/prefix]/open-banking/v4.0/aisp/resource`.
static FORM: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"/open-banking/v([0-9]+)\.([0-9]+)(?:\.[0-9]+)?/(?:aisp|pisp|cbpii|vrp|events)(?:/|$)").ok()
});

fn is_resource(operation: &Operation<'_>) -> bool {
    let template = operation.path.template;
    !(template.contains(".well-known")
        || is_oauth_endpoint(operation)
        || operation.place.get("x-obie-extension").is_some())
}

/// `cmp-obuk-path-and-version`: addresses have the form of the standard, and its version.
pub(super) fn path(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let Some(form) = FORM.as_ref() else { return };
    let version = facts.api.info_version().trim_start_matches('v');
    let mut parts = version.split(['.', '-']);
    let told = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let (mut found, mut candidates) = (Vec::new(), 0);
    let mut other: Option<String> = None;
    for operation in facts.operations().filter(|operation| is_resource(operation)) {
        candidates += 1;
        let server = operation.servers().into_iter().next();
        let url = server.as_ref().and_then(|server| server.urls().into_iter().next()).unwrap_or_default();
        let whole = format!("{}{}", Url::new(&url).rest.trim_end_matches('/'), operation.path.template);
        match form.captures(&whole) {
            None => {
                let message =
                    format!("`{whole}` is not of the form `/open-banking/v4.0/aisp/…` that the standard demands");
                found.push(Finding::key(operation.path.at, message).of(operation));
            }
            Some(parts) if (&parts[1], &parts[2]) != told => {
                other.get_or_insert_with(|| format!("v{}.{}", &parts[1], &parts[2]));
            }
            Some(_) => {}
        }
    }
    if let Some((other, info)) = other.zip(facts.api.info()) {
        let message = format!(
            "the paths say `{other}`, but `info.version` is `{version}`; both name the same major and minor version"
        );
        out.push(Finding::at(info.get("version").unwrap_or(info), message));
    }
    let summary = |count| {
        format!(
            "{count} of {candidates} paths are not of the form `/open-banking/v4.0/aisp/…` that the standard demands"
        )
    };
    fold(facts.api, found, candidates, summary, out);
}

/// `cmp-obuk-headers-and-status`: headers and statuses of the profile.
pub(super) fn headers(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    let (mut silent, mut responses, mut open, mut candidates) = (Vec::new(), 0, Vec::new(), 0);
    for operation in facts.operations().filter(|operation| is_resource(operation)) {
        candidates += 1;
        for response in operation.responses().into_iter().filter(|response| seen.insert(response.place.id())) {
            responses += 1;
            if !response_header(&response, "x-fapi-interaction-id") {
                let message =
                    format!("`{}` of {} lacks the header `x-fapi-interaction-id`", response.status, operation.label());
                silent.push(Finding::key(response.at, message).of(operation));
            }
        }
        let statuses: &[u16] = if operation.method == "get" { &[405, 406] } else { &[405, 406, 415] };
        let lacks: Vec<String> = statuses
            .iter()
            .filter(|status| !(describes(operation, **status) || (**status == 415 && operation.body().is_none())))
            .map(|status| format!("`{status}`"))
            .collect();
        if !lacks.is_empty() {
            let message = format!("{} does not describe {}", operation.label(), lacks.join(", "));
            open.push(Finding::key(operation.place.get("responses").unwrap_or(operation.place), message).of(operation));
        }
        if operation.method == "post" {
            payment(operation, out);
        } else if operation.method == "get" {
            read(operation, out);
        }
    }
    let summary = |count| format!("{count} of {responses} responses lack the header `x-fapi-interaction-id`");
    fold(facts.api, silent, responses, summary, out);
    let summary = |count| {
        format!("{count} of {candidates} operations do not describe the statuses `405`, `406` and `415` of the profile")
    };
    fold(facts.api, open, candidates, summary, out);
}

fn payment(operation: &Operation<'_>, out: &mut Vec<Finding>) {
    let words = path_words(operation);
    let funds = words::any(&words, &["funds", "access"]);
    if funds || !words::any(&words, &["payment", "payments", "vrp", "vrps", "orders"]) {
        return;
    }
    let mut lacks = Vec::new();
    for name in ["x-idempotency-key", "x-jws-signature"] {
        match request_header(operation, name) {
            None => lacks.push(format!("no header `{name}`")),
            Some(header) if !header.required() => lacks.push(format!("a header `{name}` that is not required")),
            Some(header) if name == "x-idempotency-key" && keyword(&header, "maxLength") != Some(40) => {
                lacks.push(format!("a header `{name}` whose `maxLength` is not 40"));
            }
            Some(_) => {}
        }
    }
    if !lacks.is_empty() {
        let message = format!("{} has {}; payments need both", operation.label(), lacks.join(" and "));
        out.push(Finding::key(operation.place, message).of(operation));
    }
}

fn read(operation: &Operation<'_>, out: &mut Vec<Finding>) {
    if let Some(key) = request_header(operation, "x-idempotency-key") {
        let place = key.place.get("name").unwrap_or(key.place);
        out.push(
            Finding::at(place, format!("{} only reads, and takes no `x-idempotency-key`", operation.label()))
                .of(operation),
        );
    }
    if operation.path.template.ends_with('}')
        && let Some(response) = operation.responses().into_iter().find(|response| response.status == "404")
    {
        let message =
            format!("{} answers `404` for an id that it does not know; the profile demands `400`", operation.label());
        out.push(Finding::key(response.at, message).of(operation));
    }
    let collection = !operation.path.template.ends_with('}');
    for response in operation.responses().into_iter().filter(|response| collection && response.status == "200") {
        let Some(body) = bodies(&response).first().copied() else { continue };
        let own = member(body, "Links").is_some_and(|links| member(links, "Self").is_some());
        if !(own && member(body, "Meta").is_some()) && member(body, "Data").is_some() {
            let message = format!("the list of {} lacks `Links.Self` or `Meta`", operation.label());
            out.push(Finding::key(response.at, message).of(operation));
        }
    }
}
