//! Operations: which were added, removed, moved; and what a pair of them says about itself.

use super::change::{ChangeId, Event, Subject};
use super::edit::{Edit, ScopeId};
use super::effect::{Effect, Polarity};
use super::lifecycle::Removal;
use super::paths::{self, Offer, OperationPair};
use super::readdress::{Heir, Heirs, inherited};
use super::walk::Walk;
use crate::openapi::{LifecycleKeys, Operation, PathItem, Surface};
use crate::workspace::PlaceId;
use rustc_hash::{FxHashMap, FxHashSet};

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

const REMOVED_PATH: Removal = Removal {
    sudden: ChangeId::new(Subject::Path, Event::PathRemovedWithoutDeprecation),
    announced: ChangeId::new(Subject::Path, Event::PathRemovedWithDeprecation),
    early: ChangeId::new(Subject::Path, Event::PathRemovedBeforeSunset),
    unreadable: ChangeId::new(Subject::Path, Event::PathSunsetUnreadable),
};
const REMOVED_METHOD: Removal = Removal {
    sudden: ChangeId::new(Subject::Operation, Event::OperationRemovedWithoutDeprecation),
    announced: ChangeId::new(Subject::Operation, Event::OperationRemovedWithDeprecation),
    early: ChangeId::new(Subject::Operation, Event::OperationRemovedBeforeSunset),
    unreadable: ChangeId::new(Subject::Path, Event::PathSunsetUnreadable),
};

/// How many callbacks may nest.
const MAX_CALLBACKS: usize = 3;

