//! Edits of what values mean to their readers: discriminators. The containment engine knows values alone, so these get
//! messages of their own: one that both schemas allow, but that the reader cannot understand.

use super::Prover;
use crate::diagnostic::{Evidence, EvidenceStatus};
use crate::diff::change::Event;
use crate::diff::edit::{AnchorId, Edit};
use crate::diff::message::{self, Focus, Shown, Side};
use crate::schema::{Answer, Step, Wish};
use crate::workspace::Place;
use serde_json::Value;

impl<'w> Prover<'w> {
    /// The message with an object whose kind the reader cannot tell by its discriminator.
    pub(super) fn discriminator(&mut self, edit: &Edit<'w>, anchor: AnchorId) -> Option<Evidence> {
        let (sender, sent, read, direction) = self.sides(anchor);
        let pair = &self.anchors[anchor];
        let (own, other) = match sender {
            Side::Base => (pair.base.place()?, pair.revision.place()?),
            Side::Revision => (pair.revision.place()?, pair.base.place()?),
        };
        let name = message::discriminator_name(own)?.to_owned();
        let mut wishes = Vec::new();
        if edit.id.event == Event::DiscriminatorPropertyNameChanged {
            wishes.push(Wish::Absent(message::discriminator_name(other)?.to_owned()));
        } else {
            wishes.push(Wish::Holds(vec![Step::Member(name)], Value::from(edit.words.name.clone())));
        }
        let Answer::Found(value, _) = self.engine.ask(&sent, None, direction, &wishes) else { return None };
        let refused = match self.engine.check(&read, direction, &value) {
            Some(Err(rejection)) => Some(rejection.leaf(&|_| 0).message.clone()),
            _ => None,
        };
        // A discriminator does not change validation: who tells kinds by it fails all the same.
        let (reason, status) = match (refused, message::kind_fault(other, &value)) {
            (Some(reason), _) => (reason, EvidenceStatus::Confirmed),
            (None, Some(reason)) => (reason, EvidenceStatus::Promise),
            (None, None) if edit.id.event == Event::DiscriminatorMappingChanged => {
                let (kind, words) = (&edit.words.name, &edit.words);
                let reason = format!("`{kind}` means `{}` to the base and `{}` to the revision", words.old, words.new);
                (reason, EvidenceStatus::None)
            }
            (None, None) => return None,
        };
        self.carried(anchor, &value, (&reason, status))
    }

    /// The message with a value that an open list no longer names: it is valid, but its reader no longer knows it.
    pub(super) fn unlisted(&mut self, edit: &Edit<'w>, anchor: AnchorId) -> Option<Evidence> {
        let (sender, sent, _, direction) = self.sides(anchor);
        let (from, to) = match sender {
            Side::Base => (edit.base, edit.revision),
            Side::Revision => (edit.revision, edit.base),
        };
        let values = |list: Option<Place<'w>>| {
            let list = list.map(|place| place.get("x-extensible-enum").unwrap_or(place));
            list.into_iter().flat_map(Place::elements).map(Place::to_json).collect::<Vec<_>>()
        };
        let known = values(to);
        let gone = values(from).into_iter().find(|value| !known.contains(value))?;
        let value = match self.engine.ask(&sent, None, direction, &[Wish::Holds(Vec::new(), gone.clone())]) {
            Answer::Found(value, _) if value == gone => value,
            _ => return None,
        };
        let reason = format!("`{gone}` is valid, but the {} no longer lists it", sender.other().name());
        self.carried(anchor, &value, (&reason, EvidenceStatus::None))
    }

    /// The whole message with a value that the reader refuses for this reason.
    fn carried(
        &mut self,
        anchor: AnchorId,
        value: &Value,
        (reason, status): (&str, EvidenceStatus),
    ) -> Option<Evidence> {
        let (sender, _, _, direction) = self.sides(anchor);
        let (spot, outer, steps) = self.way_out(anchor)?;
        let whole = if steps.is_empty() {
            value.clone()
        } else {
            let sent = self.sides(outer).1;
            match self.engine.ask(&sent, None, direction, &[Wish::Holds(steps.clone(), value.clone())]) {
                Answer::Found(whole, _) => whole,
                _ => return None,
            }
        };
        // The value itself stays, whatever format the other side asks for there.
        let (_, sent, read, direction) = self.sides(outer);
        let there = |whole: &Value| at_steps(whole, &steps).is_some_and(|found| found == value);
        let engine = &mut self.engine;
        let dressed = message::dressed(&whole, &[&sent, &read], |candidate| {
            there(candidate)
                && matches!(engine.check(&sent, direction, candidate), Some(Ok(())))
                && engine.check(&read, direction, candidate).is_some_and(|verdict| verdict.is_ok())
        });
        let whole = if there(&dressed) { dressed } else { whole };
        let given = Some((reason, status));
        match self.messages.with_value(&mut self.engine, &spot, sender, &whole, &Focus::default(), given) {
            Shown::Message(evidence) => Some(*evidence),
            _ => None,
        }
    }
}

/// What stands at the end of the steps.
fn at_steps<'v>(whole: &'v Value, steps: &[Step]) -> Option<&'v Value> {
    steps.iter().try_fold(whole, |at, step| match step {
        Step::Member(name) => at.get(name),
        Step::AnyMember => at.as_object()?.values().next_back(),
        Step::AnyItem => at.get(0),
    })
}
