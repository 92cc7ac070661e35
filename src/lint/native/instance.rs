//! Whether a value written in the contract fits a schema written in it: the part of JSON Schema that examples break.
//!
//! Errs on the side of silence: keywords it does not know accept everything, and so do references that lead nowhere.
//! It works on places, so a fault points at the member of the example that is wrong. A validator would have to be built for
//! every schema with all that it refers to, which costs more than the few examples that it judges.

use super::schema;
use crate::lint::regex::JsRegex;
use crate::syntax::Kind;
use crate::workspace::Place;
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};

/// Where a value does not fit, and why.
#[derive(Debug)]
pub(super) struct Fault<'w> {
    /// The part of the value.
    pub(super) at: Place<'w>,
    /// What is wrong with it.
    pub(super) what: String,
}

/// Nesting that is followed.
const DEPTH: usize = 24;
/// Schemas that one value is held against: alternatives in alternatives multiply.
const STEPS: usize = 20_000;
/// The same of all values of a contract.
const ALL_STEPS: usize = 4_000_000;

/// Holds values against schemas. Patterns are compiled once.
#[derive(Default)]
pub(super) struct Checker {
    patterns: RefCell<FxHashMap<String, Option<JsRegex>>>,
    steps: Cell<usize>,
    all: Cell<usize>,
}

impl Checker {
    /// Checks a value. Required properties with one of the keywords `hidden` (`readOnly`, `writeOnly`) may be missing.
    ///
    /// # Errors
    /// The first fault.
    pub(super) fn check<'w>(&self, value: Place<'w>, schema: Place<'w>, hidden: &[&str]) -> Result<(), Fault<'w>> {
        self.steps.set(0);
        self.fits(value, schema, hidden, DEPTH)
    }

    /// Counts a step; whether there may be another.
    fn goes_on(&self) -> bool {
        self.steps.set(self.steps.get() + 1);
        self.all.set(self.all.get() + 1);
        self.steps.get() < STEPS && self.all.get() < ALL_STEPS
    }

    /// Whether a pattern matches; `None` when it cannot be told.
    fn matches(&self, pattern: &str, text: &str) -> Option<bool> {
        let mut patterns = self.patterns.borrow_mut();
        if !patterns.contains_key(pattern) {
            // JSON Schema recommends unicode mode; what only the other reads is read by that.
            let compiled = JsRegex::new(pattern, "u").or_else(|_| JsRegex::new(pattern, ""));
            patterns.insert(pattern.to_owned(), compiled.ok());
        }
        patterns.get(pattern)?.as_ref()?.find(text)
    }

    fn fits<'w>(&self, value: Place<'w>, schema: Place<'w>, hidden: &[&str], depth: usize) -> Result<(), Fault<'w>> {
        let schema = schema.resolved();
        // A value that refers to another file is not a value yet.
        if depth == 0 || !self.goes_on() || !schema.is_map() || value.reference().is_some() {
            return Ok(());
        }
        let fault = |what: String| Err(Fault { at: value, what });
        if value.is_null() {
            let allows = schema.get_bool("nullable") == Some(true)
                || schema.get_bool("x-nullable") == Some(true)
                || schema.get("type").is_none()
                || schema::has_type(schema, "null");
            return if allows { Ok(()) } else { fault(format!("it is null, but must be {}", types(schema))) };
        }
        if let Some(expected) = schema.get("type")
            && !is_of_type(value, expected)
        {
            return fault(format!("it is {}, but must be {}", article(value.kind()), types(schema)));
        }
        if let Some(values) = schema.get("enum").filter(|values| values.is_seq() && !values.is_empty()) {
            let json = value.to_json();
            // A text in the list may have been read as a number or the other way round; that is for other rules.
            if !values
                .elements()
                .any(|one| one.to_json() == json || (!value.is_map() && !value.is_seq() && one.text() == value.text()))
            {
                return fault(format!("`{}` is none of the values in `enum`", shorten(value.text())));
            }
        }
        match value.kind() {
            Kind::Str => self.text(value, schema)?,
            Kind::Int | Kind::Float => number(value, schema)?,
            Kind::Seq => {
                if let Some(most) =
                    schema.get("maxItems").and_then(Place::as_u64).filter(|most| value.len() as u64 > *most)
                {
                    return fault(format!("it has {} items, but at most {most} are allowed", value.len()));
                }
                if let Some(least) =
                    schema.get("minItems").and_then(Place::as_u64).filter(|least| (value.len() as u64) < *least)
                {
                    return fault(format!("it has {} items, but at least {least} are needed", value.len()));
                }
                if let Some(items) =
                    schema.get("items").filter(|items| items.is_map() && schema.get("prefixItems").is_none())
                {
                    value.elements().try_for_each(|element| self.fits(element, items, hidden, depth - 1))?;
                }
            }
            Kind::Map => self.object(value, schema, hidden, depth)?,
            _ => {}
        }
        for branch in schema.get("allOf").into_iter().flat_map(Place::elements) {
            self.fits(value, branch, hidden, depth - 1)?;
        }
        for key in ["oneOf", "anyOf"] {
            let Some(branches) = schema.get(key).filter(|branches| branches.is_seq() && !branches.is_empty()) else {
                continue;
            };
            let fits_one = branches.elements().any(|branch| self.fits(value, branch, hidden, depth - 1).is_ok());
            if !fits_one {
                return fault(format!("it fits none of the alternatives of `{key}`"));
            }
        }
        Ok(())
    }

