//! Random pairs of schemas as parts of messages: the verdict of a comparison never contradicts the schemas as sets.
//!
//! A value that is sent and refused makes a change that is not compatible; a schema that is contained in the other is not
//! breaking. `COVENANT_PAIRS` sets the number of pairs.

#[path = "common/dice.rs"]
mod dice;

use covenant::diagnostic::{Category, EvidenceStatus, Impact};
use covenant::diff::{self, Comparison, Options};
use covenant::openapi::Api;
use covenant::schema::{Dialect, Direction, Engine, SchemaSource, Settings, Verdict};
use covenant::workspace::{Place, Workspace};
use dice::Dice;
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
}

const SPOTS: [Spot; 8] = [
    Spot::Body,
    Spot::Reference,
    Spot::ReferenceWithSiblings,
    Spot::WrapperOfWrapper,
    Spot::NullableWrapper,
    Spot::Property,
    Spot::Item,
    Spot::Map,
];

impl Spot {
    /// The schema of the body that holds the component `S` there.
    fn schema(self) -> Value {
        let part = json!({"$ref": "#/components/schemas/S"});
        match self {
            Spot::Body => part,
            Spot::Reference => json!({"$ref": "#/components/schemas/T"}),
            Spot::ReferenceWithSiblings => json!({"$ref": "#/components/schemas/S", "description": "One."}),
            Spot::WrapperOfWrapper => json!({"allOf": [{"allOf": [part]}]}),
            Spot::NullableWrapper => json!({"anyOf": [part, {"type": "null"}]}),
            Spot::Property => json!({"type": "object", "properties": {"p": part}, "required": ["p"]}),
            Spot::Item => json!({"type": "array", "items": part}),
            Spot::Map => json!({"type": "object", "additionalProperties": part}),
        }
    }
}

fn contract(spot: Spot, direction: Direction, schema: &Value) -> String {
    let content = json!({"application/json": {"schema": spot.schema()}});
    let operation = match direction {
        Direction::Request => json!({"requestBody": {"required": true, "content": content},
            "responses": {"204": {"description": "Done"}}}),
        _ => json!({"responses": {"200": {"description": "Done", "content": content}}}),
    };
    json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1.0.0"}, "paths": {"/a": {"post": operation}},
        "components": {"schemas": {"S": schema, "T": {"$ref": "#/components/schemas/S"}}}})
    .to_string()
}

/// The schema of the body.
fn body(workspace: &Workspace, direction: Direction) -> SchemaSource<'_> {
    let operation = workspace.root().descend(&["paths", "/a", "post"]).expect("an operation");
    let way: &[&str] = match direction {
        Direction::Request => &["requestBody", "content", "application/json", "schema"],
        _ => &["responses", "200", "content", "application/json", "schema"],
    };
    let place: Place<'_> = operation.descend(way).expect("a schema");
    SchemaSource::At { place, dialect: Dialect::Draft202012 }
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
fn judged(old: &str, new: &str, direction: Direction) -> Judged {
    let (base, revision) = (Workspace::from_text("a.json", old), Workspace::from_text("b.json", new));
    let apis = (Api::open(&base).expect("a contract"), Api::open(&revision).expect("a contract"));
    let strict = Options { keep: Category::Contract, ..Options::default() };
    let comparison = diff::compare(apis.0, apis.1, &strict);
    let usual = diff::compare(apis.0, apis.1, &Options::default());
    let mut engine = Engine::new(Settings::default());
    let (mut sub, mut sup) = (body(&base, direction), body(&revision, direction));
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

#[test]
fn no_verdict_contradicts_the_schemas_as_sets() {
    let pairs: usize = std::env::var("COVENANT_PAIRS").ok().and_then(|text| text.parse().ok()).unwrap_or(500);
    let mut dice = Dice(20_261_130);
    let (mut missed, mut false_alarms, mut undecided, mut refused, mut contained) = (Vec::new(), Vec::new(), 0, 0, 0);
    let (mut own, mut misread) = (0, 0);
    for number in 0..pairs {
        let (old, new) = dice.pair();
        let spot = SPOTS[number % SPOTS.len()];
        let direction = if (number / SPOTS.len()).is_multiple_of(2) { Direction::Request } else { Direction::Response };
        let Judged { comparison, usual, strange, all, sent, vacuous } =
            judged(&contract(spot, direction, &old), &contract(spot, direction, &new), direction);
        let impact = comparison.impact();
        own += comparison.changes.iter().filter(|change| change.rule.ends_with("-values-changed")).count();
        let told = |what: &str| {
            let ids: Vec<&str> = comparison.changes.iter().map(|change| &*change.rule).collect();
            format!("{what} {spot:?} {direction:?} {impact:?} {ids:?}\n   {old}\n   {new}")
        };
        if let Some(value) = &sent {
            refused += 1;
            if impact.min(usual.impact()) < Impact::Risky {
                missed.push(told(&format!("{value} is refused:")));
            }
        }
        if let Some(value) = &strange {
            misread += 1;
            if usual.impact() < Impact::Breaking {
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
        let (sender, reader) = (
            jsonschema::draft202012::new(sender).expect("a schema"),
            jsonschema::draft202012::new(reader).expect("a schema"),
        );
        for _ in 0..200 {
            let value = dice.value(2);
            let null = spot == Spot::NullableWrapper && value.is_null();
            if !null
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
