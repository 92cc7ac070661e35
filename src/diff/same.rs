//! Which parts of two contracts are equal, references included: most of a large pair is, and is skipped.
//!
//! Every node gets a hash that does not depend on the order of keys, nor on that of lists whose order means nothing (`sets`
//! below). Two places are the same when their hashes agree
//! and every pair of references inside leads to places that are the same; circles are handled by spreading
//! differences backwards over the graph of reference pairs, so each pair is looked at once. Between versions with other
//! rules for schemas, what is written alike and read differently is not the same.

use super::family::{Family, is_parent};
use crate::openapi::Version;
use crate::openapi::model::read_otherwise;
use crate::syntax::{Kind, NodeId, NodeRef, Symbol, Tree};
use crate::workspace::{Place, PlaceId, Workspace};
use rustc_hash::{FxHashMap, FxHashSet};
use std::hash::BuildHasher;

/// Random for each comparison: nobody can prepare two parts that differ and hash alike. Results do not depend on it.
type Keys = hashbrown::DefaultHashBuilder;

/// Hashes of the nodes of a workspace. The lowest bit says whether there is a `$ref` inside.
struct Hashes(Vec<Vec<u64>>);

impl Hashes {
    fn new(workspace: &Workspace, keys: &Keys, otherwise: &Otherwise) -> Self {
        let one = |tree: &Tree| {
            let (reference, discriminator) = (tree.symbol("$ref"), tree.symbol("discriminator"));
            let mut hashing =
                Hashing { keys, reference, discriminator, otherwise, names: Vec::new(), memo: vec![0; tree.len()] };
            hashing.node(tree.root(), Within::Object);
            hashing.memo
        };
        Hashes(workspace.documents().map(|(_, document)| one(document.tree())).collect())
    }

    fn of(&self, id: PlaceId) -> u64 {
        self.0[id.document.0 as usize][id.node.0 as usize]
    }
}

/// What a node is, as far as the order of lists in it is concerned.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    /// An object of the contract.
    Object,
    /// A map from names to such objects.
    Names,
    /// A map from names to lists without order.
    Sets,
    /// A list without order, of such things.
    Set(Element),
    /// A value of the API's users: every order counts.
    Data,
}

/// What a list without order holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Element {
    Object,
    Sets,
    Data,
}

impl Within {
    /// What a member of it is.
    fn member(self, name: &str) -> Within {
        match (self, name) {
            (Within::Data, _) => Within::Data,
            (Within::Names, _) => Within::Object,
            (Within::Sets, _) => Within::Set(Element::Data),
            (_, "allOf" | "anyOf" | "oneOf" | "parameters" | "tags") => Within::Set(Element::Object),
            (_, "security") => Within::Set(Element::Sets),
            (_, "enum" | "required" | "type" | "consumes" | "produces" | "schemes") => Within::Set(Element::Data),
            (_, "dependentRequired") => Within::Sets,
            (_, "example" | "examples" | "default" | "const" | "value") => Within::Data,
            (
                _,
                "properties" | "patternProperties" | "dependentSchemas" | "$defs" | "definitions" | "schemas"
                | "responses" | "headers" | "paths" | "webhooks" | "callbacks" | "content" | "encoding" | "mapping",
            ) => Within::Names,
            (_, name) if name.starts_with("x-") => Within::Data,
            _ => Within::Object,
        }
    }

    /// What an element of it is.
    fn element(self) -> Within {
        match self {
            Within::Set(Element::Object) | Within::Object | Within::Names => Within::Object,
            Within::Set(Element::Sets) | Within::Sets => Within::Sets,
            Within::Set(Element::Data) | Within::Data => Within::Data,
        }
    }
}

/// Hashes one tree.
struct Hashing<'k> {
    keys: &'k Keys,
    /// The keys `$ref` and `discriminator`.
    reference: Option<Symbol>,
    discriminator: Option<Symbol>,
    /// What the versions read differently: its objects count as references, to be looked into.
    otherwise: &'k Otherwise,
    /// Hashes of keys, each computed once; 0 for those not met yet.
    names: Vec<u64>,
    memo: Vec<u64>,
}

