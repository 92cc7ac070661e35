//! Rule functions of the pack `documentation`.

mod details;
mod enums;
mod example_values;
mod examples;
mod guides;
mod info;
mod operations;
mod policy;
mod samples;

use super::{Native, rule};

/// The functions of this pack.
pub(super) const RULES: &[Native] = &[
    rule("doc-contact-actionable", info::contact),
    rule("doc-server-environment-described", info::server_environment),
    rule("doc-operation-id", operations::operation_id),
    rule("doc-operation-described", operations::described),
    rule("doc-error-catalogue", operations::error_catalogue),
    rule("doc-success-example", examples::success),
    rule("doc-example-validates", example_values::validates),
    rule("doc-legal-metadata", guides::legal),
    rule("doc-getting-started", guides::getting_started),
    rule("doc-security-scheme-guide", guides::scheme_guide),
    rule("doc-changelog-link", guides::changelog),
    rule("doc-support-and-status", guides::support),
    rule("doc-sandbox-server", guides::sandbox),
    rule("doc-first-call-ready", guides::first_call),
    rule("doc-parameter-and-property-described", details::described),
    rule("doc-error-example", details::error_example),
    rule("doc-error-code-in-catalogue", details::in_catalogue),
    rule("doc-enum-values-described", enums::described),
    rule("doc-usage-policy", policy::usage),
    rule("doc-units-declared", details::units),
    rule("doc-code-samples-languages", samples::languages),
    rule("doc-code-samples-coherent", samples::coherent),
];
