//! One cause in many places is one finding: what a rule says in the same words many times over is told once, with the
//! first places.
//!
//! Waivers, baselines and suppressions are about places, so this comes after them, when a report is made.

use super::page::page;
use crate::diagnostic::{Diagnostic, Label};
use std::collections::BTreeMap;
use std::sync::Arc;

/// This many findings in the same words are told one by one.
const FEW: usize = 5;
/// Places shown of those that are told once.
const MOST_LABELS: usize = 10;
/// The packs whose messages name the cause and not the place.
const PACKS: [&str; 3] = ["structure", "schema", "documentation"];

/// Leaves one of the findings that a rule has in the same words about one contract file, where there are many.
pub fn fold_floods(findings: &mut Vec<Diagnostic>) {
    let key = |finding: &Diagnostic| -> Option<(String, String, String)> {
        let own = page(&finding.rule).is_some_and(|page| PACKS.contains(&page.pack));
        own.then(|| (finding.rule.to_string(), finding.location.file().to_owned(), finding.message.clone()))
    };
    let mut counts: BTreeMap<(String, String, String), usize> = BTreeMap::new();
    for finding in findings.iter() {
        if let Some(key) = key(finding) {
            *counts.entry(key).or_default() += 1;
        }
    }
    counts.retain(|_, count| *count > FEW);
    if counts.is_empty() {
        return;
    }
    let mut first: BTreeMap<(String, String, String), usize> = BTreeMap::new();
    let mut out: Vec<Diagnostic> = Vec::with_capacity(findings.len());
    for finding in findings.drain(..) {
        let Some((key, &count)) = key(&finding).and_then(|key| counts.get_key_value(&key)) else {
            out.push(finding);
            continue;
        };
        let Some(&at) = first.get(key) else {
            first.insert(key.clone(), out.len());
            let message = format!("{} ({count} places)", finding.message);
            out.push(Diagnostic { message, ..finding });
            continue;
        };
        let whole = &mut out[at];
        whole.severity = whole.severity.max(finding.severity);
        if whole.related.len() < MOST_LABELS {
            let mut location = finding.location;
            // Contracts that share a file read it once each; to a report it is one file.
            if location.source.text() == whole.location.source.text() {
                location.source = Arc::clone(&whole.location.source);
            }
            whole.related.push(Label { location, message: "and here".to_owned() });
        }
        for operation in finding.operations {
            if !whole.operations.contains(&operation) {
                whole.operations.push(operation);
            }
        }
    }
    *findings = out;
}

#[cfg(test)]
mod tests {
    use super::fold_floods;
    use crate::lint::{Selection, lint};
    use crate::openapi::Api;
    use crate::workspace::Workspace;

    #[test]
    fn one_cause_in_many_places_is_told_once_with_its_places() {
        let mut text = String::from("openapi: 3.0.3\ninfo: {title: A, version: 1.0.0}\npaths:\n");
        for at in 0..30 {
            text.push_str(&format!("  /a{at}:\n    get: {{$ref: '#/x-operation'}}\n"));
        }
        text.push_str("x-operation: {responses: {'200': {description: ok}}}\n");
        let workspace = Workspace::from_text("a.yaml", &text);
        let selection = Selection::of_profile("recommended", &std::collections::BTreeMap::new()).unwrap();
        let mut found = lint(Api::open(&workspace).unwrap(), &selection, None);
        let refs = |found: &[crate::diagnostic::Diagnostic]| {
            found.iter().filter(|finding| finding.rule == "ref-not-allowed").count()
        };
        assert_eq!(refs(&found), 30);
        fold_floods(&mut found);
        assert_eq!(refs(&found), 1);
        let whole = found.iter().find(|finding| finding.rule == "ref-not-allowed").unwrap();
        assert!(whole.message.ends_with("(30 places)"), "{}", whole.message);
        assert_eq!(whole.related.len(), 10);
    }
}
