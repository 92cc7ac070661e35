//! The search: a value in all of a list of shapes, or the proof that there is none.
//!
//! Types are tried one by one. For a type, conjunctions are taken apart, references unfolded and disjunctions split,
//! the one with the fewest ways first; what is left is asked of the theory of the type. A list of shapes that is asked
//! again while it is being searched is taken to be empty: a smallest value never needs itself (coinduction). Bounded
//! by steps and depth, without clocks. Stands on shapes, numbers, languages.

use super::eval::holds;
use super::shape::{BOTTOM, Id, Node, Store, TOP, type_of, types};
use super::value::Value;
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::sync::Arc;

mod alone;
mod theory;

/// The answer of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Such a value.
    Value(Value),
    /// There is none.
    Empty,
    /// It cannot be told, and why.
    Unknown(Reason),
}

/// Why nothing was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The search was given up; more steps might have ended it.
    Steps,
    /// Anything else, in words.
    Other(Cow<'static, str>),
}

impl From<&'static str> for Reason {
    fn from(words: &'static str) -> Self {
        Reason::Other(words.into())
    }
}

impl From<String> for Reason {
    fn from(words: String) -> Self {
        Reason::Other(words.into())
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Reason::Steps => "the search took too many steps",
            Reason::Other(words) => words,
        })
    }
}

/// Why a search was given up that would need more memory.
pub(super) const TOO_LARGE: &str = "the schemas are too large together";

/// Nesting of searches beyond this is given up.
const MAX_DEPTH: usize = 70;
/// Bytes of shapes beyond this are given up.
const MAX_BYTES: usize = 160 << 20;

const ORDER: [u8; 7] = [types::STR, types::NUM, types::OBJ, types::ARR, types::TRUE, types::FALSE, types::NULL];

/// The solver with its memory.
#[derive(Default)]
pub(super) struct Solver {
    pub(super) store: Store,
    memo: FxHashMap<Arc<[Id]>, Found>,
    /// Lists under search, with their depth.
    open: FxHashMap<Arc<[Id]>, usize>,
    /// Empty results that rest on an assumption about the list at this depth.
    provisional: Vec<(usize, Arc<[Id]>)>,
    depth: usize,
    /// The outermost assumption used since it was last reset.
    rests_on: usize,
    /// Steps left for the question.
    pub(super) steps: u64,
    /// Looks at shapes that have not made a whole step yet.
    looks: u64,
    /// Exactly one of several, and not exactly one of them, as disjunctions.
    alone: FxHashMap<Id, Id>,
    /// Whether a value is looked at before a way is chosen: only the disjunctions that refuse it are split. Slower
    /// where there are few, far faster where there are many that hardly any value breaks.
    pub(super) guided: bool,
}

/// A conjunction taken apart for one type.
#[derive(Clone, Default)]
struct State {
    seen: FxHashSet<Id>,
    atoms: Vec<Id>,
    ors: Vec<Id>,
    sets: Vec<Id>,
}

impl Solver {
    /// A value in all of `ids`.
    pub(super) fn find(&mut self, ids: impl IntoIterator<Item = Id>) -> Found {
        let whole = self.store.and(ids);
        if whole == BOTTOM {
            return Found::Empty;
        }
        let list: Arc<[Id]> = match self.store.node(whole) {
            Node::And(parts) => parts.clone(),
            _ => [whole].into(),
        };
        if let Some(known) = self.memo.get(&list) {
            return known.clone();
        }
        if let Some(&at) = self.open.get(&list) {
            self.rests_on = self.rests_on.min(at);
            return Found::Empty;
        }
        if self.depth >= MAX_DEPTH {
            return Found::Unknown("the schemas are nested too deeply".into());
        }
        if self.store.bytes() > MAX_BYTES {
            return Found::Unknown(TOO_LARGE.into());
        }
        if self.pay(list.len()).is_none() {
            return Found::Unknown(Reason::Steps);
        }
        let at = self.depth;
        let outer = std::mem::replace(&mut self.rests_on, usize::MAX);
        self.open.insert(list.clone(), at);
        self.depth += 1;
        let found = self.search(&list);
        self.depth -= 1;
        self.open.remove(&list);
        let rests_on = self.rests_on;
        match &found {
            Found::Empty if rests_on >= at => {
                // Nothing outside was assumed: this result and those that rested on it hold for good.
                while self.provisional.last().is_some_and(|(depth, _)| *depth >= at) {
                    if let Some((_, list)) = self.provisional.pop() {
                        self.memo.insert(list, Found::Empty);
                    }
                }
                self.memo.insert(list, Found::Empty);
                self.rests_on = outer;
            }
            Found::Empty => {
                self.provisional.push((at, list));
                self.rests_on = outer.min(rests_on);
            }
            _ => {
                // What assumed this list to be empty was wrong.
                while self.provisional.last().is_some_and(|(depth, _)| *depth >= at) {
                    self.provisional.pop();
                }
                if matches!(found, Found::Value(_)) {
                    self.memo.insert(list, found.clone());
                }
                self.rests_on = outer.min(if rests_on >= at { usize::MAX } else { rests_on });
            }
        }
        found
    }

