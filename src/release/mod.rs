//! What a release needs: its version, its changelog, the notices to its readers, and the history of those before it.
//!
//! Takes contracts, the changes between them ([`crate::diff::compare`]) and the lifecycle policy; gives documents and
//! findings. Stands on `lifecycle` and everything below.
//!
//! What to call, command by command:
//! - `bump`: [`bump::verdict`], [`bump::findings`]; [`set_version`] for `--write`;
//! - `changelog`: [`changelog::changelog`], then [`changelog::Changelog::to_markdown`] or `to_file`, [`render_template`]
//!   with a team's own template, [`insert_into`] for `--into`, [`verify`] for `--verify`; [`changelogs`], [`whole_file`]
//!   and [`insert_all`] over many releases;
//! - `notices`: [`notices::notices`] over a timeline;
//! - `history`: [`walk`] over a git repository, or [`history::Step`]s from files, those of a list ([`listed`]) among them;
//!   then [`history::history`] and [`render_history`]; [`timeline_of`] for the timeline over all of them.

pub mod bump;
pub mod changelog;
mod describe;
pub mod history;
mod insert;
mod listed;
pub mod notices;
mod past;
mod releases;
mod render_changelog;
mod render_history;
mod template;
mod walk;
mod write;

#[cfg(test)]
mod bump_tests;
#[cfg(test)]
mod changelog_tests;
#[cfg(test)]
mod history_tests;

pub use describe::TextEdit;
pub use insert::{insert_into, verify};
pub use listed::{Listed, listed};
pub use past::timeline_of;
pub use releases::{ReleaseLog, changelogs, insert_all, whole_file};
pub use render_history::{HistoryFormat, render_history};
pub use template::render as render_template;
pub use walk::{Releases, Walked, walk};
pub use write::{Edit, set_version};
