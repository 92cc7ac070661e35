//! Putting rules into a ruleset: what is extended, then what is defined or changed here.

use super::aliases::{Alias, Aliases, expand};
use super::load::{Fault, File, Loader, nearest};
use super::{Field, Formats, Rule, Ruleset, Then};
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::functions::Function;
use crate::lint::js::Functions;
use crate::lint::path::Query;
use crate::syntax::pointer::escape;
use serde_json::{Map, Value};
use std::path::Path;
use std::sync::Arc;

/// Where a definition stands.
pub(super) struct Source<'f> {
    pub(super) file: &'f File,
    /// Pointer of the object with `extends`, `rules`, …
    pub(super) pointer: &'f str,
    /// Whether functions of the built-in rules may be named.
    pub(super) private: bool,
    /// The ruleset's own functions.
    pub(super) functions: &'f Functions,
}

impl Source<'_> {
    fn fault(&self, below: &str, message: impl Into<String>) -> Diagnostic {
        self.file.fault(&format!("{}{below}", self.pointer), message)
    }
}

/// Merges the object `map` into `ruleset`.
pub(super) fn merge(
    loader: &mut Loader,
    ruleset: &mut Ruleset,
    source: &Source<'_>,
    map: &Map<String, Value>,
    faults: &mut Vec<Diagnostic>,
) {
    extend(loader, ruleset, source, map, faults);
    let aliases = Arc::new(aliases(source, map, faults));
    let formats = map.get("formats").map(|value| formats(source, "/formats", value, faults));
    if let Some(formats) = formats {
        ruleset.formats = ruleset.formats.with(formats);
    }
    let base_url = map.get("documentationUrl").and_then(Value::as_str);
    let Some(rules) = map.get("rules") else { return };
    let Some(rules) = rules.as_object() else {
        faults.push(source.fault("/rules", "`rules` must be an object"));
        return;
    };
    for (name, definition) in rules {
        let pointer = format!("/rules/{}", escape(name));
        let name = current_name(name);
        let old = ruleset.rules.get(name);
        // A rule about other documents is left out with the ruleset that defines it.
        let changes = definition.get("given").is_none() || definition.get("then").is_none();
        if old.is_none()
            && changes
            && loader.leaves_out
            && ["asyncapi", "arazzo"].iter().any(|pack| name.starts_with(pack))
        {
            continue;
        }
        let context = Context { source, aliases: &aliases, formats, base_url, pointer: &pointer };
        if let Some(rule) = rule(name, definition, old, &context, loader, faults) {
            if let Some(formats) = rule.formats {
                ruleset.formats = ruleset.formats.with(formats);
            }
            ruleset.rules.insert(name.to_owned(), rule);
        }
    }
}

struct Context<'c, 'f> {
    source: &'c Source<'f>,
    aliases: &'c Arc<Aliases>,
    formats: Option<Formats>,
    base_url: Option<&'c str>,
    pointer: &'c str,
}

fn extend(
    loader: &mut Loader,
    ruleset: &mut Ruleset,
    source: &Source<'_>,
    map: &Map<String, Value>,
    faults: &mut Vec<Diagnostic>,
) {
    let one;
    let list: &[Value] = match map.get("extends") {
        None => return,
        Some(Value::Array(list)) => list,
        Some(other) => {
            one = [other.clone()];
            &one
        }
    };
    let folder = source.file.path.parent().unwrap_or(Path::new(""));
    for (index, entry) in list.iter().enumerate() {
        let at = format!("/extends/{index}");
        let (name, mode) =
            match entry {
                Value::String(_) => (entry, None),
                // Programs extend rulesets that they hold.
                Value::Object(_) if source.functions.is_program() => (entry, None),
                Value::Array(pair) => match (pair.first(), pair.get(1).and_then(Value::as_str)) {
                    (Some(name), Some(mode)) if ["off", "recommended", "all"].contains(&mode) => (name, Some(mode)),
                    _ => {
                        faults.push(source.fault(
                            &at,
                            "an entry of `extends` is a name, or a name with `off`, `recommended` or `all`",
                        ));
                        continue;
                    }
                },
                _ => {
                    faults.push(source.fault(&at, "an entry of `extends` must be the name of a ruleset"));
                    continue;
                }
            };
        let extended = match name {
            Value::String(name) => loader.named(name, folder, mode),
            Value::Object(_) if source.functions.is_program() => loader.held(source, name, mode),
            _ => Err(Fault::Words("an entry of `extends` must be the name of a ruleset".to_owned())),
        };
        match extended {
            Ok(extended) => {
                ruleset.formats = ruleset.formats.with(extended.formats);
                ruleset.rules.extend(extended.rules);
            }
            Err(Fault::Words(words)) => faults.push(source.fault(&at, words)),
            Err(Fault::Found(found)) => faults.extend(found),
        }
    }
}

