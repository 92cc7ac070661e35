//! Values while a filter runs, and the rules by which JavaScript compares and converts them.

#![allow(clippy::float_cmp)] // JavaScript compares numbers exactly

use super::script::Type;
use crate::pattern::Pattern;
use crate::syntax::Kind;
use crate::workspace::Place;
use std::borrow::Cow;

/// A value. Containers stay places in the tree.
#[derive(Clone)]
pub(super) enum Value<'v> {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    Text(Cow<'v, str>),
    Node(Place<'v>),
    List(Vec<Value<'v>>),
    Regex(&'v Pattern),
    /// `x.constructor`
    Constructor(&'static str),
}

/// The value at a place.
pub(super) fn of_place(place: Place<'_>) -> Value<'_> {
    match place.kind() {
        Kind::Null => Value::Null,
        Kind::Bool => Value::Bool(place.as_bool().unwrap_or_default()),
        Kind::Int | Kind::Float => Value::Number(place.as_f64().unwrap_or(f64::NAN)),
        Kind::Str | Kind::Alias => Value::Text(Cow::Borrowed(place.text())),
        Kind::Seq | Kind::Map => Value::Node(place),
    }
}

/// Whether the value is of a type.
pub(super) fn is(value: &Value<'_>, ty: Type) -> bool {
    match ty {
        Type::String => matches!(value, Value::Text(_)),
        Type::Number => matches!(value, Value::Number(_)),
        Type::Integer => matches!(value, Value::Number(number) if number.fract() == 0.0),
        Type::Boolean => matches!(value, Value::Bool(_)),
        Type::Scalar => !matches!(value, Value::Node(_)),
        Type::Array => matches!(value, Value::Node(place) if place.is_seq()),
        Type::Object => matches!(value, Value::Node(_)),
        Type::Null => matches!(value, Value::Null),
    }
}

/// Whether a place is of a type, as the step `@type()` asks.
pub(super) fn place_is(place: Place<'_>, ty: Type) -> bool {
    is(&of_place(place), ty)
}

impl<'v> Value<'v> {
    pub(super) fn truthy(&self) -> bool {
        match self {
            Value::Undefined | Value::Null => false,
            Value::Bool(value) => *value,
            Value::Number(number) => *number != 0.0 && !number.is_nan(),
            Value::Text(text) => !text.is_empty(),
            Value::Node(_) | Value::List(_) | Value::Regex(_) | Value::Constructor(_) => true,
        }
    }

    pub(super) fn number(&self) -> f64 {
        match self {
            Value::Null => 0.0,
            Value::Bool(value) => f64::from(u8::from(*value)),
            Value::Number(number) => *number,
            Value::Text(text) => text_number(text),
            Value::Node(place) if place.is_seq() => text_number(&self.text()),
            Value::List(_) => text_number(&self.text()),
            _ => f64::NAN,
        }
    }

    pub(super) fn text(&self) -> Cow<'v, str> {
        match self {
            Value::Undefined => Cow::Borrowed("undefined"),
            Value::Null => Cow::Borrowed("null"),
            Value::Bool(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
            Value::Number(number) => Cow::Owned(number_text(*number)),
            Value::Text(text) => text.clone(),
            Value::Node(place) if place.is_seq() => {
                let parts: Vec<_> = place
                    .elements()
                    .map(|element| match of_place(element) {
                        Value::Null => String::new(),
                        value => value.text().into_owned(),
                    })
                    .collect();
                Cow::Owned(parts.join(","))
            }
            Value::List(list) => Cow::Owned(list.iter().map(Value::text).collect::<Vec<_>>().join(",")),
            Value::Node(_) => Cow::Borrowed("[object Object]"),
            Value::Regex(_) | Value::Constructor(_) => Cow::Borrowed(""),
        }
    }

    pub(super) fn type_of(&self) -> &'static str {
        match self {
            Value::Undefined => "undefined",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::Text(_) => "string",
            Value::Constructor(_) => "function",
            _ => "object",
        }
    }

    pub(super) fn constructor(&self) -> &'static str {
        match self {
            Value::Bool(_) => "Boolean",
            Value::Number(_) => "Number",
            Value::Text(_) => "String",
            Value::List(_) => "Array",
            Value::Node(place) if place.is_seq() => "Array",
            Value::Regex(_) => "RegExp",
            Value::Constructor(_) => "Function",
            _ => "Object",
        }
    }

    pub(super) fn strict_equal(&self, other: &Value<'_>) -> bool {
        match (self, other) {
            (Value::Undefined, Value::Undefined) | (Value::Null, Value::Null) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Number(a), Value::Number(b)) => a == b,
            (Value::Text(a), Value::Text(b)) => a == b,
            (Value::Node(a), Value::Node(b)) => a.id() == b.id(),
            (Value::Constructor(a), Value::Constructor(b)) => a == b,
            _ => false,
        }
    }

    pub(super) fn loose_equal(&self, other: &Value<'_>) -> bool {
        use Value::{Bool, List, Node, Null, Number, Text, Undefined};
        match (self, other) {
            (Undefined | Null, Undefined | Null) => true,
            (Undefined | Null, _) | (_, Undefined | Null) => false,
            (Number(_) | Bool(_), Text(_) | Number(_) | Bool(_)) | (Text(_), Number(_) | Bool(_)) => {
                self.number() == other.number()
            }
            (Node(_) | List(_), Text(_)) | (Text(_), Node(_) | List(_)) => self.text() == other.text(),
            (Node(_) | List(_), Number(_) | Bool(_)) | (Number(_) | Bool(_), Node(_) | List(_)) => {
                self.number() == other.number()
            }
            _ => self.strict_equal(other),
        }
    }
}

/// `Number(text)`.
pub(in crate::lint) fn text_number(text: &str) -> f64 {
    let text = text.trim();
    if text.is_empty() {
        return 0.0;
    }
    for (prefix, radix) in [("0x", 16), ("0X", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return u64::from_str_radix(digits, radix).map_or(f64::NAN, |number| number as f64);
        }
    }
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'));
    match text {
        "Infinity" | "+Infinity" => f64::INFINITY,
        "-Infinity" => f64::NEG_INFINITY,
        _ if plain => text.parse().unwrap_or(f64::NAN),
        _ => f64::NAN,
    }
}

/// `String(number)`.
pub(in crate::lint) fn number_text(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let size = number.abs();
    if number == 0.0 {
        return "0".to_owned();
    }
    if !(1e-6..1e21).contains(&size) {
        let text = format!("{number:e}");
        return match text.split_once('e') {
            Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
            _ => text,
        };
    }
    format!("{number}")
}
