//! What a contract declares about the data it carries: classification, masking in logs, audit, retention, processing, and
//! the scope of PCI DSS.

use super::super::facts::Facts;
use super::super::finding::fold;
use super::super::schema_walk::{Element, Role};
use super::super::{Finding, Options, schema, words};
use crate::diagnostic::Label;
use crate::lexicon::Class;
use crate::openapi::{Audience, Operation};
use crate::workspace::{Place, PlaceId};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

fn class(place: Place<'_>) -> Option<Place<'_>> {
    schema::keyword(place, "x-data-classification").filter(|class| class.is_map())
}

/// How sensitive a field is, declared at it or at the object that holds it.
pub(super) fn sensitivity<'w>(element: &Element<'w>) -> Option<&'w str> {
    class(element.at).or_else(|| element.holder.and_then(class))?.get_str("sensitivity")
}

/// `cmp-classification-consistent`: what means the same is classified the same.
pub(super) fn consistent(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    type Group<'a, 'w> = BTreeMap<String, Vec<&'a Element<'w>>>;
    let mut groups: BTreeMap<String, Group<'_, '_>> = BTreeMap::new();
    let mut seen = FxHashSet::default();
    for element in facts.everywhere().filter(|element| element.role == Role::Property) {
        let scalar = schema::has_type(element.at, "string") || schema::is_numeric(element.at);
        if !scalar || !seen.insert(element.at.id()) {
            continue;
        }
        let name = words::words(element.name).join(" ");
        let format = schema::text(element.at, "format").unwrap_or_default();
        let told = class(element.at).or_else(|| element.holder.and_then(class)).map(|class| {
            let part = |key: &str| class.get_str(key).unwrap_or("?");
            format!("{}, {}", part("category"), part("sensitivity"))
        });
        // Where the name alone says nothing, an unclassified field may be about something else.
        if told.is_none() && facts.holds(element, &Class::SENSITIVE).is_none() {
            continue;
        }
        let told = told.unwrap_or_else(|| "not classified".to_owned());
        groups.entry(format!("{name}\u{1f}{format}")).or_default().entry(told).or_default().push(element);
    }
    for group in groups.values().filter(|group| group.len() > 1) {
        let mut sorted: Vec<(&String, &Vec<&Element<'_>>)> = group.iter().collect();
        sorted.sort_by_key(|(told, users)| (std::cmp::Reverse(users.len()), *told == "not classified"));
        let Some((usual, models)) = sorted.first() else { continue };
        let usual = if *usual == "not classified" { sorted[1].0 } else { usual };
        for (told, users) in sorted.iter().filter(|(told, _)| *told != usual) {
            let Some(element) = users.first() else { continue };
            let message = format!(
                "`{}` is classified as ({usual}) elsewhere, but here as ({told}); classify it the same everywhere",
                element.name
            );
            let mut finding = Finding::key(element.at, message).of(&element.operation);
            if let Some(model) = models.first().filter(|model| model.at != element.at) {
                finding.related.push(Label { location: model.at.key_location(), message: "elsewhere".to_owned() });
            }
            out.push(finding);
        }
    }
}

/// `cmp-log-masking-declared`: gateways learn from the contract what they must not write down.
pub(super) fn log_masking(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    let (mut found, mut candidates) = (Vec::new(), 0);
    for element in facts.everywhere().filter(|element| element.is_named()) {
        let class = class(element.at);
        let category = class.and_then(|class| class.get_str("category")).unwrap_or_default();
        let secret = sensitivity(element) == Some("restricted")
            || matches!(category, "secret" | "credential")
            || (class.is_none() && facts.holds(element, &[Class::Credential]).is_some());
        if !secret || schema::is_listed(element.at) || !seen.insert(element.at.id()) {
            continue;
        }
        candidates += 1;
        let masked = |place: Place<'_>| {
            schema::keyword(place, "x-data-classification").is_some_and(|class| class.get("masking").is_some())
                || schema::keyword(place, "x-sensitive-data")
                    .is_some_and(|data| data.get("mask").is_some() || data.as_bool() == Some(true))
                || schema::text(place, "x-log") == Some("redact")
        };
        let implied = !options.is_set("strict") && schema::flag(element.at, "writeOnly");
        if masked(element.at) || element.holder.is_some_and(masked) || implied {
            continue;
        }
        let message = format!(
            "nothing keeps the {} out of logs; add `x-log: redact`, or `masking` to its classification",
            element.label()
        );
        found.push(Finding::key(element.at, message).of(&element.operation));
    }
    let summary = |count| {
        format!(
            "nothing keeps {count} secret fields out of logs; add `x-log: redact`, or `masking` to their classification"
        )
    };
    fold(facts.api, found, candidates.max(21), summary, out);
}

