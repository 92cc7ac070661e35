//! Formats: the kinds and versions of documents that rules are for.

use crate::lint::functions::View;
use crate::lint::js::Functions;
use crate::workspace::Place;

/// Names of formats in functions and exports of the formats' package, and what people call them.
const NAMES: [(&str, &str, &str); 24] = [
    ("oas2", "oas2", "OpenAPI 2.0 (Swagger)"),
    ("oas3", "oas3", "OpenAPI 3.x"),
    ("oas3_0", "oas3_0", "OpenAPI 3.0.x"),
    ("oas3_1", "oas3_1", "OpenAPI 3.1.x"),
    ("oas3_2", "oas3_2", "OpenAPI 3.2.x"),
    ("aas2", "aas2", "AsyncAPI 2.x"),
    ("aas2_0", "aas2_0", "AsyncAPI 2.0.x"),
    ("aas2_1", "aas2_1", "AsyncAPI 2.1.x"),
    ("aas2_2", "aas2_2", "AsyncAPI 2.2.x"),
    ("aas2_3", "aas2_3", "AsyncAPI 2.3.x"),
    ("aas2_4", "aas2_4", "AsyncAPI 2.4.x"),
    ("aas2_5", "aas2_5", "AsyncAPI 2.5.x"),
    ("aas2_6", "aas2_6", "AsyncAPI 2.6.x"),
    ("aas3", "aas3", "AsyncAPI 3.x"),
    ("aas3_0", "aas3_0", "AsyncAPI 3.0.x"),
    ("aas3_1", "aas3_1", "AsyncAPI 3.1.x"),
    ("arazzo1_0", "arazzo1_0", "Arazzo 1.0.x"),
    ("json_schema", "jsonSchema", "JSON Schema"),
    ("json_schema_loose", "jsonSchemaLoose", "JSON Schema (loose)"),
    ("json_schema_draft4", "jsonSchemaDraft4", "JSON Schema Draft 4"),
    ("json_schema_draft6", "jsonSchemaDraft6", "JSON Schema Draft 6"),
    ("json_schema_draft7", "jsonSchemaDraft7", "JSON Schema Draft 7"),
    ("json_schema_2019_09", "jsonSchemaDraft2019_09", "JSON Schema Draft 2019-09"),
    ("json_schema_2020_12", "jsonSchemaDraft2020_12", "JSON Schema Draft 2020-12"),
];

/// The number of the first format that a ruleset defines itself.
const OWN: usize = 32;

/// A set of formats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Formats(u64);

/// A list of formats, each once, in the order of the ruleset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::lint) struct FormatList(Vec<usize>);

/// A format that is a function of a ruleset.
#[derive(Clone, Debug)]
pub(super) struct OwnFormat {
    pub(super) functions: Functions,
    pub(super) name: String,
    pub(super) title: String,
}

/// The formats that a ruleset speaks of.
#[derive(Clone, Debug, Default)]
pub(in crate::lint) struct Registered {
    pub(super) list: FormatList,
    pub(super) own: Vec<OwnFormat>,
}

impl FormatList {
    /// Adds a format by its name in any spelling that rulesets may use; `false` when there is no such format.
    pub(super) fn add(&mut self, name: &str) -> bool {
        let export = exported(name);
        let Some(at) = NAMES.iter().position(|(_, known, _)| *known == export) else { return false };
        self.push(at);
        true
    }

    /// Adds the format of a function; `false` when there are too many.
    pub(super) fn add_own(&mut self, own: &mut Vec<OwnFormat>, format: OwnFormat) -> bool {
        let is_same = |known: &OwnFormat| known.name == format.name && known.functions.are(&format.functions);
        let at = own.iter().position(is_same).unwrap_or(own.len());
        if OWN + at >= u64::BITS as usize {
            return false;
        }
        if at == own.len() {
            own.push(format);
        }
        self.push(OWN + at);
        true
    }

    fn push(&mut self, at: usize) {
        if !self.0.contains(&at) {
            self.0.push(at);
        }
    }

    /// Adds the formats of another list behind those that are there.
    pub(super) fn extend(&mut self, other: &FormatList) {
        other.0.iter().for_each(|&at| self.push(at));
    }

