//! Scalars: kinds, numbers, text formats, allowed values, patterns; and the numbers of entries of collections.

use super::super::table::{Field, FieldType, Text};
use super::super::{Check, Versions, words};
use super::Checker;
use crate::diagnostic::{Label, Severity};
use crate::openapi::Version;
use crate::pattern::Pattern;
use crate::syntax::{Kind, Style, compare_numbers};
use crate::text::near;
use crate::workspace::Place;
use jsonschema::Validator;
use serde_json::{Value, json};
use std::cmp::Ordering;
use std::sync::LazyLock;

/// The text formats as an independent validator checks them.
static FORMATS: LazyLock<Vec<(Text, Validator)>> = LazyLock::new(|| {
    let names = [(Text::Uri, "uri"), (Text::UriReference, "uri-reference"), (Text::Iri, "iri"), (Text::Email, "email")];
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
            // YAML has numbers that JSON cannot write.
            Some(FieldType::Number | FieldType::Positive) if !place.as_f64().is_some_and(f64::is_finite) => {
                let message = format!("{} is no number in JSON", words::quote(place.text()));
                self.report(Check::Type, message, place.location()).help =
                    Some("Write a finite number, or leave the limit out".to_owned());
                return;
            }
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
        self.allowed(place, &field.values, Severity::Error, String::new);
    }

    /// Checks format, pattern and target of a string; false when something was reported.
    fn text(&mut self, place: Place<'w>, format: Text, field: &'static Field) -> bool {
        let Some(text) = place.as_str() else { return true };
        let good = match format {
            Text::Plain => true,
            Text::Regex => Pattern::read(text).is_portable(),
            _ => has_format(format, text),
        };
        if !good && let Some(encoded) = encoded_fragment(format, text) {
            // Every reader takes it, and it leads where it is meant to.
            let message = format!("the fragment of {} is not percent-encoded", words::quote(text));
            self.hint(Check::Value, message, place.location()).help = Some(format!("Write `{encoded}`"));
        } else if !good {
            let message = format!("{} is not {}", words::quote(text), words::text_format(format));
            let check = if format == Text::Regex { Check::Pattern } else { Check::Value };
            self.report(check, message, place.location()).help = Some(correction(format, text));
            return false;
        }
        if place.node().style() == Style::Plain {
            self.typographic(place, text);
        }
        if let Some(pattern) = field.matches {
            let pattern = self.model.pattern(pattern);
            if !pattern.allows(text) {
                let name = place.key().map_or("the value", |key| key.text());
                let message = format!("`{name}` is {}, but it {}", words::quote(text), pattern.says);
                self.report(pattern.check, message, place.location()).help = Some(meant(&pattern.name, text));
                return false;
            }
        }
        if let Some(refers) = &field.refers {
            self.expect_uri(place, refers, field);
        }
        true
    }

    /// Reports a plain text in typographic quotes.
    pub(super) fn typographic(&mut self, place: Place<'w>, text: &str) {
        if is_quoted_typographically(text) {
            let message = format!("the typographic quotes of {} are part of the value", words::quote(text));
            let straight = text.trim_matches(QUOTES);
            self.warn(Check::TypographicQuotes, message, place.location()).help =
                Some(format!("Write straight quotes: `\"{straight}\"`"));
        }
    }

    /// Checks a scalar against the values allowed; `with` says under which condition, such as `` with `in: path` ``.
    pub(super) fn allowed(
        &mut self,
        place: Place<'w>,
        values: &[String],
        severity: Severity,
        with: impl Fn() -> String,
    ) {
        let text = match place.as_bool() {
            Some(true) => "true",
            Some(false) => "false",
            None => place.text(),
        };
        if values.is_empty() || values.iter().any(|value| value == text) {
            return;
        }
        let list = words::alternatives(&words::quoted(values));
        let subject = match place.key() {
            Some(key) => words::quote(key.text()),
            None => place.path().iter().rev().nth(1).map_or_else(String::new, |name| format!("an entry of `{name}`")),
        };
        let message = format!("{subject} must be {list}{}, not {}", with(), words::quote(text));
        let advice = self.advice_for_value(place);
        let near = near::nearest(text, values.iter().map(String::as_str));
        let advised = advice.is_some();
        let help = match (advice, near) {
            (Some((_, help)), _) => help,
            (None, Some(near)) => format!("Write `{near}`"),
            (None, None) => format!("Write {list}"),
        };
        let (message, help) = match self.versions_with(place, text) {
            Some((versions, next)) if !advised => (
                format!("{message}, which needs OpenAPI {versions}"),
                format!("{help}, or describe the API in OpenAPI {next}"),
            ),
            _ => (message, help),
        };
        let diagnostic = self.report(Check::Value, message, place.location());
        diagnostic.severity = severity;
        diagnostic.help = Some(help);
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
        let advice = self.advice_for_value(place);
        let from = advice.as_ref().and_then(|(advice, _)| advice.from);
        let message = match from {
            Some(from) => format!("{message}; that is the form of OpenAPI {from}"),
            None => message,
        };
        let help = match (kind, advice) {
            (_, Some((_, help))) => help,
            (Kind::Int | Kind::Float | Kind::Bool, None) if wants_text => {
                format!("Put the value in quotes: `\"{}\"`", place.text())
            }
            (Kind::Int | Kind::Float, None) if limit(ty, "").is_some() => {
                let limit = limit(ty, place.text()).unwrap_or_default();
                format!("Write {limit}, or remove {subject}")
            }
            (Kind::Null, None) => format!("Give {subject} a value, or remove it"),
            (Kind::Str, None) if matches!(ty, FieldType::Boolean) => {
                "Write `true` or `false` without quotes".to_owned()
            }
            (Kind::Str, None) if place.text().parse::<f64>().is_ok() => {
                format!("Write the number without quotes: `{}`", place.text())
            }
            _ => self.indented_too_deep(place).unwrap_or_else(|| format!("Write {expected}")),
        };
        self.report(Check::Type, message, place.location()).help = Some(help);
    }

    /// The versions in which the field around takes the value, and the next of them.
    fn versions_with(&self, place: Place<'_>, text: &str) -> Option<(Versions, &'static str)> {
        let object = self.model.object(*self.parents.last()?);
        let forms = object.forms(place.key()?.text()).iter();
        let forms = forms.filter(|form| form.values.iter().any(|value| value == text));
        let versions = forms.fold(Versions::NONE, |set, form| set.union(form.versions));
        (!versions.is_empty() && !versions.contains(self.version)).then(|| (versions, self.closest(versions)))
    }

    /// A hint for a field of the object around a map that stands in the map instead.
    fn indented_too_deep(&self, place: Place<'_>) -> Option<String> {
        let object = self.model.object(*self.parents.last()?);
        let name = place.key()?.text();
        let field = object.field(name, self.version)?;
        super::unknown::may_be(&field.ty, place.kind())
            .then(|| format!("Move `{name}` up into the {} around it, if it is indented too deep", object.title))
    }

    /// Notes the status codes that are numbers: from 3.0 on they must be in quotes, for JSON has no other keys (Responses Object).
    pub(super) fn status_codes(&mut self, responses: Place<'w>) {
        if self.version < Version::V3_0 {
            return;
        }
        let values = responses.members().map(|member| member.value);
        let bare =
            |key: Place<'w>| key.node().style() == Style::Plain && key.text().bytes().all(|b| b.is_ascii_digit());
        self.unquoted.extend(values.filter(|value| value.key().is_some_and(bare)));
    }

    /// Tells once of all status codes that are numbers.
    pub(super) fn finish_status_codes(&mut self) {
        const MOST_LABELS: usize = 10;
        let unquoted = std::mem::take(&mut self.unquoted);
        let Some((first, rest)) = unquoted.split_first() else { return };
        let Some(code) = first.key() else { return };
        let message = match rest.len() {
            0 => format!("the status code `{}` is not in quotes", code.text()),
            more => format!("the status code `{}` and {more} more are not in quotes", code.text()),
        };
        let label = |place: &Place<'w>| Label { location: place.key_location(), message: "and here".to_owned() };
        let finding = self.hint(Check::StatusCode, message, first.key_location());
        finding.help = Some(format!("Write `'{}'`", code.text()));
        finding.related.extend(rest.iter().take(MOST_LABELS).map(label));
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
        let help = if len < field.min {
            format!("Add an entry to {subject}, or remove {subject}")
        } else {
            format!("Keep {number} {noun} of {subject}")
        };
        self.report(
            Check::Count,
            format!("{subject} must have {bound} {number} {noun}, but {has}"),
            place.location(),
        )
        .help = Some(help);
    }
}

