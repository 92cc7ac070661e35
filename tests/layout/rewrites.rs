//! Rewrites that change nothing on the wire, at random: compositions factored, references inlined and made, orders,
//! components and path parameters renamed, methods moved to templates of their own, notations. None may be more than
//! compatible, in either direction.

use super::{changes, worst};
use covenant::diagnostic::Impact;
use serde_json::{Map, Value, json};

/// Rewrites in the suite; `COVENANT_REWRITES` asks for more.
const COUNT: usize = 400;

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides.max(1)
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.roll(times) == 0
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.roll(at + 1));
        }
    }
}

const NAMES: [&str; 8] = ["id", "code", "amount", "name", "status", "note", "owner", "date"];
const SCHEMAS: [&str; 5] = ["Order", "Party", "Money", "Event", "Problem"];

fn scalar(dice: &mut Dice) -> Value {
    [
        json!({"type": "string"}),
        json!({"type": "string", "maxLength": 20, "description": "d"}),
        json!({"type": "integer", "minimum": 0}),
        json!({"type": "boolean"}),
        json!({"type": "string", "enum": ["new", "paid", "gone"]}),
        json!({"type": "number", "multipleOf": 0.01}),
        json!({"type": "string", "pattern": "^[a-z]+$"}),
    ][dice.roll(7)]
    .clone()
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn schema(dice: &mut Dice, depth: usize, below: usize) -> Value {
    match dice.roll(if depth == 0 { 3 } else { 10 }) {
        0 | 1 => scalar(dice),
        2 | 3 if below > 0 => reference(SCHEMAS[dice.roll(below)]),
        4 => json!({"type": "array", "items": schema(dice, depth - 1, below), "maxItems": 9}),
        5 => json!({"type": "object", "additionalProperties": schema(dice, depth - 1, below)}),
        6 => tagged(dice, depth - 1, below),
        7 => {
            json!({"allOf": [object(dice, depth - 1, below, &NAMES[..4]), object(dice, depth - 1, below, &NAMES[4..])]})
        }
        _ if depth > 0 => object(dice, depth - 1, below, &NAMES),
        _ => scalar(dice),
    }
}

fn object(dice: &mut Dice, depth: usize, below: usize, names: &[&str]) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for name in names {
        if dice.roll(2) == 0 {
            properties.insert((*name).to_owned(), schema(dice, depth, below));
            if dice.once_in(3) {
                required.push(json!(name));
            }
        }
    }
    json!({"type": "object", "properties": properties, "required": required})
}

/// Inline branches that are told apart by a property.
fn tagged(dice: &mut Dice, depth: usize, below: usize) -> Value {
    let branch = |dice: &mut Dice, tag: &str| {
        let mut branch = object(dice, depth, below, &NAMES[..4]);
        branch["properties"]["kind"] = json!({"type": "string", "enum": [tag]});
        branch["required"].as_array_mut().expect("a list").push(json!("kind"));
        branch
    };
    let branches: Vec<Value> = ["card", "bank", "cash"].iter().map(|tag| branch(dice, tag)).collect();
    json!({"oneOf": branches})
}

fn contract(dice: &mut Dice) -> Value {
    let mut schemas = Map::new();
    for (at, name) in SCHEMAS.iter().enumerate() {
        let schema = if dice.once_in(4) { tagged(dice, 1, at) } else { object(dice, 2, at, &NAMES) };
        schemas.insert((*name).to_owned(), schema);
    }
    let body = |schema: Value| json!({"content": {"application/json": {"schema": schema}}});
    let operation = |dice: &mut Dice, id: &str, with_body: bool| {
        let mut responses = json!({"200": body(schema(dice, 2, 5)), "404": body(reference("Problem"))});
        for (_, response) in responses.as_object_mut().expect("an object") {
            response["description"] = json!("d");
        }
        let mut operation = json!({
            "operationId": id,
            "tags": ["a", "b"],
            "parameters": [
                {"name": "order", "in": "path", "required": true, "schema": {"type": "string"}},
                {"name": "limit", "in": "query", "schema": scalar(dice)},
                {"name": "X-Trace", "in": "header", "schema": scalar(dice)},
            ],
            "security": [{"oauth": ["read", "write"]}, {"key": []}],
            "responses": responses,
        });
        if with_body {
            operation["requestBody"] = body(schema(dice, 2, 5));
            operation["requestBody"]["required"] = json!(true);
        }
        operation
    };
    let mut pet = json!({"oneOf": [reference("Order"), reference("Party")], "discriminator": {"propertyName": "kind", "mapping": {"order": "#/components/schemas/Order", "party": "Party"}}});
    if dice.once_in(2) {
        pet = json!({"allOf": [pet]});
    }
    schemas.insert("Any".to_owned(), pet);
    let scopes = json!({"read": "r", "write": "w"});
    json!({
        "openapi": if dice.once_in(2) { "3.0.3" } else { "3.1.0" },
        "info": {"title": "t", "version": "1.0.0"},
        "paths": {
            "/orders/{order}": {
                "get": operation(dice, "getOrder", false),
                "put": operation(dice, "putOrder", true),
                "delete": operation(dice, "deleteOrder", false),
            },
            "/orders/{order}/events": {"post": operation(dice, "addEvent", true)},
        },
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "oauth": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "https://a.test/t", "scopes": scopes}}},
                "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            },
        },
    })
}

