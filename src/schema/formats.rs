//! How `format` is read: which formats bind, what they demand as sets, and the same demand for the validator.
//!
//! Takes names; the grammars are those of [`crate::openapi::Format`]. The search and the validator read one table, and
//! the tests compare it with the formats of the `jsonschema` crate.

use super::dialect::Dialect;
use super::value::{Rational, parse_number};
use crate::openapi::{Format, Range, Rule, Text};
use crate::pattern::Pattern;
use crate::syntax::{NodeRef, json_number};
use rustc_hash::FxHashMap;
use serde_json::{Value as Json, json};
use std::sync::{Arc, LazyLock, OnceLock};

/// Which formats bind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Formats {
    /// None: `format` is an annotation, as JSON Schema has it.
    #[default]
    Annotations,
    /// All that are known.
    Known,
    /// Those with these names.
    Named(Vec<String>),
}

impl Formats {
    /// Reads names; `known` stands for all known formats. Fails with the first name that is unknown.
    pub fn parse(names: &[String]) -> Result<Formats, String> {
        if names.is_empty() {
            return Ok(Formats::Annotations);
        }
        if names.iter().any(|name| name == "known") {
            return Ok(Formats::Known);
        }
        match names.iter().find(|name| Format::find(name).is_none()) {
            Some(unknown) => Err(unknown.clone()),
            None => Ok(Formats::Named(names.to_vec())),
        }
    }

    /// Returns the format of a schema object, where it binds.
    pub(super) fn of(&self, node: NodeRef<'_>, dialect: Dialect) -> Option<&'static Format> {
        if *self == Formats::Annotations {
            return None;
        }
        let encoding = || node.get("contentEncoding").filter(|_| dialect.reads("contentEncoding"));
        let encoded = || Format::of_encoding(encoding()?.as_str()?);
        let name = node.get("format").and_then(NodeRef::as_str).or_else(encoded)?;
        let named = match self {
            Formats::Annotations => false,
            Formats::Known => true,
            Formats::Named(names) => names.iter().any(|known| known == name),
        };
        Format::find(name).filter(|_| named)
    }
}

/// The numbers of a range.
pub(super) fn bounds(range: Range) -> Option<(Rational, Rational)> {
    Some((parse_number(range.low)?, parse_number(range.high)?))
}

/// Returns what a format demands of numbers as keywords of JSON Schema, which the validator reads.
pub(super) fn written(range: Range) -> Option<Json> {
    let number = |digits: &str| serde_json::from_str::<Json>(digits).ok();
    Some(json!({"minimum": number(range.low)?, "maximum": number(range.high)?}))
}

/// Returns whether a format allows a string; `None` where it is unknown, or says nothing about strings.
pub fn format_allows(name: &str, text: &str) -> Option<bool> {
    let (format, check) = CHECKS.get(name)?;
    check.get_or_init(|| Check::of(format)).as_ref().map(|check| check.allows(text))
}

/// Returns whether a value has a format; true for formats that are unknown, and for values that they are not about.
pub fn has_format(name: &str, value: &Json) -> bool {
    match value {
        Json::String(text) => format_allows(name, text).unwrap_or(true),
        Json::Number(number) => {
            let bounds = Format::find(name).and_then(Format::range).and_then(bounds);
            let number = json_number(&number.to_string()).and_then(|digits| parse_number(&digits));
            bounds.zip(number).is_none_or(|((low, high), number)| low <= number && number <= high)
        }
        _ => true,
    }
}

/// Teaches a validator the known formats of strings, and no others.
pub(super) fn teach(mut options: jsonschema::ValidationOptions) -> jsonschema::ValidationOptions {
    for format in Format::all() {
        options = options.with_format(format.name, |text: &str| format_allows(format.name, text).unwrap_or(true));
    }
    options
}

/// What decides whether a string is of a format.
enum Check {
    Grammar(Arc<Pattern>),
    Regex,
    Crate(Box<jsonschema::Validator>),
}

impl Check {
    /// The check of a format; `None` where it demands nothing of strings.
    fn of(format: &'static Format) -> Option<Self> {
        match format.strings.as_ref()? {
            Text::Any => None,
            Text::Grammar(pattern) => Some(Check::Grammar(Pattern::read(pattern))),
            Text::Rule(Rule::Regex) => Some(Check::Regex),
            Text::Rule(Rule::IdnHostname | Rule::Time) => {
                let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012);
                let validator = options.should_validate_formats(true).build(&json!({"format": format.name})).ok()?;
                Some(Check::Crate(Box::new(validator)))
            }
        }
    }

    fn allows(&self, text: &str) -> bool {
        match self {
            Check::Grammar(pattern) => pattern.matches(text) == Some(true),
            Check::Regex => Pattern::read(text).error().is_none(),
            Check::Crate(validator) => validator.is_valid(&Json::String(text.to_owned())),
        }
    }
}

