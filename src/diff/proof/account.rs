//! The account: whatever the edits say, does the reader of a message still understand all that its sender may write?
//!
//! Takes a pair of schemas that describes a part of a message; asks the engine once about the values that can travel
//! there. Edits explain, the account decides: a value that is refused must be told by some finding.

use super::{Proof, Prover};
use crate::diff::edit::{AnchorId, Edit};
use crate::diff::message::Part;
use crate::diff::pair::Mark;
use crate::diff::view::View;
use crate::diff::walk::{Anchor, Origin, Root};
use crate::openapi::{Bytes, MediaKind};
use crate::schema::{Split, Step, Texts, Verdict, Witness, lists, scalars};
use crate::syntax::pointer;
use rustc_hash::FxHashMap;
use serde_json::Value;

/// Readings of a value as text that are tried, at most.
const MAX_READINGS: usize = 400;

/// Nesting of a value that is read as text, at most.
const MAX_DEPTH: usize = 32;

/// What the account of a pair says.
#[derive(Debug)]
pub(in crate::diff) enum Account<'w> {
    /// All that is sent is understood; or it is no question of JSON values.
    Settled,
    /// This value is sent and not understood.
    Refused(Box<Witness<'w>>),
    /// It could not be told, and why.
    Undecided(String),
}

impl<'w> Prover<'w> {
    /// The pairs that describe a part of a message.
    pub(in crate::diff) fn accounts(&self) -> Vec<AnchorId> {
        (0..self.anchors.len()).filter(|id| self.anchors[*id].direct).collect()
    }

    pub(in crate::diff) fn anchor(&self, id: AnchorId) -> &Anchor<'w> {
        &self.anchors[id]
    }

    /// All pairs.
    pub(in crate::diff) fn anchors(&self) -> &[Anchor<'w>] {
        &self.anchors
    }

    /// Whether a pair by itself is known to refuse some value.
    pub(in crate::diff) fn is_refused(&mut self, id: AnchorId) -> bool {
        matches!(self.verdict(id), Some(Verdict::NotContained(_)))
    }

    /// Settles the account of a pair.
    pub(in crate::diff) fn account(&mut self, id: AnchorId) -> Account<'w> {
        self.settled(id, false)
    }

    /// Settles the account of a pair, with all of the reader's schema or its outline.
    pub(super) fn settled(&mut self, id: AnchorId, outline: bool) -> Account<'w> {
        let pair = &self.anchors[id];
        let (mut text, mut form, origin) = (pair.text.is_some(), false, pair.origin);
        if let Origin::Message(spot) = origin
            && let Part::Body((old, new)) = spot.part
            && !(MediaKind::of(old).is_json() && MediaKind::of(new).is_json())
        {
            let is_form = |name: &str| matches!(MediaKind::of(name), MediaKind::Form | MediaKind::FormData);
            if !(is_form(old) && is_form(new)) {
                return Account::Settled;
            }
            (text, form) = (true, true);
        }
        let (_, sent, read, direction) = self.sides(id);
        // Most pairs were decided already, and what all values show, those that are sent show, too.
        if matches!(self.verdicts.get(&id), Some(Verdict::Contained)) {
            return Account::Settled;
        }
        let verdict = if outline {
            self.engine.compare_outline(&sent, &read, direction)
        } else {
            self.engine.compare_sent(&sent, &read, direction)
        };
        match verdict {
            Verdict::Contained => Account::Settled,
            Verdict::NotContained(witness) if text => {
                match self.texts(id) {
                    Texts::Understood => return Account::Settled,
                    Texts::Refused(witness) => return Account::Refused(witness),
                    Texts::Unknown => {}
                }
                let in_path = matches!(origin, Origin::Message(spot) if spot.in_path());
                let unwritten = (in_path && witness.value == "")
                    || !is_written(&witness.value)
                    || self.refuses_files_alone(id, &witness.value);
                let understood = unwritten
                    || self
                        .readings(id, &witness.value, form)
                        .iter()
                        .any(|value| !matches!(self.engine.check(&read, direction, value), Some(Err(_))));
                let refused = if understood { self.refused_field(id) } else { Some(witness) };
                refused.map_or(Account::Settled, Account::Refused)
            }
            Verdict::NotContained(witness) => Account::Refused(witness),
            Verdict::Undecided(_) if text => match self.texts(id) {
                Texts::Refused(witness) => Account::Refused(witness),
                Texts::Understood | Texts::Unknown => Account::Settled,
            },
            Verdict::Undecided(reason) => Account::Undecided(reason.to_string()),
        }
    }

    /// The proof against an edit by a value that is sent and not understood.
    pub(in crate::diff) fn accuse(
        &mut self,
        edit: &Edit<'w>,
        id: AnchorId,
        witness: &Witness<'w>,
        roots: &[&Root<'w>],
    ) -> Proof {
        let category = self.broken(id, &witness.value);
        self.evidence(edit, id, (&witness.value, &witness.rejection.message), category, roots)
    }

    /// What a reader makes of the texts that are written for values of a pair; unknown where types travel.
    pub(super) fn texts(&mut self, id: AnchorId) -> Texts<'w> {
        let Some(split) = self.anchors[id].text else { return Texts::Unknown };
        if let Some(known) = self.texts.get(&id) {
            return known.clone();
        }
        let (_, sent, read, direction) = self.sides(id);
        let made = self.engine.compare_as_text(&sent, &read, direction, split);
        self.texts.insert(id, made.clone());
        made
    }

    /// What a value of a pair may be read as on the other side.
    fn readings(&self, id: AnchorId, value: &Value, form: bool) -> Vec<Value> {
        if !form {
            return as_text(value, self.anchors[id].text.unwrap_or(Split::Never));
        }
        let fields = self.anchors.iter().filter(|pair| pair.around.contains(&id));
        let fields = fields.filter_map(|pair| match pair.origin {
            Origin::Below(Mark::Member(name)) => Some((self.names.get(name as usize)?.as_str(), pair.text)),
            _ => None,
        });
        as_form(value, &fields.collect())
    }

    /// The object with a field whose text is refused, where the fields of a pair are texts by themselves.
    fn refused_field(&mut self, id: AnchorId) -> Option<Box<Witness<'w>>> {
        let fields = self.anchors.iter().enumerate().filter(|(_, pair)| pair.around.contains(&id));
        let fields: Vec<(AnchorId, String)> = fields
            .filter_map(|(field, pair)| match pair.origin {
                Origin::Below(Mark::Member(name)) => Some((field, self.names.get(name as usize)?.clone())),
                _ => None,
            })
            .collect();
        fields.into_iter().find_map(|(field, name)| {
            let Texts::Refused(witness) = self.texts(field) else { return None };
            let value = self.around(id, vec![Step::Member(name)], &witness.value)?;
            Some(Box::new(Witness { value, rejection: witness.rejection }))
        })
    }

    /// Whether a form is refused for nothing but parts that are files on both sides, in whatever notation: their bytes are
    /// no JSON.
    fn refuses_files_alone(&mut self, id: AnchorId, value: &Value) -> bool {
        let (_, _, read, direction) = self.sides(id);
        let Some(faults) = self.engine.faults(&read, direction, value) else { return false };
        let pair = &self.anchors[id];
        let sides = [(&pair.base, self.versions.0), (&pair.revision, self.versions.1)];
        let is_file = |instance: &str| {
            let tokens = pointer::tokens(instance).unwrap_or_default();
            let Some(name) = tokens.first() else { return false };
            sides.iter().all(|(schema, version)| {
                let members = View::new(schema, *version).members();
                let part = members.iter().find(|member| member.name == name).and_then(|part| part.view(*version));
                let item = part.as_ref().and_then(|part| part.sub("items")).map(|items| View::new(&items, *version));
                item.or(part).is_some_and(|part| part.bytes() != Bytes::Value)
            })
        };
        !faults.is_empty() && faults.iter().all(|fault| is_file(&fault.instance))
    }

    /// Whether the side of a pair that sends has no value at all.
    pub(super) fn is_vacuous(&mut self, id: AnchorId) -> bool {
        if let Some(&known) = self.vacuous.get(&id) {
            return known;
        }
        let (_, sent, _, direction) = self.sides(id);
        let empty = self.engine.is_empty(&sent, direction);
        self.vacuous.insert(id, empty);
        empty
    }
}

