//! What many rules ask about one contract, read once.

use super::schema_walk::{Element, Sides};
use crate::openapi::{Api, Audience, Operation, Surface};
use crate::workspace::Place;
use std::cell::OnceCell;

/// A contract as rule functions see it.
#[derive(Debug)]
pub struct Facts<'w> {
    /// The contract.
    pub api: Api<'w>,
    all: OnceCell<Vec<Operation<'w>>>,
    sides: OnceCell<Sides<'w>>,
}

impl<'w> Facts<'w> {
    /// Facts about a contract; nothing is read yet.
    pub fn new(api: Api<'w>) -> Self {
        Facts { api, all: OnceCell::new(), sides: OnceCell::new() }
    }

    fn all(&self) -> &[Operation<'w>] {
        self.all.get_or_init(|| self.api.all_operations())
    }

    /// The operations that the provider offers.
    pub fn operations(&self) -> impl Iterator<Item = &Operation<'w>> {
        self.all().iter().filter(|operation| operation.path.surface == Surface::Path)
    }

    /// Webhooks and callbacks: the operations that the client offers.
    pub fn notifications(&self) -> impl Iterator<Item = &Operation<'w>> {
        self.all().iter().filter(|operation| operation.path.surface != Surface::Path)
    }

    fn sides(&self) -> &Sides<'w> {
        self.sides.get_or_init(|| Sides::of(self.all()))
    }

    /// The schemas of what clients send.
    pub fn request(&self) -> &[Element<'w>] {
        &self.sides().request
    }

    /// The schemas of what clients get when all is well.
    pub fn success(&self) -> &[Element<'w>] {
        &self.sides().success
    }

    /// The schemas of error responses.
    pub fn error(&self) -> &[Element<'w>] {
        &self.sides().error
    }

    /// All of them.
    pub fn everywhere(&self) -> impl Iterator<Item = &Element<'w>> {
        let sides = self.sides();
        sides.request.iter().chain(&sides.success).chain(&sides.error)
    }

    /// The audience that `info` declares, or the root.
    pub fn audience(&self) -> Option<Audience> {
        self.api.info().and_then(Audience::declared).or_else(|| Audience::declared(self.api.root()))
    }

    /// A value of `info`, or of the root.
    pub fn governance(&self, name: &str) -> Option<Place<'w>> {
        self.api.info().and_then(|info| info.get(name)).or_else(|| self.api.root().get(name))
    }
}

/// The parts of a path template that are no parameters.
pub(super) fn static_segments(template: &str) -> impl Iterator<Item = &str> {
    template.split('/').filter(|segment| !segment.is_empty() && !segment.contains('{'))
}

/// The words of the static parts of the path.
pub(super) fn path_words(operation: &Operation<'_>) -> Vec<String> {
    static_segments(operation.path.template).flat_map(super::words::words).collect()
}

/// Whether the operation belongs to an OAuth server: token, introspection, revocation, pushed authorisation.
pub(super) fn is_oauth_endpoint(operation: &Operation<'_>) -> bool {
    let words = path_words(operation);
    let terms = ["oauth", "oauth2", "token", "introspect", "introspection", "revoke", "par", "authorize", "jwks"];
    words.last().is_some_and(|word| terms.contains(&word.as_str())) || super::words::any(&words, &["oauth", "oauth2"])
}

/// Whether a media type carries JSON.
pub(super) fn is_json(media_type: &str) -> bool {
    let name = media_type.split(';').next().unwrap_or_default().trim();
    name == "application/json" || name == "*/*" || name.ends_with("+json")
}
