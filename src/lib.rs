//! Covenant reads OpenAPI contracts and judges their changes.
//!
//! The floors, from the ground up; each imports only floors below it: [`files`], [`text`], [`pattern`], [`emit`], [`diagnostic`], [`config`],
//! [`syntax`], [`workspace`], [`openapi`], [`promise`], `schema`, [`lexicon`], [`lint`], [`diff`], `lifecycle`, `release`, [`gate`], [`report`],
//! [`cli`].

// What `clippy.toml` forbids; tests may do it.
#![cfg_attr(not(test), warn(clippy::disallowed_methods, clippy::disallowed_types))]
// Text of contracts is cut only where a character begins: `strip_prefix`, `split_once`, `get`, and `text::Cut` where bytes
// were counted.
#![cfg_attr(not(test), warn(clippy::string_slice))]

pub mod cli;
pub mod config;
pub mod diagnostic;
pub mod diff;
pub mod emit;
pub mod files;
pub mod gate;
pub mod lexicon;
pub mod lifecycle;
pub mod lint;
pub mod openapi;
pub mod pattern;
pub mod promise;
pub mod release;
pub mod report;
pub mod schema;
pub mod syntax;
pub mod text;
pub mod workspace;
