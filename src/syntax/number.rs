//! Scalars of the YAML 1.2 core schema (section 10.3.2): which plain texts are null, boolean or number.

use super::Kind;
use crate::text::Cut;
use std::borrow::Cow;
use std::cmp::Ordering;

/// The kind of a plain scalar.
pub(super) fn resolve(text: &str) -> Kind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => Kind::Bool,
        ".nan" | ".NaN" | ".NAN" => Kind::Float,
        _ => number(text.as_bytes()),
    }
}

fn number(text: &[u8]) -> Kind {
    match text {
        [b'0', b'x', rest @ ..] if !rest.is_empty() && rest.iter().all(u8::is_ascii_hexdigit) => return Kind::Int,
        [b'0', b'o', rest @ ..] if !rest.is_empty() && rest.iter().all(|c| (b'0'..=b'7').contains(c)) => {
            return Kind::Int;
        }
        _ => {}
    }
    let rest = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    if matches!(rest, b".inf" | b".Inf" | b".INF") {
        return Kind::Float;
    }
    let digits = |from: usize| rest[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let whole = digits(0);
    let mut at = whole;
    let mut fraction = 0;
    let mut float = false;
    if rest.get(at) == Some(&b'.') {
        float = true;
        fraction = digits(at + 1);
        at += 1 + fraction;
    }
    if whole + fraction == 0 {
        return Kind::Str;
    }
    if matches!(rest.get(at), Some(b'e' | b'E')) {
        float = true;
        at += 1;
        if matches!(rest.get(at), Some(b'+' | b'-')) {
            at += 1;
        }
        let exponent = digits(at);
        if exponent == 0 {
            return Kind::Str;
        }
        at += exponent;
    }
    match (at == rest.len(), float) {
        (true, true) => Kind::Float,
        (true, false) => Kind::Int,
        (false, _) => Kind::Str,
    }
}

/// The JSON spelling of a core-schema number with its exact digits: `0x1F` is `31`, `+.5` is `0.5`.
/// `None` for infinities and not-a-number, which JSON cannot write.
pub fn json_number(text: &str) -> Option<Cow<'_, str>> {
    if let Some(hex) = text.strip_prefix("0x") {
        return u128::from_str_radix(hex, 16).ok().map(|n| Cow::Owned(n.to_string()));
    }
    if let Some(octal) = text.strip_prefix("0o") {
        return u128::from_str_radix(octal, 8).ok().map(|n| Cow::Owned(n.to_string()));
    }
    if text.ends_with(['n', 'N', 'f', 'F']) {
        return None;
    }
    let (sign, rest) = match text.as_bytes().first() {
        Some(b'-') => ("-", text.cut(1..)),
        Some(b'+') => ("", text.cut(1..)),
        _ => ("", text),
    };
    let end = rest.find(['.', 'e', 'E']).unwrap_or(rest.len());
    let (whole, tail) = rest.split_at(end);
    let trimmed = whole.trim_start_matches('0');
    let whole = if trimmed.is_empty() { "0" } else { trimmed };
    // `1.` and `1.e3` are core-schema numbers, but JSON wants a digit after the point.
    let bare_point = tail.starts_with('.') && !tail.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
    let tail = if bare_point { tail.cut(1..) } else { tail };
    let same = !text.starts_with('+') && text.len() == sign.len() + whole.len() + tail.len();
    Some(if same { Cow::Borrowed(text) } else { Cow::Owned(format!("{sign}{whole}{tail}")) })
}

/// A number by its decimal digits: its sign, where the first digit stands, and the digits from there on.
struct Decimal {
    negative: bool,
    /// Ten to this power is more than the magnitude.
    exponent: i64,
    /// Without zeros at either end; empty for zero.
    digits: Vec<u8>,
}

