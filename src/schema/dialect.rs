//! Dialects: which keywords mean what, by version of the contract or by `$schema`.

use crate::openapi::Version;
use crate::openapi::model::reads_keyword;

/// How a schema is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// Schema objects of Swagger 2.0.
    Swagger2,
    /// Schema objects of OpenAPI 3.0.
    OpenApi30,
    /// JSON Schema draft-04.
    Draft04,
    /// JSON Schema draft-06.
    Draft06,
    /// JSON Schema draft-07.
    Draft07,
    /// JSON Schema 2019-09.
    Draft201909,
    /// JSON Schema 2020-12, also as the base dialect of OpenAPI 3.1 and 3.2.
    Draft202012,
}

impl Dialect {
    /// The dialect of a contract's schemas; `declared` is its `jsonSchemaDialect`.
    pub fn of(version: Version, declared: Option<&str>) -> Self {
        match version {
            Version::V2_0 => Dialect::Swagger2,
            Version::V3_0 => Dialect::OpenApi30,
            _ => declared.and_then(Dialect::declared).unwrap_or(Dialect::Draft202012),
        }
    }

    /// The dialect that a `$schema` URI names; `None` for an unknown one.
    pub fn declared(uri: &str) -> Option<Self> {
        let bare = uri.trim_end_matches('#');
        let bare = bare.strip_prefix("https://").or_else(|| bare.strip_prefix("http://"))?;
        Some(match bare {
            "json-schema.org/draft-04/schema" => Dialect::Draft04,
            "json-schema.org/draft-06/schema" => Dialect::Draft06,
            "json-schema.org/draft-07/schema" => Dialect::Draft07,
            "json-schema.org/draft/2019-09/schema" => Dialect::Draft201909,
            "json-schema.org/draft/2020-12/schema" => Dialect::Draft202012,
            _ if bare.starts_with("spec.openapis.org/oas/3.") => Dialect::Draft202012,
            _ => return None,
        })
    }

    /// Whether it is the schema object of a contract before 3.1.
    pub(super) fn is_legacy_openapi(self) -> bool {
        self <= Dialect::OpenApi30
    }

    /// Whether a keyword is read at all: the schema objects of 2.0 and 3.0 have only some of those of JSON Schema.
    pub(super) fn reads(self, keyword: &str) -> bool {
        match self {
            Dialect::Swagger2 => reads_keyword(keyword, Version::V2_0),
            Dialect::OpenApi30 => reads_keyword(keyword, Version::V3_0),
            _ => true,
        }
    }

    /// Whether keywords beside `$ref` are ignored.
    pub(super) fn ref_stands_alone(self) -> bool {
        self <= Dialect::Draft07
    }

    /// Whether exclusive bounds are booleans.
    pub(super) fn boolean_exclusive(self) -> bool {
        self <= Dialect::Draft04
    }

    pub(super) fn draft(self) -> jsonschema::Draft {
        match self {
            Dialect::Swagger2 | Dialect::OpenApi30 | Dialect::Draft04 => jsonschema::Draft::Draft4,
            Dialect::Draft06 => jsonschema::Draft::Draft6,
            Dialect::Draft07 => jsonschema::Draft::Draft7,
            Dialect::Draft201909 => jsonschema::Draft::Draft201909,
            Dialect::Draft202012 => jsonschema::Draft::Draft202012,
        }
    }
}
