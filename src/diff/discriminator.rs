//! Discriminators: the property that tells the kind of an object, and what its values stand for.
//!
//! Values are compared by what they lead to, whatever notation says so: entries of `mapping` (names or URIs), the names of
//! branches and of schemas that have the parent in their `allOf`, and `defaultMapping` (OpenAPI, section "Discriminator
//! Object"). Validation of a parent does not look into its children, but whoever reads its values does: they are compared
//! as schemas of their own.

use super::change::Event;
use super::effect::Effect;
use super::family::is_parent;
use super::pair::Pair;
use super::view::View;
use super::walk::Walk;
use crate::openapi::{Api, SchemaRef};
use crate::workspace::{Place, PlaceId};
use rustc_hash::FxHashSet;

const SAYS_ITSELF: &str = "a branch without the entry allows this value alone, so its kind can be told all the same";
const ONE_KIND: &str = "only objects of one kind are described here";

/// A value of a discriminator.
#[derive(Clone, Debug)]
struct Kind<'w> {
    value: &'w str,
    /// Where it is written, or the branch or child that has its name.
    at: Place<'w>,
    /// The schema it leads to.
    target: Option<Place<'w>>,
    /// The name of that schema, else what is written.
    name: &'w str,
    /// An entry of `mapping` says so.
    written: bool,
}

/// A discriminator and the schema object that has it.
#[derive(Clone, Copy)]
struct Own<'w> {
    schema: Place<'w>,
    discriminator: Place<'w>,
}

impl<'w> Own<'w> {
    /// The property.
    fn name(self) -> Option<&'w str> {
        self.discriminator.as_str().or_else(|| self.discriminator.get_str("propertyName"))
    }
}

