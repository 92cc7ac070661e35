//! From a value to the message that carries it: where its schema stands in a message, and a message with it there.

use super::Proof;
use super::Prover;
use super::witness::wish;
use crate::diagnostic::{Category, Evidence, EvidenceStatus};
use crate::diff::edit::{AnchorId, Edit};
use crate::diff::message::{self, Focus, Part, Shown, Spot, Unsendable};
use crate::diff::pair::Mark;
use crate::diff::walk::{Origin, Root};
use crate::schema::{Answer, Engine, Rejection, Step, Texts, Travel, Wish};
use crate::workspace::Place;
use serde_json::Value;

/// Reasons of a refusal that must stay when a value is dressed.
const MAX_FAULTS: usize = 64;

/// Why values were no proof.
#[derive(Debug, Default)]
struct Met {
    accepted: bool,
    unsendable: Option<Unsendable>,
}

impl Met {
    fn note(&mut self, shown: Shown) -> Option<Box<Evidence>> {
        match shown {
            Shown::Message(evidence) => return Some(evidence),
            Shown::Accepted => self.accepted = true,
            Shown::Unsendable(reason) => {
                self.unsendable.get_or_insert(reason);
            }
            Shown::Unknown => {}
        }
        None
    }
}

/// Nesting of a value in a message, at most.
const MAX_STEPS: usize = 24;

