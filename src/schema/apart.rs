//! Demands told apart: what can be decided although something beside it cannot.
//!
//! A pattern beyond automata, a reference that leads nowhere or a thicket of conditions makes a question undecided as a
//! whole, and yet a new required property beside it refuses messages. So the demands of the second schema are asked one
//! by one, against what is plain in the first, and every value found is confirmed by the validator against both schemas
//! as they are written. Takes a question that stayed undecided; gives a witness or nothing. Proves no containment.

use super::engine::{Engine, Question, Witness};
use super::shape::{Id, Node};
use super::solve::Found;

/// Demands that are asked one by one.
const MAX_DEMANDS: usize = 64;
/// Steps for one of them.
const STEPS: u64 = 2_000;

impl<'w> Engine<'w> {
    /// A value that one demand of `right` refuses and all that is plain in `left` allows, confirmed.
    pub(super) fn beside(&mut self, question: &Question<'_, 'w>, left: Id, right: Id) -> Option<Witness<'w>> {
        let sent = self.demands(left);
        let asked = self.demands(right);
        let plain: Vec<Id> = sent.iter().copied().filter(|id| self.is_plain(*id)).collect();
        let without_strings: Vec<Id> =
            plain.iter().copied().filter(|id| !matches!(self.solver.store.node(*id), Node::Str(_))).collect();
        let asked: Vec<Id> = asked.into_iter().filter(|id| !sent.contains(id) && self.is_plain(*id)).collect();
        for demand in asked.into_iter().take(MAX_DEMANDS) {
            let refused = self.solver.store.not(demand);
            for allowed in [&plain, &without_strings] {
                let steps = std::mem::replace(&mut self.settings.steps, STEPS);
                let found = self.find(allowed.iter().copied().chain([refused]));
                self.settings.steps = steps;
                match found {
                    Found::Value(value) => {
                        let strict = self.confirmed(question, &value, false);
                        if let Ok(witness) = strict.or_else(|_| self.confirmed(question, &value, true)) {
                            return Some(witness);
                        }
                    }
                    Found::Empty => break,
                    Found::Unknown(_) => {}
                }
            }
        }
        None
    }

    /// The parts of a conjunction, references unfolded.
    fn demands(&self, id: Id) -> Vec<Id> {
        let store = &self.solver.store;
        let mut out = Vec::new();
        let mut todo = vec![id];
        let mut unfolded = Vec::new();
        while let Some(id) = todo.pop() {
            match store.node(id) {
                Node::And(parts) => todo.extend(parts.iter().copied()),
                Node::Ref(def) if !unfolded.contains(def) => {
                    unfolded.push(*def);
                    todo.push(store.defs[*def as usize]);
                }
                _ => out.push(id),
            }
        }
        out.sort_unstable();
        out.dedup();
        out
    }

    /// Whether a demand is one keyword that is understood.
    fn is_plain(&self, id: Id) -> bool {
        !matches!(
            self.solver.store.node(id),
            Node::Opaque(_) | Node::Or(_) | Node::One(_) | Node::Not(_) | Node::Ref(_) | Node::Repeats
        )
    }
}
