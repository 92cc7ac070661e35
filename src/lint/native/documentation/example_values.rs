//! Examples and defaults fit the schemas they stand beside, wherever they are: in schemas, media types, parameters and
//! headers, whether an operation reaches them or not.

use super::super::facts::{Facts, is_json};
use super::super::instance::{Fault, Judge};
use super::super::{Finding, Options, schema};
use crate::diagnostic::{Label, Severity};
use crate::openapi::Version;
use crate::openapi::model::{Sender, Visited, visit};
use crate::syntax::{Kind, Style, pointer};
use crate::workspace::{Place, PlaceId};
use rustc_hash::FxHashSet;
use serde_json::Value as Json;

/// Faults told of one example.
const MOST: usize = 3;
/// Nodes of a value that is looked at; larger ones are data sets.
const MAX_NODES: usize = 50_000;

/// A value and the schema beside it.
struct Pair<'w> {
    value: Place<'w>,
    schema: Place<'w>,
    sender: Sender,
    what: &'static str,
    /// How a string stands for a value of another type.
    text: Text,
}

/// How a string is read where the schema wants an array or an object.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Text {
    /// As itself.
    Plain,
    /// As it stands in a URL, which is not judged.
    Serialised,
    /// As a text of JSON.
    Json,
}

/// `doc-example-validates`: examples and defaults fit the schemas they stand beside.
pub(super) fn validates(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let (root, version) = (facts.api.root(), facts.api.version());
    let mut pairs: Vec<Pair<'_>> = Vec::new();
    visit(root, version, &mut |visited| collect(visited, version, &mut pairs));
    let mut judge = None;
    let mut unjudged: Vec<Place<'_>> = Vec::new();
    let mut seen = FxHashSet::default();
    for pair in pairs {
        if !seen.insert((pair.value.id(), pair.schema.id())) || is_plainly_right(&pair) {
            continue;
        }
        let judge = judge.get_or_insert_with(|| Judge::new(root, version));
        if check(judge, &pair, out).is_none() {
            unjudged.push(pair.value);
        }
    }
    out.extend(unjudged.first().map(|first| not_judged(*first, unjudged.len())));
}

/// What is said once where examples are too large or too many to be compared with their schemas.
fn not_judged(first: Place<'_>, count: usize) -> Finding {
    let message = match count {
        1 => "1 example or default was not checked against its schema: the budget of this rule is used up".to_owned(),
        _ => format!(
            "{count} examples and defaults were not checked against their schemas: the budget of this rule is used up"
        ),
    };
    let mut finding = Finding::at(first, message).at_most(Severity::Info);
    finding.help = Some("Shorten the examples, or split the contract".to_owned());
    finding
}

/// The examples and defaults of one object.
fn collect<'w>(visited: Visited<'w>, version: Version, pairs: &mut Vec<Pair<'w>>) {
    let Visited { place, site, object, sender } = visited;
    let mut add = |value: Option<Place<'w>>, schema: Place<'w>, sender: Sender, what: &'static str, text: Text| {
        // A value that refers to another file is not a value yet.
        if let Some(value) = value.filter(|value| value.reference().is_none() || value.len() > 1) {
            pairs.push(Pair { value, schema, sender, what, text });
        }
    };
    match object.name.as_str() {
        "Schema" if place.get_bool("x-expect-invalid") != Some(true) => {
            add(place.get("example"), place, Sender::Either, "example", Text::Plain);
            add(place.get("default"), place, Sender::Either, "default", Text::Plain);
            if version >= Version::V3_1 {
                for value in place.get("examples").filter(|list| list.is_seq()).into_iter().flat_map(Place::elements) {
                    add(Some(value), place, Sender::Either, "example", Text::Plain);
                }
            }
        }
        "Parameter" | "Header" | "Items" if version == Version::V2_0 && place.get("type").is_some() => {
            add(place.get("default"), place, sender, "default", Text::Serialised);
        }
        "Parameter" | "Header" | "Items" if version == Version::V2_0 => {}
        "Response" if version == Version::V2_0 => {
            let Some(schema) = place.get("schema") else { return };
            for member in place.get("examples").into_iter().flat_map(Place::members) {
                if is_json(member.name) {
                    add(Some(member.value), schema, sender, "example", Text::Json);
                }
            }
        }
        "Parameter" | "Header" => {
            let Some(schema) = place.get("schema") else { return };
            let sender = match sender {
                Sender::Either if object.name == "Parameter" => Sender::Client,
                Sender::Either => Sender::Server,
                known => known,
            };
            for value in values(place) {
                add(Some(value), schema, sender, "example", Text::Serialised);
            }
        }
        "MediaType" => {
            let Some(schema) = place.get("schema") else { return };
            let name = site.key().map_or("", |key| key.text());
            for value in values(place) {
                let structured = matches!(value.kind(), Kind::Map | Kind::Seq);
                if is_json(name) {
                    add(Some(value), schema, sender, "example", Text::Json);
                } else if structured && (name.starts_with("multipart/") || name.ends_with("form-urlencoded")) {
                    add(Some(value), schema, sender, "example", Text::Serialised);
                }
            }
        }
        _ => {}
    }
}

