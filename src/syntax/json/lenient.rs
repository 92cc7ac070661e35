//! Reads a text that is not JSON as far as its meaning can be guessed, and names every fault.
//!
//! Keeps a stack of open objects and arrays. A closing bracket that does not fit the innermost one closes it if one
//! around it fits, else it is skipped. With `by_lines`, an object or array whose entries stand on lines of their own
//! ends where a line begins that is not indented deeper than the line it began on: so the bracket that is missing or
//! too many is named where it is, not where the text ends.

use super::super::builder::Builder;
use super::super::tree::{Kind, Style};
use super::super::{Code, Limits, Parsed, Problem};
use crate::text::Cut;
use crate::text::{SourceText, Span};
use std::sync::Arc;

/// Most faults that are named.
pub(super) const REPORTED: usize = 25;
/// Faults after which the rest of a text is not read.
const READ: usize = 2_000;

/// An object or array that is not closed yet.
pub(super) struct Frame {
    pub(super) kind: Kind,
    pub(super) open: usize,
    /// Start of the line of `open`, and the column of the first text on it.
    line: usize,
    pub(super) indent: usize,
    /// Whether its first entry stands on a further line; not known before that.
    spread: Option<bool>,
    pub(super) count: u32,
    /// An entry was read, and no comma since.
    pub(super) filled: bool,
    /// The comma read last, until an entry follows.
    pub(super) comma: Option<usize>,
}

impl Frame {
    pub(super) fn closer(&self) -> u8 {
        if self.kind == Kind::Map { b'}' } else { b']' }
    }

    pub(super) fn name(&self) -> &'static str {
        if self.kind == Kind::Map { "object" } else { "array" }
    }
}

pub(super) struct Reader<'s, 'l> {
    pub(super) text: &'s str,
    pub(super) s: &'s [u8],
    pub(super) at: usize,
    /// Start of this line, and the column of the first text on it.
    pub(super) line: usize,
    pub(super) indent: usize,
    /// End of the last token.
    pub(super) last: usize,
    pub(super) frames: Vec<Frame>,
    pub(super) depth: usize,
    /// The string that was read last as a value: its node and quote.
    pub(super) string: Option<(u32, usize)>,
    by_lines: bool,
    pub(super) brackets_fit: bool,
    faults: usize,
    /// Escapes that are half of a pair.
    pub(super) lone_surrogates: usize,
    /// There are so many faults that the rest is not read.
    over: bool,
    deep: bool,
    pub(super) out: Builder<'l>,
}

/// Reads `source`; the flag says whether all brackets had their partner.
pub(super) fn parse(source: &Arc<SourceText>, limits: &Limits, by_lines: bool) -> (Parsed, bool) {
    let text = source.text();
    let s = text.as_bytes();
    let mut reader = Reader {
        text,
        s,
        at: 0,
        line: 0,
        indent: s.iter().take_while(|c| matches!(c, b' ' | b'\t')).count(),
        last: 0,
        frames: Vec::new(),
        depth: limits.depth,
        string: None,
        by_lines,
        brackets_fit: true,
        faults: 0,
        lone_surrogates: 0,
        over: false,
        deep: false,
        out: Builder::new(Arc::clone(source), limits),
    };
    reader.document();
    let fit = reader.brackets_fit;
    (reader.out.finish(), fit)
}

impl Reader<'_, '_> {
    #[inline]
    pub(super) fn peek(&self) -> u8 {
        self.s.get(self.at).copied().unwrap_or(0)
    }

    pub(super) fn ended(&self) -> bool {
        self.at >= self.s.len()
    }

    /// Names a fault at `start..end`.
    pub(super) fn report(&mut self, start: usize, end: usize, message: impl Into<String>, help: &str) {
        let (start, end) = (start.min(self.s.len()), end.min(self.s.len()).max(start.min(self.s.len())));
        self.tell(Problem::new(Code::SyntaxJson, Span::new(start, end), message).help(help));
    }

    pub(super) fn tell(&mut self, problem: Problem) {
        self.faults += 1;
        match self.faults {
            ..=REPORTED => self.out.problem(problem),
            n if n == REPORTED + 1 => {
                let message = format!("more than {REPORTED} faults; the further ones are not listed");
                let further = Problem::new(Code::SyntaxJson, problem.span, message);
                self.out.problem(further.help("correct the first ones and run again"));
            }
            n => self.over = n > READ,
        }
    }

    /// Reports, once, nesting beyond the limit.
    pub(super) fn too_deep(&mut self, at: usize) {
        if !self.deep {
            self.deep = true;
            self.out.too_deep(Span::new(at, at + 1));
        }
    }

    /// Whether nothing but white space stands before this place on its line.
    fn first_on_line(&self) -> bool {
        self.at == self.line + self.indent
    }

    fn document(&mut self) {
        self.blank();
        if self.ended() {
            if self.faults == 0 {
                self.out.problem(
                    Problem::new(Code::EmptyDocument, Span::at(0), "the file is empty")
                        .help("an OpenAPI contract is an object with `openapi` or `swagger`"),
                );
            }
            return;
        }
        while matches!(self.peek(), b'}' | b']' | b',' | b':') {
            self.stray();
            self.blank();
        }
        self.value();
        while !self.frames.is_empty() && !self.over && !self.out.is_full() {
            self.step();
        }
        self.blank();
        if self.over || self.out.is_full() || self.ended() {
            return;
        }
        let (start, end) = (self.at, self.at + self.text.cut(self.at..).chars().next().map_or(0, char::len_utf8));
        if matches!(self.peek(), b'}' | b']') {
            self.brackets_fit = false;
            let message = format!("this `{}` closes nothing", char::from(self.peek()));
            self.report(start, end, message, "remove it");
        } else {
            let message = "there is text after the end of the JSON value";
            self.report(start, end, message, "remove it; a file holds one value");
        }
    }

