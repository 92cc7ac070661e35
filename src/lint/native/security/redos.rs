//! Patterns that a backtracking engine can be kept busy with.
//!
//! The syntax tree of the pattern is asked, not the clock: a repetition without limit whose body can match the same text
//! in more than one way takes exponential time, two neighbouring ones over the same characters take quadratic time.

use super::super::facts::Facts;
use super::super::{Finding, Options, schema};
use crate::pattern::Pattern;
use crate::workspace::Place;
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Repetition};
use rustc_hash::FxHashSet;

/// Texts this long are harmless even to a slow pattern.
const SHORT: u64 = 128;

/// `sec-regex-redos`: no pattern takes much longer than its text is long.
pub(super) fn redos(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    for element in facts.request() {
        let Some(place) = schema::keyword(element.at, "pattern") else { continue };
        let Some(text) = place.as_str().filter(|_| seen.insert(place.id())) else { continue };
        let most = schema::keyword(element.at, "maxLength").and_then(Place::as_u64);
        if most.is_some_and(|most| most <= SHORT) {
            continue;
        }
        let Some(what) = slow(text) else { continue };
        let message = format!(
            "the pattern `{text}` {what}, so a text made for it keeps many engines busy; rewrite it, or set a `maxLength` of {SHORT} or less"
        );
        out.push(Finding::at(place, message).of(&element.operation));
    }
}

/// Why a pattern is slow; `None` when it is not, or cannot be read.
fn slow(text: &str) -> Option<&'static str> {
    if text.len() > 2048 {
        return None;
    }
    search(Pattern::read(text).hir()?)
}

fn search(hir: &Hir) -> Option<&'static str> {
    match hir.kind() {
        HirKind::Repetition(repetition) => {
            let nested = is_unlimited(repetition) && is_ambiguous(&repetition.sub);
            if nested { Some("repeats a repetition over the same characters") } else { search(&repetition.sub) }
        }
        HirKind::Capture(capture) => search(&capture.sub),
        HirKind::Concat(parts) => {
            if has_neighbours(parts) {
                return Some("has two repetitions over the same characters next to each other");
            }
            parts.iter().find_map(search)
        }
        HirKind::Alternation(parts) => parts.iter().find_map(search),
        _ => None,
    }
}

fn is_unlimited(repetition: &Repetition) -> bool {
    repetition.max.is_none_or(|most| most > 1000)
}

/// Without captures around it.
fn bare(hir: &Hir) -> &Hir {
    match hir.kind() {
        HirKind::Capture(capture) => bare(&capture.sub),
        _ => hir,
    }
}

/// The characters of a class or a single character.
fn characters(hir: &Hir) -> Option<ClassUnicode> {
    match bare(hir).kind() {
        HirKind::Class(Class::Unicode(class)) => Some(class.clone()),
        HirKind::Class(Class::Bytes(class)) => {
            let ranges = class.ranges().iter();
            Some(ClassUnicode::new(ranges.map(|r| ClassUnicodeRange::new(r.start().into(), r.end().into()))))
        }
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            let mut letters = text.chars();
            let one = letters.next().filter(|_| letters.next().is_none())?;
            Some(ClassUnicode::new([ClassUnicodeRange::new(one, one)]))
        }
        _ => None,
    }
}

fn overlap(one: &ClassUnicode, other: &ClassUnicode) -> bool {
    let mut both = one.clone();
    both.intersect(other);
    !both.ranges().is_empty()
}

/// The characters of an unlimited repetition of single characters.
fn repeated(hir: &Hir) -> Option<ClassUnicode> {
    match bare(hir).kind() {
        HirKind::Repetition(repetition) if is_unlimited(repetition) => characters(&repetition.sub),
        _ => None,
    }
}

fn may_be_empty(hir: &Hir) -> bool {
    hir.properties().minimum_len() == Some(0)
}

/// Whether repeating this can match one text in several ways: it holds a repetition, and whatever must stand beside that
/// is made of the same characters.
fn is_ambiguous(body: &Hir) -> bool {
    let body = bare(body);
    match body.kind() {
        HirKind::Concat(parts) => parts.iter().enumerate().any(|(at, part)| {
            let Some(class) = repeated(part) else { return false };
            let others = parts.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, part)| part);
            others.into_iter().all(|other| {
                may_be_empty(other)
                    || characters(other).or_else(|| repeated(other)).is_some_and(|other| overlap(&class, &other))
            })
        }),
        HirKind::Alternation(parts) => parts.iter().any(is_ambiguous),
        _ => repeated(body).is_some(),
    }
}

/// Whether two unlimited repetitions over common characters follow each other, and something must match after them.
fn has_neighbours(parts: &[Hir]) -> bool {
    (0..parts.len()).any(|at| {
        let Some(class) = repeated(&parts[at]) else { return false };
        for next in at + 1..parts.len() {
            if repeated(&parts[next]).is_some_and(|other| overlap(&class, &other)) {
                return next + 1 < parts.len();
            }
            if !may_be_empty(&parts[next]) {
                return false;
            }
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::slow;

    #[test]
    fn patterns_that_backtrack_are_told_from_those_that_do_not() {
        for text in ["^([a-z]+)*$", "^(a+)+$", "^(\\w+\\s?)*$", "^(.*a)*$", "^\\d+\\d+$", "^[a-z]*[a-z0-9]*x$"] {
            assert!(slow(text).is_some(), "{text}");
        }
        let quick = [
            "^[a-z]+$",
            "^([^,]+,)*$",
            "^(\\d+\\.)+\\d+$",
            "^[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}$",
            "^(ab)+$",
            "^.*$",
            "(",
            "^[a-z]+[0-9]+$",
        ];
        for text in quick {
            assert!(slow(text).is_none(), "{text}");
        }
    }
}
