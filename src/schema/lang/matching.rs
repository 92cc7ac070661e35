//! Membership and automata of languages.

use super::super::dfa::{Budget, Dfa};
use super::super::formats::format_allows;
use super::super::nfa;
use super::{Expr, Lang, Langs};
use crate::openapi::{Format, Text};
use crate::pattern::Pattern;
use std::rc::Rc;
use std::sync::Arc;

pub(super) enum Matcher {
    Automaton(Rc<Dfa>),
    /// Look-around, or too large for an automaton: single words can be judged, sets cannot.
    Single(Arc<Pattern>),
    /// A format without a grammar.
    Format(&'static str),
    /// Not even single words.
    Broken,
}

impl Langs {
    /// Whether `lang` holds `word`; `None` when that cannot be told.
    pub(in crate::schema) fn matches(&mut self, lang: Lang, word: &str) -> Option<bool> {
        match self.expr(lang) {
            Expr::Any => Some(true),
            Expr::None => Some(false),
            // Lists are long: they are looked into where they stand.
            Expr::Words(words) => Some(words.binary_search_by(|probe| (**probe).cmp(word)).is_ok()),
            Expr::Length(low, high) => {
                let length = word.chars().count() as u64;
                Some(length >= *low && high.is_none_or(|high| length <= high))
            }
            Expr::Not(inner) => {
                let inner = *inner;
                self.matches(inner, word).map(|verdict| !verdict)
            }
            Expr::And(parts) => {
                let parts = parts.clone();
                self.fold(&parts, word, false)
            }
            Expr::Or(parts) => {
                let parts = parts.clone();
                self.fold(&parts, word, true)
            }
            // For single words the automaton of a grammar is too dear.
            Expr::Format(name) if !self.matchers.contains_key(&lang) => format_allows(name, word),
            Expr::Pattern(_) | Expr::Format(_) => match self.matcher(lang) {
                Matcher::Automaton(dfa) => Some(dfa.matches(word)),
                Matcher::Single(pattern) => pattern.matches(word),
                Matcher::Format(name) => format_allows(name, word),
                Matcher::Broken => None,
            },
        }
    }

    /// Conjunction when `decisive` is false, disjunction when it is true.
    fn fold(&mut self, parts: &[Lang], word: &str, decisive: bool) -> Option<bool> {
        let mut unknown = false;
        for &part in parts {
            match self.matches(part, word) {
                Some(verdict) if verdict == decisive => return Some(decisive),
                Some(_) => {}
                None => unknown = true,
            }
        }
        (!unknown).then_some(!decisive)
    }

    fn matcher(&mut self, lang: Lang) -> &Matcher {
        if !self.matchers.contains_key(&lang) {
            let matcher = match self.expr(lang).clone() {
                Expr::Pattern(pattern) => pattern_matcher(&pattern, &mut self.budget),
                Expr::Format(name) => format_matcher(name, &mut self.budget),
                _ => Matcher::Broken,
            };
            self.matchers.insert(lang, matcher);
        }
        &self.matchers[&lang]
    }

    /// The automaton of a language; `None` when it is not regular or too large.
    pub(in crate::schema) fn automaton(&mut self, lang: Lang) -> Option<Rc<Dfa>> {
        if let Some(known) = self.automata.get(&lang) {
            return known.clone();
        }
        if let Expr::Pattern(_) | Expr::Format(_) = self.expr(lang) {
            return match self.matcher(lang) {
                Matcher::Automaton(dfa) => Some(dfa.clone()),
                _ => None,
            };
        }
        let made = match self.expr(lang).clone() {
            Expr::Any => Some(Dfa::constant(true)),
            Expr::None => Some(Dfa::constant(false)),
            Expr::Words(words) => Dfa::words(words.iter().map(|word| &**word)),
            Expr::Length(low, high) => Dfa::lengths(low, high),
            Expr::Not(inner) => self.automaton(inner).map(|dfa| Dfa::clone(&dfa).complement()),
            Expr::And(parts) => self.combined(&parts, true),
            Expr::Or(parts) => self.combined(&parts, false),
            Expr::Pattern(_) | Expr::Format(_) => None,
        };
        let made = made.map(Rc::new);
        self.automata.insert(lang, made.clone());
        made
    }

    fn combined(&mut self, parts: &[Lang], both: bool) -> Option<Dfa> {
        let mut whole = Dfa::constant(both);
        for &part in parts {
            let part = self.automaton(part)?;
            whole = whole.combine(&part, both, &mut self.budget)?;
        }
        Some(whole)
    }
}

fn pattern_matcher(pattern: &Arc<Pattern>, budget: &mut Budget) -> Matcher {
    match nfa::automaton(pattern, budget) {
        Some(dfa) => Matcher::Automaton(Rc::new(dfa)),
        None if pattern.error().is_some() => Matcher::Broken,
        None => Matcher::Single(Arc::clone(pattern)),
    }
}

fn format_matcher(name: &'static str, budget: &mut Budget) -> Matcher {
    match Format::find(name).and_then(|format| format.strings.as_ref()) {
        Some(Text::Grammar(pattern)) => pattern_matcher(&Pattern::read(pattern), budget),
        Some(Text::Rule(_)) => Matcher::Format(name),
        Some(Text::Any) | None => Matcher::Broken,
    }
}
