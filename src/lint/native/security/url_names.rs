//! What must not stand in URLs, because URLs end up in logs, histories and referrers.

use super::super::facts::Facts;
use super::super::{Finding, Options, schema, url::Url, words};
use crate::diagnostic::Severity;
use crate::lexicon::{Candidate, Class, Judgement};
use crate::openapi::{Operation, Parameter, ParameterIn};
use crate::workspace::Place;
use rustc_hash::FxHashSet;

/// What is said of a parameter: its label, and what decided.
type Message = fn(label: &str, evidence: &Judgement) -> String;

/// Finds the parameters in paths and queries that hold data of these classes.
fn search(
    facts: &Facts<'_>,
    classes: &[Class],
    message: Message,
    ceiling: impl Fn(&str) -> Option<Severity>,
    out: &mut Vec<Finding>,
) {
    let mut seen = FxHashSet::default();
    for operation in facts.operations() {
        for parameter in operation.parameters() {
            let in_url = matches!(parameter.location, Some(ParameterIn::Path | ParameterIn::Query));
            // Most parameters are shared by many operations.
            let one_time = || parameter.place.get_bool("x-one-time-url") == Some(true);
            if !in_url || !seen.insert(parameter.place.id()) || one_time() {
                continue;
            }
            let Some(judgement) = judge(facts, operation, &parameter, classes) else { continue };
            let place = parameter.place.get("name").unwrap_or(parameter.place);
            let mut finding = Finding::at(place, message(&parameter.label(), &judgement)).of(operation);
            finding.ceiling = [judgement.ceiling_in_url(), ceiling(parameter.name)].into_iter().flatten().min();
            out.push(finding);
        }
    }
}

fn judge(
    facts: &Facts<'_>,
    operation: &Operation<'_>,
    parameter: &Parameter<'_>,
    classes: &[Class],
) -> Option<Judgement> {
    let schema = parameter.schema().and_then(|schema| schema.place()).unwrap_or(parameter.place);
    let subject = Candidate { name: parameter.name, schema, holder: None, beside: Some(parameter.place) };
    let judgement = facts.lexicon.judge_as(classes, &subject)?;
    if !judgement.is_likely() {
        return None;
    }
    let path = parameter.location == Some(ParameterIn::Path);
    let named =
        |class: Class| before(operation, parameter.name).is_some_and(|part| facts.lexicon.is_named(part, &[class]));
    let resource = match judgement.class {
        // `/sessions/{sessionId}`, `/cards/{token}` and `/api-keys/{apiKey}` name resources.
        class @ Class::Credential => {
            !judgement.is_certain_in_url()
                || !judgement.is_certain() && named(class)
                || words::ends_with(&words::words(parameter.name), "session id")
                || is_uuid(schema)
                    && names_collection(operation, parameter.name, &["token"])
                    && !unlocks(parameter.name)
        }
        // What its description says it is, it is, whatever the collection is called.
        class => {
            !judgement.is_certain()
                && names_collection(operation, parameter.name, &["id", "identifier"])
                // `/tax-ids/{taxId}` is asked by the identifier itself.
                && !named(class)
        }
    };
    (!(path && resource)).then_some(judgement)
}

/// The fixed part of the path before a parameter.
fn before<'w>(operation: &Operation<'w>, name: &str) -> Option<&'w str> {
    let whole = format!("{{{name}}}");
    let parts: Vec<&str> = operation.path.template.split('/').collect();
    let at = parts.iter().position(|part| *part == whole)?;
    parts.get(at.checked_sub(1)?).copied().filter(|part| !part.is_empty() && !part.contains('{'))
}

/// Whether a parameter is called after the resources before it, and then `last`: `/tax_lines/{tax_id}`, `/tax_lines/{tax_line_id}`.
fn names_collection(operation: &Operation<'_>, name: &str, last: &[&str]) -> bool {
    let split = words::words(name);
    let Some((end, rest)) = split.split_last().filter(|(_, rest)| !rest.is_empty()) else { return false };
    let Some(part) = before(operation, name).map(words::words) else { return false };
    let one = |word: &str| word.strip_suffix('s').unwrap_or(word).to_owned();
    let shared = rest.iter().all(|word| part.iter().any(|other| one(other) == one(word)));
    // `/tax/{taxId}` may ask for a person; a resource has the plural, or more words.
    let collects = part.len() > rest.len() || part.last().is_some_and(|word| word.ends_with('s')) || rest.len() > 1;
    last.contains(&end.as_str()) && shared && collects
}

fn is_uuid(schema: Place<'_>) -> bool {
    schema::text(schema, "format").is_some_and(|format| matches!(format, "uuid" | "guid"))
}

/// Whether what a token is for says that it opens something, whatever it is made of: `/sessions/{session_token}`.
fn unlocks(name: &str) -> bool {
    let split = words::words(name);
    let rest = split.split_last().map(|(_, rest)| rest).unwrap_or_default();
    let opens = [
        "password",
        "reset",
        "recovery",
        "magic",
        "login",
        "signin",
        "invitation",
        "invite",
        "verification",
        "activation",
        "confirmation",
    ];
    let alone =
        ["session", "access", "auth", "authentication", "authorization", "refresh", "bearer", "security", "id", "api"];
    words::any(rest, &opens) || rest.len() == 1 && words::any(rest, &alone)
}

/// `sec-no-credential-in-url`: no passwords, keys and tokens in path, query, or server URLs.
pub(in crate::lint::native) fn credential(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let message: Message = |label, evidence| {
        format!(
            "the {label} carries a credential in the URL ({evidence}), where logs keep it; send it in a header or the body"
        )
    };
    search(facts, &[Class::Credential], message, |_| None, out);
    for server in facts.api.servers() {
        if let Some(place) = server.place.filter(|_| Url::new(&server.url).user.is_some()) {
            let place = place.get("url").unwrap_or(place);
            out.push(Finding::at(place, "the server URL contains a user name or password; remove it"));
        }
    }
}

/// `cmp-no-card-data-in-url`: no card numbers and security codes in path and query.
pub(in crate::lint::native) fn card_data(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let message: Message = |label, evidence| {
        format!(
            "the {label} puts card data into the URL ({evidence}); use a token for the card, or send it in the body"
        )
    };
    search(facts, &[Class::CardNumber, Class::SecurityCode], message, |_| None, out);
}

/// `cmp-no-national-id-in-url`: no identifiers of persons given by the state.
pub(in crate::lint::native) fn national_id(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let message: Message = |label, evidence| {
        format!(
            "the {label} puts a national identifier of a person into the URL ({evidence}); use an opaque id, or a POST search"
        )
    };
    search(facts, &[Class::NationalId], message, |_| None, out);
}

/// `cmp-no-account-number-in-url`: no account numbers; an opaque resource id is fine.
pub(in crate::lint::native) fn account_number(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let message: Message = |label, evidence| {
        format!(
            "the {label} puts an account number into the URL ({evidence}); use an opaque account id, or a POST search"
        )
    };
    // A filter by the other side of a payment is not the customer's own number.
    let ceiling = |name: &str| {
        let words = words::words(name);
        words::any(&words, &["counterparty", "creditor", "debtor", "beneficiary"]).then_some(Severity::Warn)
    };
    search(facts, &[Class::AccountNumber], message, ceiling, out);
}

/// `cmp-no-contact-pii-in-url`: no addresses, numbers and names of people.
pub(in crate::lint::native) fn contact(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let message: Message = |label, evidence| {
        format!("the {label} puts contact data of a person into the URL ({evidence}); send it in the body of a search")
    };
    search(facts, &[Class::Contact], message, |_| None, out);
}
