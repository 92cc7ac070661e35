//! Rules over contracts.
//!
//! Takes an [`Api`](crate::openapi::Api) and a selection of rules; gives diagnostics. A rule is a page in
//! `rules/lint/<pack>/<id>.md`: its front matter is the rule, its examples are its tests. What needs code is a function
//! in `native/` that the front matter names. See `docs/rules.md`. Stands on `openapi` and `schema`.

mod carried;
mod document;
mod engine;
mod flood;
mod functions;
mod js;
mod message;
pub mod native;
mod overlap;
mod page;
pub mod path;
mod profile;
pub mod repair;
pub mod ruleset;
mod run;
mod select;
mod site;
mod suppress;
mod unread;
mod versions;

pub use carried::rules_of_change;
pub use document::{UNRECOGNIZED_FORMAT, document_findings};
pub use engine::{lint, lint_each};
pub use flood::fold_floods;
pub use js::overdue as has_overdue_program;
pub use overlap::{drop_covered, fold_into_changes};
pub use page::{Example, Page, Scope, page, pages};
pub use profile::{Profile, Setting, profile, profiles};
pub use ruleset::Ruleset;
pub use run::{FAILED, run};
pub use select::{Active, Selection};
pub use suppress::{Judged, Known, UNUSED_SUPPRESSION, suppress};
pub use versions::{CURRENT as RULES_VERSION, ProfileName, freeze, versions};
