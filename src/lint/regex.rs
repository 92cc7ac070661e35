//! JavaScript regular expressions on linear-time engines.
//!
//! Takes source and flags; gives a matcher. The source is translated to the syntax of the `regex` crate; only patterns
//! with look-around or back-references run on `fancy-regex`, with a bound on backtracking.

use std::fmt::Write as _;

/// A compiled JavaScript regular expression.
#[derive(Debug, Clone)]
pub(super) struct JsRegex {
    engine: Engine,
}

#[derive(Debug, Clone)]
enum Engine {
    Linear(regex::Regex),
    Backtracking(Box<fancy_regex::Regex>),
}

/// Steps of a backtracking pattern on one text, at most.
const BACKTRACK_LIMIT: usize = 200_000;
/// Bytes of a compiled pattern, at most.
const SIZE_LIMIT: usize = 4 << 20;

impl JsRegex {
    /// Compiles `/source/flags`.
    ///
    /// # Errors
    /// What is wrong with the pattern, worded as engines of JavaScript do where they agree.
    pub(super) fn new(source: &str, flags: &str) -> Result<Self, String> {
        let mut seen = String::new();
        for flag in flags.chars() {
            if !"dgimsuvy".contains(flag) || seen.contains(flag) {
                return Err(format!("Invalid flags supplied to RegExp constructor '{flags}'"));
            }
            seen.push(flag);
        }
        let mut translated = Translator::new(source, flags.contains('s')).run();
        if translated.fancy {
            // That engine knows no words of ASCII alone.
            translated.text = translated.text.replace(EDGE, LOOK_AT_EDGE).replace(NO_EDGE, LOOK_AT_NO_EDGE);
        }
        let mut options = String::new();
        for flag in ['i', 'm'] {
            if flags.contains(flag) {
                options.push(flag);
            }
        }
        let pattern = if options.is_empty() { translated.text } else { format!("(?{options}){}", translated.text) };
        let fail = |reason: String| format!("Invalid regular expression: /{source}/: {reason}");
        let engine = if translated.fancy {
            let built = fancy_regex::RegexBuilder::new(&pattern).backtrack_limit(BACKTRACK_LIMIT).build();
            Engine::Backtracking(Box::new(built.map_err(|error| fail(words(&error.to_string())))?))
        } else {
            let built = regex::RegexBuilder::new(&pattern).size_limit(SIZE_LIMIT).build();
            Engine::Linear(built.map_err(|error| fail(words(&error.to_string())))?)
        };
        Ok(JsRegex { engine })
    }

    /// Compiles `/source/flags`, or a bare source.
    ///
    /// # Errors
    /// As [`JsRegex::new`].
    pub(super) fn from_option(text: &str) -> Result<Self, String> {
        if let Some(rest) = text.strip_prefix('/')
            && let Some(end) = rest.rfind('/').filter(|&end| end > 0)
            && rest[end + 1..].chars().all(|c| c.is_ascii_lowercase())
        {
            return JsRegex::new(&rest[..end], &rest[end + 1..]);
        }
        JsRegex::new(text, "")
    }

    /// Whether it matches somewhere in `text`. A pattern that exceeds its bound does not match.
    pub(super) fn is_match(&self, text: &str) -> bool {
        match &self.engine {
            Engine::Linear(regex) => regex.is_match(text),
            Engine::Backtracking(regex) => regex.is_match(text).unwrap_or(false),
        }
    }
}

/// The usual words of JavaScript engines for the faults that matter.
fn words(error: &str) -> String {
    let lower = error.to_lowercase();
    let known = [
        ("repetition operator missing", "Nothing to repeat"),
        ("target of repeat", "Nothing to repeat"),
        ("unclosed group", "Unterminated group"),
        ("unopened group", "Unmatched ')'"),
        ("unclosed character class", "Unterminated character class"),
        ("invalid character class range", "Range out of order in character class"),
        ("invalid repetition count range", "numbers out of order in {} quantifier"),
        ("compiled regex exceeds size", "the pattern is too large"),
    ];
    let found = known.iter().find(|(part, _)| lower.contains(part));
    found.map_or_else(|| error.lines().last().unwrap_or_default().trim().to_owned(), |(_, words)| (*words).to_owned())
}

struct Translator<'p> {
    rest: std::iter::Peekable<std::str::Chars<'p>>,
    left: &'p str,
    dot_all: bool,
    text: String,
    fancy: bool,
}

struct Translated {
    text: String,
    fancy: bool,
}

