//! Finds the message that shows an edit.
//!
//! Takes edits with the operations they reach; gives [`Evidence`] that the reader of the one side accepts and the reader
//! of the other refuses, for the reason the edit is about. What is not confirmed is not shown.

use super::check::{About, Reader, Reading};
use super::compose::{Content, Fill, Writer};
use super::{Part, Side, Spot};
use crate::diagnostic::{Evidence, EvidenceStatus};
use crate::diff::edit::ScopeId;
use crate::diff::walk::Root;
use crate::openapi::{Api, Operation, Response, StatusKey};
use crate::schema::{Dialect, Engine};
use crate::workspace::{Place, PlaceId};
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::rc::Rc;

/// An operation on both sides.
type Pair<'w> = (Option<Operation<'w>>, Option<Operation<'w>>);

/// Messages that are written and read, at most; beyond, findings go without.
const MAX_MESSAGES: usize = 6_000;

/// What the reason of a refusal should be about.
#[derive(Clone, Debug, Default)]
pub(in crate::diff) struct Focus<'w> {
    /// The place of the edit on the refusing side.
    pub(in crate::diff) place: Option<Place<'w>>,
    /// The property.
    pub(in crate::diff) member: Option<String>,
}

impl Focus<'_> {
    /// How well a reason fits: at the keyword of the edit, else about its property, else any.
    pub(in crate::diff) fn fits(&self, place: Option<PlaceId>, reason: &str) -> u8 {
        let of_edit = self.place.zip(place).is_some_and(|(edit, keyword)| {
            edit.document_id() == keyword.document && {
                let keyword = edit.workspace().place(keyword).path();
                let edit = edit.path();
                edit.starts_with(&keyword) || (keyword.starts_with(&edit) && !edit.is_empty())
            }
        });
        u8::from(self.names(reason)) * 2 + u8::from(of_edit)
    }

    /// Whether a reason names the property of the edit.
    pub(in crate::diff) fn names(&self, reason: &str) -> bool {
        self.member.as_ref().is_some_and(|name| {
            let mut from = 0;
            while let Some(at) = reason[from..].find(name.as_str()) {
                let (start, end) = (from + at, from + at + name.len());
                let mark = |text: Option<char>| text.filter(|c| matches!(c, '"' | '\''));
                if let Some(before) = mark(reason[..start].chars().next_back())
                    && mark(reason[end..].chars().next()) == Some(before)
                {
                    return true;
                }
                from = start + reason[start..].chars().next().map_or(1, char::len_utf8);
            }
            false
        })
    }
}

/// Writes and confirms messages of a pair of contracts.
pub(in crate::diff) struct Messages<'w> {
    readers: (Reader<'w>, Reader<'w>),
    pub(super) writers: (Writer, Writer),
    roots: Vec<Root<'w>>,
    written: usize,
    /// By the scope of an operation: the message whose credentials are refused.
    pub(super) refused_credentials: FxHashMap<ScopeId, Option<Evidence>>,
    /// What the last messages that were read gave: many edits are shown by the same one.
    readings: VecDeque<(Side, Value, Rc<Reading>)>,
}

/// Readings that are kept.
const KEPT_READINGS: usize = 4;

impl<'w> Messages<'w> {
    pub(in crate::diff) fn new(apis: (Api<'w>, Api<'w>), dialects: (Dialect, Dialect), roots: Vec<Root<'w>>) -> Self {
        Messages {
            readers: (Reader::new(apis.0, dialects.0), Reader::new(apis.1, dialects.1)),
            writers: (Writer::new(dialects.0), Writer::new(dialects.1)),
            roots,
            written: 0,
            refused_credentials: FxHashMap::default(),
            readings: VecDeque::new(),
        }
    }

    pub(super) fn writer(&mut self, side: Side) -> &mut Writer {
        match side {
            Side::Base => &mut self.writers.0,
            Side::Revision => &mut self.writers.1,
        }
    }

    fn read(&mut self, side: Side, engine: &mut Engine<'w>, message: &Value) -> Rc<Reading> {
        if let Some((.., known)) = self.readings.iter().find(|(of, read, _)| *of == side && read == message) {
            return known.clone();
        }
        let reading = Rc::new(match side {
            Side::Base => self.readers.0.read(engine, message),
            Side::Revision => self.readers.1.read(engine, message),
        });
        if self.readings.len() >= KEPT_READINGS {
            self.readings.pop_front();
        }
        self.readings.push_back((side, message.clone(), reading.clone()));
        reading
    }