/// Names of former versions.
fn current_name(name: &str) -> &str {
    match name {
        "oas3-valid-oas-parameter-example"
        | "oas3-valid-oas-header-example"
        | "oas3-valid-oas-content-example"
        | "oas3-valid-parameter-schema-example"
        | "oas3-valid-header-schema-example"
        | "oas3-valid-content-schema-example" => "oas3-valid-media-example",
        "oas2-valid-parameter-example" | "oas2-valid-definition-example" => "oas2-valid-schema-example",
        "oas2-valid-response-example" | "oas2-valid-response-schema-example" => "oas2-valid-media-example",
        "model-description" | "example-value-or-externalValue" => {
            if name.starts_with('m') {
                name
            } else {
                "oas3-examples-value-or-externalValue"
            }
        }
        "operation-2xx-response" => "operation-success-response",
        "oas3-unused-components-schema" => "oas3-unused-component",
        "oas2-unused-definition-schema" => "oas2-unused-definition",
        _ => name,
    }
}

/// A severity in any of its forms: `Some(None)` is off; `None` is none.
#[allow(clippy::option_option)]
pub(super) fn severity(value: &Value) -> Option<Option<Severity>> {
    let word = match value {
        Value::String(word) => word.as_str(),
        Value::Number(number) => match number.as_f64()? as i64 {
            -1 => "off",
            0 => "error",
            1 => "warn",
            2 => "info",
            3 => "hint",
            _ => return None,
        },
        _ => return None,
    };
    Some(Some(match word {
        "error" => Severity::Error,
        "warn" => Severity::Warn,
        "info" => Severity::Info,
        "hint" => Severity::Hint,
        "off" => return Some(None),
        _ => return None,
    }))
}

fn rule(
    name: &str,
    definition: &Value,
    old: Option<&Rule>,
    context: &Context<'_, '_>,
    loader: &mut Loader,
    faults: &mut Vec<Diagnostic>,
) -> Option<Rule> {
    let fault = |words: String| context.source.fault(context.pointer, words);
    let unknown = || format!("the rule `{name}` cannot be changed: no extended ruleset defines it");
    match definition {
        Value::Bool(enabled) => match old {
            Some(old) => return Some(Rule { enabled: *enabled, ..old.clone() }),
            None => {
                faults.push(fault(unknown()));
                return None;
            }
        },
        Value::String(_) | Value::Number(_) => {
            let Some(level) = severity(definition) else {
                faults.push(fault(format!("`{definition}` is not a severity: use error, warn, info, hint or off")));
                return None;
            };
            let Some(old) = old else {
                faults.push(fault(unknown()));
                return None;
            };
            return Some(Rule { enabled: level.is_some(), severity: level.unwrap_or(old.severity), ..old.clone() });
        }
        Value::Array(list) if list.first().and_then(severity).is_some() => {
            let mut notice = fault(format!("the rule `{name}` has its severity in a list, a form of old rulesets"));
            notice.severity = Severity::Info;
            loader.notices.push(notice);
            let level = list.first().and_then(severity).flatten();
            let old = old?;
            return Some(Rule { enabled: level.is_some(), severity: level.unwrap_or(old.severity), ..old.clone() });
        }
        Value::Object(_) => {}
        _ => {
            faults.push(fault(format!("the rule `{name}` must be an object, a boolean or a severity")));
            return None;
        }
    }
    let given = definition.as_object()?;
    let merged = match old {
        Some(old) => {
            let mut merged = (*old.definition).clone();
            merged.extend(given.iter().map(|(key, value)| (key.clone(), value.clone())));
            merged
        }
        None => given.clone(),
    };
    define(name, merged, old, context, faults)
}

const RULE_KEYS: [&str; 13] = [
    "given",
    "then",
    "severity",
    "message",
    "description",
    "documentationUrl",
    "formats",
    "recommended",
    "resolved",
    "tags",
    "type",
    "extensions",
    "enabled",
];

