//! The reader of patterns: the grammar of ECMA-262 (section 22.2.1) with the flag `u` or `v`, and that of its Annex B.1.2
//! without.
//!
//! Takes source and flags; gives the tree, or what is wrong in the words that engines of JavaScript have for it. Without
//! the flags `u` and `v` a pattern sees UTF-16 code units: halves of surrogate pairs stand as private characters, see
//! [`super::tree::unit`].

use super::Flags;
use super::tree::{Node, all, negated, new_lines, set, unit};
use crate::text::Cut;
use regex_syntax::hir::ClassUnicode;

/// Deepest nesting of groups and classes.
pub(super) const MAX_DEPTH: usize = 100;

/// Why a pattern cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is not one, for this reason.
    Invalid(&'static str),
    /// It is one, with a property of characters that there is no table of here.
    Unsupported,
}

impl From<&'static str> for Fault {
    fn from(reason: &'static str) -> Self {
        Fault::Invalid(reason)
    }
}

/// Reads a pattern.
pub(super) fn parse(source: &str, flags: Flags) -> Result<Node, Fault> {
    let unicode = flags.unicode || flags.sets;
    let units: Vec<u32> =
        if unicode { source.chars().map(u32::from).collect() } else { source.encode_utf16().map(u32::from).collect() };
    let (groups, names) = groups(&units);
    let mut parser = Parser { units, at: 0, flags, unicode, groups, names, seen: Vec::new(), depth: 0 };
    let node = parser.choice()?;
    if parser.peek().is_some() {
        return Err("Unmatched ')'".into());
    }
    Ok(node)
}

/// The number of capturing groups, and the names among them with their numbers.
fn groups(units: &[u32]) -> (usize, Vec<(String, usize)>) {
    let (mut count, mut names, mut in_class) = (0, Vec::new(), false);
    let mut at = 0;
    while let Some(code) = units.get(at).copied() {
        match char::from_u32(code) {
            Some('\\') => at += 1,
            Some('[') => in_class = true,
            Some(']') => in_class = false,
            Some('(') if !in_class => {
                let next = |offset: usize| units.get(at + offset).copied().and_then(char::from_u32);
                if next(1) != Some('?') {
                    count += 1;
                } else if next(2) == Some('<') && !matches!(next(3), Some('=' | '!')) {
                    count += 1;
                    let name = units[at + 3..].iter().map_while(|c| char::from_u32(*c)).take_while(|c| *c != '>');
                    names.push((name.take(MAX_NAME).collect(), count));
                }
            }
            _ => {}
        }
        at += 1;
    }
    (count, names)
}

/// Characters of the name of a group, at most: patterns are hostile.
const MAX_NAME: usize = 200;

pub(super) struct Parser {
    pub(super) units: Vec<u32>,
    pub(super) at: usize,
    pub(super) flags: Flags,
    /// Whether it sees characters, not code units.
    pub(super) unicode: bool,
    groups: usize,
    names: Vec<(String, usize)>,
    seen: Vec<String>,
    pub(super) depth: usize,
}

/// What may follow an atom.
enum After {
    Quantifier,
    /// None, for this reason.
    Nothing(&'static str),
}

/// How a group begins.
#[derive(Clone, Copy)]
enum Open {
    /// `(?:`
    Plain,
    Group,
    Look {
        behind: bool,
        negated: bool,
    },
}

impl Parser {
    pub(super) fn peek(&self) -> Option<char> {
        self.peek_at(0)
    }

    /// A character some units on; halves of surrogate pairs have none.
    pub(super) fn peek_at(&self, offset: usize) -> Option<char> {
        self.units.get(self.at + offset).map(|code| char::from_u32(*code).unwrap_or('\u{FFFD}'))
    }

    pub(super) fn eat(&mut self, token: &str) -> bool {
        let found = token.chars().enumerate().all(|(offset, c)| self.peek_at(offset) == Some(c));
        if found {
            self.at += token.chars().count();
        }
        found
    }

