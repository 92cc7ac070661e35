//! The arena: nodes in document order, each with kind, span and the index after its subtree.
//!
//! Under a map, keys and values alternate. An alias is a node that names its target; [`NodeRef`] follows it,
//! so users never meet one. A merge key (`<<`) is applied while members are listed.

use super::symbols::{Symbol, Symbols};
use crate::text::{SourceText, Span};
use rustc_hash::FxHashMap;
use std::collections::HashSet;
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

/// Maps with more entries than this are looked up through an index.
const LARGE_MAP: u32 = 16;

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
        self.symbols.find(self.source.text(), key)
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
        let mut path = Vec::new();
        let mut at = 0_u32;
        let wanted = id.0;
        while at != wanted {
            let node = self.nodes[at as usize];
            let mut child = at + 1;
            let mut index = 0;
            let is_map = node.kind == Kind::Map;
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
            path.push(if is_map { self.key_text(key).to_owned() } else { index.to_string() });
            if wanted == key && is_map {
                break;
            }
            at = value;
        }
        path
    }

    /// The JSON pointer that leads to `id`.
    pub fn pointer(&self, id: NodeId) -> String {
        super::pointer::join(self.path(id).iter().map(String::as_str))
    }

    fn key_text(&self, key: u32) -> &str {
        self.symbol_text(Symbol(self.nodes[key as usize].val))
    }

    fn large_index(&self) -> &FxHashMap<(u32, Symbol), u32> {
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

/// A node of a tree. Copy it freely.
#[derive(Clone, Copy)]
pub struct NodeRef<'t> {
    tree: &'t Tree,
    id: NodeId,
}

impl PartialEq for NodeRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.tree, other.tree) && self.id == other.id
    }
}
impl Eq for NodeRef<'_> {}

impl std::fmt::Debug for NodeRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} at {}", self.kind(), self.tree.pointer(self.id))
    }
}

/// One entry of a map.
#[derive(Clone, Copy, Debug)]
pub struct Member<'t> {
    /// The text of the key.
    pub name: &'t str,
    /// The key as a node, for its span.
    pub key: NodeRef<'t>,
    /// The value, aliases not yet followed (accessors follow them).
    pub value: NodeRef<'t>,
}

