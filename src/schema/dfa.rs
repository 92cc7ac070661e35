//! Deterministic automata over Unicode scalar values: the algebra behind patterns and property names.
//!
//! The alphabet is cut into classes of characters that the automaton cannot tell apart. Every operation has a cap on
//! states and answers `None` beyond it. Stands on [`refine`].

use super::refine;
use rustc_hash::FxHashMap;

mod sample;
pub(super) mod units;

/// States beyond this are refused.
pub(super) const MAX_STATES: usize = 6_000;
/// Cells of a transition table beyond this are refused.
const MAX_CELLS: usize = 1_500_000;

/// What all automata of one arena may cost together, and one of them alone, in cells of their tables and looks at
/// states on the way there.
#[derive(Debug)]
pub(super) struct Budget {
    left: u64,
    taken: u64,
}

/// Work on all automata together.
const MAX_WORK: u64 = 60_000_000;
/// Work on one pattern or one pair.
pub(super) const MAX_WORK_OF_ONE: u64 = 20_000_000;

impl Default for Budget {
    fn default() -> Self {
        Budget { left: MAX_WORK, taken: 0 }
    }
}

impl Budget {
    /// Pays for work; `None` when there is not enough left.
    pub(super) fn pay(&mut self, work: usize) -> Option<()> {
        let work = work as u64;
        self.taken += work;
        let left = self.left.checked_sub(work);
        self.left = left.unwrap_or_default();
        left.map(|_| ())
    }

    /// The work since this was last asked.
    pub(super) fn taken(&mut self) -> u64 {
        std::mem::take(&mut self.taken)
    }
}

const SURROGATES: std::ops::Range<u32> = 0xD800..0xE000;
/// One past the last scalar value.
pub(super) const END: u32 = 0x11_0000;

/// A complete deterministic automaton; state 0 is the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dfa {
    /// First character of each class; the first is 0. A class ends where the next begins.
    starts: Vec<u32>,
    /// `state * classes + class` to state.
    next: Vec<u32>,
    accept: Vec<bool>,
}

impl Dfa {
    /// Assembles an automaton from its table; `starts` must begin with 0 and hold both ends of the surrogates.
    pub(super) fn new(starts: Vec<u32>, next: Vec<u32>, accept: Vec<bool>) -> Self {
        Dfa { starts, next, accept }
    }

    /// The language of all strings, or of none.
    pub(super) fn constant(all: bool) -> Self {
        Dfa { starts: vec![0], next: vec![0], accept: vec![all] }
    }

