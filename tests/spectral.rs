//! Judges the lint engine by observed results of Spectral. Counts are printed with `-- --nocapture`; floors keep them from falling silently.

mod collection;

use covenant::diagnostic::{Diagnostic, Severity, finish};
use covenant::lint::path::{Key, Matcher, Query};
use covenant::lint::{Ruleset, run};
use covenant::workspace::{Input, Options, Workspace};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn cases(folder: &Path, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    file["cases"].as_array().unwrap().clone()
}

fn documents(folder: &Path) -> BTreeMap<String, Workspace> {
    let mut out = BTreeMap::new();
    for entry in std::fs::read_dir(folder.join("documents")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.ends_with(".tsv") {
            out.insert(name, Workspace::load(&Input::File(path), &Options::default()).unwrap());
        }
    }
    out
}

fn texts(path: &Value) -> Vec<String> {
    let part = |part: &Value| part.as_str().map_or_else(|| part.to_string(), str::to_owned);
    path.as_array().unwrap().iter().map(part).collect()
}

#[test]
#[ignore = "needs the collection"]
fn path_expressions_select_what_spectral_selects() {
    let folder = collection::part("cases/spectral");
    let documents = documents(&folder);
    let (mut right, mut all, mut wrong) = (0, 0, Vec::new());
    let mut by_ruleset: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for case in cases(&folder, "jsonpath.json") {
        let before = all - right;
        let expression = case["expr"].as_str().unwrap();
        let query = Query::parse(expression);
        for (name, expected) in case["docs"].as_object().unwrap() {
            if expected.get("error").is_some() {
                continue;
            }
            all += 1;
            let mut found = BTreeSet::new();
            if let Ok(query) = &query {
                let matcher = Matcher::new(std::slice::from_ref(query));
                matcher.run(documents[name].root(), false, &mut |hit| {
                    let key = |key: Key<'_>| match key {
                        Key::Name(name) => name.to_owned(),
                        Key::Index(index) => index.to_string(),
                    };
                    found.insert(hit.way.iter().map(|step| key(step.key)).collect::<Vec<_>>());
                });
            }
            let paths: BTreeSet<Vec<String>> = expected["paths"].as_array().unwrap().iter().map(texts).collect();
            let count = expected["count"].as_u64().unwrap() as usize;
            let same = if count <= 200 { paths == found } else { paths.is_subset(&found) && found.len() == count };
            if same {
                right += 1;
            } else {
                let error = query.as_ref().err().cloned().unwrap_or_default();
                let first = paths.difference(&found).next();
                wrong
                    .push(format!("{expression} on {name}: {count} expected, {} found {error} {first:?}", found.len()));
            }
        }
        for name in case["rulesets"].as_array().unwrap() {
            let (same, whole) = by_ruleset.entry(name.as_str().unwrap().to_owned()).or_default();
            *whole += 1;
            *same += usize::from(all - right == before);
        }
    }
    println!("path expressions: {right} of {all}\n{}", wrong.join("\n"));
    let mut table = "| ruleset | path expressions | of these the same everywhere |\n|---|--:|--:|\n".to_owned();
    for (name, (same, whole)) in &by_ruleset {
        table.push_str(&format!("| {name} | {whole} | {same} |\n"));
    }
    documented("path expressions by ruleset", &table);
    assert!(right >= 5687, "path expressions: {right} of {all}");
}

/// The table stands in the documentation between its marks, as it was just counted. `COVENANT_DOCUMENT=1` writes it.
fn documented(name: &str, table: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/spectral-rulesets.md");
    let text = std::fs::read_to_string(&file).unwrap();
    let (start, end) = (format!("<!-- {name} -->\n\n"), format!("\n<!-- end of {name} -->"));
    let (head, rest) = text.split_once(&start).unwrap_or_else(|| panic!("{name} has no mark in {}", file.display()));
    let (old, tail) = rest.split_once(&end).unwrap();
    if std::env::var_os("COVENANT_DOCUMENT").is_some() {
        std::fs::write(&file, format!("{head}{start}{table}{end}{tail}")).unwrap();
    } else {
        assert_eq!(old, table, "{}: run with COVENANT_DOCUMENT=1 to write what was counted", file.display());
    }
}

fn path_of(diagnostic: &Diagnostic) -> Vec<String> {
    let tokens = covenant::syntax::pointer::tokens(&diagnostic.location.pointer).unwrap_or_default();
    tokens.into_iter().map(std::borrow::Cow::into_owned).collect()
}

/// Severity as a number, 0 error to 3 hint.
fn level(diagnostic: &Diagnostic) -> u64 {
    match diagnostic.severity {
        Severity::Error => 0,
        Severity::Warn => 1,
        Severity::Info => 2,
        Severity::Hint => 3,
    }
}

