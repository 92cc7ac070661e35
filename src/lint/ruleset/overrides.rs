//! Overrides: other rules for some files, other severities for some places.
//!
//! For a document, the overrides whose globs fit are put over each other, then over the ruleset, key by key, in the
//! way Spectral does it: what that means for `extends` is said at [`apply`].

use super::glob::{LONGEST, fits};
use super::load::{File, Loader};
use super::merge::{self, Context, Source, severity};
use super::{Ruleset, shape};
use crate::diagnostic::{Diagnostic, Severity};
use crate::files::Fence;
use crate::lint::js::Functions;
use crate::syntax::pointer::{escape, percent_decode};
use indexmap::IndexMap;
use serde_json::{Map, Value, json};
use std::path::Path;
use std::sync::Arc;

/// One entry of `overrides`.
#[derive(Clone, Debug)]
pub(in crate::lint) struct Override {
    /// Globs, each with the pointer behind `#`, if there is one.
    files: Vec<(String, Option<String>)>,
    pointer: String,
    /// Severities at the pointers, by rule.
    levels: Vec<(String, Option<Severity>)>,
}

/// Severity of one rule at a pointer of files.
#[derive(Clone, Debug)]
pub(in crate::lint) struct ByPointer {
    glob: String,
    pointer: String,
    level: Option<Severity>,
}

/// Turns `except`, a form of old rulesets, into overrides.
pub(super) fn modernize(ruleset: &mut Value) {
    let Some(map) = ruleset.as_object_mut() else { return };
    let Some(Value::Object(except)) = map.get("except").cloned() else { return };
    let entries = except.iter().map(|(place, rules)| {
        let glob = if place.starts_with('#') { format!("**{place}") } else { place.clone() };
        let names = rules.as_array().into_iter().flatten().filter_map(Value::as_str);
        let rules: Map<String, Value> = names.map(|name| (name.to_owned(), json!("off"))).collect();
        json!({"files": [glob], "rules": rules})
    });
    let entries: Vec<Value> = entries.collect();
    if let Some(list) = map.entry("overrides").or_insert_with(|| json!([])).as_array_mut() {
        list.extend(entries);
    }
}

/// Reads `overrides`; what they define is checked here, and put into force by [`apply`].
pub(super) fn read(
    loader: &mut Loader,
    ruleset: &mut Ruleset,
    file: &File,
    functions: &Functions,
    faults: &mut Vec<Diagnostic>,
) {
    let list = match file.value.get("overrides") {
        None => return,
        Some(Value::Array(list)) if !list.is_empty() => list,
        Some(_) => {
            faults.push(file.fault("/overrides", "`overrides` must be a list with at least one entry"));
            return;
        }
    };
    for (index, entry) in list.iter().enumerate() {
        let pointer = format!("/overrides/{index}");
        let Some(files) = shape::files(entry) else {
            faults.push(file.fault(&pointer, "an override needs `files`: a list of globs"));
            continue;
        };
        if files.iter().any(|glob| glob.len() > LONGEST) {
            faults.push(
                file.fault(&pointer, format!("a glob has more than {LONGEST} bytes; write several shorter ones")),
            );
            continue;
        }
        let files: Vec<_> = files.into_iter().map(split).collect();
        let Some(map) = entry.as_object() else { continue };
        let mut levels = Vec::new();
        if files.iter().any(|(_, pointer)| pointer.is_some()) {
            levels = pointed(file, &pointer, map, faults);
        }
        let only_pointers = files.iter().all(|(_, pointer)| pointer.is_some());
        if only_pointers {
            for key in map.keys().filter(|key| !["files", "rules"].contains(&key.as_str())) {
                let words = format!("an override of places can only have `files` and `rules`, not `{key}`");
                faults.push(file.fault(&format!("{pointer}/{}", escape(key)), words));
            }
        } else if !map.contains_key("extends") && !map.contains_key("rules") {
            faults.push(file.fault(&pointer, "an override needs `rules` or `extends`"));
        } else {
            shape::ruleset(map, &mut |below, words| faults.push(file.fault(&format!("{pointer}{below}"), words)));
            let source = Source { file, pointer: &pointer, private: false, functions };
            defined(loader, ruleset, &source, map, faults);
        }
        ruleset.overrides.push(Override { files, pointer, levels });
    }
}

