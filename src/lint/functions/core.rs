//! The core functions but `schema`.

use super::collate::collate;
use super::json::{print_value, same};
use super::{At, Call, Found, Target};
use crate::lint::path::text_number;
use crate::pattern::Pattern;
use crate::syntax::Kind;
use crate::text::Cut;
use crate::workspace::{Place, PlaceId};
use rustc_hash::FxHashSet;
use serde_json::Value;
use std::cmp::Ordering;

/// A core function with its options.
#[derive(Debug, Clone)]
pub(in crate::lint) enum Core {
    Alphabetical { keyed_by: Option<String> },
    Casing { kind: String, pattern: Box<Pattern>, leading: Option<String> },
    Defined,
    Enumeration { values: Vec<Value>, words: String },
    Falsy,
    Length { min: Option<f64>, max: Option<f64> },
    Or { properties: Vec<String> },
    Pattern { matches: Option<(String, Box<Pattern>)>, not: Option<(String, Box<Pattern>)> },
    Truthy,
    Undefined,
    Unreferenced { location: String },
    Xor { properties: Vec<String> },
}

impl Core {
    /// Compiles a function whose options were checked.
    pub(super) fn compile(name: &str, options: &Value) -> Result<Self, String> {
        let text = |key: &str| options.get(key).and_then(Value::as_str).map(str::to_owned);
        let texts = |key: &str| -> Vec<String> {
            let list = options.get(key).and_then(Value::as_array);
            list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let regex = |key: &str| -> Result<Option<(String, Box<Pattern>)>, String> {
            let Some(option) = options.get(key) else { return Ok(None) };
            let source = option.get("$regexp").unwrap_or(option).as_str().unwrap_or_default();
            Ok(Some((source.to_owned(), Box::new(Pattern::from_option(source)?))))
        };
        Ok(match name {
            "alphabetical" => Core::Alphabetical { keyed_by: text("keyedBy") },
            "casing" => casing(options)?,
            "defined" => Core::Defined,
            "enumeration" => {
                let values = options.get("values").and_then(Value::as_array).cloned().unwrap_or_default();
                let all: Vec<_> = values.iter().map(print_value).collect();
                // A longer list is cut from the message anyway.
                let all: String = all.join(", ").chars().take(5_000).collect();
                let words = format!("#{{{{print(\"value\")}}}} must be equal to one of the allowed values: {all}");
                Core::Enumeration { values, words }
            }
            "falsy" => Core::Falsy,
            "length" => Core::Length {
                min: options.get("min").and_then(Value::as_f64),
                max: options.get("max").and_then(Value::as_f64),
            },
            "or" => Core::Or { properties: texts("properties") },
            "pattern" => Core::Pattern { matches: regex("match")?, not: regex("notMatch")? },
            "truthy" => Core::Truthy,
            "undefined" => Core::Undefined,
            "unreferencedReusableObject" => {
                Core::Unreferenced { location: text("reusableObjectsLocation").unwrap_or_default() }
            }
            "xor" => Core::Xor { properties: texts("properties") },
            _ => return Err(format!("function `{name}` is not known")),
        })
    }

    pub(super) fn call<'w>(&self, call: &Call<'_, 'w>, out: &mut Vec<Found<'w>>) {
        let target = call.target;
        let said = |condition: bool, words: &str| {
            condition.then(|| Found::here(format!("#{{{{print(\"property\")}}}}{words}")))
        };
        match self {
            Core::Alphabetical { keyed_by } => out.extend(alphabetical(call, keyed_by.as_deref())),
            Core::Casing { kind, pattern, leading } => {
                let Some(text) = target.text().filter(|text| !text.is_empty()) else { return };
                if leading.as_deref() != Some(&*text) && !pattern.is_match(&text) {
                    out.push(Found::here(format!("must be {kind} case")));
                }
            }
            Core::Defined => out.extend(said(matches!(target, Target::Missing), "must be defined")),
            Core::Undefined => out.extend(said(!matches!(target, Target::Missing), "must be undefined")),
            Core::Falsy => out.extend(said(target.is_truthy(), "must be falsy")),
            Core::Truthy => out.extend(said(!target.is_truthy(), "must be truthy")),
            Core::Enumeration { values, words } => {
                let Some(value) = scalar(target) else { return };
                if !values.iter().any(|known| same(known, &value)) {
                    out.push(Found::here(words.clone()));
                }
            }
            Core::Length { min, max } => {
                let Some(length) = length(target) else { return };
                let number = crate::lint::path::number_text;
                if let Some(min) = min.filter(|min| length < *min) {
                    out.extend(said(true, &format!("must be longer than {}", number(min))));
                }
                if let Some(max) = max.filter(|max| length > *max) {
                    out.extend(said(true, &format!("must be shorter than {}", number(max))));
                }
            }
            Core::Pattern { matches, not } => {
                let Some(text) = target.text() else { return };
                for (pattern, wanted, words) in [(matches, true, "match"), (not, false, "not match")] {
                    let Some((source, regex)) = pattern else { continue };
                    let source = || escaped(source);
                    match regex.matches(&text) {
                        Some(found) if found == wanted => {}
                        Some(_) => {
                            let words = format!("#{{{{print(\"value\")}}}} must {words} the pattern \"{}\"", source());
                            out.push(Found::here(words));
                        }
                        None => {
                            let message = format!("the pattern \"{}\" takes too many steps on a value", source());
                            out.push(Found { message, at: At::Failure });
                        }
                    }
                }
            }
            Core::Or { properties } | Core::Xor { properties } => {
                let Some(place) = target.map() else { return };
                let present: Vec<&str> = place
                    .members()
                    .map(|member| member.name)
                    .filter(|name| properties.iter().any(|p| p == name))
                    .collect();
                if present.is_empty() {
                    out.push(Found::here(none_of(properties)));
                }
                if present.len() > 1 && matches!(self, Core::Xor { .. }) {
                    out.push(Found::here(format!("Just one of \"{}\" must be defined", present.join("\" and \""))));
                }
            }
            Core::Unreferenced { location } => {
                if let Some(place) = target.map() {
                    unreferenced(call, place, location, out);
                }
            }
        }
    }
}

