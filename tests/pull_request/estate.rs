//! What a platform team sees of many contracts: a table of stored reports, the waivers with their ends, and whom a shared file hits.

use crate::repository::{Repository, contract};
use serde_json::{Value, json};

fn run(repository: &Repository, arguments: &[&str]) -> (i32, String, String) {
    let output = repository.covenant(arguments);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn owned(paths: &[&str], owner: &str) -> String {
    contract(paths).replace("  version:", &format!("  x-owner: {owner}\n  x-audience: partner\n  version:"))
}

#[test]
fn reports_name_the_contracts_with_what_their_base_says_of_them() {
    let repository = Repository::new(&[("a.yaml", &owned(&["/one", "/two"], "Team A"))]);
    repository.write("a.yaml", &owned(&["/one"], "Nobody").replace("partner", "internal"));
    repository.write("b.yaml", &owned(&["/new"], "Team B"));
    let report = repository.check(&[]).report;
    assert_eq!(report["apis"][0]["owner"], "Team A", "{}", report["apis"]);
    assert_eq!(report["apis"][0]["audience"], "partner");
    assert_eq!((&report["apis"][1]["file"], &report["apis"][1]["owner"]), (&json!("b.yaml"), &json!("Team B")));
}

#[test]
fn many_reports_become_one_table_that_does_not_depend_on_their_order() {
    let repository = Repository::new(&[
        ("a.yaml", &owned(&["/open/one"], "=SUM(A1)")),
        ("b.yaml", &owned(&["/one"], "Team B")),
        (
            "covenant.yaml",
            "waivers: [{rule: sec-operation-authenticated, owner: Team A, reason: the data is public anyway, ticket: T-1, expires: 2026-12-31}]\n",
        ),
    ]);
    for name in ["a", "b"] {
        let (file, target) = (format!("{name}.yaml"), format!("json=reports/{name}/r.json"));
        run(&repository, &["lint", &file, "-q", "-o", &target, "--as-of", "2026-06-01"]);
    }
    let (code, csv, _) = run(&repository, &["fleet", "reports", "-f", "csv"]);
    let lines: Vec<&str> = csv.lines().collect();
    assert!(code == 0 && lines[0].starts_with("report,contract,title,owner"), "{csv}");
    assert!(
        lines[1].starts_with("a/r.json,a.yaml,Accounts,'=SUM(A1),partner,2026-06-01,"),
        "a formula is made text: {csv}"
    );
    let of_b = lines.iter().find(|line| line.starts_with("b/r.json,b.yaml,"));
    assert!(of_b.is_some_and(|line| line.contains(",Team B,partner,")), "{csv}");
    let (_, other, _) = run(&repository, &["fleet", "reports/b/r.json", "reports/a", "-f", "json"]);
    let fleet: Value = serde_json::from_str(&other).unwrap();
    assert_eq!(
        (&fleet["schema"], &fleet["reports"], &fleet["as_of"]),
        (&json!("covenant-fleet/1"), &json!(2), &json!("2026-06-01"))
    );
    assert_eq!((&fleet["waivers"][0]["covers"], &fleet["waivers"][0]["ticket"]), (&json!(1), &json!("T-1")), "{fleet}");
    let (_, later, _) = run(&repository, &["fleet", "reports", "--as-of", "2027-01-01"]);
    assert!(later.contains("2026-12-31 (expired)") && later.contains("2 contracts in 2 reports"), "{later}");
    assert_eq!(run(&repository, &["fleet", "reports"]), run(&repository, &["fleet", "reports"]));
    // What is no report is no row less.
    repository.write("reports/c.json", "{\"schema\": \"covenant-report/1\"}");
    let (code, _, error) = run(&repository, &["fleet", "reports"]);
    assert!(code == 2 && error.contains("c.json:1:1: the report has the format `covenant-report/1`"), "{error}");
    assert_eq!(run(&repository, &["fleet", "nowhere"]).0, 2);
}

#[test]
fn a_thousand_reports_are_one_run() {
    let repository = Repository::new(&[("a.yaml", &owned(&["/open/one"], "Team A"))]);
    run(&repository, &["lint", "a.yaml", "-q", "-o", "json=one.json"]);
    let text = std::fs::read_to_string(repository.path().join("one.json")).unwrap();
    for number in 0..1_000 {
        repository.write(&format!("reports/{number}.json"), &text.replace("Team A", &format!("Team {}", number % 7)));
    }
    let (code, text, _) = run(&repository, &["fleet", "reports"]);
    assert!(
        code == 0 && text.contains("1000 contracts in 1000 reports") && text.matches("| Team ").count() == 7,
        "{text}"
    );
}

#[test]
fn waivers_are_listed_by_their_end_with_what_they_cover() {
    let policy = "waivers:\n\
                  - {rule: sec-operation-authenticated, owner: Team A, reason: the data is public anyway, ticket: T-1, expires: 2026-12-31}\n\
                  - {rule: doc-operation-id, owner: Team B, reason: nothing is wrong with it at all, expires: 2026-09-30}\n\
                  - {rule: api-path-removed-without-deprecation, owner: Team B, reason: agreed with all of the clients, expires: 2026-10-31}\n\
                  - {rule: '*', owner: Team C, reason: everything is fine for us, expires: 2026-11-30}\n\
                  - {rule: sec-*, file: none.yaml, owner: Team A, reason: it was agreed in spring, expires: 2026-03-31}\n";
    let repository = Repository::new(&[("a.yaml", &contract(&["/open/one"])), ("covenant.yaml", policy)]);
    let (code, text, _) = run(&repository, &["waivers", "--as-of", "2026-06-01"]);
    let heads: Vec<&str> = text.lines().filter(|line| line.starts_with("2026")).collect();
    assert_eq!((code, heads.len()), (0, 5), "{text}");
    assert!(heads[0].contains("expired  Team A  sec-*, file `none.yaml`  covers nothing  covenant.yaml:6"), "{text}");
    assert!(heads[1].contains("active   Team B  doc-operation-id  covers nothing"), "{text}");
    assert!(heads[2].contains("refused") || heads[3].contains("refused"), "{text}");
    assert!(heads[4].contains("covers 1 finding, T-1"), "{text}");
    assert!(text.ends_with("5 waivers: 3 in force, 1 expired, 1 refused, 2 unused\n"), "{text}");
    let (_, one, _) = run(&repository, &["waivers", "--as-of", "2026-06-01", "--owner", "Team C", "-f", "json"]);
    let list: Value = serde_json::from_str(&one).unwrap();
    assert_eq!((list.as_array().unwrap().len(), &list[0]["state"]), (1, &json!("refused")));
}

const MONEY: &str = "type: object\nrequired: [amount]\nproperties: {amount: {type: string, maxLength: 20}}\n";

fn user(path: &str, money: &str, owner: &str) -> String {
    contract(&[path]).replace("version:", &format!("x-owner: {owner}\n  version:")).replace(
        "      responses:",
        &format!("      requestBody:\n        content: {{application/json: {{schema: {{$ref: '{money}'}}}}}}\n      responses:"),
    ).replace("    get:", "    post:")
}

#[test]
fn a_shared_file_hits_the_contracts_that_reach_it_and_copies_of_it() {
    let repository = Repository::new(&[
        ("common/money.yaml", MONEY),
        ("common/wrapped.yaml", "type: object\nproperties: {money: {$ref: money.yaml}}\n"),
        ("pay/a.yaml", &user("/a", "../common/money.yaml", "Team A")),
        ("pay/b.yaml", &user("/b", "../common/wrapped.yaml", "Team B")),
        ("pay/c.yaml", &contract(&["/c"])),
    ]);
    // Another repository, beside it, with a copy; and one that has changed for itself.
    let other = Repository::new(&[
        ("lib/money.yaml", MONEY),
        ("d.yaml", &user("/d", "lib/money.yaml", "Team D")),
        ("e.yaml", &user("/e", "lib/own.yaml", "Team E")),
        ("lib/own.yaml", "type: object\n"),
    ]);
    repository.write("common/money.yaml", &MONEY.replace("maxLength: 20", "maxLength: 10"));
    // What else changes in a contract is not the file's doing.
    repository.write("pay/c.yaml", &contract(&["/other"]));
    repository.commit("the change");
    let elsewhere = other.path().to_str().unwrap().to_owned();
    let arguments = ["impact", "common/money.yaml", "--base", "main", ".", &elsewhere];
    let (code, text, error) = run(&repository, &arguments);
    assert_eq!(code, 1, "{text}{error}");
    assert!(text.starts_with("common/money.yaml: 3 contracts of 5 reach it\n"), "{text}");
    for words in ["pay/a.yaml", "owner Team A", "pay/b.yaml", "owner Team D, by a copy with the old bytes"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!(text.matches("  breaking, major version  ").count(), 3, "{text}");
    assert!(text.contains("3 contracts would break, of Team A, Team B, Team D") && !text.contains("Team E"), "{text}");
    // Without other arguments the repository of the file is asked.
    let (code, text, _) = run(&repository, &["impact", "common/money.yaml", "--base", "main", "-f", "json"]);
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, &report["contracts"]), (1, &json!(2)), "{text}");
    // A harmless edit breaks nobody; a file that is new, and a revision that is none, are told.
    repository.write("common/money.yaml", &format!("description: Money\n{MONEY}"));
    let (code, text, _) = run(&repository, &["impact", "common/money.yaml", "--base", "main"]);
    assert!(code == 0 && !text.contains("would break"), "{text}");
    repository.write("common/new.yaml", MONEY);
    for (file, base, words) in [
        ("common/new.yaml", "main", "the file is new"),
        ("common/money.yaml", "nowhere", "nowhere"),
        ("common/gone.yaml", "main", "gone.yaml"),
    ] {
        let (code, _, error) = run(&repository, &["impact", file, "--base", base]);
        assert!(code == 2 && error.contains(words), "{file}: {error}");
    }
}
