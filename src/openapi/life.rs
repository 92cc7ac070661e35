//! The elements of a contract that say something about their own life, whatever kind of object they are.
//!
//! An [`Element`] is the API itself, a tag, operation, webhook, parameter, header, media type, schema, property,
//! enumeration value or security scheme that carries one of the keys of [`LifecycleKeys`]; `life_walk` finds them. Here
//! is what each knows: audience, level, owner, guide, and what replaces it. It judges nothing. Stands on `workspace`.

use super::{Api, LifecycleKeys, Operation, Stability};
use crate::workspace::{Place, PlaceId};
use serde::{Deserialize, Serialize};

/// What kind of thing an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ElementKind {
    /// The whole contract (`info`).
    Api,
    /// A Tag Object.
    Tag,
    /// An operation under `paths`, or of a callback.
    Operation,
    /// An operation under `webhooks`.
    Webhook,
    /// A parameter.
    Parameter,
    /// A header of a response.
    Header,
    /// A Media Type Object.
    MediaType,
    /// A schema as a whole.
    Schema,
    /// A property of a schema.
    Property,
    /// One value of an enumeration, under `x-enum-lifecycle`.
    EnumValue,
    /// A security scheme.
    SecurityScheme,
}

impl ElementKind {
    /// The name used in timelines.
    pub fn name(self) -> &'static str {
        match self {
            ElementKind::Api => "api",
            ElementKind::Tag => "tag",
            ElementKind::Operation => "operation",
            ElementKind::Webhook => "webhook",
            ElementKind::Parameter => "parameter",
            ElementKind::Header => "header",
            ElementKind::MediaType => "media-type",
            ElementKind::Schema => "schema",
            ElementKind::Property => "property",
            ElementKind::EnumValue => "enum-value",
            ElementKind::SecurityScheme => "security-scheme",
        }
    }
}

/// Who may see an element. Ordered from the narrowest circle to the widest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// The provider's own teams.
    Internal,
    /// Named partners.
    Partner,
    /// Everyone.
    Public,
}

impl Audience {
    /// Reads `internal`, `partner`, `public` and the five words of Zalando's guidelines (rule 219).
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text.to_ascii_lowercase().as_str() {
            "internal" | "private" | "component-internal" | "business-unit-internal" | "company-internal" => {
                Audience::Internal
            }
            "partner" | "external-partner" | "partners" | "protected" => Audience::Partner,
            "public" | "external-public" | "external" => Audience::Public,
            _ => return None,
        })
    }

    /// The name used in timelines and configuration.
    pub fn name(self) -> &'static str {
        match self {
            Audience::Internal => "internal",
            Audience::Partner => "partner",
            Audience::Public => "public",
        }
    }

    /// What `place` itself declares: `x-audience`, `x-visibility`, or `x-internal: true`.
    pub fn declared(place: Place<'_>) -> Option<Self> {
        if place.get_bool("x-internal") == Some(true) {
            return Some(Audience::Internal);
        }
        ["x-audience", "x-visibility"].iter().find_map(|key| Audience::parse(place.get_str(key)?))
    }
}

/// One element with something to say.
#[derive(Clone, Debug)]
pub struct Element<'w> {
    /// The contract.
    pub api: Api<'w>,
    /// What it is.
    pub kind: ElementKind,
    /// How people name it: `POST /payments`, `Payment.amount`, `query parameter limit of GET /payments`.
    pub label: String,
    /// The object that carries the keys.
    pub place: Place<'w>,
    /// The operation it belongs to; none for shared components.
    pub operation: Option<Operation<'w>>,
    /// The keys.
    pub keys: LifecycleKeys<'w>,
}

