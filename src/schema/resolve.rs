//! Where references of schemas lead: pointers, anchors, `$id`, other documents, the official meta-schemas.
//!
//! Takes a node and a URI reference, gives a node. Plain references are looked up in the workspace; documents with
//! `$id` are indexed here by resource (draft 2020-12 core, sections 8.2 and 9). Stands on the workspace.

use super::dialect::Dialect;
use crate::openapi::Version;
use crate::syntax::{Kind, Limits, NodeId, NodeRef, Tree, parse, pointer};
use crate::text::Cut;
use crate::text::SourceText;
use crate::workspace::{DocumentId, Place, PlaceId, Workspace, holds_data};
use rustc_hash::FxHashMap;
use std::sync::{Arc, LazyLock};

/// A node of a document known to the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Site {
    pub(super) doc: u32,
    pub(super) node: NodeId,
}

/// An embedded resource: the subtree of a node with `$id`, or the document.
#[derive(Debug)]
pub(super) struct Resource {
    pub(super) root: NodeId,
    end: NodeId,
    uri: String,
    anchors: FxHashMap<String, NodeId>,
    /// Names of `$dynamicAnchor`s; [`RECURSIVE`] for `$recursiveAnchor: true`.
    pub(super) dynamic: Vec<(String, NodeId)>,
}

/// Stands for `$recursiveAnchor` among the dynamic anchors.
pub(super) const RECURSIVE: &str = "\0recursive";

struct Doc<'w> {
    tree: &'w Tree,
    home: Option<(&'w Workspace, DocumentId)>,
    resources: Vec<Resource>,
    /// How its schemas are read, where it is a document of OpenAPI.
    dialect: Option<Dialect>,
}

/// The documents.
#[derive(Default)]
pub(super) struct Docs<'w> {
    list: Vec<Doc<'w>>,
    by_tree: FxHashMap<*const Tree, u32>,
    metas: FxHashMap<&'static str, u32>,
}

const METAS: [&str; 19] = [
    "http://json-schema.org/draft-04/schema",
    "http://json-schema.org/draft-06/schema",
    "http://json-schema.org/draft-07/schema",
    "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2019-09/meta/applicator",
    "https://json-schema.org/draft/2019-09/meta/content",
    "https://json-schema.org/draft/2019-09/meta/core",
    "https://json-schema.org/draft/2019-09/meta/format",
    "https://json-schema.org/draft/2019-09/meta/meta-data",
    "https://json-schema.org/draft/2019-09/meta/validation",
    "https://json-schema.org/draft/2020-12/schema",
    "https://json-schema.org/draft/2020-12/meta/core",
    "https://json-schema.org/draft/2020-12/meta/applicator",
    "https://json-schema.org/draft/2020-12/meta/unevaluated",
    "https://json-schema.org/draft/2020-12/meta/validation",
    "https://json-schema.org/draft/2020-12/meta/meta-data",
    "https://json-schema.org/draft/2020-12/meta/format-annotation",
    "https://json-schema.org/draft/2020-12/meta/format-assertion",
    "https://json-schema.org/draft/2020-12/meta/content",
];

/// The meta-schemas, read once from the validator's own copies.
static META_TREES: LazyLock<FxHashMap<&'static str, Tree>> = LazyLock::new(|| {
    let mut trees = FxHashMap::default();
    let Ok(base) = jsonschema::uri::from_str("json-schema:///") else { return trees };
    for uri in METAS {
        // The registry holds those that its own documents refer to.
        let reference = serde_json::json!({"$ref": uri});
        let registry = jsonschema::Registry::new()
            .add("json-schema:///", &reference)
            .and_then(jsonschema::RegistryBuilder::prepare);
        let Ok(registry) = registry else { continue };
        if let Ok(found) = registry.resolver(base.clone()).lookup(uri) {
            let text = SourceText::new(uri, found.contents().to_string());
            trees.insert(uri, parse(Arc::new(text), None, &Limits::default()).tree);
        }
    }
    trees
});

impl<'w> Docs<'w> {
    /// The site of a place.
    pub(super) fn site(&mut self, place: Place<'w>) -> Site {
        let id = place.id();
        let tree = place.node().tree();
        let doc = self.add(tree, Some((place.workspace(), id.document)), "");
        Site { doc, node: id.node }
    }

