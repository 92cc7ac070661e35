//! The containment engine as judge: is what worked with the base still good, and if not, which message is not?
//!
//! Takes the pairs of schemas that the walk noted; gives a verdict per pair, once. An edit inside a pair that is proved
//! contained cannot hurt, whatever keyword moved; one inside a pair that is not gets the message that proves it.

use super::edit::{AnchorId, Edit};
use super::effect::{Effect, Polarity};
use super::schema::Role;
use super::walk::{Anchor, Root, Walk};
use crate::diagnostic::{Evidence, EvidenceStatus};
use crate::openapi::{Api, SchemaRef};
use crate::schema::{Dialect, Direction, Engine, SchemaSource, Settings, SourceMember, Verdict, Witness};
use crate::workspace::Place;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};

/// Steps of the search per pair; a pair that needs more stays undecided.
const STEPS: u64 = 20_000;

/// Pairs that are judged, at most; beyond, edits keep the effect of their keyword.
const MAX_PAIRS: usize = 4_000;

/// How far enclosing pairs are asked whether they make up for an edit.
const MAX_AROUND: usize = 4;

/// Edits that change what values mean to some reader, not which JSON values there are. Formats are among them:
/// validators differ in what they make of them, and the engine reads them as annotations.
const BEYOND: [&str; 7] =
    ["format-", "discriminator-", "content-", "xml-", "dialect-", "x-extensible-enum-", "dynamic-anchor-"];

/// What the engine says about an edit.
#[derive(Clone, Debug)]
pub(super) enum Proof {
    /// The edit cannot hurt.
    Harmless,
    /// It can, and this message shows it.
    Broken(Evidence),
    /// It could not be told.
    Undecided(String),
    /// The engine was not asked.
    Unasked,
}

/// Asks the engine and remembers.
pub(super) struct Prover<'w> {
    engine: Engine<'w>,
    anchors: Vec<Anchor<'w>>,
    dialects: (Dialect, Dialect),
    verdicts: FxHashMap<AnchorId, Verdict<'w>>,
    asked: usize,
    refused: usize,
}

impl<'w> Prover<'w> {
    pub(super) fn new(walk: &mut Walk<'w, '_>) -> Self {
        let dialect =
            |api: Api<'w>| Dialect::of(api.version(), api.root().get("jsonSchemaDialect").and_then(Place::as_str));
        Prover {
            engine: Engine::new(Settings { steps: STEPS, ..Settings::default() }),
            anchors: std::mem::take(&mut walk.anchors),
            dialects: (dialect(walk.base), dialect(walk.revision)),
            verdicts: FxHashMap::default(),
            asked: 0,
            refused: 0,
        }
    }

