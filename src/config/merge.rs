//! Layers of configuration put together: each refines the ones before it, and may lock what the ones after it must leave alone.
//!
//! Takes the texts of the layers in their order, the configuration of the repository last; gives one [`Config`], and what was
//! refused. Objects are merged key by key, lists of waivers, rulesets and lines of policy are joined, everything else is what
//! the last layer says; a key without a value says nothing. What names files of a repository (`apis`, `baseline`, `root`, …) is not inherited.

use super::keys::{Item, Path, canonical};
use super::locks::{Catalogue, Lock, Write};
use super::{Config, parse};
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::text::{SourceText, Span};
use serde_yaml::{Mapping, Value};
use std::sync::Arc;

/// Keys that speak of the repository in which they stand.
const OF_REPOSITORY: [&str; 7] = ["apis", "exclude", "baseline", "waivers-file", "root", "observe-until", "version"];
/// Keys of `diff` that do.
const OF_REPOSITORY_IN_DIFF: [&str; 3] = ["severity-levels", "err-ignore", "warn-ignore"];
/// Keys that speak of the layer itself.
const OF_LAYER: [&str; 3] = ["extends", "layer", "locked"];

/// A layer to be put together with others.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its text.
    pub text: Arc<SourceText>,
    /// How many layers it extends, with theirs: these stand right before it.
    pub below: usize,
    /// How many configurations stand below it because it lies in a folder around theirs.
    pub around: usize,
}

/// Something that a layer sets although another layer locked it: it does not count.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// The number of the layer.
    pub layer: usize,
    /// Where it stands in the layer: keys, and indices of lists.
    pub path: Vec<String>,
    /// The lock.
    pub lock: Lock,
    /// Whether the layer, which stands beside the other, locks it as well, so that nothing says which of them decides.
    pub contested: bool,
    /// Where it is in the whole, and what it says there.
    place: Path,
    value: Value,
}

impl Refused {
    /// Returns whether it is an element of a list in a layer.
    pub fn is_element(&self, layer: usize, list: &str, at: usize) -> bool {
        self.layer == layer && self.path.len() == 2 && self.path[0] == list && self.path[1] == at.to_string()
    }
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

/// Puts layers together; the last is the configuration of the repository. What a layer locks holds for all others but those
/// that it extends itself, wherever they stand, and those of folders around it.
///
/// # Errors
/// A diagnostic `config` at the line and column of the fault in its layer.
pub fn merge(layers: &[Source], catalogue: &dyn Catalogue) -> Result<Merged, Box<Diagnostic>> {
    let mut run = Run { layers, catalogue, values: Vec::new(), locks: Vec::new(), banned: Vec::new() };
    for (number, layer) in layers.iter().enumerate() {
        let own = parse(&layer.text)?;
        let mut value = mapping(&layer.text)?;
        without(&mut value, &OF_LAYER);
        if number + 1 < layers.len() {
            without(&mut value, &OF_REPOSITORY);
            if let Some(diff) = value.get_mut("diff").and_then(Value::as_mapping_mut) {
                without(diff, &OF_REPOSITORY_IN_DIFF);
            }
        }
        run.values.push(value);
        let lock = |item: &String| (Item::parse(item), Lock { item: item.clone(), by: number });
        run.locks.extend(own.locked.iter().map(lock));
    }
    // Locks of folders further out come first: of several that hold something, the first is told.
    run.locks.sort_by_key(|(_, lock)| std::cmp::Reverse(layers[lock.by].around));
    run.whole()
}

fn without(mapping: &mut Mapping, keys: &[&str]) {
    for key in keys {
        mapping.remove(*key);
    }
}

fn mapping(text: &Arc<SourceText>) -> Result<Mapping, Box<Diagnostic>> {
    let value: Value = if text.text().trim().is_empty() { Value::Null } else { super::from_yaml(text)? };
    Ok(match untagged(value) {
        Value::Mapping(mapping) => mapping,
        _ => Mapping::new(),
    })
}

/// The value without tags, which mean nothing here.
fn untagged(value: Value) -> Value {
    match value {
        Value::Tagged(tagged) => untagged(tagged.value),
        Value::Sequence(list) => Value::Sequence(list.into_iter().map(untagged).collect()),
        Value::Mapping(mapping) => {
            Value::Mapping(mapping.into_iter().map(|(key, value)| (untagged(key), untagged(value))).collect())
        }
        other => other,
    }
}

/// One putting together.
struct Run<'r> {
    layers: &'r [Source],
    catalogue: &'r dyn Catalogue,
    values: Vec<Mapping>,
    locks: Vec<(Item, Lock)>,
    /// Choices of profiles that would weaken something: the number of the lock, and the keys.
    banned: Vec<(usize, &'static [&'static str])>,
}

