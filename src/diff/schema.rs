//! Compares one pair of schemas keyword by keyword; sub-schemas are queued as pairs of their own.
//!
//! Every difference becomes an edit with the id `<subject>-<what happened>`. Its effect is that of the keyword alone;
//! whether the set of values really changed is judged later.

use super::describe;
use super::edit::{AnchorId, Edit, ScopeId, show};
use super::effect::{Effect, Polarity};
use super::view::View;
use super::walk::Walk;
use crate::openapi::{LifecycleKeys, SchemaRef};
use crate::workspace::Place;

/// In which kind of place a schema stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Request,
    Response,
    Parameter,
    Header,
}

impl Role {
    /// The word that ids and messages use for its properties.
    pub(super) fn word(self) -> &'static str {
        match self {
            Role::Request | Role::Parameter => "request",
            Role::Response | Role::Header => "response",
        }
    }
}

/// What a change id says a schema is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Subject {
    RequestBody,
    RequestProperty,
    RequestParameter,
    RequestParameterProperty,
    ResponseBody,
    ResponseProperty,
    ResponseHeader,
}

impl Subject {
    pub(super) fn name(self) -> &'static str {
        match self {
            Subject::RequestBody => "request-body",
            Subject::RequestProperty => "request-property",
            Subject::RequestParameter => "request-parameter",
            Subject::RequestParameterProperty => "request-parameter-property",
            Subject::ResponseBody => "response-body",
            Subject::ResponseProperty => "response-property",
            Subject::ResponseHeader => "response-header",
        }
    }

    pub(super) fn role(self) -> Role {
        match self {
            Subject::RequestBody | Subject::RequestProperty => Role::Request,
            Subject::RequestParameter | Subject::RequestParameterProperty => Role::Parameter,
            Subject::ResponseBody | Subject::ResponseProperty => Role::Response,
            Subject::ResponseHeader => Role::Header,
        }
    }

    /// What a property of it is.
    pub(super) fn property(self) -> Self {
        match self {
            Subject::RequestBody => Subject::RequestProperty,
            Subject::ResponseBody => Subject::ResponseProperty,
            Subject::RequestParameter => Subject::RequestParameterProperty,
            other => other,
        }
    }

    /// What an item of it is.
    pub(super) fn item(self) -> Self {
        match self {
            Subject::RequestBody => Subject::RequestProperty,
            Subject::ResponseBody => Subject::ResponseProperty,
            other => other,
        }
    }
}

/// What the surroundings of a pair say about its edits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context {
    pub(super) subject: Subject,
    pub(super) polarity: Polarity,
    /// Under a `not`: what narrows the part widens the whole.
    pub(super) negated: bool,
    /// Under an `if`: the effect on the whole cannot be read off.
    pub(super) unclear: bool,
    /// The values are no part of what is sent.
    pub(super) muted: Option<&'static str>,
    /// The pair stands in a list of branches of the anchor.
    pub(super) in_branch: bool,
    /// Values travel as text, so numbers and strings look alike.
    pub(super) text: bool,
    /// What only documents is left out.
    pub(super) quiet: bool,
    pub(super) anchor: Option<AnchorId>,
    /// How the next pair is reached from the values of the anchor.
    pub(super) step: Mark,
    /// The pair stands in a part of the anchor's values (under `patternProperties`, …), not in the values themselves.
    pub(super) elsewhere: bool,
}

/// A step from a value to its part, with names as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Member(u32),
    AnyMember,
    AnyItem,
    /// No single step.
    Unknown,
}

impl Context {
    pub(super) fn root(subject: Subject, polarity: Polarity) -> Self {
        Context {
            subject,
            polarity,
            negated: false,
            unclear: false,
            muted: None,
            in_branch: false,
            text: false,
            quiet: false,
            anchor: None,
            step: Mark::Unknown,
            elsewhere: false,
        }
    }

