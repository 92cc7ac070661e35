//! Whether a value written in the contract fits a schema written in it, by the validator of `schema::Engine`: all
//! keywords, discriminators with a mapping, and who sends the value. Formats are checked beside it, where a schema holds
//! without condition.
//!
//! The validator names the keyword that fails; for a person the fault is often further in: in the alternative that the
//! value is meant to be. [`Judge::faults`] looks for it there.

use super::schema;
use crate::openapi::Version;
use crate::openapi::model::Sender;
use crate::schema::{Dialect, Direction, Engine, Rejection, SchemaSource, Settings, has_format};
use crate::syntax::pointer;
use crate::workspace::{Place, PlaceId};
use rustc_hash::FxHashSet;
use serde_json::Value as Json;

/// Where a value does not fit, and why.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fault<'w> {
    /// The way from the value to the part at fault, a JSON pointer.
    pub(super) instance: String,
    /// What is wrong with it, to follow its name.
    pub(super) what: String,
    /// What to do.
    pub(super) help: Option<String>,
    /// The keyword in the schema.
    pub(super) schema: Option<Place<'w>>,
    /// Whether only a format is missed, which the standard leaves to tools.
    pub(super) mild: bool,
}

/// Alternatives within alternatives that are looked into.
const DEPTH: usize = 4;

/// Judges values of one contract.
pub(super) struct Judge<'w> {
    engine: Engine<'w>,
    dialect: Dialect,
    /// Whether some schema says who sends what.
    directed: bool,
    /// Questions left for the contract and for the value at hand: alternatives in alternatives multiply.
    left: usize,
    left_here: usize,
    /// Whether a question was left out since the current look began.
    cut: bool,
}

/// Questions about one value.
const QUESTIONS: usize = 300;
/// Questions about all values of a contract.
const ALL_QUESTIONS: usize = 60_000;

impl<'w> Judge<'w> {
    /// A judge for the contract with this root.
    pub(super) fn new(root: Place<'w>, version: Version) -> Self {
        let directed = root
            .workspace()
            .documents()
            .any(|(_, document)| ["readOnly", "writeOnly"].iter().any(|key| document.tree().symbol(key).is_some()));
        let dialect = Dialect::of(version, root.get_str("jsonSchemaDialect"));
        Judge {
            engine: Engine::new(Settings::default()),
            dialect,
            directed,
            left: ALL_QUESTIONS,
            left_here: 0,
            cut: false,
        }
    }

