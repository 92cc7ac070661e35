//! A node of a tree: what it is, where it is written, its text and value. Aliases are followed.

use super::symbols::Symbol;
use super::tree::{COOKED, KEY, Kind, MERGE, Node, NodeId, PathStep, REFERS, Style, Tree};
use crate::text::Cut;
use crate::text::Span;

/// A node of a tree. Copy it freely.
#[derive(Clone, Copy)]
pub struct NodeRef<'t> {
    pub(super) tree: &'t Tree,
    pub(super) id: NodeId,
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

    /// Whether it may be an object with a `$ref`: its own, or one that is merged in.
    pub(crate) fn may_refer(self) -> bool {
        self.followed().raw().flags & (REFERS | MERGE) != 0
    }

    /// Whether the node is written as an alias (`*name`).
    pub fn is_alias(self) -> bool {
        self.raw().kind == Kind::Alias
    }

    pub(super) fn raw(self) -> Node {
        self.tree.nodes[self.id.0 as usize]
    }

    pub(super) fn data(self) -> Node {
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

    /// The way from the root, see [`Tree::steps`].
    pub fn steps(self) -> Vec<PathStep<'t>> {
        self.tree.steps(self.id)
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
            return self.tree.decoded.cut(starts[0] as usize..starts[1] as usize);
        }
        let span = Span { start: node.start, end: node.end };
        match (node.kind, node.style) {
            (Kind::Map | Kind::Seq, _) => "",
            (_, Style::SingleQuoted | Style::DoubleQuoted) if span.len() >= 2 => {
                self.tree.source.text().cut(span.start as usize + 1..span.end as usize - 1)
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
