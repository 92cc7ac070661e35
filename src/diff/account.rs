//! Settles the accounts: a value that is sent and no longer understood ends in a finding, whatever the edits say.
//!
//! Takes the causes with their findings, asks the prover about every pair of schemas that describes a part of a message
//! and has no finding that tells a break, and blames the edit at the place of the refusal; where no edit stands there,
//! the pair gets a finding of its own, at the nearest place that changed. `proof::account` asks the engine.

use super::change::{ChangeId, Event, Group};
use super::describe;
use super::edit::{AnchorId, Edit, ScopeId, shorten};
use super::effect::Polarity;
use super::judge::{Cause, Judged, Policy};
use super::message::{Focus, Side};
use super::proof::{Account, Proof, Prover};
use super::walk::{Anchor, Root, Walk};
use crate::diagnostic::{Category, Impact};
use crate::openapi::SchemaRef;
use crate::schema::Witness;
use crate::workspace::Place;
use rustc_hash::FxHashSet;

/// How many levels below a pair are looked through for the nearest place that changed.
const MAX_DESCENT: usize = 64;

/// Asks about every part of a message that no finding tells a break of; corrects findings, and adds those that lack.
pub(super) fn settle<'w>(
    walk: &Walk<'w, '_>,
    reached: &[Vec<u32>],
    causes: &mut Vec<Cause<'w>>,
    judged: &mut Vec<Judged>,
    policy: &mut Policy<'_>,
    prover: &mut Prover<'w>,
) {
    let mut told = Told::new(causes, judged);
    for id in prover.accounts() {
        let (scope, polarity) = (prover.anchor(id).scope, prover.anchor(id).polarity);
        // What readers fail on who do not validate has to be told as such.
        let by_outline = walk.options.keep == Category::Default && polarity == Polarity::ToClient;
        let mut account = Account::Settled;
        if by_outline && below(walk, scope, |scope| told.grave.contains(&(scope, polarity))).is_some() {
            account = prover.outline(id);
        }
        if !matches!(account, Account::Refused(_)) {
            if below(walk, scope, |scope| told.any.contains(&(scope, polarity))).is_none() {
                continue;
            }
            account = prover.account(id);
        }
        if matches!(account, Account::Settled) {
            continue;
        }
        told.any.insert((scope, polarity));
        told.grave.insert((scope, polarity));
        let below = below(walk, scope, |_| false).unwrap_or_default();
        let blamed = match &account {
            Account::Refused(witness) => blamed(causes, &below, polarity, witness),
            Account::Settled | Account::Undecided(_) => None,
        };
        // A type that the other keywords imply is no demand of its own.
        if blamed.is_some_and(|at| causes[at].edit.id.event == Event::TypeCompatible) {
            continue;
        }
        let at = blamed.unwrap_or_else(|| {
            let edit = own(prover, id, &account, &below);
            causes.push(Cause { edit, operations: reached[scope].clone(), scopes: vec![scope] });
            judged.push(Judged { finding: None, raw: Impact::None, category: Category::Contract });
            causes.len() - 1
        });
        let roots: Vec<&Root<'w>> = causes[at].operations.iter().map(|at| &walk.roots[*at as usize]).collect();
        let edit = &mut causes[at].edit;
        edit.harmless = None;
        let proof = match account {
            Account::Refused(witness) => prover.accuse(edit, id, &witness, &roots),
            Account::Undecided(reason) => Proof::Undecided(reason),
            Account::Settled => continue,
        };
        judged[at] = policy.finding(edit, &roots, prover, Some(proof));
    }
}

/// Where findings stand, with who sends the values.
#[derive(Default)]
struct Told {
    /// Those that are more than compatible.
    any: FxHashSet<(ScopeId, Polarity)>,
    /// Those that break the default promise.
    grave: FxHashSet<(ScopeId, Polarity)>,
}

