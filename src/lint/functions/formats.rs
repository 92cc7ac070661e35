//! `format` as Spectral's users know it: which texts and numbers its validator takes for a date, an address, an integer.
//!
//! Looser than the RFCs in places (a `date-time` may lack its zone) and stricter in others (a `url` needs a public host),
//! and rulesets were written against it, so its answers are kept. Formats it does not know are annotations.

use crate::pattern::Pattern;
use crate::text::Cut;
use jsonschema::{Keyword, ValidationError};
use regex::Regex;
use serde_json::{Map, Value};
use std::sync::LazyLock;

/// The keyword `format` for one format.
pub(super) struct Format {
    name: String,
    holds: fn(&Value) -> bool,
}

impl Format {
    /// The keyword with this value; what is unknown holds for all values.
    pub(super) fn keyword<'a>(
        _: &'a Map<String, Value>,
        value: &'a Value,
        _: jsonschema::paths::Location,
    ) -> Result<Box<dyn for<'i> Keyword<'i>>, ValidationError<'a>> {
        let name = value.as_str().unwrap_or_default().to_owned();
        let holds = check(&name);
        Ok(Box::new(Format { name, holds }))
    }
}

impl<'i> Keyword<'i> for Format {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        if (self.holds)(instance) {
            return Ok(());
        }
        Err(ValidationError::custom(format!("must match format \"{}\"", self.name)))
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        (self.holds)(instance)
    }
}

macro_rules! text {
    ($check:expr) => {
        |value| value.as_str().is_none_or($check)
    };
}

fn check(name: &str) -> fn(&Value) -> bool {
    match name {
        "date" => text!(date),
        "time" => text!(time),
        "date-time" => text!(date_time),
        "duration" => text!(duration),
        "uri" => text!(|text| text.contains(['/', ':']) && URI.is_match(text)),
        "uri-reference" => text!(|text| URI_REFERENCE.is_match(text)),
        "uri-template" => text!(|text| URI_TEMPLATE.is_match(text)),
        "url" => text!(url),
        "email" => text!(|text| EMAIL.is_match(text)),
        "hostname" => text!(hostname),
        "ipv4" => text!(|text| IPV4.is_match(text)),
        "ipv6" => text!(|text| text.parse::<std::net::Ipv6Addr>().is_ok()),
        "regex" => text!(regex),
        "uuid" => text!(|text| UUID.is_match(text)),
        "json-pointer" => text!(json_pointer),
        "json-pointer-uri-fragment" => text!(|text| POINTER_FRAGMENT.is_match(text)),
        "relative-json-pointer" => text!(relative_json_pointer),
        "byte" => text!(|text| text.split(['\n', '\r', '\u{2028}', '\u{2029}']).any(base64)),
        "int32" => {
            |value| number(value).is_none_or(|n| n.fract() == 0.0 && n.abs() <= 2_147_483_648.0 && n < 2_147_483_648.0)
        }
        "int64" => |value| number(value).is_none_or(|n| n.fract() == 0.0),
        _ => |_| true,
    }
}

fn number(value: &Value) -> Option<f64> {
    value.is_number().then(|| value.as_f64().unwrap_or_default())
}

fn compile(pattern: &str) -> Regex {
    // The patterns are constants of this file; one that matches nothing would fail its tests.
    Regex::new(pattern).or_else(|_| Regex::new("[^\\s\\S]")).unwrap_or_else(|error| unreachable!("{error}"))
}

/// Characters of a URI part besides percent-encoded octets, `more` among them (RFC 3986, section 2).
fn part(more: &str) -> String {
    format!(r"(?:[a-z0-9\-._~!$&'()*+,;={more}]|%[0-9a-f]{{2}})")
}

/// The hierarchical part, query and fragment of a URI (RFC 3986, section 3); one slash may begin an authority.
fn after_scheme(optional: &str) -> String {
    let (user, name, path, query) = (part(":"), part("\""), part("\":@"), part("\":@/?"));
    let host = format!(r"(?:\[[0-9a-f:.]+\]|\[v[0-9a-f]+\.[a-z0-9\-._~!$&'()*+,;=:]+\]|{name}*)");
    let authority = format!(r"/?/(?:{user}*@)?{host}(?::[0-9]*)?(?:/{path}*)*");
    let relative = format!(r"{path}+(?:/{path}*)*");
    format!(r"(?:{authority}|/(?:{relative})?|{relative}){optional}(?:\?{query}*)?(?:#{query}*)?")
}

static URI: LazyLock<Regex> = LazyLock::new(|| compile(&format!("(?i)^[a-z][a-z0-9+.-]*:{}$", after_scheme(""))));
static URI_REFERENCE: LazyLock<Regex> =
    LazyLock::new(|| compile(&format!("(?i)^(?:[a-z][a-z0-9+.-]*:)?{}$", after_scheme("?"))));
