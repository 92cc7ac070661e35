//! The policy of the target decides, whatever the pull request brings.

use crate::repository::{Repository, Run, contract};

/// A repository whose pull request breaks a client.
fn breaking(policy: &[(&str, &str)]) -> Repository {
    let first = contract(&["/one", "/two"]);
    let files: Vec<(&str, &str)> = policy.iter().copied().chain([("api/a.yaml", first.as_str())]).collect();
    let repository = Repository::new(&files);
    // With the version that it needs, so that the break alone fails.
    repository.write("api/a.yaml", &contract(&["/one"]).replace("version: 1.0.0", "version: 2.0.0"));
    repository
}

fn message<'r>(run: &'r Run, rule: &str) -> Vec<&'r str> {
    run.of(rule).into_iter().filter_map(|finding| finding["message"].as_str()).collect()
}

#[test]
fn a_pull_request_does_not_relax_the_policy_that_judges_it() {
    let relaxed: [(&str, &str); 8] = [
        ("covenant.yaml", "diff: {policy: [{change: '*', severity: 'off'}]}\n"),
        ("covenant.yaml", "diff: {severity: {api-path-removed-without-deprecation: hint}}\n"),
        ("covenant.yaml", "fail-on: never\n"),
        ("covenant.yaml", "waivers: [{rule: 'api-*', owner: me, reason: this was agreed upon, expires: 2026-12-31}]\n"),
        ("api/.covenant.yaml", "fail-on: never\n"),
        ("api/covenant.yaml", "diff: {keep: sdk, severity: {api-path-removed-without-deprecation: 'off'}}\n"),
        ("covenant.yaml", "diff: {err-ignore: ignore.txt}\n"),
        ("covenant.yaml", "waivers-file: waivers.yaml\n"),
    ];
    for (file, text) in relaxed {
        for base in [&[][..], &[("covenant.yaml", "fail-on: error\n")]] {
            let repository = breaking(base);
            repository.write("ignore.txt", "GET /two api-path-removed-without-deprecation\n");
            repository.write(
                "waivers.yaml",
                "[{rule: 'api-*', owner: me, reason: this was agreed upon, expires: 2026-12-31}]\n",
            );
            repository.write(file, text);
            let run = repository.check(&["--as-of", "2026-06-01"]);
            assert!(run.code == 1 && run.has("policy-changed"), "{file} {text}: {run:?}");
            assert!(run.has("api-path-removed-without-deprecation"), "{file} {text}: {run:?}");
            let words = message(&run, "policy-weakened");
            assert!(words.len() == 1 && words[0].contains("would pass under the policy of this change"), "{run:?}");
            assert_eq!(run.report["policy_from"]["name"], "main", "{run:?}");
            // Asked for, the policy of the revision decides, and the report says so.
            let own = repository.check(&["--as-of", "2026-06-01", "--policy-from", "head"]);
            assert_eq!((own.code, own.report["policy_from"]["of"].as_str()), (0, Some("head")), "{own:?}");
        }
    }
}

#[test]
fn rules_that_a_pull_request_switches_off_still_run() {
    let repository = Repository::new(&[("a.yaml", &contract(&["/one"]))]);
    repository.write("a.yaml", &contract(&["/one", "/open/two"]));
    for text in ["rules: {sec-operation-authenticated: 'off'}\n", "rulesets: [own.yaml]\n", "profile: spectral-oas\n"] {
        repository.write("own.yaml", "rules: {}\n");
        repository.write("covenant.yaml", text);
        let run = repository.check(&[]);
        assert!(run.code == 1 && run.has("sec-operation-authenticated"), "{text}: {run:?}");
        assert!(run.has("policy-weakened"), "{text}: {run:?}");
    }
    std::fs::remove_file(repository.path().join("covenant.yaml")).unwrap();
    repository.write(".spectral.yaml", "rules: {}\n");
    let run = repository.check(&[]);
    assert!(run.code == 1 && run.has("sec-operation-authenticated") && run.has("policy-changed"), "{run:?}");
}

#[test]
fn the_policy_is_that_of_the_tip_and_not_of_the_merge_base() {
    let repository = breaking(&[]);
    repository.commit("a break");
    repository.on_main(&[(
        "covenant.yaml",
        "waivers: [{rule: 'api-*', owner: team, reason: this was agreed upon, expires: 2026-12-31}]\n",
    )]);
    let run = repository.check(&["--as-of", "2026-06-01"]);
    assert_eq!((run.code, run.report["base"]["merge_base"].as_bool()), (0, Some(true)), "{run:?}");
    assert_eq!(run.report["policy_from"]["commit"], repository.git(&["rev-parse", "main"]).as_str());
    // What the branch never saw is no change of its own, but it decides.
    assert!(!run.has("policy-changed") && !run.report["suppressed"].as_array().unwrap().is_empty(), "{run:?}");
}

