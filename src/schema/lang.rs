//! Languages: sets of strings as hash-consed expressions over words, patterns, lengths and opaque predicates.
//!
//! Takes patterns, names and length bounds; gives membership, emptiness and short members. Expressions are cheap; an
//! automaton is built only where the expression alone does not decide. Stands on the automata.

use super::dfa::Dfa;
use super::{nfa, regex};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

/// A language in its arena.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Lang(u32);

/// All strings.
pub(super) const ANY: Lang = Lang(0);
/// No string.
pub(super) const NONE: Lang = Lang(1);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Expr {
    Any,
    None,
    Words(Box<[Arc<str>]>),
    /// A pattern as the schema writes it.
    Pattern(Arc<str>),
    Length(u64, Option<u64>),
    /// A format that is asserted.
    Format(Arc<str>),
    Not(Lang),
    And(Box<[Lang]>),
    Or(Box<[Lang]>),
}

enum Matcher {
    Automaton(Rc<Dfa>),
    /// Look-around, or too large for an automaton: single words can be judged, sets cannot.
    Backtracking(Box<fancy_regex::Regex>),
    Format(Box<jsonschema::Validator>),
    /// Not even single words.
    Broken,
}

/// Words of a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sample {
    /// Some members, short ones first.
    pub(super) words: Vec<Arc<str>>,
    /// Whether there are no others.
    pub(super) whole: bool,
}

/// The arena of languages.
pub(super) struct Langs {
    exprs: Vec<Expr>,
    ids: FxHashMap<Expr, Lang>,
    matchers: FxHashMap<Lang, Matcher>,
    automata: FxHashMap<Lang, Option<Rc<Dfa>>>,
    samples: FxHashMap<(Lang, usize), Option<Sample>>,
}

impl Default for Langs {
    fn default() -> Self {
        let mut langs = Langs {
            exprs: Vec::new(),
            ids: FxHashMap::default(),
            matchers: FxHashMap::default(),
            automata: FxHashMap::default(),
            samples: FxHashMap::default(),
        };
        langs.intern(Expr::Any);
        langs.intern(Expr::None);
        langs
    }
}

impl Langs {
    fn intern(&mut self, expr: Expr) -> Lang {
        if let Some(&id) = self.ids.get(&expr) {
            return id;
        }
        let id = Lang(self.exprs.len() as u32);
        self.exprs.push(expr.clone());
        self.ids.insert(expr, id);
        id
    }

    /// What a language is.
    pub(super) fn expr(&self, lang: Lang) -> &Expr {
        &self.exprs[lang.0 as usize]
    }

    /// Exactly these words.
    pub(super) fn words(&mut self, words: impl IntoIterator<Item = Arc<str>>) -> Lang {
        let words: BTreeSet<Arc<str>> = words.into_iter().collect();
        if words.is_empty() { NONE } else { self.intern(Expr::Words(words.into_iter().collect())) }
    }

    /// Exactly this word.
    pub(super) fn word(&mut self, word: &str) -> Lang {
        self.words([Arc::from(word)])
    }

    /// The strings in which a pattern is found.
    pub(super) fn pattern(&mut self, pattern: &str) -> Lang {
        match pattern {
            "" | "^" | ".*" | "^.*" | "$" => ANY,
            _ => self.intern(Expr::Pattern(pattern.into())),
        }
    }

    /// The strings of a format.
    pub(super) fn format(&mut self, name: &str) -> Lang {
        self.intern(Expr::Format(name.into()))
    }

    /// Strings of `low..=high` characters.
    pub(super) fn length(&mut self, low: u64, high: Option<u64>) -> Lang {
        match (low, high) {
            (0, None) => ANY,
            (low, Some(high)) if low > high => NONE,
            (_, Some(0)) => self.word(""),
            (low, high) => self.intern(Expr::Length(low, high)),
        }
    }

