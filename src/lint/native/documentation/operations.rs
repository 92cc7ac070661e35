//! Operations that people can find, understand, and call from generated code; and errors they can look up.

use super::super::facts::Facts;
use super::super::finding::fold;
use super::super::schema_walk::{Element, is_error};
use super::super::{Finding, Options, schema, words};
use crate::diagnostic::Severity;
use crate::workspace::Place;
use rustc_hash::{FxHashMap, FxHashSet};

/// `doc-operation-id`: every operation has a name for generated code, once, that can be written in code and URLs.
pub(super) fn operation_id(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let (mut missing, mut candidates) = (Vec::new(), 0);
    let mut unsafe_names = Vec::new();
    let mut first: FxHashMap<&str, Place<'_>> = FxHashMap::default();
    for operation in facts.operations() {
        candidates += 1;
        let Some(place) = operation.place.get("operationId") else {
            let message =
                format!("{} has no `operationId`, so every generator names it differently", operation.label());
            missing.push(Finding::key(operation.place, message).of(operation));
            continue;
        };
        let id = place.text();
        if let Some(other) = first.get(id) {
            let mut finding =
                Finding::at(place, format!("`{id}` is the `operationId` of another operation too; each needs its own"))
                    .of(operation);
            finding
                .related
                .push(crate::diagnostic::Label { location: other.location(), message: "first used here".to_owned() });
            out.push(finding);
            continue;
        }
        first.insert(id, place);
        if id.is_empty() || !id.chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c)) {
            let message = format!(
                "the `operationId` `{id}` has characters that cannot stand in a name in code or in a URL; use letters, digits, `-`, `_` and `.`"
            );
            let finding = Finding::at(place, message).of(operation);
            // A slash is the custom of some publishers, and generators replace it.
            unsafe_names.push(if id.contains('/') { finding.at_most(Severity::Info) } else { finding });
        }
    }
    fold(
        facts.api,
        unsafe_names,
        candidates,
        |count| {
            format!(
                "{count} of {candidates} `operationId`s have characters that cannot stand in a name in code or in a URL"
            )
        },
        out,
    );
    fold(
        facts.api,
        missing,
        candidates,
        |count| {
            format!(
                "{count} of {candidates} operations have no `operationId`, so every generator names them differently"
            )
        },
        out,
    );
}

fn text<'w>(place: Place<'w>, key: &str) -> &'w str {
    place.get_str(key).unwrap_or_default().trim()
}

fn normal(text: &str) -> String {
    words::words(text)
        .into_iter()
        .filter(|word| !matches!(word.as_str(), "a" | "an" | "the" | "of" | "this" | "operation" | "endpoint" | "api"))
        .collect::<Vec<_>>()
        .join(" ")
}

/// `doc-operation-described`: every operation says what it does.
pub(super) fn described(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let (mut missing, mut candidates) = (Vec::new(), 0);
    for operation in facts.operations() {
        candidates += 1;
        let (summary, description) = (text(operation.place, "summary"), text(operation.place, "description"));
        if summary.is_empty() && description.is_empty() {
            let message = format!("{} has neither `summary` nor `description`; say what it does", operation.label());
            missing.push(Finding::key(operation.place, message).of(operation));
            continue;
        }
        if summary.chars().count() > 120 {
            let place = operation.place.get("summary").unwrap_or(operation.place);
            out.push(
                Finding::at(
                    place,
                    "this summary is longer than a line of a table of contents; put the details into `description`",
                )
                .at_most(Severity::Hint)
                .of(operation),
            );
        }
        let id = operation.id().unwrap_or_default();
        if !description.is_empty()
            && !summary.is_empty()
            && description.len() > 2
            && normal(description) == normal(summary)
            && summary.len() < 40
            && normal(id) == normal(summary)
        {
            let place = operation.place.get("description").unwrap_or(operation.place);
            out.push(
                Finding::at(
                    place,
                    "the description only repeats the name; say what the operation does, needs, and returns",
                )
                .at_most(Severity::Info)
                .of(operation),
            );
        }
    }
    fold(
        facts.api,
        missing,
        candidates,
        |count| format!("{count} of {candidates} operations have neither `summary` nor `description`"),
        out,
    );
}

/// Whether clients tell errors apart by this member. Beside a code or a type, `error` is the phrase for people, and where there
/// is no code, the type is what they go by.
fn is_discriminator(name: &str, holder: Place<'_>) -> bool {
    let code =
        |name: &str| matches!(&*words::words(name).join(" "), "code" | "error code" | "errorcode" | "reason code");
    let kind = |name: &str| matches!(&*words::words(name).join(" "), "type name" | "error type" | "error name");
    let phrase = |name: &str| name.eq_ignore_ascii_case("error");
    let beside = |is: &dyn Fn(&str) -> bool| schema::properties(holder).iter().any(|(name, _)| is(name));
    code(name) || phrase(name) && !beside(&code) && !beside(&kind) || kind(name) && beside(&phrase) && !beside(&code)
}

/// `doc-error-catalogue`: the codes of errors are listed somewhere.
pub(super) fn error_catalogue(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    if facts.governance("x-error-catalogue").is_some() {
        return;
    }
    let mut seen = FxHashSet::default();
    let (mut found, mut candidates) = (Vec::new(), 0);
    let tells = |element: &&Element<'_>| element.holder.is_some_and(|holder| is_discriminator(element.name, holder));
    for element in facts.error().iter().filter(tells) {
        if !schema::has_type(element.at, "string") || !seen.insert(element.schema.id()) {
            continue;
        }
        candidates += 1;
        let listed = schema::is_listed(element.at)
            || schema::has(element.at, "x-error-catalogue")
            || schema::has(element.at, "pattern");
        let several = schema::keyword(element.at, "examples").is_some_and(|examples| examples.len() > 1);
        let told =
            schema::text(element.at, "description").is_some_and(|text| text.len() > 120 || text.contains("http"));
        if !(listed || several || told) {
            let message = format!(
                "the {} of errors may be any text, so clients cannot tell errors apart; list the codes (`enum`, `x-extensible-enum`) or refer to `x-error-catalogue`",
                element.label()
            );
            found.push(Finding::key(element.at, message).of(&element.operation));
        }
    }
    let examples = facts.operations().any(|operation| {
        operation.responses().iter().any(|response| {
            is_error(response)
                && response
                    .media_types()
                    .iter()
                    .any(|media| media.place.get("examples").is_some_and(|examples| examples.len() > 1))
        })
    });
    if !examples {
        fold(
            facts.api,
            found,
            candidates.max(21),
            |count| format!("{count} error codes may be any text; list them"),
            out,
        );
    }
}
