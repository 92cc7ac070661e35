//! Which edits may be why a message is refused, beside the one that it shows.
//!
//! Takes all edits that may hurt; gives those that stand at a refusal, so that a proof which several edits break names them.

use super::check::{About, Fault};
use super::focus::targets;
use super::{Focus, Side};
use crate::diagnostic::FindingAt;
use crate::diff::change::{ChangeId, Event, Group};
use crate::diff::edit::Edit;
use crate::schema::Rejection;
use crate::workspace::{Place, PlaceId};
use rustc_hash::FxHashMap;
use std::cell::OnceCell;

/// Edits near a refusal that are looked at, and among how many they are searched.
const MAX_NEAR: usize = 200;
const MAX_SEARCHED: usize = 2_000;

/// An edit that may be why a message is refused.
#[derive(Clone, Debug)]
struct Suspect<'w> {
    id: ChangeId,
    refusing: Side,
    focus: Focus<'w>,
    name: String,
    /// Where its finding stands.
    place: Place<'w>,
    /// Of a parameter, where the refusing side takes it from.
    taken_from: Option<&'w str>,
    /// The operations that it reaches, as sorted indices of roots.
    operations: Vec<u32>,
}

impl Suspect<'_> {
    /// Whether it reaches an operation, where one is asked for.
    fn reaches(&self, root: Option<usize>) -> bool {
        root.is_none_or(|root| self.operations.binary_search(&(root as u32)).is_ok())
    }
}

/// The edits of a comparison that may hurt.
#[derive(Debug, Default)]
pub(in crate::diff) struct Suspects<'w> {
    all: Vec<Suspect<'w>>,
    index: OnceCell<Index>,
}

/// Where to look for an edit: by places at and around it, and by the property that it is about.
#[derive(Debug, Default)]
struct Index {
    places: FxHashMap<(Side, PlaceId), Vec<usize>>,
    members: FxHashMap<(Side, String), Vec<usize>>,
}

impl<'w> Suspects<'w> {
    /// Adds an edit with the operations that it reaches, sorted.
    pub(in crate::diff) fn add(&mut self, edit: &Edit<'w>, operations: &[u32]) {
        let Some(place) = edit.revision.or(edit.base) else { return };
        let refusing = Side::refusing(edit.polarity);
        let focus = Focus::of(edit, refusing);
        let parameter = focus.place.filter(|_| edit.id.event.group() == Group::Parameter);
        self.all.push(Suspect {
            id: edit.id,
            refusing,
            focus,
            name: edit.words.name.clone(),
            place,
            taken_from: parameter.and_then(taken_from),
            operations: operations.to_vec(),
        });
    }

    /// Whether an edit other than the one shown may refuse messages of an operation on this side.
    pub(super) fn others(&self, refusing: Side, root: Option<usize>, shown: &Focus<'w>) -> bool {
        self.all.iter().any(|one| one.refusing == refusing && one.reaches(root) && !is_same(&one.focus, shown))
    }

    /// The edit that is why a message is refused, where one stands there.
    pub(super) fn of(
        &self,
        fault: &Fault<'w>,
        refusing: Side,
        root: Option<usize>,
        shown: &Focus<'w>,
    ) -> Option<FindingAt> {
        let found = match &fault.rejection {
            Some(rejection) => self.at(rejection, refusing, root, shown),
            None => self.about(&fault.about, refusing, root),
        }?;
        let location = found.place.location();
        Some(FindingAt {
            rule: found.id.name().into_owned(),
            file: location.file().to_owned(),
            line: location.start().line,
            pointer: location.pointer.clone(),
        })
    }

