//! Bodies and how they are written: bodies of methods that have none, forms of 2.0, and `encoding` (Operation Object,
//! Media Type Object, Encoding Object); styles of parameters by their types.

use super::super::meaning::Around;
use super::super::table::Object;
use super::super::{Check, words};
use super::Checker;
use crate::diagnostic::{Label, Severity};
use crate::openapi::Version;
use crate::workspace::Place;

/// Media types of forms.
const FORMS: [&str; 2] = ["application/x-www-form-urlencoded", "multipart/form-data"];

impl<'w> Checker<'w> {
    /// Checks that no method has a body that the version ignores.
    pub(super) fn bodies(&mut self, item: Place<'w>) {
        for method in ["get", "head", "delete"] {
            let Some(body) = item.get(method).and_then(|operation| operation.get("requestBody")) else { continue };
            let name = method.to_uppercase();
            let severity = match self.version {
                Version::V3_0 => Severity::Warn,
                // Later versions allow it, and advise against it where HTTP gives it no meaning.
                _ if method != "delete" => Severity::Hint,
                _ => continue,
            };
            let message = match severity {
                Severity::Warn => format!("OpenAPI {} ignores the request body of {name}", self.version),
                _ => format!("HTTP gives the request body of {name} no meaning"),
            };
            let finding = self.warn(Check::IgnoredField, message, body.key_location());
            finding.severity = severity;
            finding.help = Some("Send the values as parameters, or use POST".to_owned());
        }
    }

    /// Checks that form fields of 2.0 travel in a form.
    pub(super) fn form(&mut self, operation: Place<'w>) {
        if self.version != Version::V2_0 {
            return;
        }
        let parameters: Vec<Place<'w>> = operation.get("parameters").into_iter().flat_map(Place::elements).collect();
        let fields = parameters.iter().filter(|place| place.resolved().get_str("in") == Some("formData"));
        let is_file = |place: &&Place<'w>| place.resolved().get_str("type") == Some("file");
        let fields: Vec<&Place<'w>> = fields.collect();
        let Some(first) = fields.iter().copied().find(is_file).or(fields.first().copied()) else { return };
        let file = is_file(&first);
        let consumes = operation.get("consumes").or_else(|| self.root.get("consumes"));
        let has = |wanted: &str| {
            let mut types = consumes.into_iter().flat_map(Place::elements).filter_map(Place::as_str);
            types.any(|media| media.split(';').next().is_some_and(|name| name.trim().eq_ignore_ascii_case(wanted)))
        };
        if FORMS.iter().any(|form| has(form)) {
            return;
        }
        let name = first.resolved().get_str("name").unwrap_or_default();
        let needed = if file { "`multipart/form-data`" } else { "`application/x-www-form-urlencoded`" };
        let message = format!("the form field `{name}` needs a form, but `consumes` names no media type of forms");
        let finding = self.report(Check::FormMediaType, message, first.location());
        finding.severity = if file { Severity::Error } else { Severity::Warn };
        finding.help = Some(format!("Add {needed} to `consumes` of the operation"));
        finding.related.push(Label { location: operation.key_location(), message: "the operation".to_owned() });
    }

    /// Checks that each `encoding` has an effect, and is about properties that exist.
    pub(super) fn encodings(&mut self, holder: Place<'w>, object: &Object) {
        let in_response = object.name == "Response";
        for media in holder.get("content").into_iter().flat_map(Place::members) {
            let Some(encoding) = media.value.resolved().get("encoding").filter(|place| place.is_map()) else {
                continue;
            };
            let name = media.name.split(';').next().unwrap_or_default().trim().to_lowercase();
            let of_form = name == FORMS[0] || name.starts_with("multipart/") || name == "*/*";
            if !of_form || (in_response && self.version < Version::V3_2) {
                let message = if of_form {
                    format!("OpenAPI {} ignores `encoding` in responses", self.version)
                } else {
                    format!("`encoding` has no effect for {}", words::quote(media.name))
                };
                self.warn(Check::IgnoredField, message, encoding.key_location()).help = Some(
                    "Remove `encoding`; it is for `multipart/…` and `application/x-www-form-urlencoded`".to_owned(),
                );
                continue;
            }
            let body = if in_response { "response" } else { "request" };
            let around = Around { media: Some(media.name), body: Some(body), ..Around::default() };
            if let Some(object) = self.model.find("Encoding", self.version) {
                for member in encoding.members().filter(|member| member.value.is_map()) {
                    self.conditions_around(member.value, object, &around);
                }
            }
            let Some(schema) = media.value.resolved().get("schema") else { continue };
            let Some(names) = property_names(schema, 16) else { continue };
            for member in encoding.members().filter(|member| !names.contains(&member.name)) {
                let near = self.guesses.nearest(member.name, names.iter().copied());
                let message = format!("`{}` in `encoding` is not a property of the schema", member.name);
                self.report(Check::Encoding, message, member.value.key_location()).help = Some(match near {
                    Some(near) => format!("Write `{near}`"),
                    None => format!("Add `{}` to the properties, or remove it from `encoding`", member.name),
                });
            }
        }
    }

    /// Checks that the style of a parameter is one for values of its type.
    pub(super) fn style(&mut self, parameter: Place<'w>) {
        let Some(style) = parameter.get("style") else { return };
        let Some(schema) = parameter.get("schema").map(Place::resolved) else { return };
        let (Some(name), Some(ty)) = (style.as_str(), schema.get_str("type")) else { return };
        let fits = match name {
            "deepObject" => ty == "object",
            "spaceDelimited" | "pipeDelimited" => matches!(ty, "array" | "object"),
            _ => true,
        };
        if !fits {
            let message = format!("`style: {name}` is not defined for `type: {ty}`");
            self.warn(Check::IgnoredField, message, style.location()).help = Some(format!(
                "Remove `style`, or describe {} in `schema`",
                if name == "deepObject" { "an object" } else { "an array" }
            ));
        }
    }
}

/// The names of all properties of a schema; `None` where it may have others.
fn property_names(schema: Place<'_>, depth: usize) -> Option<Vec<&str>> {
    let schema = schema.resolve().ok()?;
    let open = ["oneOf", "anyOf", "if", "patternProperties", "$dynamicRef", "$ref"];
    let further = schema.get("additionalProperties").is_some_and(Place::is_map);
    if depth == 0 || !schema.is_map() || further || open.iter().any(|key| schema.get(key).is_some()) {
        return None;
    }
    let mut names: Vec<&str> = schema.get("properties").into_iter().flat_map(Place::members).map(|m| m.name).collect();
    for branch in schema.get("allOf").into_iter().flat_map(Place::elements) {
        names.extend(property_names(branch, depth - 1)?);
    }
    (!names.is_empty()).then_some(names)
}
