//! Values of `enum` that the rest of the schema excludes.

use super::super::{Sink, schema as schemas};
use super::Asker;
use crate::diagnostic::{Diagnostic, Severity};
use crate::schema::Direction;
use crate::syntax::Kind;
use crate::workspace::Place;

/// Values of one list that are looked at.
const MOST: usize = 400;

/// `schema-enum-value`: reports the values that can never be sent.
pub(super) fn check<'w>(asker: &mut Asker<'w>, schema: Place<'w>, sink: &mut Sink) {
    let Some(list) = schema.get("enum").filter(|list| list.is_seq()) else { return };
    // Of formats no value here is judged.
    let harmless = |name: &str| schemas::excludes_nothing(name) || matches!(name, "type" | "enum" | "format" | "name");
    let plain = schema.members().all(|member| harmless(member.name));
    for value in list.elements().take(MOST) {
        let typed = match schema.get("type") {
            Some(types) => fits(value, types, schema),
            None => true,
        };
        if !typed {
            let types = schema.get("type").map_or_else(String::new, written);
            let message = format!("`{}` is {}, but `type` is {types}", short(value), kind(value));
            let help = match (value.kind(), schema.get_str("type")) {
                (Kind::Int | Kind::Float | Kind::Bool, Some("string")) => {
                    format!("Put the value in quotes: `\"{}\"`", value.text())
                }
                (Kind::Null, _) if asker.dialect == crate::schema::Dialect::OpenApi30 => {
                    "Add `nullable: true`, or remove `null`".to_owned()
                }
                (Kind::Null, _) => "Add `null` to `type`, or remove it here".to_owned(),
                _ => "Correct the value, or `type`".to_owned(),
            };
            report(value, message, help, sink);
        } else if !plain && asker.may_ask() {
            let source = asker.source(schema);
            let faults = asker.engine.faults(&source, Direction::Neither, &value.to_json()).unwrap_or_default();
            // A fault further in belongs to a composed value.
            let Some(fault) = faults.into_iter().find(|fault| fault.keyword != "enum") else { continue };
            let message = format!("`{}` does not match `{}` of the schema", short(value), fault.keyword);
            report(value, message, format!("Correct the value, or `{}`", fault.keyword), sink);
        }
    }
}

fn report(value: Place<'_>, message: String, help: String, sink: &mut Sink) {
    let mut finding = Diagnostic::new("schema-enum-value", Severity::Error, message, value.location());
    finding.help = Some(help);
    sink.add(finding);
}

fn fits(value: Place<'_>, types: Place<'_>, schema: Place<'_>) -> bool {
    if value.is_null() && ["nullable", "x-nullable"].iter().any(|key| schema.get_bool(key) == Some(true)) {
        return true;
    }
    // `null` without quotes in `type` is told by the structure.
    if value.is_null() && types.elements().any(Place::is_null) {
        return true;
    }
    let one = |name: &str| match name {
        "string" | "file" => value.kind() == Kind::Str,
        "integer" => value.kind() == Kind::Int || value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => matches!(value.kind(), Kind::Int | Kind::Float),
        "boolean" => value.kind() == Kind::Bool,
        "array" => value.is_seq(),
        "object" => value.is_map(),
        "null" => value.is_null(),
        _ => true,
    };
    types.as_str().map_or_else(|| types.elements().filter_map(Place::as_str).any(one), one)
}

fn written(types: Place<'_>) -> String {
    match types.as_str() {
        Some(name) => format!("`{name}`"),
        None => {
            let names: Vec<String> = types.elements().map(|name| format!("`{}`", name.text())).collect();
            names.join(" or ")
        }
    }
}

fn kind(value: Place<'_>) -> &'static str {
    match value.kind() {
        Kind::Null => "null",
        Kind::Bool => "a boolean",
        Kind::Int => "an integer",
        Kind::Float => "a number",
        Kind::Seq => "an array",
        Kind::Map => "an object",
        _ => "a string",
    }
}

fn short(value: Place<'_>) -> String {
    let text = if matches!(value.kind(), Kind::Map | Kind::Seq) {
        value.to_json().to_string()
    } else {
        value.text().to_owned()
    };
    if text.chars().count() <= 40 { text } else { text.chars().take(37).chain("...".chars()).collect() }
}
