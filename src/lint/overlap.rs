//! Rules of several packs that find the same: a page names those that it covers (`covers:`), and of two findings at one
//! place only that of the covering rule stays, with the higher of both severities. Rules over two versions cover changes.

use super::page::{page, pages};
use crate::diagnostic::{Diagnostic, Label, Location, Severity};
use std::collections::{BTreeMap, BTreeSet};

/// A place: file and pointer.
type Spot = (String, String);

/// Removes findings that another one covers: those of a rule that the page of the other names, at one of its places.
pub fn drop_covered(findings: &mut Vec<Diagnostic>) {
    let mut covering: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for page in pages() {
        for rule in page.covers {
            covering.entry(*rule).or_default().push(page.id);
        }
    }
    let spot = |location: &Location| -> Spot { (location.file().to_owned(), location.pointer.clone()) };
    // The findings that may be left out, by rule and place.
    let mut candidates: BTreeMap<(&str, Spot), Severity> = BTreeMap::new();
    for finding in findings.iter() {
        if let Some((rule, _)) = covering.get_key_value(&*finding.rule) {
            let most = candidates.entry((*rule, spot(&finding.location))).or_insert(finding.severity);
            *most = finding.severity.max(*most);
        }
    }
    if candidates.is_empty() {
        return;
    }
    let mut gone: BTreeSet<(&str, Spot)> = BTreeSet::new();
    for finding in findings.iter_mut() {
        let Some(page) = page(&finding.rule).filter(|page| !page.covers.is_empty()) else { continue };
        let spots: Vec<Spot> = std::iter::once(&finding.location)
            .chain(finding.related.iter().map(|label| &label.location))
            .map(spot)
            .collect();
        for rule in page.covers {
            for spot in &spots {
                let key = (*rule, spot.clone());
                if let Some(&severity) = candidates.get(&key) {
                    finding.severity = finding.severity.max(severity);
                    gone.insert(key);
                }
            }
        }
    }
    findings.retain(|finding| {
        let rule = covering.get_key_value(&*finding.rule).map(|(rule, _)| *rule);
        rule.is_none_or(|rule| !gone.contains(&(rule, spot(&finding.location))))
    });
}

/// Folds findings of rules over two versions into the changes that they are about, so that one cause is told once, under
/// the id that `diff` gives it. A change gets the higher severity, the
/// sentence and the id of the rule. A finding stays where no change tells of all its operations.
pub fn fold_into_changes(findings: &mut Vec<Diagnostic>) {
    let covers =
        |finding: &Diagnostic| page(&finding.rule).map(|page| &page.covers).filter(|covers| !covers.is_empty());
    let rules: Vec<usize> = (0..findings.len()).filter(|at| covers(&findings[*at]).is_some()).collect();
    let mut gone = BTreeSet::new();
    for rule in rules.iter().copied() {
        let finding = findings[rule].clone();
        let is_about = |change: &Diagnostic| {
            covers(&finding).is_some_and(|covers| covers.contains(&&*change.rule)) && one_place(&finding, change)
        };
        let about: Vec<usize> =
            (0..findings.len()).filter(|at| !rules.contains(at) && is_about(&findings[*at])).collect();
        let told = |operation: &String| about.iter().any(|at| findings[*at].operations.contains(operation));
        if about.is_empty() || !finding.operations.iter().all(told) {
            continue;
        }
        for at in about {
            let change = &mut findings[at];
            change.severity = change.severity.max(finding.severity);
            change.weakens |= finding.weakens;
            for assurance in &finding.assurance {
                if !change.assurance.contains(assurance) {
                    change.assurance.push(*assurance);
                }
            }
            if !change.also.contains(&finding.rule) {
                change.also.push(finding.rule.clone());
            }
            let label = Label { location: finding.location.clone(), message: finding.message.clone() };
            change.related.push(label);
        }
        gone.insert(rule);
    }
    let mut at = 0;
    findings.retain(|_| {
        at += 1;
        !gone.contains(&(at - 1))
    });
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
    use super::fold_into_changes;
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
        fold_into_changes(&mut all);
        assert_eq!(all.len(), 1);
        let told = &all[0];
        assert_eq!((&*told.rule, told.impact), ("api-path-removed-before-sunset", Impact::Breaking));
        assert_eq!((&*told.also[0], told.related[0].message.as_str()), ("lc-removed-before-sunset", "days early"));
        // The change tells of both operations.
        let mut all =
            vec![change(&["paths", "/a"], &["GET /a", "PUT /a"]), early("get", "GET /a"), early("put", "PUT /a")];
        fold_into_changes(&mut all);
        assert_eq!((all.len(), all[0].also.len(), all[0].related.len()), (1, 1, 2));
        // Another operation is told by the rule alone.
        let mut all = vec![change(&["paths", "/a"], &["PUT /a"]), early("get", "GET /a")];
        fold_into_changes(&mut all);
        assert_eq!(all.len(), 2);
        // Another place is another cause.
        let mut all = vec![change(&["paths", "/a", "put"], &["PUT /a"]), early("get", "PUT /a")];
        fold_into_changes(&mut all);
        assert_eq!(all.len(), 2);
    }
}
