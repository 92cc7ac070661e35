//! Values that show one edit: refused for this edit alone, where there is such a value.
//!
//! Takes an edit and its pair of schemas; gives a value that the sender's schema allows and the reader's refuses, with the
//! reason, or the proof that the edit alone refuses nothing.

use super::{Prover, is_beyond_values};
use crate::diagnostic::{Evidence, EvidenceStatus};
use crate::diff::change::{Action, Bound, Event, Group, Motion, Role};
use crate::diff::edit::{AnchorId, Edit};
use crate::diff::effect::Polarity;
use crate::diff::message::{Focus, Side};
use crate::diff::walk::{Anchor, Origin, Root};
use crate::openapi::{SchemaRef, is_annotation};
use crate::schema::{Answer, Direction, Rejection, SchemaSource, Wish, Witness};
use crate::workspace::Place;
use serde_json::Value;
use std::rc::Rc;

/// Reasons of one refusal that edits choose from.
const MAX_REASONS: usize = 4_000;

/// Keywords beside which a length or count stands for itself; annotations are others.
const PLAIN: [&str; 7] = ["type", "nullable", "maxLength", "minLength", "maxItems", "minItems", "items"];

/// Properties that the other side asks for and a value is wished to have, at most.
const MAX_ASKED: usize = 40;

/// What shows an edit.
pub(super) enum Shown {
    /// A value, with the reason of its rejection.
    Value(Value, String),
    /// Two limits: values that show it are longer than a proof can be.
    Numbers,
    /// The edit alone is proved to refuse nothing.
    Nothing,
}

impl From<Option<(Value, String)>> for Shown {
    fn from(found: Option<(Value, String)>) -> Self {
        found.map_or(Shown::Nothing, |(value, reason)| Shown::Value(value, reason))
    }
}

impl<'w> Prover<'w> {
    /// What shows this edit of a broken pair: a value, that of the pair where none shows it alone.
    pub(super) fn witness(&mut self, edit: &Edit<'w>, anchor: AnchorId, whole: &Witness<'w>) -> Shown {
        let mut generic = (whole.value.clone(), whole.rejection.leaf(&|_| 0).message.clone());
        let (_, sent, read, direction) = self.sides(anchor);
        let in_path = matches!(self.anchors[anchor].origin, Origin::Message(spot) if spot.in_path());
        if in_path && whole.value.as_str().is_some_and(str::is_empty) {
            // No empty text stands in a path.
            match self.engine.ask(&sent, Some(&read), direction, &[Wish::Filled]) {
                Answer::None => return Shown::Nothing,
                Answer::Found(value, Some(rejection)) => generic = (value, rejection.leaf(&|_| 0).message.clone()),
                _ => {}
            }
        }
        match self.shown(edit, anchor, generic.clone()) {
            // Nothing is written for `null` there.
            Shown::Value(value, _) if value.is_null() && self.is_text(anchor) => Some(generic).into(),
            shown => shown,
        }
    }

    /// The value that shows this edit, else the `generic` one.
    fn shown(&mut self, edit: &Edit<'w>, anchor: AnchorId, generic: (Value, String)) -> Shown {
        let (sender, sent, read, direction) = self.sides(anchor);
        let in_path = matches!(self.anchors[anchor].origin, Origin::Message(spot) if spot.in_path());
        let Some(wish) = wish(edit) else { return Some(generic).into() };
        let focus = Focus::of(edit, sender.other());
        // A property that is new and optional hurts nobody, although the base allowed anything under its name.
        let fresh = if edit.polarity == Polarity::ToServer && edit.id.event.group() == Group::Branches {
            fresh_names(&self.anchors[anchor])
        } else {
            Vec::new()
        };
        if !fresh.is_empty() {
            let without: Vec<Wish<'w>> = fresh.into_iter().map(Wish::Absent).collect();
            match self.engine.ask(&sent, Some(&read), direction, &without) {
                Answer::None => return Shown::Nothing,
                Answer::Found(value, Some(rejection)) => {
                    let reason = self.refused(&sent, &read, direction, &value, &focus).unwrap_or(rejection.message);
                    return Shown::Value(value, reason);
                }
                _ => {}
            }
        }
        if let Some(value) = self.grafted(&sent, &read, direction, &wish)
            && let Some(reason) = self.refused(&sent, &read, direction, &value, &focus)
        {
            return Shown::Value(value, reason);
        }
        // What the other keywords of the schema ask for shall hold, so that this one alone is to blame.
        let kept = kept(&wish);
        if !kept.is_empty() {
            let wishes: Vec<Wish<'w>> =
                kept.into_iter().chain(in_path.then_some(Wish::Filled)).chain([wish.clone()]).collect();
            if let Answer::Found(value, _) = self.engine.ask(&sent, Some(&read), direction, &wishes)
                && let Some(reason) = self.refused(&sent, &read, direction, &value, &focus)
            {
                return Shown::Value(value, reason);
            }
        }
        // What the other edits ask for shall be there, so that this one alone is to blame.
        let asked = read.required().into_iter().filter(|name| edit.member.as_ref() != Some(name));
        let mut wishes: Vec<Wish<'w>> = asked.take(MAX_ASKED).map(Wish::Present).collect();
        wishes.extend(in_path.then_some(Wish::Filled));
        wishes.push(wish);
        if wishes.len() > 1
            && let Answer::Found(value, _) = self.engine.ask(&sent, Some(&read), direction, &wishes)
            && let Some(reason) = self.refused(&sent, &read, direction, &value, &focus)
        {
            return Shown::Value(value, reason);
        }
        let alone = wishes.split_off(wishes.len() - 1 - usize::from(in_path));
        match self.engine.ask(&sent, Some(&read), direction, &alone) {
            Answer::Found(value, Some(rejection)) => {
                let reason = self.refused(&sent, &read, direction, &value, &focus).unwrap_or(rejection.message);
                Shown::Value(value, reason)
            }
            Answer::None if !edit.in_branch => Shown::Nothing,
            _ if is_beyond_values(edit) => Shown::Numbers,
            _ => Some(generic).into(),
        }
    }

