//! Fields that clients must not read, or must not choose freely.

use super::super::facts::Facts;
use super::super::kinds::body_names;
use super::super::reach::shown;
use super::super::schema_walk::{Element, Role};
use super::super::{Finding, Options, schema, words};
use crate::diagnostic::Severity;
use crate::lexicon::{Act, Class, Issue, is_handed_out};
use crate::openapi::{Operation, ParameterIn, Response, SchemaRef};
use crate::pattern::Pattern;
use crate::workspace::PlaceId;
use rustc_hash::FxHashSet;
use std::cell::LazyCell;

/// `sec-credential-field-write-only`: credentials go in and never come out.
pub(super) fn credential_write_only(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let revealing = options.list("reveal-operations");
    let returned = LazyCell::new(|| returned_by_reads(facts));
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
        let milder = if issue == Some(Issue::Read) && is_asked_for(operation, element.name) {
            Some((
                format!("{label} returns the {what} ({judgement}) each time it is called"),
                "Show it once, when it is made, and let clients replace one that they have lost",
            ))
        } else if is_made_here(facts, element) && !returned.contains(&(element.name, element.schema.id())) {
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

/// Whether the end of the path is what a field is called: `signingSecret` at `/webhooks/{id}/secret`, but no password beside it.
fn is_asked_for(operation: &Operation<'_>, name: &str) -> bool {
    let last = operation.path.template.rsplit('/').find(|part| !part.is_empty()).map(words::words).unwrap_or_default();
    let name = words::words(name);
    last.ends_with(&name) || name.ends_with(&last)
}

/// Whether a credential is made by the operation that returns it: a `POST` that creates, which was not sent the value. People
/// choose passwords themselves.
fn is_made_here<'w>(facts: &Facts<'w>, element: &Element<'w>) -> bool {
    let operation = &element.operation;
    words::words(element.name).last().is_some_and(|word| is_handed_out(word))
        && operation.method == "post"
        && !operation.path.template.ends_with('}')
        && facts.act(operation) == Act::Write
        && !body_names(operation).contains(&element.name)
}

/// The properties that successful responses of a `GET` show, by name and schema.
fn returned_by_reads<'w>(facts: &Facts<'w>) -> FxHashSet<(&'w str, PlaceId)> {
    let reads = facts.operations().filter(|other| other.method == "get").flat_map(Operation::responses);
    let media = reads.filter(Response::is_success).flat_map(|response| response.media_types());
    shown(media.filter_map(|media| media.schema.as_ref().and_then(SchemaRef::place)))
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

/// Whether a value is `scheme:name`, and neither the start of a URL nor a host with its port (`localhost:8080/hooks`).
fn is_resource_name(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let first = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let port = first.bytes().all(|byte| byte.is_ascii_digit());
    scheme.len() > 1 && scheme.bytes().all(|byte| byte.is_ascii_lowercase()) && !port
}

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
        let named = ["example", "default"].iter().filter_map(|key| schema::text(element.at, key)).any(is_resource_name);
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
    fn a_host_with_its_port_is_no_name_of_a_resource() {
        for text in ["localhost:8080", "internal:8443", "internal:8443/hooks", "https://a.example", "host:"] {
            assert!(!is_resource_name(text), "{text}");
        }
        for text in ["urn:example:1", "pulsar:topic", "projects:12a"] {
            assert!(is_resource_name(text), "{text}");
        }
    }

    #[test]
    fn only_what_the_path_names_is_asked_for() {
        let returned = |path: &str, fields: &str| {
            let schema = format!("{{schema: {{properties: {{{fields}}}}}}}");
            ceilings(&format!(
                "  '{path}': {{get: {{responses: {{'200': {{content: {{application/json: {schema}}}}}}}}}}}\n"
            ))
        };
        let info = Some(Severity::Info);
        assert_eq!(returned("/users/{id}/password", "password: {type: string, format: password}"), [None]);
        let both = "client_secret: {type: string, format: password}, password: {type: string, format: password}";
        assert_eq!(returned("/apps/{id}/client-secret", both), [info, None]);
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
