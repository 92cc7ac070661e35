//! Our answers beside those of the algebra in the `jsonschema` crate (`canonical`), which decides by rewriting instead of by
//! searching: on random pairs, and on the containment suite. Where both decide and differ, a value
//! that the validator judges must show that we are right, or the test fails.

mod collection;
#[path = "common/dice.rs"]
mod dice;

use covenant::schema::{Settings, Verdict, compare_texts};
use dice::Dice;
use jsonschema::canonical::Satisfiability;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Whether the algebra proves containment (`true`), its contrary (`false`), or neither.
fn algebra(sub: &Value, sup: &Value) -> Option<bool> {
    let (sub, sup) = (jsonschema::canonicalize(sub).ok()?, jsonschema::canonicalize(sup).ok()?);
    match sub.subtract(&sup).ok()?.satisfiability() {
        Satisfiability::No => Some(true),
        Satisfiability::Yes => Some(false),
        Satisfiability::Unknown => None,
    }
}

/// A value of the first that is none of the second, by the algebra's own difference and the validator alone.
fn refutation(sub: &Value, sup: &Value) -> Option<Value> {
    let accepts = |schema: &Value, value: &Value| jsonschema::draft202012::new(schema).is_ok_and(|s| s.is_valid(value));
    let differ = |value: &Value| accepts(sub, value) && !accepts(sup, value);
    // Any value of the difference would do: ours is searched for, and small ones are tried.
    let mut dice = Dice(7);
    let random = (0..20_000).map(|_| dice.value(3)).find(|value| differ(value));
    random.or_else(|| {
        let both = serde_json::json!({"allOf": [sub], "not": sup});
        match compare_texts(&both.to_string(), "false", Settings { shortcuts: false, ..Settings::default() }) {
            Verdict::NotContained(found) => Some(found.value).filter(|value| differ(value)),
            _ => None,
        }
    })
}

#[derive(Default)]
struct Tally {
    same: usize,
    we_alone: usize,
    algebra_alone: usize,
    nobody: usize,
    /// The algebra says that they are contained; our value, judged by the validator, says that they are not.
    algebra_refuted: Vec<String>,
    /// The algebra says that they are not contained, and no value shows it.
    algebra_unproved: Vec<String>,
}

impl Tally {
    fn ask(&mut self, name: &str, sub: &Value, sup: &Value) {
        let ours = compare_texts(&sub.to_string(), &sup.to_string(), Settings::default());
        let other = algebra(sub, sup);
        match (&ours, other) {
            (Verdict::Contained, Some(true)) | (Verdict::NotContained(_), Some(false)) => self.same += 1,
            (Verdict::Undecided(_), Some(_)) => self.algebra_alone += 1,
            (Verdict::Undecided(_), None) => self.nobody += 1,
            (_, None) => self.we_alone += 1,
            (Verdict::NotContained(witness), Some(true)) => {
                let left = jsonschema::draft202012::new(sub).unwrap().is_valid(&witness.value);
                let right = jsonschema::draft202012::new(sup).unwrap().is_valid(&witness.value);
                assert!(left && !right, "{name}: {} does not tell {sub} from {sup}", witness.value);
                self.algebra_refuted.push(format!("{name}: {} is in {sub}, not in {sup}", witness.value));
            }
            (Verdict::Contained, Some(false)) => {
                let value = refutation(sub, sup);
                assert!(value.is_none(), "{name}: {} refutes our proof of {sub} in {sup}", value.unwrap_or_default());
                self.algebra_unproved.push(format!("{name}: {sub} in {sup}"));
            }
        }
    }

    fn print(&self, title: &str) {
        println!(
            "{title}: {} the same, we alone {}, the algebra alone {}, nobody {}; the algebra refuted {}, unproved {}",
            self.same,
            self.we_alone,
            self.algebra_alone,
            self.nobody,
            self.algebra_refuted.len(),
            self.algebra_unproved.len()
        );
        for line in self.algebra_refuted.iter().chain(&self.algebra_unproved) {
            println!("  {line}");
        }
    }
}

#[test]
fn random_pairs_have_the_answers_of_an_algebra() {
    let pairs: usize = std::env::var("COVENANT_PAIRS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_500);
    let mut dice = Dice(20_261_126);
    let mut tally = Tally::default();
    for number in 0..pairs {
        let (sub, sup) = dice.pair();
        tally.ask(&number.to_string(), &sub, &sup);
    }
    tally.print("random pairs");
    // What the algebra says without a value to show is an error of the algebra; such errors are rare.
    assert!(tally.algebra_unproved.len() * 200 <= pairs, "{}", tally.algebra_unproved.join("\n"));
    assert!(tally.same * 2 > pairs);
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

#[test]
#[ignore = "needs the collection"]
fn the_containment_suite_has_the_answers_of_an_algebra() {
    let suite = collection::part("cases/containment/draft2020-12");
    let mut paths = Vec::new();
    files(&suite, &mut paths);
    let mut tally = Tally::default();
    for path in paths {
        let place = path.strip_prefix(&suite).unwrap().with_extension("").to_string_lossy().into_owned();
        // Formats are annotations here.
        if place.contains("/optional/") {
            continue;
        }
        let cases: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        for case in cases {
            let (one, two) = (&case["schema1"], &case["schema2"]);
            for (question, sub, sup) in [("s1SubsetEqOfs2", one, two), ("s2SubsetEqOfs1", two, one)] {
                if case["tests"][question].is_boolean() {
                    tally.ask(&format!("{place} {} {question}", case["id"]), sub, sup);
                }
            }
        }
    }
    tally.print("containment suite");
}
