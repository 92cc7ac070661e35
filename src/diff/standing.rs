//! What was promised about the element that an edit touches: its stability level, and whether its end was announced.
//!
//! The base counts, for that is what clients know. An element stands no firmer than what it belongs to: property and
//! parameter, operation, path item, `info`.

use super::edit::Edit;
use super::lifecycle::KEYS;
use super::options::{Exempt, Options};
use super::walk::Root;
use crate::openapi::{LifecycleKeys, Operation, Stability};
use crate::workspace::{PlaceId, Workspace};
use jiff::civil::Date;
use rustc_hash::FxHashMap;

/// Maps and lists whose entries have a life of their own.
const HOLDERS: [&str; 4] = ["properties", "patternProperties", "parameters", "headers"];

/// Aliases that no comparison of their own looks at.
const OTHER_KEYS: [&str; 2] = ["x-deprecated", "x-oai-deprecated"];

/// The level of an operation: its own, else that of its path item or of the contract; `None` for an unknown word.
fn operation_level(operation: Operation<'_>) -> Option<Stability> {
    let scopes = [Some(operation.place), Some(operation.path.place), operation.api().info()];
    let keys = scopes.into_iter().flatten().map(LifecycleKeys::read).find(|keys| keys.stability.is_some());
    keys.map_or(Some(Stability::Stable), |keys| keys.level())
}

/// The level of an operation reached, that of the base where it exists there.
pub(super) fn level_of(root: &Root<'_>) -> Option<Stability> {
    operation_level(root.base.or(root.revision)?)
}

/// Answers for one comparison.
pub(super) struct Standing {
    /// Whether the base says anything about the life of its elements.
    alive: bool,
    /// Levels of operations, by their places.
    levels: FxHashMap<(Option<PlaceId>, Option<PlaceId>), Stability>,
}

impl Standing {
    pub(super) fn new(base: &Workspace) -> Self {
        let alive = base
            .documents()
            .any(|(_, document)| KEYS.iter().chain(&OTHER_KEYS).any(|key| document.tree().symbol(key).is_some()));
        Standing { alive, levels: FxHashMap::default() }
    }

    /// The properties, parameters and headers that an edit stands in, on the side of the base.
    fn elements<'w>(&self, edit: &Edit<'w>) -> Vec<LifecycleKeys<'w>> {
        let Some(place) = edit.base.filter(|_| self.alive) else { return Vec::new() };
        let tokens = place.path();
        let path: Vec<&str> = tokens.iter().map(String::as_str).collect();
        let root = place.workspace().document_root(place.document_id());
        let named = (1..path.len()).filter(|at| HOLDERS.contains(&path[at - 1]));
        named.filter_map(|at| root.descend(&path[..=at])).map(LifecycleKeys::read).collect()
    }

    /// The firmest level that an edit touches: that of its element, else the firmest of the operations reached. An
    /// unknown word counts as stable.
    pub(super) fn level(&mut self, edit: &Edit<'_>, roots: &[&Root<'_>]) -> Stability {
        let own = self.elements(edit).iter().map(|keys| keys.level().unwrap_or(Stability::Stable)).min();
        let id = |operation: Option<Operation<'_>>| operation.map(|operation| operation.place.id());
        let of_root = |root: &&Root<'_>| {
            let key = (id(root.base), id(root.revision));
            *self.levels.entry(key).or_insert_with(|| level_of(root).unwrap_or(Stability::Stable))
        };
        let operations = roots.iter().map(of_root).max().unwrap_or(Stability::Stable);
        own.map_or(operations, |own| own.min(operations))
    }

    /// Whether the element of an edit was deprecated with a last day that has passed.
    pub(super) fn has_ended(&self, edit: &Edit<'_>, as_of: Option<Date>) -> bool {
        let over = |keys: &LifecycleKeys<'_>| {
            let date = keys.sunset.and_then(|sunset| sunset.date);
            keys.deprecated && date.zip(as_of).is_some_and(|(date, today)| today > date)
        };
        self.elements(edit).iter().any(over)
    }

    /// Whether the element of an edit, or every operation reached, was deprecated, and its end has come where that is
    /// asked for.
    pub(super) fn is_exempt(&self, edit: &Edit<'_>, roots: &[&Root<'_>], options: &Options) -> bool {
        let over = |keys: &LifecycleKeys<'_>| {
            let date = keys.sunset.and_then(|sunset| sunset.date);
            keys.deprecated
                && match options.exempt {
                    Exempt::Never => false,
                    Exempt::Always => true,
                    Exempt::AfterSunset => date.zip(options.as_of).is_some_and(|(date, today)| today > date),
                }
        };
        let ended = |root: &&Root<'_>| root.base.is_some_and(|operation| over(&LifecycleKeys::read(operation.place)));
        options.exempt != Exempt::Never
            && (self.elements(edit).iter().any(over) || (!roots.is_empty() && roots.iter().all(ended)))
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Impact;
    use crate::diff::{BetaBreaks, Exempt, Options, compare};
    use crate::openapi::{Api, Stability, parse_date};
    use crate::workspace::Workspace;

    const BASE: &str = "
