//! Rules of several packs that find the same: a page names those that it covers (`covers:`), and of two findings at one
//! place only that of the covering rule stays, with the higher of both severities. Rules over two versions cover changes.

use super::page::{page, pages};
use crate::diagnostic::{Diagnostic, Location, Severity};
use std::collections::{BTreeMap, BTreeSet};

/// Removes findings that another one covers.
pub fn drop_covered(findings: &mut Vec<Diagnostic>) {
    let covered: BTreeMap<&str, &str> =
        pages().iter().flat_map(|page| page.covers.iter().map(|rule| (*rule, page.id))).collect();
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

/// Lets findings of rules over two versions claim the changes that they are about (`*` in `covers:` stands for any
/// characters), so that one cause is told once. Impact, version bump, proof and assurances of a change go over to the
/// finding that claims it.
pub fn claim_changes(findings: &mut Vec<Diagnostic>) {
    let claims = |finding: &Diagnostic, change: &Diagnostic| {
        page(&finding.rule).is_some_and(|page| page.covers.iter().any(|pattern| fits(pattern, &change.rule)))
            && one_place(finding, change)
    };
    let claimants: Vec<usize> = (0..findings.len())
        .filter(|at| page(&findings[*at].rule).is_some_and(|page| !page.covers.is_empty()))
        .collect();
    let mut gone = BTreeSet::new();
    for at in (0..findings.len()).filter(|at| !claimants.contains(at)) {
        let by: Vec<usize> = claimants.iter().copied().filter(|by| claims(&findings[*by], &findings[at])).collect();
        let Some(&first) = by.first() else { continue };
        // A change of several operations stays for those that no finding tells of.
        let told = |operation: &String| {
            by.iter().any(|by| findings[*by].operations.is_empty() || findings[*by].operations.contains(operation))
        };
        if !findings[at].operations.iter().all(told) {
            continue;
        }
        let change = findings[at].clone();
        for by in by {
            let finding = &mut findings[by];
            finding.severity = finding.severity.max(change.severity);
            finding.impact = finding.impact.max(change.impact);
            finding.required_bump = finding.required_bump.max(change.required_bump);
            finding.category = finding.category.or(change.category);
            for assurance in &change.assurance {
                if !finding.assurance.contains(assurance) {
                    finding.assurance.push(*assurance);
                }
            }
        }
        let finding = &mut findings[first];
        finding.evidence = finding.evidence.take().or(change.evidence);
        gone.insert(at);
    }
    let mut at = 0;
    findings.retain(|_| {
        at += 1;
        !gone.contains(&(at - 1))
    });
}

/// Whether an id is meant by a page that names ids; one `*` stands for any characters.
pub(super) fn fits(pattern: &str, rule: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => rule.strip_prefix(start).is_some_and(|rest| rest.ends_with(end)),
        None => pattern == rule,
    }
}

/// Whether two findings stand at one place of the base or of the revision, or one inside the other.
fn one_place(left: &Diagnostic, right: &Diagnostic) -> bool {
    let near = |left: &Location, right: &Location| {
        let inside = |outer: &str, inner: &str| {
            // The root holds everything and says nothing.
            outer.len() > 1 && inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        left.file() == right.file()
            && (left.pointer == right.pointer
                || inside(&left.pointer, &right.pointer)
                || inside(&right.pointer, &left.pointer))
    };
    let bases = left.base_location.as_ref().zip(right.base_location.as_ref());
    bases.is_some_and(|(left, right)| near(left, right)) || near(&left.location, &right.location)
}

#[cfg(test)]
mod tests {
    use super::claim_changes;
    use crate::diagnostic::{Bump, Diagnostic, Impact, Location, Severity};
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

    #[test]
    fn a_change_that_a_rule_over_both_versions_tells_is_told_once() {
        let text = "paths:\n  /a:\n    get: {x-sunset: '2027-01-01'}\n    put: {x-sunset: '2027-01-01'}\n";
        let workspace = Workspace::from_text("a.yaml", text);
        let at = |path: &[&str]| -> Location { workspace.root().descend(path).unwrap().location() };
        let change = |path: &[&str], operations: &[&str]| {
            let mut out = Diagnostic::new("api-path-removed-before-sunset", Severity::Error, "removed", at(path));
            out.base_location = Some(at(path));
            out.impact = Impact::Breaking;
            out.required_bump = Bump::Major;
            out.operations = operations.iter().map(ToString::to_string).collect();
            out
        };
        let early = |method: &str, operation: &str| {
            let place = at(&["paths", "/a", method, "x-sunset"]);
            let mut out = Diagnostic::new("lc-removed-before-sunset", Severity::Error, "days early", place.clone());
            out.base_location = Some(place);
            out.operations = vec![operation.to_owned()];
            out
        };
        let mut all = vec![change(&["paths", "/a"], &["GET /a"]), early("get", "GET /a")];
        claim_changes(&mut all);
        assert_eq!(all.len(), 1);
        assert_eq!(
            (&*all[0].rule, all[0].impact, all[0].required_bump),
            ("lc-removed-before-sunset", Impact::Breaking, Bump::Major)
        );
        // The other operation is told by the change alone.
        let mut all = vec![change(&["paths", "/a"], &["GET /a", "PUT /a"]), early("get", "GET /a")];
        claim_changes(&mut all);
        assert_eq!(all.len(), 2);
        let mut all =
            vec![change(&["paths", "/a"], &["GET /a", "PUT /a"]), early("get", "GET /a"), early("put", "PUT /a")];
        claim_changes(&mut all);
        assert_eq!(all.len(), 2);
        // Another place is another cause.
        let mut all = vec![change(&["paths", "/a", "put"], &["PUT /a"]), early("get", "PUT /a")];
        claim_changes(&mut all);
        assert_eq!(all.len(), 2);
    }
}
