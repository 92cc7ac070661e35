//! Flow collections: `[a, b]` and `{a: b}` (section 7.4).

use super::super::{Kind, Style};
use super::key::{Key, KeyText};
use super::properties::Props;
use super::recover::{Fault, What};
use super::{Reader, Step, scan};
use crate::text::Span;

impl Reader<'_, '_> {
    /// A flow collection as a value of a block. When its lines run into those of the block around it,
    /// the bracket was not closed.
    pub(super) fn flow_value(&mut self, parent: isize, props: Props) -> Step {
        let open = self.pos;
        self.inside = (parent + 1) as usize;
        self.shallow = None;
        let read = self.flow(props).map_err(|fault| {
            let at = (fault.at as usize).min(self.s.len());
            let line = memchr::memrchr(b'\n', &self.s[..at]).map_or(0, |at| at + 1);
            let column = scan::space_run(self.s, line) - line;
            let ran_on = line > open && column as isize <= parent && fault.what != What::UnclosedQuote;
            if ran_on && fault.what != What::Depth { Fault::new(What::UnclosedBracket, open, open + 1) } else { fault }
        });
        if read.is_ok() {
            self.report_shallow();
        }
        read
    }

    /// White space, line ends and comments.
    #[inline]
    fn gap(&mut self, open: usize) -> Step {
        let line = self.line;
        self.skip(self.inside)?;
        if self.line != line {
            self.note_shallow();
        }
        if self.ended() || self.marker() {
            return Err(Fault::new(What::UnclosedBracket, open, open + 1));
        }
        Ok(())
    }

    fn flow(&mut self, props: Props) -> Step {
        self.enter()?;
        let open = self.pos;
        let (kind, close) = if self.peek() == b'[' { (Kind::Seq, b']') } else { (Kind::Map, b'}') };
        self.bind(props, kind, "")?;
        self.out.open(kind, Style::Flow, open);
        self.pos += 1;
        let mut count = 0;
        loop {
            self.gap(open)?;
            let c = self.peek();
            if c == close {
                break;
            }
            if self.out.is_full() {
                return Err(Fault::new(What::Nodes, self.pos, self.pos + 1));
            }
            match c {
                b',' => return Err(Fault::new(What::FlowEntry, self.pos, self.pos + 1)),
                b']' | b'}' => return Err(Fault::new(What::Bracket, self.pos, self.pos + 1)),
                _ => {}
            }
            if kind == Kind::Map {
                self.flow_pair(open)?;
            } else {
                self.flow_item(open)?;
            }
            count += 1;
            self.gap(open)?;
            match self.peek() {
                b',' => self.pos += 1,
                c if c == close => {}
                b']' | b'}' => return Err(Fault::new(What::Bracket, self.pos, self.pos + 1)),
                _ => return Err(Fault::new(What::FlowSeparator, self.pos, self.pos + 1)),
            }
        }
        self.pos += 1;
        self.last = self.pos;
        self.out.close(self.last, count);
        self.depth -= 1;
        Ok(())
    }

    /// Whether a `:` here ends a key that ends at `end`; after quotes and brackets no space is needed behind it.
    fn flow_colon(&mut self, json: bool) -> Step<bool> {
        if self.peek() != b':' {
            return Ok(false);
        }
        let next = self.at(self.pos + 1);
        if json {
            return Ok(true);
        }
        if matches!(next, b'[' | b'{') {
            return Err(Fault::new(What::MissingSpace, self.pos, self.pos + 1));
        }
        Ok(scan::blank(next) || scan::flow(next))
    }

    fn flow_pair(&mut self, open: usize) -> Step {
        if self.indicator(b'?') {
            self.pos += 1;
            self.gap(open)?;
        }
        let (id, opened) = (self.out.next_id(), self.out.open_count());
        let (key, json) = self.flow_node(open, true)?;
        self.undo(id, opened);
        self.push_key(key)?;
        self.gap(open)?;
        let colon = self.flow_colon(json)?;
        self.flow_rest(open, colon)
    }

    /// The value of a pair, null when there is none.
    fn flow_rest(&mut self, open: usize, colon: bool) -> Step {
        if colon {
            self.pos += 1;
            self.last = self.pos;
            self.gap(open)?;
        }
        if !colon || matches!(self.peek(), b',' | b']' | b'}') {
            return self.null(self.last, Props::default());
        }
        self.flow_node(open, false).map(|_| ())
    }

