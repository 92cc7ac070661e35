//! Finds the message that shows an edit.
//!
//! Takes edits with the operations they reach; gives [`Evidence`] that the reader of the one side accepts and the reader
//! of the other refuses, for the reason the edit is about. What is not confirmed is not shown.

use super::check::{About, Fault, Reader, Reading};
use super::compose::{Content, Draft, Fill, Writer};
use super::suspects::Suspects;
use super::wire::{Message, Unsendable};
use super::{Focus, Part, Side, Spot, capture};
use crate::diagnostic::{Evidence, EvidenceStatus, Isolation, OtherReason};
use crate::diff::edit::ScopeId;
use crate::diff::walk::Root;
use crate::openapi::{Api, Operation, ParameterIn, Response, StatusKey};
use crate::schema::{Dialect, Engine, Rejection};
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::rc::Rc;

/// An operation on both sides.
type Pair<'w> = (Option<Operation<'w>>, Option<Operation<'w>>);

/// Parts of messages that are written and read, at most; beyond, findings go without. Counting messages would let the work
/// grow with the square of what one operation has.
const MAX_PARTS: usize = 200_000;

/// Reasons that are told beside the one that a finding is about.
const MAX_ALSO: usize = 5;
/// Other reasons that are read for them: a message may have one for each property.
const MAX_FOREIGN: usize = 40;

/// Writes and confirms messages of a pair of contracts.
pub(in crate::diff) struct Messages<'w> {
    readers: (Reader<'w>, Reader<'w>),
    pub(super) writers: (Writer, Writer),
    dialects: (Dialect, Dialect),
    roots: Vec<Root<'w>>,
    /// Parts of the messages so far.
    written: usize,
    /// By the scope of an operation: the message whose credentials are refused.
    pub(super) refused_credentials: FxHashMap<ScopeId, Option<Evidence>>,
    /// What the last messages that were read gave: many edits are shown by the same one.
    readings: VecDeque<(Side, Message, Rc<Reading<'w>>)>,
    /// Edits that may be why a message is refused as well.
    suspects: Suspects<'w>,
}

/// Readings that are kept.
const KEPT_READINGS: usize = 4;

impl<'w> Messages<'w> {
    pub(in crate::diff) fn new(
        apis: (Api<'w>, Api<'w>),
        dialects: (Dialect, Dialect),
        roots: Vec<Root<'w>>,
        suspects: Suspects<'w>,
    ) -> Self {
        Messages {
            readers: (Reader::new(apis.0, dialects.0), Reader::new(apis.1, dialects.1)),
            writers: (Writer::new(Side::Base, dialects), Writer::new(Side::Revision, dialects)),
            dialects,
            roots,
            written: 0,
            refused_credentials: FxHashMap::default(),
            readings: VecDeque::new(),
            suspects,
        }
    }

    /// Whether no more messages are written.
    pub(in crate::diff) fn is_spent(&self) -> bool {
        self.written >= MAX_PARTS
    }

    /// What the keywords of a side mean.
    pub(super) fn dialect(&self, side: Side) -> Dialect {
        side.of(self.dialects)
    }

    pub(super) fn writer(&mut self, side: Side) -> &mut Writer {
        match side {
            Side::Base => &mut self.writers.0,
            Side::Revision => &mut self.writers.1,
        }
    }

