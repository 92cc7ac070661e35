//! Escapes and classes of JavaScript regular expressions.
//!
//! Takes the translator where one begins; gives characters and sets in the syntax of the engines that run them.

use super::translate::{MAX_DEPTH, Member, Translator, unit};
use std::fmt::Write as _;

const WORD: &str = "A-Za-z0-9_";
const SPACE: &str = r"\t\n\x0B\x0C\r \x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}";

impl Translator {
    /// An escape that may stand in a class.
    pub(super) fn class_escape(&mut self, in_class: bool) -> Result<Member, &'static str> {
        let Some(c) = self.peek_at(1) else { return Err(r"\ at end of pattern") };
        let code = self.units[self.at + 1];
        self.at += 2;
        let set = |letters: &str| Ok(Member::Set(letters.to_owned()));
        let one = |c: char| Ok(Member::Code(c.into()));
        match c {
            'd' => set("0-9"),
            'D' => set("[^0-9]"),
            'w' => set(WORD),
            'W' => set("[^A-Za-z0-9_]"),
            's' => set(SPACE),
            'S' => Ok(Member::Set(format!("[^{SPACE}]"))),
            'b' if in_class => one('\u{8}'),
            'n' => one('\n'),
            'r' => one('\r'),
            't' => one('\t'),
            'f' => one('\u{c}'),
            'v' => one('\u{b}'),
            'c' => match self.peek().filter(char::is_ascii_alphabetic) {
                Some(letter) => {
                    self.at += 1;
                    Ok(Member::Code(u32::from(letter) % 32))
                }
                None if self.unicode => Err("Invalid unicode escape"),
                None => {
                    self.at -= 1;
                    one('\\')
                }
            },
            'x' => match self.hex(2) {
                Some(code) => Ok(Member::Code(code)),
                None if self.unicode => Err("Invalid escape"),
                None => one('x'),
            },
            'u' if self.unicode && self.eat("{") => {
                let digits: String = (0..).map_while(|at| self.peek_at(at)).take_while(|c| *c != '}').collect();
                self.at += digits.chars().count();
                let code = u32::from_str_radix(&digits, 16).ok().filter(|code| *code <= 0x10_FFFF && self.eat("}"));
                code.map(Member::Code).ok_or("Invalid Unicode escape")
            }
            'u' => match self.hex(4) {
                Some(high @ 0xD800..0xDC00) if self.unicode && self.eat("\\u") => match self.hex(4) {
                    Some(low @ 0xDC00..0xE000) => Ok(Member::Code(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00))),
                    _ => {
                        self.at -= 2;
                        Ok(Member::Code(high))
                    }
                },
                Some(code) => Ok(Member::Code(code)),
                None if self.unicode => Err("Invalid Unicode escape"),
                None => one('u'),
            },
            'p' | 'P' if self.unicode => self.property(c).ok_or("Invalid property name").map(Member::Set),
            '0' if self.unicode => match self.peek().filter(char::is_ascii_digit) {
                Some(_) if in_class => Err("Invalid class escape"),
                Some(_) => Err("Invalid decimal escape"),
                None => one('\0'),
            },
            '0'..='7' if !self.unicode => {
                let mut code = code - u32::from('0');
                for _ in 0..2 {
                    let Some(digit) = self.peek().and_then(|c| c.to_digit(8)).filter(|d| code * 8 + d < 256) else {
                        break;
                    };
                    code = code * 8 + digit;
                    self.at += 1;
                }
                Ok(Member::Code(code))
            }
            '-' if in_class => one('-'),
            _ if self.unicode && !r"^$\.*+?()[]{}|/".contains(c) && !(self.sets && "&-!#%,:;<=>@`~".contains(c)) => {
                Err("Invalid escape")
            }
            _ => Ok(Member::Code(code)),
        }
    }

    fn hex(&mut self, length: usize) -> Option<u32> {
        let digits: String = (0..length).map_while(|at| self.peek_at(at)).filter(char::is_ascii_hexdigit).collect();
        let code = (digits.len() == length).then(|| u32::from_str_radix(&digits, 16).ok()).flatten()?;
        self.at += length;
        Some(code)
    }

    /// `{Letter}` after `\p`, in a spelling that the engine here knows, too.
    fn property(&mut self, letter: char) -> Option<String> {
        if !self.eat("{") {
            return None;
        }
        let name: String = (0..).map_while(|at| self.peek_at(at)).take_while(|c| *c != '}').collect();
        self.at += name.chars().count();
        let set = format!(r"\{letter}{{{name}}}");
        (self.eat("}") && regex::Regex::new(&set).is_ok()).then_some(set)
    }

    pub(super) fn class(&mut self) -> Result<String, &'static str> {
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("Regular expression too large");
        }
        let negated = self.eat("^");
        let mut out = String::new();
        loop {
            if self.eat("]") {
                break;
            }
            if self.sets && (self.eat("--") || self.eat("&&")) {
                out.push_str(if self.units[self.at - 1] == u32::from('-') { "--" } else { "&&" });
                continue;
            }
            let low = self.member()?;
            if self.peek() != Some('-') || self.peek_at(1) == Some(']') || (self.sets && self.peek_at(1) == Some('-')) {
                self.push(&mut out, &low);
                continue;
            }
            self.at += 1;
            let high = self.member()?;
            match (&low, &high) {
                (Member::Code(low), Member::Code(high)) if low > high => {
                    return Err("Range out of order in character class");
                }
                (Member::Code(low), Member::Code(high)) => self.range(*low, *high, &mut out),
                _ if self.unicode => return Err("Invalid character class"),
                _ => {
                    self.push(&mut out, &low);
                    self.push(&mut out, &Member::Code('-'.into()));
                    self.push(&mut out, &high);
                }
            }
        }
        self.depth -= 1;
        Ok(match (out.is_empty(), negated) {
            (true, false) => r"[^\x{0}-\x{10FFFF}]".to_owned(),
            (true, true) => "(?s:.)".to_owned(),
            (false, false) => format!("[{out}]"),
            (false, true) => format!("[^{out}]"),
        })
    }

    fn member(&mut self) -> Result<Member, &'static str> {
        match self.peek() {
            None => Err("Unterminated character class"),
            Some('\\') if self.peek_at(1).is_none() => Err(r"\ at end of pattern"),
            Some('\\') => self.class_escape(true),
            Some('[') if self.sets => self.class().map(Member::Set),
            Some(_) => {
                self.at += 1;
                Ok(Member::Code(self.units[self.at - 1]))
            }
        }
    }

    fn push(&self, out: &mut String, member: &Member) {
        match member {
            Member::Code(code) => out.push_str(&self.code(*code)),
            Member::Set(set) => out.push_str(set),
        }
    }

    /// A range, in parts where halves of surrogate pairs lie in it.
    fn range(&self, low: u32, high: u32, out: &mut String) {
        for (from, to) in [(0, 0xD7FF), (0xD800, 0xDFFF), (0xE000, 0x10_FFFF)] {
            let (from, to) = (low.max(from), high.min(to));
            if from > to || (self.unicode && (0xD800..0xE000).contains(&from)) {
                continue;
            }
            let (from, to) = if self.unicode { (from, to) } else { (unit(from), unit(to)) };
            let _ = write!(out, r"\x{{{from:X}}}-\x{{{to:X}}}");
        }
    }
}
