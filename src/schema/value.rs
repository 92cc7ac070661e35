//! JSON values with exact numbers: what enums hold and what witnesses are made of.
//!
//! Equality is JSON Schema's: `1` and `1.0` are the same number, the order of members does not matter
//! (draft 2020-12 core, section 4.2.2). Ground floor of the schema floor.

use crate::syntax::{Kind, NodeRef, json_number};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};
use std::sync::Arc;

/// An exact number.
pub(super) type Rational = BigRational;

/// A JSON value; members are sorted by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Value {
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Num(Rational),
    /// A string.
    Str(Arc<str>),
    /// An array.
    Arr(Arc<[Value]>),
    /// An object.
    Obj(Arc<[(Arc<str>, Value)]>),
}

/// Exponents beyond this are refused: the exact number would not fit in memory.
const MAX_EXPONENT: i64 = 2000;

/// The number that a JSON text spells; `None` for exponents out of bounds.
pub(super) fn parse_number(text: &str) -> Option<Rational> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if fraction.len() as i64 > MAX_EXPONENT || whole.len() as i64 > MAX_EXPONENT || exponent.abs() > MAX_EXPONENT {
        return None;
    }
    let digits: BigInt = format!("{whole}{fraction}").parse().ok()?;
    let shift = exponent - fraction.len() as i64;
    let power = num_traits::pow(BigInt::from(10), shift.unsigned_abs() as usize);
    Some(if shift >= 0 { Rational::from_integer(digits * power) } else { Rational::new(digits, power) })
}

/// The decimal spelling of a number; `None` if it has none of bounded length.
pub(super) fn decimal(number: &Rational) -> Option<String> {
    if number.is_integer() {
        return Some(number.numer().to_string());
    }
    let ten = BigInt::from(10);
    let mut denominator = number.denom().clone();
    let mut places = 0_usize;
    let mut power = BigInt::one();
    while !(&power % &denominator).is_zero() {
        power *= &ten;
        places += 1;
        if places > 60 {
            return None;
        }
    }
    denominator = &power / denominator;
    let scaled = number.numer() * denominator;
    let digits = scaled.abs().to_string();
    let padded = format!("{digits:0>width$}", width = places + 1);
    let (whole, fraction) = padded.split_at(padded.len() - places);
    let sign = if number.is_negative() { "-" } else { "" };
    Some(format!("{sign}{whole}.{fraction}"))
}

impl Value {
    /// Reads a node; `None` when it holds a number that JSON cannot write or that is out of bounds.
    pub(super) fn of(node: NodeRef<'_>) -> Option<Value> {
        Some(match node.kind() {
            Kind::Null => Value::Null,
            Kind::Bool => Value::Bool(node.as_bool()?),
            Kind::Int | Kind::Float => Value::Num(parse_number(&json_number(node.text())?)?),
            Kind::Str | Kind::Alias => Value::Str(node.text().into()),
            Kind::Seq => Value::Arr(node.elements().map(Value::of).collect::<Option<_>>()?),
            Kind::Map => {
                let members = node.members().map(|member| Some((Arc::from(member.name), Value::of(member.value)?)));
                Value::object(members.collect::<Option<Vec<_>>>()?)
            }
        })
    }

    /// An object of these members; the last of equal names counts.
    pub(super) fn object(members: Vec<(Arc<str>, Value)>) -> Value {
        let map: std::collections::BTreeMap<_, _> = members.into_iter().collect();
        Value::Obj(map.into_iter().collect())
    }

    /// An integer.
    pub(super) fn int(number: i64) -> Value {
        Value::Num(Rational::from_integer(number.into()))
    }

    /// The value as `serde_json` writes it; `None` when a number would lose digits.
    pub(super) fn to_json(&self) -> Option<serde_json::Value> {
        use serde_json::Value as Json;
        Some(match self {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Num(number) => Json::Number(json_from(number)?),
            Value::Str(text) => Json::String(text.to_string()),
            Value::Arr(items) => Json::Array(items.iter().map(Value::to_json).collect::<Option<_>>()?),
            Value::Obj(members) => Json::Object(
                members
                    .iter()
                    .map(|(name, value)| Some((name.to_string(), value.to_json()?)))
                    .collect::<Option<_>>()?,
            ),
        })
    }
}

fn json_from(number: &Rational) -> Option<serde_json::Number> {
    if number.is_integer() {
        if let Some(value) = number.numer().to_i64() {
            return Some(value.into());
        }
        if let Some(value) = number.numer().to_u64() {
            return Some(value.into());
        }
    }
    let value: f64 = decimal(number)?.parse().ok()?;
    let back = parse_number(&value.to_string())?;
    (back == *number).then(|| serde_json::Number::from_f64(value)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_and_equal_by_value() {
        for (left, right) in [("1", "1.0"), ("1e2", "100"), ("0.1", "1e-1"), ("-0", "0"), ("1.50e1", "15")] {
            assert_eq!(parse_number(left), parse_number(right), "{left}");
        }
        assert_ne!(parse_number("0.1"), parse_number("0.10000000000000001"));
        assert_eq!(parse_number("1e999999999"), None);
    }

    #[test]
    fn decimals_are_written_without_loss() {
        for text in ["0.5", "-0.05", "12.25", "7", "-3"] {
            assert_eq!(decimal(&parse_number(text).unwrap()).unwrap(), text);
        }
        assert_eq!(decimal(&Rational::new(1.into(), 3.into())), None);
    }

    #[test]
    fn a_number_that_would_lose_digits_has_no_json() {
        assert!(Value::Num(parse_number("12345678901234567890123").unwrap()).to_json().is_none());
        assert_eq!(Value::Num(parse_number("0.1").unwrap()).to_json().unwrap(), serde_json::json!(0.1));
    }
}