impl<'w> Walk<'w, '_> {
    /// `discriminator`, which in 2.0 is a string.
    pub(super) fn discriminator(&mut self, pair: &Pair<'w>) {
        let (old, new) = (own(&pair.old), own(&pair.new));
        for side in [old, new].into_iter().flatten() {
            self.tag(side);
        }
        // Of a child its parent is a part: no other kind is described.
        let idle = pair.context.told || pair.flat || [(old, &pair.old), (new, &pair.new)].iter().any(is_inherited);
        let (Some(old), Some(new)) = (old, new) else {
            let places = (old.map(|own| own.discriminator), new.map(|own| own.discriminator));
            match places {
                (Some(_), None) => self.push(pair.edit(Event::DiscriminatorRemoved, places.0, places.1)),
                (None, Some(_)) => self.push(pair.edit(Event::DiscriminatorAdded, places.0, places.1)),
                _ => {}
            }
            return;
        };
        if !idle {
            self.children(pair, old, new);
        }
        let places = (old.discriminator, new.discriminator);
        if old.name() != new.name() {
            let edit = pair.edit(Event::DiscriminatorPropertyNameChanged, Some(places.0), Some(places.1));
            self.push(edit.values(old.name().unwrap_or_default(), new.name().unwrap_or_default()));
        }
        self.kinds(pair, old, new, idle);
        if places.0.is_map() && places.1.is_map() {
            self.rest(pair.scope, places.0, places.1, &["propertyName", "mapping", "defaultMapping"]);
        }
    }

    /// Compares the values and what they stand for.
    fn kinds(&mut self, pair: &Pair<'w>, old: Own<'w>, new: Own<'w>, idle: bool) {
        let before = kinds(self.base, old, self.same.family(old.schema, true));
        let after = kinds(self.revision, new, self.same.family(new.schema, false));
        let told = self.told_branches(pair);
        for kind in &before {
            match after.iter().find(|other| other.value == kind.value) {
                Some(other) => self.kind(pair, (old, new), kind, other, idle),
                None if kind.target.is_some_and(|target| told.contains(&target.id())) => {}
                None => {
                    let place = new.discriminator.get("mapping").unwrap_or(new.discriminator);
                    let mut edit = pair.edit(Event::DiscriminatorMappingDeleted, Some(kind.at), Some(place));
                    edit.effect = kind.is_implicit().then_some(Effect::None).or(edit.effect);
                    let itself = says_itself(&pair.new, new.name(), kind.value).then_some(SAYS_ITSELF);
                    if let Some(reason) = itself.or(idle.then_some(ONE_KIND)) {
                        edit = edit.harmless(reason);
                    }
                    self.push(edit.name(kind.value));
                }
            }
        }
        for kind in after.iter().filter(|kind| !before.iter().any(|other| other.value == kind.value)) {
            if kind.target.is_some_and(|target| told.contains(&target.id())) {
                continue;
            }
            let place = old.discriminator.get("mapping").unwrap_or(old.discriminator);
            let mut edit = pair.edit(Event::DiscriminatorMappingAdded, Some(place), Some(kind.at));
            edit.effect = kind.is_implicit().then_some(Effect::None).or(edit.effect);
            let itself = says_itself(&pair.old, old.name(), kind.value).then_some(SAYS_ITSELF);
            if let Some(reason) = itself.or(idle.then_some(ONE_KIND)) {
                edit = edit.harmless(reason);
            }
            self.push(edit.name(kind.value));
        }
    }

    /// One value on both sides.
    fn kind(&mut self, pair: &Pair<'w>, owners: (Own<'w>, Own<'w>), old: &Kind<'w>, new: &Kind<'w>, idle: bool) {
        let elsewhere = old.name != new.name
            && match (old.target, new.target) {
                // Another name of the same schema, in this contract or after it was moved, leads nowhere else.
                (Some(left), Some(right)) => {
                    let kept = self.revision.components("schemas").iter().any(|component| component.name == old.name);
                    kept && !self.same.same(left, right)
                }
                _ => true,
            };
        if elsewhere {
            let mut edit = pair.edit(Event::DiscriminatorMappingChanged, Some(old.at), Some(new.at));
            (edit.words.old, edit.words.new) = (old.name.to_owned(), new.name.to_owned());
            self.push(if idle { edit.harmless(ONE_KIND) } else { edit }.name(old.value));
            return;
        }
        // The schemas are reached through the value too, not only through a list of branches; children of parents are
        // compared apart.
        if let (Some(left), Some(right)) = (old.target, new.target)
            && (old.written || new.written)
            && !idle
            && !(is_parent(owners.0.schema) && is_parent(owners.1.schema))
        {
            let mut context = pair.context;
            context.in_branch = true;
            context.told = false;
            self.schema(pair.scope, &SchemaRef::At(left), &SchemaRef::At(right), context);
        }
    }

    /// The schemas of branches that came or went, which the edit of their list tells.
    fn told_branches(&mut self, pair: &Pair<'w>) -> FxHashSet<PlaceId> {
        let mut told = FxHashSet::default();
        for keyword in ["oneOf", "anyOf"] {
            let (old, new) = (pair.old.branches(keyword), pair.new.branches(keyword));
            if !old.is_empty() || !new.is_empty() {
                let found = self.pair_branches(&old, &new);
                told.extend(found.removed.iter().chain(&found.added).map(|branch| branch.resolved().id()));
            }
        }
        told
    }

    /// Notes that the objects of a discriminator are told apart by its property.
    fn tag(&mut self, own: Own<'w>) {
        let Some(name) = own.name() else { return };
        let branches = ["oneOf", "anyOf"].iter().filter_map(|list| own.schema.get(list)).flat_map(Place::elements);
        let ids: Vec<PlaceId> = branches.map(|branch| branch.resolved().id()).chain([own.schema.id()]).collect();
        self.tagged.extend(ids.into_iter().map(|id| (id, name)));
    }

    /// Whether objects of the base schema without this property had no meaning: it is the discriminator that tells their
    /// kind.
    pub(super) fn is_tag(&self, view: &View<'w>, name: &str) -> bool {
        view.whole().iter().any(|place| {
            let own = place.get("discriminator").map(|discriminator| Own { schema: *place, discriminator });
            own.and_then(Own::name) == Some(name) || self.tagged.contains(&(place.id(), name))
        })
    }

    /// Compares the children of both parents, paired by their names.
    fn children(&mut self, pair: &Pair<'w>, old: Own<'w>, new: Own<'w>) {
        if !is_parent(old.schema) || !is_parent(new.schema) {
            return;
        }
        let mut context = pair.context;
        context.in_branch = false;
        context.told = false;
        // Nothing around makes up for what changed in a child.
        context.anchor = None;
        for (left, right) in self.same.children(old.schema, new.schema) {
            self.schema(pair.scope, &SchemaRef::At(left), &SchemaRef::At(right), context);
        }
    }
}

