//! Automata of patterns that see UTF-16 code units, as automata over characters.
//!
//! A character beyond the basic plane is two steps, one for each half of its surrogate pair; the automaton over characters
//! has the same states and takes both steps at once. The halves stand as the last private characters
//! ([`crate::pattern`]), which texts of code units do not hold otherwise.

use super::{Budget, Dfa, class_of, tidy};

const HIGH: u32 = 0x10_F800;
const LOW: u32 = 0x10_FC00;
const HALVES: u32 = 0x400;
/// The first character with two halves.
const ASTRAL: u32 = 0x1_0000;
/// Classes of characters beyond this are refused.
const MAX_CLASSES: usize = 4_096;

/// The strings whose code units an automaton accepts; `None` when it is too large.
pub(in crate::schema) fn over_characters(units: &Dfa, budget: &mut Budget) -> Option<Dfa> {
    let cut = |first: u32| -> Vec<u32> {
        let inside = units.starts.iter().copied().filter(|start| (first + 1..first + HALVES).contains(start));
        std::iter::once(first).chain(inside).map(|start| start - first).collect()
    };
    let (high, low) = (cut(HIGH), cut(LOW));
    let mut cuts: Vec<u32> = units.starts.iter().copied().filter(|start| *start < ASTRAL).collect();
    for (at, &from) in high.iter().enumerate() {
        let to = high.get(at + 1).copied().unwrap_or(HALVES);
        // Pairs with one high half follow each other; where the low half does not matter, so do those with the next.
        let each = if low.len() > 1 { to } else { from + 1 };
        for half in from..each {
            cuts.extend(low.iter().map(|low| ASTRAL + (half << 10) + low));
        }
        if cuts.len() > MAX_CLASSES {
            return None;
        }
    }
    cuts.push(ASTRAL);
    let starts = tidy(cuts);
    let (states, before) = (units.states(), units.classes());
    budget.pay(states * starts.len())?;
    let mut next = Vec::with_capacity(states * starts.len());
    for state in 0..states {
        let step = |state: usize, c: u32| units.next[state * before + class_of(&units.starts, c)];
        for &c in &starts {
            next.push(match c.checked_sub(ASTRAL) {
                None => step(state, c),
                Some(rest) => step(step(state, HIGH + (rest >> 10)) as usize, LOW + rest % HALVES),
            });
        }
    }
    Some(Dfa::new(starts, next, units.accept.clone()).minimized()).filter(Dfa::is_bearable)
}
