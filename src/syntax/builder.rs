//! Fills the arena in document order; both readers write through it.

use super::symbols::{Print, Symbols};
use super::tree::{COOKED, KEY, Kind, MERGE, Node, Style, Tree, mark_references};
use super::{Code, Limits, Parsed, Problem};
use crate::text::Cut;
use crate::text::{SourceText, Span};
use std::sync::{Arc, OnceLock};

pub(super) struct Builder<'l> {
    source: Arc<SourceText>,
    limits: &'l Limits,
    nodes: Vec<Node>,
    symbols: Symbols,
    /// Decoded texts, one after the other, and where each starts.
    decoded: String,
    decoded_starts: Vec<u32>,
    comments: Vec<Span>,
    pub(super) problems: Vec<Problem>,
    open: Vec<u32>,
    /// By symbol: the map in which the key was seen last, plus one, and where it stands there first.
    seen: Vec<(u32, u32)>,
    aliases: usize,
    full: bool,
}

impl<'l> Builder<'l> {
    pub(super) fn new(source: Arc<SourceText>, limits: &'l Limits) -> Self {
        let nodes = Vec::with_capacity(source.text().len() / 16 + 4);
        Builder {
            source,
            limits,
            nodes,
            symbols: Symbols::default(),
            decoded: String::new(),
            decoded_starts: vec![0],
            comments: Vec::new(),
            problems: Vec::new(),
            open: Vec::new(),
            seen: Vec::new(),
            aliases: 0,
            full: false,
        }
    }

    pub(super) fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    pub(super) fn comment(&mut self, span: Span) {
        self.comments.push(span);
    }

    pub(super) fn next_id(&self) -> u32 {
        self.nodes.len() as u32
    }

    /// Number of open collections.
    pub(super) fn open_count(&self) -> usize {
        self.open.len()
    }

    /// Whether nothing but an unwritten null was read.
    pub(super) fn is_blank_document(&self) -> bool {
        let written = |node: &Node| !matches!(node.kind, Kind::Null) || node.start < node.end;
        self.problems.is_empty() && !self.nodes.iter().any(written)
    }

    /// Whether the nodes of the limit are used up; reports it once.
    #[inline]
    pub(super) fn is_full(&mut self) -> bool {
        if self.nodes.len() < self.limits.nodes {
            return false;
        }
        let end = self.nodes.last().map_or(0, |node| node.end as usize);
        self.too_many(Span::at(end));
        true
    }

    /// Reports nesting beyond the limit.
    pub(super) fn too_deep(&mut self, span: Span) {
        let message = format!("the document is nested more than {} levels deep", self.limits.depth);
        self.problem(
            Problem::new(Code::LimitDepth, span, message).help("flatten the structure or move parts into components"),
        );
    }

    /// Reports, once, more nodes than the limit.
    pub(super) fn too_many(&mut self, span: Span) {
        if !self.full {
            self.full = true;
            let message = format!("the document has more than {} nodes", self.limits.nodes);
            self.problem(Problem::new(Code::LimitNodes, span, message).help("split the document"));
        }
    }

    #[inline]
    fn push(&mut self, kind: Kind, style: Style, span: Span, flags: u16, val: u32) -> u32 {
        let id = self.nodes.len() as u32;
        self.nodes.push(Node { start: span.start, end: span.end, kind, style, flags, next: id + 1, val });
        id
    }

    /// Opens a map or seq that starts at `start`.
    #[inline]
    pub(super) fn open(&mut self, kind: Kind, style: Style, start: usize) {
        let id = self.push(kind, style, Span::at(start), 0, 0);
        self.open.push(id);
    }

    /// Closes the innermost collection, which ends at `end` and has `count` entries.
    #[inline]
    pub(super) fn close(&mut self, end: usize, count: u32) {
        let Some(id) = self.open.pop() else { return };
        let next = self.nodes.len() as u32;
        let node = &mut self.nodes[id as usize];
        node.next = next;
        node.end = node.start.max(end as u32);
        node.val = count;
        if node.kind == Kind::Map && count > 1 {
            self.find_duplicates(id);
        }
    }

    /// Reports keys of a map that appear twice.
    fn find_duplicates(&mut self, id: u32) {
        if self.seen.len() < self.symbols.len() {
            self.seen.resize(self.symbols.len(), (0, 0));
        }
        let end = self.nodes[id as usize].next;
        let mut key = id + 1;
        while key < end {
            let node = self.nodes[key as usize];
            let (map, first) = self.seen[node.val as usize];
            if map == id + 1 {
                self.duplicate(first, key);
            } else {
                self.seen[node.val as usize] = (id + 1, key);
            }
            key = self.nodes[node.next as usize].next;
        }
    }

