//! Which OpenAPI a document claims to be.

use crate::diagnostic::{Diagnostic, Severity};
use crate::workspace::Place;

/// A minor version of the OpenAPI Specification; patch versions do not change documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// Swagger 2.0.
    V2_0,
    /// OpenAPI 3.0.x.
    V3_0,
    /// OpenAPI 3.1.x.
    V3_1,
    /// OpenAPI 3.2.x.
    V3_2,
}

impl Version {
    /// All versions, oldest first.
    pub const ALL: [Version; 4] = [Version::V2_0, Version::V3_0, Version::V3_1, Version::V3_2];

    /// `2.0`, `3.0`, `3.1` or `3.2`.
    pub fn name(self) -> &'static str {
        match self {
            Version::V2_0 => "2.0",
            Version::V3_0 => "3.0",
            Version::V3_1 => "3.1",
            Version::V3_2 => "3.2",
        }
    }

    /// Whether schemas are JSON Schema 2020-12 (3.1 and later).
    pub fn has_json_schema(self) -> bool {
        self >= Version::V3_1
    }

    /// The version that a document names itself; `None` where it is no contract, or names none that is known.
    pub fn of_document(root: Place<'_>) -> Option<Version> {
        let named = root.is_map() && (root.get("openapi").is_some() || root.get("swagger").is_some());
        named.then(|| Version::detect(root).ok()).flatten()
    }

    /// The version that the fields `openapi` or `swagger` of `root` name.
    ///
    /// # Errors
    /// A diagnostic `unknown-version` that names what was found instead.
    pub fn detect(root: Place<'_>) -> Result<Version, Box<Diagnostic>> {
        let fault = |place: Place<'_>, message: String| {
            let help = "Covenant reads `swagger: \"2.0\"` and `openapi: 3.0.x`, `3.1.x` and `3.2.x`";
            Err(Box::new(Diagnostic::new("unknown-version", Severity::Error, message, place.location()).help(help)))
        };
        if !root.is_map() {
            let message = format!("a contract must be an object, but this is {}", article(root.kind().name()));
            return fault(root, message);
        }
        if let Some(openapi) = root.get("openapi") {
            let text = openapi.text();
            let minor = text.strip_prefix("3.").map(|rest| rest.split_once('.').map_or(rest, |(minor, _)| minor));
            return match minor {
                Some("0") => Ok(Version::V3_0),
                Some("1") => Ok(Version::V3_1),
                Some("2") => Ok(Version::V3_2),
                _ if openapi.is_map() || openapi.is_seq() => {
                    fault(openapi, "`openapi` must be a version such as `3.1.0`".into())
                }
                _ => fault(openapi, format!("`{text}` is not a version of OpenAPI that Covenant knows")),
            };
        }
        if let Some(swagger) = root.get("swagger") {
            // Written without quotes it is the number 2.0.
            return match swagger.text() {
                "2.0" => Ok(Version::V2_0),
                text => fault(swagger, format!("`{text}` is not a version of Swagger that Covenant knows")),
            };
        }
        if let Some(old) = root.get("swaggerVersion") {
            let message =
                format!("this is Swagger {}, which Covenant does not read; convert it to OpenAPI 3", old.text());
            return fault(old, message);
        }
        for (key, what) in
            [("asyncapi", "an AsyncAPI document"), ("arazzo", "an Arazzo document"), ("overlay", "an OpenAPI Overlay")]
        {
            if let Some(found) = root.get(key) {
                return fault(found, format!("this is {what}, not an OpenAPI contract"));
            }
        }
        fault(root, "this file does not say which OpenAPI it is: there is no `openapi` and no `swagger` field".into())
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// The name of a type with its article.
fn article(name: &str) -> String {
    match name {
        "null" => "empty".to_owned(),
        "array" | "object" | "integer" => format!("an {name}"),
        _ => format!("a {name}"),
    }
}