/// Checks the rules that an override defines; those that it changes may be known to other overrides.
fn defined(
    loader: &mut Loader,
    ruleset: &Ruleset,
    source: &Source<'_>,
    map: &Map<String, Value>,
    faults: &mut Vec<Diagnostic>,
) {
    let map = with_aliases(source.file, map);
    let aliases = Arc::new(merge::aliases(source, &map, loader, faults));
    for (name, definition) in map.get("rules").and_then(Value::as_object).into_iter().flatten() {
        let at = format!("/rules/{}", escape(name));
        let level = definition.is_boolean() || definition.is_string() && severity(definition).is_some();
        if !level {
            let context = Context { source, aliases: &aliases, formats: None, base_url: None, pointer: &at };
            merge::put(loader, &mut ruleset.clone(), name, definition, &context, faults);
        }
    }
}

/// The override with the aliases of the ruleset, which hold inside it too.
fn with_aliases(file: &File, map: &Map<String, Value>) -> Map<String, Value> {
    let mut map = map.clone();
    let of = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
    let mut aliases = of(file.value.get("aliases"));
    aliases.extend(of(map.get("aliases")));
    map.insert("aliases".to_owned(), Value::Object(aliases));
    map
}

/// Glob and pointer of an entry of `files`.
fn split(text: &str) -> (String, Option<String>) {
    match text.split_once('#') {
        Some((glob, pointer)) if !glob.is_empty() => {
            (glob.to_owned(), Some(percent_decode(pointer).unwrap_or(pointer.into()).into_owned()))
        }
        _ => (text.to_owned(), None),
    }
}

/// The severities of an override of places.
fn pointed(
    file: &File,
    pointer: &str,
    map: &Map<String, Value>,
    faults: &mut Vec<Diagnostic>,
) -> Vec<(String, Option<Severity>)> {
    let Some(rules) = map.get("rules").and_then(Value::as_object) else {
        faults.push(file.fault(pointer, "an override of places needs `rules` with their severities"));
        return Vec::new();
    };
    let mut levels = Vec::new();
    for (name, value) in rules {
        match severity(value) {
            Some(level) => levels.push((merge::current_name(name).to_owned(), level)),
            None => {
                let at = format!("{pointer}/rules/{}", escape(name));
                faults.push(file.fault(&at, "an override of a place can only set severities"));
            }
        }
    }
    levels
}

/// The path of a document as globs see it: relative to the folder of the ruleset.
pub(super) fn relative(folder: &Path, path: &Path) -> String {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let (folder, path) = (real(if folder.as_os_str().is_empty() { Path::new(".") } else { folder }), real(path));
    let common = folder.components().zip(path.components()).take_while(|(a, b)| a == b).count();
    let ups = folder.components().count() - common;
    let mut parts = vec!["..".to_owned(); if path.is_absolute() { ups } else { 0 }];
    parts.extend(path.components().skip(common).map(|part| part.as_os_str().to_string_lossy().into_owned()));
    parts.join("/")
}

/// What several overrides come to: each key with the pointer of the entry it stands in.
#[derive(Default)]
struct Put<'r> {
    keys: IndexMap<&'r str, (&'r str, &'r Value)>,
    aliases: Map<String, Value>,
    rules: IndexMap<&'r str, (&'r str, &'r Value)>,
}

impl<'r> Put<'r> {
    /// Lays the keys of an object over those that are there; rules and aliases are laid over one by one.
    fn lay(&mut self, pointer: &'r str, map: &'r Map<String, Value>) {
        for (key, value) in map {
            match (key.as_str(), value.as_object()) {
                ("rules", Some(rules)) => {
                    self.rules.extend(rules.iter().map(|(name, rule)| (name.as_str(), (pointer, rule))));
                    self.keys.insert("rules", (pointer, value));
                }
                ("aliases", Some(aliases)) => self.aliases.extend(aliases.clone()),
                (key, _) => drop(self.keys.insert(key, (pointer, value))),
            }
        }
    }
}

