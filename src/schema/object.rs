//! Objects: which names may, must and must not occur, how many, and with which values.
//!
//! Names fall into cells that no language of the question tells apart: each name mentioned is a cell, the others are
//! cut by the patterns. Demands for members are dealt out to cells with backtracking; fillers make up the number.

use super::lang::{Lang, NONE};
use super::shape::{BOTTOM, Id, Node, types};
use super::solve::{Found, Reason, Solver};
use super::value::Value;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Default)]
struct Ask {
    each: Vec<(Lang, Id)>,
    some: Vec<(Lang, Id)>,
    low: u64,
    high: Option<u64>,
}

/// Patterns that cut the names beyond this are given up.
const MAX_PATTERNS: usize = 8;
/// Members made up to reach `minProperties` beyond this are given up.
const MAX_FILL: u64 = 5_000;

/// A member chosen for the witness.
#[derive(Clone)]
struct Chosen {
    name: Arc<str>,
    cell: usize,
    parts: Vec<Id>,
}

/// Names that are treated alike.
struct Cell {
    /// A single name, or a language.
    name: Option<Arc<str>>,
    lang: Lang,
    /// What every value under such a name must satisfy.
    value: Id,
}

impl Solver {
    fn object_ask(&self, atoms: &[Id]) -> Ask {
        let mut ask = Ask::default();
        for id in atoms {
            match self.store.node(*id) {
                Node::Each(lang, id) => ask.each.push((*lang, *id)),
                Node::Some(lang, id) => ask.some.push((*lang, *id)),
                Node::Size(low, high) => {
                    ask.low = ask.low.max(*low);
                    ask.high = match (ask.high, *high) {
                        (Some(left), Some(right)) => Some(left.min(right)),
                        (left, right) => left.or(right),
                    };
                }
                _ => {}
            }
        }
        ask
    }

    /// Whether a demanded member is impossible at a glance.
    pub(super) fn objects_refuted(&mut self, atoms: &[Id]) -> bool {
        let ask = self.object_ask(atoms);
        if ask.high.is_some_and(|high| ask.low > high) {
            return true;
        }
        let mut parts: BTreeMap<Arc<str>, Vec<Id>> = BTreeMap::new();
        for (lang, id) in &ask.some {
            if let Some([word]) = self.store.langs.as_words(*lang) {
                parts.entry(word.clone()).or_default().push(*id);
            }
        }
        if ask.high.is_some_and(|high| (parts.len() as u64) > high) {
            return true;
        }
        // What is asked of names one by one is looked up; only what holds for many names is tried on each.
        let mut wide = Vec::new();
        for (lang, id) in &ask.each {
            match self.store.langs.as_words(*lang) {
                Some(words) => {
                    for word in words {
                        if let Some(parts) = parts.get_mut(word) {
                            parts.push(*id);
                        }
                    }
                }
                None => wide.push((*lang, *id)),
            }
        }
        if self.pay(wide.len() * parts.len()).is_none() {
            return false;
        }
        for (name, mut parts) in parts {
            for (lang, id) in &wide {
                if self.store.langs.matches(*lang, &name) == Some(true) {
                    parts.push(*id);
                }
            }
            if self.plainly_empty(&parts) {
                return true;
            }
        }
        false
    }

    pub(super) fn objects(&mut self, atoms: &[Id]) -> Found {
        if self.objects_refuted(atoms) {
            return Found::Empty;
        }
        let ask = self.object_ask(atoms);
        let found = match self.solve_object(ask) {
            Ok(found) => found,
            Err(reason) => Found::Unknown(reason),
        };
        let Found::Value(value) = &found else { return found };
        // Excluded objects seldom matter: only when the value found is one of them.
        let hit = atoms.iter().any(|id| {
            matches!(self.store.node(*id), Node::Not(inner) if matches!(self.store.node(*inner), Node::In(values) if values.contains(value)))
        });
        if !hit {
            return found;
        }
        let more = self.excluded(atoms, types::OBJ);
        self.again(types::OBJ, atoms, more)
    }

