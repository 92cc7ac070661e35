//! Findings with source excerpts for people, by `codespan-reporting`.

use super::{as_far_as_known, counted, escape};
use crate::diagnostic::{Diagnostic, EvidenceStatus, Impact, Location, Severity};
use crate::gate::{Gate, Report};
use crate::text::SourceText;
use codespan_reporting::diagnostic::{Diagnostic as Shown, Label, LabelStyle, Severity as ShownSeverity};
use codespan_reporting::files::{Error, Files};
use codespan_reporting::term::termcolor::Buffer;
use codespan_reporting::term::{self, Config, DisplayStyle};
use std::ops::Range;
use std::sync::Arc;

/// How text is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// With ANSI colours.
    pub color: bool,
    /// One line a finding.
    pub short: bool,
    /// Findings below this severity are counted, not shown.
    pub show: Severity,
    /// Findings below this severity are left out of Spectral's formats.
    pub only: Severity,
    /// Findings from this severity on fail the run; Spectral names it where there is none.
    pub failing: Severity,
    /// With documentation addresses in Spectral's formats.
    pub urls: bool,
}

impl Default for Style {
    fn default() -> Self {
        let (show, only, failing) = (Severity::Hint, Severity::Hint, Severity::Error);
        Style { color: false, short: false, show, only, failing, urls: false }
    }
}

/// Operations named one by one in a finding, at most.
const MAX_OPERATIONS: usize = 5;
/// Lines longer than this are not shown.
const MAX_LINE: usize = 400;

/// Findings, then what was not examined, then the verdict.
pub(super) fn render(report: &Report, style: Style) -> String {
    let mut out = String::new();
    let mut files = Texts::default();
    for diagnostic in in_order(report, style) {
        if style.short {
            out.push_str(&short(diagnostic));
        } else {
            out.push_str(&excerpt(&mut files, diagnostic, style));
        }
    }
    for limitation in &report.limitations {
        let place = limitation.file.as_ref().map_or_else(String::new, |file| format!("{}: ", escape::line(file)));
        let mark = if limitation.incomplete { "not examined" } else { "limitation" };
        out.push_str(&format!("{mark}: {place}{}\n", escape::line(&limitation.what)));
    }
    if !report.limitations.is_empty() {
        out.push('\n');
    }
    out.push_str(&summary(report));
    let hidden = report.diagnostics.iter().filter(|diagnostic| diagnostic.severity < style.show).count();
    if hidden > 0 {
        out.push_str(&format!(
            "{} below `{}` not shown; see them with --show hint\n",
            counted(hidden, "finding"),
            style.show
        ));
    }
    out
}

/// The findings to show: of a comparison the heaviest first, else by place.
fn in_order(report: &Report, style: Style) -> Vec<&Diagnostic> {
    let mut shown: Vec<_> = report.diagnostics.iter().filter(|diagnostic| diagnostic.severity >= style.show).collect();
    if report.command != "lint" {
        shown.sort_by_key(|diagnostic| std::cmp::Reverse((diagnostic.severity, diagnostic.impact)));
    }
    shown
}

fn summary(report: &Report) -> String {
    let mut counts = Vec::new();
    for (severity, noun) in
        [(Severity::Error, "error"), (Severity::Warn, "warning"), (Severity::Info, "note"), (Severity::Hint, "hint")]
    {
        let count = report.count(severity);
        if count > 0 {
            counts.push(counted(count, noun));
        }
    }
    let mut out = format!(
        "{}: {} in {}",
        match report.verdict.gate {
            Gate::Pass => "passed",
            Gate::Fail => "failed",
            Gate::Incomplete => "incomplete",
        },
        if counts.is_empty() { "no findings".to_owned() } else { counts.join(", ") },
        counted(report.contracts, "contract"),
    );
    if !report.suppressed.is_empty() {
        out.push_str(&format!("; {} accepted by waiver or baseline", report.suppressed.len()));
    }
    out.push('\n');
    if report.command != "lint" {
        let breaking = report.breaking_count();
        let proven = report.diagnostics.iter().filter(|d| {
            d.impact == Impact::Breaking && d.evidence.as_ref().is_some_and(|e| e.status == EvidenceStatus::Confirmed)
        });
        let bump = as_far_as_known(report, report.verdict.required_bump.name());
        let change = match report.verdict.change {
            Impact::Breaking if breaking == 0 => "breaking (accepted)".to_owned(),
            Impact::Breaking => {
                format!("breaking ({}, {} with a confirmed message)", counted(breaking, "change"), proven.count())
            }
            other => as_far_as_known(report, other.name()),
        };
        out.push_str(&format!("change: {change}; required version bump: {bump}\n"));
    }
    out
}

fn short(diagnostic: &Diagnostic) -> String {
    let start = diagnostic.location.start();
    let file = escape::line(diagnostic.location.file());
    let message = escape::line(&diagnostic.message);
    format!(
        "{file}:{}:{}: {}[{}]: {message}\n",
        start.line,
        start.column,
        diagnostic.severity,
        escape::line(&diagnostic.rule)
    )
}