    /// The language of exactly these words.
    pub(super) fn words<'w>(words: impl IntoIterator<Item = &'w str>) -> Option<Self> {
        let mut edges: Vec<FxHashMap<u32, u32>> = vec![FxHashMap::default()];
        let mut accept = vec![false];
        let mut cuts = vec![0];
        for word in words {
            let mut at = 0_usize;
            for c in word.chars() {
                let c = c as u32;
                cuts.extend([c, c + 1]);
                let fresh = edges.len() as u32;
                let to = *edges[at].entry(c).or_insert(fresh);
                if to == fresh {
                    edges.push(FxHashMap::default());
                    accept.push(false);
                }
                at = to as usize;
            }
            accept[at] = true;
        }
        let starts = tidy(cuts);
        let dead = edges.len() as u32;
        let classes = starts.len();
        if edges.len() > MAX_STATES || (edges.len() + 1) * classes > MAX_CELLS {
            return None;
        }
        accept.push(false);
        let mut next = vec![dead; (edges.len() + 1) * classes];
        for (state, edges) in edges.iter().enumerate() {
            for (&c, &to) in edges {
                next[state * classes + class_of(&starts, c)] = to;
            }
        }
        Some(Dfa { starts, next, accept }.minimized())
    }

    /// Strings whose length in characters is in `low..=high`.
    pub(super) fn lengths(low: u64, high: Option<u64>) -> Option<Self> {
        let last = high.map_or(low, |high| high.saturating_add(1));
        if last as usize >= MAX_STATES {
            return None;
        }
        let states = last as usize + 1;
        let next = (0..states).map(|state| (state + 1).min(states - 1) as u32).collect();
        let accept = (0..states as u64).map(|n| n >= low && high.is_none_or(|high| n <= high)).collect();
        Some(Dfa { starts: vec![0], next, accept })
    }

    /// Whether it is small enough to be worked with.
    pub(super) fn is_bearable(&self) -> bool {
        self.states() <= MAX_STATES
    }

    fn classes(&self) -> usize {
        self.starts.len()
    }

    fn states(&self) -> usize {
        self.accept.len()
    }

    fn step(&self, state: u32, class: usize) -> u32 {
        self.next[state as usize * self.classes() + class]
    }

    /// Whether the language holds `text`.
    pub(super) fn matches(&self, text: &str) -> bool {
        let state = text.chars().fold(0, |state, c| self.step(state, class_of(&self.starts, c as u32)));
        self.accept[state as usize]
    }

    /// All other strings.
    pub(super) fn complement(mut self) -> Self {
        for accept in &mut self.accept {
            *accept = !*accept;
        }
        self
    }

    /// Strings in both languages, or in at least one.
    pub(super) fn combine(&self, other: &Dfa, both: bool, budget: &mut Budget) -> Option<Dfa> {
        let mut cuts = self.starts.clone();
        cuts.extend(&other.starts);
        let starts = tidy(cuts);
        let maps: Vec<(usize, usize)> =
            starts.iter().map(|&c| (class_of(&self.starts, c), class_of(&other.starts, c))).collect();
        let mut index = FxHashMap::default();
        let mut pairs = vec![(0_u32, 0_u32)];
        index.insert((0, 0), 0_u32);
        let mut next = Vec::new();
        let mut at = 0;
        while at < pairs.len() {
            let (left, right) = pairs[at];
            at += 1;
            for &(class_left, class_right) in &maps {
                let to = (self.step(left, class_left), other.step(right, class_right));
                let fresh = pairs.len() as u32;
                let id = *index.entry(to).or_insert(fresh);
                if id == fresh {
                    pairs.push(to);
                }
                next.push(id);
            }
            budget.pay(2 * maps.len())?;
            if pairs.len() > MAX_STATES * 4 || next.len() > MAX_CELLS {
                return None;
            }
        }
        let accept = pairs.iter().map(|&(left, right)| {
            let (left, right) = (self.accept[left as usize], other.accept[right as usize]);
            if both { left && right } else { left || right }
        });
        Some(Dfa { accept: accept.collect(), starts, next }.minimized())
    }

    /// The smallest automaton of the same language, with the fewest classes.
    pub(super) fn minimized(self) -> Dfa {
        let classes = self.classes();
        let (block, count) = refine::blocks(&self.next, classes, &self.accept);
        // Blocks are numbered as they are reached from the start, so equal languages get equal tables.
        let mut first = vec![0; count];
        for state in (0..self.states()).rev() {
            first[block[state] as usize] = state;
        }
        let mut number: Vec<Option<u32>> = vec![None; count];
        let mut order = vec![block[0]];
        number[block[0] as usize] = Some(0);
        let mut next = Vec::with_capacity(count * classes);
        let mut at = 0;
        while at < order.len() {
            let state = first[order[at] as usize];
            at += 1;
            for class in 0..classes {
                let to = block[self.next[state * classes + class] as usize];
                let fresh = order.len() as u32;
                let id = *number[to as usize].get_or_insert(fresh);
                if id == fresh {
                    order.push(to);
                }
                next.push(id);
            }
        }
        let accept = order.iter().map(|block| self.accept[first[*block as usize]]).collect();
        Dfa { starts: self.starts, next, accept }.with_fewest_classes()
    }

    fn with_fewest_classes(self) -> Dfa {
        let classes = self.classes();
        let equal = |class: usize| {
            (0..self.states()).all(|state| self.next[state * classes + class] == self.next[state * classes + class - 1])
        };
        let edge = |class: usize| SURROGATES.contains(&self.starts[class]);
        let keep: Vec<usize> =
            (0..classes).filter(|&class| class == 0 || !equal(class) || edge(class) || edge(class - 1)).collect();
        let starts = keep.iter().map(|&class| self.starts[class]).collect();
        let mut next = Vec::with_capacity(self.states() * keep.len());
        for state in 0..self.states() {
            next.extend(keep.iter().map(|class| self.next[state * classes + class]));
        }
        Dfa { starts, next, accept: self.accept }
    }
}