    /// Tells contexts apart whose edits differ.
    pub(super) fn key(self) -> u16 {
        self.subject as u16
            | u16::from(self.negated) << 3
            | u16::from(self.unclear) << 4
            | u16::from(self.muted.is_some()) << 5
            | u16::from(self.in_branch) << 6
            | u16::from(self.text) << 7
            | u16::from(self.quiet) << 8
    }
}

/// A pair of schemas to compare.
#[derive(Clone, Debug)]
pub(super) struct SchemaTask<'w> {
    pub(super) scope: ScopeId,
    pub(super) base: SchemaRef<'w>,
    pub(super) revision: SchemaRef<'w>,
    pub(super) context: Context,
}

/// Both sides of a pair as they are read.
pub(super) struct Pair<'w> {
    pub(super) scope: ScopeId,
    pub(super) context: Context,
    pub(super) old: View<'w>,
    pub(super) new: View<'w>,
    /// Branches of `allOf` are read as one object on both sides.
    pub(super) flat: bool,
}

impl<'w> Pair<'w> {
    /// How people call it.
    pub(super) fn location(&self) -> String {
        let place = self.new.at().or_else(|| self.old.at());
        place.map_or_else(String::new, |place| describe::schema(place, self.context.subject))
    }

    /// The objects that an edit stands in: those that hold its keyword, where a schema is written in several (what stands
    /// beside a reference, and what that leads to), else the first.
    pub(super) fn home(
        &self,
        old: Option<Place<'w>>,
        new: Option<Place<'w>>,
    ) -> (Option<Place<'w>>, Option<Place<'w>>) {
        let (before, after) = (&self.old.chain, &self.new.chain);
        let holder = |chain: &[Place<'w>], place: Option<Place<'w>>| {
            let place = place.filter(|_| chain.len() > 1)?;
            let path = place.path();
            chain
                .iter()
                .rposition(|object| object.document_id() == place.document_id() && path.starts_with(&object.path()))
        };
        let (own, other) = (holder(before, old), holder(after, new));
        // Written alike, the object on one side is the one with the same number on the other.
        let alike = before.len() == after.len();
        let base = own.or(other.filter(|_| alike)).unwrap_or(0);
        let revision = other.or(own.filter(|_| alike)).unwrap_or(0);
        (before.get(base).copied(), after.get(revision).copied())
    }

    /// An edit of this pair; places default to those of the schemas.
    pub(super) fn edit(&self, what: &str, old: Option<Place<'w>>, new: Option<Place<'w>>) -> Edit<'w> {
        let id = format!("{}-{what}", self.context.subject.name());
        let mut edit = self.edit_as(id, old, new);
        edit.cause = Some(what.to_owned().into());
        edit
    }

    /// The same under an id of its own.
    pub(super) fn edit_as(&self, id: String, old: Option<Place<'w>>, new: Option<Place<'w>>) -> Edit<'w> {
        let home = self.home(old, new);
        let location = home.1.or(home.0).map_or_else(String::new, |at| describe::schema(at, self.context.subject));
        let mut edit = Edit::new(id, self.scope, self.context.polarity)
            .at(old.or(home.0), new.or(home.1))
            .location(location)
            .values(show(old), show(new));
        edit.negated = self.context.negated;
        edit.anchor = self.context.anchor;
        edit.in_branch = self.context.in_branch;
        edit.elsewhere = self.context.elsewhere;
        edit.harmless = self.context.muted.map(str::to_owned);
        if self.context.unclear {
            edit.effect = Some(Effect::Unknown);
        }
        edit
    }
}