impl Told {
    fn new(causes: &[Cause<'_>], judged: &[Judged]) -> Self {
        let mut told = Told::default();
        for (cause, Judged { raw, category, .. }) in causes.iter().zip(judged) {
            let places = || cause.scopes.iter().map(|scope| (*scope, cause.edit.polarity));
            if *raw > Impact::Compatible {
                told.any.extend(places());
            }
            if *raw == Impact::Breaking && *category == Category::Default {
                told.grave.extend(places());
            }
        }
        told
    }
}

/// A scope with all that can be reached from it; `None` as soon as one is met that ends the way.
fn below(walk: &Walk<'_, '_>, scope: ScopeId, ends: impl Fn(ScopeId) -> bool) -> Option<FxHashSet<ScopeId>> {
    let mut seen = FxHashSet::default();
    let mut todo = vec![scope];
    while let Some(scope) = todo.pop() {
        if ends(scope) {
            return None;
        }
        if seen.insert(scope) {
            todo.extend(walk.scopes[scope].children.iter().copied());
        }
    }
    Some(seen)
}

/// The edit among these scopes that fits a refusal best.
fn blamed(
    causes: &[Cause<'_>],
    below: &FxHashSet<ScopeId>,
    polarity: Polarity,
    witness: &Witness<'_>,
) -> Option<usize> {
    let own = |(at, cause): (usize, &Cause<'_>)| {
        let here = cause.edit.polarity == polarity && cause.scopes.iter().any(|scope| below.contains(scope));
        let fits = if here && may_be_blamed(&cause.edit) { fits(&cause.edit, witness) } else { 0 };
        (fits > 0).then_some((fits, at))
    };
    // Of equals the first.
    causes.iter().enumerate().filter_map(own).rev().max_by_key(|(fits, _)| *fits).map(|(_, at)| at)
}

/// Whether an edit can be why values are refused.
fn may_be_blamed(edit: &Edit<'_>) -> bool {
    let silent = matches!(
        edit.id.event.group(),
        Group::Documentation | Group::Annotation | Group::Extension | Group::Lifecycle | Group::Component
    );
    edit.anchor.is_some() && !silent
}

/// How near an edit is to the refusal: at its keyword, and about the property that it names.
fn fits(edit: &Edit<'_>, witness: &Witness<'_>) -> u8 {
    Focus::of(edit, Side::refusing(edit.polarity)).weight(&witness.rejection)
}

/// The edit of a pair that no other edit explains, at the nearest place that changed.
fn own<'w>(prover: &mut Prover<'w>, id: AnchorId, account: &Account<'w>, below: &FxHashSet<ScopeId>) -> Edit<'w> {
    let refusal = match account {
        Account::Refused(witness) => witness.rejection.place,
        Account::Settled | Account::Undecided(_) => None,
    };
    let near = refusal.map_or(id, |refusal| nearest(prover, id, refusal, below));
    let (pair, whole) = (prover.anchor(near), prover.anchor(id));
    let namesakes = refusal.filter(|_| near == id).and_then(|refusal| namesakes(pair, refusal));
    let (base, revision) =
        namesakes.unwrap_or_else(|| changed(pair.base.place(), pair.revision.place(), pair.polarity, refusal));
    let named = revision.or(base).map_or_else(String::new, |place| describe::schema(place, None, pair.subject));
    let note = match (account, pair.polarity) {
        (Account::Refused(witness), Polarity::ToServer) => {
            format!("`{}` is no longer accepted, although no single keyword says so", value(witness))
        }
        (Account::Refused(witness), Polarity::ToClient) => {
            format!("`{}` is new, although no single keyword says so", value(witness))
        }
        (_, Polarity::ToServer) => "it could not be decided whether all values are still accepted".to_owned(),
        (_, Polarity::ToClient) => "it could not be decided whether any value is new".to_owned(),
    };
    let mut edit = Edit::new(ChangeId::new(pair.subject, Event::ValuesChanged), whole.scope, whole.polarity)
        .at(base, revision)
        .location(named)
        .note(note);
    edit.anchor = Some(id);
    edit
}

/// The value of a witness, short enough for a message.
fn value(witness: &Witness<'_>) -> String {
    shorten(&witness.value.to_string())
}

/// The innermost pair of these scopes that holds a refusal and is refused by itself.
fn nearest<'w>(prover: &mut Prover<'w>, id: AnchorId, refusal: Place<'w>, below: &FxHashSet<ScopeId>) -> AnchorId {
    let polarity = prover.anchor(id).polarity;
    let path = refusal.path();
    let mut around: Vec<(usize, AnchorId)> = Vec::new();
    for (at, pair) in prover.anchors().iter().enumerate() {
        if pair.polarity != polarity || !below.contains(&pair.scope) {
            continue;
        }
        let Some(reader) = reader(&pair.base, &pair.revision, polarity).map(Place::resolved) else { continue };
        if reader.document_id() == refusal.document_id() && path.starts_with(&reader.path()) {
            around.push((reader.path().len(), at));
        }
    }
    around.sort_unstable_by(|one, other| other.cmp(one));
    around.into_iter().map(|(_, at)| at).find(|at| prover.is_refused(*at)).unwrap_or(id)
}

/// The schema of a pair that reads what is sent.
fn reader<'w>(base: &SchemaRef<'w>, revision: &SchemaRef<'w>, polarity: Polarity) -> Option<Place<'w>> {
    match polarity {
        Polarity::ToServer => revision.place(),
        Polarity::ToClient => base.place(),
    }
}

/// The innermost parts of both contracts on the way to a refusal that have one address and differ: of what is described
/// elsewhere, in a component of the same name.
fn namesakes<'w>(pair: &Anchor<'w>, refusal: Place<'w>) -> Option<(Option<Place<'w>>, Option<Place<'w>>)> {
    let (base, revision) = (pair.base.place()?.workspace(), pair.revision.place()?.workspace());
    let own = match pair.polarity {
        Polarity::ToServer => revision,
        Polarity::ToClient => base,
    };
    if refusal.document_id() != own.root().document_id() {
        return None;
    }
    let path = refusal.path();
    let both = (1..=path.len()).rev().find_map(|length| {
        let way: Vec<&str> = path[..length].iter().map(String::as_str).collect();
        Some((base.root().descend(&way)?, revision.root().descend(&way)?))
    });
    both.filter(|(old, new)| old.to_json() != new.to_json()).map(|(old, new)| (Some(old), Some(new)))
}

/// The innermost parts of two schemas on the way to a refusal that both have and that differ.
fn changed<'w>(
    base: Option<Place<'w>>,
    revision: Option<Place<'w>>,
    polarity: Polarity,
    refusal: Option<Place<'w>>,
) -> (Option<Place<'w>>, Option<Place<'w>>) {
    let (Some(mut old), Some(mut new), Some(refusal)) = (base, revision, refusal) else { return (base, revision) };
    let start = match polarity {
        Polarity::ToServer => new,
        Polarity::ToClient => old,
    };
    let (way, from) = (refusal.path(), start.resolved());
    if from.document_id() != refusal.document_id() || !way.starts_with(&from.path()) {
        return (base, revision);
    }
    for token in way[from.path().len()..].iter().take(MAX_DESCENT) {
        let (Some(left), Some(right)) = (old.resolved().child(token), new.resolved().child(token)) else { break };
        if left.to_json() == right.to_json() {
            break;
        }
        (old, new) = (left, right);
    }
    (Some(old), Some(new))
}
