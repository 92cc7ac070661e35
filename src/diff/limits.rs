//! Keywords with an order: bounds of numbers, lengths and counts, steps, patterns, formats; and types.

use super::change::{Bound, Edge, Event, Motion, Role, Subject};
use super::effect::{Effect, Polarity};
use super::pair::Pair;
use super::view::{ARRAY, INTEGER, NULL, NUMBER, OBJECT, STRING, TypeSet, View, type_names};
use super::walk::Walk;
use crate::openapi::Format;
use crate::openapi::SchemaRef;
use crate::schema::{Formats, Split};
use crate::syntax::compare_numbers;
use crate::workspace::Place;
use std::cmp::Ordering;

impl<'w> Walk<'w, '_> {
    /// Bounds, counts, steps, patterns, formats.
    pub(super) fn limits(&mut self, pair: &Pair<'w>) {
        self.bounds(pair, true);
        self.bounds(pair, false);
        for bound in Bound::ALL {
            // Bounds of numbers come in pairs.
            if !matches!(bound, Bound::Max | Bound::Min | Bound::ExclusiveMax | Bound::ExclusiveMin) {
                self.count(pair, *bound);
            }
        }
        self.step(pair);
        self.unique(pair);
        self.pattern(pair);
        self.format(pair);
    }

    fn bounds(&mut self, pair: &Pair<'w>, upper: bool) {
        let (inclusive_bound, exclusive_bound) =
            if upper { (Bound::Max, Bound::ExclusiveMax) } else { (Bound::Min, Bound::ExclusiveMin) };
        let (inclusive, exclusive) = (inclusive_bound.keyword(), exclusive_bound.keyword());
        let (old, new) = (pair.old.bound(inclusive, exclusive), pair.new.bound(inclusive, exclusive));
        let number = |place: Option<Place<'w>>| place.and_then(Place::as_f64);
        let effect = bound_effect(
            (number(old.inclusive), number(old.exclusive)),
            (number(new.inclusive), number(new.exclusive)),
            upper,
        );
        // A boolean bound of a version with numbers there bounds nothing.
        let idle = |view: &View<'w>| {
            view.get(exclusive).filter(|place| place.as_bool().is_some() && view.version.has_json_schema())
        };
        let unread = (idle(&pair.old), idle(&pair.new));
        if self.base.version() == self.revision.version()
            && let (Some(left), Some(right)) = (pair.old.at(), pair.new.at())
        {
            self.field(pair.scope, exclusive, unread.0, unread.1, (left, right));
        }
        // A bound that becomes exclusive or inclusive is one edit.
        if let (Some(_), None, None, Some(_)) = (old.inclusive, old.exclusive, new.inclusive, new.exclusive) {
            self.push(
                pair.edit(Event::Limit(exclusive_bound, Motion::Set), old.inclusive, new.exclusive).effect(effect),
            );
            return;
        }
        if let (None, Some(_), Some(_), None) = (old.inclusive, old.exclusive, new.inclusive, new.exclusive) {
            self.push(
                pair.edit(Event::Limit(exclusive_bound, Motion::Unset), old.exclusive, new.inclusive).effect(effect),
            );
            return;
        }
        self.limit(pair, inclusive_bound, old.inclusive, new.inclusive);
        self.limit(pair, exclusive_bound, old.exclusive, new.exclusive);
    }

    fn count(&mut self, pair: &Pair<'w>, bound: Bound) {
        let number = |view: &View<'w>| view.get(bound.keyword()).filter(|place| place.as_f64().is_some());
        self.limit(pair, bound, number(&pair.old), number(&pair.new));
    }

    fn limit(&mut self, pair: &Pair<'w>, bound: Bound, old: Option<Place<'w>>, new: Option<Place<'w>>) {
        let (before, after) = (old.and_then(Place::as_f64), new.and_then(Place::as_f64));
        let (upper, default) = (bound.edge() == Edge::Upper, bound.default());
        let motion = match (before, after) {
            (None, None) => return,
            (None, Some(_)) => Motion::Set,
            (Some(_), None) => Motion::Unset,
            (Some(before), Some(after)) => match order(old, new).or_else(|| after.partial_cmp(&before)) {
                Some(Ordering::Equal) => return,
                Some(Ordering::Greater) => Motion::Increased,
                _ => Motion::Decreased,
            },
        };
        let mut edit = pair.edit(Event::Limit(bound, motion), old, new);
        if (before.is_none() || after.is_none()) && before.or(after) == default {
            edit.effect = Some(Effect::None);
        } else if edit.effect.is_none() && (before.is_none() || after.is_none()) {
            edit.effect = Some(Effect::of_limit(before.or(default), after.or(default), upper));
        }
        self.push(edit);
    }

    #[allow(clippy::float_cmp, reason = "limits are equal or they are not")]
    fn step(&mut self, pair: &Pair<'w>) {
        let (old, new) = (pair.old.get("multipleOf"), pair.new.get("multipleOf"));
        let (before, after) = (pair.old.number("multipleOf"), pair.new.number("multipleOf"));
        let divides = |a: f64, b: f64| {
            let ratio = b / a;
            a != 0.0 && (ratio - ratio.round()).abs() < 1e-9
        };
        let event = match (before, after) {
            (None, None) => return,
            (None, Some(_)) => Event::MultipleOfSet,
            (Some(_), None) => Event::MultipleOfUnset,
            (Some(before), Some(after)) if before == after && old.map(Place::text) == new.map(Place::text) => return,
            // Beyond what a float can tell apart, the digits decide.
            (Some(before), Some(after)) if before == after && order(old, new) == Some(Ordering::Equal) => return,
            (Some(before), Some(after)) if divides(after, before) => Event::MultipleOfGeneralized,
            (Some(before), Some(after)) if divides(before, after) => Event::MultipleOfSpecialized,
            _ => Event::MultipleOfChanged,
        };
        self.push(pair.edit(event, old, new));
    }

    fn unique(&mut self, pair: &Pair<'w>) {
        let event = match (pair.old.flag("uniqueItems"), pair.new.flag("uniqueItems")) {
            (false, true) => Event::UniqueItemsSet,
            (true, false) => Event::UniqueItemsUnset,
            _ => return,
        };
        self.push(pair.edit(event, pair.old.get("uniqueItems"), pair.new.get("uniqueItems")));
    }

    fn pattern(&mut self, pair: &Pair<'w>) {
        let (old, new) = (pair.old.get("pattern"), pair.new.get("pattern"));
        let text = |place: Option<Place<'w>>| place.and_then(Place::as_str);
        let all = |text: &str| matches!(text, "" | ".*" | "^.*$" | "^.*" | ".*$" | "[\\s\\S]*" | "^[\\s\\S]*$");
        let event = match (text(old), text(new)) {
            (None, None) => return,
            (None, Some(_)) => Event::PatternAdded,
            (Some(_), None) => Event::PatternRemoved,
            (Some(old), Some(new)) if old == new => return,
            (Some(_), Some(new)) if all(new) => Event::PatternGeneralized,
            _ => Event::PatternChanged,
        };
        let mut edit = pair.edit(event, old, new);
        if event == Event::PatternAdded && text(new).is_some_and(all) {
            edit.effect = Some(Effect::None);
        }
        self.push(edit);
    }

    fn format(&mut self, pair: &Pair<'w>) {
        let place = |view: &View<'w>| view.get("format").or_else(|| view.get("contentEncoding"));
        let (old, new) = (place(&pair.old), place(&pair.new));
        // The encoding is what changed.
        if !pair.has_known_encodings() && pair.old.get("format").is_none() && pair.new.get("format").is_none() {
            return;
        }
        let event = match (pair.old.format(), pair.new.format()) {
            (None, None) => return,
            // A file in another notation.
            _ if pair.is_file() => return,
            (None, Some(_)) => Event::FormatAdded,
            (Some(_), None) => Event::FormatRemoved,
            (Some(old), Some(new)) if old == new => return,
            (Some(_), Some(_)) => Event::FormatChanged,
        };
        let read = &self.options.formats;
        let effect = match (Demand::of(&pair.old, read), Demand::of(&pair.new, read)) {
            (Demand::Unknown, _) | (_, Demand::Unknown) => Effect::Unknown,
            (Demand::Nothing, Demand::Nothing) => Effect::None,
            (Demand::Nothing, Demand::Values) => Effect::Narrows,
            (Demand::Values, Demand::Nothing) => Effect::Widens,
            // Which values they share is a question for the engine.
            (Demand::Values, Demand::Values) => Effect::Incomparable,
        };
        // With a type of another kind the format is a part of that edit.
        let kinds = (pair.old.types().map(|t| t & !NULL), pair.new.types().map(|t| t & !NULL));
        if let (Some(old), Some(new)) = kinds
            && old & new == 0
        {
            return;
        }
        let mut edit = pair.edit(event, old, new);
        if effect == Effect::Unknown {
            edit = edit.undefined("a format that is not known may bind or not");
        } else if edit.effect.is_none() {
            edit.effect = Some(effect);
        }
        self.push(edit);
    }

    /// Types, `null` apart.
    pub(super) fn types(&mut self, pair: &Pair<'w>) {
        let (old, new) = (pair.old.types(), pair.new.types());
        let loose = (pair.old.loosely_nullable(), pair.new.loosely_nullable());
        let loosened = loose.0.is_some() != loose.1.is_some();
        if old == new && pair.old.nullable() == pair.new.nullable() && !loosened {
            return;
        }
        if loosened {
            self.loosely_null(pair, loose);
        }
        let places = (pair.old.get("type"), pair.new.get("type"));
        let nullable =
            |view: &View<'w>, types: Option<TypeSet>| types.is_some_and(|t| t & NULL != 0) || view.nullable();
        if !loosened && (old.is_some() && new.is_some() || pair.old.nullable() != pair.new.nullable()) {
            match (nullable(&pair.old, old), nullable(&pair.new, new)) {
                (false, true) if old.is_some() || new.is_none() => self.null(pair, Event::BecameNullable),
                (true, false) if new.is_some() || old.is_none() => self.null(pair, Event::BecameNotNullable),
                _ => {}
            }
        }
        let only_null = |types: Option<TypeSet>| types == Some(NULL);
        let strip = |types: Option<TypeSet>| if only_null(types) { types } else { types.map(|t| t & !NULL) };
        let (old, new) = if only_null(old) == only_null(new) { (strip(old), strip(new)) } else { (old, new) };
        if old == new {
            return;
        }
        let list = |view: &View<'w>| ["anyOf", "oneOf", "allOf"].iter().any(|list| !view.branches(list).is_empty());
        if (old.is_none() && list(&pair.old)) || (new.is_none() && list(&pair.new)) {
            return; // the edit of the list says it
        }
        let effect = type_effect(pair, old, new);
        let several = |types: Option<TypeSet>| {
            types.is_some_and(|t| (if t & NUMBER != 0 { t & !INTEGER } else { t }).count_ones() > 1)
        };
        let subject = pair.context.subject;
        let named =
            matches!(subject.role(), Role::Response | Role::Header) || subject == Subject::RequestParameterProperty;
        let event = match effect {
            Effect::None => Event::TypeCompatible,
            Effect::Widens if several(old) || several(new) => Event::ListOfTypesWidened,
            Effect::Narrows if (several(old) || several(new)) && new.is_some() && old.is_some() => {
                Event::ListOfTypesNarrowed
            }
            Effect::Widens => Event::TypeGeneralized,
            Effect::Narrows if named => Event::TypeSpecialized,
            _ => Event::TypeChanged,
        };
        let names = (type_names(old), type_names(new));
        self.push(pair.edit(event, places.0, places.1).values(names.0, names.1).effect(effect));
    }

    /// `nullable` without `type` came or went: one statement about null, whatever stands beside it.
    fn loosely_null(&mut self, pair: &Pair<'w>, loose: (Option<Place<'w>>, Option<Place<'w>>)) {
        let becomes = if loose.1.is_some() { !takes_null(&pair.old) } else { takes_null(&pair.new) };
        let event = if becomes { Event::BecameNullable } else { Event::BecameNotNullable };
        let place = |view: &View<'w>, loose: Option<Place<'w>>| {
            loose.or_else(|| view.get("nullable")).or_else(|| view.get("type"))
        };
        let edit = pair.edit(event, place(&pair.old, loose.0), place(&pair.new, loose.1));
        // Read in either way, a request may allow more and a response less.
        let hurts = becomes == (pair.context.polarity == Polarity::ToClient);
        self.push(if hurts {
            edit.undefined(
                "OpenAPI 3.0 gives `nullable` no effect without `type` beside it, but many tools read it as `null` allowed",
            )
        } else {
            edit.effect(Effect::None)
        });
    }

    fn null(&mut self, pair: &Pair<'w>, event: Event) {
        let place = |view: &View<'w>| view.get("nullable").or_else(|| view.get("type"));
        let edit = pair.edit(event, place(&pair.old), place(&pair.new));
        let unwritten =
            pair.context.text.is_some() && matches!(pair.context.subject.role(), Role::Parameter | Role::Header);
        self.push(if unwritten { edit.harmless("nothing is written for `null` there") } else { edit });
    }
}

