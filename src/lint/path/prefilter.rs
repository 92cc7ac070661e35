//! What a filter cannot do without, found once so that most candidates cost nothing.

use super::evaluate::is_method;
use super::script::{Operator, Script};
use super::value::text_number;

/// A condition without which a filter does not accept.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Needs {
    /// The candidate is a container that has at least one of these keys.
    pub(super) keys: Option<Vec<String>>,
    /// The key of the candidate is one of these.
    pub(super) names: Option<Vec<String>>,
}

/// The condition of a filter.
pub(super) fn needs(script: &Script) -> Needs {
    match script {
        Script::And(left, right) => both(needs(left), needs(right)),
        Script::Or(left, right) => {
            let (left, right) = (needs(left), needs(right));
            Needs { keys: union(left.keys, right.keys), names: union(left.names, right.names) }
        }
        Script::Member(object, name)
            if matches!(**object, Script::Value) && name != "length" && name != "constructor" && !is_method(name) =>
        {
            Needs { keys: Some(vec![name.clone()]), names: None }
        }
        // A member of a member: reading through a missing one fails.
        Script::Member(object, _) => through(object),
        Script::Call(object, ..) => through(object),
        Script::Binary(operator, left, right) => comparison(*operator, left, right),
        _ => Needs::default(),
    }
}

/// Whether a filter asks no more than whether the key of the candidate is one of its names.
pub(super) fn is_names(script: &Script) -> bool {
    match script {
        Script::Or(left, right) => is_names(left) && is_names(right),
        Script::Binary(Operator::Equal | Operator::StrictEqual, left, right) => match (&**left, &**right) {
            // The index of an element is a number, which is compared in another way.
            (Script::Property, Script::Text(text)) | (Script::Text(text), Script::Property) => {
                text_number(text).is_nan()
            }
            _ => false,
        },
        _ => false,
    }
}

/// What a value must have so that a member of it can be read at all.
fn through(object: &Script) -> Needs {
    match object {
        Script::Member(..) => needs(object),
        _ => Needs::default(),
    }
}

fn comparison(operator: Operator, left: &Script, right: &Script) -> Needs {
    match operator {
        Operator::Equal | Operator::StrictEqual => match (left, right) {
            (Script::Property, Script::Text(text)) | (Script::Text(text), Script::Property) => {
                Needs { keys: None, names: Some(vec![text.clone()]) }
            }
            (value, literal) | (literal, value) if is_some_literal(literal) => needs_of_value(value),
            _ => Needs::default(),
        },
        Operator::NotEqual | Operator::StrictNotEqual => match (left, right) {
            (value, Script::Undefined | Script::Void) | (Script::Undefined | Script::Void, value) => {
                needs_of_value(value)
            }
            _ => Needs::default(),
        },
        _ => Needs::default(),
    }
}

fn needs_of_value(value: &Script) -> Needs {
    match value {
        Script::Member(..) => needs(value),
        _ => Needs::default(),
    }
}

/// A literal that `undefined` is not equal to.
fn is_some_literal(script: &Script) -> bool {
    matches!(script, Script::Text(_) | Script::Number(_) | Script::Bool(_))
}

/// Both must hold; the smaller set of keys is the better test.
fn both(left: Needs, right: Needs) -> Needs {
    let pick = |left: Option<Vec<String>>, right: Option<Vec<String>>| match (left, right) {
        (Some(left), Some(right)) => Some(if right.len() < left.len() { right } else { left }),
        (left, right) => left.or(right),
    };
    Needs { keys: pick(left.keys, right.keys), names: pick(left.names, right.names) }
}

fn union(left: Option<Vec<String>>, right: Option<Vec<String>>) -> Option<Vec<String>> {
    let mut all = left?;
    for name in right? {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::path::script::parse;

    fn keys(text: &str) -> Option<Vec<String>> {
        needs(&parse(text).unwrap()).keys
    }

    #[test]
    fn necessary_keys_are_found() {
        let some = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(keys("@ && @.enum && @.type"), some(&["enum"]));
        assert_eq!(keys("@.example !== void 0 || @.examples"), some(&["example", "examples"]));
        assert_eq!(keys("@.in == 'path'"), some(&["in"]));
        assert_eq!(keys("!@.in"), None);
        // Texts have this one without being a container.
        assert_eq!(keys("@.match && @.match(/a/)"), None);
        assert_eq!(keys("@.in != 'path'"), None);
        assert_eq!(needs(&parse("@property === '$ref'").unwrap()).names, some(&["$ref"]));
        assert!(is_names(&parse("@property === 'get' || 'put' == @property").unwrap()));
        assert!(!is_names(&parse("@property === '0'").unwrap()));
        assert!(!is_names(&parse("@property === 'get' && @.x").unwrap()));
    }
}
