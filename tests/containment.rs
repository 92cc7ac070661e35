//! The public containment suite and our own schema probes: decided, undecided, wrong, by keyword.
//!
//! `cargo test --test containment -- --nocapture` prints the tables.

mod collection;

use covenant::schema::{Formats, Settings, Verdict, compare_texts};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

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
    /// The suite's answer is refuted by a value, and [`REFUTED`] says why the suite errs.
    refuted: usize,
}

impl Tally {
    fn total(self) -> usize {
        self.right + self.undecided + self.wrong + self.refuted
    }

    fn add(&mut self, other: Tally) {
        self.right += other.right;
        self.undecided += other.undecided;
        self.wrong += other.wrong;
        self.refuted += other.refuted;
    }
}

const NOT_NEGATED: &str = "the schema was to be negated and is not: the value meets it as it stands";
const NOT_OPPOSITES: &str = "the two were to be opposites; they are not, as the negation is missing or stands inside a \
    keyword, so values of a type that both refuse, or both ignore, tell";
const OTHER_ROOT: &str = "the negation became part of the schema that the inner reference leads back to, so the inner \
    values are judged by the negated schema, too (2020-12 core, sections 8.2.3.1 and 8.2.3.2)";
const DATA_RENAMED: &str = "renaming the identifiers of the second copy renamed data in `enum`, too: the copies differ";
const ASCII_CLASSES: &str = "`\\w` and `\\d` are ASCII in ECMA-262 (22.2.2.9, CharacterClassEscape), with the `u` flag, too; \
    the same suite demands that in optional/ecmascript-regex 10, 11 and 16 (valid)";

/// Questions where the suite's own answer does not hold, and why. Each is proved by a value that the validator judges.
const REFUTED: [(&str, &str); 27] = [
    ("nonvalid/dynamicRef 1 s1SubsetEqOfs2", NOT_NEGATED),
    ("nonvalid/dynamicRef 2 s1SubsetEqOfs2", NOT_NEGATED),
    ("nonvalid/dynamicRef 9 s1SubsetEqOfs2", OTHER_ROOT),
    ("nonvalid/ref 14 s1SubsetEqOfs2", OTHER_ROOT),
    ("universal/dynamicRef 1 s2SubsetEqOfs1", NOT_OPPOSITES),
    ("universal/dynamicRef 2 s2SubsetEqOfs1", NOT_OPPOSITES),
    ("universal/dynamicRef 3 s2SubsetEqOfs1", NOT_OPPOSITES),
    ("universal/dynamicRef 9 s2SubsetEqOfs1", NOT_OPPOSITES),
    ("universal/dynamicRef 10 s2SubsetEqOfs1", NOT_OPPOSITES),
    ("universal/id 2 s2SubsetEqOfs1", DATA_RENAMED),
    ("universal/unevaluatedProperties 19 s2SubsetEqOfs1", NOT_OPPOSITES),
    ("unsatisfiable/anchor 4 s1SubsetEqOfs2", DATA_RENAMED),
    ("unsatisfiable/dynamicRef 1 s1SubsetEqOfs2", NOT_OPPOSITES),
    ("unsatisfiable/dynamicRef 2 s1SubsetEqOfs2", NOT_OPPOSITES),
    ("unsatisfiable/dynamicRef 9 s1SubsetEqOfs2", OTHER_ROOT),
    ("nonvalid/optional/unicode 1 s1SubsetEqOfs2", ASCII_CLASSES),
    ("nonvalid/optional/unicode 2 s1SubsetEqOfs2", ASCII_CLASSES),
    ("nonvalid/optional/unicode 5 s1SubsetEqOfs2", ASCII_CLASSES),
    ("nonvalid/optional/unicode 6 s1SubsetEqOfs2", ASCII_CLASSES),
    ("nonvalid/optional/unicode 7 s1SubsetEqOfs2", ASCII_CLASSES),
    ("nonvalid/optional/unicode 10 s1SubsetEqOfs2", ASCII_CLASSES),
    ("valid/optional/unicode 1 s1SubsetEqOfs2", ASCII_CLASSES),
    ("valid/optional/unicode 2 s1SubsetEqOfs2", ASCII_CLASSES),
    ("valid/optional/unicode 9 s1SubsetEqOfs2", ASCII_CLASSES),
    ("valid/optional/unicode 10 s1SubsetEqOfs2", ASCII_CLASSES),
    ("valid/optional/unicode 11 s1SubsetEqOfs2", ASCII_CLASSES),
    ("valid/optional/unicode 18 s1SubsetEqOfs2", ASCII_CLASSES),
];

/// Whether a value proves the verdict against the suite, by the validator alone.
fn proved(verdict: &Verdict, sub: &str, sup: &str) -> bool {
    let read = |text: &str| -> Value { serde_json::from_str(text).unwrap() };
    let accepts = |schema: &str, value: &Value| {
        jsonschema::draft202012::new(&read(schema)).is_ok_and(|validator| validator.is_valid(value))
    };
    match verdict {
        Verdict::NotContained(witness) => accepts(sub, &witness.value) && !accepts(sup, &witness.value),
        // The first schema has one value.
        Verdict::Contained => {
            let sub = read(sub);
            let only = sub.as_object().filter(|map| map.len() == 1).and_then(|map| map.get("const"));
            only.is_some_and(|value| accepts(sup, value))
        }
        Verdict::Undecided(_) => false,
    }
}