openapi: 3.1.0
info: {title: t, version: 1.0.0}
paths:
  /a:
    post:
      parameters: [{name: q, in: query, schema: {type: string, maxLength: 9}}]
      requestBody:
        content:
          application/json:
            schema: {type: object, properties: {p: {type: object, properties: {n: {type: string, maxLength: 9}}}}}
      responses: {'204': {description: d}}
";

    /// The verdict on a shorter length, with `keys` at a place of both sides.
    fn verdict(at: &str, keys: &str, options: &Options) -> (Impact, Option<String>) {
        assert!(BASE.contains(at), "{at}");
        let base = BASE.replacen(at, &format!("{at}{keys}"), 1);
        let revision = if at == PROPERTY {
            base.replace("n: {type: string, maxLength: 9}", "n: {type: string, maxLength: 5}")
        } else {
            base.replace("schema: {type: string, maxLength: 9}", "schema: {type: string, maxLength: 5}")
        };
        let (base, revision) = (Workspace::from_text("a.yaml", &base), Workspace::from_text("b.yaml", &revision));
        let found = compare(Api::open(&base).unwrap(), Api::open(&revision).unwrap(), options).changes;
        let worst = found.into_iter().max_by_key(|change| change.impact).expect("a change");
        (worst.impact, worst.policy)
    }

    const OPERATION: &str = "    post:\n";
    const PATH: &str = "  /a:\n";
    const INFO: &str = "info: {title: t, version: 1.0.0";
    const PARAMETER: &str = "{name: q, in: query, ";
    const PROPERTY: &str = "p: {type: object, ";

    #[test]
    fn what_is_below_the_promised_level_breaks_nothing_wherever_the_level_stands() {
        let options = Options::default();
        for (at, before, after) in [
            (OPERATION, "      ", "\n"),
            (PATH, "    ", "\n"),
            (INFO, ", ", ""),
            (PARAMETER, "", ", "),
            (PROPERTY, "", ", "),
        ] {
            let with = |level: &str, options: &Options| {
                verdict(at, &format!("{before}x-stability-level: {level}{after}"), options)
            };
            for level in ["draft", "alpha"] {
                assert_eq!(with(level, &options), (Impact::Compatible, Some("stability: beta".into())), "{at} {level}");
            }
            for level in ["beta", "stable", "golden"] {
                assert_eq!(with(level, &options), (Impact::Breaking, None), "{at} {level}");
            }
            let stable = Options { stability: Stability::Stable, ..Options::default() };
            assert_eq!(with("beta", &stable), (Impact::Compatible, Some("stability: stable".into())), "{at}");
            let soft = Options { beta: BetaBreaks::Risky, ..Options::default() };
            assert_eq!(with("beta", &soft), (Impact::Risky, Some("beta: risky".into())), "{at}");
            assert_eq!(with("stable", &soft).0, Impact::Breaking, "{at}");
        }
    }

    #[test]
    fn an_element_stands_no_firmer_than_its_operation() {
        let keys = "      x-stability-level: draft\n";
        let firm = BASE.replace(PARAMETER, &format!("{PARAMETER}x-stability-level: stable, "));
        let base = firm.replacen(OPERATION, &format!("{OPERATION}{keys}"), 1);
        let revision = base.replace("schema: {type: string, maxLength: 9}", "schema: {type: string, maxLength: 5}");
        let (base, revision) = (Workspace::from_text("a.yaml", &base), Workspace::from_text("b.yaml", &revision));
        let found = compare(Api::open(&base).unwrap(), Api::open(&revision).unwrap(), &Options::default());
        assert_eq!(found.impact(), Impact::Compatible);
    }

    #[test]
    fn deprecation_and_sunset_exempt_operations_parameters_and_properties() {
        let with = |exempt: Exempt, day: &str| Options { exempt, as_of: parse_date(day), ..Options::default() };
        for (at, before, after) in [(OPERATION, "      ", "\n"), (PARAMETER, "", ", "), (PROPERTY, "", ", ")] {
            let separator = if at == OPERATION { "\n      " } else { ", " };
            let dated = format!("{before}deprecated: true{separator}x-sunset: '2026-06-30'{after}");
            let bare = format!("{before}deprecated: true{after}");
            let judge = |keys: &str, options: &Options| verdict(at, keys, options).0;
            assert_eq!(judge(&dated, &with(Exempt::Never, "2026-07-01")), Impact::Breaking);
            assert_eq!(judge(&dated, &with(Exempt::AfterSunset, "2026-06-30")), Impact::Breaking);
            assert_eq!(judge(&dated, &with(Exempt::AfterSunset, "2026-07-01")), Impact::Compatible, "{at}");
            assert_eq!(judge(&bare, &with(Exempt::AfterSunset, "2026-07-01")), Impact::Breaking);
            assert_eq!(judge(&bare, &with(Exempt::Always, "2026-07-01")), Impact::Compatible, "{at}");
            let undated = Options { exempt: Exempt::AfterSunset, ..Options::default() };
            assert_eq!(judge(&dated, &undated), Impact::Breaking, "without a day no date has passed");
        }
    }
}
