//! From a value to the message that carries it: where its schema stands in a message, and a message with it there.

use super::Prover;
use super::witness::focus;
use crate::diagnostic::Evidence;
use crate::diff::edit::{AnchorId, Edit};
use crate::diff::message::{self, Spot};
use crate::diff::pair::Mark;
use crate::diff::walk::{Origin, Root};
use crate::schema::{Answer, Step, Wish};
use serde_json::Value;

/// Nesting of a value in a message, at most.
const MAX_STEPS: usize = 24;

impl<'w> Prover<'w> {
    /// The value in a whole message, else alone.
    pub(super) fn evidence(
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
