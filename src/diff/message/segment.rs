//! Reads a word in a path as the value of a parameter: may it be one, and does the contract name it?

use super::wire::{Source, read_parameter};
use super::{schema_of, source};
use crate::openapi::Parameter;
use crate::schema::{Dialect, Direction, Engine};
use crate::workspace::Place;

/// How deep schemas are looked through for the values that they name.
const MAX_DEPTH: usize = 6;

/// Whether a text in the path is a valid value of a parameter; one that cannot be judged may be.
pub(in crate::diff) fn may_be<'w>(
    engine: &mut Engine<'w>,
    dialect: Dialect,
    parameter: &Parameter<'w>,
    text: &str,
) -> bool {
    let Some(schema) = schema_of(parameter) else { return true };
    let values = read_parameter(parameter, Some(&schema), &Source::Path(text), &[]);
    let source = source(&schema, dialect);
    values.iter().any(|value| !matches!(engine.check(&source, Direction::Request, value), Some(Err(_))))
}

/// Whether the contract names a text as a value of a parameter: in its examples, default or enumeration.
pub(in crate::diff) fn is_named(parameter: &Parameter<'_>, text: &str) -> bool {
    let examples = parameter.place.get("examples").into_iter().flat_map(Place::members);
    let mut own = parameter.place.get("example").into_iter().chain(examples.filter_map(|it| it.value.get("value")));
    let schema = schema_of(parameter).and_then(|schema| schema.place());
    own.any(|value| value.text() == text) || schema.is_some_and(|schema| lists(schema, text, 0))
}

fn lists(schema: Place<'_>, text: &str, depth: usize) -> bool {
    let schema = schema.resolved();
    let one = ["const", "default", "example"].into_iter().filter_map(|key| schema.get(key));
    let many = ["enum", "examples"].into_iter().filter_map(|key| schema.get(key)).flat_map(Place::elements);
    let inner = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|key| schema.get(key)).flat_map(Place::elements);
    one.chain(many).any(|value| value.text() == text)
        || depth < MAX_DEPTH && inner.into_iter().any(|branch| lists(branch, text, depth + 1))
}
