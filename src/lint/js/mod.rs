//! Functions and rulesets in JavaScript.
//!
//! Takes the files that a ruleset names; gives functions for `then`, and for a `.spectral.js` the ruleset itself. The
//! code runs in an embedded engine that has no files, no network, no clock and no chance, within a budget that counts
//! steps and memory, so that a contract has the same findings on every machine and on every day. Without the cargo
//! feature `js` the same interface refuses such rulesets in words.

#[cfg(not(feature = "js"))]
mod absent;
#[cfg(feature = "js")]
mod engine;
#[cfg(feature = "js")]
mod functions;
#[cfg(feature = "js")]
mod host;
#[cfg(feature = "js")]
mod packages;
#[cfg(feature = "js")]
mod program;
#[cfg(feature = "js")]
mod values;
mod watch;

#[cfg(not(feature = "js"))]
pub(super) use absent::{Functions, JsFunction, Programs, Run};
#[cfg(feature = "js")]
pub(super) use functions::{Functions, JsFunction, Programs, Run};

pub use watch::overdue;

/// Names of files that hold a program.
pub(super) fn is_program(extension: &str) -> bool {
    ["js", "mjs", "cjs"].contains(&extension)
}
