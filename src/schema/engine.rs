//! The engine: is every value of one schema a value of another?
//!
//! Takes places of schemas, gives [`Verdict`]s. One engine serves a pair of documents: it lowers each schema once,
//! remembers each answer, and compiles validators only for what it finds.

use super::confirm::{Judge, Rejection};
use super::dialect::Dialect;
use super::formats::Formats;
use super::lower::{Context, Hidden, Lowering, Side};
use super::reach::Reach;
use super::resolve::Site;
use super::shape::{Id, TOP, types};
use super::solve::{Found, Reason, Solver};
use super::structural::Structural;
use super::twins::Twins;
use super::value::Value;
use super::work::Work;
use crate::workspace::Place;
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// Who sends the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// A client: `readOnly` properties are not sent, and ignored where they are.
    Request,
    /// A server: the same with `writeOnly` properties.
    Response,
    /// Nobody: all properties count.
    Neither,
}

/// A member of an object that is no schema by itself.
#[derive(Clone, Debug)]
pub struct SourceMember<'w> {
    /// Its name.
    pub name: String,
    /// Its schema.
    pub schema: Place<'w>,
    /// Whether it must be there.
    pub required: bool,
}

/// Where a schema is written.
#[derive(Clone, Debug)]
pub enum SchemaSource<'w> {
    /// A Schema Object, a boolean schema, a reference to one, or a 2.0 parameter read as a schema.
    At {
        /// The place.
        place: Place<'w>,
        /// How to read it.
        dialect: Dialect,
    },
    /// An object with these members, such as the form of a 2.0 operation.
    Object {
        /// The members.
        members: Vec<SourceMember<'w>>,
        /// How to read their schemas.
        dialect: Dialect,
    },
}

impl<'w> SchemaSource<'w> {
    pub(super) fn dialect(&self) -> Dialect {
        match self {
            SchemaSource::At { dialect, .. } | SchemaSource::Object { dialect, .. } => *dialect,
        }
    }

    /// The names under `required` of the object itself, references followed.
    pub fn required(&self) -> Vec<String> {
        match self {
            SchemaSource::At { place, .. } => {
                let list = place.resolved().get("required").into_iter().flat_map(Place::elements);
                list.filter_map(Place::as_str).map(str::to_owned).collect()
            }
            SchemaSource::Object { members, .. } => {
                members.iter().filter(|member| member.required).map(|member| member.name.clone()).collect()
            }
        }
    }

    pub(super) fn places(&self) -> Vec<Place<'w>> {
        match self {
            SchemaSource::At { place, .. } => vec![*place],
            SchemaSource::Object { members, .. } => members.iter().map(|member| member.schema).collect(),
        }
    }
}

/// A value of one schema that is none of the other.
#[derive(Clone, Debug)]
pub struct Witness<'w> {
    /// The value, confirmed by a validator on both sides.
    pub value: serde_json::Value,
    /// Why the other schema rejects it.
    pub rejection: Rejection<'w>,
}

/// The answer to "is every value of the first a value of the second?".
#[derive(Clone, Debug)]
pub enum Verdict<'w> {
    /// Yes, proved.
    Contained,
    /// No.
    NotContained(Box<Witness<'w>>),
    /// It could not be told, and why.
    Undecided(Reason),
}

/// What an engine may spend and how it reads `format`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Steps of the search per question.
    pub steps: u64,
    /// Work of all questions together, in steps: what is asked afterwards stays undecided.
    pub work: u64,
    /// Formats that bind; all others are annotations.
    pub formats: Formats,
    /// Whether cheap proofs come before the search. Without them every question is searched, which tests the proofs.
    pub shortcuts: bool,
    /// Whether a question is first searched way by way. Without it a value guides every search, which tests the guide.
    pub plain: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { steps: 120_000, work: 20_000_000, formats: Formats::default(), shortcuts: true, plain: true }
    }
}

/// How many questions each stage decided, the cheapest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stages {
    /// Both schemas are written alike.
    pub alike: usize,
    /// They have the same normal form.
    pub equal: usize,
    /// Containment was read off their parts.
    pub structural: usize,
    /// The search for a value decided, or gave up.
    pub searched: usize,
}

