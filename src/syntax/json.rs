//! JSON (RFC 8259) into the arena, with exact spans of every key and value.

use super::builder::Builder;
use super::tree::{Kind, Style};
use super::{Limits, Parsed, Problem};
use crate::text::{SourceText, Span};
use std::borrow::Cow;
use std::sync::Arc;

/// Reads `source` as JSON. Comments and trailing commas are reported and skipped; other faults end the reading.
pub(super) fn parse(source: Arc<SourceText>, limits: &Limits) -> Parsed {
    let text = Arc::clone(&source);
    let mut reader = Reader { text: text.text(), at: 0, depth: limits.depth, out: Builder::new(source, limits) };
    reader.document();
    reader.out.finish()
}

/// After so many problems the reading does not go on.
const REPORTED: usize = 25;

/// The reading cannot go on; the problem is already reported.
struct Stop;
type Step = Result<(), Stop>;

struct Reader<'s, 'l> {
    text: &'s str,
    at: usize,
    depth: usize,
    out: Builder<'l>,
}

impl Reader<'_, '_> {
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn stop<T>(&mut self, at: usize, message: impl Into<String>, help: &str) -> Result<T, Stop> {
        let end = self.text[at.min(self.text.len())..].chars().next().map_or(at, |c| at + c.len_utf8());
        let mut problem = Problem::new("syntax-json", Span::new(at, end), message);
        if !help.is_empty() {
            problem = problem.help(help);
        }
        self.out.problem(problem);
        Err(Stop)
    }

    fn document(&mut self) {
        if self.blank().is_err() {
            return;
        }
        if self.at >= self.text.len() {
            self.out.problem(
                Problem::new("empty-document", Span::at(0), "the file is empty")
                    .help("an OpenAPI contract is an object with `openapi` or `swagger`"),
            );
            return;
        }
        if self.value().is_err() || self.blank().is_err() {
            return;
        }
        if self.at < self.text.len() {
            let _ = self.stop::<()>(
                self.at,
                "there is text after the end of the JSON value",
                "remove it; a file holds one value",
            );
        }
    }

    /// Skips white space; reports comments, which JSON does not have.
    fn blank(&mut self) -> Step {
        loop {
            match self.peek() {
                b'\n' | b' ' => self.at = super::scan::space_run(self.text.as_bytes(), self.at + 1),
                b'\r' | b'\t' => self.at += 1,
                b'/' if matches!(self.text.as_bytes().get(self.at + 1), Some(b'/' | b'*')) => self.comment()?,
                _ => return Ok(()),
            }
        }
    }

    fn comment(&mut self) -> Step {
        let start = self.at;
        let rest = &self.text[start..];
        let end = if rest.starts_with("//") {
            rest.find('\n').map_or(self.text.len(), |at| start + at)
        } else if let Some(at) = rest.find("*/") {
            start + at + 2
        } else {
            return self.stop(start, "this comment is not closed", "JSON has no comments; remove it");
        };
        self.out.comment(Span::new(start, end));
        self.out.problem(
            Problem::new("syntax-json", Span::new(start, end), "JSON has no comments")
                .help("remove it, or write the contract in YAML"),
        );
        self.at = end;
        Ok(())
    }

