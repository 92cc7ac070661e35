//! Where a schema is written. Swagger 2.0 writes some in parameter objects.

use super::Parameter;
use crate::workspace::Place;

/// The schema of a parameter, header, body or component.
#[derive(Clone, Debug)]
pub enum SchemaRef<'w> {
    /// A Schema Object, a boolean schema, or a reference to one.
    At(Place<'w>),
    /// A 2.0 parameter, header or items object: its schema keywords stand beside its other fields.
    Inline(Place<'w>),
    /// The 2.0 `formData` parameters of an operation, which together are an object.
    Form(Vec<Parameter<'w>>),
}

impl<'w> SchemaRef<'w> {
    /// The place to point at.
    pub fn place(&self) -> Option<Place<'w>> {
        match self {
            SchemaRef::At(place) | SchemaRef::Inline(place) => Some(*place),
            SchemaRef::Form(fields) => fields.first().map(|field| field.at),
        }
    }
}