/// A text as it stands between JSON quotes.
fn escaped(text: &str) -> String {
    let quoted = Value::String(text.to_owned()).to_string();
    quoted.cut(1..quoted.len() - 1).to_owned()
}

fn none_of(properties: &[String]) -> String {
    if properties.len() > 4 {
        let first = properties[..3].join("\" or \"");
        return format!("At least one of \"{first}\" or {} other properties must be defined", properties.len() - 3);
    }
    format!("At least one of \"{}\" must be defined", properties.join("\" or \""))
}

fn casing(options: &Value) -> Result<Core, String> {
    let kind = options.get("type").and_then(Value::as_str).unwrap_or_default();
    let digits = if options.get("disallowDigits") == Some(&Value::Bool(true)) { "" } else { "0-9" };
    let base = match kind {
        "flat" => format!("[a-z][a-z{digits}]*"),
        "camel" => format!("[a-z][a-z{digits}]*(?:[A-Z{digits}](?:[a-z{digits}]+|$))*"),
        "pascal" => format!("[A-Z][a-z{digits}]*(?:[A-Z{digits}](?:[a-z{digits}]+|$))*"),
        "kebab" => format!("[a-z][a-z{digits}]*(?:-[a-z{digits}]+)*"),
        "cobol" => format!("[A-Z][A-Z{digits}]*(?:-[A-Z{digits}]+)*"),
        "snake" => format!("[a-z][a-z{digits}]*(?:_[a-z{digits}]+)*"),
        "macro" => format!("[A-Z][A-Z{digits}]*(?:_[A-Z{digits}]+)*"),
        _ => return Err(format!("`{kind}` is not a casing")),
    };
    let separator = options.get("separator");
    let char = separator.and_then(|separator| separator.get("char")).and_then(Value::as_str);
    let allow = separator.and_then(|separator| separator.get("allowLeading")) == Some(&Value::Bool(true));
    let source = match char {
        None => format!("^{base}$"),
        Some(char) => {
            // As separators are escaped before they stand in a class.
            let escape = char.chars().all(|c| r"^$\.*+?()[]{}|".contains(c)) && !char.is_empty();
            let class = if escape { format!("[\\{char}]") } else { format!("[{char}]") };
            let leading = if allow { format!("{class}?") } else { String::new() };
            format!("^{leading}{base}(?:{class}{base})*$")
        }
    };
    let leading = char.filter(|char| allow && char.encode_utf16().count() == 1).map(str::to_owned);
    Ok(Core::Casing { kind: kind.to_owned(), pattern: Box::new(Pattern::with_flags(&source, "")?), leading })
}

