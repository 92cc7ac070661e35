//! Objects: properties, and which of them are required; `beside` has the rest.

use super::beside::{is_closed, rest};
use super::change::{ChangeId, Event, Role, Subject};
use super::edit::Edit;
use super::effect::{Effect, Polarity};
use super::members::Member;
use super::pair::Pair;
use super::view::View;
use super::walk::Walk;
use crate::lexicon::{Candidate, Class, Judgement, Lexicon};
use crate::openapi::{SchemaRef, Version};
use crate::workspace::Place;
use rustc_hash::FxHashMap;

/// One property of one side.
struct Property<'w> {
    place: Option<Place<'w>>,
    view: View<'w>,
    read_only: bool,
    write_only: bool,
}

impl<'w> Property<'w> {
    fn new(member: &Member<'w>, version: Version) -> Option<Self> {
        let view = member.view(version)?;
        let [read_only, write_only] = view.says(["readOnly", "writeOnly"]);
        Some(Property { place: member.place(), view, read_only, write_only })
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

    /// Compares the properties of both schemas as wholes.
    fn properties(&mut self, pair: &Pair<'w>) {
        if pair.context.told {
            return;
        }
        let (old, new) = (pair.old.members(), pair.new.members());
        let index = |list: &[Member<'w>]| -> FxHashMap<&'w str, usize> {
            list.iter().enumerate().map(|(at, member)| (member.name, at)).collect()
        };
        let (before, after) = (index(&old), index(&new));
        let nothing = |name: &'w str| Member { name, declared: Vec::new(), required: None };
        for member in &old {
            let other = after.get(member.name).map_or_else(|| nothing(member.name), |at| new[*at].clone());
            self.member(pair, member, &other);
        }
        for member in new.iter().filter(|member| !before.contains_key(member.name)) {
            self.member(pair, &nothing(member.name), member);
        }
    }

    /// One name on both sides: described or not, required or not.
    fn member(&mut self, pair: &Pair<'w>, old: &Member<'w>, new: &Member<'w>) {
        let places = (old.required, new.required);
        match (old.declared.is_empty(), new.declared.is_empty()) {
            (false, false) => self.property(pair, old, new),
            (false, true) if new.required.is_some() => self.undeclared(pair, old),
            (false, true) => {
                if !pair.new.every_branch_describes(old.name) {
                    self.property_removed(pair, old);
                }
            }
            (true, false) if old.required.is_some() => {
                self.declared(pair, new);
                if new.required.is_none() {
                    self.requiredness(pair, new.name, places, None, None);
                }
            }
            (true, false) => {
                if !pair.old.every_branch_describes(new.name) {
                    self.property_added(pair, new);
                } else if new.required.is_some() {
                    self.requiredness(pair, new.name, places, None, None);
                }
            }
            // Names that are required without being described.
            (true, true) if places.0.is_some() != places.1.is_some() => {
                self.requiredness(pair, old.name, places, None, None);
            }
            (true, true) => {}
        }
    }

    fn property(&mut self, pair: &Pair<'w>, old: &Member<'w>, new: &Member<'w>) {
        let (was, is) = (old.required, new.required);
        // One description on each side is compared whatever was looked at before.
        let several = old.declared.len() + new.declared.len() > 2;
        if several {
            let alike = old.declared.len() == new.declared.len()
                && old.declared.iter().zip(&new.declared).all(|(one, other)| self.same_schema(one, other));
            if alike && was.is_some() == is.is_some() {
                return;
            }
            if !alike && self.looked_too_often(old.declared.len(), new.declared.len()) {
                return;
            }
        }
        let (mut left, mut right) = (old.declared.clone(), new.declared.clone());
        left.retain(|one| match right.iter().position(|other| self.same_schema(one, other)) {
            Some(at) => {
                right.remove(at);
                false
            }
            None => true,
        });
        let again = |rest: &[SchemaRef<'w>], walk: &mut Self, from_new: bool| {
            rest.iter().all(|one| {
                let known = if from_new { &old.declared } else { &new.declared };
                known.iter().any(
                    |other| {
                        if from_new { walk.same_schema(other, one) } else { walk.same_schema(one, other) }
                    },
                )
            })
        };
        // What an object says once more adds nothing.
        let equal = again(&left, self, false) && again(&right, self, true);
        if equal && was.is_some() == is.is_some() {
            return;
        }
        let (Some(before), Some(after)) =
            (Property::new(old, self.base.version()), Property::new(new, self.revision.version()))
        else {
            return;
        };
        if was.is_some() != is.is_some() {
            self.requiredness(pair, old.name, (was, is), Some(&before), Some(&after));
        }
        if equal {
            return;
        }
        self.access(pair, old.name, is.is_some(), &before, &after);
        let mut context = self.property_context(pair, Some(old.name));
        context.part = pair.context.parts;
        context.subject = context.subject.property();
        context.in_branch = false;
        context.told = false;
        context.step = self.mark(old.name);
        if let (Some(reason), Some(_)) = (before.absent(context.polarity), after.absent(context.polarity)) {
            context.muted = Some(reason);
        }
        if let ([left], [right]) = (&left[..], &right[..])
            && several
        {
            // The other descriptions are the same on both sides.
            context.in_branch = true;
            context.elsewhere = true;
            self.schema(pair.scope, left, right, context);
        } else {
            self.joint(pair.scope, &old.declared, &new.declared, context);
        }
    }

    /// Whether properties with several descriptions cost too much. Schemas that extend each other in circles have as many
    /// of them as there are sets of schemas.
    fn looked_too_often(&mut self, old: usize, new: usize) -> bool {
        self.looks += old + new + old * new / 64;
        let too_often = self.looks > MAX_LOOKS;
        if too_often {
            self.stop("the comparison stopped: schemas extend each other in more ways than it looks at");
        }
        too_often
    }

    /// Whether both are one description.
    fn same_schema(&mut self, old: &SchemaRef<'w>, new: &SchemaRef<'w>) -> bool {
        let (Some(left), Some(right)) = (old.place(), new.place()) else { return false };
        std::mem::discriminant(old) == std::mem::discriminant(new) && self.same.same(left, right)
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
        let place = |property: Option<&Property<'w>>| property.and_then(|property| property.place);
        let mut edit = property_edit(pair, event, name, was.or(place(before)), is.or(place(after)));
        if polarity == Polarity::ToServer && is.is_some() && self.is_tag(&pair.old, name) {
            edit.effect = Some(Effect::Unknown);
            edit = edit.note("the discriminator: what an object without it was could not be told before");
        }
        let tightens = match polarity {
            Polarity::ToServer => is.is_some(),
            Polarity::ToClient => is.is_none(),
        };
        self.push(self.not_sent(edit, absent, tightens));
    }

    /// An edit of a property that is no part of what is sent this way. Since 3.1, `required` binds it nevertheless: there
    /// `readOnly` and `writeOnly` are annotations (JSON Schema Validation, section 9.4).
    fn not_sent(&self, edit: Edit<'w>, absent: Option<&'static str>, tightens: bool) -> Edit<'w> {
        let version = self.revision.version();
        match absent {
            None => edit,
            Some(reason) if tightens && version.has_json_schema() => edit.undefined(format!(
                "{reason}, but OpenAPI {version} no longer exempts them from `required`, so validators may refuse it"
            )),
            Some(reason) => edit.harmless(reason),
        }
    }

    fn property_removed(&mut self, pair: &Pair<'w>, member: &Member<'w>) {
        let (name, required) = (member.name, member.required.is_some());
        let Some(property) = Property::new(member, self.base.version()) else { return };
        let relied_on = required && pair.context.polarity == Polarity::ToClient;
        if !relied_on && in_branches(&pair.new, name) && !in_branches(&pair.old, name) {
            return;
        }
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
        let mut edit = removed_edit(pair, event, member);
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
            let rest = Member { name, declared: vec![rest], required: None };
            self.property(pair, &Member { required: None, ..member.clone() }, &rest);
        }
    }

