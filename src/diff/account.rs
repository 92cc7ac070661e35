//! Settles the accounts: a value that is sent and no longer understood ends in a finding, whatever the edits say.
//!
//! Takes the causes with their findings, asks the prover about every pair of schemas that describes a part of a message
//! and has no finding that tells a break, and blames the edit at the place of the refusal; where no edit stands there,
//! the run says that it cannot vouch for that part. `proof::account` asks the engine.

use super::change::{Event, Group};
use super::describe;
use super::edit::{AnchorId, Edit, ScopeId};
use super::effect::Polarity;
use super::judge::{Cause, Policy};
use super::proof::{Account, Proof, Prover};
use super::walk::{Root, Walk};
use crate::diagnostic::{Diagnostic, Impact};
use crate::schema::Witness;
use crate::workspace::Place;
use rustc_hash::FxHashSet;

/// A part of a message that may break although no edit says so: the comparison is not whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// What is in doubt, in one sentence.
    pub what: String,
    /// Whether a value is known that is sent and refused; else it could not be decided whether there is one.
    pub refused: bool,
}

/// Asks about every part of a message that no finding tells a break of; corrects findings, and adds those that lack.
pub(super) fn settle<'w>(
    walk: &Walk<'w, '_>,
    causes: &mut [Cause<'w>],
    judged: &mut [(Option<Diagnostic>, Impact)],
    policy: &mut Policy<'_>,
    prover: &mut Prover<'w>,
) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    let mut loud: FxHashSet<(ScopeId, Polarity)> = FxHashSet::default();
    for (cause, (_, impact)) in causes.iter().zip(&*judged) {
        if *impact > Impact::Compatible {
            loud.extend(cause.scopes.iter().map(|scope| (*scope, cause.edit.polarity)));
        }
    }
    for id in prover.accounts() {
        let (scope, polarity) = (prover.anchor(id).scope, prover.anchor(id).polarity);
        if below(walk, scope, |scope| loud.contains(&(scope, polarity))).is_none() {
            continue;
        }
        let account = prover.account(id);
        if matches!(account, Account::Settled) {
            continue;
        }
        let below = below(walk, scope, |_| false).unwrap_or_default();
        let here = |cause: &Cause<'w>| {
            cause.edit.polarity == polarity && cause.scopes.iter().any(|scope| below.contains(scope))
        };
        let blamed = match &account {
            Account::Settled | Account::Undecided(_) => None,
            Account::Refused(witness) => {
                let own = |(at, cause): (usize, &Cause<'w>)| {
                    let fits = if here(cause) && may_be_blamed(&cause.edit) { fits(&cause.edit, witness) } else { 0 };
                    (fits > 0).then_some((fits, at))
                };
                // Of equals the first.
                causes.iter().enumerate().filter_map(own).rev().max_by_key(|(fits, _)| *fits).map(|(_, at)| at)
            }
        };
        loud.insert((scope, polarity));
        // A type that the other keywords imply is no demand of its own.
        if blamed.is_some_and(|at| causes[at].edit.id.event == Event::TypeCompatible) {
            continue;
        }
        let Some(at) = blamed else {
            doubts.push(Doubt {
                what: unexplained(prover, id, &account),
                refused: matches!(account, Account::Refused(_)),
            });
            continue;
        };
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
    doubts
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
    let place = match edit.polarity {
        Polarity::ToServer => edit.revision,
        Polarity::ToClient => edit.base,
    };
    let focus = super::message::Focus { place, member: edit.member.clone() };
    focus.fits(witness.rejection.place.map(Place::id), &witness.rejection.message)
}

/// What is said of a pair that no edit explains: the run cannot vouch for it.
fn unexplained(prover: &Prover<'_>, id: AnchorId, account: &Account<'_>) -> String {
    let pair = prover.anchor(id);
    let whole = pair.revision.place().or(pair.base.place());
    let location = whole.map_or_else(String::new, |place| describe::schema(place, None, pair.subject));
    match account {
        Account::Refused(witness) => {
            format!("no edit explains why {location} breaks for `{}`: {}", witness.value, witness.rejection.message)
        }
        Account::Undecided(reason) => format!("{location} could not be decided as a whole: {reason}"),
        Account::Settled => location,
    }
}