fn define(
    name: &str,
    definition: Map<String, Value>,
    old: Option<&Rule>,
    context: &Context<'_, '_>,
    faults: &mut Vec<Diagnostic>,
) -> Option<Rule> {
    let before = faults.len();
    let mut fault = |below: &str, words: String| {
        faults.push(context.source.fault(&format!("{}{below}", context.pointer), words));
    };
    for key in definition.keys().filter(|key| !RULE_KEYS.contains(&key.as_str()) && !key.starts_with("x-")) {
        let hint = nearest(key, RULE_KEYS.into_iter());
        fault(&format!("/{}", escape(key)), format!("the rule `{name}` has no key `{key}`{hint}"));
    }
    let given: Vec<String> = match definition.get("given") {
        Some(Value::String(path)) => vec![path.clone()],
        Some(Value::Array(list)) if !list.is_empty() && list.iter().all(Value::is_string) => {
            list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        _ => {
            fault("/given", format!("the rule `{name}` needs `given`: a path expression or a list of them"));
            Vec::new()
        }
    };
    let level = match definition.get("severity") {
        None => Some(Severity::Warn),
        Some(value) => match severity(value) {
            Some(level) => level,
            None => {
                fault("/severity", format!("`{value}` is not a severity: use error, warn, info, hint or off"));
                None
            }
        },
    };
    let inherited = old.filter(|_| !context.source.private);
    let own_private = old.is_some_and(|old| old.private) || context.source.private;
    let at_hand = (own_private, context.source.functions);
    let redefines = |key: &str| {
        context.source.file.value.pointer(&format!("{}{}/{key}", context.source.pointer, context.pointer)).is_some()
    };
    let then = match definition.get("then") {
        // Its functions may be known to the ruleset it comes from only.
        Some(_) if inherited.is_some() && !redefines("then") => {
            inherited.map(|old| old.then.clone()).unwrap_or_default()
        }
        Some(Value::Array(list)) if !list.is_empty() => {
            let parts = list.iter().enumerate().map(|(index, then)| (format!("/then/{index}"), then));
            parts.filter_map(|(at, then)| self::then(name, then, &at, at_hand, &mut fault)).collect()
        }
        Some(then @ Value::Object(_)) => self::then(name, then, "/then", at_hand, &mut fault).into_iter().collect(),
        _ => {
            fault("/then", format!("the rule `{name}` needs `then`: a function, or a list of them"));
            Vec::new()
        }
    };
    // Paths that were inherited keep the aliases of the ruleset they come from.
    let aliases = match inherited {
        Some(old) if !redefines("given") => Arc::clone(&old.aliases),
        _ => Arc::clone(context.aliases),
    };
    for (index, path) in given.iter().enumerate() {
        let at = if definition.get("given").is_some_and(Value::is_array) {
            format!("/given/{index}")
        } else {
            "/given".to_owned()
        };
        match expand(&aliases, path, None) {
            Ok(paths) => {
                if let Some(error) = paths.iter().find_map(|path| Query::parse(path).err()) {
                    fault(&at, format!("the path `{path}` of the rule `{name}` cannot be read: {error}"));
                }
            }
            Err(error) => fault(&at, error),
        }
    }
    let mut wanted = None;
    if let Some(value) = definition.get("formats") {
        let at = format!("{}/formats", context.pointer);
        wanted = Some(formats(context.source, &at, value, faults));
    }
    if faults.len() > before {
        return None;
    }
    let text = |key: &str| definition.get(key).and_then(Value::as_str).map(str::to_owned);
    let recommended = definition.get("recommended") != Some(&Value::Bool(false));
    let own_url = context.base_url.map(|base| format!("{base}#{name}"));
    Some(Rule {
        severity: level.unwrap_or(Severity::Warn),
        enabled: level.is_some() && (old.is_some() || recommended),
        recommended,
        description: text("description"),
        message: text("message"),
        url: text("documentationUrl").or_else(|| old.and_then(|old| old.url.clone())).or(own_url),
        formats: wanted.or(if old.is_some() { None } else { context.formats }),
        resolved: definition.get("resolved") != Some(&Value::Bool(false)),
        given,
        then,
        aliases,
        private: own_private,
        by_pointer: Vec::new(),
        definition: Arc::new(definition),
    })
}

fn then(
    name: &str,
    then: &Value,
    at: &str,
    (private, functions): (bool, &Functions),
    fault: &mut impl FnMut(&str, String),
) -> Option<Then> {
    let Some(function) = then.get("function").and_then(Value::as_str) else {
        fault(at, format!("`then` of the rule `{name}` names no function"));
        return None;
    };
    let field = match then.get("field") {
        None => None,
        Some(Value::String(field)) if field == "@key" => Some(Field::Keys),
        Some(Value::String(field)) if field.starts_with('$') => match Query::parse(field) {
            Ok(query) => Some(Field::Query(query)),
            Err(error) => {
                fault(
                    &format!("{at}/field"),
                    format!("the field `{field}` of the rule `{name}` cannot be read: {error}"),
                );
                return None;
            }
        },
        Some(Value::String(field)) => Some(Field::Path { whole: field.clone(), parts: field_path(field) }),
        Some(Value::Number(number)) => Some(Field::Path { whole: number.to_string(), parts: vec![number.to_string()] }),
        Some(_) => {
            fault(&format!("{at}/field"), format!("`field` of the rule `{name}` must be a text"));
            return None;
        }
    };
    let options = then.get("functionOptions").cloned().unwrap_or_default();
    match Function::find(functions, function, &options, private) {
        Ok(function) => Some(Then { field, function }),
        Err(errors) => {
            for error in errors {
                fault(&format!("{at}/functionOptions"), format!("the rule `{name}`: {error}"));
            }
            None
        }
    }
}

/// `a.b[0]['c.d']` as its parts, as JavaScript libraries split property paths: an empty part stands between two dots.
fn field_path(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = text;
    if rest.starts_with('.') {
        out.push(String::new());
    }
    while let Some(first) = rest.chars().next() {
        let end = rest.find(['.', '[', ']']).unwrap_or(rest.len());
        if end > 0 {
            out.push(rest[..end].to_owned());
            rest = &rest[end..];
        } else if let Some((part, after)) = bracketed(rest) {
            out.push(part);
            rest = after;
        } else {
            let after = rest.strip_prefix("[]").or_else(|| rest.strip_prefix('.'));
            if after.is_some_and(|after| after.is_empty() || after.starts_with('.') || after.starts_with("[]")) {
                out.push(String::new());
            }
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

/// `[0]` or `['a']` at the start, and what follows.
fn bracketed(text: &str) -> Option<(String, &str)> {
    let inside = text.strip_prefix('[')?;
    let Some(quote) = inside.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
        let (number, after) = inside.split_once(']')?;
        let digits = number.strip_prefix('-').unwrap_or(number);
        let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_number = [whole, part].iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
        return is_number.then(|| (number.to_owned(), after));
    };
    let mut out = String::new();
    let mut chars = inside[1..].char_indices();
    while let Some((at, c)) = chars.next() {
        if c == quote {
            return Some((out, inside[1 + at + 1..].strip_prefix(']')?));
        }
        out.push(if c == '\\' { chars.next()?.1 } else { c });
    }
    None
}

fn formats(source: &Source<'_>, at: &str, value: &Value, faults: &mut Vec<Diagnostic>) -> Formats {
    let mut out = Formats::default();
    let Some(list) = value.as_array() else {
        faults.push(source.fault(at, "`formats` must be a list of formats such as `oas3`"));
        return out;
    };
    for (index, name) in list.iter().enumerate() {
        if !name.as_str().is_some_and(|name| out.add(name)) {
            let known = ["oas2", "oas3", "oas3_0", "oas3_1", "oas3_2", "asyncapi2", "json-schema"];
            let hint = nearest(name.as_str().unwrap_or_default(), known.into_iter());
            faults.push(source.fault(&format!("{at}/{index}"), format!("there is no format `{name}`{hint}")));
        }
    }
    out
}

fn aliases(source: &Source<'_>, map: &Map<String, Value>, faults: &mut Vec<Diagnostic>) -> Aliases {
    let mut out = Aliases::default();
    let Some(Value::Object(all)) = map.get("aliases") else { return out };
    let texts = |value: &Value| -> Option<Vec<String>> {
        match value {
            Value::String(one) => Some(vec![one.clone()]),
            Value::Array(list) => list.iter().map(|path| path.as_str().map(str::to_owned)).collect(),
            _ => None,
        }
    };
    for (name, value) in all {
        let at = format!("/aliases/{}", escape(name));
        if let Some(paths) = texts(value) {
            out.insert(name.clone(), Alias::Paths(paths));
            continue;
        }
        let Some(targets) = value.get("targets").and_then(Value::as_array) else {
            faults.push(source.fault(&at, format!("the alias `{name}` must be a list of paths, or have `targets`")));
            continue;
        };
        let mut list = Vec::new();
        for (index, target) in targets.iter().enumerate() {
            let at = format!("{at}/targets/{index}");
            match (target.get("formats"), target.get("given").and_then(texts)) {
                (Some(wanted), Some(given)) => {
                    list.push((formats(source, &format!("{at}/formats"), wanted, faults), given));
                }
                _ => faults.push(source.fault(&at, "a target of an alias needs `formats` and `given`")),
            }
        }
        out.insert(name.clone(), Alias::Targets(list));
    }
    out
}
