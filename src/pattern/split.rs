//! Patterns with look-around as what automata can be had of.

use super::{Pattern, Tree};
use crate::text::Cut;
use std::sync::OnceLock;

impl Pattern {
    /// Takes a look-ahead off the start: `^(?=x)y` gives `^(?:x)`, true and `^y`; `^(?!x)y` the same with false. `None`
    /// where there is none, or where the rest is not sure to be read as before.
    pub(crate) fn leading_look_ahead(&self) -> Option<(Pattern, bool, Pattern)> {
        let (ahead, wanted, rest) = leading_look_ahead(self.tree.is_ok().then_some(&self.source)?)?;
        Some((self.part(&ahead), wanted, self.part(&rest)))
    }

    /// Returns the pattern without its look-arounds and back-references; `None` where it has none.
    pub(crate) fn without_look_around(&self) -> Option<Pattern> {
        let tree = self.tree.as_ref().ok().filter(|tree| tree.node.goes_back())?;
        let tree = Tree { node: tree.node.without_look_around(), flags: tree.flags };
        let source = self.source.clone();
        Some(Pattern { source, tree: Ok(tree), engine: OnceLock::new(), hir: OnceLock::new() })
    }
}

fn leading_look_ahead(pattern: &str) -> Option<(String, bool, String)> {
    // Each takes a call: hostile patterns have thousands.
    let body = pattern.strip_prefix("^(?").filter(|body| body.len() < 2_000)?;
    let (wanted, body) = match (body.strip_prefix('='), body.strip_prefix('!')) {
        (Some(body), _) => (true, body),
        (_, Some(body)) => (false, body),
        _ => return None,
    };
    let mut chars = body.char_indices();
    let (mut depth, mut class, mut close) = (0_u32, false, None);
    while let Some((at, c)) = chars.next() {
        match c {
            // Groups may be counted from outside.
            '\\' => {
                if matches!(chars.next()?.1, '1'..='9' | 'k') {
                    return None;
                }
            }
            '[' => class = true,
            ']' => class = false,
            _ if class => {}
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            ')' if close.is_none() => close = Some(at),
            ')' => return None,
            // Another way to match would not be bound by the look-ahead; a quantifier may skip it.
            '|' if depth == 0 && close.is_some() => return None,
            '?' | '*' | '+' | '{' if close.is_some_and(|close| close + 1 == at) => return None,
            _ => {}
        }
    }
    let close = close.filter(|_| depth == 0 && !class)?;
    Some((format!("^(?:{})", body.cut(..close)), wanted, format!("^{}", body.cut(close + 1..))))
}

#[cfg(test)]
mod tests {
    use super::leading_look_ahead;

    #[test]
    fn a_look_ahead_is_taken_off_only_where_it_binds_all() {
        let taken = leading_look_ahead;
        assert_eq!(taken("^(?!a|b)c"), Some(("^(?:a|b)".into(), false, "^c".into())));
        assert_eq!(taken(r"^(?=[)]\))(a|b)"), Some((r"^(?:[)]\))".into(), true, "^(a|b)".into())));
        for pattern in ["(?!a)b", "^(?!a)b|c", "^(?!a)?b", r"^(?=(a))\1", "^(?:a)b", "^(?<!a)b", "^(?!a"] {
            assert_eq!(taken(pattern), None, "{pattern}");
        }
    }
}
