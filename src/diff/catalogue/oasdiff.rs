//! Names of oasdiff for changes: its users have them in files of severities and of ignored findings.
//!
//! Most names are the same here. The table has those that are not: other names, names of a part of what one name stands
//! for here, and names of what is reported another way or by another command. `*` stands for the name of the subject.

use super::super::change::lists::{
    DOCUMENT, ELEMENTS, OPERATION, PARAMETER_PROPERTY, PROPERTY, RESPONSE_BODY, RESPONSE_PROPERTY, SCHEMA, SCHEME,
    SECURITY,
};
use super::super::change::{ChangeId, Event, Subject};
use super::page;

/// What a name of oasdiff stands for here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// The same name.
    Same(ChangeId),
    /// All of these, and nothing else.
    Alias(Vec<ChangeId>),
    /// A part of what these stand for, and what sets it apart: a line about the part must not move the rest.
    Part(Vec<ChangeId>, &'static str),
    /// Nothing, and why.
    Apart(&'static str),
}

/// How a row is to be read.
enum Kind {
    Alias,
    Part(&'static str),
    Apart(&'static str),
}
use Kind::{Alias, Apart, Part};

/// A name with its subjects and what they are called here.
struct Row {
    theirs: &'static str,
    kind: Kind,
    subjects: &'static [Subject],
    events: &'static [Event],
}

const fn row(theirs: &'static str, kind: Kind, subjects: &'static [Subject], events: &'static [Event]) -> Row {
    Row { theirs, kind, subjects, events }
}

const VALUES: &[Subject] =
    &[Subject::RequestBody, Subject::RequestProperty, Subject::ResponseBody, Subject::ResponseProperty];
const BODIES: &[Subject] = &[Subject::RequestBody, Subject::ResponseBody];

const READ_ONLY: &str = "a request has no read-only properties: the edit is reported for responses";
const ENDED: &str = "one name for the removal of a property, whatever was announced";
const HEADERS: &str = "one name for properties of parameters in the path, query, header and cookie";
const BUMP: &str = "`covenant bump` judges version numbers";

static ROWS: &[Row] = &[
    row(
        "*-unevaluated-items-added",
        Alias,
        VALUES,
        &[Event::UnevaluatedItemsForbidden, Event::UnevaluatedItemsSchemaAdded],
    ),
    row(
        "*-unevaluated-items-removed",
        Alias,
        VALUES,
        &[Event::UnevaluatedItemsAllowed, Event::UnevaluatedItemsSchemaRemoved],
    ),
    row(
        "*-unevaluated-properties-added",
        Alias,
        VALUES,
        &[Event::UnevaluatedPropertiesForbidden, Event::UnevaluatedPropertiesSchemaAdded],
    ),
    row(
        "*-unevaluated-properties-removed",
        Alias,
        VALUES,
        &[Event::UnevaluatedPropertiesAllowed, Event::UnevaluatedPropertiesSchemaRemoved],
    ),
    row("*-schema-became-false", Alias, SCHEMA, &[Event::SchemaClosed]),
    row("*-schema-became-not-false", Alias, SCHEMA, &[Event::SchemaOpened]),
    row("*-sunset-date-changed-earlier", Alias, ELEMENTS, &[Event::SunsetAdvanced]),
    row("api-sunset-date-changed-earlier", Alias, OPERATION, &[Event::SunsetAdvanced]),
    row("*-media-type-item-schema-added", Alias, BODIES, &[Event::ItemSchemaAdded]),
    row("*-media-type-item-schema-removed", Alias, BODIES, &[Event::ItemSchemaRemoved]),
    row("response-mediatype-became-enum", Alias, RESPONSE_BODY, &[Event::BecameEnum]),
    row("response-mediatype-became-not-enum", Alias, RESPONSE_BODY, &[Event::BecameNotEnum]),
    row("response-mediatype-enum-value-added", Alias, RESPONSE_BODY, &[Event::EnumValueAdded]),
    row("response-mediatype-enum-value-removed", Alias, RESPONSE_BODY, &[Event::EnumValueRemoved]),
    row("api-security-component-api-key-in-changed", Alias, SCHEME, &[Event::SchemeLocationChanged]),
    row("api-security-component-api-key-name-changed", Alias, SCHEME, &[Event::SchemeNameChanged]),
    row("api-security-component-openid-connect-url-changed", Alias, SCHEME, &[Event::SchemeOpenIdUrlChanged]),
    row(
        "api-security-component-http-scheme-changed",
        Part("one name for `type` and `scheme`"),
        SCHEME,
        &[Event::SchemeTypeChanged],
    ),
    row(
        "api-security-component-oauth-refresh-url-changed",
        Part("one name for the token, refresh and device authorization URLs"),
        SCHEME,
        &[Event::SchemeTokenUrlChanged],
    ),
    row(
        "api-security-component-bearer-format-changed",
        Part("a hint in words, reported like other fields"),
        DOCUMENT,
        &[Event::FieldChanged],
    ),
    row(
        "api-security-anonymous-access-added",
        Part("the empty requirement is one of the alternatives"),
        SECURITY,
        &[Event::SecurityAdded, Event::SecurityRemoved],
    ),
    row(
        "api-security-anonymous-access-removed",
        Part("the empty requirement is one of the alternatives"),
        SECURITY,
        &[Event::SecurityAdded, Event::SecurityRemoved],
    ),
    row(
        "*-wrapped-in-one-of-original-preserved",
        Part("the proof decides whether values that were valid stay so"),
        BODIES,
        &[Event::WrappedInOneOf],
    ),
    row(
        "response-body-media-type-item-schema-removed-untyped",
        Part("one name, whether or not another schema stays"),
        RESPONSE_BODY,
        &[Event::ItemSchemaRemoved],
    ),
    row(
        "response-media-type-name-changed",
        Part("a media type that is neither wider nor narrower is one less and one more"),
        RESPONSE_BODY,
        &[Event::ResponseMediaTypeRemoved, Event::ResponseMediaTypeAdded],
    ),
    row(
        "response-media-type-parameter-changed",
        Part("a media type that is neither wider nor narrower is one less and one more"),
        RESPONSE_BODY,
        &[Event::ResponseMediaTypeRemoved, Event::ResponseMediaTypeAdded],
    ),
    row(
        "response-media-type-parameter-added",
        Part("a parameter makes the media type narrower"),
        RESPONSE_BODY,
        &[Event::ResponseMediaTypeNameSpecialized],
    ),
    row(
        "response-media-type-parameter-removed",
        Part("without the parameter the media type is wider"),
        RESPONSE_BODY,
        &[Event::ResponseMediaTypeNameGeneralized],
    ),
    row(
        "request-required-property-became-not-read-only-in-openapi-31",
        Part("one name for all versions of OpenAPI"),
        PROPERTY,
        &[Event::RequiredPropertyBecameNotReadOnly],
    ),
    row("request-property-removed-before-sunset", Part(ENDED), PROPERTY, &[Event::PropertyRemoved]),
    row("request-property-removed-with-deprecation", Part(ENDED), PROPERTY, &[Event::PropertyRemoved]),
    row(
        "response-required-property-removed-before-sunset",
        Part(ENDED),
        RESPONSE_PROPERTY,
        &[Event::RequiredPropertyRemoved],
    ),
    row(
        "response-required-property-removed-with-deprecation",
        Part(ENDED),
        RESPONSE_PROPERTY,
        &[Event::RequiredPropertyRemoved],
    ),
    row("new-required-request-header-property", Part(HEADERS), PARAMETER_PROPERTY, &[Event::RequiredPropertyAdded]),
    row("request-header-property-became-enum", Part(HEADERS), PARAMETER_PROPERTY, &[Event::BecameEnum]),
    row("request-header-property-became-required", Part(HEADERS), PARAMETER_PROPERTY, &[Event::PropertyBecameRequired]),
    row("request-read-only-property-enum-value-removed", Apart(READ_ONLY), &[], &[]),
    row("request-read-only-property-exclusive-max-decreased", Apart(READ_ONLY), &[], &[]),
    row("request-read-only-property-exclusive-min-increased", Apart(READ_ONLY), &[], &[]),
    row("request-read-only-property-max-decreased", Apart(READ_ONLY), &[], &[]),
    row("request-read-only-property-max-items-decreased", Apart(READ_ONLY), &[], &[]),
    row("request-read-only-property-max-length-decreased", Apart(READ_ONLY), &[], &[]),
    row("request-read-only-property-max-properties-decreased", Apart(READ_ONLY), &[], &[]),
    row("request-read-only-property-min-increased", Apart(READ_ONLY), &[], &[]),
    row(
        "response-write-only-property-enum-value-added",
        Apart("a response has no write-only properties: the edit is reported for requests"),
        &[],
        &[],
    ),
    row("api-major-version-not-bumped", Apart(BUMP), &[], &[]),
    row("api-version-not-bumped", Apart(BUMP), &[], &[]),
];

impl Row {
    /// The name for a subject.
    fn name(&self, subject: Subject) -> String {
        self.theirs.replacen('*', subject.name(), 1)
    }

    /// What it is called here, for the subject that the name has.
    fn ours(&self, name: &str) -> Option<Vec<ChangeId>> {
        let subject = self.subjects.iter().find(|subject| self.name(**subject) == name)?;
        Some(self.events.iter().map(|event| ChangeId::new(*subject, *event)).collect())
    }
}

/// Returns what a name of oasdiff stands for here; `None` for a name that oasdiff does not have either.
pub fn oasdiff(name: &str) -> Option<Foreign> {
    if let Some(page) = page(name) {
        return Some(Foreign::Same(page.change));
    }
    ROWS.iter().find_map(|row| match row.kind {
        Apart(reason) => (row.theirs == name).then_some(Foreign::Apart(reason)),
        Part(reason) => row.ours(name).map(|ours| Foreign::Part(ours, reason)),
        Alias => row.ours(name).map(Foreign::Alias),
    })
}

impl ChangeId {
    /// Lists the names by which findings of this kind are known to users of oasdiff: its id, and those that oasdiff has for
    /// it or for a part of it.
    pub fn names(self) -> Vec<String> {
        let has = |row: &&Row| row.subjects.contains(&self.subject) && row.events.contains(&self.event);
        let others = ROWS.iter().filter(has).map(|row| row.name(self.subject));
        std::iter::once(self.name().into_owned()).chain(others).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_names_changes_that_there_are_and_no_name_of_ours() {
        for row in ROWS {
            assert_eq!(row.subjects.is_empty(), matches!(row.kind, Apart(_)), "{}", row.theirs);
            assert!(page(row.theirs).is_none(), "{} is a name of ours", row.theirs);
            for subject in row.subjects {
                let name = row.name(*subject);
                assert!(page(&name).is_none(), "{name} is a name of ours");
                for id in row.ours(&name).unwrap() {
                    assert!(id.page().is_some(), "{name}: {id}");
                    assert!(id.names().contains(&name), "{name}: {id}");
                }
            }
        }
    }
}
