//! Objects: properties, and which of them are required; `beside` has the rest.

use super::beside::{is_closed, rest};
use super::change::{ChangeId, Event, Role, Subject};
use super::edit::Edit;
use super::effect::{Effect, Polarity};
use super::pair::Pair;
use super::view::View;
use super::walk::Walk;
use crate::openapi::SchemaRef;
use crate::workspace::Place;
use rustc_hash::FxHashMap;

/// One property of one side.
struct Property<'w> {
    schema: SchemaRef<'w>,
    view: View<'w>,
    read_only: bool,
    write_only: bool,
}

impl<'w> Property<'w> {
    fn new(schema: &SchemaRef<'w>, version: crate::openapi::Version) -> Self {
        let view = View::new(schema, version);
        let (read_only, write_only) = (view.flag("readOnly"), view.flag("writeOnly"));
        Property { schema: schema.clone(), view, read_only, write_only }
    }

    /// Why the property is no part of what is sent this way.
    fn absent(&self, polarity: Polarity) -> Option<&'static str> {
        match polarity {
            Polarity::ToServer if self.read_only => {
                Some("read-only properties are no part of what is sent to the server")
            }
            Polarity::ToClient if self.write_only => {
                Some("write-only properties are no part of what is sent to the client")
            }
            _ => None,
        }
    }
}