    /// The message with this value at the spot, where its sender's side accepts it and the other refuses it there. With a
    /// `reason`, the other side has refused the value already.
    pub(in crate::diff) fn with_value(
        &mut self,
        engine: &mut Engine<'w>,
        spot: &Spot<'w>,
        sender: Side,
        value: &Value,
        focus: &Focus<'w>,
        reason: Option<&str>,
    ) -> Option<Evidence> {
        let root = self.roots.get(spot.root)?;
        let pair = (root.base, root.revision);
        let operation = sender.of(pair)?;
        if self.written >= MAX_MESSAGES {
            return None;
        }
        let (message, about) = match (spot.part, spot.status) {
            (Part::Body(names), None) => {
                let content = Content::Given(sendable(sender, names), value.clone());
                let fill = Fill { content, ..Fill::default() };
                (self.writer(sender).request(engine, &operation, &fill)?, About::Body)
            }
            (Part::Parameter(place, names), None) => {
                let name = sender.of(names);
                let fill = Fill { parameter: Some((place, name.to_owned(), Some(value.clone()))), ..Fill::default() };
                let about = About::Parameter(place.name(), sender.other().of(names).to_owned());
                (self.writer(sender).request(engine, &operation, &fill)?, about)
            }
            (Part::Body(names), Some(status)) => {
                let response = answer_of(&operation, sender.of(status))?;
                let content = Content::Given(sendable(sender, names), value.clone());
                (self.writer(sender).answer(engine, &response, &content, None)?, About::Body)
            }
            (Part::Header(name), Some(status)) => {
                let response = answer_of(&operation, sender.of(status))?;
                let header = Some((name, value.clone()));
                let message = self.writer(sender).answer(engine, &response, &Content::AsNeeded, header)?;
                (message, About::Header(name.to_ascii_lowercase()))
            }
            _ => return None,
        };
        let Some(reason) = reason else { return self.focused(engine, message, sender, &pair, &about, focus) };
        self.written += 1;
        let good = self.read(sender, engine, &message);
        (!good.unclear && good.faults.is_empty()).then(|| shown(message, sender, reason.to_owned()))
    }

    /// Reads a message on both sides.
    pub(super) fn confirmed(
        &mut self,
        engine: &mut Engine<'w>,
        message: Value,
        accepted_by: Side,
        pair: &Pair<'w>,
        about: &About,
    ) -> Option<Evidence> {
        self.focused(engine, message, accepted_by, pair, about, &Focus::default())
    }

    /// The same; of several reasons, the one that fits best.
    fn focused(
        &mut self,
        engine: &mut Engine<'w>,
        message: Value,
        accepted_by: Side,
        pair: &Pair<'w>,
        about: &About,
        focus: &Focus<'w>,
    ) -> Option<Evidence> {
        if self.written >= MAX_MESSAGES {
            return None;
        }
        self.written += 1;
        let good = self.read(accepted_by, engine, &message);
        if good.unclear || !good.faults.is_empty() {
            return None;
        }
        let refusing = accepted_by.other();
        let (bad, prefix) = match moved(pair).filter(|_| *about != About::Operation) {
            Some(operations) => {
                let (own, other) = (accepted_by.of(operations), refusing.of(operations));
                let reader = if refusing == Side::Base { &self.readers.0 } else { &self.readers.1 };
                let was = if refusing == Side::Base { "was" } else { "is" };
                let prefix = format!("at `{}`, where the operation {was}: ", other.label());
                (Rc::new(reader.read_moved(engine, &message, (&own, &other))), prefix)
            }
            None => (self.read(refusing, engine, &message), String::new()),
        };
        let found = bad.faults.iter().filter(|fault| fault.about == *about);
        // Of equals the first.
        let fault = found.rev().max_by_key(|fault| focus.fits(fault.place, &fault.reason))?;
        Some(shown(message, accepted_by, prefix + &fault.reason))
    }
}

fn shown(message: Value, accepted_by: Side, reason: String) -> Evidence {
    Evidence {
        status: EvidenceStatus::Confirmed,
        value: message,
        accepted_by: accepted_by.name().to_owned(),
        rejected_by: accepted_by.other().name().to_owned(),
        reason,
    }
}

/// Both operations, where the path of the one is not that of the other.
fn moved<'w>((base, revision): &Pair<'w>) -> Option<(Operation<'w>, Operation<'w>)> {
    let (base, revision) = ((*base)?, (*revision)?);
    let plain = |operation: &Operation<'w>| {
        let mut parts = operation.path.template.split('{');
        let start = parts.next().unwrap_or_default().to_owned();
        parts.fold(start, |out, part| out + "{" + part.split_once('}').map_or(part, |(_, rest)| rest))
    };
    (plain(&base) != plain(&revision)).then_some((base, revision))
}

pub(super) fn answer_of<'w>(operation: &Operation<'w>, status: &str) -> Option<Response<'w>> {
    let key = StatusKey::parse(status);
    operation.responses().into_iter().find(|response| response.key == key)
}

/// A media type that can be sent: the sender's, or the other side's where the sender's is a range.
fn sendable(sender: Side, names: (&str, &str)) -> String {
    let (own, other) = (sender.of(names), sender.other().of(names));
    if own.contains('*') && !other.contains('*') { other.to_owned() } else { own.to_owned() }
}

/// Evidence about a part of a message, where no whole message could be confirmed.
pub(in crate::diff) fn of_part(
    sender: Side,
    operation: Option<Operation<'_>>,
    part: &str,
    value: &Value,
    reason: &str,
) -> Evidence {
    let mut message = json!({});
    if let Some(operation) = operation {
        message["method"] = Value::from(operation.method.to_ascii_uppercase());
        message["path"] = Value::from(operation.path.template);
    }
    message["part"] = Value::from(part);
    message["value"] = value.clone();
    shown(message, sender, reason.to_owned())
}
