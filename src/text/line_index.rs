//! Where lines begin, and the columns of an offset: characters for people, UTF-16 units for editors.

use super::Cut;

/// A place in a text, 1-based as people and SARIF count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// 1-based line.
    pub line: u32,
    /// 1-based column in Unicode scalar values.
    pub column: u32,
    /// 1-based column in UTF-16 code units (editors, SARIF's `utf16CodeUnits`).
    pub utf16_column: u32,
}

impl Position {
    /// The beginning of a text.
    pub const FIRST: Position = Position { line: 1, column: 1, utf16_column: 1 };
}

/// Offsets behind the line ends of a text: LF, CRLF, or CR alone (YAML 1.2, section 5.4).
pub(super) fn line_ends(text: &[u8]) -> impl Iterator<Item = usize> {
    let ends = |at: &usize| text[*at] == b'\n' || text.get(at + 1) != Some(&b'\n');
    memchr::memchr2_iter(b'\n', b'\r', text).filter(ends).map(|at| at + 1)
}

/// Offset at which the line of `at` begins.
pub(crate) fn line_begin(text: &str, at: usize) -> usize {
    // The LF of a CRLF ends the same line as its CR.
    let at = if text.cut(..at).ends_with('\r') && text.cut(at..).starts_with('\n') { at - 1 } else { at };
    text.cut(..at).rfind(['\n', '\r']).map_or(0, |end| end + 1)
}

/// Offset at which the line after that of `at` begins; the end of the text after the last line.
pub(crate) fn next_line(text: &str, at: usize) -> usize {
    line_ends(&text.as_bytes()[at..]).next().map_or(text.len(), |end| at + end)
}

/// Offsets at which the lines of a text start. Lines end with LF, CRLF, or CR.
#[derive(Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
    marks: Vec<Mark>,
}

/// A place inside a long line, and how much of the line stands before it.
#[derive(Clone, Copy, Debug)]
struct Mark {
    offset: u32,
    chars: u32,
    utf16: u32,
}

/// Distance of marks in bytes. A contract written in one line would else be counted from its start for each finding.
const STRIDE: usize = 4096;

impl LineIndex {
    /// Index of `text`.
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        let bytes = text.as_bytes();
        // One sign is looked for faster than two, and most texts have no CR.
        if memchr::memchr(b'\r', bytes).is_none() {
            starts.extend(memchr::memchr_iter(b'\n', bytes).map(|at| at as u32 + 1));
        } else {
            starts.extend(line_ends(bytes).map(|at| at as u32));
        }
        let ends = starts.iter().skip(1).map(|&next| next as usize).chain([text.len()]);
        let mut marks = Vec::new();
        for (&start, end) in starts.iter().zip(ends) {
            let mut mark = Mark { offset: start, chars: 0, utf16: 0 };
            while end - mark.offset as usize > STRIDE {
                let next = text.floor_char_boundary(mark.offset as usize + STRIDE);
                let (chars, utf16) = columns(text.cut(mark.offset as usize..next));
                mark = Mark { offset: next as u32, chars: mark.chars + chars, utf16: mark.utf16 + utf16 };
                marks.push(mark);
            }
        }
        LineIndex { starts, marks }
    }

    /// Number of lines; an empty text has one.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Never true: every text has a first line.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// 0-based line that holds `offset`.
    pub fn line_of(&self, offset: u32) -> usize {
        self.starts.partition_point(|&start| start <= offset).saturating_sub(1)
    }

    /// Byte range of a 0-based line without its line end; empty past the last line.
    pub fn line_range(&self, text: &str, line: usize) -> std::ops::Range<usize> {
        let Some(&start) = self.starts.get(line) else { return text.len()..text.len() };
        let end = self.starts.get(line + 1).map_or(text.len(), |&next| next as usize - 1);
        let end = if text.cut(start as usize..end).ends_with('\r') && text.cut(end..).starts_with('\n') {
            end - 1
        } else {
            end
        };
        start as usize..end
    }

    /// Offset at which a 0-based line starts, if there is such a line.
    pub fn line_start(&self, line: usize) -> Option<u32> {
        self.starts.get(line).copied()
    }

    /// Line and columns of `offset` in `text`. An offset past the end is the end.
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let offset = text.floor_char_boundary(offset as usize);
        let line = self.line_of(offset as u32);
        let start = Mark { offset: self.starts[line], chars: 0, utf16: 0 };
        let marked = self.marks.partition_point(|mark| mark.offset as usize <= offset).checked_sub(1);
        let mark = marked.map(|at| self.marks[at]).filter(|mark| mark.offset > start.offset).unwrap_or(start);
        let (chars, utf16) = columns(text.cut(mark.offset as usize..offset));
        Position { line: line as u32 + 1, column: 1 + mark.chars + chars, utf16_column: 1 + mark.utf16 + utf16 }
    }
}

/// Characters and UTF-16 units of a text.
fn columns(text: &str) -> (u32, u32) {
    if text.is_ascii() {
        return (text.len() as u32, text.len() as u32);
    }
    text.chars().fold((0, 0), |(chars, units), c| (chars + 1, units + c.len_utf16() as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_utf16_units() {
        let text = "a: 1\r\nü𝄞b: 2\n";
        let index = LineIndex::new(text);
        let at = text.find('b').unwrap() as u32;
        assert_eq!(index.position(text, at), Position { line: 2, column: 3, utf16_column: 4 });
        assert_eq!(&text[index.line_range(text, 0)], "a: 1");
        assert_eq!(index.position(text, 999).line, 3);
    }

    #[test]
    fn a_carriage_return_alone_ends_a_line() {
        let text = "a: 1\rb: 2\r\rc: 3\r\nd: 4\r";
        let index = LineIndex::new(text);
        let lines: Vec<&str> = (0..index.len()).map(|line| &text[index.line_range(text, line)]).collect();
        assert_eq!(lines, ["a: 1", "b: 2", "", "c: 3", "d: 4", ""]);
        let at = text.find('d').unwrap();
        assert_eq!(index.position(text, at as u32 + 1), Position { line: 5, column: 2, utf16_column: 2 });
        for (offset, _) in text.char_indices() {
            let line = index.line_of(offset as u32);
            assert_eq!(line_begin(text, offset), index.line_start(line).unwrap() as usize, "{offset}");
            assert_eq!(next_line(text, offset), index.line_start(line + 1).unwrap() as usize, "{offset}");
        }
    }

    #[test]
    fn long_lines_count_as_short_ones_do() {
        let text = format!("a\n{}\n{}b\nc", "ü𝄞x".repeat(3_000), "y".repeat(9_000));
        let index = LineIndex::new(&text);
        for (offset, _) in text.char_indices().step_by(97) {
            let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
            let before = &text[start..offset];
            let expected = (before.chars().count() as u32 + 1, before.encode_utf16().count() as u32 + 1);
            let position = index.position(&text, offset as u32);
            assert_eq!((position.column, position.utf16_column), expected, "{offset}");
        }
    }
}
