//! The object model as types: objects, fields, types and conditions, with look-ups by name and version.

use super::check::Check;
use super::versions::Versions;
use crate::diagnostic::Severity;
use crate::openapi::Version;
use crate::syntax::Kind;
use indexmap::IndexMap;
use regex::Regex;
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::sync::OnceLock;

/// Every object of every version.
#[derive(Debug, Default)]
pub struct Model {
    pub(super) objects: Vec<Object>,
    pub(super) by_name: FxHashMap<String, ObjectId>,
    pub(super) patterns: Vec<Pattern>,
    pub(super) advice: Vec<Advice>,
}

/// What to write instead of a field or value that is known to come from another version, or from a slip.
#[derive(Clone, Debug)]
pub struct Advice {
    /// The name of the object in the table.
    pub object: String,
    /// The fields; `*` for any.
    pub fields: Vec<String>,
    /// What is found there.
    pub found: FoundThere,
    /// Versions of the contract that it is for.
    pub versions: Versions,
    /// The versions that have it, where another one does.
    pub from: Option<Versions>,
    /// What has it, where that is no version of OpenAPI.
    pub origin: Option<String>,
    /// Kinds of values that it is about; empty for any.
    pub kinds: Vec<Kind>,
    /// What to write; `{value}`, `{name}` and `{version}` stand for what is found.
    pub help: String,
}

/// What an [`Advice`] is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FoundThere {
    /// A field that the object does not have.
    Unknown,
    /// A field that the version discourages and that has no effect.
    Deprecated,
    /// A value of this kind.
    Kind(Vec<Kind>),
    /// One of these values.
    Values(Vec<String>),
    /// An element of the array that is no object.
    Element,
}

impl Advice {
    /// The sentence for a field and its value.
    pub fn say(&self, name: &str, value: &str, version: Version) -> String {
        self.help.replace("{value}", value).replace("{name}", name).replace("{version}", version.name())
    }
}

/// Index of an object in its model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(pub(super) u16);

/// Index of a pattern in its model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PatternId(pub(super) u16);

/// A named pattern for keys and strings.
#[derive(Debug)]
pub struct Pattern {
    /// Its name in the table.
    pub name: String,
    /// What it demands, to follow `it`: starts with a slash, say.
    pub says: String,
    /// The check that reports what does not match.
    pub check: Check,
    pub(super) source: String,
    pub(super) regex: OnceLock<Option<Regex>>,
    pub(super) not: Vec<String>,
}

impl Pattern {
    /// The name that is meant, where only letter case or a leading slash is wrong.
    pub fn repair(&self, text: &str) -> Option<String> {
        let candidates = [text.to_uppercase(), format!("/{text}"), text.trim().to_owned()];
        candidates.into_iter().find(|candidate| candidate != text && !text.is_empty() && self.allows(candidate))
    }

    /// Whether `text` is allowed.
    pub fn allows(&self, text: &str) -> bool {
        // Compiled at the first use, so that reading the table stays cheap; that each compiles is tested.
        let regex = self.regex.get_or_init(|| Regex::new(&self.source).ok());
        regex.as_ref().is_some_and(|regex| regex.is_match(text)) && !self.not.iter().any(|not| not == text)
    }
}

/// One object of the specification.
#[derive(Debug)]
pub struct Object {
    /// Its name in the table, such as `PathItem`.
    pub name: String,
    /// Its name in the specification, such as `Path Item Object`.
    pub title: String,
    /// Versions in which it exists.
    pub versions: Versions,
    /// Versions in which `x-` fields are allowed.
    pub extensions: Versions,
    /// Versions that allow fields the table does not know.
    pub unknown: Versions,
    /// Versions in which `true` or `false` may stand for the object.
    pub boolean: Versions,
    /// Least number of entries, extensions not counted.
    pub min: usize,
    /// Values that tell it from the other objects of a union.
    pub select: Vec<(String, Vec<String>)>,
    /// Fields whose names depend on the contract, such as paths.
    pub entries: Vec<Entry>,
    /// Fields that depend on each other.
    pub groups: Vec<Group>,
    /// Conditions.
    pub rules: Vec<Rule>,
    /// Names of the fields that some version requires.
    pub(super) required: Vec<String>,
    pub(super) fields: IndexMap<String, Vec<Field>, FxBuildHasher>,
}