/// The values under `example` and `examples` of a media type, parameter or header.
fn values<'w>(place: Place<'w>) -> Vec<Place<'w>> {
    let mut out: Vec<Place<'w>> = place.get("example").into_iter().collect();
    for member in place.get("examples").filter(|all| all.is_map()).into_iter().flat_map(Place::members) {
        let example = member.value.resolved();
        if example.get_bool("x-expect-invalid") != Some(true) {
            out.extend(example.get("value").or_else(|| example.get("dataValue")));
        }
    }
    out
}

/// The commonest case without a validator: a string for a schema that only says `string`, and the like.
fn is_plainly_right(pair: &Pair<'_>) -> bool {
    let schema = pair.schema;
    let Some(ty) = schema.get_str("type") else { return false };
    // A parameter of 2.0 is its own schema.
    let harmless = |name: &str| schema::excludes_nothing(name) || matches!(name, "type" | "name" | "in");
    schema.members().all(|member| harmless(member.name))
        && matches!(
            (ty, pair.value.kind()),
            ("string", Kind::Str)
                | ("boolean", Kind::Bool)
                | ("integer" | "number", Kind::Int)
                | ("number", Kind::Float)
        )
}

/// Reports the faults of one value; `None` when it could not be judged.
fn check<'w>(judge: &mut Judge<'w>, pair: &Pair<'w>, out: &mut Vec<Finding>) -> Option<()> {
    let Pair { value: place, schema, .. } = *pair;
    let last = place.node().end_id().0.saturating_sub(place.node().id().0);
    if last as usize > MAX_NODES {
        return None;
    }
    let mut value = place.to_json();
    let mut within_text = false;
    if let Json::String(text) = &value
        && wants_structure(schema)
    {
        match pair.text {
            Text::Serialised => return Some(()),
            Text::Json => {
                if let Ok(inner) = serde_json::from_str::<Json>(text)
                    && (inner.is_object() || inner.is_array())
                {
                    value = inner;
                    within_text = true;
                }
            }
            Text::Plain => {}
        }
    }
    let faults = judge.faults(&value, schema, pair.sender)?;
    for fault in faults.iter().take(MOST) {
        out.push(finding(pair, fault, within_text));
    }
    if pair.what == "example" && !within_text {
        let mut wrong = Vec::new();
        one_way(place, schema, pair.sender, 0, &mut FxHashSet::default(), &mut wrong);
        out.extend(wrong.into_iter().take(MOST).map(|value| misdirected(value, pair.sender)));
    }
    Some(())
}

/// Nesting of schemas that is looked into for properties of one direction.
const DEPTH: usize = 12;

