//! The rest of a contract: `info`, tags, components that nothing reaches, fields of the root.

use super::change::Event;
use super::edit::{Edit, show};
use super::effect::Polarity;
use super::used::Used;
use super::walk::Walk;
use crate::openapi::{Component, Version};
use crate::workspace::Place;
use rustc_hash::FxHashMap;

const ROOT: [&str; 21] = [
    "openapi",
    "swagger",
    "info",
    "servers",
    "host",
    "basePath",
    "schemes",
    "consumes",
    "produces",
    "paths",
    "webhooks",
    "components",
    "definitions",
    "parameters",
    "responses",
    "securityDefinitions",
    "security",
    "tags",
    "$self",
    "externalDocs",
    "jsonSchemaDialect",
];

const KINDS: [&str; 11] = [
    "schemas",
    "parameters",
    "responses",
    "requestBodies",
    "headers",
    "links",
    "callbacks",
    "pathItems",
    "examples",
    "mediaTypes",
    "securitySchemes",
];

impl<'w> Walk<'w, '_> {
    /// Everything that no operation has.
    pub(super) fn document(&mut self) {
        let (base, revision) = (self.base.root(), self.revision.root());
        self.info();
        self.tags();
        self.rest(0, base, revision, &ROOT);
        for key in ["externalDocs", "jsonSchemaDialect", "$self"] {
            self.field(0, key, base.get(key), revision.get(key), (base, revision));
        }
        let key = |root: Place<'w>| root.get("openapi").or_else(|| root.get("swagger"));
        let places = (key(base), key(revision));
        if places.0.map(Place::text) != places.1.map(Place::text) {
            self.push(
                Edit::new(Event::OpenApiVersionChanged, 0, Polarity::ToServer)
                    .at(places.0, places.1)
                    .values(show(places.0), show(places.1)),
            );
        }
        for key in ["paths", "components", "webhooks"] {
            if let (Some(old), Some(new)) = (base.get(key), revision.get(key)) {
                self.extensions(old, new);
            }
        }
        self.schemes();
        self.components();
    }

    /// Extensions of an object whose other members are compared elsewhere.
    fn extensions(&mut self, old: Place<'w>, new: Place<'w>) {
        let names = old.members().chain(new.members().filter(|member| old.get(member.name).is_none()));
        for name in names.map(|member| member.name).filter(|name| name.starts_with("x-")) {
            self.field(0, name, old.get(name), new.get(name), (old, new));
        }
    }

    fn info(&mut self) {
        let (Some(old), Some(new)) = (self.base.info(), self.revision.info()) else {
            let (base, revision) = (self.base.root(), self.revision.root());
            return self.field(0, "info", base.get("info"), revision.get("info"), (base, revision));
        };
        let (before, after) = (self.base.info_version(), self.revision.info_version());
        if before != after {
            let parse = |text: &str| semver::Version::parse(text.trim_start_matches('v')).ok();
            let event = match (parse(before), parse(after)) {
                (Some(before), Some(after)) if after < before => Event::VersionDecreased,
                _ => Event::VersionChanged,
            };
            self.push(
                Edit::new(event, 0, Polarity::ToServer)
                    .at(old.get("version").or(Some(old)), new.get("version").or(Some(new)))
                    .values(before, after),
            );
        }
        self.rest(0, old, new, &["version"]);
    }

    fn tags(&mut self) {
        let (before, after) = (self.base.tags(), self.revision.tags());
        for (at, (name, tag)) in before.iter().enumerate() {
            // Of tags with the same name the first counts.
            if before[..at].iter().any(|(other, _)| other == name) {
                continue;
            }
            match after.iter().find(|(other, _)| other == name) {
                Some((_, other)) => self.rest(0, *tag, *other, &["name"]),
                None => self.push(Edit::new(Event::TagRemoved, 0, Polarity::ToServer).at(Some(*tag), None).name(*name)),
            }
        }
        for (name, tag) in after.iter().filter(|(name, _)| !before.iter().any(|(other, _)| other == name)) {
            self.push(Edit::new(Event::TagAdded, 0, Polarity::ToServer).at(None, Some(*tag)).name(*name));
        }
    }

    /// Components: added, removed, and those that changed without any operation using them.
    fn components(&mut self) {
        let mut used = None;
        let notation = (self.base.version() == Version::V2_0) != (self.revision.version() == Version::V2_0);
        for kind in KINDS {
            let (before, after) = (self.base.components(kind), self.revision.components(kind));
            let by_name = |list: &[Component<'w>]| -> FxHashMap<&'w str, Component<'w>> {
                list.iter().rev().map(|component| (component.name, *component)).collect()
            };
            let (named_before, named_after) = (by_name(&before), by_name(&after));
            for component in &before {
                match named_after.get(component.name) {
                    Some(other) => {
                        if kind == "securitySchemes" || notation {
                            continue;
                        }
                        let visited = self.visited(component.place, other.place);
                        if !visited && !self.same.alike(component.place, other.place) {
                            let used = used.get_or_insert_with(|| {
                                (
                                    Used::new(self.base, self.same.families(true)),
                                    Used::new(self.revision, self.same.families(false)),
                                )
                            });
                            let edit = Edit::new(Event::ComponentChanged, 0, Polarity::ToServer)
                                .at(Some(component.place), Some(other.place))
                                .name(component.name)
                                .location(kind);
                            // What operations share was compared where they use it.
                            self.push(match (used.0.has(component.place), used.1.has(other.place)) {
                                (false, false) => edit.note("no operation uses it"),
                                (true, false) => edit.note("no operation uses it in the revision"),
                                (false, true) => edit.note("no operation used it in the base"),
                                (true, true) => edit,
                            });
                        }
                    }
                    None if kind == "securitySchemes" => {}
                    None => {
                        let event =
                            if kind == "schemas" { Event::ComponentSchemaRemoved } else { Event::ComponentRemoved };
                        self.push(
                            Edit::new(event, 0, Polarity::ToServer)
                                .at(Some(component.place), None)
                                .name(component.name)
                                .location(kind),
                        );
                    }
                }
            }
            for component in after.iter().filter(|component| !named_before.contains_key(component.name)) {
                if kind != "securitySchemes" {
                    let event = if kind == "schemas" { Event::ComponentSchemaAdded } else { Event::ComponentAdded };
                    self.push(
                        Edit::new(event, 0, Polarity::ToServer)
                            .at(None, Some(component.place))
                            .name(component.name)
                            .location(kind),
                    );
                }
            }
        }
    }
}
