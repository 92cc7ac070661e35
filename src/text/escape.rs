//! Escaping untrusted text for the places it is printed to. Every floor that writes documents uses it.
//!
//! Whatever the place: secrets are masked, characters that nobody sees or that turn the direction of text become `�`, and
//! nothing that a CI system takes for a command (`##[…]`, `##vso[…]`) survives, wherever in a line it stands.

use super::Cut;
use super::secret;
use std::borrow::Cow;

/// For terminals and plain logs: control characters, which could move the cursor or colour text, become `�`.
pub(crate) fn plain(text: &str) -> String {
    let text = secret::mask(text);
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t')) {
        return broken(text).into_owned();
    }
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() && c != '\n' && c != '\t' || is_invisible(c) { '\u{fffd}' } else { c })
        .collect();
    broken(Cow::Owned(clean)).into_owned()
}

/// Characters that nobody sees, or that reorder the text around them.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Where a command of a CI system begins (`##[`, `##vso[`, `##teamcity[`): the offsets of its second `#`.
fn commands(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let begins = |at: &usize| {
        let name = bytes[at + 2..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(byte));
        bytes.get(at + 2 + name.count()) == Some(&b'[')
    };
    memchr::memmem::find_iter(bytes, "##")
        .flat_map(|at| [at, at + 1])
        .filter(|at| bytes[*at..].starts_with(b"##"))
        .filter(begins)
        .map(|at| at + 1)
        .collect()
}

/// The text with something between the two signs that begin a command.
fn parted<'t>(text: Cow<'t, str>, sign: &str) -> Cow<'t, str> {
    let found = commands(&text);
    if found.is_empty() {
        return text;
    }
    let mut out = String::with_capacity(text.len() + found.len() * sign.len());
    let mut from = 0;
    for at in found.into_iter().filter(|at| text.is_char_boundary(*at)) {
        out.push_str(text.cut(from..at));
        out.push_str(sign);
        from = at;
    }
    out.push_str(text.cut(from..));
    Cow::Owned(out)
}

/// The text without commands.
fn broken(text: Cow<'_, str>) -> Cow<'_, str> {
    parted(text, " ")
}

/// A JSON document as it is printed to logs: characters that nobody sees and commands are escaped, so it says the same.
pub(crate) fn json(document: String) -> String {
    let seen = |c: char| !(c.is_control() && c != '\n' || is_invisible(c));
    let clean = if document.chars().all(seen) {
        document
    } else {
        let mut out = String::with_capacity(document.len() + 64);
        let mut units = [0; 2];
        for c in document.chars() {
            if seen(c) {
                out.push(c);
            } else {
                out.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
            }
        }
        out
    };
    let found = commands(&clean);
    if found.is_empty() {
        return clean;
    }
    // A number sign stands in texts alone.
    let mut out = String::with_capacity(clean.len() + found.len() * 6);
    let mut from = 0;
    for at in found {
        out.push_str(clean.cut(from..at));
        out.push_str("\\u0023");
        from = at + 1;
    }
    out.push_str(clean.cut(from..));
    out
}

/// As [`plain`], on one line.
pub(crate) fn line(text: &str) -> String {
    let text = secret::mask(text);
    // Nearly every text is one line already.
    if is_line(text.as_bytes()) {
        return text.into_owned();
    }
    plain(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether this is printable ASCII without a space at an end or beside another, and without what may begin a command.
fn is_line(text: &[u8]) -> bool {
    let mut last = b' ';
    for &byte in text {
        if !matches!(byte, b' '..=b'~') || last == byte && matches!(byte, b' ' | b'#') {
            return false;
        }
        last = byte;
    }
    last != b' ' || text.is_empty()
}

/// For XML and HTML text and attributes. Characters that XML does not allow become `�`.
pub(crate) fn xml(text: &str) -> String {
    let text = secret::mask(text);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push_str("&#10;"),
            // Two of them may begin a command.
            '#' if out.ends_with('#') => out.push_str("&#35;"),
            '\t' => out.push('\t'),
            c if c.is_control() || is_invisible(c) || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// An HTML page whose values a template engine has escaped: nothing in it is a command in a log.
pub(crate) fn page(page: String) -> String {
    if memchr::memmem::find(page.as_bytes(), b"##").is_some() { page.replace("##", "#&#35;") } else { page }
}

/// For Markdown text: on one line, with the characters that start markup or HTML escaped. Code spans (text between
/// single backticks) are kept as code. Mentions, references to issues and addresses become no links: what follows them
/// is parted by a space of no width.
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
            for (at, c) in part.char_indices() {
                let rest = part.cut(at + c.len_utf8()..);
                match c {
                    '\\' | '*' | '_' | '[' | ']' | '|' | '~' => out.extend(['\\', c]),
                    '#' if rest.starts_with(|c: char| c.is_ascii_digit()) => out.push_str("\\#&#8203;"),
                    '#' => out.push_str("\\#"),
                    '<' => out.push_str("&lt;"),
                    '>' => out.push_str("&gt;"),
                    '&' => out.push_str("&amp;"),
                    '@' => out.push_str("@&#8203;"),
                    ':' if rest.starts_with("//") => out.push_str(":&#8203;"),
                    '.' if ends_with(&out, "www") => out.push_str("&#8203;."),
                    '-' if ends_with(&out, "gh") => out.push_str("&#8203;-"),
                    c => out.push(c),
                }
            }
        }
    }
    out
}

/// Whether a text ends in these letters, of whatever case.
fn ends_with(text: &str, letters: &str) -> bool {
    let end = text.len().checked_sub(letters.len()).and_then(|start| text.get(start..));
    end.is_some_and(|end| end.eq_ignore_ascii_case(letters))
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
    let text = secret::mask(text);
    let mut out = String::with_capacity(text.len());
    let mut units = [0; 2];
    for c in text.chars() {
        match c {
            '|' => out.push_str("||"),
            '\'' => out.push_str("|'"),
            '\n' => out.push_str("|n"),
            '\r' => out.push_str("|r"),
            '[' => out.push_str("|["),
            ']' => out.push_str("|]"),
            c if c.is_control() => out.push(' '),
            c if is_invisible(c) => out.push_str("|0xfffd"),
            c if !c.is_ascii() => out.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("|0x{unit:04x}"))),
            c => out.push(c),
        }
    }
    out
}

