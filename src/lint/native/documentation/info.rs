//! Whom to ask, where to try.

use super::super::facts::Facts;
use super::super::{Finding, Options, url::Url, words};
use crate::diagnostic::Severity;
use crate::workspace::Place;

/// Whether a contact leads nowhere.
fn is_placeholder(text: &str) -> bool {
    let lower = text.trim().to_ascii_lowercase();
    let mail = lower.rsplit_once('@');
    let host = mail.map_or_else(|| Url::new(&lower).host.to_owned(), |(_, host)| host.to_owned());
    lower.is_empty()
        || Url { scheme: "", user: None, host: &host, port: None, rest: "" }.is_example()
        || mail.is_some_and(|(name, _)| {
            matches!(name, "test" | "noreply" | "no-reply" | "donotreply" | "your-team" | "you" | "name" | "foo")
        })
        || lower.contains("your-team")
        || lower.contains("yourcompany")
        || lower.contains("todo")
}

/// `doc-contact-actionable`: there is someone to ask.
pub(super) fn contact(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let Some(info) = facts.api.info() else { return };
    let Some(contact) = info.get_resolved("contact") else {
        out.push(Finding::key(
            info,
            "`info` has no `contact`, so nobody knows whom to ask; give a mail address or URL of the team",
        ));
        return;
    };
    let ways: Vec<Place<'_>> = ["email", "url"].iter().filter_map(|key| contact.get(key)).collect();
    if ways.is_empty() {
        out.push(Finding::key(contact, "`contact` has neither `email` nor `url`; give one that reaches the team"));
        return;
    }
    for way in &ways {
        if is_placeholder(way.text()) {
            out.push(Finding::at(
                *way,
                format!("`{}` is a placeholder; give an address that reaches the team", way.text()),
            ));
        }
    }
}

/// Words that name an environment.
const ENVIRONMENTS: [&str; 22] = [
    "prod",
    "production",
    "live",
    "sandbox",
    "test",
    "testing",
    "uat",
    "staging",
    "stage",
    "dev",
    "development",
    "preprod",
    "pre",
    "qa",
    "demo",
    "local",
    "localhost",
    "mock",
    "produção",
    "homologação",
    "simulation",
    "preview",
];

/// `doc-server-environment-described`: of several servers, each says which one it is.
pub(super) fn server_environment(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let servers: Vec<Place<'_>> = facts.api.root().get("servers").into_iter().flat_map(Place::elements).collect();
    if servers.len() < 2 {
        return;
    }
    for server in servers {
        if server.get("x-environment").is_some() {
            continue;
        }
        let description = server.get_str("description").unwrap_or_default();
        let named = words::any(&words::words(description), &ENVIRONMENTS);
        let place = server.get("url").unwrap_or(server);
        if description.trim().is_empty() {
            let message = "there are several servers, and this one does not say which environment it is; add a `description` or `x-environment`";
            out.push(Finding::at(place, message));
        } else if !named && server.get("variables").is_none() && description.len() < 12 {
            let message = format!(
                "`{description}` does not say which environment this server is; name it (production, sandbox, …)"
            );
            out.push(Finding::at(place, message).at_most(Severity::Hint));
        }
    }
}
