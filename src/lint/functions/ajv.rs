//! Errors of JSON Schema validation in the words and the selection that Spectral's users know.
//!
//! Their validator stops at the first failing keyword of a schema, in an order of its own, but runs all branches of
//! `anyOf` and `oneOf`; a second pass then drops what says little. Both are done here over complete lists of errors.

use super::ajv_order::order;
use super::json::{number_text, print_value, same};
use super::schema::Checker;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

/// One error.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    pub(super) keyword: String,
    pub(super) path: String,
    pub(super) message: String,
    /// Values of `enum`.
    pub(super) allowed: Vec<Value>,
    /// When it is met.
    order: Vec<u32>,
}

/// The errors of one validation, in order; `all`: do not stop at the first.
pub(super) fn faults(
    errors: Vec<ValidationError<'_>>,
    root: &Value,
    all: bool,
    checker: Option<&Checker>,
) -> Vec<Fault> {
    let how = How { root, all, checker };
    let mut groups: Vec<(Vec<u32>, Vec<Fault>)> = errors
        .into_iter()
        .map(|error| {
            let group = expand(&error, &how);
            (group.last().map(|fault| fault.order.clone()).unwrap_or_default(), group)
        })
        .collect();
    groups.sort_by(|a, b| a.0.cmp(&b.0));
    if !all {
        groups.truncate(1);
    }
    groups.into_iter().flat_map(|(_, group)| group).collect()
}

/// What one validation is about.
struct How<'h> {
    root: &'h Value,
    all: bool,
    /// The whole schema, for what its errors do not hold.
    checker: Option<&'h Checker>,
}

/// The errors of branches and of elements first, then the error itself.
fn expand(error: &ValidationError<'_>, how: &How<'_>) -> Vec<Fault> {
    let How { root, all, checker } = *how;
    let mut out = Vec::new();
    if let (Kind::Contains, Some(checker)) = (error.kind(), checker) {
        out.extend(elements(error, root, checker, all));
    }
    if let Kind::AnyOf { context } | Kind::OneOfNotValid { context } = error.kind() {
        for branch in context {
            let mut groups: Vec<Vec<Fault>> = branch.iter().map(|error| expand(error, how)).collect();
            groups.sort_by(|a, b| a.last().map(|fault| &fault.order).cmp(&b.last().map(|fault| &fault.order)));
            let wanted = if all { groups.len() } else { 1 };
            out.extend(groups.into_iter().take(wanted).flatten());
        }
    }
    out.extend(fault(error, root, checker));
    out
}

/// Why no element is what `contains` asks for.
fn elements(error: &ValidationError<'_>, root: &Value, checker: &Checker, all: bool) -> Vec<Fault> {
    let path = error.instance_path().to_string();
    let list = root.pointer(&path).and_then(Value::as_array);
    let Some(inner) = checker.inner(&error.schema_path().to_string()) else { return Vec::new() };
    let mut out = Vec::new();
    for (index, element) in list.into_iter().flatten().enumerate() {
        for mut fault in faults(inner.iter_errors(element).collect(), element, all, None) {
            fault.path = format!("{path}/{index}{}", fault.path);
            out.push(fault);
        }
    }
    out
}

