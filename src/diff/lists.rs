//! Lists of branches: `allOf`, `anyOf`, `oneOf`. Branches are paired by what they are, not by position.

use super::branches::{Branches, branch_name, similar};
use super::change::Event;
use super::edit::Edit;
use super::effect::Effect;
use super::pair::Pair;
use super::view::View;
use super::walk::Walk;
use crate::openapi::{SchemaRef, Version};
use crate::workspace::Place;
use rustc_hash::FxHashSet;

/// A list of branches: its keyword, and the events when branches come and go.
#[derive(Clone, Copy)]
struct List {
    keyword: &'static str,
    added: Event,
    removed: Event,
}

const ALL_OF: List = List { keyword: "allOf", added: Event::AllOfAdded, removed: Event::AllOfRemoved };
const ANY_OF: List = List { keyword: "anyOf", added: Event::AnyOfAdded, removed: Event::AnyOfRemoved };
const ONE_OF: List = List { keyword: "oneOf", added: Event::OneOfAdded, removed: Event::OneOfRemoved };

/// The event of branches of `allOf` that only document.
fn quiet_event(event: Event) -> Event {
    match event {
        Event::AllOfAdded => Event::AllOfAddedAnnotationOnly,
        Event::AllOfRemoved => Event::AllOfRemovedAnnotationOnly,
        other => other,
    }
}

/// Keywords that say nothing about values.
const ANNOTATIONS: [&str; 12] = [
    "title",
    "description",
    "default",
    "example",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "externalDocs",
    "xml",
    "$comment",
    "discriminator",
];

