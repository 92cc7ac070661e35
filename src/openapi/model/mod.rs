//! The OpenAPI object model: one table of all objects of all versions, and the structural check made from it.
//!
//! [`model`] gives the table (`rules/model/openapi.yaml`, compiled in) as types with look-ups. [`validate`] takes the
//! root of a contract and its version, and gives what the specification does not allow: unknown, missing, misplaced
//! and mistyped fields, wrong values and names, references that lead nowhere or to the wrong kind of object.
//! Stands on `workspace`.

mod load;
mod table;
mod validate;
mod versions;
mod visit;
mod words;

pub use table::{
    Advice, Entry, Field, FieldType, FoundThere, Group, GroupKind, Model, Object, ObjectId, Pattern, PatternId, Rule,
    Test, Text,
};
pub use validate::{unreadable, validate};
pub use versions::Versions;
pub use visit::{Sender, Visited, visit};

use std::sync::LazyLock;

/// The ids of all rules that [`validate`] reports; each has a page in `rules/lint/structure`.
pub const RULES: [&str; 33] = [
    "ref-circle",
    "ref-not-allowed",
    "ref-unresolved",
    "ref-wrong-kind",
    "struct-callback-expression",
    "struct-component-name",
    "struct-count",
    "struct-discriminator",
    "struct-duplicate-item",
    "struct-duplicate-operation-id",
    "struct-duplicate-parameter",
    "struct-encoding",
    "struct-exclusive-fields",
    "struct-form-media-type",
    "struct-format-type",
    "struct-ignored-field",
    "struct-key",
    "struct-keyword",
    "struct-link",
    "struct-misplaced-field",
    "struct-missing-field",
    "struct-path-duplicate",
    "struct-path-key",
    "struct-path-query",
    "struct-path-template",
    "struct-pattern",
    "struct-server",
    "struct-status-code",
    "struct-type",
    "struct-typographic-quotes",
    "struct-unknown-field",
    "struct-value",
    "struct-version",
];

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