static URI_TEMPLATE: LazyLock<Regex> = LazyLock::new(|| {
    let variable = r"(?:[a-z0-9_]|%[0-9a-f]{2})+(?::[1-9][0-9]{0,3}|\*)?";
    let expression = format!(r"\{{[+#./;?&=,!@|]?{variable}(?:,{variable})*\}}");
    compile(&format!(r#"(?i)^(?:[^\x00-\x20"'<>%\\^`{{|}}]|%[0-9a-f]{{2}}|{expression})*$"#))
});
static EMAIL: LazyLock<Regex> = LazyLock::new(|| {
    let atom = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+";
    let label = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";
    compile(&format!(r"(?i)^{atom}(?:\.{atom})*@(?:{label}\.)+{label}$"))
});
static IPV4: LazyLock<Regex> = LazyLock::new(|| {
    let octet = "(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)";
    compile(&format!(r"^{octet}(?:\.{octet}){{3}}$"))
});
static UUID: LazyLock<Regex> =
    LazyLock::new(|| compile("(?i)^(?:urn:uuid:)?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$"));
static POINTER_FRAGMENT: LazyLock<Regex> =
    LazyLock::new(|| compile(r"(?i)^#(?:/(?:[a-z0-9_\-.!$&'()*+,;:=@]|%[0-9a-f]{2}|~0|~1)*)*$"));

/// A date of the calendar, `YYYY-MM-DD`.
fn date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    let [year, month, day] = parts[..] else { return false };
    if !(digits(year, 4) && digits(month, 2) && digits(day, 2)) {
        return false;
    }
    let (year, month, day) = (small(year), small(month), small(day));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u16::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

fn small(digits: &str) -> u16 {
    digits.parse().unwrap_or(u16::MAX)
}

static TIME: LazyLock<Regex> =
    LazyLock::new(|| compile(r"(?i)^([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?(?:z|[+-][0-9]{2}(?::?[0-9]{2})?)?$"));

/// A time of day, with or without a zone.
fn time(text: &str) -> bool {
    let Some(found) = TIME.captures(text) else { return false };
    let (hour, minute, second) = (small(&found[1]), small(&found[2]), small(&found[3]));
    hour <= 23 && minute <= 59 && second <= 59 || (hour, minute, second) == (23, 59, 60)
}

fn date_time(text: &str) -> bool {
    let parts: Vec<&str> = text.split(|c: char| matches!(c, 't' | 'T' | '\u{feff}') || c.is_whitespace()).collect();
    matches!(parts[..], [day, clock] if date(day) && time(clock))
}

/// `PnYnMnDTnHnMnS` or `PnW` with at least one part, and one after `T`.
fn duration(text: &str) -> bool {
    static WHOLE: LazyLock<Regex> = LazyLock::new(|| {
        compile(r"^P(?:(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?(?:T(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+S)?)?|[0-9]+W)$")
    });
    WHOLE.is_match(text) && text != "P" && !text.ends_with('T')
}

/// `http`, `https` or `ftp` and a host that the whole world can reach.
pub(in crate::lint) fn url(text: &str) -> bool {
    static WHOLE: LazyLock<Option<fancy_regex::Regex>> = LazyLock::new(|| {
        let private = r"(?!(?:10|127)(?:\.[0-9]{1,3}){3})(?!(?:169\.254|192\.168)(?:\.[0-9]{1,3}){2})(?!172\.(?:1[6-9]|2[0-9]|3[01])(?:\.[0-9]{1,3}){2})";
        let first = "(?:[1-9][0-9]?|1[0-9]{2}|2[01][0-9]|22[0-3])";
        let middle = r"(?:\.(?:1?[0-9]{1,2}|2[0-4][0-9]|25[0-5])){2}";
        let last = r"\.(?:[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-4])";
        let letter = r"[a-z0-9\u{a1}-\u{ffff}]";
        let label = format!("(?:{letter}+-)*{letter}+");
        let name = format!(r"{label}(?:\.{label})*\.[a-z\u{{a1}}-\u{{ffff}}]{{2,}}");
        let host = format!("(?:{private}{first}{middle}{last}|{name})");
        let whole = format!(r"(?i)^(?:https?|ftp)://(?:\S+(?::\S*)?@)?{host}(?::[0-9]{{2,5}})?(?:/\S*)?$");
        fancy_regex::Regex::new(&whole).ok()
    });
    WHOLE.as_ref().is_some_and(|whole| whole.is_match(text).unwrap_or(false))
}

/// Labels of letters, digits and inner hyphens; a dot may end the name.
fn hostname(text: &str) -> bool {
    let name = text.strip_suffix('.').unwrap_or(text);
    let inner = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    name.len() <= 253
        && name.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(inner)
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

/// A pattern that compiles; `\Z`, an anchor of other languages, is refused.
fn regex(text: &str) -> bool {
    let foreign = text.match_indices("\\Z").any(|(at, _)| at > 0 && !text.cut(..at).ends_with('\\'));
    !foreign && Pattern::with_flags(text, "").is_ok()
}

/// RFC 6901.
fn json_pointer(text: &str) -> bool {
    text.is_empty() || text.starts_with('/') && !text.replace("~0", "").replace("~1", "").contains('~')
}

/// A count of steps up, then `#` or a pointer.
fn relative_json_pointer(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (steps, rest) = text.split_at(digits);
    (steps == "0" || digits > 0 && !steps.starts_with('0')) && (rest == "#" || json_pointer(rest))
}

/// Base64 with its padding (RFC 4648, section 4).
fn base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - body.len() <= 2
        && body.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
}

#[cfg(test)]
mod tests {
    use super::check;
    use serde_json::{Value, json};

    #[test]
    fn formats_take_and_refuse_what_users_know() {
        #[rustfmt::skip]
        let cases: [(&str, Vec<Value>, Vec<Value>); 21] = [
            ("date", vec![json!("2020-02-29"), json!(1)], vec![json!("2020-02-30"), json!("20-02-29"), json!("2020-2-9"), json!("2020-00-10")]),
            ("time", vec![json!("06:35:00"), json!("06:35:00Z"), json!("23:59:60z")], vec![json!("6:35:00"), json!("24:00:00"), json!("22:59:60")]),
            ("date-time", vec![json!("2020-10-29T06:35:00"), json!("2020-10-29 06:35:00Z"), json!("2020-10-29t06:35:00.5+01")],
                vec![json!("2020-10-29T06:35Z"), json!("2020-02-30T00:00:00Z"), json!("2020-10-29"), json!("2020-10-29T06:35:00 Z")]),
            ("duration", vec![json!("P1D"), json!("P1W"), json!("P1YT1S")], vec![json!("P"), json!("PT"), json!("P1DT"), json!("P1Y2W"), json!("P1.5D")]),
            ("uri", vec![json!("http://a"), json!("a:b"), json!("urn:a:b"), json!("http://[::1]:80/?q#f")], vec![json!("a"), json!("/a"), json!("//a/b"), json!("http://a b")]),
            ("uri-reference", vec![json!("/a"), json!("#x"), json!(""), json!("a%20b")], vec![json!("a b"), json!("\\a"), json!("a%2")]),
            ("uri-template", vec![json!("/a/{b}"), json!("/a{?b,c*}")], vec![json!("/a/{"), json!("/{b c}")]),
            ("url", vec![json!("http://a.com"), json!("ftp://x.com:2100/y"), json!("https://8.8.8.8")], vec![json!("http://localhost"), json!("http://a"), json!("https://10.0.0.1")]),
            ("email", vec![json!("a@b.c"), json!("a.b@c.de")], vec![json!("a@b"), json!("ü@b.de"), json!("\"a b\"@c.de"), json!("a@-b.de")]),
            ("hostname", vec![json!("a"), json!("a.b."), json!("a-b.c")], vec![json!("-a"), json!("a_b"), json!("a..b"), json!("")]),
            ("ipv4", vec![json!("1.2.3.4"), json!("01.2.3.4")], vec![json!("1.2.3"), json!("256.1.1.1")]),
            ("ipv6", vec![json!("::1"), json!("::ffff:1.2.3.4")], vec![json!("1::2::3"), json!("fe80::1%eth0")]),
            ("regex", vec![json!("a"), json!("\\Z")], vec![json!("("), json!("x\\Z")]),
            ("uuid", vec![json!("123e4567-e89b-12d3-a456-426614174000"), json!("urn:uuid:123E4567-e89b-12d3-a456-426614174000")], vec![json!("x")]),
            ("json-pointer", vec![json!(""), json!("/a~1b~0")], vec![json!("a"), json!("/a~2"), json!("/a~")]),
            ("json-pointer-uri-fragment", vec![json!("#/a")], vec![json!("/a")]),
            ("relative-json-pointer", vec![json!("0"), json!("1/a"), json!("2#")], vec![json!("a"), json!("01"), json!("#")]),
            ("byte", vec![json!("YQ=="), json!("abcd"), json!("")], vec![json!("YQ"), json!("Y Q=="), json!("abc")]),
            ("int32", vec![json!(5), json!(2.0), json!(-2_147_483_648_i64), json!("x")], vec![json!(2_147_483_648_i64), json!(1.5), json!(-2_147_483_649_i64)]),
            ("int64", vec![json!(5), json!(1e30)], vec![json!(1.5)]),
            ("no-such-format", vec![json!("x"), json!(1)], vec![]),
        ];
        for (name, good, bad) in cases {
            for value in good {
                assert!(check(name)(&value), "{name} takes {value}");
            }
            for value in bad {
                assert!(!check(name)(&value), "{name} refuses {value}");
            }
        }
    }
}
