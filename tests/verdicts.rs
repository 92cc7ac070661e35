//! Pairs of small contracts, hundreds of them, each with the verdict that a reader of the standards would give.

use covenant::diagnostic::{Category, EvidenceStatus, Impact};
use covenant::diff::{self, Options};
use covenant::openapi::Api;
use covenant::workspace::Workspace;
use serde_json::Value;

const CASES: &str = include_str!("../fixtures/changes/verdicts.yaml");

fn cases() -> Vec<Value> {
    serde_yaml::from_str(CASES).expect("a list of cases")
}

/// The options under which the verdicts were written.
fn contract() -> Options {
    Options { keep: Category::Contract, ..Options::default() }
}

fn workspace(case: &Value, side: &str) -> Workspace {
    Workspace::from_text(&format!("{side}.json"), &case[side].to_string())
}

#[test]
fn each_small_change_gets_the_verdict_that_the_standards_give_it() {
    let mut wrong = Vec::new();
    for case in cases() {
        let (base, revision) = (workspace(&case, "base"), workspace(&case, "revision"));
        let (base, revision) = (Api::open(&base).expect("base"), Api::open(&revision).expect("revision"));
        let changes = diff::compare(base, revision, &contract()).changes;
        let worst = changes.iter().map(|change| change.impact).max().unwrap_or(Impact::None);
        let verdict = match worst {
            Impact::None | Impact::Compatible => "compatible",
            Impact::Risky => "risky",
            Impact::Breaking => "breaking",
        };
        let right = case["verdict"].as_array().expect("a list");
        if !right.iter().any(|accepted| accepted == verdict) {
            let found: Vec<_> = changes.iter().map(|change| (&*change.rule, change.impact)).collect();
            wrong.push(format!("{}: {verdict}, not {}: {found:?}", case["name"], case["verdict"]));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn breaks_have_a_confirmed_message_or_the_reason_why_there_is_none() {
    for case in cases() {
        let (base, revision) = (workspace(&case, "base"), workspace(&case, "revision"));
        let (base, revision) = (Api::open(&base).expect("base"), Api::open(&revision).expect("revision"));
        for change in diff::compare(base, revision, &contract()).changes {
            let Some(evidence) = &change.evidence else { continue };
            if change.impact == Impact::Breaking {
                let decided = matches!(
                    evidence.status,
                    EvidenceStatus::Confirmed
                        | EvidenceStatus::Promise
                        | EvidenceStatus::Decoded
                        | EvidenceStatus::None
                );
                assert!(decided && !evidence.reason.is_empty(), "{}: {}", case["name"], change.rule);
            }
        }
    }
}
