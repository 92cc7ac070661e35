//! What a change happened to, in the words of change ids.

/// In which kind of place a schema stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The body of a request.
    Request,
    /// The body of a response.
    Response,
    /// A parameter.
    Parameter,
    /// A header of a response.
    Header,
    /// No schema: another part of the contract.
    Contract,
}

impl Role {
    /// Returns the word that ids and messages use for its properties.
    pub fn word(self) -> &'static str {
        match self {
            Role::Request | Role::Parameter => "request",
            Role::Response | Role::Header => "response",
            Role::Contract => "contract",
        }
    }
}

/// What a change happened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The schema of a request body.
    RequestBody,
    /// A property or an item in a request body.
    RequestProperty,
    /// A parameter.
    RequestParameter,
    /// A property of a parameter.
    RequestParameterProperty,
    /// The schema of a response body.
    ResponseBody,
    /// A property or an item in a response body.
    ResponseProperty,
    /// A header of a response.
    ResponseHeader,
    /// A property of a header.
    ResponseHeaderProperty,
    /// A response.
    Response,
    /// An operation.
    Operation,
    /// A path.
    Path,
    /// A webhook.
    Webhook,
    /// A callback.
    Callback,
    /// The security of an operation.
    Security,
    /// The security that operations inherit.
    GlobalSecurity,
    /// A security scheme.
    SecurityScheme,
    /// A server.
    Server,
    /// The contract.
    Document,
}

impl Subject {
    /// All subjects.
    pub const ALL: [Subject; 18] = [
        Subject::RequestBody,
        Subject::RequestProperty,
        Subject::RequestParameter,
        Subject::RequestParameterProperty,
        Subject::ResponseBody,
        Subject::ResponseProperty,
        Subject::ResponseHeader,
        Subject::ResponseHeaderProperty,
        Subject::Response,
        Subject::Operation,
        Subject::Path,
        Subject::Webhook,
        Subject::Callback,
        Subject::Security,
        Subject::GlobalSecurity,
        Subject::SecurityScheme,
        Subject::Server,
        Subject::Document,
    ];

    /// Returns its name in ids and lists.
    pub fn name(self) -> &'static str {
        match self {
            Subject::RequestBody => "request-body",
            Subject::RequestProperty => "request-property",
            Subject::RequestParameter => "request-parameter",
            Subject::RequestParameterProperty => "request-parameter-property",
            Subject::ResponseBody => "response-body",
            Subject::ResponseProperty => "response-property",
            Subject::ResponseHeader => "response-header",
            Subject::ResponseHeaderProperty => "response-header-property",
            Subject::Response => "response",
            Subject::Operation => "operation",
            Subject::Path => "path",
            Subject::Webhook => "webhook",
            Subject::Callback => "callback",
            Subject::Security | Subject::GlobalSecurity | Subject::SecurityScheme => "security",
            Subject::Server => "server",
            Subject::Document => "document",
        }
    }

    /// Returns its name in pages, where things with one name in ids have names of their own.
    pub fn key(self) -> &'static str {
        match self {
            Subject::GlobalSecurity => "global-security",
            Subject::SecurityScheme => "security-scheme",
            other => other.name(),
        }
    }

    /// Returns what a sentence calls it.
    pub fn noun(self) -> &'static str {
        match self {
            Subject::RequestBody => "a request body",
            Subject::RequestProperty => "a property of a request body",
            Subject::RequestParameter => "a parameter",
            Subject::RequestParameterProperty => "a property of a parameter",
            Subject::ResponseBody => "a response body",
            Subject::ResponseProperty => "a property of a response body",
            Subject::ResponseHeader => "a response header",
            Subject::ResponseHeaderProperty => "a property of a response header",
            Subject::Response => "a response",
            Subject::Operation => "an operation",
            Subject::Path => "a path",
            Subject::Webhook => "a webhook",
            Subject::Callback => "a callback",
            Subject::Security | Subject::GlobalSecurity => "a security requirement",
            Subject::SecurityScheme => "a security scheme",
            Subject::Server => "a server",
            Subject::Document => "the contract",
        }
    }

    /// Returns where its schema stands.
    pub fn role(self) -> Role {
        match self {
            Subject::RequestBody | Subject::RequestProperty => Role::Request,
            Subject::RequestParameter | Subject::RequestParameterProperty => Role::Parameter,
            Subject::ResponseBody | Subject::ResponseProperty | Subject::Response => Role::Response,
            Subject::ResponseHeader | Subject::ResponseHeaderProperty => Role::Header,
            Subject::Operation
            | Subject::Path
            | Subject::Webhook
            | Subject::Callback
            | Subject::Security
            | Subject::GlobalSecurity
            | Subject::SecurityScheme
            | Subject::Server
            | Subject::Document => Role::Contract,
        }
    }

    /// Returns what a property of it is.
    pub fn property(self) -> Self {
        match self {
            Subject::RequestBody => Subject::RequestProperty,
            Subject::ResponseBody => Subject::ResponseProperty,
            Subject::RequestParameter => Subject::RequestParameterProperty,
            other => other,
        }
    }

    /// Returns what an item of it is.
    pub fn item(self) -> Self {
        match self {
            Subject::RequestBody => Subject::RequestProperty,
            Subject::ResponseBody => Subject::ResponseProperty,
            other => other,
        }
    }
}
