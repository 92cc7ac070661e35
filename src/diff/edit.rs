//! Edits as the walk finds them, and who is reached by them.
//!
//! A scope is something that is compared once: an operation, or a shared part that many operations reach. Scopes form
//! a graph; the operations of an edit are those from which its scope can be reached.

use super::change::{ChangeId, Event};
use super::effect::{Effect, Polarity};
use super::pair::{DetourId, Mark};
use crate::diagnostic::{Category, Evidence, Impact};
use crate::text::Cut;
use crate::workspace::Place;

/// Index of a scope.
pub(super) type ScopeId = usize;

/// Index of a pair of schemas that the containment engine can judge.
pub(super) type AnchorId = usize;

/// Makes an edit of one object: what happened to it, and both places.
pub(super) type MakeEdit<'w, 'a> = dyn Fn(Event, Option<Place<'w>>, Option<Place<'w>>) -> Edit<'w> + 'a;

/// What a message is filled with.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    pub(super) location: String,
    pub(super) name: String,
    /// How many names were left out of `name`.
    pub(super) more: usize,
    /// The schema whose property is named.
    pub(super) owner: Option<String>,
    pub(super) old: String,
    pub(super) new: String,
}

/// What a comparison of its own says about an edit.
#[derive(Clone, Debug)]
pub(super) struct Ruling {
    pub(super) impact: Impact,
    pub(super) category: Category,
    pub(super) evidence: Option<Evidence>,
}

/// One difference, not yet judged.
#[derive(Clone, Debug)]
pub(super) struct Edit<'w> {
    pub(super) id: ChangeId,
    pub(super) scope: ScopeId,
    pub(super) polarity: Polarity,
    /// The effect, where the page does not fix it or the surroundings change it.
    pub(super) effect: Option<Effect>,
    /// Under a negation the effect of the page is turned round.
    pub(super) negated: bool,
    pub(super) base: Option<Place<'w>>,
    pub(super) revision: Option<Place<'w>>,
    pub(super) words: Words,
    /// Why it cannot hurt although it looks as if it could.
    pub(super) harmless: Option<String>,
    /// One more sentence for the message.
    pub(super) note: Option<String>,
    /// What a client must do, where the page knows only the usual case.
    pub(super) client: Option<&'static str>,
    pub(super) anchor: Option<AnchorId>,
    /// The schema says that its list of values grows.
    pub(super) extensible: bool,
    /// Whether it takes protection away, where the page does not say so of all edits with its id.
    pub(super) weakens: Option<bool>,
    /// The property that the edit is about, under its own name.
    pub(super) member: Option<String>,
    /// It stands in a branch of the anchor, so what it demands is not demanded of every value there.
    pub(super) in_branch: bool,
    /// It stands in a part of the anchor's values that has no anchor of its own.
    pub(super) elsewhere: bool,
    /// The last step to that part, as far as it is known.
    pub(super) step: Mark,
    /// It is an edit of a keyword: the same event in another role of the schema has the same root cause.
    pub(super) of_keyword: bool,
    /// What it does is not defined, or not known, so no set of values decides it.
    pub(super) undefined: bool,
    /// The reference that leads elsewhere, whose edit it is.
    pub(super) detour: Option<DetourId>,
    /// The weakest promise that it breaks, where the page does not say so of all edits with its id.
    pub(super) category: Option<Category>,
    /// What a comparison of its own says about it.
    pub(super) ruling: Option<Ruling>,
}

impl<'w> Edit<'w> {
    pub(super) fn new(id: impl Into<ChangeId>, scope: ScopeId, polarity: Polarity) -> Self {
        Edit {
            id: id.into(),
            scope,
            polarity,
            effect: None,
            negated: false,
            base: None,
            revision: None,
            words: Words::default(),
            harmless: None,
            note: None,
            client: None,
            anchor: None,
            extensible: false,
            weakens: None,
            member: None,
            in_branch: false,
            elsewhere: false,
            step: Mark::Unknown,
            of_keyword: false,
            undefined: false,
            detour: None,
            category: None,
            ruling: None,
        }
    }