impl<'w> Walk<'w, '_> {
    /// Everything about objects.
    pub(super) fn objects(&mut self, pair: &Pair<'w>) {
        self.properties(pair);
        self.additional(pair);
        let patterns = (Event::PatternPropertyAdded, Event::PatternPropertyRemoved);
        self.named_parts(pair, "patternProperties", patterns);
        let dependents = (Event::DependentSchemaAdded, Event::DependentSchemaRemoved);
        self.named_parts(pair, "dependentSchemas", dependents);
        self.dependent_required(pair);
    }

    fn properties(&mut self, pair: &Pair<'w>) {
        let (old, new) = (pair.old.properties(), pair.new.properties());
        let (old_required, new_required) = (pair.old.required(), pair.new.required());
        if old.is_empty() && new.is_empty() && old_required.is_empty() && new_required.is_empty() {
            return;
        }
        let before: FxHashMap<&str, &SchemaRef<'w>> = old.iter().map(|(name, schema)| (*name, schema)).collect();
        let after: FxHashMap<&str, &SchemaRef<'w>> = new.iter().map(|(name, schema)| (*name, schema)).collect();
        let was_required: FxHashMap<&str, Place<'w>> = old_required.iter().copied().collect();
        let is_required: FxHashMap<&str, Place<'w>> = new_required.iter().copied().collect();
        for (name, schema) in &old {
            let was = was_required.get(name).copied();
            match after.get(name) {
                Some(other) => self.property(pair, name, schema, other, (was, is_required.get(name).copied())),
                None if is_required.contains_key(name) => self.undeclared(pair, name, schema),
                None => self.property_removed(pair, name, schema, was.is_some()),
            }
        }
        for (name, schema) in &new {
            if !before.contains_key(name) {
                let is = is_required.get(name).copied();
                if was_required.contains_key(name) {
                    self.declared(pair, name, schema);
                    if is.is_none() {
                        self.requiredness(pair, name, (was_required.get(name).copied(), None), None, None);
                    }
                } else {
                    self.property_added(pair, name, schema, is.is_some());
                }
            }
        }
        // Names that are required without being described.
        for (name, place) in &old_required {
            if !before.contains_key(name) && !after.contains_key(name) && !is_required.contains_key(name) {
                self.requiredness(pair, name, (Some(*place), None), None, None);
            }
        }
        for (name, place) in &new_required {
            if !before.contains_key(name) && !after.contains_key(name) && !was_required.contains_key(name) {
                self.requiredness(pair, name, (None, Some(*place)), None, None);
            }
        }
    }

    fn property(
        &mut self,
        pair: &Pair<'w>,
        name: &str,
        old: &SchemaRef<'w>,
        new: &SchemaRef<'w>,
        (was, is): (Option<Place<'w>>, Option<Place<'w>>),
    ) {
        if was.is_some() != is.is_some() {
            let after = Property::new(new, self.revision.version());
            let before = Property::new(old, self.base.version());
            self.requiredness(pair, name, (was, is), Some(&before), Some(&after));
        }
        let (Some(left), Some(right)) = (old.place(), new.place()) else { return };
        if std::mem::discriminant(old) == std::mem::discriminant(new) && self.same.same(left, right) {
            return;
        }
        let before = Property::new(old, self.base.version());
        let after = Property::new(new, self.revision.version());
        self.access(pair, name, is.is_some(), &before, &after);
        let mut context = pair.context;
        context.subject = context.subject.property();
        context.in_branch = false;
        context.step = self.mark(name);
        if let (Some(reason), Some(_)) = (before.absent(context.polarity), after.absent(context.polarity)) {
            context.muted = Some(reason);
        }
        self.schema(pair.scope, old, new, context);
    }

    fn requiredness(
        &mut self,
        pair: &Pair<'w>,
        name: &str,
        (was, is): (Option<Place<'w>>, Option<Place<'w>>),
        before: Option<&Property<'w>>,
        after: Option<&Property<'w>>,
    ) {
        let polarity = pair.context.polarity;
        let absent = after.and_then(|property| property.absent(polarity));
        let subject = property_subject(pair);
        let write_only = absent.is_some() && subject == Subject::ResponseProperty;
        let event = if is.is_some() {
            if polarity == Polarity::ToServer
                && after.is_some_and(|after| after.view.get("default").is_some())
                && subject == Subject::RequestProperty
            {
                Event::PropertyBecameRequiredWithDefault
            } else if write_only {
                Event::WriteOnlyPropertyBecameRequired
            } else {
                Event::PropertyBecameRequired
            }
        } else if write_only {
            Event::WriteOnlyPropertyBecameOptional
        } else {
            Event::PropertyBecameOptional
        };
        let place = |property: Option<&Property<'w>>| property.and_then(|property| property.schema.place());
        let edit = property_edit(pair, event, name, was.or(place(before)), is.or(place(after)));
        self.push(if let Some(reason) = absent { edit.harmless(reason) } else { edit });
    }

    fn property_removed(&mut self, pair: &Pair<'w>, name: &str, schema: &SchemaRef<'w>, required: bool) {
        let property = Property::new(schema, self.base.version());
        let absent = property.absent(pair.context.polarity);
        let closed = is_closed(&pair.new);
        let rest = rest(&pair.new, name);
        let event = match (pair.context.subject.role(), absent.is_some(), required) {
            (Role::Response, true, true) => Event::RequiredWriteOnlyPropertyRemoved,
            (Role::Response, true, false) => Event::OptionalWriteOnlyPropertyRemoved,
            (Role::Response, false, true) => Event::RequiredPropertyRemoved,
            (Role::Response, false, false) => Event::OptionalPropertyRemoved,
            _ => Event::PropertyRemoved,
        };
        let effect = match pair.context.polarity {
            Polarity::ToClient if required => Effect::Widens,
            // What stands for it by pattern is compared with it.
            _ if matches!(rest, Some((_, true))) => Effect::None,
            Polarity::ToServer if closed => Effect::Narrows,
            _ => Effect::Unknown,
        };
        let mut edit = property_edit(pair, event, name, schema.place(), pair.new.get("properties"));
        edit.effect = edit.effect.or(Some(effect));
        if matches!(rest, Some((_, true))) {
            edit.note = Some("a pattern of `patternProperties` still describes it".into());
        } else if pair.context.polarity == Polarity::ToServer && closed {
            edit.note =
                Some("no other properties are allowed there, so requests that still send it are refused".into());
        }
        self.push(match absent {
            Some(reason) => edit.harmless(reason),
            None => edit,
        });
        if absent.is_none()
            && let Some((rest, _)) = rest
        {
            self.property(pair, name, schema, &rest, (None, None));
        }
    }

    fn property_added(&mut self, pair: &Pair<'w>, name: &str, schema: &SchemaRef<'w>, required: bool) {
        let property = Property::new(schema, self.revision.version());
        let absent = property.absent(pair.context.polarity);
        let default = property.view.get("default").is_some();
        let rest = rest(&pair.old, name);
        let event = match (pair.context.subject.role(), required) {
            (Role::Request, true) if default => Event::RequiredPropertyWithDefaultAdded,
            (Role::Request | Role::Parameter, true) => Event::RequiredPropertyAdded,
            (Role::Response, true) if absent.is_some() => Event::RequiredWriteOnlyPropertyAdded,
            (Role::Response, false) if absent.is_some() => Event::OptionalWriteOnlyPropertyAdded,
            (Role::Response, true) => Event::RequiredResponsePropertyAdded,
            (Role::Request | Role::Parameter | Role::Response, false) => Event::OptionalPropertyAdded,
            (Role::Header | Role::Contract, _) => Event::PropertyAdded,
        };
        let effect = match pair.context.polarity {
            Polarity::ToServer if required => Effect::Narrows,
            Polarity::ToClient if rest.is_none() && is_closed(&pair.old) => Effect::Widens,
            _ => Effect::None,
        };
        let mut edit = property_edit(pair, event, name, pair.old.get("properties"), schema.place());
        edit.effect = edit.effect.or(Some(effect));
        if effect == Effect::Widens {
            edit.note = Some("the base allows no other properties there, so a client that validates refuses it".into());
        }
        self.push(match absent {
            Some(reason) => edit.harmless(reason),
            None => edit,
        });
        if absent.is_none()
            && let Some((rest, _)) = rest
        {
            self.property(pair, name, &rest, schema, (None, None));
        }
        if absent.is_none() && pair.context.subject.role() == Role::Response {
            self.exposed(pair, name, &property.view, schema);
        }
    }

    /// Whether a new property of an answer, or one below it, holds personal or secret data by its name.
    fn exposed(&mut self, pair: &Pair<'w>, name: &str, view: &View<'w>, schema: &SchemaRef<'w>) {
        let mut found = Vec::new();
        let mut todo = vec![(name.to_owned(), name.to_owned(), view.clone(), 0)];
        while let Some((path, name, view, depth)) = todo.pop() {
            let secret = view.get("format").and_then(Place::as_str) == Some("password");
            if let Some(what) = crate::lint::native::sensitive(&name).or(secret.then_some("a credential")) {
                found.push(format!("`{path}` ({what})"));
            }
            if depth < 3 && found.len() < 8 && todo.len() < 200 {
                let items = view.sub("items").map(|items| View::new(&items, self.revision.version()));
                let below = view.properties().into_iter().chain(items.iter().flat_map(View::properties));
                for (inner, schema) in below.collect::<Vec<_>>().into_iter().rev() {
                    let view = View::new(&schema, self.revision.version());
                    todo.push((format!("{path}.{inner}"), inner.to_owned(), view, depth + 1));
                }
            }
        }
        if !found.is_empty() {
            let event = Event::SensitivePropertyAdded;
            let mut edit = property_edit(pair, event, name, pair.old.get("properties"), schema.place());
            edit.member = None;
            edit.anchor = None;
            edit.words.new = found.join(", ");
            self.push(edit);
        }
    }

    /// A required property whose description vanished, or appeared.
    fn undeclared(&mut self, pair: &Pair<'w>, name: &str, schema: &SchemaRef<'w>) {
        let edit = property_edit(pair, Event::PropertySchemaRemoved, name, schema.place(), pair.new.get("properties"));
        self.push(edit);
    }

    fn declared(&mut self, pair: &Pair<'w>, name: &str, schema: &SchemaRef<'w>) {
        let edit = property_edit(pair, Event::PropertySchemaAdded, name, pair.old.get("properties"), schema.place());
        self.push(edit);
    }

    /// `readOnly` and `writeOnly`.
    fn access(&mut self, pair: &Pair<'w>, name: &str, required: bool, old: &Property<'w>, new: &Property<'w>) {
        let subject = match pair.context.subject.role() {
            Role::Request | Role::Parameter => Subject::RequestProperty,
            Role::Response | Role::Header | Role::Contract => Subject::ResponseProperty,
        };
        for (before, after, key) in
            [(old.read_only, new.read_only, "readOnly"), (old.write_only, new.write_only, "writeOnly")]
        {
            if before == after {
                continue;
            }
            let id = ChangeId::new(subject, access_event(key == "readOnly", required, after));
            let (old, new) = (old.view.get(key).or(old.view.at()), new.view.get(key).or(new.view.at()));
            let mut edit = property_edit_as(pair, id, name, old, new);
            if edit.effect.is_none() {
                edit.effect = Some(match (pair.context.polarity, key, after, required) {
                    // What the server now ignores or refuses, what it newly needs, what it no longer sends.
                    (Polarity::ToServer, "readOnly", true, _) => Effect::Unknown,
                    (Polarity::ToServer, "readOnly", false, true) => Effect::Narrows,
                    (Polarity::ToClient, "writeOnly", true, true) => Effect::Widens,
                    (Polarity::ToClient, "writeOnly", true, false) => Effect::Unknown,
                    _ => Effect::None,
                });
            }
            self.push(edit);
        }
    }
}

