//! The form in which a pattern is kept once it is read.
//!
//! Whatever a pattern is asked (whether it matches, what it promises, its automaton, how it is spelled for another
//! engine) is answered from this tree alone, so that no two answers come from two readings.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

/// One part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// Matches where it stands.
    Empty,
    /// One character.
    Char(char),
    /// One character of a set.
    Set(ClassUnicode),
    /// `^`; of every line with the flag `m`.
    Start { lines: bool },
    /// `$`, likewise.
    End { lines: bool },
    /// `\b`, or `\B` with false: words are made of ASCII letters, digits and `_`.
    Edge(bool),
    /// A group that captures.
    Group(Box<Node>),
    /// Look-around.
    Look { behind: bool, negated: bool, inner: Box<Node> },
    /// What the group with this number captured.
    Back(usize),
    /// One after the other.
    Concat(Vec<Node>),
    /// One of them.
    Choice(Vec<Node>),
    /// So many times.
    Repeat { min: u32, max: Option<u32>, greedy: bool, inner: Box<Node> },
}

impl Node {
    /// The parts one after the other.
    pub(super) fn concat(mut parts: Vec<Node>) -> Node {
        match parts.len() {
            0 => Node::Empty,
            1 => parts.remove(0),
            _ => Node::Concat(parts),
        }
    }

    /// The parts that stand directly in this one.
    pub(super) fn parts(&self) -> &[Node] {
        match self {
            Node::Concat(parts) | Node::Choice(parts) => parts,
            Node::Group(inner) | Node::Look { inner, .. } | Node::Repeat { inner, .. } => std::slice::from_ref(inner),
            _ => &[],
        }
    }

    /// Returns whether this part or one in it fits.
    pub(super) fn any(&self, fits: &dyn Fn(&Node) -> bool) -> bool {
        fits(self) || self.parts().iter().any(|part| part.any(fits))
    }

    /// Returns whether it needs an engine that goes back: look-around, back-references.
    pub(super) fn goes_back(&self) -> bool {
        self.any(&|node| matches!(node, Node::Look { .. } | Node::Back(_)))
    }

    /// Returns the same without look-around, back-references read as empty: what matched before still does, with more.
    pub(super) fn without_look_around(&self) -> Node {
        match self {
            Node::Look { .. } | Node::Back(_) => Node::Empty,
            Node::Concat(parts) => Node::Concat(parts.iter().map(Node::without_look_around).collect()),
            Node::Choice(parts) => Node::Choice(parts.iter().map(Node::without_look_around).collect()),
            Node::Group(inner) => Node::Group(Box::new(inner.without_look_around())),
            Node::Repeat { min, max, greedy, inner } => {
                Node::Repeat { min: *min, max: *max, greedy: *greedy, inner: Box::new(inner.without_look_around()) }
            }
            other => other.clone(),
        }
    }

    /// Returns about how many states an automaton of it has before it is made deterministic.
    pub(super) fn states(&self) -> u64 {
        match self {
            Node::Repeat { min, max, inner, .. } => {
                let times = max.unwrap_or(min.saturating_add(1)).max(1);
                inner.states().saturating_mul(times.into())
            }
            Node::Set(set) => 1 + set.ranges().len() as u64,
            _ => self.parts().iter().fold(1, |sum, part| sum.saturating_add(part.states())),
        }
    }
}

/// A set of characters from inclusive ranges.
pub(super) fn set(ranges: &[(char, char)]) -> ClassUnicode {
    ClassUnicode::new(ranges.iter().map(|(low, high)| ClassUnicodeRange::new(*low, *high)))
}

/// Returns the set of all other characters.
pub(super) fn negated(set: &ClassUnicode) -> ClassUnicode {
    let mut out = set.clone();
    out.negate();
    out
}

/// Every character.
pub(super) fn all() -> ClassUnicode {
    set(&[('\0', char::MAX)])
}

/// `\d`
pub(super) fn digits() -> ClassUnicode {
    set(&[('0', '9')])
}

/// `\w`
pub(super) fn word() -> ClassUnicode {
    set(&[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')])
}

/// `\s`
pub(super) fn space() -> ClassUnicode {
    set(&[
        ('\t', '\r'),
        (' ', ' '),
        ('\u{A0}', '\u{A0}'),
        ('\u{1680}', '\u{1680}'),
        ('\u{2000}', '\u{200A}'),
        ('\u{2028}', '\u{2029}'),
        ('\u{202F}', '\u{202F}'),
        ('\u{205F}', '\u{205F}'),
        ('\u{3000}', '\u{3000}'),
        ('\u{FEFF}', '\u{FEFF}'),
    ])
}

/// What ends a line.
pub(super) fn new_lines() -> ClassUnicode {
    set(&[('\n', '\n'), ('\r', '\r'), ('\u{2028}', '\u{2029}')])
}

/// The character that stands for a UTF-16 code unit: itself, or a private one for half a surrogate pair.
pub(super) fn unit(code: u32) -> u32 {
    if SURROGATES.contains(&code) { code - SURROGATES.start + UNITS } else { code }
}

/// The halves of surrogate pairs.
pub(super) const SURROGATES: std::ops::Range<u32> = 0xD800..0xE000;
/// The first of the characters that stand for them: the last private ones, which no text of code units holds otherwise.
pub(super) const UNITS: u32 = 0x10_F800;