    fn solve_object(&mut self, mut ask: Ask) -> Result<Found, Reason> {
        self.pay(4 * (ask.each.len() + ask.some.len())).ok_or(Reason::Steps)?;
        let cells = self.cells(&ask)?;
        // Demands for one name are one demand; those that ask something of the value go first.
        let mut single: BTreeMap<Arc<str>, Vec<Id>> = BTreeMap::new();
        let mut open = Vec::new();
        for (lang, id) in std::mem::take(&mut ask.some) {
            match self.store.langs.as_words(lang) {
                Some([word]) => single.entry(word.clone()).or_default().push(id),
                Some([]) => return Ok(Found::Empty),
                _ => open.push((lang, id)),
            }
        }
        let index: FxHashMap<Arc<str>, usize> =
            cells.iter().enumerate().filter_map(|(at, cell)| Some((cell.name.clone()?, at))).collect();
        let mut demands: Vec<(Arc<str>, Id)> = Vec::new();
        for (name, parts) in single {
            let id = self.store.and(parts);
            demands.push((name, id));
        }
        demands.sort_by_key(|(name, id)| (!matches!(self.store.node(*id), Node::Not(_) | Node::And(_)), name.clone()));
        let mut chosen = Vec::new();
        let mut unknown = None;
        for (name, id) in demands {
            let cell = index[&name];
            match self.find([id, cells[cell].value]) {
                Found::Value(_) => {}
                Found::Empty => return Ok(Found::Empty),
                Found::Unknown(reason) => unknown = Some(reason),
            }
            chosen.push(Chosen { name, cell, parts: vec![id] });
        }
        if ask.high.is_some_and(|high| chosen.len() as u64 > high) {
            return Ok(Found::Empty);
        }
        if let Some(reason) = unknown {
            return Ok(Found::Unknown(reason));
        }
        self.deal(&ask, &cells, &open, chosen)
    }

    /// Deals the open demands out to members, then fills up.
    fn deal(&mut self, ask: &Ask, cells: &[Cell], open: &[(Lang, Id)], chosen: Vec<Chosen>) -> Result<Found, Reason> {
        self.steps = self.steps.checked_sub(1).ok_or(Reason::Steps)?;
        self.pay(chosen.len() + cells.len()).ok_or(Reason::Steps)?;
        let Some((&(lang, id), rest)) = open.split_first() else {
            return self.fill(ask, cells, chosen);
        };
        let mut unknown = None;
        let room = ask.high.is_none_or(|high| (chosen.len() as u64) < high);
        // A member of its own.
        for (at, cell) in cells.iter().enumerate() {
            if !room || !self.within(cell, lang)? {
                continue;
            }
            let taken: Vec<Arc<str>> =
                chosen.iter().filter(|member| member.cell == at).map(|member| member.name.clone()).collect();
            let Some(name) = self.fresh(cell, &taken)? else { continue };
            match self.find([id, cell.value]) {
                Found::Empty => continue,
                Found::Unknown(reason) => {
                    unknown = Some(reason);
                    continue;
                }
                Found::Value(_) => {}
            }
            let mut next = chosen.clone();
            next.push(Chosen { name, cell: at, parts: vec![id] });
            match self.deal(ask, cells, rest, next)? {
                Found::Empty => {}
                Found::Unknown(reason) => unknown = Some(reason),
                found @ Found::Value(_) => return Ok(found),
            }
        }
        // Together with a member that is there.
        for at in 0..chosen.len() {
            let cell = &cells[chosen[at].cell];
            if !self.within(cell, lang)? {
                continue;
            }
            let mut parts = chosen[at].parts.clone();
            parts.push(id);
            parts.push(cell.value);
            match self.find(parts) {
                Found::Empty => continue,
                Found::Unknown(reason) => {
                    unknown = Some(reason);
                    continue;
                }
                Found::Value(_) => {}
            }
            let mut next = chosen.clone();
            next[at].parts.push(id);
            match self.deal(ask, cells, rest, next)? {
                Found::Empty => {}
                Found::Unknown(reason) => unknown = Some(reason),
                found @ Found::Value(_) => return Ok(found),
            }
        }
        Ok(unknown.map_or(Found::Empty, Found::Unknown))
    }

    fn fill(&mut self, ask: &Ask, cells: &[Cell], mut chosen: Vec<Chosen>) -> Result<Found, Reason> {
        let mut unknown = None;
        if ask.low > MAX_FILL + chosen.len() as u64 {
            return Err("too many members are needed".into());
        }
        if (chosen.len() as u64) < ask.low {
            for (at, cell) in cells.iter().enumerate() {
                let missing = (ask.low as usize).saturating_sub(chosen.len());
                if missing == 0 {
                    break;
                }
                match self.find([cell.value]) {
                    Found::Value(_) => {}
                    Found::Empty => continue,
                    Found::Unknown(reason) => {
                        unknown = Some(reason);
                        continue;
                    }
                }
                let taken: Vec<Arc<str>> =
                    chosen.iter().filter(|member| member.cell == at).map(|member| member.name.clone()).collect();
                for name in self.names_of(cell, &taken, missing)? {
                    chosen.push(Chosen { name, cell: at, parts: Vec::new() });
                }
            }
            if (chosen.len() as u64) < ask.low {
                return Ok(unknown.map_or(Found::Empty, Found::Unknown));
            }
        }
        let mut members = Vec::with_capacity(chosen.len());
        for member in chosen {
            let mut parts = member.parts;
            parts.push(cells[member.cell].value);
            match self.find(parts) {
                Found::Value(value) => members.push((member.name, value)),
                other => return Ok(other),
            }
        }
        Ok(Found::Value(Value::object(members)))
    }