    /// Returns what is wrong with a value of a schema, nothing where the schema cannot be read; `None` when no questions are
    /// left for the contract.
    pub(super) fn faults(&mut self, value: &Json, schema: Place<'w>, sender: Sender) -> Option<Vec<Fault<'w>>> {
        let directions: &[Direction] = match sender {
            _ if !self.directed => &[Direction::Neither],
            Sender::Client => &[Direction::Request],
            Sender::Server => &[Direction::Response],
            // The example of a schema may be for either direction.
            Sender::Either => &[Direction::Neither, Direction::Request, Direction::Response],
        };
        let mut best: Option<Vec<Fault<'w>>> = None;
        self.left_here = QUESTIONS;
        for &direction in directions {
            let found = self.whole(value, schema, direction)?;
            if best.as_ref().is_none_or(|known| found.len() < known.len()) {
                best = Some(found);
            }
            if best.as_ref().is_some_and(Vec::is_empty) {
                break;
            }
        }
        let mut out = best.unwrap_or_default();
        formats(value, schema, &mut String::new(), DEPTH * 4, &mut FxHashSet::default(), &mut out);
        let mut seen: Vec<(String, String)> = Vec::new();
        out.retain(|fault| {
            let key = (fault.instance.clone(), fault.what.clone());
            let new = !seen.contains(&key);
            seen.push(key);
            new
        });
        Some(out)
    }

    /// Looks into alternatives as far as the questions for one value go. An alternative that was not asked about would
    /// look as if it matched, so where they run out, the faults are those of the validator itself.
    fn whole(&mut self, value: &Json, schema: Place<'w>, direction: Direction) -> Option<Vec<Fault<'w>>> {
        self.cut = false;
        let found = self.of(value, schema, direction, DEPTH);
        if !self.cut {
            return Some(found);
        }
        (self.cut, self.left_here) = (false, 1);
        let found = self.of(value, schema, direction, 0);
        (!self.cut).then_some(found)
    }

    fn of(&mut self, value: &Json, place: Place<'w>, direction: Direction, depth: usize) -> Vec<Fault<'w>> {
        if self.left == 0 || self.left_here == 0 {
            self.cut = true;
            return Vec::new();
        }
        (self.left, self.left_here) = (self.left - 1, self.left_here - 1);
        let source = SchemaSource::At { place, dialect: self.dialect };
        let rejections = self.engine.faults(&source, direction, value).unwrap_or_default();
        let mut out = Vec::new();
        for rejection in rejections {
            let part = value.pointer(&rejection.instance).unwrap_or(value);
            let fault = |what: String, help: Option<String>| Fault {
                instance: rejection.instance.clone(),
                what,
                help,
                schema: rejection.place,
                mild: false,
            };
            match (rejection.keyword.as_str(), rejection.place) {
                ("oneOf" | "anyOf" | "discriminator", Some(keyword)) if depth > 0 => {
                    out.extend(self.alternatives(&rejection, part, keyword, direction, depth));
                }
                _ => {
                    let (what, help) = words(&rejection, part);
                    out.push(fault(what, help));
                }
            }
        }
        out
    }

    /// Why a value is none of the alternatives, or more than one.
    fn alternatives(
        &mut self,
        rejection: &Rejection<'w>,
        part: &Json,
        keyword: Place<'w>,
        direction: Direction,
        depth: usize,
    ) -> Vec<Fault<'w>> {
        let fault = |instance: String, what: String, help: Option<String>| Fault {
            instance,
            what,
            help,
            schema: Some(keyword),
            mild: false,
        };
        let Some(holder) = around(keyword) else { return Vec::new() };
        let name = ["oneOf", "anyOf"].into_iter().find(|key| holder.get(key).is_some()).unwrap_or("oneOf");
        let branches: Vec<Place<'w>> = holder.get(name).into_iter().flat_map(Place::elements).collect();
        let discriminator = holder.get("discriminator").and_then(|d| d.get_str("propertyName"));
        let kind = discriminator.and_then(|property| Some((property, part.get(property)?.as_str()?)));
        if let Some((property, kind)) = kind {
            let Some(branch) = chosen(holder, &branches, kind) else {
                let known = kinds(holder, &branches);
                let list = known.iter().map(|kind| format!("`{kind}`")).collect::<Vec<_>>().join(", ");
                let mut instance = rejection.instance.clone();
                pointer::push(&mut instance, property);
                let what = format!("is `{kind}`, but the discriminator knows {list}");
                return vec![fault(instance, what, Some(format!("Write one of {list}")))];
            };
            return self.within(part, branch, direction, depth, &rejection.instance);
        }
        let found: Vec<(Place<'w>, Vec<Fault<'w>>)> = branches
            .iter()
            .map(|branch| (*branch, self.within(part, *branch, direction, depth, &rejection.instance)))
            .collect();
        let matching: Vec<&Place<'w>> =
            found.iter().filter(|(_, faults)| faults.is_empty()).map(|(branch, _)| branch).collect();
        if matching.len() > 1 {
            let names: Vec<String> = matching.iter().map(|branch| title(**branch)).collect();
            let what =
                format!("matches {} alternatives of `oneOf` ({}), but must match one", names.len(), names.join(", "));
            let help = "Make the alternatives exclude each other, or use `anyOf`".to_owned();
            return vec![fault(rejection.instance.clone(), what, Some(help))];
        }
        // The alternative that is meant is the one of the same type that fits best.
        let own =
            |faults: &[Fault<'w>]| faults.iter().any(|fault| fault.instance == rejection.instance && is_type(fault));
        let mut likely: Vec<&(Place<'w>, Vec<Fault<'w>>)> = found.iter().filter(|(_, faults)| !own(faults)).collect();
        likely.sort_by_key(|(_, faults)| faults.len());
        match likely.as_slice() {
            [(_, faults)] => faults.clone(),
            [(_, first), (_, second), ..] if first.len() < second.len() && first.len() == 1 => first.clone(),
            _ => {
                let what = format!("matches none of the {} alternatives of `{name}`", branches.len());
                vec![fault(rejection.instance.clone(), what, None)]
            }
        }
    }

    fn within(
        &mut self,
        part: &Json,
        branch: Place<'w>,
        direction: Direction,
        depth: usize,
        instance: &str,
    ) -> Vec<Fault<'w>> {
        let mut found = self.of(part, branch, direction, depth - 1);
        for fault in &mut found {
            fault.instance.insert_str(0, instance);
        }
        found
    }
}

fn is_type(fault: &Fault<'_>) -> bool {
    fault.schema.and_then(Place::key).is_some_and(|key| key.text() == "type")
}

/// The object that a keyword stands in.
fn around(keyword: Place<'_>) -> Option<Place<'_>> {
    let mut path = keyword.path();
    path.pop()?;
    let tokens: Vec<&str> = path.iter().map(String::as_str).collect();
    keyword.workspace().document_root(keyword.document_id()).descend(&tokens)
}

/// The name at the end of a reference.
fn reference_name(branch: Place<'_>) -> Option<&str> {
    branch.reference().map(|reference| reference.rsplit(['/', '#']).next().unwrap_or(reference))
}

fn title(branch: Place<'_>) -> String {
    reference_name(branch).map_or_else(|| "one without a name".to_owned(), |name| format!("`{name}`"))
}

/// The alternative that a discriminator chooses for a value: by its mapping, else by the name of the schema.
fn chosen<'w>(holder: Place<'w>, branches: &[Place<'w>], kind: &str) -> Option<Place<'w>> {
    let mapped = holder.get("discriminator")?.get("mapping").and_then(|mapping| mapping.get(kind));
    let Some(target) = mapped else {
        return branches.iter().copied().find(|branch| reference_name(*branch) == Some(kind));
    };
    if let Some(Ok(place)) = target.follow_uri() {
        return Some(place);
    }
    let name = target.as_str()?;
    branches.iter().copied().find(|branch| reference_name(*branch) == Some(name))
}

/// The values that a discriminator knows.
fn kinds<'w>(holder: Place<'w>, branches: &[Place<'w>]) -> Vec<&'w str> {
    let mapping = holder.get("discriminator").and_then(|d| d.get("mapping"));
    let named: Vec<&str> = mapping.into_iter().flat_map(Place::members).map(|member| member.name).collect();
    if named.is_empty() { branches.iter().filter_map(|branch| reference_name(*branch)).collect() } else { named }
}

/// What a rejection says about a value, and what to do about it.
fn words(rejection: &Rejection<'_>, part: &Json) -> (String, Option<String>) {
    let keyword = rejection.keyword.as_str();
    let limit = rejection.place.map(|place| place.text().to_owned()).unwrap_or_default();
    let length = part.as_str().map_or(0, |text| text.chars().count());
    let count = part.as_array().map_or_else(|| part.as_object().map_or(0, serde_json::Map::len), Vec::len);
    let noun = |number: &str, one: &str| format!("{number} {one}{}", if number == "1" { "" } else { "s" });
    let what = match keyword {
        "type" => {
            let wanted = rejection.place.map_or_else(|| "of another type".to_owned(), types);
            let help = part.is_null().then(|| "Allow `null` in the schema, or give the value".to_owned());
            return (format!("must be {wanted}, but is {}", kind(part)), help);
        }
        "enum" | "x-extensible-enum" => {
            let values: Vec<String> = rejection
                .place
                .into_iter()
                .flat_map(Place::elements)
                .take(8)
                .map(|one| format!("`{}`", short(&one.to_json())))
                .collect();
            let null = part.is_null() && !values.is_empty();
            let help = if null { Some("Add `null` to `enum` as well".to_owned()) } else { None };
            return (format!("is `{}`, but must be one of {}", short(part), values.join(", ")), help);
        }
        "const" => {
            let wanted = rejection.place.map(|place| short(&place.to_json())).unwrap_or_default();
            format!("is `{}`, but must be `{wanted}`", short(part))
        }
        "required" => {
            let name = rejection.members.first().map_or("", String::as_str);
            return (format!("lacks the required property `{name}`"), Some(format!("Add `{name}` to the example")));
        }
        "additionalProperties" | "unevaluatedProperties" => {
            let names = &rejection.members;
            let list = names.iter().take(4).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ");
            if names.is_empty() {
                "has properties that the schema does not allow".to_owned()
            } else {
                return (
                    format!("has {list}, which the schema does not allow"),
                    Some(format!("Remove {list}, or add it to `properties`")),
                );
            }
        }
        "maxLength" => format!("has {}, but at most {limit} are allowed", noun(&length.to_string(), "character")),
        "minLength" => format!("has {}, but at least {limit} are needed", noun(&length.to_string(), "character")),
        "pattern" => format!("`{}` does not match the pattern `{}`", short(part), shorten(&limit)),
        "maximum" => format!("`{}` is greater than the maximum {limit}", short(part)),
        "minimum" => format!("`{}` is less than the minimum {limit}", short(part)),
        "exclusiveMaximum" => format!("`{}` is not less than the limit", short(part)),
        "exclusiveMinimum" => format!("`{}` is not greater than the limit", short(part)),
        "multipleOf" => format!("`{}` is not a multiple of {limit}", short(part)),
        "maxItems" => format!("has {}, but at most {limit} are allowed", noun(&count.to_string(), "item")),
        "minItems" => format!("has {}, but at least {limit} are needed", noun(&count.to_string(), "item")),
        "uniqueItems" => "has an item twice".to_owned(),
        "contains" | "minContains" | "maxContains" => "does not have the items that `contains` asks for".to_owned(),
        "maxProperties" => format!("has {count} properties, but at most {limit} are allowed"),
        "minProperties" => format!("has {count} properties, but at least {limit} are needed"),
        "propertyNames" => "has a property whose name is not allowed".to_owned(),
        "dependentRequired" | "dependencies" => "lacks a property that another one needs beside it".to_owned(),
        "not" => "matches the schema under `not`".to_owned(),
        "falseSchema" | "false schema" => "is not allowed at all".to_owned(),
        "oneOf" | "anyOf" => format!("matches none of the alternatives of `{keyword}`"),
        "discriminator" => "is of no kind that the discriminator knows".to_owned(),
        _ => format!("does not match `{keyword}`"),
    };
    (what, None)
}

/// The formats of a value, where the schema holds without condition. `seen` has the pairs of values and schemas that were
/// looked at: many `allOf` may lead to the same one.
fn formats<'w>(
    value: &Json,
    place: Place<'w>,
    way: &mut String,
    depth: usize,
    seen: &mut FxHashSet<(*const Json, PlaceId)>,
    out: &mut Vec<Fault<'w>>,
) {
    let schema = place.resolved();
    if depth == 0 || !schema.is_map() || !seen.insert((std::ptr::from_ref(value), schema.id())) {
        return;
    }
    if let Some(format) = schema.get("format")
        && let Some(name) = format.as_str()
        && !out.iter().any(|fault| fault.instance == *way)
        && fits_kind(name, value, schema)
        && !has_format(name, value)
    {
        let what = format!("`{}` does not have the format `{name}`", short(value));
        out.push(Fault { instance: way.clone(), what, help: None, schema: Some(format), mild: true });
    }
    let len = way.len();
    match value {
        Json::Object(members) => {
            let properties = schema.get("properties");
            for (name, inner) in members {
                let known = properties.and_then(|all| all.get(name));
                let further = || schema.get("additionalProperties").filter(|place| place.is_map());
                let patterns = schema.get("patternProperties").is_some();
                let Some(part) = known.or_else(|| if patterns { None } else { further() }) else { continue };
                pointer::push(way, name);
                formats(inner, part, way, depth - 1, seen, out);
                way.truncate(len);
            }
        }
        Json::Array(list) => {
            if let Some(items) =
                schema.get("items").filter(|items| items.is_map() && schema.get("prefixItems").is_none())
            {
                for (at, inner) in list.iter().enumerate() {
                    pointer::push(way, &at.to_string());
                    formats(inner, items, way, depth - 1, seen, out);
                    way.truncate(len);
                }
            }
        }
        _ => {}
    }
    for branch in schema.get("allOf").into_iter().flat_map(Place::elements) {
        formats(value, branch, way, depth - 1, seen, out);
    }
}

/// Whether a format is one that examples are held to, for a value of this kind.
fn fits_kind(format: &str, value: &Json, schema: Place<'_>) -> bool {
    const STRICT: [&str; 13] = [
        "byte",
        "date",
        "date-time",
        "email",
        "hostname",
        "int32",
        "int64",
        "ipv4",
        "ipv6",
        "time",
        "uri",
        "uuid",
        "duration",
    ];
    let typed = |name: &str| schema::has_type(schema, name);
    let kind = match value {
        Json::String(_) => typed("string"),
        Json::Number(_) => typed("integer") || typed("number"),
        _ => false,
    };
    kind && STRICT.contains(&format)
}

/// The types that a schema allows, with their articles.
fn types(types: Place<'_>) -> String {
    let names: Vec<&str> = match types.as_str() {
        Some(name) => vec![name],
        None => types.elements().map(Place::text).collect(),
    };
    names.into_iter().map(article).collect::<Vec<_>>().join(" or ")
}

fn article(name: &str) -> String {
    match name {
        "null" => "null".to_owned(),
        "array" | "object" | "integer" => format!("an {name}"),
        _ => format!("a {name}"),
    }
}

fn kind(value: &Json) -> String {
    article(match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(number) if number.is_f64() => "number",
        Json::Number(_) => "integer",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    })
}

fn short(value: &Json) -> String {
    match value {
        Json::String(text) => shorten(text),
        other => shorten(&other.to_string()),
    }
}

fn shorten(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.chars().count() <= 60 { line } else { line.chars().take(57).chain("...".chars()).collect() }
}
