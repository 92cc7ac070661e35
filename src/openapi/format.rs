//! Formats: what `format` demands of strings and numbers, as one table that every reading of a schema shares.
//!
//! Takes names; gives the types that a format is about, its grammar or range, and where it is defined: JSON Schema
//! Validation 7.3, the OpenAPI Format Registry, or OpenAPI itself. What is not in the table is an unknown format. The
//! table of `docs/schemas.md` is this one.

use std::sync::LazyLock;

/// What a format demands of strings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    /// Nothing.
    Any,
    /// This regular expression of ECMA-262.
    Grammar(String),
    /// What no regular expression says.
    Rule(Rule),
}

/// Demands beyond regular expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A regular expression of ECMA-262.
    Regex,
    /// An internationalised host name (RFC 5890).
    IdnHostname,
    /// A time of day with its offset (RFC 3339), which decides whether it may be a leap second.
    Time,
}

/// The smallest and the greatest number of a format, in digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The smallest.
    pub low: &'static str,
    /// The greatest.
    pub high: &'static str,
}

/// A known format.
#[derive(Clone, Debug)]
pub struct Format {
    /// Its name.
    pub name: &'static str,
    /// What it demands of strings; `None` where it is not about them.
    pub strings: Option<Text>,
    /// What it demands of numbers, if anything; `None` where it is not about them.
    pub numbers: Option<Option<Range>>,
    /// Its grammar or range in words.
    pub words: &'static str,
    /// Where it is defined.
    pub source: &'static str,
    /// A string that it allows, as made-up messages hold it: addresses are reserved for documentation.
    pub example: &'static str,
}

impl Format {
    /// Finds a format by its name.
    pub fn find(name: &str) -> Option<&'static Format> {
        TABLE.binary_search_by(|format| format.name.cmp(name)).ok().map(|at| &TABLE[at])
    }

    /// Returns the name of the format that says the same as `contentEncoding`.
    pub fn of_encoding(encoding: &str) -> Option<&'static str> {
        match encoding {
            "base64" => Some("byte"),
            "base64url" => Some("base64url"),
            _ => None,
        }
    }

    /// Returns every known format, by name.
    pub fn all() -> &'static [Format] {
        &TABLE
    }

    /// Returns whether it demands something of strings.
    pub fn binds_strings(&self) -> bool {
        self.strings.as_ref().is_some_and(|text| *text != Text::Any)
    }

    /// Returns the range that it demands of numbers.
    pub fn range(&self) -> Option<Range> {
        self.numbers.flatten()
    }

    /// Returns whether its numbers are integers.
    pub fn is_integer(&self) -> bool {
        self.name.contains("int")
    }
}

static TABLE: LazyLock<Vec<Format>> = LazyLock::new(|| {
    let mut table = [numbers(), times(), addresses(), others()].concat();
    table.sort_by_key(|format| format.name);
    table
});

const REGISTRY: &str = "OpenAPI Format Registry";
const JSON_SCHEMA: &str = "JSON Schema Validation 7.3";

/// A format of strings alone.
fn text(
    name: &'static str,
    pattern: impl Into<String>,
    words: &'static str,
    source: &'static str,
    example: &'static str,
) -> Format {
    let strings = Some(Text::Grammar(pattern.into()));
    Format { name, strings, numbers: None, words, source, example }
}

/// A format of strings that demands nothing.
fn note(name: &'static str, words: &'static str) -> Format {
    Format { name, strings: Some(Text::Any), numbers: None, words, source: REGISTRY, example: "a" }
}

