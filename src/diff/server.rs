//! Servers: compared by the URLs they expand to, and their variables.

use super::change::Event;
use super::edit::{Edit, ScopeId, show};
use super::effect::{Effect, Polarity};
use super::walk::Walk;
use crate::diagnostic::Category;
use crate::openapi::{Operation, Server};
use crate::text::Cut;
use crate::workspace::Place;
use std::collections::BTreeSet;

impl<'w> Walk<'w, '_> {
    /// The effective servers of a pair of operations.
    pub(super) fn servers(&mut self, scope: ScopeId, old: &Operation<'w>, new: &Operation<'w>) {
        if !self.options.servers {
            return;
        }
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
        let was_secure = old_urls.iter().any(|url| is_secure(url)) && !old_urls.iter().any(|url| is_open(url));
        let opens = |server: &Server<'w>| was_secure && server.urls().into_iter().map(normal).any(|url| is_open(&url));
        let edit = |event: Event, base: Option<Place<'w>>, revision: Option<Place<'w>>, url: &str| {
            Edit::new(event, scope, Polarity::ToServer).at(base, revision).name(url)
        };
        // The default server, `/`, was never written: it moves with any other path on the same host. That another host is
        // named tells nothing, since nobody knows from where the contract is served.
        let relative = |list: &[Server<'w>]| list.iter().all(|server| server.url.starts_with('/'));
        let on_host = relative(&before) && relative(&after);
        let placed = |server: &Server<'w>, root: Place<'w>| {
            server.place.or_else(|| root.get("openapi").or(root.get("swagger")).filter(|_| on_host))
        };
        for server in &before {
            let lost = server.urls().into_iter().map(normal).filter(|url| !new_urls.contains(url)).count();
            let Some(place) = placed(server, self.base.root()).filter(|_| lost > 0) else { continue };
            let moved = old_urls.len() == 1 && new_urls.len() == 1;
            if moved {
                let other = after.first();
                let target = other.and_then(|server| placed(server, self.revision.root()));
                let edit = edit(Event::ServerUrlChanged, Some(place), target, &server.url);
                let mut edit = edit.weakens(other.is_some_and(&opens));
                if other.is_some_and(|other| is_other_version(server, other)) {
                    edit = serve_both(edit);
                }
                self.push(edit.values(server.url.clone(), other.map(|s| s.url.clone()).unwrap_or_default()));
                continue;
            }
            let edit = edit(Event::ServerRemoved, Some(place), None, &server.url);
            // Others that remain are of no use to who calls this one over a protocol that it no longer speaks.
            let same_host = after.iter().any(|other| is_other_protocol(server, other));
            self.push(if same_host {
                edit.note("the same address is only served over another protocol")
            } else if kept {
                edit.effect(Effect::Unknown).note("other servers remain")
            } else if after.iter().any(|other| is_other_version(server, other)) {
                serve_both(edit)
            } else {
                edit
            });
        }
        for server in &after {
            let fresh = server.urls().into_iter().map(normal).any(|url| !old_urls.contains(&url));
            let moved = old_urls.len() == 1
                && new_urls.len() == 1
                && before.iter().any(|server| placed(server, self.base.root()).is_some());
            if fresh && !moved && server.place.is_some() {
                self.push(edit(Event::ServerAdded, None, server.place, &server.url).weakens(opens(server)));
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

/// An address that is gone for one of another version breaks those alone who cannot go on using it.
fn serve_both(mut edit: Edit<'_>) -> Edit<'_> {
    edit.category = Some(Category::Contract);
    edit.note("only the version in it differs: serve both until clients have moved")
}

/// Whether the addresses of two servers differ in version segments of their paths alone.
fn is_other_version(old: &Server<'_>, new: &Server<'_>) -> bool {
    let urls = |server: &Server<'_>| server.urls().into_iter().map(normal).collect::<Vec<_>>();
    let (old, new) = (urls(old), urls(new));
    old.len() == new.len() && old.iter().zip(&new).all(|(old, new)| differs_in_version(old, new))
}

/// Whether all addresses of a server are those of another but for the protocol.
fn is_other_protocol(old: &Server<'_>, new: &Server<'_>) -> bool {
    let bare = |url: String| normal(url).split_once("://").map(|(_, rest)| rest.to_owned());
    let of = |server: &Server<'_>| server.urls().into_iter().map(bare).collect::<Option<BTreeSet<_>>>();
    of(old).zip(of(new)).is_some_and(|(old, new)| old.is_subset(&new))
}

/// Whether two normal URLs differ in version segments of their paths alone.
fn differs_in_version(old: &str, new: &str) -> bool {
    fn split(url: &str) -> (&str, &str, Vec<&str>) {
        let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
        let mut parts = rest.split('/');
        (scheme, parts.next().unwrap_or_default(), parts.collect())
    }
    let ((scheme, host, before), (other_scheme, other, after)) = (split(old), split(new));
    let mut differ = false;
    (scheme, host) == (other_scheme, other)
        && before.len() == after.len()
        && before.iter().zip(&after).all(|(old, new)| {
            let fits = old == new || (is_version(old) && is_version(new));
            differ |= old != new;
            fits
        })
        && differ
}

/// Whether a segment of a path is a version: `v1`, `v1.45`, `v2beta1`, `1.0`, `2024-01-31`, `vwip`.
fn is_version(segment: &str) -> bool {
    let lower = segment.to_ascii_lowercase();
    let rest = lower.strip_prefix('v').unwrap_or(&lower);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    (rest.starts_with(|c: char| c.is_ascii_digit()) && rest.chars().all(plain))
        || matches!(lower.as_str(), "vwip" | "vnext" | "latest")
}

/// Whether what is sent to a normal URL is encrypted on its way.
fn is_secure(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("wss://")
}

/// Whether everybody on the way can read what is sent to a normal URL: it is not encrypted and leaves the machine.
fn is_open(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://").or_else(|| url.strip_prefix("ws://")) else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let address = authority.rsplit_once('@').map_or(authority, |(_, address)| address);
    let host = match address.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => address,
    };
    !matches!(host, "localhost" | "127.0.0.1" | "[::1]") && !host.ends_with(".localhost")
}

/// A URL without a final slash and without the port that its scheme implies; host and scheme in lower case (RFC 3986,
/// section 6.2).
fn normal(url: String) -> String {
    let trimmed = url.trim_end_matches('/');
    let end = trimmed
        .find("://")
        .map_or(0, |at| trimmed.cut(at + 3..).find('/').map_or(trimmed.len(), |slash| at + 3 + slash));
    let mut start = trimmed.cut(..end).to_ascii_lowercase();
    for (scheme, port) in [("https:", ":443"), ("http:", ":80"), ("wss:", ":443"), ("ws:", ":80")] {
        if start.starts_with(scheme) && start.ends_with(port) {
            start.truncate(start.len() - port.len());
        }
    }
    format!("{start}{}", trimmed.cut(end..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_two_versions_differ_in_version_segments_alone() {
        for (old, new) in [
            ("https://a.example/v1", "https://a.example/v2"),
            ("https://a.example/api/v1.44", "https://a.example/api/v1.45"),
            ("/v1rc1", "/v1"),
            ("/v2", "/vwip"),
            ("https://a.example/2024-01-31/x", "https://a.example/2024-06-30/x"),
        ] {
            assert!(differs_in_version(old, new), "{old} {new}");
        }
        for (old, new) in [
            ("https://a.example/v1", "https://b.example/v2"),
            ("https://v1.example", "https://v2.example"),
            ("https://a.example/v1", "http://a.example/v2"),
            ("/v1/a", "/v2/b"),
            ("/v1", "/v1/x"),
            ("/v1", "/v1"),
            ("/v2", "/vault"),
        ] {
            assert!(!differs_in_version(old, new), "{old} {new}");
        }
    }

    #[test]
    fn an_open_address_is_one_that_leaves_the_machine_without_encryption() {
        for url in
            ["http://api.example.com/v1", "ws://a:80", "http://localhost@evil.example", "http://localhost.evil.example"]
        {
            assert!(is_open(url), "{url}");
        }
        for url in [
            "https://a.example",
            "http://localhost:8080/v1",
            "http://[::1]:80",
            "http://127.0.0.1",
            "/v1",
            "//a.example",
        ] {
            assert!(!is_open(url), "{url}");
        }
    }
}
