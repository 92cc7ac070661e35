//! The walk: once over the tree, through references where they are followed.
//!
//! A node remembers which positions it has seen; only new ones go on from there. So a shared component costs as much as
//! one that is used once, and circles end.

use super::evaluate::{Scope, accepts};
use super::matcher::{Matcher, Pos, SetId, Sets, Terminal};
use super::value::place_is;
use crate::syntax::{Kind, NodeRef};
use crate::workspace::{DocumentId, Place, PlaceId};
use rustc_hash::FxHashMap;

/// The key by which a child is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key<'w> {
    /// Of a map.
    Name(&'w str),
    /// Of an array.
    Index(usize),
}

/// One step of the way from the root.
#[derive(Clone, Copy, Debug)]
pub struct Step<'w> {
    /// The key taken.
    pub key: Key<'w>,
    /// Where it leads, as written.
    pub site: Place<'w>,
    /// Where it leads, reference followed.
    pub place: Place<'w>,
}

/// Something a query selects.
#[derive(Clone, Copy, Debug)]
pub struct Hit<'h, 'w> {
    /// Index of the query.
    pub query: usize,
    /// The node, reference followed.
    pub place: Place<'w>,
    /// Whether the key of the node is selected instead of its value.
    pub keyed: bool,
    /// The way by which it was first reached.
    pub way: &'h [Step<'w>],
}

/// Ways longer than this are not followed through further references at once, but taken up later.
const MAX_WAY: usize = 160;

struct Columns {
    /// By number of symbol: column of the name, and its bit among needed keys.
    by_symbol: Vec<(u16, u64)>,
}

struct Walk<'m, 'w, 'e> {
    matcher: &'m Matcher,
    sets: Sets<'m>,
    root: Place<'w>,
    resolved: bool,
    columns: Vec<Option<Columns>>,
    /// Columns of names that are numbers, for elements.
    index_columns: FxHashMap<usize, u16>,
    seen: Vec<Vec<SetId>>,
    /// What a place handed to the place above it, for the next time it is reached.
    raised: FxHashMap<PlaceId, Vec<Pos>>,
    way: Vec<Step<'w>>,
    later: Vec<(Place<'w>, SetId)>,
    emit: &'e mut dyn FnMut(Hit<'_, 'w>),
}

impl Matcher {
    /// Walks from `root` and reports every hit. With `resolved`, a reference stands for what it leads to.
    pub fn run<'w>(&self, root: Place<'w>, resolved: bool, emit: &mut dyn FnMut(Hit<'_, 'w>)) {
        let index_columns = (1..)
            .zip(&self.names)
            .filter_map(|(column, name)| name.parse().ok().map(|index| (index, column)))
            .collect();
        let mut walk = Walk {
            matcher: self,
            sets: Sets::new(self),
            root,
            resolved,
            columns: Vec::new(),
            index_columns,
            seen: Vec::new(),
            raised: FxHashMap::default(),
            way: Vec::new(),
            later: Vec::new(),
            emit,
        };
        let start = walk.sets.closure(&self.starts);
        let root = if resolved { root.resolved() } else { root };
        walk.visit(root, start);
        while let Some((place, set)) = walk.later.pop() {
            let key = place.key().map_or(Key::Index(0), |key| Key::Name(key.text()));
            walk.way.push(Step { key, site: place, place });
            walk.visit(place, set);
            walk.way.pop();
        }
    }
}

