//! What is below a node: members of a map, merge keys applied, and elements of a list.

use super::node::NodeRef;
use super::symbols::{Print, Symbol};
use super::tree::{Kind, LARGE_MAP, MERGE, NodeId, Style, Tree};
use std::collections::HashSet;

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

    /// The keys of a map, merge keys applied; none for anything else. Cheaper than [`NodeRef::members`] where texts and
    /// values do not matter.
    pub(crate) fn keys(self) -> impl Iterator<Item = Symbol> + use<'t> {
        let node = self.followed();
        let data = node.raw();
        let plain = data.kind == Kind::Map && data.flags & MERGE == 0;
        let merged = if plain { None } else { Some(node.members().filter_map(|member| member.key.key_symbol())) };
        let nodes = &self.tree.nodes;
        let (mut at, end) = if plain { (node.id.0 + 1, data.next) } else { (0, 0) };
        let own = std::iter::from_fn(move || {
            let key = nodes.get(at as usize).filter(|_| at < end)?;
            at = nodes[key.next as usize].next;
            Some(Symbol(key.val))
        });
        own.chain(merged.into_iter().flatten())
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
    // Inlined, so that what is looked for is computed once where the name is a literal.
    #[inline]
    pub fn entry(self, name: &str) -> Option<Member<'t>> {
        self.entry_of(name, Print::of(name))
    }

    fn entry_of(self, name: &str, print: Print) -> Option<Member<'t>> {
        let node = self.followed();
        let data = node.raw();
        if data.kind != Kind::Map {
            return None;
        }
        if data.flags & MERGE != 0 {
            return node.members().find(|member| member.name == name);
        }
        let symbol = self.tree.symbol_of(name, print)?;
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
    #[inline]
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
