//! Rule functions of the pack `reliability`.

mod collections;
mod contracts;
mod errors;
mod health;
mod idempotency;
mod slo;
mod windows;

use super::{Native, rule};

/// The functions of this pack.
pub(super) const RULES: &[Native] = &[
    rule("rel-idempotency-key-on-money-movement", idempotency::key_on_money_movement),
    rule("rel-collection-paginated", collections::paginated),
    rule("rel-server-errors-documented", errors::server_errors),
    rule("rel-error-model-consistent", errors::consistent),
    rule("rel-health-endpoint", health::health),
    rule("rel-slo-declared", slo::declared),
    rule("rel-slo-coherent", slo::coherent),
    rule("rel-idempotency-contract", contracts::idempotency),
    rule("rel-async-acceptance-contract", contracts::acceptance),
    rule("rel-problem-details", contracts::problem),
    rule("rel-status-code-registered", contracts::status_codes),
    rule("rel-webhook-delivery-policy", contracts::delivery),
    rule("rel-batch-and-cutoff-windows", windows::windows),
];
