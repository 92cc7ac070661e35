//! The paths of `field`: a text such as `a.b[0]['c.d']` in, its parts out.

use crate::text::Cut;

/// `a.b[0]['c.d']` as its parts, as JavaScript libraries split property paths: an empty part stands between two dots.
pub(super) fn field_path(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = text;
    if rest.starts_with('.') {
        out.push(String::new());
    }
    while let Some(first) = rest.chars().next() {
        let end = rest.find(['.', '[', ']']).unwrap_or(rest.len());
        if end > 0 {
            out.push(rest.cut(..end).to_owned());
            rest = rest.cut(end..);
        } else if let Some((part, after)) = bracketed(rest) {
            out.push(part);
            rest = after;
        } else {
            let after = rest.strip_prefix("[]").or_else(|| rest.strip_prefix('.'));
            if after.is_some_and(|after| after.is_empty() || after.starts_with('.') || after.starts_with("[]")) {
                out.push(String::new());
            }
            rest = rest.cut(first.len_utf8()..);
        }
    }
    out
}

/// `[0]` or `['a']` at the start, and what follows.
fn bracketed(text: &str) -> Option<(String, &str)> {
    let inside = text.strip_prefix('[')?;
    let Some(quote) = inside.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
        let (number, after) = inside.split_once(']')?;
        let digits = number.strip_prefix('-').unwrap_or(number);
        let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_number = [whole, part].iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
        return is_number.then(|| (number.to_owned(), after));
    };
    let mut out = String::new();
    let mut chars = inside.cut(1..).char_indices();
    while let Some((at, c)) = chars.next() {
        if c == quote {
            return Some((out, inside.cut(1 + at + 1..).strip_prefix(']')?));
        }
        out.push(if c == '\\' { chars.next()?.1 } else { c });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_split_as_javascript_libraries_do() {
        for (text, parts) in [
            ("a.b", &["a", "b"] as &[&str]),
            ("a[0].b", &["a", "0", "b"]),
            ("content['application/json']", &["content", "application/json"]),
            ("[\"a\"]['b']", &["a", "b"]),
            ("['it\\'s']", &["it's"]),
            ("a..b", &["a", "", "b"]),
            ("a.", &["a", ""]),
            (".a", &["", "a"]),
            ("[foo]", &["foo"]),
            ("a[-1.5]", &["a", "-1.5"]),
            ("", &[]),
        ] {
            assert_eq!(field_path(text), parts, "{text}");
        }
    }
}
