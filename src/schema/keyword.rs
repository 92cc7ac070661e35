//! The keyword `pattern` for the validator: patterns have one reader, see [`crate::pattern`].

use crate::pattern::Pattern;
use jsonschema::paths::Location;
use jsonschema::{Keyword, ValidationError, ValidationOptions};
use serde_json::{Map, Value};
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
