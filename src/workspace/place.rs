//! A node in a workspace: the tree's accessors, plus references and locations.

use super::{Document, DocumentId, RefError, Workspace, identity};
use crate::diagnostic::Location;
use crate::syntax::{Kind, Member, NodeId, NodeRef, pointer};
use crate::text::Span;

/// Names a place for hashing and sorting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlaceId {
    /// The document.
    pub document: DocumentId,
    /// The node in its tree.
    pub node: NodeId,
}

/// A node of a document of a workspace. Copy it freely.
#[derive(Clone, Copy)]
pub struct Place<'w> {
    workspace: &'w Workspace,
    document: DocumentId,
    node: NodeRef<'w>,
}

impl PartialEq for Place<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}
impl Eq for Place<'_> {}

impl std::fmt::Debug for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}#{}", self.document().name(), self.node.pointer())
    }
}

/// One entry of a map.
#[derive(Clone, Copy, Debug)]
pub struct PlaceMember<'w> {
    /// The text of the key.
    pub name: &'w str,
    /// The key.
    pub key: Place<'w>,
    /// The value.
    pub value: Place<'w>,
}

impl<'w> Place<'w> {
    pub(super) fn new(workspace: &'w Workspace, document: DocumentId, node: NodeRef<'w>) -> Self {
        Place { workspace, document, node }
    }

    fn with(self, node: NodeRef<'w>) -> Self {
        Place { node, ..self }
    }

    fn member(self, member: Member<'w>) -> PlaceMember<'w> {
        PlaceMember { name: member.name, key: self.with(member.key), value: self.with(member.value) }
    }

    /// Its workspace.
    pub fn workspace(self) -> &'w Workspace {
        self.workspace
    }

