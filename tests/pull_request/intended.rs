//! Breaks that are intended: a version that says so, or people who approved.

use crate::repository::{Repository, Run, contract};
use serde_json::{Value, json};

fn breaking(policy: &str, version: &str) -> Repository {
    let repository = Repository::new(&[("a.yaml", &contract(&["/one", "/two"])), ("covenant.yaml", policy)]);
    repository.write("a.yaml", &contract(&["/one"]).replace("version: 1.0.0", &format!("version: {version}")));
    repository
}

fn kinds(run: &Run) -> Vec<&str> {
    run.report["suppressed"].as_array().unwrap().iter().map(|one| one["suppression"].as_str().unwrap()).collect()
}

#[test]
fn a_version_that_says_so_lets_a_break_pass_where_that_is_allowed() {
    let says_so = "allow-breaking: when-version-says-so\n";
    for (policy, version, flags, code) in [
        (says_so, "2.0.0", &[][..], 0),
        (says_so, "1.1.0", &[], 1),
        (says_so, "2.0.0", &["--allow-breaking", "never"], 1),
        ("fail-on: error\n", "2.0.0", &[], 1),
        ("fail-on: error\n", "2.0.0", &["--allow-breaking", "when-version-says-so"], 0),
        ("allow-breaking: {internal: when-version-says-so}\n", "2.0.0", &[], 1),
        ("allow-breaking: {public: when-version-says-so, partner: when-version-says-so}\n", "2.0.0", &[], 0),
    ] {
        let run = breaking(policy, version).check(flags);
        assert_eq!((run.code, run.report["verdict"]["change"].as_str()), (code, Some("breaking")), "{policy}: {run:?}");
        assert_eq!(kinds(&run).contains(&"version"), code == 0, "{policy}: {run:?}");
    }
    // A contract that says whom it is for is judged by that; what the revision says of itself is not asked.
    let internal = contract(&["/one", "/two"]).replace("  version:", "  x-audience: internal\n  version:");
    let policy = "allow-breaking: {internal: when-version-says-so}\n";
    let repository = Repository::new(&[("a.yaml", &internal), ("covenant.yaml", policy)]);
    repository.write("a.yaml", &internal.replace("version: 1.0.0", "version: 2.0.0").replace("/two:", "/three:"));
    assert_eq!(repository.check(&[]).code, 0);
    let repository = Repository::new(&[("a.yaml", &contract(&["/one", "/two"])), ("covenant.yaml", policy)]);
    repository.write("a.yaml", &internal.replace("version: 1.0.0", "version: 2.0.0").replace("/two:", "/three:"));
    assert_eq!(repository.check(&[]).code, 1);
}

#[test]
fn no_version_lets_weaker_protection_pass() {
    let repository = Repository::new(&[
        ("a.yaml", &contract(&["/one"])),
        ("covenant.yaml", "allow-breaking: when-version-says-so\n"),
    ]);
    let open = contract(&["/one"]).replace("security: [{key: []}]", "security: []").replace("1.0.0", "2.0.0");
    repository.write("a.yaml", &open);
    let run = repository.check(&[]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.findings().any(|finding| finding["weakens"] == true), "{run:?}");
}

/// The keys under which the findings that fail are approved.
fn keys(run: &Run) -> Vec<Value> {
    run.findings().filter(|finding| !finding["approval"].is_null()).map(|finding| finding["approval"].clone()).collect()
}

fn approvals(repository: &Repository, head: &str, approvals: &Value, reported: &Value) -> String {
    let text = json!({
        "schema": "covenant-approvals/1", "head": head, "author": "ann", "committers": ["ann"],
        "approvals": approvals, "reported": reported,
    });
    // Outside of the repository: what the pull request brings counts for nothing.
    let file = repository.path().join(".git/approvals.json");
    std::fs::write(&file, text.to_string()).unwrap();
    file.to_str().unwrap().to_owned()
}

