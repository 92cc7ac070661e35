//! `covenant timeline`: what ends when, and were clients told in time?

use super::output::{print, save};
use super::session::{self, Failure, Findings, LoadArguments, Session};
use crate::lifecycle::{self, Format, Timeline};
use crate::openapi::Audience;
use clap::Args;
use std::path::PathBuf;

/// Show what ends when: deprecations, sunsets and versions of contracts.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Contracts: files, folders, globs, REV:path [default: those of covenant.yaml, else of this folder].
    files: Vec<String>,
    /// Format: text, json, markdown, html, csv, mermaid, svg, ical.
    #[arg(short, long, value_name = "FORMAT", default_value = "text", value_parser = format, help_heading = "Output")]
    format: Format,
    /// Write to this file instead of standard output.
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
    /// Only what this audience may see: internal, partner or public.
    #[arg(long, value_name = "AUDIENCE", value_parser = audience)]
    audience: Option<Audience>,
    /// The timeline.json kept from before: moved dates stay visible in it. With one contract only.
    #[arg(long, value_name = "FILE")]
    keep: Option<PathBuf>,
    /// Exit with 1 when a date has passed, moved earlier, or is short of the notice that the policy owes.
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    load: LoadArguments,
}

fn format(text: &str) -> Result<Format, String> {
    Format::find(text).ok_or_else(|| {
        let names: Vec<_> = Format::ALL.iter().map(|(name, _)| *name).collect();
        format!("known formats: {}", names.join(", "))
    })
}

fn audience(text: &str) -> Result<Audience, String> {
    Audience::parse(text).ok_or_else(|| "one of internal, partner, public".to_owned())
}

/// Flags that `--check` does not let pass.
const BROKEN: [&str; 3] = ["past-due", "short-notice", "moved-earlier"];

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let first = arguments.files.first().map(|file| crate::workspace::Input::from_argument(file));
    let session = Session::start(&arguments.load, first.as_ref())?;
    let policy = session.lifecycle()?;
    let (inputs, limitations) = session.inputs(&arguments.files);
    let mut findings = Findings { limitations, ..Findings::default() };
    let mut timelines = Vec::new();
    for input in &inputs {
        match session.load(input) {
            Ok(workspace) => {
                findings.texts(&workspace, true);
                if let Some(api) = session::open(&workspace, &mut findings) {
                    timelines.push(lifecycle::timeline(api, &policy, session.as_of));
                }
            }
            Err(limitation) => findings.limitations.push(limitation),
        }
    }
    if let Some(file) = &arguments.keep {
        timelines = vec![kept(file, timelines)?];
    }
    if let Some(audience) = arguments.audience {
        timelines = timelines.iter().map(|timeline| timeline.for_audience(audience)).collect();
    }
    let text = lifecycle::render(&timelines, arguments.format);
    match &arguments.output {
        Some(file) => save(file, &text).map_err(|error| Failure::new(format!("`{}`: {error}", file.display())))?,
        None => print(&text),
    }
    for limitation in findings.limitations.iter().filter(|limitation| limitation.incomplete) {
        let file = limitation.file.as_deref().map(|file| format!("{file}: ")).unwrap_or_default();
        eprintln!("not examined: {file}{}", limitation.what);
    }
    if findings.limitations.iter().any(|limitation| limitation.incomplete) {
        return Ok(2);
    }
    Ok(u8::from(arguments.check && report_broken(&timelines)))
}

/// Merges the only timeline with the one in `file`, and writes it back.
fn kept(file: &PathBuf, mut timelines: Vec<Timeline>) -> Result<Timeline, Failure> {
    let fault = |error: String| Failure::new(format!("`{}`: {error}", file.display()));
    let (Some(timeline), true) = (timelines.pop(), timelines.is_empty()) else {
        return Err(Failure::usage("--keep takes exactly one contract"));
    };
    let merged = if file.exists() {
        let text = std::fs::read_to_string(file).map_err(|error| fault(error.to_string()))?;
        timeline.merge(&Timeline::from_json(&text).map_err(fault)?)
    } else {
        timeline
    };
    save(file, &merged.to_json()).map_err(|error| fault(error.to_string()))?;
    Ok(merged)
}

/// Names every broken promise on standard error; whether there is one.
fn report_broken(timelines: &[Timeline]) -> bool {
    let mut broken = false;
    for milestone in timelines.iter().flat_map(|timeline| &timeline.milestones) {
        let flags: Vec<&str> =
            milestone.flags.iter().map(String::as_str).filter(|flag| BROKEN.contains(flag)).collect();
        if !flags.is_empty() {
            broken = true;
            eprintln!("{}: {} on {}: {}", milestone.source.file, milestone.id, milestone.date, flags.join(", "));
        }
    }
    broken
}
