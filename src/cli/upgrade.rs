//! Upgrades of the framework that emits a contract: a sentence beside an edit that stands alike in many places.
//!
//! A framework that writes types in another way changes every schema at once, and no code. Whether responses changed with it cannot
//! be seen in the contract, so the finding stays what it is and says what to check.

use crate::diagnostic::{Diagnostic, Impact};
use crate::diff::{ChangeId, Event};

/// Equal edits in other places that are not the work of a person any more.
const MANY: usize = 3;

/// What to check.
const CHECK: &str = "An upgrade of the framework that emits the contract can do this in every schema at once: check whether \
                     messages changed with it, and emit both sides with one version (`check --allow-generate --same-generator`).";

/// Says beside equal edits of many types of an emitted contract what an upgrade of the framework has to do with them.
pub(super) fn explain(diagnostics: &mut [Diagnostic]) {
    for finding in diagnostics.iter_mut().filter(|finding| is_upgrade(finding)) {
        let help = finding.help.take().map(|help| format!("{help} {CHECK}"));
        finding.help = Some(help.unwrap_or_else(|| CHECK.to_owned()));
    }
}

/// Whether a finding is about how many types at once are written, in a contract that no person writes.
fn is_upgrade(finding: &Diagnostic) -> bool {
    let of_types = finding.rule.parse::<ChangeId>().is_ok_and(|id| {
        matches!(
            id.event,
            Event::BecameNullable | Event::BecameNotNullable | Event::WrappedInAnyOf | Event::TypeChanged
        )
    });
    // People write YAML; frameworks print JSON.
    let emitted = finding.location.source.text().trim_start().starts_with('{');
    of_types && emitted && finding.impact >= Impact::Risky && finding.related.len() >= MANY
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Label, Location, Severity};
    use crate::text::{SourceText, Span};
    use std::sync::Arc;

    fn finding(rule: &'static str, text: &str, places: usize) -> Diagnostic {
        let source = Arc::new(SourceText::new("openapi", text));
        let place = Location::new(&source, Span::at(0), "");
        let mut finding = Diagnostic::new(rule, Severity::Error, "m", place.clone());
        finding.impact = Impact::Breaking;
        finding.related = (0..places).map(|_| Label { location: place.clone(), message: String::new() }).collect();
        finding.help(String::from("Do this."))
    }

    #[test]
    fn equal_edits_of_many_types_of_an_emitted_contract_say_what_to_check() {
        let nullable = "response-property-became-nullable";
        let mut all = [
            finding(nullable, "{}", 3),
            finding(nullable, "{}", 2),
            finding(nullable, "openapi: 3.1.0", 9),
            finding("response-property-removed", "{}", 9),
        ];
        explain(&mut all);
        let told: Vec<bool> = all
            .iter()
            .map(|finding| finding.help.as_ref().is_some_and(|help| help.contains("--same-generator")))
            .collect();
        assert_eq!(told, [true, false, false, false]);
        assert!(all[0].help.as_ref().is_some_and(|help| help.starts_with("Do this. ")), "{:?}", all[0].help);
    }
}
