//! The two shapes of Spectral that scripts read: `stylish` text and `json`, with 0-based ranges.

use super::escape::{cell, line};
use super::{NOT_EXAMINED, Style, counted, file_of, limits, sentence, uncounted};
use crate::diagnostic::{Diagnostic, Severity};
use crate::gate::Report;
use crate::syntax::pointer;
use crate::text::{Position, Span};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::fmt::Write as _;

fn number(severity: Severity) -> u8 {
    match severity {
        Severity::Error => 0,
        Severity::Warn => 1,
        Severity::Info => 2,
        Severity::Hint => 3,
    }
}

/// The name of a failing severity on Spectral's command line.
fn word_of_level(severity: Severity) -> &'static str {
    if severity == Severity::Warn { "warn" } else { severity.name() }
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warn => "warning",
        Severity::Info => "information",
        Severity::Hint => "hint",
    }
}

/// What Spectral calls a result: a finding, what was not examined, or what the contract suppresses itself.
struct Entry<'r> {
    rule: &'r str,
    severity: Severity,
    message: Cow<'r, str>,
    file: &'r str,
    /// The finding, where there is one.
    finding: Option<&'r Diagnostic>,
}

impl<'r> Entry<'r> {
    fn of(finding: &'r Diagnostic, severity: Severity, message: Cow<'r, str>) -> Self {
        Entry { rule: &finding.rule, severity, message, file: finding.location.file(), finding: Some(finding) }
    }

    /// Start and end of the whole value that it is about.
    fn range(&self) -> (Position, Position) {
        let Some(finding) = self.finding else { return (Position::FIRST, Position::FIRST) };
        let (span, source) = (extent(finding), &finding.location.source);
        (source.position(span.start), source.position(span.end))
    }

    fn path(&self) -> Vec<Cow<'r, str>> {
        self.finding.and_then(|finding| pointer::tokens(&finding.location.pointer)).unwrap_or_default()
    }

    fn url(&self) -> Option<&'r str> {
        self.finding?.url.as_deref()
    }
}

/// The entries of a report in Spectral's order: by file, place, rule and path.
fn entries(report: &Report) -> Vec<Entry<'_>> {
    let limits = limits(report).map(|(limitation, severity)| Entry {
        rule: NOT_EXAMINED,
        severity,
        message: sentence(limitation).into(),
        file: file_of(limitation),
        finding: None,
    });
    let findings = report.diagnostics.iter().map(|d| Entry::of(d, d.severity, d.message.as_str().into()));
    let hidden = report.suppressed.iter().filter(|suppressed| suppressed.kind.in_source()).map(|suppressed| {
        let message = format!("suppressed here ({}): {}", suppressed.by, suppressed.diagnostic.message);
        Entry::of(&suppressed.diagnostic, Severity::Hint, message.into())
    });
    let mut entries: Vec<Entry<'_>> = limits.chain(findings).chain(hidden).collect();
    // By lines, not by offsets: merged parts of a run know one file in several ways.
    entries.sort_by_cached_key(|entry| (entry.file, entry.finding.map(|_| entry.range().0), entry.rule, entry.path()));
    entries
}

/// Spectral points at whole values.
fn extent(diagnostic: &Diagnostic) -> Span {
    diagnostic.extent.unwrap_or(diagnostic.location.span)
}

/// Spectral's JSON: code, path, message, severity 0 to 3, range, source.
pub(super) fn json(report: &Report, style: Style) -> String {
    let results: Vec<Value> = entries(report)
        .into_iter()
        .map(|entry| {
            let (start, end) = entry.range();
            let mut result = json!({
                "code": entry.rule,
                "path": entry.path(),
                "message": entry.message,
                "severity": number(entry.severity),
                "range": {
                    "start": {"line": start.line - 1, "character": start.utf16_column - 1},
                    "end": {"line": end.line - 1, "character": end.utf16_column - 1},
                },
                "source": entry.file,
            });
            if let Some(url) = entry.url().filter(|_| style.urls) {
                result["documentationUrl"] = url.into();
            }
            result
        })
        .collect();
    serde_json::to_string_pretty(&results).unwrap_or_default() + "\n"
}

