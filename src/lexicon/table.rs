//! The lexicon read: terms by their letters, whatever separates their words.

use super::judge::Class;
use super::terms::{Form, Terms, Word, is_one_of};
use super::words;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// Most words of a term.
const LONGEST: usize = 6;
/// Most words of a name that are looked at; longer names are no names.
const MOST_WORDS: usize = 24;
/// Most readings of a term with groups.
const MOST_READINGS: usize = 512;
/// The group of words that mean the number of something.
const NUMBER: &str = "number";

/// `rules/lexicon.yaml`.
#[derive(Debug, Deserialize)]
struct Source {
    groups: BTreeMap<String, Vec<String>>,
    about: Vec<Word>,
    before: Vec<Word>,
    carriers: Vec<Word>,
    ties: Vec<Word>,
    classes: BTreeMap<Class, Words>,
    words: BTreeMap<String, Vec<String>>,
}

/// The words of a class as they are written.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Words {
    pub(super) what: String,
    sure: Vec<String>,
    open: Vec<String>,
    maybe: Vec<String>,
    near: Vec<Word>,
    pub(super) told: Vec<String>,
    pub(super) untold: Vec<String>,
    not: Vec<String>,
    but: Vec<Word>,
    after: Vec<Word>,
}

/// How much a term says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// The term stands in the name, but other words follow it: the name is most likely one of something else.
    Aside,
    /// Something else must speak for it.
    Maybe,
    /// The term says it.
    Sure,
}

#[derive(Clone, Copy, Debug)]
struct Term {
    class: Class,
    strength: Strength,
    open: bool,
}

/// What is known of a class besides its terms.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) words: Words,
    near: FxHashSet<String>,
    not: Terms,
    but: FxHashSet<String>,
    after: FxHashSet<String>,
}

impl Known {
    /// Whether words make what they stand with something else than this class.
    pub(super) fn is_other(&self, words: &[String]) -> bool {
        self.not.any(words, Form::Any)
    }

    /// Whether a word of the name or of the object around it speaks for this class.
    pub(super) fn is_near(&self, word: &String) -> bool {
        self.near.contains(word)
    }
}

/// A term found in a name.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) class: Class,
    pub(super) strength: Strength,
    /// The words around the term.
    pub(super) rest: Vec<String>,
}

/// Words and what they mean.
#[derive(Debug, Default)]
pub struct Lexicon {
    terms: FxHashMap<String, Vec<Term>>,
    about: FxHashSet<String>,
    before: FxHashSet<String>,
    carriers: FxHashSet<String>,
    ties: FxHashSet<String>,
    numbers: FxHashSet<String>,
    classes: BTreeMap<Class, Known>,
    words: BTreeMap<String, Vec<String>>,
    sets: FxHashMap<String, Terms>,
}

/// Reads the words that come with the program; a test keeps them readable.
fn source() -> Result<Source, serde_json::Error> {
    serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/lexicon.json")))
}

static BUILT_IN: LazyLock<Arc<Lexicon>> = LazyLock::new(|| Arc::new(source().map(Lexicon::of).unwrap_or_default()));

impl Lexicon {
    /// Returns the lexicon that comes with the program.
    pub fn built_in() -> Arc<Lexicon> {
        Arc::clone(&BUILT_IN)
    }

    fn of(source: Source) -> Self {
        let set = |list: &[Word]| list.iter().map(|word| words::plain(word.as_str())).collect::<FxHashSet<_>>();
        let numbers = source.groups.get(NUMBER).into_iter().flatten().map(|word| words::plain(word)).collect();
        let mut lexicon = Lexicon {
            about: set(&source.about),
            before: set(&source.before),
            carriers: set(&source.carriers),
            ties: set(&source.ties),
            numbers,
            sets: source.words.iter().map(|(name, list)| (name.clone(), Terms::of(list))).collect(),
            words: source.words,
            ..Lexicon::default()
        };
        for (class, known) in source.classes {
            let lists = [
                (&known.maybe, Strength::Maybe, false),
                (&known.sure, Strength::Sure, false),
                (&known.open, Strength::Sure, true),
            ];
            for (list, strength, open) in lists {
                for term in list {
                    lexicon.add(term, Term { class, strength, open }, &source.groups);
                }
            }
            let (near, not) = (set(&known.near), Terms::of(&known.not));
            let (but, after) = (set(&known.but), set(&known.after));
            lexicon.classes.insert(class, Known { words: known, near, not, but, after });
        }
        lexicon
    }

