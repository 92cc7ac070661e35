//! Plain and quoted scalars (sections 7.3.1 to 7.3.3).

use super::super::{Kind, Style, number};
use super::properties::Props;
use super::recover::{Fault, What};
use super::{Reader, Step, scan};
use crate::text::Cut;
use crate::text::Span;

impl Reader<'_, '_> {
    /// Scans a quoted scalar at its quote. True when its text is not the slice between the quotes.
    pub(super) fn quoted(&mut self, quote: u8) -> Step<bool> {
        let (open, s) = (self.pos, self.s);
        let unclosed = Fault::new(What::UnclosedQuote, open, open + 1);
        let mut at = open + 1;
        let mut cook = false;
        loop {
            let rest = &s[at.min(s.len())..];
            let found = if quote == b'"' {
                memchr::memchr3(b'"', b'\\', b'\n', rest)
            } else {
                memchr::memchr2(b'\'', b'\n', rest)
            };
            let Some(found) = found else {
                self.pos = s.len();
                return Err(unclosed);
            };
            at += found;
            match s[at] {
                b'\n' => {
                    cook = true;
                    at += 1;
                    self.line = at;
                    if self.marker_at(at) {
                        self.pos = at;
                        return Err(unclosed);
                    }
                    self.note_shallow_text(at);
                }
                b'\\' => {
                    cook = true;
                    // A line end after it is met in the next round.
                    at += if matches!(self.at(at + 1), b'\n' | b'\r') { 1 } else { 2 };
                }
                b'\'' if s.get(at + 1) == Some(&b'\'') => {
                    cook = true;
                    at += 2;
                }
                _ => break,
            }
        }
        self.pos = at + 1;
        Ok(cook)
    }

    /// Remembers the line at `at`, the next one of a quoted scalar, if its text stands too far left.
    fn note_shallow_text(&mut self, at: usize) {
        if self.inside > 0 && self.shallow.is_none() {
            let text = scan::space_run(self.s, at);
            let start = text + self.s[text..].iter().take_while(|c| matches!(c, b'\t' | b' ' | b'\r')).count();
            if text - at < self.inside && start < self.s.len() && self.s[start] != b'\n' {
                self.shallow = Some(start);
            }
        }
    }

    /// Checks what follows a quoted value in a block; text after a quote on a later line means that the first was not closed.
    pub(super) fn after_quote(&mut self, open: usize) -> Step {
        match self.after_value() {
            Err(_) if open < self.line => Err(Fault::new(What::UnclosedQuote, open, open + 1)),
            Err(fault) if self.indicator(b':') => Err(Fault { what: What::NestedColon, ..fault }),
            result => result,
        }
    }

    /// After a value only a comment may follow on its line.
    pub(super) fn after_value(&mut self) -> Step {
        let before = self.pos;
        self.spaces();
        match self.peek() {
            b'\n' | b'\r' => Ok(()),
            b'#' if self.pos > before => Ok(()),
            b']' | b'}' => Err(Fault::new(What::Bracket, self.pos, self.pos + 1)),
            _ => {
                let end = scan::trim_end(self.s, self.pos, scan::line_end(self.s, self.pos));
                Err(Fault::new(What::AfterValue, self.pos, end))
            }
        }
    }

    pub(super) fn push_quoted(&mut self, style: Style, start: usize, end: usize, cook: bool, props: Props) -> Step {
        self.last = end;
        let span = Span::new(start, end);
        let kind = if props.is_empty() {
            Kind::Str
        } else {
            let text = self.text.cut(start + 1..end - 1).to_owned();
            self.bind(props, Kind::Str, &text)?
        };
        if cook {
            self.decode(style, start, end)?;
            self.out.decoded_scalar(kind, style, span);
        } else {
            self.out.scalar(kind, style, span);
        }
        Ok(())
    }

