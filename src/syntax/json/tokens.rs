//! Keys, values and what stands between them, as they may be meant; `string` has the strings.

use super::super::tree::{Kind, Style};
use super::super::{number, scan};
use super::lenient::Reader;
use super::scalar;
use crate::text::Cut;
use crate::text::{Span, escape};

impl Reader<'_, '_> {
    /// Skips white space; reports what JSON does not have there.
    pub(super) fn blank(&mut self) {
        loop {
            match self.peek() {
                b'\n' => {
                    self.line = self.at + 1;
                    let mut text = scan::space_run(self.s, self.line);
                    while matches!(self.s.get(text), Some(b' ' | b'\t')) {
                        text += 1;
                    }
                    (self.indent, self.at) = (text - self.line, text);
                }
                b' ' | b'\r' | b'\t' => self.at += 1,
                b'/' if matches!(self.s.get(self.at + 1), Some(b'/' | b'*')) => self.comment(),
                b'#' => self.comment(),
                _ => {
                    let next = self.text.cut(self.at.min(self.s.len())..).chars().next();
                    let Some(c) = next.filter(|c| c.is_whitespace() || *c == '\u{feff}' || *c == '\u{2060}') else {
                        return;
                    };
                    let start = self.at;
                    self.at += c.len_utf8();
                    let message = format!("the character U+{:04X} cannot stand between values", u32::from(c));
                    self.report(start, self.at, message, "use spaces and line ends only");
                }
            }
        }
    }

    fn comment(&mut self) {
        let (start, rest) = (self.at, &self.s[self.at..]);
        let closed = if rest.starts_with(b"/*") {
            memchr::memmem::find(&rest[2..], b"*/").map(|at| start + at + 4)
        } else {
            Some(scan::trim_end(self.s, start, scan::line_end(self.s, start)))
        };
        let end = closed.unwrap_or_else(|| scan::trim_end(self.s, start, scan::line_end(self.s, start)));
        self.at = end;
        let last = self.last;
        self.sync_line(start);
        self.last = last;
        self.out.comment(Span::new(start, end));
        if closed.is_none() {
            self.report(start, start + 2, "this comment is not closed", "JSON has no comments; remove it");
        } else {
            self.report(start, end, "JSON has no comments", "remove it, or write the contract in YAML");
        }
    }

    /// A key and its colon; false when there is none and something else was done.
    pub(super) fn key(&mut self) -> bool {
        let start = self.at;
        let (mut span, mut inner, mut escaped) = (Span::at(start), Span::at(start), false);
        match self.peek() {
            quote if self.opens_string(quote) => {
                let text = self.scan_string(quote);
                (span, inner, escaped) = (Span::new(start, text.end), text.inner, text.escaped);
                let found = self.text.cut(inner.range());
                if !self.colon_follows()
                    && let Some(colon) = found.find(':')
                {
                    let name = found.cut(..colon).trim_end();
                    let end = inner.start as usize + name.len();
                    (span, inner) = (Span::new(start, end), Span::new(start + 1, end));
                    (self.at, self.last) = (end, end);
                    escaped = name.contains('\\');

                    self.report(
                        start,
                        start + 1,
                        "this quote of a key is not closed",
                        "close it with `\"` before the `:`",
                    );
                } else if quote == b'\'' {
                    self.report(start, text.end, "strings need double quotes", "write `\"` instead of `'`");
                } else if text.end == inner.end as usize {
                    self.report(start, start + 1, "this string is not closed on its line", "close it with `\"`");
                }
            }
            b'{' | b'[' => {
                self.stray();
                // What follows is read as if the bracket were not there.
                self.unfill();
                return false;
            }
            b':' => self.report(start, start + 1, "a key is missing before this `:`", "write it in double quotes"),
            _ => {
                let end = self.bare_end(|c| c == b':');
                (span, inner) = (Span::new(start, end), Span::new(start, end));
                (self.at, self.last) = (end, end);
                if self.peek() == b'"' {
                    self.at += 1;
                }
                let found = escape::shortened(self.text.cut(start..end), 40);
                if !self.colon_follows() {
                    let message = format!("`{found}` cannot stand where a key belongs");
                    self.report(start, end, message, "remove it, or write a key in double quotes and its value");
                    self.fill();
                    return false;
                }
                let message = format!("the key `{found}` needs double quotes");
                self.report(start, end, message, "write `\"` before and after it");
            }
        }
        if escaped {
            self.unescape(inner);
            self.out.decoded_key(Style::DoubleQuoted, span);
        } else {
            self.out.key(Style::DoubleQuoted, span, inner);
        }
        self.colon();
        true
    }

    fn colon_follows(&self) -> bool {
        let next = self.s[self.at.min(self.s.len())..].iter().find(|c| !scan::blank(**c));
        next == Some(&b':')
    }

