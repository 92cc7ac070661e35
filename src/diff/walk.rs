//! The walk over two contracts: shared state, scopes, and the queue of schema pairs.
//!
//! Nothing here recurses over references: a pair of schemas that differs is queued, compared once per role, and
//! linked to every scope that reaches it.

use super::change::Subject;
use super::edit::{AnchorId, Edit, Scope, ScopeId};
use super::effect::Polarity;
use super::message::{Part, Spot};
use super::options::Options;
use super::pair::{Context, Detour, DetourId, Field, Fields, FieldsId, Form, Mark, Pair, Presence, SchemaTask};
use super::same::Same;
use crate::openapi::{Api, MediaKind, Operation, SchemaRef};
use crate::schema::Split;
use crate::workspace::{Place, PlaceId};
use indexmap::IndexSet;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::VecDeque;

/// A pair of schemas whose sets of values can be compared.
#[derive(Clone, Debug)]
pub(super) struct Anchor<'w> {
    pub(super) base: SchemaRef<'w>,
    pub(super) revision: SchemaRef<'w>,
    pub(super) polarity: Polarity,
    /// Pairs around it, when it stands inside a list of branches there.
    pub(super) around: Vec<AnchorId>,
    /// Where it is met first: in a message, or a step below the first pair around it.
    pub(super) origin: Origin<'w>,
    /// It is also reached where nothing around can make up for it.
    pub(super) direct: bool,
    /// What it describes.
    pub(super) subject: Subject,
    /// Its values travel as text, and how their reader takes one apart.
    pub(super) text: Option<Split>,
    /// The scope of its edits, and of all that is below.
    pub(super) scope: ScopeId,
}

/// How a pair of schemas was met first.
#[derive(Clone, Copy, Debug)]
pub(super) enum Origin<'w> {
    /// It describes a part of a message.
    Message(Spot<'w>),
    /// It is a step below the pair around.
    Below(Mark),
    /// It cannot be told.
    Unknown,
}

/// An operation that findings can name.
#[derive(Clone, Debug)]
pub(super) struct Root<'w> {
    pub(super) base: Option<Operation<'w>>,
    pub(super) revision: Option<Operation<'w>>,
    pub(super) scope: ScopeId,
    /// The path that findings are about, where it is but a part of the operation's.
    pub(super) path: Option<&'w str>,
}

type PairKey = (PlaceId, PlaceId, u64, u8);

/// A pair whose sides are several objects each.
type JointKey = (Vec<PlaceId>, Vec<PlaceId>, u64, u8, bool);

/// The state of a comparison.
pub(super) struct Walk<'w, 'o> {
    pub(super) base: Api<'w>,
    pub(super) revision: Api<'w>,
    pub(super) options: &'o Options,
    pub(super) same: Same,
    pub(super) edits: Vec<Edit<'w>>,
    pub(super) scopes: Vec<Scope>,
    pub(super) roots: Vec<Root<'w>>,
    pub(super) anchors: Vec<Anchor<'w>>,
    pub(super) queue: VecDeque<SchemaTask<'w>>,
    units: FxHashMap<PairKey, (ScopeId, Option<AnchorId>)>,
    joint: FxHashMap<JointKey, ScopeId>,
    pub(super) limitations: Vec<String>,
    /// Why parts were left out, when they are too many: the first reason.
    pub(super) stopped: Option<String>,
    /// Descriptions of properties that have several, looked at so far.
    pub(super) looks: usize,
    /// Findings that lines of policy switch off.
    pub(super) dropped: Vec<crate::diagnostic::Diagnostic>,
    /// The operation that is being compared, as an index into `roots`, and its answer.
    pub(super) here: (usize, Option<(&'w str, &'w str)>),
    /// What only documents is left out: the pair is of things that are described apart.
    pub(super) quiet: bool,
    /// Names of properties, for marks.
    pub(super) names: Vec<String>,
    numbers: FxHashMap<String, u32>,
    /// All pairs compared, filled when first asked for.
    seen: FxHashSet<(PlaceId, PlaceId)>,
    /// References that lead elsewhere than before.
    pub(super) detours: Vec<Detour<'w>>,
    /// The names of the schemas of both sides, by place.
    schemas: (Names<'w>, Names<'w>),
    /// Objects that are told apart by a property, with its name.
    pub(super) tagged: FxHashSet<(PlaceId, &'w str)>,
    /// Scopes of bodies that servers may ignore by the standard, and why.
    pub(super) ignored: FxHashMap<ScopeId, String>,
    /// How fields of forms are written: each set once.
    forms: IndexSet<Fields<'w>>,
    /// The objects of each side that some comparison of schemas read.
    read: (FxHashSet<PlaceId>, FxHashSet<PlaceId>),
}

/// The schemas of a contract that have a name.
#[derive(Debug)]
struct Names<'w> {
    by_place: FxHashMap<PlaceId, &'w str>,
    known: FxHashSet<&'w str>,
}

