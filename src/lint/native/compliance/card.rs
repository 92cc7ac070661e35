//! Card data (PCI DSS): numbers are masked, security codes never come back, examples hold test numbers.

use super::super::facts::{Facts, examples_of, path_words};
use super::super::schema_walk::{Element, Role};
use super::super::url::is_below;
use super::super::{Finding, Options, schema, words};
use crate::diagnostic::{Label, Severity};
use crate::lexicon::{Act, Candidate, Class, is_masked};
use crate::openapi::{Operation, Version};
use crate::syntax::{Kind, NodeId};
use crate::text::secret;
use crate::workspace::{Place, PlaceId};
use rustc_hash::{FxHashMap, FxHashSet};

/// Whether the operation is listed as one that may show such data.
fn is_allowed(element: &Element<'_>, list: &[&str]) -> bool {
    let operation = &element.operation;
    list.iter()
        .any(|name| operation.id() == Some(name) || operation.label() == *name || operation.path.template == *name)
}

/// `cmp-pan-masked-in-response`: whole card numbers do not come back.
pub(super) fn pan_masked(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let allowed = options.list("pan-operations");
    let mut seen = FxHashSet::default();
    for element in facts.success().iter().chain(facts.error()).filter(|element| element.role == Role::Property) {
        let Some(judgement) = facts.holds(element, &[Class::CardNumber]) else { continue };
        let masking = schema::keyword(element.at, "x-data-classification").and_then(|class| class.get("masking"));
        let masked = masking.is_some_and(|masking| masking.get("strategy").is_some());
        if masked || is_allowed(element, &allowed) || !seen.insert(element.at.id()) {
            continue;
        }
        let label = element.operation.label();
        if shows_masked(facts, element) {
            let message = format!(
                "the example of {label} shows the {} masked, but its schema takes whole card numbers",
                element.label()
            );
            let help = format!("Give `{}` a `pattern` that needs the mask", element.name);
            out.push(Finding::key(element.at, message).help(help).of(&element.operation).at_most(Severity::Info));
            continue;
        }
        let message = format!(
            "{label} returns a whole card number in the {} ({judgement}); return a masked form or a token, and say so with a `pattern` or `maxLength`",
            element.label()
        );
        out.push(Finding::key(element.at, message).of(&element.operation).by(judgement));
    }
}

/// Nesting of examples that is followed.
const EXAMPLE_DEPTH: usize = 12;

/// Whether the operation's own examples of responses show a field masked, and those of no other operation show it whole.
fn shows_masked<'w>(facts: &Facts<'w>, element: &Element<'w>) -> bool {
    let values = |operation: &Operation<'w>| {
        let mut out = Vec::new();
        for example in operation.responses().iter().filter(|response| response.is_success()).flat_map(examples_of) {
            values_of(element.name, example, EXAMPLE_DEPTH, &mut out);
        }
        out
    };
    values(&element.operation).into_iter().any(is_masked)
        && facts.operations().flat_map(values).all(|value| value.bytes().filter(u8::is_ascii_digit).count() < 12)
}

/// The values of a name, wherever it stands in an example.
fn values_of<'w>(name: &str, example: Place<'w>, depth: usize, out: &mut Vec<&'w str>) {
    if depth == 0 {
        return;
    }
    for member in example.members() {
        if member.name == name && !member.value.is_map() && !member.value.is_seq() {
            out.push(member.value.text());
        }
        values_of(name, member.value, depth - 1, out);
    }
    example.elements().for_each(|inner| values_of(name, inner, depth - 1, out));
}

/// `cmp-sad-never-returned`: security codes, PIN blocks and track data never leave the API.
pub(super) fn sad_never_returned(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let allowed = options.list("sad-operations");
    let issued = issuing(facts);
    let mut seen = FxHashSet::default();
    for element in facts.success().iter().chain(facts.error()).filter(|element| element.role == Role::Property) {
        let Some(judgement) = facts.holds(element, &[Class::SecurityCode]) else { continue };
        if schema::flag(element.at, "x-single-use") || is_allowed(element, &allowed) {
            continue;
        }
        if schema::flag(element.at, "x-write-only") || !seen.insert(element.at.id()) {
            continue;
        }
        let label = element.operation.label();
        if issued.iter().any(|cards| is_below(element.operation.path.template, cards)) {
            let message = format!(
                "{label} returns sensitive authentication data in the {} ({judgement}); an issuer may keep it only where its business needs it (PCI DSS 3.3.3)",
                element.label()
            );
            let help = format!(
                "Return `{}` only in an operation made for showing it, and list that as one of `sad-operations`",
                element.name
            );
            let finding = Finding::key(element.at, message).help(help).of(&element.operation).by(judgement);
            out.push(finding.at_most(Severity::Warn));
            continue;
        }
        let message = format!(
            "{label} returns sensitive authentication data in the {} ({judgement}); it must not be kept after authorisation, so mark it `writeOnly` or remove it",
            element.label()
        );
        out.push(Finding::key(element.at, message).of(&element.operation).by(judgement));
    }
}

