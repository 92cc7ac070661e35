//! `covenant timeline`: what ends when, and were clients told in time?

use super::output::{fail_on, print, report_text, save, say, write_report};
use super::releases::ReleaseArguments;
use super::session::{self, Failure, Findings, LoadArguments, Session};
use crate::config::FailOn;
use crate::gate::{Command, Limitation};
use crate::lifecycle::{self, Format, Timeline};
use crate::openapi::Audience;
use crate::release::timeline_of;
use clap::Args;
use std::path::{Path, PathBuf};

/// Show what ends when: deprecations, sunsets and versions of contracts.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Contracts: files, folders, globs, REV:path; with --history one contract or its versions [default: those of covenant.yaml, else of this folder].
    files: Vec<String>,
    /// Format: text, json, markdown, html, csv, mermaid, svg, ics.
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
    /// Also say which promises are broken, and exit with 1: a last day has passed, moved earlier or vanished, or is
    /// short of the notice that the policy owes.
    #[arg(long, help_heading = "Check")]
    check: bool,
    /// Write what --check finds to a file as well: FORMAT=PATH (json, sarif, junit, …), as often as needed.
    #[arg(long, value_name = "FORMAT=PATH", requires = "check", help_heading = "Check")]
    report: Vec<String>,
    /// The severity that fails --check: error, warn, info, hint or never [default: error].
    #[arg(short = 'F', long, value_name = "SEVERITY", value_parser = fail_on, requires = "check", help_heading = "Check")]
    fail_on: Option<FailOn>,
    /// Follow one contract through its past in git (or several files, oldest first), so that moved days stay visible.
    #[arg(long, help_heading = "History")]
    history: bool,
    #[command(flatten)]
    releases: ReleaseArguments,
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

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let first = arguments.releases.near(&arguments.files);
    let session = Session::start(&arguments.load, first.as_deref())?;
    let policy = session.lifecycle.clone();
    let gate = session.policy(arguments.fail_on)?;
    let earlier = arguments.keep.as_deref().filter(|file| file.exists()).map(read).transpose()?;
    let mut findings = Findings::default();
    let mut timelines = Vec::new();
    // The contracts stay loaded: findings are placed in them.
    let workspaces = if arguments.history || arguments.releases.any() {
        let walked = arguments.releases.steps(&session, &arguments.files, true)?;
        let limitation = |what| Limitation { what, file: None, incomplete: true };
        findings.limitations.extend(walked.limitations.into_iter().map(limitation));
        timelines.extend(timeline_of(&walked.steps, &policy, session.as_of));
        walked.steps.into_iter().map(|step| step.workspace).next_back().into_iter().collect()
    } else {
        let (inputs, limitations) = session.inputs(&arguments.files);
        findings.limitations.extend(limitations);
        let mut workspaces = Vec::new();
        for input in &inputs {
            match session.load(input) {
                Ok(workspace) => workspaces.push(workspace),
                Err(limitation) => findings.limitations.push(limitation),
            }
        }
        workspaces
    };
    let past = !timelines.is_empty();
    let mut apis = Vec::new();
    for workspace in &workspaces {
        findings.texts(workspace, true);
        let Some(api) = session::open(workspace, &mut findings) else { continue };
        if !past {
            let id = earlier.as_ref().map(|earlier| earlier.api.id.as_str());
            timelines.push(lifecycle::timeline_named(api, &policy, session.as_of, id));
        }
        apis.push(api);
    }
    if let Some(file) = &arguments.keep {
        timelines = vec![kept(file, timelines, earlier.as_ref())?];
    }
    if arguments.check {
        for (timeline, api) in timelines.iter().zip(&apis) {
            findings.contracts += 1;
            findings.diagnostics.extend(lifecycle::broken_promises(timeline, *api, &policy));
            findings.diagnostics.extend(lifecycle::timeline_findings(timeline, *api, &policy));
        }
        super::rulesets::selection(None, &session)?.carry(&mut findings.diagnostics);
    }
    if let Some(audience) = arguments.audience {
        timelines = timelines.iter().map(|timeline| timeline.for_audience(audience)).collect();
    }
    let text = lifecycle::render(&timelines, arguments.format);
    match &arguments.output {
        Some(file) => save(file, &text)?,
        None => print(&text),
    }
    if !arguments.check {
        return Ok(unread(&findings.limitations));
    }
    let report = findings.judge(Command::Timeline, &gate);
    eprint!("{}", report_text(&report));
    for target in &arguments.report {
        write_report(target, &report)?;
    }
    Ok(report.exit_code())
}

/// Names what was not examined on standard error; the exit code that follows from it.
fn unread(limitations: &[Limitation]) -> u8 {
    let mut code = 0;
    for limitation in limitations.iter().filter(|limitation| limitation.incomplete) {
        let file = limitation.file.as_deref().map(|file| format!("{file}: ")).unwrap_or_default();
        say(&format!("not examined: {file}{}", limitation.what));
        code = 2;
    }
    code
}

fn read(file: &Path) -> Result<Timeline, Failure> {
    let text = super::output::text_of(file)?;
    Timeline::from_json(&text).map_err(|error| Failure::new(format!("`{}`: {error}", file.display())))
}

/// Merges the only timeline with the earlier one, and writes it to `file`.
fn kept(file: &Path, mut timelines: Vec<Timeline>, earlier: Option<&Timeline>) -> Result<Timeline, Failure> {
    let fault = |error: String| Failure::new(format!("`{}`: {error}", file.display()));
    let (Some(timeline), true) = (timelines.pop(), timelines.is_empty()) else {
        return Err(Failure::usage("--keep takes exactly one contract"));
    };
    let merged = match earlier {
        Some(earlier) if earlier.api.id != timeline.api.id => {
            let (theirs, ours) = (&earlier.api.id, &timeline.api.id);
            return Err(fault(format!("this is the timeline of `{theirs}`, not of `{ours}`")));
        }
        Some(earlier) => timeline.merge(earlier),
        None => timeline,
    };
    save(file, &merged.to_json())?;
    Ok(merged)
}
