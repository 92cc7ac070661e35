//! Operation Objects, with what they inherit from path item and root.

use super::parameter::{self, ParameterIn};
use super::{Api, Body, Parameter, PathItem, Response, Security, Server, Surface, Version, body, security, server};
use crate::workspace::Place;
use rustc_hash::FxHashSet;

/// One operation of a path item.
#[derive(Clone, Copy, Debug)]
pub struct Operation<'w> {
    /// The item it belongs to.
    pub path: PathItem<'w>,
    /// The method as written: `get`, or a name of its own under `additionalOperations`.
    pub method: &'w str,
    /// The Operation Object.
    pub place: Place<'w>,
}

/// One expression of a Callback Object.
#[derive(Clone, Copy, Debug)]
pub struct Callback<'w> {
    /// The name under `callbacks`.
    pub name: &'w str,
    /// The path item that the client offers at the expression.
    pub item: PathItem<'w>,
}

impl<'w> Operation<'w> {
    /// The contract.
    pub fn api(&self) -> Api<'w> {
        self.path.api
    }

    /// How people name it: `GET /accounts/{id}`; `POST webhook paymentSettled`; `POST callback {$request.body#/url}`.
    pub fn label(&self) -> String {
        let method = self.method.to_ascii_uppercase();
        match self.path.surface {
            Surface::Path => format!("{method} {}", self.path.template),
            Surface::Webhook => format!("{method} webhook {}", self.path.template),
            Surface::Callback => format!("{method} callback {}", self.path.template),
        }
    }

    /// `operationId`.
    pub fn id(&self) -> Option<&'w str> {
        self.place.get_str("operationId")
    }

    /// `deprecated`.
    pub fn deprecated(&self) -> bool {
        self.place.get_bool("deprecated").unwrap_or(false)
    }

    /// The names under `tags`.
    pub fn tags(&self) -> Vec<&'w str> {
        self.place.get("tags").into_iter().flat_map(Place::elements).filter_map(Place::as_str).collect()
    }

    /// The parameters, path-level ones merged in (an operation's own replaces one with the same name and place).
    /// Without 2.0 `body` and `formData` parameters, see [`Operation::body`], and without the header parameters that
    /// OpenAPI 3.x says are ignored (`Accept`, `Content-Type`, `Authorization`).
    pub fn parameters(&self) -> Vec<Parameter<'w>> {
        self.all_parameters().into_iter().filter(|parameter| parameter.location.is_some()).collect()
    }

    /// As [`Operation::parameters`], 2.0 `body` and `formData` included.
    pub fn all_parameters(&self) -> Vec<Parameter<'w>> {
        let own = self.place.get("parameters");
        let shared = self.path.field("parameters");
        let mut out: Vec<Parameter<'w>> = Vec::new();
        let mut seen = FxHashSet::default();
        for list in [own, shared].into_iter().flatten() {
            for element in list.elements() {
                let Some(parameter) = Parameter::new(self.api(), element) else { continue };
                if !parameter.is_ignored() && seen.insert(parameter.identity()) {
                    out.push(parameter);
                }
            }
        }
        out
    }

    /// The request body. 2.0: the `body` parameter, or the `formData` parameters as one object.
    pub fn body(&self) -> Option<Body<'w>> {
        if self.api().version() == Version::V2_0 {
            return body::of_swagger(self);
        }
        body::of_request(self.api(), self.place.get("requestBody")?)
    }

    /// The responses in document order.
    pub fn responses(&self) -> Vec<Response<'w>> {
        let responses = self.place.get_resolved("responses");
        let members = responses.into_iter().flat_map(Place::members).filter(|member| !member.name.starts_with("x-"));
        members.map(|member| Response::new(*self, member.name, member.value)).collect()
    }

    /// Effective security: its own, else that of the root.
    pub fn security(&self) -> Security<'w> {
        security::of_operation(self)
    }

    /// Effective servers: its own, else those of the path item, else those of the root.
    pub fn servers(&self) -> Vec<Server<'w>> {
        server::of_operation(self)
    }

    /// The callbacks (3.x), an entry per expression.
    pub fn callbacks(&self) -> Vec<Callback<'w>> {
        let mut out = Vec::new();
        if self.api().version() == Version::V2_0 {
            return out;
        }
        for member in self.place.get("callbacks").into_iter().flat_map(Place::members) {
            let callback = member.value.resolved();
            for expression in
                callback.members().filter(|member| !member.name.starts_with("x-") && member.name != "$ref")
            {
                let item = PathItem::new(self.api(), expression.name, expression.value, Surface::Callback);
                out.push(Callback { name: member.name, item });
            }
        }
        out
    }

    /// Media types of 2.0 `consumes` or `produces` with their entries: the operation's, else those of the root.
    pub(super) fn swagger_media(&self, key: &str) -> Vec<(&'w str, Option<Place<'w>>)> {
        let list = self.place.get(key).or_else(|| self.api().root().get(key));
        let entries = list.into_iter().flat_map(Place::elements);
        entries.filter_map(|entry| Some((entry.as_str()?, Some(entry)))).collect()
    }
}

/// Header parameters that describe nothing (OpenAPI 3.0.4, section Parameter Object, Fixed Fields).
pub(super) fn ignored_header(parameter: &parameter::Parameter<'_>, version: Version) -> bool {
    version != Version::V2_0
        && parameter.location == Some(ParameterIn::Header)
        && ["accept", "content-type", "authorization"].iter().any(|name| parameter.name.eq_ignore_ascii_case(name))
}
