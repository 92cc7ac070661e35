//! The containment engine as judge: is what worked with the base still good, and if not, which message is not?
//!
//! Takes the pairs of schemas that the walk noted; gives a verdict per pair, once. An edit inside a pair that is proved
//! contained cannot hurt, whatever keyword moved; one inside a pair that is not gets the message that proves it: a value
//! that shows this very edit where there is one (`witness`), put into a whole message where one can be written (`whole`).
//! Discriminators are no sets of values: `meaning`. Which promise a value breaks: `promise`.

mod account;
mod meaning;
mod promise;
mod whole;
mod witness;

pub(super) use account::Account;

use super::change::{Event, Group};
use super::edit::{AnchorId, Edit};
use super::effect::{Effect, Polarity};
use super::message::{self, Messages, Side, Suspects};
use super::walk::{Anchor, Root, Walk};
use crate::diagnostic::{Category, Evidence, EvidenceStatus};
use crate::openapi::{Api, Version};
use crate::schema::{Dialect, Direction, Engine, Reason, Rejection, SchemaSource, Settings, Texts, Verdict};
use crate::workspace::Place;
use rustc_hash::FxHashMap;
use serde_json::Value;
use std::rc::Rc;
use witness::Shown;

/// Steps of the search per pair; a pair that needs more stays undecided.
const STEPS: u64 = 20_000;

/// Work of one comparison, in steps of the search; pairs that are met when it is spent stay undecided.
const WORK: u64 = 3_000_000;

/// Work for values and messages that show one edit alone: of one pair of schemas, and of all. Beyond, edits are shown by
/// the value that decided their pair, so that the work grows with the edits and not with their square.
const WORK_OF_PROOFS: (u64, u64) = (30_000, 600_000);

/// Steps of a second search, for the few pairs that need them.
const MORE_STEPS: u64 = 60_000;

/// Characters or items beyond which values are not built, about.
const LONG: f64 = 300.0;

/// Second searches, at most.
const MAX_AGAIN: usize = 24;

/// Pairs that are judged, at most; beyond, edits keep the effect of their keyword.
const MAX_PAIRS: usize = 4_000;

/// How far enclosing pairs are asked whether they make up for an edit.
const MAX_AROUND: usize = 4;

/// Why an edit of types hurts nobody where they do not travel.
const SAME_TEXT: &str = "written as text, the values read the same to both sides";

/// Why nobody can tell whether it hurts.
const DOUBTED_TEXT: &str = "types do not travel as text, so readers may differ in what they take the values for";

/// What the engine says about an edit.
#[derive(Clone, Debug)]
pub(super) enum Proof {
    /// The schemas are contained as a whole, so the edit cannot hurt.
    Harmless,
    /// The edit alone refuses nothing.
    Idle,
    /// The schema of the side that sends has no value at all, so that nothing is proved by it.
    Vacuous,
    /// It can, this message shows it, and this is the weakest promise that is broken by it.
    Broken(Box<Evidence>, Category),
    /// No value that it refuses can be sent, or is read otherwise on the wire.
    Unsent {
        /// Why, as a clause.
        why: &'static str,
        /// Whether a reader may still meet such a value.
        risky: bool,
    },
    /// Two limits decide it: values that show it are longer than anybody reads.
    ByNumbers,
    /// It could not be told.
    Undecided(String),
    /// The engine was not asked.
    Unasked,
}

/// Asks the engine and remembers.
pub(super) struct Prover<'w> {
    engine: Engine<'w>,
    messages: Messages<'w>,
    names: Vec<String>,
    anchors: Vec<Anchor<'w>>,
    dialects: (Dialect, Dialect),
    versions: (Version, Version),
    verdicts: FxHashMap<AnchorId, Verdict<'w>>,
    asked: usize,
    again: usize,
    refused: usize,
    /// Work for proofs, by pair and in all.
    proving: FxHashMap<AnchorId, u64>,
    proved: u64,
    /// All reasons for which the value that decided a pair is refused.
    reasons: FxHashMap<AnchorId, Rc<[Rejection<'w>]>>,
    /// Whether the sending side of a pair has no value.
    vacuous: FxHashMap<AnchorId, bool>,
    /// What readers make of the texts of a pair.
    texts: FxHashMap<AnchorId, Texts<'w>>,
    /// Whether readers who do not validate understand all that is sent of a pair.
    understood: FxHashMap<AnchorId, bool>,
}

