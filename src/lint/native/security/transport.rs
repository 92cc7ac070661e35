//! Where requests go and whether anyone can listen: servers and OAuth endpoints.

use super::super::facts::Facts;
use super::super::url::Url;
use super::super::{Finding, Options};
use crate::diagnostic::Severity;
use crate::openapi::{Audience, Server, Version};
use crate::workspace::Place;

/// The servers of root, path items and operations, each place once; without the default server.
fn servers<'w>(facts: &Facts<'w>) -> Vec<(Server<'w>, Place<'w>)> {
    let mut out: Vec<(Server<'w>, Place<'w>)> = Vec::new();
    let of_operations = facts.operations().flat_map(|operation| operation.servers().into_iter());
    for server in facts.api.servers().into_iter().chain(of_operations) {
        if let Some(place) = server.place
            && !out.iter().any(|(known, at)| *at == place && known.url == server.url)
        {
            out.push((server, place));
        }
    }
    out
}

/// The place to point at: the URL of a server.
fn written(place: Place<'_>) -> Place<'_> {
    place.get("url").unwrap_or(place)
}

/// `sec-server-https-only`: no server is reached over plain HTTP. 2.0: no scheme is `http` or `ws`.
pub(super) fn https_only(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    if facts.api.version() == Version::V2_0 {
        let root = facts.api.root();
        if root.get_str("host").is_some_and(|host| Url::new(&format!("//{host}")).is_loopback()) {
            return;
        }
        let lists = facts.operations().filter_map(|operation| operation.place.get("schemes"));
        for scheme in root.get("schemes").into_iter().chain(lists).flat_map(Place::elements) {
            if let Some(name @ ("http" | "ws")) = scheme.as_str() {
                let message = format!("`{name}` sends credentials and data in the clear; offer only `{name}s`");
                out.push(Finding::at(scheme, message));
            }
        }
        return;
    }
    for (server, place) in servers(facts) {
        let urls = server.urls();
        let plain = urls.iter().find(|url| {
            let url = Url::new(url);
            url.is_plain() && !url.is_loopback()
        });
        if let Some(url) = plain {
            let message = format!("the server `{url}` is reached without TLS; use `https` (or `wss`)");
            out.push(Finding::at(written(place), message));
        }
    }
}

/// `sec-server-host-not-internal`: servers have names that clients can reach.
pub(super) fn host_not_internal(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    if facts.audience() == Some(Audience::Internal) {
        return;
    }
    for (server, place) in servers(facts) {
        if place.get_str("x-environment").is_some_and(|name| !name.starts_with("prod")) {
            continue;
        }
        // A `host` of 2.0 that is written with a scheme is no address yet; the structure tells it.
        let doubled = |url: &String| facts.api.version() == Version::V2_0 && url.matches("://").count() > 1;
        for url in server.urls().into_iter().filter(|url| !doubled(url)) {
            let parts = Url::new(&url);
            let what = if parts.is_loopback() {
                "is the caller's own machine"
            } else if parts.is_internal() {
                "can only be reached from inside a network"
            } else if parts.is_example() && facts.audience().is_some() {
                "is a name reserved for documentation"
            } else {
                continue;
            };
            let message = format!(
                "the host of `{url}` {what}; give the address that clients use, or mark the server with `x-environment`"
            );
            let finding = Finding::at(written(place), message);
            out.push(if parts.is_example() { finding.at_most(Severity::Hint) } else { finding });
            break;
        }
    }
}

/// The URL fields of a security scheme or flow.
const URLS: [&str; 6] =
    ["authorizationUrl", "tokenUrl", "refreshUrl", "deviceAuthorizationUrl", "openIdConnectUrl", "oauth2MetadataUrl"];

/// `sec-oauth-urls-https`: where tokens come from is reached over TLS.
pub(super) fn oauth_urls(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    // Of a host that is filled in later there is no whole URL to write.
    let templated = servers(facts).iter().any(|(server, _)| Url::new(&server.url).host.contains('{'));
    for scheme in facts.api.security_schemes() {
        let mut holders = vec![scheme.place];
        holders.extend(scheme.flows().into_iter().map(|(_, flow)| flow).filter(|flow| *flow != scheme.place));
        for holder in holders {
            for name in URLS {
                let Some(place) = holder.get(name) else { continue };
                let Some(text) = place.as_str() else { continue };
                let url = Url::new(text);
                if url.is_plain() {
                    out.push(Finding::at(
                        place,
                        format!("`{name}` of `{}` must use https: tokens pass through it", scheme.name),
                    ));
                } else if url.user.is_some() || url.rest.contains('#') {
                    let what = if url.user.is_some() { "credentials" } else { "a fragment" };
                    out.push(Finding::at(place, format!("`{name}` of `{}` contains {what}; remove it", scheme.name)));
                } else if url.host.is_empty() && !templated {
                    let message = format!(
                        "`{name}` of `{}` is relative: each host that serves the API also issues the tokens; write the whole https URL",
                        scheme.name
                    );
                    out.push(Finding::at(place, message).at_most(Severity::Info));
                }
            }
        }
    }
}
