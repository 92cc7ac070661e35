//! Parameters: paired by place and name, path parameters by position, header names without regard to case.

use super::change::{ChangeId, Event, Subject};
use super::edit::{Edit, ScopeId};
use super::effect::{Effect, Polarity};
use super::lifecycle::Removal;
use super::message::{self, Part, parameter_split};
use super::pair::Presence;
use super::paths;
use super::view::{ARRAY, OBJECT, View};
use super::walk::{Travel, Walk};
use crate::openapi::model::Meaning;
use crate::openapi::{LifecycleKeys, Operation, Parameter, ParameterIn};

const HANDLED: [&str; 17] = [
    "name",
    "in",
    "required",
    "schema",
    "content",
    "style",
    "explode",
    "allowReserved",
    "allowEmptyValue",
    "example",
    "examples",
    "type",
    "format",
    "items",
    "collectionFormat",
    "$ref",
    "default",
];

const REMOVED: Removal = Removal {
    sudden: ChangeId::new(Subject::RequestParameter, Event::ParameterRemoved),
    announced: ChangeId::new(Subject::RequestParameter, Event::ParameterRemovedWithDeprecation),
    early: ChangeId::new(Subject::RequestParameter, Event::ParameterRemovedBeforeSunset),
    unreadable: ChangeId::new(Subject::RequestParameter, Event::SunsetUnreadable),
};

