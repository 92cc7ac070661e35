//! Lists of words and terms, so that an entry of several words cannot stand where single words are looked up.

use super::words;
use rustc_hash::FxHashSet;
use serde::Deserialize;

/// One word of a list in which single words are looked up.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Word(String);

impl Word {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Word {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.is_empty() || text.contains(|letter: char| !letter.is_alphanumeric()) {
            return Err(format!("`{text}` must be one word: this list is compared with single words"));
        }
        Ok(Word(text))
    }
}

/// Which forms of a term count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As it is listed.
    Exact,
    /// Also in the plural, and with a number behind it.
    Any,
}

/// Terms of one word or several, looked up in sequences of words by their letters: `line item` is also `lineitem`.
#[derive(Debug, Default)]
pub(super) struct Terms {
    letters: FxHashSet<String>,
    longest: usize,
}

impl Terms {
    pub(super) fn of(list: &[String]) -> Self {
        Terms {
            letters: list.iter().map(|term| words::plain(&term.replace(' ', ""))).collect(),
            longest: list.iter().map(|term| term.split(' ').count()).max().unwrap_or_default(),
        }
    }

    fn has(&self, letters: &str, form: Form) -> bool {
        match form {
            Form::Exact => self.letters.contains(letters),
            Form::Any => is_one_of(|form| self.letters.contains(form), letters),
        }
    }

    /// The words that the longest term at the beginning takes; 0 where there is none.
    pub(super) fn starts(&self, words: &[String], form: Form) -> usize {
        let counts = (1..=words.len().min(self.longest)).rev();
        counts.into_iter().find(|count| self.has(&words[..*count].concat(), form)).unwrap_or_default()
    }

    /// The words that the longest term at the end takes; 0 where there is none.
    pub(super) fn ends(&self, words: &[String], form: Form) -> usize {
        let counts = (1..=words.len().min(self.longest)).rev();
        counts.into_iter().find(|count| self.has(&words[words.len() - count..].concat(), form)).unwrap_or_default()
    }

    /// Whether a term stands anywhere in the words.
    pub(super) fn any(&self, words: &[String], form: Form) -> bool {
        (0..words.len()).any(|start| self.starts(&words[start..], form) > 0)
    }

    /// Whether the words are one term.
    pub(super) fn is(&self, words: &[String], form: Form) -> bool {
        !words.is_empty() && self.starts(words, form) == words.len()
    }
}

/// Whether a set has a word: as it is, in the singular, or without the number behind it.
pub(super) fn is_one_of(has: impl Fn(&str) -> bool, word: &str) -> bool {
    let known = |word: &str| {
        has(word)
            || word.strip_suffix('s').is_some_and(|stem| has(stem) || stem.strip_suffix('e').is_some_and(&has))
            || word.strip_suffix("ies").is_some_and(|stem| has(&format!("{stem}y")))
    };
    let bare = words::unnumbered(word);
    known(word) || (bare.len() < word.len() && !bare.is_empty() && known(bare))
}
