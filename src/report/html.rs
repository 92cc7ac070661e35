//! One self-contained page: verdict, changes with proofs, findings; no script is needed, nothing is fetched.

use super::{escape, message, uncounted};
use crate::diagnostic::{Diagnostic, EvidenceStatus, Impact, Location, Severity};
use crate::gate::Report;
use crate::text::secret;
use minijinja::{AutoEscape, Environment, Value, context};

const TEMPLATE: &str = include_str!("report.html.j2");
/// Source lines around a finding.
const CONTEXT: usize = 2;
/// Characters of a source line.
const MAX_LINE: usize = 200;
/// Bytes of a line that are looked at.
const MAX_READ: usize = 2_000;
/// Lines of a private key.
const MAX_KEY: usize = 60;
/// Characters of a proof.
const MAX_VALUE: usize = 20_000;

/// The report as HTML. Every value is escaped, by the template engine or by `prose`.
pub(super) fn render(report: &Report) -> String {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let (failing, passing): (Vec<_>, Vec<_>) = report.ranked().into_iter().partition(|d| report.fails(d));
    let (changes, findings): (Vec<_>, Vec<_>) =
        passing.into_iter().partition(|d| d.category.is_some() || d.impact != Impact::None);
    let items = |list: Vec<&Diagnostic>| -> Vec<Value> { list.into_iter().map(item).collect() };
    let by_impact = |impact: Impact| items(changes.iter().copied().filter(|d| d.impact == impact).collect());
    let sections = vec![
        context! { title => "What fails the run", items => items(failing), open => true },
        context! { title => "Breaking changes that do not fail the run", items => by_impact(Impact::Breaking), open => true },
        context! { title => "Risky changes", items => by_impact(Impact::Risky), open => true },
        context! { title => "Other findings", items => items(findings), open => true },
        context! { title => "Compatible changes", items => by_impact(Impact::Compatible), open => false },
        context! { title => "Documentation and notation", items => by_impact(Impact::None), open => false },
    ];
    let suppressed: Vec<Value> = report
        .suppressed
        .iter()
        .map(|s| context! { item => item(&s.diagnostic), by => format!("{}: {}", s.kind.name(), escape::cell(&s.by)) })
        .collect();
    let limitations: Vec<Value> = report
        .limitations
        .iter()
        .map(|l| context! { file => l.file.as_deref().map(escape::line), what => prose(&l.what), incomplete => l.incomplete })
        .collect();
    let page = context! {
        gate => report.verdict.gate.name(),
        change => report.verdict.change.to_string(),
        bump => report.verdict.required_bump.to_string(),
        compared => report.command.speaks_of_changes(),
        command => report.command.name(),
        as_of => report.as_of.map(|day| day.to_string()),
        version => env!("CARGO_PKG_VERSION"),
        contracts => report.contracts,
        errors => report.count(Severity::Error),
        warnings => report.count(Severity::Warn),
        breaking => report.verdict.breaking_count(report.breaking_count()).to_string(),
        uncounted => uncounted(report),
        sections => sections,
        suppressed => suppressed,
        limitations => limitations,
    };
    // The template engine drops the last line end.
    match environment.render_str(TEMPLATE, page) {
        Ok(page) => page + "\n",
        Err(error) => format!("<!doctype html><p>{}</p>\n", escape::xml(&error.to_string())),
    }
}

/// A sentence: escaped, and what stands between backticks as code. A backtick without its partner stays one.
fn prose(text: &str) -> Value {
    let text = escape::cell(text);
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = &*text;
    while let Some((before, (value, after))) =
        rest.split_once('`').and_then(|(before, rest)| Some((before, rest.split_once('`')?)))
    {
        out.push_str(&format!("{}<code>{}</code>", escape::xml(before), escape::xml(value)));
        rest = after;
    }
    out.push_str(&escape::xml(rest));
    Value::from_safe_string(out)
}

fn item(diagnostic: &Diagnostic) -> Value {
    let evidence = diagnostic.evidence.as_ref().map(|evidence| {
        context! {
            confirmed => matches!(evidence.status, EvidenceStatus::Confirmed | EvidenceStatus::Decoded),
            undecided => evidence.status == EvidenceStatus::Undecided,
            value => escape::shortened(&escape::plain(&message::lines(evidence).join("\n")), MAX_VALUE),
            accepted => &evidence.accepted_by,
            rejected => &evidence.rejected_by,
            reason => prose(&message::brief(&evidence.reason)),
        }
    });
    // What is gone stands in the base alone.
    let gone = diagnostic.base_location.as_ref().is_some_and(|base| {
        std::sync::Arc::ptr_eq(&base.source, &diagnostic.location.source) && base.span == diagnostic.location.span
    });
    let base = diagnostic.base_location.as_ref().filter(|_| !gone);
    let label = if gone {
        "base"
    } else if base.is_some() {
        "revision"
    } else {
        ""
    };
    context! {
        rule => escape::cell(&diagnostic.rule),
        severity => diagnostic.severity.name(),
        impact => diagnostic.impact.name(),
        category => diagnostic.category.map(crate::diagnostic::Category::name),
        assurance => diagnostic.assurance.iter().map(|a| a.name()).collect::<Vec<_>>(),
        message => prose(&diagnostic.message),
        place => place(&diagnostic.location),
        base => base.map(place),
        label => label,
        operations => diagnostic.operations.iter().map(|label| escape::cell(label)).collect::<Vec<_>>(),
        evidence => evidence,
        help => diagnostic.help.as_deref().map(prose),
        policy => diagnostic.policy.as_deref().map(escape::cell),
        fingerprint => &diagnostic.fingerprint,
    }
}

fn place(location: &Location) -> Value {
    let (source, start) = (&location.source, location.start());
    let excerpt: Vec<Value> = if source.is_shown() { excerpt(location) } else { Vec::new() };
    context! {
        file => escape::line(location.file()), line => start.line, column => start.column, pointer => escape::cell(&location.pointer),
        excerpt => excerpt,
    }
}

/// The lines around a place. Lines before them are read as well: a key may begin there.
fn excerpt(location: &Location) -> Vec<Value> {
    let (text, lines) = (location.source.text(), location.source.lines());
    let line = location.start().line as usize - 1;
    let first = line.saturating_sub(CONTEXT);
    let begin = first.saturating_sub(MAX_KEY);
    let cut = |number: usize| {
        let range = lines.line_range(text, number);
        let end = (range.start..=range.end.min(range.start + MAX_READ)).rev().find(|end| text.is_char_boundary(*end));
        text.get(range.start..end.unwrap_or(range.start)).unwrap_or_default()
    };
    let window: Vec<&str> = (begin..(line + CONTEXT + 1).min(lines.len())).map(cut).collect();
    let window = window.join("\n");
    let masked = secret::mask(&window);
    let rows = (begin..).zip(masked.split('\n')).skip(first - begin);
    rows.map(|(number, text)| {
        context! { number => number + 1, text => escape::shortened(&escape::plain(text), MAX_LINE), hit => number == line }
    })
    .collect()
}