impl Decimal {
    fn read(text: &str) -> Option<Decimal> {
        let text = json_number(text)?;
        let (negative, rest) = text.strip_prefix('-').map_or((false, &*text), |rest| (true, rest));
        let (mantissa, power) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
        // Powers that `i64` cannot hold are as good as infinite.
        let power = power.parse().unwrap_or(if power.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 });
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = whole.bytes().chain(fraction.bytes());
        let zeros = all.clone().take_while(|digit| *digit == b'0').count();
        let mut digits: Vec<u8> = all.skip(zeros).collect();
        digits.truncate(digits.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1));
        let exponent = (whole.len() as i64 - zeros as i64).saturating_add(power);
        Some(Decimal { negative: negative && !digits.is_empty(), exponent, digits })
    }

    fn magnitude(&self, other: &Decimal) -> Ordering {
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self.exponent.cmp(&other.exponent).then_with(|| self.digits.cmp(&other.digits)),
        }
    }
}

/// Writes a number in one form for each value: `1`, `1.0` and `10e-1` are the same. `None` where JSON cannot write it.
pub fn plain_number(text: &str) -> Option<String> {
    let number = Decimal::read(text)?;
    let digits = number.digits.iter().map(|digit| char::from(*digit)).collect::<String>();
    let sign = if number.negative { "-" } else { "" };
    Some(if digits.is_empty() { "0".to_owned() } else { format!("{sign}0.{digits}e{}", number.exponent) })
}

/// The order of two numbers by all their digits, which `f64` has no room for. `None` where one of them is none that JSON
/// can write.
pub fn compare_numbers(left: &str, right: &str) -> Option<Ordering> {
    let (left, right) = (Decimal::read(left)?, Decimal::read(right)?);
    Some(match (left.negative, right.negative) {
        (false, false) => left.magnitude(&right),
        (true, true) => right.magnitude(&left),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_by_all_their_digits() {
        let rising = [
            "-1e400",
            "-12",
            "-1.5",
            "-1e-400",
            "0",
            "1e-401",
            "1e-400",
            "0.1",
            "0.10000000000000000001",
            "1",
            "9007199254740992",
            "9007199254740993",
            "1e400",
            "1e401",
        ];
        for (at, left) in rising.iter().enumerate() {
            for (other, right) in rising.iter().enumerate() {
                assert_eq!(compare_numbers(left, right), Some(at.cmp(&other)), "{left} and {right}");
            }
        }
        for (left, right) in
            [("0", "-0.0"), ("1", "1.0"), ("100", "1e2"), ("0.001e3", "1"), ("0x10", "16"), ("0e9", "0")]
        {
            assert_eq!(compare_numbers(left, right), Some(Ordering::Equal), "{left} and {right}");
        }
        assert_eq!(compare_numbers(".inf", "1"), None);
    }

    #[test]
    fn core_schema_kinds() {
        for (text, kind) in [
            ("no", Kind::Str),
            ("on", Kind::Str),
            ("~", Kind::Null),
            ("True", Kind::Bool),
            ("014", Kind::Int),
            ("0o14", Kind::Int),
            ("0x", Kind::Str),
            ("1e3", Kind::Float),
            ("1e", Kind::Str),
            (".5", Kind::Float),
            (".", Kind::Str),
            ("+1", Kind::Int),
            ("1_000", Kind::Str),
            ("2020-01-01", Kind::Str),
            ("1.2.3", Kind::Str),
            ("-.inf", Kind::Float),
        ] {
            assert_eq!(resolve(text), kind, "{text}");
        }
    }

    #[test]
    fn numbers_keep_their_digits() {
        for (text, json) in [
            ("0x1F", "31"),
            ("+.50", "0.50"),
            ("014", "14"),
            ("1.", "1"),
            ("-0", "-0"),
            ("12345678901234567890.10", "12345678901234567890.10"),
        ] {
            assert_eq!(json_number(text).unwrap(), json, "{text}");
        }
        assert_eq!(json_number(".inf"), None);
    }
}
