//! Files of users of oasdiff: every name that the tool gives to a change is one of ours, another name for some of ours, or
//! has a reason; `tests/oasdiff/ids.txt` is what `oasdiff checks changelog` prints.

use covenant::diff::{ChangeId, Foreign, oasdiff};
use std::collections::BTreeSet;

const IDS: &str = include_str!("oasdiff/ids.txt");

fn ids() -> impl Iterator<Item = &'static str> {
    IDS.lines().filter(|line| !line.starts_with('#'))
}

#[test]
fn every_name_of_oasdiff_is_known_here() {
    let (mut same, mut alias, mut part, mut apart) = (0, 0, 0, 0);
    for id in ids() {
        match oasdiff(id) {
            Some(Foreign::Same(_)) => same += 1,
            Some(Foreign::Alias(ours)) => {
                assert!(!ours.is_empty(), "{id}");
                alias += 1;
            }
            Some(Foreign::Part(ours, reason)) => {
                assert!(!ours.is_empty() && reason.len() > 10, "{id}");
                part += 1;
            }
            Some(Foreign::Apart(reason)) => {
                assert!(reason.len() > 10, "{id}");
                apart += 1;
            }
            None => panic!("`{id}` is a name of oasdiff that nothing here is known by"),
        }
    }
    println!(
        "{same} names the same, {alias} other names, {part} parts of what a name stands for, {apart} not reported"
    );
    assert!(same > 700 && oasdiff("request-body-max-lenght-set").is_none());
}

#[test]
fn no_name_is_given_that_oasdiff_does_not_have() {
    let theirs: BTreeSet<&str> = ids().collect();
    for id in ChangeId::all() {
        for name in id.names().iter().skip(1) {
            assert!(theirs.contains(name.as_str()), "{name} for {id}");
        }
    }
}
