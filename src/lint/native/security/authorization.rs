//! What a caller may do: keys alone, scopes, reading and writing, and administration.

use super::super::facts::{Facts, path_words, static_segments};
use super::super::finding::fold;
use super::super::kinds::{is_consent, touches_customers};
use super::super::{Finding, Options, words};
use crate::diagnostic::Severity;
use crate::lexicon::Act;
use crate::openapi::{Audience, Operation, Requirement, Scheme};
use crate::workspace::Place;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// The security schemes by name.
pub(super) fn schemes<'w>(facts: &Facts<'w>) -> FxHashMap<&'w str, Scheme<'w>> {
    facts.api.security_schemes().into_iter().map(|scheme| (scheme.name, scheme)).collect()
}

/// Whether a key is only a key: 2.0 and many later contracts write bearer tokens as a key in `Authorization`.
fn is_plain_key(scheme: &Scheme<'_>) -> bool {
    let told = ["description", "name"].iter().filter_map(|key| scheme.place.get_str(key)).collect::<Vec<_>>().join(" ");
    let told = format!("{} {told}", scheme.name).to_ascii_lowercase();
    let token = ["authorization", "bearer", "jwt", "oauth", "access token", "access_token", "access-token", "session"];
    scheme.kind() == "apiKey" && !token.iter().any(|word| told.contains(word))
}

/// `sec-api-key-not-sole-user-auth`: a key shared by a whole application does not open customers' data.
pub(super) fn key_alone(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let schemes = schemes(facts);
    let (mut found, mut candidates) = (Vec::new(), 0);
    for operation in facts.operations().filter(|operation| touches_customers(operation, options)) {
        let security = operation.security();
        candidates += 1;
        let only_keys = |one: &Requirement<'_>| {
            !one.schemes.is_empty() && one.schemes.iter().all(|used| schemes.get(used.name).is_some_and(is_plain_key))
        };
        if security.alternatives.is_empty() || !security.alternatives.iter().all(only_keys) {
            continue;
        }
        let message = format!(
            "an API key alone opens {}, which is about customers' data; a key tells the application, not the user: add OAuth 2.0, OpenID Connect or mutual TLS",
            operation.label()
        );
        let finding = Finding::key(operation.place, message).of(operation);
        found.push(if options.is_set("client-auth-only") { finding.at_most(Severity::Info) } else { finding });
    }
    let summary = |count| {
        format!(
            "{count} of {candidates} operations on customers' data ask for an API key alone, which tells the application but not the user; add OAuth 2.0, OpenID Connect or mutual TLS"
        )
    };
    fold(facts.api, found, candidates, summary, out);
}

/// `sec-operation-scoped`: a token is not good for everything.
pub(super) fn scoped(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let schemes = schemes(facts);
    let is_oauth =
        |name: &str| schemes.get(name).is_some_and(|scheme| matches!(scheme.kind(), "oauth2" | "openIdConnect"));
    let detailed = |place: Place<'_>| place.get("x-authorization-details").is_some();
    if schemes.values().any(|scheme| detailed(scheme.place)) || detailed(facts.api.root()) {
        return;
    }
    let (mut found, mut candidates) = (Vec::new(), 0);
    for operation in facts.operations() {
        let split = path_words(operation);
        let consent = operation.parameters().iter().any(|p| words::contains(&words::words(p.name), "consent id"));
        if consent
            || detailed(operation.place)
            || words::any(&split, &["register", "registration", "userinfo", "logout"])
            || super::super::facts::is_oauth_endpoint(operation)
        {
            continue;
        }
        let security = operation.security();
        let used = security.alternatives.iter().flat_map(|one| &one.schemes).filter(|used| is_oauth(used.name));
        let used: Vec<_> = used.collect();
        if used.is_empty() {
            continue;
        }
        candidates += 1;
        if used.iter().all(|used| used.scopes.is_empty()) {
            let message =
                format!("any token opens {}: its requirement names no scope; name the one it needs", operation.label());
            let place = security.place.filter(|_| !security.inherited).unwrap_or(operation.place);
            found.push(Finding::key(place, message).of(operation));
        }
    }
    let summary = |count| {
        format!(
            "{count} of {candidates} operations with OAuth name no scope, so any token opens them; name the scope that each needs"
        )
    };
    fold(facts.api, found, candidates, summary, out);
}

/// The requirements of an operation as one comparable text; with their scopes.
fn fingerprint(operation: &Operation<'_>) -> String {
    let one = |requirement: &Requirement<'_>| {
        let mut parts: Vec<String> = requirement
            .schemes
            .iter()
            .map(|used| {
                let mut scopes = used.scopes.clone();
                scopes.sort_unstable();
                format!("{}({})", used.name, scopes.join(" "))
            })
            .collect();
        parts.sort();
        parts.join("&")
    };
    let mut all: Vec<String> = operation.security().alternatives.iter().map(one).collect();
    all.sort();
    all.join("|")
}

/// Scopes that are good for everything.
const EVERYTHING: [&str; 8] =
    ["*", "all", "full_access", "full-access", "fullaccess", "root", "superuser", "everything"];

/// The last words of scopes that are for reading.
const READING: [&str; 9] = ["read", "readonly", "read only", "view", "viewer", "reader", "get", "list", "ler"];

