//! Filters: the part of JavaScript that rulesets use between `?(` and `)`. Text in, [`Script`] out.
//!
//! Precedence follows `jsep`, with `in` at 12 and `~=` at 20 as path engines add them.

use crate::pattern::Pattern;
use crate::text::Cut;

/// A parsed expression.
#[derive(Debug, Clone)]
pub(super) enum Script {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    /// `/re/flags`; `None` when it cannot be compiled: using it fails.
    Regex(Option<Box<Pattern>>),
    /// `@`
    Value,
    Property,
    Path,
    Root,
    Parent,
    ParentProperty,
    /// `@string()` and the like.
    Is(Type),
    List(Vec<Script>),
    Member(Box<Script>, String),
    Index(Box<Script>, Box<Script>),
    Call(Box<Script>, String, Vec<Script>),
    Not(Box<Script>),
    Negate(Box<Script>),
    /// `void x`
    Void,
    TypeOf(Box<Script>),
    And(Box<Script>, Box<Script>),
    Or(Box<Script>, Box<Script>),
    Binary(Operator, Box<Script>, Box<Script>),
    Choice(Box<Script>, Box<Script>, Box<Script>),
}

/// Binary operators other than `&&` and `||`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    StrictEqual,
    StrictNotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    /// Is an element of the list.
    In,
    /// Matches the pattern.
    Matches,
}

/// The types that `@type()` tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    String,
    Number,
    Integer,
    Boolean,
    Scalar,
    Array,
    Object,
    Null,
}

impl Type {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "string" => Type::String,
            "number" => Type::Number,
            "integer" => Type::Integer,
            "boolean" => Type::Boolean,
            "scalar" => Type::Scalar,
            "array" => Type::Array,
            "object" => Type::Object,
            "null" => Type::Null,
            _ => return None,
        })
    }
}