    /// All other strings.
    pub(super) fn not(&mut self, lang: Lang) -> Lang {
        match self.expr(lang) {
            Expr::Any => NONE,
            Expr::None => ANY,
            Expr::Not(inner) => *inner,
            Expr::Length(0, Some(high)) => {
                let low = high.saturating_add(1);
                self.length(low, None)
            }
            Expr::Length(low, None) => {
                let high = low - 1;
                self.length(0, Some(high))
            }
            _ => self.intern(Expr::Not(lang)),
        }
    }

    /// The strings in all of `langs`.
    pub(super) fn and(&mut self, langs: impl IntoIterator<Item = Lang>) -> Lang {
        let mut parts = BTreeSet::new();
        let mut window = (0, None);
        let mut words: Option<BTreeSet<Arc<str>>> = None;
        let mut todo: Vec<Lang> = langs.into_iter().collect();
        while let Some(lang) = todo.pop() {
            match self.expr(lang) {
                Expr::Any => {}
                Expr::None => return NONE,
                Expr::And(inner) => todo.extend(inner.iter().copied()),
                Expr::Length(low, high) => window = meet(window, (*low, *high)),
                Expr::Words(list) => {
                    let list: BTreeSet<_> = list.iter().cloned().collect();
                    words = Some(match words {
                        None => list,
                        Some(before) => before.intersection(&list).cloned().collect(),
                    });
                }
                _ => {
                    parts.insert(lang);
                }
            }
        }
        if let Some(words) = words {
            let length = self.length(window.0, window.1);
            parts.insert(length);
            let mut keep = Vec::new();
            for word in words {
                let verdicts: Vec<_> = parts.iter().map(|part| self.matches(*part, &word)).collect();
                if verdicts.contains(&None) {
                    let mut all: Vec<Lang> = parts.into_iter().collect();
                    all.push(self.intern(Expr::Words([word].into())));
                    all.sort_unstable();
                    return self.intern(Expr::And(all.into()));
                }
                if verdicts.iter().all(|verdict| *verdict == Some(true)) {
                    keep.push(word);
                }
            }
            return self.words(keep);
        }
        if parts.iter().any(|part| matches!(self.expr(*part), Expr::Not(inner) if parts.contains(inner))) {
            return NONE;
        }
        match self.length(window.0, window.1) {
            ANY => {}
            NONE => return NONE,
            length => {
                parts.insert(length);
            }
        }
        match parts.len() {
            0 => ANY,
            1 => parts.into_iter().next().unwrap_or(ANY),
            _ => self.intern(Expr::And(parts.into_iter().collect())),
        }
    }

    /// The strings in at least one of `langs`.
    pub(super) fn or(&mut self, langs: impl IntoIterator<Item = Lang>) -> Lang {
        let mut parts = BTreeSet::new();
        let mut words: BTreeSet<Arc<str>> = BTreeSet::new();
        let mut todo: Vec<Lang> = langs.into_iter().collect();
        while let Some(lang) = todo.pop() {
            match self.expr(lang) {
                Expr::Any => return ANY,
                Expr::None => {}
                Expr::Or(inner) => todo.extend(inner.iter().copied()),
                Expr::Words(list) => words.extend(list.iter().cloned()),
                _ => {
                    parts.insert(lang);
                }
            }
        }
        if parts.iter().any(|part| matches!(self.expr(*part), Expr::Not(inner) if parts.contains(inner))) {
            return ANY;
        }
        match self.words(words) {
            NONE => {}
            words => {
                parts.insert(words);
            }
        }
        match parts.len() {
            0 => NONE,
            1 => parts.into_iter().next().unwrap_or(NONE),
            _ => self.intern(Expr::Or(parts.into_iter().collect())),
        }
    }

    /// The finite list of words, where the expression is one.
    pub(super) fn as_words(&self, lang: Lang) -> Option<&[Arc<str>]> {
        match self.expr(lang) {
            Expr::Words(words) => Some(words),
            Expr::None => Some(&[]),
            _ => None,
        }
    }

    /// The words left out, where the expression is all strings but some.
    pub(super) fn as_all_but(&self, lang: Lang) -> Option<&[Arc<str>]> {
        match self.expr(lang) {
            Expr::Any => Some(&[]),
            Expr::Not(inner) => self.as_words(*inner),
            _ => None,
        }
    }

