//! Text to tree. YAML 1.2 (core schema) and JSON become the same arena of nodes with byte spans.
//!
//! Takes a [`SourceText`]; gives a [`Tree`] and the problems met on the way. Reading never fails
//! outright: a broken text gives the part of the tree that could be read and at least one problem.
//! Stands on `text` alone.

mod builder;
mod code;
mod foreign;
mod json;
mod members;
mod node;
mod number;
pub mod pointer;
mod scan;
mod symbols;
mod tree;
mod yaml;

pub use code::Code;
pub use members::{Elements, Member, Members};
pub use node::NodeRef;
pub use number::{compare_numbers, json_number, plain_number};
pub use symbols::Symbol;
pub use tree::{Kind, NodeId, PathStep, Style, Tree};

use crate::text::{SourceText, Span};
use std::sync::Arc;

/// The notations of a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// YAML 1.2, core schema.
    Yaml,
    /// JSON, RFC 8259.
    Json,
}

impl Format {
    /// The notation by file name (`.json`), else by the first character: `{` or `[` is read as JSON.
    pub fn guess(name: &str, text: &str) -> Self {
        let lower = name.to_ascii_lowercase();
        if lower.ends_with(".json") {
            return Format::Json;
        }
        if lower.ends_with(".yaml") || lower.ends_with(".yml") {
            return Format::Yaml;
        }
        match text.trim_start().as_bytes().first() {
            Some(b'{' | b'[') => Format::Json,
            _ => Format::Yaml,
        }
    }
}

/// Bounds on what one text may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Deepest nesting of collections.
    pub depth: usize,
    /// Most nodes of one tree.
    pub nodes: usize,
    /// Most nodes that aliases, written out, add to one tree.
    pub expanded_nodes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { depth: 256, nodes: 20_000_000, expanded_nodes: 2_000_000 }
    }
}

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind of fault it is.
    pub code: Code,
    /// The offending place.
    pub span: Span,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Other places that matter, each with a label.
    pub related: Vec<(Span, String)>,
}

impl Problem {
    /// A problem without help and related places.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Problem { code, span, message: message.into(), help: None, related: Vec::new() }
    }

    /// Whether the tree is whole and sure all the same.
    pub fn is_harmless(&self) -> bool {
        self.code.is_harmless()
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn label(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push((span, label.into()));
        self
    }
}

/// A tree and what was wrong with its text.
#[derive(Debug)]
pub struct Parsed {
    /// What could be read; a single null node when nothing could.
    pub tree: Tree,
    /// In the order met; empty for a sound text.
    pub problems: Vec<Problem>,
}

/// Reads `source` in `format` (guessed from name and text when `None`).
///
/// Problems are returned beside the tree, see [`Problem::code`]; the tree is then partial.
pub fn parse(source: Arc<SourceText>, format: Option<Format>, limits: &Limits) -> Parsed {
    let format = format.unwrap_or_else(|| Format::guess(source.name(), source.text()));
    let mut parsed = match format {
        Format::Json => json::parse(source, limits),
        Format::Yaml => yaml::parse(source, limits),
    };
    foreign::name(&mut parsed);
    parsed
}

#[cfg(test)]
mod tests;
