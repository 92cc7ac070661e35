//! Questions about one schema that rules ask: its types, and keywords also where `allOf` contributes them.

use crate::workspace::Place;
use rustc_hash::FxHashSet;

/// Nesting of `allOf` that is looked into.
const DEPTH: usize = 8;

/// The value of a keyword: of the schema itself, what its `$ref` leads to, or the first branch of `allOf` that has it.
pub(crate) fn keyword<'w>(schema: Place<'w>, name: &str) -> Option<Place<'w>> {
    fn search<'w>(schema: Place<'w>, name: &str, depth: usize) -> Option<Place<'w>> {
        let target = schema.resolved();
        let beside = if target == schema { None } else { schema.get(name) };
        if let Some(value) = beside.or_else(|| target.get(name)) {
            return Some(value);
        }
        if depth == 0 {
            return None;
        }
        target.get("allOf").into_iter().flat_map(Place::elements).find_map(|branch| search(branch, name, depth - 1))
    }
    search(schema, name, DEPTH)
}

/// Returns whether a keyword takes no value away from a schema, whatever stands beside it.
pub(crate) fn excludes_nothing(name: &str) -> bool {
    const NAMES: [&str; 12] = [
        "$comment",
        "default",
        "deprecated",
        "description",
        "example",
        "examples",
        "externalDocs",
        "nullable",
        "readOnly",
        "title",
        "writeOnly",
        "xml",
    ];
    name.starts_with("x-") || NAMES.contains(&name)
}

/// Whether a keyword is there.
pub(crate) fn has(schema: Place<'_>, name: &str) -> bool {
    keyword(schema, name).is_some()
}

/// Whether a keyword is `true`.
pub(crate) fn flag(schema: Place<'_>, name: &str) -> bool {
    keyword(schema, name).and_then(Place::as_bool).unwrap_or(false)
}

/// The text of a keyword.
pub(crate) fn text<'w>(schema: Place<'w>, name: &str) -> Option<&'w str> {
    keyword(schema, name)?.as_str()
}

/// Whether `type` names this type, alone or in a list.
pub(crate) fn has_type(schema: Place<'_>, name: &str) -> bool {
    keyword(schema, "type").is_some_and(|types| {
        types.as_str() == Some(name) || types.elements().any(|element| element.as_str() == Some(name))
    })
}

/// Whether numbers are allowed by `type`.
pub(crate) fn is_numeric(schema: Place<'_>) -> bool {
    has_type(schema, "integer") || has_type(schema, "number")
}

/// Whether the values are listed.
pub(crate) fn is_listed(schema: Place<'_>) -> bool {
    has(schema, "enum") || has(schema, "const") || has(schema, "x-extensible-enum")
}

/// The values in `example`, `examples`, `default`, `enum` and `const` of a schema.
pub(crate) fn literals<'w>(schema: Place<'w>, keys: &[&str]) -> Vec<Place<'w>> {
    let mut out = Vec::new();
    for key in keys {
        let Some(value) = schema.get(key) else { continue };
        if value.is_seq() && matches!(*key, "enum" | "examples") {
            out.extend(value.elements());
        } else {
            out.push(value);
        }
    }
    out
}

/// The properties of a schema with those of its `allOf` branches, each with the place as written.
pub(crate) fn properties(schema: Place<'_>) -> Vec<(&str, Place<'_>)> {
    fn collect<'w>(schema: Place<'w>, depth: usize, out: &mut Vec<(&'w str, Place<'w>)>) {
        let schema = schema.resolved();
        let members = schema.get("properties").into_iter().flat_map(Place::members);
        if out.is_empty() {
            // Names within one object differ.
            out.extend(members.map(|member| (member.name, member.value)));
        } else {
            let known: FxHashSet<&str> = out.iter().map(|(name, _)| *name).collect();
            let fresh = members.filter(|member| !known.contains(member.name));
            out.extend(fresh.map(|member| (member.name, member.value)));
        }
        if depth > 0 {
            for branch in schema.get("allOf").into_iter().flat_map(Place::elements) {
                collect(branch, depth - 1, out);
            }
        }
    }
    let mut out = Vec::new();
    collect(schema, DEPTH, &mut out);
    out
}

/// The properties of a schema, and of the objects and items in it up to `depth` levels further in. Objects are met level by
/// level, each once, so that shared ones cost nothing.
pub(crate) fn properties_within(schema: Place<'_>, depth: usize) -> Vec<(&str, Place<'_>)> {
    let (mut out, mut seen, mut level) = (Vec::new(), FxHashSet::default(), vec![schema]);
    for _ in 0..=depth {
        let mut next = Vec::new();
        for holder in level {
            let holder = keyword(holder, "items").unwrap_or(holder);
            if seen.insert(holder.resolved().id()) {
                let own = properties(holder);
                next.extend(own.iter().map(|(_, place)| *place));
                out.extend(own);
            }
        }
        level = next;
    }
    out
}