/// Sub-schemas under one keyword: the keyword, its part in ids, and how the part bears on the whole.
const PARTS: [(&str, &str, Bearing); 8] = [
    ("items", "items", Bearing::Item),
    ("contains", "contains", Bearing::Item),
    ("propertyNames", "property-names", Bearing::Part),
    ("not", "not", Bearing::Not),
    ("if", "if", Bearing::If),
    ("then", "then", Bearing::Part),
    ("else", "else", Bearing::Part),
    ("contentSchema", "content-schema", Bearing::Part),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bearing {
    Item,
    Part,
    Not,
    If,
}

impl<'w> Walk<'w, '_> {
    /// Compares a pair and queues what it contains.
    pub(super) fn compare_schema(&mut self, task: SchemaTask<'w>) {
        let old = View::new(&task.base, self.base.version());
        let new = View::new(&task.revision, self.revision.version());
        let mut pair = Pair { scope: task.scope, context: task.context, old, new, flat: false };
        if let (Some(old), Some(new)) = (pair.old.boolean, pair.new.boolean) {
            if old != new {
                let what = if new { "schema-opened" } else { "schema-closed" };
                self.push(pair.edit(what, pair.old.at(), pair.new.at()));
            }
            return;
        }
        // What became one of several is one edit; its keywords are compared with those of the branch it became.
        if !self.wrapped(&pair) {
            self.flatten(&mut pair);
            self.types(&pair);
            self.lists(&pair);
            self.limits(&pair);
            self.values(&pair);
            self.objects(&pair);
            self.parts(&pair);
            self.arrays(&pair);
        }
        self.discriminator(&pair);
        if !pair.context.quiet {
            self.annotations(&pair);
            self.schema_life(&pair);
            self.other_keywords(&pair);
        }
    }

    /// Sub-schemas that stand alone under a keyword.
    fn parts(&mut self, pair: &Pair<'w>) {
        // A condition that comes or goes takes what hangs on it along: one edit.
        let condition = pair.old.sub("if").is_some() != pair.new.sub("if").is_some();
        for (keyword, what, bearing) in PARTS {
            let (old, new) = (pair.old.sub(keyword), pair.new.sub(keyword));
            let told = condition && matches!(keyword, "then" | "else");
            match (&old, &new) {
                (Some(_), None) | (None, Some(_)) if told => {}
                (None, None) => {}
                (Some(old), Some(new)) => {
                    let mut context = inner(pair, bearing);
                    context.step = Mark::AnyItem;
                    context.elsewhere |= matches!(keyword, "propertyNames" | "contentSchema");
                    self.schema(pair.scope, old, new, context);
                }
                (old, new) => {
                    let place = |side: &Option<SchemaRef<'w>>| side.as_ref().and_then(SchemaRef::place);
                    let place = (place(old), place(new));
                    let any = place.0.or(place.1).is_some_and(is_open);
                    let action = if old.is_none() { "added" } else { "removed" };
                    let mut edit = pair.edit(&format!("{what}-{action}"), place.0, place.1);
                    if any && bearing != Bearing::Not && bearing != Bearing::If && keyword != "contains" {
                        edit.effect = Some(Effect::None);
                    }
                    self.push(edit);
                }
            }
        }
    }

    /// Keywords that document.
    fn annotations(&mut self, pair: &Pair<'w>) {
        for keyword in ["default"] {
            let (old, new) = (pair.old.get(keyword), pair.new.get(keyword));
            let what = match (old, new) {
                (None, None) => continue,
                (None, Some(_)) => "default-value-added",
                (Some(_), None) => "default-value-removed",
                (Some(old), Some(new)) if super::values::equal(old, new) => continue,
                (Some(_), Some(_)) => "default-value-changed",
            };
            self.push(pair.edit(what, old, new));
        }
        for (keyword, what) in [
            ("contentMediaType", "content-media-type-changed"),
            ("contentEncoding", "content-encoding-changed"),
            ("$dynamicRef", "dynamic-reference-changed"),
            ("$recursiveRef", "dynamic-reference-changed"),
            ("$dynamicAnchor", "dynamic-anchor-changed"),
            ("$schema", "dialect-changed"),
            ("xml", "xml-changed"),
        ] {
            let (old, new) = (pair.old.get(keyword), pair.new.get(keyword));
            let equal = match (old, new) {
                (None, None) => true,
                (Some(old), Some(new)) => self.same.alike(old, new),
                (None, Some(new)) => new.as_str().is_some_and(|new| content_by_format(&pair.old, keyword) == Some(new)),
                (Some(old), None) => old.as_str().is_some_and(|old| content_by_format(&pair.new, keyword) == Some(old)),
            };
            if !equal && !pair.old.inline && !pair.new.inline {
                self.push(pair.edit(what, old, new));
            }
        }
    }

    /// Deprecation and stability of a schema, which is that of the property it describes.
    fn schema_life(&mut self, pair: &Pair<'w>) {
        let (Some(old), Some(new)) = (pair.old.at(), pair.new.at()) else { return };
        if pair.old.inline || pair.new.inline {
            return;
        }
        let (before, after) = (LifecycleKeys::read(old), LifecycleKeys::read(new));
        let prefix = match pair.context.subject.role() {
            Role::Request => "request-property",
            Role::Response => "response-property",
            Role::Parameter | Role::Header => return,
        };
        let location = pair.location();
        self.property_life(pair, prefix, &location, (&before, old), (&after, new));
    }

    /// What no comparison above looked at.
    fn other_keywords(&mut self, pair: &Pair<'w>) {
        if pair.old.inline || pair.new.inline {
            return;
        }
        let (Some(base), Some(revision)) = (pair.old.at(), pair.new.at()) else { return };
        let mut names = pair.old.keywords();
        names.extend(pair.new.keywords().into_iter().filter(|name| pair.old.get(name).is_none()));
        for name in names {
            if !HANDLED.contains(&name) && !super::lifecycle::KEYS.contains(&name) {
                self.field(pair.scope, name, pair.old.get(name), pair.new.get(name), (base, revision));
            }
        }
    }
}

