//! Headers of responses that protect: quotas, caches, and who may read an answer in a browser.

use super::super::facts::{Facts, is_oauth_endpoint};
use super::super::finding::fold;
use super::super::kinds::is_public;
use super::super::{Finding, Options, schema};
use super::authorization::schemes;
use crate::diagnostic::Severity;
use crate::openapi::{Header, Operation, Response};
use crate::workspace::Place;
use regex::Regex;
use rustc_hash::FxHashSet;
use std::sync::LazyLock;

/// The values that a header shows: `example`, `examples`, `default`, `enum` and `const`, of the header and its schema.
fn shown<'w>(header: &Header<'w>) -> Vec<Place<'w>> {
    let schema = header.schema().and_then(|schema| schema.place()).unwrap_or(header.place);
    let mut out = Vec::new();
    for holder in [header.place, schema.resolved()] {
        out.extend(schema::literals(holder, &["example", "default", "enum", "const"]));
        if let Some(example) = holder.get("examples") {
            out.extend(example.elements());
            out.extend(example.members().filter_map(|member| member.value.resolved().get("value")));
        }
    }
    out
}

fn find<'w>(response: &Response<'w>, name: &str) -> Option<Header<'w>> {
    response.headers().into_iter().find(|header| header.name.eq_ignore_ascii_case(name))
}

/// The generation of a quota header: 0 for the custom of `X-RateLimit-…`, 1 for the drafts up to 06, 2 for the current.
fn generation(name: &str) -> Option<usize> {
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "ratelimit-limit" | "ratelimit-remaining" | "ratelimit-reset" => Some(1),
        "ratelimit" | "ratelimit-policy" => Some(2),
        _ => (name.starts_with("x-ratelimit-") || name.starts_with("x-rate-limit-")).then_some(0),
    }
}

/// One member of a list of structured fields (RFC 9651) as the draft on quotas uses it: `"default";r=50;t=30`.
static QUOTA: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let value = r#"(?:-?[0-9]+|"[^"]*"|[A-Za-z*][A-Za-z0-9_:/.*-]*|\?[01]|:[A-Za-z0-9+/=]*:)"#;
    let member = format!(r#""[^"]+"(?:\s*;\s*[a-z*][a-z0-9_.*-]*(?:={value})?)*"#);
    Regex::new(&format!(r"^\s*{member}(?:\s*,\s*{member})*\s*$")).ok()
});

/// `sec-ratelimit-fields-current`: quotas are told in one form, the one to come.
pub(super) fn quotas(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut first: [Option<(Header<'_>, Operation<'_>)>; 3] = [None; 3];
    let mut seen = FxHashSet::default();
    let mut operations = 0;
    for operation in facts.operations() {
        operations += 1;
        for response in operation.responses().into_iter().filter(|r| r.is_success() || r.status == "429") {
            if !seen.insert(response.place.id()) {
                continue;
            }
            for header in response.headers() {
                let Some(generation) = generation(header.name) else { continue };
                first[generation].get_or_insert((header, *operation));
                if generation == 2 && seen.insert(header.place.id()) {
                    check_quota(&header, operation, out);
                }
            }
        }
    }
    let used: Vec<&(Header<'_>, Operation<'_>)> = first.iter().flatten().collect();
    match used[..] {
        [] if operations > 0 && facts.governance("x-ratelimit").is_none() => {
            let root = facts.api.root();
            let message =
                "no response tells how much of the quota is left; add the headers `RateLimit` and `RateLimit-Policy`";
            out.push(Finding::key(root.get("paths").unwrap_or(root), message).at_most(Severity::Hint));
        }
        [(header, operation)] if generation(header.name) != Some(2) => {
            let message = format!(
                "`{}` is an older form of quota headers; the current draft has `RateLimit` and `RateLimit-Policy`",
                header.name
            );
            out.push(Finding::key(header.at, message).at_most(Severity::Hint).of(operation));
        }
        [(one, operation), .., (other, _)] => {
            let message = format!(
                "quotas are told in several forms, `{}` and `{}`; use one, best `RateLimit` and `RateLimit-Policy`",
                one.name, other.name
            );
            let mut finding = Finding::key(one.at, message).of(operation);
            finding.related.push(crate::diagnostic::Label {
                location: other.at.key_location(),
                message: "the other form".to_owned(),
            });
            out.push(finding);
        }
        _ => {}
    }
}

