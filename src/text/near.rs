//! Names that a name is a slip for: what "did you mean" offers, in every part of the program.

use std::cell::Cell;

/// Names longer than this many bytes are no slips: comparing two costs the product of their lengths.
const LONGEST: usize = 200;

/// Names that all searches of one check compare: many wrong names beside many right ones would cost their product. Beyond it
/// the findings stay, and only the guesses end.
const COMPARISONS: usize = 100_000;

/// Searches for the names that were meant, where a hostile contract has many of both kinds.
#[derive(Debug)]
pub(crate) struct Guesses {
    left: Cell<usize>,
}

impl Default for Guesses {
    fn default() -> Self {
        Guesses { left: Cell::new(COMPARISONS) }
    }
}

impl Guesses {
    /// Finds what [`nearest`] does, as long as comparisons are left.
    pub(crate) fn nearest<'a>(&self, name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
        let counted = candidates.take(self.left.get()).inspect(|_| self.left.update(|left| left - 1));
        nearest(name, counted)
    }
}

/// The candidate that `name` is most likely a slip for; the first of equals.
pub(crate) fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    let lower = name.to_lowercase();
    let bound = match name.len() {
        0..=3 => 1,
        4..=7 => 2,
        _ => 3,
    };
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates.filter(|candidate| candidate.len().abs_diff(name.len()) <= bound) {
        let distance = distance(&lower, &candidate.to_lowercase());
        // Half of the name has to be right.
        if distance <= bound && distance * 2 <= name.len() && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The candidate that differs from `name` by one slip, in long names by two; stricter than [`nearest`], for names that may
/// as well be meant.
pub(crate) fn close<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let bound = match name.len() {
        0..=2 => return None,
        3..=7 => 1,
        8..=LONGEST => 2,
        _ => return None,
    };
    let lower = name.to_lowercase();
    let near = candidates.filter(|candidate| candidate.len().abs_diff(name.len()) <= bound);
    let near = near.map(|candidate| (distance(&lower, &candidate.to_lowercase()), candidate));
    near.filter(|(distance, _)| *distance <= bound).min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// Least number of inserted, deleted, replaced characters and swapped neighbours (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

/// `; did you mean `tags`?` with the nearest candidate, nothing without one: the end of a message about `name`.
pub(crate) fn hint<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> String {
    nearest(name, candidates).map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let fields = ["description", "operationId", "tags", "responses"];
        let near = |name| nearest(name, fields.into_iter());
        assert_eq!(near("descripton"), Some("description"));
        assert_eq!(near("operationID"), Some("operationId"));
        assert_eq!(near("tag"), Some("tags"));
        assert_eq!(near("reponses"), Some("responses"));
        assert_eq!(near("info"), None);
        assert_eq!(near("x"), None);
    }

    #[test]
    fn swapped_neighbours_count_as_one_slip() {
        assert_eq!(distance("tpye", "type"), 1);
        assert_eq!(distance("", "abc"), 3);
    }

    #[test]
    fn guesses_end_when_their_comparisons_are_spent() {
        let names: Vec<String> = (0..COMPARISONS).map(|index| format!("n{index}")).collect();
        let guesses = Guesses::default();
        let find = || guesses.nearest("limit2", ["limit"].into_iter().chain(names.iter().map(String::as_str)));
        assert_eq!(find(), Some("limit"));
        assert_eq!(find(), None);
    }

    #[test]
    fn long_names_are_not_compared() {
        let (one, other) = ("a".repeat(1_000_000), "a".repeat(999_999));
        assert_eq!(nearest(&one, [other.as_str()].into_iter()), None);
        assert_eq!(close(&one, [other.as_str()].into_iter()), None);
    }
}