const WORD: &str = "A-Za-z0-9_";
const EDGE: &str = r"(?-u:\b)";
const NO_EDGE: &str = r"(?-u:\B)";
const LOOK_AT_EDGE: &str = "(?:(?<=[A-Za-z0-9_])(?![A-Za-z0-9_])|(?<![A-Za-z0-9_])(?=[A-Za-z0-9_]))";
const LOOK_AT_NO_EDGE: &str = "(?:(?<=[A-Za-z0-9_])(?=[A-Za-z0-9_])|(?<![A-Za-z0-9_])(?![A-Za-z0-9_]))";
const SPACE: &str = r"\t\n\x0B\x0C\r \x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}";

impl<'p> Translator<'p> {
    fn new(source: &'p str, dot_all: bool) -> Self {
        Translator { rest: source.chars().peekable(), left: source, dot_all, text: String::new(), fancy: false }
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.next()?;
        self.left = &self.left[c.len_utf8()..];
        Some(c)
    }

    fn run(mut self) -> Translated {
        while let Some(c) = self.next() {
            match c {
                '\\' => self.escape(false),
                '[' => self.class(),
                '.' if self.dot_all => self.text.push_str("(?s:.)"),
                '.' => self.text.push_str(r"[^\n\r\x{2028}\x{2029}]"),
                '(' => self.group(),
                '{' if !is_quantifier(self.left) => self.text.push_str(r"\{"),
                '{' => self.quantifier(),
                '}' => self.text.push_str(r"\}"),
                ']' => self.text.push_str(r"\]"),
                _ => self.text.push(c),
            }
        }
        Translated { text: self.text, fancy: self.fancy }
    }

    fn quantifier(&mut self) {
        self.text.push('{');
        while let Some(c) = self.next() {
            self.text.push(c);
            if c == '}' {
                return;
            }
        }
    }

    fn group(&mut self) {
        self.text.push('(');
        if ["?=", "?!", "?<=", "?<!"].iter().any(|start| self.left.starts_with(start)) {
            self.fancy = true;
        } else if self.left.starts_with("?<") {
            self.next();
            self.text.push_str("?P");
        }
    }