    /// Judges an edit whose keyword may hurt.
    pub(super) fn judge(&mut self, edit: &Edit<'w>, effect: Effect, roots: &[&Root<'w>]) -> Proof {
        let Some(anchor) = edit.anchor else { return Proof::Unasked };
        // What a server may silently ignore, or a client may miss, is no question of sets of values.
        if effect == Effect::Unknown && edit.cause.is_none() {
            return Proof::Unasked;
        }
        if edit.cause.as_deref().is_some_and(|cause| BEYOND.iter().any(|part| cause.starts_with(part))) {
            return Proof::Unasked;
        }
        match self.verdict(anchor) {
            Some(Verdict::Contained) => Proof::Harmless,
            Some(Verdict::NotContained(witness)) => {
                if self.contained_around(anchor, 0) {
                    return Proof::Harmless;
                }
                // Another edit of the same schema may be to blame.
                if edit.cause.as_deref() == Some("pattern-changed") && witness.rejection.keyword != "pattern" {
                    return Proof::Unasked;
                }
                let (witness, whole) = self.whole(anchor, witness);
                Proof::Broken(evidence(edit, &witness, whole, roots))
            }
            Some(Verdict::Undecided(reason)) => {
                if self.contained_around(anchor, 0) {
                    Proof::Harmless
                } else {
                    Proof::Undecided(reason)
                }
            }
            None => Proof::Unasked,
        }
    }

    /// What was left unproved for lack of budget.
    pub(super) fn limitation(&self) -> Option<String> {
        let left = self.refused;
        (left > 0).then(|| {
            format!("{left} edits were judged by their keyword alone: {MAX_PAIRS} pairs of schemas were proved")
        })
    }

    fn verdict(&mut self, anchor: AnchorId) -> Option<Verdict<'w>> {
        if let Some(known) = self.verdicts.get(&anchor) {
            return Some(known.clone());
        }
        if self.asked >= MAX_PAIRS {
            self.refused += 1;
            return None;
        }
        self.asked += 1;
        let pair = self.anchors.get(anchor)?;
        let base = source(&pair.base, self.dialects.0);
        let revision = source(&pair.revision, self.dialects.1);
        let verdict = match pair.polarity {
            Polarity::ToServer => self.engine.compare(&base, &revision, Direction::Request),
            Polarity::ToClient => self.engine.compare(&revision, &base, Direction::Response),
        };
        self.verdicts.insert(anchor, verdict.clone());
        Some(verdict)
    }

    /// Whether every pair around one is proved contained, so that what changed inside is made up for there.
    fn contained_around(&mut self, anchor: AnchorId, depth: usize) -> bool {
        let pair = &self.anchors[anchor];
        if pair.direct || pair.around.is_empty() || pair.around.len() > MAX_AROUND || depth >= MAX_AROUND {
            return false;
        }
        let around = pair.around.clone();
        around.into_iter().all(|outer| match self.verdict(outer) {
            Some(Verdict::Contained) => true,
            Some(_) => self.contained_around(outer, depth + 1),
            None => false,
        })
    }

    /// The witness of the whole body around a pair, where it fails at the same place; else that of the pair.
    fn whole(&mut self, anchor: AnchorId, witness: Box<Witness<'w>>) -> (Box<Witness<'w>>, bool) {
        let mut outer = anchor;
        for _ in 0..16 {
            let pair = &self.anchors[outer];
            if pair.direct {
                break;
            }
            let Some(&next) = pair.around.first() else { break };
            outer = next;
        }
        if outer == anchor {
            return (witness, self.anchors[anchor].direct);
        }
        match self.verdict(outer) {
            Some(Verdict::NotContained(whole))
                if whole.rejection.place.is_some() && whole.rejection.place == witness.rejection.place =>
            {
                (whole, true)
            }
            _ => (witness, false),
        }
    }
}

fn source<'w>(schema: &SchemaRef<'w>, dialect: Dialect) -> SchemaSource<'w> {
    match schema {
        SchemaRef::At(place) | SchemaRef::Inline(place) => SchemaSource::At { place: *place, dialect },
        SchemaRef::Form(fields) => SchemaSource::Object {
            members: fields
                .iter()
                .map(|field| SourceMember {
                    name: field.name.to_owned(),
                    schema: field.place,
                    required: field.required(),
                })
                .collect(),
            dialect,
        },
    }
}

/// The message that shows a break: one operation, and what is sent there.
fn evidence(edit: &Edit<'_>, witness: &Witness<'_>, whole: bool, roots: &[&Root<'_>]) -> Evidence {
    let (accepted_by, rejected_by) = match edit.polarity {
        Polarity::ToServer => ("base", "revision"),
        Polarity::ToClient => ("revision", "base"),
    };
    let operation = roots.first().and_then(|root| root.revision.or(root.base));
    let mut message = json!({});
    if let Some(operation) = operation {
        message["method"] = Value::from(operation.method.to_ascii_uppercase());
        message["path"] = Value::from(operation.path.template);
    }
    let role = super::schema::role_of(&edit.id);
    match (role, whole) {
        (Some(Role::Parameter), true) => {
            let name = quoted(&edit.words.location).unwrap_or_default();
            message["parameters"] = json!({ name: witness.value });
        }
        (Some(Role::Header), true) => {
            let name = quoted(&edit.words.location).unwrap_or_default();
            message["headers"] = json!({ name: witness.value });
        }
        (_, true) => message["body"] = witness.value.clone(),
        (_, false) => {
            message["part"] = Value::from(edit.words.location.clone());
            message["value"] = witness.value.clone();
        }
    }
    Evidence {
        status: EvidenceStatus::Confirmed,
        value: message,
        accepted_by: accepted_by.to_owned(),
        rejected_by: rejected_by.to_owned(),
        reason: witness.rejection.message.clone(),
    }
}

/// The last text in backticks.
fn quoted(text: &str) -> Option<String> {
    let mut parts = text.rsplit('`');
    parts.next()?;
    parts.next().map(str::to_owned)
}

/// Evidence that nothing was decided.
pub(super) fn undecided(reason: String) -> Evidence {
    Evidence {
        status: EvidenceStatus::Undecided,
        value: Value::Null,
        accepted_by: String::new(),
        rejected_by: String::new(),
        reason,
    }
}
