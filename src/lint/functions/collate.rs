//! Order of texts as people expect it, as the root locale of Unicode has it.
//!
//! Takes two texts; gives which comes first: blanks and punctuation before digits before letters, letters without regard
//! to accents and case first, then by accents, then lower before upper case.

use std::cmp::Ordering;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Punctuation and symbols in their order.
const MARKS: &str = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~";

/// What is compared first, second and third of a text.
#[derive(Default)]
struct Weights {
    base: Vec<(u8, u32)>,
    accents: Vec<(usize, char)>,
    cases: Vec<bool>,
}

/// The order of two texts.
pub(in crate::lint) fn collate(a: &str, b: &str) -> Ordering {
    let (a, b) = (weights(a), weights(b));
    a.base.cmp(&b.base).then_with(|| accents(&a, &b)).then_with(|| a.cases.cmp(&b.cases))
}

/// Accents count from the first letter that has other ones.
fn accents(a: &Weights, b: &Weights) -> Ordering {
    let of = |weights: &Weights, at: usize| -> Vec<char> {
        weights.accents.iter().filter(|(place, _)| *place == at).map(|(_, mark)| *mark).collect()
    };
    (1..=a.base.len()).map(|at| of(a, at).cmp(&of(b, at))).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

fn weights(text: &str) -> Weights {
    let mut out = Weights::default();
    for c in text.nfkd() {
        if is_combining_mark(c) {
            out.accents.push((out.base.len(), c));
            continue;
        }
        let (letters, mark) = match c {
            'ß' => ("ss", true),
            'æ' | 'Æ' => ("ae", true),
            'œ' | 'Œ' => ("oe", true),
            'ø' | 'Ø' => ("o", true),
            'đ' | 'Đ' | 'ð' | 'Ð' => ("d", true),
            'ł' | 'Ł' => ("l", true),
            'ı' => ("i", true),
            'þ' | 'Þ' => ("z\u{FFFF}", true),
            _ => ("", false),
        };
        for lower in c.to_lowercase().filter(|_| letters.is_empty()).chain(letters.chars()) {
            let class = match lower {
                // Blanks that are no characters of a text do not count.
                _ if lower.is_whitespace() => 1,
                _ if lower.is_control() || matches!(lower, '\u{200B}'..='\u{200F}' | '\u{FEFF}' | '\u{AD}') => continue,
                _ if MARKS.contains(lower) => 2,
                '$' | '¢' | '£' | '¥' | '\u{20A0}'..='\u{20CF}' => 4,
                _ if lower.is_alphabetic() => 6,
                _ if lower.is_numeric() => 5,
                _ => 3,
            };
            out.base.push((class, MARKS.find(lower).map_or(lower.into(), |at| at as u32)));
            out.cases.push(c.is_uppercase());
        }
        if mark {
            out.accents.push((out.base.len(), c));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_ordered_by_letters_then_accents_then_case() {
        let sorted = [
            "", " ", "_", "-", ".", "/", "~", "$", "1", "10", "9", "a", "A", "á", "ä", "aa", "aA", "Aa", "ab", "áb",
            "b", "co op", "co-op", "coop", "Resume", "résumé", "ß", "st", "z", "α", "я", "日",
        ];
        for pair in sorted.windows(2) {
            assert_eq!(collate(pair[0], pair[1]), Ordering::Less, "{pair:?}");
        }
        assert_eq!(collate("e\u{301}", "é"), Ordering::Equal);
        assert_eq!(collate("a\u{200B}", "a"), Ordering::Equal);
    }
}
