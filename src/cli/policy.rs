//! Policy lines for comparisons, from the configuration and from severity files of oasdiff.

use super::session::Failure;
use crate::config::{ChangeRule, RuleLevel};
use crate::diagnostic::{Diagnostic, Location, Severity, fingerprint};
use crate::diff::{Foreign, oasdiff};
use crate::diff::{Level, Override};
use crate::openapi::Stability;
use crate::text::{SourceText, Span};
use std::collections::BTreeMap;
use std::sync::Arc;

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

/// What a file of severities says.
#[derive(Debug, Default)]
pub(super) struct Levels {
    pub(super) overrides: Vec<Override>,
    /// Findings about lines that set nothing.
    pub(super) notes: Vec<Diagnostic>,
}

/// Reads a file of `id level` lines; the ids may be those of oasdiff. Blank lines and lines that begin with `#` are left out.
///
/// # Errors
/// [`Failure`] with the number of the line that cannot be read.
pub(super) fn severity_levels(name: &str, text: &str) -> Result<Levels, Failure> {
    let mut out = Levels::default();
    let source = Arc::new(SourceText::new(name, text));
    let mut start = 0;
    for (at, whole) in text.split_inclusive('\n').enumerate() {
        let line = whole.trim();
        let place = start + (whole.len() - whole.trim_start().len());
        start += whole.len();
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
        let set = |ours: String| Override {
            name: format!("{name}: {id} {word}"),
            id: Some(ours),
            severity,
            ..Override::default()
        };
        match oasdiff(id) {
            Some(Foreign::Alias(ours)) => {
                out.overrides.extend(ours.into_iter().map(|ours| set(ours.name().into_owned())));
            }
            // A pattern.
            None if id.contains('*') => out.overrides.push(set(id.to_owned())),
            Some(Foreign::Same(_)) => out.overrides.push(set(id.to_owned())),
            other => {
                let span = Span::new(place, place + id.len());
                out.notes.push(unset(id, other, Location::new(&source, span, "")));
            }
        }
    }
    Ok(out)
}

/// Says why a line about an id sets nothing, and what to write instead.
fn unset(id: &str, known: Option<Foreign>, mut at: Location) -> Diagnostic {
    id.clone_into(&mut at.identity);
    let (why, help) = match known {
        Some(Foreign::Part(ours, reason)) => {
            let ours: Vec<String> = ours.iter().map(|ours| format!("`{}`", ours.name())).collect();
            (format!(": {reason}"), format!("Set {}, which stands for more", ours.join(" or ")))
        }
        Some(Foreign::Apart(reason)) => (format!(": {reason}"), "Remove the line".to_owned()),
        _ => (String::new(), "`covenant rules --changes` lists the changes".to_owned()),
    };
    let message = format!("unknown change `{id}`{why}");
    let mut finding = Diagnostic::new("config-unknown-rule", Severity::Warn, message, at).help(help);
    finding.fingerprint = fingerprint(&finding, 0);
    finding
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severity_files_of_oasdiff_are_read() {
        let lines = severity_levels("levels", "# ours\nendpoint-added ERR\n\napi-tag-removed   none\n").unwrap();
        assert!(lines.notes.is_empty());
        let lines = lines.overrides;
        assert_eq!(lines[0].severity, Level::Is(Severity::Error));
        assert_eq!((lines[1].id.as_deref(), lines[1].severity), (Some("api-tag-removed"), Level::Off));
        assert!(severity_levels("levels", "endpoint-added").is_err());
        assert!(severity_levels("levels", "endpoint-added FATAL").is_err());
    }

    #[test]
    fn names_of_oasdiff_set_what_they_stand_for_and_nothing_more() {
        let text = "request-body-unevaluated-items-added WARN\n\n  request-header-property-became-enum NONE\nnonsense NONE\n\
                    api-version-not-bumped ERR\n";
        let read = severity_levels("levels", text).unwrap();
        let ids: Vec<&str> = read.overrides.iter().filter_map(|line| line.id.as_deref()).collect();
        assert_eq!(ids, ["request-body-unevaluated-items-forbidden", "request-body-unevaluated-items-schema-added"]);
        let told: Vec<_> =
            read.notes.iter().map(|note| (note.location.start().line, note.location.start().column)).collect();
        assert_eq!(told, [(3, 3), (4, 1), (5, 1)]);
        assert_eq!(
            read.notes[0].message,
            "unknown change `request-header-property-became-enum`: one name for properties of parameters in the path, query, \
             header and cookie"
        );
        assert_eq!(
            read.notes[0].help.as_deref(),
            Some("Set `request-parameter-property-became-enum`, which stands for more")
        );
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
