//! From schemas as written to shapes: keywords by dialect, references, direction.
//!
//! Takes a site and a context (dialect, dynamic scope, side), gives a shape. Each target of a reference is lowered once
//! per context; a cycle becomes a [`Node::Ref`]. What cannot be read becomes an opaque shape, equal only to itself.

use super::dialect::Dialect;
use super::resolve::{Docs, RECURSIVE, Site};
use super::shape::{BOTTOM, Id, Node, Store, TOP, types};
use super::value::{Rational, Value, parse_number};
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

/// How a schema is read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Context {
    pub(super) dialect: Dialect,
    pub(super) hidden: Option<Hidden>,
    /// Names of hidden properties that schemas around in `allOf` declare.
    pub(super) around: Rc<Vec<String>>,
    /// First target of each dynamic anchor on the way here.
    pub(super) scope: Rc<Vec<(String, Site)>>,
}

impl Context {
    pub(super) fn new(dialect: Dialect, hidden: Option<Hidden>) -> Self {
        Context { dialect, hidden, around: Rc::default(), scope: Rc::default() }
    }
}

/// Nesting beyond this is lowered later, through a definition.
const MAX_INLINE: u32 = 48;
/// Ways in which `unevaluated…` may be reached beyond this are given up.
const MAX_SCENARIOS: usize = 96;

/// One way to satisfy the applicators, and what it evaluates.
#[derive(Clone)]
struct Scenario {
    when: Id,
    names: Vec<super::lang::Lang>,
    /// Items before this index.
    items: u32,
    /// Items that match one of these.
    matching: Vec<Id>,
}

