//! Texts of rules: placeholders such as `{{property}}` and `#{{print("property")}}`, filled in for one place.

use super::functions::print_value;
use super::path::{number_text, text_number};
use crate::syntax::Kind;
use crate::text::Cut;
use crate::workspace::Place;
use rustc_hash::FxHashMap;
use std::fmt::Write as _;

/// Bytes after which nothing more is filled in.
const LONGEST: usize = 20_000;

/// `get.operationId`, `[200].content`: what JavaScript takes for a number stands in brackets.
pub(super) fn dotted(parts: &[&String]) -> String {
    let mut out = String::new();
    for (at, part) in parts.iter().enumerate() {
        if part.is_empty() || part.contains(char::is_whitespace) {
            let _ = write!(out, "['{part}']");
        } else if !text_number(part).is_nan() {
            let _ = write!(out, "[{part}]");
        } else {
            if at > 0 {
                out.push('.');
            }
            out.push_str(part);
        }
    }
    if out.contains('~') { out.replace("~1", "/").replace("~0", "~") } else { out }
}

/// A path as a pointer in a URI fragment.
fn fragment(parts: &[String]) -> String {
    let mut out = String::from("#");
    for part in parts {
        out.push('/');
        let part = part.replace("~1", "/").replace("~0", "~").replace('~', "~0").replace('/', "~1");
        for c in part.chars() {
            if c.is_ascii_alphanumeric() || "-_.!~*'()/\u{2013}".contains(c) {
                out.push(c);
            } else {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    let _ = write!(out, "%{byte:02X}");
                }
            }
        }
    }
    out
}

/// A value as JavaScript turns it into a text.
fn plain(place: Place<'_>) -> String {
    match place.kind() {
        Kind::Map => "[object Object]".to_owned(),
        Kind::Seq => {
            let texts = place.elements().map(|element| if element.is_null() { String::new() } else { plain(element) });
            texts.collect::<Vec<_>>().join(",")
        }
        Kind::Int | Kind::Float => place.as_f64().map_or_else(|| place.text().to_owned(), number_text),
        Kind::Null => "null".to_owned(),
        Kind::Bool => (place.as_bool() == Some(true)).to_string(),
        _ => place.text().to_owned(),
    }
}

/// What placeholders stand for.
pub(super) struct Text<'t, 'w> {
    pub(super) property: String,
    /// Tokens of the place; as a text they are a pointer in a URI fragment.
    pub(super) path: &'t [String],
    pub(super) description: Option<&'t str>,
    pub(super) error: String,
    /// The value; `Err` with a number where it is the length of an array.
    pub(super) value: Result<Place<'w>, usize>,
}

impl Text<'_, '_> {
    /// Replaces `{{name}}` and `#{{print("name")}}`.
    pub(super) fn fill(&self, template: &str) -> String {
        let mut out = String::new();
        let mut rest = template;
        // A template may name the same thing thousands of times.
        let mut known: FxHashMap<(bool, &str), String> = FxHashMap::default();
        while let Some(start) = rest.find("{{").filter(|_| out.len() < LONGEST) {
            let inside = rest.cut(start + 2..);
            let end = inside.find("}}").filter(|&end| end > 0 && !inside.cut(..end).contains(['}', '\n']));
            let Some(end) = end else {
                // The second brace may begin a placeholder.
                out.push_str(rest.cut(..=start));
                rest = rest.cut(start + 1..);
                continue;
            };
            let (before, call) = match rest.cut(..start).strip_suffix('#') {
                Some(before) => (before, true),
                None => (rest.cut(..start), false),
            };
            out.push_str(before);
            let name = inside.cut(..end);
            let text = known.entry((call, name)).or_insert_with(|| {
                let text = if call { self.evaluate(name) } else { self.named(name) };
                text.unwrap_or_default()
            });
            out.push_str(text);
            rest = inside.cut(end + 2..);
        }
        out.push_str(rest);
        out
    }

    /// What a name stands for.
    fn named(&self, name: &str) -> Option<String> {
        Some(match name {
            "property" => self.property.clone(),
            "error" => self.error.clone(),
            "path" => fragment(self.path),
            "description" => self.description.unwrap_or("null").to_owned(),
            "value" => match self.value {
                Ok(place) => plain(place),
                Err(length) => length.to_string(),
            },
            _ => return None,
        })
    }

