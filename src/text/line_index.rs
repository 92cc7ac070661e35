//! Where lines begin, and the columns of an offset: characters for people, UTF-16 units for editors.

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

/// Offsets at which the lines of a text start. Lines end with LF or CRLF.
#[derive(Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Index of `text`.
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at as u32 + 1));
        LineIndex { starts }
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
        let end = if end > start as usize && text.as_bytes()[end - 1] == b'\r' { end - 1 } else { end };
        start as usize..end
    }

    /// Offset at which a 0-based line starts, if there is such a line.
    pub fn line_start(&self, line: usize) -> Option<u32> {
        self.starts.get(line).copied()
    }

    /// Line and columns of `offset` in `text`. An offset past the end is the end.
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let mut offset = (offset as usize).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line_of(offset as u32);
        let before = &text[self.starts[line] as usize..offset];
        let column = 1 + before.chars().count() as u32;
        let utf16_column = 1 + before.chars().map(|c| c.len_utf16() as u32).sum::<u32>();
        Position { line: line as u32 + 1, column, utf16_column }
    }
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
}
