//! What the keywords of one schema ask of each other (Schema Object; JSON Schema Validation).

use super::super::{Check, words};
use super::Checker;
use crate::diagnostic::Severity;
use crate::openapi::{Format, Version};
use crate::syntax::{Kind, Style};
use crate::workspace::Place;

/// Keywords by the type that they are about.
const ABOUT: [(&str, &[&str]); 4] = [
    ("string", &["maxLength", "minLength", "pattern"]),
    ("number", &["maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum", "multipleOf"]),
    ("array", &["items", "prefixItems", "maxItems", "minItems", "uniqueItems", "contains"]),
    (
        "object",
        &["properties", "required", "additionalProperties", "patternProperties", "maxProperties", "minProperties"],
    ),
];

impl<'w> Checker<'w> {
    /// Checks the keywords of a schema against each other, and notes what is checked at the end.
    pub(super) fn schema(&mut self, schema: Place<'w>) {
        if self.version == Version::V2_0 && schema.reference().is_some() {
            let siblings: Vec<_> = schema.members().filter(|member| member.name != "$ref").collect();
            self.siblings(schema, &siblings);
            return;
        }
        for branch in schema.get("allOf").into_iter().flat_map(Place::elements) {
            if branch.reference().is_some() {
                self.bases.insert(branch.resolved().id());
            }
        }
        if schema.get("discriminator").is_some() {
            self.discriminators.push(schema);
        }
        self.directions(schema);
        self.nullable(schema);
        self.null_in_enum(schema);
        self.wrapped(schema);
        let types = types(schema);
        if !types.is_empty() {
            self.format(schema, &types);
            self.other_types(schema, &types);
        }
        self.delimiters(schema);
        self.values(schema);
    }

    fn directions(&mut self, schema: Place<'w>) {
        if schema.get_bool("readOnly") != Some(true) || schema.get_bool("writeOnly") != Some(true) {
            return;
        }
        let Some(place) = schema.get("writeOnly") else { return };
        // Only 3.0 forbids it; later versions do not say what it means.
        let severity = if self.version == Version::V3_0 { Severity::Error } else { Severity::Warn };
        let message = "`readOnly` and `writeOnly` are both true, so the value is never sent";
        let finding = self.report(Check::ExclusiveFields, message, place.key_location());
        finding.severity = severity;
        finding.help =
            Some("Keep `readOnly` if the server sets the value, `writeOnly` if it is never returned".to_owned());
    }

    fn nullable(&mut self, schema: Place<'w>) {
        if self.version >= Version::V3_0
            && schema.get_bool("x-nullable") == Some(true)
            && schema.get("nullable").is_none()
            && let Some(place) = schema.get("x-nullable")
        {
            let meant = if self.version == Version::V3_0 { "`nullable: true`" } else { "`type: [string, \"null\"]`" };
            let message = format!("`x-nullable` has no effect in OpenAPI {}; it belongs to OpenAPI 2.0", self.version);
            self.hint(Check::Keyword, message, place.key_location()).help =
                Some(format!("Write {meant} if null is allowed"));
        }
        if self.version != Version::V3_0 || schema.get_bool("nullable") != Some(true) {
            return;
        }
        let Some(place) = schema.get("nullable") else { return };
        if schema.get("type").is_none() {
            let message = "`nullable: true` has no effect without `type` beside it";
            // With `type` beside it the branches of `allOf` would still refuse null.
            let help = if let Some(branch) = refusing(schema) {
                into_target(branch)
            } else if let Some(key) = ["oneOf", "anyOf"].into_iter().find(|key| schema.get(key).is_some()) {
                format!("Put `nullable: true` beside the `type` of an alternative in `{key}`")
            } else {
                "Add the `type` beside `nullable`".to_owned()
            };
            self.warn(Check::IgnoredField, message, place.key_location()).help = Some(help);
        } else if let Some(branch) = refusing(schema) {
            let message = "`nullable: true` has no effect, since a schema in `allOf` does not allow null";
            self.hint(Check::IgnoredField, message, place.key_location()).help = Some(into_target(branch));
        } else if let Some(values) = schema.get("enum")
            && values.is_seq()
            && !values.is_empty()
            && !values.elements().any(Place::is_null)
        {
            let message = "`nullable: true` has no effect, since `null` is not in `enum`";
            self.hint(Check::IgnoredField, message, place.key_location()).help =
                Some("Add `null` to `enum`".to_owned());
        }
    }

    /// A type `null` that no value of `enum` has (3.1 and later).
    fn null_in_enum(&mut self, schema: Place<'w>) {
        let (Some(types), Some(values)) = (schema.get("type"), schema.get("enum")) else { return };
        let closed = values.is_seq() && !values.is_empty() && !values.elements().any(Place::is_null);
        if self.version < Version::V3_1 || !closed || types.len() < 2 {
            return;
        }
        if let Some(null) = types.elements().find(|name| name.as_str() == Some("null")) {
            let message = "the type `null` has no effect, since `null` is not in `enum`";
            self.hint(Check::IgnoredField, message, null.location()).help =
                Some("Add `null` to `enum`, or remove it from `type`".to_owned());
        }
    }

    /// An XML wrapper around what is no array (XML Object, `wrapped`).
    fn wrapped(&mut self, schema: Place<'w>) {
        let Some(wrapped) = schema.get("xml").and_then(|xml| xml.get("wrapped")) else { return };
        let types = types(schema);
        if wrapped.as_bool() == Some(true) && !types.is_empty() && !types.contains(&"array") {
            let message = format!("`wrapped` has no effect on `type: {}`", types.join(", "));
            self.warn(Check::IgnoredField, message, wrapped.key_location()).help =
                Some("Remove `wrapped`, or move it to the `xml` of the array".to_owned());
        }
    }