    /// Refuses what a plain scalar cannot start with.
    #[inline]
    pub(super) fn plain_start(&mut self, in_flow: bool) -> Step {
        let at = self.pos;
        let what = match self.peek() {
            b'-' | b'?' | b':' => {
                let next = self.at(at + 1);
                if !(scan::blank(next) || (in_flow && scan::flow(next))) {
                    return Ok(());
                }
                What::BlockOnLine
            }
            b']' | b'}' => What::Bracket,
            b'#' => What::CommentSpace,
            b',' | b'%' | b'@' | b'`' | b'|' | b'>' => What::Reserved,
            _ => return Ok(()),
        };
        Err(Fault::new(what, at, at + 1))
    }

    /// Scans a plain scalar to the end of its line; gives its end and leaves `pos` at what stopped it.
    #[inline]
    pub(super) fn plain_line(&mut self) -> usize {
        let (start, s) = (self.pos, self.s);
        let mut at = start;
        loop {
            at = scan::plain_stop(s, at);
            match s.get(at) {
                None | Some(b'\n') => break,
                Some(b':') if scan::blank(self.at(at + 1)) => break,
                Some(b'#') if at > start && matches!(s[at - 1], b' ' | b'\t') => break,
                _ => at += 1,
            }
        }
        self.pos = at;
        scan::trim_end(s, start, at)
    }

    /// A plain scalar in a block, whose first line is `start..end`; further lines belong to it while they are
    /// indented deeper than `parent`.
    pub(super) fn plain(&mut self, parent: isize, start: usize, mut end: usize, props: Props) -> Step {
        let mut several = false;
        if self.indicator(b':') {
            self.report(Fault::new(What::NestedColon, self.pos, self.pos + 1));
            self.seek_line_end();
            let line = self.text.cut(start..self.pos);
            let cut = line.find(" #").unwrap_or(line.len());
            end = scan::trim_end(self.s, start, start + cut);
        } else if matches!(self.peek(), b'\n' | b'\r') {
            while let Some((text, line)) = self.continuation(parent)? {
                let before = (self.pos, self.line);
                (self.pos, self.line) = (text, line);
                let line_end = self.plain_line();
                if self.indicator(b':') {
                    self.report(Fault::new(What::KeyInText, text, line_end));
                    (self.pos, self.line) = before;
                    break;
                }
                several = true;
                end = line_end;
                if self.peek() == b'#' {
                    break;
                }
            }
        }
        self.push_plain(start, end, several, props)
    }

    /// The start of the next line of a plain scalar, and of its text.
    fn continuation(&mut self, parent: isize) -> Step<Option<(usize, usize)>> {
        let (mut at, mut line) = (self.pos, self.line);
        let mut tab = None;
        while at < self.s.len() {
            match self.s[at] {
                b' ' => at = scan::space_run(self.s, at + 1),
                b'\r' => at += 1,
                b'\t' => {
                    if ((at - line) as isize) <= parent && line > self.line {
                        tab = tab.or(Some(at));
                    }
                    at += 1;
                }
                b'\n' => {
                    at += 1;
                    line = at;
                    tab = None;
                }
                _ => break,
            }
        }
        if at >= self.s.len() || self.s[at] == b'#' {
            return Ok(None);
        }
        if let Some(tab) = tab {
            return Err(Fault::new(What::Tab, tab, tab + 1));
        }
        if ((at - line) as isize) <= parent || (at == line && self.marker_at(at)) {
            return Ok(None);
        }
        Ok(Some((at, line)))
    }

    pub(super) fn push_plain(&mut self, start: usize, end: usize, several: bool, props: Props) -> Step {
        self.last = end;
        let span = Span::new(start, end);
        let kind = if several { Kind::Str } else { number::resolve(self.text.cut(start..end)) };
        let kind = if props.is_empty() {
            kind
        } else {
            let text = self.text.cut(start..end).to_owned();
            self.bind(props, kind, &text)?
        };
        if several {
            self.decode(Style::Plain, start, end)?;
            self.out.decoded_scalar(kind, Style::Plain, span);
        } else {
            self.out.scalar(kind, Style::Plain, span);
        }
        Ok(())
    }
}
