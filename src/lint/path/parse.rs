//! Path expressions to steps. Two dialects meet in rulesets: a strict one, read here, and an older, laxer one (`lax`) that
//! takes over where the strict grammar fails or where several deep steps follow one another.
//!
//! The strict one has a quirk: `.[` is a deep step.

use super::lax::lax;
use super::script::{self, Script, Type};
use crate::text::Cut;
use std::sync::Arc;

/// One step of a query.
#[derive(Debug, Clone)]
pub(super) enum Op {
    /// This node and every container below it.
    Descend,
    /// Children that fit.
    Child(Selector),
    /// The node itself if it is of a type.
    Is(Type),
    /// The node above.
    Parent,
    /// The key of the node; always last.
    Key,
}

/// Which children.
#[derive(Debug, Clone)]
pub(super) enum Selector {
    Any,
    Names(Vec<String>),
    Filter(Arc<Filter>),
    /// Start, end, step of elements.
    Slice(i64, Option<i64>, i64),
}

/// A filter and its text.
#[derive(Debug)]
pub(super) struct Filter {
    pub(super) text: String,
    pub(super) script: Script,
}

/// A parsed path expression.
#[derive(Debug, Clone)]
pub struct Query {
    pub(super) ops: Vec<Op>,
}

impl Query {
    /// Parses a path expression.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Query, String> {
        let strict = Strict { text, at: 0 }.query();
        match strict {
            Some(Ok(steps)) if !needs_lax(&steps) => Ok(strict_query(steps)),
            Some(Err(error)) => Err(error),
            _ => lax(text),
        }
    }
}

#[derive(Debug)]
enum Step {
    Deep(bool, Selector),
    AllParents,
    Key,
    Parent,
}

struct Strict<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Strict<'t> {
    fn rest(&self) -> &'t str {
        self.text.cut(self.at..)
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    /// `None` when the text is not of this dialect; an error when a filter cannot be read.
    fn query(mut self) -> Option<Result<Vec<Step>, String>> {
        if !self.eat("$") {
            return None;
        }
        let mut steps = Vec::new();
        let rest = self.rest();
        if rest.starts_with("..") && rest.cut(2..).chars().all(|c| c == '~' || c == '^') {
            self.at += 2;
            steps.push(Step::AllParents);
        }
        while let Some(deep) = self.descendant() {
            match self.node()? {
                Ok(selector) => steps.push(Step::Deep(deep, selector)),
                Err(error) => return Some(Err(error)),
            }
        }
        while !self.rest().is_empty() {
            if self.eat("~") {
                steps.push(Step::Key);
            } else if self.eat("^") {
                steps.push(Step::Parent);
            } else {
                return None;
            }
        }
        Some(Ok(steps))
    }

    fn descendant(&mut self) -> Option<bool> {
        let rest = self.rest();
        if rest.starts_with("..") {
            self.at += 2;
            Some(true)
        } else if rest.starts_with(".[") {
            self.at += 1;
            Some(true)
        } else if rest.starts_with('.') {
            self.at += 1;
            Some(false)
        } else if rest.starts_with(['@', '[']) {
            Some(false)
        } else {
            None
        }
    }

    fn node(&mut self) -> Option<Result<Selector, String>> {
        if let Some(name) = self.identifier() {
            return Some(Ok(Selector::Names(vec![name])));
        }
        if self.eat("*") || self.eat("[*]") {
            return Some(Ok(Selector::Any));
        }
        if self.rest().starts_with('@') {
            let rest = self.rest().trim_start_matches('@');
            let end = rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(rest.len());
            if !rest.cut(end..).starts_with("()") {
                return None;
            }
            let text = format!("@{}()", rest.cut(..end));
            self.at = self.text.len() - rest.len() + end + 2;
            return Some(filter(&text));
        }
        if !self.eat("[") {
            return None;
        }
        if self.eat("?(") {
            let inside = self.rest();
            let end = script_end(inside)?;
            self.at += end;
            return (self.eat(")") && self.eat("]")).then(|| filter(inside.cut(..end)));
        }
        if self.eat("(") {
            let end = self.rest().find(")]")?;
            let number = self.rest().cut(..end).strip_prefix("@.length")?.trim().strip_prefix('-')?.trim().parse().ok();
            self.at += end + 2;
            return number.map(|number: i64| Ok(Selector::Slice(-number, None, 1)));
        }
        let inside = self.rest();
        let mut names = Vec::new();
        let mut rest = inside;
        loop {
            if let Some(after) = rest.strip_prefix(']') {
                if names.is_empty() {
                    return None;
                }
                self.at = self.text.len() - after.len();
                return Some(Ok(Selector::Names(names)));
            }
            let Some((name, after)) = member_identifier(rest) else { break };
            names.push(name);
            rest = after.strip_prefix(',').unwrap_or(after);
        }
        let end = inside.find(']')?;
        let slice = slice(inside.cut(..end))?;
        self.at += end + 1;
        Some(Ok(slice))
    }

    fn identifier(&mut self) -> Option<String> {
        let rest = self.rest();
        let end = rest.find(|c| !is_identifier(c)).unwrap_or(rest.len());
        self.at += end;
        (end > 0).then(|| rest.cut(..end).to_owned())
    }
}