/// The keys by which profiles are chosen and made.
const CHOICE: &[&str] = &["profile", "profiles.*.extends"];
const PROFILES: &[&str] = &["profile", "profiles"];

impl Run<'_> {
    fn whole(&mut self) -> Result<Merged, Box<Diagnostic>> {
        let (mut whole, mut refused) = self.lay(&|_| true);
        let mut config = self.read(&whole)?;
        for number in 0..self.locks.len() {
            for keys in [CHOICE, PROFILES] {
                if !self.is_weakened(number, &config)? {
                    break;
                }
                self.banned.push((number, keys));
                (whole, refused) = self.lay(&|_| true);
                config = self.read(&whole)?;
            }
        }
        // Rulesets stay beside the layer that names them.
        let last = self.layers.len().saturating_sub(1);
        config.rulesets = match self.layers.last() {
            Some(layer) => parse(&layer.text)?.rulesets,
            None => Vec::new(),
        };
        let is_refused = |at: usize| refused.iter().any(|one| one.is_element(last, "rulesets", at));
        let mut numbers = 0..;
        config.rulesets.retain(|_| !numbers.next().is_some_and(is_refused));
        // What says the same as what counts was tried by nobody.
        refused.retain(|one| at(&whole, &one.place) != Some(&one.value));
        Ok(Merged { config, refused, locks: self.locks.iter().map(|(_, lock)| lock.clone()).collect() })
    }

    /// Returns whether what a lock holds by way of profiles is not as those say who may set it.
    fn is_weakened(&self, number: usize, config: &Config) -> Result<bool, Box<Diagnostic>> {
        let (item, lock) = &self.locks[number];
        let (ids, profile) = (item.ids(), item.is_about("profile"));
        let promise = item.is_about("diff.keep") || ids.is_some_and(|ids| self.catalogue.names_change(ids));
        if ids.is_none() && !profile && !promise {
            return Ok(false);
        }
        let above = self.read(&self.lay(&|layer| layer <= lock.by && !self.is_under(lock, layer)).0)?;
        let chosen = |config: &Config| config.resolved_profile().ok();
        let promised = |config: &Config| match config.diff.keep {
            Some(keep) => Ok(Some(keep)),
            None => self.catalogue.promise(config),
        };
        Ok((profile && chosen(&above) != chosen(config))
            || (promise && promised(&above) != promised(config))
            || ids.is_some_and(|ids| self.catalogue.weakens(&above, config, ids)))
    }

    /// Returns whether a lock holds for a layer: not for the one that locks, those that it extends, and those around it.
    fn is_under(&self, lock: &Lock, layer: usize) -> bool {
        let by = &self.layers[lock.by];
        let own = lock.by - by.below.min(lock.by)..=lock.by;
        match self.layers[layer].around.cmp(&by.around) {
            std::cmp::Ordering::Less => true,
            std::cmp::Ordering::Equal => !own.contains(&layer),
            std::cmp::Ordering::Greater => false,
        }
    }

    /// Lays the layers over each other that count.
    fn lay(&self, counts: &dyn Fn(usize) -> bool) -> (Mapping, Vec<Refused>) {
        let (mut whole, mut refused) = (Mapping::new(), Vec::new());
        for (number, value) in self.values.iter().enumerate().filter(|(number, _)| counts(*number)) {
            let above = whole.clone();
            let mut layer = Laying { run: self, number, above: &above, refused: &mut refused, way: Vec::new() };
            layer.add(&mut whole, value.clone(), &mut Vec::new());
        }
        (whole, refused)
    }

    fn read(&self, whole: &Mapping) -> Result<Config, Box<Diagnostic>> {
        let text = serde_yaml::to_string(&Value::Mapping(whole.clone())).unwrap_or_default();
        // Each layer was read on its own, so what is left of them together can be read as well.
        serde_yaml::from_str(&text).map_err(|error| {
            let last = self
                .layers
                .last()
                .map_or_else(|| Arc::new(SourceText::new("covenant.yaml", "")), |layer| Arc::clone(&layer.text));
            let message = format!("the configuration cannot be read together with its layers: {error}");
            Box::new(Diagnostic::new("config", Severity::Error, message, Location::new(&last, Span::at(0), "")))
        })
    }
}

