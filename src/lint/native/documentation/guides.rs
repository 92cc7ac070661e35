//! What a new client looks for first: licence, how to begin, how to get credentials, what changed, whom to call, where to try.

use super::super::facts::Facts;
use super::super::kinds::says;
use super::super::schema_walk::is_error;
use super::super::{Finding, Options, schema, url::Url, words};
use crate::diagnostic::Severity;
use crate::openapi::{Audience, Operation, Response, Scheme, Server, Stability};
use crate::workspace::Place;
use regex::Regex;
use std::sync::LazyLock;

/// `info` of a contract that others read; `None` for internal ones. With it the most that a finding may weigh: a hint
/// where no audience is declared.
pub(super) fn for_others<'w>(facts: &Facts<'w>) -> Option<(Place<'w>, Severity)> {
    let info = facts.api.info()?;
    match facts.audience() {
        Some(Audience::Internal) => None,
        Some(_) => Some((info, Severity::Error)),
        None => Some((info, Severity::Hint)),
    }
}

fn is_draft(facts: &Facts<'_>) -> bool {
    let level = facts.governance("x-stability-level").and_then(Place::as_str).and_then(Stability::parse);
    level.is_some_and(|level| level < Stability::Beta)
}

/// What `x-docs` says under a name.
pub(super) fn docs<'w>(facts: &Facts<'w>, name: &str) -> Option<Place<'w>> {
    facts.governance("x-docs")?.get(name)
}

/// Whether the description of the contract or its external documentation speaks of one of `terms`.
pub(super) fn told(facts: &Facts<'_>, terms: &[&str]) -> bool {
    let description = facts.api.info().and_then(|info| info.get("description"));
    let external = facts.api.root().get("externalDocs");
    let tags = facts.api.tags();
    let tag = tags.iter().any(|(name, _)| terms.contains(&name.to_lowercase().as_str()));
    tag || description.into_iter().chain(external).any(|place| says(place, terms, 2))
}

/// An expression of SPDX licence ids (SPDX 2.3, annex D).
static SPDX: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let id = r"\(*(?:LicenseRef-|DocumentRef-)?[A-Za-z0-9][A-Za-z0-9.:-]*\+?\)*";
    Regex::new(&format!(r"^{id}(?: (?:AND|OR|WITH) {id})*$")).ok()
});

/// `doc-legal-metadata`: others know under which terms they may use the API.
pub(super) fn legal(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let license = facts.api.info().and_then(|info| info.get_resolved("license"));
    if let Some(identifier) = license.and_then(|license| license.get("identifier"))
        && !SPDX.as_ref().is_none_or(|form| form.is_match(identifier.text()))
    {
        let message = format!(
            "`{}` is no SPDX licence expression; use one such as `Apache-2.0` or `LicenseRef-Bank`",
            identifier.text()
        );
        out.push(Finding::at(identifier, message));
    }
    let Some((info, most)) = for_others(facts) else { return };
    let known =
        license.is_some_and(|license| ["url", "identifier", "name"].iter().any(|key| license.get(key).is_some()));
    if !known && info.get_str("termsOfService").is_none_or(str::is_empty) {
        let message = "`info` has neither `license` nor `termsOfService`, so nobody knows how the API may be used";
        out.push(Finding::key(info, message).at_most(most));
    }
}

/// Headings of a beginning, in the languages of contracts.
const BEGIN: [&str; 22] = [
    "getting started",
    "get started",
    "quick start",
    "quickstart",
    "onboarding",
    "first call",
    "how to connect",
    "how to use",
    "introduction",
    "overview",
    "primeiros passos",
    "introdução",
    "primeros pasos",
    "introducción",
    "erste schritte",
    "einführung",
    "premiers pas",
    "introduction",
    "démarrage",
    "introduzione",
    "guida",
    "authentication",
];

/// `doc-getting-started`: there is a beginning.
pub(super) fn getting_started(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let Some((info, most)) = for_others(facts) else { return };
    let description = info.get_str("description").unwrap_or_default().trim();
    // A part that is bundled into a whole has its beginning there.
    if description.is_empty() && facts.api.root().get("servers").is_none() && facts.api.root().get("host").is_none() {
        return;
    }
    let linked = docs(facts, "gettingStarted").is_some() || facts.api.root().get("externalDocs").is_some();
    if linked || told(facts, &BEGIN) {
        return;
    }
    let message = if description.chars().count() < 120 || description == facts.api.title() {
        "the description does not tell how to begin, and is too short to; say what the API is for, and how to make the first call"
    } else {
        "nothing tells how to begin; add a heading `Getting started` to the description, or `externalDocs`"
    };
    out.push(Finding::key(info.get("description").unwrap_or(info), message).at_most(most));
}

