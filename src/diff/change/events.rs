//! All events, one line each: name, what it is about, what kind of change it is, what it does to the set of things allowed,
//! and its id per subject (`*` stands for the name of the subject). Every event has a page in `rules/changes`.

use super::bound::{Bound, Motion};
use super::event::{Action, Effect, Facts, Group};
#[allow(clippy::wildcard_imports, reason = "the table below is written in their names")]
use super::lists::*;

const NONE: Option<Effect> = Some(Effect::None);
const WIDENS: Option<Effect> = Some(Effect::Widens);
const NARROWS: Option<Effect> = Some(Effect::Narrows);
const INCOMPARABLE: Option<Effect> = Some(Effect::Incomparable);
const UNKNOWN: Option<Effect> = Some(Effect::Unknown);
/// The edit itself decides.
const DERIVED: Option<Effect> = None;

/// Makes the enum and the table of its facts from one list.
macro_rules! events {
    ($($name:ident $group:ident $action:ident $effect:ident $($subjects:ident $id:literal),+;)*) => {
        /// What can happen to a part of a contract. The ids that each event has stand in its documentation.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Event {
            $($(#[doc = concat!("`", $id, "`")])+ $name,)*
            /// A limit with a number moved: `*-max-length-decreased`, and so on.
            Limit(Bound, Motion),
        }

        /// The events without the limits.
        #[derive(Clone, Copy)]
        enum Plain { $($name,)* }

        const PLAIN: &[Event] = &[$(Event::$name,)*];

        impl Event {
            /// Returns the place in [`Event::ALL`].
            pub const fn index(self) -> usize {
                match self {
                    $(Event::$name => Plain::$name as usize,)*
                    Event::Limit(bound, motion) => PLAIN.len() + bound as usize * Motion::ALL.len() + motion as usize,
                }
            }

            pub(super) fn facts(self) -> &'static Facts {
                match self {
                    Event::Limit(bound, motion) => bound.facts(motion),
                    plain => &FACTS[plain.index()],
                }
            }
        }

        impl std::fmt::Debug for Event {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $(Event::$name => out.write_str(stringify!($name)),)*
                    Event::Limit(bound, motion) => write!(out, "{bound:?}{motion:?}"),
                }
            }
        }

        static FACTS: &[Facts] = &[$(
            Facts { group: Group::$group, action: Action::$action, effect: $effect, ids: &[$(($subjects, $id)),+] },
        )*];
    };
}

impl Event {
    /// All events in the order of the tables.
    pub const ALL: &'static [Event] = &all();
}

/// How many events there are.
const COUNT: usize = PLAIN.len() + Bound::ALL.len() * Motion::ALL.len();

const fn all() -> [Event; COUNT] {
    let mut out = [Event::TypeChanged; COUNT];
    let mut at = 0;
    while at < COUNT {
        out[at] = match at.checked_sub(PLAIN.len()) {
            None => PLAIN[at],
            Some(limit) => Event::Limit(Bound::ALL[limit / Motion::ALL.len()], Motion::ALL[limit % Motion::ALL.len()]),
        };
        at += 1;
    }
    out
}

