//! Schemas as the validator reads them: self-contained JSON with the references it needs, adapted to dialect and
//! direction, and to what a value can reach in them.
//!
//! Independent of shapes on purpose: what the search gets wrong must not be wrong here, too.

use super::dialect::Dialect;
use super::formats;
use super::keyword;
use super::lower::{Context, Hidden, Lowering, Mapping};
use super::reach::Reach;
use super::resolve::{Docs, Site};
use crate::pattern::Pattern;
use crate::syntax::{Kind, NodeRef};
use rustc_hash::FxHashMap;
use serde_json::{Map, Value as Json, json};
use std::rc::Rc;

/// Keywords that are copied as they are.
const PLAIN: [&str; 24] = [
    "enum",
    "const",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minContains",
    "maxContains",
    "minProperties",
    "maxProperties",
    "dependentRequired",
    "type",
    "required",
    "nullable",
    "x-nullable",
    "$comment",
];
const ONE: [&str; 11] = [
    "not",
    "if",
    "then",
    "else",
    "items",
    "additionalItems",
    "additionalProperties",
    "contains",
    "propertyNames",
    "unevaluatedProperties",
    "unevaluatedItems",
];
const LISTS: [&str; 5] = ["allOf", "anyOf", "oneOf", "prefixItems", "items"];
const MAPS: [&str; 4] = ["properties", "patternProperties", "dependentSchemas", "dependencies"];

/// Definitions by number (`d0`, `d1`, …), and where its numbered definitions come from.
pub(super) struct Emitted {
    pub(super) json: Json,
    pub(super) sites: Vec<Site>,
    /// How all of it is to be read.
    pub(super) draft: jsonschema::Draft,
    /// Schemas written.
    pub(super) size: usize,
}

/// Branches among which doubles are looked for.
const MAX_DOUBLES: usize = 64;

/// Definitions beyond this are given up.
const MAX_DEFS: usize = 4_000;

/// Writes the schemas at `roots`, as far as a value reaches in them; gives the number of the definition of each. Fails
/// with the reason when a schema uses what cannot be carried over.
pub(super) fn emit(
    lowering: &mut Lowering<'_>,
    roots: &[(Site, Context)],
    reach: &Reach,
    lenient: bool,
) -> Result<(Emitted, Vec<usize>), String> {
    // One text is read in one dialect: that of the first schema, where it is that of all.
    let (first, around) = roots.first().ok_or("there is no schema")?;
    let around = lowering.dialect_at(*first, around.dialect);
    let draft = Lowering::declared(lowering.docs.node(*first), around).unwrap_or(around).draft();
    let mut emitter = Emitter::new(lowering, reach, lenient, draft);
    let found = emitter.all(roots);
    if !emitter.mixed {
        return found;
    }
    // Others are written in the newest, which says all that they say.
    let mut emitter = Emitter::new(emitter.lowering, reach, lenient, Dialect::Draft202012.draft());
    emitter.translates = true;
    emitter.all(roots)
}

struct Emitter<'l, 'w> {
    reach: &'l Reach,
    lowering: &'l mut Lowering<'w>,
    /// By site and dynamic scope.
    numbers: FxHashMap<(Site, Scope), usize>,
    sites: Vec<Site>,
    contexts: Vec<Context>,
    draft: jsonschema::Draft,
    size: usize,
    /// Parts that cannot be read demand nothing.
    lenient: bool,
    /// Schemas of all dialects are written in 2020-12.
    translates: bool,
    /// A schema of another dialect was met.
    mixed: bool,
}

type Scope = Rc<Vec<(String, Site)>>;

impl<'l, 'w> Emitter<'l, 'w> {
    fn new(lowering: &'l mut Lowering<'w>, reach: &'l Reach, lenient: bool, draft: jsonschema::Draft) -> Self {
        Emitter {
            lowering,
            numbers: FxHashMap::default(),
            sites: Vec::new(),
            contexts: Vec::new(),
            draft,
            reach,
            size: 0,
            lenient,
            translates: false,
            mixed: false,
        }
    }

