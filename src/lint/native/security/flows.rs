//! Operations that attackers automate or take over: logins, sensitive actions, business flows, test operations.

use super::super::facts::{Facts, is_oauth_endpoint, path_words, static_segments};
use super::super::finding::fold;
use super::super::kinds::{body_names, business_flow, has_step_up, sensitive_action};
use super::super::{Finding, Options, words};
use crate::diagnostic::{Label, Severity};
use crate::lexicon::Class;
use crate::openapi::{Audience, Operation, ParameterIn, Stability, StatusKey};
use crate::workspace::Place;
use rustc_hash::{FxHashMap, FxHashSet};

/// `sec-step-up-sensitive-operation`: what hurts most when a session is stolen is confirmed once more.
pub(super) fn step_up(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    if options.text("sca") == Some("not-applicable") {
        return;
    }
    let (mut found, mut candidates) = (Vec::new(), 0);
    for operation in facts.operations() {
        let Some(what) = sensitive_action(operation, facts) else { continue };
        candidates += 1;
        if has_step_up(operation, facts) {
            continue;
        }
        let message = format!(
            "{} {what}, but nothing says how the customer confirms it; describe that with `x-sca`, or with a `401` that asks for stronger authentication",
            operation.label()
        );
        found.push(Finding::key(operation.place, message).of(operation));
    }
    let summary = |count| {
        format!(
            "{count} of {candidates} sensitive operations do not say how the customer confirms them; describe that with `x-sca`"
        )
    };
    fold(facts.api, found, candidates.max(21), summary, out);
}

/// Whether the operation checks a password or code, or sends one.
pub(super) fn checks_credentials(operation: &Operation<'_>, facts: &Facts<'_>) -> bool {
    if operation.method != "post" {
        return false;
    }
    let segments: Vec<&str> = static_segments(operation.path.template).collect();
    let near: Vec<String> = segments.iter().rev().take(1).flat_map(|segment| words::words(segment)).collect();
    let all = path_words(operation);
    let is = |terms: &[&str]| words::any(&near, terms);
    if is_oauth_endpoint(operation) && is(&["token"]) && !operation.path.template.contains('{') {
        return true;
    }
    let secret = || body_names(operation).into_iter().any(|name| facts.lexicon.is_named(name, &[Class::Credential]));
    // `login_links` makes a link; what takes a password is a login, whatever it is called.
    let makes = near.len() > 1 && facts.lexicon.ends_with_one_of(&near, "arrangement");
    if is(&["login", "signin", "logon", "authenticate"]) && (!makes || secret())
        || words::contains(&near, "password reset")
        || words::contains(&near, "reset password")
        || words::contains(&near, "forgot password")
        || words::contains(&near, "sign in")
        || words::contains(&near, "log in")
    {
        return true;
    }
    let code = is(&[
        "otp",
        "mfa",
        "pin",
        "challenge",
        "verify",
        "verification",
        "recover",
        "activate",
        "session",
        "sessions",
        "auth",
        "authentication",
    ]) || words::any(&all, &["otp", "mfa"]);
    code && body_names(operation).into_iter().any(|name| {
        let split = words::words(name);
        facts.lexicon.is_named(name, &[Class::Credential])
            && words::any(&split, &["password", "passwd", "pwd", "passcode", "pin", "otp"])
    })
}

fn is_covered(operation: &Operation<'_>) -> bool {
    operation.responses().iter().any(|response| response.key.is_wider_than(StatusKey::Exact(429)))
}

