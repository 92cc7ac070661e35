//! Short members of languages: by automaton, or by trying what is usual where no automaton can be had.

use super::super::dfa::{Budget, Dfa};
use super::super::nfa;
use super::{Expr, Lang, Langs, meet};
use crate::openapi::Format;
use crate::pattern::Pattern;
use std::sync::Arc;

/// Words of a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::schema) struct Sample {
    /// Some members, short ones first.
    pub(in crate::schema) words: Vec<Arc<str>>,
    /// Whether there are no others.
    pub(in crate::schema) whole: bool,
}

impl Langs {
    /// Up to `count` short members, and whether there are no others; `None` when that cannot be told.
    pub(in crate::schema) fn sample(&mut self, lang: Lang, count: usize) -> Option<Sample> {
        if let Some(known) = self.samples.get(&(lang, count)) {
            return known.clone();
        }
        let made = self.make_sample(lang, count);
        self.samples.insert((lang, count), made.clone());
        made
    }

    fn make_sample(&mut self, lang: Lang, count: usize) -> Option<Sample> {
        if let Some(words) = self.as_words(lang) {
            let mut words: Vec<_> = words.to_vec();
            words.sort_by_key(|word| (word.chars().count(), word.clone()));
            let whole = words.len() <= count;
            words.truncate(count);
            return Some(Sample { words, whole });
        }
        // Most languages hold one of these: no automaton is needed for them.
        let mut words: Vec<Arc<str>> = Vec::new();
        let usual = ["a", "b", "c", "x", "A", "0", "1", "", "aa", "ab"];
        for candidate in self.example(lang).into_iter().chain(usual) {
            if words.len() < count && self.matches(lang, candidate) == Some(true) {
                words.push(candidate.into());
            }
        }
        if words.len() >= count {
            return Some(Sample { words, whole: false });
        }
        if let Some(sample) = self.regular_sample(lang, count) {
            return Some(sample);
        }
        self.guessed_sample(lang, count, words)
    }

    /// The usual string of the format that a language is a part of.
    fn example(&self, lang: Lang) -> Option<&'static str> {
        let parts: &[Lang] = match self.expr(lang) {
            Expr::And(parts) => parts,
            _ => &[lang],
        };
        let name = parts.iter().find_map(|part| match self.expr(*part) {
            Expr::Format(name) => Some(*name),
            _ => None,
        })?;
        Format::find(name).map(|format| format.example)
    }

    fn regular_sample(&mut self, lang: Lang, count: usize) -> Option<Sample> {
        // A length window is followed beside the automaton: as an automaton of its own it would be large.
        let (parts, windows) = self.windows(lang);
        let mut whole = Dfa::constant(true);
        for part in parts {
            let part = self.automaton(part)?;
            whole = whole.combine(&part, true, &mut self.budget)?;
        }
        let mut sample = Sample { words: Vec::new(), whole: true };
        for (low, high) in windows {
            let left = count - sample.words.len().min(count);
            if left == 0 {
                // What the other windows hold was not asked.
                sample.whole = false;
                break;
            }
            let (words, complete) = whole.sample(left, low, high, &mut self.budget)?;
            sample.words.extend(words.into_iter().map(Arc::from));
            sample.whole &= complete;
        }
        Some(sample)
    }

    /// The parts of a conjunction that do not speak of lengths alone, and the windows of lengths that the others leave.
    fn windows(&self, lang: Lang) -> (Vec<Lang>, Vec<(u64, Option<u64>)>) {
        let parts = match self.expr(lang) {
            Expr::And(parts) => parts.to_vec(),
            _ => vec![lang],
        };
        let mut windows: Vec<(u64, Option<u64>)> = vec![(0, None)];
        let mut rest = Vec::new();
        for part in parts {
            let allowed = match self.expr(part) {
                Expr::Length(low, high) => vec![(*low, *high)],
                // Shorter or longer: two windows.
                Expr::Not(inner) => match self.expr(*inner) {
                    Expr::Length(low, Some(high)) if *low > 0 => {
                        vec![(0, Some(low - 1)), (high.saturating_add(1), None)]
                    }
                    _ => Vec::new(),
                },
                _ => Vec::new(),
            };
            if allowed.is_empty() {
                rest.push(part);
                continue;
            }
            let met = windows.iter().flat_map(|window| allowed.iter().map(|other| meet(*window, *other)));
            windows = met.filter(|(low, high)| high.is_none_or(|high| *low <= high)).collect();
        }
        (rest, windows)
    }

    /// Where an automaton cannot be had: members of the regular part, and usual values of formats, judged one by one.
    fn guessed_sample(&mut self, lang: Lang, count: usize, mut words: Vec<Arc<str>>) -> Option<Sample> {
        let (parts, windows) = self.windows(lang);
        let regular: Vec<Lang> = parts.iter().copied().filter(|part| self.automaton(*part).is_some()).collect();
        let lengths: Vec<Lang> = windows.iter().map(|(low, high)| self.length(*low, *high)).collect();
        let length = self.or(lengths);
        let wider = self.and(regular.into_iter().chain([length]));
        let candidates = self.regular_sample(wider, 200);
        let complete = candidates.as_ref().is_some_and(|candidates| candidates.whole);
        let mut unknown = false;
        let list = candidates.map(|candidates| candidates.words).unwrap_or_default();
        let formats = Format::all().iter().filter(|format| format.binds_strings()).map(|format| format.example);
        let usual = formats.chain(USUAL).map(Arc::from);
        let from_pattern = parts.iter().filter_map(|part| match self.expr(*part).clone() {
            Expr::Pattern(pattern) => without_look_around(&pattern, &mut self.budget).map(Arc::from),
            _ => None,
        });
        let from_pattern: Vec<Arc<str>> = from_pattern.collect();
        for candidate in list.into_iter().chain(usual).chain(from_pattern) {
            match self.matches(lang, &candidate) {
                Some(true) if words.len() < count && !words.contains(&candidate) => words.push(candidate),
                Some(_) => {}
                None => unknown = true,
            }
        }
        if words.len() >= count || (complete && !unknown) {
            return Some(Sample { whole: complete && words.len() < count, words });
        }
        None
    }
}

/// Usual values beside the examples of formats.
const USUAL: [&str; 8] = ["a/b", "a", "1.5", "10", "AB12", "Aa1!Aa1!", "abc-123", "\\"];

/// A string that the pattern would match without its look-arounds, as a guess.
fn without_look_around(pattern: &Pattern, budget: &mut Budget) -> Option<String> {
    // Without look-around it was tried already.
    let dfa = nfa::automaton(&pattern.without_look_around()?, budget)?;
    dfa.sample(1, 0, None, budget)?.0.into_iter().next()
}