impl<'w> Element<'w> {
    /// Its tags' objects; of the operation it belongs to.
    fn tag_places(&self) -> Vec<Place<'w>> {
        let Some(operation) = self.operation else { return Vec::new() };
        let names = operation.tags();
        self.api.tags().into_iter().filter(|(name, _)| names.contains(name)).map(|(_, place)| place).collect()
    }

    /// The places whose keys hold for it, the nearest first: itself, its operation, path item, tags, `info`.
    pub fn scopes(&self) -> Vec<Place<'w>> {
        let mut scopes = vec![self.place];
        if let Some(operation) = self.operation {
            scopes.extend([operation.place, operation.path.place]);
            scopes.extend(self.tag_places());
        }
        scopes.extend(self.api.info());
        scopes.dedup();
        scopes
    }

    /// The narrowest audience declared for it and for what it belongs to.
    pub fn audience(&self) -> Option<Audience> {
        self.scopes().into_iter().filter_map(Audience::declared).min()
    }

    /// Its level: its own, else that of the nearest thing it belongs to; `None` when the word is unknown.
    pub fn level(&self) -> Option<Stability> {
        self.scopes()
            .into_iter()
            .map(LifecycleKeys::read)
            .find(|keys| keys.stability.is_some())
            .map_or(Some(Stability::Stable), |keys| keys.level())
    }

    /// The value under one of `keys` at the nearest place that has it.
    pub fn inherited(&self, keys: &[&[&str]]) -> Option<Place<'w>> {
        self.scopes().into_iter().find_map(|place| keys.iter().find_map(|path| place.descend(path)))
    }

    /// The migration guide: `x-migration-guide` or an alias, of the element or what it belongs to.
    pub fn guide(&self) -> Option<Place<'w>> {
        self.inherited(&[
            &["x-migration-guide"],
            &["x-deprecation", "guideUrl"],
            &["x-ms-deprecation", "documentation"],
        ])
    }

    /// The team named by `x-owner`, else `info.contact.name`.
    pub fn owner(&self) -> Option<&'w str> {
        self.inherited(&[&["x-owner"]])
            .and_then(Place::as_str)
            .or_else(|| self.api.info()?.get("contact")?.get_str("name"))
    }

    /// Its summary, or the first line of its description.
    pub fn summary(&self) -> Option<&'w str> {
        let text = self.place.get_str("summary").or_else(|| self.place.get_str("description"))?;
        text.trim().lines().next().filter(|line| !line.is_empty())
    }
}

/// Where `x-replaced-by` leads.
#[derive(Clone, Debug)]
pub enum Replacement<'w> {
    /// `none`: nothing replaces it.
    None,
    /// An operation of this contract.
    Operation(Box<Operation<'w>>),
    /// Another place of the loaded files.
    Place(Place<'w>),
    /// Something that is not in the loaded files; it cannot be checked here.
    External,
    /// Nothing has this name.
    Missing,
}

/// What the text of a replacement names, seen from `element`: an operationId, `METHOD /path`, a JSON pointer with `#`,
/// `file#id`, a URL, the name of a sibling, or `none`.
pub fn replacement<'w>(element: &Element<'w>, at: Place<'w>) -> Replacement<'w> {
    let text = at.text().trim();
    if text.eq_ignore_ascii_case("none") {
        return Replacement::None;
    }
    if let Some(pointer) = text.strip_prefix('#') {
        let tree = at.document().tree();
        return match tree.at_pointer(pointer) {
            Some(node) => {
                let place = at.workspace().place(PlaceId { document: at.document_id(), node: node.id() });
                let operation = element.api.all_operations().into_iter().find(|operation| operation.place == place);
                operation.map_or(Replacement::Place(place), |operation| Replacement::Operation(Box::new(operation)))
            }
            None => Replacement::Missing,
        };
    }
    if text.contains("://") || text.contains('#') {
        return Replacement::External;
    }
    let operations = element.api.all_operations();
    let words: Vec<&str> = text.split_whitespace().collect();
    let found = operations.into_iter().find(|operation| {
        operation.id() == Some(text)
            || (words.len() == 2
                && operation.method.eq_ignore_ascii_case(words[0])
                && operation.path.template == words[1])
    });
    if let Some(operation) = found {
        return Replacement::Operation(Box::new(operation));
    }
    sibling(element, text).map_or(Replacement::Missing, Replacement::Place)
}

/// The element of the same kind that stands beside `element` under this name.
fn sibling<'w>(element: &Element<'w>, name: &str) -> Option<Place<'w>> {
    let api = element.api;
    match element.kind {
        ElementKind::SecurityScheme => api.security_scheme(name).map(|scheme| scheme.place),
        ElementKind::Tag => api.tags().into_iter().find(|(tag, _)| *tag == name).map(|(_, place)| place),
        ElementKind::Schema => api.components("schemas").into_iter().find(|c| c.name == name).map(|c| c.place),
        ElementKind::Parameter => {
            let all = element.operation?.all_parameters();
            all.into_iter().find(|parameter| parameter.name == name).map(|parameter| parameter.place)
        }
        ElementKind::EnumValue => {
            let mut path = element.place.path();
            path.truncate(path.len().checked_sub(2)?);
            let schema = ancestor(element.place, &path)?;
            schema.get("enum")?.elements().find(|value| value.text() == name)
        }
        ElementKind::Property | ElementKind::Header | ElementKind::MediaType => {
            let mut path = element.place.path();
            path.pop();
            let mut at = ancestor(element.place, &path)?;
            for part in name.split('.') {
                let inner = at.get("properties").unwrap_or(at);
                at = inner.get_resolved(part)?;
            }
            Some(at)
        }
        ElementKind::Api | ElementKind::Operation | ElementKind::Webhook => None,
    }
}

