//! `unevaluatedProperties` and `unevaluatedItems` (draft 2020-12 core, section 11): a case for each way in which the
//! applicators beside them may hold.

use super::super::dialect::Dialect;
use super::super::lang::{self, Lang};
use super::super::resolve::{Docs, Site};
use super::super::shape::{BOTTOM, Id, Store, TOP, types};
use super::{Context, Lowering, MAX_INLINE};
use crate::syntax::NodeRef;
use std::rc::Rc;

/// Ways in which `unevaluated…` may be reached beyond this are given up.
const MAX_SCENARIOS: usize = 96;

/// The ways of a schema; `None` where they are too many.
pub(super) type Ways = Option<Rc<[Scenario]>>;

/// One way to satisfy the applicators, and what it evaluates.
#[derive(Clone)]
pub(super) struct Scenario {
    when: Id,
    names: Vec<Lang>,
    /// Items before this index.
    items: u32,
    /// Items that match one of these.
    matching: Vec<Id>,
}

impl<'w> Lowering<'w> {
    pub(super) fn unevaluated(
        &mut self,
        store: &mut Store,
        site: Site,
        node: NodeRef<'w>,
        context: &Context,
        depth: u32,
        parts: &mut Vec<Id>,
    ) {
        let properties = node.get("unevaluatedProperties");
        let items = node.get("unevaluatedItems");
        if properties.is_none() && items.is_none() {
            return;
        }
        let context = &context.opened();
        let Some(scenarios) = self.scenarios(store, site, context, depth, true).map(|ways| ways.to_vec()) else {
            let what = format!("unevaluated {}", node.to_json());
            parts.push(Self::opaque(store, &what));
            return;
        };
        if let Some(rest) = properties {
            let rest = self.child(store, site, rest, context, depth);
            let mut ways = Vec::new();
            for scenario in &scenarios {
                let known = store.langs.or(scenario.names.iter().copied());
                let others = store.langs.not(known);
                let each = store.each(others, rest);
                ways.push(store.and([scenario.when, each]));
            }
            parts.push(store.or(ways));
        }
        if let Some(rest) = items {
            let rest = self.child(store, site, rest, context, depth);
            let mut ways = Vec::new();
            for scenario in &scenarios {
                let fine = store.or(scenario.matching.iter().copied().chain([rest]));
                let each = if scenario.items == u32::MAX { TOP } else { store.items_from(scenario.items, fine) };
                ways.push(store.and([scenario.when, each]));
            }
            parts.push(store.or(ways));
        }
    }

    /// The ways in which the applicators of a schema evaluate members and items. A way that evaluates less than what
    /// really holds asks for more, so it does no harm beside the full one: conditions need not exclude each other.
    fn scenarios(&mut self, store: &mut Store, site: Site, context: &Context, depth: u32, top: bool) -> Ways {
        if depth > MAX_INLINE {
            return None;
        }
        let key = (site, context.clone(), top);
        if let Some(known) = self.scenarios.get(&key) {
            return known.clone();
        }
        // A schema that leads back to itself has no finite list of ways.
        self.scenarios.insert(key.clone(), None);
        let ways = self.ways(store, site, context, depth, top).map(Rc::from);
        self.scenarios.insert(key, ways.clone());
        ways
    }

