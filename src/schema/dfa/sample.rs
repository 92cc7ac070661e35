//! Words of an automaton: the shortest first, then those that people like to read.
//!
//! Takes an automaton, a count and a window of lengths, gives words and whether there are no others. Bounded by a
//! budget of steps. Stands on [`super::Dfa`].

use super::{Budget, Dfa, END, SURROGATES};
use std::collections::VecDeque;

/// Characters of a word that is written, at most.
const MAX_WORD: u64 = 512;

impl Dfa {
    /// Steps to the nearest accepting state, per state; `None` where there is no way. Surrogates are no way.
    fn distances(&self) -> Vec<Option<u32>> {
        let mut back: Vec<Vec<u32>> = vec![Vec::new(); self.states()];
        for state in 0..self.states() as u32 {
            for class in 0..self.classes() {
                if !SURROGATES.contains(&self.starts[class]) {
                    back[self.step(state, class) as usize].push(state);
                }
            }
        }
        let mut distance = vec![None; self.states()];
        let mut queue = VecDeque::new();
        for (state, _) in self.accept.iter().enumerate().filter(|(_, accept)| **accept) {
            distance[state] = Some(0);
            queue.push_back(state as u32);
        }
        while let Some(state) = queue.pop_front() {
            let step = distance[state as usize].map_or(0, |d: u32| d + 1);
            for &before in &back[state as usize] {
                if distance[before as usize].is_none() {
                    distance[before as usize] = Some(step);
                    queue.push_back(before);
                }
            }
        }
        distance
    }

    /// Up to `count` words with lengths in `low..=high`, shortest first, then by the characters people like to read.
    /// The flag says that there are no others. `None` when the search would be too long.
    pub(in crate::schema) fn sample(
        &self,
        count: usize,
        low: u64,
        high: Option<u64>,
        work: &mut Budget,
    ) -> Option<(Vec<String>, bool)> {
        let distance = self.distances();
        let mut layer: Vec<bool> = vec![false; self.states()];
        layer[0] = true;
        let mut budget = 40_000_000_usize;
        // Which states can be reached with exactly `n` characters; from `low` on, words are looked for.
        let mut words = Vec::new();
        let mut length = 0_u64;
        loop {
            let alive = (0..self.states()).filter(|&s| layer[s]);
            let nearest = alive.filter_map(|s| distance[s]).min();
            let Some(nearest) = nearest else { return Some((words, true)) };
            if high.is_some_and(|high| low > high || length + u64::from(nearest) > high) {
                return Some((words, true));
            }
            if length >= low && (0..self.states()).any(|s| layer[s] && self.accept[s]) {
                // That there is one is all that matters; nobody reads it.
                if length > MAX_WORD {
                    return None;
                }
                self.exact(length as usize, count, &mut words, &mut budget)?;
                if words.len() >= count {
                    return Some((words, false));
                }
            }
            let cost = self.states() * self.classes();
            budget = budget.checked_sub(cost)?;
            work.pay(cost)?;
            if length > 200_000 {
                return None;
            }
            let mut after = vec![false; self.states()];
            for state in (0..self.states()).filter(|&s| layer[s]) {
                for class in 0..self.classes() {
                    if !SURROGATES.contains(&self.starts[class]) {
                        let to = self.step(state as u32, class);
                        after[to as usize] |= distance[to as usize].is_some();
                    }
                }
            }
            // Nothing but waiting for `low`: the layer does not change any more.
            if after == layer && length + 1 < low {
                length = low - 1;
            }
            layer = after;
            length += 1;
        }
    }

    /// Appends words of exactly `length` characters until there are `count`.
    fn exact(&self, length: usize, count: usize, words: &mut Vec<String>, budget: &mut usize) -> Option<()> {
        // `can[r]`: states from which an accepting one is exactly `r` steps away.
        let states = self.states();
        *budget = budget.checked_sub((length + 1) * states)?;
        if (length + 1) * states > 60_000_000 {
            return None;
        }
        let mut can = vec![self.accept.clone()];
        for r in 1..=length {
            *budget = budget.checked_sub(states * self.classes())?;
            let before = &can[r - 1];
            let row = (0..states).map(|state| {
                (0..self.classes()).any(|class| {
                    !SURROGATES.contains(&self.starts[class]) && before[self.step(state as u32, class) as usize]
                })
            });
            let row = row.collect();
            can.push(row);
        }
        // Depth-first over characters, with an explicit stack: (state, candidates still to try).
        let mut text: Vec<char> = Vec::new();
        let mut stack = vec![self.choices(0, length, &can, count)];
        if length == 0 {
            if can[0][0] {
                words.push(String::new());
            }
            return Some(());
        }
        while let Some(top) = stack.last_mut() {
            *budget = budget.checked_sub(1)?;
            let Some((c, to)) = top.pop() else {
                stack.pop();
                text.pop();
                continue;
            };
            text.push(c);
            if stack.len() == length {
                words.push(text.iter().collect());
                text.pop();
                if words.len() >= count {
                    return Some(());
                }
            } else {
                let left = length - stack.len();
                stack.push(self.choices(to, left, &can, count - words.len()));
            }
        }
        Some(())
    }

    /// The characters to try at `state` when `left` are still to be written, the best last.
    fn choices(&self, state: u32, left: usize, can: &[Vec<bool>], count: usize) -> Vec<(char, u32)> {
        if left == 0 {
            return Vec::new();
        }
        let mut out = Vec::new();
        for class in 0..self.classes() {
            let to = self.step(state, class);
            if !can[left - 1][to as usize] || SURROGATES.contains(&self.starts[class]) {
                continue;
            }
            let end = self.starts.get(class + 1).copied().unwrap_or(END);
            out.extend(pleasant(self.starts[class], end).take(count).map(|c| (c, to)));
        }
        out.sort_by_key(|(c, _)| std::cmp::Reverse(rank(*c)));
        out
    }
}

/// Characters of a class in the order people like: letters, digits, other printable ones, the rest.
fn pleasant(start: u32, end: u32) -> impl Iterator<Item = char> {
    let within =
        move |from: char, to: char| (start.max(from as u32)..end.min(to as u32 + 1)).filter_map(char::from_u32);
    within('a', 'z')
        .chain(within('0', '9'))
        .chain(within('A', 'Z'))
        .chain(within(' ', '/'))
        .chain(within(':', '@'))
        .chain(within('[', '`'))
        .chain(within('{', '~'))
        .chain(within('\u{a1}', '\u{10FFFF}'))
        .chain(within('\0', '\x1F'))
        .chain(within('\x7F', '\u{a0}'))
}

fn rank(c: char) -> (u8, char) {
    let group = match c {
        'a'..='z' => 0,
        '0'..='9' => 1,
        'A'..='Z' => 2,
        '!'..='~' => 3,
        ' ' => 4,
        // What ends a line in JavaScript alone is an ordinary character to most readers of a pattern.
        '\u{2028}' | '\u{2029}' => 8,
        '\u{a1}'.. => 5,
        '\n' | '\t' => 6,
        _ => 7,
    };
    (group, c)
}
