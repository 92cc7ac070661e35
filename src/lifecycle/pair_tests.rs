use super::{pair_findings, timeline, timeline_findings};
use crate::diagnostic::{Category, Diagnostic, Severity};
use crate::openapi::Api;
use crate::promise::Policy;
use crate::workspace::Workspace;
use jiff::civil::date;
use serde_json::json;

fn contract(info: &str, operation: &str) -> Workspace {
    let text = format!(
        "openapi: 3.0.3\ninfo: {{title: T, version: 1.0.0{info}}}\npaths:\n  /a:\n    get: {{{operation}}}\n    put: {{}}\n"
    );
    Workspace::from_text("a.yaml", &text)
}

fn found(base: &Workspace, revision: &Workspace, policy: serde_json::Value) -> Vec<(String, Severity)> {
    let (old, new) = (Api::open(base).unwrap(), Api::open(revision).unwrap());
    let mut change = Diagnostic::new("endpoint-removed", Severity::Error, "m", base.root().location());
    change.category = Some(Category::Default);
    let policy = Policy::from_value(Some(&policy)).unwrap();
    let findings = pair_findings(old, new, &[change], &policy, date(2026, 11, 25));
    findings.into_iter().map(|finding| (finding.rule.to_string(), finding.severity)).collect()
}

#[test]
fn what_was_promised_holds_or_is_reported() {
    let sunset = |day: &str| format!("deprecated: true, x-sunset: '{day}'");
    for (base, revision, rule, severity) in [
        (sunset("2027-06-30"), sunset("2027-03-31"), "lc-sunset-moved", Severity::Error),
        (sunset("2027-06-30"), sunset("2027-09-30"), "lc-sunset-moved", Severity::Info),
        (sunset("2027-06-30"), "deprecated: true".to_owned(), "lc-sunset-moved", Severity::Error),
        (sunset("2027-06-30"), String::new(), "lc-stability-transition", Severity::Error),
        (String::new(), "x-stability-level: beta".to_owned(), "lc-stability-transition", Severity::Error),
        (
            "x-slo: {latency_p95: 300ms}".to_owned(),
            "x-slo: {latency_p95: 500ms}".to_owned(),
            "lc-service-level-weakened",
            Severity::Warn,
        ),
        (
            "x-slo: {availability: 99.95%}".to_owned(),
            "x-slo: {availability: 99.9%}".to_owned(),
            "lc-service-level-weakened",
            Severity::Warn,
        ),
        ("x-ratelimit: {requests: 100}".to_owned(), String::new(), "lc-service-level-weakened", Severity::Warn),
        (
            "responses: {'404': {description: x}}".to_owned(),
            "responses: {'400': {description: x}}".to_owned(),
            "lc-error-contract-changed",
            Severity::Warn,
        ),
    ] {
        let (old, new) = (contract("", &base), contract("", &revision));
        assert_eq!(found(&old, &new, json!({})), [(rule.to_owned(), severity)], "{base} to {revision}");
        assert!(found(&old, &old, json!({})).is_empty(), "{base}");
    }
}

#[test]
fn what_got_better_or_has_a_reason_is_not_reported() {
    for (base, revision) in [
        ("x-slo: {latency_p95: 300ms}", "x-slo: {latency_p95: 200ms}"),
        ("x-ratelimit: {requests: 100}", "x-ratelimit: {requests: 200}"),
        ("x-stability-level: beta", ""),
        ("deprecated: true, x-sunset: '2027-06-30'", "x-reinstated: {reason: needed, approver: board}"),
        ("", "deprecated: true, x-sunset: '2027-06-30'"),
    ] {
        assert_eq!(found(&contract("", base), &contract("", revision), json!({})), [], "{base} to {revision}");
    }
}

#[test]
fn a_removal_waits_for_the_last_day() {
    let without =
        Workspace::from_text("a.yaml", "openapi: 3.0.3\ninfo: {title: T, version: 2.0.0}\npaths: {/a: {put: {}}}\n");
    for (day, expected) in [("2026-11-24", 0), ("2026-11-25", 1), ("2027-06-30", 1)] {
        let base = contract("", &format!("deprecated: true, x-sunset: '{day}'"));
        assert_eq!(found(&base, &without, json!({})).len(), expected, "{day}");
    }
}

#[test]
fn a_regulated_interface_gives_its_lead_time_or_documents_the_emergency() {
    let regulated = json!({"profile": "psd2"});
    let judge = |change: &str| {
        let revision = contract(&format!(", x-change: {{{change}}}"), "");
        found(&contract("", ""), &revision, regulated.clone()).len()
    };
    assert_eq!(found(&contract("", ""), &contract("", ""), regulated.clone()).len(), 1);
    assert_eq!(judge("published: 2026-11-25, effective: 2027-03-01"), 0);
    assert_eq!(judge("published: 2026-11-25, effective: 2026-12-24"), 1);
    assert_eq!(judge("published: 2026-11-25, effective: 2026-11-30, kind: security, reason: r"), 1);
    let whole = "published: 2026-11-25, effective: 2026-11-30, kind: security, reason: r, approver: a, reevaluate_on: ";
    assert_eq!(judge(&format!("{whole}2026-12-15")), 0);
    assert_eq!(judge(&format!("{whole}2027-12-15")), 1);
}

