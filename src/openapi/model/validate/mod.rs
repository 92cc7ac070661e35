//! The structural check: walks a contract along the object model and reports what the specification does not allow.
//!
//! The contract is walked once, from its root; references are collected on the way. Then each reference is followed:
//! a target that was met as an object must be of the expected kind, any other target is walked as that kind. Every
//! place is walked at most once per kind, so shared parts and circles cost nothing.

mod bodies;
mod broken;
mod conditions;
mod discriminators;
mod duplicates;
mod expressions;
mod known;
mod links;
mod nowhere;
mod paths;
mod references;
mod scalars;
mod schemas;
mod servers;
mod tags;
mod unknown;
mod versions;

use super::table::{Field, FieldType, Model, Object, ObjectId, PatternId};
use super::{Check, model, words};
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::openapi::Version;
use crate::syntax::Kind;
use crate::text::near::Guesses;
use crate::workspace::{DocumentId, Place, PlaceId, RefError};
use links::Parameters;
use references::Pending;
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

/// Checks the contract with this root as one of `version`, parts in other files included.
///
/// Gives one finding per fault in the order met: an error for what the specification forbids, a warning for what it
/// ignores or leaves undefined, a hint for what is merely suspicious.
pub fn validate(root: Place<'_>, version: Version) -> Vec<Diagnostic> {
    check(root, version).map(|checker| checker.out).unwrap_or_default()
}

/// Returns the references of the contract with this root that cannot be read, each where it stands, in the order met.
pub fn unreadable(root: Place<'_>, version: Version) -> Vec<(Place<'_>, RefError)> {
    check(root, version).map(|checker| checker.unreadable).unwrap_or_default()
}