/// Whether a schema, or one of the branches of its unions, says that null is allowed.
fn takes_null(view: &View<'_>) -> bool {
    let branches = ["anyOf", "oneOf"].iter().flat_map(|list| view.branches(list));
    view.nullable()
        || branches.map(|branch| View::new(&SchemaRef::At(branch), view.version)).any(|view| view.nullable())
}

/// What a format demands of the values of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Demand {
    /// Nothing: there is none, it is an annotation, or it is one of values of another type.
    Nothing,
    /// Some of the values.
    Values,
    /// It is not known.
    Unknown,
}

impl Demand {
    fn of(view: &View<'_>, read: &Formats) -> Demand {
        let Some(name) = view.format().filter(|_| *read != Formats::Annotations) else { return Demand::Nothing };
        let Some(format) = Format::find(name) else { return Demand::Unknown };
        let types = view.types().unwrap_or(STRING | NUMBER | INTEGER);
        let strings = types & STRING != 0 && format.binds_strings();
        let numbers = types & (NUMBER | INTEGER) != 0 && format.range().is_some();
        if strings || numbers { Demand::Values } else { Demand::Nothing }
    }
}

/// What another type does to the set of values.
fn type_effect(pair: &Pair<'_>, old: Option<TypeSet>, new: Option<TypeSet>) -> Effect {
    let texts = pair.context.text.is_some();
    match (old, new) {
        (None, None) => Effect::None,
        (None, Some(new)) if implied(&pair.old) == Some(new) => Effect::None,
        (Some(old), None) if implied(&pair.new) == Some(old) => Effect::None,
        (None, Some(_)) => Effect::Narrows,
        (Some(_), None) => Effect::Widens,
        (Some(old), Some(new)) => {
            let scalar = |types: TypeSet| types & (ARRAY | OBJECT) == 0;
            // What travels as text has no types: a plain string takes every scalar.
            if texts && scalar(old) && scalar(new) {
                if new & STRING != 0 && pair.new.is_bare() {
                    return Effect::Widens;
                }
                if old & STRING != 0 && pair.old.is_bare() {
                    return Effect::Narrows;
                }
            }
            // A single value is written like a list of one, unless its text is taken apart.
            if pair.context.text == Some(Split::Never) && scalar(old) && new == ARRAY && takes_one(&pair.new, old) {
                return Effect::Widens;
            }
            match (old & !new, new & !old) {
                (0, 0) => Effect::None,
                (0, _) => Effect::Widens,
                (_, 0) => Effect::Narrows,
                _ => Effect::Incomparable,
            }
        }
    }
}