/// The URI reference with a fragment in the form of RFC 3986, where nothing else is wrong with it.
fn encoded_fragment(format: Text, text: &str) -> Option<String> {
    let (file, fragment) = text.split_once('#').filter(|_| format == Text::UriReference && text.trim() == text)?;
    let encoded = format!("{file}#{}", percent_encoded(fragment));
    has_format(format, &encoded).then_some(encoded)
}

/// A fragment in which every character stands that RFC 3986 (section 3.5) allows, and the others are percent-encoded.
pub(super) fn percent_encoded(fragment: &str) -> String {
    let mut out = String::with_capacity(fragment.len());
    for byte in fragment.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?%".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// What a number must be that is not within its limits.
fn limit(ty: &FieldType, text: &str) -> Option<String> {
    match ty {
        FieldType::Positive => Some("a number above 0".to_owned()),
        FieldType::Count => Some(match text.parse::<f64>() {
            Ok(number) if number > 0.0 && number < 1e15 => format!("a whole number such as `{}`", number.trunc()),
            _ => "a whole number that is not negative".to_owned(),
        }),
        _ => None,
    }
}

/// What text programs make of straight quotes.
const QUOTES: [char; 6] = ['“', '”', '„', '‘', '’', '‚'];

/// Whether a text is a value in typographic quotes, as it looks after a text program has had it.
fn is_quoted_typographically(text: &str) -> bool {
    let short = text.len() <= 60;
    short
        && text.starts_with(QUOTES)
        && text.ends_with(QUOTES)
        && text.chars().filter(|c| QUOTES.contains(c)).count() == 2
}

/// What to do about a text that lacks its format.
fn correction(format: Text, text: &str) -> String {
    let encoded = text.replace(' ', "%20");
    match format {
        Text::Regex => "Correct the regular expression; it is read as in JavaScript".to_owned(),
        Text::Uri | Text::Iri if text.starts_with("www.") || text.contains('.') && !text.contains([':', ' ']) => {
            format!("Write the scheme as well: `https://{text}`")
        }
        Text::UriReference | Text::Uri | Text::Iri if text.trim() != text => {
            format!("Remove the space around it: `{}`", text.trim())
        }
        Text::UriReference if encoded != text && has_format(format, &encoded) => {
            format!("Write {}", words::quote(&encoded))
        }
        Text::Uri | Text::Iri => "Write an absolute URL such as `https://example.com/terms`".to_owned(),
        Text::UriReference => {
            "Write a URL such as `https://example.com/terms`, or a path relative to this file".to_owned()
        }
        Text::Email => "Write one address such as `api@example.com`".to_owned(),
        Text::Plain => "Write a string".to_owned(),
    }
}

/// What is meant by a text that its pattern refuses.
fn meant(pattern: &str, text: &str) -> String {
    match pattern {
        "base-path" => format!("Write `/{}`", text.trim_start_matches("./")),
        "host" => {
            let bare = text.split_once("://").map_or(text, |(_, rest)| rest);
            let bare = bare.split(['/', '?', '#']).next().unwrap_or_default();
            if bare.is_empty() || bare.contains(['{', ' ']) {
                "Write a host name such as `api.example.com`".to_owned()
            } else {
                format!("Write `{bare}`; the scheme belongs to `schemes` and the path to `basePath`")
            }
        }
        "version" => {
            let patch = match text.trim_start_matches('v') {
                "3.1" | "3.1." => "3.1.1",
                "3.2" | "3.2." => "3.2.0",
                _ => "3.0.3",
            };
            format!("Write `{patch}`")
        }
        "no-fragment" | "identifier" => {
            format!("Write `{}`", text.split('#').next().unwrap_or_default())
        }
        "template-name" => format!("Write `{}`", text.trim_matches(['{', '}'])),
        _ => "Write it without the characters that are not allowed".to_owned(),
    }
}
