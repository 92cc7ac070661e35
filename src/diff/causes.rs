//! One finding per cause: what several comparisons say about one edit is put together.
//!
//! Takes findings with their edits; gives them back with equal sentences joined, with an edit that requests and responses
//! share told once with both effects, with everything that differs behind a reference which leads elsewhere told at
//! that reference.

use super::change::{Action, Group, Role};
use super::edit::Edit;
use super::effect::Polarity;
use super::pair::{Detour, DetourId};
use crate::diagnostic::{Diagnostic, Impact, Label};
use crate::workspace::{Place, PlaceId};
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;

/// One edit of a schema, whoever sends its values.
type EditKey = (Group, Option<PlaceId>, Option<PlaceId>, String);

/// Equal edits of this many schemas are one finding.
const MANY: usize = 3;

/// What equal edits of several schemas have in common: the sentence without the names, and the name of what came or went.
type Alike = (String, Impact, String, String);

/// A finding, and what is needed to add to it.
struct Known {
    finding: Diagnostic,
    polarity: Polarity,
    /// How many findings it stands for besides.
    more: usize,
    /// What it does the other way.
    other_way: Option<(&'static str, Impact)>,
    alike: Option<Alike>,
}

/// Findings by cause.
#[derive(Default)]
pub(super) struct Causes {
    all: Vec<Known>,
    sentences: FxHashMap<(String, String, String, Polarity), usize>,
    edits: FxHashMap<EditKey, usize>,
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
        if !alone && edit.id.subject.role() != Role::Contract && finding.impact > Impact::None {
            let id = |place: Option<Place<'_>>| place.map(Place::id);
            let key = (edit.id.event.group(), id(edit.base), id(edit.revision), edit.words.name.clone());
            match self.edits.entry(key) {
                Entry::Occupied(known) if self.all[*known.get()].polarity != edit.polarity => {
                    return self.all[*known.get()].both_ways(edit, finding);
                }
                Entry::Occupied(_) => {}
                Entry::Vacant(free) => {
                    free.insert(at);
                }
            }
        }
        self.sentences.insert(sentence, at);
        let alike = alike(edit, &finding);
        self.all.push(Known { finding, polarity: edit.polarity, more: 0, other_way: None, alike });
    }

    /// Adds what differs behind a reference that leads elsewhere.
    fn behind(&mut self, detour: DetourId, edit: &Edit<'_>, mut finding: Diagnostic) {
        let at = match self.detours.entry(detour) {
            Entry::Vacant(free) => {
                free.insert(self.all.len());
                self.all.push(Known { finding, polarity: edit.polarity, more: 0, other_way: None, alike: None });
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

    /// Gives all findings.
    pub(super) fn finish(self, detours: &[Detour<'_>]) -> Vec<Diagnostic> {
        let mut out: Vec<Diagnostic> = Vec::with_capacity(self.all.len());
        let mut equal: FxHashMap<Alike, Vec<usize>> = FxHashMap::default();
        let sites: FxHashMap<usize, DetourId> = self.detours.into_iter().map(|(detour, at)| (at, detour)).collect();
        for (at, mut known) in self.all.into_iter().enumerate() {
            if let Some(detour) = sites.get(&at).and_then(|detour| detours.get(*detour)) {
                known.finding.location = detour.revision.location();
                known.finding.base_location = Some(detour.base.location());
                known.finding.message.push_str("; it is ");
                known.finding.message.push_str(&detour.words);
                if known.more > 0 {
                    let s = if known.more == 1 { "" } else { "s" };
                    known.finding.message.push_str(&format!(" ({} more difference{s})", known.more));
                }
            }
            if let Some((way, impact)) = known.other_way {
                let words = if impact == known.finding.impact {
                    format!("; the same holds in {way}")
                } else {
                    format!("; in {way} it is {impact}")
                };
                known.finding.message.push_str(&words);
            }
            if let Some((rule, impact, sentence, name)) = known.alike {
                let way = known.other_way.map(|(way, impact)| format!("{way} {impact}")).unwrap_or_default();
                equal.entry((rule, impact, sentence + &way, name)).or_default().push(out.len());
            }
            out.push(known.finding);
        }
        gathered(out, equal)
    }
}

/// What an edit that hurts nobody has in common with equal ones of other schemas.
fn alike(edit: &Edit<'_>, finding: &Diagnostic) -> Option<Alike> {
    if finding.impact > Impact::Compatible
        || finding.weakens
        || finding.hidden.is_some()
        || edit.id.subject.role() == Role::Contract
    {
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
    Some((finding.rule.to_string(), finding.impact, sentence, name.to_owned()))
}

/// Puts equal edits of many schemas together: the first has the places of the others.
fn gathered(mut all: Vec<Diagnostic>, equal: FxHashMap<Alike, Vec<usize>>) -> Vec<Diagnostic> {
    let mut gone = vec![false; all.len()];
    for members in equal.into_values().filter(|members| members.len() >= MANY) {
        let mut identity = String::new();
        for at in &members[1..] {
            gone[*at] = true;
            let other = all[*at].clone();
            identity.push('+');
            identity.push_str(&other.location.identity);
            let first = &mut all[members[0]];
            extend(&mut first.operations, &other.operations);
            first.related.push(Label { location: other.location, message: other.message });
        }
        let first = &mut all[members[0]];
        // Another place makes it another finding.
        first.location.identity.push_str(&identity);
        first.message.push_str(&format!("; likewise in {} other places", members.len() - 1));
    }
    let mut at = 0;
    all.retain(|_| {
        at += 1;
        !gone[at - 1]
    });
    all
}

impl Known {
    /// Adds what the same edit does the other way; the graver effect speaks first and names its operations.
    fn both_ways(&mut self, edit: &Edit<'_>, mut finding: Diagnostic) {
        let mut way = way(edit.polarity, edit.id.subject.role());
        if finding.impact > self.finding.impact {
            std::mem::swap(&mut self.finding, &mut finding);
            way = way_back(way);
            self.polarity = edit.polarity;
        }
        weigh(&mut self.finding, &finding);
        if finding.impact == self.finding.impact {
            extend(&mut self.finding.operations, &finding.operations);
        }
        let known = self.other_way.map_or(Impact::None, |(_, impact)| impact);
        self.other_way = Some((way, finding.impact.max(known)));
    }
}

/// What carries values that are sent this way.
fn way(polarity: Polarity, role: Role) -> &'static str {
    match (polarity, role) {
        (Polarity::ToServer, Role::Request | Role::Parameter) => "requests",
        (Polarity::ToClient, Role::Response | Role::Header) => "responses",
        _ => "callbacks and webhooks",
    }
}

fn way_back(way: &'static str) -> &'static str {
    match way {
        "requests" => "responses",
        "responses" => "requests",
        other => other,
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
