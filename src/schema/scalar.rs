//! Scalars as text: what a text may stand for where values travel without their types.
//!
//! The one definition for all who read texts: values of single texts, patterns for languages of them. Readers agree on
//! numbers in digits and on `true` and `false`. What only some of them take (`007`, `+1`, `1e3`, `True`, `1` for a
//! boolean) is neither understood for sure nor refused for sure.

use serde_json::Value;

/// A way to take a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reading {
    /// As a string.
    Word,
    /// As a number.
    Number,
    /// As a boolean.
    Truth,
}

/// What a text stands for in one reading.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// The value.
    pub value: Value,
    /// Whether every reader takes it so.
    pub agreed: bool,
}

/// Numbers that every reader takes.
pub(super) const AGREED_NUMBERS: &str = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$";

/// Numbers in digits, zeros before them included; all other numbers are [`ODD_NUMBERS`].
pub(super) const DECIMALS: &str = r"^-?[0-9]+(\.[0-9]+)?$";

/// Numbers with a plus sign, an exponent, or nothing on one side of the point.
pub(super) const ODD_NUMBERS: &str = r"^(\+([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|-?([0-9]+\.|\.[0-9]+)|-?([0-9]+(\.[0-9]*)?|\.[0-9]+)[eE][+-]?[0-9]+)$";

/// Numbers as they are written.
pub(super) const WRITTEN_NUMBERS: &str = r"^(0|-?[1-9][0-9]*|-?(0|[1-9][0-9]*)\.[0-9]*[1-9])$";

/// Numbers that some readers of integers refuse, though their value is one.
pub(super) const ZERO_FRACTION: &str = r"\.0+$";

/// Texts that are read as booleans, and whether every reader does.
pub(super) const TRUTHS: [(&str, bool, bool); 8] = [
    ("true", true, true),
    ("false", false, true),
    ("True", true, false),
    ("False", false, false),
    ("TRUE", true, false),
    ("FALSE", false, false),
    ("1", true, false),
    ("0", false, false),
];

impl Reading {
    /// All ways, those of types before that of a string.
    pub const ALL: [Reading; 3] = [Reading::Number, Reading::Truth, Reading::Word];

    /// Reads a text.
    pub fn of(self, text: &str) -> Option<Read> {
        match self {
            Reading::Word => Some(Read { value: Value::from(text), agreed: true }),
            Reading::Number => number(text),
            Reading::Truth => {
                let (_, value, agreed) = *TRUTHS.iter().find(|(word, ..)| *word == text)?;
                Some(Read { value: Value::from(value), agreed })
            }
        }
    }
}

/// Returns every scalar that a text may stand for, the text itself last.
pub fn scalars(text: &str) -> Vec<Value> {
    Reading::ALL.iter().filter_map(|reading| reading.of(text)).map(|read| read.value).collect()
}

