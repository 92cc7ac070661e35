//! Security schemes, and requirements as alternatives (OR) of conjunctions (AND).

use super::{Api, Operation};
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

pub(super) fn schemes(api: Api<'_>) -> Vec<Scheme<'_>> {
    let components = api.components("securitySchemes").into_iter();
    components.map(|c| Scheme { name: c.name, at: c.place, place: c.place.resolved() }).collect()
}

pub(super) fn of_operation<'w>(operation: &Operation<'w>) -> Security<'w> {
    let own = operation.place.get("security");
    let place = own.or_else(|| operation.api().root().get("security"));
    let alternatives = place.into_iter().flat_map(Place::elements).map(requirement).collect();
    Security { place, inherited: own.is_none(), alternatives }
}

fn requirement(place: Place<'_>) -> Requirement<'_> {
    let schemes = place.members().map(|member| SchemeUse {
        name: member.name,
        scopes: member.value.elements().filter_map(Place::as_str).collect(),
        place: member.value,
    });
    Requirement { place, schemes: schemes.collect() }
}
