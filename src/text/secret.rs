//! Secrets and card numbers in texts: what they look like, and the text without them.
//!
//! The rules that find them (`sec-no-secret-literal`, `cmp-example-live-pan`) and everything that prints share these
//! shapes, so that whatever is found is shown nowhere.

use memchr::memmem;
use regex::Regex;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

/// The shape of a secret. Its pattern is compiled for texts that hold one of its marks, which few do.
pub(crate) struct Shape {
    marks: &'static [&'static str],
    pattern: &'static str,
    /// What it is, in words.
    pub(crate) name: &'static str,
    regex: OnceLock<Option<Regex>>,
}

impl Shape {
    const fn new(marks: &'static [&'static str], pattern: &'static str, name: &'static str) -> Self {
        Shape { marks, pattern, name, regex: OnceLock::new() }
    }

    fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| Regex::new(self.pattern).ok()).as_ref()
    }

    /// Returns the pattern, where something in the text has this shape.
    pub(crate) fn meets(&self, text: &str) -> Option<&Regex> {
        let marked = self.marks.iter().any(|mark| memmem::find(text.as_bytes(), mark.as_bytes()).is_some());
        if marked { self.regex().filter(|regex| regex.is_match(text)) } else { None }
    }
}

/// Shapes of keys, with the name of what they are.
pub(crate) static SHAPES: [Shape; 18] = [
    Shape::new(
        &["PRIVATE KEY"],
        r"-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED )?PRIVATE KEY-----\s*(?:\\n)?\s*[A-Za-z0-9+/]{40}",
        "a private key",
    ),
    Shape::new(&["AKIA", "ASIA"], r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b", "an AWS access key"),
    Shape::new(&["AIza"], r"\bAIza[0-9A-Za-z_-]{35}\b", "a Google API key"),
    Shape::new(&["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], r"\bgh[pousr]_[A-Za-z0-9]{36}\b", "a GitHub token"),
    Shape::new(&["xox"], r"\bxox[baprs]-[0-9]{8,}-[0-9A-Za-z-]{10,}", "a Slack token"),
    Shape::new(&["k_live_"], r"\b(?:sk|rk)_live_[0-9A-Za-z]{20,}", "a live payment key"),
    Shape::new(&["AccountKey="], r"\bAccountKey=[A-Za-z0-9+/]{80,}={0,2}", "an Azure storage key"),
    Shape::new(&["SG."], r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b", "a SendGrid key"),
    Shape::new(&["github_pat_"], r"\bgithub_pat_[A-Za-z0-9_]{50,}", "a GitHub token"),
    Shape::new(&["glpat-"], r"\bglpat-[A-Za-z0-9_-]{20,}", "a GitLab token"),
    Shape::new(&["npm_"], r"\bnpm_[A-Za-z0-9]{36}\b", "an npm token"),
    Shape::new(&["sk-proj-", "sk-ant-"], r"\bsk-(?:proj|ant)-[A-Za-z0-9_-]{20,}", "an API key of a model"),
    Shape::new(&["hvs."], r"\bhvs\.[A-Za-z0-9_-]{24,}", "a Vault token"),
    Shape::new(&["dop_v1_"], r"\bdop_v1_[0-9a-f]{64}\b", "a DigitalOcean token"),
    Shape::new(
        &["aws_secret_access_key"],
        r"(?i)\baws_secret_access_key\s*[=:]\s*[A-Za-z0-9/+]{40}\b",
        "an AWS secret key",
    ),
    Shape::new(
        &["uthorization"],
        r"(?i)\bauthorization\s*:\s*(?:bearer|basic|token)\s+[A-Za-z0-9._~+/-]{20,}=*",
        "a credential in an `Authorization` header",
    ),
    Shape::new(
        &["curl "],
        r#"\bcurl\b[^\n]*\s-u\s+["']?[A-Za-z0-9._-]{3,}:[^\s"'$<{]{12,}"#,
        "a user name and password for `curl`",
    ),
    Shape::new(&["jdbc:"], r"\bjdbc:[a-z]+:[^\s]*(?i:password)=[^\s;&<{$]{8,}", "a password in a database address"),
];

/// A JSON Web Token.
pub(crate) static TOKEN: Shape =
    Shape::new(&[".eyJ"], r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}", "a signed token");

/// An address with a user name and a password.
pub(crate) static ADDRESS: Shape =
    Shape::new(&["://"], r#"\b[a-z][a-z0-9+.-]*://[^\s/:@"'<>]+:[^\s/@"'<>]+@[^\s"'<>]+"#, "an address");

/// Returns whether some address of the text names a user: an `@` before its path begins.
pub(crate) fn names_users(text: &str) -> bool {
    let ends = |c: char| c.is_whitespace() || matches!(c, '/' | '@' | '"' | '\'' | '<' | '>');
    text.match_indices("://").any(|(at, mark)| {
        let rest = text.get(at + mark.len()..).unwrap_or_default();
        rest.chars().find(|c| ends(*c)) == Some('@')
    })
}

/// Words that show that a value only stands for a secret.
const PLACEHOLDERS: [&str; 12] =
    ["example", "xxx", "your", "test", "dummy", "placeholder", "sample", "redacted", "changeme", "***", "...", "fake"];

/// Returns whether a value only stands for a secret.
pub(crate) fn is_placeholder(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let distinct = text.chars().collect::<std::collections::BTreeSet<_>>().len();
    PLACEHOLDERS.iter().any(|word| lower.contains(word)) || text.contains(['<', '{', '$']) || distinct < 8
}

/// Returns whether little but rows of digits or letters stands in a value, as people type them: it is no secret to report, but
/// is masked like one.
pub(crate) fn is_row(text: &str) -> bool {
    let mut rest = text.to_ascii_lowercase();
    for row in ["1234567890", "0123456789", "abcdefghijklmnopqrstuvwxyz", "abcdefgh"] {
        rest = rest.replace(row, "");
    }
    rest.len() < text.len() && rest.chars().collect::<std::collections::BTreeSet<_>>().len() < 8
}

/// Test numbers that card schemes and payment services publish.
const TEST_NUMBERS: &str = "4111111111111111 4012888888881881 4222222222222 4242424242424242 4000056655665556 5555555555554444 5105105105105100 \
    2223003122003222 5200828282828210 378282246310005 371449635398431 378734493671000 6011111111111117 6011000990139424 30569309025904 \
    38520000023237 3056930009020004 36227206271667 3530111333300000 3566002020360505 6200000000000005 6304000000000000 4917610000000000 \
    4444333322221111 4988438843884305 4166676667666746 4646464646464644 5136333333333335 5585558555855583 2222400070000005 2222410740360010 \
    5100290029002909 5577000055770004 5454545454545454 370000000000002 6771798021000008 5066991111111118 4035501000000008 4360000001000005 \
    4871049999999910 6703444444444449 4012000033330026 4005519200000004 4009348888881881 4012000077777777 4217651111111119 4500600000000061 \
    4000111111111115 5019717010103742 4539791001730106 4977949494949497 4444444444444448 5413330089010608 4761739001010010 5204740009900014";

fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| {
            let value = u32::from(byte - b'0') * if at % 2 == 1 { 2 } else { 1 };
            if value > 9 { value - 9 } else { value }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Returns whether digits are a card number of a scheme: range, length, and check digit.
pub(crate) fn is_card_number(digits: &str) -> bool {
    let head = |count: usize| digits.get(..count).and_then(|head| head.parse::<u32>().ok()).unwrap_or(0);
    let scheme = match digits.len() {
        13 => head(1) == 4,
        14 => matches!(head(2), 36 | 38) || (300..=305).contains(&head(3)),
        15 => matches!(head(2), 34 | 37),
        16 => {
            head(1) == 4
                || (51..=55).contains(&head(2))
                || (2221..=2720).contains(&head(4))
                || head(4) == 6011
                || head(2) == 65
                || (3528..=3589).contains(&head(4))
                || head(2) == 62
        }
        18 | 19 => head(1) == 4 || head(2) == 62,
        _ => false,
    };
    scheme && luhn(digits) && digits.bytes().any(|byte| byte != b'0' && Some(byte) != digits.bytes().next())
}

/// First digits of ranges that only sandboxes of payment services use, or that stand for "any number" in their documents.
const TEST_RANGES: &str = "411111 424242 400000 401288 444433 555555 555544 510510 511111 520082 222300 378282 371449 601111 353011 356600 305693 \
    385200 362272 620000 999999";

/// Returns whether a card number is a published test number or obviously made up: mostly one digit repeated, or a
/// known issuer with zeros.
pub(crate) fn is_test_number(digits: &str) -> bool {
    TEST_NUMBERS.split_ascii_whitespace().any(|known| known == digits)
        || TEST_RANGES.split_ascii_whitespace().any(|range| digits.starts_with(range))
        || digits.as_bytes().chunk_by(|one, next| one == next).any(|run| run.len() > 6)
        || digits.contains("123456789")
}

/// Characters of a secret that stay, so that readers know which is meant: at its start, and of a card number at its end.
const SHOWN: usize = 4;

/// Returns the text with an asterisk for each character of a secret, but for a few that tell which it is. Masked text is
/// as long as before, so places in it stay.
pub(crate) fn mask(text: &str) -> Cow<'_, str> {
    let found = hidden(text);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut bytes = text.as_bytes().to_vec();
    for range in found {
        for byte in bytes.get_mut(range).into_iter().flatten() {
            // What separates groups and lines stays; secrets are ASCII.
            if byte.is_ascii_graphic() && *byte != b'-' {
                *byte = b'*';
            }
        }
    }
    Cow::Owned(String::from_utf8(bytes).unwrap_or_default())
}

/// What must not be shown.
fn hidden(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    cards(text, &mut out);
    if !is_marked(text) {
        return out;
    }
    for shape in &SHAPES {
        let Some(regex) = shape.meets(text) else { continue };
        for found in regex.find_iter(text).filter(|found| !is_placeholder(found.as_str())) {
            let head = found.as_str().find("KEY-----").map_or(SHOWN, |at| at + "KEY-----".len());
            out.push(found.start() + head..key_end(text, found.end(), head > SHOWN));
        }
    }
    if let Some(regex) = TOKEN.meets(text) {
        out.extend(regex.find_iter(text).map(|found| found.start() + SHOWN..found.end()));
    }
    if names_users(text)
        && let Some(regex) = ADDRESS.meets(text)
    {
        for found in regex.find_iter(text) {
            let all = found.as_str();
            let user = all.find("://").map_or(0, |at| at + 3);
            let (Some(colon), Some(end)) = (all.get(user..).and_then(|rest| rest.find(':')), all.find('@')) else {
                continue;
            };
            let password = user + colon + 1..end;
            if all.get(password.clone()).is_some_and(|password| !is_placeholder(password)) {
                out.push(found.start() + password.start..found.start() + password.end);
            }
        }
    }
    out
}

/// Where a secret ends: of a private key, whose shape is its first line, where its text ends.
fn key_end(text: &str, end: usize, is_key: bool) -> usize {
    if !is_key {
        return end;
    }
    let rest = text.get(end..).unwrap_or_default();
    let of_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '\\' | ' ' | '\n' | '\r' | '\t');
    end + rest.find(|c| !of_key(c)).unwrap_or(rest.len())
}

/// Whether a text holds the mark of some secret: one look, for nearly none does.
fn is_marked(text: &str) -> bool {
    static MARKS: OnceLock<Option<Regex>> = OnceLock::new();
    let marks = MARKS.get_or_init(|| {
        let all = SHAPES.iter().chain([&TOKEN, &ADDRESS]).flat_map(|shape| shape.marks);
        Regex::new(&all.map(|mark| regex::escape(mark)).collect::<Vec<_>>().join("|")).ok()
    });
    text.len() > "a://b:c@".len() && marks.as_ref().is_some_and(|marks| marks.is_match(text))
}

/// Digits of a card number, at least and at most.
const CARD: std::ops::RangeInclusive<usize> = 13..=19;

/// The card numbers of a text, but for their last digits: groups of digits with one blank or hyphen between.
fn cards(text: &str, out: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut groups: Vec<Range<usize>> = Vec::new();
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        groups.clear();
        let first = at;
        loop {
            let start = at;
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            groups.push(start..at);
            let joined =
                matches!(bytes.get(at), Some(b' ' | b'-')) && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
            if !joined {
                break;
            }
            at += 1;
        }
        if at - first >= *CARD.start() {
            among(text, &groups, out);
        }
    }
}

/// The card numbers among groups of digits.
fn among(text: &str, groups: &[Range<usize>], out: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    // Digits of a word or of a fraction are none of a card.
    let bound =
        |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'.' | b'_'));
    let mut from = 0;
    while from < groups.len() {
        let mut digits = String::new();
        let mut found = None;
        for (to, group) in groups.iter().enumerate().skip(from) {
            digits.push_str(text.get(group.clone()).unwrap_or_default());
            if digits.len() > *CARD.end() {
                break;
            }
            let before = groups[from].start.checked_sub(1).and_then(|at| bytes.get(at));
            let ends = bound(bytes.get(group.end))
                || bytes.get(group.end) == Some(&b'.') && !bytes.get(group.end + 1).is_some_and(u8::is_ascii_digit);
            if digits.len() >= *CARD.start()
                && bound(before)
                && ends
                && is_card_number(&digits)
                && !is_test_number(&digits)
            {
                found = Some(to);
                break;
            }
        }
        let Some(to) = found else {
            from += 1;
            continue;
        };
        let mut end = groups[to].end;
        let mut shown = SHOWN;
        while shown > 0 {
            end -= 1;
            shown -= usize::from(bytes[end].is_ascii_digit());
        }
        out.push(groups[from].start..end);
        from = to + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: &str = "4539578763621486";

    #[test]
    fn what_only_stands_for_a_secret_or_a_card_is_told_from_one() {
        assert!(is_row("sk-proj--12345678901234567890") && !is_placeholder("sk-proj--12345678901234567890"));
        assert!(!is_row("sk_live_1234567890abKQzWmT92") && !is_row("sk-proj-9fQ2mZx7LwT4vKp8RbNs"));
        assert!(mask("Bearer is sk_live_1234567890abKQzWmT92").contains("****"));
        assert!(is_test_number("4012999999999999") && is_test_number("4000000000000002"));
        assert!(!is_test_number(CARD));
    }

    #[test]
    fn card_numbers_are_told_from_other_long_numbers() {
        assert!(is_card_number(CARD) && is_card_number("371449635398431"));
        assert!(
            !is_card_number("4539578763621487")
                && !is_card_number("8944500000000000000")
                && !is_card_number("1234567890123456")
        );
    }

    #[test]
    fn card_numbers_are_masked_in_whatever_form_but_their_last_digits() {
        assert_eq!(mask(CARD), "************1486");
        assert_eq!(mask("pay 4539 5787 6362 1486 12/27"), "pay **** **** **** 1486 12/27");
        assert_eq!(mask("\"4539-5787-6362-1486\"."), "\"****-****-****-1486\".");
        for same in [
            "4111111111111111",
            "0.4539578763621486",
            "4539578763621486.25",
            "a4539578763621486",
            "4539578763621487",
            "2026-01-31 12:00",
        ] {
            assert_eq!(mask(same), same);
        }
    }

    #[test]
    fn keys_tokens_and_passwords_are_masked() {
        let token = format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
        assert_eq!(mask(&format!("use {token}!")), format!("use ghp_{}!", "*".repeat(36)));
        assert_eq!(mask("AKIAIOSFODNN7QWERTYU"), "AKIA****************");
        let address = mask("postgres://app:s3cr3tP4ssw0rd@db.bank.internal/pay");
        assert_eq!(address, "postgres://app:**************@db.bank.internal/pay");
        let line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj";
        let key = format!("-----BEGIN PRIVATE KEY-----\n{line}\n{line}\n-----END PRIVATE KEY-----");
        let masked = mask(&key);
        assert!(!masked.contains("MIIE") && masked.contains("BEGIN PRIVATE KEY") && masked.contains("END"), "{masked}");
    }

    #[test]
    fn masked_text_is_as_long_and_masked_again_the_same() {
        for text in [CARD, "AKIAIOSFODNN7QWERTYU", "https://a:Sup3rS3cret@b.example/", "nothing", ""] {
            let once = mask(text).into_owned();
            assert_eq!(once.len(), text.len());
            assert_eq!(mask(&once), once);
        }
    }
}