/// Words by which a description tells how to get a credential.
const OBTAIN: [&str; 22] = [
    "register",
    "registration",
    "obtain",
    "request",
    "onboarding",
    "portal",
    "console",
    "certificate",
    "discovery",
    "http",
    "issued",
    "generate",
    "dashboard",
    "sign up",
    "contact",
    "credentials",
    "token endpoint",
    "obter",
    "cadastr",
    "beantrag",
    "demander",
    "solicit",
];

/// `doc-security-scheme-guide`: clients learn how to get a credential.
pub(super) fn scheme_guide(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    for scheme in facts.api.security_schemes() {
        let description = scheme.place.get_str("description").unwrap_or_default().trim();
        let linked = ["openIdConnectUrl", "oauth2MetadataUrl"].iter().any(|key| scheme.place.get(key).is_some());
        let what = if linked || (description.is_empty() && is_self_explaining(&scheme)) {
            continue;
        } else if description.is_empty() {
            "has no description"
        } else if description.chars().count() < 40 && !description.contains("http") {
            "has a description of a few words"
        } else if !says_how(description) {
            "does not say how to get a credential"
        } else {
            continue;
        };
        let message = format!("the security scheme `{}` {what}; tell clients where and how to get one", scheme.name);
        out.push(Finding::key(scheme.at, message));
    }
}

fn says_how(description: &str) -> bool {
    let lower = description.to_lowercase();
    OBTAIN.iter().any(|word| lower.contains(word))
}

/// OAuth flows name the places where tokens come from.
fn is_self_explaining(scheme: &Scheme<'_>) -> bool {
    scheme.kind() == "mutualTLS" && scheme.place.get("externalDocs").is_some()
}

/// `doc-changelog-link`: others find out what changed.
pub(super) fn changelog(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let Some((info, most)) = for_others(facts) else { return };
    let known = docs(facts, "changelog").is_some() || facts.governance("x-changelog").is_some() || is_draft(facts);
    let terms = [
        "changelog",
        "change log",
        "release notes",
        "change history",
        "revision history",
        "what's new",
        "versions and changes",
    ];
    if !known && !told(facts, &terms) {
        let message =
            "nothing leads to the history of changes; add `x-docs: {changelog: …}`, or a link in the description";
        out.push(Finding::key(info, message).at_most(most));
    }
}

/// `doc-support-and-status`: others know whom to call, and where to look when it does not work.
pub(super) fn support(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let Some((info, most)) = for_others(facts).filter(|_| !is_draft(facts)) else { return };
    let known =
        ["support", "status"].iter().any(|name| docs(facts, name).is_some()) || facts.governance("x-sla").is_some();
    let contact = info.get_resolved("contact");
    let reached = contact.is_some_and(|contact| says(contact, &["support", "help", "status.", "service"], 2));
    let terms = [
        "support",
        "status page",
        "://status.",
        "service desk",
        "help desk",
        "helpdesk",
        "suporte",
        "soporte",
        "assistance",
    ];
    if !known && !reached && !told(facts, &terms) {
        let message = "nothing leads to support or to a status page; add `x-docs: {support: …, status: …}`";
        out.push(Finding::key(info, message).at_most(most));
    }
}

/// Words of servers for trying.
const TRIAL: [&str; 12] = [
    "sandbox",
    "test",
    "testing",
    "uat",
    "staging",
    "demo",
    "mock",
    "development",
    "dev",
    "homologação",
    "simulation",
    "hml",
];

fn is_trial(server: &Server<'_>) -> bool {
    let told = server.place.and_then(|place| place.get_str("x-environment")).unwrap_or_default();
    let description = server.place.and_then(|place| place.get_str("description")).unwrap_or_default();
    words::any(&words::words(told), &TRIAL)
        || words::any(&words::words(description), &TRIAL)
        || server.urls().iter().any(|url| words::any(&words::words(url), &TRIAL))
}

