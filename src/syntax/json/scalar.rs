//! Numbers and escapes of JSON, for both readers.

use super::super::tree::Kind;
use crate::text::Cut;

/// Scans the number at `start`: its end and kind; else what is wrong with it.
#[inline]
pub(super) fn number(s: &[u8], start: usize) -> Result<(usize, Kind), &'static str> {
    let digits = |from: usize| s[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let mut at = start + usize::from(s[start] == b'-');
    let whole = digits(at);
    if whole == 0 {
        return Err("a number must begin with a digit, or with `-` and a digit");
    }
    if whole > 1 && s[at] == b'0' {
        return Err("a number must not start with 0");
    }
    at += whole;
    let mut kind = Kind::Int;
    if s.get(at) == Some(&b'.') {
        kind = Kind::Float;
        let fraction = digits(at + 1);
        if fraction == 0 {
            return Err("a decimal point must be followed by a digit");
        }
        at += 1 + fraction;
    }
    if matches!(s.get(at), Some(b'e' | b'E')) {
        kind = Kind::Float;
        at += 1;
        at += usize::from(matches!(s.get(at), Some(b'+' | b'-')));
        let exponent = digits(at.min(s.len()));
        if exponent == 0 {
            return Err("an exponent needs a digit");
        }
        at += exponent;
    }
    Ok((at, kind))
}

/// What is wrong with an escape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// There is none such; it stays as it is written.
    Unknown,
    /// Half of a surrogate pair, which is JSON by its grammar (RFC 8259, section 8.2) and no character. U+FFFD stands for it.
    LoneSurrogate,
}

/// Appends `text` to `out` with its escapes undone. The place in `text` of one that is wrong is told to `bad`, which says
/// whether to go on.
pub(super) fn unescape(text: &str, out: &mut String, mut bad: impl FnMut(usize, Fault) -> bool) -> bool {
    let mut at = 0;
    while let Some(slash) = memchr::memchr(b'\\', &text.as_bytes()[at..]) {
        out.push_str(text.cut(at..at + slash));
        at += slash;
        let escape = text.as_bytes().get(at + 1).copied().unwrap_or(b' ');
        let (c, length) = match escape {
            b'"' | b'\\' | b'/' => (Some(char::from(escape)), 2),
            b'b' => (Some('\u{8}'), 2),
            b'f' => (Some('\u{c}'), 2),
            b'n' => (Some('\n'), 2),
            b'r' => (Some('\r'), 2),
            b't' => (Some('\t'), 2),
            b'u' => match unicode(text, at) {
                Some((None, _)) if !bad(at, Fault::LoneSurrogate) => return false,
                Some((c, length)) => (Some(c.unwrap_or('\u{fffd}')), length),
                None => (None, 1),
            },
            _ => (None, 1),
        };
        match c {
            Some(c) => out.push(c),
            None if bad(at, Fault::Unknown) => out.push('\\'),
            None => return false,
        }
        at += length;
    }
    out.push_str(text.cut(at..));
    true
}

/// The character of `\uXXXX`, or of a surrogate pair, and its length; a lone surrogate is none.
fn unicode(text: &str, at: usize) -> Option<(Option<char>, usize)> {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        digits.bytes().all(|c| c.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok()).flatten()
    };
    let first = unit(at)?;
    if (0xd800..0xdc00).contains(&first)
        && let Some(second) = unit(at + 6).filter(|unit| (0xdc00..0xe000).contains(unit))
    {
        let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        return Some((char::from_u32(code), 12));
    }
    Some((char::from_u32(first), 6))
}
