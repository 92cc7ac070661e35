//! Policy lines for comparisons, from the configuration and from severity files of oasdiff.

use super::session::Failure;
use crate::config::{ChangeRule, RuleLevel};
use crate::diagnostic::Severity;
use crate::diff::{Level, Override};
use crate::openapi::Stability;
use std::collections::BTreeMap;

fn level(level: RuleLevel) -> Level {
    level.severity().map_or(Level::Off, Level::Is)
}

/// `diff.severity`: a level per id.
pub(super) fn severities(map: &BTreeMap<String, RuleLevel>) -> Vec<Override> {
    let one = |(id, own): (&String, &RuleLevel)| Override {
        name: format!("configuration: diff.severity.{id}"),
        id: Some(id.clone()),
        severity: level(*own),
        ..Override::default()
    };
    map.iter().map(one).collect()
}

/// `diff.policy`: lines by id, path, tag and stability level.
///
/// # Errors
/// [`Failure`] that names the line at fault.
pub(super) fn lines(lines: &[ChangeRule]) -> Result<Vec<Override>, Failure> {
    lines.iter().enumerate().map(|(at, line)| one(at, line)).collect()
}

fn one(at: usize, line: &ChangeRule) -> Result<Override, Failure> {
    let fault = |what: &str| Failure::new(format!("configuration: diff.policy[{at}]: {what}"));
    if line.severity.is_none() && line.category.is_none() {
        return Err(fault("it sets nothing; write `severity` or `category`"));
    }
    let stability = match line.stability.as_deref() {
        Some(text) => {
            Some(Stability::parse(text).ok_or_else(|| fault("`stability` is one of draft, alpha, beta, stable"))?)
        }
        None => None,
    };
    for pattern in [&line.change, &line.path].into_iter().flatten() {
        globset::Glob::new(pattern).map_err(|error| fault(&format!("`{pattern}` is no pattern: {error}")))?;
    }
    let given = [("change", &line.change), ("path", &line.path), ("tag", &line.tag), ("stability", &line.stability)];
    let words: String =
        given.iter().filter_map(|(key, value)| Some(format!(", {key} `{}`", value.as_ref()?))).collect();
    Ok(Override {
        name: format!("configuration: diff.policy[{at}]{words}"),
        // A brace in a path is the one of a template.
        path: line.path.as_ref().map(|path| path.replace('{', "[{]").replace('}', "[}]")),
        id: line.change.clone(),
        tag: line.tag.clone(),
        stability,
        severity: line.severity.map(level).unwrap_or_default(),
        category: line.category,
    })
}

/// A file of `id level` lines. Blank lines and lines that begin with `#` are left out.
///
/// # Errors
/// [`Failure`] with the number of the line that cannot be read.
pub(super) fn severity_levels(name: &str, text: &str) -> Result<Vec<Override>, Failure> {
    let mut out = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let fault = |what: &str| Failure::new(format!("`{name}`:{}: {what}", at + 1));
        let mut words = line.split_whitespace();
        let (Some(id), Some(word), None) = (words.next(), words.next(), words.next()) else {
            return Err(fault("write a change id and a level"));
        };
        let severity = match word.to_ascii_lowercase().as_str() {
            "err" | "error" => Level::Is(Severity::Error),
            "warn" | "warning" => Level::Is(Severity::Warn),
            "info" => Level::Is(Severity::Info),
            "none" | "off" => Level::Off,
            _ => return Err(fault(&format!("`{word}` is no level; write ERR, WARN, INFO or NONE"))),
        };
        out.push(Override {
            name: format!("{name}: {id} {word}"),
            id: Some(id.to_owned()),
            severity,
            ..Override::default()
        });
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severity_files_of_oasdiff_are_read() {
        let lines = severity_levels("levels", "# ours\nendpoint-added ERR\n\napi-tag-removed   none\n").unwrap();
        assert_eq!(lines[0].severity, Level::Is(Severity::Error));
        assert_eq!((lines[1].id.as_deref(), lines[1].severity), (Some("api-tag-removed"), Level::Off));
        assert!(severity_levels("levels", "endpoint-added").is_err());
        assert!(severity_levels("levels", "endpoint-added FATAL").is_err());
    }

    #[test]
    fn a_line_of_policy_must_set_something_that_exists() {
        let line = ChangeRule { change: Some("*".to_owned()), ..ChangeRule::default() };
        assert!(lines(std::slice::from_ref(&line)).is_err());
        let good = ChangeRule { severity: Some(RuleLevel::Off), path: Some("/a/{id}/**".to_owned()), ..line.clone() };
        assert_eq!(lines(&[good]).unwrap()[0].path.as_deref(), Some("/a/[{]id[}]/**"));
        let bad = ChangeRule { severity: Some(RuleLevel::Off), stability: Some("golden".to_owned()), ..line };
        assert!(lines(&[bad]).is_err());
    }
}