impl Hashing<'_> {
    /// The nesting of a tree is limited by its reader, so recursion is safe.
    fn node(&mut self, node: NodeRef<'_>, within: Within) -> u64 {
        let node = node.followed();
        let NodeId(id) = node.id();
        if self.memo[id as usize] != 0 {
            return self.memo[id as usize];
        }
        let mut has_reference = false;
        let sum = match node.kind() {
            Kind::Map => {
                let mut sum = 0x9e37_u64;
                for member in node.members() {
                    let value = self.node(member.value, within.member(member.name));
                    let symbol = member.key.key_symbol();
                    let is_reference = symbol.is_some() && symbol == self.reference;
                    has_reference |= value & 1 == 1 || (is_reference && member.value.kind() == Kind::Str);
                    // A parent leads to its children.
                    has_reference |= symbol.is_some() && symbol == self.discriminator;
                    let name = self.name(symbol, member.name);
                    sum = sum.wrapping_add(self.keys.hash_one((name, value)));
                }
                has_reference |= self.otherwise.is_in(node);
                sum
            }
            Kind::Seq => {
                let set = matches!(within, Within::Set(_));
                let mut sum = 0x5eed_u64;
                for element in node.elements() {
                    let value = self.node(element, within.element());
                    has_reference |= value & 1 == 1;
                    sum = if set {
                        sum.wrapping_add(self.keys.hash_one(value))
                    } else {
                        self.keys.hash_one((sum, value))
                    };
                }
                sum
            }
            // Equal values are equal in every spelling; of what users of the API send, numbers, too. Elsewhere a number may
            // stand for a name, such as that of a version.
            Kind::Null => self.keys.hash_one(Kind::Null as u8),
            Kind::Bool => self.keys.hash_one((Kind::Bool as u8, node.as_bool())),
            Kind::Int | Kind::Float if within == Within::Data => match node.as_f64() {
                Some(number) if number.abs() < 9e15 => self.keys.hash_one((number + 0.0).to_bits()),
                _ => self.keys.hash_one((Kind::Int as u8, node.text())),
            },
            kind => self.keys.hash_one((kind as u8, node.text())),
        };
        let value = (sum & !1 | u64::from(has_reference)) | 2;
        self.memo[id as usize] = value;
        value
    }

    fn name(&mut self, symbol: Option<Symbol>, text: &str) -> u64 {
        let Some(at) = symbol.map(Symbol::index) else { return self.keys.hash_one(text) };
        if at >= self.names.len() {
            self.names.resize(at + 1, 0);
        }
        if self.names[at] == 0 {
            self.names[at] = self.keys.hash_one(text);
        }
        self.names[at]
    }
}

/// Tells equal parts of two workspaces.
pub(super) struct Same {
    base: Hashes,
    revision: Hashes,
    known: FxHashMap<(PlaceId, PlaceId), bool>,
    families: (Family, Family),
    otherwise: Otherwise,
    blind: bool,
}

impl Same {
    pub(super) fn new((base, old): (&Workspace, Version), (revision, new): (&Workspace, Version)) -> Self {
        let keys = Keys::default();
        let otherwise = Otherwise::new(old, new);
        let families = (Family::new(base), Family::new(revision));
        let (base, revision) =
            rayon::join(|| Hashes::new(base, &keys, &otherwise), || Hashes::new(revision, &keys, &otherwise));
        Same { base, revision, known: FxHashMap::default(), families, otherwise, blind: false }
    }