    /// Whether `lang` holds `word`; `None` when that cannot be told.
    pub(super) fn matches(&mut self, lang: Lang, word: &str) -> Option<bool> {
        match self.expr(lang).clone() {
            Expr::Any => Some(true),
            Expr::None => Some(false),
            Expr::Words(words) => Some(words.binary_search_by(|probe| (**probe).cmp(word)).is_ok()),
            Expr::Length(low, high) => {
                let length = word.chars().count() as u64;
                Some(length >= low && high.is_none_or(|high| length <= high))
            }
            Expr::Not(inner) => self.matches(inner, word).map(|verdict| !verdict),
            Expr::And(parts) => self.fold(&parts, word, false),
            Expr::Or(parts) => self.fold(&parts, word, true),
            Expr::Pattern(_) | Expr::Format(_) => match self.matcher(lang) {
                Matcher::Automaton(dfa) => Some(dfa.matches(word)),
                Matcher::Backtracking(regex) => regex.is_match(word).ok(),
                Matcher::Format(validator) => Some(validator.is_valid(&serde_json::Value::String(word.to_owned()))),
                Matcher::Broken => None,
            },
        }
    }

    /// Conjunction when `decisive` is false, disjunction when it is true.
    fn fold(&mut self, parts: &[Lang], word: &str, decisive: bool) -> Option<bool> {
        let mut unknown = false;
        for &part in parts {
            match self.matches(part, word) {
                Some(verdict) if verdict == decisive => return Some(decisive),
                Some(_) => {}
                None => unknown = true,
            }
        }
        (!unknown).then_some(!decisive)
    }

    fn matcher(&mut self, lang: Lang) -> &Matcher {
        if !self.matchers.contains_key(&lang) {
            let matcher = match self.expr(lang) {
                Expr::Pattern(pattern) => pattern_matcher(pattern),
                Expr::Format(name) => format_matcher(name),
                _ => Matcher::Broken,
            };
            self.matchers.insert(lang, matcher);
        }
        &self.matchers[&lang]
    }

    /// The automaton of a language; `None` when it is not regular or too large.
    pub(super) fn automaton(&mut self, lang: Lang) -> Option<Rc<Dfa>> {
        if let Some(known) = self.automata.get(&lang) {
            return known.clone();
        }
        let made = match self.expr(lang).clone() {
            Expr::Any => Some(Dfa::constant(true)),
            Expr::None => Some(Dfa::constant(false)),
            Expr::Words(words) => Dfa::words(words.iter().map(|word| &**word)),
            Expr::Length(low, high) => Dfa::lengths(low, high),
            Expr::Not(inner) => self.automaton(inner).map(|dfa| Dfa::clone(&dfa).complement()),
            Expr::And(parts) => self.combined(&parts, true),
            Expr::Or(parts) => self.combined(&parts, false),
            Expr::Pattern(_) | Expr::Format(_) => match self.matcher(lang) {
                Matcher::Automaton(dfa) => Some(Dfa::clone(dfa)),
                _ => None,
            },
        };
        let made = made.map(Rc::new);
        self.automata.insert(lang, made.clone());
        made
    }

    fn combined(&mut self, parts: &[Lang], both: bool) -> Option<Dfa> {
        let mut whole = Dfa::constant(both);
        for &part in parts {
            let part = self.automaton(part)?;
            whole = whole.combine(&part, both)?;
        }
        Some(whole)
    }

    /// Up to `count` short members, and whether there are no others; `None` when that cannot be told.
    pub(super) fn sample(&mut self, lang: Lang, count: usize) -> Option<Sample> {
        if let Some(known) = self.samples.get(&(lang, count)) {
            return known.clone();
        }
        let made = self.make_sample(lang, count);
        self.samples.insert((lang, count), made.clone());
        made
    }

