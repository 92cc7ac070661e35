//! Rule functions of the pack `compliance`.

mod card;
mod classification;
mod correlation;
mod governance;

use super::{Native, rule};

/// The functions of this pack.
pub(super) const RULES: &[Native] = &[
    rule("cmp-no-card-data-in-url", super::security::url_names::card_data),
    rule("cmp-no-national-id-in-url", super::security::url_names::national_id),
    rule("cmp-no-account-number-in-url", super::security::url_names::account_number),
    rule("cmp-pan-masked-in-response", card::pan_masked),
    rule("cmp-sad-never-returned", card::sad_never_returned),
    rule("cmp-sad-request-write-only", card::sad_request),
    rule("cmp-example-live-pan", card::live_pan),
    rule("cmp-classification-present", classification::present),
    rule("cmp-classification-valid", classification::valid),
    rule("cmp-correlation-id", correlation::correlation_id),
    rule("cmp-inventory-metadata", governance::inventory),
    rule("cmp-residency-declared", governance::residency_declared),
    rule("cmp-residency-allowed", governance::residency_allowed),
];
