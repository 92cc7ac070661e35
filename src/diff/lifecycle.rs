//! Announcements: deprecation, sunset dates, stability levels, and removals judged by them.

use super::change::{ChangeId, Event, Subject};
use super::edit::{Edit, ScopeId, show};
use super::effect::{Effect, Polarity};
use super::pair::Pair;
use super::walk::Walk;
use crate::openapi::{LifecycleKeys, Operation, Stability};
use crate::workspace::Place;

/// Keys that are read here, aliases included.
pub(super) const KEYS: [&str; 15] = [
    "deprecated",
    "x-sunset",
    "x-deprecation",
    "x-ms-deprecation",
    "x-deprecated-sunset",
    "sunsetDate",
    "x-stability-level",
    "x-stability",
    "x-release-status",
    "x-beta",
    "x-ms-preview",
    "x-deprecated-at",
    "deprecationDate",
    "x-replaced-by",
    "replacementOperationId",
];

/// How the removal of something deprecated is judged.
pub(super) enum Farewell {
    /// It was not deprecated.
    Sudden,
    /// It was deprecated, with no date.
    Announced,
    /// Its last day has passed.
    Due,
    /// Its last day has not been reached.
    Early(String),
    /// Its date cannot be read.
    Unreadable,
}

/// The ids of a removal, by what was announced.
pub(super) struct Removal {
    /// It was not deprecated.
    pub(super) sudden: ChangeId,
    /// It was deprecated, and no date is against it.
    pub(super) announced: ChangeId,
    /// Its last day has not been reached.
    pub(super) early: ChangeId,
    /// Its date cannot be read.
    pub(super) unreadable: ChangeId,
}

