//! `covenant changelog`: a draft that product managers can send, and the keeping of a changelog file.

use super::diff::JudgementArguments;
use super::output::{print, save, say, text_of};
use super::releases::ReleaseArguments;
use super::session::{Failure, LoadArguments, Pair, Session, day};
use crate::openapi::Audience;
use crate::release::changelog::{Edition, Options, changelog};
use crate::release::{ReleaseLog, changelogs, insert_all, insert_into, render_template, verify, whole_file};
use clap::{Args, ValueEnum};
use jiff::civil::Date;
use std::path::PathBuf;

/// Draft a changelog from the changes between two contracts.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Two contracts, as clients know it and as it shall become: files, `-`, or REV:path; with --history one contract
    /// in a git repository, or its versions.
    files: Vec<String>,
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Format::Markdown, help_heading = "Output")]
    format: Format,
    /// Write to this file instead of standard output.
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
    /// Insert the entries under Unreleased of this changelog, leaving the rest as it is.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["output", "verify"])]
    into: Option<PathBuf>,
    /// Exit with 1 when this changelog does not name every breaking change.
    #[arg(long, value_name = "FILE")]
    verify: Option<PathBuf>,
    /// A minijinja template of your own; of a history it is filled for each release.
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    /// Edition of Keep a Changelog: 1.1 or 2.0.
    #[arg(long, value_name = "EDITION", default_value = "1.1", value_parser = edition)]
    edition: Edition,
    /// Only what this audience may see: internal, partner or public.
    #[arg(long, value_name = "AUDIENCE", value_parser = audience)]
    audience: Option<Audience>,
    /// The heading: a version instead of Unreleased.
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// The day of the release.
    #[arg(long, value_name = "DATE", value_parser = day, requires = "version")]
    date: Option<Date>,
    /// Show edits of descriptions as text differences.
    #[arg(long)]
    texts: bool,
    /// One entry for each release of one contract in git (or several files, oldest first), and what is unreleased.
    #[arg(long, help_heading = "History")]
    history: bool,
    #[command(flatten)]
    releases: ReleaseArguments,
    #[command(flatten)]
    judgement: JudgementArguments,
    #[command(flatten)]
    load: LoadArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Keep a Changelog.
    Markdown,
    /// JSON.
    Json,
}

fn edition(text: &str) -> Result<Edition, String> {
    Edition::parse(text).ok_or_else(|| "1.1 or 2.0".to_owned())
}

fn audience(text: &str) -> Result<Audience, String> {
    Audience::parse(text).ok_or_else(|| "one of internal, partner, public".to_owned())
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let many = arguments.history || arguments.releases.any();
    let near = if many { arguments.releases.near(&arguments.files) } else { arguments.files.last().cloned() };
    let session = Session::start(&arguments.load, near.as_deref())?;
    let judgement = arguments.judgement.options(&session)?;
    let options = Options {
        edition: arguments.edition,
        audience: arguments.audience,
        version: arguments.version.clone(),
        date: arguments.date,
        texts: arguments.texts,
        scheme: session.lifecycle.version_scheme(),
    };
    if many {
        if arguments.version.is_some() {
            return Err(Failure::usage("--version names one release; a history has its own"));
        }
        let walked = arguments.releases.steps(&session, &arguments.files, true)?;
        let logs = changelogs(&walked.steps, &options, &judgement);
        let code = write_out(arguments, &logs, true)?;
        for limitation in &walked.limitations {
            say(&format!("not examined: {limitation}"));
        }
        return Ok(if walked.limitations.is_empty() { code } else { 2 });
    }
    let [base, revision] = arguments.files.as_slice() else {
        return Err(Failure::usage("name two contracts, or one with --history, --tags or --from"));
    };
    let pair = Pair::load(&session, &session.input(base)?, &session.input(revision)?)?;
    let (before, after) = pair.apis()?;
    let comparison = crate::diff::compare(before, after, &judgement);
    let gaps = arguments.judgement.gaps(&comparison);
    let changes = comparison.changes;
    let log = changelog(before, after, &changes, &options);
    let code = write_out(arguments, &[ReleaseLog { log, changes }], false)?;
    // A draft may have gaps; who sends it must know.
    for gap in &gaps {
        say(&format!("not examined: {gap}"));
    }
    Ok(if gaps.is_empty() { code } else { 2 })
}

/// Checks, inserts or prints, as asked.
fn write_out(arguments: &Arguments, logs: &[ReleaseLog], whole: bool) -> Result<u8, Failure> {
    if let Some(file) = &arguments.verify {
        let text = text_of(file)?;
        let mut missing = 0;
        // Only what the audience may see has an entry to look for.
        let told = |release: &ReleaseLog| -> Vec<_> {
            let listed = |id: &str| release.log.entries.iter().any(|entry| entry.id.ends_with(id));
            release.changes.iter().filter(|change| listed(&change.fingerprint)).cloned().collect()
        };
        for finding in logs.iter().flat_map(|release| verify(&text, &told(release))) {
            missing += 1;
            let place = format!("{}:{}", finding.location.file(), finding.location.start().line);
            print(&format!("{place}: {} [{}]\n", crate::text::escape::line(&finding.message), finding.rule));
            if let Some(help) = &finding.help {
                print(&format!("    {help}\n"));
            }
        }
        return Ok(u8::from(missing > 0));
    }
    if let Some(file) = &arguments.into {
        let text = if file.exists() { text_of(file)? } else { String::new() };
        let new = match logs {
            [one] if !whole => insert_into(&text, &one.log),
            logs => insert_all(&text, logs),
        };
        if new != text {
            save(file, &new)?;
        }
        return Ok(0);
    }
    let text = match (&arguments.template, arguments.format) {
        (Some(file), _) => {
            let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            let template = text_of(file)?;
            let filled = |release: &ReleaseLog| render_template(&name, &template, &release.log);
            logs.iter().rev().map(filled).collect::<Result<String, String>>().map_err(Failure::new)?
        }
        (None, Format::Json) => {
            let all: Vec<_> = logs.iter().rev().map(|release| &release.log).collect();
            let json =
                if whole { serde_json::to_string_pretty(&all) } else { serde_json::to_string_pretty(&all.first()) };
            json.unwrap_or_default() + "\n"
        }
        (None, Format::Markdown) if whole => whole_file(logs),
        (None, Format::Markdown) => logs.iter().map(|release| release.log.to_markdown()).collect(),
    };
    match &arguments.output {
        Some(file) => save(file, &text)?,
        None => print(&text),
    }
    Ok(0)
}
