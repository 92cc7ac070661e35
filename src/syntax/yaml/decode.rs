//! The text of scalars that differ from their source: folded lines and escapes (sections 5.7, 6.5, 7.3).

use super::super::Style;
use super::recover::{Fault, What};
use super::{Reader, Step};
use crate::text::Cut;

impl Reader<'_, '_> {
    /// Appends the text of the scalar at `start..end` to the decoded texts of the tree.
    pub(super) fn decode(&mut self, style: Style, start: usize, end: usize) -> Step {
        let text = self.text;
        let out = self.out.decoded();
        match style {
            Style::SingleQuoted => fold(text.cut(start + 1..end - 1), out, |line, out| {
                let mut parts = line.split("''");
                out.push_str(parts.next().unwrap_or(""));
                for part in parts {
                    out.push('\'');
                    out.push_str(part);
                }
            }),
            Style::DoubleQuoted => {
                let before = out.len();
                if let Err((at, length)) = double(text.cut(start + 1..end - 1), out) {
                    out.truncate(before);
                    // What was meant is not known: the source stands for it.
                    out.push_str(text.cut(start + 1..end - 1));
                    let at = start + 1 + at;
                    self.report(Fault::new(What::Escape, at, at + length));
                }
            }
            _ => fold(text.cut(start..end), out, |line, out| out.push_str(line)),
        }
        Ok(())
    }
}

const WHITE: [char; 3] = [' ', '\t', '\r'];

/// Joins lines: one line end becomes a space, more become one line feed less than they are.
fn fold(text: &str, out: &mut String, push: impl Fn(&str, &mut String)) {
    let mut breaks = 0;
    let mut lines = text.split('\n').peekable();
    let mut first = true;
    while let Some(line) = lines.next() {
        let last = lines.peek().is_none();
        let mut line = line;
        if !first {
            line = line.trim_start_matches(WHITE);
        }
        if !last {
            line = line.trim_end_matches(WHITE);
        }
        if !first && !last && line.is_empty() {
            breaks += 1;
            continue;
        }
        if !first {
            join(breaks, out);
        }
        breaks = 0;
        first = false;
        push(line, out);
    }
}

fn join(breaks: usize, out: &mut String) {
    if breaks == 0 {
        out.push(' ');
    }
    out.extend(std::iter::repeat_n('\n', breaks));
}

/// Undoes the escapes of a double-quoted text. The error is the place and length of an escape that does not exist.
fn double(text: &str, out: &mut String) -> Result<(), (usize, usize)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    // What stands before this place in `out` is not trimmed at a line end.
    let mut fixed = out.len();
    while at < bytes.len() {
        let run = memchr::memchr2(b'\\', b'\n', &bytes[at..]).map_or(bytes.len(), |found| at + found);
        out.push_str(text.cut(at..run));
        at = run;
        match bytes.get(at) {
            None => break,
            Some(b'\n') => {
                let kept = out.cut(fixed..).trim_end_matches(WHITE).len() + fixed;
                out.truncate(kept);
                let (next, breaks) = line_start(bytes, at + 1);
                join(breaks, out);
                at = next;
            }
            Some(_) if matches!(bytes.get(at + 1), Some(b'\n' | b'\r')) => {
                let skip = if bytes[at + 1] == b'\r' { 3 } else { 2 };
                let (next, breaks) = line_start(bytes, at + skip);
                out.extend(std::iter::repeat_n('\n', breaks));
                at = next;
            }
            Some(_) => {
                let (c, length) = escape(text, at)?;
                out.push(c);
                at += length;
            }
        }
        fixed = out.len();
    }
    Ok(())
}

/// Skips white space and empty lines; gives the start of the text and the number of empty lines.
fn line_start(bytes: &[u8], mut at: usize) -> (usize, usize) {
    let mut breaks = 0;
    loop {
        match bytes.get(at) {
            Some(b' ' | b'\t' | b'\r') => at += 1,
            Some(b'\n') => {
                breaks += 1;
                at += 1;
            }
            _ => return (at, breaks),
        }
    }
}

/// The character of the escape at `at`, and the length of the escape.
fn escape(text: &str, at: usize) -> Result<(char, usize), (usize, usize)> {
    let code = text.as_bytes().get(at + 1).copied().unwrap_or(b'\n');
    let c = match code {
        b'0' => '\0',
        b'a' => '\u{7}',
        b'b' => '\u{8}',
        b't' | b'\t' => '\t',
        b'n' => '\n',
        b'v' => '\u{b}',
        b'f' => '\u{c}',
        b'r' => '\r',
        b'e' => '\u{1b}',
        b' ' | b'"' | b'/' | b'\\' => char::from(code),
        b'N' => '\u{85}',
        b'_' => '\u{a0}',
        b'L' => '\u{2028}',
        b'P' => '\u{2029}',
        b'x' => return hex(text, at, 2),
        b'u' => return hex(text, at, 4),
        b'U' => return hex(text, at, 8),
        _ => {
            let length = text.get(at + 1..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
            return Err((at, 1 + length));
        }
    };
    Ok((c, 2))
}

/// `\xXX`, `\uXXXX`, `\UXXXXXXXX`, or two `\u` that are a surrogate pair.
fn hex(text: &str, at: usize, digits: usize) -> Result<(char, usize), (usize, usize)> {
    let unit = |at: usize, digits: usize| {
        let digits = text.get(at + 2..at + 2 + digits)?;
        digits.bytes().all(|c| c.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok()).flatten()
    };
    let code = unit(at, digits).ok_or((at, 2))?;
    let second = at + 6;
    if digits == 4 && (0xd800..0xdc00).contains(&code) && text.cut(second..).starts_with("\\u") {
        let low = unit(second, 4).filter(|low| (0xdc00..0xe000).contains(low)).ok_or((at, 6))?;
        let code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        return char::from_u32(code).map(|c| (c, 12)).ok_or((at, 6));
    }
    char::from_u32(code).map(|c| (c, 2 + digits)).ok_or((at, 2 + digits))
}
