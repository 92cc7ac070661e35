//! The family of structural rules: what the specification does not allow.

use super::{Context, Sink};
use crate::openapi::model;

/// All findings of the structural check, under their own ids.
pub(super) fn check(context: &Context<'_, '_>, sink: &mut Sink) {
    for finding in model::validate(context.api.root(), context.api.version()) {
        sink.add(finding);
    }
}

/// Keys that appear twice in one object, as the reader found them.
pub(super) fn duplicate_keys(context: &Context<'_, '_>, sink: &mut Sink) {
    for finding in context.api.root().workspace().problems() {
        if finding.rule == "duplicate-key" {
            sink.add(finding);
        }
    }
}
