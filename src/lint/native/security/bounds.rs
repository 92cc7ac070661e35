//! How much a client may send: lengths of texts and lists, and patterns that check the whole value.

use super::super::facts::{Facts, path_words};
use super::super::finding::fold;
use super::super::schema_walk::{Element, Role};
use super::super::{Finding, Options, schema, words};
use crate::diagnostic::Severity;
use crate::pattern::Pattern;
use crate::workspace::Place;
use rustc_hash::FxHashSet;

/// Formats whose values have a length of their own.
const BOUNDED: [&str; 12] = [
    "date",
    "date-time",
    "time",
    "uuid",
    "ipv4",
    "ipv6",
    "full-date",
    "binary",
    "decimal",
    "int64",
    "uint64",
    "duration",
];

/// Alternatives within alternatives that are looked into.
const DEPTH: usize = 4;

/// Whether the strings that a schema allows have a greatest length: by itself, or by each of its alternatives.
fn is_bounded(place: Place<'_>, depth: usize) -> bool {
    let format = schema::text(place, "format");
    let own = schema::has(place, "maxLength")
        || schema::is_listed(place)
        || format.is_some_and(|format| BOUNDED.contains(&format))
        || super::inputs::is_binary(place)
        || schema::text(place, "pattern").is_some_and(|text| Pattern::read(text).is_bounded());
    own || depth > 0
        && ["oneOf", "anyOf"].iter().filter_map(|key| schema::keyword(place, key)).any(|list| {
            !list.is_empty() && list.elements().all(|branch| takes_no_string(branch) || is_bounded(branch, depth - 1))
        })
}

/// Whether a schema names its types and `string` is none of them.
fn takes_no_string(place: Place<'_>) -> bool {
    schema::has(place, "type") && !schema::has_type(place, "string")
}

/// `sec-request-string-bounded`: texts in requests have a greatest length.
pub(super) fn strings(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    let (mut found, mut candidates) = (Vec::new(), 0);
    for element in facts.request() {
        if !schema::has_type(element.at, "string") || !seen.insert(element.schema.id()) {
            continue;
        }
        candidates += 1;
        if !is_bounded(element.at, DEPTH) {
            let message = format!("{} may be of any length; set `maxLength`", capital(&element.label()));
            found.push(Finding::key(element.schema, message).of(&element.operation));
        }
    }
    fold(
        facts.api,
        found,
        candidates,
        |count| format!("{count} of {candidates} texts in requests may be of any length; set `maxLength`"),
        out,
    );
}

fn capital(label: &str) -> String {
    label.strip_prefix("the ").unwrap_or(label).to_owned()
}

/// Words of operations on many things at once.
const BULK: [&str; 5] = ["batch", "batches", "bulk", "multi", "mass"];

/// `sec-request-array-bounded`: lists in requests have a greatest number of items.
pub(super) fn arrays(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let most = options.number("bulk-max", 1000);
    let mut seen = FxHashSet::default();
    let (mut found, mut candidates) = (Vec::new(), 0);
    for element in facts.request() {
        if !schema::has_type(element.at, "array") || !seen.insert(element.schema.id()) {
            continue;
        }
        candidates += 1;
        match schema::keyword(element.at, "maxItems").and_then(Place::as_u64) {
            None if of_enum(element) => {}
            None => {
                let message = format!("{} may have any number of items; set `maxItems`", capital(&element.label()));
                found.push(Finding::key(element.schema, message).of(&element.operation));
            }
            Some(count)
                if count > most
                    && (element.role == Role::Body || words::any(&path_words(&element.operation), &BULK)) =>
            {
                let message = format!(
                    "{} may have {count} items, more than the {most} that one request should carry",
                    capital(&element.label())
                );
                found.push(Finding::key(element.schema, message).of(&element.operation));
            }
            Some(_) => {}
        }
    }
    fold(
        facts.api,
        found,
        candidates,
        |count| format!("{count} of {candidates} lists in requests may have any number of items; set `maxItems`"),
        out,
    );
}

/// Whether the items are different values of a list.
fn of_enum(element: &Element<'_>) -> bool {
    let items = schema::keyword(element.at, "items");
    items.is_some_and(schema::is_listed)
}

/// `sec-regex-anchored`: patterns check the whole value.
pub(super) fn anchored(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    let (mut found, mut candidates) = (Vec::new(), 0);
    for element in facts.request() {
        let Some(place) = schema::keyword(element.at, "pattern") else { continue };
        let Some(text) = place.as_str().filter(|_| seen.insert(place.id())) else { continue };
        candidates += 1;
        if schema::flag(element.at, "x-pattern-search") {
            continue;
        }
        let pattern = Pattern::read(text);
        if pattern.says_nothing() {
            let message = format!("the pattern `{text}` accepts every value; remove it or say what is allowed");
            found.push(Finding::at(place, message).at_most(Severity::Hint).of(&element.operation));
        } else if !pattern.is_anchored() {
            let message = if pattern.starts() {
                format!("the pattern `{text}` does not end with `$`: anything may follow")
            } else if pattern.ends() {
                format!("the pattern `{text}` does not begin with `^`: anything may stand before")
            } else if text.starts_with('^') && text.ends_with('$') {
                format!("in the pattern `{text}` the anchors belong to one alternative each; write `^(a|b)$`")
            } else {
                format!("the pattern `{text}` accepts any text that contains a match; write `^…$`")
            };
            found.push(Finding::at(place, message).of(&element.operation));
        }
    }
    fold(
        facts.api,
        found,
        candidates,
        |count| format!("{count} of {candidates} patterns in requests do not check the whole value"),
        out,
    );
}