fn scalar(target: Target<'_>) -> Option<Value> {
    match target {
        Target::Key(text) => Some(Value::String(text.to_owned())),
        Target::Index(index) => Some(Value::from(index)),
        Target::IndexKey(index) => Some(Value::String(index.to_string())),
        Target::Node(place) if !matches!(place.kind(), Kind::Map | Kind::Seq) => Some(place.to_json()),
        _ => None,
    }
}

fn length(target: Target<'_>) -> Option<f64> {
    match target {
        Target::Missing => None,
        Target::Key(text) => Some(text.encode_utf16().count() as f64),
        Target::Index(index) => Some(index as f64),
        Target::IndexKey(index) => Some(index.to_string().len() as f64),
        Target::Node(place) => match place.kind() {
            Kind::Map | Kind::Seq => Some(place.len() as f64),
            Kind::Str => Some(place.text().encode_utf16().count() as f64),
            Kind::Int | Kind::Float => place.as_f64(),
            _ => None,
        },
    }
}

/// An item to be ordered.
enum Item<'w> {
    Text(&'w str),
    Number(f64),
    Other,
}

fn item(place: Option<Place<'_>>) -> Item<'_> {
    match place.map(|place| (place.kind(), place)) {
        Some((Kind::Str, place)) => Item::Text(place.text()),
        Some((Kind::Int | Kind::Float, place)) => Item::Number(place.as_f64().unwrap_or(f64::NAN)),
        _ => Item::Other,
    }
}

fn alphabetical<'w>(call: &Call<'_, 'w>, keyed_by: Option<&str>) -> Option<Found<'w>> {
    let place = call.target.node()?;
    let mut items: Vec<Item<'w>> = match place.kind() {
        Kind::Map => place.members().map(|member| Item::Text(member.name)).collect(),
        Kind::Seq => place.elements().map(|element| item(Some(call.view.follow(element)))).collect(),
        _ => return None,
    };
    if items.len() < 2 {
        return None;
    }
    if let Some(key) = keyed_by {
        let elements: Vec<_> = place.elements().map(|element| call.view.follow(element)).collect();
        if place.is_map() || elements.iter().any(|element| !element.is_map() && !element.is_seq()) {
            return Some(Found::here("#{{print(\"property\")}}must be an object"));
        }
        items = elements.into_iter().map(|element| item(call.view.get(element, key))).collect();
    }
    if items.iter().any(|item| matches!(item, Item::Other)) {
        return Some(Found::here("#{{print(\"property\")}}must be one of the allowed types: number, string"));
    }
    let at = (1..items.len()).find(|&at| after(&items[at - 1], &items[at]))? - 1;
    if keyed_by.is_some() {
        return Some(Found::here("properties must follow the alphabetical order"));
    }
    let print = |item: &Item<'_>| match item {
        Item::Text(text) => Value::String((*text).to_owned()).to_string(),
        Item::Number(number) => crate::lint::path::number_text(*number),
        Item::Other => String::new(),
    };
    let words = format!("{} must be placed after {}", print(&items[at]), print(&items[at + 1]));
    let path = match (place.is_seq(), &items[at]) {
        (false, Item::Text(name)) => (*name).to_owned(),
        _ => at.to_string(),
    };
    Some(Found::below(vec![path], words))
}

