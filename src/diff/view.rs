//! A schema as the comparison reads it: references followed, notations of the versions made one.
//!
//! `nullable`, type lists and a `null` branch are one thing; boolean and numeric exclusive bounds are one thing; a list
//! of branches with one branch is that branch. What several objects say about one schema (3.1 siblings of `$ref`) is
//! read as one object. This reading explains edits; the containment engine judges them.

use crate::openapi::model::reads_keyword;
use crate::openapi::{Bytes, Format, Parameter, SchemaRef, Version};
use crate::workspace::{DocumentId, Place, PlaceId};

/// The JSON types, in the order of messages.
pub(super) const TYPES: [&str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];

/// A set of JSON types as bits in the order of [`TYPES`].
pub(super) type TypeSet = u8;

/// All types but `null`.
pub(super) const NULL: TypeSet = 1;
pub(super) const INTEGER: TypeSet = 4;
pub(super) const NUMBER: TypeSet = 8;
pub(super) const STRING: TypeSet = 16;
pub(super) const ARRAY: TypeSet = 32;
pub(super) const OBJECT: TypeSet = 64;

/// A schema of one side.
#[derive(Clone, Debug)]
pub(super) struct View<'w> {
    /// The objects that together say what the schema is, the nearest first.
    pub(super) chain: Vec<Place<'w>>,
    /// The 2.0 form parameters, when they are the schema.
    pub(super) fields: Vec<Parameter<'w>>,
    /// Keywords stand in a 2.0 parameter or header.
    pub(super) inline: bool,
    /// A boolean schema.
    pub(super) boolean: Option<bool>,
    /// A `null` branch was read as nullable.
    null_branch: bool,
    /// 3.0 says `nullable` where no `type` stands beside it, or beside `$ref`: by the letter it has no effect there (3.0.3,
    /// Schema Object), and many tools read it as if it had.
    loose: Option<Place<'w>>,
    /// The lists of branches that were followed to their only branch: these are read, lists of the same keyword further on
    /// are not.
    followed: Vec<PlaceId>,
    /// Objects around a branch: they say what properties its values have besides.
    pub(super) outer: Vec<Place<'w>>,
    /// The version that it is read by: that of its document.
    pub(super) version: Version,
}

/// Longest chain of single branches; a list beyond it is compared as a list.
const MAX_CHAIN: usize = 32;

/// Longest way along references alone.
const MAX_REFERENCES: usize = 1_000;

/// Keywords that say nothing about values: beside them a single branch is the schema.
const ANNOTATIONS: [&str; 16] = [
    "title",
    "description",
    "default",
    "example",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "nullable",
    "externalDocs",
    "xml",
    "discriminator",
    "$comment",
    "$id",
    "$schema",
    "$anchor",
];

impl<'w> View<'w> {
    pub(super) fn new(schema: &SchemaRef<'w>, version: Version) -> Self {
        let mut view = View {
            chain: Vec::new(),
            fields: Vec::new(),
            inline: false,
            boolean: None,
            null_branch: false,
            loose: None,
            followed: Vec::new(),
            outer: Vec::new(),
            version,
        };
        match schema {
            SchemaRef::At(place) => view.follow(*place),
            SchemaRef::Inline(place) => {
                view.inline = true;
                view.chain.push(*place);
            }
            SchemaRef::Form(fields) => {
                view.fields.clone_from(fields);
                view.chain.extend(fields.first().map(|field| field.at));
            }
        }
        view
    }

    /// Adds objects that bind the same values.
    pub(super) fn join(&mut self, places: impl IntoIterator<Item = Place<'w>>) {
        for place in places {
            let view = View::new(&SchemaRef::At(place), self.version);
            let fresh: Vec<_> = view.chain.into_iter().filter(|place| !self.chain.contains(place)).collect();
            self.chain.extend(fresh);
            self.followed.extend(view.followed);
            self.null_branch &= view.null_branch;
        }
    }

