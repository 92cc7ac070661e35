//! Amounts of money: exact, and with their currency.

use super::super::facts::Facts;
use super::super::finding::fold;
use super::super::schema_walk::{Element, Role};
use super::super::{Finding, Options, schema, words};
use crate::diagnostic::Severity;
use crate::workspace::Place;
use rustc_hash::{FxHashMap, FxHashSet};

/// Whether an element is an amount; `x-money` decides where it is given.
fn is_money(element: &Element<'_>) -> bool {
    let marked = ["x-money", "x-is-money"].iter().find_map(|key| schema::keyword(element.at, key)?.as_bool());
    element.is_named() && marked.unwrap_or_else(|| words::is_money(element.name))
}

/// The amounts of a contract, each place once.
fn amounts<'a, 'w>(facts: &'a Facts<'w>) -> Vec<&'a Element<'w>> {
    let mut seen = FxHashSet::default();
    facts.everywhere().filter(|element| is_money(element) && seen.insert(element.at.id())).collect()
}

/// `des-money-not-float`: amounts are no binary floating point numbers.
pub(super) fn not_float(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let accept_double_text = options.is_set("accept-double-strings");
    let amounts = amounts(facts);
    let (mut found, mut candidates) = (Vec::new(), 0);
    let mut seen = FxHashSet::default();
    for element in amounts {
        let format = schema::text(element.at, "format");
        let number = schema::has_type(element.at, "number");
        let text = schema::has_type(element.at, "string");
        candidates += usize::from(number || text || schema::has_type(element.at, "integer"));
        let wrong = number || (text && matches!(format, Some("double" | "float")) && !accept_double_text);
        if !wrong || !seen.insert(element.schema.id()) {
            continue;
        }
        let what = if number {
            "a JSON number, which clients read as binary floating point"
        } else {
            "a text with the format of a floating point number"
        };
        let message = format!(
            "the amount of {} is {what}; use a string with a decimal pattern, or an integer of minor units",
            element.label()
        );
        let place = schema::keyword(element.at, "type").unwrap_or(element.schema);
        let finding = Finding::at(place, message).of(&element.operation);
        let exact = number && (format == Some("decimal") || schema::has(element.at, "multipleOf"));
        found.push(if exact { finding.at_most(Severity::Info) } else { finding });
    }
    fold(
        facts.api,
        found,
        candidates.max(21),
        |count| {
            format!(
                "{count} amounts of money are JSON numbers, which clients read as binary floating point; use strings with a decimal pattern, or integers of minor units"
            )
        },
        out,
    );
}

fn is_currency(name: &str) -> bool {
    words::any(&words::words(name), &["currency", "ccy", "currencies", "asset", "iso4217"])
}

/// Whether a schema has a property for the currency, or fixes it.
fn has_currency(place: Place<'_>) -> bool {
    schema::has(place, "x-currency")
        || schema::has(place, "x-currency-from")
        || schema::properties(place).iter().any(|(name, _)| is_currency(name))
}

/// `des-money-currency-paired`: an amount says in which currency it is.
pub(super) fn currency_paired(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    if options.text("default-currency").is_some() || facts.governance("x-currency").is_some() {
        return;
    }
    // Whom an object schema belongs to: the objects whose property leads to it.
    let mut outer: FxHashMap<_, Vec<Place<'_>>> = FxHashMap::default();
    for element in facts.everywhere() {
        if let Some(holder) = element.holder {
            outer.entry(element.schema.id()).or_default().push(holder);
            if let Some(items) = schema::keyword(element.schema, "items") {
                outer.entry(items.resolved().id()).or_default().push(holder);
            }
        }
    }
    let mut seen = FxHashSet::default();
    let (mut found, mut candidates) = (Vec::new(), 0);
    for element in amounts(facts) {
        let Some(holder) = element.holder.filter(|_| element.role == Role::Property) else { continue };
        let scalar = schema::is_numeric(element.at) || schema::has_type(element.at, "string");
        if !scalar || !seen.insert(holder.id()) {
            continue;
        }
        candidates += 1;
        // The currency may stand beside the amount or up to two objects further out.
        let mut level = vec![holder];
        let mut paired = schema::has(element.at, "x-currency") || schema::has(element.at, "x-currency-from");
        let mut known = FxHashSet::default();
        for _ in 0..3 {
            paired |= level.iter().any(|place| has_currency(*place));
            let next = level.iter().flat_map(|place| outer.get(&place.id()).into_iter().flatten()).copied();
            level = next.filter(|place| known.insert(place.id())).collect();
        }
        if !paired {
            let message = format!(
                "no currency stands with the amount of {}; add a `currency` beside it, or say `x-currency`",
                element.label()
            );
            found.push(Finding::key(element.at, message).of(&element.operation));
        }
    }
    fold(
        facts.api,
        found,
        candidates.max(21),
        |count| {
            format!(
                "{count} objects hold amounts of money without a currency; add `currency` beside them, or say `x-currency` once at the root"
            )
        },
        out,
    );
}
