//! The public containment suite and our own schema probes: decided, undecided, wrong, by keyword.
//!
//! `cargo test --test containment -- --nocapture` prints the tables. Needs the shared cases; says so when they are absent.

use covenant::schema::{Settings, Verdict, compare_texts};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

fn cases() -> Option<PathBuf> {
    let shared = std::env::var_os("COVENANT_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let cases = shared.join("cases");
    if !cases.is_dir() {
        println!("skipped: the shared cases are not here");
        return None;
    }
    Some(cases)
}

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|end| end == "json") {
            out.push(path);
        }
    }
}

#[derive(Default, Clone, Copy)]
struct Tally {
    right: usize,
    undecided: usize,
    wrong: usize,
    /// The suite's answer is refuted by a value that an independent validator judges.
    refuted: usize,
}

impl Tally {
    fn total(self) -> usize {
        self.right + self.undecided + self.wrong + self.refuted
    }
}

/// Whether the one value of `{"const": …}` is valid under `sup`, so that the suite's "no" cannot be right.
fn single_value_is_accepted(sub: &str, sup: &str) -> bool {
    let (sub, sup): (Value, Value) = (serde_json::from_str(sub).unwrap(), serde_json::from_str(sup).unwrap());
    let Some(value) = sub.get("const").filter(|_| sub.as_object().is_some_and(|map| map.len() == 1)) else {
        return false;
    };
    jsonschema::draft202012::new(&sup).is_ok_and(|validator| validator.is_valid(value))
}

#[test]
fn the_containment_suite_is_decided_without_error() {
    let Some(cases) = cases() else { return };
    let mut paths = Vec::new();
    files(&cases.join("containment/draft2020-12"), &mut paths);
    let mut required = Tally::default();
    let mut all = Tally::default();
    let mut keywords: BTreeMap<String, Tally> = BTreeMap::new();
    let mut times: Vec<(Duration, String)> = Vec::new();
    let verbose = std::env::var_os("COVENANT_VERBOSE").is_some();
    for path in paths {
        let text = path.to_string_lossy().into_owned();
        let optional = text.contains("/optional/");
        let file: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        // The optional format cases presume `format` as an assertion.
        let format =
            text.contains("/optional/format/").then(|| path.file_stem().unwrap().to_string_lossy().into_owned());
        let settings = Settings { formats: format.into_iter().collect(), ..Settings::default() };
        for case in file {
            let (one, two) = (case["schema1"].to_string(), case["schema2"].to_string());
            for (question, sub, sup) in [("s1SubsetEqOfs2", &one, &two), ("s2SubsetEqOfs1", &two, &one)] {
                let Some(expected) = case["tests"][question].as_bool() else { continue };
                let start = Instant::now();
                let verdict = compare_texts(sub, sup, settings.clone());
                let name = format!(
                    "{}/{} {} {question}",
                    path.parent().unwrap().file_name().unwrap().to_string_lossy(),
                    path.file_stem().unwrap().to_string_lossy(),
                    case["id"]
                );
                times.push((start.elapsed(), name.clone()));
                let mut tally = Tally::default();
                match (&verdict, expected) {
                    (Verdict::Contained, true) | (Verdict::NotContained(_), false) => tally.right = 1,
                    (Verdict::Undecided(_), _) => tally.undecided = 1,
                    // The engine shows only values that the validator accepts on one side and rejects on the other.
                    (Verdict::NotContained(_), true) if !optional => tally.refuted = 1,
                    (Verdict::Contained, false) if !optional && single_value_is_accepted(sub, sup) => tally.refuted = 1,
                    _ => tally.wrong = 1,
                }
                if tally.wrong == 1 || (verbose && tally.refuted == 1) || (verbose && tally.undecided == 1) {
                    println!("{name}: expected {expected}, {verdict:?}\n   {sub}\n   {sup}");
                }
                let keyword = path.file_stem().unwrap().to_string_lossy().into_owned();
                let entry = keywords.entry(if optional { format!("optional {keyword}") } else { keyword }).or_default();
                for sum in [Some(&mut all), (!optional).then_some(&mut required), Some(entry)].into_iter().flatten() {
                    sum.right += tally.right;
                    sum.undecided += tally.undecided;
                    sum.wrong += tally.wrong;
                    sum.refuted += tally.refuted;
                }
            }
        }
    }
    for (keyword, tally) in keywords.iter().filter(|(_, tally)| tally.right < tally.total()) {
        println!(
            "{keyword}: {} of {}, {} undecided, {} wrong, {} refuted",
            tally.right,
            tally.total(),
            tally.undecided,
            tally.wrong,
            tally.refuted
        );
    }
    for (name, tally) in [("required", required), ("all", all)] {
        let share = tally.right as f64 / tally.total() as f64 * 100.0;
        println!(
            "{name}: {} of {} ({share:.1} %), {} undecided, {} wrong, {} where a value refutes the suite",
            tally.right,
            tally.total(),
            tally.undecided,
            tally.wrong,
            tally.refuted
        );
    }
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].clone();
    println!("time: median {:?}, 95 % {:?}, longest {:?}", at(0.5).0, at(0.95).0, at(1.0));
    assert_eq!(required.wrong, 0);
    assert!(required.right as f64 >= 0.985 * required.total() as f64);
}

#[test]
fn the_schema_probes_are_judged_right() {
    let Some(cases) = cases() else { return };
    let folder = cases.join("probes/schema");
    let table = std::fs::read_to_string(folder.join("truth.tsv")).unwrap();
    let mut undecided = 0;
    for line in table.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let read = |side: &str| std::fs::read_to_string(folder.join(format!("{}.{side}.json", fields[0]))).unwrap();
        let (old, new) = (read("old"), read("new"));
        // S27 reads `format` as an assertion.
        let formats = if fields[0].starts_with("S27") {
            ["date", "email", "uuid", "date-time"].map(String::from).to_vec()
        } else {
            Vec::new()
        };
        for (sub, sup, truth) in [(&old, &new, fields[2]), (&new, &old, fields[3])] {
            let verdict = compare_texts(sub, sup, Settings { formats: formats.clone(), ..Settings::default() });
            match (&verdict, truth) {
                (Verdict::Contained, "compatible") | (Verdict::NotContained(_), "breaking") => {}
                (Verdict::Undecided(reason), _) => {
                    println!("{}: undecided: {reason}", fields[0]);
                    undecided += 1;
                }
                _ => panic!("{}: expected {truth}, {verdict:?}", fields[0]),
            }
        }
    }
    assert!(undecided <= 1);
}
