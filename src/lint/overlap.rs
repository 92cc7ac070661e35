//! Rules of several packs that find the same: a page names those that it covers (`covers:`), and of two findings at one
//! place only that of the covering rule stays, with the higher of both severities.

use super::page::{page, pages};
use crate::diagnostic::{Diagnostic, Severity};
use std::collections::BTreeMap;

/// Removes findings that another one covers.
pub fn drop_covered(findings: &mut Vec<Diagnostic>) {
    let covered: BTreeMap<&str, &str> =
        pages().iter().flat_map(|page| page.covers.iter().map(|rule| (rule.as_str(), page.id))).collect();
    let place = |finding: &Diagnostic| (finding.location.file().to_owned(), finding.location.pointer.clone());
    let mut severities: BTreeMap<(&str, (String, String)), Severity> = BTreeMap::new();
    for finding in findings.iter() {
        if let Some(&by) = covered.get(&*finding.rule) {
            let most = severities.entry((by, place(finding))).or_insert(finding.severity);
            *most = finding.severity.max(*most);
        }
    }
    if severities.is_empty() {
        return;
    }
    let mut stays: Vec<(&str, (String, String))> = Vec::new();
    for finding in findings.iter_mut() {
        let Some(page) = page(&finding.rule).filter(|page| !page.covers.is_empty()) else { continue };
        let key = (page.id, place(finding));
        if let Some(&severity) = severities.get(&key) {
            finding.severity = finding.severity.max(severity);
            stays.push(key);
        }
    }
    stays.sort();
    findings.retain(|finding| {
        let by = covered.get(&*finding.rule);
        by.is_none_or(|&by| stays.binary_search(&(by, place(finding))).is_err())
    });
}

#[cfg(test)]
mod tests {
    use crate::lint::{Selection, lint};
    use crate::openapi::Api;
    use crate::workspace::Workspace;

    #[test]
    fn an_operation_id_that_is_there_twice_is_told_once() {
        let text = "openapi: 3.0.3\ninfo: {title: A, version: 1.0.0}\npaths:\n  /a:\n    get: {operationId: a, responses: {}}\n    put: {operationId: a, responses: {}}\n";
        let workspace = Workspace::from_text("a.yaml", text);
        let rules = |profiles: &str| {
            let selection = Selection::of_profile(profiles, &std::collections::BTreeMap::new()).unwrap();
            let found = lint(Api::open(&workspace).unwrap(), &selection, None);
            let rules: Vec<String> = found.iter().map(|found| found.rule.to_string()).collect();
            rules
                .into_iter()
                .filter(|rule| rule.contains("peration-id") || rule.contains("operationId"))
                .collect::<Vec<_>>()
        };
        assert_eq!(rules("recommended,spectral-oas"), ["struct-duplicate-operation-id"]);
    }
}
