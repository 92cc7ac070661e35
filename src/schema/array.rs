//! Arrays: items by position, items that must occur, numbers of matching items, and repetition.
//!
//! Positions beyond all those mentioned are alike, so a witness never needs to be longer than the demands together.
//! For each length the demands are dealt out to positions with backtracking. Distinctness is a matching problem:
//! positions with fewer values than there are positions are matched first.

use super::shape::{Id, Node, TOP, types};
use super::solve::{Found, Reason, Solver};
use super::value::Value;

#[derive(Default, Clone)]
struct Ask {
    at: Vec<(u32, Id)>,
    from: Vec<(u32, Id)>,
    has: Vec<(u32, u32, Id)>,
    count: Vec<(Id, u64, Option<u64>)>,
    low: u64,
    high: Option<u64>,
    unique: bool,
    repeats: bool,
}

/// Arrays longer than this are not made.
const MAX_LENGTH: u64 = 300;

/// A demand: this many positions in `first..=last` hold such an item; no more than `high` at all.
#[derive(Clone)]
struct Demand {
    first: u64,
    last: u64,
    id: Id,
    low: u64,
    high: Option<u64>,
}

impl Solver {
    pub(super) fn arrays(&mut self, atoms: &[Id]) -> Found {
        let mut ask = Ask::default();
        for id in atoms {
            match self.store.node(*id) {
                Node::At(index, id) => ask.at.push((*index, *id)),
                Node::From(index, id) => ask.from.push((*index, *id)),
                Node::HasAt(index, id) => ask.has.push((*index, *index, *id)),
                Node::HasFrom(index, id) => ask.has.push((*index, u32::MAX, *id)),
                Node::Count(id, low, high) => ask.count.push((*id, *low, *high)),
                Node::Len(low, high) => {
                    ask.low = ask.low.max(*low);
                    ask.high = match (ask.high, *high) {
                        (Some(left), Some(right)) => Some(left.min(right)),
                        (left, right) => left.or(right),
                    };
                }
                Node::Unique => ask.unique = true,
                Node::Repeats => ask.repeats = true,
                _ => {}
            }
        }
        if ask.unique && ask.repeats {
            return Found::Empty;
        }
        let found = match self.solve_array(&ask) {
            Ok(found) => found,
            Err(reason) => Found::Unknown(reason),
        };
        let Found::Value(value) = &found else { return found };
        let hit = atoms.iter().any(|id| {
            matches!(self.store.node(*id), Node::Not(inner) if matches!(self.store.node(*inner), Node::In(values) if values.contains(value)))
        });
        if !hit {
            return found;
        }
        let more = self.excluded(atoms, types::ARR);
        self.again(types::ARR, atoms, more)
    }

