//! JSON Pointer, RFC 6901: escaping, splitting, and its form in a URI fragment.

use crate::text::Cut;
use std::borrow::Cow;

/// `token` with `~` and `/` escaped (RFC 6901 section 3).
pub fn escape(token: &str) -> Cow<'_, str> {
    if memchr::memchr2(b'~', b'/', token.as_bytes()).is_some() {
        Cow::Owned(token.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(token)
    }
}

/// `token` with its escapes undone (RFC 6901 section 4).
pub fn unescape(token: &str) -> Cow<'_, str> {
    if token.contains('~') { Cow::Owned(token.replace("~1", "/").replace("~0", "~")) } else { Cow::Borrowed(token) }
}

/// Adds one reference token to a pointer.
pub fn push(pointer: &mut String, token: &str) {
    pointer.push('/');
    let mut rest = token;
    while let Some(at) = memchr::memchr2(b'~', b'/', rest.as_bytes()) {
        pointer.push_str(rest.cut(..at));
        pointer.push_str(if rest.as_bytes()[at] == b'~' { "~0" } else { "~1" });
        rest = rest.cut(at + 1..);
    }
    pointer.push_str(rest);
}

/// The pointer made of `tokens`.
pub fn join<'a>(tokens: impl IntoIterator<Item = &'a str>) -> String {
    let mut pointer = String::new();
    for token in tokens {
        push(&mut pointer, token);
    }
    pointer
}

/// The tokens of a pointer, unescaped. `None` when it is neither empty nor starts with `/`.
pub fn tokens(pointer: &str) -> Option<Vec<Cow<'_, str>>> {
    if pointer.is_empty() {
        return Some(Vec::new());
    }
    Some(pointer.strip_prefix('/')?.split('/').map(unescape).collect())
}

/// Percent-decodes a URI fragment (RFC 3986 section 2.1). `None` when the result is not UTF-8 or an escape is cut.
pub fn percent_decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let high = char::from(bytes.next()?).to_digit(16)?;
            let low = char::from(bytes.next()?).to_digit(16)?;
            out.push((high * 16 + low) as u8);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_round_trip_in_the_right_order() {
        assert_eq!(escape("a/~b"), "a~1~0b");
        assert_eq!(unescape("~01"), "~1");
        assert_eq!(join(["paths", "/a/{b}"]), "/paths/~1a~1{b}");
        assert_eq!(tokens("/a~1b//c").unwrap(), ["a/b", "", "c"]);
        assert_eq!(tokens("a"), None);
    }

    #[test]
    fn percent_escapes_are_decoded() {
        assert_eq!(percent_decode("/paths/~1a~1%7Bid%7D").unwrap(), "/paths/~1a~1{id}");
        assert_eq!(percent_decode("%4"), None);
        assert_eq!(percent_decode("%ff"), None);
    }
}
