//! Texts that were read before, for those who load many versions of one contract: a file that did not change between
//! them is read once. Never changes what is read: a text is taken from here only when it is the same to the last byte.

use crate::syntax::{self, Limits, Parsed, Problem, Tree};
use crate::text::SourceText;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Versions of one path that are kept.
const KEPT: usize = 4;

/// A tree and the problems of its text.
type Read = Arc<(Tree, Vec<Problem>)>;

/// The newest texts of each path, with what was read in them. Shared by threads.
#[derive(Debug, Default)]
pub struct ParsedTexts {
    by_path: Mutex<FxHashMap<String, Vec<Read>>>,
}

impl ParsedTexts {
    /// Reads `source`, or copies what was read in an equal text of the same path.
    pub(super) fn parse(&self, path: &str, source: Arc<SourceText>, limits: &Limits) -> Parsed {
        let known = {
            let by_path = self.by_path.lock().unwrap_or_else(PoisonError::into_inner);
            let versions = by_path.get(path).into_iter().flatten();
            versions.clone().find(|read| read.0.source().text() == source.text()).cloned()
        };
        if let Some(read) = known {
            return Parsed { tree: read.0.with_source(source), problems: read.1.clone() };
        }
        let parsed = syntax::parse(Arc::clone(&source), None, limits);
        let copy = Arc::new((parsed.tree.with_source(source), parsed.problems.clone()));
        let mut by_path = self.by_path.lock().unwrap_or_else(PoisonError::into_inner);
        let versions = by_path.entry(path.to_owned()).or_default();
        if versions.len() == KEPT {
            versions.remove(0);
        }
        versions.push(copy);
        parsed
    }

    /// Number of texts that are kept.
    pub fn len(&self) -> usize {
        self.by_path.lock().unwrap_or_else(PoisonError::into_inner).values().map(Vec::len).sum()
    }

    /// Whether nothing was read yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_equal_text_is_read_once_and_keeps_its_own_name() {
        let texts = ParsedTexts::default();
        let read = |name: &str, text: &str| {
            let parsed = texts.parse("a.yaml", Arc::new(SourceText::new(name, text)), &Limits::default());
            (parsed.tree.root().to_json(), parsed.tree.source().name().to_owned(), parsed.problems.len())
        };
        let text = "a: {b: \"x\\ny\"}\na: 1\n";
        let first = read("one:a.yaml", text);
        let second = read("two:a.yaml", text);
        assert_eq!((first.0, first.2), (second.0, second.2));
        assert_eq!((first.1.as_str(), second.1.as_str()), ("one:a.yaml", "two:a.yaml"));
        assert_eq!(texts.len(), 1);
        read("three:a.yaml", "b: 1\n");
        assert_eq!(texts.len(), 2);
    }

    #[test]
    fn few_versions_of_a_path_are_kept() {
        let texts = ParsedTexts::default();
        for number in 0..10 {
            let source = SourceText::new("a.yaml", format!("a: {number}\n"));
            texts.parse("a.yaml", Arc::new(source), &Limits::default());
        }
        assert_eq!(texts.len(), KEPT);
    }
}
