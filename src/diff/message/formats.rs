//! Values of formats for messages that are made up: one of a format, one of a given length, and whether a value will do.
//!
//! What a known format allows is [`crate::openapi::Format`]'s to say; names that contracts use for the same thing (`url`,
//! `guid`), or for codes that no registry has, are read as what their readers take.

use crate::openapi::Format;
use crate::schema::has_format;
use serde_json::Value;

/// Codes that contracts name as formats, though no registry does.
const CODES: [(&str, &str); 3] = [("iso-4217", "EUR"), ("iso-3166", "DE"), ("bcp47", "en")];

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

/// Whether readers of a format take a value.
pub(super) fn is_of(format: &str, value: &Value) -> bool {
    let name = canonical(format);
    let Some(text) = value.as_str() else { return has_format(name, value) };
    match name {
        "iso-4217" => text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()),
        "iso-3166" => matches!(text.len(), 2 | 3) && text.bytes().all(|byte| byte.is_ascii_uppercase()),
        "date-time" | "date" if has_year_zero(text) => false,
        known => has_format(known, value),
    }
}

/// A year that readers of dates in most languages refuse.
fn has_year_zero(text: &str) -> bool {
    text.starts_with("0000")
}

/// A value of a format.
pub(super) fn sample(format: &str) -> Option<&'static str> {
    let name = canonical(format);
    let code = || CODES.iter().find(|(code, _)| *code == name).map(|(_, sample)| *sample);
    Format::find(name).filter(|format| format.binds_strings()).map(|format| format.example).or_else(code)
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
    use serde_json::json;

    #[test]
    fn every_sample_is_of_its_format() {
        let known = Format::all().iter().map(|format| format.name);
        for format in known.chain(CODES.map(|(code, _)| code)) {
            assert!(sample(format).is_none_or(|sample| is_of(format, &json!(sample))), "{format}");
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
    fn formats_are_judged_as_everywhere_and_by_what_readers_take() {
        assert!(
            !is_of("uuid", &json!("x")) && is_of("date", &json!("2026-01-31")) && !is_of("date", &json!("0000-01-01"))
        );
        assert!(!is_of("int32", &json!(2_147_483_648_i64)) && is_of("int32", &json!(5)) && is_of("own", &json!("x")));
    }
}