/// Whether all of a value can be written as text: nothing is written of `null`, and of what has no parts.
fn is_written(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty() && items.iter().all(is_written),
        Value::Object(members) => !members.is_empty() && members.values().all(is_written),
        _ => true,
    }
}

/// What a value may be read as once it was written as text without types: itself, and with all its scalars read as
/// strings, or as numbers and booleans where they look like some.
fn as_text(value: &Value, split: Split) -> Vec<Value> {
    let read = |text: &str| {
        let mut all = scalars(text);
        let items = || split.items(text).into_iter().map(Value::from).collect();
        all.extend(lists(text, split).unwrap_or_else(items));
        all
    };
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => read(&value.to_string()),
        Value::String(text) => read(text),
        Value::Array(_) => vec![value.clone(), leaves(value, false, 0), leaves(value, true, 0)],
        // Each field is read by itself: one that is written once may be a list of one.
        Value::Object(members) => read_by_field(members, |_, field| as_text(field, Split::Unclear)),
    }
}

/// The same of a form, whose objects and some of whose fields are JSON; how texts of fields are taken apart, by name.
fn as_form(value: &Value, fields: &FxHashMap<&str, Option<Split>>) -> Vec<Value> {
    let Value::Object(members) = value else { return as_text(value, Split::Unclear) };
    read_by_field(members, |name, field| {
        let has_object = match field {
            Value::Array(items) => items.iter().any(Value::is_object),
            other => other.is_object(),
        };
        match fields.get(name.as_str()).copied().unwrap_or(Some(Split::Never)) {
            Some(split) if !has_object => as_text(field, split),
            _ => vec![field.clone()],
        }
    })
}

/// All ways to read an object of which each field can be read in some ways.
fn read_by_field(members: &serde_json::Map<String, Value>, ways: impl Fn(&String, &Value) -> Vec<Value>) -> Vec<Value> {
    let mut all = vec![serde_json::Map::new()];
    for (name, field) in members {
        let ways = ways(name, field);
        let ways = if all.len() * ways.len() > MAX_READINGS { &ways[..1] } else { &ways[..] };
        let more = all.iter().flat_map(|known| {
            ways.iter().map(|way| {
                let mut known = known.clone();
                known.insert(name.clone(), way.clone());
                known
            })
        });
        all = more.collect();
    }
    all.into_iter().map(Value::Object).collect()
}

/// A value with all its scalars as strings, or typed.
fn leaves(value: &Value, typed: bool, depth: usize) -> Value {
    if depth > MAX_DEPTH {
        return value.clone();
    }
    match value {
        Value::Array(items) => items.iter().map(|item| leaves(item, typed, depth + 1)).collect(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| (name.clone(), leaves(value, typed, depth + 1)));
            Value::Object(members.collect())
        }
        Value::String(text) if typed => scalars(text).swap_remove(0),
        Value::Number(_) | Value::Bool(_) if !typed => Value::String(value.to_string()),
        _ => value.clone(),
    }
}