/// Columns are aligned up to this width: the longest text of a contract does not decide how long every line is.
const MAX_WIDTH: usize = 1_000;

/// Spectral's default text: a block per file, columns aligned, counts at the end.
pub(super) fn stylish(report: &Report, style: Style) -> String {
    let shown = entries(report);
    let mut notes = String::new();
    for words in uncounted(report) {
        let _ = writeln!(notes, "not counted: {}", line(&words));
    }
    if shown.is_empty() {
        let level = match report.fail_on.severity() {
            None | Some(Severity::Error) => "'error'".to_owned(),
            Some(other) => format!("'{}' or higher", word_of_level(other)),
        };
        return format!("No results with a severity of {level} found!\n{notes}");
    }
    let paint = |code: &str, text: &str| {
        if style.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    };
    let mut out = String::new();
    let mut at = 0;
    while at < shown.len() {
        let file = shown[at].file;
        let end = shown[at..].iter().position(|entry| entry.file != file).map_or(shown.len(), |n| at + n);
        out.push_str(&format!("\n{}\n", paint("4", &line(file))));
        let urls: Vec<&str> = shown[at..end].iter().map(|entry| entry.url().unwrap_or_default()).collect();
        let rows: Vec<[String; 5]> = shown[at..end].iter().map(row).collect();
        let widest = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let width = |column: usize| widest(column).min(MAX_WIDTH);
        for (row, url) in rows.iter().zip(urls) {
            let missing = |column: usize| width(column).saturating_sub(row[column].chars().count());
            let blanks = |out: &mut String, count: usize| out.extend(std::iter::repeat_n(' ', count));
            // The place is centred; of an odd rest the larger half stands before. The severity stands at the right.
            let before = missing(0).div_ceil(2);
            blanks(&mut out, 1 + before);
            out.push_str(&row[0]);
            blanks(&mut out, missing(0) - before + 2 + missing(1));
            out.push_str(&row[1]);
            for (column, cell) in row.iter().enumerate().skip(2) {
                out.push_str("  ");
                out.push_str(cell);
                if column < 4 || style.urls {
                    blanks(&mut out, missing(column));
                }
            }
            if style.urls {
                out.push_str("  ");
                out.push_str(&line(url));
            }
            out.truncate(out.trim_end().len());
            out.push('\n');
        }
        at = end;
    }
    let count = |severity| shown.iter().filter(|entry| entry.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warn));
    let (infos, hints) = (count(Severity::Info), count(Severity::Hint));
    let total = shown.len();
    let summary = format!(
        "✖ {} ({}, {}, {}, {})",
        counted(total, "problem"),
        counted(errors, "error"),
        counted(warnings, "warning"),
        counted(infos, "info"),
        counted(hints, "hint"),
    );
    let color = if errors > 0 { "31" } else { "33" };
    out.push_str(&format!("\n{}\n{notes}", paint(color, &summary)));
    out
}

fn row(entry: &Entry<'_>) -> [String; 5] {
    let (start, _) = entry.range();
    [
        format!("{}:{}", start.line, start.column),
        word(entry.severity).to_owned(),
        cell(entry.rule),
        cell(&entry.message),
        dotted(&entry.path()),
    ]
}

/// A path as Spectral prints it: numbers in brackets, everything else after a dot.
fn dotted(path: &[Cow<'_, str>]) -> String {
    let mut out = String::new();
    for token in path {
        if !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit()) {
            let _ = write!(out, "[{token}]");
        } else {
            out.push_str(if out.is_empty() { "" } else { "." });
            out.push_str(token);
        }
    }
    cell(&out)
}
