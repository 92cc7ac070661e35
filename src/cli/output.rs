//! Where reports go: standard output, files, several at once.

use super::session::Failure;
use crate::config::FailOn;
use crate::diagnostic::Severity;
use crate::files;
use crate::gate::{Command, Limitation, Policy, Report, judge};
use crate::report::{Format, Style};
use crate::text::escape;
use clap::{Args, ValueEnum};
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::Path;
use std::sync::Mutex;

/// Options of every command that prints a report.
#[derive(Debug, Args)]
pub(super) struct OutputArguments {
    /// Format on standard output: text, json, sarif, github, markdown, comment, html, junit, checkstyle, gitlab, teamcity,
    /// stylish, spectral-json, github-output, hurl, curl.
    #[arg(short, long, value_name = "FORMAT", value_parser = format, help_heading = "Output")]
    format: Option<Format>,
    /// Also write a report: FORMAT=PATH, as often as needed (`-` is standard output). Without `FORMAT=`, the format of
    /// --format goes to the file instead of standard output.
    #[arg(short, long, value_name = "FORMAT=PATH", help_heading = "Output")]
    output: Vec<String>,
    /// One line a finding in the text format.
    #[arg(long, help_heading = "Output")]
    short: bool,
    /// Least severe findings to show in the text format: error, warning, info or hint; milder ones are counted.
    #[arg(long, value_name = "SEVERITY", value_parser = severity, default_value = "info", help_heading = "Output")]
    show: Severity,
    /// Show only findings that fail the run, in every format; the others are counted.
    #[arg(short = 'D', long, help_heading = "Output")]
    display_only_failures: bool,
    /// Print no report beside those of --output.
    #[arg(long, hide = true)]
    only_outputs: bool,
    /// Run every request in the hurl and curl formats; without, those whose method changes something (POST, PUT, PATCH,
    /// DELETE) are commented out.
    #[arg(long, help_heading = "Output")]
    include_unsafe: bool,
    /// Write all results in SARIF, in runs of 5,000 with ids of their own, instead of the 5,000 heaviest in one run: code
    /// scanning keeps 5,000 of each run.
    #[arg(long, help_heading = "Output")]
    sarif_runs: bool,
    /// Print nothing on standard output unless a report is asked for.
    #[arg(short, long, help_heading = "Output")]
    quiet: bool,
    /// Colours in text.
    #[arg(long, value_enum, default_value_t = Color::Auto, help_heading = "Output")]
    color: Color,
    /// The severity that fails the run: error, warning, info, hint or never [default: error].
    #[arg(short = 'F', long, alias = "fail-severity", value_name = "SEVERITY", value_parser = fail_on, help_heading = "Output")]
    pub(super) fail_on: Option<FailOn>,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Color {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

fn format(text: &str) -> Result<Format, String> {
    // Names that Spectral has for formats of ours.
    let name = match text {
        "github-actions" => "github",
        "pretty" => "text",
        other => other,
    };
    Format::find(name).ok_or_else(|| {
        let names: Vec<_> = Format::ALL.iter().map(|format| format.name).collect();
        format!("known formats: {}", names.join(", "))
    })
}

fn severity(text: &str) -> Result<Severity, String> {
    Severity::parse(text).ok_or_else(|| "one of error, warning, info, hint".to_owned())
}

pub(super) fn fail_on(text: &str) -> Result<FailOn, String> {
    FailOn::parse(text).ok_or_else(|| "one of error, warning, info, hint, never".to_owned())
}

impl OutputArguments {
    /// Returns whether no format and no file was asked for.
    pub(super) fn is_default(&self) -> bool {
        self.format.is_none() && self.output.is_empty() && !self.quiet
    }

    /// Writes the report everywhere it was asked for and returns the exit code.
    ///
    /// # Errors
    /// [`Failure`] when a file cannot be written or a target is misspelled.
    pub(super) fn write(&self, report: &Report) -> Result<u8, Failure> {
        self.write_as(report, Format::ALL[0])
    }

    /// As [`Self::write`], in `default` where no format was asked for.
    pub(super) fn write_as(&self, report: &Report, default: Format) -> Result<u8, Failure> {
        self.write_in(report, default, Style::default())
    }

    /// As [`Self::write_as`], with the parts of a style that other arguments decide.
    pub(super) fn write_in(&self, report: &Report, default: Format, style: Style) -> Result<u8, Failure> {
        let default = self.format.unwrap_or(default);
        // Whoever keeps the report for later still learns here that it is not whole.
        for limitation in report.not_examined() {
            let file = limitation.file.as_ref().map_or_else(String::new, |file| format!("{file}: "));
            say(&format!("not examined: {file}{}", limitation.what));
        }
        let shown;
        let report = if self.display_only_failures {
            shown = report.clone().failures();
            &shown
        } else {
            report
        };
        // Spectral's `--quiet` is about the line that says that there is nothing.
        let quiet = self.quiet && (default.name != "stylish" || report.diagnostics.is_empty());
        let mut to_stdout = (!quiet || self.format.is_some()) && !self.only_outputs;
        for target in &self.output {
            let (format, path) = match target.split_once('=') {
                Some((name, path)) => {
                    (self::format(name).map_err(|error| Failure::usage(format!("--output {target}: {error}")))?, path)
                }
                None => {
                    to_stdout = false;
                    (default, target.as_str())
                }
            };
            if path == "-" {
                print(&format.render(report, self.style(style)));
                to_stdout = to_stdout && self.format.is_some();
            } else {
                write_file(path, format, &format.render(report, self.plain_style(style)))?;
            }
        }
        if to_stdout {
            print(&default.render(report, self.style(style)));
        }
        Ok(report.exit_code())
    }

    fn style(&self, base: Style) -> Style {
        let color = match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
        };
        Style { color, ..self.plain_style(base) }
    }

    /// As for files: without colours.
    fn plain_style(&self, base: Style) -> Style {
        // What fails the run is shown however mild it is.
        let show = if self.display_only_failures { Severity::Hint } else { self.show };
        let (include_unsafe, sarif_runs) = (self.include_unsafe, self.sarif_runs);
        Style { color: false, short: self.short, show, include_unsafe, sarif_runs, ..base }
    }

    /// Reports a run that could not begin wherever a report was asked for, so that nobody reads an old one, and gives
    /// back what stopped it.
    pub(super) fn not_run(&self, command: Command, failure: Failure) -> Failure {
        let limitation = Limitation { file: None, what: failure.sentence(), incomplete: true };
        let report = judge(command, Vec::new(), vec![limitation], 0, &Policy::default());
        let mut targets = Vec::new();
        for target in &self.output {
            match target.split_once('=') {
                Some((name, path)) => targets.extend(self::format(name).ok().map(|format| (format, path))),
                None => targets.extend(self.format.map(|format| (format, target.as_str()))),
            }
        }
        let whole = self.output.iter().any(|target| !target.contains('='));
        targets.extend(self.format.filter(|_| !whole).map(|format| (format, "-")));
        for (format, path) in targets {
            if path == "-" {
                print(&format.render(&report, self.style(Style::default())));
            } else if let Err(failure) =
                write_file(path, format, &format.render(&report, self.plain_style(Style::default())))
            {
                failure.print();
            }
        }
        failure
    }
}

/// What went wrong on standard output.
static LOST: Mutex<Option<String>> = Mutex::new(None);

/// Prints to standard output. A closed pipe (`| head`) is no failure; any other is one of the run, see [`lost`].
pub(super) fn print(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    if let Err(error) = written.or_else(|error| if error.kind() == ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
        && let Ok(mut lost) = LOST.lock()
    {
        *lost = Some(error.to_string());
    }
}

/// The failure to write to standard output, if there was one: whoever reads it has only a part.
pub(super) fn lost() -> Option<Failure> {
    let lost = LOST.lock().ok()?.take()?;
    Some(Failure::new(format!("standard output cannot be written: {lost}")))
}

/// Prints one line on standard error. What a contract says in it can neither move the cursor nor begin a line of its own,
/// which a CI system might take for a command.
pub(super) fn say(text: &str) {
    eprintln!("{}", escape::line(text));
}

/// A report for standard error, beside a document on standard output.
pub(super) fn report_text(report: &Report) -> String {
    Format::ALL[0].render(report, Style { show: Severity::Info, ..Style::default() })
}

/// Writes a report to `target`, `FORMAT=PATH`.
///
/// # Errors
/// [`Failure`] when the target is misspelled or cannot be written.
pub(super) fn write_report(target: &str, report: &Report) -> Result<(), Failure> {
    let Some((name, path)) = target.split_once('=') else {
        return Err(Failure::usage(format!("{target}: write FORMAT=PATH")));
    };
    let format = format(name).map_err(|error| Failure::usage(format!("{target}: {error}")))?;
    let style = Style { show: Severity::Info, ..Style::default() };
    write_file(path, format, &format.render(report, style))
}

/// Files that GitHub hands to a step are shared with other commands of the step: they are appended to.
fn write_file(path: &str, format: Format, text: &str) -> Result<(), Failure> {
    let shared = ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"]
        .iter()
        .any(|name| std::env::var(name).is_ok_and(|value| value == path));
    if shared || format.name == "github-output" {
        files::append(Path::new(path), text.as_bytes()).map_err(|fault| Failure::new(fault.unwritten(path)))
    } else {
        save(Path::new(path), text)
    }
}

/// Largest file beside contracts that is read.
pub(super) const LARGEST: u64 = 64 << 20;

/// Reads a text that the caller names.
///
/// # Errors
/// [`Failure`] that says why it cannot be read.
pub(super) fn text_of(path: &Path) -> Result<String, Failure> {
    files::named_text(path, LARGEST).map_err(|fault| Failure::new(fault.about(&path.display().to_string())))
}

/// Writes the file that the caller names, whole or not at all, making its folder.
///
/// # Errors
/// [`Failure`] that says why it cannot be written.
pub(super) fn save(path: &Path, text: &str) -> Result<(), Failure> {
    let fault = |fault: files::Fault| Failure::new(fault.unwritten(&path.display().to_string()));
    files::replace(path, text.as_bytes()).map_err(fault)
}