/// A fixed field of an object, in some versions.
#[derive(Clone, Debug)]
pub struct Field {
    /// What it may hold.
    pub ty: FieldType,
    /// Versions in which it exists in this form.
    pub versions: Versions,
    /// Versions in which it must be there.
    pub required: Versions,
    /// Versions that discourage it.
    pub deprecated: Versions,
    /// The values its scalars may have; empty for any.
    pub values: Vec<String>,
    /// Least number of entries.
    pub min: usize,
    /// Greatest number of entries.
    pub max: usize,
    /// Whether no two entries may be equal.
    pub unique: bool,
    /// The field by which no two entries may be equal, and the check that reports it.
    pub unique_by: Option<(String, Check)>,
    /// Keys without effect, in any letter case.
    pub ignores: Vec<String>,
    /// The pattern of its text.
    pub matches: Option<PatternId>,
    /// The pattern of its keys.
    pub keys: Option<PatternId>,
    /// The type of what its texts refer to as URIs.
    pub refers: Option<FieldType>,
}

/// Fields named by a pattern.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The pattern of the names; `None` for any name.
    pub keys: Option<PatternId>,
    /// What they hold, and in which versions.
    pub field: Field,
}

/// The texts a field may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text {
    /// Any string.
    Plain,
    /// An absolute URI, RFC 3986.
    Uri,
    /// A URI reference, RFC 3986.
    UriReference,
    /// An absolute IRI, RFC 3987.
    Iri,
    /// A mail address, RFC 5321.
    Email,
    /// A regular expression, ECMA-262.
    Regex,
}

/// What a field may hold.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldType {
    /// Any value.
    Any,
    /// A string.
    String(Text),
    /// True or false.
    Boolean,
    /// A number without fraction.
    Integer,
    /// A number.
    Number,
    /// An integer that is not negative.
    Count,
    /// A number above zero.
    Positive,
    /// A map with names of the author's choice.
    Map(Box<FieldType>),
    /// A list.
    List(Box<FieldType>),
    /// An object of the specification.
    Object(ObjectId),
    /// A `$ref` in the place of the alternatives.
    Reference,
    /// One of several.
    OneOf(Vec<FieldType>),
}

impl FieldType {
    /// The alternatives of a union, or the type itself.
    pub fn alternatives(&self) -> &[FieldType] {
        match self {
            FieldType::OneOf(types) => types,
            other => std::slice::from_ref(other),
        }
    }

    /// The objects met in it, maps and lists looked into.
    pub fn objects(&self) -> Vec<ObjectId> {
        match self {
            FieldType::Object(id) => vec![*id],
            FieldType::Map(inner) | FieldType::List(inner) => inner.objects(),
            FieldType::OneOf(types) => types.iter().flat_map(FieldType::objects).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether a `$ref` may stand in its place.
    pub fn allows_reference(&self) -> bool {
        self.alternatives().contains(&FieldType::Reference)
    }
}

/// How fields of a group depend on each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupKind {
    /// At most one of them.
    Exclusive,
    /// One of them, no more.
    ExactlyOne,
    /// One of them, or more.
    AtLeastOne,
}

/// Fields that depend on each other.
#[derive(Clone, Debug)]
pub struct Group {
    /// How.
    pub kind: GroupKind,
    /// The fields.
    pub fields: Vec<String>,
    /// Versions in which it holds.
    pub versions: Versions,
}

/// What a condition asks of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// That it is there.
    Present,
    /// That it is not there.
    Absent,
    /// That its text is one of these, letter case aside.
    Is(Vec<String>),
}

/// A condition on an object and what follows from it.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Versions in which it holds.
    pub versions: Versions,
    /// All of these must hold.
    pub when: Vec<(String, Test)>,
    /// None of these may hold.
    pub unless: Vec<(String, Test)>,
    /// Fields that must be there.
    pub require: Vec<String>,
    /// Fields that must not be there.
    pub forbid: Vec<String>,
    /// Values that fields may have.
    pub values: Vec<(String, Vec<String>)>,
    /// Patterns that fields must match.
    pub matches: Vec<(String, PatternId)>,
    /// Fields that have no effect then.
    pub ignored: Vec<String>,
    /// Fields whose effect is not defined then.
    pub undefined: Vec<String>,
    /// How much it weighs that the rest of the rule does not hold.
    pub severity: Severity,
}

impl Model {
    /// The object with this id.
    pub fn object(&self, id: ObjectId) -> &Object {
        &self.objects[id.0 as usize]
    }