/// The paths at which cards are issued: a `POST` to cards that says what it takes, and neither a card number nor what stands
/// for one. One that brings it keeps the card of somebody else.
fn issuing<'w>(facts: &Facts<'w>) -> Vec<&'w str> {
    let creates = |operation: &&Operation<'w>| {
        let split = operation.path.template.rsplit('/').next().map(words::words).unwrap_or_default();
        operation.method == "post"
            && split.last().is_some_and(|word| matches!(word.as_str(), "card" | "cards"))
            && facts.act(operation) != Act::Read
    };
    facts
        .operations()
        .filter(creates)
        .filter(|operation| {
            let body = operation.body().map(|body| body.media_types).unwrap_or_default();
            let schemas = body.iter().filter_map(|media| media.schema.as_ref()?.place());
            let fields: Vec<_> = schemas.flat_map(|place| schema::properties_within(place, 4)).collect();
            !fields.is_empty() && !fields.iter().any(|(name, schema)| brings_card(facts, name, *schema))
        })
        .map(|operation| operation.path.template)
        .collect()
}

/// Whether a name is that of what stands for the number of a card that somebody else has issued: `cardToken`, `source_id`,
/// `encryptedCardData`. The tokens of users and products are none, and neither is an encrypted PIN.
fn stands_for_card(name: &str) -> bool {
    let split = words::words(name);
    let of_cards = |word: &String| {
        let words = ["card", "payment", "method", "pan", "network", "source", "single", "use"];
        words.contains(&word.as_str())
    };
    let bare = split.strip_suffix(&["id".to_owned()]).unwrap_or(&split);
    let token = bare.split_last().is_some_and(|(last, rest)| {
        ["token", "nonce", "source", "cryptogram", "jwe"].contains(&last.as_str()) && rest.iter().all(of_cards)
    });
    token || words::any(&split, &["encrypted"]) && words::any(&split, &["card", "pan", "data", "payload", "number"])
}

/// Whether a field of a request holds the number of a card, or what stands for it.
fn brings_card(facts: &Facts<'_>, name: &str, schema: Place<'_>) -> bool {
    let subject = Candidate { name, schema, holder: None, beside: None };
    facts.lexicon.judge_as(&[Class::CardNumber], &subject).is_some_and(|judgement| judgement.is_likely())
        || stands_for_card(name)
        // `phone_number` is none.
        || matches!(name, "number" | "pan")
}

/// `cmp-sad-request-write-only`: security codes go in, marked as such, and are not stored.
pub(super) fn sad_request(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    let key = if facts.api.version() == Version::V2_0 { "x-write-only" } else { "writeOnly" };
    for element in facts.request().iter().filter(|element| element.role == Role::Property) {
        let Some(judgement) = facts.holds(element, &[Class::SecurityCode]) else { continue };
        if !seen.insert(element.at.id()) {
            continue;
        }
        let label = format!("{} ({judgement})", element.label());
        let (name, operation) = (element.name, element.operation.label());
        let stored = words::any(&path_words(&element.operation), &["vault", "stored", "saved"]);
        let (message, help) = if stored {
            (
                format!(
                    "the {label} is sensitive authentication data in {operation}, which stores it; it must not be kept after authorisation"
                ),
                format!("Take `{name}` out of {operation}; ask for it again with each payment"),
            )
        } else if !schema::flag(element.at, key) {
            (
                format!("the {label} is sensitive authentication data, but not marked as such"),
                format!("Mark `{name}` with `{key}: true`, which keeps it out of responses made from this schema"),
            )
        } else if !["pattern", "maxLength", "format"].iter().any(|key| schema::has(element.at, key)) {
            (
                format!("the {label} is sensitive authentication data without a bound"),
                format!("Give `{name}` a `pattern`, or a `maxLength` where its value is encrypted"),
            )
        } else {
            continue;
        };
        out.push(Finding::key(element.at, message).help(help).of(&element.operation).by(judgement));
    }
}

