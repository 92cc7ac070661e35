//! Judges the changes between two contracts.
//!
//! Takes two [`Api`] views and [`Options`]; gives a [`Comparison`]: one [`Diagnostic`] per root cause, with both
//! places, the operations reached, the impact on clients and on assurances, and the proof where there is one. Stands on
//! `schema` and `openapi`.
//!
//! `walk` holds the state; `operation`, `parameter`, `body`, `response`, `security`, `server`, `document` pair the parts
//! of two contracts; `schema` with `view`, `limits`, `values`, `objects`, `arrays`, `lists` compares schemas; `rest` reports what
//! nobody looked at; `judge` turns edits into findings, `promise` weighs them by the promise to keep, `standing` knows what was announced about their elements, `proof` asks the containment engine, `message` writes the messages
//! that prove them. `change` says what a change is, `catalogue` holds the pages of all change ids.

mod account;
mod arrays;
mod beside;
mod body;
mod branches;
mod catalogue;
mod causes;
mod change;
mod describe;
mod discriminator;
mod document;
mod edit;
mod effect;
mod encoding;
mod family;
mod judge;
mod lifecycle;
mod limits;
mod lists;
mod media;
mod members;
mod message;
mod objects;
mod operation;
mod options;
mod pair;
mod parameter;
mod paths;
mod promise;
mod proof;
mod readdress;
mod reread;
mod response;
mod rest;
mod same;
mod schema;
mod security;
mod server;
mod standing;
mod template;
mod unread;
mod used;
mod values;
mod view;
mod walk;

pub use catalogue::{Foreign, Page, UnknownChange, oasdiff, page, pages};
pub use change::{Action, Bound, ChangeId, Edge, Effect, Event, Group, Motion, Role, Subject};
pub use effect::Polarity;
pub use options::{BetaBreaks, EnumAdditions, Exempt, Level, NewForReaders, Options, Override};
pub use unread::Unread;

use crate::diagnostic::{Bump, Diagnostic, Impact, finish, gather};
use crate::openapi::Api;

/// Kinds of parts that are compared once per pair; schemas use the numbers of their context instead.
mod kind {
    pub(super) const PARAMETER: u32 = 0x0100_0000 + 1200;
    pub(super) const RESPONSE: u32 = 0x0100_0000 + 1201;
    pub(super) const HEADER: u32 = 0x0100_0000 + 1202;
    pub(super) const SECURITY: u32 = 0x0100_0000 + 1203;
    pub(super) const SCHEME: u32 = 0x0100_0000 + 1204;
    pub(super) const SERVERS: u32 = 0x0100_0000 + 1205;
    pub(super) const CALLBACK: u32 = 0x0100_0000 + 1206;
    pub(super) const OTHER: u32 = 0x0100_0000 + 1207;
    pub(super) const MEDIA: u32 = 0x0100_0000 + 1208;
    pub(super) const HEAD: u32 = 0x0100_0000 + 1290;
    pub(super) const BODIES: u32 = 0x0100_0000 + 1300;
}

/// What [`compare`] found.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// The changes, one finding per cause, ordered by place.
    pub changes: Vec<Diagnostic>,
    /// The findings that they were made of, one per edit and direction: the gate accepts them one by one, and puts what is
    /// left together again.
    pub findings: Vec<Diagnostic>,
    /// Changes that lines of policy switch off.
    pub dropped: Vec<Diagnostic>,
    /// How changes were judged with less than usual, one sentence each.
    pub limitations: Vec<String>,
    /// References of the revision that cannot be read.
    pub unread: Vec<Unread>,
    /// What was left out, in one sentence: the comparison is not whole.
    pub left_out: Option<String>,
}

impl Comparison {
    /// The worst impact on clients.
    pub fn impact(&self) -> Impact {
        self.changes.iter().map(|change| change.impact).max().unwrap_or_default()
    }

    /// Returns why the comparison is not whole, one sentence each: what was left out, what could not be read and is new,
    /// and, if asked for, what could not be decided.
    pub fn gaps(&self, with_undecided: bool) -> Vec<String> {
        let new = self.unread.iter().filter(|unread| !unread.standing);
        let mut out: Vec<String> =
            new.map(|unread| format!("{}:{}: {}", unread.file, unread.line, unread.what)).collect();
        out.extend(self.left_out.clone());
        let undecided = self.findings.iter().filter(|change| with_undecided && change.is_undecided());
        out.extend(undecided.map(|change| {
            let place = &change.location;
            format!("{}:{}: `{}` could not be decided", place.path(), place.start().line, change.rule)
        }));
        out
    }

    /// The largest bump that a change requires.
    pub fn required_bump(&self) -> Bump {
        self.changes.iter().map(|change| change.required_bump).max().unwrap_or_default()
    }
}

/// Compares a contract with its revision.
pub fn compare(base: Api<'_>, revision: Api<'_>, options: &Options) -> Comparison {
    let options = &*options.of(base, revision);
    let mut walk = walk::Walk::new(base, revision, options);
    if base.version() == revision.version() && walk.same.same(base.root(), revision.root()) {
        return Comparison { unread: unread::find(base, revision), ..Comparison::default() };
    }
    run(walk)
}

/// As [`compare`], but equal parts are walked like others. For tests: a contract against itself must still give nothing.
#[doc(hidden)]
pub fn compare_thoroughly(base: Api<'_>, revision: Api<'_>, options: &Options) -> Comparison {
    let options = &*options.of(base, revision);
    let mut walk = walk::Walk::new(base, revision, options);
    walk.same.look_everywhere();
    run(walk)
}

fn run(mut walk: walk::Walk<'_, '_>) -> Comparison {
    walk.surfaces();
    walk.drain();
    walk.document();
    walk.readable_again();
    let unread = unread::find(walk.base, walk.revision);
    let mut changes = judge::findings(&mut walk);
    finish(&mut changes);
    let findings = changes;
    let changes = gather(findings.clone());
    let mut dropped = std::mem::take(&mut walk.dropped);
    finish(&mut dropped);
    let left_out = walk.stopped.take();
    Comparison { changes, findings, dropped, limitations: walk.limitations, unread, left_out }
}
