//! Names places in the user's words: `property `address.city` of schema `Customer``.
//!
//! Works on the pointer of a place, so a shared part is named the same whoever reaches it.

use super::change::{Role, Subject};
use super::edit::show;
use crate::workspace::Place;

/// How people call the schema at `place`, seen in this role. A schema that is met behind a reference which leads elsewhere
/// than before is called by the `site` of that reference.
pub(super) fn schema(place: Place<'_>, site: Option<Place<'_>>, subject: Subject) -> String {
    let found = seen_from(site, place);
    let path = found.path;
    match (found.owner, path.is_empty()) {
        (Owner::Component(name), true) => format!("schema `{name}` in {}", plural(subject)),
        (Owner::Component(name), false) => format!("property `{path}` of schema `{name}` in {}", plural(subject)),
        (Owner::Parameter(label), true) => label,
        (Owner::Parameter(label), false) => format!("property `{path}` of {label}"),
        (Owner::Header(name), true) => format!("header `{name}`"),
        (Owner::Header(name), false) => format!("property `{path}` of header `{name}`"),
        (Owner::Root, true) => format!("the {}", side(subject)),
        (Owner::Root, false) => format!("{} property `{path}`", subject.role().word()),
    }
}

/// The path of a property of a schema place, and the component that it begins in.
pub(super) fn property(place: Place<'_>, site: Option<Place<'_>>, name: &str) -> (String, Option<String>) {
    let Found { owner, path } = seen_from(site, place);
    let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    let component = match owner {
        Owner::Component(name) => Some(name),
        _ => None,
    };
    (path, component)
}

/// What holds a schema and the path inside it; from a site that refers to the schema, the site's and the way on.
fn seen_from(site: Option<Place<'_>>, place: Place<'_>) -> Found {
    let inner = locate(place);
    let Some(site) = site else { return inner };
    let around = site.document_id() == place.document_id() && place.path().starts_with(&site.path());
    if around || !matches!(inner.owner, Owner::Component(_)) {
        return inner;
    }
    let outer = locate(site);
    let joint = if inner.path.is_empty() || inner.path.starts_with('[') || outer.path.is_empty() { "" } else { "." };
    Found { path: format!("{}{joint}{}", outer.path, inner.path), owner: outer.owner }
}

/// Names the kind of value that a schema without a name describes: `string (date)`, `object with iban, holder`. What it
/// says is named by its keywords, never shown as JSON.
pub(super) fn kind_of_value(schema: Place<'_>) -> String {
    if !schema.is_map() {
        return format!("{} schema", schema.text());
    }
    let names = |list: Vec<&str>| {
        let more = list.len().saturating_sub(SHOWN);
        let shown = list.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
        if more > 0 { format!("{shown} and {more} more") } else { shown }
    };
    let texts = |key: &str| schema.get(key).into_iter().flat_map(Place::elements).map(Place::text).collect::<Vec<_>>();
    let types = match schema.get("type") {
        Some(list) if list.is_seq() => list.elements().map(Place::text).collect::<Vec<_>>().join(" or "),
        Some(one) => one.text().to_owned(),
        None => String::new(),
    };
    let of = |fallback: &str| if types.is_empty() { fallback.to_owned() } else { types.clone() };
    if let Some(value) = schema.get("const") {
        return format!("the value {}", show(Some(value)));
    }
    let (values, required) = (texts("enum"), texts("required"));
    if !values.is_empty() {
        return format!("the values {}", names(values));
    }
    let properties: Vec<&str> = schema.get("properties").into_iter().flat_map(Place::members).map(|m| m.name).collect();
    if !properties.is_empty() {
        return format!("{} with {}", of("object"), names(properties));
    }
    if !required.is_empty() {
        return format!("{} with required {}", of("object"), names(required));
    }
    if let Some(items) = schema.get("items").filter(|items| items.is_map()) {
        return format!("{} of {}", of("array"), super::branches::branch_name(items));
    }
    if let Some(format) = schema.get_str("format") {
        return format!("{} ({format})", of("string"));
    }
    let rest: Vec<&str> =
        schema.members().map(|m| m.name).filter(|name| !matches!(*name, "type" | "description" | "nullable")).collect();
    match (types.is_empty(), rest.is_empty()) {
        (true, true) => "any value".to_owned(),
        (false, true) => types,
        (true, false) => format!("schema with {}", names(rest)),
        (false, false) => format!("{types} with {}", names(rest)),
    }
}

/// Names of properties, values and keywords that are shown.
const SHOWN: usize = 3;

fn side(subject: Subject) -> &'static str {
    match subject.role() {
        Role::Request => "request body",
        Role::Response => "response body",
        Role::Parameter => "parameter",
        Role::Header => "response header",
        Role::Contract => "contract",
    }
}

fn plural(subject: Subject) -> &'static str {
    match subject.role() {
        Role::Request => "requests",
        Role::Response => "responses",
        Role::Parameter => "parameters",
        Role::Header => "response headers",
        Role::Contract => "contracts",
    }
}

