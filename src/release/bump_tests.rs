use super::bump::{Outcome, Verdict, findings, verdict};
use crate::diagnostic::{Bump, Diagnostic, Impact, Severity};
use crate::lifecycle::Policy;
use crate::openapi::Api;
use crate::workspace::Workspace;
use serde_json::json;

fn contract(version: &str, extra: &str) -> Workspace {
    let text = format!(
        "openapi: 3.0.0\ninfo: {{title: T, version: '{version}'{extra}}}\nservers: [{{url: 'https://x.test/v1'}}]\npaths: {{}}\n"
    );
    Workspace::from_text("a.yaml", &text)
}

fn change(workspace: &Workspace, rule: &'static str, bump: Bump, impact: Impact) -> Diagnostic {
    let mut change = Diagnostic::new(rule, Severity::Error, "something changed", workspace.root().location());
    change.required_bump = bump;
    change.impact = impact;
    change.fingerprint = format!("id-{rule}");
    change
}

fn judge(base: &str, revision: &str, bumps: &[Bump], policy: serde_json::Value) -> Verdict {
    let (old, new) = (contract(base, ""), contract(revision, ""));
    let changes: Vec<_> = bumps
        .iter()
        .map(|bump| match bump {
            Bump::Major => change(&new, "endpoint-removed", *bump, Impact::Breaking),
            bump => change(&new, "endpoint-added", *bump, Impact::Compatible),
        })
        .collect();
    let policy = Policy::from_value(Some(&policy)).unwrap();
    verdict(Api::open(&old).unwrap(), Api::open(&new).unwrap(), &changes, &policy)
}

#[test]
fn semantic_versions_move_as_far_as_the_changes_require() {
    use Bump::{Major, Minor, None, Patch};
    for (base, revision, changes, outcome, next) in [
        ("1.2.3", "2.0.0", vec![Major, Minor], Outcome::Right, "2.0.0"),
        ("1.2.3", "1.3.0", vec![Major], Outcome::TooSmall, "2.0.0"),
        ("1.2.3", "1.2.3", vec![Major], Outcome::NotMoved, "2.0.0"),
        ("1.2.3", "1.2.3", vec![], Outcome::Right, "1.2.3"),
        ("1.2.3", "1.3.0", vec![Minor, Patch], Outcome::Right, "1.3.0"),
        ("1.2.3", "1.2.4", vec![Patch], Outcome::Right, "1.2.3"),
        ("1.2.3", "1.2.4", vec![Minor], Outcome::TooSmall, "1.3.0"),
        ("1.2.3", "2.0.0", vec![Minor], Outcome::NeedlessMajor, "1.3.0"),
        ("1.2.3", "1.5.0", vec![Minor], Outcome::Skipped, "1.3.0"),
        ("1.2.3", "1.2.0", vec![None], Outcome::Decreased, "1.2.3"),
        ("v1.2", "v2.0", vec![Major], Outcome::Right, "v2.0"),
        ("1", "1", vec![Minor], Outcome::NotMoved, "1.1"),
        // Before 1.0.0 the parts mean less.
        ("0.4.1", "0.5.0", vec![Major], Outcome::Right, "0.5.0"),
        ("0.4.1", "0.4.2", vec![Minor], Outcome::Right, "0.4.2"),
        ("0.4.1", "0.4.2", vec![Major], Outcome::TooSmall, "0.5.0"),
        // A pre-release may change in any way until its release.
        ("2.0.0-rc.1", "2.0.0-rc.2", vec![Major], Outcome::Right, "2.0.0-rc.2"),
        ("2.0.0-rc.9", "2.0.0", vec![Major], Outcome::Right, "2.0.0-rc.10"),
        ("1.9.0", "2.0.0-rc.1", vec![Major], Outcome::Right, "2.0.0"),
        ("2.0.0-rc.1", "2.0.0-rc.1", vec![Major], Outcome::NotMoved, "2.0.0-rc.2"),
    ] {
        let verdict = judge(base, revision, &changes, json!({}));
        assert_eq!(
            (verdict.outcome, verdict.next.as_deref()),
            (outcome, Some(next)),
            "{base} to {revision} {changes:?}"
        );
        assert!(!verdict.reason.is_empty());
    }
}

