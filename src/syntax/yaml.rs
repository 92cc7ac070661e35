//! YAML 1.2 into the arena, from the events of `granit-parser`.

use super::builder::{Anchors, Builder};
use super::tree::{Kind, NodeId, Style};
use super::{Limits, Parsed, Problem};
use crate::text::{SourceText, Span};
use granit_parser::{Event, Parser, ScalarStyle, Span as EventSpan, StructureStyle};
use std::borrow::Cow;
use std::sync::Arc;

/// Reads the first document of `source`. A second document, and a key that is not a scalar, are reported.
pub(super) fn parse(source: Arc<SourceText>, limits: &Limits) -> Parsed {
    let text = Arc::clone(&source);
    let options = granit_parser::options! {
        block_nesting_limit: limits.depth + 8,
        flow_nesting_limit: limits.depth + 8,
        emit_unresolved_aliases: true
    };
    let mut reader = Reader {
        text: text.text(),
        out: Builder::new(source, limits),
        anchors: Anchors::default(),
        frames: Vec::new(),
        skip: 0,
        ended: false,
        content: false,
    };
    for next in Parser::new_from_str_with_options(text.text(), options) {
        let go_on = match next {
            Ok((event, span)) => reader.event(event, span),
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(0).min(text.text().len());
                reader.syntax_error(at, &error.to_string());
                false
            }
        };
        if !go_on {
            break;
        }
    }
    if !reader.content && reader.out.problems.is_empty() {
        reader.out.problem(
            Problem::new("empty-document", Span::at(0), "the file is empty")
                .help("an OpenAPI contract is an object with `openapi` or `swagger`"),
        );
    }
    reader.out.finish()
}

/// An open collection.
struct Frame {
    kind: Kind,
    entries: u32,
    /// In a map: whether the next node is a key.
    at_key: bool,
}

struct Reader<'s, 'l> {
    text: &'s str,
    out: Builder<'l>,
    anchors: Anchors,
    frames: Vec<Frame>,
    /// Open collections of a key that is not a scalar; its events are dropped.
    skip: usize,
    /// A document is complete.
    ended: bool,
    content: bool,
}

