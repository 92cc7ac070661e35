//! Rule functions of the pack `design`.

mod codes;
mod extensions;
mod formats;
mod headers;
mod iso20022;
mod money;
mod patterns;
mod rates;
mod scalars;
mod states;

pub(super) use patterns::foreign;

use super::{Native, rule};

/// The functions of this pack.
pub(super) const RULES: &[Native] = &[
    rule("des-money-not-float", money::not_float),
    rule("des-money-currency-paired", money::currency_paired),
    rule("des-currency-iso4217", formats::currency),
    rule("des-iban-constrained", formats::iban),
    rule("des-date-time-format", formats::date_time),
    rule("des-identifier-not-numeric", formats::identifier_not_numeric),
    rule("des-header-name-token", headers::name_token),
    rule("des-regex-portable", patterns::portable),
    rule("des-yaml-ambiguous-scalar", scalars::ambiguous),
    rule("des-money-decimal-shape", money::decimal_shape),
    rule("des-safe-integer", money::safe_integer),
    rule("des-country-iso3166", codes::country),
    rule("des-bic-lei-constrained", codes::bic_lei),
    rule("des-semantic-field-consistent", codes::consistent),
    rule("des-payment-status-model", states::status),
    rule("des-money-sign-unambiguous", states::sign),
    rule("des-rate-precision", rates::precision),
    rule("des-iso20022-naming", iso20022::naming),
    rule("des-extension-near-miss", extensions::near_miss),
];