#[test]
fn other_schemes_have_rules_of_their_own() {
    use Bump::{Major, Minor};
    for (scheme, base, revision, changes, outcome) in [
        ("date", "2026-01-01", "2026-02-01", Major, Outcome::Right),
        ("date", "2026-01-01", "2026-01-01", Minor, Outcome::NotMoved),
        ("date", "2026-01-01", "2025-12-01", Minor, Outcome::Decreased),
        ("date", "1.0.0", "2025-12-01", Minor, Outcome::Unreadable),
        ("major-only", "v6", "v7", Major, Outcome::Right),
        ("major-only", "v6", "v6", Minor, Outcome::Right),
        ("major-only", "v6", "v6", Major, Outcome::NotMoved),
        ("endpoint-integer", "3", "4", Major, Outcome::Right),
    ] {
        let verdict = judge(base, revision, &[changes], json!({"version-scheme": scheme}));
        assert_eq!(verdict.outcome, outcome, "{scheme}: {base} to {revision}");
    }
}

#[test]
fn the_changes_that_force_the_version_are_named_and_no_others() {
    let verdict = judge("1.0.0", "1.1.0", &[Bump::Minor, Bump::Major], json!({}));
    assert_eq!(verdict.forced_by.len(), 1);
    assert_eq!(verdict.forced_by[0].id, "id-endpoint-removed");
    assert_eq!(verdict.without_them, Bump::Minor);
}

#[test]
fn a_minor_version_may_break_where_the_policy_allows_the_reason() {
    let (old, new) = (contract("3.1.0", ""), contract("3.2.0", ", x-change: {kind: regulatory}"));
    let changes = [change(&new, "endpoint-removed", Bump::Major, Impact::Breaking)];
    let open = |policy: &Policy| verdict(Api::open(&old).unwrap(), Api::open(&new).unwrap(), &changes, policy);
    assert_eq!(open(&Policy::default()).outcome, Outcome::TooSmall);
    let policy = Policy::from_value(Some(&json!({"profile": "open-banking-uk"}))).unwrap();
    let allowed = open(&policy);
    assert_eq!(allowed.outcome, Outcome::Right);
    assert!(allowed.notes[0].contains("minor-may-break"));
}

#[test]
fn findings_name_the_next_version_and_a_stale_url() {
    let (old, new) = (contract("1.0.0", ""), contract("2.0.0", ""));
    let changes = [change(&new, "endpoint-removed", Bump::Major, Impact::Breaking)];
    let (base, revision) = (Api::open(&old).unwrap(), Api::open(&new).unwrap());
    let right = verdict(base, revision, &changes, &Policy::default());
    let found = findings(&right, base, revision);
    assert_eq!(found.len(), 1);
    assert!(found[0].message.contains("still says `v1`"), "{}", found[0].message);
    let late = verdict(base, base, &changes, &Policy::default());
    let found = findings(&late, base, base);
    assert_eq!(found[0].rule, "lc-breaking-requires-major");
    assert!(found[0].help.as_ref().unwrap().contains("`2.0.0`"));
}

#[test]
fn a_pre_release_is_right_whatever_changed_and_the_sentence_says_why() {
    let verdict = judge("2.0.0-rc.9", "2.0.0", &[Bump::Major], json!({}));
    assert_eq!(
        verdict.reason,
        "`2.0.0-rc.9` to `2.0.0` is right: `2.0.0-rc.9` is a pre-release, which may still change by `endpoint-removed`"
    );
}

#[test]
fn dates_are_no_semantic_versions_and_the_scheme_for_them_is_named() {
    let verdict = judge("2026-01-01", "2026-02-01", &[Bump::Major], json!({}));
    assert_eq!(verdict.outcome, Outcome::Unreadable);
    assert!(verdict.reason.contains("`lifecycle.version-scheme: date`"), "{}", verdict.reason);
    let verdict = judge("2026-01-01", "2026-02-01", &[Bump::Major], json!({"version-scheme": "date"}));
    assert_eq!(verdict.outcome, Outcome::Right);
}
