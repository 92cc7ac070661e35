//! Escapes and classes of characters.

use super::parse::{Fault, MAX_DEPTH, Parser};
use super::property::{Property, property};
use super::tree::{digits, negated, set, space, unit, word};
use regex_syntax::hir::ClassUnicode;

/// One element of a class.
pub(super) enum Member {
    Code(u32),
    Set(ClassUnicode),
}

impl Parser {
    /// An escape that may stand in a class.
    pub(super) fn class_escape(&mut self, in_class: bool) -> Result<Member, Fault> {
        let Some(c) = self.peek_at(1) else { return Err(r"\ at end of pattern".into()) };
        let code = self.units[self.at + 1];
        self.at += 2;
        let one = |c: char| Ok(Member::Code(c.into()));
        let these = |set: ClassUnicode| Ok(Member::Set(self.folded(set)));
        let others = |set: ClassUnicode| Ok(Member::Set(negated(&self.folded(set))));
        match c {
            'd' => these(digits()),
            'D' => others(digits()),
            'w' => these(word()),
            'W' => others(word()),
            's' => these(space()),
            'S' => others(space()),
            'b' if in_class => one('\u{8}'),
            'n' => one('\n'),
            'r' => one('\r'),
            't' => one('\t'),
            'f' => one('\u{c}'),
            'v' => one('\u{b}'),
            'c' => match self.peek() {
                Some(letter) if letter.is_ascii_alphabetic() || (in_class && self.is_loose_control(letter)) => {
                    self.at += 1;
                    Ok(Member::Code(u32::from(letter) % 32))
                }
                _ if self.unicode => Err("Invalid unicode escape".into()),
                _ => {
                    self.at -= 1;
                    one('\\')
                }
            },
            'x' => match self.hex(2) {
                Some(code) => Ok(Member::Code(code)),
                None if self.unicode => Err("Invalid escape".into()),
                None => one('x'),
            },
            'u' => self.unicode_escape(),
            'p' | 'P' if self.unicode => self.property(c == 'P').map(Member::Set),
            '0' if self.unicode => match self.peek().filter(char::is_ascii_digit) {
                Some(_) if in_class => Err("Invalid class escape".into()),
                Some(_) => Err("Invalid decimal escape".into()),
                None => one('\0'),
            },
            '0'..='7' if !self.unicode => Ok(Member::Code(self.octal(code - u32::from('0')))),
            '-' if in_class => one('-'),
            _ if self.unicode
                && !r"^$\.*+?()[]{}|/".contains(c)
                && !(self.flags.sets && in_class && "&-!#%,:;<=>@`~".contains(c)) =>
            {
                Err("Invalid escape".into())
            }
            _ => Ok(Member::Code(code)),
        }
    }

    /// Annex B.1.2: digits and `_` after `\c` in a class.
    fn is_loose_control(&self, letter: char) -> bool {
        !self.unicode && (letter.is_ascii_digit() || letter == '_')
    }

