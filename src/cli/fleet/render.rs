//! The fleet as CSV (RFC 4180) and as a short Markdown page.

use super::{Exception, Fleet, Owner, Row};
use crate::text::escape::{field, markdown as escaped};
use std::collections::BTreeMap;

const HEADER: [&str; 20] = [
    "report",
    "contract",
    "title",
    "owner",
    "audience",
    "as_of",
    "tool",
    "rules",
    "profile",
    "layers",
    "gate",
    "change",
    "required_bump",
    "errors",
    "warnings",
    "packs",
    "accepted",
    "observe_until",
    "would_fail",
    "not_examined",
];

pub(super) fn csv(fleet: &Fleet) -> String {
    let mut out = HEADER.join(",");
    out.push_str("\r\n");
    for row in &fleet.contracts {
        let packs: Vec<String> = row.packs.iter().map(|(pack, count)| format!("{pack} {count}")).collect();
        let cells = [
            field(&row.report),
            field(&row.contract),
            field(&row.title),
            field(&row.owner),
            field(&row.audience),
            field(&row.as_of),
            field(&row.tool),
            field(&row.rules),
            field(&row.profile),
            field(&row.layers),
            row.gate.clone(),
            field(&row.change),
            field(&row.required_bump),
            row.errors.to_string(),
            row.warnings.to_string(),
            field(&packs.join("; ")),
            row.accepted.to_string(),
            field(&row.observe_until),
            row.would_fail.to_string(),
            row.not_examined.to_string(),
        ];
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out
}

/// Rows of a table; the others are counted.
const SHOWN: usize = 50;

pub(super) fn markdown(fleet: &Fleet) -> String {
    let contracts: Vec<&Row> = fleet.contracts.iter().filter(|row| !row.contract.is_empty()).collect();
    let count = |test: &dyn Fn(&&&Row) -> bool| contracts.iter().filter(test).count();
    let mut out = format!(
        "# API contracts on {}\n\n{} contracts in {} reports: {} pass, {} fail, {} incomplete; {} observed, of which {} would fail.\n",
        escaped(&fleet.as_of),
        contracts.len(),
        fleet.reports,
        count(&|row| row.gate == "pass"),
        count(&|row| row.gate == "fail"),
        count(&|row| row.gate == "incomplete"),
        count(&|row| !row.observe_until.is_empty()),
        count(&|row| row.would_fail > 0),
    );
    out.push_str("\n## Owners\n\n| owner | contracts | failing | incomplete | errors | warnings | accepted |\n|---|--:|--:|--:|--:|--:|--:|\n");
    for owner in fleet.owners.iter().take(SHOWN) {
        let Owner { contracts, failing, incomplete, errors, warnings, accepted, .. } = owner;
        let name = if owner.name.is_empty() { "*none named*".to_owned() } else { escaped(&owner.name) };
        out.push_str(&format!(
            "| {name} | {contracts} | {failing} | {incomplete} | {errors} | {warnings} | {accepted} |\n"
        ));
    }
    more(&mut out, fleet.owners.len());
    let mut packs: BTreeMap<&str, u64> = BTreeMap::new();
    for (pack, count) in fleet.contracts.iter().flat_map(|row| &row.packs) {
        *packs.entry(pack).or_default() += count;
    }
    if !packs.is_empty() {
        out.push_str("\n## New findings by pack\n\n| pack | findings |\n|---|--:|\n");
        out.extend(packs.iter().map(|(pack, count)| format!("| {} | {count} |\n", escaped(pack))));
    }
    let mut versions: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for row in &fleet.contracts {
        *versions.entry((&row.tool, &row.profile, &row.layers)).or_default() += 1;
    }
    out.push_str("\n## Versions\n\n| tool | profile | layers | rows |\n|---|---|---|--:|\n");
    for ((tool, profile, layers), count) in versions.iter().take(SHOWN) {
        out.push_str(&format!("| {} | {} | {} | {count} |\n", escaped(tool), escaped(profile), escaped(layers)));
    }
    more(&mut out, versions.len());
    if !fleet.waivers.is_empty() {
        out.push_str("\n## Waivers and debts\n\n| until | owner | rule | ticket | covers | reports |\n|---|---|---|---|--:|--:|\n");
        for waiver in fleet.waivers.iter().take(SHOWN) {
            out.push_str(&exception(waiver));
        }
        more(&mut out, fleet.waivers.len());
    }
    out
}

fn exception(waiver: &Exception) -> String {
    let state = match (waiver.expired, waiver.break_glass) {
        (true, true) => " (debt overdue)",
        (true, false) => " (expired)",
        (false, true) => " (debt)",
        (false, false) => "",
    };
    format!(
        "| {}{state} | {} | {} | {} | {} | {} |\n",
        escaped(&waiver.expires),
        escaped(&waiver.owner),
        escaped(&waiver.rule),
        escaped(&waiver.ticket),
        waiver.covers,
        waiver.reports
    )
}

fn more(out: &mut String, all: usize) {
    if all > SHOWN {
        out.push_str(&format!("\nand {} more\n", all - SHOWN));
    }
}
