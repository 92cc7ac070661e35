//! Codes in enumerations: what each stands for.

use super::super::facts::Facts;
use super::super::finding::fold;
use super::super::{Finding, Options, schema, words};
use crate::text::Cut;
use crate::workspace::Place;
use rustc_hash::FxHashSet;

/// Names under which codes are those of a public list.
const PUBLIC: [&str; 15] = [
    "currency",
    "currencies",
    "country",
    "countries",
    "nationality",
    "language",
    "locale",
    "lang",
    "mcc",
    "timezone",
    "gender",
    "sort",
    "order",
    "symbol",
    "asset",
];
/// Short words and names that everybody reads.
const PLAIN: [&str; 32] = [
    "ALL", "ANY", "ASC", "DESC", "DAY", "CSV", "PDF", "XML", "JSON", "GET", "PUT", "POST", "PATCH", "HEAD", "NEW",
    "YES", "NO", "ON", "OFF", "SMS", "PNG", "JPG", "JPEG", "URL", "HTTP", "HTTPS", "IBAN", "BIC", "TLS", "API", "ID",
    "AND",
];
const DESCRIBING: [&str; 8] = [
    "x-enumDescriptions",
    "x-enum-descriptions",
    "x-enum-elements",
    "x-ms-enum",
    "x-enum-varnames",
    "x-enumNames",
    "x-enum-names",
    "x-enum",
];

/// Whether a value is a code: short, in capitals or digits, and no word that can be spoken.
fn is_code(value: &str) -> bool {
    let short = (1..=5).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if !short || PLAIN.contains(&value) {
        return false;
    }
    let is_vowel = |b: u8| matches!(b, b'A' | b'E' | b'I' | b'O' | b'U' | b'Y');
    let run = value.bytes().fold((0, 0), |(run, most), b| {
        let run = if is_vowel(b) { 0 } else { run + 1 };
        (run, most.max(run))
    });
    value.len() <= 2 || value.bytes().any(|b| b.is_ascii_digit()) || !value.bytes().any(is_vowel) || run.1 >= 3
}

/// Whether a text tells the values apart: most of them stand in it as words.
fn tells(text: &str, values: &[&str]) -> bool {
    let named = values.iter().filter(|value| {
        text.match_indices(**value).any(|(at, _)| {
            let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            !inside(text.cut(..at).chars().next_back()) && !inside(text.cut(at + value.len()..).chars().next())
        })
    });
    named.count() * 2 > values.len()
}

/// `doc-enum-values-described`: codes are explained.
pub(super) fn described(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    let (mut found, mut candidates) = (Vec::new(), 0);
    for element in facts.everywhere().filter(|element| element.is_named()) {
        let Some(list) = schema::keyword(element.at, "enum") else { continue };
        if !seen.insert(list.id()) || words::any(&words::words(element.name), &PUBLIC) {
            continue;
        }
        let values: Vec<&str> = list.elements().filter_map(Place::as_str).collect();
        let codes = values.iter().filter(|value| is_code(value)).count();
        // Y and N, M and F: two letters are told by the name.
        if codes < 3 || codes * 2 <= values.len() {
            continue;
        }
        candidates += 1;
        let text = schema::text(element.at, "description").unwrap_or_default();
        if DESCRIBING.iter().any(|key| schema::has(element.at, key)) || tells(text, &values) {
            continue;
        }
        let shown: Vec<String> =
            values.iter().filter(|value| is_code(value)).take(3).map(|value| format!("`{value}`")).collect();
        let message = format!(
            "nothing says what {} stand for in {}; explain each code in the description, or in `x-enumDescriptions`",
            shown.join(", "),
            element.label()
        );
        found.push(Finding::key(list, message).of(&element.operation));
    }
    let summary = |count| format!("{count} lists of codes do not say what the codes stand for");
    fold(facts.api, found, candidates.max(21), summary, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_from_words() {
        for code in ["ACSC", "RJCT", "PDNG", "T1", "04", "FX", "CRDT"] {
            assert!(is_code(code), "{code}");
        }
        for word in ["OPEN", "CARD", "LOAN", "DEBIT", "ASC", "Booked", "CLOSED", "PAID"] {
            assert!(!is_code(word), "{word}");
        }
        assert!(tells("ACSC: settled, RJCT: refused", &["ACSC", "RJCT", "PDNG"]));
        assert!(!tells("the status (RJCTX)", &["ACSC", "RJCT", "PDNG"]));
    }
}
