//! Random pairs of schemas as parts of messages: the verdict of a comparison never contradicts the schemas as sets.
//!
//! A value that is sent and refused makes a change that is not compatible; a schema that is contained in the other is not
//! breaking. Patterns are judged by an engine of JavaScript. `COVENANT_PAIRS` sets the number of pairs, `COVENANT_SEED` which.
#![cfg(feature = "js")]

#[path = "common/dice.rs"]
mod dice;
#[path = "common/edits.rs"]
mod edits;
#[path = "common/judge.rs"]
mod judge;

use covenant::diagnostic::{Category, EvidenceStatus, Impact};
use covenant::diff::{self, Comparison, Options};
use covenant::openapi::Api;
use covenant::schema::{Dialect, Direction, Engine, SchemaSource, Settings, Split, Texts, Verdict};
use covenant::workspace::{Place, Workspace};
use dice::Dice;
use edits::{from_openapi_30, in_openapi_30};
use serde_json::{Value, json};

/// Where a schema stands in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spot {
    Body,
    Reference,
    ReferenceWithSiblings,
    WrapperOfWrapper,
    NullableWrapper,
    Property,
    Item,
    Map,
    UnionOfUnion,
    Tuple,
    Part,
    ContentParameter,
}

const SPOTS: [Spot; 12] = [
    Spot::Body,
    Spot::Reference,
    Spot::ReferenceWithSiblings,
    Spot::WrapperOfWrapper,
    Spot::NullableWrapper,
    Spot::Property,
    Spot::Item,
    Spot::Map,
    Spot::UnionOfUnion,
    Spot::Tuple,
    Spot::Part,
    Spot::ContentParameter,
];

impl Spot {
    /// The schema that holds the component `S` there.
    fn schema(self, version: &str) -> Value {
        let part = json!({"$ref": "#/components/schemas/S"});
        let legacy = version.starts_with("3.0");
        match self {
            Spot::Body | Spot::ContentParameter => part,
            Spot::Reference => json!({"$ref": "#/components/schemas/T"}),
            Spot::ReferenceWithSiblings => json!({"$ref": "#/components/schemas/S", "description": "One."}),
            Spot::WrapperOfWrapper => json!({"allOf": [{"allOf": [part]}]}),
            Spot::NullableWrapper if legacy => json!({"anyOf": [{"allOf": [part]}]}),
            Spot::NullableWrapper => json!({"anyOf": [part, {"type": "null"}]}),
            Spot::UnionOfUnion => json!({"oneOf": [{"anyOf": [part]}]}),
            Spot::Property | Spot::Part => json!({"type": "object", "properties": {"p": part}, "required": ["p"]}),
            Spot::Tuple if !legacy => json!({"type": "array", "prefixItems": [part], "minItems": 1}),
            Spot::Item | Spot::Tuple => json!({"type": "array", "items": part}),
            Spot::Map => json!({"type": "object", "additionalProperties": part}),
        }
    }

    /// The media type around it.
    fn media(self) -> &'static str {
        if self == Spot::Part { "multipart/form-data" } else { "application/json" }
    }

    /// The way from an operation to the schema.
    fn way(self, direction: Direction) -> Vec<&'static str> {
        let mut way = match (self, direction) {
            (Spot::ContentParameter, Direction::Request) => vec!["parameters", "0", "content"],
            (_, Direction::Request) => vec!["requestBody", "content"],
            _ => vec!["responses", "200", "content"],
        };
        way.extend([self.media(), "schema"]);
        way
    }
}

fn contract(version: &str, spot: Spot, direction: Direction, schema: &Value) -> String {
    let mut media = json!({"schema": spot.schema(version)});
    if spot == Spot::Part {
        media["encoding"] = json!({"p": {"contentType": "application/json"}});
    }
    let content = json!({spot.media(): media});
    let done = json!({"204": {"description": "Done"}});
    let operation = match (spot, direction) {
        (Spot::ContentParameter, Direction::Request) => {
            json!({"parameters": [{"name": "q", "in": "query", "required": true, "content": content}], "responses": done})
        }
        (_, Direction::Request) => json!({"requestBody": {"required": true, "content": content}, "responses": done}),
        _ => json!({"responses": {"200": {"description": "Done", "content": content}}}),
    };
    json!({"openapi": version, "info": {"title": "T", "version": "1.0.0"}, "paths": {"/a": {"post": operation}},
        "components": {"schemas": {"S": schema, "T": {"$ref": "#/components/schemas/S"}}}})
    .to_string()
}

/// The schema of the body or parameter.
fn body<'w>(workspace: &'w Workspace, version: &str, spot: Spot, direction: Direction) -> SchemaSource<'w> {
    let operation = workspace.root().descend(&["paths", "/a", "post"]).expect("an operation");
    let place: Place<'_> = operation.descend(&spot.way(direction)).expect("a schema");
    let dialect = if version.starts_with("3.0") { Dialect::OpenApi30 } else { Dialect::Draft202012 };
    SchemaSource::At { place, dialect }
}