/// `cmp-example-live-pan`: card numbers in examples are test numbers.
pub(super) fn live_pan(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let own = options.list("test-numbers");
    let mut told: FxHashMap<String, usize> = FxHashMap::default();
    let pays = facts.operations().any(|operation| {
        words::any(
            &path_words(operation),
            &[
                "card",
                "cards",
                "payment",
                "payments",
                "transfer",
                "transfers",
                "charge",
                "charges",
                "wallet",
                "checkout",
            ],
        )
    });
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
            if secret::is_test_number(&digits) || own.contains(&digits.as_str()) {
                continue;
            }
            let certain = speaks_of_cards(place);
            if !(certain || pays && is_free_text(place)) {
                continue;
            }
            // One number in many examples is one finding.
            if let Some(finding) = told.get(&digits).and_then(|at| out.get_mut(*at)) {
                if finding.related.len() < 3 {
                    finding.related.push(Label { location: place.location(), message: "here, too".to_owned() });
                }
                continue;
            }
            told.insert(digits.clone(), out.len());
            let message = format!(
                "this looks like a real card number ({} digits, valid check digit); use a published test number",
                digits.len()
            );
            let finding = Finding::at(place, message);
            out.push(if certain { finding } else { finding.at_most(Severity::Warn) });
        }
    }
}

/// Whether the key of a value is that of a text, in which a card number has no business.
fn is_free_text(place: Place<'_>) -> bool {
    let path = place.path();
    let key = path.iter().rev().find(|token| !token.bytes().all(|b| b.is_ascii_digit()));
    let split = key.map(|key| words::words(key)).unwrap_or_default();
    let text = [
        "name",
        "description",
        "note",
        "notes",
        "message",
        "text",
        "comment",
        "comments",
        "remark",
        "remarks",
        "memo",
        "narrative",
        "information",
        "details",
        "label",
        "title",
    ];
    split.last().is_some_and(|last| text.contains(&last.as_str()))
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

#[cfg(test)]
mod tests {
    use super::super::super::finding::ceilings;
    use super::*;
    use crate::openapi::Api;
    use crate::workspace::Workspace;

    #[test]
    fn an_example_of_the_response_shows_that_a_number_is_masked() {
        let order = |example: &str| {
            format!(
                "  /orders: {{post: {{responses: {{'201': {{content: {{application/json: {{schema: {{properties: {{card: {{properties: {{cardNumber: {{type: string, description: Card number}}}}}}}}}}, example: {{data: [{{card: {{cardNumber: '{example}'}}}}]}}}}}}}}}}}}}}}}\n"
            )
        };
        assert_eq!(ceilings(pan_masked, &order("415128XXXXXX1370")), [Some(Severity::Info)]);
        assert_eq!(ceilings(pan_masked, &order("4111111111111111")), [None]);
        assert_eq!(ceilings(pan_masked, &order("no example")), [None]);
    }

    #[test]
    fn issuers_are_told_from_those_who_keep_the_cards_of_others() {
        let cards = |request: &str| {
            format!(
                "  /cards:\n    post: {{requestBody: {{content: {{application/json: {{schema: {{properties: {{{request}}}}}}}}}}}, responses: {{'201': {{description: Created}}}}}}\n  /cards/{{id}}: {{get: {{responses: {{'200': {{content: {{application/json: {{schema: {{properties: {{cvv: {{type: string, description: The cvv of the card}}}}}}}}}}}}}}}}}}\n"
            )
        };
        let issued = cards("type: {type: string}, phone_number: {type: string}, spend_limit: {type: integer}");
        let kept = cards("number: {type: string}, exp_month: {type: string}");
        assert_eq!(ceilings(sad_never_returned, &issued), [Some(Severity::Warn)]);
        assert_eq!(ceilings(sad_never_returned, &kept), [None]);
        assert_eq!(ceilings(sad_never_returned, &cards("user_token: {type: string}")), [Some(Severity::Warn)]);
        for token in ["token", "cardToken", "source_id", "encryptedCardData", "paymentNonce"] {
            assert_eq!(ceilings(sad_never_returned, &cards(&format!("{token}: {{type: string}}"))), [None], "{token}");
        }
        assert_eq!(ceilings(sad_never_returned, &cards("")), [None], "a body that is not described says nothing");
        assert_eq!(ceilings(sad_never_returned, &issued.replace("/cards/{id}", "/payments/{id}")), [None]);
    }

    #[test]
    fn the_help_for_a_code_in_a_request_is_about_what_is_missing() {
        let help = |field: &str| {
            let text = format!(
                "openapi: 3.0.3\npaths: {{/payments: {{post: {{requestBody: {{content: {{application/json: {{schema: {{properties: {{cvc: {{{field}}}}}}}}}}}}}}}}}}}"
            );
            let workspace = Workspace::from_text("a.yaml", &text);
            let mut out = Vec::new();
            sad_request(&Facts::new(Api::open(&workspace).unwrap()), &Options::default(), &mut out);
            out.into_iter().find_map(|finding| finding.help).unwrap_or_default()
        };
        assert!(help("type: string, maxLength: 4").contains("writeOnly: true"));
        let bound = help("type: string, writeOnly: true");
        assert!(bound.contains("pattern") && !bound.contains("writeOnly"), "{bound}");
    }
}
