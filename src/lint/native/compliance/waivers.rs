//! Exceptions that the contract itself makes: `x-covenant-ignore` and `x-lint-waive`, with reason, people and an end.

use super::super::{Context, Sink};
use crate::diagnostic::{Location, Severity};
use crate::syntax::NodeId;
use crate::workspace::{Place, PlaceId};
use jiff::civil::Date;

/// Characters that a reason has at least.
const REASON: usize = 20;
/// Days that an exception lasts at most, unless the option `max-days` says otherwise.
const DAYS: i64 = 180;

fn date(place: Option<Place<'_>>) -> Option<Date> {
    place?.text().parse().ok()
}

/// `cmp-waiver-complete` and `cmp-waiver-stale`.
pub(super) fn check(context: &Context<'_, '_>, sink: &mut Sink) {
    let most = context.options.get("max-days").and_then(serde_json::Value::as_i64).unwrap_or(DAYS);
    let workspace = context.api.root().workspace();
    for (id, document) in workspace.documents() {
        let tree = document.tree();
        for key in ["x-lint-waive", "x-covenant-ignore"] {
            let Some(symbol) = tree.symbol(key) else { continue };
            for index in 0..tree.len().saturating_sub(1) as u32 {
                if tree.node(NodeId(index)).key_symbol() != Some(symbol) {
                    continue;
                }
                let value = workspace.place(PlaceId { document: id, node: NodeId(index + 1) });
                let entries = if value.is_seq() { value.elements().collect() } else { vec![value] };
                for entry in entries {
                    complete(entry, key == "x-lint-waive", most, sink);
                    stale(entry, context.as_of, sink);
                }
            }
        }
    }
}

fn report(sink: &mut Sink, rule: &'static str, location: Location, message: String, most: Severity) {
    sink.report_at_most(most, location, message).rule = rule.into();
}

fn complete(entry: Place<'_>, whole: bool, days: i64, sink: &mut Sink) {
    const RULE: &str = "cmp-waiver-complete";
    let reasons: Vec<Place<'_>> = if entry.get("rule").is_some() {
        entry.get("reason").into_iter().collect()
    } else {
        // A map of ids to reasons.
        entry.members().map(|member| member.value).collect()
    };
    let told = !reasons.is_empty() && reasons.iter().all(|reason| !reason.text().trim().is_empty());
    if !told {
        let message = "this exception gives no reason; say why the rule does not apply here".to_owned();
        report(sink, RULE, entry.location(), message, Severity::Warn);
        return;
    }
    if !whole {
        return;
    }
    if let Some(short) = reasons.iter().find(|reason| reason.text().trim().chars().count() < REASON) {
        let message = format!("the reason has fewer than {REASON} characters; say why the rule does not apply here");
        report(sink, RULE, short.location(), message, Severity::Error);
    }
    let keys = ["id", "rule", "owner", "requested_by", "approved_by", "ticket", "created", "expires"];
    let lacks: Vec<String> = keys.iter().filter(|key| entry.get(key).is_none()).map(|key| format!("`{key}`")).collect();
    if !lacks.is_empty() {
        report(sink, RULE, entry.location(), format!("this exception lacks {}", lacks.join(", ")), Severity::Error);
    }
    if let Some((asked, approved)) = entry.get("requested_by").zip(entry.get("approved_by"))
        && asked.text() == approved.text()
    {
        let message = format!("`{}` approved the exception that they asked for; another person must", approved.text());
        report(sink, RULE, approved.location(), message, Severity::Error);
    }
    if let Some((created, expires)) = date(entry.get("created")).zip(date(entry.get("expires"))) {
        let length = i64::from((expires - created).get_days());
        if length > days {
            let place = entry.get("expires").unwrap_or(entry);
            let message = format!("this exception lasts {length} days; at most {days} are allowed");
            report(sink, RULE, place.location(), message, Severity::Error);
        }
    }
}

fn stale(entry: Place<'_>, as_of: Option<Date>, sink: &mut Sink) {
    const RULE: &str = "cmp-waiver-stale";
    let Some((expires, today)) = date(entry.get("expires")).zip(as_of) else { return };
    let place = entry.get("expires").unwrap_or(entry);
    let left = (expires - today).get_days();
    if left < 0 {
        let message = format!("this exception ended on {expires}; renew it, or mend what it hides");
        report(sink, RULE, place.location(), message, Severity::Error);
    } else if left <= 30 {
        let message = format!("this exception ends on {expires}; mend what it hides, or ask for more time");
        report(sink, RULE, place.location(), message, Severity::Info);
    }
}