impl Reader<'_, '_> {
    /// Takes one event; false ends the reading, the reason being reported.
    fn event(&mut self, event: Event<'_>, span: EventSpan) -> bool {
        let bytes = span.byte_range().unwrap_or_default();
        let bytes = Span::new(bytes.start.min(self.text.len()), bytes.end.min(self.text.len()));
        if self.skip > 0 {
            return self.skipped(&event, bytes);
        }
        match event {
            Event::Comment(..) => self.out.comment(bytes),
            Event::DocumentStart(..) if self.ended => return self.second_document(bytes),
            Event::DocumentEnd => self.ended = true,
            Event::Alias(id) => return self.alias(bytes, id),
            Event::UnresolvedAlias(name) => {
                let problem = Problem::new(
                    "alias-unknown",
                    bytes,
                    format!("the alias `*{name}` has no anchor `&{name}` before it"),
                )
                .help("define the anchor first, or quote the text if no alias is meant");
                self.out.problem(problem);
                return self.scalar(&Cow::Borrowed(""), ScalarStyle::Plain, bytes, 0, Some(Kind::Null));
            }
            Event::Scalar(value, style, anchor, tag) => {
                let kind = tag.as_deref().and_then(|tag| tag.core_suffix()).and_then(core_kind);
                return self.scalar(&value, style, bytes, anchor, kind);
            }
            Event::SequenceStart(style, anchor, _) => return self.open(Kind::Seq, style, bytes, anchor),
            Event::MappingStart(style, anchor, _) => return self.open(Kind::Map, style, bytes, anchor),
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(frame) = self.frames.pop() {
                    let flow = self.text[..bytes.end as usize].ends_with([']', '}']) && !bytes.is_empty();
                    let end = if flow { bytes.end } else { self.out.last_end() };
                    self.out.close(end, frame.entries);
                }
            }
            _ => {}
        }
        true
    }

    fn skipped(&mut self, event: &Event<'_>, bytes: Span) -> bool {
        match event {
            Event::SequenceStart(..) | Event::MappingStart(..) => self.skip += 1,
            Event::SequenceEnd | Event::MappingEnd => {
                self.skip -= 1;
                if self.skip == 0 {
                    self.out.key(Style::Flow, bytes, bytes, Some("?"));
                }
            }
            Event::Comment(..) => self.out.comment(bytes),
            _ => {}
        }
        true
    }

    fn second_document(&mut self, bytes: Span) -> bool {
        self.out.problem(
            Problem::new("multiple-documents", bytes, "the file holds a second YAML document; only the first is read")
                .help("put each contract in a file of its own and remove the `---` line"),
        );
        false
    }

    /// Counts a node that stands for itself in the innermost collection. True when it is a key.
    fn enter(&mut self) -> bool {
        self.content = true;
        match self.frames.last_mut() {
            Some(frame) if frame.kind == Kind::Map => {
                let key = frame.at_key;
                frame.at_key = !key;
                frame.entries += u32::from(key);
                key
            }
            Some(frame) => {
                frame.entries += 1;
                false
            }
            None => false,
        }
    }

    fn scalar(
        &mut self,
        value: &Cow<'_, str>,
        style: ScalarStyle,
        bytes: Span,
        anchor: usize,
        kind: Option<Kind>,
    ) -> bool {
        if !self.out.may_add(bytes) {
            return false;
        }
        let key = self.enter();
        self.anchor(anchor);
        let (style, quotes) = match style {
            ScalarStyle::Plain => (Style::Plain, 0),
            ScalarStyle::SingleQuoted => (Style::SingleQuoted, 1),
            ScalarStyle::DoubleQuoted => (Style::DoubleQuoted, 1),
            ScalarStyle::Literal => (Style::Literal, 0),
            ScalarStyle::Folded => (Style::Folded, 0),
        };
        let inner = Span {
            start: (bytes.start + quotes).min(bytes.end),
            end: bytes.end.saturating_sub(quotes).max(bytes.start),
        };
        let same = !matches!(style, Style::Literal | Style::Folded) && self.text.get(inner.range()) == Some(&**value);
        if key {
            self.out.key(style, bytes, inner, (!same).then_some(&**value));
        } else if let Some(kind) = kind {
            self.out.scalar(kind, style, bytes, (!same).then(|| value.clone()));
        } else if style == Style::Plain && same {
            self.out.plain(bytes);
        } else {
            self.out.scalar(Kind::Str, style, bytes, (!same).then(|| value.clone()));
        }
        true
    }

    fn open(&mut self, kind: Kind, style: StructureStyle, bytes: Span, anchor: usize) -> bool {
        if !self.out.may_open(bytes) || !self.out.may_add(bytes) {
            return false;
        }
        if self.enter() {
            self.bad_key(bytes);
            self.skip = 1;
            return true;
        }
        self.anchor(anchor);
        let style = if style == StructureStyle::Flow { Style::Flow } else { Style::Block };
        self.out.open(kind, style, bytes);
        self.frames.push(Frame { kind, entries: 0, at_key: true });
        true
    }

    fn bad_key(&mut self, bytes: Span) {
        self.out.problem(
            Problem::new("key-not-scalar", bytes, "a key must be a scalar, not an object or array")
                .help("OpenAPI documents must be writable as JSON, where keys are strings"),
        );
    }

    fn anchor(&mut self, anchor: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, NodeId(self.out.next_id()));
        }
    }

    fn alias(&mut self, bytes: Span, id: usize) -> bool {
        if !self.out.may_add(bytes) {
            return false;
        }
        let key = self.enter();
        match self.anchors.get(&id).copied() {
            Some(target) if self.out.is_open(target.0) => {
                self.out.problem(
                    Problem::new("alias-unknown", bytes, "this alias stands inside its own anchor and would never end")
                        .help("use `$ref` for recursive structures"),
                );
                self.out.scalar(Kind::Null, Style::Plain, bytes, Some(Cow::Borrowed("")));
            }
            Some(target) if key => match self.out.scalar_text(target.0) {
                Some(text) => self.out.key(Style::Plain, bytes, bytes, Some(&text)),
                None => {
                    self.bad_key(bytes);
                    self.out.key(Style::Plain, bytes, bytes, None);
                }
            },
            Some(target) => self.out.alias(bytes, target.0),
            None => self.out.scalar(Kind::Null, Style::Plain, bytes, Some(Cow::Borrowed(""))),
        }
        true
    }

    fn syntax_error(&mut self, at: usize, message: &str) {
        let message = message.split(" at char ").next().unwrap_or(message);
        let end = self.text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
        let span = Span::new(at, end);
        if message.contains("nesting") || message.contains("recursion") {
            self.out.too_deep(span);
        } else {
            self.out.problem(Problem::new("syntax-yaml", span, format!("this is not valid YAML: {message}")));
        }
    }
}

fn core_kind(suffix: &str) -> Option<Kind> {
    Some(match suffix {
        "str" => Kind::Str,
        "int" => Kind::Int,
        "float" => Kind::Float,
        "bool" => Kind::Bool,
        "null" => Kind::Null,
        _ => return None,
    })
}
