//! Edits of descriptions, shown as differences of their texts.

use crate::diagnostic::{Diagnostic, Location};
use crate::syntax;
use crate::text::escape::{code, line, shortened};
use serde::Serialize;
use similar::{ChangeTag, TextDiff};
use std::time::Duration;

/// Longest text that is compared, in characters; longer ones are only named.
const LONGEST: usize = 20_000;

/// How a text changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TextEdit {
    /// Where: the JSON pointer.
    pub place: String,
    /// The difference, a line each, starting with ` `, `-` or `+`.
    pub lines: Vec<String>,
}

/// The difference of the texts that a change of documentation points at. `None` when it has not two texts.
pub(super) fn text_edit(change: &Diagnostic) -> Option<TextEdit> {
    let (old, new) = (text_of(change.base_location.as_ref()?)?, text_of(&change.location)?);
    if old == new || old.chars().count() > LONGEST || new.chars().count() > LONGEST {
        return None;
    }
    Some(TextEdit { place: change.location.pointer.clone(), lines: difference(&old, &new) })
}

/// The text of the scalar at a location, without quotes and indentation.
fn text_of(location: &Location) -> Option<String> {
    let raw = location.source.slice(location.span);
    let source = std::sync::Arc::new(crate::text::SourceText::new("text.yaml", dedent(raw)));
    let parsed = syntax::parse(source, None, &syntax::Limits::default());
    let root = parsed.tree.root();
    let read = root.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    // A plain text with `: ` in it is a map on its own; its raw form says the same.
    Some(read.unwrap_or_else(|| raw.to_owned()))
}

fn dedent(raw: &str) -> String {
    // The first line begins after the key; the others carry the indentation of the block.
    let indent =
        raw.lines().skip(1).filter(|line| !line.trim().is_empty()).map(|line| line.len() - line.trim_start().len());
    let indent = indent.min().unwrap_or(0);
    let mut out = String::new();
    for (number, text) in raw.lines().enumerate() {
        if number > 0 {
            out.push('\n');
            out.push_str("  ");
        }
        out.push_str(if number == 0 { text } else { text.get(indent..).unwrap_or_default() });
    }
    out
}

/// The differing lines with one line of context. A text of one line is split into sentences first.
pub(super) fn difference(old: &str, new: &str) -> Vec<String> {
    let (old, new) = (sentences(old), sentences(new));
    let diff = TextDiff::configure().timeout(Duration::from_secs(1)).diff_lines(&old, &new);
    let mut out = Vec::new();
    for (number, group) in diff.grouped_ops(1).iter().enumerate() {
        if number > 0 {
            out.push(" …".to_owned());
        }
        for op in group {
            for change in diff.iter_changes(op) {
                let sign = match change.tag() {
                    ChangeTag::Delete => '-',
                    ChangeTag::Insert => '+',
                    ChangeTag::Equal => ' ',
                };
                out.push(format!("{sign}{}", shortened(&line(&change.to_string()), 400)));
            }
        }
    }
    out
}

/// A line for each sentence, so that one changed word does not repeat a whole paragraph.
fn sentences(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for text in text.lines() {
        out.push_str(&text.replace(". ", ".\n"));
        out.push('\n');
    }
    out
}

impl TextEdit {
    /// A fenced block under the name of the place.
    pub fn to_markdown(&self) -> String {
        // The fence is longer than any run of backticks inside.
        let longest = self.lines.iter().map(|line| longest_run(line)).max().unwrap_or(0);
        let fence = "`".repeat(longest.max(2) + 1);
        format!("\n{}\n\n{fence}diff\n{}\n{fence}\n", code(&shortened(&self.place, 300)), self.lines.join("\n"))
    }
}

fn longest_run(text: &str) -> usize {
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}