    /// The formats without their order.
    pub(in crate::lint) fn set(&self) -> Formats {
        Formats(self.0.iter().fold(0, |set, at| set | 1 << at))
    }
}

impl Registered {
    /// Whether the ruleset speaks of no format.
    pub(in crate::lint) fn is_empty(&self) -> bool {
        self.list.0.is_empty()
    }

    /// What people call the formats, in their order.
    pub(in crate::lint) fn titles(&self) -> Vec<&str> {
        let title = |&at: &usize| match at.checked_sub(OWN) {
            Some(own) => self.own.get(own).map_or("", |format| format.title.as_str()),
            None => NAMES[at].2,
        };
        self.list.0.iter().map(title).collect()
    }

    /// Those of the formats that a document has; what a format of the ruleset's own failed with.
    pub(in crate::lint) fn of_document(&self, root: Place<'_>) -> (Formats, Vec<String>) {
        let mut formats = Formats(Formats::of_document(root).0 & self.list.set().0);
        let mut failures = Vec::new();
        let own: Vec<usize> = self.list.0.iter().filter_map(|at| at.checked_sub(OWN)).collect();
        if !own.is_empty() {
            let view = View::new(root, true, formats);
            for at in own {
                let Some(format) = self.own.get(at) else { continue };
                match format.functions.is_format(&format.name, &view) {
                    Ok(holds) => formats.0 |= u64::from(holds) << (OWN + at),
                    Err(words) => failures.push(format!("the format `{}` could not be asked: {words}", format.title)),
                }
            }
        }
        (formats, failures)
    }
}

/// The export of the formats' package that a name in a ruleset means.
fn exported(name: &str) -> String {
    let name = match name {
        "asyncapi2" | "asyncApi2" => "aas2",
        "json-schema-2019-09" => "json-schema-draft-2019-09",
        "json-schema-2020-12" => "json-schema-draft-2020-12",
        name => name,
    };
    let mut out = String::new();
    let mut before = ' ';
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('.', _) => out.push('_'),
            ('-', Some(next)) if before.is_ascii_digit() && next.is_ascii_digit() => out.push('_'),
            ('-', Some(next)) if next.is_ascii_lowercase() || next.is_ascii_digit() => {
                out.extend(chars.next().map(|next| next.to_ascii_uppercase()));
            }
            _ => out.push(c),
        }
        before = c;
    }
    out
}

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

    /// Adds a format by its name in functions.
    fn add(&mut self, name: &str) {
        if let Some(at) = NAMES.iter().position(|(known, ..)| *known == name) {
            self.0 |= 1 << at;
        }
    }

    /// The exports of the formats' package that are in the set.
    #[cfg(feature = "js")]
    pub(in crate::lint) fn exports(self) -> Vec<&'static str> {
        let in_set =
            |(at, (_, export, _)): (usize, &(&str, &'static str, &str))| (self.0 >> at & 1 == 1).then_some(*export);
        NAMES.iter().enumerate().filter_map(in_set).collect()
    }

    /// Whether the format with this exact name is in the set.
    pub fn has(self, name: &str) -> bool {
        NAMES.iter().position(|(known, ..)| *known == name).is_some_and(|at| self.0 >> at & 1 == 1)
    }

    /// Whether both sets share a format.
    pub fn meets(self, other: Formats) -> bool {
        self.0 & other.0 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_have_the_names_that_rulesets_use() {
        let known = |name: &str| FormatList::default().add(name);
        for name in [
            "oas2",
            "oas3.0",
            "oas3_1",
            "oas3-2",
            "asyncapi2",
            "aas2_6",
            "json-schema",
            "jsonSchemaDraft7",
            "json-schema-draft-4",
        ] {
            assert!(known(name), "{name}");
        }
        for name in ["json-schema-2019-09", "json-schema-draft-2020-12", "json-schema-draft4", "arazzo1.0"] {
            assert!(known(name), "{name}");
        }
        for name in ["OAS3", "oas9", "json_schema", "", "oas3 "] {
            assert!(!known(name), "{name}");
        }
    }
}