impl<'w> Prover<'w> {
    pub(super) fn new(walk: &mut Walk<'w, '_>, suspects: Suspects<'w>) -> Self {
        let dialect =
            |api: Api<'w>| Dialect::of(api.version(), api.root().get("jsonSchemaDialect").and_then(Place::as_str));
        let dialects = (dialect(walk.base), dialect(walk.revision));
        Prover {
            engine: Engine::new(Settings {
                steps: STEPS,
                work: WORK,
                formats: walk.options.formats.clone(),
                ..Settings::default()
            }),
            messages: Messages::new((walk.base, walk.revision), dialects, walk.roots.clone(), suspects),
            names: std::mem::take(&mut walk.names),
            anchors: std::mem::take(&mut walk.anchors),
            dialects,
            versions: (walk.base.version(), walk.revision.version()),
            verdicts: FxHashMap::default(),
            asked: 0,
            again: 0,
            refused: 0,
            proving: FxHashMap::default(),
            proved: 0,
            reasons: FxHashMap::default(),
            vacuous: FxHashMap::default(),
            texts: FxHashMap::default(),
            understood: FxHashMap::default(),
        }
    }

    /// Judges an edit whose keyword may hurt.
    pub(super) fn judge(&mut self, edit: &Edit<'w>, effect: Effect, roots: &[&Root<'w>]) -> Proof {
        let Some(anchor) = edit.anchor else { return Proof::Unasked };
        // What a server may silently ignore, or a client may miss, is no question of sets of values.
        if effect == Effect::Unknown && !edit.of_keyword {
            return Proof::Unasked;
        }
        // Nor is what a keyword means to its readers.
        if edit.undefined || edit.of_keyword && edit.id.event.is_meaning() {
            return Proof::Unasked;
        }
        match self.verdict(anchor) {
            Some(Verdict::Contained) if self.is_vacuous(anchor) => Proof::Vacuous,
            Some(Verdict::Contained) => Proof::Harmless,
            Some(Verdict::NotContained(witness)) => {
                if self.contained_around(anchor, 0) {
                    return Proof::Harmless;
                }
                if matches!(self.texts(anchor), Texts::Understood) {
                    return Proof::Unsent { why: SAME_TEXT, risky: false };
                }
                let Some(witness) = self.written(anchor, witness) else { return Proof::Idle };
                // Another edit of the same schema may be to blame.
                let by_pattern = witness.rejection.keyword == "pattern" || edit.in_branch;
                if edit.id.event == Event::PatternChanged && !by_pattern {
                    return Proof::Unasked;
                }
                if !self.may_prove(anchor) {
                    let category = self.broken(anchor, &witness.value);
                    return Proof::Broken(Box::new(self.shared(edit, anchor, &witness, roots)), category);
                }
                let before = self.engine.spent();
                let proof = match self.witness(edit, anchor, &witness) {
                    Shown::Value(value, reason) => {
                        let (value, reason, category) = self.gravest(edit, anchor, (value, reason));
                        self.evidence(edit, anchor, (&value, &reason), category, roots)
                    }
                    Shown::Numbers => Proof::ByNumbers,
                    Shown::Nothing => Proof::Idle,
                };
                let spent = self.engine.spent() - before;
                *self.proving.entry(anchor).or_default() += spent;
                self.proved += spent;
                proof
            }
            Some(Verdict::Undecided(reason)) => {
                if self.contained_around(anchor, 0) {
                    Proof::Harmless
                } else if is_beyond_values(edit) {
                    Proof::ByNumbers
                } else if self.is_plain_limit(edit, anchor) {
                    // Two numbers say it; a value would only be long.
                    Proof::Unasked
                } else {
                    Proof::Undecided(reason.to_string())
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

    /// Whether work is left to show an edit of this pair by itself.
    fn may_prove(&self, anchor: AnchorId) -> bool {
        let of_pair = self.proving.get(&anchor).copied().unwrap_or_default();
        of_pair < WORK_OF_PROOFS.0 && self.proved < WORK_OF_PROOFS.1 && !self.engine.is_exhausted()
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
        let base = message::source(&pair.base, self.dialects.0);
        let revision = message::source(&pair.revision, self.dialects.1);
        let (sent, read, direction) = match pair.polarity {
            Polarity::ToServer => (base, revision, Direction::Request),
            Polarity::ToClient => (revision, base, Direction::Response),
        };
        let mut verdict = self.engine.compare(&sent, &read, direction);
        if matches!(verdict, Verdict::Undecided(Reason::Steps)) && self.again < MAX_AGAIN {
            self.again += 1;
            verdict = self.engine.compare_within(&sent, &read, direction, MORE_STEPS);
        }
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
            Some(Verdict::Contained) => !self.is_vacuous(outer),
            Some(_) => self.contained_around(outer, depth + 1),
            None => false,
        })
    }

    /// The message of a breaking edit that is not about the set of values of a schema.
    pub(super) fn structural(&mut self, edit: &Edit<'w>, roots: &[&Root<'w>]) -> Option<Evidence> {
        match (edit.anchor, edit.id.event.group()) {
            (Some(anchor), Group::Discriminator) => return self.discriminator(edit, anchor),
            (Some(anchor), Group::ExtensibleEnumeration) => return self.unlisted(edit, anchor),
            _ => {}
        }
        self.messages.structural(&mut self.engine, edit, roots)
    }

    /// Evidence of a break that no message shows, with the reason why there is none.
    pub(super) fn unshown(&self, event: Event) -> Evidence {
        if self.messages.is_spent() {
            let reason = "no message: this comparison has more breaks than messages are written for";
            return Evidence { reason: reason.to_owned(), ..Evidence::default() };
        }
        unshown(event)
    }

    /// Who sends what the pair describes, and both schemas: the sender's, the reader's.
    fn sides(&self, anchor: AnchorId) -> (Side, SchemaSource<'w>, SchemaSource<'w>, Direction) {
        let pair = &self.anchors[anchor];
        let base = message::source(&pair.base, self.dialects.0);
        let revision = message::source(&pair.revision, self.dialects.1);
        match Side::refusing(pair.polarity) {
            Side::Revision => (Side::Base, base, revision, Direction::Request),
            Side::Base => (Side::Revision, revision, base, Direction::Response),
        }
    }
}

