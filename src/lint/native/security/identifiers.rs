//! Ids of resources that can be guessed.

use super::super::facts::Facts;
use super::super::{Finding, Options, schema, words};
use crate::openapi::ParameterIn;
use crate::pattern::Pattern;
use crate::workspace::Place;
use rustc_hash::FxHashSet;

/// Words of parameters that count or name something public.
const NO_SECRET: [&str; 26] = [
    "year", "month", "day", "page", "index", "version", "sequence", "position", "bin", "bic", "code", "sort",
    "product", "branch", "block", "height", "line", "row", "revision", "period", "quarter", "week", "level", "chain",
    "network", "template",
];

/// `sec-no-sequential-id`: ids in paths cannot be counted through.
pub(super) fn no_sequential_id(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    for operation in facts.operations() {
        for parameter in operation.parameters().into_iter().filter(|p| p.location == Some(ParameterIn::Path)) {
            let split = words::words(parameter.name);
            let names = split.last().is_some_and(|word| matches!(word.as_str(), "id" | "number" | "no" | "key"));
            let template = operation.path.template;
            let trails = template.ends_with(&format!("{{{}}}", parameter.name)) && template.matches('{').count() == 1;
            if !(names || trails) || words::any(&split, &NO_SECRET) {
                continue;
            }
            let Some(place) = parameter.schema().and_then(|schema| schema.place()) else { continue };
            if schema::is_listed(place) {
                continue;
            }
            let short = schema::keyword(place, "maxLength").and_then(Place::as_u64).is_some_and(|length| length <= 12);
            let digits = short && schema::text(place, "pattern").is_some_and(|text| Pattern::read(text).is_digits());
            if (schema::has_type(place, "integer") || digits) && seen.insert(parameter.place.id()) {
                let message = format!(
                    "the {} is a number, so others' ids can be guessed by counting; use random ids such as UUIDs",
                    parameter.label()
                );
                out.push(Finding::key(parameter.place.get("schema").unwrap_or(parameter.place), message).of(operation));
            }
        }
    }
}