    fn solve_array(&mut self, ask: &Ask) -> Result<Found, Reason> {
        let mut demands = Vec::new();
        for &(first, last, id) in &ask.has {
            let last = if last == u32::MAX { u64::MAX } else { last.into() };
            demands.push(Demand { first: first.into(), last, id, low: 1, high: None });
        }
        for &(id, low, high) in &ask.count {
            demands.push(Demand { first: 0, last: u64::MAX, id, low, high });
        }
        if demands.len() > 10 {
            return Err("too many demands on items".into());
        }
        let prefix = (ask.at.iter().map(|(index, _)| index + 1))
            .chain(ask.from.iter().map(|(index, _)| *index))
            .chain(ask.has.iter().map(|(first, last, _)| if *last == u32::MAX { *first } else { last + 1 }))
            .max()
            .map_or(0, u64::from);
        let needed = demands.iter().fold(0_u64, |all, demand| all.saturating_add(demand.low));
        let least = demands
            .iter()
            .map(|demand| if demand.last == u64::MAX { demand.first + demand.low } else { demand.last + 1 });
        let shortest = least.max().unwrap_or(0).max(ask.low).max(if ask.repeats { 2 } else { 0 });
        let enough = ask.low.max(prefix.saturating_add(needed).saturating_add(if ask.repeats { 2 } else { 0 }));
        let longest = ask.high.map_or(enough, |high| high.min(enough));
        if shortest > longest {
            return Ok(Found::Empty);
        }
        let mut unknown = None;
        for length in shortest..=longest {
            if length > MAX_LENGTH {
                return Err("the array would be too long".into());
            }
            self.steps = self.steps.checked_sub(1 + length).ok_or(Reason::Steps)?;
            let mut parts = Vec::with_capacity(length as usize);
            for position in 0..length {
                let at = ask.at.iter().filter(|(index, _)| u64::from(*index) == position);
                let from = ask.from.iter().filter(|(index, _)| u64::from(*index) <= position);
                let ids: Vec<Id> = at.chain(from).map(|(_, id)| *id).collect();
                parts.push(self.store.and(ids));
            }
            // A position that no value can fill stops all longer arrays, too.
            let mut dead = false;
            let mut previous = None;
            for part in &parts {
                if previous == Some(*part) {
                    continue;
                }
                previous = Some(*part);
                match self.one(*part) {
                    Found::Empty => dead = true,
                    Found::Unknown(reason) => unknown = Some(reason),
                    Found::Value(_) => {}
                }
            }
            if dead {
                break;
            }
            let pairs: Vec<Option<(usize, usize)>> =
                if ask.repeats { pairs(length as usize, prefix as usize) } else { vec![None] };
            for pair in pairs {
                let mut state = Deal { parts: parts.clone(), counts: vec![0; demands.len()], profiles: Vec::new() };
                match self.deal_items(ask, &demands, pair, prefix as usize, &mut state)? {
                    Found::Empty => {}
                    Found::Unknown(reason) => unknown = Some(reason),
                    found @ Found::Value(_) => return Ok(found),
                }
            }
        }
        Ok(unknown.map_or(Found::Empty, Found::Unknown))
    }

    fn deal_items(
        &mut self,
        ask: &Ask,
        demands: &[Demand],
        pair: Option<(usize, usize)>,
        prefix: usize,
        state: &mut Deal,
    ) -> Result<Found, Reason> {
        self.steps = self.steps.checked_sub(1).ok_or(Reason::Steps)?;
        let position = state.profiles.len();
        let length = state.parts.len();
        if demands.is_empty() || position == length {
            let met = demands.iter().zip(&state.counts).all(|(demand, count)| *count >= demand.low);
            return if met { self.items(ask, pair, &state.parts) } else { Ok(Found::Empty) };
        }
        if demands.iter().zip(&state.counts).any(|(demand, count)| {
            let left = (position as u64..length as u64).filter(|at| (demand.first..=demand.last).contains(at)).count();
            count + (left as u64) < demand.low
        }) {
            return Ok(Found::Empty);
        }
        let mut unknown = None;
        let twin = pair.filter(|(_, second)| *second == position).map(|(first, _)| state.profiles[first]);
        // Positions beyond the prefix are alike: only non-increasing profiles are tried.
        let limit =
            if position > prefix && pair.is_none() && position > 0 { state.profiles[position - 1] } else { u32::MAX };
        let mut profiles: Vec<u32> = (0..1_u32 << demands.len())
            .filter(|profile| *profile <= limit && twin.is_none_or(|twin| twin == *profile))
            .collect();
        profiles.sort_by_key(|profile| std::cmp::Reverse(profile.count_ones()));
        for profile in profiles {
            let mut parts = vec![state.parts[position]];
            let mut counts = state.counts.clone();
            let mut fits = true;
            for (bit, demand) in demands.iter().enumerate() {
                let inside = (demand.first..=demand.last).contains(&(position as u64));
                let wanted = profile & (1 << bit) != 0;
                if wanted && !inside {
                    fits = false;
                } else if wanted {
                    counts[bit] += 1;
                    parts.push(demand.id);
                    fits &= demand.high.is_none_or(|high| counts[bit] <= high);
                } else if inside && demand.high.is_some() {
                    parts.push(self.store.not(demand.id));
                }
                // More than is needed helps nobody, but equal items meet the same demands.
                if wanted && twin.is_none() && demand.high.is_none() && counts[bit] > demand.low {
                    fits = false;
                }
            }
            if !fits {
                continue;
            }
            let merged = self.store.and(parts);
            match self.one(merged) {
                Found::Empty => continue,
                Found::Unknown(reason) => {
                    unknown = Some(reason);
                    continue;
                }
                Found::Value(_) => {}
            }
            let before = std::mem::replace(&mut state.parts[position], merged);
            let counts = std::mem::replace(&mut state.counts, counts);
            state.profiles.push(profile);
            let found = self.deal_items(ask, demands, pair, prefix, state);
            state.profiles.pop();
            state.parts[position] = before;
            state.counts = counts;
            match found? {
                Found::Empty => {}
                Found::Unknown(reason) => unknown = Some(reason),
                found @ Found::Value(_) => return Ok(found),
            }
        }
        Ok(unknown.map_or(Found::Empty, Found::Unknown))
    }

