//! What a regular expression of a schema promises: anchors, length, and whether it says anything at all.
//!
//! Patterns are ECMA-262 (JSON Schema 2020-12 Validation, section 6.3.3). They are read with `regex-syntax`; what that
//! cannot read (look-around, back references) is judged by its text alone.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// A pattern read.
#[derive(Debug)]
pub struct Pattern<'a> {
    text: &'a str,
    hir: Option<Hir>,
}

impl<'a> Pattern<'a> {
    /// Reads a pattern.
    pub fn new(text: &'a str) -> Self {
        let readable = text.len() <= 4096;
        let hir = readable.then(|| regex_syntax::ParserBuilder::new().nest_limit(64).build().parse(text).ok());
        Pattern { text, hir: hir.flatten() }
    }

    /// The pattern in one spelling of those that mean the same, as far as the reader tells.
    pub fn canonical(&self) -> String {
        self.hir.as_ref().map_or_else(|| self.text.to_owned(), ToString::to_string)
    }

    /// Whether every match begins where the value begins.
    pub fn starts(&self) -> bool {
        match &self.hir {
            Some(hir) => hir.properties().look_set_prefix().contains(Look::Start),
            None => self.text.starts_with('^') || self.text.starts_with("(?=^") || self.text.starts_with("(^"),
        }
    }

    /// Whether every match ends where the value ends.
    pub fn ends(&self) -> bool {
        match &self.hir {
            Some(hir) => hir.properties().look_set_suffix().contains(Look::End),
            None => self.text.ends_with('$') || self.text.ends_with("$)"),
        }
    }

    /// Whether the whole value must match.
    pub fn is_anchored(&self) -> bool {
        self.starts() && self.ends()
    }

    /// Whether the values that match have a greatest length.
    pub fn is_bounded(&self) -> bool {
        let finite = match &self.hir {
            Some(hir) => hir.properties().maximum_len().is_some(),
            None => !self.text.contains(['*', '+']) && !self.text.contains(",}"),
        };
        finite && self.is_anchored()
    }

    /// The fewest and the most characters of a match; only for anchored patterns of ASCII characters with a greatest length.
    pub(super) fn lengths(&self) -> Option<(u64, u64)> {
        let properties = self.hir.as_ref().filter(|_| self.is_anchored())?.properties();
        Some((properties.minimum_len()? as u64, properties.maximum_len()? as u64))
    }

    /// The length in characters that every match has, where it is one; only for anchored patterns of ASCII characters.
    pub fn fixed_length(&self) -> Option<u64> {
        self.lengths().filter(|(least, most)| least == most).map(|(least, _)| least)
    }

    /// Whether every text matches, or every text of one line: `.*`, `^.+$`, `[\s\S]*`.
    pub fn says_nothing(&self) -> bool {
        fn anything(hir: &Hir) -> bool {
            match hir.kind() {
                HirKind::Capture(capture) => anything(&capture.sub),
                HirKind::Repetition(repetition) => {
                    repetition.max.is_none() && repetition.min <= 1 && any_character(&repetition.sub)
                }
                HirKind::Concat(parts) => {
                    let mut rest = parts.iter().filter(|part| !matches!(part.kind(), HirKind::Look(_)));
                    rest.next().is_some_and(anything) && rest.next().is_none()
                }
                _ => false,
            }
        }
        fn any_character(hir: &Hir) -> bool {
            match hir.kind() {
                HirKind::Capture(capture) => any_character(&capture.sub),
                HirKind::Class(Class::Unicode(class)) => {
                    let size: u32 = class.ranges().iter().map(|r| u32::from(r.end()) - u32::from(r.start()) + 1).sum();
                    size > 1_112_060
                }
                _ => false,
            }
        }
        self.hir.as_ref().is_some_and(anything)
    }

    /// Whether only digits match.
    pub fn is_digits(&self) -> bool {
        fn digits(hir: &Hir) -> bool {
            match hir.kind() {
                HirKind::Empty | HirKind::Look(_) => true,
                HirKind::Literal(literal) => literal.0.iter().all(u8::is_ascii_digit),
                HirKind::Class(Class::Unicode(class)) => {
                    class.ranges().iter().all(|r| r.start().is_numeric() && r.end().is_numeric())
                }
                HirKind::Class(Class::Bytes(class)) => {
                    class.ranges().iter().all(|r| r.start().is_ascii_digit() && r.end().is_ascii_digit())
                }
                HirKind::Repetition(repetition) => digits(&repetition.sub),
                HirKind::Capture(capture) => digits(&capture.sub),
                HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().all(digits),
            }
        }
        self.is_anchored() && self.hir.as_ref().is_some_and(digits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_count_for_every_alternative() {
        assert!(Pattern::new("^[A-Z]{3}$").is_anchored());
        assert!(!Pattern::new("[A-Z]{3}").is_anchored());
        assert!(!Pattern::new("^a|b$").is_anchored());
        assert!(Pattern::new("^(a|b)$").is_anchored());
        assert!(Pattern::new("^a$|^b$").is_anchored());
    }

    #[test]
    fn length_is_computed() {
        assert!(Pattern::new("^[A-Z]{2,30}$").is_bounded());
        assert!(!Pattern::new("^[A-Z]+$").is_bounded());
        assert!(!Pattern::new("[A-Z]{3}").is_bounded());
    }

    #[test]
    fn patterns_that_say_nothing_are_seen() {
        for text in [".*", "^.+$", "[\\s\\S]*", "^(.*)$", "[\\w\\W\\s]*"] {
            assert!(Pattern::new(text).says_nothing(), "{text}");
        }
        assert!(!Pattern::new("^\\w+$").says_nothing() && Pattern::new("^\\d{1,9}$").is_digits());
    }
}
