//! Fields that are described, with their units, and errors that are shown.

use super::super::facts::{Facts, examples_of, is_json};
use super::super::finding::fold;
use super::super::schema_walk::{Role, is_error};
use super::super::{Finding, Options, schema, words};
use crate::openapi::{Audience, ParameterIn, StatusKey};
use crate::workspace::{Place, PlaceId};
use rustc_hash::{FxHashMap, FxHashSet};

/// Names that explain themselves: parts of envelopes.
const PLAIN: [&str; 14] = [
    "data", "items", "links", "meta", "_links", "self", "first", "next", "prev", "previous", "last", "content",
    "results", "value",
];

/// `doc-parameter-and-property-described`: fields say what they are.
pub(super) fn described(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let (mut found, mut candidates) = (Vec::new(), 0);
    let mut seen = FxHashSet::default();
    for operation in facts.operations() {
        for parameter in operation.parameters() {
            if !seen.insert(parameter.place.id()) {
                continue;
            }
            candidates += 1;
            let own = [parameter.at, parameter.place]
                .iter()
                .any(|place| place.get_str("description").is_some_and(|text| !text.is_empty()));
            let schema = parameter.schema().and_then(|schema| schema.place());
            if !own && !schema.is_some_and(|schema| schema::has(schema, "description")) {
                let message = format!("the {} has no description", parameter.label());
                found.push(Finding::at(parameter.place.get("name").unwrap_or(parameter.place), message).of(operation));
            }
        }
    }
    for element in facts.everywhere().filter(|element| element.role == Role::Property) {
        let listed = schema::is_listed(element.at) && schema::has(element.at, "title");
        if PLAIN.contains(&element.name.to_ascii_lowercase().as_str()) || listed || !seen.insert(element.at.id()) {
            continue;
        }
        candidates += 1;
        if !schema::has(element.at, "description") {
            found.push(
                Finding::key(element.at, format!("the {} has no description", element.label())).of(&element.operation),
            );
        }
    }
    let summary = |count| format!("{count} of {candidates} parameters and properties have no description");
    fold(facts.api, found, candidates, summary, out);
}

/// `doc-error-example`: errors are shown.
pub(super) fn error_example(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    if facts.audience() == Some(Audience::Internal) {
        return;
    }
    let mut shown: FxHashSet<&str> = FxHashSet::default();
    let mut open: Vec<(crate::openapi::Response<'_>, &str)> = Vec::new();
    let mut seen: FxHashSet<PlaceId> = FxHashSet::default();
    let mut candidates = 0;
    for operation in facts.operations() {
        for response in operation.responses().into_iter().filter(|response| response.key.class() == Some(4)) {
            if !response.media_types().iter().any(|media| is_json(media.name)) || !seen.insert(response.place.id()) {
                continue;
            }
            candidates += 1;
            if examples_of(&response).is_empty() && !has_made_example(&response) {
                open.push((response, response.status));
            } else {
                shown.insert(response.status);
            }
        }
    }
    // What a gateway answers looks the same everywhere.
    open.retain(|(_, status)| !(matches!(*status, "401" | "403" | "429") && shown.contains(status)));
    let found = open.into_iter().map(|(response, status)| {
        let message = format!("no example shows the error `{status}` of {}; add one", response.operation.label());
        Finding::key(response.at, message).of(&response.operation)
    });
    let summary = |count| format!("{count} of {candidates} errors have no example");
    fold(facts.api, found.collect(), candidates, summary, out);
}

/// Whether the properties of the body carry examples of their own.
fn has_made_example(response: &crate::openapi::Response<'_>) -> bool {
    let bodies = response.media_types().into_iter().filter_map(|media| media.schema?.place());
    bodies
        .flat_map(schema::properties)
        .any(|(_, place)| ["example", "examples"].iter().any(|key| schema::has(place, key)))
}

fn is_code(name: &str) -> bool {
    matches!(&*words::words(name).join(" "), "code" | "error code" | "errorcode" | "reason code")
}

/// The codes below an example, at most four levels.
fn codes<'w>(place: Place<'w>, depth: usize, out: &mut Vec<Place<'w>>) {
    for member in place.members() {
        if is_code(member.name) && member.value.as_str().is_some() {
            out.push(member.value);
        } else if depth > 0 {
            codes(member.value, depth - 1, out);
        }
    }
    if depth > 0 {
        place.elements().for_each(|inner| codes(inner, depth - 1, out));
    }
}

