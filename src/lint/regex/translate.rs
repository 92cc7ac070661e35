//! The source of a JavaScript regular expression to the syntax of the engines that run it here.
//!
//! Takes source and flags; gives the translation, or what is wrong in the words that engines of JavaScript have for it.
//! Without the flags `u` and `v` a pattern sees UTF-16 code units: halves of surrogate pairs stand as private characters,
//! see [`unit`].

use crate::text::Cut;
use std::fmt::Write as _;

/// A translated pattern.
pub(super) struct Translated {
    pub(super) text: String,
    /// It looks around or refers back, which only the backtracking engine can do.
    pub(super) fancy: bool,
}

/// The character that stands for a UTF-16 code unit: itself, or a private one for half a surrogate pair.
pub(super) fn unit(code: u32) -> u32 {
    if (0xD800..0xE000).contains(&code) { code - 0xD800 + 0x10_F800 } else { code }
}

const EDGE: &str = r"(?-u:\b)";
const NO_EDGE: &str = r"(?-u:\B)";
const LOOK_AT_EDGE: &str = "(?:(?<=[A-Za-z0-9_])(?![A-Za-z0-9_])|(?<![A-Za-z0-9_])(?=[A-Za-z0-9_]))";
const LOOK_AT_NO_EDGE: &str = "(?:(?<=[A-Za-z0-9_])(?=[A-Za-z0-9_])|(?<![A-Za-z0-9_])(?![A-Za-z0-9_]))";
/// Deepest nesting of groups and classes.
pub(super) const MAX_DEPTH: usize = 100;

/// Translates a pattern; `flags` were checked.
pub(super) fn translate(source: &str, flags: &str) -> Result<Translated, &'static str> {
    let unicode = flags.contains(['u', 'v']);
    let units: Vec<u32> =
        if unicode { source.chars().map(u32::from).collect() } else { source.encode_utf16().map(u32::from).collect() };
    let (groups, names) = groups(&units);
    let mut translator = Translator {
        units,
        at: 0,
        unicode,
        sets: flags.contains('v'),
        dot_all: flags.contains('s'),
        groups,
        names,
        seen: Vec::new(),
        depth: 0,
        text: String::new(),
        fancy: false,
    };
    translator.choice()?;
    if translator.peek().is_some() {
        return Err("Unmatched ')'");
    }
    let Translator { mut text, fancy, .. } = translator;
    if fancy {
        // That engine knows no words of ASCII alone.
        text = text.replace(EDGE, LOOK_AT_EDGE).replace(NO_EDGE, LOOK_AT_NO_EDGE);
    }
    Ok(Translated { text, fancy })
}

/// The number of capturing groups, and the names among them with their numbers.
fn groups(units: &[u32]) -> (usize, Vec<(String, usize)>) {
    let (mut count, mut names, mut in_class) = (0, Vec::new(), false);
    let mut at = 0;
    while let Some(c) = units.get(at).copied().and_then(char::from_u32) {
        match c {
            '\\' => at += 1,
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => {
                let next = |offset: usize| units.get(at + offset).copied().and_then(char::from_u32);
                if next(1) != Some('?') {
                    count += 1;
                } else if next(2) == Some('<') && !matches!(next(3), Some('=' | '!')) {
                    count += 1;
                    let name = units[at + 3..].iter().map_while(|c| char::from_u32(*c)).take_while(|c| *c != '>');
                    names.push((name.collect(), count));
                }
            }
            _ => {}
        }
        at += 1;
    }
    (count, names)
}

/// One element of a class.
pub(super) enum Member {
    Code(u32),
    /// Letters of a set, such as `0-9`, or a whole set in brackets.
    Set(String),
}

pub(super) struct Translator {
    pub(super) units: Vec<u32>,
    pub(super) at: usize,
    pub(super) unicode: bool,
    pub(super) sets: bool,
    dot_all: bool,
    groups: usize,
    names: Vec<(String, usize)>,
    seen: Vec<String>,
    pub(super) depth: usize,
    text: String,
    fancy: bool,
}

impl Translator {
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

