//! One finding per cause: what several comparisons say about one edit is put together.
//!
//! Takes findings with their edits; gives them back with equal sentences joined, with everything that differs behind a
//! reference which leads elsewhere told at that reference. An edit that requests and responses share, and equal edits of
//! several schemas, stay findings of their own, which have their cause in common.

use super::change::{Action, Group, Role};
use super::edit::Edit;
use super::effect::Polarity;
use super::pair::{Detour, DetourId};
use crate::diagnostic::{Cause, Diagnostic, Impact, Label};
use crate::workspace::{Place, PlaceId};
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;

/// One edit of a schema, whoever sends its values.
type EditKey = (Group, Option<PlaceId>, Option<PlaceId>, String);

/// Equal edits of this many schemas are one finding.
const MANY: usize = 3;

/// What equal edits of several schemas have in common: id, impact and sentence without the names, and what policy did.
type Alike = (String, Impact, String, Option<String>);

/// What an edit does to whom.
type Ways = Vec<(&'static str, Impact)>;

/// A finding, and what is needed to add to it.
struct Known {
    finding: Diagnostic,
    polarity: Polarity,
    /// What carries the values that it is about.
    way: &'static str,
    /// The edit that it is about: several findings have the same where requests and responses share it.
    unit: usize,
    /// How many findings it stands for besides.
    more: usize,
    alike: Option<Alike>,
}

/// Findings by cause.
#[derive(Default)]
pub(super) struct Causes {
    all: Vec<Known>,
    sentences: FxHashMap<(String, String, String, Polarity), usize>,
    edits: FxHashMap<EditKey, usize>,
    /// The findings of each edit.
    units: Vec<Vec<usize>>,
    detours: FxHashMap<DetourId, usize>,
}

impl Causes {
    /// Adds what is found about an edit.
    pub(super) fn add(&mut self, edit: &Edit<'_>, finding: Diagnostic) {
        // What policy hides stays apart from what it does not.
        let alone = finding.hidden.is_some();
        if let Some(detour) = edit.detour.filter(|_| !alone) {
            return self.behind(detour, edit, finding);
        }
        // What is shared on one side alone was compared with several parts of the other: one sentence, one finding.
        let place = format!("{}#{}", finding.location.file(), finding.location.pointer);
        let sentence = (finding.rule.to_string(), place, finding.message.clone(), edit.polarity);
        if let Some(known) = self.sentences.get(&sentence) {
            return join(&mut self.all[*known].finding, finding);
        }
        let at = self.all.len();
        let mut unit = self.units.len();
        if !alone && edit.id.subject.role() != Role::Contract && finding.impact > Impact::None {
            let id = |place: Option<Place<'_>>| place.map(Place::id);
            let key = (edit.id.event.group(), id(edit.base), id(edit.revision), edit.words.name.clone());
            match self.edits.entry(key) {
                Entry::Occupied(known) => {
                    if self.units[*known.get()].iter().all(|other| self.all[*other].polarity != edit.polarity) {
                        unit = *known.get();
                    }
                }
                Entry::Vacant(free) => {
                    free.insert(unit);
                }
            }
        }
        if unit == self.units.len() {
            self.units.push(Vec::new());
        }
        self.units[unit].push(at);
        self.sentences.insert(sentence, at);
        let alike = alike(edit, &finding);
        let way = way(edit.polarity, edit.id.subject.role());
        self.all.push(Known { finding, polarity: edit.polarity, way, unit, more: 0, alike });
    }

    /// Adds what differs behind a reference that leads elsewhere.
    fn behind(&mut self, detour: DetourId, edit: &Edit<'_>, mut finding: Diagnostic) {
        let at = match self.detours.entry(detour) {
            Entry::Vacant(free) => {
                free.insert(self.all.len());
                let (polarity, unit) = (edit.polarity, self.units.len());
                self.units.push(vec![self.all.len()]);
                let way = way(polarity, edit.id.subject.role());
                self.all.push(Known { finding, polarity, way, unit, more: 0, alike: None });
                return;
            }
            Entry::Occupied(known) => *known.get(),
        };
        let known = &mut self.all[at];
        if finding.impact > known.finding.impact {
            std::mem::swap(&mut known.finding, &mut finding);
            known.finding.related = std::mem::take(&mut finding.related);
        }
        weigh(&mut known.finding, &finding);
        if finding.impact == known.finding.impact {
            extend(&mut known.finding.operations, &finding.operations);
        }
        let label = Label { location: finding.location, message: finding.message };
        let told = |other: &Label| other.message == label.message;
        if label.message != known.finding.message && !known.finding.related.iter().any(told) {
            known.more += 1;
            known.finding.related.push(label);
        }
    }

    /// Gives all findings; those of one cause have it in common.
    pub(super) fn finish(mut self, detours: &[Detour<'_>]) -> Vec<Diagnostic> {
        for (detour, at) in std::mem::take(&mut self.detours) {
            let Some(detour) = detours.get(detour) else { continue };
            let known = &mut self.all[at];
            known.finding.location = detour.revision.location();
            known.finding.base_location = Some(detour.base.location());
            known.finding.message.push_str("; it is ");
            known.finding.message.push_str(&detour.words);
            if known.more > 0 {
                let s = if known.more == 1 { "" } else { "s" };
                known.finding.message.push_str(&format!(" ({} more difference{s})", known.more));
            }
        }
        let mut equal: FxHashMap<(Alike, Ways), Vec<usize>> = FxHashMap::default();
        for (unit, members) in self.units.iter().enumerate() {
            if let Some(alike) = self.gravest(members).and_then(|head| self.all[head].alike.clone()) {
                let ways = members.iter().map(|at| (self.all[*at].way, self.all[*at].finding.impact)).collect();
                equal.entry((alike, ways)).or_default().push(unit);
            }
        }
        // Alone an edit is the only one of its kind.
        let mut places: Vec<(usize, usize)> = (0..self.units.len()).map(|unit| (unit, 0)).collect();
        for units in equal.into_values().filter(|units| units.len() >= MANY) {
            for (place, unit) in units.iter().enumerate() {
                places[*unit] = (units[0], place);
            }
        }
        let mut sizes = vec![0; self.units.len()];
        for (unit, members) in self.units.iter().enumerate() {
            sizes[places[unit].0] += members.len();
        }
        let key = |(unit, members): (usize, &Vec<usize>)| self.key(members).filter(|_| sizes[unit] > 1);
        let keys: Vec<Option<String>> = self.units.iter().enumerate().map(key).collect();
        let one = |known: Known| {
            let (first, place) = places[known.unit];
            let mut finding = known.finding;
            finding.cause = keys[first].clone().map(|key| Cause { key, way: known.way, place });
            finding
        };
        self.all.into_iter().map(one).collect()
    }

    /// The gravest of some findings; of equals the first.
    fn gravest(&self, members: &[usize]) -> Option<usize> {
        members.iter().copied().rev().max_by_key(|at| self.all[*at].finding.impact)
    }

    /// What tells the cause of an edit from others, in every contract.
    fn key(&self, members: &[usize]) -> Option<String> {
        let finding = &self.all[self.gravest(members)?].finding;
        let base = finding.base_location.as_ref().map_or("", |base| base.pointer.as_str());
        Some(
            [&*finding.rule, finding.location.file(), &finding.location.pointer, base, &finding.message].join("\u{1f}"),
        )
    }
}

/// What an edit has in common with equal ones of other schemas.
fn alike(edit: &Edit<'_>, finding: &Diagnostic) -> Option<Alike> {
    if finding.weakens || finding.hidden.is_some() || edit.id.subject.role() == Role::Contract {
        return None;
    }
    let words = &edit.words;
    let mut sentence = finding.message.clone();
    for part in [Some(&words.location), Some(&words.name), words.owner.as_ref()].into_iter().flatten() {
        if !part.is_empty() {
            sentence = sentence.replace(part.as_str(), "");
        }
    }
    let named = matches!(edit.id.event.action(), Action::Adds | Action::Removes);
    let name = words.name.rsplit('.').next().filter(|_| named).unwrap_or_default();
    sentence.push('\u{1f}');
    sentence.push_str(name);
    Some((finding.rule.to_string(), finding.impact, sentence, finding.policy.clone()))
}

/// What carries values that are sent this way.
fn way(polarity: Polarity, role: Role) -> &'static str {
    match (polarity, role) {
        (Polarity::ToServer, Role::Request | Role::Parameter) => "requests",
        (Polarity::ToClient, Role::Response | Role::Header) => "responses",
        _ => "callbacks and webhooks",
    }
}

/// Adds what another finding of the same cause reaches; the graver one speaks for both.
fn join(known: &mut Diagnostic, mut other: Diagnostic) {
    if other.impact > known.impact {
        std::mem::swap(known, &mut other);
    }
    weigh(known, &other);
    extend(&mut known.operations, &other.operations);
}

/// What one of them makes graver is graver for all.
fn weigh(known: &mut Diagnostic, other: &Diagnostic) {
    known.severity = known.severity.max(other.severity);
    known.weakens |= other.weakens;
}

fn extend(known: &mut Vec<String>, more: &[String]) {
    let fresh: Vec<String> = more.iter().filter(|label| !known.contains(label)).cloned().collect();
    known.extend(fresh);
}