pub(super) type SourceKey = (Vec<Site>, Vec<(String, bool)>, Dialect);
type JudgeKey = (SourceKey, Side);
/// A validator, or why there is none.
type Compiled = Result<Rc<Judge>, Rc<str>>;

/// Which values of the first schema are asked about, and how the second is read.
#[derive(Clone, Copy, Debug, Default)]
struct Way {
    /// Those that are sent by who knows the first schema alone.
    sent: bool,
    /// By its outline.
    outline: bool,
}

/// The two sides of a question: source, how it is read, and its key.
pub(super) struct Question<'q, 'w> {
    sub: (&'q SchemaSource<'w>, Side, &'q SourceKey),
    sup: (&'q SchemaSource<'w>, Side, &'q SourceKey),
}

/// Answers questions about the schemas of a pair of documents.
pub struct Engine<'w> {
    pub(super) settings: Settings,
    pub(super) solver: Solver,
    pub(super) lowering: Lowering<'w>,
    twins: Twins,
    structural: Structural,
    stages: Stages,
    answers: FxHashMap<(SourceKey, SourceKey, Direction), Verdict<'w>>,
    judges: FxHashMap<JudgeKey, Vec<(Reach, Compiled)>>,
    disagreements: usize,
    work: Work,
    /// Schemas in the validators that are kept.
    kept: usize,
}

/// Why a question was given up once all work of the engine is spent.
pub const OUT_OF_WORK: &str = "the comparison needs more work than is granted to one contract";

/// Evaluations of schemas by the validator for one value, at most.
const MAX_WEIGHT: u64 = 100_000;

/// Schemas in all validators that are kept, at most; then those made so far are forgotten.
const MAX_KEPT: usize = 60_000;

impl<'w> Engine<'w> {
    /// An engine without memory.
    pub fn new(settings: Settings) -> Self {
        let mut lowering = Lowering::default();
        let settings_work = settings.work;
        lowering.formats.clone_from(&settings.formats);
        Engine {
            settings,
            solver: Solver::default(),
            lowering,
            twins: Twins::default(),
            structural: Structural::default(),
            stages: Stages::default(),
            answers: FxHashMap::default(),
            judges: FxHashMap::default(),
            disagreements: 0,
            work: Work::new(settings_work),
            kept: 0,
        }
    }

    /// The work spent so far, in steps.
    pub fn spent(&self) -> u64 {
        self.work.spent()
    }

    /// Whether all work that was granted is spent.
    pub fn is_exhausted(&self) -> bool {
        self.work.left() == 0
    }

    /// Counts work that was done with answers of this engine, such as writing and reading whole messages.
    pub fn charge(&mut self, units: u64) {
        self.work.spend(units);
    }

    /// A value in all shapes, within the steps of a question and the work that is left.
    pub(super) fn find(&mut self, ids: impl IntoIterator<Item = Id>) -> Found {
        let steps = self.settings.steps.min(self.work.left());
        if steps == 0 {
            return Found::Unknown(OUT_OF_WORK.into());
        }
        let ids: Vec<Id> = ids.into_iter().collect();
        if self.settings.plain {
            let found = self.search(&ids, steps);
            if !matches!(found, Found::Unknown(Reason::Steps)) {
                return found;
            }
        }
        self.solver.guided = true;
        let found = self.search(&ids, self.settings.steps.min(self.work.left()));
        self.solver.guided = false;
        found
    }

    fn search(&mut self, ids: &[Id], steps: u64) -> Found {
        self.solver.steps = steps;
        let found = self.solver.find(ids.iter().copied());
        self.work.spend(1 + steps - self.solver.steps);
        self.work.spend(self.solver.store.langs.work());
        found
    }

    /// Which stages decided how many questions.
    pub fn stages(&self) -> Stages {
        self.stages
    }

    /// How often the validator contradicted a value found: our errors, given as undecided.
    pub fn disagreements(&self) -> usize {
        self.disagreements
    }

