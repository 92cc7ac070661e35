//! Operations that should not be offered, or not to these clients.

use super::super::facts::Facts;
use super::super::kinds::is_handshake;
use super::super::{Finding, Options};
use crate::diagnostic::Severity;
use crate::openapi::{Audience, ParameterIn};
use crate::workspace::Place;
use rustc_hash::FxHashSet;

/// `sec-internal-operation-in-external-contract`: nothing internal is left in what partners and the public get.
pub(super) fn internal_operation(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let Some(audience) = facts.audience().filter(|audience| *audience > Audience::Internal) else { return };
    let narrower = |place: Place<'_>| Audience::declared(place).is_some_and(|own| own < audience);
    let whom = if audience == Audience::Partner { "partners" } else { "the public" };
    let mut report = |place: Place<'_>, what: String| {
        out.push(Finding::key(
            place,
            format!("{what} is internal, but this contract is for {whom}; remove it before publication"),
        ));
    };
    for item in facts.api.paths() {
        if narrower(item.place) {
            report(item.at, format!("the path `{}`", item.template));
            continue;
        }
        for operation in item.operations().into_iter().filter(|operation| narrower(operation.place)) {
            report(operation.place, operation.label());
        }
    }
    for kind in ["schemas", "parameters", "responses"] {
        for component in facts.api.components(kind) {
            if narrower(component.place) {
                report(component.place, format!("`{}`", component.name));
            }
        }
    }
    for (name, tag) in facts.api.tags() {
        if narrower(tag) {
            report(tag, format!("the tag `{name}`"));
        }
    }
    let mut seen = FxHashSet::default();
    for element in facts.everywhere().filter(|element| element.is_named()) {
        if narrower(element.at) && seen.insert(element.at.id()) {
            report(element.at, format!("the {}", element.label()));
        }
    }
}

/// Segments that frameworks use for looking inside a running service.
const DEBUG: [&str; 16] = [
    "actuator",
    "heapdump",
    "threaddump",
    "configprops",
    "debug",
    "phpinfo",
    "console",
    "h2-console",
    "swagger-ui",
    "api-docs",
    "graphiql",
    "jolokia",
    "server-status",
    "env",
    "trace",
    "pprof",
];

/// `sec-debug-endpoint-exposed`: no debugging endpoints.
pub(super) fn debug_endpoint(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    for item in facts.api.paths() {
        // Below a resource such a word is one of its parts.
        let head = item.template.split('/').filter(|segment| !segment.is_empty()).take(2);
        let first = head
            .take_while(|segment| !segment.contains('{'))
            .find(|segment| DEBUG.contains(&segment.to_ascii_lowercase().as_str()));
        let Some(segment) = first else { continue };
        let elsewhere = item
            .field("servers")
            .into_iter()
            .flat_map(Place::elements)
            .next()
            .is_some_and(|server| server.get_str("x-environment").is_some_and(|name| !name.starts_with("prod")));
        if !elsewhere {
            let message = format!(
                "`{segment}` looks like a debugging endpoint, which shows attackers the inside of the service; take it out of this contract"
            );
            out.push(Finding::key(item.at, message));
        }
    }
}

/// Headers and query parameters that change the method.
const OVERRIDES: [&str; 4] = ["x-http-method", "x-http-method-override", "x-method-override", "_method"];

/// `sec-dangerous-method`: methods do what they say, and nothing else can be called under their name.
pub(super) fn dangerous_method(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    for operation in facts.operations() {
        let method = operation.method.to_ascii_uppercase();
        if matches!(&*method, "TRACE" | "TRACK" | "CONNECT") {
            let message = format!("{method} echoes requests with their credentials or opens tunnels; remove it");
            out.push(Finding::key(operation.place, message).of(operation));
        }
        for parameter in operation.parameters() {
            let place = matches!(parameter.location, Some(ParameterIn::Header | ParameterIn::Query));
            if place
                && OVERRIDES.contains(&parameter.name.to_ascii_lowercase().as_str())
                && seen.insert(parameter.place.id())
            {
                let message = format!(
                    "the {} lets a request pass gateways as one method and act as another; remove it",
                    parameter.label()
                );
                out.push(Finding::at(parameter.place.get("name").unwrap_or(parameter.place), message).of(operation));
            }
        }
        if method != "GET" || is_handshake(operation) {
            continue;
        }
        if let Some(name) = facts.lexicon.executes(operation) {
            let message = format!(
                "`{name}` sounds as if GET changed something; caches and crawlers repeat GET freely: use POST, or a name that says what is read"
            );
            let place = operation.place.get("operationId").unwrap_or(operation.place);
            out.push(Finding::at(place, message).at_most(Severity::Warn).of(operation));
        }
    }
}