/// A format with its check.
type Checked = (&'static Format, OnceLock<Option<Check>>);

/// The checks of all formats: each is made when a string is first asked about, since grammars are expensive to compile.
static CHECKS: LazyLock<FxHashMap<&'static str, Checked>> =
    LazyLock::new(|| Format::all().iter().map(|format| (format.name, (format, OnceLock::new()))).collect());

#[cfg(test)]
mod tests {
    use super::*;

    /// Strings near those that formats allow.
    const WORDS: [&str; 92] = [
        "",
        "a",
        "x",
        "0",
        "1",
        "-1",
        "00",
        "+1",
        "2024-01-01",
        "2024-02-29",
        "2023-02-29",
        "1900-02-29",
        "2000-02-29",
        "2024-13-01",
        "2024-00-01",
        "2024-04-31",
        "2024-1-1",
        "2024-01-01 ",
        "2024-01-01T00:00:00Z",
        "2024-01-01t00:00:00z",
        "2024-01-01T00:00:00",
        "2024-01-01T24:00:00Z",
        "2024-01-01T23:59:60Z",
        "2024-01-01T00:00:00.123+02:00",
        "2024-01-01T00:00:00+0200",
        "2024-01-01 00:00:00Z",
        "00:00:00Z",
        "00:00:00",
        "23:59:59.9-23:59",
        "24:00:00Z",
        "00:60:00Z",
        "00:00Z",
        "P1D",
        "PT1H",
        "P1Y2M3DT4H5M6S",
        "P1W",
        "P",
        "PT",
        "P1",
        "P1Y1W",
        "P1D2H",
        "PT1.5S",
        "a@example.com",
        "a.b+c@example.co.uk",
        "a@b",
        "@b",
        "a@",
        "a..b@c",
        ".a@b",
        "a b@c",
        "\"a b\"@c",
        "a@[192.0.2.1]",
        "a@[IPv6:::1]",
        "example.com",
        "-a.com",
        "a-.com",
        "a_b.com",
        "a..com",
        "example.com.",
        "192.0.2.1",
        "256.0.0.1",
        "01.2.3.4",
        "1.2.3",
        "::",
        "::1",
        "2001:db8::1",
        "1::2::3",
        "1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7",
        "::ffff:192.0.2.1",
        "::g",
        "12345::",
        "https://example.com/a?b=c#d",
        "http://[::1]:80/",
        "urn:a:b",
        "mailto:a@b",
        "//example.com/a",
        "/a/b",
        "a/b",
        "a:b",
        "#a",
        "?a",
        "http://a b",
        "http://a/%zz",
        "http://a/%20",
        "\\",
        "123e4567-e89b-12d3-a456-426614174000",
        "123e4567e89b12d3a456426614174000",
        "/a~0b~1c",
        "/a~",
        "0#",
        "YQ==",
    ];

    /// Where the crate reads more, or less, than the grammar that the table names.
    const OTHERWISE: [(&str, &str, bool); 2] = [
        // One label is no address in practice, but one of RFC 5321.
        ("email", "a@b", true),
        ("idn-email", "a@b", true),
    ];

    #[test]
    fn grammars_are_the_formats_of_an_independent_validator() {
        let mut different = Vec::new();
        for format in Format::all() {
            let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012);
            if !options.is_known_format(jsonschema::Draft::Draft202012, format.name) {
                continue;
            }
            let validator = options.should_validate_formats(true).build(&json!({"format": format.name})).unwrap();
            for word in WORDS {
                let (ours, theirs) = (format_allows(format.name, word).unwrap(), validator.is_valid(&json!(word)));
                if ours != theirs && !OTHERWISE.contains(&(format.name, word, ours)) {
                    different.push((format.name, word, ours));
                }
            }
        }
        assert!(different.is_empty(), "{different:?}");
    }

    #[test]
    fn every_example_is_of_its_format() {
        for format in Format::all() {
            if format.binds_strings() {
                assert_eq!(format_allows(format.name, format.example), Some(true), "{}", format.name);
            }
        }
    }

    #[test]
    fn wide_integers_are_digits_within_their_range() {
        for (name, inside, outside) in [
            ("int64", ["0", "-1", "9223372036854775807", "-9223372036854775808"], ["9223372036854775808", "01", "1.0"]),
            ("uint64", ["0", "9", "10", "18446744073709551615"], ["18446744073709551616", "-1", ""]),
        ] {
            for word in inside {
                assert_eq!(format_allows(name, word), Some(true), "{name} {word}");
            }
            for word in outside {
                assert_eq!(format_allows(name, word), Some(false), "{name} {word}");
            }
        }
    }
}