#[test]
#[ignore = "needs the collection"]
fn the_containment_suite_is_decided_without_error() {
    let suite = collection::part("cases/containment/draft2020-12");
    let mut paths = Vec::new();
    files(&suite, &mut paths);
    let mut required = Tally::default();
    let mut all = Tally::default();
    let mut keywords: BTreeMap<String, Tally> = BTreeMap::new();
    let mut times: Vec<(Duration, String)> = Vec::new();
    let mut excused = 0;
    let verbose = std::env::var_os("COVENANT_VERBOSE").is_some();
    for path in paths {
        let place = path.strip_prefix(&suite).unwrap().with_extension("").to_string_lossy().into_owned();
        let optional = place.contains("/optional/");
        let keyword = path.file_stem().unwrap().to_string_lossy().into_owned();
        let file: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        // The optional format cases presume `format` as an assertion.
        let formats = if place.contains("/optional/format/") {
            Formats::Named(vec![keyword.clone()])
        } else {
            Formats::Annotations
        };
        let settings = Settings { formats, ..Settings::default() };
        for case in file {
            let (one, two) = (case["schema1"].to_string(), case["schema2"].to_string());
            for (question, sub, sup) in [("s1SubsetEqOfs2", &one, &two), ("s2SubsetEqOfs1", &two, &one)] {
                let Some(expected) = case["tests"][question].as_bool() else { continue };
                let start = Instant::now();
                let verdict = compare_texts(sub, sup, settings.clone());
                let name = format!("{place} {} {question}", case["id"]);
                times.push((start.elapsed(), name.clone()));
                let mut tally = Tally::default();
                match (&verdict, expected) {
                    (Verdict::Contained, true) | (Verdict::NotContained(_), false) => tally.right = 1,
                    (Verdict::Undecided(_), _) => tally.undecided = 1,
                    _ if REFUTED.iter().any(|(known, _)| *known == name) && proved(&verdict, sub, sup) => {
                        tally.refuted = 1;
                        excused += 1;
                    }
                    _ => tally.wrong = 1,
                }
                if tally.wrong == 1 || (verbose && tally.right == 0) {
                    println!("{name}: expected {expected}, {verdict:?}\n   {sub}\n   {sup}");
                }
                let row = keywords.entry(if optional { format!("optional {keyword}") } else { keyword.clone() });
                row.or_default().add(tally);
                all.add(tally);
                if !optional {
                    required.add(tally);
                }
            }
        }
    }
    println!("{:<32} {:>6} {:>9} {:>6} {:>8} {:>6}", "keyword", "right", "undecided", "wrong", "refuted", "of");
    let print = |name: &str, tally: Tally| {
        let Tally { right, undecided, wrong, refuted } = tally;
        println!("{name:<32} {right:>6} {undecided:>9} {wrong:>6} {refuted:>8} {:>6}", tally.total());
    };
    for (keyword, tally) in &keywords {
        print(keyword, *tally);
    }
    print("required", required);
    print("all", all);
    for (name, reason) in REFUTED {
        println!("refuted: {name}: {reason}");
    }
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].clone();
    println!("time: median {:?}, 95 % {:?}, longest {:?}", at(0.5).0, at(0.95).0, at(1.0));
    assert_eq!(all.wrong, 0);
    assert_eq!(excused, REFUTED.len());
    assert!(required.right as f64 >= 0.985 * required.total() as f64);
}

#[test]
#[ignore = "needs the collection"]
fn the_schema_probes_are_judged_right() {
    let folder = collection::part("cases/probes/schema");
    let table = std::fs::read_to_string(folder.join("truth.tsv")).unwrap();
    let (mut right, mut undecided) = (0, 0);
    let mut wrong: Vec<String> = Vec::new();
    for line in table.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let read = |side: &str| std::fs::read_to_string(folder.join(format!("{}.{side}.json", fields[0]))).unwrap();
        let (old, new) = (read("old"), read("new"));
        // S27 reads `format` as an assertion.
        let formats = if fields[0].starts_with("S27") { Formats::Known } else { Formats::Annotations };
        for (sub, sup, truth) in [(&old, &new, fields[2]), (&new, &old, fields[3])] {
            let verdict = compare_texts(sub, sup, Settings { formats: formats.clone(), ..Settings::default() });
            match (&verdict, truth) {
                (Verdict::Contained, "compatible") | (Verdict::NotContained(_), "breaking") => right += 1,
                (Verdict::Undecided(reason), _) => {
                    println!("{}: undecided: {reason}", fields[0]);
                    undecided += 1;
                }
                (Verdict::Contained, _) => wrong.push(format!("{}: missed, expected {truth}", fields[0])),
                (Verdict::NotContained(_), _) => {
                    wrong.push(format!("{}: false alarm, expected {truth}: {verdict:?}", fields[0]));
                }
            }
        }
    }
    println!("probes: {right} right, {} false alarms or missed, {undecided} undecided", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(undecided, 0);
}
