//! All queries as one automaton. A position is "this much of a query is matched at this node"; a set of positions is a
//! state. Sets are numbered, and the set that a child gets is worked out once per set and kind of key.

use super::parse::{Filter, Op, Query, Selector};
use super::prefilter::{Needs, is_names, needs};
use super::script::Type;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Number of a position.
pub(super) type Pos = u32;
/// Number of a set of positions; 0 is the empty set.
pub(super) type SetId = u32;

/// What ends at a position, apart from going on to children.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Terminal {
    End,
    Is(Type),
    Parent,
    Key,
}

#[derive(Debug)]
pub(super) struct Position {
    pub(super) query: u32,
    pub(super) op: Option<Op>,
}

/// A filter with its number, and what it needs.
#[derive(Debug)]
pub(super) struct Test {
    pub(super) filter: Arc<Filter>,
    pub(super) needs: Needs,
    /// Bits of the keys it needs one of; 0: no such need.
    pub(super) key_bits: u64,
    /// Whether an element of an array can be among those keys.
    pub(super) elements: bool,
    /// Whether the key of the candidate is all it asks for.
    pub(super) by_name: bool,
}

/// Several queries, ready to be matched.
#[derive(Debug)]
pub struct Matcher {
    pub(super) positions: Vec<Position>,
    pub(super) starts: Vec<Pos>,
    pub(super) tests: Vec<Test>,
    /// Position to number of its filter.
    pub(super) test_of: FxHashMap<Pos, u32>,
    /// Names that selectors and filters speak of; a name's column is its index plus one.
    pub(super) names: Vec<String>,
    /// Names that filters need; a name's bit is its index.
    pub(super) needed: Vec<String>,
}

impl Matcher {
    /// Compiles queries; hits name them by their index.
    pub fn new(queries: &[Query]) -> Self {
        let mut matcher = Matcher {
            positions: Vec::new(),
            starts: Vec::new(),
            tests: Vec::new(),
            test_of: FxHashMap::default(),
            names: Vec::new(),
            needed: Vec::new(),
        };
        let mut tests: FxHashMap<&str, u32> = FxHashMap::default();
        let mut names: FxHashSet<String> = FxHashSet::default();
        for (number, query) in queries.iter().enumerate() {
            matcher.starts.push(matcher.positions.len() as Pos);
            for op in &query.ops {
                if let Op::Child(Selector::Filter(filter)) = op {
                    let test = *tests.entry(&filter.text).or_insert_with(|| {
                        matcher.tests.push(Test {
                            filter: Arc::clone(filter),
                            needs: needs(&filter.script),
                            key_bits: 0,
                            elements: false,
                            by_name: is_names(&filter.script),
                        });
                        matcher.tests.len() as u32 - 1
                    });
                    matcher.test_of.insert(matcher.positions.len() as Pos, test);
                }
                if let Op::Child(Selector::Names(list)) = op {
                    for name in list {
                        if names.insert(name.clone()) {
                            matcher.names.push(name.clone());
                        }
                    }
                }
                matcher.positions.push(Position { query: number as u32, op: Some(op.clone()) });
            }
            matcher.positions.push(Position { query: number as u32, op: None });
        }
        for test in &mut matcher.tests {
            for name in test.needs.names.iter().flatten() {
                if names.insert(name.clone()) {
                    matcher.names.push(name.clone());
                }
            }
            let mut bits = 0_u64;
            for key in test.needs.keys.iter().flatten() {
                let at = matcher.needed.iter().position(|known| known == key).unwrap_or_else(|| {
                    matcher.needed.push(key.clone());
                    matcher.needed.len() - 1
                });
                // With more keys than bits the last bit stands for "cannot tell".
                bits |= 1 << at.min(63);
            }
            test.key_bits = bits;
            test.elements = test.needs.keys.iter().flatten().any(|key| key.parse::<usize>().is_ok());
        }
        matcher
    }
}

/// Start, end and step.
type Slice = (i64, Option<i64>, i64);

/// What a child gets.
#[derive(Debug, Default)]
pub(super) struct Transition {
    /// Any child.
    pub(super) always: SetId,
    /// A child that is a container.
    pub(super) container: SetId,
    /// Whether there is something to do at a child that is no container.
    pub(super) scalars: bool,
    /// Filters to ask, with what their consent adds.
    pub(super) tests: Vec<(u32, SetId)>,
    /// Slices to ask.
    pub(super) slices: Vec<(Slice, SetId)>,
}

/// The sets met so far and what is known of them. One per walk, since it grows as the walk goes.
pub(super) struct Sets<'m> {
    matcher: &'m Matcher,
    members: Vec<Arc<[Pos]>>,
    terminals: Vec<Vec<(Pos, Terminal)>>,
    numbers: FxHashMap<Arc<[Pos]>, SetId>,
    unions: FxHashMap<(SetId, SetId), SetId>,
    differences: FxHashMap<(SetId, SetId), SetId>,
    /// Per set and column, number of the transition plus one; 0: not worked out yet.
    columns: Vec<Vec<u32>>,
    transitions: Vec<Transition>,
}

impl<'m> Sets<'m> {
    pub(super) fn new(matcher: &'m Matcher) -> Self {
        let mut sets = Sets {
            matcher,
            members: Vec::new(),
            terminals: Vec::new(),
            numbers: FxHashMap::default(),
            unions: FxHashMap::default(),
            differences: FxHashMap::default(),
            columns: Vec::new(),
            transitions: Vec::new(),
        };
        sets.number(Vec::new());
        sets
    }

