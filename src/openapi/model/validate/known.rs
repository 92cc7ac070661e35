//! Slips that are known: what is meant by a key that is none, and what the table advises.

use super::super::table::{Advice, FoundThere, Model, Pattern};
use super::super::words;
use super::Checker;
use crate::openapi::Version;
use crate::workspace::Place;

/// Short names that stand for media types in slips.
const MEDIA_TYPES: [(&str, &str); 8] = [
    ("json", "application/json"),
    ("xml", "application/xml"),
    ("text", "text/plain"),
    ("plain", "text/plain"),
    ("html", "text/html"),
    ("csv", "text/csv"),
    ("form", "application/x-www-form-urlencoded"),
    ("multipart", "multipart/form-data"),
];

/// What to do about a key that its pattern refuses.
pub(super) fn key(model: &Model, pattern: &Pattern, name: &str, version: Version) -> Option<String> {
    match pattern.name.as_str() {
        "media-type" => {
            if model.find("MediaType", version).is_some_and(|media| media.field(name, version).is_some()) {
                return Some(format!(
                    "Put a media type between `content` and `{name}`: `content: {{application/json: {{{name}: …}}}}`"
                ));
            }
            let lower = name.to_lowercase();
            let meant = MEDIA_TYPES.iter().find(|(short, _)| *short == lower);
            Some(match meant {
                Some((_, media)) => format!("Write `{media}`"),
                None => "Write a media type such as `application/json`".to_owned(),
            })
        }
        "method" => {
            let lower = name.to_lowercase();
            let field = model.find("PathItem", version)?.field(&lower, version);
            Some(match field {
                Some(_) => format!("Move the operation to the field `{lower}` of the path item"),
                None => "Write the method as it is sent, such as `COPY`".to_owned(),
            })
        }
        "status-code-2.0" if name.len() == 3 && name.to_ascii_uppercase().ends_with("XX") => {
            let class: String = name.chars().take(1).collect();
            Some(format!("Write each status code, such as `{class}00`; ranges need OpenAPI 3.0"))
        }
        "status-code" | "status-code-2.0" => Some(match pattern.repair(name) {
            Some(fixed) => format!("Write {}", words::quote(&fixed)),
            None => "Write a status code such as `200`, or `default` for all others".to_owned(),
        }),
        "component-name" => {
            let clean: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c)).collect();
            (!clean.is_empty()).then(|| format!("Rename it, for example to `{clean}`, together with its references"))
        }
        _ => pattern.repair(name).map(|fixed| format!("Write {}", words::quote(&fixed))),
    }
}

impl<'w> Checker<'w> {
    /// What the table advises about a field, or a value of it, in the object around.
    pub(super) fn advice(
        &self,
        object: &str,
        field: &str,
        fits: impl Fn(&FoundThere) -> bool,
    ) -> Option<&'static Advice> {
        self.model.advice(object, field, self.version, fits)
    }

    /// What the table advises about a value that the field around does not take: of a wrong kind, or not allowed.
    pub(super) fn advice_for_value(&self, place: Place<'w>) -> Option<(&'static Advice, String)> {
        let object = self.model.object(*self.parents.last()?);
        let kind = place.kind();
        let named = place.key();
        // An element is named by the array that it stands in.
        let name = match named {
            Some(key) => key.text().to_owned(),
            None => place.path().into_iter().rev().nth(1)?,
        };
        let fits = |found: &FoundThere| match found {
            FoundThere::Unknown | FoundThere::Deprecated => false,
            FoundThere::Kind(kinds) => named.is_some() && kinds.contains(&kind),
            FoundThere::Values(values) => values.iter().any(|value| value == place.text()),
            FoundThere::Element => named.is_none(),
        };
        let advice = self.advice(&object.name, &name, fits)?;
        Some((advice, advice.say(&name, place.text(), self.version)))
    }
}
