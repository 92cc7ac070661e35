//! What a lock holds: the item itself, and every other key that sets the item too or makes it moot.
//!
//! One table says which keys those are. What depends on profiles is compared by [`Catalogue`], which knows their rules.

use super::keys::{Item, Path};
use super::overlap;
use serde_yaml::{Mapping, Value};

/// What a layer locks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// A key with its section (`allow-breaking`, `diff.keep`), or the id of a rule or change, in which `*` stands for any text.
    pub item: String,
    /// The number of the layer that locks it.
    pub by: usize,
}

/// What locks ask of those who know rules, changes and profiles.
pub trait Catalogue {
    /// Returns whether a pattern of ids may be about a change.
    fn names_change(&self, pattern: &str) -> bool;
    /// Returns whether some rule of a pattern is weaker by the profiles of `below` than by those of `above`.
    fn weakens(&self, above: &super::Config, below: &super::Config, ids: &str) -> bool;
    /// Returns the promise that the profiles of a configuration make.
    ///
    /// # Errors
    /// A sentence where that cannot be known.
    fn promise(&self, config: &super::Config) -> Result<Option<crate::diagnostic::Category>, String>;
}

/// When a key sets an item that stands elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Always,
    /// While the layers above leave the item to it.
    Unset,
    /// While nothing above says anything in this section.
    First,
    /// As an element of a list that has this key.
    Has(&'static str),
}

/// The items that are set elsewhere too: the item, the key that does it, and when.
const ELSEWHERE: &[(&str, &str, When)] = &[
    ("fail-on", "observe-until", When::Always),
    ("waivers", "waivers-file", When::Always),
    ("waivers-file", "waivers", When::Always),
    ("diff.keep", "diff.keep-by-audience", When::Always),
    ("diff.keep", "apis.*.keep", When::Always),
    ("diff.keep", "diff.policy.*", When::Has("category")),
    ("diff.keep-by-audience", "apis.*.keep", When::Always),
    ("diff.keep-by-audience", "diff.policy.*", When::Has("category")),
    ("diff.new-for-readers", "diff.response-enum-added", When::Always),
    ("diff.new-for-readers", "lifecycle.response-enum-add", When::Always),
    ("diff.new-for-readers", "lifecycle.profile", When::Always),
    ("diff.new-for-readers", "lifecycle", When::First),
    ("diff.response-enum-added", "diff.new-for-readers", When::Unset),
    ("diff.response-enum-added", "lifecycle", When::Unset),
    ("diff.stability", "lifecycle.breaking-threshold", When::Unset),
    ("diff.stability", "lifecycle.profile", When::Unset),
    ("diff.severity", "diff.severity-levels", When::Always),
    ("diff.severity", "diff.policy.*", When::Has("severity")),
    // The severities of `rules` are laid over those of changes.
    ("diff.severity", "rules", When::Always),
    ("diff.policy", "rules", When::Always),
    ("diff.severity-levels", "diff.severity", When::Always),
    ("diff.severity-levels", "diff.policy.*", When::Has("severity")),
    ("diff.severity-levels", "rules", When::Always),
    ("allow-breaking", "lifecycle.default-audience", When::Always),
    ("allow-breaking", "lifecycle.profile", When::Always),
    // With a lifecycle policy, contracts that name no audience are for the narrowest.
    ("allow-breaking", "lifecycle", When::First),
    ("approvals.approvers", "approvals.roles", When::Always),
    ("approvals.approvers", "approvals.trailers", When::Always),
    ("approvals.approvers", "approvals.break-glass", When::Always),
    ("approvals.roles.*", "approvals.roles", When::Always),
    ("approvals.break-glass", "approvals.approvers", When::Unset),
    ("approvals.break-glass", "approvals.roles", When::Unset),
    // What the preset of the section says.
    ("lifecycle.*", "lifecycle.profile", When::Always),
    ("lifecycle.min-notice-days", "lifecycle.default-audience", When::Always),
    ("lifecycle.min-notice-days", "lifecycle.emergency", When::Always),
    ("lifecycle.min-overlap-days", "lifecycle.default-audience", When::Always),
    ("lifecycle.max-majors", "lifecycle.default-audience", When::Always),
    ("lifecycle.bump", "lifecycle.minor-may-break", When::Always),
    ("lifecycle.bump", "lifecycle.breaking-threshold", When::Always),
    ("lifecycle.bump", "lifecycle.version-scheme", When::Always),
    ("lifecycle.bump", "lifecycle.version-pattern", When::Always),
    ("lifecycle.response-enum-add", "diff.response-enum-added", When::Always),
    ("lifecycle.breaking-threshold", "diff.stability", When::Always),
];

/// What decides whether a change breaks, and with that the severity of every change.
const OF_CHANGES: [&str; 13] = [
    "diff.keep",
    "diff.keep-by-audience",
    "apis.*.keep",
    "diff.new-for-readers",
    "diff.response-enum-added",
    "diff.stability",
    "diff.beta",
    "diff.formats",
    "diff.servers",
    "diff.exempt-deprecated",
    "diff.severity-levels",
    "diff.err-ignore",
    "diff.warn-ignore",
];
/// The keys of `lifecycle` that do.
const OF_CHANGES_IN_LIFECYCLE: [&str; 3] =
    ["lifecycle.response-enum-add", "lifecycle.breaking-threshold", "lifecycle.profile"];

