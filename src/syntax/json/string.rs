//! Strings that may lack a quote, hold one too many, or have line ends in them.

use super::super::scan;
use super::super::tree::{Kind, Style};
use super::super::{Code, Problem};
use super::lenient::{REPORTED, Reader};
use super::scalar::{self, Fault};
use crate::text::Cut;
use crate::text::Span;

/// Most lines that a string with line ends in it may have.
const MOST_LINES: usize = 50;
/// Lines longer than this are not searched for the end of a string.
const LONGEST_LINE: usize = 10_000;

/// A scanned string: `start` is its quote, `end` stands behind it.
pub(super) struct Text {
    pub(super) start: usize,
    /// Its text, without the quotes.
    pub(super) inner: Span,
    pub(super) end: usize,
    pub(super) escaped: bool,
}

impl Reader<'_, '_> {
    /// Whether this is a double quote, or a single one of two around a text.
    pub(super) fn opens_string(&self, quote: u8) -> bool {
        let single = || {
            let rest = &self.s[self.at + 1..];
            memchr::memchr3(b'\'', b'"', b'\n', rest).is_some_and(|end| rest[end] == b'\'')
        };
        quote == b'"' || (quote == b'\'' && single())
    }

    pub(super) fn string_value(&mut self, quote: u8) {
        let text = self.scan_string(quote);
        if quote == b'\'' {
            self.report(text.start, text.end, "strings need double quotes", "write `\"` instead of `'`");
        } else if text.end == text.inner.end as usize {
            self.report(text.start, text.start + 1, "this string is not closed on its line", "close it with `\"`");
        }
        self.string = Some((self.out.next_id(), text.start));
        self.push_string(&text);
    }

    fn push_string(&mut self, text: &Text) {
        let span = Span::new(text.start, text.end);
        let quoted = text.end > text.inner.end as usize;
        if text.escaped || !quoted {
            self.unescape(text.inner);
            self.out.decoded_scalar(Kind::Str, Style::DoubleQuoted, span);
        } else {
            self.out.scalar(Kind::Str, Style::DoubleQuoted, span);
        }
    }

    pub(super) fn unescape(&mut self, inner: Span) {
        let mut bad = Vec::new();
        let mut text = String::new();
        scalar::unescape(self.text.cut(inner.range()), &mut text, |at, fault| {
            bad.push((inner.start as usize + at, fault));
            true
        });
        self.out.decoded().push_str(&text);
        for (at, fault) in bad {
            if fault == Fault::LoneSurrogate {
                self.lone_surrogate(at);
                continue;
            }
            let end = at + 1 + self.text.cut(at + 1..).chars().next().map_or(0, char::len_utf8);
            self.report(
                at,
                end,
                "this escape does not exist",
                "write a backslash as `\\\\`, any character as `\\u` and four digits",
            );
        }
    }

    /// Names an escape that is half of a pair. Readers differ on it, and the text is whole all the same.
    fn lone_surrogate(&mut self, at: usize) {
        self.lone_surrogates += 1;
        if self.lone_surrogates > REPORTED {
            return;
        }
        let escape = self.text.cut(at..at + 6);
        let message = format!("the escape `{escape}` is half of a surrogate pair and stands for no character");
        let problem = Problem::new(Code::LoneSurrogate, Span::new(at, at + 6), message)
            .help("write both halves, such as `\\ud83d\\ude00`, or the character itself; U+FFFD is read in its place");
        self.out.problem(problem);
    }

