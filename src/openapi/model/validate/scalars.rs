//! Scalars: kinds, numbers, text formats, allowed values, patterns; and the numbers of entries of collections.

use super::super::table::{Field, FieldType, Text};
use super::super::words;
use super::Checker;
use crate::syntax::{Kind, compare_numbers};
use crate::workspace::Place;
use jsonschema::Validator;
use serde_json::{Value, json};
use std::cmp::Ordering;
use std::sync::LazyLock;

/// The text formats as an independent validator checks them.
static FORMATS: LazyLock<Vec<(Text, Validator)>> = LazyLock::new(|| {
    let names = [
        (Text::Uri, "uri"),
        (Text::UriReference, "uri-reference"),
        (Text::Iri, "iri"),
        (Text::Email, "email"),
        (Text::Regex, "regex"),
    ];
    let validator = |name| {
        jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .build(&json!({ "format": name }))
            .ok()
    };
    names.into_iter().filter_map(|(text, name)| Some((text, validator(name)?))).collect()
});

fn has_format(format: Text, text: &str) -> bool {
    let value = Value::String(text.to_owned());
    FORMATS.iter().find(|(known, _)| *known == format).is_none_or(|(_, validator)| validator.is_valid(&value))
}

impl<'w> Checker<'w> {
    /// Checks a value that is no map, no list and not left open by the type.
    pub(super) fn scalar(&mut self, place: Place<'w>, ty: &'static FieldType, field: &'static Field) {
        let kind = place.kind();
        let fits = |ty: &&FieldType| match ty {
            FieldType::String(_) => kind == Kind::Str,
            FieldType::Boolean => kind == Kind::Bool,
            FieldType::Number | FieldType::Positive => matches!(kind, Kind::Int | Kind::Float),
            FieldType::Integer | FieldType::Count => place.as_f64().is_some_and(|number| number.fract() == 0.0),
            _ => false,
        };
        match ty.alternatives().iter().find(fits) {
            None => return self.mistyped(place, ty),
            Some(FieldType::String(text)) => {
                if !self.text(place, *text, field) {
                    return;
                }
            }
            Some(FieldType::Count) if place.as_f64().is_some_and(|number| number < 0.0) => {
                return self.mistyped(place, ty);
            }
            Some(FieldType::Positive) if compare_numbers(place.text(), "0").is_some_and(Ordering::is_le) => {
                return self.mistyped(place, ty);
            }
            Some(_) => {}
        }
        self.allowed(place, &field.values, String::new);
    }

    /// Checks format, pattern and target of a string; false when something was reported.
    fn text(&mut self, place: Place<'w>, format: Text, field: &'static Field) -> bool {
        let Some(text) = place.as_str() else { return true };
        let good = match format {
            Text::Plain => true,
            Text::Regex => *self.regexes.entry(text).or_insert_with(|| has_format(format, text)),
            _ => has_format(format, text),
        };
        if !good {
            let message = format!("{} is not {}", words::quote(text), words::text_format(format));
            self.report("struct-value", message, place.location());
            return false;
        }
        if let Some(pattern) = field.matches {
            let pattern = self.model.pattern(pattern);
            if !pattern.allows(text) {
                let message = format!("{} is not allowed here: the value {}", words::quote(text), pattern.says);
                self.report(&pattern.rule, message, place.location());
                return false;
            }
        }
        if let Some(refers) = &field.refers {
            self.expect_uri(place, refers, field);
        }
        true
    }

    /// Checks a scalar against the values allowed; `with` says under which condition, such as `` with `in: path` ``.
    pub(super) fn allowed(&mut self, place: Place<'w>, values: &[String], with: impl Fn() -> String) {
        let text = match place.as_bool() {
            Some(true) => "true",
            Some(false) => "false",
            None => place.text(),
        };
        if values.is_empty() || values.iter().any(|value| value == text) {
            return;
        }
        let allowed = words::all(&words::quoted(values));
        let are = if values.len() == 1 { "is" } else { "are" };
        let message = format!("{} is not allowed here{}; allowed {are} {allowed}", words::quote(text), with());
        let near = words::nearest(text, values.iter().map(String::as_str));
        let diagnostic = self.report("struct-value", message, place.location());
        diagnostic.help = near.map(|near| format!("did you mean `{near}`?"));
    }

    /// Reports a value of the wrong kind.
    pub(super) fn mistyped(&mut self, place: Place<'w>, ty: &'static FieldType) {
        let subject = place.key().map_or_else(|| "this element".to_owned(), |key| words::quote(key.text()));
        let expected = words::expected(self.model, &words::without_reference(ty));
        let kind = place.kind();
        let actual = match kind {
            Kind::Int | Kind::Float | Kind::Bool => {
                format!("{} ({})", words::actual(kind), words::quote(place.text()))
            }
            _ => words::actual(kind).to_owned(),
        };
        let message = format!("{subject} must be {expected}, but is {actual}");
        let wants_text = ty.alternatives().iter().any(|ty| matches!(ty, FieldType::String(_)));
        let help = match kind {
            Kind::Int | Kind::Float | Kind::Bool if wants_text => {
                Some(format!("put the value in quotes: `\"{}\"`", place.text()))
            }
            Kind::Null => Some("give it a value, or remove it".to_owned()),
            _ => self.indented_too_deep(place).or_else(|| self.other_version(place)),
        };
        self.report("struct-type", message, place.location()).help = help;
    }

    /// A hint for a field of the object around a map that stands in the map instead.
    fn indented_too_deep(&self, place: Place<'_>) -> Option<String> {
        let object = self.model.object(*self.parents.last()?);
        let name = place.key()?.text();
        let field = object.field(name, self.version)?;
        super::unknown::may_be(&field.ty, place.kind())
            .then(|| format!("`{name}` is a field of the {} around it; is it indented too deep?", object.title))
    }

    /// A hint for a value that would be right in another version.
    fn other_version(&self, place: Place<'w>) -> Option<String> {
        let object = self.model.object(*self.parents.last()?);
        let name = place.key()?.text();
        let fits = |ty: &FieldType| match ty {
            FieldType::Boolean => place.kind() == Kind::Bool,
            FieldType::Number => matches!(place.kind(), Kind::Int | Kind::Float),
            FieldType::String(_) => place.kind() == Kind::Str,
            FieldType::List(_) => place.is_seq(),
            FieldType::Object(_) | FieldType::Map(_) => place.is_map(),
            _ => false,
        };
        let forms = object.forms(name).iter().filter(|form| !form.versions.contains(self.version));
        let form = forms.into_iter().find(|form| form.ty.alternatives().iter().any(fits))?;
        Some(format!("that is right in OpenAPI {}; this contract is OpenAPI {}", form.versions, self.version))
    }

    /// Checks the number of entries of a collection.
    pub(super) fn count(&mut self, place: Place<'w>, len: usize, field: &Field) {
        if len >= field.min && len <= field.max {
            return;
        }
        let subject = place.key().map_or_else(|| "this array".to_owned(), |key| words::quote(key.text()));
        let (bound, number) = if len < field.min { ("at least", field.min) } else { ("at most", field.max) };
        let noun = if number == 1 { "entry" } else { "entries" };
        let has = if len == 0 { "is empty".to_owned() } else { format!("has {len}") };
        self.report(
            "struct-count",
            format!("{subject} must have {bound} {number} {noun}, but {has}"),
            place.location(),
        );
    }
}
