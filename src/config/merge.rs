//! Layers of configuration put together: each refines the ones before it, and may lock what the ones after it must leave alone.
//!
//! Takes the texts of the layers in their order, the configuration of the repository last; gives one [`Config`], and what was
//! refused. Objects are merged key by key, lists of waivers, rulesets and lines of policy are joined, everything else is what
//! the last layer says. What names files of a repository (`apis`, `baseline`, `root`, …) is not inherited.

use super::{Config, parse};
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::text::{SourceText, Span};
use serde_yaml::{Mapping, Value};
use std::sync::Arc;

/// Keys that speak of the repository in which they stand.
const OF_REPOSITORY: [&str; 7] = ["apis", "exclude", "baseline", "waivers-file", "root", "observe-until", "version"];
/// Keys of `diff` that do.
const OF_REPOSITORY_IN_DIFF: [&str; 3] = ["severity-levels", "err-ignore", "warn-ignore"];
/// Keys that speak of the layer itself, and rulesets, which stay beside the layer that names them.
const OF_LAYER: [&str; 4] = ["extends", "layer", "locked", "rulesets"];

/// Something that a layer sets although a layer before it locked it: it does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The number of the layer.
    pub layer: usize,
    /// Where it stands in the layer: keys, and indices of lists.
    pub path: Vec<String>,
    /// The lock.
    pub lock: Lock,
}

/// What a layer locks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// A key with its section (`allow-breaking`, `diff.keep`), or the id of a rule or change, in which `*` stands for any text.
    pub item: String,
    /// The number of the layer that locks it.
    pub by: usize,
}

/// The layers as one.
#[derive(Debug, Default)]
pub struct Merged {
    /// What counts.
    pub config: Config,
    /// What does not.
    pub refused: Vec<Refused>,
    /// All locks.
    pub locks: Vec<Lock>,
}

/// Puts layers together; the last is the configuration of the repository.
///
/// # Errors
/// A diagnostic `config` at the line and column of the fault in its layer.
pub fn merge(layers: &[Arc<SourceText>]) -> Result<Merged, Box<Diagnostic>> {
    let mut merged = Merged::default();
    let mut whole = Mapping::new();
    for (number, text) in layers.iter().enumerate() {
        let own = parse(text)?;
        let mut value = mapping(text)?;
        let is_last = number + 1 == layers.len();
        if !is_last {
            for key in OF_REPOSITORY.iter().chain(&OF_LAYER) {
                value.remove(*key);
            }
            if let Some(diff) = value.get_mut("diff").and_then(Value::as_mapping_mut) {
                for key in OF_REPOSITORY_IN_DIFF {
                    diff.remove(key);
                }
            }
        }
        let mut path = Vec::new();
        add(&mut whole, value, &mut path, number, &mut merged);
        merged.locks.extend(own.locked.iter().map(|item| Lock { item: item.clone(), by: number }));
    }
    let text = serde_yaml::to_string(&Value::Mapping(whole)).unwrap_or_default();
    // Each layer was read on its own, so what is left of them together can be read as well.
    merged.config = serde_yaml::from_str(&text).map_err(|error| {
        let last = layers.last().cloned().unwrap_or_else(|| Arc::new(SourceText::new("covenant.yaml", "")));
        let message = format!("the configuration cannot be read together with its layers: {error}");
        Box::new(Diagnostic::new("config", Severity::Error, message, Location::new(&last, Span::at(0), "")))
    })?;
    Ok(merged)
}

fn mapping(text: &Arc<SourceText>) -> Result<Mapping, Box<Diagnostic>> {
    let value: Value = if text.text().trim().is_empty() { Value::Null } else { super::from_yaml(text)? };
    Ok(match value {
        Value::Mapping(mapping) => mapping,
        _ => Mapping::new(),
    })
}

