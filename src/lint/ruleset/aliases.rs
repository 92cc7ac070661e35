//! Aliases: names for path expressions, possibly by format.

use super::Formats;
use crate::text::Cut;
use crate::text::near;
use indexmap::IndexMap;

/// The aliases of a ruleset.
pub(in crate::lint) type Aliases = IndexMap<String, Alias>;

/// One alias.
#[derive(Clone, Debug)]
pub(in crate::lint) enum Alias {
    Paths(Vec<String>),
    /// The last target whose formats fit counts.
    Targets(Vec<(Formats, Vec<String>)>),
}

/// The name of the alias at the beginning of an expression.
pub(super) fn name(expression: &str) -> Option<&str> {
    let rest = expression.strip_prefix('#')?;
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-').unwrap_or(rest.len());
    Some(rest.cut(..end))
}

/// The expressions that one with aliases stands for. Without `formats`, targets of every format are meant.
pub(in crate::lint) fn expand(
    aliases: &Aliases,
    expression: &str,
    formats: Option<Formats>,
) -> Result<Vec<String>, String> {
    let mut open = Vec::new();
    let mut out = Vec::new();
    inner(aliases, expression.to_owned(), formats, &mut open, &mut out)?;
    Ok(out)
}

/// Expressions that one may stand for, at most.
const MAX: usize = 10_000;

fn inner<'a>(
    aliases: &'a Aliases,
    expression: String,
    formats: Option<Formats>,
    open: &mut Vec<&'a str>,
    out: &mut Vec<String>,
) -> Result<(), String> {
    let Some(name) = name(&expression) else {
        if out.len() >= MAX {
            return Err("the aliases stand for too many expressions".to_owned());
        }
        out.push(expression);
        return Ok(());
    };
    let Some((name, alias)) = aliases.get_key_value(name) else {
        let nearest = near::hint(name, aliases.keys().map(String::as_str));
        return Err(format!("the alias `{name}` does not exist{nearest}"));
    };
    if open.contains(&name.as_str()) {
        return Err(format!("the alias `{name}` leads back to itself: {} -> {name}", open.join(" -> ")));
    }
    let rest = expression.cut(name.len() + 1..);
    let paths: Vec<&String> = match alias {
        Alias::Paths(paths) => paths.iter().collect(),
        Alias::Targets(targets) => match formats {
            Some(formats) => {
                let fits = targets.iter().rev().find(|(wanted, _)| wanted.meets(formats));
                fits.into_iter().flat_map(|(_, given)| given).collect()
            }
            None => targets.iter().flat_map(|(_, given)| given).collect(),
        },
    };
    open.push(name);
    for path in paths {
        inner(aliases, format!("{path}{rest}"), formats, open, out)?;
    }
    open.pop();
    Ok(())
}