impl<'w> Walk<'w, '_> {
    /// Recognises a schema that became one of several, or the other way round, and reports it as one edit.
    pub(super) fn wrapped(&mut self, pair: &Pair<'w>) -> bool {
        let lists = |view: &View<'w>| (view.branches("anyOf").len(), view.branches("oneOf").len());
        let plain = |view: &View<'w>| {
            lists(view) == (0, 0) && view.branches("allOf").is_empty() && view.fields.is_empty() && !view.inline
        };
        let listed = |view: &View<'w>| {
            let (any, one) = lists(view);
            let keyword = if any >= 2 && one == 0 {
                "anyOf"
            } else if one >= 2 && any == 0 {
                "oneOf"
            } else {
                return None;
            };
            let bare = view.keywords().iter().all(|k| *k == keyword || ANNOTATIONS.contains(k) || k.starts_with("x-"));
            bare.then_some(keyword)
        };
        let says_something = |view: &View<'w>| view.types().is_some() || !view.properties().is_empty();
        let (single, several, keyword, wrap) = if plain(&pair.old) && says_something(&pair.old) {
            let Some(keyword) = listed(&pair.new) else { return false };
            (&pair.old, &pair.new, keyword, true)
        } else if plain(&pair.new) && says_something(&pair.new) {
            let Some(keyword) = listed(&pair.old) else { return false };
            (&pair.new, &pair.old, keyword, false)
        } else {
            return false;
        };
        let (Some(whole), branches) = (single.chain.last().copied(), several.branches(keyword)) else { return false };
        let (base_version, revision_version) = (self.base.version(), self.revision.version());
        let side = if wrap { revision_version } else { base_version };
        let found = branches.iter().copied().find(|branch| {
            let target = branch.resolved();
            if wrap { self.same.same(whole, target) } else { self.same.same(target, whole) }
        });
        let alike =
            branches.iter().copied().filter(|branch| similar(single, &View::new(&SchemaRef::At(*branch), side)));
        let alike: Vec<_> = alike.collect();
        let event = match (wrap, keyword == "oneOf") {
            (true, true) => Event::WrappedInOneOf,
            (true, false) => Event::WrappedInAnyOf,
            (false, true) => Event::UnwrappedFromOneOf,
            (false, false) => Event::UnwrappedFromAnyOf,
        };
        let mut edit = pair.edit(event, pair.old.get(keyword), pair.new.get(keyword));
        edit.words.name = branches.len().to_string();
        match (found, &alike[..]) {
            (Some(_), _) => {}
            (None, [branch]) => {
                let mut context = pair.context;
                context.in_branch = true;
                context.told = false;
                let (whole, branch) = (SchemaRef::At(whole), SchemaRef::At(*branch));
                let (old, new) = if wrap { (whole, branch) } else { (branch, whole) };
                self.schema(pair.scope, &old, &new, context);
            }
            _ => edit = edit.effect(Effect::Incomparable),
        }
        self.push(edit);
        true
    }

    /// Compares the lists of branches.
    pub(super) fn lists(&mut self, pair: &Pair<'w>) {
        if pair.flat {
            for list in [ANY_OF, ONE_OF] {
                self.list(pair, list);
            }
            return;
        }
        if self.switched(pair) {
            self.list(pair, ALL_OF);
            return;
        }
        for list in [ALL_OF, ANY_OF, ONE_OF] {
            self.list(pair, list);
        }
    }

    /// When branches of `allOf` came or went, both sides are read as one object each: what was asked for before and is
    /// asked for now says more than which branch says it. The edit of the list itself then has no effect of its own.
    pub(super) fn flatten(&mut self, pair: &mut Pair<'w>) {
        let (old, new) = (pair.old.branches("allOf"), pair.new.branches("allOf"));
        if old.is_empty() && new.is_empty() {
            return;
        }
        let Branches { removed, added, .. } = self.pair_branches(&old, &new);
        if removed.is_empty() && added.is_empty() {
            return;
        }
        let (mut left, mut right) = (pair.old.clone(), pair.new.clone());
        if !(old.is_empty() || left.flatten()) || !(new.is_empty() || right.flatten()) {
            return;
        }
        let list = (pair.old.get("allOf"), pair.new.get("allOf"));
        for (branches, event) in [(removed, ALL_OF.removed), (added, ALL_OF.added)] {
            let (quiet, loud): (Vec<_>, Vec<_>) = branches.into_iter().partition(|branch| only_annotates(*branch));
            for (branches, kind) in [(quiet, quiet_event(event)), (loud, event)] {
                let Some(&first) = branches.first() else { continue };
                let places = if event == ALL_OF.added { (list.0, Some(first)) } else { (Some(first), list.1) };
                let mut edit: Edit<'w> = pair.edit(kind, places.0, places.1);
                edit.words.name = branches.iter().map(|b| branch_name(*b)).collect::<Vec<_>>().join("`, `");
                edit.effect = Some(Effect::None);
                self.push(edit);
            }
        }
        (pair.old, pair.new, pair.flat) = (left, right, true);
    }

    /// `anyOf` that became `oneOf` or the other way round.
    fn switched(&mut self, pair: &Pair<'w>) -> bool {
        let has = |view: &View<'w>, keyword| !view.branches(keyword).is_empty();
        let only = |view: &View<'w>| match (has(view, "anyOf"), has(view, "oneOf")) {
            (true, false) => Some("anyOf"),
            (false, true) => Some("oneOf"),
            _ => None,
        };
        let (Some(from), Some(to)) = (only(&pair.old), only(&pair.new)) else { return false };
        if from == to {
            return false;
        }
        let event = if from == "anyOf" { Event::AnyOfBecameOneOf } else { Event::OneOfBecameAnyOf };
        let mut edit = pair.edit(event, pair.old.get(from), pair.new.get(to));
        if disjoint(&pair.old.branches(from), self.base.version())
            && disjoint(&pair.new.branches(to), self.revision.version())
        {
            edit.effect = Some(Effect::None);
            edit = edit.note("the branches exclude each other, so both say the same");
        }
        self.push(edit);
        let list = if to == "anyOf" { ANY_OF } else { ONE_OF };
        self.branches(pair, pair.old.branches(from), pair.new.branches(to), list);
        true
    }

    fn list(&mut self, pair: &Pair<'w>, kind: List) {
        let (mut old, mut new) = (pair.old.lists(kind.keyword), pair.new.lists(kind.keyword));
        old.retain(|list| !list.is_empty());
        new.retain(|list| !list.is_empty());
        if old.len() + new.len() > 2 {
            // Several objects of a chain have a list, and each binds: equal ones say nothing.
            old.retain(|list| match new.iter().position(|other| self.same_branches(list, other)) {
                Some(at) => {
                    new.remove(at);
                    false
                }
                None => true,
            });
        }
        for at in 0..old.len().max(new.len()) {
            let list = |lists: &[Vec<Place<'w>>]| lists.get(at).cloned().unwrap_or_default();
            self.branches(pair, list(&old), list(&new), kind);
        }
    }

    fn same_branches(&mut self, old: &[Place<'w>], new: &[Place<'w>]) -> bool {
        old.len() == new.len() && old.iter().zip(new).all(|(old, new)| self.same.same(*old, *new))
    }

    fn branches(&mut self, pair: &Pair<'w>, old: Vec<Place<'w>>, new: Vec<Place<'w>>, kind: List) {
        let Branches { pairs, removed, added } = self.pair_branches(&old, &new);
        for (left, right) in pairs {
            let mut context = pair.context;
            context.in_branch = true;
            // The properties of a branch of `allOf` are those of the whole.
            context.told = kind.keyword == ALL_OF.keyword;
            let around = if context.told { None } else { self.moved_members(pair, left, right) };
            match around {
                Some(outer) => self.within(pair.scope, (left, right), outer, context),
                None => self.schema(pair.scope, &SchemaRef::At(left), &SchemaRef::At(right), context),
            }
        }
        let list = (pair.old.get(kind.keyword), pair.new.get(kind.keyword));
        let all = kind.keyword == ALL_OF.keyword;
        // What only lists properties was compared with those of the whole.
        let described = |branch: &Place<'w>| all && only_describes(*branch);
        // The first branch of a list constrains, a further one allows more; the last one taken away frees.
        let whole = old.is_empty() || new.is_empty();
        for (branches, event) in [(removed, kind.removed), (added, kind.added)] {
            let adds = event == kind.added;
            let (quiet, loud): (Vec<_>, Vec<_>) =
                branches.into_iter().partition(|branch| all && only_annotates(*branch));
            for (branches, event) in [(quiet, quiet_event(event)), (loud, event)] {
                let Some(&first) = branches.first() else { continue };
                let places = if adds { (list.0, Some(first)) } else { (Some(first), list.1) };
                let mut edit: Edit<'w> = pair.edit(event, places.0, places.1);
                edit.words.name = branches.iter().map(|b| branch_name(*b)).collect::<Vec<_>>().join("`, `");
                if branches.iter().all(described) {
                    edit.effect = Some(Effect::None);
                } else if whole && !all && edit.effect.is_none() {
                    edit.effect = Some(if adds { Effect::Narrows } else { Effect::Widens });
                }
                self.push(edit);
            }
        }
    }
}

