//! Texts of rules: placeholders such as `{{property}}` and `#{{print("property")}}`, filled in for one place.

use super::functions::print_value;
use crate::syntax::Kind;
use crate::workspace::Place;
use std::fmt::Write as _;

/// `get.operationId`, `['200'].content`.
pub(super) fn dotted(parts: &[&String]) -> String {
    let mut out = String::new();
    for part in parts {
        let number = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if part.is_empty() || number || part.contains(char::is_whitespace) {
            let _ = write!(out, "['{part}']");
        } else {
            if !out.is_empty() {
                out.push('.');
            }
            out.push_str(part);
        }
    }
    out
}

/// What placeholders stand for.
pub(super) struct Text<'t, 'w> {
    pub(super) property: String,
    pub(super) path: String,
    pub(super) description: Option<&'t str>,
    pub(super) error: String,
    pub(super) place: Place<'w>,
}

impl Text<'_, '_> {
    /// Replaces `{{name}}` and `#{{print("name")}}`.
    pub(super) fn fill(&self, template: &str) -> String {
        let mut out = String::new();
        let mut rest = template;
        while let Some(start) = rest.find("{{") {
            let inside = &rest[start + 2..];
            let end = inside.find("}}").filter(|&end| end > 0 && !inside[..end].contains(['}', '\n']));
            let Some(end) = end else {
                out.push_str(&rest[..start + 2]);
                rest = inside;
                continue;
            };
            let (before, call) = match rest[..start].strip_suffix('#') {
                Some(before) => (before, true),
                None => (&rest[..start], false),
            };
            out.push_str(before);
            let name = &inside[..end];
            if call {
                self.print(name, &mut out);
            } else {
                self.plain(name, &mut out);
            }
            rest = &inside[end + 2..];
        }
        out.push_str(rest);
        out
    }

    fn plain(&self, name: &str, out: &mut String) {
        match name {
            "property" => out.push_str(&self.property),
            "error" => out.push_str(&self.error),
            "path" => out.push_str(&self.path),
            "description" => out.push_str(self.description.unwrap_or("null")),
            "value" => match self.place.kind() {
                Kind::Map => out.push_str("[object Object]"),
                Kind::Seq => {
                    let texts: Vec<_> = self.place.elements().map(Place::text).collect();
                    out.push_str(&texts.join(","));
                }
                _ => out.push_str(self.place.text()),
            },
            _ => {}
        }
    }

    fn print(&self, call: &str, out: &mut String) {
        let name = call.trim().strip_prefix("print(").and_then(|rest| rest.strip_suffix(')')).unwrap_or_default();
        match name.trim_matches(['"', '\'']) {
            "property" if self.property.is_empty() => out.push_str("The document "),
            "property" => {
                let _ = write!(out, "\"{}\" property ", self.property);
            }
            "value" => match self.place.kind() {
                Kind::Map => out.push_str("Object{}"),
                Kind::Seq => out.push_str("Array[]"),
                _ => out.push_str(&print_value(&self.place.to_json())),
            },
            other => self.plain(other, out),
        }
    }
}
