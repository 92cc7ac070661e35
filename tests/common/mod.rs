//! Readings of one text by our reader and by `granit-parser`, in one form; mutations.

#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

pub mod events;

use covenant::syntax::{Code, Format, Kind, Limits, NodeId, Style, parse};
use covenant::text::SourceText;
use granit_parser::{Event, Options, ParseResult, Parser, ScalarStyle};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One node in document order.
#[derive(Debug, PartialEq)]
pub struct Item {
    pub kind: &'static str,
    pub text: String,
    pub start: usize,
    /// Index after the subtree.
    pub next: usize,
}

/// What a parser made of a text.
#[derive(Debug, Default)]
pub struct Reading {
    pub items: Vec<Item>,
    pub problems: Vec<(String, String)>,
    /// Of the other parser: the documents of the text.
    pub documents: usize,
}

/// Whether a code of ours does not make a text unreadable.
pub fn is_harmless(code: &str) -> bool {
    Code::parse(code).is_some_and(Code::is_harmless)
}

impl Reading {
    /// Whether the text was refused; duplicate keys and emptiness are no matter of syntax.
    pub fn refused(&self) -> bool {
        self.problems.iter().any(|(code, _)| {
            let content = matches!(code.as_str(), "empty-document" | "tag-unknown" | "limit-aliases");
            !content && !is_harmless(code)
        })
    }

    /// Whether a key is a collection, or an alias, which may name one.
    pub fn has_complex_keys(&self) -> bool {
        self.items.iter().enumerate().filter(|(_, item)| item.kind == "map").any(|(at, map)| {
            let mut key = at + 1;
            while key < map.next {
                if matches!(self.items[key].kind, "map" | "seq" | "alias") {
                    return true;
                }
                key = self.items[self.items[key].next].next;
            }
            false
        })
    }

    /// The first node of another kind, text or extent; for readings that have no places.
    pub fn first_difference_without_places(&self, other: &Reading) -> Option<String> {
        let same = |a: &Item, b: &Item| (a.kind, &a.text, a.next) == (b.kind, &b.text, b.next);
        match self.items.iter().zip(&other.items).position(|(a, b)| !same(a, b)) {
            Some(at) => Some(format!("node {at}: ours {:?}, theirs {:?}", self.items[at], other.items[at])),
            None if self.items.len() == other.items.len() => None,
            None => Some(format!("{} nodes, theirs {}", self.items.len(), other.items.len())),
        }
    }

    pub fn first_difference(&self, other: &Reading) -> Option<String> {
        for (at, (a, b)) in self.items.iter().zip(&other.items).enumerate() {
            // An unwritten null has no place and no text; the other parser writes it `~`.
            let empty = a.kind == "plain" && a.text.is_empty() && matches!(b.text.as_str(), "" | "~");
            // It places a block text after its sign, and a list at the column of its key after its dash.
            let later = matches!(a.kind, "literal" | "folded" | "seq") && a.start < b.start;
            let same = a.kind == b.kind && a.next == b.next && (a.text == b.text || empty);
            let same = same && (a.start == b.start || empty || later);
            if !same {
                return Some(format!("node {at}: ours {a:?}, theirs {b:?}"));
            }
        }
        (self.items.len() != other.items.len())
            .then(|| format!("{} nodes, theirs {}", self.items.len(), other.items.len()))
    }
}

pub fn ours(text: &str) -> Reading {
    let parsed = parse(Arc::new(SourceText::new("a.yaml", text)), Some(Format::Yaml), &Limits::default());
    let tree = &parsed.tree;
    let items = (0..tree.len() as u32).map(|id| {
        let node = tree.node(NodeId(id));
        // A key that is written as an alias has the text of its target.
        let written = tree.source().slice(node.span());
        let alias_key = node.key_symbol().is_some() && node.style() == Style::Plain && written.starts_with('*');
        let kind = match (node.is_alias() || alias_key, node.kind(), node.style()) {
            (true, ..) => "alias",
            (_, Kind::Map, _) => "map",
            (_, Kind::Seq, _) => "seq",
            (_, _, Style::SingleQuoted) => "single",
            (_, _, Style::DoubleQuoted) => "double",
            (_, _, Style::Literal) => "literal",
            (_, _, Style::Folded) => "folded",
            _ => "plain",
        };
        let text = if kind == "alias" { String::new() } else { node.text().to_owned() };
        Item { kind, text, start: node.span().start as usize, next: node.end_id().0 as usize }
    });
    Reading {
        items: items.collect(),
        problems: parsed
            .problems
            .iter()
            .map(|problem| (problem.code.id().to_owned(), format!("{} at {}", problem.message, problem.span.start)))
            .collect(),
        documents: 1,
    }
}

pub fn theirs(text: &str) -> Reading {
    events_of(Parser::new_from_str_with_options(text, options()))
}

/// What the other parser leaves open is set as contracts need it: keys may be longer than 1024 characters, and a byte
/// order mark inside the text is content.
fn options() -> Options {
    let mut options = Options::default();
    options.simple_key_max_lookahead = usize::MAX;
    options.bom_inside_document_as_content = true;
    options
}

/// Whether the other parser refuses a text when it is strict about indentation.
pub fn strictly_refused(text: &str) -> bool {
    let mut options = options();
    options.strict_indentation = true;
    Parser::new_from_str_with_options(text, options).any(|event| event.is_err())
}

