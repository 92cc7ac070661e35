//! Listed values: `enum`, `const`, `x-extensible-enum`.

use super::change::Event;
use super::edit::{Edit, shorten, show};
use super::effect::Effect;
use super::pair::Pair;
use super::view::View;
use super::walk::Walk;
use crate::syntax::Kind;
use crate::workspace::Place;

/// Whether two JSON values are equal; numbers by value, strings are never numbers.
pub(super) fn equal(left: Place<'_>, right: Place<'_>) -> bool {
    match (left.kind(), right.kind()) {
        (Kind::Int | Kind::Float, Kind::Int | Kind::Float) => {
            left.text() == right.text()
                || (left.as_f64() == right.as_f64() && left.as_f64().is_some_and(|n| n.abs() < 9e15))
        }
        (Kind::Map, Kind::Map) => {
            left.len() == right.len()
                && left.members().all(|m| right.get(m.name).is_some_and(|value| equal(m.value, value)))
        }
        (Kind::Seq, Kind::Seq) => {
            left.len() == right.len() && left.elements().zip(right.elements()).all(|(a, b)| equal(a, b))
        }
        (Kind::Null, Kind::Null) => true,
        (Kind::Bool, Kind::Bool) => left.as_bool() == right.as_bool(),
        (a, b) => a == b && left.text() == right.text(),
    }
}

/// A value that can be looked up: equal values have equal keys.
fn key(place: Place<'_>) -> String {
    match place.kind() {
        Kind::Int | Kind::Float => match place.as_f64() {
            // Without the sign of zero.
            Some(number) if number.abs() < 9e15 => format!("n{}", number + 0.0),
            _ => format!("n{}", place.text()),
        },
        Kind::Map | Kind::Seq => format!("j{}", place.to_json()),
        Kind::Null => "null".to_owned(),
        Kind::Bool => format!("b{:?}", place.as_bool()),
        kind => format!("{}:{}", kind.name(), place.text()),
    }
}

/// The values of `right` that are not in `left`.
fn missing<'w>(left: &[Place<'w>], right: &[Place<'w>]) -> Vec<Place<'w>> {
    let known: std::collections::HashSet<String> = left.iter().map(|place| key(*place)).collect();
    right.iter().copied().filter(|place| !known.contains(&key(*place))).collect()
}

/// The first eight values, and how many are left. A value that prints like another one of `beside` has its type.
fn names(values: &[Place<'_>], beside: &[Place<'_>]) -> (String, usize) {
    let one = |value: &Place<'_>| {
        let text = shorten(&show(Some(*value)));
        let alike = beside.iter().any(|other| other.kind() != value.kind() && shorten(&show(Some(*other))) == text);
        if alike { format!("{text} ({})", value.kind().name()) } else { text }
    };
    let shown: Vec<String> = values.iter().take(8).map(one).collect();
    (shown.join("`, `"), values.len() - shown.len())
}

impl<'w> Walk<'w, '_> {
    /// `enum` and `const`; a `const` is an enumeration of one.
    pub(super) fn values(&mut self, pair: &Pair<'w>) {
        self.extensible(pair);
        let constant = |view: &View<'w>| view.get("const").filter(|_| view.version.has_json_schema());
        let (old, new) = (constant(&pair.old), constant(&pair.new));
        let (old_list, new_list) = (pair.old.enumeration(), pair.new.enumeration());
        if old_list.is_none() && new_list.is_none() {
            match (old, new) {
                (Some(a), Some(b)) if !equal(a, b) => self.push(pair.edit(Event::ConstChanged, old, new)),
                (None, Some(_)) => self.push(pair.edit(Event::ConstAdded, old, new)),
                (Some(_), None) => self.push(pair.edit(Event::ConstRemoved, old, new)),
                _ => {}
            }
            return;
        }
        let before = old_list.or_else(|| old.map(|value| vec![value]));
        let after = new_list.or_else(|| new.map(|value| vec![value]));
        let places = (pair.old.get("enum").or(old), pair.new.get("enum").or(new));
        match (before, after) {
            (None, Some(after)) => {
                let edit = pair.edit(Event::BecameEnum, places.0, places.1).names(names(&after, &[]));
                self.push(edit);
            }
            (Some(before), None) => {
                let edit = pair.edit(Event::BecameNotEnum, places.0, places.1).names(names(&before, &[]));
                self.push(edit);
            }
            (Some(mut before), Some(mut after)) => {
                // Whether null is allowed is told once: here, where the list alone decides it.
                let listed = |view: &View<'w>, list: &[Place<'w>]| {
                    view.has_null_alternative() || list.iter().any(|value| value.is_null())
                };
                if pair.old.nullable() != pair.new.nullable() || listed(&pair.old, &before) == listed(&pair.new, &after)
                {
                    before.retain(|value| !value.is_null());
                    after.retain(|value| !value.is_null());
                }
                let (removed, added) = (missing(&after, &before), missing(&before, &after));
                for (values, others, event) in
                    [(removed, &after, Event::EnumValueRemoved), (added, &before, Event::EnumValueAdded)]
                {
                    let Some(&first) = values.first() else { continue };
                    let places =
                        if event == Event::EnumValueAdded { (places.0, Some(first)) } else { (Some(first), places.1) };
                    let mut edit: Edit<'w> = pair.edit(event, places.0, places.1).names(names(&values, others));
                    edit.extensible = pair.new.get("x-extensible-enum").is_some();
                    self.push(edit);
                }
            }
            (None, None) => {}
        }
    }

    /// `x-extensible-enum`: values a reader should know, others may follow.
    fn extensible(&mut self, pair: &Pair<'w>) {
        const KEY: &str = "x-extensible-enum";
        let (old, new) = (pair.old.get(KEY), pair.new.get(KEY));
        let list = |place: Option<Place<'w>>| place.into_iter().flat_map(Place::elements).collect::<Vec<_>>();
        match (old, new) {
            (None, None) => {}
            (Some(_), Some(_)) => {
                let (before, after) = (list(old), list(new));
                let (removed, added) = (missing(&after, &before), missing(&before, &after));
                for (values, others, event) in [
                    (removed, &after, Event::XExtensibleEnumValueRemoved),
                    (added, &before, Event::XExtensibleEnumValueAdded),
                ] {
                    if !values.is_empty() {
                        let edit = pair.edit(event, old, new).names(names(&values, others));
                        self.push(edit);
                    }
                }
            }
            (None, Some(_)) => {
                let edit = pair.edit(Event::XExtensibleEnumAdded, old, new).names(names(&list(new), &[]));
                self.push(edit);
            }
            (Some(_), None) => {
                let mut edit = pair.edit(Event::XExtensibleEnumRemoved, old, new).names(names(&list(old), &[]));
                // Closed lists say `enum`; without any list every value was allowed before.
                if pair.new.get("enum").is_none() {
                    edit.effect = Some(Effect::None);
                }
                self.push(edit);
            }
        }
    }
}
