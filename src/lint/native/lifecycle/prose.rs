//! What the text says and the contract does not: an element that calls itself deprecated without `deprecated: true`.

use super::super::facts::Facts;
use super::super::schema_walk::Role;
use super::super::{Finding, Options};
use crate::openapi::Operation;
use crate::workspace::Place;
use regex::Regex;
use rustc_hash::FxHashSet;
use std::sync::LazyLock;

/// The word as a mark at the beginning: `Deprecated.`, `[DEPRECATED] …`, `**Deprecated**: …`, `Deprecated since 2.1`, `Deprecated, use …`.
static MARK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^[\s*_>\[(!⚠️#-]*(?:deprecated|obsolete)(?:\s*(?:$|[\])*_:.,;!–—-])|\s+(?:since|as of|use|in favou?r|please|by)\b)")
        .ok()
});

/// The word as a mark at the end: `Lists payments (deprecated)`.
static TAIL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)[\[(*_-]\s*(?:deprecated|obsolete)\s*[\])*_]*\.?\s*$").ok());

/// A sentence whose subject is the element itself.
static SENTENCE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let subject = "endpoint|operation|method|call|resource|api|field|property|attribute|parameter|header|element";
    Regex::new(&format!(
        r"(?i)^[\s*_>]*(?:(?:note|warning|important)\W+)?th(?:is|e present)\s+(?:{subject})\s+(?:(?:is|was|has\s+been)\s+(?:now\s+|being\s+)?(?:deprecated|obsolete|retired|discontinued)\b|will\s+(?:soon\s+)?be\s+(?:deprecated|removed|retired|discontinued)\b|is\s+no\s+longer\s+supported\b)"
    ))
    .ok()
});

/// `lc-prose-deprecation-unflagged`: what calls itself deprecated is marked so.
pub(super) fn unflagged(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    // Of OpenAPI 2.0, operations alone have the field.
    let is_old = facts.api.version() == crate::openapi::Version::V2_0;
    let mut judge = |place: Place<'_>, what: &dyn Fn() -> String, operation: &Operation<'_>| {
        if !seen.insert(place.id()) || is_marked(place) {
            return;
        }
        if let Some(text) = told(place) {
            let field = if is_old && place.id() != operation.place.id() { "x-deprecated" } else { "deprecated" };
            let message = format!(
                "the description of {} says that it is deprecated, but it is not marked `{field}: true`",
                what()
            );
            let finding = Finding::at(text, message).of(operation);
            out.push(if field == "deprecated" {
                finding
            } else {
                finding.help("Add `x-deprecated: true`; OpenAPI 2.0 has no such field here")
            });
        }
    };
    for operation in facts.operations() {
        judge(operation.place, &|| operation.label(), operation);
        for parameter in operation.parameters() {
            judge(parameter.place, &|| format!("the {}", parameter.label()), operation);
        }
    }
    for element in facts.everywhere().filter(|element| element.role == Role::Property) {
        judge(element.at, &|| format!("the {}", element.label()), &element.operation);
    }
}

/// Whether the element carries the keyword or one of its older forms.
fn is_marked(place: Place<'_>) -> bool {
    let flag = ["deprecated", "x-deprecated", "x-oai-deprecated"].iter().any(|key| place.get_bool(key) == Some(true));
    flag || ["x-deprecation", "x-ms-deprecation"].iter().any(|key| place.get(key).is_some())
}

/// The text that says so: a mark in the summary, or one or a whole sentence at the beginning of the description.
fn told(place: Place<'_>) -> Option<Place<'_>> {
    let fits = |regex: &LazyLock<Option<Regex>>, text: &str| regex.as_ref().is_some_and(|regex| regex.is_match(text));
    let speaks = |key: &str| {
        let text = place.get(key).and_then(Place::as_str).unwrap_or_default();
        ["eprecated", "bsolete", "EPRECATED", "BSOLETE", "removed", "retired", "discontinued", "no longer"]
            .iter()
            .any(|word| text.contains(word))
    };
    if !speaks("summary") && !speaks("description") {
        return None;
    }
    let summary = place.get("summary").filter(|summary| {
        summary.as_str().is_some_and(|text| fits(&MARK, text) || fits(&TAIL, text) || fits(&SENTENCE, text))
    });
    summary.or_else(|| {
        place.get("description").filter(|description| {
            let text = description.as_str().unwrap_or_default();
            fits(&MARK, text) || sentences(text).take(2).any(|sentence| fits(&SENTENCE, sentence))
        })
    })
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(". ").flat_map(str::lines).map(str::trim).filter(|sentence| !sentence.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_texts_about_the_element_itself_count() {
        let mark = MARK.as_ref().unwrap();
        for text in
            ["Deprecated. Use `total`.", "[DEPRECATED] Old total", "**Deprecated**: gone soon", "deprecated since 2.1"]
        {
            assert!(mark.is_match(text), "{text}");
        }
        for text in ["Deprecated versions are listed", "Whether the deprecated form is sent", "The deprecation date"] {
            assert!(!mark.is_match(text), "{text}");
        }
        let sentence = SENTENCE.as_ref().unwrap();
        assert!(sentence.is_match("This endpoint has been deprecated in favour of `/v2`."));
        assert!(sentence.is_match("NOTE: this field will be removed."));
        assert!(!sentence.is_match("This field is returned for deprecated accounts."));
        assert!(!sentence.is_match("The `old` field is deprecated."));
    }
}
