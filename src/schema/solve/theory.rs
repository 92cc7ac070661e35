//! What is left of a question when one type remains: the theory of the type is asked.
//!
//! Takes atoms that are neither conjunctions, disjunctions nor references, gives a value in all of them or the proof
//! that there is none. Numbers and strings are answered here, objects and arrays in files of their own.

use super::{Found, Solver, State};
use crate::schema::number::Numbers;
use crate::schema::shape::{Node, types};
use crate::schema::value::Value;

impl Solver {
    pub(super) fn theory(&mut self, bit: u8, state: &State) -> Found {
        if state.atoms.iter().any(|id| match self.store.node(*id) {
            Node::Opaque(_) => true,
            Node::Not(inner) => matches!(self.store.node(*inner), Node::Opaque(_)),
            _ => false,
        }) {
            // What is not understood may still be impossible for the rest.
            let mut rest = state.clone();
            rest.atoms.retain(|id| !matches!(self.store.node(*id), Node::Opaque(_)));
            rest.atoms.retain(|id| !matches!(self.store.node(*id), Node::Not(inner) if matches!(self.store.node(*inner), Node::Opaque(_))));
            return match self.theory(bit, &rest) {
                Found::Empty => Found::Empty,
                _ => Found::Unknown("a part of the schema is not understood".into()),
            };
        }
        match bit {
            types::NUM => self.numbers(state),
            types::STR => self.strings(state),
            types::OBJ => self.objects(&state.atoms),
            _ => self.arrays(&state.atoms),
        }
    }

    /// Whether the atoms alone are impossible, at a glance.
    pub(super) fn refuted(&mut self, bit: u8, state: &State) -> bool {
        match bit {
            types::NUM => matches!(self.numbers(state), Found::Empty),
            types::STR => matches!(self.strings(state), Found::Empty),
            types::OBJ => self.objects_refuted(&state.atoms),
            _ => false,
        }
    }

    fn numbers(&mut self, state: &State) -> Found {
        let mut ask = Numbers::default();
        for id in &state.atoms {
            match self.store.node(*id) {
                Node::Min(bound, open) => ask.at_least(bound, *open),
                Node::Max(bound, open) => ask.at_most(bound, *open),
                Node::Multiple(of) => ask.multiple.push(of.clone()),
                Node::NotMultiple(of) => ask.not_multiple.push(of.clone()),
                Node::Not(inner) => {
                    if let Node::In(values) = self.store.node(*inner) {
                        ask.not.extend(values.iter().cloned());
                    }
                }
                _ => {}
            }
        }
        match ask.find() {
            Ok(Some(number)) => Found::Value(Value::Num(number)),
            Ok(None) => Found::Empty,
            Err(()) => Found::Unknown("the numeric bounds are too fine".into()),
        }
    }

    fn strings(&mut self, state: &State) -> Found {
        let mut langs = Vec::new();
        for id in &state.atoms {
            match self.store.node(*id).clone() {
                Node::Str(lang) => langs.push(lang),
                Node::Not(inner) => {
                    if let Node::In(values) = self.store.node(inner) {
                        let words: Vec<_> = values
                            .iter()
                            .filter_map(|value| match value {
                                Value::Str(word) => Some(word.clone()),
                                _ => None,
                            })
                            .collect();
                        let words = self.store.langs.words(words);
                        langs.push(self.store.langs.not(words));
                    }
                }
                _ => {}
            }
        }
        let lang = self.store.langs.and(langs);
        self.steps = self.steps.saturating_sub(20);
        match self.store.langs.sample(lang, 1) {
            Some(sample) => match sample.words.first() {
                Some(word) => Found::Value(Value::Str(word.clone())),
                None => Found::Empty,
            },
            None => Found::Unknown("a pattern or format is beyond automata".into()),
        }
    }
}
