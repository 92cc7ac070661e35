//! Discriminators: the property that tells the kind, what there is to choose from, and where its mapping leads
//! (Discriminator Object).

use super::super::{Check, words};
use super::Checker;
use crate::diagnostic::{Label, Severity};
use crate::openapi::Version;
use crate::workspace::{Place, PlaceId, RefError};
use rustc_hash::FxHashSet;

/// Nesting of `allOf` that is looked into.
const DEPTH: usize = 16;

/// What a schema says about a property, with the branches of its `allOf`.
#[derive(Clone, Copy, Debug, Default)]
struct Property {
    declared: bool,
    required: bool,
    /// Whether the schema may say more than is looked at.
    open: bool,
}

fn property(schema: Place<'_>, name: &str, depth: usize, seen: &mut FxHashSet<PlaceId>) -> Property {
    let Ok(schema) = schema.resolve() else { return Property { open: true, ..Property::default() } };
    if depth == 0 || !schema.is_map() || !seen.insert(schema.id()) {
        return Property { open: depth == 0 || !schema.is_map(), ..Property::default() };
    }
    let lists = |place: Place<'_>| place.elements().any(|element| element.as_str() == Some(name));
    let branches = ["oneOf", "anyOf", "if", "not", "$dynamicRef", "patternProperties"];
    let mut out = Property {
        declared: schema.get("properties").is_some_and(|all| all.get(name).is_some()),
        required: schema.get("required").is_some_and(lists),
        open: branches.iter().any(|key| schema.get(key).is_some()),
    };
    // In 3.1 keywords beside a reference count.
    let beside = schema.get("$ref").into_iter().filter_map(|uri| uri.follow_uri()?.ok());
    for part in schema.get("allOf").into_iter().flat_map(Place::elements).chain(beside) {
        let inner = property(part, name, depth - 1, seen);
        out.declared |= inner.declared;
        out.required |= inner.required;
        out.open |= inner.open;
    }
    out
}

impl<'w> Checker<'w> {
    /// Checks the discriminators, when all schemas of the contract are known.
    pub(super) fn finish_discriminators(&mut self) {
        for schema in std::mem::take(&mut self.discriminators) {
            let Some(discriminator) = schema.get("discriminator") else { continue };
            let named =
                if self.version == Version::V2_0 { Some(discriminator) } else { discriminator.get("propertyName") };
            let Some(named) = named.filter(|place| place.as_str().is_some()) else { continue };
            let branches = ["oneOf", "anyOf"].iter().filter_map(|key| schema.get(key)).flat_map(Place::elements);
            // A branch for null beside the named ones is how 3.1 says that null is allowed.
            let branches: Vec<Place<'w>> = branches.filter(|branch| branch.get_str("type") != Some("null")).collect();
            let composed = !branches.is_empty() || schema.get("allOf").is_some() || self.bases.contains(&schema.id());
            if !composed && discriminator.get("mapping").is_none() && self.version != Version::V2_0 {
                let message =
                    "the discriminator has nothing to choose from: no `oneOf`, no `anyOf`, and no subtype by `allOf`";
                self.warn(Check::Discriminator, message, discriminator.key_location()).help =
                    Some("List the alternatives in `oneOf`, or remove `discriminator`".to_owned());
            }
            self.inline(&branches);
            self.discriminating(schema, named, &branches);
            self.mapping(discriminator);
        }
    }