fn check_quota(header: &Header<'_>, operation: &Operation<'_>, out: &mut Vec<Finding>) {
    let schema = header.schema().and_then(|schema| schema.place());
    if let Some(kind) =
        schema.and_then(|schema| schema::keyword(schema, "type")).filter(|kind| kind.as_str() != Some("string"))
    {
        let message = format!("`{}` is a list such as `\"default\";r=50;t=30`, so its type is `string`", header.name);
        out.push(Finding::at(kind, message).of(operation));
        return;
    }
    for value in shown(header) {
        if value.as_str().is_none_or(|text| !QUOTA.as_ref().is_some_and(|form| form.is_match(text))) {
            let message = format!("this is no value of `{}`; write it as `\"default\";r=50;t=30`", header.name);
            out.push(Finding::at(value, message).of(operation));
        }
    }
}

fn is_secured(operation: &Operation<'_>) -> bool {
    !operation.security().allows_anonymous()
}

/// The value `*` that a header shows.
fn wildcard<'w>(header: &Header<'w>) -> Option<Place<'w>> {
    shown(header).into_iter().find(|value| value.as_str().map(str::trim) == Some("*"))
}

/// `sec-cors-policy`: foreign pages cannot read what a login protects.
pub(super) fn cors(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    if let Some(policy) = facts.governance("x-cors") {
        let origins = policy.get("origins").or_else(|| policy.get("allow-origins"));
        let any =
            origins.into_iter().flat_map(|list| list.elements().chain([list])).find(|one| one.as_str() == Some("*"));
        let credentials = ["credentials", "allow-credentials"].iter().any(|key| policy.get_bool(key) == Some(true));
        if let Some(any) = any.filter(|_| credentials) {
            let message =
                "credentials are allowed for every origin, so any page can act for the user; list the origins";
            out.push(Finding::at(any, message));
        }
    }
    let schemes = schemes(facts);
    let browser = facts.governance("x-clients").is_some_and(|clients| {
        clients.as_str() == Some("browser") || clients.elements().any(|client| client.as_str() == Some("browser"))
    });
    let mut seen = FxHashSet::default();
    let mut any = facts.governance("x-cors").is_some();
    let (mut open, mut candidates) = (Vec::new(), 0);
    for operation in facts.operations() {
        let machines = operation.security().alternatives.iter().all(|one| {
            one.schemes.iter().any(|used| schemes.get(used.name).is_some_and(|scheme| scheme.kind() == "mutualTLS"))
        });
        let public = options.is_set("public-wildcard") && is_public(operation, options);
        for response in operation.responses() {
            let origin = find(&response, "access-control-allow-origin");
            if public && response.is_success() && operation.method == "get" {
                candidates += 1;
                if origin.is_none_or(|header| wildcard(&header).is_none()) && !any {
                    let message = format!(
                        "{} is public, so every page may read it; document `Access-Control-Allow-Origin` with the value `*`",
                        operation.label()
                    );
                    open.push(Finding::key(response.at, message).of(operation));
                }
                continue;
            }
            if !seen.insert(response.place.id()) || (machines && is_secured(operation)) {
                continue;
            }
            let Some(origin) = origin else { continue };
            any = true;
            if let Some(value) = wildcard(&origin) {
                let credentials = find(&response, "access-control-allow-credentials").is_some();
                let secured = is_secured(operation);
                if credentials || secured {
                    let message = if credentials {
                        "`*` is shown together with `Access-Control-Allow-Credentials`, which browsers refuse (Fetch, section 3.2.3); show one of the origins that are allowed"
                    } else {
                        "every origin may read this response, though the operation needs a login; list the origins"
                    };
                    let finding = Finding::at(value, message).of(operation);
                    // Browsers refuse the pair, but the policy that was meant stays open to every origin.
                    out.push(if secured { finding } else { finding.at_most(Severity::Info) });
                }
            }
            methods(operation, &response, out);
        }
    }
    fold(
        facts.api,
        open,
        candidates,
        |count| format!("{count} public operations do not document `Access-Control-Allow-Origin: *`"),
        out,
    );
    if browser && !any && !options.is_set("public-wildcard") {
        let root = facts.api.root();
        let message = "browsers call this API, but nothing says from which origins; document it with `x-cors`";
        out.push(Finding::key(root.get("paths").unwrap_or(root), message).at_most(Severity::Hint));
    }
}