    /// The children of two parents that both sides have.
    pub(super) fn children<'w>(&self, base: Place<'w>, revision: Place<'w>) -> Vec<(Place<'w>, Place<'w>)> {
        let (before, after) = (self.families.0.of(base.id()), self.families.1.of(revision.id()));
        let after: FxHashMap<&str, PlaceId> = after.iter().map(|(name, child)| (name.as_str(), *child)).collect();
        let pair = |(name, left): &(String, PlaceId)| {
            let right = after.get(name.as_str())?;
            Some((base.workspace().place(*left), revision.workspace().place(*right)))
        };
        before.iter().filter_map(pair).collect()
    }

    /// The children of a parent of one side, by name.
    pub(super) fn family(&self, parent: Place<'_>, base: bool) -> &[(String, PlaceId)] {
        let family = if base { &self.families.0 } else { &self.families.1 };
        family.of(parent.id())
    }

    /// The parents and children of a side.
    pub(super) fn families(&self, base: bool) -> &Family {
        if base { &self.families.0 } else { &self.families.1 }
    }

    /// From now on no two places are the same, so that all are compared.
    pub(super) fn look_everywhere(&mut self) {
        self.blind = true;
    }

    /// Whether both are written alike, whatever their references lead to.
    pub(super) fn alike(&self, base: Place<'_>, revision: Place<'_>) -> bool {
        self.base.of(base.id()) == self.revision.of(revision.id())
    }

    /// Whether both are alike, and all that they refer to.
    pub(super) fn same(&mut self, base: Place<'_>, revision: Place<'_>) -> bool {
        let hash = self.base.of(base.id());
        if self.blind || hash != self.revision.of(revision.id()) {
            return false;
        }
        if hash & 1 == 0 {
            return true;
        }
        let key = (base.id(), revision.id());
        if let Some(&known) = self.known.get(&key) {
            return known;
        }
        self.explore(base, revision);
        self.known.get(&key).copied().unwrap_or(false)
    }

    /// Finds all pairs of references reachable from a pair and stores whether each is the same.
    fn explore<'w>(&mut self, base: Place<'w>, revision: Place<'w>) {
        let mut pairs = vec![(base, revision)];
        let mut index = FxHashMap::from_iter([((base.id(), revision.id()), 0_usize)]);
        let mut callers: Vec<Vec<usize>> = vec![Vec::new()];
        let mut dirty = Vec::new();
        let mut at = 0;
        let mut found = Vec::new();
        while at < pairs.len() {
            let (base, revision) = pairs[at];
            found.clear();
            let mut clean = self.references(base, revision, &mut found);
            for &(base, revision) in &found {
                let hash = self.base.of(base.id());
                if hash != self.revision.of(revision.id()) {
                    clean = false;
                    continue;
                }
                if hash & 1 == 0 {
                    continue;
                }
                let key = (base.id(), revision.id());
                if let Some(&known) = self.known.get(&key) {
                    clean &= known;
                    continue;
                }
                let next = *index.entry(key).or_insert_with(|| {
                    pairs.push((base, revision));
                    callers.push(Vec::new());
                    pairs.len() - 1
                });
                callers[next].push(at);
            }
            if !clean {
                dirty.push(at);
            }
            at += 1;
        }
        let mut is_dirty = vec![false; pairs.len()];
        while let Some(at) = dirty.pop() {
            if !std::mem::replace(&mut is_dirty[at], true) {
                dirty.extend(callers[at].iter().copied().filter(|&caller| !is_dirty[caller]));
            }
        }
        for (at, (base, revision)) in pairs.into_iter().enumerate() {
            self.known.insert((base.id(), revision.id()), !is_dirty[at]);
        }
    }

    /// The pairs of reference targets inside two places that hash alike; false when only one side leads somewhere.
    fn references<'w>(&self, base: Place<'w>, revision: Place<'w>, out: &mut Vec<(Place<'w>, Place<'w>)>) -> bool {
        if self.base.of(base.id()) & 1 == 0 {
            return true;
        }
        let mut clean = true;
        if base.is_map() {
            clean = !self.otherwise.is_in(base.node());
            if is_parent(base) {
                let children = self.children(base, revision);
                let all = (self.family(base, true).len(), self.family(revision, false).len());
                clean &= all == (children.len(), children.len());
                out.extend(children);
            }
            match (base.target(), revision.target()) {
                (Some(Ok(base)), Some(Ok(revision))) => out.push((base, revision)),
                (Some(Err(_)), Some(Err(_))) | (None, None) => {}
                _ => clean = false,
            }
            for (left, right) in base.members().zip(revision.members()) {
                let right = if left.name == right.name { Some(right.value) } else { revision.get(left.name) };
                clean &= right.is_some_and(|right| self.references(left.value, right, out));
            }
        } else {
            let mut moved: Vec<(Place<'w>, Place<'w>)> = Vec::new();
            for (left, right) in base.elements().zip(revision.elements()) {
                if self.alike(left, right) {
                    clean &= self.references(left, right, out);
                } else {
                    moved.push((left, right));
                }
            }
            // Lists without order hash alike in any order: what does not stand opposite stands elsewhere.
            let mut places: FxHashMap<u64, Vec<Place<'w>>> = FxHashMap::default();
            for (_, right) in &moved {
                places.entry(self.revision.of(right.id())).or_default().push(*right);
            }
            for (left, _) in &moved {
                let right = places.get_mut(&self.base.of(left.id())).and_then(Vec::pop);
                clean &= right.is_some_and(|right| self.references(*left, right, out));
            }
        }
        clean
    }
}

/// What one version reads in schemas and another does not, by the object model: `nullable`, `const`, exclusive bounds as
/// booleans, keywords beside `$ref`.
#[derive(Debug, Default)]
struct Otherwise {
    keywords: FxHashSet<&'static str>,
    /// The one has the schemas of JSON Schema, the other its own.
    rules: bool,
}

impl Otherwise {
    fn new(old: Version, new: Version) -> Self {
        let mut keywords: FxHashSet<&'static str> = read_otherwise(old, new).into_iter().collect();
        // References are followed in every version, and the others make no difference to values.
        for keyword in ["$ref", "$defs", "definitions", "$id", "$comment", "deprecated", "examples"] {
            keywords.remove(keyword);
        }
        Otherwise { keywords, rules: old.has_json_schema() != new.has_json_schema() }
    }

