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
    let mut walk = Walk { model, version, see, seen: FxHashSet::default(), flipped: false, sender: Sender::Either };
    if root.is_map() {
        walk.object(root, root, id);
    }
}

struct Walk<'w, 's> {
    model: &'static Model,
    version: Version,
    see: &'s mut dyn FnMut(Visited<'w>),
    seen: FxHashSet<(PlaceId, ObjectId)>,
    /// Within a webhook or callback, where the server calls the client.
    flipped: bool,
    sender: Sender,
}

impl<'w> Walk<'w, '_> {
    fn value(&mut self, place: Place<'w>, ty: &FieldType) {
        match place.kind() {
            Kind::Map => {
                if let Some(id) = self.pick(place, ty) {
                    self.referred(place, id);
                } else if let Some(inner) = ty
                    .alternatives()
                    .iter()
                    .find_map(|ty| if let FieldType::Map(inner) = ty { Some(inner) } else { None })
                {
                    for member in place.members() {
                        self.value(member.value, inner);
                    }
                }
            }
            Kind::Seq => {
                let inner = ty
                    .alternatives()
                    .iter()
                    .find_map(|ty| if let FieldType::List(inner) = ty { Some(inner) } else { None });
                if let Some(inner) = inner {
                    for element in place.elements() {
                        self.value(element, inner);
                    }
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
    fn referred(&mut self, place: Place<'w>, id: ObjectId) {
        match place.resolve() {
            Ok(target) if target.id() != place.id() => {
                self.object(target, place, id);
                let own = self.model.object(id).field("$ref", self.version).is_some();
                if own && self.version >= Version::V3_1 && place.len() > 1 {
                    self.object(place, place, id);
                }
            }
            Ok(target) => self.object(target, place, id),
            Err(_) => {}
        }
    }

    fn object(&mut self, place: Place<'w>, site: Place<'w>, id: ObjectId) {
        if !place.is_map() || !self.seen.insert((place.id(), id)) {
            return;
        }
        let object = self.model.object(id);
        let (sender, flipped) = (self.sender, self.flipped);
        match object.name.as_str() {
            "RequestBody" | "Parameter" => self.sender = if flipped { Sender::Server } else { Sender::Client },
            "Response" => self.sender = if flipped { Sender::Client } else { Sender::Server },
            "Callback" => self.flipped = true,
            // What a schema holds may be met in either direction.
            "Components" | "Operation" | "PathItem" => self.sender = Sender::Either,
            _ => {}
        }
        (self.see)(Visited { place, site, object, sender: self.sender });
        for member in place.members() {
            if let Some(field) = object.lookup(self.model, member.name, self.version) {
                let webhooks = member.name == "webhooks" && object.name == "OpenAPI";
                let before = self.flipped;
                self.flipped |= webhooks;
                self.value(member.value, &field.ty);
                self.flipped = before;
            }
        }
        (self.sender, self.flipped) = (sender, flipped);
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
}
