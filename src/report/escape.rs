//! Escaping untrusted text: the functions of the ground floor, and how much of a text a reader is given.

pub(super) use crate::text::escape::*;

/// Characters of a text in a cell, a line or an attribute; JSON, for programs, has all of them.
const MAX_CELL: usize = 2_000;

/// A text on one line, as long as people read.
pub(super) fn cell(text: &str) -> String {
    shortened(&line(text), MAX_CELL)
}