/// The audit events of an operation, nearest first.
fn audit<'w>(facts: &Facts<'w>, operation: &Operation<'w>) -> Option<Place<'w>> {
    let tags = facts.api.tags();
    let of_tag = || {
        let names = operation.tags();
        tags.iter().filter(|(name, _)| names.contains(name)).find_map(|(_, tag)| tag.get("x-audit"))
    };
    operation.place.get("x-audit").or_else(|| operation.path.field("x-audit")).or_else(of_tag)
}

/// `cmp-audit-event-declared`: what changes or shows sensitive data leaves a trace.
pub(super) fn audit_event(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let whole = facts.governance("x-audit").is_some();
    let (mut found, mut candidates) = (Vec::new(), 0);
    let mut events: FxHashMap<&str, Place<'_>> = FxHashMap::default();
    for operation in facts.operations() {
        let changes = super::super::kinds::writes(operation);
        if let Some(event) = operation.place.get("x-audit").and_then(|audit| audit.get("event")) {
            if let Some(first) = events.get(event.text()) {
                let message =
                    format!("the audit event `{}` is that of another operation too; each needs its own", event.text());
                let mut finding = Finding::at(event, message).of(operation);
                finding.related.push(Label { location: first.location(), message: "first used here".to_owned() });
                out.push(finding);
            } else {
                events.insert(event.text(), event);
            }
        }
        if whole || !changes {
            continue;
        }
        candidates += 1;
        match audit(facts, operation) {
            None => {
                let message = format!("{} names no audit event; add `x-audit`, or once at the root", operation.label());
                found.push(Finding::key(operation.place, message).of(operation));
            }
            Some(audit) if audit.is_map() && audit.get("event").is_none() => {
                out.push(Finding::key(audit, "`x-audit` has no `event`; name it").of(operation));
            }
            Some(_) => {}
        }
    }
    let summary = |count| {
        format!(
            "{count} of {candidates} operations that change something name no audit event; add `x-audit` to them, or once at the root"
        )
    };
    fold(facts.api, found, candidates, summary, out);
}

/// The first field of personal data, as names and classifications tell.
fn personal<'a, 'w>(facts: &'a Facts<'w>) -> Option<&'a Element<'w>> {
    let is_personal = |element: &&Element<'w>| {
        let category = class(element.at).and_then(|class| class.get_str("category")).unwrap_or_default();
        matches!(category, "pii" | "contact" | "government-id" | "health")
            || facts.holds(element, &[Class::Contact, Class::NationalId, Class::AccountNumber]).is_some()
    };
    facts.everywhere().filter(|element| element.is_named()).find(is_personal)
}

/// `cmp-processing-record`: who processes personal data has a record of it (GDPR, article 30).
pub(super) fn processing(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    if facts.governance("x-ropa-ref").is_some() {
        return;
    }
    let (Some(info), Some(field)) = (facts.api.info(), personal(facts)) else { return };
    let Some(record) = facts.governance("x-processing") else {
        let message = format!(
            "the contract carries personal data (the {}), but names no record of processing; add `x-ropa-ref`, or `x-processing`",
            field.label()
        );
        let mut finding = Finding::key(info, message);
        finding.related.push(Label { location: field.at.key_location(), message: "such as this".to_owned() });
        out.push(finding);
        return;
    };
    if !record.is_map() {
        return;
    }
    let parts: [(&str, &[&str]); 6] = [
        ("purposes", &["purposes", "purpose"]),
        ("data_subjects", &["data_subjects", "data-subjects", "dataSubjects", "subjects"]),
        ("data_categories", &["data_categories", "data-categories", "dataCategories", "categories"]),
        ("recipients", &["recipients"]),
        ("transfers", &["transfers", "third_country_transfers", "third-country-transfers"]),
        ("erasure", &["erasure", "erasure_limits", "retention", "time_limits"]),
    ];
    let lacks: Vec<String> = parts
        .iter()
        .filter(|(_, keys)| keys.iter().all(|key| record.get(key).is_none()))
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    if !lacks.is_empty() {
        out.push(Finding::key(record, format!("the record of processing lacks {}", lacks.join(", "))));
    }
}