impl<'t> NodeRef<'t> {
    /// Its tree.
    pub fn tree(self) -> &'t Tree {
        self.tree
    }

    /// Its id as written: an alias has an id of its own.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// The same node, or the target if this is an alias.
    pub fn followed(self) -> NodeRef<'t> {
        let mut node = self;
        while node.raw().kind == Kind::Alias {
            node.id = NodeId(node.raw().val);
        }
        node
    }

    /// Whether the node is written as an alias (`*name`).
    pub fn is_alias(self) -> bool {
        self.raw().kind == Kind::Alias
    }

    fn raw(self) -> Node {
        self.tree.nodes[self.id.0 as usize]
    }

    fn data(self) -> Node {
        self.followed().raw()
    }

    /// What it is.
    pub fn kind(self) -> Kind {
        self.data().kind
    }

    /// How it is written; of an alias, how its target is.
    pub fn style(self) -> Style {
        self.data().style
    }

    /// Where it is written; of an alias, the place of the alias.
    pub fn span(self) -> Span {
        let node = self.raw();
        Span { start: node.start, end: node.end }
    }

    /// What YAML's core schema makes of a scalar or key (YAML 1.2.2, section 10.3.2): of a text in quotes a string.
    pub fn core_kind(self) -> Kind {
        if self.style() == Style::Plain { super::number::resolve(self.text()) } else { Kind::Str }
    }

    /// The tokens of its JSON pointer.
    pub fn path(self) -> Vec<String> {
        self.tree.path(self.id)
    }

    /// Its JSON pointer.
    pub fn pointer(self) -> String {
        self.tree.pointer(self.id)
    }

    /// The text of a scalar, quotes and escapes undone, numbers as written; of a collection the empty text.
    pub fn text(self) -> &'t str {
        let node = self.data();
        if node.flags & KEY != 0 {
            return self.tree.symbol_text(Symbol(node.val));
        }
        if node.flags & COOKED != 0 {
            let starts = &self.tree.decoded_starts[node.val as usize..node.val as usize + 2];
            return &self.tree.decoded[starts[0] as usize..starts[1] as usize];
        }
        let span = Span { start: node.start, end: node.end };
        match (node.kind, node.style) {
            (Kind::Map | Kind::Seq, _) => "",
            (_, Style::SingleQuoted | Style::DoubleQuoted) if span.len() >= 2 => {
                &self.tree.source.text()[span.start as usize + 1..span.end as usize - 1]
            }
            _ => self.tree.source.slice(span),
        }
    }

    /// The text of a string; `None` for anything else.
    pub fn as_str(self) -> Option<&'t str> {
        (self.kind() == Kind::Str).then(|| self.text())
    }

    /// The value of a boolean.
    pub fn as_bool(self) -> Option<bool> {
        (self.kind() == Kind::Bool).then(|| self.text().starts_with(['t', 'T']))
    }

    /// The number as `f64`, nearest to what is written.
    pub fn as_f64(self) -> Option<f64> {
        if !self.is_number() {
            return None;
        }
        match super::json_number(self.text()) {
            Some(text) => text.parse().ok(),
            None if self.text().ends_with(['n', 'N']) => Some(f64::NAN),
            None => Some(if self.text().starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY }),
        }
    }

    /// The number as `i64`, if it is written as an integer that fits.
    pub fn as_i64(self) -> Option<i64> {
        (self.kind() == Kind::Int).then(|| super::json_number(self.text())?.parse().ok()).flatten()
    }

    /// The number as `u64`, if it is written as an integer that fits.
    pub fn as_u64(self) -> Option<u64> {
        (self.kind() == Kind::Int).then(|| super::json_number(self.text())?.parse().ok()).flatten()
    }

    /// Whether it is an integer or any other number.
    pub fn is_number(self) -> bool {
        matches!(self.kind(), Kind::Int | Kind::Float)
    }

    /// Whether it is null.
    pub fn is_null(self) -> bool {
        self.kind() == Kind::Null
    }

    /// Whether it is an object.
    pub fn is_map(self) -> bool {
        self.kind() == Kind::Map
    }

    /// Whether it is an array.
    pub fn is_seq(self) -> bool {
        self.kind() == Kind::Seq
    }

    /// Number of elements or written entries; zero for scalars.
    pub fn len(self) -> usize {
        match self.data() {
            Node { kind: Kind::Map, flags, .. } if flags & MERGE != 0 => self.members().count(),
            Node { kind: Kind::Map | Kind::Seq, val, .. } => val as usize,
            _ => 0,
        }
    }

    /// Whether it has no element and no entry.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The entries of a map in document order, merge keys applied; none for anything else.
    pub fn members(self) -> Members<'t> {
        let node = self.followed();
        let data = node.raw();
        match data.kind {
            Kind::Map if data.flags & MERGE != 0 => Members(Inner::Merged(node.merged_members().into_iter())),
            Kind::Map => Members(Inner::Plain(node.plain_members())),
            _ => Members(Inner::Plain(Plain { tree: self.tree, at: 0, end: 0 })),
        }
    }

    fn plain_members(self) -> Plain<'t> {
        Plain { tree: self.tree, at: self.id.0 + 1, end: self.raw().next }
    }

    /// Own entries first; then those of merged maps whose keys are not there yet, earlier maps before later ones.
    fn merged_members(self) -> Vec<Member<'t>> {
        let mut seen = HashSet::new();
        let mut out = Vec::new();
        let mut sources = Vec::new();
        for member in self.plain_members() {
            if member.name == "<<" && member.key.raw().style == Style::Plain {
                match member.value.kind() {
                    Kind::Seq => sources.extend(member.value.elements()),
                    _ => sources.push(member.value),
                }
            } else if seen.insert(member.name) {
                out.push(member);
            }
        }
        for source in sources {
            out.extend(source.members().filter(|member| seen.insert(member.name)));
        }
        out
    }

    /// The elements of an array; none for anything else.
    pub fn elements(self) -> Elements<'t> {
        let node = self.followed();
        let data = node.raw();
        let end = if data.kind == Kind::Seq { data.next } else { 0 };
        Elements { tree: self.tree, at: node.id.0 + 1, end }
    }

    /// The entry of a map with this key.
    pub fn entry(self, name: &str) -> Option<Member<'t>> {
        let node = self.followed();
        let data = node.raw();
        if data.kind != Kind::Map {
            return None;
        }
        if data.flags & MERGE != 0 {
            return node.members().find(|member| member.name == name);
        }
        let symbol = self.tree.symbol(name)?;
        if data.val > LARGE_MAP {
            let key = *self.tree.large_index().get(&(node.id.0, symbol))?;
            return Some(member_at(self.tree, key));
        }
        let nodes = &self.tree.nodes;
        let mut key = node.id.0 + 1;
        while key < data.next {
            if nodes[key as usize].val == symbol.0 {
                return Some(member_at(self.tree, key));
            }
            key = nodes[nodes[key as usize].next as usize].next;
        }
        None
    }

    /// The value under a key of a map.
    pub fn get(self, name: &str) -> Option<NodeRef<'t>> {
        self.entry(name).map(|member| member.value)
    }

    /// The element of an array, counted from zero.
    pub fn at(self, index: usize) -> Option<NodeRef<'t>> {
        self.elements().nth(index)
    }

    /// The child under one JSON pointer token: a member of a map or an element of an array.
    pub fn child(self, token: &str) -> Option<NodeRef<'t>> {
        match self.kind() {
            Kind::Map => self.get(token),
            Kind::Seq if token == "0" || !token.starts_with(['0', '+']) => self.at(token.parse().ok()?),
            _ => None,
        }
    }

    /// The symbol of a key node; `None` for a value.
    pub fn key_symbol(self) -> Option<Symbol> {
        let node = self.raw();
        (node.flags & KEY != 0).then_some(Symbol(node.val))
    }

    /// The index after the last node of its subtree, for walks over ids.
    pub fn end_id(self) -> NodeId {
        NodeId(self.raw().next)
    }

    /// The value as JSON, aliases and merge keys written out. Numbers that JSON cannot write become null.
    pub fn to_json(self) -> serde_json::Value {
        use serde_json::Value;
        match self.kind() {
            Kind::Null => Value::Null,
            Kind::Bool => Value::Bool(self.as_bool().unwrap_or_default()),
            Kind::Int | Kind::Float => super::json_number(self.text())
                .and_then(|text| text.parse::<serde_json::Number>().ok())
                .map_or(Value::Null, Value::Number),
            Kind::Str | Kind::Alias => Value::String(self.text().to_owned()),
            Kind::Seq => Value::Array(self.elements().map(NodeRef::to_json).collect()),
            Kind::Map => {
                Value::Object(self.members().map(|member| (member.name.to_owned(), member.value.to_json())).collect())
            }
        }
    }
}