/// Whether a list may have one item, and that of these types.
fn takes_one(list: &View<'_>, types: TypeSet) -> bool {
    let items = list.sub("items").map(|items| View::new(&items, list.version));
    let any = items.is_none_or(|items| {
        let taken = |own: TypeSet| own & STRING != 0 || types & !NULL & !own == 0;
        items.is_bare() && items.types().is_none_or(taken)
    });
    any && list.number("minItems").is_none_or(|least| least <= 1.0)
        && list.number("maxItems").is_none_or(|most| most >= 1.0)
        && ["prefixItems", "contains", "enum", "const"].iter().all(|keyword| list.get(keyword).is_none())
}

/// The type that the other keywords of a schema without `type` speak of.
fn implied<'w>(view: &View<'w>) -> Option<TypeSet> {
    // Values that are listed speak for themselves, whatever else stands beside them.
    let listed = view.get("const").map(|only| vec![only]);
    let listed = listed.or_else(|| view.get("enum").map(|list| list.elements().collect()));
    if let Some(values) = listed {
        let all = |holds: &dyn Fn(Place<'w>) -> bool| !values.is_empty() && values.iter().all(|value| holds(*value));
        return match () {
            () if all(&|value| value.as_str().is_some()) => Some(STRING),
            () if all(&|value| value.as_f64().is_some()) => Some(NUMBER | INTEGER),
            () if all(&Place::is_map) => Some(OBJECT),
            () if all(&Place::is_seq) => Some(ARRAY),
            () => None,
        };
    }
    if !view.properties().is_empty() || view.get("additionalProperties").is_some() {
        return Some(OBJECT);
    }
    if view.get("items").is_some() {
        return Some(ARRAY);
    }
    if ["pattern", "minLength", "maxLength"].iter().any(|keyword| view.get(keyword).is_some()) {
        return Some(STRING);
    }
    if ["minimum", "maximum"].iter().any(|keyword| view.get(keyword).is_some()) {
        return Some(NUMBER | INTEGER);
    }
    None
}

/// How the new number stands to the old one, by all their digits.
fn order(old: Option<Place<'_>>, new: Option<Place<'_>>) -> Option<Ordering> {
    compare_numbers(new?.text(), old?.text())
}

/// The effect of a pair of bounds, inclusive and exclusive together.
#[allow(clippy::float_cmp, reason = "limits are equal or they are not")]
fn bound_effect(old: (Option<f64>, Option<f64>), new: (Option<f64>, Option<f64>), upper: bool) -> Effect {
    // The tighter of both; an exclusive bound is tighter than the same inclusive one.
    let tightest = |(inclusive, exclusive): (Option<f64>, Option<f64>)| match (inclusive, exclusive) {
        (None, None) => None,
        (Some(limit), None) => Some((limit, false)),
        (None, Some(limit)) => Some((limit, true)),
        (Some(a), Some(b)) => Some(if (upper && b <= a) || (!upper && b >= a) { (b, true) } else { (a, false) }),
    };
    match (tightest(old), tightest(new)) {
        (None, None) => Effect::None,
        (None, Some(_)) => Effect::Narrows,
        (Some(_), None) => Effect::Widens,
        (Some((old, old_exclusive)), Some((new, new_exclusive))) => {
            if old == new {
                return match (old_exclusive, new_exclusive) {
                    (false, true) => Effect::Narrows,
                    (true, false) => Effect::Widens,
                    _ => Effect::None,
                };
            }
            Effect::of_limit(Some(old), Some(new), upper)
        }
    }
}
