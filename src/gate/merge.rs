//! Parts of one run put together: as if it had never been split.
//!
//! Takes the [`Shard`]s of `lint --shard`; gives the report of the whole run. It judges once more over all findings, so
//! baseline, waivers and fingerprints are those of the whole.

use super::record::{Source, digest};
use super::{Command, Policy, Record, Report, judge};
use crate::config::{FailOn, Placed, Waiver};
use crate::diagnostic::{Diagnostic, Severity};
use crate::text::SourceText;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One part of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shard {
    /// Its number, from 1.
    pub number: usize,
    /// Into how many parts the run was split.
    pub count: usize,
    /// SHA-256 over the names of all contracts of the run.
    pub list: String,
    /// The format that the run prints when none is asked for.
    pub format: String,
    /// What decides besides the findings.
    pub policy: Policy,
    /// Where the waivers of the policy stand.
    pub waivers: Record,
    /// What rulesets say about their rules, by id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub about: BTreeMap<String, String>,
    /// The findings.
    pub record: Record,
}

impl Shard {
    /// Records where the waivers of a policy stand, in their order.
    pub fn places(policy: &Policy) -> Record {
        let place =
            |waiver: &Waiver| waiver.place.0.clone().map(|at| Diagnostic::new("waiver", Severity::Hint, "", at));
        let places: Option<Vec<Diagnostic>> = policy.waivers.iter().map(place).collect();
        Record::of(&places.unwrap_or_default(), &[], 0, true)
    }

    /// The digest of a list of contracts.
    pub fn list<'n>(names: impl Iterator<Item = &'n str>) -> String {
        digest(&names.collect::<Vec<_>>().join("\n"))
    }
}

/// Puts the parts together. `fail_on` replaces the failing severity; `text` gives the text of a source, if it is at
/// hand.
///
/// # Errors
/// A sentence when the parts are not those of one run, one is missing, or one is damaged.
pub fn merge(
    mut shards: Vec<Shard>,
    fail_on: Option<FailOn>,
    text: &mut dyn FnMut(&Source) -> Option<Arc<SourceText>>,
) -> Result<Report, String> {
    shards.sort_by_key(|shard| shard.number);
    let Some(first) = shards.first() else { return Err("there is no report to merge".to_owned()) };
    let (count, mut policy) = (first.count, first.policy.clone());
    for shard in &shards {
        if shard.count != count {
            return Err(format!("one report is a part of {count}, another of {}", shard.count));
        }
        if shard.list != first.list {
            return Err("the parts were made from different lists of contracts".to_owned());
        }
        if !alike(&shard.policy, &policy) {
            return Err("the parts were judged differently: by another day, configuration or --fail-on".to_owned());
        }
    }
    for pair in shards.windows(2) {
        if pair[0].number == pair[1].number {
            return Err(format!("part {} of {count} is there twice", pair[0].number));
        }
    }
    let missing = (1..=count).find(|number| shards.get(number - 1).is_none_or(|shard| shard.number != *number));
    if let Some(number) = missing {
        return Err(format!("part {number} of {count} is missing"));
    }
    if shards.len() > count {
        return Err(format!("there is a part beyond {count} of {count}"));
    }
    let about = first.about.clone();
    let places = first.waivers.clone().restore(text).map_err(|error| error.to_string())?;
    for (waiver, place) in policy.waivers.iter_mut().zip(places.diagnostics) {
        waiver.place = Placed(Some(place.location));
    }
    let (mut diagnostics, mut limitations, mut contracts) = (Vec::new(), Vec::new(), 0);
    let mut apis = Vec::new();
    for shard in shards {
        let number = shard.number;
        let part = shard.record.restore(text).map_err(|error| format!("part {number} of {count}: {error}"))?;
        diagnostics.extend(part.diagnostics);
        limitations.extend(part.limitations);
        contracts += part.contracts;
        apis.extend(part.apis);
    }
    policy.fail_on = fail_on.unwrap_or(policy.fail_on);
    apis.sort();
    apis.dedup();
    Ok(Report { apis, about, ..judge(Command::Lint, diagnostics, limitations, contracts, &policy) })
}

fn alike(a: &Policy, b: &Policy) -> bool {
    serde_json::to_value(a).ok() == serde_json::to_value(b).ok()
}

/// Puts limitations in the order of their files; what was told twice is told once.
pub(super) fn settle(limitations: &mut Vec<super::Limitation>) {
    limitations.sort();
    limitations.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::{Gate, Limitation};

    fn part(number: usize, count: usize) -> Shard {
        let limitation = Limitation { file: None, what: "no contract matches".to_owned(), incomplete: false };
        let record = Record::of(&[], &[limitation], 2, true);
        Shard {
            number,
            count,
            list: "l".to_owned(),
            format: "text".to_owned(),
            policy: Policy::default(),
            waivers: Record::default(),
            about: BTreeMap::new(),
            record,
        }
    }

    #[test]
    fn what_every_part_tells_is_told_once_and_contracts_add_up() {
        let report = merge(vec![part(2, 2), part(1, 2)], None, &mut |_| None).unwrap();
        assert_eq!((report.contracts, report.limitations.len(), report.verdict.gate), (4, 1, Gate::Pass));
    }

    #[test]
    fn parts_that_are_not_one_run_are_refused() {
        let fails = |parts: Vec<Shard>| merge(parts, None, &mut |_| None).unwrap_err();
        assert!(fails(Vec::new()).contains("no report"));
        assert!(fails(vec![part(1, 2)]).contains("part 2 of 2 is missing"));
        assert!(fails(vec![part(2, 2), part(2, 2)]).contains("twice"));
        assert!(fails(vec![part(1, 1), part(2, 1)]).contains("beyond"));
        assert!(fails(vec![part(1, 2), part(1, 3)]).contains("part of 2, another of 3"));
        let other = Shard { list: "m".to_owned(), ..part(2, 2) };
        assert!(fails(vec![part(1, 2), other]).contains("different lists"));
        let policy = Policy { fail_on: FailOn::Warn, ..Policy::default() };
        let other = Shard { policy, ..part(2, 2) };
        assert!(fails(vec![part(1, 2), other]).contains("judged differently"));
    }
}
