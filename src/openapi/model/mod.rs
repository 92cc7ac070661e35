//! The OpenAPI object model: one table of all objects of all versions, and the structural check made from it.
//!
//! [`model`] gives the table (`rules/model/openapi.yaml`, compiled in) as types with look-ups. [`validate`] takes the
//! root of a contract and its version, and gives what the specification does not allow: unknown, missing, misplaced
//! and mistyped fields, wrong values and names, references that lead nowhere or to the wrong kind of object.
//! Stands on `workspace`.

mod check;
mod load;
mod meaning;
mod table;
mod validate;
mod versions;
mod visit;
mod words;

pub use check::Check;
pub use meaning::{Around, Meaning, meaning, read_otherwise, reads_keyword};
pub use table::{
    Advice, Entry, Field, FieldType, FoundThere, Group, GroupKind, Model, Object, ObjectId, Pattern, PatternId, Rule,
    Test, Text,
};
pub use validate::{unreadable, validate};
pub use versions::Versions;
pub use visit::{Sender, Visited, visit};

use std::sync::LazyLock;

static MODEL: LazyLock<Model> = LazyLock::new(|| {
    let table = include_str!(concat!(env!("OUT_DIR"), "/model.json"));
    load::load(table).unwrap_or_else(|fault| unreachable!("rules/model/openapi.yaml, compiled in: {fault}"))
});

/// The object model, read at the first use.
pub fn model() -> &'static Model {
    &MODEL
}

#[cfg(test)]
mod tests;
