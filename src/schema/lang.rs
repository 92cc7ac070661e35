//! Languages: sets of strings as hash-consed expressions over words, patterns, lengths and opaque predicates.
//!
//! Takes patterns, names and length bounds; gives membership, emptiness and short members. Expressions are cheap; an
//! automaton is built only where the expression alone does not decide. Stands on the automata.

mod matching;
mod sample;

pub(super) use sample::Sample;

use super::dfa::{Budget, Dfa};
use crate::openapi::Format;
use crate::pattern::Pattern;
use matching::Matcher;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

/// A language in its arena.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Lang(u32);

/// All strings.
pub(super) const ANY: Lang = Lang(0);
/// No string.
pub(super) const NONE: Lang = Lang(1);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Expr {
    Any,
    None,
    Words(Box<[Arc<str>]>),
    /// The strings in which a pattern is found.
    Pattern(Arc<Pattern>),
    Length(u64, Option<u64>),
    /// A format that binds.
    Format(&'static str),
    Not(Lang),
    And(Box<[Lang]>),
    Or(Box<[Lang]>),
}

/// Cells of automata that cost about what a step of the search does.
const CELLS_OF_A_STEP: u64 = 100;

/// The arena of languages.
pub(super) struct Langs {
    exprs: Vec<Expr>,
    ids: FxHashMap<Expr, Lang>,
    matchers: FxHashMap<Lang, Matcher>,
    automata: FxHashMap<Lang, Option<Rc<Dfa>>>,
    samples: FxHashMap<(Lang, usize), Option<Sample>>,
    /// What automata may still cost, in cells of their tables.
    budget: Budget,
}

impl Default for Langs {
    fn default() -> Self {
        let mut langs = Langs {
            exprs: Vec::new(),
            ids: FxHashMap::default(),
            matchers: FxHashMap::default(),
            automata: FxHashMap::default(),
            samples: FxHashMap::default(),
            budget: Budget::default(),
        };
        langs.intern(Expr::Any);
        langs.intern(Expr::None);
        langs
    }
}

impl Langs {
    fn intern(&mut self, expr: Expr) -> Lang {
        if let Some(&id) = self.ids.get(&expr) {
            return id;
        }
        let id = Lang(self.exprs.len() as u32);
        self.exprs.push(expr.clone());
        self.ids.insert(expr, id);
        id
    }

    /// The work of automata since this was last asked, in steps of the search.
    pub(super) fn work(&mut self) -> u64 {
        self.budget.taken() / CELLS_OF_A_STEP
    }

    /// What a language is.
    pub(super) fn expr(&self, lang: Lang) -> &Expr {
        &self.exprs[lang.0 as usize]
    }

    /// Exactly these words.
    pub(super) fn words(&mut self, words: impl IntoIterator<Item = Arc<str>>) -> Lang {
        let words: BTreeSet<Arc<str>> = words.into_iter().collect();
        if words.is_empty() { NONE } else { self.intern(Expr::Words(words.into_iter().collect())) }
    }

    /// Exactly this word.
    pub(super) fn word(&mut self, word: &str) -> Lang {
        self.words([Arc::from(word)])
    }

    /// The strings in which a pattern is found.
    pub(super) fn pattern(&mut self, pattern: &str) -> Lang {
        match pattern {
            "" | "^" | ".*" | "^.*" | "$" => ANY,
            _ => self.found(Pattern::read(pattern)),
        }
    }

    fn found(&mut self, pattern: Arc<Pattern>) -> Lang {
        match pattern.leading_look_ahead() {
            // `^(?=x)y` is what `^x` and `^y` both hold: without look-ahead, automata can be had.
            Some((ahead, wanted, rest)) => {
                let ahead = self.found(Arc::new(ahead));
                let ahead = if wanted { ahead } else { self.not(ahead) };
                let rest = if rest.source() == "^.*" { ANY } else { self.found(Arc::new(rest)) };
                self.and([ahead, rest])
            }
            None => self.intern(Expr::Pattern(pattern)),
        }
    }

    /// The strings of a format.
    pub(super) fn format(&mut self, format: &'static Format) -> Lang {
        self.intern(Expr::Format(format.name))
    }

    /// Strings of `low..=high` characters.
    pub(super) fn length(&mut self, low: u64, high: Option<u64>) -> Lang {
        match (low, high) {
            (0, None) => ANY,
            (low, Some(high)) if low > high => NONE,
            (_, Some(0)) => self.word(""),
            (low, high) => self.intern(Expr::Length(low, high)),
        }
    }

    /// All other strings.
    pub(super) fn not(&mut self, lang: Lang) -> Lang {
        match self.expr(lang) {
            Expr::Any => NONE,
            Expr::None => ANY,
            Expr::Not(inner) => *inner,
            Expr::Length(0, Some(high)) => {
                let low = high.saturating_add(1);
                self.length(low, None)
            }
            Expr::Length(low, None) => {
                let high = low - 1;
                self.length(0, Some(high))
            }
            _ => self.intern(Expr::Not(lang)),
        }
    }

    /// The strings in all of `langs`.
    pub(super) fn and(&mut self, langs: impl IntoIterator<Item = Lang>) -> Lang {
        let mut parts = BTreeSet::new();
        let mut window = (0, None);
        let mut words: Option<BTreeSet<Arc<str>>> = None;
        let mut todo: Vec<Lang> = langs.into_iter().collect();
        while let Some(lang) = todo.pop() {
            match self.expr(lang) {
                Expr::Any => {}
                Expr::None => return NONE,
                Expr::And(inner) => todo.extend(inner.iter().copied()),
                Expr::Length(low, high) => window = meet(window, (*low, *high)),
                Expr::Words(list) => {
                    let list: BTreeSet<_> = list.iter().cloned().collect();
                    words = Some(match words {
                        None => list,
                        Some(before) => before.intersection(&list).cloned().collect(),
                    });
                }
                _ => {
                    parts.insert(lang);
                }
            }
        }
        if let Some(words) = words {
            let length = self.length(window.0, window.1);
            parts.insert(length);
            let mut keep = Vec::new();
            for word in words {
                let verdicts: Vec<_> = parts.iter().map(|part| self.matches(*part, &word)).collect();
                if verdicts.contains(&None) {
                    let mut all: Vec<Lang> = parts.into_iter().collect();
                    all.push(self.intern(Expr::Words([word].into())));
                    all.sort_unstable();
                    return self.intern(Expr::And(all.into()));
                }
                if verdicts.iter().all(|verdict| *verdict == Some(true)) {
                    keep.push(word);
                }
            }
            return self.words(keep);
        }
        if parts.iter().any(|part| matches!(self.expr(*part), Expr::Not(inner) if parts.contains(inner))) {
            return NONE;
        }
        match self.length(window.0, window.1) {
            ANY => {}
            NONE => return NONE,
            length => {
                parts.insert(length);
            }
        }
        match parts.len() {
            0 => ANY,
            1 => parts.into_iter().next().unwrap_or(ANY),
            _ => self.intern(Expr::And(parts.into_iter().collect())),
        }
    }

    /// The strings in at least one of `langs`.
    pub(super) fn or(&mut self, langs: impl IntoIterator<Item = Lang>) -> Lang {
        let mut parts = BTreeSet::new();
        let mut words: BTreeSet<Arc<str>> = BTreeSet::new();
        let mut todo: Vec<Lang> = langs.into_iter().collect();
        while let Some(lang) = todo.pop() {
            match self.expr(lang) {
                Expr::Any => return ANY,
                Expr::None => {}
                Expr::Or(inner) => todo.extend(inner.iter().copied()),
                Expr::Words(list) => words.extend(list.iter().cloned()),
                _ => {
                    parts.insert(lang);
                }
            }
        }
        if parts.iter().any(|part| matches!(self.expr(*part), Expr::Not(inner) if parts.contains(inner))) {
            return ANY;
        }
        match self.words(words) {
            NONE => {}
            words => {
                parts.insert(words);
            }
        }
        match parts.len() {
            0 => NONE,
            1 => parts.into_iter().next().unwrap_or(NONE),
            _ => self.intern(Expr::Or(parts.into_iter().collect())),
        }
    }

    /// The finite list of words, where the expression is one.
    pub(super) fn as_words(&self, lang: Lang) -> Option<&[Arc<str>]> {
        match self.expr(lang) {
            Expr::Words(words) => Some(words),
            Expr::None => Some(&[]),
            _ => None,
        }
    }

    /// The words left out, where the expression is all strings but some.
    pub(super) fn as_all_but(&self, lang: Lang) -> Option<&[Arc<str>]> {
        match self.expr(lang) {
            Expr::Any => Some(&[]),
            Expr::Not(inner) => self.as_words(*inner),
            _ => None,
        }
    }
}

fn meet(left: (u64, Option<u64>), right: (u64, Option<u64>)) -> (u64, Option<u64>) {
    let high = match (left.1, right.1) {
        (Some(left), Some(right)) => Some(left.min(right)),
        (left, right) => left.or(right),
    };
    (left.0.max(right.0), high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(langs: &mut Langs, lang: Lang) -> Option<String> {
        langs.sample(lang, 1).unwrap().words.first().map(ToString::to_string)
    }

    #[test]
    fn inclusion_of_patterns_is_decided() {
        let mut langs = Langs::default();
        let narrow = langs.pattern("^[a-z]{2,3}$");
        let wide = langs.pattern(r"^\w+$");
        let outside = langs.not(wide);
        let gap = langs.and([narrow, outside]);
        assert_eq!(langs.sample(gap, 1).unwrap(), Sample { words: vec![], whole: true });
        let inside = langs.not(narrow);
        let gap = langs.and([wide, inside]);
        assert_eq!(first(&mut langs, gap).as_deref(), Some("a"));
    }

    #[test]
    fn lengths_and_patterns_meet() {
        let mut langs = Langs::default();
        let pattern = langs.pattern("^(ab)*$");
        let length = langs.length(3, Some(3));
        let both = langs.and([pattern, length]);
        assert_eq!(langs.sample(both, 1).unwrap().words.len(), 0);
        let length = langs.length(3, Some(4));
        let both = langs.and([pattern, length]);
        assert_eq!(first(&mut langs, both).as_deref(), Some("abab"));
    }

    #[test]
    fn a_pattern_with_look_ahead_is_judged_word_by_word() {
        let mut langs = Langs::default();
        let pattern = langs.pattern("^x?(?!a)[a-z]+$");
        assert_eq!(langs.matches(pattern, "ab"), Some(false));
        assert_eq!(first(&mut langs, pattern).as_deref(), Some("b"));
        let never = langs.pattern("^x(?!x)x$");
        assert_eq!(langs.sample(never, 1), None);
    }

    #[test]
    fn look_ahead_at_the_start_is_an_intersection() {
        let mut langs = Langs::default();
        let never = langs.pattern("^(?!x)x$");
        assert_eq!(langs.sample(never, 1).unwrap(), Sample { words: vec![], whole: true });
        let secret = langs.pattern(r"^(?=.*[A-Z])(?=.*\d)(?!.*\s).{4,}$");
        for (word, inside) in [("aA1b", true), ("aa1b", false), ("A1b", false), ("A 1b", false), ("AB12", true)] {
            assert_eq!(langs.matches(secret, word), Some(inside), "{word}");
        }
        let digits = langs.pattern(r"\d");
        let without = langs.not(digits);
        let gap = langs.and([secret, without]);
        assert_eq!(langs.sample(gap, 1).unwrap().words.len(), 0);
    }

    #[test]
    fn words_are_intersected_at_once() {
        let mut langs = Langs::default();
        let words = langs.words(["a".into(), "1".into()]);
        let digits = langs.pattern(r"^\d$");
        let both = langs.and([words, digits]);
        assert_eq!(langs.as_words(both), Some(&["1".into()][..]));
    }
}