#[test]
fn a_lost_scope_of_a_regulated_interface_needs_a_plan_for_consents() {
    let scheme = |scopes: &str, info: &str| {
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: T, version: 1.0.0, x-change: {{published: 2026-01-01, effective: 2026-12-31}}{info}}}\npaths: {{}}\n\
            components: {{securitySchemes: {{o: {{type: oauth2, flows: {{clientCredentials: {{tokenUrl: 'https://x.test', scopes: {{{scopes}}}}}}}}}}}}}\n"
        );
        Workspace::from_text("a.yaml", &text)
    };
    let (old, new) = (scheme("a: A, b: B", ""), scheme("a: A2", ""));
    let rules = found(&old, &new, json!({"profile": "psd2"}));
    assert_eq!(
        rules,
        [
            ("lc-consent-scope-changed".to_owned(), Severity::Warn),
            ("lc-consent-scope-changed".to_owned(), Severity::Error)
        ]
    );
    let planned = scheme("a: A2", ", x-consent-migration: {strategy: map, re_consent: false}");
    assert_eq!(found(&old, &planned, json!({"profile": "psd2"})), []);
}

#[test]
fn calendars_majors_and_overlaps_are_checked() {
    let judge = |text: &str| {
        let workspace = Workspace::from_text("a.yaml", text);
        let api = Api::open(&workspace).unwrap();
        let policy = Policy::default();
        let timeline = timeline(api, &policy, date(2026, 11, 25));
        timeline_findings(&timeline, api, &policy).into_iter().map(|f| f.rule.to_string()).collect::<Vec<_>>()
    };
    let calendar = |rows: &str| {
        format!("openapi: 3.0.3\ninfo: {{title: T, version: 3.0.0, x-version-calendar: [{rows}]}}\npaths: {{}}\n")
    };
    let row = |version: &str, rest: &str| {
        let year = 2023 + version[..1].parse::<i32>().unwrap();
        format!("{{version: {version}, introduced: {year}-01-01{rest}}}, ")
    };
    assert_eq!(judge(&calendar(&(row("2.0.0", "") + &row("3.0.0", "")))), Vec::<String>::new());
    assert_eq!(
        judge(&calendar(&(row("1.0.0", "") + &row("2.0.0", "") + &row("3.0.0", "")))),
        ["lc-max-supported-majors"]
    );
    assert_eq!(
        judge(&calendar(&(row("2.0.0", ", retired: 2024-01-01") + &row("3.0.0", "")))),
        ["lc-calendar-consistent"]
    );
    assert_eq!(judge(&calendar(&(row("3.0.0", "") + &row("3.0.0", "")))), ["lc-calendar-consistent"]);
    let close = "{version: 2.0.0, introduced: 2025-01-01}, {version: 3.0.0, introduced: 2025-05-01}";
    assert_eq!(judge(&calendar(close)), ["lc-release-cadence"]);
    let many: String =
        (1..=5).map(|n| format!("{{version: {n}.0.0, introduced: 2025-0{n}-01, retired: 2025-12-31}}, ")).collect();
    let found = judge(&calendar(&many));
    assert_eq!(found.iter().filter(|rule| *rule == "lc-release-cadence").count(), 5, "{found:?}");
    let old = |keys: &str| {
        format!(
            "openapi: 3.0.3\ninfo: {{title: T, version: 1.0.0}}\npaths: {{/a: {{get: {{deprecated: true, x-deprecated-at: 2024-01-01{keys}}}}}}}\n"
        )
    };
    assert_eq!(judge(&old("")), ["lc-zombie-deprecation"]);
    assert_eq!(judge(&old(", x-sunset: 2027-01-29")), Vec::<String>::new());
    assert_eq!(judge(&old(", x-reviewed: 2026-05-01")), Vec::<String>::new());
    assert_eq!(judge(&old(", x-reviewed: 2025-05-01")), ["lc-zombie-deprecation"]);
    let replaced = |from: &str| {
        format!(
            "openapi: 3.0.3\ninfo: {{title: T, version: 1.0.0}}\npaths:\n  /a: {{get: {{deprecated: true, x-deprecated-at: 2026-06-01, x-sunset: 2027-01-31, x-replaced-by: b}}}}\n\
            \x20 /b: {{get: {{operationId: b, x-effective-date: {from}}}}}\n"
        )
    };
    assert_eq!(judge(&replaced("2026-05-01")), Vec::<String>::new());
    assert_eq!(judge(&replaced("2027-01-15")), ["lc-overlap-minimum"]);
    assert_eq!(judge(&replaced("2026-07-01")), ["lc-overlap-minimum"]);
}
