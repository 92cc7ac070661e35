//! What the FAPI profiles ask of OAuth: flows, tokens that belong to one client, and algorithms of signatures.

use super::super::facts::Facts;
use super::super::finding::fold;
use super::super::kinds::touches_customers;
use super::super::{Finding, Options, schema, words};
use super::authorization::schemes;
use crate::diagnostic::Severity;
use crate::openapi::{Operation, ParameterIn, Scheme};
use crate::syntax::{Kind, NodeId};
use crate::workspace::{Place, PlaceId};
use rustc_hash::FxHashSet;

/// `sec-fapi-flow-allowlist`: only the flows of the profile, with pushed requests and PKCE.
pub(super) fn flows(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let all = facts.api.security_schemes();
    let discovered = all.iter().any(|scheme| scheme.kind() == "openIdConnect");
    for scheme in all.iter().filter(|scheme| scheme.kind() == "oauth2") {
        let own = scheme.place.get("x-fapi").or_else(|| facts.governance("x-fapi"));
        let metadata = discovered || scheme.place.get("oauth2MetadataUrl").is_some();
        for (name, place) in scheme.flows() {
            let place = if place == scheme.place { place.get("flow").unwrap_or(place) } else { place };
            match name {
                "clientCredentials" | "ciba" => {}
                "authorizationCode" if metadata => {}
                "authorizationCode" => {
                    let par = own.is_some_and(|own| own.get_bool("par") == Some(true));
                    let pkce = own.is_some_and(|own| own.get_str("pkce") == Some("S256"));
                    let missing = match (par || !options.is_set("par"), pkce) {
                        (true, true) => continue,
                        (false, false) => "pushed authorisation requests and PKCE",
                        (false, true) => "pushed authorisation requests",
                        (true, false) => "PKCE",
                    };
                    let message = format!(
                        "`{}` does not say that it uses {missing}; add `x-fapi: {{par: true, pkce: S256}}` or `oauth2MetadataUrl`",
                        scheme.name
                    );
                    let finding = Finding::key(place, message);
                    out.push(if options.is_set("par") { finding } else { finding.at_most(Severity::Info) });
                }
                _ => {
                    let message = format!(
                        "the flow `{name}` of `{}` is not allowed here; use `authorizationCode` or `clientCredentials`",
                        scheme.name
                    );
                    out.push(Finding::key(place, message));
                }
            }
        }
    }
}

fn is_token(scheme: &Scheme<'_>) -> bool {
    let http = scheme.place.get_str("scheme").unwrap_or_default();
    matches!(scheme.kind(), "oauth2" | "openIdConnect")
        || scheme.kind() == "http" && (http.eq_ignore_ascii_case("bearer") || http.eq_ignore_ascii_case("dpop"))
}

/// Whether the client proves with this scheme that it is the one the token was made for.
fn is_proof(scheme: &Scheme<'_>) -> bool {
    let http = scheme.place.get_str("scheme").unwrap_or_default();
    scheme.kind() == "mutualTLS"
        || http.eq_ignore_ascii_case("dpop")
        || scheme.place.get_bool("x-mutual-tls") == Some(true)
        || scheme.place.get("x-fapi").is_some_and(is_constrained)
}

fn is_constrained(fapi: Place<'_>) -> bool {
    let told = fapi.get_str("sender_constrained").or_else(|| fapi.get_str("sender-constrained"));
    told.is_some_and(|how| matches!(how, "mtls" | "dpop"))
}

/// `sec-sender-constrained-token`: a stolen token is of no use.
pub(super) fn sender_constrained(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let whole = facts.governance("x-fapi").is_some_and(is_constrained)
        || facts.governance("x-mutual-tls").is_some_and(|told| told.as_bool() == Some(true));
    if whole {
        return;
    }
    let schemes = schemes(facts);
    let (mut found, mut candidates) = (Vec::new(), 0);
    for operation in facts.operations().filter(|operation| touches_customers(operation, options)) {
        let security = operation.security();
        let uses = |wanted: fn(&Scheme<'_>) -> bool| {
            let mut used = security.alternatives.iter().flat_map(|one| &one.schemes);
            used.any(|used| schemes.get(used.name).is_some_and(wanted))
        };
        if !uses(is_token) {
            continue;
        }
        candidates += 1;
        let together = security.alternatives.iter().any(|one| {
            let has = |wanted: fn(&Scheme<'_>) -> bool| {
                one.schemes.iter().any(|used| schemes.get(used.name).is_some_and(wanted))
            };
            has(is_token) && has(is_proof)
        });
        if together || sends_proof(operation) || operation.place.get_bool("x-mutual-tls") == Some(true) {
            continue;
        }
        let message = format!(
            "whoever has a token can use it for {}; bind tokens to the client by mutual TLS or DPoP, and say so in `security`",
            operation.label()
        );
        found.push(Finding::key(operation.place, message).of(operation));
    }
    let summary = |count| {
        format!(
            "{count} of {candidates} operations on customers' data take a token from anyone who has it; bind tokens to the client by mutual TLS or DPoP, and say so in `security` or with `x-fapi`"
        )
    };
    fold(facts.api, found, candidates, summary, out);
}

fn sends_proof(operation: &Operation<'_>) -> bool {
    operation
        .parameters()
        .iter()
        .any(|p| p.location == Some(ParameterIn::Header) && p.name.eq_ignore_ascii_case("dpop") && p.required())
}