/// `sec-auth-endpoint-throttled`: passwords and codes cannot be tried without end.
pub(super) fn throttled(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    for operation in facts.operations().filter(|operation| checks_credentials(operation, facts)) {
        let label = operation.label();
        let responses = operation.responses();
        let refused = responses.iter().find(|response| response.status == "429");
        match refused {
            None => {
                let message = format!(
                    "{label} checks a password or code, but does not describe `429`, so it looks as if it could be tried without end"
                );
                let place = operation.place.get("responses").unwrap_or(operation.place);
                let finding = Finding::key(place, message).of(operation);
                out.push(if is_covered(operation) { finding.at_most(Severity::Info) } else { finding });
            }
            Some(response) => {
                let told = response.headers().iter().any(|header| header.name.eq_ignore_ascii_case("retry-after"));
                if !told && !is_oauth_endpoint(operation) {
                    let message =
                        format!("the `429` of {label} has no `Retry-After`; say when the next attempt is allowed");
                    out.push(Finding::key(response.at, message).of(operation));
                }
            }
        }
        if facts.governance("x-ratelimit").is_some() && operation.place.get("x-ratelimit").is_none() {
            let message = format!("{label} has the rate limit of the whole contract; give it a stricter `x-ratelimit`");
            out.push(Finding::key(operation.place, message).at_most(Severity::Warn).of(operation));
        }
        if !options.is_set("attempts") || is_oauth_endpoint(operation) {
            continue;
        }
        let attempts = operation.place.get("x-auth-attempts").or_else(|| facts.governance("x-auth-attempts"));
        match attempts {
            None => {
                let message = format!(
                    "{label} does not say after how many failed attempts it locks; add `x-auth-attempts: {{max: 5, lockout: …}}`"
                );
                out.push(Finding::key(operation.place, message).of(operation));
            }
            Some(attempts) => {
                if attempts.get("max").and_then(Place::as_u64).is_none_or(|most| most > 5) {
                    let place = attempts.get("max").unwrap_or(attempts);
                    out.push(Finding::key(place, "at most five failed attempts may follow each other").of(operation));
                }
                if attempts.get("lockout").is_none() {
                    out.push(
                        Finding::key(attempts, "`x-auth-attempts` has no `lockout`; say how long it locks")
                            .of(operation),
                    );
                }
            }
        }
    }
}

/// `sec-sensitive-flow-protected`: business flows that are worth automating say what slows automation.
pub(super) fn flow_protected(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    if facts.audience() == Some(Audience::Internal) {
        return;
    }
    let whole = ["x-anti-automation", "x-business-limits"].iter().any(|key| facts.governance(key).is_some());
    let mut seen = FxHashSet::default();
    for operation in facts.operations() {
        let Some(flow) = business_flow(operation, facts) else { continue };
        let own = ["x-anti-automation", "x-business-limits"].iter().any(|key| operation.place.get(key).is_some());
        let refused = operation.responses().iter().any(|response| response.status == "429");
        if whole || own || refused || has_step_up(operation, facts) {
            continue;
        }
        let root = static_segments(operation.path.template).next().unwrap_or_default();
        if !seen.insert((operation.tags().first().copied().unwrap_or_default(), root)) {
            continue;
        }
        let message = format!(
            "nothing says what keeps programs from abusing {} ({flow}); describe `429`, `x-anti-automation`, or `x-business-limits`",
            operation.label()
        );
        out.push(Finding::key(operation.place, message).of(operation));
    }
}

/// Segments and tags of what belongs to tests.
const TRIALS: [&str; 7] = ["sandbox", "simulate", "simulation", "simulations", "mock", "test", "reset-login"];
/// Words of servers that are not production.
const ELSEWHERE: [&str; 17] = [
    "sandbox",
    "test",
    "testing",
    "uat",
    "staging",
    "stage",
    "dev",
    "development",
    "qa",
    "demo",
    "local",
    "localhost",
    "mock",
    "preprod",
    "simulation",
    "homologation",
    "sit",
];

/// What a server says about its environment: production or not, `None` when it says nothing.
fn production(server: Place<'_>, url: &str) -> Option<bool> {
    if let Some(name) = server.get_str("x-environment") {
        return Some(name.starts_with("prod"));
    }
    let mut told = words::words(server.get_str("description").unwrap_or_default());
    if words::any(&told, &["prod", "production", "live"]) {
        return Some(true);
    }
    told.extend(words::words(url));
    words::any(&told, &ELSEWHERE).then_some(false)
}