    /// Writes the schemas at `roots` and all that they refer to; gives the number of the definition of each.
    fn all(&mut self, roots: &[(Site, Context)]) -> Result<(Emitted, Vec<usize>), String> {
        let numbers = roots.iter().map(|(site, context)| self.number(*site, context.clone())).collect();
        let mut defs = Map::new();
        let mut at = 0;
        while at < self.sites.len() {
            let (site, context) = (self.sites[at], self.contexts[at].clone());
            let json = self.schema(site, &context, 0)?;
            defs.insert(format!("d{at}"), json);
            at += 1;
            if at > MAX_DEFS {
                return Err(format!("it needs more than {MAX_DEFS} schemas"));
            }
        }
        let sites = std::mem::take(&mut self.sites);
        Ok((Emitted { json: Json::Object(defs), sites, draft: self.draft, size: self.size }, numbers))
    }

    fn number(&mut self, site: Site, context: Context) -> usize {
        let key = (site, context.scope.clone());
        if let Some(&number) = self.numbers.get(&key) {
            return number;
        }
        let number = self.sites.len();
        self.numbers.insert(key, number);
        self.sites.push(site);
        self.contexts.push(context);
        number
    }

    /// A place for a reason.
    fn at(&self, site: Site) -> String {
        match self.lowering.docs.place(site) {
            Some(place) if !place.pointer().is_empty() => format!("`#{}`", place.pointer()),
            _ => "it".to_owned(),
        }
    }

    fn schema(&mut self, site: Site, context: &Context, depth: usize) -> Result<Json, String> {
        self.size += 1;
        let node = self.lowering.docs.node(site);
        match node.kind() {
            Kind::Bool => return Ok(constant(node.as_bool() == Some(true), context)),
            Kind::Map => {}
            _ if self.lenient => return Ok(constant(true, context)),
            _ => return Err(format!("{} is no schema", self.at(site))),
        }
        let mut context = if self.lowering.docs.resource(site).1.root == site.node {
            self.lowering.entering(site, context)
        } else {
            context.clone()
        };
        if let Some(dialect) = Lowering::declared(node, context.dialect) {
            context.dialect = dialect;
        }
        let (context, dialect) = (&context, context.dialect);
        if depth > 200 {
            return Err(format!("{} is nested too deeply", self.at(site)));
        }
        if dialect.draft() != self.draft && !self.translates {
            self.mixed = true;
            return Err(format!("{} is of another dialect", self.at(site)));
        }
        let mut out = Map::new();
        let mut more = Vec::new();
        for key in ["$ref", "$dynamicRef", "$recursiveRef"] {
            let Some(uri) = node.get(key).and_then(NodeRef::as_str) else { continue };
            if (key == "$dynamicRef" && dialect != Dialect::Draft202012)
                || (key == "$recursiveRef" && dialect != Dialect::Draft201909)
            {
                continue;
            }
            let lost = || format!("`{uri}` leads nowhere");
            let (target, inner) = match self.lowering.follow(site, key, uri, context) {
                Some(found) => found,
                None if self.lenient && key == "$ref" && context.dialect.ref_stands_alone() => {
                    return Ok(constant(true, context));
                }
                None if self.lenient => continue,
                None => return Err(lost()),
            };
            let pointer = if self.lowering.docs.place(target).is_none() {
                if key != "$ref" {
                    return Err(lost());
                }
                uri.to_owned()
            } else {
                format!("#/$defs/d{}", self.number(target, inner))
            };
            if key == "$ref" {
                out.insert("$ref".to_owned(), Json::String(pointer));
                if context.dialect.ref_stands_alone() {
                    return Ok(Json::Object(out));
                }
            } else {
                more.push(json!({"$ref": pointer}));
            }
        }
        for member in node.members() {
            let key = member.name;
            if !self.reach.keyword(key) || !dialect.reads(key) {
                continue;
            }
            let value = match member.value.kind() {
                Kind::Seq if LISTS.contains(&key) => self.list(site, key, member.value, context, depth)?,
                Kind::Map if MAPS.contains(&key) => self.map(site, key, member.value, context, depth)?,
                // Booleans stand there in every draft.
                Kind::Bool if matches!(key, "additionalProperties" | "additionalItems") => member.value.to_json(),
                Kind::Map | Kind::Bool if ONE.contains(&key) => self.inner(site, member.value, context, depth)?,
                _ if PLAIN.contains(&key) => match self.plain(site, key, node, member.value, context) {
                    Some(value) => value,
                    None => continue,
                },
                _ => continue,
            };
            out.insert(key.to_owned(), value);
        }
        if self.translates {
            translate(&mut out, dialect);
        }
        if let Some(list) = Lowering::listed(node, context) {
            let mut list = list.to_json();
            if let Json::Array(values) = &mut list {
                values.push(Json::Null);
            }
            out.insert("enum".to_owned(), list);
        }
        if let Some(format) = self.lowering.formats.of(node, dialect) {
            more.extend(format.range().and_then(formats::written));
            out.insert("format".to_owned(), json!(format.name));
        } else {
            // The validator would assert whatever it knows.
            out.remove("format");
        }
        if let Some(mapping) = self.lowering.mapping(site, context) {
            more.push(self.mapping(site, mapping, context, depth)?);
        }
        if !more.is_empty() {
            match out.entry("allOf").or_insert_with(|| json!([])) {
                Json::Array(parts) => parts.extend(more),
                _ => return Err(format!("{} has an `allOf` that is no list", self.at(site))),
            }
        }
        Ok(Json::Object(out))
    }

