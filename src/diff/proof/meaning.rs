//! Edits of what values mean to their readers: discriminators. The containment engine knows values alone, so these get
//! messages of their own: one that both schemas allow, but that the reader cannot understand.

use super::Prover;
use crate::diagnostic::Evidence;
use crate::diff::change::Event;
use crate::diff::edit::{AnchorId, Edit};
use crate::diff::message::{self, Focus, Side};
use crate::schema::{Answer, Step, Wish};
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
            Some(Err(rejection)) => Some(rejection.message),
            _ => None,
        };
        let reason = message::kind_fault(other, &value).or(refused)?;
        self.carried(anchor, &value, &reason)
    }

    /// The whole message with a value that the reader refuses for this reason.
    fn carried(&mut self, anchor: AnchorId, value: &Value, reason: &str) -> Option<Evidence> {
        let (sender, _, _, direction) = self.sides(anchor);
        let (spot, outer, steps) = self.way_out(anchor)?;
        let whole = if steps.is_empty() {
            value.clone()
        } else {
            let outer = self.sides(outer).1;
            match self.engine.ask(&outer, None, direction, &[Wish::Holds(steps, value.clone())]) {
                Answer::Found(whole, _) => whole,
                _ => return None,
            }
        };
        self.messages.with_value(&mut self.engine, &spot, sender, &whole, &Focus::default(), Some(reason))
    }
}
