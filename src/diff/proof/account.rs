//! The account: whatever the edits say, does the reader of a message still understand all that its sender may write?
//!
//! Takes a pair of schemas that describes a part of a message; asks the engine once about the values that can travel
//! there. Edits explain, the account decides: a value that is refused must be told by some finding.

use super::{Proof, Prover};
use crate::diff::edit::{AnchorId, Edit};
use crate::diff::message::{self, Part};
use crate::diff::walk::{Anchor, Origin, Root};
use crate::schema::{Verdict, Witness};
use serde_json::Value;

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

    /// Settles the account of a pair.
    pub(in crate::diff) fn account(&mut self, id: AnchorId) -> Account<'w> {
        let pair = &self.anchors[id];
        let (text, origin) = (pair.text, pair.origin);
        if let Origin::Message(spot) = origin
            && let Part::Body((old, new)) = spot.part
            && !(is_json(old) && is_json(new))
        {
            return Account::Settled;
        }
        let (_, sent, read, direction) = self.sides(id);
        // Most pairs were decided already, and what all values show, those that are sent show, too.
        if matches!(self.verdicts.get(&id), Some(Verdict::Contained)) {
            return Account::Settled;
        }
        match self.engine.compare_sent(&sent, &read, direction) {
            Verdict::Contained => Account::Settled,
            // What travels as text is read in more than one way.
            Verdict::NotContained(witness) if text => {
                let in_path = matches!(origin, Origin::Message(spot) if spot.in_path());
                let Some(written) = written(&witness.value).filter(|written| !(in_path && written.is_empty())) else {
                    return Account::Settled;
                };
                let understood = message::readings(&written)
                    .iter()
                    .any(|value| !matches!(self.engine.check(&read, direction, value), Some(Err(_))));
                if understood { Account::Settled } else { Account::Refused(witness) }
            }
            Verdict::NotContained(witness) => Account::Refused(witness),
            Verdict::Undecided(_) if text => Account::Settled,
            Verdict::Undecided(reason) => Account::Undecided(reason),
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
        Proof::Broken(self.evidence(edit, id, &witness.value, &witness.rejection.message, roots))
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

/// Whether bodies of a media type are JSON values, or may be.
fn is_json(name: &str) -> bool {
    let essence = name.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(essence.as_str(), "*" | "*/*" | "application/*")
        || essence.ends_with("/json")
        || essence.ends_with("+json")
}

/// A scalar as it is written in a parameter or header.
fn written(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}
