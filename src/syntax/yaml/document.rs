//! What surrounds the root node: byte order mark, directives, `---`, `...`, further documents (chapter 9).

use super::super::{Code, Problem};
use super::properties::Props;
use super::recover::{Fault, What};
use super::{Reader, Step, scan};
use crate::text::Cut;
use crate::text::Span;

impl<'s> Reader<'s, '_> {
    /// Reads the first document and reports what follows it.
    pub(super) fn document(&mut self) {
        if self.text.starts_with('\u{feff}') {
            self.pos = 3;
            self.line = 3;
        }
        loop {
            if let Err(fault) = self.prefix() {
                self.report(fault);
                self.next_line();
            }
            // `...` here ends a document that never began.
            if !(self.marker() && self.peek() == b'.' && self.end_mark()) {
                break;
            }
        }
        let start = self.out.next_id();
        let mark = self.out.open_count();
        let root = if self.marker() && self.peek() == b'-' {
            self.pos += 3;
            self.value(-1, false)
        } else {
            self.block_node(-1, false, Props::default())
        };
        if let Err(fault) = root {
            self.report(fault);
            self.keep_partial(start, mark, fault.at as usize);
            self.pos = self.s.len();
        }
        self.suffix();
        if self.out.is_blank_document() {
            self.out.problem(
                Problem::new(Code::EmptyDocument, Span::at(0), "the file is empty")
                    .help("an OpenAPI contract is an object with `openapi` or `swagger`"),
            );
        }
    }

    /// Directives and comments before the root.
    fn prefix(&mut self) -> Step {
        let (mut directive, mut versioned) = (None, false);
        self.skip(0)?;
        while self.peek() == b'%' && self.column() == 0 {
            let start = self.pos;
            let end = scan::trim_end(self.s, start, scan::line_end(self.s, start));
            self.directive(start, end)?;
            let version = self.text.cut(start..end).starts_with("%YAML");
            if version && versioned {
                return Err(Fault::new(What::DirectiveTwice, start, end));
            }
            versioned |= version;
            directive = Some((start, end));
            self.seek_line_end();
            self.skip(0)?;
        }
        match directive {
            Some((start, end)) if !(self.marker() && self.peek() == b'-') => {
                Err(Fault::new(What::DirectiveAlone, start, end))
            }
            _ => {
                // The root may be a scalar or collection that starts further right.
                self.pos = if self.marker() { self.pos } else { self.line };
                Ok(())
            }
        }
    }

    fn directive(&mut self, start: usize, end: usize) -> Step {
        let text: &'s str = self.text;
        let text = text.cut(start..end).split(" #").next().unwrap_or("");
        let mut words = text.split_ascii_whitespace();
        let sound = match words.next() {
            Some("%YAML") => {
                let version = words.next().unwrap_or("");
                let sound = version.split_once('.').is_some_and(|(major, minor)| {
                    major == "1" && !minor.is_empty() && minor.bytes().all(|c| c.is_ascii_digit())
                });
                sound && words.next().is_none()
            }
            Some("%TAG") => {
                self.handles.extend(words.next());
                words.count() == 1
            }
            Some("%") | None => false,
            Some(_) => true,
        };
        if sound { Ok(()) } else { Err(Fault::new(What::Directive, start, end)) }
    }

    /// Skips `...`; false when more than a comment stands behind it.
    fn end_mark(&mut self) -> bool {
        self.pos += 3;
        self.spaces();
        let sound = matches!(self.peek(), b'\n' | b'\r' | b'#');
        if !sound {
            self.report(Fault::new(What::Trailing, self.pos, self.pos + 1));
        }
        sound
    }

    /// What stands after the root.
    fn suffix(&mut self) {
        loop {
            if let Err(fault) = self.skip(0) {
                self.report(fault);
                return;
            }
            if self.ended() {
                return;
            }
            if self.marker() && self.peek() == b'.' {
                if self.end_mark() {
                    continue;
                }
                return;
            }
            let (start, end) = (self.pos, scan::line_end(self.s, self.pos));
            let from = self.last.min(start);
            let ended = memchr::memmem::find_iter(&self.s[from..start], b"...")
                .map(|at| from + at)
                .any(|at| (at == 0 || self.s[at - 1] == b'\n') && self.marker_at(at));
            if self.marker() || (ended && self.last < start) {
                let message = "the file holds a second YAML document; only the first is read";
                self.out.problem(
                    Problem::new(Code::MultipleDocuments, Span::new(start, (start + 3).min(end)), message)
                        .help("put each contract in a file of its own and remove the `---` line"),
                );
            } else {
                self.report(Fault::new(What::Trailing, start, scan::trim_end(self.s, start, end)));
            }
            return;
        }
    }
}