    /// Whether every value of `sub` is a value of `sup`. `sub` is what is sent in the direction, `sup` what reads it.
    pub fn compare(&mut self, sub: &SchemaSource<'w>, sup: &SchemaSource<'w>, direction: Direction) -> Verdict<'w> {
        let key = (self.key(sub), self.key(sup), direction);
        if let Some(known) = self.answers.get(&key) {
            return known.clone();
        }
        let verdict = self.decide(sub, sup, direction, (&key.0, &key.1), Way::default());
        self.answers.insert(key, verdict.clone());
        verdict
    }

    /// Whether every value is a value of `sup` that is sent by who knows `sub` alone: of the properties of objects that
    /// describe some, those.
    pub fn compare_sent(
        &mut self,
        sub: &SchemaSource<'w>,
        sup: &SchemaSource<'w>,
        direction: Direction,
    ) -> Verdict<'w> {
        let key = (self.key(sub), self.key(sup));
        self.decide(sub, sup, direction, (&key.0, &key.1), Way { sent: true, outline: false })
    }

    /// Whether a reader of `sup` who does not validate understands every value that is sent by who knows `sub` alone: it
    /// has the types that `sup` describes, and the members that are always there.
    pub fn compare_outline(
        &mut self,
        sub: &SchemaSource<'w>,
        sup: &SchemaSource<'w>,
        direction: Direction,
    ) -> Verdict<'w> {
        let key = (self.key(sub), self.key(sup));
        self.decide(sub, sup, direction, (&key.0, &key.1), Way { sent: true, outline: true })
    }

    /// Whether a schema, as its sender writes it, is proved to have no value.
    pub fn is_empty(&mut self, source: &SchemaSource<'w>, direction: Direction) -> bool {
        let side = Self::side(source, direction, true);
        let id = self.lower(source, side);
        id != TOP && matches!(self.find([id]), Found::Empty)
    }

    /// The same question asked anew, with steps of its own: for one that was given up.
    pub fn compare_within(
        &mut self,
        sub: &SchemaSource<'w>,
        sup: &SchemaSource<'w>,
        direction: Direction,
        steps: u64,
    ) -> Verdict<'w> {
        let key = (self.key(sub), self.key(sup), direction);
        self.answers.remove(&key);
        let usual = std::mem::replace(&mut self.settings.steps, steps);
        let verdict = self.compare(sub, sup, direction);
        self.settings.steps = usual;
        verdict
    }

    /// A small value of a schema as its sender would write it; `None` when there is none or none is found.
    pub fn sample(&mut self, source: &SchemaSource<'w>, direction: Direction) -> Option<serde_json::Value> {
        let side = Self::side(source, direction, true);
        let id = self.lower(source, side);
        let Found::Value(value) = self.find([id]) else { return None };
        let value = value.to_json()?;
        let key = self.key(source);
        self.judge(source, side, key, &value).ok()?.accepts(&value).then_some(value)
    }

    /// Why a schema, as its reader applies it, rejects a value; `None` when it accepts it or cannot be compiled.
    pub fn explain(
        &mut self,
        source: &SchemaSource<'w>,
        direction: Direction,
        value: &serde_json::Value,
    ) -> Option<Rejection<'w>> {
        let side = Self::side(source, direction, false);
        let key = self.key(source);
        self.judge(source, side, key, value).ok()?.rejection(&self.lowering, value)
    }

    pub(super) fn key(&mut self, source: &SchemaSource<'w>) -> SourceKey {
        let sites = source.places().into_iter().map(|place| self.lowering.docs.site(place)).collect();
        let names = match source {
            SchemaSource::At { .. } => Vec::new(),
            SchemaSource::Object { members, .. } => members
                .iter()
                .map(|member| (member.name.clone(), member.required))
                .chain([(String::new(), true)])
                .collect(),
        };
        (sites, names, source.dialect())
    }

    /// How a source is read in a direction; what does not occur in its contract changes nothing.
    pub(super) fn side(source: &SchemaSource<'w>, direction: Direction, sender: bool) -> Side {
        let uses = |key: &str| {
            source.places().into_iter().any(|place| {
                let workspace = place.workspace();
                workspace.documents().any(|(_, document)| document.tree().symbol(key).is_some())
            })
        };
        let key = match direction {
            Direction::Request => "readOnly",
            Direction::Response => "writeOnly",
            Direction::Neither => return Side::default(),
        };
        Side {
            hidden: uses(key).then_some(Hidden { key, absent: sender }),
            listed: direction == Direction::Request && uses("x-extensible-enum"),
            closed: false,
            outline: false,
            loose: !sender && source.dialect() == Dialect::OpenApi30 && uses("nullable"),
        }
    }

    pub(super) fn lower(&mut self, source: &SchemaSource<'w>, side: Side) -> Id {
        let context = Context::new(source.dialect(), side);
        let before = self.lowering.visits;
        let id = self.lowered(source, &context);
        self.work.spend(self.lowering.visits - before);
        id
    }

    fn lowered(&mut self, source: &SchemaSource<'w>, context: &Context) -> Id {
        match source {
            SchemaSource::At { place, .. } => {
                let site = self.lowering.docs.site(*place);
                self.lowering.lower(&mut self.solver.store, site, context)
            }
            SchemaSource::Object { members, .. } => {
                let mut parts = vec![self.solver.store.types(types::OBJ)];
                for member in members {
                    let site = self.lowering.docs.site(member.schema);
                    let id = self.lowering.lower(&mut self.solver.store, site, context);
                    let word = self.solver.store.langs.word(&member.name);
                    parts.push(self.solver.store.each(word, id));
                    if member.required {
                        parts.push(self.solver.store.has(word, TOP));
                    }
                }
                self.solver.store.and(parts)
            }
        }
    }

    fn decide(
        &mut self,
        sub: &SchemaSource<'w>,
        sup: &SchemaSource<'w>,
        direction: Direction,
        (sub_key, sup_key): (&SourceKey, &SourceKey),
        way: Way,
    ) -> Verdict<'w> {
        if self.settings.shortcuts
            && sub_key.1 == sup_key.1
            && sub_key.0.len() == sup_key.0.len()
            && sub_key.2 == sup_key.2
            && sub_key
                .0
                .iter()
                .zip(&sup_key.0)
                .all(|(left, right)| self.twins.same(&mut self.lowering.docs, *left, *right))
        {
            self.stages.alike += 1;
            return Verdict::Contained;
        }
        let sent = Self::side(sub, direction, true);
        let read = Self::side(sup, direction, false);
        let left = self.lower(sub, Side { closed: way.sent, ..sent });
        let right = self.lower(sup, Side { outline: way.outline, ..read });
        if left == right {
            self.stages.equal += 1;
            return Verdict::Contained;
        }
        if self.settings.shortcuts {
            let (within, looks) = self.structural.within(&mut self.solver.store, left, right, self.work.left());
            self.work.spend(looks);
            if within {
                self.stages.structural += 1;
                return Verdict::Contained;
            }
        }
        self.stages.searched += 1;
        let outside = self.solver.store.not(right);
        let question = Question { sub: (sub, sent, sub_key), sup: (sup, read, sup_key) };
        let reason = match self.find([left, outside]) {
            Found::Empty => return Verdict::Contained,
            Found::Unknown(reason) => reason,
            Found::Value(value) => match self.confirmed(&question, &value, false) {
                Ok(witness) => return Verdict::NotContained(Box::new(witness)),
                Err(reason) => reason.into(),
            },
        };
        // What is not understood, or too hard, hides nothing that can be told beside it.
        match self.beside(&question, left, right) {
            Some(witness) => Verdict::NotContained(Box::new(witness)),
            None => Verdict::Undecided(reason),
        }
    }

    /// The value as a witness, where the validator confirms it on both sides. Leniently, parts of the schemas that it
    /// cannot read demand nothing.
    pub(super) fn confirmed(
        &mut self,
        question: &Question<'_, 'w>,
        value: &Value,
        lenient: bool,
    ) -> Result<Witness<'w>, String> {
        let Some(value) = value.to_json() else {
            return Err("the value that tells them apart has more digits than JSON numbers usually keep".to_owned());
        };
        let (sub, sent, sub_key) = question.sub;
        let (sup, read, sup_key) = question.sup;
        let (accepting, rejecting) = if lenient {
            (self.lenient_judge(sub, sent, &value), self.lenient_judge(sup, read, &value))
        } else {
            (self.judge(sub, sent, sub_key.clone(), &value), self.judge(sup, read, sup_key.clone(), &value))
        };
        let (accepting, rejecting) = match (accepting, rejecting) {
            (Ok(accepting), Ok(rejecting)) => (accepting, rejecting),
            (Err(reason), _) | (_, Err(reason)) => {
                return Err(format!(
                    "a value was found, but the validator cannot read the schemas to confirm it: {reason}"
                ));
            }
        };
        if !accepting.accepts(&value) {
            self.disagreements += usize::from(!lenient);
            return Err(format!("the validator does not confirm that the first schema accepts `{value}`"));
        }
        match rejecting.rejection(&self.lowering, &value) {
            Some(rejection) => Ok(Witness { value, rejection }),
            None => {
                self.disagreements += usize::from(!lenient);
                Err(format!("the validator does not confirm that the second schema rejects `{value}`"))
            }
        }
    }

    /// A validator that leaves out what it cannot read.
    fn lenient_judge(&mut self, source: &SchemaSource<'w>, side: Side, value: &serde_json::Value) -> Compiled {
        let judge = Judge::new(&mut self.lowering, source, side, &Reach::of(value), true);
        let judge = judge.map(Rc::new).map_err(Rc::<str>::from)?;
        self.work.spend(2 * judge.size() as u64);
        self.weighed(&judge, value)?;
        Ok(judge)
    }

    fn weighed(&mut self, judge: &Judge, value: &serde_json::Value) -> Result<(), Rc<str>> {
        let weight = judge.weight(value);
        self.work.spend(1 + weight.min(MAX_WEIGHT) / 32);
        if weight > MAX_WEIGHT {
            return Err("the schemas refer to each other so often that a validator would not end".into());
        }
        Ok(())
    }

    /// The validator of a source for a value, or why there is none. One that was made for a value with the same parts or
    /// more serves again.
    pub(super) fn judge(
        &mut self,
        source: &SchemaSource<'w>,
        side: Side,
        key: SourceKey,
        value: &serde_json::Value,
    ) -> Compiled {
        let reach = Reach::of(value);
        let known = self.judges.get(&(key.clone(), side)).into_iter().flatten();
        let judge = match known.into_iter().find(|(wider, _)| wider.covers(&reach)) {
            Some((_, judge)) => judge.clone(),
            None => self.compiled(source, side, key, reach),
        };
        let judge = judge?;
        self.weighed(&judge, value)?;
        Ok(judge)
    }

    fn compiled(&mut self, source: &SchemaSource<'w>, side: Side, key: SourceKey, reach: Reach) -> Compiled {
        let judge = Judge::new(&mut self.lowering, source, side, &reach, false).map(Rc::new).map_err(Rc::from);
        let size = judge.as_ref().map_or(1, |judge| judge.size());
        self.work.spend(2 * size as u64);
        if self.kept + size > MAX_KEPT {
            self.judges.clear();
            self.kept = 0;
        }
        self.kept += size;
        self.judges.entry((key, side)).or_default().push((reach, judge.clone()));
        judge
    }
}

/// Whether every value of the first JSON Schema text is a value of the second; both in JSON or YAML.
///
/// `$schema` decides the dialect, 2020-12 where it is absent. The rejection has no place here: the documents end with
/// the call; use an [`Engine`] over workspaces to keep them.
pub fn compare_texts(sub: &str, sup: &str, settings: Settings) -> Verdict<'static> {
    let left = crate::workspace::Workspace::from_text("old", sub);
    let right = crate::workspace::Workspace::from_text("new", sup);
    let mut engine = Engine::new(settings);
    let source = |place| SchemaSource::At { place, dialect: Dialect::Draft202012 };
    match engine.compare(&source(left.root()), &source(right.root()), Direction::Neither) {
        Verdict::Contained => Verdict::Contained,
        Verdict::Undecided(reason) => Verdict::Undecided(reason),
        Verdict::NotContained(witness) => {
            let Witness { value, rejection } = *witness;
            let rejection = Rejection { place: None, branches: Vec::new(), ..rejection };
            Verdict::NotContained(Box::new(Witness { value, rejection }))
        }
    }
}
