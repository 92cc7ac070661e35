//! Reference resolution: JSON pointers, anchors, `$id`, other files; pointers may pass through references.

use super::place::PlaceId;
use super::{Document, DocumentId};
use crate::syntax::{Kind, NodeId, NodeRef, Tree, pointer};
use crate::text::Cut;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Why a reference leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefError {
    /// The document has no such node.
    #[error("unresolved reference `{reference}`: there is no `{token}` at `#{parent}` of {document}")]
    NoNode {
        /// The reference as written.
        reference: String,
        /// The first token that was not found.
        token: String,
        /// The pointer up to it.
        parent: String,
        /// Name of the document searched.
        document: String,
    },
    /// The document has no such anchor.
    #[error("unresolved reference `{reference}`: {document} has no `$anchor` with this name")]
    NoAnchor {
        /// The reference as written.
        reference: String,
        /// Name of the document searched.
        document: String,
    },
    /// The file cannot be read.
    #[error("unresolved reference `{reference}`: {reason}")]
    File {
        /// The reference as written.
        reference: String,
        /// What went wrong.
        reason: String,
    },
    /// The file lies outside the root.
    #[error(
        "`{reference}` leads outside the root folder and is not read; if that is intended, name a wider folder with --root"
    )]
    OutsideRoot {
        /// The reference as written.
        reference: String,
    },
    /// The target is on the network.
    #[error("`{reference}` leads to the network and is not fetched; keep a copy and name it with --map URL=FILE")]
    Remote {
        /// The reference as written.
        reference: String,
    },
    /// The target is an address of this machine.
    #[error("`{reference}` is an address of one machine and is not read; write a file name relative to this file")]
    Local {
        /// The reference as written.
        reference: String,
    },
    /// The text is no URI reference that can be followed.
    #[error("`{reference}` is not a reference that can be followed; write `#/…` or a relative file name")]
    Malformed {
        /// The reference as written.
        reference: String,
    },
    /// A chain of references comes back to itself.
    #[error("`{reference}` leads back to itself through references only")]
    Circle {
        /// The reference as written.
        reference: String,
    },
    /// Too many files.
    #[error(
        "`{reference}` is not followed: more than {limit} files are referenced; raise --max-files if that is intended"
    )]
    TooMany {
        /// The reference as written.
        reference: String,
        /// The limit.
        limit: usize,
    },
    /// Too many bytes.
    #[error(
        "`{reference}` is not followed: the files of this contract have more than {limit} bytes together; raise \
         --max-file-size if that is intended"
    )]
    TooLarge {
        /// The reference as written.
        reference: String,
        /// The limit in bytes.
        limit: u64,
    },
}

impl RefError {
    /// The reference as written.
    pub fn reference(&self) -> &str {
        match self {
            RefError::NoNode { reference, .. }
            | RefError::NoAnchor { reference, .. }
            | RefError::File { reference, .. }
            | RefError::OutsideRoot { reference }
            | RefError::Remote { reference }
            | RefError::Local { reference }
            | RefError::Malformed { reference }
            | RefError::Circle { reference }
            | RefError::TooMany { reference, .. }
            | RefError::TooLarge { reference, .. } => reference,
        }
    }
}

/// The string nodes of a tree that are references: `$ref`, `$dynamicRef`, `operationRef`, discriminator mappings.
pub(super) fn find(tree: &Tree) -> Vec<NodeId> {
    let symbols: Vec<_> = ["$ref", "$dynamicRef", "operationRef"].iter().filter_map(|key| tree.symbol(key)).collect();
    let mapping = tree.symbol("mapping");
    let mut out = Vec::new();
    for id in (0..tree.len() as u32).map(NodeId) {
        let Some(symbol) = tree.node(id).key_symbol() else { continue };
        let value = tree.node(NodeId(id.0 + 1)).followed();
        if symbols.contains(&symbol) {
            if value.kind() == Kind::Str {
                out.push(value.id());
            }
        } else if mapping == Some(symbol) && value.kind() == Kind::Map {
            for member in value.members() {
                if member.value.as_str().is_some_and(looks_like_uri) {
                    out.push(member.value.followed().id());
                }
            }
        }
    }
    out
}

fn looks_like_uri(text: &str) -> bool {
    let end = text.rsplit('.').next().unwrap_or_default();
    text.contains(['#', '/']) || ["json", "yaml", "yml"].contains(&end)
}

/// The part before `#`, and the part after it.
pub(super) fn split(uri: &str) -> (&str, &str) {
    uri.split_once('#').unwrap_or((uri, ""))
}

