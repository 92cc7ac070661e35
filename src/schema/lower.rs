//! From schemas as written to shapes: keywords by dialect, references, direction.
//!
//! Takes a site and a context (dialect, dynamic scope, side), gives a shape. Each target of a reference is lowered once
//! per context; a cycle becomes a [`Node::Ref`]. What cannot be read becomes an opaque shape, equal only to itself.

mod applicators;
mod arrays;
mod closed;
mod hidden;
mod objects;
mod openapi;
mod outline;
mod scalars;
mod unevaluated;

pub(super) use openapi::Mapping;

use super::dialect::Dialect;
use super::formats::Formats;
use super::resolve::{Docs, RECURSIVE, Site};
use super::shape::{BOTTOM, Id, Node, Store, TOP};
use super::value::parse_number;
use crate::syntax::{Kind, NodeRef, json_number};
use num_traits::Signed;
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// Which properties do not count, and how: those a sender never writes are absent, those a reader ignores are free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Hidden {
    /// `readOnly` or `writeOnly`.
    pub(super) key: &'static str,
    /// Whether the property must be absent; else it may be anything.
    pub(super) absent: bool,
}

/// What the direction of a message changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Side {
    pub(super) hidden: Option<Hidden>,
    /// Whether extensible enumerations list all values.
    pub(super) listed: bool,
    /// Whether objects that describe properties hold no others: what a sender writes who knows this description alone.
    pub(super) closed: bool,
    /// Whether only what a reader relies on counts who does not validate.
    pub(super) outline: bool,
    /// Whether `nullable` counts where 3.0 gives it no effect: many readers take it for a permission.
    pub(super) loose: bool,
}

/// How a schema is read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Context {
    pub(super) dialect: Dialect,
    pub(super) hidden: Option<Hidden>,
    pub(super) listed: bool,
    pub(super) closed: bool,
    /// Only what a reader relies on counts who does not validate.
    pub(super) outline: bool,
    /// `nullable` counts without `type` beside it.
    pub(super) loose: bool,
    /// The schema stands beside others for the same value, the outermost of which closes it.
    pub(super) beside: bool,
    /// Names of hidden properties that schemas around in `allOf` declare.
    pub(super) around: Rc<Vec<String>>,
    /// First target of each dynamic anchor on the way here.
    pub(super) scope: Rc<Vec<(String, Site)>>,
}

impl Context {
    pub(super) fn new(dialect: Dialect, Side { hidden, listed, closed, outline, loose }: Side) -> Self {
        Context {
            dialect,
            hidden,
            listed,
            closed,
            outline,
            loose,
            beside: false,
            around: Rc::default(),
            scope: Rc::default(),
        }
    }
}

impl Context {
    /// The same where less must not be more: what is under a negation holds for objects with any properties.
    fn opened(&self) -> Context {
        Context { closed: false, beside: false, ..self.clone() }
    }
}

/// Nesting beyond this is lowered later, through a definition.
const MAX_INLINE: u32 = 48;

/// Lowers schemas; remembers what it has lowered.
#[derive(Default)]
pub(super) struct Lowering<'w> {
    pub(super) docs: Docs<'w>,
    known: FxHashMap<(Site, Context), Def>,
    pending: Vec<(Site, Context)>,
    /// Properties that do not count, by schema.
    hidden: FxHashMap<(Site, Dialect, Hidden), Rc<[String]>>,
    /// Ways of `unevaluated…`, by schema; `None` where they were too many.
    scenarios: FxHashMap<(Site, Context, bool), unevaluated::Ways>,
    /// Schemas looked at so far.
    pub(super) visits: u64,
    /// Formats that bind.
    pub(super) formats: Formats,
}

struct Def {
    number: u32,
    state: Progress,
}

#[derive(PartialEq)]
enum Progress {
    Open,
    /// Met again while open.
    Cyclic,
    Done(Id),
}

