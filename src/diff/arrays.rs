//! Arrays beside their items: places with schemas of their own, and what may follow them.

use super::beside::Beside;
use super::change::Event;
use super::pair::{Mark, Pair};
use super::walk::Walk;
use crate::openapi::SchemaRef;
use crate::workspace::Place;

impl<'w> Walk<'w, '_> {
    /// `prefixItems` and `unevaluatedItems`.
    pub(super) fn arrays(&mut self, pair: &Pair<'w>) {
        let list = |view: &super::view::View<'w>| {
            view.get("prefixItems").into_iter().flat_map(Place::elements).collect::<Vec<_>>()
        };
        let (old, new) = (list(&pair.old), list(&pair.new));
        for (left, right) in old.iter().zip(&new) {
            let mut context = pair.context;
            context.told = false;
            context.subject = context.subject.item();
            context.in_branch = false;
            context.step = Mark::AnyItem;
            self.schema(pair.scope, &SchemaRef::At(*left), &SchemaRef::At(*right), context);
        }
        let whole = (pair.old.get("prefixItems"), pair.new.get("prefixItems"));
        let count = old.len().abs_diff(new.len()).to_string();
        if new.len() > old.len() {
            self.push(pair.edit(Event::PrefixItemsAdded, whole.0, new.get(old.len()).copied()).name(count));
        } else if old.len() > new.len() {
            self.push(pair.edit(Event::PrefixItemsRemoved, old.get(new.len()).copied(), whole.1).name(count));
        }
        let events = Beside {
            forbidden: Event::UnevaluatedItemsForbidden,
            allowed: Event::UnevaluatedItemsAllowed,
            schema_added: Event::UnevaluatedItemsSchemaAdded,
            schema_removed: Event::UnevaluatedItemsSchemaRemoved,
        };
        self.beside(pair, "unevaluatedItems", events, |walk, old, new| {
            let mut context = pair.context;
            context.told = false;
            context.subject = context.subject.item();
            context.in_branch = false;
            context.step = Mark::AnyItem;
            walk.schema(pair.scope, &SchemaRef::At(old), &SchemaRef::At(new), context);
        });
    }
}
