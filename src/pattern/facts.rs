//! What a pattern promises: anchors, length, and whether it says anything at all.
//!
//! What cannot be read is judged by its text alone.

use super::Pattern;
use super::tree::Node;
use super::write::{Reader, write};
use regex_syntax::hir::{ClassUnicode, Hir};

/// Nesting of a tree of `regex-syntax`: a group of ours is up to three of its.
const NESTING: u32 = 320;

impl Pattern {
    /// Returns the pattern as `regex-syntax` reads it; `None` when it goes back, or cannot be read.
    pub(crate) fn hir(&self) -> Option<&Hir> {
        let hir = self.hir.get_or_init(|| {
            let tree = self.tree.as_ref().ok().filter(|tree| !tree.node.goes_back())?;
            let text = write(&tree.node, Reader::Linear);
            regex_syntax::ParserBuilder::new().nest_limit(NESTING).build().parse(&text).ok()
        });
        hir.as_ref()
    }

    /// Returns the pattern in one spelling of those that mean the same, as far as that can be told.
    pub fn canonical(&self) -> String {
        match (self.hir().filter(|_| self.source().len() <= 4096), self.node()) {
            (Some(hir), _) => hir.to_string(),
            (None, Some(node)) => write(node, Reader::Ecma),
            (None, None) => self.source().to_owned(),
        }
    }

    /// Returns the pattern in the words that all dialects read alike, for readers that know it as ECMA-262 with the flag `u`.
    pub(crate) fn portable(&self) -> Option<String> {
        self.node().map(|node| write(node, Reader::Ecma))
    }

    /// Returns whether every match begins where the value begins.
    pub fn starts(&self) -> bool {
        match self.node() {
            Some(node) => starts(node),
            None => bare(self.source()).starts_with('^'),
        }
    }

    /// Returns whether every match ends where the value ends.
    pub fn ends(&self) -> bool {
        match self.node() {
            Some(node) => ends(node),
            None => self.source().ends_with('$') || self.source().ends_with("$)"),
        }
    }

    /// Returns whether the whole value must match.
    pub fn is_anchored(&self) -> bool {
        self.starts() && self.ends()
    }

    /// Returns whether the values that match have a greatest length.
    pub fn is_bounded(&self) -> bool {
        let finite = match self.node() {
            Some(node) => most(node, node, true).is_some(),
            None => !self.source().contains(['*', '+']) && !self.source().contains(",}"),
        };
        finite && self.is_anchored()
    }

    /// Returns the fewest and the most characters of a match; only for anchored patterns with a greatest length.
    pub(crate) fn lengths(&self) -> Option<(u64, u64)> {
        let node = self.node().filter(|_| self.is_anchored())?;
        Some((least(node), most(node, node, true)?))
    }

    /// Returns the length in characters that every match has, where it is one; only for anchored patterns.
    pub fn fixed_length(&self) -> Option<u64> {
        self.lengths().filter(|(least, most)| least == most).map(|(least, _)| least)
    }

    /// Returns whether every text matches, or every text of one line: `.*`, `^.+$`, `[\s\S]*`.
    pub fn says_nothing(&self) -> bool {
        self.node().is_some_and(is_anything)
    }

    /// Returns whether only digits match.
    pub fn is_digits(&self) -> bool {
        self.is_anchored() && self.node().is_some_and(is_digits)
    }
}

/// A pattern of another language without the flags in front.
fn bare(text: &str) -> &str {
    let flags = text.strip_prefix("(?").and_then(|rest| rest.split_once(')'));
    flags.filter(|(flags, _)| flags.bytes().all(|b| b.is_ascii_lowercase())).map_or(text, |(_, rest)| rest)
}

fn takes_no_room(node: &Node) -> bool {
    match node {
        Node::Empty | Node::Start { .. } | Node::End { .. } | Node::Edge(_) | Node::Look { .. } => true,
        Node::Char(_) | Node::Set(_) | Node::Back(_) => false,
        _ => node.parts().iter().all(takes_no_room),
    }
}

fn starts(node: &Node) -> bool {
    match node {
        Node::Start { lines } => !lines,
        Node::Choice(parts) => parts.iter().all(starts),
        Node::Group(inner) | Node::Look { behind: false, negated: false, inner } => starts(inner),
        Node::Repeat { min, inner, .. } => *min > 0 && starts(inner),
        Node::Concat(parts) => {
            let first = parts.iter().position(|part| !takes_no_room(part)).unwrap_or(parts.len());
            parts.iter().take(first + 1).any(starts)
        }
        _ => false,
    }
}

