use super::*;
use crate::config::Waiver;
use crate::diagnostic::Location;
use crate::text::{SourceText, Span};
use std::sync::Arc;

fn finding(rule: &'static str, severity: Severity, pointer: &str) -> Diagnostic {
    let source = Arc::new(SourceText::new("api/a.yaml", "a: 1\n"));
    let mut diagnostic = Diagnostic::new(rule, severity, "m", Location::new(&source, Span::new(0, 1), pointer));
    diagnostic.operations = vec!["GET /a".to_owned()];
    diagnostic
}

fn waiver(rule: &str, expires: &str) -> Waiver {
    Waiver {
        rule: rule.to_owned(),
        file: None,
        pointer: None,
        operation: None,
        fingerprint: None,
        owner: "team-a".to_owned(),
        reason: "until the migration is done".to_owned(),
        ticket: None,
        approver: None,
        expires: expires.parse().unwrap(),
        break_glass: false,
        except: Vec::new(),
        place: crate::config::Placed::default(),
    }
}

fn run(policy: &Policy) -> Report {
    let findings = vec![finding("sec-a", Severity::Error, "/a"), finding("doc-b", Severity::Warn, "/b")];
    judge(Command::Lint, findings, Vec::new(), 1, policy)
}

#[test]
fn errors_fail_and_warnings_pass_by_default() {
    assert_eq!(run(&Policy::default()).exit_code(), 1);
    let levels = BTreeMap::from([("sec-a".to_owned(), RuleLevel::Warn)]);
    let report = run(&Policy { levels, ..Policy::default() });
    assert_eq!(report.exit_code(), 0);
    assert!(report.diagnostics.iter().any(|d| d.policy.as_deref().is_some_and(|p| p.contains("sec-a"))));
}

#[test]
fn a_waiver_covers_until_it_expires() {
    let policy = |day: &str| Policy {
        waivers: vec![waiver("sec-*", "2026-12-31")],
        as_of: Some(day.parse().unwrap()),
        ..Policy::default()
    };
    let report = run(&policy("2026-12-31"));
    assert_eq!((report.exit_code(), report.suppressed.len()), (0, 1));
    let report = run(&policy("2027-01-01"));
    assert_eq!((report.exit_code(), report.suppressed.len()), (1, 0));
    assert!(report.diagnostics.iter().any(|d| d.help.as_deref().is_some_and(|h| h.contains("expired"))));
}

#[test]
fn a_waiver_that_covers_nothing_is_a_finding() {
    let mut wrong = waiver("sec-a", "2026-12-31");
    wrong.operation = Some("POST *".to_owned());
    let report = run(&Policy { waivers: vec![wrong], ..Policy::default() });
    assert!(report.diagnostics.iter().any(|d| d.rule == "waiver-stale" && d.message.contains("POST *")));
}

#[test]
fn a_baseline_leaves_only_what_is_new() {
    let first = run(&Policy::default());
    let text = Baseline::of(&first.diagnostics[..1]).text();
    let baseline = Some(Baseline::parse(&text).unwrap());
    let report = run(&Policy { baseline, ..Policy::default() });
    assert_eq!((report.diagnostics.len(), report.suppressed.len()), (1, 1));
    assert!(Baseline::parse("{\"schema\": \"x/9\", \"findings\": {}}").is_err());
}

#[test]
fn what_was_not_examined_makes_the_verdict_incomplete() {
    let missing = Limitation { what: "a.yaml cannot be read".to_owned(), file: None, incomplete: true };
    let report = judge(Command::Lint, Vec::new(), vec![missing], 0, &Policy::default());
    assert_eq!((report.verdict.gate, report.exit_code()), (Gate::Incomplete, 2));
}

#[test]
fn a_waiver_does_not_reach_rules_that_a_change_carries_beside_its_own_id() {
    let change = || {
        let mut change = finding("api-path-removed", Severity::Error, "/a");
        change.also.push("lc-removed-before-sunset".into());
        vec![change]
    };
    let code = |waiver: Waiver, never: &[&str]| {
        let never = never.iter().map(|&id| id.to_owned()).collect();
        let policy = Policy { waivers: vec![waiver], never, ..Policy::default() };
        judge(Command::Check, change(), Vec::new(), 1, &policy).exit_code()
    };
    let plain = || waiver("api-*", "2026-12-31");
    assert_eq!(code(plain(), &[]), 0);
    assert_eq!(code(plain(), &["lc-*"]), 1);
    assert_eq!(code(Waiver { except: vec!["lc-*".to_owned()], ..plain() }, &[]), 1);
    assert_eq!(code(Waiver { except: vec!["sec-*".to_owned()], ..plain() }, &["doc-*"]), 0);
}
