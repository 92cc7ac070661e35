//! Bodies in XML, by the XML Object of the schemas: names, prefixes, attributes, wrapped arrays.
//!
//! Reading goes by the names that the reading contract gives; what it does not know keeps its own name.

use super::Unsendable;
use super::typed::{Kinds, scalars};
use crate::openapi::{MediaType, SchemaRef};
use crate::text::Cut;
use serde_json::{Map, Value};

/// Nesting of elements.
const MAX_DEPTH: usize = 40;

/// Writes a value as a document.
pub(super) fn write(media: Option<&MediaType<'_>>, value: &Value) -> Result<String, Unsendable> {
    let schema = media.and_then(|media| media.schema.as_ref());
    let kinds = Kinds::of(schema);
    let name = root_name(schema, &kinds);
    let mut out = String::new();
    element(&mut out, &name, value, &kinds, 0)?;
    Ok(out)
}

/// Reads a document as a reader does who describes it so; nothing where it is not of that kind.
pub(super) fn read(text: &str, media: &MediaType<'_>) -> Option<Value> {
    let schema = media.schema.as_ref();
    let kinds = Kinds::of(schema);
    let mut rest = text;
    let root = parse(&mut rest, 0)?;
    (root.name == root_name(schema, &kinds)).then(|| value_of(&root, &kinds, 0)).flatten()
}

/// The element name of a whole document: that of the schema, else that of the component.
fn root_name(schema: Option<&SchemaRef<'_>>, kinds: &Kinds<'_>) -> String {
    let component = || {
        let place = schema?.place()?.resolved();
        let path = place.path();
        let named = path.len() > 1 && matches!(path[path.len() - 2].as_str(), "schemas" | "definitions");
        named.then(|| path.last().cloned()).flatten()
    };
    kinds.xml_name().or_else(component).filter(|name| is_name(name)).unwrap_or_else(|| "root".to_owned())
}

fn is_name(name: &str) -> bool {
    let start = |c: char| c.is_alphabetic() || c == '_';
    name.chars().next().is_some_and(start)
        && name.chars().all(|c| start(c) || c.is_numeric() || matches!(c, '-' | '.' | ':'))
}

fn escaped(text: &str) -> Result<String, Unsendable> {
    if text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n')) {
        return Err(Unsendable::Control);
    }
    Ok(text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;"))
}

fn scalar(value: &Value) -> Result<String, Unsendable> {
    match value {
        Value::String(text) => escaped(text),
        Value::Number(_) | Value::Bool(_) => Ok(value.to_string()),
        Value::Null => Err(Unsendable::Null),
        Value::Array(_) | Value::Object(_) => Err(Unsendable::Nested),
    }
}

fn element(out: &mut String, name: &str, value: &Value, kinds: &Kinds<'_>, depth: usize) -> Result<(), Unsendable> {
    if depth > MAX_DEPTH || !is_name(name) {
        return Err(Unsendable::Nested);
    }
    out.push_str(&format!("<{name}"));
    if let Some((prefix, namespace)) = kinds.xml_namespace() {
        let key = prefix.map_or_else(|| "xmlns".to_owned(), |prefix| format!("xmlns:{prefix}"));
        out.push_str(&format!(" {key}=\"{}\"", escaped(namespace)?));
    }
    let mut inner = String::new();
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                let own = kinds.member(key);
                let name = own.xml_name().unwrap_or_else(|| key.clone());
                if own.is_xml("attribute") {
                    if !is_name(&name) {
                        return Err(Unsendable::Nested);
                    }
                    out.push_str(&format!(" {name}=\"{}\"", scalar(member)?));
                } else if own.is_xml("text") || own.is_xml("cdata") {
                    inner.push_str(&scalar(member)?);
                } else if let Value::Array(items) = member {
                    list(&mut inner, key, &name, items, &own, depth)?;
                } else {
                    element(&mut inner, &name, member, &own, depth + 1)?;
                }
            }
        }
        Value::Array(items) => {
            let items_kinds = kinds.items();
            let item = items_kinds.xml_name().unwrap_or_else(|| name.to_owned());
            for value in items {
                element(&mut inner, &item, value, &items_kinds, depth + 1)?;
            }
        }
        other => inner.push_str(&scalar(other)?),
    }
    if inner.is_empty() {
        out.push_str("/>");
    } else {
        out.push_str(&format!(">{inner}</{name}>"));
    }
    Ok(())
}

/// The elements of an array, wrapped in one of their own or not.
fn list(
    out: &mut String,
    key: &str,
    name: &str,
    items: &[Value],
    own: &Kinds<'_>,
    depth: usize,
) -> Result<(), Unsendable> {
    let inner = own.items();
    if own.is_xml("wrapped") {
        let item = inner.xml_name().unwrap_or_else(|| key.to_owned());
        let mut wrapped = String::new();
        for value in items {
            element(&mut wrapped, &item, value, &inner, depth + 2)?;
        }
        out.push_str(&format!("<{name}>{wrapped}</{name}>"));
        return Ok(());
    }
    if items.is_empty() {
        return Err(Unsendable::Empty);
    }
    let item = inner.xml_name().unwrap_or_else(|| key.to_owned());
    for value in items {
        element(out, &item, value, &inner, depth + 1)?;
    }
    Ok(())
}