fn at<'m>(whole: &'m Mapping, path: &[String]) -> Option<&'m Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(whole.get(first.as_str())?, |value, key| value.get(key.as_str()))
}

/// One layer on its way onto those before it.
struct Laying<'r, 'a> {
    run: &'a Run<'r>,
    number: usize,
    above: &'a Mapping,
    refused: &'a mut Vec<Refused>,
    /// Where it is in the text of the layer.
    way: Path,
}

impl Laying<'_, '_> {
    /// Lays what a layer says over what is known, but for what is locked. `path` is written as it counts.
    fn add(&mut self, into: &mut Mapping, from: Mapping, path: &mut Path) {
        for (key, value) in from {
            let spelled = key.as_str().map_or_else(|| format!("{key:?}"), str::to_owned);
            let counts = canonical(path, &spelled);
            let key = if key.is_string() { Value::String(counts.clone()) } else { key };
            self.way.push(spelled);
            path.push(counts);
            self.set(into, key, value, path);
            path.pop();
            self.way.pop();
        }
    }

    fn set(&mut self, into: &mut Mapping, key: Value, value: Value, path: &mut Path) {
        match (into.get_mut(&key), value) {
            // A key without a value says nothing.
            (_, Value::Null) => {}
            (Some(Value::Mapping(known)), Value::Mapping(value)) => self.add(known, value, path),
            (None, Value::Mapping(value)) => {
                // A section of which nothing counts is not there, and whether it is there may decide something.
                let mut own = Mapping::new();
                let counts = if value.is_empty() {
                    self.may(path, &Value::Mapping(value))
                } else {
                    self.add(&mut own, value, path);
                    !own.is_empty()
                };
                if counts {
                    into.insert(key, Value::Mapping(own));
                }
            }
            (known, Value::Sequence(list)) if is_joined(path) => {
                let mut joined = match known {
                    Some(Value::Sequence(known)) => std::mem::take(known),
                    _ => Vec::new(),
                };
                joined.extend(self.elements(list, path));
                into.insert(key, Value::Sequence(joined));
            }
            (Some(known), value) if *known == value => {}
            (_, value) => {
                if self.may(path, &value) {
                    let value = self.elements_of(value, path);
                    into.insert(key, value);
                }
            }
        }
    }

    /// The elements of a list that count.
    fn elements(&mut self, list: Vec<Value>, path: &mut Path) -> Vec<Value> {
        let mut out = Vec::new();
        for (at, element) in list.into_iter().enumerate() {
            path.push(at.to_string());
            self.way.push(at.to_string());
            if self.may(path, &element) {
                out.push(element);
            }
            self.way.pop();
            path.pop();
        }
        out
    }

    /// A list as it counts: what single elements say may be locked although the list is not.
    fn elements_of(&mut self, value: Value, path: &mut Path) -> Value {
        let Value::Sequence(list) = value else { return value };
        let mut out = Vec::new();
        for (at, element) in list.into_iter().enumerate() {
            path.push(at.to_string());
            self.way.push(at.to_string());
            out.push(match element {
                Value::Mapping(element) => {
                    let mut own = Mapping::new();
                    self.add(&mut own, element, path);
                    Value::Mapping(own)
                }
                other => other,
            });
            self.way.pop();
            path.pop();
        }
        Value::Sequence(out)
    }

    /// Returns whether nothing locks a place against this layer; else notes that it was tried.
    fn may(&mut self, path: &[String], value: &Value) -> bool {
        let Some(lock) = self.lock(path, value) else { return true };
        let write = self.write(path, value);
        let run = self.run;
        // A layer beside the one that locks, and before it, which locks the same.
        let is_own = |(item, own): &(Item, Lock)| {
            !run.is_under(own, self.number) && run.is_under(own, lock.by) && item.holds(&write, run.catalogue)
        };
        let contested = lock.by > self.number && run.locks.iter().any(is_own);
        let (layer, place, way, value) = (self.number, path.to_vec(), self.way.clone(), value.clone());
        self.refused.push(Refused { layer, path: way, lock, contested, place, value });
        false
    }