fn is_identifier(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '$' | '_' | '-')
}

fn member_identifier(text: &str) -> Option<(String, &str)> {
    if let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let end = text.cut(1..).find(quote)?;
        return Some((text.cut(1..=end).to_owned(), text.cut(end + 2..)));
    }
    let end = text.find(|c| !is_identifier(c)).unwrap_or(text.len());
    // A lone hyphen or a number with one is a slice, unless a comma or the bracket follows.
    (end > 0).then(|| (text.cut(..end).to_owned(), text.cut(end..))).filter(|(_, rest)| !rest.starts_with(':'))
}

/// A slice: `start:end:step`, each part optional.
pub(super) fn slice(text: &str) -> Option<Selector> {
    let mut parts = text.split(':');
    let mut part = || match parts.next() {
        None | Some("") => Some(None),
        Some(text) => text.parse::<i64>().ok().map(Some),
    };
    let (start, end, step) = (part()?, part()?, part()?);
    text.contains(':').then(|| Selector::Slice(start.unwrap_or(0), end, step.unwrap_or(1).max(1)))
}

/// Where the script ends that begins `text`, by the tokens that the strict dialect allows in it.
fn script_end(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' | '\'' => loop {
                let (_, next) = chars.next()?;
                if next == c {
                    break;
                }
            },
            '(' => depth += 1,
            ')' if depth == 0 => return (at > 0).then_some(at),
            ')' => depth -= 1,
            _ if c.is_ascii_alphanumeric() || " \t$@.,_=<>!|&+~%^*/;-[]".contains(c) => {}
            _ => return None,
        }
    }
    None
}

/// A filter from the text of its script.
pub(super) fn filter(text: &str) -> Result<Selector, String> {
    let script = script::parse(text)?;
    Ok(Selector::Filter(Arc::new(Filter { text: text.to_owned(), script })))
}

/// Whether the strict engine would give up on this combination of deep steps.
fn needs_lax(steps: &[Step]) -> bool {
    let mut nodes: Vec<(bool, bool, bool)> = Vec::new();
    for step in steps {
        match step {
            Step::Deep(deep, selector) => nodes.push((
                *deep,
                matches!(selector, Selector::Names(names) if names.len() == 1),
                matches!(selector, Selector::Any),
            )),
            _ => nodes.push((false, false, false)),
        }
    }
    let mut seen_deep = false;
    let mut at = 0;
    while at < nodes.len() {
        let (deep, member, _) = nodes[at];
        if !deep {
            at += 1;
            continue;
        }
        if seen_deep {
            return true;
        }
        if !member {
            seen_deep = true;
            at += 1;
            continue;
        }
        let (mut flat, mut count) = (false, 1);
        at += 1;
        while at + 1 < nodes.len() {
            let (deep, member, wildcard) = nodes[at];
            at += 1;
            if !deep {
                flat |= member || wildcard;
                continue;
            }
            count += 1;
            if !(member || wildcard) || flat {
                return true;
            }
        }
        let Some(&(deep, _, wildcard)) = nodes.last() else { return false };
        return if deep { flat || wildcard } else { count > 1 };
    }
    false
}

fn strict_query(mut steps: Vec<Step>) -> Query {
    let (mut key, mut parents) = (false, 0);
    while let Some(last) = steps.pop_if(|step| matches!(step, Step::Key | Step::Parent)) {
        if matches!(last, Step::Key) {
            key = true;
            parents = 0;
        } else {
            parents += 1;
        }
    }
    let mut ops = Vec::new();
    let mut pending_deep = false;
    let last = steps.len().saturating_sub(1);
    for (at, step) in steps.into_iter().enumerate() {
        match step {
            Step::AllParents => ops.push(Op::Descend),
            // A deep wildcard before another step only makes that step deep.
            Step::Deep(true, Selector::Any) if at != last => pending_deep = true,
            Step::Deep(deep, selector) => {
                if deep || pending_deep {
                    ops.push(Op::Descend);
                }
                pending_deep = false;
                ops.push(Op::Child(selector));
            }
            Step::Key | Step::Parent => {}
        }
    }
    ops.extend(std::iter::repeat_n(Op::Parent, parents));
    if key {
        ops.push(Op::Key);
    }
    Query { ops }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_before_a_bracket_is_deep() {
        let query = Query::parse("$.paths.[get]").unwrap();
        assert!(matches!(query.ops[..], [Op::Child(_), Op::Descend, Op::Child(_)]));
    }
}