/// Returns a field of CSV (RFC 4180) on one line, quoted where needed. What a spreadsheet would run as a formula is made a
/// string.
pub(crate) fn field(text: &str) -> String {
    let text = line(text);
    let text = if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text };
    if text.contains([',', '"', ';']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
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
        assert_eq!(teamcity("\u{1f600}"), "|0xd83d|0xde00");
        assert_eq!(markdown("the key `a_b` is *x*"), "the key `a_b` is \\*x\\*");
        assert_eq!(shortened("abcdef", 4), "abc…");
    }

    #[test]
    fn no_place_obeys_a_command_wherever_in_a_line_it_stands() {
        for command in ["##[error]x", "a ##vso[task.complete result=Succeeded;]", "###[stop-commands]x", "##VSO[x]"] {
            let whole = serde_json::to_string(&[command]).unwrap();
            assert_eq!(serde_json::from_str::<[String; 1]>(&json(whole.clone())).unwrap()[0], command);
            let shown = [plain(command), line(command), markdown(command), code(command), xml(command), json(whole)];
            for shown in shown.into_iter().chain([workflow(command), page(command.to_owned())]) {
                assert!(commands(&shown).is_empty(), "{shown}");
            }
        }
        assert_eq!(plain("## [a] and #[b] and ##"), "## [a] and #[b] and ##");
    }

    #[test]
    fn what_nobody_sees_is_shown_or_escaped() {
        let hidden = "a\u{200b}b\u{feff}c\u{2028}d\u{2066}e\u{e0041}f\u{ad}g\u{9b}";
        for shown in [plain(hidden), line(hidden), xml(hidden), markdown(hidden), workflow(hidden)] {
            assert!(!shown.chars().any(|c| is_invisible(c) || c.is_control()), "{shown:?}");
        }
        let whole = json(serde_json::to_string(hidden).unwrap());
        assert!(whole.is_ascii() && serde_json::from_str::<String>(&whole).unwrap() == hidden, "{whole}");
    }

    #[test]
    fn nothing_in_markdown_becomes_a_link() {
        for text in ["see https://evil.example/x", "www.evil.example", "cc @team", "a@b.example", "#12", "GH-3"] {
            let shown = markdown(text).replace("&#8203;", "\u{200b}").replace('\\', "");
            assert!(!shown.contains("://") && !shown.contains("www.") && !shown.contains("#1"), "{shown}");
            assert!(!shown.contains("@t") && !shown.contains("@b") && !shown.contains("GH-"), "{shown}");
        }
    }
}