/// Something that a layer says, and what the layers before it say.
pub(super) struct Write<'w> {
    /// Where, in the spelling that counts.
    pub(super) path: &'w [String],
    pub(super) value: &'w Value,
    /// Whether its parts are asked for by themselves.
    pub(super) in_parts: bool,
    pub(super) above: &'w Mapping,
}

impl Write<'_> {
    /// Returns whether it sets what stands deeper than it does.
    fn sets_below(&self) -> bool {
        !self.in_parts && !is_empty(self.value)
    }
}

impl Item {
    /// Returns whether the item is set, or made moot, by what a layer says.
    pub(super) fn holds(&self, write: &Write<'_>, catalogue: &dyn Catalogue) -> bool {
        match self {
            Item::Key(path) => {
                let own = touches(path, write.path) && (path.len() <= write.path.len() || write.sets_below());
                // A severity is set in more than one way.
                let by_id = match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                    ["rules", id] | ["diff", "severity", id] => of_ids(id, write, catalogue),
                    _ => false,
                };
                own || by_id || elsewhere(path, write, catalogue)
            }
            Item::Ids(ids) => of_ids(ids, write, catalogue),
        }
    }

    /// The ids of rules whose severities it holds against the choice of another profile.
    pub(super) fn ids(&self) -> Option<&str> {
        match self {
            Item::Ids(ids) => Some(ids),
            Item::Key(path) => match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                ["rules"] => Some("*"),
                ["rules", id] => Some(id),
                _ => None,
            },
        }
    }

    /// Returns whether it holds a key, or what stands below it.
    pub(super) fn is_about(&self, key: &str) -> bool {
        matches!(self, Item::Key(path) if touches(path, &split(key)))
    }
}

fn split(key: &str) -> Path {
    key.split('.').map(str::to_owned).collect()
}

/// Returns whether one place is at, below or around another: what is set around an item sets it, too.
fn touches(left: &[String], right: &[String]) -> bool {
    left.iter().zip(right).all(|(left, right)| overlap(left, right))
}

fn elsewhere(item: &[String], write: &Write<'_>, catalogue: &dyn Catalogue) -> bool {
    ELSEWHERE.iter().any(|(of, by, when)| {
        let by = split(by);
        if !touches(item, &split(of)) || !touches(&by, write.path) {
            return false;
        }
        if write.path.len() < by.len() {
            return write.sets_below();
        }
        match when {
            When::Always => by != ["rules"] || sets_change(item, write.path, catalogue),
            When::Unset => at(write.above, item).is_none(),
            When::First => !write.above.contains_key(by[0].as_str()),
            When::Has(key) => write.value.get(*key).is_some(),
        }
    })
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Sequence(list) => list.is_empty(),
        Value::Mapping(mapping) => mapping.is_empty(),
        _ => false,
    }
}

/// Returns whether a line of `rules` sets the severity of a change that an item is about.
fn sets_change(item: &[String], path: &[String], catalogue: &dyn Catalogue) -> bool {
    let Some(id) = path.get(1) else { return true };
    catalogue.names_change(id) && item.get(2).is_none_or(|own| item[1] != "severity" || overlap(own, id))
}

fn at<'m>(above: &'m Mapping, path: &[String]) -> Option<&'m Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(above.get(first.as_str())?, |value, key| value.get(key.as_str()))
}

/// Returns whether what a layer says moves the severity of some ids, or lets their findings pass.
fn of_ids(ids: &str, write: &Write<'_>, catalogue: &dyn Catalogue) -> bool {
    let path: Vec<&str> = write.path.iter().map(String::as_str).collect();
    let weaker = |rank: fn(&str) -> u8| {
        let said = |value: Option<&Value>| value.and_then(Value::as_str).map(rank);
        said(Some(write.value)).unwrap_or(0) < said(at(write.above, write.path)).unwrap_or(1)
    };
    match path.as_slice() {
        ["rules" | "enforce", id, ..] | ["diff", "severity", id] | ["profiles", _, "rules", id, ..] => overlap(ids, id),
        // A line without an id is about every change.
        ["diff", "policy", _] => overlap(ids, write.value.get("change").and_then(Value::as_str).unwrap_or("*")),
        ["observe-until"] => true,
        ["inline-ignores"] => write.value.as_str() == Some("accept"),
        ["fail-on"] => weaker(|name| super::FailOn::parse(name).unwrap_or(super::FailOn::Never).strictness()),
        ["diff" | "apis" | "lifecycle", ..] => {
            let keys = OF_CHANGES.iter().chain(&OF_CHANGES_IN_LIFECYCLE);
            let is_one = keys.map(|key| split(key)).any(|key| key.len() <= path.len() && touches(&key, write.path));
            is_one && catalogue.names_change(ids)
        }
        _ => false,
    }
}