impl<'w> Walk<'w, '_> {
    /// The objects around two branches, where a property moved between them and the branches.
    #[allow(clippy::type_complexity, reason = "objects of both sides")]
    fn moved_members(
        &self,
        pair: &Pair<'w>,
        old: Place<'w>,
        new: Place<'w>,
    ) -> Option<(Vec<Place<'w>>, Vec<Place<'w>>)> {
        let names = |places: &[Place<'w>]| -> FxHashSet<&'w str> {
            let properties = places.iter().filter_map(|place| place.get("properties"));
            properties.flat_map(Place::members).map(|member| member.name).collect()
        };
        let outer = (pair.old.whole(), pair.new.whole());
        let around = (names(&outer.0), names(&outer.1));
        if around.0.is_empty() && around.1.is_empty() {
            return None;
        }
        let branch = |place, version| names(&View::new(&SchemaRef::At(place), version).whole());
        let (before, after) = (branch(old, self.base.version()), branch(new, self.revision.version()));
        let moved = before.iter().any(|name| !after.contains(name) && around.1.contains(name))
            || after.iter().any(|name| !before.contains(name) && around.0.contains(name));
        moved.then_some(outer)
    }
}

/// Whether a branch says nothing but which properties there are.
fn only_describes(branch: Place<'_>) -> bool {
    let place = branch.resolved();
    let object = |place: Place<'_>| place.get("type").is_none_or(|kind| kind.as_str() == Some("object"));
    place.is_map()
        && object(place)
        && place.members().all(|m| {
            matches!(m.name, "type" | "properties" | "required")
                || ANNOTATIONS.contains(&m.name)
                || m.name.starts_with("x-")
        })
}

/// Whether no value can be of two branches, by their types alone.
fn disjoint(branches: &[Place<'_>], version: Version) -> bool {
    let mut seen = 0;
    for branch in branches {
        let Some(types) = View::new(&SchemaRef::At(*branch), version).types() else { return false };
        if seen & types != 0 {
            return false;
        }
        seen |= types;
    }
    true
}

fn only_annotates(branch: Place<'_>) -> bool {
    let place = branch.resolved();
    place.is_map() && place.members().all(|m| ANNOTATIONS.contains(&m.name) || m.name.starts_with("x-"))
}
