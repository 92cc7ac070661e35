//! Escaping untrusted text for the places it is printed to. Every floor that writes documents uses it.

/// For terminals and plain logs: control characters, which could move the cursor or colour text, become `�`.
pub(crate) fn plain(text: &str) -> String {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t')) {
        return text.to_owned();
    }
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' || is_bidi(c) { '\u{fffd}' } else { c }).collect()
}

/// Characters that reorder the text around them.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// As [`plain`], on one line.
pub(crate) fn line(text: &str) -> String {
    // Nearly every text is one line already.
    if is_line(text.as_bytes()) {
        return text.to_owned();
    }
    plain(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether this is printable ASCII without a space at an end or beside another.
fn is_line(text: &[u8]) -> bool {
    let mut space = true;
    for &byte in text {
        if !matches!(byte, b' '..=b'~') || space && byte == b' ' {
            return false;
        }
        space = byte == b' ';
    }
    !space || text.is_empty()
}

/// For XML and HTML text and attributes. Characters that XML does not allow become `�`.
pub(crate) fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push('\t'),
            c if c.is_control() || is_bidi(c) || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// For Markdown text: on one line, with the characters that start markup or HTML escaped. Code spans (text between
/// single backticks) are kept as code.
pub(crate) fn markdown(text: &str) -> String {
    let text = line(text);
    let mut out = String::with_capacity(text.len());
    for (at, part) in text.split('`').enumerate() {
        let last = text.matches('`').count() == at;
        if at % 2 == 1 && !last {
            out.push_str(&code(part));
        } else {
            if at % 2 == 1 {
                out.push_str("\\`");
            }
            for c in part.chars() {
                match c {
                    '\\' | '*' | '_' | '[' | ']' | '#' | '|' | '~' => out.extend(['\\', c]),
                    '<' => out.push_str("&lt;"),
                    '>' => out.push_str("&gt;"),
                    '&' => out.push_str("&amp;"),
                    '@' => out.push_str("&#64;"),
                    c => out.push(c),
                }
            }
        }
    }
    out
}

/// A Markdown code span, safe in a table cell.
pub(crate) fn code(text: &str) -> String {
    let text = line(text).replace('`', "'").replace('|', "\\|");
    if text.is_empty() { String::new() } else { format!("`{text}`") }
}

/// The data of a GitHub workflow command.
pub(crate) fn workflow(text: &str) -> String {
    plain(&text.replace('\r', "")).replace('%', "%25").replace('\n', "%0A")
}

/// A property of a GitHub workflow command.
pub(crate) fn workflow_property(text: &str) -> String {
    workflow(text).replace(':', "%3A").replace(',', "%2C")
}

/// A value of a TeamCity service message.
pub(crate) fn teamcity(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' => out.push_str("||"),
            '\'' => out.push_str("|'"),
            '\n' => out.push_str("|n"),
            '\r' => out.push_str("|r"),
            '[' => out.push_str("|["),
            ']' => out.push_str("|]"),
            c if c as u32 > 0x7f => out.push_str(&format!("|0x{:04x}", (c as u32).min(0xffff))),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// At most `limit` characters, the cut marked by `…`.
pub(crate) fn shortened(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    text.chars().take(limit.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        let hostile = "a`b<script>|x|\r\n::error::y\u{1b}[31m\u{202e}@team";
        assert!(!plain(hostile).contains(['\u{1b}', '\u{202e}', '\r']));
        assert!(!markdown(hostile).contains("<script>"));
        assert!(!markdown(hostile).contains('\n') && !markdown(hostile).contains("@team"));
        assert!(!xml(hostile).contains('<'));
        assert!(!workflow(hostile).contains('\n'));
        assert!(!teamcity("x'|\n]").contains('\n'));
        assert_eq!(code("a`b|c"), "`a'b\\|c`");
        assert_eq!(markdown("the key `a_b` is *x*"), "the key `a_b` is \\*x\\*");
        assert_eq!(shortened("abcdef", 4), "abc…");
    }
}
