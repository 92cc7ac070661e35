//! Names as words, and the lexicons of `rules/lexicons.yaml`.
//!
//! Rules that judge a field by its name compare sequences of words, never substrings: `spanId` does not hold a `pan`,
//! nor `shippingCity` a `pin`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The words of a name in lower case, split where letters change case and at everything that is neither letter nor
/// digit: `IBANNumber` is `iban number`, `card_number` is `card number`. Digits stay with the letters before them.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut word = String::new();
    let letters: Vec<char> = name.chars().collect();
    for (index, &letter) in letters.iter().enumerate() {
        if !letter.is_alphanumeric() {
            if !word.is_empty() {
                out.push(std::mem::take(&mut word));
            }
            continue;
        }
        let before = index.checked_sub(1).map(|at| letters[at]);
        let after = letters.get(index + 1);
        let starts = letter.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_uppercase() && after.is_some_and(|after| after.is_lowercase()))
            });
        if starts && !word.is_empty() {
            out.push(std::mem::take(&mut word));
        }
        word.extend(letter.to_lowercase());
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

/// Whether the words of `term` (separated by blanks) stand in `words` one after the other.
pub(super) fn contains(words: &[String], term: &str) -> bool {
    let term: Vec<&str> = term.split(' ').collect();
    words.windows(term.len()).any(|window| window.iter().zip(&term).all(|(a, b)| a == b))
}

/// Whether `words` end with the words of `term`.
pub(super) fn ends_with(words: &[String], term: &str) -> bool {
    let term: Vec<&str> = term.split(' ').collect();
    words.len() >= term.len() && words[words.len() - term.len()..].iter().zip(&term).all(|(a, b)| a == b)
}

/// Whether any of these words is one of `terms`.
pub(super) fn any(words: &[String], terms: &[&str]) -> bool {
    words.iter().any(|word| terms.contains(&word.as_str()))
}

static LEXICONS: LazyLock<BTreeMap<String, Vec<String>>> = LazyLock::new(|| {
    serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/lexicons.json"))).unwrap_or_default()
});

/// The terms of a lexicon; none for an unknown name.
pub(super) fn lexicon(name: &str) -> &'static [String] {
    LEXICONS.get(name).map(Vec::as_slice).unwrap_or_default()
}

/// The term of the lexicon that stands in the name, unless a term of its `-not` lexicon stands there too.
pub(super) fn find(name: &str, lexicon_name: &str) -> Option<&'static str> {
    let words = words(name);
    let not = lexicon(&format!("{lexicon_name}-not"));
    if not.iter().any(|term| contains(&words, term)) {
        return None;
    }
    lexicon(lexicon_name).iter().find(|term| contains(&words, term)).map(String::as_str)
}

/// As [`find`], but the name must end with the term.
pub(super) fn find_last(name: &str, lexicon_name: &str) -> Option<&'static str> {
    let words = words(name);
    let not = lexicon(&format!("{lexicon_name}-not"));
    if not.iter().any(|term| contains(&words, term)) {
        return None;
    }
    lexicon(lexicon_name).iter().find(|term| ends_with(&words, term)).map(String::as_str)
}

/// The lexicons of sensitive data, with what the data are.
const SENSITIVE: [(&str, &str); 6] = [
    ("card-data", "card data"),
    ("sensitive-authentication-data", "card authentication data"),
    ("credential", "a credential"),
    ("government-id", "a national identifier"),
    ("account", "account data"),
    ("contact", "contact data"),
];

/// What sensitive data a field of this name holds, as its last words tell: `card data`, `a credential`.
pub(super) fn sensitive(name: &str) -> Option<&'static str> {
    SENSITIVE.iter().find(|(lexicon, _)| find_last(name, lexicon).is_some()).map(|(_, what)| *what)
}

/// Whether a name speaks of an amount of money: its last word, apart from suffixes such as `value` and `minor`, is a
/// term of the lexicon `money`, and no word is a unit of something else.
pub(super) fn is_money(name: &str) -> bool {
    let mut words = words(name);
    if words.iter().any(|word| lexicon("money-not").contains(word)) {
        return false;
    }
    while words.len() > 1 && words.last().is_some_and(|word| lexicon("money-suffix").contains(word)) {
        words.pop();
    }
    words.last().is_some_and(|word| lexicon("money").contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_into_words() {
        let split = |name: &str| words(name).join(" ");
        assert_eq!(split("IBANNumber"), "iban number");
        assert_eq!(split("card_number"), "card number");
        assert_eq!(split("X-Request-ID"), "x request id");
        assert_eq!(split("creditorIBAN"), "creditor iban");
        assert_eq!(split("cvv2"), "cvv2");
        assert_eq!(split("User\u{2013}IP"), "user ip");
    }

    #[test]
    fn a_term_is_a_sequence_of_words_and_no_substring() {
        assert!(find("clientSecret", "credential").is_some());
        assert!(find("spanId", "card-data").is_none());
        assert!(find("pan_entry_mode", "card-data").is_none());
        assert!(find("primaryAccountNumber", "card-data").is_some());
        assert!(find("nextToken", "credential").is_none());
    }

    #[test]
    fn money_is_told_by_the_last_word() {
        assert!(is_money("instructedAmount") && is_money("amount_minor") && is_money("currentBalance"));
        assert!(!is_money("balancePlatform") && !is_money("feeType") && !is_money("hoursTotal"));
    }
}