impl<'w> Names<'w> {
    fn new(api: Api<'w>) -> Self {
        let schemas = api.components("schemas");
        let by_place = schemas.iter().map(|component| (component.place.id(), component.name)).collect();
        Names { by_place, known: schemas.iter().map(|component| component.name).collect() }
    }

    /// The name of the first object that has one.
    fn first(&self, chain: &[Place<'w>]) -> Option<&'w str> {
        chain.iter().find_map(|place| self.by_place.get(&place.id()).copied())
    }
}

/// Pairs of schemas compared, at most; beyond, the comparison says that it stopped.
const MAX_UNITS: usize = 2_000_000;

/// How the values of a schema travel.
#[derive(Clone, Copy, Debug)]
pub(super) enum Travel {
    /// As text that the reader takes apart like this, in a header, or in a parameter that is always sent or not.
    Text(Split, Option<Presence>),
    /// In bodies of these kinds; in forms with these fields.
    Media(MediaKind, MediaKind, FieldsId),
    /// As bytes that no JSON type describes, whatever the schemas say of them.
    Bytes,
}

impl<'w, 'o> Walk<'w, 'o> {
    pub(super) fn new(base: Api<'w>, revision: Api<'w>, options: &'o Options) -> Self {
        Walk {
            base,
            revision,
            options,
            same: Same::new(
                (base.root().workspace(), base.version()),
                (revision.root().workspace(), revision.version()),
            ),
            edits: Vec::new(),
            scopes: vec![Scope::default()],
            roots: Vec::new(),
            anchors: Vec::new(),
            queue: VecDeque::new(),
            units: FxHashMap::default(),
            joint: FxHashMap::default(),
            limitations: Vec::new(),
            stopped: None,
            looks: 0,
            dropped: Vec::new(),
            here: (0, None),
            quiet: false,
            names: Vec::new(),
            numbers: FxHashMap::default(),
            seen: FxHashSet::default(),
            detours: Vec::new(),
            schemas: (Names::new(base), Names::new(revision)),
            ignored: FxHashMap::default(),
            tagged: FxHashSet::default(),
            forms: IndexSet::new(),
            read: Default::default(),
        }
    }

    pub(super) fn push(&mut self, edit: Edit<'w>) {
        self.edits.push(edit);
    }

    /// Notes why parts are left out; the first reason stays.
    pub(super) fn stop(&mut self, why: impl Into<String>) {
        self.stopped.get_or_insert_with(|| why.into());
    }

    /// The number of a set of fields of a form.
    pub(super) fn intern_fields(&mut self, fields: Fields<'w>) -> FieldsId {
        self.forms.insert_full(fields).0 as FieldsId
    }

    /// The context of a property of a pair: of this name, or of any.
    pub(super) fn property_context(&self, pair: &Pair<'w>, name: Option<&str>) -> Context {
        let fields = match pair.context.form {
            Some(Form::Body(fields)) => self.forms.get_index(fields as usize),
            _ => None,
        };
        let field = match (fields, name) {
            (Some(fields), Some(name)) => fields.of(name),
            (Some(fields), None) => fields.unnamed(),
            (None, _) => Field::Text(Split::Never),
        };
        pair.context.property(field)
    }

    pub(super) fn scope(&mut self) -> ScopeId {
        self.scopes.push(Scope::default());
        self.scopes.len() - 1
    }

    /// A new scope for an operation.
    pub(super) fn root(&mut self, base: Option<Operation<'w>>, revision: Option<Operation<'w>>) -> ScopeId {
        let scope = self.scope();
        self.roots.push(Root { base, revision, scope, path: None });
        scope
    }

    /// The scope of a pair that many may reach, linked below `scope`; true when it is new and must be compared.
    pub(super) fn shared(
        &mut self,
        scope: ScopeId,
        base: Place<'w>,
        revision: Place<'w>,
        polarity: Polarity,
        kind: u32,
    ) -> (ScopeId, bool) {
        let key = (base.id(), revision.id(), u64::from(kind), polarity as u8);
        if let Some(&(unit, _)) = self.units.get(&key) {
            self.link(scope, unit);
            return (unit, false);
        }
        let unit = self.scope();
        self.units.insert(key, (unit, None));
        self.link(scope, unit);
        (unit, true)
    }

    /// Makes `child` reachable from `parent`.
    pub(super) fn link(&mut self, parent: ScopeId, child: ScopeId) {
        if parent != child && self.scopes[parent].children.last() != Some(&child) {
            self.scopes[parent].children.push(child);
        }
    }

    /// Notes that a pair was compared.
    pub(super) fn touch(&mut self, base: Place<'w>, revision: Place<'w>) {
        self.units.entry((base.id(), revision.id(), u64::from(super::kind::OTHER), 0)).or_insert((0, None));
    }

    /// Notes the objects that a pair of schemas was read from.
    pub(super) fn read(&mut self, base: &[Place<'w>], revision: &[Place<'w>]) {
        self.read.0.extend(base.iter().map(|place| place.id()));
        self.read.1.extend(revision.iter().map(|place| place.id()));
    }

    /// Notes where a reference leads to another schema than before, though both contracts have the schema that one of them
    /// leads to: what differs is an edit of the place, and of neither schema.
    pub(super) fn detour(
        &mut self,
        (base, revision): (Option<Place<'w>>, Option<Place<'w>>),
        (old, new): (&[Place<'w>], &[Place<'w>]),
        around: Option<DetourId>,
    ) -> Option<DetourId> {
        let (before, after) = (self.schemas.0.first(old), self.schemas.1.first(new));
        if before == after && before.is_some() {
            return None;
        }
        let (base, revision) = (base?, revision?);
        let kept = before.is_some_and(|name| self.schemas.1.known.contains(name))
            || after.is_some_and(|name| self.schemas.0.known.contains(name));
        if around.is_some() || before == after || !kept {
            return around;
        }
        let name =
            |name: Option<&str>| name.map_or_else(|| "a schema of its own".to_owned(), |name| format!("`{name}`"));
        let words = format!("described by {} instead of {}", name(after), name(before));
        self.detours.push(Detour { base, revision, words });
        Some(self.detours.len() - 1)
    }

    /// Whether a pair was compared, or both with others, so that what is in them was told.
    pub(super) fn visited(&mut self, base: Place<'w>, revision: Place<'w>) -> bool {
        if self.read.0.contains(&base.id()) && self.read.1.contains(&revision.id()) {
            return true;
        }
        if self.seen.is_empty() {
            self.seen = self.units.keys().map(|(base, revision, _, _)| (*base, *revision)).collect();
        }
        self.seen.contains(&(base.id(), revision.id()))
    }

    /// The step to a property.
    pub(super) fn mark(&mut self, name: &str) -> Mark {
        if let Some(&number) = self.numbers.get(name) {
            return Mark::Member(number);
        }
        let number = self.names.len() as u32;
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        Mark::Member(number)
    }

    /// Queues a pair of schemas unless both are the same.
    pub(super) fn schema(&mut self, scope: ScopeId, base: &SchemaRef<'w>, revision: &SchemaRef<'w>, context: Context) {
        let (Some(left), Some(right)) = (base.place(), revision.place()) else { return };
        // Of what cannot be read nobody knows what it was, or is: that is said elsewhere.
        if Self::is_unread(left) || Self::is_unread(right) {
            return;
        }
        if let (SchemaRef::Form(old), SchemaRef::Form(new)) = (base, revision) {
            let equal = old.len() == new.len();
            let pairs: Vec<_> = old.iter().zip(new).map(|(old, new)| (old.at, new.at)).collect();
            if equal && pairs.into_iter().all(|(old, new)| self.same.same(old, new)) {
                return;
            }
        } else if std::mem::discriminant(base) == std::mem::discriminant(revision) && self.same.same(left, right) {
            return;
        }
        let key = (
            simple_target(base).unwrap_or(left).id(),
            simple_target(revision).unwrap_or(right).id(),
            context.key(),
            context.polarity as u8,
        );
        if let Some(&(unit, anchor)) = self.units.get(&key) {
            self.link(scope, unit);
            self.connect(anchor, context);
            return;
        }
        if self.units.len() >= MAX_UNITS {
            return self.stop(format!("the comparison stopped after {MAX_UNITS} pairs of schemas"));
        }
        let unit = self.scope();
        self.link(scope, unit);
        let anchor = if context.in_branch {
            context.anchor
        } else {
            self.anchors.push(Anchor {
                base: base.clone(),
                revision: revision.clone(),
                polarity: context.polarity,
                around: Vec::new(),
                origin: match context.anchor {
                    Some(_) if !context.elsewhere => Origin::Below(context.step),
                    _ => Origin::Unknown,
                },
                direct: false,
                subject: context.subject,
                text: context.text,
                scope: unit,
            });
            Some(self.anchors.len() - 1)
        };
        self.units.insert(key, (unit, anchor));
        self.connect(anchor, context);
        let mut inner = context;
        inner.anchor = anchor;
        if !context.in_branch {
            inner.elsewhere = false;
        }
        self.queue.push_back(SchemaTask {
            scope: unit,
            base: base.clone(),
            revision: revision.clone(),
            joined: Default::default(),
            outer: Default::default(),
            context: inner,
        });
    }

    /// Queues a pair of schemas that several objects describe together. They are judged by the pair around.
    pub(super) fn joint(
        &mut self,
        scope: ScopeId,
        base: &[SchemaRef<'w>],
        revision: &[SchemaRef<'w>],
        context: Context,
    ) {
        let ([old, before @ ..], [new, after @ ..]) = (base, revision) else { return };
        if before.is_empty() && after.is_empty() {
            return self.schema(scope, old, new, context);
        }
        let places = |list: &[SchemaRef<'w>]| list.iter().filter_map(SchemaRef::place).collect::<Vec<_>>();
        let task = SchemaTask {
            scope,
            base: old.clone(),
            revision: new.clone(),
            joined: (places(before), places(after)),
            outer: Default::default(),
            context,
        };
        self.several(task, (&places(base), &places(revision)), false);
    }

    /// Queues a pair of branches together with what stands around them.
    pub(super) fn within(
        &mut self,
        scope: ScopeId,
        (base, revision): (Place<'w>, Place<'w>),
        outer: (Vec<Place<'w>>, Vec<Place<'w>>),
        context: Context,
    ) {
        let ids = |branch: Place<'w>, outer: &[Place<'w>]| {
            let mut all = vec![branch];
            all.extend(outer);
            all
        };
        let all = (ids(base, &outer.0), ids(revision, &outer.1));
        let (base, revision) = (SchemaRef::At(base), SchemaRef::At(revision));
        let task = SchemaTask { scope, base, revision, joined: Default::default(), outer, context };
        self.several(task, (&all.0, &all.1), true);
    }

    fn several(&mut self, mut task: SchemaTask<'w>, all: (&[Place<'w>], &[Place<'w>]), outer: bool) {
        task.context.in_branch = true;
        task.context.elsewhere |= !outer;
        let ids = |list: &[Place<'w>]| list.iter().map(|place| place.id()).collect::<Vec<_>>();
        let key = (ids(all.0), ids(all.1), task.context.key(), task.context.polarity as u8, outer);
        if let Some(&unit) = self.joint.get(&key) {
            return self.link(task.scope, unit);
        }
        if self.units.len() + self.joint.len() >= MAX_UNITS {
            return self.stop(format!("the comparison stopped after {MAX_UNITS} pairs of schemas"));
        }
        let unit = self.scope();
        self.link(task.scope, unit);
        self.joint.insert(key, unit);
        task.scope = unit;
        self.queue.push_back(task);
    }

    /// Notes what stands around an anchor.
    fn connect(&mut self, anchor: Option<AnchorId>, context: Context) {
        let Some(anchor) = anchor else { return };
        if context.in_branch {
            return;
        }
        match context.anchor {
            Some(around) => {
                if around != anchor && !self.anchors[anchor].around.contains(&around) {
                    self.anchors[anchor].around.push(around);
                }
            }
            None => self.anchors[anchor].direct = true,
        }
    }

    /// Compares queued schemas until none is left.
    pub(super) fn drain(&mut self) {
        while let Some(task) = self.queue.pop_front() {
            self.compare_schema(task);
        }
    }

    /// Where the root of a comparison of a body, parameter or header begins.
    pub(super) fn schema_root(
        &mut self,
        scope: ScopeId,
        (base, revision): (&SchemaRef<'w>, &SchemaRef<'w>),
        subject: Subject,
        polarity: Polarity,
        travel: Travel,
        part: Part<'w>,
    ) {
        let mut context = Context::root(subject, polarity);
        context.quiet = self.quiet;
        match travel {
            Travel::Text(split, presence) => (context.text, context.parameter) = (Some(split), presence),
            Travel::Media(old, new, fields) => {
                let elements = old == MediaKind::Xml && new == MediaKind::Xml;
                let split = if elements { Split::Never } else { Split::Unclear };
                context.text = (old.is_text() && new.is_text()).then_some(split);
                context.xml = [old, new].iter().any(|kind| matches!(kind, MediaKind::Xml | MediaKind::Any));
                context.parts = old.is_multipart() && new.is_multipart();
                let form = |kind| matches!(kind, MediaKind::Form | MediaKind::FormData);
                context.form = (form(old) && form(new)).then_some(Form::Body(fields));
                context.body = !(old.is_json() && new.is_json());
            }
            // Nothing is asked of the engine, which knows JSON values alone.
            Travel::Bytes => (context.bytes, context.in_branch, context.body) = (true, true, true),
        }
        let anchors = self.anchors.len();
        self.schema(scope, base, revision, context);
        if let Some(anchor) = self.anchors.get_mut(anchors) {
            anchor.origin = Origin::Message(Spot { root: self.here.0, status: self.here.1, part });
        }
    }
}

/// The target of a schema that is nothing but a reference: all users of a component share one comparison.
fn simple_target<'w>(schema: &SchemaRef<'w>) -> Option<Place<'w>> {
    let SchemaRef::At(place) = schema else { return None };
    let mut place = *place;
    for _ in 0..16 {
        if place.reference().is_none() || place.len() > 1 {
            return Some(place);
        }
        place = place.target()?.ok()?;
    }
    Some(place)
}