/// Collects the properties of a value that its schema says to be sent by the other side only (`readOnly`, `writeOnly`).
/// `seen` has the pairs of values and schemas that were looked at: many `allOf` may lead to the same one.
fn one_way<'w>(
    value: Place<'w>,
    schema: Place<'w>,
    sender: Sender,
    depth: usize,
    seen: &mut FxHashSet<(PlaceId, PlaceId)>,
    out: &mut Vec<Place<'w>>,
) {
    let keyword = match sender {
        Sender::Client => "readOnly",
        Sender::Server => "writeOnly",
        Sender::Either => return,
    };
    let schema = schema.resolved();
    if depth > DEPTH || out.len() > MOST || !seen.insert((value.id(), schema.id())) {
        return;
    }
    for branch in schema.get("allOf").into_iter().flat_map(Place::elements) {
        one_way(value, branch, sender, depth + 1, seen, out);
    }
    if let Some(properties) = schema.get("properties").filter(|_| value.is_map()) {
        for member in value.members() {
            let Some(property) = properties.get(member.name) else { continue };
            if property.resolved().get_bool(keyword) == Some(true) {
                if !out.iter().any(|known| known.id() == member.value.id()) {
                    out.push(member.value);
                }
            } else {
                one_way(member.value, property, sender, depth + 1, seen, out);
            }
        }
    }
    if let Some(items) = schema.get("items").filter(|items| items.is_map()) {
        // The first entry shows what all of them have.
        if let Some(first) = value.elements().next() {
            one_way(first, items, sender, depth + 1, seen, out);
        }
    }
}

/// Tells of a property of an example that is not sent in this direction.
fn misdirected(value: Place<'_>, sender: Sender) -> Finding {
    let name = value.key().map_or("", |key| key.text());
    let (keyword, message) = match sender {
        Sender::Client => ("readOnly", "request"),
        _ => ("writeOnly", "response"),
    };
    let mut finding = Finding::key(value, format!("`{name}` is `{keyword}`, but is in the example of a {message}"));
    finding.help = Some(format!("Remove `{name}` from the example"));
    finding.at_most(Severity::Hint)
}

/// Whether a schema takes arrays or objects, and no strings.
fn wants_structure(place: Place<'_>) -> bool {
    let types = ["string", "integer", "number", "boolean"];
    !types.iter().any(|ty| schema::has_type(place, ty))
}

fn finding(pair: &Pair<'_>, fault: &Fault<'_>, within_text: bool) -> Finding {
    let tokens = pointer::tokens(&fault.instance).unwrap_or_default();
    let mut at = pair.value;
    for token in &tokens {
        let Some(inner) = at.child(token) else { break };
        at = inner;
    }
    let subject = match tokens.last() {
        None => format!("the {}", pair.what),
        Some(_) => format!("`{}` of the {}", path(&tokens), pair.what),
    };
    let place = if within_text { " (in the JSON that the string holds)" } else { "" };
    // A value in backticks is its own subject.
    let message = if fault.what.starts_with('`') {
        format!("{subject}: {}{place}", fault.what)
    } else {
        format!("{subject} {}{place}", fault.what)
    };
    let mut finding = Finding::at(at, message);
    if fault.mild {
        finding = finding.at_most(Severity::Warn);
    }
    finding.help = Some(
        fault
            .help
            .clone()
            .or_else(|| quotes(at, fault))
            .unwrap_or_else(|| format!("Correct the {}, or the schema beside it", pair.what)),
    );
    if let Some(keyword) = fault.schema {
        finding
            .related
            .push(Label { location: keyword.key_location(), message: "the schema demands it here".to_owned() });
    }
    finding
}

/// Where a plain scalar of YAML was read as a number or boolean, the repair is a pair of quotes.
fn quotes(at: Place<'_>, fault: &Fault<'_>) -> Option<String> {
    let scalar = matches!(at.kind(), Kind::Int | Kind::Float | Kind::Bool) && at.node().style() == Style::Plain;
    (scalar && fault.what.contains("must be a string")).then(|| format!("Put the value in quotes: `\"{}\"`", at.text()))
}

/// The way to a part of a value as people write it: `items[0].price`.
fn path(tokens: &[std::borrow::Cow<'_, str>]) -> String {
    let mut out = String::new();
    for token in tokens {
        if token.bytes().all(|byte| byte.is_ascii_digit()) && !out.is_empty() {
            out.push_str(&format!("[{token}]"));
        } else {
            if !out.is_empty() {
                out.push('.');
            }
            out.push_str(token);
        }
    }
    out
}
