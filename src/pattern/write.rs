//! The tree in the notation of other engines.

use super::tree::Node;
use regex_syntax::hir::ClassUnicode;
use std::fmt::Write as _;

/// Whom a pattern is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// `regex` and `regex-syntax`: no look-around, no back-references.
    Linear,
    /// `fancy-regex`, which knows no words of ASCII alone; groups keep their numbers.
    Backtracking { ignore_case: bool },
    /// ECMA-262 with the flag `u`, in the words that every dialect reads alike.
    Ecma,
}

const EDGE: &str = "(?:(?<=[A-Za-z0-9_])(?![A-Za-z0-9_])|(?<![A-Za-z0-9_])(?=[A-Za-z0-9_]))";
const NO_EDGE: &str = "(?:(?<=[A-Za-z0-9_])(?=[A-Za-z0-9_])|(?<![A-Za-z0-9_])(?![A-Za-z0-9_]))";

/// Writes a pattern.
pub(super) fn write(node: &Node, reader: Reader) -> String {
    let mut out = String::new();
    part(node, reader, &mut out);
    out
}

fn part(node: &Node, reader: Reader, out: &mut String) {
    match node {
        Node::Empty => {}
        Node::Char(c) => literal(*c, reader, out),
        Node::Set(set) => class(set, reader, out),
        Node::Start { .. } | Node::End { .. } if reader == Reader::Ecma => {
            out.push(if matches!(node, Node::Start { .. }) { '^' } else { '$' });
        }
        Node::Start { lines } => out.push_str(if *lines { "(?m:^)" } else { r"\A" }),
        Node::End { lines } => out.push_str(if *lines { "(?m:$)" } else { r"\z" }),
        Node::Edge(edge) if reader == Reader::Linear => {
            out.push_str(if *edge { r"(?-u:\b)" } else { r"(?-u:\B)" });
        }
        Node::Edge(edge) => out.push_str(if *edge { EDGE } else { NO_EDGE }),
        Node::Group(inner) => {
            out.push_str(if reader == Reader::Linear { "(?:" } else { "(" });
            part(inner, reader, out);
            out.push(')');
        }
        Node::Look { behind, negated, inner } => {
            out.push_str(match (behind, negated) {
                (false, false) => "(?=",
                (false, true) => "(?!",
                (true, false) => "(?<=",
                (true, true) => "(?<!",
            });
            part(inner, reader, out);
            out.push(')');
        }
        Node::Back(number) => back(*number, reader, out),
        Node::Concat(parts) => {
            for one in parts {
                let alone = !matches!(one, Node::Choice(_) | Node::Concat(_));
                if alone { part(one, reader, out) } else { grouped(one, reader, out) }
            }
        }
        Node::Choice(parts) => {
            for (at, one) in parts.iter().enumerate() {
                if at > 0 {
                    out.push('|');
                }
                if let Node::Choice(_) = one { grouped(one, reader, out) } else { part(one, reader, out) }
            }
        }
        Node::Repeat { min, max, greedy, inner } => {
            if let Node::Char(_) | Node::Set(_) | Node::Group(_) = **inner {
                part(inner, reader, out);
            } else {
                grouped(inner, reader, out);
            }
            quantifier(*min, *max, out);
            if !greedy {
                out.push('?');
            }
        }
    }
}

fn grouped(node: &Node, reader: Reader, out: &mut String) {
    out.push_str("(?:");
    part(node, reader, out);
    out.push(')');
}

/// A group that did not take part is empty.
fn back(number: usize, reader: Reader, out: &mut String) {
    let _ = match reader {
        Reader::Backtracking { ignore_case: true } => write!(out, r"(?({number})(?i:\{number})|)"),
        Reader::Backtracking { .. } => write!(out, r"(?({number})\{number}|)"),
        _ => write!(out, r"(?:\{number})"),
    };
}

fn quantifier(min: u32, max: Option<u32>, out: &mut String) {
    let _ = match (min, max) {
        (0, None) => write!(out, "*"),
        (1, None) => write!(out, "+"),
        (0, Some(1)) => write!(out, "?"),
        (min, None) => write!(out, "{{{min},}}"),
        (min, Some(max)) if min == max => write!(out, "{{{min}}}"),
        (min, Some(max)) => write!(out, "{{{min},{max}}}"),
    };
}

fn class(set: &ClassUnicode, reader: Reader, out: &mut String) {
    let ranges = set.ranges();
    match ranges {
        [] if reader == Reader::Ecma => return out.push_str("(?!)"),
        [] => return out.push_str(r"[^\x{0}-\x{10FFFF}]"),
        [all] if (all.start(), all.end()) == ('\0', char::MAX) => {
            return out.push_str(if reader == Reader::Ecma { r"[\s\S]" } else { "(?s:.)" });
        }
        _ => {}
    }
    out.push('[');
    for range in ranges {
        literal(range.start(), reader, out);
        if range.start() < range.end() {
            out.push('-');
            literal(range.end(), reader, out);
        }
    }
    out.push(']');
}

fn literal(c: char, reader: Reader, out: &mut String) {
    if c.is_ascii_alphanumeric() {
        out.push(c);
        return;
    }
    let mark = if reader == Reader::Ecma { 'u' } else { 'x' };
    let _ = write!(out, r"\{mark}{{{:X}}}", u32::from(c));
}
