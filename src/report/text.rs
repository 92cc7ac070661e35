//! Findings with source excerpts for people, by `codespan-reporting`.

use super::dense::{Contracts, MAX_LINE};
use super::{counted, escape, fixed, message, uncounted};
use crate::diagnostic::{Diagnostic, EvidenceStatus, Impact, Location, Severity};
use crate::gate::{Figure, Report};
use crate::text::{SourceText, secret};
use codespan_reporting::diagnostic::{Diagnostic as Shown, Label, LabelStyle, Severity as ShownSeverity};
use codespan_reporting::files::{Error, Files};
use codespan_reporting::term::termcolor::Buffer;
use codespan_reporting::term::{self, Config, DisplayStyle};
use std::borrow::Cow;
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
    /// With documentation addresses in Spectral's formats.
    pub urls: bool,
    /// With requests that change something on the server, in scripts.
    pub include_unsafe: bool,
    /// With all results in SARIF, in as many runs as are needed.
    pub sarif_runs: bool,
}

impl Default for Style {
    fn default() -> Self {
        Style {
            color: false,
            short: false,
            show: Severity::Hint,
            urls: false,
            include_unsafe: false,
            sarif_runs: false,
        }
    }
}

/// Operations named one by one in a finding, at most.
const MAX_OPERATIONS: usize = 5;
/// Suppressed findings named one by one, those that the contract hides itself first.
const MAX_SUPPRESSED: usize = 20;

