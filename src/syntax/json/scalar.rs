//! Numbers and escapes of JSON, for both readers.

use super::super::tree::Kind;

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

/// Appends `text` to `out` with its escapes undone. An escape that does not exist stays as it is written; its place in
/// `text` is told to `bad`, which says whether to go on.
pub(super) fn unescape(text: &str, out: &mut String, mut bad: impl FnMut(usize) -> bool) -> bool {
    let mut at = 0;
    while let Some(slash) = memchr::memchr(b'\\', &text.as_bytes()[at..]) {
        out.push_str(&text[at..at + slash]);
        at += slash;
        let escape = text.as_bytes().get(at + 1).copied().unwrap_or(b' ');
        let (c, length) = match escape {
            b'"' | b'\\' | b'/' => (Some(char::from(escape)), 2),
            b'b' => (Some('\u{8}'), 2),
            b'f' => (Some('\u{c}'), 2),
            b'n' => (Some('\n'), 2),
            b'r' => (Some('\r'), 2),
            b't' => (Some('\t'), 2),
            b'u' => unicode(text, at).map_or((None, 1), |(c, length)| (Some(c), length)),
            _ => (None, 1),
        };
        match c {
            Some(c) => out.push(c),
            None if bad(at) => out.push('\\'),
            None => return false,
        }
        at += length;
    }
    out.push_str(&text[at..]);
    true
}

/// `\uXXXX`, or a surrogate pair, and its length. A lone surrogate becomes U+FFFD, as it has no text.
fn unicode(text: &str, at: usize) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        digits.bytes().all(|c| c.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok()).flatten()
    };
    let first = unit(at)?;
    if (0xd800..0xdc00).contains(&first)
        && let Some(second) = unit(at + 6).filter(|unit| (0xdc00..0xe000).contains(unit))
    {
        let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        return Some((char::from_u32(code).unwrap_or('\u{fffd}'), 12));
    }
    Some((char::from_u32(first).unwrap_or('\u{fffd}'), 6))
}
