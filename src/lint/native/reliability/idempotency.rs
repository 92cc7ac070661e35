//! Payments that are repeated must not be made twice.

use super::super::facts::Facts;
use super::super::kinds::moves_money;
use super::super::{Finding, Options, schema, words};
use crate::diagnostic::Severity;
use crate::openapi::ParameterIn;
use crate::workspace::Place;
use rustc_hash::FxHashSet;

/// `rel-idempotency-key-on-money-movement`: the same payment sent twice is made once.
pub(super) fn key_on_money_movement(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let own = options.list("headers");
    let mut seen = FxHashSet::default();
    for operation in facts.operations().filter(|operation| moves_money(operation)) {
        let is_key = |name: &str| {
            let split = words::words(name);
            words::any(&split, &["idempotency", "idempotent"])
                || own.iter().any(|known| known.eq_ignore_ascii_case(name))
        };
        let told = |place: Place<'_>| {
            place.get_str("description").is_some_and(|text| text.to_ascii_lowercase().contains("idempoten"))
        };
        let mut headers = operation.parameters().into_iter().filter(|p| p.location == Some(ParameterIn::Header));
        if let Some(header) = headers.find(|header| is_key(header.name) || told(header.place)) {
            if !header.required() && seen.insert(header.place.id()) {
                let message = format!(
                    "the idempotency key `{}` is optional where money moves, so a repeated request may pay twice; require it",
                    header.name
                );
                let place = header.place.get("name").unwrap_or(header.place);
                out.push(Finding::at(place, message).at_most(Severity::Info).of(operation));
            }
            continue;
        }
        if operation.place.get("x-idempotency").is_some() || operation.path.field("x-idempotency").is_some() {
            continue;
        }
        let media = operation.body().map(|body| body.media_types).unwrap_or_default();
        let properties: Vec<&str> = media
            .iter()
            .filter_map(|media| media.schema.as_ref()?.place())
            .flat_map(|place| schema::properties_within(place, 3))
            .map(|(name, _)| name)
            .collect();
        if properties.iter().any(|name| is_key(name)) {
            continue;
        }
        let message = format!(
            "{} moves money, but has no idempotency key, so a repeated request may pay twice; require the header `Idempotency-Key`",
            operation.label()
        );
        let finding = Finding::key(operation.place, message).of(operation);
        let reference = properties.iter().any(|name| {
            let name = words::words(name).join(" ");
            matches!(
                name.as_str(),
                "end to end id"
                    | "transfer id"
                    | "client reference"
                    | "client reference id"
                    | "request id"
                    | "reference id"
                    | "unique reference"
                    | "external id"
                    | "transaction id"
                    | "payment id"
            )
        });
        out.push(if reference { finding.at_most(Severity::Info) } else { finding });
    }
}