fn ancestor<'w>(place: Place<'w>, path: &[String]) -> Option<Place<'w>> {
    let tokens: Vec<&str> = path.iter().map(String::as_str).collect();
    place.workspace().document_root(place.document_id()).descend(&tokens)
}

#[cfg(test)]
mod tests {
    use super::super::elements;
    use super::*;
    use crate::workspace::Workspace;

    const ALL: &str = "openapi: 3.2.0\n\
        info: {title: T, version: '1', x-audience: external-partner, x-sunset: 2030-01-01, contact: {name: Team}}\n\
        tags: [{name: old, deprecated: true, x-migration-guide: 'https://x.test/g'}]\n\
        paths:\n  /a:\n    get:\n      operationId: a\n      tags: [old]\n      deprecated: true\n      x-internal: true\n\
        \x20     parameters: [{in: query, name: q, deprecated: true, schema: {type: string}}, {$ref: '#/components/parameters/P'}]\n\
        \x20     responses:\n        '200':\n          description: ok\n          headers: {X-Old: {deprecated: true, schema: {type: string}}}\n\
        \x20         content:\n            application/xml: {x-deprecated: true, schema: {$ref: '#/components/schemas/S'}}\n\
        \x20           application/json: {schema: {type: object, properties: {inline: {deprecated: true}}}}\n\
        webhooks:\n  paid: {post: {deprecated: true}}\n\
        components:\n  parameters: {P: {in: query, name: p, deprecated: true, schema: {}}}\n\
        \x20 schemas:\n    S:\n      type: object\n      properties:\n        s: {$ref: '#/components/schemas/S'}\n\
        \x20       old: {type: string, deprecated: true, enum: [x, y], x-enum-lifecycle: {x: {sunset: 2027-01-01, replaced_by: y}}}\n\
        \x20 securitySchemes: {k: {type: apiKey, in: header, name: k, deprecated: true}}\n";

    #[test]
    fn every_kind_of_element_is_found_once() {
        let workspace = Workspace::from_text("a.yaml", ALL);
        let found = elements(Api::open(&workspace).unwrap());
        let names: Vec<_> = found.iter().map(|e| format!("{}: {}", e.kind.name(), e.label)).collect();
        assert_eq!(
            names,
            [
                "api: T",
                "tag: tag old",
                "operation: GET /a",
                "parameter: query parameter q of GET /a",
                "parameter: query parameter p",
                "media-type: GET /a 200 application/xml",
                "property: S.old",
                "enum-value: S.old value x",
                "property: GET /a 200 .inline",
                "header: header X-Old of GET /a 200",
                "webhook: POST webhook paid",
                "security-scheme: security scheme k",
            ]
        );
        assert_eq!(found[2].audience(), Some(Audience::Internal));
        assert_eq!(found[6].audience(), Some(Audience::Partner));
        assert_eq!(found[3].guide().unwrap().text(), "https://x.test/g");
        assert_eq!(found[2].owner(), Some("Team"));
        let value = &found[7];
        assert!(matches!(replacement(value, value.keys.replaced_by.unwrap()), Replacement::Place(_)));
    }

    #[test]
    fn replacements_are_found_by_every_kind_of_name() {
        let text = "openapi: 3.0.0\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get: {deprecated: true, x-replaced-by: b}\n\
            \x20   put: {deprecated: true, x-replaced-by: 'POST /a'}\n    post: {operationId: b}\n\
            \x20   patch: {deprecated: true, x-replaced-by: '#/paths/~1a/post'}\n    delete: {deprecated: true, x-replaced-by: gone}\n\
            \x20   head: {deprecated: true, x-replaced-by: none}\n    options: {deprecated: true, x-replaced-by: 'other.yaml#op'}\n";
        let workspace = Workspace::from_text("a.yaml", text);
        let found = elements(Api::open(&workspace).unwrap());
        let kinds: Vec<_> = found
            .iter()
            .map(|element| match replacement(element, element.keys.replaced_by.unwrap()) {
                Replacement::Operation(operation) => operation.label(),
                Replacement::None => "none".to_owned(),
                Replacement::External => "external".to_owned(),
                Replacement::Missing => "missing".to_owned(),
                Replacement::Place(place) => place.pointer(),
            })
            .collect();
        assert_eq!(kinds, ["POST /a", "POST /a", "POST /a", "missing", "none", "external"]);
    }
}