    /// The set of these positions and those they reach without a step.
    pub(super) fn closure(&mut self, positions: &[Pos]) -> SetId {
        let mut all = Vec::new();
        for &position in positions {
            let mut at = position;
            all.push(at);
            while matches!(self.matcher.positions[at as usize].op, Some(Op::Descend)) {
                at += 1;
                all.push(at);
            }
        }
        self.number(all)
    }

    fn number(&mut self, mut positions: Vec<Pos>) -> SetId {
        positions.sort_unstable();
        positions.dedup();
        let positions: Arc<[Pos]> = positions.into();
        if let Some(&number) = self.numbers.get(&positions) {
            return number;
        }
        let number = self.members.len() as SetId;
        let terminal = |&at: &Pos| {
            let terminal = match self.matcher.positions[at as usize].op {
                None => Terminal::End,
                Some(Op::Is(ty)) => Terminal::Is(ty),
                Some(Op::Parent) => Terminal::Parent,
                Some(Op::Key) => Terminal::Key,
                Some(Op::Descend | Op::Child(_)) => return None,
            };
            Some((at, terminal))
        };
        self.terminals.push(positions.iter().filter_map(terminal).collect());
        self.columns.push(Vec::new());
        self.numbers.insert(Arc::clone(&positions), number);
        self.members.push(positions);
        number
    }

    pub(super) fn positions(&self, set: SetId) -> &Arc<[Pos]> {
        &self.members[set as usize]
    }

    pub(super) fn terminals(&self, set: SetId) -> &[(Pos, Terminal)] {
        &self.terminals[set as usize]
    }

    pub(super) fn union(&mut self, a: SetId, b: SetId) -> SetId {
        if a == b || b == 0 {
            return a;
        }
        if a == 0 {
            return b;
        }
        let key = (a.min(b), a.max(b));
        if let Some(&known) = self.unions.get(&key) {
            return known;
        }
        let all = self.members[a as usize].iter().chain(self.members[b as usize].iter()).copied().collect();
        let number = self.number(all);
        self.unions.insert(key, number);
        number
    }

    /// Positions of `a` that are not in `b`.
    pub(super) fn difference(&mut self, a: SetId, b: SetId) -> SetId {
        if b == 0 || a == 0 {
            return a;
        }
        if a == b {
            return 0;
        }
        if let Some(&known) = self.differences.get(&(a, b)) {
            return known;
        }
        let without = Arc::clone(&self.members[b as usize]);
        let left = self.members[a as usize].iter().copied().filter(|at| without.binary_search(at).is_err()).collect();
        let number = self.number(left);
        self.differences.insert((a, b), number);
        number
    }

    /// A transition by its number.
    pub(super) fn transition(&self, number: usize) -> &Transition {
        &self.transitions[number]
    }

    /// What children under a key of this column get, as the number of a transition. Column 0 is every name that no query
    /// speaks of.
    pub(super) fn step(&mut self, set: SetId, column: usize) -> usize {
        match self.columns[set as usize].get(column) {
            Some(&known) if known > 0 => known as usize - 1,
            _ => self.work_out(set, column),
        }
    }

    fn work_out(&mut self, set: SetId, column: usize) -> usize {
        let matcher = self.matcher;
        let name = column.checked_sub(1).map(|at| matcher.names[at].as_str());
        let (mut always, mut deep) = (Vec::new(), Vec::new());
        let mut tests: Vec<(u32, Vec<Pos>)> = Vec::new();
        let mut slices = Vec::new();
        for at in self.members[set as usize].iter().copied() {
            match &matcher.positions[at as usize].op {
                Some(Op::Descend) => deep.push(at),
                Some(Op::Child(Selector::Any)) => always.push(at + 1),
                Some(Op::Child(Selector::Names(names)))
                    if name.is_some_and(|name| names.iter().any(|known| known == name)) =>
                {
                    always.push(at + 1);
                }
                Some(Op::Child(Selector::Filter(_))) => {
                    let Some(&test) = matcher.test_of.get(&at) else { continue };
                    let wanted = &matcher.tests[test as usize].needs.names;
                    if wanted.as_ref().is_some_and(|names| !names.iter().any(|known| Some(known.as_str()) == name)) {
                        continue;
                    }
                    if matcher.tests[test as usize].by_name {
                        always.push(at + 1);
                        continue;
                    }
                    match tests.iter_mut().find(|(known, _)| *known == test) {
                        Some((_, next)) => next.push(at + 1),
                        None => tests.push((test, vec![at + 1])),
                    }
                }
                Some(Op::Child(Selector::Slice(start, end, step))) => slices.push(((*start, *end, *step), at + 1)),
                _ => {}
            }
        }
        let always_set = self.closure(&always);
        let deep_set = self.closure(&deep);
        let transition = Transition {
            always: always_set,
            container: self.union(always_set, deep_set),
            scalars: always_set != 0
                || !slices.is_empty()
                || tests.iter().any(|(test, _)| matcher.tests[*test as usize].key_bits == 0),
            tests: tests.into_iter().map(|(test, next)| (test, self.closure(&next))).collect(),
            slices: slices.into_iter().map(|(slice, next)| (slice, self.closure(&[next]))).collect(),
        };
        self.transitions.push(transition);
        let row = &mut self.columns[set as usize];
        if row.len() <= column {
            row.resize(column + 1, 0);
        }
        row[column] = self.transitions.len() as u32;
        self.transitions.len() - 1
    }
}