fn numbers() -> Vec<Format> {
    let range = |name, low, high, words| Format {
        name,
        strings: None,
        numbers: Some(Some(Range { low, high })),
        words,
        source: REGISTRY,
        example: "",
    };
    // JSON has no integers beyond 2^53 in many languages, so these may be strings.
    let wide = |name, low, high, pattern: String, words| Format {
        strings: Some(Text::Grammar(pattern)),
        example: "0",
        ..range(name, low, high, words)
    };
    let open =
        |name, strings, words| Format { name, strings, numbers: Some(None), words, source: REGISTRY, example: "0" };
    let positive = at_most("9223372036854775807");
    let negative = at_most("9223372036854775808");
    let decimal = r"^[+-]?\d+(?:\.\d+)?$".to_owned();
    vec![
        range("int8", "-128", "127", "-128 to 127"),
        range("int16", "-32768", "32767", "-32768 to 32767"),
        range("int32", "-2147483648", "2147483647", "-2147483648 to 2147483647"),
        wide(
            "int64",
            "-9223372036854775808",
            "9223372036854775807",
            format!("^(?:{positive}|-{negative})$"),
            "-9223372036854775808 to 9223372036854775807, as a number or as decimal digits",
        ),
        range("uint8", "0", "255", "0 to 255"),
        range("uint16", "0", "65535", "0 to 65535"),
        range("uint32", "0", "4294967295", "0 to 4294967295"),
        wide(
            "uint64",
            "0",
            "18446744073709551615",
            format!("^{}$", at_most("18446744073709551615")),
            "0 to 18446744073709551615, as a number or as decimal digits",
        ),
        range("double-int", "-9007199254740991", "9007199254740991", "-9007199254740991 to 9007199254740991"),
        range(
            "float",
            "-340282346638528859811704183484516925440",
            "340282346638528859811704183484516925440",
            "numbers of at most 3.4028235e38, either sign",
        ),
        open("double", None, "any number"),
        open("decimal", Some(Text::Grammar(decimal)), "any number, or decimal digits as a string"),
    ]
}

/// The decimal numbers from 0 to a limit, without leading zeros.
fn at_most(limit: &str) -> String {
    let digits = limit.as_bytes();
    let mut ways = vec!["0".to_owned(), format!(r"[1-9]\d{{0,{}}}", digits.len() - 2)];
    for (at, digit) in digits.iter().enumerate() {
        let least = if at == 0 { b'1' } else { b'0' };
        if *digit > least {
            let rest = digits.len() - at - 1;
            ways.push(format!(
                r"{}[{}-{}]\d{{{rest}}}",
                limit.get(..at).unwrap_or_default(),
                least as char,
                (digit - 1) as char
            ));
        }
    }
    ways.push(limit.to_owned());
    format!("(?:{})", ways.join("|"))
}

fn times() -> Vec<Format> {
    const DATE: &str = concat!(
        r"(?:\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)",
        r"|02-(?:0[1-9]|1\d|2[0-8]))",
        r"|(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)"
    );
    const CLOCK: &str = r"(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?";
    const ZONE: &str = r"(?:[zZ]|[+-](?:[01]\d|2[0-3]):[0-5]\d)";
    const HOURS: &str = r"T(?:\d+H(?:\d+M(?:\d+S)?)?|\d+M(?:\d+S)?|\d+S)";
    vec![
        text("date", format!("^{DATE}$"), "`full-date` of RFC 3339", JSON_SCHEMA, "2026-01-31"),
        Format {
            strings: Some(Text::Rule(Rule::Time)),
            ..text("time", "", "`full-time` of RFC 3339", JSON_SCHEMA, "12:00:00Z")
        },
        text(
            "date-time",
            format!("^{DATE}[tT]{CLOCK}{ZONE}$"),
            "`date-time` of RFC 3339",
            JSON_SCHEMA,
            "2026-01-31T12:00:00Z",
        ),
        text(
            "duration",
            format!(r"^P(?:(?:\d+D|\d+M(?:\d+D)?|\d+Y(?:\d+M(?:\d+D)?)?)(?:{HOURS})?|{HOURS}|\d+W)$"),
            "`duration` of RFC 3339, appendix A",
            JSON_SCHEMA,
            "P1D",
        ),
        text("time-local", format!("^{CLOCK}$"), "`partial-time` of RFC 3339", REGISTRY, "12:00:00"),
        text(
            "date-time-local",
            format!("^{DATE}[tT]{CLOCK}$"),
            "`full-date`, `T` and `partial-time` of RFC 3339",
            REGISTRY,
            "2026-01-31T12:00:00",
        ),
    ]
}

const IPV4: &str = r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)";
const LABEL: &str = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";

fn ipv6() -> String {
    const H: &str = "[0-9A-Fa-f]{1,4}";
    let last = format!("(?:{H}:{H}|{IPV4})");
    let mut ways = vec![format!("(?:{H}:){{6}}{last}"), format!("::(?:{H}:){{5}}{last}")];
    for before in 0..5 {
        ways.push(format!("(?:(?:{H}:){{0,{before}}}{H})?::(?:{H}:){{{}}}{last}", 4 - before));
    }
    ways.push(format!("(?:(?:{H}:){{0,5}}{H})?::{H}"));
    ways.push(format!("(?:(?:{H}:){{0,6}}{H})?::"));
    format!("(?:{})", ways.join("|"))
}