    /// Its document.
    pub fn document(self) -> &'w Document {
        self.workspace.document(self.document)
    }

    /// The id of its document.
    pub fn document_id(self) -> DocumentId {
        self.document
    }

    /// The node in its tree.
    pub fn node(self) -> NodeRef<'w> {
        self.node
    }

    /// Its id; the same for an alias and its target.
    pub fn id(self) -> PlaceId {
        PlaceId { document: self.document, node: self.node.followed().id() }
    }

    /// What it is.
    pub fn kind(self) -> Kind {
        self.node.kind()
    }

    /// Whether it is an object.
    pub fn is_map(self) -> bool {
        self.node.is_map()
    }

    /// Whether it is an array.
    pub fn is_seq(self) -> bool {
        self.node.is_seq()
    }

    /// Whether it is null.
    pub fn is_null(self) -> bool {
        self.node.is_null()
    }

    /// Number of elements or entries.
    pub fn len(self) -> usize {
        self.node.len()
    }

    /// Whether it has no element and no entry.
    pub fn is_empty(self) -> bool {
        self.node.is_empty()
    }

    /// The text of a string.
    pub fn as_str(self) -> Option<&'w str> {
        self.node.as_str()
    }

    /// The value of a boolean.
    pub fn as_bool(self) -> Option<bool> {
        self.node.as_bool()
    }

    /// The number as `f64`.
    pub fn as_f64(self) -> Option<f64> {
        self.node.as_f64()
    }

    /// The number as `i64`, if it is an integer that fits.
    pub fn as_i64(self) -> Option<i64> {
        self.node.as_i64()
    }

    /// The number as `u64`, if it is an integer that fits.
    pub fn as_u64(self) -> Option<u64> {
        self.node.as_u64()
    }

    /// The text of any scalar, see [`NodeRef::text`].
    pub fn text(self) -> &'w str {
        self.node.text()
    }

    /// The value as JSON, references left as they are.
    pub fn to_json(self) -> serde_json::Value {
        self.node.to_json()
    }

    /// The value under a key; references are not followed.
    #[inline]
    pub fn get(self, name: &str) -> Option<Place<'w>> {
        self.node.get(name).map(|node| self.with(node))
    }

    /// The entry with this key.
    #[inline]
    pub fn entry(self, name: &str) -> Option<PlaceMember<'w>> {
        self.node.entry(name).map(|member| self.member(member))
    }

    /// The text of the string under a key.
    #[inline]
    pub fn get_str(self, name: &str) -> Option<&'w str> {
        self.node.get(name)?.as_str()
    }

    /// The boolean under a key.
    #[inline]
    pub fn get_bool(self, name: &str) -> Option<bool> {
        self.node.get(name)?.as_bool()
    }

    /// The entries of a map; none for anything else.
    pub fn members(self) -> PlaceMembers<'w> {
        PlaceMembers { place: self, inner: self.node.members() }
    }

    /// The elements of an array; none for anything else.
    pub fn elements(self) -> PlaceElements<'w> {
        PlaceElements { place: self, inner: self.node.elements() }
    }

    /// The element of an array, counted from zero.
    pub fn at(self, index: usize) -> Option<Place<'w>> {
        self.node.at(index).map(|node| self.with(node))
    }

    /// The child under one JSON pointer token.
    pub fn child(self, token: &str) -> Option<Place<'w>> {
        self.node.child(token).map(|node| self.with(node))
    }

    /// The node below this place along `tokens`, references not followed.
    pub fn descend(self, tokens: &[&str]) -> Option<Place<'w>> {
        tokens.iter().try_fold(self, |place, token| place.child(token))
    }

    /// The string under `$ref`, if this is an object that has one.
    pub fn reference(self) -> Option<&'w str> {
        self.get_str("$ref")
    }

    /// Where `$ref` leads, one step; `None` when this is not a reference.
    pub fn target(self) -> Option<Result<Place<'w>, RefError>> {
        if !self.node.may_refer() {
            return None;
        }
        let reference = self.node.get("$ref").filter(|node| node.kind() == Kind::Str)?;
        self.lookup(reference)
    }

    /// Where this string leads as a URI reference: the value of a `$ref`, a discriminator mapping, an `operationRef`.
    /// `None` for any other place.
    pub fn follow_uri(self) -> Option<Result<Place<'w>, RefError>> {
        self.lookup(self.node)
    }

    fn lookup(self, node: NodeRef<'w>) -> Option<Result<Place<'w>, RefError>> {
        let found = self.document().references.get(&node.followed().id())?;
        Some(match found {
            Ok(id) => Ok(self.workspace.place(*id)),
            Err(error) => Err((**error).clone()),
        })
    }

    /// The first place on the chain of `$ref`s that is not a reference itself; the place itself when it is none.
    ///
    /// # Errors
    /// [`RefError`] when a reference leads nowhere, is refused, or the chain is a circle.
    pub fn resolve(self) -> Result<Place<'w>, RefError> {
        let mut place = self;
        for _ in 0..MAX_CHAIN {
            match place.target() {
                None => return Ok(place),
                Some(next) => place = next?,
            }
        }
        Err(RefError::Circle { reference: self.reference().unwrap_or_default().to_owned() })
    }

    /// The resolved place, or the place itself where a reference cannot be resolved.
    #[inline]
    pub fn resolved(self) -> Place<'w> {
        if self.node.may_refer() { self.resolve().unwrap_or(self) } else { self }
    }

    /// The value under a key, references followed; `None` where they lead nowhere.
    #[inline]
    pub fn get_resolved(self, name: &str) -> Option<Place<'w>> {
        self.get(name)?.resolve().ok()
    }

    /// Tokens of its JSON pointer.
    pub fn path(self) -> Vec<String> {
        self.node.path()
    }

    /// Its JSON pointer.
    pub fn pointer(self) -> String {
        self.node.pointer()
    }

    /// The key under which it stands, if it is the value of a map entry.
    pub fn key(self) -> Option<Place<'w>> {
        let before = self.node.id().0.checked_sub(1)?;
        let before = self.node.tree().node(NodeId(before));
        before.key_symbol().map(|_| self.with(before))
    }

    /// Where a finding about this value points: a scalar itself, a collection by its key, else its first line.
    pub fn location(self) -> Location {
        let span = self.node.span();
        let collection = matches!(self.kind(), Kind::Map | Kind::Seq);
        let span = if collection || span.is_empty() {
            self.key().map_or_else(|| self.first_line(), |key| key.node.span())
        } else {
            span
        };
        self.located(span)
    }

    /// The whole value as Spectral measures it: an object or array that has a key begins behind the colon, and ends
    /// where the last text in it does.
    pub fn extent(self) -> Span {
        let span = self.node.span();
        // Nodes stand in the order of the text.
        let last = self.node.tree().node(NodeId(self.node.end_id().0.saturating_sub(1)));
        let end = last.span().end.max(span.start);
        let key = self.key().map(|key| key.node.span());
        let start = match key {
            Some(key) if matches!(self.kind(), Kind::Map | Kind::Seq) || span.is_empty() => key.end + 1,
            // What stands at the very top, and one line before it, belongs to the document.
            _ if self.node.id() == NodeId(0) && self.document().tree.source().position(span.start).line <= 2 => 0,
            _ => span.start,
        };
        Span { start: start.min(end), end }
    }

    /// Where a finding about the key of this value points; the place itself where it has no key.
    pub fn key_location(self) -> Location {
        let span = self.key().map_or_else(|| self.location().span, |key| key.node.span());
        self.located(span)
    }

    fn located(self, span: Span) -> Location {
        let source = self.document().tree.source();
        let steps = self.node.steps();
        let mut pointer = String::with_capacity(64);
        for step in &steps {
            pointer::push(&mut pointer, &step.token());
        }
        let mut location = Location::new(source, span, pointer);
        location.identity = identity::of(&steps);
        location
    }

    fn first_line(self) -> Span {
        let span = self.node.span();
        let text = self.document().tree.source().slice(span);
        let end = text.find(['\n', '\r']).unwrap_or(text.len());
        Span { start: span.start, end: span.start + end as u32 }
    }
}

/// References that lead to references, at most.
const MAX_CHAIN: usize = 64;

/// Iterator over the entries of a map.
pub struct PlaceMembers<'w> {
    place: Place<'w>,
    inner: crate::syntax::Members<'w>,
}

impl<'w> Iterator for PlaceMembers<'w> {
    type Item = PlaceMember<'w>;
    fn next(&mut self) -> Option<PlaceMember<'w>> {
        self.inner.next().map(|member| self.place.member(member))
    }
}

/// Iterator over the elements of an array.
pub struct PlaceElements<'w> {
    place: Place<'w>,
    inner: crate::syntax::Elements<'w>,
}

impl<'w> Iterator for PlaceElements<'w> {
    type Item = Place<'w>;
    fn next(&mut self) -> Option<Place<'w>> {
        self.inner.next().map(|node| self.place.with(node))
    }
}
