//! Values with a format of their own: currencies, IBANs, dates, numbers that are names.

use super::super::facts::Facts;
use super::super::finding::fold;
use super::super::schema_walk::{Element, Role};
use super::super::{Finding, Options, schema, words};
use crate::diagnostic::Severity;
use crate::pattern::Pattern;
use crate::workspace::Place;
use rustc_hash::FxHashSet;

/// Named elements, each schema once, that are texts.
pub(super) fn texts<'a, 'w>(facts: &'a Facts<'w>) -> impl Iterator<Item = &'a Element<'w>> {
    let mut seen = FxHashSet::default();
    facts.everywhere().filter(move |element| {
        element.is_named() && schema::has_type(element.at, "string") && seen.insert(element.schema.id())
    })
}

/// The number that a keyword gives.
pub(super) fn length(schema: Place<'_>, key: &str) -> Option<u64> {
    schema::keyword(schema, key)?.as_u64()
}

/// ISO 4217 codes in use, as of 2026-01; the funds and metals codes included.
const CURRENCIES: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF \
    CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS \
    INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN \
    MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN \
    SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAD XAF XAG XAU XBA XBB XBC XBD XCD \
    XCG XDR XOF XPD XPF XPT XSU XTS XUA XXX YER ZAR ZMW ZWG";
/// Codes that were in use within the last years and still stand in many contracts.
const PAST: &str = "ANG BYR CUC HRK LTL LVL EEK MRO SLL STD VEF VEB VEC ZWL ZWD ZMK GHC TRL ROL SKK SIT MTL CYP DEM FRF ITL ESP NLG ATS BEF PTE IEP FIM GRD LUF";

fn is_code(text: &str, table: &str) -> bool {
    table.split_ascii_whitespace().any(|code| code == text)
}

/// Whether a text is a currency code in use.
pub(super) fn is_currency_code(text: &str) -> bool {
    is_code(text, CURRENCIES)
}

/// `des-currency-iso4217`: currencies are three capital letters that mean something.
pub(super) fn currency(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let (mut found, mut candidates) = (Vec::new(), 0);
    for element in texts(facts) {
        let split = words::words(element.name);
        let named = words::ends_with(&split, "currency")
            || words::ends_with(&split, "ccy")
            || words::ends_with(&split, "currency code");
        if !named || schema::has(element.at, "x-currency-scheme") {
            continue;
        }
        candidates += 1;
        if let Some(values) = schema::keyword(element.at, "enum") {
            for (table, what) in [(false, "no ISO 4217 codes"), (true, "no longer in use")] {
                let wrong = values.elements().filter(|value| {
                    let text = value.as_str().unwrap_or_default();
                    text.len() == 3 && !is_code(text, CURRENCIES) && is_code(text, PAST) == table
                });
                let wrong: Vec<Place<'_>> = wrong.collect();
                let Some(first) = wrong.first() else { continue };
                let list =
                    wrong.iter().take(8).map(|value| format!("`{}`", value.text())).collect::<Vec<_>>().join(", ");
                let more = if wrong.len() > 8 { format!(" and {} more", wrong.len() - 8) } else { String::new() };
                let message = format!("listed currencies that are {what}: {list}{more}");
                let finding = Finding::at(*first, message).of(&element.operation);
                out.push(if table { finding.at_most(Severity::Info) } else { finding });
            }
            continue;
        }
        let three = length(element.at, "maxLength") == Some(3) && length(element.at, "minLength") == Some(3);
        let pattern = schema::text(element.at, "pattern");
        let strict = pattern.is_some_and(|text| {
            let pattern = Pattern::read(text);
            pattern.is_bounded() && !text.contains("a-z")
        });
        let format =
            schema::text(element.at, "format").is_some_and(|format| format.to_ascii_lowercase().contains("4217"));
        // Whoever says how many decimals a currency has, has currencies of its own.
        let own = element.holder.is_some_and(|holder| {
            schema::properties(holder).iter().any(|(name, _)| is_exponent(&words::words(name), &split))
        });
        if schema::has(element.at, "const") || strict || three || format || own {
            continue;
        }
        let how = if pattern.is_some() { "its pattern accepts other texts too" } else { "any text is accepted" };
        let message = format!(
            "the {} should be an ISO 4217 code, but {how}; use the pattern `^[A-Z]{{3}}$` or an `enum`",
            element.label()
        );
        found.push(Finding::key(element.schema, message).of(&element.operation));
    }
    fold(
        facts.api,
        found,
        candidates.max(21),
        |count| format!("{count} currencies accept any text; use the pattern `^[A-Z]{{3}}$` or an `enum`"),
        out,
    );
}