    /// An element of a list; `a: b` in a list is a map of one pair.
    fn flow_item(&mut self, open: usize) -> Step {
        let (start, line) = (self.pos, self.line);
        let explicit = self.indicator(b'?');
        if explicit {
            self.pos += 1;
            self.gap(open)?;
        }
        let (id, opened) = (self.out.next_id(), self.out.open_count());
        let anchors = self.peek() == b'&' || self.peek() == b'!';
        let (key, json) = self.flow_node(open, true)?;
        self.gap(open)?;
        let colon = self.flow_colon(json)?;
        if colon || explicit {
            if self.line != line && !explicit {
                return Err(Fault::new(What::KeyLines, self.pos, self.pos + 1));
            }
            self.undo(id, opened);
            self.enter()?;
            let at = if anchors { start } else { key.span.start as usize };
            self.out.open(Kind::Map, Style::Flow, if explicit { start } else { at });
            self.push_key(key)?;
            self.flow_rest(open, colon)?;
            self.out.close(self.last, 1);
            self.depth -= 1;
            return Ok(());
        }
        if key.text == KeyText::Bad { Ok(()) } else { self.push_value(key) }
    }

    /// Scans a node. A scalar is returned, and added unless it may be a `key`; a collection is added.
    fn flow_node(&mut self, open: usize, key: bool) -> Step<(Key, bool)> {
        let mut props = Props::default();
        if matches!(self.peek(), b'&' | b'!') {
            props = self.properties(true)?;
            self.gap(open)?;
        }
        let start = self.pos;
        self.flow_end = start;
        let c = self.peek();
        let next = self.at(start + 1);
        let mut json = false;
        let (style, text) = match c {
            b'[' | b'{' => {
                self.flow(props)?;
                let span = Span::new(start, self.pos);
                return Ok((Key { span, style: Style::Flow, text: KeyText::Bad, props, bare: false }, true));
            }
            b'"' | b'\'' => {
                json = true;
                let cook = self.quoted(c)?;
                let style = if c == b'"' { Style::DoubleQuoted } else { Style::SingleQuoted };
                (style, if cook { KeyText::Decoded } else { KeyText::Written })
            }
            b'*' => {
                self.alias_span()?;
                if !props.is_empty() {
                    return Err(Fault::new(What::AliasProperties, start, self.pos));
                }
                (Style::Plain, KeyText::Alias)
            }
            // An empty node: nothing before the colon, or only properties.
            b':' if scan::blank(next) || scan::flow(next) => (Style::Plain, KeyText::Written),
            b',' | b']' | b'}' => (Style::Plain, KeyText::Written),
            _ => {
                self.plain_start(true)?;
                let several = self.flow_plain(start)?;
                (Style::Plain, if several { KeyText::Decoded } else { KeyText::Written })
            }
        };
        let end = if style == Style::Plain { self.flow_end.max(start) } else { self.pos };
        let end = if text == KeyText::Alias { self.pos } else { end };
        let node = Key { span: Span::new(start, end), style, text, props, bare: false };
        if !key {
            self.push_value(node)?;
        }
        Ok((node, json))
    }

    /// Adds a scanned scalar as a value.
    fn push_value(&mut self, node: Key) -> Step {
        let (start, end) = (node.span.start as usize, node.span.end as usize);
        match (node.text, node.style) {
            (KeyText::Alias, _) => self.alias(node.span, node.props),
            (text, Style::Plain) if start < end => self.push_plain(start, end, text == KeyText::Decoded, node.props),
            (_, Style::Plain) => self.null(start, node.props),
            (text, style) => self.push_quoted(style, start, end, text == KeyText::Decoded, node.props),
        }
    }

    /// Scans a plain scalar in a flow collection, its end into `flow_end`; true when it has several lines.
    fn flow_plain(&mut self, start: usize) -> Step<bool> {
        let s = self.s;
        let (mut at, mut several) = (start, false);
        self.flow_end = start;
        loop {
            let from = at;
            while at < s.len() {
                match s[at] {
                    b'\n' | b',' | b'[' | b']' | b'{' | b'}' => break,
                    b':' if scan::blank(self.at(at + 1)) || scan::flow(self.at(at + 1)) => break,
                    b'#' if at > start && scan::blank(s[at - 1]) => break,
                    _ => at += 1,
                }
            }
            let end = scan::trim_end(s, from, at);
            if end > from {
                several |= from > start;
                self.flow_end = end;
            }
            self.pos = at;
            if s.get(at) != Some(&b'\n') {
                return Ok(several);
            }
            self.skip_breaks()?;
            at = self.pos;
            let stop = match self.peek() {
                b',' | b'[' | b']' | b'{' | b'}' | b'#' => true,
                b':' => scan::blank(self.at(at + 1)) || scan::flow(self.at(at + 1)),
                _ => self.ended() || self.marker(),
            };
            if stop {
                return Ok(several);
            }
        }
    }

    /// White space and line ends, but no comments.
    fn skip_breaks(&mut self) -> Step {
        while !self.ended() {
            match self.peek() {
                b' ' | b'\r' => self.pos += 1,
                b'\t' => self.tab(self.inside)?,
                b'\n' => {
                    self.pos += 1;
                    self.line = self.pos;
                }
                _ => {
                    self.note_shallow();
                    break;
                }
            }
        }
        Ok(())
    }
}