    /// Checks that every alternative has a name: inline schemas are not considered.
    fn inline(&mut self, branches: &[Place<'w>]) {
        let has_name = |branch: &Place<'w>| ["$ref", "$id", "$anchor"].iter().any(|key| branch.get(key).is_some());
        let unnamed = branches.iter().filter(|branch| branch.is_map() && !has_name(branch));
        let unnamed: Vec<Place<'w>> = unnamed.copied().collect();
        let Some((first, rest)) = unnamed.split_first() else { return };
        let message = match rest.len() {
            0 => "the discriminator does not consider the alternative that is written inline".to_owned(),
            more => {
                format!("the discriminator does not consider the {} alternatives that are written inline", more + 1)
            }
        };
        let finding = self.warn(Check::Discriminator, message, first.location());
        finding.help = Some("Move it to `components/schemas`, and refer to it with `$ref`".to_owned());
        let label = |place: &Place<'w>| Label { location: place.location(), message: "and this one".to_owned() };
        finding.related.extend(rest.iter().take(8).map(label));
    }

    /// Checks that the property is declared and required where it has to be.
    fn discriminating(&mut self, schema: Place<'w>, named: Place<'w>, branches: &[Place<'w>]) {
        let name = named.text();
        let mut seen = FxHashSet::default();
        let own = property(schema, name, DEPTH, &mut seen);
        let forbidden = self.version == Version::V2_0;
        if branches.is_empty() {
            let near =
                schema.get("properties").and_then(|all| self.guesses.nearest(name, all.members().map(|m| m.name)));
            if !own.declared && !own.open {
                let message = format!("the discriminator `{name}` is not a property of the schema");
                let finding = self.report(Check::Discriminator, message, named.location());
                finding.severity = if forbidden { Severity::Error } else { Severity::Warn };
                finding.help = Some(match near {
                    Some(near) => format!("Write `{near}`"),
                    None => format!("Add `{name}` to `properties` and to `required`"),
                });
            } else if !own.required && !own.open {
                let message = format!("the discriminator `{name}` is not required");
                let finding = self.report(Check::Discriminator, message, named.location());
                finding.severity = if forbidden { Severity::Error } else { Severity::Hint };
                finding.help = Some(format!("Add `{name}` to `required`"));
            }
            return;
        }
        let lacks = |branch: &&Place<'w>, what: fn(&Property) -> bool| {
            let found = property(**branch, name, DEPTH, &mut FxHashSet::default());
            !found.open && !what(&found)
        };
        let title = |branch: &Place<'w>| match branch.reference() {
            Some(reference) => words::quote(reference.rsplit('/').next().unwrap_or(reference)),
            None => "an alternative".to_owned(),
        };
        // What the schema around the alternatives says holds for all of them.
        let undeclared: Vec<Place<'w>> = if own.declared {
            Vec::new()
        } else {
            branches.iter().filter(|b| lacks(b, |p| p.declared)).copied().collect()
        };
        let optional: Vec<Place<'w>> = if own.required {
            Vec::new()
        } else {
            let optional = branches.iter().filter(|b| lacks(b, |p| p.required));
            optional.filter(|b| !undeclared.iter().any(|known| known.id() == b.id())).copied().collect()
        };
        for (list, severity, says, help) in [
            (undeclared, Severity::Warn, "is not a property of", "to the properties of"),
            (optional, Severity::Hint, "is not required in", "to `required` of"),
        ] {
            let Some(first) = list.first() else { continue };
            let mut titles: Vec<String> = list.iter().map(title).collect();
            titles.dedup();
            let names = words::all(&titles);
            let message = format!("the discriminator `{name}` {says} {names}");
            let finding = self.report(Check::Discriminator, message, named.location());
            finding.severity = severity;
            finding.help = Some(format!("Add `{name}` {help} {names}"));
            finding.related.push(Label { location: first.location(), message: "an alternative without it".to_owned() });
        }
    }

    /// Checks that names of schemas in a mapping are those of components; URIs are followed as all others are.
    fn mapping(&mut self, discriminator: Place<'w>) {
        let known = self.root.descend(&["components", "schemas"]);
        let own =
            discriminator.workspace().document_root(discriminator.document_id()).descend(&["components", "schemas"]);
        for member in discriminator.get("mapping").into_iter().flat_map(Place::members) {
            let Some(name) = member.value.as_str() else { continue };
            let there = |schemas: Option<Place<'w>>| schemas.is_some_and(|schemas| schemas.get(name).is_some());
            if member.value.follow_uri().is_some() || there(known) || there(own) {
                continue;
            }
            let error = RefError::NoNode {
                reference: name.to_owned(),
                token: name.to_owned(),
                parent: "/components/schemas".to_owned(),
                document: self.root.document().name().to_owned(),
            };
            self.unresolved(member.value, &error, self.schema.into_iter().collect());
        }
    }
}