impl<'w> Lowering<'w> {
    /// The shape of a schema.
    pub(super) fn lower(&mut self, store: &mut Store, site: Site, context: &Context) -> Id {
        let context = self.entering(site, context);
        let id = self.target(store, site, &context, 0);
        while let Some((site, context)) = self.pending.pop() {
            let body = self.schema(store, site, &context, 0);
            if let Some(def) = self.known.get_mut(&(site, context)) {
                store.defs[def.number as usize] = body;
                let whole = store.intern(Node::Ref(def.number));
                def.state = Progress::Done(whole);
            }
        }
        id
    }

    /// The dialect at a site: its own `$schema`, else the one around.
    pub(super) fn dialect_at(&self, site: Site, around: Dialect) -> Dialect {
        self.entering(site, &Context::new(around, Side::default())).dialect
    }

    /// The dialect that a schema names itself. 2.0 and 3.0 have no `$schema`: there it is documentation.
    pub(super) fn declared(node: NodeRef<'_>, around: Dialect) -> Option<Dialect> {
        let named = node.get("$schema").filter(|_| !around.is_legacy_openapi());
        named.and_then(NodeRef::as_str).and_then(Dialect::declared)
    }

    fn opaque(store: &mut Store, text: &str) -> Id {
        store.intern(Node::Opaque(text.into()))
    }

    /// The shape of a schema that is referred to.
    fn target(&mut self, store: &mut Store, site: Site, context: &Context, depth: u32) -> Id {
        let key = (site, context.clone());
        if let Some(def) = self.known.get_mut(&key) {
            if let Progress::Done(id) = def.state {
                return id;
            }
            def.state = Progress::Cyclic;
            let number = def.number;
            return store.intern(Node::Ref(number));
        }
        let number = store.defs.len() as u32;
        let unfinished = Self::opaque(store, &format!("definition {number}"));
        store.defs.push(unfinished);
        if depth >= MAX_INLINE {
            self.known.insert(key.clone(), Def { number, state: Progress::Cyclic });
            self.pending.push(key);
            return store.intern(Node::Ref(number));
        }
        self.known.insert(key.clone(), Def { number, state: Progress::Open });
        let body = self.schema(store, site, context, depth + 1);
        store.defs[number as usize] = body;
        let cyclic = self.known.get(&key).is_some_and(|def| def.state == Progress::Cyclic);
        let id = if cyclic { store.intern(Node::Ref(number)) } else { body };
        if let Some(def) = self.known.get_mut(&key) {
            def.state = Progress::Done(id);
        }
        id
    }

    /// The context inside the resource of `site`.
    pub(super) fn entering(&self, site: Site, context: &Context) -> Context {
        let (_, resource) = self.docs.resource(site);
        let mut context = context.clone();
        // Each document is read by its own version; one that names none, by that of the document that refers to it.
        if let Some(dialect) = self.docs.dialect(site) {
            context.dialect = dialect;
        }
        let root = self.docs.node(Site { node: resource.root, ..site });
        if let Some(dialect) = Self::declared(root, context.dialect) {
            context.dialect = dialect;
        }
        for (name, node) in &resource.dynamic {
            if !context.scope.iter().any(|(known, _)| known == name) {
                Rc::make_mut(&mut context.scope).push((name.clone(), Site { node: *node, ..site }));
            }
        }
        context
    }

    fn reference(&mut self, store: &mut Store, site: Site, key: &str, uri: &str, context: &Context, depth: u32) -> Id {
        let Some((target, context)) = self.follow(site, key, uri, context) else {
            return Self::opaque(store, &format!("reference {uri}"));
        };
        self.target(store, target, &context, depth)
    }