/// Whether a name is that of the decimals of a currency: `currency_exponent`, `decimals`.
fn is_exponent(name: &[String], currency: &[String]) -> bool {
    const LAST: [&str; 5] = ["exponent", "decimals", "precision", "scale", "decimal places"];
    let Some(term) = LAST.iter().find(|term| words::ends_with(name, term)) else { return false };
    let rest = &name[..name.len() - term.split(' ').count()];
    rest.is_empty() || rest == currency || words::any(rest, &["currency", "ccy"])
}

/// `des-iban-constrained`: IBANs look like IBANs, in schemas and examples.
pub(super) fn iban(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let (mut found, mut candidates) = (Vec::new(), 0);
    for element in texts(facts) {
        let split = words::words(element.name);
        let partial = [
            "masked", "mask", "hash", "hashed", "last", "suffix", "bban", "type", "bank", "country", "partial",
            "prefix", "or",
        ];
        let named = split.last().is_some_and(|word| word == "iban") || words::ends_with(&split, "iban number");
        if !named || words::any(&split, &partial) {
            continue;
        }
        candidates += 1;
        for example in schema::literals(element.schema, &["example", "examples", "default"]) {
            // Only what looks like an IBAN can have wrong check digits.
            let shown = example.as_str().is_some_and(|text| {
                text.len() > 14
                    && text.bytes().take(2).all(|b| b.is_ascii_uppercase())
                    && !text.contains(['*', 'x', 'X'])
            });
            if shown && !crate::text::iban::is_iban(example.text()) {
                let message =
                    format!("the example of {} is not a valid IBAN: its check digits do not fit", element.label());
                out.push(Finding::at(example, message).of(&element.operation));
            }
        }
        let pattern = schema::text(element.at, "pattern");
        let most = length(element.at, "maxLength");
        let format = schema::text(element.at, "format").is_some_and(|format| format.eq_ignore_ascii_case("iban"));
        if schema::is_listed(element.at) || format || most.is_some_and(|most| most <= 35) {
            continue;
        }
        let what = match pattern {
            Some(text) if Pattern::read(text).is_bounded() => continue,
            Some(_) => "has a pattern that does not check the whole value",
            None => "accepts any text",
        };
        let message =
            format!("the {} {what}; use the pattern `^[A-Z]{{2}}[0-9]{{2}}[A-Z0-9]{{1,30}}$`", element.label());
        found.push(Finding::key(element.schema, message).of(&element.operation));
    }
    fold(
        facts.api,
        found,
        candidates.max(21),
        |count| format!("{count} IBANs accept other texts; use the pattern `^[A-Z]{{2}}[0-9]{{2}}[A-Z0-9]{{1,30}}$`"),
        out,
    );
}

/// `des-date-time-format`: points in time have a format.
pub(super) fn date_time(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let (mut found, mut candidates) = (Vec::new(), 0);
    for element in texts(facts) {
        let split = words::words(element.name);
        let last = split.last().map_or("", String::as_str);
        let named = matches!(last, "date" | "datetime" | "timestamp")
            || words::ends_with(&split, "date time")
            || (split.len() > 1 && last == "at");
        let other = ["expiry", "expiration", "exp", "cron", "recurrence", "format", "range", "cutoff", "birth", "look"];
        if !named
            || words::any(&split, &other)
            || element.role == Role::Header
            || matches!(element.role, Role::Parameter(location) if location.name() == "header")
        {
            continue;
        }
        candidates += 1;
        let strict = schema::text(element.at, "pattern").is_some_and(|text| Pattern::read(text).is_bounded());
        let described = ["format", "x-date-format", "maxLength"].iter().any(|key| schema::has(element.at, key));
        if strict || described || schema::is_listed(element.at) {
            continue;
        }
        let message = format!(
            "the {} has no format, so every client guesses how to read it; use `format: date` or `date-time`",
            element.label()
        );
        found.push(Finding::key(element.schema, message).of(&element.operation));
    }
    fold(
        facts.api,
        found,
        candidates.max(21),
        |count| format!("{count} dates have no format; use `format: date` or `date-time`"),
        out,
    );
}

/// `des-identifier-not-numeric`: numbers that are names are texts.
pub(super) fn identifier_not_numeric(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    for element in facts.everywhere().filter(|element| element.is_named()) {
        if !schema::is_numeric(element.at)
            || !facts.lexicon.ends_with(element.name, "numeric-identifier")
            || !seen.insert(element.schema.id())
        {
            continue;
        }
        let message = format!(
            "the {} is a number, which loses leading zeros and the end of long values; use a string with a pattern of digits",
            element.label()
        );
        let place = schema::keyword(element.at, "type").unwrap_or(element.schema);
        let finding = Finding::at(place, message).of(&element.operation);
        out.push(if schema::is_listed(element.at) { finding.at_most(Severity::Info) } else { finding });
    }
}