    fn search(&mut self, list: &[Id]) -> Found {
        let mut unknown = None;
        for bit in ORDER {
            if list.iter().any(|id| self.store.may(*id) & bit == 0) {
                continue;
            }
            let mut state = State::default();
            match self.branch(bit, &mut state, list.to_vec(), 0) {
                Found::Empty => {}
                Found::Unknown(reason) => unknown = Some(reason),
                found @ Found::Value(_) => return found,
            }
        }
        unknown.map_or(Found::Empty, Found::Unknown)
    }

    /// Whether the list is empty at a glance: no search.
    pub(super) fn plainly_empty(&mut self, ids: &[Id]) -> bool {
        let whole = self.store.and(ids.iter().copied());
        if whole == BOTTOM {
            return true;
        }
        let list: Arc<[Id]> = match self.store.node(whole) {
            Node::And(parts) => parts.clone(),
            _ => [whole].into(),
        };
        if matches!(self.memo.get(&list), Some(Found::Empty)) {
            return true;
        }
        let Some(Node::In(values)) =
            list.iter().map(|id| self.store.node(*id)).find(|node| matches!(node, Node::In(_)))
        else {
            return false;
        };
        if values.len() > 8 {
            return false;
        }
        let values = values.clone();
        values.iter().all(|value| {
            let mut steps = 300;
            list.iter().any(|id| holds(&mut self.store, value, *id, &mut steps) == Some(false))
        })
    }

    fn branch(&mut self, bit: u8, state: &mut State, todo: Vec<Id>, level: usize) -> Found {
        let Some(left) = self.steps.checked_sub(1 + todo.len() as u64) else {
            self.steps = 0;
            return Found::Unknown(Reason::Steps);
        };
        self.steps = left;
        if level > 120 {
            return Found::Unknown("the schemas have too many alternatives".into());
        }
        match self.expand(bit, state, todo) {
            Some(true) => {}
            Some(false) => return Found::Empty,
            None => return Found::Unknown(Reason::Steps),
        }
        if let Some(&set) = state.sets.first() {
            return self.among(bit, state, set);
        }
        match bit {
            types::NULL => return self.or_unknown(state, Value::Null),
            types::TRUE => return self.or_unknown(state, Value::Bool(true)),
            types::FALSE => return self.or_unknown(state, Value::Bool(false)),
            _ => {}
        }
        // What follows looks at every atom and copies the state for each way.
        if self.pay(state.seen.len() + state.atoms.len()).is_none() {
            return Found::Unknown(Reason::Steps);
        }
        if state.ors.is_empty() {
            return self.theory(bit, state);
        }
        if self.refuted(bit, state) {
            return Found::Empty;
        }
        let mut open: Vec<usize> = (0..state.ors.len()).collect();
        if self.guided {
            match self.theory(bit, state) {
                Found::Empty => return Found::Empty,
                Found::Unknown(_) if self.steps == 0 => return Found::Unknown(Reason::Steps),
                Found::Unknown(_) => {}
                Found::Value(value) => {
                    open.retain(|at| holds(&mut self.store, &value, state.ors[*at], &mut self.steps) != Some(true));
                    if open.is_empty() {
                        return Found::Value(value);
                    }
                }
            }
        }
        let smallest = open.into_iter().min_by_key(|at| match self.store.node(state.ors[*at]) {
            Node::Or(parts) => parts.len(),
            _ => 0,
        });
        let Some(at) = smallest else { return Found::Empty };
        let or = state.ors.swap_remove(at);
        let Node::Or(parts) = self.store.node(or).clone() else { return Found::Empty };
        let mut unknown = None;
        for &part in parts.iter() {
            let mut next = state.clone();
            match self.branch(bit, &mut next, vec![part], level + 1) {
                Found::Empty => {}
                Found::Unknown(reason) => unknown = Some(reason),
                found @ Found::Value(_) => return found,
            }
        }
        unknown.map_or(Found::Empty, Found::Unknown)
    }

    fn or_unknown(&mut self, state: &State, value: Value) -> Found {
        let mut ids: Vec<Id> = state.seen.iter().copied().collect();
        ids.sort_unstable();
        let mut unknown = false;
        for id in ids {
            match holds(&mut self.store, &value, id, &mut self.steps) {
                Some(true) => {}
                Some(false) => return Found::Empty,
                None => unknown = true,
            }
        }
        if unknown { Found::Unknown("a part of the schema is not understood".into()) } else { Found::Value(value) }
    }

    fn among(&mut self, bit: u8, state: &State, set: Id) -> Found {
        let Node::In(values) = self.store.node(set).clone() else { return Found::Empty };
        let mut unknown = None;
        for value in values.iter().filter(|value| type_of(value) == bit) {
            match self.or_unknown(state, value.clone()) {
                Found::Empty => {}
                Found::Unknown(reason) => unknown = Some(reason),
                found @ Found::Value(_) => return found,
            }
        }
        unknown.map_or(Found::Empty, Found::Unknown)
    }

