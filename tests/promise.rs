//! The promises: the table of `docs/changes.md` is run, and what chooses a promise is shown.

use covenant::diagnostic::{Category, EvidenceStatus, Impact};
use covenant::diff::{self, Comparison, NewForReaders, Options};
use covenant::openapi::{Api, parse_date};
use covenant::workspace::Workspace;
use std::process::Command;

/// A row of the table.
#[derive(Debug)]
struct Row {
    edit: String,
    place: String,
    base: String,
    revision: String,
    default: Impact,
    contract: Impact,
}

fn impact(word: &str) -> Impact {
    match word {
        "none" => Impact::None,
        "compatible" => Impact::Compatible,
        "risky" => Impact::Risky,
        "breaking" => Impact::Breaking,
        other => panic!("{other} is no verdict"),
    }
}

fn rows() -> Vec<Row> {
    let text = include_str!("../docs/changes.md");
    let table = text.lines().skip_while(|line| !line.starts_with("| edit | in |")).skip(2);
    let rows = table.take_while(|line| line.starts_with('|')).map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [edit, place, base, revision, default, contract] = cells[..] else { panic!("six cells: {line}") };
        let code = |cell: &str| cell.trim_matches('`').to_owned();
        Row {
            edit: edit.to_owned(),
            place: place.to_owned(),
            base: code(base),
            revision: code(revision),
            default: impact(default),
            contract: impact(contract),
        }
    });
    rows.collect()
}

/// A contract with a schema, an address or words at a place.
fn contract(place: &str, what: &str) -> String {
    let mut parts = [String::new(), String::new(), String::new(), String::new()];
    match place {
        "request" => {
            parts[1] =
                format!("\n      requestBody: {{required: true, content: {{application/json: {{schema: {what}}}}}}}");
        }
        "parameter" => parts[1] = format!("\n      parameters: [{{name: q, in: query, schema: {what}}}]"),
        "response" => parts[2] = format!(", content: {{application/json: {{schema: {what}}}}}"),
        "webhook" => {
            parts[3] = format!(
                "\nwebhooks: {{w: {{post: {{requestBody: {{content: {{application/json: {{schema: {what}}}}}}}, responses: {{'204': {{description: d}}}}}}}}}}"
            );
        }
        "address" => parts[0] = format!("\nservers: [{{url: '{what}'}}]"),
        "description" => parts[1] = format!("\n      description: {what}"),
        other => panic!("{other} is no place"),
    }
    let [servers, operation, response, rest] = parts;
    format!(
        "openapi: 3.1.0\ninfo: {{title: t, version: 1.0.0}}{servers}\npaths:\n  /a:\n    post:{operation}\n      responses: {{'200': {{description: d{response}}}}}{rest}\n"
    )
}

fn compared(base: &str, revision: &str, options: &Options) -> Comparison {
    let (base, revision) = (Workspace::from_text("a.yaml", base), Workspace::from_text("b.yaml", revision));
    diff::compare(Api::open(&base).expect("a contract"), Api::open(&revision).expect("a contract"), options)
}

fn under(row: &Row, keep: Category, new_for_readers: Option<NewForReaders>) -> Comparison {
    let options = Options { keep, new_for_readers, as_of: parse_date("2026-11-30"), ..Options::default() };
    compared(&contract(&row.place, &row.base), &contract(&row.place, &row.revision), &options)
}

#[test]
fn the_table_of_the_documentation_holds() {
    let rows = rows();
    assert!(rows.len() >= 20, "{} rows", rows.len());
    for row in &rows {
        for (keep, expected) in [(Category::Default, row.default), (Category::Contract, row.contract)] {
            let found = under(row, keep, None);
            let told: Vec<_> = found.changes.iter().map(|c| (&c.rule, c.impact, &c.evidence)).collect();
            assert_eq!(found.impact(), expected, "{} in {}, keep {keep}: {told:?}", row.edit, row.place);
        }
    }
}

#[test]
fn one_switch_decides_about_all_values_that_are_new_for_readers() {
    let new = |row: &&Row| row.place == "response" && row.default == Impact::Risky;
    let rows = rows();
    let mut seen = 0;
    for row in rows.iter().filter(new) {
        seen += 1;
        for keep in [Category::Default, Category::Contract] {
            for (choice, expected) in [
                (NewForReaders::Breaking, Impact::Breaking),
                (NewForReaders::Risky, Impact::Risky),
                (NewForReaders::Compatible, Impact::Compatible),
            ] {
                let found = under(row, keep, Some(choice));
                assert_eq!(found.impact(), expected, "{} under {keep} with {choice:?}", row.edit);
            }
        }
    }
    assert!(seen > 3, "{seen} rows");
    // What the default promise breaks is no matter of the switch.
    for row in rows.iter().filter(|row| row.place == "response" && row.default == Impact::Breaking) {
        let found = under(row, Category::Default, Some(NewForReaders::Compatible));
        assert_eq!(found.impact(), Impact::Breaking, "{}", row.edit);
    }
}