    #[cold]
    fn duplicate(&mut self, first: u32, key: u32) {
        let node = self.nodes[key as usize];
        let name = self.symbols.text(self.source.text(), super::Symbol(node.val)).to_owned();
        if name == "<<" && node.style == Style::Plain {
            return;
        }
        let span = |node: Node| Span { start: node.start, end: node.end };
        let problem =
            Problem::new(Code::DuplicateKey, span(node), format!("the key `{name}` appears twice in this object"))
                .help("remove or rename one of the two; readers disagree on which one counts")
                .label(span(self.nodes[first as usize]), "first defined here");
        self.problem(problem);
    }

    /// A key whose text is the source slice `inner`.
    #[inline]
    pub(super) fn key(&mut self, style: Style, span: Span, inner: Span) {
        let symbol = self.symbols.intern_span(self.source.text(), inner);
        if inner.len() == 2 && style == Style::Plain && self.source.slice(inner) == "<<" {
            self.mark_merge();
        }
        self.push(Kind::Str, style, span, KEY, symbol.0);
    }

    #[cold]
    fn mark_merge(&mut self) {
        if let Some(&map) = self.open.last() {
            self.nodes[map as usize].flags |= MERGE;
        }
    }

    /// A key whose text was appended to [`Self::decoded`].
    pub(super) fn decoded_key(&mut self, style: Style, span: Span) {
        let start = self.decoded_starts.last().map_or(0, |start| *start as usize);
        let symbol = self.symbols.intern_text(self.source.text(), self.decoded.cut(start..));
        self.decoded.truncate(start);
        self.push(Kind::Str, style, span, KEY, symbol.0);
    }

    /// A key that is an alias of a scalar; false when `target` is not one.
    pub(super) fn alias_key(&mut self, span: Span, target: u32) -> bool {
        let Some(text) = self.scalar_text(target) else { return false };
        let symbol = self.symbols.intern_text(self.source.text(), &text);
        self.push(Kind::Str, Style::Plain, span, KEY, symbol.0);
        true
    }

    /// Makes the last node, `id`, a key; false when it is not a scalar.
    pub(super) fn make_key(&mut self, id: u32) -> bool {
        if self.next_id() != id + 1 {
            return false;
        }
        let mut target = id;
        while self.nodes[target as usize].kind == Kind::Alias {
            target = self.nodes[target as usize].val;
        }
        let Some(text) = self.scalar_text(target) else { return false };
        let symbol = self.symbols.intern_text(self.source.text(), &text);
        let node = &mut self.nodes[id as usize];
        *node = Node { kind: Kind::Str, flags: KEY, val: symbol.0, ..*node };
        true
    }

    /// Where decoded text is appended before [`Self::decoded_scalar`] or [`Self::decoded_key`].
    #[inline]
    pub(super) fn decoded(&mut self) -> &mut String {
        &mut self.decoded
    }

    /// A scalar whose text was appended to [`Self::decoded`].
    pub(super) fn decoded_scalar(&mut self, kind: Kind, style: Style, span: Span) {
        let index = self.decoded_starts.len() as u32 - 1;
        self.decoded_starts.push(self.decoded.len() as u32);
        self.push(kind, style, span, COOKED, index);
    }

    /// A scalar with a text of its own.
    pub(super) fn text_scalar(&mut self, kind: Kind, style: Style, span: Span, text: &str) {
        self.decoded.push_str(text);
        self.decoded_scalar(kind, style, span);
    }

    /// A scalar whose text is what is written, without the quotes.
    #[inline]
    pub(super) fn scalar(&mut self, kind: Kind, style: Style, span: Span) {
        self.push(kind, style, span, 0, 0);
    }

    /// An alias to a node that is complete.
    pub(super) fn alias(&mut self, span: Span, target: u32) {
        self.aliases += 1;
        self.push(Kind::Alias, Style::Plain, span, 0, target);
    }

    /// Whether the node is an open collection, so that an alias to it would contain itself.
    pub(super) fn is_open(&self, id: u32) -> bool {
        self.open.contains(&id)
    }

    /// The text of a complete scalar node.
    fn scalar_text(&self, id: u32) -> Option<String> {
        let node = self.nodes[id as usize];
        let text = match node {
            Node { kind: Kind::Map | Kind::Seq | Kind::Alias, .. } => return None,
            Node { flags, val, .. } if flags & KEY != 0 => self.symbols.text(self.source.text(), super::Symbol(val)),
            Node { flags, val, .. } if flags & COOKED != 0 => {
                let start = self.decoded_starts[val as usize] as usize;
                self.decoded.cut(start..self.decoded_starts[val as usize + 1] as usize)
            }
            Node { style: Style::SingleQuoted | Style::DoubleQuoted, start, end, .. } => {
                self.source.slice(Span { start: start + 1, end: end - 1 })
            }
            _ => self.source.slice(Span { start: node.start, end: node.end }),
        };
        Some(text.to_owned())
    }