fn excerpt(files: &mut Texts, diagnostic: &Diagnostic, style: Style) -> String {
    let severity = match diagnostic.severity {
        Severity::Error => ShownSeverity::Error,
        Severity::Warn => ShownSeverity::Warning,
        Severity::Info => ShownSeverity::Note,
        Severity::Hint => ShownSeverity::Help,
    };
    let mut labels = vec![files.label(LabelStyle::Primary, &diagnostic.location, "")];
    let elsewhere = |base: &&Location| {
        base.span != diagnostic.location.span || !Arc::ptr_eq(&base.source, &diagnostic.location.source)
    };
    if let Some(base) = diagnostic.base_location.as_ref().filter(elsewhere) {
        labels.push(files.label(LabelStyle::Secondary, base, "the base"));
    }
    labels.extend(diagnostic.related.iter().map(|l| files.label(LabelStyle::Secondary, &l.location, &l.message)));
    let places = std::iter::once(&diagnostic.location).chain(&diagnostic.base_location);
    let visible = places.chain(diagnostic.related.iter().map(|label| &label.location)).all(showable);
    let shown = Shown::new(severity)
        .with_code(escape::line(&diagnostic.rule))
        .with_message(escape::line(&diagnostic.message))
        .with_labels(labels)
        .with_notes(notes(diagnostic));
    let display_style = if visible { DisplayStyle::Rich } else { DisplayStyle::Medium };
    let config = Config { display_style, tab_width: 2, ..Config::default() };
    let mut text = if style.color {
        let mut buffer = Buffer::ansi();
        let written = term::emit_to_write_style(&mut buffer, &config, files, &shown);
        written.map(|()| String::from_utf8_lossy(buffer.as_slice()).into_owned()).unwrap_or_default()
    } else {
        term::emit_into_string(&config, files, &shown).unwrap_or_default()
    };
    if text.is_empty() {
        text = short(diagnostic);
    }
    if !text.ends_with("\n\n") {
        text.push('\n');
    }
    text
}

/// Whether the lines of a place can be printed: a text there is, not too long, without control characters.
fn showable(location: &Location) -> bool {
    let (source, lines) = (&location.source, location.source.lines());
    let first = lines.line_of(location.span.start);
    let last = lines.line_of(location.span.end);
    source.is_shown()
        && (first..=last).all(|line| {
            let text = &source.text()[lines.line_range(source.text(), line)];
            text.len() <= MAX_LINE && escape::plain(text) == text
        })
}

fn notes(diagnostic: &Diagnostic) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(evidence) = &diagnostic.evidence {
        let value = escape::shortened(&evidence.value.to_string(), 600);
        let sides = format!("accepted by the {}, rejected by the {}", evidence.accepted_by, evidence.rejected_by);
        notes.push(match evidence.status {
            EvidenceStatus::Confirmed => {
                format!("proof: {}\n{sides}: {}", escape::line(&value), escape::line(&evidence.reason))
            }
            EvidenceStatus::Undecided => format!("not decided: {}", escape::line(&evidence.reason)),
            EvidenceStatus::None => escape::line(&evidence.reason),
        });
    }
    if !diagnostic.operations.is_empty() {
        let listed: Vec<_> =
            diagnostic.operations.iter().take(MAX_OPERATIONS).map(|label| escape::line(label)).collect();
        let more = diagnostic.operations.len() - listed.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        notes.push(format!("affects: {}{more}", listed.join(", ")));
    }
    let mut tags = Vec::new();
    if diagnostic.impact != Impact::None {
        tags.push(diagnostic.impact.name().to_owned());
    }
    tags.extend(diagnostic.category.map(|category| category.name().to_owned()));
    tags.extend(diagnostic.assurance.iter().map(|assurance| format!("assurance: {assurance}")));
    if !tags.is_empty() {
        notes.push(tags.join(", "));
    }
    notes.extend(diagnostic.help.as_ref().map(|help| format!("help: {}", escape::line(help))));
    notes.extend(diagnostic.policy.as_ref().map(|policy| format!("policy: {}", escape::line(policy))));
    notes
}

/// The texts of the findings, as files of codespan.
#[derive(Default)]
struct Texts {
    texts: Vec<(String, Arc<SourceText>)>,
}

impl Texts {
    fn id(&mut self, source: &Arc<SourceText>) -> usize {
        if let Some(id) = self.texts.iter().position(|(_, text)| Arc::ptr_eq(text, source)) {
            return id;
        }
        self.texts.push((escape::line(source.name()), Arc::clone(source)));
        self.texts.len() - 1
    }

    fn label(&mut self, style: LabelStyle, location: &Location, message: &str) -> Label<usize> {
        let id = self.id(&location.source);
        Label::new(style, id, location.span.range()).with_message(escape::line(message))
    }
}

impl<'a> Files<'a> for Texts {
    type FileId = usize;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: usize) -> Result<&'a str, Error> {
        self.texts.get(id).map(|(name, _)| name.as_str()).ok_or(Error::FileMissing)
    }

    fn source(&'a self, id: usize) -> Result<&'a str, Error> {
        self.texts.get(id).map(|(_, text)| text.text()).ok_or(Error::FileMissing)
    }

    fn line_index(&'a self, id: usize, byte_index: usize) -> Result<usize, Error> {
        let (_, text) = self.texts.get(id).ok_or(Error::FileMissing)?;
        Ok(text.lines().line_of(byte_index as u32))
    }

    fn line_range(&'a self, id: usize, line_index: usize) -> Result<Range<usize>, Error> {
        let (_, text) = self.texts.get(id).ok_or(Error::FileMissing)?;
        let lines = text.lines();
        let start = lines.line_start(line_index).unwrap_or(text.text().len() as u32) as usize;
        let end = lines.line_start(line_index + 1).map_or(text.text().len(), |next| next as usize);
        Ok(start..end)
    }
}
