//! Block collections: indentation decides what belongs together (chapter 8).

use super::super::{Kind, Style};
use super::key::{Key, KeyText};
use super::properties::Props;
use super::recover::{Fault, What};
use super::{Reader, Step, scan};
use crate::text::Span;

impl Reader<'_, '_> {
    /// A node that starts on this or a later line, right of column `parent`, with the properties before it.
    pub(super) fn block_node(&mut self, parent: isize, list_at_parent: bool, props: Props) -> Step {
        let empty = self.last.min(self.pos);
        self.skip((parent + 1) as usize)?;
        let column = self.column() as isize;
        let inside = column > parent || (list_at_parent && column == parent && self.indicator(b'-'));
        if self.ended() || !inside || self.marker() {
            return self.null(empty, props);
        }
        self.node_at(parent, list_at_parent, props)
    }

    /// A node that starts here, where a block collection may start.
    pub(super) fn node_at(&mut self, parent: isize, list_at_parent: bool, outer: Props) -> Step {
        let (start, column) = (self.pos, self.column());
        match self.peek() {
            b'-' if scan::blank(self.at(start + 1)) => self.list(column, outer),
            b'?' | b':' if scan::blank(self.at(start + 1)) => {
                let key = self.special_key();
                self.map(column, key, outer)
            }
            b'|' | b'>' => self.literal(parent, outer),
            b'&' | b'!' => {
                let props = self.properties(false)?;
                match self.peek() {
                    b'\n' | b'\r' | b'#' => {
                        let props = both(outer, props)?;
                        self.block_node(parent, list_at_parent, props)
                    }
                    b'|' | b'>' => self.literal(parent, both(outer, props)?),
                    _ => self.inline(parent, Some(column), start, outer, props),
                }
            }
            _ => self.inline(parent, Some(column), start, outer, Props::default()),
        }
    }

    /// A scalar, alias or flow collection on this line; with `column`, it may be the first key of a block map.
    fn inline(&mut self, parent: isize, column: Option<usize>, start: usize, outer: Props, inner: Props) -> Step {
        let at = self.pos;
        let id = self.out.next_id();
        self.inside = (parent + 1) as usize;
        self.shallow = None;
        let (style, text, end) = match self.peek() {
            quote @ (b'"' | b'\'') => {
                let line = self.line;
                let cook = self.quoted(quote)?;
                let end = self.pos;
                let style = if quote == b'"' { Style::DoubleQuoted } else { Style::SingleQuoted };
                self.spaces();
                if self.line != line || !self.indicator(b':') {
                    self.pos = end;
                    self.after_quote(at)?;
                    self.report_shallow();
                    let props = both(outer, inner)?;
                    return self.push_quoted(style, at, end, cook, props);
                }
                (style, if cook { KeyText::Decoded } else { KeyText::Written }, end)
            }
            b'[' | b'{' => {
                let line = self.line;
                let props = both(outer, inner);
                self.flow_value(parent, props.unwrap_or(inner))?;
                let end = self.pos;
                self.spaces();
                if self.line != line || !self.indicator(b':') || column.is_none() {
                    self.pos = end;
                    return props.and_then(|_| self.after_value());
                }
                self.undo(id, self.out.open_count());
                (Style::Flow, KeyText::Bad, end)
            }
            b'*' => {
                let span = self.alias_span()?;
                self.spaces();
                if !self.indicator(b':') {
                    self.pos = span.end as usize;
                    self.alias(span, both(outer, inner)?)?;
                    return self.after_value();
                }
                (Style::Plain, KeyText::Alias, span.end as usize)
            }
            b':' if column.is_some() && !inner.is_empty() && scan::blank(self.at(at + 1)) => {
                (Style::Plain, KeyText::Written, at)
            }
            _ => {
                self.plain_start(false)?;
                let end = self.plain_line();
                if !self.indicator(b':') || column.is_none() {
                    return self.plain(parent, at, end, both(outer, inner)?);
                }
                (Style::Plain, KeyText::Written, end)
            }
        };
        let Some(column) = column else {
            return Err(Fault::new(What::NestedColon, self.pos, self.pos + 1));
        };
        if text == KeyText::Alias && !inner.is_empty() {
            return Err(Fault::new(What::AliasProperties, start, at));
        }
        let key = Key { span: Span::new(at, end), style, text, props: inner, bare: false };
        self.map(column, key, outer)
    }

    /// A block map whose first key is scanned.
    fn map(&mut self, column: usize, first: Key, props: Props) -> Step {
        self.enter()?;
        self.bind(props, Kind::Map, "")?;
        let start = first.props.anchor.or(first.props.tag).map_or(first.span.start, |span| span.start);
        self.out.open(Kind::Map, Style::Block, (first.span.start.min(start)) as usize);
        self.columns.push(column);
        let (mut key, mut at_column, mut shifted, mut count) = (first, column, column, 0);
        loop {
            let explicit = key.text == KeyText::Explicit;
            if explicit {
                self.explicit_key(column)?;
            } else {
                self.push_key(key)?;
            }
            count += 1;
            let mark = self.mark();
            let value = if explicit && !(self.column() == column && self.indicator(b':')) {
                self.null(self.last, Props::default())
            } else {
                self.pos += usize::from(!key.bare);
                self.last = self.pos;
                let sign_only = explicit || (key.span.is_empty() && key.props.is_empty());
                if sign_only { self.item(column as isize, true) } else { self.value(at_column as isize, true) }
            };
            if let Err(fault) = value {
                self.resume(fault, mark, column, true);
            }
            match self.next_entry(column, &mut shifted) {
                Some((next, at)) => (key, at_column) = (next, at),
                None => break,
            }
        }
        self.columns.pop();
        self.out.close(self.last, count);
        self.depth -= 1;
        Ok(())
    }