    /// Adds every reading of a term.
    fn add(&mut self, term: &str, meaning: Term, groups: &BTreeMap<String, Vec<String>>) {
        let mut readings = vec![(String::new(), meaning.strength)];
        let parts: Vec<&str> = term.split(' ').collect();
        for (at, part) in parts.iter().enumerate() {
            let name = part.strip_prefix('<').and_then(|part| part.strip_suffix('>'));
            let own = [(*part).to_owned()];
            let choices = name.and_then(|name| groups.get(name)).map_or(&own[..], Vec::as_slice);
            // `noCard` may say that there is none.
            let doubtful = |choice: &str| at == 0 && parts.len() > 1 && name == Some(NUMBER) && choice == "no";
            let mut next = Vec::new();
            for (head, strength) in &readings {
                for choice in choices {
                    let strength = if doubtful(choice) { Strength::Maybe } else { *strength };
                    for tail in self.tied(choice) {
                        next.push((format!("{head}{tail}"), strength));
                    }
                }
            }
            next.truncate(MOST_READINGS);
            readings = next;
        }
        for (reading, strength) in readings {
            let meaning = Term { strength, ..meaning };
            let known = self.terms.entry(reading).or_default();
            match known.iter_mut().find(|known| known.class == meaning.class) {
                Some(known) => {
                    known.strength = known.strength.max(meaning.strength);
                    known.open |= meaning.open;
                }
                None => known.push(meaning),
            }
        }
    }

    /// The letters of a term without the words that tie others together, as names are looked up, and with them, as names
    /// are written in one word.
    fn tied(&self, term: &str) -> Vec<String> {
        let plain: Vec<String> = term.split(' ').map(words::plain).collect();
        let without: String = plain.iter().filter(|word| !self.ties.contains(*word)).map(String::as_str).collect();
        let whole = plain.concat();
        if without == whole { vec![whole] } else { vec![without, whole] }
    }

    /// Whether a name ends with a term of a list, and has none of the list of the same name with `-not`.
    pub fn ends_with(&self, name: &str, list: &str) -> bool {
        let split = words::words(name);
        let not = self.list(&format!("{list}-not"));
        self.list(list).iter().any(|term| words::ends_with(&split, term))
            && !not.iter().any(|term| words::contains(&split, term))
    }