impl<'w> Walk<'w, '_> {
    /// The parameters of a pair of operations.
    pub(super) fn parameters(&mut self, scope: ScopeId, old: &Operation<'w>, new: &Operation<'w>, polarity: Polarity) {
        let names = (paths::parameters(old.path.template), paths::parameters(new.path.template));
        self.parameter_lists(scope, (&old.parameters(), &names.0), (&new.parameters(), &names.1), new, polarity);
    }

    /// Two lists of parameters, each with the names of those in the path, in order.
    pub(super) fn parameter_lists(
        &mut self,
        scope: ScopeId,
        (before, in_old): (&[Parameter<'w>], &[&str]),
        (after, in_new): (&[Parameter<'w>], &[&str]),
        new: &Operation<'w>,
        polarity: Polarity,
    ) {
        let mut taken = vec![false; after.len()];
        let mut left = Vec::new();
        for parameter in before {
            let found = after.iter().position(|other| pairs(parameter, other, (in_old, in_new)));
            match found {
                Some(at) if !taken[at] => {
                    taken[at] = true;
                    self.parameter(scope, parameter, &after[at], polarity);
                }
                _ => left.push(*parameter),
            }
        }
        let mut added: Vec<Parameter<'w>> =
            after.iter().zip(&taken).filter(|(_, taken)| !**taken).map(|(parameter, _)| *parameter).collect();
        for parameter in left {
            // The same name elsewhere in the request: it moved.
            if let Some(at) = added.iter().position(|other| other.name == parameter.name) {
                let other = added.remove(at);
                self.push(
                    Edit::new(Event::ParameterMoved, scope, polarity)
                        .at(Some(parameter.place), Some(other.place))
                        .name(parameter.name)
                        .location(other.label())
                        .values(place_name(&parameter), place_name(&other)),
                );
                continue;
            }
            self.parameter_removed(scope, &parameter, polarity);
        }
        for parameter in added {
            self.parameter_added(scope, &parameter, new, polarity);
        }
    }

    fn parameter_removed(&mut self, scope: ScopeId, parameter: &Parameter<'w>, polarity: Polarity) {
        let keys = LifecycleKeys::read(parameter.place);
        let version = self.revision.version();
        if parameter.is_ignored_in(version) {
            let edit = Edit::new(REMOVED.sudden, scope, polarity).at(Some(parameter.at), None);
            let reason = format!("OpenAPI {version} describes this header elsewhere");
            return self.push(edit.name(parameter.name).location(parameter.label()).harmless(reason));
        }
        let mut edit = self.removed(scope, &REMOVED, &keys).at(Some(parameter.at), None);
        edit.polarity = polarity;
        if polarity == Polarity::ToClient && edit.effect.is_none() {
            edit.effect = Some(if parameter.required() { Effect::Widens } else { Effect::Unknown });
        }
        if parameter.location == Some(ParameterIn::Path) && edit.effect.is_none() {
            edit = edit.note("the path template names it no longer");
        }
        self.push(edit.name(parameter.name).location(parameter.label()));
    }

    fn parameter_added(
        &mut self,
        scope: ScopeId,
        parameter: &Parameter<'w>,
        operation: &Operation<'w>,
        polarity: Polarity,
    ) {
        let shared = operation.path.field("parameters");
        let on_path = shared.is_some_and(|list| list.elements().any(|element| element == parameter.at));
        let event = match (parameter.location, parameter.required(), on_path) {
            (Some(ParameterIn::Path), _, _) => Event::PathParameterAdded,
            (_, true, true) => Event::RequiredPathItemParameterAdded,
            (_, false, true) => Event::OptionalPathItemParameterAdded,
            (_, true, false) => Event::RequiredParameterAdded,
            (_, false, false) => Event::OptionalParameterAdded,
        };
        let mut edit = Edit::new(event, scope, polarity).at(None, Some(parameter.at));
        if polarity == Polarity::ToClient {
            edit.effect = Some(Effect::None);
        }
        let version = self.base.version();
        if parameter.is_ignored_in(version) {
            edit = edit.harmless(format!("OpenAPI {version} describes this header elsewhere"));
        }
        self.push(edit.name(parameter.name).location(parameter.label()));
    }

    fn parameter(&mut self, scope: ScopeId, old: &Parameter<'w>, new: &Parameter<'w>, polarity: Polarity) {
        let (scope, fresh) = self.shared(scope, old.place, new.place, polarity, super::kind::PARAMETER);
        if !fresh || (self.same.same(old.place, new.place) && old.api.version() == new.api.version()) {
            return;
        }
        let label = new.label();
        let edit = |event: Event, key: &str| {
            Edit::new(ChangeId::new(Subject::RequestParameter, event), scope, polarity)
                .at(old.place.get(key).or(Some(old.place)), new.place.get(key).or(Some(new.place)))
                .location(label.clone())
                .name(new.name)
        };
        if old.name != new.name && old.location == Some(ParameterIn::Path) {
            self.push(edit(Event::PathParameterRenamed, "name").values(old.name, new.name));
        }
        match (old.required(), new.required()) {
            (false, true) => self.push(edit(Event::ParameterBecameRequired, "required")),
            (true, false) => self.push(edit(Event::ParameterBecameOptional, "required")),
            _ => {}
        }
        if old.location == Some(ParameterIn::Path) {
            // Path parameters are always required, whatever is written.
            let written = (old.place.get("required"), new.place.get("required"));
            self.field(scope, "required", written.0, written.1, (old.place, new.place));
        }
        self.serialization((old, new), polarity, &edit);
        for key in ["style", "explode", "allowReserved", "allowEmptyValue"] {
            if [old, new].iter().all(|side| side.meaning(key) == Meaning::Nothing) {
                self.field(scope, key, old.place.get(key), new.place.get(key), (old.place, new.place));
            }
        }
        match (old.allow_empty_value(), new.allow_empty_value()) {
            (true, false) => self.push(edit(Event::AllowEmptyValueUnset, "allowEmptyValue")),
            (false, true) => self.push(edit(Event::AllowEmptyValueSet, "allowEmptyValue")),
            _ => {}
        }
        let (before, after) = (old.content(), new.content());
        match (old.schema(), new.schema()) {
            (Some(left), Some(right)) if before.is_empty() && after.is_empty() => {
                let part = Part::Parameter(old.location.unwrap_or(ParameterIn::Query), (old.name, new.name));
                let always = old.required() && new.required();
                let presence = if always { Presence::Required } else { Presence::Optional };
                let reader = message::Side::refusing(polarity).of((old, new));
                let travel = Travel::Text(parameter_split(reader), Some(presence));
                self.schema_root(scope, (&left, &right), Subject::RequestParameter, polarity, travel, part);
            }
            _ if !before.is_empty() && !after.is_empty() => {
                let part = Part::Parameter(old.location.unwrap_or(ParameterIn::Query), (old.name, new.name));
                let side = super::body::Side::Parameter;
                self.media_types(scope, (&before, &after), side, polarity, &label, Some(part));
            }
            _ if before.is_empty() != after.is_empty() => {
                self.push(edit(Event::ContentChanged, "content"));
            }
            (None, Some(_)) => self.push(edit(Event::SchemaAdded, "schema")),
            (Some(_), None) => self.push(edit(Event::SchemaRemoved, "schema")),
            _ => {}
        }
        self.parameter_life(scope, &label, old.place, new.place);
        let mut handled = HANDLED.to_vec();
        handled.extend(super::lifecycle::KEYS);
        if old.place.get("schema").is_none() && new.place.get("schema").is_none() {
            handled.extend(INLINE);
        }
        self.rest(scope, old.place, new.place, &handled);
        for key in ["example", "examples"] {
            self.field(scope, key, old.place.get(key), new.place.get(key), (old.place, new.place));
        }
    }

    /// Style, explode and reserved characters, defaults filled in; they matter for arrays and objects alone.
    fn serialization(
        &mut self,
        (old, new): (&Parameter<'w>, &Parameter<'w>),
        polarity: Polarity,
        edit: &dyn Fn(Event, &str) -> Edit<'w>,
    ) {
        let (before, after) = (old.style(), new.style());
        let types = |parameter: &Parameter<'w>| {
            parameter.schema().and_then(|schema| View::new(&schema, parameter.api.version()).types())
        };
        let without = |kinds: u8, types: Option<u8>| types.is_some_and(|types| types & kinds == 0);
        let both = |kinds: u8| without(kinds, types(old)) && without(kinds, types(new));
        // Where every value that is sent is a single one, it is written as one, whatever lists would be; what the reader
        // makes of its text is a question of the schemas.
        let sender = message::Side::refusing(polarity).other().of((old, new));
        let plain = without(ARRAY | OBJECT, types(sender));
        // `label` and `matrix` put marks before every value; the others write a single one as it is (RFC 6570).
        let marked = |style: &str| matches!(style, "label" | "matrix");
        let as_it_is = before.name == after.name || !(marked(before.name) || marked(after.name));
        // Lists in `simple` style are joined by commas, exploded or not.
        let joined = before.name == "simple" && after.name == "simple" && both(OBJECT);
        // A list of one item has nothing to join.
        let short = |parameter: &Parameter<'w>| {
            let schema = parameter.schema().map(|schema| View::new(&schema, parameter.api.version()));
            schema.is_some_and(|view| view.number("maxItems").is_some_and(|most| most <= 1.0))
        };
        let lone = as_it_is && both(OBJECT) && [old, new].iter().all(|side| short(side) || without(ARRAY, types(side)));
        let undefined = |key: &str| [old, new].iter().any(|side| side.meaning(key) == Meaning::Undefined);
        let judged = |mut edit: Edit<'w>, key: &str| {
            if undefined(key) {
                return edit.undefined(format!("OpenAPI does not define `{key}` for `style: {}`", after.name));
            }
            if (plain || lone) && as_it_is {
                edit.effect = Some(Effect::None);
                edit.note = Some("a single value is written the same either way".into());
            } else if joined {
                edit.effect = Some(Effect::None);
                edit.note = Some("a list in `simple` style is written the same either way".into());
            }
            edit
        };
        let written = |parameter: &Parameter<'w>, key: &str| parameter.place.get(key).is_some();
        if before.name != after.name {
            let key = if written(new, "style") { "style" } else { "collectionFormat" };
            self.push(judged(edit(Event::StyleChanged, key).values(before.name, after.name), "style"));
        } else if before.explode != after.explode && !(plain && !written(old, "explode") && !written(new, "explode")) {
            let explodes = (before.explode.to_string(), after.explode.to_string());
            self.push(judged(edit(Event::ExplodeChanged, "explode").values(explodes.0, explodes.1), "explode"));
        }
        match (before.allow_reserved, after.allow_reserved) {
            (true, false) => self.push(edit(Event::AllowReservedUnset, "allowReserved")),
            (false, true) => self.push(edit(Event::AllowReservedSet, "allowReserved")),
            _ => {}
        }
    }
}

/// Schema keywords that 2.0 writes into parameters and headers.
pub(super) const INLINE: [&str; 14] = [
    "enum",
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
    "x-nullable",
    "x-extensible-enum",
];

fn pairs(old: &Parameter<'_>, new: &Parameter<'_>, names: (&[&str], &[&str])) -> bool {
    if old.location != new.location {
        return false;
    }
    match old.location {
        Some(ParameterIn::Header) => old.name.eq_ignore_ascii_case(new.name),
        Some(ParameterIn::Path) => {
            let position = |list: &[&str], name: &str| list.iter().position(|other| *other == name);
            match (position(names.0, old.name), position(names.1, new.name)) {
                (Some(left), Some(right)) => left == right,
                _ => old.name == new.name,
            }
        }
        _ => old.name == new.name,
    }
}

fn place_name(parameter: &Parameter<'_>) -> &'static str {
    parameter.location.map_or("form", ParameterIn::name)
}
