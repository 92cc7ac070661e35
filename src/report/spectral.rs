//! The two shapes of Spectral that scripts read: `stylish` text and `json`, with 0-based ranges.

use super::escape::line;
use super::{Style, counted};
use crate::diagnostic::{Diagnostic, Severity};
use crate::gate::Report;
use crate::syntax::pointer;
use crate::text::Span;
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

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warn => "warning",
        Severity::Info => "information",
        Severity::Hint => "hint",
    }
}

fn is_shown(diagnostic: &Diagnostic, style: Style) -> bool {
    number(diagnostic.severity) <= number(style.only)
}

/// The findings that count, in Spectral's order: by file, place, rule and path.
fn shown(report: &Report, style: Style) -> Vec<&Diagnostic> {
    let mut shown: Vec<&Diagnostic> = report.diagnostics.iter().filter(|found| is_shown(found, style)).collect();
    let key = |found: &Diagnostic| extent(found).start;
    shown.sort_by(|a, b| {
        let file = a.location.file().cmp(b.location.file());
        file.then_with(|| (key(a), &a.rule).cmp(&(key(b), &b.rule))).then_with(|| path(a).cmp(&path(b)))
    });
    shown
}

/// Spectral points at whole values.
fn extent(diagnostic: &Diagnostic) -> Span {
    diagnostic.extent.unwrap_or(diagnostic.location.span)
}

fn path(diagnostic: &Diagnostic) -> Vec<Cow<'_, str>> {
    pointer::tokens(&diagnostic.location.pointer).unwrap_or_default()
}

/// Spectral's JSON: code, path, message, severity 0 to 3, range, source.
pub(super) fn json(report: &Report, style: Style) -> String {
    let results: Vec<Value> = shown(report, style)
        .into_iter()
        .map(|diagnostic| {
            let (span, source) = (extent(diagnostic), &diagnostic.location.source);
            let (start, end) = (source.position(span.start), source.position(span.end));
            let mut result = json!({
                "code": diagnostic.rule,
                "path": path(diagnostic),
                "message": diagnostic.message,
                "severity": number(diagnostic.severity),
                "range": {
                    "start": {"line": start.line - 1, "character": start.utf16_column - 1},
                    "end": {"line": end.line - 1, "character": end.utf16_column - 1},
                },
                "source": diagnostic.location.file(),
            });
            if let Some(url) = diagnostic.url.as_ref().filter(|_| style.urls) {
                result["documentationUrl"] = url.as_str().into();
            }
            result
        })
        .collect();
    serde_json::to_string_pretty(&results).unwrap_or_default() + "\n"
}

/// Spectral's default text: a block per file, columns aligned, counts at the end.
pub(super) fn stylish(report: &Report, style: Style) -> String {
    let shown = shown(report, style);
    if shown.is_empty() && !report.limitations.is_empty() {
        // Nothing was found where nothing was looked at.
        return String::new();
    }
    if shown.is_empty() {
        let level = match style.failing {
            Severity::Error => "'error'".to_owned(),
            other => format!("'{}' or higher", other.name()),
        };
        return format!("No results with a severity of {level} found!\n");
    }
    let paint = |code: &str, text: &str| {
        if style.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    };
    let mut out = String::new();
    let mut at = 0;
    while at < shown.len() {
        let file = shown[at].location.file();
        let end = shown[at..].iter().position(|d| d.location.file() != file).map_or(shown.len(), |n| at + n);
        out.push_str(&format!("\n{}\n", paint("4", &line(file))));
        let urls: Vec<&str> = shown[at..end].iter().map(|d| d.url.as_deref().unwrap_or_default()).collect();
        let rows: Vec<[String; 5]> = shown[at..end].iter().map(|diagnostic| row(diagnostic)).collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths = [width(0), width(1), width(2), width(3), width(4)];
        for (row, url) in rows.iter().zip(urls) {
            // Centred; of an odd rest the larger half stands before.
            let before = (widths[0] - row[0].chars().count()).div_ceil(2);
            out.extend(std::iter::repeat_n(' ', 1 + before));
            let _ = write!(
                out,
                "{:<w0$}  {:>w1$}  {:<w2$}  {:<w3$}  {:<w4$}  ",
                row[0],
                row[1],
                row[2],
                row[3],
                row[4],
                w0 = widths[0] - before,
                w1 = widths[1],
                w2 = widths[2],
                w3 = widths[3],
                w4 = if style.urls { widths[4] } else { 0 },
            );
            if style.urls {
                out.push_str(&line(url));
            }
            out.truncate(out.trim_end().len());
            out.push('\n');
        }
        at = end;
    }
    let count = |severity| shown.iter().filter(|diagnostic| diagnostic.severity == severity).count();
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
    out.push_str(&format!("\n{}\n", paint(color, &summary)));
    out
}

fn row(diagnostic: &Diagnostic) -> [String; 5] {
    let start = diagnostic.location.source.position(extent(diagnostic).start);
    [
        format!("{}:{}", start.line, start.column),
        word(diagnostic.severity).to_owned(),
        line(&diagnostic.rule),
        line(&diagnostic.message),
        dotted(&path(diagnostic)),
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
    line(&out)
}
