//! The arena: nodes in document order, each with kind, span and the index after its subtree.
//!
//! Under a map, keys and values alternate. An alias is a node that names its target; [`NodeRef`] follows it,
//! so users never meet one. A merge key (`<<`) is applied while members are listed.

use super::node::NodeRef;
use super::symbols::{Print, Symbol, Symbols};
use crate::text::{SourceText, Span};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

/// Index of a node in its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// A number written without fraction and exponent.
    Int,
    /// Any other number.
    Float,
    /// A string.
    Str,
    /// An array.
    Seq,
    /// An object.
    Map,
    /// A YAML alias; [`NodeRef::kind`] never returns it.
    Alias,
}

impl Kind {
    /// The JSON Schema name of the type: `integer` and `number` are told apart by their spelling.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Bool => "boolean",
            Kind::Int => "integer",
            Kind::Float => "number",
            Kind::Str | Kind::Alias => "string",
            Kind::Seq => "array",
            Kind::Map => "object",
        }
    }
}

/// How a node is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// `'…'`.
    SingleQuoted,
    /// `"…"`.
    DoubleQuoted,
    /// `|`.
    Literal,
    /// `>`.
    Folded,
    /// A block collection.
    Block,
    /// `[…]` or `{…}`.
    Flow,
}

pub(super) const COOKED: u16 = 1; // the text is not the source slice; `val` indexes `Tree::decoded_starts`
pub(super) const KEY: u16 = 2; // `val` is a symbol
pub(super) const MERGE: u16 = 4; // a map with a merge key
pub(super) const REFERS: u16 = 8; // a map with a key `$ref`

/// One record; its size is what memory per input byte hangs on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) kind: Kind,
    pub(super) style: Style,
    pub(super) flags: u16,
    /// Index after the subtree.
    pub(super) next: u32,
    /// Map and seq: number of entries. Key: symbol. Alias: target. Cooked scalar: index of the text.
    pub(super) val: u32,
}
const _: () = assert!(size_of::<Node>() == 20);

/// One step on the way from the root to a node.
#[derive(Clone, Copy, Debug)]
pub struct PathStep<'t> {
    /// The key in a map; `None` in a list.
    pub name: Option<&'t str>,
    /// Which entry it is, counted from zero.
    pub index: usize,
    /// The value there.
    pub value: NodeRef<'t>,
}

impl<'t> PathStep<'t> {
    /// The token of a JSON pointer.
    pub fn token(&self) -> Cow<'t, str> {
        self.name.map_or_else(|| Cow::Owned(self.index.to_string()), Cow::Borrowed)
    }
}

/// Marks the maps that have a `$ref`, whose symbol is `reference`.
pub(super) fn mark_references(nodes: &mut [Node], reference: Symbol) {
    let mut open: Vec<u32> = Vec::new();
    for at in 0..nodes.len() {
        while open.last().is_some_and(|&map| nodes[map as usize].next as usize <= at) {
            open.pop();
        }
        let node = nodes[at];
        if node.kind == Kind::Map {
            open.push(at as u32);
        } else if node.flags & KEY != 0
            && node.val == reference.0
            && let Some(&map) = open.last()
        {
            nodes[map as usize].flags |= REFERS;
        }
    }
}

/// Maps and lists with more entries than this are looked up through an index.
pub(super) const LARGE_MAP: u32 = 16;

/// One document: its text and its nodes. Immutable.
#[derive(Clone, Debug)]
pub struct Tree {
    pub(super) source: Arc<SourceText>,
    pub(super) nodes: Vec<Node>,
    pub(super) symbols: Symbols,
    pub(super) decoded: String,
    pub(super) decoded_starts: Vec<u32>,
    pub(super) comments: Vec<Span>,
    pub(super) large: OnceLock<FxHashMap<(u32, Symbol), u32>>,
    /// Of each large map or list, where its entries begin.
    pub(super) entries: OnceLock<FxHashMap<u32, Vec<u32>>>,
}

impl Tree {
    /// The text the tree was read from.
    pub fn source(&self) -> &Arc<SourceText> {
        &self.source
    }

    /// The same document under another name: `source` has the same text.
    pub(crate) fn with_source(&self, source: Arc<SourceText>) -> Tree {
        debug_assert_eq!(self.source.text(), source.text());
        Tree { source, ..self.clone() }
    }