fn check(root: Place<'_>, version: Version) -> Option<Checker<'_>> {
    let model = model();
    let object = model.root(version)?;
    let foreign_dialect = root.get_str("jsonSchemaDialect").is_some_and(|dialect| !is_known_dialect(dialect));
    let mut checker = Checker {
        root,
        model,
        version,
        schema: model.id("Schema"),
        reference: model.id("Reference"),
        foreign_dialect,
        out: Vec::new(),
        kinds: FxHashMap::default(),
        checked: FxHashSet::default(),
        pending: Vec::new(),
        unresolved: FxHashMap::default(),
        unreadable: Vec::new(),
        operation_ids: FxHashMap::default(),
        parents: Vec::new(),
        links: Vec::new(),
        parameters: FxHashMap::default(),
        sources: FxHashMap::default(),
        guesses: Guesses::default(),
        discriminators: Vec::new(),
        bases: FxHashSet::default(),
        unquoted: Vec::new(),
    };
    if root.is_map() {
        checker.object(root, object);
    } else {
        let title = &model.object(object).title;
        let message = format!("the contract must be an object, the {title}, but is {}", words::actual(root.kind()));
        checker.report(Check::Type, message, root.location());
    }
    checker.follow_references();
    checker.finish_references();
    checker.finish_links();
    checker.finish_discriminators();
    checker.finish_status_codes();
    checker.versions(root);
    broken::discard(root.workspace(), &mut checker.out);
    Some(checker)
}

struct Checker<'w> {
    root: Place<'w>,
    model: &'static Model,
    version: Version,
    schema: Option<ObjectId>,
    reference: Option<ObjectId>,
    /// Whether the contract names a schema dialect that the table does not describe.
    foreign_dialect: bool,
    out: Vec<Diagnostic>,
    /// What each place was first met as; a reference counts as what it stands for.
    kinds: FxHashMap<PlaceId, ObjectId>,
    checked: FxHashSet<(PlaceId, ObjectId)>,
    pending: Vec<Pending<'w>>,
    /// Where a reference that leads nowhere was reported, and how often it was met.
    unresolved: FxHashMap<(DocumentId, &'w str), (usize, usize)>,
    /// References that cannot be read.
    unreadable: Vec<(Place<'w>, RefError)>,
    operation_ids: FxHashMap<&'w str, Place<'w>>,
    /// The objects around the current one, the outermost first.
    parents: Vec<ObjectId>,
    /// Link Objects, to be checked when all operations are known.
    links: Vec<Place<'w>>,
    /// The parameters of operations that links and expressions are about, each read once.
    parameters: FxHashMap<PlaceId, Option<Rc<Parameters<'w>>>>,
    /// Those of the request that the expressions of a callback or link read from.
    sources: FxHashMap<PlaceId, Option<Rc<Parameters<'w>>>>,
    /// What bounds the search for the names that were meant.
    guesses: Guesses,
    /// Schemas with a discriminator, to be checked when all subtypes are known.
    discriminators: Vec<Place<'w>>,
    /// Schemas that an `allOf` refers to.
    bases: FxHashSet<PlaceId>,
    /// Responses whose status code is no string.
    unquoted: Vec<Place<'w>>,
}

impl<'w> Checker<'w> {
    fn report(&mut self, check: Check, message: impl Into<String>, at: Location) -> &mut Diagnostic {
        self.out.push(Diagnostic::new(check.id(), Severity::Error, message, at));
        let last = self.out.len() - 1;
        &mut self.out[last]
    }

    /// Reports what the specification ignores or leaves undefined.
    fn warn(&mut self, check: Check, message: impl Into<String>, at: Location) -> &mut Diagnostic {
        let finding = self.report(check, message, at);
        finding.severity = Severity::Warn;
        finding
    }

    /// Reports what is merely suspicious.
    fn hint(&mut self, check: Check, message: impl Into<String>, at: Location) -> &mut Diagnostic {
        let finding = self.report(check, message, at);
        finding.severity = Severity::Hint;
        finding
    }

    /// Checks a value against the alternatives of `ty`; the rest of `field` applies to it as well.
    fn value(&mut self, place: Place<'w>, ty: &'static FieldType, field: &'static Field) {
        let types = ty.alternatives();
        if types.contains(&FieldType::Any) {
            return;
        }
        match place.kind() {
            Kind::Map => self.map(place, ty, field),
            Kind::Seq => {
                match types.iter().find_map(|ty| if let FieldType::List(inner) = ty { Some(inner) } else { None }) {
                    Some(inner) => self.list(place, inner, field),
                    None => self.mistyped(place, ty),
                }
            }
            Kind::Bool if types.iter().any(|ty| self.is_boolean_object(ty)) => {}
            _ => self.scalar(place, ty, field),
        }
    }

    fn is_boolean_object(&self, ty: &FieldType) -> bool {
        matches!(ty, FieldType::Object(id) if self.model.object(*id).boolean.contains(self.version))
    }

    fn map(&mut self, place: Place<'w>, ty: &'static FieldType, field: &'static Field) {
        let types = ty.alternatives();
        let object = self.pick(place, types);
        let has_reference = place.reference().is_some();
        if let Some(id) = object {
            let own = self.model.object(id).field("$ref", self.version).is_some();
            if place.get("$ref").is_some() && !own {
                if ty.allows_reference() {
                    self.reference(place, id, ty, field);
                } else {
                    self.misplaced_reference(place, ty, field);
                }
            } else if self.object(place, id) && has_reference {
                self.expect(place, ty, field);
            }
            return;
        }
        let Some(inner) = types.iter().find_map(|ty| if let FieldType::Map(inner) = ty { Some(inner) } else { None })
        else {
            return self.mistyped(place, ty);
        };
        if has_reference && !matches!(**inner, FieldType::String(_) | FieldType::Any) {
            return self.misplaced_reference(place, ty, field);
        }
        self.count(place, place.len(), field);
        for member in place.members() {
            self.without_effect(member, field);
            if let Some(keys) = field.keys {
                self.name(member.name, member.value, keys);
            }
            self.value(member.value, inner, field);
        }
    }

    /// The object of the alternatives that the map is meant to be.
    fn pick(&self, place: Place<'w>, types: &[FieldType]) -> Option<ObjectId> {
        let ids = types.iter().filter_map(|ty| if let FieldType::Object(id) = ty { Some(*id) } else { None });
        let mut ids = ids.filter(|&id| self.model.object(id).versions.contains(self.version));
        ids.find(|&id| {
            let mut select = self.model.object(id).select.iter();
            select
                .all(|(name, values)| place.get_str(name).is_some_and(|text| values.iter().any(|value| value == text)))
        })
    }

    fn list(&mut self, place: Place<'w>, inner: &'static FieldType, field: &'static Field) {
        self.count(place, place.len(), field);
        match &field.unique_by {
            Some((name, check)) => self.unique_by(place, inner, field, name, *check),
            None if field.unique => self.unique(place),
            None => {}
        }
        for element in place.elements() {
            self.value(element, inner, field);
        }
    }

    /// Checks a map as the object `id`; false when that was done before.
    fn object(&mut self, place: Place<'w>, id: ObjectId) -> bool {
        if !self.checked.insert((place.id(), id)) {
            return false;
        }
        self.kinds.entry(place.id()).or_insert(id);
        let object = self.model.object(id);
        if Some(id) == self.schema && self.is_foreign(place) {
            if let (Some(dialect), Some(field)) = (place.get("$schema"), object.field("$schema", self.version)) {
                self.value(dialect, &field.ty, field);
            }
            return false;
        }
        let (mut strangers, mut siblings) = (Vec::new(), Vec::new());
        self.parents.push(id);
        for member in place.members() {
            if object.extensions.contains(self.version) && member.name.starts_with("x-") {
                continue;
            }
            match object.lookup(self.model, member.name, self.version) {
                Some(field) => {
                    if field.deprecated.contains(self.version) {
                        self.obsolete(object, member);
                    }
                    self.value(member.value, &field.ty, field);
                }
                None if Some(id) == self.reference && object.unknown.contains(self.version) => siblings.push(member),
                None if object.unknown.contains(self.version) => self.keyword(place, object, member),
                None => strangers.push(member),
            }
        }
        let suggested = self.unknown(place, object, &strangers);
        self.siblings(place, &siblings);
        self.conditions(place, object, &suggested);
        self.across(place, object);
        self.parents.pop();
        true
    }

    /// The checks of an object that go beyond its fields one by one.
    fn across(&mut self, place: Place<'w>, object: &Object) {
        match object.name.as_str() {
            "OpenAPI" if self.version >= Version::V3_2 => self.tags(place),
            "Paths" => self.paths(place),
            "PathItem" => {
                self.parameters(place);
                self.bodies(place);
            }
            "Operation" => {
                self.parameters(place);
                self.operation_id(place);
                self.form(place);
            }
            "Parameter" => self.style(place),
            "RequestBody" | "Response" => self.encodings(place, object),
            "Responses" => self.status_codes(place),
            "Callback" => self.callback(place),
            "Server" => self.server(place),
            "Link" => self.links.push(place),
            "Schema" => self.schema(place),
            _ => {}
        }
    }

    /// Whether a schema follows a dialect that the table does not describe.
    fn is_foreign(&self, place: Place<'w>) -> bool {
        match place.get_str("$schema") {
            Some(dialect) => self.version >= Version::V3_1 && !is_known_dialect(dialect),
            None => self.foreign_dialect,
        }
    }

    /// Checks a key against a pattern of names.
    fn name(&mut self, name: &str, value: Place<'w>, keys: PatternId) {
        let pattern = self.model.pattern(keys);
        if pattern.allows(name) {
            return;
        }
        let message = format!("{} is not allowed as a key here: each key {}", words::quote(name), pattern.says);
        let help = known::key(self.model, pattern, name, self.version);
        self.report(pattern.check, message, value.key_location()).help = help;
    }
}

/// Whether the table describes the schemas of this dialect.
fn is_known_dialect(dialect: &str) -> bool {
    dialect.contains("json-schema.org/draft/2020-12/") || dialect.contains("spec.openapis.org/oas/3.")
}

/// The title with its article, for messages.
fn the(object: &Object) -> String {
    format!("the {}", object.title)
}
