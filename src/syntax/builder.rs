//! Fills the arena in document order; both readers write through it.

use super::symbols::Symbols;
use super::tree::{COOKED, KEY, Kind, MERGE, Node, NodeId, Style, Tree};
use super::{Limits, Parsed, Problem, number};
use crate::text::{SourceText, Span};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

pub(super) struct Builder<'l> {
    source: Arc<SourceText>,
    limits: &'l Limits,
    nodes: Vec<Node>,
    symbols: Symbols,
    cooked: Vec<Box<str>>,
    comments: Vec<Span>,
    pub(super) problems: Vec<Problem>,
    open: Vec<u32>,
    aliases: usize,
}

impl<'l> Builder<'l> {
    pub(super) fn new(source: Arc<SourceText>, limits: &'l Limits) -> Self {
        let nodes = Vec::with_capacity(source.text().len() / 12 + 4);
        Builder {
            source,
            limits,
            nodes,
            symbols: Symbols::default(),
            cooked: Vec::new(),
            comments: Vec::new(),
            problems: Vec::new(),
            open: Vec::new(),
            aliases: 0,
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

    /// Whether one more level of nesting is within the limits; reports when not.
    pub(super) fn may_open(&mut self, span: Span) -> bool {
        if self.open.len() < self.limits.depth {
            return true;
        }
        self.too_deep(span);
        false
    }

    /// Reports nesting beyond the limit.
    pub(super) fn too_deep(&mut self, span: Span) {
        let message = format!("the document is nested more than {} levels deep", self.limits.depth);
        self.problem(
            Problem::new("limit-depth", span, message).help("flatten the structure or move parts into components"),
        );
    }

    /// Whether one more node is within the limits; reports when not.
    pub(super) fn may_add(&mut self, span: Span) -> bool {
        if self.nodes.len() < self.limits.nodes {
            return true;
        }
        let message = format!("the document has more than {} nodes", self.limits.nodes);
        self.problem(Problem::new("limit-nodes", span, message).help("split the document"));
        false
    }

    fn push(&mut self, kind: Kind, style: Style, span: Span, flags: u16, val: u32) -> u32 {
        let id = self.nodes.len() as u32;
        self.nodes.push(Node { start: span.start, end: span.end, kind, style, flags, next: id + 1, val });
        id
    }

    /// Opens a map or seq that starts at `span.start`.
    pub(super) fn open(&mut self, kind: Kind, style: Style, span: Span) {
        let id = self.push(kind, style, span, 0, 0);
        self.open.push(id);
    }

    /// Closes the innermost collection, which ends at `end` and has `count` entries.
    pub(super) fn close(&mut self, end: u32, count: u32) {
        let Some(id) = self.open.pop() else { return };
        let next = self.nodes.len() as u32;
        let node = &mut self.nodes[id as usize];
        node.next = next;
        node.end = end.max(node.start);
        node.val = count;
        if node.kind == Kind::Map {
            self.finish_map(id);
        }
    }

    /// Marks merge keys and reports duplicate keys.
    fn finish_map(&mut self, id: u32) {
        let map = self.nodes[id as usize];
        let merge = self.symbols.find(self.source.text(), "<<");
        // Small maps are compared pairwise, large ones through a table.
        let mut seen: Vec<(u32, u32)> = Vec::new();
        let mut table: FxHashMap<u32, u32> = FxHashMap::default();
        let large = map.val > 16;
        let mut key = id + 1;
        while key < map.next {
            let node = self.nodes[key as usize];
            let first = if large {
                let first = table.get(&node.val).copied();
                table.entry(node.val).or_insert(key);
                first
            } else {
                let first = seen.iter().find(|(symbol, _)| *symbol == node.val).map(|&(_, key)| key);
                seen.push((node.val, key));
                first
            };
            if merge.is_some_and(|merge| merge.0 == node.val) && node.style == Style::Plain {
                self.nodes[id as usize].flags |= MERGE;
            } else if let Some(first) = first {
                let span = |node: Node| Span { start: node.start, end: node.end };
                let name = self.symbols.text(self.source.text(), super::Symbol(node.val)).to_owned();
                let problem =
                    Problem::new("duplicate-key", span(node), format!("the key `{name}` appears twice in this object"))
                        .help("remove or rename one of the two; readers disagree on which one counts")
                        .label(span(self.nodes[first as usize]), "first defined here");
                self.problem(problem);
            }
            key = self.nodes[node.next as usize].next;
        }
    }

    /// A key whose text is the source slice `inner`, or `text` where it needed decoding.
    pub(super) fn key(&mut self, style: Style, span: Span, inner: Span, text: Option<&str>) {
        let source = Arc::clone(&self.source);
        let symbol = match text {
            None => self.symbols.intern_span(source.text(), inner),
            Some(text) => self.symbols.intern_text(source.text(), text),
        };
        self.push(Kind::Str, style, span, KEY, symbol.0);
    }

    /// A scalar; `text` is given where it differs from what stands between the quotes.
    pub(super) fn scalar(&mut self, kind: Kind, style: Style, span: Span, text: Option<Cow<'_, str>>) {
        match text {
            None => self.push(kind, style, span, 0, 0),
            Some(text) => {
                self.cooked.push(text.into());
                let val = self.cooked.len() as u32 - 1;
                self.push(kind, style, span, COOKED, val)
            }
        };
    }

    /// A plain scalar by the core schema.
    pub(super) fn plain(&mut self, span: Span) {
        let kind = number::resolve(self.source.slice(span));
        self.push(kind, Style::Plain, span, 0, 0);
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

    /// End of the last node that is not an open collection.
    pub(super) fn last_end(&self) -> u32 {
        self.nodes.last().map_or(0, |node| node.end)
    }

    /// The text of a complete scalar node.
    pub(super) fn scalar_text(&self, id: u32) -> Option<String> {
        let node = self.nodes[id as usize];
        let text = match node {
            Node { kind: Kind::Map | Kind::Seq | Kind::Alias, .. } => return None,
            Node { flags, val, .. } if flags & KEY != 0 => self.symbols.text(self.source.text(), super::Symbol(val)),
            Node { flags, val, .. } if flags & COOKED != 0 => &self.cooked[val as usize],
            Node { style: Style::SingleQuoted | Style::DoubleQuoted, start, end, .. } => {
                self.source.slice(Span { start: start + 1, end: end - 1 })
            }
            _ => self.source.slice(Span { start: node.start, end: node.end }),
        };
        Some(text.to_owned())
    }

    /// The finished tree. Open collections are closed at the end of the text.
    pub(super) fn finish(mut self) -> Parsed {
        while !self.open.is_empty() {
            self.close_partial();
        }
        if self.nodes.is_empty() {
            self.push(Kind::Null, Style::Plain, Span::at(0), 0, 0);
        }
        if self.aliases > 0 {
            self.check_expansion();
        }
        self.nodes.shrink_to_fit();
        let tree = Tree {
            source: self.source,
            nodes: self.nodes,
            symbols: self.symbols,
            cooked: self.cooked,
            comments: self.comments,
            large: OnceLock::new(),
        };
        Parsed { tree, problems: self.problems }
    }

    /// Closes a collection that the text left open: a key without value gets null.
    fn close_partial(&mut self) {
        let Some(&id) = self.open.last() else { return };
        let is_map = self.nodes[id as usize].kind == Kind::Map;
        let end = self.source.text().len();
        let (mut child, mut entries) = (id + 1, 0_u32);
        while (child as usize) < self.nodes.len() {
            child = self.nodes[child as usize].next;
            entries += 1;
        }
        if is_map && entries % 2 == 1 {
            self.push(Kind::Null, Style::Plain, Span::at(end), 0, 0);
            entries += 1;
        }
        self.close(end as u32, if is_map { entries / 2 } else { entries });
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
        if sizes[0] > self.limits.expanded_nodes {
            let at = self.nodes.iter().rposition(|node| node.kind == Kind::Alias).unwrap_or(0);
            let span = Span { start: self.nodes[at].start, end: self.nodes[at].end };
            let message =
                format!("the aliases of this document expand to more than {} nodes", self.limits.expanded_nodes);
            self.problem(Problem::new("limit-aliases", span, message).help("use `$ref` instead of nested aliases"));
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

/// Used by the YAML reader to keep anchors by the parser's id.
pub(super) type Anchors = FxHashMap<usize, NodeId>;
