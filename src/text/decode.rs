//! Bytes to text: UTF-8 with or without a byte order mark; anything else is named and refused.

use std::borrow::Cow;

/// Why bytes are not a text that can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodingError {
    /// A UTF-16 or UTF-32 byte order mark, or the zero bytes typical of them.
    #[error("the file is encoded as {0}; save it as UTF-8")]
    Wide(&'static str),
    /// Zero bytes: not a text at all.
    #[error("the file is binary (zero byte at offset {0}); an OpenAPI contract is UTF-8 text")]
    Binary(usize),
    /// A byte sequence that UTF-8 does not allow.
    #[error("byte {byte:#04x} at offset {offset} (line {line}) is not valid UTF-8; save the file as UTF-8")]
    Invalid {
        /// Offset of the first wrong byte.
        offset: usize,
        /// 1-based line of that byte.
        line: usize,
        /// The byte itself.
        byte: u8,
    },
    /// Larger than spans can address (4 GiB).
    #[error("the file is larger than 4 GiB")]
    TooLarge,
}

/// The text of `bytes`, its byte order mark removed. Borrowed: no copy is made.
///
/// # Errors
/// [`EncodingError`] names the encoding met, or the place of the first wrong byte.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, EncodingError> {
    if u32::try_from(bytes.len()).is_err() {
        return Err(EncodingError::TooLarge);
    }
    if let Some(name) = wide(bytes) {
        return Err(EncodingError::Wide(name));
    }
    let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(body) {
        Ok(text) => match memchr::memchr(0, body) {
            Some(at) => Err(EncodingError::Binary(at)),
            None => Ok(Cow::Borrowed(text)),
        },
        Err(error) => {
            let offset = error.valid_up_to();
            if let Some(zero) = memchr::memchr(0, body) {
                return Err(EncodingError::Binary(zero));
            }
            let line = 1 + super::line_index::line_ends(&body[..offset]).count();
            Err(EncodingError::Invalid { offset, line, byte: body[offset] })
        }
    }
}

/// UTF-16 and UTF-32 by mark, or by the zero bytes that ASCII text has in them.
fn wide(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some("UTF-32"),
        [0xff, 0xfe, ..] => Some("UTF-16 (little endian)"),
        [0xfe, 0xff, ..] => Some("UTF-16 (big endian)"),
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => Some("UTF-16 (little endian)"),
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => Some("UTF-16 (big endian)"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_removed() {
        assert_eq!(decode(b"\xef\xbb\xbfopenapi: 3.0.0").unwrap(), "openapi: 3.0.0");
    }

    #[test]
    fn other_encodings_are_named() {
        assert_eq!(decode(b"\xff\xfeo\0p\0"), Err(EncodingError::Wide("UTF-16 (little endian)")));
        assert_eq!(decode(b"\0o\0p"), Err(EncodingError::Wide("UTF-16 (big endian)")));
        assert_eq!(decode(b"a\nb\xe9c"), Err(EncodingError::Invalid { offset: 3, line: 2, byte: 0xe9 }));
        assert_eq!(decode(b"PK\x03\x04abc\0"), Err(EncodingError::Binary(7)));
    }
}