/// The verdict, findings (the heaviest first), what was not examined, and the verdict again: who reads the first screen
/// or the last sees it.
pub(super) fn render(report: &Report, style: Style) -> String {
    let summary = verdict(report);
    let mut out = String::new();
    let mut files = Texts::default();
    let mut contracts = Contracts::default();
    let shown: Vec<&Diagnostic> =
        report.ranked().into_iter().filter(|diagnostic| diagnostic.severity >= style.show).collect();
    if !shown.is_empty() && !style.short {
        out.push_str(&summary);
        out.push('\n');
    }
    for diagnostic in shown {
        if style.short {
            out.push_str(&short(diagnostic));
        } else {
            out.push_str(&excerpt((&mut files, &mut contracts), diagnostic, style));
        }
    }
    for limitation in &report.limitations {
        let place = limitation.file.as_ref().map_or_else(String::new, |file| format!("{}: ", escape::line(file)));
        let mark = if limitation.incomplete { "not examined" } else { "limitation" };
        out.push_str(&format!("{mark}: {place}{}\n", escape::line(&limitation.what)));
    }
    suppressed(&mut out, report);
    if !report.limitations.is_empty() || !report.suppressed.is_empty() {
        out.push('\n');
    }
    out.push_str(&summary);
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

/// The verdict with what it rests on, in two or three lines.
pub(super) fn verdict(report: &Report) -> String {
    let mut counts = Vec::new();
    for (severity, noun) in
        [(Severity::Error, "error"), (Severity::Warn, "warning"), (Severity::Info, "info"), (Severity::Hint, "hint")]
    {
        let count = report.count(severity);
        match severity {
            _ if count == 0 => {}
            // There is no plural of it.
            Severity::Info => counts.push(format!("{count} {noun}")),
            _ => counts.push(counted(count, noun)),
        }
    }
    let mut out = format!(
        "{}: {} in {}",
        report.verdict.gate.word(),
        if counts.is_empty() { "no findings".to_owned() } else { counts.join(", ") },
        counted(report.contracts, "contract"),
    );
    for words in uncounted(report) {
        out.push_str(&format!("; {words}"));
    }
    out.push('\n');
    out.extend(report.observed.map(|observed| format!("{}\n", observed.sentence())));
    out.extend(fixed(report).map(|words| format!("{words}\n")));
    if report.command.speaks_of_changes() {
        let breaking = report.breaking_count();
        let proven = report.diagnostics.iter().filter(|d| {
            d.impact == Impact::Breaking && d.evidence.as_ref().is_some_and(|e| e.status == EvidenceStatus::Confirmed)
        });
        let bump = report.verdict.required_bump;
        let change = match report.verdict.change {
            Figure::Known(Impact::Breaking) if breaking == 0 => "breaking (accepted)".to_owned(),
            Figure::Known(Impact::Breaking) => {
                format!("breaking ({}, {} with a confirmed message)", counted(breaking, "change"), proven.count())
            }
            other => other.to_string(),
        };
        out.push_str(&format!("change: {change}; required version bump: {bump}\n"));
        let facts = [report.base.as_ref().map(|base| format!("compared with {}", base.sentence()))];
        let facts = facts.into_iter().flatten().chain(report.origin.as_ref().map(crate::gate::Origin::sentence));
        let facts: Vec<String> = facts.map(|fact| escape::cell(&fact)).collect();
        if report.base.is_some() {
            out.push_str(&format!("{}\n", facts.join("; ")));
        }
    }
    out
}

/// What does not count, by what and why.
fn suppressed(out: &mut String, report: &Report) {
    let mut all: Vec<_> = report.suppressed.iter().collect();
    all.sort_by_key(|suppressed| !suppressed.kind.in_source());
    for suppressed in all.iter().take(MAX_SUPPRESSED) {
        let (by, finding) = (escape::cell(&suppressed.by), short(&suppressed.diagnostic));
        out.push_str(&format!("suppressed by {} ({by}): {finding}", suppressed.kind.name()));
    }
    if all.len() > MAX_SUPPRESSED {
        out.push_str(&format!("{} suppressed\n", counted(all.len() - MAX_SUPPRESSED, "more finding")));
    }
}

fn short(diagnostic: &Diagnostic) -> String {
    let start = diagnostic.location.start();
    let file = escape::line(diagnostic.location.file());
    let message = escape::cell(&diagnostic.message);
    format!(
        "{file}:{}:{}: {}[{}]: {message}\n",
        start.line,
        start.column,
        diagnostic.severity,
        escape::cell(&diagnostic.rule)
    )
}

fn excerpt((files, contracts): (&mut Texts, &mut Contracts), diagnostic: &Diagnostic, style: Style) -> String {
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
    let visible = places.chain(diagnostic.related.iter().map(|label| &label.location)).all(|at| files.showable(at));
    let code = escape::cell(&diagnostic.rule);
    let shown = Shown::new(severity)
        .with_code(code.clone())
        .with_message(escape::cell(&diagnostic.message))
        .with_labels(labels)
        .with_notes(notes(diagnostic, contracts.source(diagnostic)));
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
    if !visible {
        text = led(text, diagnostic, &contracts.excerpt(diagnostic));
    }
    // The library has its own words for what is mild.
    for (theirs, ours) in [("note", "info"), ("help", "hint")] {
        let (theirs, ours) = (format!("{theirs}[{code}]"), format!("{ours}[{code}]"));
        if diagnostic.severity < Severity::Warn && text.find(&theirs).is_some_and(|at| at < MAX_LINE) {
            text = text.replacen(&theirs, &ours, 1);
        }
    }
    if !text.ends_with("\n\n") {
        text.push('\n');
    }
    text
}

/// A finding without its lines, led by where it is instead of the number of a line that nobody reads.
fn led(text: String, diagnostic: &Diagnostic, excerpt: &[String]) -> String {
    let start = diagnostic.location.start();
    let place = format!("{}:{}:{}: ", escape::line(diagnostic.location.file()), start.line, start.column);
    match text.split_once('\n') {
        Some((head, rest)) if !excerpt.is_empty() => {
            format!("{}\n{}\n{rest}", head.replacen(&place, "", 1), excerpt.join("\n"))
        }
        _ => text,
    }
}

fn notes(diagnostic: &Diagnostic, source: Option<String>) -> Vec<String> {
    let mut notes = Vec::new();
    notes.extend(source.map(|source| format!("source: {}", escape::cell(&source))));
    if let Some(evidence) = &diagnostic.evidence {
        let shown = message::lines(evidence).join("\n       ");
        let reason = escape::line(&message::brief(&evidence.reason));
        let sides = format!("accepted by the {}, rejected by the {}", evidence.accepted_by, evidence.rejected_by);
        let also: String = evidence
            .also
            .iter()
            .map(|other| {
                let why = escape::line(&message::brief(&other.reason));
                let rule =
                    other.finding.as_ref().map(|finding| format!(" [{} at line {}]", finding.rule, finding.line));
                format!("\nalso rejected: {why}{}", rule.unwrap_or_default())
            })
            .collect();
        notes.push(match evidence.status {
            EvidenceStatus::Confirmed => format!("proof: {shown}\n{sides}: {reason}{also}"),
            EvidenceStatus::Promise if evidence.value.is_null() => reason,
            EvidenceStatus::Promise => format!("example: {shown}\n{reason}"),
            EvidenceStatus::Decoded => format!("proof (decoded): {shown}\n{sides}: {reason}"),
            EvidenceStatus::Undecided => format!("not decided: {}", escape::line(&evidence.reason)),
            EvidenceStatus::None if evidence.message.is_some() => format!("example: {shown}\n{reason}"),
            EvidenceStatus::None => escape::line(&evidence.reason),
        });
    }
    if !diagnostic.operations.is_empty() {
        let listed: Vec<_> =
            diagnostic.operations.iter().take(MAX_OPERATIONS).map(|label| escape::cell(label)).collect();
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
    if diagnostic.weakens {
        tags.push("weakens protection".to_owned());
    }
    if !tags.is_empty() {
        notes.push(tags.join(", "));
    }
    notes.extend(diagnostic.help.as_ref().map(|help| format!("help: {}", escape::cell(help))));
    notes.extend(diagnostic.policy.as_ref().map(|policy| format!("policy: {}", escape::cell(policy))));
    notes
}

/// A text as files of codespan, without its secrets.
struct Text {
    name: String,
    source: Arc<SourceText>,
    /// The text with its secrets masked, where it holds any; places are the same.
    masked: Option<String>,
}

impl Text {
    fn shown(&self) -> &str {
        self.masked.as_deref().unwrap_or(self.source.text())
    }
}

/// The texts of the findings, as files of codespan.
#[derive(Default)]
struct Texts {
    texts: Vec<Text>,
}

impl Texts {
    fn id(&mut self, source: &Arc<SourceText>) -> usize {
        // The findings of one text stand together.
        if let Some(id) = self.texts.iter().rposition(|text| Arc::ptr_eq(&text.source, source)) {
            return id;
        }
        let masked = match secret::mask(source.text()) {
            Cow::Borrowed(_) => None,
            Cow::Owned(masked) => Some(masked),
        };
        self.texts.push(Text { name: escape::line(source.name()), source: Arc::clone(source), masked });
        self.texts.len() - 1
    }

    fn label(&mut self, style: LabelStyle, location: &Location, message: &str) -> Label<usize> {
        let id = self.id(&location.source);
        Label::new(style, id, location.span.range()).with_message(escape::cell(message))
    }

    /// Whether the lines of a place can be printed: a text there is, not too long, without control characters.
    fn showable(&mut self, location: &Location) -> bool {
        let id = self.id(&location.source);
        let (text, lines) = (self.texts[id].shown(), location.source.lines());
        let first = lines.line_of(location.span.start);
        let last = lines.line_of(location.span.end);
        location.source.is_shown()
            && (first..=last).all(|line| {
                let text = text.get(lines.line_range(text, line)).unwrap_or_default();
                text.len() <= MAX_LINE && escape::plain(text) == text
            })
    }
}

impl<'a> Files<'a> for Texts {
    type FileId = usize;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: usize) -> Result<&'a str, Error> {
        self.texts.get(id).map(|text| text.name.as_str()).ok_or(Error::FileMissing)
    }

    fn source(&'a self, id: usize) -> Result<&'a str, Error> {
        self.texts.get(id).map(Text::shown).ok_or(Error::FileMissing)
    }

    fn line_index(&'a self, id: usize, byte_index: usize) -> Result<usize, Error> {
        let text = &self.texts.get(id).ok_or(Error::FileMissing)?.source;
        Ok(text.lines().line_of(byte_index as u32))
    }

    fn line_range(&'a self, id: usize, line_index: usize) -> Result<Range<usize>, Error> {
        let text = &self.texts.get(id).ok_or(Error::FileMissing)?.source;
        let lines = text.lines();
        let start = lines.line_start(line_index).unwrap_or(text.text().len() as u32) as usize;
        let end = lines.line_start(line_index + 1).map_or(text.text().len(), |next| next as usize);
        Ok(start..end)
    }
}
