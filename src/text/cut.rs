//! Cutting text where a character begins, whatever was counted.
//!
//! Contracts hold characters of several bytes in every place, and an index that was counted in bytes may fall inside one.
//! Indexing would abort there; a cut leaves that character out.

use std::ops::{Bound, RangeBounds};
use std::slice::SliceIndex;

/// Parts of a text that always exist.
pub(crate) trait Cut {
    /// Returns the whole characters of the text in `range`. What reaches behind the text, or ends before it begins, is left
    /// out, so a scan that moves on by bytes never moves back.
    fn cut<R>(&self, range: R) -> &str
    where
        R: RangeBounds<usize> + SliceIndex<str, Output = str> + Clone;
}

impl Cut for str {
    #[inline]
    fn cut<R>(&self, range: R) -> &str
    where
        R: RangeBounds<usize> + SliceIndex<str, Output = str> + Clone,
    {
        self.get(range.clone()).unwrap_or_else(|| inside(self, range.start_bound(), range.end_bound()))
    }
}

#[cold]
fn inside<'t>(text: &'t str, start: Bound<&usize>, end: Bound<&usize>) -> &'t str {
    let start = match start {
        Bound::Included(at) => *at,
        Bound::Excluded(at) => at.saturating_add(1),
        Bound::Unbounded => 0,
    };
    let end = match end {
        Bound::Included(at) => at.saturating_add(1),
        Bound::Excluded(at) => *at,
        Bound::Unbounded => text.len(),
    };
    let (start, end) = (text.ceil_char_boundary(start), text.floor_char_boundary(end));
    text.get(start..end.max(start)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Cut;
    use proptest::prelude::*;

    #[test]
    fn a_character_that_is_cut_in_two_is_left_out() {
        assert_eq!(("a€b".cut(..2), "a€b".cut(2..), "a€b".cut(1..=1), "€€".cut(1..5)), ("a", "b", "", ""));
        assert_eq!(("a€b".cut(4..), "a€b".cut(9..), "a€b".cut(..)), ("b", "", "a€b"));
    }

    proptest! {
        #[test]
        fn cuts_are_what_indexing_gives_where_it_gives_something(text in "\\PC{0,8}", start in 0_usize..40, end in 0_usize..40) {
            let (whole, head, tail) = (text.cut(start..end), text.cut(..end), text.cut(start..));
            prop_assert_eq!(text.get(start..end).unwrap_or(whole), whole);
            prop_assert!(text.starts_with(head) && text.ends_with(tail) && text.contains(whole));
            // One character, of four bytes at most.
            prop_assert!(text.len() - text.cut(..start).len() - tail.len() <= 4);
        }
    }
}
