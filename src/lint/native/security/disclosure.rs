//! What the answers to a login give away: whether it was the name, the password or the code that was wrong.

use super::super::facts::{Facts, is_oauth_endpoint};
use super::super::schema_walk::{Element, Role};
use super::super::{Finding, Options, schema, words};
use super::flows::checks_credentials;
use crate::diagnostic::Label;
use crate::openapi::{Operation, Response};
use crate::workspace::{Place, PlaceId};
use rustc_hash::FxHashSet;

/// What failed, as an answer may tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    User,
    Password,
    Code,
    Locked,
    Expired,
}

impl Cause {
    /// The cause that a code or message names, if it names just one.
    fn of(text: &str) -> Option<Cause> {
        let split = words::words(text);
        let has = |terms: &[&str]| words::any(&split, terms);
        let wrong = has(&["invalid", "incorrect", "wrong", "mismatch", "bad", "failed", "unknown", "match"]);
        let missing = has(&["unknown", "unregistered", "inexistent", "nonexistent"])
            || words::contains(&split, "not found")
            || words::contains(&split, "not exist")
            || words::contains(&split, "not registered")
            || words::contains(&split, "no such")
            || words::contains(&split, "no account");
        let who = has(&["user", "username", "account", "customer", "email", "member"]);
        // `invalid username or password` gives nothing away.
        let password = has(&["password", "passwd", "passcode"]);
        let either = has(&["or", "and"]) && password;
        if either || split.len() > 24 {
            None
        } else if who && has(&["locked", "blocked", "suspended", "disabled"]) {
            Some(Cause::Locked)
        } else if has(&["password", "card"]) && has(&["expired"]) {
            Some(Cause::Expired)
        } else if has(&["otp", "totp", "mfa"]) && wrong {
            Some(Cause::Code)
        } else if password && wrong && !who {
            Some(Cause::Password)
        } else if who && !password && (missing || (has(&["username"]) && wrong)) {
            Some(Cause::User)
        } else {
            None
        }
    }

    fn name(self) -> &'static str {
        match self {
            Cause::User => "an unknown user",
            Cause::Password => "a wrong password",
            Cause::Code => "a wrong code",
            Cause::Locked => "a locked account",
            Cause::Expired => "something expired",
        }
    }
}

/// Names of properties by which an error says what it is.
const TELLING: [&str; 11] = [
    "code",
    "type",
    "title",
    "error",
    "message",
    "detail",
    "reason",
    "error_code",
    "errorCode",
    "errorMessage",
    "errors",
];

/// Where the examples of a response name causes.
fn in_examples<'w>(response: &Response<'w>, out: &mut Vec<(Cause, Place<'w>)>) {
    for media in response.media_types() {
        let inline = media.place.get("example").into_iter();
        let named = media.place.get("examples").into_iter().flat_map(Place::members);
        // 2.0 has examples by media type, without an object around them.
        let bare = |name: &str| name.contains('/');
        let values = named.filter_map(|member| {
            member.value.resolved().get("value").or_else(|| bare(member.name).then_some(member.value))
        });
        for value in inline.chain(values) {
            telling(value.resolved(), 4, out);
        }
    }
}

fn telling<'w>(value: Place<'w>, depth: usize, out: &mut Vec<(Cause, Place<'w>)>) {
    for member in value.members() {
        if let Some(text) = member.value.as_str().filter(|_| TELLING.contains(&member.name)) {
            out.extend(Cause::of(text).map(|cause| (cause, member.value)));
        } else if depth > 0 {
            telling(member.value, depth - 1, out);
        }
    }
    if depth > 0 {
        for element in value.elements() {
            telling(element, depth - 1, out);
        }
    }
}

/// Where the lists of codes in an error's schema name causes. A list that other operations share is a catalogue of all
/// errors and says nothing about this one.
fn in_lists<'w>(element: &Element<'w>, shared: &FxHashSet<PlaceId>, out: &mut Vec<(Cause, Place<'w>)>) {
    if element.role == Role::Property && TELLING.contains(&element.name) {
        let values = schema::keyword(element.at, "enum").filter(|list| !shared.contains(&list.id()));
        for value in values.into_iter().flat_map(Place::elements) {
            out.extend(value.as_str().and_then(Cause::of).map(|cause| (cause, value)));
        }
    }
}

/// Most properties of one response that are looked at.
const MOST: usize = 2_000;