#[test]
fn a_policy_that_is_the_same_says_nothing_and_one_that_is_gone_decides() {
    let known = "{\"schema\": \"covenant-baseline/1\", \"findings\": {}}\n";
    let repository = breaking(&[("covenant.yaml", "profile: strict\nbaseline: known.json\n"), ("known.json", known)]);
    let same = repository.check(&[]);
    assert!(!same.has("policy-changed") && !same.has("policy-weakened"), "{same:?}");
    let decided: Vec<(&str, Option<&str>)> = same.report["policy"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| (part["name"].as_str().unwrap(), part["base"].as_str()))
        .collect();
    assert_eq!(decided, [("covenant.yaml", Some("same")), ("strict", None), ("known.json", Some("same"))]);
    std::fs::remove_file(repository.path().join("covenant.yaml")).unwrap();
    let gone = repository.check(&[]);
    let words = message(&gone, "policy-changed").join("\n");
    assert!(words.contains("`covenant.yaml` of `main` is removed"), "{gone:?}");
    assert_eq!(gone.report["policy"].as_array().unwrap().len(), 3, "{gone:?}");
}

#[test]
fn the_pull_request_that_adds_the_first_policy_is_judged_by_the_default_and_says_so() {
    let repository = Repository::new(&[("a.yaml", &contract(&["/one"]))]);
    repository.write("covenant.yaml", "profile: strict\n");
    let run = repository.check(&[]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(message(&run, "policy-changed")[0].contains("the default policy decides"), "{run:?}");
}

#[test]
fn a_ruleset_of_the_pull_request_does_not_run() {
    let team = "rules:\n  team: {given: $.info, severity: error, then: {field: contact, function: truthy}}\n";
    let repository = Repository::new(&[
        ("api/a.yaml", &contract(&["/one"])),
        ("covenant.yaml", "rulesets: [style/team.yaml]\nprofile: recommended\nenforce: {team: always}\n"),
        ("style/team.yaml", &format!("extends: [./more.yaml]\n{team}")),
        ("style/more.yaml", &team.replace("team:", "more:").replace("contact", "license")),
    ]);
    let run = repository.check(&[]);
    assert!(run.code == 1 && run.has("team"), "{run:?}");
    // Hostile: a program that ends the process, and the rule switched off.
    repository.write("style/team.yaml", "functions: [evil]\nrules: {}\n");
    repository.write("style/functions/evil.js", "while (true) {}\nexport default () => {};\n");
    let run = repository.check(&[]);
    assert!(run.code == 1 && run.has("team") && run.has("policy-changed"), "{run:?}");
    std::fs::remove_dir_all(repository.path().join("style")).unwrap();
    let run = repository.check(&[]);
    assert!(run.code == 1 && run.has("team"), "{run:?}");
}

#[test]
fn a_waiver_that_covers_everything_or_explains_nothing_does_not_count() {
    let refused = [
        ("{rule: '*', owner: me, reason: it is meant to be so, expires: 2026-12-31}", "covers every rule"),
        (
            "{rule: '**', pointer: /*, owner: me, reason: it is meant to be so, expires: 2026-12-31}",
            "covers every rule",
        ),
        ("{rule: 'api-*', owner: me, reason: because, expires: 2026-12-31}", "7 characters"),
        ("{rule: 'api-*', owner: me, reason: it is meant to be so, expires: 2027-06-30}", "more than 366 days"),
    ];
    for (waiver, words) in refused {
        let policy = format!("fail-on: error\nwaivers:\n  - {waiver}\n");
        let repository = breaking(&[("covenant.yaml", &policy)]);
        let run = repository.check(&["--as-of", "2026-06-01"]);
        // It is the target's, so the pull request is not to blame; but it covers nothing.
        assert!(run.code == 1 && run.has("api-path-removed-without-deprecation"), "{waiver}: {run:?}");
        let own = repository.check(&["--as-of", "2026-06-01", "--policy-from", "head"]);
        let found = own.of("waiver-refused");
        assert!(found.len() == 1 && found[0]["message"].as_str().unwrap().contains(words), "{waiver}: {own:?}");
        assert_eq!(found[0]["location"]["line"], 3, "{waiver}: {own:?}");
        // Brought by a pull request, it fails that one.
        let repository = Repository::new(&[("a.yaml", &contract(&["/one"]))]);
        repository.write("covenant.yaml", &policy);
        let run = repository.check(&["--as-of", "2026-06-01"]);
        assert!(run.code == 1 && run.has("waiver-refused"), "{waiver}: {run:?}");
    }
    let policy = "waiver-limits: {min-reason: 3, max-days: 4000, any-rule: true}\nwaivers: [{rule: '*', owner: me, reason: why, expires: 2030-01-01}]\n";
    let repository = breaking(&[("covenant.yaml", policy)]);
    assert_eq!(repository.check(&["--as-of", "2026-06-01"]).code, 0);
}

#[test]
fn a_configuration_that_only_the_caller_has_decides() {
    let repository = breaking(&[]);
    let outside = tempfile::tempdir().unwrap();
    let file = outside.path().join("central.yaml");
    std::fs::write(&file, "diff: {severity: {api-path-removed-without-deprecation: hint}}\n").unwrap();
    let run = repository.check(&["--config", file.to_str().unwrap()]);
    assert_eq!((run.code, run.has("policy-weakened")), (0, false), "{run:?}");
}

#[test]
fn a_nested_configuration_holds_for_its_folder_from_wherever_the_run_starts() {
    let repository = Repository::new(&[
        ("a/a.yaml", &contract(&["/one"])),
        ("b/b.yaml", &contract(&["/one"])),
        ("covenant.yaml", "fail-on: error\n"),
        ("b/covenant.yaml", "rules: {sec-operation-authenticated: 'off'}\nfail-on: never\n"),
    ]);
    repository.write("b/b.yaml", &contract(&["/one", "/open/two"]));
    let run = repository.check(&[]);
    assert_eq!((run.code, run.has("sec-operation-authenticated")), (0, false), "{run:?}");
    repository.write("a/a.yaml", &contract(&["/one", "/open/two"]));
    let run = repository.check(&[]);
    let files: Vec<_> = run.of("sec-operation-authenticated").iter().map(|f| f["location"]["file"].clone()).collect();
    assert_eq!((run.code, files), (1, vec!["a/a.yaml".into()]), "{run:?}");
    // A break in the folder whose configuration fails on nothing.
    repository.write("a/a.yaml", &contract(&["/one"]));
    repository.write("b/b.yaml", &contract(&["/other"]));
    let run = repository.check(&[]);
    assert_eq!((run.code, run.report["verdict"]["change"].as_str()), (0, Some("breaking")), "{run:?}");
}

#[test]
fn a_contract_that_no_list_names_is_found_judged_and_told() {
    let repository = Repository::new(&[
        ("api/a.yaml", &contract(&["/one"])),
        ("api/old.yaml", &contract(&["/one"])),
        ("covenant.yaml", "apis: [{file: api/a.yaml}]\nexclude: [examples/**]\n"),
    ]);
    repository.write("api/new.yaml", &contract(&["/open/one"]));
    repository.write("examples/x.yaml", &contract(&["/open/one"]));
    let run = repository.check(&[]);
    let found = run.of("unlisted-contract");
    assert_eq!(found.len(), 1, "{run:?}");
    assert_eq!(found[0]["location"]["file"], "api/new.yaml", "{run:?}");
    assert!(run.code == 1 && run.has("sec-operation-authenticated"), "{run:?}");
    assert!(!run.report.to_string().contains("examples/x.yaml"), "{run:?}");
    // Old ones are compared.
    std::fs::remove_file(repository.path().join("api/new.yaml")).unwrap();
    repository.write("api/old.yaml", &contract(&["/two"]));
    assert_eq!(repository.check(&[]).report["verdict"]["change"], "breaking");
}

#[test]
fn while_a_repository_is_observed_nothing_fails_and_the_report_says_what_would() {
    let repository = breaking(&[("covenant.yaml", "observe-until: 2026-06-30\n")]);
    let run = repository.check(&["--as-of", "2026-06-30"]);
    assert_eq!((run.code, run.report["observed"]["would_fail"].as_u64()), (0, Some(1)), "{run:?}");
    let text = repository.covenant(&["check", "--base", "main", "--as-of", "2026-06-30"]).stdout;
    assert!(String::from_utf8(text).unwrap().contains("would have failed with 1 finding"));
    assert_eq!(repository.check(&["--as-of", "2026-07-01"]).code, 1);
    // A pull request does not observe itself.
    let repository = breaking(&[]);
    repository.write("covenant.yaml", "observe-until: 2026-06-30\n");
    assert_eq!(repository.check(&["--as-of", "2026-06-01"]).code, 1);
}

#[test]
fn the_promise_and_the_policy_of_a_contract_are_the_same_from_every_folder_and_under_a_new_name() {
    let answer = |schema: &str| {
        let content =
            format!("content: {{application/json: {{schema: {{type: object, properties: {{s: {schema}}}}}}}}}");
        contract(&["/one"]).replace("{description: The one}", &format!("{{description: The one, {content}}}"))
    };
    let before = answer("{type: string, maxLength: 3}");
    let repository = Repository::new(&[
        ("team/covenant.yaml", "apis: [{file: ./api/a.yaml, keep: contract}]\nwaivers-file: ./waivers.yaml\n"),
        ("team/waivers.yaml", "[{rule: 'api-*', owner: me, reason: this was agreed upon, expires: 2026-12-31}]\n"),
        ("team/api/a.yaml", &before),
        ("other/b.txt", "b"),
    ]);
    let runs = || {
        [(".", &[][..]), ("team", &[]), ("team/api", &[]), (".", &["team/api/"]), ("other", &["../team/api"])].map(
            |(folder, named)| {
                let output = std::process::Command::new(env!("CARGO_BIN_EXE_covenant"))
                    .current_dir(repository.path().join(folder))
                    .args(["check", "--base", "main", "-f", "json", "--as-of", "2026-06-01"])
                    .args(named)
                    .output()
                    .unwrap();
                let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
                (folder, output.status.code(), report["verdict"]["change"].clone())
            },
        )
    };
    // A strict reader of the base refuses a longer string; others do not mind.
    repository.write("team/api/a.yaml", &answer("{type: string, maxLength: 9}"));
    repository.commit("a longer string");
    for (folder, code, change) in runs() {
        assert_eq!((code, &change), (Some(1), &"breaking".into()), "in {folder}");
    }
    repository.git(&["mv", "team/api/a.yaml", "team/api/renamed.yaml"]);
    repository.commit("another name");
    for (folder, code, change) in runs() {
        assert_eq!((code, &change), (Some(1), &"breaking".into()), "renamed, in {folder}");
    }
}

#[test]
fn a_waiver_is_the_same_and_is_told_at_its_place_wherever_the_run_starts() {
    let weak = contract(&["/one"]).replace("security:", "x-security:");
    for (glob, holds) in [
        ("api/a.yaml", true),
        ("./api/*.yaml", true),
        ("team/api/a.yaml", true),
        ("**/a.yaml", true),
        ("../team/api/a.yaml", false),
        ("a.yaml", false),
        ("api/b.yaml", false),
    ] {
        let waiver = format!(
            "waivers: [{{rule: sec-operation-authenticated, file: '{glob}', owner: me, reason: this was agreed upon, \
             expires: 2026-12-31}}]\n"
        );
        let repository =
            Repository::new(&[("team/covenant.yaml", &waiver), ("team/api/a.yaml", &weak), ("other/b.txt", "b")]);
        let mut identities = std::collections::BTreeSet::new();
        for (folder, named, configuration) in [
            ("team", "api", "covenant.yaml"),
            ("team/api", ".", "../covenant.yaml"),
            (".", "team/api", "team/covenant.yaml"),
            ("other", "../team/api", "../team/covenant.yaml"),
        ] {
            let output = std::process::Command::new(env!("CARGO_BIN_EXE_covenant"))
                .current_dir(repository.path().join(folder))
                .args(["lint", "-f", "json", "--as-of", "2026-06-01", named])
                .output()
                .unwrap();
            let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            let found = |rule: &str| report["diagnostics"].as_array().unwrap().iter().any(|one| one["rule"] == rule);
            assert_eq!(found("sec-operation-authenticated"), !holds, "{glob} in {folder}: {report:#}");
            assert_eq!(found("waiver-stale"), !holds, "{glob} in {folder}");
            for stale in report["diagnostics"].as_array().unwrap().iter().filter(|one| one["rule"] == "waiver-stale") {
                assert_eq!(stale["location"]["file"], configuration, "{stale:#}");
                identities.insert(stale["fingerprint"].to_string());
            }
        }
        assert_eq!(identities.len(), usize::from(!holds), "one identity, wherever the run starts");
    }
}
