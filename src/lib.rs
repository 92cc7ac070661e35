//! Covenant reads OpenAPI contracts and judges their changes.
//!
//! The floors, from the ground up; each imports only floors below it: [`text`], [`diagnostic`], [`config`],
//! [`syntax`], [`workspace`], [`openapi`], [`promise`], `schema`, [`lint`], [`diff`], `lifecycle`, `release`, [`gate`], [`report`],
//! [`cli`].

pub mod cli;
pub mod config;
pub mod diagnostic;
pub mod diff;
pub mod gate;
pub mod lifecycle;
pub mod lint;
pub mod openapi;
pub mod promise;
pub mod release;
pub mod report;
pub mod schema;
pub mod syntax;
pub mod text;
pub mod workspace;
