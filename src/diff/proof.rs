//! The containment engine as judge: is what worked with the base still good, and if not, which message is not?
//!
//! Takes the pairs of schemas that the walk noted; gives a verdict per pair, once. An edit inside a pair that is proved
//! contained cannot hurt, whatever keyword moved; one inside a pair that is not gets the message that proves it: a value
//! that shows this very edit where there is one, put into a whole message where one can be written.

use super::edit::{AnchorId, Edit};
use super::effect::{Effect, Polarity};
use super::message::{self, Focus, Messages, Side, Spot};
use super::schema::Mark;
use super::walk::{Anchor, Origin, Root, Walk};
use crate::diagnostic::{Evidence, EvidenceStatus};
use crate::openapi::{Api, SchemaRef};
use crate::schema::{Answer, Dialect, Direction, Engine, SchemaSource, Settings, Step, Verdict, Wish, Witness};
use crate::workspace::Place;
use rustc_hash::FxHashMap;
use serde_json::Value;

/// Steps of the search per pair; a pair that needs more stays undecided.
const STEPS: u64 = 20_000;

/// Pairs that are judged, at most; beyond, edits keep the effect of their keyword.
const MAX_PAIRS: usize = 4_000;

/// How far enclosing pairs are asked whether they make up for an edit.
const MAX_AROUND: usize = 4;

/// Values of common formats, and one of none, in JSON.
const FORMATS: [&str; 14] = [
    "\"x\"",
    "2147483648",
    "9223372036854775808",
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

/// Nesting of a value in a message, at most.
const MAX_STEPS: usize = 24;

/// Properties that the other side asks for and a value is wished to have, at most.
const MAX_ASKED: usize = 40;

/// Edits that change what values mean to some reader, not which JSON values there are. Formats are among them:
/// validators differ in what they make of them, and the engine reads them as annotations.
const BEYOND: [&str; 7] =
    ["format-", "discriminator-", "content-", "xml-", "dialect-", "x-extensible-enum-", "dynamic-anchor-"];

/// What the engine says about an edit.
#[derive(Clone, Debug)]
pub(super) enum Proof {
    /// The edit cannot hurt.
    Harmless,
    /// It can, and this message shows it.
    Broken(Evidence),
    /// It could not be told.
    Undecided(String),
    /// The engine was not asked.
    Unasked,
}

/// Asks the engine and remembers.
pub(super) struct Prover<'w> {
    engine: Engine<'w>,
    messages: Messages<'w>,
    names: Vec<String>,
    anchors: Vec<Anchor<'w>>,
    dialects: (Dialect, Dialect),
    verdicts: FxHashMap<AnchorId, Verdict<'w>>,
    asked: usize,
    refused: usize,
}

impl<'w> Prover<'w> {
    pub(super) fn new(walk: &mut Walk<'w, '_>) -> Self {
        let dialect =
            |api: Api<'w>| Dialect::of(api.version(), api.root().get("jsonSchemaDialect").and_then(Place::as_str));
        let dialects = (dialect(walk.base), dialect(walk.revision));
        Prover {
            engine: Engine::new(Settings { steps: STEPS, ..Settings::default() }),
            messages: Messages::new((walk.base, walk.revision), dialects, walk.roots.clone()),
            names: std::mem::take(&mut walk.names),
            anchors: std::mem::take(&mut walk.anchors),
            dialects,
            verdicts: FxHashMap::default(),
            asked: 0,
            refused: 0,
        }
    }