    /// Whether a schema has something of the kind.
    fn is_in(&self, node: NodeRef<'_>) -> bool {
        if self.keywords.is_empty() && !self.rules {
            return false;
        }
        let mut reference = false;
        let mut beside = false;
        for member in node.members() {
            match member.name {
                "nullable" | "x-nullable" | "exclusiveMinimum" | "exclusiveMaximum" | "writeOnly" => {
                    if member.value.as_bool() == Some(true) {
                        return true;
                    }
                    beside = true;
                }
                name if self.keywords.contains(name) => return true,
                "$ref" => reference = member.value.kind() == Kind::Str,
                "summary" | "description" => {}
                name => beside |= !name.starts_with("x-"),
            }
        }
        self.rules && reference && beside
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(base: &str, revision: &str, pointer: &str) -> bool {
        between(base, revision, pointer, Version::V3_0)
    }

    fn between(base: &str, revision: &str, pointer: &str, new: Version) -> bool {
        let (base, revision) = (Workspace::from_text("a.yaml", base), Workspace::from_text("b.yaml", revision));
        let at = |workspace: &Workspace| {
            let node = workspace.document(crate::workspace::DocumentId(0)).tree().at_pointer(pointer).unwrap().id();
            PlaceId { document: crate::workspace::DocumentId(0), node }
        };
        let mut same = Same::new((&base, Version::V3_0), (&revision, new));
        same.same(base.place(at(&base)), revision.place(at(&revision)))
    }

    #[test]
    fn the_order_of_keys_does_not_matter() {
        assert!(same("x: {a: 1, b: [2, 3]}\n", "x: {b: [2, 3], a: 1}\n", "/x"));
        assert!(!same("x: {a: 1, b: [2, 3]}\n", "x: {b: [3, 2], a: 1}\n", "/x"));
    }

    #[test]
    fn the_order_of_lists_counts_where_it_means_something() {
        for name in ["required", "enum", "allOf", "anyOf", "oneOf", "parameters", "tags", "type"] {
            let text = |list: &str| format!("x: {{{name}: {list}}}\n");
            assert!(same(&text("[a, b, b]"), &text("[b, a, b]"), "/x"), "{name}");
            assert!(!same(&text("[a, b, b]"), &text("[a, a, b]"), "/x"), "{name}");
            let text = |list: &str| format!("x: {{default: {{{name}: {list}}}}}\n");
            assert!(!same(&text("[a, b]"), &text("[b, a]"), "/x"), "{name}");
        }
        for list in ["prefixItems", "servers", "const", "examples", "x-order"] {
            let text = |list: &str, values: &str| format!("x: {{{list}: {values}}}\n");
            assert!(!same(&text(list, "[a, b]"), &text(list, "[b, a]"), "/x"), "{list}");
        }
        let text = |list: &str| format!("x: {{security: [{{a: {list}}}, {{b: []}}]}}\n");
        assert!(same(&text("[r, w]"), "x: {security: [{b: []}, {a: [w, r]}]}\n", "/x"));
    }

    #[test]
    fn references_in_lists_without_order_are_followed_wherever_they_stand() {
        let text = |list: &str, t: &str| format!("x: {{oneOf: [{list}]}}\na: {{type: {t}}}\nb: {{type: object}}\n");
        let (one, other) = ("{$ref: '#/a'}, {$ref: '#/b'}", "{$ref: '#/b'}, {$ref: '#/a'}");
        assert!(same(&text(one, "string"), &text(other, "string"), "/x"));
        assert!(!same(&text(one, "string"), &text(other, "number"), "/x"));
    }

    #[test]
    fn what_versions_read_differently_is_not_the_same() {
        for text in
            ["{type: string, nullable: true}", "{minimum: 1, exclusiveMinimum: true}", "{$ref: '#/a', maxLength: 1}"]
        {
            let text = format!("x: {{b: [{text}]}}\na: {{type: string}}\n");
            assert!(between(&text, &text, "/x", Version::V3_0), "{text}");
            assert!(!between(&text, &text, "/x", Version::V3_1), "{text}");
        }
        let text = "x: {b: {$ref: '#/a', description: d}}\na: {type: string, nullable: false}\n";
        assert!(between(text, text, "/x", Version::V3_1));
    }

    #[test]
    fn a_difference_behind_references_in_a_circle_is_seen() {
        let text = |t: &str| {
            format!(
                "x: {{$ref: '#/a'}}\na: {{n: {{$ref: '#/b'}}}}\nb: {{m: {{$ref: '#/a'}}, c: {{$ref: '#/c'}}}}\nc: {{type: {t}}}\n"
            )
        };
        assert!(same(&text("string"), &text("string"), "/x"));
        assert!(!same(&text("string"), &text("number"), "/x"));
    }
}
