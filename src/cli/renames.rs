//! Contracts whose file has another name on the other side: the same API by its title and its operations.
//!
//! Takes contracts that have no partner of their path; gives pairs, the closest first.

use super::session::Session;
use crate::openapi::Api;
use crate::workspace::Input;
use std::collections::BTreeSet;

/// Contracts without a partner that are opened, at most on each side; beyond, they came and went.
const MAX_OPENED: usize = 200;

/// What an API is known by: its title, and its operations with the names of path parameters left out.
struct Identity {
    title: String,
    operations: BTreeSet<String>,
}

impl Identity {
    fn of(session: &Session, input: &Input) -> Option<Self> {
        let workspace = session.load(input).ok()?;
        let api = Api::open(&workspace).ok()?;
        let shape = |template: &str| {
            let mut inside = false;
            let kept = template.chars().filter(|character| {
                inside = *character == '{' || (inside && *character != '}');
                !inside || *character == '{'
            });
            kept.collect::<String>()
        };
        let operations = api.all_operations();
        let operations =
            operations.iter().map(|operation| format!("{} {}", operation.method, shape(operation.path.template)));
        Some(Identity { title: api.title().trim().to_lowercase(), operations: operations.collect() })
    }

    /// How much two have in common, in percent; `None` when they are different APIs.
    fn likeness(&self, other: &Identity) -> Option<usize> {
        let common = self.operations.intersection(&other.operations).count();
        let all = self.operations.union(&other.operations).count().max(1);
        let percent = common * 100 / all;
        let title = !self.title.is_empty() && self.title == other.title;
        (percent >= if title { 50 } else { 90 }).then_some(percent + usize::from(title))
    }
}

/// The pairs of indices of contracts that are gone and new ones that are the same API.
pub(super) fn renamed(session: &Session, gone: &[&Input], fresh: &[&Input]) -> Vec<(usize, usize)> {
    if gone.is_empty() || fresh.is_empty() || gone.len() > MAX_OPENED || fresh.len() > MAX_OPENED {
        return Vec::new();
    }
    let identities = |inputs: &[&Input]| inputs.iter().map(|input| Identity::of(session, input)).collect::<Vec<_>>();
    let (before, after) = (identities(gone), identities(fresh));
    let mut likely = Vec::new();
    for (left, old) in before.iter().enumerate() {
        for (right, new) in after.iter().enumerate() {
            let likeness = old.as_ref().zip(new.as_ref()).and_then(|(old, new)| old.likeness(new));
            likely.extend(likeness.map(|likeness| (std::cmp::Reverse(likeness), left, right)));
        }
    }
    likely.sort_unstable();
    let mut out: Vec<(usize, usize)> = Vec::new();
    for (_, left, right) in likely {
        if !out.iter().any(|(one, other)| *one == left || *other == right) {
            out.push((left, right));
        }
    }
    out
}