/// The event when a property, required or not, is read-only or write-only now, or no longer.
fn access_event(read_only: bool, required: bool, now: bool) -> Event {
    match (read_only, required, now) {
        (true, true, true) => Event::RequiredPropertyBecameReadOnly,
        (true, true, false) => Event::RequiredPropertyBecameNotReadOnly,
        (true, false, true) => Event::OptionalPropertyBecameReadOnly,
        (true, false, false) => Event::OptionalPropertyBecameNotReadOnly,
        (false, true, true) => Event::RequiredPropertyBecameWriteOnly,
        (false, true, false) => Event::RequiredPropertyBecameNotWriteOnly,
        (false, false, true) => Event::OptionalPropertyBecameWriteOnly,
        (false, false, false) => Event::OptionalPropertyBecameNotWriteOnly,
    }
}

/// An edit about one property of a schema.
fn property_edit<'w>(
    pair: &Pair<'w>,
    event: Event,
    name: &str,
    old: Option<Place<'w>>,
    new: Option<Place<'w>>,
) -> Edit<'w> {
    property_edit_as(pair, ChangeId::new(property_subject(pair), event), name, old, new)
}

/// The same under an id of its own.
fn property_edit_as<'w>(
    pair: &Pair<'w>,
    id: ChangeId,
    name: &str,
    old: Option<Place<'w>>,
    new: Option<Place<'w>>,
) -> Edit<'w> {
    let mut edit = pair.edit_as(id, old, new);
    edit.member = Some(name.to_owned());
    let home = pair.home(old, new);
    let (words, place) = (&mut edit.words, home.1.or(home.0));
    (words.name, words.owner) =
        place.map_or_else(|| (name.to_owned(), None), |place| super::describe::property(place, name));
    edit
}

/// What the properties of a schema are in ids.
fn property_subject(pair: &Pair<'_>) -> Subject {
    match pair.context.subject.role() {
        Role::Request => Subject::RequestProperty,
        Role::Parameter => Subject::RequestParameterProperty,
        Role::Response => Subject::ResponseProperty,
        Role::Header | Role::Contract => Subject::ResponseHeaderProperty,
    }
}