    fn property_added(&mut self, pair: &Pair<'w>, member: &Member<'w>) {
        let (name, required) = (member.name, member.required.is_some());
        let Some(property) = Property::new(member, self.revision.version()) else { return };
        if !required && in_branches(&pair.old, name) && !in_branches(&pair.new, name) {
            return;
        }
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
        let mut edit = added_edit(pair, event, member);
        edit.effect = edit.effect.or(Some(effect));
        if effect == Effect::Widens {
            edit.note = Some("the base allows no other properties there, so a client that validates refuses it".into());
        }
        self.push(self.not_sent(edit, absent, required && pair.context.polarity == Polarity::ToServer));
        if absent.is_none()
            && let Some((rest, _)) = rest
        {
            let rest = Member { name, declared: vec![rest], required: None };
            self.property(pair, &rest, &Member { required: None, ..member.clone() });
        }
        if absent.is_none() && pair.context.subject.role() == Role::Response {
            self.exposed(pair, member, &property.view);
        }
    }

    /// Whether a new property of an answer, or one below it, holds personal or secret data by its name.
    fn exposed(&mut self, pair: &Pair<'w>, member: &Member<'w>, view: &View<'w>) {
        let lexicon = Lexicon::built_in();
        let (mut found, name) = (Vec::new(), member.name);
        let mut todo = vec![(name.to_owned(), name.to_owned(), view.clone(), 0)];
        while let Some((path, name, view, depth)) = todo.pop() {
            let secret = view.get("format").and_then(Place::as_str) == Some("password");
            let subject =
                view.chain.first().map(|schema| Candidate { name: &name, schema: *schema, holder: None, beside: None });
            let held =
                subject.and_then(|subject| lexicon.judge_as(&Class::SENSITIVE, &subject)).filter(Judgement::is_likely);
            let what = held.map(|held| lexicon.name(held.class)).or(secret.then_some("a credential"));
            if let Some(what) = what {
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
            let mut edit = added_edit(pair, Event::SensitivePropertyAdded, member);
            edit.member = None;
            edit.anchor = None;
            edit.words.new = found.join(", ");
            self.push(edit);
        }
    }

    /// A required property whose description vanished, or appeared.
    fn undeclared(&mut self, pair: &Pair<'w>, member: &Member<'w>) {
        self.push(removed_edit(pair, Event::PropertySchemaRemoved, member));
    }

    fn declared(&mut self, pair: &Pair<'w>, member: &Member<'w>) {
        self.push(added_edit(pair, Event::PropertySchemaAdded, member));
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
    let home = pair.home(old, new);
    owned(pair, pair.edit_as(id, old, new), name, home.1.or(home.0))
}

/// The edit of a property that only the base has: it is one of the schema that described it.
fn removed_edit<'w>(pair: &Pair<'w>, event: Event, member: &Member<'w>) -> Edit<'w> {
    let (old, new) = pair.home(member.place(), None);
    let list = new.and_then(|object| object.get("properties")).or(new);
    let id = ChangeId::new(property_subject(pair), event);
    let other = pair.new.at();
    let object = old.filter(|object| !describes(*object, other, pair.new.version, member.name)).or(pair.old.at());
    owned(pair, pair.edit_as(id, member.place(), list), member.name, object)
}

/// The edit of a property that only the revision has.
fn added_edit<'w>(pair: &Pair<'w>, event: Event, member: &Member<'w>) -> Edit<'w> {
    let (old, new) = pair.home(None, member.place());
    let list = old.and_then(|object| object.get("properties")).or(old);
    let id = ChangeId::new(property_subject(pair), event);
    let other = pair.old.at();
    let object = new.filter(|object| !describes(*object, other, pair.old.version, member.name)).or(pair.new.at());
    owned(pair, pair.edit_as(id, list, member.place()), member.name, object)
}

/// Whether the component that an object is, or is a branch of, describes a property on the other side, too: then the
/// property came or went where the component is used, and saying so of the component would be untrue.
fn describes(object: Place<'_>, other: Option<Place<'_>>, version: Version, name: &str) -> bool {
    let path = object.path();
    let depth = match path.first().map(String::as_str) {
        Some("components") => 3,
        Some("definitions") => 2,
        _ => return false,
    };
    let in_branches = path.get(depth..).is_some_and(|rest| rest.chunks(2).all(|step| step[0] == "allOf"));
    let (Some(component), Some(other), true) = (path.get(depth - 1), other, in_branches) else { return false };
    let root = other.workspace().root();
    let same =
        root.descend(&["components", "schemas", component]).or_else(|| root.descend(&["definitions", component]));
    same.is_some_and(|same| {
        let mut view = View::new(&SchemaRef::At(same), version);
        view.flatten();
        view.properties().iter().any(|(known, _)| *known == name)
    })
}

/// Whether a branch of `oneOf` or `anyOf` describes a property: it is not gone from the schema, whose branches are told.
fn in_branches(view: &View<'_>, name: &str) -> bool {
    let branches = ["oneOf", "anyOf"].into_iter().flat_map(|keyword| view.branches(keyword));
    branches.take(MAX_BRANCHES).any(|branch| {
        let mut view = View::new(&SchemaRef::At(branch), view.version);
        view.flatten();
        view.properties().iter().any(|(known, _)| *known == name)
    })
}

/// Branches that are looked into for a property.
const MAX_BRANCHES: usize = 64;

/// Descriptions of properties that have several, looked at in one comparison.
const MAX_LOOKS: usize = 100_000;

/// Says which property an edit is about, and of which schema.
fn owned<'w>(pair: &Pair<'w>, mut edit: Edit<'w>, name: &str, object: Option<Place<'w>>) -> Edit<'w> {
    edit.member = Some(name.to_owned());
    let words = &mut edit.words;
    (words.name, words.owner) = object.map_or_else(|| (name.to_owned(), None), |object| pair.property(object, name));
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