    /// The root node; null for an empty document.
    pub fn root(&self) -> NodeRef<'_> {
        NodeRef { tree: self, id: NodeId(0) }
    }

    /// The node with this id.
    ///
    /// # Panics
    /// When `id` is not of this tree.
    pub fn node(&self, id: NodeId) -> NodeRef<'_> {
        assert!((id.0 as usize) < self.nodes.len(), "node id of another tree");
        NodeRef { tree: self, id }
    }

    /// Number of nodes, keys included.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Never true: a tree has at least its root.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Spans of the comments (`#…`), in order.
    pub fn comments(&self) -> &[Span] {
        &self.comments
    }

    /// The symbol of `key`, if the tree has such a key.
    pub fn symbol(&self, key: &str) -> Option<Symbol> {
        self.symbol_of(key, Print::of(key))
    }

    pub(super) fn symbol_of(&self, key: &str, print: Print) -> Option<Symbol> {
        self.symbols.find(self.source.text(), key, print)
    }

    /// Number of different keys; symbols count from zero.
    pub fn symbol_count(&self) -> usize {
        self.symbols.len()
    }

    /// The text of a symbol of this tree.
    pub fn symbol_text(&self, symbol: Symbol) -> &str {
        self.symbols.text(self.source.text(), symbol)
    }

    /// Bytes of memory the tree holds, its text included.
    pub fn memory(&self) -> usize {
        self.source.text().len()
            + self.nodes.capacity() * size_of::<Node>()
            + self.decoded.capacity()
            + self.decoded_starts.capacity() * size_of::<u32>()
            + self.comments.capacity() * size_of::<Span>()
            + self.symbols.memory()
    }

    /// The node at a JSON pointer, aliases followed. `None` when there is no such node.
    pub fn at_pointer(&self, pointer: &str) -> Option<NodeRef<'_>> {
        let mut node = self.root();
        for token in super::pointer::tokens(pointer)? {
            node = node.child(&token)?;
        }
        Some(node)
    }

    /// Tokens of the JSON pointer that leads to `id`; a key has the pointer of its value.
    pub fn path(&self, id: NodeId) -> Vec<String> {
        self.steps(id).iter().map(|step| step.token().into_owned()).collect()
    }

    /// The way from the root to `id`, a step per token of its JSON pointer; a key has the way of its value.
    pub fn steps(&self, id: NodeId) -> Vec<PathStep<'_>> {
        let mut steps = Vec::with_capacity(8);
        let mut at = 0_u32;
        let wanted = id.0;
        while at != wanted {
            let node = self.nodes[at as usize];
            let is_map = node.kind == Kind::Map;
            let mut child = at + 1;
            let mut index = 0;
            if node.val > LARGE_MAP
                && let Some(starts) = self.large_entries().get(&at)
            {
                index = starts.partition_point(|start| *start <= wanted).saturating_sub(1);
                child = starts.get(index).copied().unwrap_or(child);
            }
            let found = loop {
                if child >= node.next {
                    break None;
                }
                let value = if is_map { self.nodes[child as usize].next } else { child };
                let end = self.nodes[value as usize].next;
                if wanted < end {
                    break Some((child, value));
                }
                child = end;
                index += 1;
            };
            let Some((key, value)) = found else { break };
            let name = is_map.then(|| self.key_text(key));
            steps.push(PathStep { name, index, value: NodeRef { tree: self, id: NodeId(value) } });
            if wanted == key && is_map {
                break;
            }
            at = value;
        }
        steps
    }

    /// The JSON pointer that leads to `id`.
    pub fn pointer(&self, id: NodeId) -> String {
        let mut pointer = String::with_capacity(64);
        for step in self.steps(id) {
            super::pointer::push(&mut pointer, &step.token());
        }
        pointer
    }

    fn key_text(&self, key: u32) -> &str {
        self.symbol_text(Symbol(self.nodes[key as usize].val))
    }

    fn large_entries(&self) -> &FxHashMap<u32, Vec<u32>> {
        self.entries.get_or_init(|| {
            let large = |node: &Node| matches!(node.kind, Kind::Map | Kind::Seq) && node.val > LARGE_MAP;
            let starts = |(id, node): (usize, &Node)| {
                let mut starts = Vec::with_capacity(node.val as usize);
                let mut child = id as u32 + 1;
                while child < node.next {
                    starts.push(child);
                    let value = if node.kind == Kind::Map { self.nodes[child as usize].next } else { child };
                    child = self.nodes[value as usize].next;
                }
                (id as u32, starts)
            };
            self.nodes.iter().enumerate().filter(|(_, node)| large(node)).map(starts).collect()
        })
    }

    pub(super) fn large_index(&self) -> &FxHashMap<(u32, Symbol), u32> {
        self.large.get_or_init(|| {
            let mut index = FxHashMap::default();
            for (id, node) in self.nodes.iter().enumerate() {
                if node.kind == Kind::Map && node.val > LARGE_MAP {
                    let mut key = id as u32 + 1;
                    while key < node.next {
                        index.entry((id as u32, Symbol(self.nodes[key as usize].val))).or_insert(key);
                        key = self.nodes[self.nodes[key as usize].next as usize].next;
                    }
                }
            }
            index
        })
    }
}
