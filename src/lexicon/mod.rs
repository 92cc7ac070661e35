//! What fields hold: one judgement for all rules and the comparison.
//!
//! A name alone proves little: `pan` may be a card number, a way of entering one, or a cooking vessel. [`Lexicon::judge`] takes
//! the name, the schema and the object around a field, weighs what speaks for and against each [`Class`] of data, and says
//! what decided ([`Judgement`]). The words are data (`rules/lexicon.yaml`). Stands on `openapi`.

mod act;
mod field;
mod judge;
mod table;
mod terms;
pub mod words;

pub use act::{Act, Certainty, Issue, is_handed_out, is_payee};
pub use field::is_masked;
pub use judge::{Candidate, Class, Judgement, is_identifier};
pub use table::Lexicon;
