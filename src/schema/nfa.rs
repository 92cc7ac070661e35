//! From a pattern to a deterministic automaton: Thompson's construction over the parsed pattern, then subsets.
//!
//! The automaton accepts the strings in which the pattern is found anywhere, as JSON Schema reads patterns.

use super::dfa::{Budget, Dfa, MAX_STATES, MAX_WORK_OF_ONE, tidy, units};
use crate::pattern::Pattern;
use regex_syntax::hir::{Class, Hir, HirKind, Look};
use rustc_hash::FxHashMap;

/// Ends of classes of characters that are collected before doubles are left out.
const MANY_CUTS: usize = 50_000;

/// States of a nondeterministic automaton beyond this are refused.
const MAX_NFA: usize = 30_000;

enum State {
    /// One character of these inclusive ranges.
    Chars(Vec<(u32, u32)>, u32),
    /// Nothing, to all of these.
    Split(Vec<u32>),
    /// Nothing, at the start of the text only.
    Start(u32),
    /// Nothing, at the end of the text only.
    End(u32),
    /// Nothing, where a word begins or ends; or, with false, where none does.
    Edge(bool, u32),
    Match,
}

/// Where in a text a set of states stands.
#[derive(Clone, Copy, Default)]
struct Spot {
    at_start: bool,
    at_end: bool,
    /// Whether a word begins or ends here, where both neighbours are known.
    edge: Option<bool>,
}

/// The automaton of a pattern; `None` when it is not regular or too large.
pub(super) fn automaton(pattern: &Pattern, budget: &mut Budget) -> Option<Dfa> {
    let mut nfa = Nfa { states: vec![State::Match] };
    let start = nfa.add(pattern.hir()?, 0)?;
    let dfa = nfa.determinized(start, budget)?;
    if pattern.sees_units() { units::over_characters(&dfa, budget) } else { Some(dfa) }
}

struct Nfa {
    states: Vec<State>,
}

impl Nfa {
    fn push(&mut self, state: State) -> Option<u32> {
        self.states.push(state);
        (self.states.len() < MAX_NFA).then_some(self.states.len() as u32 - 1)
    }

    /// Builds the part that matches `hir` and goes on to `then`; returns its entry.
    fn add(&mut self, hir: &Hir, then: u32) -> Option<u32> {
        match hir.kind() {
            HirKind::Empty => Some(then),
            HirKind::Literal(literal) => {
                let text = std::str::from_utf8(&literal.0).ok()?;
                let mut then = then;
                for c in text.chars().rev() {
                    then = self.push(State::Chars(vec![(c as u32, c as u32)], then))?;
                }
                Some(then)
            }
            HirKind::Class(Class::Unicode(class)) => {
                let ranges = class.ranges().iter().map(|range| (range.start() as u32, range.end() as u32)).collect();
                self.push(State::Chars(ranges, then))
            }
            HirKind::Class(Class::Bytes(class)) => {
                let ranges = class.ranges().iter().map(|range| (range.start().into(), range.end().into())).collect();
                self.push(State::Chars(ranges, then))
            }
            HirKind::Look(Look::Start) => self.push(State::Start(then)),
            HirKind::Look(Look::End) => self.push(State::End(then)),
            HirKind::Look(Look::WordAscii) => self.push(State::Edge(true, then)),
            HirKind::Look(Look::WordAsciiNegate) => self.push(State::Edge(false, then)),
            HirKind::Look(_) => None,
            HirKind::Capture(capture) => self.add(&capture.sub, then),
            HirKind::Concat(parts) => parts.iter().rev().try_fold(then, |then, part| self.add(part, then)),
            HirKind::Alternation(parts) => {
                let entries = parts.iter().map(|part| self.add(part, then)).collect::<Option<Vec<_>>>()?;
                self.push(State::Split(entries))
            }
            HirKind::Repetition(repetition) => {
                let mut then = then;
                match repetition.max {
                    None => {
                        let head = self.push(State::Split(Vec::new()))?;
                        let body = self.add(&repetition.sub, head)?;
                        self.states[head as usize] = State::Split(vec![body, then]);
                        then = head;
                    }
                    Some(max) => {
                        let end = then;
                        for _ in repetition.min..max {
                            let body = self.add(&repetition.sub, then)?;
                            then = self.push(State::Split(vec![body, end]))?;
                        }
                    }
                }
                for _ in 0..repetition.min {
                    then = self.add(&repetition.sub, then)?;
                }
                Some(then)
            }
        }
    }