#[test]
fn a_property_that_is_gone_breaks_a_promise_and_refuses_no_message() {
    let rows = rows();
    let row = rows.iter().find(|row| row.edit == "optional property gone" && row.place == "response").expect("a row");
    let found = under(row, Category::Default, None);
    let gone = found.changes.iter().find(|change| change.impact == Impact::Breaking).expect("a break");
    assert_eq!(gone.evidence.as_ref().map(|evidence| evidence.status), Some(EvidenceStatus::Promise));
    assert_eq!(gone.category, Some(Category::Default));
}

#[test]
fn the_audience_of_the_base_chooses_the_promise() {
    let limit = |audience: &str, most: u8| {
        let schema = format!("{{type: integer, maximum: {most}}}");
        contract("response", &schema).replace("version: 1.0.0", &format!("version: 1.0.0, x-audience: {audience}"))
    };
    let keep_by_audience = [("partner".to_owned(), Category::Contract), ("mobile".to_owned(), Category::Default)];
    let options = Options { keep_by_audience: keep_by_audience.into_iter().collect(), ..Options::default() };
    for (audience, expected) in [
        ("partner", Impact::Breaking),
        ("external-partner", Impact::Breaking),
        ("Partner", Impact::Breaking),
        ("mobile", Impact::Risky),
        ("internal", Impact::Risky),
        ("[mobile, partner]", Impact::Breaking),
    ] {
        let found = compared(&limit(audience, 5), &limit(audience, 9), &options);
        assert_eq!(found.impact(), expected, "{audience}");
    }
    // The revision cannot choose a weaker one.
    let found = compared(&limit("partner", 5), &limit("mobile", 9), &options);
    assert_eq!(found.impact(), Impact::Breaking);
}

/// The verdict of `covenant diff` in a folder with a configuration.
fn verdict(config: &str, arguments: &[&str]) -> (String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    put("a.yaml", &contract("response", "{type: integer, maximum: 5}"));
    put("b.yaml", &contract("response", "{type: integer, maximum: 9}"));
    put("covenant.yaml", config);
    let output = Command::new(env!("CARGO_BIN_EXE_covenant"))
        .current_dir(folder.path())
        .args(["diff", "a.yaml", "b.yaml", "--format", "json"])
        .args(arguments)
        .output()
        .expect("it runs");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let change = report["verdict"]["change"].as_str().unwrap_or("no report").to_owned();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    (change, said.into_owned())
}

#[test]
fn configuration_profile_contract_and_command_line_choose_the_promise() {
    for (config, arguments, expected) in [
        ("{}", &[][..], "risky"),
        ("diff: {keep: contract}", &[], "breaking"),
        ("diff: {keep: contract}", &["--keep", "default"], "risky"),
        ("profile: psd2-sca", &[], "breaking"),
        ("profile: recommended", &[], "risky"),
        ("{profile: pci-dss, diff: {keep: default}}", &[], "risky"),
        ("{apis: [{file: b.yaml, keep: contract}]}", &[], "breaking"),
        ("{apis: [{file: other.yaml, keep: contract}]}", &[], "risky"),
        ("{apis: [{file: b.yaml, keep: contract}]}", &["--keep", "default"], "risky"),
        ("diff: {new-for-readers: breaking}", &[], "breaking"),
        ("diff: {new-for-readers: breaking}", &["--new-for-readers", "compatible"], "compatible"),
    ] {
        let (found, errors) = verdict(config, arguments);
        assert_eq!(found, expected, "{config} {arguments:?}: {errors}");
    }
}

#[test]
fn the_old_name_of_the_promise_is_read_with_a_note() {
    let (found, errors) = verdict("{}", &["--keep", "wire"]);
    assert_eq!(found, "risky");
    assert!(errors.contains("`wire` is called `default` now"), "{errors}");
    let (found, _) = verdict("diff: {keep: wire}", &[]);
    assert_eq!(found, "risky");
    let (found, errors) = verdict("diff: {keep: docs}", &[]);
    assert_eq!(found, "unknown");
    assert!(errors.contains("`docs` is no promise to keep"), "{errors}");
}
