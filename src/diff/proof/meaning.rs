//! Edits of what values mean to their readers: formats and discriminators. The containment engine knows values alone, so
//! these get messages of their own: one that both schemas allow, but that the reader cannot understand.

use super::Prover;
use crate::diagnostic::Evidence;
use crate::diff::change::Event;
use crate::diff::edit::{AnchorId, Edit};
use crate::diff::message::{self, Focus, Side};
use crate::schema::{Answer, Step, Wish};
use crate::workspace::Place;
use serde_json::Value;

/// Values of common formats, and one of none, in JSON.
const FORMATS: [&str; 16] = [
    "\"x\"",
    "2147483648",
    "9223372036854775808",
    "1e39",
    "-2147483649",
    "\"2026-01-31\"",
    "\"2026-01-31T12:00:00Z\"",
    "\"12:00:00Z\"",
    "\"P1D\"",
    "\"123e4567-e89b-12d3-a456-426614174000\"",
    "\"a@example.com\"",
    "\"https://example.com/a\"",
    "\"example.com\"",
    "\"192.0.2.1\"",
    "\"2001:db8::1\"",
    "\"00000000000000000000\"",
];

impl<'w> Prover<'w> {
    /// Whether the sender's limits keep all numbers within the format that the reader asks for, so that it refuses
    /// nothing.
    pub(super) fn within_format(&self, edit: &Edit<'w>, anchor: AnchorId) -> bool {
        let (sender, ..) = self.sides(anchor);
        let asked = match sender {
            Side::Base => edit.revision,
            Side::Revision => edit.base,
        };
        let Some((low, high)) = asked.and_then(format_name).and_then(message::format_range) else { return false };
        let pair = &self.anchors[anchor];
        let schema = match sender {
            Side::Base => &pair.base,
            Side::Revision => &pair.revision,
        };
        let number = |key: &str| schema.place()?.resolved().get(key)?.as_f64();
        let limit = |keys: [&str; 2]| keys.into_iter().find_map(number);
        limit(["minimum", "exclusiveMinimum"]).is_some_and(|least| least >= low)
            && limit(["maximum", "exclusiveMaximum"]).is_some_and(|most| most <= high)
    }

    /// The message with a value that the sender's format allows and the reader's does not.
    pub(super) fn format(&mut self, edit: &Edit<'w>, anchor: AnchorId) -> Option<Evidence> {
        let (sender, sent, read, direction) = self.sides(anchor);
        let (own, other) = match sender {
            Side::Base => (edit.base, edit.revision),
            Side::Revision => (edit.revision, edit.base),
        };
        let (own, asked) = (own.and_then(format_name), other.and_then(format_name)?);
        let mut second = None;
        for candidate in FORMATS {
            let Ok(value) = serde_json::from_str::<Value>(candidate) else { continue };
            let Some(reason) = message::format_fault(asked, &value) else { continue };
            let sendable = own.is_none_or(|own| message::format_fault(own, &value).is_none())
                && matches!(self.engine.check(&sent, direction, &value), Some(Ok(())));
            if !sendable {
                continue;
            }
            // Best is a value that the format alone refuses.
            if matches!(self.engine.check(&read, direction, &value), Some(Ok(()))) {
                return self.carried(anchor, &value, &reason);
            }
            second.get_or_insert((value, reason));
        }
        let (value, reason) = second?;
        self.carried(anchor, &value, &reason)
    }

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

/// The format, where the place of an edit is one.
fn format_name(place: Place<'_>) -> Option<&str> {
    place.as_str().filter(|_| place.path().last().is_some_and(|token| token == "format"))
}