enum Owner {
    Root,
    Component(String),
    Parameter(String),
    Header(String),
}

struct Found {
    owner: Owner,
    path: String,
}

/// Walks the pointer of `place` from the root and splits it into what holds the schema and the path inside it.
fn locate(place: Place<'_>) -> Found {
    let tokens = place.path();
    let mut owner = Owner::Root;
    let mut start = 0;
    let mut at = place.workspace().document_root(place.document_id());
    for (index, token) in tokens.iter().enumerate() {
        let Some(next) = at.child(token) else { break };
        let parent = index.checked_sub(1).map_or("", |before| tokens[before].as_str());
        if index == 2 && tokens[0] == "components" && parent == "schemas" || index == 1 && parent == "definitions" {
            owner = Owner::Component(token.clone());
            start = index + 1;
        } else if start == 0 {
            if parent == "headers" {
                owner = Owner::Header(token.clone());
            } else if let (Some(name), Some(place)) = (next.get_str("name"), next.get_str("in"))
                && (tokens.len() > index + 1 || parent == "parameters")
            {
                owner = Owner::Parameter(format!("{place} parameter `{name}`"));
                if next.get("schema").is_none() && next.get("content").is_none() {
                    start = index + 1;
                }
            }
            if matches!(token.as_str(), "schema" | "itemSchema") {
                start = index + 1;
            }
        }
        at = next;
    }
    let root = place.workspace().root().document_id();
    if start == 0 && matches!(owner, Owner::Root) && place.document_id() != root {
        let (name, rest) = library(place, &tokens);
        return Found { owner: Owner::Component(name), path: path(rest) };
    }
    let path = if start == 0 && matches!(owner, Owner::Root) { String::new() } else { path(&tokens[start..]) };
    Found { owner, path }
}

/// The name of a schema in a file of schemas: the keys that lead to it, or the file's; and the tokens inside it.
fn library<'t>(place: Place<'_>, tokens: &'t [String]) -> (String, &'t [String]) {
    let inside = |token: &String| INSIDE.contains(&token.as_str());
    let names = tokens.iter().position(inside).unwrap_or(tokens.len());
    let (names, rest) = tokens.split_at(names);
    if !names.is_empty() {
        return (names.join("."), rest);
    }
    let location = place.location();
    let file = location.file().rsplit('/').next().unwrap_or_default().to_owned();
    (file.rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem).to_owned(), rest)
}

/// Keywords that lead from a schema into it.
const INSIDE: [&str; 20] = [
    "properties",
    "patternProperties",
    "additionalProperties",
    "unevaluatedProperties",
    "propertyNames",
    "dependentSchemas",
    "items",
    "prefixItems",
    "additionalItems",
    "unevaluatedItems",
    "contains",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "contentSchema",
    "$defs",
];

/// The property path along the tokens of a schema: `items` is `[]`, branches are left out.
fn path(tokens: &[String]) -> String {
    let mut out = String::new();
    let mut tokens = tokens.iter();
    while let Some(token) = tokens.next() {
        match token.as_str() {
            "properties" | "patternProperties" | "dependentSchemas" | "$defs" | "definitions" => {
                let Some(name) = tokens.next() else { break };
                if !out.is_empty() {
                    out.push('.');
                }
                out.push_str(name);
            }
            "items" | "contains" | "unevaluatedItems" | "additionalItems" => out.push_str("[]"),
            "additionalProperties" | "unevaluatedProperties" => out.push_str(if out.is_empty() { "*" } else { ".*" }),
            "prefixItems" => {
                let Some(index) = tokens.next() else { break };
                out.push_str(&format!("[{index}]"));
            }
            "allOf" | "anyOf" | "oneOf" => {
                tokens.next();
            }
            "not" | "if" | "then" | "else" | "propertyNames" | "contentSchema" => {}
            _ => break,
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::kind_of_value;
    use crate::workspace::Workspace;

    #[test]
    fn schemas_without_a_name_are_called_by_what_they_describe() {
        for (schema, name) in [
            ("{type: string, format: date}", "string (date)"),
            ("{type: object, properties: {iban: {}, holder: {}}}", "object with iban, holder"),
            ("{properties: {a: {}, b: {}, c: {}, d: {}, e: {}}}", "object with a, b, c and 2 more"),
            ("{required: [card]}", "object with required card"),
            ("{enum: [a, 1]}", "the values a, 1"),
            ("{const: 7}", "the value 7"),
            ("{type: [string, 'null']}", "string or null"),
            ("{type: array, items: {$ref: '#/x/Card'}}", "array of Card"),
            ("{type: string, maxLength: 4, description: d}", "string with maxLength"),
            ("{not: {type: string}}", "schema with not"),
            ("{}", "any value"),
            ("false", "false schema"),
        ] {
            let workspace = Workspace::from_text("a.yaml", schema);
            assert_eq!(kind_of_value(workspace.root()), name, "{schema}");
        }
    }
}