/// Whether `a` belongs after `b`: numbers by value, texts as people order them.
fn after(a: &Item<'_>, b: &Item<'_>) -> bool {
    match (a, b) {
        (Item::Number(a), Item::Number(b)) => a - b >= 1.0,
        (Item::Text(a), Item::Text(b)) => {
            let (x, y) = (text_number(a), text_number(b));
            if x.is_nan() && !y.is_nan() {
                return false;
            }
            if !x.is_nan() && !y.is_nan() && !a.is_empty() {
                return collate(a, b) == Ordering::Greater;
            }
            collate(a, b) == Ordering::Greater
        }
        (Item::Number(a), Item::Text(b)) => a - text_number(b) >= 1.0,
        _ => false,
    }
}

/// Nodes that some reference in the contract leads to.
fn referenced(call: &Call<'_, '_>) -> FxHashSet<PlaceId> {
    let mut out = FxHashSet::default();
    let workspace = call.view.root.workspace();
    for (document, loaded) in workspace.documents() {
        let root = workspace.document_root(document);
        let tree = loaded.tree();
        let Some(symbol) = tree.symbol("$ref") else { continue };
        for id in (0..tree.len() as u32).map(crate::syntax::NodeId) {
            if tree.node(id).key_symbol() == Some(symbol) {
                let value = PlaceId { document: root.document_id(), node: crate::syntax::NodeId(id.0 + 1) };
                if let Some(Ok(target)) = workspace.place(value).follow_uri() {
                    out.insert(target.id());
                    // Whoever refers into a component refers to the component.
                    mark_holders(target, &mut out);
                }
            }
        }
    }
    out
}

/// The pointers that references within the contract's own document name, as they are read.
fn asked(call: &Call<'_, '_>) -> FxHashSet<String> {
    let document = call.view.root.document();
    let tree = document.tree();
    let Some(symbol) = tree.symbol("$ref") else { return FxHashSet::default() };
    (0..tree.len() as u32)
        .map(crate::syntax::NodeId)
        .filter(|id| tree.node(*id).key_symbol() == Some(symbol))
        .filter_map(|id| tree.node(crate::syntax::NodeId(id.0 + 1)).as_str())
        .filter(|text| text.starts_with('#'))
        .map(|text| {
            crate::syntax::pointer::tokens(text)
                .map_or_else(|| text.to_owned(), |tokens| format!("#/{}", tokens.join("/")))
        })
        .collect()
}

fn mark_holders(target: Place<'_>, out: &mut FxHashSet<PlaceId>) {
    let path = target.path();
    let mut place = target.workspace().document_root(target.document_id());
    for token in &path {
        let Some(child) = place.child(token) else { return };
        place = child;
        out.insert(place.id());
    }
}

fn unreferenced<'w>(call: &Call<'_, 'w>, place: Place<'w>, location: &str, out: &mut Vec<Found<'w>>) {
    let used = call.view.referenced.get_or_init(|| referenced(call));
    let holder = call.view.root.workspace().document_root(call.view.root.document_id());
    let at = location.strip_prefix('#').and_then(|pointer| holder.document().tree().at_pointer(pointer));
    for member in place.members() {
        // A reference to what is not there is a use, too.
        let written = format!("{location}/{}", member.name);
        let asked = || call.view.asked.get_or_init(|| asked(call)).contains(&written);
        let defined = at.and_then(|at| at.get(member.name));
        let defined = defined.map(|node| PlaceId { document: holder.document_id(), node: node.followed().id() });
        if defined.is_none_or(|id| !used.contains(&id)) && !(defined.is_none() && asked()) {
            // The location counts, wherever the names were found.
            let pointer = format!("{}/{}", location.strip_prefix('#').unwrap_or_default(), member.name);
            let path = pointer.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
            let message = "Potential orphaned reusable object has been detected".to_owned();
            out.push(Found { message, at: At::Root(path) });
        }
    }
}
