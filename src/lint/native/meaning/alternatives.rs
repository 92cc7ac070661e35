//! Alternatives and conditions that never count.

use super::super::Sink;
use super::Asker;
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::schema::Direction;
use crate::workspace::{Place, PlaceId};
use rustc_hash::FxHashSet;

/// Alternatives of one schema that are compared.
const MOST: usize = 16;

/// `schema-branch-unreachable`, `schema-one-of-overlap` and `schema-condition-unreachable`.
pub(super) fn check<'w>(asker: &mut Asker<'w>, schema: Place<'w>, empty: &FxHashSet<PlaceId>, sink: &mut Sink) {
    for key in ["anyOf", "oneOf"] {
        let Some(list) = schema.get(key).filter(|list| list.is_seq()) else { continue };
        let branches: Vec<Place<'w>> = list.elements().collect();
        if branches.len() > MOST || branches.len() < 2 {
            continue;
        }
        // A discriminator chooses, whatever else the alternatives accept.
        if key == "oneOf" && super::empty::chosen_otherwise(schema) {
            continue;
        }
        let around = schema.members().any(|member| {
            ["type", "properties", "required", "allOf", "not", "additionalProperties", "enum", "maxLength", "pattern"]
                .contains(&member.name)
        });
        let mut told = FxHashSet::default();
        for (at, branch) in branches.iter().enumerate() {
            if empty.contains(&branch.resolved().id()) || branch.as_bool() == Some(false) {
                continue;
            }
            let covering = if key == "oneOf" { within_another(asker, &branches, at, &told) } else { None };
            if let Some(other) = covering {
                told.insert(at);
                let message = format!(
                    "{} never counts in `oneOf`: every value of it matches {} as well",
                    title(*branch, at),
                    title(branches[other], other)
                );
                let mut finding =
                    Diagnostic::new("schema-branch-unreachable", Severity::Error, message, branch.location());
                finding.help = Some("Use `anyOf`, or exclude the values of the one from the other".to_owned());
                let label = "the alternative that covers it".to_owned();
                finding.related.push(Label { location: branches[other].location(), message: label });
                sink.add(finding);
            } else if around && asker.meets(schema, *branch) == Some(false) {
                told.insert(at);
                let message = format!("{} of `{key}` never matches beside the rest of the schema", title(*branch, at));
                let mut finding =
                    Diagnostic::new("schema-branch-unreachable", Severity::Error, message, branch.location());
                finding.help = Some("Correct the alternative, or what stands beside it".to_owned());
                sink.add(finding);
            }
        }
        if key == "oneOf" && told.is_empty() {
            overlap(asker, list, &branches, sink);
        }
    }
    conditions(asker, schema, sink);
}

/// Another alternative that every value of this one matches. Of two that mean the same, the later one is told.
fn within_another<'w>(
    asker: &mut Asker<'w>,
    branches: &[Place<'w>],
    at: usize,
    told: &FxHashSet<usize>,
) -> Option<usize> {
    (0..branches.len()).filter(|other| *other != at && !told.contains(other)).find(|&other| {
        asker.within(branches[at], branches[other]) && (other < at || !asker.within(branches[other], branches[at]))
    })
}

/// A pair of alternatives that some value matches both of.
fn overlap<'w>(asker: &mut Asker<'w>, list: Place<'w>, branches: &[Place<'w>], sink: &mut Sink) {
    for (at, left) in branches.iter().enumerate() {
        for (other, right) in branches.iter().enumerate().skip(at + 1) {
            if !asker.may_ask() {
                return;
            }
            let (one, two) = (asker.source(*left), asker.source(*right));
            let Some(value) = asker.engine.common(&one, &two, Direction::Neither, &[]) else { continue };
            let shown: String = value.to_string().chars().take(60).collect();
            let message = format!("{} and {} of `oneOf` both match `{shown}`", title(*left, at), title(*right, other));
            let mut finding = Diagnostic::new("schema-one-of-overlap", Severity::Error, message, list.key_location());
            finding.help = Some("Require in each alternative what tells it apart, or use `anyOf`".to_owned());
            sink.add(finding);
            return;
        }
    }
}

fn conditions<'w>(asker: &mut Asker<'w>, schema: Place<'w>, sink: &mut Sink) {
    let Some(condition) = schema.get("if") else { return };
    let mut tell = |at: Place<'w>, message: &str| {
        let mut finding = Diagnostic::new("schema-condition-unreachable", Severity::Error, message, at.key_location());
        finding.help = Some("Correct `if`, or remove what never applies".to_owned());
        sink.add(finding);
    };
    if let Some(then) = schema.get("then")
        && asker.meets(schema, condition) == Some(false)
    {
        tell(then, "`then` never applies: no value of the schema matches `if`");
    }
    if let Some(otherwise) = schema.get("else")
        && condition.is_map()
        && asker.within(schema, condition)
    {
        tell(otherwise, "`else` never applies: every value of the schema matches `if`");
    }
}

fn title(branch: Place<'_>, at: usize) -> String {
    match branch.reference() {
        Some(reference) => format!("`{}`", reference.rsplit(['/', '#']).next().unwrap_or(reference)),
        None => format!("alternative {}", at + 1),
    }
}