/// What is wrong with an algorithm, and how much it weighs.
fn judge(name: &str, allowed: &[&str]) -> Option<(&'static str, Option<Severity>)> {
    let signs = name.len() == 5 && name.get(2..).is_some_and(|size| size.bytes().all(|b| b.is_ascii_digit()));
    let family = name.get(..2).filter(|_| signs).unwrap_or_default();
    match (name, family) {
        (name, _) if name.eq_ignore_ascii_case("none") => {
            Some(("leaves the token unsigned, so anyone can write one", None))
        }
        (_, "HS") => Some(("signs with a secret that both sides know, so either can write tokens of the other", None)),
        ("RSA1_5", _) => Some(("uses PKCS #1 v1.5 encryption, which can be broken by asking often", None)),
        (_, "RS" | "PS" | "ES") | ("EdDSA" | "Ed25519" | "Ed448", _) if !allowed.is_empty() => {
            (!allowed.contains(&name)).then_some(("is not among the algorithms of the profile", None))
        }
        (_, "RS") => Some(("uses PKCS #1 v1.5 signatures", Some(Severity::Warn))),
        _ => None,
    }
}

fn is_algorithm(name: &str) -> bool {
    let split = words::words(name);
    split.len() == 1 && split[0] == "alg"
        || words::contains(&split, "signing alg")
        || words::contains(&split, "encryption alg")
}

/// Whether an example shows what is refused.
fn is_negative(place: Place<'_>) -> bool {
    let wrong = ["invalid", "rejected", "attack", "unsigned", "error"];
    place.path().iter().any(|token| words::any(&words::words(token), &wrong))
}

/// `sec-jwt-algorithm-allowlist`: signatures that can be trusted.
pub(super) fn algorithms(facts: &Facts<'_>, options: &Options, out: &mut Vec<Finding>) {
    let allowed = options.list("allowed");
    let mut seen = FxHashSet::default();
    let mut report = |value: Place<'_>, name: &str, out: &mut Vec<Finding>| {
        let Some((what, ceiling)) = judge(name, &allowed) else { return };
        if !seen.insert(value.id()) || is_negative(value) {
            return;
        }
        let advice = if allowed.is_empty() { "`PS256`, `ES256` or `EdDSA`".to_owned() } else { list(&allowed) };
        let mut finding = Finding::at(value, format!("the algorithm `{name}` {what}; use {advice}"));
        finding.ceiling = ceiling;
        out.push(finding);
    };
    for element in facts.everywhere().filter(|element| element.is_named() && is_algorithm(element.name)) {
        for key in ["enum", "const", "example", "examples", "default"] {
            let Some(value) = schema::keyword(element.at, key) else { continue };
            let values: Vec<Place<'_>> = if value.is_seq() { value.elements().collect() } else { vec![value] };
            for value in values.into_iter().filter(|value| value.as_str().is_some()) {
                report(value, value.text(), out);
            }
        }
    }
    for scheme in facts.api.security_schemes() {
        let block = scheme.place.get("x-jwt");
        let told = ["algorithms", "alg"].iter().filter_map(|key| block?.get(key));
        for value in told.flat_map(|value| value.elements().chain(value.as_str().map(|_| value)).collect::<Vec<_>>()) {
            report(value, value.text(), out);
        }
    }
    let workspace = facts.api.root().workspace();
    for (id, document) in workspace.documents() {
        let tree = document.tree();
        let (keys, tokens) = (tree.symbol("kty").is_some(), tree.source().text().contains("eyJ"));
        if !keys && !tokens {
            continue;
        }
        for index in 0..tree.len() as u32 {
            let node = tree.node(NodeId(index));
            let place = || workspace.place(PlaceId { document: id, node: NodeId(index) });
            if tokens && node.kind() == Kind::Str && node.key_symbol().is_none() {
                if let Some(name) = node.as_str().and_then(header_algorithm) {
                    report(place(), &name, out);
                }
            } else if keys && node.is_map() {
                weak_key(place(), out);
            }
        }
    }
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// A JSON Web Key (RFC 7517) that is too short.
fn weak_key(place: Place<'_>, out: &mut Vec<Finding>) {
    let modulus = place.get("n").filter(|_| place.get_str("kty") == Some("RSA"));
    let Some((modulus, text)) = modulus.and_then(|modulus| Some((modulus, modulus.as_str()?))) else { return };
    let bits = text.trim_end_matches('=').len() * 6 / 8 * 8;
    // A text of a few characters stands for a key, and is none.
    if (512..2048).contains(&bits) && !text.contains(['.', '<', ' ']) && !is_negative(place) {
        out.push(Finding::at(modulus, format!("this RSA key has about {bits} bits; use 2048 or more")));
    }
}

/// The algorithm in the header of a JSON Web Token (RFC 7515, section 7.1).
fn header_algorithm(text: &str) -> Option<String> {
    let token = text.trim().trim_start_matches("Bearer ");
    let header = token.split('.').next().filter(|head| head.starts_with("eyJ") && head.len() < 2048)?;
    if token.matches('.').count() < 2 {
        return None;
    }
    let json: serde_json::Value = serde_json::from_slice(&base64url(header)?).ok()?;
    Some(json.get("alg")?.as_str()?.to_owned())
}

/// Decodes base64url without padding (RFC 4648, section 5).
fn base64url(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' | b'+' => 62,
            b'_' | b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xFFFF;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count & 0xFF) as u8);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_of_a_token_is_read() {
        let token = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiIxMjM0NTY3ODkwIn0.";
        assert_eq!(header_algorithm(token).as_deref(), Some("none"));
        assert_eq!(header_algorithm("eyJhbGciOiJub25lIn0"), None);
    }

    #[test]
    fn algorithms_are_judged_with_and_without_a_list() {
        assert!(judge("None", &[]).is_some() && judge("HS256", &["HS256"]).is_some());
        assert!(judge("ES256", &[]).is_none() && judge("ES512", &["PS256", "ES256"]).is_some());
        assert_eq!(judge("RS256", &[]).unwrap().1, Some(Severity::Warn));
    }
}
