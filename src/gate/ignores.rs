//! Ignore files of oasdiff: a line names a method, a path and a change in words.
//!
//! Takes the text of a file; sets aside the findings that its lines name. A line names a finding when method and path
//! of the operation stand in it, with the id of the change, the message, or all words of the id and every name that the
//! message quotes. The id is ours or that of oasdiff. A finding about several operations is set aside when each is named.

use super::{Suppressed, Suppression};
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::diff::ChangeId;
use crate::text::{SourceText, Span};
use std::sync::Arc;

/// The lines of one ignore file.
#[derive(Clone, Debug)]
pub struct Ignores {
    name: String,
    /// Number and text of each line, in lower case, blanks made one.
    lines: Vec<(usize, String)>,
    severity: Severity,
    source: Arc<SourceText>,
}

impl Ignores {
    /// Reads a file, for findings of this severity.
    pub fn parse(name: &str, text: &str, severity: Severity) -> Self {
        let lines = text.lines().enumerate().map(|(at, line)| (at + 1, plain(line)));
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')).collect();
        Ignores { name: name.to_owned(), lines, severity, source: Arc::new(SourceText::new(name, text)) }
    }

    /// Takes the findings that lines name out of `kept`; gives them, and a finding for each line that names none.
    pub(super) fn apply(&self, kept: &mut Vec<Diagnostic>) -> (Vec<Suppressed>, Vec<Diagnostic>) {
        let mut used = vec![false; self.lines.len()];
        let mut found = Vec::new();
        let mut left = Vec::new();
        for diagnostic in kept.drain(..) {
            let named = if diagnostic.category.is_some() && diagnostic.severity <= self.severity {
                self.naming(&diagnostic)
            } else {
                Vec::new()
            };
            for &at in &named {
                used[at] = true;
            }
            match named.first() {
                Some(at) if diagnostic.severity == self.severity => {
                    let by = format!("{}, line {}", self.name, self.lines[*at].0);
                    found.push(Suppressed { diagnostic, kind: Suppression::IgnoreFile, by });
                }
                _ => left.push(diagnostic),
            }
        }
        *kept = left;
        let unused = self.lines.iter().zip(used).filter(|(_, used)| !used).map(|((number, line), _)| {
            let begin = self.source.text().lines().take(number - 1).map(|line| line.len() + 1).sum::<usize>();
            let span = Span::at(begin.min(self.source.text().len()));
            let mut location = Location::new(&self.source, span, "");
            location.identity.clone_from(line);
            let message = format!("the line `{line}` names no finding");
            let finding = Diagnostic::new(super::WAIVER_STALE, Severity::Warn, message, location);
            let mut finding = finding.help("remove it, or correct what it names");
            finding.fingerprint = crate::diagnostic::fingerprint(&finding, 0);
            finding
        });
        (found, unused.collect())
    }

    /// The lines that together name a finding: one for each of its operations.
    fn naming(&self, diagnostic: &Diagnostic) -> Vec<usize> {
        let Ok(change) = diagnostic.rule.parse::<ChangeId>() else { return Vec::new() };
        let known_as = change.names();
        let words: Vec<Vec<&str>> = known_as.iter().map(|name| words(name)).collect();
        let message = plain(&diagnostic.message);
        let parts: Vec<&str> = message.split('`').collect();
        // oasdiff does not name schemas.
        let quoted = parts.chunks(2).filter(|pair| !pair[0].ends_with("schema ")).filter_map(|pair| pair.get(1));
        let quoted: Vec<&str> = quoted.copied().collect();
        let operations: Vec<String> = diagnostic.operations.iter().map(|label| plain(label)).collect();
        let says = |line: &str, operation: &str| {
            let rest = line.replace(operation, " ");
            known_as.iter().any(|name| line.contains(name))
                || line.contains(&message)
                || (words.iter().any(|words| words.iter().all(|word| rest.contains(word)))
                    && quoted.iter().all(|name| operation.contains(name) || line.contains(name)))
        };
        let mut out = Vec::new();
        if operations.is_empty() {
            out.extend(self.lines.iter().position(|(_, line)| says(line, "")));
        }
        for operation in &operations {
            match self.lines.iter().position(|(_, line)| names(line, operation) && says(line, operation)) {
                Some(at) => out.push(at),
                None => return Vec::new(),
            }
        }
        out
    }
}

