//! Filters evaluated: a script and a candidate in, whether it is accepted out. Members and methods are those that JavaScript
//! knows of texts, lists and objects.

use super::script::{Operator, Script};
use super::value::{Value, is, of_place};
use crate::pattern::Pattern;
use crate::text::Cut;
use crate::workspace::Place;
use std::borrow::Cow;

/// What a filter is asked about.
pub(super) struct Scope<'x, 'w> {
    /// The candidate.
    pub(super) value: Place<'w>,
    /// Its key, or its index as text.
    pub(super) property: &'w str,
    /// The index, if it is an element.
    pub(super) index: Option<usize>,
    pub(super) parent: Place<'w>,
    pub(super) parent_property: Option<&'w str>,
    pub(super) root: Place<'w>,
    /// Whether references are followed.
    pub(super) resolved: bool,
    /// The way from the root as `$['a'][0]`, made only when asked for.
    pub(super) path: &'x dyn Fn() -> String,
}

/// The filter failed on this candidate, as a script that reads a member of null does.
pub(super) struct Failed;

type Outcome<'v> = Result<Value<'v>, Failed>;

/// Whether the filter accepts; a failing filter does not.
pub(super) fn accepts(script: &Script, scope: &Scope<'_, '_>) -> bool {
    evaluate(script, scope).is_ok_and(|value| value.truthy())
}

fn evaluate<'v>(script: &'v Script, scope: &Scope<'_, 'v>) -> Outcome<'v> {
    Ok(match script {
        Script::Undefined | Script::Void => Value::Undefined,
        Script::Null => Value::Null,
        Script::Bool(value) => Value::Bool(*value),
        Script::Number(value) => Value::Number(*value),
        Script::Text(text) => Value::Text(Cow::Borrowed(text)),
        Script::Regex(regex) => Value::Regex(regex.as_deref().ok_or(Failed)?),
        Script::Value => of_place(scope.value),
        Script::Property => match scope.index {
            Some(index) => Value::Number(index as f64),
            None => Value::Text(Cow::Borrowed(scope.property)),
        },
        Script::Path => Value::Text(Cow::Owned((scope.path)())),
        Script::Root => of_place(scope.root),
        Script::Parent => of_place(scope.parent),
        Script::ParentProperty => {
            scope.parent_property.map_or(Value::Null, |property| Value::Text(Cow::Borrowed(property)))
        }
        Script::Is(ty) => Value::Bool(is(&of_place(scope.value), *ty)),
        Script::List(list) => Value::List(list.iter().map(|script| evaluate(script, scope)).collect::<Result<_, _>>()?),
        Script::Member(object, name) => member(&evaluate(object, scope)?, name, scope)?,
        Script::Index(object, index) => {
            let object = evaluate(object, scope)?;
            let index = evaluate(index, scope)?.text();
            member(&object, &index, scope)?
        }
        Script::Call(object, name, arguments) => call(object, name, arguments, scope)?,
        Script::Not(inner) => Value::Bool(!evaluate(inner, scope)?.truthy()),
        Script::Negate(inner) => Value::Number(-evaluate(inner, scope)?.number()),
        Script::TypeOf(inner) => Value::Text(Cow::Borrowed(evaluate(inner, scope)?.type_of())),
        Script::And(left, right) => {
            let value = evaluate(left, scope)?;
            if value.truthy() { evaluate(right, scope)? } else { value }
        }
        Script::Or(left, right) => {
            let value = evaluate(left, scope)?;
            if value.truthy() { value } else { evaluate(right, scope)? }
        }
        Script::Choice(test, yes, no) => evaluate(if evaluate(test, scope)?.truthy() { yes } else { no }, scope)?,
        Script::Binary(operator, left, right) => binary(*operator, &evaluate(left, scope)?, &evaluate(right, scope)?)?,
    })
}