/// The properties of the bodies of a response, three levels of them, without objects that are in `seen` already.
fn properties<'w>(
    operation: &Operation<'w>,
    response: &Response<'w>,
    seen: &mut FxHashSet<PlaceId>,
) -> Vec<Element<'w>> {
    let mut level: Vec<Place<'w>> =
        response.media_types().into_iter().filter_map(|media| media.schema.as_ref()?.place()).collect();
    let mut out = Vec::new();
    for _ in 0..3 {
        let mut next = Vec::new();
        for holder in level {
            let holder = schema::keyword(holder, "items").unwrap_or(holder);
            if out.len() > MOST || !seen.insert(holder.resolved().id()) {
                continue;
            }
            for (name, at) in schema::properties(holder) {
                next.push(at);
                let schema = at.resolved();
                out.push(Element {
                    role: Role::Property,
                    name,
                    at,
                    schema,
                    holder: Some(holder),
                    operation: *operation,
                });
            }
        }
        level = next;
    }
    out
}

fn refusals<'w>(operation: &Operation<'w>) -> Vec<Response<'w>> {
    operation.responses().into_iter().filter(|response| response.key.class() == Some(4)).collect()
}

/// Lists of codes that errors of operations other than logins use as well.
fn shared_lists(facts: &Facts<'_>) -> FxHashSet<PlaceId> {
    let (mut out, mut seen) = (FxHashSet::default(), FxHashSet::default());
    for operation in facts.operations().filter(|operation| !checks_credentials(operation, facts)) {
        for response in refusals(operation) {
            let lists = properties(operation, &response, &mut seen)
                .into_iter()
                .filter_map(|one| schema::keyword(one.at, "enum"));
            out.extend(lists.map(Place::id));
        }
    }
    out
}

/// `sec-auth-error-uniform`: a failed login does not say what was wrong.
pub(super) fn uniform(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let logins: Vec<&Operation<'_>> =
        facts.operations().filter(|operation| checks_credentials(operation, facts)).collect();
    if logins.is_empty() {
        return;
    }
    let shared = shared_lists(facts);
    for operation in logins {
        let told = operation.place.get_str("x-error-disclosure");
        let mut causes: Vec<(Cause, Place<'_>)> = Vec::new();
        for response in refusals(operation) {
            in_examples(&response, &mut causes);
            for element in properties(operation, &response, &mut FxHashSet::default()) {
                in_lists(&element, &shared, &mut causes);
            }
            let unknown = response.status == "404" && !operation.path.template.contains('{');
            if unknown && !is_oauth_endpoint(operation) {
                let message = format!(
                    "{} answers `404`, so callers can find out who is a customer; answer as to a wrong password",
                    operation.label()
                );
                out.push(Finding::key(response.at, message).of(operation));
            }
        }
        // After the password was right, a locked account is no secret any more.
        causes.retain(|(cause, _)| *cause != Cause::Locked || told != Some("after-first-factor"));
        let mut first: Vec<(Cause, Place<'_>)> = Vec::new();
        for (cause, place) in causes {
            if !first.iter().any(|(known, _)| *known == cause) {
                first.push((cause, place));
            }
        }
        let [(_, place), others @ ..] = &first[..] else { continue };
        if others.is_empty() {
            continue;
        }
        let names = first.iter().map(|(cause, _)| cause.name()).collect::<Vec<_>>();
        let message = format!(
            "errors of {} tell {} apart, which helps whoever guesses; answer all of them alike",
            operation.label(),
            names.join(", ")
        );
        let mut finding = Finding::at(*place, message).of(operation);
        finding.related = others
            .iter()
            .map(|(cause, place)| Label { location: place.location(), message: cause.name().to_owned() })
            .collect();
        out.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_messages_that_name_one_cause_are_told_from_those_that_name_none() {
        assert_eq!(Cause::of("USER_NOT_FOUND"), Some(Cause::User));
        assert_eq!(Cause::of("The account does not exist"), Some(Cause::User));
        assert_eq!(Cause::of("InvalidPassword"), Some(Cause::Password));
        assert_eq!(Cause::of("account_locked"), Some(Cause::Locked));
        assert_eq!(Cause::of("Invalid username or password"), None);
        assert_eq!(Cause::of("invalid_grant"), None);
        assert_eq!(Cause::of("Password must have ten characters"), None);
    }
}
