//! Announcements: deprecation, sunset dates, stability levels, and removals judged by them.

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
            let id = match after.sunset {
                None => "endpoint-deprecated",
                Some(sunset) if sunset.date.is_none() => "api-deprecated-sunset-parse",
                Some(_) => "endpoint-deprecated-with-sunset",
            };
            self.life(scope, id, &label, sides, |keys| keys.sunset.map(|s| s.place).or(keys.deprecated_place));
            self.notice(scope, "api-deprecated-sunset-missing", "api-sunset-date-too-small", &label, sides);
        } else if before.deprecated && !after.deprecated {
            self.life(scope, "endpoint-reactivated", &label, sides, |keys| keys.deprecated_place);
        } else if after.deprecated {
            self.sunset(scope, "", &label, sides);
        }
        self.stability(scope, "api", &label, sides);
    }

    /// The sunset date of something that stays deprecated. `prefix` is empty for operations.
    pub(super) fn sunset(&mut self, scope: ScopeId, prefix: &str, label: &str, sides: (Side<'_, 'w>, Side<'_, 'w>)) {
        let (before, after) = (sides.0.0.sunset, sides.1.0.sunset);
        let named = |id: &str| if prefix.is_empty() { id.to_owned() } else { format!("{prefix}-{id}") };
        let api = |id: &str| if prefix.is_empty() { format!("api-{id}") } else { format!("{prefix}-{id}") };
        let id = match (before, after) {
            (Some(_), None) => named("sunset-deleted"),
            (None, Some(new)) if new.date.is_none() => {
                api(if prefix.is_empty() { "deprecated-sunset-parse" } else { "sunset-parse" })
            }
            (None, Some(_)) => api("sunset-date-added"),
            (Some(old), Some(new)) if old.place.text() == new.place.text() => return,
            (Some(old), Some(new)) => match (old.date, new.date) {
                (_, None) | (None, _) => {
                    api(if prefix.is_empty() { "deprecated-sunset-parse" } else { "sunset-parse" })
                }
                (Some(old), Some(new)) if new < old => api("sunset-date-changed-too-small"),
                (Some(old), Some(new)) if new > old => api("sunset-date-postponed"),
                _ => return,
            },
            (None, None) => return,
        };
        self.life(scope, &id, label, sides, |keys| keys.sunset.map(|sunset| sunset.place).or(keys.deprecated_place));
    }

    /// Whether the announcement gives clients the days they are owed.
    fn notice(&mut self, scope: ScopeId, missing: &str, short: &str, label: &str, sides: (Side<'_, 'w>, Side<'_, 'w>)) {
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
            self.life(scope, missing, label, sides, |keys| keys.deprecated_place);
            return;
        };
        let (Some(date), Some(today)) = (sunset.date, self.options.as_of) else { return };
        if (date - today).get_days() < i32::try_from(days).unwrap_or(i32::MAX) {
            self.life(scope, short, label, sides, |keys| keys.sunset.map(|sunset| sunset.place));
        }
    }

    fn stability(&mut self, scope: ScopeId, prefix: &str, label: &str, sides: (Side<'_, 'w>, Side<'_, 'w>)) {
        let ((before, _), (after, _)) = sides;
        let id = match (before.level(), after.level()) {
            (_, None) | (None, _) => {
                if before.stability.map(Place::text) == after.stability.map(Place::text) {
                    return;
                }
                "api-invalid-stability-level".to_owned()
            }
            (Some(old), Some(new)) if new < old => format!("{prefix}-stability-decreased"),
            (Some(old), Some(new)) if new > old => format!("{prefix}-stability-increased"),
            _ => return,
        };
        self.life(scope, &id, label, sides, |keys| keys.stability);
    }

    /// Deprecation, sunset and stability of a property.
    pub(super) fn property_life(
        &mut self,
        pair: &Pair<'w>,
        prefix: &str,
        label: &str,
        old: Side<'_, 'w>,
        new: Side<'_, 'w>,
    ) {
        let sides = (old, new);
        let (before, after) = (old.0, new.0);
        if !before.deprecated && after.deprecated {
            let what = match after.sunset {
                None => "deprecated",
                Some(sunset) if sunset.date.is_none() => "deprecated-sunset-invalid",
                Some(_) => "deprecated-with-sunset",
            };
            self.life(pair.scope, &format!("{prefix}-{what}"), label, sides, |keys| keys.deprecated_place);
            let missing = format!("{prefix}-deprecated-sunset-missing");
            let short = format!("{prefix}-sunset-date-too-small");
            self.notice(pair.scope, &missing, &short, label, sides);
        } else if before.deprecated && !after.deprecated {
            self.life(pair.scope, &format!("{prefix}-reactivated"), label, sides, |keys| keys.deprecated_place);
        } else if after.deprecated {
            self.sunset(pair.scope, prefix, label, sides);
        }
        self.stability(pair.scope, prefix, label, sides);
    }

    /// Deprecation and sunset of a parameter.
    pub(super) fn parameter_life(&mut self, scope: ScopeId, label: &str, old: Place<'w>, new: Place<'w>) {
        let (before, after) = (LifecycleKeys::read(old), LifecycleKeys::read(new));
        let sides = ((&before, old), (&after, new));
        if !before.deprecated && after.deprecated {
            let id = match after.sunset {
                Some(sunset) if sunset.date.is_none() => "request-parameter-sunset-parse",
                _ => "request-parameter-deprecated",
            };
            self.life(scope, id, label, sides, |keys| keys.sunset.map(|s| s.place).or(keys.deprecated_place));
            let (missing, short) =
                ("request-parameter-deprecated-sunset-missing", "request-parameter-sunset-date-too-small");
            self.notice(scope, missing, short, label, sides);
        } else if before.deprecated && !after.deprecated {
            self.life(scope, "request-parameter-reactivated", label, sides, |keys| keys.deprecated_place);
        } else if after.deprecated {
            self.sunset(scope, "request-parameter", label, sides);
        }
        self.stability(scope, "request-parameter", label, sides);
    }

    fn life(
        &mut self,
        scope: ScopeId,
        id: &str,
        label: &str,
        (old, new): (Side<'_, 'w>, Side<'_, 'w>),
        place: impl Fn(&LifecycleKeys<'w>) -> Option<Place<'w>>,
    ) {
        let (before, after) = (place(old.0), place(new.0));
        let edit = Edit::new(id.to_owned(), scope, Polarity::ToServer)
            .at(before.or(Some(old.1)), after.or(Some(new.1)))
            .location(label)
            .values(show(before), show(after));
        self.push(edit);
    }

    /// The edit for something that was removed, by what was announced; `None` in `ids` where the case has no id.
    pub(super) fn removed(
        &self,
        scope: ScopeId,
        ids: (&'static str, &'static str, &'static str, &'static str),
        keys: &LifecycleKeys<'w>,
    ) -> Edit<'w> {
        let (sudden, announced, early, unreadable) = ids;
        let edit = |id: &'static str| Edit::new(id, scope, Polarity::ToServer);
        match self.farewell(keys) {
            Farewell::Sudden => edit(sudden),
            Farewell::Announced => edit(announced).effect(Effect::Unknown).note("no last day was announced"),
            Farewell::Due => edit(announced).effect(Effect::None).note("its sunset date has passed"),
            Farewell::Early(date) => {
                let mut edit = edit(early);
                edit.words.old = date;
                edit
            }
            Farewell::Unreadable => edit(unreadable),
        }
    }
}
