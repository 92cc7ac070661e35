//! The lax dialect of path expressions: blanks, quotes without brackets, `content.application/json`. A text in, steps out.

use super::parse::{Op, Query, Selector, filter, slice};
use super::script::Type;
use crate::text::Cut;
use std::sync::LazyLock;

/// The lax dialect: the text is split by rewriting, as its engine does.
pub(super) fn lax(text: &str) -> Result<Query, String> {
    let mut ops = Vec::new();
    let tokens = lax_tokens(text)?;
    let skip = usize::from(tokens.len() > 1 && tokens[0] == "$");
    for token in &tokens[skip..] {
        match token.as_str() {
            "*" => ops.push(Op::Child(Selector::Any)),
            ".." => ops.push(Op::Descend),
            "^" => ops.push(Op::Parent),
            "$" => {}
            "~" => {
                ops.push(Op::Key);
                break;
            }
            _ if token.starts_with("?(") => {
                let inside = token.cut(2..).strip_suffix(')').unwrap_or(token.cut(2..));
                ops.push(Op::Child(filter(inside)?));
            }
            _ if token.starts_with('(') => {
                let number = token.strip_prefix("(@.length-").and_then(|rest| rest.strip_suffix(')')?.parse().ok());
                let number: i64 = number.ok_or_else(|| format!("`[{token}]` is not supported in paths"))?;
                ops.push(Op::Child(Selector::Slice(-number, Some(1 - number).filter(|end| *end < 0), 1)));
            }
            _ if token.starts_with('@') => {
                let ty = token.cut(1..).strip_suffix("()").and_then(Type::named);
                ops.push(Op::Is(ty.ok_or_else(|| format!("`{token}` is not a type"))?));
                break;
            }
            _ => ops.push(Op::Child(if let Some(slice) = slice(token) {
                slice
            } else if let Some(name) = token.strip_prefix('`') {
                Selector::Names(vec![name.to_owned()])
            } else if token.contains(',') {
                Selector::Names(token.split(',').map(str::to_owned).collect())
            } else {
                Selector::Names(vec![token.clone()])
            })),
        }
    }
    Ok(Query { ops })
}

type Rewrite = (fancy_regex::Regex, &'static str);

/// What finds scripts, what comes before and what after they are taken out.
type Rewrites = (fancy_regex::Regex, [Rewrite; 2], Vec<Rewrite>);

/// The rewritings before and after scripts were taken out, in order.
static REWRITES: LazyLock<Option<Rewrites>> = LazyLock::new(|| {
    let regex = |source: &str| fancy_regex::Regex::new(source).ok();
    let types = r"@(?:null|boolean|number|string|integer|undefined|nonFinite|scalar|array|object|function|other)\(\)";
    Some((
        regex(r"[\['](\??\(.*?\))[\]'](?!.\])")?,
        [(regex(types)?, ";$0;"), (regex(r#"\[['"]([^'\]]*)['"]\]"#)?, "")],
        vec![
            (regex("~")?, ";~;"),
            (regex(r#"['"]?\.['"]?(?![^\[]*\])|\[['"]?"#)?, ";"),
            (regex("%@%")?, "."),
            (regex("%%@@%%")?, "~"),
        ],
    ))
});

/// Every place of `text` that fits, replaced; an error where the search gives up.
fn replaced(regex: &fancy_regex::Regex, text: &str, with: impl fancy_regex::Replacer) -> Result<String, String> {
    let replaced = regex.try_replacen(text, 0, with);
    replaced.map(std::borrow::Cow::into_owned).map_err(|_| "the path is too long to be read".to_owned())
}

fn lax_tokens(text: &str) -> Result<Vec<String>, String> {
    let Some((scripts, [types, quoted], rest)) = &*REWRITES else { return Ok(Vec::new()) };
    let mut taken: Vec<String> = Vec::new();
    let text = replaced(&types.0, text, types.1)?;
    let text = replaced(scripts, &text, |found: &fancy_regex::Captures<'_, str>| {
        taken.push(found.get(1).map_or(String::new(), |group| group.as_str().to_owned()));
        format!("[#{}]", taken.len() - 1)
    })?;
    let mut text = replaced(&quoted.0, &text, |found: &fancy_regex::Captures<'_, str>| {
        let name = found.get(1).map_or("", |group| group.as_str());
        format!("['{}']", name.replace('.', "%@%").replace('~', "%%@@%%"))
    })?;
    for (regex, with) in rest {
        text = replaced(regex, &text, *with)?;
    }
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '^' && !(c == ';' && chars.peek() == Some(&'^')) {
            out.push(c);
            continue;
        }
        let mut ups = usize::from(c == '^');
        while chars.next_if_eq(&'^').is_some() {
            ups += 1;
        }
        chars.next_if_eq(&';');
        out.push_str(&";^".repeat(ups));
        out.push(';');
    }
    let text = out.replace(";;;", ";..;").replace(";;", ";..;");
    let text = text.replace("']", "").replace(']', "");
    let text = text.strip_suffix(';').or_else(|| text.strip_suffix('\'')).unwrap_or(&text);
    let script = |token: &str| -> Option<String> {
        let at = token.find('#')?;
        let digits: String = token.cut(at + 1..).chars().take_while(char::is_ascii_digit).collect();
        taken.get(digits.parse::<usize>().ok()?).cloned()
    };
    Ok(text.split(';').map(|token| script(token).unwrap_or_else(|| token.to_owned())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lax_texts_are_split_as_their_engine_does() {
        for (text, tokens) in [
            ("$.paths.*.", &["$", "paths", "*"] as &[&str]),
            ("$.a...b", &["$", "a", "..", "b"]),
            ("$.c.'application/json'.s", &["$", "c", "application/json", "s"]),
            ("$.c[application/vnd.api+json].s", &["$", "c", "application/vnd.api+json", "s"]),
            ("$..p[?(@.t === \"b\")]~", &["$", "..", "p", "?(@.t === \"b\")", "~"]),
            ("$.a[?(@.b)]^^.c", &["$", "a", "?(@.b)", "^", "^", "c"]),
        ] {
            assert_eq!(lax_tokens(text).unwrap(), tokens, "{text}");
        }
    }

    #[test]
    fn a_text_that_costs_too_much_is_refused() {
        assert!(lax(&format!("${}", "[?(@".repeat(3000))).unwrap_err().contains("too long"));
    }
}