    /// Judges an edit whose keyword may hurt.
    pub(super) fn judge(&mut self, edit: &Edit<'w>, effect: Effect, roots: &[&Root<'w>]) -> Proof {
        let Some(anchor) = edit.anchor else { return Proof::Unasked };
        // What a server may silently ignore, or a client may miss, is no question of sets of values.
        if effect == Effect::Unknown && edit.cause.is_none() {
            return Proof::Unasked;
        }
        if edit.cause.as_deref().is_some_and(|cause| BEYOND.iter().any(|part| cause.starts_with(part))) {
            return Proof::Unasked;
        }
        match self.verdict(anchor) {
            Some(Verdict::Contained) => Proof::Harmless,
            Some(Verdict::NotContained(witness)) => {
                if self.contained_around(anchor, 0) {
                    return Proof::Harmless;
                }
                // Another edit of the same schema may be to blame.
                if edit.cause.as_deref() == Some("pattern-changed") && witness.rejection.keyword != "pattern" {
                    return Proof::Unasked;
                }
                match self.witness(edit, anchor, &witness) {
                    Some((value, reason)) => Proof::Broken(self.evidence(edit, anchor, &value, &reason, roots)),
                    None => Proof::Harmless,
                }
            }
            Some(Verdict::Undecided(reason)) => {
                if self.contained_around(anchor, 0) {
                    Proof::Harmless
                } else {
                    Proof::Undecided(reason)
                }
            }
            None => Proof::Unasked,
        }
    }

    /// What was left unproved for lack of budget.
    pub(super) fn limitation(&self) -> Option<String> {
        let left = self.refused;
        (left > 0).then(|| {
            format!("{left} edits were judged by their keyword alone: {MAX_PAIRS} pairs of schemas were proved")
        })
    }

    fn verdict(&mut self, anchor: AnchorId) -> Option<Verdict<'w>> {
        if let Some(known) = self.verdicts.get(&anchor) {
            return Some(known.clone());
        }
        if self.asked >= MAX_PAIRS {
            self.refused += 1;
            return None;
        }
        self.asked += 1;
        let pair = self.anchors.get(anchor)?;
        let base = message::source(&pair.base, self.dialects.0);
        let revision = message::source(&pair.revision, self.dialects.1);
        let verdict = match pair.polarity {
            Polarity::ToServer => self.engine.compare(&base, &revision, Direction::Request),
            Polarity::ToClient => self.engine.compare(&revision, &base, Direction::Response),
        };
        self.verdicts.insert(anchor, verdict.clone());
        Some(verdict)
    }

    /// Whether every pair around one is proved contained, so that what changed inside is made up for there.
    fn contained_around(&mut self, anchor: AnchorId, depth: usize) -> bool {
        let pair = &self.anchors[anchor];
        if pair.direct || pair.around.is_empty() || pair.around.len() > MAX_AROUND || depth >= MAX_AROUND {
            return false;
        }
        let around = pair.around.clone();
        around.into_iter().all(|outer| match self.verdict(outer) {
            Some(Verdict::Contained) => true,
            Some(_) => self.contained_around(outer, depth + 1),
            None => false,
        })
    }

    /// The message of a breaking edit that is not about the set of values of a schema.
    pub(super) fn structural(&mut self, edit: &Edit<'w>, roots: &[&Root<'w>]) -> Option<Evidence> {
        if let Some(anchor) = edit.anchor
            && edit.cause.as_deref().is_some_and(|cause| cause.starts_with("format-"))
        {
            return self.format(edit, anchor);
        }
        self.messages.structural(&mut self.engine, edit, roots)
    }

    /// The message with a value that the sender's format allows and the reader's does not.
    fn format(&mut self, edit: &Edit<'w>, anchor: AnchorId) -> Option<Evidence> {
        let (sender, sent, read, direction) = self.sides(anchor);
        let (own, other) = match sender {
            Side::Base => (edit.base, edit.revision),
            Side::Revision => (edit.revision, edit.base),
        };
        let name = |place: Option<Place<'w>>| {
            let place = place.filter(|place| place.path().last().is_some_and(|token| token == "format"));
            place.and_then(Place::as_str)
        };
        let (own, asked) = (name(own), name(other)?);
        let (spot, outer, steps) = self.way_out(anchor)?;
        for candidate in FORMATS {
            let Ok(value) = serde_json::from_str::<Value>(candidate) else { continue };
            let Some(reason) = message::format_fault(asked, &value) else { continue };
            let fits = own.is_none_or(|own| message::format_fault(own, &value).is_none())
                && matches!(self.engine.check(&sent, direction, &value), Some(Ok(())))
                && matches!(self.engine.check(&read, direction, &value), Some(Ok(())));
            if !fits {
                continue;
            }
            let whole = if steps.is_empty() {
                Some(value.clone())
            } else {
                let outer = self.sides(outer).1;
                match self.engine.ask(&outer, None, direction, &[Wish::Holds(steps.clone(), value.clone())]) {
                    Answer::Found(whole, _) => Some(whole),
                    _ => None,
                }
            };
            let whole = whole?;
            return self.messages.with_value(&mut self.engine, &spot, sender, &whole, &Focus::default(), Some(&reason));
        }
        None
    }

    /// Who sends what the pair describes, and both schemas: the sender's, the reader's.
    fn sides(&self, anchor: AnchorId) -> (Side, SchemaSource<'w>, SchemaSource<'w>, Direction) {
        let pair = &self.anchors[anchor];
        let base = message::source(&pair.base, self.dialects.0);
        let revision = message::source(&pair.revision, self.dialects.1);
        match pair.polarity {
            Polarity::ToServer => (Side::Base, base, revision, Direction::Request),
            Polarity::ToClient => (Side::Revision, revision, base, Direction::Response),
        }
    }

    /// The value of a broken pair that shows this edit, with the reason of its rejection; that of the pair where none
    /// shows it; `None` when the edit alone is proved to refuse nothing.
    fn witness(&mut self, edit: &Edit<'w>, anchor: AnchorId, whole: &Witness<'w>) -> Option<(Value, String)> {
        let generic = (whole.value.clone(), whole.rejection.message.clone());
        let Some(wish) = wish(edit) else { return Some(generic) };
        let (sender, sent, read, direction) = self.sides(anchor);
        let focus = focus(edit, sender);
        // A property that is new and optional hurts nobody, although the base allowed anything under its name.
        let fresh = if edit.polarity == Polarity::ToServer && edit.cause.as_deref().is_some_and(is_list) {
            fresh_names(&self.anchors[anchor])
        } else {
            Vec::new()
        };
        if !fresh.is_empty() {
            let without: Vec<Wish<'w>> = fresh.into_iter().map(Wish::Absent).collect();
            match self.engine.ask(&sent, Some(&read), direction, &without) {
                Answer::None => return None,
                Answer::Found(value, Some(rejection)) => {
                    let reason = self.refused(&sent, &read, direction, &value, &focus).unwrap_or(rejection.message);
                    return Some((value, reason));
                }
                _ => {}
            }
        }
        if let Some(value) = self.grafted(&sent, &read, direction, &wish)
            && let Some(reason) = self.refused(&sent, &read, direction, &value, &focus)
        {
            return Some((value, reason));
        }
        // What the other edits ask for shall be there, so that this one alone is to blame.
        let asked = read.required().into_iter().filter(|name| edit.member.as_ref() != Some(name));
        let mut wishes: Vec<Wish<'w>> = asked.take(MAX_ASKED).map(Wish::Present).collect();
        wishes.push(wish);
        if wishes.len() > 1
            && let Answer::Found(value, _) = self.engine.ask(&sent, Some(&read), direction, &wishes)
            && let Some(reason) = self.refused(&sent, &read, direction, &value, &focus)
        {
            return Some((value, reason));
        }
        let alone = wishes.split_off(wishes.len() - 1);
        match self.engine.ask(&sent, Some(&read), direction, &alone) {
            Answer::Found(value, Some(rejection)) => {
                let reason = self.refused(&sent, &read, direction, &value, &focus).unwrap_or(rejection.message);
                Some((value, reason))
            }
            Answer::None if !edit.in_branch => None,
            _ => Some(generic),
        }
    }

    /// A value that both sides accept, with the one member taken out or put in that the wish is about.
    fn grafted(
        &mut self,
        sent: &SchemaSource<'w>,
        read: &SchemaSource<'w>,
        direction: Direction,
        wish: &Wish<'w>,
    ) -> Option<Value> {
        match wish {
            Wish::Absent(name) => {
                let mut value = self.engine.common(sent, read, direction, &[Wish::Present(name.clone())])?;
                value.as_object_mut()?.shift_remove(name)?;
                Some(value)
            }
            Wish::Present(name) => {
                let mut value = self.engine.common(sent, read, direction, &[Wish::Absent(name.clone())])?;
                let Answer::Found(with, _) = self.engine.ask(sent, None, direction, std::slice::from_ref(wish)) else {
                    return None;
                };
                value.as_object_mut()?.insert(name.clone(), with.get(name)?.clone());
                Some(value)
            }
            _ => None,
        }
    }

    /// The reason why the reader refuses what the sender may send; `None` when it does not.
    fn refused(
        &mut self,
        sent: &SchemaSource<'w>,
        read: &SchemaSource<'w>,
        direction: Direction,
        value: &Value,
        focus: &Focus<'w>,
    ) -> Option<String> {
        if !matches!(self.engine.check(sent, direction, value), Some(Ok(()))) {
            return None;
        }
        let faults = self.engine.faults(read, direction, value)?.into_iter().rev();
        let best = faults.max_by_key(|fault| focus.fits(fault.place.map(Place::id), &fault.message))?;
        Some(best.message)
    }

    /// The value in a whole message, else alone.
    fn evidence(
        &mut self,
        edit: &Edit<'w>,
        anchor: AnchorId,
        value: &Value,
        reason: &str,
        roots: &[&Root<'w>],
    ) -> Evidence {
        let sender = self.sides(anchor).0;
        let focus = focus(edit, sender);
        if let Some((spot, outer, steps)) = self.way_out(anchor) {
            let (_, sent, read, direction) = self.sides(outer);
            let mut wholes = Vec::new();
            if steps.is_empty() {
                wholes.push(value.clone());
            } else if let Some(whole) = self.engine.common(&sent, &read, direction, &[Wish::Reaches(steps.clone())]) {
                wholes.extend(graft(whole, &steps, value));
            }
            for whole in wholes {
                let message = self.messages.with_value(&mut self.engine, &spot, sender, &whole, &focus, None);
                if let Some(evidence) = message {
                    return evidence;
                }
            }
            if !steps.is_empty()
                && let Some(whole) = self.around(outer, steps, value)
                && let Some(evidence) = self.messages.with_value(&mut self.engine, &spot, sender, &whole, &focus, None)
            {
                return evidence;
            }
        }
        let operation = roots.first().and_then(|root| root.revision.or(root.base));
        message::of_part(sender, operation, &edit.words.location, value, reason)
    }

    /// The way from a pair to the message that holds it: where that is, the outermost pair, and the steps inwards.
    fn way_out(&self, anchor: AnchorId) -> Option<(Spot<'w>, AnchorId, Vec<Step>)> {
        let (mut steps, mut at) = (Vec::new(), anchor);
        for _ in 0..MAX_STEPS {
            let pair = &self.anchors[at];
            match pair.origin {
                Origin::Message(spot) => {
                    steps.reverse();
                    return Some((spot, at, steps));
                }
                Origin::Below(Mark::Unknown) | Origin::Unknown => return None,
                Origin::Below(Mark::Member(name)) => {
                    steps.push(Step::Member(self.names.get(name as usize)?.clone()));
                }
                Origin::Below(Mark::AnyMember) => steps.push(Step::AnyMember),
                Origin::Below(Mark::AnyItem) => steps.push(Step::AnyItem),
            }
            at = *pair.around.first()?;
        }
        None
    }

    /// A value of the outermost pair with this one at the end of the steps, refused as a whole.
    fn around(&mut self, outer: AnchorId, steps: Vec<Step>, value: &Value) -> Option<Value> {
        let (_, sent, read, direction) = self.sides(outer);
        let wish = [Wish::Holds(steps, value.clone())];
        match self.engine.ask(&sent, Some(&read), direction, &wish) {
            Answer::Found(value, _) => Some(value),
            Answer::None => None,
            // The reader of the message decides whether it is refused.
            Answer::Unknown => match self.engine.ask(&sent, None, direction, &wish) {
                Answer::Found(value, _) => Some(value),
                _ => None,
            },
        }
    }
}