/// Whether a retention is an ISO 8601 duration or the id of a policy.
fn is_retention(place: Place<'_>) -> bool {
    let value = place.get("period").or_else(|| place.get("policy")).or_else(|| place.get("duration")).unwrap_or(place);
    let text = value.text().trim();
    let duration =
        text.len() > 2 && text.strip_prefix('P').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let policy = text.contains(['-', ':', '/']) && text.len() > 3 && !text.contains(' ');
    duration || policy || text == "none-stored"
}

/// `cmp-retention-declared`: it is said how long data are kept.
pub(super) fn retention(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut places: Vec<Place<'_>> = facts.governance("x-retention").into_iter().collect();
    let whole = !places.is_empty();
    let tags = facts.api.tags();
    let kept: FxHashSet<&str> =
        tags.iter().filter(|(_, tag)| tag.get("x-retention").is_some()).map(|(name, _)| *name).collect();
    places.extend(tags.iter().filter_map(|(_, tag)| tag.get("x-retention")));
    let mut seen: FxHashSet<PlaceId> = FxHashSet::default();
    let mut open = Vec::new();
    for element in facts.everywhere().filter(|element| element.role == Role::Property) {
        let own = [Some(element.at), element.holder]
            .into_iter()
            .flatten()
            .find_map(|place| schema::keyword(place, "x-retention"));
        if let Some(own) = own {
            if seen.insert(own.id()) {
                places.push(own);
            }
            continue;
        }
        let stored = matches!(sensitivity(element), Some("confidential" | "restricted"));
        let tagged = element.operation.tags().iter().any(|tag| kept.contains(tag));
        let holder = element.holder.unwrap_or(element.at);
        if stored && !whole && !tagged && seen.insert(holder.id()) {
            let message =
                format!("nothing says how long the {} is kept; add `x-retention`, such as `P5Y`", element.label());
            open.push(Finding::key(holder, message).of(&element.operation));
        }
    }
    let candidates = open.len();
    let any = !places.is_empty();
    if candidates == 0
        && !any
        && !whole
        && let Some((info, field)) = facts.api.info().zip(personal(facts))
    {
        let mut finding = Finding::key(
            info,
            "the contract carries personal data, but does not say how long they are kept; add `x-retention` to `info`",
        );
        finding.related.push(Label { location: field.at.key_location(), message: "such as this".to_owned() });
        out.push(finding);
    }
    fold(
        facts.api,
        open,
        candidates.max(21),
        |count| format!("nothing says how long the data of {count} objects are kept; add `x-retention` to `info`"),
        out,
    );
    for place in places.into_iter().filter(|place| !is_retention(*place)) {
        let message =
            format!("`{}` is no period; write it as in ISO 8601, such as `P5Y`, or name a policy", place.text());
        out.push(Finding::key(place, message));
    }
}

/// `cmp-pan-operation-in-scope`: operations on card data are declared to be in scope of PCI DSS.
pub(super) fn pan_scope(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    if facts.governance("x-pci-scope").is_some_and(|scope| scope.as_bool() == Some(true)) {
        return;
    }
    let mut carriers: BTreeMap<(usize, String), (Operation<'_>, &Element<'_>)> = BTreeMap::new();
    let mut seen = FxHashSet::default();
    for (number, element) in facts.everywhere().enumerate() {
        if facts.holds(element, &[Class::CardNumber, Class::SecurityCode]).is_some()
            && seen.insert(element.operation.place.id())
        {
            carriers.insert((number, element.operation.label()), (element.operation, element));
        }
    }
    let tags: FxHashSet<&str> = facts
        .api
        .tags()
        .into_iter()
        .filter(|(_, tag)| tag.get_bool("x-pci-scope") == Some(true))
        .map(|(name, _)| name)
        .collect();
    let audience = facts.audience();
    for (operation, element) in carriers.into_values() {
        let declared = operation.place.get_bool("x-pci-scope") == Some(true)
            || operation.path.field("x-pci-scope").and_then(Place::as_bool) == Some(true)
            || operation.tags().iter().any(|tag| tags.contains(tag))
            || operation
                .servers()
                .iter()
                .any(|server| server.place.is_some_and(|place| place.get_bool("x-pci-scope") == Some(true)));
        let label = operation.label();
        let message = if !declared {
            format!(
                "{label} carries card data (the {}), but is not declared to be in scope; add `x-pci-scope: true`",
                element.label()
            )
        } else if audience == Some(Audience::Public) {
            format!("{label} carries card data, but the contract is public; keep it in a contract for partners")
        } else {
            continue;
        };
        let mut finding = Finding::key(operation.place, message).of(&operation);
        finding.related.push(Label { location: element.at.key_location(), message: "the card data".to_owned() });
        out.push(finding);
    }
}