impl<'w> Walk<'_, 'w, '_> {
    /// Handles the positions of `set` at `place`, which the last step of the way leads to. Gives the positions that
    /// go on at the place above.
    fn visit(&mut self, place: Place<'w>, set: SetId) -> Vec<Pos> {
        let mut ups = Vec::new();
        let id = place.id();
        let seen = self.seen(id);
        let new = self.sets.difference(set, seen);
        for at in 0..self.sets.terminals(set).len() {
            let (at, terminal) = self.sets.terminals(set)[at];
            match terminal {
                Terminal::Parent => ups.push(at + 1),
                Terminal::Key => self.hit(at, place, true),
                // A reference with something beside it is a place of its own.
                Terminal::End | Terminal::Is(_) if !self.by_sibling() && !self.sets.positions(new).contains(&at) => {}
                Terminal::End => self.hit(at, place, false),
                Terminal::Is(ty) => {
                    if place_is(place, ty) {
                        self.hit(at, place, false);
                    }
                }
            }
        }
        if new == 0 {
            self.replay(id, set, &mut ups);
            return ups;
        }
        let all = self.sets.union(seen, new);
        self.mark(id, all);
        let mut raised = Vec::new();
        match place.kind() {
            Kind::Map => {
                for member in place.members() {
                    let column = self.column(place.document_id(), member.key.node());
                    self.child(place, Key::Name(member.name), member.value, column, new, &mut raised);
                }
            }
            Kind::Seq => {
                for (index, element) in place.elements().enumerate() {
                    let column = self.index_columns.get(&index).map_or(0, |&column| column as usize);
                    self.child(place, Key::Index(index), element, column, new, &mut raised);
                }
            }
            _ => {}
        }
        if !raised.is_empty() {
            raised.sort_unstable();
            raised.dedup();
            let set = self.sets.closure(&raised);
            let further = self.visit(place, set);
            self.raised.entry(id).or_default().extend(&further);
            ups.extend(further);
        }
        ups
    }

    fn by_sibling(&self) -> bool {
        self.way.last().is_some_and(|step| step.site.id() != step.place.id() && step.site.len() > 1)
    }

    fn replay(&mut self, id: PlaceId, set: SetId, ups: &mut Vec<Pos>) {
        let Some(raised) = self.raised.get(&id) else { return };
        let query = |at: Pos| self.matcher.positions[at as usize].query;
        for &at in raised {
            if self.sets.positions(set).iter().any(|&own| query(own) == query(at)) {
                ups.push(at);
            }
        }
    }

    fn child(
        &mut self,
        parent: Place<'w>,
        key: Key<'w>,
        site: Place<'w>,
        column: usize,
        set: SetId,
        raised: &mut Vec<Pos>,
    ) {
        let number = self.sets.step(set, column);
        let transition = self.sets.transition(number);
        let (tests, slices) = (transition.tests.len(), transition.slices.len());
        if transition.container == 0 && tests == 0 && slices == 0 {
            return;
        }
        let place = if self.resolved { site.resolved() } else { site };
        let kind = place.kind();
        let container = matches!(kind, Kind::Map | Kind::Seq);
        if !container && !transition.scalars {
            return;
        }
        let mut next = if container { transition.container } else { transition.always };
        if tests > 0 {
            self.way.push(Step { key, site, place });
            // The keys of the candidate, looked at only when a filter speaks of keys.
            let mut mask = None;
            for at in 0..tests {
                let (test, consent) = self.sets.transition(number).tests[at];
                let matcher = self.matcher;
                let test = &matcher.tests[test as usize];
                if test.key_bits != 0 {
                    match kind {
                        Kind::Map => {
                            let mask = *mask.get_or_insert_with(|| self.mask(place));
                            if mask & test.key_bits == 0 && test.key_bits >> 63 == 0 {
                                continue;
                            }
                        }
                        Kind::Seq if test.elements => {}
                        _ => continue,
                    }
                }
                if self.asks(test, parent, key, place) {
                    next = self.sets.union(next, consent);
                }
            }
            self.way.pop();
        }
        for at in 0..slices {
            let ((start, end, step), consent) = self.sets.transition(number).slices[at];
            if let Key::Index(index) = key
                && in_slice(index as i64, parent.len() as i64, start, end, step)
            {
                next = self.sets.union(next, consent);
            }
        }
        if next == 0 {
            return;
        }
        if self.way.len() >= MAX_WAY && site.id() != place.id() {
            self.later.push((place, next));
            return;
        }
        self.way.push(Step { key, site, place });
        raised.extend(self.visit(place, next));
        self.way.pop();
    }

