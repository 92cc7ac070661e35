//! Operations: which were added, removed, moved; and what a pair of them says about itself.

use super::edit::{Edit, ScopeId};
use super::effect::Polarity;
use super::paths::{self, PathPair};
use super::walk::Walk;
use crate::openapi::{Callback, LifecycleKeys, Operation, PathItem, Surface};
use crate::workspace::Place;
use std::collections::BTreeMap;

/// Fields of an Operation Object that have a comparison of their own.
const HANDLED: [&str; 14] = [
    "operationId",
    "tags",
    "parameters",
    "requestBody",
    "responses",
    "callbacks",
    "security",
    "servers",
    "consumes",
    "produces",
    "schemes",
    "deprecated",
    "$ref",
    "x-examples",
];

/// Fields of a Path Item Object that are operations or have a comparison of their own.
const ITEM: [&str; 13] = [
    "get",
    "put",
    "post",
    "delete",
    "options",
    "head",
    "patch",
    "trace",
    "query",
    "additionalOperations",
    "parameters",
    "servers",
    "$ref",
];

const REMOVED_PATH: (&str, &str, &str, &str) = (
    "api-path-removed-without-deprecation",
    "api-path-removed-with-deprecation",
    "api-path-removed-before-sunset",
    "api-path-sunset-parse",
);
const REMOVED_METHOD: (&str, &str, &str, &str) = (
    "api-removed-without-deprecation",
    "api-removed-with-deprecation",
    "api-removed-before-sunset",
    "api-path-sunset-parse",
);

/// How many callbacks may nest.
const MAX_CALLBACKS: usize = 3;