/// Lays what a layer says over what is known, but for what is locked.
fn add(into: &mut Mapping, from: Mapping, path: &mut Vec<String>, number: usize, merged: &mut Merged) {
    for (key, value) in from {
        path.push(key.as_str().map_or_else(String::new, str::to_owned));
        let known = into.get_mut(&key);
        match (known, value) {
            (Some(Value::Mapping(known)), Value::Mapping(value)) => add(known, value, path, number, merged),
            (None, Value::Mapping(value)) => {
                let mut own = Mapping::new();
                add(&mut own, value, path, number, merged);
                into.insert(key, Value::Mapping(own));
            }
            (known, Value::Sequence(list)) if is_joined(path) => {
                let mut joined = match known {
                    Some(Value::Sequence(known)) => std::mem::take(known),
                    _ => Vec::new(),
                };
                for (at, element) in list.into_iter().enumerate() {
                    path.push(at.to_string());
                    match locked(merged, path, Some(&element)) {
                        Some(lock) => merged.refused.push(Refused { layer: number, path: path.clone(), lock }),
                        None => joined.push(element),
                    }
                    path.pop();
                }
                into.insert(key, Value::Sequence(joined));
            }
            (Some(known), value) if *known == value => {}
            (_, value) => match locked(merged, path, None) {
                Some(lock) => merged.refused.push(Refused { layer: number, path: path.clone(), lock }),
                None => {
                    into.insert(key, value);
                }
            },
        }
        path.pop();
    }
}

/// Returns whether a list gains the elements of each layer, instead of being replaced by the last.
fn is_joined(path: &[String]) -> bool {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    matches!(path.as_slice(), ["waivers" | "rulesets" | "locked"] | ["diff", "policy"] | ["approvals", "never"])
}

/// The lock that a place of a later layer is under.
fn locked(merged: &Merged, path: &[String], element: Option<&Value>) -> Option<Lock> {
    let id = rule_of(path, element);
    let under = |lock: &&Lock| {
        if is_key(&lock.item) {
            // What is set around a locked item sets it, too.
            lock.item.split('.').zip(path).all(|(locked, own)| locked == own)
        } else {
            id.as_ref().is_some_and(|id| overlap(&lock.item, id))
        }
    };
    merged.locks.iter().find(under).cloned()
}

/// The rule or change that a place is about.
fn rule_of(path: &[String], element: Option<&Value>) -> Option<String> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["rules" | "enforce", id, ..] | ["diff", "severity", id] | ["profiles", _, "rules", id, ..] => {
            Some((*id).to_owned())
        }
        // A line without an id is about every change.
        ["diff", "policy", _] => {
            let id = element.and_then(|line| line.get("change")).and_then(Value::as_str);
            Some(id.unwrap_or("*").to_owned())
        }
        _ => None,
    }
}

/// Returns whether an item of `locked` is a key, with or without its section; else it is a pattern of ids.
pub fn is_key(item: &str) -> bool {
    let first = item.split('.').next().unwrap_or_default();
    let known = serde_json::to_value(Config::default()).unwrap_or_default();
    known.get(first).is_some()
}

/// Returns a hint at the key that an item of `locked` was meant to be; empty where none is near.
pub fn near_key(item: &str) -> String {
    let known = serde_json::to_value(Config::default()).unwrap_or_default();
    let keys = known.as_object().into_iter().flat_map(|keys| keys.keys().map(String::as_str));
    crate::text::near::hint(item.split('.').next().unwrap_or_default(), keys)
}