    fn value(&mut self) -> Step {
        let start = self.at;
        if self.out.is_full() {
            return Err(Stop);
        }
        match self.peek() {
            b'{' => self.object(),
            b'[' => self.array(),
            b'"' => {
                let text = self.string()?;
                let span = Span::new(start, self.at);
                match text {
                    Some(text) => self.out.text_scalar(Kind::Str, Style::DoubleQuoted, span, &text),
                    None => self.out.scalar(Kind::Str, Style::DoubleQuoted, span),
                }
                Ok(())
            }
            b'-' | b'0'..=b'9' => self.number(),
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Step {
        let start = self.at;
        let length = self.text[start..].bytes().take_while(|c| c.is_ascii_alphanumeric() || *c == b'_').count();
        let kind = match &self.text[start..start + length] {
            "true" | "false" => Kind::Bool,
            "null" => Kind::Null,
            "" if start >= self.text.len() => {
                return self.stop(start, "the file ends where a value belongs", "it seems to be cut off");
            }
            "" => {
                let found = self.text[start..].chars().next().unwrap_or(' ');
                let help = if found == '\'' { "use double quotes" } else { "" };
                return self.stop(start, format!("a value cannot start with `{found}`"), help);
            }
            word => {
                let message = format!("`{word}` is not a JSON value");
                self.stop::<()>(start, message, "put strings in double quotes")
                    .or_else(|stop| if self.out.problems.len() < REPORTED { Ok(()) } else { Err(stop) })?;
                // It stands for null, and the rest is read.
                Kind::Null
            }
        };
        self.at += length;
        self.out.scalar(kind, Style::Plain, Span::new(start, self.at));
        Ok(())
    }

    fn number(&mut self) -> Step {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let digits = |from: usize| bytes[from..].iter().take_while(|c| c.is_ascii_digit()).count();
        let mut at = start + usize::from(bytes[start] == b'-');
        let whole = digits(at);
        if whole == 0 {
            return self.stop(start, "`-` must be followed by a digit", "");
        }
        if whole > 1 && bytes[at] == b'0' {
            return self.stop(
                start,
                "a number must not start with 0",
                "write it without leading zeros, or as a string",
            );
        }
        at += whole;
        let mut kind = Kind::Int;
        if bytes.get(at) == Some(&b'.') {
            kind = Kind::Float;
            let fraction = digits(at + 1);
            if fraction == 0 {
                return self.stop(start, "a decimal point must be followed by a digit", "");
            }
            at += 1 + fraction;
        }
        if matches!(bytes.get(at), Some(b'e' | b'E')) {
            kind = Kind::Float;
            at += 1;
            at += usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
            let exponent = digits(at.min(bytes.len()));
            if exponent == 0 {
                return self.stop(start, "an exponent needs a digit", "");
            }
            at += exponent;
        }
        self.at = at;
        self.out.scalar(kind, Style::Plain, Span::new(start, at));
        Ok(())
    }

    /// Reads a string at its quote. Gives its text only where escapes had to be undone.
    fn string(&mut self) -> Result<Option<Cow<'static, str>>, Stop> {
        let open = self.at;
        let bytes = self.text.as_bytes();
        let mut at = open + 1;
        let mut escaped = false;
        loop {
            match bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    at += 2;
                }
                Some(c) if *c < 0x20 => {
                    let message = "this string is not closed on its line";
                    let what = if *c == b'\n' || *c == b'\r' {
                        message
                    } else {
                        "control characters must be escaped in a string"
                    };
                    let place = if *c == b'\n' || *c == b'\r' { open } else { at };
                    return self.stop(place, what, "close it with `\"`, or write line ends as \\n");
                }
                Some(_) => {
                    let rest = &bytes[at..];
                    let run = memchr::memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
                    at += rest[..run].iter().position(|c| *c < 0x20).unwrap_or(run);
                }
                None => return self.stop(open, "this string is not closed", "close it with `\"`"),
            }
        }
        self.at = at + 1;
        if escaped { self.unescape(open + 1, at).map(|text| Some(Cow::Owned(text))) } else { Ok(None) }
    }

    fn unescape(&mut self, start: usize, end: usize) -> Result<String, Stop> {
        let mut out = String::with_capacity(end - start);
        let mut at = start;
        while at < end {
            let rest = &self.text[at..end];
            let Some(slash) = rest.find('\\') else {
                out.push_str(rest);
                break;
            };
            out.push_str(&rest[..slash]);
            at += slash;
            let escape = self.text.as_bytes()[at + 1];
            let plain = match escape {
                b'"' | b'\\' | b'/' => char::from(escape),
                b'b' => '\u{8}',
                b'f' => '\u{c}',
                b'n' => '\n',
                b'r' => '\r',
                b't' => '\t',
                b'u' => {
                    let (c, length) = self.unicode(at, end)?;
                    out.push(c);
                    at += length;
                    continue;
                }
                _ => return self.stop(at, "unknown escape in a string", "write a backslash as \\\\"),
            };
            out.push(plain);
            at += 2;
        }
        Ok(out)
    }

    /// `\uXXXX`, or a surrogate pair. A lone surrogate becomes U+FFFD, as it has no text.
    fn unicode(&mut self, at: usize, end: usize) -> Result<(char, usize), Stop> {
        let unit = |at: usize| {
            let digits = self.text.get(at + 2..(at + 6).min(end))?;
            if digits.len() != 4
                || !digits.bytes().all(|c| c.is_ascii_hexdigit())
                || !self.text[at..].starts_with("\\u")
            {
                return None;
            }
            u32::from_str_radix(digits, 16).ok()
        };
        let Some(first) = unit(at) else {
            return self.stop(at, "`\\u` must be followed by four hexadecimal digits", "");
        };
        if (0xd800..0xdc00).contains(&first)
            && let Some(second) = unit(at + 6).filter(|unit| (0xdc00..0xe000).contains(unit))
        {
            let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            return Ok((char::from_u32(code).unwrap_or('\u{fffd}'), 12));
        }
        Ok((char::from_u32(first).unwrap_or('\u{fffd}'), 6))
    }

    fn object(&mut self) -> Step {
        let start = self.at;
        if self.out.open_count() >= self.depth {
            self.out.too_deep(Span::new(start, start + 1));
            return Err(Stop);
        }
        self.out.open(Kind::Map, Style::Flow, start);
        self.at += 1;
        let mut count = 0;
        loop {
            self.blank()?;
            if self.peek() == b'}' {
                break;
            }
            let key = self.at;
            if self.peek() != b'"' {
                return self.bad_key(start, key);
            }
            let text = self.string()?;
            let end = self.at;
            let span = Span::new(key, end);
            match text {
                Some(text) => {
                    self.out.decoded().push_str(&text);
                    self.out.decoded_key(Style::DoubleQuoted, span);
                }
                None => self.out.key(Style::DoubleQuoted, span, Span::new(key + 1, end - 1)),
            }
            self.blank()?;
            if self.peek() != b':' {
                return self.stop(self.at, "a `:` belongs between key and value", "");
            }
            self.at += 1;
            self.blank()?;
            self.value()?;
            count += 1;
            self.blank()?;
            if !self.separator(b'}', start)? {
                break;
            }
        }
        self.at += 1;
        self.out.close(self.at, count);
        Ok(())
    }

    fn bad_key(&mut self, open: usize, key: usize) -> Step {
        if key >= self.text.len() {
            return self.unclosed(open, '}');
        }
        let found = self.text[key..].chars().next().unwrap_or(' ');
        self.stop(key, format!("a key in double quotes belongs here, not `{found}`"), "")
    }

    fn unclosed<T>(&mut self, open: usize, closer: char) -> Result<T, Stop> {
        let end = self.text.len();
        let what = if closer == '}' { "object" } else { "array" };
        let problem = Problem::new("syntax-json", Span::at(end), format!("the file ends inside this {what}"))
            .help(format!("close it with `{closer}`; the file seems to be cut off"))
            .label(Span::new(open, open + 1), format!("the {what} opens here"));
        self.out.problem(problem);
        Err(Stop)
    }

    /// After an element: true when another follows. A comma before the closing bracket is reported and skipped.
    fn separator(&mut self, closer: u8, open: usize) -> Result<bool, Stop> {
        match self.peek() {
            b',' => {
                let comma = self.at;
                self.at += 1;
                self.blank()?;
                if self.peek() == closer {
                    self.out.problem(
                        Problem::new("syntax-json", Span::new(comma, comma + 1), "JSON has no trailing comma")
                            .help("remove this comma"),
                    );
                    return Ok(false);
                }
                Ok(true)
            }
            c if c == closer => Ok(false),
            _ if self.at >= self.text.len() => self.unclosed(open, char::from(closer)),
            _ => {
                let message = format!("a `,` or `{}` belongs here", char::from(closer));
                let next = self.peek();
                let starts_entry = next == b'"' || (closer == b']' && matches!(next, b'{' | b'[' | b'-' | b'0'..=b'9'));
                match self.stop(self.at, message, "is a comma missing before this?") {
                    // The entry that follows is read as if the comma stood there.
                    Err(Stop) if starts_entry && self.out.problems.len() < REPORTED => Ok(true),
                    result => result,
                }
            }
        }
    }

    fn array(&mut self) -> Step {
        let start = self.at;
        if self.out.open_count() >= self.depth {
            self.out.too_deep(Span::new(start, start + 1));
            return Err(Stop);
        }
        self.out.open(Kind::Seq, Style::Flow, start);
        self.at += 1;
        let mut count = 0;
        loop {
            self.blank()?;
            if self.peek() == b']' {
                break;
            }
            if self.at >= self.text.len() {
                return self.unclosed(start, ']');
            }
            self.value()?;
            count += 1;
            self.blank()?;
            if !self.separator(b']', start)? {
                break;
            }
        }
        self.at += 1;
        self.out.close(self.at, count);
        Ok(())
    }
}
