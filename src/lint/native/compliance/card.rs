//! Card data (PCI DSS): numbers are masked, security codes never come back, examples hold test numbers.

use super::super::facts::{Facts, path_words};
use super::super::schema_walk::{Element, Role};
use super::super::{Finding, Options, schema, words};
use crate::openapi::Version;
use crate::syntax::{Kind, NodeId};
use crate::text::secret;
use crate::workspace::{Place, PlaceId};
use rustc_hash::FxHashSet;

/// Whether the operation is listed as one that may show such data.
fn is_allowed(element: &Element<'_>, list: &[&str]) -> bool {
    let operation = &element.operation;
    list.iter()
        .any(|name| operation.id() == Some(name) || operation.label() == *name || operation.path.template == *name)
}

/// Whether a schema admits only a masked card number.
fn is_masked(place: Place<'_>) -> bool {
    let most = schema::keyword(place, "maxLength").and_then(Place::as_u64);
    let pattern = schema::text(place, "pattern").unwrap_or_default();
    let words_of = |key| schema::text(place, key).unwrap_or_default().to_ascii_lowercase();
    let told = [words_of("description"), words_of("title"), words_of("format")].concat();
    let masking = schema::keyword(place, "x-data-classification")
        .and_then(|c| c.get("masking"))
        .is_some_and(|m| m.get("strategy").is_some());
    let example = schema::text(place, "example").unwrap_or_default();
    let target = place
        .reference()
        .map(|reference| words::words(reference.rsplit('/').next().unwrap_or_default()))
        .unwrap_or_default();
    // Generators name the kind of a string in extensions.
    let named = place
        .resolved()
        .members()
        .any(|member| member.name.starts_with("x-") && member.value.text().to_ascii_lowercase().contains("mask"));
    named
        || most.is_some_and(|most| most <= 10)
        || pattern.contains(['*', 'X', 'x'])
            && !pattern.contains("\\x")
            && (pattern.contains("\\*") || pattern.contains(['X', 'x']))
        || masking
        || ["mask", "truncat", "last four", "last 4", "obfuscat", "tokeni", "redacted", "partial"]
            .iter()
            .any(|word| told.contains(word))
        || example.contains("**")
        || example.contains("xx")
        || example.contains("XX")
        || example.contains("••")
        || words::any(&target, &["masked", "truncated", "obfuscated"])
}

/// `cmp-pan-masked-in-response`: whole card numbers do not come back.
pub(super) fn pan_masked(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let allowed = options.list("pan-operations");
    let mut seen = FxHashSet::default();
    for element in facts.success().iter().chain(facts.error()).filter(|element| element.role == Role::Property) {
        let split = words::words(element.name);
        let exact = matches!(
            &*split.join(" "),
            "pan" | "card number" | "cardnumber" | "primary account number" | "card pan" | "funding pan"
        );
        // Listed values say how the number was entered, or the like.
        let data = schema::has_type(element.at, "string") && !schema::is_listed(element.at);
        if !exact || !data || is_masked(element.at) || is_allowed(element, &allowed) {
            continue;
        }
        // The number of an identity card, and of loyalty cards, is no PAN.
        let holder: Vec<String> = element
            .holder
            .map(|holder| holder.path().last().map(|name| words::words(name)).unwrap_or_default())
            .unwrap_or_default();
        if words::any(&holder, &["identity", "identification", "document", "loyalty", "gift", "tax"])
            || !seen.insert(element.at.id())
        {
            continue;
        }
        let message = format!(
            "{} returns a whole card number in the {}; return a masked form or a token, and say so with a `pattern` or `maxLength`",
            element.operation.label(),
            element.label()
        );
        out.push(Finding::key(element.at, message).of(&element.operation));
    }
}

/// Whether a name is sensitive authentication data; the ambiguous ones only beside card fields.
fn is_sad(element: &Element<'_>) -> bool {
    if words::find(element.name, "sensitive-authentication-data").is_some() {
        return true;
    }
    let name = words::words(element.name).join(" ");
    if !matches!(name.as_str(), "security code" | "cid" | "pin") {
        return false;
    }
    let beside = element.holder.map(schema::properties).unwrap_or_default();
    beside.iter().any(|(name, _)| {
        let split = words::words(name);
        words::find(name, "card-data").is_some() || words::any(&split, &["expiry", "expiration", "cardholder"])
    })
}