    fn choice(&mut self) -> Result<Node, Fault> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("Regular expression too large".into());
        }
        let (mut branches, mut parts) = (Vec::new(), Vec::new());
        // Groups in different branches may have one name.
        let (outside, mut aside) = (self.seen.len(), Vec::new());
        loop {
            match self.peek() {
                None | Some(')') => break,
                Some('|') => {
                    self.at += 1;
                    aside.extend(self.seen.drain(outside..));
                    branches.push(Node::concat(std::mem::take(&mut parts)));
                }
                Some(_) => parts.push(self.term()?),
            }
        }
        self.depth -= 1;
        self.seen.append(&mut aside);
        let last = Node::concat(parts);
        if branches.is_empty() {
            return Ok(last);
        }
        branches.push(last);
        Ok(Node::Choice(branches))
    }

    /// An atom with its quantifier.
    fn term(&mut self) -> Result<Node, Fault> {
        let (atom, after) = self.atom()?;
        match after {
            After::Quantifier => self.quantifier(atom),
            After::Nothing(error) => {
                let found = matches!(self.peek(), Some('*' | '+' | '?')) || self.bounds().is_some();
                if found { Err(error.into()) } else { Ok(atom) }
            }
        }
    }

    fn atom(&mut self) -> Result<(Node, After), Fault> {
        let Some(c) = self.peek() else { return Ok((Node::Empty, After::Quantifier)) };
        let lines = self.flags.lines;
        let node = match c {
            '^' | '$' => {
                self.at += 1;
                let node = if c == '^' { Node::Start { lines } } else { Node::End { lines } };
                return Ok((node, After::Nothing("Nothing to repeat")));
            }
            '\\' if matches!(self.peek_at(1), Some('b' | 'B')) => {
                let edge = self.peek_at(1) == Some('b');
                self.at += 2;
                return Ok((Node::Edge(edge), After::Nothing("Nothing to repeat")));
            }
            '(' => {
                let (node, open) = self.group()?;
                match open {
                    Open::Look { behind, .. } if behind || self.unicode => {
                        return Ok((node, After::Nothing("Invalid quantifier")));
                    }
                    _ => node,
                }
            }
            '*' | '+' | '?' => return Err("Nothing to repeat".into()),
            '{' if self.unicode => return Err("Lone quantifier brackets".into()),
            '{' if self.bounds().is_some() => return Err("Nothing to repeat".into()),
            ']' | '}' if self.unicode => return Err("Lone quantifier brackets".into()),
            '[' => Node::Set(self.class()?),
            '\\' => self.escape()?,
            '.' => {
                self.at += 1;
                Node::Set(if self.flags.dot_all { all() } else { negated(&new_lines()) })
            }
            _ => {
                let code = self.units[self.at];
                self.at += 1;
                self.code(code)
            }
        };
        Ok((node, After::Quantifier))
    }

    fn quantifier(&mut self, atom: Node) -> Result<Node, Fault> {
        let (min, max) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => match self.bounds() {
                Some((low, high, length)) => {
                    if high.is_some_and(|high| high < low) {
                        return Err("numbers out of order in {} quantifier".into());
                    }
                    self.at += length - 1;
                    (low, high)
                }
                None if self.unicode => return Err("Incomplete quantifier".into()),
                None => return Ok(atom),
            },
            _ => return Ok(atom),
        };
        self.at += 1;
        let greedy = !self.eat("?");
        // Looking is done once or not at all.
        if let Node::Look { .. } = atom {
            return Ok(if min == 0 { Node::Empty } else { atom });
        }
        Ok(Node::Repeat { min, max, greedy, inner: Box::new(atom) })
    }

    /// `{n}`, `{n,}` or `{n,m}` here: the numbers and the length.
    fn bounds(&self) -> Option<(u32, Option<u32>, usize)> {
        let rest: String = self.units[self.at..].iter().map_while(|c| char::from_u32(*c)).take(40).collect();
        let inside = rest.strip_prefix('{')?;
        let end = inside.find('}')?;
        let (low, high) =
            inside.cut(..end).split_once(',').map_or((inside.cut(..end), None), |(low, high)| (low, Some(high)));
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if low.is_empty() || !digits(low) || !high.is_none_or(digits) {
            return None;
        }
        let number = |text: &str| text.parse::<u32>().unwrap_or(u32::MAX);
        let low = number(low);
        let high = match high {
            None => Some(low),
            Some("") => None,
            Some(high) => Some(number(high)),
        };
        Some((low, high, end + 2))
    }

    fn group(&mut self) -> Result<(Node, Open), Fault> {
        self.at += 1;
        let look = |behind, negated| Open::Look { behind, negated };
        let open = if !self.eat("?") {
            Open::Group
        } else if self.eat(":") {
            Open::Plain
        } else if self.eat("=") {
            look(false, false)
        } else if self.eat("!") {
            look(false, true)
        } else if self.eat("<=") {
            look(true, false)
        } else if self.eat("<!") {
            look(true, true)
        } else if self.eat("<") {
            let name = self.name().ok_or("Invalid capture group name")?;
            if self.seen.contains(&name) {
                return Err("Duplicate capture group name".into());
            }
            self.seen.push(name);
            Open::Group
        } else {
            return Err("Invalid group".into());
        };
        let inner = self.choice()?;
        if !self.eat(")") {
            return Err("Unterminated group".into());
        }
        let node = match open {
            Open::Plain => inner,
            Open::Group => Node::Group(Box::new(inner)),
            Open::Look { behind, negated } => Node::Look { behind, negated, inner: Box::new(inner) },
        };
        Ok((node, open))
    }

    /// `name>`
    fn name(&mut self) -> Option<String> {
        let mut name = String::new();
        loop {
            let c = self.peek()?;
            self.at += 1;
            if c == '>' {
                return Some(name).filter(|name| !name.is_empty());
            }
            let fits = c.is_alphabetic() || matches!(c, '_' | '$') || (!name.is_empty() && c.is_numeric());
            if !fits || name.chars().count() >= MAX_NAME {
                return None;
            }
            name.push(c);
        }
    }

    /// A code as a literal.
    pub(super) fn code(&self, code: u32) -> Node {
        let code = if self.unicode { code } else { unit(code) };
        match char::from_u32(code) {
            Some(c) if !self.flags.ignore_case => Node::Char(c),
            Some(c) => Node::Set(self.folded(set(&[(c, c)]))),
            // Texts hold no lone surrogates.
            None => Node::Set(ClassUnicode::empty()),
        }
    }

    fn escape(&mut self) -> Result<Node, Fault> {
        let Some(c) = self.peek_at(1) else { return Err(r"\ at end of pattern".into()) };
        match c {
            '1'..='9' => {
                let digits: String =
                    (1..).map_while(|at| self.peek_at(at)).take_while(char::is_ascii_digit).take(20).collect();
                let number: usize = digits.parse().unwrap_or(usize::MAX);
                if number <= self.groups {
                    self.at += 1 + digits.len();
                    return Ok(Node::Back(number));
                }
                if self.unicode {
                    return Err("Invalid escape".into());
                }
            }
            'k' if self.unicode || !self.names.is_empty() => {
                self.at += 2;
                let name = if self.eat("<") { self.name() } else { None };
                let name = name.ok_or("Invalid named reference")?;
                // Of groups in different branches one took part; the others are empty.
                let known = self.names.iter().filter(|(known, _)| *known == name);
                let all: Vec<Node> = known.map(|(_, number)| Node::Back(*number)).collect();
                return if all.is_empty() {
                    Err("Invalid named capture referenced".into())
                } else {
                    Ok(Node::concat(all))
                };
            }
            _ => {}
        }
        match self.class_escape(false)? {
            super::class::Member::Code(code) => Ok(self.code(code)),
            super::class::Member::Set(set) => Ok(Node::Set(set)),
        }
    }
}
