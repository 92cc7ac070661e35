//! Formats: the kinds and versions of documents that rules are for.

use crate::workspace::Place;

const NAMES: [&str; 29] = [
    "oas2",
    "oas3",
    "oas3_0",
    "oas3_1",
    "oas3_2",
    "asyncapi2",
    "aas2",
    "aas2_0",
    "aas2_1",
    "aas2_2",
    "aas2_3",
    "aas2_4",
    "aas2_5",
    "aas2_6",
    "aas3",
    "aas3_0",
    "aas3_1",
    "arazzo1_0",
    "json_schema",
    "json_schema_loose",
    "json_schema_draft4",
    "json_schema_draft6",
    "json_schema_draft7",
    "json_schema_2019_09",
    "json_schema_2020_12",
    "json_schema_draft_4",
    "json_schema_draft_6",
    "json_schema_draft_7",
    "json_schema_draft_2020_12",
];

/// A set of formats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Formats(u32);

impl Formats {
    /// The formats of a document, by its root.
    pub fn of_document(root: Place<'_>) -> Self {
        let mut formats = Formats::default();
        let text = |name: &str| root.get(name).map(Place::text).unwrap_or_default();
        if text("swagger").split('.').next() == Some("2") {
            formats.add("oas2");
        }
        let openapi = text("openapi");
        if openapi.split('.').next() == Some("3") {
            formats.add("oas3");
            for (minor, name) in [("3.0", "oas3_0"), ("3.1", "oas3_1"), ("3.2", "oas3_2")] {
                let rest = openapi.strip_prefix(minor);
                if rest.is_some_and(|rest| {
                    rest.is_empty()
                        || rest.strip_prefix('.').is_some_and(|patch| patch.bytes().all(|b| b.is_ascii_digit()))
                }) {
                    formats.add(name);
                }
            }
        }
        formats
    }

    /// Adds a format by its name in any accepted spelling; `false` when there is no such format.
    pub fn add(&mut self, name: &str) -> bool {
        let normal = name.replace(['.', '-'], "_").to_ascii_lowercase();
        match NAMES.iter().position(|known| *known == normal) {
            Some(at) => {
                self.0 |= 1 << at;
                true
            }
            None => false,
        }
    }

    /// Whether the format with this exact name is in the set.
    pub fn has(self, name: &str) -> bool {
        NAMES.iter().position(|known| *known == name).is_some_and(|at| self.0 >> at & 1 == 1)
    }

    /// Whether both sets share a format.
    pub fn meets(self, other: Formats) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether there is no format in it.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The formats of both sets.
    #[must_use]
    pub fn with(self, other: Formats) -> Formats {
        Formats(self.0 | other.0)
    }
}