/// Whether an edit is one of a list of branches.
fn is_list(cause: &str) -> bool {
    ["all-of-", "any-of-", "one-of-", "wrapped-in-", "unwrapped-from-"].iter().any(|part| cause.starts_with(part))
}

/// Properties that only the revision of a pair describes, branches included.
fn fresh_names(pair: &Anchor<'_>) -> Vec<String> {
    let (old, new) = (names(&pair.base), names(&pair.revision));
    let fresh: Vec<String> = new.into_iter().filter(|name| !old.contains(name)).collect();
    if fresh.len() > MAX_ASKED { Vec::new() } else { fresh }
}

/// The properties of a schema and its branches, each once.
fn names(schema: &SchemaRef<'_>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let (mut todo, mut seen) = (Vec::from_iter(schema.place()), Vec::new());
    while let Some(place) = todo.pop() {
        let place = place.resolved();
        if seen.contains(&place.id()) || seen.len() > 200 {
            continue;
        }
        seen.push(place.id());
        for member in place.get("properties").into_iter().flat_map(Place::members) {
            if !out.iter().any(|known| known == member.name) {
                out.push(member.name.to_owned());
            }
        }
        for list in ["allOf", "anyOf", "oneOf"] {
            todo.extend(place.get(list).into_iter().flat_map(Place::elements));
        }
    }
    out
}

