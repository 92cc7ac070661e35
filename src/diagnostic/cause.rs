//! One finding per cause: several findings that one edit, or equal edits of several places, gave are shown as one.
//!
//! Takes findings that were judged one by one, each with its own fingerprint, so that a waiver or a baseline of one holds
//! whatever it is shown with; gives one finding for each cause, the gravest, that lists the others.

use super::{Diagnostic, Impact, Label};
use std::collections::HashMap;

/// What a finding has in common with others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The same for all findings of one cause.
    pub key: String,
    /// What carries the values that it is about: `requests`, `responses`, …
    pub way: &'static str,
    /// Which of several equal edits it is about.
    pub place: usize,
}

/// A finding that another one speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its rule or change id.
    pub rule: String,
    /// Its identity across runs: waivers and baselines name it.
    pub fingerprint: String,
    /// Its sentence.
    pub message: String,
    /// What it does to clients.
    pub impact: Impact,
    /// Its file without the git revision.
    pub file: String,
    /// Its line, from 1.
    pub line: u32,
    /// Its pointer.
    pub pointer: String,
}

impl Part {
    fn of(finding: &Diagnostic) -> Self {
        Part {
            rule: finding.rule.to_string(),
            fingerprint: finding.fingerprint.clone(),
            message: finding.message.clone(),
            impact: finding.impact,
            file: finding.location.path().to_owned(),
            line: finding.location.start().line,
            pointer: finding.location.pointer.clone(),
        }
    }
}

/// Puts the findings of each cause together; the others stay as they are. The order is that of the gravest.
pub fn gather(findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut causes: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, finding) in findings.iter().enumerate() {
        if let Some(cause) = &finding.cause {
            causes.entry(&cause.key).or_default().push(at);
        }
    }
    let groups: Vec<Vec<usize>> = causes.into_values().filter(|members| members.len() > 1).collect();
    if groups.is_empty() {
        return findings;
    }
    let mut all: Vec<Option<Diagnostic>> = findings.into_iter().map(Some).collect();
    for members in groups {
        let weight = |at: &usize| all[*at].as_ref().map(|finding| (finding.impact, finding.severity));
        // Of equals the first.
        let Some(head) = members.iter().copied().rev().max_by_key(weight) else { continue };
        let Some(first) = all[head].take() else { continue };
        let others = members.into_iter().filter_map(|at| all[at].take()).collect();
        all[head] = Some(together(first, others));
    }
    all.into_iter().flatten().collect()
}

/// One finding that speaks for others.
fn together(mut first: Diagnostic, others: Vec<Diagnostic>) -> Diagnostic {
    let Some(own) = first.cause.take() else { return first };
    let mut ways: Vec<(&'static str, Impact)> = Vec::new();
    let mut places: Vec<usize> = vec![own.place];
    for other in others {
        first.severity = first.severity.max(other.severity);
        first.weakens |= other.weakens;
        if other.fails == Some(true) {
            first.fails = other.fails;
        }
        first.required_bump = first.required_bump.max(other.required_bump);
        first.others.push(Part::of(&other));
        let Some(cause) = &other.cause else { continue };
        // The graver effect names its operations.
        if other.impact == first.impact {
            for label in &other.operations {
                if !first.operations.contains(label) {
                    first.operations.push(label.clone());
                }
            }
        }
        if cause.way != own.way {
            match ways.iter_mut().find(|(way, _)| *way == cause.way) {
                Some((_, impact)) => *impact = other.impact.max(*impact),
                None => ways.push((cause.way, other.impact)),
            }
        }
        if !places.contains(&cause.place) {
            places.push(cause.place);
            first.related.push(Label { location: other.location, message: other.message });
        }
    }
    first.own = Some(first.message.clone());
    for (way, impact) in ways {
        first.message.push_str(&if impact == first.impact {
            format!("; the same holds in {way}")
        } else {
            format!("; in {way} it is {impact}")
        });
    }
    match places.len() - 1 {
        0 => {}
        1 => first.message.push_str("; likewise in 1 other place"),
        more => first.message.push_str(&format!("; likewise in {more} other places")),
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Location, Severity, finish};
    use crate::text::{SourceText, Span};
    use std::sync::Arc;

    fn finding(rule: &'static str, impact: Impact, cause: Option<(&str, &'static str, usize)>) -> Diagnostic {
        let source = Arc::new(SourceText::new("a.yaml", "a: 1\n"));
        let location = Location::new(&source, Span::at(0), format!("/{rule}"));
        let mut out = Diagnostic::new(rule, Severity::Warn, format!("{rule} changed"), location);
        out.impact = impact;
        out.operations = vec![format!("GET /{rule}")];
        out.cause = cause.map(|(key, way, place)| Cause { key: key.to_owned(), way, place });
        out
    }

    #[test]
    fn the_gravest_speaks_for_all_and_every_fingerprint_stays() {
        let mut all = vec![
            finding("a", Impact::Compatible, Some(("1", "requests", 0))),
            finding("b", Impact::Breaking, Some(("1", "responses", 0))),
            finding("c", Impact::Breaking, None),
            finding("d", Impact::Breaking, Some(("1", "responses", 1))),
        ];
        finish(&mut all);
        let prints: Vec<String> = all.iter().map(|finding| finding.fingerprint.clone()).collect();
        let shown = gather(all);
        assert_eq!(shown.iter().map(|finding| &*finding.rule).collect::<Vec<_>>(), ["b", "c"]);
        assert_eq!(shown[0].message, "b changed; in requests it is compatible; likewise in 1 other place");
        assert_eq!(shown[0].operations, ["GET /b", "GET /d"]);
        assert_eq!(shown[0].fingerprint, prints[1]);
        let parts: Vec<&String> = shown[0].others.iter().map(|part| &part.fingerprint).collect();
        assert_eq!(parts, [&prints[0], &prints[3]]);
    }

    #[test]
    fn one_that_is_left_of_a_cause_stands_alone() {
        let shown = gather(vec![finding("a", Impact::Risky, Some(("1", "requests", 0)))]);
        assert_eq!((shown.len(), shown[0].message.as_str()), (1, "a changed"));
    }
}