type Side<'a, 'w> = (&'a LifecycleKeys<'w>, Place<'w>);

impl<'w> Walk<'w, '_> {
    /// How a removal stands to what was announced.
    pub(super) fn farewell(&self, keys: &LifecycleKeys<'w>) -> Farewell {
        if !keys.deprecated {
            return Farewell::Sudden;
        }
        let Some(sunset) = keys.sunset else { return Farewell::Announced };
        match (sunset.date, self.options.as_of) {
            (None, _) => Farewell::Unreadable,
            (Some(date), Some(today)) if today > date => Farewell::Due,
            _ => Farewell::Early(sunset.place.text().to_owned()),
        }
    }

    /// Deprecation, sunset and stability of an operation.
    pub(super) fn operation_life(&mut self, scope: ScopeId, old: &Operation<'w>, new: &Operation<'w>) {
        let (before, after) = (LifecycleKeys::read(old.place), LifecycleKeys::read(new.place));
        let label = format!("`{}`", new.label());
        let sides = ((&before, old.place), (&after, new.place));
        if !before.deprecated && after.deprecated {
            let event = match after.sunset {
                None => Event::Deprecated,
                Some(sunset) if sunset.date.is_none() => Event::SunsetUnreadable,
                Some(_) => Event::DeprecatedWithSunset,
            };
            let id = ChangeId::new(Subject::Operation, event);
            self.life(scope, id, &label, sides, |keys| keys.sunset.map(|s| s.place).or(keys.deprecated_place));
            self.notice(scope, Subject::Operation, &label, sides);
        } else if before.deprecated && !after.deprecated {
            let id = ChangeId::new(Subject::Operation, Event::Reactivated);
            self.life(scope, id, &label, sides, |keys| keys.deprecated_place);
        } else if after.deprecated {
            self.sunset(scope, Subject::Operation, &label, sides);
        }
        self.stability(scope, Subject::Operation, &label, sides);
    }

    /// The sunset date of something that stays deprecated.
    pub(super) fn sunset(
        &mut self,
        scope: ScopeId,
        subject: Subject,
        label: &str,
        sides: (Side<'_, 'w>, Side<'_, 'w>),
    ) {
        let (before, after) = (sides.0.0.sunset, sides.1.0.sunset);
        let event = match (before, after) {
            (Some(_), None) => Event::SunsetDeleted,
            (None, Some(new)) if new.date.is_none() => Event::SunsetUnreadable,
            (None, Some(_)) => Event::SunsetAdded,
            (Some(old), Some(new)) if old.place.text() == new.place.text() => return,
            (Some(old), Some(new)) => match (old.date, new.date) {
                (_, None) | (None, _) => Event::SunsetUnreadable,
                (Some(old), Some(new)) if new < old => Event::SunsetAdvanced,
                (Some(old), Some(new)) if new > old => Event::SunsetPostponed,
                _ => return,
            },
            (None, None) => return,
        };
        let id = ChangeId::new(subject, event);
        self.life(scope, id, label, sides, |keys| keys.sunset.map(|sunset| sunset.place).or(keys.deprecated_place));
    }

    /// Whether the announcement gives clients the days they are owed.
    fn notice(&mut self, scope: ScopeId, subject: Subject, label: &str, sides: (Side<'_, 'w>, Side<'_, 'w>)) {
        let keys = sides.1.0;
        let days = match keys.level() {
            Some(Stability::Stable) => self.options.notice_days_stable,
            Some(Stability::Beta) => self.options.notice_days_beta,
            _ => 0,
        };
        if days == 0 {
            return;
        }
        let Some(sunset) = keys.sunset else {
            let missing = ChangeId::new(subject, Event::DeprecatedSunsetMissing);
            self.life(scope, missing, label, sides, |keys| keys.deprecated_place);
            return;
        };
        let (Some(date), Some(today)) = (sunset.date, self.options.as_of) else { return };
        if (date - today).get_days() < i32::try_from(days).unwrap_or(i32::MAX) {
            let short = ChangeId::new(subject, Event::SunsetTooSoon);
            self.life(scope, short, label, sides, |keys| keys.sunset.map(|sunset| sunset.place));
        }
    }

    fn stability(&mut self, scope: ScopeId, subject: Subject, label: &str, sides: (Side<'_, 'w>, Side<'_, 'w>)) {
        let ((before, _), (after, _)) = sides;
        let id = match (before.level(), after.level()) {
            (_, None) | (None, _) => {
                if before.stability.map(Place::text) == after.stability.map(Place::text) {
                    return;
                }
                ChangeId::from(Event::StabilityUnreadable)
            }
            (Some(old), Some(new)) if new < old => ChangeId::new(subject, Event::StabilityDecreased),
            (Some(old), Some(new)) if new > old => ChangeId::new(subject, Event::StabilityIncreased),
            _ => return,
        };
        self.life(scope, id, label, sides, |keys| keys.stability);
    }

    /// Deprecation, sunset and stability of a property.
    pub(super) fn property_life(
        &mut self,
        pair: &Pair<'w>,
        subject: Subject,
        label: &str,
        old: Side<'_, 'w>,
        new: Side<'_, 'w>,
    ) {
        let sides = (old, new);
        let (before, after) = (old.0, new.0);
        if !before.deprecated && after.deprecated {
            let event = match after.sunset {
                None => Event::Deprecated,
                Some(sunset) if sunset.date.is_none() => Event::DeprecatedSunsetUnreadable,
                Some(_) => Event::DeprecatedWithSunset,
            };
            self.life(pair.scope, ChangeId::new(subject, event), label, sides, |keys| keys.deprecated_place);
            self.notice(pair.scope, subject, label, sides);
        } else if before.deprecated && !after.deprecated {
            let id = ChangeId::new(subject, Event::Reactivated);
            self.life(pair.scope, id, label, sides, |keys| keys.deprecated_place);
        } else if after.deprecated {
            self.sunset(pair.scope, subject, label, sides);
        }
        self.stability(pair.scope, subject, label, sides);
    }

    /// Deprecation and sunset of a parameter.
    pub(super) fn parameter_life(&mut self, scope: ScopeId, label: &str, old: Place<'w>, new: Place<'w>) {
        let (before, after) = (LifecycleKeys::read(old), LifecycleKeys::read(new));
        let sides = ((&before, old), (&after, new));
        if !before.deprecated && after.deprecated {
            let event = match after.sunset {
                Some(sunset) if sunset.date.is_none() => Event::SunsetUnreadable,
                _ => Event::Deprecated,
            };
            let id = ChangeId::new(Subject::RequestParameter, event);
            self.life(scope, id, label, sides, |keys| keys.sunset.map(|s| s.place).or(keys.deprecated_place));
            self.notice(scope, Subject::RequestParameter, label, sides);
        } else if before.deprecated && !after.deprecated {
            let id = ChangeId::new(Subject::RequestParameter, Event::Reactivated);
            self.life(scope, id, label, sides, |keys| keys.deprecated_place);
        } else if after.deprecated {
            self.sunset(scope, Subject::RequestParameter, label, sides);
        }
        self.stability(scope, Subject::RequestParameter, label, sides);
    }

    fn life(
        &mut self,
        scope: ScopeId,
        id: ChangeId,
        label: &str,
        (old, new): (Side<'_, 'w>, Side<'_, 'w>),
        place: impl Fn(&LifecycleKeys<'w>) -> Option<Place<'w>>,
    ) {
        let (before, after) = (place(old.0), place(new.0));
        let edit = Edit::new(id, scope, Polarity::ToServer)
            .at(before.or(Some(old.1)), after.or(Some(new.1)))
            .location(label)
            .values(show(before), show(after));
        self.push(edit);
    }

    /// The edit for something that was removed, by what was announced.
    pub(super) fn removed(&self, scope: ScopeId, ids: &Removal, keys: &LifecycleKeys<'w>) -> Edit<'w> {
        let edit = |id: ChangeId| Edit::new(id, scope, Polarity::ToServer);
        match self.farewell(keys) {
            Farewell::Sudden => edit(ids.sudden),
            Farewell::Announced => edit(ids.announced).effect(Effect::Unknown).note("no last day was announced"),
            Farewell::Due => edit(ids.announced).effect(Effect::None).note("its sunset date has passed"),
            Farewell::Early(date) => {
                let mut edit = edit(ids.early);
                edit.words.old = date;
                edit
            }
            Farewell::Unreadable => edit(ids.unreadable),
        }
    }
}
