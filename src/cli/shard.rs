//! `--shard I/N`: one part of a list of contracts, the same in every run over the same list.

use super::session::Findings;
use crate::gate::{Policy, Record, Shard};
use crate::workspace::Input;
use std::collections::BTreeMap;
use std::str::FromStr;

/// Most parts of a run.
const MAX_PARTS: usize = 10_000;

/// Part `number` of `count`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    number: usize,
    count: usize,
}

impl FromStr for Part {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers =
            text.split_once('/').and_then(|(number, count)| Some((number.parse().ok()?, count.parse().ok()?)));
        let Some((number, count)) = numbers else { return Err("a part is written I/N, as 1/4".to_owned()) };
        if count > MAX_PARTS {
            return Err(format!("at most {MAX_PARTS} parts"));
        }
        if number < 1 || number > count {
            return Err(format!("the parts are 1/{count} to {count}/{count}"));
        }
        Ok(Part { number, count })
    }
}

impl Part {
    /// Leaves only the contracts of this part: every N-th of the list sorted by name, so that neighbours, which are
    /// often alike, are spread. Gives the digest of the whole list.
    pub(super) fn cut(self, inputs: &mut Vec<Input>) -> String {
        let mut named: Vec<(String, Input)> = inputs.drain(..).map(|input| (input.name(), input)).collect();
        named.sort_by(|a, b| a.0.cmp(&b.0));
        let list = Shard::list(named.iter().map(|(name, _)| name.as_str()));
        inputs.extend(named.into_iter().skip(self.number - 1).step_by(self.count).map(|(_, input)| input));
        list
    }

    /// What the merge needs of this part.
    pub(super) fn shard(
        self,
        list: String,
        format: &str,
        policy: &Policy,
        about: BTreeMap<String, String>,
        findings: &Findings,
    ) -> Box<Shard> {
        Box::new(Shard {
            number: self.number,
            count: self.count,
            list,
            format: format.to_owned(),
            policy: policy.clone(),
            waivers: Shard::places(policy),
            about,
            record: Record::of(&findings.diagnostics, &findings.limitations, findings.contracts, true)
                .with_apis(&findings.apis),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_contract_is_in_one_part_whatever_the_order_given() {
        let inputs = |names: &[&str]| -> Vec<Input> { names.iter().map(|name| Input::File(name.into())).collect() };
        let names = ["d.yaml", "a.yaml", "c.yaml", "e.yaml", "b.yaml"];
        let mut seen = Vec::new();
        let mut lists = Vec::new();
        for number in 1..=3 {
            let mut part = inputs(&names);
            lists.push(Part { number, count: 3 }.cut(&mut part));
            seen.push(part.iter().map(Input::name).collect::<Vec<_>>());
        }
        assert_eq!(seen, [vec!["a.yaml", "d.yaml"], vec!["b.yaml", "e.yaml"], vec!["c.yaml"]]);
        let mut other = inputs(&["e.yaml", "d.yaml", "c.yaml", "b.yaml", "a.yaml"]);
        assert_eq!(Part { number: 1, count: 3 }.cut(&mut other), lists[0]);
        assert!(lists.iter().all(|list| *list == lists[0]));
        assert_ne!(Part { number: 1, count: 3 }.cut(&mut inputs(&["a.yaml"])), lists[0]);
    }

    #[test]
    fn parts_out_of_range_are_refused() {
        for text in ["", "1", "0/3", "4/3", "1/0", "-1/3", "a/b", "1/99999999"] {
            assert!(text.parse::<Part>().is_err(), "{text}");
        }
        assert_eq!("2/3".parse(), Ok(Part { number: 2, count: 3 }));
    }
}
