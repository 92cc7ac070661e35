//! Names as words, and the lexicons of `rules/lexicons.yaml`.
//!
//! Rules that judge a field by its name compare sequences of words, never substrings: `spanId` does not hold a `pan`,
//! nor `shippingCity` a `pin`.

use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The words of a name in lower case, split where letters change case and at everything that is neither letter nor
/// digit: `IBANNumber` is `iban number`, `card_number` is `card number`. Digits stay with the letters before them.
pub(super) fn words(name: &str) -> Vec<String> {
    if name.is_ascii() {
        return ascii_words(name.as_bytes());
    }
    let mut out: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut before: Option<char> = None;
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        let starts = letter.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_uppercase() && letters.peek().is_some_and(|after| after.is_lowercase()))
            });
        let ends = starts || !letter.is_alphanumeric();
        if ends && !word.is_empty() {
            out.push(std::mem::take(&mut word));
        }
        if letter.is_alphanumeric() {
            word.extend(letter.to_lowercase());
        }
        before = Some(letter);
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

/// As [`words`], for the names that most contracts have.
fn ascii_words(name: &[u8]) -> Vec<String> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut cut = |range: std::ops::Range<usize>| {
        if !range.is_empty() {
            out.push(String::from_utf8_lossy(&name[range]).to_ascii_lowercase());
        }
    };
    for (at, byte) in name.iter().enumerate() {
        if !byte.is_ascii_alphanumeric() {
            cut(start..at);
            start = at + 1;
        } else if byte.is_ascii_uppercase() && at > start {
            let before = name[at - 1];
            let after = name.get(at + 1).is_some_and(u8::is_ascii_lowercase);
            if before.is_ascii_lowercase() || before.is_ascii_digit() || (before.is_ascii_uppercase() && after) {
                cut(start..at);
                start = at;
            }
        }
    }
    cut(start..name.len());
    out
}

/// Whether the words of `term` (separated by blanks) stand in `words` one after the other.
pub(super) fn contains(words: &[String], term: &str) -> bool {
    (1..=words.len()).any(|end| ends_with(&words[..end], term))
}

/// Whether `words` end with the words of `term`.
pub(super) fn ends_with(words: &[String], term: &str) -> bool {
    let mut words = words.iter().rev();
    term.rsplit(' ').all(|part| words.next().is_some_and(|word| word == part))
}

/// Whether any of these words is one of `terms`.
pub(super) fn any(words: &[String], terms: &[&str]) -> bool {
    words.iter().any(|word| terms.contains(&word.as_str()))
}

/// A lexicon: its terms, and by the last word of a term where it stands among them.
#[derive(Debug, Default)]
struct Lexicon {
    terms: Vec<String>,
    by_last_word: FxHashMap<String, Vec<usize>>,
}

impl Lexicon {
    fn new(terms: Vec<String>) -> Self {
        let mut by_last_word: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        for (index, term) in terms.iter().enumerate() {
            let last = term.rsplit(' ').next().unwrap_or_default();
            by_last_word.entry(last.to_owned()).or_default().push(index);
        }
        Lexicon { terms, by_last_word }
    }

    /// The first term of the lexicon that `words` end with.
    fn at_end(&self, words: &[String]) -> Option<usize> {
        let candidates = self.by_last_word.get(words.last()?)?;
        candidates.iter().copied().find(|&index| ends_with(words, &self.terms[index]))
    }

    /// The first term of the lexicon that stands in `words`.
    fn within(&self, words: &[String]) -> Option<usize> {
        (1..=words.len()).filter_map(|end| self.at_end(&words[..end])).min()
    }
}

static LEXICONS: LazyLock<FxHashMap<String, Lexicon>> = LazyLock::new(|| {
    let lists: BTreeMap<String, Vec<String>> =
        serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/lexicons.json"))).unwrap_or_default();
    lists.into_iter().map(|(name, terms)| (name, Lexicon::new(terms))).collect()
});

/// The terms of a lexicon; none for an unknown name.
pub(super) fn lexicon(name: &str) -> &'static [String] {
    LEXICONS.get(name).map(|lexicon| lexicon.terms.as_slice()).unwrap_or_default()
}

/// The term of the lexicon that stands in the name, unless a term of its `-not` lexicon stands there too.
pub(super) fn find(name: &str, lexicon_name: &str) -> Option<&'static str> {
    term(&words(name), lexicon_name, Lexicon::within)
}

/// As [`find`], but the name must end with the term.
pub(super) fn find_last(name: &str, lexicon_name: &str) -> Option<&'static str> {
    term(&words(name), lexicon_name, Lexicon::at_end)
}

fn term(
    words: &[String],
    lexicon_name: &str,
    search: fn(&Lexicon, &[String]) -> Option<usize>,
) -> Option<&'static str> {
    let lexicon = LEXICONS.get(lexicon_name)?;
    let index = search(lexicon, words)?;
    let not = LEXICONS.get(&format!("{lexicon_name}-not"));
    let excluded = not.is_some_and(|not| not.within(words).is_some());
    (!excluded).then(|| lexicon.terms[index].as_str())
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
    let words = words(name);
    let holds = |lexicon: &str| term(&words, lexicon, Lexicon::at_end).is_some();
    SENSITIVE.iter().find(|(lexicon, _)| holds(lexicon)).map(|(_, what)| *what)
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
        assert_eq!(split("ÄnderungsID"), "änderungs id");
        assert_eq!(split("--__"), "");
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