    /// The target of a reference and the context there.
    pub(super) fn follow(&mut self, site: Site, key: &str, uri: &str, context: &Context) -> Option<(Site, Context)> {
        let mut target = self.docs.resolve(site, key, uri)?;
        let dynamic = match key {
            "$dynamicRef" => uri.split_once('#').map(|(_, name)| name.to_owned()),
            "$recursiveRef" => Some(RECURSIVE.to_owned()),
            _ => None,
        };
        if let Some(name) = dynamic {
            let (_, resource) = self.docs.resource(target);
            if resource.dynamic.iter().any(|(known, node)| *known == name && *node == target.node) {
                let scoped = self.entering(site, context);
                if let Some((_, first)) = scoped.scope.iter().find(|(known, _)| *known == name) {
                    target = *first;
                }
            }
        }
        let mut context = self.entering(target, context);
        context.around = Rc::default();
        Some((target, context))
    }

    fn schema(&mut self, store: &mut Store, site: Site, context: &Context, depth: u32) -> Id {
        self.visits += 1;
        let node = self.docs.node(site);
        match node.kind() {
            Kind::Bool => return if node.as_bool() == Some(true) || context.outline { TOP } else { BOTTOM },
            Kind::Map => {}
            _ => return Self::opaque(store, &format!("not a schema: {}", node.text())),
        }
        if depth > MAX_INLINE {
            return self.target(store, site, context, depth);
        }
        let mut entered =
            if self.docs.resource(site).1.root == site.node { Some(self.entering(site, context)) } else { None };
        // In a contract any schema may name its dialect, with or without `$id` (OpenAPI 3.1, section 4.8.24.6).
        if let Some(dialect) = Self::declared(node, context.dialect)
            && dialect != context.dialect
        {
            entered.get_or_insert_with(|| context.clone()).dialect = dialect;
        }
        let mut context = entered.as_ref().unwrap_or(context);
        let mut parts = Vec::new();
        let reference = node.get("$ref").and_then(NodeRef::as_str);
        if let Some(uri) = reference.filter(|_| context.dialect.ref_stands_alone()) {
            let whole = self.reference(store, site, "$ref", uri, context, depth);
            return Self::loosened(store, node, context, whole);
        }
        let inner;
        if context.closed && !context.beside {
            parts.extend(self.closing(store, site, context));
            inner = Context { beside: true, ..context.clone() };
            context = &inner;
        }
        if let Some(uri) = reference {
            parts.push(self.reference(store, site, "$ref", uri, context, depth));
        }
        for key in ["$dynamicRef", "$recursiveRef"] {
            let meant = if key == "$dynamicRef" {
                context.dialect == Dialect::Draft202012
            } else {
                context.dialect == Dialect::Draft201909
            };
            if let Some(uri) = node.get(key).and_then(NodeRef::as_str).filter(|_| meant) {
                parts.push(self.reference(store, site, key, uri, context, depth));
            }
        }
        Self::values(store, node, context, &mut parts);
        self.arrays(store, site, node, context, depth, &mut parts);
        self.objects(store, site, node, context, depth, &mut parts);
        self.applicators(store, site, node, context, depth, &mut parts);
        if context.outline {
            let whole = store.and(parts);
            return Self::loosened(store, node, context, whole);
        }
        Self::numbers(store, node, context, &mut parts);
        self.format(store, node, context, &mut parts);
        Self::strings(store, node, &mut parts);
        self.openapi(store, site, node, context, depth, &mut parts);
        if context.dialect >= Dialect::Draft201909 {
            self.unevaluated(store, site, node, context, depth, &mut parts);
        }
        let whole = store.and(parts);
        Self::loosened(store, node, context, whole)
    }

    /// A schema with `null`, where a reader may take it for allowed: `nullable` without `type` has no effect by the letter
    /// (OpenAPI 3.0.3, section 4.7.24.1), but nobody is accused by it.
    fn loosened(store: &mut Store, node: NodeRef<'_>, context: &Context, whole: Id) -> Id {
        let said = context.loose && context.dialect == Dialect::OpenApi30 && node.get("type").is_none();
        if said && node.get("nullable").and_then(NodeRef::as_bool) == Some(true) {
            let null = store.types(super::shape::types::NULL);
            return store.or([whole, null]);
        }
        whole
    }