    fn write<'w>(&'w self, path: &'w [String], value: &'w Value) -> Write<'w> {
        let in_parts = matches!(value, Value::Sequence(list) if list.iter().any(Value::is_mapping));
        Write { path, value, in_parts, above: self.above }
    }

    /// The lock that holds what a layer says.
    fn lock(&self, path: &[String], value: &Value) -> Option<Lock> {
        let run = self.run;
        let write = self.write(path, value);
        let is_banned = |number: usize| {
            run.banned.iter().any(|(lock, keys)| *lock == number && keys.iter().any(|key| is_below(path, key)))
        };
        let mut locks = run.locks.iter().enumerate().filter(|(_, (_, lock))| run.is_under(lock, self.number));
        let found = locks.find(|(number, (item, _))| is_banned(*number) || item.holds(&write, run.catalogue));
        found.map(|(_, (_, lock))| lock.clone())
    }
}

/// Returns whether a place is a key, or stands below it.
fn is_below(path: &[String], key: &str) -> bool {
    let mut own = path.iter();
    key.split('.').all(|part| own.next().is_some_and(|own| overlap(part, own)))
}

/// Returns whether a list gains the elements of each layer, instead of being replaced by the last.
fn is_joined(path: &[String]) -> bool {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    matches!(path.as_slice(), ["waivers" | "rulesets"] | ["diff", "policy"] | ["approvals", "never"])
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

    /// Knows one change by its name, and two rules: `sec-a` is in every profile but `bare`.
    struct Known;

    impl Catalogue for Known {
        fn names_change(&self, pattern: &str) -> bool {
            overlap(pattern, "field-removed")
        }

        fn weakens(&self, above: &Config, below: &Config, ids: &str) -> bool {
            let runs = |config: &Config| config.resolved_profile().is_ok_and(|(names, _)| !names.contains("bare"));
            overlap(ids, "sec-a") && runs(above) && !runs(below)
        }

        fn promise(&self, config: &Config) -> Result<Option<crate::diagnostic::Category>, String> {
            let (names, _) = config.resolved_profile()?;
            Ok(names.contains("firm").then_some(crate::diagnostic::Category::Contract))
        }
    }

    /// Layers that the last extends, the first one first.
    fn sources(texts: &[&str]) -> Vec<Source> {
        let source = |(number, text): (usize, &&str)| Source {
            text: Arc::new(SourceText::new("covenant.yaml", *text)),
            below: if number + 1 == texts.len() { number } else { 0 },
            around: 0,
        };
        texts.iter().enumerate().map(source).collect()
    }

    fn layers(texts: &[&str]) -> Merged {
        merge(&sources(texts), &Known).unwrap()
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

    fn value(config: &Config) -> serde_json::Value {
        serde_json::to_value(config).unwrap()
    }

    #[test]
    fn what_sets_a_locked_item_elsewhere_does_not_count_either() {
        let org = "profile: firm\nprofiles: {own: {extends: firm}}\ndiff: {new-for-readers: breaking}\n";
        for (item, own) in [
            ("fail-on", "observe-until: 2099-01-01\n"),
            ("waivers", "waivers-file: w.yaml\n"),
            ("diff.keep", "diff: {keep-by-audience: {public: default}}\n"),
            ("diff.keep", "apis: [{file: a.yaml, keep: default}]\n"),
            ("diff.keep", "diff: {policy: [{change: '*', category: docs}]}\n"),
            ("diff.keep", "profile: recommended\n"),
            ("diff.keep", "profile: mine\nprofiles: {mine: {extends: recommended}}\n"),
            ("diff.keep-by-audience.partner", "diff: {keep-by-audience: {Partner: default}}\n"),
            ("diff.new-for-readers", "diff: {response-enum-added: compatible}\n"),
            ("diff.new-for-readers", "lifecycle: {default-audience: public}\n"),
            ("diff.severity", "rules: {field-removed: off}\n"),
            ("diff.severity.field-removed", "diff: {policy: [{severity: off}]}\n"),
            ("allow-breaking.public", "lifecycle: {default-audience: internal}\n"),
            ("allow-breaking.public", "lifecycle: {}\n"),
            ("approvals.approvers", "approvals: {roles: {a: {approvers: [me], rules: ['*']}}}\n"),
            ("approvals.approvers", "approvals: {trailers: true}\n"),
            ("lifecycle.min-notice-days", "lifecycle: {min_notice_days: {partner: {operation: 1}}}\n"),
            ("lifecycle.min-notice-days", "lifecycle: {profile: default}\n"),
            ("rules.sec-a", "rules: {sec-a: off}\n"),
            ("rules.sec-*", "rules: {sec-a: off}\n"),
            ("enforce.sec-*", "enforce: {sec-a: new}\n"),
            ("sec-*", "profile: bare\n"),
            ("sec-*", "profile: mine\nprofiles: {mine: {extends: bare}}\n"),
            ("rules", "profile: bare\n"),
            ("profile", "profiles: {firm: {extends: bare}}\n"),
            ("sec-*", "fail-on: never\n"),
            ("sec-*", "observe-until: 2099-01-01\n"),
            ("sec-*", "inline-ignores: accept\n"),
            ("rulesets", "rulesets: [mine.yaml]\n"),
            ("field-*", "diff: {keep: default}\n"),
            ("field-*", "diff: {stability: stable}\n"),
            ("field-*", "apis: [{file: a.yaml, keep: default}]\n"),
            ("field-*", "profile: recommended\n"),
            ("sec-*", "rules: !tag {sec-a: off}\n"),
        ] {
            let org = format!("{org}locked: ['{item}']\n");
            let merged = layers(&[&org, own]);
            assert!(!merged.refused.is_empty(), "{item}: {own}");
            let (mut merged, mut alone) = (value(&merged.config), value(&layers(&[&org, ""]).config));
            // Which files are contracts is not locked; an own profile that nobody uses does nothing.
            for config in [&mut merged, &mut alone] {
                config["apis"] = serde_json::Value::Null;
                config["profiles"] = serde_json::Value::Null;
            }
            assert_eq!(merged, alone, "{item}: {own}");
        }
        for (item, own) in [
            ("diff.keep", "apis: [{file: a.yaml}]\ndiff: {policy: [{change: x, severity: error}]}\n"),
            ("diff.severity", "rules: {doc-a: off}\n"),
            ("sec-*", "profile: firm\nfail-on: warning\ndiff: {keep: contract}\n"),
            ("profile", "profiles: {mine: {extends: bare}}\n"),
            ("profiles.own", "profiles: {mine: {extends: bare}}\n"),
            ("sec-*", "rules:\nenforce:\n"),
        ] {
            let merged = layers(&[&format!("{org}locked: ['{item}']\n"), own]);
            assert_eq!(merged.refused, [], "{item}: {own}");
        }
    }

    #[test]
    fn a_key_without_a_value_says_nothing() {
        let org =
            "rules: {sec-a: error}\nfail-on: warning\ndiff: {severity: {x: off}}\nallow-breaking: {public: never}\n";
        let nothing = layers(&[org, ""]).config;
        assert_eq!(layers(&[org, "rules:\nfail-on: ~\ndiff:\n  severity:\nallow-breaking:\n"]).config, nothing);
    }

    #[test]
    fn a_lock_holds_for_layers_beside_it_that_come_before() {
        let bank = "rules: {sec-a: error}\nfail-on: warning\nlocked: ['sec-*', fail-on]\n";
        for mine in ["rules: {sec-a: off}\n", "rules: {sec-b: off}\n", "fail-on: never\n", "profile: bare\n"] {
            let merged = layers(&[mine, bank, ""]);
            assert_eq!((merged.refused.len(), merged.refused[0].layer, merged.refused[0].contested), (1, 0, false));
            assert_eq!(value(&merged.config), value(&layers(&[bank, ""]).config), "{mine}");
            // What the layer extends that locks is its own.
            let mut sources = sources(&[mine, bank, ""]);
            sources[1].below = 1;
            assert_eq!(merge(&sources, &Known).unwrap().refused, [], "{mine}");
        }
        // Saying the same is no attempt.
        assert_eq!(layers(&["rules: {sec-a: error}\n", bank, ""]).refused, []);
        // One that locks the same itself, and says something else: nobody knows which of them decides.
        let merged = layers(&["rules: {sec-a: off}\nlocked: [sec-a]\n", bank, ""]);
        assert!(merged.refused.iter().any(|one| one.contested), "{:?}", merged.refused);
        // A configuration around is above all that a nested one extends, and none of them locks anything against it.
        let mut sources = sources(&[bank, "rules: {sec-a: off}\nlocked: [sec-a]\n", ""]);
        (sources[0].around, sources[2].below) = (1, 1);
        let merged = merge(&sources, &Known).unwrap();
        assert_eq!((merged.refused.len(), merged.refused[0].layer, merged.refused[0].contested), (1, 1, false));
        assert_eq!(merged.config.rules["sec-a"], RuleLevel::Error);
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
        let mut layers = sources(&texts);
        layers[0].text = Arc::new(SourceText::new("policy/covenant.yaml", texts[0]));
        let fault = merge(&layers, &Known).unwrap_err();
        assert_eq!((fault.location.file(), fault.location.start().line), ("policy/covenant.yaml", 1));
    }
}