/// The schemas of a contract that a test accepts, as pointers.
fn places(value: &Value, at: &str, out: &mut Vec<String>, test: &dyn Fn(&Value) -> bool) {
    if test(value) {
        out.push(at.to_owned());
    }
    let escape = |name: &str| name.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(name, value)| places(value, &format!("{at}/{}", escape(name)), out, test));
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(number, value)| places(value, &format!("{at}/{number}"), out, test));
        }
        _ => {}
    }
}

fn pick(dice: &mut Dice, contract: &Value, test: &dyn Fn(&Value) -> bool) -> Option<String> {
    let mut found = Vec::new();
    places(contract, "", &mut found, test);
    if found.is_empty() { None } else { Some(found[dice.roll(found.len())].clone()) }
}

fn is_object(value: &Value) -> bool {
    value["type"] == "object" && value["properties"].is_object() && value["additionalProperties"].is_null()
}

fn shuffled(dice: &mut Dice, value: &mut Value, name: &str) {
    match value {
        Value::Object(map) => {
            let mut members: Vec<(String, Value)> = std::mem::take(map).into_iter().collect();
            dice.shuffle(&mut members);
            for (name, mut value) in members {
                shuffled(dice, &mut value, &name);
                map.insert(name, value);
            }
        }
        Value::Array(list) => {
            if ["required", "enum", "oneOf", "anyOf", "allOf", "parameters", "tags", "security", "oauth"]
                .contains(&name)
            {
                dice.shuffle(list);
            }
            for value in list.iter_mut() {
                shuffled(dice, value, "");
            }
        }
        _ => {}
    }
}

fn replaced(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::String(text) if text == from => to.clone_into(text),
        Value::Object(map) => map.values_mut().for_each(|value| replaced(value, from, to)),
        Value::Array(list) => list.iter_mut().for_each(|value| replaced(value, from, to)),
        _ => {}
    }
}

/// Splits an object into two that bind together.
fn split(dice: &mut Dice, object: &Value) -> (Value, Value) {
    let (mut left, mut right) =
        (json!({"type": "object", "properties": {}}), json!({"type": "object", "properties": {}}));
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for (name, schema) in object["properties"].as_object().expect("properties") {
        let needed = object["required"].as_array().is_some_and(|list| list.contains(&json!(name)));
        let (side, required) = if dice.once_in(2) { (&mut left, &mut first) } else { (&mut right, &mut second) };
        side["properties"][name] = schema.clone();
        if needed {
            required.push(json!(name));
        }
    }
    (left["required"], right["required"]) = (json!(first), json!(second));
    (left, right)
}