    fn follow(&mut self, start: Place<'w>) {
        let mut place = start;
        let mut document = DocumentId(0);
        for _ in 0..MAX_REFERENCES {
            // Each document is read by its own version; one that names none, by that of the document that refers to it.
            if place.document_id() != document {
                document = place.document_id();
                let root = place.workspace().document_root(document);
                self.version = Version::of_document(root).unwrap_or(self.version);
            }
            if let Some(value) = place.as_bool() {
                self.boolean = Some(value);
                self.chain.push(place);
                return;
            }
            if self.chain.iter().any(|seen| seen.id() == place.id()) {
                return;
            }
            if self.version == Version::V3_0
                && let Some(nullable) = place.get("nullable").filter(|flag| flag.as_bool() == Some(true))
                && (place.get("type").is_none() || place.reference().is_some())
            {
                self.loose.get_or_insert(nullable);
            }
            if place.reference().is_some() {
                let siblings = self.version.has_json_schema() && place.len() > 1;
                let target = place.target().and_then(Result::ok);
                if siblings || target.is_none() {
                    self.chain.push(place);
                }
                match target {
                    Some(target) => place = target,
                    None => return,
                }
                continue;
            }
            self.chain.push(place);
            if self.chain.len() >= MAX_CHAIN {
                return;
            }
            let Some((list, branch)) = self.single_branch(place) else { return };
            self.followed.push(list);
            place = branch;
        }
    }

    /// The branch of a list that, `null` left out, has one branch, when nothing else constrains values.
    fn single_branch(&mut self, place: Place<'w>) -> Option<(PlaceId, Place<'w>)> {
        if !place.is_map() {
            return None;
        }
        let bare =
            place.members().all(|m| ANNOTATIONS.contains(&m.name) || m.name.starts_with("x-") || is_list(m.name));
        let version = self.version;
        let lists = ["allOf", "anyOf", "oneOf"].into_iter();
        let lists = lists.filter(|list| place.get(list).is_some() && reads_keyword(list, version));
        let lists: Vec<&'static str> = lists.collect();
        let [keyword] = lists[..] else { return None };
        let list = place.get(keyword)?;
        let branches: Vec<_> = list.elements().collect();
        let null = branches.iter().filter(|branch| is_null_schema(**branch)).count();
        if keyword == "allOf" {
            // An allOf of one is that one, whatever stands beside it.
            return if let [branch] = branches[..] { Some((list.id(), branch)) } else { None };
        }
        let others: Vec<_> = branches.into_iter().filter(|branch| !is_null_schema(*branch)).collect();
        if !bare || null > 1 {
            return None;
        }
        let [branch] = others[..] else { return None };
        self.null_branch |= null == 1;
        Some((list.id(), branch))
    }

    /// Reads all branches of `allOf`, nested ones too, as one object. False, and nothing is changed, when two of them
    /// use one keyword with other values, so that one object cannot say it. What several say about one property binds
    /// together.
    pub(super) fn flatten(&mut self) -> bool {
        let mut flat = self.clone();
        let mut pending: Vec<Place<'w>> = flat.branches("allOf");
        if pending.is_empty() {
            return false;
        }
        flat.followed.extend(flat.chain.iter().filter_map(|place| place.get("allOf")).map(Place::id));
        pending.reverse();
        while let Some(branch) = pending.pop() {
            if flat.chain.len() > MAX_CHAIN * 4 {
                return false;
            }
            let view = View::new(&SchemaRef::At(branch), self.version);
            if view.boolean.is_some() || view.chain.iter().any(|place| flat.chain.contains(place)) {
                return false;
            }
            pending.extend(view.branches("allOf").into_iter().rev());
            flat.null_branch |= view.null_branch;
            flat.loose = flat.loose.or(view.loose);
            flat.followed.extend(view.followed);
            flat.followed.extend(view.chain.iter().filter_map(|place| place.get("allOf")).map(Place::id));
            flat.chain.extend(view.chain);
        }
        let mut keywords: Vec<(&str, Place<'w>)> = Vec::new();
        for place in &flat.chain {
            for member in place.members() {
                let joined = matches!(member.name, "$ref" | "allOf" | "properties" | "required")
                    || ANNOTATIONS.contains(&member.name)
                    || member.name.starts_with("x-");
                if joined {
                    continue;
                }
                let known = keywords.iter().find(|(name, _)| *name == member.name);
                if known.is_some_and(|(_, value)| !super::values::equal(*value, member.value)) {
                    return false;
                }
                keywords.push((member.name, member.value));
            }
        }
        *self = flat;
        true
    }

    /// The object the schema begins with, to point at.
    pub(super) fn at(&self) -> Option<Place<'w>> {
        self.chain.first().copied()
    }