/// The context of a sub-schema.
fn inner(pair: &Pair<'_>, bearing: Bearing) -> Context {
    let mut context = pair.context;
    match bearing {
        Bearing::Item => {
            context.subject = context.subject.item();
            context.in_branch = false;
        }
        Bearing::Part => context.in_branch = true,
        Bearing::Not => {
            context.negated = !context.negated;
            context.in_branch = true;
        }
        Bearing::If => {
            context.unclear = true;
            context.in_branch = true;
        }
    }
    context
}

/// Keywords that have a comparison of their own.
const HANDLED: [&str; 58] = [
    "type",
    "nullable",
    "x-nullable",
    "format",
    "enum",
    "const",
    "x-extensible-enum",
    "maximum",
    "minimum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "multipleOf",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "maxContains",
    "minContains",
    "maxProperties",
    "minProperties",
    "required",
    "properties",
    "patternProperties",
    "additionalProperties",
    "propertyNames",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedProperties",
    "unevaluatedItems",
    "items",
    "prefixItems",
    "contains",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "discriminator",
    "default",
    "readOnly",
    "writeOnly",
    "contentMediaType",
    "contentEncoding",
    "contentSchema",
    "xml",
    "$dynamicRef",
    "$recursiveRef",
    "$dynamicAnchor",
    "$schema",
    "$ref",
    "name",
    "in",
    "collectionFormat",
    "allowEmptyValue",
];

/// What 2.0 and 3.0 say by `format` where 3.1 has a keyword of its own (OpenAPI 3.1.1, 4.7.14.2, and the migration
/// from 3.0 it describes).
pub(super) fn content_by_format(view: &View<'_>, keyword: &str) -> Option<&'static str> {
    let format = view.get("format").and_then(Place::as_str).filter(|_| !view.version.has_json_schema())?;
    match (keyword, format) {
        ("contentMediaType", "binary") => Some("application/octet-stream"),
        ("contentEncoding", "byte") => Some("base64"),
        _ => None,
    }
}

/// Whether a schema allows everything.
pub(super) fn is_open(place: Place<'_>) -> bool {
    place.as_bool() == Some(true) || (place.is_map() && place.is_empty())
}
