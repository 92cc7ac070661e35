//! Path expressions: parsed in both dialects, compiled together, matched in one walk.
//!
//! Takes expressions and a place; gives every place and key that an expression selects. Stands on `workspace`.

mod evaluate;
mod lax;
mod matcher;
mod parse;
mod prefilter;
mod script;
mod value;
mod walk;
mod ways;

pub use matcher::Matcher;
pub use parse::Query;
pub(in crate::lint) use value::{number_text, text_number};
pub use walk::{Hit, Key, Step};
pub use ways::{WayId, Ways};