    fn add(&mut self, tree: &'w Tree, home: Option<(&'w Workspace, DocumentId)>, uri: &str) -> u32 {
        let key: *const Tree = tree;
        if let Some(&doc) = self.by_tree.get(&key) {
            return doc;
        }
        let doc = self.list.len() as u32;
        let dialect = home.and_then(|(workspace, document)| {
            let root = workspace.document_root(document);
            let version = Version::of_document(root)?;
            Some(Dialect::of(version, root.get_str("jsonSchemaDialect")))
        });
        self.list.push(Doc { tree, home, resources: resources(tree, uri), dialect });
        self.by_tree.insert(key, doc);
        doc
    }

    /// The node of a site.
    pub(super) fn node(&self, site: Site) -> NodeRef<'w> {
        self.list[site.doc as usize].tree.node(site.node)
    }

    /// The site of a node below `near`.
    pub(super) fn at(near: Site, node: NodeRef<'w>) -> Site {
        Site { doc: near.doc, node: node.followed().id() }
    }

    /// The place of a site, if its document belongs to a workspace.
    pub(super) fn place(&self, site: Site) -> Option<Place<'w>> {
        let (workspace, document) = self.list[site.doc as usize].home?;
        Some(workspace.place(PlaceId { document, node: site.node }))
    }

    /// How the schemas of the document of a site are read, where its field `openapi` or `swagger` says it.
    pub(super) fn dialect(&self, site: Site) -> Option<Dialect> {
        self.list[site.doc as usize].dialect
    }

    /// Whether the document of a site has a key of this name.
    pub(super) fn has_key(&self, site: Site, key: &str) -> bool {
        self.list[site.doc as usize].tree.symbol(key).is_some()
    }

    /// The innermost resource around a site; its number within the document.
    pub(super) fn resource(&self, site: Site) -> (u32, &Resource) {
        let list = &self.list[site.doc as usize].resources;
        let at = list.iter().rposition(|resource| resource.root <= site.node && site.node < resource.end).unwrap_or(0);
        (at as u32, &list[at])
    }

    /// Where `reference`, written in the map at `site` under `key`, leads.
    pub(super) fn resolve(&mut self, site: Site, key: &str, reference: &str) -> Option<Site> {
        let (base, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let (_, around) = self.resource(site);
        let named = self.list[site.doc as usize].resources.len() > 1 || !around.uri.is_empty();
        if base.is_empty() {
            if named || !fragment.starts_with('/') {
                let root = Site { doc: site.doc, node: around.root };
                if let Some(found) = self.fragment(root, fragment) {
                    return Some(found);
                }
            }
        } else {
            let uri = join(&around.uri, base);
            let uri = uri.trim_end_matches('#');
            let own = self.list[site.doc as usize]
                .resources
                .iter()
                .find(|resource| !resource.uri.is_empty() && resource.uri == uri);
            if let Some(own) = own {
                let root = Site { doc: site.doc, node: own.root };
                return self.fragment(root, fragment);
            }
            if let Some(root) = self.meta(uri) {
                return self.fragment(root, fragment);
            }
        }
        let node = self.node(site).get(key)?;
        let place = self.place(site)?;
        let target = place.workspace().place(PlaceId { document: place.document_id(), node: node.followed().id() });
        let found = target.follow_uri()?.ok()?;
        Some(self.site(found))
    }

    fn meta(&mut self, uri: &str) -> Option<Site> {
        let (&uri, tree) = META_TREES.get_key_value(uri)?;
        if let Some(&doc) = self.metas.get(uri) {
            return Some(Site { doc, node: NodeId(0) });
        }
        let doc = self.add(tree, None, uri);
        self.metas.insert(uri, doc);
        Some(Site { doc, node: NodeId(0) })
    }

    fn fragment(&self, root: Site, fragment: &str) -> Option<Site> {
        if fragment.is_empty() {
            return Some(root);
        }
        let start = self.node(root);
        if !fragment.starts_with('/') {
            let (_, resource) = self.resource(root);
            let name = pointer::percent_decode(fragment)?;
            return resource.anchors.get(&*name).map(|&node| Site { doc: root.doc, node });
        }
        let decoded = pointer::percent_decode(fragment)?;
        let mut node = start;
        for token in pointer::tokens(&decoded)? {
            node = node.child(&token)?;
        }
        Some(Self::at(root, node))
    }
}

