//! Patterns: ECMA-262 regular expressions (unicode mode, the lenient grammar of Annex B where contracts use it)
//! rewritten for the Rust parsers.
//!
//! A pattern is a search: it may match anywhere in the string (draft 2020-12 validation, section 6.3.3).

use crate::text::Cut;
use std::fmt::Write as _;

/// A rewritten pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Translated {
    /// The pattern in Rust's notation.
    pub(super) text: String,
    /// Whether it is a regular language in the reach of automata: no look-around, no back reference.
    pub(super) regular: bool,
}

const SPACE: &str = r"\t\n\x0B\x0C\r \u{A0}\u{FEFF}\u{1680}\u{2000}-\u{200A}\u{2028}\u{2029}\u{202F}\u{205F}\u{3000}";
const WORD: &str = "0-9A-Za-z_";

/// Rewrites a pattern; `None` when it is not well-formed.
pub(super) fn translate(pattern: &str) -> Option<Translated> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut parser = Parser { chars: &chars, at: 0, out: String::with_capacity(pattern.len() + 8), regular: true };
    parser.run()?;
    Some(Translated { text: parser.out, regular: parser.regular })
}

/// The same pattern for the backtracking matcher, which does not know where words of ASCII letters begin and end.
pub(super) fn for_backtracking(translated: &str) -> String {
    let (in_word, behind) = (format!("(?=[{WORD}])"), format!("(?<=[{WORD}])"));
    let (not_in_word, not_behind) = (format!("(?![{WORD}])"), format!("(?<![{WORD}])"));
    translated
        .replace(r"(?-u:\b)", &format!("(?:{behind}{not_in_word}|{not_behind}{in_word})"))
        .replace(r"(?-u:\B)", &format!("(?:{behind}{in_word}|{not_behind}{not_in_word})"))
}

/// Whether a pattern (ECMA-262) is found in a text; `None` when it is not understood.
pub fn pattern_matches(pattern: &str, text: &str) -> Option<bool> {
    let translated = translate(pattern)?;
    let regex = fancy_regex::RegexBuilder::new(&for_backtracking(&translated.text)).backtrack_limit(100_000).build();
    regex.ok()?.is_match(text).ok()
}

/// Takes a look-ahead off the start of a pattern: `^(?=x)y` gives `^(?:x)`, true and `^y`; `^(?!x)y` the same with false.
/// `None` where there is none, or where the rest is not sure to be read as before.
pub(super) fn leading_look_ahead(pattern: &str) -> Option<(String, bool, String)> {
    // Each takes a call: hostile patterns have thousands.
    let body = pattern.strip_prefix("^(?").filter(|body| body.len() < 2_000)?;
    let (wanted, body) = match (body.strip_prefix('='), body.strip_prefix('!')) {
        (Some(body), _) => (true, body),
        (_, Some(body)) => (false, body),
        _ => return None,
    };
    let mut chars = body.char_indices();
    let (mut depth, mut class, mut close) = (0_u32, false, None);
    while let Some((at, c)) = chars.next() {
        match c {
            // Groups may be counted from outside.
            '\\' => {
                if matches!(chars.next()?.1, '1'..='9' | 'k') {
                    return None;
                }
            }
            '[' => class = true,
            ']' => class = false,
            _ if class => {}
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            ')' if close.is_none() => close = Some(at),
            ')' => return None,
            // Another way to match would not be bound by the look-ahead; a quantifier may skip it.
            '|' if depth == 0 && close.is_some() => return None,
            '?' | '*' | '+' | '{' if close.is_some_and(|close| close + 1 == at) => return None,
            _ => {}
        }
    }
    let close = close.filter(|_| depth == 0 && !class)?;
    Some((format!("^(?:{})", body.cut(..close)), wanted, format!("^{}", body.cut(close + 1..))))
}

struct Parser<'p> {
    chars: &'p [char],
    at: usize,
    out: String,
    regular: bool,
}

