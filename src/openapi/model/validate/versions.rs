//! Versions and dialects of one contract: files of other OpenAPI versions, and names of dialects that are misspelled.

use super::super::{Check, words};
use super::Checker;
use crate::openapi::Version;
use crate::text::near;
use crate::workspace::{DocumentId, Place};

/// Dialects of schemas that tools know.
const DIALECTS: [&str; 7] = [
    "https://spec.openapis.org/oas/3.1/dialect/base",
    "https://spec.openapis.org/oas/3.2/dialect/2025-09-17",
    "https://json-schema.org/draft/2020-12/schema",
    "https://json-schema.org/draft/2019-09/schema",
    "http://json-schema.org/draft-07/schema#",
    "http://json-schema.org/draft-06/schema#",
    "http://json-schema.org/draft-04/schema#",
];

impl<'w> Checker<'w> {
    /// Checks that all files of the contract are of its version, and that its dialect is a known one or none like it.
    pub(super) fn versions(&mut self, root: Place<'w>) {
        let workspace = root.workspace();
        let others: Vec<DocumentId> =
            workspace.documents().map(|(id, _)| id).filter(|id| *id != root.document_id()).collect();
        for id in others {
            let other = workspace.document_root(id);
            let Ok(version) = Version::detect(other) else { continue };
            let Some(place) = other.get("openapi").or_else(|| other.get("swagger")) else { continue };
            if version != self.version {
                let message = format!(
                    "this file is of OpenAPI {version}, but is read as a part of a contract of OpenAPI {}",
                    self.version
                );
                self.warn(Check::Version, message, place.location()).help = Some(
                    "Convert both files to one version, or move what they share into a file without `openapi`"
                        .to_owned(),
                );
            }
        }
        let Some(dialect) = root.get("jsonSchemaDialect") else { return };
        let Some(text) = dialect.as_str().filter(|text| !DIALECTS.contains(text)) else { return };
        // Long names are near when they differ in few letters.
        if let Some(near) = near::nearest(text.trim_end_matches(['#', '/']), DIALECTS.into_iter()) {
            let message = format!("unknown schema dialect {}; did you mean `{near}`?", words::quote(text));
            self.warn(Check::Version, message, dialect.location()).help = Some(format!("Write `{near}`"));
        }
    }
}