/// Returns whether some text matches both patterns, in which `*` stands for any text.
pub fn overlap(left: &str, right: &str) -> bool {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    // Whether the rests from `at` in one and from each place of the other have a text in common.
    let mut below = vec![false; right.len() + 1];
    for at in (0..=left.len()).rev() {
        let mut row = vec![false; right.len() + 1];
        for other in (0..=right.len()).rev() {
            row[other] = match (left.get(at), right.get(other)) {
                (None, None) => true,
                (Some('*'), _) => below[other] || (other < right.len() && row[other + 1]),
                (_, Some('*')) => row[other + 1] || (at < left.len() && below[other]),
                (Some(one), Some(two)) => one == two && below[other + 1],
                _ => false,
            };
        }
        below = row;
    }
    below[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{FailOn, RuleLevel};

    fn layers(texts: &[&str]) -> Merged {
        let texts: Vec<_> = texts.iter().map(|text| Arc::new(SourceText::new("covenant.yaml", *text))).collect();
        merge(&texts).unwrap()
    }

    #[test]
    fn later_layers_refine_and_lists_are_joined() {
        let merged = layers(&[
            "fail-on: warning\nrules: {a-b: error, c-d: off}\napprovals: {never: [x-y]}\napis: [{file: org.yaml}]\nbaseline: b.json\n",
            "rules: {c-d: hint}\napprovals: {never: [z-y], label: ok}\napis: [{file: own.yaml}]\n",
        ]);
        let config = merged.config;
        assert_eq!((config.fail_on, &config.rules["a-b"]), (Some(FailOn::Warn), &RuleLevel::Error));
        assert_eq!((&config.rules["c-d"], config.approvals.never.len()), (&RuleLevel::Hint, 2));
        assert_eq!((config.apis.len(), config.apis[0].file.as_str(), config.baseline), (1, "own.yaml", None));
        assert!(merged.refused.is_empty());
    }

    #[test]
    fn what_is_locked_stays_as_it_is() {
        let org = "fail-on: warning\nrules: {sec-a: error}\ndiff: {keep: contract}\nallow-breaking: {public: never}\n\
                   locked: ['sec-*', fail-on, diff.keep, allow-breaking.public, approvals.never]\napprovals: {never: ['sec-*']}\n";
        for own in [
            "fail-on: error\n",
            "rules: {sec-a: off}\n",
            "enforce: {'*': new}\n",
            "diff: {keep: default}\n",
            "diff: {severity: {'sec-*': off}}\n",
            "diff: {policy: [{path: /a, severity: off}]}\n",
            "diff: {policy: [{change: 's*', severity: off}]}\n",
            "allow-breaking: when-approved\n",
            "allow-breaking: {public: when-approved}\n",
            "profiles: {p: {rules: {sec-b: off}}}\n",
        ] {
            let merged = layers(&[org, own]);
            assert_eq!(merged.refused.len(), 1, "{own}");
            let alone = layers(&[org, ""]).config;
            let value = |config: &Config| serde_json::to_value(config).unwrap();
            let (mut merged, alone) = (value(&merged.config), value(&alone));
            // An empty section may be left.
            for key in ["profiles", "enforce"] {
                merged[key] = alone[key].clone();
            }
            merged["diff"] = if own.contains("severity") { alone["diff"].clone() } else { merged["diff"].clone() };
            assert_eq!(merged, alone, "{own}");
        }
        for own in [
            "fail-on: warning\n",
            "rules: {des-a: off}\n",
            "diff: {keep: contract}\n",
            "allow-breaking: {internal: when-approved}\n",
        ] {
            assert!(layers(&[org, own]).refused.is_empty(), "{own}");
        }
        // What nobody approves gains, and a lock lets nothing be taken away.
        assert_eq!(layers(&[org, "approvals: {never: [x-y]}\n"]).refused.len(), 1);
    }

    #[test]
    fn patterns_overlap_where_a_text_matches_both() {
        for (left, right, expected) in [
            ("sec-*", "sec-a", true),
            ("sec-*", "*", true),
            ("*-a", "sec-*", true),
            ("sec-*", "des-*", false),
            ("a", "b", false),
            ("", "", true),
            ("a*b*c", "*x*c", true),
            ("a*b", "a*c", false),
        ] {
            assert_eq!((overlap(left, right), overlap(right, left)), (expected, expected), "{left} {right}");
        }
    }

    #[test]
    fn a_fault_is_told_in_its_own_layer() {
        let texts = ["fail-on: fatal\n", "fail-on: error\n"];
        let texts = texts.map(|text| Arc::new(SourceText::new("policy/covenant.yaml", text)));
        let fault = merge(&texts).unwrap_err();
        assert_eq!((fault.location.file(), fault.location.start().line), ("policy/covenant.yaml", 1));
    }
}