    /// The terms of a list of words that is no class; none for an unknown name.
    pub fn list(&self, name: &str) -> &[String] {
        self.words.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The terms of such a list, for looking them up.
    pub(super) fn set(&self, name: &str) -> &Terms {
        static NONE: LazyLock<Terms> = LazyLock::new(Terms::default);
        self.sets.get(name).unwrap_or(&NONE)
    }

    /// Whether words end with a term of such a list, in the singular or the plural.
    pub fn ends_with_one_of(&self, words: &[String], list: &str) -> bool {
        self.set(list).ends(words, Form::Any) > 0
    }

    /// Whether words hold a term of such a list.
    pub fn has(&self, list: &str, words: &[String]) -> bool {
        self.set(list).any(words, Form::Exact)
    }

    pub(super) fn known(&self, class: Class) -> Option<&Known> {
        self.classes.get(&class)
    }

    /// What a class of data is called: `card data`.
    pub(super) fn what(&self, class: Class) -> &str {
        self.classes.get(&class).map_or("", |known| known.words.what.as_str())
    }

    /// The words of a name without accents and without what ties others together.
    pub(super) fn split(&self, name: &str) -> Vec<String> {
        let mut split = words::words(name);
        if !name.is_ascii() {
            for word in &mut split {
                *word = words::plain(word);
            }
        }
        split.truncate(MOST_WORDS);
        if split.len() > 1 {
            split.retain(|word| !self.ties.contains(word));
        }
        split
    }

    /// The terms that a name has, the longest of each class; those which other words make something else are left out.
    pub(super) fn find(&self, split: &[String]) -> Vec<Found> {
        let mut found: Vec<(Term, usize, usize)> = Vec::new();
        let mut letters = String::new();
        for start in 0..split.len() {
            letters.clear();
            for (end, word) in split.iter().enumerate().skip(start).take(LONGEST) {
                letters.push_str(word);
                let Some((terms, several)) = self.look_up(&letters) else { continue };
                // `numberOfCards` counts them.
                if several && end > start && self.numbers.contains(&split[start]) {
                    return Vec::new();
                }
                for term in terms {
                    let longer = |(other, from, to): &&mut (Term, usize, usize)| {
                        other.class == term.class && *from <= end + 1 && *to >= start
                    };
                    match found.iter_mut().find(longer) {
                        // The longer term says more, then the later one.
                        Some(one) if end + 1 - start >= one.2 - one.1 => *one = (*term, start, end + 1),
                        Some(_) => {}
                        None => found.push((*term, start, end + 1)),
                    }
                }
            }
        }
        found.into_iter().filter_map(|(term, start, end)| self.weigh(term, split, start, end)).collect()
    }

    /// Looks up letters as they are, in the singular, and without a number behind them (`password2`). The second value
    /// tells that they are a plural.
    fn look_up(&self, letters: &str) -> Option<(&Vec<Term>, bool)> {
        let known = |letters: &str| {
            self.terms.get(letters).map(|terms| (terms, false)).or_else(|| {
                let stem = letters.strip_suffix('s')?;
                self.terms.get(stem).or_else(|| self.terms.get(stem.strip_suffix('e')?)).map(|terms| (terms, true))
            })
        };
        known(letters).or_else(|| {
            let bare = words::unnumbered(letters);
            (bare.len() < letters.len()).then(|| known(bare)).flatten()
        })
    }

    /// A term among the other words of its name: none where they make it something else.
    fn weigh(&self, term: Term, split: &[String], start: usize, end: usize) -> Option<Found> {
        let known = self.classes.get(&term.class)?;
        let (before, after) = (&split[..start], &split[end..]);
        let is = |set: &FxHashSet<String>, word: &str| is_one_of(|form| set.contains(form), word);
        let exempt = |word: &String| known.but.contains(word);
        let other = known.is_other(before)
            || known.is_other(after)
            || before.iter().any(|word| is(&self.before, word) && !exempt(word))
            || after.iter().any(|word| is(&self.about, word) && !known.after.contains(word) && !exempt(word));
        if other {
            return None;
        }
        let carried = |word: &String| {
            is(&self.carriers, word) || known.after.contains(word) || word.bytes().all(|byte| byte.is_ascii_digit())
        };
        let strength = match (term.open || after.iter().all(carried), term.strength) {
            (true, strength) => strength,
            (false, Strength::Sure) => Strength::Aside,
            (false, _) => return None,
        };
        let rest = before.iter().chain(after).cloned().collect();
        Some(Found { class: term.class, strength, rest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_that_come_with_the_program_are_read() {
        let source = source().unwrap();
        for class in Class::SENSITIVE.into_iter().chain([Class::BankCode, Class::Money]) {
            assert!(source.classes.get(&class).is_some_and(|words| !words.sure.is_empty()), "{class:?}");
        }
        assert!(!Lexicon::built_in().terms.is_empty());
    }

    #[test]
    fn every_group_is_used_and_every_term_names_one_that_is_there() {
        let source = source().unwrap();
        let terms = source.classes.values().flat_map(|words| [&words.sure, &words.open, &words.maybe]).flatten();
        let used: FxHashSet<&str> =
            terms.flat_map(|term| term.split(' ')).filter(|part| part.starts_with('<')).collect();
        let there: FxHashSet<String> = source.groups.keys().map(|name| format!("<{name}>")).collect();
        assert_eq!(used, there.iter().map(String::as_str).collect());
    }

    #[test]
    fn every_entry_of_a_list_is_found_by_its_own_words() {
        let source = source().unwrap();
        let lists = source.words.values().chain(source.classes.values().map(|words| &words.not));
        for list in lists {
            let terms = Terms::of(list);
            for entry in list {
                let words: Vec<String> = entry.split(' ').map(words::plain).collect();
                assert_eq!(terms.starts(&words, Form::Exact), words.len(), "{entry}");
                assert_eq!(terms.ends(&words, Form::Any), words.len(), "{entry}");
            }
        }
    }

    #[test]
    fn a_list_of_words_takes_no_term_of_several() {
        assert!(serde_json::from_str::<Vec<Word>>(r#"["dry run"]"#).is_err());
        assert!(serde_json::from_str::<Vec<Word>>(r#"["run"]"#).is_ok());
    }
}