    pub(super) fn read(&mut self, side: Side, engine: &mut Engine<'w>, message: &Message) -> Rc<Reading<'w>> {
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
        reason: Option<(&str, EvidenceStatus)>,
    ) -> Shown {
        let Some((draft, about, pair)) = self.draft(engine, spot, sender, value) else { return Shown::Unknown };
        let Some((reason, status)) = reason else { return self.focused(engine, draft, sender, &pair, &about, focus) };
        if self.is_spent() {
            return Shown::Unknown;
        }
        let message = match draft.wire {
            Ok(message) => message,
            Err(reason) => return Shown::Unsendable(reason),
        };
        self.written += message.parts();
        let good = self.read(sender, engine, &message);
        if good.unclear || good.refuses() {
            return Shown::Unknown;
        }
        Shown::Message(Box::new(shown(status, (draft.value, &message), sender, reason.to_owned())))
    }

    /// The message with this value at the spot, and what it is about.
    fn draft(
        &mut self,
        engine: &mut Engine<'w>,
        spot: &Spot<'w>,
        sender: Side,
        value: &Value,
    ) -> Option<(Draft, About, Pair<'w>)> {
        let root = self.roots.get(spot.root)?;
        let pair = (root.base, root.revision);
        let (operation, other) = (sender.of(pair)?, sender.other().of(pair));
        let pairing = (&operation, other.as_ref());
        let (draft, about) = match (spot.part, spot.status) {
            (Part::Body(names), None) => {
                let content = Content::Given(sendable(sender, names), value.clone());
                let fill = Fill { content, ..Fill::default() };
                (self.writer(sender).request(engine, pairing, &fill)?, About::Body)
            }
            (Part::Parameter(place, names), None) => {
                let name = sender.of(names);
                let fill = Fill { parameter: Some((place, name.to_owned(), Some(value.clone()))), ..Fill::default() };
                let about = About::Parameter(place.name(), sender.other().of(names).to_owned());
                (self.writer(sender).request(engine, pairing, &fill)?, about)
            }
            (Part::Body(names), Some(status)) => {
                let response = answer_of(&operation, sender.of(status))?;
                let content = Content::Given(sendable(sender, names), value.clone());
                (self.writer(sender).answer(engine, (&response, other.as_ref()), &content, None)?, About::Body)
            }
            (Part::Header(name), Some(status)) => {
                let response = answer_of(&operation, sender.of(status))?;
                let header = Some((name, value.clone()));
                let draft =
                    self.writer(sender).answer(engine, (&response, other.as_ref()), &Content::AsNeeded, header)?;
                (draft, About::Header(name.to_ascii_lowercase()))
            }
            _ => return None,
        };
        Some((draft, about, pair))
    }

    /// The message with a parameter that both sides write in other ways: refused, or read as another value.
    pub(super) fn misread(
        &mut self,
        engine: &mut Engine<'w>,
        draft: Draft,
        pair: &Pair<'w>,
        (place, name, value): (ParameterIn, &str, &Value),
    ) -> Option<Evidence> {
        let about = About::Parameter(place.name(), name.to_owned());
        if let Some(evidence) = self.confirmed(engine, draft.clone(), Side::Base, pair, &about) {
            return (evidence.status == EvidenceStatus::Confirmed).then_some(evidence);
        }
        let message = draft.wire.ok()?;
        let good = self.read(Side::Base, engine, &message);
        if good.unclear || good.refuses() || !self.readers.0.readings(&message, place, name).contains(value) {
            return None;
        }
        let read = self.readers.1.readings(&message, place, name);
        if read.contains(value) {
            return None;
        }
        let reason = match read.first() {
            Some(other) => format!("the revision reads `{name}` as `{other}`, the base as `{value}`"),
            None => format!("the revision does not find `{name}`"),
        };
        Some(shown(EvidenceStatus::None, (draft.value, &message), Side::Base, reason))
    }

    /// Reads a message on both sides.
    pub(super) fn confirmed(
        &mut self,
        engine: &mut Engine<'w>,
        draft: Draft,
        accepted_by: Side,
        pair: &Pair<'w>,
        about: &About,
    ) -> Option<Evidence> {
        match self.focused(engine, draft, accepted_by, pair, about, &Focus::default()) {
            Shown::Message(evidence) => Some(*evidence),
            _ => None,
        }
    }

    /// The same; of several reasons, the one that fits best.
    fn focused(
        &mut self,
        engine: &mut Engine<'w>,
        draft: Draft,
        accepted_by: Side,
        pair: &Pair<'w>,
        about: &About,
        focus: &Focus<'w>,
    ) -> Shown {
        if self.is_spent() {
            return Shown::Unknown;
        }
        let message = match draft.wire {
            Ok(message) => message,
            Err(reason) => return Shown::Unsendable(reason),
        };
        self.written += message.parts();
        let good = self.read(accepted_by, engine, &message);
        if good.unclear || good.refuses() {
            return Shown::Unknown;
        }
        let refusing = accepted_by.other();
        // One that has the address as well reads it as it is sent.
        let elsewhere = |operations: &(Operation<'w>, Operation<'w>)| {
            *about != About::Operation && capture(refusing.of(*operations).path.template, &message.path).is_none()
        };
        let (bad, prefix) = match moved(pair).filter(elsewhere) {
            Some(operations) => {
                let (own, other) = (accepted_by.of(operations), refusing.of(operations));
                let reader = if refusing == Side::Base { &self.readers.0 } else { &self.readers.1 };
                let was = if refusing == Side::Base { "was" } else { "is" };
                let prefix = format!("at `{}`, where the operation {was}: ", other.label());
                (Rc::new(reader.read_moved(engine, &message, (&own, &other))), prefix)
            }
            None => (self.read(refusing, engine, &message), String::new()),
        };
        let found = bad.faults.iter().filter(|fault| about.covers(&fault.about));
        // Of equals the first; a refusal before what is merely not described.
        let weight = |rejection: &Rejection<'w>| focus.weight(rejection);
        let best = found.rev().max_by_key(|fault| (!fault.soft, fault.weight(&weight)));
        let Some(fault) = best else {
            return if bad.unclear { Shown::Unknown } else { Shown::Accepted };
        };
        let status = if fault.soft { EvidenceStatus::Promise } else { EvidenceStatus::Confirmed };
        let mut evidence = shown(status, (draft.value, &message), accepted_by, prefix + &fault.sentence(&weight));
        let hard = bad.faults.iter().filter(|fault| !fault.soft);
        self.isolate(&mut evidence, hard, (about, focus), refusing, pair);
        Shown::Message(Box::new(evidence))
    }

    /// Says of a proof whether it is refused for its own edit alone, and for which edits otherwise.
    fn isolate<'f>(
        &self,
        evidence: &mut Evidence,
        faults: impl Iterator<Item = &'f Fault<'w>>,
        (about, focus): (&About, &Focus<'w>),
        refusing: Side,
        pair: &Pair<'w>,
    ) where
        'w: 'f,
    {
        let meant = |rejection: &Rejection<'w>| focus.is_at(rejection);
        let at_edit = |other: &Fault<'w>| {
            let rejected = || other.rejection.as_ref().is_none_or(|rejection| rejection.is_only(&meant));
            about.covers(&other.about) && (focus.is_open() || rejected())
        };
        let mut foreign = faults.filter(|fault| !at_edit(fault)).peekable();
        let root = foreign.peek().and_then(|_| self.root_of(pair));
        // Where nothing else may hurt, every reason is this edit's.
        if foreign.peek().is_none() || !self.suspects.others(refusing, root, focus) {
            evidence.isolation = Some(Isolation::Alone);
            return;
        }
        evidence.isolation = Some(Isolation::Joint);
        let weight = |rejection: &Rejection<'w>| focus.weight(rejection);
        // What the proof itself says is not said again.
        let own = OtherReason { reason: evidence.reason.clone(), finding: None };
        for other in foreign.take(MAX_FOREIGN) {
            if evidence.also.len() >= MAX_ALSO {
                break;
            }
            let finding = self.suspects.of(other, refusing, root, focus);
            let other = OtherReason { reason: other.sentence(&weight), finding };
            if other != own && !evidence.also.contains(&other) {
                evidence.also.push(other);
            }
        }
    }