/// URIs of RFC 3986, or references to them; `more` are characters that IRIs (RFC 3987) allow besides.
fn uri(more: &str, reference: bool) -> String {
    let escaped = "%[0-9A-Fa-f]{2}";
    let sub = "!$&'()*+,;=";
    let free = format!("A-Za-z0-9._~{more}");
    let part = format!("(?:[{free}{sub}:@-]|{escaped})");
    let unnamed = format!("(?:[{free}{sub}@-]|{escaped})");
    let user = format!("(?:[{free}{sub}:-]|{escaped})*@");
    let literal = format!(r"\[(?:{}|[vV][0-9A-Fa-f]+\.[A-Za-z0-9._~{sub}:-]+)\]", ipv6());
    let authority = format!(r"(?:{user})?(?:{literal}|(?:[{free}{sub}-]|{escaped})*)(?::\d*)?");
    let rest = format!("(?:/{part}*)*");
    let absolute = format!("//{authority}{rest}|/(?:{part}+{rest})?");
    let tail = format!(r"(?:\?(?:{part}|[/?])*)?(?:#(?:{part}|[/?])*)?");
    let whole = format!("[A-Za-z][A-Za-z0-9+.-]*:(?:{absolute}|{part}+{rest}|){tail}");
    if reference { format!("^(?:{whole}|(?:{absolute}|{unnamed}+{rest}|){tail})$") } else { format!("^{whole}$") }
}