    /// Opens an object or array at its bracket.
    pub(super) fn open(&mut self, kind: Kind) {
        self.out.open(kind, Style::Flow, self.at);
        self.frames.push(Frame {
            kind,
            open: self.at,
            line: self.line,
            indent: self.indent,
            spread: None,
            count: 0,
            filled: false,
            comma: None,
        });
        self.at += 1;
        self.last = self.at;
    }

    /// Closes the innermost object or array where the text stands.
    pub(super) fn close(&mut self) {
        if let Some(frame) = self.frames.pop() {
            self.out.close(self.last, frame.count);
        }
        self.string = None;
    }

    /// The next token of the innermost object or array: an entry, a comma or its end.
    fn step(&mut self) {
        self.blank();
        let (line, indent, first) = (self.line, self.indent, self.first_on_line());
        let (at, c, outermost) = (self.at, self.peek(), self.frames.len() == 1);
        let Some(frame) = self.frames.last_mut() else { return };
        if at >= self.s.len() {
            return self.cut_off();
        }
        let is_closer = matches!(c, b'}' | b']');
        let lined = self.by_lines && frame.spread.unwrap_or(line > frame.line) && line > frame.line;
        if lined
            && first
            && !outermost
            && (indent < frame.indent || (indent == frame.indent && !is_closer && c != b','))
        {
            return self.unclosed(at);
        }
        match c {
            b'}' | b']' if lined && !(first && indent <= frame.indent) => self.stray(),
            b'}' | b']' => self.closer(c, lined),
            b',' if frame.filled => {
                (frame.filled, frame.comma) = (false, Some(at));
                self.at += 1;
                self.last = self.at;
                self.string = None;
            }
            b',' => {
                self.at += 1;
                self.report(at, at + 1, "an entry is missing before this `,`", "write the entry, or remove the comma");
            }
            b';' if frame.filled => {
                frame.filled = false;
                self.at += 1;
                self.report(at, at + 1, "entries are separated by `,`, not by `;`", "write `,`");
            }
            _ => {
                if frame.filled && !self.comma_missing() {
                    return;
                }
                self.entry();
            }
        }
    }

    fn entry(&mut self) {
        let line = self.line;
        let Some(frame) = self.frames.last_mut() else { return };
        frame.spread.get_or_insert(line > frame.line);
        if frame.kind == Kind::Map && !self.key() {
            return;
        }
        self.entered();
        self.value();
    }

    /// Notes that the innermost object or array has one more entry.
    pub(super) fn entered(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.count += 1;
            (frame.filled, frame.comma) = (true, None);
        }
    }

    /// What was skipped stands for an entry.
    pub(super) fn fill(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            (frame.filled, frame.comma) = (true, None);
        }
    }

    /// An entry may follow without a comma.
    pub(super) fn unfill(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.filled = false;
        }
    }

    /// An entry follows one without a comma. False when the entry before it was read anew instead.
    fn comma_missing(&mut self) -> bool {
        if self.end_string_anew() {
            return false;
        }
        let next = self.s.get(self.at + 1);
        if self.peek() == b'"' && self.at == self.last && matches!(next, None | Some(b',' | b'}' | b']' | b'\n')) {
            self.at += 1;
            self.report(
                self.at - 1,
                self.at,
                "this quote opens nothing",
                "remove it, or write `\"` before the value as well",
            );
            return false;
        }
        let closer = self.frames.last().map_or('}', |frame| char::from(frame.closer()));
        let (at, message) = (self.at, format!("a `,` or `{closer}` belongs here"));
        let end = at + self.text.cut(at..).chars().next().map_or(0, char::len_utf8);
        // The place after the entry before it is where something has to be written.
        let problem =
            Problem::new(Code::SyntaxJson, Span::new(at, end), message).help("is a comma missing before this?");
        self.tell(problem.label(Span::at(self.last), "the entry before it ends here"));
        self.unfill();
        true
    }

    /// Passes over the object or array that begins here.
    pub(super) fn skip_collection(&mut self) {
        let (start, mut open) = (self.at, 0_usize);
        while let Some(&c) = self.s.get(self.at) {
            self.at += 1;
            match c {
                b'{' | b'[' => open += 1,
                b'}' | b']' => open = open.saturating_sub(1),
                b'"' => {
                    while let Some(found) = memchr::memchr3(b'"', b'\\', b'\n', &self.s[self.at.min(self.s.len())..]) {
                        self.at += found + 1;
                        if self.s[self.at - 1] != b'\\' {
                            break;
                        }
                        self.at += 1;
                    }
                    self.at = self.at.min(self.s.len());
                }
                _ => {}
            }
            if open == 0 {
                break;
            }
        }
        self.sync_line(start);
    }

    /// Finds the line of this place anew after a token from `start` that may have line ends in it.
    pub(super) fn sync_line(&mut self, start: usize) {
        self.at = self.at.min(self.s.len());
        if let Some(found) = memchr::memrchr(b'\n', &self.s[start.min(self.at)..self.at]) {
            self.line = start + found + 1;
            self.indent = self.s[self.line..].iter().take_while(|c| matches!(c, b' ' | b'\t')).count();
        }
        self.last = self.at;
    }
}
