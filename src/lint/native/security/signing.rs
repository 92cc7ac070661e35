//! Messages whose sender can be checked: notifications to clients, and signed payments.

use super::super::facts::Facts;
use super::super::finding::fold;
use super::super::kinds::{body_names, is_consent, moves_money, says};
use super::super::{Finding, Options, words};
use crate::diagnostic::Severity;
use crate::openapi::{Operation, ParameterIn, Response, Surface};
use crate::syntax::NodeId;
use crate::workspace::PlaceId;
use rustc_hash::FxHashSet;

/// Words of headers and fields that carry a signature.
const SIGNATURE: [&str; 6] = ["signature", "jws", "digest", "hmac", "sign", "dpop"];

fn is_signature(name: &str) -> bool {
    words::any(&words::words(name), &SIGNATURE)
}

fn is_signed_media(name: &str) -> bool {
    let name = name.split(';').next().unwrap_or_default().trim();
    matches!(name, "application/jwt" | "application/jose" | "application/jose+json") || name.ends_with("+jwt")
}

/// Whether the client can check that a notification comes from the provider.
fn is_authentic(operation: &Operation<'_>, alone: bool) -> bool {
    let own = |key: &str| operation.place.get(key).is_some() || operation.path.field(key).is_some();
    let security = operation.security();
    let secured = !security.alternatives.is_empty() && !security.allows_anonymous() && (alone || !security.inherited);
    let media = operation.body().map(|body| body.media_types).unwrap_or_default();
    own("x-webhook-auth")
        || secured
        || operation.parameters().iter().any(|p| {
            let header = p.location == Some(ParameterIn::Header);
            header && (is_signature(p.name) || p.name.eq_ignore_ascii_case("authorization"))
        })
        || media.iter().any(|media| is_signed_media(media.name))
        || body_names(operation).into_iter().any(is_signature)
        || ["description", "summary"]
            .iter()
            .filter_map(|key| operation.place.get(key))
            .any(|text| says(text, &["signature", "hmac", "signed", "mutual tls", "mtls", "basic auth"], 0))
}

/// Whether a notification only says where to look: ids, kinds and times.
fn is_thin(operation: &Operation<'_>) -> bool {
    let names = body_names(operation);
    let plain =
        ["id", "type", "event", "created", "timestamp", "time", "at", "date", "version", "kind", "uri", "url", "links"];
    !names.is_empty()
        && names.len() < 8
        && names.iter().all(|name| words::words(name).last().is_some_and(|word| plain.contains(&word.as_str())))
}

/// `sec-webhook-authenticated`: notifications come from the provider, and clients can check it.
pub(super) fn webhooks(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let stated = facts.governance("x-webhook-auth").is_some();
    let alone = facts.operations().next().is_none();
    let (mut found, mut candidates) = (Vec::new(), 0);
    let mut seen = FxHashSet::default();
    for operation in facts.notifications() {
        let template = operation.path.template;
        if operation.path.surface == Surface::Callback
            && template.starts_with("http://")
            && seen.insert(operation.path.at.id())
        {
            let message = format!("the notification `{template}` is sent without TLS; require `https`");
            out.push(Finding::key(operation.path.at, message).of(operation));
        }
        if stated || operation.method == "get" || !seen.insert(operation.place.id()) {
            continue;
        }
        candidates += 1;
        if is_authentic(operation, alone) {
            continue;
        }
        let message = format!(
            "clients cannot check that {} comes from you; require a signature header, add `security`, or say how with `x-webhook-auth`",
            operation.label()
        );
        let finding = Finding::key(operation.place, message).of(operation);
        found.push(if is_thin(operation) { finding.at_most(Severity::Warn) } else { finding });
    }
    let summary = |count| {
        format!(
            "clients cannot check that {count} of {candidates} notifications come from you; say how with `x-webhook-auth` at the root"
        )
    };
    fold(facts.api, found, candidates, summary, out);
}

fn sends(operation: &Operation<'_>, name: &str) -> bool {
    let mut headers = operation.parameters().into_iter().filter(|p| p.location == Some(ParameterIn::Header));
    headers.any(|header| header.name.eq_ignore_ascii_case(name))
}

fn answers(operation: &Operation<'_>, name: &str) -> bool {
    let responses: Vec<Response<'_>> = operation.responses().into_iter().filter(Response::is_success).collect();
    responses.is_empty()
        || responses
            .iter()
            .any(|response| response.headers().iter().any(|header| header.name.eq_ignore_ascii_case(name)))
}