fn is_reading(scope: &str) -> bool {
    let split = words::words(scope);
    READING.iter().any(|term| words::ends_with(&split, term))
        || (split.first().is_some_and(|word| READING.contains(&word.as_str()))
            && !words::any(&split, &["write", "manage"]))
}

/// Operations that change something, though a scope for reading opens them.
fn read_scopes(facts: &Facts<'_>, out: &mut Vec<Finding>) {
    for operation in facts.operations().filter(|operation| !is_consent(operation)) {
        if facts.act(operation) == Act::Read {
            continue;
        }
        let security = operation.security();
        let opens = |one: &&Requirement<'_>| {
            let mut scopes = one.schemes.iter().flat_map(|used| &used.scopes).peekable();
            scopes.peek().is_some() && scopes.all(|scope| is_reading(scope))
        };
        let Some(one) = security.alternatives.iter().find(opens) else { continue };
        let scopes: Vec<String> =
            one.schemes.iter().flat_map(|used| &used.scopes).map(|scope| format!("`{scope}`")).collect();
        let message = format!(
            "{} changes something, but {}, which is for reading, opens it; require a scope for writing",
            operation.label(),
            scopes.join(" and ")
        );
        let place = security.place.filter(|_| !security.inherited).unwrap_or(operation.place);
        out.push(Finding::key(place, message).of(operation));
    }
}

/// `sec-scope-read-write-separation`: who may read need not be able to write.
pub(super) fn read_write(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    for scheme in facts.api.security_schemes().into_iter().filter(|scheme| scheme.kind() == "oauth2") {
        let mut seen = FxHashSet::default();
        for scope in scheme.flows().into_iter().filter_map(|(_, flow)| flow.get("scopes")).flat_map(Place::members) {
            if EVERYTHING.contains(&scope.name.to_ascii_lowercase().as_str()) && seen.insert(scope.name) {
                let message =
                    format!("the scope `{}` is good for everything; split it by what clients need", scope.name);
                out.push(Finding::key(scope.value, message));
            }
        }
    }
    read_scopes(facts, out);
    let mut groups: BTreeMap<&str, Vec<&Operation<'_>>> = BTreeMap::new();
    for operation in facts.operations().filter(|operation| !is_consent(operation)) {
        let template = operation.path.template.trim_end_matches('/');
        let collection = template.rsplit_once("/{").filter(|(_, rest)| rest.find('}') == Some(rest.len() - 1));
        groups.entry(collection.map_or(template, |(head, _)| head)).or_default().push(operation);
    }
    let (mut found, mut candidates) = (Vec::new(), 0);
    for (path, operations) in groups {
        let (reads, writes): (Vec<&Operation<'_>>, Vec<&Operation<'_>>) =
            operations.into_iter().partition(|operation| facts.act(operation) == Act::Read);
        let scoped = |operation: &&&Operation<'_>| {
            operation.security().alternatives.iter().any(|one| one.schemes.iter().any(|used| !used.scopes.is_empty()))
        };
        let read: Vec<String> = reads.iter().filter(scoped).map(|operation| fingerprint(operation)).collect();
        if read.is_empty() || !writes.iter().any(|operation| scoped(&operation)) {
            continue;
        }
        candidates += 1;
        if let Some(write) = writes.iter().find(|write| scoped(write) && read.contains(&fingerprint(write))) {
            let message = format!(
                "{} needs the same scopes as reading `{path}`, so every client that reads may also write; give writing a scope of its own",
                write.label()
            );
            found.push(Finding::key(write.place, message).of(write));
        }
    }
    let summary = |count| {
        format!(
            "{count} of {candidates} resources have the same scopes for reading and for writing; give writing scopes of its own"
        )
    };
    fold(facts.api, found, candidates, summary, out);
}

/// Segments of administration.
const ADMIN: [&str; 7] = ["admin", "administration", "management", "backoffice", "back-office", "ops", "internal"];

/// `sec-admin-separate-authorization`: administration asks for more than everything else does.
pub(super) fn admin(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let regulated = options.list("regulated-paths");
    let wider = facts.audience().is_some_and(|audience| audience > Audience::Internal);
    let is_admin = |operation: &Operation<'_>| {
        static_segments(operation.path.template).any(|segment| ADMIN.contains(&segment.to_ascii_lowercase().as_str()))
            || operation.tags().iter().any(|tag| tag.eq_ignore_ascii_case("admin"))
            || (wider && Audience::declared(operation.place) == Some(Audience::Internal))
    };
    let (admins, others): (Vec<&Operation<'_>>, Vec<&Operation<'_>>) =
        facts.operations().partition(|operation| is_admin(operation));
    let ordinary: FxHashSet<String> = others.into_iter().map(fingerprint).collect();
    let candidates = admins.len();
    let mut found = Vec::new();
    for operation in admins {
        let own = fingerprint(operation);
        // What asks for nothing is another rule's.
        if own.is_empty()
            || own == "|"
            || !ordinary.contains(&own)
            || regulated.iter().any(|path| operation.path.template.contains(path))
        {
            continue;
        }
        let message = format!(
            "{} is administration, but asks for no more than other operations do; require a scope or scheme of its own",
            operation.label()
        );
        found.push(Finding::key(operation.place, message).of(operation));
    }
    let summary = |count| {
        format!(
            "{count} administrative operations ask for no more than other operations do; require scopes or schemes of their own"
        )
    };
    fold(facts.api, found, candidates.max(21), summary, out);
}