    /// What follows `\u`.
    fn unicode_escape(&mut self) -> Result<Member, Fault> {
        if self.unicode && self.eat("{") {
            let digits: String = (0..).map_while(|at| self.peek_at(at)).take_while(|c| *c != '}').collect();
            self.at += digits.chars().count();
            let hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
            let code =
                u32::from_str_radix(digits.trim_start_matches('0'), 16).ok().or(digits.contains('0').then_some(0));
            let code = code.filter(|code| hex && *code <= 0x10_FFFF && self.eat("}"));
            return code.map(Member::Code).ok_or("Invalid Unicode escape".into());
        }
        match self.hex(4) {
            Some(high @ 0xD800..0xDC00) if self.unicode => {
                let before = self.at;
                let low = if self.eat("\\u") { self.hex(4) } else { None };
                match low {
                    Some(low @ 0xDC00..0xE000) => Ok(Member::Code(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00))),
                    _ => {
                        self.at = before;
                        Ok(Member::Code(high))
                    }
                }
            }
            Some(code) => Ok(Member::Code(code)),
            None if self.unicode => Err("Invalid Unicode escape".into()),
            None => Ok(Member::Code('u'.into())),
        }
    }

    /// Up to three octal digits, the first read already (Annex B.1.2).
    fn octal(&mut self, first: u32) -> u32 {
        let mut code = first;
        for _ in 0..2 {
            let Some(digit) = self.peek().and_then(|c| c.to_digit(8)).filter(|d| code * 8 + d < 256) else { break };
            code = code * 8 + digit;
            self.at += 1;
        }
        code
    }

    fn hex(&mut self, length: usize) -> Option<u32> {
        let digits: String = (0..length).map_while(|at| self.peek_at(at)).filter(char::is_ascii_hexdigit).collect();
        let code = (digits.len() == length).then(|| u32::from_str_radix(&digits, 16).ok()).flatten()?;
        self.at += length;
        Some(code)
    }

    /// `{Letter}` after `\p`, or after `\P`, which stands for all others.
    fn property(&mut self, others: bool) -> Result<ClassUnicode, Fault> {
        const WRONG: Fault = Fault::Invalid("Invalid property name");
        if !self.eat("{") {
            return Err(WRONG);
        }
        let name: String = (0..).map_while(|at| self.peek_at(at)).take_while(|c| *c != '}').take(100).collect();
        self.at += name.chars().count();
        if !self.eat("}") {
            return Err(WRONG);
        }
        match property(&name) {
            Property::Set(set) if others => Ok(negated(&self.folded(set))),
            Property::Set(set) => Ok(self.folded(set)),
            Property::Unsupported => Err(Fault::Unsupported),
            Property::Unknown => Err(WRONG),
        }
    }

    /// The set with both cases of its letters, where the pattern ignores case.
    pub(super) fn folded(&self, set: ClassUnicode) -> ClassUnicode {
        if !self.flags.ignore_case {
            return set;
        }
        let fold = |mut part: ClassUnicode| {
            // It fails only without tables.
            let _ = part.try_case_fold_simple();
            part
        };
        if self.unicode {
            return fold(set);
        }
        // Without `u`, no letter beyond ASCII is the other case of one in it.
        let low = super::tree::set(&[('\0', '\u{7F}')]);
        let (mut inside, mut outside) = (set.clone(), set);
        inside.intersect(&low);
        outside.difference(&low);
        let (mut inside, mut outside) = (fold(inside), fold(outside));
        inside.intersect(&low);
        outside.difference(&low);
        inside.union(&outside);
        inside
    }

    pub(super) fn class(&mut self) -> Result<ClassUnicode, Fault> {
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("Regular expression too large".into());
        }
        let others = self.eat("^");
        let mut out = ClassUnicode::empty();
        while !self.eat("]") {
            if self.flags.sets && (self.eat("--") || self.eat("&&")) {
                let subtracts = self.units[self.at - 1] == u32::from('-');
                let operand = self.member()?;
                let operand = self.member_set(operand);
                if subtracts {
                    out.difference(&operand);
                } else {
                    out.intersect(&operand);
                }
                continue;
            }
            let low = self.member()?;
            let ends = self.peek_at(1) == Some(']') || (self.flags.sets && self.peek_at(1) == Some('-'));
            if self.peek() != Some('-') || ends {
                let low = self.member_set(low);
                out.union(&low);
                continue;
            }
            self.at += 1;
            let high = self.member()?;
            match (low, high) {
                (Member::Code(low), Member::Code(high)) if low > high => {
                    return Err("Range out of order in character class".into());
                }
                (Member::Code(low), Member::Code(high)) => out.union(&self.range(low, high)),
                _ if self.unicode => return Err("Invalid character class".into()),
                (low, high) => {
                    for member in [low, Member::Code('-'.into()), high] {
                        let part = self.member_set(member);
                        out.union(&part);
                    }
                }
            }
        }
        self.depth -= 1;
        Ok(if others { negated(&out) } else { out })
    }

    fn member(&mut self) -> Result<Member, Fault> {
        match self.peek() {
            None => Err("Unterminated character class".into()),
            Some('\\') if self.peek_at(1).is_none() => Err(r"\ at end of pattern".into()),
            Some('\\') => self.class_escape(true),
            Some('[') if self.flags.sets => self.class().map(Member::Set),
            Some(_) => {
                self.at += 1;
                Ok(Member::Code(self.units[self.at - 1]))
            }
        }
    }

    fn member_set(&self, member: Member) -> ClassUnicode {
        match member {
            Member::Code(code) => self.range(code, code),
            Member::Set(set) => set,
        }
    }

    /// A range, in parts where halves of surrogate pairs lie in it: with the flag `u` no text holds those.
    fn range(&self, low: u32, high: u32) -> ClassUnicode {
        let mut ranges = Vec::new();
        for (from, to) in [(0, 0xD7FF), (0xD800, 0xDFFF), (0xE000, 0x10_FFFF)] {
            let (from, to) = (low.max(from), high.min(to));
            if from > to {
                continue;
            }
            let (from, to) = if self.unicode { (from, to) } else { (unit(from), unit(to)) };
            ranges.extend(char::from_u32(from).zip(char::from_u32(to)));
        }
        self.folded(set(&ranges))
    }
}
