//! Fields that clients must not read, or must not choose freely.

use super::super::facts::{Facts, path_words};
use super::super::schema_walk::Role;
use super::super::{Finding, Options, schema, words};
use crate::diagnostic::Severity;
use crate::lexicon::Class;
use crate::openapi::{Operation, ParameterIn};
use crate::pattern::Pattern;
use rustc_hash::FxHashSet;

/// Words of operations whose purpose is to hand out a credential once.
const ISSUING: [&str; 16] = [
    "credential",
    "credentials",
    "key",
    "keys",
    "secret",
    "secrets",
    "rotate",
    "register",
    "registration",
    "reset",
    "reveal",
    "token",
    "tokens",
    "login",
    "oauth",
    "otp",
];

fn issues(operation: &Operation<'_>, options: &Options) -> bool {
    let mut all = path_words(operation);
    all.extend(operation.id().map(words::words).unwrap_or_default());
    let named = options.list("reveal-operations");
    operation.id().is_some_and(|id| named.contains(&id))
        || words::any(&all, &["token", "tokens", "oauth", "otp"])
        // What is read at `/credentials` is what the caller came for.
        || words::any(&path_words(operation), &["credential", "credentials", "login"])
        || (matches!(operation.method, "post" | "put" | "patch") && words::any(&all, &ISSUING))
}

/// `sec-credential-field-write-only`: credentials go in and never come out.
pub(super) fn credential_write_only(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    for element in facts.success().iter().filter(|element| element.role == Role::Property) {
        let Some(judgement) = facts.holds(element, &[Class::Credential]) else { continue };
        if !seen.insert(element.at.id()) || issues(&element.operation, options) {
            continue;
        }
        let message = format!(
            "the {} is a credential ({judgement}), and {} returns it; make it `writeOnly`, or remove it from the response",
            element.label(),
            element.operation.label()
        );
        out.push(Finding::key(element.at, message).of(&element.operation).by(judgement));
    }
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