    fn choice(&mut self) -> Result<(), &'static str> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("Regular expression too large");
        }
        loop {
            match self.peek() {
                None | Some(')') => break,
                Some('|') => {
                    self.at += 1;
                    self.text.push('|');
                }
                Some(_) => self.term()?,
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// An atom with its quantifier.
    fn term(&mut self) -> Result<(), &'static str> {
        let start = self.text.len();
        let Some(c) = self.peek() else { return Ok(()) };
        match c {
            '^' | '$' => {
                self.at += 1;
                self.text.push(c);
                return self.no_quantifier("Nothing to repeat");
            }
            '\\' if matches!(self.peek_at(1), Some('b' | 'B')) => {
                self.text.push_str(if self.peek_at(1) == Some('b') { EDGE } else { NO_EDGE });
                self.at += 2;
                return self.no_quantifier("Nothing to repeat");
            }
            '(' => {
                let looks = self.group()?;
                if looks == Some(true) || (looks == Some(false) && self.unicode) {
                    return self.no_quantifier("Invalid quantifier");
                }
            }
            '*' | '+' | '?' => return Err("Nothing to repeat"),
            '{' if self.unicode => return Err("Lone quantifier brackets"),
            '{' if self.bounds().is_some() => return Err("Nothing to repeat"),
            ']' | '}' if self.unicode => return Err("Lone quantifier brackets"),
            '[' => {
                let class = self.class()?;
                self.text.push_str(&class);
            }
            '\\' => self.escape()?,
            '.' => {
                self.at += 1;
                self.text.push_str(if self.dot_all { "(?s:.)" } else { r"[^\n\r\x{2028}\x{2029}]" });
            }
            _ => {
                let code = self.units[self.at];
                self.at += 1;
                self.text.push_str(&self.code(code));
            }
        }
        self.quantifier(start)
    }

    fn no_quantifier(&self, error: &'static str) -> Result<(), &'static str> {
        let found = matches!(self.peek(), Some('*' | '+' | '?')) || self.bounds().is_some();
        if found { Err(error) } else { Ok(()) }
    }

    fn quantifier(&mut self, start: usize) -> Result<(), &'static str> {
        match self.peek() {
            Some(c @ ('*' | '+' | '?')) => {
                self.at += 1;
                self.text.push(c);
            }
            Some('{') => match self.bounds() {
                Some((low, high, length)) => {
                    if high.is_some_and(|high| high < low) {
                        return Err("numbers out of order in {} quantifier");
                    }
                    self.at += length;
                    let comma = if high == Some(low) { "" } else { "," };
                    let high = high.filter(|high| *high != low).map_or_else(String::new, |high| high.to_string());
                    let _ = write!(self.text, "{{{low}{comma}{high}}}");
                }
                None if self.unicode => return Err("Incomplete quantifier"),
                None => return Ok(()),
            },
            _ => return Ok(()),
        }
        // What is repeated may be several characters here.
        let repeated = self.text.split_off(start);
        let atom = repeated.trim_end_matches(['*', '+', '?']);
        let atom = if atom.len() == repeated.len() { repeated.cut(..repeated.rfind('{').unwrap_or(0)) } else { atom };
        let _ = write!(self.text, "(?:{atom}){}", repeated.cut(atom.len()..));
        if self.eat("?") {
            self.text.push('?');
        }
        Ok(())
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

    /// A group; whether it looks around: behind (`true`) or ahead.
    fn group(&mut self) -> Result<Option<bool>, &'static str> {
        self.at += 1;
        let mut looks = None;
        let open = if !self.eat("?") {
            "("
        } else if self.eat(":") {
            "(?:"
        } else if self.eat("=") {
            looks = Some(false);
            "(?="
        } else if self.eat("!") {
            looks = Some(false);
            "(?!"
        } else if self.eat("<=") {
            looks = Some(true);
            "(?<="
        } else if self.eat("<!") {
            looks = Some(true);
            "(?<!"
        } else if self.eat("<") {
            let name = self.name().ok_or("Invalid capture group name")?;
            if self.seen.contains(&name) {
                return Err("Duplicate capture group name");
            }
            self.seen.push(name);
            "("
        } else {
            return Err("Invalid group");
        };
        self.fancy |= looks.is_some();
        self.text.push_str(open);
        self.choice()?;
        if !self.eat(")") {
            return Err("Unterminated group");
        }
        self.text.push(')');
        Ok(looks)
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
            if !fits {
                return None;
            }
            name.push(c);
        }
    }

    /// A code as a literal, in a class or outside.
    pub(super) fn code(&self, code: u32) -> String {
        let code = if self.unicode { code } else { unit(code) };
        match char::from_u32(code) {
            Some(c) if c.is_ascii_alphanumeric() => c.to_string(),
            Some(_) => format!(r"\x{{{code:X}}}"),
            // Texts hold no lone surrogates.
            None => r"[^\x{0}-\x{10FFFF}]".to_owned(),
        }
    }

    fn escape(&mut self) -> Result<(), &'static str> {
        let Some(c) = self.peek_at(1) else { return Err(r"\ at end of pattern") };
        match c {
            '1'..='9' => {
                let digits: String = (1..).map_while(|at| self.peek_at(at)).take_while(char::is_ascii_digit).collect();
                let number: usize = digits.parse().unwrap_or(usize::MAX);
                if number <= self.groups {
                    self.at += 1 + digits.len();
                    self.back_reference(number);
                    return Ok(());
                }
                if self.unicode {
                    return Err("Invalid escape");
                }
            }
            'k' if self.unicode || !self.names.is_empty() => {
                self.at += 2;
                let name = if self.eat("<") { self.name() } else { None };
                let name = name.ok_or("Invalid named reference")?;
                let known = self.names.iter().find(|(known, _)| *known == name);
                let number = known.map(|(_, number)| *number).ok_or("Invalid named capture referenced")?;
                self.back_reference(number);
                return Ok(());
            }
            _ => {}
        }
        match self.class_escape(false)? {
            Member::Code(code) => self.text.push_str(&self.code(code)),
            Member::Set(set) if set.starts_with(['[', '\\']) && !set.starts_with(r"\t") => self.text.push_str(&set),
            Member::Set(set) => {
                let _ = write!(self.text, "[{set}]");
            }
        }
        Ok(())
    }

    /// A group that did not take part is empty.
    fn back_reference(&mut self, number: usize) {
        self.fancy = true;
        let _ = write!(self.text, r"(?({number})\{number}|)");
    }
}