impl Parser<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn run(&mut self) -> Option<()> {
        while let Some(c) = self.peek(0) {
            self.at += 1;
            match c {
                '\\' => self.escape()?,
                '[' => self.class()?,
                '.' => self.out.push_str(r"[^\n\r\u{2028}\u{2029}]"),
                '^' => self.out.push_str(r"\A"),
                '$' => self.out.push_str(r"\z"),
                '(' => self.group(),
                '{' if !self.is_quantifier() => self.out.push_str(r"\{"),
                '}' if !self.closes_quantifier() => self.out.push_str(r"\}"),
                ']' => self.out.push_str(r"\]"),
                c => self.out.push(c),
            }
        }
        Some(())
    }

    fn group(&mut self) {
        self.out.push('(');
        if self.peek(0) != Some('?') {
            return;
        }
        match (self.peek(1), self.peek(2)) {
            (Some('=' | '!'), _) | (Some('<'), Some('=' | '!')) => self.regular = false,
            _ => {}
        }
    }

    /// Whether `{` at the place before the cursor begins `{n}`, `{n,}` or `{n,m}`.
    fn is_quantifier(&self) -> bool {
        let rest: String = self.chars[self.at..].iter().take_while(|c| **c != '}').collect();
        if self.chars.get(self.at + rest.chars().count()) != Some(&'}') {
            return false;
        }
        let (low, high) = rest.split_once(',').unwrap_or((&rest, ""));
        let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
        !low.is_empty() && digits(low) && digits(high)
    }

    fn closes_quantifier(&self) -> bool {
        let before = &self.chars[..self.at - 1];
        let Some(open) = before.iter().rposition(|c| *c == '{') else { return false };
        let inner = &before[open + 1..];
        !inner.is_empty() && inner.iter().all(|c| c.is_ascii_digit() || *c == ',')
    }

    fn escape(&mut self) -> Option<()> {
        let c = self.peek(0)?;
        self.at += 1;
        match c {
            'd' => self.out.push_str("[0-9]"),
            'D' => self.out.push_str("[^0-9]"),
            'w' => write!(self.out, "[{WORD}]").ok()?,
            'W' => write!(self.out, "[^{WORD}]").ok()?,
            's' => write!(self.out, "[{SPACE}]").ok()?,
            'S' => write!(self.out, "[^{SPACE}]").ok()?,
            'b' | 'B' => write!(self.out, "(?-u:\\{c})").ok()?,
            'p' | 'P' => self.property(c)?,
            'k' | '1'..='9' => {
                self.regular = false;
                write!(self.out, "\\{c}").ok()?;
            }
            // Not ECMA-262, but what authors who write them mean.
            'A' => self.out.push_str(r"\A"),
            'Z' | 'z' => self.out.push_str(r"\z"),
            _ => {
                let c = self.character(c)?;
                self.literal(c);
            }
        }
        Some(())
    }

    /// `\p{…}` and `\P{…}`: the same in both notations.
    fn property(&mut self, letter: char) -> Option<()> {
        if self.peek(0) != Some('{') {
            self.literal(letter);
            return Some(());
        }
        let close = self.chars[self.at..].iter().position(|c| *c == '}')?;
        let name: String = self.chars[self.at + 1..self.at + close].iter().collect();
        self.at += close + 1;
        write!(self.out, "\\{letter}{{{name}}}").ok()
    }

    /// The character that an escape stands for; the cursor is after its letter.
    fn character(&mut self, letter: char) -> Option<char> {
        Some(match letter {
            't' => '\t',
            'n' => '\n',
            'r' => '\r',
            'f' => '\x0C',
            'v' => '\x0B',
            '0' => '\0',
            'c' => match self.peek(0) {
                Some(control) if control.is_ascii_alphabetic() => {
                    self.at += 1;
                    char::from(control as u8 % 32)
                }
                _ => return None,
            },
            'x' => self.hex(2)?,
            'u' if self.peek(0) == Some('{') => {
                let close = self.chars[self.at..].iter().position(|c| *c == '}')?;
                let digits: String = self.chars[self.at + 1..self.at + close].iter().collect();
                self.at += close + 1;
                char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
            }
            'u' => self.unit()?,
            other => other,
        })
    }

    fn hex(&mut self, digits: usize) -> Option<char> {
        char::from_u32(self.number(digits)?)
    }

    fn number(&mut self, digits: usize) -> Option<u32> {
        let text: String = self.chars.get(self.at..self.at + digits)?.iter().collect();
        let value = u32::from_str_radix(&text, 16).ok()?;
        self.at += digits;
        Some(value)
    }

    /// `\uXXXX`, two of them when they are a surrogate pair.
    fn unit(&mut self) -> Option<char> {
        let high = self.number(4)?;
        if (0xD800..0xDC00).contains(&high) && self.peek(0) == Some('\\') && self.peek(1) == Some('u') {
            self.at += 2;
            let low = self.number(4)?.checked_sub(0xDC00)?;
            return char::from_u32(0x10000 + ((high - 0xD800) << 10) + low);
        }
        char::from_u32(high)
    }

    fn literal(&mut self, c: char) {
        if c.is_ascii_alphanumeric() || c == '_' {
            self.out.push(c);
        } else {
            let _ = write!(self.out, "\\u{{{:X}}}", c as u32);
        }
    }

    fn class(&mut self) -> Option<()> {
        let negated = self.peek(0) == Some('^');
        self.at += usize::from(negated);
        if self.peek(0) == Some(']') {
            self.at += 1;
            // `[]` matches nothing, `[^]` everything.
            self.out.push_str(if negated { r"[\u{0}-\u{10FFFF}]" } else { r"[^\u{0}-\u{10FFFF}]" });
            return Some(());
        }
        self.out.push_str(if negated { "[^" } else { "[" });
        let first = self.at;
        let mut after_set = false;
        loop {
            let c = self.peek(0)?;
            self.at += 1;
            let set = c == '\\' && self.peek(0).is_some_and(is_set);
            match c {
                ']' => break,
                '\\' => self.class_escape()?,
                '-' => {
                    // A range needs single characters on both sides; else the dash is meant as itself.
                    let alone = self.at - 1 == first || self.peek(0) == Some(']');
                    let before_set = self.peek(0) == Some('\\') && self.peek(1).is_some_and(is_set);
                    if alone || after_set || before_set { self.literal('-') } else { self.out.push('-') }
                }
                c => self.literal(c),
            }
            after_set = set;
        }
        self.out.push(']');
        Some(())
    }

    fn class_escape(&mut self) -> Option<()> {
        let c = self.peek(0)?;
        self.at += 1;
        match c {
            // Nested classes, so that a dash after them cannot make a range.
            'd' => self.out.push_str("[0-9]"),
            'D' => self.out.push_str("[^0-9]"),
            'w' => write!(self.out, "[{WORD}]").ok()?,
            'W' => write!(self.out, "[^{WORD}]").ok()?,
            's' => write!(self.out, "[{SPACE}]").ok()?,
            'S' => write!(self.out, "[^{SPACE}]").ok()?,
            'p' | 'P' => self.property(c)?,
            'b' => self.literal('\x08'),
            'k' => self.literal('k'),
            _ => {
                let c = self.character(c)?;
                self.literal(c);
            }
        }
        Some(())
    }
}