impl Kind<'_> {
    /// Whether an entry says what holds without it: the name of a schema stands for that schema.
    fn is_implicit(&self) -> bool {
        self.written && self.value == self.name
    }
}

/// The discriminator of a schema, and the object that has it.
fn own<'w>(view: &View<'w>) -> Option<Own<'w>> {
    view.get("discriminator")?;
    let found = view.chain.iter().find_map(|place| Some((*place, place.get("discriminator")?)))?;
    Some(Own { schema: found.0, discriminator: found.1 })
}

/// Whether the object with the discriminator is a part of the schema: those before it say something about values.
fn is_inherited((own, view): &(Option<Own<'_>>, &View<'_>)) -> bool {
    let Some(own) = own else { return false };
    let before = view.chain.iter().take_while(|place| **place != own.schema);
    before.into_iter().any(|place| place.get("properties").is_some() || place.get("required").is_some())
}

/// The values of a discriminator: entries, then the names of branches and children that no entry leads to.
fn kinds<'w>(api: Api<'w>, own: Own<'w>, children: &[(String, PlaceId)]) -> Vec<Kind<'w>> {
    let schemas = api.components("schemas");
    let named = |name: &str| schemas.iter().find(|component| component.name == name);
    let name_of = |target: Place<'w>, written: &'w str| {
        let component = schemas.iter().find(|component| component.place.id() == target.id());
        component.map_or_else(|| last_name(written), |component| component.name)
    };
    let mut out: Vec<Kind<'w>> = Vec::new();
    let mapping = own.discriminator.get("mapping").into_iter().flat_map(Place::members);
    let entries = mapping.map(|member| (member.name, member.value));
    let fallback = own.discriminator.get("defaultMapping").map(|value| ("defaultMapping", value));
    for (value, at) in entries.chain(fallback) {
        let Some(written) = at.as_str() else { continue };
        let target = named(written).map(|component| component.place).or_else(|| at.follow_uri()?.ok());
        let name = target.map_or_else(|| last_name(written), |target| name_of(target, written));
        out.push(Kind { value, at, target, name, written: true });
    }
    let mapped: FxHashSet<PlaceId> = out.iter().filter_map(|kind| Some(kind.target?.resolved().id())).collect();
    let lists = ["oneOf", "anyOf"].iter().filter_map(|list| own.schema.get(list)).flat_map(Place::elements);
    for branch in lists {
        let Some(written) = branch.reference() else { continue };
        let target = branch.resolved();
        if !mapped.contains(&target.id()) {
            let name = last_name(written);
            out.push(Kind { value: name, at: branch, target: Some(target), name, written: false });
        }
    }
    for (name, child) in children {
        let Some(component) = named(name).filter(|component| component.place.id() == *child) else { continue };
        if !mapped.contains(&component.place.resolved().id()) {
            let (value, place) = (component.name, component.place);
            out.push(Kind { value, at: place, target: Some(place), name: value, written: false });
        }
    }
    let mut seen = FxHashSet::default();
    out.retain(|kind| seen.insert(kind.value));
    out
}

/// The name that a reference or a mapping ends in: of a component, or of a file without its ending.
fn last_name(written: &str) -> &str {
    let last = written.rsplit(['/', '#']).find(|part| !part.is_empty()).unwrap_or(written);
    [".yaml", ".yml", ".json"].iter().find_map(|end| last.strip_suffix(end)).unwrap_or(last)
}

/// Whether one branch alone allows this value of the discriminator, so that an entry says nothing new.
fn says_itself(view: &View<'_>, property: Option<&str>, value: &str) -> bool {
    let Some(property) = property else { return false };
    let pinned = |branch: Place<'_>| {
        let Some(schema) = branch.resolved().get("properties").and_then(|all| all.get(property)) else { return false };
        let schema = schema.resolved();
        let only = schema.get("enum").map(|list| list.elements().collect::<Vec<_>>());
        schema.get_str("const") == Some(value) || only.is_some_and(|list| list.len() == 1 && list[0].text() == value)
    };
    ["oneOf", "anyOf"].iter().any(|list| view.branches(list).into_iter().filter(|branch| pinned(*branch)).count() == 1)
}