fn binary<'v>(operator: Operator, left: &Value<'v>, right: &Value<'v>) -> Outcome<'v> {
    Ok(match operator {
        Operator::Equal => Value::Bool(left.loose_equal(right)),
        Operator::NotEqual => Value::Bool(!left.loose_equal(right)),
        Operator::StrictEqual => Value::Bool(left.strict_equal(right)),
        Operator::StrictNotEqual => Value::Bool(!left.strict_equal(right)),
        Operator::Less | Operator::LessEqual | Operator::Greater | Operator::GreaterEqual => {
            Value::Bool(compare(operator, left, right))
        }
        Operator::Add => match (left, right) {
            (Value::Text(_) | Value::Node(_) | Value::List(_), _)
            | (_, Value::Text(_) | Value::Node(_) | Value::List(_)) => {
                Value::Text(Cow::Owned(left.text().into_owned() + &right.text()))
            }
            _ => Value::Number(left.number() + right.number()),
        },
        Operator::Subtract => Value::Number(left.number() - right.number()),
        Operator::Multiply => Value::Number(left.number() * right.number()),
        Operator::Divide => Value::Number(left.number() / right.number()),
        Operator::Remainder => Value::Number(left.number() % right.number()),
        Operator::In => match right {
            Value::List(list) => Value::Bool(list.iter().any(|value| value.strict_equal(left))),
            _ => return Err(Failed),
        },
        Operator::Matches => match right {
            Value::Regex(regex) => Value::Bool(regex.is_match(&left.text())),
            _ => return Err(Failed),
        },
    })
}

fn compare(operator: Operator, left: &Value<'_>, right: &Value<'_>) -> bool {
    use std::cmp::Ordering;
    let order = match (left, right) {
        (Value::Text(left), Value::Text(right)) => Some(left.encode_utf16().cmp(right.encode_utf16())),
        _ => left.number().partial_cmp(&right.number()),
    };
    match operator {
        Operator::Less => order == Some(Ordering::Less),
        Operator::LessEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        Operator::Greater => order == Some(Ordering::Greater),
        _ => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
    }
}

const TEXT_METHODS: [&str; 14] = [
    "match",
    "search",
    "includes",
    "startsWith",
    "endsWith",
    "indexOf",
    "lastIndexOf",
    "toLowerCase",
    "toUpperCase",
    "trim",
    "charAt",
    "slice",
    "substring",
    "split",
];

/// Whether values that are no container have a method of this name.
pub(super) fn is_method(name: &str) -> bool {
    TEXT_METHODS.contains(&name) || matches!(name, "toString" | "toFixed")
}

/// `object.name`.
fn member<'v>(object: &Value<'v>, name: &str, scope: &Scope<'_, 'v>) -> Outcome<'v> {
    Ok(match object {
        Value::Undefined | Value::Null => return Err(Failed),
        // A method that is named but not called: filters ask whether a value has it.
        Value::Text(_) if TEXT_METHODS.contains(&name) => Value::Constructor("Function"),
        Value::Number(_) if matches!(name, "toString" | "toFixed") => Value::Constructor("Function"),
        _ if name == "constructor" => Value::Constructor(object.constructor()),
        Value::Constructor(class) if name == "name" => Value::Text(Cow::Borrowed(class)),
        Value::Text(text) if name == "length" => Value::Number(text.encode_utf16().count() as f64),
        Value::List(list) if name == "length" => Value::Number(list.len() as f64),
        Value::Node(place) if name == "length" && place.is_seq() => Value::Number(place.len() as f64),
        Value::Node(place) => match place.child(name) {
            Some(child) if scope.resolved => of_place(child.resolved()),
            Some(child) => of_place(child),
            None => Value::Undefined,
        },
        Value::List(list) => name.parse().ok().and_then(|at: usize| list.get(at).cloned()).unwrap_or(Value::Undefined),
        Value::Text(text) => {
            let char = name.parse().ok().and_then(|at| text.chars().nth(at));
            char.map_or(Value::Undefined, |c| Value::Text(Cow::Owned(c.to_string())))
        }
        _ => Value::Undefined,
    })
}