/// `sec-nonprod-operation-in-prod-contract`: operations for tests are not offered in production.
pub(super) fn nonprod(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let draft = facts.governance("x-stability-level").and_then(Place::as_str).and_then(Stability::parse);
    if draft.is_some_and(|level| level < Stability::Beta) {
        return;
    }
    let servers = facts.api.servers();
    let told: Vec<Option<bool>> =
        servers.iter().map(|server| server.place.and_then(|place| production(place, &server.url))).collect();
    let live = told.contains(&Some(true)) || (told.len() == 1 && told[0].is_none());
    if !live {
        return;
    }
    let (mut found, mut candidates) = (Vec::new(), 0);
    for operation in facts.operations() {
        candidates += 1;
        let is_trial = |text: &str| TRIALS.contains(&text.to_ascii_lowercase().as_str());
        let segment = static_segments(operation.path.template).find(|segment| is_trial(segment));
        let Some(word) = segment.or_else(|| operation.tags().into_iter().find(|tag| is_trial(tag))) else { continue };
        let own = operation.place.get("servers").or_else(|| operation.path.field("servers"));
        let elsewhere = own.is_some_and(|own| {
            own.elements().all(|server| production(server, server.get_str("url").unwrap_or_default()) == Some(false))
        });
        let marked = operation.place.get("x-environment").or_else(|| operation.path.field("x-environment"));
        if elsewhere || marked.is_some_and(|marked| !says_production(marked)) {
            continue;
        }
        let message = format!(
            "{} looks like an operation for tests (`{word}`), but this contract is for production; give it a server of its own, or `x-environment: [sandbox]`",
            operation.label()
        );
        found.push(Finding::key(operation.place, message).of(operation));
    }
    let summary = |count| {
        format!(
            "{count} operations look as if they were for tests, but this contract is for production; give them servers of their own, or `x-environment: [sandbox]`"
        )
    };
    fold(facts.api, found, candidates, summary, out);
}

fn says_production(place: Place<'_>) -> bool {
    place.as_str().into_iter().chain(place.elements().filter_map(Place::as_str)).any(|name| name.starts_with("prod"))
}

/// Headers in which intermediaries say who is calling, and from where.
const IDENTITY: [&str; 14] = [
    "x-forwarded-for",
    "x-real-ip",
    "forwarded",
    "x-client-cert",
    "x-user-id",
    "x-account-id",
    "x-tenant-id",
    "x-roles",
    "x-user-roles",
    "x-forwarded-host",
    "x-forwarded-user",
    "x-remote-user",
    "x-userid",
    "x-original-ip",
];

/// `sec-spoofable-identity-header`: who is calling is not what the caller writes.
pub(super) fn identity_header(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let allowed = options.list("allowed-headers");
    let mut known: FxHashMap<String, usize> = FxHashMap::default();
    let mut seen = FxHashSet::default();
    for operation in facts.operations() {
        for parameter in operation.parameters().into_iter().filter(|p| p.location == Some(ParameterIn::Header)) {
            let name = parameter.name.to_ascii_lowercase();
            let spoofable =
                IDENTITY.contains(&name.as_str()) || name.starts_with("x-ssl-") || name.starts_with("x-authenticated-");
            let told =
                |key: &str, values: &[&str]| parameter.place.get_str(key).is_some_and(|text| values.contains(&text));
            if !spoofable
                || allowed.iter().any(|known| known.eq_ignore_ascii_case(&name))
                || told("x-set-by", &["gateway", "proxy", "intermediary"])
                || told("x-bound-to", &["token"])
                || !seen.insert(parameter.place.id())
            {
                continue;
            }
            let place = parameter.place.get("name").unwrap_or(parameter.place);
            if let Some(&at) = known.get(&name) {
                let finding: &mut Finding = &mut out[at];
                if finding.related.len() < 3 {
                    finding.related.push(Label { location: place.location(), message: "and here".to_owned() });
                }
                if !finding.operations.contains(&operation.label()) {
                    finding.operations.push(operation.label());
                }
                continue;
            }
            let message = format!(
                "callers write the header `{}` themselves, so it proves nothing about who they are; take that from the token, or mark it `x-set-by: gateway`",
                parameter.name
            );
            known.insert(name, out.len());
            out.push(Finding::at(place, message).of(operation));
        }
    }
}