/// See [`Ruleset::for_document`].
///
/// Where ruleset and overrides both have rules, the rules of the overrides come last, those of the whole ruleset before
/// them, and what the overrides extend before these. Where one of them has none, `extends` of the overrides stands in the
/// place of the ruleset's own.
pub(super) fn apply(ruleset: &Ruleset, path: &Path) -> Result<Ruleset, Vec<Diagnostic>> {
    let mut out = ruleset.clone();
    let Some(file) = &ruleset.loaded else { return Ok(out) };
    let Some(root) = file.value.as_object() else { return Ok(out) };
    let path = relative(&ruleset.folder, path);
    let mut faults = Vec::new();
    let mut put = Put::default();
    for entry in &ruleset.overrides {
        let is_meant = |(glob, pointer): &(String, Option<String>)| pointer.is_none() && fits(glob, &path);
        let map = file.value.pointer(&entry.pointer).and_then(Value::as_object);
        if let Some(map) = map.filter(|_| entry.files.iter().any(is_meant)) {
            put.lay(&entry.pointer, map);
        }
    }
    if !put.keys.is_empty() {
        let fence = ruleset.fence.clone().unwrap_or_else(|| Fence::around(&file.path));
        let mut loader = Loader::resumed(fence);
        loader.own_formats.clone_from(&ruleset.formats.own);
        loader.leaves_out = ruleset.leaves_out;
        let source = |pointer| Source { file, pointer, private: false, functions: &ruleset.functions };
        let both = root.contains_key("rules") && put.keys.contains_key("rules");
        let extends =
            put.keys.get("extends").copied().or(root.get("extends").filter(|_| !both).map(|value| ("", value)));
        if extends.is_some() || !both {
            out = Ruleset { rules: IndexMap::new(), formats: super::Registered::default(), ..out };
        }
        let mut all = with_aliases(file, &Map::new());
        if let Some(Value::Object(aliases)) = all.get_mut("aliases") {
            aliases.extend(put.aliases);
        }
        let at = |key: &str| put.keys.get(key).copied().or(root.get(key).map(|value| ("", value)));
        let formats =
            at("formats").map(|(at, value)| merge::formats(&source(at), "/formats", value, &mut loader, &mut faults));
        out.formats.list.extend(&formats.clone().unwrap_or_default());
        if let Some((at, value)) = extends {
            let map = Map::from_iter([("extends".to_owned(), value.clone())]);
            merge::extend(&mut loader, &mut out, &source(at), &map, &mut faults);
        }
        if both && extends.is_some() {
            out.formats.list.extend(&ruleset.formats.list);
            out.rules.extend(ruleset.rules.clone());
        }
        let aliases = Arc::new(merge::aliases(&source(""), &all, &mut loader, &mut faults));
        let base_url = at("documentationUrl").and_then(|(_, value)| value.as_str());
        let own = root.get("rules").and_then(Value::as_object).filter(|_| !put.keys.contains_key("rules"));
        let own = own.into_iter().flatten().map(|(name, rule)| (name.as_str(), ("", rule)));
        for (name, (at, definition)) in own.chain(put.rules.iter().map(|(name, rule)| (*name, *rule))) {
            let (source, pointer) = (source(at), format!("/rules/{}", escape(name)));
            let formats = formats.as_ref();
            let context = Context { source: &source, aliases: &aliases, formats, base_url, pointer: &pointer };
            merge::put(&mut loader, &mut out, name, definition, &context, &mut faults);
        }
        out.set_parser_options(at("parserOptions").map(|(_, value)| value));
        out.formats.own = loader.own_formats;
    }
    for entry in &ruleset.overrides {
        for (glob, pointer) in entry.files.iter().filter(|(glob, _)| fits(glob, &path)) {
            let Some(pointer) = pointer else { continue };
            for (name, level) in &entry.levels {
                if let Some(rule) = out.rules.get_mut(name) {
                    by_pointer(rule, glob, pointer, *level);
                }
            }
        }
    }
    if faults.is_empty() { Ok(out) } else { Err(faults) }
}

/// Sets the severity of a rule at a place. A rule that was off runs then: elsewhere with the severity it has.
fn by_pointer(rule: &mut super::Rule, glob: &str, pointer: &str, level: Option<Severity>) {
    rule.enabled = true;
    match rule.by_pointer.iter_mut().find(|known| known.glob == glob && known.pointer == pointer) {
        Some(known) => known.level = level,
        None => rule.by_pointer.push(ByPointer { glob: glob.to_owned(), pointer: pointer.to_owned(), level }),
    }
}

/// The severity of a rule at a pointer; `None` is off.
pub(in crate::lint) fn severity_at(rule: &super::Rule, pointer: &str) -> Option<Severity> {
    let mut level = rule.severity;
    let mut longest = 0;
    for by in &rule.by_pointer {
        let inside = pointer.strip_prefix(by.pointer.as_str());
        let holds = inside.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if holds && by.pointer.len() >= longest {
            longest = by.pointer.len();
            level = by.level;
        }
    }
    level
}