    /// Whether values of a pair are written as text in a parameter or header.
    fn is_text(&self, anchor: AnchorId) -> bool {
        let pair = &self.anchors[anchor];
        pair.text.is_some() && matches!(pair.subject.role(), Role::Parameter | Role::Header)
    }

    /// The witness of a pair, or another where nothing would be written for it; `None` when there is no other.
    pub(super) fn written(&mut self, anchor: AnchorId, witness: Box<Witness<'w>>) -> Option<Box<Witness<'w>>> {
        if !witness.value.is_null() || !self.is_text(anchor) {
            return Some(witness);
        }
        let (_, sent, read, direction) = self.sides(anchor);
        match self.engine.ask(&sent, Some(&read), direction, &[Wish::Something]) {
            Answer::None => None,
            Answer::Found(value, Some(rejection)) => Some(Box::new(Witness { value, rejection: *rejection })),
            _ => Some(witness),
        }
    }

    /// Whether an edit moves a length or count of schemas in which no other keyword has a say about it.
    pub(super) fn is_plain_limit(&self, edit: &Edit<'w>, anchor: AnchorId) -> bool {
        let pair = &self.anchors[anchor];
        let plain = |schema: &SchemaRef<'w>| {
            schema
                .place()
                .map(Place::resolved)
                .is_some_and(|place| place.members().all(|key| PLAIN.contains(&key.name) || is_annotation(key.name)))
        };
        let counted = matches!(
            edit.id.event,
            Event::Limit(
                Bound::MaxLength | Bound::MinLength | Bound::MaxItems | Bound::MinItems,
                Motion::Increased | Motion::Decreased
            )
        );
        let alone = !edit.in_branch && !edit.elsewhere && !edit.negated && edit.effect.is_none();
        counted && alone && plain(&pair.base) && plain(&pair.revision)
    }

    /// The value that decided the pair, with the reason of its refusal that is about this edit where there is one.
    pub(super) fn shared(
        &mut self,
        edit: &Edit<'w>,
        anchor: AnchorId,
        witness: &Witness<'w>,
        roots: &[&Root<'w>],
    ) -> Evidence {
        let (sender, _, read, direction) = self.sides(anchor);
        let reasons = match self.reasons.get(&anchor) {
            Some(known) => known.clone(),
            None => {
                let all = self.engine.faults_up_to(&read, direction, &witness.value, MAX_REASONS);
                let all: Rc<[Rejection<'w>]> = all.unwrap_or_default().into();
                self.reasons.insert(anchor, all.clone());
                all
            }
        };
        let focus = Focus::of(edit, sender.other());
        let weight = |rejection: &Rejection<'w>| focus.weight(rejection);
        let leaves = reasons.iter().map(|fault| fault.leaf(&weight));
        let best = leaves.filter(|leaf| focus.names(leaf)).max_by_key(|leaf| weight(leaf));
        let reason = best.map_or(&witness.rejection.leaf(&weight).message, |leaf| &leaf.message);
        let reason = reason.clone();
        let part = (edit.words.location.as_str(), &witness.value);
        let status = EvidenceStatus::Confirmed;
        self.messages.of_part((status, sender), roots.first().copied(), part, &reason, (&focus, reasons.to_vec()))
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
        let weight = |rejection: &Rejection<'w>| focus.weight(rejection);
        let best = faults.max_by_key(|fault| weight(fault).max(weight(fault.leaf(&weight))))?;
        Some(best.leaf(&weight).message.clone())
    }
}

/// What a value must show to be about an edit; `None` where any value of the broken pair will do.
pub(super) fn wish<'w>(edit: &Edit<'w>) -> Option<Wish<'w>> {
    if edit.elsewhere {
        return None;
    }
    if let Some(name) = &edit.member {
        let event = edit.id.event;
        let there = matches!(event, Event::PropertySchemaAdded | Event::PropertySchemaRemoved)
            || match edit.polarity {
                Polarity::ToServer => event.action() == Action::Removes,
                Polarity::ToClient => event.action() == Action::Adds,
            };
        return Some(if there { Wish::Present(name.clone()) } else { Wish::Absent(name.clone()) });
    }
    let place = Side::refusing(edit.polarity).of((edit.base, edit.revision))?;
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

/// Keywords that look at a value by themselves, by what they look at.
const SEPARATE: [&[&str]; 11] = [
    &["type", "enum", "const", "nullable", "x-nullable"],
    &["minimum", "exclusiveMinimum"],
    &["maximum", "exclusiveMaximum"],
    &["multipleOf"],
    &["minLength"],
    &["maxLength"],
    &["pattern"],
    &["minItems"],
    &["maxItems"],
    &["minProperties"],
    &["maxProperties"],
];

/// That a value which breaks one keyword keeps the others beside it.
fn kept<'w>(wish: &Wish<'w>) -> Vec<Wish<'w>> {
    let Wish::Violates(object, keyword) = wish else { return Vec::new() };
    let kind = |name: &str| SEPARATE.iter().position(|kind| kind.contains(&name));
    let own = kind(keyword);
    let mut seen = Vec::new();
    for member in object.members() {
        let Some(kind) = kind(member.name).filter(|kind| Some(*kind) != own) else { continue };
        if !seen.iter().any(|(known, _)| *known == kind) {
            seen.push((kind, Wish::Keeps(*object, member.name.to_owned())));
        }
    }
    seen.into_iter().map(|(_, wish)| wish).collect()
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
