//! String formats: a value of each, a value of a given length, and whether a value is of one.
//!
//! Formats of OpenAPI's registry and of JSON Schema are judged by the validator of the `jsonschema` crate; names that
//! contracts use for the same thing (`url`, `guid`) are read as what they mean.

use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// Formats with a value that their readers take; addresses are at names and in ranges that are reserved for documentation.
const SAMPLES: [(&str, &str); 24] = [
    ("date-time", "2026-01-31T12:00:00Z"),
    ("date", "2026-01-31"),
    ("time", "12:00:00Z"),
    ("duration", "P1D"),
    ("uuid", "123e4567-e89b-42d3-a456-426614174000"),
    ("email", "user@example.com"),
    ("idn-email", "user@example.com"),
    ("hostname", "example.com"),
    ("idn-hostname", "example.com"),
    ("ipv4", "192.0.2.1"),
    ("ipv6", "2001:db8::1"),
    ("uri", "https://example.com/"),
    ("iri", "https://example.com/"),
    ("uri-reference", "/a"),
    ("iri-reference", "/a"),
    ("uri-template", "/a/{b}"),
    ("json-pointer", "/a"),
    ("relative-json-pointer", "0"),
    ("regex", "a"),
    ("byte", "YWJj"),
    ("base64url", "YWJj"),
    ("iso-4217", "EUR"),
    ("iso-3166", "DE"),
    ("bcp47", "en"),
];

/// The usual name of a format.
fn canonical(format: &str) -> &str {
    match format {
        "url" => "uri",
        "guid" => "uuid",
        "datetime" | "dateTime" => "date-time",
        "base64" => "byte",
        "ip" => "ipv4",
        "currency" | "currency-code" | "iso4217" | "ISO-4217" => "iso-4217",
        "country" | "country-code" | "iso3166" => "iso-3166",
        "language" | "locale" => "bcp47",
        other => other,
    }
}

/// The numbers of a format: the least and the greatest.
pub(in crate::diff) fn format_range(format: &str) -> Option<(f64, f64)> {
    match format {
        "int32" => Some((f64::from(i32::MIN), f64::from(i32::MAX))),
        "int64" => Some((-9.223_372_036_854_776e18, 9.223_372_036_854_775e18)),
        "float" => Some((f64::from(f32::MIN), f64::from(f32::MAX))),
        _ => None,
    }
}

/// Why a value is not of a format; `None` when it is, or when the format is not known.
pub(in crate::diff) fn format_fault(format: &str, value: &Value) -> Option<String> {
    (!is_of(format, value)).then(|| format!("`{value}` is not a valid `{format}`"))
}

/// Whether a value is of a format, or none that the format speaks of.
fn is_of(format: &str, value: &Value) -> bool {
    static VALIDATORS: LazyLock<FxHashMap<&'static str, jsonschema::Validator>> = LazyLock::new(|| {
        let one = |format: &'static str| {
            let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012);
            Some((format, options.should_validate_formats(true).build(&json!({ "format": format })).ok()?))
        };
        SAMPLES.iter().filter_map(|(format, _)| one(format)).collect()
    });
    if let Some((low, high)) = format_range(format) {
        return value.as_f64().is_none_or(|number| (low..=high).contains(&number));
    }
    let Some(text) = value.as_str() else { return true };
    match canonical(format) {
        "byte" => is_base64(text, ['+', '/']),
        "base64url" => is_base64(text, ['-', '_']),
        "iso-4217" => text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()),
        "iso-3166" => matches!(text.len(), 2 | 3) && text.bytes().all(|byte| byte.is_ascii_uppercase()),
        "date-time" if has_year_zero(text) => false,
        "date" if has_year_zero(text) => false,
        known => VALIDATORS.get(known).is_none_or(|validator| validator.is_valid(value)),
    }
}

/// A year that readers of dates in most languages refuse.
fn has_year_zero(text: &str) -> bool {
    text.starts_with("0000")
}

