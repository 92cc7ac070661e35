//! Places as JSON values, references followed, within a budget.

use super::View;
use super::reach::Reach;
use crate::syntax::Kind;
use crate::workspace::{Place, PlaceId, PlaceMember};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Map, Value};

/// Nodes of one value, at most.
const BUDGET: usize = 500_000;

/// A place as JSON.
pub(super) struct Json<'v, 'w> {
    view: &'v View<'w>,
    open: Vec<PlaceId>,
    left: usize,
    /// A reference inside leads back to what holds it, or nowhere; it is left as `$ref`.
    pub(super) circular: bool,
}

impl<'v, 'w> Json<'v, 'w> {
    pub(super) fn new(view: &'v View<'w>) -> Self {
        Json { view, open: Vec::new(), left: BUDGET, circular: false }
    }

    /// The value; `None` when it is larger than the budget.
    pub(super) fn of(&mut self, place: Place<'w>) -> Option<Value> {
        self.left = self.left.checked_sub(1)?;
        match place.kind() {
            Kind::Seq => {
                let elements = place.elements().map(|element| self.child(element));
                elements.collect::<Option<Vec<_>>>().map(Value::Array)
            }
            Kind::Map => {
                let mut map = Map::new();
                for member in in_order(place) {
                    map.insert(member.name.to_owned(), self.child(member.value)?);
                }
                Some(Value::Object(map))
            }
            _ => Some(place.to_json()),
        }
    }

    /// The value as far as a schema looks at it: what it does not look at is an empty value of its kind. `None` when
    /// it is larger than the budget.
    pub(super) fn seen(&mut self, place: Place<'w>, by: &[&Reach]) -> Option<Value> {
        if by.iter().any(|reach| reach.is_whole()) {
            return self.of(place);
        }
        self.left = self.left.checked_sub(1)?;
        let below = |key: Option<&str>| by.iter().flat_map(|reach| reach.below(key)).collect::<Vec<_>>();
        match place.kind() {
            Kind::Seq => {
                let by = below(None);
                place.elements().map(|element| self.part(element, &by)).collect::<Option<Vec<_>>>().map(Value::Array)
            }
            Kind::Map => {
                let mut map = Map::new();
                for member in in_order(place) {
                    map.insert(member.name.to_owned(), self.part(member.value, &below(Some(member.name)))?);
                }
                Some(Value::Object(map))
            }
            _ => Some(place.to_json()),
        }
    }

    /// A child of a value that is looked at by these.
    fn part(&mut self, site: Place<'w>, by: &[&Reach]) -> Option<Value> {
        if by.is_empty() {
            let place = self.view.follow(site);
            return Some(match place.kind() {
                Kind::Map => Value::Object(Map::new()),
                Kind::Seq => Value::Array(Vec::new()),
                _ => place.to_json(),
            });
        }
        self.enter(site, |json, place| json.seen(place, by))
    }

    fn child(&mut self, site: Place<'w>) -> Option<Value> {
        self.enter(site, Self::of)
    }

    /// What stands at `site`, references followed, by `value`; circles are left as `$ref`.
    fn enter(&mut self, site: Place<'w>, value: impl FnOnce(&mut Self, Place<'w>) -> Option<Value>) -> Option<Value> {
        let place = self.view.follow(site);
        if !matches!(place.kind(), Kind::Map | Kind::Seq) {
            return self.of(place);
        }
        if place.reference().is_some() && self.view.resolved {
            self.circular = true;
            return self.of_plain(place);
        }
        let id = place.id();
        if self.open.contains(&id) || self.open.len() > 128 {
            self.circular = true;
            return Some(serde_json::json!({ "$ref": site.reference().unwrap_or_default() }));
        }
        self.open.push(id);
        let value = value(self, place);
        self.open.pop();
        value
    }

    fn of_plain(&mut self, place: Place<'w>) -> Option<Value> {
        self.left = self.left.checked_sub(1)?;
        Some(place.to_json())
    }
}

/// Members as objects of JavaScript list them: keys that are whole numbers come first, by size.
fn in_order(place: Place<'_>) -> Vec<PlaceMember<'_>> {
    let index = |member: &PlaceMember<'_>| -> u64 {
        let plain = !member.name.starts_with('0') || member.name == "0";
        let number = member.name.bytes().all(|b| b.is_ascii_digit()) && plain;
        number.then(|| member.name.parse().ok()).flatten().filter(|&at| at < u64::from(u32::MAX)).unwrap_or(u64::MAX)
    };
    let mut members: Vec<_> = place.members().collect();
    if members.iter().any(|member| member.name.starts_with(|c: char| c.is_ascii_digit())) {
        members.sort_by_key(index);
    }
    members
}

/// Places that were asked whether they lead back to themselves.
#[derive(Default)]
pub(super) struct Circles {
    known: FxHashMap<PlaceId, bool>,
    open: FxHashSet<PlaceId>,
}

/// Nesting that is followed; what is deeper counts as a circle.
const DEPTH: usize = 128;

impl<'w> View<'w> {
    /// Whether the value at a place, references followed, has no end, or a reference that leads nowhere. Every place
    /// is looked at once.
    pub(super) fn is_circular(&self, place: Place<'w>) -> bool {
        let mut circles = self.circles.borrow_mut();
        circles.open.clear();
        let mut too_deep = false;
        self.leads_back(place, &mut circles, 0, &mut too_deep)
    }

    fn leads_back(&self, place: Place<'w>, circles: &mut Circles, depth: usize, too_deep: &mut bool) -> bool {
        let id = place.id();
        if let Some(&known) = circles.known.get(&id) {
            return known;
        }
        *too_deep |= depth > DEPTH;
        if *too_deep || !circles.open.insert(id) {
            return true;
        }
        let children = place.members().map(|member| member.value).chain(place.elements());
        let mut circular = false;
        for child in children.filter(|child| matches!(child.kind(), Kind::Map | Kind::Seq)) {
            let child = self.follow(child);
            let nowhere = self.resolved && child.reference().is_some();
            // All children are asked, so that what is known is complete.
            circular |= nowhere || self.leads_back(child, circles, depth + 1, too_deep);
        }
        circles.open.remove(&id);
        if !*too_deep {
            circles.known.insert(id, circular);
        }
        circular
    }
}

/// A value as messages show it: texts in quotes, containers by their kind.
pub(in crate::lint) fn print_value(value: &Value) -> String {
    match value {
        Value::Array(_) => "Array[]".to_owned(),
        Value::Object(_) => "Object{}".to_owned(),
        Value::Number(number) => number_text(number),
        _ => value.to_string(),
    }
}

/// A number as JavaScript writes it.
pub(super) fn number_text(number: &serde_json::Number) -> String {
    let exact = number.as_i64().is_some_and(|number| number.unsigned_abs() < 1 << 53);
    if exact { None } else { number.as_f64().map(crate::lint::path::number_text) }.unwrap_or_else(|| number.to_string())
}

/// Equality of JSON values as JavaScript sees it: `1` and `1.0` are one number.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| same(value, other)))
        }
        _ => a == b,
    }
}