    /// A discriminator's mapping, written out.
    fn mapping(&mut self, site: Site, mapping: Mapping<'w>, context: &Context, depth: usize) -> Result<Json, String> {
        let Mapping { property, branches, others } = mapping;
        let only = |names: &[String]| json!({property: {"enum": names}});
        let mut ways = vec![json!({"not": {"type": "object"}}), json!({"not": {"required": [property]}})];
        if !others.is_empty() {
            ways.push(json!({"properties": only(&others)}));
        }
        for (names, branch) in branches {
            let branch = self.inner(site, branch, context, depth)?;
            ways.push(json!({"properties": only(&names), "allOf": [branch]}));
        }
        Ok(json!({"anyOf": ways}))
    }

    fn inner(&mut self, site: Site, node: NodeRef<'w>, context: &Context, depth: usize) -> Result<Json, String> {
        let inner = Docs::at(site, node);
        let context = Context { around: Rc::default(), ..context.clone() };
        self.schema(inner, &context, depth + 1)
    }

    fn list(
        &mut self,
        site: Site,
        key: &str,
        node: NodeRef<'w>,
        context: &Context,
        depth: usize,
    ) -> Result<Json, String> {
        let around = if key == "allOf" { self.lowering.hidden_names(site, context) } else { Vec::new() };
        let inner = Context { around: Rc::new(around), ..context.clone() };
        let items = node.elements().map(|item| {
            let item = Docs::at(site, item);
            self.schema(item, &inner, depth + 1)
        });
        let mut items = items.collect::<Result<Vec<_>, _>>()?;
        // What is asked for twice is asked once; the numbers of the others stay.
        if matches!(key, "allOf" | "anyOf") {
            for at in 1..items.len().min(MAX_DOUBLES) {
                if items[..at].contains(&items[at]) {
                    items[at] = constant(key == "allOf", context);
                }
            }
        }
        Ok(Json::Array(items))
    }

    fn map(
        &mut self,
        site: Site,
        key: &str,
        node: NodeRef<'w>,
        context: &Context,
        depth: usize,
    ) -> Result<Json, String> {
        let mut out = Map::new();
        for member in node.members() {
            if !self.reach.entry(key, member.name) {
                continue;
            }
            let own = Docs::at(site, member.value);
            let hidden = context.hidden.filter(|_| key == "properties" && self.lowering.is_hidden(own, context));
            let value = match hidden {
                Some(Hidden { absent, .. }) => constant(!absent, context),
                None if member.value.is_seq() => member.value.to_json(),
                None => self.inner(site, member.value, context, depth)?,
            };
            let mut name = keyword::spelled(key, member.name).into_owned();
            while out.contains_key(&name) {
                // Two patterns with one meaning.
                name.push_str(keyword::ANOTHER);
            }
            out.insert(name, value);
        }
        Ok(Json::Object(out))
    }