#[test]
#[ignore = "needs the collection"]
fn functions_answer_as_those_of_spectral() {
    let folder = collection::part("cases/spectral");
    let (mut right, mut paths, mut all, mut wrong) = (0, 0, 0, Vec::new());
    for case in cases(&folder, "functions.json") {
        all += 1;
        let function = case["function"].as_str().unwrap();
        let mut rule = serde_json::json!({"given": "$", "then": {"function": function}});
        if !case["options"].is_null() {
            rule["then"]["functionOptions"] = case["options"].clone();
        }
        for (key, value) in case["rule"].as_object().into_iter().flatten() {
            if key == "then" {
                for (key, value) in value.as_object().unwrap() {
                    rule["then"][key] = value.clone();
                }
            } else {
                rule[key] = value.clone();
            }
        }
        let text = serde_json::json!({"rules": {"my-rule": rule}}).to_string();
        let ruleset = Ruleset::from_text(Path::new("ruleset.json"), &text);
        if case.get("throws").is_some() {
            if ruleset.is_err() {
                right += 1;
                paths += 1;
            } else {
                wrong.push(format!("{function} {}: should be refused", case["options"]));
            }
            continue;
        }
        let Ok(ruleset) = ruleset else {
            wrong.push(format!("{function} {}: refused: {:?}", case["options"], ruleset.unwrap_err()[0].message));
            continue;
        };
        let workspace = Workspace::from_text("input.json", case["input"].as_str().unwrap());
        let found: Vec<_> = run(&workspace, &ruleset).iter().map(|d| (path_of(d), d.message.clone())).collect();
        let expected: Vec<_> = case["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|result| (texts(&result["path"]), result["message"].as_str().unwrap().to_owned()))
            .collect();
        let only_paths = |list: &[(Vec<String>, String)]| list.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
        paths += usize::from(only_paths(&found) == only_paths(&expected));
        if found == expected {
            right += 1;
        } else {
            wrong
                .push(format!("{function} {} on {}: {found:?}, expected {expected:?}", case["options"], case["input"]));
        }
    }
    println!("functions: {right} of {all}, same paths {paths}\n{}", wrong.join("\n"));
    assert!(right >= 246, "functions: {right} of {all}");
}

#[test]
#[ignore = "needs the collection"]
fn openapi_rules_find_what_those_of_spectral_find() {
    let folder = collection::part("cases/spectral");
    let (mut right, mut same_paths, mut as_observed, mut all, mut wrong) = (0, 0, 0, 0, Vec::new());
    for case in cases(&folder, "oas-rules.json") {
        all += 1;
        let name = case["rule"].as_str().unwrap();
        let mut ruleset = Ruleset::load("spectral:oas", Path::new(".")).unwrap();
        assert!(ruleset.only(name), "there is no rule {name}");
        let text = case["document"].as_str().unwrap();
        let file = if text.trim_start().starts_with('{') { "document.json" } else { "document.yaml" };
        let workspace = Workspace::from_text(file, text);
        let mut found = run(&workspace, &ruleset);
        finish(&mut found);
        let expected = case["errors"].as_array().unwrap();
        let paths = |list: Vec<Vec<String>>| list.into_iter().collect::<BTreeSet<_>>();
        let same = found.len() == expected.len()
            && expected.iter().all(|error| {
                found.iter().any(|d| {
                    error.get("path").is_none_or(|path| texts(path) == path_of(d))
                        && error.get("message").is_none_or(|message| message.as_str() == Some(&d.message))
                        && error.get("severity").is_none_or(|severity| severity.as_u64() == Some(level(d)))
                })
            });
        let observed: Vec<&Value> =
            case["observed"].as_array().unwrap().iter().filter(|o| o["code"] == case["rule"]).collect();
        let observed_paths = paths(observed.iter().map(|o| texts(&o["path"])).collect());
        let found_paths = paths(found.iter().map(path_of).collect());
        as_observed += usize::from(found_paths == observed_paths && found.len() == observed.len());
        let with_paths = expected.iter().all(|error| error.get("path").is_some());
        let expected_paths = paths(expected.iter().filter_map(|error| error.get("path")).map(texts).collect());
        same_paths += usize::from(found.len() == expected.len() && (!with_paths || found_paths == expected_paths));
        if same {
            right += 1;
        } else {
            let found: Vec<_> = found.iter().map(|d| (d.location.pointer.clone(), d.message.clone())).collect();
            wrong.push(format!("{name} / {}: {found:?}, expected {}", case["name"], case["errors"]));
        }
    }
    println!("rules: {right} of {all}, same paths {same_paths}, paths as observed {as_observed}\n{}", wrong.join("\n"));
    assert!(right >= 196, "rules: {right} of {all}");
}

#[test]
#[ignore = "needs the collection"]
fn whole_rulesets_give_what_spectral_gives() {
    let folder = collection::part("cases/spectral");
    let documents = documents(&folder);
    let golden = folder.join("ruleset-golden");
    let (mut runs, mut equal, mut all, mut right) = (0, 0, 0, 0);
    let mut wrong: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let (mut severities, mut messages, mut lines) = (0, 0, 0);
    let mut table =
        "| ruleset | rules | enabled | runs | runs equal | results | of these found | runs whole |\n".to_owned();
    table.push_str("|---|--:|--:|--:|--:|--:|--:|---|\n");
    let mut files: Vec<_> = std::fs::read_dir(golden.join("expected")).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let expected: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        let path = golden.join(expected["ruleset"].as_str().unwrap());
        let ruleset = match Ruleset::load(&path.to_string_lossy(), Path::new("/")) {
            Ok(ruleset) => Some(ruleset),
            Err(faults) => {
                println!("{name}: refused: {}", faults[0].message);
                None
            }
        };
        let before = (runs, equal, all, right);
        for (document, result) in expected["documents"].as_object().unwrap() {
            let Some(results) = result.get("results").and_then(Value::as_array) else { continue };
            runs += 1;
            let workspace = &documents[document];
            let mut found = Vec::new();
            if let Some(ruleset) = &ruleset {
                let ruleset = ruleset.for_document(&folder.join("documents").join(document)).unwrap();
                found = run(workspace, &ruleset);
                found.extend(covenant::lint::document_findings(workspace, &ruleset));
                finish(&mut found);
            }
            let mut left: Vec<(String, Vec<String>, &Diagnostic)> =
                found.iter().map(|d| (d.rule.to_string(), path_of(d), d)).collect();
            let mut same = true;
            for result in results {
                all += 1;
                let (code, path) = (result["code"].as_str().unwrap(), texts(&result["path"]));
                let message = result["message"].as_str().unwrap();
                let fits = |(rule, at, _): &(String, Vec<String>, &Diagnostic)| rule == code && *at == path;
                let best = left.iter().position(|entry| fits(entry) && entry.2.message == message);
                match best.or_else(|| left.iter().position(fits)) {
                    Some(at) => {
                        right += 1;
                        let (_, _, d) = left.remove(at);
                        severities += usize::from(result["severity"].as_u64() == Some(level(d)));
                        messages += usize::from(message == d.message);
                        let line = result["range"]["start"]["line"].as_u64().unwrap() + 1;
                        lines += usize::from(line == u64::from(d.location.start().line));
                    }
                    None => {
                        same = false;
                        wrong.entry(format!("{name} {code}")).or_default().0 += 1;
                        if std::env::var_os("SHOW").is_some() {
                            println!("missing {name} {document} {code} {path:?} {message}");
                        }
                    }
                }
            }
            for (rule, path, d) in &left {
                same = false;
                wrong.entry(format!("{name} {rule}")).or_default().1 += 1;
                if std::env::var_os("SHOW").is_some() {
                    println!("extra {name} {document} {rule} {path:?} {}", d.message);
                }
            }
            equal += usize::from(same);
        }
        let whole = match &ruleset {
            None => "no: refused".to_owned(),
            Some(ruleset) if ruleset.notices.is_empty() => "yes".to_owned(),
            Some(ruleset) if ruleset.notices.len() == 1 => "yes, with 1 note".to_owned(),
            Some(ruleset) => format!("yes, with {} notes", ruleset.notices.len()),
        };
        let refused = if runs == before.0 { "; Spectral refuses it" } else { "" };
        let (rules, enabled) = ruleset.as_ref().map_or((0, 0), |set| (set.names().count(), set.enabled().count()));
        table.push_str(&format!(
            "| {name} | {rules} | {enabled} | {} | {} | {} | {} | {whole}{refused} |\n",
            runs - before.0,
            equal - before.1,
            all - before.2,
            right - before.3
        ));
    }
    documented("whole rulesets", &table);
    println!(
        "whole rulesets: {equal} of {runs} runs equal; {right} of {all} results; of these same severity {severities}, message {messages}, line {lines}"
    );
    for (rule, (missing, extra)) in wrong {
        println!("  {rule}: {missing} missing, {extra} extra");
    }
    assert!(right >= 4801, "whole rulesets: {right} of {all}");
}

/// Prints how long the whole set takes on the largest contracts of the corpus; a slow machine and an unoptimised build
/// still end well within the bound.
#[test]
#[ignore = "needs the collection"]
fn the_whole_set_ends_on_the_largest_contracts() {
    let folder = collection::part("cases/spectral");
    let specs = folder.join("../../corpus/specs");
    let mut files: Vec<(u64, PathBuf)> = Vec::new();
    let mut open = vec![specs];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                files.push((entry.metadata().map_or(0, |metadata| metadata.len()), path));
            }
        }
    }
    files.sort();
    let ruleset = Ruleset::load("spectral:oas", Path::new(".")).unwrap();
    for (size, path) in files.iter().rev().take(4) {
        let Ok(workspace) = Workspace::load(&Input::File(path.clone()), &Options::default()) else { continue };
        let start = std::time::Instant::now();
        let found = run(&workspace, &ruleset).len();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let elapsed = start.elapsed();
        println!("{name}: {size} bytes, {found} findings, {elapsed:?}");
        assert!(elapsed.as_secs() < 60, "{name} takes {elapsed:?}");
    }
}