    fn ways(
        &mut self,
        store: &mut Store,
        site: Site,
        context: &Context,
        depth: u32,
        top: bool,
    ) -> Option<Vec<Scenario>> {
        self.visits += 1;
        let node = self.docs.node(site);
        let context = &self.entering(site, context);
        let mut own = Scenario { when: TOP, names: Vec::new(), items: 0, matching: Vec::new() };
        for (key, pattern) in [("properties", false), ("patternProperties", true)] {
            for member in node.get(key).into_iter().flat_map(NodeRef::members) {
                own.names.push(if pattern { store.langs.pattern(member.name) } else { store.langs.word(member.name) });
            }
        }
        if node.get("additionalProperties").is_some() || (!top && node.get("unevaluatedProperties").is_some()) {
            own.names.push(lang::ANY);
        }
        let modern = context.dialect == Dialect::Draft202012;
        let list = node.get(if modern { "prefixItems" } else { "items" }).filter(|list| list.is_seq());
        let rest = match (modern, list) {
            (true, _) => node.get("items"),
            (false, Some(_)) => node.get("additionalItems"),
            (false, None) => node.get("items"),
        };
        own.items = list.map_or(0, |list| list.len() as u32);
        if rest.is_some() || (!top && node.get("unevaluatedItems").is_some()) {
            own.items = u32::MAX;
        }
        if let Some(contains) = node.get("contains").filter(|_| modern) {
            own.matching.push(self.child(store, site, contains, context, depth));
        }
        let mut all = vec![own];
        for key in ["$ref", "$dynamicRef", "$recursiveRef"] {
            if let Some(uri) = node.get(key).and_then(NodeRef::as_str) {
                let (target, inner) = self.follow(site, key, uri, context)?;
                let ways = self.scenarios(store, target, &inner, depth + 4, false)?;
                all = product(store, &all, &ways)?;
            }
        }
        for part in node.get("allOf").into_iter().flat_map(NodeRef::elements) {
            let part = Docs::at(site, part);
            let ways = self.scenarios(store, part, context, depth + 1, false)?;
            all = product(store, &all, &ways)?;
        }
        let nothing = Scenario { when: TOP, names: Vec::new(), items: 0, matching: Vec::new() };
        for key in ["anyOf", "oneOf"] {
            for part in node.get(key).into_iter().flat_map(NodeRef::elements) {
                let holds = self.branch(store, site, part, context, depth);
                let part = Docs::at(site, part);
                let ways = self.conditional(store, part, context, depth, holds)?;
                if ways.is_empty() {
                    continue;
                }
                let ways: Vec<_> = ways.into_iter().chain([nothing.clone()]).collect();
                all = product(store, &all, &ways)?;
            }
        }
        if let Some(condition) = node.get("if") {
            let yes = self.branch(store, site, condition, context, depth);
            let no = store.not(yes);
            let condition = Docs::at(site, condition);
            let mut met = self.scenarios(store, condition, context, depth + 1, false)?.to_vec();
            if let Some(then) = node.get("then") {
                let then = Docs::at(site, then);
                let ways = self.scenarios(store, then, context, depth + 1, false)?;
                met = product(store, &met, &ways)?;
            }
            for way in &mut met {
                way.when = store.and([way.when, yes]);
            }
            if let Some(other) = node.get("else") {
                let other = Docs::at(site, other);
                met.extend(self.conditional(store, other, context, depth, no)?);
            }
            met.push(nothing.clone());
            all = product(store, &all, &met)?;
        }
        for member in node.get("dependentSchemas").into_iter().flat_map(NodeRef::members) {
            let word = store.langs.word(member.name);
            let there = store.has(word, TOP);
            let object = store.types(types::OBJ);
            let there = store.and([object, there]);
            let part = Docs::at(site, member.value);
            let ways = self.conditional(store, part, context, depth, there)?;
            let ways: Vec<_> = ways.into_iter().chain([nothing.clone()]).collect();
            all = product(store, &all, &ways)?;
        }
        Some(all)
    }

    /// The ways of a part that counts only under a condition; none when it evaluates nothing.
    fn conditional(
        &mut self,
        store: &mut Store,
        site: Site,
        context: &Context,
        depth: u32,
        when: Id,
    ) -> Option<Vec<Scenario>> {
        let mut ways = self.scenarios(store, site, context, depth + 1, false)?.to_vec();
        ways.retain(|way| !way.names.is_empty() || way.items > 0 || !way.matching.is_empty());
        for way in &mut ways {
            way.when = store.and([way.when, when]);
        }
        Some(ways)
    }
}

fn product(store: &mut Store, left: &[Scenario], right: &[Scenario]) -> Option<Vec<Scenario>> {
    if left.len() * right.len() > MAX_SCENARIOS {
        return None;
    }
    let mut out = Vec::with_capacity(left.len() * right.len());
    for left in left {
        for right in right {
            let when = store.and([left.when, right.when]);
            if when != BOTTOM {
                out.push(Scenario {
                    when,
                    names: [&left.names[..], &right.names].concat(),
                    items: left.items.max(right.items),
                    matching: [&left.matching[..], &right.matching].concat(),
                });
            }
        }
    }
    Some(out)
}