/// `object.name(arguments)`.
fn call<'v>(object: &'v Script, name: &str, arguments: &'v [Script], scope: &Scope<'_, 'v>) -> Outcome<'v> {
    let mut value = evaluate(object, scope)?;
    // Texts are what keys are for people, so methods of texts work on the index of an element too.
    if matches!(object, Script::Property) {
        value = Value::Text(Cow::Owned(value.text().into_owned()));
    }
    let arguments: Vec<Value<'v>> = arguments.iter().map(|script| evaluate(script, scope)).collect::<Result<_, _>>()?;
    let first = arguments.first();
    let needle = || first.map_or(Cow::Borrowed("undefined"), Value::text);
    Ok(match (&value, name) {
        (Value::Undefined | Value::Null, _) => return Err(Failed),
        (Value::Regex(regex), "test") => Value::Bool(regex.is_match(&needle())),
        (Value::Regex(regex), "exec") => found(regex.is_match(&needle()), &needle()),
        (Value::Text(text), "match") => match first {
            Some(Value::Regex(regex)) => found(regex.is_match(text), text),
            Some(pattern) => {
                let regex = Pattern::with_flags(&pattern.text(), "").map_err(|_| Failed)?;
                found(regex.is_match(text), text)
            }
            None => found(true, text),
        },
        (Value::Text(text), "search") => match first {
            Some(Value::Regex(regex)) => Value::Number(if regex.is_match(text) { 0.0 } else { -1.0 }),
            _ => return Err(Failed),
        },
        (Value::Text(text), "includes") => Value::Bool(text.contains(&*needle())),
        (Value::Text(text), "startsWith") => Value::Bool(text.starts_with(&*needle())),
        (Value::Text(text), "endsWith") => Value::Bool(text.ends_with(&*needle())),
        (Value::Text(text), "indexOf") => {
            let at = text.find(&*needle()).map(|at| text.cut(..at).encode_utf16().count());
            Value::Number(at.map_or(-1.0, |at| at as f64))
        }
        (Value::Text(text), "lastIndexOf") => {
            let at = text.rfind(&*needle()).map(|at| text.cut(..at).encode_utf16().count());
            Value::Number(at.map_or(-1.0, |at| at as f64))
        }
        (Value::Text(text), "toLowerCase") => Value::Text(Cow::Owned(text.to_lowercase())),
        (Value::Text(text), "toUpperCase") => Value::Text(Cow::Owned(text.to_uppercase())),
        (Value::Text(text), "trim") => Value::Text(Cow::Owned(text.trim().to_owned())),
        (Value::Text(text), "charAt") => {
            let at = first.map_or(0.0, Value::number).max(0.0) as usize;
            Value::Text(Cow::Owned(text.chars().nth(at).map(String::from).unwrap_or_default()))
        }
        (Value::Text(text), "slice" | "substring") => {
            let chars: Vec<char> = text.chars().collect();
            let bound = |value: Option<&Value<'_>>, default: usize| match value.map(Value::number) {
                Some(at) if at < 0.0 && name == "slice" => (chars.len() as f64 + at).max(0.0) as usize,
                Some(at) => (at.max(0.0) as usize).min(chars.len()),
                None => default,
            };
            let (start, end) = (bound(first, 0), bound(arguments.get(1), chars.len()));
            Value::Text(Cow::Owned(chars.get(start..end.max(start)).unwrap_or_default().iter().collect()))
        }
        (Value::Text(text), "split") => {
            let parts: Vec<&str> = text.split(&*needle()).collect();
            Value::List(parts.into_iter().map(|part| Value::Text(Cow::Owned(part.to_owned()))).collect())
        }
        (Value::Text(_) | Value::Number(_) | Value::Bool(_), "toString") => {
            Value::Text(Cow::Owned(value.text().into_owned()))
        }
        (Value::Node(_) | Value::List(_), "includes" | "indexOf" | "join") => {
            let list = elements(&value, scope).ok_or(Failed)?;
            let sought = first.cloned().unwrap_or(Value::Undefined);
            let at = list.iter().position(|element| element.strict_equal(&sought));
            match name {
                "includes" => Value::Bool(at.is_some()),
                "indexOf" => Value::Number(at.map_or(-1.0, |at| at as f64)),
                _ => {
                    let separator = first.map_or(Cow::Borrowed(","), Value::text);
                    let texts: Vec<_> = list.iter().map(Value::text).collect();
                    Value::Text(Cow::Owned(texts.join(&separator)))
                }
            }
        }
        (Value::Node(place), "hasOwnProperty") => Value::Bool(place.child(&needle()).is_some()),
        _ => return Err(Failed),
    })
}

fn found<'v>(matches: bool, text: &str) -> Value<'v> {
    if matches { Value::List(vec![Value::Text(Cow::Owned(text.to_owned()))]) } else { Value::Null }
}

fn elements<'v>(value: &Value<'v>, scope: &Scope<'_, 'v>) -> Option<Vec<Value<'v>>> {
    match value {
        Value::List(list) => Some(list.clone()),
        Value::Node(place) if place.is_seq() => {
            let follow = |place: Place<'v>| if scope.resolved { place.resolved() } else { place };
            Some(place.elements().map(|element| of_place(follow(element))).collect())
        }
        _ => None,
    }
}
