//! One file per output format: a [`crate::gate::Report`] in, bytes out.
//!
//! Every format escapes what it prints for where it will be read, since contracts are not trusted. Adding one takes a
//! file here and a line in [`Format::ALL`]. Stands on `gate`.

mod checkstyle;
mod escape;
mod github;
mod gitlab;
mod html;
mod json;
mod junit;
mod markdown;
mod sarif;
mod spectral;
mod teamcity;
mod text;

pub use text::Style;

use crate::gate::{Gate, Report};

/// An output format.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// The name on the command line.
    pub name: &'static str,
    /// One line for `--help`.
    pub about: &'static str,
    render: fn(&Report, Style) -> String,
}

impl Format {
    /// All formats.
    pub const ALL: [Format; 14] = [
        Format { name: "text", about: "findings with source excerpts, for people", render: text::render },
        Format {
            name: "json",
            about: "covenant-report/1, described by docs/report.schema.json",
            render: |r, _| json::render(r),
        },
        Format { name: "sarif", about: "SARIF 2.1.0, for code scanning", render: |r, _| sarif::render(r) },
        Format { name: "github", about: "GitHub workflow annotations", render: |r, _| github::annotations(r) },
        Format { name: "github-output", about: "outputs of a GitHub step", render: |r, _| github::outputs(r) },
        Format {
            name: "markdown",
            about: "a summary for pull requests and step summaries",
            render: |r, _| markdown::render(r),
        },
        Format { name: "html", about: "one self-contained page", render: |r, _| html::render(r) },
        Format { name: "junit", about: "JUnit XML", render: |r, _| junit::render(r) },
        Format { name: "checkstyle", about: "Checkstyle XML", render: |r, _| checkstyle::render(r) },
        Format { name: "gitlab", about: "GitLab code quality (Code Climate JSON)", render: |r, _| gitlab::render(r) },
        Format { name: "code-climate", about: "the same as gitlab", render: |r, _| gitlab::render(r) },
        Format { name: "teamcity", about: "TeamCity service messages", render: |r, _| teamcity::render(r) },
        Format { name: "stylish", about: "Spectral's default text", render: spectral::stylish },
        Format { name: "spectral-json", about: "Spectral's JSON", render: spectral::json },
    ];

    /// The format with this name.
    pub fn find(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name == name)
    }

    /// The report in this format. `style` matters to text formats only.
    pub fn render(self, report: &Report, style: Style) -> String {
        (self.render)(report, style)
    }
}

/// `1 error`, `2 errors`.
fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// What a comparison found, in words: of one that could not be completed, `none` is no more than not known, and anything
/// else the least that holds.
fn as_far_as_known(report: &Report, name: &str) -> String {
    match (report.verdict.gate, name) {
        _ if report.command == "lint" => name.to_owned(),
        (Gate::Incomplete, "none") => "not known".to_owned(),
        (Gate::Incomplete, _) => format!("at least {name}"),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests;
