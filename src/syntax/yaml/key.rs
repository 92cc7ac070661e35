//! Keys of maps: scanned up to their colon, then added; `? key`, keys without colon, keys that are not scalars.

use super::super::{Code, Kind, Problem, Style};
use super::properties::Props;
use super::recover::{Fault, What};
use super::{Reader, Step, scan};
use crate::text::Span;

/// A key that was scanned up to its colon.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub(super) span: Span,
    pub(super) style: Style,
    pub(super) text: KeyText,
    pub(super) props: Props,
    /// The colon is missing; `pos` stands behind the key.
    pub(super) bare: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyText {
    /// As written, between the quotes if there are any.
    Written,
    /// To be decoded.
    Decoded,
    Alias,
    /// Not a scalar.
    Bad,
    /// `? key`.
    Explicit,
}

impl Reader<'_, '_> {
    /// `? ` or `: ` where a key belongs.
    pub(super) fn special_key(&mut self) -> Key {
        let text = if self.peek() == b'?' { KeyText::Explicit } else { KeyText::Written };
        Key { span: Span::at(self.pos), style: Style::Plain, text, props: Props::default(), bare: false }
    }

    /// The next key of a block map, up to its colon.
    pub(super) fn entry_key(&mut self, column: usize) -> Step<Key> {
        let start = self.pos;
        match self.peek() {
            b'-' if scan::blank(self.at(start + 1)) => {
                return Err(Fault::new(What::ListInMap, start, start + 1));
            }
            b'?' | b':' if scan::blank(self.at(start + 1)) => return Ok(self.special_key()),
            _ => {}
        }
        let props = if matches!(self.peek(), b'&' | b'!') { self.properties(false)? } else { Props::default() };
        let at = self.pos;
        let (style, text, end) = match self.peek() {
            quote @ (b'"' | b'\'') => {
                let line = self.line;
                self.inside = 0;
                let cook = self.quoted(quote)?;
                let end = self.pos;
                self.spaces();
                if self.line != line {
                    return Err(Fault { resume: at as u32, ..Fault::new(What::UnclosedQuote, at, at + 1) });
                }
                let style = if quote == b'"' { Style::DoubleQuoted } else { Style::SingleQuoted };
                (style, if cook { KeyText::Decoded } else { KeyText::Written }, end)
            }
            b'*' if !props.is_empty() => return Err(Fault::new(What::AliasProperties, start, at)),
            b'*' => {
                let span = self.alias_span()?;
                self.spaces();
                (Style::Plain, KeyText::Alias, span.end as usize)
            }
            b':' if !props.is_empty() && scan::blank(self.at(at + 1)) => (Style::Plain, KeyText::Written, at),
            b'[' | b'{' => {
                let mark = (self.out.next_id(), self.out.open_count());
                self.flow_value(column as isize, props)?;
                let end = self.pos;
                self.spaces();
                self.undo(mark.0, mark.1);
                (Style::Flow, KeyText::Bad, end)
            }
            _ => {
                self.plain_start(false)?;
                (Style::Plain, KeyText::Written, self.plain_line())
            }
        };
        let key = Key { span: Span::new(at, end), style, text, props, bare: false };
        if self.indicator(b':') { Ok(key) } else { self.colon_missing(key, column) }
    }

    /// A key without colon: `key:value` is taken apart, and `key` above deeper lines is taken as their key.
    #[cold]
    fn colon_missing(&mut self, key: Key, column: usize) -> Step<Key> {
        let start = key.span.start as usize;
        let end = key.span.end as usize;
        let colon = if key.style == Style::Plain {
            memchr::memchr(b':', &self.s[start..end]).map(|at| start + at)
        } else {
            (self.peek() == b':').then_some(self.pos)
        };
        if let Some(colon) = colon.filter(|colon| *colon > start && key.text != KeyText::Bad) {
            self.report(Fault::new(What::MissingSpace, colon, colon + 1));
            self.pos = colon;
            return Ok(Key { span: Span::new(start, end.min(colon)), ..key });
        }
        let fault = Fault::new(What::MissingColon, start, end);
        let below = scan::line_end(self.s, end);
        let rest = &self.s[end..below];
        let mut next = below + 1;
        loop {
            let text = scan::space_run(self.s, next);
            match self.at(text) {
                b'\n' if text < self.s.len() => next = text + 1,
                _ if text < self.s.len()
                    && text - next > column
                    && rest.iter().all(|c| scan::blank(*c))
                    && !self.s[start..end].contains(&b' ') =>
                {
                    self.report(fault);
                    self.pos = end;
                    return Ok(Key { bare: true, ..key });
                }
                _ => return Err(fault),
            }
        }
    }

    /// Adds a scanned key.
    pub(super) fn push_key(&mut self, key: Key) -> Step {
        let (start, end) = (key.span.start as usize, key.span.end as usize);
        self.last = end;
        if !key.props.is_empty() {
            let text = if key.style == Style::Plain { self.text.get(start..end).unwrap_or("") } else { "" };
            self.bind(key.props, Kind::Str, text)?;
        }
        match key.text {
            KeyText::Written => {
                let quotes = usize::from(key.style != Style::Plain);
                self.out.key(key.style, key.span, Span::new(start + quotes, end - quotes));
            }
            KeyText::Decoded => {
                self.decode(key.style, start, end)?;
                self.out.decoded_key(key.style, key.span);
            }
            KeyText::Alias => {
                let target = self.target(key.span);
                if target.is_none_or(|target| !self.out.alias_key(key.span, target)) {
                    if target.is_some() {
                        self.bad_key(key.span);
                    }
                    self.out.key(Style::Plain, key.span, key.span);
                }
            }
            KeyText::Bad | KeyText::Explicit => {
                self.bad_key(key.span);
                self.out.key(Style::Flow, key.span, key.span);
            }
        }
        Ok(())
    }

    pub(super) fn bad_key(&mut self, span: Span) {
        self.out.problem(
            Problem::new(Code::KeyNotScalar, span, "a key must be a scalar, not an object or array")
                .help("OpenAPI documents must be writable as JSON, where keys are strings"),
        );
    }

    /// `? key`: the node after the sign becomes the key if it is a scalar.
    pub(super) fn explicit_key(&mut self, column: usize) -> Step {
        let (start, mark) = (self.pos, self.mark());
        let (id, open) = (self.out.next_id(), self.out.open_count());
        self.pos += 1;
        self.last = self.pos;
        if let Err(fault) = self.item(column as isize, true) {
            self.resume(fault, mark, column, true);
        }
        if !self.out.make_key(id) {
            self.undo(id, open);
            self.bad_key(Span::new(start, self.last));
            self.out.key(Style::Flow, Span::new(start, self.last), Span::new(start, start + 1));
        }
        self.skip(column)
    }
}
