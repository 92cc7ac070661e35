//! Data classification (`x-data-classification` of the OpenAPI extension registry).

use super::super::facts::Facts;
use super::super::schema_walk::Element;
use super::super::{Finding, Options, finding::fold, schema};
use crate::lexicon::Class;
use crate::pattern::Pattern;
use crate::syntax::NodeId;
use crate::workspace::{Place, PlaceId};
use rustc_hash::FxHashSet;

/// The extensions that classify.
const NAMES: [&str; 4] = ["x-data-classification", "x-pii", "x-sensitive-data", "x-sensitivity"];

fn is_classified(element: &Element<'_>, names: &[&str]) -> bool {
    let marked = |place: Place<'_>| names.iter().any(|name| schema::has(place, name));
    marked(element.at) || element.holder.is_some_and(marked) || marked(element.operation.place)
}

/// `cmp-classification-present`: sensitive data are classified.
pub(super) fn present(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let own = options.list("extensions");
    let names: Vec<&str> = NAMES.iter().copied().chain(own).collect();
    if names.iter().any(|name| facts.governance(name).is_some()) {
        return;
    }
    let mut seen = FxHashSet::default();
    let (mut found, mut candidates) = (Vec::new(), 0);
    for element in facts.everywhere().filter(|element| element.is_named()) {
        let Some(judgement) = facts.holds(element, &Class::SENSITIVE) else { continue };
        if !seen.insert(element.at.id()) {
            continue;
        }
        candidates += 1;
        if !is_classified(element, &names) {
            let message = format!(
                "the {} looks like {} ({judgement}), but carries no classification; add `x-data-classification`",
                element.label(),
                facts.lexicon.name(judgement.class)
            );
            found.push(Finding::key(element.at, message).of(&element.operation).by(judgement));
        }
    }
    fold(
        facts.api,
        found,
        candidates.max(21),
        |count| {
            format!(
                "{count} fields look sensitive, but carry no classification; add `x-data-classification` to them or to the objects that hold them"
            )
        },
        out,
    );
}

const CATEGORIES: [&str; 8] =
    ["pii", "financial", "government-id", "health", "secret", "credential", "contact", "other"];
const SENSITIVITIES: [&str; 4] = ["public", "internal", "confidential", "restricted"];
const STRATEGIES: [&str; 6] = ["full", "partial", "regex", "hash", "remove", "tokenize"];

/// `cmp-classification-valid`: classifications say something that tools understand.
pub(super) fn valid(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let categories = options.list("categories");
    let workspace = facts.api.root().workspace();
    for (id, document) in workspace.documents() {
        let tree = document.tree();
        for index in 0..tree.len().saturating_sub(1) as u32 {
            let key = tree.node(NodeId(index));
            if key.key_symbol().is_none() || key.text() != "x-data-classification" {
                continue;
            }
            let place = workspace.place(PlaceId { document: id, node: NodeId(index + 1) });
            check(place, &categories, out);
        }
    }
}

fn check(place: Place<'_>, own: &[&str], out: &mut Vec<Finding>) {
    let list = |values: &[&str]| values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ");
    if !place.is_map() {
        out.push(Finding::key(place, "a classification is an object with `category` and `sensitivity`"));
        return;
    }
    let category = place.get_str("category").unwrap_or_default();
    match place.get("category") {
        None => out.push(Finding::key(
            place,
            format!("the classification has no `category`; use one of {}", list(&CATEGORIES)),
        )),
        Some(value) if !CATEGORIES.contains(&category.to_ascii_lowercase().as_str()) && !own.contains(&category) => {
            out.push(Finding::at(
                value,
                format!("`{}` is no category; use one of {}", value.text(), list(&CATEGORIES)),
            ));
        }
        Some(_) => {}
    }
    if let Some(value) = place.get("sensitivity") {
        let text = value.text();
        if !SENSITIVITIES.contains(&text) {
            out.push(Finding::at(value, format!("`{text}` is no sensitivity; use one of {}", list(&SENSITIVITIES))));
        } else if matches!(text, "public" | "internal") && matches!(category, "credential" | "secret" | "government-id")
        {
            out.push(Finding::at(
                value,
                format!("data of the category `{category}` cannot be `{text}`; use `confidential` or `restricted`"),
            ));
        }
    }
    let Some(masking) = place.get("masking") else { return };
    let strategy = masking.get("strategy");
    let needed = match strategy.and_then(Place::as_str) {
        Some("partial") => "keep",
        Some("regex") => "pattern",
        Some("hash") => "algorithm",
        Some(name) if STRATEGIES.contains(&name) => return,
        _ => {
            out.push(Finding::key(
                strategy.unwrap_or(masking),
                format!("the masking needs a `strategy`: one of {}", list(&STRATEGIES)),
            ));
            return;
        }
    };
    match masking.get(needed) {
        None => out.push(Finding::key(masking, format!("this masking strategy needs `{needed}`"))),
        Some(pattern)
            if needed == "pattern" && pattern.as_str().is_none_or(|text| Pattern::read(text).error().is_some()) =>
        {
            out.push(Finding::at(pattern, format!("`{}` is no regular expression", pattern.text())));
        }
        Some(_) => {}
    }
}