/// `cmp-sad-never-returned`: security codes, PIN blocks and track data never leave the API.
pub(super) fn sad_never_returned(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let allowed = options.list("sad-operations");
    let mut seen = FxHashSet::default();
    for element in facts.success().iter().chain(facts.error()).filter(|element| element.role == Role::Property) {
        let scalar = schema::has_type(element.at, "string") || schema::is_numeric(element.at);
        if !scalar
            || !is_sad(element)
            || schema::is_listed(element.at)
            || schema::flag(element.at, "x-single-use")
            || is_allowed(element, &allowed)
        {
            continue;
        }
        // What the processor answered about a code is not the code.
        let answer = element.holder.and_then(|holder| holder.path().last().map(|name| words::words(name)));
        let answered = answer.is_some_and(|words| words::any(&words, &["response", "result", "check", "verification"]));
        if answered || schema::flag(element.at, "x-write-only") || !seen.insert(element.at.id()) {
            continue;
        }
        let message = format!(
            "{} returns sensitive authentication data in the {}; it must not be kept after authorisation, so mark it `writeOnly` or remove it",
            element.operation.label(),
            element.label()
        );
        out.push(Finding::key(element.at, message).of(&element.operation));
    }
}

/// `cmp-sad-request-write-only`: security codes go in, marked as such, and are not stored.
pub(super) fn sad_request(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    let key = if facts.api.version() == Version::V2_0 { "x-write-only" } else { "writeOnly" };
    for element in facts.request().iter().filter(|element| element.role == Role::Property) {
        let scalar = schema::has_type(element.at, "string") || schema::is_numeric(element.at);
        if !scalar || !is_sad(element) || schema::is_listed(element.at) || !seen.insert(element.at.id()) {
            continue;
        }
        let label = element.label();
        let stored = words::any(&path_words(&element.operation), &["vault", "stored", "saved"]);
        let message = if stored {
            format!(
                "the {label} is sensitive authentication data in {}, which stores it; it must not be kept after authorisation",
                element.operation.label()
            )
        } else if !schema::flag(element.at, key) {
            format!("the {label} is sensitive authentication data; mark it `{key}: true`")
        } else if !["pattern", "maxLength", "format"].iter().any(|key| schema::has(element.at, key)) {
            format!(
                "the {label} is sensitive authentication data without a bound; add a pattern such as `^[0-9]{{3,4}}$`"
            )
        } else {
            continue;
        };
        out.push(Finding::key(element.at, message).of(&element.operation));
    }
}

/// `cmp-example-live-pan`: card numbers in examples are test numbers.
pub(super) fn live_pan(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let own = options.list("test-numbers");
    let workspace = facts.api.root().workspace();
    for (id, document) in workspace.documents() {
        let tree = document.tree();
        for index in 0..tree.len() as u32 {
            let node = tree.node(NodeId(index));
            if node.key_symbol().is_some() || !matches!(node.kind(), Kind::Str | Kind::Int) {
                continue;
            }
            let text = node.text();
            if !(13..=400).contains(&text.len()) {
                continue;
            }
            // Most texts are prose.
            if !text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b' ' | b'-')) {
                continue;
            }
            let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
            if !(13..=19).contains(&digits.len()) || !secret::is_card_number(&digits) {
                continue;
            }
            let place = workspace.place(PlaceId { document: id, node: NodeId(index) });
            if secret::is_test_number(&digits) || own.contains(&digits.as_str()) || !speaks_of_cards(place) {
                continue;
            }
            let message = format!(
                "this looks like a real card number ({} digits, valid check digit); use a published test number",
                digits.len()
            );
            out.push(Finding::at(place, message));
        }
    }
}

/// Whether the keys around a value speak of cards, and not of other long numbers.
fn speaks_of_cards(place: Place<'_>) -> bool {
    let path = place.path();
    let near: Vec<String> = path
        .iter()
        .rev()
        .filter(|token| !token.bytes().all(|b| b.is_ascii_digit()))
        .take(4)
        .flat_map(|token| words::words(token))
        .collect();
    let other = [
        "iccid",
        "imei",
        "order",
        "tracking",
        "reference",
        "phone",
        "barcode",
        "iban",
        "timestamp",
        "merchant",
        "psp",
        "sequence",
    ];
    let card = words::any(&near, &["pan", "card", "cards", "cardnumber", "fpan", "dpan", "number"]);
    let id = near.first().is_some_and(|word| word == "id") || words::ends_with(&near, "id");
    card && !words::any(&near, &other) && !id
}
