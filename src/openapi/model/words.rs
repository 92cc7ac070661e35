//! The words of messages: what a type demands, what a value is, lists of alternatives, near names.

use super::table::{FieldType, Model, Text};
use crate::syntax::Kind;

/// What `ty` demands, with an article: `a string`, `an array of Tag Objects`.
pub(super) fn expected(model: &Model, ty: &FieldType) -> String {
    match ty {
        FieldType::OneOf(types) => {
            let names: Vec<String> = types.iter().map(|ty| expected(model, ty)).collect();
            alternatives(&names)
        }
        other => with_article(&one(model, other)),
    }
}

fn one(model: &Model, ty: &FieldType) -> String {
    match ty {
        FieldType::Any => "value".to_owned(),
        FieldType::String(_) => "string".to_owned(),
        FieldType::Boolean => "boolean".to_owned(),
        FieldType::Integer => "integer".to_owned(),
        FieldType::Number => "number".to_owned(),
        FieldType::Count => "integer that is not negative".to_owned(),
        FieldType::Positive => "number above 0".to_owned(),
        FieldType::Map(inner) => format!("map of {}", many(model, inner)),
        FieldType::List(inner) => format!("array of {}", many(model, inner)),
        FieldType::Object(id) => model.object(*id).title.clone(),
        FieldType::Reference => "reference".to_owned(),
        FieldType::OneOf(_) => expected(model, ty),
    }
}

fn many(model: &Model, ty: &FieldType) -> String {
    match ty {
        FieldType::Count => "integers that are not negative".to_owned(),
        FieldType::Positive => "numbers above 0".to_owned(),
        FieldType::Map(inner) => format!("maps of {}", many(model, inner)),
        FieldType::List(inner) => format!("arrays of {}", many(model, inner)),
        FieldType::OneOf(types) => {
            let names: Vec<String> = types.iter().map(|ty| many(model, ty)).collect();
            alternatives(&names)
        }
        other => one(model, other) + "s",
    }
}

fn with_article(noun: &str) -> String {
    let vowel = noun.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']);
    format!("{} {noun}", if vowel { "an" } else { "a" })
}

/// The type without the mention of references, which need no saying where a value is plainly wrong.
pub(super) fn without_reference(ty: &FieldType) -> FieldType {
    match ty {
        FieldType::OneOf(types) => {
            let mut types: Vec<_> = types.iter().filter(|ty| **ty != FieldType::Reference).cloned().collect();
            if types.len() == 1 { types.remove(0) } else { FieldType::OneOf(types) }
        }
        other => other.clone(),
    }
}

/// What a value is, with an article.
pub(super) fn actual(kind: Kind) -> &'static str {
    match kind {
        Kind::Null => "empty",
        Kind::Bool => "a boolean",
        Kind::Int => "an integer",
        Kind::Float => "a number",
        Kind::Str | Kind::Alias => "a string",
        Kind::Seq => "an array",
        Kind::Map => "an object",
    }
}

/// What a text format is called, with an article.
pub(super) fn text_format(text: Text) -> &'static str {
    match text {
        Text::Plain => "a string",
        Text::Uri => "an absolute URL",
        Text::UriReference => "a URL",
        Text::Iri => "an absolute IRI",
        Text::Email => "a mail address",
        Text::Regex => "a regular expression",
    }
}

/// `a`, `a or b`, `a, b or c`.
pub(super) fn alternatives<T: AsRef<str>>(items: &[T]) -> String {
    join(items, "or")
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn all<T: AsRef<str>>(items: &[T]) -> String {
    join(items, "and")
}

fn join<T: AsRef<str>>(items: &[T], word: &str) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    match items.as_slice() {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [most @ .., last] => format!("{} {word} {last}", most.join(", ")),
    }
}

/// Names in backticks.
pub(super) fn quoted<T: AsRef<str>>(items: &[T]) -> Vec<String> {
    items.iter().map(|item| format!("`{}`", item.as_ref())).collect()
}

/// A text in backticks, cut where it is long.
pub(super) fn quote(text: &str) -> String {
    const MOST: usize = 60;
    let one_line: String = text.chars().take(MOST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(MOST).is_some() { format!("`{one_line}…`") } else { format!("`{one_line}`") }
}
