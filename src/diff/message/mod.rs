//! Whole messages as proof: a request or an answer that one side accepts and the other refuses.
//!
//! `compose` writes messages for an operation; `check` reads a message as a server or a client would and knows nothing
//! of how it was made (what both know of notation stands in `notation`); `prove` finds the message that shows an
//! edit and keeps it only when the reader confirms it, `structural` for edits that are not about schemas.

mod check;
mod compose;
mod credentials;
mod dress;
mod focus;
mod formats;
mod kind;
mod misread;
mod notation;
mod prove;
mod segment;
mod structural;
mod suspects;
#[cfg(test)]
mod tests;
mod wire;

use crate::diff::effect::Polarity;
use crate::openapi::{Header, Parameter, ParameterIn, SchemaRef};
use crate::schema::{Dialect, SchemaSource, SourceMember};
pub(super) use dress::dressed;
pub(super) use focus::Focus;
pub(super) use kind::{discriminator_name, kind_fault};
pub(super) use notation::capture;
pub(super) use prove::{Messages, Shown};
pub(super) use segment::{is_named, may_be};
pub(super) use suspects::Suspects;
pub(super) use wire::{Unsendable, field_split, header_split, is_form, is_json_field, parameter_split};

/// One of the two contracts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Side {
    Base,
    Revision,
}

impl Side {
    /// Returns the side that accuses by a break this way: whose reader refuses what the other may send.
    pub(super) fn refusing(polarity: Polarity) -> Self {
        match polarity {
            Polarity::ToServer => Side::Revision,
            Polarity::ToClient => Side::Base,
        }
    }

    pub(super) fn other(self) -> Self {
        match self {
            Side::Base => Side::Revision,
            Side::Revision => Side::Base,
        }
    }

    /// The name in evidence.
    pub(super) fn name(self) -> &'static str {
        match self {
            Side::Base => "base",
            Side::Revision => "revision",
        }
    }

    /// What belongs to it.
    pub(super) fn of<T: Copy>(self, (base, revision): (T, T)) -> T {
        match self {
            Side::Base => base,
            Side::Revision => revision,
        }
    }
}

/// The part of a message that a schema describes; names of both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'w> {
    /// The body, under these media types.
    Body((&'w str, &'w str)),
    /// A parameter.
    Parameter(ParameterIn, (&'w str, &'w str)),
    /// A header of an answer.
    Header(&'w str),
}

/// Where a schema is met first: the operation (index of a root), the answer, the part.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot<'w> {
    pub(super) root: usize,
    pub(super) status: Option<(&'w str, &'w str)>,
    pub(super) part: Part<'w>,
}

impl Spot<'_> {
    /// Whether it is a parameter in a path.
    pub(super) fn in_path(&self) -> bool {
        matches!(self.part, Part::Parameter(ParameterIn::Path, _))
    }
}

/// The schema of a parameter, of its `content` where it has one.
fn schema_of<'w>(parameter: &Parameter<'w>) -> Option<SchemaRef<'w>> {
    parameter.schema().or_else(|| parameter.content().into_iter().find_map(|media| media.schema))
}

/// The schema of a header, in the same way.
fn header_schema<'w>(header: &Header<'w>) -> Option<SchemaRef<'w>> {
    header.schema().or_else(|| header.content().into_iter().find_map(|media| media.schema))
}

/// A schema as the containment engine takes it.
pub(super) fn source<'w>(schema: &SchemaRef<'w>, dialect: Dialect) -> SchemaSource<'w> {
    match schema {
        SchemaRef::At(place) | SchemaRef::Inline(place) => SchemaSource::At { place: *place, dialect },
        SchemaRef::Form(fields) => SchemaSource::Object {
            members: fields
                .iter()
                .map(|field| SourceMember {
                    name: field.name.to_owned(),
                    schema: field.place,
                    required: field.required(),
                })
                .collect(),
            dialect,
        },
    }
}
