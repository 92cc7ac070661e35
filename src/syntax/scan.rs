//! Searches over bytes, eight at a time.

/// Bytes that end a word: white space and line ends.
#[inline]
pub(super) fn blank(c: u8) -> bool {
    matches!(c, b' ' | b'\t' | b'\n' | b'\r')
}

/// `,`, `[`, `]`, `{`, `}`: they end a plain scalar in a flow collection.
#[inline]
pub(super) fn flow(c: u8) -> bool {
    matches!(c, b',' | b'[' | b']' | b'{' | b'}')
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Eight times the byte.
#[inline]
fn splat(c: u8) -> u64 {
    ONES * u64::from(c)
}

/// The high bit of each byte of `word` that is zero; exact up to the first.
#[inline]
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGH
}

#[inline]
fn word(s: &[u8], at: usize) -> Option<u64> {
    s.get(at..)?.first_chunk::<8>().map(|chunk| u64::from_le_bytes(*chunk))
}

/// The first byte at or after `at` that is not a space.
#[inline]
pub(super) fn space_run(s: &[u8], mut at: usize) -> usize {
    while let Some(word) = word(s, at) {
        let other = word ^ splat(b' ');
        if other != 0 {
            return at + (other.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while s.get(at) == Some(&b' ') {
        at += 1;
    }
    at
}

/// The first `:`, `#` or line feed at or after `at`; the length of the text if there is none.
#[inline]
pub(super) fn plain_stop(s: &[u8], mut at: usize) -> usize {
    while let Some(word) = word(s, at) {
        let found = zeros(word ^ splat(b':')) | zeros(word ^ splat(b'#')) | zeros(word ^ splat(b'\n'));
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while at < s.len() && !matches!(s[at], b':' | b'#' | b'\n') {
        at += 1;
    }
    at.min(s.len())
}

/// The line feed that ends the line of `at`; the length of the text if there is none.
#[inline]
pub(super) fn line_end(s: &[u8], at: usize) -> usize {
    let at = at.min(s.len());
    memchr::memchr(b'\n', &s[at..]).map_or(s.len(), |found| at + found)
}

/// `start..end` without white space at its end.
#[inline]
pub(super) fn trim_end(s: &[u8], start: usize, mut end: usize) -> usize {
    while end > start && matches!(s[end - 1], b' ' | b'\t' | b'\r') {
        end -= 1;
    }
    end
}