    /// Values for the positions.
    fn items(&mut self, ask: &Ask, pair: Option<(usize, usize)>, parts: &[Id]) -> Result<Found, Reason> {
        if ask.unique {
            return self.distinct_items(parts);
        }
        let mut parts = parts.to_vec();
        if let Some((first, second)) = pair {
            let both = self.store.and([parts[first], parts[second]]);
            parts[first] = both;
            parts[second] = both;
        }
        let mut items = Vec::with_capacity(parts.len());
        for part in parts {
            match self.one(part) {
                Found::Value(value) => items.push(value),
                other => return Ok(other),
            }
        }
        Ok(Found::Value(Value::Arr(items.into())))
    }

    fn distinct_items(&mut self, parts: &[Id]) -> Result<Found, Reason> {
        let length = parts.len();
        if length > 200 {
            return Err("too many different items are needed".into());
        }
        let mut choices = Vec::with_capacity(length);
        for at in 0..length {
            let known = (0..at).find(|before| parts[*before] == parts[at]);
            let list = match known {
                Some(before) => Clone::clone(&choices[before]),
                None if parts[at] == TOP => (0..length as i64).map(Value::int).collect(),
                None => self.several(parts[at], length)?.0,
            };
            choices.push(list);
        }
        // Kuhn's algorithm: each position in turn, giving way where it must.
        let mut holder: Vec<(Value, usize)> = Vec::new();
        for position in 0..length {
            let mut visited = Vec::new();
            if !assign(position, &choices, &mut holder, &mut visited) {
                return Ok(Found::Empty);
            }
        }
        let mut items: Vec<Option<Value>> = vec![None; length];
        for (value, position) in holder {
            items[position] = Some(value);
        }
        let items: Option<Vec<Value>> = items.into_iter().collect();
        items.map(|items| Found::Value(Value::Arr(items.into()))).ok_or("different items could not be chosen".into())
    }
}

struct Deal {
    parts: Vec<Id>,
    counts: Vec<u64>,
    profiles: Vec<u32>,
}

fn assign(position: usize, choices: &[Vec<Value>], holder: &mut Vec<(Value, usize)>, visited: &mut Vec<Value>) -> bool {
    for value in &choices[position] {
        if visited.contains(value) {
            continue;
        }
        visited.push(value.clone());
        let Some(slot) = holder.iter().position(|(held, _)| held == value) else {
            holder.push((value.clone(), position));
            return true;
        };
        let owner = holder[slot].1;
        if assign(owner, choices, holder, visited) {
            if let Some(slot) = holder.iter().position(|(held, _)| held == value) {
                holder[slot].1 = position;
            }
            return true;
        }
    }
    false
}

/// Pairs of positions that may hold equal items; those beyond the prefix are alike.
fn pairs(length: usize, prefix: usize) -> Vec<Option<(usize, usize)>> {
    let end = length.min(prefix + 2);
    (0..end).flat_map(|first| (first + 1..end).map(move |second| Some((first, second)))).collect()
}
