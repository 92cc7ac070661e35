//! The contract as a whole: path items, webhooks, components.

use super::{Operation, SchemaRef, Scheme, Server, Version, security, server};
use crate::diagnostic::Diagnostic;
use crate::workspace::{Place, Workspace};

/// A contract of any version.
#[derive(Clone, Copy, Debug)]
pub struct Api<'w> {
    root: Place<'w>,
    version: Version,
}

/// Where an operation is offered; requests of webhooks and callbacks go to the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Surface {
    /// Under `paths`: the provider answers.
    Path,
    /// Under `webhooks`: the client answers.
    Webhook,
    /// Under `callbacks` of an operation: the client answers.
    Callback,
}

/// A Path Item Object, its `$ref` merged in.
#[derive(Clone, Copy, Debug)]
pub struct PathItem<'w> {
    /// The contract.
    pub api: Api<'w>,
    /// Path template, webhook name, or callback expression.
    pub template: &'w str,
    /// The item as written.
    pub at: Place<'w>,
    /// What its `$ref` leads to, else the item itself.
    pub place: Place<'w>,
    /// Where it stands.
    pub surface: Surface,
}

/// A named component.
#[derive(Clone, Copy, Debug)]
pub struct Component<'w> {
    /// Its name.
    pub name: &'w str,
    /// Its place as written.
    pub place: Place<'w>,
}

/// The fixed methods of a Path Item Object.
const METHODS: [&str; 9] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

impl<'w> Api<'w> {
    /// The view of a loaded contract.
    ///
    /// # Errors
    /// The `unknown-version` diagnostic of [`Version::detect`].
    pub fn open(workspace: &'w Workspace) -> Result<Self, Box<Diagnostic>> {
        let root = workspace.root();
        Ok(Api { root, version: Version::detect(root)? })
    }

    /// The document root.
    pub fn root(self) -> Place<'w> {
        self.root
    }

    /// Its version.
    pub fn version(self) -> Version {
        self.version
    }

    /// `info`.
    pub fn info(self) -> Option<Place<'w>> {
        self.root.get_resolved("info")
    }

    /// `info.title`, empty when missing.
    pub fn title(self) -> &'w str {
        self.info().and_then(|info| info.get_str("title")).unwrap_or_default()
    }

    /// `info.version` as written, empty when missing.
    pub fn info_version(self) -> &'w str {
        self.info().and_then(|info| info.get("version")).map(Place::text).unwrap_or_default()
    }

    /// The items under `paths`, in document order. Extensions are left out.
    pub fn paths(self) -> Vec<PathItem<'w>> {
        self.items(self.root.get_resolved("paths"), Surface::Path)
    }

    /// The items under `webhooks` (3.1 and later), in document order.
    pub fn webhooks(self) -> Vec<PathItem<'w>> {
        let webhooks = if self.version >= Version::V3_1 { self.root.get_resolved("webhooks") } else { None };
        self.items(webhooks, Surface::Webhook)
    }

    fn items(self, map: Option<Place<'w>>, surface: Surface) -> Vec<PathItem<'w>> {
        let members = map.into_iter().flat_map(Place::members).filter(|member| !member.name.starts_with("x-"));
        members.map(|member| PathItem::new(self, member.name, member.value, surface)).collect()
    }

    /// The operations under `paths`, in document order.
    pub fn operations(self) -> Vec<Operation<'w>> {
        self.paths().into_iter().flat_map(PathItem::operations).collect()
    }

    /// The operations under `paths` and `webhooks`, and those of their callbacks (one level), in this order.
    pub fn all_operations(self) -> Vec<Operation<'w>> {
        let mut all = self.operations();
        all.extend(self.webhooks().into_iter().flat_map(PathItem::operations));
        let callbacks: Vec<_> =
            all.iter().flat_map(Operation::callbacks).flat_map(|callback| callback.item.operations()).collect();
        all.extend(callbacks);
        all
    }

    /// Root servers; `/` when none is given (OpenAPI 3.x, section Server Object). 2.0: scheme, host and base path.
    pub fn servers(self) -> Vec<Server<'w>> {
        server::of_root(self)
    }

    /// The security schemes, by name.
    pub fn security_schemes(self) -> Vec<Scheme<'w>> {
        security::schemes(self)
    }

    /// The security scheme with this name.
    pub fn security_scheme(self, name: &str) -> Option<Scheme<'w>> {
        self.security_schemes().into_iter().find(|scheme| scheme.name == name)
    }

    /// The components of a kind, under its 3.x name (`schemas`, `parameters`, `responses`, `securitySchemes`, …).
    /// In 2.0: `definitions`, `parameters`, `responses`, `securityDefinitions`.
    pub fn components(self, kind: &str) -> Vec<Component<'w>> {
        let map = if self.version == Version::V2_0 {
            let key = match kind {
                "schemas" => "definitions",
                "securitySchemes" => "securityDefinitions",
                "parameters" | "responses" => kind,
                _ => return Vec::new(),
            };
            self.root.get_resolved(key)
        } else {
            self.root.get_resolved("components").and_then(|components| components.get_resolved(kind))
        };
        let members = map.into_iter().flat_map(Place::members).filter(|member| !member.name.starts_with("x-"));
        members.map(|member| Component { name: member.name, place: member.value }).collect()
    }

    /// The named schemas.
    pub fn schemas(self) -> Vec<(&'w str, SchemaRef<'w>)> {
        self.components("schemas")
            .into_iter()
            .map(|component| (component.name, SchemaRef::At(component.place)))
            .collect()
    }

    /// The Tag Objects with their names.
    pub fn tags(self) -> Vec<(&'w str, Place<'w>)> {
        let tags = self.root.get("tags").into_iter().flat_map(Place::elements);
        tags.filter_map(|tag| Some((tag.get_str("name")?, tag))).collect()
    }
}

impl<'w> PathItem<'w> {
    pub(super) fn new(api: Api<'w>, template: &'w str, at: Place<'w>, surface: Surface) -> Self {
        PathItem { api, template, at, place: at.resolved(), surface }
    }

    /// A field of the item itself, else of what its `$ref` leads to.
    pub fn field(self, name: &str) -> Option<Place<'w>> {
        self.at.get(name).or_else(|| self.place.get(name))
    }

    /// Its operations in document order, those of 3.2's `additionalOperations` last.
    pub fn operations(self) -> Vec<Operation<'w>> {
        let mut out: Vec<Operation<'w>> = Vec::new();
        let mut sides = vec![self.at];
        if self.place != self.at {
            sides.push(self.place);
        }
        for side in sides {
            for member in side.members() {
                let known = METHODS.contains(&member.name)
                    && (member.name != "query" || self.api.version >= Version::V3_2)
                    && (member.name != "trace" || self.api.version >= Version::V3_0);
                if known && member.value.is_map() {
                    self.add(&mut out, member.name, member.value);
                }
            }
            if self.api.version >= Version::V3_2 {
                for member in side.get("additionalOperations").into_iter().flat_map(Place::members) {
                    self.add(&mut out, member.name, member.value);
                }
            }
        }
        out
    }

    fn add(self, out: &mut Vec<Operation<'w>>, method: &'w str, place: Place<'w>) {
        if !out.iter().any(|operation| operation.method == method) {
            out.push(Operation { path: self, method, place });
        }
    }
}