impl<'w> Walk<'w, '_> {
    /// All paths and webhooks.
    pub(super) fn surfaces(&mut self) {
        let (base, revision) = (self.base, self.revision);
        self.items(&base.paths(), &revision.paths(), Surface::Path, 0);
        self.items(&base.webhooks(), &revision.webhooks(), Surface::Webhook, 0);
    }

    fn items(&mut self, base: &[PathItem<'w>], revision: &[PathItem<'w>], surface: Surface, depth: usize) {
        let pairing = paths::pair_paths(base, revision);
        for pair in &pairing.pairs {
            self.item_pair(pair, depth);
        }
        let removed: Vec<Operation<'w>> = pairing.removed.iter().flat_map(|item| item.operations()).collect();
        let added: Vec<Operation<'w>> = pairing.added.iter().flat_map(|item| item.operations()).collect();
        let moved = if surface == Surface::Path { paths::pair_by_id(&removed, &added) } else { Vec::new() };
        for (old, new) in &moved {
            let scope = self.root(Some(*old), Some(*new));
            self.push(
                Edit::new("endpoint-path-changed", scope, Polarity::ToServer)
                    .at(Some(old.path.at), Some(new.path.at))
                    .location(old.label())
                    .values(old.path.template, new.path.template),
            );
            self.operation(scope, old, new, true, depth);
        }
        for item in &pairing.removed {
            let left: Vec<_> =
                item.operations().into_iter().filter(|o| !moved.iter().any(|(old, _)| old.place == o.place)).collect();
            for operation in &left {
                self.gone(operation, surface, item.operations().len() == left.len());
            }
        }
        for operation in added.iter().filter(|o| !moved.iter().any(|(_, new)| new.place == o.place)) {
            self.appeared(operation, surface);
        }
    }

    fn gone(&mut self, operation: &Operation<'w>, surface: Surface, whole_path: bool) {
        let scope = self.root(Some(*operation), None);
        let keys = LifecycleKeys::read(operation.place);
        let label = operation.label();
        let edit = match surface {
            Surface::Path if whole_path => self.removed(scope, REMOVED_PATH, &keys).at(Some(operation.path.at), None),
            Surface::Path => self.removed(scope, REMOVED_METHOD, &keys).at(Some(operation.place), None),
            Surface::Webhook => {
                Edit::new("webhook-removed", scope, Polarity::ToServer).at(Some(operation.path.at), None)
            }
            Surface::Callback => {
                Edit::new("callback-removed", scope, Polarity::ToServer).at(Some(operation.path.at), None)
            }
        };
        let whole = surface != Surface::Path || whole_path;
        let name = if whole { operation.path.template.to_owned() } else { label.clone() };
        self.push(edit.location(label).name(name));
    }

    fn appeared(&mut self, operation: &Operation<'w>, surface: Surface) {
        let scope = self.root(None, Some(*operation));
        let (id, place) = match surface {
            Surface::Path => ("endpoint-added", operation.place),
            Surface::Webhook => ("webhook-added", operation.path.at),
            Surface::Callback => ("callback-added", operation.path.at),
        };
        let name = if surface == Surface::Path { operation.label() } else { operation.path.template.to_owned() };
        self.push(
            Edit::new(id, scope, Polarity::ToServer).at(None, Some(place)).name(name).location(operation.label()),
        );
    }

    fn item_pair(&mut self, pair: &PathPair<'w>, depth: usize) {
        let (old, new) = (pair.base.operations(), pair.revision.operations());
        let item_scope = self.scope();
        self.rest(item_scope, pair.base.place, pair.revision.place, &ITEM);
        let templates = (pair.base.template, pair.revision.template);
        if pair.base.surface == Surface::Callback && templates.0 != templates.1 {
            self.push(
                Edit::new("callback-url-changed", item_scope, Polarity::ToServer)
                    .at(Some(pair.base.at), Some(pair.revision.at))
                    .values(templates.0, templates.1),
            );
        }
        for operation in &old {
            match new.iter().find(|other| other.method == operation.method) {
                Some(other) => {
                    let scope = self.root(Some(*operation), Some(*other));
                    self.link(scope, item_scope);
                    self.operation(scope, operation, other, pair.moved, depth);
                }
                None => self.gone(operation, pair.base.surface, false),
            }
        }
        for operation in &new {
            if !old.iter().any(|other| other.method == operation.method) {
                self.appeared(operation, pair.revision.surface);
            }
        }
    }

    /// A pair of operations.
    fn operation(&mut self, scope: ScopeId, old: &Operation<'w>, new: &Operation<'w>, moved: bool, depth: usize) {
        let outer = std::mem::replace(&mut self.here, (self.roots.len() - 1, None));
        self.operation_parts(scope, old, new, moved, depth);
        self.here = outer;
    }

    fn operation_parts(&mut self, scope: ScopeId, old: &Operation<'w>, new: &Operation<'w>, moved: bool, depth: usize) {
        self.security(scope, old, new);
        if !moved {
            self.servers(scope, old, new);
        }
        let shared = (old.path.field("parameters"), new.path.field("parameters"));
        let same_shared = match shared {
            (Some(old), Some(new)) => self.same.same(old, new),
            (None, None) => true,
            _ => false,
        };
        let renamed = old.path.template != new.path.template;
        if same_shared && !renamed && self.same_media_defaults() && self.same.same(old.place, new.place) {
            return;
        }
        let polarity = if old.path.surface == Surface::Path { Polarity::ToServer } else { Polarity::ToClient };
        self.identity(scope, old, new);
        self.operation_life(scope, old, new);
        self.parameters(scope, old, new, polarity);
        self.body(scope, old, new, polarity);
        self.responses(scope, old, new, polarity.inverted());
        self.callbacks(scope, old, new, depth);
        let mut handled = HANDLED.to_vec();
        handled.extend(super::lifecycle::KEYS);
        self.rest(scope, old.place, new.place, &handled);
    }

    /// Whether the media types that 2.0 operations inherit are the same.
    fn same_media_defaults(&self) -> bool {
        let (base, revision) = (self.base.root(), self.revision.root());
        ["consumes", "produces"].iter().all(|key| match (base.get(key), revision.get(key)) {
            (Some(old), Some(new)) => self.same.alike(old, new),
            (None, None) => true,
            _ => false,
        })
    }

    fn identity(&mut self, scope: ScopeId, old: &Operation<'w>, new: &Operation<'w>) {
        let places = (old.place.get("operationId"), new.place.get("operationId"));
        let id = match (old.id(), new.id()) {
            (Some(before), Some(after)) if before == after => None,
            (None, None) => None,
            (None, Some(_)) => Some("api-operation-id-added"),
            (Some(_), _) => Some("api-operation-id-removed"),
        };
        if let Some(id) = id {
            self.push(
                Edit::new(id, scope, Polarity::ToServer)
                    .at(places.0.or(Some(old.place)), places.1.or(Some(new.place)))
                    .location(new.label())
                    .values(old.id().unwrap_or("nothing"), new.id().unwrap_or("nothing")),
            );
        }
        let (before, after) = (old.tags(), new.tags());
        let lists = (old.place.get("tags"), new.place.get("tags"));
        for (from, to, id) in [(&before, &after, "api-tag-removed"), (&after, &before, "api-tag-added")] {
            for tag in from.iter().filter(|tag| !to.contains(tag)) {
                self.push(
                    Edit::new(id, scope, Polarity::ToServer)
                        .at(lists.0.or(Some(old.place)), lists.1.or(Some(new.place)))
                        .location(new.label())
                        .name(*tag),
                );
            }
        }
    }

    fn callbacks(&mut self, scope: ScopeId, old: &Operation<'w>, new: &Operation<'w>, depth: usize) {
        let lists = (old.place.get("callbacks"), new.place.get("callbacks"));
        if let (Some(old), Some(new)) = lists
            && self.same.same(old, new)
        {
            return;
        }
        if depth >= MAX_CALLBACKS {
            return;
        }
        let mut names: BTreeMap<&str, (Vec<Callback<'w>>, Vec<Callback<'w>>)> = BTreeMap::new();
        for callback in old.callbacks() {
            names.entry(callback.name).or_default().0.push(callback);
        }
        for callback in new.callbacks() {
            names.entry(callback.name).or_default().1.push(callback);
        }
        for (before, after) in names.into_values() {
            let key: (Option<Place<'w>>, Option<Place<'w>>) =
                (before.first().map(|c| c.item.at), after.first().map(|c| c.item.at));
            if let (Some(left), Some(right)) = key
                && !self.shared(scope, left, right, Polarity::ToClient, super::kind::CALLBACK).1
            {
                continue;
            }
            let items = |list: &[Callback<'w>]| list.iter().map(|callback| callback.item).collect::<Vec<_>>();
            self.items(&items(&before), &items(&after), Surface::Callback, depth + 1);
        }
    }
}
