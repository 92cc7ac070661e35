//! Names of headers, which HTTP limits.

use super::super::facts::Facts;
use super::super::kinds::is_handshake;
use super::super::{Finding, Options};
use crate::diagnostic::Severity;
use crate::openapi::ParameterIn;
use crate::workspace::Place;
use rustc_hash::FxHashSet;

/// Headers that belong to one connection (RFC 9110, section 7.6.1).
const HOP_BY_HOP: [&str; 7] =
    ["connection", "transfer-encoding", "te", "upgrade", "keep-alive", "proxy-connection", "trailer"];

/// The first character that may not stand in a header name (`token`, RFC 9110, section 5.6.2).
fn forbidden(name: &str) -> Option<char> {
    name.chars().find(|c| !(c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(*c)))
}

/// `des-header-name-token`: header names can be sent.
pub(super) fn name_token(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    let mut check = |name: &str, place: Place<'_>, as_key: bool, handshake: bool| {
        if !seen.insert(place.id()) {
            return;
        }
        let point = |message: String| if as_key { Finding::key(place, message) } else { Finding::at(place, message) };
        if name.is_empty() {
            out.push(point("the name of a header is empty".to_owned()));
        } else if let Some(c) = forbidden(name) {
            let code = u32::from(c);
            let message =
                format!("the header `{name}` cannot be sent: `{c}` (U+{code:04X}) may not stand in a header name");
            out.push(point(message));
        // Headers of the connection carry a change of protocol, in the request and in the response.
        } else if !handshake && HOP_BY_HOP.contains(&name.to_ascii_lowercase().as_str()) {
            let message = format!("the header `{name}` belongs to one connection, so proxies do not pass it on");
            let help = format!("Take `{name}` out of the contract; HTTP libraries set it where it is needed");
            out.push(point(message).help(help).at_most(Severity::Warn));
        }
    };
    for operation in facts.operations().chain(facts.notifications()) {
        let handshake = is_handshake(operation);
        for parameter in operation.parameters().into_iter().filter(|p| p.location == Some(ParameterIn::Header)) {
            check(parameter.name, parameter.place.get("name").unwrap_or(parameter.place), false, handshake);
        }
        for header in operation.responses().iter().flat_map(crate::openapi::Response::headers) {
            check(header.name, header.at, true, handshake);
        }
    }
    for scheme in facts
        .api
        .security_schemes()
        .into_iter()
        .filter(|s| s.kind() == "apiKey" && s.place.get_str("in") == Some("header"))
    {
        if let Some(name) = scheme.place.get("name") {
            check(name.text(), name, false, false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handshake_is_excused_from_headers_of_the_connection_alone() {
        let found = |parameters: &str, status: &str| {
            let operation =
                format!("{{get: {{parameters: [{parameters}], responses: {{'{status}': {{description: d}}}}}}}}");
            super::super::super::finding::ceilings(name_token, &format!("  /a: {operation}\n"))
        };
        let header = |name: &str, required: bool| {
            format!("{{name: '{name}', in: header, required: {required}, schema: {{type: string}}}}")
        };
        assert!(found(&header("Upgrade", true), "200").is_empty());
        assert!(found(&header("Upgrade", false), "101").is_empty());
        assert_eq!(found(&header("Upgrade", false), "200"), [Some(Severity::Warn)]);
        assert_eq!(found(&format!("{}, {}", header("Upgrade", true), header("X Y", false)), "101"), [None]);
    }
}
