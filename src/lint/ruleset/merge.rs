//! Putting rules into a ruleset: what is extended, then what is defined or changed here.

use super::aliases::{Alias, Aliases};
use super::define::rule;
use super::formats::OwnFormat;
use super::load::{Fault, File, Loader};
use super::{FormatList, Ruleset, shape};
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::js::Functions;
use crate::syntax::pointer::escape;
use crate::text::near;
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
    pub(super) fn fault(&self, below: &str, message: impl Into<String>) -> Diagnostic {
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
    let formats = map.get("formats").map(|value| formats(source, "/formats", value, loader, faults));
    if let Some(formats) = &formats {
        ruleset.formats.list.extend(formats);
    }
    extend(loader, ruleset, source, map, faults);
    let aliases = Arc::new(aliases(source, map, loader, faults));
    let base_url = map.get("documentationUrl").and_then(Value::as_str);
    let Some(rules) = map.get("rules") else { return };
    let Some(rules) = rules.as_object() else {
        faults.push(source.fault("/rules", "`rules` must be an object"));
        return;
    };
    for (name, definition) in rules {
        let pointer = format!("/rules/{}", escape(name));
        let context = Context { source, aliases: &aliases, formats: formats.as_ref(), base_url, pointer: &pointer };
        put(loader, ruleset, name, definition, &context, faults);
    }
}

/// Defines or changes one rule of `ruleset`.
pub(super) fn put(
    loader: &mut Loader,
    ruleset: &mut Ruleset,
    name: &str,
    definition: &Value,
    context: &Context<'_, '_>,
    faults: &mut Vec<Diagnostic>,
) {
    let name = current_name(name);
    let old = ruleset.rules.get(name);
    // A rule about other documents is left out with the ruleset that defines it.
    let changes = definition.get("given").is_none() || definition.get("then").is_none();
    if old.is_none() && changes && loader.leaves_out && ["asyncapi", "arazzo"].iter().any(|pack| name.starts_with(pack))
    {
        return;
    }
    if let Some(mut rule) = rule(name, definition, old, context, loader, faults) {
        if rule.url.is_none() {
            rule.url = context.base_url.map(|base| format!("{base}#{name}"));
        }
        if let Some(formats) = &rule.formats {
            ruleset.formats.list.extend(formats);
        }
        ruleset.rules.insert(name.to_owned(), rule);
    }
}

/// Where a rule stands and what the ruleset says about all its rules.
pub(super) struct Context<'c, 'f> {
    pub(super) source: &'c Source<'f>,
    pub(super) aliases: &'c Arc<Aliases>,
    pub(super) formats: Option<&'c FormatList>,
    pub(super) base_url: Option<&'c str>,
    pub(super) pointer: &'c str,
}

pub(super) fn extend(
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
                ruleset.formats.list.extend(&extended.formats.list);
                ruleset.rules.extend(extended.rules);
            }
            Err(Fault::Words(words)) => faults.push(source.fault(&at, words)),
            Err(Fault::Found(found)) => faults.extend(found),
        }
    }
}

/// Names of former versions.
pub(super) fn current_name(name: &str) -> &str {
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
        Value::Number(number) => match number.as_i64()? {
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

/// The formats of a rule, an alias or a ruleset.
pub(super) fn formats(
    source: &Source<'_>,
    at: &str,
    value: &Value,
    loader: &mut Loader,
    faults: &mut Vec<Diagnostic>,
) -> FormatList {
    let mut out = FormatList::default();
    let Some(list) = value.as_array() else {
        faults.push(source.fault(at, "`formats` must be a list of formats such as `oas3`"));
        return out;
    };
    for (index, name) in list.iter().enumerate() {
        // Formats of a program are functions, see its conversion.
        let own = name.get("$format").and_then(Value::as_str).filter(|_| source.functions.is_program());
        if let Some(own) = own {
            let title = name.get("title").and_then(Value::as_str).unwrap_or_default().to_owned();
            let format = OwnFormat { functions: source.functions.clone(), name: own.to_owned(), title };
            if !out.add_own(&mut loader.own_formats, format) {
                faults.push(source.fault(at, "a ruleset can have at most 32 formats of its own"));
            }
            continue;
        }
        if !name.as_str().is_some_and(|name| out.add(name)) {
            let known = ["oas2", "oas3", "oas3_0", "oas3_1", "oas3_2", "asyncapi2", "json-schema"];
            let hint = near::hint(name.as_str().unwrap_or_default(), known.into_iter());
            faults.push(source.fault(&format!("{at}/{index}"), format!("there is no format `{name}`{hint}")));
        }
    }
    out
}

/// The aliases of a ruleset, each of them checked.
pub(super) fn aliases(
    source: &Source<'_>,
    map: &Map<String, Value>,
    loader: &mut Loader,
    faults: &mut Vec<Diagnostic>,
) -> Aliases {
    let mut out = Aliases::default();
    let all = match map.get("aliases") {
        None => return out,
        Some(Value::Object(all)) => all,
        Some(_) => {
            faults.push(source.fault("/aliases", "`aliases` must be an object"));
            return out;
        }
    };
    let texts = |value: &Value| -> Option<Vec<String>> {
        match value {
            Value::Array(list) if !list.is_empty() => {
                list.iter().map(|path| path.as_str().map(str::to_owned)).collect()
            }
            _ => None,
        }
    };
    for (name, value) in all {
        let at = format!("/aliases/{}", escape(name));
        if !shape::is_alias(name) {
            let words = "must begin with a letter and hold only letters, digits, `_` and `-`";
            faults.push(source.fault(&at, format!("the name of the alias `{name}` {words}")));
        }
        if let Some(paths) = texts(value) {
            out.insert(name.clone(), Alias::Paths(paths));
            continue;
        }
        let Some(targets) = value.get("targets").and_then(Value::as_array).filter(|list| !list.is_empty()) else {
            faults.push(source.fault(&at, format!("the alias `{name}` must be a list of paths, or have `targets`")));
            continue;
        };
        let mut list = Vec::new();
        for (index, target) in targets.iter().enumerate() {
            let at = format!("{at}/targets/{index}");
            match (target.get("formats"), target.get("given").and_then(texts)) {
                (Some(wanted), Some(given)) => {
                    list.push((formats(source, &format!("{at}/formats"), wanted, loader, faults).set(), given));
                }
                _ => faults.push(source.fault(&at, "a target of an alias needs `formats` and `given`")),
            }
        }
        out.insert(name.clone(), Alias::Targets(list));
    }
    for (name, alias) in &out {
        let at = format!("/aliases/{}", escape(name));
        let mut tell = |below: &str, words: String| faults.push(source.fault(below, words));
        match alias {
            Alias::Paths(paths) => shape::alias(name, &at, paths, &out, &mut tell),
            Alias::Targets(targets) => {
                for (index, (_, given)) in targets.iter().enumerate() {
                    shape::alias(name, &format!("{at}/targets/{index}/given"), given, &out, &mut tell);
                }
            }
        }
    }
    out
}
