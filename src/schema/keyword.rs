//! Patterns for the validator: they have one reader, see [`crate::pattern`].
//!
//! The keyword `pattern` is judged by it. `patternProperties` is the validator's own, as other keywords depend on it: its
//! patterns are written in words that cannot be misread.

use crate::pattern::Pattern;
use jsonschema::paths::Location;
use jsonschema::{Keyword, ValidationError, ValidationOptions};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::sync::Arc;

/// Teaches a validator the patterns of contracts.
pub(super) fn teach(options: ValidationOptions<'_>) -> ValidationOptions<'_> {
    options.with_keyword("pattern", keyword)
}

type Made<'a> = Result<Box<dyn for<'i> Keyword<'i>>, ValidationError<'a>>;

fn keyword<'a>(_: &'a Map<String, Value>, value: &'a Value, _: Location) -> Made<'a> {
    let pattern = Pattern::read(value.as_str().unwrap_or_default());
    match pattern.error() {
        Some(error) => Err(ValidationError::custom(error.to_string())),
        None => Ok(Box::new(Found(pattern))),
    }
}

/// A string in which the pattern is found; or another value.
struct Found(Arc<Pattern>);

impl<'i> Keyword<'i> for Found {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        if self.is_valid(instance) {
            return Ok(());
        }
        Err(ValidationError::custom(format!("{instance} does not match \"{}\"", self.0.source())))
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        instance.as_str().is_none_or(|text| self.0.matches(text) == Some(true))
    }
}

/// Ends the spelling of a pattern that has the same as another.
pub(super) const ANOTHER: &str = "(?:)";

/// Returns the name of an entry under a keyword as the validator is to read it.
pub(super) fn spelled<'n>(keyword: &str, name: &'n str) -> Cow<'n, str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'^' | b'$' | b'_');
    if keyword != "patternProperties" || name.bytes().all(plain) {
        return Cow::Borrowed(name);
    }
    Pattern::read(name).portable().map_or(Cow::Borrowed(name), Cow::Owned)
}

/// Returns whether an entry under a keyword was written with another name for the validator, this one.
pub(super) fn is_spelled(keyword: &str, name: &str, written: &str) -> bool {
    keyword == "patternProperties" && spelled(keyword, name) == written.trim_end_matches(ANOTHER)
}
