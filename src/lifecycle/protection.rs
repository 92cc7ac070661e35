//! What a contract says about the protection of data, in two versions: `cmp-classification-downgraded` and
//! `cmp-residency-changed`. No client notices such a change, so somebody must agree to it: `x-approval` at the place, or
//! at `info`, says who did.

use crate::diagnostic::{Assurance, Diagnostic, Severity};
use crate::openapi::Api;
use crate::promise::{CLASSIFICATION, declassified};
use crate::syntax::NodeId;
use crate::text::escape::shortened;
use crate::workspace::{Document, Place, PlaceId};
use std::collections::BTreeMap;

/// The findings of both rules.
pub(super) fn weakened(base: Api<'_>, revision: Api<'_>) -> Vec<Diagnostic> {
    if revision.info().is_some_and(approved) {
        return Vec::new();
    }
    let mut out = Vec::new();
    classifications(base, revision, &mut out);
    residency(base, revision, &mut out);
    out
}

fn approved(place: Place<'_>) -> bool {
    place.get("x-approval").is_some()
}

fn finding(rule: &'static str, severity: Severity, message: String, at: Place<'_>, base: Place<'_>) -> Diagnostic {
    let mut out = Diagnostic::new(rule, severity, message, at.location());
    out.base_location = Some(base.location());
    out.assurance = vec![Assurance::Privacy];
    out
}

/// Compares every classification of the base with the one at the same place; a field that moved is another field.
fn classifications(base: Api<'_>, revision: Api<'_>, out: &mut Vec<Diagnostic>) {
    let (before, after) = (base.root().workspace(), revision.root().workspace());
    for (id, document) in before.documents() {
        // The contracts themselves may have different names, the files they refer to have the same.
        let same = |other: &Document| other.tree().source().path() == document.tree().source().path();
        let new = if id.0 == 0 { Some(id) } else { after.documents().find(|(_, other)| same(other)).map(|(id, _)| id) };
        let Some(new) = new else { continue };
        let root = after.place(PlaceId { document: new, node: after.document(new).tree().root().id() });
        let tree = document.tree();
        for index in 0..tree.len().saturating_sub(1) as u32 {
            let key = tree.node(NodeId(index));
            if key.key_symbol().is_none() || key.text() != CLASSIFICATION {
                continue;
            }
            let old = before.place(PlaceId { document: id, node: NodeId(index + 1) });
            let path = old.path();
            let Some((_, holder)) = path.split_last() else { continue };
            let tokens: Vec<&str> = holder.iter().map(String::as_str).collect();
            let Some(place) = root.descend(&tokens).filter(|place| !approved(*place)) else { continue };
            let name = shortened(holder.last().map_or("the document", String::as_str), 80);
            if let Some((message, at)) = declassified(&name, old, place) {
                out.push(finding("cmp-classification-downgraded", Severity::Error, message, at, old));
            }
        }
    }
}

/// Where data are processed: region to the place that names it, from `info`, servers and upstreams.
fn regions(api: Api<'_>) -> BTreeMap<String, Place<'_>> {
    let info = api.info();
    let root = api.root();
    let named = |key: &str| info.and_then(|info| info.get(key)).or_else(|| root.get(key));
    let servers = root.get("servers").into_iter().flat_map(Place::elements);
    let holders = info.into_iter().chain([root]).chain(servers);
    let mut all: Vec<Place<'_>> = Vec::new();
    for declared in holders.flat_map(|place| [place.get("x-region"), place.get("x-data-residency")]).flatten() {
        match (declared.is_map(), declared.is_seq()) {
            (true, _) => {
                all.extend(declared.get("region"));
                all.extend(declared.get("regions").into_iter().flat_map(Place::elements));
            }
            (_, true) => all.extend(declared.elements()),
            _ => all.push(declared),
        }
    }
    let upstreams = named("x-upstreams").into_iter().flat_map(Place::elements);
    all.extend(upstreams.filter_map(|upstream| upstream.get("region").or_else(|| upstream.get("x-region"))));
    let mut out = BTreeMap::new();
    for place in all.into_iter().filter(|place| !place.text().is_empty()) {
        out.entry(place.text().to_ascii_lowercase()).or_insert(place);
    }
    out
}

fn residency(base: Api<'_>, revision: Api<'_>, out: &mut Vec<Diagnostic>) {
    let rule = "cmp-residency-changed";
    let (before, after) = (regions(base), regions(revision));
    let here = revision.info().unwrap_or_else(|| revision.root());
    let Some(first) = before.values().next() else {
        return hosts(base, revision, out);
    };
    if after.is_empty() {
        let names: Vec<String> = before.values().map(|place| format!("`{}`", shortened(place.text(), 80))).collect();
        let message = format!("the contract no longer says where data are processed; it was {}", names.join(", "));
        out.push(finding(rule, Severity::Error, message, here, *first));
        return;
    }
    for (_, place) in after.iter().filter(|(region, _)| !before.contains_key(*region)) {
        let message =
            format!("data are now processed in `{}`, which the base did not name", shortened(place.text(), 80));
        out.push(finding(rule, Severity::Error, message, *place, *first));
    }
}

/// Without regions, another host is all that can be seen: worth a look, no fault.
fn hosts(base: Api<'_>, revision: Api<'_>, out: &mut Vec<Diagnostic>) {
    let host = |url: &str| {
        let rest = url.split_once("://")?.1;
        Some(rest.split(['/', ':', '?']).next()?.to_ascii_lowercase())
    };
    let hosts = |api: Api<'_>| -> Vec<String> { urls(api).iter().filter_map(|place| host(place.text())).collect() };
    let known = hosts(base);
    let Some(first) = urls(base).first().copied().filter(|_| !known.is_empty()) else { return };
    for place in urls(revision) {
        let Some(new) = host(place.text()).filter(|host| !known.contains(host)) else { continue };
        let message = format!(
            "the server `{}` is new and neither version says in which region data are processed",
            shortened(&new, 80)
        );
        out.push(finding("cmp-residency-changed", Severity::Info, message, place, first));
    }
}

fn urls(api: Api<'_>) -> Vec<Place<'_>> {
    let servers = api.root().get("servers").into_iter().flat_map(Place::elements);
    servers.filter_map(|server| server.get("url")).collect()
}