    pub(super) fn at(mut self, base: Option<Place<'w>>, revision: Option<Place<'w>>) -> Self {
        self.base = base;
        self.revision = revision;
        self
    }

    pub(super) fn effect(mut self, effect: Effect) -> Self {
        self.effect = Some(effect);
        self
    }

    /// Says whether it takes protection away.
    pub(super) fn weakens(mut self, weakens: bool) -> Self {
        self.weakens = Some(weakens);
        self
    }

    pub(super) fn location(mut self, location: impl Into<String>) -> Self {
        self.words.location = location.into();
        self
    }

    pub(super) fn name(mut self, name: impl Into<String>) -> Self {
        self.words.name = name.into();
        self
    }

    /// Names, without those that would make the line too long.
    pub(super) fn names(mut self, (name, more): (String, usize)) -> Self {
        self.words.name = name;
        self.words.more = more;
        self
    }

    pub(super) fn values(mut self, old: impl Into<String>, new: impl Into<String>) -> Self {
        self.words.old = old.into();
        self.words.new = new.into();
        self
    }

    pub(super) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Says what a client must do instead of what the page says.
    pub(super) fn client(mut self, advice: &'static str) -> Self {
        self.client = Some(advice);
        self
    }

    /// Says why nobody can tell what it does: it is risky, whatever the schemas allow.
    pub(super) fn undefined(mut self, reason: impl Into<String>) -> Self {
        self.effect = Some(Effect::Unknown);
        self.undefined = true;
        self.note(reason)
    }

    /// Says what a comparison of its own decided.
    pub(super) fn ruled(mut self, ruling: Ruling) -> Self {
        self.ruling = Some(ruling);
        self
    }

    pub(super) fn harmless(mut self, reason: impl Into<String>) -> Self {
        self.harmless = Some(reason.into());
        self
    }
}

/// Something that is compared once.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// Scopes of what it contains and shares with others.
    pub(super) children: Vec<ScopeId>,
}

/// The operations from which each scope can be reached, as indices into `roots`, in order.
pub(super) fn reach(scopes: &[Scope], roots: &[ScopeId]) -> Vec<Vec<u32>> {
    reach_around(scopes, roots, |_| false)
}

/// The same, without ways through scopes that are `shut`.
pub(super) fn reach_around(scopes: &[Scope], roots: &[ScopeId], shut: impl Fn(ScopeId) -> bool) -> Vec<Vec<u32>> {
    let mut reached = vec![Vec::new(); scopes.len()];
    let mut stamp = vec![u32::MAX; scopes.len()];
    let mut stack = Vec::new();
    for (number, &root) in roots.iter().enumerate() {
        let number = number as u32;
        stack.push(root);
        while let Some(scope) = stack.pop() {
            if stamp[scope] == number || shut(scope) {
                continue;
            }
            stamp[scope] = number;
            reached[scope].push(number);
            stack.extend(scopes[scope].children.iter().copied());
        }
    }
    reached
}

/// A short text of a value for messages.
pub(super) fn show(place: Option<Place<'_>>) -> String {
    let Some(place) = place else { return "nothing".to_owned() };
    let text = if place.is_map() || place.is_seq() { place.to_json().to_string() } else { place.text().to_owned() };
    shorten(&text)
}

/// Short texts of two values, with their types where they print alike: the string `1` and the number `1`.
pub(super) fn show_both(old: Option<Place<'_>>, new: Option<Place<'_>>) -> (String, String) {
    let (before, after) = (show(old), show(new));
    match (old, new) {
        (Some(old), Some(new)) if before == after && old.kind() != new.kind() => {
            let typed = |text: &str, place: Place<'_>| format!("{text} ({})", place.kind().name());
            (typed(&before, old), typed(&after, new))
        }
        _ => (before, after),
    }
}

/// At most 60 characters of a text, on one line.
pub(super) fn shorten(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", line.cut(..end)),
        None => line,
    }
}
