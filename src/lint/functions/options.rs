//! Are the options of a core function right? Faults in the words Spectral's users know.

use crate::text::near;
use serde_json::Value;

/// Checks options; null stands for none.
pub(super) fn check(name: &str, options: &Value) -> Result<(), Vec<String>> {
    let mut faults = Vec::new();
    match name {
        "defined" | "falsy" | "truthy" | "undefined" => {
            if !options.is_null() {
                faults.push(format!("\"{name}\" function does not accept any options"));
            }
        }
        "alphabetical" => alphabetical(options, &mut faults),
        "casing" => casing(options, &mut faults),
        "enumeration" => enumeration(options, &mut faults),
        "length" => length(options, &mut faults),
        "or" | "xor" => properties(name, options, &mut faults),
        "pattern" => pattern(options, &mut faults),
        "schema" => schema(options, &mut faults),
        "unreferencedReusableObject" => unreferenced(options, &mut faults),
        _ => {
            faults
                .push(format!("the function `{name}` is not known{}", near::hint(name, super::NAMES.iter().copied())));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn known(name: &str, options: &Value, keys: &[&str], faults: &mut Vec<String>) {
    for key in options.as_object().into_iter().flat_map(|map| map.keys()) {
        if !keys.contains(&key.as_str()) {
            faults.push(format!("\"{name}\" function does not support \"{key}\" option"));
        }
    }
}

fn invalid(name: &str, examples: &str) -> String {
    format!("\"{name}\" function has invalid options specified. Example valid options: {examples}")
}

fn wrong_type(name: &str, option: &str, ty: &str) -> String {
    format!("\"{name}\" function and its \"{option}\" option accepts only the following types: {ty}")
}

fn alphabetical(options: &Value, faults: &mut Vec<String>) {
    if !options.is_object() && !options.is_null() {
        faults.push(invalid("alphabetical", "null (no options), { \"keyedBy\": \"my-key\" }"));
        return;
    }
    known("alphabetical", options, &["keyedBy"], faults);
    if options.get("keyedBy").is_some_and(|key| !key.is_string()) {
        faults.push(wrong_type("alphabetical", "keyedBy", "string"));
    }
}

fn casing(options: &Value, faults: &mut Vec<String>) {
    if !options.is_object() {
        let examples = "{ \"type\": \"camel\" }, { \"type\": \"pascal\", \"disallowDigits\": true }";
        faults.push(invalid("casing", examples));
        return;
    }
    known("casing", options, &["type", "disallowDigits", "separator"], faults);
    let kinds = ["flat", "camel", "pascal", "kebab", "cobol", "snake", "macro"];
    match options.get("type") {
        None => faults.push("\"casing\" function is missing \"type\" option".to_owned()),
        Some(kind) if kind.as_str().is_some_and(|kind| kinds.contains(&kind)) => {}
        Some(_) => faults.push(format!(
            "\"casing\" function and its \"type\" option accept the following values: {}",
            kinds.join(", ")
        )),
    }
    if options.get("disallowDigits").is_some_and(|digits| !digits.is_boolean()) {
        faults.push(wrong_type("casing", "disallowDigits", "boolean"));
    }
    let Some(separator) = options.get("separator") else { return };
    let Some(map) = separator.as_object() else {
        faults.push(wrong_type("casing", "separator", "object"));
        return;
    };
    for key in map.keys().filter(|key| !["char", "allowLeading"].contains(&key.as_str())) {
        faults.push(format!("\"casing\" function does not support \"separator.{key}\" option"));
    }
    match map.get("char") {
        None => faults.push("\"casing\" function is missing \"separator.char\" option".to_owned()),
        Some(Value::String(char)) if char.chars().count() <= 1 => {}
        Some(_) => faults.push(
            "\"casing\" function and its \"separator.char\" option accepts only char, i.e. \"I\" or \"/\"".to_owned(),
        ),
    }
    if map.get("allowLeading").is_some_and(|allow| !allow.is_boolean()) {
        faults.push(wrong_type("casing", "separator.allowLeading", "boolean"));
    }
}

fn enumeration(options: &Value, faults: &mut Vec<String>) {
    let examples = "{ \"values\": [\"Berlin\", \"London\", \"Paris\"] }, { \"values\": [2, 3, 5, 8, 13, 21] }";
    if !options.is_object() {
        faults.push(invalid("enumeration", examples));
        return;
    }
    known("enumeration", options, &["values"], faults);
    let primitive = |value: &Value| !value.is_array() && !value.is_object();
    match options.get("values") {
        None => faults.push("\"enumeration\" function is missing \"values\" option".to_owned()),
        Some(Value::Array(values)) if values.iter().all(primitive) => {}
        Some(_) => faults.push(
            "\"enumeration\" and its \"values\" option support only arrays of primitive values, i.e. [\"Berlin\", \
             \"London\", \"Paris\"]"
                .to_owned(),
        ),
    }
}

fn length(options: &Value, faults: &mut Vec<String>) {
    let examples = "{ \"min\": 2 }, { \"max\": 5 }, { \"min\": 0, \"max\": 10 }";
    if options.as_object().is_none_or(serde_json::Map::is_empty) {
        faults.push(invalid("length", examples));
        return;
    }
    known("length", options, &["min", "max"], faults);
    for key in ["min", "max"] {
        if options.get(key).is_some_and(|bound| !bound.is_number()) {
            faults.push(wrong_type("length", key, "number"));
        }
    }
}

fn properties(name: &str, options: &Value, faults: &mut Vec<String>) {
    let examples = match name {
        "or" => ("[\"default\", \"example\"]", "[\"title\", \"summary\", \"description\"]"),
        _ => ("[\"country\", \"street\"]", "[\"one\", \"two\", \"three\"]"),
    };
    if !options.is_object() {
        let (one, two) = examples;
        faults.push(invalid(name, &format!("{{ \"properties\": {one} }}, {{ \"properties\": {two} }}, etc.")));
        return;
    }
    known(name, options, &["properties"], faults);
    let right = options
        .get("properties")
        .and_then(Value::as_array)
        .is_some_and(|list| list.len() >= 2 && list.iter().all(Value::is_string));
    if !right {
        let (one, two) = examples;
        faults.push(format!("\"{name}\" requires at least two enumerated \"properties\", i.e. {one}, {two}, etc."));
    }
}

fn pattern(options: &Value, faults: &mut Vec<String>) {
    let examples = "{ \"match\": \"^Stoplight\" }, { \"notMatch\": \"Swagger\" }, { \"match\": \"Stoplight\", \
                    \"notMatch\": \"Swagger\" }";
    if options.as_object().is_none_or(serde_json::Map::is_empty) {
        faults.push(invalid("pattern", examples));
        return;
    }
    known("pattern", options, &["match", "notMatch"], faults);
    for key in ["match", "notMatch"] {
        let right = |value: &Value| value.is_string() || value.get("$regexp").is_some_and(Value::is_string);
        if options.get(key).is_some_and(|value| !right(value)) {
            faults.push(format!("\"pattern\" function and its \"{key}\" option must be string or RegExp instance"));
        }
    }
}

fn schema(options: &Value, faults: &mut Vec<String>) {
    if !options.is_object() {
        let examples = "{ \"schema\": { /* any JSON Schema can be defined here */ } , { \"schema\": { \"type\": \
                        \"object\" }, \"dialect\": \"auto\" }";
        faults.push(invalid("schema", examples));
        return;
    }
    known("schema", options, &["schema", "dialect", "allErrors", "prepareResults"], faults);
    match options.get("schema") {
        None => faults.push("\"schema\" function is missing \"schema\" option".to_owned()),
        Some(schema) if !schema.is_object() => faults.push(wrong_type("schema", "schema", "object")),
        Some(_) => {}
    }
    let dialects = ["auto", "draft4", "draft6", "draft7", "draft2019-09", "draft2020-12"];
    if options.get("dialect").is_some_and(|dialect| dialect.as_str().is_none_or(|name| !dialects.contains(&name))) {
        let all: Vec<_> = dialects.iter().map(|name| format!("\"{name}\"")).collect();
        faults.push(format!(
            "\"schema\" function and its \"dialect\" option accepts only the following values: {}",
            all.join(", ")
        ));
    }
    if options.get("allErrors").is_some_and(|all| !all.is_boolean()) {
        faults.push(wrong_type("schema", "allErrors", "boolean"));
    }
}

fn unreferenced(options: &Value, faults: &mut Vec<String>) {
    let name = "unreferencedReusableObject";
    let examples = "{ \"reusableObjectsLocation\": \"#/components/schemas\" }, { \"reusableObjectsLocation\": \
                    \"#/$defs\" }";
    if !options.is_object() {
        faults.push(invalid(name, examples));
        return;
    }
    known(name, options, &["reusableObjectsLocation"], faults);
    match options.get("reusableObjectsLocation") {
        None => faults.push(format!(
            "\"{name}\" function is missing \"reusableObjectsLocation\" option. Example valid options: {examples}"
        )),
        Some(Value::String(location)) if location == "#" || location.starts_with("#/") => {}
        Some(_) => faults.push(format!(
            "\"{name}\" and its \"reusableObjectsLocation\" option support only valid JSON Pointer fragments, i.e. \
             \"#\", \"#/foo\", \"#/paths/~1user\""
        )),
    }
}