#[test]
fn an_approval_counts_for_its_commit_its_finding_and_by_somebody_allowed() {
    let policy = "allow-breaking: when-approved\napprovals: {approvers: [bob, '@bank/owners'], label: approved}\n";
    let repository = breaking(policy, "1.0.0");
    let first = repository.check(&[]);
    let head = repository.git(&["rev-parse", "HEAD"]);
    assert!(first.code == 1 && keys(&first).len() == 2, "{first:?}");
    let review = |by: &str| json!([{"how": "review", "by": by, "state": "approved", "commit": head}]);
    let check = |head: &str, list: &Value, reported: &Value| {
        let file = approvals(&repository, head, list, reported);
        let output = repository.covenant(&["check", "--base", "main", "-f", "json", "--approvals", &file]);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        (
            output.status.code().unwrap(),
            report["suppressed"][0]["suppressed_by"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let (code, by) = check(&head, &review("bob"), &json!({}));
    assert!(code == 0 && by.starts_with("bob (review of "), "{code} {by}");
    for stranger in ["ann", "mallory"] {
        assert_eq!(check(&head, &review(stranger), &json!({})).0, 1, "{stranger}");
    }
    // Approvals of another commit are refused as a whole.
    assert_eq!(check(&"0".repeat(40), &review("bob"), &json!({})).0, 2);
    // A label approves what was reported for the commit that was the head when it was set.
    let label = json!([{"how": "label", "by": "bob", "label": "approved", "commit": head}]);
    assert_eq!(check(&head, &label, &json!({})).0, 0);
    // Another break later: the old approval does not cover it, and still covers the old one.
    repository.write("a.yaml", &contract(&[]));
    let second = repository.check(&[]);
    let later = repository.git(&["rev-parse", "HEAD"]);
    let (code, by) = check(&later, &label, &json!({ &head: keys(&first) }));
    assert!(code == 1 && by.starts_with("bob (label"), "{code} {by}: {second:?}");
    assert_eq!(check(&later, &label, &json!({ &head: ["0123456789abcdef"] })).1, "");
    assert_eq!(check(&later, &review("bob"), &json!({})).0, 1);
}

#[test]
fn what_nobody_may_approve_is_neither_approved_nor_waived() {
    let policy = "allow-breaking: when-approved\napprovals: {never: ['api-path-*']}\nwaivers: [{rule: 'api-path-*', owner: team, reason: this was agreed upon, expires: 2026-12-31}]\n";
    let repository = breaking(policy, "1.0.0");
    repository.commit("the change");
    let head = repository.git(&["rev-parse", "HEAD"]);
    let review = json!([{"how": "review", "by": "bob", "state": "approved", "commit": head, "permission": "admin"}]);
    let file = approvals(&repository, &head, &review, &json!({}));
    let arguments = ["check", "--base", "main", "--approvals", &file, "--as-of", "2026-06-01"];
    assert_eq!(repository.covenant(&arguments).status.code(), Some(1));
}

#[test]
fn an_approvals_file_that_cannot_be_read_ends_the_run() {
    let repository = breaking("fail-on: error\n", "1.0.0");
    for text in ["", "{}", "[1]", "{\"schema\": \"covenant-approvals/9\"}"] {
        let file = repository.path().join(".git/approvals.json");
        std::fs::write(&file, text).unwrap();
        let run = repository.check(&["--approvals", file.to_str().unwrap()]);
        assert_eq!(run.code, 2, "{text}: {run:?}");
    }
    assert_eq!(repository.check(&["--approvals", "nowhere.json"]).code, 2);
}

#[test]
fn a_waiver_that_the_pull_request_brings_counts_once_it_is_approved() {
    let repository = Repository::new(&[("a.yaml", &contract(&["/one"]))]);
    repository.write("a.yaml", &contract(&["/one", "/open/two"]));
    let waiver = "waivers: [{rule: sec-operation-authenticated, operation: GET /open/two, owner: team, reason: the data is public anyway, expires: 2026-12-31}]\n";
    repository.write("covenant.yaml", waiver);
    let run = repository.check(&["--as-of", "2026-06-01"]);
    assert!(run.code == 1 && run.has("waiver-proposed"), "{run:?}");
    let head = repository.git(&["rev-parse", "HEAD"]);
    for (by, code) in [("bob", 0), ("ann", 1)] {
        let review = json!([{"how": "review", "by": by, "state": "approved", "commit": head, "permission": "write"}]);
        let file = approvals(&repository, &head, &review, &json!({}));
        let arguments = ["check", "--base", "main", "-f", "json", "--approvals", &file, "--as-of", "2026-06-01"];
        let output = repository.covenant(&arguments);
        assert_eq!(output.status.code(), Some(code), "{by}: {output:?}");
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let text = report["suppressed"].to_string();
        assert_eq!(text.contains("approved by bob"), code == 0, "{text}");
    }
}

#[test]
fn a_trailer_of_the_change_is_a_request_and_one_that_the_target_has_counts_where_it_says_so() {
    let trailer = "Covenant-Approve: api-path-removed-without-deprecation reason=nobody has called it for two years until=2026-12-31";
    let day = ["--as-of", "2026-06-01"];
    let of = |policy: &str| breaking(policy, "2.0.0");
    let repository = of("allow-breaking: when-approved\napprovals: {trailers: true}\n");
    repository.commit(&format!("A break\n\n{trailer}"));
    let run = repository.check(&day);
    let told = run.of("approval-requested");
    assert!(run.code == 1 && told.len() == 1, "{run:?}");
    let message = told[0]["message"].as_str().unwrap();
    assert!(
        message.contains("until 2026-12-31: nobody has called it for two years") && !message.contains("cannot count"),
        "{message}"
    );
    assert_eq!(told[0]["location"]["file"], "a.yaml");
    // The same words on a commit of the target, which somebody merged.
    for (policy, code) in [
        ("allow-breaking: when-approved\napprovals: {trailers: true}\n", 0),
        ("allow-breaking: when-approved\n", 1),
        ("approvals: {trailers: true}\n", 1),
        ("allow-breaking: when-approved\napprovals: {trailers: true, never: ['api-path-*']}\n", 1),
    ] {
        let repository = of(policy);
        repository.commit("the change");
        repository.git(&["checkout", "-q", "main"]);
        repository.commit(&format!("Retire the second path\n\n{trailer}"));
        repository.git(&["checkout", "-q", "feature"]);
        let run = repository.check(&day);
        assert_eq!(run.code, code, "{policy}: {run:?}");
        assert_eq!(run.report["suppressed"].to_string().contains("the trailer of commit"), code == 0, "{policy}");
        assert_eq!(repository.check(&["--as-of", "2027-01-01"]).code, 1, "it has ended");
    }
    // What somebody brought in a branch that was merged does not count later, and is an error while it is about nothing.
    let early = "allow-breaking: when-approved\napprovals: {trailers: true}\n";
    let repository = Repository::new(&[("a.yaml", &contract(&["/one", "/two"])), ("covenant.yaml", early)]);
    repository.write("notes.md", "notes");
    repository.commit(&format!("Notes\n\n{trailer}"));
    let run = repository.check(&day);
    assert!(run.code == 1 && run.of("approval-requested")[0]["severity"] == "error", "{run:?}");
    repository.git(&["checkout", "-q", "main"]);
    repository.git(&["merge", "-q", "--no-ff", "-m", "Merge the notes", "feature"]);
    repository.git(&["checkout", "-q", "-b", "second"]);
    repository.write("a.yaml", &contract(&["/one"]).replace("version: 1.0.0", "version: 2.0.0"));
    repository.commit("a break");
    let run = repository.check(&day);
    assert!(run.code == 1 && !run.report["suppressed"].to_string().contains("the trailer of commit"), "{run:?}");
    // What names nothing, or can never count, is told as such.
    let repository = of("allow-breaking: when-approved\n");
    repository.commit("A break\n\nCovenant-Approve: nothing-like-that reason=x\nCovenant-Approve: *");
    let run = repository.check(&day);
    let told: Vec<&str> = run.of("approval-requested").iter().filter_map(|one| one["message"].as_str()).collect();
    assert!(run.code == 1 && told.len() == 2 && told.iter().all(|one| one.contains("cannot count")), "{told:?}");
}

/// Checks a pull request whose new waiver these reviews approve: the exit code, and the report.
fn with_reviews(repository: &Repository, by: &[&str], day: &str) -> (Option<i32>, Value) {
    let head = repository.git(&["rev-parse", "HEAD"]);
    let review =
        |by: &&str| json!({"how": "review", "by": by, "state": "approved", "commit": head, "permission": "write"});
    let file = approvals(repository, &head, &by.iter().map(review).collect(), &json!({}));
    let output = repository.covenant(&["check", "--base", "main", "-f", "json", "--approvals", &file, "--as-of", day]);
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn glass_is_broken_by_two_people_and_leaves_a_debt_that_fails_when_it_is_due() {
    let policy = "approvals: {break-glass: [bob, dora, ann]}\n";
    let repository = Repository::new(&[("a.yaml", &contract(&["/one", "/two"])), ("covenant.yaml", policy)]);
    repository.write("a.yaml", &contract(&["/one"]));
    let debt = |expires: &str| {
        format!(
            "{policy}waivers: [{{rule: '*', file: a.yaml, break-glass: true, owner: Team A, reason: the gateway is down since six, expires: {expires}}}]\n"
        )
    };
    repository.write("covenant.yaml", &debt("2026-06-10"));
    repository.commit("a break in the night");
    let day = "2026-06-01";
    assert_eq!(with_reviews(&repository, &["bob", "dora"], day).0, Some(0));
    for few in [&[][..], &["bob"], &["bob", "ann"], &["bob", "Bob"], &["carl", "mallory"]] {
        assert_eq!(with_reviews(&repository, few, day).0, Some(1), "{few:?}");
    }
    let (_, report) = with_reviews(&repository, &["bob", "dora"], day);
    let text = report["suppressed"].to_string();
    assert!(
        text.contains("break-glass, due 2026-06-10") && text.contains("approved by bob") && text.contains("dora"),
        "{text}"
    );
    assert_eq!(
        (&report["waivers"][0]["break_glass"], &report["waivers"][0]["state"]),
        (&json!(true), &json!("active"))
    );
    // Merged, it holds until it is due, and then fails whatever the base has.
    let merged = Repository::new(&[("a.yaml", &contract(&["/open/one"])), ("covenant.yaml", &debt("2026-06-10"))]);
    merged.write("a.yaml", &contract(&["/open/one"]).replace("The accounts.", "All accounts."));
    assert_eq!(merged.check(&["--as-of", "2026-06-10"]).code, 0);
    let due = merged.check(&["--as-of", "2026-06-11"]);
    assert!(
        due.code == 1 && due.report.to_string().contains("the break-glass debt of Team A was due on 2026-06-10"),
        "{due:?}"
    );
    // Nobody breaks glass for months.
    repository.write("covenant.yaml", &debt("2026-09-30"));
    repository.commit("longer");
    let (code, report) = with_reviews(&repository, &["bob", "dora"], day);
    assert!(code == Some(1) && report.to_string().contains("waiver-refused"), "{report}");
}

#[test]
fn a_waiver_that_could_cover_the_rules_of_a_role_needs_somebody_of_it() {
    let policy = "approvals: {roles: {security: {approvers: [dora], rules: ['sec-*']}}}\n";
    let repository = Repository::new(&[("a.yaml", &contract(&["/one"])), ("covenant.yaml", policy)]);
    repository.write("a.yaml", &contract(&["/one", "/open/two"]));
    for rule in ["sec-operation-authenticated", "sec-*", "*-authenticated"] {
        let waiver = format!(
            "{policy}waivers: [{{rule: '{rule}', operation: GET /open/two, owner: team, reason: the data is public anyway, expires: 2026-12-31}}]\n"
        );
        repository.write("covenant.yaml", &waiver);
        repository.commit(rule);
        assert_eq!(with_reviews(&repository, &["bob"], "2026-06-01").0, Some(1), "{rule}");
        assert_eq!(with_reviews(&repository, &["dora"], "2026-06-01").0, Some(0), "{rule}");
    }
}
