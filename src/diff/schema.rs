//! Compares one pair of schemas keyword by keyword; sub-schemas are queued as pairs of their own.
//!
//! Every difference becomes an edit: an event that happened to the subject of the pair. Its effect is that of the keyword alone;
//! whether the set of values really changed is judged later.

use super::catalogue::KEYWORDS;
use super::change::{Event, Role, Subject};
use super::effect::Effect;
use super::pair::{Context, Mark, Pair, Presence, SchemaTask};
use super::view::{ARRAY, View};
use super::walk::Walk;
use crate::openapi::{LifecycleKeys, SchemaRef};
use crate::workspace::Place;

/// Sub-schemas under one keyword: the keyword, the events when it comes and goes, and how the part bears on the whole.
const PARTS: [(&str, Event, Event, Bearing); 8] = [
    ("items", Event::ItemsAdded, Event::ItemsRemoved, Bearing::Item),
    ("contains", Event::ContainsAdded, Event::ContainsRemoved, Bearing::Item),
    ("propertyNames", Event::PropertyNamesAdded, Event::PropertyNamesRemoved, Bearing::Part),
    ("not", Event::NotAdded, Event::NotRemoved, Bearing::Not),
    ("if", Event::IfAdded, Event::IfRemoved, Bearing::If),
    ("then", Event::ThenAdded, Event::ThenRemoved, Bearing::Part),
    ("else", Event::ElseAdded, Event::ElseRemoved, Bearing::Part),
    ("contentSchema", Event::ContentSchemaAdded, Event::ContentSchemaRemoved, Bearing::Part),
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
        let mut old = View::new(&task.base, self.base.version());
        let mut new = View::new(&task.revision, self.revision.version());
        old.join(task.joined.0);
        new.join(task.joined.1);
        (old.outer, new.outer) = task.outer;
        self.read(&old.chain, &new.chain);
        let mut context = task.context;
        let sites = (task.base.place(), task.revision.place());
        context.detour = self.detour(sites, (&old.chain, &new.chain), context.detour);
        let detour = context.detour.map(|at| self.detours[at].clone());
        let mut pair = Pair { scope: task.scope, context, old, new, flat: false, detour };
        let closed = (pair.old.boolean == Some(false), pair.new.boolean == Some(false));
        if closed.0 || closed.1 || (pair.old.boolean.is_some() && pair.new.boolean.is_some()) {
            if closed.0 != closed.1 {
                let event = if closed.0 { Event::SchemaOpened } else { Event::SchemaClosed };
                self.push(pair.edit(event, pair.old.at(), pair.new.at()));
            }
            return;
        }
        // What became one of several is one edit; its keywords are compared with those of the branch it became.
        if !self.wrapped(&pair) {
            self.flatten(&mut pair);
            if !pair.is_file() {
                self.types(&pair);
            }
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
            self.xml(&pair);
            self.schema_life(&pair);
            self.other_keywords(&pair);
        }
    }

    /// Sub-schemas that stand alone under a keyword.
    fn parts(&mut self, pair: &Pair<'w>) {
        // A condition that comes or goes takes what hangs on it along: one edit.
        let condition = pair.old.sub("if").is_some() != pair.new.sub("if").is_some();
        for (keyword, added, removed, bearing) in PARTS {
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
                    let event = if old.is_none() { added } else { removed };
                    let mut edit = pair.edit(event, place.0, place.1);
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
            let event = match (old, new) {
                (None, None) => continue,
                (None, Some(_)) => Event::DefaultValueAdded,
                (Some(_), None) => Event::DefaultValueRemoved,
                (Some(old), Some(new)) if super::values::equal(old, new) => continue,
                (Some(_), Some(_)) => Event::DefaultValueChanged,
            };
            let edit = pair.edit(event, old, new);
            match pair.context.parameter {
                // What is always sent needs no default.
                Some(Presence::Required) => {
                    if let (Some(base), Some(revision)) = (pair.old.at(), pair.new.at()) {
                        self.field(pair.scope, keyword, old, new, (base, revision));
                    }
                }
                Some(Presence::Optional) if event != Event::DefaultValueAdded => {
                    self.push(edit.undefined("requests that leave the parameter out mean something else now"));
                }
                _ => self.push(edit),
            }
        }
        for (keyword, event) in KEYWORDS.iter().copied().filter(|(keyword, _)| *keyword != "xml") {
            let (old, new) = (pair.old.get(keyword), pair.new.get(keyword));
            let equal = match (old, new) {
                (None, None) => true,
                (Some(old), Some(new)) => self.same.alike(old, new),
                _ => false,
            };
            let told = match keyword {
                // A file in another notation; the key of the body, or the encoding of the part, says more (OpenAPI 3.1.1,
                // section 4.8.24.5.2).
                "contentMediaType" => {
                    (pair.is_file() && (old.is_none() || new.is_none())) || pair.context.body || pair.context.part
                }
                "contentEncoding" => pair.has_known_encodings(),
                _ => false,
            };
            if equal || told {
                continue;
            }
            if !pair.old.inline && !pair.new.inline {
                self.push(pair.edit(event, old, new));
            }
        }
    }

    /// How a value is written as XML, defaults filled in. Where nothing is XML it has no meaning.
    fn xml(&mut self, pair: &Pair<'w>) {
        let (old, new) = (pair.old.get("xml"), pair.new.get("xml"));
        let (Some(base), Some(revision)) = (pair.old.at(), pair.new.at()) else { return };
        let differs = match (old, new) {
            (None, None) => return,
            (Some(old), Some(new)) => !self.same.alike(old, new),
            _ => true,
        };
        if !differs || pair.old.inline || pair.new.inline {
            return;
        }
        let own = match pair.context.step {
            Mark::Member(number) => self.names.get(number as usize).map(String::as_str),
            _ => None,
        };
        let effective = |xml: Option<Place<'w>>, key: &str| {
            let written = xml.and_then(|xml| xml.get(key)).map(Place::text);
            let default = match key {
                "name" => own,
                "attribute" | "wrapped" => Some("false"),
                _ => None,
            };
            written.or(default)
        };
        // The name of a list that is not wrapped is written nowhere.
        let list = |view: &View<'w>, xml: Option<Place<'w>>| {
            view.types().is_some_and(|types| types & ARRAY != 0) && effective(xml, "wrapped") == Some("false")
        };
        let nameless = list(&pair.old, old) && list(&pair.new, new);
        let mut names = old.into_iter().chain(new).flat_map(Place::members).map(|member| member.name);
        let changed = names.any(|name| !(nameless && name == "name") && effective(old, name) != effective(new, name));
        if pair.context.xml && changed {
            self.push(pair.edit(Event::XmlChanged, old, new).effect(Effect::Incomparable));
        } else if changed {
            let edit = pair.edit(Event::XmlChanged, old, new).effect(Effect::None);
            self.push(edit.harmless("nothing here is written as XML"));
        } else {
            self.field(pair.scope, "xml", old, new, (base, revision));
        }
    }

    /// Deprecation and stability of a schema, which is that of the property it describes.
    fn schema_life(&mut self, pair: &Pair<'w>) {
        let (Some(old), Some(new)) = (pair.old.at(), pair.new.at()) else { return };
        if pair.old.inline || pair.new.inline {
            return;
        }
        let (before, after) = (LifecycleKeys::read(old), LifecycleKeys::read(new));
        let subject = match pair.context.subject.role() {
            Role::Request => Subject::RequestProperty,
            Role::Response => Subject::ResponseProperty,
            Role::Parameter | Role::Header | Role::Contract => return,
        };
        let location = pair.location();
        self.property_life(pair, subject, &location, (&before, old), (&after, new));
    }

    /// What no comparison above looked at.
    fn other_keywords(&mut self, pair: &Pair<'w>) {
        if pair.old.inline || pair.new.inline {
            return;
        }
        let (Some(base), Some(revision)) = (pair.old.at(), pair.new.at()) else { return };
        let mut names = pair.old.keywords();
        names.extend(pair.new.keywords().into_iter().filter(|name| pair.old.written(name).is_none()));
        for name in names {
            let handled = HANDLED.contains(&name) || super::lifecycle::KEYS.contains(&name);
            // What means nothing on either side was not compared.
            if !handled || !(pair.old.reads(name) || pair.new.reads(name)) {
                self.field(pair.scope, name, pair.old.written(name), pair.new.written(name), (base, revision));
            }
        }
    }
}

/// The context of a sub-schema.
fn inner(pair: &Pair<'_>, bearing: Bearing) -> Context {
    let mut context = pair.context.inside();
    context.told = false;
    match bearing {
        Bearing::Item => {
            context.text = pair.context.item().text;
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

/// Whether a schema allows everything.
pub(super) fn is_open(place: Place<'_>) -> bool {
    place.as_bool() == Some(true) || (place.is_map() && place.is_empty())
}