    fn at(
        &self,
        rejection: &Rejection<'w>,
        refusing: Side,
        root: Option<usize>,
        shown: &Focus<'w>,
    ) -> Option<&Suspect<'w>> {
        let index = self.index.get_or_init(|| Index::of(&self.all));
        let leaf = rejection.leaf(&|_| 0);
        [leaf, rejection].into_iter().find_map(|rejection| {
            let around = rejection.place.into_iter().flat_map(around);
            let near = around.filter_map(|place| index.places.get(&(refusing, place))).flatten();
            let named = rejection.members.iter().filter_map(|name| index.members.get(&(refusing, name.clone())));
            // What is named is meant, whatever else stands there.
            self.best(rejection, shown, root, named.flatten()).or_else(|| self.best(rejection, shown, root, near))
        })
    }

    /// The edit among these at which a rejection stands.
    fn best<'a>(
        &self,
        rejection: &Rejection<'w>,
        shown: &Focus<'w>,
        root: Option<usize>,
        among: impl Iterator<Item = &'a usize>,
    ) -> Option<&Suspect<'w>> {
        let searched = among.take(MAX_SEARCHED).map(|at| &self.all[*at]);
        let found = searched.filter(|one| one.reaches(root)).take(MAX_NEAR);
        let mut fitting = found.filter(|one| !is_same(&one.focus, shown) && one.focus.is_at(rejection));
        let first = fitting.next()?;
        // The same name is a property of several schemas.
        let best = |one: &&Suspect<'w>| one.focus.weight(rejection);
        Some(fitting.fold(first, |known, one| if best(&one) > best(&known) { one } else { known }))
    }

    fn about(&self, about: &About, refusing: Side, root: Option<usize>) -> Option<&Suspect<'w>> {
        let fits = |one: &Suspect<'w>| {
            let group = one.id.event.group();
            match about {
                About::Operation => matches!(group, Group::Operation | Group::Server),
                About::Credentials => matches!(group, Group::Security | Group::SecurityScheme),
                About::Parameter(place, name) => {
                    group == Group::Parameter
                        && one.name.eq_ignore_ascii_case(name)
                        && one.taken_from.is_none_or(|own| own == *place)
                }
                About::Header(name) => group == Group::Header && one.name.eq_ignore_ascii_case(name),
                About::Media => group == Group::MediaType,
                About::Body => matches!(group, Group::Body | Group::MediaType),
                About::Status => group == Group::Response,
            }
        };
        // A rename of a parameter says the same as the one that is missing.
        let all = self.all.iter().filter(|one| one.refusing == refusing && one.reaches(root) && fits(one));
        all.min_by_key(|one| one.id.event == Event::PathParameterRenamed)
    }
}

impl Index {
    fn of(all: &[Suspect<'_>]) -> Self {
        let mut index = Index::default();
        for (at, one) in all.iter().enumerate() {
            if let Some(member) = &one.focus.member {
                index.members.entry((one.refusing, member.clone())).or_default().push(at);
            }
            let Some(place) = one.focus.place else { continue };
            let own = around(place).take(2);
            for place in own.chain(targets(place).map(Place::id)) {
                index.places.entry((one.refusing, place)).or_default().push(at);
            }
        }
        index
    }
}

/// Where the parameter that a place is, or is a field of, stands in a request.
fn taken_from(place: Place<'_>) -> Option<&str> {
    let own = place.resolved().get_str("in");
    own.or_else(|| {
        let path = place.path();
        let (_, around) = path.split_last()?;
        let way: Vec<&str> = around.iter().map(String::as_str).collect();
        place.workspace().document_root(place.document_id()).descend(&way)?.get_str("in")
    })
}

/// A place and those around it, the innermost first.
fn around(place: Place<'_>) -> impl Iterator<Item = PlaceId> {
    let path = place.path();
    let root = place.workspace().document_root(place.document_id());
    (0..=path.len()).rev().filter_map(move |length| {
        let way: Vec<&str> = path[..length].iter().map(String::as_str).collect();
        root.descend(&way).map(Place::id)
    })
}

/// Whether both are about the same edit.
fn is_same(one: &Focus<'_>, other: &Focus<'_>) -> bool {
    one.place.map(Place::id) == other.place.map(Place::id) && one.member == other.member
}
