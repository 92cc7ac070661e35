//! Where a schema stands in a contract, in the words of change ids.

/// In which kind of place a schema stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Request,
    Response,
    Parameter,
    Header,
}

impl Role {
    /// The word that ids and messages use for its properties.
    pub(super) fn word(self) -> &'static str {
        match self {
            Role::Request | Role::Parameter => "request",
            Role::Response | Role::Header => "response",
        }
    }
}

/// What a change id says a schema is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Subject {
    RequestBody,
    RequestProperty,
    RequestParameter,
    RequestParameterProperty,
    ResponseBody,
    ResponseProperty,
    ResponseHeader,
}

impl Subject {
    pub(super) fn name(self) -> &'static str {
        match self {
            Subject::RequestBody => "request-body",
            Subject::RequestProperty => "request-property",
            Subject::RequestParameter => "request-parameter",
            Subject::RequestParameterProperty => "request-parameter-property",
            Subject::ResponseBody => "response-body",
            Subject::ResponseProperty => "response-property",
            Subject::ResponseHeader => "response-header",
        }
    }

    pub(super) fn role(self) -> Role {
        match self {
            Subject::RequestBody | Subject::RequestProperty => Role::Request,
            Subject::RequestParameter | Subject::RequestParameterProperty => Role::Parameter,
            Subject::ResponseBody | Subject::ResponseProperty => Role::Response,
            Subject::ResponseHeader => Role::Header,
        }
    }

    /// What a property of it is.
    pub(super) fn property(self) -> Self {
        match self {
            Subject::RequestBody => Subject::RequestProperty,
            Subject::ResponseBody => Subject::ResponseProperty,
            Subject::RequestParameter => Subject::RequestParameterProperty,
            other => other,
        }
    }

    /// What an item of it is.
    pub(super) fn item(self) -> Self {
        match self {
            Subject::RequestBody => Subject::RequestProperty,
            Subject::ResponseBody => Subject::ResponseProperty,
            other => other,
        }
    }
}
