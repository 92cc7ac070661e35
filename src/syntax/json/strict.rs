//! The fast way through a sound text; any fault ends it without a word.

use super::super::builder::Builder;
use super::super::tree::{Kind, Style};
use super::super::{Limits, Parsed, scan};
use super::scalar;
use crate::text::Cut;
use crate::text::{SourceText, Span};
use std::sync::Arc;

/// Reads `source`; `None` when it is not JSON or passes a limit.
pub(super) fn parse(source: &Arc<SourceText>, limits: &Limits) -> Option<Parsed> {
    let text = source.text();
    let out = Builder::new(Arc::clone(source), limits);
    let mut reader = Reader { text, s: text.as_bytes(), at: 0, depth: limits.depth, out };
    reader.blank();
    reader.value()?;
    reader.blank();
    (reader.at == text.len()).then(|| reader.out.finish())
}

struct Reader<'s, 'l> {
    text: &'s str,
    s: &'s [u8],
    at: usize,
    depth: usize,
    out: Builder<'l>,
}

impl Reader<'_, '_> {
    #[inline]
    fn peek(&self) -> u8 {
        self.s.get(self.at).copied().unwrap_or(0)
    }

    #[inline]
    fn blank(&mut self) {
        loop {
            match self.peek() {
                b'\n' | b' ' => self.at = scan::space_run(self.s, self.at + 1),
                b'\r' | b'\t' => self.at += 1,
                _ => return,
            }
        }
    }

    fn value(&mut self) -> Option<()> {
        if self.out.is_full() {
            return None;
        }
        let start = self.at;
        let (end, kind) = match self.peek() {
            b'{' => return self.object(),
            b'[' => return self.array(),
            b'"' => {
                let escaped = self.string()?;
                let span = Span::new(start, self.at);
                if escaped {
                    self.unescape(start)?;
                    self.out.decoded_scalar(Kind::Str, Style::DoubleQuoted, span);
                } else {
                    self.out.scalar(Kind::Str, Style::DoubleQuoted, span);
                }
                return Some(());
            }
            b'-' | b'0'..=b'9' => scalar::number(self.s, start).ok()?,
            b't' if self.s[start..].starts_with(b"true") => (start + 4, Kind::Bool),
            b'f' if self.s[start..].starts_with(b"false") => (start + 5, Kind::Bool),
            b'n' if self.s[start..].starts_with(b"null") => (start + 4, Kind::Null),
            _ => return None,
        };
        self.at = end;
        self.out.scalar(kind, Style::Plain, Span::new(start, end));
        Some(())
    }

    /// Scans a string at its quote; true when it has escapes.
    #[inline]
    fn string(&mut self) -> Option<bool> {
        let mut at = self.at + 1;
        let mut escaped = false;
        loop {
            let rest = self.s.get(at..)?;
            let run = memchr::memchr2(b'"', b'\\', rest)?;
            if rest[..run].iter().any(|c| *c < 0x20) {
                return None;
            }
            at += run;
            if self.s[at] == b'"' {
                self.at = at + 1;
                return Some(escaped);
            }
            escaped = true;
            if self.s.get(at + 1).is_none_or(|c| *c < 0x20) {
                return None;
            }
            at += 2;
        }
    }

    /// Appends the text of the string from `start` to here to the decoded texts of the tree.
    fn unescape(&mut self, start: usize) -> Option<()> {
        let text = self.text.cut(start + 1..self.at - 1);
        scalar::unescape(text, self.out.decoded(), |_, _| false).then_some(())
    }

    fn open(&mut self, kind: Kind) -> Option<()> {
        if self.out.open_count() >= self.depth {
            return None;
        }
        self.out.open(kind, Style::Flow, self.at);
        self.at += 1;
        self.blank();
        Some(())
    }

    /// After an entry: whether another follows.
    #[inline]
    fn separator(&mut self, closer: u8) -> Option<bool> {
        self.blank();
        match self.peek() {
            b',' => {
                self.at += 1;
                self.blank();
                Some(true)
            }
            c if c == closer => Some(false),
            _ => None,
        }
    }

    fn close(&mut self, count: u32) -> Option<()> {
        self.at += 1;
        self.out.close(self.at, count);
        Some(())
    }

    fn object(&mut self) -> Option<()> {
        self.open(Kind::Map)?;
        if self.peek() == b'}' {
            return self.close(0);
        }
        let mut count = 0;
        loop {
            let key = self.at;
            if self.peek() != b'"' {
                return None;
            }
            let escaped = self.string()?;
            let span = Span::new(key, self.at);
            if escaped {
                self.unescape(key)?;
                self.out.decoded_key(Style::DoubleQuoted, span);
            } else {
                self.out.key(Style::DoubleQuoted, span, Span::new(key + 1, self.at - 1));
            }
            self.blank();
            if self.peek() != b':' {
                return None;
            }
            self.at += 1;
            self.blank();
            self.value()?;
            count += 1;
            if !self.separator(b'}')? {
                return self.close(count);
            }
        }
    }

    fn array(&mut self) -> Option<()> {
        self.open(Kind::Seq)?;
        if self.peek() == b']' {
            return self.close(0);
        }
        let mut count = 0;
        loop {
            self.value()?;
            count += 1;
            if !self.separator(b']')? {
                return self.close(count);
            }
        }
    }
}