#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Element>,
    text: String,
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// Parses an element at the start of a text that this module wrote.
fn parse(rest: &mut &str, depth: usize) -> Option<Element> {
    if depth > MAX_DEPTH * 2 {
        return None;
    }
    let (head, after) = rest.strip_prefix('<')?.split_once('>')?;
    *rest = after;
    let (head, closed) = head.strip_suffix('/').map_or((head, false), |head| (head, true));
    let mut element = Element::default();
    let (name, mut attributes) = head.split_once(' ').unwrap_or((head, ""));
    name.clone_into(&mut element.name);
    while let Some((key, more)) = attributes.split_once("=\"") {
        let (value, more) = more.split_once('"')?;
        element.attributes.push((key.trim().to_owned(), unescaped(value)));
        attributes = more;
    }
    if closed {
        return Some(element);
    }
    loop {
        if let Some(after) = rest.strip_prefix(&*format!("</{}>", element.name)) {
            *rest = after;
            return Some(element);
        }
        if rest.starts_with('<') {
            element.children.push(parse(rest, depth + 1)?);
        } else {
            let end = rest.find('<')?;
            element.text.push_str(&unescaped(rest.cut(..end)));
            *rest = rest.cut(end..);
        }
    }
}

fn value_of(element: &Element, kinds: &Kinds<'_>, depth: usize) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    let plain = |text: &str, kinds: &Kinds<'_>| scalars(text, kinds).into_iter().next();
    let declared = kinds.names();
    if kinds.array() && !kinds.scalar() && !kinds.object() {
        let items = kinds.items();
        return element.children.iter().map(|child| value_of(child, &items, depth + 1)).collect();
    }
    let is_object = kinds.object()
        && (!declared.is_empty() || !element.children.is_empty() || !kinds.scalar())
        && (element.text.is_empty() || !kinds.scalar());
    if !is_object {
        return plain(&element.text, kinds);
    }
    let mut out = Map::new();
    let mut taken: Vec<&str> = Vec::new();
    for key in declared {
        let own = kinds.member(key);
        let name = own.xml_name().unwrap_or_else(|| key.to_owned());
        if own.is_xml("attribute") {
            if let Some((_, text)) = element.attributes.iter().find(|(known, _)| *known == name) {
                out.insert(key.to_owned(), plain(text, &own)?);
            }
            continue;
        }
        if own.is_xml("text") || own.is_xml("cdata") {
            out.insert(key.to_owned(), plain(&element.text, &own)?);
            continue;
        }
        if own.array() && !own.scalar() {
            let items = own.items();
            let item = items.xml_name().unwrap_or_else(|| key.to_owned());
            let wrapped = own.is_xml("wrapped");
            let around = if wrapped { element.children.iter().find(|child| child.name == name) } else { Some(element) };
            let Some(around) = around else { continue };
            let found: Vec<&Element> = around.children.iter().filter(|child| child.name == item).collect();
            taken.extend(found.iter().map(|child| child.name.as_str()));
            if wrapped {
                taken.push(&around.name);
            }
            if wrapped || !found.is_empty() {
                let all: Option<Vec<Value>> = found.iter().map(|child| value_of(child, &items, depth + 1)).collect();
                out.insert(key.to_owned(), all?.into());
            }
            continue;
        }
        if let Some(child) = element.children.iter().find(|child| child.name == name) {
            taken.push(&child.name);
            out.insert(key.to_owned(), value_of(child, &own, depth + 1)?);
        }
    }
    for child in element.children.iter().filter(|child| !taken.contains(&child.name.as_str())) {
        out.insert(child.name.clone(), value_of(child, &kinds.member(&child.name), depth + 1)?);
    }
    Some(out.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::Api;
    use crate::workspace::Workspace;
    use serde_json::json;

    const PET: &str = "
openapi: 3.1.0
info: {title: t, version: 1.0.0}
paths:
  /p:
    post:
      requestBody:
        content:
          application/xml:
            schema:
              type: object
              xml: {name: pet, prefix: p, namespace: 'https://example.com/p'}
              properties:
                id: {type: integer, xml: {attribute: true}}
                name: {type: string, xml: {name: label}}
                tags: {type: array, xml: {name: all, wrapped: true}, items: {type: string, xml: {name: tag}}}
                codes: {type: array, items: {type: integer}}
";

    fn both(text: &str, value: &Value) -> (Result<String, Unsendable>, Option<Value>) {
        let workspace = Workspace::from_text("a.yaml", text);
        let operation = Api::open(&workspace).unwrap().operations()[0];
        let body = operation.body().unwrap();
        let written = write(body.media_types.first(), value);
        let read = written.as_ref().ok().and_then(|text| read(text, &body.media_types[0]));
        (written, read)
    }

    #[test]
    fn names_attributes_and_wrapped_arrays_are_written_and_read_back() {
        let value = json!({"id": 5, "name": "a<&\"b", "tags": ["x", "y"], "codes": [1, 2]});
        let (written, read) = both(PET, &value);
        assert_eq!(
            written.unwrap(),
            "<p:pet xmlns:p=\"https://example.com/p\" id=\"5\"><label>a&lt;&amp;&quot;b</label><all><tag>x</tag><tag>y</tag></all><codes>1</codes><codes>2</codes></p:pet>"
        );
        assert_eq!(read, Some(value));
    }

    #[test]
    fn what_xml_cannot_hold_is_not_sent() {
        assert_eq!(both(PET, &json!({"name": null})).0, Err(Unsendable::Null));
        assert_eq!(both(PET, &json!({"name": "\u{1}"})).0, Err(Unsendable::Control));
        assert_eq!(both(PET, &json!({"codes": []})).0, Err(Unsendable::Empty));
        assert!(both(PET, &json!({"a b": "x"})).0.is_err());
    }
}
