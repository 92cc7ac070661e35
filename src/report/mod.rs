//! One file per output format: a [`crate::gate::Report`] in, bytes out.
//!
//! Every format escapes what it prints for where it will be read, since contracts are not trusted, and says what was not
//! examined: none of them can look like a pass when the run was incomplete. Adding one takes a file here and a line in
//! [`Format::ALL`]. Stands on `gate`.

mod checkstyle;
mod comment;
mod curl;
mod dense;
mod escape;
mod github;
mod gitlab;
mod html;
mod hurl;
mod json;
mod junit;
mod markdown;
mod message;
mod proofs;
mod sarif;
mod spectral;
mod teamcity;
mod text;

pub use json::SCHEMA;
pub use text::Style;

use crate::diagnostic::Severity;
use crate::gate::{Limitation, Report, Suppressed};
use std::borrow::Cow;

/// An output format.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// The name on the command line.
    pub name: &'static str,
    /// One line for `--help`.
    pub about: &'static str,
    medium: Medium,
    render: fn(&Report, Style) -> String,
}

/// What a format is written in, which decides how a document as a whole is kept from being obeyed.
#[derive(Clone, Copy, Debug)]
enum Medium {
    /// Each value is escaped where it is written.
    Text,
    Json,
    Html,
}

const fn format(
    name: &'static str,
    medium: Medium,
    about: &'static str,
    render: fn(&Report, Style) -> String,
) -> Format {
    Format { name, about, medium, render }
}

impl Format {
    /// All formats.
    pub const ALL: [Format; 17] = [
        format("text", Medium::Text, "findings with source excerpts, for people", text::render),
        format("json", Medium::Json, "covenant-report/2, described by docs/report.schema.json", |r, _| json::render(r)),
        format("sarif", Medium::Json, "SARIF 2.1.0, for code scanning", sarif::render),
        format("github", Medium::Text, "GitHub workflow annotations", |r, _| github::annotations(r)),
        format("github-output", Medium::Text, "outputs of a GitHub step", |r, _| github::outputs(r)),
        format("markdown", Medium::Text, "a summary for pull requests and step summaries", |r, _| markdown::render(r)),
        format("comment", Medium::Text, "a comment on a pull request, updated in place", |r, _| comment::render(r)),
        format("html", Medium::Html, "one self-contained page", |r, _| html::render(r)),
        format("junit", Medium::Text, "JUnit XML", |r, _| junit::render(r)),
        format("checkstyle", Medium::Text, "Checkstyle XML", |r, _| checkstyle::render(r)),
        format("gitlab", Medium::Json, "GitLab code quality (Code Climate JSON)", |r, _| gitlab::render(r)),
        format("code-climate", Medium::Json, "the same as gitlab", |r, _| gitlab::render(r)),
        format("teamcity", Medium::Text, "TeamCity service messages", |r, _| teamcity::render(r)),
        format("hurl", Medium::Text, "the request proofs of breaking changes as a Hurl file", hurl::render),
        format("curl", Medium::Text, "the same as a shell script for curl", curl::render),
        format("stylish", Medium::Text, "Spectral's default text", spectral::stylish),
        format("spectral-json", Medium::Json, "Spectral's JSON", spectral::json),
    ];

    /// Returns the format with this name.
    pub fn find(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name == name)
    }

    /// Returns the report in this format. `style` matters to text formats only.
    pub fn render(self, report: &Report, style: Style) -> String {
        let document = (self.render)(report, style);
        match self.medium {
            Medium::Text => document,
            Medium::Json => escape::json(document),
            Medium::Html => escape::page(document),
        }
    }
}

/// `1 error`, `2 errors`.
fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// The id of what was not examined, in formats that know findings alone.
const NOT_EXAMINED: &str = "not-examined";

/// The file that a limitation is placed in, in formats that need one: a run without a file concerns the folder.
fn file_of(limitation: &Limitation) -> &str {
    limitation.file.as_deref().unwrap_or(".")
}

/// What limits a run, with its severity in formats that know findings alone.
fn limits(report: &Report) -> impl Iterator<Item = (&Limitation, Severity)> {
    let severity = |limitation: &Limitation| if limitation.incomplete { Severity::Error } else { Severity::Info };
    report.limitations.iter().map(move |limitation| (limitation, severity(limitation)))
}

/// The sentence of a limitation for people.
fn sentence(limitation: &Limitation) -> String {
    let mark = if limitation.incomplete { "not examined: " } else { "" };
    format!("{mark}{}", limitation.what)
}

/// What does not count among the findings, in words; empty when all do.
fn uncounted(report: &Report) -> Vec<String> {
    let mut out = Vec::new();
    if report.left_out > 0 {
        let verb = if report.left_out == 1 { "does" } else { "do" };
        out.push(format!("{} that {verb} not fail the run", counted(report.left_out, "finding")));
    }
    if !report.existing.is_empty() {
        let has = if report.existing.len() == 1 { "it" } else { "them" };
        out.push(format!("{} (the base has {has} too)", counted(report.existing.len(), "existing finding")));
    }
    if !report.suppressed.is_empty() {
        out.push(format!("{} suppressed ({})", report.suppressed.len(), reasons(&report.suppressed)));
    }
    out
}

/// What the revision has no more, by rule: `2 findings fixed: a, b`; empty when nothing is.
fn fixed(report: &Report) -> Option<String> {
    let mut rules: Vec<(&str, usize)> = Vec::new();
    for finding in &report.fixed {
        match rules.iter_mut().find(|(rule, _)| *rule == finding.rule) {
            Some((_, count)) => *count += 1,
            None => rules.push((&finding.rule, 1)),
        }
    }
    rules.sort_unstable();
    let named = |(rule, count): &(&str, usize)| {
        let times = if *count > 1 { format!(" {count} times") } else { String::new() };
        format!("`{}`{times}", escape::cell(rule))
    };
    let listed: Vec<String> = rules.iter().take(MAX_FIXED).map(named).collect();
    let more = if rules.len() > MAX_FIXED { " and others" } else { "" };
    let count = report.fixed.len();
    (count > 0).then(|| format!("{} fixed: {}{more}", counted(count, "finding"), listed.join(", ")))
}

/// Rules that are named among what is fixed.
const MAX_FIXED: usize = 10;

/// By what findings were suppressed, with how many each: `2 by waiver, 1 by comment`.
fn reasons(suppressed: &[Suppressed]) -> String {
    let mut kinds: Vec<(Cow<'static, str>, usize)> = Vec::new();
    for one in suppressed {
        let kind = Cow::Borrowed(one.kind.name());
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += 1,
            None => kinds.push((kind, 1)),
        }
    }
    kinds.sort();
    kinds.into_iter().map(|(kind, count)| format!("{count} by {kind}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
