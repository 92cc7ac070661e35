//! Makes a text simple to scan, byte for byte of the same length, so that spans hold.
//!
//! A carriage return alone is a line end in YAML (section 5.4) and becomes a line feed. Control characters, which YAML
//! forbids (section 5.1), are reported and read as spaces. Texts without either are borrowed.

use super::super::builder::Builder;
use super::super::{Code, Problem};
use crate::text::Span;
use std::borrow::Cow;

/// Most control characters that are reported one by one.
const REPORTED: usize = 5;

pub(super) fn clean<'t>(text: &'t str, out: &mut Builder<'_>) -> Cow<'t, str> {
    let bytes = text.as_bytes();
    let control = bytes.iter().fold(false, |found, c| found | forbidden(*c));
    let lone = memchr::memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1) != Some(&b'\n'));
    if !control && !lone {
        return Cow::Borrowed(text);
    }
    let mut reported = 0;
    let mut cleaned = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if c == '\r' && bytes.get(at + 1) != Some(&b'\n') {
            cleaned.push('\n');
        } else if c.is_ascii() && forbidden(c as u8) {
            if reported < REPORTED {
                let message = format!("the control character U+{:04X} is not allowed in YAML", c as u32);
                out.problem(
                    Problem::new(Code::SyntaxYaml, Span::new(at, at + 1), message)
                        .help("remove it, or write it as an escape in double quotes"),
                );
            }
            reported += 1;
            cleaned.push(' ');
        } else {
            cleaned.push(c);
        }
    }
    Cow::Owned(cleaned)
}

fn forbidden(c: u8) -> bool {
    c.is_ascii_control() && !matches!(c, b'\t' | b'\n' | b'\r')
}