    fn plain(
        &mut self,
        site: Site,
        key: &str,
        node: NodeRef<'w>,
        value: NodeRef<'w>,
        context: &Context,
    ) -> Option<Json> {
        let json = value.to_json();
        match key {
            "nullable" | "x-nullable" | "$comment" => None,
            "required" => {
                let hidden = self.lowering.hidden_names(site, context);
                let Json::Array(mut names) = json else { return None };
                names.retain(|name| !name.as_str().is_some_and(|name| hidden.iter().any(|known| known == name)));
                // Draft-04 wants at least one.
                (!names.is_empty()).then_some(Json::Array(names))
            }
            "type" if context.dialect.is_legacy_openapi() => {
                let key = if context.dialect == Dialect::OpenApi30 { "nullable" } else { "x-nullable" };
                let json = if json == "file" { json!("string") } else { json };
                match json {
                    Json::String(name) if node.get(key).and_then(NodeRef::as_bool) == Some(true) => {
                        Some(json!([name, "null"]))
                    }
                    other => Some(other),
                }
            }
            "exclusiveMinimum" | "exclusiveMaximum" => {
                let fits = json.is_boolean() == context.dialect.boolean_exclusive();
                let limit = if key == "exclusiveMinimum" { "minimum" } else { "maximum" };
                (fits && (json.is_number() || node.get(limit).is_some())).then_some(json)
            }
            "pattern" if self.lenient => json.is_string().then_some(json).filter(is_pattern),
            "pattern" | "format" => json.is_string().then_some(json),
            "enum" => json.is_array().then_some(json),
            "uniqueItems" => json.is_boolean().then_some(json),
            "const" | "type" | "dependentRequired" => Some(json),
            _ => json.is_number().then_some(json),
        }
    }
}

/// Rewrites a schema of an older dialect for 2020-12: what that one does not know is left out, what it says otherwise is
/// said so.
fn translate(out: &mut Map<String, Json>, dialect: Dialect) {
    if dialect.boolean_exclusive() {
        for (exclusive, limit) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
            if out.remove(exclusive) == Some(Json::Bool(true))
                && let Some(bound) = out.remove(limit)
            {
                out.insert(exclusive.to_owned(), bound);
            }
        }
    }
    let since = [
        (Dialect::Draft06, &["const", "contains", "propertyNames"][..]),
        (Dialect::Draft07, &["if", "then", "else"]),
        (
            Dialect::Draft201909,
            &[
                "dependentRequired",
                "dependentSchemas",
                "unevaluatedProperties",
                "unevaluatedItems",
                "minContains",
                "maxContains",
            ],
        ),
        (Dialect::Draft202012, &["prefixItems"]),
    ];
    for keyword in since.iter().filter(|(first, _)| dialect < *first).flat_map(|(_, keywords)| *keywords) {
        out.remove(*keyword);
    }
    if dialect < Dialect::Draft202012 {
        let rest = out.remove("additionalItems");
        if out.get("items").is_some_and(Json::is_array)
            && let Some(prefix) = out.remove("items")
        {
            out.insert("prefixItems".to_owned(), prefix);
            out.extend(rest.map(|rest| ("items".to_owned(), rest)));
        }
    }
}

fn constant(all: bool, context: &Context) -> Json {
    match (context.dialect.boolean_exclusive(), all) {
        (false, all) => Json::Bool(all),
        (true, true) => json!({}),
        (true, false) => json!({"not": {}}),
    }
}

/// Whether a pattern can be read.
fn is_pattern(pattern: &Json) -> bool {
    pattern.as_str().is_some_and(|text| Pattern::read(text).error().is_none())
}
