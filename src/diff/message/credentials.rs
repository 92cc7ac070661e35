//! Credentials of messages: by what the wire shows, with their scopes.
//!
//! Takes operations; gives the ways to authenticate that each takes, and one that suffices on both sides.

use super::notation::wires;
use crate::openapi::{Operation, Scheme, SchemeUse};
use serde_json::{Map, Value, json};

/// Combinations of credentials of one alternative, at most.
const MAX_CREDENTIALS: usize = 8;

/// Alternatives of two sides that are put together.
const MAX_WAYS: usize = 12;

/// The credentials that an operation takes, by what the wire shows: of each alternative, and of each way to get a token.
pub(super) fn credentials(operation: &Operation<'_>) -> Vec<Value> {
    let schemes = operation.api().security_schemes();
    let security = operation.security();
    let mut out = Vec::new();
    for way in &security.alternatives {
        out.extend(of_alternative(&way.schemes, &schemes).into_iter().map(Value::from));
    }
    if security.alternatives.is_empty() {
        out.push(json!({}));
    }
    out
}

fn of_alternative(uses: &[SchemeUse<'_>], schemes: &[Scheme<'_>]) -> Vec<Map<String, Value>> {
    let mut all = vec![Map::new()];
    for used in uses {
        let scheme = schemes.iter().find(|scheme| scheme.name == used.name);
        let wires = scheme.map_or_else(|| vec![used.name.to_owned()], wires);
        let with = |wire: &String| {
            let mut all = all.clone();
            for one in &mut all {
                one.insert(wire.clone(), json!(used.scopes));
            }
            all
        };
        all = wires.iter().flat_map(with).take(MAX_CREDENTIALS).collect();
    }
    all
}

/// Credentials that suffice on both sides, so that they are not why a message is refused: the least of all combinations.
pub(super) fn sufficient(operation: &Operation<'_>, other: Option<&Operation<'_>>) -> Option<Value> {
    let of = |operation: &Operation<'_>| {
        let all = credentials(operation);
        all.into_iter().take(MAX_WAYS).filter_map(|one| one.as_object().cloned()).collect::<Vec<_>>()
    };
    let (own, theirs) = (of(operation), other.map_or_else(|| vec![Map::new()], of));
    let joined = own.iter().flat_map(|own| theirs.iter().map(move |other| joined(own, other)));
    // Anonymous calls first, then the fewest schemes; of equals the first.
    let weight = |all: &Map<String, Value>| {
        let scopes: usize = all.values().map(|scopes| scopes.as_array().map_or(0, Vec::len)).sum();
        (all.len(), scopes)
    };
    joined.min_by_key(weight).map(Value::from)
}

fn joined(left: &Map<String, Value>, right: &Map<String, Value>) -> Map<String, Value> {
    let mut out = left.clone();
    for (wire, scopes) in right {
        match out.get_mut(wire).and_then(Value::as_array_mut) {
            Some(known) => {
                for scope in scopes.as_array().into_iter().flatten() {
                    if !known.contains(scope) {
                        known.push(scope.clone());
                    }
                }
            }
            None => {
                out.insert(wire.clone(), scopes.clone());
            }
        }
    }
    out
}
