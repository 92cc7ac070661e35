//! The shape of a ruleset: which values its keys may have. What is wrong is told by key, with what belongs there.

use super::aliases::{Aliases, expand};
use super::merge::severity;
use crate::lint::functions::is_url;
use crate::syntax::pointer::escape;
use serde_json::{Map, Value};

/// Takes a pointer below the object and what is wrong there.
pub(super) type Tell<'t> = dyn FnMut(&str, String) + 't;

/// The keys of a rule that hold no paths, functions, formats or severities.
pub(super) fn rule(name: &str, definition: &Map<String, Value>, tell: &mut Tell<'_>) {
    for (key, value) in definition {
        let wanted = match key.as_str() {
            "description" | "message" if !value.is_string() => "a text",
            "recommended" | "resolved" if !value.is_boolean() => "true or false",
            "documentationUrl" if !value.as_str().is_some_and(is_url) => {
                "an address such as `https://example.com/rules`"
            }
            "tags" if !texts(value) => "a list of texts",
            "type" if !matches!(value.as_str(), Some("style" | "validation")) => "`style` or `validation`",
            "extensions" if !value.is_object() => "an object",
            _ => continue,
        };
        tell(&format!("/{key}"), format!("`{key}` of the rule `{name}` must be {wanted}"));
    }
}

/// The keys of a ruleset beside its rules, aliases and overrides.
pub(super) fn ruleset(map: &Map<String, Value>, tell: &mut Tell<'_>) {
    if map.get("description").is_some_and(|value| !value.is_string()) {
        tell("/description", "`description` must be a text".to_owned());
    }
    if map.get("documentationUrl").is_some_and(|value| !value.as_str().is_some_and(is_url)) {
        let words = "`documentationUrl` must be an address such as `https://example.com/rules`";
        tell("/documentationUrl", words.to_owned());
    }
    parser_options(map, tell);
}

/// `parserOptions` of a ruleset or an override.
pub(super) fn parser_options(map: &Map<String, Value>, tell: &mut Tell<'_>) {
    let Some(options) = map.get("parserOptions") else { return };
    let Some(options) = options.as_object() else {
        return tell("/parserOptions", "`parserOptions` must be an object".to_owned());
    };
    for (name, level) in options {
        let at = format!("/parserOptions/{}", escape(name));
        if !["duplicateKeys", "incompatibleValues"].contains(&name.as_str()) {
            tell(&at, format!("`parserOptions` has no key `{name}`: use duplicateKeys or incompatibleValues"));
        } else if severity(level).is_none() {
            tell(&at, format!("`{level}` is not a severity: use error, warn, info, hint or off"));
        }
    }
}

/// `files` of an override: globs and pointers.
pub(super) fn files(entry: &Value) -> Option<Vec<&str>> {
    let list: Option<Vec<&str>> = entry.get("files")?.as_array()?.iter().map(Value::as_str).collect();
    // A text of nothing but `#` is no glob.
    list.filter(|list| !list.is_empty() && list.iter().all(|file| file.chars().any(|c| c != '#')))
}

/// The paths of aliases: expressions that begin with `$`, or aliases that exist and end somewhere.
pub(super) fn alias(name: &str, at: &str, paths: &[String], aliases: &Aliases, tell: &mut Tell<'_>) {
    for (index, path) in paths.iter().enumerate() {
        if path.starts_with('#') {
            if let Err(words) = expand(aliases, path, None) {
                tell(&format!("{at}/{index}"), words);
            }
        } else if !path.starts_with('$') {
            let words = format!("`{path}` of the alias `{name}` must begin with `$`, or with `#` and an alias");
            tell(&format!("{at}/{index}"), words);
        }
    }
}

/// Whether this is a name for an alias.
pub(super) fn is_alias(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

fn texts(value: &Value) -> bool {
    value.as_array().is_some_and(|list| list.iter().all(Value::is_string))
}
