//! A stand-in for a text that is not at hand: places in it keep their lines and columns, and there is nothing to show.
//!
//! Takes the positions of a text that matter; gives a text of fillers in which each of them has an offset of its own.

use super::{Position, SourceText};
use std::collections::BTreeMap;

/// Fillers between two positions of a line: one UTF-16 unit, and two.
const FILLERS: [char; 2] = ['\u{1}', '\u{10ffff}'];
/// Lines and columns beyond this are no places of a text that could have been read.
const MAX_LENGTH: u32 = 64 << 20;

/// The stand-in, and where the offsets of the text are in it.
#[derive(Debug)]
pub struct Outline {
    /// The stand-in.
    pub text: SourceText,
    offsets: BTreeMap<u32, u32>,
}

impl Outline {
    /// Of a text with this name and revision (empty: none), of which `points` (offset and position, in order of offsets) are known. `None` when
    /// the points are not those of one text.
    pub fn new(name: &str, revision: &str, points: &[(u32, Position)]) -> Option<Self> {
        let mut text = String::new();
        let mut offsets = BTreeMap::new();
        let mut at = Position { line: 1, column: 1, utf16_column: 1 };
        for &(offset, point) in points {
            if point.line > at.line {
                if point.line > MAX_LENGTH {
                    return None;
                }
                text.extend(std::iter::repeat_n('\n', (point.line - at.line) as usize));
                at = Position { line: point.line, column: 1, utf16_column: 1 };
            }
            let characters = point.column.checked_sub(at.column).filter(|_| point.line == at.line)?;
            let units = point.utf16_column.checked_sub(at.utf16_column)?;
            let wide = units.checked_sub(characters).filter(|wide| *wide <= characters)?;
            if text.len() as u64 + u64::from(characters) * 4 > u64::from(MAX_LENGTH) * 4 {
                return None;
            }
            text.extend(std::iter::repeat_n(FILLERS[1], wide as usize));
            text.extend(std::iter::repeat_n(FILLERS[0], (characters - wide) as usize));
            offsets.insert(offset, text.len() as u32);
            at = point;
        }
        Some(Outline { text: SourceText { outline: true, ..SourceText::at_revision(revision, name, text) }, offsets })
    }

    /// Where an offset of the text is in the stand-in.
    pub fn offset(&self, offset: u32) -> Option<u32> {
        self.offsets.get(&offset).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_keep_lines_and_columns() {
        let text = SourceText::new("a.yaml", "a: 1\nü𝄞b: 2\n\nlast");
        let points: Vec<_> = [0, 3, 5, 7, 11, 12, 16].map(|offset| (offset, text.position(offset))).into();
        let outline = Outline::new("a.yaml", "", &points).unwrap();
        for (offset, position) in points {
            assert_eq!(outline.text.position(outline.offset(offset).unwrap()), position);
        }
        assert!(!outline.text.is_shown() && text.is_shown());
    }

    #[test]
    fn points_of_no_text_are_refused() {
        let at = |line, column, utf16_column| Position { line, column, utf16_column };
        assert!(Outline::new("a", "", &[(0, at(2, 1, 1)), (1, at(1, 5, 5))]).is_none());
        assert!(Outline::new("a", "", &[(0, at(1, 3, 2))]).is_none());
        assert!(Outline::new("a", "", &[(0, at(u32::MAX, 1, 1))]).is_none());
    }
}
