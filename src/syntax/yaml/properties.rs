//! Anchors, tags and aliases (sections 6.9 and 7.1).

use super::super::{Code, Kind, Problem, Style, number};
use super::recover::{Fault, What};
use super::{Reader, Step, scan};
use crate::text::Cut;
use crate::text::Span;

/// The properties before a node.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Props {
    /// `&name`, with its sign.
    pub(super) anchor: Option<Span>,
    pub(super) tag: Option<Span>,
}

impl Props {
    pub(super) fn is_empty(self) -> bool {
        self.anchor.is_none() && self.tag.is_none()
    }
}

impl<'s> Reader<'s, '_> {
    /// Reads `&name` and `!tag` in any order, and the white space after them on this line.
    pub(super) fn properties(&mut self, flow: bool) -> Step<Props> {
        let mut props = Props::default();
        loop {
            let start = self.pos;
            let slot = match self.peek() {
                b'&' => &mut props.anchor,
                b'!' => &mut props.tag,
                _ => return Ok(props),
            };
            if slot.is_some() {
                return Err(Fault::new(What::TwoProperties, start, start + 1));
            }
            let mut verbatim = false;
            let end = if self.s[start] == b'&' {
                name_end(self.s, start + 1)
            } else if self.s.get(start + 1) == Some(&b'<') {
                verbatim = true;
                memchr::memchr2(b'>', b'\n', &self.s[start..]).map_or(self.s.len(), |at| start + at + 1)
            } else {
                name_end(self.s, start + 1)
            };
            *slot = Some(Span::new(start, end));
            self.pos = end;
            let next = self.peek();
            let name = &self.s[start + 1..end];
            let bad = match self.s[start] {
                b'&' => name.is_empty(),
                _ if verbatim => !name.ends_with(b">"),
                _ => !self.is_tag(name),
            };
            if bad || !(scan::blank(next) || (flow && scan::flow(next))) {
                return Err(Fault::new(What::Property, start, end.max(start + 1)));
            }
            self.spaces();
        }
    }

    /// Whether what follows `!` is a tag: nothing, a suffix, or a handle that is known and a suffix (productions 89 to 100).
    fn is_tag(&self, name: &[u8]) -> bool {
        let (handle, suffix) = match name.iter().rposition(|c| *c == b'!') {
            Some(at) => (Some(&name[..at]), &name[at + 1..]),
            None => (None, name),
        };
        let known = handle.is_none_or(|handle| {
            let declared =
                |known: &&str| known.len() == handle.len() + 2 && &known.as_bytes()[1..=handle.len()] == handle;
            handle.is_empty() || self.handles.iter().any(declared)
        });
        let escapes = suffix.iter().enumerate().filter(|(_, c)| **c == b'%');
        let escaped = |at: usize| suffix.get(at + 1..at + 3).is_some_and(|code| code.iter().all(u8::is_ascii_hexdigit));
        known
            && (handle.is_none() || !suffix.is_empty())
            && suffix.iter().all(|c| tag_char(*c))
            && escapes.map(|(at, _)| at).all(escaped)
    }

    /// Remembers the anchor of the node that comes next and gives its kind by its tag.
    pub(super) fn bind(&mut self, props: Props, kind: Kind, text: &str) -> Step<Kind> {
        if props.is_empty() {
            return Ok(kind);
        }
        if let Some(anchor) = props.anchor {
            let text: &'s str = self.text;
            let (name, id) = (text.cut(anchor.range()).cut(1..), self.out.next_id());
            let before = self.anchors.insert(name, id);
            self.anchored.push((name, id, before));
        }
        match props.tag {
            None => Ok(kind),
            Some(tag) => Ok(self.tagged(tag, kind, text)),
        }
    }

    fn tagged(&mut self, tag: Span, kind: Kind, text: &str) -> Kind {
        let written = self.text.cut(tag.range());
        let name = written
            .strip_prefix("!!")
            .or_else(|| written.strip_prefix("!<tag:yaml.org,2002:").and_then(|rest| rest.strip_suffix('>')));
        let scalar = !matches!(kind, Kind::Map | Kind::Seq);
        let plain = number::resolve(text);
        let (known, result) = match (name, scalar) {
            (Some("map"), false) => (kind == Kind::Map, kind),
            (Some("seq"), false) => (kind == Kind::Seq, kind),
            (Some("str"), true) => (true, Kind::Str),
            (Some("int"), true) => (plain == Kind::Int, Kind::Int),
            (Some("float"), true) => (matches!(plain, Kind::Int | Kind::Float), Kind::Float),
            (Some("bool"), true) => (plain == Kind::Bool, Kind::Bool),
            (Some("null"), true) => (plain == Kind::Null, Kind::Null),
            (None, true) if written == "!" => (true, Kind::Str),
            (None, false) if written == "!" => (true, kind),
            _ => (false, kind),
        };
        if !known {
            let message = format!("the tag `{written}` is not one that JSON data can have here");
            self.out.problem(
                Problem::new(Code::TagUnknown, tag, message)
                    .help("remove it; a contract may use `!!str`, `!!int`, `!!float`, `!!bool`, `!!null`, `!!map`, `!!seq` where they fit"),
            );
            return kind;
        }
        result
    }

    /// Scans `*name` and gives its span.
    pub(super) fn alias_span(&mut self) -> Step<Span> {
        let start = self.pos;
        let end = name_end(self.s, start + 1);
        self.pos = end;
        if end == start + 1 {
            return Err(Fault::new(What::Property, start, end));
        }
        Ok(Span::new(start, end))
    }

    /// The node that an alias names; reports when there is none, or when the alias stands inside it.
    pub(super) fn target(&mut self, span: Span) -> Option<u32> {
        let text: &'s str = self.text;
        let name = text.cut(span.range()).cut(1..);
        match self.anchors.get(name).copied() {
            Some(target) if !self.out.is_open(target) => Some(target),
            Some(_) => {
                let message = "this alias stands inside its own anchor and would never end";
                self.out.problem(
                    Problem::new(Code::AliasUnknown, span, message).help("use `$ref` for recursive structures"),
                );
                None
            }
            None => {
                let message = format!("the alias `*{name}` has no anchor `&{name}` before it");
                self.out.problem(
                    Problem::new(Code::AliasUnknown, span, message)
                        .help("define the anchor first, or quote the text if no alias is meant"),
                );
                None
            }
        }
    }

    /// Adds an alias as a value.
    pub(super) fn alias(&mut self, span: Span, props: Props) -> Step {
        if !props.is_empty() {
            return Err(Fault::new(What::AliasProperties, span.start as usize, span.end as usize));
        }
        self.last = span.end as usize;
        match self.target(span) {
            Some(target) => self.out.alias(span, target),
            None => self.out.text_scalar(Kind::Null, Style::Plain, span, ""),
        }
        Ok(())
    }
}

/// The end of an anchor or tag name: white space or a flow indicator.
fn name_end(s: &[u8], mut at: usize) -> usize {
    while at < s.len() && !scan::blank(s[at]) && !scan::flow(s[at]) {
        at += 1;
    }
    at
}

/// A character of a tag without its handle (production 40).
fn tag_char(c: u8) -> bool {
    c.is_ascii_alphanumeric() || b"-#;/?:@&=+$_.~*'()%".contains(&c)
}