    fn format(&mut self, schema: Place<'w>, types: &[&str]) {
        let Some(place) = schema.get("format") else { return };
        let Some(format) = place.as_str() else { return };
        let Some(known) = Format::find(format) else { return };
        let (text, number) = (known.strings.is_some(), known.numbers.is_some());
        let is_text = types.iter().any(|ty| matches!(*ty, "string" | "file"));
        let is_number = types.iter().any(|ty| matches!(*ty, "integer" | "number"));
        if (text && is_text) || (number && is_number) {
            return;
        }
        let (fit, article) = if number { ("number", "a number") } else { ("string", "a string") };
        let message = format!("the format `{format}` is for {article}, not for `type: {}`", types.join(", "));
        let finding = self.warn(Check::FormatType, message, place.location());
        // Numbers written as strings are common, and the format says which numbers.
        if number && is_text {
            finding.severity = Severity::Hint;
        }
        finding.help = Some(format!(
            "Write `type: {}`, or leave `format` out",
            if fit == "number" && known.is_integer() { "integer" } else { fit }
        ));
    }

    /// Keywords that say nothing about values of the types that the schema allows.
    fn other_types(&mut self, schema: Place<'w>, types: &[&str]) {
        for (about, keywords) in ABOUT {
            let fits = types.iter().any(|ty| *ty == about || (*ty == "integer" && about == "number") || *ty == "file");
            if fits {
                continue;
            }
            let mut there = keywords.iter().filter_map(|keyword| Some((*keyword, schema.get(keyword)?)));
            let Some((keyword, first)) = there.next() else { continue };
            // `required: true` of a property is another slip.
            if keyword == "required" && !first.is_seq() {
                continue;
            }
            let article = if about.starts_with(['a', 'o']) { "an" } else { "a" };
            let message = format!("`{keyword}` has no effect on `type: {}`", types.join(", "));
            self.warn(Check::IgnoredField, message, first.key_location()).help =
                Some(format!("Write `type: {about}` if {article} {about} is meant, or remove `{keyword}`"));
        }
    }

    /// A regular expression with the delimiters of other languages, which are part of the value here.
    fn delimiters(&mut self, schema: Place<'w>) {
        let Some(place) = schema.get("pattern") else { return };
        let Some((inner, flags)) = place.as_str().and_then(delimited) else { return };
        let text = place.as_str().unwrap_or_default();
        let message = format!("the slashes around the pattern {} are part of the value", words::quote(text));
        let help = if flags.is_empty() {
            format!("Write {}", words::quote(inner))
        } else {
            format!("Write {}; JSON Schema has no flags", words::quote(inner))
        };
        self.warn(Check::Pattern, message, place.location()).help = Some(help);
    }

    /// The values of `enum`: each once, and none in typographic quotes.
    fn values(&mut self, schema: Place<'w>) {
        let Some(values) = schema.get("enum").filter(|values| values.is_seq()) else { return };
        if self.version != Version::V2_0 {
            let before = self.out.len();
            self.unique(values);
            // The standard only advises against it.
            for finding in &mut self.out[before..] {
                finding.severity = Severity::Warn;
            }
        }
        for value in values.elements().filter(|value| value.kind() == Kind::Str) {
            if value.node().style() == Style::Plain {
                self.typographic(value, value.text());
            }
        }
    }
}

/// A branch of `allOf` that has a type and does not allow null (3.0).
fn refusing(schema: Place<'_>) -> Option<Place<'_>> {
    schema.get("allOf")?.elements().find(|branch| {
        let target = branch.resolved();
        target.get("type").is_some() && target.get_bool("nullable") != Some(true)
    })
}

/// What lets null pass a reference, or an inline schema, in 3.0.
pub(super) fn into_target(schema: Place<'_>) -> String {
    match schema.reference() {
        Some(reference) => {
            let name = words::quote(reference.rsplit('/').next().unwrap_or(reference));
            format!("Put `nullable: true` beside the `type` of {name}, or of a copy of it if null is allowed only here")
        }
        None => "Put `nullable: true` beside the `type` of the schema in `allOf`".to_owned(),
    }
}

/// The names under `type`.
fn types(schema: Place<'_>) -> Vec<&str> {
    let Some(types) = schema.get("type") else { return Vec::new() };
    match types.as_str() {
        Some(name) => vec![name],
        None => types.elements().filter_map(Place::as_str).collect(),
    }
}

/// The expression and the flags of a pattern written as `/…/flags`.
fn delimited(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('/')?;
    let (body, flags) = inner.rsplit_once('/')?;
    // A pattern for a path may begin and end with slashes, but then has its anchors outside.
    let anchored = body.starts_with('^') || body.ends_with('$');
    (anchored && flags.len() <= 6 && flags.bytes().all(|b| b"dgimsuvy".contains(&b))).then_some((body, flags))
}

#[cfg(test)]
mod tests {
    use super::delimited;

    #[test]
    fn delimiters_are_told_from_slashes_of_a_path() {
        assert_eq!(delimited("/^[a-z]+$/i"), Some(("^[a-z]+$", "i")));
        assert_eq!(delimited("/^a/"), Some(("^a", "")));
        for text in ["^/a/$", "/a/b/", "/", "//", "/^a$/b/c"] {
            assert_eq!(delimited(text), None, "{text}");
        }
    }
}
