//! What a release needs: its version, its changelog, the notices to its readers, and the history of those before it.
//!
//! Takes contracts, the changes between them ([`crate::diff::compare`]) and the lifecycle policy; gives documents and
//! findings. Stands on `lifecycle` and everything below.
//!
//! What to call, command by command:
//! - `bump`: [`bump::verdict`], [`bump::findings`]; [`set_version`] for `--write`;

pub mod bump;
mod write;

#[cfg(test)]
mod bump_tests;

pub use write::{Edit, set_version};
