//! Kinds of operations that several rules ask about: public ones, payments, those on customers' data, sensitive actions,
//! and business flows. An extension in the contract decides where there is one; names decide elsewhere.

use super::facts::{Facts, is_oauth_endpoint, path_words, static_segments};
use super::{Options, schema, words};
use crate::lexicon::{Act, Certainty, Lexicon};
use crate::openapi::{Operation, ParameterIn, Response};
use crate::workspace::Place;

/// Path segments of what everyone may call.
const OPEN: [&str; 13] = [
    "health",
    "healthz",
    "healthcheck",
    "livez",
    "readyz",
    "liveness",
    "readiness",
    "ping",
    "jwks",
    "jwks.json",
    ".well-known",
    "heartbeat",
    "status",
];

/// Whether an operation changes the protocol of its connection (RFC 9110, section 7.8), such as to WebSocket: its response
/// is `101`, or it cannot be called without asking for it.
pub(super) fn is_handshake(operation: &Operation<'_>) -> bool {
    let asks = |name: &str| {
        let name = name.to_ascii_lowercase();
        name == "upgrade" || name.starts_with("sec-websocket-")
    };
    operation.method == "get"
        && (operation.responses().iter().any(|response| response.status == "101")
            || operation.parameters().iter().any(|one| {
                one.location == Some(ParameterIn::Header)
                    && one.place.get_bool("required") == Some(true)
                    && asks(one.name)
            }))
}

/// Whether an operation says, or its path does, that it needs no login. Options: `public-paths`, `public-tags`.
pub(super) fn is_public(operation: &Operation<'_>, options: &Options) -> bool {
    let marked = |place: Place<'_>| place.get_bool("x-public").unwrap_or(false);
    let paths = options.list("public-paths");
    let tags = options.list("public-tags");
    marked(operation.place)
        || static_segments(operation.path.template).any(|segment| OPEN.contains(&segment))
        || paths.iter().any(|path| operation.path.template.starts_with(path))
        || operation.tags().iter().any(|tag| tags.contains(tag))
        || is_oauth_endpoint(operation)
}

/// Whether the words of the path, or those of its tags, name data that are open to everyone.
fn is_open_data(operation: &Operation<'_>) -> bool {
    let open = |words: &[String]| words::any(words, &["opendata", "products", "atms", "branches", "discovery"]);
    let tagged = |tag: &str| words::contains(&words::words(tag), "open data");
    open(&path_words(operation)) || operation.tags().into_iter().any(tagged)
}

/// Whether an operation reads or changes what belongs to customers.
pub(super) fn touches_customers(operation: &Operation<'_>, options: &Options) -> bool {
    if is_public(operation, options) || is_open_data(operation) {
        return false;
    }
    let classified = operation.place.get("x-data-classification").and_then(|class| class.get_str("sensitivity"));
    matches!(classified, Some("confidential" | "restricted"))
        || Lexicon::built_in().has("customer-data", &path_words(operation))
}

/// Whether an operation makes or executes a payment; `x-money-movement` decides where it is given.
pub(super) fn moves_money<'w>(operation: &Operation<'w>, facts: &Facts<'w>) -> bool {
    facts.act(operation) == Act::Pay(Certainty::Named)
}

/// Whether the path belongs to consents or authorisations, for which standards define one scope per service.
pub(super) fn is_consent(operation: &Operation<'_>) -> bool {
    let terms = ["consent", "consents", "authorisation", "authorisations", "authorization", "authorizations"];
    path_words(operation).iter().any(|word| terms.contains(&word.as_str()) || word.ends_with("consents"))
}

/// Whether a method changes something.
pub(super) fn writes(operation: &Operation<'_>) -> bool {
    matches!(operation.method, "post" | "put" | "patch" | "delete")
}

