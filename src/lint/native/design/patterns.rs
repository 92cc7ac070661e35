//! Regular expressions that not every engine reads the same way.

use super::super::facts::Facts;
use super::super::{Finding, Options};
use crate::text::Cut;
use rustc_hash::FxHashSet;

/// What a pattern uses that is no part of ECMA-262, with what to write instead.
pub(in crate::lint::native) fn foreign(text: &str) -> Option<(&'static str, &'static str)> {
    let wrapped = text.len() > 2
        && text.starts_with('/')
        && text.rfind('/').is_some_and(|end| {
            // A pattern for a path may begin and end with slashes, but then has anchors or escapes them.
            end > 0
                && text.cut(end + 1..).chars().all(|c| "gimsuy".contains(c))
                && (text.starts_with("/^") || text.cut(..end).ends_with('$'))
        });
    if wrapped {
        return Some(("is wrapped in slashes, which are taken as part of the value", "remove them"));
    }
    let bytes = text.as_bytes();
    let (mut escaped, mut in_class) = (false, false);
    for (index, &byte) in bytes.iter().enumerate() {
        let rest = &text.as_bytes()[index..];
        if escaped {
            escaped = false;
            match byte {
                b'A' | b'Z' | b'z' if !in_class => {
                    return Some(("uses `\\A` or `\\Z`, which mean letters in ECMA-262", "use `^` and `$`"));
                }
                b'p' if [
                    &b"p{Alpha}"[..],
                    b"p{Upper}",
                    b"p{Lower}",
                    b"p{Digit}",
                    b"p{Alnum}",
                    b"p{Punct}",
                    b"p{Space}",
                    b"p{IsAlphabetic}",
                ]
                .iter()
                .any(|class| rest.starts_with(class)) =>
                {
                    return Some(("uses a class of Java", "write the characters out, for example `[A-Za-z]`"));
                }
                _ => {}
            }
            continue;
        }
        match byte {
            b'\\' => escaped = true,
            b'[' if in_class && rest.starts_with(b"[:") && text.cut(index..).contains(":]") => {
                return Some(("uses a POSIX class", "write the characters out, for example `[A-Za-z]`"));
            }
            b'[' => in_class = true,
            b']' => in_class = false,
            b'(' if !in_class && rest.len() > 2 && rest[1] == b'?' && matches!(rest[2], b'i' | b'm' | b's' | b'x') => {
                return Some(("sets flags inside the expression", "list both letter cases, or check elsewhere"));
            }
            b'(' if !in_class && rest.starts_with(b"(?>") => return Some(("uses an atomic group", "write it without")),
            b'+' if !in_class && index > 0 && ends_quantifier(text.cut(..index)) && !is_escaped(bytes, index - 1) => {
                return Some(("uses a possessive quantifier", "remove the second `+`"));
            }
            _ => {}
        }
    }
    None
}

/// Whether a text ends like a quantifier: `*`, `+`, `?` or `{2,3}`, but not `\\p{L}`.
fn ends_quantifier(text: &str) -> bool {
    let Some(inner) = text.strip_suffix('}') else { return text.ends_with(['*', '+', '?']) };
    let count = inner.rsplit('{').next().unwrap_or_default();
    count.starts_with(|c: char| c.is_ascii_digit()) && count.bytes().all(|b| b.is_ascii_digit() || b == b',')
}

/// Whether an odd number of backslashes stands before a byte.
fn is_escaped(bytes: &[u8], index: usize) -> bool {
    bytes[..index].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// `des-regex-portable`: patterns are ECMA-262, as JSON Schema says.
pub(super) fn portable(facts: &Facts<'_>, _: &Options, out: &mut Vec<Finding>) {
    let mut seen = FxHashSet::default();
    let components = facts.api.schemas().into_iter().filter_map(|(_, schema)| schema.place());
    let places = facts.everywhere().map(|element| element.schema).chain(components);
    for place in places.filter_map(|schema| schema.get("pattern")) {
        let Some(text) = place.as_str().filter(|_| seen.insert(place.id())) else { continue };
        if let Some((what, instead)) = foreign(text) {
            out.push(Finding::at(place, format!("the pattern `{text}` {what}; {instead}")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::foreign;

    #[test]
    fn only_foreign_syntax_is_reported() {
        for text in ["/^[0-9]+$/", "(?i)^a$", "^\\p{Alpha}+$", "^[[:alpha:]]$", "\\Aabc\\Z", "^a++$"] {
            assert!(foreign(text).is_some(), "{text}");
        }
        for text in ["^/[a-z]+/$", "^a\\++$", "^[+*+]+$", "^(?:a|b)$", "^(?=a)b$", "^\\p{L}+$", "^\\\\A$"] {
            assert!(foreign(text).is_none(), "{text}");
        }
    }
}
