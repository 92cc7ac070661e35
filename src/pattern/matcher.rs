//! Running a pattern: in linear time, or going back within a bound where only that can be done.

use super::tree::unit;
use super::write::{Reader, write};
use super::{Pattern, Tree};
use std::borrow::Cow;
use std::cell::Cell;
use std::sync::{Arc, OnceLock};

/// What runs a pattern.
#[derive(Debug, Clone)]
pub(super) enum Engine {
    Linear(regex::Regex),
    Backtracking(Arc<Backtracking>),
}

/// A pattern that may go back. How many steps it may take grows with the text, so that all texts of a contract together take
/// time in proportion to its size; the engine wants the number when it compiles.
#[derive(Debug)]
pub(super) struct Backtracking {
    pattern: String,
    compiled: [OnceLock<Option<fancy_regex::Regex>>; LIMITS.len()],
}

/// Steps of a backtracking pattern on a text of at most so many bytes.
const LIMITS: [(usize, usize); 3] = [(100, 10_000), (1_000, 50_000), (usize::MAX, 200_000)];
/// Bytes of a compiled pattern, at most.
const SIZE_LIMIT: usize = 10 << 20;

impl Backtracking {
    fn new(pattern: String) -> Result<Self, fancy_regex::Error> {
        let first = Self::compile(&pattern, LIMITS[0].1)?;
        let compiled = [OnceLock::from(Some(first)), OnceLock::new(), OnceLock::new()];
        Ok(Backtracking { pattern, compiled })
    }

    fn compile(pattern: &str, limit: usize) -> Result<fancy_regex::Regex, fancy_regex::Error> {
        fancy_regex::RegexBuilder::new(pattern).backtrack_limit(limit).delegate_size_limit(SIZE_LIMIT).build()
    }

    /// The engine for a text; `None` where it cannot be had.
    fn on(&self, text: &str) -> Option<&fancy_regex::Regex> {
        let at = LIMITS.iter().position(|(length, _)| text.len() <= *length).unwrap_or(LIMITS.len() - 1);
        self.compiled[at].get_or_init(|| Self::compile(&self.pattern, LIMITS[at].1).ok()).as_ref()
    }
}

impl Engine {
    /// Compiles a tree; fails with the reason in few words.
    pub(super) fn new(tree: &Tree) -> Result<Engine, String> {
        if tree.node.goes_back() {
            let text = write(&tree.node, Reader::Backtracking { ignore_case: tree.flags.ignore_case });
            let built = Backtracking::new(text).map_err(|error| words(&error.to_string()))?;
            return Ok(Engine::Backtracking(Arc::new(built)));
        }
        let built = regex::RegexBuilder::new(&write(&tree.node, Reader::Linear)).size_limit(SIZE_LIMIT).build();
        built.map(Engine::Linear).map_err(|error| words(&error.to_string()))
    }
}

impl Pattern {
    /// Returns whether it is found in a text; `None` for what is no pattern, and for one that exceeds its bound of steps.
    pub fn matches(&self, text: &str) -> Option<bool> {
        let text = self.seen(text);
        match self.engine().ok()? {
            Engine::Linear(regex) => Some(regex.is_match(&text)),
            Engine::Backtracking(regex) => regex.on(&text)?.is_match(&*text).ok(),
        }
    }

    /// Returns whether the first place where it is found is the whole text.
    pub fn matches_whole(&self, text: &str) -> Option<bool> {
        let text = self.seen(text);
        let length = match self.engine().ok()? {
            Engine::Linear(regex) => regex.find(&text).map(|hit| hit.len()),
            Engine::Backtracking(regex) => regex.on(&text)?.find(&*text).ok()?.map(|hit| hit.as_str().len()),
        };
        Some(length == Some(text.len()))
    }

    /// Returns whether it is found in `text`. A pattern that exceeds its bound is not; see [`exceeded`].
    pub fn is_match(&self, text: &str) -> bool {
        self.matches(text).unwrap_or_else(|| {
            EXCEEDED.set(true);
            false
        })
    }

    /// The text as it sees it.
    fn seen<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.sees_units() { units(text) } else { Cow::Borrowed(text) }
    }
}

thread_local! {
    static EXCEEDED: Cell<bool> = const { Cell::new(false) };
}

/// Returns whether a pattern has exceeded its bound in this thread since this was asked last.
pub fn exceeded() -> bool {
    EXCEEDED.replace(false)
}

/// The text with a character for each UTF-16 code unit.
fn units(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte < 0xF0) {
        return Cow::Borrowed(text);
    }
    let units = text.encode_utf16().filter_map(|code| char::from_u32(unit(code.into())));
    Cow::Owned(units.collect())
}

/// The reason in few words.
fn words(error: &str) -> String {
    if error.to_lowercase().contains("compiled regex exceeds size") {
        return "the pattern is too large".to_owned();
    }
    error.lines().last().unwrap_or_default().trim().to_owned()
}