fn is_set(letter: char) -> bool {
    matches!(letter, 'd' | 'D' | 'w' | 'W' | 's' | 'S' | 'p' | 'P')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        let translated = translate(pattern).unwrap();
        fancy_regex::Regex::new(&translated.text).unwrap().is_match(text).unwrap()
    }

    #[test]
    fn ecma_semantics() {
        for (pattern, text, expected) in [
            (r"^\d+$", "12", true),
            (r"^\d+$", "\u{9ed}", false),
            (r"^\w$", "é", false),
            (r"^\s$", "\u{feff}", true),
            (r"^\S$", "\u{2003}", false),
            (r"^a$", "a\n", false),
            (r"^\cC$", "\u{3}", true),
            (r"^[^]$", "\n", true),
            (r"[]", "a", false),
            (r"^.$", "\u{2028}", false),
            (r"^\uD83D\uDC32*$", "🐲🐲", true),
            (r"^\u{1F432}$", "🐲", true),
            (r"^{id}$", "{id}", true),
            (r"^a{2}$", "aa", true),
            (r"^[\w-]+$", "a-b", true),
            (r"^[\d-x]+$", "1-x", true),
            (r"^[a-z&&[x]+$", "&", true),
            (r"^[+\-.]$", ".", true),
            (r"^\/a\-b\_c$", "/a-b_c", true),
            (r"^(?!x)a", "a", true),
            (r"^\p{Letter}$", "é", true),
            (r"^[-a]$", "-", true),
            (r"^[a-]$", "-", true),
            (r"^[a[]$", "[", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} on {text:?}");
        }
    }

    #[test]
    fn words_have_edges_for_the_backtracking_matcher_too() {
        let matcher =
            |pattern: &str| fancy_regex::Regex::new(&for_backtracking(&translate(pattern).unwrap().text)).unwrap();
        for (pattern, text, expected) in [
            (r"^(?!x)a\b", "a", true),
            (r"^(?!x)a\b", "ab", false),
            (r"^(?!x)a\B", "ab", true),
            (r"(?!x)\bé", "é", false),
        ] {
            assert_eq!(matcher(pattern).is_match(text).unwrap(), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn look_around_is_not_regular() {
        assert!(!translate("^(?!x)").unwrap().regular);
        assert!(!translate(r"(a)\1").unwrap().regular);
        assert!(translate("^(?:x)$").unwrap().regular);
    }

    #[test]
    fn a_look_ahead_is_taken_off_only_where_it_binds_all() {
        let taken = leading_look_ahead;
        assert_eq!(taken("^(?!a|b)c"), Some(("^(?:a|b)".into(), false, "^c".into())));
        assert_eq!(taken(r"^(?=[)]\))(a|b)"), Some((r"^(?:[)]\))".into(), true, "^(a|b)".into())));
        for pattern in ["(?!a)b", "^(?!a)b|c", "^(?!a)?b", r"^(?=(a))\1", "^(?:a)b", "^(?<!a)b", "^(?!a"] {
            assert_eq!(taken(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn a_broken_escape_is_refused() {
        assert!(translate("\\").is_none());
        assert!(translate(r"\u12").is_none());
        assert!(translate("[a").is_none());
    }
}