impl<'w> Walk<'w, '_> {
    /// All paths and webhooks.
    pub(super) fn surfaces(&mut self) {
        let (base, revision) = (self.base, self.revision);
        for (old, new, surface) in
            [(base.paths(), revision.paths(), Surface::Path), (base.webhooks(), revision.webhooks(), Surface::Webhook)]
        {
            let paired = self.offers(&paths::offers(&old), &paths::offers(&new), (surface, (&old, &new)), 0);
            self.idle_items(&old, &new, &paired);
        }
    }

    /// Compares two lists of operations; gives the path items of the base that have a partner.
    fn offers(
        &mut self,
        base: &[Offer<'w>],
        revision: &[Offer<'w>],
        (surface, items): (Surface, (&[PathItem<'w>], &[PathItem<'w>])),
        depth: usize,
    ) -> FxHashSet<PlaceId> {
        let pairing = paths::pair_operations(base, revision, surface);
        let mut known: FxHashMap<(PlaceId, PlaceId), ScopeId> = FxHashMap::default();
        let mut served: FxHashSet<PlaceId> = FxHashSet::default();
        for pair in &pairing.pairs {
            let (old, new) = (pair.base.operation.path, pair.revision.operation.path);
            served.insert(old.at.id());
            let told = known.get(&(old.at.id(), new.at.id())).copied();
            let scope = told.unwrap_or_else(|| self.item(&old, &new));
            known.insert((old.at.id(), new.at.id()), scope);
            self.operation_pair(scope, pair, depth);
        }
        let moved = match surface {
            Surface::Path => paths::pair_by_id(&pairing.removed, &pairing.added),
            _ => Vec::new(),
        };
        for (old, new) in &moved {
            served.insert(old.path.at.id());
            self.moved(old, new, depth);
        }
        let shapes: FxHashSet<String> =
            revision.iter().map(|offer| paths::shape(offer.operation.path.template)).collect();
        let gone = pairing.removed.iter().filter(|o| !moved.iter().any(|(old, _)| old.place == o.place));
        let gone: Vec<Operation<'w>> = gone.copied().collect();
        let heirs = match surface {
            Surface::Path => self.readdressed(items, &pairing.pairs, &gone),
            Surface::Webhook | Surface::Callback => Heirs::default(),
        };
        for operation in &gone {
            let whole =
                !served.contains(&operation.path.at.id()) && !shapes.contains(&paths::shape(operation.path.template));
            self.gone(operation, (surface, whole), heirs.get(&operation.place.id()));
        }
        for operation in pairing.added.iter().filter(|o| !moved.iter().any(|(_, new)| new.place == o.place)) {
            self.appeared(operation, surface);
        }
        served
    }

    /// An operation that is found under another path by its id.
    fn moved(&mut self, old: &Operation<'w>, new: &Operation<'w>, depth: usize) {
        let scope = self.root(Some(*old), Some(*new));
        self.push(
            Edit::new(Event::OperationMoved, scope, Polarity::ToServer)
                .at(Some(old.path.at), Some(new.path.at))
                .location(old.label())
                .values(old.path.template, new.path.template),
        );
        self.operation(scope, old, new, true, depth);
    }

    /// Path items without a pair of operations: what they say beside.
    fn idle_items(&mut self, base: &[PathItem<'w>], revision: &[PathItem<'w>], paired: &FxHashSet<PlaceId>) {
        for old in base.iter().filter(|item| !paired.contains(&item.at.id())) {
            if let Some(new) = revision.iter().find(|new| new.template == old.template) {
                self.item(old, new);
            }
        }
    }

    fn gone(&mut self, operation: &Operation<'w>, (surface, whole_path): (Surface, bool), heir: Option<&Heir<'w>>) {
        let scope = self.root(Some(*operation), None);
        let keys = LifecycleKeys::read(operation.place);
        let label = operation.label();
        let edit = match surface {
            Surface::Path if whole_path => self.removed(scope, &REMOVED_PATH, &keys).at(Some(operation.path.at), None),
            Surface::Path => self.removed(scope, &REMOVED_METHOD, &keys).at(Some(operation.place), None),
            Surface::Webhook => {
                Edit::new(Event::WebhookRemoved, scope, Polarity::ToServer).at(Some(operation.path.at), None)
            }
            Surface::Callback => {
                Edit::new(Event::CallbackRemoved, scope, Polarity::ToServer).at(Some(operation.path.at), None)
            }
        };
        let whole = surface != Surface::Path || whole_path;
        let name = if whole { operation.path.template.to_owned() } else { label.clone() };
        let edit = edit.location(label).name(name);
        // What was announced counts more than who answers now.
        let edit = match heir {
            Some(heir) if edit.id.event.effect() == Some(Effect::Narrows) => inherited(edit, heir),
            _ => edit,
        };
        self.push(edit);
    }

    fn appeared(&mut self, operation: &Operation<'w>, surface: Surface) {
        let scope = self.root(None, Some(*operation));
        let (event, place) = match surface {
            Surface::Path => (Event::OperationAdded, operation.place),
            Surface::Webhook => (Event::WebhookAdded, operation.path.at),
            Surface::Callback => (Event::CallbackAdded, operation.path.at),
        };
        let name = if surface == Surface::Path { operation.label() } else { operation.path.template.to_owned() };
        self.push(
            Edit::new(event, scope, Polarity::ToServer).at(None, Some(place)).name(name).location(operation.label()),
        );
    }

    /// What two path items say beside their operations.
    fn item(&mut self, old: &PathItem<'w>, new: &PathItem<'w>) -> ScopeId {
        let scope = self.scope();
        self.rest(scope, old.place, new.place, &ITEM);
        if old.surface == Surface::Callback && old.template != new.template {
            self.push(
                Edit::new(Event::CallbackUrlChanged, scope, Polarity::ToServer)
                    .at(Some(old.at), Some(new.at))
                    .values(old.template, new.template),
            );
        }
        scope
    }

    fn operation_pair(&mut self, item: ScopeId, pair: &OperationPair<'w>, depth: usize) {
        let (old, new) = (pair.base.operation, pair.revision.operation);
        if old.path.surface == Surface::Callback
            && !self.shared(item, old.place, new.place, Polarity::ToClient, super::kind::CALLBACK).1
        {
            return;
        }
        let scope = self.root(Some(old), Some(new));
        self.link(scope, item);
        self.operation(scope, &old, &new, pair.moved, depth);
        if let (Some(before), Some(after)) = (pair.base.callback, pair.revision.callback)
            && before != after
        {
            self.push(
                Edit::new(Event::FieldChanged, scope, Polarity::ToServer)
                    .at(Some(old.path.at), Some(new.path.at))
                    .name("callbacks")
                    .values(before, after),
            );
        }
    }

    /// A pair of operations.
    fn operation(&mut self, scope: ScopeId, old: &Operation<'w>, new: &Operation<'w>, moved: bool, depth: usize) {
        let outer = std::mem::replace(&mut self.here, (self.roots.len() - 1, None));
        self.operation_parts(scope, old, new, moved, depth);
        self.here = outer;
    }

    fn operation_parts(&mut self, scope: ScopeId, old: &Operation<'w>, new: &Operation<'w>, moved: bool, depth: usize) {
        let polarity = if old.path.surface == Surface::Path { Polarity::ToServer } else { Polarity::ToClient };
        self.security(scope, old, new, polarity);
        // Webhooks and callbacks are sent to addresses of the subscriber.
        if !moved && old.path.surface == Surface::Path {
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
        self.identity(scope, old, new);
        self.operation_life(scope, old, new);
        self.parameters(scope, old, new, polarity);
        self.body(scope, old, new, polarity);
        self.responses(scope, old, new, polarity.inverted());
        self.callbacks(old, new, depth);
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
        let event = match (old.id(), new.id()) {
            (Some(before), Some(after)) if before == after => None,
            (None, None) => None,
            (None, Some(_)) => Some(Event::OperationIdAdded),
            (Some(_), _) => Some(Event::OperationIdRemoved),
        };
        if let Some(event) = event {
            self.push(
                Edit::new(event, scope, Polarity::ToServer)
                    .at(places.0.or(Some(old.place)), places.1.or(Some(new.place)))
                    .location(new.label())
                    .values(old.id().unwrap_or("nothing"), new.id().unwrap_or("nothing")),
            );
        }
        let (before, after) = (old.tags(), new.tags());
        let lists = (old.place.get("tags"), new.place.get("tags"));
        for (from, to, event) in
            [(&before, &after, Event::OperationTagRemoved), (&after, &before, Event::OperationTagAdded)]
        {
            for tag in from.iter().filter(|tag| !to.contains(tag)) {
                self.push(
                    Edit::new(event, scope, Polarity::ToServer)
                        .at(lists.0.or(Some(old.place)), lists.1.or(Some(new.place)))
                        .location(new.label())
                        .name(*tag),
                );
            }
        }
    }

    pub(super) fn callbacks(&mut self, old: &Operation<'w>, new: &Operation<'w>, depth: usize) {
        let lists = (old.place.get("callbacks"), new.place.get("callbacks"));
        if let (Some(old), Some(new)) = lists
            && self.same.same(old, new)
        {
            return;
        }
        if depth >= MAX_CALLBACKS {
            return;
        }
        let offers = |operation: &Operation<'w>| -> Vec<Offer<'w>> {
            let callbacks = operation.callbacks();
            let offer = |name, operation| Offer { operation, callback: Some(name) };
            let all = callbacks.iter().flat_map(|it| it.item.operations().into_iter().map(|o| offer(it.name, o)));
            all.collect()
        };
        self.offers(&offers(old), &offers(new), (Surface::Callback, (&[], &[])), depth + 1);
    }
}
