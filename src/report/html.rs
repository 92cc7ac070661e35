//! One self-contained page: verdict, changes with proofs, findings; no script is needed, nothing is fetched.

use super::{as_far_as_known, escape};
use crate::diagnostic::{Diagnostic, EvidenceStatus, Impact, Location, Severity};
use crate::gate::Report;
use minijinja::{AutoEscape, Environment, Value, context};

const TEMPLATE: &str = include_str!("report.html.j2");
/// Source lines around a finding.
const CONTEXT: usize = 2;
/// Characters of a source line.
const MAX_LINE: usize = 200;

/// The report as HTML. Every value is escaped, by the template engine or by `prose`.
pub(super) fn render(report: &Report) -> String {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let (changes, findings): (Vec<_>, Vec<_>) =
        report.diagnostics.iter().partition(|d| d.category.is_some() || d.impact != Impact::None);
    let by_impact =
        |impact: Impact| -> Vec<Value> { changes.iter().filter(|d| d.impact == impact).map(|d| item(d)).collect() };
    let sections = vec![
        context! { title => "Breaking changes", items => by_impact(Impact::Breaking), open => true },
        context! { title => "Risky changes", items => by_impact(Impact::Risky), open => true },
        context! { title => "Findings", items => findings.iter().map(|d| item(d)).collect::<Vec<_>>(), open => true },
        context! { title => "Compatible changes", items => by_impact(Impact::Compatible), open => false },
        context! { title => "Documentation and notation", items => by_impact(Impact::None), open => false },
    ];
    let suppressed: Vec<Value> =
        report.suppressed.iter().map(|s| context! { item => item(&s.diagnostic), by => escape::line(&s.by) }).collect();
    let limitations: Vec<Value> = report
        .limitations
        .iter()
        .map(|l| context! { file => l.file.as_deref().map(escape::line), what => prose(&l.what) })
        .collect();
    let page = context! {
        gate => report.verdict.gate.name(),
        change => report.verdict.change.name(),
        bump => as_far_as_known(report, report.verdict.required_bump.name()),
        change_words => as_far_as_known(report, report.verdict.change.name()),
        command => report.command,
        as_of => report.as_of.map(|day| day.to_string()),
        version => env!("CARGO_PKG_VERSION"),
        contracts => report.contracts,
        errors => report.count(Severity::Error),
        warnings => report.count(Severity::Warn),
        breaking => report.breaking_count(),
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
    let text = escape::line(text);
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
            confirmed => evidence.status == EvidenceStatus::Confirmed,
            undecided => evidence.status == EvidenceStatus::Undecided,
            value => escape::plain(&serde_json::to_string_pretty(&evidence.value).unwrap_or_default()),
            accepted => &evidence.accepted_by,
            rejected => &evidence.rejected_by,
            reason => prose(&evidence.reason),
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
        rule => &*diagnostic.rule,
        severity => diagnostic.severity.name(),
        impact => diagnostic.impact.name(),
        category => diagnostic.category.map(crate::diagnostic::Category::name),
        assurance => diagnostic.assurance.iter().map(|a| a.name()).collect::<Vec<_>>(),
        message => prose(&diagnostic.message),
        place => place(&diagnostic.location),
        base => base.map(place),
        label => label,
        operations => diagnostic.operations.iter().map(|label| escape::line(label)).collect::<Vec<_>>(),
        evidence => evidence,
        help => diagnostic.help.as_deref().map(prose),
        policy => diagnostic.policy.as_deref().map(escape::line),
        fingerprint => &diagnostic.fingerprint,
    }
}

fn place(location: &Location) -> Value {
    let (source, start) = (&location.source, location.start());
    let lines = source.lines();
    let line = start.line as usize - 1;
    let excerpt: Vec<Value> = (line.saturating_sub(CONTEXT)..(line + CONTEXT + 1).min(lines.len()))
        .map(|number| {
            let text = &source.text()[lines.line_range(source.text(), number)];
            context! { number => number + 1, text => escape::shortened(&escape::plain(text), MAX_LINE), hit => number == line }
        })
        .collect();
    let show = source.is_shown();
    context! {
        file => escape::line(location.file()), line => start.line, column => start.column, pointer => escape::line(&location.pointer),
        excerpt => if show { excerpt } else { Vec::new() },
    }
}