    /// What a keyword demands in one schema object, a limit alone and others with those of their kind, without the rest of
    /// it; `None` for keywords that demand nothing by themselves.
    pub(super) fn group(&mut self, store: &mut Store, site: Site, context: &Context, keyword: &str) -> Option<Id> {
        let node = self.docs.node(site);
        if !node.is_map() {
            return None;
        }
        let context = &self.entering(site, context);
        let mut parts = Vec::new();
        match keyword {
            "type" | "enum" | "const" | "nullable" | "x-nullable" => Self::values(store, node, context, &mut parts),
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => {
                Self::numbers(store, node, context, &mut parts);
                parts.retain(|part| match store.node(*part) {
                    Node::Min(..) => keyword.ends_with("inimum"),
                    Node::Max(..) => keyword.ends_with("aximum"),
                    Node::Multiple(_) => keyword == "multipleOf",
                    _ => true,
                });
            }
            "minLength" | "maxLength" if size(node, keyword).is_some() => {
                let size = size(node, keyword);
                let low = size.filter(|_| keyword == "minLength").unwrap_or(0);
                let length = store.langs.length(low, size.filter(|_| keyword == "maxLength"));
                parts.push(store.string(length));
            }
            "pattern" => {
                let pattern = store.langs.pattern(node.get("pattern").and_then(NodeRef::as_str)?);
                parts.push(store.string(pattern));
            }
            "format" => self.format(store, node, context, &mut parts),
            "minLength" | "maxLength" => Self::strings(store, node, &mut parts),
            "minItems" | "maxItems" if size(node, keyword).is_some() => {
                let size = size(node, keyword);
                let low = size.filter(|_| keyword == "minItems").unwrap_or(0);
                parts.push(store.len_window(low, size.filter(|_| keyword == "maxItems")));
            }
            "minItems" | "maxItems" | "uniqueItems" | "items" | "prefixItems" | "contains" | "minContains"
            | "maxContains" => self.arrays(store, site, node, context, 0, &mut parts),
            "minProperties"
            | "maxProperties"
            | "patternProperties"
            | "propertyNames"
            | "additionalProperties"
            | "dependentRequired"
            | "dependentSchemas" => self.objects(store, site, node, context, 0, &mut parts),
            "allOf" | "anyOf" | "oneOf" | "not" | "if" | "then" | "else" => {
                self.applicators(store, site, node, context, 0, &mut parts);
            }
            "unevaluatedProperties" | "unevaluatedItems" => {
                self.unevaluated(store, site, node, context, 0, &mut parts);
            }
            _ => return None,
        }
        Some(store.and(parts))
    }

    fn child(&mut self, store: &mut Store, site: Site, node: NodeRef<'w>, context: &Context, depth: u32) -> Id {
        self.part(store, site, node, context, depth, false)
    }

    /// The same for a schema of the value itself, one of several.
    fn branch(&mut self, store: &mut Store, site: Site, node: NodeRef<'w>, context: &Context, depth: u32) -> Id {
        self.part(store, site, node, context, depth, context.beside)
    }

    fn part(
        &mut self,
        store: &mut Store,
        site: Site,
        node: NodeRef<'w>,
        context: &Context,
        depth: u32,
        beside: bool,
    ) -> Id {
        let inner = Docs::at(site, node);
        if context.around.is_empty() && context.beside == beside {
            return self.schema(store, inner, context, depth + 1);
        }
        let context = Context { around: Rc::default(), beside, ..context.clone() };
        self.schema(store, inner, &context, depth + 1)
    }
}

/// A count under a key; `2.0` is `2`.
fn size(node: NodeRef<'_>, key: &str) -> Option<u64> {
    let found = node.get(key).filter(|found| found.is_number())?;
    let number = parse_number(&json_number(found.text())?)?;
    if !number.is_integer() || number.is_negative() {
        return None;
    }
    Some(u64::try_from(number.to_integer()).unwrap_or(u64::MAX))
}