    /// The next key of the map at `column` and its own column; `None` where the map ends.
    fn next_entry(&mut self, column: usize, shifted: &mut usize) -> Option<(Key, usize)> {
        loop {
            if let Err(fault) = self.skip(column) {
                self.report(fault);
            }
            if self.ended() || self.marker() || self.out.is_full() {
                return None;
            }
            let at = self.column();
            if at < column && !self.between(at) {
                return None;
            }
            if at != column && at != *shifted {
                let end = scan::trim_end(self.s, self.pos, scan::line_end(self.s, self.pos));
                self.report(Fault::new(What::Indent, self.pos, end));
                *shifted = at;
            }
            let (id, open, depth) = (self.out.next_id(), self.out.open_count(), self.depth);
            match self.entry_key(at) {
                Ok(key) => return Some((key, at)),
                Err(fault) => {
                    self.report(fault);
                    self.depth = depth;
                    self.undo(id, open);
                    self.skip_to(fault.resume as usize, column, true);
                }
            }
        }
    }

    /// Whether `column` lies between the innermost open collection and the one around it: a lost indentation.
    fn between(&self, column: usize) -> bool {
        let count = self.columns.len();
        count < 2 || column > self.columns[count - 2]
    }

    /// The value after `key:`. Block collections must start on a line of their own.
    pub(super) fn value(&mut self, parent: isize, list_at_parent: bool) -> Step {
        self.spaces();
        let start = self.pos;
        match self.peek() {
            b'\n' | b'\r' | b'#' => self.block_node(parent, list_at_parent, Props::default()),
            b'|' | b'>' => self.literal(parent, Props::default()),
            b'&' | b'!' => {
                let props = self.properties(false)?;
                match self.peek() {
                    b'\n' | b'\r' | b'#' => self.block_node(parent, list_at_parent, props),
                    b'|' | b'>' => self.literal(parent, props),
                    _ => self.inline(parent, None, start, Props::default(), props),
                }
            }
            _ => self.inline(parent, None, start, Props::default(), Props::default()),
        }
    }

    /// The node after `- `, `? ` or the colon of an explicit key; a block collection may start on the same line.
    pub(super) fn item(&mut self, parent: isize, list_at_parent: bool) -> Step {
        let start = self.pos;
        self.spaces();
        match self.peek() {
            b'\n' | b'\r' | b'#' => self.block_node(parent, list_at_parent, Props::default()),
            b'-' if scan::blank(self.at(self.pos + 1)) && self.s[start..self.pos].contains(&b'\t') => {
                Err(Fault::new(What::Tab, start, self.pos))
            }
            _ => self.node_at(parent, list_at_parent, Props::default()),
        }
    }

    /// A block list at its first `-`.
    fn list(&mut self, column: usize, props: Props) -> Step {
        self.enter()?;
        self.bind(props, Kind::Seq, "")?;
        self.out.open(Kind::Seq, Style::Block, self.pos);
        self.columns.push(column);
        let (mut count, mut shifted) = (0, column);
        loop {
            self.pos += 1;
            self.last = self.pos;
            let mark = self.mark();
            if let Err(fault) = self.item(column as isize, false) {
                self.resume(fault, mark, column, false);
            }
            count += 1;
            if !self.next_item(column, &mut shifted) {
                break;
            }
        }
        self.columns.pop();
        self.out.close(self.last, count);
        self.depth -= 1;
        Ok(())
    }

    /// Whether a further item of the list at `column` follows; `pos` is then at its `-`.
    fn next_item(&mut self, column: usize, shifted: &mut usize) -> bool {
        loop {
            if let Err(fault) = self.skip(column) {
                self.report(fault);
            }
            if self.ended() || self.marker() || self.out.is_full() {
                return false;
            }
            let (at, dash) = (self.column(), self.indicator(b'-'));
            if at == column {
                return dash;
            }
            if at < column && !(dash && self.between(at)) {
                return false;
            }
            if at != *shifted {
                let end = scan::trim_end(self.s, self.pos, scan::line_end(self.s, self.pos));
                self.report(Fault::new(What::Indent, self.pos, end));
                *shifted = at;
            }
            if dash {
                return true;
            }
            self.skip_to(self.pos, column, false);
        }
    }
}

/// The properties of one node that were written in two places.
fn both(outer: Props, inner: Props) -> Step<Props> {
    let twice = |a: Option<Span>, b: Option<Span>| a.and(b);
    if let Some(span) = twice(outer.anchor, inner.anchor).or(twice(outer.tag, inner.tag)) {
        return Err(Fault::new(What::TwoProperties, span.start as usize, span.end as usize));
    }
    Ok(Props { anchor: outer.anchor.or(inner.anchor), tag: outer.tag.or(inner.tag) })
}
