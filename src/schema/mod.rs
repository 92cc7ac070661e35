//! Schemas as sets of JSON values: is every value of one schema a value of another, and if not, which is not?
//!
//! Takes places of schemas in workspaces, gives [`Verdict`]s with witnesses. A schema is brought into normal form
//! (lowering, shapes), the question becomes a search for a value of the one and not of the other (solving, with a
//! theory per type), and a value found is judged by an independent validator before it is shown. Stands on
//! [`crate::workspace`] and the versions of [`crate::openapi`].

mod apart;
mod array;
mod ask;
mod confirm;
mod dfa;
mod dialect;
mod emit;
mod engine;
mod eval;
mod formats;
mod keyword;
mod lang;
mod lower;
mod nfa;
mod number;
mod object;
mod reach;
mod refine;
mod resolve;
mod scalar;
mod shape;
mod solve;
mod structural;
mod text;
mod twins;
mod value;
mod weigh;
mod work;

#[cfg(test)]
mod tests;

pub use ask::{Answer, Step, Travel, Wish};
pub use confirm::Rejection;
pub use dialect::Dialect;
pub use engine::{
    Direction, Engine, OUT_OF_WORK, SchemaSource, Settings, SourceMember, Stages, Verdict, Witness, compare_texts,
};
pub use formats::{Formats, format_allows, has_format};
pub use scalar::{Reading, Split, lists, scalars};
pub use solve::Reason;
pub use text::Texts;