fn member_at(tree: &Tree, key: u32) -> Member<'_> {
    let node = tree.nodes[key as usize];
    Member {
        name: tree.symbol_text(Symbol(node.val)),
        key: NodeRef { tree, id: NodeId(key) },
        value: NodeRef { tree, id: NodeId(node.next) },
    }
}

/// Iterator over the entries of a map.
pub struct Members<'t>(Inner<'t>);

enum Inner<'t> {
    Plain(Plain<'t>),
    Merged(std::vec::IntoIter<Member<'t>>),
}

struct Plain<'t> {
    tree: &'t Tree,
    at: u32,
    end: u32,
}

impl<'t> Iterator for Plain<'t> {
    type Item = Member<'t>;
    fn next(&mut self) -> Option<Member<'t>> {
        if self.at >= self.end {
            return None;
        }
        let member = member_at(self.tree, self.at);
        self.at = member.value.raw().next;
        Some(member)
    }
}

impl<'t> Iterator for Members<'t> {
    type Item = Member<'t>;
    fn next(&mut self) -> Option<Member<'t>> {
        match &mut self.0 {
            Inner::Plain(plain) => plain.next(),
            Inner::Merged(list) => list.next(),
        }
    }
}

/// Iterator over the elements of an array.
pub struct Elements<'t> {
    tree: &'t Tree,
    at: u32,
    end: u32,
}

impl<'t> Iterator for Elements<'t> {
    type Item = NodeRef<'t>;
    fn next(&mut self) -> Option<NodeRef<'t>> {
        if self.at >= self.end {
            return None;
        }
        let node = NodeRef { tree: self.tree, id: NodeId(self.at) };
        self.at = node.raw().next;
        Some(node)
    }
}