/// What is sensitive about an operation, in words that follow `it`: `initiates a payment`. `x-sensitive-action` decides
/// where it is given.
pub(super) fn sensitive_action<'w>(operation: &Operation<'w>, facts: &Facts<'w>) -> Option<&'static str> {
    match operation.place.get_bool("x-sensitive-action") {
        Some(true) => return Some("is marked as a sensitive action"),
        Some(false) => return None,
        None => {}
    }
    if !writes(operation) || operation.method == "delete" {
        return None;
    }
    let all = path_words(operation);
    let last = all.last().map_or("", String::as_str);
    let has = |terms: &[&str]| words::any(&all, terms);
    let changes = operation.method != "post" || has(&["change", "update", "reset", "set"]);
    // Merchants capture and refund what the customer has confirmed before.
    let later = has(&[
        "refund",
        "refunds",
        "capture",
        "captures",
        "charge",
        "charges",
        "reversal",
        "reversals",
        "void",
        "voids",
        "deposit",
        "deposits",
        "topup",
        "topups",
    ]);
    if moves_money(operation, facts) && !later {
        Some("initiates a payment")
    } else if operation.method == "post" && matches!(last, "payees" | "beneficiaries" | "payee" | "beneficiary") {
        Some("adds a payee")
    } else if changes && has(&["password", "passcode", "pin"]) && !has(&["policy", "translation"]) {
        Some("changes a password or PIN")
    } else if changes && has(&["customer", "customers", "user", "users", "profile", "me"]) && is_contact(last) {
        Some("changes the address at which the customer is reached")
    } else if matches!(last, "limit" | "limits")
        && has(&["card", "cards", "account", "accounts", "transfer", "payment"])
    {
        Some("changes a limit")
    } else if has(&["card", "cards"]) && has(&["activate", "activation"]) {
        Some("activates a card")
    } else if operation.method == "post"
        && (words::ends_with(&all, "api keys") || words::ends_with(&all, "credentials"))
    {
        Some("creates credentials")
    } else {
        None
    }
}

fn is_contact(word: &str) -> bool {
    matches!(word, "email" | "phone" | "mobile" | "address" | "mfa" | "device" | "devices")
}

/// The business flow that an operation belongs to; `x-business-flow` decides where it is given.
pub(super) fn business_flow<'w>(operation: &Operation<'w>, facts: &Facts<'w>) -> Option<&'static str> {
    match operation.place.get("x-business-flow").or_else(|| operation.path.field("x-business-flow")) {
        Some(flow) if flow.as_bool() == Some(false) => return None,
        Some(_) => return Some("a business flow"),
        None => {}
    }
    if operation.method != "post" {
        return None;
    }
    let all = path_words(operation);
    let last = all.last().map_or("", String::as_str);
    let has = |terms: &[&str]| words::any(&all, terms);
    if moves_money(operation, facts) {
        Some("payments")
    } else if matches!(last, "payees" | "beneficiaries") {
        Some("the adding of payees")
    } else if static_segments(operation.path.template).last() == Some("otp")
        || has(&["otp"]) && has(&["send", "generate", "resend", "request"])
    {
        Some("the sending of codes")
    } else if matches!(last, "vouchers" | "coupons" | "promotions") {
        Some("vouchers")
    } else if has(&["loan", "loans", "credit"]) && matches!(last, "applications" | "application") {
        Some("loan applications")
    } else if words::ends_with(&all, "account opening") || has(&["onboarding"]) && has(&["account", "accounts"]) {
        Some("the opening of accounts")
    } else {
        None
    }
}

/// Whether any text below a place (at most `depth` levels) contains one of `terms`, in lower case.
pub(super) fn says(place: Place<'_>, terms: &[&str], depth: usize) -> bool {
    if let Some(text) = place.as_str() {
        let text = text.to_ascii_lowercase();
        return terms.iter().any(|term| text.contains(term));
    }
    let inner = place.members().map(|member| member.value).chain(place.elements());
    depth > 0 && inner.into_iter().any(|inner| says(inner.resolved(), terms, depth - 1))
}