fn fault(error: &ValidationError<'_>, root: &Value, checker: Option<&Checker>) -> Vec<Fault> {
    let path = error.instance_path().to_string();
    let schema_path = error.schema_path().to_string();
    let order = order(checker.map(Checker::schema), root, &schema_path, &path);
    let keyword = error.kind().keyword().to_owned();
    let value = root.pointer(&path).unwrap_or(root);
    let one = |message: String, allowed: Vec<Value>| {
        vec![Fault { keyword: keyword.clone(), path: path.clone(), message, allowed, order: order.clone() }]
    };
    let plain = |message: &str| one(message.to_owned(), Vec::new());
    let limit = |limit: &Value| match limit {
        Value::Number(number) => number_text(number),
        other => other.to_string(),
    };
    match error.kind() {
        Kind::Type { kind } => plain(&format!("must be {}", types(kind))),
        Kind::Required { property } => {
            plain(&format!("must have required property \"{}\"", property.as_str().unwrap_or_default()))
        }
        Kind::Enum { options } => {
            let allowed = options.as_array().cloned().unwrap_or_default();
            one("must be equal to one of the allowed values".to_owned(), allowed)
        }
        Kind::Constant { .. } => plain("must be equal to constant"),
        Kind::Maximum { limit: at } => plain(&format!("must be <= {}", limit(at))),
        Kind::Minimum { limit: at } => plain(&format!("must be >= {}", limit(at))),
        Kind::ExclusiveMaximum { limit: at } => plain(&format!("must be < {}", limit(at))),
        Kind::ExclusiveMinimum { limit: at } => plain(&format!("must be > {}", limit(at))),
        Kind::MultipleOf { multiple_of } => {
            plain(&format!("must be multiple of {}", crate::lint::path::number_text(*multiple_of)))
        }
        Kind::MaxLength { limit } => plain(&format!("must not have more than {limit} characters")),
        Kind::MinLength { limit } => plain(&format!("must not have fewer than {limit} characters")),
        Kind::Pattern { pattern } => plain(&format!("must match pattern \"{pattern}\"")),
        Kind::Format { format } => plain(&format!("must match format \"{format}\"")),
        Kind::Custom { message, .. } => plain(message),
        Kind::MaxItems { limit } => plain(&format!("must not have more than {limit} items")),
        Kind::AdditionalItems { limit } => plain(&format!("must not have more than {limit} items")),
        Kind::MinItems { limit } => plain(&format!("must not have fewer than {limit} items")),
        Kind::UniqueItems => {
            let (a, b) = duplicates(value).unwrap_or_default();
            plain(&format!("must not have duplicate items (items ## {a} and {b} are identical)"))
        }
        Kind::MaxProperties { limit } => plain(&format!("must not have more than {limit} properties")),
        Kind::MinProperties { limit } => plain(&format!("must not have fewer than {limit} properties")),
        Kind::Not { .. } => plain("must not be valid"),
        Kind::AnyOf { .. } => plain("must match a schema in anyOf"),
        Kind::OneOfMultipleValid { .. } | Kind::OneOfNotValid { .. } => plain("must match exactly one schema in oneOf"),
        Kind::Contains => plain("must contain at least 1 valid item(s)"),
        Kind::FalseSchema => plain("boolean schema is false"),
        Kind::PropertyNames { .. } => plain("property name must be valid"),
        Kind::AdditionalProperties { unexpected } => unexpected
            .iter()
            .take(1)
            .flat_map(|name| one(format!("Property \"{name}\" is not expected to be here"), Vec::new()))
            .collect(),
        Kind::UnevaluatedProperties { .. } => plain("must not have unevaluated properties"),
        Kind::UnevaluatedItems { .. } => plain("must not have unevaluated items"),
        _ => plain(&error.to_string()),
    }
}

fn types(kind: &TypeKind) -> String {
    let name = |ty: JsonType| ty.to_string().trim_matches('"').to_owned();
    match kind {
        TypeKind::Single(ty) => name(*ty),
        TypeKind::Multiple(set) => {
            // `null` comes last, as where a schema is made nullable.
            let mut names: Vec<_> = set.iter().map(name).collect();
            names.sort_by_key(|name| name == "null");
            names.join(",")
        }
    }
}

/// The last element that has an equal one before it, the nearest such first.
fn duplicates(value: &Value) -> Option<(usize, usize)> {
    let list = value.as_array()?;
    (1..list.len()).rev().find_map(|later| {
        let earlier = (0..later).rev().find(|&earlier| same(&list[earlier], &list[later]))?;
        Some((earlier, later))
    })
}

/// What is told: path below the value, and the text.
pub(super) fn told(faults: Vec<Fault>, value: &Value, name: Option<&str>) -> Vec<(Vec<String>, String)> {
    let unmatched: Vec<(String, String)> = faults
        .iter()
        .filter(|fault| ["oneOf", "anyOf"].contains(&fault.keyword.as_str()))
        .map(|fault| (fault.path.clone(), fault.keyword.clone()))
        .collect();
    let mut root = Branch::default();
    for fault in faults {
        root.add(fault);
    }
    root.thin_children();
    let mut out = Vec::new();
    root.tell(value, name, &mut out);
    out.into_iter()
        .map(|(path, text)| {
            let text = by_index(text, &path);
            let text = match unmatched.iter().rev().find(|(at, _)| *at == path) {
                Some((_, keyword)) if text.ends_with(&format!(" in {keyword}")) => {
                    format!("{text}. None of the schemas matched, see the other errors reported for this value")
                }
                _ => text,
            };
            let tokens = path.strip_prefix('/').map(|path| path.split('/').map(str::to_owned).collect());
            (tokens.unwrap_or_default(), text)
        })
        .collect()
}

