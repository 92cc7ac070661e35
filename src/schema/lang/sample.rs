//! Short members of languages: by automaton, or by trying what is usual where no automaton can be had.

use super::super::dfa::{Budget, Dfa};
use super::super::{nfa, regex};
use super::{Expr, Lang, Langs, meet};
use crate::text::Cut;
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
        for candidate in ["a", "b", "c", "x", "A", "0", "1", "", "aa", "ab"] {
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

    fn regular_sample(&mut self, lang: Lang, count: usize) -> Option<Sample> {
        // A length window is followed beside the automaton: as an automaton of its own it would be large.
        let (parts, low, high) = self.window(lang);
        let mut whole = Dfa::constant(true);
        for part in parts {
            let part = self.automaton(part)?;
            whole = whole.combine(&part, true, &mut self.budget)?;
        }
        let (words, complete) = whole.sample(count, low, high, &mut self.budget)?;
        Some(Sample { words: words.into_iter().map(Arc::from).collect(), whole: complete })
    }

    fn window(&self, lang: Lang) -> (Vec<Lang>, u64, Option<u64>) {
        let parts = match self.expr(lang) {
            Expr::And(parts) => parts.to_vec(),
            _ => vec![lang],
        };
        let mut window = (0, None);
        let mut rest = Vec::new();
        for part in parts {
            match self.expr(part) {
                Expr::Length(low, high) => window = meet(window, (*low, *high)),
                _ => rest.push(part),
            }
        }
        (rest, window.0, window.1)
    }

    /// Where an automaton cannot be had: members of the regular part, and usual values of formats, judged one by one.
    fn guessed_sample(&mut self, lang: Lang, count: usize, mut words: Vec<Arc<str>>) -> Option<Sample> {
        let (parts, low, high) = self.window(lang);
        let regular: Vec<Lang> = parts.iter().copied().filter(|part| self.automaton(*part).is_some()).collect();
        let length = self.length(low, high);
        let wider = self.and(regular.into_iter().chain([length]));
        let candidates = self.regular_sample(wider, 200);
        let complete = candidates.as_ref().is_some_and(|candidates| candidates.whole);
        let mut unknown = false;
        let list = candidates.map(|candidates| candidates.words).unwrap_or_default();
        let usual = USUAL.iter().map(|word| Arc::from(*word));
        let from_pattern = parts.iter().filter_map(|part| match self.expr(*part).clone() {
            Expr::Pattern(pattern) => jsonschema_like_witness(&pattern, &mut self.budget).map(Arc::from),
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

/// Values that formats usually hold.
const USUAL: [&str; 22] = [
    "2024-01-01",
    "2024-01-01T00:00:00Z",
    "00:00:00Z",
    "P1D",
    "a@example.com",
    "example.com",
    "127.0.0.1",
    "::1",
    "https://example.com",
    "/a",
    "/a/b",
    "a/b",
    "123e4567-e89b-12d3-a456-426614174000",
    "^a$",
    "1/a",
    "a",
    "1.5",
    "10",
    "AB12",
    "Aa1!Aa1!",
    "abc-123",
    "\\",
];

/// A string that the pattern would match without its look-arounds, as a guess.
fn jsonschema_like_witness(pattern: &str, budget: &mut Budget) -> Option<String> {
    // Without look-around it was tried already.
    let bare = strip_lookaround(pattern).filter(|bare| bare != pattern)?;
    let translated = regex::translate(&bare).filter(|translated| translated.regular)?;
    let dfa = nfa::automaton(&translated.text, budget)?;
    dfa.sample(1, 0, None, budget)?.0.into_iter().next()
}

fn strip_lookaround(pattern: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(at) = ["(?=", "(?!", "(?<=", "(?<!"].iter().filter_map(|mark| rest.find(mark)).min() {
        out.push_str(rest.cut(..at));
        let mut depth = 0;
        let end = rest.cut(at..).char_indices().find_map(|(offset, c)| {
            depth += match c {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            (depth == 0).then_some(at + offset + 1)
        })?;
        rest = rest.cut(end..);
    }
    out.push_str(rest);
    Some(out)
}
