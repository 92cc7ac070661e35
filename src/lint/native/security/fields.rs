//! Fields that clients must not read, or must not choose freely.

use super::super::facts::Facts;
use super::super::kinds::body_names;
use super::super::reach::Reach;
use super::super::schema_walk::{Element, Role};
use super::super::{Finding, Options, schema, words};
use crate::diagnostic::Severity;
use crate::lexicon::{Act, Class, Issue};
use crate::openapi::{Operation, ParameterIn, Response, SchemaRef};
use crate::pattern::Pattern;
use crate::workspace::Place;
use rustc_hash::FxHashSet;

/// `sec-credential-field-write-only`: credentials go in and never come out.
pub(super) fn credential_write_only(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let revealing = options.list("reveal-operations");
    let mut seen = FxHashSet::default();
    for element in facts.success().iter().filter(|element| element.role == Role::Property) {
        let Some(judgement) = facts.holds(element, &[Class::Credential]) else { continue };
        let operation = &element.operation;
        let issue = facts.lexicon.issues(operation);
        if !seen.insert(element.at.id())
            || issue == Some(Issue::Made)
            || operation.id().is_some_and(|id| revealing.contains(&id))
        {
            continue;
        }
        let (label, what) = (operation.label(), element.label());
        let milder = if issue == Some(Issue::Read) {
            Some((
                format!("{label} returns the {what} ({judgement}) each time it is called"),
                "Show it once, when it is made, and let clients replace one that they have lost",
            ))
        } else if is_made_here(facts, element) {
            Some((
                format!("{label} returns the {what} ({judgement}) that it makes"),
                "Say in its description that it is shown only once, and keep it out of all other responses",
            ))
        } else {
            None
        };
        let finding = match milder {
            Some((message, help)) => Finding::key(element.at, message).help(help).at_most(Severity::Info),
            None => Finding::key(
                element.at,
                format!(
                    "the {what} is a credential ({judgement}), and {label} returns it; make it `writeOnly`, or remove it from the response"
                ),
            ),
        };
        out.push(finding.of(operation).by(judgement));
    }
}

/// Whether a credential is made by the operation that returns it: a `POST` that creates, which was not sent the value, and no
/// `GET` returns it later. People choose passwords themselves.
fn is_made_here<'w>(facts: &Facts<'w>, element: &Element<'w>) -> bool {
    let operation = &element.operation;
    let split = words::words(element.name);
    let made = split.last().is_some_and(|word| matches!(word.as_str(), "secret" | "key" | "token"));
    if !made
        || operation.method != "post"
        || operation.path.template.ends_with('}')
        || facts.act(operation) != Act::Write
        || body_names(operation).contains(&element.name)
    {
        return false;
    }
    let same = |name: &str, place: Place<'_>| name == element.name && place.resolved().id() == element.schema.id();
    let mut reach = Reach::new(same);
    let reads = facts.operations().filter(|other| other.method == "get").flat_map(Operation::responses);
    let mut schemas = reads
        .filter(Response::is_success)
        .flat_map(|response| response.media_types())
        .filter_map(|media| media.schema.as_ref().and_then(SchemaRef::place));
    !schemas.any(|schema| reach.holds(schema))
}

/// Last words of fields that hold an address the service might call.
const ADDRESSES: [&str; 9] = ["url", "uri", "callback", "webhook", "redirect", "endpoint", "hostname", "href", "host"];
/// Words that say the address is only shown, or checked elsewhere.
const SHOWN: [&str; 22] = [
    "self",
    "next",
    "prev",
    "previous",
    "first",
    "last",
    "documentation",
    "logo",
    "image",
    "icon",
    "avatar",
    "website",
    "homepage",
    "terms",
    "privacy",
    "statement",
    "redirect",
    "return",
    "cancel",
    "success",
    "support",
    "profile",
];

/// `sec-url-input-constrained`: clients cannot make the service call any address.
pub(super) fn url_input(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    for element in facts.request().iter().filter(|element| element.is_named()) {
        let split = words::words(element.name);
        let address = split.last().is_some_and(|word| ADDRESSES.contains(&word.as_str()));
        if !address || words::any(&split, &SHOWN) || !schema::has_type(element.at, "string") {
            continue;
        }
        // `Host` is set by HTTP itself.
        if element.role == Role::Parameter(ParameterIn::Header) && element.name.eq_ignore_ascii_case("host") {
            continue;
        }
        let https = schema::text(element.at, "pattern").is_some_and(|text| {
            let pattern = Pattern::read(text);
            pattern.starts() && text.contains("https") && !text.contains("https?")
        });
        // `scheme:name`, as an example shows it, is the name of a resource and no address.
        let named = ["example", "default"].iter().filter_map(|key| schema::text(element.at, key)).any(|text| {
            let scheme = text.split_once(':').filter(|(_, rest)| !rest.starts_with("//")).map(|(scheme, _)| scheme);
            scheme.is_some_and(|scheme| scheme.len() > 1 && scheme.bytes().all(|byte| byte.is_ascii_lowercase()))
        });
        let listed = named || schema::is_listed(element.at) || schema::has(element.at, "x-url-allowlist");
        if listed
            || (https && (schema::has(element.at, "maxLength") || schema::has(element.at, "format")))
            || !seen.insert(element.at.id())
        {
            continue;
        }
        let message = format!(
            "the {} lets clients choose an address that the service may call; allow only https and known hosts (`pattern`, `maxLength`, `x-url-allowlist`)",
            element.label()
        );
        let finding = Finding::key(element.at, message).of(&element.operation);
        let direct = words::any(&split, &["callback", "webhook", "notification", "endpoint", "host", "hostname"]);
        out.push(if direct { finding } else { finding.at_most(Severity::Info) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ceilings(paths: &str) -> Vec<Option<Severity>> {
        super::super::super::finding::ceilings(credential_write_only, paths)
    }

    const ANSWER: &str = "responses: {'200': {content: {application/json: {schema: {properties: {secret: {type: string, description: A signing secret}}}}}}}";

    #[test]
    fn a_secret_that_is_handed_out_is_no_leak() {
        let info = [Some(Severity::Info)];
        assert_eq!(ceilings(&format!("  '/webhooks/{{id}}/secret': {{get: {{{ANSWER}}}}}\n")), info);
        assert_eq!(ceilings(&format!("  /webhooks: {{post: {{{ANSWER}}}}}\n")), info);
    }

    #[test]
    fn a_secret_that_is_sent_back_or_read_again_leaks() {
        let sent = "requestBody: {content: {application/json: {schema: {properties: {secret: {type: string}}}}}}";
        assert_eq!(ceilings(&format!("  /webhooks: {{post: {{{sent}, {ANSWER}}}}}\n")), [None]);
        assert_eq!(ceilings(&format!("  '/webhooks/{{id}}': {{get: {{{ANSWER}}}}}\n")), [None]);
        let shared = ANSWER.replace(
            "{properties: {secret: {type: string, description: A signing secret}}}",
            "{$ref: '#/components/schemas/Hook'}",
        );
        let both = format!(
            "  /webhooks: {{post: {{{shared}}}, get: {{{shared}}}}}\ncomponents: {{schemas: {{Hook: {{properties: {{secret: {{type: string, description: A signing secret}}}}}}}}}}\n"
        );
        assert!(ceilings(&both).contains(&None));
    }
}
