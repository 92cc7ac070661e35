//! Only what a pull request brings fails it.

use crate::repository::{Repository, contract};

const OPEN: &str = "sec-operation-authenticated";

fn old() -> Repository {
    Repository::new(&[("api/a.yaml", &contract(&["/open/one", "/two"])), ("api/b.yaml", &contract(&["/open/b"]))])
}

#[test]
fn what_the_base_has_does_not_fail_and_is_counted() {
    let repository = old();
    repository.write("api/a.yaml", &contract(&["/open/one", "/two"]).replace("The accounts.", "All accounts."));
    let run = repository.check(&[]);
    assert_eq!((run.code, run.has(OPEN)), (0, false), "{run:?}");
    assert!(run.existing_errors() >= 2, "{run:?}");
    let all = repository.check(&["--lint", "all"]);
    assert_eq!((all.code, all.of(OPEN).len(), all.existing_errors()), (1, 2, 0), "{all:?}");
    let text = String::from_utf8(repository.covenant(&["check", "--base", "main"]).stdout).unwrap();
    assert!(text.contains("existing findings (the base has them too)"), "{text}");
}

#[test]
fn what_is_new_fails_and_what_is_gone_is_named() {
    let repository = old();
    repository.write("api/a.yaml", &contract(&["/open/one", "/two", "/open/three"]));
    let run = repository.check(&[]);
    let found = run.of(OPEN);
    assert_eq!((run.code, found.len()), (1, 1), "{run:?}");
    assert!(found[0].to_string().contains("/open/three"), "{found:?}");
    repository.write("api/a.yaml", &contract(&["/one", "/two"]));
    let run = repository.check(&["--fail-on", "never"]);
    let fixed = run.report["fixed"].as_array().unwrap();
    assert!(fixed.iter().any(|finding| finding["rule"] == OPEN), "{run:?}");
    // A second contract with the fault of the first is no old finding.
    repository.write("api/c.yaml", &contract(&["/open/one", "/two"]));
    let run = repository.check(&[]);
    assert!(run.of(OPEN).iter().any(|finding| finding["location"]["file"] == "api/c.yaml"), "{run:?}");
}

#[test]
fn a_finding_that_moved_with_its_place_or_file_is_no_new_one() {
    let repository = old();
    let text = contract(&["/open/one", "/two"]).replacen("/open/one:", "/open/other:", 1);
    repository.write("api/a.yaml", &text);
    let run = repository.check(&["--fail-on", "never"]);
    assert!(!run.has(OPEN), "{run:?}");
    repository.git(&["mv", "api/b.yaml", "api/renamed.yaml"]);
    let run = repository.check(&["--fail-on", "never"]);
    assert!(!run.has(OPEN) && !run.has("api-added") && !run.has("api-removed"), "{run:?}");
}

#[test]
fn a_renamed_contract_is_compared_with_what_it_was() {
    let repository = Repository::new(&[("api/a.yaml", &contract(&["/one", "/two", "/three"]))]);
    repository.git(&["mv", "api/a.yaml", "api/renamed.yaml"]);
    repository.write("api/renamed.yaml", &contract(&["/one", "/two"]));
    let run = repository.check(&[]);
    assert_eq!((run.code, run.report["verdict"]["change"].as_str()), (1, Some("breaking")), "{run:?}");
}

#[test]
fn many_places_in_one_finding_are_compared_one_by_one() {
    let paths = |count: usize| (0..count).map(|number| format!("/open/{number}")).collect::<Vec<_>>();
    let text = |count: usize| contract(&paths(count).iter().map(String::as_str).collect::<Vec<_>>());
    let repository = Repository::new(&[("a.yaml", &text(25))]);
    repository.write("a.yaml", &text(26));
    let run = repository.check(&[]);
    assert_eq!((run.code, run.of(OPEN).len()), (1, 1), "{run:?}");
    assert!(run.of(OPEN)[0].to_string().contains("/open/25"), "{run:?}");
}

#[test]
fn an_ignore_that_the_pull_request_adds_hides_nothing_unless_the_target_accepts_it() {
    for accept in [false, true] {
        let policy = if accept { "inline-ignores: accept\n" } else { "fail-on: error\n" };
        let repository = Repository::new(&[("a.yaml", &contract(&["/one"])), ("covenant.yaml", policy)]);
        let ignored = contract(&["/one", "/open/two"]).replace(
            "security: []\n",
            "security: []\n      x-covenant-ignore: [{rule: sec-operation-authenticated, reason: it is public}]\n",
        );
        repository.write("a.yaml", &ignored);
        let run = repository.check(&[]);
        assert_eq!((run.code == 1, run.has(OPEN)), (!accept, !accept), "{run:?}");
    }
}

#[test]
fn what_a_date_decides_counts_also_where_the_base_has_it() {
    let ended = contract(&["/one"])
        .replace("      security:", "      deprecated: true\n      x-sunset: '2026-01-31'\n      security:");
    let repository = Repository::new(&[("a.yaml", &ended)]);
    repository.write("a.yaml", &ended.replace("The accounts.", "All accounts."));
    let run = repository.check(&["--as-of", "2026-06-01"]);
    assert_eq!((run.code, run.has("lc-sunset-proximity")), (1, true), "{run:?}");
    repository.write("a.yaml", &ended);
    let unchanged = repository.check(&["--as-of", "2026-06-01"]);
    assert!(unchanged.has("lc-sunset-proximity"), "{unchanged:?}");
    // A waiver that has expired no longer covers what is old.
    let waiver = "waivers: [{rule: sec-operation-authenticated, owner: team, reason: the gateway asks for it, expires: 2026-05-31}]\n";
    let repository = Repository::new(&[("a.yaml", &contract(&["/open/a"])), ("covenant.yaml", waiver)]);
    for (day, code) in [("2026-05-31", 0), ("2026-06-01", 1)] {
        let run = repository.check(&["--as-of", day]);
        assert_eq!((run.code, run.has(OPEN)), (code, code == 1), "{run:?}");
    }
}

#[test]
fn a_rule_can_be_enforced_on_old_findings_always_or_from_a_day_on() {
    for (enforce, expected) in [("always", [1, 1]), ("from 2026-06-01", [0, 1]), ("new", [0, 0])] {
        let policy = format!("enforce: {{'sec-*': {enforce}}}\n");
        let repository = Repository::new(&[("a.yaml", &contract(&["/open/a"])), ("covenant.yaml", &policy)]);
        let codes = ["2026-05-31", "2026-06-01"].map(|day| repository.check(&["--as-of", day]).code);
        assert_eq!(codes, expected, "{enforce}");
    }
}
