//! Formats: the kinds and versions of documents that rules are for.

use crate::workspace::Place;

/// Names of formats, and what people call them.
const NAMES: [(&str, &str); 29] = [
    ("oas2", "OpenAPI 2.0 (Swagger)"),
    ("oas3", "OpenAPI 3.x"),
    ("oas3_0", "OpenAPI 3.0.x"),
    ("oas3_1", "OpenAPI 3.1.x"),
    ("oas3_2", "OpenAPI 3.2.x"),
    ("asyncapi2", "AsyncAPI 2.x"),
    ("aas2", "AsyncAPI 2.x"),
    ("aas2_0", "AsyncAPI 2.0.x"),
    ("aas2_1", "AsyncAPI 2.1.x"),
    ("aas2_2", "AsyncAPI 2.2.x"),
    ("aas2_3", "AsyncAPI 2.3.x"),
    ("aas2_4", "AsyncAPI 2.4.x"),
    ("aas2_5", "AsyncAPI 2.5.x"),
    ("aas2_6", "AsyncAPI 2.6.x"),
    ("aas3", "AsyncAPI 3.x"),
    ("aas3_0", "AsyncAPI 3.0.x"),
    ("aas3_1", "AsyncAPI 3.1.x"),
    ("arazzo1_0", "Arazzo 1.0.x"),
    ("json_schema", "JSON Schema"),
    ("json_schema_loose", "JSON Schema (loose)"),
    ("json_schema_draft4", "JSON Schema Draft 4"),
    ("json_schema_draft6", "JSON Schema Draft 6"),
    ("json_schema_draft7", "JSON Schema Draft 7"),
    ("json_schema_2019_09", "JSON Schema Draft 2019-09"),
    ("json_schema_2020_12", "JSON Schema Draft 2020-12"),
    ("json_schema_draft_4", "JSON Schema Draft 4"),
    ("json_schema_draft_6", "JSON Schema Draft 6"),
    ("json_schema_draft_7", "JSON Schema Draft 7"),
    ("json_schema_draft_2020_12", "JSON Schema Draft 2020-12"),
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
        for (major, rest) in
            ["2", "3"].into_iter().filter_map(|major| Some((major, text("asyncapi").strip_prefix(major)?)))
        {
            if let Some(minor) = rest.strip_prefix('.').and_then(|rest| rest.split('.').next()) {
                formats.add(&format!("aas{major}"));
                formats.add(&format!("asyncapi{major}"));
                formats.add(&format!("aas{major}_{minor}"));
            }
        }
        if text("arazzo").starts_with("1.0.") {
            formats.add("arazzo1_0");
        }
        formats.json_schema(root);
        formats
    }

    /// What a document is as a JSON Schema: by `$schema`, and loosely by keywords at its root.
    fn json_schema(&mut self, root: Place<'_>) {
        let text = root.get("$schema").map(Place::text).unwrap_or_default();
        let names = [
            ("draft-04", "json_schema_draft4"),
            ("draft-06", "json_schema_draft6"),
            ("draft-07", "json_schema_draft7"),
            ("draft/2019-09", "json_schema_2019_09"),
            ("draft/2020-12", "json_schema_2020_12"),
        ];
        let is_named = text.contains("json-schema.org/");
        for (_, name) in names.iter().filter(|(part, _)| is_named && text.contains(part)) {
            self.add(name);
        }
        let types = ["array", "boolean", "integer", "null", "number", "object", "string"];
        let is_type = |place: Place<'_>| types.contains(&place.text());
        let are_types = |ty: Place<'_>| if ty.is_seq() { ty.elements().all(is_type) } else { is_type(ty) };
        let typed = root.get("type").is_some_and(are_types);
        let listed = ["enum", "allOf", "anyOf", "oneOf"].iter().any(|key| root.get(key).is_some_and(Place::is_seq));
        let not = root.get("not").is_some_and(Place::is_map);
        if is_named {
            self.add("json_schema");
        }
        if is_named || typed || listed || not {
            self.add("json_schema_loose");
        }
    }

    /// What people call the formats in the set.
    pub fn titles(self) -> Vec<&'static str> {
        let in_set = |(at, (_, title)): (usize, &(&str, &'static str))| (self.0 >> at & 1 == 1).then_some(*title);
        let mut titles: Vec<&str> = NAMES.iter().enumerate().filter_map(in_set).collect();
        titles.dedup();
        titles
    }

    /// Adds a format by its name in any accepted spelling; `false` when there is no such format.
    pub fn add(&mut self, name: &str) -> bool {
        let normal = name.replace(['.', '-'], "_").to_ascii_lowercase();
        match NAMES.iter().position(|(known, _)| *known == normal) {
            Some(at) => {
                self.0 |= 1 << at;
                true
            }
            None => false,
        }
    }

    /// Whether the format with this exact name is in the set.
    pub fn has(self, name: &str) -> bool {
        NAMES.iter().position(|(known, _)| *known == name).is_some_and(|at| self.0 >> at & 1 == 1)
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