fn takes_jwt(operation: &Operation<'_>) -> bool {
    operation.body().is_none_or(|body| body.media_types.iter().any(|media| is_signed_media(media.name)))
}

/// What a family of contracts asks of a message; `None` when all is well.
fn fault<'w>(operation: &Operation<'w>, facts: &Facts<'w>, scheme: &str) -> Option<String> {
    let payment = operation.method == "post"
        && (moves_money(operation, facts)
            || words::any(&super::super::facts::path_words(operation), &["payment", "payments"]));
    match scheme {
        "open-banking-uk" => {
            let file = operation.path.template.ends_with("/file");
            if !payment || file {
                return None;
            }
            let missing = match (sends(operation, "x-jws-signature"), answers(operation, "x-jws-signature")) {
                (true, true) => return None,
                (false, false) => "its request and its response have",
                (false, true) => "its request has",
                (true, false) => "its response has",
            };
            Some(format!("{missing} no header `x-jws-signature`"))
        }
        "berlin-group" => {
            let headers = ["Digest", "Signature", "TPP-Signature-Certificate"];
            let (there, missing): (Vec<&str>, Vec<&str>) = headers.iter().partition(|name| sends(operation, name));
            let list =
                |names: Vec<&str>| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ");
            (!there.is_empty() && !missing.is_empty())
                .then(|| format!("it has {}, but not {}; a signature needs all three", list(there), list(missing)))
        }
        "open-finance-brasil" => {
            (payment && !takes_jwt(operation)).then(|| "its body must be sent as `application/jwt`".to_owned())
        }
        _ => {
            let writes = operation.method == "post" && (moves_money(operation, facts) || is_consent(operation));
            let signed = ["Signature", "Signature-Input", "Content-Digest"].iter().all(|name| sends(operation, name));
            (writes && !signed && !takes_jwt(operation)).then(|| {
                "its request is not signed; send `application/jwt`, or the headers `Signature`, `Signature-Input` and `Content-Digest`".to_owned()
            })
        }
    }
}

/// `sec-message-signing`: payments and consents are signed in the way of their standard. Option `scheme`: whose.
pub(super) fn signed(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let scheme = options.text("scheme").unwrap_or("fapi2-ms");
    let (mut found, mut candidates) = (Vec::new(), 0);
    for operation in facts.operations() {
        candidates += 1;
        if let Some(fault) = fault(operation, facts, scheme) {
            let message = format!("{} is not signed as it should be: {fault}", operation.label());
            found.push(Finding::key(operation.place, message).of(operation));
        }
    }
    let summary = |count| format!("{count} of {candidates} operations are not signed as they should be");
    fold(facts.api, found, candidates, summary, out);
}

/// `sec-remote-ref-allowlist`: the contract does not depend on what others serve.
pub(super) fn remote(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let allowed = options.list("allow");
    let workspace = facts.api.root().workspace();
    for (id, document) in workspace.documents() {
        let tree = document.tree();
        let keys = ["$ref", "externalValue", "operationRef"];
        let symbols: Vec<_> = keys.iter().filter_map(|key| tree.symbol(key)).collect();
        if symbols.is_empty() {
            continue;
        }
        for index in 0..tree.len().saturating_sub(1) as u32 {
            let key = tree.node(NodeId(index));
            if key.key_symbol().is_none_or(|symbol| !symbols.contains(&symbol)) {
                continue;
            }
            let place = workspace.place(PlaceId { document: id, node: NodeId(index + 1) });
            let Some(text) = place.as_str().filter(|text| is_remote(text)) else { continue };
            // A reference that was refused has its own finding.
            let refused = key.text() == "$ref" && !matches!(place.follow_uri(), Some(Ok(_)));
            if refused || allowed.iter().any(|prefix| text.starts_with(prefix)) {
                continue;
            }
            let message = format!(
                "`{}` leads to `{text}`, which others can change; keep a copy beside the contract and refer to that",
                key.text()
            );
            out.push(Finding::at(place, message));
        }
    }
}

fn is_remote(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://") || text.starts_with("//")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_words_of_names() {
        assert!(is_signature("X-JWS-Signature") && is_signature("hmacSignature") && is_signature("Content-Digest"));
        assert!(!is_signature("assigned") && !is_signature("designation"));
        assert!(is_signed_media("application/jwt; charset=utf-8") && !is_signed_media("application/json"));
    }
}