fn addresses() -> Vec<Format> {
    // All beyond ASCII but what no IRI holds: controls, private use, and what is no character.
    const WIDE: &str = "\u{a0}-\u{d7ff}\u{f900}-\u{fdcf}\u{fdf0}-\u{ffef}\u{10000}-\u{1fffd}\u{20000}-\u{efffd}";
    let email = |more: &str, domain: &str| {
        let atom = format!("[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~{more}-]+");
        let quoted = format!(r#""(?:[\x20\x21\x23-\x5B\x5D-\x7E{more}]|\\[\x20-\x7E])*""#);
        format!(r"^(?:{atom}(?:\.{atom})*|{quoted})@(?:{domain}|\[(?:{IPV4}|IPv6:{})\])$", ipv6())
    };
    let host = format!(r"{LABEL}(?:\.{LABEL})*");
    let wide = format!(r"[A-Za-z0-9{WIDE}](?:[A-Za-z0-9{WIDE}-]{{0,61}}[A-Za-z0-9{WIDE}])?");
    let wide = format!(r"{wide}(?:\.{wide})*");
    let idn_hostname = Format {
        strings: Some(Text::Rule(Rule::IdnHostname)),
        ..text("idn-hostname", "", "host names of RFC 5890", JSON_SCHEMA, "example.com")
    };
    let template = "[A-Za-z0-9_]|%[0-9A-Fa-f]{2}";
    let variable = format!(r"(?:{template})(?:\.?(?:{template}))*(?::[1-9]\d{{0,3}}|\*)?");
    vec![
        text("email", email("", &host), "`Mailbox` of RFC 5321", JSON_SCHEMA, "user@example.com"),
        text("idn-email", email(WIDE, &wide), "`Mailbox` of RFC 6531", JSON_SCHEMA, "user@example.com"),
        text("hostname", format!("^{host}$"), "labels of RFC 1123", JSON_SCHEMA, "example.com"),
        idn_hostname,
        text("ipv4", format!("^{IPV4}$"), "four decimal numbers of 0 to 255", JSON_SCHEMA, "192.0.2.1"),
        text("ipv6", format!("^{}$", ipv6()), "`IPv6address` of RFC 3986", JSON_SCHEMA, "2001:db8::1"),
        text("uri", uri("", false), "`URI` of RFC 3986", JSON_SCHEMA, "https://example.com/"),
        text("uri-reference", uri("", true), "`URI-reference` of RFC 3986", JSON_SCHEMA, "/a"),
        text("iri", uri(WIDE, false), "`IRI` of RFC 3987", JSON_SCHEMA, "https://example.com/"),
        text("iri-reference", uri(WIDE, true), "`IRI-reference` of RFC 3987", JSON_SCHEMA, "/a"),
        text(
            "uri-template",
            format!(
                r#"^(?:[^\x00-\x20"%<>\\^`{{|}}\x7F]|%[0-9A-Fa-f]{{2}}|\{{[+#./;?&=,!@|]?{variable}(?:,{variable})*\}})*$"#
            ),
            "templates of RFC 6570",
            JSON_SCHEMA,
            "/a/{b}",
        ),
    ]
}

fn others() -> Vec<Format> {
    const HEX: &str = "[0-9A-Fa-f]";
    const URL64: &str = "[A-Za-z0-9_-]";
    const BASE64: &str = "[A-Za-z0-9+/]";
    const POINTER: &str = "(?:/(?:[^/~]|~[01])*)*";
    let regex = Format {
        strings: Some(Text::Rule(Rule::Regex)),
        ..text("regex", "", "regular expressions of ECMA-262", JSON_SCHEMA, "a")
    };
    let byte = format!("^(?:{BASE64}{{4}})*(?:{BASE64}{{2}}==|{BASE64}{{3}}=)?$");
    vec![
        text(
            "uuid",
            format!("^{HEX}{{8}}-{HEX}{{4}}-{HEX}{{4}}-{HEX}{{4}}-{HEX}{{12}}$"),
            "RFC 9562, in the form 8-4-4-4-12",
            JSON_SCHEMA,
            "123e4567-e89b-42d3-a456-426614174000",
        ),
        text("json-pointer", format!("^{POINTER}$"), "RFC 6901", JSON_SCHEMA, "/a"),
        text(
            "relative-json-pointer",
            format!(r"^(?:0|[1-9]\d*)(?:#|{POINTER})$"),
            "Relative JSON Pointers (draft-bhutton-relative-json-pointer)",
            JSON_SCHEMA,
            "0",
        ),
        regex,
        text("byte", byte.clone(), "base64 of RFC 4648, section 4; as `contentEncoding: base64`", REGISTRY, "YWJj"),
        text("base64", byte, "the same, as many contracts name it", "OpenAPI 3.1 migration guide", "YWJj"),
        text(
            "base64url",
            format!("^(?:{URL64}{{4}})*(?:{URL64}{{2}}(?:==)?|{URL64}{{3}}=?)?$"),
            "base64url of RFC 4648, section 5, with or without padding; as `contentEncoding: base64url`",
            REGISTRY,
            "YWJj",
        ),
        text("char", r"^[\s\S]$", "one character", REGISTRY, "a"),
        note("binary", "any sequence of octets"),
        note("password", "any string; a hint for user interfaces"),
        note("commonmark", "any string"),
        note("html", "any string"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_found_by_name_and_are_about_something() {
        for format in Format::all() {
            assert_eq!(Format::find(format.name).map(|found| found.name), Some(format.name));
            assert!(format.strings.is_some() || format.numbers.is_some(), "{}", format.name);
        }
        assert!(Format::find("bank-account").is_none());
    }

    /// The table of the documents stands between these lines.
    const MARKS: [&str; 2] = ["| format | types | what it allows | source |\n|---|---|---|---|\n", "\n\n"];

    #[test]
    fn the_table_in_the_documents_is_this_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/schemas.md");
        let docs = std::fs::read_to_string(path).unwrap();
        let row = |format: &Format| {
            let types = match (&format.strings, format.numbers) {
                (Some(_), Some(_)) => "string, number",
                (Some(_), None) => "string",
                _ => "number",
            };
            format!("| `{}` | {types} | {} | {} |", format.name, format.words, format.source)
        };
        let rows: Vec<String> = Format::all().iter().map(row).collect();
        let (before, rest) = docs.split_once(MARKS[0]).expect("docs/schemas.md has no table of formats");
        let (written, after) = rest.split_once(MARKS[1]).expect("the table of formats has no end");
        if std::env::var_os("COVENANT_UPDATE").is_some() {
            std::fs::write(path, [before, MARKS[0], &rows.join("\n"), MARKS[1], after].concat()).unwrap();
            return;
        }
        assert_eq!(written, rows.join("\n"), "COVENANT_UPDATE=1 writes the table");
    }
}