/// The names of the properties of a JSON body, two levels of them.
pub(super) fn body_names<'w>(operation: &Operation<'w>) -> Vec<&'w str> {
    let media = operation.body().map(|body| body.media_types).unwrap_or_default();
    media.iter().filter_map(|media| media.schema.as_ref()?.place()).flat_map(names).collect()
}

fn names(schema: Place<'_>) -> Vec<&str> {
    let mut out = Vec::new();
    for (name, place) in schema::properties(schema) {
        out.push(name);
        out.extend(schema::properties(place).into_iter().map(|(name, _)| name));
    }
    out
}

/// Whether a consent that was given before covers the operation, and the contract has that consent.
fn is_consent_bound(operation: &Operation<'_>, facts: &Facts<'_>) -> bool {
    let consent = |name: &str| words::contains(&words::words(name), "consent id");
    let bound = operation.all_parameters().iter().any(|parameter| consent(parameter.name))
        || body_names(operation).into_iter().any(consent);
    bound && (is_consent(operation) || facts.operations().any(is_consent))
}

/// Whether the contract says how the customer confirms the operation once more.
pub(super) fn has_step_up(operation: &Operation<'_>, facts: &Facts<'_>) -> bool {
    let own = |key: &str| operation.place.get(key).is_some() || operation.path.field(key).is_some();
    if own("x-sca") || own("x-acr") || facts.governance("x-sca").is_some() || is_consent_bound(operation, facts) {
        return true;
    }
    let security = operation.security();
    if security.alternatives.iter().any(|one| one.place.get("x-acr").is_some()) {
        return true;
    }
    let responses = operation.responses();
    let refused = |response: &Response<'_>| {
        response.status == "401" && says(response.place, &["insufficient_user_authentication", "acr_values"], 6)
    };
    let confirmed = |response: &Response<'_>| {
        let schemas = response.media_types().into_iter().filter_map(|media| media.schema?.place());
        response.is_success()
            && schemas.flat_map(names).any(|name| {
                let split = words::words(name);
                words::any(&split, &["sca", "challenge", "authorisation", "authorization", "scastatus", "action"])
            })
    };
    let header = |name: &str| words::any(&words::words(name), &["sca", "acr", "otp", "mfa", "totp"]);
    responses.iter().any(|response| refused(response) || confirmed(response))
        || operation.parameters().iter().any(|p| p.location == Some(ParameterIn::Header) && header(p.name))
        || body_names(operation)
            .into_iter()
            .any(|name| header(name) || words::contains(&words::words(name), "challenge"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::Api;
    use crate::workspace::Workspace;

    fn labels(text: &str, keep: impl for<'w> Fn(&Operation<'w>, &Facts<'w>) -> bool) -> Vec<String> {
        let workspace = Workspace::from_text("a.yaml", &format!("openapi: 3.0.3\npaths:\n{text}"));
        let facts = Facts::new(Api::open(&workspace).unwrap());
        facts.operations().filter(|operation| keep(operation, &facts)).map(Operation::label).collect()
    }

    #[test]
    fn payments_are_told_from_what_only_speaks_of_them() {
        let text =
            "  /payments: {post: {}, get: {}}\n  /payments/search: {post: {}}\n  /payment-consents: {post: {}}\n";
        assert_eq!(labels(text, moves_money), ["POST /payments"]);
    }

    #[test]
    fn data_of_customers_are_told_from_open_data() {
        let text = "  /accounts: {get: {}}\n  /opendata/accounts: {get: {}}\n  /health: {get: {}}\n";
        assert_eq!(labels(text, |operation, _| touches_customers(operation, &Options::default())), ["GET /accounts"]);
    }

    #[test]
    fn sensitive_actions_are_told_by_path_and_method() {
        let text = "  /users/me/password: {put: {}, get: {}}\n  /beneficiaries: {post: {}}\n  /cards/{id}/activate: {post: {}}\n";
        let found = labels(text, |operation, facts| sensitive_action(operation, facts).is_some());
        assert_eq!(found, ["PUT /users/me/password", "POST /beneficiaries", "POST /cards/{id}/activate"]);
    }
}
