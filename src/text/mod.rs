//! Ground floor: the text of one file, byte spans into it, and positions for people and editors.
//!
//! Takes bytes and a name; gives text that is known to be UTF-8, with a line index that is built only
//! when the first position is asked for. Imports nothing of this crate.

mod cut;
mod decode;
pub(crate) mod escape;
pub(crate) mod iban;
mod line_index;
pub(crate) mod near;
mod outline;
pub(crate) mod secret;

pub(crate) use cut::Cut;
pub use decode::{EncodingError, decode};
pub use line_index::{LineIndex, Position};
pub(crate) use line_index::{line_begin, next_line};
pub use outline::Outline;

use std::sync::OnceLock;

/// A half-open range of bytes `start..end` in one text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The span `start..end`; an `end` before `start` gives the empty span at `start`.
    pub fn new(start: usize, end: usize) -> Self {
        Span { start: start as u32, end: end.max(start) as u32 }
    }

    /// The empty span at `offset`.
    pub fn at(offset: usize) -> Self {
        Span::new(offset, offset)
    }

    /// The range as `usize`, for slicing.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether the span holds no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

/// The name and text of one file. Names use `/` and are relative to the root, never absolute.
#[derive(Debug)]
pub struct SourceText {
    name: String,
    /// Length of the revision that the name begins with; the name goes on with `:` and the path.
    revision: Option<usize>,
    text: String,
    /// The path from the top of the repository, where it is another than the one that findings show.
    home: Option<String>,
    lines: OnceLock<LineIndex>,
    outline: bool,
}

impl SourceText {
    /// A text under the name that findings will show.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let lines = OnceLock::new();
        SourceText { name: name.into(), revision: None, text: text.into(), home: None, lines, outline: false }
    }

    /// A text of a git revision, whose name is `REVISION:path`.
    pub fn at_revision(revision: &str, name: impl Into<String>, text: impl Into<String>) -> Self {
        let mut source = SourceText::new(name, text);
        let named = source.name.strip_prefix(revision).is_some_and(|rest| rest.starts_with(':'));
        source.revision = named.then_some(revision.len());
        source
    }

    /// Names the path from the top of the repository: identities are made of it, so that they do not depend on the folder
    /// in which a run began.
    #[must_use]
    pub fn at_home(mut self, home: impl Into<String>) -> Self {
        let home = home.into();
        self.home = (home != self.path()).then_some(home);
        self
    }

    /// Returns the path from the top of the repository, else the one that findings show, without the revision.
    pub fn home(&self) -> &str {
        self.home.as_deref().unwrap_or_else(|| self.path())
    }

    /// Whether there is a text to show: it is not empty, and no [`Outline`] of one that is not here.
    pub fn is_shown(&self) -> bool {
        !self.outline && !self.text.is_empty()
    }

    /// The name that findings show.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The git revision that the text is of, if it is not of the work tree.
    pub fn revision(&self) -> Option<&str> {
        self.revision.map(|length| self.name.cut(..length))
    }

    /// The name without the revision: a path that tools which know the work tree alone can open.
    pub fn path(&self) -> &str {
        self.revision.map_or(&self.name, |length| self.name.cut(length + 1..))
    }

    /// The whole text, without a byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text under `span`; empty when the span does not fit the text.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// The line index, built on first use.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// Line and columns of a byte offset.
    pub fn position(&self, offset: u32) -> Position {
        self.lines().position(&self.text, offset)
    }
}
