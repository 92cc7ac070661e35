//! Faults of the notation: their messages, and how the reading goes on after one.
//!
//! A fault ends the value it stands in. What was read of it is kept, the rest is skipped up to the next line that can
//! belong to an open collection. The first message names the cause; those that only follow from it are left out.

use super::super::{Code, Problem};
use super::{Reader, scan};
use crate::text::Cut;
use crate::text::Span;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Tab,
    Depth,
    Nodes,
    DirectiveAlone,
    Directive,
    DirectiveTwice,
    Trailing,
    TwoProperties,
    Property,
    AliasProperties,
    UnclosedQuote,
    UnclosedBracket,
    Bracket,
    FlowSeparator,
    FlowEntry,
    Escape,
    NestedColon,
    KeyInText,
    MissingSpace,
    MissingColon,
    Indent,
    CommentSpace,
    ListInMap,
    BlockOnLine,
    Reserved,
    Header,
    LiteralIndent,
    AfterValue,
    KeyLines,
}

/// One fault and the place from which the reading may go on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fault {
    pub(super) what: What,
    pub(super) at: u32,
    pub(super) end: u32,
    /// The next line after this place is tried.
    pub(super) resume: u32,
}

impl Fault {
    #[cold]
    pub(super) fn new(what: What, at: usize, end: usize) -> Self {
        Fault { what, at: at as u32, end: end as u32, resume: at as u32 }
    }
}

/// Where a collection that can resume stood.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    id: u32,
    open: usize,
    depth: usize,
    columns: usize,
}

/// Most faults reported for one text.
pub(super) const REPORTED: usize = 25;
/// Faults after which the rest of a text is not read.
const READ: usize = 2_000;

impl Reader<'_, '_> {
    pub(super) fn mark(&self) -> Mark {
        Mark { id: self.out.next_id(), open: self.out.open_count(), depth: self.depth, columns: self.columns.len() }
    }

    /// Reports a fault unless one was reported on the same line or there are too many.
    #[cold]
    pub(super) fn report(&mut self, fault: Fault) {
        let at = (fault.at as usize).min(self.s.len());
        let line = memchr::memrchr(b'\n', &self.s[..at]).map_or(0, |at| at + 1);
        if self.fault_line == Some(line) {
            return;
        }
        self.fault_line = Some(line);
        self.faults += 1;
        if self.faults > REPORTED {
            if self.faults == REPORTED + 1 {
                let message = format!("more than {REPORTED} faults; the further ones are not listed");
                self.out.problem(
                    Problem::new(Code::SyntaxYaml, Span::at(at), message).help("correct the first ones and run again"),
                );
            }
            return;
        }
        let span = self.span(fault);
        match fault.what {
            What::Depth => return self.out.too_deep(span),
            What::Nodes => return self.out.too_many(span),
            _ => {}
        }
        let (message, help) = words(fault.what);
        let found = self.text.cut(span.range());
        let message = message.replace("{}", found);
        let mut problem = Problem::new(Code::SyntaxYaml, span, message);
        if !help.is_empty() {
            problem = problem.help(help);
        }
        self.out.problem(problem);
    }

