//! Servers: compared by the URLs they expand to, and their variables.

use super::change::Event;
use super::edit::{Edit, ScopeId, show};
use super::effect::{Effect, Polarity};
use super::walk::Walk;
use crate::openapi::{Operation, Server};
use crate::workspace::Place;
use std::collections::BTreeSet;

impl<'w> Walk<'w, '_> {
    /// The effective servers of a pair of operations.
    pub(super) fn servers(&mut self, scope: ScopeId, old: &Operation<'w>, new: &Operation<'w>) {
        let (before, after) = (old.servers(), new.servers());
        let key = |list: &[Server<'w>], root: Place<'w>| list.first().and_then(|server| server.place).unwrap_or(root);
        let places = (key(&before, self.base.root()), key(&after, self.revision.root()));
        let (scope, fresh) = self.shared(scope, places.0, places.1, Polarity::ToServer, super::kind::SERVERS);
        if !fresh {
            return;
        }
        let urls =
            |list: &[Server<'w>]| -> BTreeSet<String> { list.iter().flat_map(Server::urls).map(normal).collect() };
        let (old_urls, new_urls) = (urls(&before), urls(&after));
        let kept = old_urls.intersection(&new_urls).next().is_some();
        let edit = |event: Event, base: Option<Place<'w>>, revision: Option<Place<'w>>, url: &str| {
            Edit::new(event, scope, Polarity::ToServer).at(base, revision).name(url)
        };
        for server in &before {
            let lost = server.urls().into_iter().map(normal).filter(|url| !new_urls.contains(url)).count();
            // The default server was never written; nobody was told about it.
            let Some(place) = server.place.filter(|_| lost > 0) else { continue };
            let moved = old_urls.len() == 1 && new_urls.len() == 1;
            if moved {
                let other = after.first();
                let edit = edit(Event::ServerUrlChanged, Some(place), other.and_then(|s| s.place), &server.url);
                self.push(edit.values(server.url.clone(), other.map(|s| s.url.clone()).unwrap_or_default()));
                continue;
            }
            let edit = edit(Event::ServerRemoved, Some(place), None, &server.url);
            self.push(if kept { edit.effect(Effect::Unknown).note("other servers remain") } else { edit });
        }
        for server in &after {
            let fresh = server.urls().into_iter().map(normal).any(|url| !old_urls.contains(&url));
            let moved = old_urls.len() == 1 && new_urls.len() == 1 && before.iter().any(|s| s.place.is_some());
            if fresh && !moved && server.place.is_some() {
                self.push(edit(Event::ServerAdded, None, server.place, &server.url));
            }
            let Some(other) = before.iter().find(|other| normal(other.url.clone()) == normal(server.url.clone()))
            else {
                continue;
            };
            let (Some(left), Some(right)) = (other.place, server.place) else { continue };
            if left.is_map() && right.is_map() && left.id() != self.base.root().id() {
                self.rest(scope, left, right, &["url", "variables"]);
                self.variables(scope, other, server);
            }
        }
    }

    fn variables(&mut self, scope: ScopeId, old: &Server<'w>, new: &Server<'w>) {
        let (before, after) = (old.variables(), new.variables());
        for (name, variable) in &before {
            let Some((_, other)) = after.iter().find(|(other, _)| other == name) else { continue };
            let places = (variable.get("default"), other.get("default"));
            if places.0.map(Place::text) != places.1.map(Place::text) {
                self.push(
                    Edit::new(Event::ServerVariableChanged, scope, Polarity::ToServer)
                        .at(places.0.or(Some(*variable)), places.1.or(Some(*other)))
                        .name(*name)
                        .values(show(places.0), show(places.1)),
                );
            }
            self.rest(scope, *variable, *other, &["default"]);
        }
    }
}

/// A URL without a final slash and without the port that its scheme implies; host and scheme in lower case (RFC 3986,
/// section 6.2).
fn normal(url: String) -> String {
    let trimmed = url.trim_end_matches('/');
    let end =
        trimmed.find("://").map_or(0, |at| trimmed[at + 3..].find('/').map_or(trimmed.len(), |slash| at + 3 + slash));
    let mut start = trimmed[..end].to_ascii_lowercase();
    for (scheme, port) in [("https:", ":443"), ("http:", ":80"), ("wss:", ":443"), ("ws:", ":80")] {
        if start.starts_with(scheme) && start.ends_with(port) {
            start.truncate(start.len() - port.len());
        }
    }
    format!("{start}{}", &trimmed[end..])
}
