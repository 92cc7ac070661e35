//! Rule functions of the pack `reliability`.

mod collections;
mod errors;
mod idempotency;

use super::{Native, rule};

/// The functions of this pack.
pub(super) const RULES: &[Native] = &[
    rule("rel-idempotency-key-on-money-movement", idempotency::key_on_money_movement),
    rule("rel-collection-paginated", collections::paginated),
    rule("rel-server-errors-documented", errors::server_errors),
    rule("rel-error-model-consistent", errors::consistent),
];