    fn asks(&self, test: &super::matcher::Test, parent: Place<'w>, key: Key<'w>, place: Place<'w>) -> bool {
        let (property, index) = match key {
            Key::Name(name) => (name, None),
            Key::Index(index) => ("", Some(index)),
        };
        let above = self.way.len().checked_sub(2).map(|at| self.way[at].key);
        let path = || written(&self.way);
        let scope = Scope {
            value: place,
            property,
            index,
            parent,
            parent_property: match above {
                Some(Key::Name(name)) => Some(name),
                _ => None,
            },
            root: self.root,
            resolved: self.resolved,
            path: &path,
        };
        accepts(&test.filter.script, &scope)
    }

    fn hit(&mut self, at: Pos, place: Place<'w>, keyed: bool) {
        let query = self.matcher.positions[at as usize].query as usize;
        (self.emit)(Hit { query, place, keyed, way: &self.way });
    }

    fn seen(&self, id: PlaceId) -> SetId {
        let document = self.seen.get(id.document.0 as usize);
        document.and_then(|nodes| nodes.get(id.node.0 as usize)).copied().unwrap_or_default()
    }

    fn mark(&mut self, id: PlaceId, set: SetId) {
        let document = id.document.0 as usize;
        if self.seen.len() <= document {
            self.seen.resize(document + 1, Vec::new());
        }
        let nodes = &mut self.seen[document];
        if nodes.is_empty() {
            let workspace = self.root.workspace();
            nodes.resize(workspace.document(DocumentId(document as u32)).tree().len(), 0);
        }
        if let Some(slot) = nodes.get_mut(id.node.0 as usize) {
            *slot = set;
        }
    }

    fn columns(&mut self, document: DocumentId) -> &Columns {
        let at = document.0 as usize;
        if self.columns.len() <= at {
            self.columns.resize_with(at + 1, || None);
        }
        let (root, matcher) = (self.root, self.matcher);
        self.columns[at].get_or_insert_with(|| {
            let tree = root.workspace().document(document).tree();
            let mut by_symbol = vec![(0, 0); tree.symbol_count()];
            for (column, name) in (1..).zip(&matcher.names) {
                if let Some(symbol) = tree.symbol(name) {
                    by_symbol[symbol.index()].0 = column;
                }
            }
            for (bit, name) in matcher.needed.iter().enumerate() {
                if let Some(symbol) = tree.symbol(name) {
                    by_symbol[symbol.index()].1 = 1 << bit.min(63);
                }
            }
            Columns { by_symbol }
        })
    }

    fn column(&mut self, document: DocumentId, key: NodeRef<'w>) -> usize {
        let symbol = key.key_symbol();
        symbol.map_or(0, |symbol| self.columns(document).by_symbol[symbol.index()].0 as usize)
    }

    /// The needed keys that a map has.
    fn mask(&mut self, place: Place<'w>) -> u64 {
        let columns = self.columns(place.document_id());
        place.node().keys().fold(0, |mask, symbol| mask | columns.by_symbol[symbol.index()].1)
    }
}

fn in_slice(index: i64, length: i64, start: i64, end: Option<i64>, step: i64) -> bool {
    let bound = |at: i64| if at < 0 { (at + length).max(0) } else { at.min(length) };
    let (start, end) = (bound(start), bound(end.unwrap_or(length)));
    index >= start && index < end && (index - start) % step == 0
}

/// A way as `$['paths']['/a'][0]`.
fn written(way: &[Step<'_>]) -> String {
    let mut out = String::from("$");
    for step in way {
        match step.key {
            Key::Name(name) => {
                out.push_str("['");
                out.push_str(name);
                out.push_str("']");
            }
            Key::Index(index) => out.push_str(&format!("[{index}]")),
        }
    }
    out
}