/// Whether an edit moves a limit of a length or count to where no value is built any more.
fn is_beyond_values(edit: &Edit<'_>) -> bool {
    let Event::Limit(bound, _) = edit.id.event else { return false };
    // Where the limit is new or gone, one of the places is the schema around it.
    bound.is_count()
        && [edit.base, edit.revision]
            .into_iter()
            .flatten()
            .any(|limit| limit.as_f64().is_some_and(|number| number >= LONG))
}

/// Evidence of a break that no message shows, with the reason why there is none.
fn unshown(event: Event) -> Evidence {
    let reason = match event.group() {
        _ if matches!(event, Event::PathSunsetUnreadable | Event::SunsetUnreadable) => {
            "no message: a date that cannot be read shows in no request or response"
        }
        _ if event == Event::PathParameterAdded => {
            "no message: the variable stood in the path before, and no value of it is known to be refused"
        }
        Group::Meaning | Group::Discriminator | Group::ExtensibleEnumeration | Group::Format => {
            "no message: the change is in what values mean to their readers, not in which values are valid"
        }
        Group::Parameter | Group::Header | Group::MediaType | Group::Body => {
            "no message: the same bytes are read as another value, or by other rules, which no validator refuses"
        }
        Group::Operation => "no message: where it is sent is known only when the API runs",
        _ => "no message that both sides can judge was found",
    };
    Evidence { reason: reason.to_owned(), ..Evidence::default() }
}

/// Evidence of what two limits decide.
pub(super) fn by_numbers() -> Evidence {
    Evidence {
        reason: "the two limits decide it: a value that shows it is longer than a proof can be".to_owned(),
        ..Evidence::default()
    }
}

/// Evidence that nothing was decided.
pub(super) fn undecided(reason: String) -> Evidence {
    Evidence {
        status: EvidenceStatus::Undecided,
        value: Value::Null,
        accepted_by: String::new(),
        rejected_by: String::new(),
        reason,
        ..Evidence::default()
    }
}