/// Parses an expression.
pub(super) fn parse(text: &str) -> Result<Script, String> {
    let mut parser = Parser { text, at: 0, depth: 0 };
    let script = parser.choice()?;
    parser.space();
    if parser.at < text.len() {
        return Err(format!("unexpected `{}` in the filter `{text}`", text.cut(parser.at..)));
    }
    Ok(script)
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

/// Operators by precedence, longest spelling first within one level.
const LEVELS: [&[(&str, Option<Operator>)]; 7] = [
    &[("||", None)],
    &[("&&", None)],
    &[
        ("===", Some(Operator::StrictEqual)),
        ("!==", Some(Operator::StrictNotEqual)),
        ("==", Some(Operator::Equal)),
        ("!=", Some(Operator::NotEqual)),
    ],
    &[
        ("<=", Some(Operator::LessEqual)),
        (">=", Some(Operator::GreaterEqual)),
        ("<", Some(Operator::Less)),
        (">", Some(Operator::Greater)),
        ("in ", Some(Operator::In)),
        ("in[", Some(Operator::In)),
    ],
    &[("+", Some(Operator::Add)), ("-", Some(Operator::Subtract))],
    &[("*", Some(Operator::Multiply)), ("/", Some(Operator::Divide)), ("%", Some(Operator::Remainder))],
    &[("~=", Some(Operator::Matches))],
];

/// Deepest nesting of a filter.
const MAX_DEPTH: usize = 64;

impl<'t> Parser<'t> {
    fn rest(&self) -> &'t str {
        self.text.cut(self.at..)
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn eat(&mut self, token: &str) -> bool {
        self.space();
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.eat(token) {
            return Ok(());
        }
        let found = self.rest().chars().next().map_or("the end".to_owned(), |c| format!("`{c}`"));
        Err(format!("expected `{token}` but found {found} in the filter `{}`", self.text))
    }

    fn choice(&mut self) -> Result<Script, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("the filter `{}` is nested too deeply", self.text));
        }
        let test = self.level(0)?;
        let script = if self.eat("?") {
            let yes = self.choice()?;
            self.expect(":")?;
            Script::Choice(Box::new(test), Box::new(yes), Box::new(self.choice()?))
        } else {
            test
        };
        self.depth -= 1;
        Ok(script)
    }

    fn level(&mut self, level: usize) -> Result<Script, String> {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.level(level + 1)?;
        loop {
            self.space();
            let rest = self.rest();
            // `!=` must not be taken from `!==`, and so on: the lists have the longer first.
            let Some((token, operator)) = operators.iter().find(|(token, _)| rest.starts_with(token)) else { break };
            self.at += token.trim_end_matches([' ', '[']).len();
            let right = self.level(level + 1)?;
            left = match operator {
                Some(operator) => Script::Binary(*operator, Box::new(left), Box::new(pattern_of(*operator, right))),
                None if *token == "||" => Script::Or(Box::new(left), Box::new(right)),
                None => Script::And(Box::new(left), Box::new(right)),
            };
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Script, String> {
        self.space();
        let rest = self.rest();
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("the filter `{}` is nested too deeply", self.text));
        }
        let word = |word: &str| rest.strip_prefix(word).is_some_and(|after| !after.starts_with(is_name));
        let script = if rest.starts_with('!') {
            self.at += 1;
            Script::Not(Box::new(self.unary()?))
        } else if rest.starts_with('-') {
            self.at += 1;
            Script::Negate(Box::new(self.unary()?))
        } else if rest.starts_with('+') {
            self.at += 1;
            Script::Negate(Box::new(Script::Negate(Box::new(self.unary()?))))
        } else if word("void") {
            self.at += 4;
            self.unary()?;
            Script::Void
        } else if word("typeof") {
            self.at += 6;
            Script::TypeOf(Box::new(self.unary()?))
        } else {
            self.postfix()?
        };
        self.depth -= 1;
        Ok(script)
    }

    fn postfix(&mut self) -> Result<Script, String> {
        let mut script = self.primary()?;
        loop {
            self.space();
            if self.rest().starts_with("?.") {
                self.at += 1;
            }
            if self.eat(".") {
                self.space();
                let name = self.name();
                if name.is_empty() {
                    return Err(format!("a name is missing after `.` in the filter `{}`", self.text));
                }
                script = if self.eat("(") {
                    Script::Call(Box::new(script), name, self.list(")")?)
                } else {
                    Script::Member(Box::new(script), name)
                };
            } else if self.eat("[") {
                let index = self.choice()?;
                self.expect("]")?;
                script = match index {
                    Script::Text(name) => Script::Member(Box::new(script), name),
                    index => Script::Index(Box::new(script), Box::new(index)),
                };
            } else {
                return Ok(script);
            }
        }
    }

    fn list(&mut self, close: &str) -> Result<Vec<Script>, String> {
        let mut list = Vec::new();
        if self.eat(close) {
            return Ok(list);
        }
        loop {
            list.push(self.choice()?);
            if self.eat(close) {
                return Ok(list);
            }
            self.expect(",")?;
        }
    }

    fn name(&mut self) -> String {
        let rest = self.rest();
        let end = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
        self.at += end;
        rest.cut(..end).to_owned()
    }

    fn primary(&mut self) -> Result<Script, String> {
        self.space();
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return Err(format!("the filter `{}` ends too early", self.text));
        };
        match first {
            '(' => {
                self.at += 1;
                let inner = self.choice()?;
                self.expect(")")?;
                Ok(inner)
            }
            '[' => {
                self.at += 1;
                Ok(Script::List(self.list("]")?))
            }
            '\'' | '"' => self.text_literal(first),
            '/' => self.regex(),
            '@' => self.at_word(),
            _ if first.is_ascii_digit()
                || (first == '.' && rest.cut(1..).starts_with(|c: char| c.is_ascii_digit())) =>
            {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(rest.len());
                self.at += end;
                rest.cut(..end)
                    .parse()
                    .map(Script::Number)
                    .map_err(|_| format!("`{}` is not a number", rest.cut(..end)))
            }
            _ if is_name(first) => {
                let name = self.name();
                match name.as_str() {
                    "undefined" => Ok(Script::Undefined),
                    "null" => Ok(Script::Null),
                    "true" => Ok(Script::Bool(true)),
                    "false" => Ok(Script::Bool(false)),
                    _ => Err(format!("`{name}` is not defined in the filter `{}`", self.text)),
                }
            }
            _ => Err(format!("unexpected `{first}` in the filter `{}`", self.text)),
        }
    }

    fn at_word(&mut self) -> Result<Script, String> {
        self.at += 1;
        let name = self.name();
        if let Some(ty) = Type::named(&name) {
            self.eat("()");
            return Ok(Script::Is(ty));
        }
        match name.as_str() {
            "" => Ok(Script::Value),
            "property" => Ok(Script::Property),
            "path" => Ok(Script::Path),
            "root" => Ok(Script::Root),
            "parent" => Ok(Script::Parent),
            "parentProperty" => Ok(Script::ParentProperty),
            _ => Err(format!("there is no `@{name}` in filters: `{}`", self.text)),
        }
    }

    fn text_literal(&mut self, quote: char) -> Result<Script, String> {
        let mut out = String::new();
        let mut chars = self.rest().cut(1..).char_indices();
        while let Some((at, c)) = chars.next() {
            if c == quote {
                self.at += at + 2;
                return Ok(Script::Text(out));
            }
            if c != '\\' {
                out.push(c);
                continue;
            }
            match chars.next() {
                Some((_, 'n')) => out.push('\n'),
                Some((_, 'r')) => out.push('\r'),
                Some((_, 't')) => out.push('\t'),
                Some((_, 'b')) => out.push('\u{8}'),
                Some((_, 'f')) => out.push('\u{c}'),
                Some((_, 'v')) => out.push('\u{b}'),
                Some((_, c)) => out.push(c),
                None => break,
            }
        }
        Err(format!("a text is not closed in the filter `{}`", self.text))
    }

    fn regex(&mut self) -> Result<Script, String> {
        let rest = self.rest().cut(1..);
        let (mut escaped, mut in_class) = (false, false);
        for (at, c) in rest.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '[' => in_class = true,
                ']' => in_class = false,
                '/' if !in_class => {
                    let flags = rest.cut(at + 1..);
                    let end = flags.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(flags.len());
                    self.at += at + 2 + end;
                    return Ok(Script::Regex(Pattern::with_flags(rest.cut(..at), flags.cut(..end)).ok().map(Box::new)));
                }
                _ => {}
            }
        }
        Err(format!("a regular expression is not closed in the filter `{}`", self.text))
    }
}

/// `x ~= 'text'` and `.match('text')` compile their text once.
fn pattern_of(operator: Operator, right: Script) -> Script {
    match right {
        Script::Text(text) if operator == Operator::Matches => {
            Script::Regex(Pattern::with_flags(&text, "").ok().map(Box::new))
        }
        other => other,
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}