/// Lowers schemas; remembers what it has lowered.
#[derive(Default)]
pub(super) struct Lowering<'w> {
    pub(super) docs: Docs<'w>,
    known: FxHashMap<(Site, Context), Def>,
    pending: Vec<(Site, Context)>,
    /// Formats that are asserted.
    pub(super) formats: Vec<String>,
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
        self.entering(site, &Context::new(around, None)).dialect
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
    fn entering(&self, site: Site, context: &Context) -> Context {
        let (_, resource) = self.docs.resource(site);
        let mut context = context.clone();
        let root = self.docs.node(Site { node: resource.root, ..site });
        if let Some(dialect) = root.get("$schema").and_then(NodeRef::as_str).and_then(Dialect::declared) {
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
    fn follow(&mut self, site: Site, key: &str, uri: &str, context: &Context) -> Option<(Site, Context)> {
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
        let node = self.docs.node(site);
        match node.kind() {
            Kind::Bool => return if node.as_bool() == Some(true) { TOP } else { BOTTOM },
            Kind::Map => {}
            _ => return Self::opaque(store, &format!("not a schema: {}", node.text())),
        }
        if depth > MAX_INLINE {
            return self.target(store, site, context, depth);
        }
        let entered =
            if self.docs.resource(site).1.root == site.node { Some(self.entering(site, context)) } else { None };
        let context = entered.as_ref().unwrap_or(context);
        let mut parts = Vec::new();
        if let Some(uri) = node.get("$ref").and_then(NodeRef::as_str) {
            let target = self.reference(store, site, "$ref", uri, context, depth);
            if context.dialect.ref_stands_alone() {
                return target;
            }
            parts.push(target);
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
        Self::numbers(store, node, context, &mut parts);
        self.strings(store, node, &mut parts);
        self.arrays(store, site, node, context, depth, &mut parts);
        self.objects(store, site, node, context, depth, &mut parts);
        self.applicators(store, site, node, context, depth, &mut parts);
        if context.dialect >= Dialect::Draft201909 {
            self.unevaluated(store, site, node, context, depth, &mut parts);
        }
        store.and(parts)
    }

    /// What the keywords of one kind demand (those of strings, of numbers, …) in one schema object, without the rest of
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
            }
            "minLength" | "maxLength" | "pattern" => self.strings(store, node, &mut parts),
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
        let inner = Docs::at(site, node);
        if context.around.is_empty() {
            return self.schema(store, inner, context, depth + 1);
        }
        let context = Context { around: Rc::default(), ..context.clone() };
        self.schema(store, inner, &context, depth + 1)
    }

    fn values(store: &mut Store, node: NodeRef<'w>, context: &Context, parts: &mut Vec<Id>) {
        if let Some(of) = node.get("type") {
            let names: Vec<&str> = match of.kind() {
                Kind::Str => vec![of.text()],
                Kind::Seq => of.elements().filter_map(NodeRef::as_str).collect(),
                _ => Vec::new(),
            };
            let mut mask = 0;
            let mut integer = false;
            let mut unknown = names.is_empty();
            for name in names {
                mask |= match name {
                    "null" => types::NULL,
                    "boolean" => types::TRUE | types::FALSE,
                    "number" => types::NUM,
                    "integer" => {
                        integer = true;
                        0
                    }
                    "string" | "file" => types::STR,
                    "array" => types::ARR,
                    "object" => types::OBJ,
                    _ => {
                        unknown = true;
                        0
                    }
                };
            }
            let nullable = match context.dialect {
                Dialect::OpenApi30 => node.get("nullable"),
                Dialect::Swagger2 => node.get("x-nullable"),
                _ => None,
            };
            if nullable.and_then(NodeRef::as_bool) == Some(true) {
                mask |= types::NULL;
            }
            if unknown {
                parts.push(Self::opaque(store, &format!("type {}", of.to_json())));
            } else {
                if integer && mask & types::NUM == 0 {
                    mask |= types::NUM;
                    parts.push(store.integer());
                }
                parts.push(store.types(mask));
            }
        }
        if let Some(list) = node.get("enum").filter(|list| list.is_seq()) {
            match list.elements().map(Value::of).collect::<Option<Vec<_>>>() {
                Some(values) => parts.push(store.values(values)),
                None => parts.push(Self::opaque(store, &format!("enum {}", list.to_json()))),
            }
        }
        if context.dialect >= Dialect::Draft06
            && let Some(only) = node.get("const")
        {
            match Value::of(only) {
                Some(value) => parts.push(store.values([value])),
                None => parts.push(Self::opaque(store, &format!("const {}", only.text()))),
            }
        }
    }

    fn numbers(store: &mut Store, node: NodeRef<'w>, context: &Context, parts: &mut Vec<Id>) {
        let read = |key: &str| -> Option<Result<Rational, String>> {
            let found = node.get(key).filter(|found| found.is_number())?;
            let number = json_number(found.text()).and_then(|text| parse_number(&text));
            Some(number.ok_or_else(|| format!("{key} {}", found.text())))
        };
        let flag =
            |key: &str| context.dialect.boolean_exclusive() && node.get(key).and_then(NodeRef::as_bool) == Some(true);
        let numeric = !context.dialect.boolean_exclusive();
        let bounds = [
            ("minimum", true, flag("exclusiveMinimum")),
            ("maximum", false, flag("exclusiveMaximum")),
            ("exclusiveMinimum", true, true),
            ("exclusiveMaximum", false, true),
        ];
        for (key, low, open) in bounds {
            if key.starts_with("exclusive") && !numeric {
                continue;
            }
            match read(key) {
                Some(Ok(bound)) => {
                    parts.push(store.intern(if low { Node::Min(bound, open) } else { Node::Max(bound, open) }));
                }
                Some(Err(text)) => parts.push(Self::opaque(store, &text)),
                None => {}
            }
        }
        match read("multipleOf") {
            Some(Ok(of)) if of.is_positive() => parts.push(store.intern(Node::Multiple(of))),
            Some(Ok(of)) => parts.push(Self::opaque(store, &format!("multipleOf {of}"))),
            Some(Err(text)) => parts.push(Self::opaque(store, &text)),
            None => {}
        }
    }

    fn strings(&self, store: &mut Store, node: NodeRef<'w>, parts: &mut Vec<Id>) {
        let mut langs = Vec::new();
        let low = size(node, "minLength").unwrap_or(0);
        let high = size(node, "maxLength");
        langs.push(store.langs.length(low, high));
        if let Some(pattern) = node.get("pattern").and_then(NodeRef::as_str) {
            langs.push(store.langs.pattern(pattern));
        }
        if let Some(format) = node.get("format").and_then(NodeRef::as_str)
            && self.formats.iter().any(|known| known == format)
        {
            langs.push(store.langs.format(format));
        }
        // One shape per language: equal parts of two schemas stay equal.
        for lang in langs {
            let string =
                if lang == super::lang::NONE { store.types(types::ALL & !types::STR) } else { store.string(lang) };
            parts.push(string);
        }
    }

    fn arrays(
        &mut self,
        store: &mut Store,
        site: Site,
        node: NodeRef<'w>,
        context: &Context,
        depth: u32,
        parts: &mut Vec<Id>,
    ) {
        let window = (size(node, "minItems").unwrap_or(0), size(node, "maxItems"));
        parts.push(store.len_window(window.0, None));
        parts.push(store.len_window(0, window.1));
        if node.get("uniqueItems").and_then(NodeRef::as_bool) == Some(true) {
            parts.push(store.intern(Node::Unique));
        }
        let modern = context.dialect == Dialect::Draft202012;
        let (prefix, rest) = match (modern, node.get("items")) {
            (true, items) => (node.get("prefixItems").filter(|list| list.is_seq()), items),
            (false, Some(items)) if items.is_seq() => (Some(items), node.get("additionalItems")),
            (false, items) => (None, items),
        };
        let mut from = 0;
        if let Some(prefix) = prefix {
            for (index, item) in prefix.elements().enumerate() {
                let item = self.child(store, site, item, context, depth);
                let at = store.item_at(index as u32, item);
                parts.push(at);
                from = index as u32 + 1;
            }
        }
        if let Some(rest) = rest.filter(|rest| !rest.is_seq()) {
            let rest = self.child(store, site, rest, context, depth);
            parts.push(store.items_from(from, rest));
        }
        if context.dialect >= Dialect::Draft06
            && let Some(contains) = node.get("contains")
        {
            let item = self.child(store, site, contains, context, depth);
            let counted = context.dialect >= Dialect::Draft201909;
            let low = size(node, "minContains").filter(|_| counted).unwrap_or(1);
            let high = size(node, "maxContains").filter(|_| counted);
            parts.push(store.count(item, low, None));
            if high.is_some() {
                parts.push(store.count(item, 0, high));
            }
        }
    }

    fn objects(
        &mut self,
        store: &mut Store,
        site: Site,
        node: NodeRef<'w>,
        context: &Context,
        depth: u32,
        parts: &mut Vec<Id>,
    ) {
        parts.push(store.size(size(node, "minProperties").unwrap_or(0), None));
        parts.push(store.size(0, size(node, "maxProperties")));
        let hidden = self.hidden_names(site, context);
        let mut evaluated = Vec::new();
        if let Some(properties) = node.get("properties").filter(|map| map.is_map()) {
            for member in properties.members() {
                let word = store.langs.word(member.name);
                let own = Docs::at(site, member.value);
                let value = match context.hidden.filter(|_| self.is_hidden(own, context)) {
                    Some(Hidden { absent: true, .. }) => BOTTOM,
                    Some(_) => TOP,
                    None => self.child(store, site, member.value, context, depth),
                };
                parts.push(store.each(word, value));
                evaluated.push(word);
            }
        }
        if let Some(patterns) = node.get("patternProperties").filter(|map| map.is_map()) {
            for member in patterns.members() {
                let lang = store.langs.pattern(member.name);
                let value = self.child(store, site, member.value, context, depth);
                parts.push(store.each(lang, value));
                evaluated.push(lang);
            }
        }
        if let Some(additional) = node.get("additionalProperties") {
            let value = self.child(store, site, additional, context, depth);
            let known = store.langs.or(evaluated);
            let others = store.langs.not(known);
            parts.push(store.each(others, value));
        }
        if context.dialect >= Dialect::Draft06
            && let Some(names) = node.get("propertyNames")
        {
            let names = self.child(store, site, names, context, depth);
            match store.names(names, 0) {
                Some(lang) => {
                    let others = store.langs.not(lang);
                    parts.push(store.each(others, BOTTOM));
                }
                None => parts.push(Self::opaque(store, &format!("propertyNames {}", names.0))),
            }
        }
        if let Some(required) = node.get("required").filter(|list| list.is_seq()) {
            for name in required.elements().filter_map(NodeRef::as_str) {
                if !hidden.iter().any(|known| known == name) {
                    let word = store.langs.word(name);
                    parts.push(store.has(word, TOP));
                }
            }
        }
        // Validators read the old keyword in the new drafts, too.
        for key in ["dependencies", "dependentRequired", "dependentSchemas"] {
            if key != "dependencies" && context.dialect < Dialect::Draft201909 {
                continue;
            }
            let Some(map) = node.get(key).filter(|map| map.is_map()) else { continue };
            for member in map.members() {
                let then = if member.value.is_seq() {
                    let mut all = Vec::new();
                    for name in member.value.elements().filter_map(NodeRef::as_str) {
                        let word = store.langs.word(name);
                        all.push(store.has(word, TOP));
                    }
                    store.and(all)
                } else {
                    self.child(store, site, member.value, context, depth)
                };
                let without = Self::absent(store, member.name);
                parts.push(store.or([without, then]));
            }
        }
    }

    /// Values without a member of this name.
    fn absent(store: &mut Store, name: &str) -> Id {
        let word = store.langs.word(name);
        store.each(word, BOTTOM)
    }

    fn applicators(
        &mut self,
        store: &mut Store,
        site: Site,
        node: NodeRef<'w>,
        context: &Context,
        depth: u32,
        parts: &mut Vec<Id>,
    ) {
        if let Some(list) = node.get("allOf").filter(|list| list.is_seq()) {
            let around = self.hidden_names(site, context);
            let inner = if around.is_empty() {
                context.clone()
            } else {
                Context { around: Rc::new(around), ..context.clone() }
            };
            for part in list.elements() {
                let part = Docs::at(site, part);
                parts.push(self.schema(store, part, &inner, depth + 1));
            }
        }
        for key in ["anyOf", "oneOf"] {
            let Some(list) = node.get(key).filter(|list| list.is_seq() && !list.is_empty()) else { continue };
            let ways: Vec<Id> = list.elements().map(|part| self.child(store, site, part, context, depth)).collect();
            parts.push(if key == "anyOf" { store.or(ways) } else { store.one(ways) });
        }
        if let Some(not) = node.get("not") {
            let inner = self.child(store, site, not, context, depth);
            parts.push(store.not(inner));
        }
        if context.dialect >= Dialect::Draft07
            && let Some(condition) = node.get("if")
        {
            let yes = self.child(store, site, condition, context, depth);
            let no = store.not(yes);
            for (key, unless) in [("then", no), ("else", yes)] {
                if let Some(branch) = node.get(key) {
                    let branch = self.child(store, site, branch, context, depth);
                    parts.push(store.or([unless, branch]));
                }
            }
        }
    }

    /// Whether the property schema at `site` says that it does not count in this direction.
    pub(super) fn is_hidden(&mut self, site: Site, context: &Context) -> bool {
        let Some(hidden) = context.hidden else { return false };
        let mut at = site;
        for _ in 0..8 {
            let node = self.docs.node(at);
            let uri = node.get("$ref").and_then(NodeRef::as_str);
            if (uri.is_none() || !context.dialect.ref_stands_alone())
                && node.get(hidden.key).and_then(NodeRef::as_bool) == Some(true)
            {
                return true;
            }
            let Some(next) = uri.and_then(|uri| self.docs.resolve(at, "$ref", uri)) else { return false };
            at = next;
        }
        false
    }

    /// Names that `required` must not ask for: hidden here, in the parts of `allOf`, or around.
    pub(super) fn hidden_names(&mut self, site: Site, context: &Context) -> Vec<String> {
        let Some(hidden) = context.hidden else { return Vec::new() };
        if !self.docs.has_key(site, hidden.key) {
            return Vec::new();
        }
        let mut names = context.around.to_vec();
        let mut todo = vec![(site, 0)];
        while let Some((site, depth)) = todo.pop() {
            let node = self.docs.node(site);
            if depth > 8 || names.len() > 5_000 {
                continue;
            }
            if let Some(target) =
                node.get("$ref").and_then(NodeRef::as_str).and_then(|uri| self.docs.resolve(site, "$ref", uri))
            {
                todo.push((target, depth + 1));
                if context.dialect.ref_stands_alone() {
                    continue;
                }
            }
            for member in node.get("properties").into_iter().flat_map(NodeRef::members) {
                if self.is_hidden(Docs::at(site, member.value), context) {
                    names.push(member.name.to_owned());
                }
            }
            for part in node.get("allOf").into_iter().flat_map(NodeRef::elements) {
                todo.push((Docs::at(site, part), depth + 1));
            }
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    fn unevaluated(
        &mut self,
        store: &mut Store,
        site: Site,
        node: NodeRef<'w>,
        context: &Context,
        depth: u32,
        parts: &mut Vec<Id>,
    ) {
        let properties = node.get("unevaluatedProperties");
        let items = node.get("unevaluatedItems");
        if properties.is_none() && items.is_none() {
            return;
        }
        let Some(scenarios) = self.scenarios(store, site, context, depth, true) else {
            let what = format!("unevaluated {}", node.to_json());
            parts.push(Self::opaque(store, &what));
            return;
        };
        if let Some(rest) = properties {
            let rest = self.child(store, site, rest, context, depth);
            let mut ways = Vec::new();
            for scenario in &scenarios {
                let known = store.langs.or(scenario.names.iter().copied());
                let others = store.langs.not(known);
                let each = store.each(others, rest);
                ways.push(store.and([scenario.when, each]));
            }
            parts.push(store.or(ways));
        }
        if let Some(rest) = items {
            let rest = self.child(store, site, rest, context, depth);
            let mut ways = Vec::new();
            for scenario in &scenarios {
                let fine = store.or(scenario.matching.iter().copied().chain([rest]));
                let each = if scenario.items == u32::MAX { TOP } else { store.items_from(scenario.items, fine) };
                ways.push(store.and([scenario.when, each]));
            }
            parts.push(store.or(ways));
        }
    }

    /// The ways in which the applicators of a schema evaluate members and items. A way that evaluates less than what
    /// really holds asks for more, so it does no harm beside the full one: conditions need not exclude each other.
    fn scenarios(
        &mut self,
        store: &mut Store,
        site: Site,
        context: &Context,
        depth: u32,
        top: bool,
    ) -> Option<Vec<Scenario>> {
        let node = self.docs.node(site);
        if depth > MAX_INLINE {
            return None;
        }
        let context = &self.entering(site, context);
        let mut own = Scenario { when: TOP, names: Vec::new(), items: 0, matching: Vec::new() };
        for (key, pattern) in [("properties", false), ("patternProperties", true)] {
            for member in node.get(key).into_iter().flat_map(NodeRef::members) {
                own.names.push(if pattern { store.langs.pattern(member.name) } else { store.langs.word(member.name) });
            }
        }
        if node.get("additionalProperties").is_some() || (!top && node.get("unevaluatedProperties").is_some()) {
            own.names.push(super::lang::ANY);
        }
        let modern = context.dialect == Dialect::Draft202012;
        let list = node.get(if modern { "prefixItems" } else { "items" }).filter(|list| list.is_seq());
        let rest = match (modern, list) {
            (true, _) => node.get("items"),
            (false, Some(_)) => node.get("additionalItems"),
            (false, None) => node.get("items"),
        };
        own.items = list.map_or(0, |list| list.len() as u32);
        if rest.is_some() || (!top && node.get("unevaluatedItems").is_some()) {
            own.items = u32::MAX;
        }
        if let Some(contains) = node.get("contains").filter(|_| modern) {
            own.matching.push(self.child(store, site, contains, context, depth));
        }
        let mut all = vec![own];
        for key in ["$ref", "$dynamicRef", "$recursiveRef"] {
            if let Some(uri) = node.get(key).and_then(NodeRef::as_str) {
                let (target, inner) = self.follow(site, key, uri, context)?;
                let ways = self.scenarios(store, target, &inner, depth + 4, false)?;
                all = product(store, &all, &ways)?;
            }
        }
        for part in node.get("allOf").into_iter().flat_map(NodeRef::elements) {
            let part = Docs::at(site, part);
            let ways = self.scenarios(store, part, context, depth + 1, false)?;
            all = product(store, &all, &ways)?;
        }
        let nothing = Scenario { when: TOP, names: Vec::new(), items: 0, matching: Vec::new() };
        for key in ["anyOf", "oneOf"] {
            for part in node.get(key).into_iter().flat_map(NodeRef::elements) {
                let holds = self.child(store, site, part, context, depth);
                let part = Docs::at(site, part);
                let ways = self.conditional(store, part, context, depth, holds)?;
                if ways.is_empty() {
                    continue;
                }
                let ways: Vec<_> = ways.into_iter().chain([nothing.clone()]).collect();
                all = product(store, &all, &ways)?;
            }
        }
        if let Some(condition) = node.get("if") {
            let yes = self.child(store, site, condition, context, depth);
            let no = store.not(yes);
            let condition = Docs::at(site, condition);
            let mut met = self.scenarios(store, condition, context, depth + 1, false)?;
            if let Some(then) = node.get("then") {
                let then = Docs::at(site, then);
                let ways = self.scenarios(store, then, context, depth + 1, false)?;
                met = product(store, &met, &ways)?;
            }
            for way in &mut met {
                way.when = store.and([way.when, yes]);
            }
            if let Some(other) = node.get("else") {
                let other = Docs::at(site, other);
                met.extend(self.conditional(store, other, context, depth, no)?);
            }
            met.push(nothing.clone());
            all = product(store, &all, &met)?;
        }
        for member in node.get("dependentSchemas").into_iter().flat_map(NodeRef::members) {
            let word = store.langs.word(member.name);
            let there = store.has(word, TOP);
            let object = store.types(types::OBJ);
            let there = store.and([object, there]);
            let part = Docs::at(site, member.value);
            let ways = self.conditional(store, part, context, depth, there)?;
            let ways: Vec<_> = ways.into_iter().chain([nothing.clone()]).collect();
            all = product(store, &all, &ways)?;
        }
        Some(all)
    }

    /// The ways of a part that counts only under a condition; none when it evaluates nothing.
    fn conditional(
        &mut self,
        store: &mut Store,
        site: Site,
        context: &Context,
        depth: u32,
        when: Id,
    ) -> Option<Vec<Scenario>> {
        let mut ways = self.scenarios(store, site, context, depth + 1, false)?;
        ways.retain(|way| !way.names.is_empty() || way.items > 0 || !way.matching.is_empty());
        for way in &mut ways {
            way.when = store.and([way.when, when]);
        }
        Some(ways)
    }
}

fn product(store: &mut Store, left: &[Scenario], right: &[Scenario]) -> Option<Vec<Scenario>> {
    if left.len() * right.len() > MAX_SCENARIOS {
        return None;
    }
    let mut out = Vec::with_capacity(left.len() * right.len());
    for left in left {
        for right in right {
            let when = store.and([left.when, right.when]);
            if when != BOTTOM {
                out.push(Scenario {
                    when,
                    names: [&left.names[..], &right.names].concat(),
                    items: left.items.max(right.items),
                    matching: [&left.matching[..], &right.matching].concat(),
                });
            }
        }
    }
    Some(out)
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