    /// The colon after a key.
    fn colon(&mut self) {
        self.blank();
        let at = self.at;
        match self.peek() {
            b':' => {
                self.at += 1;
                self.last = self.at;
            }
            b'=' => {
                self.at += 1 + usize::from(self.s.get(at + 1) == Some(&b'>'));
                self.report(at, self.at, "a `:` belongs between key and value", "write `:` here");
            }
            b',' | b'}' | b']' | 0 => {}
            b'{' | b'[' if self.s.get(at + 1) == Some(&b':') => {
                self.stray();
                self.unfill();
                self.colon();
            }
            _ => {
                let end = at + self.text.cut(at..).chars().next().map_or(0, char::len_utf8);
                self.report(at, end, "a `:` belongs between key and value", "write it before this");
            }
        }
    }

    /// The value that begins here; null when there is none.
    pub(super) fn value(&mut self) {
        self.string = None;
        self.blank();
        let start = self.at;
        match self.peek() {
            c @ (b'{' | b'[') => {
                if self.frames.len() >= self.depth {
                    self.too_deep(start);
                    self.skip_collection();
                    self.out.scalar(Kind::Null, Style::Plain, Span::at(start));
                } else {
                    self.open(if c == b'{' { Kind::Map } else { Kind::Seq });
                }
            }
            quote if self.opens_string(quote) => self.string_value(quote),
            b',' | b'}' | b']' | b':' => {
                self.out.scalar(Kind::Null, Style::Plain, Span::at(self.last));
                if self.peek() == b':' {
                    self.at += 1;
                }
                self.report(start, start + 1, "a value is missing before this", "write the value, or remove the key");
            }
            _ if self.ended() => {
                self.out.scalar(Kind::Null, Style::Plain, Span::at(start));
                self.report(start, start, "the file ends where a value belongs", "it seems to be cut off");
            }
            _ => self.bare_value(),
        }
    }

    /// A number, a word, or a text without quotes.
    fn bare_value(&mut self) {
        let start = self.at;
        if let Ok((end, kind)) = scalar::number(self.s, start)
            && !self.s.get(end).is_some_and(|c| c.is_ascii_alphanumeric() || b"._+-:/".contains(c))
        {
            (self.at, self.last) = (end, end);
            return self.out.scalar(kind, Style::Plain, Span::new(start, end));
        }
        let word =
            start + self.s[start..].iter().take_while(|c| c.is_ascii_alphanumeric() || b"_.+-".contains(c)).count();
        let kind = match self.text.cut(start..word) {
            "true" | "false" => Kind::Bool,
            "null" => Kind::Null,
            _ => return self.bare_text(start, word),
        };
        (self.at, self.last) = (word, word);
        self.out.scalar(kind, Style::Plain, Span::new(start, word));
    }

    /// What is no value of JSON: `word` is the end of the word it begins with.
    #[cold]
    fn bare_text(&mut self, start: usize, word: usize) {
        let after = self.s[word..].iter().find(|c| !matches!(c, b' ' | b'\t' | b'\r'));
        let alone = word > start && matches!(after, None | Some(b',' | b'}' | b']' | b'\n' | b'/' | b'#'));
        let end = if alone { word } else { self.bare_end(|_| false) };
        let quote = self.s.get(end) == Some(&b'"');
        (self.at, self.last) = (end + usize::from(quote), end + usize::from(quote));
        let text = self.text.cut(start..end);
        let lower = text.to_ascii_lowercase();
        let first = text.as_bytes().first().copied().unwrap_or(b' ');
        let numeric = matches!(first, b'0'..=b'9' | b'-' | b'+' | b'.');
        let kind = match (lower.as_str(), number::resolve(text)) {
            ("true" | "false", _) => Kind::Bool,
            (_, kind @ (Kind::Int | Kind::Float)) => kind,
            _ if alone => Kind::Null,
            _ => Kind::Str,
        };
        self.out.scalar(kind, Style::Plain, Span::new(start, end));
        let named = escape::shortened(text, 40);
        let (message, help) = match lower.as_str() {
            "true" | "false" | "null" => (format!("`{named}` is not a JSON value"), "write it in lower case"),
            "none" | "nil" | "undefined" | "nan" => (format!("`{named}` is not a JSON value"), "write `null`"),
            "" => (format!("a value cannot start with `{}`", char::from(first)), "remove it"),
            _ if quote => ("this text has no opening quote".to_owned(), "write `\"` before it"),
            _ if numeric => match scalar::number(self.s, start) {
                Err(what) => (what.to_owned(), "write it as JSON has numbers, or as a string in double quotes"),
                Ok(_) => (format!("`{named}` is not a JSON value"), "put strings in double quotes"),
            },
            _ => (format!("`{named}` is not a JSON value"), "put strings in double quotes"),
        };
        self.report(start, self.at.max(start), message, help);
    }

    /// The end of a text without quotes that begins here: at least one character, up to a comma, bracket, quote, line
    /// end, or what `stop` says.
    fn bare_end(&self, stop: impl Fn(u8) -> bool) -> usize {
        let first = self.text.cut(self.at..).chars().next().map_or(0, char::len_utf8);
        let rest = &self.s[self.at + first..];
        let length = rest
            .iter()
            .take_while(|c| !matches!(c, b',' | b'{' | b'}' | b'[' | b']' | b'"' | b'\n') && !stop(**c))
            .count();
        scan::trim_end(self.s, self.at + first, self.at + first + length)
    }
}
