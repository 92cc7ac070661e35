//! The checks of the structure, one line each.

/// The JSON Schema of the specification states it as well. What holds across fields, references and names is not in it.
const STATED: bool = true;
const OURS: bool = false;
/// It tells what is not there, which cannot be said of a text that was not read to its end.
const ABSENCE: bool = true;
const PRESENCE: bool = false;

/// Makes the enum and the table of its facts from one list.
macro_rules! checks {
    ($($name:ident $id:literal $stated:ident $absence:ident;)*) => {
        /// What [`validate`](super::validate) can report; each has a page in `rules/lint/structure`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Check {
            $(#[doc = concat!("`", $id, "`")] $name,)*
        }

        impl Check {
            /// All checks, sorted by id.
            pub const ALL: &'static [Check] = &[$(Check::$name,)*];

            /// Returns the id under which findings report it.
            pub const fn id(self) -> &'static str {
                match self { $(Check::$name => $id,)* }
            }

            /// Reads the id of a finding.
            pub fn parse(id: &str) -> Option<Self> {
                match id { $($id => Some(Check::$name),)* _ => None }
            }

            /// Returns whether the JSON Schema of the specification states it as well.
            pub const fn is_in_schema(self) -> bool {
                match self { $(Check::$name => $stated,)* }
            }

            /// Returns whether it tells what is not there.
            pub const fn is_absence(self) -> bool {
                match self { $(Check::$name => $absence,)* }
            }
        }
    };
}

checks! {
    RefCircle              "ref-circle"                      OURS   PRESENCE;
    RefNotAllowed          "ref-not-allowed"                 OURS   PRESENCE;
    RefUnresolved          "ref-unresolved"                  OURS   PRESENCE;
    RefWrongKind           "ref-wrong-kind"                  OURS   PRESENCE;
    CallbackExpression     "struct-callback-expression"      OURS   PRESENCE;
    ComponentName          "struct-component-name"           STATED PRESENCE;
    Count                  "struct-count"                    STATED ABSENCE;
    Discriminator          "struct-discriminator"            OURS   ABSENCE;
    DuplicateItem          "struct-duplicate-item"           OURS   PRESENCE;
    DuplicateOperationId   "struct-duplicate-operation-id"   OURS   PRESENCE;
    DuplicateParameter     "struct-duplicate-parameter"      OURS   PRESENCE;
    DuplicateTag           "struct-duplicate-tag"            OURS   PRESENCE;
    Encoding               "struct-encoding"                 OURS   ABSENCE;
    ExclusiveFields        "struct-exclusive-fields"         STATED PRESENCE;
    FormMediaType          "struct-form-media-type"          OURS   PRESENCE;
    FormatType             "struct-format-type"              OURS   PRESENCE;
    IgnoredField           "struct-ignored-field"            OURS   PRESENCE;
    Key                    "struct-key"                      STATED PRESENCE;
    Keyword                "struct-keyword"                  OURS   PRESENCE;
    Link                   "struct-link"                     OURS   ABSENCE;
    MisplacedField         "struct-misplaced-field"          STATED PRESENCE;
    MissingField           "struct-missing-field"            STATED ABSENCE;
    PathDuplicate          "struct-path-duplicate"           OURS   PRESENCE;
    PathKey                "struct-path-key"                 STATED PRESENCE;
    PathQuery              "struct-path-query"               OURS   PRESENCE;
    PathTemplate           "struct-path-template"            OURS   ABSENCE;
    Pattern                "struct-pattern"                  OURS   PRESENCE;
    Server                 "struct-server"                   OURS   ABSENCE;
    StatusCode             "struct-status-code"              STATED PRESENCE;
    Type                   "struct-type"                     STATED PRESENCE;
    TypographicQuotes      "struct-typographic-quotes"       OURS   PRESENCE;
    UnknownField           "struct-unknown-field"            STATED PRESENCE;
    Value                  "struct-value"                    STATED PRESENCE;
    Version                "struct-version"                  OURS   PRESENCE;
}