struct Judged {
    /// Under the promise `contract`.
    comparison: Comparison,
    /// Under the default promise.
    usual: Comparison,
    /// What a reader does not understand who does not validate.
    strange: Option<Value>,
    all: Verdict<'static>,
    sent: Option<Value>,
    vacuous: bool,
}

/// The comparison of two contracts, and what the schemas say as sets.
fn judged(version: &str, spot: Spot, direction: Direction, (old, new): (&Value, &Value)) -> Judged {
    let (old, new) = (contract(version, spot, direction, old), contract(version, spot, direction, new));
    let (base, revision) = (Workspace::from_text("a.json", &old), Workspace::from_text("b.json", &new));
    let apis = (Api::open(&base).expect("a contract"), Api::open(&revision).expect("a contract"));
    let strict = Options { keep: Category::Contract, ..Options::default() };
    let comparison = diff::compare(apis.0, apis.1, &strict);
    let usual = diff::compare(apis.0, apis.1, &Options::default());
    let mut engine = Engine::new(Settings::default());
    let (mut sub, mut sup) = (body(&base, version, spot, direction), body(&revision, version, spot, direction));
    if direction == Direction::Response {
        std::mem::swap(&mut sub, &mut sup);
    }
    let all = match engine.compare(&sub, &sup, direction) {
        Verdict::Contained => Verdict::Contained,
        Verdict::NotContained(_) => Verdict::Undecided("not contained".into()),
        Verdict::Undecided(reason) => Verdict::Undecided(reason),
    };
    let sent = match engine.compare_sent(&sub, &sup, direction) {
        Verdict::NotContained(witness) => Some(witness.value),
        _ => None,
    };
    let strange = match engine.compare_outline(&sub, &sup, direction) {
        Verdict::NotContained(witness) if direction == Direction::Response => Some(witness.value),
        _ => None,
    };
    let vacuous = engine.is_empty(&sub, direction);
    Judged { comparison, usual, strange, all, sent, vacuous }
}

/// Whether no part of a value is an object: such a value holds no property that its sender does not know.
fn without_objects(value: &Value) -> bool {
    match value {
        Value::Object(_) => false,
        Value::Array(items) => items.iter().all(without_objects),
        _ => true,
    }
}