    /// Returns all objects.
    pub fn objects(&self) -> impl Iterator<Item = &Object> {
        self.objects.iter()
    }

    /// The pattern with this id.
    pub fn pattern(&self, id: PatternId) -> &Pattern {
        &self.patterns[id.0 as usize]
    }

    /// What to write instead of a field of an object, or of its value, in a contract of `version`.
    pub fn advice(
        &self,
        object: &str,
        field: &str,
        version: Version,
        fits: impl Fn(&FoundThere) -> bool,
    ) -> Option<&Advice> {
        self.advice.iter().find(|advice| {
            advice.object == object
                && advice.versions.contains(version)
                && advice.fields.iter().any(|known| known == field || known == "*")
                && fits(&advice.found)
        })
    }

    /// The object with this name, if `version` has it.
    pub fn find(&self, name: &str, version: Version) -> Option<&Object> {
        let object = self.object(self.id(name)?);
        object.versions.contains(version).then_some(object)
    }

    /// The id of the object with this name.
    pub fn id(&self, name: &str) -> Option<ObjectId> {
        self.by_name.get(name).copied()
    }

    /// The object that a whole contract of `version` is.
    pub fn root(&self, version: Version) -> Option<ObjectId> {
        self.id(if version == Version::V2_0 { "Swagger" } else { "OpenAPI" })
    }

    /// All objects of `version`, in the order of the table.
    pub fn objects_in(&self, version: Version) -> impl Iterator<Item = &Object> {
        self.objects.iter().filter(move |object| object.versions.contains(version))
    }

    /// What `tokens`, a JSON pointer, lead to in a contract of `version`: the type of the value there, without
    /// looking at a contract. `None` where the model has no such place.
    pub fn type_at<'a>(&self, version: Version, tokens: impl IntoIterator<Item = &'a str>) -> Option<FieldType> {
        let mut at = FieldType::Object(self.root(version)?);
        for token in tokens {
            let next = at.alternatives().iter().find_map(|alternative| match alternative {
                FieldType::Object(id) => self.object(*id).lookup(self, token, version).map(|field| field.ty.clone()),
                FieldType::Map(inner) => Some((**inner).clone()),
                FieldType::List(inner) if token.bytes().all(|byte| byte.is_ascii_digit()) => Some((**inner).clone()),
                FieldType::Any => Some(FieldType::Any),
                _ => None,
            });
            at = next?;
        }
        Some(at)
    }
}

impl Object {
    /// The fixed field with this name, if `version` has it.
    pub fn field(&self, name: &str, version: Version) -> Option<&Field> {
        self.fields.get(name)?.iter().find(|field| field.versions.contains(version))
    }

    /// The fixed fields of `version` with their names, in the order of the table.
    pub fn fields_in(&self, version: Version) -> impl Iterator<Item = (&str, &Field)> {
        self.fields.iter().filter_map(move |(name, forms)| {
            let field = forms.iter().find(|field| field.versions.contains(version))?;
            Some((name.as_str(), field))
        })
    }

    /// The names of the fixed fields that `version` requires whatever the others hold, in the order of the table.
    pub fn required_in(&self, version: Version) -> impl Iterator<Item = &str> {
        let required =
            move |name: &&String| self.field(name, version).is_some_and(|field| field.required.contains(version));
        self.required.iter().filter(required).map(String::as_str)
    }

    /// The fields named by a pattern in `version`.
    pub fn entries_in(&self, version: Version) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.field.versions.contains(version))
    }

    /// The field that a key names: a fixed one, else the first whose pattern allows it.
    pub fn lookup(&self, model: &Model, name: &str, version: Version) -> Option<&Field> {
        self.field(name, version).or_else(|| {
            let allows = |entry: &&Entry| entry.keys.is_none_or(|keys| model.pattern(keys).allows(name));
            self.entries_in(version).find(allows).map(|entry| &entry.field)
        })
    }

    /// The forms of a fixed field, one for each set of versions; empty where there is no such field.
    pub fn forms(&self, name: &str) -> &[Field] {
        self.fields.get(name).map_or(&[], Vec::as_slice)
    }

    /// All versions in which it has a fixed field with this name.
    pub fn versions_of(&self, name: &str) -> Versions {
        self.forms(name).iter().fold(Versions::NONE, |set, field| set.union(field.versions)).intersection(self.versions)
    }
}
