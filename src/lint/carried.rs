//! Findings over two versions and over time, as the profile of a run wants them.
//!
//! Takes the findings of a comparison and of the rules over versions; gives them the severities of the selection.
//! Two kinds of pages meet here: rules that find something themselves, and rules that a comparison judges, whose page
//! names the changes it is about (`options: {changes: […]}`). Stands on the pages.

use super::page::{Page, Scope, page, pages};
use super::select::{Active, Selection};
use crate::diagnostic::{Diagnostic, Impact};

/// The pages of rules that are about a change, sorted by id.
pub fn rules_of_change(change: &str) -> impl Iterator<Item = &'static Page> {
    pages().iter().filter(move |page| is_about(page, change))
}

/// Whether the page names the change among those it is about.
fn is_about(page: &Page, change: &str) -> bool {
    page.changes.binary_search(&change).is_ok()
}

impl Selection {
    /// Severities for findings over two versions and over time: rules that are not in the profile are silent, others
    /// get the severity they have there, and what a rule left milder stays so. Changes that a rule is about weigh at
    /// least as much as the rule, unless a line of policy has decided about them or they harm nobody.
    pub fn carry(&self, findings: &mut Vec<Diagnostic>) {
        let about: Vec<&Active> = self.rules.iter().filter(|rule| !rule.page.changes.is_empty()).collect();
        findings.retain_mut(|finding| {
            if let Some(page) = page(&finding.rule).filter(|page| page.scope != Scope::Document) {
                let Some(active) = self.rules.iter().find(|rule| rule.page.id == page.id) else { return false };
                let milder = finding.severity < page.severity;
                finding.severity = if milder { finding.severity.min(active.severity) } else { active.severity };
                return true;
            }
            let matters = finding.impact >= Impact::Risky || !finding.assurance.is_empty();
            if matters && finding.policy.is_none() {
                let rules = about.iter().filter(|rule| is_about(rule.page, &finding.rule));
                finding.severity = rules.map(|rule| rule.severity).fold(finding.severity, Ord::max);
            }
            true
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Assurance, Location, Severity};
    use crate::text::{SourceText, Span};
    use std::collections::BTreeMap;
    use std::sync::Arc;

    fn finding(rule: &str, severity: Severity) -> Diagnostic {
        let source = Arc::new(SourceText::new("a.yaml", "a"));
        Diagnostic::new(rule.to_owned(), severity, "m", Location::new(&source, Span { start: 0, end: 1 }, ""))
    }

    fn carried(profile: &str, finding: Diagnostic) -> Option<Severity> {
        let mut all = vec![finding];
        Selection::of_profile(profile, &BTreeMap::new()).unwrap().carry(&mut all);
        all.first().map(|finding| finding.severity)
    }

    #[test]
    fn a_rule_over_versions_weighs_what_its_profile_says() {
        assert_eq!(carried("recommended", finding("lc-overlap-minimum", Severity::Error)), Some(Severity::Warn));
        assert_eq!(carried("strict", finding("lc-overlap-minimum", Severity::Error)), Some(Severity::Error));
        assert_eq!(carried("recommended", finding("lc-release-cadence", Severity::Warn)), None);
        assert_eq!(carried("strict", finding("lc-sunset-moved", Severity::Warn)), Some(Severity::Warn));
    }

    #[test]
    fn a_change_weighs_at_least_as_much_as_the_rule_about_it() {
        let mut widened = finding("audience-widened", Severity::Info);
        assert_eq!(carried("recommended", widened.clone()), Some(Severity::Info));
        widened.assurance = vec![Assurance::Security];
        assert_eq!(carried("recommended", widened.clone()), Some(Severity::Error));
        widened.policy = Some("severity: info".to_owned());
        assert_eq!(carried("recommended", widened), Some(Severity::Info));
    }
}