    fn make_sample(&mut self, lang: Lang, count: usize) -> Option<Sample> {
        if let Some(words) = self.as_words(lang) {
            let mut words: Vec<_> = words.to_vec();
            words.sort_by_key(|word| (word.chars().count(), word.clone()));
            let whole = words.len() <= count;
            words.truncate(count);
            return Some(Sample { words, whole });
        }
        // Most languages hold one of these: no automaton is needed for them.
        let mut words: Vec<Arc<str>> = Vec::new();
        for candidate in ["a", "b", "c", "x", "A", "0", "1", "", "aa", "ab"] {
            if words.len() < count && self.matches(lang, candidate) == Some(true) {
                words.push(candidate.into());
            }
        }
        if words.len() >= count {
            return Some(Sample { words, whole: false });
        }
        if let Some(sample) = self.regular_sample(lang, count) {
            return Some(sample);
        }
        self.guessed_sample(lang, count, words)
    }

    fn regular_sample(&mut self, lang: Lang, count: usize) -> Option<Sample> {
        // A length window is followed beside the automaton: as an automaton of its own it would be large.
        let (parts, low, high) = self.window(lang);
        let mut whole = Dfa::constant(true);
        for part in parts {
            whole = whole.combine(&*self.automaton(part)?, true)?;
        }
        let (words, complete) = whole.sample(count, low, high)?;
        Some(Sample { words: words.into_iter().map(Arc::from).collect(), whole: complete })
    }

    fn window(&self, lang: Lang) -> (Vec<Lang>, u64, Option<u64>) {
        let parts = match self.expr(lang) {
            Expr::And(parts) => parts.to_vec(),
            _ => vec![lang],
        };
        let mut window = (0, None);
        let mut rest = Vec::new();
        for part in parts {
            match self.expr(part) {
                Expr::Length(low, high) => window = meet(window, (*low, *high)),
                _ => rest.push(part),
            }
        }
        (rest, window.0, window.1)
    }

    /// Where an automaton cannot be had: members of the regular part, and usual values of formats, judged one by one.
    fn guessed_sample(&mut self, lang: Lang, count: usize, mut words: Vec<Arc<str>>) -> Option<Sample> {
        let (parts, low, high) = self.window(lang);
        let regular: Vec<Lang> = parts.iter().copied().filter(|part| self.automaton(*part).is_some()).collect();
        let length = self.length(low, high);
        let wider = self.and(regular.into_iter().chain([length]));
        let candidates = self.regular_sample(wider, 200);
        let complete = candidates.as_ref().is_some_and(|candidates| candidates.whole);
        let mut unknown = false;
        let list = candidates.map(|candidates| candidates.words).unwrap_or_default();
        let usual = USUAL.iter().map(|word| Arc::from(*word));
        let from_pattern = parts.iter().filter_map(|part| match self.expr(*part) {
            Expr::Pattern(pattern) => jsonschema_like_witness(pattern).map(Arc::from),
            _ => None,
        });
        let from_pattern: Vec<Arc<str>> = from_pattern.collect();
        for candidate in list.into_iter().chain(usual).chain(from_pattern) {
            match self.matches(lang, &candidate) {
                Some(true) if words.len() < count && !words.contains(&candidate) => words.push(candidate),
                Some(_) => {}
                None => unknown = true,
            }
        }
        if words.len() >= count || (complete && !unknown) {
            return Some(Sample { whole: complete && words.len() < count, words });
        }
        None
    }
}

/// Values that formats usually hold.
const USUAL: [&str; 22] = [
    "2024-01-01",
    "2024-01-01T00:00:00Z",
    "00:00:00Z",
    "P1D",
    "a@example.com",
    "example.com",
    "127.0.0.1",
    "::1",
    "https://example.com",
    "/a",
    "/a/b",
    "a/b",
    "123e4567-e89b-12d3-a456-426614174000",
    "^a$",
    "1/a",
    "a",
    "1.5",
    "10",
    "AB12",
    "Aa1!Aa1!",
    "abc-123",
    "\\",
];

