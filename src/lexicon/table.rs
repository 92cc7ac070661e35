//! The lexicon read: terms by their letters, whatever separates their words.

use super::judge::Class;
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

/// `rules/lexicon.yaml`.
#[derive(Debug, Deserialize)]
struct Source {
    groups: BTreeMap<String, Vec<String>>,
    about: Vec<String>,
    before: Vec<String>,
    carriers: Vec<String>,
    ties: Vec<String>,
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
    pub(super) near: Vec<String>,
    pub(super) told: Vec<String>,
    pub(super) untold: Vec<String>,
    not: Vec<String>,
    but: Vec<String>,
    after: Vec<String>,
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
    not: FxHashSet<String>,
    but: FxHashSet<String>,
    after: FxHashSet<String>,
}

impl Known {
    /// Whether a word makes what it stands with something else than this class.
    pub(super) fn is_other(&self, word: &str) -> bool {
        self.not.contains(word) || word.strip_suffix('s').is_some_and(|stem| self.not.contains(stem))
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
    classes: BTreeMap<Class, Known>,
    words: BTreeMap<String, Vec<String>>,
    sets: FxHashMap<String, FxHashSet<String>>,
}

static BUILT_IN: LazyLock<Arc<Lexicon>> = LazyLock::new(|| {
    let source: Option<Source> =
        serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/lexicon.json"))).unwrap_or_default();
    Arc::new(source.map(Lexicon::of).unwrap_or_default())
});

impl Lexicon {
    /// Returns the lexicon that comes with the program.
    pub fn built_in() -> Arc<Lexicon> {
        Arc::clone(&BUILT_IN)
    }

    fn of(source: Source) -> Self {
        let set = |list: &[String]| list.iter().map(|word| words::plain(word)).collect::<FxHashSet<_>>();
        let mut lexicon = Lexicon {
            about: set(&source.about),
            before: set(&source.before),
            carriers: set(&source.carriers),
            ties: set(&source.ties),
            sets: source.words.iter().map(|(name, list)| (name.clone(), set(list))).collect(),
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
            let (not, but, after) = (set(&known.not), set(&known.but), set(&known.after));
            lexicon.classes.insert(class, Known { words: known, not, but, after });
        }
        lexicon
    }

    /// Adds every reading of a term.
    fn add(&mut self, term: &str, meaning: Term, groups: &BTreeMap<String, Vec<String>>) {
        let mut readings = vec![String::new()];
        for part in term.split(' ').filter(|part| !self.ties.contains(*part)) {
            let group =
                part.strip_prefix('<').and_then(|part| part.strip_suffix('>')).and_then(|name| groups.get(name));
            let own = [part.to_owned()];
            let choices = group.map_or(&own[..], Vec::as_slice);
            readings = readings
                .iter()
                .flat_map(|head| {
                    choices.iter().map(move |choice| head.clone() + &words::plain(choice).replace(' ', ""))
                })
                .take(MOST_READINGS)
                .collect();
        }
        for reading in readings {
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

    /// The terms of such a list, for looking one up.
    pub(super) fn set(&self, name: &str) -> Option<&FxHashSet<String>> {
        self.sets.get(name)
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
                let Some(terms) = self.terms.get(letters.as_str()).or_else(|| self.singular(&letters)) else {
                    continue;
                };
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

    fn singular(&self, letters: &str) -> Option<&Vec<Term>> {
        let stem = letters.strip_suffix('s')?;
        self.terms.get(stem).or_else(|| self.terms.get(stem.strip_suffix('e')?))
    }

    /// A term among the other words of its name: none where they make it something else.
    fn weigh(&self, term: Term, split: &[String], start: usize, end: usize) -> Option<Found> {
        let known = self.classes.get(&term.class)?;
        let (before, after) = (&split[..start], &split[end..]);
        let is = |set: &FxHashSet<String>, word: &str| {
            set.contains(word) || word.strip_suffix('s').is_some_and(|stem| set.contains(stem))
        };
        let exempt = |word: &String| known.but.contains(word);
        let other = before.iter().chain(after).any(|word| known.is_other(word))
            || before.iter().any(|word| is(&self.before, word) && !exempt(word))
            || after.iter().any(|word| is(&self.about, word) && !known.after.contains(word) && !exempt(word));
        if other {
            return None;
        }
        let carried = |word: &String| {
            self.carriers.contains(word) || known.after.contains(word) || word.bytes().all(|byte| byte.is_ascii_digit())
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