    /// Takes back the nodes from `id` on and the collections opened since there were `open`.
    pub(super) fn truncate(&mut self, id: u32, open: usize) {
        self.nodes.truncate(id as usize);
        self.open.truncate(open);
    }

    /// The finished tree. Open collections are closed at the end of the text.
    pub(super) fn finish(mut self) -> Parsed {
        let end = self.source.text().len();
        while !self.open.is_empty() {
            self.close_partial(end);
        }
        if self.nodes.is_empty() {
            self.push(Kind::Null, Style::Plain, Span::at(0), 0, 0);
        }
        if self.aliases > 0 {
            self.check_expansion();
        }
        if let Some(symbol) = self.symbols.find(self.source.text(), "$ref", Print::of("$ref")) {
            mark_references(&mut self.nodes, symbol);
        }
        self.nodes.shrink_to_fit();
        self.decoded.shrink_to_fit();
        let tree = Tree {
            source: self.source,
            nodes: self.nodes,
            symbols: self.symbols.finish(),
            decoded: self.decoded,
            decoded_starts: self.decoded_starts,
            comments: self.comments,
            large: OnceLock::new(),
            entries: OnceLock::new(),
        };
        Parsed { tree, problems: self.problems }
    }

    /// Closes, at `end`, the innermost collection that the text left open: a key without value gets null.
    pub(super) fn close_partial(&mut self, end: usize) {
        let Some(&id) = self.open.last() else { return };
        let is_map = self.nodes[id as usize].kind == Kind::Map;
        let (mut child, mut entries) = (id + 1, 0_u32);
        while let Some(node) = self.nodes.get(child as usize) {
            if is_map && entries % 2 == 0 && node.flags & KEY == 0 {
                // It was read where a key belongs, but turned out not to be one.
                self.nodes.truncate(child as usize);
                break;
            }
            child = node.next;
            entries += 1;
        }
        if is_map && entries % 2 == 1 {
            self.push(Kind::Null, Style::Plain, Span::at(end), 0, 0);
            entries += 1;
        }
        self.close(end, if is_map { entries / 2 } else { entries });
    }

    /// Refuses a document whose aliases, written out, exceed the budget: its aliases become null.
    fn check_expansion(&mut self) {
        let mut sizes = vec![1_u64; self.nodes.len()];
        let mut stack: Vec<u32> = Vec::new();
        for id in 0..self.nodes.len() as u32 {
            self.fold_closed(&mut stack, &mut sizes, id);
            let node = self.nodes[id as usize];
            match node.kind {
                Kind::Alias => sizes[id as usize] = sizes[node.val as usize],
                Kind::Map | Kind::Seq => stack.push(id),
                _ => {}
            }
            if !matches!(node.kind, Kind::Map | Kind::Seq)
                && let Some(&parent) = stack.last()
            {
                sizes[parent as usize] = sizes[parent as usize].saturating_add(sizes[id as usize]);
            }
        }
        self.fold_closed(&mut stack, &mut sizes, self.nodes.len() as u32);
        if sizes[0].saturating_sub(self.nodes.len() as u64) > self.limits.expanded_nodes {
            let at = self.nodes.iter().rposition(|node| node.kind == Kind::Alias).unwrap_or(0);
            let span = Span { start: self.nodes[at].start, end: self.nodes[at].end };
            let message = format!(
                "the aliases of this document expand to more than {} further nodes",
                self.limits.expanded_nodes
            );
            self.problem(Problem::new(Code::LimitAliases, span, message).help("use `$ref` instead of nested aliases"));
            for node in &mut self.nodes {
                if node.kind == Kind::Alias {
                    *node = Node { kind: Kind::Null, val: 0, ..*node };
                }
            }
        }
    }

    /// Adds the sizes of collections that end before `id` to their parents.
    fn fold_closed(&self, stack: &mut Vec<u32>, sizes: &mut [u64], id: u32) {
        while let Some(&top) = stack.last()
            && self.nodes[top as usize].next <= id
        {
            stack.pop();
            if let Some(&parent) = stack.last() {
                sizes[parent as usize] = sizes[parent as usize].saturating_add(sizes[top as usize]);
            }
        }
    }
}
