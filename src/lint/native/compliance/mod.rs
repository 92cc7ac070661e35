//! Rule functions of the pack `compliance`.

mod berlin;
mod brasil;
mod card;
mod cdr;
mod classification;
mod control;
mod correlation;
mod declared;
mod encryption;
mod governance;
mod masking;
mod message;
mod obuk;
mod psd2;
mod waivers;

use super::{Native, family, rule};

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
    rule("cmp-no-contact-pii-in-url", super::security::url_names::contact),
    rule("cmp-classification-consistent", declared::consistent),
    rule("cmp-log-masking-declared", declared::log_masking),
    rule("cmp-audit-event-declared", declared::audit_event),
    rule("cmp-processing-record", declared::processing),
    rule("cmp-retention-declared", declared::retention),
    rule("cmp-encryption-declared", encryption::encryption),
    rule("cmp-pan-operation-in-scope", declared::pan_scope),
    rule("cmp-masked-field-pattern", masking::masked_pattern),
    rule("cmp-example-personal-data", masking::example_data),
    family("cmp-waivers", waivers::check),
    rule("cmp-customer-context-headers", psd2::context),
    rule("cmp-dynamic-linking", psd2::linking),
    rule("cmp-obuk-path-and-version", obuk::path),
    rule("cmp-obuk-headers-and-status", obuk::headers),
    rule("cmp-berlin-group-headers", berlin::headers),
    rule("cmp-ofb-headers-and-limits", brasil::headers),
    rule("cmp-dual-control-declared", control::dual_control),
    rule("cmp-record-audit-fields", control::audit_fields),
    rule("cmp-cdr-version-headers", cdr::versions),
    rule("cmp-cdr-envelope-and-names", cdr::envelope),
];
