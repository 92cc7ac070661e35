//! What is known of an event: what it does to the set of values, what kind of change it is, and the ids it has.

use super::events::Event;
use super::subject::Subject;

/// What an edit does to the set of things allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Nothing.
    None,
    /// More is allowed than before.
    Widens,
    /// Less is allowed than before.
    Narrows,
    /// Some is newly allowed, some is no longer.
    Incomparable,
    /// Not known.
    Unknown,
}

/// What kind of change an event is, for changelogs and for whoever plans by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// An element is new.
    Adds,
    /// An element is gone.
    Removes,
    /// A constraint of an element that stays is gone or weaker.
    Loosens,
    /// A constraint of an element that stays is new or stronger.
    Tightens,
    /// An element that stays is different.
    Changes,
    /// The end of an element is announced, or the announcement changed.
    Announces,
    /// The words about an element are different.
    Documents,
}

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Group {
    /// `type`, `nullable`, and schemas that allow nothing.
    Type,
    /// Bounds, lengths, counts and steps.
    Limit,
    /// `pattern`.
    Pattern,
    /// `format`.
    Format,
    /// `enum`.
    Enumeration,
    /// `const`.
    Constant,
    /// `x-extensible-enum`.
    ExtensibleEnumeration,
    /// `allOf`, `anyOf`, `oneOf`.
    Branches,
    /// A schema under another keyword, or what depends on a property.
    Part,
    /// `discriminator`.
    Discriminator,
    /// What a value means to its reader: `xml`, content keywords, dialects.
    Meaning,
    /// Keywords that document a value.
    Annotation,
    /// Properties of an object, and which of them are required.
    Property,
    /// `readOnly` and `writeOnly`.
    Access,
    /// Parameters, and how parameters and headers are written.
    Parameter,
    /// Request bodies.
    Body,
    /// Media types and the parts of a body.
    MediaType,
    /// Responses by status code.
    Response,
    /// Links of a response.
    Link,
    /// Headers of a response.
    Header,
    /// Operations, paths, webhooks and callbacks.
    Operation,
    /// `operationId`.
    OperationId,
    /// Tags.
    Tag,
    /// Deprecation, sunset dates and stability levels.
    Lifecycle,
    /// Security requirements.
    Security,
    /// Security schemes.
    SecurityScheme,
    /// Servers.
    Server,
    /// The contract and its version.
    Contract,
    /// What is promised apart from messages: audiences and service levels.
    Promise,
    /// Components that no operation uses.
    Component,
    /// Descriptions, titles and examples.
    Documentation,
    /// Extensions and fields without an event of their own.
    Extension,
}

/// The line of an event in the table.
pub(super) struct Facts {
    pub(super) group: Group,
    pub(super) action: Action,
    pub(super) effect: Option<Effect>,
    pub(super) ids: &'static [(&'static [Subject], &'static str)],
}

impl Event {
    /// Returns what it is about.
    pub fn group(self) -> Group {
        self.facts().group
    }

    /// Returns what kind of change it is.
    pub fn action(self) -> Action {
        self.facts().action
    }

    /// Returns what it does to the set of things allowed; `None` where the edit itself decides.
    pub fn effect(self) -> Option<Effect> {
        self.facts().effect
    }

    /// Lists what it can happen to.
    pub fn subjects(self) -> impl Iterator<Item = Subject> {
        self.facts().ids.iter().flat_map(|(subjects, _)| subjects.iter().copied())
    }

    /// Returns the pattern of its id for a subject: `*` stands for the name of the subject.
    pub(super) fn pattern(self, subject: Subject) -> Option<&'static str> {
        self.facts().ids.iter().find(|(subjects, _)| subjects.contains(&subject)).map(|(_, pattern)| *pattern)
    }

    /// Returns whether it changes what values mean to some reader, not which JSON values there are.
    pub fn is_meaning(self) -> bool {
        matches!(self.group(), Group::Discriminator | Group::Meaning | Group::ExtensibleEnumeration)
    }

    /// Returns whether it breaks a promise whatever validators accept: one that was made for some time, or where kinds are told.
    pub fn is_broken_promise(self) -> bool {
        matches!(
            self,
            Event::ParameterRemovedBeforeSunset
                | Event::OperationRemovedBeforeSunset
                | Event::PathRemovedBeforeSunset
                | Event::DiscriminatorPropertyNameChanged
        )
    }

    /// Returns whether it changes which values are listed, in a closed or an open list.
    pub fn is_enumeration(self) -> bool {
        matches!(self.group(), Group::Enumeration | Group::ExtensibleEnumeration)
    }

    /// Returns whether an operation or a whole path is gone although its end was not announced.
    pub fn is_sudden_removal(self) -> bool {
        matches!(self, Event::OperationRemovedWithoutDeprecation | Event::PathRemovedWithoutDeprecation)
    }
}