impl<'w> Prover<'w> {
    /// The proof by a value in a whole message, else alone; where no value that is refused can be sent, that.
    pub(super) fn evidence(
        &mut self,
        edit: &Edit<'w>,
        anchor: AnchorId,
        (value, reason): (&Value, &str),
        category: Category,
        roots: &[&Root<'w>],
    ) -> Proof {
        let sender = self.sides(anchor).0;
        let focus = Focus::of(edit, sender.other());
        let mut status = EvidenceStatus::Confirmed;
        if let Some((spot, outer, steps)) = self.way_out(anchor) {
            let (_, sent, read, direction) = self.sides(outer);
            let mut wholes = Vec::new();
            if steps.is_empty() {
                wholes.push(value.clone());
            } else if let Some(whole) = self.engine.common(&sent, &read, direction, &[Wish::Reaches(steps.clone())]) {
                wholes.extend(graft(whole, &steps, value));
            }
            let mut met = Met::default();
            for whole in wholes {
                if let Some(evidence) = met.note(self.message(&spot, outer, &whole, &focus)) {
                    return Proof::Broken(evidence, category);
                }
            }
            if !steps.is_empty()
                && let Some(whole) = self.around(outer, steps.clone(), value)
                && let Some(evidence) = met.note(self.message(&spot, outer, &whole, &focus))
            {
                return Proof::Broken(evidence, category);
            }
            match self.otherwise(edit, &spot, (anchor, outer, &steps), &focus, &mut met, category) {
                Some(proof) => return proof,
                None if matches!(met.unsendable, Some(Unsendable::Decoded | Unsendable::Nested)) => {
                    status = EvidenceStatus::Decoded;
                }
                None => {}
            }
        }
        let (_, _, read, direction) = self.sides(anchor);
        let faults = self.engine.faults_up_to(&read, direction, value, MAX_FAULTS).unwrap_or_default();
        let (root, part) = (roots.first().copied(), (edit.words.location.as_str(), value));
        let evidence = self.messages.of_part((status, sender), root, part, reason, (&focus, faults));
        Proof::Broken(Box::new(evidence), category)
    }

    /// Where the first values cannot be sent, or are understood on the wire: other values that are refused and can be
    /// sent; the proof that there are none.
    fn otherwise(
        &mut self,
        edit: &Edit<'w>,
        spot: &Spot<'w>,
        (anchor, outer, steps): (AnchorId, AnchorId, &[Step]),
        focus: &Focus<'w>,
        met: &mut Met,
        category: Category,
    ) -> Option<Proof> {
        if !met.accepted && met.unsendable.is_none() {
            return None;
        }
        // Of one name several values read as no scalar.
        let field = match edit.step {
            Mark::Member(name) if steps.is_empty() && edit.elsewhere => {
                self.names.get(name as usize).map(|name| Step::Member(name.clone())).into_iter().collect()
            }
            Mark::AnyMember if steps.is_empty() && edit.elsewhere => vec![Step::AnyMember],
            _ => steps.to_vec(),
        };
        let fields = [Wish::Fields, Wish::Within(field, Box::new(Wish::Repeated))];
        let wishes: &[&[Wish<'w>]] = match spot.part {
            // How an object in a form is written is not agreed on, which makes no edit of it harmless.
            Part::Body(names) if message::is_form(names) && met.unsendable != Some(Unsendable::Nested) => {
                &[&fields, &[Wish::Fields]]
            }
            // Texts that are understood are told by the schemas alone.
            Part::Body(_) if met.accepted && self.anchors[outer].text.is_some() => &[],
            Part::Body(_) => return None,
            Part::Parameter(..) | Part::Header(_) => {
                &[
                    &[Wish::Travels(Travel::Plain)],
                    // One item reads as a scalar, several do not.
                    &[Wish::Travels(Travel::Plain), Wish::Several],
                    &[Wish::Travels(Travel::Text)],
                    &[Wish::Travels(Travel::Any)],
                ]
            }
        };
        let (_, sent, read, direction) = self.sides(outer);
        // Of this very edit, where it is an edit of the whole value.
        if let (true, Some(own)) = (anchor == outer, wish(edit)) {
            for &room in wishes {
                let with = [room, std::slice::from_ref(&own)].concat();
                match self.engine.ask(&sent, Some(&read), direction, &with) {
                    Answer::Found(whole, _) => {
                        if let Some(evidence) = met.note(self.message(spot, outer, &whole, focus)) {
                            return Some(Proof::Broken(evidence, category));
                        }
                    }
                    Answer::None if is_widest(room) && !met.accepted && !edit.in_branch => {
                        let risky = met.unsendable.is_some_and(Unsendable::may_be_met);
                        return Some(Proof::Unsent { why: met.unsendable?.reason(), risky });
                    }
                    Answer::None | Answer::Unknown => {}
                }
            }
        }
        for wish in wishes {
            match self.engine.ask(&sent, Some(&read), direction, wish) {
                Answer::Found(whole, _) => {
                    if let Some(evidence) = met.note(self.message(spot, outer, &whole, focus)) {
                        return Some(Proof::Broken(evidence, category));
                    }
                }
                Answer::None if is_widest(wish) && !met.accepted => {
                    let risky = met.unsendable.is_some_and(Unsendable::may_be_met);
                    return Some(Proof::Unsent { why: met.unsendable?.reason(), risky });
                }
                Answer::None | Answer::Unknown => {}
            }
        }
        if met.accepted {
            return Some(self.as_texts(spot, (anchor, outer, steps), focus, category));
        }
        Some(Proof::Unsent { why: met.unsendable?.reason(), risky: true })
    }

    /// The proof where a value that is refused was understood as text: by another text, or that all of them are understood.
    fn as_texts(
        &mut self,
        spot: &Spot<'w>,
        (anchor, outer, steps): (AnchorId, AnchorId, &[Step]),
        focus: &Focus<'w>,
        category: Category,
    ) -> Proof {
        let (understood, doubted) = (
            Proof::Unsent { why: super::SAME_TEXT, risky: false },
            Proof::Unsent { why: super::DOUBTED_TEXT, risky: true },
        );
        for (pair, steps) in [(outer, &[][..]), (anchor, steps)] {
            match self.texts(pair) {
                Texts::Understood => return understood,
                Texts::Refused(witness) => {
                    // What another edit refuses, the account tells.
                    if focus.weight(&witness.rejection) == 0 {
                        return understood;
                    }
                    let whole = if steps.is_empty() {
                        Some(witness.value)
                    } else {
                        self.around(outer, steps.to_vec(), &witness.value)
                    };
                    return match whole.map(|whole| self.message(spot, outer, &whole, focus)) {
                        Some(Shown::Message(evidence)) => Proof::Broken(evidence, category),
                        _ => doubted,
                    };
                }
                Texts::Unknown => {}
            }
        }
        // An edit of a whole form is one of its fields.
        if anchor == outer && self.understands_fields(outer) { understood } else { doubted }
    }

    /// Whether all texts of the fields of a form that differ are understood.
    fn understands_fields(&mut self, form: AnchorId) -> bool {
        let fields = (0..self.anchors.len()).filter(|at| self.anchors[*at].around.contains(&form));
        let fields: Vec<AnchorId> = fields.collect();
        !fields.is_empty() && fields.into_iter().all(|field| matches!(self.texts(field), Texts::Understood))
    }

    /// The message with a value of the outermost pair, its other fields such as real readers take.
    fn message(&mut self, spot: &Spot<'w>, outer: AnchorId, whole: &Value, focus: &Focus<'w>) -> Shown {
        let sender = self.sides(outer).0;
        let dressed = self.dressed(outer, whole);
        let shown = self.messages.with_value(&mut self.engine, spot, sender, &dressed, focus, None);
        if matches!(shown, Shown::Message(_)) || dressed == *whole {
            return shown;
        }
        self.messages.with_value(&mut self.engine, spot, sender, whole, focus, None)
    }

    /// A value that is refused as before, with fields of their formats.
    fn dressed(&mut self, outer: AnchorId, value: &Value) -> Value {
        let (_, sent, read, direction) = self.sides(outer);
        let engine = &mut self.engine;
        let of = |fault: Rejection<'w>| (fault.instance, fault.keyword, fault.place.map(Place::id));
        let faults = |engine: &mut Engine<'w>, value: &Value| {
            let all = engine.faults_up_to(&read, direction, value, MAX_FAULTS)?;
            Some(all.into_iter().map(of).collect::<Vec<_>>())
        };
        let Some(before) = faults(engine, value) else { return value.clone() };
        message::dressed(value, &[&sent, &read], |candidate| {
            matches!(engine.check(&sent, direction, candidate), Some(Ok(())))
                && faults(engine, candidate).as_ref() == Some(&before)
        })
    }

    /// The way from a pair to the message that holds it: where that is, the outermost pair, and the steps inwards.
    pub(super) fn way_out(&self, anchor: AnchorId) -> Option<(Spot<'w>, AnchorId, Vec<Step>)> {
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
    pub(super) fn around(&mut self, outer: AnchorId, steps: Vec<Step>, value: &Value) -> Option<Value> {
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

/// Whether these ask for nothing but that a value can be sent at all.
fn is_widest(wishes: &[Wish<'_>]) -> bool {
    matches!(wishes, [Wish::Travels(Travel::Any) | Wish::Fields])
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
