//! One rule of a ruleset: defined anew, or changed from what is extended. Its JSON in, a [`Rule`] or faults out.

use super::aliases::{Aliases, expand};
use super::load::Loader;
use super::merge::{Context, formats, severity};
use super::{Field, Rule, Then, shape};
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::functions::Function;
use crate::lint::js::Functions;
use crate::lint::path::Query;
use crate::syntax::pointer::escape;
use crate::text::near;
use serde_json::{Map, Value};
use std::sync::Arc;

/// The rule `name`; `None` with a fault when it cannot be understood.
pub(super) fn rule(
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
        Value::String(_) => {
            let Some(level) = severity(definition) else {
                faults.push(fault(format!("`{definition}` is not a severity: use error, warn, info, hint or off")));
                return None;
            };
            let Some(old) = old else {
                faults.push(fault(unknown()));
                return None;
            };
            return Some(Rule { enabled: level.is_some(), severity: level, ..old.clone() });
        }
        Value::Array(list) if list.first().and_then(severity).is_some() => {
            let mut notice = fault(format!("the rule `{name}` has its severity in a list, a form of old rulesets"));
            notice.severity = Severity::Info;
            loader.notices.push(notice);
            let level = list.first().and_then(severity).flatten();
            let old = old?;
            return Some(Rule { enabled: level.is_some(), severity: level, ..old.clone() });
        }
        Value::Object(_) => {}
        _ => {
            let words = "must be an object, true, false, error, warn, info, hint or off";
            faults.push(fault(format!("the rule `{name}` {words}")));
            return None;
        }
    }
    let given = definition.as_object()?;
    let before = faults.len();
    let mut tell = |below: &str, words: String| {
        faults.push(context.source.fault(&format!("{}{below}", context.pointer), words));
    };
    for key in ["given", "then"].into_iter().filter(|key| !given.contains_key(*key)) {
        let words = match old {
            Some(_) => format!("the rule `{name}` is defined anew without `{key}`: repeat it, or set only a severity"),
            None => format!("the rule `{name}` needs `{key}`"),
        };
        tell("", words);
    }
    shape::rule(name, given, &mut tell);
    if faults.len() > before {
        return None;
    }
    let merged = match old {
        Some(old) => {
            let mut merged = (*old.definition).clone();
            merged.extend(given.iter().map(|(key, value)| (key.clone(), value.clone())));
            merged
        }
        None => given.clone(),
    };
    define(name, merged, old, context, loader, faults)
}

const RULE_KEYS: [&str; 12] = [
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
];

fn define(
    name: &str,
    definition: Map<String, Value>,
    old: Option<&Rule>,
    context: &Context<'_, '_>,
    loader: &mut Loader,
    faults: &mut Vec<Diagnostic>,
) -> Option<Rule> {
    let before = faults.len();
    let mut fault = |below: &str, words: String| {
        faults.push(context.source.fault(&format!("{}{below}", context.pointer), words));
    };
    for key in definition.keys().filter(|key| !RULE_KEYS.contains(&key.as_str()) && !key.starts_with("x-")) {
        let hint = near::hint(key, RULE_KEYS.into_iter());
        fault(&format!("/{}", escape(key)), format!("the rule `{name}` has no key `{key}`{hint}"));
    }
    let given = given(name, &definition, &mut fault);
    for path in given.iter().filter(|path| !path.starts_with(['$', '#'])) {
        let words = "must begin with `$`, or with `#` and an alias";
        fault("/given", format!("the path `{path}` of the rule `{name}` {words}"));
    }
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
        Some(Value::Array(list)) => {
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
    let listed = definition.get("given").is_some_and(Value::is_array);
    for (index, path) in given.iter().enumerate() {
        let at = if listed { format!("/given/{index}") } else { "/given".to_owned() };
        if let Err(error) = readable(name, path, &aliases) {
            fault(&at, error);
        }
    }
    let mut wanted = None;
    if let Some(value) = definition.get("formats") {
        let at = format!("{}/formats", context.pointer);
        wanted = Some(formats(context.source, &at, value, loader, faults));
    }
    if faults.len() > before {
        return None;
    }
    let text = |key: &str| definition.get(key).and_then(Value::as_str).map(str::to_owned);
    let recommended = definition.get("recommended") != Some(&Value::Bool(false));
    Some(Rule {
        severity: if redefines("severity") { level } else { old.map_or(level, |old| old.severity) },
        enabled: old.is_some() || recommended,
        recommended,
        description: text("description"),
        message: text("message"),
        url: text("documentationUrl").or_else(|| old.and_then(|old| old.url.clone())),
        formats: wanted.or_else(|| old.map_or_else(|| context.formats.cloned(), |old| old.formats.clone())),
        resolved: definition.get("resolved") != Some(&Value::Bool(false)),
        given,
        then,
        aliases,
        private: own_private,
        by_pointer: Vec::new(),
        definition: Arc::new(definition),
    })
}

/// The paths of a rule.
fn given(name: &str, definition: &Map<String, Value>, fault: &mut impl FnMut(&str, String)) -> Vec<String> {
    match definition.get("given") {
        Some(Value::String(path)) => vec![path.clone()],
        Some(Value::Array(list)) if !list.is_empty() && list.iter().all(Value::is_string) => {
            list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        _ => {
            fault("/given", format!("the rule `{name}` needs `given`: a path expression or a list of them"));
            Vec::new()
        }
    }
}

/// Whether a path, its aliases expanded, can be read.
fn readable(name: &str, path: &str, aliases: &Aliases) -> Result<(), String> {
    let wrong = |error| format!("the path `{path}` of the rule `{name}` cannot be read: {error}");
    expand(aliases, path, None)?.iter().try_for_each(|path| Query::parse(path).map(drop).map_err(wrong))
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
        Some(Value::String(field)) => {
            Some(Field::Path { whole: field.clone(), parts: super::field::field_path(field) })
        }
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
