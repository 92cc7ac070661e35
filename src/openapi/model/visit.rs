//! A walk over every object of a contract, whether an operation reaches it or not: components, schemas within schemas,
//! what references lead to. Each place is met once per kind of object.

use super::table::{FieldType, Model, ObjectId};
use super::{Object, model};
use crate::openapi::Version;
use crate::syntax::Kind;
use crate::workspace::{Place, PlaceId};
use rustc_hash::FxHashSet;

/// Who sends what is described at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// The client.
    Client,
    /// The server.
    Server,
    /// Either: a schema that is met by itself.
    Either,
}

/// An object of a contract.
#[derive(Clone, Copy, Debug)]
pub struct Visited<'w> {
    /// The object.
    pub place: Place<'w>,
    /// Where it was met: the object, or a reference to it.
    pub site: Place<'w>,
    /// What it is.
    pub object: &'static Object,
    /// Who sends it, as far as that is known where it was met first.
    pub sender: Sender,
}

/// Calls `see` for every object of the contract with this root.
pub fn visit<'w>(root: Place<'w>, version: Version, see: &mut dyn FnMut(Visited<'w>)) {
    let model = model();
    let Some(id) = model.root(version) else { return };
    let mut walk = Walk { model, version, see, seen: FxHashSet::default(), ahead: Vec::new() };
    let start = Way { flipped: false, sender: Sender::Either };
    walk.ahead.push(Ahead::Object(root, root, id, start));
    walk.run();
}

/// What is known of the way to a place.
#[derive(Clone, Copy)]
struct Way {
    /// Within a webhook or callback, where the server calls the client.
    flipped: bool,
    sender: Sender,
}

/// What is still to be looked at.
enum Ahead<'w> {
    Value(Place<'w>, &'static FieldType, Way),
    /// An object, and where it is met.
    Object(Place<'w>, Place<'w>, ObjectId, Way),
}

struct Walk<'w, 's> {
    model: &'static Model,
    version: Version,
    see: &'s mut dyn FnMut(Visited<'w>),
    seen: FxHashSet<(PlaceId, ObjectId)>,
    /// The next one is the last: references can make the way longer than any stack of calls.
    ahead: Vec<Ahead<'w>>,
}

impl<'w> Walk<'w, '_> {
    fn run(&mut self) {
        while let Some(next) = self.ahead.pop() {
            let from = self.ahead.len();
            match next {
                Ahead::Value(place, ty, way) => self.value(place, ty, way),
                Ahead::Object(place, site, id, way) => self.object(place, site, id, way),
            }
            if let Some(fresh) = self.ahead.get_mut(from..) {
                fresh.reverse();
            }
        }
    }

    fn value(&mut self, place: Place<'w>, ty: &'static FieldType, way: Way) {
        let mut alternatives = ty.alternatives().iter();
        match place.kind() {
            Kind::Map => {
                if let Some(id) = self.pick(place, ty) {
                    self.referred(place, id, way);
                } else if let Some(inner) =
                    alternatives.find_map(|ty| if let FieldType::Map(inner) = ty { Some(inner) } else { None })
                {
                    self.ahead.extend(place.members().map(|member| Ahead::Value(member.value, inner, way)));
                }
            }
            Kind::Seq => {
                let inner =
                    alternatives.find_map(|ty| if let FieldType::List(inner) = ty { Some(inner) } else { None });
                if let Some(inner) = inner {
                    self.ahead.extend(place.elements().map(|element| Ahead::Value(element, inner, way)));
                }
            }
            _ => {}
        }
    }

    /// The object that a map stands for.
    fn pick(&self, place: Place<'w>, ty: &FieldType) -> Option<ObjectId> {
        let ids =
            ty.alternatives().iter().filter_map(|ty| if let FieldType::Object(id) = ty { Some(*id) } else { None });
        let mut ids = ids.filter(|&id| self.model.object(id).versions.contains(self.version));
        ids.find(|&id| {
            let mut select = self.model.object(id).select.iter();
            select
                .all(|(name, values)| place.get_str(name).is_some_and(|text| values.iter().any(|value| value == text)))
        })
    }

    /// Meets an object, or what a reference in its place leads to. In 3.1 keywords beside a reference count as well.
    fn referred(&mut self, place: Place<'w>, id: ObjectId, way: Way) {
        let Ok(target) = place.resolve() else { return };
        self.ahead.push(Ahead::Object(target, place, id, way));
        let own = self.model.object(id).field("$ref", self.version).is_some();
        if target.id() != place.id() && own && self.version >= Version::V3_1 && place.len() > 1 {
            self.ahead.push(Ahead::Object(place, place, id, way));
        }
    }

    fn object(&mut self, place: Place<'w>, site: Place<'w>, id: ObjectId, mut way: Way) {
        if !place.is_map() || !self.seen.insert((place.id(), id)) {
            return;
        }
        let object = self.model.object(id);
        match object.name.as_str() {
            "RequestBody" | "Parameter" => way.sender = if way.flipped { Sender::Server } else { Sender::Client },
            "Response" => way.sender = if way.flipped { Sender::Client } else { Sender::Server },
            "Callback" => way.flipped = true,
            // What a schema holds may be met in either direction.
            "Components" | "Operation" | "PathItem" => way.sender = Sender::Either,
            _ => {}
        }
        (self.see)(Visited { place, site, object, sender: way.sender });
        for member in place.members() {
            if let Some(field) = object.lookup(self.model, member.name, self.version) {
                let webhooks = member.name == "webhooks" && object.name == "OpenAPI";
                let way = Way { flipped: way.flipped || webhooks, ..way };
                self.ahead.push(Ahead::Value(member.value, &field.ty, way));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Workspace;

    #[test]
    fn what_no_operation_reaches_is_met_and_shared_parts_once() {
        let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get:\n      responses:\n        '200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}\n\
                    components:\n  schemas:\n    A: {properties: {b: {$ref: '#/components/schemas/B'}, a: {$ref: '#/components/schemas/A'}}}\n    B: {type: string}\n    Alone: {type: integer}\n";
        let workspace = Workspace::from_text("a.yaml", text);
        let mut seen = Vec::new();
        visit(workspace.root(), Version::V3_0, &mut |visited| {
            if visited.object.name == "Schema" {
                seen.push((visited.place.pointer(), visited.sender));
            }
        });
        seen.sort_by(|a, b| a.0.cmp(&b.0));
        let names: Vec<&str> = seen.iter().map(|(pointer, _)| pointer.as_str()).collect();
        assert_eq!(names, ["/components/schemas/A", "/components/schemas/Alone", "/components/schemas/B"]);
        assert_eq!((seen[0].1, seen[1].1), (Sender::Server, Sender::Either));
    }

    #[test]
    fn a_chain_of_references_may_be_longer_than_the_stack() {
        let schemas: Vec<String> = (0..20_000)
            .map(|at| format!("    S{at}: {{additionalProperties: {{$ref: '#/components/schemas/S{}'}}}}\n", at + 1))
            .collect();
        let head = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n";
        let text = format!("{head}{}    S20000: {{type: string}}\n", schemas.concat());
        let workspace = Workspace::from_text("a.yaml", &text);
        let mut count = 0;
        visit(workspace.root(), Version::V3_0, &mut |visited| count += usize::from(visited.object.name == "Schema"));
        assert_eq!(count, 20_001);
    }
}
