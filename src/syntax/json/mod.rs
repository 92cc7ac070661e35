//! JSON (RFC 8259) into the arena, with exact spans of every key and value.
//!
//! A sound text is read by the strict reader, which says nothing. When it meets a fault, the lenient reader begins
//! anew, names every fault and reads the rest. Brackets that do not match are then looked for by indentation, as most
//! contracts are written with one entry a line.

mod brackets;
mod lenient;
mod scalar;
mod strict;
mod string;
mod tokens;

use super::{Limits, Parsed};
use crate::text::SourceText;
use std::sync::Arc;

/// Reads `source` as JSON.
pub(super) fn parse(source: Arc<SourceText>, limits: &Limits) -> Parsed {
    if let Some(parsed) = strict::parse(&source, limits) {
        return parsed;
    }
    let (plain, brackets_fit) = lenient::parse(&source, limits, false);
    if brackets_fit {
        return plain;
    }
    let (by_lines, _) = lenient::parse(&source, limits, true);
    if by_lines.problems.len() <= plain.problems.len() { by_lines } else { plain }
}