fn events_of<'t>(parser: impl Iterator<Item = ParseResult<'t>>) -> Reading {
    let mut reading = Reading::default();
    let mut open: Vec<usize> = Vec::new();
    for next in parser {
        let (event, span) = match next {
            Ok(next) => next,
            Err(error) => {
                reading.problems.push(("syntax".to_owned(), error.to_string()));
                break;
            }
        };
        let start = span.byte_range().map_or(0, |range| range.start);
        let (kind, content) = match event {
            Event::DocumentStart(..) => {
                reading.documents += 1;
                continue;
            }
            _ if reading.documents > 1 => continue,
            Event::Scalar(value, style, ..) => (
                match style {
                    ScalarStyle::Plain => "plain",
                    ScalarStyle::SingleQuoted => "single",
                    ScalarStyle::DoubleQuoted => "double",
                    ScalarStyle::Literal => "literal",
                    ScalarStyle::Folded => "folded",
                },
                value.into_owned(),
            ),
            Event::Alias(..) => ("alias", String::new()),
            Event::SequenceStart(..) => ("seq", String::new()),
            Event::MappingStart(..) => ("map", String::new()),
            Event::SequenceEnd | Event::MappingEnd => {
                let at = open.pop().expect("an open collection");
                reading.items[at].next = reading.items.len();
                continue;
            }
            _ => continue,
        };
        let next = reading.items.len() + 1;
        if matches!(kind, "map" | "seq") {
            open.push(reading.items.len());
        }
        reading.items.push(Item { kind, text: content, start, next });
    }
    if reading.items.is_empty() && reading.problems.is_empty() {
        reading.items.push(Item { kind: "plain", text: String::new(), start: 0, next: 1 });
    }
    reading
}

/// Returns small texts to mutate: some that use the whole notation, and pieces of contracts. They are files of the
/// repository, so that a mutation is the same text everywhere.
pub fn seeds() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seeds");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let pieces = files.iter().map(|file| std::fs::read_to_string(file).unwrap());
    OWN.iter().map(|text| (*text).to_owned()).chain(pieces).collect()
}

const OWN: &[&str] = &[
    "openapi: 3.1.0 # version\ninfo:\n  title: \"a \\\"b\\\" \\u00e9\"\n  description: |\n    one\n      two\n\n    three\n  x: >-\n    folded\n    text\n\n    more\nlist:\n- a\n- b: c\n  d: 'it''s'\n-\n  - nested\n  - [1, {a: b, c}, 'q']\n",
    "a: &x {b: 1, \"c\":2}\nd: *x\ne:\n  <<: *x\n  f: !!str 3\ng: [a, b: c, \"d\": e]\n? h\n: i\n",
    "%YAML 1.2\n---\nplain text\n  over lines\n\n  and more\n...\n",
    "- - a\n  - b\n- - c\n-   d: e\n    f:\n      - g\n\n# comment\n  # another\n- \"x\n  y\n\n  z\"\n- |2+\n    a\n\n- >\n  b\n   c\n\n  d\n",
    "{\"a\": [1, 2, {\"b\": null}], \"c\": \"d\", e: f,\n  g: h # c\n}\n",
    "a: b\r\nc:\r\n  - d\r\n  - |\r\n    e\r\n    f\r\n\r\ng: 'h\r\n  i'\r\n",
    "key with spaces: value with: colons\nurl: http://a.b/c#d\n\"quoted\": x #y\n-dash: -1\n?q: 1\n:c: 2\ntab:\tx\nempty:\nlast: ~\n",
];

/// A small deterministic generator (xorshift).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed | 1)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit.max(1)
    }

    /// One of the texts with one to three small changes.
    pub fn mutate(&mut self, seeds: &[String]) -> String {
        const PIECES: &[&str] = &[
            " ", "  ", "\n", "\t", ":", ": ", "- ", "-", "#", " #", "\"", "'", "[", "]", "{", "}", ",", "|", ">",
            "&a ", "*a", "!", "!!str ", "?", "? ", "---\n", "...\n", "%", "@", "`", "\\", "\r\n", "\r", "é", "0", "x",
            "\n\n", "    ", "|+\n", ">-\n", "&", "*", "<<: ", "~", "\u{1}",
        ];
        let mut text: Vec<char> = seeds[self.below(seeds.len())].chars().collect();
        for _ in 0..=self.below(3) {
            let at = self.below(text.len() + 1);
            let length = 1 + self.below(3);
            match self.below(5) {
                0 | 1 => {
                    let piece = PIECES[self.below(PIECES.len())];
                    text.splice(at..at, piece.chars());
                }
                2 => {
                    let end = (at + length).min(text.len());
                    text.drain(at..end);
                }
                3 => {
                    let piece = PIECES[self.below(PIECES.len())];
                    let end = (at + length).min(text.len());
                    text.splice(at..end, piece.chars());
                }
                _ => {
                    // A line is moved in or out.
                    let start = text[..at].iter().rposition(|c| *c == '\n').map_or(0, |at| at + 1);
                    if self.below(2) == 0 {
                        text.splice(start..start, " ".repeat(length).chars());
                    } else {
                        let spaces = text[start..].iter().take_while(|c| **c == ' ').count().min(length);
                        text.drain(start..start + spaces);
                    }
                }
            }
        }
        text.into_iter().collect()
    }
}