/// `doc-sandbox-server`: others can try without consequences.
pub(super) fn sandbox(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let Some((info, most)) = for_others(facts).filter(|_| !is_draft(facts)) else { return };
    let servers = facts.api.servers();
    let (trials, live): (Vec<&Server<'_>>, Vec<&Server<'_>>) = servers.iter().partition(|server| is_trial(server));
    if trials.is_empty() && docs(facts, "sandbox").is_none() && !told(facts, &["sandbox", "test environment"]) {
        let message = "nothing offers a place to try; add a server for it, or `x-docs: {sandbox: …}`";
        out.push(Finding::key(facts.api.root().get("servers").unwrap_or(info), message).at_most(most));
    }
    let address = |server: &Server<'_>| {
        let url = Url::new(&server.url);
        (url.host.to_ascii_lowercase(), url.rest.trim_end_matches('/').to_owned())
    };
    for trial in trials {
        let same = live.iter().any(|server| server.url.contains("://") && address(server) == address(trial));
        if let Some(place) = trial.place.filter(|_| same) {
            let message = format!(
                "`{}` is called a place to try, but production has the same address; give it one of its own",
                trial.url
            );
            out.push(Finding::at(place.get("url").unwrap_or(place), message));
        }
    }
}

/// Whether values for all that a call needs can be made from the contract.
fn can_be_called(operation: &Operation<'_>) -> bool {
    let parameters = operation.parameters();
    let mut required = parameters.iter().filter(|parameter| parameter.required());
    operation.method == "get"
        && required.all(|parameter| {
            let schema = parameter.schema().and_then(|schema| schema.place());
            let keys = ["example", "examples", "default", "enum", "const", "format", "pattern"];
            parameter.place.get("example").is_some()
                || parameter.place.get("examples").is_some()
                || schema
                    .is_some_and(|schema| schema::is_numeric(schema) || keys.iter().any(|key| schema::has(schema, key)))
        })
}

fn shows(response: &Response<'_>) -> bool {
    response.media_types().iter().any(|media| {
        let schema = media.schema.as_ref().and_then(crate::openapi::SchemaRef::place);
        ["example", "examples"]
            .iter()
            .any(|key| media.place.get(key).is_some() || schema.is_some_and(|schema| schema::has(schema, key)))
    }) || response.place.get("examples").is_some()
}

/// `doc-first-call-ready`: this contract is enough for a first call. Option `least`: of six things, how many.
pub(super) fn first_call(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let Some(info) = facts.api.info() else { return };
    let operations: Vec<&Operation<'_>> = facts.operations().collect();
    if operations.is_empty() {
        return;
    }
    let any = |wanted: &dyn Fn(&Response<'_>) -> bool| {
        operations
            .iter()
            .any(|operation| operation.responses().iter().any(|response| wanted(response) && shows(response)))
    };
    let schemes = facts.api.security_schemes();
    let guided = schemes.iter().all(|scheme| {
        says_how(scheme.place.get_str("description").unwrap_or_default())
            || ["openIdConnectUrl", "oauth2MetadataUrl"].iter().any(|key| scheme.place.get(key).is_some())
    });
    let servers = facts.api.servers();
    let checks = [
        (servers.iter().any(is_trial) || docs(facts, "sandbox").is_some(), "a server to try"),
        (guided, "how to get credentials"),
        (operations.iter().any(|operation| can_be_called(operation)), "a `GET` whose parameters have examples"),
        (any(&|response| response.is_success()), "an example of a response"),
        (any(&is_error), "an example of an error"),
        (operations.iter().any(|operation| super::samples::samples(operation).is_some()), "a code sample"),
    ];
    let least = options.number("least", 4) as usize;
    let there = checks.iter().filter(|(fine, _)| *fine).count();
    if there < least {
        let lacks: Vec<&str> = checks.iter().filter(|(fine, _)| !fine).map(|(_, what)| *what).collect();
        let message = format!(
            "a new client cannot make a first call from this contract alone ({there} of 6): it lacks {}",
            lacks.join(", ")
        );
        out.push(Finding::key(info, message));
    }
}

#[cfg(test)]
mod tests {
    use super::SPDX;

    #[test]
    fn licence_expressions_are_told_from_names() {
        let form = SPDX.as_ref().unwrap();
        for text in [
            "Apache-2.0",
            "MIT OR Apache-2.0",
            "GPL-2.0-only WITH Classpath-exception-2.0",
            "LicenseRef-Bank",
            "(MIT AND BSD-3-Clause)",
        ] {
            assert!(form.is_match(text), "{text}");
        }
        assert!(!form.is_match("Apache 2.0") && !form.is_match("MIT, Apache-2.0"));
    }
}
