//! Security schemes, and requirements as alternatives (OR) of conjunctions (AND).

use super::{Api, Operation, Version};
use crate::syntax::pointer;
use crate::workspace::Place;

/// A Security Scheme Object under its name.
#[derive(Clone, Copy, Debug)]
pub struct Scheme<'w> {
    /// Its name.
    pub name: &'w str,
    /// As written, maybe a reference.
    pub at: Place<'w>,
    /// The object.
    pub place: Place<'w>,
}

impl<'w> Scheme<'w> {
    /// `apiKey`, `http`, `mutualTLS`, `oauth2`, `openIdConnect`; 2.0: `basic`, `apiKey`, `oauth2`.
    pub fn kind(&self) -> &'w str {
        self.place.get_str("type").unwrap_or_default()
    }

    /// The OAuth flows with their names; 2.0 names are translated (`application` is `clientCredentials`, …).
    pub fn flows(&self) -> Vec<(&'w str, Place<'w>)> {
        if let Some(flow) = self.place.get_str("flow") {
            let name = match flow {
                "application" => "clientCredentials",
                "accessCode" => "authorizationCode",
                other => other,
            };
            return vec![(name, self.place)];
        }
        let members = self.place.get("flows").into_iter().flat_map(Place::members);
        members.filter(|member| !member.name.starts_with("x-")).map(|member| (member.name, member.value)).collect()
    }
}

/// A scheme named in a requirement.
#[derive(Clone, Debug)]
pub struct SchemeUse<'w> {
    /// Its name.
    pub name: &'w str,
    /// The scopes or roles required.
    pub scopes: Vec<&'w str>,
    /// The list of scopes.
    pub place: Place<'w>,
}

/// A Security Requirement Object: all its schemes are needed. Without schemes it allows anonymous calls.
#[derive(Clone, Debug)]
pub struct Requirement<'w> {
    /// The object.
    pub place: Place<'w>,
    /// Its schemes in document order.
    pub schemes: Vec<SchemeUse<'w>>,
}

/// The requirements of an operation; any one of them is enough.
#[derive(Clone, Debug)]
pub struct Security<'w> {
    /// The list, where one is written.
    pub place: Option<Place<'w>>,
    /// Whether it is the root's.
    pub inherited: bool,
    /// The alternatives; none means that nothing is required.
    pub alternatives: Vec<Requirement<'w>>,
}

impl Security<'_> {
    /// Whether a call without credentials is allowed.
    pub fn allows_anonymous(&self) -> bool {
        self.alternatives.is_empty() || self.alternatives.iter().any(|requirement| requirement.schemes.is_empty())
    }
}

/// The name of the scheme that a requirement names. Since 3.2 it may be a URI, where no component has it as its name
/// (Security Requirement Object).
fn named<'w>(api: Api<'w>, name: &'w str) -> &'w str {
    let Some(rest) = name.strip_prefix("#/components/securitySchemes/") else { return name };
    let components = api.components("securitySchemes");
    if api.version() < Version::V3_2 || components.iter().any(|component| component.name == name) {
        return name;
    }
    let way = format!("/{rest}");
    let tokens = pointer::tokens(&way).unwrap_or_default();
    let meant = components.iter().find(|component| tokens.len() == 1 && tokens[0] == component.name);
    meant.map_or(name, |component| component.name)
}

pub(super) fn schemes(api: Api<'_>) -> Vec<Scheme<'_>> {
    let components = api.components("securitySchemes").into_iter();
    components.map(|c| Scheme { name: c.name, at: c.place, place: c.place.resolved() }).collect()
}

pub(super) fn of_operation<'w>(operation: &Operation<'w>) -> Security<'w> {
    let own = operation.place.get("security");
    let place = own.or_else(|| operation.api().root().get("security"));
    let api = operation.api();
    let alternatives = place.into_iter().flat_map(Place::elements).map(|place| requirement(api, place)).collect();
    Security { place, inherited: own.is_none(), alternatives }
}

fn requirement<'w>(api: Api<'w>, place: Place<'w>) -> Requirement<'w> {
    let schemes = place.members().map(|member| SchemeUse {
        name: named(api, member.name),
        scopes: member.value.elements().filter_map(Place::as_str).collect(),
        place: member.value,
    });
    Requirement { place, schemes: schemes.collect() }
}