fn resources(tree: &Tree, uri: &str) -> Vec<Resource> {
    let root = tree.root();
    let mut list = vec![Resource {
        root: root.id(),
        end: NodeId(tree.len() as u32),
        uri: uri.to_owned(),
        anchors: FxHashMap::default(),
        dynamic: Vec::new(),
    }];
    // `id` names a resource only where draft-04 is declared: elsewhere it is a property like any other.
    let old = root.get("$schema").and_then(NodeRef::as_str).is_some_and(|uri| uri.contains("draft-04"));
    let wanted = ["$id", "$anchor", "$dynamicAnchor", "$recursiveAnchor"];
    if wanted.iter().all(|key| tree.symbol(key).is_none()) && (!old || tree.symbol("id").is_none()) {
        return list;
    }
    let mut todo = vec![(root, 0_usize, None::<&str>)];
    while let Some((node, mut inside, under)) = todo.pop() {
        if node.is_alias() {
            continue;
        }
        if node.kind() == Kind::Map {
            let id = node.get("$id").or_else(|| node.get("id").filter(|_| old)).and_then(NodeRef::as_str);
            if let Some(id) = id {
                match id.strip_prefix('#') {
                    Some(anchor) if !anchor.is_empty() => {
                        list[inside].anchors.insert(anchor.to_owned(), node.id());
                    }
                    _ => {
                        let uri = join(&list[inside].uri, id.trim_end_matches('#'));
                        if node.id() == root.id() {
                            list[0].uri = uri;
                        } else {
                            inside = list.len();
                            list.push(Resource {
                                root: node.id(),
                                end: node.end_id(),
                                uri,
                                anchors: FxHashMap::default(),
                                dynamic: Vec::new(),
                            });
                        }
                    }
                }
            }
            for key in ["$anchor", "$dynamicAnchor"] {
                if let Some(name) = node.get(key).and_then(NodeRef::as_str) {
                    list[inside].anchors.entry(name.to_owned()).or_insert(node.id());
                    if key == "$dynamicAnchor" {
                        list[inside].dynamic.push((name.to_owned(), node.id()));
                    }
                }
            }
            if node.get("$recursiveAnchor").and_then(NodeRef::as_bool) == Some(true) {
                list[inside].dynamic.push((RECURSIVE.to_owned(), node.id()));
            }
        }
        let start = todo.len();
        for member in node.members() {
            if !holds_data(member.name, under) {
                todo.push((member.value, inside, Some(member.name)));
            }
        }
        todo.extend(node.elements().map(|element| (element, inside, None)));
        todo[start..].reverse();
    }
    // Inner resources follow the outer ones: document order.
    list.sort_by_key(|resource| resource.root);
    list
}

/// Resolves a URI reference against a base (RFC 3986, section 5.2).
fn join(base: &str, reference: &str) -> String {
    if has_scheme(reference) || base.is_empty() {
        return normal(reference);
    }
    let (scheme, rest) = base.split_once(':').unwrap_or(("", base));
    if reference.starts_with("//") {
        return format!("{scheme}:{reference}");
    }
    let Some(after) = rest.strip_prefix("//") else { return reference.to_owned() };
    let slash = after.find('/').unwrap_or(after.len());
    let (authority, path) = after.split_at(slash);
    if reference.starts_with('/') {
        return normal(&format!("{scheme}://{authority}{reference}"));
    }
    let folder = path.rfind('/').map_or("/", |at| path.cut(..=at));
    normal(&format!("{scheme}://{authority}{folder}{reference}"))
}

fn has_scheme(uri: &str) -> bool {
    uri.find(':')
        .is_some_and(|at| at > 1 && uri.cut(..at).chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)))
}

/// Removes `.` and `..` from the path.
fn normal(uri: &str) -> String {
    let Some(at) = uri.find("://") else { return uri.to_owned() };
    let Some(slash) = uri.cut(at + 3..).find('/') else { return uri.to_owned() };
    let (head, path) = uri.split_at(at + 3 + slash);
    let mut out: Vec<&str> = Vec::new();
    for part in path.split('/').skip(1) {
        match part {
            "." => {}
            ".." => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    format!("{head}/{}", out.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_joined_as_rfc_3986_says() {
        for (base, reference, whole) in [
            ("http://a/b/c", "d", "http://a/b/d"),
            ("http://a/b/c", "/d", "http://a/d"),
            ("http://a/b/c", "../d", "http://a/d"),
            ("http://a", "d", "http://a/d"),
            ("", "d.json", "d.json"),
            ("http://a/b", "urn:x:y", "urn:x:y"),
        ] {
            assert_eq!(join(base, reference), whole);
        }
    }

    #[test]
    fn an_anchor_in_data_is_none() {
        let workspace = Workspace::from_text(
            "a.json",
            r##"{"enum": [{"$anchor": "x"}], "$defs": {"y": {"$anchor": "x", "type": "string"}}, "$ref": "#x", "$id": "http://e/r"}"##,
        );
        let mut docs = Docs::default();
        let root = docs.site(workspace.root());
        let found = docs.resolve(root, "$ref", "#x").unwrap();
        assert_eq!(docs.node(found).pointer(), "/$defs/y");
    }

    #[test]
    fn meta_schemas_are_at_hand() {
        let workspace = Workspace::from_text("a.json", "{}");
        let mut docs = Docs::default();
        let root = docs.site(workspace.root());
        assert!(docs.resolve(root, "$ref", "https://json-schema.org/draft/2020-12/schema").is_some());
    }
}
