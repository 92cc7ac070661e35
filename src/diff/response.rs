//! Responses: paired by the statuses they stand for; their headers and links.

use super::body::Side;
use super::change::{ChangeId, Event, Subject};
use super::edit::{Edit, ScopeId};
use super::effect::{Effect, Polarity};
use super::message::{self, Part, header_split};
use super::view::{ARRAY, OBJECT, View};
use super::walk::{Travel, Walk};
use crate::openapi::{Header, Operation, Response, StatusKey, Version};
use crate::workspace::Place;

impl<'w> Walk<'w, '_> {
    /// The responses of a pair of operations.
    pub(super) fn responses(&mut self, scope: ScopeId, old: &Operation<'w>, new: &Operation<'w>, polarity: Polarity) {
        let (before, after) = (old.responses(), new.responses());
        let mut taken = vec![false; after.len()];
        let mut left = Vec::new();
        for response in &before {
            match after.iter().position(|other| other.key == response.key) {
                Some(at) => {
                    taken[at] = true;
                    self.response(scope, response, &after[at], polarity);
                }
                None => left.push(response),
            }
        }
        for response in left {
            let general = covering(&after, response.key)
                // A new `default` describes failures; it promises no success.
                .filter(|at| {
                    after[*at].key != StatusKey::Default
                        || !response.is_success()
                        || before.iter().any(|other| other.key == StatusKey::Default)
                });
            let special = (response.key != StatusKey::Default)
                .then(|| after.iter().position(|other| response.key.is_wider_than(other.key)))
                .flatten();
            let (at, event) = match (general, special) {
                (Some(at), _) => (at, Event::StatusGeneralized),
                (None, Some(at)) => (at, Event::StatusSpecialized),
                (None, None) => {
                    let event = if response.key == StatusKey::Default {
                        Event::DefaultResponseRemoved
                    } else if response.is_success() {
                        Event::SuccessStatusRemoved
                    } else {
                        Event::NonSuccessStatusRemoved
                    };
                    self.push(
                        Edit::new(event, scope, Polarity::ToServer)
                            .at(Some(response.at), None)
                            .name(response.status)
                            .location(new.label()),
                    );
                    continue;
                }
            };
            let mut edit = Edit::new(event, scope, Polarity::ToServer)
                .at(Some(response.at), Some(after[at].at))
                .name(response.status)
                .location(new.label())
                .values(response.status, after[at].status);
            // What stood for the rest before goes on to, and for this one, too.
            let stays = before.iter().any(|other| other.key == after[at].key);
            if stays && !response.is_success() {
                edit.effect = Some(Effect::None);
            }
            self.push(edit);
            if stays {
                self.bodies(scope, response, &after[at], polarity);
            } else {
                taken[at] = true;
                self.response(scope, response, &after[at], polarity);
            }
        }
        for (response, _) in after.iter().zip(&taken).filter(|(_, taken)| !**taken) {
            // What was described for a range or for all others held for this status, too; successes are described apart
            // from `default` where there are any.
            let wide = covering(&before, response.key).map(|at| &before[at]).filter(|wide| {
                wide.key != StatusKey::Default || !response.is_success() || !before.iter().any(Response::is_success)
            });
            if let Some(wide) = wide {
                self.bodies(scope, wide, response, polarity);
            }
            let event = if response.key == StatusKey::Default {
                Event::DefaultResponseAdded
            } else if response.is_success() {
                Event::SuccessStatusAdded
            } else {
                Event::NonSuccessStatusAdded
            };
            let edit = Edit::new(event, scope, Polarity::ToServer)
                .at(None, Some(response.at))
                .name(response.status)
                .location(new.label());
            self.push(match wide {
                Some(wide) => edit.note(format!("until now `{}` described it", wide.status)),
                None => edit,
            });
        }
        if let (Some(left), Some(right)) = (old.place.get_resolved("responses"), new.place.get_resolved("responses")) {
            let statuses: Vec<&str> = before.iter().chain(&after).map(|response| response.status).collect();
            self.rest(scope, left, right, &statuses);
        }
    }

    fn response(&mut self, scope: ScopeId, old: &Response<'w>, new: &Response<'w>, polarity: Polarity) {
        let swagger = self.base.version() == Version::V2_0 || self.revision.version() == Version::V2_0;
        let content = has_content(old) && has_content(new);
        let kind = if content { super::kind::RESPONSE } else { super::kind::HEAD };
        let (scope, fresh) = self.shared(scope, old.place, new.place, polarity, kind);
        if !fresh || (!swagger && self.same.same(old.place, new.place)) {
            return;
        }
        let label = format!("response `{}`", new.status);
        self.here.1 = Some((old.status, new.status));
        self.headers(scope, old, new, polarity, &label);
        if content {
            let media = (old.media_types(), new.media_types());
            self.media_types(scope, (&media.0, &media.1), Side::Response, polarity, &label, None);
        } else {
            for key in ["content", "schema"] {
                self.field(scope, key, old.place.get(key), new.place.get(key), (old.place, new.place));
            }
        }
        self.here.1 = None;
        self.links(scope, old, new, polarity);
        let handled = ["content", "headers", "links", "schema", "examples", "$ref"];
        self.rest(scope, old.place, new.place, &handled);
        if swagger && old.place.get("content").is_none() && new.place.get("content").is_none() {
            let examples = (old.place.get("examples"), new.place.get("examples"));
            self.field(scope, "examples", examples.0, examples.1, (old.place, new.place));
        }
    }

    /// The bodies alone of a response and one that it stood for: what only documents it is its own.
    fn bodies(&mut self, scope: ScopeId, wide: &Response<'w>, narrow: &Response<'w>, polarity: Polarity) {
        let (scope, fresh) = self.shared(scope, wide.place, narrow.place, polarity, super::kind::BODIES);
        if !fresh || !has_content(wide) || !has_content(narrow) {
            return;
        }
        self.here.1 = Some((wide.status, narrow.status));
        self.quiet = true;
        self.common_media_types(scope, &wide.media_types(), &narrow.media_types(), Side::Response, polarity);
        self.quiet = false;
        self.here.1 = None;
    }

    fn headers(&mut self, scope: ScopeId, old: &Response<'w>, new: &Response<'w>, polarity: Polarity, label: &str) {
        let (before, after) = (old.headers(), new.headers());
        let same_name = |a: &Header<'w>, b: &Header<'w>| a.name.eq_ignore_ascii_case(b.name);
        for header in &before {
            match after.iter().find(|other| same_name(header, other)) {
                Some(other) => self.header(scope, header, other, polarity),
                None => {
                    let event =
                        if header.required() { Event::RequiredHeaderRemoved } else { Event::OptionalHeaderRemoved };
                    self.push(
                        Edit::new(event, scope, polarity).at(Some(header.at), None).name(header.name).location(label),
                    );
                }
            }
        }
        for header in after.iter().filter(|header| !before.iter().any(|other| same_name(header, other))) {
            let mut edit = Edit::new(Event::HeaderAdded, scope, polarity)
                .at(None, Some(header.at))
                .name(header.name)
                .location(label);
            if polarity == Polarity::ToServer && header.required() {
                // Those who answer webhooks and callbacks have to send it.
                edit.effect = Some(Effect::Narrows);
            }
            self.push(edit);
        }
    }

    fn header(&mut self, scope: ScopeId, old: &Header<'w>, new: &Header<'w>, polarity: Polarity) {
        let (scope, fresh) = self.shared(scope, old.place, new.place, polarity, super::kind::HEADER);
        if !fresh || self.same.same(old.place, new.place) {
            return;
        }
        let edit = |event: Event, key: &str| {
            Edit::new(ChangeId::new(Subject::ResponseHeader, event), scope, polarity)
                .at(old.place.get(key).or(Some(old.place)), new.place.get(key).or(Some(new.place)))
                .name(new.name)
                .location(format!("header `{}`", new.name))
        };
        match (old.required(), new.required()) {
            (true, false) => self.push(edit(Event::HeaderBecameOptional, "required")),
            (false, true) => self.push(edit(Event::HeaderBecameRequired, "required")),
            _ => {}
        }
        match (old.deprecated(), new.deprecated()) {
            (false, true) => self.push(edit(Event::Deprecated, "deprecated")),
            (true, false) => self.push(edit(Event::Reactivated, "deprecated")),
            _ => {}
        }
        let explode = |header: &Header<'w>| header.place.get_bool("explode").unwrap_or(false);
        if explode(old) != explode(new) {
            let mut edit = edit(Event::ExplodeChanged, "explode");
            let objects = |header: &Header<'w>, version| {
                let types = header.schema().and_then(|schema| View::new(&schema, version).types());
                types.is_none_or(|types| types & OBJECT != 0)
            };
            if !objects(old, self.base.version()) && !objects(new, self.revision.version()) {
                edit.effect = Some(Effect::None);
                edit.note = Some("values and lists are written the same either way".into());
            }
            self.push(edit);
        }
        let styles = (old.style().name, new.style().name);
        if styles.0 != styles.1 {
            let mut edit = edit(Event::StyleChanged, "collectionFormat").values(styles.0, styles.1);
            let sender = message::Side::refusing(polarity).other().of((old, new));
            let types = sender.schema().and_then(|schema| View::new(&schema, sender.api.version()).types());
            if types.is_some_and(|types| types & (ARRAY | OBJECT) == 0) {
                edit.effect = Some(Effect::None);
                edit.note = Some("a single value is written the same either way".into());
            }
            self.push(edit);
        }
        let (before, after) = (old.content(), new.content());
        match (old.schema(), new.schema()) {
            (Some(left), Some(right)) => {
                let part = Part::Header(old.name);
                let reader = message::Side::refusing(polarity).of((old, new));
                let travel = Travel::Text(header_split(reader), None);
                self.schema_root(scope, (&left, &right), Subject::ResponseHeader, polarity, travel, part);
            }
            _ if !before.is_empty() && !after.is_empty() => {
                let (label, part) = (format!("header `{}`", new.name), Part::Header(old.name));
                self.media_types(scope, (&before, &after), Side::Header, polarity, &label, Some(part));
            }
            (None, None) if before.is_empty() && after.is_empty() => {}
            (None, Some(_)) if before.is_empty() => self.push(edit(Event::SchemaAdded, "schema")),
            (Some(_), None) if after.is_empty() => self.push(edit(Event::SchemaRemoved, "schema")),
            _ => self.push(edit(Event::ContentChanged, "content")),
        }
        let mut handled = vec![
            "required",
            "deprecated",
            "explode",
            "schema",
            "content",
            "type",
            "format",
            "items",
            "collectionFormat",
            "$ref",
            "default",
        ];
        if old.place.get("schema").is_none() && new.place.get("schema").is_none() {
            handled.extend(super::parameter::INLINE);
        }
        self.rest(scope, old.place, new.place, &handled);
    }

    fn links(&mut self, scope: ScopeId, old: &Response<'w>, new: &Response<'w>, polarity: Polarity) {
        let (before, after) = (old.links(), new.links());
        let edit = |event: Event, base: Option<Place<'w>>, revision: Option<Place<'w>>, name: &str| {
            Edit::new(event, scope, polarity)
                .at(base, revision)
                .name(name)
                .location(format!("response `{}`", new.status))
        };
        for link in &before {
            match after.iter().find(|other| other.name == link.name) {
                None => self.push(edit(Event::LinkRemoved, Some(link.at), None, link.name)),
                Some(other) => {
                    self.touch(link.place, other.place);
                    let wire = ["operationId", "operationRef", "parameters", "requestBody", "server"];
                    let differs = wire.iter().any(|key| match (link.place.get(key), other.place.get(key)) {
                        (Some(left), Some(right)) => !self.same.alike(left, right),
                        (None, None) => false,
                        _ => true,
                    });
                    if differs {
                        self.push(edit(Event::LinkChanged, Some(link.place), Some(other.place), link.name));
                    }
                    self.rest(scope, link.place, other.place, &wire);
                }
            }
        }
        for link in after.iter().filter(|link| !before.iter().any(|other| other.name == link.name)) {
            self.push(edit(Event::LinkAdded, None, Some(link.at), link.name));
        }
    }
}

/// The narrowest description among those wider than a key.
fn covering(responses: &[Response<'_>], key: StatusKey<'_>) -> Option<usize> {
    let wider = (0..responses.len()).filter(|at| responses[*at].key.is_wider_than(key));
    StatusKey::narrowest(wider, |at| responses[*at].key, key)
}

/// Whether messages of this response have a body (RFC 9110, sections 6.4.1, 9.3.2, 9.3.6, 15.2, 15.3.5, 15.3.6 and
/// 15.4.5). Their headers count all the same.
fn has_content(response: &Response<'_>) -> bool {
    let method = response.operation.method;
    let none = method.eq_ignore_ascii_case("head")
        || (method.eq_ignore_ascii_case("connect") && response.is_success())
        || response.key.class() == Some(1)
        || matches!(response.key, StatusKey::Exact(204 | 205 | 304));
    !none
}