/// A string that the pattern would match without its look-arounds, as a guess.
fn jsonschema_like_witness(pattern: &str) -> Option<String> {
    let bare = strip_lookaround(pattern)?;
    let translated = regex::translate(&bare).filter(|translated| translated.regular)?;
    let dfa = nfa::automaton(&translated.text)?;
    dfa.sample(1, 0, None)?.0.into_iter().next()
}

fn strip_lookaround(pattern: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(at) = ["(?=", "(?!", "(?<=", "(?<!"].iter().filter_map(|mark| rest.find(mark)).min() {
        out.push_str(&rest[..at]);
        let mut depth = 0;
        let end = rest[at..].char_indices().find_map(|(offset, c)| {
            depth += match c {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            (depth == 0).then_some(at + offset + 1)
        })?;
        rest = &rest[end..];
    }
    out.push_str(rest);
    Some(out)
}

fn pattern_matcher(pattern: &str) -> Matcher {
    let Some(translated) = regex::translate(pattern) else { return Matcher::Broken };
    if translated.regular
        && let Some(dfa) = nfa::automaton(&translated.text)
    {
        return Matcher::Automaton(Rc::new(dfa));
    }
    match fancy_regex::RegexBuilder::new(&translated.text).backtrack_limit(100_000).build() {
        Ok(regex) => Matcher::Backtracking(Box::new(regex)),
        Err(_) => Matcher::Broken,
    }
}

fn format_matcher(name: &str) -> Matcher {
    let schema = serde_json::json!({"format": name});
    let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012).should_validate_formats(true);
    // What the validator does not know it would accept.
    if !options.is_known_format(jsonschema::Draft::Draft202012, name) {
        return Matcher::Broken;
    }
    match options.build(&schema) {
        Ok(validator) => Matcher::Format(Box::new(validator)),
        Err(_) => Matcher::Broken,
    }
}

fn meet(left: (u64, Option<u64>), right: (u64, Option<u64>)) -> (u64, Option<u64>) {
    let high = match (left.1, right.1) {
        (Some(left), Some(right)) => Some(left.min(right)),
        (left, right) => left.or(right),
    };
    (left.0.max(right.0), high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(langs: &mut Langs, lang: Lang) -> Option<String> {
        langs.sample(lang, 1).unwrap().words.first().map(ToString::to_string)
    }

    #[test]
    fn inclusion_of_patterns_is_decided() {
        let mut langs = Langs::default();
        let narrow = langs.pattern("^[a-z]{2,3}$");
        let wide = langs.pattern(r"^\w+$");
        let outside = langs.not(wide);
        let gap = langs.and([narrow, outside]);
        assert_eq!(langs.sample(gap, 1).unwrap(), Sample { words: vec![], whole: true });
        let inside = langs.not(narrow);
        let gap = langs.and([wide, inside]);
        assert_eq!(first(&mut langs, gap).as_deref(), Some("a"));
    }

    #[test]
    fn lengths_and_patterns_meet() {
        let mut langs = Langs::default();
        let pattern = langs.pattern("^(ab)*$");
        let length = langs.length(3, Some(3));
        let both = langs.and([pattern, length]);
        assert_eq!(langs.sample(both, 1).unwrap().words.len(), 0);
        let length = langs.length(3, Some(4));
        let both = langs.and([pattern, length]);
        assert_eq!(first(&mut langs, both).as_deref(), Some("abab"));
    }

    #[test]
    fn a_pattern_with_look_ahead_is_judged_word_by_word() {
        let mut langs = Langs::default();
        let pattern = langs.pattern("^(?!a)[a-z]+$");
        assert_eq!(langs.matches(pattern, "ab"), Some(false));
        assert_eq!(first(&mut langs, pattern).as_deref(), Some("b"));
        let never = langs.pattern("^(?!x)x$");
        assert_eq!(langs.sample(never, 1), None);
    }

    #[test]
    fn words_are_intersected_at_once() {
        let mut langs = Langs::default();
        let words = langs.words(["a".into(), "1".into()]);
        let digits = langs.pattern(r"^\d$");
        let both = langs.and([words, digits]);
        assert_eq!(langs.as_words(both), Some(&["1".into()][..]));
    }
}
