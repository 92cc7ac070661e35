//! From texts to values: which types a schema admits, and what a text may be among them.

use crate::diff::message::dress::spread;
use crate::openapi::SchemaRef;
use crate::schema::Reading;
use crate::workspace::Place;
use serde_json::{Map, Value};

/// The types that a schema and all that describe the same value name; all where none is named.
pub(super) struct Kinds<'w> {
    schemas: Vec<Place<'w>>,
    names: Vec<&'w str>,
    form: Vec<(&'w str, Place<'w>)>,
}

impl<'w> Kinds<'w> {
    pub(super) fn of(schema: Option<&SchemaRef<'w>>) -> Self {
        let mut schemas = Vec::new();
        let mut form = Vec::new();
        match schema {
            Some(SchemaRef::At(place) | SchemaRef::Inline(place)) => spread(*place, &mut schemas),
            Some(SchemaRef::Form(fields)) => form.extend(fields.iter().map(|field| (field.name, field.place))),
            None => {}
        }
        Self::among(schemas, form)
    }

    fn among(schemas: Vec<Place<'w>>, form: Vec<(&'w str, Place<'w>)>) -> Self {
        let mut names = Vec::new();
        for schema in &schemas {
            match schema.get("type") {
                Some(list) if list.is_seq() => names.extend(list.elements().filter_map(Place::as_str)),
                Some(one) => names.extend(one.as_str()),
                None => {}
            }
        }
        Kinds { schemas, names, form }
    }

    fn has(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.contains(&name)
    }

    pub(super) fn array(&self) -> bool {
        self.has("array")
    }

    pub(super) fn object(&self) -> bool {
        self.has("object") || !self.form.is_empty()
    }

    pub(super) fn scalar(&self) -> bool {
        ["string", "number", "integer", "boolean", "file"].iter().any(|name| self.has(name))
    }

    /// The names of the properties that are declared.
    pub(super) fn names(&self) -> Vec<&'w str> {
        let mut out: Vec<&str> = Vec::new();
        for schema in &self.schemas {
            for member in schema.get("properties").into_iter().flat_map(Place::members) {
                if !out.contains(&member.name) {
                    out.push(member.name);
                }
            }
        }
        out
    }

    fn xml(&self, key: &str) -> Option<Place<'w>> {
        self.schemas.iter().find_map(|schema| schema.get("xml")?.get(key))
    }

    /// The name of its element or attribute, with the prefix.
    pub(super) fn xml_name(&self) -> Option<String> {
        let name = self.xml("name")?.as_str()?;
        let prefix = self.xml("prefix").and_then(Place::as_str);
        Some(prefix.map_or_else(|| name.to_owned(), |prefix| format!("{prefix}:{name}")))
    }

    /// The namespace of its element, with the prefix.
    pub(super) fn xml_namespace(&self) -> Option<(Option<&'w str>, &'w str)> {
        Some((self.xml("prefix").and_then(Place::as_str), self.xml("namespace")?.as_str()?))
    }

    /// Whether its XML Object says so: `attribute`, `wrapped`; of 3.2 its `nodeType`.
    pub(super) fn is_xml(&self, what: &str) -> bool {
        let node = self.xml("nodeType").and_then(Place::as_str);
        let flag = self.xml(what).and_then(Place::as_bool) == Some(true);
        flag || node == Some(what) || (what == "wrapped" && node == Some("element") && self.array() && !self.scalar())
    }

    pub(super) fn items(&self) -> Self {
        let mut inner = Vec::new();
        for schema in &self.schemas {
            if let Some(items) = schema.get("items").filter(|items| items.is_map()) {
                spread(items, &mut inner);
            }
        }
        Self::among(inner, Vec::new())
    }

    pub(super) fn member(&self, name: &str) -> Self {
        let mut inner = Vec::new();
        for (_, place) in self.form.iter().filter(|(field, _)| *field == name) {
            spread(*place, &mut inner);
        }
        for schema in &self.schemas {
            let declared = schema.get("properties").and_then(|all| all.get(name));
            let other = || schema.get("additionalProperties").filter(|rest| rest.is_map());
            if let Some(found) = declared.or_else(other) {
                spread(found, &mut inner);
            }
        }
        Self::among(inner, Vec::new())
    }
}

/// The scalars that a text may be, those of the types asked for first.
pub(super) fn scalars(text: &str, kinds: &Kinds<'_>) -> Vec<Value> {
    let mut out = Vec::new();
    // What only some readers take for a number or boolean is none where no type asks for it.
    let mut typed = |reading: Reading| {
        let read = reading.of(text).filter(|read| read.agreed || !kinds.names.is_empty());
        out.extend(read.map(|read| read.value));
    };
    if kinds.has("number") || kinds.has("integer") {
        typed(Reading::Number);
    }
    if kinds.has("boolean") {
        typed(Reading::Truth);
    }
    if kinds.has("string") || kinds.has("file") || out.is_empty() {
        out.push(text.into());
    }
    out
}

/// The lists that texts may be.
pub(super) fn list(texts: &[String], kinds: &Kinds<'_>) -> Vec<Value> {
    let items = kinds.items();
    let typed = texts.iter().map(|text| scalars(text, &items).swap_remove(0)).collect::<Vec<_>>();
    let plain = texts.iter().map(|text| scalars(text, &items).pop().unwrap_or_default()).collect::<Vec<_>>();
    let mut out = vec![Value::from(typed)];
    let plain = Value::from(plain);
    if plain != out[0] {
        out.push(plain);
    }
    out
}

/// The objects that pairs may be; a name that stands several times is a list.
pub(super) fn object(members: &[(String, String)], kinds: &Kinds<'_>) -> Vec<Value> {
    let mut grouped: Vec<(&String, Vec<String>)> = Vec::new();
    for (name, text) in members {
        match grouped.iter_mut().find(|(known, _)| *known == name) {
            Some((_, texts)) => texts.push(text.clone()),
            None => grouped.push((name, vec![text.clone()])),
        }
    }
    let build = |pick: fn(Vec<Value>) -> Option<Value>| {
        let mut out = Map::new();
        for (name, texts) in &grouped {
            let inner = kinds.member(name);
            let several = texts.len() > 1 || (inner.array() && !inner.scalar());
            let mut all = if several { list(texts, &inner) } else { scalars(&texts[0], &inner) };
            // What is written as JSON in a form is read as such where the schema wants no scalar.
            if texts.len() == 1
                && inner.object()
                && !inner.scalar()
                && let Ok(value @ Value::Object(_)) = serde_json::from_str::<Value>(&texts[0])
            {
                all = vec![value];
            }
            out.insert((*name).clone(), pick(all).unwrap_or_default());
        }
        Value::Object(out)
    };
    let mut out = vec![build(|all| all.into_iter().next())];
    let plain = build(|mut all| all.pop());
    if plain != out[0] {
        out.push(plain);
    }
    out
}
