//! The family of structural rules: what the specification does not allow.

use super::{Context, Sink};
use crate::openapi::model;

/// All findings of the structural check, under their own ids.
pub(super) fn check(context: &Context<'_, '_>, sink: &mut Sink) {
    for finding in model::validate(context.api.root(), context.api.version()) {
        sink.add(finding);
    }
}
