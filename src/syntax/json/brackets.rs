//! Brackets that close, that close nothing, and that are missing: which one is meant, and what is said of it.

use super::super::{Code, Problem};
use super::lenient::Reader;
use crate::text::Span;

/// How far is looked beyond the end of the document for more of it.
const LOOK_AHEAD: usize = 200;

impl Reader<'_, '_> {
    /// A closing bracket where one may stand.
    pub(super) fn closer(&mut self, c: u8, lined: bool) {
        let Some(frame) = self.frames.last() else { return };
        let (fits, comma, closer, indent) = (frame.closer() == c, frame.comma, frame.closer(), frame.indent);
        if !fits {
            let around = &self.frames[..self.frames.len() - 1];
            if lined && self.indent == indent {
                self.brackets_fit = false;
                let message = format!("a `{}` belongs here, not `{}`", char::from(closer), char::from(c));
                self.report(self.at, self.at + 1, message, "each bracket is closed by its own kind");
            } else if around.iter().any(|frame| frame.closer() == c) {
                return self.unclosed(self.at);
            } else {
                return self.stray();
            }
        }
        if let Some(comma) = comma {
            self.report(comma, comma + 1, "JSON has no trailing comma", "remove this comma");
        }
        let at = self.at;
        self.at += 1;
        self.last = self.at;
        if self.frames.len() > 1 || !self.goes_on() {
            return self.close();
        }
        self.brackets_fit = false;
        let message = format!("this `{}` ends the document too early", char::from(c));
        self.report(at, at + 1, message, "remove it, or the one before it that is too many");
        if let Some(frame) = self.frames.last_mut() {
            (frame.filled, frame.comma) = (frame.count > 0, None);
        }
    }

    /// Whether a further entry follows, with nothing but closing brackets before it.
    fn goes_on(&self) -> bool {
        let next = self.s[self.at..]
            .iter()
            .take(LOOK_AHEAD)
            .find(|c| !matches!(c, b' ' | b'\t' | b'\r' | b'\n' | b'}' | b']'));
        matches!(next, Some(b',' | b'"'))
    }

    /// A bracket, or other sign, that belongs nowhere. It may have taken the place of an entry.
    pub(super) fn stray(&mut self) {
        let (at, c) = (self.at, char::from(self.peek()));
        self.at += 1;
        self.fill();
        if matches!(c, '{' | '[') {
            self.brackets_fit = false;
            self.report(
                at,
                at + 1,
                format!("this `{c}` opens nothing: a key belongs here"),
                "remove it, or write a key before it",
            );
        } else if matches!(c, '}' | ']') {
            self.brackets_fit = false;
            self.report(
                at,
                at + 1,
                format!("this `{c}` closes nothing"),
                "remove it, or add the bracket it should close",
            );
        } else {
            self.report(at, at + 1, format!("a `{c}` cannot stand here"), "remove it");
        }
    }

    /// The innermost object or array should have been closed before `place`.
    pub(super) fn unclosed(&mut self, place: usize) {
        self.brackets_fit = false;
        let Some(frame) = self.frames.last() else { return };
        let (open, closer, name) = (frame.open, char::from(frame.closer()), frame.name());
        let sign = char::from(self.s[open]);
        let problem = Problem::new(Code::SyntaxJson, Span::new(open, open + 1), format!("this `{sign}` is not closed"))
            .help(format!("add the `{closer}` that closes this {name}"))
            .label(Span::at(place), format!("a `{closer}` is missing before this"));
        self.tell(problem);
        self.close();
        if self.peek() != b','
            && let Some(frame) = self.frames.last_mut()
        {
            // A comma that is lost with the bracket is no fault of its own.
            frame.filled = frame.filled && matches!(self.s.get(self.at), Some(b'}' | b']'));
        }
    }

    /// The text ends inside objects and arrays.
    pub(super) fn cut_off(&mut self) {
        self.brackets_fit = false;
        if let Some(frame) = self.frames.last() {
            let (end, open, closer, name) = (self.s.len(), frame.open, char::from(frame.closer()), frame.name());
            let problem = Problem::new(Code::SyntaxJson, Span::at(end), format!("the file ends inside this {name}"))
                .help(format!("close it with `{closer}`; the file seems to be cut off"))
                .label(Span::new(open, open + 1), format!("the {name} opens here"));
            self.tell(problem);
        }
        self.last = self.s.len();
        while !self.frames.is_empty() {
            self.close();
        }
    }
}