/// `"3" property …` becomes `Item at index 3 …`.
fn by_index(text: String, path: &str) -> String {
    let index = path.rsplit('/').next().unwrap_or_default();
    if index.is_empty() || !index.bytes().all(|b| b.is_ascii_digit()) {
        return text;
    }
    for prefix in [format!("\"{index}\" property type"), format!("\"{index}\" property")] {
        if let Some(rest) = text.strip_prefix(&prefix) {
            return format!("Item at index {index}{rest}");
        }
    }
    text
}

#[derive(Default)]
struct Branch {
    faults: Vec<Fault>,
    children: Vec<(String, Branch)>,
}

impl Branch {
    fn add(&mut self, fault: Fault) {
        let mut at = self;
        for segment in segments(&fault.path) {
            let known = at.children.iter().position(|(name, _)| *name == segment).unwrap_or_else(|| {
                at.children.push((segment, Branch::default()));
                at.children.len() - 1
            });
            at = &mut at.children[known].1;
        }
        at.faults.push(fault);
    }

    /// With errors below, an `anyOf` error says nothing; an `enum` error beside others says little.
    fn thin_children(&mut self) {
        let count = self.children.len();
        self.children.retain_mut(|(_, child)| {
            if child.faults.iter().any(|fault| fault.keyword == "anyOf") && !child.children.is_empty() {
                child.faults.clear();
            }
            let only_enum = !child.faults.is_empty() && child.faults.iter().all(|fault| fault.keyword == "enum");
            !(only_enum && count > 1)
        });
        for (_, child) in &mut self.children {
            child.thin_children();
        }
    }

    fn tell(&self, value: &Value, name: Option<&str>, out: &mut Vec<(String, String)>) {
        if let Some(first) = self.faults.first().filter(|_| self.faults.iter().all(|fault| fault.keyword == "enum")) {
            let mut allowed: Vec<Value> = Vec::new();
            for value in self.faults.iter().flat_map(|fault| &fault.allowed) {
                if !allowed.contains(value) {
                    allowed.push(value.clone());
                }
            }
            let all: Vec<_> = allowed.iter().map(plain_value).collect();
            let subject = subject(&first.path, value, name);
            let mut text = format!("{subject} must be equal to one of the allowed values: {}", all.join(", "));
            if let Some(best) = best_match(&allowed, value.pointer(&first.path)) {
                text.push_str(&format!(". Did you mean \"{best}\"?"));
            }
            out.push((first.path.clone(), text));
            return;
        }
        for fault in &self.faults {
            let text = match fault.keyword.as_str() {
                "additionalProperties" => fault.message.clone(),
                "type" => match last(&fault.path).or(name) {
                    Some(name) => format!("\"{name}\" property type {}", fault.message),
                    None => format!("Value type {}", fault.message),
                },
                _ => format!("{} {}", subject(&fault.path, value, name), fault.message),
            };
            out.push((fault.path.clone(), text));
        }
        for (_, child) in &self.children {
            child.tell(value, name, out);
        }
    }
}

fn plain_value(value: &Value) -> String {
    match value {
        Value::Array(_) | Value::Object(_) => value.to_string(),
        _ => print_value(value),
    }
}

/// The parts of a path as the second pass splits them: an index belongs to the name before it.
fn segments(path: &str) -> Vec<String> {
    if path.is_empty() {
        return vec![String::new()];
    }
    let mut out: Vec<String> = Vec::new();
    let mut joined = false;
    for part in path.split('/').skip(1) {
        let index = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if index && !joined && !out.is_empty() {
            if let Some(last) = out.last_mut() {
                last.push('/');
                last.push_str(part);
            }
            joined = true;
        } else {
            out.push(part.to_owned());
            joined = false;
        }
    }
    out
}

fn last(path: &str) -> Option<&str> {
    path.rsplit_once('/').map(|(_, last)| last)
}

fn subject(path: &str, root: &Value, name: Option<&str>) -> String {
    if let Some(name) = last(path).or(name) {
        return format!("\"{name}\" property");
    }
    match root.pointer(path).unwrap_or(root) {
        Value::String(_) => "String",
        Value::Number(_) => "Number",
        Value::Bool(_) => "Boolean",
        _ => "Object",
    }
    .to_owned()
}

fn best_match(allowed: &[Value], value: Option<&Value>) -> Option<String> {
    let text = value?.as_str()?;
    let texts = allowed.iter().filter_map(Value::as_str).map(|known| (distance(known, text), known));
    let (weight, best) = texts.min_by_key(|(weight, _)| *weight)?;
    (allowed.len() == 1 || weight < best.encode_utf16().count()).then(|| best.to_owned())
}

/// Levenshtein distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(200).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(200).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (diagonal + usize::from(x != *y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}
