//! Regular expressions of contracts and rulesets: ECMA-262, read once into one form.
//!
//! A pattern of a schema is read with the flag `u`, as JSON Schema asks (2020-12 core, section 6.4); where that refuses it,
//! as engines do that set no flag, and then it is not portable. Whether it matches, what it promises, its automaton and its
//! spelling for other engines all come from the one tree. A pattern of a ruleset has the flags that its ruleset gives it.
//!
//! Stands on `text`.

mod class;
mod facts;
mod matcher;
mod parse;
mod property;
mod split;
mod tree;
mod write;

#[cfg(test)]
mod tests;

pub use matcher::exceeded;

use crate::text::Cut;
use matcher::Engine;
use parse::Fault;
use regex_syntax::hir::Hir;
use rustc_hash::FxHashMap;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tree::Node;

/// A regular expression. What is expensive is made when it is first asked for, and kept.
#[derive(Debug, Clone)]
pub struct Pattern {
    source: Box<str>,
    tree: Result<Tree, PatternError>,
    engine: OnceLock<Result<Engine, PatternError>>,
    hir: OnceLock<Option<Hir>>,
}

#[derive(Debug, Clone)]
struct Tree {
    node: Node,
    flags: Flags,
}

/// The flags that change how a pattern is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Flags {
    /// `i`
    ignore_case: bool,
    /// `m`
    lines: bool,
    /// `s`
    dot_all: bool,
    /// `u`
    unicode: bool,
    /// `v`
    sets: bool,
    /// `y`
    sticky: bool,
}

/// Why a pattern cannot be used, in the words that engines of JavaScript have for it where they agree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct PatternError {
    words: Box<str>,
    /// It is a pattern, but what it needs is not to be had here.
    unsupported: bool,
}

/// The flag with which patterns of schemas are read first.
const UNICODE: Flags =
    Flags { ignore_case: false, lines: false, dot_all: false, unicode: true, sets: false, sticky: false };

impl Pattern {
    /// Reads a pattern of a schema, or finds it among those read lately.
    pub fn read(source: &str) -> Arc<Pattern> {
        static LATELY: OnceLock<Mutex<Lately>> = OnceLock::new();
        let lately = LATELY.get_or_init(Mutex::default);
        if let Some(known) = lately.lock().unwrap_or_else(PoisonError::into_inner).patterns.get(source) {
            return Arc::clone(known);
        }
        let pattern = Arc::new(Pattern::of_schema(source));
        lately.lock().unwrap_or_else(PoisonError::into_inner).keep(&pattern);
        pattern
    }

    fn of_schema(source: &str) -> Pattern {
        let strict = Pattern::parsed(source, UNICODE, "u");
        match &strict.tree {
            Err(error) if !error.unsupported => {
                let lax = Pattern::parsed(source, Flags::default(), "");
                if lax.tree.is_ok() { lax } else { strict }
            }
            _ => strict,
        }
    }

    /// Reads a part of a pattern of a schema by the same flags as the whole.
    fn part(&self, source: &str) -> Pattern {
        let flags = self.tree.as_ref().map_or(UNICODE, |tree| tree.flags);
        Pattern::parsed(source, flags, if flags.unicode { "u" } else { "" })
    }

    /// Reads and compiles `/source/flags`.
    ///
    /// # Errors
    /// What is wrong with the pattern or its flags.
    pub fn with_flags(source: &str, flags: &str) -> Result<Self, PatternError> {
        let read = Flags::parse(flags).ok_or_else(|| PatternError::of_flags(flags))?;
        let pattern = Pattern::parsed(source, read, flags);
        match pattern.engine() {
            Ok(_) => Ok(pattern),
            Err(error) => Err(error.clone()),
        }
    }

    /// Reads and compiles `/source/flags`, or a bare source.
    ///
    /// # Errors
    /// As [`Pattern::with_flags`].
    pub fn from_option(text: &str) -> Result<Self, PatternError> {
        if let Some(rest) = text.strip_prefix('/')
            && let Some(end) = rest.rfind('/').filter(|&end| end > 0 && !rest.cut(..end).contains(NEW_LINES))
            && rest.cut(end + 1..).chars().all(|c| c.is_ascii_lowercase())
        {
            return Pattern::with_flags(rest.cut(..end), rest.cut(end + 1..));
        }
        Pattern::with_flags(text, "")
    }

