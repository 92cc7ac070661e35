//! Amounts of money: exact, and with their currency.

use super::super::facts::Facts;
use super::super::finding::fold;
use super::super::schema_walk::{Element, Role};
use super::super::url::is_below;
use super::super::{Finding, Options, schema, words};
use crate::diagnostic::Severity;
use crate::lexicon::Class;
use crate::openapi::{Audience, Operation, Response};
use crate::pattern::Pattern;
use crate::workspace::Place;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::LazyCell;

/// Whether an element is an amount; `x-money` decides where it is given. `x-is-money` is a mark for decimal numbers, which
/// rates carry as well.
fn is_money<'w>(facts: &Facts<'w>, element: &Element<'w>) -> bool {
    let marked = |key| schema::keyword(element.at, key).and_then(Place::as_bool);
    let decimal =
        || marked("x-is-money").filter(|_| words::words(element.name).last().is_none_or(|word| word != "rate"));
    element.is_named()
        && marked("x-money")
            .or_else(decimal)
            .unwrap_or_else(|| facts.holds(element, &[Class::Money]).is_some() && !is_measured(facts, element))
}

/// Whether an amount is one of something else: a unit stands beside it, and neither a currency nor a price.
fn is_measured(facts: &Facts<'_>, element: &Element<'_>) -> bool {
    let Some(holder) = element.holder else { return false };
    if !matches!(&*words::words(element.name).join(" "), "amount" | "value" | "total" | "sum") {
        return false;
    }
    let is_unit = |name: &str| {
        let split = words::words(name);
        let measure = words::ends_with(&split, "unit of measure") || words::ends_with(&split, "unit code");
        measure || matches!(split.as_slice(), [only] if matches!(only.as_str(), "unit" | "units" | "uom"))
    };
    let beside = schema::properties(holder);
    let unit = beside.iter().find(|(name, _)| is_unit(name));
    unit.is_some_and(|(_, place)| !is_of_money(*place))
        && !beside.iter().any(|(name, _)| {
            *name != element.name && (is_currency(name) || facts.lexicon.is_named(name, &[Class::Money]))
        })
}

/// Whether a unit is a currency, as its schema says: in its title or description, by the schema that it refers to, by its format
/// or pattern, or by its values.
fn is_of_money(unit: Place<'_>) -> bool {
    let told = ["title", "description", "format"].iter().filter_map(|key| schema::text(unit, key)).any(|text| {
        let text = text.to_ascii_lowercase();
        ["currenc", "4217", "monetary", "money"].iter().any(|word| text.contains(word))
    });
    let refers = unit.reference().and_then(|reference| reference.rsplit('/').next()).is_some_and(is_currency);
    // Units such as `kg` have letters too, but not always three capital ones.
    let shaped = schema::text(unit, "pattern").is_some_and(|text| {
        let pattern = Pattern::read(text);
        let takes = |text: &str| pattern.matches(text) == Some(true);
        pattern.fixed_length() == Some(3) && takes("EUR") && !takes("123")
    });
    let values = schema::literals(unit, &["example", "examples", "default", "enum", "const"]);
    told || refers || shaped || values.into_iter().filter_map(Place::as_str).any(super::formats::is_currency_code)
}

/// Limits a finding about an amount to what the evidence bears.
fn by_evidence<'w>(facts: &Facts<'w>, element: &Element<'w>, finding: Finding) -> Finding {
    match facts.holds(element, &[Class::Money]) {
        Some(judgement) => finding.by(judgement),
        None => finding,
    }
}

/// The amounts of a contract, each place once.
fn amounts<'a, 'w>(facts: &'a Facts<'w>) -> Vec<&'a Element<'w>> {
    let mut seen = FxHashSet::default();
    facts.everywhere().filter(|element| is_money(facts, element) && seen.insert(element.at.id())).collect()
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
        let finding = by_evidence(facts, element, Finding::at(place, message).of(&element.operation));
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

/// The paths of single resources that tell a currency: what is booked below `/accounts/{id}` is in that of the account.
fn resources_with_currency<'w>(facts: &Facts<'w>) -> Vec<&'w str> {
    let tells = |operation: &&Operation<'w>| {
        let read = operation.method == "get" && operation.path.template.ends_with('}');
        let bodies = || {
            let responses = operation.responses().into_iter().filter(Response::is_success);
            let media = responses.flat_map(|response| response.media_types());
            media.filter_map(|media| media.schema?.place()).collect::<Vec<_>>()
        };
        let told = |body: Place<'_>| schema::properties_within(body, 3).iter().any(|(name, _)| is_currency(name));
        read && bodies().into_iter().any(told)
    };
    facts.operations().filter(tells).map(|operation| operation.path.template).collect()
}