    /// Names, texts, numbers and calls of `print` and `toUpperCase`, put together with `+` or commas.
    fn evaluate(&self, source: &str) -> Option<String> {
        let refused = ["constructor", "process", "require", "global", "mainModule", "fs"];
        if refused.iter().any(|word| source.contains(word)) {
            return None;
        }
        let mut out = String::new();
        let mut rest = source.trim();
        loop {
            let (text, after) = self.term(rest)?;
            out.push_str(&text);
            let after = after.trim_start();
            if after.is_empty() {
                return Some(out);
            }
            rest = after.strip_prefix(['+', ','])?.trim_start();
        }
    }

    /// One term, and what follows it.
    fn term<'s>(&self, source: &'s str) -> Option<(String, &'s str)> {
        let quote = source.chars().next()?;
        let (text, mut rest) = if quote == '"' || quote == '\'' {
            let end = source.cut(1..).find(quote)? + 1;
            (source.cut(1..end).to_owned(), source.cut(end + 1..))
        } else {
            let end = source.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').unwrap_or(source.len());
            let end = source.cut(..end).find(".toUpperCase").unwrap_or(end);
            let (name, after) = source.split_at(end);
            match after.trim_start().strip_prefix('(') {
                Some(inside) => {
                    let (argument, after) = self.term(inside.trim_start())?;
                    let after = after.trim_start().strip_prefix(')')?;
                    (if name == "toUpperCase" { argument.to_uppercase() } else { self.print(name, &argument)? }, after)
                }
                None if name.starts_with(|c: char| c.is_ascii_digit()) => (number_text(name.parse().ok()?), after),
                None if name == "true" || name == "false" => (name.to_owned(), after),
                None => (self.named(name)?, after),
            }
        };
        let mut text = text;
        while let Some(after) = rest.strip_prefix(".toUpperCase()") {
            text = text.to_uppercase();
            rest = after;
        }
        Some((text, rest))
    }

    fn print(&self, function: &str, name: &str) -> Option<String> {
        Some(match (function, name) {
            ("print", "property") if self.property.is_empty() => "The document ".to_owned(),
            ("print", "property") => format!("\"{}\" property ", self.property),
            ("print", "value") => match self.value {
                Ok(place) => match place.kind() {
                    Kind::Map => "Object{}".to_owned(),
                    Kind::Seq => "Array[]".to_owned(),
                    Kind::Int | Kind::Float => plain(place),
                    _ => print_value(&place.to_json()),
                },
                Err(length) => length.to_string(),
            },
            ("print", "description") => self.description.unwrap_or_default().to_owned(),
            ("print", other) => self.named(other).unwrap_or_default(),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Workspace;

    fn filled(template: &str) -> String {
        let workspace = Workspace::from_text("a.json", r#"{"a": [1.0, null, {"b": 1}, [1e21, "x"]]}"#);
        let value = workspace.root().get("a").ok_or(0);
        let path = &["a b".to_owned(), "c/d".to_owned(), "é$".to_owned()];
        Text { property: "a".to_owned(), path, description: None, error: "wrong".to_owned(), value }.fill(template)
    }

    #[test]
    fn placeholders_are_filled_as_javascript_writes_values() {
        assert_eq!(filled("{{error}}: {{value}} {{ property }}|"), "wrong: 1,,[object Object],1e+21,x |");
        assert_eq!(filled("{{path}} {{description}}"), "#/a%20b/c~1d/%C3%A9%24 null");
        assert_eq!(filled("{{{property}}} {{a}b}} {{\n}}"), "} {{a}b}} {{\n}}");
    }

    #[test]
    fn calls_in_placeholders_are_evaluated() {
        assert_eq!(filled("#{{print(\"property\")}}x #{{ print('value') }}"), "\"a\" property x Array[]");
        assert_eq!(filled("#{{path}} #{{property + \"-\" + error}}"), "#/a%20b/c~1d/%C3%A9%24 a-wrong");
        assert_eq!(filled("#{{property.toUpperCase()}} #{{toUpperCase(print('error'))}}"), "A WRONG");
        assert_eq!(filled("#{{unknown}}|#{{print(property}}|#{{process}}|#{{print('none')}}"), "|||");
    }

    #[test]
    fn numbers_in_dotted_paths_stand_in_brackets() {
        let parts = ["1e3", "a", "0", "", "x y", "a.b", "a~1b"].map(str::to_owned);
        assert_eq!(dotted(&parts.iter().collect::<Vec<_>>()), "[1e3].a[0]['']['x y'].a.b.a/b");
    }
}