fn ends(node: &Node) -> bool {
    match node {
        Node::End { lines } => !lines,
        Node::Choice(parts) => parts.iter().all(ends),
        Node::Look { behind: false, negated: false, inner } => takes_no_room(inner) && ends(inner),
        Node::Group(inner) | Node::Look { behind: true, negated: false, inner } => ends(inner),
        Node::Repeat { min, inner, .. } => *min > 0 && ends(inner),
        Node::Concat(parts) => {
            let last = parts.iter().rev().position(|part| !takes_no_room(part)).unwrap_or(parts.len());
            parts.iter().rev().take(last + 1).any(ends)
        }
        _ => false,
    }
}

/// The fewest characters that match.
fn least(node: &Node) -> u64 {
    match node {
        Node::Char(_) | Node::Set(_) => 1,
        Node::Choice(parts) => parts.iter().map(least).min().unwrap_or(0),
        Node::Concat(parts) => parts.iter().fold(0, |sum: u64, part| sum.saturating_add(least(part))),
        Node::Group(inner) => least(inner),
        Node::Repeat { min, inner, .. } => least(inner).saturating_mul((*min).into()),
        Node::Empty | Node::Start { .. } | Node::End { .. } | Node::Edge(_) | Node::Look { .. } | Node::Back(_) => 0,
    }
}

/// The most characters that match; `None` where there is no limit. What a group captured is looked up in the whole once.
fn most(node: &Node, whole: &Node, refers: bool) -> Option<u64> {
    match node {
        Node::Char(_) | Node::Set(_) => Some(1),
        Node::Choice(parts) => {
            parts.iter().map(|part| most(part, whole, refers)).try_fold(0, |max, part| Some(max.max(part?)))
        }
        Node::Concat(parts) => {
            let mut lengths = parts.iter().map(|part| most(part, whole, refers));
            lengths.try_fold(0_u64, |sum, part| Some(sum.saturating_add(part?)))
        }
        Node::Group(inner) => most(inner, whole, refers),
        Node::Repeat { max, inner, .. } => match (most(inner, whole, refers)?, max) {
            (0, _) => Some(0),
            (once, max) => Some(once.saturating_mul((*max)?.into())),
        },
        Node::Back(number) if refers => most(group(whole, &mut { *number })?, whole, false),
        Node::Back(_) => None,
        Node::Empty | Node::Start { .. } | Node::End { .. } | Node::Edge(_) | Node::Look { .. } => Some(0),
    }
}

/// The group with a number, counted from 1 as they open.
fn group<'n>(node: &'n Node, left: &mut usize) -> Option<&'n Node> {
    if let Node::Group(_) = node {
        *left -= 1;
        if *left == 0 {
            return Some(node);
        }
    }
    node.parts().iter().find_map(|part| group(part, left))
}

fn is_anything(node: &Node) -> bool {
    match node {
        Node::Group(inner) => is_anything(inner),
        Node::Repeat { min, max, inner, .. } => max.is_none() && *min <= 1 && is_any_character(inner),
        Node::Concat(parts) => {
            let is_anchor = |part: &&Node| matches!(part, Node::Start { .. } | Node::End { .. } | Node::Edge(_));
            let mut rest = parts.iter().filter(|part| !is_anchor(part));
            rest.next().is_some_and(is_anything) && rest.next().is_none()
        }
        _ => false,
    }
}

fn is_any_character(node: &Node) -> bool {
    match node {
        Node::Group(inner) => is_any_character(inner),
        Node::Choice(parts) => {
            let mut all = ClassUnicode::empty();
            for part in parts {
                match part {
                    Node::Set(set) => all.union(set),
                    Node::Char(_) => {}
                    _ => return false,
                }
            }
            size(&all) > 1_112_060
        }
        Node::Set(set) => size(set) > 1_112_060,
        _ => false,
    }
}

fn size(set: &ClassUnicode) -> u32 {
    set.ranges().iter().map(|range| u32::from(range.end()) - u32::from(range.start()) + 1).sum()
}

fn is_digits(node: &Node) -> bool {
    match node {
        Node::Char(c) => c.is_ascii_digit(),
        Node::Set(set) => set.ranges().iter().all(|range| range.start().is_numeric() && range.end().is_numeric()),
        Node::Look { .. } => true,
        _ => node.parts().iter().all(is_digits),
    }
}