    fn escape(&mut self, in_class: bool) {
        let Some(c) = self.next() else {
            self.text.push_str(r"\\");
            return;
        };
        let shorthand = |letters: &str, negated: bool| match (in_class, negated) {
            (true, false) => letters.to_owned(),
            (_, false) => format!("[{letters}]"),
            (_, true) => format!("[^{letters}]"),
        };
        match c {
            'd' => self.text.push_str(&shorthand("0-9", false)),
            'D' => self.text.push_str(&shorthand("0-9", true)),
            'w' => self.text.push_str(&shorthand(WORD, false)),
            'W' => self.text.push_str(&shorthand(WORD, true)),
            's' => self.text.push_str(&shorthand(SPACE, false)),
            'S' => self.text.push_str(&shorthand(SPACE, true)),
            'b' if in_class => self.text.push_str(r"\x08"),
            'b' => self.text.push_str(EDGE),
            'B' => self.text.push_str(NO_EDGE),
            'n' | 'r' | 't' | 'f' | 'v' => {
                self.text.push('\\');
                self.text.push(c);
            }
            'c' => match self.rest.peek().filter(|c| c.is_ascii_alphabetic()) {
                Some(&letter) => {
                    self.next();
                    let _ = write!(self.text, r"\x{:02X}", letter as u32 % 32);
                }
                None => self.text.push_str(r"\\c"),
            },
            'x' => self.hex(2, c),
            'u' if self.left.starts_with('{') => {
                let end = self.left.find('}').unwrap_or(0);
                let digits: String = self.left.get(1..end).unwrap_or_default().to_owned();
                if u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32).is_some() {
                    (0..=digits.len() + 1).for_each(|_| {
                        self.next();
                    });
                    let _ = write!(self.text, r"\x{{{digits}}}");
                } else {
                    self.text.push('u');
                }
            }
            'u' => self.hex(4, c),
            'p' | 'P' if self.left.starts_with('{') => {
                self.text.push('\\');
                self.text.push(c);
                self.quantifier();
            }
            '0' => self.text.push_str(r"\x00"),
            '1'..='9' if !in_class => {
                self.fancy = true;
                self.text.push('\\');
                self.text.push(c);
            }
            'k' if !in_class && self.left.starts_with('<') => {
                self.fancy = true;
                self.text.push_str(r"\k");
            }
            _ if c.is_alphanumeric() || c == '_' => self.text.push(c),
            _ => self.literal(c),
        }
    }

    fn literal(&mut self, c: char) {
        if c.is_ascii_punctuation() && c != '_' {
            let _ = write!(self.text, r"\x{:02X}", c as u32);
        } else {
            self.text.push(c);
        }
    }

    fn hex(&mut self, length: usize, letter: char) {
        let digits = self.left.get(..length).filter(|digits| digits.chars().all(|c| c.is_ascii_hexdigit()));
        let Some(digits) = digits else {
            self.text.push(letter);
            return;
        };
        let high = u32::from_str_radix(digits, 16).unwrap_or_default();
        (0..length).for_each(|_| {
            self.next();
        });
        let low = self
            .left
            .strip_prefix("\\u")
            .and_then(|rest| rest.get(..4))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .filter(|low| (0xD800..0xDC00).contains(&high) && (0xDC00..0xE000).contains(low));
        let code = match low {
            Some(low) => {
                (0..6).for_each(|_| {
                    self.next();
                });
                0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00)
            }
            // Texts hold no lone surrogates, so such a pattern matches nothing.
            None if (0xD800..0xE000).contains(&high) => 0xFFFF,
            None => high,
        };
        let _ = write!(self.text, r"\x{{{code:X}}}");
    }

    fn class(&mut self) {
        if self.left.starts_with("^]") {
            self.next();
            self.next();
            self.text.push_str("(?s:.)");
            return;
        }
        if self.left.starts_with(']') {
            self.next();
            self.text.push_str(r"[^\x{0}-\x{10FFFF}]");
            return;
        }
        self.text.push('[');
        if self.left.starts_with('^') {
            self.next();
            self.text.push('^');
        }
        let mut first = true;
        while let Some(c) = self.next() {
            match c {
                ']' => break,
                '\\' => self.escape(true),
                // A hyphen is a range only between two characters.
                '-' if !first && !self.left.starts_with(']') && !self.after_shorthand() => self.text.push('-'),
                _ if c.is_ascii_punctuation() => self.literal(c),
                _ => self.text.push(c),
            }
            first = false;
        }
        self.text.push(']');
    }

    /// Whether a hyphen here stands beside `\w` or the like, or after a range, so that it is itself.
    fn after_shorthand(&self) -> bool {
        let beside = ["\\w", "\\d", "\\s", "\\W", "\\D", "\\S"].iter().any(|class| self.left.starts_with(class));
        beside || self.text.ends_with(WORD) || self.text.ends_with("0-9") || self.text.ends_with(SPACE)
    }
}

/// Whether what follows `{` is the rest of `{n}`, `{n,}` or `{n,m}`.
fn is_quantifier(rest: &str) -> bool {
    let Some(end) = rest.find('}') else { return false };
    let (low, high) = rest[..end].split_once(',').unwrap_or((&rest[..end], ""));
    !low.is_empty() && low.bytes().all(|b| b.is_ascii_digit()) && high.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(source: &str, text: &str) -> bool {
        JsRegex::from_option(source).unwrap().is_match(text)
    }

    #[test]
    fn patterns_of_javascript_are_understood() {
        assert!(matches("^[A-Za-z0-9-._~:/?#\\[\\]@!\\$&'()*+,;=]*$", "get-a.b"));
        assert!(!matches("^[A-Za-z0-9-._~:/?#\\[\\]@!\\$&'()*+,;=]*$", "get a"));
        assert!(matches("{}", "/given/{}") && matches("/{[^}]+}/", "/a/{b}"));
        assert!(matches("[\\w-]+$", "a-b") && matches("[\\w-.]", ".") && !matches("^[\\w-]+$", "a b"));
        assert!(matches("/ABC/i", "xabc") && !matches("ABC", "xabc"));
        assert!(matches("^(?!.*_).*$", "ab") && !matches("^(?!.*_).*$", "a_b"));
        assert!(matches("(a)\\1", "aa") && matches("[^]", "\n") && matches("\\u00e9", "é"));
        assert!(matches("^(?!.*\\bRC\\b)\\d", "1 RCX") && !matches("^(?!.*\\bRC\\b)\\d", "1 RC"));
        assert!(matches("/^a\\/b$/", "a/b") && !matches("\\d", "٣") && matches("[&&]", "&"));
    }

    #[test]
    fn faults_are_worded_as_javascript_does() {
        assert_eq!(JsRegex::new("?", "").unwrap_err(), "Invalid regular expression: /?/: Nothing to repeat");
        assert!(JsRegex::from_option("/[abc]+/invalid").unwrap_err().contains("Invalid flags"));
    }
}
