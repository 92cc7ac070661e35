//! Rates: what one means, how exact it is, and between which currencies.

use super::super::facts::Facts;
use super::super::finding::fold;
use super::super::schema_walk::{Element, Role};
use super::super::{Finding, Options, schema, words};
use crate::diagnostic::Severity;
use crate::workspace::{Place, PlaceId};
use rustc_hash::{FxHashMap, FxHashSet};

/// Words that make a rate one of banking, and not one of frames, errors or requests.
const OF_MONEY: [&str; 26] = [
    "interest",
    "exchange",
    "fx",
    "forex",
    "conversion",
    "fee",
    "commission",
    "annual",
    "lending",
    "deposit",
    "borrow",
    "coupon",
    "discount",
    "base",
    "effective",
    "nominal",
    "apr",
    "apy",
    "variable",
    "comparison",
    "penalty",
    "overdraft",
    "loan",
    "mortgage",
    "withholding",
    "savings",
];
/// Words beside a rate that say that it is something else.
const NOT: [&str; 20] = [
    "type",
    "id",
    "code",
    "name",
    "date",
    "limit",
    "error",
    "success",
    "sample",
    "frame",
    "frequency",
    "request",
    "refresh",
    "score",
    "plan",
    "card",
    "source",
    "status",
    "period",
    "category",
];

fn is_exchange(split: &[String]) -> bool {
    split.last().is_some_and(|word| word == "rate") && words::any(split, &["exchange", "fx", "forex", "conversion"])
}

/// Whether a name is that of an interest, exchange or fee rate. Names are split into words only where it may matter.
fn is_rate(name: &str) -> bool {
    let may = ["rate", "Rate", "RATE", "apr", "APR", "apy", "APY", "Apr", "Apy", "ercentage"];
    if !may.iter().any(|part| name.contains(part)) {
        return false;
    }
    let split = words::words(name);
    let last = split.last().map_or("", String::as_str);
    !words::any(&split, &NOT)
        && (matches!(last, "apr" | "apy") || (matches!(last, "rate" | "percentage") && words::any(&split, &OF_MONEY)))
}

/// Texts by which a description or title says what `1` means.
const SCALES: [&str; 13] = [
    "percent",
    "per cent",
    "%",
    "fraction",
    "basis point",
    "bps",
    "decimal",
    "ratio",
    "0.0",
    "per unit",
    "multipl",
    "e.g. 1.",
    "1 unit",
];

fn described(place: Place<'_>, terms: &[&str]) -> bool {
    ["description", "title", "x-unit"]
        .iter()
        .filter_map(|key| schema::text(place, key))
        .any(|text| terms.iter().any(|term| text.to_ascii_lowercase().contains(term)))
}

/// Whether the contract says if five per cent is `5`, `0.05` or `500`. An exchange rate has no such doubt.
fn has_scale(element: &Element<'_>, split: &[String]) -> bool {
    words::any(split, &["percent", "percentage", "pct", "bps", "decimal", "fraction", "points"])
        || is_exchange(split)
        || ["pattern", "x-unit", "format"].iter().any(|key| {
            schema::text(element.at, key).is_some_and(|text| !matches!(text, "double" | "float" | "int32" | "int64"))
        })
        || schema::is_listed(element.at)
        || described(element.at, &SCALES)
        || schema::has(element.at, "maximum")
        || ["example", "examples", "default"].iter().any(|key| schema::has(element.at, key))
}

/// Whether a number says how many digits count.
fn has_precision(place: Place<'_>) -> bool {
    schema::has(place, "multipleOf")
        || schema::has(place, "x-precision")
        || matches!(schema::text(place, "format"), Some("decimal" | "decimal128"))
        || described(place, &["decimal place", "digits", "precision", "scale"])
}

/// Most properties of an object, and objects around it, among which currencies are looked for.
const LOOKED_AT: usize = 64;

/// Whether an object names both currencies of an exchange rate, or the pair.
fn names_pair(holder: Place<'_>) -> bool {
    let mut currencies = 0;
    for (name, place) in schema::properties(holder).into_iter().take(LOOKED_AT) {
        let split = words::words(name);
        let inner = schema::properties(place);
        let nested = inner.iter().any(|(name, _)| words::any(&words::words(name), &["currency", "ccy"]));
        if words::any(&split, &["pair", "symbol", "instrument", "ticker", "market"]) && !nested {
            return true;
        }
        let currency = words::any(&split, &["currency", "ccy", "currencies", "asset", "coin"]);
        let side = ["base", "quote", "from", "to", "source", "target", "counter", "term"].contains(&name);
        currencies += usize::from(currency || nested || side);
    }
    currencies >= 2
}

/// `des-rate-precision`: a rate says what it means and how exact it is.
pub(super) fn precision(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let rates: Vec<&Element<'_>> = facts
        .everywhere()
        .filter(|element| element.role == Role::Property && is_rate(element.name) && is_scalar(element.at))
        .collect();
    if rates.is_empty() {
        return;
    }
    // Whom an object schema belongs to: the object whose property, or item of a property, leads to it.
    let mut outer: FxHashMap<PlaceId, Vec<Place<'_>>> = FxHashMap::default();
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
    for element in rates {
        let split = words::words(element.name);
        if !seen.insert(element.schema.id()) {
            continue;
        }
        candidates += 1;
        let around = element.holder.map(|holder| {
            let further = outer.get(&holder.id()).into_iter().flatten().copied().take(LOOKED_AT);
            std::iter::once(holder).chain(further).collect::<Vec<_>>()
        });
        let paired = !is_exchange(&split) || around.is_none_or(|levels| levels.into_iter().any(names_pair));
        let number = schema::has_type(element.at, "number");
        let mut lacks = Vec::new();
        if !has_scale(element, &split) {
            lacks.push("whether five per cent is `5` or `0.05`");
        }
        if !paired {
            lacks.push("between which two currencies it is");
        }
        let exact = !number || has_precision(element.at);
        if !exact {
            lacks.push("how many decimal places it has");
        }
        if lacks.is_empty() {
            continue;
        }
        let message = format!(
            "the {} does not say {}; name that in the description{}",
            element.label(),
            joined(&lacks),
            advice(number)
        );
        let finding = Finding::key(element.at, message).of(&element.operation);
        // A number with a known meaning is only less exact than it could be.
        found.push(if lacks.len() == 1 && !exact { finding.at_most(Severity::Hint) } else { finding });
    }
    let summary = |count| {
        format!(
            "{count} rates do not say what they mean, how exact they are, or between which currencies; share one schema that does"
        )
    };
    fold(facts.api, found, candidates.max(21), summary, out);
}

fn is_scalar(place: Place<'_>) -> bool {
    schema::is_numeric(place) || schema::has_type(place, "string")
}

fn joined(parts: &[&str]) -> String {
    match parts {
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{}, and {last}", first.join(", ")),
        [] => String::new(),
    }
}

fn advice(number: bool) -> &'static str {
    if number { ", or use a string with a decimal pattern" } else { ", or with a pattern" }
}

#[cfg(test)]
mod tests {
    use super::is_rate;

    #[test]
    fn rates_of_banking_are_told_from_other_rates() {
        for name in ["interestRate", "exchange_rate", "apr", "feePercentage", "annualPercentageRate", "fxRate"] {
            assert!(is_rate(name), "{name}");
        }
        for name in
            ["sampleRate", "errorRate", "rate", "interestRateType", "exchangeRateDate", "corporate", "generated"]
        {
            assert!(!is_rate(name), "{name}");
        }
    }
}