/// Sorted cuts without doubles, with those around the surrogates.
pub(super) fn tidy(mut cuts: Vec<u32>) -> Vec<u32> {
    if cuts.len() > 1 {
        cuts.extend([SURROGATES.start, SURROGATES.end]);
    }
    cuts.push(0);
    cuts.sort_unstable();
    cuts.dedup();
    cuts.retain(|cut| *cut < END);
    cuts
}

/// The class that holds a character.
pub(super) fn class_of(starts: &[u32], c: u32) -> usize {
    starts.partition_point(|start| *start <= c) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Dfa {
        Dfa::words(words.iter().copied()).unwrap()
    }

    #[test]
    fn a_finite_language_is_listed_whole() {
        let (list, whole) = words(&["b", "a", "abc"]).sample(10, 0, None, &mut Budget::default()).unwrap();
        assert_eq!(list, ["a", "b", "abc"]);
        assert!(whole);
    }

    #[test]
    fn boolean_operations() {
        let left = words(&["a", "b"]);
        let right = words(&["b", "c"]);
        assert_eq!(left.combine(&right, true, &mut Budget::default()).unwrap(), words(&["b"]));
        assert_eq!(left.combine(&right, false, &mut Budget::default()).unwrap(), words(&["a", "b", "c"]));
        let rest = left.clone().complement();
        assert!(rest.matches("") && !rest.matches("a"));
        assert_eq!(
            left.combine(&rest, true, &mut Budget::default())
                .unwrap()
                .sample(1, 0, None, &mut Budget::default())
                .unwrap(),
            (vec![], true)
        );
        assert_eq!(left.combine(&rest, false, &mut Budget::default()).unwrap().minimized().states(), 1);
    }

    #[test]
    fn length_windows_are_respected() {
        let any = Dfa::constant(true);
        assert_eq!(any.sample(1, 0, None, &mut Budget::default()).unwrap().0, [""]);
        assert_eq!(any.sample(1, 3, Some(3), &mut Budget::default()).unwrap().0, ["aaa"]);
        assert_eq!(any.sample(1, 5, Some(4), &mut Budget::default()).unwrap(), (vec![], true));
        assert_eq!(any.sample(3, 1, Some(1), &mut Budget::default()).unwrap().0, ["a", "b", "c"]);
        assert_eq!(words(&["abc"]).sample(1, 4, None, &mut Budget::default()).unwrap(), (vec![], true));
        assert_eq!(words(&["abc"]).sample(1, 0, Some(2), &mut Budget::default()).unwrap(), (vec![], true));
        let even = Dfa::new(vec![0], vec![1, 0], vec![true, false]);
        assert_eq!(even.sample(1, 3, Some(3), &mut Budget::default()).unwrap(), (vec![], true));
        assert_eq!(even.sample(1, 3, Some(4), &mut Budget::default()).unwrap().0, ["aaaa"]);
    }

    #[test]
    fn lengths_as_an_automaton() {
        let window = Dfa::lengths(1, Some(2)).unwrap();
        assert!(!window.matches("") && window.matches("é") && window.matches("ab") && !window.matches("abc"));
    }
}
