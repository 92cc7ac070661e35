//! Reads the kind of an object by the discriminator of its schema.

use crate::workspace::Place;
use serde_json::Value;

/// The property that a schema names as its discriminator.
pub(in crate::diff) fn discriminator_name(schema: Place<'_>) -> Option<&str> {
    let discriminator = schema.resolved().get("discriminator")?;
    discriminator.as_str().or_else(|| discriminator.get_str("propertyName"))
}

/// Why a reader cannot tell the kind of an object; `None` when it can, or when its schema has no discriminator.
pub(in crate::diff) fn kind_fault(schema: Place<'_>, value: &Value) -> Option<String> {
    let schema = schema.resolved();
    let name = discriminator_name(schema)?;
    let Some(kind) = value.get(name) else {
        return Some(format!("it lacks `{name}`, the discriminator that tells its kind"));
    };
    let Some(kind) = kind.as_str() else { return Some(format!("its discriminator `{name}` is no text")) };
    let mapping = schema.get("discriminator").and_then(|discriminator| discriminator.get("mapping"));
    if mapping.is_some_and(|mapping| mapping.get(kind).is_some()) {
        return None;
    }
    // Without an entry, the kind is the name of a schema.
    let root = schema.workspace().root();
    let named = [&["components", "schemas"][..], &["definitions"]]
        .into_iter()
        .filter_map(|path| root.descend(path))
        .any(|schemas| schemas.get(kind).is_some());
    (!named).then(|| format!("the discriminator `{name}` knows no `{kind}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Workspace;
    use serde_json::json;

    #[test]
    fn kinds_are_entries_of_the_mapping_or_names_of_schemas() {
        let text = "components: {schemas: {Cat: {}, Pet: {discriminator: {propertyName: kind, mapping: {dog: x}}}}}";
        let workspace = Workspace::from_text("a.yaml", text);
        let pet = workspace.root().descend(&["components", "schemas", "Pet"]).unwrap();
        assert_eq!(discriminator_name(pet), Some("kind"));
        assert_eq!(kind_fault(pet, &json!({"kind": "dog"})), None);
        assert_eq!(kind_fault(pet, &json!({"kind": "Cat"})), None);
        assert!(kind_fault(pet, &json!({"kind": "cow"})).is_some_and(|reason| reason.contains("knows no `cow`")));
        assert!(kind_fault(pet, &json!({})).is_some_and(|reason| reason.contains("lacks `kind`")));
    }
}