/// `doc-error-code-in-catalogue`: the codes that are shown are those that are listed. Option `prefixes`: of further codes.
pub(super) fn in_catalogue(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let Some(catalogue) = facts.governance("x-error-catalogue").filter(|list| list.is_seq() || list.is_map()) else {
        return;
    };
    let mut entries: FxHashMap<&str, Place<'_>> = FxHashMap::default();
    if catalogue.is_seq() {
        entries.extend(catalogue.elements().filter_map(|entry| Some((entry.get_str("code")?, entry))));
    } else {
        entries.extend(
            catalogue.members().filter(|member| member.value.is_map()).map(|member| (member.name, member.value)),
        );
    }
    if entries.is_empty() {
        return;
    }
    let mut sorted: Vec<(&str, Place<'_>)> = entries.iter().map(|(code, entry)| (*code, *entry)).collect();
    sorted.sort_by_key(|(code, _)| *code);
    for (code, entry) in &sorted {
        let lacks: Vec<&str> =
            [("`cause`", ["cause", "reason", "description"]), ("`action`", ["action", "fix", "resolution"])]
                .into_iter()
                .filter(|(_, keys)| keys.iter().all(|key| entry.get(key).is_none()))
                .map(|(name, _)| name)
                .collect();
        if !lacks.is_empty() {
            let message = format!("the entry `{code}` of the catalogue has no {}", lacks.join(" and no "));
            out.push(Finding::key(*entry, message));
        }
    }
    let prefixes = options.list("prefixes");
    let mut seen = FxHashSet::default();
    let mut statuses: FxHashSet<StatusKey<'_>> = FxHashSet::default();
    for operation in facts.operations() {
        for response in operation.responses().into_iter().filter(is_error) {
            statuses.insert(response.key);
            if !seen.insert(response.place.id()) {
                continue;
            }
            let mut all = Vec::new();
            for example in examples_of(&response) {
                codes(example, 4, &mut all);
            }
            for code in all {
                let text = code.text();
                if !entries.contains_key(text)
                    && !prefixes.iter().any(|prefix| text.starts_with(prefix))
                    && seen.insert(code.id())
                {
                    let message =
                        format!("the code `{text}` stands in no entry of the error catalogue; add it, or correct it");
                    out.push(Finding::at(code, message).of(operation));
                }
            }
        }
    }
    for (code, entry) in sorted {
        let Some(status) = entry.get("status").or_else(|| entry.get("httpStatus")) else { continue };
        let key = StatusKey::parse(status.text());
        if !statuses.iter().any(|described| described.covers(key)) {
            let message =
                format!("no operation describes `{}`, the status of `{code}` in the catalogue", status.text());
            out.push(Finding::at(status, message));
        }
    }
}

/// Last words of quantities that have a unit.
const QUANTITIES: [&str; 11] =
    ["duration", "timeout", "ttl", "interval", "latency", "delay", "weight", "length", "size", "rate", "lifetime"];
/// Words that are the unit.
const UNITS: [&str; 40] = [
    "ms",
    "millis",
    "milliseconds",
    "sec",
    "secs",
    "seconds",
    "minutes",
    "mins",
    "hours",
    "days",
    "weeks",
    "months",
    "years",
    "bytes",
    "kb",
    "mb",
    "pct",
    "percent",
    "percentage",
    "bps",
    "minor",
    "cents",
    "kg",
    "grams",
    "cm",
    "mm",
    "meters",
    "characters",
    "items",
    "page",
    "batch",
    "exchange",
    "fx",
    "count",
    "pixels",
    "px",
    "hour",
    "day",
    "pool",
    "sample",
];
/// Units in descriptions.
const TOLD: [&str; 27] = [
    "second",
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "year",
    "millisecond",
    "byte",
    "cent",
    "minor unit",
    "per cent",
    "percent",
    "basis point",
    "%",
    "kilogram",
    "gram",
    "metre",
    "meter",
    "pixel",
    "character",
    "number of",
    "items",
    "decimal",
    "ratio",
    "fraction",
    "inch",
];

/// `doc-units-declared`: quantities say what they are counted in.
pub(super) fn units(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    let (mut found, mut candidates) = (Vec::new(), 0);
    for element in facts.everywhere().filter(|element| element.is_named() && schema::is_numeric(element.at)) {
        let split = words::words(element.name);
        let last = split.last().map_or("", String::as_str);
        let age = words::ends_with(&split, "max age");
        // Keywords of JSON Schema count characters.
        let keyword = words::ends_with(&split, "min length") || words::ends_with(&split, "max length");
        let header = matches!(element.role, Role::Header | Role::Parameter(ParameterIn::Header));
        if keyword
            || !(QUANTITIES.contains(&last) || age)
            || words::any(&split, &UNITS)
            || header
            || !seen.insert(element.schema.id())
        {
            continue;
        }
        // The size of a page counts what is on it.
        let page = matches!(element.role, Role::Parameter(_)) && last == "size";
        candidates += 1;
        let told = ["description", "title"]
            .iter()
            .filter_map(|key| schema::text(element.at, key).or_else(|| parameter_text(element.at, key)))
            .any(|text| TOLD.iter().any(|unit| text.to_lowercase().contains(unit)));
        let format = schema::text(element.at, "format")
            .is_some_and(|format| !matches!(format, "int32" | "int64" | "float" | "double" | "decimal"));
        if page || told || format || schema::has(element.at, "x-unit") || schema::is_listed(element.at) {
            continue;
        }
        let message = format!(
            "the {} does not say in which unit it is; name it in the description, or with `x-unit`",
            element.label()
        );
        found.push(Finding::key(element.schema, message).of(&element.operation));
    }
    let summary = |count| format!("{count} quantities do not say in which unit they are");
    fold(facts.api, found, candidates.max(21), summary, out);
}

/// The description of the parameter whose schema this is.
fn parameter_text<'w>(schema: Place<'w>, key: &str) -> Option<&'w str> {
    let path = schema.path();
    let (last, holder) = path.split_last()?;
    if last != "schema" {
        return None;
    }
    let tokens: Vec<&str> = holder.iter().map(String::as_str).collect();
    schema.workspace().document_root(schema.document_id()).descend(&tokens)?.get_str(key)
}