/// What the reason of a refusal should be about: the edit, where the refusing side has it.
fn focus<'w>(edit: &Edit<'w>, sender: Side) -> Focus<'w> {
    let place = match sender {
        Side::Base => edit.revision,
        Side::Revision => edit.base,
    };
    Focus { place, member: edit.member.clone() }
}

/// A value with another one at the end of the steps.
fn graft(mut whole: Value, steps: &[Step], value: &Value) -> Option<Value> {
    let mut at = &mut whole;
    for step in steps {
        at = match step {
            Step::Member(name) => at.get_mut(name)?,
            Step::AnyMember => at.as_object_mut()?.values_mut().last()?,
            Step::AnyItem => at.get_mut(0)?,
        };
    }
    *at = value.clone();
    Some(whole)
}

/// What a value must show to be about an edit; `None` where any value of the broken pair will do.
fn wish<'w>(edit: &Edit<'w>) -> Option<Wish<'w>> {
    if edit.elsewhere {
        return None;
    }
    let id = &*edit.id;
    if let Some(name) = &edit.member {
        let there = id.ends_with("-schema-added")
            || id.ends_with("-schema-removed")
            || match edit.polarity {
                Polarity::ToServer => id.contains("-removed"),
                Polarity::ToClient => id.contains("-added") || id.starts_with("new-"),
            };
        return Some(if there { Wish::Present(name.clone()) } else { Wish::Absent(name.clone()) });
    }
    let place = match edit.polarity {
        Polarity::ToServer => edit.revision,
        Polarity::ToClient => edit.base,
    }?;
    let tokens = place.path();
    let mut depth = tokens.len().checked_sub(1)?;
    let numbered = |at: usize| tokens[at].bytes().all(|byte| byte.is_ascii_digit());
    if depth > 0
        && numbered(depth)
        && matches!(&*tokens[depth - 1], "allOf" | "anyOf" | "oneOf" | "enum" | "prefixItems")
    {
        depth -= 1;
    }
    let keyword = tokens[depth].clone();
    let named = depth.checked_sub(1).is_some_and(|before| {
        ["properties", "patternProperties", "schemas", "definitions", "$defs", "dependentSchemas"]
            .contains(&&*tokens[before])
    });
    if named {
        return None;
    }
    let path: Vec<&str> = tokens[..depth].iter().map(String::as_str).collect();
    let object = place.workspace().document_root(place.document_id()).descend(&path)?;
    if keyword == "additionalProperties" && place.as_bool() == Some(false) {
        return Some(Wish::Undeclared(object));
    }
    Some(Wish::Violates(object, keyword))
}

/// Evidence that nothing was decided.
pub(super) fn undecided(reason: String) -> Evidence {
    Evidence {
        status: EvidenceStatus::Undecided,
        value: Value::Null,
        accepted_by: String::new(),
        rejected_by: String::new(),
        reason,
    }
}