fn is_base64(text: &str, extra: [char; 2]) -> bool {
    let body = text.trim_end_matches('=');
    let padding = text.len() - body.len();
    padding <= 2
        && (text.len().is_multiple_of(4) || (padding == 0 && extra[0] == '-' && body.len() % 4 != 1))
        && body.chars().all(|c| c.is_ascii_alphanumeric() || extra.contains(&c))
}

/// A value of a format.
pub(super) fn sample(format: &str) -> Option<&'static str> {
    let format = canonical(format);
    SAMPLES.iter().find(|(name, _)| *name == format).map(|(_, sample)| *sample)
}

/// A value of a format with so many characters, where the format leaves the length open.
pub(super) fn sample_of_length(format: &str, length: usize) -> Option<String> {
    let filled = |before: &str, after: &str| {
        let rest = length.checked_sub(before.len() + after.len()).filter(|rest| *rest > 0)?;
        Some(format!("{before}{}{after}", "a".repeat(rest)))
    };
    let text = match canonical(format) {
        "uri" | "iri" => filled("https://example.com/", "").or_else(|| filled("a:", "")),
        "uri-reference" | "iri-reference" | "uri-template" | "json-pointer" => filled("/", ""),
        "email" | "idn-email" if length <= 70 => filled("", "@example.com").or_else(|| filled("", "@a.eu")),
        "email" | "idn-email" => {
            // The part before the sign ends at 64 characters, each label of the name behind it at 63.
            let labels = length.checked_sub(65 + 4)?;
            let mut name = String::new();
            let mut left = labels;
            while left > 0 {
                let label = left.min(60);
                name.push_str(&"a".repeat(label));
                left -= label;
                if left > 0 {
                    name.push('.');
                    left -= 1;
                }
            }
            (!name.ends_with('.')).then(|| format!("{}@{name}.com", "a".repeat(64)))
        }
        "hostname" | "idn-hostname" if length <= 63 => filled("", ".com").or_else(|| filled("", "")),
        "regex" => filled("", ""),
        "byte" | "base64url" => Some("YWJj".repeat(length.div_ceil(4))).filter(|text| text.len() == length),
        "date-time" => {
            let digits = length.checked_sub("2026-01-31T12:00:00.Z".len()).filter(|digits| *digits > 0)?;
            Some(format!("2026-01-31T12:00:00.{}Z", "0".repeat(digits)))
        }
        _ => None,
    }?;
    is_of(format, &Value::from(text.as_str())).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_of_its_format() {
        for (format, sample) in SAMPLES {
            assert!(is_of(format, &json!(sample)), "{format}: {sample}");
        }
        assert_eq!(sample("url"), sample("uri"));
        assert!(!is_of("url", &json!("a")) && !is_of("guid", &json!("a")) && !is_of("base64", &json!("a")));
    }

    #[test]
    fn samples_have_the_length_that_is_asked_for() {
        for (format, length) in [("uri", 71), ("url", 4), ("email", 40), ("email", 300), ("date-time", 30), ("byte", 8)]
        {
            if let Some(text) = sample_of_length(format, length) {
                assert_eq!(text.chars().count(), length, "{format}");
            } else {
                assert!(matches!((format, length), ("email", 300)), "{format} {length}");
            }
        }
        assert_eq!(sample_of_length("uuid", 71), None);
    }

    #[test]
    fn formats_are_judged_by_the_validator_and_by_ranges() {
        assert!(format_fault("uuid", &json!("x")).is_some() && format_fault("date", &json!("2026-01-31")).is_none());
        assert!(format_fault("date", &json!("0000-01-01")).is_some());
        assert!(format_fault("int32", &json!(2_147_483_648_i64)).is_some());
        assert!(format_fault("int32", &json!(5)).is_none() && format_fault("own", &json!("x")).is_none());
    }
}
