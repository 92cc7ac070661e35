//! Rule functions of the pack `security`.

mod authentication;
mod authorization;
mod bounds;
mod disclosure;
mod exposure;
mod fapi;
mod fields;
mod flows;
mod headers;
mod identifiers;
mod inputs;
mod redos;
mod reserved;
mod responses;
mod schemes;
mod secrets;
mod signing;
mod third_parties;
mod transport;
pub(super) mod url_names;

use super::{Native, rule};

/// The functions of this pack.
pub(super) const RULES: &[Native] = &[
    rule("sec-server-https-only", transport::https_only),
    rule("sec-server-host-not-internal", transport::host_not_internal),
    rule("sec-oauth-urls-https", transport::oauth_urls),
    rule("sec-operation-authenticated", authentication::operation_authenticated),
    rule("sec-requirement-resolves", authentication::requirement_resolves),
    rule("sec-http-scheme-registered", schemes::http_scheme),
    rule("sec-no-http-basic", schemes::no_basic),
    rule("sec-no-api-key-in-query", schemes::no_key_in_query),
    rule("sec-oauth-no-implicit", schemes::no_implicit),
    rule("sec-oauth-no-password-grant", schemes::no_password),
    rule("sec-no-credential-in-url", url_names::credential),
    rule("sec-internal-operation-in-external-contract", exposure::internal_operation),
    rule("sec-debug-endpoint-exposed", exposure::debug_endpoint),
    rule("sec-dangerous-method", exposure::dangerous_method),
    rule("sec-401-403-documented", responses::refusals),
    rule("sec-429-retry-after", responses::too_many_requests),
    rule("sec-response-schema-defined", responses::schema_defined),
    rule("sec-error-no-internals", responses::no_internals),
    rule("sec-no-sequential-id", identifiers::no_sequential_id),
    rule("sec-credential-field-write-only", fields::credential_write_only),
    rule("sec-url-input-constrained", fields::url_input),
    rule("sec-request-string-bounded", bounds::strings),
    rule("sec-request-array-bounded", bounds::arrays),
    rule("sec-regex-anchored", bounds::anchored),
    rule("sec-no-reserved-header-parameter", reserved::reserved),
    rule("sec-no-secret-literal", secrets::no_literal),
    rule("sec-api-key-not-sole-user-auth", authorization::key_alone),
    rule("sec-operation-scoped", authorization::scoped),
    rule("sec-scope-read-write-separation", authorization::read_write),
    rule("sec-admin-separate-authorization", authorization::admin),
    rule("sec-fapi-flow-allowlist", fapi::flows),
    rule("sec-sender-constrained-token", fapi::sender_constrained),
    rule("sec-jwt-algorithm-allowlist", fapi::algorithms),
    rule("sec-step-up-sensitive-operation", flows::step_up),
    rule("sec-auth-endpoint-throttled", flows::throttled),
    rule("sec-auth-error-uniform", disclosure::uniform),
    rule("sec-sensitive-flow-protected", flows::flow_protected),
    rule("sec-nonprod-operation-in-prod-contract", flows::nonprod),
    rule("sec-spoofable-identity-header", flows::identity_header),
    rule("sec-object-id-constrained", inputs::object_id),
    rule("sec-request-object-closed", inputs::object_closed),
    rule("sec-server-controlled-field-readonly", inputs::server_controlled),
    rule("sec-request-number-bounded", inputs::numbers),
    rule("sec-upload-bounded", inputs::uploads),
    rule("sec-regex-redos", redos::redos),
    rule("sec-ratelimit-fields-current", headers::quotas),
    rule("sec-cors-policy", headers::cors),
    rule("sec-cache-no-store", headers::no_store),
    rule("sec-webhook-authenticated", signing::webhooks),
    rule("sec-message-signing", signing::signed),
    rule("sec-remote-ref-allowlist", signing::remote),
    rule("sec-third-party-dependency-declared", third_parties::declared),
];
