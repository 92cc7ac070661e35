//! Security schemes that are weak, or that no client understands.

use super::super::facts::{Facts, is_oauth_endpoint};
use super::super::{Finding, Options, schema};
use crate::diagnostic::Severity;
use crate::openapi::{Scheme, Version};
use crate::workspace::Place;

/// Names of the IANA registry "HTTP Authentication Schemes", in lower case.
const REGISTERED: [&str; 15] = [
    "basic",
    "bearer",
    "concealed",
    "digest",
    "dpop",
    "gnap",
    "hoba",
    "mutual",
    "negotiate",
    "oauth",
    "privatetoken",
    "scram-sha-1",
    "scram-sha-256",
    "vapid",
    "hawk",
];

/// Headers by which gateways pass a client certificate on.
const CERTIFICATE_HEADERS: [&str; 6] =
    ["x-client-cert", "x-ssl-cert", "x-ssl-client-cert", "x-arr-clientcert", "ssl-client-cert", "x-client-certificate"];

fn mutual_tls(version: Version) -> &'static str {
    if version >= Version::V3_1 {
        "use `type: mutualTLS`"
    } else {
        "OpenAPI 3.0 has no type for it: say it with `x-mutual-tls`, or move to 3.1"
    }
}

/// `sec-http-scheme-registered`: HTTP authentication uses a scheme that exists.
pub(super) fn http_scheme(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let version = facts.api.version();
    for scheme in facts.api.security_schemes() {
        if scheme.kind() == "apiKey" {
            let Some(name) = scheme.place.get("name") else { continue };
            if CERTIFICATE_HEADERS.contains(&name.text().to_ascii_lowercase().as_str()) {
                let message = format!(
                    "`{}` passes a client certificate as an API key in `{}`, which any client could write itself; {}",
                    scheme.name,
                    name.text(),
                    mutual_tls(version)
                );
                out.push(Finding::at(name, message));
            }
            continue;
        }
        if scheme.kind() != "http" {
            continue;
        }
        let Some(place) = scheme.place.get("scheme") else { continue };
        let name = place.text().to_ascii_lowercase();
        if matches!(&*name.replace(['-', '_'], ""), "mutualtls" | "mtls") {
            out.push(Finding::at(
                place,
                format!("`{}` is no HTTP authentication scheme; {}", place.text(), mutual_tls(version)),
            ));
        } else if !REGISTERED.contains(&name.as_str()) {
            let message = format!(
                "`{}` is not a registered HTTP authentication scheme, so no client knows what to send; use `bearer`, or `type: apiKey` for a header of your own",
                place.text()
            );
            out.push(Finding::at(place, message));
        } else if matches!(&*name, "digest" | "negotiate" | "oauth" | "hawk") {
            let message = format!("`{}` is out of date; prefer `bearer` with OAuth 2.0", place.text());
            out.push(Finding::at(place, message).at_most(Severity::Warn));
        }
    }
}

fn is_basic(scheme: &Scheme<'_>) -> bool {
    scheme.kind() == "basic"
        || (scheme.kind() == "http"
            && scheme.place.get_str("scheme").is_some_and(|name| name.eq_ignore_ascii_case("basic")))
}

/// `sec-no-http-basic`: no operation is called with user name and password.
pub(super) fn no_basic(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    for scheme in facts.api.security_schemes().into_iter().filter(is_basic) {
        let mut users = facts.operations().filter(|operation| {
            operation.security().alternatives.iter().any(|one| one.schemes.iter().any(|used| used.name == scheme.name))
        });
        let mut labels = Vec::new();
        let mut only_oauth = true;
        for operation in users.by_ref() {
            only_oauth &= is_oauth_endpoint(operation);
            labels.push(operation.label());
        }
        if labels.is_empty() {
            continue;
        }
        let message = format!("`{}` sends a password with every request; use OAuth 2.0 or mutual TLS", scheme.name);
        let mut finding = Finding::key(scheme.at, message);
        finding.operations = labels;
        out.push(if only_oauth { finding.at_most(Severity::Info) } else { finding });
    }
}

/// `sec-no-api-key-in-query`: keys do not stand in URLs.
pub(super) fn no_key_in_query(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    for scheme in facts.api.security_schemes() {
        let place = scheme.place.get("in").filter(|place| scheme.kind() == "apiKey" && place.as_str() == Some("query"));
        if let Some(place) = place {
            let message = format!(
                "the key of `{}` stands in the URL, which ends up in logs and browser histories; send it in a header",
                scheme.name
            );
            out.push(Finding::at(place, message));
        }
    }
}

fn flow<'w>(facts: &Facts<'w>, name: &str) -> Vec<(Scheme<'w>, Place<'w>)> {
    let schemes = facts.api.security_schemes().into_iter();
    let flows = schemes.flat_map(|scheme| scheme.flows().into_iter().map(move |(name, place)| (scheme, name, place)));
    flows
        .filter(|(scheme, found, _)| *found == name && scheme.kind() == "oauth2")
        .map(|(scheme, _, place)| {
            (scheme, if place == scheme.place { place.get("flow").unwrap_or(place) } else { place })
        })
        .collect()
}

/// A finding about a flow; schemes on their way out weigh less.
fn about_flow(scheme: &Scheme<'_>, place: Place<'_>, message: String) -> Finding {
    let leaving =
        scheme.place.get_bool("deprecated").or_else(|| scheme.place.get_bool("x-oai-deprecated")) == Some(true);
    let finding = Finding::at(place, message);
    if leaving { finding.at_most(Severity::Warn) } else { finding }
}

/// `sec-oauth-no-implicit`: no tokens in redirect URLs.
pub(super) fn no_implicit(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    for (scheme, place) in flow(facts, "implicit") {
        let message = format!(
            "`{}` offers the implicit flow, which hands out access tokens in URLs; use `authorizationCode` with PKCE",
            scheme.name
        );
        out.push(about_flow(&scheme, place, message));
    }
}

/// `sec-oauth-no-password-grant`: applications never see passwords.
pub(super) fn no_password(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    for (scheme, place) in flow(facts, "password") {
        let message = format!(
            "`{}` offers the password flow, which shows the user's password to the application; use `authorizationCode` with PKCE",
            scheme.name
        );
        out.push(about_flow(&scheme, place, message));
    }
    let mut seen = rustc_hash::FxHashSet::default();
    for element in facts.request().iter().filter(|element| element.name == "grant_type") {
        let Some(values) = schema::keyword(element.at, "enum") else { continue };
        for value in values.elements().filter(|value| value.as_str() == Some("password")) {
            if seen.insert(value.id()) {
                out.push(
                    Finding::at(value, "the token endpoint accepts the grant type `password`; remove it")
                        .of(&element.operation),
                );
            }
        }
    }
}