    /// Adds what is reachable from `states` without a character.
    fn closure(&self, states: &mut Vec<u32>, spot: Spot) {
        let mut seen: rustc_hash::FxHashSet<u32> = states.iter().copied().collect();
        let mut todo = states.clone();
        while let Some(state) = todo.pop() {
            let targets: &[u32] = match &self.states[state as usize] {
                State::Split(to) => to,
                State::Start(to) if spot.at_start => std::slice::from_ref(to),
                State::End(to) if spot.at_end => std::slice::from_ref(to),
                State::Edge(wanted, to) if spot.edge == Some(*wanted) => std::slice::from_ref(to),
                _ => &[],
            };
            for &to in targets {
                if seen.insert(to) {
                    states.push(to);
                    todo.push(to);
                }
            }
        }
        states.sort_unstable();
    }

    /// A set of states of the result stands after a character; whether that is one of a word is part of it where the
    /// pattern asks, and what asks for the next character waits in the set until that is read.
    fn determinized(&self, start: u32, budget: &mut Budget) -> Option<Dfa> {
        let edges = self.states.iter().any(|state| matches!(state, State::Edge(..)));
        let mut cuts = Vec::new();
        for state in &self.states {
            if let State::Chars(ranges, _) = state {
                cuts.extend(ranges.iter().flat_map(|(low, high)| [*low, high + 1]));
                // Classes repeat where a part of the pattern does.
                if cuts.len() > MANY_CUTS {
                    budget.pay(cuts.len())?;
                    cuts.sort_unstable();
                    cuts.dedup();
                }
            }
        }
        if edges {
            cuts.extend(WORD.iter().flat_map(|(low, high)| [*low as u32, *high as u32 + 1]));
        }
        let starts = tidy(cuts);
        // A search may begin at any place: the entry is added after every character. The start of the text is
        // over by then, so those states come from another closure.
        let mut restart = vec![start];
        self.closure(&mut restart, Spot::default());
        let mut first = vec![start];
        self.closure(&mut first, Spot { at_start: true, ..Spot::default() });
        // An empty text is at its start and at its end at once.
        let accepts = |states: &[u32], in_word: bool, at_start: bool| {
            let mut ending = states.to_vec();
            self.closure(&mut ending, Spot { at_start, at_end: true, edge: Some(in_word) });
            ending.contains(&0)
        };
        let mut index: FxHashMap<(Vec<u32>, bool), u32> = FxHashMap::default();
        let mut accept = vec![accepts(&first, false, true)];
        let mut sets = vec![(first, false)];
        let mut next = Vec::new();
        let mut at = 0;
        let mut work = 0_usize;
        while at < sets.len() {
            let (set, in_word) = sets[at].clone();
            let at_start = at == 0;
            at += 1;
            work += set.len() * starts.len();
            budget.pay(set.len() * starts.len())?;
            // What asks whether a word begins or ends here has two answers.
            let ready = |next_in_word: bool| {
                let mut ready = set.clone();
                if edges {
                    let edge = Some(in_word != next_in_word);
                    self.closure(&mut ready, Spot { at_start, at_end: false, edge });
                }
                ready
            };
            let ready = [ready(false), ready(true)];
            for &c in &starts {
                let word = edges && is_word(c);
                let set = &ready[usize::from(word)];
                // Found already: whatever follows is accepted.
                let found = set.contains(&0);
                let mut to: Vec<u32> = if found { vec![0] } else { restart.clone() };
                if !found {
                    for &state in set {
                        if let State::Chars(ranges, then) = &self.states[state as usize]
                            && ranges
                                .binary_search_by(|(low, high)| {
                                    if *high < c {
                                        std::cmp::Ordering::Less
                                    } else if *low > c {
                                        std::cmp::Ordering::Greater
                                    } else {
                                        std::cmp::Ordering::Equal
                                    }
                                })
                                .is_ok()
                        {
                            to.push(*then);
                        }
                    }
                    to.sort_unstable();
                    to.dedup();
                    self.closure(&mut to, Spot::default());
                    work += 4 * to.len();
                    budget.pay(4 * to.len())?;
                    if to.contains(&0) {
                        to = vec![0];
                    }
                }
                let fresh = sets.len() as u32;
                let word = word && to != [0];
                let id = *index.entry((to, word)).or_insert_with_key(|(to, word)| {
                    accept.push(accepts(to, *word, false));
                    sets.push((to.clone(), *word));
                    fresh
                });
                next.push(id);
            }
            if sets.len() > MAX_STATES * 2 || work as u64 > MAX_WORK_OF_ONE || next.len() > 1_500_000 {
                return None;
            }
        }
        Some(Dfa::new(starts, next, accept).minimized()).filter(Dfa::is_bearable)
    }
}