    /// The span of a fault, widened to whole characters.
    fn span(&self, fault: Fault) -> Span {
        let mut start = (fault.at as usize).min(self.s.len());
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        let mut end = (fault.end as usize).clamp(start, self.s.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        Span::new(start, end)
    }

    /// Takes back the nodes from `id` on, their anchors, and the collections opened since there were `open`.
    pub(super) fn undo(&mut self, id: u32, open: usize) {
        self.out.truncate(id, open);
        self.forget_anchors(id);
    }

    /// Takes back the anchors of nodes from `id` on: their names stand for what they stood for before.
    fn forget_anchors(&mut self, id: u32) {
        while let Some((name, _, before)) = self.anchored.pop_if(|(_, anchored, _)| *anchored >= id) {
            match before {
                Some(before) => self.anchors.insert(name, before),
                None => self.anchors.remove(name),
            };
        }
    }

    /// Closes what a fault left open; a value of which nothing was read is null.
    pub(super) fn keep_partial(&mut self, id: u32, open: usize, at: usize) {
        while self.out.open_count() > open {
            self.out.close_partial(at);
        }
        self.forget_anchors(self.out.next_id());
        if self.out.next_id() == id {
            self.out.scalar(super::super::Kind::Null, super::super::Style::Plain, Span::at(at));
        }
    }

    /// Reports `fault`, keeps what was read since `mark`, and goes to the next line indented at most `column`.
    /// In a map, list items at its column belong to the value that is skipped.
    #[cold]
    pub(super) fn resume(&mut self, fault: Fault, mark: Mark, column: usize, in_map: bool) {
        let at = (fault.at as usize).min(self.s.len());
        self.depth = mark.depth;
        self.columns.truncate(mark.columns);
        let back = self.pos.saturating_sub(fault.resume as usize);
        if self.s[fault.resume as usize..self.pos.max(fault.resume as usize)].contains(&b'\n') {
            // Those lines are read again.
            self.undo(mark.id, mark.open);
        }
        self.reread += back;
        self.report(fault);
        self.keep_partial(mark.id, mark.open, at);
        self.last = at.max(self.last.min(at));
        self.skip_to(fault.resume as usize, column, in_map);
        if self.faults > READ || self.reread > 4 * self.s.len() + 65_536 {
            self.pos = self.s.len();
            self.line = self.pos;
        }
    }

    /// Goes to the next line after `from` that is indented at most `column` and has content.
    pub(super) fn skip_to(&mut self, from: usize, column: usize, in_map: bool) {
        self.pos = from.min(self.s.len());
        loop {
            self.next_line();
            if self.ended() {
                return;
            }
            let start = scan::space_run(self.s, self.pos);
            let c = self.at(start);
            let item = c == b'-' && scan::blank(self.at(start + 1)) && in_map && start - self.line == column;
            if start - self.line <= column && !matches!(c, b'\n' | b'\r' | b'#' | b'\t') && !item {
                return;
            }
        }
    }
}

/// A further line of a quoted text or bracket that is not indented deeper than its key. What is meant is clear, and
/// most readers take it; a strict one refuses the file (sections 7.3 and 7.4).
#[cold]
pub(super) fn shallow(span: Span, tab: bool) -> Problem {
    let message = if tab {
        "this line continues a value, but is indented with a tab"
    } else {
        "this line continues a value, but is not indented deeper than its key"
    };
    Problem::new(Code::SyntaxIndent, span, message)
        .help("indent it with spaces, deeper than its key; strict readers refuse it")
}

/// Message and help; `{}` stands for the text of the place.
fn words(what: What) -> (&'static str, &'static str) {
    match what {
        What::Tab => ("this line is indented with a tab, which YAML does not allow", "use spaces"),
        What::Depth | What::Nodes => ("", ""),
        What::DirectiveAlone => ("a directive must be followed by `---`", "add a `---` line, or remove the directive"),
        What::Directive => ("this directive is not valid", "write `%YAML 1.2` or `%TAG HANDLE PREFIX`, or remove it"),
        What::DirectiveTwice => ("the YAML version is given twice", "remove one of the two directives"),
        What::Trailing => (
            "there is text after the end of the document",
            "indent it as the rest, or remove it; a file holds one value",
        ),
        What::TwoProperties => ("a value can have one anchor and one tag only", "remove one of them"),
        What::Property => ("`{}` is not a name of an anchor, alias or tag", "if it is meant as text, put it in quotes"),
        What::AliasProperties => ("an alias cannot have an anchor or tag", "remove the anchor or tag before it"),
        What::UnclosedQuote => (
            "this quote is not closed where it should be",
            "close it on this line; a quote inside the text must be doubled (`''`) or escaped (`\\\"`)",
        ),
        What::UnclosedBracket => ("this `{}` is not closed", "close it before the next key begins"),
        What::Bracket => ("this `{}` closes nothing", "remove it, or put the text in quotes"),
        What::FlowSeparator => ("a `,` or the closing bracket belongs before this", "separate entries by commas"),
        What::FlowEntry => ("an entry is missing before this", "remove the comma, or write the entry"),
        What::Escape => ("this escape does not exist", "write a backslash as `\\\\`, or use single quotes"),
        What::NestedColon => (
            "a value cannot hold another `key: value` on its line",
            "put the text in quotes, as it contains `: `, or start a new line for the inner key",
        ),
        What::KeyInText => (
            "this key is indented as if it continued the text above",
            "align it with the keys it belongs to; if it is text, put the whole value in quotes",
        ),
        What::MissingSpace => ("a space is missing after the colon", "write `key: value`"),
        What::MissingColon => (
            "a key with a colon belongs here",
            "write `key: value`; if this continues the text above, indent it deeper",
        ),
        What::Indent => {
            ("the indentation of this line fits no open object or list", "align it with the lines it belongs to")
        }
        What::CommentSpace => {
            ("a comment needs a space before its `#`", "add the space; if it is text, put it in quotes")
        }
        What::ListInMap => ("a list item stands where a key belongs", "indent the list below its key"),
        What::BlockOnLine => ("`{}` cannot stand here", "start a new line for it, or put the text in quotes"),
        What::Reserved => ("a text cannot start with `{}`", "put it in quotes"),
        What::Header => (
            "only an indentation digit, `+` or `-` may follow `|` or `>` on its line",
            "start the text on the next line",
        ),
        What::LiteralIndent => (
            "the first lines of this block text are indented deeper than the rest",
            "indent all its lines alike, or give the indentation as a digit after `|` or `>`",
        ),
        What::AfterValue => ("there is text after the end of the value", "remove it, or put the whole value in quotes"),
        What::KeyLines => ("a key must stand on one line with its colon", "write it on one line"),
    }
}
