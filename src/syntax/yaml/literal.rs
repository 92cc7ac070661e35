//! Block scalars: `|` and `>` with indentation and chomping indicators (section 8.1).

use super::super::{Kind, Style};
use super::properties::Props;
use super::recover::{Fault, What};
use super::{Reader, Step, scan};
use crate::text::Cut;
use crate::text::Span;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomp {
    Strip,
    Clip,
    Keep,
}

impl Reader<'_, '_> {
    /// Reads a block scalar at its sign; its text is indented deeper than `parent`.
    pub(super) fn literal(&mut self, parent: isize, props: Props) -> Step {
        let start = self.pos;
        let folded = self.peek() == b'>';
        let (digit, chomp) = self.header()?;
        let mut end = scan::trim_end(self.s, start, self.pos);
        let header_break = !self.ended();
        self.next_line();
        if self.peek() == b'\t' && !self.ended() {
            return Err(Fault::new(What::Tab, self.pos, self.pos + 1));
        }
        let kind = self.bind(props, Kind::Str, "")?;
        let explicit = (digit > 0).then(|| parent.max(0) as usize + digit);
        let (indent, mut breaks, column) = self.leading_lines(explicit, parent);
        if self.pos + column >= self.s.len() {
            let keep = match chomp {
                Chomp::Keep if breaks == 0 && column > 0 => usize::from(header_break),
                Chomp::Keep => breaks,
                _ => 0,
            };
            self.out.decoded().extend(std::iter::repeat_n('\n', keep));
            self.pos = self.s.len();
        } else {
            let root_end = parent < 0 && column == 0 && (self.marker_at(self.pos) || self.peek() == b'#');
            if column < indent && column as isize > parent && !root_end {
                let at = self.pos + column;
                return Err(Fault::new(What::LiteralIndent, start, at.min(start + 1)));
            }
            if column == indent {
                let text_end = self.literal_lines(indent, folded, chomp, &mut breaks);
                end = text_end.max(end);
            }
            if chomp == Chomp::Keep {
                self.out.decoded().extend(std::iter::repeat_n('\n', breaks));
            }
        }
        self.last = end;
        let style = if folded { Style::Folded } else { Style::Literal };
        self.out.decoded_scalar(kind, style, Span::new(start, end));
        Ok(())
    }

    /// The indicators after `|` or `>`; leaves `pos` at the line end.
    fn header(&mut self) -> Step<(usize, Chomp)> {
        self.pos += 1;
        let (mut digit, mut chomp) = (0, None);
        loop {
            match self.peek() {
                b'-' if chomp.is_none() => chomp = Some(Chomp::Strip),
                b'+' if chomp.is_none() => chomp = Some(Chomp::Keep),
                c @ b'1'..=b'9' if digit == 0 => digit = usize::from(c - b'0'),
                _ => break,
            }
            self.pos += 1;
        }
        let before = self.pos;
        self.spaces();
        match self.peek() {
            b'\n' | b'\r' => {}
            b'#' if self.pos > before => self.comment(),
            _ => {
                let end = scan::trim_end(self.s, self.pos, scan::line_end(self.s, self.pos));
                return Err(Fault::new(What::Header, self.pos, end));
            }
        }
        self.seek_line_end();
        Ok((digit, chomp.unwrap_or(Chomp::Clip)))
    }

    /// Skips empty lines; gives the indentation of the text, their number and the column of the first text.
    fn leading_lines(&mut self, explicit: Option<usize>, parent: isize) -> (usize, usize, usize) {
        let (mut breaks, mut widest) = (0, 0);
        loop {
            let column = self.indentation(explicit);
            widest = widest.max(column);
            if !self.is_break(self.pos + column) {
                let indent = explicit.unwrap_or(widest.max((parent + 1) as usize));
                return (indent, breaks, column);
            }
            breaks += 1;
            self.next_line();
        }
    }

    /// Spaces at the start of this line, at most `limit`.
    fn indentation(&self, limit: Option<usize>) -> usize {
        let found = scan::space_run(self.s, self.pos) - self.pos;
        limit.map_or(found, |limit| found.min(limit))
    }

    fn is_break(&self, at: usize) -> bool {
        match self.s.get(at) {
            Some(b'\n') => true,
            Some(b'\r') => self.s.get(at + 1) == Some(&b'\n'),
            _ => false,
        }
    }

    /// Decodes the lines of the text; gives the end of the last. `breaks` counts the empty lines before and after.
    fn literal_lines(&mut self, indent: usize, folded: bool, chomp: Chomp, breaks: &mut usize) -> usize {
        let s = self.s;
        let (mut after_break, mut spaced_before) = (false, false);
        let mut end;
        loop {
            let start = self.pos + indent;
            let stop = scan::line_end(s, start);
            let mut line_end = stop;
            if stop < s.len() && stop > start && s[stop - 1] == b'\r' {
                line_end -= 1;
            }
            let spaced = matches!(s.get(start), Some(b' ' | b'\t'));
            let line = self.text.cut(start..line_end);
            let out = self.out.decoded();
            if folded && after_break && !spaced_before && !spaced {
                if *breaks == 0 {
                    out.push(' ');
                }
            } else if after_break {
                out.push('\n');
            }
            for _ in 0..*breaks {
                out.push('\n');
            }
            out.push_str(line);
            *breaks = 0;
            spaced_before = spaced;
            end = line_end;
            if stop >= s.len() {
                self.pos = s.len();
                after_break = start.max(1) < s.len().max(1) || indent > 0 || stop > start;
                break;
            }
            self.pos = stop;
            self.next_line();
            after_break = true;
            let column = loop {
                let column = self.indentation(Some(indent));
                if !self.is_break(self.pos + column) {
                    break column;
                }
                *breaks += 1;
                self.next_line();
            };
            let ended = self.pos + column >= s.len();
            if ended {
                self.pos = s.len();
            }
            if ended || column < indent || (indent == 0 && self.marker_at(self.pos)) {
                break;
            }
        }
        if chomp != Chomp::Strip && after_break {
            self.out.decoded().push('\n');
        }
        end
    }
}
