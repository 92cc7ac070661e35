//! What a register of APIs must know, and where data are processed.

use super::super::facts::Facts;
use super::super::{Finding, Options};
use crate::workspace::Place;

fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]) && parts.concat().bytes().all(|b| b.is_ascii_hexdigit())
}

/// What is wrong with the value of an inventory key.
fn fault(key: &str, value: Place<'_>) -> Option<&'static str> {
    const AUDIENCES: [&str; 8] = [
        "component-internal",
        "business-unit-internal",
        "company-internal",
        "external-partner",
        "external-public",
        "internal",
        "partner",
        "public",
    ];
    match key {
        "x-api-id" => (!is_uuid(value.text())).then_some("must be a UUID that never changes"),
        "x-audience" => (!AUDIENCES.contains(&value.text()))
            .then_some("must be `internal`, `partner`, `public`, or one of the names of Zalando's guideline"),
        "x-owner" => {
            let reachable = ["email", "channel", "url"].iter().any(|key| value.get(key).is_some());
            let named = value.get("team").is_some() && reachable;
            (!named && value.as_str().is_none_or(str::is_empty))
                .then_some("must name a `team` and its `email` or `channel`")
        }
        "x-criticality" => {
            let complete = value.get("tier").is_some() && value.get("rto").is_some();
            (value.is_map() && !complete).then_some("must give a `tier` and the recovery time objective `rto`")
        }
        _ => None,
    }
}

/// `cmp-inventory-metadata`: the contract says what it is, whose, and for whom.
pub(super) fn inventory(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let own = options.list("keys");
    let keys = if own.is_empty() { vec!["x-api-id", "x-audience", "x-owner"] } else { own };
    let Some(info) = facts.api.info() else { return };
    let mut missing = Vec::new();
    for key in keys {
        match facts.governance(key) {
            None => missing.push(format!("`{key}`")),
            Some(value) => {
                if let Some(fault) = fault(key, value) {
                    out.push(Finding::key(value, format!("`{key}` {fault}")));
                }
            }
        }
    }
    if !missing.is_empty() {
        let message = format!("`info` lacks {}, which the register of APIs needs", missing.join(", "));
        out.push(Finding::key(info, message));
    }
}

/// The regions that a server or the contract declares.
fn regions(place: Place<'_>) -> Vec<Place<'_>> {
    let declared = ["x-region", "x-data-residency"].iter().find_map(|key| place.get(key));
    match declared {
        Some(list) if list.is_seq() => list.elements().collect(),
        Some(map) if map.is_map() => {
            map.get("regions").map_or_else(|| map.get("region").into_iter().collect(), |list| list.elements().collect())
        }
        Some(one) => vec![one],
        None => Vec::new(),
    }
}

fn is_production(server: Place<'_>) -> bool {
    server.get_str("x-environment").is_none_or(|name| name.starts_with("prod"))
}

/// `cmp-residency-declared`: every production server says where data are processed.
pub(super) fn residency_declared(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    if ["x-data-residency", "x-region"].iter().any(|key| facts.governance(key).is_some()) {
        return;
    }
    let servers: Vec<Place<'_>> =
        facts.api.root().get("servers").into_iter().flat_map(Place::elements).filter(|s| is_production(*s)).collect();
    let silent: Vec<_> = servers.iter().filter(|server| regions(**server).is_empty()).collect();
    if servers.is_empty() {
        if let Some(info) = facts.api.info() {
            out.push(Finding::key(
                info,
                "the contract does not say where data are processed; add `x-data-residency` to `info`",
            ));
        }
        return;
    }
    for server in silent {
        let place = server.get("url").unwrap_or(*server);
        out.push(Finding::at(
            place,
            "this server does not say where it processes data; add `x-region`, or `x-data-residency` to `info`",
        ));
    }
}

/// `cmp-residency-allowed`: data stay in the regions of the policy.
pub(super) fn residency_allowed(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let allowed = options.list("regions");
    if allowed.is_empty() {
        return;
    }
    let fits = |region: &str| {
        let region = region.to_ascii_lowercase();
        allowed.iter().any(|zone| {
            let zone = zone.to_ascii_lowercase();
            region == zone || region.strip_prefix(&zone).is_some_and(|rest| rest.starts_with('-'))
        })
    };
    let zones = allowed.iter().map(|zone| format!("`{zone}`")).collect::<Vec<_>>().join(", ");
    let servers = facts.api.root().get("servers").into_iter().flat_map(Place::elements);
    let upstreams = facts
        .governance("x-upstreams")
        .into_iter()
        .flat_map(Place::elements)
        .filter(|up| up.get("x-transfer-basis").is_none() && up.get("transfer_basis").is_none());
    for holder in facts.api.info().into_iter().chain(servers).chain(upstreams) {
        let mut declared = regions(holder);
        declared.extend(holder.get("region"));
        for region in declared.into_iter().filter(|region| !fits(region.text())) {
            out.push(Finding::at(
                region,
                format!("`{}` is outside the regions that the policy allows: {zones}", region.text()),
            ));
        }
    }
}