    fn object<'w>(&self, value: Place<'w>, schema: Place<'w>, hidden: &[&str], depth: usize) -> Result<(), Fault<'w>> {
        let properties = schema.get("properties");
        let is_hidden = |name: &str| {
            properties
                .and_then(|all| all.get(name))
                .is_some_and(|property| hidden.iter().any(|key| schema::flag(property, key)))
        };
        for name in schema.get("required").into_iter().flat_map(Place::elements).filter_map(Place::as_str) {
            if value.get(name).is_none() && !is_hidden(name) {
                return Err(Fault { at: value, what: format!("the required member `{name}` is missing") });
            }
        }
        let closed = schema.get("additionalProperties").and_then(Place::as_bool) == Some(false)
            && schema.get("patternProperties").is_none();
        for member in value.members() {
            match properties.and_then(|all| all.get(member.name)) {
                Some(property) => self.fits(member.value, property, hidden, depth - 1)?,
                None if closed => {
                    return Err(Fault {
                        at: member.value,
                        what: format!("the schema has no member `{}`, and allows no others", member.name),
                    });
                }
                None => {
                    if let Some(further) = schema
                        .get("additionalProperties")
                        .filter(|further| further.is_map() && schema.get("patternProperties").is_none())
                    {
                        self.fits(member.value, further, hidden, depth - 1)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn text<'w>(&self, value: Place<'w>, schema: Place<'w>) -> Result<(), Fault<'w>> {
        let written = value.text();
        let length = written.chars().count() as u64;
        let fault = |what: String| Err(Fault { at: value, what });
        if let Some(most) = schema.get("maxLength").and_then(Place::as_u64).filter(|most| length > *most) {
            return fault(format!("it has {length} characters, but at most {most} are allowed"));
        }
        if let Some(least) = schema.get("minLength").and_then(Place::as_u64).filter(|least| length < *least) {
            return fault(format!("it has {length} characters, but at least {least} are needed"));
        }
        if let Some(pattern) = schema.get_str("pattern").filter(|pattern| pattern.len() < 2000)
            && self.matches(pattern, written) == Some(false)
        {
            return fault(format!("`{}` does not match the pattern `{}`", shorten(written), shorten(pattern)));
        }
        Ok(())
    }
}

fn number<'w>(value: Place<'w>, schema: Place<'w>) -> Result<(), Fault<'w>> {
    let Some(number) = value.as_f64() else { return Ok(()) };
    let bound = |key: &str| schema.get(key).and_then(Place::as_f64);
    let fault = |what: String| Err(Fault { at: value, what });
    if let Some(most) = bound("maximum").filter(|most| number > *most) {
        return fault(format!("`{}` is greater than {most}", value.text()));
    }
    if let Some(least) = bound("minimum").filter(|least| number < *least) {
        return fault(format!("`{}` is less than {least}", value.text()));
    }
    Ok(())
}

fn is_of_type(value: Place<'_>, expected: Place<'_>) -> bool {
    let one = |name: &str| match name {
        "string" => value.kind() == Kind::Str,
        "integer" => value.kind() == Kind::Int || value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => matches!(value.kind(), Kind::Int | Kind::Float),
        "boolean" => value.kind() == Kind::Bool,
        "array" => value.is_seq(),
        "object" => value.is_map(),
        "null" => value.is_null(),
        _ => true,
    };
    expected.as_str().map_or_else(|| expected.elements().filter_map(Place::as_str).any(one), one)
}

fn types(schema: Place<'_>) -> String {
    let Some(types) = schema.get("type") else { return "something else".to_owned() };
    match types.as_str() {
        Some(name) => article_of(name),
        None => types.elements().filter_map(Place::as_str).map(article_of).collect::<Vec<_>>().join(" or "),
    }
}

fn article(kind: Kind) -> String {
    article_of(kind.name())
}

fn article_of(name: &str) -> String {
    match name {
        "null" => "null".to_owned(),
        "array" | "object" | "integer" => format!("an {name}"),
        _ => format!("a {name}"),
    }
}

fn shorten(text: &str) -> String {
    if text.chars().count() <= 60 { text.to_owned() } else { text.chars().take(57).chain("...".chars()).collect() }
}
