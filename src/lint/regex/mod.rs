//! JavaScript regular expressions on linear-time engines.
//!
//! Takes source and flags; gives a matcher. The source is translated to the syntax of the `regex` crate; only patterns
//! with look-around or back-references run on `fancy-regex`, with a bound on backtracking.

mod escape;
mod translate;

use crate::text::Cut;
use std::borrow::Cow;
use std::cell::Cell;
use std::sync::{Arc, OnceLock};

/// A compiled JavaScript regular expression.
#[derive(Debug, Clone)]
pub(super) struct JsRegex {
    engine: Engine,
    /// Whether it sees characters; else it sees UTF-16 code units.
    unicode: bool,
}

#[derive(Debug, Clone)]
enum Engine {
    Linear(regex::Regex),
    Backtracking(Arc<Backtracking>),
}

/// A pattern that may go back. How many steps it may take grows with the text, so that all texts of a contract together take
/// time in proportion to its size; the engine wants the number when it compiles.
#[derive(Debug)]
struct Backtracking {
    pattern: String,
    compiled: [OnceLock<Option<fancy_regex::Regex>>; LIMITS.len()],
}

impl Backtracking {
    fn new(pattern: String) -> Result<Self, fancy_regex::Error> {
        let first = Self::compile(&pattern, LIMITS[0].1)?;
        let compiled = [OnceLock::from(Some(first)), OnceLock::new(), OnceLock::new()];
        Ok(Backtracking { pattern, compiled })
    }

    fn compile(pattern: &str, limit: usize) -> Result<fancy_regex::Regex, fancy_regex::Error> {
        fancy_regex::RegexBuilder::new(pattern).backtrack_limit(limit).build()
    }

    fn find(&self, text: &str) -> Option<bool> {
        let at = LIMITS.iter().position(|(length, _)| text.len() <= *length).unwrap_or(LIMITS.len() - 1);
        let regex = self.compiled[at].get_or_init(|| Self::compile(&self.pattern, LIMITS[at].1).ok());
        regex.as_ref()?.is_match(text).ok()
    }
}

/// Steps of a backtracking pattern on a text of at most so many bytes.
const LIMITS: [(usize, usize); 3] = [(100, 10_000), (1_000, 50_000), (usize::MAX, 200_000)];
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
            let twice = seen.contains(flag) || (matches!(flag, 'u' | 'v') && seen.contains(['u', 'v']));
            if !"dgimsuvy".contains(flag) || twice {
                return Err(format!("Invalid flags supplied to RegExp constructor '{flags}'"));
            }
            seen.push(flag);
        }
        let fail = |reason: &str| format!("Invalid regular expression: /{source}/{flags}: {reason}");
        let translated = translate::translate(source, flags).map_err(fail)?;
        let options: String = flags.chars().filter(|flag| matches!(flag, 'i' | 'm')).collect();
        let mut pattern = translated.text;
        if flags.contains('y') {
            // It must match where the text begins.
            pattern = format!("(?-m:^)(?:{pattern})");
        }
        if !options.is_empty() {
            pattern = format!("(?{options}){pattern}");
        }
        let engine = if translated.fancy {
            let built = Backtracking::new(pattern);
            Engine::Backtracking(Arc::new(built.map_err(|error| fail(&words(&error.to_string())))?))
        } else {
            let built = regex::RegexBuilder::new(&pattern).size_limit(SIZE_LIMIT).build();
            Engine::Linear(built.map_err(|error| fail(&words(&error.to_string())))?)
        };
        Ok(JsRegex { engine, unicode: flags.contains(['u', 'v']) })
    }

    /// Compiles `/source/flags`, or a bare source.
    ///
    /// # Errors
    /// As [`JsRegex::new`].
    pub(super) fn from_option(text: &str) -> Result<Self, String> {
        if let Some(rest) = text.strip_prefix('/')
            && let Some(end) = rest.rfind('/').filter(|&end| end > 0 && !rest.cut(..end).contains(NEW_LINES))
            && rest.cut(end + 1..).chars().all(|c| c.is_ascii_lowercase())
        {
            return JsRegex::new(rest.cut(..end), rest.cut(end + 1..));
        }
        JsRegex::new(text, "")
    }

    /// Whether it matches somewhere in `text`. A pattern that exceeds its bound does not match; see [`exceeded`].
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.find(text).unwrap_or_else(|| {
            EXCEEDED.set(true);
            false
        })
    }

    /// As [`Self::is_match`]; `None` for a pattern that exceeds its bound.
    pub(super) fn find(&self, text: &str) -> Option<bool> {
        let text = if self.unicode { Cow::Borrowed(text) } else { units(text) };
        match &self.engine {
            Engine::Linear(regex) => Some(regex.is_match(&text)),
            Engine::Backtracking(regex) => regex.find(&text),
        }
    }
}