events! {
    // Types.
    TypeChanged                        Type                  Changes   INCOMPARABLE SCHEMA "*-type-changed";
    TypeGeneralized                    Type                  Loosens   WIDENS       SCHEMA "*-type-generalized";
    TypeSpecialized                    Type                  Tightens  NARROWS      TYPED "*-type-specialized";
    TypeCompatible                     Type                  Changes   NONE         SCHEMA "*-type-compatible";
    ListOfTypesNarrowed                Type                  Tightens  NARROWS      SCHEMA "*-list-of-types-narrowed";
    ListOfTypesWidened                 Type                  Loosens   WIDENS       SCHEMA "*-list-of-types-widened";
    BecameNullable                     Type                  Loosens   WIDENS       SCHEMA "*-became-nullable";
    BecameNotNullable                  Type                  Tightens  NARROWS      SCHEMA "*-became-not-nullable";
    SchemaOpened                       Type                  Loosens   WIDENS       SCHEMA "*-schema-opened";
    SchemaClosed                       Type                  Tightens  NARROWS      SCHEMA "*-schema-closed";
    ValuesChanged                      Type                  Changes   INCOMPARABLE SCHEMA "*-values-changed";

    // Steps and uniqueness; limits with a number are in `bound.rs`.
    MultipleOfSet                      Limit                 Tightens  NARROWS      SCHEMA "*-multiple-of-set";
    MultipleOfUnset                    Limit                 Loosens   WIDENS       SCHEMA "*-multiple-of-unset";
    MultipleOfGeneralized              Limit                 Loosens   WIDENS       SCHEMA "*-multiple-of-generalized";
    MultipleOfSpecialized              Limit                 Tightens  NARROWS      SCHEMA "*-multiple-of-specialized";
    MultipleOfChanged                  Limit                 Changes   INCOMPARABLE SCHEMA "*-multiple-of-changed";
    UniqueItemsSet                     Limit                 Tightens  NARROWS      SCHEMA "*-unique-items-set";
    UniqueItemsUnset                   Limit                 Loosens   WIDENS       SCHEMA "*-unique-items-unset";

    // Strings.
    PatternAdded                       Pattern               Tightens  NARROWS      SCHEMA "*-pattern-added";
    PatternChanged                     Pattern               Changes   UNKNOWN      SCHEMA "*-pattern-changed";
    PatternGeneralized                 Pattern               Loosens   WIDENS       SCHEMA "*-pattern-generalized";
    PatternRemoved                     Pattern               Loosens   WIDENS       SCHEMA "*-pattern-removed";
    FormatAdded                        Format                Changes   DERIVED      SCHEMA "*-format-added";
    FormatChanged                      Format                Changes   DERIVED      SCHEMA "*-format-changed";
    FormatRemoved                      Format                Changes   DERIVED      SCHEMA "*-format-removed";

    // Listed values.
    BecameEnum                         Enumeration           Tightens  NARROWS      SCHEMA "*-became-enum";
    BecameNotEnum                      Enumeration           Loosens   WIDENS       SCHEMA "*-became-not-enum";
    EnumValueAdded                     Enumeration           Adds      WIDENS       SCHEMA "*-enum-value-added";
    EnumValueRemoved                   Enumeration           Removes   NARROWS      SCHEMA "*-enum-value-removed";
    ConstAdded                         Constant              Tightens  NARROWS      SCHEMA "*-const-added";
    ConstChanged                       Constant              Changes   INCOMPARABLE SCHEMA "*-const-changed";
    ConstRemoved                       Constant              Loosens   WIDENS       SCHEMA "*-const-removed";
    XExtensibleEnumAdded               ExtensibleEnumeration Changes   UNKNOWN      SCHEMA "*-x-extensible-enum-added";
    XExtensibleEnumRemoved             ExtensibleEnumeration Changes   NONE         SCHEMA "*-x-extensible-enum-removed";
    XExtensibleEnumValueAdded          ExtensibleEnumeration Adds      NONE         SCHEMA "*-x-extensible-enum-value-added";
    XExtensibleEnumValueRemoved        ExtensibleEnumeration Removes   NARROWS      SCHEMA "*-x-extensible-enum-value-removed";

    // Lists of branches.
    AllOfAdded                         Branches              Tightens  NARROWS      SCHEMA "*-all-of-added";
    AllOfAddedAnnotationOnly           Branches              Changes   NONE         SCHEMA "*-all-of-added-annotation-only";
    AllOfRemoved                       Branches              Loosens   WIDENS       SCHEMA "*-all-of-removed";
    AllOfRemovedAnnotationOnly         Branches              Changes   NONE         SCHEMA "*-all-of-removed-annotation-only";
    AnyOfAdded                         Branches              Adds      WIDENS       SCHEMA "*-any-of-added";
    AnyOfRemoved                       Branches              Removes   NARROWS      SCHEMA "*-any-of-removed";
    OneOfAdded                         Branches              Adds      WIDENS       SCHEMA "*-one-of-added";
    OneOfRemoved                       Branches              Removes   NARROWS      SCHEMA "*-one-of-removed";
    AnyOfBecameOneOf                   Branches              Tightens  NARROWS      SCHEMA "*-any-of-became-one-of";
    OneOfBecameAnyOf                   Branches              Loosens   WIDENS       SCHEMA "*-one-of-became-any-of";
    WrappedInAnyOf                     Branches              Loosens   WIDENS       SCHEMA "*-wrapped-in-any-of";
    WrappedInOneOf                     Branches              Loosens   WIDENS       SCHEMA "*-wrapped-in-one-of";
    UnwrappedFromAnyOf                 Branches              Tightens  NARROWS      SCHEMA "*-unwrapped-from-any-of";
    UnwrappedFromOneOf                 Branches              Tightens  NARROWS      SCHEMA "*-unwrapped-from-one-of";

    // Schemas under one keyword.
    ItemsAdded                         Part                  Tightens  NARROWS      SCHEMA "*-items-added";
    ItemsRemoved                       Part                  Loosens   WIDENS       SCHEMA "*-items-removed";
    ContainsAdded                      Part                  Tightens  NARROWS      SCHEMA "*-contains-added";
    ContainsRemoved                    Part                  Loosens   WIDENS       SCHEMA "*-contains-removed";
    NotAdded                           Part                  Tightens  NARROWS      SCHEMA "*-not-added";
    NotRemoved                         Part                  Loosens   WIDENS       SCHEMA "*-not-removed";
    IfAdded                            Part                  Tightens  NARROWS      SCHEMA "*-if-added";
    IfRemoved                          Part                  Loosens   WIDENS       SCHEMA "*-if-removed";
    ThenAdded                          Part                  Tightens  NARROWS      SCHEMA "*-then-added";
    ThenRemoved                        Part                  Loosens   WIDENS       SCHEMA "*-then-removed";
    ElseAdded                          Part                  Tightens  NARROWS      SCHEMA "*-else-added";
    ElseRemoved                        Part                  Loosens   WIDENS       SCHEMA "*-else-removed";
    ContentSchemaAdded                 Meaning               Tightens  NARROWS      SCHEMA "*-content-schema-added";
    ContentSchemaRemoved               Meaning               Loosens   WIDENS       SCHEMA "*-content-schema-removed";
    PropertyNamesAdded                 Part                  Tightens  NARROWS      SCHEMA "*-property-names-added";
    PropertyNamesRemoved               Part                  Loosens   WIDENS       SCHEMA "*-property-names-removed";

    // Arrays and objects.
    PrefixItemsAdded                   Part                  Tightens  NARROWS      SCHEMA "*-prefix-items-added";
    PrefixItemsRemoved                 Part                  Loosens   WIDENS       SCHEMA "*-prefix-items-removed";
    AdditionalPropertiesAllowed        Part                  Loosens   WIDENS       SCHEMA "*-additional-properties-allowed";
    AdditionalPropertiesForbidden      Part                  Tightens  NARROWS      SCHEMA "*-additional-properties-forbidden";
    AdditionalPropertiesSchemaAdded    Part                  Tightens  NARROWS      SCHEMA "*-additional-properties-schema-added";
    AdditionalPropertiesSchemaRemoved  Part                  Loosens   WIDENS       SCHEMA "*-additional-properties-schema-removed";
    UnevaluatedPropertiesAllowed       Part                  Loosens   WIDENS       SCHEMA "*-unevaluated-properties-allowed";
    UnevaluatedPropertiesForbidden     Part                  Tightens  NARROWS      SCHEMA "*-unevaluated-properties-forbidden";
    UnevaluatedPropertiesSchemaAdded   Part                  Tightens  NARROWS      SCHEMA "*-unevaluated-properties-schema-added";
    UnevaluatedPropertiesSchemaRemoved Part                  Loosens   WIDENS       SCHEMA "*-unevaluated-properties-schema-removed";
    UnevaluatedItemsAllowed            Part                  Loosens   WIDENS       SCHEMA "*-unevaluated-items-allowed";
    UnevaluatedItemsForbidden          Part                  Tightens  NARROWS      SCHEMA "*-unevaluated-items-forbidden";
    UnevaluatedItemsSchemaAdded        Part                  Tightens  NARROWS      SCHEMA "*-unevaluated-items-schema-added";
    UnevaluatedItemsSchemaRemoved      Part                  Loosens   WIDENS       SCHEMA "*-unevaluated-items-schema-removed";
    PatternPropertyAdded               Part                  Tightens  NARROWS      SCHEMA "*-pattern-property-added";
    PatternPropertyRemoved             Part                  Loosens   WIDENS       SCHEMA "*-pattern-property-removed";
    DependentSchemaAdded               Part                  Tightens  NARROWS      SCHEMA "*-dependent-schema-added";
    DependentSchemaRemoved             Part                  Loosens   WIDENS       SCHEMA "*-dependent-schema-removed";
    DependentRequiredAdded             Part                  Tightens  NARROWS      SCHEMA "*-dependent-required-added";
    DependentRequiredChanged           Part                  Changes   DERIVED      SCHEMA "*-dependent-required-changed";
    DependentRequiredRemoved           Part                  Loosens   WIDENS       SCHEMA "*-dependent-required-removed";

    // What values mean.
    DiscriminatorAdded                 Discriminator         Changes   NONE         SCHEMA "*-discriminator-added";
    DiscriminatorRemoved               Discriminator         Changes   NONE         SCHEMA "*-discriminator-removed";
    DiscriminatorPropertyNameChanged   Discriminator         Changes   INCOMPARABLE SCHEMA "*-discriminator-property-name-changed";
    DiscriminatorMappingAdded          Discriminator         Adds      WIDENS       SCHEMA "*-discriminator-mapping-added";
    DiscriminatorMappingChanged        Discriminator         Changes   INCOMPARABLE SCHEMA "*-discriminator-mapping-changed";
    DiscriminatorMappingDeleted        Discriminator         Removes   NARROWS      SCHEMA "*-discriminator-mapping-deleted";
    ContentEncodingChanged             Meaning               Changes   INCOMPARABLE SCHEMA "*-content-encoding-changed";
    ContentMediaTypeChanged            Meaning               Changes   INCOMPARABLE SCHEMA "*-content-media-type-changed";
    DialectChanged                     Meaning               Changes   UNKNOWN      SCHEMA "*-dialect-changed";
    DynamicAnchorChanged               Meaning               Changes   UNKNOWN      SCHEMA "*-dynamic-anchor-changed";
    XmlChanged                         Meaning               Changes   UNKNOWN      SCHEMA "*-xml-changed";
    DynamicReferenceChanged            Part                  Changes   INCOMPARABLE SCHEMA "*-dynamic-reference-changed";
    DefaultValueAdded                  Annotation            Changes   NONE         SCHEMA "*-default-value-added";
    DefaultValueChanged                Annotation            Changes   NONE         SCHEMA "*-default-value-changed";
    DefaultValueRemoved                Annotation            Changes   NONE         SCHEMA "*-default-value-removed";

    // Properties.
    RequiredPropertyAdded              Property              Adds      NARROWS      PROPERTY "new-required-request-property", PARAMETER_PROPERTY "new-required-request-parameter-property";
    RequiredPropertyWithDefaultAdded   Property              Adds      NARROWS      PROPERTY "new-required-request-property-with-default";
    OptionalPropertyAdded              Property              Adds      NONE         PROPERTY "new-optional-request-property", PARAMETER_PROPERTY "new-optional-request-parameter-property", RESPONSE_PROPERTY "response-optional-property-added";
    RequiredResponsePropertyAdded      Property              Adds      NONE         RESPONSE_PROPERTY "response-required-property-added";
    PropertyAdded                      Property              Adds      NONE         HEADER_PROPERTY "*-added";
    PropertyRemoved                    Property              Removes   DERIVED      REMOVABLE "*-removed";
    RequiredPropertyRemoved            Property              Removes   DERIVED      RESPONSE_PROPERTY "response-required-property-removed";
    OptionalPropertyRemoved            Property              Removes   DERIVED      RESPONSE_PROPERTY "response-optional-property-removed";
    RequiredWriteOnlyPropertyAdded     Property              Adds      NONE         RESPONSE_PROPERTY "response-required-write-only-property-added";
    RequiredWriteOnlyPropertyRemoved   Property              Removes   NONE         RESPONSE_PROPERTY "response-required-write-only-property-removed";
    OptionalWriteOnlyPropertyAdded     Property              Adds      NONE         RESPONSE_PROPERTY "response-optional-write-only-property-added";
    OptionalWriteOnlyPropertyRemoved   Property              Removes   NONE         RESPONSE_PROPERTY "response-optional-write-only-property-removed";
    PropertyBecameRequired             Property              Tightens  NARROWS      MEMBERS "*-became-required";
    PropertyBecameRequiredWithDefault  Property              Tightens  NARROWS      PROPERTY "*-became-required-with-default";
    PropertyBecameOptional             Property              Loosens   WIDENS       MEMBERS "*-became-optional";
    WriteOnlyPropertyBecameRequired    Property              Tightens  NARROWS      RESPONSE_PROPERTY "response-write-only-property-became-required";
    WriteOnlyPropertyBecameOptional    Property              Loosens   WIDENS       RESPONSE_PROPERTY "response-write-only-property-became-optional";
    PropertySchemaAdded                Property              Tightens  NARROWS      MEMBERS "*-schema-added";
    PropertySchemaRemoved              Property              Loosens   WIDENS       MEMBERS "*-schema-removed";
    SensitivePropertyAdded             Property              Adds      NONE         RESPONSE_PROPERTY "response-sensitive-property-added";
    RequiredPropertyBecameReadOnly     Access                Changes   DERIVED      PROPERTY "request-required-property-became-read-only", RESPONSE_PROPERTY "response-required-property-became-read-only";
    RequiredPropertyBecameWriteOnly    Access                Changes   DERIVED      PROPERTY "request-required-property-became-write-only", RESPONSE_PROPERTY "response-required-property-became-write-only";
    RequiredPropertyBecameNotReadOnly  Access                Changes   DERIVED      PROPERTY "request-required-property-became-not-read-only", RESPONSE_PROPERTY "response-required-property-became-not-read-only";
    RequiredPropertyBecameNotWriteOnly Access                Changes   DERIVED      PROPERTY "request-required-property-became-not-write-only", RESPONSE_PROPERTY "response-required-property-became-not-write-only";
    OptionalPropertyBecameReadOnly     Access                Changes   DERIVED      PROPERTY "request-optional-property-became-read-only", RESPONSE_PROPERTY "response-optional-property-became-read-only";
    OptionalPropertyBecameWriteOnly    Access                Changes   DERIVED      PROPERTY "request-optional-property-became-write-only", RESPONSE_PROPERTY "response-optional-property-became-write-only";
    OptionalPropertyBecameNotReadOnly  Access                Changes   DERIVED      PROPERTY "request-optional-property-became-not-read-only", RESPONSE_PROPERTY "response-optional-property-became-not-read-only";
    OptionalPropertyBecameNotWriteOnly Access                Changes   DERIVED      PROPERTY "request-optional-property-became-not-write-only", RESPONSE_PROPERTY "response-optional-property-became-not-write-only";

    // Parameters.
    RequiredParameterAdded             Parameter             Adds      NARROWS      PARAMETER "new-required-request-parameter";
    OptionalParameterAdded             Parameter             Adds      WIDENS       PARAMETER "new-optional-request-parameter";
    RequiredPathItemParameterAdded     Parameter             Adds      NARROWS      PARAMETER "new-required-request-default-parameter-to-existing-path";
    OptionalPathItemParameterAdded     Parameter             Adds      WIDENS       PARAMETER "new-optional-request-default-parameter-to-existing-path";
    PathParameterAdded                 Parameter             Adds      NARROWS      PARAMETER "new-request-path-parameter";
    ParameterRemoved                   Parameter             Removes   UNKNOWN      PARAMETER "*-removed";
    ParameterRemovedWithDeprecation    Parameter             Removes   DERIVED      PARAMETER "*-removed-with-deprecation";
    ParameterRemovedBeforeSunset       Parameter             Removes   NARROWS      PARAMETER "*-removed-before-sunset";
    ParameterMoved                     Parameter             Changes   INCOMPARABLE PARAMETER "*-location-changed";
    PathParameterRenamed               Parameter             Changes   INCOMPARABLE PARAMETER "request-path-parameter-renamed";
    ParameterBecameRequired            Parameter             Tightens  NARROWS      PARAMETER "*-became-required";
    ParameterBecameOptional            Parameter             Loosens   WIDENS       PARAMETER "*-became-optional";
    AllowEmptyValueSet                 Parameter             Loosens   WIDENS       PARAMETER "*-became-allow-empty-value";
    AllowEmptyValueUnset               Parameter             Tightens  NARROWS      PARAMETER "*-became-not-allow-empty-value";
    AllowReservedSet                   Parameter             Loosens   WIDENS       PARAMETER "*-became-allow-reserved";
    AllowReservedUnset                 Parameter             Tightens  NARROWS      PARAMETER "*-became-not-allow-reserved";
    StyleChanged                       Parameter             Changes   INCOMPARABLE PARAMETER "*-style-changed", HEADER "*-style-changed";
    ExplodeChanged                     Parameter             Changes   INCOMPARABLE PARAMETER "*-explode-changed", HEADER "*-explode-changed";
    ContentChanged                     Parameter             Changes   INCOMPARABLE PARAMETER "*-content-changed", HEADER "*-content-changed";
    SchemaAdded                        Parameter             Tightens  NARROWS      PARAMETER "*-schema-added", HEADER "*-schema-added";
    SchemaRemoved                      Parameter             Loosens   WIDENS       PARAMETER "*-schema-removed", HEADER "*-schema-removed";

    // Bodies, media types, responses and headers.
    RequiredBodyAdded                  Body                  Adds      NARROWS      BODY "*-added-required";
    OptionalBodyAdded                  Body                  Adds      WIDENS       BODY "*-added-optional";
    BodyRemoved                        Body                  Removes   NARROWS      BODY "*-removed";
    BodyBecameRequired                 Body                  Tightens  NARROWS      BODY "*-became-required";
    BodyBecameOptional                 Body                  Loosens   WIDENS       BODY "*-became-optional";
    RequestMediaTypeAdded              MediaType             Adds      WIDENS       BODY "request-body-media-type-added";
    ResponseMediaTypeAdded             MediaType             Adds      NONE         RESPONSE_BODY "response-media-type-added";
    RequestMediaTypeRemoved            MediaType             Removes   NARROWS      BODY "request-body-media-type-removed";
    ResponseMediaTypeRemoved           MediaType             Removes   WIDENS       RESPONSE_BODY "response-media-type-removed";
    RequestMediaTypeNameGeneralized    MediaType             Changes   WIDENS       BODY "request-body-media-type-name-generalized";
    ResponseMediaTypeNameGeneralized   MediaType             Changes   UNKNOWN      RESPONSE_BODY "response-media-type-name-generalized";
    RequestMediaTypeNameSpecialized    MediaType             Changes   NARROWS      BODY "request-body-media-type-name-specialized";
    ResponseMediaTypeNameSpecialized   MediaType             Changes   NARROWS      RESPONSE_BODY "response-media-type-name-specialized";
    MediaTypeSchemaAdded               MediaType             Tightens  NARROWS      CONTENT "*-media-type-schema-added";
    MediaTypeSchemaRemoved             MediaType             Loosens   WIDENS       CONTENT "*-media-type-schema-removed";
    ItemSchemaAdded                    MediaType             Tightens  NARROWS      CONTENT "*-item-schema-added";
    ItemSchemaRemoved                  MediaType             Loosens   WIDENS       CONTENT "*-item-schema-removed";
    EncodingChanged                    MediaType             Changes   DERIVED      CONTENT "*-encoding-changed";
    SuccessStatusAdded                 Response              Adds      NONE         RESPONSE "response-success-status-added";
    SuccessStatusRemoved               Response              Removes   NARROWS      RESPONSE "response-success-status-removed";
    NonSuccessStatusAdded              Response              Adds      NONE         RESPONSE "response-non-success-status-added";
    NonSuccessStatusRemoved            Response              Removes   NONE         RESPONSE "response-non-success-status-removed";
    DefaultResponseAdded               Response              Adds      NONE         RESPONSE "response-default-added";
    DefaultResponseRemoved             Response              Removes   UNKNOWN      RESPONSE "response-default-removed";
    StatusGeneralized                  Response              Changes   UNKNOWN      RESPONSE "response-status-generalized";
    StatusSpecialized                  Response              Changes   NONE         RESPONSE "response-status-specialized";
    LinkAdded                          Link                  Adds      NONE         RESPONSE "response-link-added";
    LinkChanged                        Link                  Changes   UNKNOWN      RESPONSE "response-link-changed";
    LinkRemoved                        Link                  Removes   UNKNOWN      RESPONSE "response-link-removed";
    HeaderAdded                        Header                Adds      NONE         HEADER "*-added";
    RequiredHeaderRemoved              Header                Removes   WIDENS       HEADER "required-response-header-removed";
    OptionalHeaderRemoved              Header                Removes   UNKNOWN      HEADER "optional-response-header-removed";
    HeaderBecameRequired               Header                Tightens  NARROWS      HEADER "*-became-required";
    HeaderBecameOptional               Header                Loosens   WIDENS       HEADER "*-became-optional";

    // Operations, paths, webhooks, callbacks.
    OperationAdded                     Operation             Adds      WIDENS       OPERATION "endpoint-added";
    OperationRemovedWithoutDeprecation Operation             Removes   NARROWS      OPERATION "api-removed-without-deprecation";
    PathRemovedWithoutDeprecation      Operation             Removes   NARROWS      PATH "api-path-removed-without-deprecation";
    OperationRemovedWithDeprecation    Operation             Removes   DERIVED      OPERATION "api-removed-with-deprecation";
    PathRemovedWithDeprecation         Operation             Removes   DERIVED      PATH "api-path-removed-with-deprecation";
    OperationRemovedBeforeSunset       Operation             Removes   NARROWS      OPERATION "api-removed-before-sunset";
    PathRemovedBeforeSunset            Operation             Removes   NARROWS      PATH "api-path-removed-before-sunset";
    PathSunsetUnreadable               Operation             Removes   NARROWS      PATH "api-path-sunset-parse";
    OperationMoved                     Operation             Changes   NARROWS      PATH "endpoint-path-changed";
    PathTakesRequests                  Operation             Changes   DERIVED      PATH "path-takes-requests";
    PathServedByTemplate               Operation             Changes   NONE         PATH "path-served-by-template";
    OperationIdAdded                   OperationId           Adds      NONE         OPERATION "api-operation-id-added";
    OperationIdRemoved                 OperationId           Removes   INCOMPARABLE OPERATION "api-operation-id-removed";
    OperationTagAdded                  Tag                   Documents NONE         OPERATION "api-tag-added";
    OperationTagRemoved                Tag                   Documents NONE         OPERATION "api-tag-removed";
    WebhookAdded                       Operation             Adds      NONE         WEBHOOK "webhook-added";
    WebhookRemoved                     Operation             Removes   NARROWS      WEBHOOK "webhook-removed";
    CallbackAdded                      Operation             Adds      NONE         CALLBACK "callback-added";
    CallbackRemoved                    Operation             Removes   NARROWS      CALLBACK "callback-removed";
    CallbackUrlChanged                 Operation             Changes   INCOMPARABLE CALLBACK "callback-url-changed";

    // Announcements.
    Deprecated                         Lifecycle             Announces NONE         NAMED "*-deprecated", OPERATION "endpoint-deprecated";
    DeprecatedWithSunset               Lifecycle             Announces NONE         PROPERTIES "*-deprecated-with-sunset", OPERATION "endpoint-deprecated-with-sunset";
    DeprecatedSunsetUnreadable         Lifecycle             Announces UNKNOWN      PROPERTIES "*-deprecated-sunset-invalid";
    DeprecatedSunsetMissing            Lifecycle             Announces UNKNOWN      ELEMENTS "*-deprecated-sunset-missing", OPERATION "api-deprecated-sunset-missing";
    Reactivated                        Lifecycle             Changes   NONE         NAMED "*-reactivated", OPERATION "endpoint-reactivated";
    SunsetAdded                        Lifecycle             Announces NONE         ELEMENTS "*-sunset-date-added", OPERATION "api-sunset-date-added";
    SunsetAdvanced                     Lifecycle             Announces UNKNOWN      ELEMENTS "*-sunset-date-changed-too-small", OPERATION "api-sunset-date-changed-too-small";
    SunsetPostponed                    Lifecycle             Announces NONE         ELEMENTS "*-sunset-date-postponed", OPERATION "api-sunset-date-postponed";
    SunsetTooSoon                      Lifecycle             Announces UNKNOWN      ELEMENTS "*-sunset-date-too-small", OPERATION "api-sunset-date-too-small";
    SunsetDeleted                      Lifecycle             Announces UNKNOWN      ELEMENTS "*-sunset-deleted", OPERATION "sunset-deleted";
    SunsetUnreadable                   Lifecycle             Announces UNKNOWN      ELEMENTS "*-sunset-parse", OPERATION "api-deprecated-sunset-parse";
    StabilityDecreased                 Lifecycle             Changes   UNKNOWN      ELEMENTS "*-stability-decreased", OPERATION "api-stability-decreased";
    StabilityIncreased                 Lifecycle             Changes   NONE         ELEMENTS "*-stability-increased", OPERATION "api-stability-increased";
    StabilityUnreadable                Lifecycle             Changes   UNKNOWN      OPERATION "api-invalid-stability-level";

    // Security.
    SecurityAdded                      Security              Adds      DERIVED      SECURITY "api-security-added", GLOBAL_SECURITY "api-global-security-added";
    SecurityRemoved                    Security              Removes   DERIVED      SECURITY "api-security-removed", GLOBAL_SECURITY "api-global-security-removed";
    SecurityTightened                  Security              Tightens  DERIVED      SECURITY "api-security-tightened", GLOBAL_SECURITY "api-global-security-tightened";
    SecurityLoosened                   Security              Loosens   DERIVED      SECURITY "api-security-loosened", GLOBAL_SECURITY "api-global-security-loosened";
    SecurityScopeAdded                 Security              Tightens  DERIVED      SECURITY "api-security-scope-added", GLOBAL_SECURITY "api-global-security-scope-added";
    SecurityScopeRemoved               Security              Loosens   WIDENS       SECURITY "api-security-scope-removed", GLOBAL_SECURITY "api-global-security-scope-removed";
    SchemeAdded                        SecurityScheme        Adds      NONE         SCHEME "api-security-component-added";
    SchemeRemoved                      SecurityScheme        Removes   NONE         SCHEME "api-security-component-removed";
    SchemeRenamed                      SecurityScheme        Changes   NONE         SCHEME "api-security-component-renamed";
    SchemeTypeChanged                  SecurityScheme        Changes   INCOMPARABLE SCHEME "api-security-component-type-changed";
    SchemeNameChanged                  SecurityScheme        Changes   INCOMPARABLE SCHEME "api-security-component-name-changed";
    SchemeLocationChanged              SecurityScheme        Changes   INCOMPARABLE SCHEME "api-security-component-in-changed";
    SchemeOpenIdUrlChanged             SecurityScheme        Changes   UNKNOWN      SCHEME "api-security-component-openid-url-changed";
    SchemeAuthorizationUrlChanged      SecurityScheme        Changes   UNKNOWN      SCHEME "api-security-component-oauth-url-changed";
    SchemeTokenUrlChanged              SecurityScheme        Changes   UNKNOWN      SCHEME "api-security-component-oauth-token-url-changed";
    SchemeFlowAdded                    SecurityScheme        Adds      NONE         SCHEME "api-security-component-oauth-flow-added";
    SchemeFlowRemoved                  SecurityScheme        Removes   NARROWS      SCHEME "api-security-component-oauth-flow-removed";
    SchemeScopeAdded                   SecurityScheme        Adds      NONE         SCHEME "api-security-component-oauth-scope-added";
    SchemeScopeChanged                 SecurityScheme        Documents NONE         SCHEME "api-security-component-oauth-scope-changed";
    SchemeScopeRemoved                 SecurityScheme        Removes   UNKNOWN      SCHEME "api-security-component-oauth-scope-removed";

    // Servers.
    ServerAdded                        Server                Adds      WIDENS       SERVER "server-added";
    ServerRemoved                      Server                Removes   NARROWS      SERVER "server-removed";
    ServerUrlChanged                   Server                Changes   NARROWS      SERVER "server-url-changed";
    ServerVariableChanged              Server                Changes   UNKNOWN      SERVER "server-variable-default-changed";

    // The contract as a whole.
    ContractAdded                      Contract              Adds      NONE         DOCUMENT "api-added";
    ContractRemoved                    Contract              Removes   NARROWS      DOCUMENT "api-removed";
    VersionChanged                     Contract              Documents NONE         DOCUMENT "api-version-changed";
    VersionDecreased                   Contract              Documents NONE         DOCUMENT "api-version-decreased";
    OpenApiVersionChanged              Contract              Documents NONE         DOCUMENT "openapi-version-changed";
    AudienceNarrowed                   Promise               Changes   UNKNOWN      DOCUMENT "audience-narrowed";
    AudienceWidened                    Promise               Changes   NONE         DOCUMENT "audience-widened";
    ClassificationLowered              Promise               Changes   NONE         DOCUMENT "classification-lowered";
    EncryptionRemoved                  Promise               Removes   NONE         DOCUMENT "encryption-removed";
    PublicAccessDeclared               Promise               Changes   NONE         DOCUMENT "public-access-declared";
    StepUpRemoved                      Promise               Removes   NONE         DOCUMENT "step-up-removed";
    ReferenceReadable                  Component             Changes   UNKNOWN      DOCUMENT "reference-readable";
    ServiceLevelWeakened               Promise               Changes   UNKNOWN      DOCUMENT "service-level-weakened";
    ComponentSchemaAdded               Component             Adds      NONE         DOCUMENT "api-schema-added";
    ComponentSchemaRemoved             Component             Removes   NONE         DOCUMENT "api-schema-removed";
    ComponentAdded                     Component             Adds      NONE         DOCUMENT "component-added";
    ComponentChanged                   Component             Changes   NONE         DOCUMENT "component-changed";
    ComponentRemoved                   Component             Removes   NONE         DOCUMENT "component-removed";
    TagAdded                           Tag                   Adds      NONE         DOCUMENT "tag-added";
    TagRemoved                         Tag                   Removes   NONE         DOCUMENT "tag-removed";

    // Documentation.
    DescriptionChanged                 Documentation         Documents NONE         DOCUMENT "description-changed";
    SummaryChanged                     Documentation         Documents NONE         DOCUMENT "summary-changed";
    TitleChanged                       Documentation         Documents NONE         DOCUMENT "title-changed";
    ExampleChanged                     Documentation         Documents NONE         DOCUMENT "example-changed";
    ExternalDocsChanged                Documentation         Documents NONE         DOCUMENT "external-docs-changed";
    CommentChanged                     Annotation            Documents NONE         DOCUMENT "comment-changed";
    ExtensionAdded                     Extension             Adds      NONE         DOCUMENT "extension-added";
    ExtensionChanged                   Extension             Changes   NONE         DOCUMENT "extension-changed";
    ExtensionRemoved                   Extension             Removes   NONE         DOCUMENT "extension-removed";
    FieldChanged                       Extension             Changes   NONE         DOCUMENT "field-changed";
}
