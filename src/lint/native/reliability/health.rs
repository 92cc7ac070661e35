//! Whether anybody can ask if the service is up, and how much the answer gives away.

use super::super::facts::{Facts, static_segments};
use super::super::schema_walk::Role;
use super::super::{Finding, Options, kinds::says, words};
use crate::diagnostic::Severity;
use crate::openapi::Operation;
use rustc_hash::FxHashSet;

/// Last segments of paths that tell whether a service is up.
const HEALTH: [&str; 10] =
    ["health", "healthz", "healthcheck", "livez", "readyz", "liveness", "readiness", "ping", "heartbeat", "outages"];

fn is_health(operation: &Operation<'_>) -> bool {
    let segments: Vec<&str> = static_segments(operation.path.template).collect();
    let last = segments.last().copied().unwrap_or_default();
    // `/payments/{id}/status` is about a payment.
    let status = last == "status" && !operation.path.template.contains('{') && segments.len() <= 3;
    operation.method == "get" && (HEALTH.contains(&last) || status)
}

/// What an answer to everybody must not hold.
const INSIDE: [&str; 12] = [
    "version",
    "hostname",
    "host",
    "dependency",
    "dependencies",
    "database",
    "commit",
    "build",
    "stack",
    "trace",
    "node",
    "pod",
];

/// `rel-health-endpoint`: there is a way to ask, and the answer keeps the inside to itself.
pub(super) fn health(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let api = facts.api;
    let Some(info) = api.info() else { return };
    let any = facts.operations().next().is_some();
    let docs = facts.governance("x-docs").is_some_and(|docs| docs.get("status").is_some());
    let told = [info.get("description"), info.get("contact"), api.root().get("externalDocs")]
        .into_iter()
        .flatten()
        .any(|place| says(place.resolved(), &["status page", "://status.", "health check"], 2));
    let known = docs || told || facts.governance("x-health").is_some() || facts.operations().any(is_health);
    if any && !known {
        let message = "nothing tells whether the service is up; describe a health operation, or name the status page in `x-docs: {status: …}`";
        out.push(Finding::key(info, message).at_most(Severity::Warn));
    }
    let mut seen = FxHashSet::default();
    for element in
        facts.success().iter().filter(|element| element.role == Role::Property && is_health(&element.operation))
    {
        let inside = words::any(&words::words(element.name), &INSIDE);
        if inside && element.operation.security().allows_anonymous() && seen.insert(element.at.id()) {
            let message = format!(
                "{} tells everybody the {} of the service; keep it for calls with credentials",
                element.operation.label(),
                element.label()
            );
            out.push(Finding::key(element.at, message).of(&element.operation));
        }
    }
}
