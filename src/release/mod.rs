//! What a release needs: its version, its changelog, the notices to its readers, and the history of those before it.
//!
//! Takes contracts, the changes between them ([`crate::diff::compare`]) and the lifecycle policy; gives documents and
//! findings. Stands on `lifecycle` and everything below.
//!
//! What to call, command by command:
//! - `bump`: [`bump::verdict`], [`bump::findings`]; [`set_version`] for `--write`;
//! - `changelog`: [`changelog::changelog`], then [`changelog::Changelog::to_markdown`] or `to_file`, [`render_template`]
//!   with a team's own template, [`insert_into`] for `--into`, [`verify`] for `--verify`;

pub mod bump;
pub mod changelog;
mod describe;
mod insert;
mod template;
mod write;

#[cfg(test)]
mod bump_tests;
#[cfg(test)]
mod changelog_tests;

pub use describe::TextEdit;
pub use insert::{insert_into, verify};
pub use template::render as render_template;
pub use write::{Edit, set_version};