/// `Access-Control-Allow-Methods` names no method that the path does not have.
fn methods(operation: &Operation<'_>, response: &Response<'_>, out: &mut Vec<Finding>) {
    let Some(header) = find(response, "access-control-allow-methods") else { return };
    let known: Vec<String> =
        operation.path.operations().iter().map(|other| other.method.to_ascii_uppercase()).collect();
    for value in shown(&header) {
        let mut listed = value.text().split(',').map(|name| name.trim().to_ascii_uppercase());
        let other = listed
            .find(|name| !name.is_empty() && !known.contains(name) && !matches!(name.as_str(), "OPTIONS" | "HEAD"));
        if let Some(other) = other {
            let message =
                format!("`{other}` is allowed to foreign pages, but the path has no such operation; leave it out");
            out.push(Finding::at(value, message).of(operation));
        }
    }
}

/// `sec-cache-no-store`: nobody keeps customers' data on the way.
pub(super) fn no_store(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let says = |place: Option<Place<'_>>| place.and_then(Place::as_str).is_some_and(|text| text.contains("no-store"));
    if says(facts.governance("x-cache-policy")) {
        return;
    }
    let mut seen = FxHashSet::default();
    let (mut found, mut candidates) = (Vec::new(), 0);
    for operation in facts.operations() {
        let template = operation.path.template;
        let login = is_oauth_endpoint(operation) && operation.method == "post" && !template.contains('{');
        if says(operation.place.get("x-cache-policy"))
            || !(login || (!is_public(operation, options) && facts.returns_sensitive(operation)))
        {
            continue;
        }
        for response in operation.responses().into_iter().filter(Response::is_success) {
            if response.media_types().is_empty() || !seen.insert(response.place.id()) {
                continue;
            }
            candidates += 1;
            let header = find(&response, "cache-control");
            let values = header.as_ref().map(shown).unwrap_or_default();
            let message = match &header {
                None => format!(
                    "`{}` of {} carries personal or secret data, but does not document `Cache-Control: no-store`",
                    response.status,
                    operation.label()
                ),
                Some(_) if !values.is_empty() && !values.iter().any(|value| value.text().contains("no-store")) => {
                    format!(
                        "`Cache-Control` of {} lacks `no-store`, though the response carries personal or secret data",
                        operation.label()
                    )
                }
                Some(_) => continue,
            };
            let place = header.map_or(response.at, |header| header.at);
            found.push(Finding::key(place, message).of(operation));
        }
    }
    let summary = |count| {
        format!(
            "{count} of {candidates} responses with personal or secret data do not document `Cache-Control: no-store`; add the header, or `x-cache-policy: no-store` to `info`"
        )
    };
    fold(facts.api, found, candidates, summary, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quota_fields_are_told_from_other_texts() {
        let form = QUOTA.as_ref().unwrap();
        for text in ["\"default\";r=50;t=30", "\"a\";q=100;w=60, \"b\";q=9;w=1;pk=:YQ==:"] {
            assert!(form.is_match(text), "{text}");
        }
        for text in ["100", "limit=10, remaining=5, reset=4", "default;r=5", "\"a\";r"] {
            assert_eq!(form.is_match(text), text == "\"a\";r", "{text}");
        }
    }

    #[test]
    fn an_open_policy_of_a_login_weighs_the_same_with_credentials() {
        let header = |name: &str, value: &str| format!("{name}: {{schema: {{type: string, default: '{value}'}}}}");
        let any = header("Access-Control-Allow-Origin", "*");
        let both = format!("{any}, {}", header("Access-Control-Allow-Credentials", "true"));
        let of = |headers: &str, security: &str| {
            let responses = format!("responses: {{'200': {{description: d, headers: {{{headers}}}}}}}");
            super::super::super::finding::ceilings(
                cors,
                &format!("  /a: {{get: {{security: {security}, {responses}}}}}\n"),
            )
        };
        assert_eq!(of(&any, "[{key: []}]"), [None]);
        assert_eq!(of(&both, "[{key: []}]"), [None]);
        assert_eq!(of(&both, "[]"), [Some(Severity::Info)]);
    }

    #[test]
    fn generations_of_quota_headers_are_told_apart() {
        assert_eq!(generation("X-RateLimit-Limit"), Some(0));
        assert_eq!(generation("RateLimit-Reset"), Some(1));
        assert_eq!(generation("ratelimit-policy"), Some(2));
        assert_eq!(generation("Retry-After"), None);
    }
}
