//! Partition refinement: which states of a complete deterministic automaton accept the same rest.
//!
//! Takes a transition table and the accepting states, gives a block per state. Hopcroft's algorithm: the cost is
//! `cells * log(states)`, where refining the whole table until nothing changes is quadratic for long chains, which
//! patterns with bounded repetitions are. Stands on nothing.

/// The coarsest partition in which states of a block agree on acceptance and step to equal blocks: a block number per
/// state, and how many blocks there are. `next[state * classes + class]` is a state.
pub(super) fn blocks(next: &[u32], classes: usize, accept: &[bool]) -> (Vec<u32>, usize) {
    let mut partition = Partition::by_acceptance(accept);
    let back = Reverse::new(next, classes, accept.len());
    let mut waiting: Vec<u32> = (0..partition.ends.len() as u32).collect();
    let mut waits = vec![true; waiting.len()];
    let mut touched = Vec::new();
    while let Some(splitter) = waiting.pop() {
        waits[splitter as usize] = false;
        // The splitter may be split by itself: what stood in it now is what counts.
        let members = partition.members(splitter).to_vec();
        for class in 0..classes {
            for &state in &members {
                for &before in back.sources(class, state) {
                    partition.mark(before, &mut touched);
                }
            }
            for block in touched.drain(..) {
                let Some(fresh) = partition.split(block) else { continue };
                let smaller =
                    if waits[block as usize] || partition.len(fresh) <= partition.len(block) { fresh } else { block };
                waits.push(false);
                waits[smaller as usize] = true;
                waiting.push(smaller);
            }
        }
    }
    (partition.block, partition.ends.len())
}

/// Which states step into a state with a class, as one sorted list per pair.
struct Reverse {
    first: Vec<u32>,
    states: Vec<u32>,
    count: usize,
}

impl Reverse {
    fn new(next: &[u32], classes: usize, count: usize) -> Self {
        let mut first = vec![0_u32; classes * count + 1];
        let slot = |cell: usize, to: u32| (cell % classes) * count + to as usize;
        for (cell, &to) in next.iter().enumerate() {
            first[slot(cell, to) + 1] += 1;
        }
        for at in 1..first.len() {
            first[at] += first[at - 1];
        }
        let mut free = first.clone();
        let mut states = vec![0; next.len()];
        for (cell, &to) in next.iter().enumerate() {
            let free = &mut free[slot(cell, to)];
            states[*free as usize] = (cell / classes) as u32;
            *free += 1;
        }
        Reverse { first, states, count }
    }

    fn sources(&self, class: usize, state: u32) -> &[u32] {
        let at = class * self.count + state as usize;
        &self.states[self.first[at] as usize..self.first[at + 1] as usize]
    }
}

/// States in an order that keeps each block together; the marked ones of a block stand first in it.
struct Partition {
    order: Vec<u32>,
    /// Where a state stands in `order`.
    place: Vec<u32>,
    block: Vec<u32>,
    starts: Vec<u32>,
    ends: Vec<u32>,
    marked: Vec<u32>,
}

impl Partition {
    fn by_acceptance(accept: &[bool]) -> Self {
        let (yes, no): (Vec<u32>, Vec<u32>) = (0..accept.len() as u32).partition(|state| accept[*state as usize]);
        let mut partition = Partition {
            order: Vec::with_capacity(accept.len()),
            place: vec![0; accept.len()],
            block: vec![0; accept.len()],
            starts: Vec::new(),
            ends: Vec::new(),
            marked: Vec::new(),
        };
        for states in [yes, no] {
            if states.is_empty() {
                continue;
            }
            let block = partition.starts.len() as u32;
            partition.starts.push(partition.order.len() as u32);
            for state in states {
                partition.place[state as usize] = partition.order.len() as u32;
                partition.block[state as usize] = block;
                partition.order.push(state);
            }
            partition.ends.push(partition.order.len() as u32);
            partition.marked.push(0);
        }
        partition
    }

    fn len(&self, block: u32) -> u32 {
        self.ends[block as usize] - self.starts[block as usize]
    }

    fn members(&self, block: u32) -> &[u32] {
        &self.order[self.starts[block as usize] as usize..self.ends[block as usize] as usize]
    }

    /// Marks a state; a block that had no mark yet is added to `touched`.
    fn mark(&mut self, state: u32, touched: &mut Vec<u32>) {
        let block = self.block[state as usize];
        let border = self.starts[block as usize] + self.marked[block as usize];
        let place = self.place[state as usize];
        if place < border {
            return;
        }
        if self.marked[block as usize] == 0 {
            touched.push(block);
        }
        let other = self.order[border as usize];
        self.order.swap(place as usize, border as usize);
        self.place[state as usize] = border;
        self.place[other as usize] = place;
        self.marked[block as usize] += 1;
    }

    /// Takes the marks of a block away; its marked states become a block of their own if others are left.
    fn split(&mut self, block: u32) -> Option<u32> {
        let marked = std::mem::take(&mut self.marked[block as usize]);
        if marked == self.len(block) {
            return None;
        }
        let fresh = self.starts.len() as u32;
        let start = self.starts[block as usize];
        self.starts.push(start);
        self.ends.push(start + marked);
        self.marked.push(0);
        self.starts[block as usize] = start + marked;
        for at in start..start + marked {
            self.block[self.order[at as usize] as usize] = fresh;
        }
        Some(fresh)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Refines by whole rows until nothing changes.
    fn naive(next: &[u32], classes: usize, accept: &[bool]) -> Vec<usize> {
        let mut block: Vec<usize> = accept.iter().map(|accept| usize::from(*accept)).collect();
        loop {
            let keys: Vec<(usize, Vec<usize>)> = (0..accept.len())
                .map(|state| {
                    let row = &next[state * classes..(state + 1) * classes];
                    (block[state], row.iter().map(|to| block[*to as usize]).collect())
                })
                .collect();
            let fresh: Vec<usize> =
                keys.iter().map(|key| keys.iter().position(|other| other == key).unwrap_or_default()).collect();
            if fresh == block {
                return block;
            }
            block = fresh;
        }
    }

    proptest! {
        #[test]
        fn blocks_are_those_of_refining_row_by_row(
            (classes, next, accept) in (1_usize..4, 1_usize..30).prop_flat_map(|(classes, states)| (
                Just(classes),
                proptest::collection::vec(0..states as u32, classes * states),
                proptest::collection::vec(any::<bool>(), states),
            ))
        ) {
            let expected = naive(&next, classes, &accept);
            let (found, count) = blocks(&next, classes, &accept);
            for left in 0..accept.len() {
                for right in 0..accept.len() {
                    prop_assert_eq!(expected[left] == expected[right], found[left] == found[right]);
                }
            }
            prop_assert_eq!(found.iter().max().map_or(0, |last| *last as usize + 1), count);
        }
    }

    #[test]
    fn a_long_chain_keeps_all_its_states() {
        let states = 5_000_u32;
        let next: Vec<u32> = (0..states).map(|state| (state + 1).min(states - 1)).collect();
        let accept: Vec<bool> = (0..states).map(|state| state == states - 1).collect();
        assert_eq!(blocks(&next, 1, &accept).1, states as usize);
    }
}