    fn within(&mut self, cell: &Cell, lang: Lang) -> Result<bool, Reason> {
        if let Some(name) = cell.name.clone() {
            return self.store.langs.matches(lang, &name).ok_or("a pattern for names is not understood".into());
        }
        // All names of a cell are alike: one tells for all.
        let sample = self.store.langs.sample(cell.lang, 1).ok_or("a pattern for names is beyond automata")?;
        let Some(word) = sample.words.first().cloned() else { return Ok(false) };
        self.store.langs.matches(lang, &word).ok_or("a pattern for names is not understood".into())
    }

    fn fresh(&mut self, cell: &Cell, taken: &[Arc<str>]) -> Result<Option<Arc<str>>, Reason> {
        Ok(self.names_of(cell, taken, 1)?.into_iter().next())
    }

    /// Up to `count` names of a cell that are not taken.
    fn names_of(&mut self, cell: &Cell, taken: &[Arc<str>], count: usize) -> Result<Vec<Arc<str>>, Reason> {
        if let Some(name) = &cell.name {
            return Ok(if taken.is_empty() { vec![name.clone()] } else { Vec::new() });
        }
        let wanted = count + taken.len();
        let sample = self.store.langs.sample(cell.lang, wanted).ok_or("a pattern for names is beyond automata")?;
        Ok(sample.words.into_iter().filter(|word| !taken.contains(word)).take(count).collect())
    }

    fn cells(&mut self, ask: &Ask) -> Result<Vec<Cell>, Reason> {
        let langs: Vec<Lang> =
            ask.each.iter().map(|(lang, _)| *lang).chain(ask.some.iter().map(|(lang, _)| *lang)).collect();
        let mut names: BTreeMap<Arc<str>, Vec<Id>> = BTreeMap::new();
        let mut patterns: Vec<Lang> = Vec::new();
        for &lang in &langs {
            let words = self.store.langs.as_words(lang).or_else(|| self.store.langs.as_all_but(lang));
            match words {
                Some(words) => {
                    for word in words {
                        names.entry(word.clone()).or_default();
                    }
                }
                None if !patterns.contains(&lang) => patterns.push(lang),
                None => {}
            }
        }
        if patterns.len() > MAX_PATTERNS {
            return Err("too many patterns for names".into());
        }
        let unclear = "a pattern for names is not understood";
        for (lang, id) in &ask.each {
            if let Some(words) = self.store.langs.as_words(*lang) {
                for word in words {
                    if let Some(parts) = names.get_mut(word) {
                        parts.push(*id);
                    }
                }
                continue;
            }
            self.pay(names.len()).ok_or(Reason::Steps)?;
            for (name, parts) in &mut names {
                if self.store.langs.matches(*lang, name).ok_or(unclear)? {
                    parts.push(*id);
                }
            }
        }
        let mut cells = Vec::new();
        for (name, parts) in &names {
            let value = self.store.and(parts.iter().copied());
            cells.push(Cell { name: Some(name.clone()), lang: NONE, value });
        }
        // The other names, cut by the patterns.
        let mentioned = self.store.langs.words(names.keys().cloned());
        let rest = self.store.langs.not(mentioned);
        let mut cuts = vec![rest];
        for pattern in patterns {
            let outside = self.store.langs.not(pattern);
            let mut finer = Vec::new();
            for cut in cuts {
                for side in [outside, pattern] {
                    let part = self.store.langs.and([cut, side]);
                    let sample = self.store.langs.sample(part, 1).ok_or("a pattern for names is beyond automata")?;
                    if !sample.words.is_empty() {
                        finer.push(part);
                    }
                }
            }
            cuts = finer;
        }
        for lang in cuts {
            let sample = self.store.langs.sample(lang, 1).ok_or("a pattern for names is beyond automata")?;
            let Some(word) = sample.words.first().cloned() else { continue };
            let mut parts = Vec::new();
            for (each, id) in &ask.each {
                if self.store.langs.matches(*each, &word).ok_or(unclear)? {
                    parts.push(*id);
                }
            }
            let value = self.store.and(parts);
            if value != BOTTOM {
                cells.push(Cell { name: None, lang, value });
            }
        }
        Ok(cells)
    }
}