thread_local! {
    static EXCEEDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether a pattern has exceeded its bound in this thread since this was asked last.
pub(super) fn exceeded() -> bool {
    EXCEEDED.replace(false)
}

/// What ends a line in JavaScript.
const NEW_LINES: [char; 4] = ['\n', '\r', '\u{2028}', '\u{2029}'];

/// The text with a character for each UTF-16 code unit.
fn units(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte < 0xF0) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.encode_utf16().filter_map(|code| char::from_u32(translate::unit(code.into()))).collect())
}

/// The reason in few words.
fn words(error: &str) -> String {
    if error.to_lowercase().contains("compiled regex exceeds size") {
        return "the pattern is too large".to_owned();
    }
    error.lines().last().unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(source: &str, text: &str) -> bool {
        JsRegex::from_option(source).unwrap().is_match(text)
    }

    #[test]
    fn a_pattern_that_goes_back_for_ever_says_that_it_gave_up() {
        let regex = JsRegex::from_option("^(?=(a+))(a*)*\\1b$").unwrap();
        for length in [30, 900, 5_000] {
            assert_eq!(regex.find(&format!("{}!", "a".repeat(length))), None, "{length}");
        }
        assert_eq!(regex.find("b"), Some(false));
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
    fn without_the_flag_u_a_pattern_sees_code_units() {
        assert!(matches("^..$", "😀") && !matches("^.$", "😀") && matches("/^.$/u", "😀"));
        assert!(matches("😀", "a😀b") && !matches("^[😀]$", "😀") && matches("/^[😀]$/u", "😀"));
        assert!(matches("\\uD83D\\uDE00", "😀") && matches("/\\uD83D\\uDE00/u", "😀"));
        assert!(matches("/\\u{1F600}/u", "😀") && matches("^\\u{3}$", "uuu"));
        assert!(matches("^[\\uD800-\\uFFFF]+$", "😀\u{E000}") && !matches("[\\uD800-\\uDFFF]", "\u{E000}"));
    }

    #[test]
    fn escapes_mean_what_they_mean_in_javascript() {
        assert!(matches("\\8", "8") && matches("^\\101$", "A") && matches("^(a)?\\1b$", "b"));
        assert!(matches("\\p{L}", "p{L}") && matches("/^\\p{L}+$/u", "äß") && matches("^[\\d-x]$", "-"));
        assert!(matches("(?<n>a)\\k<n>", "aa") && matches("\\k<n>", "k<n>") && matches("a{,5}", "a{,5}"));
        assert!(matches("/^b/y", "ba") && !matches("/b/y", "ab") && matches("/[\\p{L}--[a-z]]/v", "Ä"));
    }

    #[test]
    fn faults_are_worded_as_javascript_does() {
        for (source, flags, reason) in [
            ("(", "", "Unterminated group"),
            (")", "", "Unmatched ')'"),
            ("(?i)a", "", "Invalid group"),
            ("a**", "", "Nothing to repeat"),
            ("^*", "", "Nothing to repeat"),
            ("x{1}{2}", "", "Nothing to repeat"),
            ("(?<=a)*", "", "Invalid quantifier"),
            ("a{2,1}", "", "numbers out of order in {} quantifier"),
            ("[b-a]", "", "Range out of order in character class"),
            ("[", "", "Unterminated character class"),
            ("\\", "", "\\ at end of pattern"),
            ("(?<a>x)(?<a>y)", "", "Duplicate capture group name"),
            ("(?<1>x)", "", "Invalid capture group name"),
            ("\\k<a>(?<b>x)", "", "Invalid named capture referenced"),
            ("}", "u", "Lone quantifier brackets"),
            ("\\-", "u", "Invalid escape"),
            ("\\p{Foo}", "u", "Invalid property name"),
        ] {
            let expected = format!("Invalid regular expression: /{source}/{flags}: {reason}");
            assert_eq!(JsRegex::new(source, flags).unwrap_err(), expected);
        }
        assert_eq!(JsRegex::new("?", "").unwrap_err(), "Invalid regular expression: /?/: Nothing to repeat");
        assert!(JsRegex::from_option("/[abc]+/invalid").unwrap_err().contains("Invalid flags"));
    }
}