    /// The value of a keyword.
    pub(super) fn get(&self, keyword: &str) -> Option<Place<'w>> {
        self.all(keyword).next()
    }

    /// The values of a keyword in all objects that say what the schema is, the nearest first, without lists that were
    /// followed.
    fn all<'v>(&'v self, keyword: &'v str) -> impl Iterator<Item = Place<'w>> + use<'v, 'w> {
        let chain = if self.fields.is_empty() { &self.chain[..] } else { &[] };
        let values = chain.iter().filter_map(move |place| place.get(keyword));
        values.filter(move |value| !self.followed.contains(&value.id()) && self.reads(keyword))
    }

    /// Whether a keyword means anything in the version.
    pub(super) fn reads(&self, keyword: &str) -> bool {
        self.inline || reads_keyword(keyword, self.version)
    }

    /// The value of a keyword as it is written, whether it means anything or not.
    pub(super) fn written(&self, keyword: &str) -> Option<Place<'w>> {
        self.chain.iter().find_map(|place| place.get(keyword))
    }

    /// Whether the schema says `true` to annotations, by itself or in a branch of `allOf`: what a branch says of a value is
    /// said of the whole.
    pub(super) fn says<const N: usize>(&self, keywords: [&str; N]) -> [bool; N] {
        if !self.fields.is_empty() {
            return [false; N];
        }
        let whole = self.whole();
        let says = |keyword: &str, place: &Place<'w>| place.get(keyword).and_then(Place::as_bool) == Some(true);
        keywords.map(|keyword| self.reads(keyword) && whole.iter().any(|place| says(keyword, place)))
    }

    /// What the schema says about the bytes of its values.
    pub(super) fn bytes(&self) -> Bytes {
        match self.boolean {
            Some(true) => Bytes::Open,
            Some(false) => Bytes::Value,
            None if !self.fields.is_empty() => Bytes::Value,
            None => {
                let reads = self.keywords().into_iter().filter(|keyword| self.reads(keyword));
                // In a 2.0 parameter these say where it is.
                let reads = reads.filter(|keyword| !(self.inline && matches!(*keyword, "name" | "in" | "required")));
                Bytes::of(reads, |keyword| self.get(keyword))
            }
        }
    }

    /// The lists of branches under a keyword. All of them bind, so the branches of several `allOf` are one list.
    pub(super) fn lists(&self, keyword: &str) -> Vec<Vec<Place<'w>>> {
        if keyword == "allOf" {
            return vec![self.branches(keyword)];
        }
        let branches = |list: Place<'w>| list.elements().filter(|branch| !is_null_schema(*branch)).collect();
        self.all(keyword).map(branches).collect()
    }

    pub(super) fn flag(&self, keyword: &str) -> bool {
        self.get(keyword).and_then(Place::as_bool).unwrap_or(false)
    }

    /// The types allowed; `None` when the schema does not say.
    pub(super) fn types(&self) -> Option<TypeSet> {
        if !self.fields.is_empty() {
            return Some(OBJECT);
        }
        let mut set = 0;
        if let Some(place) = self.get("type") {
            if place.is_seq() {
                for element in place.elements() {
                    set |= type_bit(element.text());
                }
            } else if place.text() == "file" {
                set = STRING;
            } else {
                set = type_bit(place.text());
            }
        }
        if set & NUMBER != 0 {
            set |= INTEGER;
        }
        (set != 0).then(|| if self.nullable() { set | NULL } else { set })
    }

    /// Whether the notation says that null is allowed besides.
    pub(super) fn nullable(&self) -> bool {
        let flag = if self.version == Version::V3_0 {
            let typed = |place: &Place<'w>| place.get("type").is_some() && place.get_bool("nullable") == Some(true);
            self.chain.iter().any(typed)
        } else if self.version == Version::V2_0 {
            self.flag("x-nullable")
        } else {
            false
        };
        let list = self.get("type").is_some_and(|place| place.elements().any(|element| element.text() == "null"));
        flag || list || self.has_null_alternative()
    }

    /// Whether null is one of the branches.
    pub(super) fn has_null_alternative(&self) -> bool {
        self.null_branch || ["anyOf", "oneOf"].iter().any(|keyword| self.has_null_branch(keyword))
    }

    /// The format; 2.0 says `type: file` for binary content, 3.1 has keywords of its own for content.
    pub(super) fn format(&self) -> Option<&'w str> {
        let encoded = || Format::of_encoding(self.get("contentEncoding")?.as_str()?);
        let file = || (self.get("type").and_then(Place::as_str) == Some("file")).then_some("binary");
        self.get("format").and_then(Place::as_str).or_else(encoded).or_else(file)
    }

    /// `nullable` where the standard gives it no effect, and the schema does not allow null otherwise.
    pub(super) fn loosely_nullable(&self) -> Option<Place<'w>> {
        let listed = || ["allOf", "anyOf", "oneOf"].iter().any(|list| !self.branches(list).is_empty());
        let excluded = || self.types().is_some() || self.get("enum").is_some() || listed();
        self.loose.filter(|_| !self.nullable() && excluded())
    }

    fn has_null_branch(&self, keyword: &str) -> bool {
        self.get(keyword).is_some_and(|list| list.elements().any(is_null_schema))
    }

    /// The branches of `allOf`, or those of the first list under another keyword with `null` left out.
    pub(super) fn branches(&self, keyword: &str) -> Vec<Place<'w>> {
        if keyword == "allOf" {
            return self.all(keyword).flat_map(Place::elements).collect();
        }
        let list = self.get(keyword).into_iter().flat_map(Place::elements);
        list.filter(|branch| !is_null_schema(*branch)).collect()
    }

    /// The number under a keyword; booleans of old exclusive bounds are no numbers.
    pub(super) fn number(&self, keyword: &str) -> Option<f64> {
        self.get(keyword).and_then(Place::as_f64)
    }

    /// A bound as written: the place, its value and whether it is exclusive.
    pub(super) fn bound(&self, inclusive: &str, exclusive: &str) -> Bound<'w> {
        let limit = self.get(inclusive).filter(|place| place.as_f64().is_some());
        let flag = self.get(exclusive);
        let numeric = self.version.has_json_schema();
        if !numeric && flag.and_then(Place::as_bool) == Some(true) {
            return Bound { inclusive: None, exclusive: limit };
        }
        Bound { inclusive: limit, exclusive: flag.filter(|place| place.as_f64().is_some()) }
    }

    /// The properties with their schemas, in document order.
    pub(super) fn properties(&self) -> Vec<(&'w str, SchemaRef<'w>)> {
        if !self.fields.is_empty() {
            return self.fields.iter().filter_map(|field| Some((field.name, field.schema()?))).collect();
        }
        let members = self.members().into_iter();
        members.filter_map(|member| Some((member.name, member.declared.into_iter().next()?))).collect()
    }

    /// A sub-schema that stands under a keyword.
    pub(super) fn sub(&self, keyword: &str) -> Option<SchemaRef<'w>> {
        let place = self.get(keyword)?;
        if self.inline { Some(SchemaRef::Inline(place)) } else { Some(SchemaRef::At(place)) }
    }

    /// The values of `enum`.
    pub(super) fn enumeration(&self) -> Option<Vec<Place<'w>>> {
        let list = self.get("enum").filter(|list| list.is_seq())?;
        Some(list.elements().collect())
    }

    /// All keywords that are written somewhere in the chain, in order, lists that were followed left out.
    pub(super) fn keywords(&self) -> Vec<&'w str> {
        let mut out: Vec<&'w str> = Vec::new();
        if !self.fields.is_empty() {
            return out;
        }
        for place in &self.chain {
            for member in place.members() {
                if member.name != "$ref" && !self.followed.contains(&member.value.id()) && !out.contains(&member.name) {
                    out.push(member.name);
                }
            }
        }
        out
    }

    /// Whether the schema says nothing about values beside its type.
    pub(super) fn is_bare(&self) -> bool {
        self.fields.is_empty()
            && self
                .keywords()
                .iter()
                .filter(|keyword| self.reads(keyword))
                .all(|keyword| ANNOTATIONS.contains(keyword) || keyword.starts_with("x-") || *keyword == "type")
    }
}

