//! Parents and children: the schemas that a discriminator leads to without a list of branches.
//!
//! Takes a contract; gives for each schema with a discriminator those that name it in their `allOf`, and the targets of
//! its `mapping` (OpenAPI, section "Discriminator Object"). Validation of a parent does not look into its children, but
//! whoever reads its values does.

use crate::workspace::{Place, PlaceId, Workspace};
use rustc_hash::FxHashMap;

/// The children of each parent with the names they are paired by.
#[derive(Debug, Default)]
pub(super) struct Family(FxHashMap<PlaceId, Vec<(String, PlaceId)>>);

impl Family {
    pub(super) fn new(workspace: &Workspace) -> Self {
        let mut family = Family::default();
        if !workspace.documents().any(|(_, document)| document.tree().symbol("discriminator").is_some()) {
            return family;
        }
        let root = workspace.root();
        let schemas =
            [&["components", "schemas"][..], &["definitions"]].into_iter().find_map(|path| root.descend(path));
        for member in schemas.into_iter().flat_map(Place::members) {
            for branch in member.value.get("allOf").into_iter().flat_map(Place::elements) {
                if branch.reference().is_some() && is_parent(branch.resolved()) {
                    family.add(branch.resolved(), member.name, member.value);
                }
            }
            if is_parent(member.value) {
                let mapping = member.value.get("discriminator").and_then(|discriminator| discriminator.get("mapping"));
                for entry in mapping.into_iter().flat_map(Place::members) {
                    if let Some(Ok(child)) = entry.value.follow_uri() {
                        family.add(member.value, entry.name, child);
                    }
                }
            }
        }
        family
    }

    fn add(&mut self, parent: Place<'_>, name: &str, child: Place<'_>) {
        self.0.entry(parent.id()).or_default().push((name.to_owned(), child.id()));
    }

    /// All parents with their children.
    pub(super) fn parents(&self) -> impl Iterator<Item = (PlaceId, &[(String, PlaceId)])> {
        self.0.iter().map(|(parent, children)| (*parent, children.as_slice()))
    }

    /// The children of a parent.
    pub(super) fn of(&self, parent: PlaceId) -> &[(String, PlaceId)] {
        self.0.get(&parent).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Whether a schema tells kinds apart by a discriminator, without a list of them.
pub(super) fn is_parent(schema: Place<'_>) -> bool {
    schema.get("discriminator").is_some() && schema.get("oneOf").is_none() && schema.get("anyOf").is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_name_their_parent_or_are_named_by_it() {
        let text = "components: {schemas: {Dog: {allOf: [{$ref: '#/components/schemas/Pet'}]}, Cow: {}, \
                    Pet: {discriminator: {propertyName: kind, mapping: {cow: '#/components/schemas/Cow'}}}, \
                    Any: {oneOf: [], discriminator: {propertyName: kind}}}}";
        let workspace = Workspace::from_text("a.yaml", text);
        let family = Family::new(&workspace);
        let at = |name: &str| workspace.root().descend(&["components", "schemas", name]).unwrap().id();
        let names: Vec<&str> = family.of(at("Pet")).iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["Dog", "cow"]);
        assert_eq!(family.of(at("Pet"))[1].1, at("Cow"));
        assert!(family.of(at("Any")).is_empty());
    }
}
