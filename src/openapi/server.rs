//! Servers: where operations are offered. 2.0 schemes, host and base path look like servers.

use super::{Api, Operation, Version};
use crate::workspace::Place;

/// A server.
#[derive(Clone, Debug)]
pub struct Server<'w> {
    /// The URL, with `{variables}` as written.
    pub url: String,
    /// The Server Object; 2.0: `host`, `basePath` or the root. `None` for the default server `/`.
    pub place: Option<Place<'w>>,
}

/// URLs that one server may expand to, at most.
const MAX_URLS: usize = 64;

impl<'w> Server<'w> {
    /// The variables with their objects.
    pub fn variables(&self) -> Vec<(&'w str, Place<'w>)> {
        let variables = self.place.and_then(|place| place.get("variables"));
        variables.into_iter().flat_map(Place::members).map(|member| (member.name, member.value)).collect()
    }

    /// The URLs with every combination of the variables' values (enum, else default), at most 64.
    pub fn urls(&self) -> Vec<String> {
        let mut urls = vec![self.url.clone()];
        for (name, variable) in self.variables() {
            let token = format!("{{{name}}}");
            let mut values: Vec<_> =
                variable.get("enum").into_iter().flat_map(Place::elements).map(Place::text).collect();
            if let Some(default) = variable.get("default").map(Place::text)
                && !values.contains(&default)
            {
                values.insert(0, default);
            }
            if values.is_empty() || !self.url.contains(&token) {
                continue;
            }
            let expanded = urls.iter().flat_map(|url| values.iter().map(|value| url.replace(&token, value)));
            urls = expanded.take(MAX_URLS).collect();
        }
        urls
    }
}

fn listed(place: Option<Place<'_>>) -> Vec<Server<'_>> {
    let elements = place.into_iter().flat_map(Place::elements);
    elements.filter_map(|place| Some(Server { url: place.get_str("url")?.to_owned(), place: Some(place) })).collect()
}

pub(super) fn of_root(api: Api<'_>) -> Vec<Server<'_>> {
    if api.version() == Version::V2_0 {
        return of_swagger(api, api.root().get("schemes"));
    }
    let servers = listed(api.root().get("servers"));
    if servers.is_empty() { vec![Server { url: "/".to_owned(), place: None }] } else { servers }
}

pub(super) fn of_operation<'w>(operation: &Operation<'w>) -> Vec<Server<'w>> {
    let api = operation.api();
    if api.version() == Version::V2_0 {
        return of_swagger(api, operation.place.get("schemes").or_else(|| api.root().get("schemes")));
    }
    for place in [operation.place.get("servers"), operation.path.field("servers")] {
        let servers = listed(place);
        if !servers.is_empty() {
            return servers;
        }
    }
    of_root(api)
}

fn of_swagger<'w>(api: Api<'w>, schemes: Option<Place<'w>>) -> Vec<Server<'w>> {
    let root = api.root();
    let (host, base) = (root.get_str("host"), root.get_str("basePath").unwrap_or(""));
    let place = root.get("host").or_else(|| root.get("basePath"));
    let Some(host) = host else {
        let url = if base.is_empty() { "/" } else { base };
        return vec![Server { url: url.to_owned(), place }];
    };
    let schemes: Vec<_> = schemes.into_iter().flat_map(Place::elements).filter_map(Place::as_str).collect();
    if schemes.is_empty() {
        return vec![Server { url: format!("//{host}{base}"), place }];
    }
    schemes.into_iter().map(|scheme| Server { url: format!("{scheme}://{host}{base}"), place }).collect()
}
