//! Lists of subjects that tables share.

use super::subject::Subject;

/// Every place of a schema.
pub(crate) const SCHEMA: &[Subject] = &[
    Subject::RequestBody,
    Subject::RequestProperty,
    Subject::RequestParameter,
    Subject::RequestParameterProperty,
    Subject::ResponseBody,
    Subject::ResponseProperty,
    Subject::ResponseHeader,
];
/// Places where narrower types have an id of their own.
pub(crate) const TYPED: &[Subject] =
    &[Subject::RequestParameterProperty, Subject::ResponseBody, Subject::ResponseProperty, Subject::ResponseHeader];
/// What has media types.
pub(crate) const CONTENT: &[Subject] =
    &[Subject::RequestBody, Subject::RequestParameter, Subject::ResponseBody, Subject::ResponseHeader];
/// Properties of every place.
pub(crate) const MEMBERS: &[Subject] = &[
    Subject::RequestProperty,
    Subject::RequestParameterProperty,
    Subject::ResponseProperty,
    Subject::ResponseHeaderProperty,
];
/// Properties whose removal does not ask whether they were required.
pub(crate) const REMOVABLE: &[Subject] =
    &[Subject::RequestProperty, Subject::RequestParameterProperty, Subject::ResponseHeaderProperty];
pub(crate) const PROPERTIES: &[Subject] = &[Subject::RequestProperty, Subject::ResponseProperty];
/// Elements with a sunset date of their own.
pub(crate) const ELEMENTS: &[Subject] =
    &[Subject::RequestProperty, Subject::RequestParameter, Subject::ResponseProperty];
/// Elements that can be deprecated.
pub(crate) const NAMED: &[Subject] =
    &[Subject::RequestProperty, Subject::RequestParameter, Subject::ResponseProperty, Subject::ResponseHeader];
pub(crate) const BODY: &[Subject] = &[Subject::RequestBody];
pub(crate) const PROPERTY: &[Subject] = &[Subject::RequestProperty];
pub(crate) const PARAMETER: &[Subject] = &[Subject::RequestParameter];
pub(crate) const PARAMETER_PROPERTY: &[Subject] = &[Subject::RequestParameterProperty];
pub(crate) const RESPONSE_BODY: &[Subject] = &[Subject::ResponseBody];
pub(crate) const RESPONSE_PROPERTY: &[Subject] = &[Subject::ResponseProperty];
pub(crate) const HEADER: &[Subject] = &[Subject::ResponseHeader];
pub(crate) const HEADER_PROPERTY: &[Subject] = &[Subject::ResponseHeaderProperty];
pub(crate) const RESPONSE: &[Subject] = &[Subject::Response];
pub(crate) const OPERATION: &[Subject] = &[Subject::Operation];
pub(crate) const PATH: &[Subject] = &[Subject::Path];
pub(crate) const WEBHOOK: &[Subject] = &[Subject::Webhook];
pub(crate) const CALLBACK: &[Subject] = &[Subject::Callback];
pub(crate) const SECURITY: &[Subject] = &[Subject::Security];
pub(crate) const GLOBAL_SECURITY: &[Subject] = &[Subject::GlobalSecurity];
pub(crate) const SCHEME: &[Subject] = &[Subject::SecurityScheme];
pub(crate) const SERVER: &[Subject] = &[Subject::Server];
pub(crate) const DOCUMENT: &[Subject] = &[Subject::Document];