fn from_env(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

#[test]
fn no_verdict_contradicts_the_schemas_as_sets() {
    let pairs = from_env("COVENANT_PAIRS").unwrap_or(500) as usize;
    let mut dice = Dice(from_env("COVENANT_SEED").unwrap_or(20_261_130));
    let (mut missed, mut false_alarms, mut undecided, mut refused, mut contained) = (Vec::new(), Vec::new(), 0, 0, 0);
    let (mut own, mut misread) = (0, 0);
    for number in 0..pairs {
        let (mut old, mut new) = dice.pair();
        if dice.roll(2) == 0 {
            new = dice.edited(&old);
        }
        let spot = SPOTS[number % SPOTS.len()];
        let direction = if (number / SPOTS.len()).is_multiple_of(2) { Direction::Request } else { Direction::Response };
        let legacy = dice.roll(3) == 0;
        let version = if legacy { "3.0.3" } else { "3.1.0" };
        if legacy {
            (old, new) = (in_openapi_30(&old), in_openapi_30(&new));
        }
        let Judged { comparison, usual, strange, all, sent, vacuous } = judged(version, spot, direction, (&old, &new));
        let impact = comparison.impact();
        own += comparison.changes.iter().filter(|change| change.rule.ends_with("-values-changed")).count();
        let told = |what: &str| {
            let ids: Vec<&str> = comparison.changes.iter().map(|change| &*change.rule).collect();
            format!("{what} {version} {spot:?} {direction:?} {impact:?} {ids:?}\n   {old}\n   {new}")
        };
        // A part alone may be the only item of an array: where no type is named, another reader takes it so.
        let ambiguous = spot == Spot::Part && [&old, &new].iter().any(|schema| schema.get("type").is_none());
        if let Some(value) = &sent {
            refused += 1;
            if !ambiguous && impact.min(usual.impact()) < Impact::Risky {
                missed.push(told(&format!("{value} is refused:")));
            }
        }
        if let Some(value) = &strange {
            misread += 1;
            if !ambiguous && usual.impact() < Impact::Breaking {
                missed.push(told(&format!("{value} is not understood:")));
            }
        }
        match all {
            Verdict::Contained => {
                contained += 1;
                let promised = |change: &&covenant::diagnostic::Diagnostic| {
                    change.evidence.as_ref().is_some_and(|evidence| evidence.status == EvidenceStatus::Promise)
                };
                let by_value =
                    usual.changes.iter().filter(|change| !promised(change)).map(|change| change.impact).max();
                if impact.max(by_value.unwrap_or_default()) == Impact::Breaking && !vacuous {
                    false_alarms.push(told("contained:"));
                }
            }
            Verdict::Undecided(reason) if reason != "not contained".into() => undecided += 1,
            _ => {}
        }
        // The validator alone, on values of its own.
        let (sender, reader) = if direction == Direction::Request { (&old, &new) } else { (&new, &old) };
        let said = |schema: &Value| if legacy { from_openapi_30(schema) } else { schema.clone() };
        let (sender, reader) = (judge::validator(&said(sender)), judge::validator(&said(reader)));
        for _ in 0..200 {
            let value = dice.value(2);
            let null = spot == Spot::NullableWrapper && value.is_null();
            if !null
                && !ambiguous
                && without_objects(&value)
                && sender.is_valid(&value)
                && !reader.is_valid(&value)
                && impact < Impact::Risky
            {
                missed.push(told(&format!("{value} is refused, says the validator:")));
                break;
            }
        }
    }
    println!(
        "{pairs} pairs: {refused} refused, {misread} not understood, {contained} contained, {undecided} undecided, {own} explained by no edit, {} missed, {} false alarms",
        missed.len(),
        false_alarms.len()
    );
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    assert!(false_alarms.is_empty(), "{}", false_alarms.join("\n"));
    assert!(undecided * 200 <= pairs, "{undecided} of {pairs} undecided");
}

/// A contract whose parameter carries its values as text.
fn with_parameter(schema: &Value) -> String {
    let parameter = json!({"name": "q", "in": "query", "required": true, "schema": schema});
    let operation = json!({"parameters": [parameter], "responses": {"204": {"description": "Done"}}});
    json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1.0.0"}, "paths": {"/a": {"get": operation}}})
        .to_string()
}

/// What a text may be read as.
fn readings(text: &str) -> Vec<Value> {
    let typed = serde_json::from_str(text).ok().filter(|value: &Value| value.is_number() || value.is_boolean());
    let scalars: Vec<Value> = [json!(text)].into_iter().chain(typed).collect();
    let lists: Vec<Value> = scalars.iter().map(|value| json!([value])).collect();
    scalars.into_iter().chain(lists).collect()
}

#[test]
fn no_verdict_about_a_parameter_contradicts_the_texts_that_are_sent() {
    let pairs = from_env("COVENANT_PAIRS").unwrap_or(500) as usize;
    let mut dice = Dice(from_env("COVENANT_SEED").unwrap_or(20_261_201));
    let (mut missed, mut false_alarms, mut understood, mut refused, mut unknown) = (Vec::new(), Vec::new(), 0, 0, 0);
    for _ in 0..pairs {
        let (old, mut new) = (dice.schema(1), dice.schema(1));
        if dice.roll(2) == 0 {
            new = dice.edited(&old);
        }
        let (base, revision) = (with_parameter(&old), with_parameter(&new));
        let (base, revision) = (Workspace::from_text("a.json", &base), Workspace::from_text("b.json", &revision));
        let way = ["paths", "/a", "get", "parameters", "0", "schema"];
        let apis = (Api::open(&base).expect("a contract"), Api::open(&revision).expect("a contract"));
        let comparison = diff::compare(apis.0, apis.1, &Options { keep: Category::Contract, ..Options::default() });
        let impact = comparison.impact();
        let at = |workspace| SchemaSource::At {
            place: Workspace::root(workspace).descend(&way).expect("a schema"),
            dialect: Dialect::Draft202012,
        };
        let mut engine = Engine::new(Settings::default());
        let texts = engine.compare_as_text(&at(&base), &at(&revision), Direction::Request, Split::Never);
        let told = |what: &str| {
            let ids: Vec<&str> = comparison.changes.iter().map(|change| &*change.rule).collect();
            format!("{what} {impact:?} {ids:?}\n   {old}\n   {new}")
        };
        let (sender, reader) = (judge::validator(&old), judge::validator(&new));
        match texts {
            Texts::Understood => {
                understood += 1;
                if impact == Impact::Breaking {
                    false_alarms.push(told("understood:"));
                }
            }
            Texts::Refused(witness) => {
                refused += 1;
                if impact < Impact::Risky {
                    missed.push(told(&format!("the text of {} is refused:", witness.value)));
                }
            }
            Texts::Unknown => unknown += 1,
        }
        for _ in 0..100 {
            let value = dice.word();
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let lost = sender.is_valid(&value) && !readings(&text).iter().any(|value| reader.is_valid(value));
            // Zeros in front of a number are read by some.
            if lost && text != "00" && impact < Impact::Risky {
                missed.push(told(&format!("`{text}` is refused, says the validator:")));
                break;
            }
        }
    }
    println!("{pairs} parameters: {understood} understood, {refused} refused, {unknown} unknown");
    assert!(missed.is_empty(), "{} missed\n{}", missed.len(), missed.join("\n"));
    assert!(false_alarms.is_empty(), "{}", false_alarms.join("\n"));
}