/// Whether an amount is the price of something that is traded, rather than a sum.
fn is_quotation(name: &str) -> bool {
    words::any(&words::words(name), &["price", "prices", "bid", "ask", "quote", "strike", "mid"])
}

/// Whether a name is that of something that is traded, whose prices are in a currency of its own. What people pay with is
/// called an instrument, too.
fn is_instrument(name: &str) -> bool {
    let split = words::words(name);
    words::any(&split, &["instrument", "instruments", "ticker", "isin", "orderbook"])
        && !words::any(&split, &["payment", "funding", "wallet", "card"])
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
    let resources = LazyCell::new(|| resources_with_currency(facts));
    // Names are split into words only where an answer hangs on it.
    let trades = LazyCell::new(|| facts.everywhere().any(|element| element.is_named() && is_instrument(element.name)));
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
        paired |= is_quotation(element.name) && *trades;
        let mut known = FxHashSet::default();
        for _ in 0..3 {
            paired |= level.iter().any(|place| has_currency(*place));
            let next = level.iter().flat_map(|place| outer.get(&place.id()).into_iter().flatten()).copied();
            level = next.filter(|place| known.insert(place.id())).collect();
        }
        if paired {
            continue;
        }
        let template = element.operation.path.template;
        if let Some(resource) = resources.iter().find(|resource| template != **resource && is_below(template, resource))
        {
            let message = format!(
                "no currency stands with the amount of {}; it seems to be that of `{resource}`",
                element.label()
            );
            let help = "Say so with `x-currency-from`, or add a `currency` beside the amount";
            let finding = Finding::key(element.at, message).help(help).of(&element.operation);
            found.push(by_evidence(facts, element, finding).at_most(Severity::Info));
        } else {
            let message = format!(
                "no currency stands with the amount of {}; add a `currency` beside it, or say `x-currency`",
                element.label()
            );
            found.push(by_evidence(facts, element, Finding::key(element.at, message).of(&element.operation)));
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

/// Whether an amount is declared to be in minor units, such as cents.
fn is_minor(element: &Element<'_>) -> bool {
    let split = words::words(element.name);
    let told = |place: Place<'_>| {
        let text = schema::text(place, "description").unwrap_or_default().to_ascii_lowercase();
        ["minor", "cent", "pence", "smallest", "penny"].iter().any(|word| text.contains(word))
    };
    words::any(&split, &["minor", "cents", "pence"])
        || schema::has(element.at, "x-unit")
        || told(element.at)
        || element.holder.is_some_and(told)
}

/// `des-money-decimal-shape`: amounts say how many digits they have, and of what unit.
pub(super) fn decimal_shape(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let (mut found, mut candidates) = (Vec::new(), 0);
    let mut seen = FxHashSet::default();
    for element in amounts(facts) {
        let shown = words::any(&words::words(element.name), &["formatted", "display", "label", "text"]);
        if shown || schema::is_listed(element.at) || !seen.insert(element.schema.id()) {
            continue;
        }
        let what = if schema::has_type(element.at, "string") {
            candidates += 1;
            match schema::text(element.at, "pattern") {
                None if matches!(schema::text(element.at, "format"), Some("decimal" | "amount" | "money")) => continue,
                None => "has no pattern, so any text is an amount; use one such as `^[0-9]{1,13}\\.[0-9]{2}$`",
                Some(text) => match Pattern::read(text) {
                    pattern if !pattern.is_anchored() => {
                        "has a pattern that does not check the whole value; write `^…$`"
                    }
                    pattern if !pattern.is_bounded() && !schema::has(element.at, "maxLength") => {
                        "has a pattern without a greatest number of digits; limit them"
                    }
                    _ if accepts_comma(text) => "accepts a comma for the decimal point; allow only a point",
                    _ => continue,
                },
            }
        } else if schema::has_type(element.at, "integer") {
            candidates += 1;
            if !is_minor(element) {
                "is an integer, but does not say of which unit; name it in the description, or say `x-unit: minor`"
            } else if schema::text(element.at, "format") == Some("int32") {
                "has 32 bits, which end at 21 million of a currency with cents; use `format: int64`"
            } else {
                continue;
            }
        } else {
            continue;
        };
        let message = format!("the amount of {} {what}", element.label());
        found.push(by_evidence(facts, element, Finding::key(element.schema, message).of(&element.operation)));
    }
    let summary = |count| {
        format!(
            "{count} amounts of money do not say how many digits they have, or of what unit they are; share one schema with an anchored pattern"
        )
    };
    fold(facts.api, found, candidates.max(21), summary, out);
}

fn accepts_comma(pattern: &str) -> bool {
    let pattern = Pattern::read(pattern);
    ["1,50", "10,00", "0,5"].iter().any(|text| pattern.matches(text) == Some(true))
}

/// 2^53 - 1, the greatest integer that every JSON reader keeps.
const SAFE: f64 = 9_007_199_254_740_991.0;

/// `des-safe-integer`: large ids and amounts are no JSON numbers.
pub(super) fn safe_integer(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let told = facts.audience();
    if told == Some(Audience::Internal) {
        return;
    }
    let mut seen = FxHashSet::default();
    let (mut found, mut candidates) = (Vec::new(), 0);
    for element in facts.everywhere().filter(|element| element.is_named() && schema::has_type(element.at, "integer")) {
        let split = words::words(element.name);
        let id = split.last().is_some_and(|word| matches!(word.as_str(), "id" | "number" | "key" | "identifier"));
        let body = matches!(element.role, Role::Property);
        if !body
            || !(id || is_money(facts, element))
            || schema::is_listed(element.at)
            || !seen.insert(element.schema.id())
        {
            continue;
        }
        candidates += 1;
        let most = schema::keyword(element.at, "maximum").and_then(Place::as_f64);
        let long = schema::text(element.at, "format") == Some("int64");
        let lossless = schema::text(element.at, "x-json-number") == Some("lossless");
        if lossless || schema::has_type(element.at, "string") || most.map_or(!long, |most| most <= SAFE) {
            continue;
        }
        let message = format!(
            "the {} may exceed 2^53 - 1, where many JSON readers lose digits; set a `maximum`, use a string, or say `x-json-number: lossless`",
            element.label()
        );
        let finding = Finding::key(element.schema, message).of(&element.operation);
        found.push(if told.is_none() { finding.at_most(Severity::Hint) } else { finding });
    }
    let summary = |count| {
        format!(
            "{count} ids and amounts may exceed 2^53 - 1, where many JSON readers lose digits; set `maximum`, or use strings"
        )
    };
    fold(facts.api, found, candidates.max(21), summary, out);
}

#[cfg(test)]
mod tests {
    use super::super::super::finding::ceilings;
    use super::*;

    #[test]
    fn amounts_of_an_account_are_in_its_currency() {
        let booked = |account: &str| {
            format!(
                "  '/accounts/{{id}}': {{get: {{responses: {{'200': {{content: {{application/json: {{schema: {{properties: {{{account}: {{type: string}}}}}}}}}}}}}}}}}}\n  '/accounts/{{id}}/entries': {{get: {{responses: {{'200': {{content: {{application/json: {{schema: {{properties: {{amount: {{type: string, description: The amount}}}}}}}}}}}}}}}}}}\n"
            )
        };
        assert_eq!(ceilings(currency_paired, &booked("currency")), [Some(Severity::Info)]);
        assert_eq!(ceilings(currency_paired, &booked("name")), [None]);
    }

    #[test]
    fn a_unit_that_is_a_currency_measures_money() {
        let order = |unit: &str, more: &str| {
            format!(
                "  /orders: {{post: {{requestBody: {{content: {{application/json: {{schema: {{properties: {{amount: {{type: number, description: The amount}}, unit: {{type: string, {unit}}}{more}}}}}}}}}}}}}}}\n"
            )
        };
        assert_eq!(ceilings(not_float, &order("example: kg", "")).len(), 0);
        for money in ["example: EUR", "description: Currency of the amount"] {
            assert_eq!(ceilings(not_float, &order(money, "")).len(), 1, "{money}");
        }
        assert_eq!(ceilings(not_float, &order("example: kg", ", currency: {type: string}")).len(), 1);
    }
}
