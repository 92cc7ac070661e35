//! Exactly one of several shapes, and its negation, as disjunctions: what grows with the square of the branches is paid
//! for before it is made, and made once.

use super::Solver;
use crate::schema::shape::{Id, Node};

/// Looks at shapes that count as a step: long lists must not make single steps long.
const LOOKS: u64 = 64;

impl Solver {
    /// Pays for looks at shapes; `None` when that takes more steps than are left.
    pub(in crate::schema) fn pay(&mut self, looks: usize) -> Option<()> {
        let all = self.looks + looks as u64;
        self.looks = all % LOOKS;
        let left = self.steps.checked_sub(all / LOOKS);
        self.steps = left.unwrap_or_default();
        left.map(|_| ())
    }

    /// Exactly one of `parts` as the ways to have one and none of the others.
    pub(super) fn alone(&mut self, id: Id, parts: &[Id]) -> Option<Id> {
        if let Some(&known) = self.alone.get(&id) {
            return Some(known);
        }
        self.pay(parts.len() * parts.len())?;
        let ways: Vec<Id> = (0..parts.len())
            .map(|at| {
                let others = (0..parts.len()).filter(|other| *other != at);
                let mut all: Vec<Id> = others.map(|other| parts[other]).collect();
                for id in &mut all {
                    *id = self.store.not(*id);
                }
                all.push(parts[at]);
                self.store.and(all)
            })
            .collect();
        let ways = self.store.or(ways);
        self.alone.insert(id, ways);
        Some(ways)
    }

    /// `id`, the negation of `inner`, pushed inwards; `None` inside where it is a literal of its own.
    pub(super) fn pushed(&mut self, id: Id, inner: Id) -> Option<Option<Id>> {
        let Node::One(parts) = self.store.node(inner) else { return Some(self.store.negated(inner)) };
        let pairs = parts.len() * parts.len();
        if let Some(&known) = self.alone.get(&id) {
            return Some(Some(known));
        }
        // None of them, or two of them: a conjunction for every pair.
        self.pay(2 * pairs)?;
        let pushed = self.store.negated(inner);
        if let Some(pushed) = pushed {
            self.alone.insert(id, pushed);
        }
        Some(pushed)
    }
}