/// Rewrites a contract that is a copy of the base; gives the name of the rewrite, or `None` where there is nothing to
/// rewrite so.
fn rewrite(dice: &mut Dice, base: &mut Value, contract: &mut Value) -> Option<&'static str> {
    match dice.roll(13) {
        0 => {
            shuffled(dice, contract, "");
            Some("orders")
        }
        1 => {
            let at = pick(dice, contract, &|value| value["$ref"].is_string())?;
            if at.contains("/Any/") || at.contains("/oneOf/") {
                return None;
            }
            let target = contract.pointer(&at)?["$ref"].as_str()?.trim_start_matches('#').to_owned();
            let inlined = contract.pointer(&target)?.clone();
            *contract.pointer_mut(&at)? = inlined;
            Some("reference inlined")
        }
        2 => {
            let name = SCHEMAS[dice.roll(5)];
            let schema = contract["components"]["schemas"].as_object_mut()?.shift_remove(name)?;
            let fresh = format!("{name}Dto");
            contract["components"]["schemas"][&fresh] = schema;
            replaced(contract, &format!("#/components/schemas/{name}"), &format!("#/components/schemas/{fresh}"));
            replaced(contract, name, &fresh);
            Some("component renamed")
        }
        3 => {
            let at = pick(dice, contract, &is_object)?;
            let (left, right) = split(dice, contract.pointer(&at)?);
            *contract.pointer_mut(&at)? = json!({"allOf": [left, right]});
            Some("object split into allOf")
        }
        4 => {
            let two_objects = |value: &Value| {
                value["allOf"].as_array().is_some_and(|list| list.len() == 2 && list.iter().all(is_object))
            };
            let at = pick(dice, contract, &two_objects)?;
            let schema = contract.pointer_mut(&at)?;
            let (first, rest) = schema["allOf"].as_array_mut()?.split_first_mut()?;
            let name = first["properties"].as_object()?.keys().next()?.clone();
            let property = first["properties"].as_object_mut()?.shift_remove(&name)?;
            let required = first["required"].as_array_mut()?;
            let needed = required.iter().position(|other| *other == json!(name));
            if rest[0]["properties"].get(&name).is_some() {
                return None;
            }
            if let Some(at) = needed {
                required.remove(at);
                rest[0]["required"].as_array_mut()?.push(json!(name));
            }
            rest[0]["properties"][&name] = property;
            Some("property moved between branches")
        }
        5 => {
            let at = pick(dice, contract, &|value| value["$ref"].is_string())?;
            if at.contains("/oneOf/") {
                return None;
            }
            let schema = contract.pointer_mut(&at)?;
            *schema = json!({"allOf": [schema.clone()]});
            Some("reference wrapped")
        }
        6 => {
            let methods = contract["paths"]["/orders/{order}"].as_object_mut()?;
            let mut get = methods.shift_remove("get")?;
            replaced(&mut get["parameters"], "order", "id");
            contract["paths"]["/orders/{id}"] = json!({"get": get});
            Some("path parameter renamed in one method")
        }
        7 => {
            let tagged = |value: &Value| {
                value["oneOf"].as_array().is_some_and(|list| list.iter().all(|b| b["properties"]["kind"].is_object()))
            };
            let at = pick(dice, contract, &tagged)?;
            let schema = base.pointer_mut(&at)?;
            let inside = contract.pointer_mut(&at)?;
            schema["properties"] = json!({"shared": {"type": "string"}});
            for branch in inside["oneOf"].as_array_mut()? {
                branch["properties"]["shared"] = json!({"type": "string"});
            }
            Some("property moved out of all branches")
        }
        8 => {
            let at = pick(dice, contract, &is_object)?;
            if at.starts_with("/components/schemas/") && at.matches('/').count() == 3
                || at.contains("/allOf/")
                || at.contains("/oneOf/")
            {
                return None;
            }
            let schema = contract.pointer(&at)?.clone();
            contract["components"]["schemas"]["Extracted"] = schema;
            *contract.pointer_mut(&at)? = reference("Extracted");
            Some("component extracted")
        }
        9 => {
            let mapping = contract.pointer_mut("/components/schemas/Any/discriminator/mapping")?;
            replaced(mapping, "Party", "#/components/schemas/Party");
            Some("mapping in the other notation")
        }
        10 => {
            let parameter = contract["paths"]["/orders/{order}/events"]["post"]["parameters"][1].take();
            contract["components"]["parameters"] = json!({"limit": parameter});
            contract["paths"]["/orders/{order}/events"]["post"]["parameters"][1] =
                json!({"$ref": "#/components/parameters/limit"});
            Some("parameter made a component")
        }
        11 => {
            let content =
                contract["paths"]["/orders/{order}/events"]["post"]["requestBody"]["content"].as_object_mut()?;
            let media = content.shift_remove("application/json")?;
            content.insert("Application/JSON; charset=UTF-8".to_owned(), media);
            Some("media type in another notation")
        }
        _ => {
            let at = pick(dice, contract, &is_object)?;
            let again =
                contract.pointer(&at)?["properties"].as_object()?.iter().next().map(|(n, s)| (n.clone(), s.clone()))?;
            let schema = contract.pointer_mut(&at)?;
            let redeclared = json!({"type": "object", "properties": {again.0: again.1}});
            *schema = json!({"allOf": [schema.clone(), redeclared]});
            Some("property declared once more")
        }
    }
}

fn told(base: &Value, revision: &Value) -> String {
    let line =
        |change: covenant::diagnostic::Diagnostic| format!("  {} {} ({})", change.impact, change.message, change.rule);
    changes(base, revision).into_iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_rewrite_that_changes_nothing_is_compatible() {
    let count = std::env::var("COVENANT_REWRITES").ok().and_then(|text| text.parse().ok()).unwrap_or(COUNT);
    let mut dice = Dice(18);
    let (mut done, mut wrong) = (0, Vec::new());
    let mut kinds = std::collections::BTreeMap::<&str, (usize, usize)>::new();
    while done < count {
        let mut base = contract(&mut dice);
        let mut revision = base.clone();
        let Some(kind) = rewrite(&mut dice, &mut base, &mut revision) else { continue };
        done += 1;
        let entry = kinds.entry(kind).or_default();
        entry.0 += 1;
        for (from, to, way) in [(&base, &revision, "to"), (&revision, &base, "from")] {
            let found = worst(&changes(from, to));
            let most = if kind == "orders" { Impact::None } else { Impact::Compatible };
            if found > most || (kind == "orders" && !changes(from, to).is_empty()) {
                kinds.entry(kind).or_default().1 += 1;
                wrong.push(format!("{way} {kind}: {found}\n{}", told(from, to)));
            }
        }
    }
    println!("{kinds:#?}");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}
