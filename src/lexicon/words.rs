//! Names as words.
//!
//! Rules that judge a field by its name compare sequences of words, never substrings: `spanId` does not hold a `pan`,
//! nor `shippingCity` a `pin`.

/// Splits a name into words in lower case, where letters change case and at everything that is neither letter nor digit:
/// `IBANNumber` is `iban number`, `card_number` is `card number`. Digits stay with the letters before them.
pub fn words(name: &str) -> Vec<String> {
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

/// Takes the accents from a text in lower case: `número` is `numero`, `schlüssel` is `schluessel`.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            'á' | 'à' | 'â' | 'ã' | 'å' | 'ą' => out.push('a'),
            'ä' => out.push_str("ae"),
            'ç' | 'ć' => out.push('c'),
            'é' | 'è' | 'ê' | 'ë' | 'ę' => out.push('e'),
            'í' | 'ì' | 'î' | 'ï' => out.push('i'),
            'ł' => out.push('l'),
            'ñ' | 'ń' => out.push('n'),
            'ó' | 'ò' | 'ô' | 'õ' | 'ø' => out.push('o'),
            'ö' => out.push_str("oe"),
            'œ' => out.push_str("oe"),
            'æ' => out.push_str("ae"),
            'ś' => out.push('s'),
            'ß' => out.push_str("ss"),
            'ú' | 'ù' | 'û' => out.push('u'),
            'ü' => out.push_str("ue"),
            'ý' | 'ÿ' => out.push('y'),
            'ź' | 'ż' => out.push('z'),
            other => out.push(other),
        }
    }
    out
}

/// Takes the number from the end: `password2` is `password`.
pub(super) fn unnumbered(word: &str) -> &str {
    word.trim_end_matches(|last: char| last.is_ascii_digit())
}

/// Whether the words of `term` (separated by blanks) stand in `words` one after the other.
pub fn contains(words: &[String], term: &str) -> bool {
    (1..=words.len()).any(|end| ends_with(&words[..end], term))
}

/// Whether `words` end with the words of `term`.
pub fn ends_with(words: &[String], term: &str) -> bool {
    let mut words = words.iter().rev();
    term.rsplit(' ').all(|part| words.next().is_some_and(|word| word == part))
}

/// Whether any of these words is one of `terms`.
pub fn any(words: &[String], terms: &[&str]) -> bool {
    words.iter().any(|word| terms.contains(&word.as_str()))
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
    fn words_lose_their_accents() {
        assert_eq!(plain("número"), "numero");
        assert_eq!(plain("prüfziffer"), "pruefziffer");
    }
}