/// Whether a URI has a scheme (RFC 3986 section 3.1). One letter is a drive, not a scheme.
pub(super) fn has_scheme(uri: &str) -> bool {
    let Some(colon) = uri.find(':') else { return false };
    colon > 1
        && uri.starts_with(|c: char| c.is_ascii_alphabetic())
        && uri.cut(..colon).chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

/// Joins a relative path to the folder of `base`, both `/`-separated, and removes `.` and `..`.
/// `None` when the result would climb above the top.
pub(super) fn join_path(base: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = base.split('/').collect();
    parts.pop();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.retain(|part| !part.is_empty() && *part != ".");
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    parts.retain(|part| !part.is_empty() && *part != ".");
    Some(parts.join("/"))
}

/// Whether what stands under a key is data, in which nothing names a schema: enumerations, examples, extensions. `parent` is
/// the key of the map around; where that goes from names to schemas, a name may be any word.
pub(crate) fn holds_data(key: &str, parent: Option<&str>) -> bool {
    let named = parent.is_some_and(|parent| {
        matches!(parent, "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas" | "schemas")
    });
    let data = matches!(key, "enum" | "const" | "example" | "examples" | "default") || key.starts_with("x-");
    data && !named
}

/// Names inside a document that references may use besides pointers.
#[derive(Default)]
pub(super) struct Names {
    /// `$anchor`, `$dynamicAnchor` and fragment-only `$id`s.
    anchors: FxHashMap<String, NodeId>,
    /// `$id` of embedded resources, in document order.
    ids: Vec<(String, NodeId)>,
}

impl Names {
    /// Collects the names of a tree.
    pub(super) fn of(tree: &Tree) -> Self {
        let mut names = Names::default();
        let wanted = ["$anchor", "$dynamicAnchor", "$id", "$self"];
        let symbols: Vec<_> = wanted.iter().filter_map(|key| tree.symbol(key).map(|symbol| (symbol, *key))).collect();
        if symbols.is_empty() {
            return names;
        }
        // The maps around, each with the key that it stands under.
        let mut open: Vec<(NodeId, Option<&str>)> = Vec::new();
        let (mut id, mut under) = (NodeId(0), None);
        while (id.0 as usize) < tree.len() {
            while open.last().is_some_and(|&(map, _)| tree.node(map).end_id() <= id) {
                open.pop();
            }
            let node = tree.node(id);
            let mut next = NodeId(id.0 + 1);
            if let Some(symbol) = node.key_symbol() {
                let key = symbols.iter().find(|(wanted, _)| *wanted == symbol).map(|(_, key)| *key);
                let value = tree.node(next);
                let (map, parent) = open.last().copied().unwrap_or((NodeId(0), None));
                if let (Some(key), Some(text)) = (key, value.as_str()) {
                    names.add(key, text, map);
                }
                if holds_data(node.text(), parent) {
                    next = value.end_id();
                }
                under = Some(node.text());
            } else if node.kind() == Kind::Map && !node.is_alias() {
                open.push((id, under.take()));
            } else {
                under = None;
            }
            id = next;
        }
        names
    }

    fn add(&mut self, key: &str, text: &str, map: NodeId) {
        if key.ends_with("nchor") {
            self.anchors.entry(text.to_owned()).or_insert(map);
        } else if let Some(anchor) = text.strip_prefix('#') {
            self.anchors.entry(anchor.to_owned()).or_insert(map);
        } else if key == "$id" || map == NodeId(0) {
            self.ids.push((text.trim_end_matches('#').to_owned(), map));
        }
    }

    /// Whether a part of the document has a base URI of its own.
    pub(super) fn has_resources(&self) -> bool {
        self.ids.iter().any(|(_, map)| *map != NodeId(0))
    }

    /// The innermost embedded resource that holds `node`.
    fn resource(&self, tree: &Tree, node: NodeId) -> Option<NodeId> {
        self.ids.iter().rev().map(|(_, map)| *map).find(|&map| map <= node && node < tree.node(map).end_id())
    }
}

/// Resolves references once all documents are loaded.
pub(super) struct Resolver<'d> {
    pub(super) documents: &'d [Document],
    pub(super) names: Vec<Names>,
    /// Which document a base URI of a document leads to: `(document, base as written)`.
    pub(super) files: BTreeMap<(DocumentId, String), Result<DocumentId, RefError>>,
}

