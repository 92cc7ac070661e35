//! Errors of JSON Schema validation in the words and the selection that Spectral's users know.
//!
//! Their validator stops at the first failing keyword of a schema, in an order of its own, but runs all branches of
//! `anyOf` and `oneOf`; a second pass then drops what says little. Both are done here over complete lists of errors.

use super::ajv_order::{conditions, order, steps};
use super::json::{number_text, same};
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
    groups(errors.iter(), &How { root, all, nested: false, checker })
}

/// What one validation is about.
#[derive(Clone, Copy)]
struct How<'h> {
    root: &'h Value,
    all: bool,
    /// Within a branch, where an error does not end the validation.
    nested: bool,
    /// The whole schema, for what its errors do not hold.
    checker: Option<&'h Checker>,
}

/// Every error with those that led to it, in order; unless all are asked for, the first.
fn groups<'e>(errors: impl Iterator<Item = &'e ValidationError<'e>>, how: &How<'_>) -> Vec<Fault> {
    let mut groups: Vec<(Vec<u32>, Vec<Fault>)> = errors
        .map(|error| {
            let group = expand(error, how);
            (group.last().map(|fault| fault.order.clone()).unwrap_or_default(), group)
        })
        .collect();
    groups.sort_by(|a, b| a.0.cmp(&b.0));
    if !how.all {
        groups.truncate(1);
    }
    let mut out: Vec<Fault> = Vec::new();
    for fault in groups.into_iter().flat_map(|(_, group)| group) {
        // A condition is told once, after what failed under it.
        if fault.keyword == "if" {
            out.retain(|known| known.keyword != "if" || known.path != fault.path || known.message != fault.message);
        }
        out.push(fault);
    }
    out
}

/// The errors of branches and of elements first, then the error itself, then the conditions that it stands under.
fn expand(error: &ValidationError<'_>, how: &How<'_>) -> Vec<Fault> {
    let How { root, all, nested, checker } = *how;
    let mut out = Vec::new();
    if let (Kind::Contains, Some(checker)) = (error.kind(), checker)
        && (all || nested)
    {
        out.extend(elements(error, root, checker, all));
    }
    if let Kind::AnyOf { context } | Kind::OneOfNotValid { context } = error.kind() {
        for branch in context {
            out.extend(groups(branch.iter(), &How { nested: true, ..*how }));
        }
    }
    if let Kind::OneOfMultipleValid { context } = error.kind() {
        // What comes after the second branch that matches is not looked at.
        let mut matching = 0;
        for branch in context {
            matching += usize::from(branch.is_empty());
            if matching < 2 {
                out.extend(groups(branch.iter(), &How { nested: true, ..*how }));
            }
        }
    }
    if let Kind::PropertyNames { error: name } = error.kind() {
        // Told at the object; order is that of the whole.
        let path = error.instance_path().to_string();
        out.extend(fault(name, how).into_iter().map(|fault| Fault { path: path.clone(), ..fault }));
    }
    out.extend(fault(error, how));
    if all || nested {
        let path = error.instance_path().to_string();
        for (holder, below, word) in conditions(error.schema_path().to_string().as_str()).into_iter().rev() {
            let mut at = path.as_str();
            for _ in 0..steps(below) {
                at = at.rsplit_once('/').map_or("", |(above, _)| above);
            }
            out.push(Fault {
                keyword: "if".to_owned(),
                path: at.to_owned(),
                message: format!("must match \"{word}\" schema"),
                allowed: Vec::new(),
                order: order(checker.map(Checker::schema), root, &format!("{holder}/if"), at),
            });
        }
    }
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

fn fault(error: &ValidationError<'_>, how: &How<'_>) -> Vec<Fault> {
    let How { root, all, checker, .. } = *how;
    let path = error.instance_path().to_string();
    let schema_path = error.schema_path().to_string();
    let order = order(checker.map(Checker::schema), root, &schema_path, &path);
    let keyword = error.kind().keyword().to_owned();
    let value = root.pointer(&path).unwrap_or(root);
    let one = |message: String, allowed: Vec<Value>| {
        vec![Fault { keyword: keyword.clone(), path: path.clone(), message, allowed, order: order.clone() }]
    };
    let plain = |message: &str| one(message.to_owned(), Vec::new());
    let unexpected = |names: &mut dyn Iterator<Item = &String>| {
        let wanted = if all { usize::MAX } else { 1 };
        let fault = |name: &String| Fault {
            keyword: "additionalProperties".to_owned(),
            path: path.clone(),
            message: format!("Property \"{name}\" is not expected to be here"),
            allowed: Vec::new(),
            order: order.clone(),
        };
        names.take(wanted).map(fault).collect()
    };
    let limit = |limit: &Value| match limit {
        Value::Number(number) => number_text(number),
        other => other.to_string(),
    };
    match error.kind() {
        Kind::Type { kind } => {
            let written = checker.and_then(|checker| checker.types(&schema_path));
            plain(&format!("must be {}", written.unwrap_or_else(|| types(kind))))
        }
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
        Kind::OneOfMultipleValid { .. } => {
            let message = "must match exactly one schema in oneOf".to_owned();
            vec![Fault { keyword: MANY.to_owned(), path, message, allowed: Vec::new(), order }]
        }
        Kind::OneOfNotValid { .. } => plain("must match exactly one schema in oneOf"),
        Kind::Contains => plain(&contained(checker, &schema_path)),
        Kind::FalseSchema if schema_path.ends_with("/additionalProperties") && value.is_object() => {
            unexpected(&mut value.as_object().into_iter().flat_map(serde_json::Map::keys))
        }
        Kind::FalseSchema => plain("boolean schema is false"),
        Kind::PropertyNames { .. } => plain("property name must be valid"),
        Kind::AdditionalProperties { unexpected: names } => unexpected(&mut names.iter()),
        Kind::UnevaluatedProperties { .. } => plain("must not have unevaluated properties"),
        Kind::UnevaluatedItems { .. } => plain("must not have unevaluated items"),
        _ => plain(&error.to_string()),
    }
}

/// What stands for `oneOf` where several schemas match.
const MANY: &str = "oneOf, several";

/// How many elements `contains` asks for.
fn contained(checker: Option<&Checker>, schema_path: &str) -> String {
    let bound = |key| checker.and_then(|checker| checker.beside(schema_path, key)).and_then(Value::as_u64);
    let least = bound("minContains").unwrap_or(1);
    match bound("maxContains") {
        Some(most) => format!("must contain at least {least} and no more than {most} valid item(s)"),
        None => format!("must contain at least {least} valid item(s)"),
    }
}

fn types(kind: &TypeKind) -> String {
    let name = |ty: JsonType| ty.to_string().trim_matches('"').to_owned();
    match kind {
        TypeKind::Single(ty) => name(*ty),
        TypeKind::Multiple(set) => {
            // As meta-schemas list them; `null` comes last.
            let mut names: Vec<_> = set.iter().map(name).collect();
            names.sort_by_key(|name| if name == "object" { 0 } else { 1 + usize::from(name == "null") });
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
