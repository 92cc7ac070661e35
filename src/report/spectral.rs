//! The two shapes of Spectral that scripts read: `stylish` text and `json`, with 0-based ranges.

use super::escape::line;
use super::{Style, counted};
use crate::diagnostic::{Diagnostic, Severity};
use crate::gate::Report;
use crate::syntax::pointer;
use crate::text::Span;
use serde_json::{Value, json};

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
    shown.sort_by_cached_key(|found| (found.location.file(), extent(found).start, &found.rule, path(found)));
    shown
}

/// Spectral points at whole values.
fn extent(diagnostic: &Diagnostic) -> Span {
    diagnostic.extent.unwrap_or(diagnostic.location.span)
}

fn path(diagnostic: &Diagnostic) -> Vec<String> {
    let tokens = pointer::tokens(&diagnostic.location.pointer).unwrap_or_default();
    tokens.into_iter().map(std::borrow::Cow::into_owned).collect()
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
            let place = format!("{:before$}{}", "", row[0]);
            let text = format!(
                " {:<w0$}  {:>w1$}  {:<w2$}  {:<w3$}  {:<w4$}  {}",
                place,
                row[1],
                row[2],
                row[3],
                row[4],
                if style.urls { line(url) } else { String::new() },
                w0 = widths[0],
                w1 = widths[1],
                w2 = widths[2],
                w3 = widths[3],
                w4 = widths[4],
            );
            out.push_str(text.trim_end());
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
fn dotted(path: &[String]) -> String {
    let mut out = String::new();
    for token in path {
        if !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit()) {
            out.push_str(&format!("[{token}]"));
        } else {
            out.push_str(if out.is_empty() { "" } else { "." });
            out.push_str(&line(token));
        }
    }
    out
}