    fn parsed(source: &str, flags: Flags, written: &str) -> Pattern {
        let tree = match parse::parse(source, flags) {
            Ok(node) if flags.sticky => Ok(Node::Concat(vec![Node::Start { lines: false }, node])),
            Ok(node) => Ok(node),
            Err(Fault::Invalid(reason)) => Err(PatternError::new(source, written, reason, false)),
            Err(Fault::Unsupported) => {
                Err(PatternError::new(source, written, "there is no table of this property of characters", true))
            }
        };
        let tree = tree.map(|node| Tree { node, flags });
        Pattern { source: source.into(), tree, engine: OnceLock::new(), hir: OnceLock::new() }
    }

    fn engine(&self) -> Result<&Engine, &PatternError> {
        let tree = self.tree.as_ref()?;
        let engine = self.engine.get_or_init(|| {
            Engine::new(tree).map_err(|reason| PatternError::new(&self.source, &tree.flags.written(), &reason, true))
        });
        engine.as_ref()
    }

    fn node(&self) -> Option<&Node> {
        self.tree.as_ref().ok().map(|tree| &tree.node)
    }

    /// Returns the pattern as it is written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns why this is no regular expression: not with the flag `u`, and not without.
    pub fn error(&self) -> Option<&PatternError> {
        self.tree.as_ref().err().filter(|error| !error.unsupported)
    }

    /// Returns whether engines that set the flag `u` take it, as JSON Schema asks.
    pub fn is_portable(&self) -> bool {
        match &self.tree {
            Ok(tree) => tree.flags.unicode,
            Err(error) => error.unsupported,
        }
    }

    /// Returns whether it sees UTF-16 code units, not characters.
    pub(crate) fn sees_units(&self) -> bool {
        self.tree.as_ref().is_ok_and(|tree| !tree.flags.unicode && !tree.flags.sets)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        let flags = |pattern: &Pattern| pattern.tree.as_ref().map(|tree| tree.flags).ok();
        self.source == other.source && flags(self) == flags(other)
    }
}

impl Eq for Pattern {}

impl Hash for Pattern {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.source.hash(state);
    }
}

impl Flags {
    /// Reads flags; `None` where one is unknown, there twice, or excluded by another.
    fn parse(text: &str) -> Option<Flags> {
        let (mut flags, mut seen) = (Flags::default(), String::new());
        for flag in text.chars() {
            let twice = seen.contains(flag) || (matches!(flag, 'u' | 'v') && seen.contains(['u', 'v']));
            if !"dgimsuvy".contains(flag) || twice {
                return None;
            }
            seen.push(flag);
            match flag {
                'i' => flags.ignore_case = true,
                'm' => flags.lines = true,
                's' => flags.dot_all = true,
                'u' => flags.unicode = true,
                'v' => flags.sets = true,
                'y' => flags.sticky = true,
                _ => {}
            }
        }
        Some(flags)
    }

    fn written(self) -> String {
        let all = [
            (self.ignore_case, 'i'),
            (self.lines, 'm'),
            (self.dot_all, 's'),
            (self.unicode, 'u'),
            (self.sets, 'v'),
            (self.sticky, 'y'),
        ];
        all.into_iter().filter_map(|(set, letter)| set.then_some(letter)).collect()
    }
}

impl PatternError {
    fn new(source: &str, flags: &str, reason: &str, unsupported: bool) -> Self {
        let words = format!("Invalid regular expression: /{source}/{flags}: {reason}").into();
        PatternError { words, unsupported }
    }

    fn of_flags(flags: &str) -> Self {
        let words = format!("Invalid flags supplied to RegExp constructor '{flags}'").into();
        PatternError { words, unsupported: false }
    }
}

impl From<PatternError> for String {
    fn from(error: PatternError) -> Self {
        error.words.into()
    }
}

/// What ends a line in JavaScript.
const NEW_LINES: [char; 4] = ['\n', '\r', '\u{2028}', '\u{2029}'];

/// Patterns read lately. All are forgotten when there are too many: contracts repeat their own.
#[derive(Debug, Default)]
struct Lately {
    patterns: FxHashMap<Box<str>, Arc<Pattern>>,
    weight: u64,
}

/// States of automata that are kept, about 100 bytes each.
const MAX_WEIGHT: u64 = 500_000;

impl Lately {
    fn keep(&mut self, pattern: &Arc<Pattern>) {
        let states = pattern.node().map_or(1, Node::states);
        let weight = states.saturating_add(pattern.source.len() as u64);
        if weight > MAX_WEIGHT / 4 {
            return;
        }
        if self.weight + weight > MAX_WEIGHT {
            self.patterns.clear();
            self.weight = 0;
        }
        self.weight += weight;
        self.patterns.insert(pattern.source.clone(), Arc::clone(pattern));
    }
}