    /// The operation of a pair, as an index.
    fn root_of(&self, (base, revision): &Pair<'w>) -> Option<usize> {
        let id = |operation: Option<Operation<'w>>| operation.map(|operation| operation.place.id());
        let sides = (id(*base), id(*revision));
        self.roots.iter().position(|root| (id(root.base), id(root.revision)) == sides)
    }

    /// Evidence about a part of a message, where no whole message could be confirmed; with what refuses it.
    pub(in crate::diff) fn of_part(
        &self,
        (status, sender): (EvidenceStatus, Side),
        root: Option<&Root<'w>>,
        (part, value): (&str, &Value),
        reason: &str,
        (focus, faults): (&Focus<'w>, Vec<Rejection<'w>>),
    ) -> Evidence {
        let mut message = json!({});
        if let Some(operation) = root.and_then(|root| root.revision.or(root.base)) {
            message["method"] = Value::from(operation.method.to_ascii_uppercase());
            message["path"] = Value::from(operation.path.template);
        }
        message["part"] = Value::from(part);
        message["value"] = value.clone();
        let mut evidence = Evidence {
            status,
            value: message,
            accepted_by: sender.name().to_owned(),
            rejected_by: sender.other().name().to_owned(),
            reason: reason.to_owned(),
            ..Evidence::default()
        };
        let fault =
            |rejection| Fault { about: About::Body, reason: String::new(), rejection: Some(rejection), soft: false };
        let faults: Vec<Fault<'w>> = faults.into_iter().map(fault).collect();
        if !faults.is_empty() {
            let pair = root.map_or((None, None), |root| (root.base, root.revision));
            self.isolate(&mut evidence, faults.iter(), (&About::Body, focus), sender.other(), &pair);
        }
        evidence
    }
}

/// What became of the message that was to show an edit.
#[derive(Debug)]
pub(in crate::diff) enum Shown {
    /// It shows it.
    Message(Box<Evidence>),
    /// A value has no form on the wire.
    Unsendable(Unsendable),
    /// Read back from the wire, the other side accepts it.
    Accepted,
    /// It could not be written or judged.
    Unknown,
}

pub(super) fn shown(
    status: EvidenceStatus,
    (value, message): (Value, &Message),
    accepted_by: Side,
    reason: String,
) -> Evidence {
    Evidence {
        status,
        value,
        message: Some(message.to_json()),
        accepted_by: accepted_by.name().to_owned(),
        rejected_by: accepted_by.other().name().to_owned(),
        reason,
        ..Evidence::default()
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
