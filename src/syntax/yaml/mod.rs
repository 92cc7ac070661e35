//! YAML 1.2 straight into the arena: the profile that can be written as JSON, which OpenAPI prescribes.
//!
//! Takes a text; gives the tree and what was wrong. Block and flow collections, all scalar styles, anchors, aliases,
//! tags of the core schema, directives and comments are read. Several documents, keys that are not scalars and other
//! tags are reported. After a fault the reading goes on with the next entry. Stands on `text`.

mod block;
mod clean;
mod decode;
mod document;
mod flow;
mod key;
mod literal;
mod properties;
mod recover;
mod scalar;

use super::builder::Builder;
use super::{Limits, Parsed, scan};
use crate::text::{SourceText, Span};
use properties::Props;
use recover::{Fault, What};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Reads the first document of `source`.
pub(super) fn parse(source: Arc<SourceText>, limits: &Limits) -> Parsed {
    let held = Arc::clone(&source);
    let mut out = Builder::new(source, limits);
    let text = clean::clean(held.text(), &mut out);
    let mut reader = Reader {
        text: &text,
        s: text.as_bytes(),
        pos: 0,
        line: 0,
        last: 0,
        depth: 0,
        inside: 0,
        shallow: None,
        flow_end: 0,
        columns: Vec::new(),
        anchors: FxHashMap::default(),
        anchored: Vec::new(),
        handles: Vec::new(),
        limits: *limits,
        faults: 0,
        reread: 0,
        fault_line: None,
        out,
    };
    reader.document();
    reader.out.finish()
}

/// The reading of the current node cannot go on; the caller that can resume reports the fault.
type Step<T = ()> = Result<T, Fault>;

struct Reader<'s, 'l> {
    text: &'s str,
    s: &'s [u8],
    /// The next byte.
    pos: usize,
    /// Start of the line of `pos`.
    line: usize,
    /// End of the last content, where block collections end.
    last: usize,
    depth: usize,
    /// Further lines of a quoted scalar or flow collection must start at this column or right of it.
    inside: usize,
    /// The first such line that does not.
    shallow: Option<usize>,
    /// End of the plain scalar that was scanned last in a flow collection.
    flow_end: usize,
    /// Columns of the open block collections.
    columns: Vec<usize>,
    anchors: FxHashMap<&'s str, u32>,
    /// Anchors in the order of their nodes, each with what the name stood for before, so that they can be taken back.
    anchored: Vec<(&'s str, u32, Option<u32>)>,
    /// Tag handles that `%TAG` declared.
    handles: Vec<&'s str>,
    limits: Limits,
    faults: usize,
    /// Bytes read a second time after faults.
    reread: usize,
    /// Start of the line of the last reported fault.
    fault_line: Option<usize>,
    out: Builder<'l>,
}

impl Reader<'_, '_> {
    /// The byte at `at`; a line end after the text.
    #[inline]
    fn at(&self, at: usize) -> u8 {
        self.s.get(at).copied().unwrap_or(b'\n')
    }

    /// The next byte.
    #[inline]
    fn peek(&self) -> u8 {
        self.at(self.pos)
    }

    fn ended(&self) -> bool {
        self.pos >= self.s.len()
    }

    /// Whether an indicator followed by white space stands here.
    #[inline]
    fn indicator(&self, c: u8) -> bool {
        self.peek() == c && scan::blank(self.at(self.pos + 1))
    }

    fn column(&self) -> usize {
        self.pos - self.line
    }

    /// Whether `---` or `...` stands at the start of this line.
    #[inline]
    fn marker(&self) -> bool {
        self.pos == self.line && self.marker_at(self.pos)
    }

    fn marker_at(&self, at: usize) -> bool {
        matches!(self.s.get(at..at + 3), Some(b"---" | b"...")) && scan::blank(self.at(at + 3))
    }

    #[inline]
    fn spaces(&mut self) {
        while matches!(self.at(self.pos), b' ' | b'\t') {
            self.pos += 1;
        }
    }

    /// To the end of this line.
    fn seek_line_end(&mut self) {
        self.pos = scan::line_end(self.s, self.pos);
    }

    /// Past the end of this line.
    fn next_line(&mut self) {
        self.seek_line_end();
        self.pos = (self.pos + 1).min(self.s.len());
        self.line = self.pos;
    }

    fn comment(&mut self) {
        let start = self.pos;
        self.seek_line_end();
        let end = if self.s[..self.pos].ends_with(b"\r") { self.pos - 1 } else { self.pos };
        self.out.comment(Span::new(start, end));
    }

    /// Skips white space, line ends and comments. A tab before column `indent` of a line with content is a fault.
    #[inline]
    fn skip(&mut self, indent: usize) -> Step {
        loop {
            match self.peek() {
                b'\n' if self.ended() => return Ok(()),
                b'\n' => {
                    self.pos += 1;
                    self.line = self.pos;
                }
                b' ' => self.pos = scan::space_run(self.s, self.pos + 1),
                b'\r' => self.pos += 1,
                b'\t' => self.tab(indent)?,
                b'#' if self.pos == self.line || scan::blank(self.s[self.pos - 1]) => self.comment(),
                _ => return Ok(()),
            }
        }
    }

    #[cold]
    fn tab(&mut self, indent: usize) -> Step {
        let at = self.pos;
        let leading = self.column() < indent && self.s[self.line..at].iter().all(|c| *c == b' ');
        self.spaces();
        if leading && !matches!(self.peek(), b'\n' | b'\r' | b'#') {
            return Err(Fault::new(What::Tab, at, at + 1));
        }
        Ok(())
    }

    /// Remembers the start of this line's text if it stands too far left; a bracket that closes may.
    #[inline]
    fn note_shallow(&mut self) {
        if self.column() < self.inside && self.shallow.is_none() && !matches!(self.peek(), b']' | b'}') {
            self.shallow = (!self.ended()).then_some(self.pos);
        }
    }

    /// Reports the line that stands too far left, now that what it belongs to has turned out to be closed.
    #[inline]
    fn report_shallow(&mut self) {
        if let Some(at) = self.shallow.take() {
            let line = memchr::memrchr(b'\n', &self.s[..at]).map_or(0, |at| at + 1);
            let end = scan::trim_end(self.s, at, scan::line_end(self.s, at));
            if self.out.problems.len() < recover::REPORTED {
                let tab = self.s[line..at].contains(&b'\t');
                self.out.problem(recover::shallow(Span::new(if tab { line } else { at }, end), tab));
            }
        }
    }

    /// One more level of nesting.
    fn enter(&mut self) -> Step {
        if self.depth >= self.limits.depth {
            return Err(Fault::new(What::Depth, self.pos, self.pos + 1));
        }
        if self.out.is_full() {
            return Err(Fault::new(What::Nodes, self.pos, self.pos + 1));
        }
        self.depth += 1;
        Ok(())
    }

    fn null(&mut self, at: usize, props: Props) -> Step {
        let kind = self.bind(props, super::Kind::Null, "")?;
        self.out.scalar(kind, super::Style::Plain, Span::at(at));
        Ok(())
    }
}