/// The characters of words (ECMA-262, `\b`).
const WORD: [(char, char); 4] = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];

fn is_word(c: u32) -> bool {
    WORD.iter().any(|(low, high)| (*low as u32..=*high as u32).contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn dfa(pattern: &str) -> Dfa {
        automaton(&Pattern::read(pattern), &mut Budget::default()).unwrap()
    }

    #[test]
    fn equal_languages_have_equal_automata() {
        for (left, right) in [
            ("^[0-9]{3}$", r"^\d\d\d$"),
            ("^(a|b)*$", "^[ab]*$"),
            ("a", "^[^]*a"),
            ("", "^"),
            ("^a?$", "^(|a)$"),
            ("a$|b", "b|a$"),
        ] {
            assert_eq!(dfa(left), dfa(right), "{left} and {right}");
        }
        assert_ne!(dfa("^a"), dfa("a"));
    }

    #[test]
    fn anchors_hold_at_the_ends_only() {
        assert!(dfa("^$").matches("") && !dfa("^$").matches("a"));
        assert!(!dfa("a^").matches("a") && !dfa("$a").matches("a"));
        assert!(dfa("(^a|b)c").matches("xbc") && !dfa("(^a|b)c").matches("xac"));
    }

    #[test]
    fn words_begin_and_end_where_their_neighbours_say() {
        for pattern in [
            r"\b",
            r"\B",
            r"^\b",
            r"\b$",
            r"\B$",
            r"a\b",
            r"\ba",
            r"a\bb",
            r"a\B",
            r"\Ba",
            r"a\b.",
            r"^a\b-?b*$",
            r"(\b|a)\Bb",
            r"\b^a",
            r"a$\b",
            r"(a|-)*\b(b|-)+",
            r"^(\ba\b)+$",
            r"^\B\b",
            r"a\b\b-\Bé",
        ] {
            let (engine, dfa) = (Pattern::read(pattern), dfa(pattern));
            let letters = ["", "a", "b", "-", "é"];
            for text in letters.iter().flat_map(|x| letters.map(|y| letters.map(|z| format!("{x}{y}{z}")))).flatten() {
                assert_eq!(Some(dfa.matches(&text)), engine.matches(&text), "{pattern} on {text:?}");
            }
        }
    }

    #[test]
    fn a_usual_pattern_of_addresses_has_an_automaton() {
        let url =
            dfa(r"^(https:\/\/)?(www\.)?[-a-zA-Z0-9@:%._\+~#=]{2,256}\.[a-z]{2,6}\b([-a-zA-Z0-9@:%_\+.~#?&\/\/=]*)$");
        assert!(url.matches("https://www.example.com/a") && !url.matches("https://www.example.com1 "));
    }

    #[test]
    fn a_huge_repetition_is_refused() {
        assert!(automaton(&Pattern::read("(a{1000}){1000}"), &mut Budget::default()).is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn the_automaton_agrees_with_a_regex_engine(pattern in r"(\^)?([ab.]|\[a-c\]|\[\^a\]|\(a\|bc\))([*+?]|\{1,2\})?([abé.]|\(b\|\^\)|\(c\|\$\))[*?]?\$?", text in "[abcé\n]{0,5}") {
            let engine = Pattern::read(&pattern);
            let dfa = automaton(&engine, &mut Budget::default()).unwrap();
            prop_assert_eq!(Some(dfa.matches(&text)), engine.matches(&text));
            prop_assert_eq!(Some(!dfa.complement().matches(&text)), engine.matches(&text));
        }
    }
}