    /// Takes `todo` apart into atoms of the type and open disjunctions; false when it contradicts itself, `None` when
    /// that takes too many steps.
    fn expand(&mut self, bit: u8, state: &mut State, mut todo: Vec<Id>) -> Option<bool> {
        loop {
            while let Some(id) = todo.pop() {
                if self.store.may(id) & bit == 0 {
                    return Some(false);
                }
                if self.store.full(id) & bit != 0 || !state.seen.insert(id) {
                    continue;
                }
                let opposite = self.store.not(id);
                if state.seen.contains(&opposite) {
                    return Some(false);
                }
                match self.store.node(id).clone() {
                    Node::And(parts) => {
                        self.pay(parts.len())?;
                        todo.extend(parts.iter().copied());
                    }
                    Node::Ref(def) => todo.push(self.store.defs[def as usize]),
                    Node::Or(_) => state.ors.push(id),
                    Node::One(parts) => todo.push(self.alone(id, &parts)?),
                    Node::In(_) => state.sets.push(id),
                    Node::Not(inner) => match self.pushed(id, inner)? {
                        Some(pushed) => todo.push(pushed),
                        None => state.atoms.push(id),
                    },
                    Node::Type(_) => {}
                    _ => state.atoms.push(id),
                }
            }
            // Disjunctions with one way left are no choice.
            let ors = std::mem::take(&mut state.ors);
            for or in ors {
                let Node::Or(parts) = self.store.node(or).clone() else { continue };
                let mut ways = Vec::with_capacity(parts.len());
                let mut met = false;
                self.pay(parts.len())?;
                for &part in parts.iter() {
                    if self.store.full(part) & bit != 0 || state.seen.contains(&part) {
                        met = true;
                        break;
                    }
                    if self.store.may(part) & bit == 0 {
                        continue;
                    }
                    let opposite = self.store.not(part);
                    let mut clash = state.seen.contains(&opposite);
                    if let (false, Node::And(inner)) = (clash, self.store.node(part)) {
                        let at = inner.iter().position(|id| self.clashes(bit, state, *id));
                        let looks = at.unwrap_or(inner.len());
                        clash = at.is_some();
                        self.pay(looks)?;
                    }
                    if !clash {
                        ways.push(part);
                    }
                }
                if met {
                    continue;
                }
                match ways.len() {
                    0 => return Some(false),
                    1 => todo.push(ways[0]),
                    n if n == parts.len() => state.ors.push(or),
                    _ => {
                        let fewer = self.store.or(ways);
                        match self.store.node(fewer) {
                            Node::Or(_) => state.ors.push(fewer),
                            _ => todo.push(fewer),
                        }
                    }
                }
            }
            if todo.is_empty() {
                return Some(true);
            }
        }
    }

    fn clashes(&self, bit: u8, state: &State, id: Id) -> bool {
        self.store.may(id) & bit == 0
            || match self.store.node(id) {
                Node::Not(inner) => state.seen.contains(inner),
                _ => false,
            }
    }

    /// Excluded arrays or objects, told by their structure.
    pub(super) fn excluded(&mut self, atoms: &[Id], bit: u8) -> Vec<Id> {
        let mut out = Vec::new();
        for id in atoms {
            if let Node::Not(inner) = self.store.node(*id)
                && let Node::In(values) = self.store.node(*inner).clone()
            {
                for value in values.iter().filter(|value| type_of(value) == bit) {
                    let structure = self.store.structure(value);
                    out.push(self.store.not(structure));
                }
            }
        }
        out
    }

    /// Solves `atoms` together with further shapes of the same type.
    pub(super) fn again(&mut self, bit: u8, atoms: &[Id], more: Vec<Id>) -> Found {
        let mut todo: Vec<Id> = atoms
            .iter()
            .copied()
            .filter(|id| !matches!(self.store.node(*id), Node::Not(inner) if matches!(self.store.node(*inner), Node::In(_))))
            .collect();
        todo.extend(more);
        let mut state = State::default();
        self.branch(bit, &mut state, todo, 1)
    }

    /// Up to `count` different values of a shape, and whether there are no others.
    pub(super) fn several(&mut self, id: Id, count: usize) -> Result<(Vec<Value>, bool), Reason> {
        let mut values: Vec<Value> = Vec::new();
        while values.len() < count {
            let taken = self.store.values(values.iter().cloned());
            let others = self.store.not(taken);
            match self.find([id, others]) {
                Found::Value(value) => values.push(value),
                Found::Empty => return Ok((values, true)),
                Found::Unknown(reason) => return Err(reason),
            }
        }
        Ok((values, false))
    }

    /// A value of one shape.
    pub(super) fn one(&mut self, id: Id) -> Found {
        if id == TOP { Found::Value(Value::int(0)) } else { self.find([id]) }
    }
}