/// Reads a number in any notation that some reader takes.
fn number(text: &str) -> Option<Read> {
    let plus = text.strip_prefix('+');
    let minus = text.strip_prefix('-');
    let bare = plus.or(minus).unwrap_or(text);
    let (mantissa, exponent) = match bare.find(['e', 'E']) {
        Some(at) => (bare.get(..at)?, Some(bare.get(at + 1..)?)),
        None => (bare, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let power = exponent.map(|power| power.strip_prefix(['+', '-']).unwrap_or(power));
    let some = !whole.is_empty() || fraction.is_some_and(|fraction| !fraction.is_empty());
    let shaped =
        digits(whole) && fraction.is_none_or(digits) && power.is_none_or(|power| !power.is_empty() && digits(power));
    if !some || !shaped {
        return None;
    }
    let short = whole.trim_start_matches('0');
    let mut json = if minus.is_some() { "-".to_owned() } else { String::new() };
    json.push_str(if short.is_empty() { "0" } else { short });
    if let Some(fraction) = fraction.filter(|fraction| !fraction.is_empty()) {
        json.push('.');
        json.push_str(fraction);
    }
    if let Some(exponent) = exponent {
        json.push('e');
        json.push_str(exponent);
    }
    let value = serde_json::from_str(&json).ok().filter(Value::is_number)?;
    // It is written as it would be in JSON, without an exponent.
    let agreed = exponent.is_none() && json == text;
    Some(Read { value, agreed })
}

/// How a reader takes one text where its schema asks for an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Split {
    /// As the only item: items have texts of their own.
    Never,
    /// As the items between these characters.
    At(char),
    /// No standard says how.
    Unclear,
}

/// Texts that no reader takes apart, wherever they stand.
pub(super) const PLAIN: &str = "^[A-Za-z0-9_~.-]+$";

impl Split {
    /// Tells the ways apart as a number other than zero.
    pub fn key(self) -> u8 {
        match self {
            Split::Never => 1,
            Split::Unclear => 2,
            Split::At(mark) => u8::try_from(mark).unwrap_or(u8::MAX),
        }
    }

    /// Returns the texts of the items that a text may be taken for.
    pub fn items(self, text: &str) -> Vec<Vec<&str>> {
        let one = vec![text];
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_~.-".contains(&byte));
        match self {
            Split::At(mark) => vec![text.split(mark).collect()],
            Split::Unclear if !plain => vec![one, text.split([',', ' ', '|', '\t', ';']).collect()],
            Split::Never | Split::Unclear => vec![one],
        }
    }
}

/// Readings of a text as an array, at most.
const MAX_LISTS: usize = 64;

/// Returns the arrays of scalars that a text may stand for; `None` where they are too many.
pub fn lists(text: &str, split: Split) -> Option<Vec<Value>> {
    let mut out = Vec::new();
    for items in split.items(text) {
        let mut all = vec![Vec::new()];
        for item in items {
            let ways = scalars(item);
            if all.len() * ways.len() > MAX_LISTS {
                return None;
            }
            let longer = |known: &Vec<Value>| {
                let known = known.clone();
                ways.iter().map(move |way| known.iter().chain([way]).cloned().collect()).collect::<Vec<_>>()
            };
            all = all.iter().flat_map(longer).collect();
        }
        out.extend(all.into_iter().map(Value::Array));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::lang::Langs;
    use super::*;
    use serde_json::json;

    #[test]
    fn patterns_and_readings_say_the_same_of_every_text() {
        let mut langs = Langs::default();
        let texts = [
            "0", "-0", "7", "007", "-007", "00", "10", "1.0", "1.50", "01.5", "-1.5", "+1", "+.5", ".5", "-.5", "5.",
            "1e3", "1E-3", "+1.5e+2", "1e", "e3", ".", "-", "+", "", "1.2.3", "1,5", " 1", "1 ", "0x10", "NaN", "--1",
            "true", "True", "TRUE", "tRUE", "false", "1", "a",
        ];
        let (agreed, decimals) = (langs.pattern(AGREED_NUMBERS), langs.pattern(DECIMALS));
        let (odd, written) = (langs.pattern(ODD_NUMBERS), langs.pattern(WRITTEN_NUMBERS));
        for text in texts {
            let read = Reading::Number.of(text);
            let mut is = |lang| langs.matches(lang, text) == Some(true);
            let (decimal, odd) = (is(decimals), is(odd));
            assert_eq!(read.as_ref().is_some_and(|read| read.agreed), is(agreed), "{text}");
            assert_eq!(read.is_some(), decimal || odd, "{text}");
            assert!(!(decimal && odd), "{text}");
            assert!(!is(written) || is(agreed), "{text}");
        }
    }

    #[test]
    fn zeros_before_a_number_change_nothing_for_those_who_take_them() {
        assert_eq!(Reading::Number.of("007").map(|read| read.value), Some(json!(7)));
        assert_eq!(Reading::Number.of("-00.50").map(|read| read.value), Some(json!(-0.5)));
        assert_eq!(scalars("1"), [json!(1), json!(true), json!("1")]);
        assert_eq!(scalars("a"), [json!("a")]);
    }

    #[test]
    fn a_text_is_taken_apart_where_its_reader_does() {
        assert_eq!(lists("a,b", Split::Never), Some(vec![json!(["a,b"])]));
        assert_eq!(lists("a,b", Split::At(',')), Some(vec![json!(["a", "b"])]));
        assert_eq!(lists("a,7", Split::At(',')), Some(vec![json!(["a", 7]), json!(["a", "7"])]));
        assert_eq!(lists("a,b", Split::Unclear), Some(vec![json!(["a,b"]), json!(["a", "b"])]));
        assert_eq!(lists("a-b", Split::Unclear), Some(vec![json!(["a-b"])]));
        assert_eq!(lists(&"1,".repeat(9), Split::At(',')), None);
    }
}
