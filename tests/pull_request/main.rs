//! `covenant check` as a pull request runs it: in a throw-away repository, against a branch.
#![cfg(unix)]

mod cached;
mod estate;
mod fork;
mod github;
mod gitlab;
mod init;
mod intended;
mod layers;
mod news;
mod policy;
mod readers;
#[path = "../common/git.rs"]
mod repositories;
mod repository;
mod server;
mod updates;