impl Resolver<'_> {
    /// Where `uri`, written at `from`, leads. `depth` counts references passed on the way.
    pub(super) fn resolve(&self, from: PlaceId, uri: &str, depth: usize) -> Result<PlaceId, RefError> {
        if depth > 32 {
            return Err(RefError::Circle { reference: uri.to_owned() });
        }
        let (base, fragment) = split(uri);
        let document = from.document;
        if base.is_empty() {
            let names = &self.names[document.0 as usize];
            let inner = names.resource(self.tree(document), from.node).filter(|&map| map != NodeId(0));
            if let Some(map) = inner
                && let Ok(found) = self.fragment(PlaceId { document, node: map }, fragment, uri, depth)
            {
                return Ok(found);
            }
            return self.fragment(PlaceId { document, node: NodeId(0) }, fragment, uri, depth);
        }
        if let Some(root) = self.by_id(from, base) {
            return self.fragment(root, fragment, uri, depth);
        }
        match self.files.get(&(document, base.to_owned())) {
            Some(Ok(target)) => {
                let root = PlaceId { document: *target, node: NodeId(0) };
                self.fragment(root, fragment, uri, depth)
            }
            Some(Err(error)) => Err(with_reference(error.clone(), uri)),
            None => Err(RefError::Malformed { reference: uri.to_owned() }),
        }
    }

    fn tree(&self, document: DocumentId) -> &Tree {
        &self.documents[document.0 as usize].tree
    }

    /// The embedded resource whose `$id` is `base`, as written or relative to the `$id` around the reference.
    fn by_id(&self, from: PlaceId, base: &str) -> Option<PlaceId> {
        let names = &self.names[from.document.0 as usize];
        let around = names.resource(self.tree(from.document), from.node);
        let around = names.ids.iter().find(|(_, map)| Some(*map) == around).map(|(id, _)| id.as_str());
        let absolute = around.and_then(|around| {
            let start = around.find("://").map_or(0, |at| at + 3);
            let path = around.cut(start..).find('/').map_or(around.len(), |at| start + at);
            join_path(around.cut(path..), base).map(|joined| format!("{}/{joined}", around.cut(..path)))
        });
        for (number, names) in self.names.iter().enumerate() {
            for (id, map) in &names.ids {
                if id == base || absolute.as_deref() == Some(id) {
                    return Some(PlaceId { document: DocumentId(number as u32), node: *map });
                }
            }
        }
        None
    }

    fn fragment(&self, root: PlaceId, fragment: &str, uri: &str, depth: usize) -> Result<PlaceId, RefError> {
        let malformed = || RefError::Malformed { reference: uri.to_owned() };
        let tree = self.tree(root.document);
        let start = tree.node(root.node);
        if fragment.is_empty() {
            return Ok(root);
        }
        if !fragment.starts_with('/') {
            let name = pointer::percent_decode(fragment).ok_or_else(malformed)?;
            let node = self.names[root.document.0 as usize].anchors.get(&*name);
            let document = || self.documents[root.document.0 as usize].name.clone();
            let missing = || RefError::NoAnchor { reference: uri.to_owned(), document: document() };
            return node.map(|&node| PlaceId { node, ..root }).ok_or_else(missing);
        }
        let decoded = pointer::percent_decode(fragment).unwrap_or_else(|| fragment.into());
        let tokens = pointer::tokens(&decoded).ok_or_else(malformed)?;
        let walked = self.walk(root.document, start, &tokens, uri, depth);
        if walked.is_err() && fragment.contains('%') {
            // Keys that hold a literal `%` are often written without escaping it.
            let raw = pointer::tokens(fragment).ok_or_else(malformed)?;
            if let Ok(found) = self.walk(root.document, start, &raw, uri, depth) {
                return Ok(found);
            }
        }
        walked
    }

    fn walk(
        &self,
        document: DocumentId,
        start: NodeRef<'_>,
        tokens: &[std::borrow::Cow<'_, str>],
        uri: &str,
        depth: usize,
    ) -> Result<PlaceId, RefError> {
        let mut node = start;
        for (at, token) in tokens.iter().enumerate() {
            if let Some(child) = node.child(token) {
                node = child;
                continue;
            }
            // The way may lead through a reference: follow it and go on with the rest.
            if let Some(reference) = node.get("$ref").filter(|node| node.kind() == Kind::Str) {
                let from = PlaceId { document, node: reference.id() };
                let next = self.resolve(from, reference.text(), depth + 1)?;
                let target = self.tree(next.document).node(next.node);
                return self.walk(next.document, target, &tokens[at..], uri, depth + 1);
            }
            return Err(RefError::NoNode {
                reference: uri.to_owned(),
                token: token.to_string(),
                parent: pointer::join(tokens[..at].iter().map(AsRef::as_ref)),
                document: self.documents[document.0 as usize].name.clone(),
            });
        }
        Ok(PlaceId { document, node: node.followed().id() })
    }
}

/// The same error for a reference with another fragment.
fn with_reference(error: RefError, uri: &str) -> RefError {
    let reference = uri.to_owned();
    match error {
        RefError::File { reason, .. } => RefError::File { reference, reason },
        RefError::OutsideRoot { .. } => RefError::OutsideRoot { reference },
        RefError::Remote { .. } => RefError::Remote { reference },
        RefError::Local { .. } => RefError::Local { reference },
        RefError::TooMany { limit, .. } => RefError::TooMany { reference, limit },
        RefError::TooLarge { limit, .. } => RefError::TooLarge { reference, limit },
        _ => RefError::Malformed { reference },
    }
}