/// The two ways a bound is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound<'w> {
    pub(super) inclusive: Option<Place<'w>>,
    pub(super) exclusive: Option<Place<'w>>,
}

fn is_list(keyword: &str) -> bool {
    matches!(keyword, "allOf" | "anyOf" | "oneOf")
}

fn type_bit(name: &str) -> TypeSet {
    TYPES.iter().position(|known| *known == name).map_or(0, |at| 1 << at)
}

/// Whether a schema allows null and nothing else.
pub(super) fn is_null_schema(place: Place<'_>) -> bool {
    let only_null = |list: Place<'_>| list.len() == 1 && list.at(0).is_some_and(|v| v.is_null() || v.text() == "null");
    place.get("type").is_some_and(|t| t.as_str() == Some("null") || (t.is_seq() && only_null(t)))
        || place.get("enum").is_some_and(|list| list.len() == 1 && list.at(0).is_some_and(Place::is_null))
        || place.get("const").is_some_and(Place::is_null)
}

/// The types of a set in words.
pub(super) fn type_names(set: Option<TypeSet>) -> String {
    let Some(set) = set else { return "any".to_owned() };
    let names = TYPES.iter().enumerate().filter(|(at, _)| set & (1 << at) != 0).map(|(_, name)| *name);
    let names: Vec<_> = names.filter(|name| *name != "integer" || set & NUMBER == 0).collect();
    names.join("|")
}
