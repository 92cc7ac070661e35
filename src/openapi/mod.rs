//! The version-neutral view of a contract: cheap handles that hold a place and read on demand.
//!
//! Takes a loaded [`Workspace`](crate::workspace::Workspace); gives an [`Api`] whose operations, parameters, bodies, responses, headers, security
//! and servers look the same for OpenAPI 2.0, 3.0, 3.1 and 3.2. Path-level parameters and root security are merged
//! into operations here, once. Every handle keeps the place the author wrote. Stands on `workspace`.

mod api;
mod body;
mod content;
mod convert;
mod facts;
mod format;
pub(crate) mod keyword;
mod life;
mod life_walk;
mod lifecycle_keys;
pub mod model;
mod operation;
mod parameter;
mod release_version;
mod schema_ref;
mod security;
mod server;
mod status;
mod version;

pub use api::{Api, Component, PathItem, Surface};
pub use body::{Body, Header, Link, MediaType, Response};
pub use content::{Bytes, MediaKind, is_annotation};
pub use convert::to_openapiv3;
pub use facts::Facts;
pub use format::{Format, Range, Rule, Text};
pub use life::{Audience, Element, ElementKind, Replacement, replacement};
pub use life_walk::{elements, schema_label};
pub use lifecycle_keys::{Dated, LifecycleKeys, Stability, parse_date};
pub use operation::{Callback, Operation};
pub use parameter::{Parameter, ParameterIn, Style};
pub use release_version::{ReleaseVersion, Scheme as VersionScheme, UrlVersion, url_versions};
pub use schema_ref::SchemaRef;
pub use security::{Requirement, Scheme, SchemeUse, Security};
pub use server::Server;
pub use status::StatusKey;
pub use version::Version;

#[cfg(test)]
mod tests;
