//! What must not stand in URLs, because URLs end up in logs, histories and referrers.

use super::super::facts::Facts;
use super::super::{Finding, Options, schema, url::Url, words};
use crate::diagnostic::Severity;
use crate::openapi::ParameterIn;
use crate::workspace::Place;
use rustc_hash::FxHashSet;

/// One lexicon looked for in path and query parameters.
struct Search {
    lexicon: &'static str,
    last_word: bool,
    message: fn(label: &str) -> String,
}

/// Numbers of banks and branches, which everybody may know; an account number beside them is found by itself.
const BRANCHES: [&str; 3] = ["routing number", "sort code", "bsb"];

fn search(facts: &Facts<'_>, search: &Search, ceiling: impl Fn(&str) -> Option<Severity>, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    for operation in facts.operations() {
        for parameter in operation.parameters() {
            let is_flag = parameter.schema().and_then(|schema| schema.place()).is_some_and(|place| {
                schema::has_type(place, "boolean") || (schema::is_listed(place) && !lists_digits(place))
            });
            let in_url = !is_flag && matches!(parameter.location, Some(ParameterIn::Path | ParameterIn::Query));
            // Most parameters are shared by many operations.
            let one_time = || parameter.place.get_bool("x-one-time-url") == Some(true);
            if !in_url || !seen.insert(parameter.place.id()) || one_time() {
                continue;
            }
            let find = if search.last_word { words::find_last } else { words::find };
            let term = find(parameter.name, search.lexicon);
            // `/sessions/{sessionId}` names a resource.
            let resource = term == Some("session id") && parameter.location == Some(ParameterIn::Path);
            if term.is_none_or(|term| BRANCHES.contains(&term)) || resource {
                continue;
            }
            let place = parameter.place.get("name").unwrap_or(parameter.place);
            let mut finding = Finding::at(place, (search.message)(&parameter.label())).of(operation);
            finding.ceiling = ceiling(parameter.name);
            out.push(finding);
        }
    }
}

/// Whether listed values may be numbers of accounts or people: whether one of them has digits.
fn lists_digits(place: Place<'_>) -> bool {
    let values = schema::keyword(place, "enum").or_else(|| schema::keyword(place, "x-extensible-enum"));
    values.into_iter().flat_map(Place::elements).any(|value| value.text().bytes().any(|byte| byte.is_ascii_digit()))
}

/// `sec-no-credential-in-url`: no passwords, keys and tokens in path, query, or server URLs.
pub(in crate::lint::native) fn credential(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let message = |label: &str| {
        format!("the {label} carries a credential in the URL, where logs keep it; send it in a header or the body")
    };
    search(facts, &Search { lexicon: "url-credential", last_word: true, message }, |_| None, out);
    for server in facts.api.servers() {
        if let Some(place) = server.place.filter(|_| Url::new(&server.url).user.is_some()) {
            let place = place.get("url").unwrap_or(place);
            out.push(Finding::at(place, "the server URL contains a user name or password; remove it"));
        }
    }
}

/// `cmp-no-card-data-in-url`: no card numbers and security codes in path and query.
pub(in crate::lint::native) fn card_data(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    for lexicon in ["card-data", "sensitive-authentication-data"] {
        let message = |label: &str| {
            format!("the {label} puts card data into the URL; use a token for the card, or send it in the body")
        };
        search(facts, &Search { lexicon, last_word: true, message }, |_| None, out);
    }
}

/// `cmp-no-national-id-in-url`: no identifiers of persons given by the state.
pub(in crate::lint::native) fn national_id(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let message = |label: &str| {
        format!("the {label} puts a national identifier of a person into the URL; use an opaque id, or a POST search")
    };
    search(facts, &Search { lexicon: "government-id", last_word: false, message }, |_| None, out);
}

/// `cmp-no-account-number-in-url`: no account numbers; an opaque resource id is fine.
pub(in crate::lint::native) fn account_number(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let message = |label: &str| {
        format!("the {label} puts an account number into the URL; use an opaque account id, or a POST search")
    };
    // A filter by the other side of a payment is not the customer's own number.
    let ceiling = |name: &str| {
        let words = words::words(name);
        words::any(&words, &["counterparty", "creditor", "debtor", "beneficiary"]).then_some(Severity::Warn)
    };
    search(facts, &Search { lexicon: "account", last_word: false, message }, ceiling, out);
}

/// `cmp-no-contact-pii-in-url`: no addresses, numbers and names of people.
pub(in crate::lint::native) fn contact(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let message = |label: &str| {
        format!("the {label} puts contact data of a person into the URL; send it in the body of a search")
    };
    search(facts, &Search { lexicon: "contact", last_word: true, message }, |_| None, out);
}