    /// Scans a string at its quote and leaves `at` behind it. One that its line does not close ends before the commas
    /// and brackets at the end of the line, unless the next lines are text and close it.
    pub(super) fn scan_string(&mut self, quote: u8) -> Text {
        let start = self.at;
        let (mut at, mut escaped) = (start + 1, false);
        let (mut controls, mut breaks) = (None, false);
        let inner_end = loop {
            match self.s.get(at) {
                Some(b'\\') => {
                    escaped = true;
                    at += if self.s.get(at + 1).is_none_or(|c| *c == b'\n') { 1 } else { 2 };
                }
                Some(b'\n') if quote == b'"' && self.is_prose(at + 1) => {
                    breaks = true;
                    at += 1;
                }
                None | Some(b'\n') => {
                    let text = &self.s[start + 1..at.min(self.s.len())];
                    let structure = |c: &&u8| matches!(c, b' ' | b'\t' | b'\r' | b',' | b'{' | b'}' | b'[' | b']');
                    at = start + 1 + text.len() - text.iter().rev().take_while(structure).count();
                    break at;
                }
                Some(c) if *c == quote => break at,
                Some(c) => {
                    if *c < 0x20 && !(*c == b'\r' && self.s.get(at + 1) == Some(&b'\n')) {
                        controls = controls.or(Some(at));
                    }
                    at += 1;
                }
            }
        };
        let closed = self.s.get(at) == Some(&quote);
        let end = at + usize::from(closed);
        (self.at, self.last) = (end, end);
        self.sync_line(start);
        if breaks {
            self.report(start, start + 1, "this string has a line end in it", "write line ends as `\\n`, on one line");
        }
        if let Some(at) = controls {
            self.report(at, at + 1, "control characters must be escaped in a string", "write a tab as `\\t`");
        }
        Text { start, inner: Span::new(start + 1, inner_end), end, escaped }
    }

    /// Whether the lines from `at` on are text that a quote at the end of a value closes.
    fn is_prose(&self, mut at: usize) -> bool {
        for _ in 0..MOST_LINES {
            let end = scan::line_end(self.s, at);
            let line = self.s[at..end].trim_ascii();
            if let [b'"', rest @ ..] = line {
                // It may be the quote that was carried over to this line.
                return matches!(rest.trim_ascii().first(), Some(b',' | b'}' | b']' | b':')) || rest.is_empty();
            }
            let structure = matches!(line.first(), None | Some(b'{' | b'}' | b'[' | b']' | b','));
            if structure || end >= self.s.len() || line.len() > LONGEST_LINE {
                return false;
            }
            if let Some(quote) = memchr::memchr(b'"', line) {
                return matches!(line[quote + 1..].trim_ascii(), b"" | b"," | b"}" | b"]" | b"}," | b"],");
            }
            at = end + 1;
        }
        false
    }

    /// A text follows a string without a comma. If the string had a quote in it that is not escaped, or was not closed
    /// before the comma in it, it is read anew; true then.
    pub(super) fn end_string_anew(&mut self) -> bool {
        let Some((id, open)) = self.string.take() else { return false };
        let adjacent = self.at == self.last && !matches!(self.peek(), b'"' | b'{' | b'[');
        if !adjacent || self.out.next_id() != id + 1 {
            return false;
        }
        let inner = self.text.cut(open + 1..self.last - 1).trim_end();
        let quoted = open + 1 + inner.len();
        let (inner_end, end) = if inner.ends_with(',') {
            (quoted - 1, quoted - 1)
        } else {
            match self.closing_quote() {
                Some(close) => (close, close + 1),
                None => return false,
            }
        };
        let open_count = self.out.open_count();
        self.out.truncate(id, open_count);
        (self.at, self.last) = (end, end);
        if end == inner_end {
            self.report(open, open + 1, "this string is not closed", "close it with `\"` before the comma");
        } else {
            let message = "a quote inside this string is not escaped";
            self.report(open, end, message, "write quotes inside a string as `\\\"`");
        }
        let inner = Span::new(open + 1, inner_end);
        let escaped = self.text.cut(inner.range()).contains('\\');
        self.push_string(&Text { start: open, inner, end, escaped });
        true
    }

    /// A quote further on this line that ends a value.
    fn closing_quote(&self) -> Option<usize> {
        let end = scan::line_end(self.s, self.at).min(self.at + LONGEST_LINE);
        memchr::memchr_iter(b'"', &self.s[self.at..end]).map(|at| self.at + at).find(|at| {
            let next = self.s[at + 1..].iter().find(|c| !matches!(c, b' ' | b'\t' | b'\r'));
            matches!(next, None | Some(b',' | b'}' | b']' | b'\n')) && self.s[at - 1] != b'\\'
        })
    }
}
