//! Overrides: other rules for some files, other severities for some places.

use super::Ruleset;
use super::load::{File, Loader};
use super::merge::{self, Source, severity};
use crate::diagnostic::{Diagnostic, Severity};
use crate::syntax::pointer::{escape, percent_decode};
use serde_json::{Map, Value};
use std::path::Path;

/// One entry of `overrides`.
#[derive(Clone, Debug)]
pub(in crate::lint) struct Override {
    /// Globs, each with the pointer behind `#`, if there is one.
    files: Vec<(String, Option<String>)>,
    pointer: String,
}

/// Severity of one rule at a pointer of files.
#[derive(Clone, Debug)]
pub(in crate::lint) struct ByPointer {
    glob: String,
    pointer: String,
    level: Option<Severity>,
}

/// Reads `overrides` and the older `except`.
pub(super) fn read(ruleset: &mut Ruleset, file: &File, faults: &mut Vec<Diagnostic>) {
    for (index, entry) in file.value.get("overrides").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let pointer = format!("/overrides/{index}");
        let files: Option<Vec<&str>> =
            entry.get("files").and_then(Value::as_array).and_then(|list| list.iter().map(Value::as_str).collect());
        let Some(files) = files.filter(|files| !files.is_empty()) else {
            faults.push(file.fault(&pointer, "an override needs `files`: a list of globs"));
            continue;
        };
        let files: Vec<_> = files.into_iter().map(split).collect();
        let with_pointer = files.iter().filter(|(_, pointer)| pointer.is_some()).count();
        if with_pointer > 0 && with_pointer < files.len() {
            let words = "the entries of `files` must all have a JSON pointer behind `#`, or none of them";
            faults.push(file.fault(&format!("{pointer}/files"), words));
            continue;
        }
        if with_pointer > 0 {
            pointed(ruleset, file, &pointer, &files, entry, faults);
        }
        ruleset.overrides.push(Override { files, pointer });
    }
    let except = file.value.get("except").and_then(Value::as_object);
    for (place, rules) in except.into_iter().flatten() {
        let (glob, pointer) = split(place);
        let glob = if glob.is_empty() { "**".to_owned() } else { glob };
        for rule in rules.as_array().into_iter().flatten().filter_map(Value::as_str) {
            if let Some(rule) = ruleset.rules.get_mut(rule) {
                let pointer = pointer.clone().unwrap_or_default();
                rule.by_pointer.push(ByPointer { glob: glob.clone(), pointer, level: None });
            }
        }
    }
}

/// Glob and pointer of an entry of `files`.
fn split(text: &str) -> (String, Option<String>) {
    match text.split_once('#') {
        Some((glob, pointer)) => {
            (glob.to_owned(), Some(percent_decode(pointer).unwrap_or(pointer.into()).into_owned()))
        }
        None => (text.to_owned(), None),
    }
}

fn pointed(
    ruleset: &mut Ruleset,
    file: &File,
    pointer: &str,
    files: &[(String, Option<String>)],
    entry: &Value,
    faults: &mut Vec<Diagnostic>,
) {
    for (name, value) in entry.get("rules").and_then(Value::as_object).into_iter().flatten() {
        let at = format!("{pointer}/rules/{}", escape(name));
        let Some(level) = severity(value) else {
            faults.push(file.fault(&at, "an override of a place can only set severities"));
            continue;
        };
        let Some(rule) = ruleset.rules.get_mut(name) else {
            faults.push(file.fault(&at, format!("the rule `{name}` cannot be overridden: it does not exist")));
            continue;
        };
        for (glob, pointer) in files {
            let pointer = pointer.clone().unwrap_or_default();
            rule.by_pointer.push(ByPointer { glob: glob.clone(), pointer, level });
        }
    }
}

/// Whether a path fits a glob; a glob without `/` is about the file name.
fn fits(glob: &str, path: &str) -> bool {
    let glob = glob.strip_prefix("./").unwrap_or(glob);
    let wide = if glob.contains('/') { glob.to_owned() } else { format!("**/{glob}") };
    let built = globset::GlobBuilder::new(&wide).literal_separator(true).build();
    built.is_ok_and(|glob| glob.compile_matcher().is_match(path))
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

/// See [`Ruleset::for_document`].
pub(super) fn apply(ruleset: &Ruleset, path: &Path) -> Result<Ruleset, Vec<Diagnostic>> {
    let mut out = ruleset.clone();
    let Some(file) = &ruleset.loaded else { return Ok(out) };
    let path = relative(&ruleset.folder, path);
    let mut faults = Vec::new();
    for entry in &ruleset.overrides {
        let plain = entry.files.iter().filter(|(_, pointer)| pointer.is_none());
        if !plain.into_iter().any(|(glob, _)| fits(glob, &path)) {
            continue;
        }
        let Some(map) = file.value.pointer(&entry.pointer).and_then(Value::as_object) else { continue };
        // Aliases of the ruleset hold inside its overrides too.
        let mut map = map.clone();
        let mut aliases = file.value.get("aliases").and_then(Value::as_object).cloned().unwrap_or_else(Map::new);
        aliases.extend(map.get("aliases").and_then(Value::as_object).cloned().unwrap_or_default());
        map.insert("aliases".to_owned(), Value::Object(aliases));
        let source = Source { file, pointer: &entry.pointer, private: false, functions: &ruleset.functions };
        merge::merge(&mut Loader::resumed(), &mut out, &source, &map, &mut faults);
    }
    for rule in out.rules.values_mut() {
        rule.by_pointer.retain(|by| fits(&by.glob, &path));
    }
    if faults.is_empty() { Ok(out) } else { Err(faults) }
}

/// The severity of a rule at a pointer; `None` is off.
pub(in crate::lint) fn severity_at(rule: &super::Rule, pointer: &str) -> Option<Severity> {
    let mut level = Some(rule.severity);
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