/// Words of ids that sentences leave out.
const FILLERS: [&str; 6] = ["api", "of", "to", "with", "without", "existing"];

/// The words of a name that a sentence about the change has.
fn words(name: &str) -> Vec<&str> {
    name.split('-').filter(|word| !FILLERS.contains(word)).collect()
}

/// Whether a line has an operation, not as the beginning of a longer path.
fn names(line: &str, operation: &str) -> bool {
    line.match_indices(operation).any(|(at, _)| {
        let ends = |c: Option<char>| c.is_none_or(|c| !(c.is_alphanumeric() || "/{}_-".contains(c)));
        let (before, rest) = line.split_at(at);
        let after = rest.strip_prefix(operation).unwrap_or_default();
        ends(before.chars().next_back()) && ends(after.chars().next())
    })
}

/// Lower case, single blanks, quotes made one kind.
fn plain(text: &str) -> String {
    text.replace(['\'', '"'], "`").split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Category;

    fn finding(rule: &'static str, message: &str, operations: &[&str]) -> Diagnostic {
        let source = Arc::new(SourceText::new("a.yaml", "a: 1\n"));
        let mut out = Diagnostic::new(rule, Severity::Error, message, Location::new(&source, Span::at(0), ""));
        out.category = Some(Category::Contract);
        out.operations = operations.iter().map(|text| (*text).to_owned()).collect();
        out
    }

    fn left(text: &str, finding: Diagnostic) -> (usize, usize) {
        let mut kept = vec![finding];
        let (_, unused) = Ignores::parse("err-ignore.txt", text, Severity::Error).apply(&mut kept);
        (kept.len(), unused.len())
    }

    #[test]
    fn a_line_in_the_words_of_oasdiff_names_a_finding() {
        let status = || {
            finding(
                "response-success-status-removed",
                "`GET /badges/{id}` no longer answers `200`",
                &["GET /badges/{id}"],
            )
        };
        let line = "GET /badges/{id} removed the success response with the status '200'\n";
        assert_eq!(left(line, status()), (0, 0));
        assert_eq!(left(&line.replace("200", "201"), status()), (1, 1));
        assert_eq!(left(&line.replace("/badges/{id}", "/badges/{id}/more"), status()), (1, 1));
        assert_eq!(left("GET /badges/{id} [response-success-status-removed]\n", status()), (0, 0));
    }

    #[test]
    fn a_line_may_have_the_name_that_oasdiff_gives_to_the_change() {
        let closed = || {
            finding(
                "request-body-unevaluated-items-schema-added",
                "`unevaluatedItems` of the request body has a schema now",
                &["PUT /a"],
            )
        };
        assert_eq!(left("PUT /a [request-body-unevaluated-items-added]\n", closed()), (0, 0));
        assert_eq!(left("PUT /a [request-body-unevaluated-properties-added]\n", closed()), (1, 1));
        assert_eq!(left("PUT /b [request-body-unevaluated-items-added]\n", closed()), (1, 1));
    }

    #[test]
    fn all_operations_of_a_finding_must_be_named() {
        let removed = || {
            finding(
                "api-path-removed-without-deprecation",
                "the path `/a` was removed without being deprecated first",
                &["GET /a", "POST /a"],
            )
        };
        let one = "GET /a api path removed without deprecation\n";
        assert_eq!(left(one, removed()), (1, 1));
        assert_eq!(left(&format!("{one}{}", one.replace("GET", "POST")), removed()), (0, 0));
        assert_eq!(left("# nothing\n\n", removed()), (1, 0));
    }
}
