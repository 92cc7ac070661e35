//! Covenant reads OpenAPI contracts and judges their changes.
//!
//! The floors, from the ground up; each imports only floors below it: [`files`], [`text`], [`diagnostic`], [`config`],
//! [`syntax`], [`workspace`], [`openapi`], [`promise`], `schema`, [`lint`], [`diff`], `lifecycle`, `release`, [`gate`], [`report`],
//! [`cli`].

// What `clippy.toml` forbids; tests may do it.
#![cfg_attr(not(test), warn(clippy::disallowed_methods, clippy::disallowed_types))]
// Text of contracts is cut only where a character begins: `get`, `split_at_checked`, `strip_prefix`. The rooms that are
// excepted parse text themselves, and cut where they found an ASCII character.
#![cfg_attr(not(test), warn(clippy::string_slice))]

pub mod cli;
pub mod config;
pub mod diagnostic;
#[allow(clippy::string_slice, reason = "a room with parsers")]
pub mod diff;
pub mod files;
pub mod gate;
pub mod lifecycle;
#[allow(clippy::string_slice, reason = "a room with parsers")]
pub mod lint;
pub mod openapi;
pub mod promise;
pub mod release;
pub mod report;
#[allow(clippy::string_slice, reason = "a room with parsers")]
pub mod schema;
#[allow(clippy::string_slice, reason = "a room with parsers")]
pub mod syntax;
#[allow(clippy::string_slice, reason = "a room with parsers")]
pub mod text;
#[allow(clippy::string_slice, reason = "a room with parsers")]
pub mod workspace;
