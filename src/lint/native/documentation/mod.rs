//! Rule functions of the pack `documentation`.

mod examples;
mod info;
mod operations;

use super::{Native, rule};

/// The functions of this pack.
pub(super) const RULES: &[Native] = &[
    rule("doc-contact-actionable", info::contact),
    rule("doc-server-environment-described", info::server_environment),
    rule("doc-operation-id", operations::operation_id),
    rule("doc-operation-described", operations::described),
    rule("doc-error-catalogue", operations::error_catalogue),
    rule("doc-success-example", examples::success),
    rule("doc-example-validates", examples::validates),
];
